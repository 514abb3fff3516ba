/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From text to a compiled expression: functions are looked up, literals checked; and, when the type of the input is known, a pass
 * over static types that refuses what can never be right: unknown elements, complex values where strings are wanted, the order of
 * what has none (FHIRPath 10, type safety and strict evaluation). What is not certain is left to the evaluation.
 */
#include "functions.h"

size_t function_find(str name) {
    size_t low = 0, high = function_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = str_compare(str_of(functions[middle].name), name);
        if (!c) return middle;
        if (c < 0) low = middle + 1;
        else high = middle;
    }
    return function_count;
}

struct compiler {
    struct arena *arena;
    str source;
    err error;
};

static bool refuse(struct compiler *c, const struct node *n, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(struct compiler *c, const struct node *n, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str why = str_vformat(c->arena, format, args);
    va_end(args);
    c->error = syntax_error(c->arena, c->source, n->at, str_z(c->arena, why));
    return false;
}

/* ---- functions and literals --------------------------------------------------------------------------------------------------------- */

/* ofType(Patient), as(FHIR.string): the type the argument names. */
static void link_specifier(struct node *call) {
    struct node *n = call->argument_count ? call->arguments[0] : NULL;
    bool plain = n && n->kind == NODE_NAME && !n->left;
    bool qualified = n && n->kind == NODE_NAME && n->left && n->left->kind == NODE_NAME && !n->left->left && str_is(n->left->text, "FHIR");
    if (plain || qualified) n->type = fhir_type_find(n->text);
}

static bool link_call(struct compiler *c, struct node *n) {
    size_t i = function_find(n->text);
    if (i == function_count) return refuse(c, n, "unknown function %.*s()", STR_ARG(n->text));
    const struct function *f = &functions[i];
    n->function = (uint16_t)i;
    if (f->run == f_is || f->run == f_as || f->run == f_of_type) link_specifier(n);
    if ((int)n->argument_count < f->least || (f->most >= 0 && (int)n->argument_count > f->most))
        return refuse(c, n, "%s() does not take %zu arguments", f->name, n->argument_count);
    return true;
}

/* a.b.c is evaluated from its first name on. */
static void link_name(struct node *n) {
    n->begin = n;
    while (n->begin->left && n->begin->left->kind == NODE_NAME) {
        n->begin->left->next = n->begin;
        n->begin = n->begin->left;
    }
}

static uint8_t variable_of(const struct node *n) {
    static const struct { enum node_kind kind; const char *name; enum variable variable; } all[] = {{NODE_VARIABLE, "this", VARIABLE_THIS},
        {NODE_VARIABLE, "index", VARIABLE_INDEX}, {NODE_VARIABLE, "total", VARIABLE_TOTAL}, {NODE_EXTERNAL, "context", VARIABLE_CONTEXT},
        {NODE_EXTERNAL, "resource", VARIABLE_RESOURCE}, {NODE_EXTERNAL, "rootResource", VARIABLE_ROOT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (n->kind == all[i].kind && str_is(n->text, all[i].name)) return (uint8_t)all[i].variable;
    return VARIABLE_NAMED;
}

static bool link_node(struct compiler *c, struct node *n, bool negated) {
    if (!n) return true;
    struct moment m;
    if (n->kind == NODE_NAME) link_name(n);
    if (n->kind == NODE_VARIABLE || n->kind == NODE_EXTERNAL) n->variable = variable_of(n);
    bool begins = n->kind == NODE_NAME && !n->left && n->text.len && n->text.at[0] >= 'A' && n->text.at[0] <= 'Z';
    if (begins || n->kind == NODE_TYPE) n->type = fhir_type_find(n->text);
    if (n->kind == NODE_CALL && !link_call(c, n)) return false;
    if (n->kind == NODE_LITERAL_DATETIME && !moment_parse_literal(n->text, &m)) return refuse(c, n, "no such date or time: @%.*s", STR_ARG(n->text));
    if (n->kind == NODE_LITERAL_INTEGER && n->number.digits > INT32_MAX && !negated) n->kind = NODE_LITERAL_LONG;
    if (!link_node(c, n->left, n->kind == NODE_NEGATE) || !link_node(c, n->right, false)) return false;
    for (size_t i = 0; i < n->argument_count; i++)
        if (!link_node(c, n->arguments[i], false)) return false;
    return true;
}

/* ---- static types --------------------------------------------------------------------------------------------------------------------- */

struct shape {
    fhir_type type;   /* FHIR_TYPE_NONE: not known */
    enum { CLASS_UNKNOWN, CLASS_FHIR, CLASS_SYSTEM } class;
    enum value_kind system; /* CLASS_SYSTEM */
    bool many, unordered;
};
static const struct shape unknown_shape = {.many = true};
static struct shape system_shape(enum value_kind kind) { return (struct shape){.class = CLASS_SYSTEM, .system = kind}; }
static struct shape fhir_shape(fhir_type t, bool many) { return t ? (struct shape){.type = t, .class = CLASS_FHIR, .many = many} : unknown_shape; }

static bool shape_of(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out);

static bool is_string_like(struct shape s) {
    if (s.class == CLASS_SYSTEM) return s.system == VALUE_STRING;
    return s.class == CLASS_UNKNOWN || fhir_types[s.type].kind == KIND_PRIMITIVE;
}

static bool shape_of_name(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out) {
    struct shape left = focus;
    fhir_type own = !n->left && n->text.len && n->text.at[0] >= 'A' && n->text.at[0] <= 'Z' ? fhir_type_find(n->text) : FHIR_TYPE_NONE;
    if (n->left && !shape_of(c, n->left, focus, this, &left)) return false;
    *out = unknown_shape;
    if (left.class == CLASS_SYSTEM) return true;
    if (left.class == CLASS_UNKNOWN) {
        if (own) *out = fhir_shape(own, true);
        return true;
    }
    if (own) {
        if (!fhir_type_is(left.type, own)) return refuse(c, n, "%.*s is not the type here, %s is", STR_ARG(n->text), fhir_type_name(left.type));
        *out = left;
        return true;
    }
    fhir_type child = FHIR_TYPE_NONE;
    bool many = false;
    if (!model_child_type(left.type, n->text, &child, &many))
        return refuse(c, n, "%s has no element %.*s", fhir_type_name(left.type), STR_ARG(n->text));
    if (fhir_types[left.type].kind != KIND_PRIMITIVE && model_elements(left.type, n->text, &n->first, &n->count)) n->owner = left.type;
    *out = fhir_shape(child, left.many || many);
    out->many = left.many || many;
    out->unordered = left.unordered;
    return true;
}

/* Type named by an argument or an operator: unqualified names are FHIR's first. */
static struct shape shape_of_specifier(str specifier, bool many) {
    size_t dot = str_find(specifier, '.');
    str name = dot < specifier.len ? str_slice(specifier, dot + 1, specifier.len) : specifier;
    if (str_starts(specifier, STR("System."))) return unknown_shape;
    return fhir_shape(fhir_type_find(name), many);
}

static bool name_is(const struct node *n, const char *const *names) {
    for (; *names; names++)
        if (str_is(n->text, *names)) return true;
    return false;
}

/* What a function gives, from its name and the shape it works on. */
static struct shape result_shape(const struct node *n, struct shape in) {
    static const char *const same[] = {"where", "distinct", "trace", "skip", "tail", "take", "sort", "exclude", "intersect", "first", "last", "single", "checkModifiers", NULL};
    static const char *const boolean[] = {"exists", "empty", "not", "all", "allTrue", "anyTrue", "allFalse", "anyFalse", "subsetOf", "supersetOf", "isDistinct", "is",
        "startsWith", "endsWith", "contains", "matches", "matchesFull", "hasValue", "conformsTo", "comparable", "htmlChecks", "memberOf", NULL};
    static const char *const string[] = {"substring", "upper", "lower", "replace", "replaceMatches", "trim", "join", "encode", "decode", "escape", "unescape", "toString", NULL};
    static const char *const integer[] = {"count", "length", "indexOf", "lastIndexOf", "toInteger", "precision", NULL};
    static const char *const one[] = {"first", "last", "single", NULL};
    struct shape s = unknown_shape;
    if (name_is(n, same)) s = in;
    if (name_is(n, one)) s.many = false;
    if (name_is(n, boolean) || str_starts(n->text, STR("convertsTo"))) s = system_shape(VALUE_BOOLEAN);
    if (name_is(n, string)) s = system_shape(VALUE_STRING);
    if (name_is(n, integer)) s = system_shape(VALUE_INTEGER);
    if (str_is(n->text, "extension")) s = fhir_shape(model_types()->extension, true);
    if (str_is(n->text, "children") || str_is(n->text, "descendants")) s.unordered = true;
    return s;
}

static bool check_criterion(struct compiler *c, const struct node *n, struct shape s) {
    if (s.class == CLASS_SYSTEM && s.system != VALUE_BOOLEAN) return refuse(c, n, "the criterion of iif() is a boolean");
    return true;
}

static bool check_input(struct compiler *c, const struct node *n, struct shape in) {
    static const char *const ordered[] = {"first", "last", "tail", "skip", "take", NULL};
    static const char *const strings[] = {"startsWith", "endsWith", "contains", "matches", "matchesFull", "substring", "upper", "lower", "replace",
        "replaceMatches", "length", "toChars", "indexOf", "lastIndexOf", "trim", "split", NULL};
    if (in.unordered && name_is(n, ordered)) return refuse(c, n, "%.*s() on items that have no order", STR_ARG(n->text));
    if (name_is(n, strings) && !is_string_like(in)) {
        str have = in.class == CLASS_FHIR ? str_of(fhir_type_name(in.type)) : STR("another type");
        return refuse(c, n, "%.*s() works on a string, here is %.*s", STR_ARG(n->text), STR_ARG(have));
    }
    return true;
}

static bool shape_of_call(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out) {
    static const char *const lambdas[] = {"where", "select", "all", "exists", "repeat", "aggregate", "sort", "trace", NULL};
    static const char *const types[] = {"ofType", "as", "is", "getReferenceKey", NULL};
    struct shape in = focus, item, argument = unknown_shape;
    if (n->left && !shape_of(c, n->left, focus, this, &in)) return false;
    if (!check_input(c, n, in)) return false;
    item = in;
    item.many = false;
    *out = result_shape(n, in);
    if (name_is(n, types)) {
        const struct node *t = n->argument_count ? n->arguments[0] : NULL;
        if ((str_is(n->text, "as") || str_is(n->text, "ofType")) && t->kind == NODE_NAME) *out = t->left ? unknown_shape : shape_of_specifier(t->text, in.many);
        return true;
    }
    bool lambda = name_is(n, lambdas), iif = str_is(n->text, "iif"), unsure = str_is(n->text, "repeat") || str_is(n->text, "defineVariable");
    for (size_t i = 0; i < n->argument_count; i++) {
        struct shape inner = lambda || (iif && n->left) ? item : focus, inner_this = lambda || (iif && n->left) ? item : this;
        if (unsure) inner = inner_this = unknown_shape;
        if (!shape_of(c, n->arguments[i], inner, inner_this, &argument)) return false;
        if (iif && i == 0 && !check_criterion(c, n->arguments[0], argument)) return false;
        if (str_is(n->text, "select")) *out = (struct shape){argument.type, argument.class, argument.system, in.many || argument.many, false};
    }
    return true;
}

static bool shape_of_type(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out) {
    struct shape left;
    if (!shape_of(c, n->left, focus, this, &left)) return false;
    *out = n->operator == OP_IS ? system_shape(VALUE_BOOLEAN) : shape_of_specifier(n->text, left.many);
    /* a single item cannot become what it never is: (Observation.value as Period).unit is caught by the member */
    return true;
}

static bool shape_of_binary(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out) {
    struct shape left, right;
    if (!shape_of(c, n->left, focus, this, &left) || !shape_of(c, n->right, focus, this, &right)) return false;
    *out = unknown_shape;
    if (n->operator >= OP_LESS && n->operator != OP_IS && n->operator != OP_AS) *out = system_shape(VALUE_BOOLEAN);
    bool shifts = left.class == CLASS_SYSTEM && left.system == VALUE_MOMENT && right.class == CLASS_SYSTEM && (n->operator == OP_ADD || n->operator == OP_SUBTRACT);
    if (shifts && right.system != VALUE_QUANTITY) return refuse(c, n, "a date is moved by a quantity of time");
    return true;
}

static bool shape_of(struct compiler *c, struct node *n, struct shape focus, struct shape this, struct shape *out) {
    *out = unknown_shape;
    switch (n->kind) {
    case NODE_LITERAL_EMPTY: case NODE_EXTERNAL: return true;
    case NODE_LITERAL_BOOLEAN: *out = system_shape(VALUE_BOOLEAN); return true;
    case NODE_LITERAL_STRING: *out = system_shape(VALUE_STRING); return true;
    case NODE_LITERAL_INTEGER: *out = system_shape(VALUE_INTEGER); return true;
    case NODE_LITERAL_LONG: *out = system_shape(VALUE_LONG); return true;
    case NODE_LITERAL_DECIMAL: *out = system_shape(VALUE_DECIMAL); return true;
    case NODE_LITERAL_DATETIME: *out = system_shape(VALUE_MOMENT); return true;
    case NODE_LITERAL_QUANTITY: *out = system_shape(VALUE_QUANTITY); return true;
    case NODE_VARIABLE:
        if (str_is(n->text, "this")) *out = this;
        if (str_is(n->text, "index")) *out = system_shape(VALUE_INTEGER);
        return true;
    case NODE_NAME: return shape_of_name(c, n, focus, this, out);
    case NODE_CALL: return shape_of_call(c, n, focus, this, out);
    case NODE_INDEX: {
        struct shape index;
        if (!shape_of(c, n->left, focus, this, out) || !shape_of(c, n->right, focus, this, &index)) return false;
        if (out->unordered) return refuse(c, n, "an index into items that have no order");
        out->many = false;
        return true;
    }
    case NODE_NEGATE: case NODE_PLUS: return shape_of(c, n->left, focus, this, out);
    case NODE_BINARY: return shape_of_binary(c, n, focus, this, out);
    case NODE_TYPE: return shape_of_type(c, n, focus, this, out);
    }
    return true;
}

err fhirpath_compile(struct arena *a, str source, fhir_type context, struct fhirpath **out) {
    struct compiler c = {.arena = a, .source = source};
    struct fhirpath *path = ARENA_NEW(a, struct fhirpath);
    struct shape result;
    path->arena = a;
    path->source = source;
    size_t bad = utf8_valid(source), zero = str_find(source, '\0');
    if (bad < source.len || zero < source.len) return syntax_error(a, source, bad < zero ? bad : zero, "not a character of UTF-8");
    TRY(syntax_parse(a, source, &path->root));
    if (!link_node(&c, path->root, false)) return c.error;
    struct shape focus = fhir_shape(context, false);
    if (context && !shape_of(&c, path->root, focus, focus, &result)) return c.error;
    *out = path;
    return OK_ERR;
}

/* ---- output ------------------------------------------------------------------------------------------------------------------------------ */

static void write_text_value(struct arena *a, struct buf *out, const struct value *v) {
    struct buf text = buf_new(a);
    if (v->moment.kind == MOMENT_TIME) buf_addc(&text, 'T');
    moment_write(&text, &v->moment);
    buf_add_json(out, buf_str(&text));
}

void fhirpath_write(struct arena *a, struct buf *out, const struct value *v) {
    switch (v->kind) {
    case VALUE_BOOLEAN: buf_addz(out, v->boolean ? "true" : "false"); return;
    case VALUE_INTEGER: case VALUE_LONG: case VALUE_DECIMAL: decimal_write(out, v->number); return;
    case VALUE_STRING: buf_add_json(out, v->text); return;
    case VALUE_MOMENT: write_text_value(a, out, v); return;
    case VALUE_QUANTITY:
        buf_addz(out, "{\"value\":");
        decimal_write(out, v->number);
        buf_addz(out, ",\"unit\":");
        buf_add_json(out, v->unit);
        buf_addc(out, '}');
        return;
    case VALUE_TYPE:
        buf_addz(out, "{\"namespace\":");
        buf_add_json(out, v->unit);
        buf_addz(out, ",\"name\":");
        buf_add_json(out, v->text);
        buf_addc(out, '}');
        return;
    case VALUE_ELEMENT: break;
    }
    const struct json *node = v->element.node ? v->element.node : v->element.extra;
    if (node) json_write(out, node);
    else buf_addz(out, "null");
}
