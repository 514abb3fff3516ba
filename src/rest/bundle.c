/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * POST of a Bundle: a transaction is one commit or nothing; entries of a batch are commits of their own, handed over together.
 * Order in both: DELETE, POST, PUT and PATCH, then GET (FHIR R4 3.1.0.11.2).
 */
#include "rest_int.h"

#include "base/date.h"

enum { ENTRIES_MOST = 100000, RACES = 5 };

static bool method_of(str text, enum rest_method *out) {
    static const struct { const char *name; enum rest_method method; } names[] = {
        {"GET", REST_GET}, {"HEAD", REST_HEAD}, {"POST", REST_POST}, {"PUT", REST_PUT}, {"DELETE", REST_DELETE}, {"PATCH", REST_PATCH}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(text, names[i].name)) {
            *out = names[i].method;
            return true;
        }
    return false;
}

static void mark(struct call *c, struct entry *e, size_t n, const char *where, const char *why) {
    e->state = ENTRY_FAILED;
    e->problem = err_make(c->arena, ERR_INVALID, str_z(c->arena, str_format(c->arena, "Bundle.entry[%zu]%s", n, where)), "%s", why);
    e->status = 400;
}

static void read_entry(struct call *c, str source, const struct json *node, size_t n, struct entry *e) {
    const struct json *request = JSON_GET(node, "request");
    *e = (struct entry){.source = source, .resource = JSON_GET(node, "resource"), .full_url = JSON_TEXT(node, "fullUrl"),
                        .url = JSON_TEXT(request, "url"), .if_match = JSON_TEXT(request, "ifMatch"),
                        .if_none_match = JSON_TEXT(request, "ifNoneMatch"), .if_none_exist = JSON_TEXT(request, "ifNoneExist")};
    if (!request) mark(c, e, n, "", "the request is missing");
    else if (!method_of(JSON_TEXT(request, "method"), &e->method)) mark(c, e, n, ".request.method", "expected GET, HEAD, POST, PUT, PATCH or DELETE");
    else if (!e->url.len) mark(c, e, n, ".request.url", "the url is missing");
}

/* ---- answers ------------------------------------------------------------------------------------------------------------------ */

static const char *reason(int status) {
    switch (status) {
    case 200: return "200 OK";
    case 201: return "201 Created";
    case 204: return "204 No Content";
    case 304: return "304 Not Modified";
    default: return NULL;
    }
}

static void put_status(struct buf *out, int status) {
    const char *text = reason(status);
    if (text) buf_addf(out, "\"response\":{\"status\":\"%s\"", text);
    else buf_addf(out, "\"response\":{\"status\":\"%d\"", status);
}

static void put_outcome(struct call *c, struct buf *out, const struct entry *e) {
    if (fhir_issues_have_error(&e->issues)) fhir_outcome(out, &e->issues, c->in->vietnamese);
    else outcome_error(out, e->problem, c->in->vietnamese);
}

static void put_changed(struct call *c, struct buf *out, const struct entry *e) {
    const struct version *v = e->state == ENTRY_NOTHING ? &e->found : &e->change.result;
    char version[VERSION_ID_TEXT], when[25];
    put_status(out, e->status);
    if (v->version.clock && e->method != REST_DELETE) {
        version_id_format(v->version, version);
        buf_addf(out, ",\"location\":\"%.*s%s%s/%.*s/_history/%s\",\"etag\":\"W/\\\"%s\\\"\",\"lastModified\":\"%s\"", STR_ARG(c->in->base_url),
                 c->in->base_url.len ? "/" : "", fhir_type_name(v->type), STR_ARG(v->id), version, version, instant_format(v->wall, when));
    }
    buf_addc(out, '}');
}

/* The resource itself, when the client asked for it. */
static void put_representation(struct call *c, struct buf *out, const struct entry *e) {
    const struct version *v = e->state == ENTRY_NOTHING ? &e->found : &e->change.result;
    struct version now;
    struct reader *r;
    if (!prefers(c->in->prefer, "return=representation") || e->method == REST_DELETE || call_reader(c, &r).code) return;
    if (reader_vread(r, c->arena, v->type, v->id, v->version, &now).code) return;
    buf_addz(out, "\"resource\":");
    version_json(out, &now);
    buf_addc(out, ',');
}

/* A GET inside a Bundle is a request of its own on a snapshot after the changes. */
static void put_read(struct call *c, struct buf *out, struct entry *e) {
    str url = e->url;
    if (c->in->base_url.len && str_starts(url, c->in->base_url)) url = str_slice(url, c->in->base_url.len, url.len);
    if (str_starts(url, STR("/"))) url = str_slice(url, 1, url.len);
    size_t question = str_find(url, '?');
    struct rest_request in = *c->in;
    struct rest_response response = {0};
    in.method = e->method;
    in.path = str_slice(url, 0, question);
    in.query = question < url.len ? str_slice(url, question + 1, url.len) : STR("");
    in.body = STR("");
    in.if_none_match = e->if_none_match;
    struct call inner = {.store = c->store, .arena = c->arena, .in = &in, .out = &response, .reader = c->reader};
    rest_dispatch(&inner, &e->path);
    c->reader = inner.reader;
    e->status = response.status;
    for (size_t i = 0; i < response.read_count; i++) VEC_PUSH(c->arena, &c->given, response.read[i]);
    if (response.body.len && response.status < 400) {
        buf_addz(out, "\"resource\":");
        buf_add(out, response.body);
        buf_addc(out, ',');
    }
    put_status(out, response.status);
    if (response.etag.len) {
        buf_addz(out, ",\"etag\":");
        buf_add_json(out, response.etag);
    }
    if (response.status >= 400 && response.body.len) {
        buf_addz(out, ",\"outcome\":");
        buf_add(out, response.body);
    }
    buf_addc(out, '}');
}

static void put_entry(struct call *c, struct buf *out, struct entry *e) {
    buf_addc(out, '{');
    if (e->state == ENTRY_READ) {
        put_read(c, out, e);
    } else if (e->state == ENTRY_FAILED) {
        put_status(out, e->status);
        buf_addz(out, ",\"outcome\":");
        put_outcome(c, out, e);
        buf_addc(out, '}');
    } else {
        put_representation(c, out, e);
        put_changed(c, out, e);
    }
    buf_addc(out, '}');
}

static void respond_entries(struct call *c, struct entry *entries, size_t count, const char *type) {
    struct buf body = buf_new(c->arena);
    call_fresh(c);
    buf_reserve(&body, 64 + count * 256);
    buf_addf(&body, "{\"resourceType\":\"Bundle\",\"type\":\"%s\"", type);
    for (size_t i = 0; i < count; i++) {
        buf_addz(&body, i ? "," : ",\"entry\":[");
        put_entry(c, &body, &entries[i]);
    }
    buf_addz(&body, count ? "]}" : "}");
    c->out->read = c->given.at;
    c->out->read_count = c->given.len;
    c->out->status = 200;
    c->out->body = buf_str(&body);
}

/* ---- transaction ---------------------------------------------------------------------------------------------------------------- */

static const struct entry *first_failed(const struct entries *set) {
    for (size_t i = 0; i < set->len; i++)
        if (set->at[i].state == ENTRY_FAILED) return &set->at[i];
    return NULL;
}

static void respond_refused(struct call *c, const struct entries *set, err e) {
    const struct entry *failed = first_failed(set);
    struct buf body = buf_new(c->arena);
    if (!failed) {
        respond_error(c, e);
        return;
    }
    put_outcome(c, &body, failed);
    c->out->status = fhir_issues_have_error(&failed->issues) ? 400 : failed->status;
    c->out->body = buf_str(&body);
}

/* A GET of what this transaction itself writes is answered after the commit; another one must not fail. */
static bool written_here(const struct entries *set, const struct rest_path *p, bool *deleted) {
    for (size_t i = 0; i < set->len; i++) {
        const struct entry *e = &set->at[i];
        if (e->state != ENTRY_READY || !p->id.len || e->change.type != p->type || !str_eq(e->change.id, p->id)) continue;
        *deleted = e->method == REST_DELETE;
        return true;
    }
    return false;
}

/* Reads belong to the whole: one that fails takes the transaction along (R4 3.1.0.11.2), so they are tried before the commit. */
static err try_reads(struct call *c, struct entries *set) {
    for (size_t i = 0; i < set->len; i++) {
        struct entry *e = &set->at[i];
        bool deleted = false;
        if (e->state != ENTRY_READ || (written_here(set, &e->path, &deleted) && !deleted)) continue;
        struct buf unused = buf_new(c->arena);
        size_t given = c->given.len;
        put_read(c, &unused, e);
        c->given.len = given;
        if (e->status < 400 && !deleted) continue;
        str at = str_format(c->arena, "Bundle.entry[%zu]", i);
        e->problem = err_make(c->arena, e->status == 410 || deleted ? ERR_GONE : e->status == 404 ? ERR_NOT_FOUND : ERR_INVALID, str_z(c->arena, at),
                              "GET %.*s fails", STR_ARG(e->url));
        e->status = err_http(e->problem.code);
        e->state = ENTRY_FAILED;
        return e->problem;
    }
    return OK_ERR;
}

err bundle_transaction(struct call *c, str source, const struct json *bundle, struct entries *set) {
    const struct json *list = JSON_GET(bundle, "entry");
    for (int attempt = 0;; attempt++) {
        size_t n = 0;
        *set = (struct entries){.at = ARENA_ARRAY(c->arena, struct entry, (list ? list->count : 0) + 1), .transaction = true};
        for (const struct json *node = list ? list->first : NULL; node; node = node->next, n++) {
            read_entry(c, source, node, n, &set->at[n]);
            set->len = n + 1;
            if (set->at[n].state == ENTRY_FAILED) return set->at[n].problem;
        }
        err e = entries_prepare(c, set);
        if (!e.code) e = try_reads(c, set);
        if (!e.code) e = entries_commit(c, set);
        if (!e.code || !set->raced || attempt == RACES) return e;
        call_fresh(c);
    }
}

/* ---- batch ------------------------------------------------------------------------------------------------------------------------ */

struct batch {
    struct entries *sets; /* one for each entry */
    struct commit *commits;
    struct commit **handed;
    size_t **orders;
    err *errors;
    size_t *whose;
    size_t count;
};

static void batch_once(struct call *c, struct entry *entry, struct entries *set) {
    for (int attempt = 0; attempt <= RACES; attempt++) {
        call_fresh(c);
        entry->issues = (struct fhir_issues){0};
        *set = (struct entries){.at = entry, .len = 1, .base = set->base, .transaction = true};
        if (entries_prepare(c, set).code) return;
        err e = entries_commit(c, set);
        if (!e.code || !set->raced) return;
    }
}

static void batch_commit(struct call *c, struct batch *b) {
    store_commit_many(c->store, c->arena, b->handed, b->count, b->errors);
    for (size_t k = 0; k < b->count; k++) {
        struct entries *set = &b->sets[b->whose[k]];
        entries_settle(c, set, b->handed[k], b->orders[k], b->errors[k]);
        if (b->errors[k].code && set->raced) batch_once(c, set->at, set);
    }
    b->count = 0;
}

void bundle_batch(struct call *c, str source, const struct json *bundle, struct entry **entries, size_t *count) {
    const struct json *list = JSON_GET(bundle, "entry");
    size_t len = list ? list->count : 0, n = 0;
    struct batch b = {.sets = ARENA_ARRAY(c->arena, struct entries, len + 1), .commits = ARENA_ARRAY(c->arena, struct commit, len + 1),
                      .handed = ARENA_ARRAY(c->arena, struct commit *, len + 1), .orders = ARENA_ARRAY(c->arena, size_t *, len + 1),
                      .errors = ARENA_ARRAY(c->arena, err, len + 1), .whose = ARENA_ARRAY(c->arena, size_t, len + 1)};
    struct entry *all = ARENA_ARRAY(c->arena, struct entry, len + 1);
    for (const struct json *node = list ? list->first : NULL; node; node = node->next, n++) read_entry(c, source, node, n, &all[n]);
    for (int turn = 0; turn < 3; turn++) { /* DELETE, POST, the others */
        for (size_t i = 0; i < len; i++) {
            int rank = all[i].method == REST_DELETE ? 0 : all[i].method == REST_POST ? 1 : 2;
            if (all[i].state == ENTRY_FAILED || rank != turn) continue;
            b.sets[i] = (struct entries){.at = &all[i], .len = 1, .base = i, .transaction = true};
            if (entries_prepare(c, &b.sets[i]).code || all[i].state != ENTRY_READY) continue;
            b.handed[b.count] = &b.commits[b.count];
            entries_gather(c, &b.sets[i], b.handed[b.count], &b.orders[b.count]);
            b.whose[b.count++] = i;
        }
        batch_commit(c, &b);
        call_fresh(c);
    }
    *entries = all;
    *count = len;
}

/* ---- the request ------------------------------------------------------------------------------------------------------------------- */

static err take(struct call *c) {
    struct json *bundle;
    TRY(json_parse(c->arena, c->in->body, &bundle));
    str type = JSON_TEXT(bundle, "type");
    const struct json *list = JSON_GET(bundle, "entry");
    if (!str_is(JSON_TEXT(bundle, "resourceType"), "Bundle")) return err_make(c->arena, ERR_INVALID, "resourceType", "expected a Bundle");
    if (list && list->kind != JSON_ARRAY) return err_make(c->arena, ERR_STRUCTURE, "Bundle.entry", "expected an array");
    if (list && list->count > ENTRIES_MOST) return err_make(c->arena, ERR_TOO_LONG, "Bundle.entry", "more than %d entries", ENTRIES_MOST);
    if (str_is(type, "transaction")) {
        struct entries set;
        err e = bundle_transaction(c, c->in->body, bundle, &set);
        if (e.code) respond_refused(c, &set, e);
        else respond_entries(c, set.at, set.len, "transaction-response");
        return OK_ERR;
    }
    if (str_is(type, "batch")) {
        struct entry *entries;
        size_t count;
        bundle_batch(c, c->in->body, bundle, &entries, &count);
        respond_entries(c, entries, count, "batch-response");
        return OK_ERR;
    }
    return err_make(c->arena, ERR_INVALID, "Bundle.type", "the base takes bundles of type transaction or batch");
}

void rest_bundle(struct call *c) {
    err e = take(c);
    if (e.code) respond_error(c, e);
}
