/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to plan/: the one model behind every method. Clients have sorted lists of (cost, site); a client whose
 * `outside` is finite may stay without a site at that cost (covering). The methods translate into it:
 *   p-median      cost = weight x distance
 *   covering      cost = 0 within the radius, outside = weight: the value is the weight left uncovered
 *   p-center      a series of coverings, radius by radius
 *   capacitated   p-median with demand and capacity
 *
 *   core -> view (sites fixed, lists cut) -> dual (bound) -> fixing -> view ...    branch.c drives this
 *                                      \-> search.c (plans)
 */
#ifndef PLAN_CORE_H
#define PLAN_CORE_H

#include "plan.h"

#include <math.h>

struct entry {
    float cost; /* rounded down when a float cannot hold it: bounds stay valid */
    uint32_t site;
};

/* A condition sum(coefficient x open) <= limit over some sites: the budget, a pair. */
struct row {
    uint32_t count;
    const uint32_t *site;
    const double *coefficient;
    double limit;
};

struct core {
    struct arena *arena;
    uint32_t clients, sites, p;
    size_t *start; /* client i: entry[start[i] .. start[i+1]), by rising cost */
    struct entry *entry;
    float *outside;               /* per client, INFINITY = must be served */
    const struct plan_problem *problem;
    uint32_t *group;              /* per site, always set; group_count = "no group" */
    struct plan_group *groups;    /* group_count + 1 of them, the last one without limits */
    uint32_t group_count;
    struct row *rows;
    uint32_t row_count;
    bool capacitated;
    bool rounded;                 /* some cost did not fit a float */
    double grain;                 /* every plan's value is a multiple of it; 0 = not known */

    /* a joined question: the sites of the first question behind each state; atoms = 0 when this is the first */
    uint32_t atoms, *atom_start, *atom;

    /* the search, shared by all parts */
    const struct plan_options *options;
    double started;
    double value;                 /* of the best plan, INFINITY = none */
    uint8_t *open;                /* the best plan, per site */
    uint32_t *site_of;            /* capacitated: who serves whom in it */
    uint32_t *demand, *capacity;  /* capacitated: in whole units, for the bound only */
    uint32_t *home;               /* capacitated: the client nearest to each site */
    uint64_t *forbidden;          /* capacitated: bits, client x site: may not serve (branching); or NULL */
    size_t forbidden_words;       /* per client */
    double bound;                 /* proven for the whole problem */
    double stop_below;            /* a plan of this value or less is all that is asked (p-center) */
    double stop_above;            /* a bound above this is all that is asked (p-center) */
    double total;                 /* covering: all weight; shown values are total - value */
    size_t nodes;
    bool stopped;
    double next_report;
    uint64_t random;
};

/* State of a site inside the search. */
enum fix { FIX_FREE, FIX_OPEN, FIX_CLOSED };

/* What is left of the core when some sites are fixed: only free sites, renumbered; open ones have become `outside`. */
struct view {
    uint32_t clients, sites, p;
    uint32_t *site;               /* local -> core */
    size_t *start;
    struct entry *entry;
    float *outside;
    uint32_t *group;              /* local site -> local group */
    struct plan_group *groups;    /* what is still to be opened, at least and at most */
    uint32_t group_count;
    struct row *rows;
    uint32_t row_count;
    uint32_t forced;              /* sites [0, forced) are open already but were kept */
    uint8_t *always;              /* per client: every allowed plan has an open site in its list (or `outside`) */
    bool possible;                /* false: no plan keeps these fixings */
    bool grouped;
};

/* The bound of a view and what it tells about its sites. */
struct dual {
    struct arena *arena;
    const struct view *view;
    double *u;                    /* per client: best multipliers */
    double *mu;                   /* per row, >= 0 */
    double bound;                 /* best */
    double *rho;                  /* per local site at the best multipliers: contribution to the bound */
    double *delta;                /* per local site: what the bound rises by when the site is turned over */
    uint8_t *chosen;              /* per local site at the best multipliers */
    int16_t *slope;               /* capacitated: per client 1 - times served by the chosen sites */
    uint32_t *server;             /* capacitated: local site that serves it cheapest, UINT32_MAX if none */
    double *primal;               /* per local site: averaged choice, in [0, 1] */
    struct knapsack *knapsack;    /* capacitated, else NULL */
};

struct core *core_new(struct arena *a, const struct plan_problem *problem, const struct plan_options *options);

/* Closes and opens what follows from fix[]; false when no plan is left. */
bool core_propagate(const struct core *c, uint8_t *fix);
/* keep: open sites stay in the view (numbered first) instead of becoming `outside`. */
struct view *view_new(struct arena *a, const struct core *c, const uint8_t *fix, bool keep);

/* Drops the entries that no plan worth having can use once fix[] holds for good. */
void core_shrink(struct core *c, const uint8_t *fix);

/* Value of an open set (bytes per core site), INFINITY when some client has no site. */
double core_value(const struct core *c, const uint8_t *open);
/* Takes the set as the best plan if it is better and keeps all conditions. True if taken. */
bool core_offer(struct core *c, const uint8_t *open);
/* p, groups, rows and states. */
bool core_allows(const struct core *c, const uint8_t *open);
/* No plan worth having has a value of this or more. */
double core_cutoff(const struct core *c);
/* Calls the clock and progress(); true when the search must end. */
bool core_must_stop(struct core *c);
double core_seconds(const struct core *c);
uint64_t core_random(struct core *c);

struct dual *dual_new(struct arena *a, const struct core *c, const struct view *v, const double *u, const double *mu);
struct ascent {
    int iterations;       /* at most */
    int patience;         /* steps without progress before the step size is halved */
    double step;          /* first step size, in (0, 2] */
    double least_step;    /* give up below */
    double target;        /* the value aimed at; normally the best plan's */
    double enough;        /* stop as soon as the bound is above */
    int offer_every;      /* capacitated: make a plan of every so many relaxed assignments */
    const uint8_t *fix;   /* the same: sites that must stay as they are */
};
/* Improves d->u by deflected subgradient steps; offers the plans met on the way to the core. */
void dual_ascend(struct core *c, struct dual *d, const struct ascent *how);
/* Capacitated: makes a plan of the relaxed assignment of the chosen sites and offers it. */
void offer_relaxed(struct core *c, const struct view *v, const uint8_t *chosen, const uint32_t *server,
                   const uint8_t *fix);
/* Fills rho, chosen and delta at the best multipliers. */
void dual_finish(const struct core *c, struct dual *d);

/* search.c: plans without proof. */
bool search_greedy(struct core *c, const uint8_t *fix, uint8_t *open);
/* Interchange until no single exchange helps. `fix`: closed sites are not considered, open ones stay. */
double search_interchange(struct core *c, const uint8_t *fix, uint8_t *open);
/* Variable neighbourhood search from the best plan, for `seconds` or `rounds` without improvement. */
void search_vns(struct core *c, const uint8_t *fix, double seconds, int rounds);

/* branch.c: plan and proof. */
void branch_solve(struct core *c);

#endif
