/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a new schedule changes (private): whom, and how many doses by vaccine and month.
 */
#ifndef IMMUNISATION_COMPARE_H
#define IMMUNISATION_COMPARE_H

#include "base/map.h"
#include "patient_json.h"

struct comparison {
    struct arena *a; /* of the totals */
    const struct schedule *from, *to;
    struct map doses; /* "YYYY-MM vaccine" -> struct dose_total */
    size_t patients, changed;
};

struct comparison comparison_new(struct arena *a, const struct schedule *from, const struct schedule *to);
/* Forecasts the patient by both and appends one line to `out` if anything differs. */
void comparison_add(struct arena *a, struct comparison *c, const struct patient_line *line, struct buf *out);
/* The totals as the last line. */
err comparison_finish(struct arena *a, const struct comparison *c, FILE *out);

#endif
