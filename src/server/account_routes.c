/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The administrator's work: accounts and their posts, sessions of others, PIN and password reset. People and posts are resources
 * (Practitioner, PractitionerRole) saved through the store, so they reach other nodes; the account with its secrets stays here.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/members.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "fhirpath/fhirpath.h"

static const char sql_accounts[] = "SELECT a.id, a.name, a.display, a.role, a.place, a.practitioner, a.disabled, a.english, "
                                   "(SELECT count(*) FROM session s WHERE s.account = a.id AND s.expires > ?1), EXISTS(SELECT 1 FROM pin p WHERE p.account = a.id) "
                                   "FROM account a WHERE ?2 IS NULL OR a.name = ?2 ORDER BY a.name";

err request_put(struct request *r, fhir_type type, str id, str body) {
    struct json *tree;
    struct fhir_issues issues = {0};
    TRY(json_parse(r->arena, body, &tree));
    fhirpath_validate(r->arena, body, tree, &issues);
    if (fhir_issues_have_error(&issues)) return err_make(r->arena, ERR_INVALID, fhir_type_name(type), "%.*s", STR_ARG(issues.at[0].en));
    struct change change = {.op = VERSION_UPDATE, .type = type, .id = id, .source = body, .resource = tree};
    struct commit commit = {.changes = &change, .count = 1, .actor = r->session->actor};
    TRY(store_commit(r->store, r->arena, &commit));
    if (r->reader) reader_end(r->reader); /* what follows sees what was written */
    r->reader = NULL;
    if (!change.unchanged) request_audit(r, change.result.op == VERSION_CREATE ? "create" : "update", type, id, change.result.patient);
    return OK_ERR;
}

/* ---- the list --------------------------------------------------------------------------------------------------------------------- */

static str place_name(struct reader *r, struct arena *a, str place) {
    struct version v;
    struct json *tree;
    if (!place.len || reader_get(r, a, FHIR_TYPE_LOCATION, place, &v).code || json_parse(a, v.body, &tree).code) return STR_NONE;
    return JSON_TEXT(tree, "name");
}

static void add_post(struct request *r, struct reader *reader, const struct post *p, int32_t today) {
    struct buf *out = &r->out;
    bool first = true;
    buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{");
    add_text(out, "id", p->id);
    add_text(out, "role", p->role);
    add_text(out, "place", p->place);
    add_text(out, "placeName", place_name(reader, r->arena, p->place));
    add_day(out, "from", p->from == INT32_MIN ? DAY_NONE : p->from);
    add_day(out, "until", p->until == INT32_MAX ? DAY_NONE : p->until);
    add_bool(out, "current", post_current(p, today));
    add_name(out, "sensitive");
    buf_addc(out, '[');
    for (int c = 0; c < SENSITIVE_COUNT; c++) {
        if (!(p->sensitive >> c & 1)) continue;
        buf_addf(out, "%s\"%s\"", first ? "" : ",", sensitive_code((enum sensitive)c));
        first = false;
    }
    buf_addz(out, "]}");
}

static err add_account(struct request *r, struct reader *reader, struct statement *q, int32_t today) {
    struct buf *out = &r->out;
    struct posts posts = {0};
    str practitioner = str_copy(r->arena, column_text(q, 5));
    buf_addz(out, out->at[out->len - 1] == '[' ? "{" : ",{");
    add_text(out, "account", column_text(q, 1));
    add_text(out, "name", column_text(q, 2));
    add_text(out, "role", column_text(q, 3));
    add_text(out, "place", column_text(q, 4));
    add_text(out, "practitioner", practitioner);
    add_bool(out, "disabled", column_int(q, 6) != 0);
    add_text(out, "language", str_of(column_int(q, 7) ? "en" : "vi"));
    add_number(out, "sessions", column_int(q, 8));
    add_bool(out, "pin", column_int(q, 9) != 0);
    if (practitioner.len && !str_starts(practitioner, STR("Practitioner/"))) practitioner = str_format(r->arena, "Practitioner/%.*s", STR_ARG(practitioner));
    if (practitioner.len) TRY(posts_of(reader, r->arena, practitioner, &posts));
    add_name(out, "posts");
    buf_addc(out, '[');
    for (size_t i = 0; i < posts.len; i++) add_post(r, reader, &posts.at[i], today);
    buf_addz(out, "]}");
    return OK_ERR;
}

static err list_accounts(struct request *r) {
    struct reader *reader;
    bool row;
    int32_t today = day_today();
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_accounts);
    bind_int(q, 1, clock_now_ms());
    bind_text(q, 2, STR_NONE);
    buf_addz(&r->out, "{\"accounts\":[");
    TRY(db_row(q, &row));
    while (row) {
        TRY(add_account(r, reader, q, today));
        TRY(db_row(q, &row));
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

static err list_roles(struct request *r) {
    struct buf *out = &r->out;
    buf_addz(out, "{\"roles\":[");
    for (size_t i = 0; role_name(i); i++) {
        buf_addz(out, i ? ",{" : "{");
        add_text(out, "code", str_of(role_name(i)));
        add_text(out, "vi", str_of(role_title(i, true)));
        add_text(out, "en", str_of(role_title(i, false)));
        buf_addc(out, '}');
    }
    buf_addz(out, "],\"sensitive\":[");
    for (int c = 0; c < SENSITIVE_COUNT; c++) {
        buf_addz(out, c ? ",{" : "{");
        add_text(out, "code", str_of(sensitive_code((enum sensitive)c)));
        add_text(out, "vi", str_of(sensitive_name((enum sensitive)c, true)));
        add_text(out, "en", str_of(sensitive_name((enum sensitive)c, false)));
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

/* ---- changes ------------------------------------------------------------------------------------------------------------------------- */

struct found_account { int64_t id; str practitioner, display; };

static err find_account(struct request *r, str name, struct found_account *out) {
    struct reader *reader;
    bool row;
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_accounts);
    bind_int(q, 1, clock_now_ms());
    bind_text(q, 2, name);
    TRY(db_row(q, &row));
    if (!row) return err_make(r->arena, ERR_NOT_FOUND, "account", "no account %.*s", STR_ARG(name));
    *out = (struct found_account){column_int(q, 0), str_copy(r->arena, column_text(q, 5)), str_copy(r->arena, column_text(q, 2))};
    db_reset(q);
    return OK_ERR;
}

static err put_practitioner(struct request *r, str id, str name) {
    struct buf body = buf_new(r->arena);
    buf_addf(&body, "{\"resourceType\":\"Practitioner\",\"id\":\"%.*s\",\"active\":true,\"name\":[{\"text\":", STR_ARG(id));
    buf_add_json(&body, name);
    buf_addz(&body, "}]}");
    return request_put(r, FHIR_TYPE_PRACTITIONER, id, buf_str(&body));
}

static err known_place(struct request *r, str place) {
    struct reader *reader;
    struct version v;
    TRY(request_reader(r, &reader));
    return reader_get(reader, r->arena, FHIR_TYPE_LOCATION, place, &v).code ? err_make(r->arena, ERR_UNPROCESSABLE, "place", "there is no place %.*s", STR_ARG(place)) : OK_ERR;
}

/* A post as PractitionerRole. Days and classes come from the request. */
static err put_post(struct request *r, const struct json *in, str practitioner, str id) {
    str role = JSON_TEXT(in, "role"), place = JSON_TEXT(in, "place"), from = JSON_TEXT(in, "from"), until = JSON_TEXT(in, "until");
    struct buf b = buf_new(r->arena);
    int32_t first, last;
    char today[11];
    if (!role_of_people(role)) return err_make(r->arena, ERR_INVALID, "role", "no role %.*s", STR_ARG(role));
    if (place.len) TRY(known_place(r, place));
    if (!from.len) from = str_of(day_format(day_today(), today));
    if (!day_parse(from, &first)) return err_make(r->arena, ERR_INVALID, "from", "a day: YYYY-MM-DD");
    if (until.len && (!day_parse(until, &last) || last < first)) return err_make(r->arena, ERR_INVALID, "until", "a day not before the first");
    buf_addf(&b, "{\"resourceType\":\"PractitionerRole\",\"id\":\"%.*s\",\"active\":true,\"period\":{\"start\":\"%.*s\"", STR_ARG(id), STR_ARG(from));
    if (until.len) buf_addf(&b, ",\"end\":\"%.*s\"", STR_ARG(until));
    buf_addf(&b, "},\"practitioner\":{\"reference\":\"%.*s\"},\"code\":[{\"coding\":[{\"system\":\"" SYSTEM_ROLE "\",\"code\":\"%.*s\"}]}]", STR_ARG(practitioner), STR_ARG(role));
    if (place.len) buf_addf(&b, ",\"organization\":{\"reference\":\"Organization/%.*s\"},\"location\":[{\"reference\":\"Location/%.*s\"}]", STR_ARG(place), STR_ARG(place));
    const struct json *classes = JSON_GET(in, "sensitive");
    bool any = false;
    for (const struct json *c = classes ? classes->first : NULL; c; c = c->next)
        for (int k = 0; k < SENSITIVE_COUNT; k++) {
            if (c->kind != JSON_STRING || !str_is(c->text, sensitive_code((enum sensitive)k))) continue;
            buf_addf(&b, "%s{\"coding\":[{\"system\":\"" SYSTEM_SENSITIVE "\",\"code\":\"%s\"}]}", any ? "," : ",\"specialty\":[", sensitive_code((enum sensitive)k));
            any = true;
        }
    buf_addz(&b, any ? "]}" : "}");
    return request_put(r, FHIR_TYPE_PRACTITIONER_ROLE, id, buf_str(&b));
}

static err answer_account(struct request *r, str name) {
    struct reader *reader;
    bool row;
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_accounts);
    bind_int(q, 1, clock_now_ms());
    bind_text(q, 2, name);
    buf_addz(&r->out, "[");
    TRY(db_row(q, &row));
    if (row) TRY(add_account(r, reader, q, day_today()));
    db_reset(q);
    r->out.at++; /* one account, not the list of one */
    r->out.len--;
    return OK_ERR;
}

/* A person with a post and an account, in one go. The post is checked before anything is written. */
static err add_one(struct request *r) {
    struct json *in;
    TRY(request_json(r, &in));
    const struct json *post = JSON_GET(in, "post");
    str name = JSON_TEXT(in, "account"), display = str_trim(JSON_TEXT(in, "name")), practitioner = JSON_TEXT(in, "practitioner");
    if (!display.len || display.len > 200) return err_make(r->arena, ERR_INVALID, "name", "a name of 1 to 200 characters is expected");
    if (post && !role_of_people(JSON_TEXT(post, "role"))) return err_make(r->arena, ERR_INVALID, "role", "no role %.*s", STR_ARG(JSON_TEXT(post, "role")));
    if (post && JSON_TEXT(post, "place").len) TRY(known_place(r, JSON_TEXT(post, "place")));
    bool fresh = !practitioner.len;
    if (fresh) practitioner = str_format(r->arena, "Practitioner/%.*s", STR_ARG(rest_new_id(r->arena)));
    if (!str_starts(practitioner, STR("Practitioner/"))) return err_make(r->arena, ERR_INVALID, "practitioner", "Practitioner/… is expected");
    struct account account = {.name = name, .display = display, .role = STR("none"), .practitioner = practitioner, .english = str_is(JSON_TEXT(in, "language"), "en")};
    TRY(account_add(r->store, r->arena, &account, JSON_TEXT(in, "password")));
    if (fresh) TRY(put_practitioner(r, str_slice(practitioner, 13, practitioner.len), display));
    if (post) TRY(put_post(r, post, practitioner, rest_new_id(r->arena)));
    struct audit_entry e = {.action = STR("account-add"), .why = name};
    request_audit_entry(r, &e);
    r->status = 201;
    return answer_account(r, name);
}

static err add_post_to(struct request *r) {
    struct json *in;
    struct found_account account;
    TRY(request_json(r, &in));
    TRY(find_account(r, r->parameters[0], &account));
    if (!account.practitioner.len) return err_make(r->arena, ERR_UNPROCESSABLE, "account", "this account belongs to no person; make one that does");
    TRY(put_post(r, in, account.practitioner, rest_new_id(r->arena)));
    r->status = 201;
    return answer_account(r, r->parameters[0]);
}

/* Ends with the day given, or yesterday: from now on it gives no rights. */
static err end_post(struct request *r) {
    struct found_account account;
    struct reader *reader;
    struct version v;
    struct json *tree;
    struct buf body = buf_new(r->arena);
    char text[11];
    int32_t last = day_today() - 1;
    str until = request_query(r, "until");
    if (until.len && !day_parse(until, &last)) return err_make(r->arena, ERR_INVALID, "until", "a day: YYYY-MM-DD");
    TRY(find_account(r, r->parameters[0], &account));
    TRY(request_reader(r, &reader));
    TRY(reader_get(reader, r->arena, FHIR_TYPE_PRACTITIONER_ROLE, r->parameters[1], &v));
    TRY(json_parse(r->arena, v.body, &tree));
    if (!str_eq(JSON_TEXT(JSON_GET(tree, "practitioner"), "reference"), account.practitioner)) return err_make(r->arena, ERR_NOT_FOUND, "post", "no such post of this account");
    str start = JSON_TEXT(JSON_GET(tree, "period"), "start");
    int32_t first;
    bool never = day_parse(start, &first) && last < first; /* ended before it began: it is simply not active */
    buf_addc(&body, '{');
    for (const struct json *m = tree->first; m; m = m->next) {
        if (str_is(m->key, "active") || (str_is(m->key, "period") && !never)) continue;
        if (body.len > 1) buf_addc(&body, ',');
        buf_add_json(&body, m->key);
        buf_addc(&body, ':');
        buf_add(&body, str_slice(v.body, m->begin, m->end));
    }
    buf_addf(&body, ",\"active\":%s", never ? "false" : "true");
    if (!never) {
        buf_addz(&body, ",\"period\":{");
        if (start.len) buf_addf(&body, "\"start\":\"%.*s\",", STR_ARG(start));
        buf_addf(&body, "\"end\":\"%s\"}", day_format(last, text));
    }
    buf_addc(&body, '}');
    TRY(request_put(r, FHIR_TYPE_PRACTITIONER_ROLE, r->parameters[1], buf_str(&body)));
    return answer_account(r, r->parameters[0]);
}

static err note_change(struct request *r, const char *action) {
    struct audit_entry e = {.action = str_of(action), .why = r->parameters[0]};
    session_forget(exchange_of(r)->server, NULL);
    request_audit_entry(r, &e);
    r->status = 204;
    return OK_ERR;
}

static err reset_password(struct request *r) {
    struct json *in;
    TRY(request_json(r, &in));
    TRY(account_password(r->store, r->arena, r->parameters[0], JSON_TEXT(in, "password")));
    return note_change(r, "account-password");
}

static err set_disabled(struct request *r) {
    struct json *in;
    TRY(request_json(r, &in));
    const struct json *disabled = JSON_GET(in, "disabled");
    if (!disabled || (disabled->kind != JSON_TRUE && disabled->kind != JSON_FALSE)) return err_make(r->arena, ERR_INVALID, "disabled", "true or false is expected");
    if (str_eq(r->parameters[0], r->session->login)) return err_make(r->arena, ERR_UNPROCESSABLE, NULL, "nobody shuts out himself");
    TRY(account_disable(r->store, r->arena, r->parameters[0], disabled->kind == JSON_TRUE));
    return note_change(r, disabled->kind == JSON_TRUE ? "account-disable" : "account-enable");
}

static err reset_pin(struct request *r) {
    struct found_account account;
    TRY(find_account(r, r->parameters[0], &account));
    TRY(pin_forget(r->store, account.id));
    return note_change(r, "account-pin");
}

static err sessions_of(struct request *r) {
    struct found_account account;
    TRY(find_account(r, r->parameters[0], &account));
    return sessions_write(r, account.id, STR_NONE);
}

static err end_sessions_of(struct request *r) {
    struct found_account account;
    TRY(find_account(r, r->parameters[0], &account));
    TRY(sessions_end(exchange_of(r)->server, r->arena, account.id, STR_NONE));
    return note_change(r, "account-sign-out");
}

#define ACCOUNTS(m, path, handler, vi, en) {ROUTE(m, path, PERMISSION_ACCOUNTS, handler, vi, en), .body_limit = 16 * 1024}
const struct route account_routes[] = {
    {ROUTE("GET", "/api/roles", PERMISSION_SIGNED_IN, list_roles, "Các vai trò", "The roles")},
    ACCOUNTS("GET", "/api/accounts", list_accounts, "Tài khoản và nhiệm vụ", "Accounts and posts"),
    ACCOUNTS("POST", "/api/accounts", add_one, "Thêm người, nhiệm vụ và tài khoản", "Add a person with a post and an account"),
    ACCOUNTS("PUT", "/api/accounts/{name}", set_disabled, "Khóa hoặc mở tài khoản", "Disable or enable an account"),
    ACCOUNTS("POST", "/api/accounts/{name}/posts", add_post_to, "Giao nhiệm vụ", "Give a post"),
    ACCOUNTS("DELETE", "/api/accounts/{name}/posts/{id}", end_post, "Kết thúc nhiệm vụ", "End a post"),
    ACCOUNTS("PUT", "/api/accounts/{name}/password", reset_password, "Đặt lại mật khẩu", "Reset the password"),
    ACCOUNTS("DELETE", "/api/accounts/{name}/pin", reset_pin, "Xóa mã PIN", "Remove the PIN"),
    ACCOUNTS("GET", "/api/accounts/{name}/sessions", sessions_of, "Nơi đang đăng nhập", "Where it is signed in"),
    ACCOUNTS("DELETE", "/api/accounts/{name}/sessions", end_sessions_of, "Đăng xuất khỏi mọi máy", "Sign it out everywhere"),
    {.method = NULL},
};
