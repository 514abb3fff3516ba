/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The capacitated bound: with the assignment relaxed, each site fills its capacity with the clients it gains most
 * from, a knapsack solved exactly on whole units. Demands that are not whole, or capacities too large for a table, are
 * rounded down to a grid of GRID units: every plan still fits, so the bound stays valid, only a little weaker.
 */
#include "methods.h"

#include <string.h>

enum { GRID = 2000 };
static const float SHARE = 0.06f; /* of the newest relaxed plan in the averaged one */

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
    c->home = ARENA_ARRAY(c->arena, uint32_t, (size_t)q->sites + 1);
    for (uint32_t i = 0; i < q->clients; i++)
        for (uint32_t j = 0; j < q->sites; j++)
            if (q->distance[(size_t)i * q->sites + j] < q->distance[(size_t)c->home[j] * q->sites + j]) c->home[j] = i;
}

struct knapsack *knapsack_new(struct arena *a, const struct core *c, const struct view *v) {
    struct knapsack *k = ARENA_NEW(a, struct knapsack);
    size_t total = v->start[v->clients], most = 1;
    k->core = c;
    k->view = v;
    k->first = ARENA_ARRAY(a, size_t, (size_t)v->sites + 3);
    k->client = ARENA_ARRAY(a, uint32_t, total + 1);
    k->cost = ARENA_ARRAY(a, double, total + 1);
    k->share = ARENA_ARRAY(a, float, total + 1);
    for (size_t e = 0; e < total; e++) k->first[v->entry[e].site + 2]++;
    for (uint32_t j = 0; j < v->sites; j++) {
        uint32_t capacity = c->capacity[v->site[j]];
        if (k->first[j + 2] > most) most = k->first[j + 2];
        if (capacity >= k->wide) k->wide = (size_t)capacity + 1;
        k->first[j + 2] += k->first[j + 1];
    }
    for (uint32_t i = 0; i < v->clients; i++)
        for (size_t e = v->start[i]; e < v->start[i + 1]; e++) {
            size_t at = k->first[v->entry[e].site + 1]++;
            k->client[at] = i;
            k->cost[at] = (double)v->entry[e].cost;
        }
    k->row = arena_alloc(a, (most + 1) * k->wide * sizeof *k->row);
    k->item = ARENA_ARRAY(a, uint32_t, most + 1);
    return k;
}

/* ---- one site -------------------------------------------------------------------------------------------------------- */

/* to[room] = the better of leaving the item out and taking it; plain enough for vector instructions. */
__attribute__((optimize("O3"))) static void take_item(const float *restrict from, float *restrict to, uint32_t need,
                                                      float worth, uint32_t rooms) {
    memcpy(to, from, need * sizeof *to);
    for (uint32_t room = need; room < rooms; room++) {
        float with = from[room - need] + worth;
        to[room] = with > from[room] ? with : from[room];
    }
}

static uint32_t lesser(uint32_t a, uint32_t b) { return a < b ? a : b; }

/* to[over] = the least worth given up when at least `over` units go; the items before had `sum` units together. */
__attribute__((optimize("O3"))) static void drop_item(const float *restrict from, float *restrict to, uint32_t need,
                                                      float worth, uint32_t sum, uint32_t rooms) {
    uint32_t known = lesser(sum + 1, rooms), whole = lesser(need, rooms), end = lesser(sum + need + 1, rooms), over = 0;
    for (uint32_t both = lesser(known, whole); over < both; over++) to[over] = worth < from[over] ? worth : from[over];
    for (; over < known; over++) {
        float with = from[over - need] + worth;
        to[over] = with < from[over] ? with : from[over];
    }
    for (; over < whole; over++) to[over] = worth;
    for (; over < end; over++) to[over] = from[over - need] + worth;
}

/* The items of a site that are worth taking, and whether what they are too much is the smaller table to fill. */
static void collect(struct knapsack *k, uint32_t site, const double *u) {
    const struct core *c = k->core;
    uint32_t capacity = c->capacity[k->view->site[site]], n = 0, sum = 0;
    double all = 0;
    for (size_t e = k->first[site]; e < k->first[site + 1]; e++) {
        uint32_t i = k->client[e];
        double worth = u[i] - k->cost[e];
        if (worth <= 0 || c->demand[i] > capacity) continue;
        sum += c->demand[i];
        all += worth;
        k->item[n++] = (uint32_t)e;
    }
    k->items = n;
    k->sum = sum;
    k->all = all;
    k->over = sum > capacity ? sum - capacity : 0;
    k->drops = k->over < capacity;
    k->rooms = (k->drops ? k->over : capacity) + 1;
}

/* The table over the collected items; keep: a row for each of them stays, else two take turns. Returns the last row. Of
 * dropped items a row ends where their sum does. */
static const float *fill(struct knapsack *k, const double *u, bool keep) {
    float *from = k->row;
    uint32_t sum = 0;
    memset(from, 0, (k->drops ? 1 : k->rooms) * sizeof *from);
    for (uint32_t m = 0; m < k->items; m++) {
        size_t e = k->item[m];
        uint32_t need = k->core->demand[k->client[e]];
        float *to = k->row + (keep ? m + 1 : (m + 1) & 1) * k->wide, worth = (float)(u[k->client[e]] - k->cost[e]);
        if (k->drops) drop_item(from, to, need, worth, sum, k->rooms);
        else take_item(from, to, need, worth, k->rooms);
        sum += need;
        from = to;
    }
    return from;
}

/* Floats are wide enough for a bound that is rounded outward by this share. */
static double rounding(const struct knapsack *k) { return 1e-7 * (double)(k->items + 2); }

/* The least sum of (cost - u) a site can collect. */
static double least_sum(struct knapsack *k, uint32_t site, const double *u) {
    collect(k, site, u);
    if (!k->over) return -k->all;
    double last = (double)fill(k, u, false)[k->rooms - 1];
    return k->drops ? last * (1 - rounding(k)) - k->all : -last * (1 + rounding(k));
}

double knapsack_add_up(struct knapsack *k, const double *u, double *rho) {
    double sum = 0;
    for (uint32_t i = 0; i < k->view->clients; i++) sum += u[i];
    for (uint32_t j = 0; j < k->view->sites; j++) rho[j] = least_sum(k, j, u);
    return sum;
}

/* ---- what a site takes ----------------------------------------------------------------------------------------------- */

/* Leaves in k->item the entries that the site takes. */
static void take(struct knapsack *k, uint32_t site, const double *u) {
    collect(k, site, u);
    if (!k->over) return;
    fill(k, u, true);
    uint32_t left = k->rooms - 1, taken = k->items, sum = k->sum;
    for (uint32_t m = k->items; m-- > 0;) {
        const float *row = k->row + m * k->wide;
        uint32_t item = k->item[m], need = k->core->demand[k->client[item]];
        sum -= need;
        bool changed = (k->drops && left > sum) || row[left + k->wide] != row[left]; /* the item was dropped, or taken */
        if (changed) left -= lesser(need, left);
        if (changed != k->drops) k->item[--taken] = item;
    }
    k->items -= taken;
    memmove(k->item, k->item + taken, k->items * sizeof *k->item);
}

void knapsack_slope(struct knapsack *k, const double *u, const uint8_t *chosen, int16_t *slope, uint32_t *server) {
    struct arena *scratch = arena_new();
    double *least = ARENA_ARRAY(scratch, double, (size_t)k->view->clients + 1);
    for (uint32_t i = 0; i < k->view->clients; i++) {
        slope[i] = 1;
        server[i] = UINT32_MAX;
    }
    for (size_t e = 0; e < k->first[k->view->sites]; e++) k->share[e] *= 1 - SHARE;
    for (uint32_t j = 0; j < k->view->sites; j++) {
        if (!chosen[j]) continue;
        take(k, j, u);
        for (uint32_t m = 0; m < k->items; m++) {
            uint32_t e = k->item[m], i = k->client[e];
            slope[i]--;
            k->share[e] += SHARE;
            if (server[i] != UINT32_MAX && k->cost[e] >= least[i]) continue;
            server[i] = j;
            least[i] = k->cost[e];
        }
    }
    arena_free(scratch);
}

void knapsack_forbid(struct knapsack *k, const double *u, const double *rho, const double *spare, uint64_t *forbidden) {
    const struct core *c = k->core;
    for (uint32_t j = 0; j < k->view->sites; j++) {
        uint32_t site = k->view->site[j], capacity = c->capacity[site];
        collect(k, j, u);
        k->drops = false;
        k->rooms = capacity + 1;
        const float *row = fill(k, u, false);
        for (size_t e = k->first[j]; e < k->first[j + 1]; e++) {
            uint32_t i = k->client[e], need = c->demand[i];
            bool fits = need <= capacity;
            double with = fits ? k->cost[e] - u[i] - (double)row[capacity - need] * (1 + rounding(k)) : INFINITY;
            if (with - rho[j] >= spare[j]) forbidden[i * c->forbidden_words + site / 64] |= 1ull << (site % 64);
        }
    }
}
