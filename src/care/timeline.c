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

/* What becomes an event: its kind, where its words stand, and its day (the first that is there; "a.b" is a member of one). */
static const struct told {
    fhir_type type;
    const char *kind, *concept, *days[3];
    bool only_asked; /* not unless `kinds` names it */
} told[] = {
    {FHIR_TYPE_ENCOUNTER, "visit", "reasonCode", {"period.start"}, false},
    {FHIR_TYPE_OBSERVATION, "measurement", "code", {"effectiveDateTime", "effectiveInstant", "effectivePeriod.start"}, false},
    {FHIR_TYPE_MEDICATION_REQUEST, "medicine", "medicationCodeableConcept", {"authoredOn"}, false},
    {FHIR_TYPE_MEDICATION_DISPENSE, "dispense", "medicationCodeableConcept", {"whenHandedOver", "whenPrepared"}, false},
    {FHIR_TYPE_CONDITION, "diagnosis", "code", {"recordedDate", "onsetDateTime"}, false},
    {FHIR_TYPE_ALLERGY_INTOLERANCE, "allergy", "code", {"recordedDate", "onsetDateTime"}, false},
    {FHIR_TYPE_EPISODE_OF_CARE, "enrolled", "type", {"period.start"}, false},
    {FHIR_TYPE_IMMUNIZATION, "immunization", "vaccineCode", {"occurrenceDateTime"}, false},
    {FHIR_TYPE_PROCEDURE, "procedure", "code", {"performedDateTime", "performedPeriod.start"}, false},
    {FHIR_TYPE_DIAGNOSTIC_REPORT, "result", "code", {"effectiveDateTime", "effectivePeriod.start", "issued"}, false},
    {FHIR_TYPE_SERVICE_REQUEST, "order", "code", {"authoredOn", "occurrenceDateTime"}, false},
    {FHIR_TYPE_COMPOSITION, "document", "type", {"date"}, false},
    {FHIR_TYPE_DOCUMENT_REFERENCE, "document", "type", {"date"}, false},
    {FHIR_TYPE_QUESTIONNAIRE_RESPONSE, "other", "", {"authored"}, false},
    {FHIR_TYPE_CARE_PLAN, "other", "category", {"created", "period.start"}, false},
    {FHIR_TYPE_COMMUNICATION, "other", "reasonCode", {"sent", "received"}, false},
    {FHIR_TYPE_APPOINTMENT, "appointment", "serviceType", {"start"}, true}, /* days to come: the banner tells the next */
};
enum { TOLD = sizeof told / sizeof *told };

static void read_observation(const struct json *j, struct event *e, struct arena *a) {
    e->measured = care_reading(j, &e->reading);
    if (e->measured) {
        e->kind = "blood-pressure";
        return;
    }
    const struct json *q = JSON_GET(j, "valueQuantity"), *value = JSON_GET(q, "value");
    if (value)
        e->text = str_format(a, "%.*s %.*s %.*s", STR_ARG(e->text), STR_ARG(value->text), STR_ARG(JSON_TEXT(q, "unit")));
}

static str day_text(const struct json *j, const char *member) {
    str path = str_of(member), first;
    const struct json *at = j;
    while (str_split(&path, '.', &first)) {
        if (path.at == NULL) return json_text(at, first);
        at = json_get(at, first);
    }
    return STR_NONE;
}

/* A concept, or the first of a list of them. */
static str words_of(const struct json *j, const char *member) {
    const struct json *concept = json_get(j, str_of(member));
    return concept_text(concept && concept->kind == JSON_ARRAY ? json_item(concept, 0) : concept);
}

/* Fills the event of a resource; false when it does not belong into the timeline. */
static bool read_event(const struct told *t, const struct json *j, struct event *e, struct arena *a) {
    static const char *const places[] = {"serviceProvider", "managingOrganization"};
    static const char *const untold[] = {"entered-in-error", "cancelled", "planned", "draft", "fulfilled"};
    str status = JSON_TEXT(j, "status"), when = STR_NONE;
    const struct json *verified = json_item(JSON_GET(JSON_GET(j, "verificationStatus"), "coding"), 0);
    for (size_t i = 0; i < sizeof untold / sizeof *untold; i++)
        if (str_is(status, untold[i])) return false;
    if (str_is(JSON_TEXT(verified, "code"), "entered-in-error")) return false;
    e->type = t->type;
    e->kind = t->kind;
    e->text = words_of(j, t->concept);
    if (!e->text.len) e->text = JSON_TEXT(j, "title");
    e->encounter = local_id(JSON_GET(j, "encounter"), FHIR_TYPE_ENCOUNTER);
    for (size_t i = 0; i < 2 && !e->organization.len; i++)
        e->organization = local_id(json_get(j, str_of(places[i])), FHIR_TYPE_ORGANIZATION);
    for (size_t i = 0; i < 3 && t->days[i] && !when.len; i++) when = day_text(j, t->days[i]);
    if (t->type == FHIR_TYPE_OBSERVATION) read_observation(j, e, a);
    if (t->type == FHIR_TYPE_CONDITION) e->code = JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "code"), "coding"), 0), "code");
    if (t->type == FHIR_TYPE_MEDICATION_REQUEST) e->dose = JSON_TEXT(json_item(JSON_GET(j, "dosageInstruction"), 0), "text");
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
    bool found = false;
    for (size_t i = 0; i < all->len; i++) {
        struct event *e = &all->at[i];
        if (e == visit || !str_eq(e->encounter, visit->id)) continue;
        if (!e->organization.len) e->organization = visit->organization;
        found = true;
    }
    return found;
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

/* ---- one page ---------------------------------------------------------------------------------------------------- */

struct page {
    int64_t limit;
    int32_t before;  /* events of earlier days only; INT32_MAX: the newest */
    str kinds;       /* with commas, or empty: all but those that are only told when asked for */
    int32_t floor;   /* of kinds that were cut off: what is not after this day may be incomplete; DAY_NONE: nothing was */
    struct events all;
};

static bool wanted(const struct page *p, const char *kind) {
    str list = p->kinds, one;
    while (str_split(&list, ',', &one))
        if (str_is(one, kind)) return true;
    return false;
}

static bool reads(const struct page *p, const struct told *t) {
    if (!p->kinds.len) return !t->only_asked;
    return wanted(p, t->kind) || (t->type == FHIR_TYPE_OBSERVATION && wanted(p, "blood-pressure"));
}

static err read_kind(struct request *r, struct reader *reader, int64_t patient, const struct told *t, struct page *p) {
    struct care_resources list;
    /* a clinical date is in minutes; the day begins at 00:00 of +07:00 */
    int64_t until = p->before == INT32_MAX ? INT64_MAX : p->before * 1440LL - VIETNAM_OFFSET_MINUTES;
    TRY(care_resources_before(reader, r->arena, &r->session->access, (struct care_range){patient, t->type, until, (size_t)p->limit + 1}, &list));
    for (size_t i = 0; i < list.len; i++) {
        struct event e = {.id = list.at[i].version.id};
        if (!read_event(t, list.at[i].json, &e, r->arena)) continue;
        if (list.len > (size_t)p->limit && i + 1 == list.len && e.day > p->floor) p->floor = e.day;
        if (e.day < p->before && (!p->kinds.len || wanted(p, e.kind))) VEC_PUSH(r->arena, &p->all, e);
    }
    return OK_ERR;
}

/* How many of the sorted events are told: `limit`, and what else happened on the day of the last of them. */
static size_t cut(const struct page *p, size_t count) {
    size_t n = 0;
    while (n < count && p->all.at[n].day > p->floor &&
           (n < (size_t)p->limit || p->all.at[n].day == p->all.at[n - 1].day))
        n++;
    return n;
}

static size_t without_told_visits(struct events *all) {
    size_t kept = 0;
    for (size_t i = 0; i < all->len; i++)
        if (all->at[i].type == FHIR_TYPE_ENCOUNTER && told_already(all, &all->at[i])) all->at[i].kind = NULL;
    for (size_t i = 0; i < all->len; i++)
        if (all->at[i].kind) all->at[kept++] = all->at[i];
    if (kept) qsort(all->at, kept, sizeof *all->at, compare_events);
    return kept;
}

static err read_page(struct request *r, struct page *p) {
    str limit = request_query(r, "limit"), before = request_query(r, "before");
    *p = (struct page){.limit = TIMELINE_DEFAULT, .before = INT32_MAX, .kinds = request_query(r, "kinds"), .floor = DAY_NONE};
    if (limit.len && (!str_int64(limit, &p->limit) || p->limit < 1 || p->limit > TIMELINE_MAX))
        return err_make(r->arena, ERR_INVALID, "limit", "limit is 1 to %d", TIMELINE_MAX);
    if (before.len && !day_parse(before, &p->before)) return err_make(r->arena, ERR_INVALID, "before", "before is a day, YYYY-MM-DD");
    return OK_ERR;
}

err care_timeline(struct request *r) {
    struct reader *reader;
    struct person p;
    struct page page;
    TRY(read_page(r, &page));
    TRY(care_subject(r, &reader, &p));
    for (size_t t = 0; t < TOLD; t++)
        if (reads(&page, &told[t])) TRY(read_kind(r, reader, p.rid, &told[t], &page));
    size_t kept = without_told_visits(&page.all), shown = cut(&page, kept);
    bool more = shown < kept || page.floor != DAY_NONE;
    struct map names = map_new(r->arena);
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    add_bool(&r->out, "more", more);
    add_day(&r->out, "next", !more ? DAY_NONE : shown ? page.all.at[shown - 1].day : page.floor);
    buf_addz(&r->out, ",\"events\":[");
    for (size_t i = 0; i < shown; i++) {
        if (i) buf_addc(&r->out, ',');
        write_event(&r->out, reader, r->arena, &page.all.at[i], &names);
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}
