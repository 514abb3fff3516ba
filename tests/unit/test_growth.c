/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * WHO z-scores: the published test points, the properties that the method must have, and every row of the reference
 * results of WHO's R package (in the shared data; skipped when they are not here).
 */
#include "care/growth.h"
#include "base/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct growth_child child(int sex, double age_days, double weight, double length, char position) {
    struct growth_child c = growth_nobody();
    c.sex = sex == 1 ? GROWTH_BOY : sex == 2 ? GROWTH_GIRL : GROWTH_SEX_UNKNOWN;
    c.age_days = age_days;
    c.weight = weight;
    c.length = length;
    c.position = position == 'l' ? GROWTH_LYING : position == 'h' ? GROWTH_STANDING : GROWTH_POSITION_UNKNOWN;
    return c;
}
static struct growth_result result(struct growth_child c) {
    struct growth_result r;
    growth_scores(&c, &r);
    return r;
}
static bool near(double a, double b) { return fabs(a - b) < 1e-9; }

/* Points that WHO's package tests itself with, and figures of the printed standards. */
static void test_published(void **state) {
    (void)state;
    struct growth_result r = result(child(1, 987, NAN, 72.86, 'l'));
    assert_true(near(r.scores[GROWTH_LENGTH].z, -6.09) && r.scores[GROWTH_LENGTH].flagged);
    r = result(child(2, growth_days(24), NAN, 77.5, 0));
    assert_true(near(r.scores[GROWTH_LENGTH].z, -2.55) && !r.scores[GROWTH_LENGTH].flagged);
    assert_true(near(result(child(2, 1522, 17, NAN, 0)).scores[GROWTH_WEIGHT].z, 0.24));
    r = result(child(1, growth_days(8), NAN, 60, 'h'));
    assert_true(near(r.scores[GROWTH_LENGTH].z, -4.81) && r.standing_too_young && near(r.length, 60));
    r = result(child(1, growth_days(9), NAN, 60, 'h'));
    assert_true(near(r.scores[GROWTH_LENGTH].z, -5.02) && !r.standing_too_young && near(r.length, 60.7));
    /* medians of the printed charts: birth, two years, day 44 */
    assert_true(near(growth_measure(GROWTH_WEIGHT, GROWTH_BOY, false, 0, 0), 3.3464));
    assert_true(near(growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, 0, 0), 3.2322));
    assert_true(near(growth_measure(GROWTH_LENGTH, GROWTH_BOY, false, 0, 0), 49.8842));
    assert_true(near(growth_measure(GROWTH_LENGTH, GROWTH_BOY, false, 44, 0), 56.4833));
    assert_true(near(growth_measure(GROWTH_LENGTH, GROWTH_BOY, false, 44, 1), 56.4833 * 1.03492));
    assert_true(near(growth_measure(GROWTH_HEAD, GROWTH_GIRL, false, 1826, 0), 49.9225));
    assert_true(near(growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_BOY, false, 45, 0), 2.441));
    assert_true(near(growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_GIRL, true, 120, 0), 22.8173));
}

/* growth_measure at z, measured again, is z; z grows with the measure; at ±3 the two formulas meet. */
static void test_inverse(void **state) {
    (void)state;
    srand(20261123);
    for (int n = 0; n < 200000; n++) {
        enum growth_indicator i = (enum growth_indicator)(rand() % GROWTH_INDICATORS);
        int sex = 1 + rand() % 2, day = 91 + rand() % (1826 - 91 + 1);
        double z = (rand() % 1601 - 800) / 100.0, length = (day < 731 ? 450 + rand() % 651 : 650 + rand() % 551) / 10.0;
        double x = i == GROWTH_WEIGHT_FOR_LENGTH ? length : day,
               y = growth_measure(i, (enum growth_sex)sex, day >= 731, x, z);
        if (!(y > 0)) continue; /* far below -3 a straight line may leave the possible */
        struct growth_child c = child(sex, day, 10, length, 0);
        if (i == GROWTH_LENGTH)
            c.length = y;
        else if (i == GROWTH_HEAD)
            c.head = y;
        else if (i == GROWTH_ARM)
            c.arm = y;
        else if (i == GROWTH_TRICEPS)
            c.triceps = y;
        else if (i == GROWTH_SUBSCAPULAR)
            c.subscapular = y;
        else if (i == GROWTH_BMI)
            c.weight = y * (length / 100) * (length / 100);
        else
            c.weight = y;
        struct growth_result r = result(c);
        assert_true(fabs(r.scores[i].z - z) < 1e-6);
        double below = i == GROWTH_WEIGHT || i == GROWTH_LENGTH ? -6 : -5, above = i == GROWTH_LENGTH ? 6 : 5;
        if (fabs(z - below) > 0.005 && fabs(z - above) > 0.005)
            assert_int_equal(r.scores[i].flagged, z < below || z > above);
        assert_true(growth_measure(i, (enum growth_sex)sex, day >= 731, x, z + 0.01) > y);
        double third = growth_measure(i, (enum growth_sex)sex, day >= 731, x, 3);
        assert_true(fabs(growth_measure(i, (enum growth_sex)sex, day >= 731, x, 3 + 1e-9) - third) < 1e-6);
    }
}

/* Length and head are not restricted: 8 SD is 8 SD. Weight is: beyond 3 the unit is the step from 2 to 3. */
static void test_restricted(void **state) {
    (void)state;
    double m = growth_measure(GROWTH_LENGTH, GROWTH_BOY, false, 400, 0),
           sd = growth_measure(GROWTH_LENGTH, GROWTH_BOY, false, 400, 1) - m;
    assert_true(near(result(child(1, 400, NAN, m - 8 * sd, 'l')).scores[GROWTH_LENGTH].z, -8));
    double third = growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, 400, 3),
           second = growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, 400, 2);
    assert_true(near(result(child(2, 400, third + 2.5 * (third - second), NAN, 0)).scores[GROWTH_WEIGHT].z, 5.5));
    third = growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, 400, -3),
    second = growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, 400, -2);
    assert_true(near(result(child(2, 400, third - 0.5 * (second - third), NAN, 0)).scores[GROWTH_WEIGHT].z, -3.5));
}

static void test_ages(void **state) {
    (void)state;
    /* 0.7 cm: standing under 731 days is made longer, lying from 731 days on shorter; halves of a day are rounded up */
    assert_true(near(result(child(1, 730, 12, 85, 'h')).length, 85.7));
    assert_true(near(result(child(1, 730.49, 12, 85, 'h')).length, 85.7));
    assert_true(near(result(child(1, 730.5, 12, 85, 'h')).length, 85));
    assert_true(near(result(child(1, 731, 12, 85, 'l')).length, 84.3));
    assert_true(near(result(child(1, 730, 12, 85, 0)).length, 85));
    assert_true(near(result(child(1, 731, 12, 85, 0)).length, 85));
    /* 9 months are 273.9375 days */
    assert_true(result(child(1, 273, 9, 70, 'h')).standing_too_young);
    assert_false(result(child(1, 274, 9, 70, 'h')).standing_too_young);
    assert_false(result(child(1, 100, 9, 70, 'l')).standing_too_young);
    /* the end: 60 months are 1826.25 days */
    assert_true(!isnan(result(child(2, 1826, 18, 109, 'h')).scores[GROWTH_WEIGHT].z));
    static const double never[] = {1826.25, 1827, 1856, 40000, 1e300, -1, -0.6};
    for (size_t a = 0; a < sizeof never / sizeof *never; a++) {
        struct growth_result r = result(child(2, never[a], 18, 109, 'h'));
        for (int i = 0; i < GROWTH_INDICATORS; i++) assert_true(isnan(r.scores[i].z) && !r.scores[i].flagged);
    }
    /* arm and skinfolds begin with day 91 */
    for (int day = 90; day <= 91; day++) {
        struct growth_child c = child(1, day, 6, 60, 'l');
        c.arm = 13;
        c.triceps = 9;
        c.subscapular = 7;
        struct growth_result r = result(c);
        for (int i = GROWTH_ARM; i <= GROWTH_SUBSCAPULAR; i++) assert_int_equal(isnan(r.scores[i].z), day == 90);
    }
}

static void test_missing(void **state) {
    (void)state;
    struct growth_result r = result(growth_nobody());
    assert_true(isnan(r.length) && isnan(r.bmi));
    for (int i = 0; i < GROWTH_INDICATORS; i++) assert_true(isnan(r.scores[i].z));
    static const double nothing[] = {0, -3, NAN, INFINITY, -INFINITY};
    for (size_t n = 0; n < sizeof nothing / sizeof *nothing; n++) {
        r = result(child(1, 400, nothing[n], 75, 'l'));
        assert_true(isnan(r.scores[GROWTH_WEIGHT].z) && isnan(r.scores[GROWTH_BMI].z) &&
                    isnan(r.scores[GROWTH_WEIGHT_FOR_LENGTH].z));
        assert_true(!isnan(r.scores[GROWTH_LENGTH].z));
        r = result(child(1, 400, 9, nothing[n], 'h'));
        assert_true(isnan(r.scores[GROWTH_LENGTH].z) && isnan(r.scores[GROWTH_BMI].z) &&
                    isnan(r.scores[GROWTH_WEIGHT_FOR_LENGTH].z));
        assert_true(!isnan(r.scores[GROWTH_WEIGHT].z));
    }
    r = result(child(0, 400, 9, 75, 'l'));
    for (int i = 0; i < GROWTH_INDICATORS; i++) assert_true(isnan(r.scores[i].z));
    /* without age: weight for length only, 87 cm divides when the position is not known either */
    double lying = growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_BOY, false, 86.9, 1);
    double standing = growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_BOY, true, 87, 1);
    r = result(child(1, NAN, lying, 86.9, 0));
    assert_true(near(r.scores[GROWTH_WEIGHT_FOR_LENGTH].z, 1) && isnan(r.scores[GROWTH_WEIGHT].z) &&
                isnan(r.scores[GROWTH_BMI].z));
    assert_true(near(result(child(1, NAN, standing, 87, 0)).scores[GROWTH_WEIGHT_FOR_LENGTH].z, 1));
    assert_true(isnan(growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_BOY, false, 44.9, 0)));
    assert_true(isnan(growth_measure(GROWTH_WEIGHT_FOR_LENGTH, GROWTH_BOY, true, 120.1, 0)));
    assert_true(isnan(growth_measure(GROWTH_ARM, GROWTH_GIRL, false, 90, 0)));
    assert_true(isnan(growth_measure(GROWTH_WEIGHT, GROWTH_SEX_UNKNOWN, false, 90, 0)));
    assert_true(isnan(growth_measure(GROWTH_WEIGHT, GROWTH_GIRL, false, NAN, 0)));
}

static struct growth_result with(enum growth_indicator i, double z, bool flagged) {
    struct growth_result r = result(growth_nobody());
    r.scores[i] = (struct growth_score){z, flagged};
    return r;
}

static void test_signs(void **state) {
    (void)state;
    static const struct {
        enum growth_indicator i;
        double z;
        unsigned signs;
    } table[] = {{GROWTH_LENGTH, -2, 0},
                 {GROWTH_LENGTH, -2.01, GROWTH_STUNTED},
                 {GROWTH_LENGTH, -3, GROWTH_STUNTED},
                 {GROWTH_LENGTH, -3.01, GROWTH_STUNTED | GROWTH_SEVERELY_STUNTED},
                 {GROWTH_LENGTH, 4, 0},
                 {GROWTH_WEIGHT, -2.01, GROWTH_UNDERWEIGHT},
                 {GROWTH_WEIGHT, -3.5, GROWTH_UNDERWEIGHT | GROWTH_SEVERELY_UNDERWEIGHT},
                 {GROWTH_WEIGHT, 4, 0},
                 {GROWTH_WEIGHT_FOR_LENGTH, -2.5, GROWTH_WASTED},
                 {GROWTH_WEIGHT_FOR_LENGTH, -4, GROWTH_WASTED | GROWTH_SEVERELY_WASTED},
                 {GROWTH_WEIGHT_FOR_LENGTH, 2, 0},
                 {GROWTH_WEIGHT_FOR_LENGTH, 2.01, GROWTH_OVERWEIGHT},
                 {GROWTH_WEIGHT_FOR_LENGTH, 3.01, GROWTH_OVERWEIGHT | GROWTH_OBESE},
                 {GROWTH_BMI, -4, 0},
                 {GROWTH_WEIGHT_FOR_LENGTH, NAN, 0}};
    for (size_t n = 0; n < sizeof table / sizeof *table; n++) {
        struct growth_result r = with(table[n].i, table[n].z, false);
        assert_int_equal(growth_signs(&r, false), table[n].signs);
        r = with(table[n].i, table[n].z, true);
        assert_int_equal(growth_signs(&r, false), 0);
    }
    /* oedema takes every score with weight away and is severe by itself */
    struct growth_child c = child(1, 400, 9, 75, 'l');
    c.oedema = true;
    struct growth_result r = result(c);
    assert_true(isnan(r.scores[GROWTH_WEIGHT].z) && isnan(r.scores[GROWTH_BMI].z) &&
                isnan(r.scores[GROWTH_WEIGHT_FOR_LENGTH].z));
    assert_true(!isnan(r.scores[GROWTH_LENGTH].z));
    assert_int_equal(growth_signs(&r, true),
                     GROWTH_UNDERWEIGHT | GROWTH_SEVERELY_UNDERWEIGHT | GROWTH_WASTED | GROWTH_SEVERELY_WASTED);
}

/* ---- the reference ----------------------------------------------------------------------------------------------- */

enum { COLUMNS = 40 };
struct sheet {
    str names[COLUMNS], cells[COLUMNS];
    size_t count;
};

static str cell(const struct sheet *s, const char *name) {
    for (size_t i = 0; i < s->count; i++)
        if (str_is(s->names[i], name)) return s->cells[i];
    return STR_NONE;
}
static double number(const struct sheet *s, const char *name) {
    char text[64] = "";
    str c = cell(s, name);
    if (!c.len) return NAN;
    assert_true(c.len < sizeof text);
    memcpy(text, c.at, c.len);
    return strtod(text, NULL);
}

static str read_shared(struct arena *a, const char *name) {
    const char *roots[] = {getenv("TRAM_SHARED"), "../shared", "../../shared"};
    for (size_t i = getenv("TRAM_SHARED") ? 0 : 1; i < 3; i++) {
        str path = str_format(a, "%s/data/growth/%s", roots[i], name);
        FILE *f = fopen(str_z(a, path), "rb");
        if (!f) continue;
        struct buf b = buf_new(a);
        char part[65536];
        for (size_t n; (n = fread(part, 1, sizeof part, f)) > 0;) buf_add(&b, (str){part, n});
        fclose(f);
        return buf_str(&b);
    }
    return STR_NONE;
}

static void check_row(const struct sheet *s, size_t *compared) {
    static const char *const names[GROWTH_INDICATORS] = {"len", "wei", "wfl", "bmi", "hc", "ac", "ts", "ss"};
    str position = cell(s, "measure");
    struct growth_child c = child((int)number(s, "sex"), number(s, "age_days"), number(s, "weight"),
                                  number(s, "lenhei"), position.len ? position.at[0] : 0);
    c.head = number(s, "headc");
    c.arm = number(s, "armc");
    c.triceps = number(s, "triskin");
    c.subscapular = number(s, "subskin");
    c.oedema = str_is(cell(s, "oedema"), "y");
    struct growth_result r = result(c);
    double length = number(s, "clenhei"), bmi = number(s, "cbmi");
    assert_true(isnan(length) ? isnan(r.length) : fabs(length - r.length) < 1e-9);
    assert_true(isnan(bmi) ? isnan(r.bmi) : fabs(bmi - r.bmi) < 1e-9);
    assert_int_equal(r.standing_too_young, str_is(cell(s, "c9mo_flag"), "1"));
    str used = cell(s, "cmeasure");
    assert_int_equal(r.position, !used.len           ? GROWTH_POSITION_UNKNOWN
                                 : used.at[0] == 'l' ? GROWTH_LYING
                                                     : GROWTH_STANDING);
    for (int i = 0; i < GROWTH_INDICATORS; i++) {
        char name[8];
        snprintf(name, sizeof name, "z%s", names[i]);
        double z = number(s, name);
        snprintf(name, sizeof name, "f%s", names[i]);
        if (isnan(z) != isnan(r.scores[i].z) || (!isnan(z) && !near(z, r.scores[i].z)))
            fail_msg("z%s is %g, the reference says %g", names[i], r.scores[i].z, z);
        assert_int_equal(r.scores[i].flagged, str_is(cell(s, name), "1"));
        ++*compared;
    }
}

static void test_reference(void **state) {
    (void)state;
    static const struct {
        const char *name;
        size_t rows;
    } files[] = {
        {"ref_zscores_5000_days.csv", 5000}, {"ref_zscores_boundaries.csv", 726}, {"ref_zscores_no_age.csv", 54}};
    struct arena *a = arena_new();
    size_t rows = 0, compared = 0;
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        str text = read_shared(a, files[f].name);
        if (!text.len) {
            print_message("skipped: %s is not here (TRAM_SHARED)\n", files[f].name);
            arena_free(a);
            skip();
        }
        struct csv csv = {.rest = text};
        struct sheet s;
        bool row;
        size_t count, here = 0;
        assert_int_equal(csv_row(&csv, a, s.names, COLUMNS, &s.count, &row).code, ERR_OK);
        assert_true(row);
        while (csv_row(&csv, a, s.cells, COLUMNS, &count, &row).code == ERR_OK && row) {
            assert_int_equal(count, s.count);
            check_row(&s, &compared);
            here++;
        }
        assert_int_equal(here, files[f].rows);
        rows += here;
    }
    print_message("%zu children, %zu scores equal to the reference\n", rows, compared);
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published), cmocka_unit_test(test_inverse), cmocka_unit_test(test_restricted),
        cmocka_unit_test(test_ages),      cmocka_unit_test(test_missing), cmocka_unit_test(test_signs),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
