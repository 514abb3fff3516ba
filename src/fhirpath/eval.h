/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the evaluator share. Functions return false after eval_fail(): the reason stands in the evaluation.
 */
#ifndef FHIRPATH_EVAL_H
#define FHIRPATH_EVAL_H

#include "fhirpath.h"
#include "syntax.h"

struct scope { /* defineVariable */
    str name;
    struct values values;
    struct scope *outer;
};

struct evaluation {
    struct arena *arena;
    str source;
    const struct fhirpath_context *context;
    struct value input;
    size_t budget, memory; /* steps left; bytes the arena may reach */
    int depth;
    struct scope *scope;
    struct values *descendants; /* of %resource, once asked for: invariants ask often (dom-3) */
    err error;
};

struct focus {
    const struct values *values; /* what a name or function without left side works on */
    struct value *this;          /* $this; NULL: the values themselves */
    int64_t index;               /* $index */
    const struct values *total;  /* $total */
};

struct fhirpath {
    struct arena *arena;
    str source;
    struct node *root;
};

typedef bool function_fn(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, struct values *out);
typedef bool function_test(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, enum truth *out);
struct function {
    const char *name;
    int least, most; /* arguments */
    function_fn *run;
    function_test *test; /* instead of `run`: what gives a truth */
};
extern const struct function functions[];
extern const size_t function_count;

bool eval(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out);
/* The truth of an expression as a criterion (4.5); what gives a truth makes no collection on the way. */
bool eval_truth(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out);
bool eval_fail(struct evaluation *e, const struct node *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool spend(struct evaluation *e, const struct node *at, size_t steps);

/* Argument i in the outer focus (a value), or with one item as focus (a criterion, a projection). */
bool argument(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct values *out);
bool argument_on(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *item, int64_t index, struct values *out);
bool argument_truth(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *item, int64_t index, enum truth *out);
/* Argument i as one System value of a kind; *absent when it is empty. More than one, or another kind, is an error. */
bool argument_one(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, struct value *out, bool *absent);
bool argument_string(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, str *out, bool *absent);
bool argument_integer(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, int64_t *out, bool *absent);
/* The input as one System value. */
bool input_one(struct evaluation *e, const struct node *call, const struct values *input, struct value *out, bool *absent);
bool input_string(struct evaluation *e, const struct node *call, const struct values *input, str *out, bool *absent);

/* Truth of a collection (4.5, singleton evaluation): empty, a boolean, or any single item as true; several: an error. */
bool truth_of(struct evaluation *e, const struct node *at, const struct values *v, enum truth *out);

/* "System.Integer" … as a type test; exact: as() and ofType() of primitives. unknown types: fail. */
bool type_matches(struct evaluation *e, const struct node *at, const struct value *v, str specifier, bool exact, bool *out);
bool type_argument(struct evaluation *e, const struct node *call, size_t i, str *out);

/* NODE_BINARY, operators.c: those that give a truth, and the others. */
bool operator_tests(enum operator_kind op);
bool operate_truth(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out);
bool operate(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out);
bool is_numeric(const struct value *v);
bool convert_quantity_text(str text, struct value *out); /* '10.1 'mg'' as toQuantity reads it */

#define TEST(name) bool name(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, enum truth *out)
#define FUNCTION(name) bool name(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, struct values *out)

#endif
