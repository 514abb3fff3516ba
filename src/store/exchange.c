/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log entries between nodes. One line for an entry, then one for each of its versions (docs/store.md):
 *
 *   {"version":"CLOCK-ORIGIN","seq":7,"actor":"Practitioner/x","chain":"64 hex digits","items":1}
 *   {"type":"Patient","id":"p","depth":2,"parents":["CLOCK-ORIGIN"],"body":{…}}          (no body: a deletion)
 *
 * Entries are acknowledged elsewhere already: they are stored whatever the rules here say, and marked when invalid.
 * Order does not matter: what is shown is a function of the set of versions.
 */
#include "store_int.h"

#include "base/date.h"
#include "base/log.h"

enum { CLOCK_STEP_MS = 60000 };

/* ---- export ------------------------------------------------------------------------------------------------------ */

err store_vector(struct reader *r, struct arena *a, struct origin_seq **out, size_t *count) {
    struct {
        struct origin_seq *at;
        size_t len, cap;
    } list = {0};
    /* our own entries have no gaps: `whole` is kept for those of others only */
    struct statement *q = db_use(
        r->db, "SELECT o.origin, max(o.whole, CASE WHEN o.origin = (SELECT value FROM setting WHERE key = 'origin') "
               "THEN coalesce((SELECT max(seq) FROM log l WHERE l.origin = o.id), 0) ELSE 0 END) "
               "FROM origin o ORDER BY o.origin");
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        struct origin_seq x = {(uint64_t)column_int(q, 0), (uint64_t)column_int(q, 1)};
        VEC_PUSH(a, &list, x);
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

static void put_hex(struct buf *out, str bytes) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        buf_addc(out, hex[(unsigned char)bytes.at[i] >> 4]);
        buf_addc(out, hex[(unsigned char)bytes.at[i] & 15]);
    }
}

static err export_item(struct reader *r, struct arena *a, int64_t rid, int64_t pos, struct buf *out) {
    struct statement *q =
        db_use(r->db, "SELECT r.type, r.id, r.depth, r.parents, r.body FROM res r WHERE r.rid = ?1 AND r.pos = ?2 "
                      "UNION ALL SELECT r.type, r.id, h.depth, h.parents, h.body FROM hist h "
                      "JOIN res r ON r.rid = h.rid WHERE h.rid = ?1 AND h.pos = ?2");
    bind_int(q, 1, rid);
    bind_int(q, 2, pos);
    bool row;
    TRY(db_row(q, &row));
    if (!row)
        return err_make(a, ERR_IO, NULL, "version %lld of resource %lld is missing", (long long)pos, (long long)rid);
    buf_addf(out, "{\"type\":\"%s\",\"id\":", fhir_type_name(index_type_of(r, (int)column_int(q, 0))));
    buf_add_json(out, index_column_id(q, 1, a));
    buf_addf(out, ",\"depth\":%lld,\"parents\":[", (long long)column_int(q, 2));
    str parents = column_blob(q, 3);
    char id[VERSION_ID_TEXT];
    for (size_t i = 0; i < parent_count(parents); i++)
        buf_addf(out, "%s\"%s\"", i ? "," : "", version_id_format(parent_at(parents, i), id));
    buf_addc(out, ']');
    if (!column_null(q, 4)) {
        str body;
        TRY(body_unpack(r->store, r->packer, r->db, a, column_blob(q, 4), &body));
        buf_addz(out, ",\"body\":");
        buf_add(out, body);
    }
    buf_addz(out, "}\n");
    db_reset(q);
    return OK_ERR;
}

err store_export_log(struct reader *r, struct arena *a, uint64_t origin, uint64_t from, uint64_t to, struct buf *out) {
    struct statement *q = db_use(
        r->db, "SELECT l.pos, l.seq, l.clock, l.actor, l.chain, l.items FROM log l JOIN origin o ON o.id = l.origin "
               "WHERE o.origin = ?1 AND l.seq BETWEEN ?2 AND ?3 ORDER BY l.seq");
    bind_int(q, 1, (int64_t)origin);
    bind_int(q, 2, from > INT64_MAX ? INT64_MAX : (int64_t)from);
    bind_int(q, 3, to > INT64_MAX ? INT64_MAX : (int64_t)to);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        char id[VERSION_ID_TEXT];
        struct version_id v = {(uint64_t)column_int(q, 2), origin};
        buf_addf(out, "{\"version\":\"%s\",\"seq\":%lld,\"actor\":", version_id_format(v, id),
                 (long long)column_int(q, 1));
        buf_add_json(out, column_text(q, 3));
        buf_addz(out, ",\"chain\":\"");
        put_hex(out, column_blob(q, 4));
        str items = str_copy(a, column_blob(q, 5));
        int64_t rid = 0, count = 0, pos = column_int(q, 0);
        for (str rest = items; items_next(&rest, &rid);) count++;
        buf_addf(out, "\",\"items\":%lld}\n", (long long)count);
        rid = 0;
        for (str rest = items; items_next(&rest, &rid);) TRY(export_item(r, a, rid, pos, out));
    }
}

/* ---- reading the text -------------------------------------------------------------------------------------------- */

struct item {
    fhir_type type;
    str id, parents;
    uint32_t depth;
    struct prepared *prepared;
    bool deletion;
};

struct incoming {
    struct version_id version;
    uint64_t seq;
    str actor, chain;
    struct {
        struct item *at;
        size_t len, cap;
    } items;
};

struct incoming_list {
    struct incoming *at;
    size_t len, cap;
};

static err bad(struct arena *a, size_t line, const char *why) {
    return err_make(a, ERR_INVALID, NULL, "log entries, line %zu: %s", line, why);
}

static bool get_hex(struct arena *a, str text, str *out) {
    if (text.len != 2 * DIGEST_BYTES) return false;
    char *bytes = arena_alloc(a, DIGEST_BYTES);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (v < 0) return false;
        bytes[i / 2] = (char)(i % 2 ? (bytes[i / 2] | v) : v << 4);
    }
    *out = (str){bytes, DIGEST_BYTES};
    return true;
}

static bool get_number(const struct json *object, str key, int64_t least, int64_t most, int64_t *out) {
    const struct json *v = json_get(object, key);
    return v && v->kind == JSON_NUMBER && str_int64(v->text, out) && *out >= least && *out <= most;
}

static err read_entry(struct arena *a, const struct json *o, size_t line, struct incoming *out, int64_t *items) {
    int64_t seq;
    if (!version_id_parse(JSON_TEXT(o, "version"), &out->version)) return bad(a, line, "version is no version id");
    if (out->version.clock > INT64_MAX) return bad(a, line, "the clock is out of range");
    if (!get_number(o, STR("seq"), 1, INT64_MAX, &seq)) return bad(a, line, "seq is no positive number");
    if (!get_number(o, STR("items"), 0, 1000000, items)) return bad(a, line, "items is no number");
    if (!get_hex(a, JSON_TEXT(o, "chain"), &out->chain)) return bad(a, line, "chain is no hash");
    out->seq = (uint64_t)seq;
    out->actor = JSON_TEXT(o, "actor");
    return OK_ERR;
}

static err read_parents(struct arena *a, const struct json *list, size_t line, struct item *out) {
    if (!list || list->kind != JSON_ARRAY) return bad(a, line, "parents are missing");
    struct version_id *ids = ARENA_ARRAY(a, struct version_id, list->count + 1);
    size_t n = 0;
    for (const struct json *p = list->first; p; p = p->next)
        if (p->kind != JSON_STRING || !version_id_parse(p->text, &ids[n++]))
            return bad(a, line, "a parent is no version id");
    out->parents = parents_encode(a, ids, n);
    return OK_ERR;
}

static err read_body(struct store *s, struct arena *a, str text, const struct json *body, size_t line,
                     struct item *out) {
    struct prepared *p = out->prepared;
    str again;
    p->body = str_slice(text, body->begin, body->end);
    p->resource = body;
    err e = body_make(a, out->type, out->id, text, body, &again);
    if (e.code || !str_eq(again, p->body)) return bad(a, line, "the body is not as a node writes it");
    struct fhir_issues issues = {0};
    struct json *alone; /* offsets of issues are of the body */
    TRY(json_parse(a, p->body, &alone));
    p->invalid = !fhir_validate(a, p->body, alone, STR_NONE, &issues);
    TRY(extract(s, a, out->type, out->id, body, p));
    struct packer *packer = packer_take(s);
    p->frame = body_pack(s, packer, a, out->type, p->body);
    packer_give(s, packer);
    return OK_ERR;
}

static err read_item(struct store *s, struct arena *a, str text, const struct json *o, size_t line, struct item *out) {
    int64_t depth;
    out->type = fhir_type_by_name(JSON_TEXT(o, "type"));
    out->id = JSON_TEXT(o, "id");
    if (out->type == FHIR_TYPE_NONE) return bad(a, line, "unknown resource type");
    if (!out->id.len || out->id.len > 64) return bad(a, line, "an id has 1 to 64 characters");
    if (!get_number(o, STR("depth"), 1, INT32_MAX, &depth)) return bad(a, line, "depth is no positive number");
    out->depth = (uint32_t)depth;
    TRY(read_parents(a, JSON_GET(o, "parents"), line, out));
    out->prepared = ARENA_NEW(a, struct prepared);
    const struct json *body = JSON_GET(o, "body");
    out->deletion = !body;
    if (body) TRY(read_body(s, a, text, body, line, out));
    crypto_generichash(out->prepared->digest, DIGEST_BYTES, (const unsigned char *)out->prepared->body.at,
                       out->prepared->body.len, NULL, 0);
    return OK_ERR;
}

/* A resource has one version in an entry, because the entry's clock and origin are its version id. */
static err no_repetition(struct arena *a, const struct incoming *x, size_t line) {
    struct map seen = map_new(a);
    for (size_t i = 0; i < x->items.len; i++)
        if (!map_put(&seen, str_format(a, "%s/%.*s", fhir_type_name(x->items.at[i].type), STR_ARG(x->items.at[i].id)),
                     a))
            return bad(a, line, "an entry has two versions of one resource");
    return OK_ERR;
}

static err read_text(struct store *s, struct arena *a, str text, struct incoming_list *out) {
    size_t line = 0;
    int64_t missing = 0;
    for (str part; str_split(&text, '\n', &part);) {
        struct json *o;
        line++;
        if (!str_trim(part).len) continue;
        err e = json_parse(a, part, &o);
        if (e.code) return bad(a, line, str_z(a, e.detail));
        if (!missing) {
            struct incoming x = {0};
            TRY(read_entry(a, o, line, &x, &missing));
            VEC_PUSH(a, out, x);
        } else {
            struct item x = {0};
            TRY(read_item(s, a, part, o, line, &x));
            VEC_PUSH(a, &out->at[out->len - 1].items, x);
            if (--missing == 0) TRY(no_repetition(a, &out->at[out->len - 1], line));
        }
    }
    return missing ? bad(a, line, "versions of the last entry are missing") : OK_ERR;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static err origin_number(struct writer *w, uint64_t origin, int64_t *id) {
    struct statement *q = db_use(w->db, "SELECT id FROM origin WHERE origin = ?1");
    bind_int(q, 1, (int64_t)origin);
    bool row;
    TRY(db_row(q, &row));
    *id = row ? column_int(q, 0) : 0;
    db_reset(q);
    if (row) return OK_ERR;
    q = db_use(w->db, "INSERT INTO origin(origin, whole) VALUES (?1, 0)");
    bind_int(q, 1, (int64_t)origin);
    TRY(db_done(q));
    return origin_number(w, origin, id);
}

/* A new incarnation of this node: its numbers begin at 1; the old ones are complete as far as we know them. */
static err renew(struct writer *w) {
    struct statement *q = db_use(w->db, "UPDATE origin SET whole = ?2 WHERE id = ?1");
    uint64_t origin;
    bind_int(q, 1, w->origin_id);
    bind_int(q, 2, (int64_t)w->seq);
    TRY(db_done(q));
    TRY(origin_draw(w->db, &origin));
    TRY(origin_number(w, origin, &w->origin_id));
    w->seq = 0;
    atomic_store(&w->store->origin, origin);
    log_line(LOG_WARNING, "store", "a peer knows more of our log than we do: this node goes on under a new origin");
    return OK_ERR;
}

/* Here already? The same (origin, seq) with another content is a fork: two nodes write under one incarnation. */
static err already_here(struct writer *w, struct arena *a, int64_t origin_id, const struct incoming *x, bool *here) {
    str chain;
    struct statement *q = db_use(w->db, "SELECT chain FROM log WHERE origin = ?1 AND seq = ?2");
    bind_int(q, 1, origin_id);
    bind_int(q, 2, (int64_t)x->seq);
    TRY(db_row(q, here));
    chain = *here ? str_copy(w->group, column_blob(q, 0)) : STR_NONE;
    db_reset(q);
    if (*here && !str_eq(chain, x->chain))
        return err_make(a, ERR_CONFLICT, NULL,
                        "entry %llu of an origin is here with another content: two nodes write under one origin",
                        (unsigned long long)x->seq);
    return OK_ERR;
}

static err verify_chain(struct writer *w, struct arena *a, int64_t origin_id, const struct incoming *x) {
    str before;
    TRY(chain_at(w, origin_id, x->seq - 1, &before));
    if (!before.at) return OK_ERR; /* an earlier entry is missing: `check` verifies later */
    crypto_generichash_state h;
    unsigned char digest[DIGEST_BYTES];
    chain_begin(&h, before, x->version.origin, x->seq, x->version.clock, x->actor);
    for (size_t i = 0; i < x->items.len; i++) {
        const struct item *it = &x->items.at[i];
        chain_item(&h, fhir_type_name(it->type), it->id, it->depth, it->parents, it->prepared->digest);
    }
    crypto_generichash_final(&h, digest, DIGEST_BYTES);
    if (memcmp(digest, x->chain.at, DIGEST_BYTES) == 0) return OK_ERR;
    return err_make(a, ERR_CONFLICT, NULL, "entry %llu of an origin does not continue its hash chain",
                    (unsigned long long)x->seq);
}

static err is_superseded(struct writer *w, const struct state *now, struct version_id v, bool *superseded) {
    *superseded = parents_name(now->parents, v);
    struct statement *q = db_use(w->db, "SELECT parents FROM hist WHERE rid = ?1 AND parents IS NOT NULL");
    bind_int(q, 1, now->rid);
    for (bool row; !*superseded;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        *superseded = parents_name(column_blob(q, 0), v);
    }
    db_reset(q);
    return OK_ERR;
}

static err import_item(struct writer *w, const struct incoming *x, const struct item *it, int64_t pos, int64_t wall,
                       int64_t *rid) {
    struct state now, next;
    bool superseded;
    TRY(writer_rid(w, it->type, it->id, rid));
    TRY(state_load(w, *rid, &now));
    TRY(is_superseded(w, &now, x->version, &superseded));
    next = (struct state){.rid = *rid,
                          .type = w->store->type_number[it->type],
                          .pos = pos,
                          .version = x->version,
                          .wall = wall,
                          .depth = it->depth,
                          .parents = it->parents,
                          .flags = it->deletion ? RES_DELETED : 0,
                          .frame = it->prepared->frame,
                          .exists = now.exists};
    w->type_changed[it->type] = pos;
    return version_install(w, it->type, it->id, &now, &next, it->prepared, superseded);
}

/* All entries 1 … whole of an origin are here. */
static err advance_whole(struct writer *w, int64_t origin_id) {
    struct statement *q = db_use(
        w->db, "UPDATE origin SET whole = (WITH RECURSIVE next(n) AS (SELECT whole FROM origin WHERE id = ?1 "
               "UNION ALL SELECT n + 1 FROM next WHERE EXISTS (SELECT 1 FROM log WHERE origin = ?1 AND seq = n + 1)) "
               "SELECT max(n) FROM next) WHERE id = ?1");
    bind_int(q, 1, origin_id);
    return db_done(q);
}

static err follow_clock(struct writer *w, uint64_t foreign) {
    uint64_t most = (uint64_t)(store_now(w->store) + CLOCK_STEP_MS) << 16;
    uint64_t to = foreign < most ? foreign : most;
    if (to <= w->clock) return OK_ERR;
    w->clock = to;
    struct statement *q = db_use(
        w->db,
        "INSERT INTO setting(key, value) VALUES ('clock', ?1) ON CONFLICT(key) DO UPDATE SET value = excluded.value");
    bind_int(q, 1, (int64_t)to);
    return db_done(q);
}

static err import_entry(struct writer *w, struct arena *a, const struct incoming *x) {
    int64_t origin_id;
    bool here;
    TRY(origin_number(w, x->version.origin, &origin_id));
    if (origin_id == w->origin_id && x->seq > w->seq) TRY(renew(w));
    TRY(already_here(w, a, origin_id, x, &here));
    if (here) return OK_ERR;
    TRY(verify_chain(w, a, origin_id, x));
    struct log_entry e = {.pos = w->position + 1,
                          .origin_id = origin_id,
                          .seq = x->seq,
                          .clock = x->version.clock,
                          .actor = x->actor,
                          .chain = x->chain,
                          .rid_count = x->items.len};
    int64_t now = store_now(w->store);
    e.wall = now > w->wall ? now : w->wall;
    int64_t *rids = ARENA_ARRAY(w->group, int64_t, x->items.len + 1);
    w->writing = x->version;
    for (size_t i = 0; i < x->items.len; i++) TRY(import_item(w, x, &x->items.at[i], e.pos, e.wall, &rids[i]));
    e.rids = rids;
    TRY(log_insert(w, &e));
    w->position = e.pos;
    w->wall = e.wall;
    TRY(advance_whole(w, origin_id));
    return follow_clock(w, x->version.clock);
}

static err import_all(struct writer *w, struct arena *a, void *context) {
    const struct incoming_list *list = context;
    for (size_t i = 0; i < list->len; i++) TRY(import_entry(w, a, &list->at[i]));
    return OK_ERR;
}

err store_import_log(struct store *s, struct arena *a, str entries) {
    struct incoming_list list = {0};
    TRY(read_text(s, a, entries, &list));
    return list.len ? writer_work(s, a, true, import_all, &list) : OK_ERR;
}

/* ---- meeting ----------------------------------------------------------------------------------------------------- */

struct meeting {
    const struct origin_seq *known;
    size_t count;
    bool renewed;
};

static err meet(struct writer *w, struct arena *a, void *context) {
    struct meeting *m = context;
    (void)a;
    for (size_t i = 0; i < m->count; i++) {
        if (m->known[i].origin != atomic_load(&w->store->origin) || m->known[i].seq <= w->seq) continue;
        m->renewed = true;
        return renew(w);
    }
    return OK_ERR;
}

err store_meet(struct store *s, struct arena *a, const struct origin_seq *known, size_t count, bool *renewed) {
    struct meeting m = {known, count, false};
    err e = writer_work(s, a, false, meet, &m);
    if (renewed) *renewed = m.renewed;
    return e;
}
