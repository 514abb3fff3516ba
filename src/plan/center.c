/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * p-center: the least radius within which p sites reach everybody. Only distances that occur can be the answer, so it
 * is found by halving: each question "can p sites cover all within r?" is a covering problem whose bound above zero
 * is a proof of no, and a plan with nobody left out a proof of yes. Clients that are covered whenever another one is
 * are left out of the question, and so are sites that cover less than another one (when nothing but p distinguishes
 * them).
 */
#include "methods.h"

#include <stdlib.h>
#include <string.h>

static int compare_double(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Distinct finite distances between the bounds, ascending. */
static size_t radii_of(struct arena *a, const struct plan_problem *q, double least, double most, double **out) {
    size_t n = (size_t)q->clients * q->sites, count = 0;
    double *r = ARENA_ARRAY(a, double, n + 1);
    for (size_t k = 0; k < n; k++)
        if (q->distance[k] >= least && q->distance[k] <= most) r[count++] = q->distance[k];
    qsort(r, count, sizeof *r, compare_double);
    size_t distinct = 0;
    for (size_t k = 0; k < count; k++)
        if (!distinct || r[k] > r[distinct - 1]) r[distinct++] = r[k];
    *out = r;
    return distinct;
}

/* ---- dominance ------------------------------------------------------------------------------------------------------- */

struct bits {
    uint64_t *at;
    size_t words;
};

static uint64_t *row(const struct bits *b, uint32_t k) { return b->at + (size_t)k * b->words; }

static bool within(const uint64_t *small, const uint64_t *large, size_t words) {
    for (size_t w = 0; w < words; w++)
        if (small[w] & ~large[w]) return false;
    return true;
}

/* Marks in drop[] every row whose set contains (rows) or is contained in (columns) that of another kept one. */
static bool drop_dominated(const struct bits *b, uint32_t n, bool contained, uint8_t *drop) {
    bool changed = false;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n && !drop[i]; k++) {
            if (k == i || drop[k]) continue;
            const uint64_t *x = row(b, i), *y = row(b, k);
            if (contained ? !within(x, y, b->words) : !within(y, x, b->words)) continue;
            drop[i] = 1; /* of equal ones the later test finds the first already gone */
            changed = true;
        }
    return changed;
}

static void fill_bits(const struct plan_problem *q, const uint8_t *no_client, const uint8_t *no_site, struct bits *rows,
                      struct bits *columns) {
    memset(rows->at, 0, q->clients * rows->words * sizeof *rows->at);
    memset(columns->at, 0, q->sites * columns->words * sizeof *columns->at);
    for (uint32_t i = 0; i < q->clients; i++)
        for (uint32_t j = 0; j < q->sites && !no_client[i]; j++)
            if (!no_site[j] && q->distance[(size_t)i * q->sites + j] <= q->radius) {
                row(rows, i)[j / 64] |= 1ull << (j % 64);
                row(columns, j)[i / 64] |= 1ull << (i % 64);
            }
}

static void reduce(struct arena *a, const struct plan_problem *q, uint8_t *no_client, uint8_t *no_site) {
    struct bits rows = {.words = (q->sites + 63) / 64}, columns = {.words = (q->clients + 63) / 64};
    rows.at = ARENA_ARRAY(a, uint64_t, (size_t)q->clients * rows.words + 1);
    columns.at = ARENA_ARRAY(a, uint64_t, (size_t)q->sites * columns.words + 1);
    bool plain = !q->groups && !q->cost && !q->pair_count && !q->rule_count && !q->state, again = true;
    while (again) {
        fill_bits(q, no_client, no_site, &rows, &columns);
        again = drop_dominated(&rows, q->clients, false, no_client);
        if (!plain) break;
        fill_bits(q, no_client, no_site, &rows, &columns);
        again = drop_dominated(&columns, q->sites, true, no_site) || again;
    }
}

/* ---- one radius ------------------------------------------------------------------------------------------------------ */

enum reply { REPLY_NO, REPLY_YES, REPLY_UNKNOWN };

/* Whether the sites can cover everybody within q->radius; the plan goes to best->open. */
static enum reply can_cover(struct core *best, const struct plan_problem *asked) {
    struct arena *a = arena_new();
    struct plan_problem q = *asked;
    uint8_t *no_client = ARENA_ARRAY(a, uint8_t, (size_t)q.clients + 1), *no_site = ARENA_ARRAY(a, uint8_t, (size_t)q.sites + 1);
    double *weight = ARENA_ARRAY(a, double, (size_t)q.clients + 1);
    enum plan_site_state *state = ARENA_ARRAY(a, enum plan_site_state, (size_t)q.sites + 1);
    for (uint32_t i = 0; i < q.clients; i++) no_client[i] = q.weight && q.weight[i] <= 0;
    for (uint32_t j = 0; j < q.sites; j++) no_site[j] = q.state && q.state[j] == PLAN_CLOSED;
    reduce(a, &q, no_client, no_site);
    for (uint32_t i = 0; i < q.clients; i++) weight[i] = no_client[i] ? 0 : 1;
    for (uint32_t j = 0; j < q.sites; j++) state[j] = no_site[j] ? PLAN_CLOSED : q.state ? q.state[j] : PLAN_FREE;
    q.weight = weight;
    q.state = state;
    struct core *c = core_new(a, &q, best->options);
    c->started = best->started;
    c->next_report = INFINITY; /* the caller reports radii */
    c->stop_below = 0;
    c->stop_above = 1e-6;
    c->random = core_random(best);
    branch_solve(c);
    best->nodes += c->nodes;
    enum reply reply = c->value <= 0 ? REPLY_YES : c->bound >= 1e-6 ? REPLY_NO : REPLY_UNKNOWN;
    if (reply == REPLY_YES) memcpy(best->open, c->open, c->sites);
    if (c->stopped) best->stopped = true;
    arena_free(a);
    return reply;
}

static double reach(const struct plan_problem *q, const uint8_t *open) {
    double most = 0;
    for (uint32_t i = 0; i < q->clients; i++) {
        double least = INFINITY;
        for (uint32_t j = 0; j < q->sites; j++)
            if (open[j]) least = fmin(least, q->distance[(size_t)i * q->sites + j]);
        if (!(q->weight && q->weight[i] <= 0)) most = fmax(most, least);
    }
    return most;
}

/* Nobody can be nearer than his nearest site. */
static double nearest_of_farthest(const struct plan_problem *q) {
    double most = 0;
    for (uint32_t i = 0; i < q->clients; i++) {
        double least = INFINITY;
        for (uint32_t j = 0; j < q->sites; j++)
            if (!(q->state && q->state[j] == PLAN_CLOSED)) least = fmin(least, q->distance[(size_t)i * q->sites + j]);
        if (!(q->weight && q->weight[i] <= 0)) most = fmax(most, least);
    }
    return most;
}

/* A first plan: what a greedy p-median would open. */
static void first_plan(struct core *best) {
    struct arena *a = arena_new();
    struct plan_problem q = *best->problem;
    q.method = PLAN_PMEDIAN;
    struct core *c = core_new(a, &q, best->options);
    c->started = best->started;
    c->next_report = INFINITY;
    uint8_t *fix = ARENA_ARRAY(a, uint8_t, (size_t)q.sites + 1), *open = ARENA_ARRAY(a, uint8_t, (size_t)q.sites + 1);
    for (uint32_t j = 0; j < q.sites && q.state; j++)
        fix[j] = q.state[j] == PLAN_OPEN ? FIX_OPEN : q.state[j] == PLAN_CLOSED ? FIX_CLOSED : FIX_FREE;
    if (core_propagate(c, fix) && search_greedy(c, fix, open) && core_offer(c, open)) {
        best->value = reach(&q, open);
        memcpy(best->open, open, q.sites);
    }
    arena_free(a);
}

void center_solve(struct core *c) {
    struct arena *a = arena_new();
    struct plan_problem q = *c->problem;
    double *radius;
    first_plan(c);
    size_t count = radii_of(a, &q, nearest_of_farthest(&q), c->value, &radius);
    size_t low = 0, high = count; /* everything below low is proven too small; high is covered or beyond all */
    bool unknown = false;
    if (isfinite(c->value) && high) high--; /* the last radius is the first plan's */
    c->bound = count ? radius[0] : 0;
    while (low < high && !core_must_stop(c)) {
        size_t middle = low + (high - low) / (isfinite(c->value) ? 2 : 8);
        q.radius = radius[middle];
        enum reply reply = can_cover(c, &q);
        if (reply == REPLY_UNKNOWN) {
            unknown = true;
            break;
        }
        if (reply == REPLY_NO) low = middle + 1;
        else {
            c->value = reach(&q, c->open);
            for (high = middle; high > low && radius[high - 1] >= c->value;) high--;
        }
        c->bound = low < count ? radius[low] : INFINITY;
    }
    if (!unknown && low >= high) c->bound = c->value;
    if (c->bound > c->value) c->bound = c->value;
    arena_free(a);
}
