/* SPDX-License-Identifier: GPL-3.0-or-later
 * siting/: points by hand, thresholds and budgets against trying them out, effects, bad input, the province. */
#include "siting/siting.h"

#include "base/csv.h"
#include "base/json.h"
#include "base/map.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static void says(err e, const char *part) {
    if (!e.code || !str_contains(e.detail, str_of(part))) fail_msg("wanted \"%s\", got \"%.*s\"", part, STR_ARG(e.code ? e.detail : STR("no error")));
}
static void near(double got, double want, double within) {
    if (!(fabs(got - want) <= within)) fail_msg("%.9g, want %.9g", got, want);
}
static void good(err e) {
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
}

/* ---- points ---------------------------------------------------------------------------------------------------------- */

#define SITES "code,name,commune,road_minutes,wet_road,grade,rooms,power,water,internet,land_m2,doctors,midwives,assistants,cost,beside\n"
#define VILLAGES "code,name,commune,people,group,round\n"
#define TIMES "from,to,minutes,mode,season,source,date\n"

static struct siting_problem small(void) {
    struct siting_problem q;
    good(siting_read(arena,
                     STR(SITES "A,Trạm A,x,0,yes,3,10,yes,yes,yes,500,2,1,1,100,no\n"
                               "B,Trạm B,x,30,no,1,5,yes,no,yes,250,1,0,1,40,yes\n"
                               "C,Trạm C,y,15,,,,,,,,,,,10,yes\n"),
                     STR(VILLAGES "v1,Bản 1,x,300,Mông,no\nv2,Bản 2,x,100,,no\nv3,Bản 3,y,50,Mông,yes\n"), &q));
    good(siting_times(arena, &q,
                      STR(TIMES "v1,A,60,motorbike,,village head,2026-05-02\nv1,B,0,motorbike,,village head,\nv2,A,0,motorbike,,village head,\n"
                                "v2,B,30,motorbike,,village head,\nv3,C,90,foot,,village head,\n"), TRAVEL_ANY, false));
    return q;
}

static void test_points(void **state) {
    (void)state;
    struct siting_problem q = small();
    struct siting_result r;
    good(siting_solve(arena, &q, NULL, &r));
    /* A: 300 people at 60 minutes (25 points), 100 at 0 (100): mean 43.75; farthest 60 minutes of 60: 50 */
    near(r.score[0].points[SITING_LOCATION], 0.75 * 43.75 + 0.25 * 50, 1e-9);
    near(r.score[1].points[SITING_LOCATION], 0.75 * (300 * 100 + 100 * 50) / 400.0 + 0.25 * 100 * exp2(-0.5), 1e-9);
    near(r.score[0].points[SITING_TRANSPORT], 100, 1e-9);
    near(r.score[1].points[SITING_TRANSPORT], 25, 1e-9); /* 30 minutes, and cut in the rains */
    near(r.score[0].points[SITING_POPULATION], 100 * (2 * 100 + 400) / 1200.0, 1e-9);
    near(r.score[1].points[SITING_POPULATION], 100, 1e-9);
    near(r.score[0].points[SITING_INFRASTRUCTURE], 100, 1e-9);
    near(r.score[1].points[SITING_INFRASTRUCTURE], 0 + 12.5 + 10 + 0 + 10 + 7.5, 1e-9);
    near(r.score[0].points[SITING_STAFF], 100, 1e-9);
    near(r.score[1].points[SITING_STAFF], 30 + 0 + 20, 1e-9);
    double total = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) total += r.score[0].points[k] / 5;
    near(r.score[0].total, total, 1e-9);
    assert_true(r.choice[0].site == 0 && r.choice[0].second == 1 && r.choice[0].known_weight == 1 && isnan(r.choice[0].unknown_turn));
    assert_true(r.choice[1].site == 2 && r.choice[1].second == SITING_NO_SITE); /* the only site needs no points */
    assert_false(r.choice[1].known[SITING_STAFF]);
    assert_true(r.differs == 1 && r.undecided == 0 && r.splits);
    assert_true(r.score[0].best_pairs && r.score[1].best_pairs); /* A scores more, B is nearer */
    assert_int_equal(r.steps, 2);
    near(r.step[0].minutes, (300 * 60 + 100 * 0 + 50 * 90) / 450.0, 1e-9);
    near(r.step[1].minutes, (300 * 0 + 100 * 30 + 50 * 90) / 450.0, 1e-9);
}

static struct decision drafted(const struct siting_problem *q, const struct siting_result *r) {
    struct siting_act act = {STR("gần dân"), DAY_FIRST, DAY_FIRST};
    struct decision d, again;
    struct buf text = buf_new(arena), twice = buf_new(arena);
    struct json *tree;
    good(siting_decision(arena, q, r, &act, &d));
    decision_write(&text, &d); /* there and back: nothing is lost on the way through the one writer */
    good(json_parse(arena, buf_str(&text), &tree));
    good(decision_read(arena, tree, &again));
    decision_write(&twice, &again);
    assert_true(str_eq(buf_str(&text), buf_str(&twice)) && str_is(again.reason, "gần dân"));
    return again;
}

/* NAN: not known, absent in the draft. */
static void effect_is(const struct decision *d, const char *what, double minutes, double before, double after) {
    for (size_t k = 0; k < d->effects.len; k++) {
        const struct decision_effect *e = &d->effects.at[k];
        if (!str_is(e->what, what) || (!isnan(minutes) && strtod(str_z(arena, e->minutes), NULL) != minutes)) continue;
        assert_true(isnan(before) ? !e->before.len : strtod(str_z(arena, e->before), NULL) == before);
        assert_true(isnan(after) ? !e->after.len : strtod(str_z(arena, e->after), NULL) == after);
        return;
    }
    fail_msg("no effect %s", what);
}

static void test_effect(void **state) {
    (void)state;
    struct siting_problem q = small();
    struct siting_result r;
    good(siting_solve(arena, &q, NULL, &r));
    assert_int_equal(r.losers, 1);
    assert_int_equal(r.loser[0].village, 0);
    near(r.loser[0].before, 0, 0), near(r.loser[0].after, 60, 0), near(r.loser[0].care, 0, 0);
    assert_true(r.loser[0].excused);
    near(r.all.people, 450, 0), near(r.all.near_before, 400, 0), near(r.all.near_after, 100, 0), near(r.all.near_care, 400, 0);
    near(r.all.far_after, 400, 0), near(r.all.worse, 300, 0), near(r.all.unexcused, 0, 0);
    near(r.travel, 300 * 60 + 50 * 90, 1e-9);
    near(r.least_travel, 100 * 30 + 50 * 90, 1e-9);
    assert_int_equal(r.groups, 1);
    near(r.group[0].cover.people, 350, 0);
    near(r.group[0].cover.mean_after, (300 * 60 + 50 * 90) / 350.0, 1e-9);
    q.proposal.points = 0; /* nobody keeps a point: now v1 is left behind, v3 has its round */
    good(siting_solve(arena, &q, NULL, &r));
    assert_false(r.loser[0].excused);
    near(r.all.unexcused, 300, 0);
    assert_true(r.kind[1] == SITING_NOTHING);
    struct decision d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 1);
    assert_true(d.operations.at[0].kind == OPERATION_DISSOLVE && str_is(d.operations.at[0].places.at[0], "station-B") && str_is(d.operations.at[0].receivers.at[0].place, "station-A"));
    q.proposal.points = 2;
    says(siting_solve(arena, &q, NULL, &r), "2 points are asked for, only 1");
    q.proposal.points = 1;
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.kind[1] == SITING_POINT && r.points_value <= r.points_bound + 1e-6 * r.points_value);
    near(r.points_value, 50 * 90, 1e-6);
    d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 1);
    assert_true(d.operations.at[0].kind == OPERATION_CONVERT_TO_POINT && str_is(d.operations.at[0].target, "station-A"));
    effect_is(&d, "within", 30, 400, 100), effect_is(&d, "within", 60, 450 - 50, 450 - 50), effect_is(&d, "doctors-at-stations", NAN, NAN, NAN);
    effect_is(&d, "cost", NAN, NAN, 110), effect_is(&d, "stations", NAN, 3, 2), effect_is(&d, "points", NAN, 0, 1);
    q.site[1].today = SITING_STATION, q.site[0].today = SITING_POINT, q.site[0].station_today = 1; /* the network of another day */
    good(siting_solve(arena, &q, NULL, &r));
    d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 2);
    assert_true(d.operations.at[0].kind == OPERATION_PROMOTE_TO_STATION && d.operations.at[1].kind == OPERATION_CONVERT_TO_POINT);
    struct siting_act silent = {STR(" \t\n"), DAY_FIRST, DAY_FIRST};
    says(siting_decision(arena, &q, &r, &silent, &d), "writes why");
}

/* A point whose station is no longer one goes to the new station; one that hangs there already is left alone. */
static void test_points_move(void **state) {
    (void)state;
    struct siting_problem q;
    struct siting_result r;
    good(siting_read(arena, STR("code,name,commune,today,road_minutes\nA,A,x,point,0\nB,B,x,station,50\nC,C,x,point,60\n"), STR("code,name,commune,people\nv,V,x,10\n"), &q));
    good(siting_times(arena, &q, STR(TIMES "v,A,1,foot,,x,\nv,B,60,foot,,x,\nv,C,90,foot,,x,\n"), TRAVEL_ANY, false));
    q.site[0].station_today = q.site[2].station_today = 1;
    good(siting_solve(arena, &q, NULL, &r));
    struct decision d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 3);
    assert_true(d.operations.at[0].kind == OPERATION_PROMOTE_TO_STATION && str_is(d.operations.at[0].places.at[0], "station-A"));
    for (int k = 1; k < 3; k++) assert_true(d.operations.at[k].kind == OPERATION_CONVERT_TO_POINT && str_is(d.operations.at[k].target, "station-A"));
    q.site[2].station_today = 0;
    d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 2);
}

static void test_rules(void **state) {
    (void)state;
    struct siting_problem q = small();
    struct siting_result r;
    q.proposal.doctors_least = 2;
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.choice[0].site == 0 && !r.score[1].eligible && r.choice[0].second == SITING_NO_SITE);
    q.site[0].functioning = SITING_NO; /* the only one with two doctors does not function */
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.choice[0].site == 1 && r.choice[0].rule_broken && r.findings >= 1);
    assert_true(isfinite(r.before[0]) && r.before[1] == 30); /* what does not function serves nobody */
    q.site[1].functioning = SITING_NO;
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.choice[0].site == 0 && r.choice[0].rule_broken);
    q = small();
    q.proposal.budget = 60;
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.choice[0].site == 1 && r.choice[0].by_budget && r.cost == 50 && r.budget_proven && !r.splits);
    q.proposal.budget = 20;
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(r.over_budget && r.choice[0].site == 0 && r.cost == 110);
}

/* ---- random problems against trying out ------------------------------------------------------------------------------ */

static uint64_t seed = 7;
static double dice(void) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (double)(seed >> 11) / 9007199254740992.0;
}

static struct siting_problem random_problem(uint32_t communes, uint32_t each) {
    struct siting_problem q = {.proposal = siting_defaults, .communes = communes, .sites = communes * each, .villages = communes * each};
    q.commune = ARENA_ARRAY(arena, struct siting_commune, communes);
    q.site = ARENA_ARRAY(arena, struct siting_site, q.sites);
    q.village = ARENA_ARRAY(arena, struct siting_village, q.villages);
    q.minutes = ARENA_ARRAY(arena, double, (size_t)q.sites * q.villages);
    for (int k = 0; k < SITING_CRITERIA; k++) q.proposal.weight[k] = 1 + floor(dice() * 40);
    for (uint32_t c = 0; c < communes; c++) q.commune[c] = (struct siting_commune){str_format(arena, "c%u", c), str_format(arena, "Xã %u", c)};
    for (uint32_t j = 0; j < q.sites; j++) {
        q.site[j] = (struct siting_site){.code = str_format(arena, "s%03u", j), .name = STR("Trạm"), .commune = j / each, .road_minutes = 60 * dice(), .grade = 1 + 2 * dice(),
                                         .rooms = 12 * dice(), .land_m2 = 900 * dice(), .power = SITING_YES, .water = dice() < 0.5 ? SITING_NO : SITING_YES,
                                         .internet = SITING_YES, .doctors = 1 + floor(3 * dice()), .midwives = floor(2 * dice()), .assistants = 1, .cost = floor(100 * dice())};
        q.village[j] = (struct siting_village){.code = str_format(arena, "v%03u", j), .name = STR("Bản"), .commune = j / each, .people = 50 + floor(900 * dice()), .area_km2 = NAN};
    }
    for (uint32_t i = 0; i < q.villages; i++)
        for (uint32_t j = 0; j < q.sites; j++) q.minutes[(size_t)i * q.sites + j] = i / each == j / each ? floor(120 * dice()) : INFINITY;
    return q;
}

/* A threshold is right when the choice holds just inside it and is the named other site just outside. */
static void try_turn(struct siting_problem q, uint32_t commune, int k, double share, uint32_t want) {
    double rest = 0;
    struct siting_result r;
    for (int m = 0; m < SITING_CRITERIA; m++) rest += m == k ? 0 : q.proposal.weight[m];
    q.proposal.weight[k] = share / (1 - share) * rest;
    good(siting_solve(arena, &q, NULL, &r));
    assert_int_equal(r.choice[commune].site, want);
}

static void test_turns(void **state) {
    (void)state;
    int turns = 0;
    const double step = 1e-7;
    for (int run = 0; run < 60; run++) {
        struct siting_problem q = random_problem(2, 4);
        struct siting_result r;
        good(siting_solve(arena, &q, NULL, &r));
        for (uint32_t c = 0; c < q.communes; c++)
            for (int k = 0; k < SITING_CRITERIA; k++) {
                const struct siting_turn *t = &r.choice[c].turn[k];
                assert_true(t->low <= t->share && t->share <= t->high);
                try_turn(q, c, k, fmin(t->low + step, t->share), r.choice[c].site);
                try_turn(q, c, k, fmin(fmax(t->high - step, t->share), 1 - 1e-9), r.choice[c].site);
                if (t->below != SITING_NO_SITE && t->low > step) try_turn(q, c, k, t->low - step, t->below), turns++;
                if (t->above != SITING_NO_SITE && t->high < 1 - step) try_turn(q, c, k, t->high + step, t->above), turns++;
            }
    }
    assert_true(turns > 100);
}

/* Every combination of sites within the budget. */
static double best_within(const struct siting_problem *q, const struct siting_result *r, uint32_t commune, double left) {
    if (commune == q->communes) return 0;
    double people = 0, best = -INFINITY;
    for (uint32_t i = 0; i < q->villages; i++) people += q->village[i].commune == commune ? q->village[i].people : 0;
    for (uint32_t j = 0; j < q->sites; j++)
        if (q->site[j].commune == commune && r->score[j].eligible && q->site[j].cost <= left)
            best = fmax(best, people * r->score[j].total + best_within(q, r, commune + 1, left - q->site[j].cost));
    return best;
}

static void test_budget(void **state) {
    (void)state;
    int bound = 0;
    for (int run = 0; run < 40; run++) {
        struct siting_problem q = random_problem(6, 3);
        struct siting_result r;
        q.proposal.budget = 60 + floor(300 * dice());
        good(siting_solve(arena, &q, NULL, &r));
        double want = best_within(&q, &r, 0, q.proposal.budget), got = 0;
        assert_true(r.over_budget == !isfinite(want));
        if (!isfinite(want)) continue;
        for (uint32_t c = 0; c < q.communes; c++) {
            double people = 0;
            for (uint32_t i = 0; i < q.villages; i++) people += q.village[i].commune == c ? q.village[i].people : 0;
            got += people * r.score[r.choice[c].site].total;
            bound += r.choice[c].by_budget;
        }
        assert_true(r.cost <= q.proposal.budget);
        near(got, want, 1e-6 * want);
    }
    assert_true(bound > 20);
}

/* With ways across communes the solver's plan is not worse than any one-per-commune plan, here all of them. */
static void test_across(void **state) {
    (void)state;
    for (int run = 0; run < 10; run++) {
        struct siting_problem q = random_problem(3, 3);
        struct siting_result r;
        double best = INFINITY;
        for (size_t k = 0; k < (size_t)q.sites * q.villages; k++) q.minutes[k] = floor(120 * dice());
        q.proposal.across = true;
        good(siting_solve(arena, &q, NULL, &r));
        for (int code = 0; code < 27; code++) {
            uint32_t open[3] = {(uint32_t)code % 3, 3 + (uint32_t)code / 3 % 3, 6 + (uint32_t)code / 9};
            double sum = 0;
            for (uint32_t i = 0; i < q.villages; i++) {
                const double *t = q.minutes + (size_t)i * q.sites;
                sum += q.village[i].people * fmin(t[open[0]], fmin(t[open[1]], t[open[2]]));
            }
            best = fmin(best, sum);
        }
        near(r.least_travel, best, 1e-6 * best);
        near(r.travel_bound, best, 1e-5 * best);
        assert_true(r.travel >= best * (1 - 1e-9) && !r.splits);
    }
}

/* A criterion unknown at one site counts at none; what is missing to turn the choice is exact. */
static void test_unknown(void **state) {
    (void)state;
    int tried = 0;
    for (int run = 0; run < 40; run++) {
        struct siting_problem q = random_problem(1, 3);
        struct siting_result r, s;
        for (uint32_t j = 0; j < 3; j++) q.site[j].doctors = q.site[j].midwives = NAN;
        q.site[1].doctors = 2;
        q.proposal.doctors_least = 0;
        good(siting_solve(arena, &q, NULL, &r));
        const struct siting_choice *c = &r.choice[0];
        assert_true(!c->known[SITING_STAFF] && c->known_weight < 1);
        /* give the second site exactly so many staff points more, and a little less: points 0..100 by assistants and doctors */
        if (!(c->unknown_turn < 99)) continue;
        for (int more = 0; more < 2; more++) {
            for (uint32_t j = 0; j < 3; j++) q.site[j].doctors = 0, q.site[j].midwives = q.site[j].assistants = 0;
            q.proposal.doctors_full = 1;
            q.site[c->second].doctors = (c->unknown_turn + (more ? 0.01 : -0.01)) / 60;
            if (q.site[c->second].doctors > 1) break; /* doctors give 60 points at most */
            good(siting_solve(arena, &q, NULL, &s));
            assert_int_equal(s.choice[0].site, more ? c->second : c->site);
            tried++;
        }
    }
    assert_true(tried > 20);
}

/* ---- bad input ------------------------------------------------------------------------------------------------------- */

static void read_says(const char *sites, const char *villages, const char *part) {
    struct siting_problem q;
    says(siting_read(arena, str_of(sites), str_of(villages), &q), part);
}

/* What is not known leaves the score open, no more and no less: trying out the best and the worst of it meets the range. */
static void test_range(void **state) {
    (void)state;
    struct siting_problem q = small();
    struct siting_result open, end;
    q.site[1].doctors = q.site[1].grade = NAN;
    q.site[1].wet_road = SITING_UNKNOWN;
    good(siting_solve(arena, &q, NULL, &open));
    const struct siting_score *s = &open.score[1];
    for (int best = 0; best < 2; best++) {
        q.site[1].doctors = best ? 2 : 0, q.site[1].grade = best ? 3 : 1, q.site[1].wet_road = best ? SITING_YES : SITING_NO;
        good(siting_solve(arena, &q, NULL, &end));
        near(best ? s->total_high : s->total_low, end.score[1].total, 1e-9);
        near(end.score[1].total_low, end.score[1].total_high, 1e-9);
    }
    assert_true(isnan(s->points[SITING_STAFF]) && s->low[SITING_STAFF] < s->high[SITING_STAFF]);
    q.site[0].repair = SITING_YES; /* half of the building's 30 points are gone */
    good(siting_solve(arena, &q, NULL, &end));
    near(end.score[0].points[SITING_INFRASTRUCTURE], 85, 1e-9);
    good(siting_survey(arena, STR("code,round\nA,yes\n"), &q)); /* no village of that code: nothing else changes */
    q.village[1].code = STR("A");
    good(siting_survey(arena, STR("code,round\nA,yes\n"), &q));
    assert_true(q.village[1].round && !q.village[0].round);
}

static void test_bad_input(void **state) {
    (void)state;
#define ONE_SITE "code,name,commune\nA,Trạm A,x\n"
#define ONE_VILLAGE "code,name,commune,people\nv,Bản,x,10\n"
    read_says("", ONE_VILLAGE, "the file is empty");
    read_says("code,name\nA,x\n", ONE_VILLAGE, "column commune is missing");
    read_says("code,name,commune,colour\n", ONE_VILLAGE, "unknown column: \"colour\"");
    read_says("code,name,commune\nA,a,x\nA,b,x\n", ONE_VILLAGE, "line 3: code given before: \"A\"");
    read_says("code,name,commune,grade\nA,a,x,4\n", ONE_VILLAGE, "line 2: grade is 4, not from 1 to 3");
    read_says("code,name,commune,road_minutes\nA,a,x,-4\n", ONE_VILLAGE, "line 2: road_minutes is -4");
    read_says("code,name,commune,road_minutes\nA,a,x,2 h\n", ONE_VILLAGE, "line 2: road_minutes is not a number: \"2 h\"");
    read_says("code,name,commune,power\nA,a,x,maybe\n", ONE_VILLAGE, "power is one of no, yes, not \"maybe\"");
    read_says("code,name,commune,latitude\nA,a,x,21\n", ONE_VILLAGE, "only one of latitude and longitude");
    read_says(ONE_SITE, "code,name,commune,people\nv,Bản,z,10\n", "line 2: no site is in this commune: \"z\"");
    read_says(ONE_SITE, "code,name,commune,people\nv,Bản,x,\n", "line 2: people is not given: \"v\"");
    read_says(ONE_SITE, "code,name,commune,people\nv,Bản,x\n", "line 2: 3 fields, the header has 4");
    struct siting_problem q;
    struct siting_result r;
    good(siting_read(arena, STR(ONE_SITE), STR(ONE_VILLAGE), &q));
    says(siting_times(arena, &q, STR_NONE, TRAVEL_ANY, false), "a hole: no time from v to A");
    says(siting_times(arena, &q, STR_NONE, TRAVEL_ANY, true), "no coordinates of v");
    says(siting_times(arena, &q, STR(TIMES "v,A,-5,,,head,\n"), TRAVEL_ANY, false), "line 2: negative time");
    says(siting_times(arena, &q, STR(TIMES "v,A,5 h,,,head,\n"), TRAVEL_ANY, false), "a unit in the number");
    says(siting_times(arena, &q, STR(TIMES "v,A,5,,wet,head,\n"), TRAVEL_DRY, false), "a hole: no time from v to A");
    good(siting_times(arena, &q, STR(TIMES "v,A,5,,wet,head,\n"), TRAVEL_WET, false));
    memset(q.proposal.weight, 0, sizeof q.proposal.weight);
    says(siting_solve(arena, &q, NULL, &r), "the weights sum to 0");
    q.proposal.weight[SITING_STAFF] = -1;
    says(siting_solve(arena, &q, NULL, &r), "the weight of staff");
    struct siting_proposal p = siting_defaults;
    says(siting_read_proposal(arena, STR("{\"weights\":{\"beauty\":3}}"), &p), "weights.beauty is not known");
    says(siting_read_proposal(arena, STR("{\"weights\":{\"staff\":\"3\"}}"), &p), "staff is not a number");
    says(siting_read_proposal(arena, STR("{\"rules\":{\"points\":2.5}}"), &p), "points is not a whole number");
    good(siting_read_proposal(arena, STR("{\"weights\":{\"staff\":7},\"rules\":{\"points\":3,\"across\":true,\"mostWorse\":45},\"scales\":{\"near\":20}}"), &p));
    assert_true(p.weight[SITING_STAFF] == 7 && p.points == 3 && p.across && p.most_worse == 45 && p.near == 20);
}

/* Only pairs that count are wanted; a cut road is no way, not a hole; sources are told apart. */
static void test_times(void **state) {
    (void)state;
    struct siting_problem q = small();
    struct siting_result r;
    good(siting_times(arena, &q, STR(TIMES "v1,A,60,,,head,\nv1,B,1,,,gps,\nv2,A,2,,,head,\nv2,B,30,,,head,\nv3,C,90,,,head,\nv3,C,none,,wet,road office,\n"), TRAVEL_WET, false));
    assert_true(q.used.len == 3 && q.used.estimated == 0 && q.range == 0);
    good(siting_solve(arena, &q, NULL, &r));
    assert_true(isinf(r.after[2]) && r.all.no_way == 50);
    q.proposal.across = true;
    says(siting_times(arena, &q, STR(TIMES "v1,A,60,,,head,\nv1,B,1,,,gps,\nv2,A,2,,,head,\nv2,B,30,,,head,\nv3,C,90,,,head,\n"), TRAVEL_ANY, false), "a hole: no time from v1 to C");
}

/* ---- the province ---------------------------------------------------------------------------------------------------- */

static void test_province(void **state) {
    (void)state;
    struct siting_problem q;
    struct siting_result r;
    good(siting_province(arena, STR("11"), &q));
    assert_true(q.communes == 45 && q.sites == 129 && q.villages == 129);
    good(siting_times(arena, &q, STR_NONE, TRAVEL_ANY, true));
    assert_true(q.used.len == 1 && q.used.estimated > 0 && q.range == 0.35);
    good(siting_solve(arena, &q, NULL, &r));
    uint32_t stations = 0, beside = 0;
    for (uint32_t j = 0; j < q.sites; j++) stations += r.kind[j] == SITING_STATION, beside += q.site[j].beside;
    assert_true(stations == 45 && beside == 45 && r.undecided == 0);
    for (uint32_t c = 0; c < q.communes; c++) { /* every difference has its reason in both languages */
        struct buf vi = buf_new(arena), en = buf_new(arena);
        if (siting_beside(&q, c) == r.choice[c].site) continue;
        siting_reasons(&vi, &q, &r, c, siting_beside(&q, c), true), siting_reasons(&en, &q, &r, c, siting_beside(&q, c), false);
        assert_true(str_contains(buf_str(&vi), STR("điểm")) && str_contains(buf_str(&en), STR("points")));
    }
    /* what is built in: with the way to the seat left out it is the choice that a weight of 0 gives, and it differs more */
    struct siting_problem seatless = q;
    struct siting_result without;
    seatless.proposal.weight[SITING_TRANSPORT] = 0;
    good(siting_solve(arena, &seatless, NULL, &without));
    assert_non_null(r.seatless);
    for (uint32_t c = 0; c < q.communes; c++) assert_int_equal(r.seatless[c], without.choice[c].site);
    assert_true(r.differs_seatless == without.differs && without.differs > r.differs);
    for (int k = 0; k < SITING_CRITERIA; k++) seatless.proposal.weight[k] = k == SITING_TRANSPORT;
    good(siting_solve(arena, &seatless, NULL, &without));
    assert_null(without.seatless); /* nothing would be left to choose by */
    struct buf json = buf_new(arena);
    struct json *tree;
    siting_json(&json, &q, &r);
    good(json_parse(arena, buf_str(&json), &tree));
    assert_int_equal(JSON_GET(tree, "communes")->count, 45);
    struct decision d = drafted(&q, &r);
    assert_int_equal(d.operations.len, 84);
    for (size_t k = 0; k < d.operations.len; k++) assert_int_equal(d.operations.at[k].kind, OPERATION_CONVERT_TO_POINT);
}

/* The other plan is the one of the published derivation. */
static void test_derived_plan(void **state) {
    (void)state;
    const char *shared = getenv("TRAM_SHARED") ? getenv("TRAM_SHARED") : "../shared";
    FILE *f = fopen(str_z(arena, str_format(arena, "%s/data/network/stations-derived.csv", shared)), "r");
    if (!f) {
        print_message("skipped: %s/data/network is not here\n", shared);
        skip();
    }
    struct buf text = buf_new(arena);
    for (int ch; (ch = fgetc(f)) != EOF;) buf_addc(&text, (char)ch);
    fclose(f);
    struct siting_problem q;
    good(siting_province(arena, STR("11"), &q));
    struct map site = map_new(arena);
    for (uint32_t j = 0; j < q.sites; j++) map_put(&site, q.site[j].code, &q.site[j]);
    struct csv csv = {.rest = buf_str(&text)};
    str field[16];
    size_t n, seen = 0;
    for (bool row = true;;) {
        good(csv_row(&csv, arena, field, 16, &n, &row));
        if (!row) break;
        if (!str_is(field[0], "11")) continue;
        const struct siting_site *s = map_get(&site, field[3]);
        assert_non_null(s);
        assert_true(s->beside == str_is(field[10], "station"));
        assert_true(str_eq(q.commune[s->commune].code, field[8]));
        seen++;
    }
    assert_int_equal(seen, 129);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_points), TEST(test_effect), TEST(test_points_move), TEST(test_rules), TEST(test_turns), TEST(test_budget), TEST(test_across),
        TEST(test_unknown), TEST(test_range), TEST(test_bad_input), TEST(test_times), TEST(test_province), TEST(test_derived_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
