/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Issues and the OperationOutcome that carries them (FHIR R4, OperationOutcome).
 */
#include "fhir.h"

void fhir_issue_add(struct arena *a, struct fhir_issues *list, struct fhir_issue issue) { VEC_PUSH(a, list, issue); }

bool fhir_issues_have_error(const struct fhir_issues *list) {
    for (size_t i = 0; i < list->len; i++)
        if (list->at[i].severity <= FHIR_ERROR) return true;
    return false;
}

static void write_issue(struct buf *out, const struct fhir_issue *i, bool vietnamese) {
    static const char *const severities[] = {"fatal", "error", "warning", "information"};
    str text = vietnamese && i->vi.len ? i->vi : i->en;
    buf_addf(out, "{\"severity\":\"%s\",\"code\":\"%s\"", severities[i->severity], i->code);
    if (text.len) {
        buf_addz(out, ",\"diagnostics\":");
        buf_add_json(out, text);
    }
    if (i->line) buf_addf(out, ",\"location\":[\"line %u, column %u\"]", i->line, i->column);
    if (i->expression.len) {
        buf_addz(out, ",\"expression\":[");
        buf_add_json(out, i->expression);
        buf_addc(out, ']');
    }
    buf_addc(out, '}');
}

void fhir_outcome(struct buf *out, const struct fhir_issues *list, bool vietnamese) {
    static const struct fhir_issue fine = {FHIR_INFORMATION, "informational", {NULL, 0}, 0, 0, {"All OK", 6}, {"Không có vấn đề", sizeof "Không có vấn đề" - 1}};
    buf_addz(out, "{\"resourceType\":\"OperationOutcome\",\"issue\":[");
    if (!list->len) write_issue(out, &fine, vietnamese);
    for (size_t i = 0; i < list->len; i++) {
        if (i) buf_addc(out, ',');
        write_issue(out, &list->at[i], vietnamese);
    }
    buf_addz(out, "]}");
}

void fhir_outcome_error(struct buf *out, err e, bool vietnamese) {
    struct fhir_issue issue = {.severity = FHIR_ERROR, .code = err_issue(e.code), .expression = str_of(e.at), .en = e.detail, .vi = e.detail};
    if (!e.detail.len) {
        issue.en = str_of(err_english(e.code));
        issue.vi = str_of(err_vietnamese(e.code));
    }
    struct fhir_issues one = {&issue, 1, 1};
    fhir_outcome(out, &one, vietnamese);
}
