/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * System values out of elements, equality, equivalence, text.
 */
#include "value.h"

#include "ucum.h"

#include "base/fold.h"

struct value value_boolean(bool v) { return (struct value){.kind = VALUE_BOOLEAN, .boolean = v}; }
struct value value_integer(int64_t v) { return (struct value){.kind = VALUE_INTEGER, .number = decimal_from_int(v)}; }
struct value value_decimal(struct decimal d) { return (struct value){.kind = VALUE_DECIMAL, .number = d}; }
struct value value_string(str s) { return (struct value){.kind = VALUE_STRING, .text = s}; }
struct value value_moment(struct moment m) { return (struct value){.kind = VALUE_MOMENT, .moment = m}; }
struct value value_element(model_type type, const struct json *node, const struct json *extra) {
    return (struct value){.kind = VALUE_ELEMENT, .type = type, .element = {node, extra}};
}

/* ---- elements as System values -------------------------------------------------------------------------------------- */

static bool quantity_of(const struct json *node, struct value *out) {
    const struct json *number = JSON_GET(node, "value");
    str code = JSON_TEXT(node, "code"), unit = JSON_TEXT(node, "unit"), system = JSON_TEXT(node, "system");
    struct value v = {.kind = VALUE_QUANTITY};
    if (!number || number->kind != JSON_NUMBER || !decimal_parse(number->text, &v.number)) return false;
    bool ucum = str_is(system, "http://unitsofmeasure.org");
    v.unit = ucum && code.len ? code : unit.len ? unit : code.len ? code : STR("1");
    *out = v;
    return true;
}

static bool moment_of(str text, enum moment_kind kind, struct value *out) {
    struct moment m;
    if (!moment_parse(text, kind, &m)) return false;
    *out = value_moment(m);
    return true;
}

bool value_to_system(struct arena *a, const struct value *v, struct value *out) {
    (void)a;
    if (v->kind != VALUE_ELEMENT) return *out = *v, true;
    const struct json *node = v->element.node;
    if (!node) return false;
    switch (node->kind) {
    case JSON_TRUE: case JSON_FALSE: *out = value_boolean(node->kind == JSON_TRUE); return true;
    case JSON_NUMBER: {
        struct decimal d;
        if (!decimal_parse(node->text, &d)) return false;
        *out = value_decimal(d);
        if (!fhir_type_is(v->type, model_types()->decimal) && d.scale == 0) out->kind = VALUE_INTEGER;
        return true;
    }
    case JSON_STRING: {
        const struct model_types *t = model_types();
        if (v->type == t->date && moment_of(node->text, MOMENT_DATE, out)) return true;
        if ((v->type == t->date_time || v->type == t->instant) && moment_of(node->text, MOMENT_DATETIME, out)) return true;
        if (v->type == t->time && moment_of(node->text, MOMENT_TIME, out)) return true;
        *out = value_string(node->text);
        return true;
    }
    case JSON_OBJECT: return fhir_type_is(v->type, model_types()->quantity) && quantity_of(node, out);
    case JSON_NULL: case JSON_ARRAY: break;
    }
    return false;
}

static bool is_number(const struct value *v) { return v->kind == VALUE_INTEGER || v->kind == VALUE_LONG || v->kind == VALUE_DECIMAL; }

bool value_as_quantity(struct value *v) {
    if (is_number(v)) {
        v->kind = VALUE_QUANTITY;
        v->unit = STR("1");
        v->calendar = false;
    }
    return v->kind == VALUE_QUANTITY;
}

/* ---- equality (6.1.1) ------------------------------------------------------------------------------------------------- */

static bool same_number(const struct json *x, const struct json *y) {
    struct decimal a, b;
    if (!decimal_parse(x->text, &a) || !decimal_parse(y->text, &b)) return str_eq(x->text, y->text);
    return decimal_compare(a, b) == 0;
}

/* Two JSON values, members in any order. */
static bool same_tree(const struct json *x, const struct json *y) {
    if (x == y) return true;
    if (!x || !y || x->kind != y->kind || x->count != y->count) return false;
    switch (x->kind) {
    case JSON_STRING: return str_eq(x->text, y->text);
    case JSON_NUMBER: return same_number(x, y);
    case JSON_NULL: case JSON_TRUE: case JSON_FALSE: return true;
    case JSON_ARRAY:
        for (const struct json *i = x->first, *k = y->first; i && k; i = i->next, k = k->next)
            if (!same_tree(i, k)) return false;
        return true;
    case JSON_OBJECT:
        for (const struct json *m = x->first; m; m = m->next)
            if (!same_tree(m, json_get(y, m->key))) return false;
        return true;
    }
    return false;
}

static enum truth truth_of(bool v) { return v ? TRUTH_TRUE : TRUTH_FALSE; }

static bool mixed_calendar(const struct value *x, const struct value *y) {
    /* a calendar year or month is no definite duration (5.4, 6.1.1) */
    if (x->calendar == y->calendar) return false;
    const struct value *c = x->calendar ? x : y;
    return str_starts(c->unit, STR("year")) || str_starts(c->unit, STR("month"));
}

/* Equal in normal form C. Where the first difference lies between plain ASCII letters no normal form can mend it. */
static bool same_text(struct arena *a, str x, str y) {
    size_t i = 0, most = x.len < y.len ? x.len : y.len;
    while (i < most && x.at[i] == y.at[i]) i++;
    if (i == x.len && i == y.len) return true;
    bool plain = true;
    for (size_t k = i; k < i + 2; k++) plain = plain && (k >= x.len || (unsigned char)x.at[k] < 0x80) && (k >= y.len || (unsigned char)y.at[k] < 0x80);
    return !plain && str_eq(text_nfc(a, x), text_nfc(a, y));
}

/* The text of what is a string as a System value. */
static bool text_of(const struct value *v, str *out) {
    if (v->kind == VALUE_STRING) return *out = v->text, true;
    if (v->kind != VALUE_ELEMENT || !v->element.node || v->element.node->kind != JSON_STRING) return false;
    const struct model_types *t = model_types();
    if (v->type == t->date || v->type == t->date_time || v->type == t->instant || v->type == t->time) return false;
    return *out = v->element.node->text, true;
}

enum truth value_equal(struct arena *a, const struct value *x, const struct value *y) {
    struct value p, q;
    str xt, yt;
    if (text_of(x, &xt) && text_of(y, &yt)) return truth_of(same_text(a, xt, yt));
    bool left = value_to_system(a, x, &p), right = value_to_system(a, y, &q);
    if (!left || !right) {
        if (x->kind != VALUE_ELEMENT || y->kind != VALUE_ELEMENT) return TRUTH_FALSE;
        return truth_of(same_tree(x->element.node, y->element.node) && same_tree(x->element.extra, y->element.extra));
    }
    if (x->kind == VALUE_ELEMENT && y->kind == VALUE_ELEMENT && p.kind == VALUE_QUANTITY && same_tree(x->element.node, y->element.node)) return TRUTH_TRUE;
    if (is_number(&p) && is_number(&q)) return truth_of(decimal_compare(p.number, q.number) == 0);
    if (p.kind == VALUE_QUANTITY || q.kind == VALUE_QUANTITY) value_as_quantity(&p), value_as_quantity(&q);
    if (p.kind != q.kind) return TRUTH_FALSE;
    switch (p.kind) {
    case VALUE_BOOLEAN: return truth_of(p.boolean == q.boolean);
    case VALUE_STRING: return truth_of(same_text(a, p.text, q.text));
    case VALUE_TYPE: return truth_of(str_eq(p.text, q.text) && str_eq(p.unit, q.unit));
    case VALUE_MOMENT: {
        if ((p.moment.kind == MOMENT_TIME) != (q.moment.kind == MOMENT_TIME)) return TRUTH_FALSE;
        enum moment_order o = moment_compare(&p.moment, &q.moment);
        return o == ORDER_UNKNOWN ? TRUTH_EMPTY : truth_of(o == ORDER_EQUAL);
    }
    case VALUE_QUANTITY: {
        int order;
        if (mixed_calendar(&p, &q)) return TRUTH_EMPTY;
        enum ucum_result r = ucum_compare(p.number, ucum_unit(&p), q.number, ucum_unit(&q), &order);
        return r == UCUM_OK ? truth_of(order == 0) : r == UCUM_UNKNOWN ? truth_of(str_eq(p.unit, q.unit) && decimal_compare(p.number, q.number) == 0) : TRUTH_FALSE;
    }
    case VALUE_INTEGER: case VALUE_LONG: case VALUE_DECIMAL: case VALUE_ELEMENT: break;
    }
    return TRUTH_FALSE;
}

enum truth values_equal(struct arena *a, const struct values *x, const struct values *y) {
    if (!x->len || !y->len) return TRUTH_EMPTY;
    if (x->len != y->len) return TRUTH_FALSE;
    enum truth all = TRUTH_TRUE;
    for (size_t i = 0; i < x->len; i++) {
        enum truth t = value_equal(a, &x->at[i], &y->at[i]);
        if (t == TRUTH_FALSE) return t;
        if (t == TRUTH_EMPTY) all = t;
    }
    return all;
}

/* ---- equivalence (6.1.2) ----------------------------------------------------------------------------------------------- */

static bool number_equivalent(struct decimal x, struct decimal y) {
    struct decimal p = decimal_trim(x), q = decimal_trim(y);
    int scale = p.scale < q.scale ? p.scale : q.scale;
    return decimal_rescale(p, scale, ROUND_HALF_UP, &p) && decimal_rescale(q, scale, ROUND_HALF_UP, &q) && decimal_compare(p, q) == 0;
}

static bool tree_equivalent(struct arena *a, const struct json *x, const struct json *y) {
    if (!x || !y) return x == y;
    if (x->kind != y->kind) return false;
    if (x->kind == JSON_STRING) return str_eq(text_caseless(a, x->text), text_caseless(a, y->text));
    if (x->kind == JSON_NUMBER) {
        struct decimal p, q;
        return decimal_parse(x->text, &p) && decimal_parse(y->text, &q) && number_equivalent(p, q);
    }
    if (x->kind == JSON_ARRAY) {
        if (x->count != y->count) return false;
        for (const struct json *i = x->first; i; i = i->next) {
            const struct json *k = y->first;
            while (k && !tree_equivalent(a, i, k)) k = k->next;
            if (!k) return false;
        }
        return true;
    }
    if (x->kind != JSON_OBJECT) return true;
    size_t seen = 0, of_y = 0;
    for (const struct json *m = x->first; m; m = m->next) {
        if (str_is(m->key, "id")) continue;
        seen++;
        if (!tree_equivalent(a, m, json_get(y, m->key))) return false;
    }
    for (const struct json *m = y->first; m; m = m->next) of_y += !str_is(m->key, "id");
    return seen == of_y;
}

bool value_equivalent(struct arena *a, const struct value *x, const struct value *y) {
    struct value p, q;
    if (!value_to_system(a, x, &p) || !value_to_system(a, y, &q))
        return x->kind == VALUE_ELEMENT && y->kind == VALUE_ELEMENT && tree_equivalent(a, x->element.node, y->element.node);
    if (is_number(&p) && is_number(&q)) return number_equivalent(p.number, q.number);
    if (p.kind == VALUE_QUANTITY || q.kind == VALUE_QUANTITY) value_as_quantity(&p), value_as_quantity(&q);
    if (p.kind != q.kind) return false;
    switch (p.kind) {
    case VALUE_STRING: return str_eq(text_caseless(a, p.text), text_caseless(a, q.text));
    case VALUE_MOMENT: return (p.moment.kind == MOMENT_TIME) == (q.moment.kind == MOMENT_TIME) && moment_compare(&p.moment, &q.moment) == ORDER_EQUAL;
    case VALUE_QUANTITY: {
        struct decimal left, right;
        if (ucum_coarser(p.number, ucum_unit(&p), q.number, ucum_unit(&q), &left, &right) == UCUM_OK) return number_equivalent(left, right);
        return str_eq(p.unit, q.unit) && number_equivalent(p.number, q.number);
    }
    default: return value_equal(a, &p, &q) == TRUTH_TRUE;
    }
}

bool values_equivalent(struct arena *a, const struct values *x, const struct values *y) {
    if (x->len != y->len) return false;
    bool *used = ARENA_ARRAY(a, bool, y->len + 1);
    for (size_t i = 0; i < x->len; i++) {
        size_t k = 0;
        while (k < y->len && (used[k] || !value_equivalent(a, &x->at[i], &y->at[k]))) k++;
        if (k == y->len) return false;
        used[k] = true;
    }
    return true;
}

/* ---- sets --------------------------------------------------------------------------------------------------------------- */

bool values_contain(struct arena *a, const struct values *list, const struct value *v) {
    for (size_t i = 0; i < list->len; i++)
        if (value_equal(a, &list->at[i], v) == TRUTH_TRUE) return true;
    return false;
}

void values_add_distinct(struct arena *a, struct values *set, const struct value *v) {
    if (!values_contain(a, set, v)) values_add(a, set, *v);
}

/* ---- text --------------------------------------------------------------------------------------------------------------- */

bool value_to_text(struct arena *a, const struct value *v, str *out) {
    struct value s;
    struct buf b = buf_new(a);
    if (!value_to_system(a, v, &s)) return false;
    switch (s.kind) {
    case VALUE_BOOLEAN: *out = s.boolean ? STR("true") : STR("false"); return true;
    case VALUE_STRING: *out = s.text; return true;
    case VALUE_INTEGER: case VALUE_LONG: case VALUE_DECIMAL: decimal_write(&b, s.number); break;
    case VALUE_MOMENT: moment_write(&b, &s.moment); break;
    case VALUE_QUANTITY:
        decimal_write(&b, s.number);
        if (s.calendar) buf_addf(&b, " %.*s", STR_ARG(s.unit));
        else buf_addf(&b, " '%.*s'", STR_ARG(s.unit));
        break;
    case VALUE_ELEMENT: case VALUE_TYPE: return false;
    }
    *out = buf_str(&b);
    return true;
}

str value_type_name(const struct value *v, str *name_space) {
    static const char *const names[] = {"Boolean", "Integer", "Long", "Decimal", "String", "DateTime", "Quantity", "", "TypeInfo"};
    if (v->kind == VALUE_ELEMENT) {
        *name_space = STR("FHIR");
        if (fhir_types[v->type].kind == KIND_BACKBONE) return STR("BackboneElement");
        return str_of(fhir_type_name(v->type));
    }
    *name_space = STR("System");
    if (v->kind == VALUE_MOMENT && v->moment.kind != MOMENT_DATETIME) return v->moment.kind == MOMENT_DATE ? STR("Date") : STR("Time");
    return str_of(names[v->kind]);
}
