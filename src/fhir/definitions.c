/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Look-ups in the generated table: two hash tables built once, (type, key) → element and name → type.
 */
#include "fhir.h"

#include <pthread.h>
#include <stdatomic.h>

static uint16_t *element_table; /* element + 1, 0 empty */
static size_t element_mask;
static struct { uint16_t *at; size_t len, cap; } *required; /* of each type */
static uint16_t *type_table;
static size_t type_mask;
static struct arena *tables; /* lives as long as the process */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic bool started;

static uint64_t element_hash(fhir_type t, str key) { return str_hash(key) ^ (t * 0x9E3779B97F4A7C15ull); }

static size_t table_size(size_t entries) {
    size_t n = 64;
    while (n < entries * 2) n *= 2;
    return n;
}

static void fill(uint16_t *table, size_t mask, uint64_t hash, size_t index) {
    size_t i = (hash ^ hash >> 29) & mask;
    while (table[i]) i = (i + 1) & mask;
    table[i] = (uint16_t)(index + 1);
}

static void note_required(fhir_type t) {
    const struct fhir_element *e = &fhir_elements[fhir_types[t].first];
    for (size_t i = 0; i < fhir_types[t].count; i++) {
        bool begins = !i || !(e[i].flags & ELEMENT_CHOICE) || e[i].name != e[i - 1].name;
        if (begins && e[i].min) VEC_PUSH(tables, &required[t], (uint16_t)i);
    }
}

static void build_tables(void) {
    tables = arena_new();
    element_mask = table_size(fhir_elements_count) - 1;
    element_table = ARENA_ARRAY(tables, uint16_t, element_mask + 1);
    type_mask = table_size(fhir_types_count) - 1;
    type_table = ARENA_ARRAY(tables, uint16_t, type_mask + 1);
    required = arena_zalloc(tables, fhir_types_count, sizeof *required);
    for (size_t t = 1; t < fhir_types_count; t++) {
        note_required((fhir_type)t);
        fill(type_table, type_mask, str_hash(str_of(fhir_text(fhir_types[t].name))), t);
        for (size_t e = fhir_types[t].first; e < (size_t)fhir_types[t].first + fhir_types[t].count; e++)
            fill(element_table, element_mask, element_hash((fhir_type)t, str_of(fhir_text(fhir_elements[e].key))), e);
    }
    atomic_store_explicit(&started, true, memory_order_release);
}

static inline void ready(void) {
    if (!atomic_load_explicit(&started, memory_order_acquire)) pthread_once(&once, build_tables);
}

const struct fhir_element *fhir_element_find(fhir_type t, str key) {
    ready();
    uint64_t hash = element_hash(t, key);
    const struct fhir_type_row *row = &fhir_types[t];
    for (size_t i = (hash ^ hash >> 29) & element_mask; element_table[i]; i = (i + 1) & element_mask) {
        size_t e = element_table[i] - 1u;
        if (e >= row->first && e < (size_t)row->first + row->count && str_is(key, fhir_text(fhir_elements[e].key))) return &fhir_elements[e];
    }
    return NULL;
}

static inline bool key_is(const struct fhir_element *e, str key) {
    const char *name = fhir_text(e->key);
    return name[0] == key.at[0] && strncmp(name, key.at, key.len) == 0 && !name[key.len];
}

const struct fhir_element *fhir_element_next(fhir_type t, str key, const struct fhir_element *from) {
    const struct fhir_type_row *row = fhir_type_row(t);
    const struct fhir_element *end = &fhir_elements[row->first] + row->count;
    for (size_t i = 0; i < 4 && from < end; i++, from++)
        if (key_is(from, key)) return from;
    return fhir_element_find(t, key);
}

const uint16_t *fhir_required(fhir_type t, size_t *count) {
    ready();
    *count = required[t].len;
    return required[t].at;
}

fhir_type fhir_type_find(str name) {
    ready();
    uint64_t hash = str_hash(name);
    for (size_t i = (hash ^ hash >> 29) & type_mask; type_table[i]; i = (i + 1) & type_mask) {
        size_t t = type_table[i] - 1u;
        if (str_is(name, fhir_text(fhir_types[t].name))) return (fhir_type)t;
    }
    return FHIR_TYPE_NONE;
}

fhir_type fhir_type_by_name(str name) {
    fhir_type t = fhir_type_find(name);
    return fhir_is_resource(t) ? t : FHIR_TYPE_NONE;
}

const char *fhir_type_name(fhir_type t) { return fhir_text(fhir_types[t].name); }

bool fhir_type_is(fhir_type t, fhir_type ancestor) {
    for (; t; t = fhir_types[t].parent)
        if (t == ancestor) return true;
    return false;
}

fhir_type fhir_type_of(const struct json *resource) {
    str name = JSON_TEXT(resource, "resourceType");
    return name.len ? fhir_type_by_name(name) : FHIR_TYPE_NONE;
}

/* First code of the set that is not less than `code`. */
static size_t first_code(const struct fhir_set *set, str code) {
    size_t low = set->first, high = (size_t)set->first + set->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (str_compare(str_of(fhir_text(fhir_codes[middle].code)), code) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool fhir_set_has(uint16_t number, str system, str code) {
    const struct fhir_set *set = &fhir_sets[number];
    if (!set->known) return true;
    for (size_t i = first_code(set, code); i < (size_t)set->first + set->count && str_is(code, fhir_text(fhir_codes[i].code)); i++)
        if (!system.len || str_is(system, fhir_text(fhir_codes[i].system))) return true;
    return false;
}
