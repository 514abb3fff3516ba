/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One patient in calculation (private to the rules): evaluate.c (CDSi chapter 6), plan.c (7), select.c (8) and
 * forecast.c (4, 5, 9) share it. Everything lives in the patient's arena.
 */
#ifndef IMMUNISATION_ENGINE_H
#define IMMUNISATION_ENGINE_H

#include "schedule.h"

struct given { /* a dose that can be evaluated, in order of date */
    int32_t day;
    uint16_t vaccine;
    uint32_t index; /* into patient.doses */
    unsigned sub_standard; /* reasons, 0 = fit */
    bool not_valid; /* as the last pass judged it: evaluated and nowhere valid */
};

struct record { /* antigen administered record (4.2) */
    int32_t day;
    uint16_t vaccine;
    uint32_t given; /* index into engine.given */
};

struct record_evaluation {
    uint8_t status; /* enum dose_status */
    bool inadvertent;
    uint16_t reasons;
    uint16_t target; /* index of the target + 1 it was held against */
};

enum target_status { TARGET_OPEN, TARGET_SATISFIED, TARGET_SKIPPED };

struct target {
    const struct series_dose *dose;
    uint32_t by; /* record that satisfied it */
    uint8_t status;
};

/* what decided a date or a status, for the explanation */
enum why {
    WHY_NONE, WHY_BIRTH, WHY_AGE, WHY_INTERVAL, WHY_CONFLICT, WHY_SEASON, WHY_INADVERTENT, WHY_LAST_DOSE, WHY_EARLIEST,
    WHY_IMMUNE, WHY_CONTRAINDICATED, WHY_PAST_SEASON, WHY_MAXIMUM_AGE, WHY_CANNOT_FINISH, WHY_ROLLOUT, WHY_SATISFIED,
    WHY_SKIPPED, WHY_OBSERVATION
};
struct reason {
    enum why why;
    int32_t reference;      /* the day counted from */
    duration_ref duration;
    const struct source_note *source;
    uint16_t vaccine;       /* WHY_CONFLICT, WHY_INTERVAL from a vaccine */
};

struct series_run { /* a relevant patient series */
    const struct series *series;
    struct record_evaluation *evaluations; /* one a record of the antigen */
    struct target *targets;
    size_t target_count;
    size_t at; /* first target not satisfied nor skipped */
    enum series_status status;
    const struct series_dose *dose; /* forecast */
    int32_t earliest, recommended, past_due, latest, maximum_age;
    struct reason earliest_why, recommended_why, past_due_why, status_why;
    int number, valid_count, open_count;
    int32_t finish, first_valid;
    bool completable, all_valid, priority, grows_into;
    int score;
};

struct antigen_run {
    const struct antigen *antigen;
    struct record *records;
    size_t record_count;
    struct series_run *runs;
    size_t run_count;
    struct series_run **best;
    size_t best_count;
    bool conflict_matters; /* some record is of a vaccine that another may disturb */
};

struct engine {
    struct arena *a;
    const struct schedule *s;
    const struct patient *p;
    int32_t birth, on;
    int32_t *age_days; /* [duration]: birth + duration, DAY_NONE = not yet calculated */
    struct bits active;
    const int32_t *observation_days; /* [observation]: latest dated, or DAY_NONE */
    struct given *given;
    size_t given_count;
    struct antigen_run *antigens;
    const uint8_t *complete_paths; /* of the antigen in work: statuses of its runs in the pass before, or NULL */
    unsigned sex;
};

static inline bool in_force(const struct engine *e, int32_t since, int32_t until, int32_t day) {
    if (day > e->s->law_day) day = e->s->law_day;
    return since <= day && day <= until;
}
int32_t engine_age_day_slow(struct engine *e, duration_ref d);
/* Birth plus duration. */
static inline int32_t age_day(struct engine *e, duration_ref d) {
    return e->age_days[d] != DAY_NONE ? e->age_days[d] : engine_age_day_slow(e, d);
}
/* begin <= day < end with ages from birth; 0 leaves a side open. */
static inline bool in_age_window(struct engine *e, duration_ref begin, duration_ref end, int32_t day) {
    return (!begin || day >= age_day(e, begin)) && (!end || day < age_day(e, end));
}
static inline int32_t after(const struct engine *e, int32_t day, duration_ref d) {
    return duration_add(day, e->s->durations[d]);
}
static inline const struct age_rule *age_rule_on(const struct engine *e, const struct series_dose *d, int32_t day) {
    for (size_t i = 0; i < d->age_count; i++)
        if (in_force(e, d->ages[i].since, d->ages[i].until, day)) return &d->ages[i];
    return NULL;
}

/* 6.2: may the target be skipped on day `reference`, counting the first `upto` records? */
bool target_skipped(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                    const struct series_dose *dose, unsigned when, int32_t reference, size_t upto);
/* The day an interval counts from (CALCDTINT-1, 2, 8, 9), or DAY_NONE. */
int32_t interval_reference(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                           const struct interval_rule *rule, size_t upto, uint16_t *vaccine);
void evaluate_series(struct engine *e, const struct antigen_run *x, struct series_run *run);
void plan_series(struct engine *e, const struct antigen_run *x, struct series_run *run);
void select_best(struct engine *e, struct antigen_run *x);
/* Is the vaccine contraindicated for this patient (7.3, vaccine level)? */
bool vaccine_contraindicated(struct engine *e, const struct antigen *x, uint16_t vaccine);

/* screening.c */
struct screening_result screen(struct engine *e);
/* explain.c */
void explain_evaluation(struct engine *e, const struct antigen_run *x, const struct series_run *run, size_t record,
                        struct dose_evaluation *out);
void explain_group(struct engine *e, const struct series_run *const *runs, size_t count, struct group_forecast *out);

#endif
