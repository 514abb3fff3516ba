/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How the capacitated search branches: the sites that may serve one client are parted in two regions, and in either half
 * of the tree the client stays with one of them (after Ceselli and Righini 2005, who halve the list; here both halves
 * are regions, for a site is easily replaced by its neighbour and hardly by one far away). Each half stays a question of
 * knapsacks. The client is the one whose parting hurts most: a large demand, regions evenly used and far from each other
 * (the root of the distance needed a third fewer nodes than the distance, on every set tried).
 */
#include "methods.h"

#include <string.h>

/* A site that serves the client in the averaged relaxed plan. */
struct use {
    uint32_t site; /* of the core */
    float share;
};

struct uses {
    struct use *at;
    size_t *start; /* per client */
};

static const float LEAST_SHARE = 0.02f;

static bool may_serve(const struct core *c, const uint8_t *fix, uint32_t client, uint32_t site) {
    return fix[site] != FIX_CLOSED && !(c->forbidden[client * c->forbidden_words + site / 64] >> (site % 64) & 1);
}

static double between(const struct core *c, uint32_t a, uint32_t b) {
    const double *distance = c->problem->distance;
    return fmin(1e9, fmax(distance[(size_t)c->home[a] * c->sites + b], distance[(size_t)c->home[b] * c->sites + a]));
}

static struct uses uses_of(struct arena *a, const struct core *c, const struct knapsack *k, const uint8_t *fix) {
    const struct view *v = k->view;
    struct uses u = {.start = ARENA_ARRAY(a, size_t, (size_t)c->clients + 3)};
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t j = 0; j < v->sites; j++)
            for (size_t e = k->first[j]; e < k->first[j + 1]; e++) {
                uint32_t i = k->client[e];
                if (k->share[e] <= LEAST_SHARE || !may_serve(c, fix, i, v->site[j])) continue;
                if (pass) u.at[u.start[i + 1]++] = (struct use){v->site[j], k->share[e]};
                else u.start[i + 2]++;
            }
        for (uint32_t i = 0; i < c->clients && !pass; i++) u.start[i + 2] += u.start[i + 1];
        if (!pass) u.at = ARENA_ARRAY(a, struct use, u.start[c->clients + 1] + 1);
    }
    return u;
}

/* How much it hurts to keep the client on one side of the line between sites a and b. */
static double hurt(const struct core *c, const struct use *use, size_t count, uint32_t a, uint32_t b) {
    double near_a = 0, near_b = 0;
    for (size_t k = 0; k < count; k++)
        *(between(c, use[k].site, a) <= between(c, use[k].site, b) ? &near_a : &near_b) += (double)use[k].share;
    return fmin(near_a, near_b) / (near_a + near_b) * sqrt(between(c, a, b));
}

/* Nobody is served from two sites: the client that is served not once or has the largest demand, among those with a choice;
 * its cheapest site against the others. */
static bool part_by_rank(const struct core *c, const struct dual *d, const uint8_t *fix, uint32_t *client, uint32_t *site) {
    double most = -1;
    for (uint32_t i = 0; i < c->clients; i++) {
        double rank = (double)c->demand[i] + (d->slope[i] ? 1e12 : 0);
        uint32_t choices = 0, first = PLAN_NO_SITE;
        for (size_t k = c->start[i]; k < c->start[i + 1] && choices < 2; k++)
            if (may_serve(c, fix, i, c->entry[k].site)) {
                if (!choices++) first = c->entry[k].site;
            }
        if (choices < 2 || rank <= most) continue;
        most = rank;
        *client = i;
        *site = first;
    }
    return most >= 0;
}

bool split_sites(const struct core *c, const struct dual *d, const uint8_t *fix, uint32_t *client, uint64_t *side) {
    struct arena *scratch = arena_new();
    struct uses u = uses_of(scratch, c, d->knapsack, fix);
    uint32_t a = PLAN_NO_SITE, b = PLAN_NO_SITE;
    double most = 0;
    for (uint32_t i = 0; i < c->clients; i++) {
        const struct use *use = u.at + u.start[i];
        size_t count = u.start[i + 1] - u.start[i];
        double need = fmax(1, c->demand[i]) * (c->problem->weight ? c->problem->weight[i] : 1);
        for (size_t x = 0; x + 1 < count; x++)
            for (size_t y = x + 1; y < count; y++) {
                double here = need * hurt(c, use, count, use[x].site, use[y].site);
                if (here <= most) continue;
                most = here;
                *client = i, a = use[x].site, b = use[y].site;
            }
    }
    arena_free(scratch);
    if (a == PLAN_NO_SITE && !part_by_rank(c, d, fix, client, &a)) return false;
    memset(side, 0, c->forbidden_words * sizeof *side);
    for (uint32_t j = 0; j < c->sites; j++)
        if (b == PLAN_NO_SITE ? j == a : between(c, j, a) <= between(c, j, b)) side[j / 64] |= 1ull << (j % 64);
    return true;
}

void split_only(const struct core *c, const uint8_t *fix, uint32_t *server) {
    for (uint32_t i = 0; i < c->clients; i++) {
        server[i] = PLAN_NO_SITE;
        for (size_t k = c->start[i]; k < c->start[i + 1]; k++)
            if (may_serve(c, fix, i, c->entry[k].site)) server[i] = c->entry[k].site;
    }
}
