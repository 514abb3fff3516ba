/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sessions (cookies) and bearer tokens: random text outside, a hash in the store, and a cache in memory so that a request
 * costs one hash and one look into a table. A cached entry lives SESSION_CACHE_SECONDS and is then read again, so a
 * change of role, place or rights shows within a minute, a sign-out at once.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"
#include "base/members.h"
#include "db/db.h"

#include <sodium.h>

enum { CHAINS = 1024, MOST_CACHED = 8192 };

static const char sql_session[] =
    "SELECT a.id, a.name, a.display, a.role, a.place, a.practitioner, a.english, s.expires, n.post FROM session s "
    "JOIN account a ON a.id = s.account LEFT JOIN session_note n ON n.hash = s.hash WHERE s.hash = ?1 AND s.expires > ?2 AND a.disabled = 0";
static const char sql_token[] = "SELECT 0, role, role, role, NULL, NULL, 0, expires, NULL FROM token WHERE hash = ?1 AND expires > ?2";
static const char sql_note[] = "INSERT INTO session_note(hash, peer, agent, way) VALUES(?1, ?2, ?3, ?4)";
static const char sql_purge_notes[] = "DELETE FROM session_note WHERE hash NOT IN (SELECT hash FROM session)";
static const char sql_post[] = "UPDATE session_note SET post = ?2 WHERE hash = ?1";
static const char sql_open[] = "INSERT INTO session(hash, account, created, expires) VALUES(?1, ?2, ?3, ?4)";
static const char sql_close[] = "DELETE FROM session WHERE hash = ?1";
static const char sql_language[] = "UPDATE account SET english = ?2 WHERE id = ?1";
static const char sql_purge_sessions[] = "DELETE FROM session WHERE expires <= ?1";
static const char sql_purge_tokens[] = "DELETE FROM token WHERE expires <= ?1";

struct session_entry {
    struct session session;
    struct session_entry *next; /* in its chain */
    struct arena *arena;
    _Atomic int references;
    int64_t loaded_ms;
    unsigned char hash[TOKEN_HASH];
};

struct session_cache {
    pthread_rwlock_t lock;
    struct session_entry *chains[CHAINS];
    size_t count;
};

void token_random(char token[TOKEN_TEXT + 1]) {
    unsigned char bytes[32];
    if (sodium_init() < 0) panic("no randomness");
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(token, TOKEN_TEXT + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void token_hash(str token, unsigned char hash[TOKEN_HASH]) {
    crypto_generichash(hash, TOKEN_HASH, (const unsigned char *)token.at, token.len, NULL, 0);
}

bool token_form(str token) {
    if (token.len != TOKEN_TEXT) return false;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return true;
}

/* ---- cache -------------------------------------------------------------------------------------------------------------- */

struct session_cache *session_cache_new(struct server *s) {
    struct session_cache *c = ARENA_NEW(s->arena, struct session_cache);
    pthread_rwlock_init(&c->lock, NULL);
    return c;
}

static struct session_entry **chain_of(struct session_cache *c, const unsigned char *hash) {
    return &c->chains[(hash[0] | hash[1] << 8) % CHAINS];
}

const struct session *session_of(const struct session_entry *e) { return &e->session; }

void session_release(struct session_entry *e) {
    if (!e || atomic_fetch_sub(&e->references, 1) != 1) return;
    struct arena *a = e->arena;
    arena_free(a); /* the entry itself lives in it */
}

/* With the write lock held. */
static void unlink_entry(struct session_cache *c, struct session_entry **link) {
    struct session_entry *e = *link;
    *link = e->next;
    c->count--;
    session_release(e);
}

static struct session_entry *cached(struct session_cache *c, const unsigned char *hash, bool cookie, int64_t now) {
    pthread_rwlock_rdlock(&c->lock);
    struct session_entry *e = *chain_of(c, hash);
    while (e && (e->session.by_cookie != cookie || sodium_memcmp(e->hash, hash, TOKEN_HASH) != 0)) e = e->next;
    if (e && (e->session.expires <= now || now - e->loaded_ms > SESSION_CACHE_SECONDS * 1000 || now < e->loaded_ms)) e = NULL;
    if (e) atomic_fetch_add(&e->references, 1);
    pthread_rwlock_unlock(&c->lock);
    return e;
}

static void remember(struct session_cache *c, struct session_entry *e) {
    pthread_rwlock_wrlock(&c->lock);
    struct session_entry **link = chain_of(c, e->hash);
    while (*link) {
        if (memcmp((*link)->hash, e->hash, TOKEN_HASH) == 0) unlink_entry(c, link);
        else link = &(*link)->next;
    }
    if (c->count < MOST_CACHED) {
        atomic_fetch_add(&e->references, 1);
        struct session_entry **first = chain_of(c, e->hash);
        e->next = *first;
        *first = e;
        c->count++;
    }
    pthread_rwlock_unlock(&c->lock);
}

void session_forget(struct server *s, const unsigned char *hash) {
    struct session_cache *c = s->sessions;
    pthread_rwlock_wrlock(&c->lock);
    for (size_t i = 0; i < CHAINS; i++)
        for (struct session_entry **link = &c->chains[i]; *link;) {
            if (!hash || memcmp((*link)->hash, hash, TOKEN_HASH) == 0) unlink_entry(c, link);
            else link = &(*link)->next;
        }
    pthread_rwlock_unlock(&c->lock);
}

/* On the writer's thread, before the caller of the commit goes on: rights that a commit changed count at once. */
void session_listener(void *server, int64_t position, const char *const *projections, size_t count) {
    static const char *const decisive[] = {"post", "opening", "place"};
    (void)position;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < sizeof decisive / sizeof *decisive; k++)
            if (strcmp(projections[i], decisive[k]) == 0) {
                session_forget(server, NULL);
                return;
            }
}

void session_sweep(struct server *s) {
    struct session_cache *c = s->sessions;
    int64_t now = clock_now_ms();
    pthread_rwlock_wrlock(&c->lock);
    for (size_t i = 0; i < CHAINS; i++)
        for (struct session_entry **link = &c->chains[i]; *link;) {
            if (now - (*link)->loaded_ms > SESSION_CACHE_SECONDS * 1000) unlink_entry(c, link);
            else link = &(*link)->next;
        }
    pthread_rwlock_unlock(&c->lock);
}

size_t session_cached(struct server *s) {
    pthread_rwlock_rdlock(&s->sessions->lock);
    size_t n = s->sessions->count;
    pthread_rwlock_unlock(&s->sessions->lock);
    return n;
}

void session_cache_close(struct session_cache *c) {
    for (size_t i = 0; i < CHAINS; i++)
        while (c->chains[i]) unlink_entry(c, &c->chains[i]);
    pthread_rwlock_destroy(&c->lock);
}

/* ---- from the store ---------------------------------------------------------------------------------------------------- */

/* Whom the role sees from its post, and what of it. */
static err fill_access(struct server *s, struct reader *r, struct arena *a, struct session *out) {
    const struct role *role = role_find(out->role);
    if (!role) return err_make(a, ERR_FORBIDDEN, NULL, "unknown role");
    out->permissions = role->permissions;
    if (role->scope == SCOPE_POST && out->place.len && s->options->access_of) {
        TRY(s->options->access_of(r, a, out->role, out->place, &out->access));
        if (!out->access.everything && session_may(out, PERMISSION_PERSON_OPEN)) TRY(openings_access(r, a, out, &out->access));
    }
    out->access.everything |= role->scope == SCOPE_EVERYBODY || (role->scope == SCOPE_POST && !out->place.len && role_finds_cases(role));
    out->access.hidden = role->all_types ? 0 : SENSITIVE_ALL & ~out->sensitive;
    role_types(role, &out->access);
    return OK_ERR;
}

/* The post of today takes the place of what the account itself says; without one of today nothing is left but to sign out. */
static err fill_post(struct reader *r, struct arena *a, str practitioner, str chosen, struct session *out) {
    struct posts all;
    TRY(posts_of(r, a, practitioner, &all));
    if (!all.len) return OK_ERR;
    const struct post *p = posts_choose(&all, chosen, out->role, instant_day(out->loaded_ms, VIETNAM_OFFSET_MINUTES));
    out->role = p ? p->role : STR("none");
    out->place = p ? p->place : STR_NONE;
    out->post = p ? p->id : STR_NONE;
    out->sensitive = p ? p->sensitive : 0;
    return OK_ERR;
}

static err load(struct server *s, struct reader *r, struct session_entry *e, bool cookie, bool *found) {
    struct arena *a = e->arena;
    struct session *out = &e->session;
    struct statement *q = db_use(reader_db(r), cookie ? sql_session : sql_token);
    bind_blob(q, 1, (str){(const char *)e->hash, TOKEN_HASH});
    bind_int(q, 2, e->loaded_ms);
    TRY(db_row(q, found));
    if (!*found) return OK_ERR;
    str account = str_copy(a, column_text(q, 1)), practitioner = str_copy(a, column_text(q, 5)), chosen = str_copy(a, column_text(q, 8));
    *out = (struct session){.account = column_int(q, 0), .name = str_copy(a, column_text(q, 2)),
                            .role = str_copy(a, column_text(q, 3)), .place = str_copy(a, column_text(q, 4)),
                            .vietnamese = column_int(q, 6) == 0, .expires = column_int(q, 7), .by_cookie = cookie, .loaded_ms = e->loaded_ms,
                            .login = cookie ? account : STR_NONE};
    db_reset(q);
    if (str_starts(out->place, STR("Location/"))) out->place = str_slice(out->place, 9, out->place.len);
    if (practitioner.len && !str_starts(practitioner, STR("Practitioner/"))) practitioner = str_format(a, "Practitioner/%.*s", STR_ARG(practitioner));
    out->actor = practitioner.len ? practitioner : str_format(a, "%s/%.*s", cookie ? "Account" : "Token", STR_ARG(account));
    if (practitioner.len) TRY(fill_post(r, a, practitioner, chosen, out));
    out->badge = str_format(a, "%.*s%s%.*s", STR_ARG(out->role), out->place.len ? "@" : "", STR_ARG(out->place));
    return fill_access(s, r, a, out);
}

static void make_csrf(struct server *s, struct session_entry *e, str token) {
    unsigned char bytes[24];
    char text[33];
    crypto_generichash(bytes, sizeof bytes, (const unsigned char *)token.at, token.len, s->csrf_key, sizeof s->csrf_key);
    sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    e->session.csrf = str_copy(e->arena, str_of(text));
}

struct session_entry *session_take(struct server *s, str token, bool cookie) {
    unsigned char hash[TOKEN_HASH];
    if (!token_form(token)) return NULL;
    token_hash(token, hash);
    int64_t now = clock_now_ms();
    struct session_entry *e = cached(s->sessions, hash, cookie, now);
    if (e) return e;
    struct arena *a = arena_new();
    e = ARENA_NEW(a, struct session_entry);
    e->arena = a;
    e->loaded_ms = now;
    memcpy(e->hash, hash, TOKEN_HASH);
    atomic_store(&e->references, 1);
    struct reader *r;
    bool found = false;
    err failed = reader_begin(s->store, a, &r);
    if (!failed.code) {
        failed = load(s, r, e, cookie, &found);
        reader_end(r);
    }
    if (failed.code) log_line(LOG_ERROR, "server", "a session could not be read: %s", err_english(failed.code));
    if (failed.code || !found) {
        session_release(e);
        return NULL;
    }
    if (cookie) make_csrf(s, e, token);
    remember(s->sessions, e);
    return e;
}

/* ---- changes -------------------------------------------------------------------------------------------------------------- */

struct session_work {
    unsigned char hash[TOKEN_HASH];
    int64_t account;
    bool english;
    const struct session_origin *origin;
    str post, id;
    bool ended;
};

static err insert_session(struct db *db, void *context) {
    const struct session_work *w = context;
    int64_t now = clock_now_ms();
    struct statement *q = db_use(db, sql_open);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    bind_int(q, 2, w->account);
    bind_int(q, 3, now);
    bind_int(q, 4, now + SESSION_HOURS * 3600000LL);
    TRY(db_done(q));
    q = db_use(db, sql_note);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    bind_text(q, 2, w->origin->peer);
    bind_text(q, 3, w->origin->agent);
    bind_text(q, 4, str_of(w->origin->way));
    return db_done(q);
}

err session_open(struct server *s, int64_t account, const struct session_origin *origin, char token[TOKEN_TEXT + 1]) {
    struct session_work w = {.account = account, .origin = origin};
    token_random(token);
    token_hash(str_of(token), w.hash);
    return store_local(s->store, insert_session, &w);
}

static err delete_session(struct db *db, void *context) {
    const struct session_work *w = context;
    struct statement *q = db_use(db, sql_close);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    return db_done(q);
}

err session_close(struct server *s, str token) {
    struct session_work w = {.account = 0};
    token_hash(token, w.hash);
    err e = store_local(s->store, delete_session, &w);
    session_forget(s, w.hash);
    return e;
}

static err update_language(struct db *db, void *context) {
    const struct session_work *w = context;
    struct statement *q = db_use(db, sql_language);
    bind_int(q, 1, w->account);
    bind_int(q, 2, w->english);
    return db_done(q);
}

err session_language(struct server *s, int64_t account, bool english) {
    struct session_work w = {.account = account, .english = english};
    err e = store_local(s->store, update_language, &w);
    session_forget(s, NULL);
    return e;
}

static err update_post(struct db *db, void *context) {
    const struct session_work *w = context;
    struct statement *q = db_use(db, sql_post);
    bind_blob(q, 1, (str){(const char *)w->hash, TOKEN_HASH});
    bind_text(q, 2, w->post);
    return db_done(q);
}

err session_post(struct server *s, str token, str post) {
    struct session_work w = {.post = post};
    token_hash(token, w.hash);
    err e = store_local(s->store, update_post, &w);
    session_forget(s, w.hash);
    return e;
}

/* ---- where somebody is signed in: a session is named by the first bytes of its hash ------------------------------------------ */

static const char sql_sessions[] = "SELECT s.hash, s.created, s.expires, n.peer, n.agent, n.way FROM session s LEFT JOIN session_note n ON n.hash = s.hash "
                                   "WHERE s.account = ?1 AND s.expires > ?2 ORDER BY s.created DESC";
static const char sql_end[] = "DELETE FROM session WHERE account = ?1 AND (?2 IS NULL OR lower(hex(substr(hash, 1, 8))) = ?2)";

err sessions_write(struct request *r, int64_t account, str own) {
    unsigned char hash[TOKEN_HASH] = {0};
    struct reader *reader;
    struct buf *out = &r->out;
    bool row;
    if (token_form(own)) token_hash(own, hash);
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_sessions);
    bind_int(q, 1, account);
    bind_int(q, 2, clock_now_ms());
    buf_addz(out, "{\"sessions\":[");
    TRY(db_row(q, &row));
    for (bool first = true; row; first = false) {
        char id[17], when[25];
        str key = column_blob(q, 0);
        sodium_bin2hex(id, sizeof id, (const unsigned char *)key.at, 8);
        buf_addz(out, first ? "{" : ",{");
        add_text(out, "id", str_of(id));
        add_bool(out, "own", key.len == TOKEN_HASH && memcmp(key.at, hash, TOKEN_HASH) == 0);
        add_text(out, "since", str_of(instant_format(column_int(q, 1), when)));
        add_text(out, "expires", str_of(instant_format(column_int(q, 2), when)));
        add_text(out, "from", column_text(q, 3));
        add_text(out, "browser", column_text(q, 4));
        add_text(out, "way", column_text(q, 5));
        buf_addc(out, '}');
        TRY(db_row(q, &row));
    }
    buf_addz(out, "]}");
    return OK_ERR;
}

static err delete_sessions(struct db *db, void *context) {
    struct session_work *w = context;
    struct statement *q = db_use(db, sql_end);
    bind_int(q, 1, w->account);
    bind_text(q, 2, w->id);
    TRY(db_done(q));
    w->ended = db_changes(db) > 0;
    return OK_ERR;
}

err sessions_end(struct server *s, struct arena *a, int64_t account, str id) {
    struct session_work w = {.account = account, .id = id.len ? id : STR_NONE};
    err e = store_local(s->store, delete_sessions, &w);
    session_forget(s, NULL);
    if (!e.code && id.len && !w.ended) return err_make(a, ERR_NOT_FOUND, "id", "no such session of this account");
    return e;
}

static err delete_old(struct db *db, void *context) {
    static const char *const statements[] = {sql_purge_sessions, sql_purge_tokens};
    for (size_t i = 0; i < 2; i++) {
        struct statement *q = db_use(db, statements[i]);
        bind_int(q, 1, *(const int64_t *)context);
        TRY(db_done(q));
    }
    return db_done(db_use(db, sql_purge_notes));
}

err session_purge(struct store *s) {
    int64_t now = clock_now_ms();
    return store_local(s, delete_old, &now);
}
