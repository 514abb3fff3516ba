/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of surveys: rows in (CSV, Excel), beside what is known, and out again as CSV or an Excel workbook to be filled in. Pure.
 */
#include "surveys.h"

#include "base/csv.h"
#include "base/date.h"
#include "base/map.h"
#include "paper/sheet.h"

enum { COLUMN_CODE, COLUMN_NAME, COLUMN_COMMUNE, COLUMN_DATE, COLUMN_SOURCE, COLUMN_FIELDS, COLUMNS = COLUMN_FIELDS + SURVEY_FIELD_COUNT };

static const char *column_name(int c) {
    static const char *const first[] = {"code", "name", "commune", "date", "source"};
    return c < COLUMN_FIELDS ? first[c] : survey_fields[c - COLUMN_FIELDS].column;
}

/* ---- in -------------------------------------------------------------------------------------------------------------- */

struct reading {
    struct arena *a;
    const struct grid_row *row;
    int at[COLUMNS]; /* where a column stands, -1 absent */
    struct map places, seen;
    const struct survey_lookup *known;
    int32_t today;
    struct survey_list *out;
};

static void problem(struct reading *r, const char *column, str en, str vi) {
    struct survey_problem p = {r->row->number, column, en, vi};
    VEC_PUSH(r->a, &r->out->problems, p);
}
static void wrong(struct reading *r, const char *column, const char *en, const char *vi, str value) {
    problem(r, column, str_format(r->a, "%s: \"%.*s\"", en, STR_ARG(value)), str_format(r->a, "%s: \"%.*s\"", vi, STR_ARG(value)));
}

static str cell(const struct reading *r, int c) { return grid_cell(r->row, r->at[c]).text; }

static void read_head(struct reading *r) {
    for (int c = 0; c < COLUMNS; c++) r->at[c] = -1;
    for (size_t k = 0; k < r->row->count; k++) {
        str name = r->row->cells[k].text;
        int c = 0;
        while (c < COLUMNS && !str_is(name, column_name(c))) c++;
        if (c == COLUMNS) wrong(r, NULL, "unknown column", "cột không biết", name);
        else if (r->at[c] >= 0) wrong(r, column_name(c), "column twice", "cột ghi hai lần", name);
        else r->at[c] = (int)k;
    }
    static const int needed[] = {COLUMN_CODE, COLUMN_DATE, COLUMN_SOURCE};
    for (size_t k = 0; k < 3; k++)
        if (r->at[needed[k]] < 0) wrong(r, column_name(needed[k]), "column is missing", "thiếu cột", str_of(column_name(needed[k])));
}

/* "2026-11-28" or "28/11/2026". */
static bool read_day(str s, int32_t *day) {
    int64_t part[3];
    str rest = s, word;
    if (day_parse(s, day)) return true;
    for (int k = 0; k < 3; k++)
        if (!rest.len || !str_split(&rest, '/', &word) || !str_int64(word, &part[k])) return false;
    if (rest.len || part[2] < 1900 || part[2] > 9999 || part[1] < 1 || part[1] > 12 || part[0] < 1) return false;
    if (part[0] > days_in_month((int)part[2], (int)part[1])) return false;
    *day = day_from_civil((int)part[2], (int)part[1], (int)part[0]);
    return true;
}

/* What a row says beside what was known on its day; a value known already is no difference. */
static void compare(struct reading *r, const struct survey *s, str name) {
    const struct survey_site *then = surveys_find(r->known->on(r->known->user, s->day), s->place);
    const struct survey_site *now = surveys_find(r->known->on(r->known->user, r->today), s->place);
    size_t before = r->out->differences.len;
    for (int k = 0; k < SURVEY_FIELD_COUNT; k++) {
        str was = then ? then->fact[k].value : STR_NONE;
        struct survey_difference d = {r->row->number, s->place, name, (enum survey_field)k, was, s->value[k], now && now->fact[k].value.len && now->fact[k].day > s->day};
        if (s->value[k].len && !str_eq(was, s->value[k])) VEC_PUSH(r->a, &r->out->differences, d);
    }
    if (before == r->out->differences.len) {
        r->out->same++;
        return;
    }
    *(now ? &r->out->changed : &r->out->added) += 1;
    VEC_PUSH(r->a, &r->out->surveys, *s);
}

static bool read_values(struct reading *r, struct survey *s) {
    bool any = false;
    str en, vi;
    for (int k = 0; k < SURVEY_FIELD_COUNT; k++) {
        s->value[k] = cell(r, COLUMN_FIELDS + k);
        any = any || s->value[k].len;
        if (s->value[k].len && !survey_value_good(r->a, (enum survey_field)k, s->value[k], &en, &vi)) problem(r, survey_fields[k].column, en, vi);
    }
    return any;
}

static void read_row(struct reading *r) {
    struct survey s = {.source = cell(r, COLUMN_SOURCE), .day = r->today};
    str code = cell(r, COLUMN_CODE), date = cell(r, COLUMN_DATE);
    const struct survey_place *place = map_get(&r->places, code);
    r->out->rows++;
    size_t problems = r->out->problems.len;
    bool any = read_values(r, &s);
    if (!place) wrong(r, "code", "no site has this code", "không có địa điểm mang mã này", code);
    else if (!map_put(&r->seen, place->id, r) && any) wrong(r, "code", "code given before", "mã ghi hai lần", code);
    if (!any) { /* a site that nobody went to */
        r->out->same += problems == r->out->problems.len;
        return;
    }
    if (!read_day(date, &s.day)) wrong(r, "date", "the day of the survey is wanted (YYYY-MM-DD)", "cần ngày khảo sát", date);
    else if (s.day > r->today) wrong(r, "date", "a survey cannot be of a day to come", "ngày khảo sát chưa đến", date);
    if (!s.source.len) wrong(r, "source", "who or what says so is wanted", "cần nguồn", s.source);
    if (!place || problems != r->out->problems.len) return;
    s.place = place->id;
    compare(r, &s, place->name);
}

err survey_list_read(struct arena *a, const struct grid *grid, const struct survey_places *places, const struct survey_lookup *known, struct survey_list *out) {
    struct reading r = {.a = a, .places = map_new(a), .seen = map_new(a), .known = known, .today = known->today, .out = out};
    *out = (struct survey_list){0};
    if (!grid->len) return err_make(a, ERR_INVALID, "list", "the list is empty");
    for (size_t k = 0; k < places->len; k++) {
        map_put(&r.places, places->at[k].code, &places->at[k]);
        map_put(&r.places, places->at[k].id, &places->at[k]);
    }
    r.row = &grid->at[0];
    read_head(&r);
    bool heads = !out->problems.len;
    for (size_t k = 1; heads && k < grid->len; k++) {
        r.row = &grid->at[k];
        read_row(&r);
    }
    for (size_t k = 0; k < places->len; k++) out->missing += !map_has(&r.seen, places->at[k].id);
    return OK_ERR;
}

/* ---- out ------------------------------------------------------------------------------------------------------------- */

static str value_at(const struct survey_place *p, const struct survey_site *s, int c) {
    switch (c) {
    case COLUMN_CODE: return p->code;
    case COLUMN_NAME: return p->name;
    case COLUMN_COMMUNE: return p->commune;
    case COLUMN_DATE:
    case COLUMN_SOURCE: return STR_NONE;
    default: return s ? s->fact[c - COLUMN_FIELDS].value : STR_NONE;
    }
}

static void write_columns(const struct survey_places *places, const struct survey_sites *known, bool all, struct buf *out) {
    for (int c = 0; c < COLUMNS; c++)
        if (all || !c || c >= COLUMN_FIELDS) buf_addf(out, "%s%s", c ? "," : "", column_name(c));
    buf_addc(out, '\n');
    for (size_t k = 0; k < places->len; k++) {
        const struct survey_site *s = surveys_find(known, places->at[k].id);
        for (int c = 0; c < COLUMNS; c++) {
            if (!all && c && c < COLUMN_FIELDS) continue;
            if (c) buf_addc(out, ',');
            csv_add(out, value_at(&places->at[k], s, c));
        }
        buf_addc(out, '\n');
    }
}

void survey_list_write(const struct survey_places *places, const struct survey_sites *known, struct buf *out) { write_columns(places, known, true, out); }
void survey_list_values(const struct survey_places *places, const struct survey_sites *known, struct buf *out) { write_columns(places, known, false, out); }

err survey_list_sheet(struct arena *a, const struct survey_places *places, const struct survey_sites *known, struct buf *out) {
    struct sheet_column columns[COLUMNS];
    struct sheet_cell *cells = ARENA_ARRAY(a, struct sheet_cell, places->len * COLUMNS + 1);
    struct sheet sheet = {.name = STR("Khảo sát"), .columns = columns, .column_count = COLUMNS, .cells = cells, .row_count = places->len};
    for (int c = 0; c < COLUMNS; c++) columns[c] = (struct sheet_column){.head = str_of(column_name(c))};
    for (size_t k = 0; k < places->len; k++)
        for (int c = 0; c < COLUMNS; c++) {
            double n;
            str s = value_at(&places->at[k], surveys_find(known, places->at[k].id), c);
            bool number = c >= COLUMN_FIELDS && survey_fields[c - COLUMN_FIELDS].form != SURVEY_TEXT && str_number(s, &n);
            cells[k * COLUMNS + (size_t)c] = !s.len ? sheet_none() : number ? sheet_number(n) : sheet_text(s);
        }
    return sheet_workbook(a, &sheet, 1, 0, out);
}
