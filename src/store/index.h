/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys of the index tables (schema.sql, docs/store.md): the ONE place where a value becomes a key, used by the commit
 * and by search. Every hit is a candidate: who sends a resource confirms it on the body.
 *
 * Token key: 43 bits of a hash keyed by the node, over the folded code, then 20 bits of the system's number:
 *     system|code  = one key       index_token_key(hash, system)
 *     |code        = one key       system 0
 *     code         = key BETWEEN index_token_first(hash) AND index_token_last(hash)
 *     system|      = the slot is scanned and (key & INDEX_SYSTEM_MASK) = system
 * Reference key: rid of the target (positive; a stub if unknown); an absolute or canonical URL: index_url_key
 * (negative), without |version and #fragment. Identifier of a reference: a token key in slot + 1. Uri: index_uri_key
 * (positive).
 */
#ifndef STORE_INDEX_H
#define STORE_INDEX_H

#include "fhir/sensitive.h"
#include "store/store.h"

struct statement;

enum {
    INDEX_SYSTEM_BITS = 20,
    INDEX_SYSTEM_MASK = (1 << INDEX_SYSTEM_BITS) - 1,
    INDEX_SYSTEM_NONE = 0,
    INDEX_SYSTEM_OTHER = INDEX_SYSTEM_MASK, /* the dictionary is full: confirm on the body */
    INDEX_STRING_BYTES = 64,
    INDEX_SPAN_MS = 24 * 3600 * 1000,
    INDEX_SLOT_IDENTIFIER = 1 /* added to the slot of a reference */
};
#define INDEX_TIME_MIN (-62135596800000LL) /* 0001-01-01T00:00Z: an open beginning */
#define INDEX_TIME_MAX 253402300800000LL   /* end of 9999: an open end */

/* Flags of res; live: (flags & RES_NOT_LIVE) = 0, in SQL exactly `flags & 3 = 0` (the partial index res_dt needs the
 * words). */
enum {
    RES_STUB = 1, RES_DELETED = 2, RES_NOT_LIVE = 3, RES_CONFLICT = 4, RES_INVALID = 8,
    RES_SENSITIVE_SHIFT = 4,                                /* bits of fhir/sensitive.h from here */
    RES_SENSITIVE = SENSITIVE_ALL << RES_SENSITIVE_SHIFT
};

/* 43-bit hash of the folded code (fold.h; ASCII fast path). */
uint64_t index_code_hash(const unsigned char key[16], struct arena *a, str code);
static inline int64_t index_token_key(uint64_t code_hash, int64_t system) {
    return (int64_t)(code_hash << INDEX_SYSTEM_BITS) | system;
}
static inline int64_t index_token_first(uint64_t code_hash) { return (int64_t)(code_hash << INDEX_SYSTEM_BITS); }
static inline int64_t index_token_last(uint64_t code_hash) { return index_token_first(code_hash) | INDEX_SYSTEM_MASK; }

/* Exact, case-sensitive uri: positive. */
int64_t index_uri_key(const unsigned char key[16], str uri);
/* A reference that is no local resource: negative. */
int64_t index_url_key(const unsigned char key[16], str url);
/* Canonical without |version and #fragment. */
str index_canonical(str url);

/* Folded text as it stands in ixs.val: folded, cut at INDEX_STRING_BYTES (at a character's edge). A search for a text
 * that is longer after folding cuts it the same way. */
str index_string(struct arena *a, str text);

/* The doubles around a decimal: *lo <= value <= *hi, equal when it is exact in binary. False when it is no number. */
bool index_number(str digits, double *lo, double *hi);

/* Number of a token system in this node: 0 when the system is empty, -1 when it is not in the dictionary (then nothing
 * can match), INDEX_SYSTEM_OTHER when it did not fit. */
int64_t index_system(struct reader *r, str system);

/* Numbers of types and slots in THIS database (they survive releases). index_slot: `ready` tells whether the slot is
 * complete. -1 when the node has no such slot. */
int index_slot(struct reader *r, uint16_t slot, bool *ready); /* slot: index into fhir_slots */
int index_type(struct reader *r, fhir_type type);
fhir_type index_type_of(struct reader *r, int type);

/* An id as res.id keeps it: bind ?n, and read back. A lower-case UUID is a BLOB of 16 bytes, anything else TEXT. The
 * buffer must live as long as the binding. */
struct index_id {
    unsigned char bytes[16];
    str text;
    bool is_uuid;
};
void index_bind_id(struct statement *s, int n, str id, struct index_id *keep);
str index_column_id(struct statement *s, int i, struct arena *a);

#endif
