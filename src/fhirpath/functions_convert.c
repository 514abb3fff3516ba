/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conversions (FHIRPath 5.5): toX gives the value or nothing, convertsToX tells which.
 */
#include "functions.h"

#include "ucum.h"

static bool to_boolean(const struct value *v, struct value *out) {
    static const char *const yes[] = {"true", "t", "yes", "y", "1", "1.0"}, *const no[] = {"false", "f", "no", "n", "0", "0.0"};
    if (v->kind == VALUE_BOOLEAN) return *out = *v, true;
    if (is_numeric(v)) {
        bool one = decimal_compare(v->number, decimal_from_int(1)) == 0, zero = v->number.digits == 0;
        return *out = value_boolean(one), one || zero;
    }
    if (v->kind != VALUE_STRING) return false;
    for (int i = 0; i < 6; i++) {
        if (v->text.len == strlen(yes[i]) && strncasecmp(v->text.at, yes[i], v->text.len) == 0) return *out = value_boolean(true), true;
        if (v->text.len == strlen(no[i]) && strncasecmp(v->text.at, no[i], v->text.len) == 0) return *out = value_boolean(false), true;
    }
    return false;
}

static bool digits_only(str s) {
    size_t i = s.len && (s.at[0] == '-' || s.at[0] == '+');
    if (i == s.len) return false;
    for (; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return true;
}

static bool to_whole(const struct value *v, enum value_kind kind, int64_t least, int64_t most, struct value *out) {
    int64_t n;
    struct decimal d;
    if (v->kind == VALUE_BOOLEAN) n = v->boolean;
    else if (v->kind == VALUE_INTEGER || v->kind == VALUE_LONG) {
        if (!decimal_to_int64(v->number, &n)) return false;
    } else if (v->kind != VALUE_STRING || !digits_only(v->text) || !decimal_parse(v->text, &d) || !decimal_to_int64(d, &n)) {
        return false;
    }
    *out = value_integer(n);
    out->kind = kind;
    return n >= least && n <= most;
}

/* (\+|-)?\d+(\.\d+)? */
static bool decimal_text(str s, struct decimal *d) {
    for (size_t i = 0; i < s.len; i++)
        if ((s.at[i] | 0x20) == 'e') return false;
    return decimal_parse(s, d);
}

static bool to_decimal(const struct value *v, struct value *out) {
    struct decimal d = {v->kind == VALUE_BOOLEAN && v->boolean ? 1 : 0, v->kind == VALUE_BOOLEAN};
    if (v->kind == VALUE_BOOLEAN) d.digits *= 10; /* 1.0 */
    else if (is_numeric(v)) d = v->number;
    else if (v->kind != VALUE_STRING || !decimal_text(v->text, &d)) return false;
    *out = value_decimal(d);
    return true;
}

static bool to_moment(const struct value *v, enum moment_kind kind, struct value *out) {
    struct moment m;
    if (v->kind == VALUE_MOMENT) {
        m = v->moment;
        if (m.kind == MOMENT_TIME ? kind != MOMENT_TIME : kind == MOMENT_TIME) return false;
        if (kind == MOMENT_DATE && m.precision > MOMENT_DAY) m.precision = MOMENT_DAY, m.has_zone = false;
        m.kind = kind;
    } else if (v->kind != VALUE_STRING) {
        return false;
    } else if (!moment_parse(v->text, kind, &m)) {
        if (kind != MOMENT_DATE || !moment_parse(v->text, MOMENT_DATETIME, &m) || m.precision <= MOMENT_DAY) return false;
        m.kind = MOMENT_DATE;
        m.precision = MOMENT_DAY;
        m.has_zone = false;
    }
    *out = value_moment(m);
    return true;
}

/* number, then nothing, 'unit' in quotes, or a calendar word */
bool convert_quantity_text(str text, struct value *out) {
    size_t i = 0;
    while (i < text.len && text.at[i] != ' ' && text.at[i] != '\'') i++;
    struct value v = {.kind = VALUE_QUANTITY, .unit = STR("1")};
    if (!decimal_text(str_slice(text, 0, i), &v.number)) return false;
    str unit = str_trim(str_slice(text, i, text.len));
    if (unit.len > 2 && unit.at[0] == '\'' && unit.at[unit.len - 1] == '\'') {
        v.unit = str_slice(unit, 1, unit.len - 1);
    } else if (unit.len) {
        if (moment_unit_of_word(unit) == UNIT_NONE) return false;
        v.unit = unit;
        v.calendar = true;
    }
    *out = v;
    return true;
}

static bool to_quantity(const struct value *v, struct value *out) {
    if (v->kind == VALUE_QUANTITY) return *out = *v, true;
    if (v->kind == VALUE_STRING) return convert_quantity_text(v->text, out);
    struct value d;
    if (!to_decimal(v, &d)) return false;
    *out = (struct value){.kind = VALUE_QUANTITY, .number = d.number, .unit = STR("1")};
    return true;
}

/* What the name behind "to" or "convertsTo" asks for. */
static bool convert(struct evaluation *e, str target, const struct value *v, struct value *out) {
    if (str_is(target, "Boolean")) return to_boolean(v, out);
    if (str_is(target, "Integer")) return to_whole(v, VALUE_INTEGER, INT32_MIN, INT32_MAX, out);
    if (str_is(target, "Long")) return to_whole(v, VALUE_LONG, INT64_MIN, INT64_MAX, out);
    if (str_is(target, "Decimal")) return to_decimal(v, out);
    if (str_is(target, "Date")) return to_moment(v, MOMENT_DATE, out);
    if (str_is(target, "DateTime")) return to_moment(v, MOMENT_DATETIME, out);
    if (str_is(target, "Time")) return to_moment(v, MOMENT_TIME, out);
    if (str_is(target, "Quantity")) return to_quantity(v, out);
    str text;
    if (!value_to_text(e->arena, v, &text)) return false;
    *out = value_string(text);
    return true;
}

/* toQuantity('unit'): in that unit, if it can be. */
static bool in_unit(struct evaluation *e, const struct node *call, const struct focus *outer, struct value *v, bool *ok) {
    str unit;
    bool absent;
    if (!call->argument_count || !*ok || v->kind != VALUE_QUANTITY) return true;
    if (!argument_string(e, call, 0, outer, &unit, &absent)) return false;
    if (absent) return true;
    struct value wanted = {.kind = VALUE_QUANTITY, .unit = unit, .calendar = moment_unit_of_word(unit) != UNIT_NONE};
    *ok = ucum_convert(v->number, ucum_unit(v), ucum_unit(&wanted), &v->number) == UCUM_OK;
    v->unit = unit;
    v->calendar = wanted.calendar;
    return true;
}

static bool run(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, size_t prefix, struct value *result, bool *absent, bool *ok) {
    struct value v;
    if (!input_one(e, call, input, &v, absent) || *absent) return *absent;
    *ok = convert(e, str_slice(call->text, prefix, call->text.len), &v, result);
    return in_unit(e, call, outer, result, ok);
}

FUNCTION(f_to) {
    struct value v = {0};
    bool absent, ok = false;
    if (!run(e, call, input, outer, 2, &v, &absent, &ok)) return false;
    return absent || !ok || give(e, out, v);
}

FUNCTION(f_converts_to) {
    struct value v = {0};
    bool absent, ok = false;
    if (!run(e, call, input, outer, 10, &v, &absent, &ok)) return false;
    return absent || give(e, out, value_boolean(ok));
}
