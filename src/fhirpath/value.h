/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an expression computes with: System values (Boolean, Integer, Decimal …) and elements of a FHIR tree. An element
 * carries its type from the definitions, its JSON value and its sibling `_name` (id and extensions of a primitive); it is read as
 * a System value where an operator wants one. Values are small and copied; texts point into trees or the arena.
 */
#ifndef FHIRPATH_VALUE_H
#define FHIRPATH_VALUE_H

#include "model.h"
#include "moment.h"

#include "base/json.h"
#include "base/vec.h"

enum value_kind {
    VALUE_BOOLEAN,
    VALUE_INTEGER,
    VALUE_LONG,
    VALUE_DECIMAL,
    VALUE_STRING,
    VALUE_MOMENT, /* Date, DateTime, Time: moment.kind tells */
    VALUE_QUANTITY,
    VALUE_ELEMENT, /* of a FHIR tree */
    VALUE_TYPE     /* what type() gives: text = name, unit = namespace */
};

struct value {
    enum value_kind kind;
    bool boolean;
    bool calendar;  /* QUANTITY: unit is a calendar word (year …), not UCUM */
    model_type type; /* ELEMENT: what it is */
    union { /* 64 bytes in all: one line of the processor's cache */
        struct moment moment;
        struct {
            union {
                struct decimal number; /* INTEGER, LONG, DECIMAL, QUANTITY */
                str text;              /* STRING; TYPE */
                struct {
                    const struct json *node;  /* NULL: the primitive has only extensions */
                    const struct json *extra; /* _name or NULL */
                } element;
            };
            str unit; /* QUANTITY; TYPE: its namespace */
        };
    };
};
_Static_assert(sizeof(struct value) == 64, "values are copied all the time");

struct values {
    struct value *at;
    size_t len, cap;
};
/* An empty list whose first few items stand on the stack of its function; more go to the arena. */
#define VALUES_FEW(name)                                                                                               \
    struct value name##_few[2];                                                                                        \
    struct values name = {name##_few, 0, 2}

struct value value_boolean(bool v);
struct value value_integer(int64_t v);
struct value value_decimal(struct decimal d);
struct value value_string(str s);
struct value value_moment(struct moment m);
struct value value_element(model_type type, const struct json *node, const struct json *extra);

/* An element that is a primitive (or a Quantity) as the System value it stands for; other values as they are. False for a
 * complex element or a primitive without value. */
bool value_to_system(struct arena *a, const struct value *v, struct value *out);

/* A number is a quantity in the unit 1 where one is wanted (5.5, implicit conversion). False for what is neither. */
bool value_as_quantity(struct value *v);

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_EMPTY };
enum truth value_equal(struct arena *a, const struct value *x, const struct value *y);
bool value_equivalent(struct arena *a, const struct value *x, const struct value *y);
/* FHIRPath 6.1.1: collections of equal length, item by item in order. */
enum truth values_equal(struct arena *a, const struct values *x, const struct values *y);
bool values_equivalent(struct arena *a, const struct values *x, const struct values *y);
/* A hash that equal values share, for sets of many. */
uint64_t value_hash(struct arena *a, const struct value *v);
/* Adds v unless an equal value is there. */
void values_add_distinct(struct arena *a, struct values *set, const struct value *v);
static inline void values_add(struct arena *a, struct values *list, struct value v) { VEC_PUSH(a, list, v); }
bool values_contain(struct arena *a, const struct values *list, const struct value *v);

/* The text that toString() gives; false for what has none. */
bool value_to_text(struct arena *a, const struct value *v, str *out);
/* "Integer", "Patient", …, and its namespace "System" or "FHIR". */
str value_type_name(const struct value *v, str *name_space);

#endif
