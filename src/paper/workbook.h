/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Excel workbooks that people bring (.xlsx, ECMA-376): the first sheet as a grid. Numbers keep their digits, days are told from numbers
 * by the format of their cell. sheet.h is the other way.
 */
#ifndef PAPER_WORKBOOK_H
#define PAPER_WORKBOOK_H

#include "base/grid.h"

/* Do the bytes begin as a workbook, or as the old binary form (.xls, or one with a password)? */
bool workbook_is(str bytes);
/* The first sheet; *name its title. ERR_INVALID: no workbook, damaged, the old .xls form, or one with a password; ERR_TOO_LONG when it
 * unpacks to more than WORKBOOK_MOST bytes or has more than GRID_ROWS rows. Texts live in `a`. */
err workbook_read(struct arena *a, str bytes, str *name, struct grid *out);
/* What a person brings as a list: a workbook, its rows as wide as the first at least, or CSV (grid.h). */
err workbook_or_csv(struct arena *a, str bytes, struct grid *out);
enum { WORKBOOK_MOST = 256 * 1024 * 1024 };

#endif
