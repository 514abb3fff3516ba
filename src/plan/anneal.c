/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans for the capacitated p-median where capacities are tight: simulated annealing over the partition of the clients.
 * A part costs what it costs at its best site, found anew at every move from running sums, so sites move along with
 * their clients; what a part has too much is fined, and the fine is kept where about a third of the states are allowed.
 */
#include "methods.h"

#include <stdlib.h>
#include <string.h>

enum { NEAR = 24 };

struct part {
    double *sum;     /* per site: what its clients would cost there */
    double load, cost;
    uint32_t site;
    bool pinned;     /* its site stays */
};

struct anneal {
    struct core *core;
    uint32_t clients, sites, parts;
    double *cost;      /* [client * sites + site], no way = BIG */
    const double *demand, *capacity;
    double *block;     /* per site: 0, or BIG when closed or another part's */
    double *trial;     /* scratch, per site */
    struct part *part;
    uint32_t *part_of; /* per client */
    uint32_t *near;    /* per client: NEAR other clients, nearest first */
    uint32_t near_count;
    double fine, big;
};

static double chance(struct core *c) { return (double)(core_random(c) >> 11) / 9007199254740992.0; }

/* ---- one part -------------------------------------------------------------------------------------------------------- */

/* to[j] = sum[j] - out[j] + in[j] + block[j] + fine for what is over; plain enough for vector instructions. */
__attribute__((optimize("O3"))) static void add_up(double *restrict to, const double *restrict sum, const double *restrict out, const double *restrict in,
                                                   const struct anneal *s, double load) {
    const double *restrict block = s->block, *restrict capacity = s->capacity;
    double fine = s->fine;
    for (uint32_t j = 0; j < s->sites; j++) {
        double over = load - capacity[j];
        to[j] = sum[j] - out[j] + in[j] + block[j] + (over > 0 ? fine * over : 0);
    }
}

/* What part k would cost without client `out` and with `in` (UINT32_MAX = nobody), at its best site. */
static double cost_with(struct anneal *s, uint32_t k, uint32_t out, uint32_t in, uint32_t *site) {
    static const double nothing[1] = {0};
    struct part *p = &s->part[k];
    double load = p->load - (out == UINT32_MAX ? 0 : s->demand[out]) + (in == UINT32_MAX ? 0 : s->demand[in]);
    const double *minus = out == UINT32_MAX ? NULL : s->cost + (size_t)out * s->sites, *plus = in == UINT32_MAX ? NULL : s->cost + (size_t)in * s->sites;
    if (p->pinned) {
        double over = load - s->capacity[p->site];
        *site = p->site;
        return p->sum[p->site] - (minus ? minus : nothing)[minus ? p->site : 0] + (plus ? plus : nothing)[plus ? p->site : 0] + (over > 0 ? s->fine * over : 0);
    }
    double kept = s->block[p->site], *zero = s->trial + s->sites; /* a row of zeros stands behind the scratch */
    s->block[p->site] = 0;
    add_up(s->trial, p->sum, minus ? minus : zero, plus ? plus : zero, s, load);
    s->block[p->site] = kept;
    uint32_t best = 0;
    for (uint32_t j = 1; j < s->sites; j++)
        if (s->trial[j] < s->trial[best]) best = j;
    *site = best;
    return s->trial[best];
}

static void change(struct anneal *s, uint32_t k, uint32_t client, double sign) {
    struct part *p = &s->part[k];
    const double *row = s->cost + (size_t)client * s->sites;
    for (uint32_t j = 0; j < s->sites; j++) p->sum[j] += sign * row[j];
    p->load += sign * s->demand[client];
    if (sign > 0) s->part_of[client] = k;
}

static void settle(struct anneal *s, uint32_t k, uint32_t site, double cost) {
    struct part *p = &s->part[k];
    if (!p->pinned) {
        s->block[p->site] = 0;
        s->block[site] = s->big;
    }
    p->site = site;
    p->cost = cost;
}

/* ---- moves ----------------------------------------------------------------------------------------------------------- */

/* Client i goes to the part of a near one, or they change places; kept by the rule of annealing. */
static bool try_move(struct anneal *s, double heat) {
    struct core *c = s->core;
    uint32_t i = (uint32_t)(core_random(c) % s->clients), other = s->near[(size_t)i * NEAR + core_random(c) % s->near_count];
    uint32_t a = s->part_of[i], b = s->part_of[other], back = chance(c) < 0.6 ? other : UINT32_MAX, site_a, site_b;
    if (a == b) return false;
    double before = s->part[a].cost + s->part[b].cost;
    double cost_a = cost_with(s, a, i, back, &site_a), cost_b = cost_with(s, b, back, i, &site_b);
    if (site_a == site_b || cost_a + cost_b - before > -heat * log(chance(c) + 1e-300)) return false;
    change(s, a, i, -1), change(s, b, i, 1);
    if (back != UINT32_MAX) change(s, b, back, -1), change(s, a, back, 1);
    settle(s, a, site_a, cost_a), settle(s, b, site_b, cost_b);
    return true;
}

/* Sums anew (they drift), and the fines as they now are. Returns the value, INFINITY when a part has too much. */
static double refresh(struct anneal *s) {
    double value = 0;
    for (uint32_t k = 0; k < s->parts; k++) {
        memset(s->part[k].sum, 0, s->sites * sizeof *s->part[k].sum);
        s->part[k].load = 0;
    }
    for (uint32_t i = 0; i < s->clients; i++) change(s, s->part_of[i], i, 1);
    for (uint32_t k = 0; k < s->parts; k++) {
        uint32_t site;
        double cost = cost_with(s, k, UINT32_MAX, UINT32_MAX, &site);
        settle(s, k, site, cost);
        value += s->part[k].sum[site];
        if (s->part[k].load > s->capacity[site]) value = INFINITY;
    }
    return value;
}

static double value_now(const struct anneal *s) {
    double value = 0;
    for (uint32_t k = 0; k < s->parts; k++) {
        if (s->part[k].load > s->capacity[s->part[k].site]) return INFINITY;
        value += s->part[k].cost;
    }
    return value;
}

static bool offer(struct anneal *s, uint8_t *open, uint32_t *server, const uint8_t *fix) {
    memset(open, 0, s->sites);
    for (uint32_t k = 0; k < s->parts; k++) open[s->part[k].site] = 1;
    for (uint32_t i = 0; i < s->clients; i++) server[i] = s->part[s->part_of[i]].site;
    return assign_repair(s->core, fix, open, server);
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

struct by_cost {
    double cost;
    uint32_t client;
};
static int compare_costs(const void *a, const void *b) {
    double x = ((const struct by_cost *)a)->cost, y = ((const struct by_cost *)b)->cost;
    return x < y ? -1 : x > y;
}

/* Two clients are near when some site is near to both. */
static void list_near(struct arena *a, struct anneal *s) {
    struct by_cost *list = ARENA_ARRAY(a, struct by_cost, s->clients);
    s->near_count = s->clients - 1 < NEAR ? s->clients - 1 : NEAR;
    s->near = ARENA_ARRAY(a, uint32_t, (size_t)s->clients * NEAR);
    for (uint32_t i = 0; i < s->clients; i++) {
        const double *own = s->cost + (size_t)i * s->sites;
        uint32_t n = 0;
        for (uint32_t k = 0; k < s->clients; k++) {
            const double *other = s->cost + (size_t)k * s->sites;
            double least = INFINITY;
            for (uint32_t j = 0; j < s->sites; j++) least = fmin(least, own[j] + other[j]);
            if (k != i) list[n++] = (struct by_cost){least, k};
        }
        qsort(list, n, sizeof *list, compare_costs);
        for (uint32_t k = 0; k < s->near_count; k++) s->near[(size_t)i * NEAR + k] = list[k].client;
    }
}

static void fill_costs(struct arena *a, struct anneal *s) {
    const struct core *c = s->core;
    double most = 0;
    s->cost = ARENA_ARRAY(a, double, (size_t)s->clients * s->sites);
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < s->clients; i++)
            for (uint32_t j = 0; j < s->sites; j++) {
                size_t at = (size_t)i * s->sites + j;
                double d = c->problem->distance[at], cost = (c->problem->weight ? c->problem->weight[i] : 1) * d;
                if (isfinite(d) && cost > most) most = cost;
                if (pass) s->cost[at] = isfinite(d) ? cost : s->big;
                else s->big = 1000 * most * s->clients;
            }
}

static struct anneal anneal_new(struct arena *a, struct core *c, const uint8_t *fix) {
    struct anneal s = {.core = c, .clients = c->clients, .sites = c->sites, .demand = c->problem->demand, .capacity = c->problem->capacity};
    uint32_t *part_at = ARENA_ARRAY(a, uint32_t, c->sites);
    fill_costs(a, &s);
    s.block = ARENA_ARRAY(a, double, c->sites);
    s.trial = ARENA_ARRAY(a, double, 2 * (size_t)c->sites);
    s.part = ARENA_ARRAY(a, struct part, c->sites);
    s.part_of = ARENA_ARRAY(a, uint32_t, c->clients);
    for (uint32_t j = 0; j < c->sites; j++) {
        if (c->open[j] || fix[j] == FIX_CLOSED) s.block[j] = s.big;
        if (!c->open[j]) continue;
        part_at[j] = s.parts;
        s.part[s.parts++] = (struct part){.sum = ARENA_ARRAY(a, double, c->sites), .site = j, .pinned = fix[j] == FIX_OPEN};
    }
    for (uint32_t i = 0; i < c->clients; i++) s.part_of[i] = part_at[c->site_of[i]];
    list_near(a, &s);
    return s;
}

/* One cooling; true when the best plan became better. */
static bool cool(struct anneal *s, const uint8_t *fix, uint64_t moves, uint8_t *open, uint32_t *server) {
    struct core *c = s->core;
    double leg = c->value / c->clients, hot = 0.5 * leg, cold = 0.01 * leg, heat = hot, least = c->value;
    uint64_t allowed = 0;
    bool better = false;
    for (uint64_t m = 0; m < moves; m++) {
        if ((m & 255) == 0) {
            heat = hot * pow(cold / hot, (double)m / (double)moves);
            if ((m & 4095) == 0 && core_must_stop(c)) break;
            if ((m & 65535) == 0) refresh(s);
        }
        if (try_move(s, heat)) {
            double value = value_now(s);
            allowed += isfinite(value) ? 1 : 0;
            if (value < least - 1e-9 * fabs(least)) {
                if (offer(s, open, server, fix)) better = true;
                least = fmin(value, c->value);
            }
        } else allowed += isfinite(value_now(s)) ? 1 : 0;
        if ((m & 1023) == 1023) {
            s->fine *= allowed < 340 ? 1.1 : 1 / 1.1;
            allowed = 0;
            for (uint32_t k = 0; k < s->parts; k++) s->part[k].cost = cost_with(s, k, UINT32_MAX, UINT32_MAX, &(uint32_t){0});
        }
    }
    return better;
}

void assign_anneal(struct core *c, const uint8_t *fix, int idle_rounds) {
    if (!isfinite(c->value) || c->group_count || c->row_count || c->clients < 3) return;
    struct arena *scratch = arena_new();
    uint8_t *open = ARENA_ARRAY(scratch, uint8_t, c->sites);
    uint32_t *server = ARENA_ARRAY(scratch, uint32_t, c->clients);
    double demand = 0;
    for (uint32_t i = 0; i < c->clients; i++) demand += c->problem->demand[i];
    for (int idle = 0; idle < idle_rounds && !core_must_stop(c);) {
        struct arena *round = arena_new();
        struct anneal s = anneal_new(round, c, fix);
        if (s.parts < 2) idle = idle_rounds;
        else {
            s.fine = c->value / fmax(demand, 1e-9);
            refresh(&s);
            idle = cool(&s, fix, (uint64_t)3000 * c->clients, open, server) ? 0 : idle + 1;
        }
        arena_free(round);
    }
    arena_free(scratch);
}
