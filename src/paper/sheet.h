/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sheets: real Excel workbooks (libxlsxwriter). Numbers are numbers, days are days, heads stay in sight and carry
 * filters, columns are as wide as what stands in them, and text is never taken for a formula. The same data give the
 * same bytes.
 */
#ifndef PAPER_SHEET_H
#define PAPER_SHEET_H

#include "base/err.h"

#define SHEET_TYPE "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

enum sheet_kind {
    SHEET_TEXT,
    SHEET_NUMBER,  /* as many decimals as needed */
    SHEET_PERCENT, /* a share of 1 shown as 12,3 % */
    SHEET_DAY,     /* days since 1970-01-01 shown as dd/mm/yyyy */
    SHEET_BOLD     /* text in bold: a heading or a sum's name */
};
struct sheet_column {
    str head;
    double width; /* in characters; 0 = by what is in it, at most 60 */
};
struct sheet_cell {
    enum sheet_kind kind;
    bool empty;
    double number; /* NUMBER, PERCENT, DAY */
    str text;      /* TEXT, BOLD: cut at 32,767 characters, Excel's limit */
};
static inline struct sheet_cell sheet_text(str s) {
    return (struct sheet_cell){.kind = SHEET_TEXT, .empty = !s.len, .text = s};
}
static inline struct sheet_cell sheet_number(double n) {
    return (struct sheet_cell){.kind = SHEET_NUMBER, .number = n};
}
static inline struct sheet_cell sheet_percent(double n) {
    return (struct sheet_cell){.kind = SHEET_PERCENT, .number = n};
}
static inline struct sheet_cell sheet_day(int32_t day) { return (struct sheet_cell){.kind = SHEET_DAY, .number = day}; }
static inline struct sheet_cell sheet_none(void) { return (struct sheet_cell){.empty = true}; }

struct sheet {
    str name;  /* of the tab: at most 31 characters; []:*?/\ become spaces; made unlike the others before it */
    str title; /* a line above the head, or empty */
    const struct sheet_column *columns;
    size_t column_count;
    const struct sheet_cell *cells; /* row by row */
    size_t row_count;
};
enum { SHEET_ROWS = 1000000 }; /* more are refused: ERR_TOO_LONG */

/* The workbook is appended to `out`; `made` (instant in ms) is its date of creation. ERR_TOO_LONG, ERR_IO. */
err sheet_workbook(struct arena *a, const struct sheet *sheets, size_t count, int64_t made, struct buf *out);

#endif
