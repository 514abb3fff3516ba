/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Children of an element. Primitives have id and extension in their `_name` sibling.
 */
#include "model.h"

#include <pthread.h>

static struct model_types types;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_types(void) {
    types = (struct model_types){.boolean = fhir_type_find(STR("boolean")), .integer = fhir_type_find(STR("integer")),
        .decimal = fhir_type_find(STR("decimal")), .string = fhir_type_find(STR("string")), .date = fhir_type_find(STR("date")),
        .date_time = fhir_type_find(STR("dateTime")), .instant = fhir_type_find(STR("instant")), .time = fhir_type_find(STR("time")),
        .quantity = fhir_type_find(STR("Quantity")), .element = fhir_type_find(STR("Element")), .resource = fhir_type_find(STR("Resource")),
        .extension = fhir_type_find(STR("Extension")), .reference = fhir_type_find(STR("Reference")), .coding = fhir_type_find(STR("Coding")),
        .codeable_concept = fhir_type_find(STR("CodeableConcept")), .identifier = fhir_type_find(STR("Identifier"))};
}

const struct model_types *model_types(void) {
    pthread_once(&once, find_types);
    return &types;
}

/* A resource inside (contained, Bundle.entry.resource) tells its own type. */
static model_type real_type(model_type declared, const struct json *value) {
    return fhir_types[declared].kind == KIND_ABSTRACT && value ? fhir_type_of(value) : declared;
}

static void visit(model_type type, const struct json *value, const struct json *extra, model_visit *add, void *context) {
    if (value && value->kind == JSON_NULL) value = NULL;
    if (extra && extra->kind == JSON_NULL) extra = NULL;
    if (value || extra) add(context, real_type(type, value), value, extra);
}

static void visit_member(model_type type, const struct json *value, const struct json *extra, model_visit *add, void *context) {
    bool list = (value && value->kind == JSON_ARRAY) || (extra && extra->kind == JSON_ARRAY);
    if (!list) {
        visit(type, value, extra, add, context);
        return;
    }
    const struct json *v = value && value->kind == JSON_ARRAY ? value->first : NULL, *x = extra && extra->kind == JSON_ARRAY ? extra->first : NULL;
    for (; v || x; v = v ? v->next : NULL, x = x ? x->next : NULL) visit(type, v, x, add, context);
}

/* `_key` beside `key` */
static const struct json *sibling(const struct json *object, str key) {
    for (const struct json *m = object->first; m; m = m->next)
        if (m->key.len == key.len + 1 && m->key.at[0] == '_' && str_eq(str_slice(m->key, 1, m->key.len), key)) return m;
    return NULL;
}

static bool is_primitive(model_type t) { return fhir_types[t].kind == KIND_PRIMITIVE; }

static bool has_underscore(const struct json *object) {
    for (const struct json *m = object->first; m; m = m->next)
        if (m->key.len && m->key.at[0] == '_') return true;
    return false;
}

static void visit_element(const struct fhir_element *e, const struct json *object, model_visit *add, void *context) {
    str key = str_of(fhir_text(e->key));
    const struct json *value = json_get(object, key), *extra = NULL;
    if (is_primitive(e->type) && has_underscore(object)) extra = sibling(object, key);
    if (value || extra) visit_member(e->type, value, extra, add, context);
}

/* id and extension of a primitive live in its sibling */
static bool primitive_child(const struct json *extra, str name, model_visit *add, void *context) {
    const struct fhir_element *e = fhir_element_find(model_types()->element, name);
    if (!e) return false;
    if (extra && extra->kind == JSON_OBJECT) visit_element(e, extra, add, context);
    return true;
}

bool model_children(model_type type, const struct json *object, const struct json *extra, str name, model_visit *add, void *context) {
    if (is_primitive(type)) return primitive_child(extra, name, add, context);
    if (!object || object->kind != JSON_OBJECT) return false;
    const struct fhir_element *e = fhir_element_find(type, name);
    if (e && !(e->flags & ELEMENT_CHOICE)) {
        visit_element(e, object, add, context);
        return true;
    }
    const struct fhir_type_row *row = &fhir_types[type];
    bool known = false;
    for (size_t i = row->first; i < (size_t)row->first + row->count; i++) {
        e = &fhir_elements[i];
        if (!(e->flags & ELEMENT_CHOICE) || !str_is(name, fhir_text(e->name))) continue;
        known = true;
        visit_element(e, object, add, context);
    }
    return known;
}

bool model_elements(model_type type, str name, uint16_t *first, uint16_t *count) {
    const struct fhir_type_row *row = &fhir_types[type];
    *count = 0;
    for (size_t i = row->first; i < (size_t)row->first + row->count; i++) {
        if (!str_is(name, fhir_text(fhir_elements[i].name))) continue;
        if (*count && *first + *count != i) return false;
        if (!*count) *first = (uint16_t)i;
        ++*count;
    }
    return *count > 0;
}

/* valueQuantity of value: the rest of the key tells which */
static const struct fhir_element *choice_of(uint16_t first, uint16_t count, str key) {
    for (uint16_t i = first; i < first + count; i++)
        if (str_is(key, fhir_text(fhir_elements[i].key))) return &fhir_elements[i];
    return NULL;
}

void model_element_children(uint16_t first, uint16_t count, str name, const struct json *object, model_visit *add, void *context) {
    const struct fhir_element *e = &fhir_elements[first];
    const struct json *value = NULL, *extra = NULL;
    if (object->kind != JSON_OBJECT) return;
    if (e->flags & ELEMENT_CHOICE) {
        for (const struct json *m = object->first; m; m = m->next) {
            bool underscore = m->key.len && m->key.at[0] == '_';
            str key = underscore ? str_slice(m->key, 1, m->key.len) : m->key;
            if (!str_starts(key, name) || !(e = choice_of(first, count, key))) continue;
            if (!underscore || !json_get(object, key)) visit_element(e, object, add, context);
        }
        return;
    }
    for (const struct json *m = object->first; m; m = m->next) {
        if (m->key.len == name.len && memcmp(m->key.at, name.at, name.len) == 0) value = m;
        else if (m->key.len == name.len + 1 && m->key.at[0] == '_' && memcmp(m->key.at + 1, name.at, name.len) == 0) extra = m;
    }
    if (!is_primitive(e->type)) extra = NULL;
    if (value || extra) visit_member(e->type, value, extra, add, context);
}

void model_all_children(model_type type, const struct json *object, const struct json *extra, model_visit *add, void *context) {
    const struct json *from = is_primitive(type) ? extra : object;
    model_type owner = is_primitive(type) ? model_types()->element : type;
    if (!from || from->kind != JSON_OBJECT) return;
    bool siblings = has_underscore(from);
    const struct fhir_element *next = &fhir_elements[fhir_types[owner].first];
    for (const struct json *m = from->first; m; m = m->next) {
        bool underscore = m->key.len && m->key.at[0] == '_';
        str key = underscore ? str_slice(m->key, 1, m->key.len) : m->key;
        if (!key.len || (underscore && json_get(from, key))) continue; /* came with its value */
        const struct fhir_element *e = fhir_element_next(owner, key, next);
        if (!e || (underscore && !is_primitive(e->type))) continue;
        next = e + 1;
        if (underscore) visit_member(e->type, NULL, m, add, context);
        else visit_member(e->type, m, siblings && is_primitive(e->type) ? sibling(from, key) : NULL, add, context);
    }
}

bool model_child_type(model_type type, str name, model_type *out, bool *many) {
    model_type owner = is_primitive(type) ? model_types()->element : type;
    const struct fhir_type_row *row = &fhir_types[owner];
    unsigned found = 0;
    for (size_t i = row->first; i < (size_t)row->first + row->count; i++) {
        const struct fhir_element *e = &fhir_elements[i];
        if (!str_is(name, fhir_text(e->name))) continue;
        *out = found++ ? FHIR_TYPE_NONE : e->type;
        *many = e->flags & ELEMENT_MANY;
    }
    if (found && fhir_types[*out].kind == KIND_ABSTRACT) *out = FHIR_TYPE_NONE;
    return found > 0;
}
