/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loader of schedules, checks: what a schedule can say in right syntax and still not mean. Ages and intervals in
 * order, doses numbered from 1, references to earlier doses only, one default a path, no circle of paths that wait for
 * each other, every antigen produced by a vaccine, dated rows that do not overlap.
 */
#include "schedule_reader.h"

#include "base/date.h"

/* a is later than b whatever the birth date (three days that differ in month lengths and leap years). */
static bool always_after(const struct reader *r, duration_ref a, duration_ref b) {
    if (!a || !b) return false;
    const int32_t days[3] = {day_from_civil(2023, 1, 31), day_from_civil(2024, 2, 29), day_from_civil(2025, 6, 15)};
    for (int i = 0; i < 3; i++)
        if (duration_add(days[i], r->durations.at[a]) <= duration_add(days[i], r->durations.at[b])) return false;
    return true;
}

static bool negative(const struct reader *r, duration_ref d) {
    return d && duration_add(0, r->durations.at[d]) < 0;
}

static err in_order(struct reader *r, const struct json *at, int dose, const char *what, duration_ref low,
                    const char *low_name, duration_ref high, const char *high_name) {
    if (!always_after(r, low, high)) return OK_ERR;
    return reader_fail(r, at, "dose %d: impossible %s: %s %.*s is after %s %.*s", dose, what, low_name,
                       STR_ARG(duration_text(r->a, r->durations.at[low])), high_name,
                       STR_ARG(duration_text(r->a, r->durations.at[high])));
}

static err check_ages(struct reader *r, const struct json *at, const struct series_dose *d) {
    for (size_t i = 0; i < d->age_count; i++) {
        const struct age_rule *x = &d->ages[i];
        TRY(in_order(r, at, d->number, "age", x->absolute, "abs", x->minimum, "min"));
        TRY(in_order(r, at, d->number, "age", x->minimum, "min", x->maximum, "max"));
        TRY(in_order(r, at, d->number, "age", x->absolute, "abs", x->maximum, "max"));
        TRY(in_order(r, at, d->number, "age", x->recommended, "rec", x->late, "late"));
        if (negative(r, x->minimum) || negative(r, x->maximum))
            return reader_fail(r, at, "dose %d: impossible age: before birth", d->number);
        if (x->since > x->until) return reader_fail(r, at, "dose %d: `since` is after `until`", d->number);
        for (size_t j = 0; j < i; j++)
            if (d->ages[j].since <= x->until && x->since <= d->ages[j].until)
                return reader_fail(r, at, "dose %d: two age rows are in force on the same day", d->number);
    }
    return OK_ERR;
}

static err check_intervals(struct reader *r, const struct json *at, const struct series_dose *d,
                           const struct interval_rule *rules, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct interval_rule *x = &rules[i];
        if (x->from == FROM_TARGET && x->target >= d->number)
            return reader_fail(r, at, "dose %d: circular interval: it waits for dose %d", d->number, x->target);
        if (negative(r, x->absolute) || negative(r, x->minimum))
            return reader_fail(r, at, "dose %d: impossible interval: shorter than nothing", d->number);
        TRY(in_order(r, at, d->number, "interval", x->absolute, "abs", x->minimum, "min"));
        TRY(in_order(r, at, d->number, "interval", x->recommended, "rec", x->late, "late"));
        TRY(in_order(r, at, d->number, "interval", x->minimum, "min", x->late, "late"));
        if (x->since > x->until) return reader_fail(r, at, "dose %d: `since` is after `until`", d->number);
        for (size_t k = 0; k < d->age_count; k++)
            TRY(in_order(r, at, d->number, "interval", x->minimum, "the least interval", d->ages[k].maximum,
                         "the last age"));
    }
    return OK_ERR;
}

err check_series(struct reader *r, const struct json *node, const struct series *s) {
    const struct json *at = JSON_GET(node, "doses")->first;
    if (!s->name_text.len) return reader_fail(r, node, "a series needs a `name`");
    for (size_t i = 0; i < s->dose_count; i++, at = at->next) {
        const struct series_dose *d = &s->doses[i];
        if (d->number != (int)i + 1) return reader_fail(r, at, "dose %d stands at place %zu", d->number, i + 1);
        TRY(check_ages(r, at, d));
        TRY(check_intervals(r, at, d, d->intervals, d->interval_count));
        TRY(check_intervals(r, at, d, d->allowed_intervals, d->allowed_count));
        if (d->season_start != DAY_NONE && d->season_end != DAY_NONE && d->season_start > d->season_end)
            return reader_fail(r, at, "dose %d: the season ends before it starts", d->number);
    }
    return OK_ERR;
}

/* Does completing `path` of the antigen wait, through skips, for `goal`? depth bounds a circle elsewhere. */
static bool waits_for(const struct antigen *x, str path, str goal, size_t depth) {
    if (depth > x->series_count) return false;
    for (size_t i = 0; i < x->series_count; i++) {
        const struct series *s = &x->series[i];
        if (!str_eq(s->path, path)) continue;
        for (size_t d = 0; d < s->dose_count; d++)
            for (size_t k = 0; k < s->doses[d].skip_count; k++)
                for (size_t q = 0; q < s->doses[d].skips[k].count; q++)
                    for (size_t c = 0; c < s->doses[d].skips[k].sets[q].count; c++) {
                        const struct skip_condition *on = &s->doses[d].skips[k].sets[q].conditions[c];
                        for (size_t p = 0; on->kind == CONDITION_COMPLETE && p < on->path_count; p++)
                            if (str_eq(on->paths[p], goal) || waits_for(x, on->paths[p], goal, depth + 1)) return true;
                    }
    }
    return false;
}

static err check_antigen(struct reader *r, const struct json *root, const struct schedule *s, size_t index) {
    const struct antigen *x = &s->antigens[index];
    if (!x->series_count)
        return reader_fail(r, root, "antigen \"%.*s\" has no series", STR_ARG(x->name));
    bool produced = false;
    for (size_t v = 0; v < s->vaccine_count && !produced; v++)
        for (size_t k = 0; k < s->vaccines[v].antigen_count; k++)
            produced |= s->vaccines[v].antigens[k].antigen == index;
    if (!produced) return reader_fail(r, root, "no vaccine contains the antigen \"%.*s\"", STR_ARG(x->name));
    for (size_t i = 0; i < x->series_count; i++) {
        const struct series *one = &x->series[i];
        if (one->is_default)
            for (size_t j = 0; j < i; j++)
                if (x->series[j].is_default && str_eq(x->series[j].path, one->path) &&
                    (!one->sexes || !x->series[j].sexes || (one->sexes & x->series[j].sexes)))
                    return reader_fail(r, root, "antigen \"%.*s\": two default series on path \"%.*s\"", STR_ARG(x->name),
                                       STR_ARG(one->path));
        if (x->needs_completed && waits_for(x, one->path, one->path, 0))
            return reader_fail(r, root, "antigen \"%.*s\": circle: path \"%.*s\" waits for itself to be complete",
                               STR_ARG(x->name), STR_ARG(one->path));
    }
    return OK_ERR;
}

err check_schedule(struct reader *r, const struct json *root) {
    const struct schedule *s = r->s;
    if (!s->antigen_count) return reader_fail(r, root, "the schedule has no series");
    if (!s->vaccine_count) return reader_fail(r, root, "the schedule has no vaccines");
    for (size_t i = 0; i < s->antigen_count; i++) TRY(check_antigen(r, root, s, i));
    for (size_t i = 0; i < s->conflict_count; i++) {
        const struct conflict *c = &s->conflicts[i];
        if (always_after(r, c->begin, c->end) || always_after(r, c->valid_end, c->end))
            return reader_fail(r, root, "a conflict ends before it begins");
    }
    return OK_ERR;
}
