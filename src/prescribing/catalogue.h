/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of data/prescribing, read once: medicines, diagnoses, limits of the law, what must not go together.
 */
#ifndef PRESCRIBING_CATALOGUE_H
#define PRESCRIBING_CATALOGUE_H

#include "base/err.h"
#include "rules.h"

/* All tables; lives as long as the program. Panics when an embedded table is wrong: it is part of the program. */
const struct prescribing_tables *prescribing_tables(void);

/* The best `most` of medicines valid on a day that match what was typed (any order of words, without accents; empty: all), into out[]. */
size_t medicines_search(const struct prescribing_tables *t, struct arena *a, str typed, int32_t on, const struct medicine **out, size_t most);
/* The same for diagnoses: by the beginning of the code or by words of either language. */
size_t diagnoses_search(const struct prescribing_tables *t, struct arena *a, str typed, const struct diagnosis_name **out, size_t most);
const struct diagnosis_name *diagnosis_find(const struct prescribing_tables *t, str code);

#endif
