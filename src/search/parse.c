/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The meaning of a query: names become parameters of the type, values become typed terms. What is not understood is refused
 * (or, when lenient, named in a warning and left out); nothing is ignored in silence.
 */
#include "plan.h"

#include "base/fold.h"
#include "base/vec.h"

enum { COUNT_DEFAULT = 50, COUNT_MOST = 1000, CHAIN_DEPTH = 5, TERMS_MOST = 1000 };

static err invalid(struct plan *p, str name, const char *why) {
    return err_make(p->arena, ERR_INVALID, NULL, "%.*s: %s", STR_ARG(name), why);
}
static err unsupported(struct plan *p, str name, const char *why) {
    return err_make(p->arena, ERR_NOT_SUPPORTED, NULL, "%.*s: %s", STR_ARG(name), why);
}

/* ---- values ------------------------------------------------------------------------------------------------------------- */

/* system|code, code, |code, system| ; parts may carry escapes. */
static void token_term(struct plan *p, str value, struct term *t) {
    str rest = value, first, second;
    query_cut(&rest, '|', &first);
    if (!rest.at) {
        t->any_system = true;
        t->code = query_unescape(p->arena, first);
        return;
    }
    second = rest;
    t->system = query_unescape(p->arena, first);
    t->code = query_unescape(p->arena, second);
    t->any_code = !t->code.len;
}

/* of-type: system|code|value of Identifier.type and Identifier.value */
static bool of_type_term(struct plan *p, str value, struct term *t) {
    str rest = value, system, code;
    if (!query_cut(&rest, '|', &system) || !query_cut(&rest, '|', &code) || !rest.at || !rest.len) return false;
    t->type_system = query_unescape(p->arena, system);
    t->type_code = query_unescape(p->arena, code);
    t->code = query_unescape(p->arena, rest);
    t->any_system = true;
    return t->type_code.len > 0;
}

static bool reference_term(struct plan *p, fhir_type narrowed, str value, struct term *t) {
    t->text = query_unescape(p->arena, value);
    t->target = narrowed;
    str base = p->options->base_url; /* an absolute URL of this server is the local reference */
    if (base.len && t->text.len > base.len + 1 && str_starts(t->text, base) && t->text.at[base.len] == '/')
        t->text = str_slice(t->text, base.len + 1, t->text.len);
    if (str_find(t->text, ':') < t->text.len) {
        t->url = t->text;
        return true;
    }
    size_t slash = str_find(t->text, '/');
    t->id = t->text;
    if (slash < t->text.len) {
        t->target = fhir_type_by_name(str_slice(t->text, 0, slash));
        t->id = str_slice(t->text, slash + 1, t->text.len);
        size_t history = str_find(t->id, '/');
        t->id = str_slice(t->id, 0, history);
        if (t->target == FHIR_TYPE_NONE || (narrowed != FHIR_TYPE_NONE && narrowed != t->target)) return false;
    }
    return t->id.len > 0;
}

static bool quantity_term(struct plan *p, str value, struct term *t) {
    str rest = value, number, system = STR_NONE;
    t->prefix = query_prefix(&rest);
    query_cut(&rest, '|', &number);
    if (!query_number(number, &t->number)) return false;
    t->any_unit = true;
    if (!rest.at) return true;
    query_cut(&rest, '|', &system);
    if (!rest.at) return false;
    t->unit_system = query_unescape(p->arena, system);
    t->unit_code = query_unescape(p->arena, rest);
    t->any_unit = !t->unit_code.len && !t->unit_system.len;
    t->any_unit_system = !t->unit_system.len;
    return t->unit_code.len || !t->unit_system.len;
}

static bool plain_term(struct plan *p, struct condition *c, enum search_kind kind, str value, struct term *t);

static bool composite_term(struct plan *p, struct condition *c, str value, struct term *t) {
    t->part_count = plan_component_count(c->param);
    t->parts = ARENA_ARRAY(p->arena, struct term, t->part_count + 1);
    str rest = value, part;
    for (size_t i = 0; i < t->part_count; i++) {
        struct condition inner = {.param = c->param->components[i]};
        if (!query_cut(&rest, '$', &part) || !inner.param) return false;
        if (!plain_term(p, &inner, inner.param->kind, part, &t->parts[i])) return false;
    }
    return !rest.at;
}

static bool plain_term(struct plan *p, struct condition *c, enum search_kind kind, str value, struct term *t) {
    str text = value;
    t->text = query_unescape(p->arena, value);
    switch (kind) {
    case SEARCH_TOKEN:
        if (c->modifier == MODIFIER_OF_TYPE) return of_type_term(p, value, t);
        if (c->modifier == MODIFIER_TEXT) {
            t->folded = text_fold(p->arena, t->text);
            return t->folded.len > 0;
        }
        token_term(p, value, t);
        return t->code.len || t->system.len;
    case SEARCH_REFERENCE:
        if (c->modifier != MODIFIER_IDENTIFIER) return reference_term(p, FHIR_TYPE_NONE, value, t);
        token_term(p, value, t);
        return t->code.len || t->system.len;
    case SEARCH_STRING:
        t->folded = text_fold(p->arena, t->text);
        return t->text.len > 0;
    case SEARCH_DATE:
        t->prefix = query_prefix(&text);
        return query_date(text, &t->from, &t->to);
    case SEARCH_NUMBER:
        t->prefix = query_prefix(&text);
        return query_number(text, &t->number);
    case SEARCH_QUANTITY: return quantity_term(p, value, t);
    case SEARCH_URI: return t->text.len > 0;
    case SEARCH_COMPOSITE: return composite_term(p, c, value, t);
    default: return false;
    }
}

static const char *const value_shapes[] = {
    [SEARCH_TOKEN] = "expected code, system|code, |code or system|",
    [SEARCH_REFERENCE] = "expected id, Type/id or an absolute URL",
    [SEARCH_STRING] = "expected a text",
    [SEARCH_DATE] = "expected a date, dateTime or instant, with or without a prefix",
    [SEARCH_NUMBER] = "expected a number, with or without a prefix",
    [SEARCH_QUANTITY] = "expected number, number|system|code or number||code, with or without a prefix",
    [SEARCH_URI] = "expected a URI",
    [SEARCH_COMPOSITE] = "expected the parts of the composite joined by $",
};

static err plan_terms(struct plan *p, struct condition *c, str value) {
    enum search_kind kind = c->param->kind;
    str part;
    for (str rest = value; query_cut(&rest, ',', &part);) {
        struct term t = {.target = FHIR_TYPE_NONE};
        if (!plain_term(p, c, kind, part, &t)) {
            return invalid(p, c->param->code, value_shapes[kind] ? value_shapes[kind] : "cannot be read");
        }
        if (c->terms.len == TERMS_MOST) return err_make(p->arena, ERR_TOO_COSTLY, NULL, "more than %d values", TERMS_MOST);
        VEC_PUSH(p->arena, &c->terms, t);
    }
    return OK_ERR;
}

/* ---- modifiers ------------------------------------------------------------------------------------------------------------ */

static bool modifier_allowed(enum search_kind kind, enum modifier m) {
    switch (m) {
    case MODIFIER_NONE: return true;
    case MODIFIER_MISSING: return kind != SEARCH_COMPOSITE;
    case MODIFIER_NOT:
    case MODIFIER_TEXT:
    case MODIFIER_OF_TYPE: return kind == SEARCH_TOKEN;
    case MODIFIER_EXACT:
    case MODIFIER_CONTAINS: return kind == SEARCH_STRING;
    case MODIFIER_IDENTIFIER: return kind == SEARCH_REFERENCE;
    case MODIFIER_ABOVE:
    case MODIFIER_BELOW: return kind == SEARCH_URI;
    }
    return false;
}

static bool modifier_find(str text, enum modifier *out) {
    static const struct { const char *name; enum modifier m; } names[] = {
        {"missing", MODIFIER_MISSING}, {"not", MODIFIER_NOT}, {"text", MODIFIER_TEXT}, {"exact", MODIFIER_EXACT},
        {"contains", MODIFIER_CONTAINS}, {"identifier", MODIFIER_IDENTIFIER}, {"of-type", MODIFIER_OF_TYPE},
        {"above", MODIFIER_ABOVE}, {"below", MODIFIER_BELOW}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(text, names[i].name)) {
            *out = names[i].m;
            return true;
        }
    return false;
}

static const enum condition_kind kinds[] = {
    [SEARCH_TOKEN] = CONDITION_TOKEN, [SEARCH_REFERENCE] = CONDITION_REFERENCE, [SEARCH_STRING] = CONDITION_STRING,
    [SEARCH_DATE] = CONDITION_DATE, [SEARCH_NUMBER] = CONDITION_NUMBER, [SEARCH_QUANTITY] = CONDITION_QUANTITY,
    [SEARCH_URI] = CONDITION_URI, [SEARCH_COMPOSITE] = CONDITION_COMPOSITE};

/* ---- conditions ------------------------------------------------------------------------------------------------------------ */

static err id_condition(struct plan *p, struct query_step step, str value, struct conditions *out) {
    struct condition c = {.kind = CONDITION_ID};
    str part;
    if (step.modifier.at || step.rest.at) return unsupported(p, step.name, "takes no modifier or chain");
    for (str rest = value; query_cut(&rest, ',', &part);) {
        if (!part.len) return invalid(p, step.name, "expected an id");
        VEC_PUSH(p->arena, &c.terms, (struct term){.text = query_unescape(p->arena, part)});
    }
    VEC_PUSH(p->arena, out, c);
    return OK_ERR;
}

static err updated_condition(struct plan *p, struct query_step step, str value, struct conditions *out) {
    struct condition c = {.kind = CONDITION_UPDATED};
    str part;
    if (step.modifier.at || step.rest.at) return unsupported(p, step.name, "takes no modifier or chain");
    for (str rest = value; query_cut(&rest, ',', &part);) {
        struct term t = {.prefix = query_prefix(&part)};
        if (!query_date(part, &t.from, &t.to)) return invalid(p, step.name, value_shapes[SEARCH_DATE]);
        VEC_PUSH(p->arena, &c.terms, t);
    }
    VEC_PUSH(p->arena, out, c);
    return OK_ERR;
}

/* _has:Type:parameter:rest */
static err has_condition(struct plan *p, str name, str value, struct conditions *out, fhir_type type) {
    str rest = str_slice(name, 5, name.len), type_name, param_name;
    struct condition c = {.kind = CONDITION_HAS};
    if (!str_split(&rest, ':', &type_name) || !str_split(&rest, ':', &param_name) || !rest.at || !rest.len) {
        return invalid(p, name, "expected _has:Type:reference:parameter");
    }
    fhir_type source = fhir_type_by_name(type_name);
    c.param = source == FHIR_TYPE_NONE ? NULL : fhir_search_find(source, param_name);
    if (!c.param || c.param->kind != SEARCH_REFERENCE || !plan_targets(c.param, type)) {
        return unsupported(p, name, "no such reference to this type");
    }
    struct link l = {.type = source};
    TRY(plan_condition(p, source, rest, value, &l.conditions));
    VEC_PUSH(p->arena, &c.links, l);
    VEC_PUSH(p->arena, out, c);
    return OK_ERR;
}

/* reference:Type.rest=value, or reference.rest for every type that knows `rest` */
static err chain_condition(struct plan *p, struct query_step step, const struct fhir_search *param, str value, struct conditions *out) {
    struct condition c = {.kind = CONDITION_CHAIN, .param = param};
    if (param->kind != SEARCH_REFERENCE) return unsupported(p, step.name, "only a reference can be chained");
    fhir_type only = step.modifier.at ? fhir_type_by_name(step.modifier) : FHIR_TYPE_NONE;
    if (step.modifier.at && (only == FHIR_TYPE_NONE || !plan_targets(param, only))) {
        return unsupported(p, step.name, "the reference does not lead to that type");
    }
    err last = OK_ERR;
    for (fhir_type t = 1; t < FHIR_TYPE_MAX; t++) {
        if (only != FHIR_TYPE_NONE ? t != only : !plan_targets(param, t)) continue;
        struct link l = {.type = t};
        err e = plan_condition(p, t, step.rest, value, &l.conditions);
        if (e.code) last = e;
        else VEC_PUSH(p->arena, &c.links, l);
    }
    if (!c.links.len) return last.code ? last : unsupported(p, step.name, "leads nowhere");
    VEC_PUSH(p->arena, out, c);
    return OK_ERR;
}

static err typed_reference(struct plan *p, struct condition *c, str name, fhir_type type) {
    for (size_t i = 0; i < c->terms.len; i++) {
        struct term *t = &c->terms.at[i];
        if (t->url.at) continue;
        if (t->target != FHIR_TYPE_NONE && t->target != type) return invalid(p, name, "modifier and value name different types");
        t->target = type;
    }
    return OK_ERR;
}

static err param_condition(struct plan *p, struct query_step step, const struct fhir_search *param, str value, struct conditions *out) {
    enum search_kind kind = param->kind;
    if (!search_supports(param)) return unsupported(p, step.name, "this parameter is not supported");
    struct condition c = {.kind = kinds[kind], .param = param};
    fhir_type type = FHIR_TYPE_NONE;
    if (step.modifier.at && !modifier_find(step.modifier, &c.modifier)) {
        type = kind == SEARCH_REFERENCE ? fhir_type_by_name(step.modifier) : FHIR_TYPE_NONE;
        if (type == FHIR_TYPE_NONE) return unsupported(p, step.name, "unknown modifier");
        if (!plan_targets(param, type)) return unsupported(p, step.name, "the reference does not lead to that type");
    }
    if (!modifier_allowed(kind, c.modifier)) return unsupported(p, step.name, "the modifier does not fit the parameter");
    if (c.modifier == MODIFIER_MISSING) {
        if (!str_is(value, "true") && !str_is(value, "false")) return invalid(p, step.name, ":missing is true or false");
        c.missing = str_is(value, "true");
    } else {
        TRY(plan_terms(p, &c, value));
        if (type != FHIR_TYPE_NONE) TRY(typed_reference(p, &c, step.name, type));
    }
    c.body_only = c.modifier == MODIFIER_TEXT || c.modifier == MODIFIER_ABOVE || c.modifier == MODIFIER_BELOW;
    c.inexact = c.modifier == MODIFIER_EXACT || c.modifier == MODIFIER_CONTAINS || c.modifier == MODIFIER_OF_TYPE;
    VEC_PUSH(p->arena, out, c);
    return OK_ERR;
}

static size_t chain_depth(str name) {
    size_t depth = 0;
    for (size_t i = 0; i < name.len; i++) depth += name.at[i] == '.';
    for (size_t i = 0; i + 5 < name.len; i++) depth += memcmp(name.at + i, "_has:", 5) == 0;
    return depth;
}

err plan_condition(struct plan *p, fhir_type type, str name, str value, struct conditions *out) {
    struct query_step step = query_step(name);
    if (chain_depth(name) > CHAIN_DEPTH) return err_make(p->arena, ERR_TOO_COSTLY, NULL, "%.*s: the chain is too long", STR_ARG(name));
    if (!value.len) return invalid(p, name, "has no value");
    if (str_starts(name, STR("_has:"))) return has_condition(p, name, value, out, type);
    if (str_is(step.name, "_id")) return id_condition(p, step, value, out);
    if (str_is(step.name, "_lastUpdated")) return updated_condition(p, step, value, out);
    const struct fhir_search *param = fhir_search_find(type, step.name);
    if (!param) return err_make(p->arena, ERR_NOT_SUPPORTED, NULL, "%s has no search parameter %.*s", fhir_type_name(type), STR_ARG(step.name));
    if (step.rest.at) return chain_condition(p, step, param, value, out);
    return param_condition(p, step, param, value, out);
}

/* ---- parameters of the result -------------------------------------------------------------------------------------------- */

static err read_count(struct plan *p, str value) {
    int64_t n;
    if (!str_int64(value, &n) || n < 0) return invalid(p, STR("_count"), "expected a number");
    p->count = (size_t)(n > COUNT_MOST ? COUNT_MOST : n);
    p->count_only |= n == 0;
    return OK_ERR;
}

static err read_sort(struct plan *p, str value) {
    str part;
    for (str rest = value; str_split(&rest, ',', &part);) {
        struct sort s = {.descending = part.len && part.at[0] == '-', .kind = SORT_VALUE};
        str name = str_slice(part, s.descending, part.len);
        s.param = fhir_search_find(p->type, name);
        if (str_is(name, "_id")) s.kind = SORT_ID;
        else if (str_is(name, "_lastUpdated")) s.kind = SORT_UPDATED;
        else if (!s.param || s.param->kind == SEARCH_COMPOSITE || !search_supports(s.param)) {
            return unsupported(p, STR("_sort"), "no such parameter to sort by");
        } else if (plan_is_clinical_date(p->type, s.param)) {
            s.kind = SORT_DATE_KEY;
        }
        VEC_PUSH(p->arena, &p->sorts, s);
    }
    return OK_ERR;
}

static err read_include(struct plan *p, str name, str value) {
    struct include in = {.source = FHIR_TYPE_NONE, .target = FHIR_TYPE_NONE, .reverse = str_starts(name, STR("_rev"))};
    str rest = value, type, code = STR_NONE, target = STR_NONE;
    in.iterate = str_ends(name, STR(":iterate")) || str_ends(name, STR(":recurse"));
    if (str_find(name, ':') < name.len && !in.iterate) return unsupported(p, name, "unknown modifier");
    if (!str_is(value, "*")) {
        str_split(&rest, ':', &type);
        str_split(&rest, ':', &code);
        str_split(&rest, ':', &target);
        in.source = fhir_type_by_name(type);
        if (in.source == FHIR_TYPE_NONE || !code.len) return invalid(p, name, "expected Type:parameter or Type:parameter:Target");
        if (target.len && (in.target = fhir_type_by_name(target)) == FHIR_TYPE_NONE) return invalid(p, name, "unknown target type");
        if (!str_is(code, "*")) {
            in.param = fhir_search_find(in.source, code);
            if (!in.param || in.param->kind != SEARCH_REFERENCE) return unsupported(p, name, "no such reference parameter");
            if (in.target != FHIR_TYPE_NONE && !plan_targets(in.param, in.target)) {
                return unsupported(p, name, "the reference does not lead to that type");
            }
        }
    }
    VEC_PUSH(p->arena, &p->includes, in);
    return OK_ERR;
}

static err read_summary(struct plan *p, str value) {
    if (str_is(value, "count")) p->count_only = true;
    else if (!str_is(value, "true") && !str_is(value, "false") && !str_is(value, "text") && !str_is(value, "data")) {
        return invalid(p, STR("_summary"), "expected true, false, text, data or count");
    }
    return OK_ERR;
}

static err read_total(struct plan *p, str value) {
    if (str_is(value, "accurate")) p->total = TOTAL_ACCURATE;
    else if (str_is(value, "estimate")) p->total = TOTAL_ESTIMATE;
    else if (!str_is(value, "none")) return invalid(p, STR("_total"), "expected none, estimate or accurate");
    return OK_ERR;
}

/* *mine: the name is a parameter of the result. */
static err result_parameter(struct plan *p, str name, str value, bool *mine) {
    *mine = true;
    if (str_is(name, "_count")) return read_count(p, value);
    if (str_is(name, "_sort")) return read_sort(p, value);
    if (str_is(name, "_summary")) return read_summary(p, value);
    if (str_is(name, "_total")) return read_total(p, value);
    str head = query_step(name).name;
    if (str_is(head, "_include") || str_is(head, "_revinclude")) return read_include(p, name, value);
    if (str_is(name, "_elements")) return value.len ? OK_ERR : invalid(p, name, "expected names of elements");
    if (str_is(name, "_contained")) return str_is(value, "false") ? OK_ERR : unsupported(p, name, "only false");
    if (str_is(name, "_format") || str_is(name, "_pretty")) return OK_ERR;
    *mine = false;
    return OK_ERR;
}

static void warn(struct plan *p, err e, str name) {
    fhir_issue_add(p->arena, p->warnings,
                   (struct fhir_issue){.severity = FHIR_WARNING, .code = err_issue(e.code), .expression = name, .en = e.detail, .vi = e.detail});
}

err plan_parse(struct plan *p, str query) {
    struct query q;
    TRY(query_parse(p->arena, query, &q));
    p->count = COUNT_DEFAULT;
    for (size_t i = 0; i < q.len; i++) {
        str name = q.at[i].name, value = q.at[i].value;
        bool mine;
        if (str_is(name, "_position")) {
            p->position = value;
            continue;
        }
        err e = result_parameter(p, name, value, &mine);
        if (!e.code && !mine) e = plan_condition(p, p->type, name, value, &p->conditions);
        if (e.code && p->options->lenient && e.code != ERR_TOO_COSTLY) {
            warn(p, e, name);
            continue;
        }
        TRY(e);
        if (!str_is(name, "_format") && !str_is(name, "_pretty")) query_append(&p->self, name, value);
    }
    return OK_ERR;
}
