/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the record of somebody of elsewhere: by the card (ID or insurance, its number or the text of its QR code) the person is
 * present; with a reason, by who answers for it. Whom one does not see can be looked up only by a full name and birth date. Each
 * opening is an AuditEvent (openings.c) and stands in the list of the head of the station.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/members.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "store/index.h"

#include <stdio.h>

enum { REASON_LEAST = 10, REASON_MOST = 500, ELSEWHERE_MOST = 5 };

static const char sql_openings[] = "SELECT o.id, o.kind, p.id, o.person, o.place, o.who, o.who_name, o.role, o.reason, o.from_ms, o.until_ms FROM opening o "
                                   "JOIN res p ON p.rid = o.person WHERE o.from_ms >= ?1 AND o.from_ms < ?2 ORDER BY o.from_ms DESC LIMIT ?3";

/* ---- making one --------------------------------------------------------------------------------------------------------------------- */

static void put_agent(struct buf *b, const struct session *s) {
    buf_addz(b, "\"agent\":[{\"type\":{\"text\":\"user\"},\"role\":[{\"coding\":[{\"system\":\"" SYSTEM_ROLE "\",\"code\":");
    buf_add_json(b, s->role);
    buf_addz(b, "}]}],\"who\":{");
    bool resource = str_starts(s->actor, STR("Practitioner/"));
    if (!resource) buf_addz(b, "\"type\":\"Practitioner\",\"identifier\":{\"system\":\"urn:tram:actor\",\"value\":");
    else buf_addz(b, "\"reference\":");
    buf_add_json(b, s->actor);
    buf_addz(b, resource ? "},\"name\":" : "}},\"name\":");
    buf_add_json(b, s->name);
    buf_addz(b, ",\"requestor\":true");
    if (s->place.len) buf_addf(b, ",\"location\":{\"reference\":\"Location/%.*s\"}", STR_ARG(s->place));
    buf_addz(b, "}],");
}

err opening_save(struct request *r, const char *kind, str person, str reason, char until[25]) {
    bool presence = strcmp(kind, "presence") == 0;
    int64_t now = clock_now_ms();
    int hours = period_value(presence ? "presence-hours" : "reason-hours", instant_day(now, VIETNAM_OFFSET_MINUTES));
    char from[25];
    struct buf b = buf_new(r->arena);
    str id = rest_new_id(r->arena);
    instant_format(now, from);
    instant_format(now + hours * 3600000LL, until);
    buf_addf(&b, "{\"resourceType\":\"AuditEvent\",\"id\":\"%.*s\",\"type\":{\"system\":\"" SYSTEM_AUDIT "\",\"code\":\"opening\"},"
                 "\"subtype\":[{\"system\":\"" SYSTEM_AUDIT "\",\"code\":\"%s\"}],\"action\":\"E\",\"period\":{\"start\":\"%s\",\"end\":\"%s\"},"
                 "\"recorded\":\"%s\",\"outcome\":\"0\",", STR_ARG(id), kind, from, until, from);
    if (reason.len) {
        buf_addz(&b, "\"outcomeDesc\":");
        buf_add_json(&b, reason);
        buf_addc(&b, ',');
    }
    buf_addf(&b, "\"purposeOfEvent\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActReason\",\"code\":\"%s\"}]}],", presence ? "TREAT" : "BTG");
    put_agent(&b, r->session);
    buf_addf(&b, "\"source\":{\"observer\":{\"display\":\"tram\"}},\"entity\":[{\"what\":{\"reference\":\"Patient/%.*s\"}}]}", STR_ARG(person));
    return request_put(r, FHIR_TYPE_AUDIT_EVENT, id, buf_str(&b));
}

static err opening_make(struct request *r, const char *kind, str person, str reason) {
    char until[25];
    TRY(opening_save(r, kind, person, reason, until));
    struct buf *out = &r->out;
    buf_addc(out, '{');
    add_text(out, "person", person);
    add_text(out, "kind", str_of(kind));
    add_text(out, "until", str_of(until));
    buf_addc(out, '}');
    r->status = 201;
    return OK_ERR;
}

/* ---- by reason ------------------------------------------------------------------------------------------------------------------------- */

static size_t characters(str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

static err open_person(struct request *r) {
    struct json *in;
    struct reader *reader;
    struct version person;
    TRY(request_json(r, &in));
    str reason = str_trim(JSON_TEXT(in, "reason"));
    if (characters(reason) < REASON_LEAST || characters(reason) > REASON_MOST)
        return err_make(r->arena, ERR_INVALID, "reason", r->vietnamese ? "hãy ghi lý do, từ %d đến %d chữ" : "a reason of %d to %d characters is expected", REASON_LEAST, REASON_MOST);
    TRY(request_reader(r, &reader));
    err e = reader_get(reader, r->arena, FHIR_TYPE_PATIENT, r->parameters[0], &person);
    if (e.code) return err_make(r->arena, ERR_NOT_FOUND, "Patient", "nobody of that id");
    struct audit_entry entry = {.action = STR("open"), .type = FHIR_TYPE_PATIENT, .id = person.id, .patient = person.rid, .why = reason};
    request_audit_entry(r, &entry);
    return opening_make(r, "reason", person.id, reason);
}

/* ---- by card ------------------------------------------------------------------------------------------------------------------------------ */

/* The number in front of the first '|' of a QR code, or the number typed; blanks and dots in groups do not count. */
static str card_number(struct arena *a, str card) {
    struct buf out = buf_new(a);
    str first = str_slice(card, 0, str_find(card, '|'));
    for (size_t i = 0; i < first.len; i++)
        if (first.at[i] != ' ' && first.at[i] != '.') buf_addc(&out, first.at[i]);
    return buf_str(&out);
}

static bool plausible(str number) {
    if (number.len != 10 && number.len != 12 && number.len != 15) return false; /* social insurance, CCCD, older insurance card */
    for (size_t i = 0; i < number.len; i++) {
        char c = number.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z' && number.len == 15 && i < 2))) return false;
    }
    return true;
}

/* Whoever the query finds on the whole node: for numbers and full names alone. */
static err find_everywhere(struct request *r, str query, struct search_result *out) {
    static const struct access everybody = {.everything = true};
    struct reader *reader;
    const struct search_options options = {.access = &everybody, .deadline_ms = clock_now_ms() + LIMIT_SEARCH_SECONDS * 1000};
    TRY(request_reader(r, &reader));
    return search_run(reader, r->arena, FHIR_TYPE_PATIENT, query, &options, out);
}

static err open_by_card(struct request *r) {
    struct json *in;
    struct search_result found;
    TRY(request_json(r, &in));
    str number = card_number(r->arena, str_trim(JSON_TEXT(in, "card")));
    if (!plausible(number))
        return err_make(r->arena, ERR_INVALID, "card", "%s", r->vietnamese ? "số CCCD có 12 chữ số, số BHYT có 10 chữ số (thẻ cũ 15 ký tự)"
                                                                          : "an ID card has 12 digits, an insurance number 10 (older cards 15 characters)");
    TRY(find_everywhere(r, str_format(r->arena, "identifier=" SYSTEM_CCCD "|%.*s," SYSTEM_INSURANCE "|%.*s&_count=2", STR_ARG(number), STR_ARG(number)), &found));
    struct audit_entry entry = {.action = STR("open"), .type = FHIR_TYPE_PATIENT, .why = STR("card")};
    if (found.hit_count == 1) entry.id = found.hits[0].version.id, entry.patient = found.hits[0].version.rid;
    request_audit_entry(r, &entry);
    if (!found.hit_count) return err_make(r->arena, ERR_NOT_FOUND, "card", "%s", r->vietnamese ? "chưa có ai mang số này" : "nobody has this number");
    if (found.hit_count > 1) return err_make(r->arena, ERR_MULTIPLE, "card", "%s", r->vietnamese ? "hai người mang cùng số này: hãy báo người quản trị" : "two persons have this number: tell the administrator");
    return opening_make(r, "presence", found.hits[0].version.id, STR_NONE);
}

/* ---- somebody of elsewhere ----------------------------------------------------------------------------------------------------------------- */

static bool has_name(struct arena *a, const struct json *patient, str folded) {
    const struct json *names = JSON_GET(patient, "name");
    for (const struct json *n = names ? names->first : NULL; n; n = n->next)
        if (str_eq(text_fold(a, JSON_TEXT(n, "text")), folded)) return true;
    return false;
}

/* Names only on a full match: whole name (accents aside) and birth date. Of each only what tells two apart. */
static err elsewhere(struct request *r) {
    struct json *in, *tree;
    struct search_result found;
    int32_t day;
    size_t shown = 0;
    TRY(request_json(r, &in));
    str name = text_fold(r->arena, str_trim(JSON_TEXT(in, "name"))), birth = str_trim(JSON_TEXT(in, "birth"));
    if (str_find(name, ' ') == name.len || name.len > 200) return err_make(r->arena, ERR_INVALID, "name", "%s", r->vietnamese ? "hãy ghi đủ họ và tên" : "the full name is expected");
    if (!day_parse(birth, &day)) return err_make(r->arena, ERR_INVALID, "birth", "%s", r->vietnamese ? "hãy ghi đủ ngày sinh" : "the whole birth date is expected");
    TRY(find_everywhere(r, str_format(r->arena, "birthdate=%.*s&_count=1000", STR_ARG(birth)), &found));
    request_audit(r, "look-up", FHIR_TYPE_PATIENT, STR_NONE, 0);
    buf_addz(&r->out, "{\"persons\":[");
    for (size_t i = 0; i < found.hit_count && shown < ELSEWHERE_MOST; i++) {
        TRY(json_parse(r->arena, found.hits[i].version.body, &tree));
        if (!has_name(r->arena, tree, name)) continue;
        buf_addz(&r->out, shown++ ? ",{" : "{");
        add_text(&r->out, "id", found.hits[i].version.id);
        add_text(&r->out, "name", JSON_TEXT(json_item(JSON_GET(tree, "name"), 0), "text"));
        add_text(&r->out, "birth", JSON_TEXT(tree, "birthDate"));
        add_text(&r->out, "sex", JSON_TEXT(tree, "gender"));
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

/* ---- the list of the head ---------------------------------------------------------------------------------------------------------------------- */

str person_shown_name(struct reader *r, struct arena *a, int64_t rid) {
    struct version v;
    struct json *tree;
    if (reader_get_rid(r, a, rid, &v).code || json_parse(a, v.body, &tree).code) return STR_NONE;
    return JSON_TEXT(json_item(JSON_GET(tree, "name"), 0), "text");
}

/* Opened at the own place, or a resident of the own places by whomever. */
static bool concerns(struct reader *reader, const struct session *s, int64_t person, str place) {
    struct version v = {.rid = person, .type = FHIR_TYPE_PATIENT, .position = INT64_MAX};
    struct access residents = s->access;
    residents.persons = NULL; /* residents alone: an opening does not show itself */
    residents.person_count = 0;
    residents.hidden = 0;
    return s->access.everything || session_may(s, PERMISSION_ACCOUNTS) || (s->place.len && str_eq(place, s->place)) || access_sees(reader, &residents, &v);
}

static err list_openings(struct request *r) {
    struct reader *reader;
    struct buf *out = &r->out;
    int32_t from = day_today() - 30, until = INT32_MAX / 2;
    str first = request_query(r, "from"), last = request_query(r, "until");
    bool row;
    if (first.len && !day_parse(first, &from)) return err_make(r->arena, ERR_INVALID, "from", "a day: YYYY-MM-DD");
    if (last.len && !day_parse(last, &until)) return err_make(r->arena, ERR_INVALID, "until", "a day: YYYY-MM-DD");
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_openings);
    bind_int(q, 1, from * 86400000LL - VIETNAM_OFFSET_MINUTES * 60000LL);
    bind_int(q, 2, (until + 1LL) * 86400000LL - VIETNAM_OFFSET_MINUTES * 60000LL);
    bind_int(q, 3, 1000);
    buf_addz(out, "{\"openings\":[");
    TRY(db_row(q, &row));
    while (row) {
        char when[25];
        if (concerns(reader, r->session, column_int(q, 3), column_text(q, 4))) {
            buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{");
            add_text(out, "id", column_text(q, 0));
            add_text(out, "kind", column_text(q, 1));
            add_text(out, "person", index_column_id(q, 2, r->arena));
            add_text(out, "personName", person_shown_name(reader, r->arena, column_int(q, 3)));
            add_text(out, "place", column_text(q, 4));
            add_text(out, "actor", column_text(q, 5));
            add_text(out, "name", column_text(q, 6));
            add_text(out, "role", column_text(q, 7));
            add_text(out, "reason", column_text(q, 8));
            add_text(out, "at", str_of(instant_format(column_int(q, 9), when)));
            add_text(out, "until", str_of(instant_format(column_int(q, 10), when)));
            buf_addc(out, '}');
        }
        TRY(db_row(q, &row));
    }
    buf_addz(out, "]}");
    request_audit(r, "read-openings", FHIR_TYPE_NONE, STR_NONE, 0);
    return OK_ERR;
}

const struct route opening_routes[] = {
    {ROUTE("GET", "/api/openings", PERMISSION_OPENINGS_READ, list_openings, "Các lần mở hồ sơ và lý do", "Records opened, and why")},
    {ROUTE("POST", "/api/openings", PERMISSION_PERSON_OPEN, open_by_card, "Mở hồ sơ bằng thẻ của người bệnh", "Open a record by the person's card"), .body_limit = 4096},
    {ROUTE("POST", "/api/openings/elsewhere", PERMISSION_PERSON_OPEN, elsewhere, "Tìm người nơi khác bằng đủ họ tên và ngày sinh", "Look up somebody of elsewhere by full name and birth date"),
     .body_limit = 4096},
    {ROUTE("POST", "/api/persons/{id}/open", PERMISSION_PERSON_OPEN, open_person, "Mở hồ sơ có ghi lý do", "Open a record with a reason"), .body_limit = 8192},
    {.method = NULL},
};
