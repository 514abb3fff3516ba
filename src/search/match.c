/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Conditions on a body: every hit of the index is a candidate until the resource itself has agreed. The values come from the
 * same extraction that fills the index, so what is found by it and what is confirmed here cannot drift apart.
 */
#include "plan.h"

#include "base/fold.h"
#include "base/map.h"

#include <math.h>
#include <stdlib.h>

struct body { /* one resource under test */
    struct plan *plan;
    const struct scan *scan;
    const struct version *version;
    const struct json *resource;
    const struct fhir_index *index;
};

static bool folded_equal(struct arena *a, str x, str y) {
    return str_eq(x, y) || str_eq(text_fold(a, x), text_fold(a, y));
}

/* ---- one value against one term -------------------------------------------------------------------------------------------- */

static bool token_matches(struct arena *a, const struct term *t, str system, str code) {
    if (!t->any_system && !str_eq(t->system, system)) return false;
    return t->any_code || folded_equal(a, t->code, code);
}

static bool within(double value, const struct term *t, double high_value) {
    const struct number_span *n = &t->number;
    double tenth = fabs(n->value) / 10;
    bool contained = value >= n->low && high_value < n->high;
    switch (t->prefix) {
    case PREFIX_EQ: return contained;
    case PREFIX_NE: return !contained;
    case PREFIX_GT: return high_value > n->value;
    case PREFIX_LT: return value < n->value;
    case PREFIX_GE: return high_value >= n->value;
    case PREFIX_LE: return value <= n->value;
    case PREFIX_SA: return value > n->value;
    case PREFIX_EB: return high_value < n->value;
    case PREFIX_AP: return high_value >= n->value - tenth && value <= n->value + tenth;
    }
    return false;
}

static bool number_of(str digits, double *out) {
    char z[64];
    if (!digits.len || digits.len >= sizeof z) return false;
    memcpy(z, digits.at, digits.len);
    z[digits.len] = 0;
    *out = strtod(z, NULL);
    return true;
}

static bool amount_matches(struct arena *a, const struct term *t, const struct fhir_amount *v, bool quantity) {
    double low = -INFINITY, high = INFINITY;
    bool range = v->high.len > 0, has_low = number_of(v->low, &low);
    if (range) number_of(v->high, &high);
    else high = low;
    if (!has_low && !range) return false;
    if (!within(low, t, high)) return false;
    if (!quantity || (!t->unit_code.len && !t->unit_system.len)) return true;
    if (t->unit_system.len) return str_eq(t->unit_system, v->system) && folded_equal(a, t->unit_code, v->code);
    return folded_equal(a, t->unit_code, v->code) || folded_equal(a, t->unit_code, v->unit);
}

static bool period_matches(struct plan *p, const struct term *t, int64_t from, int64_t to) {
    int64_t gap = (p->now > t->from ? p->now - t->from : t->from - p->now) / 10;
    bool contained = from >= t->from && to <= t->to;
    switch (t->prefix) {
    case PREFIX_EQ: return contained;
    case PREFIX_NE: return !contained;
    case PREFIX_GT: return to > t->to;
    case PREFIX_LT: return from < t->from;
    case PREFIX_GE: return to > t->to || contained;
    case PREFIX_LE: return from < t->from || contained;
    case PREFIX_SA: return from >= t->to;
    case PREFIX_EB: return to <= t->from;
    case PREFIX_AP: return to > t->from - gap && from < t->to + gap;
    }
    return false;
}

static bool string_matches(struct arena *a, const struct condition *c, const struct term *t, str text) {
    if (c && c->modifier == MODIFIER_EXACT) return str_eq(text_nfc(a, t->text), text_nfc(a, text));
    str folded = text_fold(a, text);
    if (c && c->modifier == MODIFIER_CONTAINS) return str_contains(folded, t->folded);
    return str_starts(folded, t->folded);
}

static bool uri_matches(const struct condition *c, const struct term *t, str uri) {
    if (c->modifier == MODIFIER_NONE) return str_eq(uri, t->text);
    str outer = c->modifier == MODIFIER_BELOW ? t->text : uri, inner = c->modifier == MODIFIER_BELOW ? uri : t->text;
    if (!str_starts(inner, outer)) return false;
    return inner.len == outer.len || outer.at[outer.len - 1] == '/' || strchr("/|#?", inner.at[outer.len]) != NULL;
}

static bool link_matches(struct arena *a, const struct condition *c, const struct term *t, const struct fhir_link *l) {
    if (c->modifier == MODIFIER_IDENTIFIER) return token_matches(a, t, l->identifier_system, l->identifier_value) && l->identifier_value.len;
    if (t->url.at) return str_eq(index_canonical(t->url), index_canonical(l->reference.url));
    if (l->reference.kind != REFERENCE_LOCAL || !str_eq(l->reference.id, t->id)) return false;
    return t->target != FHIR_TYPE_NONE ? l->reference.type == t->target : plan_targets(c->param, l->reference.type);
}

static bool pair_matches(struct body *b, const struct condition *c, const struct term *t, const struct fhir_pair *v) {
    struct arena *a = b->plan->scratch;
    if (!token_matches(a, &t->parts[0], v->system, v->code)) return false;
    switch (v->kind) {
    case SEARCH_QUANTITY: return amount_matches(a, &t->parts[1], &v->amount, true);
    case SEARCH_DATE: return period_matches(b->plan, &t->parts[1], v->period.from, v->period.to);
    case SEARCH_STRING: return string_matches(a, NULL, &t->parts[1], v->text);
    case SEARCH_TOKEN: return token_matches(a, &t->parts[1], v->second_system, v->second_code);
    default: return (void)c, false;
    }
}

/* ---- :text and :of-type look at the elements themselves ------------------------------------------------------------------- */

static bool text_has(struct arena *a, const struct term *t, str text) {
    str folded = text_fold(a, text);
    for (size_t i = 0; i + t->folded.len <= folded.len; i++)
        if ((i == 0 || folded.at[i - 1] == ' ') && memcmp(folded.at + i, t->folded.at, t->folded.len) == 0) return true;
    return false;
}

static bool node_has_text(struct arena *a, const struct term *t, const struct json *node) {
    if (text_has(a, t, JSON_TEXT(node, "text")) || text_has(a, t, JSON_TEXT(node, "display"))) return true;
    const struct json *coding = JSON_GET(node, "coding"), *type = JSON_GET(node, "type");
    for (const struct json *c = coding ? coding->first : NULL; c; c = c->next)
        if (text_has(a, t, JSON_TEXT(c, "display"))) return true;
    return type && type->kind == JSON_OBJECT && text_has(a, t, JSON_TEXT(type, "text"));
}

static bool identifier_of_type(struct arena *a, const struct term *t, const struct json *node) {
    if (!folded_equal(a, t->code, JSON_TEXT(node, "value"))) return false;
    const struct json *coding = JSON_GET(JSON_GET(node, "type"), "coding");
    for (const struct json *c = coding ? coding->first : NULL; c; c = c->next)
        if (str_eq(t->type_code, JSON_TEXT(c, "code")) && (!t->type_system.len || str_eq(t->type_system, JSON_TEXT(c, "system")))) return true;
    return false;
}

static bool any_node(struct body *b, const struct condition *c, const struct term *t) {
    struct fhir_nodes nodes = {0};
    fhir_select(b->plan->scratch, c->param->slot, b->resource, &nodes);
    for (size_t i = 0; i < nodes.len; i++) {
        bool yes = c->modifier == MODIFIER_TEXT ? node_has_text(b->plan->scratch, t, nodes.at[i].node) : identifier_of_type(b->plan->scratch, t, nodes.at[i].node);
        if (yes) return true;
    }
    return false;
}

/* ---- a term against all values of the slot ---------------------------------------------------------------------------------- */

#define ANY(list, test)                                                                                                \
    do {                                                                                                               \
        for (size_t i_ = 0; i_ < x->list.len; i_++)                                                                    \
            if (x->list.at[i_].slot == slot && (test)) return true;                                                    \
        return false;                                                                                                  \
    } while (0)

static bool term_matches(struct body *b, const struct condition *c, const struct term *t);

/* Composites without rows of their own: each part by itself. */
static bool parts_match(struct body *b, const struct condition *c, const struct term *t) {
    static const enum condition_kind kinds[] = {
        [SEARCH_TOKEN] = CONDITION_TOKEN, [SEARCH_REFERENCE] = CONDITION_REFERENCE, [SEARCH_STRING] = CONDITION_STRING,
        [SEARCH_DATE] = CONDITION_DATE, [SEARCH_NUMBER] = CONDITION_NUMBER, [SEARCH_QUANTITY] = CONDITION_QUANTITY,
        [SEARCH_URI] = CONDITION_URI, [SEARCH_COMPOSITE] = CONDITION_COMPOSITE};
    for (size_t i = 0; i < t->part_count; i++) {
        struct condition part = {.param = c->param->components[i], .kind = kinds[c->param->components[i]->kind]};
        if (!term_matches(b, &part, &t->parts[i])) return false;
    }
    return true;
}

static bool term_matches(struct body *b, const struct condition *c, const struct term *t) {
    const struct fhir_index *x = b->index;
    struct arena *a = b->plan->scratch;
    uint16_t slot = c->param->slot;
    if (c->modifier == MODIFIER_TEXT || c->modifier == MODIFIER_OF_TYPE) return any_node(b, c, t);
    switch (c->kind) {
    case CONDITION_TOKEN: ANY(tokens, token_matches(a, t, x->tokens.at[i_].system, x->tokens.at[i_].code));
    case CONDITION_REFERENCE: ANY(links, link_matches(a, c, t, &x->links.at[i_]));
    case CONDITION_STRING: ANY(strings, string_matches(a, c, t, x->strings.at[i_].text));
    case CONDITION_DATE: ANY(periods, period_matches(b->plan, t, x->periods.at[i_].from, x->periods.at[i_].to));
    case CONDITION_NUMBER: ANY(amounts, amount_matches(a, t, &x->amounts.at[i_], false));
    case CONDITION_QUANTITY: ANY(amounts, amount_matches(a, t, &x->amounts.at[i_], true));
    case CONDITION_URI: ANY(uris, uri_matches(c, t, x->uris.at[i_].uri));
    case CONDITION_COMPOSITE:
        if (slot == FHIR_NO_SLOT) return parts_match(b, c, t);
        ANY(pairs, pair_matches(b, c, t, &x->pairs.at[i_]));
    default: return false;
    }
}

static bool has_value(const struct body *b, const struct condition *c) {
    const struct fhir_index *x = b->index;
    uint16_t slot = c->param->slot;
    switch (c->kind) {
    case CONDITION_TOKEN: ANY(tokens, true);
    case CONDITION_REFERENCE: ANY(links, x->links.at[i_].reference.kind != REFERENCE_LOCAL || plan_targets(c->param, x->links.at[i_].reference.type));
    case CONDITION_STRING: ANY(strings, true);
    case CONDITION_DATE: ANY(periods, true);
    case CONDITION_NUMBER:
    case CONDITION_QUANTITY: ANY(amounts, true);
    case CONDITION_URI: ANY(uris, true);
    default: return false;
    }
}

/* ---- chains: the target's body is asked ---------------------------------------------------------------------------------------- */

static err target_matches(struct body *b, const struct link *l, str id, bool *out) {
    struct plan *p = b->plan;
    struct version v;
    struct json *resource;
    *out = false;
    str key = str_format(p->scratch, "%p/%.*s", (const void *)l, STR_ARG(id));
    const char *known = map_get(&p->targets, key);
    if (known) {
        *out = *known == 'y';
        return OK_ERR;
    }
    err e = reader_get(p->reader, p->scratch, l->type, id, &v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE) return OK_ERR;
    TRY(e);
    if (access_sees(p->reader, p->options->access, &v)) {
        TRY(json_parse(p->scratch, v.body, &resource));
        TRY(match_conditions(p, b->scan, &l->conditions, &v, resource, out));
    }
    map_put(&p->targets, str_copy(p->arena, key), *out ? "y" : "n");
    return OK_ERR;
}

static err chain_matches(struct body *b, const struct condition *c, bool *out) {
    const struct fhir_index *x = b->index;
    for (size_t i = 0; i < x->links.len; i++) {
        const struct fhir_reference *r = &x->links.at[i].reference;
        if (x->links.at[i].slot != c->param->slot || r->kind != REFERENCE_LOCAL) continue;
        for (size_t k = 0; k < c->links.len; k++) {
            if (c->links.at[k].type != r->type) continue;
            TRY(target_matches(b, &c->links.at[k], r->id, out));
            if (*out) return OK_ERR;
        }
    }
    *out = false;
    return OK_ERR;
}

static bool updated_matches(const struct condition *c, int64_t position) {
    for (size_t i = 0; i < c->terms.len; i++)
        for (size_t k = 0; k + 1 < c->terms.at[i].keys.len; k += 2)
            if (position >= c->terms.at[i].keys.at[k] && position < c->terms.at[i].keys.at[k + 1]) return true;
    return false;
}

static err condition_matches(struct body *b, const struct condition *c, bool *out) {
    *out = true;
    if (c->kind == CONDITION_HAS || c->kind == CONDITION_COMPARTMENT) return OK_ERR;
    if (c->kind == CONDITION_CHAIN) return b->scan && scan_decides(b->scan, c) ? OK_ERR : chain_matches(b, c, out);
    if (c->kind == CONDITION_UPDATED) {
        *out = updated_matches(c, b->version->position);
        return OK_ERR;
    }
    if (c->modifier == MODIFIER_MISSING) {
        *out = has_value(b, c) != c->missing;
        return OK_ERR;
    }
    bool any = false;
    for (size_t i = 0; i < c->terms.len && !any; i++) {
        const struct term *t = &c->terms.at[i];
        any = c->kind == CONDITION_ID ? str_eq(t->text, b->version->id) : term_matches(b, c, t);
    }
    *out = any != (c->modifier == MODIFIER_NOT);
    return OK_ERR;
}

err match_conditions(struct plan *p, const struct scan *s, const struct conditions *list, const struct version *v,
                     const struct json *resource, bool *out) {
    struct fhir_index index = {0};
    struct body b = {p, s, v, resource, &index};
    *out = true;
    if (!list->len) return OK_ERR;
    fhir_extract(p->scratch, v->type, resource, &index);
    for (size_t i = 0; i < list->len && *out; i++) TRY(condition_matches(&b, &list->at[i], out));
    return OK_ERR;
}

/* ---- values to sort by ------------------------------------------------------------------------------------------------------------ */

static str ordered_integer(struct arena *a, int64_t v) { return str_format(a, "%016llx", (unsigned long long)v ^ (1ull << 63)); }

static str ordered_double(struct arena *a, double d) {
    uint64_t bits;
    memcpy(&bits, &d, sizeof bits);
    bits = bits >> 63 ? ~bits : bits ^ (1ull << 63);
    return str_format(a, "%016llx", (unsigned long long)bits);
}

static void take(str *best, str candidate, bool descending) {
    int order = best->at ? str_compare(candidate, *best) : 0;
    if (!best->at || (descending ? order > 0 : order < 0)) *best = candidate;
}

str match_sort_key(struct plan *p, const struct sort *s, const struct version *v, const struct json *resource) {
    struct arena *a = p->scratch;
    struct fhir_index x = {0};
    str best = STR_NONE;
    double d;
    if (s->kind == SORT_ID) return v->id;
    if (s->kind == SORT_UPDATED) return ordered_integer(a, v->position);
    fhir_extract(a, v->type, resource, &x);
    if (s->kind == SORT_DATE_KEY) return ordered_integer(a, x.clinical_minutes);
    uint16_t slot = s->param->slot;
    for (size_t i = 0; i < x.tokens.len; i++)
        if (x.tokens.at[i].slot == slot) take(&best, text_fold(a, x.tokens.at[i].code), s->descending);
    for (size_t i = 0; i < x.links.len; i++)
        if (x.links.at[i].slot == slot) take(&best, x.links.at[i].reference.url, s->descending);
    for (size_t i = 0; i < x.strings.len; i++)
        if (x.strings.at[i].slot == slot) take(&best, text_fold(a, x.strings.at[i].text), s->descending);
    for (size_t i = 0; i < x.periods.len; i++)
        if (x.periods.at[i].slot == slot) take(&best, ordered_integer(a, s->descending ? x.periods.at[i].to : x.periods.at[i].from), s->descending);
    for (size_t i = 0; i < x.amounts.len; i++)
        if (x.amounts.at[i].slot == slot && number_of(x.amounts.at[i].low, &d)) take(&best, ordered_double(a, d), s->descending);
    for (size_t i = 0; i < x.uris.len; i++)
        if (x.uris.at[i].slot == slot) take(&best, x.uris.at[i].uri, s->descending);
    return best;
}
