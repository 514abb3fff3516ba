/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One evaluation for every question: what is true on a day. Intervals are the same evaluation at every day on which
 * the answer can change.
 */
#include "course.h"

#include <stdlib.h>

const char *course_state_code(enum course_state s) {
    static const char *const codes[COURSE_STATES] = {NULL,         "new",    "controlled", "uncontrolled",
                                                     "unmeasured", "missed", "lost"};
    return codes[s];
}

int course_month(int32_t day) {
    int year, month, of_month;
    day_to_civil(day, &year, &month, &of_month);
    return year * 12 + month - 1;
}

int32_t course_month_start(int month) { return day_from_civil(month / 12, month % 12 + 1, 1); }

/* The first day on which `months` have passed since `day`. */
static int32_t passed_on(int32_t day, int months, enum course_basis basis) {
    return basis == COURSE_DAYS ? day_add_months(day, months) : course_month_start(course_month(day) + months);
}

static bool within(int32_t day, int months, enum course_basis basis, int32_t on) {
    return day != DAY_NONE && on < passed_on(day, months, basis);
}

static bool out_by(const struct course_facts *f, int32_t on) {
    return f->enrolled == DAY_NONE || on < f->enrolled || (f->ended != DAY_NONE && on >= f->ended) ||
           (f->died != DAY_NONE && on >= f->died);
}

/* The last day seen, and the last measurement, until a day. */
static int32_t last_seen(const struct course_facts *f, int32_t on, const struct course_event **measured) {
    int32_t seen = DAY_NONE;
    *measured = NULL;
    for (size_t i = 0; i < f->count && f->events[i].day <= on; i++) {
        seen = f->events[i].day;
        if (f->events[i].measured) *measured = &f->events[i];
    }
    return seen;
}

struct course_status course_on(const struct course_facts *f, const struct course_rule *rule, enum course_basis basis,
                               int32_t on) {
    struct course_status s = {COURSE_NONE, false, false};
    const struct course_event *measured;
    if (out_by(f, on)) return s;
    int32_t seen = last_seen(f, on, &measured);
    bool speaks = measured && within(measured->day, rule->reading_months, basis, on);
    bool under_care = within(seen > f->enrolled ? seen : f->enrolled, rule->care_months, basis, on);
    s.counted = under_care && !within(f->enrolled, rule->counted_months, basis, on);
    s.at_target = under_care && speaks && measured->at_target;
    if (!under_care)
        s.state = COURSE_LOST;
    else if (speaks && measured->controlled)
        s.state = COURSE_CONTROLLED;
    else if (!s.counted)
        s.state = COURSE_NEW;
    else if (speaks)
        s.state = COURSE_UNCONTROLLED;
    else
        s.state = within(seen, rule->reading_months, basis, on) ? COURSE_UNMEASURED : COURSE_MISSED;
    return s;
}

static int compare_days(const void *x, const void *y) {
    int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;
    return (a > b) - (a < b);
}

static bool same(struct course_status a, struct course_status b) {
    return a.state == b.state && a.counted == b.counted && a.at_target == b.at_target;
}

void course_intervals(struct arena *a, const struct course_facts *f, const struct course_rule *rule,
                      enum course_basis basis, struct course_intervals *out) {
    if (f->enrolled == DAY_NONE) return;
    int32_t *days = ARENA_ARRAY(a, int32_t, f->count * 3 + 5);
    size_t n = 0;
    days[n++] = f->enrolled;
    days[n++] = passed_on(f->enrolled, rule->counted_months, basis);
    days[n++] = passed_on(f->enrolled, rule->care_months, basis);
    if (f->ended != DAY_NONE) days[n++] = f->ended;
    if (f->died != DAY_NONE) days[n++] = f->died;
    for (size_t i = 0; i < f->count; i++) {
        days[n++] = f->events[i].day;
        days[n++] = passed_on(f->events[i].day, rule->reading_months, basis);
        days[n++] = passed_on(f->events[i].day, rule->care_months, basis);
    }
    qsort(days, n, sizeof *days, compare_days);
    for (size_t i = 0; i < n; i++) {
        if (i && days[i] == days[i - 1]) continue;
        struct course_status s = course_on(f, rule, basis, days[i]);
        struct course_interval *last = out->len ? &out->at[out->len - 1] : NULL;
        bool open = last && last->until == INT32_MAX;
        if (open && same(last->status, s)) continue;
        if (open) last->until = days[i];
        if (s.state == COURSE_NONE) continue;
        VEC_PUSH(a, out, (struct course_interval){days[i], INT32_MAX, s});
    }
}

int32_t course_due(const struct course_facts *f, const struct course_rule *rule) {
    const struct course_event *measured;
    if (f->enrolled == DAY_NONE || f->ended != DAY_NONE || f->died != DAY_NONE) return DAY_NONE;
    if (f->booked != DAY_NONE) return f->booked;
    int32_t seen = last_seen(f, INT32_MAX, &measured);
    return (seen > f->enrolled ? seen : f->enrolled) + rule->visit_days;
}

enum course_state course_outcome(const struct course_facts *f, enum course_cohort which) {
    const struct course_event *measured;
    if (f->enrolled == DAY_NONE) return COURSE_NONE;
    int month = course_month(f->enrolled), window = which == COHORT_MONTH ? 2 : 3;
    int last = which == COHORT_MONTH ? month + 2 : month / 3 * 3 + 5;
    int32_t on = course_month_start(last + 1) - 1;
    if (out_by(f, on)) return COURSE_NONE;
    int32_t seen = last_seen(f, on, &measured);
    if (measured && within(measured->day, window, COURSE_MONTHS, on))
        return measured->controlled ? COURSE_CONTROLLED : COURSE_UNCONTROLLED;
    return within(seen, window, COURSE_MONTHS, on) ? COURSE_UNMEASURED : COURSE_MISSED;
}
