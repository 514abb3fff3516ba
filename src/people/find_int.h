/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What find.c and likely.c share: clauses of the text index, and rows of `person`.
 */
#ifndef PEOPLE_FIND_INT_H
#define PEOPLE_FIND_INT_H

#include "people.h"

/* The row of a person; *row false when there is none (unknown, deleted or replaced). */
err person_row(struct reader *r, struct arena *a, int64_t rid, struct person *out, bool *row);
bool person_seen(const struct access *who, const struct person *p);
/* The token of the last digits of a number, as a term of the index: "r1284" in quotes. */
str person_tail_term(struct arena *a, str digits);
/* "(0abc… OR 0def…)" of places given by rid; only those the asker may see. Empty when there is none. */
err person_place_clause(struct reader *r, struct arena *a, const struct access *who, const int64_t *rids, size_t n, str *out);
/* At most `limit` rids that match a clause. */
err person_match(struct reader *r, str clause, size_t limit, int64_t *rids, size_t *found);

#endif
