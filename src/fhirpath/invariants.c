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

enum { IDS_MAX = 2000, RULE_BUDGET = 2000000, WHOLE_BUDGET = 10000000, SCRATCH_BYTES = 1 << 15 };

struct use { const struct fhir_invariant *rule; struct fhirpath *path; str en, vi; /* what is said when it is broken */ };
struct uses { struct use *at; size_t len, cap; };

static struct uses *of_type, *of_element;
static bool *asked; /* of each element: is there anything to look at? */
static struct arena *arena;
static fhir_type element_definition; /* its ids are paths, the same in snapshot and differential */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Where R4's expression does not say what its sentence says; the expressions of R4B and R5 do. */
static const struct { const char *key, *expression; } corrected[] = {
    /* "referred to from elsewhere": a narrative's picture or link refers too (narrative.html); the union of references is R4's */
    {"dom-3", "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri)"
              " | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists()"
              " or defineVariable('target', '\"#' + id + '\"').select(%resource.descendants().as(xhtml).where(contains(%target)).exists())).not()).empty()"},
    {"eld-11", "binding.empty() or type.code.empty() or type.where(code in ('code' | 'Coding' | 'CodeableConcept' | 'Quantity' | 'string' | 'uri')).exists()"},
    /* select() of truths exists also when all are false */
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
    asked = ARENA_ARRAY(arena, bool, fhir_elements_count);
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
        str en = str_format(arena, "%s: %s", fhir_text(rule->key), fhir_text(rule->human));
        VEC_PUSH(arena, list, (struct use){rule, path, en, str_format(arena, "Vi phạm ràng buộc %.*s", STR_ARG(en))});
    }
    for (size_t i = 0; i < fhir_elements_count; i++) {
        const struct fhir_element *e = &fhir_elements[i];
        asked[i] = of_element[i].len || of_type[e->type].len || rules_ask(e->type) || strcmp(fhir_text(e->key), "id") == 0;
    }
}

/* A resource inside another: contained, or with a container of its own (Bundle entries, Parameters). */
struct level {
    struct level *outer;
    const struct json *resource, *root;
    fhir_type type;
    struct { str *at; size_t len, cap; } ids; /* of its elements */
};

struct visit {
    struct arena *arena, *scratch; /* scratch is emptied now and then between elements */
    struct fhir_walk *walk;
    struct level *level;
    size_t budget, spent; /* steps for all invariants together */
    bool stopped;         /* the budget is used up: said once */
};

static void tell(struct visit *v, enum fhir_severity severity, const char *code, const struct json *node, str path, str en, str vi) {
    fhir_walk_tell(v->walk, node->begin, (struct fhir_issue){.severity = severity, .code = code, .expression = path, .en = en, .vi = vi});
}

static void broken_rule(void *context, bool error, const struct json *node, str path, const char *code, str en, str vi) {
    tell(context, error ? FHIR_ERROR : FHIR_WARNING, code, node, path, en, vi);
}

/* An invariant must be true (R4 conformance-rules): empty breaks an error, but not what is only a warning. */
static void check_uses(struct visit *v, const struct uses *uses, fhir_type type, const struct json *node, const struct fhir_place *at) {
    for (size_t i = 0; i < uses->len && v->spent < v->budget; i++) {
        const struct fhir_invariant *rule = uses->at[i].rule;
        struct fhirpath_context context = {.resource = v->level->resource, .root = v->level->root, .input = value_element(type, node, NULL), .has_input = true,
                                           .offset_minutes = VIETNAM_OFFSET_MINUTES, .spent = &v->spent,
                                           .budget = v->budget - v->spent < RULE_BUDGET ? v->budget - v->spent : RULE_BUDGET};
        bool holds = true;
        err e = fhirpath_test(v->scratch, uses->at[i].path, &context, !rule->error, &holds);
        if (!e.code && !holds) tell(v, rule->error ? FHIR_ERROR : FHIR_WARNING, "invariant", node, fhir_place_path(v->arena, at), uses->at[i].en, uses->at[i].vi);
        if (e.code == ERR_TOO_COSTLY && !v->stopped) {
            v->stopped = true;
            tell(v, FHIR_WARNING, "too-costly", node, fhir_place_path(v->arena, at), str_format(v->arena, "%s takes too long here and was not checked", fhir_text(rule->key)),
                 str_format(v->arena, "ràng buộc %s quá tốn tài nguyên nên không được kiểm tra", fhir_text(rule->key)));
        }
        if (arena_used(v->scratch) > SCRATCH_BYTES) arena_reset(v->scratch);
    }
}

/* Ids of elements are unique in their resource (element.html). */
static void check_element_id(struct visit *v, const struct json *id, const struct fhir_place *at) {
    struct level *l = v->level;
    if (id->kind != JSON_STRING || l->ids.len >= IDS_MAX) return;
    for (size_t i = 0; i < l->ids.len; i++)
        if (str_eq(l->ids.at[i], id->text)) {
            tell(v, FHIR_ERROR, "duplicate", id, fhir_place_path(v->arena, at), str_format(v->arena, "another element has the id '%.*s'", STR_ARG(id->text)),
                 str_format(v->arena, "một phần tử khác đã có id '%.*s'", STR_ARG(id->text)));
            return;
        }
    VEC_PUSH(v->arena, &l->ids, id->text);
}

/* The id of an element, not of a resource. */
static bool is_element_id(const struct fhir_place *at) {
    const struct fhir_element *owner = at->up->element;
    return strcmp(fhir_text(at->element->key), "id") == 0 && owner && fhir_types[owner->type].kind != KIND_ABSTRACT && !fhir_is_resource(owner->type) && owner->type != element_definition;
}

static void visit_element(void *context, struct fhir_walk *walk, const struct json *node, const struct fhir_place *at) {
    struct visit *v = context;
    const struct fhir_element *e = at->element;
    if (!asked[e - fhir_elements]) return;
    struct rules rules = {v->arena, broken_rule, v};
    v->walk = walk;
    if (is_element_id(at)) check_element_id(v, node, at);
    rules_element(&rules, node, at);
    check_uses(v, &of_element[e - fhir_elements], e->type, node, at);
    check_uses(v, &of_type[e->type], e->type, node, at);
}

static void enter_resource(void *context, struct fhir_walk *walk, fhir_type type, const struct json *resource, const struct fhir_place *at) {
    struct visit *v = context;
    struct rules rules = {v->arena, broken_rule, v};
    struct level *outer = v->level, *l = ARENA_NEW(v->arena, struct level);
    bool own = !outer || outer->type == FHIR_TYPE_BUNDLE || outer->type == FHIR_TYPE_PARAMETERS;
    *l = (struct level){.outer = outer, .resource = resource, .root = own ? resource : outer->root, .type = type};
    v->level = l;
    v->walk = walk;
    check_uses(v, &of_type[type], type, resource, at);
    if (type == FHIR_TYPE_BUNDLE) rules_bundle(&rules, resource, fhir_place_path(v->arena, at));
    if (type == FHIR_TYPE_QUESTIONNAIRE) rules_questionnaire(&rules, resource, fhir_place_path(v->arena, at));
}

static void leave_resource(void *context) {
    struct visit *v = context;
    v->level = v->level->outer;
}

bool fhirpath_validate(struct arena *a, str source, const struct json *resource, struct fhir_issues *out) {
    pthread_once(&once, compile_all);
    struct visit v = {.arena = a, .scratch = arena_new(), .budget = WHOLE_BUDGET + 20 * source.len};
    struct fhir_visitor visitor = {visit_element, enter_resource, leave_resource, &v};
    bool good = fhir_walk(a, source, resource, STR_NONE, &visitor, out);
    arena_free(v.scratch);
    return good;
}
