/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a decision leaves to the program is filled in before it is checked and signed, as the annex of the paper lists
 * it: lists instead of queries, the committee of each place, and what moves with a place that ends. Pure.
 */
#include "check.h"

#include "base/vec.h"

/* ---- queries ----------------------------------------------------------------------------------------------------- */

struct condition {
    str word, value;
};

static str district_of(const struct network *n, str id, int32_t day) {
    for (int i = 0; i < 12 && id.len; i++) {
        const struct place_state *s = network_at(n, id, day);
        if (!s || !s->exists) return STR_NONE;
        if (s->kind == PLACE_DISTRICT) return id;
        id = s->parent;
    }
    return STR_NONE;
}

static bool holds(const struct network *n, const struct network_place *p, const struct place_state *s,
                  const struct condition *c, int32_t day) {
    if (str_is(c->word, "kind")) return str_is(c->value, place_kind_code(s->kind));
    if (str_is(c->word, "commune")) return str_eq(network_commune(n, p->id, day), c->value);
    if (str_is(c->word, "district")) return str_eq(district_of(n, p->id, day), c->value);
    if (str_is(c->word, "pointOf")) return str_eq(s->point_of, c->value);
    if (str_is(c->word, "manager-kind")) {
        const struct place_state *m = network_at(n, s->above[HIERARCHY_MANAGER], day);
        return m && m->exists && str_is(c->value, place_kind_code(m->kind));
    }
    return str_eq(s->above[hierarchy_of(c->word)], c->value);
}

static bool known_word(str w) {
    static const char *const words[] = {"kind", "commune", "district", "pointOf", "manager-kind"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(w, words[i])) return true;
    return hierarchy_of(w) != HIERARCHY_COUNT;
}

err network_query(struct arena *a, const struct network *n, str query, int32_t day, str **out, size_t *count) {
    VEC(struct condition) conditions = {0};
    VEC(str) list = {0};
    str rest = query, part;
    while (rest.len && str_split(&rest, '&', &part)) {
        size_t equals = str_find(part, '=');
        struct condition c = {str_slice(part, 0, equals), str_slice(part, equals + 1, part.len)};
        if (equals == part.len || !known_word(c.word))
            return err_make(a, ERR_INVALID, "query", "'%.*s' is no condition on places", STR_ARG(part));
        VEC_PUSH(a, &conditions, c);
    }
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        bool all = s->exists && place_is_site(s->kind) && conditions.len;
        for (size_t k = 0; all && k < conditions.len; k++) all = holds(n, &n->places.at[i], s, &conditions.at[k], day);
        if (all) VEC_PUSH(a, &list, n->places.at[i].id);
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

/* ---- filling in -------------------------------------------------------------------------------------------------- */

static str committee_of(const struct network *n, str place, int32_t day) {
    str commune = network_commune(n, place, day);
    for (size_t i = 0; commune.len && i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (s->exists && s->kind == PLACE_COMMITTEE && str_eq(s->parent, commune)) return n->places.at[i].id;
    }
    return STR_NONE;
}

static void fill_transfer(struct arena *a, const struct network *n, struct operation *o, int32_t day) {
    if (!o->places.len && o->query.len) {
        str *list;
        size_t count;
        if (!network_query(a, n, o->query, day - 1, &list, &count).code)
            for (size_t i = 0; i < count; i++) VEC_PUSH(a, &o->places, list[i]);
    }
    if (o->kind != OPERATION_TRANSFER_MANAGEMENT || o->target.len || o->parts.len) return;
    for (size_t i = 0; i < o->places.len; i++) {
        struct share s = {committee_of(n, o->places.at[i], day), 1};
        if (!s.target.len) { /* no committee there: the check will say which place has no manager */
            o->parts.len = 0;
            return;
        }
        VEC_PUSH(a, &o->parts, s);
    }
}

static bool moved_already(const struct decision *d, str from, enum holding what) {
    for (size_t i = 0; i < d->operations.len; i++)
        for (size_t k = 0; k < d->operations.at[i].transfers.len; k++) {
            const struct transfer *t = &d->operations.at[i].transfers.at[k];
            if (t->what == what && str_eq(t->from, from)) return true;
        }
    return false;
}

/* Everything a place holds goes to its receivers: whole numbers by share, the rest to the last. */
static void move_all(struct arena *a, const struct decision *d, struct operation *o, str from,
                     const struct place_state *s) {
    struct share one = {o->target, 1};
    const struct share *to = &one;
    size_t count = 1;
    if (o->kind == OPERATION_SPLIT)
        to = o->parts.at, count = o->parts.len;
    else if (o->kind == OPERATION_DISSOLVE) {
        one.target = STR_NONE;
        for (size_t i = 0; i < o->receivers.len; i++)
            if (!o->receivers.at[i].what.len) one.target = o->receivers.at[i].place;
        if (!one.target.len) return;
    }
    for (int h = 0; h < HOLDING_COUNT; h++) {
        int64_t left = s->holdings[h];
        if (left <= 0 || moved_already(d, from, (enum holding)h)) continue;
        for (size_t i = 0; i < count; i++) {
            int64_t part = i + 1 == count ? left : (int64_t)((double)s->holdings[h] * to[i].share);
            struct transfer t = {(enum holding)h, part, from, to[i].target, STR_NONE};
            left -= part;
            if (part) VEC_PUSH(a, &o->transfers, t);
        }
    }
}

static void add_place(struct arena *a, struct map *seen, struct operation *list, str id) {
    if (map_put(seen, id, list)) VEC_PUSH(a, &list->places, id);
}

void decision_list_revoked(struct arena *a, const struct decision *old, struct decision *revocation) {
    struct effects effects = {0};
    struct place_links links = {0};
    struct map seen = map_new(a);
    struct effects_of of = {.decision = old, .revoker_index = SIZE_MAX};
    struct operation list = {.kind = OPERATION_REVOKE, .from = DAY_FIRST, .until = DAY_FIRST};
    decision_effects(a, &of, &effects, &links);
    for (size_t i = 0; i < effects.len; i++) add_place(a, &seen, &list, effects.at[i].place);
    for (size_t i = 0; i < links.len; i++) add_place(a, &seen, &list, links.at[i].from);
    memset(&revocation->operations, 0, sizeof revocation->operations);
    VEC_PUSH(a, &revocation->operations, list);
}

void decision_resolve(struct arena *a, const struct network *network, struct decision *d) {
    if (d->effective_on == DAY_FIRST) return;
    for (size_t i = 0; d->revokes.len && i < network->decision_count; i++)
        if (str_eq(network->decisions[i].id, d->revokes)) decision_list_revoked(a, &network->decisions[i], d);
    for (size_t i = 0; i < d->operations.len; i++) {
        struct operation *o = &d->operations.at[i];
        fill_transfer(a, network, o, d->effective_on);
        bool ends = o->kind == OPERATION_MERGE || o->kind == OPERATION_DISSOLVE ||
                    (o->kind == OPERATION_SPLIT && !o->continues);
        for (size_t k = 0; ends && k < o->places.len; k++) {
            const struct place_state *s = network_at(network, o->places.at[k], d->effective_on - 1);
            if (s && s->exists && !place_is_area(s->kind)) move_all(a, d, o, o->places.at[k], s);
        }
    }
}
