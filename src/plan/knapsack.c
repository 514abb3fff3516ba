/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The capacitated bound: with the assignment relaxed, each site fills its capacity with the clients it gains most
 * from, a knapsack solved exactly on whole units. Demands that are not whole, or capacities too large for a table, are
 * rounded down to a grid of GRID units: every plan still fits, so the bound stays valid, only a little weaker.
 */
#include "methods.h"

#include <string.h>

enum { GRID = 2000 };

void knapsack_units(struct core *c) {
    const struct plan_problem *q = c->problem;
    double largest = 0;
    bool whole = true;
    for (uint32_t j = 0; j < q->sites; j++) largest = fmax(largest, q->capacity[j]);
    for (uint32_t i = 0; i < q->clients; i++) whole = whole && q->demand[i] == floor(q->demand[i]);
    double unit = whole && largest <= GRID ? 1 : largest / GRID;
    if (unit <= 0) unit = 1;
    c->demand = ARENA_ARRAY(c->arena, uint32_t, (size_t)q->clients + 1);
    c->capacity = ARENA_ARRAY(c->arena, uint32_t, (size_t)q->sites + 1);
    /* sum(floor(d)) <= floor(sum(d)) <= floor(Q): the small slack guards the division */
    for (uint32_t i = 0; i < q->clients; i++) {
        double units = floor(q->demand[i] / unit);
        c->demand[i] = units > GRID + 1 ? GRID + 1 : (uint32_t)units;
    }
    for (uint32_t j = 0; j < q->sites; j++) c->capacity[j] = (uint32_t)floor(q->capacity[j] / unit + 1e-9);
}

struct knapsack *knapsack_new(struct arena *a, const struct core *c, const struct view *v) {
    struct knapsack *k = ARENA_NEW(a, struct knapsack);
    k->core = c;
    k->view = v;
    k->first = ARENA_ARRAY(a, size_t, (size_t)v->sites + 3);
    size_t total = v->start[v->clients];
    k->client = ARENA_ARRAY(a, uint32_t, total + 1);
    k->cost = ARENA_ARRAY(a, double, total + 1);
    for (size_t e = 0; e < total; e++) k->first[v->entry[e].site + 2]++;
    for (uint32_t j = 0; j < v->sites; j++) k->first[j + 2] += k->first[j + 1];
    for (uint32_t i = 0; i < v->clients; i++)
        for (size_t e = v->start[i]; e < v->start[i + 1]; e++) {
            size_t at = k->first[v->entry[e].site + 1]++;
            k->client[at] = i;
            k->cost[at] = (double)v->entry[e].cost;
        }
    k->best = ARENA_ARRAY(a, float, 2 * (GRID + 3));
    k->taken = ARENA_ARRAY(a, uint64_t, ((size_t)v->clients + 1) * (GRID / 64 + 1));
    k->item = ARENA_ARRAY(a, uint32_t, (size_t)v->clients + 1);
    return k;
}

/* to[room] = the better of leaving the item out and taking it; plain enough for vector instructions. */
__attribute__((optimize("O3"))) static void take_or_leave(const float *restrict from, float *restrict to, uint32_t need,
                                                          float worth, uint32_t rooms) {
    memcpy(to, from, need * sizeof *to);
    for (uint32_t room = need; room < rooms; room++) {
        float with = from[room - need] + worth;
        to[room] = with > from[room] ? with : from[room];
    }
}

/* The items of a site that are worth taking, in k->item; true when all of them fit. */
static bool collect(struct knapsack *k, uint32_t site, const double *u, uint32_t *items, double *all) {
    const struct core *c = k->core;
    uint32_t capacity = c->capacity[k->view->site[site]], n = 0, sum = 0;
    *all = 0;
    for (size_t e = k->first[site]; e < k->first[site + 1]; e++) {
        uint32_t i = k->client[e];
        double worth = u[i] - k->cost[e];
        if (worth <= 0 || c->demand[i] > capacity) continue;
        sum += c->demand[i];
        *all += worth;
        k->item[n++] = (uint32_t)e;
    }
    *items = n;
    return sum <= capacity;
}

/* The least sum of (cost - u) a site can collect. Floats are wide enough for a bound that is rounded outward. */
static double fill(struct knapsack *k, uint32_t site, const double *u) {
    uint32_t n, rooms = k->core->capacity[k->view->site[site]] + 1;
    double all;
    if (collect(k, site, u, &n, &all)) return -all;
    float *from = k->best, *to = k->best + GRID + 3;
    memset(from, 0, rooms * sizeof *from);
    for (uint32_t m = 0; m < n; m++) {
        uint32_t i = k->client[k->item[m]];
        take_or_leave(from, to, k->core->demand[i], (float)(u[i] - k->cost[k->item[m]]), rooms);
        float *swap = from;
        from = to;
        to = swap;
    }
    return -(double)from[rooms - 1] * (1 + 1e-7 * (double)(n + 2));
}

/* The same with the items taken: k->taken is the table of decisions. */
static void fill_and_remember(struct knapsack *k, uint32_t site, const double *u, uint32_t *n) {
    uint32_t rooms = k->core->capacity[k->view->site[site]] + 1;
    double all;
    k->all_fit = collect(k, site, u, n, &all);
    if (k->all_fit) return;
    size_t words = GRID / 64 + 1;
    float *best = k->best;
    memset(best, 0, rooms * sizeof *best);
    memset(k->taken, 0, *n * words * sizeof *k->taken);
    for (uint32_t m = 0; m < *n; m++) {
        uint32_t i = k->client[k->item[m]], need = k->core->demand[i];
        float worth = (float)(u[i] - k->cost[k->item[m]]);
        for (uint32_t room = rooms; room-- > need;) {
            float with = best[room - need] + worth;
            if (with <= best[room]) continue;
            best[room] = with;
            k->taken[m * words + room / 64] |= 1ull << (room % 64);
        }
    }
}

double knapsack_add_up(struct knapsack *k, const double *u, double *rho) {
    double sum = 0;
    for (uint32_t i = 0; i < k->view->clients; i++) sum += u[i];
    for (uint32_t j = 0; j < k->view->sites; j++) rho[j] = fill(k, j, u);
    return sum;
}

void knapsack_slope(struct knapsack *k, const double *u, const uint8_t *chosen, int16_t *slope, uint32_t *server) {
    size_t words = GRID / 64 + 1;
    struct arena *scratch = arena_new();
    double *least = ARENA_ARRAY(scratch, double, (size_t)k->view->clients + 1);
    for (uint32_t i = 0; i < k->view->clients; i++) {
        slope[i] = 1;
        server[i] = UINT32_MAX;
    }
    for (uint32_t j = 0; j < k->view->sites; j++) {
        if (!chosen[j]) continue;
        uint32_t n, room = k->core->capacity[k->view->site[j]];
        fill_and_remember(k, j, u, &n);
        for (uint32_t m = n; m-- > 0;) {
            uint32_t i = k->client[k->item[m]];
            if (!k->all_fit && !(k->taken[m * words + room / 64] >> (room % 64) & 1)) continue;
            slope[i]--;
            if (server[i] == UINT32_MAX || k->cost[k->item[m]] < least[i]) {
                server[i] = j;
                least[i] = k->cost[k->item[m]];
            }
            if (!k->all_fit) room -= k->core->demand[i];
        }
    }
    arena_free(scratch);
}
