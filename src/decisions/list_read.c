/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of places from a grid (CSV, Excel) or from an mCSD Bundle; what is wrong is named by line and column.
 */
#include "lists.h"

#include "base/fold.h"
#include "base/vec.h"
#include "network/founding.h"

#include <stdlib.h>

enum column {
    C_ID,
    C_CODE,
    C_NAME,
    C_KIND,
    C_PARENT,
    C_MANAGER,
    C_DIRECTOR,
    C_INSURER,
    C_POINT_OF,
    C_LATITUDE,
    C_LONGITUDE,
    C_SERVICES,
    C_POSTS,
    C_BEDS,
    C_POPULATION,
    C_CENSUS,
    C_COUNT
};
static const char *const names[C_COUNT] = {"id",       "code",    "name",       "kind",       "parent",    "manager",
                                           "director", "insurer", "pointOf",    "latitude",   "longitude", "services",
                                           "posts",    "beds",    "population", "census_2019"};
bool list_problems_have_error(const struct list_problems *p) {
    for (size_t i = 0; i < p->len; i++)
        if (p->at[i].severity == SEVERITY_ERROR) return true;
    return false;
}

void list_wrong(struct arena *a, struct list_problems *p, unsigned line, const char *column, str en, str vi) {
    struct list_problem one = {line, column, SEVERITY_ERROR, en, vi};
    VEC_PUSH(a, p, one);
}

static void refuse_width(struct arena *a, const struct grid_row *row, size_t width, struct list_problems *problems) {
    if (row->count != width)
        list_wrong(a, problems, row->number, "row",
                   str_format(a, "the row has %zu fields, the header %zu", row->count, width),
                   str_format(a, "dòng có %zu cột, tiêu đề có %zu", row->count, width));
}

err list_read_header(struct arena *a, const struct grid *grid, const struct list_header *h, struct list_problems *problems) {
    if (!grid->len) return err_make(a, ERR_INVALID, "list", "the list is empty: a header of column names is expected");
    const struct grid_row *head = &grid->at[0];
    for (int c = 0; c < h->count; c++) h->at[c] = -1;
    for (size_t i = 0; i < head->count; i++) {
        str name = head->cells[i].text;
        int c = 0;
        while (c < h->count && !str_is(name, h->names[c]) &&
               !(h->titles && str_eq(text_fold(a, name), text_fold(a, str_of(h->titles[c])))))
            c++;
        if (c == h->count) continue; /* a column of their own */
        if (h->at[c] >= 0)
            list_wrong(a, problems, head->number, h->names[c], STR("the column is there twice"), STR("cột này có hai lần"));
        h->at[c] = (int)i;
    }
    for (size_t i = 1; i < grid->len; i++) refuse_width(a, &grid->at[i], head->count, problems);
    return OK_ERR;
}

static str cell(const struct grid_row *row, const int *at, enum column c) { return grid_cell(row, at[c]).text; }

static void take_number(struct arena *a, struct list_problems *problems, unsigned line, enum column c, str s,
                        int64_t *out) {
    *out = -1;
    if (!s.len || (str_int64(s, out) && *out >= 0)) return;
    *out = -1;
    list_wrong(a, problems, line, names[c], str_format(a, "'%.*s' is no number", STR_ARG(s)),
          str_format(a, "'%.*s' không phải là số", STR_ARG(s)));
}

static void take_coordinate(struct arena *a, struct list_problems *problems, unsigned line, enum column c, str *s) {
    if (!s->len) return;
    char *end, *z = str_z(a, *s);
    double v = strtod(z, &end), most = c == C_LATITUDE ? 90 : 180;
    if (*end || !(v >= -most && v <= most)) {
        list_wrong(a, problems, line, names[c], str_format(a, "'%.*s' is no coordinate", STR_ARG(*s)),
              str_format(a, "'%.*s' không phải tọa độ", STR_ARG(*s)));
        *s = STR_NONE;
    }
}

static void read_row(struct arena *a, const struct grid_row *row, const int *at, struct list_row *r,
                     struct list_problems *problems) {
    str kind = cell(row, at, C_KIND);
    r->id = cell(row, at, C_ID);
    r->code = cell(row, at, C_CODE);
    r->name = cell(row, at, C_NAME);
    r->kind = place_kind_of(kind);
    r->parent = cell(row, at, C_PARENT);
    for (int h = 0; h < HIERARCHY_COUNT; h++) r->above[h] = cell(row, at, (enum column)(C_MANAGER + h));
    r->point_of = cell(row, at, C_POINT_OF);
    r->latitude = cell(row, at, C_LATITUDE);
    r->longitude = cell(row, at, C_LONGITUDE);
    r->services = cell(row, at, C_SERVICES);
    take_coordinate(a, problems, r->line, C_LATITUDE, &r->latitude);
    take_coordinate(a, problems, r->line, C_LONGITUDE, &r->longitude);
    if (!r->latitude.len || !r->longitude.len) r->latitude = r->longitude = STR_NONE;
    take_number(a, problems, r->line, C_POSTS, cell(row, at, C_POSTS), &r->posts);
    take_number(a, problems, r->line, C_BEDS, cell(row, at, C_BEDS), &r->beds);
    take_number(a, problems, r->line, C_POPULATION, cell(row, at, C_POPULATION), &r->population);
    take_number(a, problems, r->line, C_CENSUS, cell(row, at, C_CENSUS), &r->census);
    if (!r->name.len) list_wrong(a, problems, r->line, "name", STR("the name is missing"), STR("thiếu tên"));
    if (!r->code.len && !r->id.len)
        list_wrong(a, problems, r->line, "code", STR("code and id are both missing"), STR("thiếu cả mã và id"));
    if (kind.len && !r->kind)
        list_wrong(a, problems, r->line, "kind", str_format(a, "'%.*s' is no kind of place", STR_ARG(kind)),
              str_format(a, "'%.*s' không phải loại cơ sở", STR_ARG(kind)));
}

static void refuse_doubles(struct arena *a, const struct list_rows *rows, struct list_problems *problems) {
    struct map codes = map_new(a), ids = map_new(a);
    for (size_t i = 0; i < rows->len; i++) {
        struct list_row *r = &rows->at[i];
        const struct list_row *other = r->code.len && r->kind != PLACE_FORMER_COMMUNE ? map_get(&codes, r->code) : NULL;
        if (other)
            list_wrong(a, problems, r->line, "code",
                  str_format(a, "code %.*s stands in line %u too", STR_ARG(r->code), other->line),
                  str_format(a, "mã %.*s đã có ở dòng %u", STR_ARG(r->code), other->line));
        else if (r->code.len && r->kind != PLACE_FORMER_COMMUNE)
            map_put(&codes, r->code, r);
        other = r->id.len ? map_get(&ids, r->id) : NULL;
        if (other)
            list_wrong(a, problems, r->line, "id",
                  str_format(a, "id %.*s stands in line %u too", STR_ARG(r->id), other->line),
                  str_format(a, "id %.*s đã có ở dòng %u", STR_ARG(r->id), other->line));
        else if (r->id.len)
            map_put(&ids, r->id, r);
    }
}

err list_read_grid(struct arena *a, const struct grid *grid, struct list_rows *rows, struct list_problems *problems) {
    int at[C_COUNT];
    TRY(list_read_header(a, grid, &(struct list_header){names, NULL, C_COUNT, at}, problems));
    if (at[C_CODE] < 0 && at[C_ID] < 0)
        return err_make(a, ERR_INVALID, "code", "the header has neither a column 'code' nor 'id'");
    if (at[C_NAME] < 0) return err_make(a, ERR_INVALID, "name", "the header has no column 'name'");
    for (size_t i = 1; i < grid->len; i++) {
        struct list_row r = {.line = grid->at[i].number};
        read_row(a, &grid->at[i], at, &r, problems);
        VEC_PUSH(a, rows, r);
    }
    refuse_doubles(a, rows, problems);
    return OK_ERR;
}

/* ---- mCSD -------------------------------------------------------------------------------------------------------- */

static str decimal(struct arena *a, bool has, double v) { return has ? str_format(a, "%.7g", v) : STR_NONE; }

err list_read_json(struct arena *a, str text, struct list_rows *rows, struct list_problems *problems) {
    struct json *tree;
    VEC(const struct json *) locations = {0}, affiliations = {0}, services = {0};
    TRY(json_parse(a, text, &tree));
    if (!str_is(JSON_TEXT(tree, "resourceType"), "Bundle"))
        return err_make(a, ERR_INVALID, "resourceType", "a Bundle is expected");
    const struct json *entries = JSON_GET(tree, "entry");
    for (const struct json *e = entries ? entries->first : NULL; e; e = e->next) {
        const struct json *r = JSON_GET(e, "resource");
        str type = JSON_TEXT(r, "resourceType");
        if (str_is(type, "Location"))
            VEC_PUSH(a, &locations, r);
        else if (str_is(type, "OrganizationAffiliation"))
            VEC_PUSH(a, &affiliations, r);
        else if (str_is(type, "HealthcareService"))
            VEC_PUSH(a, &services, r);
    }
    struct network_resource_lists lists = {locations.at,  affiliations.at,  services.at,
                                           locations.len, affiliations.len, services.len};
    struct network_founding *all;
    size_t n;
    TRY(network_foundings(a, &lists, &all, &n));
    for (size_t i = 0; i < n; i++) {
        const struct place_state *s = &all[i].state;
        unsigned line, column;
        json_position(text, locations.at[i]->begin, &line, &column);
        struct list_row r = {.line = line,
                             .id = all[i].id,
                             .code = s->code,
                             .name = s->name,
                             .kind = s->kind,
                             .parent = s->parent,
                             .services = s->services,
                             .above = {s->above[0], s->above[1], s->above[2]},
                             .population = all[i].population,
                             .census = -1,
                             .posts = s->holdings[HOLDING_POSTS],
                             .beds = s->holdings[HOLDING_BEDS],
                             .latitude = decimal(a, s->has_position, s->latitude),
                             .longitude = decimal(a, s->has_position, s->longitude)};
        if (!r.id.len) list_wrong(a, problems, line, "id", STR("a Location without id"), STR("Location không có id"));
        if (!r.name.len) list_wrong(a, problems, line, "name", STR("the name is missing"), STR("thiếu tên"));
        VEC_PUSH(a, rows, r);
    }
    refuse_doubles(a, rows, problems);
    return OK_ERR;
}
