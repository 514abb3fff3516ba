/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network in memory from the resources of the node, for everything the tables of one knowledge cannot answer: as known on a
 * day, with a draft beside it, the check. A province is some two thousand places and a handful of decisions: milliseconds.
 */
#include "founding.h"
#include "network.h"

#include "base/vec.h"

#include <stdlib.h>

struct refers { const struct json **at; size_t len, cap; };

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

err network_foundings(struct arena *a, const struct network_resource_lists *in, struct network_founding **out, size_t *count) {
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
    struct network_resource_lists lists = {locations.at, affiliations.at, services.at, locations.len, affiliations.len, services.len};
    TRY(network_foundings(a, &lists, &founding, &in.founding_count));
    in.founding = founding;
    in.decisions = decisions.at;
    in.decision_count = decisions.len;
    network_replay(a, &in, out);
    return OK_ERR;
}
