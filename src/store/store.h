/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store: the one door through which anything changes. A commit writes the new versions, the log entry, the search
 * index and the projections in one transaction, or nothing. See docs/store.md and schema.sql for the format.
 *
 * Threads: `struct store` is shared by all threads. A `struct reader` belongs to one thread at a time. All changes run
 * on the store's writer thread, many callers sharing one fsync; store_commit returns when the change is durable.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/json.h"
#include "fhir/fhir.h"

struct db; /* db/db.h */
struct store;
struct reader;
struct projection; /* store/projection.h */

/* ---- node -------------------------------------------------------------------------------------------------------- */

enum store_mode {
    STORE_READ, /* beside a writer or alone; no lock, query only */
    STORE_WRITE /* takes DIR/lock; ERR_BUSY when another process holds it */
};

/* A room's part of the database: its schema (own tables), and its projections (may be none). */
struct store_room {
    const char *name;
    const char
        *schema; /* statements `CREATE ... IF NOT EXISTS`, as of version 1; migrations are added as the room needs */
    const struct projection *const *projections;
    size_t projection_count;
};

struct store_options {
    enum store_mode mode;
    const struct store_room *const *rooms;
    size_t room_count;
    size_t cache_bytes;    /* page cache of the writer; 0 = default */
    unsigned reader_count; /* at most so many readers at once; 0 = default */
    int64_t clock_skew_ms; /* added to the wall clock: for tests of clocks that are wrong */
};

/* Makes an empty node in `dir` (created if absent, must hold no node): ERR_CONFLICT when one is there, ERR_IO. */
err store_init(struct arena *a, const char *dir);
/* Opens a node. ERR_NO_NODE, ERR_BUSY, ERR_NOT_SUPPORTED (newer format), ERR_IO, ERR_FULL. `a` only carries the error.
 */
err store_open(struct arena *a, const char *dir, const struct store_options *options, struct store **out);
/* Finishes what was accepted, checkpoints (writer) and closes. */
void store_close(struct store *s);
/* At store_close the pages that a large import left part empty are packed (SQLite's VACUUM: about 7 %; needs as much free disk as the
 * node for a moment, and is left out when there is none). */
void store_compact(struct store *s);
const char *store_dir(const struct store *s);

/* ---- versions ---------------------------------------------------------------------------------------------------- */

struct version_id {
    uint64_t clock;  /* hybrid logical clock: ms << 16 | counter */
    uint64_t origin; /* incarnation of the node that made the version */
};
enum { VERSION_ID_TEXT = 28 }; /* 13 Crockford base-32 digits, '-', 13, NUL */
char *version_id_format(struct version_id v, char out[VERSION_ID_TEXT]);
bool version_id_parse(str text, struct version_id *out);

enum version_op { VERSION_CREATE, VERSION_UPDATE, VERSION_DELETE };

struct version {
    fhir_type type;
    str id;
    int64_t rid;
    int64_t
        patient; /* rid of the Patient in whose compartment it is; its own for a Patient; 0 none */
    struct version_id version;
    enum version_op op;
    int64_t wall;     /* ms: when this node stored it = meta.lastUpdated */
    int64_t position; /* of the log */
    uint32_t depth;   /* edit depth */
    bool conflict;    /* the resource has more than one head */
    str body;         /* minified JSON without meta.versionId and meta.lastUpdated; empty for a deletion */
};
/* The resource as clients see it: body with meta.versionId and meta.lastUpdated spliced in. */
void version_json(struct buf *out, const struct version *v);

/* ---- reading: a snapshot ----------------------------------------------------------------------------------------- */

/* A snapshot from the pool; ended by reader_end or by the arena's reset. Never waits for the writer. */
err reader_begin(struct store *s, struct arena *a, struct reader **out);
void reader_end(struct reader *r);
/* The read connection, for rooms that read their own tables. Statements end with the reader. */
struct db *reader_db(struct reader *r);
int64_t reader_position(struct reader *r); /* last log position of the snapshot */

/* Current version. ERR_NOT_FOUND (also for stubs), ERR_GONE (out is filled, without body). */
err reader_get(struct reader *r, struct arena *a, fhir_type type, str id, struct version *out);
err reader_get_rid(struct reader *r, struct arena *a, int64_t rid, struct version *out);
/* One version. */
err reader_vread(struct reader *r, struct arena *a, fhir_type type, str id, struct version_id v, struct version *out);
/* History, newest first: of one resource (id given), a type (id empty) or all (type FHIR_TYPE_NONE); positions
 * below `before` (0 = newest) and walls at or after `since_ms`. At most `limit`. */
struct version_list {
    struct version *at;
    size_t len, cap;
};
struct history_query {
    fhir_type type;
    str id;
    /* Where to go on: position and rid of the last version of the page before (both 0: newest). A log entry holds many
     * versions, greatest rid first. */
    int64_t before, before_rid;
    int64_t since_ms;             /* 0 = no limit */
    int64_t at_ms_from, at_ms_to; /* _at: versions that were shown at some time in [from, to); both 0 = no limit */
    size_t limit;
};
err reader_history(struct reader *r, struct arena *a, const struct history_query *q, struct version_list *out);
/* Current live resources of a type in rid order from rid > after: for export and rebuild. */
err reader_scan(struct reader *r, struct arena *a, fhir_type type, int64_t after, size_t limit,
                struct version_list *out);
/* rid of a resource or 0 (a stub has one too). */
int64_t reader_rid(struct reader *r, fhir_type type, str id);
/* On which days (of +07:00) resources name a target by a reference parameter, and how many: from the index alone, by their clinical date.
 * [from, until). ERR_INCOMPLETE while the parameter is being indexed again. */
struct reference_day { int32_t day; int64_t count; };
struct reference_days { struct reference_day *at; size_t len, cap; };
err reader_reference_days(struct reader *r, struct arena *a, const struct fhir_search *param, int64_t target, int32_t from, int32_t until,
                          struct reference_days *out);
/* All heads of a resource, the shown one first; more than one = conflict. Deletions are heads too. */
err reader_heads(struct reader *r, struct arena *a, fhir_type type, str id, struct version_list *out);

/* ---- writing ----------------------------------------------------------------------------------------------------- */

enum change_expect {
    EXPECT_ANYTHING,
    EXPECT_ABSENT, /* ERR_PRECONDITION when it lives */
    EXPECT_VERSION, /* If-Match: ERR_PRECONDITION unless `expected` is the shown head */
    EXPECT_PRESENT  /* If-Match: *: ERR_PRECONDITION unless it lives */
};

/* One new version of one resource. The caller has validated it; parsing, extraction and compression of many changes
 * happen on the callers' threads (store_prepare, called by store_commit when the caller did not). */
struct change {
    enum version_op op; /* CREATE and UPDATE are told apart by the store: give VERSION_UPDATE for both */
    fhir_type type;
    str id;
    str source;                  /* JSON text of the resource (need not be minified); empty for VERSION_DELETE */
    const struct json *resource; /* its tree, pointing into `source` */
    enum change_expect expect;
    struct version_id expected;
    /* A merge: the heads that this version resolves (all must be heads, else ERR_PRECONDITION). NULL: the shown head.
     */
    const struct version_id *parents;
    size_t parent_count;
    struct prepared *prepared; /* by store_prepare; set to NULL when `source` or `resource` is replaced */
    /* results */
    struct version result; /* without body */
    bool unchanged;        /* same body as the head: nothing was written, result is the head */
};

/* Minifies, extracts and compresses on the caller's thread; everything lives in `a`. store_commit does it for changes
 * that are not prepared. ERR_INVALID when the body cannot be stored (no object, wrong resourceType). */
err store_prepare(struct store *s, struct arena *a, struct change *c);

struct commit {
    struct change *changes;
    size_t count;
    str actor; /* reference of the account or "system" */
    bool bulk; /* yields to interactive commits; index rows may be sorted over many commits */
    /* Called on the writer, inside the transaction, before the changes: repeats what was decided on a reader's snapshot
     * (conditional create, conditional references). May change `changes`. NULL when nothing was conditional. */
    err (*recheck)(struct commit *c, struct reader *now, struct arena *a);
    void *context;
    int64_t snapshot_position; /* of the reader that decided; recheck is skipped when no resource of `types` changed
                                  since */
    const fhir_type *types;
    size_t type_count;
    /* results */
    int64_t position;
    size_t failed; /* index of the change that failed, when the commit returns an error */
};

/* Writes all changes or none, as one log entry; returns when durable. ERR_PRECONDITION, ERR_CONFLICT, ERR_FULL, ERR_IO.
 */
err store_commit(struct store *s, struct arena *a, struct commit *c);

/* Many independent commits handed over at once (batch, NDJSON): each its own savepoint; errors[i] tells of each. */
void store_commit_many(struct store *s, struct arena *a, struct commit **commits, size_t count, err *errors);

/* Work on tables that belong to this node alone (accounts, sessions, tokens, audit): runs on the writer in its own
 * savepoint; durable on return. */
err store_local(struct store *s, err (*work)(struct db *db, void *context), void *context);

/* Read-audit, into the store's table `audit`: never waits; drained by the writer within a second; a full ring drops
 * nothing but blocks at most 1 s. A crash leaves a gap mark. */
struct audit_entry {
    int64_t wall;
    str actor, action, why, from, post; /* post: role and place under which the actor acts */
    fhir_type type;
    str id;
    int64_t patient;
    const int64_t *shown; /* a search: rids of the Patients whose names were shown; they stand in the row, and in each one's own log */
    size_t shown_count;
};
void store_audit(struct store *s, const struct audit_entry *e);
/* Number of the last audit entry and the last seal of the chain, in hexadecimal. */
err store_audit_head(struct reader *r, int64_t *entries, char seal[2 * 32 + 1]);

/* Called on the writer thread after each durable group: last position and the names of the projections whose rows
 * changed (for server-sent events). Must not block. */
typedef void store_listener(void *context, int64_t position, const char *const *projections, size_t count);
void store_listen(struct store *s, store_listener *fn, void *context);

/* ---- exchange with other nodes ----------------------------------------------------------------------------------- */

/* Log entries of `origin` with seq in [from, to] as one text (format in docs/store.md), and the vector of what is
 * known. */
struct origin_seq {
    uint64_t origin;
    uint64_t seq;
};
err store_vector(struct reader *r, struct arena *a, struct origin_seq **out, size_t *count);
err store_export_log(struct reader *r, struct arena *a, uint64_t origin, uint64_t from, uint64_t to, struct buf *out);
/* Applies entries of other nodes: stored whatever this node's rules say, idempotent, in any order. ERR_INVALID for a
 * text that is no log, ERR_CONFLICT when the same (origin, seq) is here with another content. */
err store_import_log(struct store *s, struct arena *a, str entries);
/* Tells what a peer knows: when it knows a higher number of ours than we do, this node is an old copy and draws a new
 * incarnation (*renewed, may be NULL). */
err store_meet(struct store *s, struct arena *a, const struct origin_seq *known, size_t count, bool *renewed);
uint64_t store_origin(struct store *s);

/* ---- care of the node -------------------------------------------------------------------------------------------- */

struct store_stats {
    int64_t resources, index_rows, bytes, stubs, conflicts, stale;
    int64_t by_type[FHIR_TYPE_MAX];
};
err store_stats(struct store *s, struct arena *a, struct store_stats *out);
/* Nanoseconds that the writer thread has spent in transactions, without waiting for work: by the clock and of the
 * processor. */
int64_t store_writer_time(struct store *s, int64_t *processor);
/* Problems found, one line each, into `report`; ERR_INVALID when there is any. Read only. */
err store_check(struct store *s, struct arena *a, struct buf *report);
/* Rebuilds index and projections from the bodies (check: only compares, ERR_INVALID on a difference). */
err store_rebuild(struct store *s, struct arena *a, bool check, struct buf *report);
err store_backup(struct store *s, struct arena *a, const char *file);
/* New incarnation: a fresh origin is drawn. ERR_CONFLICT when dir holds a node, ERR_INVALID when FILE is no backup. */
err store_restore(struct arena *a, const char *file, const char *dir);
/* Key, value settings of the node (table setting): STR_NONE when absent. */
str store_setting(struct reader *r, struct arena *a, const char *key);
/* 16-byte keyed hash key of the node, for signed paging positions and tokens. */
const unsigned char *store_key(const struct store *s);

#endif
