/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The catalogue, the live check, and what a prescription sheet needs to know of a person. Shapes in docs/prescribing.md.
 */
#include "prescribing.h"
#include "record.h"

#include "base/members.h"
#include "base/vocabulary.h"
#include "network/facility.h"
#include "people/people.h"

enum { CATALOGUE_MOST = 5000, FOUND_MOST = 12, LAST_DAYS = 400 };

static void add_fraction(struct buf *out, struct arena *a, const char *name, struct rational r) { add_text(out, name, rational_write(a, r)); }

static void open_item(struct buf *out, size_t *n) { buf_addz(out, (*n)++ ? ",{" : "{"); }

/* ---- catalogue -------------------------------------------------------------------------------------------------------- */

static void add_controlled(struct buf *out, const struct controlled *c) {
    add_name(out, "controlled");
    if (!c) {
        buf_addz(out, "null");
        return;
    }
    buf_addf(out, "{\"kind\":\"%c\",\"verified\":%s}", c->kind, c->verified ? "true" : "false");
}

static void add_medicine(struct buf *out, const struct prescribing_tables *t, struct arena *a, const struct medicine *m) {
    struct prescription_line l = {.medicine = m->code, .text = medicine_text(a, m), .atc = m->atc};
    add_text(out, "code", m->code);
    add_text(out, "text", l.text);
    add_text(out, "nameEn", m->name_en);
    add_text(out, "atc", m->atc);
    add_text(out, "form", m->form);
    add_text(out, "unit", m->unit);
    add_text(out, "doseUnit", m->dose_unit);
    add_fraction(out, a, "content", m->content);
    add_text(out, "route", m->route);
    add_fraction(out, a, "usualDose", m->usual_dose);
    add_fraction(out, a, "usualTimes", m->usual_times);
    add_text(out, "programme", m->programme);
    add_controlled(out, line_controlled(t, &l, day_today()));
}

static err get_medicines(struct request *r) {
    const struct prescribing_tables *t;
    const struct medicine **found = ARENA_ARRAY(r->arena, const struct medicine *, CATALOGUE_MOST);
    str typed = request_query(r, "q"), programme = request_query(r, "programme");
    struct reader *reader;
    TRY(request_reader(r, &reader));
    TRY(prescribing_tables_on(reader, r->arena, day_today(), &t));
    size_t count = medicines_search(t, r->arena, typed, day_today(), found, CATALOGUE_MOST), n = 0;
    buf_addc(&r->out, '{');
    add_day(&r->out, "today", day_today());
    add_name(&r->out, "medicines");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (programme.len && !str_eq(programme, found[i]->programme)) continue;
        open_item(&r->out, &n);
        add_medicine(&r->out, t, r->arena, found[i]);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

static bool long_supply(struct arena *a, str code) {
    struct prescription p = {.kind = FORM_ORDINARY, .on = day_today()};
    const struct long_supply *listed;
    VEC_PUSH(a, &p.diagnoses, (struct diagnosis){code, STR_NONE});
    days_most(prescribing_tables(), &p, &listed);
    return listed != NULL;
}

/* Without `q` the common ones, which the browser keeps; `more`: there is an imported list to search behind them. */
static err get_diagnoses(struct request *r) {
    struct reader *reader;
    struct code_table *table;
    const struct code_entry *found[FOUND_MOST];
    str typed = request_query(r, "q"), on = request_query(r, "on");
    int32_t day = day_today();
    if (on.len && !day_parse(on, &day)) return err_make(r->arena, ERR_INVALID, "on", "expected a day, YYYY-MM-DD");
    TRY(request_reader(r, &reader));
    TRY(code_table_on(reader, r->arena, LIST_ICD10, day, &table));
    size_t count = typed.len ? code_search(table, r->arena, typed, found, FOUND_MOST) : table->len, n = 0;
    buf_addc(&r->out, '{');
    add_bool(&r->out, "more", table->version.len > 0);
    buf_addz(&r->out, ",\"diagnoses\":[");
    for (size_t i = 0; i < count; i++) {
        const struct code_entry *d = typed.len ? found[i] : &table->at[i];
        if (!typed.len && !d->common) continue;
        open_item(&r->out, &n);
        add_text(&r->out, "code", d->row->at[COLUMN_CODE]);
        add_text(&r->out, "vi", d->row->at[COLUMN_VI]);
        add_text(&r->out, "en", d->row->at[COLUMN_EN]);
        add_bool(&r->out, "longSupply", long_supply(r->arena, d->row->at[COLUMN_CODE]));
        add_bool(&r->out, "outside", d->outside);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

/* ---- check ------------------------------------------------------------------------------------------------------------ */

static void add_findings(struct buf *out, const struct findings *f) {
    static const char *const levels[] = {[FINDING_NOTE] = "note", [FINDING_WARNING] = "warning", [FINDING_REFUSED] = "refused"};
    size_t n = 0;
    add_name(out, "findings");
    buf_addc(out, '[');
    for (size_t i = 0; i < f->len; i++) {
        open_item(out, &n);
        add_text(out, "level", str_of(levels[f->at[i].level]));
        add_text(out, "rule", str_of(f->at[i].rule));
        add_text(out, "at", f->at[i].at);
        add_text(out, "vi", f->at[i].vi);
        add_text(out, "en", f->at[i].en);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

struct checked {
    const struct prescribing_tables *tables;
    const struct prescription *prescription;
    const struct line_alerts *alerts;
};

static void add_checked_line(struct buf *out, struct arena *a, const struct checked *c, size_t i) {
    const struct prescription *p = c->prescription;
    const struct line_alerts *alerts = &c->alerts[i];
    const struct prescription_line *l = &p->lines.at[i];
    const struct medicine *m = medicine_find(c->tables, l->medicine);
    str route = m ? m->route : STR_NONE;
    int64_t units = line_units(l);
    add_text(out, "text", l->text);
    add_text(out, "atc", l->atc);
    add_fraction(out, a, "total", line_total(l));
    add_text(out, "doseUnit", l->dose_unit);
    add_number(out, "units", units);
    add_text(out, "unit", l->unit);
    add_text(out, "quantityText", quantity_write(a, units, p->kind));
    add_text(out, "usageVi", usage_write(a, l, route, true));
    add_text(out, "usageEn", usage_write(a, l, route, false));
    add_text(out, "allergy", str_of(alert_code(alerts->allergy)));
    add_text(out, "double", str_of(alert_code(alerts->doubled)));
    add_text(out, "interaction", str_of(alert_code(alerts->interaction)));
    add_controlled(out, line_controlled(c->tables, l, p->on));
}

static void add_checked(struct buf *out, struct arena *a, const struct checked *c, const struct findings *f) {
    const struct prescription *p = c->prescription;
    const struct long_supply *listed;
    int months = age_months(p->birth, p->on);
    size_t n = 0;
    buf_addc(out, '{');
    add_day(out, "on", p->on);
    add_number(out, "daysMost", days_most(prescribing_tables(), p, &listed));
    add_text(out, "listed", listed ? listed->condition : STR_NONE);
    add_bool(out, "child", prescription_for_child(prescribing_tables(), p));
    if (months >= 0) add_number(out, "months", months);
    add_fraction(out, a, "weight", p->weight);
    add_day(out, "weighed", p->weighed);
    add_text(out, "state", str_of(alert_code(alerts_all(c->alerts, p->lines.len))));
    add_number(out, "pairs", (int64_t)prescribing_tables()->interactions.len);
    add_name(out, "lines");
    buf_addc(out, '[');
    for (size_t i = 0; i < p->lines.len; i++) {
        open_item(out, &n);
        add_checked_line(out, a, c, i);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    add_findings(out, f);
    buf_addc(out, '}');
}

/* The person's part of a check: birth, weight, allergies, other medicines. Audited as a read. */
static err read_person(struct request *r, str id, str replaces, struct prescription *p, struct person_medicines *known) {
    struct reader *reader;
    struct person person;
    struct prescription recorded = {.weighed = DAY_NONE};
    TRY(request_reader(r, &reader));
    TRY(person_get(reader, r->arena, &r->session->access, id, &person));
    request_audit(r, "read", FHIR_TYPE_PATIENT, person.id, person.rid);
    p->birth = record_day(person.birth);
    p->birth_exact = person.birth.len == strlen("2026-11-28");
    const struct record_eyes eyes = {reader, r->arena, &r->session->access};
    TRY(record_last_weight(&eyes, person.id, &recorded));
    if (p->weighed == DAY_NONE && recorded.weighed != DAY_NONE) {
        p->weight = recorded.weight;
        p->weighed = recorded.weighed;
    }
    return record_medicines(&eyes, person.id, p->on, replaces, known);
}

static err post_check(struct request *r) {
    struct json *body;
    struct check_body in;
    struct reader *reader;
    struct person_medicines known = {0};
    struct findings found = {0};
    const struct prescribing_tables *t;
    TRY(request_json(r, &body));
    TRY(request_reader(r, &reader));
    TRY(prescribing_tables_on(reader, r->arena, day_today(), &t));
    TRY(record_check_body(t, r->arena, body, day_today(), &in));
    struct prescription *p = &in.prescription;
    if (in.patient.len) TRY(read_person(r, in.patient, in.replaces, p, &known));
    struct line_alerts *alerts = ARENA_ARRAY(r->arena, struct line_alerts, p->lines.len + 1);
    prescription_check(t, r->arena, p, &found);
    alerts_check(t, r->arena, p, &known, alerts, &found);
    add_checked(&r->out, r->arena, &(struct checked){t, p, alerts}, &found);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- what the sheet needs of a person ----------------------------------------------------------------------------------- */

/* The facility of the session's post: the Organization, and its five characters of prescription codes. */
static err add_facility(struct request *r, struct reader *reader) {
    struct version v;
    struct json *organization;
    str post = r->session->place, code = STR_NONE;
    if (str_starts(post, STR("Location/"))) post = str_slice(post, strlen("Location/"), post.len);
    bool there = post.len && !reader_get(reader, r->arena, FHIR_TYPE_ORGANIZATION, post, &v).code;
    add_text(&r->out, "station", there ? post : STR_NONE);
    if (there) {
        struct facility f;
        TRY(json_parse(r->arena, v.body, &organization));
        facility_read(r->arena, organization, day_today(), &f);
        if (facility_code_valid(f.code)) code = f.code;
    }
    add_text(&r->out, "facility", code);
    return OK_ERR;
}

static bool closed(const struct json *condition) {
    str clinical = JSON_TEXT(json_item(JSON_GET(JSON_GET(condition, "clinicalStatus"), "coding"), 0), "code");
    str verified = JSON_TEXT(json_item(JSON_GET(JSON_GET(condition, "verificationStatus"), "coding"), 0), "code");
    return str_is(clinical, "resolved") || str_is(clinical, "inactive") || str_is(verified, "entered-in-error") || str_is(verified, "refuted");
}

static err add_diagnoses(struct request *r, struct reader *reader, str patient) {
    struct record_list list;
    str seen[FOUND_MOST];
    size_t n = 0;
    TRY(record_of(&(struct record_eyes){reader, r->arena, &r->session->access}, FHIR_TYPE_CONDITION, patient, "", &list));
    add_name(&r->out, "diagnoses");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < list.len && n < FOUND_MOST; i++) {
        const struct json *code = JSON_GET(list.at[i], "code");
        str icd = record_code(code, SYSTEM_ICD10), day = JSON_TEXT(list.at[i], "recordedDate");
        bool known = !icd.len || closed(list.at[i]);
        for (size_t k = 0; k < n; k++) known |= str_eq(seen[k], icd);
        if (known) continue;
        seen[n] = icd;
        open_item(&r->out, &n);
        add_text(&r->out, "code", icd);
        add_text(&r->out, "text", JSON_TEXT(code, "text"));
        add_day(&r->out, "on", record_day(day));
        add_text(&r->out, "encounter", record_id(JSON_GET(list.at[i], "encounter"), FHIR_TYPE_ENCOUNTER));
        add_bool(&r->out, "longSupply", long_supply(r->arena, icd));
        buf_addc(&r->out, '}');
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

static bool counts(const struct json *request, int32_t *day) {
    str status = JSON_TEXT(request, "status");
    *day = record_day(JSON_TEXT(request, "authoredOn"));
    return *day != DAY_NONE && (str_is(status, "active") || str_is(status, "completed"));
}

/* What was prescribed last: of the newest day, one prescription (the newest code of that day), else everything of the day. */
static err add_last(struct request *r, struct reader *reader, str patient) {
    const struct prescribing_tables *t;
    struct record_list list;
    int32_t day, last = DAY_NONE;
    str code = STR_NONE;
    size_t n = 0;
    TRY(prescribing_tables_on(reader, r->arena, day_today(), &t));
    TRY(record_of(&(struct record_eyes){reader, r->arena, &r->session->access}, FHIR_TYPE_MEDICATION_REQUEST, patient, "", &list));
    for (size_t i = 0; i < list.len; i++)
        if (counts(list.at[i], &day) && day > last) {
            last = day;
            code = record_prescription(list.at[i]);
        }
    add_day(&r->out, "lastOn", last);
    add_text(&r->out, "lastCode", code);
    add_name(&r->out, "last");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < list.len; i++) {
        struct prescription_line l;
        if (!counts(list.at[i], &day) || day != last || (code.len && !str_eq(record_prescription(list.at[i]), code))) continue;
        record_line(t, r->arena, list.at[i], &l);
        open_item(&r->out, &n);
        add_text(&r->out, "medicine", l.medicine);
        add_text(&r->out, "text", l.text);
        add_text(&r->out, "atc", l.atc);
        add_fraction(&r->out, r->arena, "dose", l.dose);
        add_fraction(&r->out, r->arena, "times", l.times);
        add_number(&r->out, "days", l.days);
        add_text(&r->out, "unit", l.unit);
        add_text(&r->out, "words", JSON_TEXT(json_item(JSON_GET(list.at[i], "dosageInstruction"), 0), "text"));
        add_text(&r->out, "resource", JSON_TEXT(list.at[i], "id"));
        buf_addc(&r->out, '}');
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

static err get_person(struct request *r) {
    struct reader *reader;
    struct prescription p = {.kind = FORM_ORDINARY, .on = day_today(), .birth = DAY_NONE, .weighed = DAY_NONE};
    struct person_medicines known;
    TRY(read_person(r, r->parameters[0], STR_NONE, &p, &known));
    TRY(request_reader(r, &reader));
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", r->parameters[0]);
    add_day(&r->out, "today", p.on);
    TRY(add_facility(r, reader));
    int months = age_months(p.birth, p.on);
    add_bool(&r->out, "child", prescription_for_child(prescribing_tables(), &p));
    if (months >= 0) add_number(&r->out, "months", months);
    add_fraction(&r->out, r->arena, "weight", p.weight);
    add_day(&r->out, "weighed", p.weighed);
    add_number(&r->out, "weightDays", law_number(prescribing_tables(), "weight-days", p.on));
    add_bool(&r->out, "allergiesAsked", known.allergies.len > 0);
    TRY(add_diagnoses(r, reader, r->parameters[0]));
    TRY(add_last(r, reader, r->parameters[0]));
    buf_addc(&r->out, '}');
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

const struct route prescribing_routes[] = {
    {ROUTE("GET", "/api/medicines", PERMISSION_PERSON_READ, get_medicines, "Danh mục thuốc", "The catalogue of medicines")},
    {ROUTE("GET", "/api/diagnoses", PERMISSION_PERSON_READ, get_diagnoses, "Danh mục chẩn đoán thường gặp (ICD-10)", "Diagnoses (ICD-10): common ones, or found while typing")},
    {ROUTE("GET", "/api/persons/{id}/prescribing", PERMISSION_PERSON_READ, get_person, "Những gì phiếu kê đơn cần biết", "What a prescription needs to know")},
    {ROUTE("POST", "/api/prescriptions/check", PERMISSION_PERSON_READ, post_check, "Kiểm tra đơn thuốc khi đang kê", "Check a prescription while it is written")},
    {.method = NULL}};
