/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact decimals: an integer of up to 38 digits times a power of ten. The scale (digits behind the point) is part of the
 * value as written: 1.0 and 1.00 are equal but differ in precision (FHIR R4 2.24.0.1 decimal).
 */
#ifndef FHIRPATH_DECIMAL_H
#define FHIRPATH_DECIMAL_H

#include "base/text.h"

struct decimal {
    __int128 digits;
    int scale; /* value = digits * 10^-scale; 0..DECIMAL_SCALE */
};
enum { DECIMAL_DIGITS = 38, DECIMAL_SCALE = 30 };

/* "-12.340", "1e3" (JSON's form): false when it is no number or does not fit. */
bool decimal_parse(str s, struct decimal *out);
struct decimal decimal_from_int(int64_t v);
/* Shortest exact text with the value's own scale: "-12.340". */
void decimal_write(struct buf *out, struct decimal d);

/* All return false on overflow of 38 digits (divide: also by zero). */
bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);
/* Quotient with up to 16 digits behind the point, rounded half away from zero, trailing zeros cut. */
bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out);
/* Quotient truncated to an integer, and the remainder with a's sign. */
bool decimal_div_mod(struct decimal a, struct decimal b, struct decimal *quotient, struct decimal *remainder);
int decimal_compare(struct decimal a, struct decimal b);

enum decimal_rounding { ROUND_HALF_UP, ROUND_DOWN, ROUND_FLOOR, ROUND_CEILING };
/* To `scale` digits behind the point (more digits: zeros are added). False on overflow. */
bool decimal_rescale(struct decimal d, int scale, enum decimal_rounding how, struct decimal *out);
/* Without trailing zeros behind the point. */
struct decimal decimal_trim(struct decimal d);
double decimal_to_double(struct decimal d);
/* Nearest decimal with at most `scale` digits behind the point; false when not finite or too large. */
bool decimal_from_double(double v, int scale, struct decimal *out);
bool decimal_is_integer(struct decimal d);
bool decimal_to_int64(struct decimal d, int64_t *out); /* truncates */

#endif
