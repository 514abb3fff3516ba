/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading the audit: the administrator's list, and the log of one person, which is the person's own and can be printed. Entries
 * are shown as FHIR AuditEvents where a program asks for them (Accept: application/fhir+json). Reading it is itself audited.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/map.h"
#include "base/members.h"
#include "base/vec.h"
#include "db/db.h"
#include "http_text.h"
#include "store/index.h"

enum { AUDIT_DEFAULT = 100, AUDIT_MOST = 1000 };

#define ENTRY_COLUMNS "a.id, a.wall, a.actor, a.action, a.why, a.peer, a.type, a.resource, a.patient, a.post, p.id"
static const char sql_entries[] = "SELECT " ENTRY_COLUMNS " FROM audit a LEFT JOIN res p ON p.rid = a.patient AND a.patient <> 0 "
                                  "WHERE a.id < ?1 AND a.wall >= ?2 AND a.wall < ?3 AND (?4 IS NULL OR a.actor = ?4) AND (?5 IS NULL OR a.action = ?5) "
                                  "ORDER BY a.id DESC LIMIT ?6";
static const char sql_person[] = "SELECT " ENTRY_COLUMNS " FROM audit a LEFT JOIN res p ON p.rid = a.patient "
                                 "WHERE (a.patient = ?4 AND a.patient <> 0 OR a.id IN (SELECT audit FROM audit_shown WHERE patient = ?4)) AND a.wall >= ?2 AND a.wall < ?3 AND a.id < ?1 ORDER BY a.wall DESC, a.id DESC LIMIT ?5";
static const char sql_account_of[] = "SELECT display FROM account WHERE practitioner = ?1 OR practitioner = ?2 OR ('Account/' || name) = ?1";

err request_person(struct request *r, str id, struct version *out) {
    struct reader *reader;
    TRY(request_reader(r, &reader));
    err e = reader_get(reader, r->arena, FHIR_TYPE_PATIENT, id, out);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE || (!e.code && !access_sees(reader, &r->session->access, out)))
        return err_make(r->arena, ERR_NOT_FOUND, "Patient", "nobody of that id");
    return e;
}

err actor_name(struct reader *r, struct arena *a, str actor, str *out) {
    struct statement *q = db_use(reader_db(r), sql_account_of);
    bool row;
    *out = STR_NONE;
    bind_text(q, 1, actor);
    bind_text(q, 2, str_starts(actor, STR("Practitioner/")) ? str_slice(actor, 13, actor.len) : STR_NONE);
    TRY(db_row(q, &row));
    if (row) *out = str_copy(a, column_text(q, 0));
    db_reset(q);
    struct version v;
    struct json *tree;
    if (out->len || !str_starts(actor, STR("Practitioner/")) || reader_get(r, a, FHIR_TYPE_PRACTITIONER, str_slice(actor, 13, actor.len), &v).code) return OK_ERR;
    TRY(json_parse(a, v.body, &tree));
    *out = JSON_TEXT(json_item(JSON_GET(tree, "name"), 0), "text");
    return OK_ERR;
}

struct entry {
    int64_t id, wall;
    str actor, action, why, peer, type, resource, post, person;
};
struct entries { struct entry *at; size_t len, cap; };

static err read_entries(struct statement *q, struct arena *a, struct entries *out) {
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct entry e = {.id = column_int(q, 0), .wall = column_int(q, 1)};
        str *texts[] = {&e.actor, &e.action, &e.why, &e.peer, &e.type, &e.resource};
        for (int i = 0; i < 6; i++) *texts[i] = str_copy(a, column_text(q, 2 + i));
        e.post = str_copy(a, column_text(q, 9));
        if (!column_null(q, 10)) e.person = index_column_id(q, 10, a);
        VEC_PUSH(a, out, e);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static const char sql_id[] = "SELECT id FROM res WHERE rid = ?1";

/* Ids of the persons whom a search has shown; in one person's own log only how many there were: who else is not theirs to know. */
static err shown_ids(struct request *r, struct reader *reader, const struct entry *e, str **out, size_t *count) {
    VEC(str) list = {0};
    str rest = e->resource, part;
    int64_t rid;
    bool row;
    while (str_is(e->action, "find") && str_split(&rest, ' ', &part)) {
        if (!str_int64(part, &rid)) continue;
        struct statement *q = db_use(reader_db(reader), sql_id);
        bind_int(q, 1, rid);
        TRY(db_row(q, &row));
        VEC_PUSH(r->arena, &list, row ? index_column_id(q, 0, r->arena) : part);
        db_reset(q);
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

static bool own_log(const struct request *r) { return r->parameters[0].len > 0; }

static err write_shown(struct request *r, struct reader *reader, const struct entry *e) {
    str *ids;
    size_t count;
    if (!str_is(e->action, "find")) return OK_ERR;
    TRY(shown_ids(r, reader, e, &ids, &count));
    add_number(&r->out, "shownCount", (int64_t)count);
    if (own_log(r)) return OK_ERR;
    add_name(&r->out, "shown");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) buf_addc(&r->out, ',');
        buf_add_json(&r->out, ids[i]);
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

/* ---- as JSON of the screens -------------------------------------------------------------------------------------------------- */

static err write_entry(struct request *r, struct reader *reader, struct map *names, const struct entry *e) {
    struct buf *out = &r->out;
    char when[25];
    str *name = map_get(names, e->actor);
    if (!name) {
        name = ARENA_NEW(r->arena, str);
        TRY(actor_name(reader, r->arena, e->actor, name));
        map_put(names, e->actor, name);
    }
    buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{");
    add_number(out, "number", e->id);
    add_text(out, "at", str_of(instant_format(e->wall, when)));
    add_text(out, "actor", e->actor);
    add_text(out, "name", *name);
    add_text(out, "post", e->post);
    add_text(out, "action", e->action);
    add_text(out, "type", e->type);
    add_text(out, "resource", str_is(e->action, "find") ? STR_NONE : e->resource);
    TRY(write_shown(r, reader, e));
    add_text(out, "person", e->person);
    add_text(out, "why", e->why);
    add_text(out, "from", e->peer);
    buf_addc(out, '}');
    return OK_ERR;
}

static err write_list(struct request *r, struct reader *reader, const struct entries *list, size_t limit) {
    struct map names = map_new(r->arena);
    struct buf *out = &r->out;
    int64_t count;
    char seal[65];
    TRY(store_audit_head(reader, &count, seal));
    buf_addc(out, '{');
    add_name(out, "chain");
    buf_addc(out, '{');
    add_number(out, "entries", count);
    add_text(out, "seal", str_of(seal));
    buf_addc(out, '}');
    add_bool(out, "more", list->len > limit);
    add_name(out, "entries");
    buf_addc(out, '[');
    for (size_t i = 0; i < list->len && i < limit; i++) TRY(write_entry(r, reader, &names, &list->at[i]));
    buf_addz(out, "]}");
    return OK_ERR;
}

/* ---- as FHIR -------------------------------------------------------------------------------------------------------------------- */

static const char *action_code(str action) {
    static const char *const codes[][2] = {{"create", "C"}, {"read", "R"}, {"find", "R"}, {"export", "R"}, {"update", "U"}, {"write", "U"}, {"delete", "D"}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_is(action, codes[i][0])) return codes[i][1];
    return "E";
}

static void put_reference(struct buf *out, str reference) {
    if (str_starts(reference, STR("Practitioner/"))) {
        buf_addz(out, "{\"reference\":");
        buf_add_json(out, reference);
    } else { /* an account, a token or the system is no resource */
        buf_addz(out, "{\"identifier\":{\"system\":\"urn:tram:actor\",\"value\":");
        buf_add_json(out, reference.len ? reference : STR("system"));
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
}

/* Whom the entry is about. */
static err put_entities(struct request *r, struct reader *reader, const struct entry *e) {
    struct buf *out = &r->out;
    bool find = str_is(e->action, "find");
    str *ids = NULL;
    size_t count = 0, n = 0;
    if (find && own_log(r)) count = 1, ids = &r->parameters[0];
    else if (find) TRY(shown_ids(r, reader, e, &ids, &count));
    for (size_t i = 0; i < count; i++)
        buf_addf(out, "%s{\"what\":{\"reference\":\"Patient/%.*s\"}}", n++ ? "," : ",\"entity\":[", STR_ARG(ids[i]));
    if (e->person.len)
        buf_addf(out, "%s{\"what\":{\"reference\":\"Patient/%.*s\"},\"role\":{\"system\":\"http://terminology.hl7.org/CodeSystem/object-role\",\"code\":\"1\"}}",
                 n++ ? "," : ",\"entity\":[", STR_ARG(e->person));
    if (!find && e->resource.len && (!str_is(e->type, "Patient") || !e->person.len))
        buf_addf(out, "%s{\"what\":{\"reference\":\"%.*s/%.*s\"}}", n++ ? "," : ",\"entity\":[", STR_ARG(e->type), STR_ARG(e->resource));
    buf_addz(out, n ? "]}}" : "}}");
    return OK_ERR;
}

static err put_event(struct request *r, struct reader *reader, const struct entry *e) {
    struct buf *out = &r->out;
    char when[25];
    bool peer = e->peer.len > 0;
    buf_addf(out, "%s{\"resource\":{\"resourceType\":\"AuditEvent\",\"id\":\"audit-%lld\",\"type\":{\"system\":"
                  "\"http://terminology.hl7.org/CodeSystem/audit-event-type\",\"code\":\"rest\"},\"subtype\":[{\"system\":\"urn:tram:audit\",\"code\":",
             out->at[out->len - 1] == '[' ? "" : ",", (long long)e->id);
    buf_add_json(out, e->action);
    buf_addf(out, "}],\"action\":\"%s\",\"recorded\":\"%s\",\"outcome\":\"0\"", action_code(e->action), instant_format(e->wall, when));
    if (e->why.len) {
        buf_addz(out, ",\"purposeOfEvent\":[{\"text\":");
        buf_add_json(out, e->why);
        buf_addz(out, "}]");
    }
    buf_addz(out, ",\"agent\":[{\"who\":");
    put_reference(out, e->actor);
    buf_addz(out, ",\"requestor\":true");
    if (e->post.len) {
        buf_addz(out, ",\"role\":[{\"text\":");
        buf_add_json(out, e->post);
        buf_addz(out, "}]");
    }
    if (peer) {
        buf_addz(out, ",\"network\":{\"address\":");
        buf_add_json(out, e->peer);
        buf_addz(out, ",\"type\":\"2\"}");
    }
    buf_addz(out, "}],\"source\":{\"observer\":{\"display\":\"tram\"}}");
    return put_entities(r, reader, e);
}

static err answer(struct request *r, struct reader *reader, const struct entries *list, size_t limit) {
    static const char *const event_types[] = {"application/fhir+json", NULL};
    str accept = request_header(r, "Accept");
    if (!accept.len || str_contains(accept, STR("*/*")) || !http_accepts(accept, event_types)) return write_list(r, reader, list, limit);
    r->type = "application/fhir+json; charset=utf-8";
    buf_addz(&r->out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < list->len && i < limit; i++) TRY(put_event(r, reader, &list->at[i]));
    if (list->len) buf_addz(&r->out, "]}");
    else r->out.len -= strlen(",\"entry\":["), buf_addc(&r->out, '}');
    return OK_ERR;
}

/* ---- routes ------------------------------------------------------------------------------------------------------------------------ */

struct window { int64_t from, until, before, limit; };

static err day_parameter(struct request *r, const char *name, bool end, int64_t *out) {
    str text = request_query(r, name);
    int32_t day;
    if (!text.len) return OK_ERR;
    if (!day_parse(text, &day)) return err_make(r->arena, ERR_INVALID, name, "a day: YYYY-MM-DD");
    *out = (int64_t)(day + end) * 86400000 - VIETNAM_OFFSET_MINUTES * 60000LL;
    return OK_ERR;
}

static err read_window(struct request *r, struct window *w) {
    str before = request_query(r, "before"), limit = request_query(r, "limit");
    *w = (struct window){0, INT64_MAX, INT64_MAX, AUDIT_DEFAULT};
    TRY(day_parameter(r, "from", false, &w->from));
    TRY(day_parameter(r, "until", true, &w->until));
    if (before.len && !str_int64(before, &w->before)) return err_make(r->arena, ERR_INVALID, "before", "the number of an entry");
    if (limit.len && (!str_int64(limit, &w->limit) || w->limit < 1 || w->limit > AUDIT_MOST))
        return err_make(r->arena, ERR_INVALID, "limit", "limit is 1 to %d", AUDIT_MOST);
    return OK_ERR;
}

static err list_audit(struct request *r) {
    struct window w;
    struct reader *reader;
    struct entries list = {0};
    str actor = request_query(r, "actor"), action = request_query(r, "action");
    TRY(read_window(r, &w));
    findings_flush(exchange_of(r)->server, true); /* a search that is still going on is in the next answer */
    if (!r->session->access.everything && !session_may(r->session, PERMISSION_ACCOUNTS))
        return err_make(r->arena, ERR_FORBIDDEN, NULL, "the whole audit is for administrator and auditor; ask for one person's");
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_entries);
    bind_int(q, 1, w.before);
    bind_int(q, 2, w.from);
    bind_int(q, 3, w.until);
    bind_text(q, 4, actor.len ? actor : STR_NONE);
    bind_text(q, 5, action.len ? action : STR_NONE);
    bind_int(q, 6, w.limit + 1);
    TRY(read_entries(q, r->arena, &list));
    request_audit(r, "read-audit", FHIR_TYPE_NONE, STR_NONE, 0);
    return answer(r, reader, &list, (size_t)w.limit);
}

static err person_audit(struct request *r) {
    struct window w;
    struct reader *reader;
    struct version person;
    struct entries list = {0};
    TRY(read_window(r, &w));
    findings_flush(exchange_of(r)->server, true);
    TRY(request_person(r, r->parameters[0], &person));
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_person);
    bind_int(q, 1, w.before);
    bind_int(q, 2, w.from);
    bind_int(q, 3, w.until);
    bind_int(q, 4, person.rid);
    bind_int(q, 5, w.limit + 1);
    TRY(read_entries(q, r->arena, &list));
    request_audit(r, "read-audit", FHIR_TYPE_PATIENT, person.id, person.rid);
    return answer(r, reader, &list, (size_t)w.limit);
}

err audit_of_person(struct request *r, int64_t patient, size_t limit, struct audit_line **out, size_t *count) {
    struct reader *reader;
    struct entries list = {0};
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_person);
    bind_int(q, 1, INT64_MAX);
    bind_int(q, 2, 0);
    bind_int(q, 3, INT64_MAX);
    bind_int(q, 4, patient);
    bind_int(q, 5, (int64_t)limit);
    TRY(read_entries(q, r->arena, &list));
    *out = ARENA_ARRAY(r->arena, struct audit_line, list.len);
    *count = list.len;
    for (size_t i = 0; i < list.len; i++) {
        const struct entry *e = &list.at[i];
        (*out)[i] = (struct audit_line){.wall = e->wall, .name = e->actor, .action = e->action, .why = e->why, .what = e->type};
        str name;
        TRY(actor_name(reader, r->arena, e->actor, &name));
        if (name.len) (*out)[i].name = name;
    }
    return OK_ERR;
}

const struct route audit_routes[] = {
    {ROUTE("GET", "/api/audit", PERMISSION_AUDIT_READ, list_audit, "Nhật ký truy cập", "The audit")},
    {ROUTE("GET", "/api/persons/{id}/audit", PERMISSION_AUDIT_READ, person_audit, "Ai đã xem hồ sơ của một người", "Who saw one person's record")},
    {.method = NULL},
};
