/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of siting/: is the question a question? Then the steps in their order.
 */
#include "siting_int.h"

#include <math.h>

static err check_proposal(struct arena *a, const struct siting_proposal *p) {
    double sum = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) {
        if (!(p->weight[k] >= 0) || !isfinite(p->weight[k]))
            return err_make(a, ERR_UNPROCESSABLE, "weights", "the weight of %s is not a number from 0", siting_criterion_codes[k]);
        sum += p->weight[k];
    }
    if (sum <= 0) return err_make(a, ERR_UNPROCESSABLE, "weights", "the weights sum to 0");
    const struct { const char *name; double value; } positive[] = {
        {"locationHalf", p->location_half}, {"roadHalf", p->road_half}, {"near", p->near}, {"roomsFull", p->rooms_full}, {"landFull", p->land_full},
        {"doctorsFull", p->doctors_full}, {"midwivesFull", p->midwives_full}, {"assistantsFull", p->assistants_full}};
    for (size_t k = 0; k < sizeof positive / sizeof *positive; k++)
        if (!(positive[k].value > 0) || !isfinite(positive[k].value))
            return err_make(a, ERR_UNPROCESSABLE, "scales", "%s is not a number above 0", positive[k].name);
    if (!(p->far >= p->near)) return err_make(a, ERR_UNPROCESSABLE, "scales", "far (%g minutes) is less than near (%g)", p->far, p->near);
    if (!(p->wet_factor >= 0 && p->wet_factor <= 1)) return err_make(a, ERR_UNPROCESSABLE, "scales", "wetFactor is not from 0 to 1");
    if (!(p->repair_factor >= 0 && p->repair_factor <= 1)) return err_make(a, ERR_UNPROCESSABLE, "scales", "repairFactor is not from 0 to 1");
    if (!(p->most_worse >= 0)) return err_make(a, ERR_UNPROCESSABLE, "rules", "mostWorse is not a number of minutes from 0");
    if (!(p->doctors_least >= 0)) return err_make(a, ERR_UNPROCESSABLE, "rules", "doctors is not a number from 0");
    if (!(p->budget >= 0)) return err_make(a, ERR_UNPROCESSABLE, "rules", "budget is not a number from 0");
    return OK_ERR;
}

static err check_communes(struct arena *a, const struct siting_problem *q) {
    double people = 0;
    for (uint32_t c = 0; c < q->communes; c++)
        if (siting_next(q, c, 0) >= q->sites)
            return err_make(a, ERR_UNPROCESSABLE, "sites", "commune %.*s (%.*s) has no site", STR_ARG(q->commune[c].code), STR_ARG(q->commune[c].name));
    for (uint32_t i = 0; i < q->villages; i++) {
        if (!(q->village[i].people >= 0) || !isfinite(q->village[i].people))
            return err_make(a, ERR_UNPROCESSABLE, "villages", "people of %.*s is not a number from 0", STR_ARG(q->village[i].name));
        people += q->village[i].people;
    }
    if (people <= 0) return err_make(a, ERR_UNPROCESSABLE, "villages", "nobody lives in the villages given");
    return OK_ERR;
}

static err check_minutes(struct arena *a, const struct siting_problem *q) {
    for (uint32_t i = 0; i < q->villages; i++)
        for (uint32_t j = 0; j < q->sites; j++) {
            double t = q->minutes[(size_t)i * q->sites + j];
            if (isnan(t) || t < 0)
                return err_make(a, ERR_UNPROCESSABLE, "matrix", "from %.*s to %.*s: %s", STR_ARG(q->village[i].code), STR_ARG(q->site[j].code), isnan(t) ? "no time" : "a negative time");
        }
    return OK_ERR;
}

static struct siting_result empty_result(struct arena *a, const struct siting_problem *q) {
    return (struct siting_result){
        .score = ARENA_ARRAY(a, struct siting_score, (size_t)q->sites + 1),
        .choice = ARENA_ARRAY(a, struct siting_choice, (size_t)q->communes + 1),
        .kind = ARENA_ARRAY(a, enum siting_kind, (size_t)q->sites + 1),
        .before = ARENA_ARRAY(a, double, (size_t)q->villages + 1),
        .after = ARENA_ARRAY(a, double, (size_t)q->villages + 1),
        .care = ARENA_ARRAY(a, double, (size_t)q->villages + 1),
    };
}

/* Part of the agreement of the two plans is built in where both look at the seat: the choice once more without it. */
static void choose_seatless(struct arena *a, const struct siting_problem *q, struct siting_result *out) {
    struct siting_problem without = *q;
    struct siting_result r = empty_result(a, q);
    double rest = 0;
    without.proposal.weight[SITING_TRANSPORT] = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) rest += without.proposal.weight[k];
    if (!q->seat_in_both || rest <= 0) return;
    siting_choose(a, &without, &r);
    out->seatless = ARENA_ARRAY(a, uint32_t, (size_t)q->communes + 1);
    for (uint32_t c = 0; c < q->communes; c++) out->seatless[c] = r.choice[c].site;
    out->differs_seatless = r.differs;
}

err siting_solve(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *out) {
    TRY(check_proposal(a, &q->proposal));
    TRY(check_communes(a, q));
    TRY(check_minutes(a, q));
    *out = empty_result(a, q);
    choose_seatless(a, q, out);
    siting_choose(a, q, out);
    return siting_effect(a, q, clock, out);
}
