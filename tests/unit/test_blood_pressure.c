/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of blood pressure from the written sources: Simple's limits and defaults (BloodPressureReading,
 * AppointmentModule), the grades of QĐ 3192/2010, HEARTS' three and twelve months by exact days.
 */
#include "care/blood_pressure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static int32_t day(const char *text) {
    int32_t d = DAY_NONE;
    assert_true(day_parse(str_of(text), &d));
    return d;
}
static struct reading bp(int systolic, int diastolic) { return (struct reading){systolic, diastolic}; }

static void test_limits(void **state) {
    (void)state;
    assert_true(reading_plausible(bp(70, 40)));
    assert_true(reading_plausible(bp(300, 180)));
    assert_true(reading_plausible(bp(120, 120)));
    assert_false(reading_plausible(bp(69, 40)));
    assert_false(reading_plausible(bp(301, 90)));
    assert_false(reading_plausible(bp(120, 39)));
    assert_false(reading_plausible(bp(250, 181)));
    assert_false(reading_plausible(bp(92, 148)));
    assert_false(reading_plausible(bp(1480, 92)));
}

static void test_grades(void **state) {
    (void)state;
    static const struct {
        int systolic, diastolic, grade;
    } table[] = {
        {139, 89, 0},  {140, 89, 1},  {139, 90, 1}, {159, 99, 1},  {160, 80, 2},
        {150, 100, 2}, {179, 109, 2}, {180, 70, 3}, {130, 110, 3}, {145, 85, 1}, /* isolated systolic */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(reading_grade(bp(table[i].systolic, table[i].diastolic)), table[i].grade);
    assert_true(reading_controlled(bp(139, 89)));
    assert_false(reading_controlled(bp(140, 89)));
    assert_false(reading_controlled(bp(139, 90)));
}

static struct hypertension_facts person(const char *enrolled, const char *last, int systolic, int diastolic) {
    return (struct hypertension_facts){.enrolled = day(enrolled),
                                       .ended = DAY_NONE,
                                       .died = DAY_NONE,
                                       .last_visit = last ? day(last) : DAY_NONE,
                                       .last_reading = last ? day(last) : DAY_NONE,
                                       .reading = bp(systolic, diastolic),
                                       .booked = DAY_NONE};
}

static enum hypertension_state on(const struct hypertension_facts *f, const char *text) {
    struct hypertension_days d = hypertension_days(f);
    return hypertension_state(&d, day(text));
}

static void test_states_by_exact_days(void **state) {
    (void)state;
    struct hypertension_facts f = person("2025-01-10", "2026-01-31", 138, 84);
    struct hypertension_days d = hypertension_days(&f);
    assert_int_equal(d.counted_from, day("2025-04-10"));
    assert_int_equal(d.controlled_until, day("2026-04-30")); /* there is no 31 April */
    assert_int_equal(d.care_until, day("2027-01-31"));
    assert_int_equal(d.due_on, day("2026-02-28")); /* 28 days */
    assert_int_equal(on(&f, "2026-04-29"), HYPERTENSION_CONTROLLED);
    assert_int_equal(on(&f, "2026-04-30"), HYPERTENSION_MISSED);
    assert_int_equal(on(&f, "2027-01-30"), HYPERTENSION_MISSED);
    assert_int_equal(on(&f, "2027-01-31"), HYPERTENSION_LOST);
    assert_int_equal(on(&f, "2025-01-09"), HYPERTENSION_NONE);
    f.reading = bp(138, 90);
    assert_int_equal(on(&f, "2026-02-01"), HYPERTENSION_UNCONTROLLED);
    d = hypertension_days(&f);
    assert_int_equal(d.controlled_until, DAY_NONE);
}

static void test_new_ones_are_not_counted(void **state) {
    (void)state;
    struct hypertension_facts f = person("2026-09-01", "2026-10-01", 150, 92);
    assert_int_equal(on(&f, "2026-11-30"), HYPERTENSION_NEW);
    assert_int_equal(on(&f, "2026-12-01"), HYPERTENSION_UNCONTROLLED);
    struct hypertension_days d = hypertension_days(&f);
    assert_false(hypertension_counted(&d, day("2026-11-30")));
    assert_true(hypertension_counted(&d, day("2026-12-01")));
    f.reading = bp(120, 80);
    d = hypertension_days(&f);
    assert_int_equal(on(&f, "2026-11-30"), HYPERTENSION_CONTROLLED);
    assert_false(hypertension_controlled(&d, day("2026-11-30"))); /* controlled, but not in the rate yet */
    assert_true(hypertension_controlled(&d, day("2026-12-01")));
    f = person("2026-01-01", NULL, 0, 0); /* never seen since */
    assert_int_equal(on(&f, "2026-05-01"), HYPERTENSION_MISSED);
    assert_int_equal(on(&f, "2027-01-01"), HYPERTENSION_LOST);
}

static void test_ends(void **state) {
    (void)state;
    struct hypertension_facts f = person("2025-01-01", "2026-03-01", 130, 80);
    f.died = day("2026-03-10");
    struct hypertension_days d = hypertension_days(&f);
    assert_true(hypertension_controlled(&d, day("2026-03-09")));
    assert_false(hypertension_counted(&d, day("2026-03-10")));
    assert_int_equal(d.due_on, DAY_NONE);
    assert_int_equal(on(&f, "2026-03-10"), HYPERTENSION_NONE);
    f = person("2025-01-01", "2026-03-01", 130, 80);
    f.booked = day("2026-03-20");
    d = hypertension_days(&f);
    assert_int_equal(d.due_on, day("2026-03-20"));
    f.enrolled = DAY_NONE;
    d = hypertension_days(&f);
    assert_int_equal(d.enrolled_on, DAY_NONE);
    assert_int_equal(d.reading_until, day("2026-06-01"));
    assert_int_equal(on(&f, "2026-03-02"), HYPERTENSION_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_grades),
        cmocka_unit_test(test_states_by_exact_days),
        cmocka_unit_test(test_new_ones_are_not_counted),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests_name("blood pressure", tests, NULL, NULL);
}
