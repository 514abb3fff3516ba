/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Care: visits and the hypertension programme as tables, and the routes of the first workplace (docs/api.md). The rules
 * are in blood_pressure.h, pure.
 */
#ifndef CARE_CARE_H
#define CARE_CARE_H

#include "blood_pressure.h"
#include "network/holder.h"
#include "server/server.h"

/* What the tables know of one person. Days DAY_NONE when absent. */
struct care_person {
    int32_t last_visit;
    int32_t last_day; /* of the last reading */
    struct reading reading;
    struct hypertension_days days;
    str observation, episode, organization; /* ids; organization of the last visit */
};
/* Somebody without rows gets DAY_NONE everywhere. */
err care_person(struct reader *r, struct arena *a, int64_t rid, struct care_person *out);
/* The word for docs/api.md: "controlled" …, "dead", or NULL. */
const char *care_status(const struct care_person *c, bool dead, int32_t on);

/* Monthly numbers for the network in time, ended by a row without name. */
extern const struct network_measure care_measures[];
/* Tables and projections; routes /api/persons… and /api/province, ended by a row with method NULL. */
extern const struct store_room care_room;
extern const struct route care_routes[];

/* Handlers, one file each. */
err care_find(struct request *r);
err care_banner(struct request *r);
err care_timeline(struct request *r);
err care_blood_pressure(struct request *r);
err care_measurements(struct request *r);
err care_province(struct request *r);

/* The answer of GET /api/province as of a day. */
err care_province_write(struct reader *r, struct arena *a, int32_t today, struct buf *out);

/* Current resources of a type that are about a person, under this record or one it replaces: newest first, at most `limit`,
 * parsed. */
struct care_resource {
    struct version version;
    const struct json *json;
};
struct care_resources {
    struct care_resource *at;
    size_t len, cap;
};
/* What `who` has no right for (a type, a sensitive class) is not among them. */
err care_resources(struct reader *r, struct arena *a, const struct access *who, int64_t patient, fhir_type type,
                   size_t limit, struct care_resources *out);

/* The same of clinical dates (minutes since 1970) before `before`. */
struct care_range {
    int64_t patient;
    fhir_type type;
    int64_t before;
    size_t limit;
};
err care_resources_before(struct reader *r, struct arena *a, const struct access *who, struct care_range range,
                          struct care_resources *out);

/* Small readers of resources shared by projection and routes. */
/* Civil day of +07:00 of a date, dateTime or instant; DAY_NONE when absent or wrong. `ms` (may be NULL) gets the
 * instant. */
int32_t care_day(str date_time, int64_t *ms);
/* From when a Patient is nobody's task any more: dead, or moved out of the province (EXTENSION_MOVED_AWAY; whoever comes back has none).
 * DAY_NONE: here and alive; `unknown` when the person is dead and the day is not known. */
int32_t care_gone(const struct json *patient, int32_t unknown);
/* Plausible reading of a blood-pressure Observation that counts (final, amended …; LOINC 85354-9 or 55284-4). */
bool care_reading(const struct json *observation, struct reading *out);

#endif
