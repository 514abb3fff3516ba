/* SPDX-License-Identifier: GPL-3.0-or-later
 * plan/: every method against brute force on small random questions with all conditions; bad input; readers; and a
 * short part of the reference sets (OR-Library) when they are at hand. */
#include "travel/graph.h"
#include "plan/plan.h"
#include "plan/read.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static double now(void *user) {
    (void)user;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t dice_state = 1;
static uint32_t dice(uint32_t n) {
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice_state >> 33) % n;
}

/* ---- brute force ------------------------------------------------------------------------------------------------- */

/* Least assignment cost under capacities, by trying everything. */
static double assign_all(const struct plan_problem *q, const uint32_t *open, size_t n, uint32_t client, double *room) {
    if (client == q->clients) return 0;
    double best = INFINITY;
    for (size_t k = 0; k < n; k++) {
        double d = q->distance[client * q->sites + open[k]];
        if (!isfinite(d) || room[k] < q->demand[client]) continue;
        room[k] -= q->demand[client];
        best = fmin(best, d * (q->weight ? q->weight[client] : 1) + assign_all(q, open, n, client + 1, room));
        room[k] += q->demand[client];
    }
    return best;
}

static double brute_force(const struct plan_problem *q) {
    double best = q->method == PLAN_COVER ? -INFINITY : INFINITY;
    for (uint32_t set = 0; set < 1u << q->sites; set++) {
        uint32_t open[16];
        size_t n = 0;
        for (uint32_t j = 0; j < q->sites; j++)
            if (set >> j & 1) open[n++] = j;
        str why;
        if (!plan_allowed(arena, q, open, n, &why)) continue;
        double value;
        if (q->method == PLAN_CAPACITATED) {
            double room[16];
            for (size_t k = 0; k < n; k++) room[k] = q->capacity[open[k]];
            value = assign_all(q, open, n, 0, room);
        } else value = n || q->method == PLAN_COVER ? plan_value(q, open, n) : INFINITY;
        best = q->method == PLAN_COVER ? fmax(best, value) : fmin(best, value);
    }
    return best;
}

/* A random question; about half of them have each kind of condition. */
static struct plan_problem random_problem(enum plan_method method) {
    bool small = method == PLAN_CAPACITATED, whole = dice(2);
    uint32_t n = small ? 4 + dice(4) : 5 + dice(12), m = small ? 3 + dice(3) : 4 + dice(6), groups = 1 + dice(3);
    double *distance = ARENA_ARRAY(arena, double, n * m), *weight = ARENA_ARRAY(arena, double, n);
    double *demand = ARENA_ARRAY(arena, double, n), *capacity = ARENA_ARRAY(arena, double, m), *cost = ARENA_ARRAY(arena, double, m);
    uint32_t *group = ARENA_ARRAY(arena, uint32_t, m);
    enum plan_site_state *state = ARENA_ARRAY(arena, enum plan_site_state, m);
    struct plan_group *g = ARENA_ARRAY(arena, struct plan_group, groups);
    struct plan_pair *pair = ARENA_ARRAY(arena, struct plan_pair, 2);
    for (uint32_t k = 0; k < n * m; k++) distance[k] = (double)dice(100) + (whole ? 0 : 0.01 * dice(100));
    if (dice(4) == 0)
        for (uint32_t k = 0; k < n; k++) distance[k * m + 1 + dice(m - 1)] = INFINITY;
    for (uint32_t i = 0; i < n; i++) weight[i] = 1 + dice(20), demand[i] = 1 + dice(9);
    for (uint32_t j = 0; j < m; j++) {
        capacity[j] = 9 + dice(30);
        cost[j] = 1 + dice(10);
        group[j] = dice(groups + 1) ? dice(groups) : PLAN_NO_GROUP;
        state[j] = dice(8) ? PLAN_FREE : dice(2) ? PLAN_OPEN : PLAN_CLOSED;
    }
    for (uint32_t k = 0; k < groups; k++) g[k] = (struct plan_group){dice(2), 1 + dice(3)};
    for (int k = 0; k < 2; k++) pair[k] = (struct plan_pair){dice(m - 1), m - 1};
    struct plan_problem q = {.method = method, .clients = n, .sites = m, .p = 1 + dice(m), .distance = distance, .radius = 30, .budget = INFINITY};
    if (dice(2)) q.weight = weight;
    if (dice(2)) q.state = state;
    if (dice(2)) q.group = group, q.groups = g, q.group_count = groups;
    if (dice(3) == 0) q.cost = cost, q.budget = 5 + dice(20);
    if (dice(3) == 0) q.pairs = pair, q.pair_count = 2;
    if (dice(3) == 0) {
        uint32_t count = 1 + dice(3), *site = ARENA_ARRAY(arena, uint32_t, count * m);
        double *coefficient = ARENA_ARRAY(arena, double, count *m);
        struct plan_rule *rule = ARENA_ARRAY(arena, struct plan_rule, count);
        for (uint32_t r = 0; r < count; r++) {
            for (uint32_t j = 0; j < m; j++)
                site[r * m + j] = j, coefficient[r * m + j] = (double)dice(9) - (dice(2) ? 4 : 0);
            rule[r] = (struct plan_rule){STR("drawn"),
                                         m,
                                         site + r * m,
                                         coefficient + r * m,
                                         dice(2) ? (double)dice(8) : -INFINITY,
                                         dice(2) ? 6 + (double)dice(12) : INFINITY};
        }
        q.rules = rule, q.rule_count = count;
    }
    if (small) q.demand = demand, q.capacity = capacity;
    return q;
}

static void check_against_brute_force(enum plan_method method, int rounds) {
    int solved = 0;
    for (int round = 0; round < rounds; round++) {
        dice_state = (uint64_t)round * 7919 + (uint64_t)method;
        struct plan_problem q = random_problem(method);
        double best = brute_force(&q);
        struct plan_options options = {.seed = (uint64_t)round};
        struct plan_answer answer;
        err e = plan_solve(arena, &q, &options, &answer);
        if (e.code) { /* only questions without a plan may be refused */
            if (isfinite(best)) fail_msg("round %d: refused \"%.*s\" but %g exists", round, STR_ARG(e.detail), best);
            continue;
        }
        if (!isfinite(best)) {
            if (answer.found || !answer.proven) fail_msg("round %d: found %g where nothing is", round, answer.value);
            continue;
        }
        solved++;
        str why;
        if (!answer.found) fail_msg("round %d: nothing found, best %g", round, best);
        if (!plan_allowed(arena, &q, answer.open, answer.open_count, &why)) fail_msg("round %d: %.*s", round, STR_ARG(why));
        if (fabs(answer.value - best) > 1e-6 * (1 + best)) fail_msg("round %d: %g, best %g", round, answer.value, best);
        if (!answer.proven) fail_msg("round %d: not proven: bound %g value %g", round, answer.bound, answer.value);
        bool upward = method == PLAN_COVER;
        if (upward ? answer.bound < best - 1e-6 : answer.bound > best + 1e-6 * (1 + best))
            fail_msg("round %d: bound %.9g is wrong, best is %.9g", round, answer.bound, best);
        if (method != PLAN_CAPACITATED) {
            double value = plan_value(&q, answer.open, answer.open_count);
            if (fabs(value - answer.value) > 1e-9 * (1 + value)) fail_msg("round %d: says %g, is %g", round, answer.value, value);
        }
    }
    assert_true(solved > rounds / 4);
}

static void test_pmedian(void **state) { (void)state; check_against_brute_force(PLAN_PMEDIAN, 1500); }
static void test_pcenter(void **state) { (void)state; check_against_brute_force(PLAN_PCENTER, 600); }
static void test_cover(void **state) { (void)state; check_against_brute_force(PLAN_COVER, 1500); }
static void test_capacitated(void **state) { (void)state; check_against_brute_force(PLAN_CAPACITATED, 600); }

/* One open site in every commune, nothing more: groups are joined there (join.c), whole and fractional times. */
static void test_one_per_commune(void **state) {
    (void)state;
    for (int round = 0; round < 300; round++) {
        dice_state = 77 + (uint64_t)round;
        enum { M = 12 };
        uint32_t n = 20 + dice(40), communes = 3 + dice(3), group[M];
        double *distance = ARENA_ARRAY(arena, double, n * M), *weight = ARENA_ARRAY(arena, double, n);
        enum plan_site_state fixed[M] = {PLAN_FREE};
        struct plan_group g[6];
        for (uint32_t k = 0; k < communes; k++) g[k] = (struct plan_group){1, 1 + dice(3)};
        for (uint32_t j = 0; j < M; j++) group[j] = j % communes;
        if (dice(3) == 0) fixed[dice(M)] = PLAN_OPEN;
        for (uint32_t i = 0; i < n; i++) {
            weight[i] = 1 + dice(1000);
            for (uint32_t j = 0; j < M; j++)
                distance[i * M + j] = (double)dice(60) + (group[j] == i % communes ? 0 : (double)dice(90)) + (round % 2 ? 0.001 * dice(1000) : 0);
        }
        struct plan_problem q = {.method = round % 3 ? PLAN_PMEDIAN : PLAN_COVER, .clients = n, .sites = M, .p = communes, .distance = distance,
                                 .weight = weight, .radius = 25, .group = group, .groups = g, .group_count = communes, .state = fixed, .budget = INFINITY};
        double best = brute_force(&q);
        struct plan_options options = {0};
        struct plan_answer answer;
        assert_int_equal(plan_solve(arena, &q, &options, &answer).code, ERR_OK);
        str why;
        assert_true(answer.found && answer.proven);
        if (!plan_allowed(arena, &q, answer.open, answer.open_count, &why)) fail_msg("round %d: %.*s", round, STR_ARG(why));
        if (fabs(answer.value - best) > 1e-6 * best) fail_msg("round %d: %.9g, best %.9g", round, answer.value, best);
        if (fabs(answer.bound - best) > 1e-6 * best) fail_msg("round %d: bound %.9g, best %.9g", round, answer.bound, best);
    }
}

/* The clients of a capacitated answer fit, and their costs are the value. */
static void test_capacities_are_kept(void **state) {
    (void)state;
    for (int round = 0; round < 100; round++) {
        dice_state = 1000 + (uint64_t)round;
        struct plan_problem q = random_problem(PLAN_CAPACITATED);
        struct plan_options options = {0};
        struct plan_answer answer;
        if (plan_solve(arena, &q, &options, &answer).code || !answer.found) continue;
        double load[16] = {0}, sum = 0;
        for (uint32_t i = 0; i < q.clients; i++) {
            load[answer.site_of[i]] += q.demand[i];
            sum += q.distance[i * q.sites + answer.site_of[i]] * (q.weight ? q.weight[i] : 1);
        }
        for (uint32_t j = 0; j < q.sites; j++) assert_true(load[j] <= q.capacity[j] + 1e-9);
        assert_true(fabs(sum - answer.value) < 1e-6);
    }
}

/* ---- stopping ---------------------------------------------------------------------------------------------------- */

struct watch {
    int calls;
    double value, bound;
    bool worse;
};

static bool stop_third(void *user, const struct plan_progress *p) {
    struct watch *w = user;
    if (p->value > w->value || p->bound < w->bound) w->worse = true;
    w->value = p->value;
    w->bound = p->bound;
    return ++w->calls < 3;
}

static double ticking(void *user) {
    static double t;
    (void)user;
    return t += 0.05;
}

static void test_can_be_stopped(void **state) {
    (void)state;
    dice_state = 5;
    uint32_t n = 150;
    double *distance = ARENA_ARRAY(arena, double, n * n);
    for (uint32_t k = 0; k < n * n; k++) distance[k] = 500 + dice(500); /* no geometry: far from easy */
    struct plan_problem q = {.method = PLAN_PMEDIAN, .clients = n, .sites = n, .p = 12, .distance = distance};
    struct watch w = {.value = INFINITY, .bound = -INFINITY};
    struct plan_options options = {.now = ticking, .progress = stop_third, .user = &w};
    struct plan_answer answer;
    assert_int_equal(plan_solve(arena, &q, &options, &answer).code, ERR_OK);
    assert_int_equal(w.calls, 3);
    assert_false(w.worse);
    assert_true(answer.stopped && answer.found && !answer.proven);
    assert_true(answer.bound <= answer.value && answer.gap > 0);
    assert_int_equal(answer.open_count, 12);
}

/* ---- bad input --------------------------------------------------------------------------------------------------- */

static void refused(struct plan_problem q, const char *part) {
    struct plan_options options = {0};
    struct plan_answer answer;
    err e = plan_solve(arena, &q, &options, &answer);
    if (!e.code || !str_contains(e.detail, str_of(part))) fail_msg("wanted \"%s\", got \"%.*s\"", part, STR_ARG(e.detail));
}

static void test_wrong_questions(void **state) {
    (void)state;
    double d[6] = {1, 2, 3, 4, 5, 6}, hole[6] = {1, NAN, 3, 4, 5, 6}, negative[6] = {1, 2, -3, 4, 5, 6};
    double island[6] = {1, 2, INFINITY, INFINITY, 5, 6}, zero[3] = {0, 0, 0}, demand[3] = {5, 5, 5}, capacity[2] = {7, 7};
    struct plan_group two = {2, 2};
    uint32_t group[2] = {0, 0};
    str villages[3] = {STR("Pa Thơm"), STR("Na Ư"), STR("Mường Lói")};
    struct plan_problem q = {.clients = 3, .sites = 2, .p = 1, .distance = d, .client_names = villages}, bad = q;
    bad.p = 3, refused(bad, "p is 3 but there are only 2 sites");
    bad = q, bad.p = 0, refused(bad, "p is 0");
    bad = q, bad.distance = hole, refused(bad, "from Pa Thơm to 2: missing");
    bad = q, bad.distance = negative, refused(bad, "from Na Ư to 1: negative");
    bad = q, bad.distance = island, refused(bad, "Na Ư has no access to any site");
    bad = q, bad.weight = zero, refused(bad, "weights sum to 0");
    bad = q, bad.group = group, bad.groups = &two, bad.group_count = 1, refused(bad, "the groups ask for 2 open sites, p is 1");
    bad = q, bad.method = PLAN_CAPACITATED, refused(bad, "needs demands and capacities");
    bad.demand = demand, bad.capacity = capacity, bad.p = 2, refused(bad, "the demand is 15, the 2 largest sites hold 14");
}

/* ---- readers ----------------------------------------------------------------------------------------------------- */

static str reading(const char *text) {
    struct plan_file f;
    err e = plan_read(arena, str_of(text), &f);
    return e.code ? e.detail : STR("accepted");
}

static void reads(const char *text, const char *part) {
    str got = reading(text);
    if (!str_contains(got, str_of(part))) fail_msg("wanted \"%s\", got \"%.*s\"", part, STR_ARG(got));
}

static void test_readers(void **state) {
    (void)state;
    struct plan_file f;
    assert_int_equal(plan_read(arena, STR(" 3 3 1\n1 2 9\n2 3 4\n2 1 5\n"), &f).code, ERR_OK);
    assert_true(f.problem.distance[1] == 5 && f.problem.distance[2] == 9 && f.problem.distance[3] == 5);
    reads("3 1 4\n1 2 9\n", "line 1, column 5: p is 4");
    reads("3 2 1\n1 2 9\n", "line 3, column 1: the file ends where a node");
    reads("3 1 1\n1 2 -9\n", "line 2, column 5: a length is -9");
    reads("3 1 1\n1 2 x\n", "line 2, column 5: a length is not a number: \"x\"");
    reads("3 1 1\n1 2 9\n7", "text after the end");
    reads("from,to,minutes\na,s,5\na,t,6\nb,s,7\n", "a hole: no time from b to t");
    reads("from,to,minutes\na,s,-5\n", "line 2, column 3 (minutes): negative: -5");
    reads("from,to,minutes\na,s,5\na,s,6\n", "line 3: this pair was given before");
    reads("from,to,hours\na,s,5\n", "unknown column \"hours\"");
    reads("from,to,minutes\na,s,5 h\n", "line 2, column 3 (minutes): not a plain number without a unit: \"5 h\"");
    reads("from,to,minutes,season\na,s,5,dry\na,t,5,wet\n", "line 3, column 4 (season): \"wet\", but \"dry\" before");
    reads("from,to,minutes\n", "no lines");
    reads("id,x,y\na,1,2\na,1,3\n", "line 3, column 1 (id): twice: a");
    reads("id,x,y,state\na,1,2,maybe\n", "(state): open, closed, free or none");
    reads("", "the file is empty");
    assert_int_equal(plan_read(arena, STR("\xEF\xBB\xBF" "from,to,minutes,weight,group\r\n\"b, 1\",s,5,10,g\r\n\"b, 1\",t,none,10,h\r\n"), &f).code, ERR_OK);
    assert_true(str_is(f.problem.client_names[0], "b, 1") && isinf(f.problem.distance[1]) && f.problem.weight[0] == 10);
    assert_int_equal(f.problem.group_count, 2);
}

static void test_shortest_paths(void **state) {
    (void)state;
    enum { N = 60 };
    for (int round = 0; round < 50; round++) {
        dice_state = (uint64_t)round;
        static double floyd[N][N];
        struct graph_edge edges[150];
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++) floyd[i][j] = i == j ? 0 : INFINITY;
        for (int e = 0; e < 150; e++) {
            edges[e] = (struct graph_edge){dice(N), dice(N), dice(10) ? (double)dice(50) : INFINITY};
            if (edges[e].length < floyd[edges[e].from][edges[e].to]) floyd[edges[e].from][edges[e].to] = edges[e].length;
        }
        for (int k = 0; k < N; k++)
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++) floyd[i][j] = fmin(floyd[i][j], floyd[i][k] + floyd[k][j]);
        struct graph *g = graph_new(arena, N, edges, 150);
        struct graph_work *w = graph_work_new(arena, g);
        double out[N];
        for (uint32_t i = 0; i < N; i++) {
            graph_shortest(g, w, i, out);
            for (int j = 0; j < N; j++) assert_true(out[j] == floyd[i][j] || (isinf(out[j]) && isinf(floyd[i][j])));
        }
    }
}

/* ---- reference --------------------------------------------------------------------------------------------------- */

static str read_whole(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return STR_NONE;
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *text = arena_alloc(arena, n + 1);
    n = fread(text, 1, n, f);
    fclose(f);
    return (str){text, n};
}

static void test_reference(void **state) {
    (void)state;
    static const struct { const char *file; enum plan_method method; double radius, value; } want[] = {
        {"pmed/pmed1.txt", PLAN_PMEDIAN, 0, 5819}, {"pmed/pmed5.txt", PLAN_PMEDIAN, 0, 1355}, {"pmed/pmed9.txt", PLAN_PMEDIAN, 0, 2734},
        {"pmed/pmed15.txt", PLAN_PMEDIAN, 0, 1729}, {"pmed/pmed21.txt", PLAN_PMEDIAN, 0, 9138}, {"pmed/pmed25.txt", PLAN_PMEDIAN, 0, 1828},
        {"pmed/pmed1.txt", PLAN_PCENTER, 0, 127}, {"pmed/pmed11.txt", PLAN_PCENTER, 0, 59}, {"pmed/pmed25.txt", PLAN_PCENTER, 0, 11},
        {"pmed/pmed1.txt", PLAN_COVER, 76, 72}, {"pmed/pmed11.txt", PLAN_COVER, 35, 240},
        {"cpmp/pmedcap1.txt", PLAN_CAPACITATED, 0, 713}, {"cpmp/pmedcap2.txt", PLAN_CAPACITATED, 0, 740}, {"cpmp/pmedcap13.txt", PLAN_CAPACITATED, 0, 1026},
    };
    const char *shared = getenv("TRAM_SHARED") ? getenv("TRAM_SHARED") : "../shared";
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        str text = read_whole(str_z(arena, str_format(arena, "%s/data/planning/%s", shared, want[k].file)));
        if (!text.at) {
            print_message("skipped: %s/data/planning is not here\n", shared);
            skip();
        }
        struct plan_file f;
        assert_int_equal(plan_read(arena, text, &f).code, ERR_OK);
        f.problem.method = want[k].method;
        f.problem.radius = want[k].radius;
        struct plan_options options = {.now = now, .time_limit = 20};
        struct plan_answer answer;
        assert_int_equal(plan_solve(arena, &f.problem, &options, &answer).code, ERR_OK);
        if (answer.value != want[k].value || !answer.proven)
            fail_msg("%s: %g, bound %g, want %g", want[k].file, answer.value, answer.bound, want[k].value);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pmedian, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pcenter, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cover, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_capacitated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_one_per_commune, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_capacities_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_can_be_stopped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_questions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_readers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_shortest_paths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reference, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
