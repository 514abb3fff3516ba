/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists in and out, boundaries, quality of published figures.
 */
#include "base/date.h"
#include "answer_int.h"
#include "base/vec.h"
#include "decisions.h"
#include "lists.h"
#include "paper/sheet.h"
#include "paper/workbook.h"

static err import(struct request *r);
static err export(struct request *r);
static err boundaries(struct request *r);
static err put_boundaries(struct request *r);
static err quality(struct request *r);

enum { LIMIT_LIST = 16 * 1024 * 1024 };

const struct route list_routes[] = {
    {ROUTE("POST", "/api/network/import", PERMISSION_NETWORK_PLAN, import, "Nhập danh sách cơ sở: xem trước, áp dụng",
           "Import a list of places: preview, apply"),
     .body_limit = LIMIT_LIST},
    {ROUTE("GET", "/api/network/export", PERMISSION_INDICATOR_READ, export, "Xuất mạng lưới của một ngày",
           "The network of a day as CSV or FHIR")},
    {ROUTE("GET", "/api/network/boundaries", PERMISSION_INDICATOR_READ, boundaries, "Ranh giới các xã",
           "Boundaries of the communes")},
    {ROUTE("PUT", "/api/network/boundaries", PERMISSION_NETWORK_SIGN, put_boundaries, "Nhập ranh giới (GeoJSON)",
           "Import boundaries (GeoJSON)"),
     .body_limit = LIMIT_LIST},
    {ROUTE("GET", "/api/network/quality", PERMISSION_INDICATOR_READ, quality, "Số liệu công bố có dấu hiệu sai",
           "Published figures that cannot be right")},
    {.method = NULL}};

/* ---- import ------------------------------------------------------------------------------------------------------ */

static void write_problems(const struct list_problems *p, struct buf *out) {
    add_name(out, "problems");
    buf_addc(out, '[');
    for (size_t i = 0; i < p->len; i++) {
        buf_addz(out, i ? ",{" : "{");
        add_number(out, "line", p->at[i].line);
        add_text(out, "column", str_of(p->at[i].column));
        add_text(out, "severity", str_of(p->at[i].severity == SEVERITY_ERROR ? "error" : "warning"));
        add_text(out, "vi", p->at[i].vi);
        add_text(out, "en", p->at[i].en);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

void list_result_answer(const struct list_result *l, const struct list_problems *p, struct buf *out) {
    buf_addc(out, '{');
    add_number(out, "rows", (int64_t)l->rows);
    add_number(out, "same", (int64_t)l->same);
    add_number(out, "added", (int64_t)l->added);
    add_number(out, "changed", (int64_t)l->changed);
    add_number(out, "missing", (int64_t)l->missing);
    write_problems(p, out);
    add_name(out, "differences");
    buf_addc(out, '[');
    for (size_t i = 0; i < l->differences.len; i++) {
        const struct list_difference *d = &l->differences.at[i];
        buf_addz(out, i ? ",{" : "{");
        add_number(out, "line", d->line);
        add_text(out, "place", d->place);
        add_text(out, "name", d->name);
        add_text(out, "field", str_of(d->field));
        add_text(out, "before", d->before);
        add_text(out, "after", d->after);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* What the check says of the operations becomes problems of the list. */
static void from_check(struct arena *a, const struct checked *c, struct list_problems *problems) {
    for (size_t i = 0; i < c->problems.len; i++) {
        const struct problem *p = &c->problems.at[i];
        struct list_problem one = {0, p->rule, p->severity, p->en, p->vi};
        if (p->severity == SEVERITY_ERROR) VEC_PUSH(a, problems, one);
    }
}

static err read_list(struct arena *a, str bytes, struct list_rows *rows, struct list_problems *problems) {
    struct grid grid = {0};
    if (str_starts(str_trim(bytes), STR("{"))) return list_read_json(a, bytes, rows, problems);
    TRY(workbook_or_csv(a, bytes, &grid));
    return list_read_grid(a, &grid, rows, problems);
}

static err compare(struct reader *r, struct arena *a, const struct list_import *in, struct list_result *out,
                   struct list_problems *problems) {
    struct list_rows rows = {0};
    struct network n;
    TRY(read_list(a, in->bytes, &rows, problems));
    TRY(network_load(r, a, &(struct network_question){.known = DAY_LAST}, &n));
    list_compare(a, &n, in->day, &rows, out, problems);
    struct decision *d = &out->decision;
    char day[11];
    for (size_t i = 0; i < n.places.len && !d->province.len; i++)
        if (n.places.at[i].founding.kind == PLACE_PROVINCE) d->province = n.places.at[i].id;
    d->id = decision_new_id(a);
    d->signed_on = day_today();
    d->number = str_format(a, "Danh sách %s/%.*s", day_show(d->signed_on, day),
                           STR_ARG(str_slice(d->id, d->id.len - 4, d->id.len)));
    return OK_ERR;
}

err list_import(struct arena *a, const struct list_import *in, struct buf *out, bool *refused) {
    struct reader *r;
    struct list_result result;
    struct list_problems problems = {0};
    struct checked checked;
    TRY(reader_begin(in->store, a, &r));
    err e = compare(r, a, in, &result, &problems);
    bool any = !e.code && result.decision.operations.len > 0;
    if (any && !list_problems_have_error(&problems)) {
        e = decision_check(r, a, &result.decision, true, &checked);
        if (!e.code) from_check(a, &checked, &problems);
    }
    reader_end(r);
    TRY(e);
    *refused = list_problems_have_error(&problems);
    if (in->apply && any && !*refused) {
        struct signing s = {.store = in->store, .actor = in->actor, .list = true};
        struct version v;
        TRY(decision_sign(a, &s, &result.decision, &checked, &v));
    }
    list_result_answer(&result, &problems, out);
    add_name(out, "decision");
    if (any)
        decision_write(out, &result.decision);
    else
        buf_addz(out, "null");
    buf_addc(out, '}');
    return OK_ERR;
}

static err import(struct request *r) {
    str step = request_query(r, "step");
    struct list_import in = {.store = r->store,
                             .actor = r->session->actor,
                             .bytes = r->body,
                             .day = day_today(),
                             .vietnamese = r->vietnamese,
                             .apply = str_is(step, "apply")};
    bool refused = false;
    if (!in.apply && !str_is(step, "preview"))
        return err_make(r->arena, ERR_INVALID, "step", "step is preview or apply");
    if (in.apply && !session_may(r->session, PERMISSION_NETWORK_SIGN))
        return err_make(r->arena, ERR_FORBIDDEN, "step", "applying a list signs a decision: the role %.*s may not",
                        STR_ARG(r->session->role));
    TRY(request_day(r, "at", &in.day));
    TRY(list_import(r->arena, &in, &r->out, &refused));
    if (refused && in.apply) r->status = 422;
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- export ------------------------------------------------------------------------------------------------------ */

struct bundle {
    struct buf *out;
    size_t count;
};

static void add_entry(void *context, const char *type, str id, str json) {
    struct bundle *b = context;
    buf_addf(b->out, "%s\n{\"fullUrl\":\"urn:tram:%s:%.*s\",\"resource\":", b->count++ ? "," : "", type, STR_ARG(id));
    buf_add(b->out, json);
    buf_addc(b->out, '}');
}

void network_mcsd(struct arena *a, const struct network *n, int32_t day, struct buf *out) {
    struct bundle b = {.out = out};
    buf_addz(out, "{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[");
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (s->exists) network_state_resources(a, n->places.at[i].id, s, n->places.at[i].population, add_entry, &b);
    }
    buf_addz(out, "\n]}\n");
}

static err export(struct request *r) {
    struct reader *reader;
    struct network n;
    int32_t day = day_today(), known = DAY_LAST;
    str format = request_query(r, "format");
    bool json = str_is(format, "json"), sheet = str_is(format, "xlsx");
    if (!json && !sheet && format.len && !str_is(format, "csv"))
        return err_make(r->arena, ERR_INVALID, "format", "format is csv, xlsx or json");
    TRY(request_day(r, "at", &day));
    TRY(request_day(r, "known", &known));
    TRY(request_reader(r, &reader));
    TRY(network_load(reader, r->arena, &(struct network_question){.known = known}, &n));
    if (json)
        network_mcsd(r->arena, &n, day, &r->out);
    else if (sheet)
        TRY(list_write_sheet(r->arena, &n, day, &r->out));
    else
        list_write_csv(r->arena, &n, day, &r->out);
    r->type = json ? "application/fhir+json; charset=utf-8" : sheet ? SHEET_TYPE : "text/csv; charset=utf-8";
    request_set_header(r, "Content-Disposition",
                       str_format(r->arena, "attachment; filename=\"network.%s\"",
                                  json    ? "json"
                                  : sheet ? "xlsx"
                                          : "csv"));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- boundaries, quality ----------------------------------------------------------------------------------------- */

static err boundaries(struct request *r) {
    struct reader *reader;
    TRY(request_reader(r, &reader));
    return boundaries_answer(reader, r->arena, &r->out);
}

static err put_boundaries(struct request *r) { return boundaries_import(r->store, r->arena, r->body, &r->out); }

/* A figure ten times too small against the people counted below or in 2019: a zero was lost (nine published figures
 * had). */
void quality_answer(struct arena *a, const struct network *n, int32_t day, struct buf *out) {
    double *below = ARENA_ARRAY(a, double, n->places.len + 1);
    for (size_t i = 0; i < n->places.len; i++) {
        const struct network_place *p = &n->places.at[i];
        struct share *to;
        size_t count;
        if (place_version_on(p, day)->state.kind != PLACE_FORMER_COMMUNE || p->population < 0) continue;
        network_spread(a, n, p->id, day, &to, &count);
        for (size_t k = 0; k < count; k++) {
            const struct network_place *commune = network_find(n, to[k].target);
            below[commune - n->places.at] += (double)p->population * to[k].share;
        }
    }
    buf_addz(out, "{\"findings\":[");
    for (size_t i = 0, found = 0; i < n->places.len; i++) {
        const struct network_place *p = &n->places.at[i];
        const struct place_state *s = &place_version_on(p, day)->state;
        if (!s->exists || !place_is_commune(s->kind) || p->population < 0 || !figure_lost_zero(p->population, below[i]))
            continue;
        buf_addz(out, found++ ? ",{" : "{");
        add_text(out, "rule", STR("lost-zero"));
        add_text(out, "place", p->id);
        add_text(out, "name", s->name);
        add_number(out, "value", p->population);
        add_number(out, "expected", p->population * 10);
        add_text(out, "vi",
                 str_format(a, "Dân số %lld có vẻ thiếu số 0 cuối: các xã cũ cộng lại khoảng %.0f",
                            (long long)p->population, below[i]));
        add_text(
            out, "en",
            str_format(a, "Population %lld seems to have lost its last zero: the former communes add up to about %.0f",
                       (long long)p->population, below[i]));
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
}

static err quality(struct request *r) {
    struct reader *reader;
    struct network n;
    TRY(request_reader(r, &reader));
    TRY(network_load(reader, r->arena, &(struct network_question){.known = DAY_LAST}, &n));
    quality_answer(r->arena, &n, day_today(), &r->out);
    return OK_ERR;
}
