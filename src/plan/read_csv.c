/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSV questions, told apart by the header:
 *   matrix   from,to,minutes[,mode,season,source,date][,weight][,group]   one line a pair; the other columns of the
 *            travel matrix are allowed; weight belongs to `from`, group (commune) to `to`
 *   points   id,x,y[,weight][,demand][,capacity][,group][,state][,cost]   plane coordinates, Euclidean distance;
 *            every point is a village and, unless state is "none", a site
 * A pair that is missing is named: a hole is not "no access". No access is written as minutes "none".
 */
#include "read_int.h"

#include "base/map.h"
#include "base/vec.h"

#include <math.h>

enum column { C_FROM, C_TO, C_MINUTES, C_MODE, C_SEASON, C_SOURCE, C_DATE, C_WEIGHT, C_GROUP, C_ID, C_X, C_Y, C_DEMAND,
              C_CAPACITY, C_STATE, C_COST, COLUMNS };
static const char *const column_names[COLUMNS] = {"from", "to", "minutes", "mode", "season", "source", "date", "weight",
                                                  "group", "id", "x", "y", "demand", "capacity", "state", "cost"};

/* Cuts one line into fields in place: quotes may surround a field; a doubled quote stays as it is. */
size_t csv_fields(str line, str *field, size_t most) {
    size_t n = 0, at = 0;
    while (n < most) {
        while (at < line.len && (line.at[at] == ' ' || line.at[at] == '\t')) at++;
        size_t from = at;
        if (at < line.len && line.at[at] == '"') {
            for (from = ++at; at < line.len && !(line.at[at] == '"' && !(at + 1 < line.len && line.at[at + 1] == '"')); at++)
                if (line.at[at] == '"') at++;
            field[n++] = str_slice(line, from, at);
            while (at < line.len && line.at[at] != ',') at++;
        } else {
            while (at < line.len && line.at[at] != ',') at++;
            field[n++] = str_trim(str_slice(line, from, at));
        }
        if (at >= line.len) break;
        at++;
    }
    return n;
}

struct table {
    struct arena *arena;
    str rest;
    unsigned line;
    size_t column_of[COLUMNS]; /* SIZE_MAX = absent */
    size_t width;
    str field[32];
};

static err header(struct table *t) {
    str line;
    do {
        t->line++;
        if (!str_split(&t->rest, '\n', &line))
            return err_both(t->arena, ERR_INVALID, "file", "the file is empty", "tệp trống");
    } while (!str_trim(line).len);
    t->width = csv_fields(str_trim(line), t->field, 32);
    for (size_t c = 0; c < COLUMNS; c++) t->column_of[c] = SIZE_MAX;
    for (size_t k = 0; k < t->width; k++) {
        size_t c = 0;
        while (c < COLUMNS && !str_is(t->field[k], column_names[c])) c++;
        if (c == COLUMNS)
            return err_both(t->arena, ERR_INVALID, "file", "line %u, column %zu: unknown column \"%.*s\"",
                            "dòng %u, cột %zu: không biết cột \"%.*s\"", t->line, k + 1, STR_ARG(t->field[k]));
        if (t->column_of[c] != SIZE_MAX)
            return err_both(t->arena, ERR_INVALID, "file", "line %u, column %zu: column \"%s\" twice",
                            "dòng %u, cột %zu: cột \"%s\" có hai lần", t->line, k + 1, column_names[c]);
        t->column_of[c] = k;
    }
    return OK_ERR;
}

/* The next line that is not blank; false at the end. *e tells a wrong number of fields. */
static bool next_line(struct table *t, err *e) {
    str line;
    *e = OK_ERR;
    while (str_split(&t->rest, '\n', &line)) {
        t->line++;
        line = str_trim(line);
        if (!line.len) continue;
        size_t n = csv_fields(line, t->field, 32);
        if (n != t->width)
            *e = err_both(t->arena, ERR_INVALID, "file", "line %u: %zu fields, the header has %zu",
                          "dòng %u: %zu ô, dòng đầu có %zu", t->line, n, t->width);
        return true;
    }
    return false;
}

static bool has(const struct table *t, enum column c) { return t->column_of[c] != SIZE_MAX; }
static str get(const struct table *t, enum column c) { return has(t, c) ? t->field[t->column_of[c]] : STR_NONE; }

/* Line and column of a field, before every message about it. */
#define AT_EN "line %u, column %zu (%s): "
#define AT_VI "dòng %u, cột %zu (%s): "
#define AT(t, c) (t)->line, (t)->column_of[c] + 1, column_names[c]

static err number(const struct table *t, enum column c, double least, double *out) {
    str s = get(t, c);
    if (!str_number(s, out))
        return err_both(t->arena, ERR_INVALID, "file", AT_EN "not a plain number without a unit: \"%.*s\"",
                        AT_VI "không phải là số trần, không kèm đơn vị: \"%.*s\"", AT(t, c), STR_ARG(s));
    if (*out < least)
        return err_both(t->arena, ERR_INVALID, "file", AT_EN "negative: %.*s", AT_VI "số âm: %.*s", AT(t, c),
                        STR_ARG(s));
    return OK_ERR;
}

/* Index of a name, added when new. */
static uint32_t index_of(struct map *m, str name) {
    void *at = map_get(m, name);
    if (!at) map_put(m, name, at = (void *)(uintptr_t)(m->len + 1));
    return (uint32_t)((uintptr_t)at - 1);
}

static str *names_of(struct arena *a, const struct map *m) {
    str *names = ARENA_ARRAY(a, str, m->len + 1);
    for (size_t k = 0; k < m->len; k++) names[k] = m->entries[k].key;
    return names;
}

static void add_groups(struct arena *a, const struct map *groups, struct plan_problem *q) {
    struct plan_group *g = ARENA_ARRAY(a, struct plan_group, groups->len + 1);
    for (size_t k = 0; k < groups->len; k++) g[k] = (struct plan_group){1, UINT32_MAX};
    q->groups = g;
    q->group_count = (uint32_t)groups->len;
}

/* ---- matrix ---------------------------------------------------------------------------------------------------------- */

struct cell {
    uint32_t from, to;
    unsigned line;
    double minutes, weight;
    uint32_t group;
};

static err read_cell(struct table *t, struct map *froms, struct map *tos, struct map *groups, struct cell *out) {
    double minutes = INFINITY, weight = 1;
    enum column empty = get(t, C_FROM).len ? C_TO : C_FROM;
    if (!get(t, empty).len) return err_both(t->arena, ERR_INVALID, "file", AT_EN "empty", AT_VI "trống", AT(t, empty));
    if (!str_is(get(t, C_MINUTES), "none")) TRY(number(t, C_MINUTES, 0, &minutes));
    if (has(t, C_WEIGHT)) TRY(number(t, C_WEIGHT, 0, &weight));
    *out = (struct cell){index_of(froms, get(t, C_FROM)),
                         index_of(tos, get(t, C_TO)),
                         t->line,
                         minutes,
                         weight,
                         has(t, C_GROUP) && get(t, C_GROUP).len ? index_of(groups, get(t, C_GROUP)) : PLAN_NO_GROUP};
    return OK_ERR;
}

/* Two rows of one pair mean two seasons, modes or sources: the reader does not choose among them. */
static err same_slice(struct table *t, str *mode, str *season, str *source) {
    const enum column c[3] = {C_MODE, C_SEASON, C_SOURCE};
    str *seen[3] = {mode, season, source};
    for (int k = 0; k < 3; k++) {
        if (!has(t, c[k])) continue;
        if (!seen[k]->at) *seen[k] = get(t, c[k]);
        else if (!str_eq(*seen[k], get(t, c[k])))
            return err_both(t->arena, ERR_INVALID, "file", AT_EN "\"%.*s\", but \"%.*s\" before: choose one first",
                            AT_VI "\"%.*s\", mà trước đó là \"%.*s\": hãy chọn một trước", AT(t, c[k]),
                            STR_ARG(get(t, c[k])), STR_ARG(*seen[k]));
    }
    return OK_ERR;
}

static err twice(struct arena *a, const struct cell *cell, struct words what) {
    return err_both(a, ERR_INVALID, "file", "line %u: " EN_WORD, "dòng %u: " VI_WORD, cell->line, what.en, what.vi);
}

static err fill_matrix(struct arena *a, const struct cell *cell, size_t count, struct plan_problem *q) {
    size_t size = (size_t)q->clients * q->sites;
    double *distance = ARENA_ARRAY(a, double, size + 1), *weight = ARENA_ARRAY(a, double, (size_t)q->clients + 1);
    uint32_t *group = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    for (size_t k = 0; k < size; k++) distance[k] = NAN;
    for (uint32_t i = 0; i < q->clients; i++) weight[i] = NAN;
    for (uint32_t j = 0; j < q->sites; j++) group[j] = PLAN_NO_GROUP;
    for (size_t k = 0; k < count; k++) {
        double *d = &distance[(size_t)cell[k].from * q->sites + cell[k].to];
        if (!isnan(*d)) return twice(a, &cell[k], (struct words){"this pair was given before", "cặp này đã có ở trên"});
        *d = cell[k].minutes;
        if (!isnan(weight[cell[k].from]) && weight[cell[k].from] != cell[k].weight)
            return twice(a, &cell[k],
                         (struct words){"another weight for the same place", "trọng số khác cho cùng một nơi"});
        weight[cell[k].from] = cell[k].weight;
        if (group[cell[k].to] != PLAN_NO_GROUP && group[cell[k].to] != cell[k].group)
            return twice(a, &cell[k], (struct words){"another group for the same site", "nhóm khác cho cùng một điểm"});
        group[cell[k].to] = cell[k].group;
    }
    for (uint32_t i = 0; i < q->clients; i++)
        for (uint32_t j = 0; j < q->sites; j++)
            if (isnan(distance[(size_t)i * q->sites + j]))
                return err_both(a, ERR_INVALID, "file",
                                "a hole: no time from %.*s to %.*s (write \"none\" where there is no way)",
                                "ô trống: không có thời gian từ %.*s đến %.*s (ghi \"none\" nếu không có đường)",
                                STR_ARG(q->client_names[i]), STR_ARG(q->site_names[j]));
    q->distance = distance;
    q->weight = weight;
    q->group = group;
    return OK_ERR;
}

static err read_matrix(struct table *t, struct plan_file *out) {
    struct arena *a = t->arena;
    struct map froms = map_new(a), tos = map_new(a), groups = map_new(a);
    VEC(struct cell) cells = {0};
    str mode = STR_NONE, season = STR_NONE, source = STR_NONE;
    err e;
    while (next_line(t, &e)) {
        struct cell cell;
        TRY(e);
        TRY(same_slice(t, &mode, &season, &source));
        TRY(read_cell(t, &froms, &tos, &groups, &cell));
        VEC_PUSH(a, &cells, cell);
    }
    if (!cells.len)
        return err_both(a, ERR_INVALID, "file", "the file has a header and no lines", "tệp chỉ có dòng đầu");
    struct plan_problem *q = &out->problem;
    q->clients = (uint32_t)froms.len;
    q->sites = (uint32_t)tos.len;
    q->client_names = names_of(a, &froms);
    q->site_names = names_of(a, &tos);
    if ((size_t)q->clients * q->sites > (size_t)PLAN_MOST_NODES * PLAN_MOST_NODES)
        return err_both(a, ERR_TOO_COSTLY, "file", "%u places by %u sites", "%u nơi nhân %u điểm: quá lớn", q->clients,
                        q->sites);
    out->form = PLAN_FORM_MATRIX;
    add_groups(a, &groups, q);
    return fill_matrix(a, cells.at, cells.len, q);
}

/* ---- points ---------------------------------------------------------------------------------------------------------- */

struct point {
    str id;
    double x, y, weight, demand, capacity, cost;
    uint32_t group;
    int state; /* enum plan_site_state, or -1 = no site */
};

static err read_point(struct table *t, struct map *ids, struct map *groups, struct point *p) {
    *p = (struct point){.id = get(t, C_ID), .weight = 1, .group = PLAN_NO_GROUP};
    if (!p->id.len) return err_both(t->arena, ERR_INVALID, "file", AT_EN "empty", AT_VI "trống", AT(t, C_ID));
    if (!map_put(ids, p->id, t))
        return err_both(t->arena, ERR_INVALID, "file", AT_EN "twice: %.*s", AT_VI "có hai lần: %.*s", AT(t, C_ID),
                        STR_ARG(p->id));
    TRY(number(t, C_X, -INFINITY, &p->x));
    TRY(number(t, C_Y, -INFINITY, &p->y));
    if (has(t, C_WEIGHT)) TRY(number(t, C_WEIGHT, 0, &p->weight));
    if (has(t, C_DEMAND)) TRY(number(t, C_DEMAND, 0, &p->demand));
    if (has(t, C_CAPACITY)) TRY(number(t, C_CAPACITY, 0, &p->capacity));
    if (has(t, C_COST)) TRY(number(t, C_COST, 0, &p->cost));
    if (get(t, C_GROUP).len) p->group = index_of(groups, get(t, C_GROUP));
    str state = get(t, C_STATE);
    if (str_is(state, "none")) p->state = -1;
    else if (str_is(state, "open")) p->state = PLAN_OPEN;
    else if (str_is(state, "closed")) p->state = PLAN_CLOSED;
    else if (state.len && !str_is(state, "free"))
        return err_both(t->arena, ERR_INVALID, "file", AT_EN "open, closed, free or none, not \"%.*s\"",
                        AT_VI "là open, closed, free hoặc none, không phải \"%.*s\"", AT(t, C_STATE), STR_ARG(state));
    return OK_ERR;
}

/* Every point is a village, and a site where it may be one. */
static void fill_points(const struct table *t, const struct point *p, size_t n, struct plan_problem *q) {
    struct arena *a = t->arena;
    size_t m = 0;
    double *weight = ARENA_ARRAY(a, double, n), *demand = ARENA_ARRAY(a, double, n), *capacity = ARENA_ARRAY(a, double, n);
    double *cost = ARENA_ARRAY(a, double, n);
    uint32_t *group = ARENA_ARRAY(a, uint32_t, n), *site = ARENA_ARRAY(a, uint32_t, n);
    enum plan_site_state *state = ARENA_ARRAY(a, enum plan_site_state, n);
    str *clients = ARENA_ARRAY(a, str, n), *sites = ARENA_ARRAY(a, str, n);
    for (uint32_t i = 0; i < n; i++) {
        clients[i] = p[i].id;
        weight[i] = p[i].weight;
        demand[i] = p[i].demand;
        if (p[i].state < 0) continue;
        site[m] = i;
        sites[m] = p[i].id;
        capacity[m] = p[i].capacity;
        cost[m] = p[i].cost;
        group[m] = p[i].group;
        state[m++] = (enum plan_site_state)p[i].state;
    }
    double *distance = ARENA_ARRAY(a, double, n * m + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) distance[i * m + j] = hypot(p[i].x - p[site[j]].x, p[i].y - p[site[j]].y);
    *q = (struct plan_problem){.clients = (uint32_t)n, .sites = (uint32_t)m, .distance = distance, .weight = weight,
                               .state = state, .group = group, .client_names = clients, .site_names = sites, .budget = INFINITY};
    if (has(t, C_COST)) q->cost = cost;
    if (has(t, C_DEMAND) && has(t, C_CAPACITY)) q->demand = demand, q->capacity = capacity;
}

static err read_points(struct table *t, struct plan_file *out) {
    struct arena *a = t->arena;
    struct map ids = map_new(a), groups = map_new(a);
    VEC(struct point) p = {0};
    err e;
    while (next_line(t, &e)) {
        struct point point;
        TRY(e);
        TRY(read_point(t, &ids, &groups, &point));
        VEC_PUSH(a, &p, point);
    }
    if (!p.len) return err_both(a, ERR_INVALID, "file", "the file has a header and no lines", "tệp chỉ có dòng đầu");
    if (p.len > PLAN_MOST_NODES)
        return err_both(a, ERR_TOO_COSTLY, "file", "%zu points, at most %d", "%zu nơi, nhiều nhất là %d", p.len,
                        PLAN_MOST_NODES);
    fill_points(t, p.at, p.len, &out->problem);
    out->form = PLAN_FORM_POINTS;
    out->note = "distances are Euclidean";
    add_groups(a, &groups, &out->problem);
    return OK_ERR;
}

err plan_read_csv(struct arena *a, str text, struct plan_file *out) {
    struct table t = {.arena = a, .rest = text};
    TRY(header(&t));
    if (has(&t, C_FROM) && has(&t, C_TO) && has(&t, C_MINUTES)) return read_matrix(&t, out);
    if (has(&t, C_ID) && has(&t, C_X) && has(&t, C_Y)) return read_points(&t, out);
    return err_both(a, ERR_INVALID, "file", "neither from,to,minutes nor id,x,y: this is no question I know",
                    "không có from,to,minutes cũng không có id,x,y: không hiểu tệp này");
}
