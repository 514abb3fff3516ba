/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slots: numbers of search expressions in this database. When a release changes an expression (its fingerprint), the
 * slot is marked as not ready, its rows are extracted again in the background, and a search on it answers "incomplete
 * index" until done.
 */
#include "store_int.h"

#include "base/log.h"

#include <stdlib.h>

enum { CHUNK = 300, SLOTS_MOST = 4096 };

static err slot_find(struct db *db, const struct fhir_slot *x, int64_t *id, int64_t *fingerprint) {
    struct statement *q =
        db_use(db, "SELECT id, fingerprint FROM slot WHERE type = ?1 AND expression = ?2 AND kind = ?3");
    bind_text(q, 1, str_of(fhir_type_name(x->type)));
    bind_text(q, 2, x->expression);
    bind_int(q, 3, x->kind);
    bool row;
    *id = 0;
    TRY(db_row(q, &row));
    if (row) {
        *id = column_int(q, 0);
        *fingerprint = column_int(q, 1);
    }
    db_reset(q);
    return OK_ERR;
}

static err type_in_use(struct store *s, struct db *db, fhir_type type, bool *used) {
    struct statement *q = db_use(db, "SELECT 1 FROM res WHERE type = ?1 AND flags & 3 = 0 LIMIT 1");
    bind_int(q, 1, s->type_number[type]);
    TRY(db_row(q, used));
    db_reset(q);
    return OK_ERR;
}

static err slot_write(struct store *s, struct db *db, const struct fhir_slot *x, int64_t *id) {
    bool used;
    TRY(type_in_use(s, db, x->type, &used));
    if (!*id) {
        TRY(number_of(db, "SELECT coalesce(max(id), 0) + 2 FROM slot", id));
        struct statement *q = db_use(
            db, "INSERT INTO slot(id, type, expression, kind, fingerprint, ready) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
        bind_int(q, 1, *id);
        bind_text(q, 2, str_of(fhir_type_name(x->type)));
        bind_text(q, 3, x->expression);
        bind_int(q, 4, x->kind);
        bind_int(q, 5, (int64_t)x->fingerprint);
        bind_int(q, 6, !used);
        return db_done(q);
    }
    struct statement *q = db_use(db, "UPDATE slot SET fingerprint = ?2, ready = ?3 WHERE id = ?1");
    bind_int(q, 1, *id);
    bind_int(q, 2, (int64_t)x->fingerprint);
    bind_int(q, 3, !used);
    return db_done(q);
}

err slots_prepare(struct store *s, struct db *db, bool write) {
    fhir_start();
    if (!s->slot_number) s->slot_number = ARENA_ARRAY(s->arena, int32_t, fhir_slot_count + 1);
    for (size_t i = 0; i < fhir_slot_count; i++) {
        int64_t id, fingerprint = 0;
        TRY(slot_find(db, &fhir_slots[i], &id, &fingerprint));
        if (write && (!id || fingerprint != (int64_t)fhir_slots[i].fingerprint))
            TRY(slot_write(s, db, &fhir_slots[i], &id));
        s->slot_number[i] = (int32_t)id;
    }
    return OK_ERR;
}

int index_slot(struct reader *r, uint16_t slot, bool *ready) {
    *ready = false;
    if (slot >= fhir_slot_count || r->store->slot_number[slot] <= 0) return -1;
    struct statement *q = db_use(r->db, "SELECT ready FROM slot WHERE id = ?1 AND fingerprint = ?2");
    bind_int(q, 1, r->store->slot_number[slot]);
    bind_int(q, 2, (int64_t)fhir_slots[slot].fingerprint);
    bool row;
    *ready = !db_row(q, &row).code && row && column_int(q, 0);
    db_reset(q);
    return r->store->slot_number[slot];
}

/* ---- extraction again, in the background ------------------------------------------------------------------------- */

struct reindex {
    pthread_t thread;
    struct store *store;
    _Atomic bool stop;
};

/* The slots of one type that are not ready; `wanted` by number in the database. */
struct pass {
    fhir_type type;
    int64_t after;
    bool done, none;
    bool wanted[SLOTS_MOST * 2];
};

static err forget_slot(struct writer *w, int64_t id) {
    static const char *const sql[] = {"DELETE FROM ix WHERE slot = ?1",  "DELETE FROM ix WHERE slot = ?1 + 1",
                                      "DELETE FROM ixd WHERE slot = ?1", "DELETE FROM ixn WHERE slot = ?1",
                                      "DELETE FROM ixs WHERE slot = ?1", "DELETE FROM ixcn WHERE slot = ?1",
                                      "DELETE FROM ixcs WHERE slot = ?1"};
    for (size_t i = 0; i < sizeof sql / sizeof *sql; i++) {
        struct statement *q = db_use(w->db, sql[i]);
        bind_int(q, 1, id);
        TRY(db_done(q));
    }
    return OK_ERR;
}

static bool is_known(const struct store *s, int64_t id) {
    for (size_t i = 0; i < fhir_slot_count; i++)
        if (s->slot_number[i] == id) return true;
    return false;
}

/* Expressions that this release no longer has. */
static err forget_unknown(struct writer *w, struct arena *a, void *context) {
    struct {
        int64_t *at;
        size_t len, cap;
    } gone = {0};
    (void)context;
    struct statement *q = db_use(w->db, "SELECT id FROM slot");
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        if (!is_known(w->store, column_int(q, 0))) VEC_PUSH(a, &gone, column_int(q, 0));
    }
    for (size_t i = 0; i < gone.len; i++) {
        TRY(forget_slot(w, gone.at[i]));
        q = db_use(w->db, "DELETE FROM slot WHERE id = ?1");
        bind_int(q, 1, gone.at[i]);
        TRY(db_done(q));
    }
    return OK_ERR;
}

/* Picks a type and empties its slots. */
static err pass_begin(struct writer *w, struct arena *a, void *context) {
    struct pass *p = context;
    struct {
        int64_t *at;
        size_t len, cap;
    } ids = {0};
    *p = (struct pass){0};
    struct statement *q = db_use(
        w->db, "SELECT id, type FROM slot WHERE type = (SELECT type FROM slot WHERE ready = 0 LIMIT 1) AND ready = 0");
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        p->type = fhir_type_by_name(column_text(q, 1));
        int64_t id = column_int(q, 0);
        if (id < SLOTS_MOST * 2) VEC_PUSH(a, &ids, id);
    }
    p->none = ids.len == 0;
    for (size_t i = 0; i < ids.len; i++) {
        p->wanted[ids.at[i]] = true;
        TRY(forget_slot(w, ids.at[i]));
    }
    return OK_ERR;
}

static err pass_one(struct writer *w, struct pass *p, int64_t rid, str id) {
    struct state s;
    struct prepared all;
    TRY(state_load(w, rid, &s));
    TRY(state_prepared(w, p->type, id, &s, &all));
    size_t n = 0;
    for (size_t i = 0; i < all.entries.len; i++)
        if (p->wanted[all.entries.at[i].slot]) all.entries.at[n++] = all.entries.at[i];
    all.entries.len = n;
    all.patients.len = 0;
    return rows_collect(w, rid, s.type, &all, false);
}

static err pass_chunk(struct writer *w, struct arena *a, void *context) {
    struct pass *p = context;
    struct {
        int64_t *at;
        size_t len, cap;
    } rids = {0};
    struct {
        str *at;
        size_t len, cap;
    } ids = {0};
    struct statement *q = db_use(
        w->db,
        "SELECT rid, id FROM res NOT INDEXED WHERE rid > ?1 AND type = ?2 AND flags & 3 = 0 ORDER BY rid LIMIT ?3");
    bind_int(q, 1, p->after);
    bind_int(q, 2, w->store->type_number[p->type]);
    bind_int(q, 3, CHUNK);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        VEC_PUSH(a, &rids, column_int(q, 0));
        VEC_PUSH(a, &ids, index_column_id(q, 1, a));
    }
    for (size_t i = 0; i < rids.len; i++) TRY(pass_one(w, p, p->after = rids.at[i], ids.at[i]));
    p->done = rids.len < CHUNK;
    return OK_ERR;
}

static err pass_end(struct writer *w, struct arena *a, void *context) {
    struct pass *p = context;
    (void)a;
    for (int64_t id = 0; id < SLOTS_MOST * 2; id++) {
        if (!p->wanted[id]) continue;
        struct statement *q = db_use(w->db, "UPDATE slot SET ready = 1 WHERE id = ?1");
        bind_int(q, 1, id);
        TRY(db_done(q));
    }
    return OK_ERR;
}

static err reindex_all(struct reindex *x, struct arena *a, struct pass *p) {
    TRY(writer_work(x->store, a, true, forget_unknown, NULL));
    while (!atomic_load(&x->stop)) {
        TRY(writer_work(x->store, a, true, pass_begin, p));
        if (p->none) return OK_ERR;
        log_line(LOG_INFO, "store", "search index of %s: extracting again", fhir_type_name(p->type));
        while (!p->done && !atomic_load(&x->stop)) {
            TRY(writer_work(x->store, a, true, pass_chunk, p));
            arena_reset(a);
        }
        if (p->done) TRY(writer_work(x->store, a, true, pass_end, p));
        arena_reset(a);
    }
    return OK_ERR;
}

static void *reindex_main(void *arg) {
    struct reindex *x = arg;
    struct arena *a = arena_new();
    struct pass *p = calloc(1, sizeof *p);
    if (!p) panic("out of memory: slots");
    err e = reindex_all(x, a, p);
    if (e.code) log_line(LOG_ERROR, "store", "search index not complete: %.*s", STR_ARG(e.detail));
    free(p);
    arena_free(a);
    return NULL;
}

static err is_due(struct store *s, struct db *db, bool *due) {
    int64_t known;
    TRY(number_of(db, "SELECT count(*) FROM slot WHERE ready = 0", &known));
    *due = known > 0;
    TRY(number_of(db, "SELECT count(*) FROM slot", &known));
    if (known != (int64_t)fhir_slot_count) *due = true;
    (void)s;
    return OK_ERR;
}

err slots_reindex_start(struct store *s, struct arena *a) {
    struct reader *r;
    bool due;
    TRY(reader_begin(s, a, &r));
    err e = is_due(s, r->db, &due);
    reader_end(r);
    if (e.code || !due) return e;
    struct reindex *x = calloc(1, sizeof *x);
    if (!x) panic("out of memory: slots");
    x->store = s;
    s->reindex = x;
    if (pthread_create(&x->thread, NULL, reindex_main, x)) panic("cannot start a thread");
    return OK_ERR;
}

/* Stops between two chunks; the next open begins the type again. */
void slots_reindex_stop(struct store *s) {
    if (!s->reindex) return;
    atomic_store(&s->reindex->stop, true);
    pthread_join(s->reindex->thread, NULL);
    free(s->reindex);
    s->reindex = NULL;
}
