/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules of the hypertension programme (docs/blood-pressure.md), pure: no database, no clock, no globals. Days are civil
 * days of +07:00. A state is never computed for "today" when it is stored: the days on which it begins and ends are,
 * and whoever asks brings the day.
 */
#ifndef CARE_BLOOD_PRESSURE_H
#define CARE_BLOOD_PRESSURE_H

#include "base/date.h"

/* Hard limits of an entry (Simple, BloodPressureReading): outside nothing may be saved. */
enum {
    SYSTOLIC_MIN = 70,
    SYSTOLIC_MAX = 300,
    DIASTOLIC_MIN = 40,
    DIASTOLIC_MAX = 180,
    CONTROLLED_SYSTOLIC_BELOW = 140,
    CONTROLLED_DIASTOLIC_BELOW = 90,
    READING_MONTHS = 3, /* a reading says something for so long */
    COUNTED_MONTHS = 3, /* enrolled for less: not in the denominator */
    CARE_MONTHS = 12,   /* no visit for so long: lost to follow-up */
    VISIT_DAYS = 28     /* the next visit when none is booked (Simple, AppointmentModule) */
};

struct reading {
    int systolic, diastolic;
};

/* Within the limits, and systolic >= diastolic. */
bool reading_plausible(struct reading r);
/* 0 below 140/90; 1: 140-159 or 90-99; 2: 160-179 or 100-109; 3: from 180 or 110. The higher of the two decides
 * (QĐ 3192/2010, QĐ 5904/2019). */
int reading_grade(struct reading r);
/* Below 140 and below 90. */
bool reading_controlled(struct reading r);

/* What is known of one person. */
struct hypertension_facts {
    int32_t enrolled;       /* first day of the active or finished episode, DAY_NONE: not enrolled */
    int32_t ended;          /* day on which the episode ended (transferred, refused), DAY_NONE: goes on */
    int32_t died;           /* or moved away; DAY_NONE: here. Dead on an unknown day: give the enrolment day */
    int32_t last_visit;     /* latest visit of any kind, DAY_NONE */
    int32_t last_reading;   /* day of the latest plausible reading, DAY_NONE */
    struct reading reading; /* that reading */
    int32_t booked;         /* earliest booked appointment after the last visit, DAY_NONE */
};

/* The days between which things are true; every interval is half open: on day t, from <= t < until. */
struct hypertension_days {
    int32_t enrolled_on;      /* DAY_NONE: not in the programme; then all others but reading_until are DAY_NONE */
    int32_t counted_from;     /* in the denominator from here to care_until */
    int32_t care_until;       /* under care until; later: lost, or out of the programme, or dead */
    int32_t reading_until;    /* the last reading speaks until; later: missed */
    int32_t controlled_until; /* = reading_until when the last reading is controlled, else DAY_NONE */
    int32_t due_on;           /* next visit expected; DAY_NONE after death or end */
};
struct hypertension_days hypertension_days(const struct hypertension_facts *f);

enum hypertension_state {
    HYPERTENSION_NONE,
    HYPERTENSION_NEW,
    HYPERTENSION_CONTROLLED,
    HYPERTENSION_UNCONTROLLED,
    HYPERTENSION_MISSED,
    HYPERTENSION_LOST
};
/* The state on a day. `ended` persons (episode finished) are NONE from that day. */
enum hypertension_state hypertension_state(const struct hypertension_days *d, int32_t on);
const char *hypertension_state_code(enum hypertension_state s); /* docs/api.md; NULL for NONE */

/* Is the person in the denominator, and in the numerator, on a day? */
bool hypertension_counted(const struct hypertension_days *d, int32_t on);
bool hypertension_controlled(const struct hypertension_days *d, int32_t on); /* counted and controlled */

#endif
