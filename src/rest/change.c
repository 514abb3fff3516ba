/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One change over HTTP: create, update, patch, delete, conditional or not. A transaction of one entry.
 */
#include "rest_int.h"

#include "base/vec.h"
#include "search/query.h"

enum { RACES = 5, DELETE_MOST = 1000 };

static void respond_failure(struct call *c, const struct entry *e) {
    if (!fhir_issues_have_error(&e->issues)) {
        respond_error(c, e->problem);
        return;
    }
    struct buf body = buf_new(c->arena);
    fhir_outcome(&body, &e->issues, c->in->vietnamese);
    c->out->status = 400;
    c->out->body = buf_str(&body);
}

static void outcome_done(struct call *c, struct buf *body) {
    struct fhir_issues none = {0};
    (void)c;
    fhir_outcome(body, &none, c->in->vietnamese);
}

/* Body of the answer to a change by Prefer; the representation is the default. */
static err respond_content(struct call *c, const struct version *v) {
    struct buf body = buf_new(c->arena);
    struct reader *r;
    struct version now;
    if (prefers(c->in->prefer, "return=minimal")) return OK_ERR;
    if (prefers(c->in->prefer, "return=OperationOutcome")) {
        outcome_done(c, &body);
    } else {
        call_fresh(c);
        TRY(call_reader(c, &r));
        TRY(reader_vread(r, c->arena, v->type, v->id, v->version, &now));
        version_json(&body, &now);
    }
    c->out->body = buf_str(&body);
    return OK_ERR;
}

static void respond_changed(struct call *c, struct entry *e) {
    const struct version *v = e->state == ENTRY_NOTHING ? &e->found : &e->change.result;
    if (e->method == REST_DELETE) {
        c->out->status = 204;
        if (e->state == ENTRY_READY) c->out->etag = version_etag(c->arena, v->version);
        return;
    }
    char version[VERSION_ID_TEXT];
    respond_version(c, v, e->status);
    if (e->status == 201 || e->method == REST_POST) {
        c->out->location = str_format(c->arena, "%.*s/%s/%.*s/_history/%s", STR_ARG(c->in->base_url), fhir_type_name(v->type),
                                      STR_ARG(v->id), version_id_format(v->version, version));
    }
    err failed = respond_content(c, v);
    if (failed.code) respond_error(c, failed);
}

/* DELETE Type?condition&_count=n: up to n of them, as one commit. */
static err delete_many(struct call *c, const struct rest_path *p) {
    struct search_result found;
    struct reader *r;
    const struct search_options options = {.access = c->in->access, .base_url = c->in->base_url};
    TRY(may_change_type(c, p->type));
    TRY(call_reader(c, &r));
    TRY(search_run(r, c->arena, p->type, c->in->query, &options, &found));
    struct change *changes = ARENA_ARRAY(c->arena, struct change, found.hit_count + 1);
    struct commit commit = {.changes = changes, .actor = c->in->actor};
    for (size_t i = 0; i < found.hit_count; i++) {
        if (found.hits[i].mode != HIT_MATCH) continue;
        changes[commit.count++] = (struct change){.op = VERSION_DELETE, .type = p->type, .id = found.hits[i].version.id,
                                                  .expect = EXPECT_VERSION, .expected = found.hits[i].version.version};
    }
    if (commit.count) TRY(store_commit(c->store, c->arena, &commit));
    for (size_t i = 0; i < commit.count; i++) VEC_PUSH(c->arena, &c->written, changes[i].result);
    c->out->status = 204;
    return OK_ERR;
}

static bool deletes_many(struct call *c, const struct rest_path *p) {
    struct query q;
    int64_t n;
    if (c->in->method != REST_DELETE || p->id.len || query_parse(c->arena, c->in->query, &q).code) return false;
    return str_int64(query_value(&q, "_count"), &n) && n > 1 && n <= DELETE_MOST && condition_selects(c->arena, c->in->query);
}

static err read_body(struct call *c, struct entry *e) {
    struct json *tree;
    if (c->in->method == REST_DELETE) return OK_ERR;
    TRY(json_parse(c->arena, c->in->body, &tree));
    e->resource = tree;
    e->source = c->in->body;
    return OK_ERR;
}

void rest_change(struct call *c, const struct rest_path *p) {
    const struct rest_request *in = c->in;
    if (deletes_many(c, p)) {
        err e = delete_many(c, p);
        if (e.code) respond_error(c, e);
        return;
    }
    str url = in->query.len ? str_format(c->arena, "%.*s?%.*s", STR_ARG(in->path), STR_ARG(in->query)) : in->path;
    for (int attempt = 0;; attempt++) {
        struct entry entry = {.method = in->method, .url = url, .if_match = in->if_match, .if_none_match = in->if_none_match,
                              .if_none_exist = in->if_none_exist};
        struct entries set = {.at = &entry, .len = 1};
        err e = read_body(c, &entry);
        if (e.code) {
            respond_error(c, e);
            return;
        }
        e = entries_prepare(c, &set);
        if (!e.code) e = entries_commit(c, &set);
        if (e.code && set.raced && attempt < RACES) {
            call_fresh(c);
            continue;
        }
        if (e.code && entry.state != ENTRY_FAILED) respond_error(c, e);
        else if (e.code) respond_failure(c, &entry);
        else respond_changed(c, &entry);
        return;
    }
}
