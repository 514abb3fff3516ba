/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the check share.
 */
#ifndef DECISIONS_CHECK_INT_H
#define DECISIONS_CHECK_INT_H

#include "check.h"

struct checking {
    struct arena *arena;
    const struct check_input *in;
    struct problems *out;
    int operation;           /* being looked at; -1 the whole */
    int32_t day, before_day; /* of the decision, and the day before */
};

/* Adds a problem; both sentences hold one "%.*s" for `subject`. */
void problem_add(struct checking *c, struct problem p, const char *en, const char *vi, str subject);
/* The same with both sentences in p already. */
void problem_said(struct checking *c, struct problem p);
/* What a place is called on or before that day; its id when it has no name. */
str place_label(const struct network *n, str id, int32_t day);

#endif
