/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Search parameters by type, built once from the definitions: each (type, distinct expression, kind) is a slot with its walkers;
 * parameters that mean the same share one (patient and subject). The compartment and the clinical date are slots too.
 */
#include "fhir_int.h"

#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { EXTRACTOR_VERSION = 1 }; /* raise when extract.c gives other values: the store rebuilds the slots */

struct slot_walk { struct walker *walkers; size_t count; struct composite *composite; };
struct type_search {
    struct fhir_search *at;
    size_t len, cap;
    uint16_t first_slot, end_slot;
    uint16_t *compartment;
    size_t compartment_count;
    uint16_t clinical;
};

const struct fhir_slot *fhir_slots;
size_t fhir_slot_count;
static struct { struct fhir_slot *at; size_t len, cap; } slots;
static struct { struct slot_walk *at; size_t len, cap; } walks;
static struct type_search types[FHIR_TYPE_MAX];
static struct arena *arena;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic bool started;

/* Expressions of types that only Resource has; the store knows these three itself, the others are no elements. */
static bool is_indexed(const struct fhir_search_row *row) {
    static const char *const left_out[] = {"_id", "_lastUpdated", "_text", "_content", "_query", "_list", "_has", "_type", "_filter"};
    str code = str_of(fhir_text(row->code));
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (str_is(code, left_out[i])) return false;
    return *fhir_text(row->expression) || row->kind == SEARCH_COMPOSITE;
}

static uint64_t fingerprint(str expression, enum search_kind kind) {
    return str_hash(expression) * 31 + (uint64_t)kind * 7 + EXTRACTOR_VERSION;
}

static uint16_t find_slot(fhir_type type, enum search_kind kind, str expression) {
    for (size_t i = types[type].first_slot; i < slots.len; i++)
        if (slots.at[i].kind == kind && str_eq(slots.at[i].expression, expression)) return (uint16_t)i;
    return FHIR_NO_SLOT;
}

static uint16_t add_slot(fhir_type type, enum search_kind kind, str expression, struct slot_walk walk) {
    uint16_t known = find_slot(type, kind, expression);
    if (known != FHIR_NO_SLOT) return known;
    struct fhir_slot slot = {type, kind, expression, fingerprint(expression, kind)};
    VEC_PUSH(arena, &slots, slot);
    VEC_PUSH(arena, &walks, walk);
    return (uint16_t)(slots.len - 1);
}

/* The next alternative of an expression: the text up to a `|` outside parentheses and quotes. */
static bool next_alternative(str *rest, str *out) {
    if (!rest->len) return false;
    int depth = 0;
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->len; i++) {
        char c = rest->at[i];
        if (c == '\'') quoted = !quoted;
        if (quoted) continue;
        depth += (c == '(') - (c == ')');
        if (c == '|' && !depth) break;
    }
    *out = str_trim(str_slice(*rest, 0, i));
    *rest = str_slice(*rest, i + 1, rest->len);
    return true;
}

static void add_expression(struct buf *to, str alternative, fhir_type only) {
    if (to->len) buf_addz(to, " | ");
    if (only) { /* the filter is the parameter's, not the slot's */
        const char *at = memmem(alternative.at, alternative.len, ".where(resolve()", 16);
        if (at) alternative.len = (size_t)(at - alternative.at);
    }
    buf_add(to, alternative);
}

/* Compiles the alternatives of `expression` that speak of `type`; false when none does or one is no plain path. */
static bool compile(str expression, fhir_type type, struct slot_walk *walk, str *own, fhir_type *only_target) {
    struct { struct walker *at; size_t len, cap; } list = {0};
    struct buf text = buf_new(arena);
    str alternative;
    *only_target = FHIR_TYPE_NONE;
    while (next_alternative(&expression, &alternative)) {
        struct walker w;
        fhir_type only;
        bool other;
        if (!walker_compile(arena, alternative, type, &w, &only, &other)) {
            if (other) continue;
            log_line(LOG_WARNING, "fhir", "search expression is no plain path: %.*s", STR_ARG(alternative));
            return false;
        }
        if (only) *only_target = only;
        add_expression(&text, alternative, only);
        VEC_PUSH(arena, &list, w);
    }
    *walk = (struct slot_walk){list.at, list.len, NULL};
    *own = buf_str(&text);
    return list.len > 0;
}

static void add_parameter(fhir_type type, const struct fhir_search_row *row) {
    struct fhir_search s = {.code = str_of(fhir_text(row->code)), .kind = (enum search_kind)row->kind, .slot = FHIR_NO_SLOT,
                            .targets = fhir_type_lists + row->target_first, .target_count = row->target_count, .url = fhir_text(row->url)};
    for (size_t i = 0; i < types[type].len; i++)
        if (str_eq(types[type].at[i].code, s.code)) return; /* the type's own goes before the general one */
    struct slot_walk walk;
    str own;
    if (row->kind != SEARCH_COMPOSITE && row->kind != SEARCH_SPECIAL &&
        compile(str_of(fhir_text(row->expression)), type, &walk, &own, &s.only_target))
        s.slot = add_slot(type, s.kind, own, walk);
    VEC_PUSH(arena, &types[type], s);
}

static bool row_has_base(const struct fhir_search_row *row, fhir_type type) {
    for (size_t i = 0; i < row->base_count; i++)
        if (fhir_type_lists[row->base_first + i] == type) return true;
    return false;
}

static int by_code(const void *a, const void *b) {
    return str_compare(((const struct fhir_search *)a)->code, ((const struct fhir_search *)b)->code);
}

static void add_parameters(fhir_type type) {
    types[type].first_slot = (uint16_t)slots.len;
    for (fhir_type level = type; level; level = fhir_types[level].parent)
        for (size_t i = 0; i < fhir_search_rows_count; i++)
            if (row_has_base(&fhir_search_rows[i], level) && is_indexed(&fhir_search_rows[i])) add_parameter(type, &fhir_search_rows[i]);
    qsort(types[type].at, types[type].len, sizeof(struct fhir_search), by_code);
}

/* ---- composites -------------------------------------------------------------------------------------------------------------- */

static struct fhir_search *find(fhir_type type, str code) {
    size_t low = 0, high = types[type].len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = str_compare(types[type].at[middle].code, code);
        if (!c) return &types[type].at[middle];
        if (c < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

static str component_code(uint16_t parameter) { return str_of(fhir_text(fhir_search_rows[parameter].code)); }

/* Roots of a composite's expression, and its two parts relative to each root. Only Observation has rows of its own. */
static bool compile_composite(fhir_type type, const struct fhir_search_row *row, struct composite *out) {
    str rest = str_of(fhir_text(row->expression)), alternative;
    fhir_type only;
    bool other;
    while (out->root_count < 2 && next_alternative(&rest, &alternative))
        if (!walker_compile(arena, alternative, type, &out->roots[out->root_count++], &only, &other)) return false;
    for (int i = 0; i < 2; i++) { /* code and value are called alike on the resource and on its component */
        const char *expression = fhir_text(fhir_component_rows[row->component_first + i].expression);
        str path = str_format(arena, "%s.%s", fhir_type_name(type), expression);
        if (!walker_compile(arena, path, type, &out->part[i], &only, &other)) return false;
    }
    return out->root_count > 0;
}

static void add_composites(fhir_type type) {
    for (size_t i = 0; i < fhir_search_rows_count; i++) {
        const struct fhir_search_row *row = &fhir_search_rows[i];
        if (row->kind != SEARCH_COMPOSITE || !row_has_base(row, type)) continue;
        struct fhir_search *s = find(type, str_of(fhir_text(row->code)));
        for (size_t k = 0; k < row->component_count && k < 3; k++)
            s->components[k] = find(type, component_code(fhir_component_rows[row->component_first + k].parameter));
        if (type != FHIR_TYPE_OBSERVATION || row->component_count != 2 || !s->components[1]) continue;
        enum search_kind kind = s->components[1]->kind;
        if (kind != SEARCH_QUANTITY && kind != SEARCH_DATE && kind != SEARCH_STRING) continue;
        struct composite *c = ARENA_NEW(arena, struct composite);
        c->kind = kind;
        if (!compile_composite(type, row, c)) continue;
        str expression = str_format(arena, "%s {%s, %s}", fhir_text(row->expression), fhir_text(fhir_component_rows[row->component_first].expression),
                                    fhir_text(fhir_component_rows[row->component_first + 1].expression));
        s->slot = add_slot(type, SEARCH_COMPOSITE, expression, (struct slot_walk){NULL, 0, c});
    }
}

/* ---- compartment and clinical date --------------------------------------------------------------------------------------------- */

static void add_compartment(fhir_type type) {
    struct { uint16_t *at; size_t len, cap; } list = {0};
    for (size_t i = 0; i < fhir_compartment_rows_count; i++) {
        const struct fhir_compartment_row *row = &fhir_compartment_rows[i];
        const struct fhir_search *s = row->owner == FHIR_TYPE_PATIENT && row->type == type ? find(type, str_of(fhir_text(row->code))) : NULL;
        if (!s || s->slot == FHIR_NO_SLOT || s->kind != SEARCH_REFERENCE) continue;
        bool known = false;
        for (size_t k = 0; k < list.len; k++) known = known || list.at[k] == s->slot;
        if (!known) VEC_PUSH(arena, &list, s->slot);
    }
    types[type].compartment = list.at;
    types[type].compartment_count = list.len;
}

/* The date by which a clinician sorts: the first of these parameters that a type in the Patient compartment has. */
static void choose_clinical_date(fhir_type type) {
    /* authoredon first: MedicationRequest's `date` is that of its timing, which hardly any has */
    static const char *const codes[] = {"authoredon", "date", "onset-date", "performed", "period", "authored", "effective-time", "occurrence",
                                        "whenhandedover", "whenprepared", "started", "recorded-date", "created", "sent", "onset", "issued", "start-date"};
    types[type].clinical = FHIR_NO_SLOT;
    if (!types[type].compartment_count || type == FHIR_TYPE_PATIENT) return;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct fhir_search *s = find(type, str_of(codes[i]));
        if (!s || s->kind != SEARCH_DATE || s->slot == FHIR_NO_SLOT) continue;
        types[type].clinical = s->slot;
        return;
    }
}

static void build(void) {
    arena = arena_new();
    fhir_type_find(STR("Patient")); /* the tables of definitions.c */
    for (fhir_type t = 1; t < FHIR_TYPE_MAX; t++) {
        add_parameters(t);
        add_composites(t);
        add_compartment(t);
        choose_clinical_date(t);
        types[t].end_slot = (uint16_t)slots.len;
    }
    if (slots.len >= FHIR_NO_SLOT) panic("fhir: too many slots");
    fhir_slots = slots.at;
    fhir_slot_count = slots.len;
    atomic_store_explicit(&started, true, memory_order_release);
}

void fhir_start(void) { pthread_once(&once, build); }

static inline void ready(void) {
    if (!atomic_load_explicit(&started, memory_order_acquire)) fhir_start();
}

/* ---- look-up -------------------------------------------------------------------------------------------------------------------- */

const struct fhir_search *fhir_search_find(fhir_type type, str code) {
    ready();
    return fhir_is_resource(type) ? find(type, code) : NULL;
}

const struct fhir_search *fhir_search_list(fhir_type type, size_t *count) {
    ready();
    *count = fhir_is_resource(type) ? types[type].len : 0;
    return *count ? types[type].at : NULL;
}

const struct walker *slot_walkers(uint16_t slot, size_t *count) {
    *count = walks.at[slot].count;
    return walks.at[slot].walkers;
}

const struct composite *slot_composite(uint16_t slot) { return walks.at[slot].composite; }

void type_slots(fhir_type type, uint16_t *first, uint16_t *end) {
    ready();
    *first = types[type].first_slot;
    *end = types[type].end_slot;
}

const uint16_t *compartment_slots(fhir_type type, size_t *count) {
    ready();
    *count = types[type].compartment_count;
    return types[type].compartment;
}

uint16_t clinical_slot(fhir_type type) {
    ready();
    return types[type].clinical;
}

uint16_t fhir_clinical_slot(fhir_type type) { return fhir_is_resource(type) ? clinical_slot(type) : FHIR_NO_SLOT; }
