/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network in memory from the resources of the node, for everything the tables of one knowledge cannot answer: as
 * known on a day, with a draft beside it, the check. A province is some two thousand places and a handful of decisions:
 * milliseconds.
 */
#include "founding.h"
#include "network.h"

#include "base/vec.h"
#include "db/db.h"

#include <stdlib.h>

struct refers {
    const struct json **at;
    size_t len, cap;
};

/* Resources by the id of the first Location they name. */
static void by_location(struct arena *a, const struct json *const *list, size_t count, struct map *out) {
    *out = map_new(a);
    for (size_t i = 0; i < count; i++) {
        str reference = JSON_TEXT(json_item(JSON_GET(list[i], "location"), 0), "reference");
        size_t slash = str_find(reference, '/');
        if (slash >= reference.len) continue;
        str id = str_slice(reference, slash + 1, reference.len);
        struct refers *r = map_get(out, id);
        if (!r) map_put(out, id, r = ARENA_NEW(a, struct refers));
        VEC_PUSH(a, r, list[i]);
    }
}

err network_foundings(struct arena *a, const struct network_resource_lists *in, struct network_founding **out,
                      size_t *count) {
    static const struct refers none = {0};
    struct map affiliations, services;
    by_location(a, in->affiliations, in->affiliation_count, &affiliations);
    by_location(a, in->services, in->service_count, &services);
    *out = ARENA_ARRAY(a, struct network_founding, in->location_count + 1);
    *count = in->location_count;
    for (size_t i = 0; i < in->location_count; i++) {
        str id = JSON_TEXT(in->locations[i], "id");
        const struct refers *af = map_get(&affiliations, id), *se = map_get(&services, id);
        if (!af) af = &none;
        if (!se) se = &none;
        struct founding_resources r = {in->locations[i], af->at, se->at, af->len, se->len};
        place_founding(a, &r, &(*out)[i]);
    }
    return OK_ERR;
}

enum { CHUNK = 1000 };

static err all_of(struct reader *r, struct arena *a, fhir_type type, struct refers *out) {
    struct version_list list;
    int64_t after = 0;
    do {
        TRY(reader_scan(r, a, type, after, CHUNK, &list));
        for (size_t i = 0; i < list.len; i++) {
            struct json *tree;
            TRY(json_parse(a, list.at[i].body, &tree));
            VEC_PUSH(a, out, tree);
            after = list.at[i].rid;
        }
    } while (list.len == CHUNK);
    return OK_ERR;
}

static int by_law(const void *x, const void *y) { return decision_compare(x, y); }

err network_decisions(struct reader *r, struct arena *a, struct decisions *out) {
    struct refers list = {0};
    *out = (struct decisions){0};
    TRY(all_of(r, a, FHIR_TYPE_DECISION, &list));
    for (size_t i = 0; i < list.len; i++) {
        struct decision d;
        TRY(decision_read(a, list.at[i], &d));
        VEC_PUSH(a, out, d);
    }
    if (out->len > 1) qsort(out->at, out->len, sizeof *out->at, by_law);
    return OK_ERR;
}

err network_load(struct reader *r, struct arena *a, const struct network_question *q, struct network *out) {
    struct refers locations = {0}, affiliations = {0}, services = {0};
    struct decisions decisions;
    struct network_input in = {.known = q->known, .plans = q->plans, .plan_count = q->plan_count};
    struct network_founding *founding;
    TRY(all_of(r, a, FHIR_TYPE_LOCATION, &locations));
    TRY(all_of(r, a, FHIR_TYPE_ORGANIZATION_AFFILIATION, &affiliations));
    TRY(all_of(r, a, FHIR_TYPE_HEALTHCARE_SERVICE, &services));
    TRY(network_decisions(r, a, &decisions));
    struct network_resource_lists lists = {locations.at,  affiliations.at,  services.at,
                                           locations.len, affiliations.len, services.len};
    TRY(network_foundings(a, &lists, &founding, &in.founding_count));
    in.founding = founding;
    in.decisions = decisions.at;
    in.decision_count = decisions.len;
    network_replay(a, &in, out);
    return OK_ERR;
}

/* ---- from the tables --------------------------------------------------------------------------------------------- */

static const char sql_states[] =
    "SELECT s.id, s.from_day, s.until_day, s.kind, s.code, s.name, p.id, s.latitude, s.longitude, s.population, "
    "s.assumed, s.suspended, s.manager, s.director, "
    "s.insurer, t.id, s.services, s.decision, s.operational, s.holdings FROM place_state s "
    "LEFT JOIN (SELECT subject, id FROM place_state GROUP BY subject) p ON p.subject = s.parent "
    "LEFT JOIN (SELECT subject, id FROM place_state GROUP BY subject) t ON s.point_of AND t.subject = s.point_of ORDER "
    "BY s.subject, s.from_day";
static const char sql_links[] =
    "SELECT id, successor, kind, what, share, from_day, until_day, decision FROM place_link";

struct live {
    struct arena *arena;
    struct network *network;
    struct map decisions;
    VEC(struct decision) list;
};

static size_t decision_number(struct live *l, str id) {
    if (!id.len) return SIZE_MAX;
    size_t n = (size_t)(uintptr_t)map_get(&l->decisions, id);
    if (n) return n - 1;
    struct decision d = {.id = str_copy(l->arena, id), .status = DECISION_SIGNED, .effective_on = DAY_FIRST};
    VEC_PUSH(l->arena, &l->list, d);
    map_put(&l->decisions, d.id, (void *)(uintptr_t)l->list.len);
    return l->list.len - 1;
}

static void read_holdings(str text, int64_t *out) {
    str part;
    for (int h = 0; h < HOLDING_COUNT; h++) out[h] = -1;
    for (int h = 0; h < HOLDING_COUNT && text.len && str_split(&text, ' ', &part); h++)
        if (!str_int64(part, &out[h])) out[h] = -1;
}

static void read_state(struct live *l, struct statement *q, struct place_version *v) {
    struct arena *a = l->arena;
    struct place_state *s = &v->state;
    *v = (struct place_version){.from = (int32_t)column_int(q, 1),
                                .until = (int32_t)column_int(q, 2),
                                .operational = (int32_t)column_int(q, 18),
                                .decision = decision_number(l, column_text(q, 17))};
    *s = (struct place_state){.exists = true,
                              .kind = (enum place_kind)column_int(q, 3),
                              .code = str_copy(a, column_text(q, 4)),
                              .name = str_copy(a, column_text(q, 5)),
                              .parent = str_copy(a, column_text(q, 6)),
                              .has_position = !column_null(q, 7) && !column_null(q, 8),
                              .latitude = column_real(q, 7),
                              .longitude = column_real(q, 8),
                              .assumed = column_int(q, 10) != 0,
                              .suspended = column_int(q, 11) != 0,
                              .point_of = str_copy(a, column_text(q, 15)),
                              .services = str_copy(a, column_text(q, 16))};
    for (int h = 0; h < HIERARCHY_COUNT; h++) s->above[h] = str_copy(a, column_text(q, 12 + h));
    read_holdings(column_text(q, 19), s->holdings);
}

/* Days without the place stand between its versions, before the first and after the last. */
static void push_version(struct arena *a, struct network_place *p, const struct place_version *v) {
    int32_t end = p->versions.len ? p->versions.at[p->versions.len - 1].until : DAY_FIRST;
    if (v->from > end || (!p->versions.len && v->from > DAY_FIRST)) {
        struct place_version gap = {.from = end, .until = v->from, .operational = end, .decision = SIZE_MAX};
        VEC_PUSH(a, &p->versions, gap);
    }
    VEC_PUSH(a, &p->versions, *v);
}

static err read_states(struct live *l, struct reader *r) {
    struct statement *q = db_use(reader_db(r), sql_states);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct place_version v;
        size_t i = l->network->places.len - 1;
        str id = column_text(q, 0);
        if (!l->network->places.len || !str_eq(l->network->places.at[i].id, id))
            i = network_place_add(l->network, str_copy(l->arena, id));
        read_state(l, q, &v);
        l->network->places.at[i].population = column_null(q, 9) ? -1 : column_int(q, 9);
        push_version(l->arena, &l->network->places.at[i], &v);
        TRY(db_row(q, &row));
    }
    for (size_t i = 0; i < l->network->places.len; i++) {
        struct network_place *p = &l->network->places.at[i];
        struct place_version end = {
            .from = p->versions.at[p->versions.len - 1].until, .until = DAY_LAST, .decision = SIZE_MAX};
        if (end.from != DAY_LAST) VEC_PUSH(l->arena, &p->versions, end);
    }
    return OK_ERR;
}

static err read_links(struct live *l, struct reader *r) {
    struct statement *q = db_use(reader_db(r), sql_links);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct place_link k = {.from = str_copy(l->arena, column_text(q, 0)),
                               .to = str_copy(l->arena, column_text(q, 1)),
                               .kind = (enum link_kind)column_int(q, 2),
                               .what = str_copy(l->arena, column_text(q, 3)),
                               .share = column_real(q, 4),
                               .day = (int32_t)column_int(q, 5),
                               .until = (int32_t)column_int(q, 6),
                               .decision = str_copy(l->arena, column_text(q, 7))};
        VEC_PUSH(l->arena, &l->network->links, k);
        TRY(db_row(q, &row));
    }
    network_links_sort(l->network);
    return OK_ERR;
}

err network_live(struct reader *r, struct arena *a, struct network *out) {
    struct live l = {.arena = a, .network = out, .decisions = map_new(a)};
    *out = (struct network){.arena = a, .index = map_new(a)};
    TRY(read_states(&l, r));
    TRY(read_links(&l, r));
    out->decisions = l.list.at;
    out->decision_count = l.list.len;
    return OK_ERR;
}
