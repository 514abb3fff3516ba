/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIRPath Date, DateTime and Time with the precision they were written in (FHIRPath 2.0.0, 5.5, 6.1, 6.2, 6.6).
 */
#ifndef FHIRPATH_MOMENT_H
#define FHIRPATH_MOMENT_H

#include "decimal.h"

#include "base/date.h"

enum moment_kind { MOMENT_DATE, MOMENT_DATETIME, MOMENT_TIME };
enum moment_precision { MOMENT_YEAR, MOMENT_MONTH, MOMENT_DAY, MOMENT_HOUR, MOMENT_MINUTE, MOMENT_SECOND, MOMENT_MILLISECOND };

struct moment {
    enum moment_kind kind;
    enum moment_precision precision;
    bool has_zone;
    int16_t offset; /* minutes east */
    int year, month, day, hour, minute, second, millisecond;
};

/* Text as in a literal behind '@' ("2014-01-01T08", "T14:30") when `literal`, else as in a string to convert
 * ("14:30" is a time only when `kind` asks for it). */
bool moment_parse(str s, enum moment_kind kind, struct moment *out);
/* A literal behind '@': the kind follows from its form. */
bool moment_parse_literal(str s, struct moment *out);
void moment_write(struct buf *out, const struct moment *m);

enum moment_order { ORDER_LESS = -1, ORDER_EQUAL = 0, ORDER_GREATER = 1, ORDER_UNKNOWN = 2 };
/* Precision by precision; unknown when one stops earlier, or only one has a zone and that matters. Seconds and
 * milliseconds are one precision (6.2). */
enum moment_order moment_compare(const struct moment *a, const struct moment *b);

enum moment_unit { UNIT_YEAR, UNIT_MONTH, UNIT_WEEK, UNIT_DAY, UNIT_HOUR, UNIT_MINUTE, UNIT_SECOND, UNIT_MILLISECOND, UNIT_NONE };
/* Unit of a calendar word, singular or plural ("year", "weeks"); UNIT_NONE when it is none. */
enum moment_unit moment_unit_of_word(str word);
/* Adds `amount` (truncated to whole units above seconds); false when out of 0001..9999. */
bool moment_add(struct moment *m, struct decimal amount, enum moment_unit unit);
/* Earliest and latest moment this one may mean, to `digits` of precision (4 year … 17 ms for DateTime; 2…9 Time). */
bool moment_boundary(const struct moment *m, bool high, int digits, struct moment *out);
int moment_digits(const struct moment *m);
struct moment moment_from_instant(int64_t ms, int offset_minutes);

#endif
