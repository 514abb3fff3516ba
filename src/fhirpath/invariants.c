/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Invariants: every constraint that R4's definitions put on a type or an element, compiled once, evaluated on each element of a
 * resource. ele-1 (no empty element) is the structural validator's. An invariant that cannot be evaluated is skipped: it is no fault of
 * the resource.
 */
#include "fhirpath.h"

#include "rules.h"

#include "base/date.h"

#include <pthread.h>

enum { ISSUES_MAX = 200, WARNINGS_MAX = 150, IDS_MAX = 2000, RULE_BUDGET = 2000000, WHOLE_BUDGET = 10000000 };

struct use { const struct fhir_invariant *rule; struct fhirpath *path; };
struct uses { struct use *at; size_t len, cap; };

static struct uses *of_type, *of_element;
static struct arena *arena;
static fhir_type element_definition; /* its ids are paths, the same in snapshot and differential */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Where R4's expression does not say what its sentence says; the expressions of R4B and R5 do. */
static const struct { const char *key, *expression; } corrected[] = {
    {"que-7", "operator = 'exists' implies (answer is boolean)"}, /* System.Boolean is no type of an element */
    {"que-12", "enableWhen.count() > 1 implies enableBehavior.exists()"}, /* "more than one" */
    {"ras-2", "(probability is decimal).not() or probability.empty() or (probability as decimal) <= 100"}, /* holds without probability */
    {"ref-1", "reference.empty() or reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id)"
              " or (reference = '#' and %rootResource != %resource)"}, /* holds without reference; '#' is the container */
};

static str expression_of(const struct fhir_invariant *rule) {
    for (size_t i = 0; i < sizeof corrected / sizeof *corrected; i++)
        if (strcmp(fhir_text(rule->key), corrected[i].key) == 0) return str_of(corrected[i].expression);
    return str_of(fhir_text(rule->expression));
}

static void compile_all(void) {
    arena = arena_new();
    element_definition = fhir_type_find(STR("ElementDefinition"));
    of_type = ARENA_ARRAY(arena, struct uses, fhir_types_count);
    of_element = ARENA_ARRAY(arena, struct uses, fhir_elements_count);
    for (size_t i = 0; i < fhir_invariant_uses_count; i++) {
        const struct fhir_invariant_use *u = &fhir_invariant_uses[i];
        const struct fhir_invariant *rule = &fhir_invariants[u->invariant];
        fhir_type type = u->on_element ? fhir_elements[u->owner].type : u->owner;
        str text = expression_of(rule);
        struct fhirpath *path;
        if (!text.len || strcmp(fhir_text(rule->key), "ele-1") == 0) continue;
        if (fhir_types[type].kind == KIND_ABSTRACT) type = FHIR_TYPE_NONE;
        /* where the type does not have what R4's expression names, as ras-1 on a decimal, it is compiled without types */
        if (fhirpath_compile(arena, text, type, &path).code && fhirpath_compile(arena, text, FHIR_TYPE_NONE, &path).code) continue;
        struct uses *list = u->on_element ? &of_element[u->owner] : &of_type[u->owner];
        VEC_PUSH(arena, list, (struct use){rule, path});
    }
}

struct walk {
    struct arena *arena, *scratch; /* scratch is emptied after each element */
    str source;
    const struct json *resource, *root;
    struct fhir_issues *out;
    bool error;
    struct mark { size_t at; unsigned line, column; } *mark; /* the last position told: issues come in document order, mostly */
    struct { str *at; size_t len, cap; } ids; /* of elements of this resource */
    size_t budget, *spent; /* steps for the whole resource */
    bool *stopped; /* the budget is used up: said once */
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

static void add_issue(struct walk *w, enum fhir_severity severity, const char *code, const struct json *node, str path, str en, str vi) {
    struct fhir_issue issue = {.severity = severity, .code = code, .expression = str_copy(w->arena, path), .en = en, .vi = vi};
    if (w->out->len >= (severity == FHIR_ERROR ? ISSUES_MAX : WARNINGS_MAX)) return;
    if (w->source.len) position(w, node->begin, &issue.line, &issue.column);
    fhir_issue_add(w->arena, w->out, issue);
}

static void report(struct walk *w, const struct fhir_invariant *rule, const struct json *node, str path) {
    w->error = w->error || rule->error;
    add_issue(w, rule->error ? FHIR_ERROR : FHIR_WARNING, "invariant", node, path, str_format(w->arena, "%s: %s", fhir_text(rule->key), fhir_text(rule->human)),
              str_format(w->arena, "Vi phạm ràng buộc %s: %s", fhir_text(rule->key), fhir_text(rule->human)));
}

static void broken_rule(void *context, bool error, const struct json *node, str path, const char *code, str en, str vi) {
    struct walk *w = context;
    w->error = w->error || error;
    add_issue(w, error ? FHIR_ERROR : FHIR_WARNING, code, node, path, en, vi);
}

static struct rules rules_of(struct walk *w) { return (struct rules){w->arena, broken_rule, w}; }

/* An invariant must be true (R4 conformance-rules): empty breaks an error, but not what is only a warning. */
static void check_uses(struct walk *w, const struct uses *uses, fhir_type type, const struct json *node, const struct json *extra, str path) {
    for (size_t i = 0; i < uses->len; i++) {
        const struct fhir_invariant *rule = uses->at[i].rule;
        if (*w->spent >= w->budget) return;
        struct fhirpath_context context = {.resource = w->resource, .root = w->root, .input = value_element(type, node, extra), .has_input = true,
                                           .now_ms = 0, .offset_minutes = VIETNAM_OFFSET_MINUTES, .spent = w->spent,
                                           .budget = w->budget - *w->spent < RULE_BUDGET ? w->budget - *w->spent : RULE_BUDGET};
        bool holds = true;
        err e = fhirpath_test(w->scratch, uses->at[i].path, &context, !rule->error, &holds);
        if (!e.code && !holds) report(w, rule, node ? node : extra, path);
        if (e.code == ERR_TOO_COSTLY && !*w->stopped) {
            *w->stopped = true;
            add_issue(w, FHIR_WARNING, "too-costly", node ? node : extra, path, str_format(w->arena, "%s takes too long here and was not checked", fhir_text(rule->key)),
                      str_format(w->arena, "ràng buộc %s quá tốn tài nguyên nên không được kiểm tra", fhir_text(rule->key)));
        }
    }
    if (arena_used(w->scratch) > 1 << 20) arena_reset(w->scratch);
}

static void check_element(struct walk *w, const struct fhir_element *e, const struct json *node, const struct json *extra, str path);

static void check_resource(struct walk *w, const struct json *resource, const struct json *root, str path);

static void check_members(struct walk *w, fhir_type type, const struct json *object, str path);

/* id and extensions of a primitive: `_birthDate`, one or a list */
static void check_extra(struct walk *w, const struct json *extra, str path) {
    if (extra->kind == JSON_OBJECT) check_members(w, FHIR_TYPE_ELEMENT, extra, path);
    if (extra->kind != JSON_ARRAY) return;
    size_t i = 0;
    for (const struct json *item = extra->first; item; item = item->next, i++)
        if (item->kind == JSON_OBJECT) check_members(w, FHIR_TYPE_ELEMENT, item, str_format(w->arena, "%.*s[%zu]", STR_ARG(path), i));
}

/* Ids of elements are unique in their resource (element.html). */
static void check_element_id(struct walk *w, const struct json *id, str path) {
    if (id->kind != JSON_STRING || w->ids.len >= IDS_MAX) return;
    for (size_t i = 0; i < w->ids.len; i++)
        if (str_eq(w->ids.at[i], id->text)) {
            w->error = true;
            add_issue(w, FHIR_ERROR, "duplicate", id, path, str_format(w->arena, "another element has the id '%.*s'", STR_ARG(id->text)),
                      str_format(w->arena, "một phần tử khác đã có id '%.*s'", STR_ARG(id->text)));
            return;
        }
    VEC_PUSH(w->arena, &w->ids, id->text);
}

/* The members of an object that are elements of the type. */
static void check_members(struct walk *w, fhir_type type, const struct json *object, str path) {
    if (object->kind != JSON_OBJECT || fhir_types[type].kind == KIND_PRIMITIVE) return;
    struct rules rules = rules_of(w);
    for (const struct json *m = object->first; m; m = m->next) {
        bool extra = m->key.len > 1 && m->key.at[0] == '_';
        str key = extra ? str_slice(m->key, 1, m->key.len) : m->key;
        const struct fhir_element *e = key.len ? fhir_element_find(type, key) : NULL;
        if (!e) continue;
        str own = str_format(w->arena, "%.*s.%s", STR_ARG(path), fhir_text(e->name));
        if (extra) {
            if (fhir_types[e->type].kind == KIND_PRIMITIVE) check_extra(w, m, own);
            continue;
        }
        if (str_is(key, "id") && !fhir_is_resource(type) && type != element_definition) check_element_id(w, m, own);
        if (m->kind != JSON_ARRAY) {
            rules_element(&rules, type, e->type, m, own);
            check_element(w, e, m, NULL, own);
            continue;
        }
        size_t i = 0;
        for (const struct json *item = m->first; item; item = item->next, i++) {
            if (item->kind == JSON_NULL) continue;
            str item_path = str_format(w->arena, "%.*s[%zu]", STR_ARG(own), i);
            rules_element(&rules, type, e->type, item, item_path);
            check_element(w, e, item, NULL, item_path);
        }
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
    memset(&inner.ids, 0, sizeof inner.ids);
    check_uses(&inner, &of_type[type], type, resource, NULL, path);
    struct rules rules = rules_of(&inner);
    if (type == FHIR_TYPE_BUNDLE) rules_bundle(&rules, resource, path);
    if (type == FHIR_TYPE_QUESTIONNAIRE) rules_questionnaire(&rules, resource, path);
    check_members(&inner, type, resource, path);
    w->error = w->error || inner.error;
}

bool fhirpath_validate(struct arena *a, str source, const struct json *resource, struct fhir_issues *out) {
    pthread_once(&once, compile_all);
    bool good = fhir_validate(a, source, resource, STR(""), out);
    if (!fhir_type_of(resource)) return false;
    struct walk w = {.arena = a, .scratch = arena_new(), .source = source, .out = out, .mark = &(struct mark){0, 1, 1}, .budget = WHOLE_BUDGET + 20 * source.len, .spent = &(size_t){0}, .stopped = &(bool){false}};
    check_resource(&w, resource, resource, str_of(fhir_type_name(fhir_type_of(resource))));
    arena_free(w.scratch);
    return good && !w.error;
}
