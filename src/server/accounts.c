/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Accounts and bearer tokens as rows of this node. Written through store_local, so a command and the running server use
 * the same functions.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/vec.h"
#include "db/db.h"

static const char sql_add[] = "INSERT INTO account(name, display, role, place, practitioner, password, disabled, english, created) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(name) DO NOTHING";
static const char sql_password[] = "UPDATE account SET password = ?2 WHERE name = ?1";
static const char sql_disable[] = "UPDATE account SET disabled = ?2 WHERE name = ?1";
static const char sql_end_sessions[] = "DELETE FROM session WHERE account = (SELECT id FROM account WHERE name = ?1)";
static const char sql_list[] = "SELECT name, display, role, place, practitioner, disabled, english FROM account ORDER BY name";
static const char sql_secret[] = "SELECT id, password, display, disabled, EXISTS(SELECT 1 FROM pin WHERE account = id) FROM account WHERE name = ?1";
static const char sql_token[] = "INSERT INTO token(hash, role, created, expires) VALUES(?1, ?2, ?3, ?4)";
static const char sql_revoke[] = "DELETE FROM token WHERE hash = ?1";

extern const char schema_server[];
static const struct projection *const projections[] = {&post_projection, &opening_projection};
const struct store_room server_room = {.name = "server", .schema = schema_server, .projections = projections, .projection_count = 2};

static bool name_valid(str name) {
    if (!name.len || name.len > 64) return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '@')) return false;
    }
    return true;
}

static err password_check(struct arena *a, str password) {
    size_t characters = 0;
    for (size_t i = 0; i < password.len; i++) characters += ((unsigned char)password.at[i] & 0xC0) != 0x80;
    if (characters < PASSWORD_LEAST || password.len > 1024)
        return err_make(a, ERR_INVALID, "password", "a password has %d characters or more", PASSWORD_LEAST);
    return OK_ERR;
}

struct account_work {
    struct arena *arena;
    const struct account *account;
    str name, password;
    bool disabled;
};

static err insert_account(struct db *db, void *context) {
    const struct account_work *w = context;
    const struct account *account = w->account;
    struct statement *q = db_use(db, sql_add);
    bind_text(q, 1, account->name);
    bind_text(q, 2, account->display.len ? account->display : account->name);
    bind_text(q, 3, account->role);
    bind_text(q, 4, account->place);
    bind_text(q, 5, account->practitioner);
    bind_text(q, 6, w->password);
    bind_int(q, 7, account->disabled);
    bind_int(q, 8, account->english);
    bind_int(q, 9, clock_now_ms());
    TRY(db_done(q));
    if (!db_changes(db)) return err_make(w->arena, ERR_CONFLICT, "name", "the account %.*s exists", STR_ARG(account->name));
    return OK_ERR;
}

err account_add(struct store *s, struct arena *a, const struct account *account, str password) {
    if (!name_valid(account->name))
        return err_make(a, ERR_INVALID, "name", "an account's name has 1 to 64 of a-z 0-9 . - _ @");
    if (!role_of_people(account->role)) return err_make(a, ERR_INVALID, "role", "no role %.*s", STR_ARG(account->role));
    TRY(password_check(a, password));
    struct account_work w = {.arena = a, .account = account};
    TRY(password_hash(a, password, &w.password));
    return store_local(s, insert_account, &w);
}

static err end_sessions(struct db *db, str name) {
    struct statement *q = db_use(db, sql_end_sessions);
    bind_text(q, 1, name);
    return db_done(q);
}

static err update_password(struct db *db, void *context) {
    const struct account_work *w = context;
    struct statement *q = db_use(db, sql_password);
    bind_text(q, 1, w->name);
    bind_text(q, 2, w->password);
    TRY(db_done(q));
    if (!db_changes(db)) return err_make(w->arena, ERR_NOT_FOUND, "name", "no account %.*s", STR_ARG(w->name));
    return end_sessions(db, w->name);
}

err account_password(struct store *s, struct arena *a, str name, str password) {
    struct account_work w = {.arena = a, .name = name};
    TRY(password_check(a, password));
    TRY(password_hash(a, password, &w.password));
    return store_local(s, update_password, &w);
}

static err update_disabled(struct db *db, void *context) {
    const struct account_work *w = context;
    struct statement *q = db_use(db, sql_disable);
    bind_text(q, 1, w->name);
    bind_int(q, 2, w->disabled);
    TRY(db_done(q));
    if (!db_changes(db)) return err_make(w->arena, ERR_NOT_FOUND, "name", "no account %.*s", STR_ARG(w->name));
    return w->disabled ? end_sessions(db, w->name) : OK_ERR;
}

err account_disable(struct store *s, struct arena *a, str name, bool disabled) {
    struct account_work w = {.arena = a, .name = name, .disabled = disabled};
    return store_local(s, update_disabled, &w);
}

err account_list(struct reader *r, struct arena *a, struct account **out, size_t *count) {
    VEC(struct account) list = {0};
    struct statement *q = db_use(reader_db(r), sql_list);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct account one = {.name = str_copy(a, column_text(q, 0)), .display = str_copy(a, column_text(q, 1)),
                              .role = str_copy(a, column_text(q, 2)), .place = str_copy(a, column_text(q, 3)),
                              .practitioner = str_copy(a, column_text(q, 4)), .disabled = column_int(q, 5) != 0,
                              .english = column_int(q, 6) != 0};
        VEC_PUSH(a, &list, one);
        TRY(db_row(q, &row));
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

err account_secret(struct reader *r, struct arena *a, str name, struct account_secret *out) {
    *out = (struct account_secret){0};
    struct statement *q = db_use(reader_db(r), sql_secret);
    bind_text(q, 1, name);
    bool row;
    TRY(db_row(q, &row));
    if (row) *out = (struct account_secret){.id = column_int(q, 0), .password = str_copy(a, column_text(q, 1)),
                                            .display = str_copy(a, column_text(q, 2)), .disabled = column_int(q, 3) != 0,
                                            .pin = column_int(q, 4) != 0};
    db_reset(q);
    return OK_ERR;
}

/* ---- tokens ---------------------------------------------------------------------------------------------------------------- */

struct token_work {
    struct arena *arena;
    unsigned char hash[TOKEN_HASH];
    str role;
    int64_t expires;
};

static err insert_token(struct db *db, void *context) {
    const struct token_work *w = context;
    struct statement *q = db_use(db, sql_token);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    bind_text(q, 2, w->role);
    bind_int(q, 3, clock_now_ms());
    bind_int(q, 4, w->expires);
    return db_done(q);
}

err token_issue(struct store *s, struct arena *a, str role, int days, char out[44]) {
    if (!role_known(role)) return err_make(a, ERR_INVALID, "role", "no role %.*s", STR_ARG(role));
    if (days < 1 || days > 3660) return err_make(a, ERR_INVALID, "days", "a token lives 1 to 3660 days");
    struct token_work w = {.arena = a, .role = role, .expires = clock_now_ms() + (int64_t)days * 86400000};
    token_random(out);
    token_hash(str_of(out), w.hash);
    return store_local(s, insert_token, &w);
}

static err delete_token(struct db *db, void *context) {
    const struct token_work *w = context;
    struct statement *q = db_use(db, sql_revoke);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    TRY(db_done(q));
    return db_changes(db) ? OK_ERR : err_make(w->arena, ERR_NOT_FOUND, NULL, "no such token");
}

err token_revoke(struct store *s, struct arena *a, str token) {
    struct token_work w = {.arena = a};
    if (!token_form(token)) return err_make(a, ERR_INVALID, NULL, "a token has %d characters of A-Z a-z 0-9 - _", TOKEN_TEXT);
    token_hash(token, w.hash);
    return store_local(s, delete_token, &w);
}
