/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The audit table and its hash chain. Rows are drained in blocks; the seal of a block is the BLAKE2b-256 of the seal before and of
 * every row of the block, so that a row changed, taken out or put in between is found by `tram check`. The seals are not secret:
 * who can write the file can compute a new chain, therefore the last seal stands on the printed log of a person and in the
 * answer of /api/audit, where it can be compared later.
 */
#include "store_int.h"

static const char sql_insert[] = "INSERT INTO audit(id, wall, actor, action, why, peer, type, resource, patient, post) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
static const char sql_shown[] = "INSERT OR IGNORE INTO audit_shown(patient, audit) VALUES (?1, ?2)";
/* Names in the rows of searches that no log of a person has, or the other way round. */
static const char sql_shown_differ[] = "SELECT (SELECT coalesce(sum(length(resource) - length(replace(resource, ' ', '')) + 1), 0) FROM audit "
                                       "WHERE action = 'find' AND resource IS NOT NULL) - (SELECT count(*) FROM audit_shown)";
static const char sql_last_row[] = "SELECT coalesce(max(id), 0) FROM audit";
static const char sql_last_seal[] = "SELECT seal FROM audit_seal ORDER BY last DESC LIMIT 1";
static const char sql_seal[] = "INSERT INTO audit_seal(last, first, seal) VALUES (?1, ?2, ?3)";
static const char sql_seals[] = "SELECT last, first, seal FROM audit_seal ORDER BY last";
static const char sql_rows[] = "SELECT id, wall, actor, action, why, peer, type, resource, patient, post FROM audit WHERE id >= ?1 AND id <= ?2 ORDER BY id";
static const char sql_outside[] = "SELECT count(*) FROM audit WHERE id > coalesce((SELECT max(last) FROM audit_seal), 0)";
static const char sql_before[] = "SELECT count(*) FROM audit WHERE id < coalesce((SELECT min(first) FROM audit_seal), 0)";
static const char sql_gaps[] = "SELECT count(*) FROM audit WHERE action = 'gap'";

/* Bytes of a row in one piece: one call of the hash for most of them. */
struct row_bytes {
    crypto_generichash_state *hash;
    size_t len;
    unsigned char at[1024];
};

static void put_bytes(struct row_bytes *b, const void *at, size_t len) {
    if (b->len + len > sizeof b->at) {
        crypto_generichash_update(b->hash, b->at, b->len);
        b->len = 0;
    }
    if (len > sizeof b->at) crypto_generichash_update(b->hash, at, len);
    else memcpy(b->at + b->len, at, len), b->len += len;
}

static void put_number(struct row_bytes *b, int64_t v) { put_bytes(b, &v, sizeof v); }

/* Length before content: no two rows give the same bytes. An absent text is not an empty one. */
static void put_text(struct row_bytes *b, str s) {
    put_number(b, s.at ? (int64_t)s.len : -1);
    if (s.len) put_bytes(b, s.at, s.len);
}

static void hash_row(crypto_generichash_state *h, int64_t id, int64_t wall, int64_t patient, const str texts[7]) {
    struct row_bytes b = {.hash = h, .len = 0};
    put_number(&b, id);
    put_number(&b, wall);
    put_number(&b, patient);
    for (int i = 0; i < 7; i++) put_text(&b, texts[i]);
    crypto_generichash_update(h, b.at, b.len);
}

static str absent_when_empty(str s) { return s.len ? s : STR_NONE; }

/* Whom a search has shown stands in the row (store_audit), so that the chain covers it, and here, so that each one's log finds it. */
static err insert_shown(struct db *db, int64_t id, const struct audit_entry *e) {
    for (size_t i = 0; i < e->shown_count; i++) {
        struct statement *q = db_use(db, sql_shown);
        bind_int(q, 1, e->shown[i]);
        bind_int(q, 2, id);
        TRY(db_done(q));
    }
    return OK_ERR;
}

static err insert_row(struct db *db, crypto_generichash_state *h, int64_t id, const struct audit_entry *e) {
    const str texts[7] = {e->actor.at ? e->actor : STR(""), e->action.at ? e->action : STR(""), absent_when_empty(e->why), absent_when_empty(e->from),
                          e->type == FHIR_TYPE_NONE ? STR_NONE : str_of(fhir_type_name(e->type)), absent_when_empty(e->id), absent_when_empty(e->post)};
    TRY(insert_shown(db, id, e));
    struct statement *q = db_use(db, sql_insert);
    bind_int(q, 1, id);
    bind_int(q, 2, e->wall);
    for (int i = 0; i < 6; i++) bind_text(q, 3 + i, texts[i]);
    bind_int(q, 9, e->patient);
    bind_text(q, 10, texts[6]);
    hash_row(h, id, e->wall, e->patient, texts);
    return db_done(q);
}

static err last_seal(struct db *db, unsigned char seal[DIGEST_BYTES]) {
    struct statement *q = db_use(db, sql_last_seal);
    bool row;
    memset(seal, 0, DIGEST_BYTES);
    TRY(db_row(q, &row));
    if (row && column_blob(q, 0).len == DIGEST_BYTES) memcpy(seal, column_blob(q, 0).at, DIGEST_BYTES);
    db_reset(q);
    return OK_ERR;
}

err audit_append(struct db *db, const struct audit_entry *at, size_t count, void (*pause)(size_t written)) {
    crypto_generichash_state h;
    unsigned char seal[DIGEST_BYTES];
    int64_t last;
    if (!count) return OK_ERR;
    TRY(number_of(db, sql_last_row, &last));
    TRY(last_seal(db, seal));
    crypto_generichash_init(&h, NULL, 0, DIGEST_BYTES);
    crypto_generichash_update(&h, seal, DIGEST_BYTES);
    for (size_t i = 0; i < count; i++) {
        TRY(insert_row(db, &h, last + 1 + (int64_t)i, &at[i]));
        if (pause) pause(i + 1);
    }
    crypto_generichash_final(&h, seal, DIGEST_BYTES);
    struct statement *q = db_use(db, sql_seal);
    bind_int(q, 1, last + (int64_t)count);
    bind_int(q, 2, last + 1);
    bind_blob(q, 3, (str){(const char *)seal, DIGEST_BYTES});
    return db_done(q);
}

/* ---- the proof ---------------------------------------------------------------------------------------------------------------- */

static err recompute(struct db *db, int64_t first, int64_t last, unsigned char seal[DIGEST_BYTES], int64_t *rows) {
    crypto_generichash_state h;
    struct statement *q = db_use(db, sql_rows);
    bool row;
    crypto_generichash_init(&h, NULL, 0, DIGEST_BYTES);
    crypto_generichash_update(&h, seal, DIGEST_BYTES);
    bind_int(q, 1, first);
    bind_int(q, 2, last);
    TRY(db_row(q, &row));
    for (*rows = 0; row; ++*rows) {
        const str texts[7] = {column_text(q, 2), column_text(q, 3), column_text(q, 4), column_text(q, 5), column_text(q, 6), column_text(q, 7), column_text(q, 9)};
        hash_row(&h, column_int(q, 0), column_int(q, 1), column_int(q, 8), texts);
        TRY(db_row(q, &row));
    }
    crypto_generichash_final(&h, seal, DIGEST_BYTES);
    return OK_ERR;
}

static err verify_blocks(struct db *db, struct buf *report, size_t *problems) {
    unsigned char seal[DIGEST_BYTES] = {0};
    int64_t expected = 0, rows;
    struct statement *q = db_use(db, sql_seals);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        int64_t last = column_int(q, 0), first = column_int(q, 1);
        if (expected && first != expected) {
            buf_addf(report, "audit: the entries %lld to %lld are missing\n", (long long)expected, (long long)first - 1);
            ++*problems;
        }
        TRY(recompute(db, first, last, seal, &rows));
        str stored = column_blob(q, 2);
        if (rows != last - first + 1 || stored.len != DIGEST_BYTES || memcmp(stored.at, seal, DIGEST_BYTES) != 0) {
            buf_addf(report, "audit: the entries %lld to %lld do not continue the hash chain (%lld of %lld are there)\n", (long long)first,
                     (long long)last, (long long)rows, (long long)(last - first + 1));
            ++*problems;
        }
        if (stored.len == DIGEST_BYTES) memcpy(seal, stored.at, DIGEST_BYTES); /* one break is told once */
        expected = last + 1;
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

err audit_verify(struct db *db, struct buf *report, size_t *problems) {
    int64_t n, gaps;
    TRY(verify_blocks(db, report, problems));
    TRY(number_of(db, sql_outside, &n));
    if (n) {
        buf_addf(report, "audit: %lld entries stand outside the hash chain\n", (long long)n);
        ++*problems;
    }
    TRY(number_of(db, sql_shown_differ, &n));
    if (n) {
        buf_addf(report, "audit: the logs of persons lack %lld of those whom searches have shown\n", (long long)n);
        ++*problems;
    }
    TRY(number_of(db, sql_before, &n));
    if (n) buf_addf(report, "note: %lld audit entries are older than the hash chain\n", (long long)n);
    TRY(number_of(db, sql_gaps, &gaps));
    if (gaps) buf_addf(report, "note: %lld gap marks in the audit: reads before them may be missing\n", (long long)gaps);
    return OK_ERR;
}

err store_audit_head(struct reader *r, int64_t *entries, char seal[2 * 32 + 1]) {
    unsigned char bytes[DIGEST_BYTES];
    TRY(number_of(r->db, sql_last_row, entries));
    TRY(last_seal(r->db, bytes));
    sodium_bin2hex(seal, 2 * DIGEST_BYTES + 1, bytes, DIGEST_BYTES);
    return OK_ERR;
}
