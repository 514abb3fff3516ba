/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "The choice changes if transport weighs under 18 %." One weight gets the share t of the known weight, the others keep
 * their proportions: a site's score is t x points + (1 - t) x (mean over the others), a straight line in t. The chosen
 * site stays on top between the nearest crossings on either side, which are exact.
 */
#include "siting_int.h"

#include <math.h>

/* Points of a site over the known criteria except k; NAN when the others weigh nothing. */
static double rest_of(const struct siting_problem *q, const struct siting_score *s, const bool *known, int k) {
    double sum = 0, points = 0;
    for (int m = 0; m < SITING_CRITERIA; m++) {
        if (m == k || !known[m]) continue;
        sum += q->proposal.weight[m];
        points += q->proposal.weight[m] * s->points[m];
    }
    return sum > 0 ? points / sum : NAN;
}

static struct siting_turn turn_of(const struct siting_problem *q, const struct siting_score *score, uint32_t commune,
                                  const struct siting_choice *c, int k) {
    struct siting_turn t = {0, 0, 1, SITING_NO_SITE, SITING_NO_SITE};
    double all = 0, rest = rest_of(q, &score[c->site], c->known, k), own = score[c->site].points[k];
    for (int m = 0; m < SITING_CRITERIA; m++) all += c->known[m] ? q->proposal.weight[m] : 0;
    t.share = q->proposal.weight[k] / all;
    if (isnan(rest)) return t;
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
        if (j == c->site || !score[j].eligible) continue;
        double other = rest_of(q, &score[j], c->known, k), at_none = rest - other;
        double slope = (own - rest) - (score[j].points[k] - other), crossing = -at_none / slope;
        if (slope < 0 && crossing < t.high) {
            t.high = fmax(crossing, t.share);
            t.above = j;
        } else if (slope > 0 && crossing > t.low) {
            t.low = fmin(crossing, t.share);
            t.below = j;
        }
    }
    return t;
}

void siting_turns(const struct siting_problem *q, const struct siting_score *score, uint32_t commune, struct siting_choice *c) {
    for (int k = 0; k < SITING_CRITERIA; k++) {
        c->turn[k] = (struct siting_turn){NAN, 0, 1, SITING_NO_SITE, SITING_NO_SITE};
        if (c->known[k]) c->turn[k] = turn_of(q, score, commune, c, k);
    }
}
