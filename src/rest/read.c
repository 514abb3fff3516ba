/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * read, vread and the three histories (FHIR R4 3.1.0.2, 3.1.0.3, 3.1.0.12). The read of one resource is the most
 * frequent request of all: one statement, one decompression, one splice.
 */
#include "rest_int.h"

#include "base/date.h"
#include "base/vec.h"
#include "search/query.h"

enum { HISTORY_DEFAULT = 50, HISTORY_MOST = 1000 };

static void note_read(struct call *c, const struct version *v, size_t count) {
    c->out->read = v;
    c->out->read_count = count;
}

/* 404 for what the asker may not see: its existence is nobody's business either. */
static err may_see(struct call *c, struct reader *r, const struct version *v) {
    if (access_sees(r, c->in->access, v)) return OK_ERR;
    return (err){.code = ERR_NOT_FOUND}; /* word for word as for one that is not there */
}

static bool not_modified(const struct rest_request *in, const struct version *v) {
    struct version_id asked;
    if (in->if_none_match.at) {
        for (str rest = in->if_none_match, part; str_split(&rest, ',', &part);) {
            if (str_is(str_trim(part), "*")) return true;
            if (etag_version(part, &asked) && asked.clock == v->version.clock && asked.origin == v->version.origin) return true;
        }
        return false;
    }
    if (!in->if_modified_since.at) return false;
    struct arena *a = arena_new();
    bool same = str_eq(http_date(a, v->wall), str_trim(in->if_modified_since));
    arena_free(a);
    return same;
}

static err read_one(struct call *c, const struct rest_path *p, struct version *v) {
    struct reader *r;
    TRY(call_reader(c, &r));
    if (!p->version.len) {
        err e = reader_get(r, c->arena, p->type, p->id, v);
        if (e.code == ERR_GONE) {
            TRY(may_see(c, r, v));
            c->out->etag = version_etag(c->arena, v->version);
            return err_make(c->arena, ERR_GONE, NULL, "%s/%.*s was deleted", fhir_type_name(p->type), STR_ARG(p->id));
        }
        TRY(e);
    } else {
        struct version_id id;
        if (!version_id_parse(p->version, &id)) {
            return err_make(c->arena, ERR_NOT_FOUND, NULL, "there is no version %.*s", STR_ARG(p->version));
        }
        TRY(reader_vread(r, c->arena, p->type, p->id, id, v));
        if (v->op == VERSION_DELETE) {
            TRY(may_see(c, r, v));
            return err_make(c->arena, ERR_GONE, NULL, "version %.*s is the deletion", STR_ARG(p->version));
        }
    }
    return may_see(c, r, v);
}

void rest_read(struct call *c, const struct rest_path *p) {
    struct version *v = ARENA_NEW(c->arena, struct version);
    err e = read_one(c, p, v);
    if (e.code) {
        respond_error(c, e);
        return;
    }
    respond_version(c, v, 200);
    if (not_modified(c->in, v)) {
        c->out->status = 304;
        return;
    }
    struct buf body = buf_new(c->arena);
    buf_reserve(&body, v->body.len + 128);
    version_json(&body, v);
    c->out->body = buf_str(&body);
    note_read(c, v, 1);
}

/* ---- history --------------------------------------------------------------------------------------------------------- */

struct history_page {
    struct history_query query;
    struct query parameters;
};

static err history_parameter(struct call *c, struct history_page *h, struct query_pair p) {
    int64_t n, from, to;
    if (str_is(p.name, "_count")) {
        if (!str_int64(p.value, &n) || n < 0) return err_make(c->arena, ERR_INVALID, "_count", "not a count");
        h->query.limit = (size_t)(n > HISTORY_MOST ? HISTORY_MOST : n);
    } else if (str_is(p.name, "_since")) {
        if (!query_date(p.value, &from, &to)) return err_make(c->arena, ERR_INVALID, "_since", "not an instant");
        h->query.since_ms = from;
    } else if (str_is(p.name, "_at")) {
        if (!query_date(p.value, &from, &to)) return err_make(c->arena, ERR_INVALID, "_at", "not a date");
        h->query.at_ms_from = from;
        h->query.at_ms_to = to;
    } else if (str_is(p.name, "_position")) {
        str rest = p.value, before;
        if (!str_split(&rest, '.', &before) || !str_int64(before, &h->query.before) || !str_int64(rest, &h->query.before_rid)) return err_make(c->arena, ERR_INVALID, "_position", "not a position");
    } else if (!str_is(p.name, "_format") && !str_is(p.name, "_pretty") && !prefers(c->in->prefer, "handling=lenient")) {
        return err_make(c->arena, ERR_NOT_SUPPORTED, NULL, "_history knows no parameter %.*s", STR_ARG(p.name));
    }
    return OK_ERR;
}

static void history_entry(struct call *c, struct buf *out, const struct version *v) {
    static const char *const methods[] = {[VERSION_CREATE] = "PUT", [VERSION_UPDATE] = "PUT", [VERSION_DELETE] = "DELETE"};
    static const char *const statuses[] = {[VERSION_CREATE] = "201", [VERSION_UPDATE] = "200", [VERSION_DELETE] = "204"};
    char when[25];
    const char *type = fhir_type_name(v->type);
    buf_addz(out, "{\"fullUrl\":");
    buf_add_json(out, str_format(c->arena, "%.*s/%s/%.*s", STR_ARG(c->in->base_url), type, STR_ARG(v->id)));
    if (v->op != VERSION_DELETE) {
        buf_addz(out, ",\"resource\":");
        version_json(out, v);
    }
    buf_addf(out, ",\"request\":{\"method\":\"%s\",\"url\":\"%s/%.*s\"},\"response\":{\"status\":\"%s\",\"etag\":", methods[v->op],
             type, STR_ARG(v->id), statuses[v->op]);
    buf_add_json(out, version_etag(c->arena, v->version));
    buf_addf(out, ",\"lastModified\":\"%s\"}}", instant_format(v->wall, when));
}

static void history_links(struct call *c, struct buf *out, const struct history_page *h, const struct version *last) {
    struct buf link = buf_new(c->arena);
    for (size_t i = 0; i < h->parameters.len; i++)
        if (!str_is(h->parameters.at[i].name, "_position")) query_append(&link, h->parameters.at[i].name, h->parameters.at[i].value);
    str url = str_format(c->arena, "%.*s/%.*s", STR_ARG(c->in->base_url), STR_ARG(c->in->path));
    buf_addz(out, "\"link\":[{\"relation\":\"self\",\"url\":");
    buf_add_json(out, str_format(c->arena, "%.*s%s%.*s", STR_ARG(url), c->in->query.len ? "?" : "", STR_ARG(c->in->query)));
    buf_addc(out, '}');
    if (last) {
        query_append(&link, STR("_position"), str_format(c->arena, "%lld.%lld", (long long)last->position, (long long)last->rid));
        buf_addz(out, ",{\"relation\":\"next\",\"url\":");
        buf_add_json(out, str_format(c->arena, "%.*s?%.*s", STR_ARG(url), STR_ARG(buf_str(&link))));
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static err history_answer(struct call *c, const struct rest_path *p) {
    struct history_page h = {.query = {.type = p->type, .id = p->id, .limit = HISTORY_DEFAULT}};
    struct version_list list = {0};
    struct reader *r;
    TRY(query_parse(c->arena, c->in->query, &h.parameters));
    for (size_t i = 0; i < h.parameters.len; i++) TRY(history_parameter(c, &h, h.parameters.at[i]));
    TRY(call_reader(c, &r));
    size_t limit = h.query.limit;
    if (p->id.len) {
        struct version head;
        err e = reader_get(r, c->arena, p->type, p->id, &head);
        if (e.code != ERR_GONE) TRY(e);
        TRY(may_see(c, r, &head));
    }
    h.query.limit = limit + 1;
    TRY(reader_history(r, c->arena, &h.query, &list));
    bool more = list.len > limit;
    size_t shown = more ? limit : list.len, kept = 0;
    const struct version *last = shown ? &list.at[shown - 1] : NULL;
    struct version *seen = ARENA_ARRAY(c->arena, struct version, shown + 1);
    struct buf body = buf_new(c->arena);
    buf_addz(&body, "{\"resourceType\":\"Bundle\",\"type\":\"history\",");
    history_links(c, &body, &h, more ? last : NULL);
    for (size_t i = 0; i < shown; i++) {
        if (!on_shelf(c->in->shelf, list.at[i].type)) continue; /* of the whole system */
        if (!access_sees(r, c->in->access, &list.at[i])) continue;
        buf_addz(&body, kept ? "," : ",\"entry\":[");
        history_entry(c, &body, &list.at[i]);
        seen[kept++] = list.at[i];
    }
    buf_addz(&body, kept ? "]}" : "}");
    c->out->status = 200;
    c->out->body = buf_str(&body);
    note_read(c, seen, kept);
    return OK_ERR;
}

void rest_history(struct call *c, const struct rest_path *p) {
    err e = history_answer(c, p);
    if (e.code) respond_error(c, e);
}
