/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of codes as people bring them: which columns a list has, rows out of a sheet with every fault named by row and column, and what
 * differs from the list that is in force. Pure.
 */
#ifndef CODES_LIST_H
#define CODES_LIST_H

#include "base/grid.h"

enum code_list { LIST_ICD10, LIST_MEDICINE, LIST_SERVICE, LIST_COUNT };
enum { CODE_COLUMNS = 14, COLUMN_CODE = 0, COLUMN_VI = 1, COLUMN_EN = 2 };

/* What must stand in a column; the value is written in one way ("e119" → "E11.9", "Viên nén" → "tablet"). */
enum column_form { FORM_TEXT, FORM_WORD, FORM_ICD, FORM_ATC, FORM_DOSAGE, FORM_ROUTE, FORM_GROUP, FORM_FRACTION, FORM_MONEY };

struct list_column {
    const char *name;  /* in CSV of our own and as property of the CodeSystem */
    const char *heads; /* folded heads of other people's sheets, '|' between them, the likeliest first */
    enum column_form form;
    bool required;
    const char *vi, *en;
};
struct code_list_kind {
    const char *code, *system, *vi, *en;
    const struct list_column columns[CODE_COLUMNS]; /* ended by a NULL name when fewer */
    const char *shipped;                            /* our own table below data/, or NULL */
};
const struct code_list_kind *code_list_kind(enum code_list list);
bool code_list_read(str text, enum code_list *out);
size_t code_list_columns(enum code_list list);

struct code_row {
    unsigned line; /* of the file; 0: from the store or our own table */
    str at[CODE_COLUMNS];
};
struct code_rows { struct code_row *at; size_t len, cap; };

struct code_problem {
    unsigned line; /* 0: of the file as a whole */
    str column;    /* head and letter: "MÃ BỆNH (C)" */
    bool warning;
    str vi, en;
};
struct code_problems { struct code_problem *at; size_t len, cap; size_t errors; };
struct code_heads { str read, ignored; unsigned line; }; /* which heads were understood and which not */

/* Rows of a sheet; the head is looked for in the first rows. ERR_INVALID when no head names a code and a name. */
err code_rows_read(struct arena *a, enum code_list list, const struct grid *grid, struct code_rows *out, struct code_heads *heads,
                   struct code_problems *problems);
/* One value as its column wants it; false: *vi and *en say why not. */
bool code_value_read(struct arena *a, const struct list_column *column, str text, str *out, str *vi, str *en);

enum { DIFFERENCE_NEW, DIFFERENCE_CHANGED, DIFFERENCE_GONE };
struct code_difference { int kind; unsigned line; str code; const char *column; str before, after; };
struct code_differences { struct code_difference *at; size_t len, cap; size_t same, counts[3]; };
/* Differences of `after` to `before`, new ones first; a code counts once however many of its columns changed. */
void code_rows_compare(struct arena *a, enum code_list list, const struct code_rows *before, const struct code_rows *after,
                       struct code_differences *out);

#endif
