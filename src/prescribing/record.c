/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prescriptions out of JSON and out of the record.
 */
#include "record.h"

#include "base/vocabulary.h"

enum { RECORD_MOST = 200, LINES_MOST = 60, TEXT_MOST = 400 };

int32_t record_day(str date_time) {
    struct date_time d;
    int64_t from, to;
    if (!date_time.len || !date_parse(date_time, false, &d)) return DAY_NONE;
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    return instant_day(from, VIETNAM_OFFSET_MINUTES);
}

str record_code(const struct json *concept, const char *system) {
    const struct json *list = JSON_GET(concept, "coding");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "system"), system)) return JSON_TEXT(c, "code");
    return STR_NONE;
}

str record_id(const struct json *reference, fhir_type type) {
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(reference, "reference"));
    return r.kind == REFERENCE_LOCAL && r.type == type ? r.id : STR_NONE;
}

struct rational record_number(const struct json *value) {
    bool read = value && (value->kind == JSON_NUMBER || value->kind == JSON_STRING);
    return read ? rational_read(value->text) : RATIONAL_NONE;
}

str record_prescription(const struct json *resource) {
    const struct json *group = JSON_GET(resource, "groupIdentifier");
    return str_is(JSON_TEXT(group, "system"), SYSTEM_PRESCRIPTION) ? JSON_TEXT(group, "value") : STR_NONE;
}

void record_birth(const struct json *patient, struct prescription *p) {
    str birth = JSON_TEXT(patient, "birthDate");
    p->birth = record_day(birth);
    p->birth_exact = birth.len == strlen("2026-11-28");
}

/* ---- medicines -------------------------------------------------------------------------------------------------------- */

static void fill_from_catalogue(const struct prescribing_tables *t, struct arena *a, struct prescription_line *l) {
    const struct medicine *m = medicine_find(t, l->medicine);
    if (!m) return;
    if (!l->text.len) l->text = medicine_text(a, m);
    if (!l->unit.len) l->unit = m->unit;
    if (!l->dose_unit.len) l->dose_unit = m->dose_unit;
    l->atc = m->atc;
    l->content = m->content;
}

void record_line(const struct prescribing_tables *t, struct arena *a, const struct json *request, struct prescription_line *out) {
    const struct json *what = JSON_GET(request, "medicationCodeableConcept"), *supply = JSON_GET(request, "dispenseRequest");
    const struct json *dosage = json_item(JSON_GET(request, "dosageInstruction"), 0);
    const struct json *repeat = JSON_GET(JSON_GET(dosage, "timing"), "repeat");
    const struct json *dose = JSON_GET(json_item(JSON_GET(dosage, "doseAndRate"), 0), "doseQuantity");
    *out = (struct prescription_line){.medicine = record_code(what, SYSTEM_MEDICINE), .text = JSON_TEXT(what, "text"),
                                      .atc = record_code(what, SYSTEM_ATC), .dose_unit = JSON_TEXT(dose, "unit"),
                                      .unit = JSON_TEXT(JSON_GET(supply, "quantity"), "unit"), .content = RATIONAL_NONE};
    fill_from_catalogue(t, a, out);
    out->dose = record_number(JSON_GET(dose, "value"));
    out->quantity = record_number(JSON_GET(JSON_GET(supply, "quantity"), "value"));
    if (str_is(JSON_TEXT(repeat, "periodUnit"), "d"))
        out->times = rational_divide(record_number(JSON_GET(repeat, "frequency")), record_number(JSON_GET(repeat, "period")));
    const struct json *duration = JSON_GET(supply, "expectedSupplyDuration");
    if (str_is(JSON_TEXT(duration, "code"), "d")) out->days = rational_ceiling(record_number(JSON_GET(duration, "value")));
}

void record_reasons(struct arena *a, const struct json *request, struct prescription *p) {
    const struct json *list = JSON_GET(request, "reasonCode");
    for (const struct json *reason = list ? list->first : NULL; reason; reason = reason->next)
        VEC_PUSH(a, &p->diagnoses, (struct diagnosis){record_code(reason, SYSTEM_ICD10), JSON_TEXT(reason, "text")});
}

void record_weight(const struct json *o, struct prescription *p) {
    str status = JSON_TEXT(o, "status");
    if (!str_is(record_code(JSON_GET(o, "code"), SYSTEM_LOINC), "29463-7") || str_is(status, "entered-in-error") || str_is(status, "cancelled")) return;
    const struct json *quantity = JSON_GET(o, "valueQuantity");
    struct rational kg = record_number(JSON_GET(quantity, "value"));
    int32_t day = record_day(JSON_TEXT(o, "effectiveDateTime"));
    str unit = JSON_TEXT(quantity, "code");
    if (str_is(unit, "g")) kg = rational_divide(kg, rational_of(1000, 1));
    if (!rational_is(kg) || day == DAY_NONE || (p->weighed != DAY_NONE && day < p->weighed)) return;
    p->weight = kg;
    p->weighed = day;
}

/* ---- of a person ------------------------------------------------------------------------------------------------------ */

err record_of(const struct record_eyes *e, fhir_type type, str patient, const char *query, struct record_list *out) {
    static const struct access all = {.everything = true};
    struct arena *a = e->arena;
    struct search_options options = {.access = e->who ? e->who : &all};
    struct search_result found;
    TRY(search_run(e->reader, a, type, str_format(a, "patient=Patient/%.*s&_count=%d%s", STR_ARG(patient), RECORD_MOST, query), &options, &found));
    *out = (struct record_list){0};
    for (size_t i = 0; i < found.hit_count; i++) {
        struct json *tree;
        if (found.hits[i].mode != HIT_MATCH) continue;
        TRY(json_parse(a, found.hits[i].version.body, &tree));
        VEC_PUSH(a, out, tree);
    }
    return OK_ERR;
}

/* The same, and whether it is all there is. */
static err record_seen(const struct record_eyes *e, fhir_type type, str patient, const char *query, struct record_list *out, bool *whole) {
    struct record_eyes everybody = {e->reader, e->arena, NULL};
    struct record_list all;
    TRY(record_of(e, type, patient, query, out));
    if (!e->who || !e->who->hidden) return OK_ERR;
    TRY(record_of(&everybody, type, patient, query, &all));
    *whole &= all.len == out->len;
    return OK_ERR;
}

err record_last_weight(const struct record_eyes *e, str patient, struct prescription *p) {
    struct record_list list;
    TRY(record_of(e, FHIR_TYPE_OBSERVATION, patient, "&code=http://loinc.org%7C29463-7", &list));
    for (size_t i = 0; i < list.len; i++) record_weight(list.at[i], p);
    return OK_ERR;
}

/* A statement that there is none: SNOMED CT 716186003 or 409137002, or our words for it. */
static bool says_none(const struct json *code) {
    str snomed = record_code(code, "http://snomed.info/sct");
    return str_is(snomed, "716186003") || str_is(snomed, "409137002") || str_is(record_code(code, "urn:tram:allergy"), "none-known");
}

static err read_allergies(const struct record_eyes *e, str patient, struct person_medicines *out) {
    struct arena *a = e->arena;
    struct record_list list;
    TRY(record_seen(e, FHIR_TYPE_ALLERGY_INTOLERANCE, patient, "", &list, &out->known));
    for (size_t i = 0; i < list.len; i++) {
        const struct json *code = JSON_GET(list.at[i], "code"), *first = json_item(JSON_GET(code, "coding"), 0);
        str clinical = JSON_TEXT(json_item(JSON_GET(JSON_GET(list.at[i], "clinicalStatus"), "coding"), 0), "code");
        str verified = JSON_TEXT(json_item(JSON_GET(JSON_GET(list.at[i], "verificationStatus"), "coding"), 0), "code");
        if (str_is(clinical, "resolved") || str_is(verified, "refuted") || str_is(verified, "entered-in-error")) continue;
        str text = JSON_TEXT(code, "text");
        if (!text.len) text = JSON_TEXT(first, "display");
        VEC_PUSH(a, &out->allergies, (struct allergy){text, record_code(code, SYSTEM_ATC), says_none(code)});
    }
    return OK_ERR;
}

err record_medicines(const struct record_eyes *e, str patient, int32_t on, str without, struct person_medicines *out) {
    struct arena *a = e->arena;
    struct record_list list;
    const struct prescribing_tables *t;
    *out = (struct person_medicines){.known = true};
    TRY(prescribing_tables_on(e->reader, a, on, &t));
    TRY(read_allergies(e, patient, out));
    TRY(record_seen(e, FHIR_TYPE_MEDICATION_REQUEST, patient, "&status=active,completed", &list, &out->known));
    for (size_t i = 0; i < list.len; i++) {
        struct prescription_line l;
        str group = record_prescription(list.at[i]);
        int32_t day = record_day(JSON_TEXT(list.at[i], "authoredOn"));
        record_line(t, a, list.at[i], &l);
        bool over = day == DAY_NONE || day > on || (l.days > 0 && day + l.days <= on) || (l.days <= 0 && day + 30 <= on);
        if (over || (without.len && str_eq(group, without))) continue;
        VEC_PUSH(a, &out->current, (struct current_medicine){l.text.len ? l.text : l.atc, l.atc, l.days > 0 ? day + (int32_t)l.days : DAY_NONE});
    }
    return OK_ERR;
}

/* ---- what the sheet sends ----------------------------------------------------------------------------------------------- */

static err too_long(struct arena *a, str s, const char *at) {
    return s.len > TEXT_MOST ? err_make(a, ERR_INVALID, at, "longer than %d characters", TEXT_MOST) : OK_ERR;
}

/* Whole days; more than fits is a great number, so that the rule says "too many". */
static int64_t read_days(const struct json *value) {
    struct rational r = record_number(value);
    return rational_is(r) && r.d == 1 ? r.n : 0;
}

static err read_check_line(const struct prescribing_tables *t, struct arena *a, const struct json *node, struct prescription *p) {
    struct prescription_line l = {.medicine = JSON_TEXT(node, "medicine"), .text = str_trim(JSON_TEXT(node, "text")), .atc = JSON_TEXT(node, "atc"),
                                  .dose = record_number(JSON_GET(node, "dose")), .times = record_number(JSON_GET(node, "times")),
                                  .days = read_days(JSON_GET(node, "days")), .quantity = record_number(JSON_GET(node, "quantity")),
                                  .unit = JSON_TEXT(node, "unit"), .dose_unit = JSON_TEXT(node, "doseUnit"),
                                  .content = record_number(JSON_GET(node, "content"))};
    TRY(too_long(a, l.text, "lines.text"));
    TRY(too_long(a, l.unit, "lines.unit"));
    fill_from_catalogue(t, a, &l);
    VEC_PUSH(a, &p->lines, l);
    return OK_ERR;
}

err record_check_body(const struct prescribing_tables *t, struct arena *a, const struct json *body, int32_t today, struct check_body *in) {
    const struct json *lines = JSON_GET(body, "lines"), *diagnoses = JSON_GET(body, "diagnoses"), *weight = JSON_GET(body, "weight");
    str kind = JSON_TEXT(body, "kind"), on = JSON_TEXT(body, "on");
    struct prescription *out = &in->prescription;
    *in = (struct check_body){.patient = JSON_TEXT(body, "patient"), .replaces = JSON_TEXT(body, "replaces")};
    *out = (struct prescription){.kind = kind.len == 1 ? kind.at[0] : kind.len ? '?' : FORM_ORDINARY, .on = today, .birth = DAY_NONE, .weighed = DAY_NONE,
                                 .weight = RATIONAL_NONE, .guardian = JSON_TEXT(body, "guardian")};
    if (!body || body->kind != JSON_OBJECT) return err_make(a, ERR_INVALID, NULL, "expected an object");
    if (on.len && !day_parse(on, &out->on)) return err_make(a, ERR_INVALID, "on", "expected a day, YYYY-MM-DD");
    if (lines && (lines->kind != JSON_ARRAY || lines->count > LINES_MOST)) return err_make(a, ERR_INVALID, "lines", "expected a list of at most %d", LINES_MOST);
    if (diagnoses && (diagnoses->kind != JSON_ARRAY || diagnoses->count > LINES_MOST))
        return err_make(a, ERR_INVALID, "diagnoses", "expected a list of at most %d", LINES_MOST);
    TRY(too_long(a, out->guardian, "guardian"));
    for (const struct json *d = diagnoses ? diagnoses->first : NULL; d; d = d->next)
        VEC_PUSH(a, &out->diagnoses, (struct diagnosis){JSON_TEXT(d, "code"), str_trim(JSON_TEXT(d, "text"))});
    for (const struct json *l = lines ? lines->first : NULL; l; l = l->next) TRY(read_check_line(t, a, l, out));
    if (JSON_TEXT(weight, "on").len) {
        out->weight = record_number(JSON_GET(weight, "kg"));
        out->weighed = record_day(JSON_TEXT(weight, "on"));
    }
    return OK_ERR;
}
