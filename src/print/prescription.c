/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/visit/{id} and /api/print/prescription/{id}: what was prescribed in a visit, one paper for each
 * prescription code (docs/prescribing.md: RequestGroup and MedicationRequests of one groupIdentifier). Medicines
 * without a code are printed as a draft.
 */
#include "print_int.h"

#include "base/vocabulary.h"
#include "forms/prescription.h"
#include "prescribing/rules.h"

enum { MEDICINES_MOST = 60, PRESCRIPTIONS_MOST = 6, CHILD_MONTHS = 72 };

struct visit { /* what the papers of one visit share */
    struct request *r;
    struct reader *reader;
    struct subject subject;
    struct form_frame frame;
    str encounter, revisit;
    int32_t day;
    struct resources medicines, heads;
};

static str code_of(const struct json *resource) {
    const struct json *group = JSON_GET(resource, "groupIdentifier");
    return str_is(JSON_TEXT(group, "system"), SYSTEM_PRESCRIPTION) ? JSON_TEXT(group, "value") : STR_NONE;
}

static const struct json *head_of(const struct visit *v, str code) {
    for (size_t i = 0; code.len && i < v->heads.len; i++)
        if (str_eq(code_of(v->heads.at[i]), code)) return v->heads.at[i];
    return NULL;
}

/* ---- one medicine ---- */

/* As the law wants it written: "05 viên", narcotics in words. */
static str quantity_text(struct arena *a, const struct json *quantity, char kind) {
    const struct json *value = JSON_GET(quantity, "value");
    str unit = JSON_TEXT(quantity, "unit");
    int64_t count;
    if (!value) return unit;
    str written = str_int64(value->text, &count) ? quantity_write(a, count, kind) : print_decimal(a, value, true);
    return str_format(a, "%.*s %.*s", STR_ARG(written), STR_ARG(unit));
}

/* c, n, h or t: the form by its code. */
static char kind_of(str code) { return code.len ? code.at[code.len - 1] : 'c'; }

static struct prescription_medicine medicine_of(struct arena *a, const struct json *request) {
    const struct json *dosage = json_item(JSON_GET(request, "dosageInstruction"), 0);
    str usage = JSON_TEXT(dosage, "text"), more = JSON_TEXT(dosage, "patientInstruction");
    if (more.len) usage = str_format(a, "%.*s%s%.*s", STR_ARG(usage), usage.len ? ". " : "", STR_ARG(more));
    return (struct prescription_medicine){
        .name = print_concept(JSON_GET(request, "medicationCodeableConcept")),
        .usage = usage,
        .quantity =
            quantity_text(a, JSON_GET(JSON_GET(request, "dispenseRequest"), "quantity"), kind_of(code_of(request)))};
}

static int days_of(const struct json *request) {
    const struct json *d = JSON_GET(JSON_GET(request, "dispenseRequest"), "expectedSupplyDuration"),
                      *value = JSON_GET(d, "value");
    int64_t days;
    return value && str_is(JSON_TEXT(d, "code"), "d") && str_int64(value->text, &days) && days > 0 && days < 1000
               ? (int)days
               : 0;
}

/* ---- diagnoses: of the prescription, of the visit, else what the person is under treatment for ---- */

static err diagnoses_of(const struct visit *v, const struct json *head, const struct json *medicine,
                        struct texts *out) {
    struct arena *a = v->r->arena;
    *out = (struct texts){0};
    print_concepts(a, JSON_GET(head, "reasonCode"), out);
    if (!out->len) print_concepts(a, JSON_GET(medicine, "reasonCode"), out);
    return out->len ? OK_ERR : print_diagnoses(v->r, v->reader, NULL, v->subject.person.id, v->encounter, v->day, out);
}

/* ---- one prescription ---- */

static str brought_by(const struct json *head) {
    const struct json *list = JSON_GET(head, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), "urn:tram:brought-by")) return JSON_TEXT(e, "valueString");
    return STR_NONE;
}

/* The code of what this one replaces, by the head or by a medicine. */
static str replaced_code(const struct visit *v, const struct json *head, const struct json *medicine) {
    const struct json *before, *reference = json_item(JSON_GET(head, "replaces"), 0);
    fhir_type type = FHIR_TYPE_REQUEST_GROUP;
    if (!reference) reference = JSON_GET(medicine, "priorPrescription"), type = FHIR_TYPE_MEDICATION_REQUEST;
    str id = print_reference(reference, type);
    str code = id.len && !print_get(v->r, v->reader, type, id, &before).code ? code_of(before) : STR_NONE;
    prescription_code_shown(&code);
    return code;
}

/* Medicines of `code` into the form, in the order of the head's actions where there is one. */
static void add_medicines(const struct visit *v, struct prescription_form *form, const struct json *head, str code) {
    struct arena *a = v->r->arena;
    struct prescription_medicine *list = ARENA_ARRAY(a, struct prescription_medicine, v->medicines.len);
    bool *taken = ARENA_ARRAY(a, bool, v->medicines.len + 1);
    const struct json *actions = JSON_GET(head, "action");
    for (const struct json *action = actions ? actions->first : NULL; action; action = action->next) {
        str id = print_reference(JSON_GET(action, "resource"), FHIR_TYPE_MEDICATION_REQUEST);
        for (size_t i = 0; i < v->medicines.len; i++)
            if (!taken[i] && str_eq(JSON_TEXT(v->medicines.at[i], "id"), id) && (taken[i] = true))
                list[form->medicine_count++] = medicine_of(a, v->medicines.at[i]);
    }
    for (size_t i = 0; i < v->medicines.len; i++) {
        if (taken[i] || !str_eq(code_of(v->medicines.at[i]), code)) continue;
        list[form->medicine_count++] = medicine_of(a, v->medicines.at[i]);
    }
    form->medicines = list;
}

static err form_of(const struct visit *v, const struct json *medicine, struct prescription_form *form) {
    struct arena *a = v->r->arena;
    str code = code_of(medicine), shown = code;
    const struct json *head = head_of(v, code), *author = JSON_GET(head, "author");
    struct texts diagnoses;
    char kind = kind_of(code);
    bool provisional = prescription_code_shown(&shown);
    *form =
        (struct prescription_form){.frame = v->frame,
                                   .who = v->subject.form,
                                   .code = shown,
                                   .provisional = provisional,
                                   .revisit = v->revisit,
                                   .days = days_of(medicine),
                                   .kind = kind == 'n'   ? PRESCRIPTION_NARCOTIC
                                           : kind == 'h' ? PRESCRIPTION_PSYCHOTROPIC
                                                         : PRESCRIPTION_ORDINARY,
                                   .advice = JSON_TEXT(json_item(JSON_GET(head ? head : medicine, "note"), 0), "text"),
                                   .replaces = replaced_code(v, head, medicine)};
    add_medicines(v, form, head, code);
    TRY(diagnoses_of(v, head, medicine, &diagnoses));
    form->diagnoses = diagnoses.at;
    form->diagnosis_count = diagnoses.len;
    bool child = v->subject.months >= 0 && v->subject.months < CHILD_MONTHS;
    str by = brought_by(head);
    if (child) form->who.guardian = by.len ? by : STR(PAPER_DOTS);
    TRY(print_practitioner(v->reader, a, author ? author : JSON_GET(medicine, "requester"), v->frame.vietnamese,
                           &form->prescriber.name, &form->prescriber.title));
    if (!form->prescriber.title.len) form->prescriber.title = form_say(&v->frame, "Người kê đơn", "Prescriber");
    return OK_ERR;
}

/* ---- the visit ---- */

/* "11,2 kg (05/02/2026)": the last weight of a child up to the day. */
static err add_weight(struct visit *v) {
    struct arena *a = v->r->arena;
    struct resources found;
    if (v->subject.months < 0 || v->subject.months >= CHILD_MONTHS) return OK_ERR;
    TRY(print_find(
        v->r, v->reader, NULL, FHIR_TYPE_OBSERVATION,
        str_format(a, "patient=Patient/%.*s&code=http://loinc.org%%7C29463-7", STR_ARG(v->subject.person.id)), 20,
        &found));
    v->subject.form.weight = STR("………");
    for (size_t i = 0; i < found.len; i++) { /* newest first */
        int32_t day = print_day(JSON_TEXT(found.at[i], "effectiveDateTime"));
        const struct json *quantity = JSON_GET(found.at[i], "valueQuantity");
        if (day == DAY_NONE || day > v->day || !JSON_GET(quantity, "value")) continue;
        v->subject.form.weight = str_format(a, "%.*s %.*s (%.*s)",
                                            STR_ARG(print_decimal(a, JSON_GET(quantity, "value"), v->frame.vietnamese)),
                                            STR_ARG(JSON_TEXT(quantity, "unit")), STR_ARG(form_day(a, day)));
        break;
    }
    return OK_ERR;
}

/* The first booked appointment after the visit. */
static err add_revisit(struct visit *v) {
    struct arena *a = v->r->arena;
    struct resources found;
    int32_t first = DAY_NONE;
    TRY(print_find(v->r, v->reader, NULL, FHIR_TYPE_APPOINTMENT,
                   str_format(a, "patient=Patient/%.*s&status=booked", STR_ARG(v->subject.person.id)), 50, &found));
    for (size_t i = 0; i < found.len; i++) {
        int32_t day = print_day(JSON_TEXT(found.at[i], "start"));
        if (day > v->day && (first == DAY_NONE || day < first)) first = day;
    }
    v->revisit = form_day(a, first);
    return OK_ERR;
}

static err read_visit(struct request *r, str id, struct visit *v) {
    const struct json *encounter;
    *v = (struct visit){.r = r, .encounter = id};
    TRY(request_reader(r, &v->reader));
    TRY(print_get(r, v->reader, FHIR_TYPE_ENCOUNTER, v->encounter, &encounter));
    v->day = print_day(JSON_TEXT(JSON_GET(encounter, "period"), "start"));
    str person = print_reference(JSON_GET(encounter, "subject"), FHIR_TYPE_PATIENT);
    TRY(print_subject(r, &v->reader, person, v->day == DAY_NONE ? day_today() : v->day, &v->subject));
    TRY(print_frame(r, v->reader, print_reference(JSON_GET(encounter, "serviceProvider"), FHIR_TYPE_ORGANIZATION),
                    v->day, &v->frame));
    v->frame.synthetic = v->subject.person.synthetic;
    str query = str_format(r->arena, "encounter=Encounter/%.*s", STR_ARG(v->encounter));
    TRY(print_find(r, v->reader, NULL, FHIR_TYPE_MEDICATION_REQUEST, query, MEDICINES_MOST, &v->medicines));
    TRY(print_find(r, v->reader, NULL, FHIR_TYPE_REQUEST_GROUP, query, MEDICINES_MOST, &v->heads));
    TRY(add_weight(v));
    return add_revisit(v);
}

/* What was cancelled (replaced by another) is not printed, unless it is asked for by its code. */
static bool wanted(const struct json *medicine, str code) {
    if (code.len) return str_eq(code_of(medicine), code);
    return !str_is(JSON_TEXT(medicine, "status"), "cancelled");
}

/* The papers of one visit: all, or that of a code. */
static err print_papers(struct request *r, str encounter, str only) {
    struct visit v;
    struct prescription_form forms[PRESCRIPTIONS_MOST];
    str codes[PRESCRIPTIONS_MOST];
    size_t count = 0;
    TRY(read_visit(r, encounter, &v));
    for (size_t i = 0; i < v.medicines.len && count < PRESCRIPTIONS_MOST; i++) {
        str code = code_of(v.medicines.at[i]);
        bool known = !wanted(v.medicines.at[i], only);
        for (size_t k = 0; k < count; k++) known |= str_eq(codes[k], code);
        if (known) continue;
        codes[count] = code;
        TRY(form_of(&v, v.medicines.at[i], &forms[count++]));
    }
    if (!count) return err_make(r->arena, ERR_NOT_FOUND, "MedicationRequest", "nothing was prescribed in this visit");
    return request_pdf(r, prescription_paper(r->arena, forms, count),
                       v.frame.vietnamese ? "don-thuoc" : "prescription");
}

err print_visit(struct request *r) { return print_papers(r, r->parameters[0], request_query(r, "code")); }

err print_prescription(struct request *r) {
    struct reader *reader;
    const struct json *head;
    TRY(request_reader(r, &reader));
    TRY(print_get(r, reader, FHIR_TYPE_REQUEST_GROUP, r->parameters[0], &head));
    str visit = print_reference(JSON_GET(head, "encounter"), FHIR_TYPE_ENCOUNTER), code = code_of(head);
    if (!visit.len || !code.len)
        return err_make(r->arena, ERR_NOT_FOUND, "RequestGroup", "this is no prescription: it has no visit or no code");
    return print_papers(r, visit, code);
}
