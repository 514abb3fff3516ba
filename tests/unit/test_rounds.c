/* SPDX-License-Identifier: GPL-3.0-or-later
 * plan/: rounds against trying every order on small questions; conditions; bad input. */
#include "rounds/rounds.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static uint64_t dice_state = 1;
static uint32_t dice(uint32_t n) {
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(dice_state >> 33) % n;
}

/* Least travel + prizes left out with one vehicle on one day, by trying every order of every subset. */
static double try_all(const struct rounds_problem *q, uint32_t visited, uint32_t at, double time, double load) {
    double best = INFINITY, back = time + (at ? q->stop[at].service : 0) + q->minutes[at * q->stops];
    if (back <= q->stop[0].closes) {
        best = q->minutes[at * q->stops];
        for (uint32_t i = 1; i < q->stops; i++)
            if (!(visited >> i & 1)) best += q->stop[i].prize;
    }
    for (uint32_t i = 1; i < q->stops; i++) {
        if (visited >> i & 1 || load + q->stop[i].demand > q->room) continue;
        double begin = fmax(q->stop[i].opens, time + (at ? q->stop[at].service : 0) + q->minutes[at * q->stops + i]);
        if (begin > q->stop[i].closes) continue;
        best = fmin(best, q->minutes[at * q->stops + i] + try_all(q, visited | 1u << i, i, begin, load + q->stop[i].demand));
    }
    return best;
}

static struct rounds_problem random_day(uint32_t stops, bool must) {
    struct rounds_stop *s = ARENA_ARRAY(arena, struct rounds_stop, stops);
    double *minutes = ARENA_ARRAY(arena, double, stops * stops), x[16], y[16];
    for (uint32_t i = 0; i < stops; i++) {
        x[i] = dice(100), y[i] = dice(100);
        double opens = dice(200);
        s[i] = (struct rounds_stop){1 + dice(5), 10, opens, opens + 40 + dice(300), must && dice(3) == 0 ? (double)INFINITY : 20.0 + dice(120), 1};
    }
    s[0] = (struct rounds_stop){.opens = 0, .closes = 600};
    for (uint32_t i = 0; i < stops; i++)
        for (uint32_t j = 0; j < stops; j++) minutes[i * stops + j] = hypot(x[i] - x[j], y[i] - y[j]);
    return (struct rounds_problem){.stops = stops, .stop = s, .minutes = minutes, .vehicles = 1, .days = 1, .room = 14};
}

static void test_small_days(void **state) {
    (void)state;
    for (int round = 0; round < 100; round++) {
        dice_state = (uint64_t)round;
        struct rounds_problem q = random_day(4 + dice(4), round % 2);
        struct rounds_options options = {.tries = 4000, .seed = 7};
        struct rounds_answer r;
        str why;
        double best = try_all(&q, 0, 0, 0, 0);
        err e = rounds_solve(arena, &q, &options, &r);
        if (e.code) {
            assert_true(isinf(best));
            continue;
        }
        if (!rounds_allowed(arena, &q, &r, &why)) fail_msg("round %d: %.*s", round, STR_ARG(why));
        assert_true(r.complete == isfinite(best));
        if (isfinite(best) && fabs(r.travelled + r.left_out - best) > 1e-6) fail_msg("round %d: %g, best %g", round, r.travelled + r.left_out, best);
    }
}

static void test_month(void **state) {
    (void)state;
    enum { STOPS = 16, DAYS = 5 };
    dice_state = 3;
    struct rounds_problem q = random_day(STOPS, false);
    struct rounds_stop *s = ARENA_ARRAY(arena, struct rounds_stop, STOPS);
    for (uint32_t i = 0; i < STOPS; i++) {
        s[i] = q.stop[i];
        s[i].prize = INFINITY;
        s[i].opens = 0, s[i].closes = 600;
        s[i].days = i ? 1u << (i % DAYS) : 0;
    }
    q.stop = s, q.days = DAYS, q.room = 20;
    struct rounds_options options = {.tries = 2000, .seed = 1};
    struct rounds_answer r;
    str why;
    assert_int_equal(rounds_solve(arena, &q, &options, &r).code, ERR_OK);
    if (!rounds_allowed(arena, &q, &r, &why)) fail_msg("%.*s", STR_ARG(why));
    assert_true(r.complete);
    assert_int_equal(r.routes, DAYS); /* each stop has one possible day, so each day one round */
}

static void refused(const struct rounds_problem *q, const char *part) {
    struct rounds_options options = {.tries = 10};
    struct rounds_answer r;
    err e = rounds_solve(arena, q, &options, &r);
    if (!e.code || !str_contains(e.detail, str_of(part))) fail_msg("wanted \"%s\", got \"%.*s\"", part, STR_ARG(e.detail));
}

static void test_wrong_days(void **state) {
    (void)state;
    double minutes[4] = {0, 50, 50, 0};
    str names[2] = {STR("station"), STR("Tả Sìn Thàng")};
    struct rounds_stop s[2] = {{.closes = 480}, {5, 30, 0, 300, INFINITY, 1}};
    struct rounds_problem q = {.stops = 2, .stop = s, .minutes = minutes, .vehicles = 1, .days = 1, .room = 4, .names = names};
    refused(&q, "Tả Sìn Thàng needs more room");
    q.room = 10, s[1].closes = 40, refused(&q, "closes before anybody can be there");
    s[1].closes = 300, s[1].days = 2, refused(&q, "is open on none of the days");
    s[1].days = 1, minutes[2] = INFINITY, refused(&q, "cannot be served within the working day");
    q.vehicles = 0, refused(&q, "no vehicle");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_small_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_month, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_days, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("rounds", tests, NULL, NULL);
}
