/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The choice: in each commune the eligible site with the most points; hard rules decide who is eligible. Then what the
 * choice hangs on: the lead, the thresholds of the weights, what is not known, the range of the estimates; and the
 * trade between score and travel time over the whole province.
 */
#include "siting_int.h"

#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

/* ---- who may be chosen ----------------------------------------------------------------------------------------------- */

static bool has_doctor(const struct siting_problem *q, uint32_t j) {
    return isnan(q->site[j].doctors) || q->site[j].doctors >= q->proposal.doctors_least;
}

/* Sites that keep the hard rules; where none does, those that function; where none does, all. */
static void find_eligible(const struct siting_problem *q, uint32_t commune, struct siting_result *r) {
    for (int strict = 2; strict >= 0; strict--) {
        uint32_t count = 0;
        for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
            bool works = q->site[j].functioning != SITING_NO;
            r->score[j].eligible = !strict || (works && (strict < 2 || has_doctor(q, j)));
            count += r->score[j].eligible;
        }
        r->choice[commune].rule_broken = strict < 2;
        if (count) return;
    }
}

static void find_known(const struct siting_problem *q, uint32_t commune, struct siting_result *r) {
    struct siting_choice *c = &r->choice[commune];
    double all = 0, known = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) {
        c->known[k] = true;
        for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1))
            if (r->score[j].eligible && isnan(r->score[j].points[k])) c->known[k] = false;
        all += q->proposal.weight[k];
        known += c->known[k] ? q->proposal.weight[k] : 0;
    }
    c->known_weight = known / all;
}

/* ---- ranking --------------------------------------------------------------------------------------------------------- */

/* The eligible site with the most points other than `but`; of equals the one with the smaller code. */
static uint32_t best_of(const struct siting_problem *q, const struct siting_score *score, uint32_t commune, uint32_t but) {
    uint32_t best = SITING_NO_SITE, count = 0, only = SITING_NO_SITE;
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
        if (j == but || !score[j].eligible) continue;
        count++;
        only = j;
        if (isnan(score[j].total)) continue;
        double lead = best == SITING_NO_SITE ? INFINITY : score[j].total - score[best].total;
        if (lead > 0 || (lead == 0 && str_compare(q->site[j].code, q->site[best].code) < 0)) best = j;
    }
    return count == 1 && but == SITING_NO_SITE ? only : best; /* one site needs no points */
}

static void find_pairs(const struct siting_problem *q, uint32_t commune, struct siting_score *score) {
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
        struct siting_score *s = &score[j];
        s->best_pairs = s->eligible && !isnan(s->total);
        for (uint32_t k = siting_next(q, commune, 0); k < q->sites && s->best_pairs; k = siting_next(q, commune, k + 1)) {
            const struct siting_score *o = &score[k];
            bool better = o->total > s->total || o->mean_minutes < s->mean_minutes;
            s->best_pairs = !(o->eligible && better && o->total >= s->total && o->mean_minutes <= s->mean_minutes);
        }
    }
}

/* The choice with all times shorter or longer by the range of the estimates. */
static void find_ends(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    struct siting_score *score = ARENA_ARRAY(a, struct siting_score, (size_t)q->sites + 1);
    for (int end = 0; end < 2; end++) {
        siting_score_all(q, end ? 1 + q->range : 1 - q->range, score);
        for (uint32_t j = 0; j < q->sites; j++) score[j].eligible = r->score[j].eligible;
        for (uint32_t c = 0; c < q->communes; c++) {
            siting_totals(q, c, r->choice[c].known, score);
            uint32_t best = best_of(q, score, c, SITING_NO_SITE);
            if (end) r->choice[c].long_site = best;
            else r->choice[c].short_site = best;
        }
    }
}

/* ---- score against travel time, over the province -------------------------------------------------------------------- */

struct trade {
    uint32_t commune, site;
    double people, score, minutes, rate; /* points lost, minutes saved, minutes per point */
};

static int compare_rates(const void *a, const void *b) {
    double x = ((const struct trade *)a)->rate, y = ((const struct trade *)b)->rate;
    return x > y ? -1 : x < y;
}

/* The steps of one commune from its best score to its shortest ways, on the convex edge: dearest minutes last. */
static void trades_of(struct arena *a, const struct siting_problem *q, const struct siting_result *r, uint32_t commune, double people, void *list) {
    VEC(struct trade) *all = list;
    for (uint32_t at = r->choice[commune].site;;) {
        struct trade best = {commune, SITING_NO_SITE, people, 0, 0, 0};
        for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
            double saved = r->score[at].mean_minutes - r->score[j].mean_minutes, lost = r->score[at].total - r->score[j].total;
            if (!r->score[j].best_pairs || !(saved > 0) || !(lost > 0) || saved / lost <= best.rate) continue;
            best = (struct trade){commune, j, people, lost, saved, saved / lost};
        }
        if (best.site == SITING_NO_SITE) return;
        VEC_PUSH(a, all, best);
        at = best.site;
    }
}

static void find_steps(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    VEC(struct trade) trade = {0};
    double *people = ARENA_ARRAY(a, double, (size_t)q->communes + 1), all = 0, score = 0, minutes = 0;
    for (uint32_t i = 0; i < q->villages; i++) people[q->village[i].commune] += q->village[i].people;
    for (uint32_t c = 0; c < q->communes; c++) {
        uint32_t site = r->choice[c].site;
        if (site == SITING_NO_SITE || isnan(r->score[site].total) || !isfinite(r->score[site].mean_minutes)) continue;
        all += people[c];
        score += people[c] * r->score[site].total;
        minutes += people[c] * r->score[site].mean_minutes;
        trades_of(a, q, r, c, people[c], &trade);
    }
    if (all <= 0) return;
    if (trade.len) qsort(trade.at, trade.len, sizeof *trade.at, compare_rates);
    r->step = ARENA_ARRAY(a, struct siting_step, trade.len + 1);
    r->step[r->steps++] = (struct siting_step){0, SITING_NO_SITE, score / all, minutes / all};
    for (size_t k = 0; k < trade.len; k++) {
        const struct trade *t = &trade.at[k];
        score -= t->people * t->score;
        minutes -= t->people * t->minutes;
        r->step[r->steps++] = (struct siting_step){t->commune, t->site, score / all, minutes / all};
    }
}

/* ---- together -------------------------------------------------------------------------------------------------------- */

static void explain(const struct siting_problem *q, uint32_t commune, struct siting_result *r) {
    struct siting_choice *c = &r->choice[commune];
    c->lead = c->unknown_turn = NAN;
    if (c->site == SITING_NO_SITE) return;
    if (c->second != SITING_NO_SITE) {
        c->lead = r->score[c->site].total - r->score[c->second].total;
        if (c->known_weight < 1) c->unknown_turn = c->lead * c->known_weight / (1 - c->known_weight);
    }
    if (!isnan(r->score[c->site].total)) siting_turns(q, r->score, commune, c);
}

void siting_choose(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    siting_score_all(q, 1, r->score);
    for (uint32_t c = 0; c < q->communes; c++) {
        find_eligible(q, c, r);
        find_known(q, c, r);
        siting_totals(q, c, r->choice[c].known, r->score);
        r->choice[c].site = best_of(q, r->score, c, SITING_NO_SITE);
        r->choice[c].short_site = r->choice[c].long_site = r->choice[c].site;
        find_pairs(q, c, r->score);
    }
    if (q->range > 0) find_ends(a, q, r);
    find_steps(a, q, r);
    siting_keep_budget(a, q, r);
    for (uint32_t c = 0; c < q->communes; c++) {
        struct siting_choice *x = &r->choice[c];
        x->second = x->site == SITING_NO_SITE ? SITING_NO_SITE : best_of(q, r->score, c, x->site);
        explain(q, c, r);
        uint32_t other = siting_beside(q, c);
        r->undecided += x->site == SITING_NO_SITE;
        r->differs += other != SITING_NO_SITE && x->site != SITING_NO_SITE && other != x->site;
    }
}

uint32_t siting_beside(const struct siting_problem *q, uint32_t commune) {
    uint32_t found = SITING_NO_SITE;
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
        if (!q->site[j].beside) continue;
        if (found != SITING_NO_SITE) return SITING_NO_SITE;
        found = j;
    }
    return found;
}
