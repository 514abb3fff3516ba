/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A search over HTTP: the searchset Bundle with links, modes, total, warnings; _summary and _elements cut what is sent.
 */
#include "rest_int.h"

#include "base/vec.h"
#include "search/query.h"

struct cut { /* what of each resource is sent */
    enum { CUT_NOTHING, CUT_SUMMARY, CUT_TEXT, CUT_DATA, CUT_ELEMENTS } kind;
    str elements;
};

static struct cut cut_of(const struct query *q) {
    str summary = query_value(q, "_summary"), elements = query_value(q, "_elements");
    if (str_is(summary, "true")) return (struct cut){CUT_SUMMARY, STR_NONE};
    if (str_is(summary, "text")) return (struct cut){CUT_TEXT, STR_NONE};
    if (str_is(summary, "data")) return (struct cut){CUT_DATA, STR_NONE};
    if (elements.len) return (struct cut){CUT_ELEMENTS, elements};
    return (struct cut){CUT_NOTHING, STR_NONE};
}

static bool named(str list, str key, str type) {
    str part;
    while (str_split(&list, ',', &part)) {
        if (str_starts(part, type) && part.len > type.len && part.at[type.len] == '.') part = str_slice(part, type.len + 1, part.len);
        if (str_eq(part, key)) return true;
    }
    return false;
}

/* Does the member stay? Mandatory elements, id and meta always do (R4 3.1.1.5.8, 3.1.1.5.9). */
static bool stays(const struct cut *cut, fhir_type type, str key) {
    str plain = key.len && key.at[0] == '_' ? str_slice(key, 1, key.len) : key;
    if (str_is(plain, "resourceType") || str_is(plain, "id") || str_is(plain, "meta")) return true;
    if (cut->kind == CUT_DATA) return !str_is(plain, "text");
    const struct fhir_element *e = fhir_element_find(type, plain);
    bool mandatory = e && e->min > 0, modifier = e && e->flags & ELEMENT_MODIFIER;
    if (cut->kind == CUT_TEXT) return mandatory || str_is(plain, "text");
    if (cut->kind == CUT_SUMMARY) return mandatory || modifier || (e && e->flags & ELEMENT_SUMMARY);
    str name = e ? str_of(fhir_text(e->name)) : plain; /* _elements=value names valueQuantity too */
    return mandatory || modifier || named(cut->elements, plain, str_of(fhir_type_name(type))) ||
           named(cut->elements, name, str_of(fhir_type_name(type)));
}

static err put_cut(struct call *c, struct buf *out, const struct version *v, const struct cut *cut) {
    struct buf whole = buf_new(c->arena);
    struct json *tree;
    bool first = true;
    version_json(&whole, v);
    str source = buf_str(&whole);
    TRY(json_parse(c->arena, source, &tree));
    buf_addc(out, '{');
    for (const struct json *m = tree->first; m; m = m->next) {
        if (!stays(cut, v->type, m->key)) continue;
        if (!first) buf_addc(out, ',');
        first = false;
        buf_add_json(out, m->key);
        buf_addc(out, ':');
        str value = str_slice(source, m->begin, m->end);
        static const char tag[] = "{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ObservationValue\",\"code\":\"SUBSETTED\"}";
        if (!str_is(m->key, "meta")) {
            buf_add(out, value);
            continue;
        }
        const struct json *tags = JSON_GET(m, "tag");
        if (tags && tags->kind == JSON_ARRAY && tags->count) {
            buf_add(out, str_slice(source, m->begin, tags->end - 1));
            buf_addf(out, ",%s", tag);
            buf_add(out, str_slice(source, tags->end - 1, m->end));
        } else {
            buf_add(out, str_slice(value, 0, value.len - 1));
            buf_addf(out, ",\"tag\":[%s]}", tag);
        }
    }
    buf_addc(out, '}');
    return OK_ERR;
}

static void link(struct call *c, struct buf *out, const char *relation, str url, str query) {
    buf_addf(out, "{\"relation\":\"%s\",\"url\":", relation);
    buf_add_json(out, str_format(c->arena, "%.*s%s%.*s", STR_ARG(url), query.len ? "?" : "", STR_ARG(query)));
    buf_addc(out, '}');
}

static err put_entries(struct call *c, struct buf *out, const struct search_result *found, const struct cut *cut) {
    static const char *const modes[] = {"match", "include", "outcome"};
    const char *between = ",\"entry\":[";
    for (size_t i = 0; i < found->hit_count; i++) {
        const struct version *v = &found->hits[i].version;
        buf_addz(out, between);
        between = ",";
        buf_addz(out, "{\"fullUrl\":");
        buf_add_json(out, str_format(c->arena, "%.*s/%s/%.*s", STR_ARG(c->in->base_url), fhir_type_name(v->type), STR_ARG(v->id)));
        buf_addz(out, ",\"resource\":");
        if (cut->kind == CUT_NOTHING) version_json(out, v);
        else TRY(put_cut(c, out, v, cut));
        buf_addf(out, ",\"search\":{\"mode\":\"%s\"}}", modes[found->hits[i].mode]);
    }
    if (found->warnings.len) {
        buf_addz(out, between);
        between = ",";
        buf_addz(out, "{\"resource\":");
        fhir_outcome(out, &found->warnings, c->in->vietnamese);
        buf_addz(out, ",\"search\":{\"mode\":\"outcome\"}}");
    }
    if (between[1] == 0) buf_addc(out, ']');
    return OK_ERR;
}

/* The query of the URL and, for POST, of the form. */
static str whole_query(struct call *c, const struct rest_path *p) {
    str query = c->in->query;
    if (p->search && c->in->method == REST_POST && c->in->body.len) {
        query = query.len ? str_format(c->arena, "%.*s&%.*s", STR_ARG(query), STR_ARG(c->in->body)) : c->in->body;
    }
    return query;
}

static err answer(struct call *c, const struct rest_path *p) {
    struct search_result found;
    struct reader *r;
    struct query q;
    str query = whole_query(c, p);
    struct search_options options = {.access = c->in->access, .base_url = c->in->base_url, .lenient = prefers(c->in->prefer, "handling=lenient"),
                                     .deadline_ms = c->in->deadline_ms};
    str url = c->in->path;
    if (p->search) url = str_slice(url, 0, url.len - (str_is(url, "_search") ? 7 : 8));
    url = str_format(c->arena, "%.*s%s%.*s", STR_ARG(c->in->base_url), url.len ? "/" : "", STR_ARG(url));
    TRY(query_parse(c->arena, query, &q));
    TRY(call_reader(c, &r));
    if (p->compartment_of != FHIR_TYPE_NONE) {
        options.compartment_of = p->compartment_of;
        options.compartment_id = p->id;
    }
    if (p->type == FHIR_TYPE_NONE) return err_make(c->arena, ERR_NOT_SUPPORTED, NULL, "search names a resource type: Type?…");
    TRY(search_run(r, c->arena, p->type, query, &options, &found));
    struct cut cut = cut_of(&q);
    struct buf body = buf_new(c->arena);
    buf_reserve(&body, 256 + found.hit_count * 2048);
    buf_addz(&body, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
    if (found.total_known) buf_addf(&body, ",\"total\":%lld", (long long)found.total);
    buf_addz(&body, ",\"link\":[");
    link(c, &body, "self", url, found.self);
    if (found.next.len) {
        buf_addc(&body, ',');
        link(c, &body, "next", url, found.next);
    }
    buf_addc(&body, ']');
    TRY(put_entries(c, &body, &found, &cut));
    buf_addc(&body, '}');
    struct version *read = ARENA_ARRAY(c->arena, struct version, found.hit_count + 1);
    for (size_t i = 0; i < found.hit_count; i++) read[i] = found.hits[i].version;
    c->out->read = read;
    c->out->read_count = found.hit_count;
    c->out->status = 200;
    c->out->body = buf_str(&body);
    return OK_ERR;
}

void rest_search(struct call *c, const struct rest_path *p) {
    err e = answer(c, p);
    if (e.code) respond_error(c, e);
}
