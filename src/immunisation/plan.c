/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CDSi chapter 7: from an evaluated series to the next dose: need, dates, and what decided each of them. Additions
 * that are not CDSi's: roll-out by area and day; and a season whose printed year begins only after the patient will
 * have aged out is read as the season of the assessment's own year (CDC writes one year's dates into the data).
 */
#include "engine.h"

#include "base/date.h"

/* 7.2 */
static bool immune(const struct engine *e, const struct antigen *x) {
    for (size_t w = 0; w < SET_WORDS; w++)
        if (e->active.word[w] & x->immune.word[w]) return true;
    for (size_t i = 0; i < x->born_count; i++) {
        const struct born_before *b = &x->born_before[i];
        bool excluded = false;
        for (size_t w = 0; w < SET_WORDS; w++) excluded |= (e->active.word[w] & b->exclusions.word[w]) != 0;
        if (e->birth >= b->day || excluded) continue;
        if (!b->country.len) return true;
        bool usa = str_is(b->country, "U.S.");
        str c = e->p->country;
        if (str_eq(b->country, c) ||
            (usa && (str_is(c, "US") || str_is(c, "USA") || str_is(c, "United States") ||
                     str_is(c, "United States of America"))))
            return true;
    }
    return false;
}

static bool contraindication_holds(struct engine *e, const struct contraindication *c) {
    return bits_has(&e->active, c->observation) && in_age_window(e, c->begin, c->end, e->on);
}

static bool any_contraindication(const struct engine *e, const struct antigen *x) {
    for (size_t w = 0; w < SET_WORDS; w++)
        if (e->active.word[w] & x->contraindication_set.word[w]) return true;
    return false;
}

bool vaccine_contraindicated(struct engine *e, const struct antigen *x, uint16_t vaccine) {
    if (!any_contraindication(e, x)) return false;
    for (size_t i = 0; i < x->contraindication_count; i++) {
        const struct contraindication *c = &x->contraindications[i];
        if (!c->vaccine_count || !contraindication_holds(e, c)) continue;
        for (size_t v = 0; v < c->vaccine_count; v++)
            if (c->vaccines[v].vaccine == vaccine && in_age_window(e, c->vaccines[v].begin, c->vaccines[v].end, e->on))
                return true;
    }
    return false;
}

/* 7.3: the antigen, or every preferable vaccine of the series */
static bool contraindicated(struct engine *e, const struct antigen *x, struct series_run *run) {
    if (!any_contraindication(e, x)) return false;
    for (size_t i = 0; i < x->contraindication_count; i++)
        if (!x->contraindications[i].vaccine_count && contraindication_holds(e, &x->contraindications[i])) {
            run->status_why.source = &x->contraindications[i].source;
            return true;
        }
    bool some = false;
    for (unsigned w = 0; w < SET_WORDS; w++)
        for (uint64_t left = run->series->preferable->word[w]; left; left &= left - 1) {
            unsigned vaccine = w * 64 + (unsigned)__builtin_ctzll(left);
            if (!vaccine_contraindicated(e, x, (uint16_t)vaccine)) return false;
            some = true;
        }
    return some;
}

static void later(int32_t day, struct reason why, int32_t *latest, struct reason *because) {
    if (*latest != DAY_NONE && day <= *latest) return;
    *latest = day;
    *because = why;
}

/* FORECASTDTCAN-1, the part of other live vaccines: the longer end (CALCDTCONFLICT-3) */
static void conflict_ends(struct engine *e, const struct series_dose *dose, int32_t *latest, struct reason *because) {
    for (size_t g = 0; g < e->given_count; g++) {
        const struct given *p = &e->given[g];
        if (!e->s->vaccines[p->vaccine].conflicting) continue;
        for (size_t c = 0; c < e->s->conflict_count; c++) {
            const struct conflict *row = &e->s->conflicts[c];
            if (!bits_has(&row->given, p->vaccine)) continue;
            bool hit = false;
            for (size_t w = 0; w < SET_WORDS; w++) hit |= (row->impacts.word[w] & dose->give_set->word[w]) != 0;
            if (hit)
                later(after(e, p->day, row->end),
                      (struct reason){WHY_CONFLICT, p->day, row->end, &row->source, p->vaccine}, latest, because);
        }
    }
}

static void intervals_of(struct engine *e, const struct antigen_run *x, struct series_run *run, int32_t *earliest,
                         int32_t *recommended, int32_t *late) {
    const struct series_dose *dose = run->dose;
    bool some = false, all = true;
    for (size_t v = 0; v < dose->interval_count; v++) {
        const struct interval_rule *rule = &dose->intervals[v];
        if (!in_force(e, rule->since, rule->until, e->on)) continue;
        some = true, all &= rule->priority;
        uint16_t vaccine = 0;
        int32_t from = interval_reference(e, x, run, rule, x->record_count, &vaccine);
        if (from == DAY_NONE) continue;
        struct reason why = {WHY_INTERVAL, from, 0, &rule->source, vaccine};
        why.duration = rule->minimum;
        int32_t newer = rule->or_new ? e->observation_days[rule->or_new - 1] : DAY_NONE;
        if (newer != DAY_NONE && newer > from && rule->minimum && newer < after(e, from, rule->minimum)) {
            later(newer, (struct reason){WHY_OBSERVATION, newer, 0, &rule->source, 0}, earliest, &run->earliest_why);
            continue;
        }
        if (rule->minimum) later(after(e, from, rule->minimum), why, earliest, &run->earliest_why);
        why.duration = rule->recommended;
        if (rule->recommended) later(after(e, from, rule->recommended), why, recommended, &run->recommended_why);
        why.duration = rule->late;
        if (rule->late) later(after(e, from, rule->late), why, late, &run->past_due_why);
    }
    run->priority = some && all;
}

/* The season's start as of the assessment, see the head of this file. */
static int32_t season_start(const struct engine *e, const struct series_dose *dose, int32_t others, int32_t maximum) {
    int32_t start = dose->season_start, end = dose->season_end;
    if (e->s->as_published || start == DAY_NONE || end == DAY_NONE || maximum == DAY_NONE || start < maximum ||
        others >= maximum)
        return start;
    const struct duration year = {.years = -1};
    while (duration_add(end, year) >= e->on) end = duration_add(end, year), start = duration_add(start, year);
    return start;
}

static void plan_dates(struct engine *e, const struct antigen_run *x, struct series_run *run) {
    const struct series_dose *dose = run->dose;
    static const struct age_rule no_rule;
    const struct age_rule *age = age_rule_on(e, dose, e->on);
    if (!age) age = &no_rule;
    int32_t earliest = DAY_NONE, recommended = DAY_NONE, late = DAY_NONE;
    run->maximum_age = age->maximum ? age_day(e, age->maximum) : DAY_NONE;
    run->earliest_why = run->recommended_why = run->past_due_why = (struct reason){0};
    if (age->minimum)
        later(age_day(e, age->minimum), (struct reason){WHY_AGE, e->birth, age->minimum, &age->source, 0}, &earliest,
              &run->earliest_why);
    intervals_of(e, x, run, &earliest, &recommended, &late);
    conflict_ends(e, dose, &earliest, &run->earliest_why);
    for (size_t i = 0; i < x->record_count; i++) {
        const struct record_evaluation *v = &run->evaluations[i];
        if (v->status == DOSE_NONE || v->status == DOSE_SUB_STANDARD) continue;
        later(x->records[i].day,
              (struct reason){v->inadvertent ? WHY_INADVERTENT : WHY_LAST_DOSE, x->records[i].day, 0, NULL,
                              x->records[i].vaccine},
              &earliest, &run->earliest_why);
    }
    int32_t season = season_start(e, dose, earliest == DAY_NONE ? e->birth : earliest, run->maximum_age);
    if (season != DAY_NONE)
        later(season, (struct reason){WHY_SEASON, season, 0, &dose->source, 0}, &earliest, &run->earliest_why);
    if (earliest == DAY_NONE) earliest = e->birth, run->earliest_why = (struct reason){.why = WHY_BIRTH};
    run->earliest = earliest;
    /* FORECASTDT-2, 3, 5, 6 */
    if (age->recommended) {
        recommended = age_day(e, age->recommended);
        run->recommended_why = (struct reason){WHY_AGE, e->birth, age->recommended, &age->source, 0};
    }
    if (recommended == DAY_NONE || recommended < earliest) {
        run->recommended_why = (struct reason){.why = WHY_EARLIEST};
        recommended = earliest;
    }
    run->recommended = recommended;
    if (age->late) {
        late = age_day(e, age->late);
        run->past_due_why = (struct reason){WHY_AGE, e->birth, age->late, &age->source, 0};
    }
    if (late != DAY_NONE && --late < earliest) late = earliest, run->past_due_why = (struct reason){.why = WHY_EARLIEST};
    run->past_due = late;
    run->latest = run->maximum_age == DAY_NONE ? DAY_NONE : run->maximum_age - 1;
}

static bool rolled_out(const struct engine *e, struct series_run *run) {
    const struct series *s = run->series;
    if (!s->gated) return true;
    int32_t next = DAY_NONE;
    for (size_t i = 0; i < s->rollout_count; i++) {
        if (!str_eq(s->rollouts[i].area, e->p->area)) continue;
        if (e->on >= s->rollouts[i].from && e->on < s->rollouts[i].until) return true;
        if (e->on < s->rollouts[i].from && (next == DAY_NONE || s->rollouts[i].from < next))
            next = s->rollouts[i].from, run->status_why.source = &s->rollouts[i].source;
    }
    run->status_why.reference = next;
    return false;
}

/* 7.4, Table 7-10, in the order of its columns; SERIES_NOT_COMPLETE = a dose is needed */
static enum series_status need(struct engine *e, const struct antigen_run *x, struct series_run *run) {
    struct reason *why = &run->status_why;
    if (immune(e, x->antigen)) return why->why = WHY_IMMUNE, SERIES_IMMUNE;
    if (contraindicated(e, x->antigen, run)) return why->why = WHY_CONTRAINDICATED, SERIES_CONTRAINDICATED;
    if (!rolled_out(e, run)) return why->why = WHY_ROLLOUT, SERIES_NOT_RECOMMENDED;
    if (run->dose->season_end != DAY_NONE && e->on > run->dose->season_end)
        return why->why = WHY_PAST_SEASON, SERIES_NOT_RECOMMENDED;
    if (run->maximum_age != DAY_NONE && e->on >= run->maximum_age) return why->why = WHY_MAXIMUM_AGE, SERIES_AGED_OUT;
    if (run->maximum_age != DAY_NONE && run->earliest >= run->maximum_age)
        return why->why = WHY_CANNOT_FINISH, SERIES_AGED_OUT;
    return SERIES_NOT_COMPLETE;
}

/* SELECTB-3, 12; FORECASTDN-1 */
static void plan_finish(struct engine *e, const struct antigen_run *x, struct series_run *run) {
    int32_t finish = DAY_NONE;
    run->number = 1;
    for (size_t k = 0; k < run->target_count; k++) {
        const struct target *t = &run->targets[k];
        if (t->status == TARGET_SATISFIED)
            run->number += t->dose->season_start == DAY_NONE || x->records[t->by].day >= t->dose->season_start;
        if (k <= run->at || t->status != TARGET_OPEN) continue;
        for (size_t v = 0; v < t->dose->interval_count; v++) {
            const struct interval_rule *rule = &t->dose->intervals[v];
            if (!rule->minimum || !in_force(e, rule->since, rule->until, e->on)) continue;
            int32_t day = after(e, run->earliest, rule->minimum);
            if (finish == DAY_NONE || day > finish) finish = day;
        }
    }
    run->finish = finish == DAY_NONE ? run->earliest : finish;
    const struct age_rule *last = age_rule_on(e, run->targets[run->target_count - 1].dose, e->on);
    run->completable = !last || !last->maximum || run->finish < age_day(e, last->maximum);
}

static void plan_counts(const struct antigen_run *x, struct series_run *run) {
    run->valid_count = run->open_count = 0;
    for (size_t k = 0; k < run->target_count; k++) {
        run->valid_count += run->targets[k].status == TARGET_SATISFIED;
        run->open_count += run->targets[k].status == TARGET_OPEN;
    }
    run->all_valid = x->record_count > 0;
    run->first_valid = DAY_NONE;
    for (size_t i = 0; i < x->record_count; i++) {
        bool valid = run->evaluations[i].status == DOSE_VALID;
        run->all_valid &= valid;
        if (valid && run->first_valid == DAY_NONE) run->first_valid = x->records[i].day;
    }
}

void plan_series(struct engine *e, const struct antigen_run *x, struct series_run *run) {
    run->dose = NULL;
    run->status_why = (struct reason){.reference = DAY_NONE};
    run->earliest = run->recommended = run->past_due = run->latest = run->finish = DAY_NONE;
    run->completable = run->priority = false;
    run->number = 0;
    for (;;) {
        while (run->at < run->target_count && run->targets[run->at].dose->skip_count &&
               target_skipped(e, x, run, run->targets[run->at].dose, SKIP_FORECAST, e->on, x->record_count))
            run->targets[run->at++].status = TARGET_SKIPPED;
        if (run->at >= run->target_count) break;
        run->dose = run->targets[run->at].dose;
        plan_dates(e, x, run);
        run->status = need(e, x, run);
        if (run->status != SERIES_NOT_COMPLETE || !run->dose->skip_count ||
            !target_skipped(e, x, run, run->dose, SKIP_FORECAST, run->earliest, x->record_count))
            break;
        run->targets[run->at++].status = TARGET_SKIPPED; /* 7.6: it would not be needed on that day */
    }
    plan_counts(x, run);
    if (run->at >= run->target_count) {
        run->dose = NULL;
        run->status = run->valid_count ? SERIES_COMPLETE : SERIES_NOT_RECOMMENDED;
        run->status_why.why = run->valid_count ? WHY_SATISFIED : WHY_SKIPPED;
    }
    if (run->status == SERIES_NOT_COMPLETE) plan_finish(e, x, run);
}
