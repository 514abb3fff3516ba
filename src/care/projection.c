/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Encounter, Observation, EpisodeOfCare and Appointment of a person → visit, blood_pressure_month, hypertension. One
 * pass over the person's current resources; the rules are in blood_pressure.c.
 */
#include "care.h"

#include "base/vocabulary.h"
#include "store/projection.h"

#include <stdlib.h>

extern const char schema_care[];

enum { TABLE_VISIT, TABLE_MONTH, TABLE_HYPERTENSION };

/* ---- reading resources
 * ------------------------------------------------------------------------------------------------ */

int32_t care_day(str date_time, int64_t *ms) {
    struct date_time d;
    int64_t from, to;
    if (!date_time.len || !date_parse(date_time, false, &d)) return DAY_NONE;
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    if (ms) *ms = from;
    return instant_day(from, VIETNAM_OFFSET_MINUTES);
}

static bool has_code(const struct json *concept, const char *system, const char *code) {
    const struct json *codings = JSON_GET(concept, "coding");
    for (const struct json *c = codings ? codings->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "system"), system) && str_is(JSON_TEXT(c, "code"), code)) return true;
    return false;
}

static bool is_blood_pressure(const struct json *o) {
    const struct json *code = JSON_GET(o, "code");
    return has_code(code, SYSTEM_LOINC, "85354-9") || has_code(code, SYSTEM_LOINC, "55284-4");
}

/* Whole mmHg of a component, 0 when absent, in another unit or no number. */
static int component(const struct json *o, const char *code) {
    const struct json *list = JSON_GET(o, "component");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        if (!has_code(JSON_GET(c, "code"), SYSTEM_LOINC, code)) continue;
        const struct json *q = JSON_GET(c, "valueQuantity"), *value = JSON_GET(q, "value");
        str unit = JSON_TEXT(q, "code");
        if (!value || value->kind != JSON_NUMBER || value->text.len > 12 || (unit.len && !str_is(unit, "mm[Hg]")))
            return 0;
        char digits[16];
        memcpy(digits, value->text.at, value->text.len);
        digits[value->text.len] = 0;
        double v = strtod(digits, NULL);
        return v > 0 && v < 10000 ? (int)(v + 0.5) : 0;
    }
    return 0;
}

bool care_reading(const struct json *o, struct reading *out) {
    str status = JSON_TEXT(o, "status");
    if (!is_blood_pressure(o) || str_is(status, "entered-in-error") || str_is(status, "cancelled")) return false;
    *out = (struct reading){component(o, "8480-6"), component(o, "8462-4")};
    return reading_plausible(*out);
}

static const struct json *extension_reference(const struct json *resource, const char *url) {
    const struct json *list = JSON_GET(resource, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return JSON_GET(e, "valueReference");
    return NULL;
}

/* ---- which persons a resource touches
 * ------------------------------------------------------------------------------------ */

static void touch_patient(struct projection_job *job, str reference) {
    struct fhir_reference r = fhir_reference_parse(reference);
    if (r.kind == REFERENCE_LOCAL && r.type == FHIR_TYPE_PATIENT) projection_touch(job, r.type, r.id);
}

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    switch (type) {
    case FHIR_TYPE_PATIENT: projection_touch(job, type, id); break;
    case FHIR_TYPE_ENCOUNTER: touch_patient(job, JSON_TEXT(JSON_GET(resource, "subject"), "reference")); break;
    case FHIR_TYPE_OBSERVATION:
        if (is_blood_pressure(resource)) touch_patient(job, JSON_TEXT(JSON_GET(resource, "subject"), "reference"));
        break;
    case FHIR_TYPE_EPISODE_OF_CARE: touch_patient(job, JSON_TEXT(JSON_GET(resource, "patient"), "reference")); break;
    case FHIR_TYPE_APPOINTMENT: {
        const struct json *list = JSON_GET(resource, "participant");
        for (const struct json *p = list ? list->first : NULL; p; p = p->next)
            touch_patient(job, JSON_TEXT(JSON_GET(p, "actor"), "reference"));
        break;
    }
    default: break;
    }
}

/* ---- what is known of the person
 * ----------------------------------------------------------------------------------------- */

struct measured {
    int64_t ms;
    int32_t day;
    int month;
    str id, encounter;
    struct reading reading;
};
struct known {
    struct hypertension_facts facts;
    struct {
        struct measured *at;
        size_t len, cap;
    } readings; /* oldest first */
    str episode, organization;
    int64_t visits;
    int64_t place;
};

static int compare_measured(const void *x, const void *y) {
    const struct measured *a = x, *b = y;
    if (a->ms != b->ms) return a->ms < b->ms ? -1 : 1;
    return str_compare(a->id, b->id);
}

static err read_observations(struct projection_job *job, struct known *k) {
    struct projection_resources list = {0};
    TRY(projection_related(job, FHIR_TYPE_OBSERVATION, &list));
    for (size_t i = 0; i < list.len; i++) {
        struct measured m = {.id = JSON_TEXT(list.at[i], "id"),
                             .encounter = JSON_TEXT(JSON_GET(list.at[i], "encounter"), "reference")};
        if (!projection_about(job, list.at[i], "subject") ||
            !care_reading(list.at[i], &m.reading))
            continue;
        str when = JSON_TEXT(list.at[i], "effectiveDateTime");
        if (!when.len) when = JSON_TEXT(list.at[i], "effectiveInstant");
        if (!when.len) when = JSON_TEXT(JSON_GET(list.at[i], "effectivePeriod"), "start");
        m.day = care_day(when, &m.ms);
        if (m.day == DAY_NONE) continue;
        int year, month, day;
        day_to_civil(m.day, &year, &month, &day);
        m.month = year * 12 + month - 1;
        VEC_PUSH(projection_arena(job), &k->readings, m);
    }
    if (!k->readings.len) return OK_ERR;
    qsort(k->readings.at, k->readings.len, sizeof *k->readings.at, compare_measured);
    const struct measured *last = &k->readings.at[k->readings.len - 1];
    k->facts.last_reading = last->day;
    k->facts.reading = last->reading;
    return OK_ERR;
}

static err read_encounters(struct projection_job *job, struct known *k) {
    static const char *const not_held[] = {"planned", "cancelled", "entered-in-error"};
    struct projection_resources list = {0};
    int64_t latest = INT64_MIN;
    TRY(projection_related(job, FHIR_TYPE_ENCOUNTER, &list));
    for (size_t i = 0; i < list.len; i++) {
        str status = JSON_TEXT(list.at[i], "status");
        bool held = projection_about(job, list.at[i], "subject");
        for (size_t s = 0; s < 3; s++) held = held && !str_is(status, not_held[s]);
        int64_t ms = 0;
        int32_t day = held ? care_day(JSON_TEXT(JSON_GET(list.at[i], "period"), "start"), &ms) : DAY_NONE;
        if (day == DAY_NONE) continue;
        k->visits++;
        if (ms < latest) continue; /* ties: the greater id, the list is ordered by it */
        latest = ms;
        k->facts.last_visit = day;
        struct fhir_reference o = fhir_reference_parse(JSON_TEXT(JSON_GET(list.at[i], "serviceProvider"), "reference"));
        k->organization = o.kind == REFERENCE_LOCAL ? o.id : STR_NONE;
    }
    return OK_ERR;
}

/* The programme's episode that began last (ties: greater id) decides. */
static err read_episodes(struct projection_job *job, struct known *k) {
    struct projection_resources list = {0};
    TRY(projection_related(job, FHIR_TYPE_EPISODE_OF_CARE, &list));
    for (size_t i = 0; i < list.len; i++) {
        const struct json *e = list.at[i], *types = JSON_GET(e, "type");
        str status = JSON_TEXT(e, "status"), id = JSON_TEXT(e, "id");
        bool ours = false;
        for (const struct json *t = types ? types->first : NULL; t; t = t->next)
            ours = ours || has_code(t, SYSTEM_PROGRAMME, "hypertension");
        if (!ours || !projection_about(job, e, "patient")) continue;
        if (!str_is(status, "active") && !str_is(status, "onhold") && !str_is(status, "finished")) continue;
        int32_t start = care_day(JSON_TEXT(JSON_GET(e, "period"), "start"), NULL);
        if (start == DAY_NONE) continue;
        if (k->facts.enrolled != DAY_NONE &&
            (start < k->facts.enrolled || (start == k->facts.enrolled && str_compare(id, k->episode) < 0)))
            continue;
        k->facts.enrolled = start;
        k->facts.ended = DAY_NONE;
        k->episode = id;
        if (!str_is(status, "finished")) continue;
        int32_t end = care_day(JSON_TEXT(JSON_GET(e, "period"), "end"), NULL);
        k->facts.ended = end == DAY_NONE || end < start ? start : end;
    }
    return OK_ERR;
}

static err read_appointments(struct projection_job *job, struct known *k) {
    struct projection_resources list = {0};
    TRY(projection_related(job, FHIR_TYPE_APPOINTMENT, &list));
    int32_t seen = k->facts.last_visit > k->facts.last_reading ? k->facts.last_visit : k->facts.last_reading;
    for (size_t i = 0; i < list.len; i++) {
        str status = JSON_TEXT(list.at[i], "status");
        int32_t day = care_day(JSON_TEXT(list.at[i], "start"), NULL);
        if ((!str_is(status, "booked") && !str_is(status, "pending")) || day == DAY_NONE || day <= seen) continue;
        if (k->facts.booked == DAY_NONE || day < k->facts.booked) k->facts.booked = day;
    }
    return OK_ERR;
}

int32_t care_gone(const struct json *patient, int32_t unknown) {
    const struct json *list = JSON_GET(patient, "extension"), *dead = JSON_GET(patient, "deceasedBoolean");
    int32_t died = care_day(JSON_TEXT(patient, "deceasedDateTime"), NULL), moved = DAY_NONE;
    if (died == DAY_NONE && dead && dead->kind == JSON_TRUE) died = unknown;
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), EXTENSION_MOVED_AWAY)) moved = care_day(JSON_TEXT(e, "valueDate"), NULL);
    return died == DAY_NONE || (moved != DAY_NONE && moved < died) ? moved : died;
}

static void read_patient(struct projection_job *job, const struct json *p, struct known *k) {
    const struct json *residence = extension_reference(p, EXTENSION_RESIDENCE);
    k->place = residence ? projection_rid(job, JSON_TEXT(residence, "reference")) : 0;
    k->facts.died = care_gone(p, k->facts.enrolled);
}

/* ---- rows
 * -------------------------------------------------------------------------------------------------------------- */

static struct cell day_cell(int32_t day) { return day == DAY_NONE ? CELL_NONE : CELL_INT(day); }
static struct cell text_cell(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

/* A reading begins a visit unless an earlier one of the same encounter, or of the same day when both have none, is
 * there. */
static bool begins_visit(const struct known *k, size_t i) {
    const struct measured *m = &k->readings.at[i];
    for (size_t j = i; j-- > 0 && k->readings.at[j].month == m->month;) {
        const struct measured *e = &k->readings.at[j];
        if (m->encounter.len ? str_eq(e->encounter, m->encounter) : !e->encounter.len && e->day == m->day) return false;
    }
    return true;
}

static void emit_months(struct projection_job *job, const struct known *k) {
    for (size_t i = 0; i < k->readings.len;) {
        int month = k->readings.at[i].month;
        int64_t visits = 0, last_visits = 0;
        int32_t last_day = DAY_NONE;
        size_t j = i;
        for (; j < k->readings.len && k->readings.at[j].month == month; j++) {
            if (k->readings.at[j].day != last_day) last_visits = 0;
            last_day = k->readings.at[j].day;
            if (!begins_visit(k, j)) continue;
            visits++;
            last_visits++;
        }
        const struct measured *last = &k->readings.at[j - 1];
        struct cell cells[] = {CELL_INT(month),
                               CELL_INT(k->place),
                               CELL_INT(visits),
                               CELL_INT(last_day),
                               CELL_INT(last_visits),
                               CELL_INT(last->reading.systolic),
                               CELL_INT(last->reading.diastolic),
                               CELL_INT(reading_controlled(last->reading))};
        projection_emit(job, TABLE_MONTH, cells);
        i = j;
    }
}

static void emit_hypertension(struct projection_job *job, const struct known *k) {
    if (k->facts.enrolled == DAY_NONE && !k->readings.len) return;
    struct hypertension_days d = hypertension_days(&k->facts);
    bool read = k->readings.len > 0;
    const struct measured *last = read ? &k->readings.at[k->readings.len - 1] : NULL;
    struct cell cells[] = {CELL_INT(k->place),
                           day_cell(d.enrolled_on),
                           day_cell(d.counted_from),
                           day_cell(d.care_until),
                           day_cell(d.reading_until),
                           day_cell(d.controlled_until),
                           day_cell(d.due_on),
                           day_cell(k->facts.last_reading),
                           read ? CELL_INT(last->reading.systolic) : CELL_NONE,
                           read ? CELL_INT(last->reading.diastolic) : CELL_NONE,
                           read ? text_cell(last->id) : CELL_NONE,
                           text_cell(k->episode)};
    projection_emit(job, TABLE_HYPERTENSION, cells);
}

static err project(struct projection_job *job) {
    const struct json *patient = projection_resource(job);
    if (!patient) return OK_ERR;
    struct known k = {.facts = {DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, {0, 0}, DAY_NONE}};
    TRY(read_observations(job, &k));
    TRY(read_encounters(job, &k));
    TRY(read_episodes(job, &k));
    TRY(read_appointments(job, &k));
    read_patient(job, patient, &k);
    if (k.visits) {
        struct cell cells[] = {CELL_INT(k.facts.last_visit), CELL_INT(k.visits), text_cell(k.organization)};
        projection_emit(job, TABLE_VISIT, cells);
    }
    emit_months(job, &k);
    emit_hypertension(job, &k);
    return OK_ERR;
}

static const char *const visit_columns[] = {"last_day", "visits", "organization"};
static const char *const month_columns[] = {"month",       "place",    "visits",    "last_day",
                                            "last_visits", "systolic", "diastolic", "controlled"};
static const char *const hypertension_columns[] = {"place",         "enrolled_on",      "counted_from", "care_until",
                                                   "reading_until", "controlled_until", "due_on",       "last_day",
                                                   "systolic",      "diastolic",        "observation",  "episode"};
#define COUNT(list) (sizeof(list) / sizeof *(list))
static const struct projection_table tables[] = {
    [TABLE_VISIT] = {.name = "visit", .columns = visit_columns, .column_count = COUNT(visit_columns)},
    [TABLE_MONTH] = {.name = "blood_pressure_month", .columns = month_columns, .column_count = COUNT(month_columns)},
    [TABLE_HYPERTENSION] = {.name = "hypertension",
                            .columns = hypertension_columns,
                            .column_count = COUNT(hypertension_columns)},
};
static const char *const total_keys[] = {"month", "place"}, *const total_sums[] = {"visits", "controlled"};
static const struct projection_total totals[] = {{.name = "blood_pressure_total",
                                                  .of = TABLE_MONTH,
                                                  .keys = total_keys,
                                                  .key_count = 2,
                                                  .sums = total_sums,
                                                  .sum_count = 2}};
static const struct projection care_projection = {.name = "hypertension",
                                                  .version = 2, /* 2: who moved away is gone */
                                                  .subject_type = FHIR_TYPE_PATIENT,
                                                  .tables = tables,
                                                  .table_count = COUNT(tables),
                                                  .totals = totals,
                                                  .total_count = 1,
                                                  .touches = touches,
                                                  .project = project};
static const struct projection *const projections[] = {&care_projection};
const struct store_room care_room = {
    .name = "care", .schema = schema_care, .projections = projections, .projection_count = 1};
