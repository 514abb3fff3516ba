/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules on the network as the decision leaves it, on every day from then on on which anything changes: what the
 * decision makes worse is an error, what was so without it is a warning; then the decision beside the other decisions;
 * then the losers.
 */
#include "check_int.h"

#include "base/vec.h"

enum { LEVELS = 12 };

/* The operation that touches a place, or -1. */
static int operation_on(const struct decision *d, str id) {
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        if (str_eq(o->target, id) && o->kind == OPERATION_MERGE && o->place_kind) return (int)i;
        for (size_t k = 0; k < o->places.len; k++)
            if (str_eq(o->places.at[k], id)) return (int)i;
    }
    return -1;
}

struct finding {
    const char *rule, *en, *vi;
};

/* Was it so the day before the decision too? */
static void found(struct checking *c, const struct finding *f, str place, bool before, int32_t from, int32_t until) {
    bool unsaid =
        c->in->list && (hierarchy_of(str_of(f->rule)) != HIERARCHY_COUNT || strcmp(f->rule, "commune-station") == 0);
    struct problem p = {.rule = f->rule,
                        .severity = before || unsaid ? SEVERITY_WARNING : SEVERITY_ERROR,
                        .operation = c->operation,
                        .place = place,
                        .from = from,
                        .until = until};
    problem_add(c, p, f->en, f->vi, place_label(c->in->after, place, from));
}

/* ---- every commune has a functioning station --------------------------------------------------------------------- */

static void communes_served(struct arena *a, const struct network *n, int32_t day, struct map *out) {
    *out = map_new(a);
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (!s->exists || s->kind != PLACE_STATION || s->suspended) continue;
        str commune = network_commune(n, n->places.at[i].id, day);
        if (commune.len) map_put(out, commune, &n->places.at[i]);
    }
}

/* The operation that took the last station: on one of those that served the commune before. */
static int operation_of_commune(struct checking *c, str commune) {
    const struct network *n = c->in->before;
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], c->before_day)->state;
        if (!s->exists || s->kind != PLACE_STATION) continue;
        int op = operation_on(c->in->decision, n->places.at[i].id);
        if (op < 0) continue;
        if (str_eq(network_commune(n, n->places.at[i].id, c->before_day), commune) ||
            str_eq(network_commune(c->in->after, n->places.at[i].id, c->day), commune) ||
            str_eq(network_commune(c->in->after, s->parent, c->day), commune))
            return op;
    }
    return operation_on(c->in->decision, commune);
}

static void commune_stations(struct checking *c, const int32_t *days, size_t count) {
    static const struct finding rule = {"commune-station", "%.*s has no functioning station",
                                        "%.*s không còn trạm y tế nào hoạt động"};
    struct map before, told = map_new(c->arena);
    communes_served(c->arena, c->in->before, c->before_day, &before);
    for (size_t d = 0; d < count; d++) {
        struct map served, without;
        communes_served(c->arena, c->in->after, days[d], &served);
        bool compared = false;
        for (size_t i = 0; i < c->in->after->places.len; i++) {
            const struct network_place *p = &c->in->after->places.at[i];
            const struct place_state *s = &place_version_on(p, days[d])->state;
            if (!s->exists || !place_is_commune(s->kind) || map_has(&served, p->id) || map_has(&told, p->id)) continue;
            map_put(&told, p->id, c);
            if (!compared) communes_served(c->arena, c->in->before, days[d], &without);
            compared = true;
            const struct place_state *was = network_at(c->in->before, p->id, days[d]);
            c->operation = operation_of_commune(c, p->id);
            found(c, &rule, p->id, was && was->exists && place_is_commune(was->kind) && !map_has(&without, p->id),
                  days[d], d + 1 < count ? days[d + 1] : DAY_LAST);
        }
    }
    (void)before;
    c->operation = -1;
}

/* ---- hierarchies ------------------------------------------------------------------------------------------------- */

/* Does the way upwards lead back to the place? A body that holds its own contract with insurance is no circle. */
static bool in_cycle(const struct network *n, str id, int32_t day, int hierarchy) {
    str at = id;
    for (int i = 0; i < LEVELS; i++) {
        const struct place_state *s = network_at(n, at, day);
        if (!s || !s->exists) return false;
        str above = hierarchy < 0 ? s->parent : s->above[hierarchy];
        if (!above.len || (hierarchy == HIERARCHY_INSURER && str_eq(above, at))) return false;
        if (str_eq(above, id)) return true;
        at = above;
    }
    return false;
}

static bool lacks(const struct network *n, str id, int32_t day, int h) {
    const struct place_state *s = network_at(n, id, day), *above;
    if (!s || !s->exists || !place_is_site(s->kind)) return false;
    above = network_at(n, s->above[h], day);
    return !above || !above->exists;
}

static void one_place_hierarchy(struct checking *c, str id, int32_t day) {
    static const struct finding lack[] = {
        {"manager", "%.*s has nobody who administers it", "%.*s không có cơ quan quản lý"},
        {"director", "%.*s has nobody who directs it professionally", "%.*s không có cơ quan chỉ đạo chuyên môn"},
        {"insurer", "%.*s has nobody who holds the contract with health insurance",
         "%.*s không có đơn vị ký hợp đồng bảo hiểm y tế"}};
    static const struct finding cycle = {"cycle", "%.*s stands above itself", "%.*s ở trên chính nó"};
    for (int h = 0; h < HIERARCHY_COUNT; h++)
        if (lacks(c->in->after, id, day, h)) found(c, &lack[h], id, lacks(c->in->before, id, day, h), day, DAY_LAST);
    for (int h = -1; h < HIERARCHY_COUNT; h++)
        if (in_cycle(c->in->after, id, day, h))
            found(c, &cycle, id, in_cycle(c->in->before, id, day, h), day, DAY_LAST);
}

static bool point_astray(const struct network *n, str id, int32_t day, bool *elsewhere) {
    const struct place_state *s = network_at(n, id, day), *station;
    *elsewhere = false;
    if (!s || !s->exists || s->kind != PLACE_POINT) return false;
    station = network_at(n, s->point_of, day);
    if (!station || !station->exists || station->kind != PLACE_STATION) return true;
    *elsewhere = !str_eq(network_commune(n, id, day), network_commune(n, s->point_of, day));
    return false;
}

static void points(struct checking *c, str id, int32_t day) {
    static const struct finding astray = {"point-station", "%.*s is a point of no living station",
                                          "%.*s là điểm trạm nhưng không thuộc trạm y tế nào đang hoạt động"};
    static const struct finding other = {"point-station", "%.*s is a point of a station in another commune",
                                         "%.*s là điểm trạm của một trạm ở xã khác"};
    bool elsewhere, was_elsewhere;
    bool before = point_astray(c->in->before, id, day, &was_elsewhere);
    if (point_astray(c->in->after, id, day, &elsewhere))
        found(c, &astray, id, before, day, DAY_LAST);
    else if (elsewhere)
        found(c, &other, id, true, day, DAY_LAST); /* a warning: the province may permit it */
}

/* ---- names and codes --------------------------------------------------------------------------------------------- */

static void doubles(struct checking *c, int32_t day) {
    static const struct finding code = {"code-unique", "%.*s has the code of another place",
                                        "%.*s trùng mã với một nơi khác"};
    static const struct finding name = {"name", "%.*s has the name of another facility of the commune",
                                        "%.*s trùng tên với một cơ sở khác trong xã"};
    struct map codes = map_new(c->arena), names = map_new(c->arena);
    for (size_t i = 0; i < c->in->after->places.len; i++) {
        const struct network_place *p = &c->in->after->places.at[i];
        const struct place_state *s = &place_version_on(p, day)->state;
        if (!s->exists || s->kind == PLACE_FORMER_COMMUNE) continue;
        c->operation = operation_on(c->in->decision, p->id);
        const struct network_place *other = s->code.len ? map_get(&codes, s->code) : NULL;
        if (other) { /* said of the one that the decision touches */
            int mine = c->operation;
            if (mine < 0) c->operation = operation_on(c->in->decision, other->id);
            found(c, &code, mine < 0 && c->operation >= 0 ? other->id : p->id, c->operation < 0, day, DAY_LAST);
            c->operation = mine;
        } else if (s->code.len) {
            map_put(&codes, s->code, (void *)(uintptr_t)p);
        }
        if (!place_is_site(s->kind)) continue;
        str key =
            str_format(c->arena, "%.*s|%.*s", STR_ARG(network_commune(c->in->after, p->id, day)), STR_ARG(s->name));
        if (!map_put(&names, key, (void *)(uintptr_t)p) && c->operation >= 0)
            found(c, &name, p->id, true, day, DAY_LAST);
    }
    c->operation = -1;
}

static bool said(const struct checking *c, size_t from, const struct problem *p) {
    for (size_t i = from; i < c->out->len; i++)
        if (&c->out->at[i] != p && c->out->at[i].rule == p->rule && str_eq(c->out->at[i].place, p->place)) return true;
    return false;
}

void check_network(struct arena *a, const struct check_input *in, struct problems *out) {
    struct checking c = {.arena = a,
                         .in = in,
                         .out = out,
                         .operation = -1,
                         .day = in->decision->effective_on,
                         .before_day = in->decision->effective_on - 1};
    int32_t *all;
    size_t n, from = 0;
    VEC(int32_t) days = {0};
    if (c.day == DAY_FIRST) return;
    for (size_t i = 0; i < in->decision->operations.len; i++) { /* a correction reaches back */
        const struct operation *o = &in->decision->operations.at[i];
        if (o->kind == OPERATION_CORRECT && o->from != DAY_FIRST && o->from < c.day) c.day = o->from;
    }
    network_days(a, in->after, &all, &n);
    VEC_PUSH(a, &days, c.day);
    for (size_t i = 0; i < n; i++)
        if (all[i] > c.day) VEC_PUSH(a, &days, all[i]);
    commune_stations(&c, days.at, days.len);
    for (size_t d = 0; d < days.len; d++) {
        from = out->len;
        for (size_t i = 0; i < in->after->places.len; i++) {
            str id = in->after->places.at[i].id;
            c.operation = operation_on(in->decision, id);
            one_place_hierarchy(&c, id, days.at[d]);
            points(&c, id, days.at[d]);
        }
        doubles(&c, days.at[d]);
        for (size_t i = from; d && i < out->len;) { /* told for an earlier day already */
            if (said(&c, 0, &out->at[i])) {
                memmove(&out->at[i], &out->at[i + 1], (out->len - i - 1) * sizeof *out->at);
                out->len--;
            } else {
                i++;
            }
        }
    }
}
