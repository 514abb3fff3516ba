/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OR-Library and TSPLIB readers; CSV is in read_csv.c. In the OR-Library graph files the last of duplicate edges
 * counts (pmedinfo: "the cost of the edge as stated in the last line"), then distances are shortest paths.
 */
#include "read.h"

#include "read_int.h"

#include "travel/graph.h"

#include <math.h>
#include <stdlib.h>

static err want_number(struct arena *a, struct scanner *s, struct words what, double least, double most, double *out) {
    str word;
    bool there = scanner_word(s, &word);
    unsigned line = s->line, column = scanner_column(s);
    if (!there)
        return err_both(a, ERR_INVALID, "file", "line %u, column %u: the file ends where " EN_WORD " is expected",
                        "dòng %u, cột %u: tệp hết ở chỗ phải có " VI_WORD, line, column, what.en, what.vi);
    if (!str_number(word, out))
        return err_both(a, ERR_INVALID, "file", "line %u, column %u: " EN_WORD " is not a number: \"%.*s\"",
                        "dòng %u, cột %u: " VI_WORD " không phải là số: \"%.*s\"", line, column, what.en, what.vi,
                        STR_ARG(word));
    if (*out < least || *out > most)
        return err_both(a, ERR_INVALID, "file", "line %u, column %u: " EN_WORD " is %g, not in %g to %g",
                        "dòng %u, cột %u: " VI_WORD " là %g, không nằm trong khoảng %g đến %g", line, column, what.en,
                        what.vi, *out, least, most);
    return OK_ERR;
}

static err want_index(struct arena *a, struct scanner *s, struct words what, uint32_t least, uint32_t most,
                      uint32_t *out) {
    double x;
    TRY(want_number(a, s, what, least, most, &x));
    *out = (uint32_t)x;
    if (x == floor(x)) return OK_ERR;
    return err_both(a, ERR_INVALID, "file", "line %u, column %u: " EN_WORD " is not a whole number: %g",
                    "dòng %u, cột %u: " VI_WORD " không phải số nguyên: %g", s->line, scanner_column(s), what.en, what.vi,
                    x);
}

/* The number of a place, each once: seen[] is a byte per place. */
static err want_place(struct arena *a, struct scanner *s, uint8_t *seen, uint32_t n, uint32_t *out) {
    TRY(want_index(a, s, (struct words){"the number of a place", "số thứ tự của một nơi"}, 1, n, out));
    if (!seen[--*out]++) return OK_ERR;
    return err_both(a, ERR_INVALID, "file", "line %u, column %u: place %u is given twice",
                    "dòng %u, cột %u: nơi %u có hai lần", s->line, scanner_column(s), *out + 1);
}

static err want_end(struct arena *a, struct scanner *s) {
    str word;
    if (!scanner_word(s, &word)) return OK_ERR;
    return err_both(a, ERR_INVALID, "file", "line %u, column %u: text after the end: \"%.*s\"",
                    "dòng %u, cột %u: còn chữ sau chỗ hết: \"%.*s\"", s->line, scanner_column(s), STR_ARG(word));
}

static err square(struct arena *a, struct plan_problem *q, uint32_t n, uint32_t p, double **distance) {
    if (n > PLAN_MOST_NODES)
        return err_both(a, ERR_TOO_COSTLY, "file", "%u places, at most %d", "%u nơi, nhiều nhất là %d", n,
                        PLAN_MOST_NODES);
    q->clients = q->sites = n;
    q->p = p;
    q->distance = *distance = ARENA_ARRAY(a, double, (size_t)n * n + 1);
    return OK_ERR;
}

/* ---- OR-Library ------------------------------------------------------------------------------------------------------ */

/* Shortest ways over the edges in the upper half of last[]: 0 = none, else length + 1. */
static void fill_shortest(struct arena *scratch, const float *last, uint32_t n, uint32_t count, double *distance) {
    struct graph_edge *edges = ARENA_ARRAY(scratch, struct graph_edge, 2 * (size_t)count + 1);
    size_t made = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = i + 1; j < n; j++) {
            double length = (double)last[(size_t)i * n + j] - 1;
            if (length < 0) continue;
            edges[made++] = (struct graph_edge){i, j, length};
            edges[made++] = (struct graph_edge){j, i, length};
        }
    struct graph *g = graph_new(scratch, n, edges, made);
    struct graph_work *work = graph_work_new(scratch, g);
    for (uint32_t i = 0; i < n; i++) graph_shortest(g, work, i, distance + (size_t)i * n);
}

static err read_graph(struct arena *a, struct scanner *s, struct plan_file *out) {
    uint32_t n, m, p;
    double *distance;
    TRY(want_index(a, s, (struct words){"the number of nodes", "số nút"}, 1, 1u << 20, &n));
    TRY(want_index(a, s, (struct words){"the number of edges", "số cạnh"}, 0, 1u << 28, &m));
    TRY(want_index(a, s, (struct words){"p", "p"}, 1, n, &p));
    TRY(square(a, &out->problem, n, p, &distance));
    struct arena *scratch = arena_new();
    float *last = ARENA_ARRAY(scratch, float, (size_t)n * n + 1); /* 0 = no edge, else length + 1 */
    err bad = OK_ERR;
    uint32_t seen = 0;
    for (uint32_t k = 0; k < m && !bad.code; k++) {
        uint32_t i = 0, j = 0;
        double length = 0;
        bad = want_index(a, s, (struct words){"a node", "một nút"}, 1, n, &i);
        if (!bad.code) bad = want_index(a, s, (struct words){"a node", "một nút"}, 1, n, &j);
        if (!bad.code) bad = want_number(a, s, (struct words){"a length", "độ dài"}, 0, 1e7, &length);
        if (bad.code) break;
        float *cell = &last[(size_t)(i < j ? i - 1 : j - 1) * n + (i < j ? j - 1 : i - 1)];
        seen += *cell == 0;
        *cell = (float)length + 1;
    }
    if (!bad.code) bad = want_end(a, s);
    if (!bad.code) {
        fill_shortest(scratch, last, n, seen, distance);
        if (seen < m) out->note = "an edge is given more than once: the last one counts";
    }
    arena_free(scratch);
    return bad;
}

static err read_capacitated(struct arena *a, struct scanner *s, struct plan_file *out) {
    uint32_t n, p, id;
    double q, *distance;
    TRY(want_index(a, s, (struct words){"the number of the problem", "số của bài toán"}, 0, 1u << 30, &id));
    TRY(want_number(a, s, (struct words){"the best known value", "giá trị tốt nhất đã biết"}, 0, 1e15,
                    &out->best_known));
    TRY(want_index(a, s, (struct words){"the number of customers", "số khách hàng"}, 1, 1u << 20, &n));
    TRY(want_index(a, s, (struct words){"p", "p"}, 1, n, &p));
    TRY(want_number(a, s, (struct words){"the capacity", "sức chứa"}, 0, 1e15, &q));
    TRY(square(a, &out->problem, n, p, &distance));
    uint8_t *seen = ARENA_ARRAY(a, uint8_t, n);
    double *x = ARENA_ARRAY(a, double, n), *y = ARENA_ARRAY(a, double, n);
    double *demand = ARENA_ARRAY(a, double, n), *capacity = ARENA_ARRAY(a, double, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at;
        TRY(want_place(a, s, seen, n, &at));
        TRY(want_number(a, s, (struct words){"x", "x"}, -1e9, 1e9, &x[at]));
        TRY(want_number(a, s, (struct words){"y", "y"}, -1e9, 1e9, &y[at]));
        TRY(want_number(a, s, (struct words){"a demand", "nhu cầu"}, 0, 1e15, &demand[at]));
        capacity[k] = q;
    }
    TRY(want_end(a, s));
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) distance[(size_t)i * n + j] = floor(hypot(x[i] - x[j], y[i] - y[j]) + 1e-9);
    out->problem.demand = demand;
    out->problem.capacity = capacity;
    out->problem.method = PLAN_CAPACITATED;
    out->note = "distances are Euclidean, cut to whole numbers";
    return OK_ERR;
}

/* ---- TSPLIB ---------------------------------------------------------------------------------------------------------- */

static err read_tsplib(struct arena *a, str text, struct plan_file *out) {
    str rest = text, line;
    uint32_t n = 0, number = 0;
    bool euclidean = false, coordinates = false;
    while (!coordinates && str_split(&rest, '\n', &line)) {
        number++;
        line = str_trim(line);
        size_t colon = str_find(line, ':');
        str key = str_trim(str_slice(line, 0, colon)), value = str_trim(str_slice(line, colon + 1, line.len));
        int64_t dimension;
        if (str_is(key, "DIMENSION") && str_int64(value, &dimension) && dimension > 0 && dimension < 1 << 20) n = (uint32_t)dimension;
        if (str_is(key, "EDGE_WEIGHT_TYPE")) euclidean = str_is(value, "EUC_2D");
        coordinates = str_is(key, "NODE_COORD_SECTION");
    }
    if (!n) return err_both(a, ERR_INVALID, "file", "DIMENSION is missing", "thiếu DIMENSION");
    if (!euclidean)
        return err_both(a, ERR_NOT_SUPPORTED, "file", "EDGE_WEIGHT_TYPE is not EUC_2D",
                        "EDGE_WEIGHT_TYPE không phải EUC_2D");
    if (!coordinates)
        return err_both(a, ERR_INVALID, "file", "NODE_COORD_SECTION is missing", "thiếu NODE_COORD_SECTION");
    uint8_t *seen = ARENA_ARRAY(a, uint8_t, n);
    double *distance, *x = ARENA_ARRAY(a, double, n), *y = ARENA_ARRAY(a, double, n);
    TRY(square(a, &out->problem, n, 0, &distance));
    struct scanner s = {.text = rest, .line = number + 1};
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at;
        TRY(want_place(a, &s, seen, n, &at));
        TRY(want_number(a, &s, (struct words){"x", "x"}, -1e12, 1e12, &x[at]));
        TRY(want_number(a, &s, (struct words){"y", "y"}, -1e12, 1e12, &y[at]));
    }
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < n; j++) distance[(size_t)i * n + j] = floor(hypot(x[i] - x[j], y[i] - y[j]) + 1e-9);
    out->note = "distances are Euclidean, cut to whole numbers as in the published p-median optima (TSPLIB itself rounds)";
    return OK_ERR;
}

/* ---- which form ------------------------------------------------------------------------------------------------------ */

static bool first_line_is_numbers(str text, int *count) {
    str line, rest = text, word;
    *count = 0;
    do
        if (!str_split(&rest, '\n', &line)) return false;
    while (!str_trim(line).len);
    struct scanner s = {.text = line, .line = 1};
    double x;
    while (scanner_word(&s, &word)) {
        if (!str_number(word, &x)) return false;
        ++*count;
    }
    return *count > 0;
}

err plan_read(struct arena *a, str text, struct plan_file *out) {
    *out = (struct plan_file){.best_known = NAN};
    if (text.len >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0) text = str_slice(text, 3, text.len);
    int numbers;
    struct scanner s = {.text = text, .line = 1};
    if (first_line_is_numbers(text, &numbers)) {
        if (numbers == 3) {
            out->form = PLAN_FORM_GRAPH;
            return read_graph(a, &s, out);
        }
        if (numbers == 2) {
            out->form = PLAN_FORM_CAPACITATED;
            return read_capacitated(a, &s, out);
        }
    }
    if (str_contains(text, STR("NODE_COORD_SECTION"))) {
        out->form = PLAN_FORM_TSPLIB;
        return read_tsplib(a, text, out);
    }
    return plan_read_csv(a, text, out);
}
