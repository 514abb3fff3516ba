/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading from a snapshot: a connection of the pool inside a read transaction. Nothing here waits for the writer.
 */
#include "store_int.h"

#include "base/date.h"
#include "base/log.h"

#include <stdlib.h>

/* ---- the pool ---------------------------------------------------------------------------------------------------- */

static err connection_open(struct store *s, struct arena *a, struct connection **out) {
    struct connection *c = calloc(1, sizeof *c);
    if (!c) panic("out of memory: connection");
    err e = db_open(a, s->file, DB_READ, 0, &c->db);
    if (e.code) {
        free(c);
        return e;
    }
    c->packer = packer_take(s);
    *out = c;
    return OK_ERR;
}

static err connection_take(struct store *s, struct arena *a, struct connection **out) {
    pthread_mutex_lock(&s->lock_readers);
    while (!s->idle && s->reader_count >= s->reader_max) pthread_cond_wait(&s->reader_free, &s->lock_readers);
    struct connection *c = s->idle;
    if (c)
        s->idle = c->next;
    else
        s->reader_count++;
    pthread_mutex_unlock(&s->lock_readers);
    if (c) {
        *out = c;
        return OK_ERR;
    }
    err e = connection_open(s, a, out);
    if (e.code) {
        pthread_mutex_lock(&s->lock_readers);
        s->reader_count--;
        pthread_cond_signal(&s->reader_free);
        pthread_mutex_unlock(&s->lock_readers);
    }
    return e;
}

static void connection_give(struct store *s, struct connection *c) {
    pthread_mutex_lock(&s->lock_readers);
    c->next = s->idle;
    s->idle = c;
    pthread_cond_signal(&s->reader_free);
    pthread_mutex_unlock(&s->lock_readers);
}

static void end_reader(void *arg) { reader_end(arg); }

err reader_begin(struct store *s, struct arena *a, struct reader **out) {
    struct connection *c;
    TRY(connection_take(s, a, &c));
    struct reader *r = ARENA_NEW(a, struct reader);
    *r = (struct reader){.store = s, .connection = c, .db = c->db, .packer = c->packer, .arena = a};
    arena_on_reset(a, end_reader, r);
    err e = db_run(c->db, "BEGIN");
    struct statement *q = db_use(c->db, "SELECT max(pos) FROM log"); /* the first read takes the snapshot */
    bool row = false;
    if (!e.code) e = db_row(q, &row);
    if (row) r->position = column_int(q, 0);
    db_reset(q);
    if (e.code) {
        e.detail = str_copy(a, e.detail);
        reader_end(r);
        return e;
    }
    *out = r;
    return OK_ERR;
}

void reader_end(struct reader *r) {
    if (!r || !r->connection) return;
    db_reset_all(r->db);
    db_run(r->db, "COMMIT");
    connection_give(r->store, r->connection);
    r->connection = NULL;
    r->db = NULL;
}

struct db *reader_db(struct reader *r) {
    return r->db;
}
int64_t reader_position(struct reader *r) { return r->position; }

struct reader writer_reader(struct writer *w) {
    return (struct reader){
        .store = w->store, .db = w->db, .packer = w->packer, .position = w->position, .arena = w->group};
}

/* ---- one version ------------------------------------------------------------------------------------------------- */

/* What every query of versions gives, in this order. */
#define RES_COLUMNS                                                                                                    \
    "r.rid, r.type, r.id, r.pos, r.depth, r.flags, l.clock, l.wall, o.origin, r.body, r.parents, r.patient"
#define RES_FROM " FROM res r JOIN log l ON l.pos = r.pos JOIN origin o ON o.id = l.origin "
#define HIST_COLUMNS                                                                                                   \
    "h.rid, r.type, r.id, h.pos, h.depth, (r.flags & 4) | (h.op = 2) * 2, l.clock, l.wall, o.origin, h.body, "         \
    "h.parents, r.patient"
#define HIST_FROM                                                                                                      \
    " FROM hist h JOIN res r ON r.rid = h.rid JOIN log l ON l.pos = h.pos JOIN origin o ON o.id = l.origin "

static err version_of_row(struct reader *r, struct arena *a, struct statement *q, struct version *out) {
    int64_t flags = column_int(q, 5);
    *out = (struct version){.rid = column_int(q, 0),
                            .type = index_type_of(r, (int)column_int(q, 1)),
                            .id = index_column_id(q, 2, a),
                            .position = column_int(q, 3),
                            .depth = (uint32_t)column_int(q, 4),
                            .patient = column_int(q, 11),
                            .wall = column_int(q, 7),
                            .conflict = (flags & RES_CONFLICT) != 0};
    out->version = (struct version_id){(uint64_t)column_int(q, 6), (uint64_t)column_int(q, 8)};
    out->op = flags & RES_DELETED ? VERSION_DELETE : column_null(q, 10) ? VERSION_CREATE : VERSION_UPDATE;
    if (out->op == VERSION_DELETE) return OK_ERR;
    return body_unpack(r->store, r->packer, r->db, a, column_blob(q, 9), &out->body);
}

/* First row of `q` as a version. */
static err one_version(struct reader *r, struct arena *a, struct statement *q, struct version *out) {
    bool row;
    TRY(db_row(q, &row));
    if (!row) return (err){.code = ERR_NOT_FOUND, .at = NULL, .detail = STR_NONE};
    err e = version_of_row(r, a, q, out);
    db_reset(q);
    if (e.code) return e;
    return out->op == VERSION_DELETE ? (err){.code = ERR_GONE, .at = NULL, .detail = STR_NONE} : OK_ERR;
}

err reader_get(struct reader *r, struct arena *a, fhir_type type, str id, struct version *out) {
    struct statement *q = db_use(r->db, "SELECT " RES_COLUMNS RES_FROM "WHERE r.type = ?1 AND r.id = ?2");
    struct index_id keep;
    bind_int(q, 1, index_type(r, type));
    index_bind_id(q, 2, id, &keep);
    return one_version(r, a, q, out);
}

err reader_get_rid(struct reader *r, struct arena *a, int64_t rid, struct version *out) {
    struct statement *q = db_use(r->db, "SELECT " RES_COLUMNS RES_FROM "WHERE r.rid = ?1");
    bind_int(q, 1, rid);
    return one_version(r, a, q, out);
}

int64_t reader_rid(struct reader *r, fhir_type type, str id) {
    struct statement *q = db_use(r->db, "SELECT rid FROM res WHERE type = ?1 AND id = ?2");
    struct index_id keep;
    bind_int(q, 1, index_type(r, type));
    index_bind_id(q, 2, id, &keep);
    bool row;
    int64_t rid = 0;
    if (!db_row(q, &row).code && row) rid = column_int(q, 0);
    db_reset(q);
    return rid;
}

err reader_vread(struct reader *r, struct arena *a, fhir_type type, str id, struct version_id v, struct version *out) {
    int64_t rid = reader_rid(r, type, id);
    struct statement *q =
        db_use(r->db, "SELECT " RES_COLUMNS RES_FROM "WHERE r.rid = ?1 AND l.clock = ?2 AND o.origin = ?3");
    bind_int(q, 1, rid);
    bind_int(q, 2, (int64_t)v.clock);
    bind_int(q, 3, (int64_t)v.origin);
    err e = one_version(r, a, q, out);
    if (e.code != ERR_NOT_FOUND) return e;
    q = db_use(r->db, "SELECT " HIST_COLUMNS HIST_FROM "WHERE h.rid = ?1 AND l.clock = ?2 AND o.origin = ?3");
    bind_int(q, 1, rid);
    bind_int(q, 2, (int64_t)v.clock);
    bind_int(q, 3, (int64_t)v.origin);
    return one_version(r, a, q, out);
}

err reader_heads(struct reader *r, struct arena *a, fhir_type type, str id, struct version_list *out) {
    *out = (struct version_list){0};
    struct version v;
    err e = reader_get(r, a, type, id, &v);
    if (e.code && e.code != ERR_GONE) return e;
    VEC_PUSH(a, out, v);
    if (!v.conflict) return OK_ERR;
    struct statement *q = db_use(r->db, "SELECT " HIST_COLUMNS HIST_FROM
                                        "WHERE h.rid = ?1 AND h.pos IN (SELECT pos FROM head WHERE rid = ?1) "
                                        "ORDER BY h.depth DESC, l.clock DESC, o.origin DESC");
    bind_int(q, 1, v.rid);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        TRY(version_of_row(r, a, q, &v));
        VEC_PUSH(a, out, v);
    }
}

/* ---- history ----------------------------------------------------------------------------------------------------- */

/* `_at`: a version was shown from its wall until the wall of the next one. `next_wall` 0 = it still is. */
static bool wanted(const struct history_query *h, const struct version *v, int64_t next_wall) {
    if (h->since_ms && v->wall < h->since_ms) return false;
    if (!h->at_ms_from && !h->at_ms_to) return true;
    return (!h->at_ms_to || v->wall < h->at_ms_to) && (!next_wall || next_wall > h->at_ms_from);
}

static err history_of_one(struct reader *r, struct arena *a, const struct history_query *h, struct version_list *out) {
    int64_t rid = reader_rid(r, h->type, h->id), next_wall = 0;
    struct statement *q =
        db_use(r->db, "SELECT " RES_COLUMNS RES_FROM "WHERE r.rid = ?1 UNION ALL SELECT " HIST_COLUMNS HIST_FROM
                      "WHERE h.rid = ?1 ORDER BY 4 DESC");
    bind_int(q, 1, rid);
    bool any = false;
    for (bool row; out->len < h->limit;) {
        TRY(db_row(q, &row));
        if (!row) break;
        any = true;
        bool before = !h->before || column_int(q, 3) < h->before;
        int64_t wall = column_int(q, 7);
        struct version v = {.wall = wall};
        if (before && wanted(h, &v, next_wall)) {
            TRY(version_of_row(r, a, q, &v));
            VEC_PUSH(a, out, v);
        }
        next_wall = wall;
    }
    db_reset(q);
    return any ? OK_ERR : (err){.code = ERR_NOT_FOUND, .at = NULL, .detail = STR_NONE};
}

static int by_rid_descending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

static err version_at(struct reader *r, struct arena *a, int64_t rid, int64_t pos, struct version *out) {
    struct statement *q = db_use(r->db, "SELECT " RES_COLUMNS RES_FROM "WHERE r.rid = ?1 AND r.pos = ?2");
    bind_int(q, 1, rid);
    bind_int(q, 2, pos);
    err e = one_version(r, a, q, out);
    if (e.code == ERR_NOT_FOUND) {
        q = db_use(r->db, "SELECT " HIST_COLUMNS HIST_FROM "WHERE h.rid = ?1 AND h.pos = ?2");
        bind_int(q, 1, rid);
        bind_int(q, 2, pos);
        e = one_version(r, a, q, out);
    }
    return e.code == ERR_GONE ? OK_ERR : e;
}

static int64_t next_wall_of(struct reader *r, int64_t rid, int64_t pos) {
    struct statement *q =
        db_use(r->db, "SELECT wall FROM log WHERE pos = (SELECT min(pos) FROM (SELECT pos FROM res WHERE "
                      "rid = ?1 AND pos > ?2 UNION ALL SELECT pos FROM hist WHERE rid = ?1 AND pos > ?2))");
    bind_int(q, 1, rid);
    bind_int(q, 2, pos);
    bool row;
    int64_t wall = 0;
    if (!db_row(q, &row).code && row) wall = column_int(q, 0);
    db_reset(q);
    return wall;
}

static bool has_type(struct reader *r, int64_t rid, int type) {
    struct statement *q = db_use(r->db, "SELECT type FROM res WHERE rid = ?1");
    bind_int(q, 1, rid);
    bool row;
    bool same = !db_row(q, &row).code && row && column_int(q, 0) == type;
    db_reset(q);
    return same;
}

/* The versions of one log entry, greatest rid first. */
static err history_of_entry(struct reader *r, struct arena *a, const struct history_query *h, int64_t pos, str items,
                            struct version_list *out) {
    struct {
        int64_t *at;
        size_t len, cap;
    } rids = {0};
    for (int64_t rid = 0; items_next(&items, &rid);) VEC_PUSH(a, &rids, rid);
    qsort(rids.at, rids.len, sizeof *rids.at, by_rid_descending);
    for (size_t i = 0; i < rids.len && out->len < h->limit; i++) {
        int64_t rid = rids.at[i];
        if (h->before_rid && pos == h->before && rid >= h->before_rid) continue;
        if (h->type != FHIR_TYPE_NONE && !has_type(r, rid, index_type(r, h->type))) continue;
        struct version v;
        TRY(version_at(r, a, rid, pos, &v));
        bool at = h->at_ms_from || h->at_ms_to;
        if (wanted(h, &v, at ? next_wall_of(r, rid, pos) : 0)) VEC_PUSH(a, out, v);
    }
    return OK_ERR;
}

static err history_of_many(struct reader *r, struct arena *a, const struct history_query *h, struct version_list *out) {
    struct statement *q = db_use(r->db, "SELECT pos, wall, items FROM log WHERE pos <= ?1 ORDER BY pos DESC");
    int64_t from = h->before ? (h->before_rid ? h->before : h->before - 1) : INT64_MAX;
    bind_int(q, 1, from);
    err e = OK_ERR;
    for (bool row; out->len < h->limit;) {
        e = db_row(q, &row);
        if (e.code || !row || column_int(q, 1) < h->since_ms) break;
        str items = str_copy(a, column_blob(q, 2));
        e = history_of_entry(r, a, h, column_int(q, 0), items, out);
        if (e.code) break;
    }
    db_reset(q);
    return e;
}

err reader_history(struct reader *r, struct arena *a, const struct history_query *q, struct version_list *out) {
    *out = (struct version_list){0};
    return q->id.len ? history_of_one(r, a, q, out) : history_of_many(r, a, q, out);
}

/* ---- scan -------------------------------------------------------------------------------------------------------- */

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* All rids of a type once, from the covering index; then pages are cut out of it. */
static err scan_fill(struct reader *r, fhir_type type) {
    struct {
        int64_t *at;
        size_t len, cap;
    } rids = {0};
    struct statement *q = db_use(r->db, "SELECT rid FROM res WHERE type = ?1 AND flags & 3 = 0");
    bind_int(q, 1, index_type(r, type));
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        int64_t rid = column_int(q, 0);
        VEC_PUSH(r->arena, &rids, rid);
    }
    qsort(rids.at, rids.len, sizeof *rids.at, by_number);
    r->scan = rids.at;
    r->scan_count = rids.len;
    r->scan_type = type;
    return OK_ERR;
}

err reader_scan(struct reader *r, struct arena *a, fhir_type type, int64_t after, size_t limit,
                struct version_list *out) {
    *out = (struct version_list){0};
    if (!r->scan || r->scan_type != type) TRY(scan_fill(r, type));
    size_t low = 0, high = r->scan_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->scan[middle] <= after)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->scan_count && out->len < limit; low++) {
        struct version v;
        TRY(reader_get_rid(r, a, r->scan[low], &v));
        VEC_PUSH(a, out, v);
    }
    return OK_ERR;
}

str store_setting(struct reader *r, struct arena *a, const char *key) {
    struct statement *q = db_use(r->db, "SELECT value FROM setting WHERE key = ?1");
    bind_text(q, 1, str_of(key));
    bool row;
    str v = STR_NONE;
    if (!db_row(q, &row).code && row) v = str_copy(a, column_is_text(q, 0) ? column_text(q, 0) : column_blob(q, 0));
    db_reset(q);
    return v;
}

err reader_reference_days(struct reader *r, struct arena *a, const struct fhir_search *param, int64_t target, int32_t from, int32_t until,
                          struct reference_days *out) {
    enum { DAY_MINUTES = 1440 };
    static const char sql[] = "SELECT (dt + ?5) / 1440, count(*) FROM ix WHERE slot = ?1 AND key = ?2 AND dt >= ?3 AND dt < ?4 GROUP BY 1 ORDER BY 1";
    bool ready, row;
    int slot = index_slot(r, param->slot, &ready);
    if (!ready) return err_make(a, ERR_INCOMPLETE, "index", "the index is being built again");
    struct statement *q = db_use(r->db, sql);
    bind_int(q, 1, slot);
    bind_int(q, 2, target);
    bind_int(q, 3, (int64_t)from * DAY_MINUTES - VIETNAM_OFFSET_MINUTES);
    bind_int(q, 4, (int64_t)until * DAY_MINUTES - VIETNAM_OFFSET_MINUTES);
    bind_int(q, 5, VIETNAM_OFFSET_MINUTES);
    TRY(db_row(q, &row));
    while (row) {
        struct reference_day d = {(int32_t)column_int(q, 0), column_int(q, 1)};
        VEC_PUSH(a, out, d);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}
