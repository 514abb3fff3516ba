/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The budget: one site a commune, the sum of the costs within the budget, the most points by people. A knapsack with
 * groups, solved commune by commune over the list of (cost, points) pairs of which no other is both cheaper and better.
 * Exact unless that list outgrows MOST_STATES; then it is thinned and the result says that it is not proven.
 */
#include "siting_int.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_STATES = 50000 };

struct state {
    double cost, value;
    uint32_t from, site;
};

struct level {
    struct state *at;
    size_t len;
};

static int compare_states(const void *a, const void *b) {
    const struct state *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->value > y->value ? -1 : x->value < y->value;
}

/* Drops what is dearer and no better; thins what is still too long. True when nothing good was lost. */
static bool prune(struct level *l) {
    double best = -INFINITY;
    size_t n = 0;
    if (l->len) qsort(l->at, l->len, sizeof *l->at, compare_states);
    for (size_t k = 0; k < l->len; k++)
        if (l->at[k].value > best) {
            best = l->at[k].value;
            l->at[n++] = l->at[k];
        }
    bool whole = n <= MOST_STATES;
    if (!whole) {
        for (size_t k = 0; k < MOST_STATES; k++) l->at[k] = l->at[k * (n - 1) / (MOST_STATES - 1)];
        n = MOST_STATES;
    }
    l->len = n;
    return whole;
}

static struct level grow(struct arena *a, const struct siting_problem *q, const struct siting_result *r, const struct level *from, uint32_t commune, double people) {
    uint32_t options = 0;
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) options += r->score[j].eligible;
    struct level to = {ARENA_ARRAY(a, struct state, from->len * (options + 1) + 1), 0};
    for (uint32_t j = siting_next(q, commune, 0); j < q->sites; j = siting_next(q, commune, j + 1)) {
        if (!r->score[j].eligible) continue;
        double points = isnan(r->score[j].total) ? 0 : r->score[j].total;
        for (size_t k = 0; k < from->len; k++) {
            double cost = from->at[k].cost + q->site[j].cost;
            if (cost > q->proposal.budget) continue;
            to.at[to.len++] = (struct state){cost, from->at[k].value + people * points, (uint32_t)k, j};
        }
    }
    return to;
}

static double cost_of(const struct siting_problem *q, const struct siting_result *r) {
    double sum = 0;
    for (uint32_t c = 0; c < q->communes; c++) sum += r->choice[c].site == SITING_NO_SITE ? 0 : q->site[r->choice[c].site].cost;
    return sum;
}

void siting_keep_budget(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    r->cost = cost_of(q, r);
    r->budget_proven = true;
    if (!(r->cost > q->proposal.budget)) return;
    struct level *level = ARENA_ARRAY(a, struct level, (size_t)q->communes + 1);
    double *people = ARENA_ARRAY(a, double, (size_t)q->communes + 1);
    for (uint32_t i = 0; i < q->villages; i++) people[q->village[i].commune] += q->village[i].people;
    struct state none = {0, 0, 0, SITING_NO_SITE};
    level[0] = (struct level){&none, 1};
    for (uint32_t c = 0; c < q->communes; c++) {
        level[c + 1] = grow(a, q, r, &level[c], c, people[c]);
        r->budget_proven = prune(&level[c + 1]) && r->budget_proven;
    }
    if (!level[q->communes].len) {
        r->over_budget = true;
        return;
    }
    size_t at = level[q->communes].len - 1; /* by rising cost and value: the last is the best */
    for (uint32_t c = q->communes; c-- > 0;) {
        const struct state *s = &level[c + 1].at[at];
        r->choice[c].by_budget = r->choice[c].site != s->site;
        r->choice[c].site = s->site;
        at = s->from;
    }
    r->cost = cost_of(q, r);
}
