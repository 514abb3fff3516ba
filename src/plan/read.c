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

bool scan_word(struct scan *s, str *out) {
    while (s->at < s->text.len) {
        char ch = s->text.at[s->at];
        if (ch == '\n') s->line++;
        if (ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n') break;
        s->at++;
    }
    size_t from = s->at;
    while (s->at < s->text.len && !strchr(" \t\r\n", s->text.at[s->at])) s->at++;
    *out = str_slice(s->text, from, s->at);
    return out->len > 0;
}

static err want_number(struct arena *a, struct scan *s, const char *what, double least, double most, double *out) {
    str word;
    if (!scan_word(s, &word)) return err_make(a, ERR_INVALID, "file", "line %u: the file ends where %s is expected", s->line, what);
    if (!str_number(word, out))
        return err_make(a, ERR_INVALID, "file", "line %u: %s is not a number: %.*s", s->line, what, STR_ARG(word));
    if (*out < least || *out > most)
        return err_make(a, ERR_INVALID, "file", "line %u: %s is %g, not in %g to %g", s->line, what, *out, least, most);
    return OK_ERR;
}

static err want_index(struct arena *a, struct scan *s, const char *what, uint32_t least, uint32_t most, uint32_t *out) {
    double x;
    TRY(want_number(a, s, what, least, most, &x));
    if (x != floor(x)) return err_make(a, ERR_INVALID, "file", "line %u: %s is not a whole number", s->line, what);
    *out = (uint32_t)x;
    return OK_ERR;
}

static err want_end(struct arena *a, struct scan *s) {
    str word;
    if (scan_word(s, &word)) return err_make(a, ERR_INVALID, "file", "line %u: text after the end: %.*s", s->line, STR_ARG(word));
    return OK_ERR;
}

static err square(struct arena *a, struct plan_problem *q, uint32_t n, uint32_t p, double **distance) {
    if (n > PLAN_MOST_NODES) return err_make(a, ERR_TOO_COSTLY, "file", "%u nodes, at most %d", n, PLAN_MOST_NODES);
    q->clients = q->sites = n;
    q->p = p;
    q->distance = *distance = ARENA_ARRAY(a, double, (size_t)n * n + 1);
    return OK_ERR;
}

/* ---- OR-Library ------------------------------------------------------------------------------------------------------ */

static err read_graph(struct arena *a, struct scan *s, struct plan_file *out) {
    uint32_t n, m, p;
    double *distance;
    TRY(want_index(a, s, "the number of nodes", 1, 1u << 20, &n));
    TRY(want_index(a, s, "the number of edges", 0, 1u << 28, &m));
    TRY(want_index(a, s, "p", 1, n, &p));
    TRY(square(a, &out->problem, n, p, &distance));
    struct arena *scratch = arena_new();
    float *last = ARENA_ARRAY(scratch, float, (size_t)n * n + 1); /* 0 = no edge, else length + 1 */
    err bad = OK_ERR;
    uint32_t seen = 0;
    for (uint32_t k = 0; k < m && !bad.code; k++) {
        uint32_t i = 0, j = 0;
        double length = 0;
        bad = want_index(a, s, "a node", 1, n, &i);
        if (!bad.code) bad = want_index(a, s, "a node", 1, n, &j);
        if (!bad.code) bad = want_number(a, s, "a length", 0, 1e7, &length);
        if (bad.code) break;
        float *cell = &last[(size_t)(i < j ? i - 1 : j - 1) * n + (i < j ? j - 1 : i - 1)];
        seen += *cell == 0;
        *cell = (float)length + 1;
    }
    if (!bad.code) bad = want_end(a, s);
    if (!bad.code) {
        struct graph_edge *edges = ARENA_ARRAY(scratch, struct graph_edge, 2 * (size_t)seen + 1);
        size_t count = 0;
        for (uint32_t i = 0; i < n; i++)
            for (uint32_t j = i + 1; j < n; j++)
                if (last[(size_t)i * n + j] > 0) {
                    double length = (double)last[(size_t)i * n + j] - 1;
                    edges[count++] = (struct graph_edge){i, j, length};
                    edges[count++] = (struct graph_edge){j, i, length};
                }
        struct graph *g = graph_new(scratch, n, edges, count);
        struct graph_work *work = graph_work_new(scratch, g);
        for (uint32_t i = 0; i < n; i++) graph_shortest(g, work, i, distance + (size_t)i * n);
        if (seen < m) out->note = "an edge is given more than once: the last one counts";
    }
    arena_free(scratch);
    return bad;
}

static err read_capacitated(struct arena *a, struct scan *s, struct plan_file *out) {
    uint32_t n, p, id;
    double q, *distance;
    TRY(want_index(a, s, "the number of the problem", 0, 1u << 30, &id));
    TRY(want_number(a, s, "the best known value", 0, 1e15, &out->best_known));
    TRY(want_index(a, s, "the number of customers", 1, 1u << 20, &n));
    TRY(want_index(a, s, "p", 1, n, &p));
    TRY(want_number(a, s, "the capacity", 0, 1e15, &q));
    TRY(square(a, &out->problem, n, p, &distance));
    double *x = ARENA_ARRAY(a, double, n), *y = ARENA_ARRAY(a, double, n);
    double *demand = ARENA_ARRAY(a, double, n), *capacity = ARENA_ARRAY(a, double, n);
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at;
        TRY(want_index(a, s, "the number of a customer", 1, n, &at));
        TRY(want_number(a, s, "x", -1e9, 1e9, &x[at - 1]));
        TRY(want_number(a, s, "y", -1e9, 1e9, &y[at - 1]));
        TRY(want_number(a, s, "a demand", 0, 1e15, &demand[at - 1]));
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
    if (!n) return err_make(a, ERR_INVALID, "file", "DIMENSION is missing");
    if (!euclidean) return err_make(a, ERR_NOT_SUPPORTED, "file", "EDGE_WEIGHT_TYPE is not EUC_2D");
    if (!coordinates) return err_make(a, ERR_INVALID, "file", "NODE_COORD_SECTION is missing");
    double *distance, *x = ARENA_ARRAY(a, double, n), *y = ARENA_ARRAY(a, double, n);
    TRY(square(a, &out->problem, n, 0, &distance));
    struct scan s = {.text = rest, .line = number + 1};
    for (uint32_t k = 0; k < n; k++) {
        uint32_t at;
        TRY(want_index(a, &s, "the number of a node", 1, n, &at));
        TRY(want_number(a, &s, "x", -1e12, 1e12, &x[at - 1]));
        TRY(want_number(a, &s, "y", -1e12, 1e12, &y[at - 1]));
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
    struct scan s = {.text = line, .line = 1};
    double x;
    while (scan_word(&s, &word)) {
        if (!str_number(word, &x)) return false;
        ++*count;
    }
    return *count > 0;
}

err plan_read(struct arena *a, str text, struct plan_file *out) {
    *out = (struct plan_file){.best_known = NAN};
    if (text.len >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0) text = str_slice(text, 3, text.len);
    int numbers;
    struct scan s = {.text = text, .line = 1};
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
