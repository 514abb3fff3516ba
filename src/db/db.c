/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The face over SQLite. WAL; one connection writes and checkpoints, readers are query_only and never checkpoint (SQLite
 * before 3.51.3 can corrupt a WAL reset done by two connections; Debian 12 carries 3.40.1).
 */
#include "db.h"

#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ADDRESS_SLOTS = 512, DETAIL_SIZE = 400 };

struct statement {
    sqlite3_stmt *stmt; /* NULL: could not be prepared, then `failed` */
    struct db *db;
    struct statement *next;
    char *sql; /* own copy, for kept ones */
    err failed;
    bool running;
};

struct db {
    sqlite3 *handle;
    struct statement *statements; /* all, kept and built */
    struct {
        const char *address;
        struct statement *statement;
    } by_address[ADDRESS_SLOTS];
    int log_pages;
    char detail[DETAIL_SIZE];
};

static enum err_code code_of(sqlite3 *handle, int rc) {
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return ERR_OK;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_NOTADB: return ERR_NO_NODE;
    case SQLITE_IOERR:
        return handle && (sqlite3_system_errno(handle) == ENOSPC || sqlite3_system_errno(handle) == EDQUOT) ? ERR_FULL
                                                                                                            : ERR_IO;
    case SQLITE_CANTOPEN:
    case SQLITE_CORRUPT:
    case SQLITE_READONLY:
    case SQLITE_PERM: return ERR_IO;
    case SQLITE_NOMEM: panic("out of memory in the database engine");
    default: return ERR_INTERNAL;
    }
}

static err failure(struct db *db, int rc) {
    if (rc == SQLITE_OK || rc == SQLITE_ROW || rc == SQLITE_DONE) return OK_ERR;
    snprintf(db->detail, sizeof db->detail, "database: %s", sqlite3_errmsg(db->handle));
    return (err){.code = code_of(db->handle, rc), .detail = str_of(db->detail)};
}

static int count_log_pages(void *context, sqlite3 *handle, const char *name, int pages) {
    (void)handle, (void)name;
    ((struct db *)context)->log_pages = pages;
    return SQLITE_OK;
}

static err configure(struct db *db, enum db_mode mode, size_t cache_bytes) {
    sqlite3 *h = db->handle;
    sqlite3_extended_result_codes(h, 1);
    sqlite3_busy_timeout(h, 10000);
    char sql[256];
    if (mode == DB_CREATE) TRY(db_run(db, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;"));
    if (mode == DB_READ) {
        sqlite3_db_config(h, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        TRY(db_run(db, "PRAGMA query_only = 1;"));
    } else {
        TRY(db_run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST;"));
    }
    snprintf(sql, sizeof sql, "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -%zu; PRAGMA temp_store = MEMORY;",
             (cache_bytes ? cache_bytes : (mode == DB_READ ? 4u : 64u) * 1024 * 1024) / 1024);
    TRY(db_run(db, sql));
    if (mode != DB_READ) sqlite3_wal_hook(h, count_log_pages, db);
    return OK_ERR;
}

/* The engine's own statistics cost a lock at every allocation. */
static void configure_engine(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

err db_open(struct arena *a, const char *file, enum db_mode mode, size_t cache_bytes, struct db **out) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_engine);
    struct db *db = calloc(1, sizeof *db);
    if (!db) panic("out of memory: database connection");
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(file, &db->handle, flags, NULL);
    err e = rc ? failure(db, rc) : configure(db, mode, cache_bytes);
    if (e.code) {
        e.detail = str_format(a, "%s: %.*s", file, STR_ARG(e.detail));
        db_close(db);
        return e;
    }
    *out = db;
    return OK_ERR;
}

/* Built statements live in their arena: they are only taken off the connection. */
static void statement_end(struct statement *s) {
    sqlite3_finalize(s->stmt);
    s->stmt = NULL;
    s->db = NULL;
    if (!s->sql) return;
    free(s->sql);
    free(s);
}

void db_close(struct db *db) {
    if (!db) return;
    for (struct statement *s = db->statements, *next; s; s = next) {
        next = s->next;
        statement_end(s);
    }
    sqlite3_close_v2(db->handle);
    free(db);
}

err db_run(struct db *db, const char *sql) { return failure(db, sqlite3_exec(db->handle, sql, NULL, NULL, NULL)); }

static void prepare(struct db *db, struct statement *s, const char *sql, size_t len, unsigned flags) {
    s->db = db;
    int rc = sqlite3_prepare_v3(db->handle, sql, (int)len, flags, &s->stmt, NULL);
    if (rc) {
        s->failed = failure(db, rc);
        log_line(LOG_ERROR, "db", "statement refused: %s", db->detail);
    }
    s->next = db->statements;
    db->statements = s;
}

static struct statement *kept(struct db *db, const char *sql) {
    for (struct statement *s = db->statements; s; s = s->next)
        if (s->sql && strcmp(s->sql, sql) == 0) return s;
    struct statement *s = calloc(1, sizeof *s);
    if (!s || !(s->sql = strdup(sql))) panic("out of memory: statement");
    prepare(db, s, s->sql, strlen(sql), SQLITE_PREPARE_PERSISTENT);
    return s;
}

struct statement *db_use(struct db *db, const char *sql) {
    size_t slot = (size_t)(((uintptr_t)sql * 0x9E3779B97F4A7C15ull) >> 40) % ADDRESS_SLOTS;
    struct statement *s = db->by_address[slot].statement;
    /* the text is compared too: a caller may hand in text from memory that is used again */
    if (db->by_address[slot].address != sql || strcmp(s->sql, sql) != 0) {
        s = kept(db, sql);
        db->by_address[slot].address = sql;
        db->by_address[slot].statement = s;
    }
    if (s->running) db_reset(s);
    return s;
}

static void drop_built(void *arg) {
    struct statement *s = arg;
    if (!s->db) return; /* ended with its reader or connection */
    for (struct statement **p = &s->db->statements; *p; p = &(*p)->next)
        if (*p == s) {
            *p = s->next;
            break;
        }
    statement_end(s);
}

struct statement *db_build(struct db *db, struct arena *a, str sql) {
    struct statement *s = ARENA_NEW(a, struct statement);
    prepare(db, s, sql.at, sql.len, 0);
    arena_on_reset(a, drop_built, s);
    return s;
}

void bind_int(struct statement *s, int n, int64_t v) { sqlite3_bind_int64(s->stmt, n, v); }
void bind_real(struct statement *s, int n, double v) { sqlite3_bind_double(s->stmt, n, v); }
void bind_null(struct statement *s, int n) { sqlite3_bind_null(s->stmt, n); }

void bind_text(struct statement *s, int n, str v) {
    if (v.at)
        sqlite3_bind_text64(s->stmt, n, v.at, v.len, SQLITE_STATIC, SQLITE_UTF8);
    else
        sqlite3_bind_null(s->stmt, n);
}

void bind_blob(struct statement *s, int n, str v) {
    if (v.at)
        sqlite3_bind_blob64(s->stmt, n, v.at, v.len, SQLITE_STATIC);
    else
        sqlite3_bind_null(s->stmt, n);
}

err db_row(struct statement *s, bool *row) {
    *row = false;
    if (s->failed.code) return s->failed;
    int rc = sqlite3_step(s->stmt);
    s->running = true;
    if (rc == SQLITE_ROW) {
        *row = true;
        return OK_ERR;
    }
    err e = failure(s->db, rc);
    db_reset(s);
    return e;
}

err db_done(struct statement *s) {
    bool row = true;
    while (row) TRY(db_row(s, &row));
    return OK_ERR;
}

void db_reset(struct statement *s) {
    sqlite3_reset(s->stmt);
    s->running = false;
}

int64_t column_int(struct statement *s, int i) { return sqlite3_column_int64(s->stmt, i); }
double column_real(struct statement *s, int i) { return sqlite3_column_double(s->stmt, i); }
bool column_null(struct statement *s, int i) { return sqlite3_column_type(s->stmt, i) == SQLITE_NULL; }
bool column_is_text(struct statement *s, int i) { return sqlite3_column_type(s->stmt, i) == SQLITE_TEXT; }

int column_kind(struct statement *s, int i) {
    switch (sqlite3_column_type(s->stmt, i)) {
    case SQLITE_INTEGER: return 1;
    case SQLITE_FLOAT: return 2;
    case SQLITE_TEXT: return 3;
    case SQLITE_BLOB: return 4;
    default: return 0;
    }
}

str column_text(struct statement *s, int i) {
    const char *at = (const char *)sqlite3_column_text(s->stmt, i);
    return at ? (str){at, (size_t)sqlite3_column_bytes(s->stmt, i)} : STR_NONE;
}

str column_blob(struct statement *s, int i) {
    const char *at = sqlite3_column_blob(s->stmt, i);
    size_t len = (size_t)sqlite3_column_bytes(s->stmt, i);
    if (!at && sqlite3_column_type(s->stmt, i) == SQLITE_BLOB) return STR(""); /* an empty blob is not NULL */
    return at ? (str){at, len} : STR_NONE;
}

int64_t db_changes(struct db *db) { return sqlite3_changes64(db->handle); }
bool db_in_transaction(struct db *db) { return !sqlite3_get_autocommit(db->handle); }

void db_reset_all(struct db *db) {
    for (struct statement **p = &db->statements; *p;) {
        struct statement *s = *p;
        if (s->sql) {
            if (s->running) db_reset(s);
            p = &s->next;
        } else {
            *p = s->next;
            statement_end(s);
        }
    }
}

err db_checkpoint(struct db *db, bool wait, int *pages) {
    int all = 0, done = 0;
    int mode = wait ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, mode, &all, &done);
    if (pages) *pages = all - done;
    if ((rc & 0xff) == SQLITE_BUSY) rc = SQLITE_OK; /* a reader holds it back: next time */
    if (rc == SQLITE_OK && all == done) db->log_pages = 0;
    return failure(db, rc);
}

int db_log_pages(struct db *db) { return db->log_pages; }

err db_copy(struct arena *a, struct db *db, const char *file) {
    if (access(file, F_OK) == 0) return err_make(a, ERR_CONFLICT, NULL, "%s exists already", file);
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(file, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (!rc) {
        sqlite3_backup *copy = sqlite3_backup_init(to, "main", db->handle, "main");
        if (copy) {
            do rc = sqlite3_backup_step(copy, -1);
            while (rc == SQLITE_BUSY || rc == SQLITE_LOCKED);
            sqlite3_backup_finish(copy);
        }
        rc = sqlite3_errcode(to) == SQLITE_OK || sqlite3_errcode(to) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(to);
    }
    err e = rc ? err_make(a, code_of(to, rc), NULL, "%s: %s", file, sqlite3_errmsg(to)) : OK_ERR;
    sqlite3_close(to);
    if (e.code) unlink(file);
    return e;
}

err db_integrity(struct db *db, struct buf *report) {
    struct statement *s = db_use(db, "PRAGMA quick_check(20)");
    bool row;
    for (;;) {
        TRY(db_row(s, &row));
        if (!row) return OK_ERR;
        str line = column_text(s, 0);
        if (!str_is(line, "ok")) buf_addf(report, "database file: %.*s\n", STR_ARG(line));
    }
}

err db_limit_pages(struct db *db, int64_t pages) {
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA max_page_count = %lld", (long long)(pages ? pages : 1073741823));
    return db_run(db, sql);
}
