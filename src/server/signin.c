/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sign-in and what a page needs to know of who sits before it. A failed sign-in takes the same time and says the same
 * whether the name or the password was wrong; after five failures the name waits, whether it exists or not.
 */
#include "server_int.h"

#include "base/date.h"
#include "http_text.h"

static void write_session(struct request *r, const struct session *s) {
    static const struct { enum permission permission; const char *name; } names[] = {
#define X(permission, code) {PERMISSION_##permission, code},
        PERMISSIONS(X)
#undef X
    };
    char until[25];
    struct buf *b = &r->out;
    buf_addz(b, "{\"name\":");
    buf_add_json(b, s->name);
    buf_addz(b, ",\"role\":");
    buf_add_json(b, s->role);
    buf_addz(b, ",\"place\":");
    if (s->place.len) buf_add_json(b, s->place);
    else buf_addz(b, "null");
    buf_addz(b, ",\"actor\":");
    buf_add_json(b, s->actor);
    buf_addf(b, ",\"language\":\"%s\",\"csrf\":", s->vietnamese ? "vi" : "en");
    if (s->csrf.len) buf_add_json(b, s->csrf);
    else buf_addz(b, "null");
    buf_addz(b, ",\"permissions\":[");
    bool first = true;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!session_may(s, names[i].permission)) continue;
        buf_addf(b, "%s\"%s\"", first ? "" : ",", names[i].name);
        first = false;
    }
    buf_addf(b, "],\"expires\":\"%s\"}", instant_format(s->expires, until));
}

static bool secure(struct request *r) { return str_starts(request_base_url(r), STR("https://")); }

static void set_cookie(struct request *r, const char *token, long seconds) {
    request_set_header(r, "Set-Cookie", str_format(r->arena, "tram=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%ld%s", token,
                                                   seconds, secure(r) ? "; Secure" : ""));
}

/* Is it the right password, now? ERR_LOGIN, ERR_THROTTLED (with Retry-After), ERR_BUSY. */
static err check(struct request *r, str name, str password, struct account_secret *account) {
    struct server *s = exchange_of(r)->server;
    int wait = lockout_wait(s->lockout, name, clock_now_ms());
    if (wait) {
        request_set_header(r, "Retry-After", str_format(r->arena, "%d", wait));
        return err_make(r->arena, ERR_THROTTLED, NULL, "%s", r->vietnamese ? "sai quá nhiều lần, hãy thử lại sau" : "too many failures, try again later");
    }
    struct reader *reader;
    bool right;
    TRY(request_reader(r, &reader));
    TRY(account_secret(reader, r->arena, name, account));
    reader_end(reader); /* not to hold a snapshot while hashing */
    r->reader = NULL;
    TRY(password_verify(r->arena, account->disabled ? STR_NONE : account->password, password, &right));
    if (right) {
        lockout_cleared(s->lockout, name);
        return OK_ERR;
    }
    lockout_failed(s->lockout, name, clock_now_ms());
    return err_make(r->arena, ERR_LOGIN, NULL, "%s", r->vietnamese ? "tên hoặc mật khẩu không đúng" : "the name or the password is wrong");
}

static err sign_in(struct request *r) {
    struct server *s = exchange_of(r)->server;
    struct json *in;
    struct account_secret account;
    char token[TOKEN_TEXT + 1];
    TRY(request_json(r, &in));
    str name = str_trim(JSON_TEXT(in, "name")), password = JSON_TEXT(in, "password");
    if (!name.len || !password.len || name.len > 64 || password.len > 1024)
        return err_make(r->arena, ERR_INVALID, NULL, "name and password are expected");
    TRY(check(r, name, password, &account));
    struct session_origin origin = {request_peer(r), request_header(r, "User-Agent"), "password"};
    TRY(session_open(s, account.id, &origin, token));
    struct session_entry *e = session_take(s, str_of(token), true);
    if (!e) return err_make(r->arena, ERR_INTERNAL, NULL, "the session was not found again");
    write_session(r, session_of(e));
    struct audit_entry audit = {.wall = clock_now_ms(), .actor = session_of(e)->actor, .action = STR("sign-in")};
    store_audit(r->store, &audit);
    session_release(e);
    set_cookie(r, token, SESSION_HOURS * 3600L);
    return OK_ERR;
}

static err who_am_i(struct request *r) {
    write_session(r, r->session);
    return OK_ERR;
}

static err sign_out(struct request *r) {
    r->status = 204;
    set_cookie(r, "", 0);
    if (!r->session->by_cookie) return OK_ERR;
    return session_close(exchange_of(r)->server, http_cookie(request_header(r, "Cookie"), "tram"));
}

static err set_language(struct request *r) {
    struct json *in;
    TRY(request_json(r, &in));
    str language = JSON_TEXT(in, "language");
    bool english = str_is(language, "en");
    if (!english && !str_is(language, "vi")) return err_make(r->arena, ERR_INVALID, "language", "vi or en is expected");
    if (!r->session->account) return err_make(r->arena, ERR_UNPROCESSABLE, NULL, "a token has no language");
    TRY(session_language(exchange_of(r)->server, r->session->account, english));
    struct session changed = *r->session;
    changed.vietnamese = !english;
    write_session(r, &changed);
    return OK_ERR;
}

const struct route signin_routes[] = {
    {ROUTE("POST", "/api/session", PERMISSION_NONE, sign_in, "Đăng nhập", "Sign in"), .body_limit = 8 * 1024},
    {ROUTE("GET", "/api/session", PERMISSION_SIGNED_IN, who_am_i, "Tôi là ai", "Who am I"), .quick = true},
    {ROUTE("DELETE", "/api/session", PERMISSION_SIGNED_IN, sign_out, "Đăng xuất", "Sign out")},
    {ROUTE("PUT", "/api/session/language", PERMISSION_SIGNED_IN, set_language, "Đổi ngôn ngữ", "Change the language"), .body_limit = 1024},
    {.method = NULL},
};
