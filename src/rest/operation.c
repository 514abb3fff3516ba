/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations: $validate, Patient/id/$everything, Patient/id/$summary (summary.c). Others answer 404, so that nobody takes an absent operation for an empty answer.
 */
#include "rest_int.h"

#include "fhirpath/fhirpath.h"

#include "base/vec.h"
#include "search/query.h"

/* The resource itself, or the parameter `resource` of a Parameters. */
static const struct json *subject(const struct json *tree) {
    if (!str_is(JSON_TEXT(tree, "resourceType"), "Parameters")) return tree;
    const struct json *list = JSON_GET(tree, "parameter");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next)
        if (str_is(JSON_TEXT(p, "name"), "resource")) return JSON_GET(p, "resource");
    return tree;
}

static err validate(struct call *c, const struct rest_path *p) {
    struct json *tree;
    struct fhir_issues issues = {0};
    struct buf body = buf_new(c->arena);
    TRY(json_parse(c->arena, c->in->body, &tree));
    const struct json *resource = subject(tree);
    str type = JSON_TEXT(resource, "resourceType");
    if (p->type != FHIR_TYPE_NONE && !str_is(type, fhir_type_name(p->type))) {
        return err_make(c->arena, ERR_INVALID, "resourceType", "the URL names %s", fhir_type_name(p->type));
    }
    fhirpath_validate(c->arena, c->in->body, resource, &issues);
    fhir_outcome(&body, &issues, c->in->vietnamese);
    c->out->status = 200;
    c->out->body = buf_str(&body);
    return OK_ERR;
}

/* ---- $everything ----------------------------------------------------------------------------------------------------------- */

enum { EVERYTHING_DEFAULT = 1000 };

static err everything_parameters(struct call *c, int64_t *count, struct compartment_position *after, bool *first) {
    struct query q;
    TRY(query_parse(c->arena, c->in->query, &q));
    for (size_t i = 0; i < q.len; i++) {
        str value = q.at[i].value, part;
        if (str_is(q.at[i].name, "_count")) {
            if (!str_int64(value, count) || *count < 1) return err_make(c->arena, ERR_INVALID, "_count", "expected a number");
            if (*count > EVERYTHING_DEFAULT) *count = EVERYTHING_DEFAULT;
        } else if (str_is(q.at[i].name, "_position")) {
            *first = false;
            if (!str_split(&value, '.', &part) || !str_int64(part, &after->type) || !str_split(&value, '.', &part) ||
                !str_int64(part, &after->dt) || !str_int64(value, &after->rid))
                return err_make(c->arena, ERR_INVALID, "_position", "not a position");
        } else if (!prefers(c->in->prefer, "handling=lenient")) {
            return err_make(c->arena, ERR_NOT_SUPPORTED, NULL, "$everything knows no parameter %.*s", STR_ARG(q.at[i].name));
        }
    }
    return OK_ERR;
}

static void everything_entry(struct call *c, struct buf *out, const struct version *v) {
    buf_addz(out, c->given.len ? ",{\"fullUrl\":" : "\"entry\":[{\"fullUrl\":");
    buf_add_json(out, str_format(c->arena, "%.*s/%s/%.*s", STR_ARG(c->in->base_url), fhir_type_name(v->type), STR_ARG(v->id)));
    buf_addz(out, ",\"resource\":");
    version_json(out, v);
    buf_addz(out, ",\"search\":{\"mode\":\"match\"}}");
    VEC_PUSH(c->arena, &c->given, *v);
}

/* The Patient, then everything in its compartment by type and date, in pages. */
static err everything(struct call *c, const struct rest_path *p) {
    struct reader *r;
    struct version patient;
    struct version_list list = {0};
    struct compartment_position after = {INT64_MIN, INT64_MIN, INT64_MIN};
    struct buf body = buf_new(c->arena);
    int64_t count = EVERYTHING_DEFAULT;
    bool first = true;
    TRY(everything_parameters(c, &count, &after, &first));
    TRY(call_reader(c, &r));
    TRY(reader_get(r, c->arena, FHIR_TYPE_PATIENT, p->id, &patient));
    if (!access_sees(r, c->in->access, &patient)) return (err){.code = ERR_NOT_FOUND};
    TRY(search_compartment(r, c->arena, c->in->access, patient.rid, &after, (size_t)count, &list));
    str url = str_format(c->arena, "%.*s/%.*s", STR_ARG(c->in->base_url), STR_ARG(c->in->path));
    buf_addz(&body, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"self\",\"url\":");
    buf_add_json(&body, str_format(c->arena, "%.*s%s%.*s", STR_ARG(url), c->in->query.len ? "?" : "", STR_ARG(c->in->query)));
    buf_addc(&body, '}');
    if (list.len == (size_t)count) {
        buf_addz(&body, ",{\"relation\":\"next\",\"url\":");
        buf_add_json(&body, str_format(c->arena, "%.*s?_count=%lld&_position=%lld.%lld.%lld", STR_ARG(url), (long long)count, (long long)after.type,
                                       (long long)after.dt, (long long)after.rid));
        buf_addc(&body, '}');
    }
    buf_addz(&body, "],");
    if (first) everything_entry(c, &body, &patient);
    for (size_t i = 0; i < list.len; i++)
        if (access_sees(r, c->in->access, &list.at[i])) everything_entry(c, &body, &list.at[i]);
    if (c->given.len) buf_addz(&body, "]}");
    else body.at[body.len - 1] = '}'; /* an empty last page has no entry */
    c->out->read = c->given.at;
    c->out->read_count = c->given.len;
    c->out->status = 200;
    c->out->body = buf_str(&body);
    return OK_ERR;
}

void rest_operation(struct call *c, const struct rest_path *p) {
    err e = err_make(c->arena, ERR_NOT_FOUND, NULL, "there is no operation %.*s here", STR_ARG(p->operation));
    if (str_is(p->operation, "$validate") && c->in->method == REST_POST) e = validate(c, p);
    bool get = c->in->method == REST_GET || c->in->method == REST_POST;
    if (str_is(p->operation, "$everything") && get && p->type == FHIR_TYPE_PATIENT && p->id.len) e = everything(c, p);
    if (str_is(p->operation, "$summary") && get && p->type == FHIR_TYPE_PATIENT && p->id.len) e = rest_summary(c, p->id);
    if (e.code) respond_error(c, e);
}
