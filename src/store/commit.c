/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One commit inside the transaction of its group: expectations, heads and parents, the rows of res and hist, the log
 * entry. Index rows and subjects of projections are only collected here.
 */
#include "store_int.h"

#include <sodium.h>

/* ---- the state of a resource ------------------------------------------------------------------------------------- */

err state_load(struct writer *w, int64_t rid, struct state *out) {
    *out = (struct state){.rid = rid};
    struct statement *q =
        db_use(w->db, "SELECT r.pos, r.type, r.flags, r.depth, r.patient, r.place, r.dt, r.parents, r.body, "
                      "l.clock, l.wall, o.origin FROM res r LEFT JOIN log l ON l.pos = r.pos "
                      "LEFT JOIN origin o ON o.id = l.origin WHERE r.rid = ?1");
    bind_int(q, 1, rid);
    bool row;
    TRY(db_row(q, &row));
    if (!row) return OK_ERR;
    out->exists = true;
    out->pos = column_int(q, 0);
    out->type = (int)column_int(q, 1);
    out->flags = (int)column_int(q, 2);
    out->depth = (uint32_t)column_int(q, 3);
    out->patient = column_int(q, 4);
    out->place = column_int(q, 5);
    out->dt = (int32_t)column_int(q, 6);
    out->parents = column_null(q, 7) ? STR_NONE : str_copy(w->group, column_blob(q, 7));
    out->frame = column_null(q, 8) ? STR_NONE : str_copy(w->group, column_blob(q, 8));
    out->version = (struct version_id){(uint64_t)column_int(q, 9), (uint64_t)column_int(q, 11)};
    out->wall = column_int(q, 10);
    db_reset(q);
    return OK_ERR;
}

static bool has_version(const struct state *s) { return s->exists && !(s->flags & RES_STUB); }
static bool is_live(const struct state *s) { return s->exists && !(s->flags & RES_NOT_LIVE); }

/* The version of a state as prepared again from its body: for the difference of index rows. */
err state_prepared(struct writer *w, fhir_type type, str id, const struct state *s, struct prepared *out) {
    *out = (struct prepared){0};
    if (!s->frame.at) return OK_ERR;
    TRY(body_unpack(w->store, w->packer, w->db, w->group, s->frame, &out->body));
    struct json *tree;
    TRY(json_parse(w->group, out->body, &tree));
    out->resource = tree;
    return extract(w->store, w->group, type, id, tree, out);
}

/* ---- writing rows ------------------------------------------------------------------------------------------------ */

err state_write(struct writer *w, str id, const struct state *s) {
    struct statement *q =
        s->exists
            ? db_use(w->db, "UPDATE res SET flags = ?4, dt = ?5, pos = ?6, depth = ?7, patient = ?8, place = ?9, "
                            "parents = ?10, body = ?11 WHERE rid = ?1")
            : db_use(w->db, "INSERT INTO res(rid, type, id, flags, dt, pos, depth, patient, place, parents, body) "
                            "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    struct index_id keep;
    bind_int(q, 1, s->rid);
    if (!s->exists) {
        bind_int(q, 2, s->type);
        index_bind_id(q, 3, id, &keep);
    }
    bind_int(q, 4, s->flags);
    bind_int(q, 5, s->dt);
    bind_int(q, 6, s->pos);
    bind_int(q, 7, s->depth);
    bind_int(q, 8, s->patient);
    bind_int(q, 9, s->place);
    bind_blob(q, 10, s->parents);
    bind_blob(q, 11, s->frame);
    return db_done(q);
}

static err write_hist(struct writer *w, const struct state *s) {
    struct statement *q =
        db_use(w->db, "INSERT INTO hist(rid, pos, op, depth, parents, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    bind_int(q, 1, s->rid);
    bind_int(q, 2, s->pos);
    bind_int(q, 3, s->flags & RES_DELETED ? VERSION_DELETE : s->parents.at ? VERSION_UPDATE : VERSION_CREATE);
    bind_int(q, 4, s->depth);
    bind_blob(q, 5, s->parents);
    bind_blob(q, 6, s->frame);
    return db_done(q);
}

/* ---- heads ------------------------------------------------------------------------------------------------------- */

struct heads {
    struct state *at;
    size_t len, cap;
};

static err heads_load(struct writer *w, const struct state *shown, struct heads *out) {
    *out = (struct heads){0};
    if (!has_version(shown)) return OK_ERR;
    VEC_PUSH(w->group, out, *shown);
    if (!(shown->flags & RES_CONFLICT)) return OK_ERR;
    struct statement *q = db_use(w->db, "SELECT h.pos, h.op, h.depth, h.parents, h.body, l.clock, o.origin FROM hist h "
                                        "JOIN log l ON l.pos = h.pos JOIN origin o ON o.id = l.origin "
                                        "WHERE h.rid = ?1 AND h.pos IN (SELECT pos FROM head WHERE rid = ?1)");
    bind_int(q, 1, shown->rid);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        struct state h = {.rid = shown->rid, .type = shown->type, .pos = column_int(q, 0), .exists = true};
        h.flags = column_int(q, 1) == VERSION_DELETE ? RES_DELETED : 0;
        h.depth = (uint32_t)column_int(q, 2);
        h.parents = column_null(q, 3) ? STR_NONE : str_copy(w->group, column_blob(q, 3));
        h.frame = column_null(q, 4) ? STR_NONE : str_copy(w->group, column_blob(q, 4));
        h.version = (struct version_id){(uint64_t)column_int(q, 5), (uint64_t)column_int(q, 6)};
        VEC_PUSH(w->group, out, h);
    }
}

static err heads_write(struct writer *w, int64_t rid, const struct heads *heads, bool were) {
    if (were) {
        struct statement *q = db_use(w->db, "DELETE FROM head WHERE rid = ?1");
        bind_int(q, 1, rid);
        TRY(db_done(q));
    }
    for (size_t i = 0; heads->len > 1 && i < heads->len; i++) {
        struct statement *q = db_use(w->db, "INSERT INTO head(rid, pos) VALUES (?1, ?2)");
        bind_int(q, 1, rid);
        bind_int(q, 2, heads->at[i].pos);
        TRY(db_done(q));
    }
    return OK_ERR;
}

static void set_sensitive(struct state *s, const struct prepared *p) {
    s->flags = (s->flags & ~RES_SENSITIVE) | (int)(p->sensitive << RES_SENSITIVE_SHIFT);
}

/* Rights on a deleted resource follow the greatest version that was not a deletion: a function of the set of versions.
 */
static err rights_of_deleted(struct writer *w, fhir_type type, str id, struct state *deleted) {
    deleted->patient = 0;
    /* The entry being written has no row in the log yet: its clock and origin are bound. Compared as signed numbers:
     * origins of the upper half sort first, but the same way on every node, because all use this query. */
    struct statement *q = db_use(
        w->db, "SELECT h.body FROM hist h LEFT JOIN log l ON l.pos = h.pos LEFT JOIN origin o ON o.id = l.origin "
               "WHERE h.rid = ?1 AND h.op <> 2 "
               "ORDER BY h.depth DESC, coalesce(l.clock, ?2) DESC, coalesce(o.origin, ?3) DESC");
    bind_int(q, 1, deleted->rid);
    bind_int(q, 2, (int64_t)w->writing.clock);
    bind_int(q, 3, (int64_t)w->writing.origin);
    bool row;
    TRY(db_row(q, &row));
    struct state s = {.frame = row ? str_copy(w->group, column_blob(q, 0)) : STR_NONE};
    db_reset(q);
    struct prepared p;
    TRY(state_prepared(w, type, id, &s, &p));
    set_sensitive(deleted, &p);
    if (type == FHIR_TYPE_PATIENT)
        deleted->patient = deleted->rid;
    else if (p.patients.len)
        return writer_rid(w, FHIR_TYPE_PATIENT, p.patients.at[0], &deleted->patient);
    return OK_ERR;
}

err state_derive(struct writer *w, fhir_type type, str id, struct state *s, const struct prepared *p) {
    s->dt = 0;
    s->place = 0;
    if (s->flags & RES_DELETED) return rights_of_deleted(w, type, id, s);
    s->dt = p->dt;
    s->patient = 0;
    if (type == FHIR_TYPE_PATIENT)
        s->patient = s->rid;
    else if (p->patients.len)
        TRY(writer_rid(w, FHIR_TYPE_PATIENT, p->patients.at[0], &s->patient));
    if (p->place.len) TRY(writer_rid(w, FHIR_TYPE_LOCATION, p->place, &s->place));
    s->flags = (s->flags & ~RES_INVALID) | (p->invalid ? RES_INVALID : 0);
    set_sensitive(s, p);
    return OK_ERR;
}

/* ---- installing a version ---------------------------------------------------------------------------------------- */

/* `next` becomes the row of res instead of `before`: index rows and subjects move from the one to the other. */
static err show(struct writer *w, fhir_type type, str id, const struct state *before, struct state *next,
                const struct prepared *p) {
    struct prepared old = {0};
    next->exists = before->exists;
    next->type = w->store->type_number[type];
    if (is_live(before)) TRY(state_prepared(w, type, id, before, &old));
    if (has_version(before)) TRY(write_hist(w, before));
    TRY(state_derive(w, type, id, next, p));
    TRY(state_write(w, id, next));
    bool live = !(next->flags & RES_DELETED);
    if (is_live(before) && live)
        TRY(rows_collect_change(w, next->rid, next->type, &old, p));
    else if (is_live(before))
        TRY(rows_collect(w, next->rid, next->type, &old, true));
    else if (live)
        TRY(rows_collect(w, next->rid, next->type, p, false));
    if (old.resource) TRY(projections_touch(w, type, id, old.resource));
    if (p->resource) TRY(projections_touch(w, type, id, p->resource));
    return OK_ERR;
}

static err hist_take(struct writer *w, int64_t rid, int64_t pos) {
    struct statement *q = db_use(w->db, "DELETE FROM hist WHERE rid = ?1 AND pos = ?2");
    bind_int(q, 1, rid);
    bind_int(q, 2, pos);
    return db_done(q);
}

err version_install(struct writer *w, fhir_type type, str id, const struct state *current, struct state *added,
                    const struct prepared *p, bool superseded) {
    struct heads old, heads = {0};
    TRY(heads_load(w, current, &old));
    for (size_t i = 0; i < old.len; i++)
        if (!parents_name(added->parents, old.at[i].version)) VEC_PUSH(w->group, &heads, old.at[i]);
    if (!superseded) VEC_PUSH(w->group, &heads, *added);
    struct state best = heads.len ? heads.at[0] : *current;
    for (size_t i = 1; i < heads.len; i++)
        if (head_before(heads.at[i].depth, heads.at[i].version, best.depth, best.version)) best = heads.at[i];
    int conflict = heads.len > 1 ? RES_CONFLICT : 0;
    if (best.pos == added->pos) {
        added->flags = (added->flags & ~RES_CONFLICT) | conflict;
        TRY(show(w, type, id, current, added, p));
    } else {
        TRY(write_hist(w, added));
        best.flags = (best.flags & ~RES_CONFLICT) | conflict;
        if (best.pos != current->pos) {
            struct prepared again;
            TRY(state_prepared(w, type, id, &best, &again));
            TRY(hist_take(w, best.rid, best.pos));
            TRY(show(w, type, id, current, &best, &again));
        } else {
            best.exists = true;
            if (best.flags & RES_DELETED) TRY(rights_of_deleted(w, type, id, &best));
            TRY(state_write(w, id, &best));
        }
    }
    return heads_write(w, added->rid, &heads, old.len > 1);
}

/* ---- one change -------------------------------------------------------------------------------------------------- */

static err expectation(struct arena *a, const struct change *c, const struct state *now) {
    if (c->expect == EXPECT_ABSENT && is_live(now))
        return err_make(a, ERR_PRECONDITION, NULL, "%s/%.*s exists already", fhir_type_name(c->type), STR_ARG(c->id));
    if (c->expect == EXPECT_PRESENT && !is_live(now))
        return err_make(a, ERR_PRECONDITION, NULL, "%s/%.*s does not exist", fhir_type_name(c->type), STR_ARG(c->id));
    if (c->expect == EXPECT_VERSION &&
        (!is_live(now) || now->version.clock != c->expected.clock || now->version.origin != c->expected.origin))
        return err_make(a, ERR_PRECONDITION, NULL, "%s/%.*s has changed: another version is current",
                        fhir_type_name(c->type), STR_ARG(c->id));
    return OK_ERR;
}

static void fill_result(struct change *c, const struct state *s) {
    c->result = (struct version){.type = c->type,
                                 .id = c->id,
                                 .rid = s->rid,
                                 .patient = s->patient,
                                 .version = s->version,
                                 .wall = s->wall,
                                 .position = s->pos,
                                 .depth = s->depth,
                                 .conflict = (s->flags & RES_CONFLICT) != 0};
    c->result.op = s->flags & RES_DELETED ? VERSION_DELETE : s->parents.at ? VERSION_UPDATE : VERSION_CREATE;
}

/* Same body, or the deletion of what is not there: nothing is written. */
static err is_unchanged(struct writer *w, const struct change *c, const struct state *now, bool *same) {
    *same = false;
    if (c->parent_count) return OK_ERR;
    if (c->op == VERSION_DELETE) {
        *same = !is_live(now);
        return OK_ERR;
    }
    if (!is_live(now)) return OK_ERR;
    str body;
    TRY(body_unpack(w->store, w->packer, w->db, w->group, now->frame, &body));
    *same = str_eq(body, c->prepared->body);
    return OK_ERR;
}

static err choose_parents(struct writer *w, struct arena *a, const struct change *c, const struct state *now,
                          struct state *next) {
    if (!c->parent_count) {
        next->parents = has_version(now) ? parents_encode(w->group, &now->version, 1) : STR_NONE;
        next->depth = now->depth + 1;
        return OK_ERR;
    }
    struct heads heads;
    TRY(heads_load(w, now, &heads));
    for (size_t i = 0; i < c->parent_count; i++) {
        size_t k = 0;
        while (k < heads.len &&
               (heads.at[k].version.clock != c->parents[i].clock || heads.at[k].version.origin != c->parents[i].origin))
            k++;
        if (k == heads.len)
            return err_make(a, ERR_PRECONDITION, NULL, "%s/%.*s: a version to merge is no longer a head",
                            fhir_type_name(c->type), STR_ARG(c->id));
        if (heads.at[k].depth >= next->depth) next->depth = heads.at[k].depth + 1;
    }
    next->parents = parents_encode(w->group, c->parents, c->parent_count);
    return OK_ERR;
}

/* ---- the log entry ----------------------------------------------------------------------------------------------- */

struct draft {
    int64_t pos, wall;
    struct version_id version;
    struct {
        int64_t *at;
        size_t len, cap;
    } rids;
    crypto_generichash_state chain;
};

void chain_begin(crypto_generichash_state *h, str previous, uint64_t origin, uint64_t seq, uint64_t clock, str actor) {
    char head[96];
    int n = snprintf(head, sizeof head, "%016llx %llu %016llx %zu ", (unsigned long long)origin,
                     (unsigned long long)seq, (unsigned long long)clock, actor.len);
    crypto_generichash_init(h, NULL, 0, DIGEST_BYTES);
    crypto_generichash_update(h, (const unsigned char *)previous.at, previous.len);
    crypto_generichash_update(h, (const unsigned char *)head, (unsigned long long)n);
    crypto_generichash_update(h, (const unsigned char *)actor.at, actor.len);
}

void chain_item(crypto_generichash_state *h, const char *type, str id, uint32_t depth, str parents,
                const unsigned char digest[DIGEST_BYTES]) {
    char head[256]; /* a type has at most 64 characters, an id too */
    int n = snprintf(head, sizeof head, "%s/%.*s %u %zu ", type, STR_ARG(id), depth, parents.len);
    crypto_generichash_update(h, (const unsigned char *)head, (unsigned long long)n);
    crypto_generichash_update(h, (const unsigned char *)parents.at, parents.len);
    crypto_generichash_update(h, digest, DIGEST_BYTES);
}

/* The hash chain of an origin after `seq`, or NONE when it is not whole up to there. seq 0: the empty text. */
err chain_at(struct writer *w, int64_t origin_id, uint64_t seq, str *out) {
    *out = seq ? STR_NONE : STR("");
    if (!seq) return OK_ERR;
    struct statement *q = db_use(w->db, "SELECT chain FROM log WHERE origin = ?1 AND seq = ?2");
    bind_int(q, 1, origin_id);
    bind_int(q, 2, (int64_t)seq);
    bool row;
    TRY(db_row(q, &row));
    if (row && !column_null(q, 0)) *out = str_copy(w->group, column_blob(q, 0));
    db_reset(q);
    return OK_ERR;
}

err log_insert(struct writer *w, const struct log_entry *e) {
    struct buf items = buf_new(w->group);
    items_encode(&items, e->rids, e->rid_count);
    struct statement *q = db_use(w->db, "INSERT INTO log(pos, origin, seq, clock, wall, actor, chain, items) "
                                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    bind_int(q, 1, e->pos);
    bind_int(q, 2, e->origin_id);
    bind_int(q, 3, (int64_t)e->seq);
    bind_int(q, 4, (int64_t)e->clock);
    bind_int(q, 5, e->wall);
    bind_text(q, 6, e->actor.len ? e->actor : STR_NONE);
    bind_blob(q, 7, e->chain);
    bind_blob(q, 8, items.len ? buf_str(&items) : STR(""));
    return db_done(q);
}

/* ---- the commit -------------------------------------------------------------------------------------------------- */

static err apply_change(struct writer *w, struct arena *a, struct change *c, int64_t rid, bool reserved,
                        struct draft *d) {
    struct state now = {.rid = rid}, next;
    if (!reserved) TRY(state_load(w, rid, &now));
    TRY(expectation(a, c, &now));
    body_finish(w->store, a, c); /* nothing to do unless a recheck prepared it again */
    TRY(is_unchanged(w, c, &now, &c->unchanged));
    if (c->unchanged) {
        if (has_version(&now))
            fill_result(c, &now);
        else
            c->result = (struct version){.type = c->type, .id = c->id, .op = VERSION_DELETE};
        return OK_ERR;
    }
    next = (struct state){.rid = rid,
                          .type = w->store->type_number[c->type],
                          .pos = d->pos,
                          .version = d->version,
                          .wall = d->wall,
                          .flags = c->op == VERSION_DELETE ? RES_DELETED : 0,
                          .frame = c->prepared->frame};
    TRY(choose_parents(w, a, c, &now, &next));
    chain_item(&d->chain, fhir_type_name(c->type), c->id, next.depth, next.parents, c->prepared->digest);
    TRY(version_install(w, c->type, c->id, &now, &next, c->prepared, false));
    fill_result(c, &next);
    if (!is_live(&now) && c->op != VERSION_DELETE) c->result.op = VERSION_CREATE;
    VEC_PUSH(w->group, &d->rids, rid);
    w->type_changed[c->type] = d->pos;
    if (c->op != VERSION_DELETE) dictionary_count(w, c->type, c->prepared->body.len);
    return OK_ERR;
}

/* All new resources of the commit get their numbers first, so that references among them need no stubs. */
static err reserve(struct writer *w, struct arena *a, struct commit *c, int64_t *rids, bool *reserved) {
    struct map seen = map_new(w->group);
    for (size_t i = 0; i < c->count; i++) {
        struct change *x = &c->changes[i];
        c->failed = i;
        if (!x->prepared) TRY(store_prepare(w->store, a, x));
        if (c->count > 1 &&
            !map_put(&seen, str_format(w->group, "%s/%.*s", fhir_type_name(x->type), STR_ARG(x->id)), x))
            return err_make(a, ERR_INVALID, NULL, "%s/%.*s is changed twice in one transaction",
                            fhir_type_name(x->type), STR_ARG(x->id));
        TRY(writer_rid_find(w, x->type, x->id, &rids[i]));
        if (rids[i] || x->op == VERSION_DELETE) continue;
        rids[i] = writer_rid_reserve(w, x->type, x->id);
        reserved[i] = true;
    }
    return OK_ERR;
}

static bool changed_since(const struct writer *w, const struct commit *c) {
    if (!c->type_count) return w->position > c->snapshot_position;
    for (size_t i = 0; i < c->type_count; i++)
        if (w->type_changed[c->types[i]] > c->snapshot_position) return true;
    return false;
}

err commit_apply(struct writer *w, struct arena *a, struct commit *c) {
    if (c->recheck && changed_since(w, c)) {
        struct reader now = writer_reader(w);
        TRY(c->recheck(c, &now, a));
    }
    int64_t *rids = ARENA_ARRAY(w->group, int64_t, c->count + 1);
    bool *reserved = ARENA_ARRAY(w->group, bool, c->count + 1);
    TRY(reserve(w, a, c, rids, reserved));
    int64_t now = store_now(w->store);
    struct draft d = {.pos = w->position + 1, .wall = now > w->wall ? now : w->wall};
    uint64_t clock = (uint64_t)now << 16;
    d.version = (struct version_id){clock > w->clock ? clock : w->clock + 1, atomic_load(&w->store->origin)};
    w->writing = d.version;
    str chain;
    TRY(chain_at(w, w->origin_id, w->seq, &chain));
    chain_begin(&d.chain, chain, d.version.origin, w->seq + 1, d.version.clock, c->actor);
    for (size_t i = 0; i < c->count; i++) {
        c->failed = i;
        TRY(apply_change(w, a, &c->changes[i], rids[i], reserved[i], &d));
    }
    c->position = w->position;
    if (!d.rids.len) return OK_ERR;
    char digest[DIGEST_BYTES];
    crypto_generichash_final(&d.chain, (unsigned char *)digest, DIGEST_BYTES);
    struct log_entry e = {.pos = d.pos,
                          .origin_id = w->origin_id,
                          .seq = w->seq + 1,
                          .clock = d.version.clock,
                          .wall = d.wall,
                          .actor = c->actor,
                          .chain = {digest, DIGEST_BYTES},
                          .rids = d.rids.at,
                          .rid_count = d.rids.len};
    TRY(log_insert(w, &e));
    w->position = c->position = d.pos;
    w->wall = d.wall;
    w->clock = d.version.clock;
    w->seq++;
    return OK_ERR;
}
