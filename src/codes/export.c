/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists out: what is in force and every version as JSON, the codes as CSV or as a workbook under our own heads, so that a list goes out,
 * is worked on and comes back.
 */
#include "codes.h"

#include "base/csv.h"
#include "base/members.h"
#include "paper/sheet.h"

/* ---- a list ---------------------------------------------------------------------------------------------------------------- */

static void export_csv(const struct code_table *t, size_t columns, struct buf *out) {
    buf_addz(out, "\xEF\xBB\xBF"); /* by which Excel knows UTF-8 */
    for (size_t c = 0; c < columns; c++) buf_addf(out, "%s%s", c ? "," : "", code_list_kind(t->list)->columns[c].name);
    buf_addz(out, "\r\n");
    for (size_t i = 0; i < t->len; i++) {
        for (size_t c = 0; c < columns && !t->at[i].outside; c++) {
            if (c) buf_addc(out, ',');
            csv_add(out, t->at[i].row->at[c]);
        }
        if (!t->at[i].outside) buf_addz(out, "\r\n");
    }
}

static err export_sheet(struct arena *a, const struct code_table *t, size_t columns, struct buf *out) {
    struct sheet_column heads[CODE_COLUMNS];
    struct sheet_cell *cells = ARENA_ARRAY(a, struct sheet_cell, t->inside * columns + 1);
    struct sheet sheet = {.name = str_of(code_list_kind(t->list)->code), .columns = heads, .column_count = columns, .cells = cells};
    for (size_t c = 0; c < columns; c++) heads[c] = (struct sheet_column){.head = str_of(code_list_kind(t->list)->columns[c].name)};
    for (size_t i = 0; i < t->len; i++) {
        if (t->at[i].outside) continue;
        for (size_t c = 0; c < columns; c++) cells[sheet.row_count * columns + c] = sheet_text(t->at[i].row->at[c]);
        sheet.row_count++;
    }
    return sheet_workbook(a, &sheet, 1, clock_now_ms(), out);
}

err code_export(struct reader *r, struct arena *a, enum code_list list, int32_t day, bool workbook, struct buf *out) {
    struct code_table *t;
    TRY(code_table_on(r, a, list, day, &t));
    if (workbook) return export_sheet(a, t, code_list_columns(list), out);
    export_csv(t, code_list_columns(list), out);
    return OK_ERR;
}

/* ---- the lists ------------------------------------------------------------------------------------------------------------- */

static void add_version(struct buf *out, const struct code_version *v, str in_force) {
    add_text(out, "id", v->id);
    add_text(out, "title", v->title);
    add_text(out, "person", v->person);
    add_text(out, "applied", v->applied);
    add_day(out, "from", v->from);
    add_number(out, "codes", (int64_t)v->codes);
    add_bool(out, "active", v->active);
    add_bool(out, "inForce", str_eq(v->id, in_force));
}

static err add_list(struct reader *r, struct arena *a, enum code_list list, int32_t day, struct buf *out) {
    const struct code_list_kind *kind = code_list_kind(list);
    struct code_versions versions = {0};
    struct code_table *table;
    TRY(code_table_on(r, a, list, day, &table));
    TRY(code_versions_of(r, a, list, &versions));
    buf_addc(out, '{');
    add_text(out, "list", str_of(kind->code));
    add_text(out, "vi", str_of(kind->vi));
    add_text(out, "en", str_of(kind->en));
    add_text(out, "version", table->version);
    add_number(out, "codes", (int64_t)table->inside);
    add_name(out, "columns");
    for (size_t c = 0; c < code_list_columns(list); c++) {
        buf_addz(out, c ? ",{" : "[{");
        add_text(out, "name", str_of(kind->columns[c].name));
        add_text(out, "vi", str_of(kind->columns[c].vi));
        add_text(out, "en", str_of(kind->columns[c].en));
        add_bool(out, "required", kind->columns[c].required);
        buf_addc(out, '}');
    }
    buf_addz(out, "],\"versions\":[");
    for (size_t i = 0; i < versions.len; i++) {
        buf_addz(out, i ? ",{" : "{");
        add_version(out, &versions.at[i], table->version);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

err code_lists_answer(struct reader *r, struct arena *a, int32_t day, struct buf *out) {
    buf_addc(out, '{');
    add_day(out, "day", day);
    add_name(out, "lists");
    buf_addc(out, '[');
    for (int l = 0; l < LIST_COUNT; l++) {
        if (l) buf_addc(out, ',');
        TRY(add_list(r, a, (enum code_list)l, day, out));
    }
    buf_addz(out, "]}");
    return OK_ERR;
}
