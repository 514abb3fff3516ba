/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows as CSV or JSON lines. Dates and times stand as FHIR writes them, complex values as JSON.
 */
#include "views_int.h"

#include "base/csv.h"

/* The text of what stands bare in CSV; false for what is written as JSON. */
static bool plain_text(struct arena *a, const struct value *v, str *out) {
    struct value s;
    return value_to_system(a, v, &s) && s.kind != VALUE_QUANTITY && value_to_text(a, &s, out);
}

static void write_value(struct arena *a, struct buf *out, const struct value *v) {
    struct value s;
    str text;
    if (value_to_system(a, v, &s) && s.kind == VALUE_MOMENT && value_to_text(a, &s, &text)) buf_add_json(out, text);
    else fhirpath_write(a, out, v);
}

static void write_cell(struct arena *a, struct buf *out, const struct values *cell, bool collection) {
    if (!cell->len && !collection) buf_addz(out, "null");
    if (collection) buf_addc(out, '[');
    for (size_t i = 0; i < cell->len; i++) {
        if (i) buf_addc(out, ',');
        write_value(a, out, &cell->at[i]);
    }
    if (collection) buf_addc(out, ']');
}

void view_write_names(struct buf *out, const struct view *view) {
    for (size_t i = 0; i < view->columns.len; i++) {
        if (i) buf_addc(out, ',');
        buf_add(out, view->columns.at[i].name);
    }
    buf_addz(out, "\r\n");
}

void view_write_csv(struct arena *a, struct buf *out, const struct view *view, const struct values *row) {
    for (size_t i = 0; i < view->columns.len; i++) {
        struct buf json = buf_new(a);
        str text;
        if (i) buf_addc(out, ',');
        if (!row[i].len) continue;
        if (!view->columns.at[i].collection && plain_text(a, &row[i].at[0], &text)) {
            csv_add(out, text);
            continue;
        }
        write_cell(a, &json, &row[i], view->columns.at[i].collection);
        csv_add(out, buf_str(&json));
    }
    buf_addz(out, "\r\n");
}

void view_write_json(struct arena *a, struct buf *out, const struct view *view, const struct values *row) {
    buf_addc(out, '{');
    for (size_t i = 0; i < view->columns.len; i++) {
        if (i) buf_addc(out, ',');
        buf_add_json(out, view->columns.at[i].name);
        buf_addc(out, ':');
        write_cell(a, out, &row[i], view->columns.at[i].collection);
    }
    buf_addz(out, "}\n");
}
