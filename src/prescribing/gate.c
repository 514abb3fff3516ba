/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the law forbids does not come in: new prescriptions are judged by rules.c, issued ones are never edited; they are
 * replaced by another with a code of its own (RequestGroup.replaces, MedicationRequest.priorPrescription).
 */
#include "prescribing.h"
#include "record.h"

#include "base/vocabulary.h"

struct gate {
    struct reader *reader;
    struct arena *arena;
    const struct change *changes;
    size_t count;
    bool vietnamese;
};

static err refuse(const struct gate *g, const char *at, str vi, str en) {
    return err_make(g->arena, ERR_UNPROCESSABLE, at, "%.*s", STR_ARG(g->vietnamese ? vi : en));
}

static bool prescribes(fhir_type type) { return type == FHIR_TYPE_MEDICATION_REQUEST || type == FHIR_TYPE_REQUEST_GROUP; }

/* ---- issued ones ------------------------------------------------------------------------------------------------------ */

/* What may change on an issued prescription: its state. */
static bool may_change(str member) {
    return str_is(member, "status") || str_is(member, "statusReason") || str_is(member, "meta") || str_is(member, "text");
}

static bool same_value(struct arena *a, const struct json *x, const struct json *y) {
    struct buf one = buf_new(a), other = buf_new(a);
    if (!x || !y) return x == y;
    json_write(&one, x);
    json_write(&other, y);
    return str_eq(buf_str(&one), buf_str(&other));
}

static bool only_state_changed(struct arena *a, const struct json *before, const struct json *after) {
    for (const struct json *m = before->first; m; m = m->next)
        if (!may_change(m->key) && !same_value(a, m, json_get(after, m->key))) return false;
    for (const struct json *m = after->first; m; m = m->next)
        if (!may_change(m->key) && !json_get(before, m->key)) return false;
    return true;
}

/* *issued: the resource is an issued prescription already. */
static err check_issued(const struct gate *g, const struct change *c, bool *issued) {
    struct version now;
    struct json *before;
    *issued = false;
    err lost = reader_get(g->reader, g->arena, c->type, c->id, &now);
    if (lost.code == ERR_NOT_FOUND || lost.code == ERR_GONE) return OK_ERR;
    TRY(lost);
    TRY(json_parse(g->arena, now.body, &before));
    *issued = record_prescription(before).len > 0;
    if (!*issued || (c->op != VERSION_DELETE && only_state_changed(g->arena, before, c->resource))) return OK_ERR;
    return refuse(g, NULL, STR("Đơn đã kê thì không sửa, không xóa: hãy kê đơn thay thế (mã mới)."),
                  STR("An issued prescription is neither edited nor deleted: issue one that replaces it, with a new code."));
}

/* ---- new ones --------------------------------------------------------------------------------------------------------- */

/* Where in the resource a finding of rules.c belongs. */
static const char *element_of(str at) {
    if (str_ends(at, STR(".days"))) return "dispenseRequest.expectedSupplyDuration";
    if (str_ends(at, STR(".dose")) || str_ends(at, STR(".times"))) return "dosageInstruction";
    if (str_ends(at, STR(".medicine"))) return "medicationCodeableConcept";
    if (str_is(at, "diagnoses")) return "reasonCode";
    if (str_is(at, "guardian")) return "extension";
    return NULL;
}

static err check_code(const struct gate *g, str code, struct prescription *p) {
    if (prescription_code_read(code, &p->kind)) return OK_ERR;
    return refuse(g, "groupIdentifier.value", STR("Mã đơn phải có 14 ký tự: 12 chữ hoặc số, “-”, rồi c, n, h hoặc t."),
                  STR("A prescription code has 14 characters: 12 letters or digits, “-”, then c, n, h or t."));
}

static err first_refusal(const struct gate *g, const struct findings *f, bool (*concerns)(const struct finding *)) {
    for (size_t i = 0; i < f->len; i++)
        if (f->at[i].level == FINDING_REFUSED && concerns(&f->at[i])) return refuse(g, element_of(f->at[i].at), f->at[i].vi, f->at[i].en);
    return OK_ERR;
}

static bool concerns_lines(const struct finding *f) { return !str_is(f->at, "weight") && !str_is(f->at, "guardian"); }
static bool not_the_dose(const struct finding *f) {
    return concerns_lines(f) && strcmp(f->rule, "dose-missing") && strcmp(f->rule, "times-missing");
}
static bool concerns_child(const struct finding *f) { return str_is(f->at, "weight") || str_is(f->at, "guardian"); }

static err check_request(const struct gate *g, const struct json *request) {
    struct prescription p = {.birth = DAY_NONE, .weighed = DAY_NONE, .on = record_day(JSON_TEXT(request, "authoredOn"))};
    struct prescription_line l;
    struct findings found = {0};
    const struct prescribing_tables *t;
    TRY(check_code(g, record_prescription(request), &p));
    if (p.on == DAY_NONE) return refuse(g, "authoredOn", STR("Đơn chưa có ngày kê."), STR("The day of the prescription is missing."));
    TRY(prescribing_tables_on(g->reader, g->arena, p.on, &t));
    record_line(t, g->arena, request, &l);
    record_reasons(g->arena, request, &p);
    VEC_PUSH(g->arena, &p.lines, l);
    prescription_check(t, g->arena, &p, &found);
    /* a dose may be said in words alone */
    bool words = JSON_TEXT(json_item(JSON_GET(request, "dosageInstruction"), 0), "text").len > 0;
    return first_refusal(g, &found, words ? not_the_dose : concerns_lines);
}

static err read_patient(const struct gate *g, str id, struct prescription *p) {
    struct version v;
    struct json *patient;
    for (size_t i = 0; i < g->count; i++)
        if (g->changes[i].type == FHIR_TYPE_PATIENT && g->changes[i].resource && str_eq(g->changes[i].id, id)) {
            record_birth(g->changes[i].resource, p);
            return OK_ERR;
        }
    if (reader_get(g->reader, g->arena, FHIR_TYPE_PATIENT, id, &v).code) return OK_ERR; /* a stub: nothing is known of the age */
    TRY(json_parse(g->arena, v.body, &patient));
    record_birth(patient, p);
    return OK_ERR;
}

static str brought_by(const struct json *group) {
    const struct json *list = JSON_GET(group, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), EXTENSION_BROUGHT_BY)) return JSON_TEXT(e, "valueString");
    return STR_NONE;
}

/* The code belongs to one prescription only. */
static err check_unique(const struct gate *g, str code, str id) {
    static const struct access all = {.everything = true};
    struct search_options options = {.access = &all};
    struct search_result found;
    str query = str_format(g->arena, "group-identifier=" SYSTEM_PRESCRIPTION "%%7C%.*s&_count=2", STR_ARG(code));
    TRY(search_run(g->reader, g->arena, FHIR_TYPE_REQUEST_GROUP, query, &options, &found));
    for (size_t i = 0; i < found.hit_count; i++)
        if (!str_eq(found.hits[i].version.id, id))
            return refuse(g, "groupIdentifier.value", STR("Mã đơn này đã có."), STR("There is a prescription of this code already."));
    return OK_ERR;
}

static err check_head(const struct gate *g, const struct change *c) {
    const struct json *group = c->resource;
    struct prescription p = {.birth = DAY_NONE, .weighed = DAY_NONE, .weight = RATIONAL_NONE, .guardian = brought_by(group),
                             .on = record_day(JSON_TEXT(group, "authoredOn"))};
    struct findings found = {0};
    str code = record_prescription(group), patient = record_id(JSON_GET(group, "subject"), FHIR_TYPE_PATIENT);
    TRY(check_code(g, code, &p));
    TRY(check_unique(g, code, c->id));
    if (!patient.len) return refuse(g, "subject", STR("Đơn chưa có người bệnh."), STR("The prescription names no person."));
    TRY(read_patient(g, patient, &p));
    if (p.on == DAY_NONE || !prescription_for_child(prescribing_tables(), &p)) return OK_ERR;
    TRY(record_last_weight(&(struct record_eyes){g->reader, g->arena, NULL}, patient, &p));
    for (size_t i = 0; i < g->count; i++)
        if (g->changes[i].type == FHIR_TYPE_OBSERVATION && g->changes[i].resource) record_weight(g->changes[i].resource, &p);
    prescription_check(prescribing_tables(), g->arena, &p, &found);
    return first_refusal(g, &found, concerns_child);
}

static err check_one(const struct gate *g, const struct change *c) {
    bool issued;
    TRY(check_issued(g, c, &issued));
    if (issued || c->op == VERSION_DELETE || !record_prescription(c->resource).len) return OK_ERR;
    return c->type == FHIR_TYPE_REQUEST_GROUP ? check_head(g, c) : check_request(g, c->resource);
}

err prescribing_gate(struct reader *r, struct arena *a, const struct change *changes, size_t count, bool vietnamese, size_t *wrong) {
    struct gate g = {r, a, changes, count, vietnamese};
    for (size_t i = 0; i < count; i++) {
        if (!prescribes(changes[i].type)) continue;
        err e = check_one(&g, &changes[i]);
        if (!e.code) continue;
        *wrong = i;
        return e;
    }
    return OK_ERR;
}
