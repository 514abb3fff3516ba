/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thin face over the database engine (SQLite); no other folder names it. A `struct db` is one connection and
 * belongs to one thread at a time. Statements are prepared once for each SQL text and kept; using one resets it. A
 * statement that cannot be prepared is not NULL: it gives its error when stepped, so binding needs no checks.
 *
 *     struct statement *q = db_use(db, "SELECT rid FROM res WHERE type = ?1 AND id = ?2");
 *     bind_int(q, 1, type);
 *     bool row;
 *     for (TRY(db_row(q, &row)); row; …) … column_int(q, 0) …
 *
 * Errors: the detail of an error is the engine's sentence and lives in the connection until its next error.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include "base/err.h"

struct db;
struct statement;

enum db_mode {
    DB_READ,  /* query only; never checkpoints */
    DB_WRITE, /* the one connection that writes and checkpoints */
    DB_CREATE /* the same, makes the file */
};

/* Opens FILE. `cache_bytes` 0 = default. ERR_IO, ERR_NO_NODE when the file is not a database. */
err db_open(struct arena *a, const char *file, enum db_mode mode, size_t cache_bytes, struct db **out);
void db_close(struct db *db); /* NULL allowed */

/* One or many statements without parameters or rows: schema, BEGIN, SAVEPOINT. */
err db_run(struct db *db, const char *sql);

/* The kept statement of a literal SQL text (same address or same text = same statement), reset, with nothing bound. */
struct statement *db_use(struct db *db, const char *sql);
/* A statement of a built text, finalised at the arena's reset or db_close, whichever comes first. For search plans. */
struct statement *db_build(struct db *db, struct arena *a, str sql);

void bind_int(struct statement *s, int n, int64_t v);
void bind_real(struct statement *s, int n, double v);
/* The bytes must live until the statement has been stepped to its end or is used again. STR_NONE binds NULL. */
void bind_text(struct statement *s, int n, str v);
void bind_blob(struct statement *s, int n, str v);
void bind_null(struct statement *s, int n);

/* Steps to the next row; *row false at the end (the statement is then reset). */
err db_row(struct statement *s, bool *row);
/* Runs to the end. */
err db_done(struct statement *s);
/* Ends a statement before its last row. */
void db_reset(struct statement *s);

int64_t column_int(struct statement *s, int i);
double column_real(struct statement *s, int i);
bool column_null(struct statement *s, int i);
bool column_is_text(struct statement *s, int i); /* else a number, blob or NULL */
/* Views until the next step. NULL gives STR_NONE. */
str column_text(struct statement *s, int i);
str column_blob(struct statement *s, int i);
/* Column as it is stored: 0 NULL, 1 integer, 2 real, 3 text, 4 blob. */
int column_kind(struct statement *s, int i);

int64_t db_changes(struct db *db); /* rows changed by the last statement */
/* Is a transaction open (the engine may have rolled back by itself, e.g. on a full disk)? */
bool db_in_transaction(struct db *db);
/* Ends every running statement and every built one: before the end of a snapshot. */
void db_reset_all(struct db *db);

/* Moves committed pages from the log into the file; `wait` = also those that readers hold back, and empties the log.
 * `pages` (may be NULL) gets the pages left in the log. Only for the connection that writes. */
err db_checkpoint(struct db *db, bool wait, int *pages);
/* Pages in the write-ahead log after the last commit of this connection. */
int db_log_pages(struct db *db);

/* A consistent copy of the database into FILE (must not exist), while others read and write. */
err db_copy(struct arena *a, struct db *db, const char *file);
/* The engine's own integrity check: problems, one line each. */
err db_integrity(struct db *db, struct buf *report);

/* For tests of the full disk: at most so many pages (0 = no limit). */
err db_limit_pages(struct db *db, int64_t pages);

#endif
