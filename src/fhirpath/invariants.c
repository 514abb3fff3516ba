/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants: every constraint that R4's definitions put on a type or an element, compiled once, evaluated on each element of a
 * resource. ele-1 (no empty element) is the structural validator's. An invariant that cannot be evaluated is skipped: it is no fault of
 * the resource.
 */
#include "fhirpath.h"

#include "base/date.h"

#include <pthread.h>

struct use { const struct fhir_invariant *rule; struct fhirpath *path; };
struct uses { struct use *at; size_t len, cap; };

static struct uses *of_type, *of_element;
static struct arena *arena;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void compile_all(void) {
    arena = arena_new();
    of_type = ARENA_ARRAY(arena, struct uses, fhir_types_count);
    of_element = ARENA_ARRAY(arena, struct uses, fhir_elements_count);
    struct fhirpath **paths = ARENA_ARRAY(arena, struct fhirpath *, fhir_invariants_count);
    for (size_t i = 0; i < fhir_invariants_count; i++) {
        str text = str_of(fhir_text(fhir_invariants[i].expression));
        if (!text.len || strcmp(fhir_text(fhir_invariants[i].key), "ele-1") == 0) continue;
        if (fhirpath_compile(arena, text, FHIR_TYPE_NONE, &paths[i]).code) paths[i] = NULL;
    }
    for (size_t i = 0; i < fhir_invariant_uses_count; i++) {
        const struct fhir_invariant_use *u = &fhir_invariant_uses[i];
        if (!paths[u->invariant]) continue;
        struct uses *list = u->on_element ? &of_element[u->owner] : &of_type[u->owner];
        VEC_PUSH(arena, list, (struct use){&fhir_invariants[u->invariant], paths[u->invariant]});
    }
}

struct walk {
    struct arena *arena, *scratch; /* scratch is emptied after each element */
    str source;
    const struct json *resource, *root;
    struct fhir_issues *out;
    bool error;
    struct mark { size_t at; unsigned line, column; } *mark; /* the last position told: issues come in document order, mostly */
};

static void position(struct walk *w, size_t offset, unsigned *line, unsigned *column) {
    struct mark *m = w->mark;
    if (offset < m->at) *m = (struct mark){0, 1, 1};
    unsigned lines, columns;
    json_position(str_slice(w->source, m->at, w->source.len), offset - m->at, &lines, &columns);
    m->column = lines == 1 ? m->column + columns - 1 : columns;
    m->line += lines - 1;
    m->at = offset;
    *line = m->line;
    *column = m->column;
}

static void report(struct walk *w, const struct fhir_invariant *rule, const struct json *node, str path) {
    struct fhir_issue issue = {.severity = rule->error ? FHIR_ERROR : FHIR_WARNING, .code = "invariant", .expression = str_copy(w->arena, path)};
    position(w, node->begin, &issue.line, &issue.column);
    issue.en = str_format(w->arena, "%s: %s", fhir_text(rule->key), fhir_text(rule->human));
    issue.vi = str_format(w->arena, "Vi phạm ràng buộc %s: %s", fhir_text(rule->key), fhir_text(rule->human));
    fhir_issue_add(w->arena, w->out, issue);
    w->error = w->error || rule->error;
}

static void check_uses(struct walk *w, const struct uses *uses, fhir_type type, const struct json *node, const struct json *extra, str path) {
    for (size_t i = 0; i < uses->len; i++) {
        struct fhirpath_context context = {.resource = w->resource, .root = w->root, .input = value_element(type, node, extra), .has_input = true,
                                           .now_ms = 0, .offset_minutes = VIETNAM_OFFSET_MINUTES, .budget = 2000000};
        bool holds = true;
        err e = fhirpath_test(w->scratch, uses->at[i].path, &context, true, &holds);
        if (!e.code && !holds) report(w, uses->at[i].rule, node ? node : extra, path);
    }
    if (arena_used(w->scratch) > 1 << 20) arena_reset(w->scratch);
}

static void check_element(struct walk *w, const struct fhir_element *e, const struct json *node, const struct json *extra, str path);

static void check_resource(struct walk *w, const struct json *resource, const struct json *root, str path);

/* The members of an object that are elements of the type. */
static void check_members(struct walk *w, fhir_type type, const struct json *object, str path) {
    if (object->kind != JSON_OBJECT || fhir_types[type].kind == KIND_PRIMITIVE) return;
    for (const struct json *m = object->first; m; m = m->next) {
        const struct fhir_element *e = m->key.len && m->key.at[0] != '_' ? fhir_element_find(type, m->key) : NULL;
        if (!e) continue;
        str own = str_format(w->arena, "%.*s.%s", STR_ARG(path), fhir_text(e->name));
        if (m->kind != JSON_ARRAY) {
            check_element(w, e, m, NULL, own);
            continue;
        }
        size_t i = 0;
        for (const struct json *item = m->first; item; item = item->next, i++)
            if (item->kind != JSON_NULL) check_element(w, e, item, NULL, str_format(w->arena, "%.*s[%zu]", STR_ARG(own), i));
    }
}

static void check_element(struct walk *w, const struct fhir_element *e, const struct json *node, const struct json *extra, str path) {
    if (fhir_types[e->type].kind == KIND_ABSTRACT) {
        bool entry = str_is(JSON_TEXT(w->resource, "resourceType"), "Bundle") || str_is(JSON_TEXT(w->resource, "resourceType"), "Parameters");
        check_resource(w, node, entry ? node : w->root, path);
        return;
    }
    check_uses(w, &of_element[e - fhir_elements], e->type, node, extra, path);
    check_uses(w, &of_type[e->type], e->type, node, extra, path);
    check_members(w, e->type, node, path);
}

static void check_resource(struct walk *w, const struct json *resource, const struct json *root, str path) {
    fhir_type type = fhir_type_of(resource);
    if (!type) return;
    struct walk inner = *w;
    inner.resource = resource;
    inner.root = root;
    check_uses(&inner, &of_type[type], type, resource, NULL, path);
    check_members(&inner, type, resource, path);
    w->error = w->error || inner.error;
}

bool fhirpath_validate(struct arena *a, str source, const struct json *resource, struct fhir_issues *out) {
    pthread_once(&once, compile_all);
    bool good = fhir_validate(a, source, resource, STR(""), out);
    if (!good || !fhir_type_of(resource)) return false;
    struct walk w = {.arena = a, .scratch = arena_new(), .source = source, .out = out, .mark = &(struct mark){0, 1, 1}};
    check_resource(&w, resource, resource, str_of(fhir_type_name(fhir_type_of(resource))));
    arena_free(w.scratch);
    return !w.error;
}
