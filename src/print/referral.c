/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/referral/{id}: a referral (ServiceRequest of category SNOMED CT 3457005, docs/prescribing.md) and
 * the page for its reply, filled when the Task of the referral carries one.
 */
#include "print_int.h"

#include "base/vocabulary.h"
#include "forms/referral.h"

/* Texts of all items of a list, joined. */
static str joined(struct arena *a, const struct json *list, str (*text)(struct arena *, const struct json *)) {
    struct buf out = buf_new(a);
    for (const struct json *i = list ? list->first : NULL; i; i = i->next) {
        str one = text(a, i);
        if (one.len) buf_addf(&out, "%s%.*s", out.len ? "; " : "", STR_ARG(one));
    }
    return buf_str(&out);
}
static str note_text(struct arena *a, const struct json *note) {
    (void)a;
    return JSON_TEXT(note, "text");
}

static err organization_name(struct request *r, struct reader *reader, const struct json *reference, str *out) {
    const struct json *house;
    *out = JSON_TEXT(reference, "display");
    str id = print_reference(reference, FHIR_TYPE_ORGANIZATION);
    if (!id.len) return OK_ERR;
    err e = print_get(r, reader, FHIR_TYPE_ORGANIZATION, id, &house);
    if (e.code == ERR_NOT_FOUND) return OK_ERR;
    if (!e.code) *out = JSON_TEXT(house, "name");
    return e;
}

/* Values measured in the visit: "Huyết áp 152/94 mmHg; Mạch 80 /min". */
static err signs_of(struct request *r, struct reader *reader, str encounter, bool vi, str *out) {
    struct arena *a = r->arena;
    struct resources found;
    struct buf text = buf_new(a);
    *out = STR_NONE;
    if (!encounter.len) return OK_ERR;
    TRY(print_find(r, reader, NULL, FHIR_TYPE_OBSERVATION,
                   str_format(a, "encounter=Encounter/%.*s", STR_ARG(encounter)), 40, &found));
    for (size_t i = 0; i < found.len; i++) {
        str one = print_observation(a, found.at[i], vi);
        if (one.len) buf_addf(&text, "%s%.*s", text.len ? "; " : "", STR_ARG(one));
    }
    *out = buf_str(&text);
    return OK_ERR;
}

static err read_reply(struct request *r, struct reader *reader, str id, struct referral_reply *reply, bool *any) {
    struct resources tasks;
    *any = false;
    TRY(print_find(r, reader, NULL, FHIR_TYPE_TASK, str_format(r->arena, "focus=ServiceRequest/%.*s", STR_ARG(id)), 5,
                   &tasks));
    for (size_t i = 0; i < tasks.len; i++) {
        const struct json *outputs = JSON_GET(tasks.at[i], "output");
        for (const struct json *o = outputs ? outputs->first : NULL; o; o = o->next) {
            str value = JSON_TEXT(o, "valueString"),
                code = JSON_TEXT(json_item(JSON_GET(JSON_GET(o, "type"), "coding"), 0), "code");
            str *place = str_is(code, "diagnosis")   ? &reply->diagnosis
                         : str_is(code, "treatment") ? &reply->treatment
                         : str_is(code, "advice")    ? &reply->advice
                                                     : &reply->findings;
            if (!value.len) continue;
            *place = place->len ? str_format(r->arena, "%.*s\n%.*s", STR_ARG(*place), STR_ARG(value)) : value;
            *any = true;
        }
        if (!*any) continue;
        reply->day = print_day(JSON_TEXT(tasks.at[i], "lastModified"));
        return organization_name(r, reader, JSON_GET(tasks.at[i], "owner"), &reply->from.name);
    }
    return OK_ERR;
}

err print_referral(struct request *r) {
    struct arena *a = r->arena;
    struct reader *reader;
    const struct json *request, *visit = NULL;
    struct subject s;
    struct referral_form form = {0};
    struct referral_reply reply = {.day = DAY_NONE};
    bool replied;
    TRY(request_reader(r, &reader));
    TRY(print_get(r, reader, FHIR_TYPE_SERVICE_REQUEST, r->parameters[0], &request));
    int32_t day = print_day(JSON_TEXT(request, "authoredOn"));
    TRY(print_subject(r, &reader, print_reference(JSON_GET(request, "subject"), FHIR_TYPE_PATIENT),
                      day == DAY_NONE ? day_today() : day, &s));
    str encounter = print_reference(JSON_GET(request, "encounter"), FHIR_TYPE_ENCOUNTER);
    if (encounter.len && print_get(r, reader, FHIR_TYPE_ENCOUNTER, encounter, &visit).code) visit = NULL;
    TRY(print_frame(r, reader, print_reference(JSON_GET(visit, "serviceProvider"), FHIR_TYPE_ORGANIZATION), day,
                    &form.frame));
    form.frame.synthetic = s.person.synthetic;
    form.who = s.form;
    form.code = str_format(a, "urn:tram:referral:%.*s", STR_ARG(r->parameters[0]));
    TRY(organization_name(r, reader, json_item(JSON_GET(request, "performer"), 0), &form.to));
    TRY(signs_of(r, reader, encounter, form.frame.vietnamese, &form.signs));
    form.diagnosis = joined(a, JSON_GET(request, "reasonCode"), print_diagnosis);
    form.reason = joined(a, JSON_GET(request, "note"), note_text);
    TRY(print_practitioner(reader, a, JSON_GET(request, "requester"), form.frame.vietnamese, &form.doctor.name,
                           &form.doctor.title));
    TRY(read_reply(r, reader, r->parameters[0], &reply, &replied));
    if (replied) form.reply = &reply;
    return request_pdf(r, referral_paper(a, &form), form.frame.vietnamese ? "phieu-chuyen" : "referral");
}
