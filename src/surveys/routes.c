/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /api/surveys: what is known of the sites of a province on a day, one survey entered by hand, lists with a preview, undo
 * (the survey is marked entered in error: it stays in the history), lists out to be filled in.
 */
#include "base/date.h"
#include "base/map.h"
#include "base/members.h"
#include "network/network.h"
#include "paper/sheet.h"
#include "paper/workbook.h"
#include "surveys.h"

enum { LIMIT_LIST = 8 * 1024 * 1024 };

/* ---- the sites of a province ----------------------------------------------------------------------------------------- */

static err read_places(struct request *r, struct survey_places *out) {
    struct arena *a = r->arena;
    struct place_facts facts;
    struct map communes = map_new(a);
    str province = request_query(r, "province");
    *out = (struct survey_places){0};
    if (!province.len) return err_make(a, ERR_INVALID, "province", "which province: ?province=11");
    TRY(network_facts(a, province, &facts));
    for (size_t k = 0; k < facts.len; k++)
        if (place_is_commune(facts.at[k].kind)) map_put(&communes, facts.at[k].code, &facts.at[k]);
    for (size_t k = 0; k < facts.len; k++) {
        const struct place_fact *f = &facts.at[k], *commune = map_get(&communes, f->parent);
        if (f->kind != PLACE_FORMER_COMMUNE) continue;
        struct survey_place p = {f->code, str_format(a, "station-%.*s", STR_ARG(f->code)), network_site_name(a, PLACE_STATION, f->name), commune ? commune->name : STR_NONE};
        VEC_PUSH(a, out, p);
    }
    return OK_ERR;
}

static err read_day(struct request *r, int32_t *day) {
    str text = request_query(r, "at");
    *day = day_today();
    return !text.len || day_parse(text, day) ? OK_ERR : err_make(r->arena, ERR_INVALID, "at", "at is a day (YYYY-MM-DD), not \"%.*s\"", STR_ARG(text));
}

/* ---- what is known --------------------------------------------------------------------------------------------------- */

static void put_fields(struct buf *out) {
    static const char *const forms[] = {"yes-no", "whole", "number", "text"};
    add_name(out, "fields");
    buf_addc(out, '[');
    for (int k = 0; k < SURVEY_FIELD_COUNT; k++) {
        buf_addz(out, k ? ",{" : "{");
        add_text(out, "code", str_of(survey_fields[k].column)), add_text(out, "form", str_of(forms[survey_fields[k].form]));
        add_text(out, "vi", str_of(survey_fields[k].vi)), add_text(out, "en", str_of(survey_fields[k].en));
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void put_site(struct buf *out, const struct survey_place *p, const struct survey_site *s) {
    add_text(out, "code", p->code), add_text(out, "name", p->name), add_text(out, "commune", p->commune);
    add_name(out, "facts");
    buf_addc(out, '{');
    for (int k = 0; s && k < SURVEY_FIELD_COUNT; k++) {
        const struct survey_fact *f = &s->fact[k];
        if (!f->value.len) continue;
        add_name(out, survey_fields[k].column);
        buf_addc(out, '{');
        add_text(out, "value", f->value), add_day(out, "day", f->day), add_text(out, "source", f->source);
        add_text(out, "recorder", f->recorder), add_text(out, "survey", f->survey);
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
}

static err answer_known(struct request *r) {
    struct survey_places places;
    struct survey_sites known;
    struct reader *reader;
    int32_t day;
    TRY(read_places(r, &places));
    TRY(read_day(r, &day));
    TRY(request_reader(r, &reader));
    TRY(surveys_known(reader, r->arena, day, &known));
    buf_addc(&r->out, '{');
    add_day(&r->out, "at", day);
    put_fields(&r->out);
    buf_addz(&r->out, ",\"sites\":[");
    for (size_t k = 0; k < places.len; k++) {
        buf_addz(&r->out, k ? ",{" : "{");
        put_site(&r->out, &places.at[k], surveys_find(&known, places.at[k].id));
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static err answer_export(struct request *r) {
    struct survey_places places;
    struct survey_sites known;
    struct reader *reader;
    int32_t day;
    bool sheet = str_is(request_query(r, "format"), "xlsx");
    TRY(read_places(r, &places));
    TRY(read_day(r, &day));
    TRY(request_reader(r, &reader));
    TRY(surveys_known(reader, r->arena, day, &known));
    if (sheet) TRY(survey_list_sheet(r->arena, &places, &known, &r->out));
    else survey_list_write(&places, &known, &r->out);
    r->type = sheet ? SHEET_TYPE : "text/csv; charset=utf-8";
    request_set_header(r, "Content-Disposition", sheet ? STR("attachment; filename=\"khao-sat.xlsx\"") : STR("attachment; filename=\"khao-sat.csv\""));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- lists in -------------------------------------------------------------------------------------------------------- */

struct asking {
    struct request *r;
    struct reader *reader;
    struct map days; /* "20420" → struct survey_sites */
    err error;
};

static const struct survey_sites *known_on(void *user, int32_t day) {
    struct asking *x = user;
    str key = str_format(x->r->arena, "%d", day);
    struct survey_sites *known = map_get(&x->days, key);
    if (known) return known;
    known = ARENA_NEW(x->r->arena, struct survey_sites);
    *known = (struct survey_sites){0};
    err e = surveys_known(x->reader, x->r->arena, day, known);
    if (e.code) x->error = e;
    map_put(&x->days, key, known);
    return known;
}

static void put_list(struct buf *out, const struct survey_list *l) {
    buf_addc(out, '{');
    add_number(out, "rows", (int64_t)l->rows), add_number(out, "same", (int64_t)l->same), add_number(out, "surveys", (int64_t)l->surveys.len);
    add_number(out, "added", (int64_t)l->added), add_number(out, "changed", (int64_t)l->changed), add_number(out, "missing", (int64_t)l->missing);
    buf_addz(out, ",\"problems\":[");
    for (size_t k = 0; k < l->problems.len; k++) {
        const struct survey_problem *p = &l->problems.at[k];
        buf_addz(out, k ? ",{" : "{");
        add_number(out, "line", p->line), add_text(out, "column", str_of(p->column)), add_text(out, "vi", p->vi), add_text(out, "en", p->en);
        buf_addc(out, '}');
    }
    buf_addz(out, "],\"differences\":[");
    for (size_t k = 0; k < l->differences.len; k++) {
        const struct survey_difference *d = &l->differences.at[k];
        buf_addz(out, k ? ",{" : "{");
        add_number(out, "line", d->line), add_text(out, "place", d->place), add_text(out, "name", d->name), add_text(out, "field", str_of(survey_fields[d->field].column));
        add_text(out, "before", d->before), add_text(out, "after", d->after), add_bool(out, "old", d->old);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* Stores them in one commit; each gets id, recorder, instant and the list's mark. */
static err store_all(struct request *r, struct survey *s, size_t count, str list) {
    struct change *changes = ARENA_ARRAY(r->arena, struct change, count + 1);
    char now[25];
    for (size_t k = 0; k < count; k++) {
        struct buf body = buf_new(r->arena);
        struct json *tree;
        s[k].id = rest_new_id(r->arena);
        s[k].recorder = r->session->name.len ? r->session->name : r->session->actor;
        s[k].recorded = str_copy(r->arena, str_of(instant_format(clock_now_ms(), now)));
        s[k].list = list;
        survey_write(&body, &s[k]);
        TRY(json_parse(r->arena, buf_str(&body), &tree));
        changes[k] = (struct change){.op = VERSION_UPDATE, .type = FHIR_TYPE_SITE_SURVEY, .id = s[k].id, .source = buf_str(&body), .resource = tree, .expect = EXPECT_ABSENT};
    }
    struct commit commit = {.changes = changes, .count = count, .actor = r->session->actor};
    return count ? store_commit(r->store, r->arena, &commit) : OK_ERR;
}

static err answer_import(struct request *r) {
    str step = request_query(r, "step");
    bool apply = str_is(step, "apply");
    struct survey_places places;
    struct survey_list list;
    struct grid grid = {0};
    struct asking x = {.r = r, .days = map_new(r->arena)};
    if (!apply && !str_is(step, "preview")) return err_make(r->arena, ERR_INVALID, "step", "step is preview or apply");
    TRY(read_places(r, &places));
    TRY(request_reader(r, &x.reader));
    TRY(workbook_or_csv(r->arena, r->body, &grid));
    TRY(survey_list_read(r->arena, &grid, &places, &(struct survey_lookup){known_on, &x, day_today()}, &list));
    TRY(x.error);
    str id = apply && !list.problems.len && list.surveys.len ? rest_new_id(r->arena) : STR_NONE;
    if (id.len) TRY(store_all(r, list.surveys.at, list.surveys.len, id));
    if (apply && list.problems.len) r->status = 422;
    put_list(&r->out, &list);
    add_text(&r->out, "list", id);
    buf_addc(&r->out, '}');
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- one by hand ----------------------------------------------------------------------------------------------------- */

/* {"site":"03127","surveyedOn":"…","source":"…","values":{"grade":"2",…}} as the one row of a list: one rule for both. */
static err row_of(struct request *r, const struct json *body, struct grid *out) {
    const struct json *values = JSON_GET(body, "values");
    const struct { const char *column; str text; } first[] = {{"code", JSON_TEXT(body, "site")}, {"date", JSON_TEXT(body, "surveyedOn")}, {"source", JSON_TEXT(body, "source")}};
    if (!values || values->kind != JSON_OBJECT || !values->count) return err_make(r->arena, ERR_UNPROCESSABLE, "values", "nothing was found at the site: at least one value is wanted");
    struct grid_row rows[2];
    for (unsigned k = 0; k < 2; k++) rows[k] = (struct grid_row){k + 1, ARENA_ARRAY(r->arena, struct grid_cell, values->count + 3), values->count + 3};
    for (size_t k = 0; k < 3; k++) rows[0].cells[k].text = str_of(first[k].column), rows[1].cells[k].text = str_trim(first[k].text);
    size_t n = 3;
    for (const struct json *v = values->first; v; v = v->next, n++) {
        if (v->kind != JSON_STRING) return err_make(r->arena, ERR_INVALID, "values", "%.*s is not a text", STR_ARG(v->key));
        rows[0].cells[n].text = v->key, rows[1].cells[n].text = str_trim(v->text);
    }
    for (size_t k = 0; k < 2; k++) VEC_PUSH(r->arena, out, rows[k]);
    return OK_ERR;
}

static err answer_enter(struct request *r) {
    struct json *body;
    struct grid grid = {0};
    struct survey_places places;
    struct survey_list list;
    struct asking x = {.r = r, .days = map_new(r->arena)};
    TRY(request_json(r, &body));
    TRY(read_places(r, &places));
    TRY(row_of(r, body, &grid));
    TRY(request_reader(r, &x.reader));
    TRY(survey_list_read(r->arena, &grid, &places, &(struct survey_lookup){known_on, &x, day_today()}, &list));
    TRY(x.error);
    if (list.problems.len)
        return err_make(r->arena, ERR_UNPROCESSABLE, list.problems.at[0].column ? list.problems.at[0].column : "values", "%.*s",
                        STR_ARG(r->vietnamese ? list.problems.at[0].vi : list.problems.at[0].en));
    TRY(store_all(r, list.surveys.at, list.surveys.len, STR_NONE));
    put_list(&r->out, &list);
    add_text(&r->out, "survey", list.surveys.len ? list.surveys.at[0].id : STR_NONE);
    buf_addc(&r->out, '}');
    r->status = list.surveys.len ? 201 : 200;
    return OK_ERR;
}

/* ---- undo ------------------------------------------------------------------------------------------------------------ */

struct ids {
    str *at;
    size_t len, cap;
};

/* The survey as it is, with the status changed; what it held stays. */
static err mark(struct request *r, struct reader *reader, str id, struct change *out) {
    struct version v;
    struct json *tree;
    struct survey s;
    struct buf body = buf_new(r->arena);
    TRY(reader_get(reader, r->arena, FHIR_TYPE_SITE_SURVEY, id, &v));
    TRY(json_parse(r->arena, v.body, &tree));
    TRY(survey_read(r->arena, tree, &s));
    s.id = id, s.in_error = true;
    survey_write(&body, &s);
    TRY(json_parse(r->arena, buf_str(&body), &tree));
    *out = (struct change){.op = VERSION_UPDATE, .type = FHIR_TYPE_SITE_SURVEY, .id = id, .source = buf_str(&body), .resource = tree, .expect = EXPECT_VERSION, .expected = v.version};
    return OK_ERR;
}

static err undo(struct request *r, struct reader *reader, const struct ids *ids) {
    struct change *changes = ARENA_ARRAY(r->arena, struct change, ids->len + 1);
    for (size_t k = 0; k < ids->len; k++) TRY(mark(r, reader, ids->at[k], &changes[k]));
    struct commit commit = {.changes = changes, .count = ids->len, .actor = r->session->actor};
    if (ids->len) TRY(store_commit(r->store, r->arena, &commit));
    buf_addc(&r->out, '{');
    add_number(&r->out, "undone", (int64_t)ids->len);
    buf_addc(&r->out, '}');
    return OK_ERR;
}

static err answer_undo(struct request *r) {
    struct reader *reader;
    struct ids one = {.at = &r->parameters[0], .len = 1};
    TRY(request_reader(r, &reader));
    return undo(r, reader, &one);
}

static err answer_undo_list(struct request *r) {
    struct reader *reader;
    struct ids ids = {0};
    TRY(request_reader(r, &reader));
    TRY(surveys_of_list(reader, r->arena, r->parameters[0], &ids.at, &ids.len));
    if (!ids.len) return err_make(r->arena, ERR_NOT_FOUND, "list", "no survey came with such a list, or all are undone already");
    return undo(r, reader, &ids);
}

/* ---- the gate -------------------------------------------------------------------------------------------------------- */

err surveys_gate(struct reader *r, struct arena *a, const struct change *changes, size_t count, bool vietnamese, size_t *wrong) {
    (void)r, (void)vietnamese;
    for (size_t i = 0; i < count; i++) {
        struct survey s;
        if (changes[i].type != FHIR_TYPE_SITE_SURVEY || changes[i].op == VERSION_DELETE) continue;
        *wrong = i;
        err e = survey_read(a, changes[i].resource, &s);
        if (e.code) return err_make(a, ERR_UNPROCESSABLE, e.at, "%.*s", STR_ARG(e.detail));
    }
    return OK_ERR;
}

const struct route survey_routes[] = {
    {ROUTE("GET", "/api/surveys", PERMISSION_NETWORK_PLAN, answer_known, "Kết quả khảo sát địa điểm đến một ngày", "What surveys found at the sites until a day")},
    {ROUTE("POST", "/api/surveys", PERMISSION_NETWORK_PLAN, answer_enter, "Ghi một khảo sát", "Enter one survey")},
    {ROUTE("POST", "/api/surveys/import", PERMISSION_NETWORK_PLAN, answer_import, "Nhập danh sách khảo sát: xem trước, áp dụng", "Import a list of surveys: preview, apply"), .body_limit = LIMIT_LIST},
    {ROUTE("GET", "/api/surveys/export", PERMISSION_NETWORK_PLAN, answer_export, "Xuất bảng khảo sát để điền", "The list of sites to be filled in")},
    {ROUTE("POST", "/api/surveys/{id}/undo", PERMISSION_NETWORK_PLAN, answer_undo, "Bỏ một khảo sát ghi nhầm", "Undo a survey")},
    {ROUTE("POST", "/api/surveys/lists/{list}/undo", PERMISSION_NETWORK_PLAN, answer_undo_list, "Bỏ một danh sách khảo sát", "Undo a list of surveys")},
    {.method = NULL}};
