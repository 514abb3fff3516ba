/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location, OrganizationAffiliation, HealthcareService → the state of a place before any decision.
 */
#include "founding.h"

#include "base/vocabulary.h"

#include <stdlib.h>

/* Code of the first coding of that system in a list of CodeableConcepts. */
static str coded(const struct json *concepts, const char *system) {
    for (const struct json *t = concepts ? concepts->first : NULL; t; t = t->next) {
        const struct json *codings = JSON_GET(t, "coding");
        for (const struct json *c = codings ? codings->first : NULL; c; c = c->next)
            if (str_is(JSON_TEXT(c, "system"), system)) return JSON_TEXT(c, "code");
    }
    return STR_NONE;
}

bool resource_tagged(const struct json *resource, const char *code) {
    const struct json *tags = JSON_GET(JSON_GET(resource, "meta"), "tag");
    for (const struct json *t = tags ? tags->first : NULL; t; t = t->next)
        if (str_is(JSON_TEXT(t, "system"), SYSTEM_TAG) && str_is(JSON_TEXT(t, "code"), code)) return true;
    return false;
}

static str id_of(str reference) {
    size_t slash = str_find(reference, '/');
    return slash < reference.len ? str_slice(reference, slash + 1, reference.len) : reference;
}

static const struct json *extension(const struct json *of, const char *url) {
    const struct json *list = JSON_GET(of, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return e;
    return NULL;
}

static void read_capacity(const struct json *location, struct place_state *s) {
    const struct json *list = JSON_GET(extension(location, EXTENSION_CAPACITY), "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next) {
        const struct json *v = JSON_GET(e, "valueInteger");
        enum holding h = holding_of(JSON_TEXT(e, "url"));
        if (v && h != HOLDING_COUNT && !str_int64(v->text, &s->holdings[h])) s->holdings[h] = -1;
    }
}

static void read_location(struct arena *a, const struct json *l, struct network_founding *out) {
    struct place_state *s = &out->state;
    const struct json *position = JSON_GET(l, "position"), *latitude = JSON_GET(position, "latitude"),
                      *longitude = JSON_GET(position, "longitude");
    const struct json *population = JSON_GET(extension(l, EXTENSION_POPULATION), "valueUnsignedInt");
    s->exists = !extension(l, EXTENSION_BEGUN_BY);
    s->suspended = str_is(JSON_TEXT(l, "status"), "suspended");
    s->assumed = resource_tagged(l, "assumed");
    s->kind = place_kind_of(coded(JSON_GET(l, "type"), SYSTEM_PLACE_KIND));
    s->name = JSON_TEXT(l, "name");
    s->code = JSON_TEXT(json_item(JSON_GET(l, "identifier"), 0), "value");
    s->parent = id_of(JSON_TEXT(JSON_GET(l, "partOf"), "reference"));
    if (latitude && longitude && latitude->kind == JSON_NUMBER && longitude->kind == JSON_NUMBER) {
        s->has_position = true;
        s->latitude = strtod(str_z(a, latitude->text), NULL);
        s->longitude = strtod(str_z(a, longitude->text), NULL);
    }
    read_capacity(l, s);
    if (population && !str_int64(population->text, &out->population)) out->population = -1;
}

static void read_affiliation(const struct json *r, struct place_state *s) {
    str organization = id_of(JSON_TEXT(JSON_GET(r, "organization"), "reference"));
    const struct json *codes = JSON_GET(r, "code");
    for (const struct json *c = codes ? codes->first : NULL; c; c = c->next) {
        const struct json *codings = JSON_GET(c, "coding");
        for (const struct json *k = codings ? codings->first : NULL; k; k = k->next) {
            enum hierarchy h =
                str_is(JSON_TEXT(k, "system"), SYSTEM_HIERARCHY) ? hierarchy_of(JSON_TEXT(k, "code")) : HIERARCHY_COUNT;
            if (h != HIERARCHY_COUNT) s->above[h] = organization;
        }
    }
}

void place_founding(struct arena *a, const struct founding_resources *in, struct network_founding *out) {
    struct buf services = buf_new(a);
    *out = (struct network_founding){.population = -1};
    for (int h = 0; h < HOLDING_COUNT; h++) out->state.holdings[h] = -1;
    if (!in->location) return;
    out->id = JSON_TEXT(in->location, "id");
    read_location(a, in->location, out);
    for (size_t i = 0; i < in->affiliation_count; i++) read_affiliation(in->affiliations[i], &out->state);
    for (size_t i = 0; i < in->service_count; i++) {
        str code = coded(JSON_GET(in->services[i], "type"), SYSTEM_SERVICE);
        if (!code.len) continue;
        if (services.len) buf_addc(&services, ' ');
        buf_add(&services, code);
    }
    out->state.services = buf_str(&services);
}
