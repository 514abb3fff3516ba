/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to plan/: the methods that need more than branch_solve() of core.h, and what the capacitated bound is made of.
 */
#ifndef PLAN_METHODS_H
#define PLAN_METHODS_H

#include "core.h"

/* Fills value, bound and open of the core (p-center). */
void center_solve(struct core *c);

/* ---- capacitated ----------------------------------------------------------------------------------------------------- */

struct knapsack {
    const struct core *core;
    const struct view *view;
    size_t *first; /* entries of a site: [first[j], first[j + 1]) */
    uint32_t *client;
    double *cost;
    float *share;  /* per entry: how much of the client the site served in the last relaxed plans, averaged */
    /* the site looked at: its items (entries), their units, by how many these are too many, the sum of their worth */
    uint32_t *item, items, sum, over, rooms;
    double all;
    bool drops;    /* the table counts what is dropped, not what is taken */
    float *row;    /* the table, `wide` floats a row */
    size_t wide;
};

/* Sets c->demand and c->capacity in whole units. */
void knapsack_units(struct core *c);
struct knapsack *knapsack_new(struct arena *a, const struct core *c, const struct view *v);
/* Sum of the multipliers; fills rho (the analogue of the plain bound). */
double knapsack_add_up(struct knapsack *k, const double *u, double *rho);
/* slope: 1 - times served by the chosen sites; server: which of them serves cheapest, UINT32_MAX if none; averages. */
void knapsack_slope(struct knapsack *k, const double *u, const uint8_t *chosen, int16_t *slope, uint32_t *server);
/* Forbids what would raise a site's sum rho by spare or more. */
void knapsack_forbid(struct knapsack *k, const double *u, const double *rho, const double *spare, uint64_t *forbidden);

/* split.c: how the capacitated search branches. Parts the sites that may serve a client in two regions; false when nobody has a
 * choice any more. side[]: a bit per site of the core. */
bool split_sites(const struct core *c, const struct dual *d, const uint8_t *fix, uint32_t *client, uint64_t *side);
/* The site each client has when nobody has a choice, PLAN_NO_SITE = none. */
void split_only(const struct core *c, const uint8_t *fix, uint32_t *server);

/* Assigns the clients to the open sites, improves assignment and sites, and takes the plan if it is better. */
bool assign_offer(struct core *c, const uint8_t *fix, const uint8_t *open);
/* The same, starting from the relaxed assignment: server[] are sites of the core, PLAN_NO_SITE where there is none. */
bool assign_repair(struct core *c, const uint8_t *fix, const uint8_t *open, const uint32_t *server);
/* Variable neighbourhood search around the best plan, until `rounds` without improvement or `seconds`. */
void assign_vns(struct core *c, const uint8_t *fix, double seconds, int rounds);
/* Annealing from the best plan, cooling after cooling until so many in a row found nothing; nothing with groups or rows. */
void assign_anneal(struct core *c, const uint8_t *fix, int idle_rounds);

#endif
