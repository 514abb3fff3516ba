/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small things that the answers of this room share.
 */
#ifndef DECISIONS_ANSWER_INT_H
#define DECISIONS_ANSWER_INT_H

#include "base/members.h"
#include "decisions.h"

/* Opens the next object of a list: "{" or ",{". */
static inline void next_item(struct buf *out) { buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{"); }

/* A day of which DAY_FIRST and DAY_LAST are open ends: null. */
static inline void add_open_day(struct buf *out, const char *name, int32_t day) {
    add_day(out, name, day == DAY_FIRST || day == DAY_LAST ? DAY_NONE : day);
}

/* A day of the query, unchanged when absent. ERR_INVALID names the parameter. */
err request_day(struct request *r, const char *name, int32_t *out);

#endif
