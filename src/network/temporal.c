/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects folded into versions; the whole network replayed and asked. Pure.
 *
 *   founding ──┬── effect ──┬── effect ends (revoked, suspension over) ──►   one version between two breaks
 *            break         break
 */
#include "temporal.h"

#include "base/vec.h"

#include <stdlib.h>

static const char *const field_names[PLACE_FIELD_COUNT] = {"exists",  "suspended", "kind",     "name",
                                                           "code",    "parent",    "manager",  "director",
                                                           "insurer", "pointOf",   "services", "position"};
const char *place_field_name(enum place_field f) { return field_names[f]; }

const char *link_kind_code(enum link_kind k) {
    static const char *const codes[] = {"replaces", "absorbed", "split", "receiver"};
    return codes[k];
}

/* ---- one place --------------------------------------------------------------------------------------------------- */

bool place_state_same(const struct place_state *x, const struct place_state *y) {
    if (!x->exists && !y->exists) return true;
    return x->exists == y->exists && x->suspended == y->suspended && x->kind == y->kind && str_eq(x->name, y->name) &&
           str_eq(x->code, y->code) && str_eq(x->parent, y->parent) && str_eq(x->above[0], y->above[0]) &&
           str_eq(x->above[1], y->above[1]) && str_eq(x->above[2], y->above[2]) && str_eq(x->point_of, y->point_of) &&
           str_eq(x->services, y->services) && x->has_position == y->has_position && x->latitude == y->latitude &&
           x->longitude == y->longitude && memcmp(x->holdings, y->holdings, sizeof x->holdings) == 0;
}

static void set_field(struct place_state *s, enum place_field f, const struct place_state *v) {
    switch (f) {
    case PLACE_FIELD_EXISTS: s->exists = v->exists; break;
    case PLACE_FIELD_SUSPENDED: s->suspended = v->suspended; break;
    case PLACE_FIELD_KIND: s->kind = v->kind; break;
    case PLACE_FIELD_NAME: s->name = v->name; break;
    case PLACE_FIELD_CODE: s->code = v->code; break;
    case PLACE_FIELD_PARENT: s->parent = v->parent; break;
    case PLACE_FIELD_MANAGER:
    case PLACE_FIELD_DIRECTOR:
    case PLACE_FIELD_INSURER: s->above[f - PLACE_FIELD_MANAGER] = v->above[f - PLACE_FIELD_MANAGER]; break;
    case PLACE_FIELD_POINT_OF: s->point_of = v->point_of; break;
    case PLACE_FIELD_SERVICES: s->services = v->services; break;
    case PLACE_FIELD_POSITION:
        s->has_position = v->has_position;
        s->latitude = v->latitude;
        s->longitude = v->longitude;
        break;
    case PLACE_FIELD_COUNT: break;
    }
}

static void apply(struct place_state *s, const struct effect *e) {
    if (e->joins && !place_is_commune(s->kind)) { /* a site or a body ends */
        s->exists = false;
        return;
    }
    bool began = !s->exists && e->mask & 1u << PLACE_FIELD_EXISTS && e->values.exists;
    if (e->joins) {
        s->kind = PLACE_FORMER_COMMUNE;
        s->parent = e->values.parent;
    } else {
        for (int f = 0; f < PLACE_FIELD_COUNT; f++)
            if (e->mask >> f & 1) set_field(s, (enum place_field)f, &e->values);
    }
    for (int h = 0; e->moves && h < HOLDING_COUNT; h++) {
        if (s->holdings[h] >= 0)
            s->holdings[h] += e->values.holdings[h];
        else if (began && e->values.holdings[h])
            s->holdings[h] = e->values.holdings[h];
    }
    if (e->mask) s->assumed = e->values.assumed;
}

static int by_law(const void *x, const void *y, void *order) {
    const struct effect *a = x, *b = y;
    const unsigned *rank = order;
    if (a->from != b->from) return a->from < b->from ? -1 : 1;
    if (a->decision != b->decision) return rank[a->decision] < rank[b->decision] ? -1 : 1;
    return (a->operation > b->operation) - (a->operation < b->operation);
}

static int by_day(const void *x, const void *y) {
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return (a > b) - (a < b);
}

static size_t unique_days(int32_t *days, size_t n) {
    size_t kept = 0;
    qsort(days, n, sizeof *days, by_day);
    for (size_t i = 0; i < n; i++)
        if (!kept || days[kept - 1] != days[i]) days[kept++] = days[i];
    return kept;
}

/* The state between two breaks, and which decision made the break at its beginning. */
static struct place_version version_at(const struct place_state *founding, const struct effect *effects, size_t count,
                                       int32_t day) {
    struct place_version v = {.from = day, .operational = day, .state = *founding, .decision = SIZE_MAX};
    for (size_t i = 0; i < count; i++) {
        const struct effect *e = &effects[i];
        if (e->from <= day && day < e->until) apply(&v.state, e);
        if (e->from == day) {
            v.decision = e->decision;
            v.operational = e->operational;
        } else if (e->until == day && v.decision == SIZE_MAX) {
            v.decision = e->ended_by;
        }
    }
    return v;
}

void place_fold(struct arena *a, const struct place_state *founding, struct effect *effects, size_t count,
                const unsigned *order, struct place_versions *out) {
    int32_t *days = ARENA_ARRAY(a, int32_t, count * 2 + 1);
    size_t n = 0;
    *out = (struct place_versions){0};
    if (count > 1) qsort_r(effects, count, sizeof *effects, by_law, (void *)(uintptr_t)order);
    days[n++] = DAY_FIRST;
    for (size_t i = 0; i < count; i++) {
        days[n++] = effects[i].from;
        if (effects[i].until != DAY_LAST) days[n++] = effects[i].until;
    }
    n = unique_days(days, n);
    for (size_t i = 0; i < n; i++) {
        struct place_version v = version_at(founding, effects, count, days[i]);
        const struct place_version *last = out->len ? &out->at[out->len - 1] : NULL;
        if (last && place_state_same(&last->state, &v.state) && last->state.assumed == v.state.assumed) continue;
        if (out->len) out->at[out->len - 1].until = days[i];
        v.until = DAY_LAST;
        VEC_PUSH(a, out, v);
    }
}

/* ---- the whole network ------------------------------------------------------------------------------------------- */

struct ranked {
    const struct decision *decision;
    size_t index;
};

static int compare_ranked(const void *x, const void *y) {
    return decision_compare(((const struct ranked *)x)->decision, ((const struct ranked *)y)->decision);
}

unsigned *decision_ranks(struct arena *a, const struct decision *decisions, size_t count) {
    struct ranked *list = ARENA_ARRAY(a, struct ranked, count + 1);
    unsigned *ranks = ARENA_ARRAY(a, unsigned, count + 1);
    for (size_t i = 0; i < count; i++) list[i] = (struct ranked){&decisions[i], i};
    qsort(list, count, sizeof *list, compare_ranked);
    for (size_t i = 0; i < count; i++) ranks[list[i].index] = (unsigned)i;
    return ranks;
}

static bool counts(const struct network_input *in, const struct decision *d) {
    if (d->status == DECISION_SIGNED) return d->effective_on != DAY_FIRST && d->recorded_on <= in->known;
    for (size_t i = 0; d->status == DECISION_DRAFT && i < in->plan_count; i++)
        if (str_eq(in->plans[i], d->id)) return d->effective_on != DAY_FIRST;
    return false;
}

static size_t revoker_of(const struct network_input *in, str id) {
    for (size_t i = 0; i < in->decision_count; i++)
        if (in->decisions[i].revokes.len && str_eq(in->decisions[i].revokes, id) && counts(in, &in->decisions[i]))
            return i;
    return SIZE_MAX;
}

static void all_effects(struct arena *a, const struct network_input *in, struct effects *effects,
                        struct place_links *links) {
    for (size_t i = 0; i < in->decision_count; i++) {
        if (!counts(in, &in->decisions[i])) continue;
        size_t revoker = revoker_of(in, in->decisions[i].id);
        struct effects_of of = {.decision = &in->decisions[i],
                                .index = i,
                                .revoker_index = revoker,
                                .revoker = revoker == SIZE_MAX ? NULL : &in->decisions[revoker]};
        decision_effects(a, &of, effects, links);
    }
}

size_t network_place_add(struct network *n, str id) {
    size_t known = (size_t)(uintptr_t)map_get(&n->index, id);
    if (known) return known - 1;
    struct network_place fresh = {.id = id, .population = -1};
    for (int h = 0; h < HOLDING_COUNT; h++) fresh.founding.holdings[h] = -1;
    VEC_PUSH(n->arena, &n->places, fresh);
    map_put(&n->index, id, (void *)(uintptr_t)n->places.len);
    return n->places.len - 1;
}

static int compare_links(const void *x, const void *y) {
    const struct place_link *a = x, *b = y;
    int c = str_compare(a->from, b->from);
    if (!c) c = (a->day > b->day) - (a->day < b->day);
    if (!c) c = (int)a->kind - (int)b->kind;
    return c ? c : str_compare(a->to, b->to);
}

void network_links_sort(struct network *n) {
    if (n->links.len > 1) qsort(n->links.at, n->links.len, sizeof *n->links.at, compare_links);
}

void network_replay(struct arena *a, const struct network_input *in, struct network *out) {
    struct effects all = {0};
    *out = (struct network){
        .arena = a, .index = map_new(a), .decisions = in->decisions, .decision_count = in->decision_count};
    for (size_t i = 0; i < in->founding_count; i++) {
        size_t at = network_place_add(out, in->founding[i].id); /* may move the list */
        out->places.at[at].founding = in->founding[i].state;
        out->places.at[at].population = in->founding[i].population;
    }
    all_effects(a, in, &all, &out->links);
    size_t *owner = ARENA_ARRAY(a, size_t, all.len + 1);
    for (size_t i = 0; i < all.len; i++) owner[i] = network_place_add(out, all.at[i].place);
    size_t *start = ARENA_ARRAY(a, size_t, out->places.len + 2), *fill;
    for (size_t i = 0; i < all.len; i++) start[owner[i] + 1]++;
    for (size_t i = 0; i < out->places.len; i++) start[i + 1] += start[i];
    fill = ARENA_ARRAY(a, size_t, out->places.len + 1);
    struct effect *sorted = ARENA_ARRAY(a, struct effect, all.len + 1);
    for (size_t i = 0; i < all.len; i++) sorted[start[owner[i]] + fill[owner[i]]++] = all.at[i];
    unsigned *ranks = decision_ranks(a, in->decisions, in->decision_count);
    for (size_t i = 0; i < out->places.len; i++)
        place_fold(a, &out->places.at[i].founding, sorted + start[i], start[i + 1] - start[i], ranks,
                   &out->places.at[i].versions);
    network_links_sort(out);
}

const struct network_place *network_find(const struct network *n, str id) {
    size_t i = id.len ? (size_t)(uintptr_t)map_get(&n->index, id) : 0;
    return i ? &n->places.at[i - 1] : NULL;
}

const struct place_version *place_version_on(const struct network_place *p, int32_t day) {
    size_t i = p->versions.len;
    while (i > 1 && p->versions.at[i - 1].from > day) i--;
    return &p->versions.at[i - 1];
}

const struct place_version *network_version(const struct network *n, str id, int32_t day) {
    const struct network_place *p = network_find(n, id);
    return p ? place_version_on(p, day) : NULL;
}

const struct place_state *network_at(const struct network *n, str id, int32_t day) {
    const struct place_version *v = network_version(n, id, day);
    return v ? &v->state : NULL;
}

enum { LEVELS = 12 };

str network_commune(const struct network *n, str id, int32_t day) {
    for (int i = 0; i < LEVELS && id.len; i++) {
        const struct place_state *s = network_at(n, id, day);
        if (!s || !s->exists) return STR_NONE;
        if (place_is_commune(s->kind)) return id;
        id = s->parent;
    }
    return STR_NONE;
}

void network_count(const struct network *n, int32_t day, struct network_counts *out) {
    *out = (struct network_counts){0};
    for (size_t i = 0; i < n->places.len; i++) {
        const struct network_place *p = &n->places.at[i];
        const struct place_version *v = place_version_on(p, day);
        if (v->state.exists) {
            out->of[v->state.kind]++;
            out->communes += place_is_commune(v->state.kind);
        } else if (v > p->versions.at && (v[-1].state.kind == PLACE_STATION || v[-1].state.kind == PLACE_POINT)) {
            out->stopped++;
        }
    }
}

void network_days(struct arena *a, const struct network *n, int32_t **days, size_t *count) {
    VEC(int32_t) list = {0};
    for (size_t i = 0; i < n->places.len; i++)
        for (size_t k = 1; k < n->places.at[i].versions.len; k++)
            VEC_PUSH(a, &list, n->places.at[i].versions.at[k].from);
    *count = unique_days(list.at, list.len);
    *days = list.at;
}

size_t network_links_from(const struct network *n, str id, const struct place_link **first) {
    size_t low = 0, high = n->links.len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(n->links.at[middle].from, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = n->links.at + low;
    while (high < n->links.len && str_eq(n->links.at[high].from, id)) high++;
    return high - low;
}

static const struct place_link *best_link(const struct network *n, str id, str what, int32_t day) {
    const struct place_link *links, *best = NULL;
    size_t count = network_links_from(n, id, &links);
    for (size_t i = 0; i < count; i++) {
        const struct place_link *l = &links[i];
        if (day < l->day || day >= l->until) continue;
        bool exact = l->kind == LINK_RECEIVER && l->what.len && str_eq(l->what, what);
        if (l->kind == LINK_RECEIVER && l->what.len && !exact) continue;
        if (exact) return l;
        if (!best || l->share > best->share ||
            (l->share == best->share && l->kind == LINK_RECEIVER && best->kind != LINK_RECEIVER))
            best = l;
    }
    return best;
}

str network_successor(const struct network *n, str id, str what, int32_t day) {
    for (int i = 0; i < LEVELS && id.len; i++) {
        const struct place_state *s = network_at(n, id, day);
        if (s && s->exists) return id;
        const struct place_link *l = best_link(n, id, what, day);
        id = l ? l->to : STR_NONE;
    }
    return STR_NONE;
}

void network_spread(struct arena *a, const struct network *n, str id, int32_t day, struct share **targets,
                    size_t *count) {
    VEC(struct share) out = {0};
    *targets = NULL;
    *count = 0;
    for (int i = 0; i < LEVELS && id.len && !out.len; i++) {
        const struct place_state *s = network_at(n, id, day);
        if (!s || !s->exists) return;
        if (place_is_commune(s->kind)) {
            VEC_PUSH(a, &out, (struct share){id, 1});
            break;
        }
        const struct place_link *links;
        size_t m = network_links_from(n, id, &links);
        for (size_t k = 0; k < m; k++) {
            if (links[k].kind != LINK_SPLIT || day < links[k].day || day >= links[k].until) continue;
            str commune = network_commune(n, links[k].to, day);
            if (commune.len) VEC_PUSH(a, &out, (struct share){commune, links[k].share});
        }
        id = s->parent;
    }
    *targets = out.at;
    *count = out.len;
}
