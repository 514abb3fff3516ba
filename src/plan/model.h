/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question as a model of whole numbers, for another solver to look at: text out, plan and bound back. Pure; who runs
 * the solver checks the plan it gives with plan_allowed() and plan_value() and believes no number of its own about it.
 */
#ifndef PLAN_MODEL_H
#define PLAN_MODEL_H

#include "plan.h"

/* The p-median in the CPLEX LP format: y of every site first, then for each client what each further step of distance
 * adds (Cornuejols, Nemhauser, Wolsey 1980). ERR_NOT_SUPPORTED for the other methods, ERR_TOO_COSTLY above 2 million
 * entries. */
err plan_model(struct arena *a, const struct plan_problem *q, str *out);

/* Reads GLPK's solution file (glpsol -w): the open sites into open[] (room for all sites). False when there is no plan
 * in it; *optimal says that the solver calls it optimal, *none that it proved there is no plan. */
bool plan_model_read(str solution, const struct plan_problem *q, uint32_t *open, size_t *count, bool *optimal,
                     bool *none);

/* The bound in a line that glpsol prints while it works ("mip = … >= BOUND"); NAN when the line has none. */
double plan_model_bound(str line);

#endif
