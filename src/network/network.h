/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Network: places, what they are today, who is served where. docs/places.md is the model. Places are FHIR Location
 * resources with ids that never change; the table `place` is their projection. Nothing of a person lives here.
 */
#ifndef NETWORK_NETWORK_H
#define NETWORK_NETWORK_H

#include "place_kind.h"
#include "search/search.h"

/* ---- the published tables (data/network, embedded) ------------------------------------------------------------------
 */

/* One line of data/network/PP-NAME.csv; numbers -1 when absent, coordinates as their digits or empty. */
struct place_fact {
    enum place_kind kind; /* PROVINCE, COMMUNE, WARD or FORMER_COMMUNE */
    str code, parent, name, latitude, longitude, district, note;
    int64_t population, census_2019, urban_2019, households_2019;
    enum place_kind site; /* FORMER_COMMUNE: what its station is in the draft, STATION or POINT */
};
struct place_facts {
    struct place_fact *at;
    size_t len, cap;
};
/* The table of a province ("11"). ERR_NOT_FOUND when there is none. Views into the embedded text. */
err network_facts(struct arena *a, str province, struct place_facts *out);

/* FHIR JSON of the table, one call of `emit` a resource, parents first: province, health department, communes with
 * their People's Committees, former communes with their sites. `id` and `json` live in the arena. */
typedef void network_emit(void *context, const char *type, str id, str json);
void network_resources(struct arena *a, const struct place_facts *facts, network_emit *emit, void *context);
/* One Location: for hamlets and other places the table does not hold. `tag` "synthetic", "assumed" or NULL. */
struct place_text {
    str id, name, parent, code_system, code, latitude, longitude;
    enum place_kind kind;
    int64_t population; /* -1 none */
    const char *tag;
    str manager; /* id of the managing Organization, or empty */
};
void network_place_json(struct buf *out, const struct place_text *p);
/* Name of a former commune's station: "Trạm Y tế phường Noong Bua"; of a point: "Điểm trạm …". */
str network_site_name(struct arena *a, enum place_kind kind, str commune_name);

/* ---- the live network
 * ------------------------------------------------------------------------------------------------ */

struct place {
    int64_t rid, parent; /* rids; parent 0 = none or unknown */
    str id, code, name;
    enum place_kind kind;
    bool assumed, has_position;
    double latitude, longitude;
    int64_t population; /* published figure, -1 none */
};
/* One place. ERR_NOT_FOUND. */
err network_place(struct reader *r, struct arena *a, int64_t rid, struct place *out);
/* All places, by rid. A province has some two thousand. */
struct places {
    struct place *at;
    size_t len, cap;
};
err network_places(struct reader *r, struct arena *a, struct places *out);
/* The place with that rid in a list of network_places, or NULL. */
struct place *places_find(const struct places *all, int64_t rid);

/* Where somebody lives, from the smallest place upwards; absent levels have rid 0. */
struct place_path {
    struct place hamlet, former_commune, commune, province;
};
err network_path(struct reader *r, struct arena *a, int64_t rid, struct place_path *out);

/* All areas at or below a place, and itself: rids, sorted. */
err network_below(struct reader *r, struct arena *a, int64_t rid, int64_t **out, size_t *count);

/* Smallest stable places at or below the area whose folded name matches: for find. `words` are the folded words of a
 * place's name, the last may be unfinished; "na son" finds the hamlets of commune Na Son and the hamlet Na Son. At most
 * `limit` + 1. */
err network_places_named(struct reader *r, struct arena *a, const str *words, size_t count, size_t limit,
                         int64_t **rids, size_t *found);

/* The access of a post (server_options.access_of). Role `administrator`, or a post at the province or an office of it:
 * everything. Station: the residents of its commune. Point: of its former commune. A commune or former commune: of it.
 * Anything else, also an unknown place: nobody. `planner` and an empty role see no persons at all. */
err network_access(struct reader *r, struct arena *a, str role, str place, struct access *out);

/* Tables and projection of this room. */
extern const struct store_room network_room;

#endif
