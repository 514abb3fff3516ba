/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People who can be mistaken for each other: pairs of one commune and sex, born at most two years apart, with one name.
 * Real registers are full of them; a workplace must be shown with them.
 */
#include "generate.h"

#include "base/date.h"
#include "base/vec.h"

#include <stdlib.h>

struct someone {
    int64_t number;
    str name;
    int32_t year;
    bool female;
};
struct crowd { struct someone *at; size_t len, cap; };

static int compare_people(const void *x, const void *y) {
    const struct someone *a = x, *b = y;
    if (a->female != b->female) return a->female - b->female;
    if (a->year != b->year) return a->year - b->year;
    return (a->number > b->number) - (a->number < b->number);
}

static int compare_namesakes(const void *x, const void *y) {
    const struct namesake *a = x, *b = y;
    return (a->number > b->number) - (a->number < b->number);
}

static void add_hamlet(struct generator *g, struct arena *a, size_t hamlet, struct crowd *out) {
    struct hamlet_people people;
    generate_hamlet(g, a, hamlet, &people);
    for (int i = 0; i < people.count; i++) {
        const struct resident *p = &people.residents[i];
        int year, month, day;
        day_to_civil(p->birth, &year, &month, &day);
        if (p->age >= 5) VEC_PUSH(a, out, (struct someone){p->number, p->name, year, p->female});
    }
}

/* Takes `quota` pairs, spread over the crowd of a commune. */
static void pair(struct generator *g, struct crowd *c, size_t quota, size_t *made) {
    if (c->len < 2) return;
    qsort(c->at, c->len, sizeof *c->at, compare_people);
    size_t step = quota ? c->len / quota : c->len;
    for (size_t i = 0, taken = 0; taken < quota && i + 1 < c->len; i += step > 2 ? step : 2) {
        const struct someone *p = &c->at[i], *q = &c->at[i + 1];
        if (p->female != q->female || q->year - p->year > 2 || str_eq(p->name, q->name)) continue;
        g->namesakes[(*made)++] = (struct namesake){q->number, str_copy(g->arena, p->name)};
        taken++;
    }
}

void generate_namesakes(struct generator *g, int pairs) {
    struct arena *a = arena_new();
    size_t made = 0;
    int64_t seen = 0, given = 0;
    struct namesake *list = ARENA_ARRAY(g->arena, struct namesake, (size_t)pairs * 2 + 2);
    g->namesakes = list;
    for (size_t i = 0; i < g->hamlet_count;) {
        struct crowd crowd = {0};
        str commune = g->facts.at[g->hamlets[i].former].parent;
        size_t first = i;
        for (; i < g->hamlet_count && str_eq(g->facts.at[g->hamlets[i].former].parent, commune); i++)
            add_hamlet(g, a, i, &crowd);
        for (size_t k = first; k < i; k++) seen += g->hamlets[k].count;
        int64_t quota = g->total ? seen * pairs / g->total - given : 0;
        size_t before = made;
        pair(g, &crowd, quota > 0 ? (size_t)quota : 0, &made);
        given += (int64_t)(made - before);
        arena_reset(a);
    }
    qsort(list, made, sizeof *list, compare_namesakes);
    g->namesake_count = made;
    arena_free(a);
}
