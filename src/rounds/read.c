/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Readers of rounds: Solomon, VRPLIB (distances cut to one decimal, the convention of the DIMACS challenge), CSV.
 */
#include "read.h"

#include "base/csv.h"
#include "base/map.h"
#include "base/scanner.h"
#include "base/vec.h"

#include <math.h>

static const struct words NOT_NUMBER = {"not a number", "không phải là số"};

static err wrong(struct arena *a, unsigned line, size_t column, struct words what, str text) {
    return err_both(a, ERR_INVALID, "rounds", "line %u, column %zu: " EN_WORD ": \"%.*s\"",
                    "dòng %u, cột %zu: " VI_WORD ": \"%.*s\"", line, column, what.en, what.vi, STR_ARG(text));
}

/* What no plan could be made of, in the forms that number their stops. */
static err check_stop(struct arena *a, size_t k, const struct rounds_stop *s) {
    struct words why = {NULL, NULL};
    if (s->demand < 0) why = (struct words){"a negative demand", "nhu cầu âm"};
    if (s->service < 0) why = (struct words){"a negative service time", "thời gian làm việc âm"};
    if (s->closes < s->opens) why = (struct words){"closes before it opens", "đóng trước khi mở"};
    if (!why.en) return OK_ERR;
    return err_both(a, ERR_INVALID, "rounds", "stop %zu: " EN_WORD, "nơi %zu: " VI_WORD, k, why.en, why.vi);
}

static err next_number(struct arena *a, struct scanner *s, double *out) {
    str word;
    if (!scanner_word(s, &word))
        return err_both(a, ERR_INVALID, "rounds", "line %u, column %u: the file ends where a number is expected",
                        "dòng %u, cột %u: tệp hết ở chỗ phải có số", s->line, scanner_column(s));
    return str_number(word, out) ? OK_ERR : wrong(a, s->line, scanner_column(s), NOT_NUMBER, word);
}

static void between(struct arena *a, struct rounds_problem *q, const double *x, const double *y, bool cut) {
    double *minutes = ARENA_ARRAY(a, double, (size_t)q->stops * q->stops);
    for (uint32_t i = 0; i < q->stops; i++)
        for (uint32_t j = 0; j < q->stops; j++) {
            double d = hypot(x[i] - x[j], y[i] - y[j]);
            minutes[(size_t)i * q->stops + j] = cut ? floor(10 * d + 1e-9) / 10 : d;
        }
    q->minutes = minutes;
}

static void number_names(struct arena *a, struct rounds_problem *q) {
    str *names = ARENA_ARRAY(a, str, q->stops);
    for (uint32_t i = 0; i < q->stops; i++) names[i] = str_format(a, "%u", i);
    q->names = names;
}

/* ---- Solomon --------------------------------------------------------------------------------------------------------- */

/* Bare numbers: room, customers, then id x y demand opens closes service. With the published heads, the words are passed. */
static err read_solomon(struct arena *a, str text, struct rounds_file *out) {
    VEC(double) number = {0};
    struct scanner s = {.text = text, .line = 1};
    str word;
    double x;
    bool heads = str_contains(text, STR("CUSTOMER"));
    while (scanner_word(&s, &word))
        if (str_number(word, &x)) VEC_PUSH(a, &number, x);
        else if (!heads)
            return wrong(a, s.line, scanner_column(&s), NOT_NUMBER, word);
    double vehicles = 25, room = number.len ? number.at[0] : 0;
    if (heads && number.len > 1) vehicles = number.at[0], room = number.at[1];
    size_t rows = number.len > 2 ? (number.len - 2) / 7 : 0;
    if (rows < 2 || (number.len - 2) % 7 || (!heads && (double)rows != number.at[1] + 1))
        return err_both(a, ERR_INVALID, "rounds",
                        "line %u: %zu numbers are not two and then seven for each of the stops: the file is cut",
                        "dòng %u: %zu số, không phải hai rồi bảy cho mỗi nơi: tệp bị cắt", s.line, number.len);
    if (vehicles < 1 || vehicles > 1e5 || vehicles != floor(vehicles) || room < 0)
        return err_both(a, ERR_INVALID, "rounds", "%g vehicles with room for %g", "%g xe, mỗi xe chở %g", vehicles,
                        room);
    struct rounds_problem *q = &out->problem;
    *q = (struct rounds_problem){.stops = (uint32_t)rows, .vehicles = (uint32_t)vehicles, .days = 1, .room = room};
    struct rounds_stop *stop = ARENA_ARRAY(a, struct rounds_stop, rows);
    double *px = ARENA_ARRAY(a, double, rows), *py = ARENA_ARRAY(a, double, rows);
    for (size_t k = 0; k < rows; k++) {
        const double *r = number.at + 2 + 7 * k;
        if (r[0] != (double)k)
            return err_both(a, ERR_INVALID, "rounds", "stop %zu is numbered %g", "nơi %zu mang số %g", k, r[0]);
        px[k] = r[1], py[k] = r[2];
        stop[k] = (struct rounds_stop){.demand = r[3], .opens = r[4], .closes = r[5], .service = r[6], .prize = INFINITY, .days = 1};
        TRY(check_stop(a, k, &stop[k]));
    }
    q->stop = stop;
    number_names(a, q);
    between(a, q, px, py, false);
    out->days_given = true;
    return OK_ERR;
}

/* ---- VRPLIB ---------------------------------------------------------------------------------------------------------- */

struct vrplib {
    struct arena *arena;
    struct rounds_problem q;
    struct rounds_stop *stop;
    double *x, *y, service;
    bool places, windows;
};

static err read_section(struct vrplib *v, struct scanner *s, str name) {
    static const char *const known[] = {"NODE_COORD_SECTION", "DEMAND_SECTION", "TIME_WINDOW_SECTION", "PRIZE_SECTION", "SERVICE_TIME_SECTION"};
    int what = 0;
    while (what < 5 && !str_is(name, known[what])) what++;
    if (what == 5)
        return err_both(v->arena, ERR_NOT_SUPPORTED, "rounds", "line %u: %.*s is not modelled here",
                        "dòng %u: %.*s không có trong mô hình", s->line, STR_ARG(name));
    if (!v->stop)
        return err_both(v->arena, ERR_INVALID, "rounds", "line %u: %.*s before DIMENSION",
                        "dòng %u: %.*s đứng trước DIMENSION", s->line, STR_ARG(name));
    v->places = v->places || what == 0;
    v->windows = v->windows || what == 2;
    for (uint32_t k = 0; k < v->q.stops; k++) {
        double id, p, r = 0;
        TRY(next_number(v->arena, s, &id));
        TRY(next_number(v->arena, s, &p));
        if (what == 0 || what == 2) TRY(next_number(v->arena, s, &r));
        if (!(id >= 1 && id <= v->q.stops) || id != floor(id))
            return err_both(v->arena, ERR_INVALID, "rounds", "line %u: no stop %g", "dòng %u: không có nơi %g", s->line,
                            id);
        uint32_t i = (uint32_t)id - 1;
        if (what == 0) v->x[i] = p, v->y[i] = r;
        if (what == 1) v->stop[i].demand = p;
        if (what == 2) v->stop[i].opens = p, v->stop[i].closes = r;
        if (what == 3 && i) v->stop[i].prize = p;
        if (what == 4) v->stop[i].service = p;
    }
    return OK_ERR;
}

static err read_head(struct vrplib *v, struct scanner *s, str name, str value) {
    double n = 0;
    bool number = str_number(value, &n);
    if (str_is(name, "TYPE") && !str_is(value, "VRPTW") && !str_is(value, "PCVRPTW") && !str_is(value, "CVRP") && !str_is(value, "CVRPTW"))
        return err_both(v->arena, ERR_NOT_SUPPORTED, "rounds",
                        "line %u: type %.*s (several depots, reloading, release times) is not modelled here",
                        "dòng %u: loại %.*s (nhiều kho, chở lại, giờ giao hàng) không có trong mô hình", s->line,
                        STR_ARG(value));
    if (str_is(name, "EDGE_WEIGHT_TYPE") && !str_is(value, "EUC_2D"))
        return err_both(v->arena, ERR_NOT_SUPPORTED, "rounds", "line %u: distances of type %.*s are not read here",
                        "dòng %u: không đọc khoảng cách loại %.*s", s->line, STR_ARG(value));
    if (str_is(name, "DIMENSION")) {
        if (!number || n < 2 || n > 5000 || n != floor(n) || v->stop)
            return wrong(v->arena, s->line, scanner_column(s),
                         (struct words){"DIMENSION is not one whole number from 2 to 5000",
                                        "DIMENSION không phải một số nguyên từ 2 đến 5000"},
                         value);
        v->q.stops = (uint32_t)n;
        v->stop = ARENA_ARRAY(v->arena, struct rounds_stop, v->q.stops);
        v->x = ARENA_ARRAY(v->arena, double, v->q.stops), v->y = ARENA_ARRAY(v->arena, double, v->q.stops);
        for (uint32_t i = 0; i < v->q.stops; i++) v->stop[i] = (struct rounds_stop){.closes = 1e9, .prize = INFINITY, .days = 1};
    }
    if (str_is(name, "VEHICLES") && number && n >= 1 && n <= 1e5) v->q.vehicles = (uint32_t)n;
    if (str_is(name, "CAPACITY") && number) v->q.room = n;
    if (str_is(name, "SERVICE_TIME") && number) v->service = n;
    return OK_ERR;
}

static err read_vrplib(struct arena *a, str text, struct rounds_file *out) {
    struct vrplib v = {.arena = a, .q = {.vehicles = 0, .days = 1, .room = INFINITY}};
    struct scanner s = {.text = text, .line = 1};
    str word, value;
    while (scanner_word(&s, &word)) {
        if (str_is(word, "EOF") || str_is(word, "DEPOT_SECTION")) break;
        if (str_ends(word, STR("_SECTION"))) {
            TRY(read_section(&v, &s, word));
            continue;
        }
        size_t end = s.at + str_find(str_slice(text, s.at, text.len), '\n');
        value = str_trim(str_slice(text, s.at, end));
        if (str_ends(word, STR(":"))) word = str_slice(word, 0, word.len - 1);
        if (value.len && value.at[0] == ':') value = str_trim(str_slice(value, 1, value.len));
        TRY(read_head(&v, &s, word, value));
        s.at = end;
    }
    if (!v.places || !v.windows)
        return err_both(a, ERR_INVALID, "rounds", "no %s: the file is cut", "không có %s: tệp bị cắt",
                        v.places ? "TIME_WINDOW_SECTION" : "NODE_COORD_SECTION");
    for (uint32_t i = 1; i < v.q.stops && v.service > 0; i++) v.stop[i].service = v.service;
    for (uint32_t i = 0; i < v.q.stops; i++) TRY(check_stop(a, i + 1, &v.stop[i]));
    if (!v.q.vehicles) v.q.vehicles = v.q.stops - 1;
    v.q.stop = v.stop;
    out->problem = v.q;
    number_names(a, &out->problem);
    between(a, &out->problem, v.x, v.y, true);
    out->days_given = true;
    return OK_ERR;
}

/* ---- CSV ------------------------------------------------------------------------------------------------------------- */

enum { R_ID, R_NAME, R_DEMAND, R_SERVICE, R_OPENS, R_CLOSES, R_PRIZE, R_DAYS, R_X, R_Y, R_LATITUDE, R_LONGITUDE, R_COLUMNS };
static const char *const columns[R_COLUMNS] = {"id", "name", "demand", "service", "opens", "closes", "prize", "days", "x", "y", "latitude", "longitude"};

struct stops_table {
    struct arena *arena;
    struct csv csv;
    size_t column[R_COLUMNS], width;
    str field[R_COLUMNS];
};

static str cell(const struct stops_table *t, int n) { return t->column[n] == SIZE_MAX ? STR_NONE : str_trim(t->field[t->column[n]]); }

static err cell_number(const struct stops_table *t, int n, double least, double most, double absent, double *out) {
    str s = cell(t, n);
    *out = absent;
    if (!s.len) return OK_ERR;
    if (!str_number(s, out) || *out < least || *out > most)
        return err_both(t->arena, ERR_INVALID, "rounds",
                        "line %u, column %zu (%s): not a number from %g to %g: \"%.*s\"",
                        "dòng %u, cột %zu (%s): không phải là số từ %g đến %g: \"%.*s\"", t->csv.line, t->column[n] + 1,
                        columns[n], least, most, STR_ARG(s));
    return OK_ERR;
}

/* Minutes of the day, or HH:MM. */
static err cell_clock(const struct stops_table *t, int n, double absent, double *out) {
    str s = cell(t, n);
    size_t colon = str_find(s, ':');
    int64_t hours, minutes;
    if (colon == s.len) return cell_number(t, n, 0, 1e6, absent, out);
    if (!str_int64(str_slice(s, 0, colon), &hours) || !str_int64(str_slice(s, colon + 1, s.len), &minutes) || hours < 0 || hours > 24 || minutes < 0 || minutes > 59)
        return err_both(t->arena, ERR_INVALID, "rounds", "line %u, column %zu (%s): not a time of the day: \"%.*s\"",
                        "dòng %u, cột %zu (%s): không phải giờ trong ngày: \"%.*s\"", t->csv.line, t->column[n] + 1,
                        columns[n], STR_ARG(s));
    *out = (double)(60 * hours + minutes);
    return OK_ERR;
}

/* "1-5,8": bits of the days, counted from 1. */
static err cell_days(const struct stops_table *t, uint32_t *out) {
    str rest = cell(t, R_DAYS), part;
    *out = rest.len ? 0 : UINT32_MAX;
    while (rest.len && str_split(&rest, ',', &part)) {
        int64_t from, to;
        size_t dash = str_find(part, '-');
        bool good = str_int64(str_trim(str_slice(part, 0, dash)), &from);
        to = from;
        if (dash < part.len) good = good && str_int64(str_trim(str_slice(part, dash + 1, part.len)), &to);
        if (!good || from < 1 || to < from || to > 31)
            return wrong(t->arena, t->csv.line, t->column[R_DAYS] + 1,
                         (struct words){"days are written as 1-5,8, from 1 to 31", "ngày ghi như 1-5,8, từ 1 đến 31"},
                         part);
        for (int64_t d = from; d <= to; d++) *out |= 1u << (d - 1);
    }
    return OK_ERR;
}

static err read_columns(struct stops_table *t) {
    bool row;
    for (int n = 0; n < R_COLUMNS; n++) t->column[n] = SIZE_MAX;
    TRY(csv_row(&t->csv, t->arena, t->field, R_COLUMNS, &t->width, &row));
    for (size_t k = 0; row && k < t->width; k++) {
        int n = 0;
        while (n < R_COLUMNS && !str_is(str_trim(t->field[k]), columns[n])) n++;
        if (n == R_COLUMNS)
            return wrong(t->arena, t->csv.line, k + 1, (struct words){"unknown column", "không biết cột này"},
                         t->field[k]);
        if (t->column[n] != SIZE_MAX)
            return wrong(t->arena, t->csv.line, k + 1, (struct words){"column twice", "cột có hai lần"}, t->field[k]);
        t->column[n] = k;
    }
    return t->column[R_ID] == SIZE_MAX
               ? err_both(t->arena, ERR_INVALID, "rounds", "line 1: column id is missing", "dòng 1: thiếu cột id")
               : OK_ERR;
}

static err read_stop(const struct stops_table *t, const struct rounds_stop *station, struct rounds_stop *s) {
    *s = (struct rounds_stop){.demand = 0};
    TRY(cell_number(t, R_DEMAND, 0, 1e9, 0, &s->demand));
    TRY(cell_number(t, R_SERVICE, 0, 1e6, 0, &s->service));
    TRY(cell_number(t, R_PRIZE, 0, 1e12, INFINITY, &s->prize));
    TRY(cell_clock(t, R_OPENS, station ? station->opens : 0, &s->opens));
    TRY(cell_clock(t, R_CLOSES, station ? station->closes : 24 * 60, &s->closes));
    if (s->closes < s->opens)
        return wrong(t->arena, t->csv.line, t->column[t->column[R_CLOSES] == SIZE_MAX ? R_OPENS : R_CLOSES] + 1,
                     (struct words){"closes before it opens", "đóng trước khi mở"}, cell(t, R_ID));
    return cell_days(t, &s->days);
}

static err read_stops(struct arena *a, str text, struct rounds_file *out) {
    struct stops_table t = {.arena = a, .csv = {.rest = text}};
    VEC(struct rounds_stop) stop = {0};
    VEC(str) name = {0};
    VEC(struct coordinates) at = {0};
    VEC(double) x = {0}, y = {0};
    struct map seen = map_new(a);
    bool flat = true;
    TRY(read_columns(&t));
    for (;;) {
        struct rounds_stop s;
        struct coordinates c;
        double px, py;
        size_t n;
        bool row;
        TRY(csv_row(&t.csv, a, t.field, R_COLUMNS, &n, &row));
        if (!row) break;
        if (n != t.width)
            return err_both(a, ERR_INVALID, "rounds", "line %u: %zu fields, the header has %zu",
                            "dòng %u: %zu ô, dòng đầu có %zu", t.csv.line, n, t.width);
        str id = cell(&t, R_ID);
        if (!id.len) return err_both(a, ERR_INVALID, "rounds", "line %u: no id", "dòng %u: không có id", t.csv.line);
        if (!map_put(&seen, id, &t))
            return wrong(a, t.csv.line, t.column[R_ID] + 1, (struct words){"id given before", "id đã có ở trên"}, id);
        TRY(read_stop(&t, stop.len ? &stop.at[0] : NULL, &s));
        TRY(cell_number(&t, R_LATITUDE, -90, 90, NAN, &c.latitude));
        TRY(cell_number(&t, R_LONGITUDE, -180, 180, NAN, &c.longitude));
        TRY(cell_number(&t, R_X, -1e9, 1e9, NAN, &px));
        TRY(cell_number(&t, R_Y, -1e9, 1e9, NAN, &py));
        flat = flat && !isnan(px) && !isnan(py);
        VEC_PUSH(a, &stop, s);
        VEC_PUSH(a, &name, id);
        VEC_PUSH(a, &at, c);
        VEC_PUSH(a, &x, px);
        VEC_PUSH(a, &y, py);
    }
    if (stop.len < 2)
        return err_both(a, ERR_INVALID, "rounds", "the file needs the station and at least one stop",
                        "tệp cần có trạm và ít nhất một nơi đến");
    if (stop.len > 5000)
        return err_both(a, ERR_INVALID, "rounds", "%zu stops; at most 5000", "%zu nơi; nhiều nhất 5000", stop.len);
    out->problem = (struct rounds_problem){.stops = (uint32_t)stop.len, .stop = stop.at, .names = name.at, .vehicles = 1, .days = 1, .room = INFINITY};
    out->at = at.at;
    if (flat) between(a, &out->problem, x.at, y.at, false);
    return OK_ERR;
}

err rounds_read(struct arena *a, str text, struct rounds_file *out) {
    *out = (struct rounds_file){.days_given = false};
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
    str first = str_trim(str_slice(text, 0, str_find(text, '\n')));
    if (str_contains(text, STR("NODE_COORD_SECTION")) || str_contains(text, STR("DIMENSION"))) return read_vrplib(a, text, out);
    if (str_find(first, ',') < first.len || str_is(first, "id")) return read_stops(a, text, out);
    return read_solomon(a, text, out);
}

err rounds_times(struct arena *a, struct rounds_file *f, str matrix, enum travel_season season) {
    struct rounds_problem *q = &f->problem;
    struct travel_table table = {NULL, 0};
    VEC(struct travel_time) all = {0};
    struct map known = map_new(a);
    if (q->minutes) return OK_ERR;
    if (matrix.len) TRY(travel_read(a, matrix, &table));
    for (size_t k = 0; k < table.len; k++) {
        VEC_PUSH(a, &all, table.at[k]);
        if (table.at[k].season == TRAVEL_ANY || table.at[k].season == season)
            map_put(&known, str_format(a, "%.*s\x1f%.*s", STR_ARG(table.at[k].from), STR_ARG(table.at[k].to)), &all);
    }
    for (uint32_t i = 0; i < q->stops; i++)
        for (uint32_t j = 0; j < q->stops; j++) {
            if (map_has(&known, str_format(a, "%.*s\x1f%.*s", STR_ARG(q->names[i]), STR_ARG(q->names[j])))) continue;
            struct travel_time t = {.minutes = 0, .source = STR("same place")};
            if (i != j && (isnan(f->at[i].latitude) || isnan(f->at[j].latitude)))
                return err_both(a, ERR_UNPROCESSABLE, "matrix",
                                "a hole: no time from %.*s to %.*s, and no coordinates to estimate it",
                                "ô trống: không có thời gian từ %.*s đến %.*s, cũng không có tọa độ để ước tính",
                                STR_ARG(q->names[i]), STR_ARG(q->names[j]));
            if (i != j) t = travel_estimate(f->at[i], f->at[j], &travel_guesses[TRAVEL_HILL]);
            t.from = q->names[i], t.to = q->names[j];
            VEC_PUSH(a, &all, t);
        }
    table = (struct travel_table){all.at, all.len};
    double *minutes = ARENA_ARRAY(a, double, (size_t)q->stops * q->stops);
    TRY(travel_select(a, &table, q->names, q->stops, q->names, q->stops, season, minutes, &f->used));
    q->minutes = minutes;
    return OK_ERR;
}
