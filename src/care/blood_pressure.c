/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact-day arithmetic where Simple's reports count calendar months: "three months after 31 January" is 30 April.
 */
#include "blood_pressure.h"

bool reading_plausible(struct reading r) {
    return r.systolic >= SYSTOLIC_MIN && r.systolic <= SYSTOLIC_MAX && r.diastolic >= DIASTOLIC_MIN &&
           r.diastolic <= DIASTOLIC_MAX && r.systolic >= r.diastolic;
}

int reading_grade(struct reading r) {
    if (r.systolic >= 180 || r.diastolic >= 110) return 3;
    if (r.systolic >= 160 || r.diastolic >= 100) return 2;
    if (r.systolic >= 140 || r.diastolic >= 90) return 1;
    return 0;
}

bool reading_controlled(struct reading r) {
    return r.systolic < CONTROLLED_SYSTOLIC_BELOW && r.diastolic < CONTROLLED_DIASTOLIC_BELOW;
}

static int32_t earlier(int32_t a, int32_t b) { /* DAY_NONE is never earlier */
    if (a == DAY_NONE) return b;
    if (b == DAY_NONE) return a;
    return a < b ? a : b;
}

struct hypertension_days hypertension_days(const struct hypertension_facts *f) {
    struct hypertension_days d = {DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE};
    if (f->last_reading != DAY_NONE) d.reading_until = day_add_months(f->last_reading, READING_MONTHS);
    if (f->enrolled == DAY_NONE) return d;
    d.enrolled_on = f->enrolled;
    d.counted_from = day_add_months(f->enrolled, COUNTED_MONTHS);
    int32_t seen = f->enrolled;
    if (f->last_visit != DAY_NONE && f->last_visit > seen) seen = f->last_visit;
    if (f->last_reading != DAY_NONE && f->last_reading > seen) seen = f->last_reading;
    int32_t end = earlier(f->died, f->ended);
    d.care_until = earlier(day_add_months(seen, CARE_MONTHS), end);
    if (d.reading_until != DAY_NONE && reading_controlled(f->reading)) d.controlled_until = d.reading_until;
    if (end == DAY_NONE) d.due_on = f->booked != DAY_NONE ? f->booked : seen + VISIT_DAYS;
    return d;
}

enum hypertension_state hypertension_state(const struct hypertension_days *d, int32_t on) {
    if (d->enrolled_on == DAY_NONE || on < d->enrolled_on) return HYPERTENSION_NONE;
    if (on >= d->care_until) return d->due_on == DAY_NONE ? HYPERTENSION_NONE : HYPERTENSION_LOST;
    if (d->controlled_until != DAY_NONE && on < d->controlled_until) return HYPERTENSION_CONTROLLED;
    if (on < d->counted_from) return HYPERTENSION_NEW;
    return d->reading_until != DAY_NONE && on < d->reading_until ? HYPERTENSION_UNCONTROLLED : HYPERTENSION_MISSED;
}

const char *hypertension_state_code(enum hypertension_state s) {
    static const char *const codes[] = {NULL, "new", "controlled", "uncontrolled", "missed", "lost"};
    return codes[s];
}

bool hypertension_counted(const struct hypertension_days *d, int32_t on) {
    return d->enrolled_on != DAY_NONE && on >= d->counted_from && on < d->care_until;
}

bool hypertension_controlled(const struct hypertension_days *d, int32_t on) {
    return hypertension_counted(d, on) && d->controlled_until != DAY_NONE && on < d->controlled_until;
}
