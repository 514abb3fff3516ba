/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A bare loop over the engine: no versions to look up, no names to resolve, nothing but prepared INSERTs of rows that
 * lie ready in memory in the best order. Names the engine directly, because that is what it measures.
 */
#include "floor.h"

#include "base/arena.h"
#include "base/log.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern const char schema_store[];

enum { BATCH = 20000, COLUMNS = 11, SHARED = 16, SINGLE = 8000, CHECKPOINT_PAGES = 4000 };

static const struct {
    const char *name, *read, *write;
} tables[] = {
    {"res",
     "SELECT rid, type, id, flags, dt, pos, depth, patient, place, parents, body FROM res WHERE flags = 0 ORDER BY rid",
     "INSERT INTO res(rid, type, id, flags, dt, pos, depth, patient, place, parents, body) VALUES "
     "(?,?,?,?,?,?,?,?,?,?,?)"},
    {"ix", "SELECT rid, slot, key, dt FROM ix ORDER BY slot, key, dt, rid",
     "INSERT INTO ix(rid, slot, key, dt) VALUES (?,?,?,?)"},
    {"ixd", "SELECT rid, slot, span, lo, hi, dt FROM ixd ORDER BY slot, span, lo, hi, dt, rid",
     "INSERT INTO ixd(rid, slot, span, lo, hi, dt) VALUES (?,?,?,?,?,?)"},
    {"ixn", "SELECT rid, slot, unit, lo, hi, dt FROM ixn ORDER BY slot, unit, lo, hi, dt, rid",
     "INSERT INTO ixn(rid, slot, unit, lo, hi, dt) VALUES (?,?,?,?,?,?)"},
    {"ixs", "SELECT rid, slot, val, dt FROM ixs ORDER BY slot, val, dt, rid",
     "INSERT INTO ixs(rid, slot, val, dt) VALUES (?,?,?,?)"},
    {"ixcn", "SELECT rid, slot, key, unit, lo, hi, dt FROM ixcn ORDER BY slot, key, unit, lo, hi, dt, rid",
     "INSERT INTO ixcn(rid, slot, key, unit, lo, hi, dt) VALUES (?,?,?,?,?,?,?)"},
    {"ixcs", "SELECT rid, slot, key, val, dt FROM ixcs ORDER BY slot, key, val, dt, rid",
     "INSERT INTO ixcs(rid, slot, key, val, dt) VALUES (?,?,?,?,?)"},
    {"compartment", "SELECT rid, patient, type, dt FROM compartment ORDER BY patient, type, dt, rid",
     "INSERT INTO compartment(rid, patient, type, dt) VALUES (?,?,?,?)"},
};
enum { TABLES = sizeof tables / sizeof *tables };

struct value {
    int kind;
    sqlite3_int64 integer;
    double real;
    const char *at;
    int len;
};
struct row {
    struct row *next;
    int count;
    struct value v[];
};
struct list {
    struct row *first, **last;
};

static void must(sqlite3 *db, int rc) {
    if (rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE) panic("floor: %s", sqlite3_errmsg(db));
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct row *read_row(sqlite3_stmt *q, struct arena *a) {
    int n = sqlite3_column_count(q);
    struct row *r = arena_alloc(a, sizeof *r + (size_t)n * sizeof *r->v);
    r->next = NULL;
    r->count = n;
    for (int i = 0; i < n; i++) {
        struct value *v = &r->v[i];
        v->kind = sqlite3_column_type(q, i);
        if (v->kind == SQLITE_INTEGER) v->integer = sqlite3_column_int64(q, i);
        if (v->kind == SQLITE_FLOAT) v->real = sqlite3_column_double(q, i);
        if (v->kind != SQLITE_TEXT && v->kind != SQLITE_BLOB) continue;
        const void *at = sqlite3_column_blob(q, i);
        v->len = sqlite3_column_bytes(q, i);
        v->at = memcpy(arena_alloc(a, (size_t)v->len), at, (size_t)v->len);
    }
    return r;
}

static void write_row(sqlite3 *db, sqlite3_stmt *q, const struct row *r) {
    for (int i = 0; i < r->count; i++) {
        const struct value *v = &r->v[i];
        if (v->kind == SQLITE_INTEGER)
            sqlite3_bind_int64(q, i + 1, v->integer);
        else if (v->kind == SQLITE_FLOAT)
            sqlite3_bind_double(q, i + 1, v->real);
        else if (v->kind == SQLITE_TEXT)
            sqlite3_bind_text(q, i + 1, v->at, v->len, SQLITE_STATIC);
        else if (v->kind == SQLITE_BLOB)
            sqlite3_bind_blob(q, i + 1, v->at, v->len, SQLITE_STATIC);
        else
            sqlite3_bind_null(q, i + 1);
    }
    must(db, sqlite3_step(q));
    sqlite3_reset(q);
}

static sqlite3 *open_file(const char *dir, const char *name, int fresh) {
    char path[512], other[600];
    sqlite3 *db;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (fresh) {
        unlink(path);
        snprintf(other, sizeof other, "%s-wal", path);
        unlink(other);
    }
    must(NULL, sqlite3_open(path, &db));
    if (fresh)
        must(db, sqlite3_exec(db,
                              "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; "
                              "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536; PRAGMA secure_delete = FAST;",
                              NULL, NULL, NULL));
    if (fresh) must(db, sqlite3_exec(db, schema_store, NULL, NULL, NULL));
    return db;
}

/* lists[batch][table]; batch by row number of the resource. */
static size_t load(const char *dir, struct arena *a, size_t batch_size, sqlite3_int64 from, size_t most,
                   struct list (**out)[TABLES]) {
    sqlite3 *db = open_file(dir, "tram.db", 0);
    sqlite3_stmt *q;
    must(db, sqlite3_prepare_v2(db, "SELECT max(rid) FROM res", -1, &q, NULL));
    sqlite3_step(q);
    size_t top = (size_t)(sqlite3_column_int64(q, 0) - from), batches = (top < most ? top : most) / batch_size + 1;
    sqlite3_finalize(q);
    struct list(*lists)[TABLES] = arena_zalloc(a, batches, sizeof *lists);
    for (size_t b = 0; b < batches; b++)
        for (int t = 0; t < TABLES; t++) lists[b][t].last = &lists[b][t].first;
    for (int t = 0; t < TABLES; t++) {
        must(db, sqlite3_prepare_v2(db, tables[t].read, -1, &q, NULL));
        while (sqlite3_step(q) == SQLITE_ROW) {
            sqlite3_int64 rid = sqlite3_column_int64(q, 0) - from;
            if (rid < 0 || (size_t)rid / batch_size >= batches) continue;
            struct list *l = &lists[(size_t)rid / batch_size][t];
            *l->last = read_row(q, a);
            l->last = &(*l->last)->next;
        }
        sqlite3_finalize(q);
    }
    sqlite3_close(db);
    *out = lists;
    return batches;
}

static int log_pages;
static int count_pages(void *context, sqlite3 *db, const char *name, int pages) {
    (void)context, (void)db, (void)name;
    log_pages = pages;
    return SQLITE_OK;
}

static double write_all(sqlite3 *db, struct list (*lists)[TABLES], size_t batches, size_t share) {
    sqlite3_stmt *q[TABLES], *log;
    for (int t = 0; t < TABLES; t++) must(db, sqlite3_prepare_v2(db, tables[t].write, -1, &q[t], NULL));
    must(db, sqlite3_prepare_v2(db, "INSERT INTO log(origin, seq, clock, wall, items) VALUES (1, ?, ?, ?, x'02')", -1,
                                &log, NULL));
    sqlite3_wal_hook(db, count_pages, NULL);
    double began = seconds(CLOCK_MONOTONIC);
    for (size_t b = 0; b < batches; b += share) {
        must(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        for (size_t k = b; k < b + share && k < batches; k++) {
            for (int t = 0; t < TABLES; t++)
                for (struct row *r = lists[k][t].first; r; r = r->next) write_row(db, q[t], r);
            sqlite3_bind_int64(log, 1, (sqlite3_int64)k + 1);
            sqlite3_bind_int64(log, 2, (sqlite3_int64)k << 40);
            sqlite3_bind_int64(log, 3, (sqlite3_int64)k << 24);
            must(db, sqlite3_step(log));
            sqlite3_reset(log);
        }
        must(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
        if (log_pages > CHECKPOINT_PAGES) sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }
    double took = seconds(CLOCK_MONOTONIC) - began;
    for (int t = 0; t < TABLES; t++) sqlite3_finalize(q[t]);
    sqlite3_finalize(log);
    return took;
}

double floor_import(const char *dir, double *processor) {
    struct arena *a = arena_new();
    struct list(*lists)[TABLES];
    size_t batches = load(dir, a, BATCH, 1, (size_t)1 << 40, &lists);
    sqlite3 *db = open_file(dir, "floor.db", 1);
    double cpu = seconds(CLOCK_THREAD_CPUTIME_ID), took = write_all(db, lists, batches, 1);
    *processor = seconds(CLOCK_THREAD_CPUTIME_ID) - cpu;
    sqlite3_close(db);
    arena_free(a);
    return took;
}

/* The last SINGLE resources, each a commit of its own, on top of all others. */
double floor_single(const char *dir) {
    struct arena *a = arena_new();
    struct list(*lists)[TABLES];
    sqlite3 *db = open_file(dir, "tram.db", 0);
    sqlite3_stmt *q;
    must(db, sqlite3_prepare_v2(db, "SELECT max(rid) FROM res", -1, &q, NULL));
    sqlite3_step(q);
    sqlite3_int64 top = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    sqlite3_int64 from = top - SINGLE > 1 ? top - SINGLE : 1;
    size_t batches = load(dir, a, 1, from, SINGLE, &lists);
    db = open_file(dir, "floor.db", 1);
    double took = write_all(db, lists, batches, SHARED);
    sqlite3_close(db);
    arena_free(a);
    return (double)batches / took;
}
