/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Units of the Unified Code for Units of Measure (ucum.org, version 2.1), case sensitive: an expression such as "kg/m2" or
 * "mm[Hg]" becomes a factor and a dimension over the seven base units. Factors are exact decimals where UCUM's are.
 */
#ifndef FHIRPATH_UCUM_H
#define FHIRPATH_UCUM_H

#include "decimal.h"

enum ucum_result {
    UCUM_OK,
    UCUM_DIFFERENT, /* two dimensions: not comparable */
    UCUM_UNKNOWN    /* a unit that the table does not have, or a syntax error */
};

struct value;
/* The UCUM code of a quantity: its unit, or the code of a calendar word ("weeks" → "wk"). */
str ucum_unit(const struct value *quantity);

/* True when the text is a valid UCUM expression of known units. */
bool ucum_valid(str unit);
/* Sets *order to -1, 0, 1. */
enum ucum_result ucum_compare(struct decimal x, str x_unit, struct decimal y, str y_unit, int *order);
/* Both in the finer of the two units (addition), or in the coarser (equivalence: 4 'g' ~ 4040 'mg'). */
enum ucum_result ucum_common(struct decimal x, str x_unit, struct decimal y, str y_unit, struct decimal *left, struct decimal *right);
enum ucum_result ucum_coarser(struct decimal x, str x_unit, struct decimal y, str y_unit, struct decimal *left, struct decimal *right);
enum ucum_result ucum_convert(struct decimal x, str from, str to, struct decimal *out);
/* Unit of a product or quotient ("cm" times "m" → the values in base units "m2"), and the value in it. */
enum ucum_result ucum_multiply(struct arena *a, struct decimal x, str x_unit, struct decimal y, str y_unit, bool divide,
                               struct decimal *out, str *unit);

#endif
