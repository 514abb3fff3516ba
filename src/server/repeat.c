/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * X-Request-Id: a POST that is sent again (the answer was lost on the way) by the same actor with the same id, address and
 * body within 24 hours gets the first answer instead of a second resource. The first answer is stored after the commit,
 * in a transaction of its own: a crash between the two lets a repetition through.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"
#include "db/db.h"

#include <sodium.h>

enum { KEY = 32, RUNNING = 256, LARGEST_KEPT = 16 * 1024 * 1024 };
static const int64_t keep_ms = 24 * 3600 * 1000;

static const char sql_find[] = "SELECT status, type, headers, body FROM answer WHERE key = ?1 AND wall > ?2";
static const char sql_keep[] = "INSERT INTO answer(key, wall, status, type, headers, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
                               "ON CONFLICT(key) DO UPDATE SET wall = ?2, status = ?3, type = ?4, headers = ?5, body = ?6";
static const char sql_purge[] = "DELETE FROM answer WHERE wall <= ?1";

/* First times that are being worked on. */
struct repeat_running {
    pthread_mutex_t lock;
    bool used[RUNNING];
    unsigned char keys[RUNNING][KEY];
};

struct repeat_running *repeat_new(struct arena *a) {
    struct repeat_running *r = ARENA_NEW(a, struct repeat_running);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

static void hash_part(crypto_generichash_state *h, str s) {
    uint64_t n = s.len;
    crypto_generichash_update(h, (const unsigned char *)&n, sizeof n);
    crypto_generichash_update(h, (const unsigned char *)s.at, s.len);
}

static void key_of(const struct exchange *x, unsigned char key[KEY]) {
    crypto_generichash_state h;
    crypto_generichash_init(&h, NULL, 0, KEY);
    hash_part(&h, x->request.session->actor);
    hash_part(&h, x->request_id);
    hash_part(&h, x->request.path);
    hash_part(&h, x->request.query);
    hash_part(&h, x->request.body);
    crypto_generichash_final(&h, key, KEY);
}

/* Takes a place among the running; false when the same request runs already. No place left: true, unguarded. */
static bool start(struct repeat_running *r, const unsigned char key[KEY]) {
    size_t room = RUNNING;
    bool fresh = true;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RUNNING; i++) {
        if (!r->used[i]) room = i;
        else if (memcmp(r->keys[i], key, KEY) == 0) fresh = false;
    }
    if (fresh && room < RUNNING) {
        r->used[room] = true;
        memcpy(r->keys[room], key, KEY);
    }
    pthread_mutex_unlock(&r->lock);
    return fresh;
}

static void finish(struct repeat_running *r, const unsigned char key[KEY]) {
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RUNNING; i++)
        if (r->used[i] && memcmp(r->keys[i], key, KEY) == 0) r->used[i] = false;
    pthread_mutex_unlock(&r->lock);
}

static void read_headers(struct request *r, str lines) {
    static const char *const names[] = {"ETag", "Last-Modified", "Location"};
    str line;
    while (str_split(&lines, '\n', &line)) {
        size_t colon = str_find(line, ':');
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (str_is(str_slice(line, 0, colon), names[i])) request_set_header(r, names[i], str_slice(line, colon + 2, line.len));
    }
}

static err find(struct request *r, const unsigned char key[KEY], bool *found) {
    struct reader *reader;
    TRY(request_reader(r, &reader));
    struct statement *q = db_use(reader_db(reader), sql_find);
    bind_blob(q, 1, (str){(const char *)key, KEY});
    bind_int(q, 2, clock_now_ms() - keep_ms);
    TRY(db_row(q, found));
    if (*found) {
        r->status = (int)column_int(q, 0);
        r->type = column_null(q, 1) ? NULL : str_z(r->arena, column_text(q, 1));
        read_headers(r, column_text(q, 2));
        buf_add(&r->out, column_blob(q, 3));
        db_reset(q);
    }
    reader_end(r->reader); /* the handler takes a fresh snapshot */
    r->reader = NULL;
    return OK_ERR;
}

bool repeat_begin(struct exchange *x) {
    struct request *r = &x->request;
    unsigned char key[KEY];
    bool found = false;
    key_of(x, key);
    if (!start(x->server->repeats, key)) {
        answer_status(r, 409, ERR_CONFLICT, "the first request with this X-Request-Id is still being worked on");
        request_set_header(r, "Retry-After", STR("1"));
        return true;
    }
    err e = find(r, key, &found);
    if (e.code) answer_error(r, e);
    if (e.code || found) finish(x->server->repeats, key);
    return e.code || found;
}

struct keep { const struct request *request; const unsigned char *key; str headers; };

static err keep_answer(struct db *db, void *context) {
    const struct keep *k = context;
    struct statement *q = db_use(db, sql_keep);
    bind_blob(q, 1, (str){(const char *)k->key, KEY});
    bind_int(q, 2, clock_now_ms());
    bind_int(q, 3, k->request->status ? k->request->status : 200);
    bind_text(q, 4, str_of(k->request->type));
    bind_text(q, 5, k->headers);
    bind_blob(q, 6, buf_str(&k->request->out));
    return db_done(q);
}

void repeat_end(struct exchange *x) {
    struct request *r = &x->request;
    unsigned char key[KEY];
    key_of(x, key);
    bool done = r->status < 400 && r->out.len <= LARGEST_KEPT; /* an error changed nothing: it may be tried again */
    if (done) {
        struct buf headers = buf_new(r->arena);
        for (size_t i = 0; i < r->header_count; i++)
            buf_addf(&headers, "%.*s: %.*s\n", STR_ARG(r->headers[i].name), STR_ARG(r->headers[i].value));
        struct keep k = {r, key, headers.len ? buf_str(&headers) : STR("")};
        err e = store_local(r->store, keep_answer, &k);
        if (e.code) log_line(LOG_WARNING, "server", "an answer could not be kept for repetition: %s", err_english(e.code));
    }
    finish(x->server->repeats, key);
}

static err delete_old(struct db *db, void *context) {
    struct statement *q = db_use(db, sql_purge);
    bind_int(q, 1, *(const int64_t *)context);
    return db_done(q);
}

err repeat_purge(struct store *s) {
    int64_t before = clock_now_ms() - keep_ms;
    return store_local(s, delete_old, &before);
}
