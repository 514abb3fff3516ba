/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mathematics (FHIRPath 5.7) and the draft sums. Exact where decimals are; roots and logarithms go through doubles and come back
 * with at most 15 digits behind the point.
 */
#include "functions.h"

#include "ucum.h"

#include <math.h>

enum { REAL_SCALE = 15 };

/* The input as one number (or quantity, when allowed). */
static bool number_input(struct evaluation *e, const struct node *call, const struct values *input, bool quantity, struct value *out, bool *absent) {
    if (!input_one(e, call, input, out, absent)) return false;
    if (*absent || is_numeric(out) || (quantity && out->kind == VALUE_QUANTITY)) return true;
    return eval_fail(e, call, "%.*s() works on a number", STR_ARG(call->text));
}

FUNCTION(f_abs) {
    (void)outer;
    struct value v;
    bool absent;
    if (!number_input(e, call, input, true, &v, &absent)) return false;
    if (!absent && v.number.digits < 0) v.number.digits = -v.number.digits;
    return absent || give(e, out, v);
}

static bool to_integer(struct evaluation *e, const struct node *call, const struct values *input, enum decimal_rounding how, struct values *out) {
    struct value v;
    struct decimal d;
    bool absent;
    if (!number_input(e, call, input, true, &v, &absent)) return false;
    if (absent || !decimal_rescale(v.number, 0, how, &d)) return true;
    v.number = d;
    if (v.kind == VALUE_DECIMAL) v.kind = VALUE_INTEGER;
    return give(e, out, v);
}

FUNCTION(f_ceiling) { (void)outer; return to_integer(e, call, input, ROUND_CEILING, out); }
FUNCTION(f_floor) { (void)outer; return to_integer(e, call, input, ROUND_FLOOR, out); }
FUNCTION(f_truncate) { (void)outer; return to_integer(e, call, input, ROUND_DOWN, out); }

FUNCTION(f_round) {
    struct value v;
    int64_t scale = 0;
    bool absent, no_scale;
    if (!number_input(e, call, input, true, &v, &absent)) return false;
    if (call->argument_count && !argument_integer(e, call, 0, outer, &scale, &no_scale)) return false;
    if (scale < 0) return eval_fail(e, call, "round() takes a precision from 0");
    struct decimal d;
    if (absent || !decimal_rescale(v.number, scale > DECIMAL_SCALE ? DECIMAL_SCALE : (int)scale, ROUND_HALF_UP, &d)) return true;
    v.number = d;
    if (!call->argument_count && v.kind == VALUE_DECIMAL) v.kind = VALUE_INTEGER;
    else if (v.kind != VALUE_QUANTITY) v.kind = VALUE_DECIMAL;
    return give(e, out, v);
}

static bool give_real(struct evaluation *e, double v, struct values *out) {
    struct decimal d;
    int scale = fabs(v) >= 1e22 ? 0 : REAL_SCALE;
    return !isfinite(v) || !decimal_from_double(v, scale, &d) || give(e, out, value_decimal(d));
}

static bool real_function(struct evaluation *e, const struct node *call, const struct values *input, double (*fn)(double), struct values *out) {
    struct value v;
    bool absent;
    if (!number_input(e, call, input, false, &v, &absent)) return false;
    return absent || give_real(e, fn(decimal_to_double(v.number)), out);
}

FUNCTION(f_exp) { (void)outer; return real_function(e, call, input, exp, out); }
FUNCTION(f_ln) { (void)outer; return real_function(e, call, input, log, out); }
FUNCTION(f_sqrt) { (void)outer; return real_function(e, call, input, sqrt, out); }

FUNCTION(f_log) {
    struct value v, base;
    bool absent, no_base;
    if (!number_input(e, call, input, false, &v, &absent) || !argument_one(e, call, 0, outer, &base, &no_base)) return false;
    if (absent || no_base) return true;
    if (!is_numeric(&base)) return eval_fail(e, call, "log() takes a number");
    double x = decimal_to_double(v.number), b = decimal_to_double(base.number), r = log(x) / log(b);
    double whole = round(r);
    return give_real(e, fabs(pow(b, whole) - x) < 1e-9 * fabs(x) ? whole : r, out);
}

static bool whole_power(struct decimal base, int64_t n, struct decimal *out) {
    struct decimal result = {1, 0};
    for (int64_t i = 0; i < n; i++)
        if (!decimal_multiply(result, base, &result)) return false;
    return *out = result, true;
}

FUNCTION(f_power) {
    struct value v, exponent;
    bool absent, none;
    int64_t n;
    struct decimal d;
    if (!number_input(e, call, input, false, &v, &absent) || !argument_one(e, call, 0, outer, &exponent, &none)) return false;
    if (absent || none) return true;
    if (!is_numeric(&exponent)) return eval_fail(e, call, "power() takes a number");
    if (decimal_is_integer(exponent.number) && decimal_to_int64(exponent.number, &n) && n >= 0 && n <= 1000 && whole_power(v.number, n, &d)) {
        v.number = d;
        if (exponent.kind == VALUE_DECIMAL) v.kind = VALUE_DECIMAL;
        if (v.kind == VALUE_INTEGER && (d.digits > INT32_MAX || d.digits < INT32_MIN)) return true;
        return give(e, out, v);
    }
    return give_real(e, pow(decimal_to_double(v.number), decimal_to_double(exponent.number)), out);
}

/* ---- sums (draft) -------------------------------------------------------------------------------------------------------------- */

static bool add_values(struct evaluation *e, const struct node *call, struct value *sum, const struct value *v) {
    struct decimal left, right;
    if (is_numeric(sum) && is_numeric(v)) {
        if (v->kind == VALUE_DECIMAL) sum->kind = VALUE_DECIMAL;
        return decimal_add(sum->number, v->number, &sum->number) || eval_fail(e, call, "the sum is too large");
    }
    if (sum->kind == VALUE_QUANTITY && v->kind == VALUE_QUANTITY &&
        ucum_common(sum->number, ucum_unit(sum), v->number, ucum_unit(v), &left, &right) == UCUM_OK) {
        if (!str_eq(sum->unit, v->unit) && decimal_compare(left, sum->number) != 0) sum->unit = v->unit;
        return decimal_add(left, right, &sum->number) || eval_fail(e, call, "the sum is too large");
    }
    return eval_fail(e, call, "%.*s() works on numbers or quantities of one kind", STR_ARG(call->text));
}

static bool sum_of(struct evaluation *e, const struct node *call, const struct values *input, struct value *sum) {
    for (size_t i = 0; i < input->len; i++) {
        struct value v;
        if (!value_to_system(e->arena, &input->at[i], &v)) return eval_fail(e, call, "%.*s() works on numbers", STR_ARG(call->text));
        if (!i) *sum = v;
        else if (!add_values(e, call, sum, &v)) return false;
    }
    return true;
}

FUNCTION(f_sum) {
    (void)outer;
    struct value sum;
    return !input->len || (sum_of(e, call, input, &sum) && give(e, out, sum));
}

FUNCTION(f_avg) {
    (void)outer;
    struct value sum;
    if (!input->len) return true;
    if (!sum_of(e, call, input, &sum) || !decimal_divide(sum.number, decimal_from_int((int64_t)input->len), &sum.number)) return false;
    if (sum.kind != VALUE_QUANTITY) sum.kind = VALUE_DECIMAL;
    return give(e, out, sum);
}

static bool extreme(struct evaluation *e, const struct node *call, const struct values *input, bool largest, struct values *out) {
    struct value best = {0};
    for (size_t i = 0; i < input->len; i++) {
        struct value v;
        if (!value_to_system(e->arena, &input->at[i], &v)) return eval_fail(e, call, "%.*s() works on values that can be compared", STR_ARG(call->text));
        int order = 0;
        if (!i) order = largest ? 1 : -1;
        else if (is_numeric(&v) && is_numeric(&best)) order = decimal_compare(v.number, best.number);
        else if (v.kind == VALUE_STRING && best.kind == VALUE_STRING) order = str_compare(v.text, best.text);
        else if (v.kind == VALUE_MOMENT && best.kind == VALUE_MOMENT) {
            enum moment_order o = moment_compare(&v.moment, &best.moment);
            if (o == ORDER_UNKNOWN) return true;
            order = (int)o;
        } else if (v.kind != VALUE_QUANTITY || best.kind != VALUE_QUANTITY || ucum_compare(v.number, ucum_unit(&v), best.number, ucum_unit(&best), &order) != UCUM_OK) {
            return eval_fail(e, call, "%.*s() works on values that can be compared", STR_ARG(call->text));
        }
        if (largest ? order > 0 : order < 0) best = v;
    }
    return !input->len || give(e, out, best);
}

FUNCTION(f_min) { (void)outer; return extreme(e, call, input, false, out); }
FUNCTION(f_max) { (void)outer; return extreme(e, call, input, true, out); }
