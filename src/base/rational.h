/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact fractions for doses: half a tablet three times for five days is 15/2, never 7.499. Pure.
 */
#ifndef BASE_RATIONAL_H
#define BASE_RATIONAL_H

#include "text.h"

/* n/d in lowest terms, d > 0. d == 0: no number (overflow, or nothing was read). */
struct rational {
    int64_t n, d;
};
#define RATIONAL_NONE ((struct rational){0, 0})

static inline bool rational_is(struct rational r) { return r.d > 0; }
struct rational rational_of(int64_t n, int64_t d); /* lowest terms; d == 0 gives RATIONAL_NONE */
struct rational rational_multiply(struct rational a, struct rational b); /* RATIONAL_NONE on overflow */
struct rational rational_divide(struct rational a, struct rational b);
int rational_compare(struct rational a, struct rational b); /* both must be numbers: <0, 0, >0 */
int64_t rational_ceiling(struct rational r);                /* the least whole number that is enough */
/* "2", "1/2", "1 1/2", "0,5", "2.5", "½" "¼" "¾"; nothing else, nothing negative; at most 9 digits a part. */
struct rational rational_read(str text);
/* As it is written on a prescription: "15", "7,5" when two decimals are exact, else "1/3". In `a`. */
str rational_write(struct arena *a, struct rational r);

#endif
