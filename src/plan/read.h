/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions in files: OR-Library graph form (`n m p`, then `i j length`), OR-Library capacitated form, TSPLIB EUC_2D,
 * and CSV. What is wrong is named with its line; nothing is assumed silently.
 */
#ifndef PLAN_READ_H
#define PLAN_READ_H

#include "plan.h"

enum plan_form { PLAN_FORM_GRAPH, PLAN_FORM_CAPACITATED, PLAN_FORM_TSPLIB, PLAN_FORM_MATRIX, PLAN_FORM_POINTS };

struct plan_file {
    enum plan_form form;
    struct plan_problem problem; /* method is set to PLAN_CAPACITATED for that form, else PLAN_PMEDIAN */
    double best_known;           /* given in the capacitated form, else NAN */
    const char *note;            /* what the reader had to decide, or NULL */
};

/* Reads a question of any form; tells the form by its content. Everything lives in `a`; names point into `text`.
 * ERR_INVALID with "line N: why". */
err plan_read(struct arena *a, str text, struct plan_file *out);

#endif
