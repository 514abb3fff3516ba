/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Precedence climbing over the operators of FHIRPath (section 6.8, Operator Precedence). Operands of equal level associate to
 * the left. Literal dates and numbers are checked here, so that an evaluator never meets a malformed one.
 */
#include "syntax.h"

#include "moment.h"

struct parser {
    struct arena *arena;
    str source;
    size_t offset;
    struct token token; /* the one we look at */
    int depth;
};

static const struct {
    const char *text;
    enum operator_kind operator;
    int level; /* binds tighter when higher */
} operators[] = {
    {"*", OP_MULTIPLY, 11}, {"/", OP_DIVIDE, 11}, {"div", OP_DIV, 11}, {"mod", OP_MOD, 11},
    {"+", OP_ADD, 10}, {"-", OP_SUBTRACT, 10}, {"&", OP_CONCATENATE, 10},
    {"is", OP_IS, 9}, {"as", OP_AS, 9},
    {"|", OP_UNION, 8},
    {"<", OP_LESS, 7}, {"<=", OP_LESS_EQUAL, 7}, {">", OP_GREATER, 7}, {">=", OP_GREATER_EQUAL, 7},
    {"=", OP_EQUAL, 6}, {"~", OP_EQUIVALENT, 6}, {"!=", OP_NOT_EQUAL, 6}, {"!~", OP_NOT_EQUIVALENT, 6},
    {"in", OP_IN, 5}, {"contains", OP_CONTAINS, 5},
    {"and", OP_AND, 4}, {"or", OP_OR, 3}, {"xor", OP_XOR, 3}, {"implies", OP_IMPLIES, 2},
};
enum { OPERATOR_COUNT = sizeof operators / sizeof *operators };

static err advance(struct parser *p) { return lexer_next(p->arena, p->source, &p->offset, &p->token); }
static err wrong(struct parser *p, const char *why) { return syntax_error(p->arena, p->source, p->token.at, why); }
static bool is_symbol(const struct parser *p, const char *text) { return p->token.kind == TOKEN_SYMBOL && str_is(p->token.text, text); }

static err expect(struct parser *p, const char *symbol, const char *why) {
    if (!is_symbol(p, symbol)) return wrong(p, p->token.kind == TOKEN_END ? "the expression ends too early" : why);
    return advance(p);
}

static struct node *make(struct parser *p, enum node_kind kind, str text) {
    struct node *n = ARENA_NEW(p->arena, struct node);
    n->kind = kind;
    n->text = text;
    n->at = p->token.at;
    return n;
}

static err parse_level(struct parser *p, int level, struct node **out);

/* `child` stands below `n`: chains grow to the left without nesting in the text, so their height is limited, too. */
static err hang(struct parser *p, struct node *n, const struct node *child) {
    if (child && child->height >= n->height) n->height = (uint16_t)(child->height + 1);
    return n->height > SYNTAX_HEIGHT ? syntax_error(p->arena, p->source, n->at, "the expression is too long") : OK_ERR;
}

static err parse_arguments(struct parser *p, struct node *call) {
    size_t cap = 0;
    call->kind = NODE_CALL;
    TRY(advance(p)); /* ( */
    while (!is_symbol(p, ")")) {
        if (call->argument_count == cap) {
            size_t bigger = cap ? cap * 2 : 4;
            call->arguments = arena_grow(p->arena, call->arguments, cap * sizeof(struct node *), bigger * sizeof(struct node *));
            cap = bigger;
        }
        TRY(parse_level(p, 0, &call->arguments[call->argument_count]));
        TRY(hang(p, call, call->arguments[call->argument_count++]));
        if (is_symbol(p, ",")) {
            TRY(advance(p));
            if (is_symbol(p, ")")) return wrong(p, "an argument is missing");
        } else if (!is_symbol(p, ")")) {
            return wrong(p, p->token.kind == TOKEN_END ? "the expression ends too early" : "want ',' or ')'");
        }
    }
    return advance(p);
}

/* name or name(…), on `left` */
static err parse_member(struct parser *p, struct node *left, struct node **out) {
    if (p->token.kind == TOKEN_VARIABLE) {
        struct node *n = make(p, NODE_VARIABLE, p->token.text);
        if (left || !(str_is(n->text, "this") || str_is(n->text, "index") || str_is(n->text, "total"))) return wrong(p, "unknown variable");
        *out = n;
        return advance(p);
    }
    if (p->token.kind != TOKEN_IDENTIFIER) return wrong(p, p->token.kind == TOKEN_END ? "the expression ends too early" : "a name is missing");
    struct node *n = make(p, NODE_NAME, p->token.text);
    n->left = left;
    TRY(hang(p, n, left));
    bool quoted = p->token.quoted;
    TRY(advance(p));
    *out = n;
    return !quoted && is_symbol(p, "(") ? parse_arguments(p, n) : OK_ERR;
}

static err parse_number(struct parser *p, struct node **out) {
    struct node *n = make(p, NODE_LITERAL_INTEGER, p->token.text);
    if (!decimal_parse(n->text, &n->number)) return wrong(p, "this number has too many digits");
    if (p->token.kind == TOKEN_LONG) n->kind = NODE_LITERAL_LONG;
    else if (n->number.scale) n->kind = NODE_LITERAL_DECIMAL;
    else if (n->number.digits > INT32_MAX && !(n->number.digits == 2147483648ll)) n->kind = NODE_LITERAL_LONG;
    bool number = p->token.kind == TOKEN_NUMBER;
    TRY(advance(p));
    *out = n;
    if (number && p->token.kind == TOKEN_STRING) {
        n->quoted_unit = true;
    } else if (!(number && p->token.kind == TOKEN_IDENTIFIER && !p->token.quoted && moment_unit_of_word(p->token.text) != UNIT_NONE)) {
        return OK_ERR;
    }
    n->kind = NODE_LITERAL_QUANTITY;
    n->text = p->token.text;
    return advance(p);
}

static err parse_term(struct parser *p, struct node **out) {
    str text = p->token.text;
    switch (p->token.kind) {
    case TOKEN_STRING: *out = make(p, NODE_LITERAL_STRING, text); return advance(p);
    case TOKEN_NUMBER: case TOKEN_LONG: return parse_number(p, out);
    case TOKEN_DATETIME: *out = make(p, NODE_LITERAL_DATETIME, text); return advance(p);
    case TOKEN_EXTERNAL: *out = make(p, NODE_EXTERNAL, text); return advance(p);
    case TOKEN_IDENTIFIER:
        if (!p->token.quoted && (str_is(text, "true") || str_is(text, "false"))) {
            *out = make(p, NODE_LITERAL_BOOLEAN, text);
            (*out)->boolean = str_is(text, "true");
            return advance(p);
        }
        return parse_member(p, NULL, out);
    case TOKEN_VARIABLE: return parse_member(p, NULL, out);
    case TOKEN_END: return wrong(p, "the expression ends too early");
    case TOKEN_SYMBOL: break;
    }
    if (is_symbol(p, "(")) {
        TRY(advance(p));
        TRY(parse_level(p, 0, out));
        return expect(p, ")", "want ')'");
    }
    if (is_symbol(p, "{")) {
        *out = make(p, NODE_LITERAL_EMPTY, STR(""));
        TRY(advance(p));
        return expect(p, "}", "want '}'");
    }
    return wrong(p, "an operand is missing");
}

/* term, then .member and [index] as often as they come */
static err parse_path(struct parser *p, struct node **out) {
    TRY(parse_term(p, out));
    for (;;) {
        if (is_symbol(p, ".")) {
            TRY(advance(p));
            TRY(parse_member(p, *out, out));
        } else if (is_symbol(p, "[")) {
            struct node *n = make(p, NODE_INDEX, STR(""));
            n->left = *out;
            TRY(advance(p));
            TRY(parse_level(p, 0, &n->right));
            TRY(hang(p, n, n->left));
            TRY(hang(p, n, n->right));
            TRY(expect(p, "]", "want ']'"));
            *out = n;
        } else {
            return OK_ERR;
        }
    }
}

static err parse_unary(struct parser *p, struct node **out) {
    if (!is_symbol(p, "-") && !is_symbol(p, "+")) return parse_path(p, out);
    struct node *n = make(p, is_symbol(p, "-") ? NODE_NEGATE : NODE_PLUS, STR(""));
    if (++p->depth > SYNTAX_DEPTH) return wrong(p, "nested too deeply");
    TRY(advance(p));
    TRY(parse_unary(p, &n->left));
    TRY(hang(p, n, n->left));
    p->depth--;
    *out = n;
    return OK_ERR;
}

/* System.Integer, FHIR.Patient, Quantity, `Patient` */
static err parse_type_specifier(struct parser *p, str *out) {
    if (p->token.kind != TOKEN_IDENTIFIER) return wrong(p, "a type is missing");
    *out = p->token.text;
    TRY(advance(p));
    while (is_symbol(p, ".")) {
        TRY(advance(p));
        if (p->token.kind != TOKEN_IDENTIFIER) return wrong(p, "a type is missing");
        *out = str_format(p->arena, "%.*s.%.*s", STR_ARG(*out), STR_ARG(p->token.text));
        TRY(advance(p));
    }
    return OK_ERR;
}

static int operator_at(const struct parser *p) {
    if (p->token.kind != TOKEN_SYMBOL && (p->token.kind != TOKEN_IDENTIFIER || p->token.quoted)) return -1;
    for (int i = 0; i < OPERATOR_COUNT; i++)
        if (str_is(p->token.text, operators[i].text)) return i;
    return -1;
}

static err parse_level(struct parser *p, int level, struct node **out) {
    if (++p->depth > SYNTAX_DEPTH) return wrong(p, "nested too deeply");
    TRY(parse_unary(p, out));
    for (int i; (i = operator_at(p)) >= 0 && operators[i].level > level;) {
        enum operator_kind operator = operators[i].operator;
        struct node *n = make(p, operator == OP_IS || operator == OP_AS ? NODE_TYPE : NODE_BINARY, STR(""));
        n->operator = operator;
        n->left = *out;
        TRY(advance(p));
        if (n->kind == NODE_TYPE) TRY(parse_type_specifier(p, &n->text));
        else TRY(parse_level(p, operators[i].level, &n->right));
        TRY(hang(p, n, n->left));
        TRY(hang(p, n, n->right));
        *out = n;
    }
    p->depth--;
    return OK_ERR;
}

err syntax_parse(struct arena *a, str source, struct node **out) {
    struct parser p = {.arena = a, .source = source};
    TRY(advance(&p));
    TRY(parse_level(&p, 0, out));
    return p.token.kind == TOKEN_END ? OK_ERR : wrong(&p, "unexpected text behind the expression");
}
