/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * _include and _revinclude: what the matches of a page point to, and what points to them. Each resource once; what the asker
 * may not see is not there.
 */
#include "plan.h"

#include "base/vec.h"

enum { INCLUDES_MOST = 1000, ROUNDS_MOST = 8 };

struct including {
    struct plan *plan;
    struct hits *hits;
    struct map seen; /* rid as text */
    size_t included;
    bool full;
};

static str rid_key(struct arena *a, int64_t rid) { return str_format(a, "%lld", (long long)rid); }

static void add(struct including *in, const struct version *v) {
    struct plan *p = in->plan;
    str key = rid_key(p->arena, v->rid);
    if (map_has(&in->seen, key)) return;
    if (!access_sees(p->reader, p->options->access, v)) return;
    if (in->included == INCLUDES_MOST) {
        in->full = true;
        return;
    }
    map_put(&in->seen, key, "");
    in->included++;
    VEC_PUSH(p->arena, in->hits, (struct search_hit){*v, HIT_INCLUDE});
}

/* The references of one resource that the include names. */
static err forward(struct including *in, const struct include *inc, const struct version *from) {
    struct plan *p = in->plan;
    struct fhir_index x = {0};
    struct json *resource;
    if (inc->source != FHIR_TYPE_NONE && inc->source != from->type) return OK_ERR;
    TRY(json_parse(p->scratch, from->body, &resource));
    fhir_extract(p->scratch, from->type, resource, &x);
    for (size_t i = 0; i < x.links.len && !in->full; i++) {
        const struct fhir_reference *r = &x.links.at[i].reference;
        struct version v;
        if (r->kind != REFERENCE_LOCAL || (inc->param && x.links.at[i].slot != inc->param->slot)) continue;
        if (inc->target != FHIR_TYPE_NONE ? r->type != inc->target : inc->param && !plan_targets(inc->param, r->type)) continue;
        err e = reader_get(p->reader, p->arena, r->type, r->id, &v);
        if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE) continue;
        TRY(e);
        add(in, &v);
    }
    arena_reset(p->scratch);
    return OK_ERR;
}

/* The resources that point to this one: by one reference parameter, or by any. */
static err backward(struct including *in, const struct include *inc, const struct version *to) {
    static const char sql_one[] = "SELECT x.rid FROM ix x JOIN slot s ON s.id=x.slot WHERE s.type=?1 AND s.expression=?2 AND s.kind=?3 "
                                  "AND x.key=?4 ORDER BY x.dt DESC, x.rid DESC LIMIT ?5";
    static const char sql_any[] = "SELECT x.rid FROM slot s CROSS JOIN ix x ON x.slot=s.id AND x.key=?4 "
                                  "WHERE s.kind=?3 AND (?1 IS NULL OR s.type=?1) AND ?2 IS NULL LIMIT ?5";
    struct plan *p = in->plan;
    struct { int64_t *at; size_t len, cap; } rids = {0};
    bool row;
    if (inc->target != FHIR_TYPE_NONE ? inc->target != to->type : inc->param && !plan_targets(inc->param, to->type)) return OK_ERR;
    struct statement *q = db_use(reader_db(p->reader), inc->param ? sql_one : sql_any);
    bind_text(q, 1, inc->source == FHIR_TYPE_NONE ? STR_NONE : str_of(fhir_type_name(inc->source)));
    bind_text(q, 2, inc->param ? fhir_slots[inc->param->slot].expression : STR_NONE);
    bind_int(q, 3, SEARCH_REFERENCE);
    bind_int(q, 4, to->rid);
    bind_int(q, 5, INCLUDES_MOST + 1);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(p->arena, &rids, column_int(q, 0));
        TRY(db_row(q, &row));
    }
    for (size_t i = 0; i < rids.len && !in->full; i++) {
        struct version v;
        if (map_has(&in->seen, rid_key(p->scratch, rids.at[i]))) continue;
        TRY(reader_get_rid(p->reader, p->arena, rids.at[i], &v));
        add(in, &v);
    }
    return OK_ERR;
}

static err round_of(struct including *in, size_t from, size_t to, bool first) {
    struct plan *p = in->plan;
    for (size_t i = from; i < to; i++)
        for (size_t k = 0; k < p->includes.len && !in->full; k++) {
            const struct include *inc = &p->includes.at[k];
            struct version v = in->hits->at[i].version;
            if (!first && !inc->iterate) continue;
            TRY(inc->reverse ? backward(in, inc, &v) : forward(in, inc, &v));
        }
    return OK_ERR;
}

err include_all(struct plan *p, struct hits *hits) {
    struct including in = {.plan = p, .hits = hits, .seen = map_new(p->arena)};
    if (!p->includes.len) return OK_ERR;
    for (size_t i = 0; i < hits->len; i++) map_put(&in.seen, rid_key(p->arena, hits->at[i].version.rid), "");
    size_t from = 0, to = hits->len;
    for (int round = 0; round < ROUNDS_MOST && from < to && !in.full; round++) {
        TRY(round_of(&in, from, to, round == 0));
        from = to;
        to = hits->len;
    }
    if (in.full) {
        fhir_issue_add(p->arena, p->warnings,
                       (struct fhir_issue){.severity = FHIR_WARNING, .code = "too-costly", .expression = STR("_include"),
                                           .en = STR("only the first 1,000 included resources of this page are given"),
                                           .vi = STR("chỉ trả về 1.000 tài nguyên kèm theo đầu tiên của trang này")});
    }
    return OK_ERR;
}
