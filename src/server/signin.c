/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sign-in and what a page needs to know of who sits before it. A failed sign-in takes the same time and says the same
 * whether the name or the password was wrong; after five failures the name waits, whether it exists or not.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/members.h"
#include "http_text.h"

#include <sodium.h>

static err write_posts(struct request *r, const struct session *s) {
    struct posts posts;
    struct reader *reader;
    int32_t today = day_today();
    bool first = true;
    buf_addz(&r->out, ",\"posts\":[");
    if (str_starts(s->actor, STR("Practitioner/"))) {
        TRY(request_reader(r, &reader));
        TRY(posts_of(reader, r->arena, s->actor, &posts));
        for (size_t i = 0; i < posts.len; i++) {
            if (!post_current(&posts.at[i], today)) continue;
            buf_addz(&r->out, first ? "{" : ",{");
            first = false;
            add_text(&r->out, "id", posts.at[i].id);
            add_text(&r->out, "role", posts.at[i].role);
            add_text(&r->out, "place", posts.at[i].place);
            buf_addc(&r->out, '}');
        }
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

static void write_permissions(struct buf *b, const struct session *s) {
    static const struct { enum permission permission; const char *name; } names[] = {
#define X(permission, code) {PERMISSION_##permission, code},
        PERMISSIONS(X)
#undef X
    };
    bool first = true;
    buf_addz(b, ",\"permissions\":[");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!session_may(s, names[i].permission)) continue;
        buf_addf(b, "%s\"%s\"", first ? "" : ",", names[i].name);
        first = false;
    }
    buf_addz(b, "],\"sensitive\":[");
    first = true;
    for (int c = 0; c < SENSITIVE_COUNT; c++) {
        if (s->access.hidden >> c & 1) continue;
        buf_addf(b, "%s\"%s\"", first ? "" : ",", sensitive_code((enum sensitive)c));
        first = false;
    }
    buf_addc(b, ']');
}

/* The key with which the browser seals what it keeps for this account: derived, so that it is the same after a restart and at the
 * next sign-in, and stands nowhere. Not for programs. */
static void add_seal(struct request *r, const struct session *s) {
    unsigned char bytes[32];
    char text[sizeof bytes * 4 / 3 + 3];
    str from = str_format(r->arena, "browser drafts of %.*s", STR_ARG(s->login));
    if (!s->by_cookie || !s->login.len) return add_text(&r->out, "seal", STR_NONE);
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)from.at, from.len, store_key(r->store), 16);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    add_text(&r->out, "seal", str_of(text));
}

static err write_session(struct request *r, const struct session *s) {
    char until[25];
    struct buf *b = &r->out;
    buf_addc(b, '{');
    add_text(b, "account", s->login);
    add_text(b, "name", s->name);
    add_text(b, "role", s->role);
    add_text(b, "place", s->place);
    add_text(b, "post", s->post);
    add_text(b, "actor", s->actor);
    add_text(b, "language", str_of(s->vietnamese ? "vi" : "en"));
    add_text(b, "csrf", s->csrf);
    add_seal(r, s);
    write_permissions(b, s);
    add_text(b, "expires", str_of(instant_format(s->expires, until)));
    TRY(write_posts(r, s));
    buf_addc(b, '}');
    return OK_ERR;
}

static bool secure(struct request *r) { return str_starts(request_base_url(r), STR("https://")); }

void signin_cookie(struct request *r, const char *name, const char *token, long seconds) {
    request_set_header(r, "Set-Cookie", str_format(r->arena, "%s=%s; HttpOnly; SameSite=Strict; Path=/; Max-Age=%ld%s", name, token,
                                                   seconds, secure(r) ? "; Secure" : ""));
}

/* Is it the right password, now? ERR_LOGIN, ERR_THROTTLED (with Retry-After), ERR_BUSY. */
err signin_check(struct request *r, str name, str password, struct account_secret *account) {
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

err signin_open(struct request *r, int64_t account, const char *way) {
    char token[TOKEN_TEXT + 1];
    struct session_origin origin = {request_peer(r), request_header(r, "User-Agent"), way};
    TRY(session_open(exchange_of(r)->server, account, &origin, token));
    struct session_entry *e = session_take(exchange_of(r)->server, str_of(token), true);
    if (!e) return err_make(r->arena, ERR_INTERNAL, NULL, "the session was not found again");
    TRY(write_session(r, session_of(e)));
    struct audit_entry audit = {.wall = clock_now_ms(), .actor = session_of(e)->actor, .action = STR("sign-in"), .why = str_of(way),
                                .from = origin.peer, .post = session_of(e)->badge};
    store_audit(r->store, &audit);
    session_release(e);
    signin_cookie(r, "tram", token, SESSION_HOURS * 3600L);
    return OK_ERR;
}

static err sign_in(struct request *r) {
    struct json *in;
    struct account_secret account;
    TRY(request_json(r, &in));
    str name = str_trim(JSON_TEXT(in, "name")), password = JSON_TEXT(in, "password");
    if (!name.len || !password.len || name.len > 64 || password.len > 1024)
        return err_make(r->arena, ERR_INVALID, NULL, "name and password are expected");
    TRY(signin_check(r, name, password, &account));
    TRY(signin_open(r, account.id, "password"));
    return account.pin ? device_remember(r, account.id) : OK_ERR; /* its PIN counts in this browser from now on */
}

static err who_am_i(struct request *r) { return write_session(r, r->session); }

static err sign_out(struct request *r) {
    r->status = 204;
    signin_cookie(r, "tram", "", 0);
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
    return write_session(r, &changed);
}

/* Which of several posts of today counts in this session. */
static err set_post(struct request *r) {
    struct json *in;
    struct posts posts;
    struct reader *reader;
    TRY(request_json(r, &in));
    str wanted = JSON_TEXT(in, "post"), token = http_cookie(request_header(r, "Cookie"), "tram");
    TRY(request_reader(r, &reader));
    TRY(posts_of(reader, r->arena, r->session->actor, &posts));
    const struct post *p = posts_choose(&posts, wanted, STR_NONE, day_today());
    if (!r->session->by_cookie || !p || !str_eq(p->id, wanted)) return err_make(r->arena, ERR_UNPROCESSABLE, "post", "this is none of your posts of today");
    TRY(session_post(exchange_of(r)->server, token, wanted));
    struct session_entry *e = session_take(exchange_of(r)->server, token, true);
    if (!e) return err_make(r->arena, ERR_LOGIN, NULL, "the session has ended");
    err done = write_session(r, session_of(e));
    session_release(e);
    return done;
}

/* ---- sessions: where somebody is signed in ------------------------------------------------------------------------------- */

static err list_sessions(struct request *r) { return sessions_write(r, r->session->account, http_cookie(request_header(r, "Cookie"), "tram")); }

static err end_session(struct request *r) {
    r->status = 204;
    return sessions_end(exchange_of(r)->server, r->arena, r->session->account, r->parameters[0]);
}

static err end_all(struct request *r) {
    r->status = 204;
    signin_cookie(r, "tram", "", 0);
    return sessions_end(exchange_of(r)->server, r->arena, r->session->account, STR_NONE);
}

static err change_password(struct request *r) {
    struct json *in;
    struct account_secret account;
    TRY(request_json(r, &in));
    if (!r->session->account) return err_make(r->arena, ERR_UNPROCESSABLE, NULL, "a token has no password");
    TRY(signin_check(r, r->session->login, JSON_TEXT(in, "old"), &account));
    TRY(account_password(r->store, r->arena, r->session->login, JSON_TEXT(in, "new"))); /* ends all sessions */
    session_forget(exchange_of(r)->server, NULL);
    return signin_open(r, account.id, "password");
}

const struct route signin_routes[] = {
    {ROUTE("POST", "/api/session", PERMISSION_NONE, sign_in, "Đăng nhập", "Sign in"), .body_limit = 8 * 1024},
    {ROUTE("GET", "/api/session", PERMISSION_SIGNED_IN, who_am_i, "Tôi là ai", "Who am I"), .quick = true},
    {ROUTE("DELETE", "/api/session", PERMISSION_SIGNED_IN, sign_out, "Đăng xuất", "Sign out")},
    {ROUTE("PUT", "/api/session/language", PERMISSION_SIGNED_IN, set_language, "Đổi ngôn ngữ", "Change the language"), .body_limit = 1024},
    {ROUTE("PUT", "/api/session/post", PERMISSION_SIGNED_IN, set_post, "Chọn nhiệm vụ đang làm", "Choose the post at work"), .body_limit = 1024},
    {ROUTE("PUT", "/api/session/password", PERMISSION_SIGNED_IN, change_password, "Đổi mật khẩu", "Change the password"), .body_limit = 8 * 1024},
    {ROUTE("POST", "/api/session/pin", PERMISSION_NONE, pin_sign_in, "Đổi người dùng bằng mã PIN", "Change user with the PIN"), .body_limit = 1024},
    {ROUTE("PUT", "/api/session/pin", PERMISSION_SIGNED_IN, pin_set, "Đặt mã PIN", "Set the PIN"), .body_limit = 8 * 1024},
    {ROUTE("DELETE", "/api/session/pin", PERMISSION_SIGNED_IN, pin_unset, "Bỏ mã PIN", "Remove the PIN")},
    {ROUTE("GET", "/api/session/colleagues", PERMISSION_NONE, pin_colleagues, "Ai dùng mã PIN được trên máy này", "Who may use a PIN on this computer")},
    {ROUTE("GET", "/api/sessions", PERMISSION_SIGNED_IN, list_sessions, "Đang đăng nhập ở đâu", "Where I am signed in")},
    {ROUTE("DELETE", "/api/sessions", PERMISSION_SIGNED_IN, end_all, "Đăng xuất khỏi mọi máy", "Sign out everywhere")},
    {ROUTE("DELETE", "/api/sessions/{id}", PERMISSION_SIGNED_IN, end_session, "Đăng xuất khỏi một máy", "End one session")},
    {.method = NULL},
};
