/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From plan to decision: the operations that lead from today to the plan as the draft of a Decision (network/decision.h,
 * docs/network.md), with what it was computed to do. The program proposes; a person decides and writes why: without a
 * reason there is no draft.
 */
#include "siting_int.h"

#include "base/date.h"
#include "base/vec.h"

#include <math.h>

str siting_place_id(struct arena *a, const struct siting_problem *q, uint32_t j) {
    str code = q->site[j].code;
    return str_starts(code, STR("station-")) ? code : str_format(a, "station-%.*s", STR_ARG(code));
}

/* ---- operations ------------------------------------------------------------------------------------------------------ */

struct drafting {
    struct arena *a;
    const struct siting_problem *q;
    const struct siting_result *r;
    struct decision *out;
};

/* One operation on site j; the reason tells its commune's choice beside `other`. */
static struct operation *add_operation(struct drafting *x, enum operation_kind kind, uint32_t j, uint32_t other) {
    struct operation o = {.kind = kind, .from = DAY_FIRST, .until = DAY_FIRST};
    struct buf reason = buf_new(x->a);
    siting_reasons(&reason, x->q, x->r, x->q->site[j].commune, other, true);
    o.reason = buf_str(&reason);
    VEC_PUSH(x->a, &o.places, siting_place_id(x->a, x->q, j));
    VEC_PUSH(x->a, &x->out->operations, o);
    return &x->out->operations.at[x->out->operations.len - 1];
}

static void begin_station(struct drafting *x, uint32_t j) {
    const struct siting_site *s = &x->q->site[j];
    bool point = s->today == SITING_POINT;
    struct operation *o = add_operation(x, point ? OPERATION_PROMOTE_TO_STATION : OPERATION_CREATE, j, x->r->choice[s->commune].second);
    if (!point) o->place_kind = PLACE_STATION, o->name = s->name;
}

/* A station becomes a point, a point goes to another station, a place ends. */
static void end_station(struct drafting *x, uint32_t j, uint32_t into) {
    const struct siting_site *s = &x->q->site[j];
    bool moves = s->today == SITING_POINT && s->station_today != SITING_NO_SITE && s->station_today != into;
    if (x->r->kind[j] == SITING_POINT && (s->today == SITING_STATION || moves)) add_operation(x, OPERATION_CONVERT_TO_POINT, j, j)->target = siting_place_id(x->a, x->q, into);
    if (x->r->kind[j] == SITING_NOTHING && s->today != SITING_NOTHING) {
        struct operation *o = add_operation(x, OPERATION_DISSOLVE, j, j);
        struct receiver all = {STR_NONE, siting_place_id(x->a, x->q, into)};
        VEC_PUSH(x->a, &o->receivers, all);
    }
}

static void add_operations(struct drafting *x) {
    for (uint32_t j = 0; j < x->q->sites; j++)
        if (x->r->kind[j] == SITING_STATION && x->q->site[j].today != SITING_STATION) begin_station(x, j);
    for (uint32_t j = 0; j < x->q->sites; j++) {
        uint32_t into = x->r->choice[x->q->site[j].commune].site;
        if (into != SITING_NO_SITE && into != j) end_station(x, j, into);
    }
}

/* ---- what it does ---------------------------------------------------------------------------------------------------- */

static void add_effect(struct drafting *x, const char *what, double minutes, double before, double after) {
    const double number[] = {minutes, before, after};
    str digits[3];
    for (int k = 0; k < 3; k++) digits[k] = isfinite(number[k]) ? str_format(x->a, "%.10g", round(number[k] * 10) / 10) : STR_NONE;
    struct decision_effect e = {str_of(what), digits[0], digits[1], digits[2]};
    VEC_PUSH(x->a, &x->out->effects, e);
}

/* Coverage, staff, cost, continuity; NAN where the data do not say. */
static void add_effects(struct drafting *x) {
    const struct siting_problem *q = x->q;
    const struct siting_cover *c = &x->r->all;
    double is[3] = {0}, was[3] = {0}, doctors = 0, doctors_before = 0, keep = 0, none = NAN;
    for (uint32_t j = 0; j < q->sites; j++) {
        is[x->r->kind[j]]++, was[q->site[j].today]++;
        if (q->site[j].today == SITING_STATION) doctors_before += q->site[j].doctors;
        if (x->r->kind[j] == SITING_STATION) doctors += q->site[j].doctors;
    }
    for (uint32_t i = 0; i < q->villages; i++) keep += x->r->care[i] <= x->r->before[i] + 0.5 ? q->village[i].people : 0;
    add_effect(x, "stations", none, was[SITING_STATION], is[SITING_STATION]);
    add_effect(x, "points", none, was[SITING_POINT], is[SITING_POINT]);
    add_effect(x, "within", q->proposal.near, c->near_before, c->near_after);
    add_effect(x, "within", q->proposal.far, c->far_before, c->far_after);
    add_effect(x, "mean-minutes", none, c->mean_before, c->mean_after);
    add_effect(x, "doctors-at-stations", none, doctors_before, doctors);
    add_effect(x, "cost", none, none, x->r->cost);
    add_effect(x, "farther", none, none, (double)x->r->losers);
    add_effect(x, "same-way-to-care", none, c->people, keep);
    add_effect(x, "without-care", q->proposal.most_worse, none, c->unexcused);
}

/* What the draft rests on: weights, times, what was not known. */
static str note_of(struct arena *a, const struct siting_problem *q, const struct siting_result *r, int32_t computed) {
    struct buf b = buf_new(a);
    char day[11];
    buf_addz(&b, "Phương án tính trên máy");
    if (computed != DAY_FIRST) buf_addf(&b, " ngày %s", day_show(computed, day));
    buf_addz(&b, "; trọng số (vị trí, giao thông, dân số, cơ sở vật chất, nhân lực):");
    for (int k = 0; k < SITING_CRITERIA; k++) buf_addf(&b, "%s %g", k ? "," : "", q->proposal.weight[k]);
    if (q->used.estimated) buf_addf(&b, "; %zu thời gian là ước tính ±%.0f %%", q->used.estimated, 100 * q->range);
    for (size_t k = 0; k < r->findings; k++) buf_addf(&b, "; %.*s", STR_ARG(r->finding[1][k]));
    buf_addc(&b, '.');
    return buf_str(&b);
}

err siting_decision(struct arena *a, const struct siting_problem *q, const struct siting_result *r, const struct siting_act *act,
                    struct decision *out) {
    str why = str_trim(act->why);
    if (!why.len) return err_make(a, ERR_UNPROCESSABLE, "why", "a draft needs its reason: the program proposes, a person decides and writes why");
    *out = (struct decision){
        .status = DECISION_DRAFT, .reason = why, .assumed = q->used.estimated || r->undecided, .certainty_note = note_of(a, q, r, act->computed),
        .title = str_format(a, "Sắp xếp trạm y tế%s%.*s", q->title.len ? " – " : "", STR_ARG(q->title)),
        .province = q->code.len ? str_format(a, "province-%.*s", STR_ARG(q->code)) : STR_NONE,
        .signed_on = DAY_FIRST, .effective_on = act->effective, .operational_on = DAY_FIRST, .recorded_on = DAY_FIRST};
    struct drafting x = {a, q, r, out};
    add_operations(&x);
    add_effects(&x);
    return OK_ERR;
}
