/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The operators of FHIRPath 6: equality, comparison, collections, three-valued logic, arithmetic, dates.
 */
#include "eval.h"

#include "ucum.h"

bool is_numeric(const struct value *v) { return v->kind == VALUE_INTEGER || v->kind == VALUE_LONG || v->kind == VALUE_DECIMAL; }

static enum truth not(enum truth t) { return t == TRUTH_EMPTY ? t : t == TRUTH_TRUE ? TRUTH_FALSE : TRUTH_TRUE; }

/* ---- logic (6.5) -------------------------------------------------------------------------------------------------------------- */

static enum truth combine(enum operator_kind op, enum truth x, enum truth y) {
    switch (op) {
    case OP_AND: return x == TRUTH_FALSE || y == TRUTH_FALSE ? TRUTH_FALSE : x == TRUTH_TRUE && y == TRUTH_TRUE ? TRUTH_TRUE : TRUTH_EMPTY;
    case OP_OR: return x == TRUTH_TRUE || y == TRUTH_TRUE ? TRUTH_TRUE : x == TRUTH_FALSE && y == TRUTH_FALSE ? TRUTH_FALSE : TRUTH_EMPTY;
    case OP_XOR: return x == TRUTH_EMPTY || y == TRUTH_EMPTY ? TRUTH_EMPTY : x != y ? TRUTH_TRUE : TRUTH_FALSE;
    default: return x == TRUTH_FALSE || y == TRUTH_TRUE ? TRUTH_TRUE : x == TRUTH_TRUE ? y : TRUTH_EMPTY; /* implies */
    }
}

static bool operate_logic(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out) {
    enum truth x, y = TRUTH_EMPTY;
    struct scope *scope = e->scope;
    if (!eval_truth(e, n->left, focus, &x)) return false;
    e->scope = scope;
    bool decided = (n->operator == OP_AND && x == TRUTH_FALSE) || (n->operator == OP_OR && x == TRUTH_TRUE) || (n->operator == OP_IMPLIES && x == TRUTH_FALSE);
    if (!decided && !eval_truth(e, n->right, focus, &y)) return false;
    e->scope = scope;
    *out = combine(n->operator, x, y);
    return true;
}

/* ---- comparison (6.2) ------------------------------------------------------------------------------------------------------------ */

static bool compare(struct evaluation *e, const struct node *n, const struct value *x, const struct value *y, enum moment_order *out) {
    int order = 0;
    if (is_numeric(x) && is_numeric(y)) {
        order = decimal_compare(x->number, y->number);
    } else if (x->kind == VALUE_STRING && y->kind == VALUE_STRING) {
        order = str_compare(x->text, y->text);
    } else if (x->kind == VALUE_MOMENT && y->kind == VALUE_MOMENT && (x->moment.kind == MOMENT_TIME) == (y->moment.kind == MOMENT_TIME)) {
        *out = moment_compare(&x->moment, &y->moment);
        return true;
    } else if (x->kind == VALUE_QUANTITY || y->kind == VALUE_QUANTITY) {
        struct value p = *x, q = *y;
        if (!value_as_quantity(&p) || !value_as_quantity(&q)) return eval_fail(e, n, "these two cannot be compared");
        enum ucum_result r = ucum_compare(p.number, ucum_unit(&p), q.number, ucum_unit(&q), &order);
        if (r != UCUM_OK) return *out = ORDER_UNKNOWN, true;
    } else {
        str ignore;
        str a = value_type_name(x, &ignore), b = value_type_name(y, &ignore);
        return eval_fail(e, n, "%.*s and %.*s cannot be compared", STR_ARG(a), STR_ARG(b));
    }
    *out = order < 0 ? ORDER_LESS : order > 0 ? ORDER_GREATER : ORDER_EQUAL;
    return true;
}

/* A string beside a date is read as one: FHIR's dates in extensions and JSON are typed, literals of search values are not. */
static bool operate_compare(struct evaluation *e, const struct node *n, const struct values *left, const struct values *right, enum truth *out) {
    *out = TRUTH_EMPTY;
    if (!left->len || !right->len) return true;
    if (left->len > 1 || right->len > 1) return eval_fail(e, n, "only single items can be compared");
    struct value x, y;
    enum moment_order o = ORDER_UNKNOWN;
    if (!value_to_system(e->arena, &left->at[0], &x) || !value_to_system(e->arena, &right->at[0], &y)) {
        if ((left->at[0].kind == VALUE_ELEMENT && !left->at[0].element.node) || (right->at[0].kind == VALUE_ELEMENT && !right->at[0].element.node)) return true;
        return eval_fail(e, n, "these two cannot be compared");
    }
    if (!compare(e, n, &x, &y, &o)) return false;
    if (o == ORDER_UNKNOWN) return true;
    bool yes = n->operator == OP_LESS ? o == ORDER_LESS : n->operator == OP_LESS_EQUAL ? o != ORDER_GREATER
             : n->operator == OP_GREATER ? o == ORDER_GREATER : o != ORDER_LESS;
    *out = yes ? TRUTH_TRUE : TRUTH_FALSE;
    return true;
}

/* ---- arithmetic (6.6) -------------------------------------------------------------------------------------------------------------- */

static bool give_number(struct evaluation *e, struct decimal d, const struct value *x, const struct value *y, struct values *out) {
    bool integers = x->kind == VALUE_INTEGER && y->kind == VALUE_INTEGER;
    struct value v = value_decimal(d);
    if (x->kind != VALUE_DECIMAL && y->kind != VALUE_DECIMAL) v.kind = integers ? VALUE_INTEGER : VALUE_LONG;
    bool overflow = integers ? d.digits > INT32_MAX || d.digits < INT32_MIN : v.kind == VALUE_LONG && (d.digits > INT64_MAX || d.digits < INT64_MIN);
    if (overflow) return true; /* empty (6.6) */
    values_add(e->arena, out, v);
    return true;
}

/* A calendar word, or the UCUM code of a unit that is as definite: 'wk' and finer (6.6). */
static enum moment_unit calendar_unit(str unit) {
    static const struct { const char *code; enum moment_unit unit; } units[] = {{"wk", UNIT_WEEK}, {"d", UNIT_DAY}, {"h", UNIT_HOUR},
        {"min", UNIT_MINUTE}, {"s", UNIT_SECOND}, {"ms", UNIT_MILLISECOND}};
    str code = unit.len > 2 && str_ends(unit, STR("s")) ? str_slice(unit, 0, unit.len - 1) : unit;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_is(code, units[i].code)) return units[i].unit;
    return moment_unit_of_word(unit);
}

static bool shift_moment(struct evaluation *e, const struct node *n, struct value m, struct value q, struct values *out) {
    enum moment_unit unit = calendar_unit(q.unit);
    if (unit == UNIT_NONE) return eval_fail(e, n, "'%.*s' is no unit of time that can be added to a date", STR_ARG(q.unit));
    if (n->operator == OP_SUBTRACT) q.number.digits = -q.number.digits;
    if (moment_add(&m.moment, q.number, unit)) values_add(e->arena, out, m);
    return true;
}

static bool add_quantities(struct evaluation *e, const struct value *x, const struct value *y, bool subtract, struct values *out) {
    struct value v = *x;
    struct decimal left, right;
    str xu = ucum_unit(x), yu = ucum_unit(y);
    if (ucum_common(x->number, xu, y->number, yu, &left, &right) != UCUM_OK) return true;
    struct decimal same;
    if (!str_eq(xu, yu) && decimal_compare(left, x->number) != 0) v.unit = y->unit, v.calendar = y->calendar;
    if (subtract ? decimal_subtract(left, right, &same) : decimal_add(left, right, &same)) {
        v.number = same;
        values_add(e->arena, out, v);
    }
    return true;
}

static bool multiply_quantities(struct evaluation *e, struct value x, struct value y, bool divide, struct values *out) {
    value_as_quantity(&x);
    struct value v = x;
    v.calendar = x.calendar;
    if (is_numeric(&y) || str_is(y.unit, "1")) { /* scaling keeps the unit */
        if (divide ? decimal_divide(x.number, y.number, &v.number) : decimal_multiply(x.number, y.number, &v.number)) values_add(e->arena, out, v);
        return true;
    }
    if (!divide && str_is(x.unit, "1")) return multiply_quantities(e, y, x, false, out);
    v.calendar = false;
    if (ucum_multiply(e->arena, x.number, ucum_unit(&x), y.number, ucum_unit(&y), divide, &v.number, &v.unit) == UCUM_OK) values_add(e->arena, out, v);
    return true;
}

static bool arithmetic_numbers(struct evaluation *e, const struct node *n, struct value x, struct value y, struct values *out) {
    struct decimal d, rest;
    switch (n->operator) {
    case OP_ADD: return decimal_add(x.number, y.number, &d) ? give_number(e, d, &x, &y, out) : true;
    case OP_SUBTRACT: return decimal_subtract(x.number, y.number, &d) ? give_number(e, d, &x, &y, out) : true;
    case OP_MULTIPLY: return decimal_multiply(x.number, y.number, &d) ? give_number(e, d, &x, &y, out) : true;
    case OP_DIVIDE:
        if (decimal_divide(x.number, y.number, &d)) values_add(e->arena, out, value_decimal(d));
        return true;
    default: /* div, mod */
        if (!decimal_div_mod(x.number, y.number, &d, &rest)) return true;
        if (n->operator == OP_MOD) return give_number(e, rest, &x, &y, out);
        x.kind = y.kind = VALUE_INTEGER;
        return give_number(e, d, &x, &y, out);
    }
}

static bool operate_arithmetic(struct evaluation *e, const struct node *n, const struct values *left, const struct values *right, struct values *out) {
    struct value x, y;
    if (left->len > 1 || right->len > 1) return eval_fail(e, n, "arithmetic works on single items");
    if (!left->len || !right->len) return true;
    if (!value_to_system(e->arena, &left->at[0], &x) || !value_to_system(e->arena, &right->at[0], &y)) return eval_fail(e, n, "these two cannot be computed with");
    enum operator_kind op = n->operator;
    if (is_numeric(&x) && is_numeric(&y)) return arithmetic_numbers(e, n, x, y, out);
    if (op == OP_ADD && x.kind == VALUE_STRING && y.kind == VALUE_STRING)
        return spend(e, n, (x.text.len + y.text.len) / 16) && (values_add(e->arena, out, value_string(str_format(e->arena, "%.*s%.*s", STR_ARG(x.text), STR_ARG(y.text)))), true);
    if ((op == OP_ADD || op == OP_SUBTRACT) && x.kind == VALUE_MOMENT && y.kind == VALUE_QUANTITY) return shift_moment(e, n, x, y, out);
    if ((op == OP_ADD || op == OP_SUBTRACT) && ((x.kind == VALUE_QUANTITY && value_as_quantity(&y)) || (y.kind == VALUE_QUANTITY && value_as_quantity(&x)))) return add_quantities(e, &x, &y, op == OP_SUBTRACT, out);
    bool amounts = (x.kind == VALUE_QUANTITY || is_numeric(&x)) && (y.kind == VALUE_QUANTITY || is_numeric(&y));
    if ((op == OP_MULTIPLY || op == OP_DIVIDE) && amounts) return multiply_quantities(e, x, y, op == OP_DIVIDE, out);
    str ignore, a = value_type_name(&x, &ignore), b = value_type_name(&y, &ignore);
    return eval_fail(e, n, "no such operation on %.*s and %.*s", STR_ARG(a), STR_ARG(b));
}

/* ---- the rest ------------------------------------------------------------------------------------------------------------------------ */

/* & : an empty side counts as '' (6.6.7) */
static bool concatenate(struct evaluation *e, const struct node *n, const struct values *left, const struct values *right, struct values *out) {
    const struct values *sides[] = {left, right};
    struct buf b = buf_new(e->arena);
    for (int i = 0; i < 2; i++) {
        struct value v;
        if (sides[i]->len > 1) return eval_fail(e, n, "& works on single items");
        if (!sides[i]->len) continue;
        if (!value_to_system(e->arena, &sides[i]->at[0], &v) || v.kind != VALUE_STRING) return eval_fail(e, n, "& works on strings");
        if (!spend(e, n, v.text.len / 16)) return false;
        buf_add(&b, v.text);
    }
    values_add(e->arena, out, value_string((str){b.len ? b.at : "", b.len}));
    return true;
}

static bool membership(struct evaluation *e, const struct node *n, const struct values *item, const struct values *list, enum truth *out) {
    *out = TRUTH_EMPTY;
    if (!item->len) return true;
    if (item->len > 1) return eval_fail(e, n, "one item is looked for, %zu found", item->len);
    if (!spend(e, n, list->len)) return false;
    *out = values_contain(e->arena, list, &item->at[0]) ? TRUTH_TRUE : TRUTH_FALSE;
    return true;
}

static bool both_sides(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *left, struct values *right) {
    struct scope *scope = e->scope;
    bool ok = eval(e, n->left, focus, left);
    e->scope = scope;
    ok = ok && eval(e, n->right, focus, right);
    e->scope = scope;
    return ok;
}

bool operator_tests(enum operator_kind op) { return op >= OP_LESS && op != OP_IS && op != OP_AS; }

bool operate_truth(struct evaluation *e, const struct node *n, const struct focus *focus, enum truth *out) {
    VALUES_FEW(left);
    VALUES_FEW(right);
    if (n->operator >= OP_AND) return operate_logic(e, n, focus, out);
    if (!both_sides(e, n, focus, &left, &right)) return false;
    switch (n->operator) {
    case OP_EQUAL: return *out = values_equal(e->arena, &left, &right), true;
    case OP_NOT_EQUAL: return *out = not(values_equal(e->arena, &left, &right)), true;
    case OP_EQUIVALENT: case OP_NOT_EQUIVALENT:
        if (!spend(e, n, left.len * right.len)) return false;
        return *out = values_equivalent(e->arena, &left, &right) == (n->operator == OP_EQUIVALENT) ? TRUTH_TRUE : TRUTH_FALSE, true;
    case OP_IN: return membership(e, n, &left, &right, out);
    case OP_CONTAINS: return membership(e, n, &right, &left, out);
    default: return operate_compare(e, n, &left, &right, out);
    }
}

bool operate(struct evaluation *e, const struct node *n, const struct focus *focus, struct values *out) {
    VALUES_FEW(left);
    VALUES_FEW(right);
    if (!both_sides(e, n, focus, &left, &right)) return false;
    if (n->operator == OP_CONCATENATE) return concatenate(e, n, &left, &right, out);
    if (n->operator != OP_UNION) return operate_arithmetic(e, n, &left, &right, out);
    if (!spend(e, n, (left.len + right.len) * (left.len + right.len) / 2)) return false;
    for (size_t i = 0; i < left.len; i++) values_add_distinct(e->arena, out, &left.at[i]);
    for (size_t i = 0; i < right.len; i++) values_add_distinct(e->arena, out, &right.at[i]);
    return true;
}
