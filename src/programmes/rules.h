/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The programmes as dated data (data/programmes): what counts as controlled, which target at which age, how long a
 * reading speaks. A measurement is judged by the rule of its own day. Read once and kept; the judging is pure.
 */
#ifndef PROGRAMMES_RULES_H
#define PROGRAMMES_RULES_H

#include "care/blood_pressure.h"
#include "course.h"

#include "base/json.h"

enum programme_number { PROGRAMME_HYPERTENSION, PROGRAMME_DIABETES, PROGRAMME_COUNT };
enum { TARGETS_MOST = 6, RULES_MOST = 8 };

struct target {
    int age_from;
    int systolic_from, systolic_below, diastolic_from, diastolic_below; /* *_from 0: no lower end */
};

/* A sugar: glucose fasting or not, or HbA1c. One value in its own unit; limits are kept for both units of glucose. */
enum sugar_kind { SUGAR_FASTING, SUGAR_RANDOM, SUGAR_HBA1C };
enum sugar_unit { SUGAR_MMOL, SUGAR_MG, SUGAR_PERCENT };
struct sugar {
    enum sugar_kind kind;
    enum sugar_unit unit;
    double value;
};
/* Limits by kind: mmol/L and mg/dL; HbA1c in per cent stands in both. 0: no limit. */
struct sugar_limits { double below[3][2]; };

struct programme_rule {
    int32_t from, until; /* [from, until); INT32_MAX open */
    struct course_rule course;
    struct target targets[TARGETS_MOST];
    int target_count;
    int controlled_systolic, controlled_diastolic; /* below */
    struct sugar_limits controlled, high, target;
    int action_systolic, action_diastolic; /* from here: the action line before saving */
    int agreed_days, later_days;           /* after a call the person rests on the list for so long */
};
struct programme {
    str code, title_vi, title_en;
    const struct json *json; /* the file as it is, for the screens */
    struct programme_rule rules[RULES_MOST];
    int rule_count;
};

/* The programmes of this build; NULL with the fault in *why when a file is wrong (a test reads them all). Thread-safe. */
const struct programme *programmes_all(err *why);
/* By code, or NULL. */
const struct programme *programme_find(str code);
/* The rule of a day: before the first one that, after the last one that. */
const struct programme_rule *programme_rule_on(const struct programme *p, int32_t day);
/* A whole file of data/programmes as JSON, or NULL: "growth", "check-up". Kept. */
const struct json *programme_file(const char *code);

/* The target of an age (completed years, -1 unknown: the first). */
const struct target *target_of(const struct programme_rule *r, int age);
bool pressure_controlled(const struct programme_rule *r, struct reading v);
/* Below the upper ends of the target of that age. A value below the lower end is at target too: the lower end is what the
 * treatment aims at, no fault of the patient; the screen shows the range. */
bool pressure_at_target(const struct programme_rule *r, int age, struct reading v);
/* From here the sheet asks for repeat, symptoms, referral before saving. */
bool pressure_needs_action(const struct programme_rule *r, struct reading v);

/* Within what a meter or laboratory can give: glucose 0.6-55 mmol/L or 10-1000 mg/dL, HbA1c 3-20 %. */
bool sugar_plausible(struct sugar s);
/* Strictly below the limit of its kind and unit (Simple's code takes the limit itself as below; its text does not). */
bool sugar_below(const struct sugar_limits *l, struct sugar s);

#endif
