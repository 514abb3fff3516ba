/* SPDX-License-Identifier: GPL-3.0-or-later
 * plan/knapsack.c against all subsets: what a site collects at least, what it takes, and what may be forbidden it. A bound that
 * forbids too much shows in whole searches only when no good plan was met before, so it is tested here by itself. */
#include "plan/methods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

enum { CLIENTS = 9, SITES = 3 };

static uint64_t state_of_dice;
static uint32_t dice(uint32_t n) {
    state_of_dice = state_of_dice * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state_of_dice >> 33) % n;
}

struct sample {
    struct plan_problem problem;
    double distance[CLIENTS * SITES], demand[CLIENTS], capacity[SITES], u[CLIENTS];
};

static void draw(struct sample *s, uint64_t seed) {
    state_of_dice = seed;
    s->problem = (struct plan_problem){.method = PLAN_CAPACITATED, .clients = CLIENTS, .sites = SITES, .p = SITES, .distance = s->distance,
                                       .demand = s->demand, .capacity = s->capacity, .budget = INFINITY};
    for (int k = 0; k < CLIENTS * SITES; k++) s->distance[k] = dice(12) ? (double)dice(50) : INFINITY;
    for (int i = 0; i < CLIENTS; i++) s->demand[i] = dice(10), s->u[i] = dice(60) + 0.125 * dice(8);
    for (int j = 0; j < SITES; j++) s->capacity[j] = 4 + dice(40);
}

/* The least sum of (distance - u) over the subsets that fit and hold `must` (CLIENTS = any). */
static double least_of(const struct sample *s, int site, int must) {
    double least = must == CLIENTS ? 0 : INFINITY;
    for (unsigned set = 1; set < 1u << CLIENTS; set++) {
        double load = 0, sum = 0;
        for (int i = 0; i < CLIENTS; i++)
            if (set >> i & 1) load += s->demand[i], sum += s->distance[i * SITES + site] - s->u[i];
        if (load <= s->capacity[site] && (must == CLIENTS || (set >> must & 1))) least = fmin(least, sum);
    }
    return least;
}

static void check_taken(const struct sample *s, struct knapsack *k, int site, double least) {
    uint8_t chosen[SITES] = {0};
    int16_t slope[CLIENTS];
    uint32_t server[CLIENTS];
    double load = 0, sum = 0;
    chosen[site] = 1;
    knapsack_slope(k, s->u, chosen, slope, server);
    for (int i = 0; i < CLIENTS; i++) {
        assert_true((server[i] == (uint32_t)site) == (slope[i] == 0));
        if (slope[i] == 0) load += s->demand[i], sum += s->distance[i * SITES + site] - s->u[i];
    }
    assert_true(load <= s->capacity[site]);
    assert_true(fabs(sum - least) < 1e-3);
}

static void test_against_all_subsets(void **state) {
    (void)state;
    struct plan_options options = {.seed = 1};
    int forbidden = 0, tight = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct arena *a = arena_new();
        struct sample s;
        draw(&s, seed);
        struct core *c = core_new(a, &s.problem, &options);
        uint8_t *fix = ARENA_ARRAY(a, uint8_t, SITES + 1);
        struct knapsack *k = knapsack_new(a, c, view_new(a, c, fix, true));
        double rho[SITES], spare[SITES];
        knapsack_add_up(k, s.u, rho);
        c->forbidden_words = 1;
        c->forbidden = ARENA_ARRAY(a, uint64_t, CLIENTS);
        for (int j = 0; j < SITES; j++) {
            double least = least_of(&s, j, CLIENTS);
            assert_true(rho[j] <= least + 1e-9 && rho[j] > least - 1e-3);
            check_taken(&s, k, j, least);
            spare[j] = dice(40);
        }
        knapsack_forbid(k, s.u, rho, spare, c->forbidden);
        for (int i = 0; i < CLIENTS; i++)
            for (int j = 0; j < SITES; j++) {
                double rise = least_of(&s, j, i) - rho[j];
                bool is = c->forbidden[i] >> j & 1, worthless = s.u[i] <= s.distance[i * SITES + j] && isfinite(s.distance[i * SITES + j]);
                if (is && rise < spare[j] - 1e-3) fail_msg("seed %d: client %d site %d rises by %g only, not %g", (int)seed, i, j, rise, spare[j]);
                if (!is && worthless && rise > spare[j] + 1e-3) fail_msg("seed %d: client %d site %d rises by %g and may stay", (int)seed, i, j, rise);
                forbidden += is;
                tight += rise > spare[j];
            }
        arena_free(a);
    }
    assert_true(forbidden > 500 && tight > forbidden);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_all_subsets)};
    return cmocka_run_group_tests_name("plan knapsack", tests, NULL, NULL);
}
