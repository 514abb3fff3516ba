/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Index rows of a transaction: names become numbers, rows are collected in memory over many commits, sorted by primary
 * key and written once before COMMIT. Sorted rows land on neighbouring pages, so bulk import keeps its speed when the
 * tables no longer fit in the cache. A row that is dropped and added again within one transaction counts as its last
 * mention.
 */
#include "store_int.h"

#include <stdlib.h>

/* ---- names ------------------------------------------------------------------------------------------------------- */

static str rid_name(struct arena *a, fhir_type type, str id) {
    char *name = arena_alloc(a, id.len + 2);
    name[0] = (char)(type & 0xff);
    name[1] = (char)(type >> 8);
    memcpy(name + 2, id.at, id.len);
    return (str){name, id.len + 2};
}

err writer_rid_find(struct writer *w, fhir_type type, str id, int64_t *rid) {
    char small[80];
    str name;
    if (id.len + 2 <= sizeof small) {
        small[0] = (char)(type & 0xff);
        small[1] = (char)(type >> 8);
        memcpy(small + 2, id.at, id.len);
        name = (str){small, id.len + 2};
    } else {
        name = rid_name(w->group, type, id);
    }
    *rid = (int64_t)(intptr_t)map_get(&w->rids, name);
    if (*rid) return OK_ERR;
    struct statement *q = db_use(w->db, "SELECT rid FROM res WHERE type = ?1 AND id = ?2");
    struct index_id keep;
    bind_int(q, 1, w->store->type_number[type]);
    index_bind_id(q, 2, id, &keep);
    bool row;
    TRY(db_row(q, &row));
    if (row) {
        *rid = column_int(q, 0);
        map_put(&w->rids, rid_name(w->names, type, id), (void *)(intptr_t)*rid);
    }
    db_reset(q);
    return OK_ERR;
}

/* A number for a resource whose row the commit writes later in the same savepoint. */
int64_t writer_rid_reserve(struct writer *w, fhir_type type, str id) {
    int64_t rid = w->next_rid++;
    map_put(&w->rids, rid_name(w->names, type, id), (void *)(intptr_t)rid);
    return rid;
}

err writer_rid(struct writer *w, fhir_type type, str id, int64_t *rid) {
    TRY(writer_rid_find(w, type, id, rid));
    if (*rid) return OK_ERR;
    *rid = writer_rid_reserve(w, type, id);
    struct statement *q = db_use(w->db, "INSERT INTO res(rid, type, id, flags, dt, pos, depth, patient, place) "
                                        "VALUES (?1, ?2, ?3, 1, 0, 0, 0, ?4, 0)");
    struct index_id keep;
    bind_int(q, 1, *rid);
    bind_int(q, 2, w->store->type_number[type]);
    index_bind_id(q, 3, id, &keep);
    bind_int(q, 4, type == FHIR_TYPE_PATIENT ? *rid : 0);
    return db_done(q);
}

err writer_system(struct writer *w, str system, int64_t *number) {
    *number = INDEX_SYSTEM_NONE;
    if (!system.len) return OK_ERR;
    *number = (int64_t)(intptr_t)map_get(&w->systems, system);
    if (*number) return OK_ERR;
    struct statement *q = db_use(w->db, "SELECT id FROM system WHERE url = ?1");
    bind_text(q, 1, system);
    bool row;
    TRY(db_row(q, &row));
    if (row) *number = column_int(q, 0);
    db_reset(q);
    if (!row && w->next_system >= INDEX_SYSTEM_OTHER) {
        *number = INDEX_SYSTEM_OTHER;
        return OK_ERR;
    }
    if (!row) {
        *number = w->next_system++;
        q = db_use(w->db, "INSERT INTO system(id, url) VALUES (?1, ?2)");
        bind_int(q, 1, *number);
        bind_text(q, 2, system);
        TRY(db_done(q));
    }
    map_put(&w->systems, str_copy(w->names, system), (void *)(intptr_t)*number);
    return OK_ERR;
}

/* ---- entries become rows ----------------------------------------------------------------------------------------- */

struct sink {
    struct arena *arena;
    struct {
        struct row *at;
        size_t len, cap;
    } rows[ROW_TABLES];
};

static void put(struct sink *to, enum row_table table, struct row r) { VEC_PUSH(to->arena, &to->rows[table], r); }

static err row_of_entry(struct writer *w, const struct entry *e, struct row r, struct sink *to) {
    int64_t system = 0;
    r.slot = e->slot;
    switch (e->kind) {
    case ENTRY_TOKEN:
    case ENTRY_IDENTIFIER:
        TRY(writer_system(w, e->system, &system));
        r.key = index_token_key(e->hash, system);
        if (e->kind == ENTRY_IDENTIFIER) r.slot += INDEX_SLOT_IDENTIFIER;
        put(to, ROW_IX, r);
        return OK_ERR;
    case ENTRY_REFERENCE:
        TRY(writer_rid(w, e->type, e->text, &r.key));
        put(to, ROW_IX, r);
        return OK_ERR;
    case ENTRY_URL:
    case ENTRY_URI:
        r.key = e->key;
        put(to, ROW_IX, r);
        return OK_ERR;
    case ENTRY_DATE:
        r.from = e->from;
        r.to = e->to;
        r.key = e->to - e->from > INDEX_SPAN_MS;
        put(to, ROW_DATE, r);
        return OK_ERR;
    case ENTRY_NUMBER:
    case ENTRY_COMPOSITE_NUMBER:
        if (e->has_unit) {
            TRY(writer_system(w, e->unit_system, &system));
            r.unit = index_token_key(e->unit_hash, system);
        }
        r.lo = e->lo;
        r.hi = e->hi;
        break;
    case ENTRY_COMPOSITE_DATE:
        r.lo = (double)e->from;
        r.hi = (double)e->to;
        break;
    case ENTRY_STRING:
    case ENTRY_COMPOSITE_STRING: r.text = e->text; break;
    }
    if (e->kind == ENTRY_NUMBER || e->kind == ENTRY_STRING) {
        put(to, e->kind == ENTRY_NUMBER ? ROW_NUMBER : ROW_STRING, r);
        return OK_ERR;
    }
    TRY(writer_system(w, e->system, &system));
    r.key = index_token_key(e->hash, system);
    put(to, e->kind == ENTRY_COMPOSITE_STRING ? ROW_COMPOSITE_STRING : ROW_COMPOSITE_NUMBER, r);
    return OK_ERR;
}

static err rows_of(struct writer *w, int64_t rid, int type, const struct prepared *p, struct sink *to) {
    struct row r = {.rid = rid, .dt = p->dt};
    for (size_t i = 0; i < p->entries.len; i++) TRY(row_of_entry(w, &p->entries.at[i], r, to));
    for (size_t i = 0; i < p->patients.len; i++) {
        r.slot = type;
        TRY(writer_rid(w, FHIR_TYPE_PATIENT, p->patients.at[i], &r.key));
        put(to, ROW_COMPARTMENT, r);
    }
    return OK_ERR;
}

/* ---- order: by primary key, then by mention ---------------------------------------------------------------------- */

#define BY(x, y)                                                                                                       \
    do {                                                                                                               \
        if ((x) != (y)) return (x) < (y) ? -1 : 1;                                                                     \
    } while (0)

static int order_key(const struct row *a, const struct row *b) {
    BY(a->slot, b->slot);
    BY(a->key, b->key);
    BY(a->dt, b->dt);
    BY(a->rid, b->rid);
    return 0;
}
static int order_compartment(const struct row *a, const struct row *b) {
    BY(a->key, b->key);
    BY(a->slot, b->slot);
    BY(a->dt, b->dt);
    BY(a->rid, b->rid);
    return 0;
}
static int order_date(const struct row *a, const struct row *b) {
    BY(a->slot, b->slot);
    BY(a->key, b->key);
    BY(a->from, b->from);
    BY(a->to, b->to);
    BY(a->dt, b->dt);
    BY(a->rid, b->rid);
    return 0;
}
static int order_number(const struct row *a, const struct row *b) {
    BY(a->slot, b->slot);
    BY(a->key, b->key);
    BY(a->unit, b->unit);
    BY(a->lo, b->lo);
    BY(a->hi, b->hi);
    BY(a->dt, b->dt);
    BY(a->rid, b->rid);
    return 0;
}
static int order_string(const struct row *a, const struct row *b) {
    BY(a->slot, b->slot);
    BY(a->key, b->key);
    int c = str_compare(a->text, b->text);
    if (c) return c;
    BY(a->dt, b->dt);
    BY(a->rid, b->rid);
    return 0;
}

typedef int order_fn(const struct row *, const struct row *);
static order_fn *const order_of[ROW_TABLES] = {order_key,    order_date,   order_number,     order_string,
                                               order_number, order_string, order_compartment};

#define SORTER(name, compare)                                                                                          \
    static int name(const void *x, const void *y) {                                                                    \
        const struct row *a = x, *b = y;                                                                               \
        int c = compare(a, b);                                                                                         \
        return c ? c : (a->order > b->order) - (a->order < b->order);                                                  \
    }
SORTER(sort_key, order_key)
SORTER(sort_date, order_date)
SORTER(sort_number, order_number)
SORTER(sort_string, order_string)
SORTER(sort_compartment, order_compartment)
static int (*const sorter_of[ROW_TABLES])(const void *, const void *) = {
    sort_key, sort_date, sort_number, sort_string, sort_number, sort_string, sort_compartment};

static void sort_rows(enum row_table t, struct row *at, size_t len) {
    if (len > 1) qsort(at, len, sizeof *at, sorter_of[t]);
}

/* ---- collecting -------------------------------------------------------------------------------------------------- */

static void collect(struct writer *w, enum row_table t, struct row r, bool drop) {
    r.drop = drop;
    r.order = w->order++;
    VEC_PUSH(w->group, &w->rows[t], r);
}

err rows_collect(struct writer *w, int64_t rid, int type, const struct prepared *p, bool drop) {
    struct sink sink = {.arena = w->group};
    TRY(rows_of(w, rid, type, p, &sink));
    for (int t = 0; t < ROW_TABLES; t++)
        for (size_t i = 0; i < sink.rows[t].len; i++) collect(w, (enum row_table)t, sink.rows[t].at[i], drop);
    return OK_ERR;
}

err rows_collect_change(struct writer *w, int64_t rid, int type, const struct prepared *before,
                        const struct prepared *after) {
    struct sink old = {.arena = w->group}, new = {.arena = w->group};
    TRY(rows_of(w, rid, type, before, &old));
    TRY(rows_of(w, rid, type, after, &new));
    for (int t = 0; t < ROW_TABLES; t++) {
        struct row *x = old.rows[t].at, *y = new.rows[t].at;
        size_t n = old.rows[t].len, m = new.rows[t].len, i = 0, j = 0;
        sort_rows((enum row_table)t, x, n);
        sort_rows((enum row_table)t, y, m);
        while (i < n || j < m) {
            int c = i == n ? 1 : j == m ? -1 : order_of[t](&x[i], &y[j]);
            if (c < 0) collect(w, (enum row_table)t, x[i], true);
            if (c > 0) collect(w, (enum row_table)t, y[j], false);
            if (c == 0) { /* in both: also step over repetitions of the same row */
                struct row same = x[i];
                while (i < n && order_of[t](&x[i], &same) == 0) i++;
                while (j < m && order_of[t](&y[j], &same) == 0) j++;
                continue;
            }
            if (c < 0)
                i++;
            else
                j++;
        }
    }
    return OK_ERR;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static const char *const insert_sql[ROW_TABLES] = {
    "INSERT OR IGNORE INTO ix(slot, key, dt, rid) VALUES (?1, ?2, ?3, ?4)",
    "INSERT OR IGNORE INTO ixd(slot, dt, rid, span, lo, hi) VALUES (?1, ?3, ?4, ?2, ?5, ?6)",
    "INSERT OR IGNORE INTO ixn(slot, dt, rid, unit, lo, hi) VALUES (?1, ?3, ?4, ?7, ?5, ?6)",
    "INSERT OR IGNORE INTO ixs(slot, dt, rid, val) VALUES (?1, ?3, ?4, ?5)",
    "INSERT OR IGNORE INTO ixcn(slot, key, dt, rid, unit, lo, hi) VALUES (?1, ?2, ?3, ?4, ?7, ?5, ?6)",
    "INSERT OR IGNORE INTO ixcs(slot, key, dt, rid, val) VALUES (?1, ?2, ?3, ?4, ?5)",
    "INSERT OR IGNORE INTO compartment(type, patient, dt, rid) VALUES (?1, ?2, ?3, ?4)"};
static const char *const delete_sql[ROW_TABLES] = {
    "DELETE FROM ix WHERE slot = ?1 AND key = ?2 AND dt = ?3 AND rid = ?4",
    "DELETE FROM ixd WHERE slot = ?1 AND span = ?2 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "DELETE FROM ixn WHERE slot = ?1 AND unit = ?7 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "DELETE FROM ixs WHERE slot = ?1 AND val = ?5 AND dt = ?3 AND rid = ?4",
    "DELETE FROM ixcn WHERE slot = ?1 AND key = ?2 AND unit = ?7 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "DELETE FROM ixcs WHERE slot = ?1 AND key = ?2 AND val = ?5 AND dt = ?3 AND rid = ?4",
    "DELETE FROM compartment WHERE type = ?1 AND patient = ?2 AND dt = ?3 AND rid = ?4"};

static void bind_row(struct statement *q, enum row_table t, const struct row *r) {
    bind_int(q, 1, r->slot);
    if (t == ROW_IX || t == ROW_COMPARTMENT || t == ROW_COMPOSITE_NUMBER || t == ROW_COMPOSITE_STRING || t == ROW_DATE)
        bind_int(q, 2, r->key);
    bind_int(q, 3, r->dt);
    bind_int(q, 4, r->rid);
    if (t == ROW_DATE) {
        bind_int(q, 5, r->from);
        bind_int(q, 6, r->to);
    } else if (t == ROW_NUMBER || t == ROW_COMPOSITE_NUMBER) {
        bind_real(q, 5, r->lo);
        bind_real(q, 6, r->hi);
        bind_int(q, 7, r->unit);
    } else if (t == ROW_STRING || t == ROW_COMPOSITE_STRING) {
        bind_text(q, 5, r->text);
    }
}

static err write_row(struct statement *q, enum row_table t, const struct row *r) {
    bind_row(q, t, r);
    return db_done(q);
}

static const char *const find_sql[ROW_TABLES] = {
    "SELECT 1 FROM ix WHERE slot = ?1 AND key = ?2 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM ixd WHERE slot = ?1 AND span = ?2 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM ixn WHERE slot = ?1 AND unit = ?7 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM ixs WHERE slot = ?1 AND val = ?5 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM ixcn WHERE slot = ?1 AND key = ?2 AND unit = ?7 AND lo = ?5 AND hi = ?6 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM ixcs WHERE slot = ?1 AND key = ?2 AND val = ?5 AND dt = ?3 AND rid = ?4",
    "SELECT 1 FROM compartment WHERE type = ?1 AND patient = ?2 AND dt = ?3 AND rid = ?4"};

err rows_verify(struct writer *w, int64_t rid, int type, const struct prepared *p, int64_t counts[ROW_TABLES],
                bool *missing) {
    struct sink sink = {.arena = w->group};
    *missing = false;
    TRY(rows_of(w, rid, type, p, &sink));
    for (int i = 0; i < ROW_TABLES; i++) {
        enum row_table t = (enum row_table)i;
        struct row *at = sink.rows[t].at;
        size_t len = sink.rows[t].len;
        sort_rows(t, at, len);
        for (size_t k = 0; k < len; k++) {
            if (k + 1 < len && order_of[t](&at[k], &at[k + 1]) == 0) continue;
            counts[t]++;
            struct statement *q = db_use(w->db, find_sql[t]);
            bool row;
            bind_row(q, t, &at[k]);
            TRY(db_row(q, &row));
            db_reset(q);
            *missing = *missing || !row;
        }
    }
    return OK_ERR;
}

err rows_flush(struct writer *w) {
    for (int i = 0; i < ROW_TABLES; i++) {
        enum row_table t = (enum row_table)i;
        struct row *at = w->rows[t].at;
        size_t len = w->rows[t].len;
        if (!len) continue;
        sort_rows(t, at, len);
        struct statement *insert = db_use(w->db, insert_sql[t]), *drop = db_use(w->db, delete_sql[t]);
        for (size_t k = 0; k < len; k++) {
            if (k + 1 < len && order_of[t](&at[k], &at[k + 1]) == 0) continue; /* the last mention counts */
            TRY(write_row(at[k].drop ? drop : insert, t, &at[k]));
        }
        w->rows[t].len = 0;
    }
    return OK_ERR;
}
