/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every row of docs/planning.md: solves the reference sets and synthetic provinces and writes one table of value, best known,
 * bound, gap, processor and wall seconds. Limits count processor seconds of the one thread, so a shared machine measures the
 * same. Ends with exit 1 when a value beats a published optimum, a bound passes one, or a row misses its aim.
 * Usage: measure DIR [set…]; DIR = the planning data, sets = pmed pcenter cap tsplib province roads rounds.
 */
#include "travel/graph.h"
#include "plan/plan.h"
#include "plan/read.h"
#include "rounds/read.h"

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
    return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* Since when a row runs, by both clocks. */
struct stopwatch {
    double wall, cpu;
};
static struct stopwatch started(void) { return (struct stopwatch){clock_of(CLOCK_MONOTONIC), now(NULL)}; }
static struct stopwatch since(struct stopwatch s) { return (struct stopwatch){clock_of(CLOCK_MONOTONIC) - s.wall, now(NULL) - s.cpu}; }

static int missed, rows, proven;
static double cpu_sum;

/* One line of the table; best, bound and gap may be NAN (not known). The gap is a share: to the bound, or above the best known. */
static void put_row(const char *set, const char *name, uint32_t p, double value, double best, double bound, double gap, const char *state, struct stopwatch took, bool bad) {
    char text[2][32] = {"-", "-"};
    if (isfinite(best)) snprintf(text[0], sizeof text[0], "%.1f", best);
    if (isfinite(bound)) snprintf(text[1], sizeof text[1], "%.1f", bound);
    printf("%-8s  %-24s  %4u  %12.1f  %12s  %12s  %7.3f %%  %-7s  %7.2f  %7.2f%s\n", set, name, p, value, text[0], text[1], 100 * gap, state, took.cpu, took.wall, bad ? "  MISSED" : "");
    fflush(stdout);
    rows++;
    missed += bad;
    cpu_sum += took.cpu;
}

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

/* One row: best = published optimum or NAN, aim = greatest gap allowed, enough = the gap at which to stop. */
static void row_until(const char *set, const char *name, struct plan_problem *q, double limit, double best, double aim, double enough) {
    struct arena *a = arena_new();
    struct plan_options options = {.now = now, .time_limit = limit, .gap = enough, .seed = 1};
    struct plan_answer r;
    struct stopwatch start = started();
    err e = plan_solve(a, q, &options, &r);
    bool bad = e.code || !r.found || r.gap > aim + 1e-9 || r.value < best - 0.5 || (isfinite(best) && r.bound > best + 0.5);
    if (e.code) printf("%s: %.*s\n", name, STR_ARG(e.detail)), missed++;
    else put_row(set, name, q->p, r.value, best, r.bound, r.gap, r.proven ? "proven" : "open", since(start), bad);
    proven += !e.code && r.proven;
    arena_free(a);
}

static void row(const char *set, const char *name, struct plan_problem *q, double limit, double best, double aim) {
    row_until(set, name, q, limit, best, aim, 0);
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
            row(center ? "pcenter" : "pmed", name, &f.problem, center ? 5 : 20, published(a, dir, center ? "pmed/pcenteropt.txt" : "pmed/pmedopt.txt", name), 0);
        }
        arena_free(a);
    }
}

static void set_cap(const char *dir) {
    for (int k = 1; k <= 20; k++) {
        struct arena *a = arena_new();
        struct plan_file f;
        const char *name = str_z(a, str_format(a, "pmedcap%d", k));
        if (load(a, dir, str_z(a, str_format(a, "cpmp/%s.txt", name)), &f)) row("cap", name, &f.problem, 20, f.best_known, 0.005);
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
        row_until("tsplib", name, &f.problem, 60, best, 0.01, 0.0005); /* a proof to 0.05 % is enough to stop */
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
    row("province", str_z(a, str_format(a, "%u>%u spread %.1f #%u", sites, p, spread, (unsigned)seed)), &q, limit, NAN, aim);
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
    struct stopwatch start = started();
    struct graph *g = graph_new(a, SIDE * SIDE, edge, n);
    struct graph_work *w = graph_work_new(a, g);
    double *out = ARENA_ARRAY(a, double, SIDE * SIDE);
    for (int k = 0; k < SOURCES; k++) graph_shortest(g, w, (uint32_t)(dice() * SIDE * SIDE), out);
    struct stopwatch took = since(start);
    printf("%-8s  %u roads (%zu arcs), %d nodes, %d sources: %.2f s of processor, %.2f s%s\n", "roads", streets, n, SIDE * SIDE, SOURCES, took.cpu, took.wall, took.cpu > 3 ? "  MISSED" : "");
    missed += took.cpu > 3;
    arena_free(a);
}

/* ---- rounds ---------------------------------------------------------------------------------------------------------- */

static void rounds_row(const char *name, const struct rounds_problem *q, double limit, double best) {
    struct arena *a = arena_new();
    struct rounds_options o = {.now = now, .time_limit = limit, .seed = 1};
    struct rounds_answer r;
    struct stopwatch start = started();
    err e = rounds_solve(a, q, &o, &r);
    str why = STR_NONE;
    bool good = !e.code && rounds_allowed(a, q, &r, &why) && r.complete;
    double cost = r.travelled + r.left_out, over = cost / best - 1;
    if (!good) printf("%s: %.*s\n", name, STR_ARG(e.code ? e.detail : why));
    put_row("rounds", name, (uint32_t)r.routes, cost, best, NAN, over, "above", since(start), !good || over > 0.03);
    arena_free(a);
}

static void rounds_file(const char *dir, const char *file, uint32_t vehicles, double best) {
    struct arena *a = arena_new();
    struct rounds_file f;
    str text = read_whole(a, str_z(a, str_format(a, "%s/vrptw/%s", dir, file)));
    if (text.at && !rounds_read(a, text, &f).code) {
        if (vehicles) f.problem.vehicles = vehicles;
        rounds_row(strchr(file, '/') + 1, &f.problem, 60, best);
    }
    arena_free(a);
}

/* p = routes. R101: least way 1642.88 with 20 vehicles, 1650.80 with the least number, 19 (published; distances not rounded).
 * The .sol files give tenths: 181292 is 18129.2. */
static void set_rounds(const char *dir) {
    rounds_file(dir, "solomon/R101.txt", 0, 1642.88);
    rounds_file(dir, "solomon/R101.txt", 19, 1650.80);
    rounds_file(dir, "pcvrptw/RC2_10_5.vrp", 0, 18129.2);
    rounds_file(dir, "homberger1000/RC1_10_1.vrp", 0, 45790.7);
    rounds_file(dir, "homberger1000/RC2_10_5.vrp", 0, 25797.5);
}

int main(int argc, char **argv) {
    static const char *const all[] = {"pmed", "pcenter", "cap", "tsplib", "province", "roads", "rounds"};
    if (argc < 2) return fprintf(stderr, "usage: measure DIR [set…]\n"), 2;
    printf("%-8s  %-24s  %4s  %12s  %12s  %12s  %9s  %-7s  %7s  %7s\n", "set", "instance", "p", "value", "best known", "bound", "gap", "", "cpu s", "wall s");
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        bool wanted = argc == 2;
        for (int i = 2; i < argc; i++) wanted = wanted || strcmp(argv[i], all[k]) == 0;
        if (!wanted) continue;
        rows = proven = 0;
        cpu_sum = 0;
        if (k == 0) set_pmed(argv[1], false);
        if (k == 1) set_pmed(argv[1], true);
        if (k == 2) set_cap(argv[1]);
        if (k == 3) set_tsplib(argv[1]);
        if (k == 4) set_province();
        if (k == 5) set_roads();
        if (k == 6) set_rounds(argv[1]);
        if (rows) printf("== %s: %d rows, %d proven, %.1f s of processor together\n", all[k], rows, proven, cpu_sum);
    }
    return missed > 0;
}
