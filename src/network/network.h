/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Network: places, what they are today, who is served where. docs/places.md is the model. Places are FHIR Location
 * resources with ids that never change; the table `place` is their projection. Nothing of a person lives here.
 */
#ifndef NETWORK_NETWORK_H
#define NETWORK_NETWORK_H

#include "search/search.h"
#include "temporal.h"

/* ---- the published tables (data/network, embedded) ------------------------------------------------------------------
 */

/* One line of data/network/PP-NAME.csv; numbers -1 when absent, coordinates as their digits or empty. */
struct place_fact {
    enum place_kind
        kind; /* PROVINCE, DISTRICT, a commune's kind, FORMER_COMMUNE, or a body (its code is then its id) */
    str code, parent, name, latitude, longitude, district, note;
    int64_t population, census_2019, urban_2019, households_2019;
    enum place_kind
        site; /* FORMER_COMMUNE: what its station is after the decisions, STATION, POINT or UNKNOWN (stopped) */
};
struct place_facts {
    struct place_fact *at;
    size_t len, cap;
};
/* The table of a province ("11"). ERR_NOT_FOUND when there is none. Views into the embedded text. */
err network_facts(struct arena *a, str province, struct place_facts *out);
/* Codes of the provinces that there are tables of, ended by NULL. */
extern const char *const network_provinces[];
/* What was decided in a province (data/network/decisions.csv, PP-operations.csv), signed, in the order of law. Places
 * named by a transfer to the communes have their new managers in `parts`, as after signing. */
struct decisions {
    struct decision *at;
    size_t len, cap;
};
err network_fact_decisions(struct arena *a, str province, struct decisions *out);
/* The network of the tables: founding states of before every decision. Locations as network_resources emits them. */
err network_fact_founding(struct arena *a, const struct place_facts *facts, struct network_founding **out,
                          size_t *count);

/* FHIR JSON of the table and its decisions, one call of `emit` a resource, parents first: what stood before every
 * decision, then the decisions with the places that they begin. `id` and `json` live in the arena. */
typedef void network_emit(void *context, const char *type, str id, str json);
err network_resources(struct arena *a, const struct place_facts *facts, network_emit *emit, void *context);
/* The resources of a place that a decision begins: Location with the mark of the decision, Organization for a body.
 * `population` -1. */
void network_begun_place(struct arena *a, const struct decision *d, const struct operation *o, str id,
                         int64_t population, network_emit *emit, void *context);
/* A place as it is on a day: Location, Organization and affiliations of a body, HealthcareService for each service. */
void network_state_resources(struct arena *a, str id, const struct place_state *s, int64_t population,
                             network_emit *emit, void *context);
/* One Location: for hamlets and other places the table does not hold. `tag` "synthetic", "assumed" or NULL. */
struct place_text {
    str id, name, parent, code_system, code, latitude, longitude;
    enum place_kind kind;
    int64_t population; /* -1 none */
    const char *tag;
    str manager;  /* id of the managing Organization, or empty */
    str begun_by; /* id of the decision that begins it, or empty */
};
void network_place_json(struct buf *out, const struct place_text *p);
/* Name of a former commune's station: "Trạm Y tế phường Noong Bua"; of a point: "Điểm trạm …". */
str network_site_name(struct arena *a, enum place_kind kind, str commune_name);

/* ---- the live network: the tables place_state and place_link, as of a day -------------------------------------------
 */

struct place {
    int64_t rid, parent; /* rids; parent 0 = none or unknown */
    str id, code, name;
    enum place_kind kind;
    bool assumed, suspended, has_position;
    double latitude, longitude;
    int64_t population;  /* published figure, -1 none */
    int64_t point_of;    /* rid of its station, 0 none */
    int32_t from, until; /* of this version: DAY_FIRST, DAY_LAST open */
};
/* One place on a day. ERR_NOT_FOUND, also when it does not exist on that day. */
err network_place(struct reader *r, struct arena *a, int64_t rid, int32_t day, struct place *out);
err network_place_by_id(struct reader *r, struct arena *a, str id, int32_t day, struct place *out);
/* All places of a day, by rid. A province has some two thousand. */
struct places {
    struct place *at;
    size_t len, cap;
};
err network_places(struct reader *r, struct arena *a, int32_t day, struct places *out);
/* The place with that rid in a list of network_places, or NULL. */
struct place *places_find(const struct places *all, int64_t rid);

/* Where somebody lives on a day, from the smallest place upwards; absent levels have rid 0. */
struct place_path {
    struct place hamlet, former_commune, commune, province;
};
err network_path(struct reader *r, struct arena *a, int64_t rid, int32_t day, struct place_path *out);

/* All areas at or below a place on a day, and itself: rids, sorted. */
err network_below(struct reader *r, struct arena *a, int64_t rid, int32_t day, int64_t **out, size_t *count);

/* Smallest stable places at or below the area whose folded name on that day matches: for find. `words` are the folded
 * words of a place's name, the last may be unfinished; "na son" finds the hamlets of commune Na Son and the hamlet Na
 * Son. At most `limit` + 1. */
struct place_words {
    const str *at;
    size_t count;
    int32_t day;
};
err network_places_named(struct reader *r, struct arena *a, const struct place_words *words, size_t limit,
                         int64_t **rids, size_t *found);

/* The access of a post on a day (server_options.access_of). A post at the province or an office of it: everything. Station: the residents of its commune. Point: of its former commune. A commune or former
 * commune: of it. A place that has ended: that of its successor. Anything else, also an unknown place: nobody.
 * `planner`, `admin` and an empty role see no persons at all. */
struct network_post {
    str role, place;
    int32_t day;
};
err network_access(struct reader *r, struct arena *a, const struct network_post *post, struct access *out);
/* Who answers for a place on a day: itself when it exists, else along receivers and successors. ERR_NOT_FOUND when
 * nobody does. */
err network_place_now(struct reader *r, struct arena *a, str id, int32_t day, struct place *out);

/* The whole network in memory, replayed from the resources: for answers "as known", plans beside it, checks. `known`
 * DAY_LAST: all. */
struct network_question {
    int32_t known;
    const str *plans;
    size_t plan_count;
};
err network_load(struct reader *r, struct arena *a, const struct network_question *q, struct network *out);
/* The same of today's knowledge from the tables, without founding states and without what is inside the decisions (only
 * ids): a few milliseconds, for every answer of a day. */
err network_live(struct reader *r, struct arena *a, struct network *out);
/* The decisions of the node: signed and drafts, as structs, in the order of law. */
err network_decisions(struct reader *r, struct arena *a, struct decisions *out);

/* Tables and projection of this room. */
extern const struct store_room network_room;

#endif
