/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calculation of one patient, CDSi chapters 4, 5 and 9: the history by antigen, the relevant series, evaluation
 * and plan of each (again while the answers of one pass change what another asks: whether a path is complete, whether
 * a live dose counted; three passes at most), the best series, and the forecasts by vaccine group. Pure.
 */
#include "engine.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/vec.h"

const char *dose_status_text(enum dose_status s) {
    static const char *const text[] = {
#define X(name, cdsi, en, vi) cdsi,
        DOSE_STATUSES(X)
#undef X
    };
    return text[s];
}

const char *series_status_text(enum series_status s) {
    static const char *const text[] = {
#define X(name, cdsi, en, vi) cdsi,
        SERIES_STATUSES(X)
#undef X
    };
    return text[s];
}

const char *dose_reason_text(unsigned bit) {
    static const char *const text[] = {
#define X(name, cdsi, en, vi) cdsi,
        DOSE_REASONS(X)
#undef X
    };
    return text[bit];
}

typedef VEC(struct forecast_issue) issue_list;

static void issue(struct engine *e, issue_list *list, const char *code, size_t dose, str en, str vi) {
    VEC_PUSH(e->a, list, (struct forecast_issue){code, dose, en, vi});
}

/* Doses that can be evaluated, sorted by day (stable); the others become issues. */
static void take_doses(struct engine *e, issue_list *issues) {
    const struct patient *p = e->p;
    e->given = ARENA_ARRAY(e->a, struct given, p->dose_count + 1);
    for (size_t i = 0; i < p->dose_count; i++) {
        const struct dose_given *d = &p->doses[i];
        size_t at = (size_t)(uintptr_t)map_get(&e->s->vaccine_index, vaccine_code(d->vaccine));
        if (d->day == DAY_NONE) {
            issue(e, issues, "no-date", i, STR("the dose has no day and is not evaluated"),
                  STR("mũi tiêm không có ngày nên không được xét"));
        } else if (!at) {
            issue(e, issues, "unknown-vaccine", i,
                  str_format(e->a, "vaccine code \"%.*s\" is not in this schedule; the dose is not evaluated",
                             STR_ARG(d->vaccine)),
                  str_format(e->a, "mã vắc xin \"%.*s\" không có trong lịch này nên mũi tiêm không được xét",
                             STR_ARG(d->vaccine)));
        } else if (d->day < e->birth) {
            issue(e, issues, "before-birth", i, STR("the dose is dated before birth and is not evaluated"),
                  STR("mũi tiêm ghi ngày trước ngày sinh nên không được xét"));
        } else if (d->day > e->on) {
            issue(e, issues, "future", i, STR("the dose is dated after the day of assessment and is not evaluated"),
                  STR("mũi tiêm ghi ngày sau ngày đánh giá nên không được xét"));
        } else {
            struct given g = {.day = d->day, .vaccine = (uint16_t)(at - 1), .index = (uint32_t)i};
            if (d->lot_expiry != DAY_NONE && d->day > d->lot_expiry) g.sub_standard |= REASON(EXPIRED);
            if (d->condition) g.sub_standard |= REASON(CONDITION);
            size_t k = e->given_count++;
            for (; k > 0 && e->given[k - 1].day > g.day; k--) e->given[k] = e->given[k - 1];
            for (size_t j = k; j-- > 0 && e->given[j].day == g.day;)
                if (e->given[j].vaccine == g.vaccine)
                    issue(e, issues, "duplicate", i, STR("the same vaccine is recorded twice on this day; check whether one is a copy"),
                          STR("cùng một vắc xin được ghi hai lần trong ngày; hãy kiểm tra xem có ghi trùng không"));
            e->given[k] = g;
        }
    }
}

static void take_observations(struct engine *e, issue_list *issues) {
    int32_t *days = arena_alloc(e->a, (e->s->observation_count + 1) * sizeof *days);
    for (size_t i = 0; i <= e->s->observation_count; i++) days[i] = DAY_NONE;
    for (size_t i = 0; i < e->p->observation_count; i++) {
        const struct patient_observation *o = &e->p->observations[i];
        size_t at = (size_t)(uintptr_t)map_get(&e->s->observation_index, observation_code(e->a, o->code));
        if (!at) {
            issue(e, issues, "unknown-observation", SIZE_MAX,
                  str_format(e->a, "observation \"%.*s\" is not in this schedule and is not used", STR_ARG(o->code)),
                  str_format(e->a, "dấu hiệu \"%.*s\" không có trong lịch này nên không được dùng", STR_ARG(o->code)));
            continue;
        }
        bits_add(&e->active, (unsigned)(at - 1));
        if (o->day != DAY_NONE && (days[at - 1] == DAY_NONE || o->day > days[at - 1])) days[at - 1] = o->day;
    }
    e->observation_days = days;
}

/* 4.2: one record for each antigen the vaccine stands for at the age it was given */
static void organise(struct engine *e) {
    size_t count = e->s->antigen_count;
    size_t *n = ARENA_ARRAY(e->a, size_t, count);
    for (size_t g = 0; g < e->given_count; g++) {
        const struct vaccine *v = &e->s->vaccines[e->given[g].vaccine];
        for (size_t k = 0; k < v->antigen_count; k++) n[v->antigens[k].antigen]++;
    }
    for (size_t i = 0; i < count; i++)
        if (n[i]) e->antigens[i].records = arena_alloc(e->a, n[i] * sizeof(struct record));
    for (size_t g = 0; g < e->given_count; g++) {
        const struct given *d = &e->given[g];
        const struct vaccine *v = &e->s->vaccines[d->vaccine];
        for (size_t k = 0; k < v->antigen_count; k++) {
            struct antigen_run *x = &e->antigens[v->antigens[k].antigen];
            if (!in_age_window(e, v->antigens[k].begin, v->antigens[k].end, d->day)) continue;
            x->records[x->record_count++] = (struct record){d->day, d->vaccine, (uint32_t)g};
            x->conflict_matters |= v->impacted;
        }
    }
}

enum { GROWING_DAYS = 366 }; /* how far ahead a begin age is planned for */

/* Table 5-4; `growing`: or the begin age will be reached within a year */
static bool indicated(struct engine *e, const struct series *s, bool growing) {
    bool some = false;
    for (size_t w = 0; s->indication_set && w < SET_WORDS; w++)
        some |= (e->active.word[w] & s->indication_set->word[w]) != 0;
    for (size_t i = 0; some && i < s->indication_count; i++) {
        const struct indication *n = &s->indications[i];
        if (!bits_has(&e->active, n->observation)) continue;
        if (in_age_window(e, n->begin, n->end, e->on)) return true;
        if (growing && n->begin && e->on < age_day(e, n->begin) && e->on + GROWING_DAYS >= age_day(e, n->begin)) return true;
    }
    return false;
}

/* Table 5-5 */
static bool relevant(struct engine *e, const struct series *s, bool growing) {
    if (s->sexes && !(s->sexes & e->sex)) return false;
    if (!in_force(e, s->since, s->until, e->on)) return false;
    return s->type != TYPE_RISK || indicated(e, s, growing);
}

/* 5.1. An antigen without any relevant series today may have one that the patient will grow into within a year: it is
 * planned, so that the visit is not forgotten (not when `as_published`). */
static void take_series(struct engine *e, struct antigen_run *x) {
    const struct antigen *of = x->antigen;
    bool growing = false;
    x->runs = arena_alloc(e->a, (of->series_count + 1) * sizeof *x->runs);
again:
    for (size_t i = 0; i < of->series_count; i++) {
        if (!relevant(e, &of->series[i], growing)) continue;
        struct series_run *run = &x->runs[x->run_count++];
        memset(run, 0, sizeof *run);
        run->series = &of->series[i];
        run->grows_into = growing;
        size_t room = run->series->dose_count + x->record_count + 2;
        run->targets = arena_alloc(e->a, room * sizeof *run->targets);
        run->evaluations = arena_alloc(e->a, (x->record_count + 1) * sizeof *run->evaluations);
    }
    if (!x->run_count && !growing && !e->s->as_published) {
        growing = true;
        goto again;
    }
}

static void calculate(struct engine *e, struct antigen_run *x, const uint8_t *complete_before) {
    e->complete_paths = complete_before;
    for (size_t i = 0; i < x->run_count; i++) {
        evaluate_series(e, x, &x->runs[i]);
        plan_series(e, x, &x->runs[i]);
    }
}

/* What a pass teaches about live doses: evaluated somewhere and valid nowhere. True if anything changed. */
static bool learn_not_valid(struct engine *e) {
    bool changed = false, conflicting = false;
    for (size_t g = 0; g < e->given_count; g++) conflicting |= e->s->vaccines[e->given[g].vaccine].conflicting;
    if (!conflicting) return false;
    uint8_t *state = ARENA_ARRAY(e->a, uint8_t, e->given_count); /* 1 judged, 2 valid */
    for (size_t i = 0; i < e->s->antigen_count; i++) {
        const struct antigen_run *x = &e->antigens[i];
        for (size_t r = 0; r < x->run_count; r++)
            for (size_t k = 0; k < x->record_count; k++) {
                enum dose_status s = x->runs[r].evaluations[k].status;
                if (s) state[x->records[k].given] |= s == DOSE_VALID ? 3 : 1;
            }
    }
    for (size_t g = 0; g < e->given_count; g++) {
        bool not_valid = state[g] == 1;
        changed |= not_valid != e->given[g].not_valid;
        e->given[g].not_valid = not_valid;
    }
    return changed;
}

static void run_passes(struct engine *e) {
    enum { PASSES = 3 };
    uint8_t **before = ARENA_ARRAY(e->a, uint8_t *, e->s->antigen_count);
    for (size_t i = 0; i < e->s->antigen_count; i++) calculate(e, &e->antigens[i], NULL);
    for (int pass = 1; pass < PASSES; pass++) {
        bool conflicts = learn_not_valid(e), again = false;
        for (size_t i = 0; i < e->s->antigen_count; i++) {
            struct antigen_run *x = &e->antigens[i];
            bool redo = conflicts && x->conflict_matters;
            if (x->antigen->needs_completed) {
                bool differs = before[i] == NULL;
                uint8_t *now = arena_alloc(e->a, x->run_count + 1);
                for (size_t r = 0; r < x->run_count; r++) {
                    now[r] = (uint8_t)x->runs[r].status;
                    differs |= before[i] && before[i][r] != now[r];
                }
                if (differs) before[i] = now, redo = true;
            }
            if (redo) calculate(e, x, before[i]);
            again |= redo;
        }
        if (!again) break;
    }
}

static enum dose_timely timely(const struct engine *e, const struct series_dose *dose, const struct dose_given *shot) {
    if (!dose->within_hours) return TIMELY_NOT_ASKED;
    int whole_days = (int)(shot->day - e->birth);
    if (e->p->birth_minute >= 0 && shot->minute >= 0)
        return whole_days * 1440 + shot->minute - e->p->birth_minute <= dose->within_hours * 60 ? TIMELY_YES : TIMELY_NO;
    if ((whole_days + 1) * 24 <= dose->within_hours) return TIMELY_YES;
    return (whole_days - 1) * 24 >= dose->within_hours ? TIMELY_NO : TIMELY_UNKNOWN;
}

static void evaluations_out(struct engine *e, bool explain, struct forecast *out) {
    struct dose_result *results = ARENA_ARRAY(e->a, struct dose_result, e->p->dose_count + 1);
    for (size_t g = 0; g < e->given_count; g++) {
        const struct given *d = &e->given[g];
        const struct vaccine *v = &e->s->vaccines[d->vaccine];
        VEC(struct dose_evaluation) list = {0};
        for (size_t k = 0; k < v->antigen_count; k++) {
            const struct antigen_run *x = &e->antigens[v->antigens[k].antigen];
            for (size_t r = 0; r < x->record_count; r++) {
                if (x->records[r].given != g) continue;
                for (size_t b = 0; b < x->best_count; b++) {
                    const struct series_run *run = x->best[b];
                    const struct record_evaluation *j = &run->evaluations[r];
                    if (!j->status) continue;
                    struct dose_evaluation out_one = {.antigen = x->antigen->name_z,
                                                      .series = run->series->name_text,
                                                      .status = j->status,
                                                      .reasons = j->reasons,
                                                      .target = j->target ? run->targets[j->target - 1].dose->number : 0};
                    if (j->status == DOSE_VALID)
                        out_one.timely = timely(e, run->targets[j->target - 1].dose, &e->p->doses[d->index]);
                    if (explain) explain_evaluation(e, x, run, r, &out_one);
                    VEC_PUSH(e->a, &list, out_one);
                }
            }
        }
        results[d->index] = (struct dose_result){list.at, list.len};
    }
    out->doses = results;
}

/* FORECASTRECVAC-1 */
static void recommended_vaccines(struct engine *e, const struct series_run *run, struct group_forecast *out) {
    const struct series_dose *dose = run->dose;
    str *keys = ARENA_ARRAY(e->a, str, out->vaccine_count + dose->give_count + 1);
    if (out->vaccine_count) memcpy(keys, out->vaccines, out->vaccine_count * sizeof *keys);
    for (size_t i = 0; i < dose->give_count; i++) {
        const struct vaccine_rule *v = &dose->give[i];
        if (!v->forecast) continue;
        if (!in_age_window(e, v->begin, v->end, run->earliest) && !in_age_window(e, v->begin, v->end, run->recommended))
            continue;
        if (vaccine_contraindicated(e, &e->s->antigens[run->series->antigen], v->vaccine)) continue;
        bool there = false;
        for (size_t k = 0; k < out->vaccine_count; k++) there |= str_eq(keys[k], e->s->vaccines[v->vaccine].key);
        if (!there) keys[out->vaccine_count++] = e->s->vaccines[v->vaccine].key;
    }
    out->vaccines = keys;
}

/* Table 9-4. A group whose antigens need not be given together goes on without a contraindicated one (DT without
 * pertussis); the letter of the table stops the whole group. */
static enum series_status blended_status(const struct engine *e, const struct vaccine_group *g,
                                         const struct series_run *const *runs, size_t count) {
    size_t n[SERIES_AGED_OUT + 1] = {0};
    for (size_t i = 0; i < count; i++) n[runs[i]->status]++;
    size_t all = count;
    if (n[SERIES_CONTRAINDICATED] && (g->full || e->s->as_published || n[SERIES_CONTRAINDICATED] == count))
        return SERIES_CONTRAINDICATED;
    all -= n[SERIES_CONTRAINDICATED];
    if (n[SERIES_AGED_OUT]) return SERIES_AGED_OUT;
    if (n[SERIES_NOT_RECOMMENDED]) return SERIES_NOT_RECOMMENDED;
    if (n[SERIES_NOT_COMPLETE]) return SERIES_NOT_COMPLETE;
    return n[SERIES_IMMUNE] == all ? SERIES_IMMUNE : SERIES_COMPLETE;
}

/* MULTIANTVG-1, FORECASTVG-2 to 4, FORECASTDN-2 */
static void blended_dates(struct engine *e, const struct vaccine_group *g, const struct series_run *const *runs,
                          size_t count, struct group_forecast *out) {
    int32_t first = INT32_MAX, last = INT32_MIN, recommended = INT32_MAX, due = INT32_MAX, latest = INT32_MAX;
    int low = INT32_MAX, high = 0;
    bool priority = false;
    for (size_t i = 0; i < count; i++) {
        const struct series_run *r = runs[i];
        if (r->status != SERIES_NOT_COMPLETE) continue;
        if (r->earliest < first) first = r->earliest;
        if (r->earliest > last) last = r->earliest;
        if (r->recommended < recommended) recommended = r->recommended;
        if (r->past_due != DAY_NONE && r->past_due < due) due = r->past_due;
        if (r->latest != DAY_NONE && r->latest < latest) latest = r->latest;
        if (r->number < low) low = r->number;
        if (r->number > high) high = r->number;
        priority |= r->priority;
    }
    out->earliest = last;
    if (g->antigen_count > 1 && priority) {
        out->earliest = first;
        for (size_t d = 0; d < e->given_count; d++) {
            const struct vaccine *v = &e->s->vaccines[e->given[d].vaccine];
            for (size_t k = 0; k < v->antigen_count; k++)
                for (size_t m = 0; m < g->antigen_count; m++)
                    if (v->antigens[k].antigen == g->antigens[m] && e->given[d].day > out->earliest)
                        out->earliest = e->given[d].day;
        }
    }
    out->recommended = recommended > out->earliest ? recommended : out->earliest;
    out->past_due = due == INT32_MAX ? DAY_NONE : due > out->earliest ? due : out->earliest;
    out->latest = latest == INT32_MAX ? DAY_NONE : latest;
    out->dose_number = g->full ? low : high;
}

static str series_names(struct engine *e, const struct series_run *const *runs, size_t count) {
    if (count == 1) return runs[0]->series->name_text;
    struct buf b = buf_new(e->a);
    for (size_t i = 0; i < count; i++) {
        bool there = false;
        for (size_t k = 0; k < i; k++) there |= str_eq(runs[k]->series->name_text, runs[i]->series->name_text);
        if (there) continue;
        if (b.len) buf_addz(&b, "; ");
        buf_add(&b, runs[i]->series->name_text);
    }
    return buf_str(&b);
}

static struct group_forecast blend(struct engine *e, const struct vaccine_group *g,
                                   const struct series_run *const *runs, size_t count, bool explain) {
    struct group_forecast out = {.group = g->key, .group_name_vi = g->name.vi, .group_name_en = g->name.en};
    out.earliest = out.recommended = out.past_due = out.latest = DAY_NONE;
    out.status = g->antigen_count == 1 ? runs[0]->status : blended_status(e, g, runs, count);
    out.series = series_names(e, runs, count);
    if (out.status == SERIES_NOT_COMPLETE) {
        blended_dates(e, g, runs, count, &out);
        for (size_t i = 0; i < count; i++)
            if (runs[i]->status == SERIES_NOT_COMPLETE) recommended_vaccines(e, runs[i], &out);
    }
    if (explain) explain_group(e, runs, count, &out);
    return out;
}

/* 9.1: series of one type are blended in a group of several antigens; in a group of one each stands for itself */
static void groups_out(struct engine *e, bool explain, struct forecast *out) {
    const struct schedule *s = e->s;
    VEC(struct group_forecast) list = {0};
    const struct series_run **all = arena_alloc(e->a, (s->series_total + 1) * sizeof *all);
    const struct series_run **some = arena_alloc(e->a, (s->series_total + 1) * sizeof *some);
    for (size_t i = 0; i < s->group_count; i++) {
        const struct vaccine_group *g = &s->groups[i];
        size_t count = 0;
        for (size_t m = 0; m < g->antigen_count; m++) {
            const struct antigen_run *x = &e->antigens[g->antigens[m]];
            for (size_t b = 0; b < x->best_count; b++)
                if (x->best[b]->series->group == UINT32_MAX || x->best[b]->series->group == i) all[count++] = x->best[b];
        }
        bool done[TYPE_EVALUATION + 1] = {false};
        for (size_t k = 0; k < count; k++) {
            size_t n = 0;
            if (g->antigen_count == 1) some[n++] = all[k];
            else if (!done[all[k]->series->type])
                for (size_t j = k; j < count; j++)
                    if (all[j]->series->type == all[k]->series->type) some[n++] = all[j];
            done[all[k]->series->type] = true;
            if (n) VEC_PUSH(e->a, &list, blend(e, g, some, n, explain));
        }
    }
    out->groups = list.at, out->group_count = list.len;
}

void forecast_patient(struct arena *a, const struct schedule *s, const struct patient *p, int32_t on, bool explain,
                      struct forecast *out) {
    struct patient own = *p;
    struct engine e = {.a = a, .s = s, .p = &own, .birth = p->birth, .on = on};
    issue_list issues = {0};
    if (own.area.len && s->area_index.len) { /* a code or another spelling of the area */
        const str *key = map_get(&s->area_index, text_fold(a, own.area));
        if (key) own.area = *key;
    }
    e.sex = p->sex == 'F' ? SEX_FEMALE : p->sex == 'M' ? SEX_MALE : SEX_UNKNOWN;
    e.age_days = arena_alloc(a, s->duration_count * sizeof *e.age_days);
    for (size_t i = 0; i < s->duration_count; i++) e.age_days[i] = DAY_NONE;
    e.antigens = ARENA_ARRAY(a, struct antigen_run, s->antigen_count);
    take_doses(&e, &issues);
    take_observations(&e, &issues);
    organise(&e);
    for (size_t i = 0; i < s->antigen_count; i++) {
        e.antigens[i].antigen = &s->antigens[i];
        take_series(&e, &e.antigens[i]);
    }
    run_passes(&e);
    for (size_t i = 0; i < s->antigen_count; i++) select_best(&e, &e.antigens[i]);
    evaluations_out(&e, explain, out);
    groups_out(&e, explain, out);
    out->screening = screen(&e);
    out->issues = issues.at, out->issue_count = issues.len;
}
