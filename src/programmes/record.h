/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One person's record as the projections of this room see it: read once (record.c), then each table takes its part.
 * Private to the room.
 */
#ifndef PROGRAMMES_RECORD_H
#define PROGRAMMES_RECORD_H

#include "care/care.h"
#include "care/growth.h"
#include "rules.h"

#include "store/projection.h"

enum measure_kind {
    MEASURE_PRESSURE, MEASURE_SUGAR, MEASURE_WEIGHT, MEASURE_LENGTH, MEASURE_HEAD, MEASURE_ARM, MEASURE_OEDEMA
};
struct measure {
    int64_t ms;
    int32_t day;
    enum measure_kind kind;
    str id, encounter;
    struct reading pressure;
    struct sugar sugar;
    str digits;   /* of a number, as sent */
    double value; /* kg, cm; oedema 1 or 0 */
    enum growth_position position;
};
struct measures {
    struct measure *at;
    size_t len, cap;
};
/* What an Observation measures; false when it is none of ours, does not count (entered in error …), is not plausible, or has no
 * day. The texts are views into the resource. */
bool measure_read(const struct json *observation, struct measure *out);
/* By instant, then id. */
int measure_compare(const void *a, const void *b);

struct record {
    struct arena *arena;
    str id, birth, sex;
    int32_t born_on; /* DAY_NONE unless the whole day is known */
    int32_t died;    /* care_gone: dead or moved away; DAY_NONE here; INT32_MIN + 1: dead on an unknown day */
    int64_t place;
    struct measures measures; /* by time */
    struct projection_resources encounters, episodes, appointments, calls;
    bool is_member[PROGRAMME_COUNT]; /* filled by the programmes' rows: alive and in the programme */
};
#define DIED_UNKNOWN (INT32_MIN + 1)

enum {
    TABLE_PROGRAMME, TABLE_INTERVAL, TABLE_CHILD, TABLE_CHECK_UP, TABLE_ARRIVAL, TABLE_SEEN
};
void record_programmes(struct projection_job *job, struct record *r);
void record_child(struct projection_job *job, const struct record *r);
void record_check_up(struct projection_job *job, const struct record *r);
void record_desk(struct projection_job *job, const struct record *r);

/* Did this Encounter take place, or is it going on? DAY_NONE when not. `ms` may be NULL. */
int32_t encounter_day(const struct json *encounter, int64_t *ms);
bool encounter_is_check_up(const struct json *encounter);
bool concept_has(const struct json *concept, const char *system, const char *code);
static inline struct cell day_or_none(int32_t day) { return day == DAY_NONE ? CELL_NONE : CELL_INT(day); }

/* ---- children, pure (child.c) -------------------------------------------------------------------------------------------- */

/* All that was measured on one day. */
struct child_day {
    int32_t day;
    struct growth_child child;
    struct growth_result result;
    unsigned signs;
    bool any; /* weight, length, head or arm */
};
struct child_days {
    struct child_day *at;
    size_t len, cap;
};
/* Days with a measure before the fifth birthday, oldest first. */
void child_days_of(struct arena *a, int32_t born_on, str sex, const struct measures *measures, struct child_days *out);
/* When to measure next: months of the interval of that age after the last measure (or at birth). */
int32_t child_next(int32_t born_on, int32_t last_day);
int32_t child_five_on(int32_t born_on);
int32_t child_born_from(void); /* younger ones are followed even when never measured */

#endif
