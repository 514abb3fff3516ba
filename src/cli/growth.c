/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram growth: WHO z-scores for children given as CSV, one a row. Needs no node. Rows are cut and written by hand here,
 * not by base/csv.h: what came in goes out byte for byte, quotes included, and a survey of 200,000 children is no wait.
 */
#include "cli.h"

#include "care/growth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum column {
    IN_SEX,
    IN_AGE_DAYS,
    IN_AGE_MONTHS,
    IN_WEIGHT,
    IN_LENGTH,
    IN_POSITION,
    IN_HEAD,
    IN_ARM,
    IN_TRICEPS,
    IN_SUBSCAPULAR,
    IN_OEDEMA,
    IN_COLUMNS,
    IN_OTHER = IN_COLUMNS,
    IN_ANSWER /* a column of ours that is already there: replaced */
};
static const char *const input_names[IN_COLUMNS] = {"sex",   "age_days", "age_months", "weight",  "lenhei", "measure",
                                                    "headc", "armc",     "triskin",    "subskin", "oedema"};
static const char answer_names[] =
    "clenhei,cmeasure,c9mo_flag,cbmi,csex,zlen,flen,zwei,fwei,zwfl,fwfl,zbmi,fbmi,zhc,fhc,zac,fac,"
    "zts,fts,zss,fss";
static const char nothing[] = ",,,,,,,,,,,,,,,,,,,,,"; /* as many commas as answers */

enum { MAX_COLUMNS = 256, ROOM_FOR_ANSWER = 21 * 32, FLUSH_AT = 1 << 18 };

struct work {
    const struct invocation *in;
    struct arena *arena;
    str rest;     /* of the input */
    int64_t line; /* at which `rest` begins */
    unsigned char columns[MAX_COLUMNS];
    size_t count;          /* of columns in the header */
    bool replaced;         /* some are IN_ANSWER */
    int where[IN_COLUMNS]; /* index of the column, -1 absent */
    struct buf out, problems;
    int64_t rows, bad;
    bool broken; /* standard output takes no more */
};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Cuts a row into raw fields (quotes still there); *count counts them all, only `MAX_COLUMNS` are kept. `whole` is the
 * row without its line end. False: an open quote at the end of the text. */
static bool cut_row(struct work *w, str *fields, size_t *count, str *whole) {
    const char *at = w->rest.at, *end = at + w->rest.len, *begin = at, *field = at;
    bool closed = true;
    *count = 0;
    for (;; at++) {
        if (at < end && *at == '"' && at == field) {
            for (at++; at < end && (*at != '"' || (at + 1 < end && at[1] == '"')); at++) {
                if (*at == '"') at++;
                if (*at == '\n') w->line++;
            }
            if (at < end) continue;
            closed = false;
        }
        if (at < end && *at != ',' && *at != '\n') continue;
        bool last = at >= end || *at == '\n';
        const char *stop = last && at > field && at[-1] == '\r' ? at - 1 : at;
        if (*count < MAX_COLUMNS) fields[*count] = (str){field, (size_t)(stop - field)};
        ++*count;
        if (last) {
            *whole = (str){begin, (size_t)(stop - begin)};
            break;
        }
        field = at + 1;
    }
    w->line++;
    w->rest = at < end ? (str){at + 1, (size_t)(end - at - 1)} : (str){end, 0};
    return closed;
}

static str plain(str s) {
    if (!s.len || (s.at[0] >= '.' && s.at[0] <= '9' && s.at[s.len - 1] >= '.' && s.at[s.len - 1] <= '9'))
        return s; /* nearly all */
    s = str_trim(s);
    if (s.len >= 2 && s.at[0] == '"' && s.at[s.len - 1] == '"') s = str_trim(str_slice(s, 1, s.len - 1));
    return str_is(s, "NA") ? STR_NONE : s;
}

/* A decimal, exact to the last bit when it has no more than 15 digits (the quotient of two exact doubles). */
static bool decimal(str s, double *out) {
    static const double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool minus = s.len && s.at[0] == '-';
    size_t i = minus, digits = 0, decimals = 0;
    int64_t value = 0;
    bool point = false;
    for (; i < s.len; i++) {
        if (s.at[i] == '.' && !point) {
            point = true;
        } else if (s.at[i] >= '0' && s.at[i] <= '9') {
            digits++;
            decimals += point;
            if (digits > 15) break;
            value = value * 10 + (s.at[i] - '0');
        } else {
            return false;
        }
    }
    if (i < s.len) { /* longer: by the library, if the rest are digits too and it fits */
        char text[64];
        if (s.len >= sizeof text || strspn(s.at + minus, "0123456789.") < s.len - minus) return false;
        memcpy(text, s.at, s.len);
        text[s.len] = 0;
        char *stop;
        *out = strtod(text, &stop);
        return *stop == 0;
    }
    *out = (minus ? -1.0 : 1.0) * (double)value / powers[decimals];
    return digits > 0;
}

static void problem(struct work *w, int64_t line, const char *en, const char *vi, const char *column, str text) {
    bool vietnamese = w->in->vietnamese;
    buf_addf(&w->problems, vietnamese ? "tram growth: dòng %lld: " : "tram growth: line %lld: ", (long long)line);
    if (column) {
        size_t shown = text.len > 40 ? 40 : text.len;
        while (shown && shown < text.len && (text.at[shown] & 0xC0) == 0x80) shown--; /* whole characters only */
        buf_addf(&w->problems, "%s \"", column);
        for (size_t i = 0; i < shown; i++)
            buf_addc(&w->problems, (unsigned char)text.at[i] < ' ' || text.at[i] == 127 ? '?' : text.at[i]);
        buf_addz(&w->problems, shown < text.len ? "…\" " : "\" ");
    }
    buf_addz(&w->problems, vietnamese ? vi : en);
    buf_addc(&w->problems, '\n');
}

static const struct limit {
    int column;
    double most;
    const char *en, *vi;
} limits[] = {
    {IN_AGE_DAYS, 50000, "is not an age in days (0 to 50000)", "không phải tuổi tính bằng ngày (0 đến 50000)"},
    {IN_AGE_MONTHS, 1600, "is not an age in months (0 to 1600)", "không phải tuổi tính bằng tháng (0 đến 1600)"},
    {IN_WEIGHT, 500, "is not a weight in kg (above 0, up to 500, with a point)",
     "không phải cân nặng kg (trên 0, đến 500, dùng dấu chấm)"},
    {IN_LENGTH, 300, "is not a length in cm (above 0, up to 300, with a point)",
     "không phải chiều dài cm (trên 0, đến 300, dùng dấu chấm)"},
    {IN_HEAD, 300, "is not a circumference in cm (above 0, up to 300)", "không phải vòng đầu cm (trên 0, đến 300)"},
    {IN_ARM, 300, "is not a circumference in cm (above 0, up to 300)", "không phải vòng cánh tay cm (trên 0, đến 300)"},
    {IN_TRICEPS, 300, "is not a skinfold in mm (above 0, up to 300)", "không phải nếp gấp da mm (trên 0, đến 300)"},
    {IN_SUBSCAPULAR, 300, "is not a skinfold in mm (above 0, up to 300)", "không phải nếp gấp da mm (trên 0, đến 300)"},
};

static str field_of(const struct work *w, const str *fields, int column) {
    return w->where[column] < 0 ? STR_NONE : plain(fields[w->where[column]]);
}

/* One letter or digit of a field; 0 when it is empty, '?' when it is longer. */
static char letter(str s) { return s.len == 1 ? s.at[0] : s.len ? '?' : 0; }

static bool read_words(struct work *w, int64_t line, const str *fields, struct growth_child *c) {
    str sex = field_of(w, fields, IN_SEX), position = field_of(w, fields, IN_POSITION);
    str oedema = field_of(w, fields, IN_OEDEMA);
    bool good = true;
    switch (letter(sex)) {
    case '1': case 'm': case 'M': c->sex = GROWTH_BOY; break;
    case '2': case 'f': case 'F': c->sex = GROWTH_GIRL; break;
    default:
        problem(w, line, "is not a sex (1 or m, 2 or f)", "không phải giới tính (1 hoặc m, 2 hoặc f)", "sex", sex);
        good = false;
    }
    switch (letter(position)) {
    case 0: break;
    case 'l': case 'L': c->position = GROWTH_LYING; break;
    case 'h': case 'H': c->position = GROWTH_STANDING; break;
    default:
        problem(w, line, "is not a way to measure (l lying, h standing)", "không phải cách đo (l nằm, h đứng)", "measure",
                position);
        good = false;
    }
    switch (letter(oedema)) {
    case 0: case 'n': case 'N': break;
    case 'y': case 'Y': c->oedema = true; break;
    default:
        problem(w, line, "is not y or n", "không phải y hoặc n", "oedema", oedema);
        good = false;
    }
    return good;
}

/* Reads the child of a row; false, with a line for each mistake, when it cannot be believed. */
static bool read_child(struct work *w, int64_t line, const str *fields, struct growth_child *c) {
    double months = NAN;
    *c = growth_nobody();
    double *const targets[IN_COLUMNS] = {[IN_AGE_DAYS] = &c->age_days, [IN_AGE_MONTHS] = &months,
                                         [IN_WEIGHT] = &c->weight,     [IN_LENGTH] = &c->length,
                                         [IN_HEAD] = &c->head,         [IN_ARM] = &c->arm,
                                         [IN_TRICEPS] = &c->triceps,   [IN_SUBSCAPULAR] = &c->subscapular};
    bool good = read_words(w, line, fields, c);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        const struct limit *l = &limits[i];
        str text = field_of(w, fields, l->column);
        if (!text.len) continue;
        double value, least = l->column == IN_AGE_DAYS || l->column == IN_AGE_MONTHS ? 0 : 1e-300;
        if (decimal(text, &value) && value >= least && value <= l->most) {
            *targets[l->column] = value;
        } else {
            problem(w, line, l->en, l->vi, input_names[l->column], text);
            good = false;
        }
    }
    if (isnan(c->age_days)) c->age_days = growth_days(months);
    return good;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* value / 10^decimals without zeros at the end. */
static char *put_digits(char *at, int64_t value, int decimals) {
    char digits[24];
    int n = 0;
    if (value < 0) *at++ = '-', value = -value;
    while (decimals && value % 10 == 0) value /= 10, decimals--;
    for (; value || n <= decimals; value /= 10) digits[n++] = (char)('0' + value % 10);
    while (n) {
        if (n == decimals) *at++ = '.';
        *at++ = digits[--n];
    }
    return at;
}

/* The same text as %.15g, which is how R writes numbers; by the library only outside 1 ≤ v < 1000 and near a tie. */
static char *put_number(char *at, double v) {
    double tenthousandths = rint(v * 1e4);
    if (fabs(tenthousandths) < 1e9 && fabs(tenthousandths / 1e4 - v) <= 4e-16 * fabs(v))
        return put_digits(at, (int64_t)tenthousandths, 4);
    if (v >= 1 && v < 1000) {
        int decimals = v < 10 ? 14 : v < 100 ? 13 : 12;
        long double scaled = (long double)v * (v < 10 ? 1e14L : v < 100 ? 1e13L : 1e12L);
        int64_t digits = (int64_t)(scaled + 0.5L);
        long double off = scaled - (long double)digits;
        if (off > -0.499L && off < 0.499L) return put_digits(at, digits, decimals);
    }
    return at + snprintf(at, 32, "%.15g", v);
}

static char *put_score(char *at, const struct growth_score *s) {
    *at++ = ',';
    if (!isnan(s->z)) {
        double scaled = rint(s->z * 100);
        at = fabs(scaled) < 1e15 ? put_digits(at, (int64_t)scaled, 2) : at + snprintf(at, 28, "%.15g", s->z);
        *at++ = ',';
        *at++ = s->flagged ? '1' : '0';
    } else {
        *at++ = ',';
    }
    return at;
}

static void write_answer(struct work *w, const struct growth_child *c) {
    struct growth_result r;
    growth_scores(c, &r);
    buf_reserve(&w->out, ROOM_FOR_ANSWER);
    char *at = w->out.at + w->out.len;
    *at++ = ',';
    if (!isnan(r.length)) at = put_number(at, r.length);
    *at++ = ',';
    if (r.position != GROWTH_POSITION_UNKNOWN) *at++ = r.position == GROWTH_LYING ? 'l' : 'h';
    *at++ = ',';
    *at++ = r.standing_too_young ? '1' : '0';
    *at++ = ',';
    if (!isnan(r.bmi)) at = put_number(at, r.bmi);
    *at++ = ',';
    *at++ = c->sex == GROWTH_BOY ? '1' : '2';
    for (int i = 0; i < GROWTH_INDICATORS; i++) at = put_score(at, &r.scores[i]);
    w->out.len = (size_t)(at - w->out.at);
}

static void flush(struct work *w) {
    if (w->out.len && fwrite(w->out.at, 1, w->out.len, stdout) != w->out.len) w->broken = true;
    if (w->problems.len) fwrite(w->problems.at, 1, w->problems.len, stderr);
    w->out.len = w->problems.len = 0;
}

/* The row as it came, without the columns that are answered anew, with as many fields as the header. */
static void write_input(struct work *w, const str *fields, size_t count, str whole) {
    if (!w->replaced && count == w->count) {
        buf_add(&w->out, whole);
        return;
    }
    bool first = true;
    for (size_t i = 0; i < w->count; i++) {
        if (w->columns[i] == IN_ANSWER) continue;
        if (!first) buf_addc(&w->out, ',');
        if (i < count) buf_add(&w->out, fields[i]);
        first = false;
    }
}

/* ---- header and rows --------------------------------------------------------------------------------------------- */

static bool is_answer(str name) {
    str rest = STR(answer_names), part;
    while (str_split(&rest, ',', &part))
        if (str_eq(part, name)) return true;
    return false;
}

static err read_header(struct work *w) {
    str fields[MAX_COLUMNS], whole;
    if (str_starts(w->rest, STR("\xEF\xBB\xBF"))) w->rest = str_slice(w->rest, 3, w->rest.len);
    if (!w->rest.len)
        return err_make(w->arena, ERR_INVALID, NULL, "the input is empty; its first line names the columns");
    if (!cut_row(w, fields, &w->count, &whole))
        return err_make(w->arena, ERR_INVALID, NULL, "line 1: a quote is not closed");
    if (w->count > MAX_COLUMNS)
        return err_make(w->arena, ERR_INVALID, NULL, "line 1: more than %d columns", MAX_COLUMNS);
    for (int c = 0; c < IN_COLUMNS; c++) w->where[c] = -1;
    for (size_t i = 0; i < w->count; i++) {
        str name = plain(fields[i]);
        w->columns[i] = is_answer(name) ? IN_ANSWER : IN_OTHER;
        w->replaced |= w->columns[i] == IN_ANSWER;
        for (int c = 0; c < IN_COLUMNS; c++) {
            if (!str_is(name, input_names[c])) continue;
            if (w->where[c] >= 0)
                return err_make(w->arena, ERR_INVALID, NULL, "line 1: two columns are called %s", input_names[c]);
            w->where[c] = (int)i;
            w->columns[i] = (unsigned char)c;
        }
    }
    if (w->where[IN_SEX] < 0)
        return err_make(w->arena, ERR_INVALID, NULL,
                        "line 1 names no column sex; columns are set apart by commas: "
                        "sex,age_days,weight,lenhei,measure,headc,armc,triskin,subskin,oedema");
    bool measured = w->where[IN_WEIGHT] >= 0 || w->where[IN_LENGTH] >= 0;
    for (int c = IN_HEAD; c <= IN_SUBSCAPULAR; c++) measured |= w->where[c] >= 0;
    if (!measured)
        return err_make(w->arena, ERR_INVALID, NULL,
                        "line 1 names no measure: weight, lenhei, headc, armc, triskin or subskin");
    write_input(w, fields, w->count, whole);
    buf_addc(&w->out, ',');
    buf_add(&w->out, STR(answer_names));
    buf_addc(&w->out, '\n');
    return OK_ERR;
}

static void answer_row(struct work *w) {
    str fields[MAX_COLUMNS], whole;
    size_t count;
    int64_t line = w->line;
    struct growth_child child;
    bool closed = cut_row(w, fields, &count, &whole), good = closed;
    if (!whole.len) return;
    w->rows++;
    if (!closed) {
        problem(w, line, "a quote is not closed", "thiếu dấu ngoặc kép đóng", NULL, STR_NONE);
    } else if (count != w->count) {
        char en[128], vi[160];
        snprintf(en, sizeof en, "%zu fields, the header has %zu%s", count, w->count,
                 count > w->count ? "; the rest is left out" : "");
        snprintf(vi, sizeof vi, "%zu trường, dòng đầu có %zu%s", count, w->count,
                 count > w->count ? "; phần thừa bị bỏ" : "");
        problem(w, line, en, vi, NULL, STR_NONE);
        good = false;
    } else {
        good = read_child(w, line, fields, &child);
    }
    write_input(w, fields, count, whole);
    if (!closed) buf_addc(&w->out, '"');
    if (good)
        write_answer(w, &child);
    else
        buf_add(&w->out, STR(nothing));
    buf_addc(&w->out, '\n');
    w->bad += !good;
}

int command_growth(struct invocation *in) {
    struct work w = {
        .in = in, .arena = in->arena, .line = 1, .out = buf_new(in->arena), .problems = buf_new(in->arena)};
    err e = read_input(in->arena, "-", &w.rest);
    if (!e.code) e = read_header(&w);
    if (e.code) return fail(in, e);
    while (w.rest.len && !w.broken) {
        answer_row(&w);
        if (w.out.len > FLUSH_AT || w.problems.len > FLUSH_AT) flush(&w);
    }
    if (w.bad)
        buf_addf(&w.problems,
                 in->vietnamese ? "tram growth: %lld trong %lld dòng có lỗi, không có z\n"
                                : "tram growth: %lld of %lld rows are wrong and have no z\n",
                 (long long)w.bad, (long long)w.rows);
    flush(&w);
    if (fflush(stdout) != 0 || w.broken) return fail(in, err_make(in->arena, ERR_IO, NULL, "cannot write the answer"));
    return w.bad ? EXIT_WRONG : EXIT_DONE;
}
