/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first workplace: find, banner, blood-pressure sheet. Shapes in docs/api.md. Timeline and province have files of
 * their own.
 */
#include "routes_int.h"

#include "db/db.h"

const struct route care_routes[] = {
    {ROUTE("GET", "/api/persons", PERMISSION_PERSON_FIND, care_find, "Tìm người khi đang gõ",
           "Find people while typing")},
    {ROUTE("GET", "/api/persons/{id}", PERMISSION_PERSON_FIND, care_banner, "Thông tin một người", "One person")},
    {ROUTE("GET", "/api/persons/{id}/timeline", PERMISSION_PERSON_READ, care_timeline, "Dòng thời gian của một người",
           "Everything that happened to a person")},
    {ROUTE("GET", "/api/persons/{id}/measurements", PERMISSION_PERSON_READ, care_measurements, "Các số đo theo năm tháng",
           "Measurements over the years")},
    {ROUTE("GET", "/api/persons/{id}/blood-pressure", PERMISSION_PERSON_READ, care_blood_pressure,
           "Phiếu khám huyết áp", "The blood-pressure sheet")},
    {ROUTE("GET", "/api/province", PERMISSION_INDICATOR_READ, care_province, "Số liệu toàn tỉnh hôm nay",
           "The province today")},
    {.method = NULL}};


/* ---- find
 * --------------------------------------------------------------------------------------------------------------- */

err care_find(struct request *r) {
    struct reader *reader;
    TRY(request_reader(r, &reader));
    int64_t limit = 20;
    str text = request_query(r, "limit"), q = request_query(r, "q");
    if (text.len && (!str_int64(text, &limit) || limit < 1 || limit > FIND_MAX))
        return err_make(r->arena, ERR_INVALID, "limit", "limit is 1 to %d", FIND_MAX);
    struct found found;
    int32_t today = day_today();
    TRY(person_find(reader, r->arena, &r->session->access, q, (size_t)limit, today, &found));
    int64_t shown[FIND_MAX];
    for (size_t i = 0; i < found.len; i++) shown[i] = found.at[i].rid;
    request_audit_find(r, shown, found.len);
    struct buf *out = &r->out;
    buf_addc(out, '{');
    buf_addz(out, "\"q\":");
    buf_add_json(out, q);
    buf_addf(out, ",\"more\":%s,\"persons\":[", found.more ? "true" : "false");
    for (size_t i = 0; i < found.len; i++) {
        const struct person *p = &found.at[i];
        struct care_person care;
        struct place_path path;
        TRY(care_person(reader, r->arena, p->rid, &care));
        TRY(network_path(reader, r->arena, p->place, today, &path));
        buf_addz(out, i ? ",{" : "{");
        add_who(out, p, today);
        add_place(out, &path, false);
        add_head(out, "householdHead", p);
        add_text(out, "household", p->household);
        bool clinical = session_may(r->session, PERMISSION_PERSON_READ);
        add_day(out, "lastVisit", clinical ? care.last_visit : DAY_NONE);
        add_text(out, "status", clinical ? str_of(care_status(&care, p->dead.len > 0, today)) : STR_NONE);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- banner
 * ------------------------------------------------------------------------------------------------------------- */

err care_subject(struct request *r, struct reader **reader, struct person *out) {
    TRY(request_reader(r, reader));
    TRY(person_get(*reader, r->arena, &r->session->access, r->parameters[0], out));
    request_audit(r, "read", FHIR_TYPE_PATIENT, out->id, out->rid);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* A record that says: asked, there is none (SNOMED CT 716186003, 409137002, or our words for it). */
static bool says_none(const struct json *code) {
    const struct json *list = JSON_GET(code, "coding");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "code"), "716186003") || str_is(JSON_TEXT(c, "code"), "409137002") ||
            str_is(JSON_TEXT(c, "code"), "none-known"))
            return true;
    return false;
}

static err add_allergies(struct buf *out, struct request *r, struct reader *reader, int64_t patient) {
    struct arena *a = r->arena;
    struct care_resources list;
    TRY(care_resources(reader, a, &r->session->access, patient, FHIR_TYPE_ALLERGY_INTOLERANCE, 20, &list));
    buf_addz(out, ",\"allergies\":[");
    size_t n = 0;
    bool asked = false;
    for (size_t i = 0; i < list.len; i++) {
        const struct json *code = JSON_GET(list.at[i].json, "code"), *first = json_item(JSON_GET(code, "coding"), 0);
        const struct json *status = json_item(JSON_GET(JSON_GET(list.at[i].json, "clinicalStatus"), "coding"), 0);
        const struct json *verified = json_item(JSON_GET(JSON_GET(list.at[i].json, "verificationStatus"), "coding"), 0);
        str text = JSON_TEXT(code, "text");
        if (!text.len) text = JSON_TEXT(first, "display");
        if (!text.len) text = JSON_TEXT(first, "code");
        if (str_is(JSON_TEXT(status, "code"), "resolved") || str_is(JSON_TEXT(verified, "code"), "entered-in-error") ||
            str_is(JSON_TEXT(verified, "code"), "refuted"))
            continue;
        asked = true;
        if (says_none(code)) continue;
        buf_addz(out, n++ ? ",{" : "{");
        add_text(out, "id", list.at[i].version.id);
        add_text(out, "text", text);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    add_bool(out, "allergiesAsked", asked);
    return OK_ERR;
}

err care_banner(struct request *r) {
    struct reader *reader;
    struct person p;
    struct care_person care;
    struct place_path path;
    int32_t today = day_today();
    TRY(care_subject(r, &reader, &p));
    TRY(care_person(reader, r->arena, p.rid, &care));
    TRY(network_path(reader, r->arena, p.place, today, &path));
    struct buf *out = &r->out;
    buf_addc(out, '{');
    add_who(out, &p, today);
    if (str_is(p.dead, "true"))
        add_bool(out, "dead", true);
    else
        add_text(out, "dead", p.dead);
    add_text(out, "moved", p.moved);
    buf_addf(out, ",\"synthetic\":%s", p.synthetic ? "true" : "false");
    if (p.ethnic_code.len) {
        buf_addz(out, ",\"ethnicGroup\":{");
        add_text(out, "code", p.ethnic_code);
        add_text(out, "name", p.ethnic_name);
        buf_addc(out, '}');
    } else {
        add_text(out, "ethnicGroup", STR_NONE);
    }
    add_place(out, &path, true);
    if (p.household.len) {
        buf_addz(out, ",\"household\":{");
        add_text(out, "id", p.household);
        add_head(out, "head", &p);
        add_number(out, "size", p.household_size);
        buf_addc(out, '}');
    } else {
        add_text(out, "household", STR_NONE);
    }
    bool clinical = session_may(r->session, PERMISSION_PERSON_READ);
    bool numbers = clinical || access_reads(&r->session->access, FHIR_TYPE_PATIENT);
    add_text(out, "cccd", numbers ? masked_number(r->arena, p.cccd, 6) : STR_NONE);
    add_text(out, "insurance", numbers ? masked_number(r->arena, p.insurance, 2) : STR_NONE);
    add_text(out, "phone", spaced_phone(r->arena, p.phone));
    TRY(add_allergies(out, r, reader, p.rid));
    add_day(out, "lastVisit", clinical ? care.last_visit : DAY_NONE);
    add_text(out, "status", clinical ? str_of(care_status(&care, p.dead.len > 0, today)) : STR_NONE);
    add_day(out, "dueOn", care.days.due_on); /* a task: also for whoever sees names only */
    buf_addc(out, '}');
    return OK_ERR;
}

/* ---- blood-pressure sheet
 * -------------------------------------------------------------------------------------------------- */

static const char sql_months[] =
    "SELECT month, visits, last_day, systolic, diastolic, controlled FROM blood_pressure_month "
    "WHERE subject = ?1 AND month > ?2 ORDER BY month";

static err add_months(struct buf *out, struct reader *reader, int64_t rid, int32_t today) {
    int year, month, day;
    day_to_civil(today, &year, &month, &day);
    int last = year * 12 + month - 1, at = last - 11;
    struct statement *q = db_use(reader_db(reader), sql_months);
    bind_int(q, 1, rid);
    bind_int(q, 2, last - 12);
    bool row;
    TRY(db_row(q, &row));
    buf_addz(out, ",\"months\":[");
    for (; at <= last; at++) {
        buf_addf(out, "%s{\"month\":\"%04d-%02d\"", at > last - 11 ? "," : "", at / 12, at % 12 + 1);
        if (row && column_int(q, 0) == at) {
            add_number(out, "visits", column_int(q, 1));
            add_day(out, "day", (int32_t)column_int(q, 2));
            add_number(out, "systolic", column_int(q, 3));
            add_number(out, "diastolic", column_int(q, 4));
            buf_addf(out, ",\"controlled\":%s}", column_int(q, 5) ? "true" : "false");
            TRY(db_row(q, &row));
        } else {
            buf_addz(out, ",\"visits\":0,\"day\":null,\"systolic\":null,\"diastolic\":null,\"controlled\":null}");
        }
    }
    buf_addc(out, ']');
    db_reset(q);
    return OK_ERR;
}

/* The digits of a quantity's value as they were sent, or null. */
static void add_value(struct buf *out, const char *name, const struct json *quantity) {
    const struct json *v = JSON_GET(quantity, "value");
    buf_addf(out, ",\"%s\":", name);
    if (v && v->kind == JSON_NUMBER)
        buf_add(out, v->text);
    else
        buf_addz(out, "null");
}

static err add_medicines(struct buf *out, struct request *r, struct reader *reader, const struct person *p) {
    struct arena *a = r->arena;
    static const char *const not_given[] = {"cancelled", "entered-in-error", "stopped", "draft", "unknown"};
    struct care_resources list;
    int32_t last = DAY_NONE;
    size_t n = 0;
    TRY(care_resources(reader, a, &r->session->access, p->rid, FHIR_TYPE_MEDICATION_REQUEST, 60, &list));
    buf_addz(out, ",\"medicines\":[");
    for (int pass = 0; pass < 2; pass++) /* the last prescription day; then what was prescribed on it */
        for (size_t i = 0; i < list.len; i++) {
            const struct json *m = list.at[i].json;
            int32_t day = care_day(JSON_TEXT(m, "authoredOn"), NULL);
            bool given = day != DAY_NONE;
            for (size_t s = 0; s < 5; s++) given = given && !str_is(JSON_TEXT(m, "status"), not_given[s]);
            if (!given) continue;
            if (!pass) {
                last = day > last ? day : last;
                continue;
            }
            if (day != last) continue;
            const struct json *what = JSON_GET(m, "medicationCodeableConcept"),
                              *supply = JSON_GET(m, "dispenseRequest");
            const struct json *quantity = JSON_GET(supply, "quantity");
            buf_addz(out, n++ ? ",{" : "{");
            add_text(out, "id", list.at[i].version.id);
            add_text(out, "text", JSON_TEXT(what, "text"));
            add_text(out, "dose", JSON_TEXT(json_item(JSON_GET(m, "dosageInstruction"), 0), "text"));
            add_value(out, "quantity", quantity);
            add_text(out, "unit", JSON_TEXT(quantity, "unit"));
            add_value(out, "days", JSON_GET(supply, "expectedSupplyDuration"));
            add_day(out, "authoredOn", day);
            add_text(out, "code", JSON_TEXT(json_item(JSON_GET(what, "coding"), 0), "code"));
            buf_addc(out, '}');
        }
    buf_addc(out, ']');
    return OK_ERR;
}

static void add_last(struct buf *out, const struct care_person *care, struct arena *a) {
    if (care->last_day == DAY_NONE) {
        add_text(out, "last", STR_NONE);
        return;
    }
    buf_addz(out, ",\"last\":{");
    add_day(out, "day", care->last_day);
    add_number(out, "systolic", care->reading.systolic);
    add_number(out, "diastolic", care->reading.diastolic);
    add_number(out, "grade", reading_grade(care->reading));
    buf_addf(out, ",\"controlled\":%s", reading_controlled(care->reading) ? "true" : "false");
    add_text(out, "observation", str_format(a, "Observation/%.*s", STR_ARG(care->observation)));
    buf_addc(out, '}');
}

err care_blood_pressure(struct request *r) {
    struct reader *reader;
    struct person p;
    struct care_person care;
    int32_t today = day_today();
    TRY(care_subject(r, &reader, &p));
    TRY(care_person(reader, r->arena, p.rid, &care));
    struct buf *out = &r->out;
    buf_addc(out, '{');
    add_text(out, "id", p.id);
    add_day(out, "today", today);
    int age = person_age(p.birth, today);
    if (age >= 0)
        add_number(out, "age", age);
    else
        add_text(out, "age", STR_NONE);
    if (care.days.enrolled_on != DAY_NONE) {
        buf_addz(out, ",\"enrolled\":{");
        add_day(out, "on", care.days.enrolled_on);
        add_text(out, "episode", str_format(r->arena, "EpisodeOfCare/%.*s", STR_ARG(care.episode)));
        buf_addc(out, '}');
    } else {
        add_text(out, "enrolled", STR_NONE);
    }
    add_text(out, "status", str_of(care_status(&care, p.dead.len > 0, today)));
    add_day(out, "controlledUntil", care.days.controlled_until);
    add_day(out, "dueOn", care.days.due_on);
    add_day(out, "proposedNext", today + VISIT_DAYS);
    add_last(out, &care, r->arena);
    TRY(add_months(out, reader, p.rid, today));
    TRY(add_medicines(out, r, reader, &p));
    buf_addf(out,
             ",\"control\":{\"systolicBelow\":%d,\"diastolicBelow\":%d},\"limits\":{\"systolic\":[%d,%d],\"diastolic\":"
             "[%d,%d]}",
             CONTROLLED_SYSTOLIC_BELOW, CONTROLLED_DIASTOLIC_BELOW, SYSTOLIC_MIN, SYSTOLIC_MAX, DIASTOLIC_MIN,
             DIASTOLIC_MAX);
    str post = r->session->place;
    if (str_starts(post, STR("Location/"))) post = str_slice(post, strlen("Location/"), post.len);
    bool site = reader_rid(reader, FHIR_TYPE_ORGANIZATION, post) != 0;
    add_text(out, "station", site ? post : STR_NONE);
    buf_addc(out, '}');
    return OK_ERR;
}
