/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The synthetic people of a real network: hamlets, households, residents, and the course of high blood pressure. Pure:
 * the same options give the same people on every machine. What is data and what is invented: docs/demo.md.
 */
#ifndef DEMO_GENERATE_H
#define DEMO_GENERATE_H

#include "network/network.h"
#include "random.h"

enum { AGE_GROUPS = 18 };

struct generate_options {
    str province;      /* "11" */
    int64_t scale_ppm; /* 20,000 = 0.02; 1,000,000 = everybody */
    uint64_t seed;
    int32_t on;       /* the day the province is as of; the last visits are on the day before */
    bool people_only; /* nobody is enrolled: for measuring with many people */
};

enum ethnic {
    ETHNIC_KINH,
    ETHNIC_THAI,
    ETHNIC_MONG,
    ETHNIC_KHO_MU,
    ETHNIC_LAO,
    ETHNIC_DAO,
    ETHNIC_HA_NHI,
    ETHNIC_COUNT
};
extern const struct ethnic_group { const char *code, *name; } ethnic_groups[ETHNIC_COUNT];

struct hamlet {
    str id, name;        /* "hamlet-03130-01", "Bản Nà Lốm" */
    size_t former;       /* index of its former commune in facts */
    size_t main_station; /* index of the former commune where the main station of its commune stands */
    enum ethnic group;
    bool urban;
    int64_t first; /* number of its first resident */
    int count;
};

struct resident {
    int64_t number; /* 0 … total - 1: all identifiers come from it */
    str name;
    bool female, birth_year_only;
    int age; /* completed years on `on` */
    int32_t birth;
    enum ethnic group;
    int household; /* index within the hamlet */
    bool head;
};

struct hamlet_people {
    struct resident *residents; /* by household, head first */
    int count, households;
};

struct generator {
    struct arena *arena;
    struct generate_options options;
    struct place_facts facts;
    const struct place_fact *province;
    struct hamlet *hamlets;
    size_t hamlet_count;
    int64_t total; /* residents */
    const struct names *names;
    struct age_table {
        str district;
        int64_t population[AGE_GROUPS];
    } * ages;
    size_t age_count;
    struct namesake { int64_t number; str name; } *namesakes; /* by number: who bears somebody else's name (namesakes.c) */
    size_t namesake_count;
};
/* ERR_NOT_FOUND: no tables of that province; ERR_USAGE: scale not in 0 < s <= 1. */
err generator_new(struct arena *a, const struct generate_options *options, struct generator **out);
/* The people of one hamlet, in `a`. */
void generate_hamlet(const struct generator *g, struct arena *a, size_t hamlet, struct hamlet_people *out);
/* Chooses `pairs` pairs of one commune and sex, born at most two years apart, who bear one name. Reads everybody once. */
void generate_namesakes(struct generator *g, int pairs);
/* A name for staff and others, from their own stream. */
str generate_name(const struct generator *g, struct arena *a, struct random *r, enum ethnic group, bool female);

/* ---- high blood pressure
 * ---------------------------------------------------------------------------------------------- */

struct bp_visit {
    int32_t day;
    int minute; /* of the day */
    int systolic, diastolic;
    int step;   /* of the protocol, 1 … 4 */
    int supply; /* days prescribed at this visit, 0: nothing prescribed */
    bool at_main_station;
};
struct bp_course {
    int32_t enrolled; /* DAY before the first visit or equal; visits are of the last two years only */
    struct bp_visit *visits;
    int count;
    int32_t next; /* booked appointment, or INT32_MIN */
};
/* False for residents who are not in the programme. */
bool generate_course(const struct generator *g, struct arena *a, const struct resident *p, struct bp_course *out);

/* ---- as FHIR (docs/places.md, docs/blood-pressure.md)
 * ------------------------------------------------------------------ */

/* Ids: 13 base-32 characters of a bijection of (seed, kind, number): never equal for different things of one seed. */
enum demo_kind {
    DEMO_PATIENT = 1,
    DEMO_GROUP,
    DEMO_CONDITION,
    DEMO_EPISODE,
    DEMO_ENCOUNTER,
    DEMO_OBSERVATION,
    DEMO_MEDICATION,
    DEMO_APPOINTMENT,
    DEMO_CHILD_ENCOUNTER,
    DEMO_CHILD_OBSERVATION,
    DEMO_CHECK_ENCOUNTER,
    DEMO_CHECK_OBSERVATION,
    DEMO_SUGAR_ENCOUNTER,
    DEMO_SUGAR_OBSERVATION,
    DEMO_SUGAR_CONDITION,
    DEMO_SUGAR_EPISODE,
    DEMO_SUGAR_MEDICATION,
    DEMO_CALL,
    DEMO_ILL_ENCOUNTER,
    DEMO_ILL_CONDITION,
    DEMO_ILL_OBSERVATION,
    DEMO_ILL_HEAD,
    DEMO_ILL_MEDICATION
};
str demo_id(const struct generator *g, struct arena *a, enum demo_kind kind, int64_t number);

/* One call of `emit` a resource. Places, hamlets, organizations and staff; then a hamlet at a time. */
void generate_network_json(const struct generator *g, struct arena *a, network_emit *emit, void *context);
void generate_staff_json(const struct generator *g, struct arena *a, network_emit *emit, void *context);
/* Five characters for the papers of a site that look synthetic: "S3130" of station-03130. */
str demo_facility_code(struct arena *a, str site);
/* Somebody of that role at the site of a former commune (index in facts) or, DEMO_DEPARTMENT, at the health department:
 * id of the Practitioner and name. False when nobody there has the role. */
#define DEMO_DEPARTMENT SIZE_MAX
bool generate_staff_member(const struct generator *g, struct arena *a, size_t former, const char *role, str *id,
                           str *name);
/* One household: its residents, the Group, and their courses. */
void generate_household_json(const struct generator *g, struct arena *a, size_t hamlet,
                             const struct hamlet_people *people, int household, network_emit *emit, void *context);

#endif
