/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies on disk: zstd frames without their four magic bytes, with a dictionary of the type once there are enough
 * bodies to train one. Dictionaries lie in the database, are never removed, and a frame names its own; so old frames
 * stay readable for ever. On disk a dictionary is itself a frame (a sixth of its size); in memory it is published once and
 * never changes, so readers take no lock.
 */
#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include "store_int.h"

#include "base/log.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

enum {
    LEVEL = 3,
    DICTIONARY_LEVEL = 19,
    MAGIC_BYTES = 4,
    DICTIONARY_BYTES = 64 * 1024,
    BODY_LIMIT = 1 << 30,
    TRAIN_BODIES = 100,       /* a dictionary needs at least so many bodies … */
    TRAIN_BYTES = 100 * 1024, /* … of so many bytes together */
    TRAIN_MOST = 4000,        /* and takes at most so many */
    TRAIN_GOOD = 1500         /* trained on fewer, it is replaced once there are twice as many */
};

struct packer {
    struct packer *next;
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
};

struct packer *packer_take(struct store *s) {
    pthread_mutex_lock(&s->lock_readers);
    struct packer *p = s->idle_packers;
    if (p) s->idle_packers = p->next;
    pthread_mutex_unlock(&s->lock_readers);
    if (p) return p;
    p = calloc(1, sizeof *p);
    if (!p || !(p->pack = ZSTD_createCCtx()) || !(p->unpack = ZSTD_createDCtx())) panic("out of memory: compression");
    return p;
}

void packer_give(struct store *s, struct packer *p) {
    pthread_mutex_lock(&s->lock_readers);
    p->next = s->idle_packers;
    s->idle_packers = p;
    pthread_mutex_unlock(&s->lock_readers);
}

static void dictionary_free(struct dictionary *d) {
    if (!d) return;
    ZSTD_freeCDict(d->pack);
    ZSTD_freeDDict(d->unpack);
    free(d);
}

void dictionaries_free(struct store *s) {
    for (size_t i = 0; i < DICTIONARY_MAX; i++) dictionary_free(atomic_load(&s->dictionaries[i]));
    for (struct packer *p = s->idle_packers, *next; p; p = next) {
        next = p->next;
        ZSTD_freeCCtx(p->pack);
        ZSTD_freeDCtx(p->unpack);
        free(p);
    }
    s->idle_packers = NULL;
}

/* The newest dictionary of a type compresses; called under lock_dictionaries. */
static void publish(struct store *s, int64_t id, fhir_type type, str bytes, size_t samples) {
    if (id <= 0 || id >= DICTIONARY_MAX || atomic_load(&s->dictionaries[id])) return;
    struct dictionary *d = calloc(1, sizeof *d);
    if (!d) panic("out of memory: dictionary");
    d->id = id;
    d->type = type;
    d->samples = samples;
    d->pack = s->mode == STORE_WRITE ? ZSTD_createCDict(bytes.at, bytes.len, LEVEL) : NULL;
    d->unpack = ZSTD_createDDict(bytes.at, bytes.len);
    atomic_store(&s->dictionaries[id], d);
    if (type > FHIR_TYPE_NONE && type < FHIR_TYPE_MAX) {
        struct dictionary *now = atomic_load(&s->dictionary_of[type]);
        if (!now || now->id < id) atomic_store(&s->dictionary_of[type], d);
    }
}

str dictionary_frame(struct arena *a, str bytes) {
    size_t bound = ZSTD_compressBound(bytes.len);
    char *frame = arena_alloc(a, bound);
    size_t n = ZSTD_compress(frame, bound, bytes.at, bytes.len, DICTIONARY_LEVEL);
    if (ZSTD_isError(n)) panic("compression: %s", ZSTD_getErrorName(n));
    return (str){frame, n};
}

static err load_one(struct store *s, struct statement *q, char *bytes) {
    str frame = column_blob(q, 2);
    size_t n = ZSTD_decompress(bytes, DICTIONARY_BYTES, frame.at, frame.len);
    if (ZSTD_isError(n))
        return (err){.code = ERR_IO, .at = NULL, .detail = STR("a dictionary of stored bodies is damaged")};
    publish(s, column_int(q, 0), fhir_type_by_name(column_text(q, 1)), (str){bytes, n}, (size_t)column_int(q, 3));
    return OK_ERR;
}

err dictionaries_load(struct store *s, struct db *db) {
    char *bytes = malloc(DICTIONARY_BYTES);
    if (!bytes) panic("out of memory: dictionary");
    pthread_mutex_lock(&s->lock_dictionaries);
    struct statement *q = db_use(db, "SELECT id, type, bytes, samples FROM dict ORDER BY id");
    bool row;
    err e;
    while (!(e = db_row(q, &row)).code && row && !(e = load_one(s, q, bytes)).code) {}
    pthread_mutex_unlock(&s->lock_dictionaries);
    free(bytes);
    return e;
}

str body_pack(struct store *s, struct packer *p, struct arena *a, fhir_type type, str body) {
    struct dictionary *d = atomic_load(&s->dictionary_of[type]);
    size_t bound = ZSTD_compressBound(body.len);
    char *out = arena_alloc(a, bound);
    size_t n = d && d->pack ? ZSTD_compress_usingCDict(p->pack, out, bound, body.at, body.len, d->pack)
                            : ZSTD_compressCCtx(p->pack, out, bound, body.at, body.len, LEVEL);
    if (ZSTD_isError(n)) panic("compression: %s", ZSTD_getErrorName(n));
    out = arena_grow(a, out, bound, n); /* no-op; the rest of the bound stays in the arena until its reset */
    return (str){out + MAGIC_BYTES, n - MAGIC_BYTES};
}

static str with_magic(struct arena *a, str frame) {
    static const unsigned char magic[MAGIC_BYTES] = {0x28, 0xB5, 0x2F, 0xFD};
    char *whole = arena_alloc(a, frame.len + MAGIC_BYTES);
    memcpy(whole, magic, MAGIC_BYTES);
    memcpy(whole + MAGIC_BYTES, frame.at, frame.len);
    return (str){whole, frame.len + MAGIC_BYTES};
}

int64_t body_dictionary(str frame) {
    char head[MAGIC_BYTES + 18] = {0x28, (char)0xB5, 0x2F, (char)0xFD};
    size_t n = frame.len < 18 ? frame.len : 18;
    memcpy(head + MAGIC_BYTES, frame.at, n);
    return ZSTD_getDictID_fromFrame(head, n + MAGIC_BYTES);
}

err body_unpack(struct store *s, struct packer *p, struct db *db, struct arena *a, str frame, str *body) {
    str whole = with_magic(a, frame);
    unsigned long long size = ZSTD_getFrameContentSize(whole.at, whole.len);
    if (size > BODY_LIMIT) return err_make(a, ERR_IO, NULL, "a stored body is damaged");
    unsigned id = ZSTD_getDictID_fromFrame(whole.at, whole.len);
    struct dictionary *d = NULL;
    if (id) {
        if (id >= DICTIONARY_MAX) return err_make(a, ERR_IO, NULL, "a stored body names dictionary %u", id);
        d = atomic_load(&s->dictionaries[id]);
        if (!d) { /* another process trained it after we opened */
            TRY(dictionaries_load(s, db));
            d = atomic_load(&s->dictionaries[id]);
        }
        if (!d) return err_make(a, ERR_IO, NULL, "dictionary %u of a stored body is missing", id);
    }
    char *out = arena_alloc(a, (size_t)size + 1);
    size_t n = d ? ZSTD_decompress_usingDDict(p->unpack, out, (size_t)size, whole.at, whole.len, d->unpack)
                 : ZSTD_decompressDCtx(p->unpack, out, (size_t)size, whole.at, whole.len);
    if (ZSTD_isError(n) || n != size)
        return err_make(a, ERR_IO, NULL, "a stored body is damaged: %s", ZSTD_getErrorName(n));
    *body = (str){out, n};
    return OK_ERR;
}

/* ---- training (writer thread) ------------------------------------------------------------------------------------ */

static size_t train(struct arena *a, char *out, size_t size, const str *bodies, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += bodies[i].len;
    char *samples = arena_alloc(a, total + 1);
    size_t *sizes = ARENA_ARRAY(a, size_t, count);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(samples + at, bodies[i].at, bodies[i].len);
        at += sizes[i] = bodies[i].len;
    }
    ZDICT_fastCover_params_t how = {.k = 1024, .d = 8, .f = 18, .accel = 2, .splitPoint = 1.0};
    how.zParams.compressionLevel = LEVEL;
    return ZDICT_trainFromBuffer_fastCover(out, size, samples, sizes, (unsigned)count, how);
}

struct fresh {
    fhir_type type;
    str bytes;
    size_t samples;
};

/* Writes and publishes a dictionary; on the writer thread, in a transaction. Frames that name it are only made
 * afterwards. */
static err dictionary_add(struct writer *w, struct arena *a, void *context) {
    struct fresh *f = context;
    int64_t id;
    TRY(number_of(w->db, "SELECT coalesce(max(id), 0) + 1 FROM dict", &id));
    if (id >= DICTIONARY_MAX) return OK_ERR;
    char *head = (char *)(uintptr_t)f->bytes.at + MAGIC_BYTES;
    for (int i = 0; i < 4; i++) head[i] = (char)(id >> 8 * i); /* the frame will name this number */
    struct statement *q = db_use(w->db, "INSERT INTO dict(id, type, samples, bytes) VALUES (?1, ?2, ?3, ?4)");
    bind_int(q, 1, id);
    bind_text(q, 2, str_of(fhir_type_name(f->type)));
    bind_int(q, 3, (int64_t)f->samples);
    bind_blob(q, 4, dictionary_frame(a, f->bytes));
    return db_done(q);
}

static bool is_worth(size_t count, size_t bytes) { return count >= TRAIN_BODIES && bytes >= TRAIN_BYTES; }

/* A dictionary from these bodies, evenly picked; empty when there are too few or nothing is common to them. */
static struct fresh learn(struct arena *a, fhir_type type, const str *bodies, size_t count) {
    size_t every = count / TRAIN_MOST + 1, n = 0, total = 0;
    str *sample = ARENA_ARRAY(a, str, count / every + 1);
    for (size_t i = 0; i < count; i += every) {
        sample[n] = str_slice(bodies[i], 0, 64 * 1024);
        total += sample[n++].len;
    }
    struct fresh f = {.type = type, .samples = n};
    if (!is_worth(n, total)) return f;
    size_t size = total / 8 < DICTIONARY_BYTES ? total / 8 : DICTIONARY_BYTES;
    char *bytes = arena_alloc(a, size);
    size_t got = train(a, bytes, size, sample, n);
    if (ZDICT_isError(got))
        log_line(LOG_WARNING, "store", "no dictionary for %s: %s", fhir_type_name(type), ZDICT_getErrorName(got));
    else
        f.bytes = (str){bytes, got};
    return f;
}

/* ---- from a batch, on the caller's thread ------------------------------------------------------------------------ */

struct bodies {
    str *at;
    size_t len, cap, bytes;
};

static bool lacks_dictionary(struct store *s, fhir_type type) { return !atomic_load(&s->dictionary_of[type]); }

err dictionaries_for(struct store *s, struct arena *a, struct commit *const *commits, size_t count) {
    struct bodies *of = NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < commits[i]->count; k++) {
            const struct change *c = &commits[i]->changes[k];
            if (!c->prepared || c->prepared->frame.at || !c->prepared->body.len || !lacks_dictionary(s, c->type))
                continue;
            if (!of) of = ARENA_ARRAY(a, struct bodies, FHIR_TYPE_MAX);
            VEC_PUSH(a, &of[c->type], c->prepared->body);
            of[c->type].bytes += c->prepared->body.len;
        }
    for (int t = 1; of && t < FHIR_TYPE_MAX; t++) {
        if (!is_worth(of[t].len, of[t].bytes)) continue;
        struct fresh f = learn(a, (fhir_type)t, of[t].at, of[t].len);
        if (!f.bytes.len) continue;
        TRY(writer_work(s, a, false, dictionary_add, &f));
        struct reader *r; /* publishes what is now committed */
        TRY(reader_begin(s, a, &r));
        err e = dictionaries_load(s, r->db);
        reader_end(r);
        TRY(e);
    }
    return OK_ERR;
}

void body_finish(struct store *s, struct arena *a, struct change *c) {
    if (!c->prepared || c->prepared->frame.at || !c->prepared->body.len) return;
    struct packer *p = packer_take(s);
    c->prepared->frame = body_pack(s, p, a, c->type, c->prepared->body);
    packer_give(s, p);
}

/* ---- from what trickled in, on the writer thread between groups -------------------------------------------------- */

void dictionary_count(struct writer *w, fhir_type type, size_t bytes) {
    struct dictionary *d = atomic_load(&w->store->dictionary_of[type]);
    if (d && d->samples >= TRAIN_GOOD) return;
    w->plain[type].count++;
    w->plain[type].bytes += bytes;
    /* the first from few bodies, a better one when there are many */
    bool due = d ? w->plain[type].count >= TRAIN_GOOD * 2 : is_worth(w->plain[type].count, w->plain[type].bytes);
    if (due) w->train = type;
}

/* The newest bodies of the type; without an older dictionary they are packed again. */
static err collect_bodies(struct writer *w, struct arena *a, fhir_type type, struct bodies *out, int64_t **rids) {
    struct {
        int64_t *at;
        size_t len, cap;
    } list = {0};
    struct statement *q =
        db_use(w->db, "SELECT rid, body FROM res WHERE rid IN (SELECT rid FROM res WHERE type = ?1 AND flags & 3 = 0 "
                      "ORDER BY rid DESC LIMIT ?2)");
    bind_int(q, 1, w->store->type_number[type]);
    bind_int(q, 2, TRAIN_MOST);
    for (bool row;;) {
        str body;
        TRY(db_row(q, &row));
        if (!row) break;
        TRY(body_unpack(w->store, w->packer, w->db, a, column_blob(q, 1), &body));
        int64_t rid = column_int(q, 0);
        VEC_PUSH(a, out, body);
        VEC_PUSH(a, &list, rid);
    }
    *rids = list.at;
    return OK_ERR;
}

static err repack(struct writer *w, struct arena *a, fhir_type type, const struct bodies *b, const int64_t *rids) {
    for (size_t i = 0; i < b->len; i++) {
        struct statement *q = db_use(w->db, "UPDATE res SET body = ?2 WHERE rid = ?1");
        bind_int(q, 1, rids[i]);
        bind_blob(q, 2, body_pack(w->store, w->packer, a, type, b->at[i]));
        TRY(db_done(q));
    }
    return OK_ERR;
}

static err train_now(struct writer *w, struct arena *a, fhir_type type) {
    struct bodies bodies = {0};
    int64_t *rids;
    bool first = lacks_dictionary(w->store, type);
    TRY(collect_bodies(w, a, type, &bodies, &rids));
    struct fresh f = learn(a, type, bodies.at, bodies.len);
    if (!f.bytes.len) return OK_ERR;
    TRY(db_run(w->db, "BEGIN IMMEDIATE"));
    TRY(dictionary_add(w, a, &f));
    TRY(db_run(w->db, "COMMIT"));
    TRY(dictionaries_load(w->store, w->db));
    if (!first) return OK_ERR;
    TRY(db_run(w->db, "BEGIN IMMEDIATE"));
    TRY(repack(w, a, type, &bodies, rids));
    return db_run(w->db, "COMMIT");
}

void dictionary_train_due(struct writer *w) {
    fhir_type type = w->train;
    if (type == FHIR_TYPE_NONE) return;
    w->train = FHIR_TYPE_NONE;
    w->plain[type].count = w->plain[type].bytes = 0;
    struct arena *a = arena_new();
    err e = train_now(w, a, type);
    if (e.code) log_line(LOG_WARNING, "store", "dictionary of %s: %.*s", fhir_type_name(type), STR_ARG(e.detail));
    db_reset_all(w->db);
    if (db_in_transaction(w->db)) db_run(w->db, "ROLLBACK");
    arena_free(a);
}
