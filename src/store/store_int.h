/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this room share. Life of a change:
 *
 *   caller's thread                      writer thread (writer.c), one transaction for many commits
 *   prepare.c: minify, extract, compress → commit.c: heads, expectations, res/hist/log
 *                                        → rows.c: index rows collected, sorted, written
 *                                        → project.c: touched subjects, each once
 *                                        → COMMIT, callers wake
 *
 * Reading is read.c over a snapshot; bodies are packed and unpacked in body.c; other nodes come in through exchange.c.
 */
#ifndef STORE_INT_H
#define STORE_INT_H

#include "index.h"
#include "projection.h"
#include "store.h"

#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"

#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>

enum { STORE_FORMAT = 3, DIGEST_BYTES = 32, PARENT_BYTES = 16, DICTIONARY_MAX = 4096, TYPE_DB_MAX = 1024 };
extern const char schema_store[];

/* ---- bodies (body.c) --------------------------------------------------------------------------------------------- */

struct dictionary {
    int64_t id; /* 0: none */
    fhir_type type;
    size_t samples;
    void *pack, *unpack; /* the library's digested forms */
};
struct packer; /* contexts of the library; one thread at a time */
struct packer *packer_take(struct store *s);
void packer_give(struct store *s, struct packer *p);
/* Compresses with the type's newest dictionary. */
str body_pack(struct store *s, struct packer *p, struct arena *a, fhir_type type, str body);
/* ERR_IO when the frame is damaged or its dictionary is unknown even to `db`. */
err body_unpack(struct store *s, struct packer *p, struct db *db, struct arena *a, str frame, str *body);
err dictionaries_load(struct store *s, struct db *db);
void dictionaries_free(struct store *s);
/* Trains dictionaries for types that have none yet and enough bodies in this batch; then packs what is not packed yet.
 */
err dictionaries_for(struct store *s, struct arena *a, struct commit *const *commits, size_t count);
void body_finish(struct store *s, struct arena *a, struct change *c);
struct writer;
/* Counts a body that was written; between groups the writer trains what is due. */
void dictionary_count(struct writer *w, fhir_type type, size_t bytes);
void dictionary_train_due(struct writer *w);
/* Number of the dictionary that a frame names, 0 for none. */
int64_t body_dictionary(str frame);
/* A dictionary as it lies in `dict`: a whole zstd frame. */
str dictionary_frame(struct arena *a, str bytes);

/* ---- bodies as text (prepare.c, version.c) ----------------------------------------------------------------------- */

/* Minified body with `id`, without meta.versionId and meta.lastUpdated. */
err body_make(struct arena *a, fhir_type type, str id, str source, const struct json *resource, str *out);

/* ---- index rows (rows.c) ----------------------------------------------------------------------------------------- */

enum row_table {
    ROW_IX,
    ROW_DATE,
    ROW_NUMBER,
    ROW_STRING,
    ROW_COMPOSITE_NUMBER,
    ROW_COMPOSITE_STRING,
    ROW_COMPARTMENT,
    ROW_TABLES
};

/* An entry as extracted: of no node yet (systems and references by name). */
enum entry_kind {
    ENTRY_TOKEN,
    ENTRY_REFERENCE,
    ENTRY_IDENTIFIER,
    ENTRY_URL,
    ENTRY_URI,
    ENTRY_DATE,
    ENTRY_NUMBER,
    ENTRY_STRING,
    ENTRY_COMPOSITE_NUMBER,
    ENTRY_COMPOSITE_DATE,
    ENTRY_COMPOSITE_STRING
};
struct entry {
    enum entry_kind kind;
    int32_t slot;       /* of the database */
    uint64_t hash;      /* token: code hash */
    int64_t key;        /* url, uri */
    str system;         /* token */
    fhir_type type;     /* reference */
    str text;           /* reference: id; string: folded */
    uint64_t unit_hash; /* number: code hash of the unit, with unit_system */
    str unit_system;
    bool has_unit;
    double lo, hi;
    int64_t from, to;
};

struct prepared {
    str body; /* NONE for a deletion */
    str frame;
    unsigned char digest[DIGEST_BYTES]; /* of type, id, op, body: part of the hash chain */
    const struct json *resource;
    bool invalid; /* from elsewhere and against the rules of this node */
    int32_t dt;
    uint32_t sensitive; /* classes of fhir/sensitive.h */
    struct {
        struct entry *at;
        size_t len, cap;
    } entries;
    struct {
        str *at;
        size_t len, cap;
    } patients; /* ids of the persons in whose compartment it is */
    str place;  /* id of the Location of residence (Patient) */
};
err extract(struct store *s, struct arena *a, fhir_type type, str id, const struct json *resource,
            struct prepared *out);

/* A row of one of the tables; what `key` and the union hold depends on the table (rows.c). */
struct row {
    int64_t key, unit, rid;
    union {
        struct {
            double lo, hi;
        };
        struct {
            int64_t from, to;
        };
        str text;
    };
    int32_t slot, dt;
    uint32_t order;
    bool drop;
};

/* ---- the writer -------------------------------------------------------------------------------------------------- */

struct touched {
    size_t projection;
    int64_t subject;
};

struct writer {
    struct store *store;
    struct db *db;
    struct packer *packer;
    struct arena *group; /* life of one transaction */
    struct arena *names; /* the caches below; dropped on a rollback and when large */
    struct map rids;     /* "Type/id" → rid */
    struct map systems;  /* url → number */
    int64_t next_rid, next_system;
    int64_t position;                    /* last log.pos, of the transaction */
    int64_t wall;                        /* of the last entry */
    uint64_t clock, seq;                 /* last of our own */
    struct version_id writing;           /* of the entry being written */
    int64_t origin_id;                   /* origin.id of our own */
    int64_t type_changed[FHIR_TYPE_MAX]; /* last position that changed a type */
    struct {
        struct row *at;
        size_t len, cap;
    } rows[ROW_TABLES];
    uint32_t order;
    struct {
        size_t count, bytes;
    } plain[FHIR_TYPE_MAX]; /* bodies without a good dictionary */
    fhir_type train;        /* due */
    struct {
        struct touched *at;
        size_t len, cap;
    } touched;
    struct map touched_set;
    struct map referring; /* rid → tree: read once for all subjects of a run */
    struct map texts; /* SQL of projections, by table and purpose */
    struct arena *text_arena;
    bool *changed_projections;
    size_t audit_lost; /* rows of a transaction that failed: the next drain says so */
};

/* Resolves names to numbers and collects the rows of one version (drop: takes them away). */
err rows_collect(struct writer *w, int64_t rid, int type, const struct prepared *p, bool drop);
/* Collects only the difference of two versions. */
err rows_collect_change(struct writer *w, int64_t rid, int type, const struct prepared *before,
                        const struct prepared *after);
/* Counts the rows of a version and tells whether one of them is missing in the tables. */
err rows_verify(struct writer *w, int64_t rid, int type, const struct prepared *p, int64_t counts[ROW_TABLES],
                bool *missing);
/* Writes all collected rows, sorted. */
err rows_flush(struct writer *w);
/* rid of a resource, a stub is made when unknown. Cached. */
err writer_rid(struct writer *w, fhir_type type, str id, int64_t *rid);
err writer_system(struct writer *w, str system, int64_t *number);
/* The same without making a stub: 0 when unknown; and a number for a row that the caller will write. */
err writer_rid_find(struct writer *w, fhir_type type, str id, int64_t *rid);
int64_t writer_rid_reserve(struct writer *w, fhir_type type, str id);

struct mark {
    size_t rows[ROW_TABLES];
    size_t touched;
    int64_t position, wall, origin_id;
    uint64_t clock, seq, origin;
};
struct mark writer_mark(const struct writer *w);
void writer_begin(struct writer *w);                      /* forgets what the last group collected */
void writer_back(struct writer *w, const struct mark *m); /* after ROLLBACK TO */

/* One version as it stands in res or hist. */
struct state {
    int64_t rid, pos;
    int type; /* number in the database */
    int flags;
    uint32_t depth;
    int64_t patient, place, wall;
    int32_t dt;
    struct version_id version;
    str parents, frame;
    bool exists; /* the row of res */
};
/* Fills dt, patient, place and the invalid mark from the version. */
err state_derive(struct writer *w, fhir_type type, str id, struct state *s, const struct prepared *p);
err state_write(struct writer *w, str id, const struct state *s); /* row of res */
err state_load(struct writer *w, int64_t rid, struct state *out);
err commit_apply(struct writer *w, struct arena *a, struct commit *c);
/* Adds one version to a resource: heads, the shown one, res, hist, index rows and subjects. `superseded`: a known
 * version names it as parent. */
err version_install(struct writer *w, fhir_type type, str id, const struct state *current, struct state *added,
                    const struct prepared *p, bool superseded);
err state_prepared(struct writer *w, fhir_type type, str id, const struct state *s, struct prepared *out);

struct log_entry {
    int64_t pos, origin_id, wall;
    uint64_t seq, clock;
    str actor, chain;
    const int64_t *rids;
    size_t rid_count;
};
err log_insert(struct writer *w, const struct log_entry *e);
/* Hash chain of an origin: chain(n) = H(chain(n-1), head of entry n, its items). */
void chain_begin(crypto_generichash_state *h, str previous, uint64_t origin, uint64_t seq, uint64_t clock, str actor);
void chain_item(crypto_generichash_state *h, const char *type, str id, uint32_t depth, str parents,
                const unsigned char digest[DIGEST_BYTES]);
err chain_at(struct writer *w, int64_t origin_id, uint64_t seq, str *out);

/* ---- audit.c --------------------------------------------------------------------------------------------------------- */

/* Writes the rows and their seal, inside the caller's transaction; `pause` (may be NULL) is called after each. */
err audit_append(struct db *db, const struct audit_entry *at, size_t count, void (*pause)(size_t written));
/* Recomputes the chain: problems and notes, one line each. */
err audit_verify(struct db *db, struct buf *report, size_t *problems);

/* ---- work on the writer thread (writer.c) ------------------------------------------------------------------------ */

typedef err writer_fn(struct writer *w, struct arena *a, void *context);
/* In a savepoint of a group transaction. */
err writer_work(struct store *s, struct arena *a, bool bulk, writer_fn *fn, void *context);
/* Alone, outside any transaction. */
err writer_alone(struct store *s, struct arena *a, writer_fn *fn, void *context);
err writer_start(struct store *s);
void writer_stop(struct store *s);

/* ---- projections (project.c) ------------------------------------------------------------------------------------- */

err projections_touch(struct writer *w, fhir_type type, str id, const struct json *resource);
/* Runs `project` of every touched subject and replaces its rows. */
err projections_run(struct writer *w);
/* After open: projections that are new or have another version are computed for all their subjects. */
err projections_open(struct store *s, struct arena *a);
/* Drops the tables of projections whose version changed, before the rooms' schemas make them anew. */
err projections_drop_outdated(struct writer *w, struct arena *a);
/* Compares the tables with what the bodies give. */
err projections_verify(struct writer *w, struct buf *report, size_t *differences);
err projection_rebuild(struct store *s, struct arena *a, size_t projection);

/* ---- the node ---------------------------------------------------------------------------------------------------- */

struct connection {
    struct connection *next;
    struct db *db;
    struct packer *packer;
};

struct reader {
    struct store *store;
    struct connection *connection; /* NULL after reader_end and for the writer's own */
    struct db *db;
    struct packer *packer;
    int64_t position;
    /* reader_scan: rids of one type, sorted */
    struct arena *arena;
    fhir_type scan_type;
    int64_t *scan;
    size_t scan_count;
};
struct reader writer_reader(struct writer *w);

struct queue;
struct reindex;

struct listener {
    store_listener *fn;
    void *context;
};

struct store {
    bool compact; /* pack the pages when closing */
    char *dir, *file;
    enum store_mode mode;
    int lock;
    struct arena *arena;
    const struct store_room *const *rooms;
    size_t room_count;
    const struct projection **projections;
    size_t projection_count;
    unsigned char key[16];
    _Atomic uint64_t origin;
    size_t cache_bytes;
    int64_t clock_skew_ms;
    _Atomic int64_t writer_ns, writer_cpu_ns;
    /* numbers of types and slots in the database; fixed after open */
    int type_number[FHIR_TYPE_MAX];
    fhir_type type_of_number[TYPE_DB_MAX];
    int32_t *slot_number; /* by the program's slot */
    /* dictionaries: published once, never changed */
    _Atomic(struct dictionary *) dictionaries[DICTIONARY_MAX];
    _Atomic(struct dictionary *) dictionary_of[FHIR_TYPE_MAX];
    pthread_mutex_t lock_dictionaries;
    /* readers */
    pthread_mutex_t lock_readers;
    pthread_cond_t reader_free;
    struct connection *idle;
    unsigned reader_count, reader_max;
    struct packer *idle_packers;
    /* writer */
    struct writer *writer;
    struct queue *queue;
    struct reindex *reindex; /* while slots are extracted again */
    pthread_mutex_t lock_listeners;
    struct listener listeners[16];
    size_t listener_count;
};

err setting_put(struct db *db, const char *key, str value, bool blob);
err number_of(struct db *db, const char *sql, int64_t *out); /* first column of the first row, or 0 */
err origin_draw(struct db *db, uint64_t *out);
err writer_load(struct writer *w);
err store_upgrade(struct store *s, struct arena *a, int64_t from);
/* Labels every resource anew when the table of sensitive codes is another than at the last start. */
err labels_refresh(struct store *s, struct arena *a);
/* Numbers of the program's slots in the database; `write` adds and marks what changed. */
err slots_prepare(struct store *s, struct db *db, bool write);
err slots_reindex_start(struct store *s, struct arena *a);
void slots_reindex_stop(struct store *s);

str parents_encode(struct arena *a, const struct version_id *at, size_t count);
struct version_id parent_at(str parents, size_t i);
static inline size_t parent_count(str parents) { return parents.len / PARENT_BYTES; }
bool parents_name(str parents, struct version_id v);
/* Which of two heads is shown: greater depth, then clock, then origin. */
bool head_before(uint32_t depth_a, struct version_id a, uint32_t depth_b, struct version_id b);

uint64_t random_origin(void);
int64_t store_now(const struct store *s); /* wall clock in ms */
void items_encode(struct buf *out, const int64_t *rids, size_t count);
/* Next rid of the items; false at the end. `previous` starts at 0. */
bool items_next(str *rest, int64_t *previous);

#endif
