/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person may ask and decide about the own data (Law 91/2025/QH15): consent for purposes other than care, asked once for each
 * and kept as a FHIR Consent; requests to view, correct, withdraw or erase, kept as a FHIR Task with the day by which the law wants
 * an answer. Care at a public station rests on law and asks no consent. Purposes and days stand under data/privacy.
 */
#include "server_int.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/members.h"
#include "base/vec.h"
#include "base/vocabulary.h"

#include <stdio.h>

enum { TEXT_MOST = 2000 };

/* ---- consent ------------------------------------------------------------------------------------------------------------------------ */

struct purpose { str code, vi, en; };
struct purposes { struct purpose *at; size_t len, cap; };

static err read_purposes(struct arena *a, int32_t on, struct purposes *out) {
    struct csv csv = {.rest = data_file("privacy/purposes.csv")};
    str f[10];
    size_t n;
    bool row;
    for (;;) {
        int32_t from, until;
        TRY(csv_row(&csv, a, f, 10, &n, &row));
        if (!row) return OK_ERR;
        if (n < 5 || csv.line == 1) continue;
        if (!day_parse(f[3], &from)) from = INT32_MIN;
        if (!day_parse(f[4], &until)) until = INT32_MAX;
        if (on >= from && on < until) VEC_PUSH(a, out, (struct purpose){f[0], f[1], f[2]});
    }
}

/* One Consent for a person and purpose: the id says so, so that two nodes that ask make two versions of one decision. */
static str consent_id(struct arena *a, str purpose, str person) {
    return str_format(a, "c-%.*s-%.*s", STR_ARG(purpose), STR_ARG(str_slice(person, 0, person.len > 50 ? 50 : person.len)));
}

static err consent_state(struct request *r, str id, const struct json **out) {
    struct reader *reader;
    struct version v;
    struct json *tree;
    *out = NULL;
    TRY(request_reader(r, &reader));
    err e = reader_get(reader, r->arena, FHIR_TYPE_CONSENT, id, &v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE) return OK_ERR;
    TRY(e);
    TRY(json_parse(r->arena, v.body, &tree));
    *out = tree;
    return OK_ERR;
}

static err list_consents(struct request *r) {
    struct version person;
    struct purposes all = {0};
    struct buf *out = &r->out;
    TRY(request_person(r, r->parameters[0], &person));
    TRY(read_purposes(r->arena, day_today(), &all));
    buf_addz(out, "{\"consents\":[");
    for (size_t i = 0; i < all.len; i++) {
        const struct json *c;
        TRY(consent_state(r, consent_id(r->arena, all.at[i].code, person.id), &c));
        buf_addz(out, i ? ",{" : "{");
        add_text(out, "purpose", all.at[i].code);
        add_text(out, "vi", all.at[i].vi);
        add_text(out, "en", all.at[i].en);
        add_text(out, "decision", JSON_TEXT(JSON_GET(c, "provision"), "type"));
        add_text(out, "at", JSON_TEXT(c, "dateTime"));
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    request_audit(r, "read", FHIR_TYPE_CONSENT, STR_NONE, person.rid);
    return OK_ERR;
}

static err decide(struct request *r) {
    struct json *in;
    const struct json *before;
    struct version person;
    struct purposes all = {0};
    size_t i = 0;
    char now[25];
    TRY(request_json(r, &in));
    TRY(request_person(r, r->parameters[0], &person));
    TRY(read_purposes(r->arena, day_today(), &all));
    while (i < all.len && !str_eq(all.at[i].code, r->parameters[1])) i++;
    str decision = JSON_TEXT(in, "decision"), way = JSON_TEXT(in, "way"), id = consent_id(r->arena, r->parameters[1], person.id);
    if (i == all.len) return err_make(r->arena, ERR_NOT_FOUND, "purpose", "no purpose %.*s today", STR_ARG(r->parameters[1]));
    if (!str_is(decision, "permit") && !str_is(decision, "deny")) return err_make(r->arena, ERR_INVALID, "decision", "permit or deny is expected");
    if (!str_is(way, "paper") && !str_is(way, "spoken")) return err_make(r->arena, ERR_INVALID, "way", "paper or spoken is expected: the proof is kept");
    TRY(consent_state(r, id, &before));
    const struct json *change = JSON_GET(in, "change");
    if (before && !(change && change->kind == JSON_TRUE))
        return err_make(r->arena, ERR_CONFLICT, "purpose", "%s", r->vietnamese ? "đã hỏi rồi; chỉ ghi lại khi người dân đổi ý" : "this has been asked already; record it again only when the person changes the mind");
    struct buf b = buf_new(r->arena);
    buf_addf(&b, "{\"resourceType\":\"Consent\",\"id\":\"%.*s\",\"status\":\"active\",\"scope\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/consentscope\","
                 "\"code\":\"patient-privacy\"}]},\"category\":[{\"coding\":[{\"system\":\"" SYSTEM_PURPOSE "\",\"code\":\"%.*s\"}]}],\"patient\":{\"reference\":\"Patient/%.*s\"},"
                 "\"dateTime\":\"%s\",", STR_ARG(id), STR_ARG(all.at[i].code), STR_ARG(person.id), instant_format(clock_now_ms(), now));
    if (r->session->place.len) buf_addf(&b, "\"organization\":[{\"reference\":\"Organization/%.*s\"}],", STR_ARG(r->session->place));
    buf_addf(&b, "\"policyRule\":{\"text\":\"Luật 91/2025/QH15\"},\"verification\":[{\"verified\":%s,\"verificationDate\":\"%s\"}],\"provision\":{\"type\":\"%.*s\"}}",
             str_is(way, "paper") ? "true" : "false", now, STR_ARG(decision));
    TRY(request_put(r, FHIR_TYPE_CONSENT, id, buf_str(&b)));
    return list_consents(r);
}

/* ---- requests --------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *code, *period; } kinds[] = {
    {"view", "correction-days"}, {"correct", "correction-days"}, {"withdraw", "withdraw-days"}, {"erase", "erase-days"}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static err file_request(struct request *r) {
    struct json *in;
    struct version person;
    size_t k = 0;
    char now[25], due[11];
    TRY(request_json(r, &in));
    TRY(request_person(r, r->parameters[0], &person));
    str kind = JSON_TEXT(in, "kind"), text = str_trim(JSON_TEXT(in, "text")), id = rest_new_id(r->arena);
    while (k < KINDS && !str_is(kind, kinds[k].code)) k++;
    if (k == KINDS) return err_make(r->arena, ERR_INVALID, "kind", "view, correct, withdraw or erase is expected");
    if (!text.len || text.len > TEXT_MOST) return err_make(r->arena, ERR_INVALID, "text", "%s", r->vietnamese ? "hãy ghi điều người dân yêu cầu" : "what the person asks for is expected");
    struct buf b = buf_new(r->arena);
    buf_addf(&b, "{\"resourceType\":\"Task\",\"id\":\"%.*s\",\"status\":\"requested\",\"intent\":\"order\",\"code\":{\"coding\":[{\"system\":\"" SYSTEM_REQUEST "\",\"code\":\"%s\"}]},"
                 "\"description\":", STR_ARG(id), kinds[k].code);
    buf_add_json(&b, text);
    buf_addf(&b, ",\"for\":{\"reference\":\"Patient/%.*s\"},\"authoredOn\":\"%s\",\"requester\":{\"reference\":\"Patient/%.*s\"},\"restriction\":{\"period\":{\"end\":\"%s\"}}}",
             STR_ARG(person.id), instant_format(clock_now_ms(), now), STR_ARG(person.id), day_format(day_today() + period_value(kinds[k].period, day_today()), due));
    TRY(request_put(r, FHIR_TYPE_TASK, id, buf_str(&b)));
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", id);
    add_text(&r->out, "due", str_of(due));
    buf_addc(&r->out, '}');
    r->status = 201;
    return OK_ERR;
}

static err list_requests(struct request *r) {
    struct reader *reader;
    struct search_result found;
    struct buf *out = &r->out;
    const struct search_options options = {.access = &r->session->access, .deadline_ms = clock_now_ms() + LIMIT_SEARCH_SECONDS * 1000};
    TRY(request_reader(r, &reader));
    TRY(search_run(reader, r->arena, FHIR_TYPE_TASK, STR("code=" SYSTEM_REQUEST "|&_count=200"), &options, &found));
    buf_addz(out, "{\"requests\":[");
    for (size_t i = 0; i < found.hit_count; i++) {
        struct json *t;
        TRY(json_parse(r->arena, found.hits[i].version.body, &t));
        str person = JSON_TEXT(JSON_GET(t, "for"), "reference");
        buf_addz(out, i ? ",{" : "{");
        add_text(out, "id", found.hits[i].version.id);
        add_text(out, "kind", JSON_TEXT(json_item(JSON_GET(JSON_GET(t, "code"), "coding"), 0), "code"));
        add_text(out, "status", JSON_TEXT(t, "status"));
        add_text(out, "text", JSON_TEXT(t, "description"));
        add_text(out, "person", str_starts(person, STR("Patient/")) ? str_slice(person, 8, person.len) : STR_NONE);
        add_text(out, "personName", person_shown_name(reader, r->arena, found.hits[i].version.patient));
        add_text(out, "at", JSON_TEXT(t, "authoredOn"));
        add_text(out, "due", JSON_TEXT(JSON_GET(JSON_GET(t, "restriction"), "period"), "end"));
        add_text(out, "answer", JSON_TEXT(json_item(JSON_GET(t, "note"), 0), "text"));
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

static err answer_request(struct request *r) {
    struct json *in, *task;
    struct reader *reader;
    struct version v;
    struct buf b = buf_new(r->arena);
    TRY(request_json(r, &in));
    TRY(request_reader(r, &reader));
    str status = JSON_TEXT(in, "status"), text = str_trim(JSON_TEXT(in, "text"));
    if (!str_is(status, "completed") && !str_is(status, "rejected")) return err_make(r->arena, ERR_INVALID, "status", "completed or rejected is expected");
    if (!text.len || text.len > TEXT_MOST) return err_make(r->arena, ERR_INVALID, "text", "%s", r->vietnamese ? "hãy ghi câu trả lời cho người dân" : "the answer to the person is expected");
    err e = reader_get(reader, r->arena, FHIR_TYPE_TASK, r->parameters[0], &v);
    if (e.code || !access_sees(reader, &r->session->access, &v)) return err_make(r->arena, ERR_NOT_FOUND, "Task", "no such request");
    TRY(json_parse(r->arena, v.body, &task));
    if (!str_is(JSON_TEXT(json_item(JSON_GET(JSON_GET(task, "code"), "coding"), 0), "system"), SYSTEM_REQUEST)) return err_make(r->arena, ERR_NOT_FOUND, "Task", "no such request");
    if (!str_is(JSON_TEXT(task, "status"), "requested")) return err_make(r->arena, ERR_CONFLICT, "status", "this request has been answered");
    buf_addc(&b, '{');
    for (const struct json *m = task->first; m; m = m->next) {
        if (str_is(m->key, "status") || str_is(m->key, "note")) continue;
        if (b.len > 1) buf_addc(&b, ',');
        buf_add_json(&b, m->key);
        buf_addc(&b, ':');
        buf_add(&b, str_slice(v.body, m->begin, m->end));
    }
    buf_addf(&b, ",\"status\":\"%.*s\",\"note\":[{\"text\":", STR_ARG(status));
    buf_add_json(&b, text);
    buf_addz(&b, "}]}");
    TRY(request_put(r, FHIR_TYPE_TASK, v.id, buf_str(&b)));
    r->status = 204;
    return OK_ERR;
}

const struct route privacy_routes[] = {
    {ROUTE("GET", "/api/persons/{id}/consents", PERMISSION_PERSON_REGISTER, list_consents, "Sự đồng ý cho các mục đích khác", "Consent for other purposes")},
    {ROUTE("PUT", "/api/persons/{id}/consents/{purpose}", PERMISSION_PERSON_REGISTER, decide, "Ghi quyết định của người dân", "Record the person's decision"), .body_limit = 4096},
    {ROUTE("POST", "/api/persons/{id}/requests", PERMISSION_PERSON_REGISTER, file_request, "Yêu cầu của người dân về dữ liệu của mình", "A person's request about the own data"), .body_limit = 16 * 1024},
    {ROUTE("GET", "/api/requests", PERMISSION_OPENINGS_READ, list_requests, "Các yêu cầu và hạn trả lời", "Requests and their days")},
    {ROUTE("PUT", "/api/requests/{id}", PERMISSION_OPENINGS_READ, answer_request, "Trả lời một yêu cầu", "Answer a request"), .body_limit = 16 * 1024},
    {.method = NULL},
};
