/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers that are files. See files.h.
 */
#include "server/files.h"

#include "base/date.h"

err request_wants_workbook(struct request *r, bool *out) {
    str format = request_query(r, "format");
    *out = str_is(format, "xlsx");
    if (!format.len || *out || str_is(format, "json")) return OK_ERR;
    return err_make(r->arena, ERR_INVALID, "format", "format is json or xlsx");
}

static void headers(struct request *r, const char *how, const char *name, const char *ending) {
    request_set_header(r, "Cache-Control", STR("no-store"));
    request_set_header(r, "Content-Disposition", str_format(r->arena, "%s; filename=\"%s.%s\"", how, name, ending));
}

err request_pdf(struct request *r, const struct paper *paper, const char *name) {
    TRY(paper_pdf(r->arena, paper, &r->out));
    r->type = "application/pdf";
    headers(r, "inline", name, "pdf");
    return OK_ERR;
}

err request_workbook(struct request *r, const struct sheet *sheets, size_t count, const char *name) {
    TRY(sheet_workbook(r->arena, sheets, count, clock_now_ms(), &r->out));
    r->type = SHEET_TYPE;
    headers(r, "attachment", name, "xlsx");
    return OK_ERR;
}
