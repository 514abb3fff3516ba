/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every row of docs/planning.md: solves the reference sets and synthetic provinces within their limits, prints value,
 * bound, wall and CPU time, and ends with exit 1 when a value beats a published optimum, a bound passes one, or a row
 * misses its aim. Usage: measure DIR [set…]; DIR = the planning data, sets = pmed pcenter cap tsplib province roads rounds.
 */
#include "travel/graph.h"
#include "plan/plan.h"
#include "plan/read.h"
#include "plan/read_rounds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_of(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
static double now(void *user) {
    (void)user;
    return clock_of(CLOCK_MONOTONIC);
}

static int missed, rows, proven;
static double wall_sum;

static str read_whole(struct arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return STR_NONE;
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *text = arena_alloc(a, n + 1);
    n = fread(text, 1, n, f);
    fclose(f);
    return (str){text, n};
}

/* One row: best = published optimum or NAN, aim = greatest gap allowed. */
static void row_until(const char *name, struct plan_problem *q, double limit, double best, double aim, double enough) {
    struct arena *a = arena_new();
    struct plan_options options = {.now = now, .time_limit = limit, .gap = enough, .seed = 1};
    struct plan_answer r;
    double wall = now(NULL), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    err e = plan_solve(a, q, &options, &r);
    wall = now(NULL) - wall;
    cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    bool bad = e.code || !r.found || r.gap > aim + 1e-9 || r.value < best - 0.5 || (isfinite(best) && r.bound > best + 0.5);
    if (e.code) printf("%.*s\n", STR_ARG(e.detail));
    else
        printf("%-22s p %3u  value %.0f  bound %.1f  gap %.4f %%  %s  nodes %zu  wall %.2f  cpu %.2f%s\n", name, q->p, r.value,
               r.bound, 100 * r.gap, r.proven ? "proven" : "open", r.nodes, wall, cpu, bad ? "  MISSED" : "");
    fflush(stdout);
    rows++;
    proven += !e.code && r.proven;
    missed += bad;
    wall_sum += wall;
    arena_free(a);
}

static void row(const char *name, struct plan_problem *q, double limit, double best, double aim) {
    row_until(name, q, limit, best, aim, 0);
}

static bool load(struct arena *a, const char *dir, const char *file, struct plan_file *f) {
    str text = read_whole(a, str_z(a, str_format(a, "%s/%s", dir, file)));
    return text.at && !plan_read(a, text, f).code;
}

/* The value beside a name in a two-column table. */
static double published(struct arena *a, const char *dir, const char *table, const char *name) {
    str rest = read_whole(a, str_z(a, str_format(a, "%s/%s", dir, table))), line;
    while (str_split(&rest, '\n', &line)) {
        str key = str_slice(line, 0, str_find(line, ' '));
        if (str_is(key, name)) return strtod(str_z(a, str_slice(line, key.len, line.len)), NULL);
    }
    return NAN;
}

static void set_pmed(const char *dir, bool center) {
    for (int k = 1; k <= 40; k++) {
        struct arena *a = arena_new();
        struct plan_file f;
        const char *name = str_z(a, str_format(a, "pmed%d", k));
        if (load(a, dir, str_z(a, str_format(a, "pmed/%s.txt", name)), &f)) {
            f.problem.method = center ? PLAN_PCENTER : PLAN_PMEDIAN;
            row(name, &f.problem, center ? 5 : 20, published(a, dir, center ? "pmed/pcenteropt.txt" : "pmed/pmedopt.txt", name), 0);
        }
        arena_free(a);
    }
}

static void set_cap(const char *dir) {
    for (int k = 1; k <= 20; k++) {
        struct arena *a = arena_new();
        struct plan_file f;
        const char *name = str_z(a, str_format(a, "pmedcap%d", k));
        if (load(a, dir, str_z(a, str_format(a, "cpmp/%s.txt", name)), &f)) row(name, &f.problem, 20, f.best_known, 0.005);
        arena_free(a);
    }
}

static void set_tsplib(const char *dir) {
    struct arena *a = arena_new();
    str rest = read_whole(a, str_z(a, str_format(a, "%s/tsplib-pmedian/optima.tsv", dir))), line;
    while (str_split(&rest, '\n', &line)) {
        char name[32];
        unsigned n, p;
        double best;
        if (sscanf(str_z(a, line), "%31s %u %u %lf", name, &n, &p, &best) != 4 || p > 100) continue;
        struct plan_file f;
        if (!load(a, dir, str_z(a, str_format(a, "tsplib-pmedian/%s.tsp", name)), &f)) continue;
        f.problem.p = p;
        row_until(name, &f.problem, 60, best, 0.01, 0.0005); /* a proof to 0.05 % is enough to stop */
    }
    arena_free(a);
}

/* ---- synthetic provinces --------------------------------------------------------------------------------------------- */

static uint64_t state;
static double dice(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) / 9007199254740992.0;
}

/* Communes at random in 100 x 95 km, sites and villages around their centres, 80 to 1,580 people a village; minutes =
 * km x a detour drawn for each pair from [1.3, 1.3 + spread] at 20 km/h, plus 5. */
static void province(uint32_t sites, uint32_t communes, uint32_t villages, uint32_t p, uint64_t seed, double spread, double limit, double aim) {
    struct arena *a = arena_new();
    state = seed;
    double *cx = ARENA_ARRAY(a, double, communes), *cy = ARENA_ARRAY(a, double, communes), around = sqrt(9500.0 / communes);
    double *sx = ARENA_ARRAY(a, double, sites), *sy = ARENA_ARRAY(a, double, sites), *weight = ARENA_ARRAY(a, double, villages);
    double *distance = ARENA_ARRAY(a, double, (size_t)sites * villages);
    uint32_t *group = ARENA_ARRAY(a, uint32_t, sites);
    struct plan_group *groups = ARENA_ARRAY(a, struct plan_group, communes);
    for (uint32_t g = 0; g < communes; g++) {
        cx[g] = 100 * dice(), cy[g] = 95 * dice();
        groups[g] = (struct plan_group){1, UINT32_MAX};
    }
    for (uint32_t j = 0; j < sites; j++) {
        group[j] = j < communes ? j : (uint32_t)(dice() * communes);
        sx[j] = cx[group[j]] + (dice() - 0.5) * around * 1.2, sy[j] = cy[group[j]] + (dice() - 0.5) * around * 1.2;
    }
    for (uint32_t i = 0; i < villages; i++) {
        uint32_t g = i < communes ? i : (uint32_t)(dice() * communes);
        double x = cx[g] + (dice() - 0.5) * around * 1.4, y = cy[g] + (dice() - 0.5) * around * 1.4;
        weight[i] = 80 + floor(1500 * dice());
        for (uint32_t j = 0; j < sites; j++)
            distance[(size_t)i * sites + j] = floor(hypot(x - sx[j], y - sy[j]) * (1.3 + spread * dice()) * 3 + 5);
    }
    struct plan_problem q = {.method = PLAN_PMEDIAN, .clients = villages, .sites = sites, .p = p, .distance = distance, .weight = weight,
                             .group = group, .groups = groups, .group_count = communes, .budget = INFINITY};
    row(str_z(a, str_format(a, "%u>%u spread %.1f #%u", sites, p, spread, (unsigned)seed)), &q, limit, NAN, aim);
    arena_free(a);
}

static void set_province(void) {
    for (uint64_t seed = 1; seed <= 5; seed++)
        for (int k = 0; k < 3; k++) {
            province(129, 45, 1500, 45, seed, 0.5 + 0.6 * k, 5, 0.001);
            province(171, 55, 2500, 55, seed, 0.5 + 0.6 * k, 10, 0.005);
        }
    province(129, 45, 1500, 60, 1, 1.1, 5, 0.001);
    province(171, 55, 2500, 147, 1, 1.1, 10, 0.005);
}

/* A grid of roads with random lengths, some streets missing: 200,000 edges (both ways), 171 sources. */
static void set_roads(void) {
    struct arena *a = arena_new();
    enum { SIDE = 330, SOURCES = 171 };
    state = 1;
    struct graph_edge *edge = ARENA_ARRAY(a, struct graph_edge, 4 * SIDE * SIDE);
    size_t n = 0;
    uint32_t streets = 0;
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++)
            for (int way = 0; way < 2; way++) {
                uint32_t from = y * SIDE + x, to = way ? from + SIDE : from + 1;
                if ((way ? y : x) + 1 == SIDE || dice() < 0.08) continue;
                double minutes = 0.2 + 2 * dice();
                edge[n++] = (struct graph_edge){from, to, minutes};
                edge[n++] = (struct graph_edge){to, from, minutes};
                streets++;
            }
    double wall = now(NULL), cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID);
    struct graph *g = graph_new(a, SIDE * SIDE, edge, n);
    struct graph_work *w = graph_work_new(a, g);
    double *out = ARENA_ARRAY(a, double, SIDE * SIDE);
    for (int k = 0; k < SOURCES; k++) graph_shortest(g, w, (uint32_t)(dice() * SIDE * SIDE), out);
    wall = now(NULL) - wall;
    cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    printf("%u roads (%zu arcs), %d nodes, %d sources: wall %.2f cpu %.2f%s\n", streets, n, SIDE * SIDE, SOURCES, wall, cpu, cpu > 3 ? "  MISSED" : "");
    missed += cpu > 3;
    arena_free(a);
}

/* ---- rounds ---------------------------------------------------------------------------------------------------------- */

static void rounds_row(const char *name, const struct rounds_problem *q, double limit, double best) {
    struct arena *a = arena_new();
    struct rounds_options o = {.now = now, .time_limit = limit, .seed = 1};
    struct rounds_answer r;
    double cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID), wall = now(NULL);
    err e = rounds_solve(a, q, &o, &r);
    str why = STR_NONE;
    bool good = !e.code && rounds_allowed(a, q, &r, &why) && r.complete;
    double cost = r.travelled + r.left_out, over = cost / best - 1;
    bool bad = !good || over > 0.03;
    printf("%-22s cost %.1f  best known %.1f  over %.2f %%  routes %zu  left out %zu  tries %llu  wall %.1f  cpu %.1f%s %.*s\n", name, cost, best, 100 * over,
           r.routes, r.missing_count, (unsigned long long)r.tries, now(NULL) - wall, clock_of(CLOCK_PROCESS_CPUTIME_ID) - cpu, bad ? "  MISSED" : "", STR_ARG(e.code ? e.detail : why));
    fflush(stdout);
    missed += bad;
    arena_free(a);
}

static void rounds_file(const char *dir, const char *file, double limit, double best) {
    struct arena *a = arena_new();
    struct rounds_file f;
    str text = read_whole(a, str_z(a, str_format(a, "%s/vrptw/%s", dir, file)));
    if (text.at && !rounds_read(a, text, &f).code) rounds_row(file, &f.problem, limit, best);
    arena_free(a);
}

/* R101: 1650.80 is the value published for 19 vehicles (Homberger's list, distances not rounded). */
static void set_rounds(const char *dir) {
    rounds_file(dir, "solomon/R101.txt", 20, 1650.80);
    rounds_file(dir, "pcvrptw/RC2_10_5.vrp", 60, 18129.2);
    rounds_file(dir, "homberger1000/RC1_10_1.vrp", 60, 45790.7);
    rounds_file(dir, "homberger1000/RC2_10_5.vrp", 60, 25797.5);
}

int main(int argc, char **argv) {
    static const char *const all[] = {"pmed", "pcenter", "cap", "tsplib", "province", "roads", "rounds"};
    if (argc < 2) return fprintf(stderr, "usage: measure DIR [set…]\n"), 2;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        bool wanted = argc == 2;
        for (int i = 2; i < argc; i++) wanted = wanted || strcmp(argv[i], all[k]) == 0;
        if (!wanted) continue;
        rows = proven = 0;
        wall_sum = 0;
        if (k == 0) set_pmed(argv[1], false);
        if (k == 1) set_pmed(argv[1], true);
        if (k == 2) set_cap(argv[1]);
        if (k == 3) set_tsplib(argv[1]);
        if (k == 4) set_province();
        if (k == 5) set_roads();
        if (k == 6) set_rounds(argv[1]);
        if (rows) printf("== %s: %d rows, %d proven, %.1f s together\n", all[k], rows, proven, wall_sum);
    }
    return missed > 0;
}
