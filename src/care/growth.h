/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Growth of children under five: z-scores of the WHO Child Growth Standards, and what they mean. Pure: no database, no
 * clock. Rules as in WHO's R package anthro (docs/growth.md): LMS, straight lines beyond ±3 SD for the measures with
 * weight or fat, 0.7 cm between lying and standing, days and half days rounded up, flags for values that are not
 * plausible.
 */
#ifndef CARE_GROWTH_H
#define CARE_GROWTH_H

#include <stdbool.h>

enum growth_indicator {
    GROWTH_LENGTH,            /* length or height for age, cm */
    GROWTH_WEIGHT,            /* weight for age, kg */
    GROWTH_WEIGHT_FOR_LENGTH, /* weight for length or height, kg */
    GROWTH_BMI,               /* body mass index for age, kg/m2 */
    GROWTH_HEAD,              /* head circumference for age, cm */
    GROWTH_ARM,               /* mid-upper arm circumference for age, cm, from 91 days */
    GROWTH_TRICEPS,           /* skinfolds for age, mm, from 91 days */
    GROWTH_SUBSCAPULAR,
    GROWTH_INDICATORS
};

enum growth_position { GROWTH_POSITION_UNKNOWN, GROWTH_LYING, GROWTH_STANDING };
enum growth_sex { GROWTH_SEX_UNKNOWN, GROWTH_BOY, GROWTH_GIRL };

/* One child on one day. A number not known is NAN; one that is not above 0 counts as not known. */
struct growth_child {
    enum growth_sex sex;
    double age_days; /* since birth; a fraction is allowed. See growth_days for an age in months */
    double weight, length, head, arm, triceps, subscapular; /* kg, cm as measured, cm, cm, mm, mm */
    enum growth_position position;                          /* how the length was measured */
    bool oedema;                                            /* of both feet: no score with weight in it */
};

/* z is rounded to two decimals, NAN when there is none; flagged: not plausible, keep it out of every count and show it
 * for measuring again (|z| > 6 length; < -6 or > 5 weight; |z| > 5 the others). */
struct growth_score {
    double z;
    bool flagged;
};

struct growth_result {
    double length; /* as the standard wants it: lying under 731 days, standing from then on; NAN unknown */
    enum growth_position position; /* the one that was used */
    bool standing_too_young;       /* standing under 9 months cannot be: the position was taken as not known */
    double bmi;                    /* NAN unknown */
    struct growth_score scores[GROWTH_INDICATORS];
};

/* A child with nothing known. */
struct growth_child growth_nobody(void);
/* Days of an age in months of 30.4375 days, not rounded. */
double growth_days(double months);
/* All scores. Without sex none; without age only weight for length (by position, else by length: under 87 cm lying).
 * From 60 months (1826.25 days) on none. */
void growth_scores(const struct growth_child *child, struct growth_result *out);

/* The measure that has the score z: the curves of a chart. `x` is the age in days, for GROWTH_WEIGHT_FOR_LENGTH the
 * length in cm
 * (`standing` chooses the table there, nothing elsewhere). NAN outside the table. */
double growth_measure(enum growth_indicator i, enum growth_sex sex, bool standing, double x, double z);

/* What the scores say (WHO; Viet Nam uses the same limits). A flagged score says nothing. With oedema the child is
 * severely wasted and severely underweight whatever the scale shows, as WHO counts it. Severe always comes with its
 * plain sign. */
enum growth_sign {
    GROWTH_STUNTED = 1,
    GROWTH_SEVERELY_STUNTED = 2, /* length for age < -2, < -3 */
    GROWTH_UNDERWEIGHT = 4,
    GROWTH_SEVERELY_UNDERWEIGHT = 8, /* weight for age < -2, < -3 */
    GROWTH_WASTED = 16,
    GROWTH_SEVERELY_WASTED = 32, /* weight for length < -2, < -3 */
    GROWTH_OVERWEIGHT = 64,
    GROWTH_OBESE = 128 /* weight for length > 2, > 3 */
};
/* A sum of growth_sign. */
unsigned growth_signs(const struct growth_result *r, bool oedema);

#endif
