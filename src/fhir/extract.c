/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a resource puts into the index: the nodes a slot's walkers find, read as the slot's kind wants them (FHIR R4 3.1.1.4,
 * search parameter types). A node that does not fit the kind gives nothing.
 */
#include "fhir_int.h"

#include "base/date.h"

#include <stdatomic.h>

/* Numbers of the data types this file tells apart, looked up once. */
#define DATA_TYPES(X)                                                                                                  \
    X(Coding) X(CodeableConcept) X(Identifier) X(ContactPoint) X(HumanName) X(Address) X(Period) X(Timing) X(Quantity)  \
    X(Range) X(Money) X(Reference) X(date) X(dateTime) X(instant) X(uri) X(canonical)
enum data_type {
#define X(name) IS_##name,
    DATA_TYPES(X)
#undef X
    IS_OTHER
};

/* Kind of a type: itself or the nearest ancestor in the list (Age → Quantity, canonical stays canonical, url → uri). */
static enum data_type data_type_of(fhir_type t) {
    static const char *const names[] = {
#define X(name) #name,
        DATA_TYPES(X)
#undef X
    };
    static _Atomic unsigned char known[1024]; /* data_type + 1 by type number */
    unsigned char k = t < 1024 ? atomic_load_explicit(&known[t], memory_order_relaxed) : 0;
    if (k) return (enum data_type)(k - 1);
    enum data_type found = IS_OTHER;
    for (fhir_type level = t; level && found == IS_OTHER; level = fhir_types[level].parent)
        for (int i = 0; i < IS_OTHER; i++)
            if (strcmp(fhir_type_name(level), names[i]) == 0) found = (enum data_type)i;
    if (t < 1024) atomic_store_explicit(&known[t], (unsigned char)(found + 1), memory_order_relaxed);
    return found;
}

struct extraction {
    struct arena *arena;
    struct fhir_index *out;
    uint16_t slot;
};

static void add_token(struct extraction *x, str system, str code) {
    if (system.len || code.len) VEC_PUSH(x->arena, &x->out->tokens, (struct fhir_token){x->slot, system, code});
}

/* The system that a code's required binding implies; empty when the set has several. */
static str implied_system(uint16_t set_number, str code) {
    const struct fhir_set *set = &fhir_sets[set_number];
    str system = STR_NONE;
    for (size_t i = set->first; set->known && i < (size_t)set->first + set->count; i++) {
        if (!str_is(code, fhir_text(fhir_codes[i].code))) continue;
        if (system.len) return STR_NONE;
        system = str_of(fhir_text(fhir_codes[i].system));
    }
    return system;
}

static void token_of(struct extraction *x, struct fhir_node n) {
    switch (data_type_of(n.type)) {
    case IS_Coding: add_token(x, JSON_TEXT(n.node, "system"), JSON_TEXT(n.node, "code")); return;
    case IS_Identifier: add_token(x, JSON_TEXT(n.node, "system"), JSON_TEXT(n.node, "value")); return;
    case IS_ContactPoint: add_token(x, STR_NONE, JSON_TEXT(n.node, "value")); return;
    case IS_CodeableConcept: {
        const struct json *codings = JSON_GET(n.node, "coding");
        for (const struct json *c = codings ? codings->first : NULL; c; c = c->next) add_token(x, JSON_TEXT(c, "system"), JSON_TEXT(c, "code"));
        return;
    }
    default: break;
    }
    if (n.node->kind == JSON_STRING) add_token(x, n.set ? implied_system(n.set, n.node->text) : STR_NONE, n.node->text);
    else if (n.node->kind == JSON_TRUE) add_token(x, STR_NONE, STR("true"));
    else if (n.node->kind == JSON_FALSE) add_token(x, STR_NONE, STR("false"));
    else if (n.node->kind == JSON_NUMBER) add_token(x, STR_NONE, n.node->text);
}

static void link_of(struct extraction *x, struct fhir_node n) {
    struct fhir_link link = {.slot = x->slot};
    if (n.node->kind == JSON_STRING) { /* uri, canonical */
        link.reference = fhir_reference_parse(n.node->text);
        if (data_type_of(n.type) == IS_canonical && link.reference.kind == REFERENCE_ABSOLUTE) link.reference.type = FHIR_TYPE_NONE;
    } else if (data_type_of(n.type) == IS_Reference) {
        const struct json *identifier = JSON_GET(n.node, "identifier");
        link.reference = fhir_reference_parse(JSON_TEXT(n.node, "reference"));
        link.identifier_system = JSON_TEXT(identifier, "system");
        link.identifier_value = JSON_TEXT(identifier, "value");
    } else if (fhir_is_resource(n.type)) { /* Bundle.entry[0].resource */
        link.reference = (struct fhir_reference){.kind = REFERENCE_LOCAL, .type = n.type, .id = JSON_TEXT(n.node, "id")};
        if (!fhir_id_valid(link.reference.id)) return;
    }
    if (link.reference.kind != REFERENCE_NONE || link.identifier_value.len) VEC_PUSH(x->arena, &x->out->links, link);
}

static void add_string(struct extraction *x, str text) {
    if (text.len) VEC_PUSH(x->arena, &x->out->strings, (struct fhir_string){x->slot, text});
}

static void add_member_strings(struct extraction *x, const struct json *object, const char *const *names) {
    for (; *names; names++) {
        const struct json *m = json_get(object, str_of(*names));
        if (!m) continue;
        if (m->kind == JSON_STRING) add_string(x, m->text);
        for (const struct json *i = m->kind == JSON_ARRAY ? m->first : NULL; i; i = i->next)
            if (i->kind == JSON_STRING) add_string(x, i->text);
    }
}

static void string_of(struct extraction *x, struct fhir_node n) {
    static const char *const name[] = {"text", "family", "given", "prefix", "suffix", NULL};
    static const char *const address[] = {"text", "line", "city", "district", "state", "country", "postalCode", NULL};
    static const char *const value[] = {"value", NULL}, *const text[] = {"text", NULL};
    switch (data_type_of(n.type)) {
    case IS_HumanName: add_member_strings(x, n.node, name); return;
    case IS_Address: add_member_strings(x, n.node, address); return;
    case IS_ContactPoint: case IS_Identifier: add_member_strings(x, n.node, value); return;
    case IS_CodeableConcept: add_member_strings(x, n.node, text); return;
    default: if (n.node->kind == JSON_STRING) add_string(x, n.node->text);
    }
}

static bool moment(str text, int64_t *from, int64_t *to) {
    struct date_time d;
    if (!date_parse(text, false, &d)) return false;
    date_range(&d, VIETNAM_OFFSET_MINUTES, from, to);
    return true;
}

static bool period_of(const struct json *period, struct fhir_period *p) {
    int64_t ignore;
    p->from = INT64_MIN;
    p->to = INT64_MAX;
    bool start = moment(JSON_TEXT(period, "start"), &p->from, &ignore), end = moment(JSON_TEXT(period, "end"), &ignore, &p->to);
    return start || end;
}

static bool timing_of(const struct json *timing, struct fhir_period *p) {
    const struct json *events = JSON_GET(timing, "event"), *bounds = JSON_GET(JSON_GET(timing, "repeat"), "boundsPeriod");
    bool any = bounds && period_of(bounds, p);
    for (const struct json *e = events ? events->first : NULL; e; e = e->next) {
        int64_t from, to;
        if (e->kind != JSON_STRING || !moment(e->text, &from, &to)) continue;
        if (!any || from < p->from) p->from = from;
        if (!any || to > p->to) p->to = to;
        any = true;
    }
    return any;
}

static bool read_period(struct fhir_node n, struct fhir_period *p) {
    switch (data_type_of(n.type)) {
    case IS_Period: return period_of(n.node, p);
    case IS_Timing: return timing_of(n.node, p);
    case IS_date: case IS_dateTime: case IS_instant: return n.node->kind == JSON_STRING && moment(n.node->text, &p->from, &p->to);
    default: return false;
    }
}

static void date_of(struct extraction *x, struct fhir_node n) {
    struct fhir_period p = {.slot = x->slot};
    if (read_period(n, &p)) VEC_PUSH(x->arena, &x->out->periods, p);
}

static str digits(const struct json *object, str key) {
    const struct json *m = json_get(object, key);
    return m && m->kind == JSON_NUMBER ? m->text : STR_NONE;
}

static bool read_amount(struct fhir_node n, struct fhir_amount *out) {
    if (n.node->kind == JSON_NUMBER) return out->low = n.node->text, true;
    switch (data_type_of(n.type)) {
    case IS_Quantity:
        out->low = digits(n.node, STR("value"));
        out->system = JSON_TEXT(n.node, "system");
        out->code = JSON_TEXT(n.node, "code");
        out->unit = JSON_TEXT(n.node, "unit");
        return out->low.len > 0;
    case IS_Money:
        out->low = digits(n.node, STR("value"));
        out->system = STR("urn:iso:std:iso:4217");
        out->code = JSON_TEXT(n.node, "currency");
        return out->low.len > 0;
    case IS_Range: {
        const struct json *low = JSON_GET(n.node, "low"), *high = JSON_GET(n.node, "high"), *unit = low ? low : high;
        out->low = digits(low, STR("value"));
        out->high = digits(high, STR("value"));
        out->system = JSON_TEXT(unit, "system");
        out->code = JSON_TEXT(unit, "code");
        out->unit = JSON_TEXT(unit, "unit");
        return out->low.len || out->high.len;
    }
    default: return false;
    }
}

static void amount_of(struct extraction *x, struct fhir_node n) {
    struct fhir_amount amount = {.slot = x->slot};
    if (read_amount(n, &amount)) VEC_PUSH(x->arena, &x->out->amounts, amount);
}

static void uri_of(struct extraction *x, struct fhir_node n) {
    if (n.node->kind == JSON_STRING && n.node->text.len) VEC_PUSH(x->arena, &x->out->uris, (struct fhir_uri){x->slot, n.node->text});
}

static void extract_node(struct extraction *x, enum search_kind kind, struct fhir_node n) {
    switch (kind) {
    case SEARCH_TOKEN: token_of(x, n); break;
    case SEARCH_REFERENCE: link_of(x, n); break;
    case SEARCH_STRING: string_of(x, n); break;
    case SEARCH_DATE: date_of(x, n); break;
    case SEARCH_NUMBER: case SEARCH_QUANTITY: amount_of(x, n); break;
    case SEARCH_URI: uri_of(x, n); break;
    case SEARCH_COMPOSITE: case SEARCH_SPECIAL: break;
    }
}

void fhir_select(struct arena *a, uint16_t slot, const struct json *resource, struct fhir_nodes *out) {
    size_t count;
    const struct walker *walkers = slot_walkers(slot, &count);
    for (size_t i = 0; i < count; i++) walker_run(a, &walkers[i], fhir_slots[slot].type, resource, out);
}

/* ---- composites of Observation --------------------------------------------------------------------------------------------------- */

/* One pair of a token and a second value. */
static void add_pair(struct extraction *x, const struct composite *c, const struct fhir_token *token, struct fhir_node second) {
    struct fhir_pair pair = {.slot = x->slot, .system = token->system, .code = token->code, .kind = c->kind};
    pair.amount.slot = pair.period.slot = x->slot;
    bool fits = c->kind == SEARCH_QUANTITY ? read_amount(second, &pair.amount) : c->kind == SEARCH_DATE ? read_period(second, &pair.period)
              : second.node->kind == JSON_STRING;
    if (c->kind == SEARCH_STRING && fits) pair.text = second.node->text;
    if (fits) VEC_PUSH(x->arena, &x->out->pairs, pair);
}

static void extract_composite(struct extraction *x, const struct composite *c, fhir_type type, const struct json *resource) {
    struct fhir_nodes roots = {0};
    for (size_t i = 0; i < c->root_count; i++) walker_run(x->arena, &c->roots[i], type, resource, &roots);
    for (size_t i = 0; i < roots.len; i++) {
        struct fhir_nodes first = {0}, second = {0};
        walker_run(x->arena, &c->part[0], roots.at[i].type, roots.at[i].node, &first);
        walker_run(x->arena, &c->part[1], roots.at[i].type, roots.at[i].node, &second);
        struct fhir_index tokens = {0};
        struct extraction inner = {x->arena, &tokens, x->slot};
        for (size_t k = 0; k < first.len; k++) token_of(&inner, first.at[k]);
        for (size_t k = 0; k < tokens.tokens.len; k++)
            for (size_t m = 0; m < second.len; m++) add_pair(x, c, &tokens.tokens.at[k], second.at[m]);
    }
}

/* ---- the whole resource ------------------------------------------------------------------------------------------------------------ */

static bool slot_in(uint16_t slot, const uint16_t *list, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == slot) return true;
    return false;
}

static void add_patient(struct arena *a, struct fhir_index *out, str id) {
    for (size_t i = 0; i < out->patients.len; i++)
        if (str_eq(out->patients.at[i], id)) return;
    VEC_PUSH(a, &out->patients, id);
}

static void note_patients(struct arena *a, struct fhir_index *out, size_t from, const uint16_t *slots, size_t count) {
    for (size_t i = from; i < out->links.len; i++) {
        const struct fhir_link *l = &out->links.at[i];
        if (l->reference.kind == REFERENCE_LOCAL && l->reference.type == FHIR_TYPE_PATIENT && slot_in(l->slot, slots, count))
            add_patient(a, out, l->reference.id);
    }
}

static int32_t clinical_minutes(const struct fhir_index *out, uint16_t slot) {
    for (size_t i = 0; i < out->periods.len; i++) {
        const struct fhir_period *p = &out->periods.at[i];
        if (p->slot != slot) continue;
        int64_t ms = p->from != INT64_MIN ? p->from : p->to;
        int64_t minutes = ms >= 0 ? ms / 60000 : (ms - 59999) / 60000;
        if (minutes > INT32_MAX || minutes < INT32_MIN) return 0;
        return minutes ? (int32_t)minutes : 1;
    }
    return 0;
}

void fhir_extract(struct arena *a, fhir_type type, const struct json *resource, struct fhir_index *out) {
    uint16_t first, end;
    *out = (struct fhir_index){0};
    if (!fhir_is_resource(type)) return;
    type_slots(type, &first, &end);
    struct fhir_nodes nodes = {0};
    for (uint16_t slot = first; slot < end; slot++) {
        struct extraction x = {a, out, slot};
        const struct composite *c = slot_composite(slot);
        if (c) {
            extract_composite(&x, c, type, resource);
            continue;
        }
        nodes.len = 0;
        fhir_select(a, slot, resource, &nodes);
        for (size_t i = 0; i < nodes.len; i++) extract_node(&x, fhir_slots[slot].kind, nodes.at[i]);
    }
    size_t count;
    const uint16_t *slots = compartment_slots(type, &count);
    if (type == FHIR_TYPE_PATIENT) add_patient(a, out, JSON_TEXT(resource, "id"));
    note_patients(a, out, 0, slots, count);
    out->clinical_minutes = clinical_minutes(out, clinical_slot(type));
}
