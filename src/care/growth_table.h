/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The figures behind growth.h: L, M and S of the WHO Child Growth Standards as whole numbers, so that each is exactly the
 * published decimal. growth_table.c is made by tools/growth-table.py. Used by growth.c only.
 */
#ifndef CARE_GROWTH_TABLE_H
#define CARE_GROWTH_TABLE_H

#include <stdint.h>

/* M in 1/10,000, L in 1/10,000, S in 1/100,000. */
struct growth_lms {
    int32_t m;
    int16_t l;
    uint16_t s;
};

/* Rows for first..last (days; tenths of a centimetre for the two weight-for-length/height tables), boys then girls. */
struct growth_table {
    int first, last;
    const struct growth_lms *rows[2];
};

enum {
    TABLE_WEIGHT, TABLE_LENGTH, TABLE_BMI, TABLE_HEAD, TABLE_ARM, TABLE_TRICEPS, TABLE_SUBSCAPULAR,
    TABLE_WEIGHT_FOR_LENGTH, TABLE_WEIGHT_FOR_HEIGHT, GROWTH_TABLES
};
extern const struct growth_table growth_tables[GROWTH_TABLES];

#endif
