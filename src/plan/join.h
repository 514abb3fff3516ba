/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to plan/: groups joined two by two, see join.c.
 */
#ifndef PLAN_JOIN_H
#define PLAN_JOIN_H

#include "core.h"

struct join {
    struct core *core;          /* of the joined question */
    struct plan_problem problem;
    uint32_t *first, *second;   /* per state: the sites of the question before, second may be PLAN_NO_SITE */
    uint32_t *group;
    uint32_t states, groups;
    const uint8_t *fix;
};

/* The joined question, or NULL when groups are not "exactly one each" or joining would make it too large. */
struct join *join_new(struct arena *a, struct core *c, const uint8_t *fix, const double *u);
/* Takes plan and bound of the joined question back. */
void join_back(struct core *c, const struct join *x);

#endif
