/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the programmes of chronic care: the member's present (programme) and whole course (programme_interval).
 */
#include "record.h"

#include "base/vocabulary.h"
#include "people/people.h"

#include <stdlib.h>

/* ---- facts --------------------------------------------------------------------------------------------------------------- */

/* The programme's episode that began last (ties: greater id) decides. */
static void read_episode(const struct record *r, const struct programme *p, struct course_facts *f, str *id) {
    for (size_t i = 0; i < r->episodes.len; i++) {
        const struct json *e = r->episodes.at[i], *types = JSON_GET(e, "type");
        str status = JSON_TEXT(e, "status"), own = JSON_TEXT(e, "id");
        bool ours = false;
        for (const struct json *t = types ? types->first : NULL; t; t = t->next)
            ours = ours || concept_has(t, SYSTEM_PROGRAMME, str_z(r->arena, p->code));
        if (!ours || (!str_is(status, "active") && !str_is(status, "onhold") && !str_is(status, "finished"))) continue;
        int32_t start = care_day(JSON_TEXT(JSON_GET(e, "period"), "start"), NULL);
        if (start == DAY_NONE) continue;
        if (f->enrolled != DAY_NONE && (start < f->enrolled || (start == f->enrolled && str_compare(own, *id) < 0)))
            continue;
        f->enrolled = start;
        f->ended = DAY_NONE;
        *id = own;
        if (!str_is(status, "finished")) continue;
        int32_t end = care_day(JSON_TEXT(JSON_GET(e, "period"), "end"), NULL);
        f->ended = end == DAY_NONE || end < start ? start : end;
    }
}

static int compare_events(const void *x, const void *y) {
    const struct course_event *a = x, *b = y;
    if (a->day != b->day) return a->day < b->day ? -1 : 1;
    return (int)a->measured - (int)b->measured; /* a visit before its measurement */
}

static bool ours(const struct measure *m, enum programme_number n) {
    return m->kind == (n == PROGRAMME_HYPERTENSION ? MEASURE_PRESSURE : MEASURE_SUGAR);
}

static struct course_event event_of(const struct record *r, const struct programme *p, const struct measure *m) {
    const struct programme_rule *rule = programme_rule_on(p, m->day);
    if (m->kind == MEASURE_PRESSURE)
        return (struct course_event){m->day, true, pressure_controlled(rule, m->pressure),
                                     pressure_at_target(rule, person_age(r->birth, m->day), m->pressure)};
    return (struct course_event){m->day, true, sugar_below(&rule->controlled, m->sugar),
                                 sugar_below(&rule->target, m->sugar)};
}

/* Visits, and measurements of blood pressure and sugar (either shows that the person was seen). The measurements of a day
 * are in the order of time: qsort is not stable, so they carry their number. */
static void read_events(const struct record *r, const struct programme *p, enum programme_number n,
                        struct course_facts *f) {
    struct { struct course_event *at; size_t len, cap; } seen = {0}, measured = {0}, all = {0};
    for (size_t i = 0; i < r->encounters.len; i++) {
        int32_t day = encounter_day(r->encounters.at[i], NULL);
        if (day != DAY_NONE) VEC_PUSH(r->arena, &seen, (struct course_event){day, false, false, false});
    }
    for (size_t i = 0; i < r->measures.len; i++) {
        const struct measure *m = &r->measures.at[i];
        if (ours(m, n))
            VEC_PUSH(r->arena, &measured, event_of(r, p, m));
        else if (m->kind == MEASURE_PRESSURE || m->kind == MEASURE_SUGAR)
            VEC_PUSH(r->arena, &seen, (struct course_event){m->day, false, false, false});
    }
    if (seen.len) qsort(seen.at, seen.len, sizeof *seen.at, compare_events);
    for (size_t i = 0, k = 0; i < seen.len || k < measured.len;)
        if (k == measured.len || (i < seen.len && seen.at[i].day <= measured.at[k].day))
            VEC_PUSH(r->arena, &all, seen.at[i++]);
        else
            VEC_PUSH(r->arena, &all, measured.at[k++]);
    f->events = all.at;
    f->count = all.len;
}

static int32_t last_event(const struct course_facts *f) { return f->count ? f->events[f->count - 1].day : DAY_NONE; }

static void read_booked(const struct record *r, struct course_facts *f) {
    int32_t seen = last_event(f);
    for (size_t i = 0; i < r->appointments.len; i++) {
        str status = JSON_TEXT(r->appointments.at[i], "status");
        int32_t day = care_day(JSON_TEXT(r->appointments.at[i], "start"), NULL);
        if ((!str_is(status, "booked") && !str_is(status, "pending")) || day == DAY_NONE || day <= seen) continue;
        if (f->booked == DAY_NONE || day < f->booked) f->booked = day;
    }
}

/* ---- calls ------------------------------------------------------------------------------------------------------------------ */

struct call {
    int32_t day;
    int64_t ms;
    str id, outcome;
};

/* The last call since the person was last seen (Communication with a reason of urn:tram:call-outcome). */
static struct call last_call(const struct record *r, int32_t seen) {
    struct call last = {.day = DAY_NONE};
    for (size_t i = 0; i < r->calls.len; i++) {
        const struct json *c = r->calls.at[i];
        const struct json *coding = json_item(JSON_GET(json_item(JSON_GET(c, "reasonCode"), 0), "coding"), 0);
        struct call call = {.id = JSON_TEXT(c, "id"), .outcome = JSON_TEXT(coding, "code")};
        if (!str_is(JSON_TEXT(coding, "system"), SYSTEM_CALL_OUTCOME) || !str_is(JSON_TEXT(c, "status"), "completed")) continue;
        call.day = care_day(JSON_TEXT(c, "sent"), &call.ms);
        if (call.day == DAY_NONE || call.day < seen) continue;
        if (last.day != DAY_NONE && (call.ms < last.ms || (call.ms == last.ms && str_compare(call.id, last.id) < 0))) continue;
        last = call;
    }
    return last;
}

/* "agreed" and "later" rest on the list for some days; every other outcome takes off the list until seen again. */
static int32_t call_on(const struct programme_rule *rule, const struct call *c, int32_t due) {
    if (due == DAY_NONE || c->day == DAY_NONE) return due;
    int rest = str_is(c->outcome, "agreed") ? rule->agreed_days : str_is(c->outcome, "later") ? rule->later_days : -1;
    if (rest < 0) return DAY_NONE;
    return c->day + rest > due ? c->day + rest : due;
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------- */

static const struct measure *last_of(const struct record *r, enum measure_kind kind) {
    for (size_t i = r->measures.len; i-- > 0;)
        if (r->measures.at[i].kind == kind) return &r->measures.at[i];
    return NULL;
}

/* The worse the smaller: systolic first; a sugar by its multiple of the limit. */
static struct cell severity(const struct programme_rule *rule, const struct measure *m) {
    if (!m) return CELL_NONE;
    if (m->kind == MEASURE_PRESSURE)
        return pressure_controlled(rule, m->pressure) ? CELL_NONE
                                                      : CELL_INT(-(m->pressure.systolic * 1000 + m->pressure.diastolic));
    double limit = rule->controlled.below[m->sugar.kind][m->sugar.unit == SUGAR_MG];
    return sugar_below(&rule->controlled, m->sugar) || limit <= 0 ? CELL_NONE
                                                                  : CELL_INT(-(int64_t)(m->sugar.value / limit * 100000));
}

static void emit_member(struct projection_job *job, const struct record *r, const struct programme *p,
                        enum programme_number n, const struct course_facts *f) {
    const struct measure *pressure = last_of(r, MEASURE_PRESSURE), *sugar = last_of(r, MEASURE_SUGAR);
    const struct measure *last = n == PROGRAMME_HYPERTENSION ? pressure : sugar;
    int32_t seen = last_event(f), since = seen > f->enrolled ? seen : f->enrolled;
    const struct programme_rule *rule = programme_rule_on(p, since);
    int32_t due = course_due(f, &rule->course), care = day_add_months(since, rule->course.care_months);
    struct call call = last_call(r, seen);
    if (f->ended != DAY_NONE && f->ended < care) care = f->ended;
    if (f->died != DAY_NONE && f->died < care) care = f->died;
    struct cell cells[] = {
        CELL_INT(n),
        CELL_INT(r->place),
        CELL_INT(f->enrolled),
        CELL_INT(course_month(f->enrolled)),
        CELL_INT(care),
        last ? CELL_INT(day_add_months(last->day, rule->course.reading_months)) : CELL_NONE,
        severity(rule, last),
        day_or_none(seen),
        last ? CELL_INT(last->day) : CELL_NONE,
        pressure ? CELL_INT(pressure->pressure.systolic) : CELL_NONE,
        pressure ? CELL_INT(pressure->pressure.diastolic) : CELL_NONE,
        sugar ? CELL_STR(sugar->digits) : CELL_NONE,
        sugar ? CELL_INT(sugar->sugar.kind) : CELL_NONE,
        sugar ? CELL_INT(sugar->sugar.unit) : CELL_NONE,
        day_or_none(due),
        day_or_none(call_on(rule, &call, due)),
        day_or_none(call.day),
        call.outcome.len ? CELL_STR(call.outcome) : CELL_NONE,
        CELL_INT(course_outcome(f, COHORT_MONTH)),
        CELL_INT(course_outcome(f, COHORT_QUARTER)),
    };
    projection_emit(job, TABLE_PROGRAMME, cells);
}

static void emit_intervals(struct projection_job *job, const struct record *r, const struct programme *p,
                           enum programme_number n, const struct course_facts *f) {
    const struct programme_rule *rule = programme_rule_on(p, f->count ? last_event(f) : f->enrolled);
    for (enum course_basis b = 0; b < COURSE_BASES; b++) {
        struct course_intervals list = {0};
        course_intervals(r->arena, f, &rule->course, b, &list);
        for (size_t i = 0; i < list.len; i++) {
            const struct course_interval *v = &list.at[i];
            struct cell cells[] = {CELL_INT(n), CELL_INT(b), CELL_INT(v->from), CELL_INT(v->until), CELL_INT(r->place),
                                   CELL_INT(v->status.state), CELL_INT(v->status.counted), CELL_INT(v->status.at_target)};
            projection_emit(job, TABLE_INTERVAL, cells);
        }
    }
}

void record_programmes(struct projection_job *job, struct record *r) {
    const struct programme *all = programmes_all(NULL);
    for (enum programme_number n = 0; all && n < PROGRAMME_COUNT; n++) {
        struct course_facts f = {.enrolled = DAY_NONE, .ended = DAY_NONE, .died = r->died, .booked = DAY_NONE};
        str episode = STR_NONE;
        read_episode(r, &all[n], &f, &episode);
        if (f.enrolled == DAY_NONE) continue;
        if (f.died == DIED_UNKNOWN) f.died = f.enrolled;
        read_events(r, &all[n], n, &f);
        read_booked(r, &f);
        emit_member(job, r, &all[n], n, &f);
        emit_intervals(job, r, &all[n], n, &f);
        r->is_member[n] = f.ended == DAY_NONE && r->died == DAY_NONE;
    }
}
