/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists and registers on A4: title, period, columns, rows, signature. A register (A1, A6 … of the health-statistics
 * circular) is a list with numbered columns across the page; a person's access log is a list with the person above it.
 * Columns whose wording was not checked against the law's text carry an asterisk and a line says so.
 */
#ifndef FORMS_LIST_H
#define FORMS_LIST_H

#include "form.h"

struct list_column {
    str head, group;
    double share;
    enum paper_align align;
    bool unverified;
};
struct list_form {
    struct form_frame frame;
    str title, under;              /* under: period, filter, number of rows */
    const struct form_person *who; /* NULL: not about one person */
    const struct list_column *columns;
    size_t column_count;
    const str *cells; /* row by row */
    size_t row_count;
    bool portrait;
    bool numbered;        /* (1) (2) (3) under the heads */
    bool first_is_number; /* the first column counts the rows: its cells are not given (column_count - 1 cells a row) */
    double size;          /* of the table's type; 0 = 8 */
    const struct form_signer *signers;
    size_t signer_count;
};

struct paper *list_paper(struct arena *a, const struct list_form *form);

#endif
