/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything that happened to one person, newest first: the current resources of the compartment as short lines.
 */
#include "routes_int.h"

#include "base/map.h"

#include <stdlib.h>

enum { TIMELINE_DEFAULT = 100, TIMELINE_MAX = 500 };

struct event {
    int64_t ms;
    int32_t day;
    const char *kind;
    fhir_type type;
    str id, text, code, dose, organization, encounter;
    bool measured;
    struct reading reading;
};
struct events {
    struct event *at;
    size_t len, cap;
};

static str concept_text(const struct json *concept) {
    const struct json *coding = json_item(JSON_GET(concept, "coding"), 0);
    str text = JSON_TEXT(concept, "text");
    if (!text.len) text = JSON_TEXT(coding, "display");
    return text.len ? text : JSON_TEXT(coding, "code");
}

static str local_id(const struct json *reference, fhir_type type) {
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(reference, "reference"));
    return r.kind == REFERENCE_LOCAL && r.type == type ? r.id : STR_NONE;
}

static void read_observation(const struct json *j, struct event *e, struct arena *a) {
    e->encounter = local_id(JSON_GET(j, "encounter"), FHIR_TYPE_ENCOUNTER);
    e->measured = care_reading(j, &e->reading);
    e->kind = e->measured ? "blood-pressure" : "measurement";
    if (e->measured) return;
    const struct json *q = JSON_GET(j, "valueQuantity"), *value = JSON_GET(q, "value");
    str name = concept_text(JSON_GET(j, "code"));
    e->text = value
                  ? str_format(a, "%.*s %.*s %.*s", STR_ARG(name), STR_ARG(value->text), STR_ARG(JSON_TEXT(q, "unit")))
                  : name;
}

/* Fills the event of a resource; false when it does not belong into the timeline. */
static bool read_event(fhir_type type, const struct json *j, struct event *e, struct arena *a) {
    str status = JSON_TEXT(j, "status");
    if (str_is(status, "entered-in-error") || str_is(status, "cancelled") || str_is(status, "planned")) return false;
    str when = STR_NONE;
    switch (type) {
    case FHIR_TYPE_ENCOUNTER:
        e->kind = "visit";
        e->organization = local_id(JSON_GET(j, "serviceProvider"), FHIR_TYPE_ORGANIZATION);
        e->text = concept_text(json_item(JSON_GET(j, "reasonCode"), 0));
        when = JSON_TEXT(JSON_GET(j, "period"), "start");
        break;
    case FHIR_TYPE_OBSERVATION:
        read_observation(j, e, a);
        when = JSON_TEXT(j, "effectiveDateTime");
        if (!when.len) when = JSON_TEXT(JSON_GET(j, "effectivePeriod"), "start");
        break;
    case FHIR_TYPE_MEDICATION_REQUEST:
        e->kind = "medicine";
        e->encounter = local_id(JSON_GET(j, "encounter"), FHIR_TYPE_ENCOUNTER);
        e->text = concept_text(JSON_GET(j, "medicationCodeableConcept"));
        e->dose = JSON_TEXT(json_item(JSON_GET(j, "dosageInstruction"), 0), "text");
        when = JSON_TEXT(j, "authoredOn");
        break;
    case FHIR_TYPE_CONDITION:
        e->kind = "diagnosis";
        e->text = concept_text(JSON_GET(j, "code"));
        e->code = JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "code"), "coding"), 0), "code");
        when = JSON_TEXT(j, "recordedDate");
        if (!when.len) when = JSON_TEXT(j, "onsetDateTime");
        break;
    case FHIR_TYPE_EPISODE_OF_CARE:
        e->kind = "enrolled";
        e->text = concept_text(json_item(JSON_GET(j, "type"), 0));
        e->organization = local_id(JSON_GET(j, "managingOrganization"), FHIR_TYPE_ORGANIZATION);
        when = JSON_TEXT(JSON_GET(j, "period"), "start");
        break;
    case FHIR_TYPE_IMMUNIZATION:
        e->kind = "immunization";
        e->text = concept_text(JSON_GET(j, "vaccineCode"));
        when = JSON_TEXT(j, "occurrenceDateTime");
        break;
    default: return false;
    }
    e->day = care_day(when, &e->ms);
    return e->day != DAY_NONE;
}

/* Newest first; of one instant in the order of kinds, then by id. */
static int compare_events(const void *x, const void *y) {
    const struct event *a = x, *b = y;
    if (a->day != b->day) return a->day < b->day ? 1 : -1;
    int c = strcmp(a->kind, b->kind);
    if (c) return c;
    if (a->ms != b->ms) return a->ms < b->ms ? 1 : -1;
    return str_compare(a->id, b->id);
}

/* A visit that has an event of its own is not told twice; its place goes to that event. */
static bool told_already(const struct events *all, const struct event *visit) {
    bool told = false;
    for (size_t i = 0; i < all->len; i++) {
        struct event *e = &all->at[i];
        if (e == visit || !str_eq(e->encounter, visit->id)) continue;
        if (!e->organization.len) e->organization = visit->organization;
        told = true;
    }
    return told;
}

static str organization_name(struct reader *reader, struct arena *a, str id, struct map *names) {
    struct str *known = map_get(names, id);
    if (known) return *known;
    struct str *name = ARENA_NEW(a, struct str);
    struct version v;
    struct json *tree;
    if (!reader_get(reader, a, FHIR_TYPE_ORGANIZATION, id, &v).code && !json_parse(a, v.body, &tree).code)
        *name = JSON_TEXT(tree, "name");
    map_put(names, id, name);
    return *name;
}

static void write_event(struct buf *out, struct reader *reader, struct arena *a, const struct event *e,
                        struct map *names) {
    buf_addc(out, '{');
    add_day(out, "day", e->day);
    add_text(out, "kind", str_of(e->kind));
    add_text(out, "resource", str_format(a, "%s/%.*s", fhir_type_name(e->type), STR_ARG(e->id)));
    if (e->measured) {
        add_number(out, "systolic", e->reading.systolic);
        add_number(out, "diastolic", e->reading.diastolic);
        add_number(out, "grade", reading_grade(e->reading));
    } else {
        add_text(out, "text", e->text);
    }
    if (e->code.len) add_text(out, "code", e->code);
    if (e->dose.len) add_text(out, "dose", e->dose);
    if (e->organization.len) add_text(out, "place", organization_name(reader, a, e->organization, names));
    buf_addc(out, '}');
}

err care_timeline(struct request *r) {
    static const fhir_type types[] = {FHIR_TYPE_ENCOUNTER, FHIR_TYPE_OBSERVATION,     FHIR_TYPE_MEDICATION_REQUEST,
                                      FHIR_TYPE_CONDITION, FHIR_TYPE_EPISODE_OF_CARE, FHIR_TYPE_IMMUNIZATION};
    struct reader *reader;
    struct person p;
    int64_t limit = TIMELINE_DEFAULT;
    str text = request_query(r, "limit");
    if (text.len && (!str_int64(text, &limit) || limit < 1 || limit > TIMELINE_MAX))
        return err_make(r->arena, ERR_INVALID, "limit", "limit is 1 to %d", TIMELINE_MAX);
    TRY(care_subject(r, &reader, &p));
    struct events all = {0};
    bool more = false;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        struct care_resources list;
        TRY(care_resources(reader, r->arena, &r->session->access, p.rid, types[t], (size_t)limit + 1, &list));
        more = more || list.len > (size_t)limit;
        for (size_t i = 0; i < list.len; i++) {
            struct event e = {.type = types[t], .id = list.at[i].version.id};
            if (read_event(types[t], list.at[i].json, &e, r->arena)) VEC_PUSH(r->arena, &all, e);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].type == FHIR_TYPE_ENCOUNTER && told_already(&all, &all.at[i])) all.at[i].kind = NULL;
    for (size_t i = 0; i < all.len; i++)
        if (all.at[i].kind) all.at[kept++] = all.at[i];
    if (kept) qsort(all.at, kept, sizeof *all.at, compare_events);
    struct map names = map_new(r->arena);
    more = more || kept > (size_t)limit;
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    buf_addf(&r->out, ",\"more\":%s,\"events\":[", more ? "true" : "false");
    for (size_t i = 0; i < kept && i < (size_t)limit; i++) {
        if (i) buf_addc(&r->out, ',');
        write_event(&r->out, reader, r->arena, &all.at[i], &names);
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}
