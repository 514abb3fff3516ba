/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The evaluator: walks the tree of an expression. Every step costs a little of the budget, so that no expression runs for ever.
 */
#include "eval.h"

#include <stdarg.h>

enum { DEFAULT_BUDGET = 3 * 1000 * 1000, MOST_MEMORY = 200 << 20, MOST_DEPTH = 2 * SYNTAX_HEIGHT };

bool eval_fail(struct evaluation *e, const struct node *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str why = str_vformat(e->arena, format, args);
    va_end(args);
    e->error = syntax_error(e->arena, e->source, at->at, str_z(e->arena, why));
    return false;
}

static bool too_costly(struct evaluation *e, const struct node *at, const char *why) {
    eval_fail(e, at, "%s", why);
    e->error.code = ERR_TOO_COSTLY;
    return false;
}

bool spend(struct evaluation *e, const struct node *at, size_t steps) {
    if (steps > e->budget) return too_costly(e, at, "the expression takes too long");
    e->budget -= steps;
    return true;
}

/* ---- arguments ------------------------------------------------------------------------------------------------------------ */

bool argument(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct values *out) {
    return eval(e, call->arguments[i], outer, out);
}

bool argument_on(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *item, int64_t index, struct values *out) {
    struct values one = {item, 1, 1};
    struct focus inner = {&one, item, index, outer->total};
    struct scope *scope = e->scope;
    bool ok = eval(e, call->arguments[i], &inner, out);
    e->scope = scope;
    return ok;
}

static bool only_one(struct evaluation *e, const struct node *at, const struct values *v, struct value *out, bool *absent) {
    *absent = v->len == 0;
    if (*absent) return true;
    if (v->len > 1) return eval_fail(e, at, "one item expected, %zu found", v->len);
    if (!value_to_system(e->arena, &v->at[0], out)) {
        *absent = v->at[0].kind == VALUE_ELEMENT && !v->at[0].element.node; /* a primitive with extensions only */
        if (!*absent) *out = v->at[0];
    }
    return true;
}

bool argument_one(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *out, bool *absent) {
    struct values v = {0};
    return argument(e, call, i, outer, &v) && only_one(e, call->arguments[i], &v, out, absent);
}

bool argument_string(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, str *out, bool *absent) {
    struct value v;
    if (!argument_one(e, call, i, outer, &v, absent)) return false;
    if (!*absent && v.kind != VALUE_STRING) return eval_fail(e, call->arguments[i], "a string is expected here");
    if (!*absent) *out = v.text;
    return true;
}

bool argument_integer(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, int64_t *out, bool *absent) {
    struct value v;
    if (!argument_one(e, call, i, outer, &v, absent)) return false;
    if (!*absent && (v.kind != VALUE_INTEGER || !decimal_to_int64(v.number, out))) return eval_fail(e, call->arguments[i], "an integer is expected here");
    return true;
}

bool input_one(struct evaluation *e, const struct node *call, const struct values *input, struct value *out, bool *absent) {
    return only_one(e, call, input, out, absent);
}

bool input_string(struct evaluation *e, const struct node *call, const struct values *input, str *out, bool *absent) {
    struct value v;
    if (!input_one(e, call, input, &v, absent)) return false;
    if (!*absent && v.kind != VALUE_STRING) return eval_fail(e, call, "%.*s() works on a string", STR_ARG(call->text));
    if (!*absent) *out = v.text;
    return true;
}

bool truth_of(struct evaluation *e, const struct node *at, const struct values *v, enum truth *out) {
    struct value s;
    *out = TRUTH_EMPTY;
    if (!v->len) return true;
    if (v->len > 1) return eval_fail(e, at, "a single boolean is expected, %zu items found", v->len);
    *out = TRUTH_TRUE;
    if (value_to_system(e->arena, &v->at[0], &s) && s.kind == VALUE_BOOLEAN) *out = s.boolean ? TRUTH_TRUE : TRUTH_FALSE;
    return true;
}

/* ---- types ----------------------------------------------------------------------------------------------------------------- */

static bool is_system_type(str name) {
    static const char *const names[] = {"Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity", "Any"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(name, names[i])) return true;
    return false;
}

static bool system_matches(const struct value *v, str name) {
    str space, own = value_type_name(v, &space);
    return v->kind != VALUE_ELEMENT && (str_eq(own, name) || str_is(name, "Any"));
}

static bool fhir_matches(const struct value *v, fhir_type type, bool exact) {
    if (v->kind != VALUE_ELEMENT) return false;
    if (exact && fhir_types[v->type].kind == KIND_PRIMITIVE) return v->type == type;
    return fhir_type_is(v->type, type);
}

bool type_matches(struct evaluation *e, const struct node *at, const struct value *v, str specifier, bool exact, bool *out) {
    size_t dot = str_find(specifier, '.');
    str space = dot < specifier.len ? str_slice(specifier, 0, dot) : STR_NONE;
    str name = dot < specifier.len ? str_slice(specifier, dot + 1, specifier.len) : specifier;
    fhir_type type = fhir_type_find(name);
    *out = false;
    if (str_is(space, "System")) {
        if (!is_system_type(name) && exact) return eval_fail(e, at, "System has no type %.*s", STR_ARG(name));
        *out = system_matches(v, name);
        return true;
    }
    if (space.len && !str_is(space, "FHIR")) return eval_fail(e, at, "unknown namespace %.*s", STR_ARG(space));
    if (!type && (space.len || !is_system_type(name))) return eval_fail(e, at, "unknown type %.*s", STR_ARG(name));
    *out = (type && fhir_matches(v, type, exact)) || (!space.len && system_matches(v, name));
    return true;
}

bool type_argument(struct evaluation *e, const struct node *call, size_t i, str *out) {
    const struct node *n = call->arguments[i];
    if (n->kind == NODE_NAME && !n->left) return *out = n->text, true;
    if (n->kind == NODE_NAME && n->left->kind == NODE_NAME && !n->left->left)
        return *out = str_format(e->arena, "%.*s.%.*s", STR_ARG(n->left->text), STR_ARG(n->text)), true;
    return eval_fail(e, n, "a type is expected here");
}

/* ---- names ------------------------------------------------------------------------------------------------------------------ */

struct collect { struct evaluation *e; struct values *out; };

static void collect_child(void *context, model_type type, const struct json *value, const struct json *extra) {
    struct collect *c = context;
    values_add(c->e->arena, c->out, value_element(type, value, extra));
}

static void member_of_type_info(struct evaluation *e, const struct value *v, str name, struct values *out) {
    if (str_is(name, "name")) values_add(e->arena, out, value_string(v->text));
    if (str_is(name, "namespace")) values_add(e->arena, out, value_string(v->unit));
}

static void member_of(struct evaluation *e, const struct value *v, str name, struct values *out) {
    struct collect c = {e, out};
    if (v->kind == VALUE_ELEMENT) model_children(v->type, v->element.node, v->element.extra, name, collect_child, &c);
    else if (v->kind == VALUE_TYPE) member_of_type_info(e, v, name, out);
    else if (v->kind == VALUE_QUANTITY && str_is(name, "value")) values_add(e->arena, out, value_decimal(v->number));
    else if (v->kind == VALUE_QUANTITY && (str_is(name, "unit") || str_is(name, "code"))) values_add(e->arena, out, value_string(v->unit));
}

/* A name that begins a path may be the type of the focus: Patient.name, Resource.id. */
static bool is_own_type(const struct value *v, fhir_type type) { return type && v->kind == VALUE_ELEMENT && fhir_type_is(v->type, type); }

static bool eval_name(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    struct values left = {0};
    const struct values *from = focus->values;
    if (n->left) {
        if (!eval(e, n->left, focus, &left)) return false;
        from = &left;
    }
    if (!spend(e, n, from->len)) return false;
    for (size_t i = 0; i < from->len; i++) {
        const struct value *v = &from->at[i];
        struct collect c = {e, out};
        if (is_own_type(v, n->type)) values_add(e->arena, out, *v);
        else if (n->owner && v->kind == VALUE_ELEMENT && v->type == n->owner && v->element.node) model_element_children(n->first, n->count, n->text, v->element.node, collect_child, &c);
        else member_of(e, v, n->text, out);
    }
    return true;
}

/* ---- literals and variables -------------------------------------------------------------------------------------------------- */

static bool eval_variable(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    if (str_is(n->text, "index")) {
        values_add(e->arena, out, value_integer(focus->index));
    } else if (str_is(n->text, "total")) {
        for (size_t i = 0; focus->total && i < focus->total->len; i++) values_add(e->arena, out, focus->total->at[i]);
    } else if (focus->this) {
        values_add(e->arena, out, *focus->this);
    } else {
        for (size_t i = 0; i < focus->values->len; i++) values_add(e->arena, out, focus->values->at[i]);
    }
    return true;
}

static bool add_resource(struct evaluation *e, const struct json *resource, struct values *out) {
    if (resource) values_add(e->arena, out, value_element(fhir_type_of(resource), resource, NULL));
    return true;
}

static bool named_variable(struct evaluation *e, str name, struct values *out, bool *found) {
    *found = true;
    for (const struct scope *s = e->scope; s; s = s->outer)
        if (str_eq(s->name, name)) {
            for (size_t i = 0; i < s->values.len; i++) values_add(e->arena, out, s->values.at[i]);
            return true;
        }
    for (size_t i = 0; i < e->context->variable_count; i++)
        if (str_eq(e->context->variables[i].name, name)) {
            for (size_t k = 0; k < e->context->variables[i].values.len; k++) values_add(e->arena, out, e->context->variables[i].values.at[k]);
            return true;
        }
    return *found = false, true;
}

/* %resource, %context, %ucum, %vs-name, %ext-name … (FHIR R4 2.9.1.3, environment variables) */
static bool eval_external(struct evaluation *e, const struct node *n, struct values *out) {
    static const struct { const char *name, *url; } constants[] = {
        {"sct", "http://snomed.info/sct"}, {"loinc", "http://loinc.org"}, {"ucum", "http://unitsofmeasure.org"},
        {"us-zip", "[0-9]{5}(-[0-9]{4}){0,1}"}};
    bool found;
    if (str_is(n->text, "context")) return values_add(e->arena, out, e->input), true;
    if (str_is(n->text, "resource")) return add_resource(e, e->context->resource, out);
    if (str_is(n->text, "rootResource")) return add_resource(e, e->context->root ? e->context->root : e->context->resource, out);
    if (!named_variable(e, n->text, out, &found) || found) return true;
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        if (str_is(n->text, constants[i].name)) return values_add(e->arena, out, value_string(str_of(constants[i].url))), true;
    str rest = str_slice(n->text, n->text.len > 2 ? 3 : 0, n->text.len);
    if (str_starts(n->text, STR("vs-")))
        return values_add(e->arena, out, value_string(str_format(e->arena, "http://hl7.org/fhir/ValueSet/%.*s", STR_ARG(rest)))), true;
    rest = str_slice(n->text, n->text.len > 3 ? 4 : 0, n->text.len);
    if (str_starts(n->text, STR("ext-")))
        return values_add(e->arena, out, value_string(str_format(e->arena, "http://hl7.org/fhir/StructureDefinition/%.*s", STR_ARG(rest)))), true;
    return eval_fail(e, n, "unknown variable %%%.*s", STR_ARG(n->text));
}

static bool eval_literal(struct evaluation *e, const struct node *n, struct values *out) {
    struct value v = {0};
    switch (n->kind) {
    case NODE_LITERAL_EMPTY: return true;
    case NODE_LITERAL_BOOLEAN: v = value_boolean(n->boolean); break;
    case NODE_LITERAL_STRING: v = value_string(n->text); break;
    case NODE_LITERAL_INTEGER: v = (struct value){.kind = VALUE_INTEGER, .number = n->number}; break;
    case NODE_LITERAL_LONG: v = (struct value){.kind = VALUE_LONG, .number = n->number}; break;
    case NODE_LITERAL_DECIMAL: v = value_decimal(n->number); break;
    case NODE_LITERAL_QUANTITY: v = (struct value){.kind = VALUE_QUANTITY, .number = n->number, .unit = n->text, .calendar = !n->quoted_unit}; break;
    case NODE_LITERAL_DATETIME:
        v.kind = VALUE_MOMENT;
        if (!moment_parse_literal(n->text, &v.moment)) return eval_fail(e, n, "no such date or time: @%.*s", STR_ARG(n->text));
        break;
    default: break;
    }
    values_add(e->arena, out, v);
    return true;
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------------ */

static bool eval_index(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    struct values left = {0}, right = {0};
    struct value index;
    bool absent;
    int64_t i;
    if (!eval(e, n->left, focus, &left) || !eval(e, n->right, focus, &right) || !only_one(e, n->right, &right, &index, &absent)) return false;
    if (absent) return true;
    if (index.kind != VALUE_INTEGER || !decimal_to_int64(index.number, &i)) return eval_fail(e, n->right, "an integer is expected here");
    if (i >= 0 && (uint64_t)i < left.len) values_add(e->arena, out, left.at[i]);
    return true;
}

static bool eval_sign(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    struct values v = {0};
    struct value s;
    bool absent;
    if (!eval(e, n->left, focus, &v) || !only_one(e, n->left, &v, &s, &absent)) return false;
    if (absent) return true;
    if (!is_numeric(&s) && s.kind != VALUE_QUANTITY) return eval_fail(e, n, "only a number or a quantity has a sign");
    if (n->kind == NODE_NEGATE) s.number.digits = -s.number.digits;
    values_add(e->arena, out, s);
    return true;
}

static bool eval_type(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    struct values left = {0};
    if (!eval(e, n->left, focus, &left)) return false;
    if (n->operator == OP_IS && left.len > 1) return eval_fail(e, n, "'is' works on one item, %zu found", left.len);
    for (size_t i = 0; i < left.len; i++) {
        bool yes = n->type && fhir_matches(&left.at[i], n->type, n->operator == OP_AS);
        if (!yes && (!n->type || left.at[i].kind != VALUE_ELEMENT) && !type_matches(e, n, &left.at[i], n->text, n->operator == OP_AS, &yes)) return false;
        if (n->operator == OP_IS) values_add(e->arena, out, value_boolean(yes));
        else if (yes) values_add(e->arena, out, left.at[i]);
    }
    return true;
}

static bool eval_call(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    struct values left = {0};
    if (n->left && !eval(e, n->left, focus, &left)) return false;
    const struct values *input = n->left ? &left : focus->values;
    return spend(e, n, input->len) && functions[n->function].run(e, n, input, focus, out);
}

bool eval(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    if (out->len && (n->kind == NODE_CALL || n->kind == NODE_BINARY)) { /* those look at what they gave so far */
        struct values apart = {0};
        if (!eval(e, n, focus, &apart)) return false;
        for (size_t i = 0; i < apart.len; i++) values_add(e->arena, out, apart.at[i]);
        return true;
    }
    if (!spend(e, n, 1)) return false;
    if (arena_used(e->arena) > e->memory) return too_costly(e, n, "the expression takes too much memory");
    if (++e->depth > MOST_DEPTH) return eval_fail(e, n, "nested too deeply");
    bool ok;
    switch (n->kind) {
    case NODE_EXTERNAL: ok = eval_external(e, n, out); break;
    case NODE_VARIABLE: ok = eval_variable(e, n, focus, out); break;
    case NODE_NAME: ok = eval_name(e, n, focus, out); break;
    case NODE_CALL: ok = eval_call(e, n, focus, out); break;
    case NODE_INDEX: ok = eval_index(e, n, focus, out); break;
    case NODE_NEGATE: case NODE_PLUS: ok = eval_sign(e, n, focus, out); break;
    case NODE_BINARY: ok = operate(e, n, focus, out); break;
    case NODE_TYPE: ok = eval_type(e, n, focus, out); break;
    default: ok = eval_literal(e, n, out);
    }
    e->depth--;
    return ok;
}

err fhirpath_evaluate(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, struct values *out) {
    struct evaluation e = {.arena = a, .source = path->source, .context = context, .budget = context->budget ? context->budget : DEFAULT_BUDGET,
                           .memory = arena_used(a) + MOST_MEMORY};
    struct values input = {0};
    if (context->has_input) e.input = context->input;
    else if (context->resource) e.input = value_element(fhir_type_of(context->resource), context->resource, NULL);
    if (context->has_input || context->resource) values_add(a, &input, e.input);
    struct focus focus = {&input, NULL, 0, NULL};
    *out = (struct values){0};
    size_t budget = e.budget;
    bool ok = eval(&e, path->root, &focus, out);
    if (context->spent) *context->spent += budget - e.budget;
    return ok ? OK_ERR : e.error;
}

err fhirpath_test(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, bool empty_is_true, bool *out) {
    struct values v;
    struct evaluation e = {.arena = a, .source = path->source, .context = context};
    enum truth t;
    TRY(fhirpath_evaluate(a, path, context, &v));
    if (!truth_of(&e, path->root, &v, &t)) return e.error;
    *out = t == TRUTH_TRUE || (t == TRUTH_EMPTY && empty_is_true);
    return OK_ERR;
}
