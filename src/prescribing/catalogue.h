/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of data/prescribing, read once: medicines, diagnoses, limits of the law, what must not go together.
 */
#ifndef PRESCRIBING_CATALOGUE_H
#define PRESCRIBING_CATALOGUE_H

#include "codes/codes.h"
#include "rules.h"

/* All tables; lives as long as the program. Panics when an embedded table is wrong: it is part of the program. */
const struct prescribing_tables *prescribing_tables(void);

/* The same with the medicines of the list in force on a day (codes/codes.h). What is no longer on it is found by its code, so that old
 * prescriptions stay readable, but not offered. */
err prescribing_tables_on(struct reader *r, struct arena *a, int32_t on, const struct prescribing_tables **out);

/* The best `most` of medicines valid on a day that match what was typed (any order of words, without accents; empty: all), into out[]. */
size_t medicines_search(const struct prescribing_tables *t, struct arena *a, str typed, int32_t on, const struct medicine **out, size_t most);

#endif
