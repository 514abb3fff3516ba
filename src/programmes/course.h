/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The course of one person in a programme of chronic care (hypertension, diabetes), pure: what was recorded on which
 * days becomes the days between which something is true. The indicators are Simple's (docs/programmes.md) with two
 * countings: exact days ("three months after 31 January" is 30 April) and Simple's whole calendar months.
 * Days are civil days of +07:00; nothing here knows what day it is.
 */
#ifndef PROGRAMMES_COURSE_H
#define PROGRAMMES_COURSE_H

#include "base/date.h"
#include "base/vec.h"

/* The months of the indicators (data/programmes/…): part of a dated rule. */
struct course_rule {
    int counted_months; /* in the programme for less: not in the denominator */
    int reading_months; /* a measurement speaks for so long */
    int care_months;    /* not seen for so long: lost to follow-up */
    int visit_days;     /* the next visit when none is booked */
};

/* One day on which the person was seen. Several of a day: the last in the list is the last of the day. */
struct course_event {
    int32_t day;
    bool measured;              /* a plausible measurement of the programme */
    bool controlled, at_target; /* of that measurement: two words, never one */
};
struct course_facts {
    int32_t enrolled; /* DAY_NONE: not in the programme */
    int32_t ended;    /* out of the programme (transferred, refused) from this day, DAY_NONE */
    int32_t died;     /* or moved away; DAY_NONE: here */
    int32_t booked;   /* earliest appointment after the last event, DAY_NONE */
    const struct course_event *events; /* by day */
    size_t count;
};

enum course_basis { COURSE_DAYS, COURSE_MONTHS, COURSE_BASES };

/* Numbers are stored: append only. */
enum course_state {
    COURSE_NONE,         /* not (any more) in the programme, or dead */
    COURSE_NEW,          /* not counted yet, and not controlled */
    COURSE_CONTROLLED,   /* the last measurement speaks still, and is controlled */
    COURSE_UNCONTROLLED, /* it speaks still, and is not */
    COURSE_UNMEASURED,   /* seen within the months of a reading, but nothing measured that speaks still */
    COURSE_MISSED,       /* not seen for the months of a reading */
    COURSE_LOST,         /* not seen for the months of care */
    COURSE_STATES
};
/* "new", "controlled", "uncontrolled", "unmeasured", "missed", "lost"; NULL for NONE. */
const char *course_state_code(enum course_state s);

struct course_status {
    enum course_state state;
    bool counted;   /* in the denominator: long enough in the programme, and under care */
    bool at_target; /* a measurement speaks still, and is at its target */
};
/* What is true on day `on`, knowing only what was recorded until then. */
struct course_status course_on(const struct course_facts *f, const struct course_rule *rule, enum course_basis basis,
                               int32_t on);

/* The whole course as half-open intervals [from, until) of equal status, oldest first, without NONE; the last may be open
 * (until INT32_MAX). Changes only by the passing of days are in it: it needs no clock. */
struct course_interval {
    int32_t from, until;
    struct course_status status;
};
struct course_intervals {
    struct course_interval *at;
    size_t len, cap;
};
void course_intervals(struct arena *a, const struct course_facts *f, const struct course_rule *rule,
                      enum course_basis basis, struct course_intervals *out);

/* The next visit is expected on: the booked day, else visit_days after the person was last seen (or enrolled); DAY_NONE out of
 * the programme or dead. */
int32_t course_due(const struct course_facts *f, const struct course_rule *rule);

/* How a cohort fared: of those enrolled in a month, at the end of the second month after it, by the last two months; of a
 * quarter, at the end of the quarter after it, by that quarter. Calendar months, as Simple counts cohorts. The outcome is that of
 * what is recorded so far: it is final when the window is over. NONE: not enrolled, or out or dead by then. */
enum course_cohort { COHORT_MONTH, COHORT_QUARTER };
enum course_state course_outcome(const struct course_facts *f, enum course_cohort which);
/* Month number (year * 12 + month - 1) of a day. */
int course_month(int32_t day);
/* First day of a month number. */
int32_t course_month_start(int month);

#endif
