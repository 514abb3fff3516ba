/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changing user on a shared computer with a PIN of 4 to 6 digits. A PIN is short, so it counts only where it can be guarded: in a
 * browser (cookie tram-device) in which its owner has signed in with the password within the last PIN_HOURS; PIN_TRIES wrong ones
 * end that until the next sign-in with the password. It opens a session like any other and ends the one before.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/members.h"
#include "db/db.h"
#include "http_text.h"

enum { PIN_LEAST = 4, PIN_MOST = 6, PIN_TRIES = 5, PIN_HOURS = 16, DEVICE_DAYS = 365 };

static const char sql_set[] = "INSERT INTO pin(account, hash, set_ms) VALUES(?1, ?2, ?3) ON CONFLICT(account) DO UPDATE SET hash = excluded.hash, set_ms = excluded.set_ms";
static const char sql_unset[] = "DELETE FROM pin WHERE account = ?1";
static const char sql_unset_devices[] = "DELETE FROM device_account WHERE account = ?1";
static const char sql_device[] = "INSERT INTO device_account(device, account, password_ms, failures) VALUES(?1, ?2, ?3, 0) "
                                 "ON CONFLICT(device, account) DO UPDATE SET password_ms = excluded.password_ms, failures = 0";
static const char sql_failed[] = "UPDATE device_account SET failures = failures + 1 WHERE device = ?1 AND account = ?2";
static const char sql_cleared[] = "UPDATE device_account SET failures = 0 WHERE device = ?1 AND account = ?2";
static const char sql_here[] = "SELECT a.id, p.hash FROM account a JOIN device_account d ON d.account = a.id JOIN pin p ON p.account = a.id "
                               "WHERE a.name = ?1 AND a.disabled = 0 AND d.device = ?2 AND d.password_ms > ?3 AND d.failures < ?4";
static const char sql_colleagues[] = "SELECT a.name, a.display FROM account a JOIN device_account d ON d.account = a.id JOIN pin p ON p.account = a.id "
                                     "WHERE a.disabled = 0 AND d.device = ?1 AND d.password_ms > ?2 AND d.failures < ?3 ORDER BY a.display";

struct pin_work {
    const char *sql;
    unsigned char device[TOKEN_HASH];
    int64_t account;
    str hash;
};

static err run_pin(struct db *db, void *context) {
    const struct pin_work *w = context;
    struct statement *q = db_use(db, w->sql);
    if (w->sql == sql_set) {
        bind_int(q, 1, w->account);
        bind_text(q, 2, w->hash);
        bind_int(q, 3, clock_now_ms());
    } else if (w->sql == sql_unset) {
        bind_int(q, 1, w->account);
        TRY(db_done(q));
        q = db_use(db, sql_unset_devices);
        bind_int(q, 1, w->account);
    } else {
        bind_blob(q, 1, (str){(const char *)w->device, TOKEN_HASH});
        bind_int(q, 2, w->account);
        if (w->sql == sql_device) bind_int(q, 3, clock_now_ms());
    }
    return db_done(q);
}

/* The browser's cookie as hash; false when it has none of the right form. */
static bool device_of(struct request *r, unsigned char device[TOKEN_HASH]) {
    str cookie = http_cookie(request_header(r, "Cookie"), "tram-device");
    if (!token_form(cookie)) return false;
    token_hash(cookie, device);
    return true;
}

err device_remember(struct request *r, int64_t account) {
    struct pin_work w = {.sql = sql_device, .account = account};
    char token[TOKEN_TEXT + 1];
    if (!device_of(r, w.device)) {
        token_random(token);
        token_hash(str_of(token), w.device);
        signin_cookie(r, "tram-device", token, DEVICE_DAYS * 86400L);
    }
    return store_local(r->store, run_pin, &w);
}

err pin_forget(struct store *s, int64_t account) {
    struct pin_work w = {.sql = sql_unset, .account = account};
    return store_local(s, run_pin, &w);
}

static bool pin_form(str pin) {
    bool digits = pin.len >= PIN_LEAST && pin.len <= PIN_MOST, same = true, run = true;
    for (size_t i = 0; i < pin.len; i++) {
        digits = digits && pin.at[i] >= '0' && pin.at[i] <= '9';
        same = same && pin.at[i] == pin.at[0];
        run = run && pin.at[i] == pin.at[0] + (char)i;
    }
    return digits && !same && !run; /* 0000 and 1234 are the first to be tried */
}

err pin_set(struct request *r) {
    struct json *in;
    struct account_secret account;
    struct pin_work w = {.sql = sql_set, .account = r->session->account};
    TRY(request_json(r, &in));
    str pin = JSON_TEXT(in, "pin");
    if (!r->session->account) return err_make(r->arena, ERR_UNPROCESSABLE, NULL, "a token has no PIN");
    if (!pin_form(pin))
        return err_make(r->arena, ERR_INVALID, "pin", "%s", r->vietnamese ? "mã PIN có 4 đến 6 chữ số, không lặp một số và không liên tiếp"
                                                                          : "a PIN has 4 to 6 digits, not all the same and not a run");
    TRY(signin_check(r, r->session->login, JSON_TEXT(in, "password"), &account));
    TRY(password_hash(r->arena, pin, &w.hash));
    TRY(store_local(r->store, run_pin, &w));
    r->status = 204;
    return device_remember(r, w.account);
}

err pin_unset(struct request *r) {
    r->status = 204;
    return pin_forget(r->store, r->session->account);
}

/* Who may come in here by PIN. */
err pin_colleagues(struct request *r) {
    unsigned char device[TOKEN_HASH];
    struct reader *reader;
    struct buf *out = &r->out;
    bool row = false;
    buf_addz(out, "{\"colleagues\":[");
    if (device_of(r, device)) {
        TRY(request_reader(r, &reader));
        struct statement *q = db_use(reader_db(reader), sql_colleagues);
        bind_blob(q, 1, (str){(const char *)device, TOKEN_HASH});
        bind_int(q, 2, clock_now_ms() - PIN_HOURS * 3600000LL);
        bind_int(q, 3, PIN_TRIES);
        TRY(db_row(q, &row));
        for (bool first = true; row; first = false) {
            buf_addz(out, first ? "{" : ",{");
            add_text(out, "account", column_text(q, 0));
            add_text(out, "name", column_text(q, 1));
            buf_addc(out, '}');
            TRY(db_row(q, &row));
        }
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

static err pin_row(struct request *r, str name, const unsigned char *device, int64_t *account, str *hash) {
    struct reader *reader;
    bool row;
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_here);
    bind_text(q, 1, name);
    bind_blob(q, 2, (str){(const char *)device, TOKEN_HASH});
    bind_int(q, 3, clock_now_ms() - PIN_HOURS * 3600000LL);
    bind_int(q, 4, PIN_TRIES);
    TRY(db_row(q, &row));
    *account = row ? column_int(q, 0) : 0;
    *hash = row ? str_copy(r->arena, column_text(q, 1)) : STR_NONE;
    db_reset(q);
    reader_end(reader); /* not to hold a snapshot while hashing */
    r->reader = NULL;
    return OK_ERR;
}

err pin_sign_in(struct request *r) {
    struct json *in;
    struct pin_work w = {0};
    str hash;
    bool right = false;
    TRY(request_json(r, &in));
    str name = str_trim(JSON_TEXT(in, "name")), pin = JSON_TEXT(in, "pin");
    if (!name.len || name.len > 64 || !pin.len || pin.len > PIN_MOST) return err_make(r->arena, ERR_INVALID, NULL, "name and pin are expected");
    if (device_of(r, w.device)) TRY(pin_row(r, name, w.device, &w.account, &hash));
    else hash = STR_NONE;
    TRY(password_verify(r->arena, hash, pin, &right));
    if (w.account) {
        w.sql = right ? sql_cleared : sql_failed;
        TRY(store_local(r->store, run_pin, &w));
    }
    if (!right)
        return err_make(r->arena, ERR_LOGIN, NULL, "%s", r->vietnamese ? "mã PIN không đúng, hoặc trên máy này cần đăng nhập bằng mật khẩu trước"
                                                                       : "the PIN is wrong, or the password is needed first on this computer");
    str before = http_cookie(request_header(r, "Cookie"), "tram");
    if (token_form(before)) TRY(session_close(exchange_of(r)->server, before));
    return signin_open(r, w.account, "pin");
}
