/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies on disk: zstd frames without their four magic bytes, with a dictionary of the type once there are enough bodies to
 * train one. Dictionaries lie in the database, are never removed, and a frame names its own; so old frames stay readable for ever.
 * In memory a dictionary is published once and never changes, so readers take no lock.
 */
#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include "store_int.h"

#include "base/log.h"

#include <stdlib.h>
#include <zdict.h>
#include <zstd.h>

enum { LEVEL = 3, MAGIC_BYTES = 4, DICTIONARY_BYTES = 64 * 1024, BODY_LIMIT = 1 << 30 };

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
static void publish(struct store *s, int64_t id, fhir_type type, str bytes) {
    if (id <= 0 || id >= DICTIONARY_MAX || atomic_load(&s->dictionaries[id])) return;
    struct dictionary *d = calloc(1, sizeof *d);
    if (!d) panic("out of memory: dictionary");
    d->id = id;
    d->type = type;
    d->pack = s->mode == STORE_WRITE ? ZSTD_createCDict(bytes.at, bytes.len, LEVEL) : NULL;
    d->unpack = ZSTD_createDDict(bytes.at, bytes.len);
    atomic_store(&s->dictionaries[id], d);
    if (type > FHIR_TYPE_NONE && type < FHIR_TYPE_MAX) {
        struct dictionary *now = atomic_load(&s->dictionary_of[type]);
        if (!now || now->id < id) atomic_store(&s->dictionary_of[type], d);
    }
}

err dictionaries_load(struct store *s, struct db *db) {
    pthread_mutex_lock(&s->lock_dictionaries);
    struct statement *q = db_use(db, "SELECT id, type, bytes FROM dict ORDER BY id");
    bool row;
    err e;
    while (!(e = db_row(q, &row)).code && row)
        publish(s, column_int(q, 0), fhir_type_by_name(column_text(q, 1)), column_blob(q, 2));
    pthread_mutex_unlock(&s->lock_dictionaries);
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

/* ---- training (writer thread) --------------------------------------------------------------------------------------------- */

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

err dictionary_train(struct store *s, struct db *db, fhir_type type, const str *bodies, size_t count) {
    size_t total = 0;
    for (size_t i = 0; i < count; i++) total += bodies[i].len;
    size_t size = total / 12 < DICTIONARY_BYTES ? total / 12 : DICTIONARY_BYTES;
    if (size < 1024) return OK_ERR;
    struct arena *a = arena_new();
    char *bytes = arena_alloc(a, size);
    size_t n = train(a, bytes, size, bodies, count);
    err e = OK_ERR;
    if (ZDICT_isError(n)) {
        log_line(LOG_WARNING, "store", "no dictionary for %s: %s", fhir_type_name(type), ZDICT_getErrorName(n));
    } else {
        struct statement *q = db_use(db, "SELECT coalesce(max(id), 0) + 1 FROM dict");
        bool row;
        e = db_row(q, &row);
        int64_t id = e.code ? 0 : column_int(q, 0);
        db_reset(q);
        if (!e.code && id < DICTIONARY_MAX) {
            for (int i = 0; i < 4; i++) bytes[MAGIC_BYTES + i] = (char)(id >> 8 * i); /* the frame will name this number */
            q = db_use(db, "INSERT INTO dict(id, type, bytes) VALUES (?1, ?2, ?3)");
            bind_int(q, 1, id);
            bind_text(q, 2, str_of(fhir_type_name(type)));
            bind_blob(q, 3, (str){bytes, n});
            e = db_done(q);
            if (!e.code) {
                pthread_mutex_lock(&s->lock_dictionaries);
                publish(s, id, type, (str){bytes, n});
                pthread_mutex_unlock(&s->lock_dictionaries);
            }
        }
    }
    arena_free(a);
    return e;
}
