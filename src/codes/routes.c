/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of codes over HTTP: what is in force, a file in (preview, apply), undo, a file out, searching. Shapes in docs/codes.md.
 */
#include "codes.h"

#include "base/members.h"
#include "paper/sheet.h"

enum { LIMIT_FILE = 32 * 1024 * 1024, FOUND = 12, FILE_NAME_MOST = 200 };

static err list_of(struct request *r, enum code_list *out) {
    return code_list_read(r->parameters[0], out) ? OK_ERR : err_make(r->arena, ERR_NOT_FOUND, "list", "there is no such list of codes");
}

static err day_of(struct request *r, const char *name, int32_t *out) {
    str text = request_query(r, name);
    *out = day_today();
    return !text.len || day_parse(text, out) ? OK_ERR : err_make(r->arena, ERR_INVALID, name, "expected a day, YYYY-MM-DD");
}

static err get_lists(struct request *r) {
    struct reader *reader;
    TRY(request_reader(r, &reader));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return code_lists_answer(reader, r->arena, day_today(), &r->out);
}

static err post_import(struct request *r) {
    struct code_import in = {.store = r->store, .actor = r->session->actor, .person = r->session->name, .bytes = r->body, .file = request_query(r, "file")};
    str step = request_query(r, "step");
    bool refused;
    TRY(list_of(r, &in.list));
    TRY(day_of(r, "from", &in.from));
    in.apply = str_is(step, "apply");
    if (!in.apply && !str_is(step, "preview")) return err_make(r->arena, ERR_INVALID, "step", "step is preview or apply");
    if (in.file.len > FILE_NAME_MOST) in.file = STR_NONE;
    TRY(code_import(r->arena, &in, &r->out, &refused));
    if (refused && in.apply) r->status = 422;
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static err post_undo(struct request *r) {
    enum code_list list;
    TRY(list_of(r, &list));
    return code_undo(r->store, r->arena, r->session->actor, list, request_query(r, "version"), &r->out);
}

static err get_export(struct request *r) {
    enum code_list list;
    struct reader *reader;
    int32_t day;
    bool workbook = str_is(request_query(r, "format"), "xlsx");
    TRY(list_of(r, &list));
    TRY(day_of(r, "on", &day));
    TRY(request_reader(r, &reader));
    TRY(code_export(reader, r->arena, list, day, workbook, &r->out));
    r->type = workbook ? SHEET_TYPE : "text/csv; charset=utf-8";
    request_set_header(r, "Content-Disposition",
                       str_format(r->arena, "attachment; filename=\"%s.%s\"", code_list_kind(list)->code, workbook ? "xlsx" : "csv"));
    return OK_ERR;
}

static err get_codes(struct request *r) {
    enum code_list list;
    struct reader *reader;
    struct code_table *table;
    const struct code_entry *found[FOUND];
    int32_t day;
    TRY(list_of(r, &list));
    TRY(day_of(r, "on", &day));
    TRY(request_reader(r, &reader));
    TRY(code_table_on(reader, r->arena, list, day, &table));
    size_t n = code_search(table, r->arena, request_query(r, "q"), found, FOUND);
    buf_addz(&r->out, "{\"codes\":[");
    for (size_t i = 0; i < n; i++) {
        buf_addz(&r->out, i ? ",{" : "{");
        for (size_t c = 0; c < code_list_columns(list); c++) add_text(&r->out, code_list_kind(list)->columns[c].name, found[i]->row->at[c]);
        add_bool(&r->out, "outside", found[i]->outside);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

const struct route codes_routes[] = {
    {ROUTE("GET", "/api/codes", PERMISSION_ADMINISTER, get_lists, "Các danh mục mã và phiên bản", "Lists of codes and their versions")},
    {ROUTE("GET", "/api/codes/{list}", PERMISSION_FHIR, get_codes, "Tìm mã khi đang gõ", "Find codes while typing")},
    {ROUTE("GET", "/api/codes/{list}/export", PERMISSION_FHIR, get_export, "Xuất danh mục đang dùng", "The list in force as a file")},
    {ROUTE("POST", "/api/codes/{list}/import", PERMISSION_ADMINISTER, post_import, "Nhập danh mục: xem trước, áp dụng", "Import a list: preview, apply"),
     .body_limit = LIMIT_FILE},
    {ROUTE("POST", "/api/codes/{list}/undo", PERMISSION_ADMINISTER, post_undo, "Gỡ phiên bản nhập sau cùng", "Take back the version imported last")},
    {.method = NULL}};
