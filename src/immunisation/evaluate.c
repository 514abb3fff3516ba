/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CDSi chapter 6: holding the given doses of one antigen against the doses a series asks for. Two pointers walk: a
 * record that fits satisfies the target and both move on; one that does not is judged and only the record moves; a
 * target that may be skipped lets only the target move. All windows are half-open: begin <= day < end.
 */
#include "engine.h"


int32_t engine_age_day_slow(struct engine *e, duration_ref d) {
    return e->age_days[d] = duration_add(e->birth, e->s->durations[d]);
}

int32_t interval_reference(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                           const struct interval_rule *rule, size_t upto, uint16_t *vaccine) {
    switch (rule->from) {
    case FROM_PREVIOUS:
        for (size_t i = upto; i-- > 0;) {
            const struct record_evaluation *v = &run->evaluations[i];
            if ((v->status == DOSE_VALID || v->status == DOSE_NOT_VALID) && !v->inadvertent) {
                *vaccine = x->records[i].vaccine;
                return x->records[i].day;
            }
        }
        return DAY_NONE;
    case FROM_TARGET:
        for (size_t k = 0; k < run->target_count; k++) {
            const struct target *t = &run->targets[k];
            if (t->dose->number == rule->target && t->status == TARGET_SATISFIED) {
                *vaccine = x->records[t->by].vaccine;
                return x->records[t->by].day;
            }
        }
        return DAY_NONE;
    case FROM_MOST_RECENT:
        for (size_t i = upto; i-- > 0;)
            if (bits_has(rule->recent, x->records[i].vaccine) && !run->evaluations[i].inadvertent) {
                *vaccine = x->records[i].vaccine;
                return x->records[i].day;
            }
        return DAY_NONE;
    case FROM_OBSERVATION: return e->observation_days[rule->observation];
    case FROM_NOTHING: break;
    }
    return DAY_NONE;
}

/* CONDSKIP-1 and Table 6-9 */
static bool count_met(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                      const struct skip_condition *c, size_t upto) {
    int n = 0;
    for (size_t i = 0; i < upto; i++) {
        const struct record *d = &x->records[i];
        n += (!c->vaccines || bits_has(c->vaccines, d->vaccine)) && in_age_window(e, c->begin, c->end, d->day) &&
             d->day >= c->from_day && d->day < c->to_day &&
             (!c->valid_only || run->evaluations[i].status == DOSE_VALID);
    }
    return c->compare == '>' ? n > c->count : c->compare == '<' ? n < c->count : n == c->count;
}

/* Table 6-7: as the pass before left the series of this antigen */
static bool path_complete(const struct engine *e, const struct antigen_run *x, const struct skip_condition *c) {
    for (size_t i = 0; e->complete_paths && i < x->run_count; i++)
        for (size_t p = 0; p < c->path_count; p++)
            if (e->complete_paths[i] == SERIES_COMPLETE && str_eq(x->runs[i].series->path, c->paths[p])) return true;
    return false;
}

static bool condition_met(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                          const struct skip_condition *c, int32_t reference, size_t upto) {
    switch (c->kind) {
    case CONDITION_AGE: return in_age_window(e, c->begin, c->end, reference);
    case CONDITION_COMPLETE: return path_complete(e, x, c);
    case CONDITION_SINCE_PREVIOUS:
        return upto > 0 && reference >= after(e, x->records[upto - 1].day, c->interval);
    case CONDITION_COUNT: return count_met(e, x, run, c, upto);
    }
    return false;
}

/* Tables 6-10 and 6-11: sets that are not in force are left out; no set left = no skip */
bool target_skipped(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                    const struct series_dose *dose, unsigned when, int32_t reference, size_t upto) {
    for (size_t k = 0; k < dose->skip_count; k++) {
        const struct skip_rule *rule = &dose->skips[k];
        if (!(rule->when & when)) continue;
        size_t sets = 0, met = 0;
        for (size_t q = 0; q < rule->count; q++) {
            const struct skip_set *set = &rule->sets[q];
            if (!in_force(e, set->since, set->until, reference)) continue;
            size_t yes = 0;
            for (size_t c = 0; c < set->count; c++)
                yes += condition_met(e, x, run, &set->conditions[c], reference, upto);
            sets++;
            met += set->any ? yes > 0 : yes == set->count;
        }
        if (sets && (rule->any ? met > 0 : met == sets)) return true;
    }
    return false;
}

/* 6.4; true if the age is right or within grace */
static bool age_fits(struct engine *e, const struct series_dose *dose, const struct record *d, unsigned *reasons) {
    const struct age_rule *age = age_rule_on(e, dose, d->day);
    if (!age) return true;
    if (age->absolute && d->day < age_day(e, age->absolute)) {
        *reasons |= REASON(TOO_YOUNG);
        return false;
    }
    if (age->maximum && d->day >= age_day(e, age->maximum)) {
        *reasons |= REASON(TOO_OLD);
        return false;
    }
    if (age->minimum && d->day < age_day(e, age->minimum)) *reasons |= REASON(AGE_GRACE);
    return true;
}

/* 6.5 and 6.6: every preferable interval, or else every allowable one of at least one */
static bool interval_fits(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                          const struct series_dose *dose, size_t i, unsigned *reasons) {
    int32_t day = x->records[i].day;
    uint16_t vaccine;
    bool fits = true;
    unsigned grace = 0;
    for (size_t v = 0; v < dose->interval_count; v++) {
        const struct interval_rule *rule = &dose->intervals[v];
        if (!in_force(e, rule->since, rule->until, day)) continue;
        int32_t from = interval_reference(e, x, run, rule, i, &vaccine);
        if (from == DAY_NONE) continue;
        int32_t newer = rule->or_new ? e->observation_days[rule->or_new - 1] : DAY_NONE;
        if (newer != DAY_NONE && newer > from && day >= newer) continue;
        if (rule->absolute && day < after(e, from, rule->absolute)) fits = false;
        else if (rule->minimum && day < after(e, from, rule->minimum)) grace = REASON(INTERVAL_GRACE);
    }
    if (fits) {
        *reasons |= grace;
        return true;
    }
    size_t rows = 0;
    bool allowed = true;
    for (size_t v = 0; v < dose->allowed_count; v++) {
        const struct interval_rule *rule = &dose->allowed_intervals[v];
        if (!in_force(e, rule->since, rule->until, day)) continue;
        rows++;
        int32_t from = interval_reference(e, x, run, rule, i, &vaccine);
        if (from != DAY_NONE && rule->absolute && day < after(e, from, rule->absolute)) allowed = false;
    }
    if (rows && allowed) return true;
    *reasons |= REASON(TOO_SOON);
    return false;
}

/* 6.7: any earlier dose of the patient; the shorter end after a dose that counted or was not judged */
static bool in_conflict(struct engine *e, const struct record *d) {
    if (!e->s->vaccines[d->vaccine].impacted) return false;
    for (size_t g = 0; g < e->given_count && e->given[g].day < d->day; g++) {
        const struct given *p = &e->given[g];
        if (!e->s->vaccines[p->vaccine].conflicting) continue;
        for (size_t c = 0; c < e->s->conflict_count; c++) {
            const struct conflict *row = &e->s->conflicts[c];
            if (!bits_has(&row->impacts, d->vaccine) || !bits_has(&row->given, p->vaccine)) continue;
            int32_t end = after(e, p->day, p->not_valid ? row->end : row->valid_end);
            if (d->day >= after(e, p->day, row->begin) && d->day < end) return true;
        }
    }
    return false;
}

static bool same_text(str rule, str given) { /* unknown on either side does not speak against it */
    return !rule.len || !given.len || (rule.len == given.len && strncasecmp(rule.at, given.at, rule.len) == 0);
}

/* 6.8 and 6.9 */
static bool vaccine_fits(struct engine *e, const struct series_dose *dose, const struct record *d, unsigned *reasons) {
    const struct dose_given *shot = &e->p->doses[e->given[d->given].index];
    unsigned against = 0;
    for (size_t i = 0; bits_has(dose->give_set, d->vaccine) && i < dose->give_count; i++) {
        const struct vaccine_rule *v = &dose->give[i];
        if (v->vaccine != d->vaccine) continue;
        if (!in_age_window(e, v->begin, v->end, d->day)) against |= REASON(VACCINE_AGE);
        else if (!same_text(v->trade, shot->trade) || !same_text(v->maker, shot->maker)) against |= REASON(TRADE_NAME);
        else {
            if (v->volume > 0 && shot->volume > 0 && shot->volume < v->volume) *reasons |= REASON(VOLUME);
            return true;
        }
    }
    for (size_t i = 0; bits_has(dose->accept_set, d->vaccine) && i < dose->accept_count; i++) {
        const struct vaccine_rule *v = &dose->accept[i];
        if (v->vaccine != d->vaccine) continue;
        if (in_age_window(e, v->begin, v->end, d->day)) return true;
        against |= REASON(VACCINE_AGE);
    }
    *reasons |= against ? against : REASON(VACCINE);
    return false;
}

/* 6.3 to 6.10 for one record and one target; true = satisfied */
static bool satisfies(struct engine *e, const struct antigen_run *x, struct series_run *run,
                      const struct series_dose *dose, size_t i) {
    struct record_evaluation *v = &run->evaluations[i];
    const struct record *d = &x->records[i];
    unsigned reasons = 0;
    if (dose->never && bits_has(dose->never, d->vaccine)) {
        v->inadvertent = true;
        v->status = DOSE_NOT_VALID, v->reasons = REASON(INADVERTENT);
        return false;
    }
    bool fits = age_fits(e, dose, d, &reasons);
    fits &= interval_fits(e, x, run, dose, i, &reasons);
    if (in_conflict(e, d)) fits = false, reasons |= REASON(CONFLICT);
    fits &= vaccine_fits(e, dose, d, &reasons);
    v->status = reasons & REASON(TOO_OLD) ? DOSE_EXTRANEOUS : fits ? DOSE_VALID : DOSE_NOT_VALID;
    v->reasons = (uint16_t)reasons;
    return fits;
}

/* 4.4 step 5a: a copy of the recurring target stands next in line */
static void repeat_target(struct series_run *run, size_t k) {
    memmove(&run->targets[k + 2], &run->targets[k + 1], (run->target_count - k - 1) * sizeof *run->targets);
    run->targets[k + 1] = (struct target){.dose = run->targets[k].dose};
    run->target_count++;
}

void evaluate_series(struct engine *e, const struct antigen_run *x, struct series_run *run) {
    const struct series *s = run->series;
    size_t i = 0, k = 0;
    run->target_count = s->dose_count;
    for (size_t t = 0; t < s->dose_count; t++) run->targets[t] = (struct target){.dose = &s->doses[t]};
    if (x->record_count) memset(run->evaluations, 0, x->record_count * sizeof *run->evaluations);
    while (i < x->record_count && k < run->target_count) {
        struct record_evaluation *v = &run->evaluations[i];
        struct target *t = &run->targets[k];
        unsigned unfit = e->given[x->records[i].given].sub_standard;
        if (unfit) { /* 6.1 */
            v->status = DOSE_SUB_STANDARD, v->reasons = (uint16_t)unfit;
            i++;
            continue;
        }
        if (t->dose->skip_count && target_skipped(e, x, run, t->dose, SKIP_EVALUATION, x->records[i].day, i)) {
            t->status = TARGET_SKIPPED;
            k++;
            continue;
        }
        v->target = (uint16_t)(k + 1);
        if (satisfies(e, x, run, t->dose, i)) {
            t->status = TARGET_SATISFIED, t->by = (uint32_t)i;
            if (t->dose->recurring) repeat_target(run, k);
            k++;
        }
        i++;
    }
    for (; i < x->record_count; i++)
        run->evaluations[i] = (struct record_evaluation){.status = DOSE_EXTRANEOUS, .reasons = REASON(COMPLETE)};
    run->at = k;
}
