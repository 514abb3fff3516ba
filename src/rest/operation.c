/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations: $validate. Others answer 404, so that nobody takes an absent operation for an empty answer.
 */
#include "rest_int.h"

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
    fhir_validate(c->arena, c->in->body, resource, STR_NONE, &issues);
    fhir_outcome(&body, &issues, c->in->vietnamese);
    c->out->status = 200;
    c->out->body = buf_str(&body);
    return OK_ERR;
}

void rest_operation(struct call *c, const struct rest_path *p) {
    err e = err_make(c->arena, ERR_NOT_FOUND, NULL, "there is no operation %.*s here", STR_ARG(p->operation));
    if (str_is(p->operation, "$validate") && c->in->method == REST_POST) e = validate(c, p);
    if (e.code) respond_error(c, e);
}
