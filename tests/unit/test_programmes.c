/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of the programmes: cases worked out by hand from the definitions (docs/programmes.md), and random histories whose
 * intervals are compared, day by day, with a second reading of the definitions that knows no intervals.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "demo/random.h"
#include "people/people.h"
#include "programmes/check_up.h"
#include "programmes/programmes.h"
#include "programmes/record.h"

static const struct course_rule RULE = {3, 3, 12, 28};

static int32_t day(const char *text) {
    int32_t d;
    assert_true(day_parse(str_of(text), &d));
    return d;
}

static enum course_state on(const struct course_facts *f, enum course_basis b, const char *d) {
    return course_on(f, &RULE, b, day(d)).state;
}

static struct course_facts facts_of(const char *enrolled, const struct course_event *events, size_t n) {
    return (struct course_facts){day(enrolled), DAY_NONE, DAY_NONE, DAY_NONE, events, n};
}

/* A reading of 1 January and one of 31 January: alike for calendar months, a month apart in days. */
static void test_days_and_months(void **state) {
    (void)state;
    struct course_event early[] = {{day("2026-01-01"), true, true, true}}, late[] = {{day("2026-01-31"), true, true, true}};
    struct course_facts a = facts_of("2025-06-15", early, 1), b = facts_of("2025-06-15", late, 1);
    assert_int_equal(on(&a, COURSE_DAYS, "2026-03-31"), COURSE_CONTROLLED);
    assert_int_equal(on(&a, COURSE_DAYS, "2026-04-01"), COURSE_MISSED);
    assert_int_equal(on(&b, COURSE_DAYS, "2026-04-29"), COURSE_CONTROLLED);
    assert_int_equal(on(&b, COURSE_DAYS, "2026-04-30"), COURSE_MISSED); /* 31 January + 3 months: April has 30 days */
    assert_int_equal(on(&a, COURSE_MONTHS, "2026-03-31"), COURSE_CONTROLLED);
    assert_int_equal(on(&a, COURSE_MONTHS, "2026-04-01"), COURSE_MISSED);
    assert_int_equal(on(&b, COURSE_MONTHS, "2026-03-31"), COURSE_CONTROLLED);
    assert_int_equal(on(&b, COURSE_MONTHS, "2026-04-01"), COURSE_MISSED);
}

static void test_states(void **state) {
    (void)state;
    struct course_event e[] = {{day("2025-01-10"), true, false, false},  /* enrolled with 160/100 */
                               {day("2025-03-01"), false, false, false}, /* seen, nothing measured */
                               {day("2025-07-20"), true, true, false},   /* controlled, not at target */
                               {day("2025-08-20"), true, true, true}};
    struct course_facts f = facts_of("2025-01-10", e, 4);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-01-09"), COURSE_NONE);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-01-10"), COURSE_NEW);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-04-09"), COURSE_NEW);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-04-10"), COURSE_UNMEASURED); /* seen in March, the reading of January is over */
    assert_int_equal(on(&f, COURSE_DAYS, "2025-05-31"), COURSE_UNMEASURED);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-06-01"), COURSE_MISSED);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-07-20"), COURSE_CONTROLLED);
    assert_false(course_on(&f, &RULE, COURSE_DAYS, day("2025-08-19")).at_target);
    assert_true(course_on(&f, &RULE, COURSE_DAYS, day("2025-08-20")).at_target);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-11-20"), COURSE_MISSED);
    assert_int_equal(on(&f, COURSE_DAYS, "2026-08-19"), COURSE_MISSED);
    assert_int_equal(on(&f, COURSE_DAYS, "2026-08-20"), COURSE_LOST);
    assert_false(course_on(&f, &RULE, COURSE_DAYS, day("2026-08-20")).counted);
    assert_int_equal(on(&f, COURSE_MONTHS, "2026-08-01"), COURSE_LOST); /* twelve calendar months */
    assert_int_equal(course_due(&f, &RULE), day("2025-09-17"));
    f.booked = day("2025-09-30");
    assert_int_equal(course_due(&f, &RULE), day("2025-09-30"));
    f.died = day("2025-10-01");
    assert_int_equal(on(&f, COURSE_DAYS, "2025-09-30"), COURSE_CONTROLLED);
    assert_int_equal(on(&f, COURSE_DAYS, "2025-10-01"), COURSE_NONE);
    assert_int_equal(course_due(&f, &RULE), DAY_NONE);
}

/* Simple: of those registered in January, at the end of March, the last reading of February and March. */
static void test_cohorts(void **state) {
    (void)state;
    struct course_event january[] = {{day("2026-01-20"), true, true, true}};
    struct course_event march[] = {{day("2026-01-20"), true, true, true}, {day("2026-02-03"), true, true, true},
                                   {day("2026-03-31"), true, false, false}};
    struct course_event april[] = {{day("2026-01-20"), true, false, false}, {day("2026-04-01"), true, true, true}};
    struct course_event seen[] = {{day("2026-01-20"), true, true, true}, {day("2026-02-28"), false, false, false}};
    struct course_facts a = facts_of("2026-01-20", january, 1), b = facts_of("2026-01-20", march, 3),
                        c = facts_of("2026-01-20", april, 2), d = facts_of("2026-01-20", seen, 2);
    assert_int_equal(course_outcome(&a, COHORT_MONTH), COURSE_MISSED);
    assert_int_equal(course_outcome(&b, COHORT_MONTH), COURSE_UNCONTROLLED);
    assert_int_equal(course_outcome(&c, COHORT_MONTH), COURSE_MISSED);
    assert_int_equal(course_outcome(&d, COHORT_MONTH), COURSE_UNMEASURED);
    assert_int_equal(course_outcome(&c, COHORT_QUARTER), COURSE_CONTROLLED); /* April is in the quarter after */
    assert_int_equal(course_outcome(&b, COHORT_QUARTER), COURSE_MISSED);
    b.died = day("2026-03-15");
    assert_int_equal(course_outcome(&b, COHORT_MONTH), COURSE_NONE);
}

/* ---- random histories ------------------------------------------------------------------------------------------------------ */

/* The definitions once more, by looking at every event, with its own arithmetic of months. */
static int32_t months_after(int32_t from, int months, enum course_basis basis) {
    int y, m, d;
    day_to_civil(from, &y, &m, &d);
    int number = y * 12 + m - 1 + months, year = number / 12, month = number % 12 + 1;
    if (basis == COURSE_MONTHS) return day_from_civil(year, month, 1);
    return day_from_civil(year, month, d < days_in_month(year, month) ? d : days_in_month(year, month));
}

static struct course_status again(const struct course_facts *f, enum course_basis basis, int32_t t) {
    struct course_status none = {COURSE_NONE, false, false}, s = none;
    bool seen_lately = false, cared = t < months_after(f->enrolled, 12, basis);
    const struct course_event *speaking = NULL;
    if (t < f->enrolled || (f->ended != DAY_NONE && t >= f->ended) || (f->died != DAY_NONE && t >= f->died)) return none;
    for (size_t i = 0; i < f->count; i++) {
        const struct course_event *e = &f->events[i];
        if (e->day > t) continue;
        if (t < months_after(e->day, 12, basis)) cared = true;
        if (t < months_after(e->day, 3, basis)) seen_lately = true;
        if (e->measured) speaking = t < months_after(e->day, 3, basis) ? e : NULL;
    }
    if (!cared) return (struct course_status){COURSE_LOST, false, false};
    s.counted = t >= months_after(f->enrolled, 3, basis);
    s.at_target = speaking && speaking->at_target;
    s.state = speaking && speaking->controlled ? COURSE_CONTROLLED
              : !s.counted                     ? COURSE_NEW
              : speaking                       ? COURSE_UNCONTROLLED
              : seen_lately                    ? COURSE_UNMEASURED
                                               : COURSE_MISSED;
    return s;
}

static int compare_days(const void *x, const void *y) {
    const struct course_event *a = x, *b = y;
    return a->day - b->day;
}

static void test_intervals_are_the_definition(void **state) {
    (void)state;
    enum { RUNS = 400, START = 19700, SPAN = 1500 };
    struct arena *a = arena_new();
    for (uint64_t run = 0; run < RUNS; run++) {
        struct random r = random_stream(11, 77, run);
        struct course_event e[24];
        size_t n = (size_t)random_below(&r, 24);
        for (size_t i = 0; i < n; i++) {
            bool measured = random_chance(&r, 700), controlled = measured && random_chance(&r, 500);
            e[i] = (struct course_event){START + random_below(&r, SPAN), measured, controlled, controlled && random_chance(&r, 600)};
        }
        qsort(e, n, sizeof *e, compare_days);
        for (size_t i = 1; i < n; i++) /* of one day only one: two have no order */
            if (e[i].day <= e[i - 1].day) e[i].day = e[i - 1].day + 1;
        struct course_facts f = {START + random_below(&r, 700), DAY_NONE, DAY_NONE, DAY_NONE, e, n};
        if (random_chance(&r, 200)) f.ended = f.enrolled + random_below(&r, 900);
        if (random_chance(&r, 200)) f.died = f.enrolled + random_below(&r, 900);
        for (enum course_basis b = 0; b < COURSE_BASES; b++) {
            struct course_intervals list = {0};
            size_t at = 0;
            course_intervals(a, &f, &RULE, b, &list);
            for (int32_t t = START - 3; t < START + SPAN + 800; t++) {
                struct course_status want = again(&f, b, t), got = {COURSE_NONE, false, false};
                while (at < list.len && t >= list.at[at].until) at++;
                if (at < list.len && t >= list.at[at].from) got = list.at[at].status;
                assert_int_equal(got.state, want.state);
                assert_int_equal(got.counted, want.counted);
                assert_int_equal(got.at_target, want.at_target);
            }
        }
        arena_reset(a);
    }
    arena_free(a);
}

/* ---- dated data -------------------------------------------------------------------------------------------------------------- */

static void test_rules(void **state) {
    (void)state;
    err why = OK_ERR;
    const struct programme *all = programmes_all(&why);
    if (why.code) print_message("%.*s\n", STR_ARG(why.detail));
    assert_non_null(all);
    const struct programme *h = programme_find(STR("hypertension")), *d = programme_find(STR("diabetes"));
    const struct programme_rule *now = programme_rule_on(h, day("2026-11-28")), *then = programme_rule_on(h, day("2015-01-01"));
    /* QĐ 5904: under 65 below 130/80, from 65 below 140/80; QĐ 3192: below 140/90 */
    assert_true(pressure_at_target(now, 64, (struct reading){129, 79}));
    assert_false(pressure_at_target(now, 64, (struct reading){130, 79}));
    assert_true(pressure_at_target(now, 65, (struct reading){139, 79}));
    assert_false(pressure_at_target(now, 65, (struct reading){139, 80}));
    assert_true(pressure_at_target(then, 40, (struct reading){139, 89}));
    /* controlled is another word: 135/85 is controlled and, under 65, not at target */
    assert_true(pressure_controlled(now, (struct reading){135, 85}));
    assert_false(pressure_at_target(now, 50, (struct reading){135, 85}));
    assert_false(pressure_controlled(now, (struct reading){139, 90}));
    assert_true(pressure_needs_action(now, (struct reading){180, 80}));
    assert_true(pressure_needs_action(now, (struct reading){150, 110}));
    assert_false(pressure_needs_action(now, (struct reading){179, 109}));
    /* strictly: exactly 200 mg/dL is not below 200; each unit has its own limit */
    const struct programme_rule *sugar = programme_rule_on(d, day("2026-11-28"));
    assert_false(sugar_below(&sugar->controlled, (struct sugar){SUGAR_RANDOM, SUGAR_MG, 200}));
    assert_true(sugar_below(&sugar->controlled, (struct sugar){SUGAR_RANDOM, SUGAR_MG, 199}));
    assert_false(sugar_below(&sugar->controlled, (struct sugar){SUGAR_RANDOM, SUGAR_MMOL, 11.1}));
    assert_false(sugar_below(&sugar->controlled, (struct sugar){SUGAR_FASTING, SUGAR_MG, 126}));
    assert_true(sugar_below(&sugar->controlled, (struct sugar){SUGAR_FASTING, SUGAR_MMOL, 6.9}));
    assert_false(sugar_below(&sugar->controlled, (struct sugar){SUGAR_HBA1C, SUGAR_PERCENT, 7.0}));
    /* 8 mg/dL and 80 mmol/L are mistakes of the unit */
    assert_false(sugar_plausible((struct sugar){SUGAR_RANDOM, SUGAR_MG, 8}));
    assert_false(sugar_plausible((struct sugar){SUGAR_RANDOM, SUGAR_MMOL, 80}));
    assert_false(sugar_plausible((struct sugar){SUGAR_HBA1C, SUGAR_MMOL, 7}));
    assert_true(sugar_plausible((struct sugar){SUGAR_FASTING, SUGAR_MMOL, 8.2}));
}

static void test_shares(void **state) {
    (void)state;
    int p[4];
    shares_of((int64_t[]){1, 1, 1, 0}, 4, p); /* 33.3 each: the first gets the point */
    assert_int_equal(p[0], 34), assert_int_equal(p[1], 33), assert_int_equal(p[2], 33), assert_int_equal(p[3], 0);
    shares_of((int64_t[]){331, 216, 0, 45}, 4, p); /* 55.91, 36.49, 0, 7.60 */
    assert_int_equal(p[0], 56), assert_int_equal(p[1], 36), assert_int_equal(p[2], 0), assert_int_equal(p[3], 8);
    shares_of((int64_t[]){0, 0, 0, 0}, 4, p);
    assert_int_equal(p[0] + p[1] + p[2] + p[3], 0);
    struct random r = random_stream(1, 2, 3);
    for (int i = 0; i < 2000; i++) {
        int64_t parts[4] = {random_below(&r, 900), random_below(&r, 90), random_below(&r, 9), random_below(&r, 5000)};
        shares_of(parts, 4, p);
        assert_int_equal(p[0] + p[1] + p[2] + p[3], 100);
        int64_t sum = parts[0] + parts[1] + parts[2] + parts[3];
        for (int k = 0; k < 4; k++) assert_true(llabs(p[k] * sum - parts[k] * 100) < sum);
    }
}

static void test_growth_next(void **state) {
    (void)state;
    int32_t born = day("2024-12-31");
    assert_int_equal(child_next(born, DAY_NONE), born);
    assert_int_equal(child_next(born, day("2025-01-31")), day("2025-02-28")); /* monthly under 24 months */
    assert_int_equal(child_next(born, day("2026-12-30")), day("2027-01-30"));
    assert_int_equal(child_next(born, day("2026-12-31")), day("2027-03-31")); /* quarterly from 24 months */
    assert_int_equal(child_five_on(born), day("2029-12-31"));
}

static void assert_due(struct check_up_due d, const char *group, const char *on_day) {
    if (!group) {
        assert_null(d.group);
        return;
    }
    assert_non_null(d.group);
    str code = JSON_TEXT(d.group, "code");
    assert_true(str_is(code, group));
    assert_int_equal(d.due_on, day(on_day));
}

static void test_check_up(void **state) {
    (void)state;
    assert_due(check_up_next(STR("1950-05-05"), false, DAY_NONE), "elderly", "2026-01-01");
    assert_due(check_up_next(STR("1950-05-05"), false, day("2026-03-01")), "elderly", "2027-01-01");
    assert_due(check_up_next(STR("1950-05-05"), false, day("2024-03-01")), "elderly", "2026-01-01");
    assert_due(check_up_next(STR("1966-12-10"), false, DAY_NONE), "elderly", "2026-12-10"); /* from the day he is 60 */
    assert_due(check_up_next(STR("1990-01-01"), true, DAY_NONE), "chronic", "2026-01-01");
    assert_due(check_up_next(STR("2023-08-01"), false, DAY_NONE), "child", "2026-01-01");
    assert_int_equal(check_up_next(STR("2023-08-01"), false, DAY_NONE).until, day("2029-08-01"));
    assert_due(check_up_next(STR("1990"), false, DAY_NONE), "elderly", "2050-07-01");
    assert_due(check_up_next(STR_NONE, false, DAY_NONE), NULL, NULL);
    /* every item has both languages and one code; those of a child leave out what a child cannot do */
    size_t adult = 0, child = 0;
    for (const struct json *i = check_up_items()->first; i; i = i->next) {
        assert_true(JSON_TEXT(JSON_GET(i, "title"), "vi").len && JSON_TEXT(JSON_GET(i, "title"), "en").len);
        assert_true((JSON_TEXT(i, "loinc").len > 0) != (JSON_TEXT(i, "local").len > 0));
        adult += check_up_asks(i, 70);
        child += check_up_asks(i, 2);
    }
    assert_true(child > 3 && adult > child);
}

/* ---- what an observation says ------------------------------------------------------------------------------------------------- */

static bool measure(struct arena *a, const char *code, const char *quantity, struct measure *m) {
    struct json *tree;
    str text = str_format(a, "{\"resourceType\":\"Observation\",\"id\":\"x\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                             "\"http://loinc.org\",\"code\":\"%s\"}]},\"effectiveDateTime\":\"2026-11-23\",\"valueQuantity\":%s}",
                          code, quantity);
    assert_int_equal(json_parse(a, text, &tree).code, ERR_OK);
    return measure_read(tree, m);
}

static void test_measures(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct measure m;
    assert_true(measure(a, "29463-7", "{\"value\":9.25,\"code\":\"kg\"}", &m));
    assert_true(m.kind == MEASURE_WEIGHT && m.value > 9.249 && m.value < 9.251);
    assert_true(measure(a, "29463-7", "{\"value\":9250,\"code\":\"g\"}", &m) && m.value > 9.249 && m.value < 9.251);
    assert_false(measure(a, "29463-7", "{\"value\":92,\"code\":\"cm\"}", &m));
    assert_false(measure(a, "29463-7", "{\"value\":9250,\"code\":\"kg\"}", &m));
    assert_true(measure(a, "8308-9", "{\"value\":0.915,\"code\":\"m\"}", &m) && m.position == GROWTH_STANDING);
    assert_true(measure(a, "14771-0", "{\"value\":8.2,\"code\":\"mmol/L\"}", &m) && m.sugar.kind == SUGAR_FASTING);
    assert_false(measure(a, "14771-0", "{\"value\":8.2,\"code\":\"mg/dL\"}", &m));
    assert_true(measure(a, "4548-4", "{\"value\":7.1,\"code\":\"%\"}", &m) && m.sugar.unit == SUGAR_PERCENT);
    assert_false(measure(a, "4548-4", "{\"value\":7.1,\"code\":\"mmol/mol\"}", &m));
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_and_months), cmocka_unit_test(test_states),      cmocka_unit_test(test_cohorts),
        cmocka_unit_test(test_intervals_are_the_definition), cmocka_unit_test(test_rules), cmocka_unit_test(test_shares),
        cmocka_unit_test(test_growth_next),     cmocka_unit_test(test_check_up),    cmocka_unit_test(test_measures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
