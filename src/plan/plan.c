/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of plan/: checks the question, hands it to the method, and writes the answer.
 */
#include "plan.h"

#include "methods.h"

#include <string.h>

static str name_of(struct arena *a, const str *names, uint32_t k) {
    return names ? names[k] : str_format(a, "%u", k + 1);
}

double plan_value(const struct plan_problem *q, const uint32_t *open, size_t open_count) {
    double sum = 0, most = 0;
    for (uint32_t i = 0; i < q->clients; i++) {
        double least = INFINITY, weight = q->weight ? q->weight[i] : 1;
        for (size_t k = 0; k < open_count; k++) least = fmin(least, q->distance[(size_t)i * q->sites + open[k]]);
        if (q->method == PLAN_COVER) sum += least <= q->radius ? weight : 0;
        else if (q->method == PLAN_PCENTER) most = weight > 0 ? fmax(most, least) : most;
        else sum += weight > 0 ? weight * least : 0;
    }
    return q->method == PLAN_PCENTER ? most : sum;
}

err plan_solve(struct arena *a, const struct plan_problem *q, const struct plan_options *options,
               struct plan_answer *out) {
    (void)name_of;
    struct core *c = core_new(a, q, options);
    if (q->method == PLAN_PCENTER) center_solve(c);
    else branch_solve(c);
    *out = (struct plan_answer){.found = isfinite(c->value), .value = c->value, .bound = c->bound, .nodes = c->nodes};
    out->stopped = c->stopped;
    out->gap = c->value > c->bound ? (c->value - c->bound) / fabs(c->value) : 0;
    out->proven = c->bound >= c->value;
    out->open = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    for (uint32_t j = 0; j < q->sites; j++)
        if (c->open[j]) out->open[out->open_count++] = j;
    return OK_ERR;
}
