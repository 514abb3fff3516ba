/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Utilities (5.9), dates of today, precision and boundaries (draft), and what FHIR R4 adds (2.9.1.2): extension, hasValue, resolve,
 * conformsTo, htmlChecks.
 */
#include "functions.h"

#include "ucum.h"

/* ---- time ------------------------------------------------------------------------------------------------------------------------ */

static struct moment now_of(const struct evaluation *e) { return moment_from_instant(e->context->now_ms, e->context->offset_minutes); }

FUNCTION(f_now) { (void)call, (void)input, (void)outer; return give(e, out, value_moment(now_of(e))); }

FUNCTION(f_today) {
    (void)call, (void)input, (void)outer;
    struct moment m = now_of(e);
    m.kind = MOMENT_DATE;
    m.precision = MOMENT_DAY;
    m.has_zone = false;
    return give(e, out, value_moment(m));
}

FUNCTION(f_time_of_day) {
    (void)call, (void)input, (void)outer;
    struct moment m = now_of(e);
    m.kind = MOMENT_TIME;
    m.has_zone = false;
    return give(e, out, value_moment(m));
}

/* ---- precision and boundaries (draft) ------------------------------------------------------------------------------------------------- */

FUNCTION(f_precision) {
    (void)outer;
    struct value v;
    bool absent;
    if (!input_one(e, call, input, &v, &absent) || absent) return absent;
    if (is_numeric(&v)) return give(e, out, value_integer(v.number.scale));
    if (v.kind == VALUE_MOMENT) return give(e, out, value_integer(moment_digits(&v.moment)));
    return eval_fail(e, call, "precision() works on decimals, dates and times");
}

/* Half a unit of the last digit below or above, then to the precision asked for, outward. */
static bool decimal_boundary(struct decimal d, bool high, int scale, struct decimal *out) {
    struct decimal half = {5, d.scale + 1}, edge;
    if (!(high ? decimal_add(d, half, &edge) : decimal_subtract(d, half, &edge))) return false;
    return decimal_rescale(edge, scale, high ? ROUND_CEILING : ROUND_FLOOR, out);
}

/* The suite: precision fewer than the value's digits truncates the value towards the boundary's side of zero. */
static bool narrow_boundary(struct decimal d, bool high, int scale, struct decimal *out) {
    if (scale >= d.scale) return decimal_boundary(d, high, scale, out);
    if (decimal_rescale(d, scale, ROUND_DOWN, out) && out->digits == 0 && scale > 0) return true; /* 0.0034 to one digit is 0.0 */
    return decimal_rescale(d, scale, high ? ROUND_CEILING : ROUND_FLOOR, out);
}

FUNCTION(f_boundary) { /* lowBoundary, highBoundary */
    struct value v;
    bool absent, no_digits = true, high = str_is(call->text, "highBoundary");
    int64_t digits = 0;
    if (!input_one(e, call, input, &v, &absent)) return false;
    if (call->argument_count && !argument_integer(e, call, 0, outer, &digits, &no_digits)) return false;
    if (absent) return true;
    if (is_numeric(&v) || v.kind == VALUE_QUANTITY) {
        if (no_digits) digits = 8;
        if (digits < 0 || digits > DECIMAL_SCALE + 1 || !narrow_boundary(v.number, high, (int)digits, &v.number)) return true;
        if (v.kind != VALUE_QUANTITY) v.kind = VALUE_DECIMAL;
        return give(e, out, v);
    }
    if (v.kind != VALUE_MOMENT) return eval_fail(e, call, "%.*s() works on decimals, quantities, dates and times", STR_ARG(call->text));
    if (no_digits) digits = v.moment.kind == MOMENT_DATE ? 8 : v.moment.kind == MOMENT_TIME ? 9 : 17;
    return digits < 0 || digits > 17 || !moment_boundary(&v.moment, high, (int)digits, &v.moment) || give(e, out, v);
}

FUNCTION(f_comparable) {
    struct value x, y;
    bool absent, other;
    int order;
    if (!input_one(e, call, input, &x, &absent) || !argument_one(e, call, 0, outer, &y, &other)) return false;
    if (absent || other) return true;
    if (x.kind != VALUE_QUANTITY || y.kind != VALUE_QUANTITY) return eval_fail(e, call, "comparable() works on quantities");
    return give(e, out, value_boolean(ucum_compare(x.number, ucum_unit(&x), y.number, ucum_unit(&y), &order) == UCUM_OK));
}

/* ---- trace -------------------------------------------------------------------------------------------------------------------------------- */

FUNCTION(f_trace) {
    str name;
    bool absent;
    struct values shown = {0};
    if (!argument_string(e, call, 0, outer, &name, &absent)) return false;
    if (call->argument_count > 1) {
        for (size_t i = 0; i < input->len; i++)
            if (!argument_on(e, call, 1, outer, &input->at[i], (int64_t)i, &shown)) return false;
    }
    if (e->context->trace && !absent) e->context->trace(e->context->callback, name, call->argument_count > 1 ? &shown : input);
    return give_all(e, out, input);
}

/* ---- FHIR ------------------------------------------------------------------------------------------------------------------------------------ */

struct matching { struct evaluation *e; struct values *out; str url; };

static void add_matching(void *context, model_type type, const struct json *value, const struct json *extra) {
    struct matching *m = context;
    if (str_eq(JSON_TEXT(value, "url"), m->url)) values_add(m->e->arena, m->out, value_element(type, value, extra));
}

FUNCTION(f_extension) {
    str url;
    bool absent;
    if (!argument_string(e, call, 0, outer, &url, &absent)) return false;
    for (size_t i = 0; !absent && i < input->len; i++) {
        const struct value *v = &input->at[i];
        struct matching m = {e, out, url};
        if (v->kind == VALUE_ELEMENT) model_children(v->type, v->element.node, v->element.extra, STR("extension"), add_matching, &m);
    }
    return true;
}

static bool has_value(const struct values *input) {
    if (input->len != 1) return false;
    const struct value *v = &input->at[0];
    return v->kind != VALUE_ELEMENT || (v->element.node && fhir_types[v->type].kind == KIND_PRIMITIVE);
}

TEST(t_has_value) { (void)e, (void)call, (void)outer; return *out = has_value(input) ? TRUTH_TRUE : TRUTH_FALSE, true; }

FUNCTION(f_get_value) {
    (void)call, (void)outer;
    struct value v;
    if (!has_value(input) || !value_to_system(e->arena, &input->at[0], &v)) return true;
    return give(e, out, v);
}

/* Modifier extensions none of which is named: an error. */
FUNCTION(f_check_modifiers) {
    for (size_t i = 0; i < input->len; i++) {
        const struct json *list = input->at[i].kind == VALUE_ELEMENT ? JSON_GET(input->at[i].element.node, "modifierExtension") : NULL;
        for (const struct json *x = list ? list->first : NULL; x; x = x->next) {
            bool known = false;
            for (size_t k = 0; k < call->argument_count; k++) {
                str url;
                bool absent;
                if (!argument_string(e, call, k, outer, &url, &absent)) return false;
                known = known || (!absent && str_eq(url, JSON_TEXT(x, "url")));
            }
            str url = JSON_TEXT(x, "url");
            if (!known) return eval_fail(e, call, "unexpected modifier extension %.*s", STR_ARG(url));
        }
    }
    return give_all(e, out, input);
}

/* ---- resolve ------------------------------------------------------------------------------------------------------------------------------------ */

static const struct json *contained(const struct json *resource, str id) {
    const struct json *list = JSON_GET(resource, "contained");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_eq(JSON_TEXT(c, "id"), id)) return c;
    return NULL;
}

static const struct json *bundled(const struct json *bundle, str reference) {
    const struct json *entries = str_is(JSON_TEXT(bundle, "resourceType"), "Bundle") ? JSON_GET(bundle, "entry") : NULL;
    for (const struct json *entry = entries ? entries->first : NULL; entry; entry = entry->next) {
        const struct json *resource = JSON_GET(entry, "resource");
        str url = JSON_TEXT(entry, "fullUrl"), type = JSON_TEXT(resource, "resourceType"), id = JSON_TEXT(resource, "id");
        struct fhir_reference r = fhir_reference_parse(reference);
        if (str_eq(url, r.url)) return resource;
        if (r.kind == REFERENCE_LOCAL && str_is(type, fhir_type_name(r.type)) && str_eq(id, r.id)) return resource;
    }
    return NULL;
}

static const struct json *find_resource(struct evaluation *e, str reference) {
    const struct json *root = e->context->root ? e->context->root : e->context->resource, *found = NULL;
    if (reference.len && reference.at[0] == '#') {
        str id = str_slice(reference, 1, reference.len);
        if (!id.len) return root;
        found = contained(e->context->resource, id);
        return found ? found : contained(root, id);
    }
    found = bundled(root, reference);
    return !found && e->context->resolve ? e->context->resolve(e->context->callback, reference) : found;
}

/* A reference whose target is not at hand still tells its type: an element without content, for `resolve() is Patient`. */
static void add_unresolved(struct evaluation *e, str reference, struct values *out) {
    static const struct json nothing = {.kind = JSON_OBJECT};
    struct fhir_reference r = fhir_reference_parse(reference);
    if (r.type) values_add(e->arena, out, value_element(r.type, &nothing, NULL));
}

FUNCTION(f_resolve) {
    (void)outer;
    for (size_t i = 0; i < input->len; i++) {
        const struct value *v = &input->at[i];
        if (!spend(e, call, 10)) return false;
        str reference = v->kind == VALUE_STRING ? v->text : v->kind != VALUE_ELEMENT || !v->element.node ? STR_NONE
                      : v->element.node->kind == JSON_STRING ? v->element.node->text : JSON_TEXT(v->element.node, "reference");
        if (!reference.len) continue;
        const struct json *found = find_resource(e, reference);
        if (found) values_add(e->arena, out, value_element(fhir_type_of(found), found, NULL));
        else add_unresolved(e, reference, out);
    }
    return true;
}

/* SQL-on-FHIR: keys that are equal when a reference points to a resource: "Patient/a". */
FUNCTION(f_get_resource_key) {
    (void)call, (void)outer;
    for (size_t i = 0; i < input->len; i++) {
        const struct value *v = &input->at[i];
        str id = v->kind == VALUE_ELEMENT && fhir_is_resource(v->type) ? JSON_TEXT(v->element.node, "id") : STR_NONE;
        if (id.len) give(e, out, value_string(str_format(e->arena, "%s/%.*s", fhir_type_name(v->type), STR_ARG(id))));
    }
    return true;
}

FUNCTION(f_get_reference_key) {
    (void)outer;
    str type = STR_NONE;
    if (call->argument_count && !type_argument(e, call, 0, &type)) return false;
    for (size_t i = 0; i < input->len; i++) {
        const struct value *v = &input->at[i];
        struct fhir_reference r = fhir_reference_parse(v->kind == VALUE_ELEMENT && v->type == model_types()->reference ? JSON_TEXT(v->element.node, "reference") : STR_NONE);
        if (r.type && (!type.len || str_is(type, fhir_type_name(r.type))))
            give(e, out, value_string(str_format(e->arena, "%s/%.*s", fhir_type_name(r.type), STR_ARG(r.id))));
    }
    return true;
}

FUNCTION(f_conforms_to) {
    str url;
    bool absent;
    static const char base[] = "http://hl7.org/fhir/StructureDefinition/";
    if (!argument_string(e, call, 0, outer, &url, &absent) || absent || !input->len) return e->error.code == ERR_OK;
    fhir_type type = str_starts(url, STR(base)) ? fhir_type_find(str_slice(url, sizeof base - 1, url.len)) : FHIR_TYPE_NONE;
    if (!type) return eval_fail(e, call, "unknown profile %.*s", STR_ARG(url));
    return give(e, out, value_boolean(input->len == 1 && input->at[0].kind == VALUE_ELEMENT && fhir_type_is(input->at[0].type, type)));
}

static const struct fhir_set *known_set(str url, uint16_t *number) {
    str plain = str_slice(url, 0, str_find(url, '|'));
    for (uint16_t i = 1; i < fhir_sets_count; i++)
        if (fhir_sets[i].known && str_is(plain, fhir_text(fhir_sets[i].url))) return *number = i, &fhir_sets[i];
    return NULL;
}

/* code, Coding or CodeableConcept in a value set of R4 whose codes are at hand; empty for others (there is no terminology server here). */
FUNCTION(f_member_of) {
    str url, code;
    bool absent, found = false;
    uint16_t set;
    if (input->len > 1) return eval_fail(e, call, "memberOf() works on one item, %zu found", input->len);
    if (!argument_string(e, call, 0, outer, &url, &absent)) return false;
    if (absent || !input->len || !known_set(url, &set)) return true;
    const struct value *v = &input->at[0];
    const struct json *node = v->kind == VALUE_ELEMENT ? v->element.node : NULL;
    if (v->kind == VALUE_STRING || (node && node->kind == JSON_STRING)) {
        code = node ? node->text : v->text;
        return give(e, out, value_boolean(fhir_set_has(set, STR_NONE, code)));
    }
    if (!node || node->kind != JSON_OBJECT) return true;
    const struct json *codings = JSON_GET(node, "coding"), *one = codings ? codings->first : node;
    for (; one && !found; one = codings ? one->next : NULL) {
        code = JSON_TEXT(one, "code");
        found = code.len && fhir_set_has(set, JSON_TEXT(one, "system"), code);
    }
    return give(e, out, value_boolean(found));
}

/* Narrative: the structural validator checks its elements (fhir/xhtml.c); here only that it is a div with content. */
FUNCTION(f_html_checks) {
    (void)call, (void)outer;
    bool ok = input->len <= 1;
    for (size_t i = 0; i < input->len; i++) {
        struct value v;
        ok = ok && value_to_system(e->arena, &input->at[i], &v) && v.kind == VALUE_STRING && fhir_primitive_valid(fhir_type_find(STR("xhtml")), v.text);
    }
    return give(e, out, value_boolean(ok));
}
