/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The syntax tree of a FHIRPath expression (FHIRPath 2.0.0, normative release, grammar of appendix B). Nodes live in the
 * arena of the compiled expression and are never changed after parsing.
 */
#ifndef FHIRPATH_SYNTAX_H
#define FHIRPATH_SYNTAX_H

#include "decimal.h"

#include "base/err.h"

enum token_kind {
    TOKEN_END,
    TOKEN_IDENTIFIER, /* also keywords that may be identifiers; text decoded */
    TOKEN_STRING,     /* decoded */
    TOKEN_NUMBER,     /* digits[.digits] */
    TOKEN_LONG,       /* digits L */
    TOKEN_DATETIME,   /* behind '@' */
    TOKEN_EXTERNAL,   /* %name, text without % */
    TOKEN_VARIABLE,   /* $this, $index, $total: text without $ */
    TOKEN_SYMBOL      /* ( ) [ ] { } . , + - * / & | = ~ != !~ < <= > >= */
};

struct token {
    enum token_kind kind;
    str text;
    uint32_t at;  /* byte offset in the expression */
    bool quoted;  /* `identifier` */
};

/* Reads the token at *offset and moves behind it. Error: "line L, column C: why". */
err lexer_next(struct arena *a, str source, size_t *offset, struct token *out);

enum node_kind {
    NODE_LITERAL_EMPTY,  /* {} */
    NODE_LITERAL_BOOLEAN,
    NODE_LITERAL_STRING,
    NODE_LITERAL_INTEGER,
    NODE_LITERAL_LONG,
    NODE_LITERAL_DECIMAL,
    NODE_LITERAL_DATETIME, /* date, dateTime or time: text behind '@' */
    NODE_LITERAL_QUANTITY, /* number + unit text */
    NODE_EXTERNAL,         /* %name */
    NODE_VARIABLE,         /* $this … */
    NODE_NAME,             /* member access: on `left`, or on the focus when left is NULL */
    NODE_CALL,             /* name(arguments) on `left` or on the focus */
    NODE_INDEX,            /* left[right] */
    NODE_NEGATE,           /* -left */
    NODE_PLUS,             /* +left */
    NODE_BINARY,           /* left operator right */
    NODE_TYPE              /* left is|as specifier */
};

enum operator_kind {
    OP_MULTIPLY, OP_DIVIDE, OP_DIV, OP_MOD, OP_ADD, OP_SUBTRACT, OP_CONCATENATE, OP_UNION, OP_LESS, OP_LESS_EQUAL, OP_GREATER,
    OP_GREATER_EQUAL, OP_IS, OP_AS, OP_EQUAL, OP_EQUIVALENT, OP_NOT_EQUAL, OP_NOT_EQUIVALENT, OP_IN, OP_CONTAINS, OP_AND, OP_OR,
    OP_XOR, OP_IMPLIES
};

enum variable { VARIABLE_NAMED, VARIABLE_THIS, VARIABLE_INDEX, VARIABLE_TOTAL, VARIABLE_CONTEXT, VARIABLE_RESOURCE, VARIABLE_ROOT };

struct node {
    enum node_kind kind;
    enum operator_kind operator;
    uint32_t at; /* byte offset, for errors */
    bool boolean;
    bool quoted_unit;         /* QUANTITY: 'mg' (UCUM) against a calendar word */
    str text;                 /* name, string, unit, type specifier "System.Integer" */
    struct decimal number;
    struct node *left, *right;
    struct node *next, *begin; /* NAME: the name that follows in a.b.c, and the first of them; set by the compiler */
    struct node **arguments;
    size_t argument_count;
    uint16_t function; /* CALL: index into the table of functions, set by the compiler */
    uint16_t type;     /* NAME beginning a path or naming a type, TYPE: the FHIR type of that name, 0 none; set by the compiler */
    uint8_t variable;  /* VARIABLE, EXTERNAL: which one; set by the compiler */
    uint16_t owner;    /* NAME: the static type of what it is read from, 0 unknown; then its elements (several: a choice) */
    uint16_t first, count;
    uint16_t height;   /* levels below: walks over the tree recurse */
};

/* The whole expression as a tree. ERR_INVALID "line L, column C: why". Nesting is limited to SYNTAX_DEPTH, chains (a.b.c, 1+1+1) to
 * SYNTAX_HEIGHT levels of the tree. */
enum { SYNTAX_DEPTH = 200, SYNTAX_HEIGHT = 1000 };
err syntax_parse(struct arena *a, str source, struct node **out);

/* Line and column in front of the message. */
err syntax_error(struct arena *a, str source, size_t at, const char *why);

#endif
