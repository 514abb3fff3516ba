/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patient, Encounter, Observation, EpisodeOfCare, Appointment and Communication of a person → the tables of schema.sql.
 */
#include "programmes.h"
#include "record.h"

#include "base/vocabulary.h"
#include "people/people.h"

#include <stdlib.h>

extern const char schema_programmes[];

/* ---- one observation -------------------------------------------------------------------------------------------------- */

bool concept_has(const struct json *concept, const char *system, const char *code) {
    const struct json *codings = JSON_GET(concept, "coding");
    for (const struct json *c = codings ? codings->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "system"), system) && str_is(JSON_TEXT(c, "code"), code)) return true;
    return false;
}

/* LOINC; what LOINC has no code for is urn:tram:measure (docs/programmes.md). */
static const struct measure_code {
    const char *code;
    enum measure_kind kind;
    int detail; /* position of a length; kind of a sugar */
} codes[] = {{"29463-7", MEASURE_WEIGHT, 0},
             {"3141-9", MEASURE_WEIGHT, 0},
             {"8306-3", MEASURE_LENGTH, GROWTH_LYING},
             {"8308-9", MEASURE_LENGTH, GROWTH_STANDING},
             {"8302-2", MEASURE_LENGTH, GROWTH_POSITION_UNKNOWN},
             {"9843-4", MEASURE_HEAD, 0},
             {"8287-5", MEASURE_HEAD, 0},
             {"56072-2", MEASURE_ARM, 0},
             {"14771-0", MEASURE_SUGAR, SUGAR_FASTING},
             {"1558-6", MEASURE_SUGAR, SUGAR_FASTING},
             {"14743-9", MEASURE_SUGAR, SUGAR_RANDOM},
             {"14749-6", MEASURE_SUGAR, SUGAR_RANDOM},
             {"15074-8", MEASURE_SUGAR, SUGAR_RANDOM},
             {"41653-7", MEASURE_SUGAR, SUGAR_RANDOM},
             {"2339-0", MEASURE_SUGAR, SUGAR_RANDOM},
             {"2345-7", MEASURE_SUGAR, SUGAR_RANDOM},
             {"4548-4", MEASURE_SUGAR, SUGAR_HBA1C}};

static const struct measure_code *code_of(const struct json *observation) {
    const struct json *list = JSON_GET(JSON_GET(observation, "code"), "coding");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        for (size_t i = 0; str_is(JSON_TEXT(c, "system"), SYSTEM_LOINC) && i < sizeof codes / sizeof *codes; i++)
            if (str_is(JSON_TEXT(c, "code"), codes[i].code)) return &codes[i];
    return NULL;
}

/* UCUM; the written unit when a sender gives no code. */
static bool unit_factor(str unit, enum measure_kind kind, double *factor) {
    static const struct { const char *unit; bool weight; double factor; } units[] = {
        {"kg", true, 1}, {"g", true, 0.001}, {"cm", false, 1}, {"m", false, 100}, {"mm", false, 0.1}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (str_is(unit, units[i].unit) && units[i].weight == (kind == MEASURE_WEIGHT)) {
            *factor = units[i].factor;
            return true;
        }
    return false;
}

static bool read_sugar(str unit, int kind, struct measure *out) {
    out->sugar = (struct sugar){(enum sugar_kind)kind,
                                str_is(unit, "%")        ? SUGAR_PERCENT
                                : str_is(unit, "mmol/L") ? SUGAR_MMOL
                                                         : SUGAR_MG,
                                out->value};
    return (str_is(unit, "%") || str_is(unit, "mmol/L") || str_is(unit, "mg/dL")) && sugar_plausible(out->sugar);
}

static bool read_number(const struct json *o, const struct measure_code *c, struct measure *out) {
    static const double least[] = {[MEASURE_WEIGHT] = 0.3, [MEASURE_LENGTH] = 20, [MEASURE_HEAD] = 15, [MEASURE_ARM] = 4};
    static const double most[] = {[MEASURE_WEIGHT] = 300, [MEASURE_LENGTH] = 250, [MEASURE_HEAD] = 80, [MEASURE_ARM] = 80};
    const struct json *q = JSON_GET(o, "valueQuantity"), *value = JSON_GET(q, "value");
    str unit = JSON_TEXT(q, "code");
    double factor;
    if (!unit.len) unit = JSON_TEXT(q, "unit");
    if (!value || value->kind != JSON_NUMBER || !str_number(value->text, &out->value)) return false;
    out->kind = c->kind;
    out->digits = value->text;
    if (c->kind == MEASURE_SUGAR) return read_sugar(unit, c->detail, out);
    if (!unit_factor(unit, c->kind, &factor)) return false;
    out->value *= factor;
    out->position = (enum growth_position)c->detail;
    return out->value >= least[c->kind] && out->value <= most[c->kind];
}

bool measure_read(const struct json *o, struct measure *out) {
    str status = JSON_TEXT(o, "status"), when = JSON_TEXT(o, "effectiveDateTime");
    const struct measure_code *c = code_of(o);
    const struct json *oedema = JSON_GET(o, "valueBoolean");
    *out = (struct measure){.id = JSON_TEXT(o, "id"), .encounter = JSON_TEXT(JSON_GET(o, "encounter"), "reference")};
    if (str_is(status, "entered-in-error") || str_is(status, "cancelled")) return false;
    if (!when.len) when = JSON_TEXT(o, "effectiveInstant");
    if (!when.len) when = JSON_TEXT(JSON_GET(o, "effectivePeriod"), "start");
    out->day = care_day(when, &out->ms);
    if (out->day == DAY_NONE) return false;
    if (care_reading(o, &out->pressure)) {
        out->kind = MEASURE_PRESSURE;
        return true;
    }
    if (oedema && concept_has(JSON_GET(o, "code"), SYSTEM_MEASURE, "oedema")) {
        out->kind = MEASURE_OEDEMA;
        out->value = oedema->kind == JSON_TRUE;
        return true;
    }
    return c && read_number(o, c, out);
}

int measure_compare(const void *x, const void *y) {
    const struct measure *a = x, *b = y;
    if (a->ms != b->ms) return a->ms < b->ms ? -1 : 1;
    return str_compare(a->id, b->id);
}

/* ---- one visit ----------------------------------------------------------------------------------------------------------- */

int32_t encounter_day(const struct json *e, int64_t *ms) {
    static const char *const not_held[] = {"planned", "cancelled", "entered-in-error"};
    str status = JSON_TEXT(e, "status");
    for (size_t i = 0; i < 3; i++)
        if (str_is(status, not_held[i])) return DAY_NONE;
    return care_day(JSON_TEXT(JSON_GET(e, "period"), "start"), ms);
}

bool encounter_is_check_up(const struct json *e) {
    const struct json *types = JSON_GET(e, "type");
    for (const struct json *t = types ? types->first : NULL; t; t = t->next)
        if (concept_has(t, SYSTEM_VISIT, "check-up")) return true;
    return false;
}

/* ---- the person ------------------------------------------------------------------------------------------------------------ */

static void touch_patient(struct projection_job *job, const struct json *reference) {
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(reference, "reference"));
    if (r.kind == REFERENCE_LOCAL && r.type == FHIR_TYPE_PATIENT) projection_touch(job, r.type, r.id);
}

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    struct measure ignored;
    switch (type) {
    case FHIR_TYPE_PATIENT: projection_touch(job, type, id); break;
    case FHIR_TYPE_ENCOUNTER:
    case FHIR_TYPE_COMMUNICATION: touch_patient(job, JSON_GET(resource, "subject")); break;
    case FHIR_TYPE_OBSERVATION:
        if (measure_read(resource, &ignored)) touch_patient(job, JSON_GET(resource, "subject"));
        break;
    case FHIR_TYPE_EPISODE_OF_CARE: touch_patient(job, JSON_GET(resource, "patient")); break;
    case FHIR_TYPE_APPOINTMENT: {
        const struct json *list = JSON_GET(resource, "participant");
        for (const struct json *p = list ? list->first : NULL; p; p = p->next)
            touch_patient(job, JSON_GET(p, "actor"));
        break;
    }
    default: break;
    }
}

static void read_patient(struct projection_job *job, const struct json *p, struct record *r) {
    const struct json *list = JSON_GET(p, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), EXTENSION_RESIDENCE) && !r->place)
            r->place = projection_rid(job, JSON_TEXT(JSON_GET(e, "valueReference"), "reference"));
    r->id = projection_subject_id(job);
    r->birth = JSON_TEXT(p, "birthDate");
    r->sex = JSON_TEXT(p, "gender");
    if (!day_parse(r->birth, &r->born_on)) r->born_on = DAY_NONE;
    r->died = care_gone(p, DIED_UNKNOWN);
}

/* Resources of the person alone, without those that merely mention it. */
static err read_related(struct projection_job *job, fhir_type type, const char *member,
                        struct projection_resources *out) {
    struct projection_resources list = {0};
    TRY(projection_related(job, type, &list));
    for (size_t i = 0; i < list.len; i++)
        if (!member || projection_about(job, list.at[i], member))
            VEC_PUSH(projection_arena(job), out, list.at[i]);
    return OK_ERR;
}

static err read_record(struct projection_job *job, struct record *r) {
    struct projection_resources observations = {0};
    TRY(read_related(job, FHIR_TYPE_OBSERVATION, "subject", &observations));
    TRY(read_related(job, FHIR_TYPE_ENCOUNTER, "subject", &r->encounters));
    TRY(read_related(job, FHIR_TYPE_EPISODE_OF_CARE, "patient", &r->episodes));
    if (r->episodes.len) { /* only a programme has appointments and calls of ours */
        TRY(read_related(job, FHIR_TYPE_APPOINTMENT, NULL, &r->appointments));
        TRY(read_related(job, FHIR_TYPE_COMMUNICATION, "subject", &r->calls));
    }
    for (size_t i = 0; i < observations.len; i++) {
        struct measure m;
        if (measure_read(observations.at[i], &m)) VEC_PUSH(r->arena, &r->measures, m);
    }
    if (r->measures.len) qsort(r->measures.at, r->measures.len, sizeof *r->measures.at, measure_compare);
    return OK_ERR;
}

static err project(struct projection_job *job) {
    const struct json *patient = projection_resource(job);
    struct record r = {.arena = projection_arena(job)};
    if (!patient) return OK_ERR;
    read_patient(job, patient, &r);
    TRY(read_record(job, &r));
    record_programmes(job, &r);
    record_child(job, &r);
    record_check_up(job, &r);
    record_desk(job, &r);
    return OK_ERR;
}

/* ---- the desk and who saw whom --------------------------------------------------------------------------------------------- */

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

/* The code of urn:tram:visit among the reason's codings: the word of a sheet. */
static str visit_reason(const struct json *reason) {
    const struct json *list = JSON_GET(reason, "coding");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "system"), SYSTEM_VISIT)) return JSON_TEXT(c, "code");
    return STR_NONE;
}

static void emit_arrival(struct projection_job *job, const struct record *r, const struct json *e, int32_t day, int64_t ms) {
    static const char *const waiting[] = {"arrived", "triaged", "in-progress", "onleave"};
    str status = JSON_TEXT(e, "status");
    const struct json *reason = json_item(JSON_GET(e, "reasonCode"), 0);
    struct fhir_reference o = fhir_reference_parse(JSON_TEXT(JSON_GET(e, "serviceProvider"), "reference"));
    for (size_t i = 0; i < 4; i++) {
        if (!str_is(status, waiting[i])) continue;
        struct cell cells[] = {CELL_STR(JSON_TEXT(e, "id")), CELL_INT(r->place),
                               o.kind == REFERENCE_LOCAL ? CELL_STR(o.id) : CELL_NONE, CELL_INT(day), CELL_INT(ms),
                               CELL_STR(status), text_or_none(JSON_TEXT(reason, "text")), text_or_none(visit_reason(reason)),
                               text_or_none(JSON_TEXT(JSON_GET(json_item(JSON_GET(e, "participant"), 0), "individual"), "display"))};
        projection_emit(job, TABLE_ARRIVAL, cells);
    }
}

void record_desk(struct projection_job *job, const struct record *r) {
    struct seen_by { str practitioner; int32_t day; };
    struct { struct seen_by *at; size_t len, cap; } seen = {0};
    for (size_t i = 0; i < r->encounters.len; i++) {
        const struct json *e = r->encounters.at[i], *list = JSON_GET(e, "participant");
        int64_t ms = 0;
        int32_t day = encounter_day(e, &ms);
        if (day == DAY_NONE) continue;
        emit_arrival(job, r, e, day, ms);
        for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
            struct fhir_reference who = fhir_reference_parse(JSON_TEXT(JSON_GET(p, "individual"), "reference"));
            size_t k = 0;
            if (who.kind != REFERENCE_LOCAL || who.type != FHIR_TYPE_PRACTITIONER) continue;
            while (k < seen.len && !str_eq(seen.at[k].practitioner, who.id)) k++;
            if (k == seen.len) VEC_PUSH(r->arena, &seen, (struct seen_by){who.id, day});
            if (day > seen.at[k].day) seen.at[k].day = day;
        }
    }
    for (size_t k = 0; k < seen.len && r->died == DAY_NONE; k++) {
        struct cell cells[] = {CELL_STR(seen.at[k].practitioner), CELL_INT(r->place), CELL_INT(-seen.at[k].day)};
        projection_emit(job, TABLE_SEEN, cells);
    }
}

/* ---- the room ---------------------------------------------------------------------------------------------------------------- */

static const char *const programme_columns[] = {
    "programme", "place",     "enrolled_on", "enrolled_month", "care_until", "reading_until", "severity",
    "last_visit", "last_day", "systolic",    "diastolic",      "sugar",      "sugar_kind",    "sugar_unit",
    "due_on",    "call_on",   "called_on",   "called",         "month_outcome", "quarter_outcome"};
static const char *const interval_columns[] = {"programme", "basis", "from_day", "until_day",
                                               "place",     "state", "counted",  "at_target"};
static const char *const child_columns[] = {"place",  "born_on", "five_on",  "last_day", "next_on",  "weight",
                                            "length", "signs",   "z_length", "z_weight", "z_weight_for_length"};
static const char *const check_up_columns[] = {"place", "due_on", "until_day", "last_day", "grp"};
static const char *const arrival_columns[] = {"encounter", "place", "organization", "day", "arrived", "status", "reason", "reason_code", "taken_by"};
static const char *const seen_columns[] = {"practitioner", "place", "newest"};
#define TABLE(n, list) {.name = n, .columns = list, .column_count = sizeof(list) / sizeof *(list)}
static const struct projection_table tables[] = {
    [TABLE_PROGRAMME] = TABLE("programme", programme_columns), [TABLE_INTERVAL] = TABLE("programme_interval", interval_columns),
    [TABLE_CHILD] = TABLE("child", child_columns),             [TABLE_CHECK_UP] = TABLE("check_up", check_up_columns),
    [TABLE_ARRIVAL] = TABLE("arrival", arrival_columns),       [TABLE_SEEN] = TABLE("seen", seen_columns),
};
static const char *const cohort_keys[] = {"programme", "enrolled_month", "place", "month_outcome", "quarter_outcome"};
static const struct projection_total totals[] = {
    {.name = "programme_cohort", .of = TABLE_PROGRAMME, .keys = cohort_keys, .key_count = 5}};
static const struct projection programmes_projection = {.name = "programmes",
                                                        .version = 3, /* 2: who moved away is gone; 3: what for and who took them at the desk */
                                                        .subject_type = FHIR_TYPE_PATIENT,
                                                        .tables = tables,
                                                        .table_count = sizeof tables / sizeof *tables,
                                                        .totals = totals,
                                                        .total_count = 1,
                                                        .touches = touches,
                                                        .project = project};
static const struct projection *const projections[] = {&programmes_projection};
const struct store_room programmes_room = {
    .name = "programmes", .schema = schema_programmes, .projections = projections, .projection_count = 1};
