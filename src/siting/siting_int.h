/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to siting/: the steps of siting_solve, each in its file.
 */
#ifndef SITING_SITING_INT_H
#define SITING_SITING_INT_H

#include "siting.h"

/* score.c: points of every site, all times multiplied by `stretch`; totals of a commune over its known criteria. */
void siting_score_all(const struct siting_problem *q, double stretch, struct siting_score *score);
void siting_totals(const struct siting_problem *q, uint32_t commune, const bool *known, struct siting_score *score);

/* choose.c: fills score, choice and steps. */
void siting_choose(struct arena *a, const struct siting_problem *q, struct siting_result *r);
/* budget.c: where the chosen sites cost more than the budget, the dearest good plan within it. */
void siting_keep_budget(struct arena *a, const struct siting_problem *q, struct siting_result *r);
/* turn.c: thresholds of each weight for the choice of a commune. */
void siting_turns(const struct siting_problem *q, const struct siting_score *score, uint32_t commune, struct siting_choice *c);
/* effect.c: points, coverage, losers, groups, travel, findings. */
err siting_effect(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *r);

/* draft.c: the id of a site in the network: "station-03130" for the site of code 03130; a code that is one stays. */
str siting_place_id(struct arena *a, const struct siting_problem *q, uint32_t j);

/* Sites of a commune in turn: for (j = siting_next(q, c, 0); j < q->sites; j = siting_next(q, c, j + 1)). */
static inline uint32_t siting_next(const struct siting_problem *q, uint32_t commune, uint32_t from) {
    while (from < q->sites && q->site[from].commune != commune) from++;
    return from;
}

#endif
