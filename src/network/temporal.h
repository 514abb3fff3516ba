/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network in time, pure: founding states and decisions → versions of each place and links between places → what was
 * so on a day, as known on a day. An operation becomes effects, each on one place: so a place's versions follow from
 * its own founding state and its own effects, in whatever order they came. docs/network.md is the model.
 */
#ifndef NETWORK_TEMPORAL_H
#define NETWORK_TEMPORAL_H

#include "base/map.h"
#include "decision.h"

/* Everything that a decision can change about a place. Texts empty when absent. */
struct place_state {
    bool exists; /* between its beginning and its end */
    bool suspended;
    bool assumed; /* the data do not say that it is so: a decision of certainty "assumed" made it */
    enum place_kind kind;
    str name, code, parent, above[HIERARCHY_COUNT], point_of;
    str services; /* codes joined by spaces */
    bool has_position;
    double latitude, longitude;
    int64_t holdings[HOLDING_COUNT]; /* -1 not stated */
};

/* A field of place_state as a bit. */
enum place_field {
    PLACE_FIELD_EXISTS,
    PLACE_FIELD_SUSPENDED,
    PLACE_FIELD_KIND,
    PLACE_FIELD_NAME,
    PLACE_FIELD_CODE,
    PLACE_FIELD_PARENT,
    PLACE_FIELD_MANAGER,
    PLACE_FIELD_DIRECTOR,
    PLACE_FIELD_INSURER,
    PLACE_FIELD_POINT_OF,
    PLACE_FIELD_SERVICES,
    PLACE_FIELD_POSITION,
    PLACE_FIELD_COUNT
};
const char *place_field_name(enum place_field f); /* the word of the JSON: "kind" … */

enum link_kind { LINK_REPLACES, LINK_ABSORBED, LINK_SPLIT, LINK_RECEIVER };
const char *link_kind_code(enum link_kind k);

/* From `from` to `to` (successor) since `day`; share 1 unless divided. */
struct place_link {
    str from, to, decision;
    enum link_kind kind;
    double share;
    int32_t day, until;
    str what; /* receiver of what, empty all */
};

/* "From day `from` until `until`, the fields in `mask` have these values"; holdings are added. */
struct effect {
    str place;
    int32_t from, until, operational;
    unsigned mask; /* 1u << enum place_field */
    struct place_state values;
    bool joins;                /* an area becomes a former commune of values.parent; anything else ends */
    bool moves;                /* values.holdings are added */
    size_t decision, ended_by; /* index of the decision; of the one that revokes it, SIZE_MAX none */
    unsigned operation;        /* its number in the decision */
};
struct effects {
    struct effect *at;
    size_t len, cap;
};
struct place_links {
    struct place_link *at;
    size_t len, cap;
};

/* The effects of one decision, signed or not: the caller leaves out drafts that do not count. `revoker` is the decision
 * that revokes it, or NULL; `index` and `revoker_index` go into the effects. `only` (may be empty): just those on that
 * place and the links from it. Appends. */
struct effects_of {
    const struct decision *decision, *revoker;
    size_t index, revoker_index;
    str only;
};
void decision_effects(struct arena *a, const struct effects_of *of, struct effects *out, struct place_links *links);

struct place_version {
    int32_t from, until, operational;
    struct place_state state;
    size_t decision; /* that began it; SIZE_MAX founding */
};
struct place_versions {
    struct place_version *at;
    size_t len, cap;
};
/* The same in law; whether somebody assumed it is left out of account. */
bool place_state_same(const struct place_state *x, const struct place_state *y);
/* Versions of one place: neighbours without a gap over all days, each different from the one before. `order` ranks the
 * decisions by law (index → rank, decision_ranks). Effects are sorted in place. */
void place_fold(struct arena *a, const struct place_state *founding, struct effect *effects, size_t count,
                const unsigned *order, struct place_versions *out);

/* ranks[i]: place of decisions[i] in the order of law. */
unsigned *decision_ranks(struct arena *a, const struct decision *decisions, size_t count);

/* ---- the whole network ------------------------------------------------------------------------------------------- */

struct network_place {
    str id;
    struct place_state founding;
    struct place_versions versions;
    int64_t population;
};
struct network {
    struct arena *arena;
    struct {
        struct network_place *at;
        size_t len, cap;
    } places;
    struct map index;         /* id → number of the place + 1 */
    struct place_links links; /* by from, then day */
    const struct decision *decisions;
    size_t decision_count;
};
struct network_founding {
    str id;
    struct place_state state;
    int64_t population;
};
/* Applies the signed decisions recorded by `known` (DAY_LAST: all) and the drafts among `plans`. A place that a
 * decision creates need not be among the founding ones. */
struct network_input {
    const struct network_founding *founding;
    size_t founding_count;
    const struct decision *decisions;
    size_t decision_count;
    int32_t known;
    const str *plans; /* ids of drafts that count as signed */
    size_t plan_count;
};
/* For who fills a network otherwise: the place of that id, made when it is not there; its number stays. And the end of
 * filling. */
size_t network_place_add(struct network *n, str id);
void network_links_sort(struct network *n);
void network_replay(struct arena *a, const struct network_input *in, struct network *out);
/* The place, or NULL. */
const struct network_place *network_find(const struct network *n, str id);
/* Links that leave a place, by day: how many, from *first on. */
size_t network_links_from(const struct network *n, str id, const struct place_link **first);
/* The version of a place that holds on a day: there always is one. */
const struct place_version *place_version_on(const struct network_place *p, int32_t day);
/* State on a day; NULL for an unknown id. A place that does not exist then has exists false. */
const struct place_state *network_at(const struct network *n, str id, int32_t day);
/* The version that holds on that day, NULL for an unknown id. */
const struct place_version *network_version(const struct network *n, str id, int32_t day);
/* The commune (of whatever kind) in which a place lies on a day: itself, or the first above it. Empty: none. */
str network_commune(const struct network *n, str id, int32_t day);
/* How many places there are of each kind on a day; `communes` of all four kinds; `stopped`: stations and points that
 * have ended. */
struct network_counts {
    int of[PLACE_KIND_COUNT], communes, stopped;
};
void network_count(const struct network *n, int32_t day, struct network_counts *out);
/* The days on which anything begins or ends, ascending, each once. */
void network_days(struct arena *a, const struct network *n, int32_t **days, size_t *count);
/* Who answers for an ended place on a day: walks receivers of `what`, then replacing links of the greatest share; the
 * id itself when it exists; empty when nobody does. */
str network_successor(const struct network *n, str id, str what, int32_t day);
/* Where a number kept at place `id` belongs under the structure of `day`, at the level of communes: targets and shares
 * (adding to 1). One target with share 1 unless the area was divided. */
void network_spread(struct arena *a, const struct network *n, str id, int32_t day, struct share **targets,
                    size_t *count);

#endif
