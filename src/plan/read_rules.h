/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conditions beyond p, groups and the budget, from JSON: {"rules":[…]}, each with a "name" and one of
 *   "sites":["A","B"], "least":1, "most":2        how many of these are open (either limit may be absent)
 *   "sites":{"A":3,"B":2.5}, "least":4            what the open ones sum to: staff, beds, a second budget
 *   "if":"A", "then":"B"                          B is open when A is
 *   "clients":["v","w"], "within":45              each of these has an open site within 45
 */
#ifndef PLAN_READ_RULES_H
#define PLAN_READ_RULES_H

#include "plan.h"

/* Sets rules of the problem, whose names and distances must be there. ERR_INVALID with line and column, in both
 * languages. */
err plan_read_rules(struct arena *a, str text, struct plan_problem *q);

#endif
