/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The travel table of the user, choosing times from it, and the honest default where nothing is known.
 */
#include "travel.h"

#include "base/csv.h"
#include "base/date.h"
#include "base/map.h"
#include "base/vec.h"

#include <math.h>

/* ---- reading --------------------------------------------------------------------------------------------------------- */

enum { T_FROM, T_TO, T_MINUTES, T_MODE, T_SEASON, T_SOURCE, T_DATE, T_COLUMNS };
static const char *const names[T_COLUMNS] = {"from", "to", "minutes", "mode", "season", "source", "date"};

static err check_header(struct arena *a, struct csv *csv) {
    str field[T_COLUMNS + 1];
    size_t n;
    bool row;
    TRY(csv_row(csv, a, field, T_COLUMNS + 1, &n, &row));
    if (!row) return err_make(a, ERR_INVALID, "matrix", "the file is empty");
    for (size_t k = 0; k < T_COLUMNS; k++)
        if (n != T_COLUMNS || !str_is(str_trim(field[k]), names[k]))
            return err_make(a, ERR_INVALID, "matrix", "line %u: the header must be from,to,minutes,mode,season,source,date", csv->line);
    return OK_ERR;
}

static err read_minutes(struct arena *a, str s, unsigned line, double *out) {
    *out = INFINITY;
    if (str_is(s, "none")) return OK_ERR;
    if (!s.len) return err_make(a, ERR_INVALID, "matrix", "line %u: a hole: minutes is empty (write \"none\" where there is no way)", line);
    if (str_number(s, out)) {
        if (*out < 0) return err_make(a, ERR_INVALID, "matrix", "line %u: negative time: %.*s", line, STR_ARG(s));
        return OK_ERR;
    }
    size_t digits = 0;
    while (digits < s.len && strchr("0123456789.", s.at[digits])) digits++;
    if (digits)
        return err_make(a, ERR_INVALID, "matrix", "line %u: a unit in the number: \"%.*s\"; all times are minutes", line, STR_ARG(s));
    return err_make(a, ERR_INVALID, "matrix", "line %u: minutes is not a number: \"%.*s\"", line, STR_ARG(s));
}

static err read_time(struct arena *a, const str *field, unsigned line, struct travel_time *t) {
    int32_t day;
    *t = (struct travel_time){.from = field[T_FROM], .to = field[T_TO], .mode = field[T_MODE], .source = field[T_SOURCE], .date = field[T_DATE], .line = line};
    if (!t->from.len || !t->to.len) return err_make(a, ERR_INVALID, "matrix", "line %u: from or to is empty", line);
    TRY(read_minutes(a, field[T_MINUTES], line, &t->minutes));
    t->least = t->most = t->minutes;
    str s = field[T_SEASON];
    t->season = str_is(s, "dry") ? TRAVEL_DRY : str_is(s, "wet") ? TRAVEL_WET : TRAVEL_ANY;
    if (s.len && t->season == TRAVEL_ANY && !str_is(s, "any"))
        return err_make(a, ERR_INVALID, "matrix", "line %u: season is any, dry or wet, not \"%.*s\"", line, STR_ARG(s));
    if (!t->source.len) return err_make(a, ERR_INVALID, "matrix", "line %u: no source: who says so?", line);
    t->estimated = str_is(t->source, "estimated");
    if (t->date.len && !day_parse(t->date, &day))
        return err_make(a, ERR_INVALID, "matrix", "line %u: not a day (YYYY-MM-DD): %.*s", line, STR_ARG(t->date));
    return OK_ERR;
}

err travel_read(struct arena *a, str text, struct travel_table *out) {
    VEC(struct travel_time) rows = {0};
    struct map seen = map_new(a);
    struct csv csv = {.rest = str_starts(text, STR("\xEF\xBB\xBF")) ? str_slice(text, 3, text.len) : text};
    TRY(check_header(a, &csv));
    for (;;) {
        str field[T_COLUMNS + 1];
        size_t n;
        bool row;
        TRY(csv_row(&csv, a, field, T_COLUMNS + 1, &n, &row));
        if (!row) break;
        if (n != T_COLUMNS) return err_make(a, ERR_INVALID, "matrix", "line %u: %zu fields, the header has %d", csv.line, n, T_COLUMNS);
        for (size_t k = 0; k < n; k++) field[k] = str_trim(field[k]);
        struct travel_time t;
        TRY(read_time(a, field, csv.line, &t));
        str key = str_format(a, "%.*s\x1f%.*s\x1f%.*s\x1f%d", STR_ARG(t.from), STR_ARG(t.to), STR_ARG(t.mode), (int)t.season);
        if (!map_put(&seen, key, &rows)) return err_make(a, ERR_INVALID, "matrix", "line %u: this pair was given before for the same mode and season", csv.line);
        VEC_PUSH(a, &rows, t);
    }
    *out = (struct travel_table){rows.at, rows.len};
    return OK_ERR;
}

/* ---- choosing -------------------------------------------------------------------------------------------------------- */

/* Whether x is to be taken rather than y: the asked season before the whole year, then the shorter time. */
static bool better(const struct travel_time *x, const struct travel_time *y) {
    bool special = x->season != TRAVEL_ANY, other = y->season != TRAVEL_ANY;
    if (special != other) return special;
    return x->minutes < y->minutes;
}

static void count_source(struct travel_sources *used, const struct travel_time *t) {
    used->estimated += t->estimated;
    size_t most = sizeof used->at / sizeof *used->at, k = 0;
    while (k < used->len && !str_eq(used->at[k].name, t->source)) k++;
    if (k == most) k--; /* the last stands for the rest */
    else if (k == used->len) {
        used->at[used->len].name = t->source;
        used->at[used->len++].pairs = 0;
    }
    used->at[k].pairs++;
}

static struct map index_names(struct arena *a, const str *name, size_t count) {
    struct map m = map_new(a);
    for (size_t k = 0; k < count; k++) map_put(&m, name[k], (void *)(uintptr_t)(k + 1));
    return m;
}

err travel_select(struct arena *a, const struct travel_table *table, const str *from, size_t from_count, const str *to, size_t to_count,
                  enum travel_season season, double *minutes, struct travel_sources *used) {
    struct map rows = index_names(a, from, from_count), columns = index_names(a, to, to_count);
    const struct travel_time **best = ARENA_ARRAY(a, const struct travel_time *, from_count * to_count + 1);
    for (size_t k = 0; k < table->len; k++) {
        const struct travel_time *t = &table->at[k];
        uintptr_t i = (uintptr_t)map_get(&rows, t->from), j = (uintptr_t)map_get(&columns, t->to);
        if (!i || !j || (t->season != TRAVEL_ANY && t->season != season)) continue;
        const struct travel_time **cell = &best[(i - 1) * to_count + j - 1];
        if (!*cell || better(t, *cell)) *cell = t;
    }
    *used = (struct travel_sources){.len = 0};
    for (size_t i = 0; i < from_count; i++)
        for (size_t j = 0; j < to_count; j++) {
            const struct travel_time *t = best[i * to_count + j];
            if (!t) return err_make(a, ERR_UNPROCESSABLE, "matrix", "a hole: no time from %.*s to %.*s", STR_ARG(from[i]), STR_ARG(to[j]));
            minutes[i * to_count + j] = t->minutes;
            count_source(used, t);
        }
    return OK_ERR;
}

/* ---- the default ----------------------------------------------------------------------------------------------------- */

const struct travel_guess travel_guesses[4] = {
    [TRAVEL_VALLEY] = {1.3, 30},
    [TRAVEL_HILL] = {1.6, 20},
    [TRAVEL_HIGH_MOUNTAIN] = {2.0, 15},
    [TRAVEL_FOOTPATH] = {1.5, 4},
};

double travel_km(struct coordinates a, struct coordinates b) {
    const double radian = M_PI / 180, radius = 6371.0088;
    double dy = (b.latitude - a.latitude) * radian, dx = (b.longitude - a.longitude) * radian;
    double h = sin(dy / 2) * sin(dy / 2) + cos(a.latitude * radian) * cos(b.latitude * radian) * sin(dx / 2) * sin(dx / 2);
    return 2 * radius * asin(sqrt(h < 1 ? h : 1));
}

struct travel_time travel_estimate(struct coordinates from, struct coordinates to, const struct travel_guess *guess) {
    double minutes = travel_km(from, to) * guess->detour / guess->kmh * 60;
    return (struct travel_time){.minutes = minutes, .least = minutes * 0.65, .most = minutes * 1.35, .source = STR("estimated"), .estimated = true};
}
