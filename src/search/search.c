/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The course of a search: text → plan → scan → confirmed page → includes. A page is read in (date, rid) order and only as far
 * as it goes; another order collects up to 10,000 matches first.
 */
#include "plan.h"

#include "base/vec.h"

#include <sodium.h>
#include <stdlib.h>

enum { SORTED_MOST = 10000, PATIENCE = 400 };

struct sorted { /* a match of an explicit order */
    str key;    /* values of the sort, each with its sign of presence */
    int64_t dt, rid;
};

struct run {
    struct plan plan;
    struct scan scan;
    struct position after;
    bool continued;
    struct hits hits;
    struct { struct sorted *at; size_t len, cap; } sorted;
};

static err check_time(struct plan *p) {
    if (!p->options->deadline_ms || clock_now_ms() < p->options->deadline_ms) return OK_ERR;
    return err_make(p->arena, ERR_TOO_COSTLY, NULL, "the search takes too long; narrow it down");
}

/* One candidate: is it (still) a match? `v` lives in the scratch arena. */
static err confirm(struct run *r, int64_t rid, struct version *v, struct json **resource, bool *yes) {
    struct plan *p = &r->plan;
    *yes = false;
    err e = reader_get_rid(p->reader, p->scratch, rid, v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE) return OK_ERR;
    TRY(e);
    if (r->continued && v->position > r->after.snapshot) return OK_ERR; /* changed since the first page */
    TRY(json_parse(p->scratch, v->body, resource));
    return match_conditions(p, p->options->confirm_only ? NULL : &r->scan, &p->conditions, v, *resource, yes);
}

static void keep(struct run *r, const struct version *v) {
    struct version copy = *v;
    copy.id = str_copy(r->plan.arena, v->id);
    copy.body = str_copy(r->plan.arena, v->body);
    VEC_PUSH(r->plan.arena, &r->hits, (struct search_hit){copy, HIT_MATCH});
}

/* What a scan does with each candidate; *enough ends it. */
typedef err take_fn(struct run *r, const struct version *v, const struct json *resource, int64_t dt, bool *enough);

static err take_page(struct run *r, const struct version *v, const struct json *resource, int64_t dt, bool *enough) {
    (void)resource;
    if (r->hits.len == r->plan.count) {
        *enough = true; /* one more: there is a next page */
        return OK_ERR;
    }
    keep(r, v);
    r->after.dt = dt;
    r->after.rid = v->rid;
    return OK_ERR;
}

/* Runs the scan; `refused` candidates beyond patience bring the other conditions into the statement. */
static err scan_run(struct run *r, take_fn *take, bool *more) {
    struct plan *p = &r->plan;
    struct statement *q;
    struct position at = r->after;
    bool row, yes, enough = false, begun = r->continued && r->scan.after;
    size_t refused = 0, rows = 0;
    *more = false;
    if (begun) r->scan.after = &at;
again:
    TRY(scan_statement(p, &r->scan, &q));
    int64_t last = -1;
    TRY(db_row(q, &row));
    while (row && !enough) {
        int64_t dt = column_int(q, 0), rid = column_int(q, 1);
        if (rid != last) {
            struct version v;
            struct json *resource = NULL;
            last = rid;
            TRY(confirm(r, rid, &v, &resource, &yes));
            if (yes) TRY(take(r, &v, resource, dt, &enough));
            else refused++;
            at.dt = dt, at.rid = rid;
            arena_reset(p->scratch);
            if (!yes && refused == PATIENCE && !r->scan.sets) {
                db_reset(q);
                r->scan.sets = true;
                scan_choose(p, &r->scan);
                r->scan.after = &at;
                goto again;
            }
        }
        if (++rows % 64 == 0) TRY(check_time(p));
        if (!enough) TRY(db_row(q, &row));
    }
    if (enough) db_reset(q);
    *more = enough;
    return OK_ERR;
}

/* ---- totals ------------------------------------------------------------------------------------------------------------------ */

static err take_count(struct run *r, const struct version *v, const struct json *resource, int64_t dt, bool *enough) {
    (void)v, (void)resource, (void)dt, (void)enough;
    r->after.dt++; /* the counter of this scan */
    return OK_ERR;
}

static err count_all(struct run *r, bool accurate, int64_t *out) {
    struct plan *p = &r->plan;
    struct run count = {.plan = *p, .scan = {.sets = true}};
    bool exact = true, more, row;
    for (size_t i = 0; i < p->conditions.len; i++) exact &= !p->conditions.at[i].inexact && !p->conditions.at[i].body_only;
    scan_choose(&count.plan, &count.scan);
    if (exact || !accurate) {
        struct statement *q;
        count.scan.counting = true;
        TRY(scan_statement(&count.plan, &count.scan, &q));
        TRY(db_row(q, &row));
        *out = row ? column_int(q, 0) : 0;
        db_reset(q);
        return OK_ERR;
    }
    TRY(scan_run(&count, take_count, &more));
    *out = count.after.dt;
    return OK_ERR;
}

/* ---- an order of its own -------------------------------------------------------------------------------------------------------- */

/* The values of a sort as one text that compares like them: presence, value, end. Descending values are complemented. */
static str sort_text(struct run *r, const struct version *v, const struct json *resource) {
    struct plan *p = &r->plan;
    struct buf b = buf_new(p->arena);
    for (size_t i = 0; i < p->sorts.len; i++) {
        const struct sort *s = &p->sorts.at[i];
        str key = match_sort_key(p, s, v, resource);
        if (key.len > 200) key.len = 200;
        buf_addc(&b, key.at ? 1 : 3); /* what has no value comes last */
        for (size_t k = 0; k < key.len; k++) {
            unsigned char c = (unsigned char)key.at[k] < 2 ? 2 : (unsigned char)key.at[k];
            buf_addc(&b, (char)(s->descending ? 0xFF - c + 1 : c));
        }
        buf_addc(&b, (char)(s->descending ? 0xFF : 1));
    }
    return buf_str(&b);
}

static int by_key(const void *x, const void *y) {
    const struct sorted *a = x, *b = y;
    int order = str_compare(a->key, b->key);
    if (order) return order;
    if (a->dt != b->dt) return a->dt > b->dt ? -1 : 1;
    return a->rid > b->rid ? -1 : a->rid < b->rid;
}

static err take_sorted(struct run *r, const struct version *v, const struct json *resource, int64_t dt, bool *enough) {
    (void)enough;
    if (r->sorted.len == SORTED_MOST) {
        return err_make(r->plan.arena, ERR_TOO_COSTLY, "_sort", "more than 10,000 matches cannot be sorted this way; narrow the search down");
    }
    VEC_PUSH(r->plan.arena, &r->sorted, (struct sorted){sort_text(r, v, resource), dt, v->rid});
    return OK_ERR;
}

static err page_sorted(struct run *r, bool *more) {
    struct plan *p = &r->plan;
    struct sorted after = {r->after.key, r->after.dt, r->after.rid};
    size_t from = 0;
    r->scan.after = NULL;
    TRY(scan_run(r, take_sorted, more));
    if (r->sorted.len) qsort(r->sorted.at, r->sorted.len, sizeof *r->sorted.at, by_key);
    while (r->continued && from < r->sorted.len && by_key(&r->sorted.at[from], &after) <= 0) from++;
    for (size_t i = from; i < r->sorted.len && r->hits.len < p->count; i++) {
        struct version v;
        TRY(reader_get_rid(p->reader, p->scratch, r->sorted.at[i].rid, &v));
        keep(r, &v);
        arena_reset(p->scratch);
        r->after.key = r->sorted.at[i].key;
        r->after.dt = r->sorted.at[i].dt;
        r->after.rid = v.rid;
    }
    *more = from + r->hits.len < r->sorted.len;
    return OK_ERR;
}

/* ---- an order that the index knows: rows come sorted, the page is cut out -------------------------------------------------------- */

static str column_key(struct plan *p, struct statement *q) {
    if (column_null(q, 2)) return STR("\3");
    if (column_is_text(q, 2)) return str_format(p->arena, "\1%.*s", STR_ARG(column_text(q, 2)));
    return str_format(p->arena, "\1%016llx", (unsigned long long)column_int(q, 2) ^ (1ull << 63));
}

/* Does the row (key, dt, rid) stand behind the last one of the page before? */
static bool is_behind(const struct run *r, str key, int64_t dt, int64_t rid) {
    bool absent = key.at[0] == 3, was_absent = r->after.key.len && r->after.key.at[0] == 3;
    if (absent != was_absent) return absent;
    int order = str_compare(key, r->after.key);
    if (order) return r->plan.sorts.at[0].descending ? order < 0 : order > 0;
    return dt != r->after.dt ? dt < r->after.dt : rid < r->after.rid;
}

static err page_by_key(struct run *r, bool *more) {
    struct plan *p = &r->plan;
    struct statement *q;
    bool row, yes, enough = false, behind = !r->continued;
    int64_t last = -1;
    r->scan = (struct scan){.sets = true, .unordered = true};
    scan_choose(p, &r->scan);
    TRY(sorted_statement(p, &r->scan, &q));
    TRY(db_row(q, &row));
    for (size_t rows = 1; row && !enough; rows++) {
        int64_t dt = column_int(q, 0), rid = column_int(q, 1);
        struct version v;
        struct json *resource;
        if (rows % 64 == 0) TRY(check_time(p));
        if (rid != last && (behind || (behind = is_behind(r, column_key(p, q), dt, rid)))) {
            str key = column_key(p, q);
            TRY(confirm(r, rid, &v, &resource, &yes));
            if (yes) TRY(take_page(r, &v, resource, dt, &enough));
            if (yes && !enough) r->after.key = key;
            arena_reset(p->scratch);
        }
        last = rid;
        if (!enough) TRY(db_row(q, &row));
    }
    if (enough) db_reset(q);
    *more = enough;
    return OK_ERR;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------------------- */

static err node_key(struct plan *p) {
    struct statement *q = db_use(reader_db(p->reader), "SELECT value FROM setting WHERE key='key'");
    bool row;
    TRY(db_row(q, &row));
    str key = row ? str_copy(p->arena, column_blob(q, 0)) : STR_NONE;
    db_reset(q);
    if (key.len != 16) return err_make(p->arena, ERR_INTERNAL, NULL, "the node has no key");
    p->key = (const unsigned char *)key.at;
    return OK_ERR;
}

static bool sorted_by_values(const struct plan *p) {
    return p->sorts.len > 1 || (p->sorts.len == 1 && p->sorts.at[0].kind != SORT_DATE_KEY);
}

static err fill(struct run *r, struct search_result *out) {
    struct plan *p = &r->plan;
    bool more;
    if (p->options->confirm_only) p->count = 1; /* one, and whether there are more */
    if (p->count_only) {
        out->total_known = true;
        return count_all(r, p->total != TOTAL_ESTIMATE, &out->total);
    }
    scan_choose(p, &r->scan);
    r->scan.ascending = p->sorts.len == 1 && p->sorts.at[0].kind == SORT_DATE_KEY && !p->sorts.at[0].descending;
    r->scan.after = r->continued ? &r->after : NULL;
    if (sort_by_index(p)) TRY(page_by_key(r, &more));
    else if (sorted_by_values(p)) TRY(page_sorted(r, &more));
    else TRY(scan_run(r, take_page, &more));
    out->total_known = !r->continued && !more;
    out->total = (int64_t)r->hits.len;
    if (p->options->confirm_only) {
        out->total = more ? 2 : (int64_t)r->hits.len;
        return OK_ERR;
    }
    if (!out->total_known && p->total != TOTAL_NONE) {
        TRY(count_all(r, p->total == TOTAL_ACCURATE, &out->total));
        out->total_known = true;
    }
    if (more) {
        struct buf next = buf_new(p->arena);
        buf_add(&next, buf_str(&p->self));
        query_append(&next, STR("_position"), position_sign(p->arena, p->key, buf_str(&p->self), &r->after));
        out->next = buf_str(&next);
    }
    return include_all(p, &r->hits);
}

/* Patient/x/Type: as if the compartment were one more condition. */
static err add_compartment(struct plan *p) {
    const struct search_options *o = p->options;
    if (o->compartment_of == FHIR_TYPE_NONE) return OK_ERR;
    if (o->compartment_of != FHIR_TYPE_PATIENT) return err_make(p->arena, ERR_NOT_SUPPORTED, NULL, "only the compartment of a Patient is supported");
    if (!search_type_has_person(p->type)) {
        return err_make(p->arena, ERR_NOT_SUPPORTED, NULL, "%s is not in the compartment of a Patient", fhir_type_name(p->type));
    }
    VEC_PUSH(p->arena, &p->conditions, (struct condition){.kind = CONDITION_COMPARTMENT,
                                                          .rid = reader_rid(p->reader, FHIR_TYPE_PATIENT, o->compartment_id)});
    return OK_ERR;
}

static err prepare(struct run *r, str query) {
    struct plan *p = &r->plan;
    TRY(node_key(p));
    TRY(plan_parse(p, query));
    TRY(add_compartment(p));
    TRY(plan_resolve(p, &p->conditions, p->type));
    TRY(plan_estimate(p, &p->conditions, p->type, true));
    if (!p->position.at) {
        r->after.snapshot = reader_position(p->reader);
        return OK_ERR;
    }
    r->continued = true;
    if (position_check(p->arena, p->key, buf_str(&p->self), p->position, &r->after)) return OK_ERR;
    return err_make(p->arena, ERR_INVALID, "_position", "this position does not belong to this search");
}

err search_run(struct reader *reader, struct arena *a, fhir_type type, str query, const struct search_options *options,
               struct search_result *out) {
    *out = (struct search_result){0};
    struct run r = {.plan = {.reader = reader, .arena = a, .scratch = arena_new(), .options = options, .type = type,
                             .warnings = &out->warnings, .now = clock_now_ms(), .self = buf_new(a), .targets = map_new(a)}};
    err e = prepare(&r, query);
    if (!e.code) e = fill(&r, out);
    if (e.code && e.detail.len) e.detail = str_copy(a, e.detail);
    arena_free(r.plan.scratch);
    out->hits = r.hits.at;
    out->hit_count = r.hits.len;
    out->self = buf_str(&r.plan.self);
    return e;
}
