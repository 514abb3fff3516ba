/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GLPK in a process of its own: its time limit is soft, so it is killed at ours; what it says is checked here.
 */
#ifndef CLI_GLPK_H
#define CLI_GLPK_H

#include "cli.h"

#include "plan/plan.h"

/* Whether the program glpsol can be run. */
bool glpk_installed(void);

/* Gives the question to glpsol for `seconds` (killed then, and at Ctrl-C) and takes its plan into the answer where it
 * is allowed and better by our own reckoning, and its bound where it is higher. *raised tells the latter. gap: stop
 * when this close. */
err glpk_improve(const struct invocation *in, const struct plan_problem *q, double seconds, double gap,
                 struct plan_answer *answer, bool *raised);

#endif
