/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The radius form of the p-median: a client's cost is its least distance plus, step by step, what it costs that no site
 * within that step is open. Steps end where every allowed plan has an open site (a group that keeps one).
 */
#include "model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ENTRIES = 2000000 };

struct step {
    double cost;
    uint32_t site;
};

static int compare_steps(const void *a, const void *b) {
    double x = ((const struct step *)a)->cost, y = ((const struct step *)b)->cost;
    return x < y ? -1 : x > y;
}

static void put_term(struct buf *out, double coefficient, const char *letter, uint32_t k) {
    buf_addf(out, "%s%.15g %s%u\n", coefficient < 0 ? " - " : " + ", fabs(coefficient), letter, k);
}

/* The sites of a client by cost, up to the first group that is in the list as a whole. Returns how many; *open_end:
 * none is. */
static uint32_t list_sites(const struct plan_problem *q, uint32_t client, struct step *list, uint32_t *left,
                           bool *open_end) {
    double weight = q->weight ? q->weight[client] : 1;
    uint32_t n = 0, all = 0;
    for (uint32_t g = 0; g < q->group_count; g++) left[g] = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        double d = q->distance[(size_t)client * q->sites + j];
        if (q->state && q->state[j] == PLAN_CLOSED) continue;
        if (q->group && q->group[j] < q->group_count) left[q->group[j]]++;
        if (isfinite(d)) list[all++] = (struct step){weight * d, j};
    }
    qsort(list, all, sizeof *list, compare_steps);
    *open_end = true;
    while (n < all && *open_end) {
        uint32_t j = list[n++].site, g = q->group ? q->group[j] : PLAN_NO_GROUP;
        if ((q->state && q->state[j] == PLAN_OPEN) || (g < q->group_count && --left[g] == 0 && q->groups[g].least))
            *open_end = false;
    }
    return n;
}

/* The steps of one client: terms of the objective and rows. Returns the entries written. */
static size_t put_client(struct buf *objective, struct buf *rows, const struct step *list, uint32_t n, bool open_end,
                         uint32_t *steps) {
    size_t entries = 0;
    for (uint32_t k = 0; k < n; k++) {
        bool last = k + 1 == n;
        if (last ? !open_end : list[k + 1].cost <= list[k].cost) continue;
        uint32_t z = (*steps)++;
        if (!last) put_term(objective, list[k + 1].cost - list[k].cost, "z", z), put_term(rows, 1, "z", z);
        for (uint32_t m = 0; m <= k; m++) put_term(rows, 1, "y", list[m].site);
        buf_addz(rows, " >= 1\n");
        entries += k + 2;
    }
    return entries;
}

static void put_row(struct buf *rows, uint32_t count, const uint32_t *site, const double *coefficient, double least,
                    double most) {
    for (int side = 0; side < 2; side++) {
        if (!isfinite(side ? most : least)) continue;
        for (uint32_t k = 0; k < count; k++) put_term(rows, coefficient[k], "y", site[k]);
        if (!count) buf_addz(rows, " 0 y0");
        buf_addf(rows, " %s %.15g\n", side ? "<=" : ">=", side ? most : least);
    }
}

static void put_conditions(struct arena *a, struct buf *rows, const struct plan_problem *q) {
    uint32_t *site = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1),
             *member = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    double *one = ARENA_ARRAY(a, double, (size_t)q->sites + 1);
    for (uint32_t j = 0; j < q->sites; j++) {
        site[j] = j, one[j] = 1;
        if (q->state && q->state[j] != PLAN_FREE)
            put_row(rows, 1, &site[j], one, q->state[j] == PLAN_OPEN, q->state[j] == PLAN_OPEN);
    }
    put_row(rows, q->sites, site, one, -INFINITY, q->p);
    for (uint32_t g = 0; g < q->group_count; g++) {
        uint32_t n = 0;
        for (uint32_t j = 0; j < q->sites; j++)
            if (q->group && q->group[j] == g) member[n++] = j;
        put_row(rows, n, member, one, q->groups[g].least,
                q->groups[g].most == UINT32_MAX ? INFINITY : (double)q->groups[g].most);
    }
    for (uint32_t k = 0; k < q->pair_count; k++)
        put_row(rows, 2, (uint32_t[]){q->pairs[k].a, q->pairs[k].b}, one, -INFINITY, 1);
    if (q->cost) put_row(rows, q->sites, site, q->cost, -INFINITY, q->budget);
    for (uint32_t k = 0; k < q->rule_count; k++)
        put_row(rows, q->rules[k].count, q->rules[k].site, q->rules[k].coefficient, q->rules[k].least,
                q->rules[k].most);
}

err plan_model(struct arena *a, const struct plan_problem *q, str *out) {
    struct buf all = buf_new(a), rows = buf_new(a);
    struct step *list = ARENA_ARRAY(a, struct step, (size_t)q->sites + 1);
    uint32_t *left = ARENA_ARRAY(a, uint32_t, (size_t)q->group_count + 1), steps = 0;
    size_t entries = 0;
    double nearest = 0;
    if (q->method != PLAN_PMEDIAN)
        return err_both(a, ERR_NOT_SUPPORTED, "glpk", "only the p-median is given to GLPK",
                        "chỉ p-median mới giao cho GLPK");
    buf_addz(&all, "Minimize\n cost:\n");
    for (uint32_t j = 0; j < q->sites; j++) put_term(&all, 0, "y", j);
    for (uint32_t i = 0; i < q->clients; i++) {
        bool open_end;
        uint32_t n = list_sites(q, i, list, left, &open_end);
        if (n) nearest += list[0].cost;
        entries += put_client(&all, &rows, list, n, open_end, &steps);
        if (entries > MOST_ENTRIES)
            return err_both(a, ERR_TOO_COSTLY, "glpk", "the model is too large for GLPK",
                            "mô hình quá lớn đối với GLPK");
    }
    put_conditions(a, &rows, q);
    put_term(&all, nearest, "base", 0);
    buf_addz(&all, "Subject To\n");
    buf_add(&all, buf_str(&rows));
    buf_addz(&all, "Bounds\n base0 = 1\nBinary\n");
    for (uint32_t j = 0; j < q->sites; j++) buf_addf(&all, " y%u\n", j);
    buf_addz(&all, "End\n");
    *out = buf_str(&all);
    return OK_ERR;
}

bool plan_model_read(str solution, const struct plan_problem *q, uint32_t *open, size_t *count, bool *optimal,
                     bool *none) {
    str rest = solution, line;
    char status = 'u';
    unsigned column;
    double value;
    *count = 0;
    while (str_split(&rest, '\n', &line)) {
        char text[128];
        snprintf(text, sizeof text, "%.*s", STR_ARG(line));
        sscanf(text, "s mip %*u %*u %c", &status);
        if (sscanf(text, "j %u %lf", &column, &value) == 2 && column >= 1 && column <= q->sites && value > 0.5)
            open[(*count)++] = column - 1;
        if (*count == q->sites) break;
    }
    *optimal = status == 'o';
    *none = status == 'n';
    return status == 'o' || status == 'f';
}

double plan_model_bound(str line) {
    char text[256], *at;
    snprintf(text, sizeof text, "%.*s", STR_ARG(line));
    at = strstr(text, "mip =");
    at = at ? strstr(at, ">=") : NULL;
    return at ? strtod(at + 2, NULL) : NAN;
}
