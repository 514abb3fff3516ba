/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the stations should be: choice of sites with a proof. Four questions over one model (villages = clients with a
 * weight, sites, travel times between them): p-median, capacitated p-median, p-center and maximal covering, each with
 * fixed sites, groups (communes), a budget and incompatible pairs. Every answer carries its value, a proven bound, the
 * gap between the two and what was not modelled. Pure: no network, no database; the clock comes in as a callback.
 */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "base/err.h"

enum plan_method {
    PLAN_PMEDIAN,    /* least sum of weight x distance to the nearest open site */
    PLAN_PCENTER,    /* least greatest distance to the nearest open site */
    PLAN_COVER,      /* most weight within `radius` of an open site */
    PLAN_CAPACITATED /* p-median in which no site serves more demand than its capacity; a client has one site */
};

enum plan_site_state { PLAN_FREE, PLAN_OPEN, PLAN_CLOSED };

enum { PLAN_NO_GROUP = UINT32_MAX, PLAN_NO_SITE = UINT32_MAX };

/* At least `least` and at most `most` sites of the group are open (one functioning station per commune: least = 1). */
struct plan_group {
    uint32_t least, most;
};

/* Two sites that may not both be open. */
struct plan_pair {
    uint32_t a, b;
};

/* Any linear condition: the coefficients of the open sites sum to `least` at least and `most` at most (either may be
 * infinite). Staff, a second budget, "at least two of these", "if A then B" (A - B <= 0), a site within reach of a
 * village. */
struct plan_rule {
    str name;
    uint32_t count;
    const uint32_t *site;
    const double *coefficient;
    double least, most;
};

/* Arrays are the caller's and are only read. Those marked "or NULL" may be absent. */
struct plan_problem {
    enum plan_method method;
    uint32_t clients, sites;
    uint32_t p;                        /* at most this many sites open */
    const double *distance;            /* [client * sites + site], >= 0, INFINITY = no access */
    const double *weight;              /* per client, >= 0, or NULL = 1 (p-center: 0 leaves the client out) */
    const enum plan_site_state *state; /* per site, or NULL = all free */
    const uint32_t *group;             /* per site: index into groups or PLAN_NO_GROUP; or NULL */
    const struct plan_group *groups;
    uint32_t group_count;
    const double *cost;                /* per site, or NULL; sum over the open sites <= budget */
    double budget;
    const struct plan_pair *pairs;
    uint32_t pair_count;
    const struct plan_rule *rules;
    uint32_t rule_count;
    double radius;                     /* PLAN_COVER */
    const double *demand, *capacity;   /* PLAN_CAPACITATED: per client, per site */
    const str *client_names, *site_names; /* for messages, or NULL = numbered from 1 */
};

struct plan_progress {
    double seconds, value, bound; /* value is INFINITY (cover: 0) while no plan is known */
    size_t nodes;                 /* of the search tree, so far */
};

struct plan_options {
    double time_limit;                                         /* seconds; 0 = none */
    double gap;                                                /* stop when proven this close (0.001 = 0.1 %) */
    double (*now)(void *user);                                 /* seconds, monotone; NULL = no clock, no time limit */
    bool (*progress)(void *user, const struct plan_progress *); /* false stops the search; or NULL */
    void *user;
    uint64_t seed;
};

struct plan_answer {
    bool found;         /* a plan that keeps every condition is known */
    bool proven;        /* value and bound agree (or are within options.gap), or it is proven that no plan exists */
    bool stopped;       /* by time or by progress(), before the proof was complete */
    double value;       /* of the plan, in the unit of the method */
    double bound;       /* no plan can be better than this */
    double gap;         /* |value - bound| / |value|; 0 when both are 0 */
    uint32_t *open;     /* open sites, ascending */
    size_t open_count;
    uint32_t *site_of;  /* per client: the site that serves it, or PLAN_NO_SITE */
    size_t nodes;       /* of the search tree */
    const char *const *not_modelled; /* sentences, ends with NULL: what this answer does not know */
};

/* Solves within the limits given. The answer lives in `a`. ERR_UNPROCESSABLE with a sentence naming the culprit when
 * the question itself is wrong (p larger than the sites, a village without access, groups that ask for more than p,
 * demand above all capacity); a question that has no plan is an answer with found = false and proven = true. */
err plan_solve(struct arena *a, const struct plan_problem *problem, const struct plan_options *options,
               struct plan_answer *out);

/* The value of a given set of open sites, without any search: sum, maximum or covered weight as the method says.
 * PLAN_CAPACITATED values the set as if there were no capacities (assigning is part of the search). */
double plan_value(const struct plan_problem *problem, const uint32_t *open, size_t open_count);

/* True when the set keeps p, states, groups, budget and pairs; otherwise *why is a sentence. */
bool plan_allowed(struct arena *a, const struct plan_problem *problem, const uint32_t *open, size_t open_count,
                  str *why);

#endif
