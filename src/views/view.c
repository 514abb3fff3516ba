/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a ViewDefinition to a compiled view. Everything that can be wrong without a resource is found here: unknown types, paths that are no
 * FHIRPath, columns of one name, branches of a union that do not fit together.
 */
#include "views_int.h"

enum { NESTED_MAX = 30 };

struct compiler {
    struct arena *arena;
    struct view *view;
    int depth;
};

static err wrong(struct compiler *c, const char *at, const char *why) { return err_make(c->arena, ERR_INVALID, NULL, "%s: %s", at, why); }

static const char *place(struct compiler *c, const char *at, const char *member) { return str_z(c->arena, str_format(c->arena, "%s%s%s", at, *at ? "." : "", member)); }

/* `static_type`: of what the path is evaluated on, FHIR_TYPE_NONE when it is not known. */
static err compile_path(struct compiler *c, const struct json *node, const char *at, fhir_type static_type, struct path *out) {
    if (!node || node->kind != JSON_STRING || !node->text.len) return wrong(c, at, "a FHIRPath expression is expected");
    *out = (struct path){.text = node->text, .at = at};
    err e = fhirpath_compile(c->arena, node->text, static_type, &out->compiled);
    return e.code ? wrong(c, at, str_z(c->arena, e.detail)) : OK_ERR;
}

/* A list, or none. */
static err list_of(struct compiler *c, const struct json *object, const char *member, const char *at, const struct json **first, size_t *count) {
    const struct json *list = json_get(object, str_of(member));
    *first = NULL;
    *count = 0;
    if (!list) return OK_ERR;
    if (list->kind != JSON_ARRAY) return wrong(c, place(c, at, member), "a list is expected");
    *first = list->first;
    *count = list->count;
    return OK_ERR;
}

/* ---- columns ----------------------------------------------------------------------------------------------------------------------------- */

/* A name as databases take it. */
static bool name_valid(str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i] | 0x20;
        if (!(c >= 'a' && c <= 'z') && !(i && ((s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '_'))) return false;
    }
    return s.len > 0 && s.len <= 255;
}

static err add_column(struct compiler *c, const struct json *node, const char *at) {
    struct view_column column = {JSON_TEXT(node, "name"), JSON_TEXT(node, "type"), false};
    const struct json *collection = JSON_GET(node, "collection");
    column.collection = collection && collection->kind == JSON_TRUE;
    if (!name_valid(column.name)) return wrong(c, place(c, at, "name"), "a name of letters, digits and _ is expected, a letter first");
    for (size_t i = 0; i < c->view->columns.len; i++)
        if (str_eq(c->view->columns.at[i].name, column.name)) return wrong(c, place(c, at, "name"), "another column has this name");
    VEC_PUSH(c->arena, &c->view->columns, column);
    return OK_ERR;
}

static err compile_columns(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s) {
    const struct json *item;
    TRY(list_of(c, node, "column", at, &item, &s->column_count));
    s->columns = ARENA_ARRAY(c->arena, struct path, s->column_count);
    for (size_t i = 0; item; item = item->next, i++) {
        const char *here = str_z(c->arena, str_format(c->arena, "%s.column[%zu]", at, i));
        TRY(add_column(c, item, here));
        TRY(compile_path(c, JSON_GET(item, "path"), place(c, here, "path"), type, &s->columns[i]));
    }
    return OK_ERR;
}

/* ---- selects ------------------------------------------------------------------------------------------------------------------------------ */

static err compile_select(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s);

/* forEach, forEachOrNull, repeat: at most one of them. */
static err compile_each(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s) {
    const struct json *each = JSON_GET(node, "forEach"), *or_null = JSON_GET(node, "forEachOrNull"), *item;
    TRY(list_of(c, node, "repeat", at, &item, &s->path_count));
    bool repeats = JSON_GET(node, "repeat") != NULL;
    if (!!each + !!or_null + repeats > 1) return wrong(c, at, "only one of forEach, forEachOrNull and repeat may stand here");
    s->each = each ? EACH_ITEM : or_null ? EACH_ITEM_OR_NULL : repeats ? EACH_REPEAT : EACH_ITSELF;
    if (repeats && !item) return wrong(c, place(c, at, "repeat"), "at least one path is expected");
    if (s->each == EACH_ITSELF) return OK_ERR;
    s->paths = ARENA_ARRAY(c->arena, struct path, s->path_count + 1);
    for (size_t i = 0; item; item = item->next, i++) TRY(compile_path(c, item, place(c, at, "repeat"), FHIR_TYPE_NONE, &s->paths[i]));
    if (repeats) return OK_ERR;
    s->path_count = 1;
    return compile_path(c, each ? each : or_null, place(c, at, each ? "forEach" : "forEachOrNull"), type, &s->paths[0]);
}

static err compile_nested(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s) {
    const struct json *item;
    TRY(list_of(c, node, "select", at, &item, &s->nested_count));
    s->nested = ARENA_ARRAY(c->arena, struct select, s->nested_count);
    for (size_t i = 0; item; item = item->next, i++)
        TRY(compile_select(c, item, str_z(c->arena, str_format(c->arena, "%s%sselect[%zu]", at, *at ? "." : "", i)), type, &s->nested[i]));
    return OK_ERR;
}

static bool same_columns(const struct view_column *x, const struct view_column *y, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!str_eq(x[i].name, y[i].name) || x[i].collection != y[i].collection || (x[i].type.len && y[i].type.len && !str_eq(x[i].type, y[i].type))) return false;
    return true;
}

static void move_columns(struct select *s, size_t by) {
    s->first -= by;
    for (size_t i = 0; i < s->nested_count; i++) move_columns(&s->nested[i], by);
    for (size_t i = 0; i < s->branch_count; i++) move_columns(&s->branches[i], by);
}

/* A branch is compiled as if its columns were new, then laid over those of the first one. */
static err compile_branch(struct compiler *c, const struct json *item, const char *at, fhir_type type, size_t from, size_t *width, struct select *s) {
    struct view *v = c->view;
    size_t had = v->columns.len;
    struct view_column *kept = ARENA_ARRAY(c->arena, struct view_column, had + 1);
    for (size_t i = 0; i < had; i++) kept[i] = v->columns.at[i];
    for (size_t i = from; i < had; i++) v->columns.at[i].name = STR_NONE; /* the same names come again */
    err e = compile_select(c, item, at, type, s);
    size_t own = v->columns.len - had;
    for (size_t i = 0; i < had; i++) v->columns.at[i] = kept[i];
    if (e.code) return e;
    if (*width == SIZE_MAX) return *width = own, OK_ERR;
    if (own != *width || !same_columns(v->columns.at + from, v->columns.at + had, own)) return wrong(c, at, "the columns of a union's branches are the same in the same order");
    move_columns(s, had - from);
    v->columns.len = had;
    return OK_ERR;
}

static err compile_union(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s) {
    const struct json *item;
    TRY(list_of(c, node, "unionAll", at, &item, &s->branch_count));
    s->branches = ARENA_ARRAY(c->arena, struct select, s->branch_count);
    size_t from = c->view->columns.len, width = SIZE_MAX;
    for (size_t i = 0; item; item = item->next, i++)
        TRY(compile_branch(c, item, str_z(c->arena, str_format(c->arena, "%s.unionAll[%zu]", at, i)), type, from, &width, &s->branches[i]));
    return OK_ERR;
}

static err compile_select(struct compiler *c, const struct json *node, const char *at, fhir_type type, struct select *s) {
    if (node->kind != JSON_OBJECT) return wrong(c, at, "an object is expected");
    if (++c->depth > NESTED_MAX) return wrong(c, at, "nested too deeply");
    s->first = c->view->columns.len;
    TRY(compile_each(c, node, at, type, s));
    if (s->each != EACH_ITSELF) type = FHIR_TYPE_NONE;
    TRY(compile_columns(c, node, at, type, s));
    TRY(compile_nested(c, node, at, type, s));
    TRY(compile_union(c, node, at, type, s));
    c->depth--;
    if (s->column_count + s->nested_count + s->branch_count == 0) return wrong(c, at, "there is no column, select or unionAll");
    return OK_ERR;
}

/* ---- constants ---------------------------------------------------------------------------------------------------------------------------- */

/* valueString → string: only primitives. */
static fhir_type constant_type(struct arena *a, str key) {
    if (!str_starts(key, STR("value")) || key.len < 7) return FHIR_TYPE_NONE;
    str name = str_copy(a, str_slice(key, 5, key.len));
    ((char *)(uintptr_t)name.at)[0] |= 0x20;
    fhir_type type = fhir_type_find(name);
    return type && fhir_types[type].kind == KIND_PRIMITIVE ? type : FHIR_TYPE_NONE;
}

static err add_constant(struct compiler *c, const struct json *item, const char *at, struct fhirpath_variable *out) {
    out->name = JSON_TEXT(item, "name");
    if (!name_valid(out->name)) return wrong(c, place(c, at, "name"), "a name is expected");
    for (const struct json *m = item->first; m; m = m->next) {
        fhir_type type = constant_type(c->arena, m->key);
        if (type) values_add(c->arena, &out->values, value_element(type, m, NULL));
    }
    return out->values.len == 1 ? OK_ERR : wrong(c, at, "one value[x] of a primitive type is expected");
}

static err compile_constants(struct compiler *c, const struct json *definition) {
    const struct json *item;
    size_t count;
    TRY(list_of(c, definition, "constant", "", &item, &count));
    struct view *v = c->view;
    v->variables = ARENA_ARRAY(c->arena, struct fhirpath_variable, count + 1);
    v->variables[0].name = STR("rowIndex");
    v->variable_count = count + 1;
    for (size_t i = 0; item; item = item->next, i++) TRY(add_constant(c, item, str_z(c->arena, str_format(c->arena, "constant[%zu]", i)), &v->variables[i + 1]));
    return OK_ERR;
}

static err compile_where(struct compiler *c, const struct json *definition) {
    const struct json *item;
    struct view *v = c->view;
    TRY(list_of(c, definition, "where", "", &item, &v->where_count));
    v->where = ARENA_ARRAY(c->arena, struct path, v->where_count);
    for (size_t i = 0; item; item = item->next, i++)
        TRY(compile_path(c, JSON_GET(item, "path"), str_z(c->arena, str_format(c->arena, "where[%zu].path", i)), v->type, &v->where[i]));
    return OK_ERR;
}

err view_compile(struct arena *a, const struct json *definition, struct view **out) {
    struct view *v = ARENA_NEW(a, struct view);
    struct compiler c = {a, v, 0};
    v->arena = a;
    if (!definition || definition->kind != JSON_OBJECT) return wrong(&c, "ViewDefinition", "an object is expected");
    v->type = fhir_type_by_name(JSON_TEXT(definition, "resource"));
    if (!v->type) return wrong(&c, "resource", "the name of a resource type is expected");
    TRY(compile_constants(&c, definition));
    TRY(compile_where(&c, definition));
    TRY(compile_nested(&c, definition, "", v->type, &v->root));
    if (!v->root.nested_count) return wrong(&c, "select", "at least one select is expected");
    *out = v;
    return OK_ERR;
}

fhir_type view_type(const struct view *view) { return view->type; }

const struct view_column *view_columns(const struct view *view, size_t *count) {
    *count = view->columns.len;
    return view->columns.at;
}
