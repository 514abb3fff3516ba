/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Small writers of JSON members, for the answers of routes. Each puts a comma before itself when one is needed, so that a
 * handler lists its members one a line. Absent values are null: the member is always there.
 */
#ifndef BASE_MEMBERS_H
#define BASE_MEMBERS_H

#include "date.h"
#include "text.h"

/* Text; empty: null. */
void add_text(struct buf *out, const char *name, str s);
/* A civil day as "YYYY-MM-DD"; DAY_NONE: null. */
void add_day(struct buf *out, const char *name, int32_t day);
void add_number(struct buf *out, const char *name, int64_t n);
void add_bool(struct buf *out, const char *name, bool b);
/* The name of a member whose value the caller writes next: an object, a list. */
void add_name(struct buf *out, const char *name);

#endif
