/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node as files: DIR/tram.db (and its write-ahead log), DIR/lock held by the process that writes. Making, opening,
 * closing, and the numbers of types and slots that this database uses.
 */
#include "store_int.h"

#include "base/date.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

uint64_t random_origin(void) {
    uint64_t v = 0;
    while (!v) randombytes_buf(&v, sizeof v);
    return v;
}

static err io_error(struct arena *a, const char *what, const char *path) {
    int n = errno;
    return err_make(a, n == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s %s: %s", what, path, strerror(n));
}

/* ---- settings ---------------------------------------------------------------------------------------------------- */

err setting_put(struct db *db, const char *key, str value, bool blob) {
    struct statement *q = db_use(db, "INSERT INTO setting(key, value) VALUES (?1, ?2) "
                                     "ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    bind_text(q, 1, str_of(key));
    if (blob)
        bind_blob(q, 2, value);
    else
        bind_text(q, 2, value);
    return db_done(q);
}

static err setting_get(struct db *db, struct arena *a, const char *key, str *out) {
    *out = STR_NONE;
    struct statement *q = db_use(db, "SELECT value FROM setting WHERE key = ?1");
    bind_text(q, 1, str_of(key));
    bool row;
    TRY(db_row(q, &row));
    if (row) *out = str_copy(a, column_blob(q, 0));
    db_reset(q);
    return OK_ERR;
}

err number_of(struct db *db, const char *sql, int64_t *out) {
    struct statement *q = db_use(db, sql);
    bool row;
    *out = 0;
    TRY(db_row(q, &row));
    if (row) *out = column_int(q, 0);
    db_reset(q);
    return OK_ERR;
}

/* ---- init -------------------------------------------------------------------------------------------------------- */

/* A new incarnation: its log begins at 1. */
err origin_draw(struct db *db, uint64_t *out) {
    *out = random_origin();
    struct statement *q = db_use(db, "INSERT INTO origin(origin, whole) VALUES (?1, 0)");
    bind_int(q, 1, (int64_t)*out);
    TRY(db_done(q));
    q = db_use(db, "INSERT INTO setting(key, value) VALUES ('origin', ?1) "
                   "ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    bind_int(q, 1, (int64_t)*out);
    return db_done(q);
}

static err create(struct db *db) {
    unsigned char key[16];
    uint64_t origin;
    char version[64];
    randombytes_buf(key, sizeof key);
    snprintf(version, sizeof version, "PRAGMA user_version = %d", STORE_FORMAT);
    TRY(db_run(db, "BEGIN IMMEDIATE"));
    TRY(db_run(db, schema_store));
    TRY(setting_put(db, "key", (str){(char *)key, sizeof key}, true));
    TRY(origin_draw(db, &origin));
    TRY(db_run(db, version));
    return db_run(db, "COMMIT");
}

err store_init(struct arena *a, const char *dir) {
    if (sodium_init() < 0) panic("no source of random numbers");
    if (mkdir(dir, 0700) && errno != EEXIST) return io_error(a, "cannot make", dir);
    const char *file = str_z(a, str_format(a, "%s/tram.db", dir));
    if (access(file, F_OK) == 0) return err_make(a, ERR_CONFLICT, NULL, "%s holds a node already", dir);
    const char *draft = str_z(a, str_format(a, "%s/tram.db.new", dir));
    const char *draft_log = str_z(a, str_format(a, "%s/tram.db.new-wal", dir));
    unlink(draft);
    unlink(draft_log);
    struct db *db;
    TRY(db_open(a, draft, DB_CREATE, 0, &db));
    err e = create(db);
    if (!e.code) e = db_checkpoint(db, true, NULL);
    e.detail = str_copy(a, e.detail);
    db_close(db);
    if (!e.code && rename(draft, file)) e = io_error(a, "cannot make", file); /* a crash before this leaves no node */
    return e;
}

/* ---- lock -------------------------------------------------------------------------------------------------------- */

static err take_lock(struct store *s, struct arena *a) {
    const char *path = str_z(a, str_format(a, "%s/lock", s->dir));
    s->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->lock < 0) return io_error(a, "cannot open", path);
    if (flock(s->lock, LOCK_EX | LOCK_NB) == 0) return OK_ERR;
    int n = errno;
    close(s->lock);
    s->lock = -1;
    if (n == EWOULDBLOCK) return err_make(a, ERR_BUSY, NULL, "%s: another process is writing to this node", s->dir);
    errno = n;
    return io_error(a, "cannot lock", path);
}

/* ---- numbers of types and slots ---------------------------------------------------------------------------------- */

static err types_load(struct store *s, struct db *db) {
    struct statement *q = db_use(db, "SELECT id, name FROM type");
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        int64_t number = column_int(q, 0);
        fhir_type type = fhir_type_by_name(column_text(q, 1));
        if (number <= 0 || number >= TYPE_DB_MAX || type == FHIR_TYPE_NONE) continue;
        s->type_number[type] = (int)number;
        s->type_of_number[number] = type;
    }
    return OK_ERR;
}

/* Types that this program knows and the database does not yet. */
static err types_add(struct store *s, struct db *db) {
    for (int t = 1; t < FHIR_TYPE_MAX; t++) {
        fhir_type type = (fhir_type)t;
        if (s->type_number[type]) continue;
        struct statement *q = db_use(db, "INSERT INTO type(name) VALUES (?1)");
        bind_text(q, 1, str_of(fhir_type_name(type)));
        TRY(db_done(q));
    }
    return types_load(s, db);
}

/* ---- open -------------------------------------------------------------------------------------------------------- */

static err load_own(struct store *s, struct db *db, struct arena *a) {
    str key;
    int64_t origin;
    TRY(setting_get(db, a, "key", &key));
    if (key.len != sizeof s->key) return err_make(a, ERR_NO_NODE, NULL, "%s: the key of the node is missing", s->dir);
    memcpy(s->key, key.at, sizeof s->key);
    TRY(number_of(db, "SELECT value FROM setting WHERE key = 'origin'", &origin));
    atomic_store(&s->origin, (uint64_t)origin);
    TRY(dictionaries_load(s, db));
    return types_load(s, db);
}

/* Where our own numbering stands. */
err writer_load(struct writer *w) {
    struct db *db = w->db;
    int64_t v;
    TRY(number_of(db, "SELECT max(pos) FROM log", &w->position));
    TRY(number_of(db, "SELECT wall FROM log ORDER BY pos DESC LIMIT 1", &w->wall));
    TRY(number_of(db, "SELECT coalesce(max(rid), 0) + 1 FROM res", &w->next_rid));
    TRY(number_of(db, "SELECT coalesce(max(id), 0) + 1 FROM system", &w->next_system));
    TRY(number_of(db, "SELECT id FROM origin WHERE origin = (SELECT value FROM setting WHERE key = 'origin')",
                  &w->origin_id));
    struct statement *q = db_use(db, "SELECT seq, clock FROM log WHERE origin = ?1 ORDER BY seq DESC LIMIT 1");
    bind_int(q, 1, w->origin_id);
    bool row;
    TRY(db_row(q, &row));
    w->seq = row ? (uint64_t)column_int(q, 0) : 0;
    if (row && (uint64_t)column_int(q, 1) > w->clock) w->clock = (uint64_t)column_int(q, 1);
    db_reset(q);
    /* how far foreign clocks have moved ours */
    TRY(number_of(db, "SELECT value FROM setting WHERE key = 'clock'", &v));
    if ((uint64_t)v > w->clock) w->clock = (uint64_t)v;
    for (int t = 0; t < FHIR_TYPE_MAX; t++) w->type_changed[t] = w->position;
    return OK_ERR;
}

/* The last process did not close: read-audit rows of its last second may be missing. */
static err gap_mark(struct store *s, struct db *db) {
    struct audit_entry gap = {.wall = store_now(s), .actor = STR("system"), .action = STR("gap"),
                              .why = STR("the program ended without closing: reads before this may be missing")};
    return audit_append(db, &gap, 1, NULL);
}

static err open_writer(struct store *s, struct arena *a) {
    struct writer *w = calloc(1, sizeof *w);
    if (!w) panic("out of memory: writer");
    s->writer = w;
    w->store = s;
    w->group = arena_new();
    w->names = arena_new();
    w->text_arena = arena_new();
    w->texts = map_new(w->text_arena);
    w->rids = map_new(w->names);
    w->systems = map_new(w->names);
    w->touched_set = map_new(w->group);
    w->packer = packer_take(s);
    w->changed_projections = ARENA_ARRAY(s->arena, bool, s->projection_count + 1);
    TRY(db_open(a, s->file, DB_WRITE, s->cache_bytes, &w->db));
    TRY(db_run(w->db, "BEGIN IMMEDIATE"));
    TRY(projections_drop_outdated(w, a));
    for (size_t i = 0; i < s->room_count; i++)
        if (s->rooms[i]->schema) TRY(db_run(w->db, s->rooms[i]->schema));
    TRY(types_load(s, w->db));
    TRY(types_add(s, w->db));
    TRY(slots_prepare(s, w->db, true));
    TRY(writer_load(w));
    int64_t crashed;
    TRY(number_of(w->db, "SELECT value FROM setting WHERE key = 'open'", &crashed));
    if (crashed) TRY(gap_mark(s, w->db));
    TRY(db_run(w->db, "INSERT INTO setting(key, value) VALUES ('open', 1) ON CONFLICT(key) DO UPDATE SET value = 1"));
    TRY(db_run(w->db, "COMMIT"));
    TRY(load_own(s, w->db, a));
    TRY(writer_start(s));
    TRY(labels_refresh(s, a));
    TRY(projections_open(s, a));
    return slots_reindex_start(s, a);
}

static void collect_projections(struct store *s) {
    size_t n = 0;
    for (size_t i = 0; i < s->room_count; i++) n += s->rooms[i]->projection_count;
    s->projections = ARENA_ARRAY(s->arena, const struct projection *, n + 1);
    for (size_t i = 0; i < s->room_count; i++)
        for (size_t k = 0; k < s->rooms[i]->projection_count; k++)
            s->projections[s->projection_count++] = s->rooms[i]->projections[k];
}

static err open_parts(struct store *s, struct arena *a) {
    if (access(s->file, F_OK))
        return err_make(a, ERR_NO_NODE, NULL, "%s is no node (make one with `tram init`)", s->dir);
    if (s->mode == STORE_WRITE) TRY(take_lock(s, a));
    struct db *db;
    TRY(db_open(a, s->file, DB_READ, 0, &db));
    int64_t format = 0;
    err e = number_of(db, "PRAGMA user_version", &format);
    if (!e.code && format > STORE_FORMAT)
        e = err_make(a, ERR_NOT_SUPPORTED, NULL, "%s has format %lld, this program knows up to %d: use a newer one",
                     s->dir, (long long)format, STORE_FORMAT);
    if (!e.code && format < 1) e = err_make(a, ERR_NO_NODE, NULL, "%s holds no node", s->file);
    if (!e.code && format == STORE_FORMAT) e = load_own(s, db, a);
    if (!e.code && format == STORE_FORMAT && s->mode == STORE_READ) e = slots_prepare(s, db, false);
    e.detail = str_copy(a, e.detail);
    db_close(db);
    TRY(e);
    if (format < STORE_FORMAT) TRY(store_upgrade(s, a, format));
    return s->mode == STORE_WRITE ? open_writer(s, a) : OK_ERR;
}

err store_open(struct arena *a, const char *dir, const struct store_options *o, struct store **out) {
    if (sodium_init() < 0) panic("no source of random numbers");
    struct store *s = calloc(1, sizeof *s);
    if (!s) panic("out of memory: store");
    s->arena = arena_new();
    s->dir = str_z(s->arena, str_of(dir));
    s->file = str_z(s->arena, str_format(s->arena, "%s/tram.db", dir));
    s->mode = o->mode;
    s->rooms = o->rooms;
    s->room_count = o->room_count;
    s->cache_bytes = o->cache_bytes;
    s->reader_max = o->reader_count ? o->reader_count : 64;
    s->clock_skew_ms = o->clock_skew_ms;
    s->lock = -1;
    pthread_mutex_init(&s->lock_readers, NULL);
    pthread_mutex_init(&s->lock_dictionaries, NULL);
    pthread_mutex_init(&s->lock_listeners, NULL);
    pthread_cond_init(&s->reader_free, NULL);
    collect_projections(s);
    err e = open_parts(s, a);
    if (e.code) {
        e.detail = str_copy(a, e.detail);
        store_close(s);
        return e;
    }
    *out = s;
    return OK_ERR;
}

static void close_writer(struct store *s) {
    struct writer *w = s->writer;
    if (!w) return;
    bool served = s->queue != NULL;
    slots_reindex_stop(s);
    writer_stop(s);
    if (w->db) {
        if (served) db_run(w->db, "UPDATE setting SET value = 0 WHERE key = 'open'");
        db_reset_all(w->db);
        if (served && s->compact && db_run(w->db, "VACUUM").code)
            log_line(LOG_WARNING, "store", "no room to compact the node after the import; it works as it is");
        if (served) db_checkpoint(w->db, true, NULL);
        db_close(w->db);
    }
    packer_give(s, w->packer);
    arena_free(w->group);
    arena_free(w->names);
    arena_free(w->text_arena);
    free(w);
    s->writer = NULL;
}

void store_close(struct store *s) {
    if (!s) return;
    for (struct connection *c = s->idle, *next; c; c = next) {
        next = c->next;
        db_close(c->db);
        packer_give(s, c->packer);
        free(c);
    }
    s->idle = NULL;
    close_writer(s);
    dictionaries_free(s);
    if (s->lock >= 0) close(s->lock);
    pthread_mutex_destroy(&s->lock_readers);
    pthread_mutex_destroy(&s->lock_dictionaries);
    pthread_mutex_destroy(&s->lock_listeners);
    pthread_cond_destroy(&s->reader_free);
    arena_free(s->arena);
    free(s);
}

int64_t store_now(const struct store *s) { return clock_now_ms() + s->clock_skew_ms; }
void store_compact(struct store *s) { s->compact = true; }
const char *store_dir(const struct store *s) { return s->dir; }
const unsigned char *store_key(const struct store *s) { return s->key; }
uint64_t store_origin(struct store *s) { return atomic_load(&s->origin); }
