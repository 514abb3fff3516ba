/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /fhir and /registers over HTTP: content negotiation (FHIR R4 3.1.0.1.11), the request as rest/ wants it, its answer with headers, the
 * audit of what was given out. Everything that is FHIR and not HTTP is in rest/.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"
#include "http_text.h"

#include <stdlib.h>
#include <strings.h>

static const char *const json_types[] = {"application/fhir+json", "application/json", "text/json", NULL};
static const char *const patch_types[] = {"application/json-patch+json", "application/fhir+json", "application/json", NULL};
static const char *const form_types[] = {"application/x-www-form-urlencoded", NULL};
static const char *const format_names[] = {"json", "application/json", "application/fhir+json", "text/json", NULL};
static const char *const own_parameters[] = {"_format", "_pretty", NULL};

static bool one_of(str s, const char *const *list) {
    for (size_t i = 0; list[i]; i++)
        if (s.len == strlen(list[i]) && strncasecmp(s.at, list[i], s.len) == 0) return true;
    return false;
}

/* GET of one current resource: microseconds, so that it need not change threads. */
bool fhir_is_quick(const struct exchange *x) {
    const struct request *r = &x->request;
    size_t base = x->registers ? strlen("/registers/") : strlen("/fhir/");
    if (!x->fhir || r->query.len || r->path.len <= base || (!x->head && strcmp(r->method, "GET") != 0)) return false;
    str below = str_slice(r->path, base, r->path.len);
    size_t slash = str_find(below, '/');
    if (slash == 0 || slash + 1 >= below.len || below.at[slash + 1] == '_' || below.at[slash + 1] == '$') return false;
    return str_find(str_slice(below, slash + 1, below.len), '/') == below.len - slash - 1;
}

static bool is_search(const struct request *r) { return strcmp(r->method, "POST") == 0 && str_ends(r->path, STR("_search")); }

/* 406 unless JSON is wanted; _format goes before Accept. */
static err negotiate_answer(struct request *r) {
    str format = http_query(r->arena, r->query, "_format");
    if (format.at) {
        str type = http_media_type(format, NULL);
        /* a '+' that was not escaped has become a space */
        bool known = one_of(type, format_names) || str_is(type, "application/fhir json");
        return known ? OK_ERR : err_make(r->arena, ERR_NOT_SUPPORTED, "_format", "only JSON: application/fhir+json");
    }
    if (http_accepts(request_header(r, "Accept"), json_types)) return OK_ERR;
    return err_make(r->arena, ERR_NOT_SUPPORTED, "Accept", "only application/fhir+json");
}

static err negotiate_body(struct request *r) {
    if (strcmp(r->method, "POST") != 0 && strcmp(r->method, "PUT") != 0 && strcmp(r->method, "PATCH") != 0) return OK_ERR;
    str charset, type = http_media_type(request_header(r, "Content-Type"), &charset);
    if (is_search(r) && !r->body.len) return OK_ERR;
    const char *const *wanted = is_search(r) ? form_types : strcmp(r->method, "PATCH") == 0 ? patch_types : json_types;
    if (!one_of(type, wanted)) return err_make(r->arena, ERR_MEDIA_TYPE, "Content-Type", "%s is expected", wanted[0]);
    if (charset.at && !(charset.len == 5 && strncasecmp(charset.at, "utf-8", 5) == 0))
        return err_make(r->arena, ERR_MEDIA_TYPE, "Content-Type", "the charset is UTF-8");
    return OK_ERR;
}

static enum rest_method method_of(const struct exchange *x) {
    const char *m = x->request.method;
    if (x->head) return REST_HEAD;
    return strcmp(m, "POST") == 0 ? REST_POST : strcmp(m, "PUT") == 0 ? REST_PUT : strcmp(m, "DELETE") == 0 ? REST_DELETE
           : strcmp(m, "PATCH") == 0 ? REST_PATCH : REST_GET;
}

/* Reads and searches need PERMISSION_FHIR and the types. A POST of a Bundle may write, so it counts as a write. */
static bool writes(const struct exchange *x) {
    const struct request *r = &x->request;
    enum rest_method m = method_of(x);
    if (m == REST_GET || m == REST_HEAD || is_search(r)) return false;
    str last = r->path;
    for (size_t i = r->path.len; i > 0; i--)
        if (r->path.at[i - 1] == '/') { last = str_slice(r->path, i, r->path.len); break; }
    return !(m == REST_POST && str_is(last, "$validate"));
}

/* A role that writes no type at all is refused before its body is read. At /registers only an administrator's program writes:
 * people write through the room whose register it is, by its rules. */
static bool may_write(const struct exchange *x, const struct session *session) {
    const bool *writable = session->access.writable;
    bool any = !writable;
    for (int t = 1; t < FHIR_TYPE_MAX && !any; t++) any = writable[t];
    return session_may(session, PERMISSION_ADMINISTER) || (!x->registers && any);
}

static str query_for_rest(struct request *r) {
    str query = r->query.len ? http_query_without(r->arena, r->query, own_parameters) : STR("");
    if (!is_search(r) || !r->body.len) return query;
    str form = http_query_without(r->arena, r->body, own_parameters);
    return query.len ? str_format(r->arena, "%.*s&%.*s", STR_ARG(query), STR_ARG(form)) : form;
}

/* Entries for what was read or changed. Beyond AUDIT_EACH records of one answer each person gets one entry that says how many. */
enum { AUDIT_EACH = 100 };

static const char *audit_action(const struct version *v, bool written) {
    static const char *const words[] = {[VERSION_CREATE] = "create", [VERSION_UPDATE] = "update", [VERSION_DELETE] = "delete"};
    return written ? words[v->op] : "read";
}

static int by_patient(const void *x, const void *y) {
    const struct version *a = *(const struct version *const *)x, *b = *(const struct version *const *)y;
    return (a->patient > b->patient) - (a->patient < b->patient);
}

static void audit_many(struct request *r, const struct version *list, size_t count, bool written) {
    const struct version **sorted = ARENA_ARRAY(r->arena, const struct version *, count);
    for (size_t i = 0; i < count; i++) sorted[i] = &list[i];
    qsort(sorted, count, sizeof *sorted, by_patient);
    for (size_t i = 0, n; i < count; i += n) {
        for (n = 1; i + n < count && sorted[i + n]->patient == sorted[i]->patient;) n++;
        struct audit_entry e = {.action = str_of(written ? "write" : "read"), .patient = sorted[i]->patient, .why = str_format(r->arena, "%zu records", n)};
        request_audit_entry(r, &e);
    }
}

/* Organisations, places and definitions are nobody's record: reading them leaves no entry, changing them does. */
static void audit_versions(struct request *r, const struct version *list, size_t count, bool written) {
    if (count > AUDIT_EACH) {
        audit_many(r, list, count, written);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct version *v = &list[i];
        if (written || v->patient || search_type_has_person(v->type)) request_audit(r, audit_action(v, written), v->type, v->id, v->patient);
    }
}

/* Who has just been registered stands at the desk, wherever he lives: the staff of the place see him. */
static err open_registered(struct request *r, const struct rest_response *out) {
    for (size_t i = 0; i < out->written_count; i++) {
        const struct version *v = &out->written[i];
        struct reader *reader;
        char until[25];
        if (v->type != FHIR_TYPE_PATIENT || v->op != VERSION_CREATE || !session_may(r->session, PERMISSION_PERSON_OPEN)) continue;
        TRY(request_reader(r, &reader));
        if (!access_sees(reader, &r->session->access, v)) TRY(opening_save(r, "presence", v->id, STR_NONE, until));
    }
    return OK_ERR;
}

static err interact(struct request *r) {
    struct exchange *x = exchange_of(r);
    const struct session *session = r->session;
    r->type = "application/fhir+json; charset=utf-8";
    err e = negotiate_answer(r);
    if (e.code) {
        answer_error(r, e);
        r->status = 406;
        return OK_ERR;
    }
    TRY(negotiate_body(r));
    if (writes(x) && !may_write(x, session))
        return err_make(r->arena, ERR_FORBIDDEN, NULL, "the role %.*s may not write here", STR_ARG(session->role));
    struct rest_request in = {
        .method = method_of(x), .shelf = x->registers ? SHELF_REGISTERS : SHELF_FHIR, .path = r->parameters[0], .query = query_for_rest(r), .body = is_search(r) ? STR("") : r->body,
        .if_match = request_header(r, "If-Match"), .if_none_match = request_header(r, "If-None-Match"),
        .if_none_exist = request_header(r, "If-None-Exist"), .prefer = request_header(r, "Prefer"),
        .if_modified_since = request_header(r, "If-Modified-Since"),
        .base_url = str_format(r->arena, "%.*s/%s", STR_ARG(request_base_url(r)), x->registers ? "registers" : "fhir"),
        .actor = session->actor, .access = &session->access, .vietnamese = r->vietnamese,
        .deadline_ms = clock_now_ms() + LIMIT_SEARCH_SECONDS * 1000, .gates = x->server->options->gates};
    struct rest_response out = {0};
    rest_handle(r->store, r->arena, &in, &out);
    r->status = out.status;
    r->out = (struct buf){.arena = r->arena, .at = (char *)(uintptr_t)out.body.at, .len = out.body.len, .cap = out.body.len};
    if (out.etag.len) request_set_header(r, "ETag", out.etag);
    if (out.last_modified.len) request_set_header(r, "Last-Modified", out.last_modified);
    if (out.location.len) request_set_header(r, "Location", out.location);
    if (out.status >= 500) log_line(LOG_ERROR, "http", "%s answered %d", r->route->path, out.status);
    audit_versions(r, out.read, out.read_count, false);
    audit_versions(r, out.written, out.written_count, true);
    return session->access.everything ? OK_ERR : open_registered(r, &out);
}

#define FHIR(m, vi, en)                                                                                                \
    {ROUTE(m, "/fhir/{path...}", PERMISSION_FHIR, interact, vi, en), .body_limit = LIMIT_FHIR_BODY},                   \
    {ROUTE(m, "/registers/{path...}", PERMISSION_FHIR, interact, vi, en), .body_limit = LIMIT_FHIR_BODY}

const struct route fhir_routes[] = {
    FHIR("GET", "FHIR R4: đọc, tìm kiếm, lịch sử", "FHIR R4: read, search, history"),
    FHIR("POST", "FHIR R4: tạo mới, tìm kiếm, giao dịch", "FHIR R4: create, search, transaction"),
    FHIR("PUT", "FHIR R4: cập nhật", "FHIR R4: update"),
    FHIR("PATCH", "FHIR R4: sửa một phần", "FHIR R4: patch"),
    FHIR("DELETE", "FHIR R4: xóa", "FHIR R4: delete"),
    {.method = NULL},
};
