/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sheet that people bring, as cells in rows, whatever file it came in: CSV here, Excel in paper/workbook.h. What a cell was in the
 * file is kept, since a code that Excel has taken for a number or a day is no longer the code that was typed.
 */
#ifndef BASE_GRID_H
#define BASE_GRID_H

#include "err.h"

enum grid_kind { GRID_TEXT, GRID_NUMBER, GRID_DAY /* text is YYYY-MM-DD */, GRID_ERROR /* #N/A, #REF! … */ };
struct grid_cell {
    enum grid_kind kind;
    str text; /* trimmed; empty: an empty cell */
};
struct grid_row {
    unsigned number; /* as the file counts them, from 1 */
    struct grid_cell *cells;
    size_t count;
};
struct grid {
    struct grid_row *at;
    size_t len, cap;
};
enum { GRID_COLUMNS = 200, GRID_ROWS = 200000 };

/* CSV with commas, semicolons or tabs (whichever the first line has most of). ERR_INVALID names line and column: not UTF-8, an open
 * quote; ERR_TOO_LONG beyond GRID_ROWS. */
err grid_read_csv(struct arena *a, str text, struct grid *out);
/* The cell of a column, or an empty one. */
struct grid_cell grid_cell(const struct grid_row *row, int column);
/* "C" for 2, as Excel's heads. */
str grid_column(struct arena *a, int column);

#endif
