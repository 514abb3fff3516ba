/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The travel times of a question: the user's matrix where there is one, else the marked estimate. What is missing is an
 * error unless the planner asked for estimates; then each such pair is counted as estimated. Only pairs that count are
 * wanted: those within a commune, or all when people may cross.
 */
#include "siting.h"

#include "base/map.h"
#include "base/vec.h"

#include <math.h>

static bool counts(const struct siting_problem *q, uint32_t i, uint32_t j) {
    return q->proposal.across || q->village[i].commune == q->site[j].commune;
}

/* People live spread over a village's land: the mean way to anywhere is not less than that to its middle, two thirds of
 * the radius of a disc of its area. */
static double least_km(const struct siting_village *v) { return isnan(v->area_km2) ? 0 : 2.0 / 3 * sqrt(v->area_km2 / M_PI); }

static err estimate(struct arena *a, const struct siting_problem *q, uint32_t i, uint32_t j, struct travel_time *out) {
    const struct siting_village *v = &q->village[i];
    const struct siting_site *s = &q->site[j];
    if (!v->placed || !s->placed)
        return err_make(a, ERR_UNPROCESSABLE, "matrix", "no time from %.*s to %.*s, and no coordinates of %.*s to estimate it from", STR_ARG(v->code),
                        STR_ARG(s->code), STR_ARG(v->placed ? s->code : v->code));
    double km = travel_km(v->at, s->at), floor_km = least_km(v);
    *out = travel_estimate(v->at, s->at, &travel_guesses[v->land]);
    if (km < floor_km) out->minutes = floor_km * travel_guesses[v->land].detour / travel_guesses[v->land].kmh * 60;
    out->from = v->code;
    out->to = s->code;
    return OK_ERR;
}

/* Adds an estimate for every pair that counts and that the table does not hold for the season. */
static err fill(struct arena *a, const struct siting_problem *q, enum travel_season season, struct travel_table *table) {
    VEC(struct travel_time) all = {0};
    struct map known = map_new(a);
    for (size_t k = 0; k < table->len; k++) {
        const struct travel_time *t = &table->at[k];
        VEC_PUSH(a, &all, *t);
        if (t->season == TRAVEL_ANY || t->season == season) map_put(&known, str_format(a, "%.*s\x1f%.*s", STR_ARG(t->from), STR_ARG(t->to)), &all);
    }
    for (uint32_t i = 0; i < q->villages; i++)
        for (uint32_t j = 0; j < q->sites; j++) {
            struct travel_time t;
            if (!counts(q, i, j) || (known.len && map_has(&known, str_format(a, "%.*s\x1f%.*s", STR_ARG(q->village[i].code), STR_ARG(q->site[j].code))))) continue;
            TRY(estimate(a, q, i, j, &t));
            VEC_PUSH(a, &all, t);
        }
    *table = (struct travel_table){all.at, all.len};
    return OK_ERR;
}

static void add_sources(struct travel_sources *all, const struct travel_sources *more) {
    all->estimated += more->estimated;
    for (size_t k = 0; k < more->len; k++) {
        size_t n = 0;
        while (n < all->len && !str_eq(all->at[n].name, more->at[k].name)) n++;
        if (n == sizeof all->at / sizeof *all->at) n--; /* the last stands for the rest */
        else if (n == all->len) {
            all->at[all->len].name = more->at[k].name;
            all->at[all->len++].pairs = 0;
        }
        all->at[n].pairs += more->at[k].pairs;
    }
}

/* One block of villages and sites (a commune's, or all) through travel_select. */
static err select_block(struct arena *a, struct siting_problem *q, const struct travel_table *table, enum travel_season season, uint32_t commune) {
    uint32_t *row = ARENA_ARRAY(a, uint32_t, (size_t)q->villages + 1), *column = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    str *from = ARENA_ARRAY(a, str, (size_t)q->villages + 1), *to = ARENA_ARRAY(a, str, (size_t)q->sites + 1);
    size_t rows = 0, columns = 0;
    for (uint32_t i = 0; i < q->villages; i++)
        if (q->proposal.across || q->village[i].commune == commune) from[rows] = q->village[i].code, row[rows++] = i;
    for (uint32_t j = 0; j < q->sites; j++)
        if (q->proposal.across || q->site[j].commune == commune) to[columns] = q->site[j].code, column[columns++] = j;
    double *minutes = ARENA_ARRAY(a, double, rows * columns + 1);
    struct travel_sources used;
    TRY(travel_select(a, table, from, rows, to, columns, season, minutes, &used));
    add_sources(&q->used, &used);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) q->minutes[(size_t)row[i] * q->sites + column[j]] = minutes[i * columns + j];
    return OK_ERR;
}

/* The rows of the table by commune of their village, so that each block reads only its own. */
static struct travel_table *by_commune(struct arena *a, const struct siting_problem *q, const struct travel_table *table) {
    struct map village = map_new(a);
    for (uint32_t i = 0; i < q->villages; i++) map_put(&village, q->village[i].code, (void *)(uintptr_t)(q->village[i].commune + 1));
    struct travel_table *out = ARENA_ARRAY(a, struct travel_table, (size_t)q->communes + 1);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t k = 0; k < table->len; k++) {
            uintptr_t c = (uintptr_t)map_get(&village, table->at[k].from);
            if (!c) continue;
            struct travel_table *t = &out[c - 1];
            if (pass) t->at[t->len] = table->at[k];
            t->len++;
        }
        for (uint32_t c = 0; c < q->communes && !pass; c++) out[c] = (struct travel_table){ARENA_ARRAY(a, struct travel_time, out[c].len + 1), 0};
    }
    return out;
}

err siting_times(struct arena *a, struct siting_problem *q, str matrix, enum travel_season season, bool want_estimate) {
    struct travel_table table = {NULL, 0};
    if (matrix.len) TRY(travel_read(a, matrix, &table));
    if (want_estimate) TRY(fill(a, q, season, &table));
    q->used = (struct travel_sources){.len = 0};
    q->minutes = ARENA_ARRAY(a, double, (size_t)q->villages * q->sites + 1);
    for (size_t k = 0; k < (size_t)q->villages * q->sites; k++) q->minutes[k] = INFINITY;
    if (q->proposal.across) TRY(select_block(a, q, &table, season, 0));
    else {
        const struct travel_table *part = by_commune(a, q, &table);
        for (uint32_t c = 0; c < q->communes; c++) TRY(select_block(a, q, &part[c], season, c));
    }
    q->range = q->used.estimated ? 0.35 : 0;
    return OK_ERR;
}
