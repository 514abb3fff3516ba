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

bool argument_truth(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *item, int64_t index, enum truth *out) {
    struct values one = {item, 1, 1};
    struct focus inner = {&one, item, index, outer->total};
    struct scope *scope = e->scope;
    bool ok = eval_truth(e, call->arguments[i], &inner, out);
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
    VALUES_FEW(v);
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
    const struct value *one = &v->at[0];
    if (one->kind == VALUE_ELEMENT && value_to_system(e->arena, one, &s)) one = &s;
    *out = one->kind == VALUE_BOOLEAN && !one->boolean ? TRUTH_FALSE : TRUTH_TRUE;
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
    if (at->type && v->kind == VALUE_ELEMENT) return *out = fhir_matches(v, at->type, exact), true;
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

/* a.b.c goes down depth first: what a name finds goes to the next, without a collection between. */
struct descent {
    struct evaluation *e;
    const struct node *name, *last;
    struct values *out;
};

static void descend(struct evaluation *e, const struct node *n, const struct node *last, const struct value *v, struct values *out);

static inline void pass_on(struct evaluation *e, const struct node *n, const struct node *last, const struct value *v, struct values *out) {
    if (n == last) values_add(e->arena, out, *v);
    else descend(e, n->next, last, v, out);
}

static void take_child(void *context, model_type type, const struct json *value, const struct json *extra) {
    struct descent *d = context;
    struct value v = {.kind = VALUE_ELEMENT, .type = type, .element = {value, extra}};
    pass_on(d->e, d->name, d->last, &v, d->out);
}

/* A name on what is no element. */
static void descend_system(struct evaluation *e, const struct node *n, const struct node *last, const struct value *v, struct values *out) {
    struct value found;
    if (v->kind == VALUE_TYPE && str_is(n->text, "name")) found = value_string(v->text);
    else if (v->kind == VALUE_TYPE && str_is(n->text, "namespace")) found = value_string(v->unit);
    else if (v->kind == VALUE_QUANTITY && str_is(n->text, "value")) found = value_decimal(v->number);
    else if (v->kind == VALUE_QUANTITY && (str_is(n->text, "unit") || str_is(n->text, "code"))) found = value_string(v->unit);
    else return;
    pass_on(e, n, last, &found, out);
}

/* A name that begins a path may be the type of the focus: Patient.name, Resource.id. */
static bool is_own_type(const struct value *v, fhir_type type) { return type && v->kind == VALUE_ELEMENT && (v->type == type || fhir_type_is(v->type, type)); }

static void descend(struct evaluation *e, const struct node *n, const struct node *last, const struct value *v, struct values *out) {
    struct descent d = {e, n, last, out};
    if (!spend(e, n, 1)) return;
    if (is_own_type(v, n->type)) pass_on(e, n, last, v, out);
    else if (v->kind != VALUE_ELEMENT) descend_system(e, n, last, v, out);
    else if (n->owner && v->type == n->owner && v->element.node) model_element_children(n->first, n->count, n->text, v->element.node, take_child, &d);
    else model_children(v->type, v->element.node, v->element.extra, n->text, take_child, &d);
}

static bool eval_name(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    const struct node *begin = n->begin;
    const struct values *from = focus->values;
    VALUES_FEW(left);
    if (begin->left) {
        if (!eval(e, begin->left, focus, &left)) return false;
        from = &left;
    }
    for (size_t i = 0; i < from->len && !e->error.code; i++) descend(e, begin, n, &from->at[i], out);
    return !e->error.code;
}

/* ---- literals and variables -------------------------------------------------------------------------------------------------- */

static bool eval_variable(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    if (n->variable == VARIABLE_INDEX) {
        values_add(e->arena, out, value_integer(focus->index));
    } else if (n->variable == VARIABLE_TOTAL) {
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
    if (n->variable == VARIABLE_CONTEXT) return values_add(e->arena, out, e->input), true;
    if (n->variable == VARIABLE_RESOURCE) return add_resource(e, e->context->resource, out);
    if (n->variable == VARIABLE_ROOT) return add_resource(e, e->context->root ? e->context->root : e->context->resource, out);
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
    VALUES_FEW(left);
    VALUES_FEW(right);
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
    VALUES_FEW(v);
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
    VALUES_FEW(left);
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

static bool give_truth(struct evaluation *e, enum truth t, struct values *out) {
    if (t != TRUTH_EMPTY) values_add(e->arena, out, value_boolean(t == TRUTH_TRUE));
    return true;
}

/* The side a function works on: its left side or the focus. */
static bool eval_input(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *left, const struct values **input) {
    if (n->left && !eval(e, n->left, focus, left)) return false;
    *input = n->left ? left : focus->values;
    return spend(e, n, (*input)->len);
}

static bool tests(const struct node *n) {
    return (n->kind == NODE_BINARY && operator_tests(n->operator)) || (n->kind == NODE_CALL && functions[n->function].test);
}

static bool call_test(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out) {
    VALUES_FEW(left);
    const struct values *input;
    return eval_input(e, n, focus, &left, &input) && functions[n->function].test(e, n, input, focus, out);
}

static bool enter(struct evaluation *e, const struct node *n) {
    if (!spend(e, n, 1)) return false;
    if (arena_used(e->arena) > e->memory) return too_costly(e, n, "the expression takes too much memory");
    return ++e->depth <= MOST_DEPTH || eval_fail(e, n, "nested too deeply");
}

bool eval_truth(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out) {
    if (!tests(n)) {
        VALUES_FEW(v);
        return eval(e, n, focus, &v) && truth_of(e, n, &v, out);
    }
    bool ok = enter(e, n) && (n->kind == NODE_BINARY ? operate_truth(e, n, focus, out) : call_test(e, n, focus, out));
    e->depth--;
    return ok;
}

static bool eval_call(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    VALUES_FEW(left);
    const struct values *input;
    return eval_input(e, n, focus, &left, &input) && functions[n->function].run(e, n, input, focus, out);
}

bool eval(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    if (tests(n)) {
        enum truth t = TRUTH_EMPTY;
        return eval_truth(e, n, focus, &t) && give_truth(e, t, out);
    }
    if (out->len && (n->kind == NODE_CALL || n->kind == NODE_BINARY)) { /* those look at what they gave so far */
        struct values apart = {0};
        if (!eval(e, n, focus, &apart)) return false;
        for (size_t i = 0; i < apart.len; i++) values_add(e->arena, out, apart.at[i]);
        return true;
    }
    if (!enter(e, n)) return false;
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

/* ---- from outside ---------------------------------------------------------------------------------------------------------------- */

static struct evaluation begin(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context) {
    struct evaluation e = {.arena = a, .source = path->source, .context = context, .budget = context->budget ? context->budget : DEFAULT_BUDGET,
                           .memory = arena_used(a) + MOST_MEMORY};
    if (context->has_input) e.input = context->input;
    else if (context->resource) e.input = value_element(fhir_type_of(context->resource), context->resource, NULL);
    return e;
}

static err end(const struct evaluation *e, bool ok) {
    if (e->context->spent) *e->context->spent += (e->context->budget ? e->context->budget : DEFAULT_BUDGET) - e->budget;
    return ok ? OK_ERR : e->error;
}

err fhirpath_evaluate(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, struct values *out) {
    struct evaluation e = begin(a, path, context);
    struct values input = {&e.input, context->has_input || context->resource ? 1 : 0, 1};
    *out = (struct values){0};
    return end(&e, eval(&e, path->root, &(struct focus){&input, NULL, 0, NULL}, out));
}

err fhirpath_test(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, bool empty_is_true, bool *out) {
    struct evaluation e = begin(a, path, context);
    struct values input = {&e.input, context->has_input || context->resource ? 1 : 0, 1};
    enum truth t = TRUTH_EMPTY;
    err failure = end(&e, eval_truth(&e, path->root, &(struct focus){&input, NULL, 0, NULL}, &t));
    *out = t == TRUTH_TRUE || (t == TRUTH_EMPTY && empty_is_true);
    return failure;
}
