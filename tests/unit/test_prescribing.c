/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules of prescriptions, cases from the text of Circular 26/2025/TT-BYT and its annexes: days, forms, children,
 * how quantities are written; fractions; alerts in three states.
 */
#include "prescribing/catalogue.h"

#include "base/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *a;

static int32_t day(const char *text) {
    int32_t d = DAY_NONE;
    assert_true(day_parse(str_of(text), &d));
    return d;
}
static bool same(str s, const char *z) {
    if (!str_is(s, z)) print_error("got: %s\n", s.at ? str_z(a, s) : "nothing");
    return str_is(s, z);
}

/* ---- fractions ---- */

static void test_fractions_are_exact(void **state) {
    (void)state;
    static const struct { const char *text; int64_t n, d; } good[] = {
        {"1", 1, 1}, {"1/2", 1, 2}, {"2/4", 1, 2}, {"0,5", 1, 2}, {"0.25", 1, 4}, {"1 1/2", 3, 2}, {" 2,5 ", 5, 2}, {"½", 1, 2}, {"1 ½", 3, 2}, {"0,1", 1, 10}, {"1/3", 1, 3}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct rational r = rational_read(str_of(good[i].text));
        assert_true(r.n == good[i].n && r.d == good[i].d);
    }
    static const char *const bad[] = {"", " ", "-1", "1/0", "a", "1,2,3", "1//2", "1 2", "1e3", "12345678901", "1 3/2", ",5", "1,", "1\t2", "٣"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(rational_is(rational_read(str_of(bad[i]))));
    /* a third three times is one, which no binary fraction gives */
    struct rational third = rational_read(STR("1/3"));
    struct rational one = rational_multiply(third, rational_of(3, 1));
    assert_true(one.n == 1 && one.d == 1);
    assert_int_equal(rational_ceiling(rational_of(15, 2)), 8);
    assert_int_equal(rational_ceiling(rational_of(8, 1)), 8);
    assert_false(rational_is(rational_multiply(rational_of(INT64_MAX, 1), rational_of(2, 1))));
    assert_true(same(rational_write(a, rational_of(15, 2)), "7,5"));
    assert_true(same(rational_write(a, rational_of(1, 2)), "1/2"));
    assert_true(same(rational_write(a, rational_of(1, 3)), "1/3"));
    assert_true(same(rational_write(a, rational_of(5, 4)), "1,25"));
    assert_true(same(rational_write(a, rational_of(1001, 100)), "10,01"));
}

/* ---- quantities ---- */

static struct prescription_line line(const char *medicine, const char *dose, const char *times, int64_t days) {
    const struct medicine *m = medicine_find(prescribing_tables(), str_of(medicine));
    assert_non_null(m);
    return (struct prescription_line){.medicine = m->code, .text = medicine_text(a, m), .atc = m->atc, .dose = rational_read(str_of(dose)),
                                      .times = rational_read(str_of(times)), .days = days, .quantity = RATIONAL_NONE, .unit = m->unit,
                                      .dose_unit = m->dose_unit, .content = m->content};
}

static void test_quantity_of_every_form(void **state) {
    (void)state;
    static const struct { const char *medicine, *dose, *times; int64_t days, units; } table[] = {
        {"amlodipin-5", "1", "1", 30, 30},
        {"hydroclorothiazid-25", "1/2", "1", 30, 15},    /* half tablets: 15, not 30 */
        {"hydroclorothiazid-25", "1/2", "1", 5, 3},      /* 2.5 tablets: three are handed out */
        {"paracetamol-siro-60", "5", "3", 5, 2},         /* 75 ml: two bottles of 60 */
        {"paracetamol-siro-60", "4", "3", 5, 1},         /* 60 ml: just one */
        {"cloramphenicol-nho-mat", "1", "4", 7, 1},      /* 28 drops of 160 */
        {"natri-clorid-nho-mui", "2", "3", 50, 2},       /* 300 drops: two of 200 */
        {"hydrocortison-kem", "1/2", "2", 14, 1},        /* 14 g of a tube of 15 */
        {"hydrocortison-kem", "1/2", "2", 16, 2},        /* 16 g */
        {"salbutamol-xit", "2", "4", 30, 2},             /* 240 puffs of 200 */
        {"insulin-30-70", "30", "2", 30, 2},             /* 1,800 units of 1,000 */
        {"oresol-245", "1", "3", 2, 6},
        {"aciclovir-kem", "1/4", "5", 4, 1},             /* exactly 5 g */
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct prescription_line l = line(table[i].medicine, table[i].dose, table[i].times, table[i].days);
        if (line_units(&l) != table[i].units) print_message("row %zu: %lld\n", i, (long long)line_units(&l));
        assert_int_equal(line_units(&l), table[i].units);
    }
    struct prescription_line weekly = line("fluconazol-150", "1", "1/7", 28); /* once in seven days */
    assert_int_equal(line_units(&weekly), 4);
    struct prescription_line open = line("amlodipin-5", "", "1", 30);
    assert_int_equal(line_units(&open), 0);
}

/* Dose and times as they are typed, for a medicine that is not of the catalogue: each worked out by hand (dose x times x days, divided by
 * what one counted unit holds, rounded up). */
static void test_quantities_worked_by_hand(void **state) {
    (void)state;
    static const struct { const char *dose, *times; int64_t days; const char *content; int64_t units; const char *total, *vi; } table[] = {
        /* tablets: content 1 */
        {"1", "2", 7, "1", 14, "14", "Uống ngày 2 lần, mỗi lần 1 đv"},
        {"1/2", "1", 30, "1", 15, "15", "Uống ngày 1 lần, mỗi lần 1/2 đv"},
        {"½", "2", 15, "1", 15, "15", "Uống ngày 2 lần, mỗi lần 1/2 đv"},
        {"1/2", "1", 7, "1", 4, "3,5", "Uống ngày 1 lần, mỗi lần 1/2 đv"},       /* 3.5 → 4 */
        {"1/4", "3", 10, "1", 8, "7,5", "Uống ngày 3 lần, mỗi lần 1/4 đv"},      /* 7.5 → 8 */
        {"¾", "2", 6, "1", 9, "9", "Uống ngày 2 lần, mỗi lần 3/4 đv"},
        {"1 1/2", "2", 5, "1", 15, "15", "Uống ngày 2 lần, mỗi lần 1,5 đv"},
        {"1,5", "3", 3, "1", 14, "13,5", "Uống ngày 3 lần, mỗi lần 1,5 đv"},     /* 13.5 → 14 */
        {"2.5", "2", 10, "1", 50, "50", "Uống ngày 2 lần, mỗi lần 2,5 đv"},
        {"1/3", "1", 10, "1", 4, "10/3", "Uống ngày 1 lần, mỗi lần 1/3 đv"},     /* 3 1/3 → 4, no 3.33 */
        {"1/3", "3", 30, "1", 30, "30", "Uống ngày 3 lần, mỗi lần 1/3 đv"},      /* exactly 30, no 29.99 or 31 */
        {"1", "1/2", 14, "1", 7, "7", "Uống 2 ngày 1 lần, mỗi lần 1 đv"},        /* every other day */
        {"1", "1/2", 15, "1", 8, "7,5", "Uống 2 ngày 1 lần, mỗi lần 1 đv"},      /* day 1, 3 … 15: eight */
        {"1/2", "1/2", 28, "1", 7, "7", "Uống 2 ngày 1 lần, mỗi lần 1/2 đv"},
        {"2", "1/7", 28, "1", 8, "8", "Uống 7 ngày 1 lần, mỗi lần 2 đv"},        /* methotrexate: once a week */
        {"1", "1/30", 90, "1", 3, "3", "Uống 30 ngày 1 lần, mỗi lần 1 đv"},
        /* tapering prednisolone 5 mg: 4 for 3 days, 3, 2, 1, 1/2: a line each, 12 + 9 + 6 + 3 + 2 */
        {"4", "1", 3, "1", 12, "12", "Uống ngày 1 lần, mỗi lần 4 đv"},
        {"3", "1", 3, "1", 9, "9", "Uống ngày 1 lần, mỗi lần 3 đv"},
        {"2", "1", 3, "1", 6, "6", "Uống ngày 1 lần, mỗi lần 2 đv"},
        {"1", "1", 3, "1", 3, "3", "Uống ngày 1 lần, mỗi lần 1 đv"},
        {"1/2", "1", 3, "1", 2, "1,5", "Uống ngày 1 lần, mỗi lần 1/2 đv"},
        /* syrups: ml in a bottle */
        {"5", "3", 4, "60", 1, "60", "Uống ngày 3 lần, mỗi lần 5 đv"},           /* the last drop of one bottle */
        {"5", "3", 5, "60", 2, "75", "Uống ngày 3 lần, mỗi lần 5 đv"},
        {"2,5", "2", 7, "30", 2, "35", "Uống ngày 2 lần, mỗi lần 2,5 đv"},
        {"7,5", "3", 10, "100", 3, "225", "Uống ngày 3 lần, mỗi lần 7,5 đv"},
        {"1,25", "4", 5, "100", 1, "25", "Uống ngày 4 lần, mỗi lần 1,25 đv"},
        /* creams: grams in a tube; a fingertip is half a gram */
        {"0,5", "2", 10, "10", 1, "10", "Uống ngày 2 lần, mỗi lần 1/2 đv"},
        {"0,5", "2", 11, "10", 2, "11", "Uống ngày 2 lần, mỗi lần 1/2 đv"},
        {"1/4", "3", 14, "15", 1, "10,5", "Uống ngày 3 lần, mỗi lần 1/4 đv"},
        /* drops in a bottle of 5 ml: 100 */
        {"2", "4", 12, "100", 1, "96", "Uống ngày 4 lần, mỗi lần 2 đv"},
        {"2", "4", 13, "100", 2, "104", "Uống ngày 4 lần, mỗi lần 2 đv"},
        /* inhalers: puffs */
        {"2", "2", 30, "120", 1, "120", "Uống ngày 2 lần, mỗi lần 2 đv"},
        {"2", "4", 31, "200", 2, "248", "Uống ngày 4 lần, mỗi lần 2 đv"},
        /* injections: insulin by units of a vial of 1,000, ampoules by the piece */
        {"18", "2", 30, "1000", 2, "1080", "Uống ngày 2 lần, mỗi lần 18 đv"},
        {"33", "1", 30, "1000", 1, "990", "Uống ngày 1 lần, mỗi lần 33 đv"},
        {"1", "2", 5, "1", 10, "10", "Uống ngày 2 lần, mỗi lần 1 đv"},
        /* a pen of 300 units, 12 three times a day: 1,080 → 4 pens */
        {"12", "3", 30, "300", 4, "1080", "Uống ngày 3 lần, mỗi lần 12 đv"},
        /* nothing can be computed */
        {"", "2", 7, "1", 0, "", ""}, {"1", "", 7, "1", 0, "", ""}, {"1", "2", 0, "1", 0, "", "Uống ngày 2 lần, mỗi lần 1 đv"},
        {"mot", "2", 7, "1", 0, "", ""}, {"-1", "2", 7, "1", 0, "", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct prescription_line l = {.text = STR("x"), .dose = rational_read(str_of(table[i].dose)), .times = rational_read(str_of(table[i].times)),
                                      .days = table[i].days, .quantity = RATIONAL_NONE, .dose_unit = STR("đv"), .content = rational_read(str_of(table[i].content))};
        str total = rational_is(line_total(&l)) ? rational_write(a, line_total(&l)) : STR(""), vi = usage_write(a, &l, STR("oral"), true);
        if (line_units(&l) != table[i].units || !str_is(total, table[i].total) || !str_is(vi, table[i].vi))
            print_message("row %zu: %lld units, total %.*s, %.*s\n", i, (long long)line_units(&l), STR_ARG(total), STR_ARG(vi));
        assert_int_equal(line_units(&l), table[i].units);
        assert_true(str_is(total, table[i].total) && str_is(vi, table[i].vi));
    }
}

static void test_quantities_are_written_as_the_circular_says(void **state) {
    (void)state;
    assert_true(same(quantity_write(a, 5, FORM_ORDINARY), "05"));
    assert_true(same(quantity_write(a, 9, FORM_PSYCHOTROPIC), "09"));
    assert_true(same(quantity_write(a, 10, FORM_ORDINARY), "10"));
    assert_true(same(quantity_write(a, 30, FORM_ORDINARY), "30"));
    assert_true(same(quantity_write(a, 5, FORM_NARCOTIC), "Năm"));
    assert_true(same(quantity_write(a, 14, FORM_NARCOTIC), "Mười bốn"));
    assert_true(same(quantity_write(a, 21, FORM_NARCOTIC), "Hai mươi mốt"));
    assert_true(same(quantity_write(a, 0, FORM_ORDINARY), ""));
    static const struct { int64_t n; const char *words; } table[] = {
        {0, "không"}, {1, "một"}, {10, "mười"}, {11, "mười một"}, {15, "mười lăm"}, {20, "hai mươi"}, {25, "hai mươi lăm"},
        {31, "ba mươi mốt"}, {100, "một trăm"}, {101, "một trăm linh một"}, {105, "một trăm linh năm"}, {115, "một trăm mười lăm"},
        {1000, "một nghìn"}, {1005, "một nghìn không trăm linh năm"}, {2021, "hai nghìn không trăm hai mươi mốt"}, {1000000, "một triệu"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) assert_true(same(number_words(a, table[i].n), table[i].words));
    struct prescription_line l = line("amlodipin-5", "1/2", "2", 30);
    assert_true(same(usage_write(a, &l, STR("oral"), true), "Uống ngày 2 lần, mỗi lần 1/2 viên"));
}

/* ---- ICD-10 ---- */

static void test_icd_codes(void **state) {
    (void)state;
    static const struct { const char *text, *code; } good[] = {
        {"I10", "I10"}, {"e119", "E11.9"}, {" E11.9 ", "E11.9"}, {"A17.0†", "A17.0"}, {"M0500", "M05.00"}, {"g01*", "G01"}};
    char code[ICD_TEXT];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(icd_read(str_of(good[i].text), code));
        assert_string_equal(code, good[i].code);
    }
    static const char *const bad[] = {"", "I", "I1", "10I", "I100000", "II0", "I10.", "I1O", "E11,9", "tang huyet ap"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(icd_read(str_of(bad[i]), code));
}

static struct prescription of(char kind, const char *icd, const char *on) {
    struct prescription p = {.kind = kind, .on = day(on), .birth = day("1970-01-01"), .birth_exact = true, .weighed = DAY_NONE};
    VEC_PUSH(a, &p.diagnoses, (struct diagnosis){str_of(icd), STR_NONE});
    return p;
}
static int64_t most(char kind, const char *icd, const char *on) {
    struct prescription p = of(kind, icd, on);
    const struct long_supply *listed;
    return days_most(prescribing_tables(), &p, &listed);
}

static void test_thirty_or_ninety_days(void **state) {
    (void)state;
    static const struct { const char *icd; int64_t days; } table[] = {
        {"I10", 90}, {"E11", 90}, {"E11.9", 90}, {"E11.0", 30}, {"E11.1", 30}, {"E14.1", 30}, {"E10.2", 90}, {"E15", 30}, {"E09", 30},
        {"J45", 90}, {"J45.9", 90}, {"J06", 30}, {"J44", 30}, {"J44.9", 30}, /* COPD is not on the list */
        {"B18.1", 90}, {"B18", 30}, {"B18.2", 30},                           /* a code of four does not cover its parent */
        {"B20", 90}, {"B22.7", 90}, {"B24", 90}, {"B25", 30}, {"Z21", 90}, {"B19.9", 30},
        {"C50", 90}, {"C50.9", 90}, {"C51", 30}, {"D75.2", 90}, {"D75.1", 30}, {"D75", 30},
        {"F11.2", 90}, {"F11.9", 90}, {"F11.1", 30}, {"F11", 30}, {"F19.8", 90}, {"F19.9", 30}, /* ranges of four characters */
        {"F70", 90}, {"F79.9", 90}, {"F80", 90}, {"F89", 90}, {"F98.9", 90}, {"F99", 30},
        {"I20.0", 90}, {"I23", 90}, {"I24", 30}, {"L20", 90}, {"L30.9", 90}, {"L25", 30}, {"Q25.7", 90}, {"Q26.3", 90},
        {"M02.8", 90}, {"M02.3", 30}, {"Z94.0", 90}, {"", 30}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (most('c', table[i].icd, "2026-11-28") != table[i].days) print_message("%s\n", table[i].icd);
        assert_int_equal(most('c', table[i].icd, "2026-11-28"), table[i].days);
    }
    assert_int_equal(most('c', "I10", "2025-06-30"), 30); /* the circular is in force from 2025-07-01 */
    assert_int_equal(most('c', "I10", "2025-07-01"), 90);
}

/* Rows without a code in the annex are met by their name. */
static void test_conditions_without_a_code(void **state) {
    (void)state;
    struct prescription p = of('c', "", "2026-11-28");
    const struct long_supply *listed;
    p.diagnoses.at[0].text = STR("Nôn chu kỳ");
    assert_int_equal(days_most(prescribing_tables(), &p, &listed), 90);
    assert_int_equal(listed->number, 138);
    p.diagnoses.at[0].text = STR("Nôn");
    assert_int_equal(days_most(prescribing_tables(), &p, &listed), 30);
}

/* One listed condition of several is enough. */
static void test_second_diagnosis_counts(void **state) {
    (void)state;
    struct prescription p = of('c', "J06", "2026-11-28");
    const struct long_supply *listed;
    VEC_PUSH(a, &p.diagnoses, (struct diagnosis){STR("I10"), STR_NONE});
    assert_int_equal(days_most(prescribing_tables(), &p, &listed), 90);
    assert_non_null(listed);
}

/* Every row of the annex as it was transcribed elsewhere: each code in it allows 90 days, each exception does not. */
static void test_all_rows_of_the_annex(void **state) {
    (void)state;
    const char *shared = getenv("TRAM_SHARED");
    FILE *f = fopen(str_z(a, str_format(a, "%s/data/health/rx90_icd10_tt26_2025_pl7.csv", shared ? shared : "../shared")), "r");
    if (!f) skip();
    char *text = arena_alloc(a, 65536);
    size_t len = fread(text, 1, 65536, f);
    fclose(f);
    struct csv csv = {.rest = {text, len}};
    str row[4];
    size_t count, rows = 0, codes = 0, exceptions = 0;
    bool there;
    for (bool head = true;; head = false) {
        assert_int_equal(csv_row(&csv, a, row, 4, &count, &there).code, ERR_OK);
        if (!there) break;
        if (head) continue;
        rows++;
        assert_int_equal(prescribing_tables()->long_supply.at[rows - 1].number, rows);
        bool excluded = false;
        for (size_t i = 0; i + 3 <= row[3].len; i++) { /* letter, digit, digit, maybe .digit(s) */
            char c = row[3].at[i];
            if (str_starts(str_slice(row[3], i, row[3].len), STR("trừ"))) excluded = true;
            if (c < 'A' || c > 'Z' || row[3].at[i + 1] < '0' || row[3].at[i + 1] > '9') continue;
            size_t end = i + 3;
            if (end < row[3].len && row[3].at[end] == '.')
                for (end++; end < row[3].len && row[3].at[end] >= '0' && row[3].at[end] <= '9';) end++;
            const char *code = str_z(a, str_slice(row[3], i, end));
            if (most('c', code, "2026-01-01") != (excluded ? 30 : 90)) print_message("row %zu: %s\n", rows, code);
            assert_int_equal(most('c', code, "2026-01-01"), excluded ? 30 : 90);
            excluded ? exceptions++ : codes++;
            i = end - 1;
        }
    }
    assert_int_equal(rows, 252);
    assert_int_equal(exceptions, 10);
    assert_true(codes >= 250);
}

static void test_narcotics_and_psychotropics(void **state) {
    (void)state;
    assert_int_equal(most('n', "S82", "2026-11-28"), 7);
    assert_int_equal(most('n', "I10", "2026-11-28"), 7);   /* the long list is not for narcotics */
    assert_int_equal(most('n', "C50.9", "2026-11-28"), 10); /* cancer: runs of ten */
    assert_int_equal(most('h', "F51", "2026-11-28"), 10);
    assert_int_equal(most('h', "G40", "2026-11-28"), 30);
    assert_int_equal(most('t', "M54", "2026-11-28"), 30);
}

/* ---- the whole prescription ---- */

static bool found(const struct findings *f, const char *rule, enum finding_level level, const char *at) {
    for (size_t i = 0; i < f->len; i++)
        if (!strcmp(f->at[i].rule, rule) && f->at[i].level == level && str_is(f->at[i].at, at)) return true;
    return false;
}
static size_t refusals(const struct findings *f) {
    size_t n = 0;
    for (size_t i = 0; i < f->len; i++) n += f->at[i].level == FINDING_REFUSED;
    return n;
}

static void test_120_days_are_refused_where_they_stand(void **state) {
    (void)state;
    struct prescription p = of('c', "I10", "2026-11-28");
    struct findings f = {0};
    VEC_PUSH(a, &p.lines, line("amlodipin-5", "1", "1", 90));
    VEC_PUSH(a, &p.lines, line("losartan-50", "1", "1", 120));
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "days-most", FINDING_REFUSED, "lines[1].days"));
    assert_int_equal(refusals(&f), 1);
    p.lines.at[1].days = 90;
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_int_equal(f.len, 0);
}

static void test_what_must_be_there(void **state) {
    (void)state;
    struct prescription p = {.kind = 'c', .on = day("2026-11-28"), .birth = DAY_NONE, .weighed = DAY_NONE};
    struct findings f = {0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "diagnosis-missing", FINDING_REFUSED, "diagnoses"));
    assert_true(found(&f, "lines-missing", FINDING_REFUSED, "lines"));
    VEC_PUSH(a, &p.lines, line("amlodipin-5", "", "0", 0));
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "dose-missing", FINDING_REFUSED, "lines[0].dose"));
    assert_true(found(&f, "times-missing", FINDING_REFUSED, "lines[0].times"));
    assert_true(found(&f, "days-missing", FINDING_REFUSED, "lines[0].days"));
}

static void test_forms_of_controlled_medicines(void **state) {
    (void)state;
    struct prescription p = of('c', "S82", "2026-11-28");
    struct prescription_line codeine = line("paracetamol-500", "1", "2", 5);
    codeine.medicine = STR_NONE;
    codeine.text = STR("Codein 30 mg");
    codeine.atc = STR("R05DA04");
    struct findings f = {0};
    VEC_PUSH(a, &p.lines, codeine);
    VEC_PUSH(a, &p.lines, line("diazepam-5", "1", "1", 5)); /* its class is not verified: a word, no refusal */
    VEC_PUSH(a, &p.lines, line("codein-paracetamol", "1", "2", 5)); /* a combination below the limit */
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "form", FINDING_REFUSED, "lines[0].medicine"));
    assert_true(found(&f, "form", FINDING_WARNING, "lines[1].medicine"));
    assert_int_equal(f.len, 2);
    p.kind = 'n';
    p.lines.len = 1;
    p.lines.at[0].days = 8;
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "days-most", FINDING_REFUSED, "lines[0].days"));
    p.lines.at[0].days = 7;
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_int_equal(f.len, 0);
}

static void test_children_under_72_months(void **state) {
    (void)state;
    struct prescription p = of('c', "J06", "2026-11-28");
    VEC_PUSH(a, &p.lines, line("paracetamol-siro-60", "5", "3", 3));
    p.birth = day("2020-11-29"); /* 71 months and 30 days */
    assert_int_equal(age_months(p.birth, p.on), 71);
    struct findings f = {0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "weight-missing", FINDING_REFUSED, "weight"));
    assert_true(found(&f, "guardian-missing", FINDING_REFUSED, "guardian"));
    p.birth = day("2020-11-28"); /* 72 months today */
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_int_equal(f.len, 0);
    p.birth = day("2024-01-01");
    p.guardian = STR("Lò Thị Mai");
    p.weight = rational_read(STR("12,5"));
    p.weighed = day("2026-10-29"); /* 30 days old */
    f = (struct findings){0};
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_int_equal(f.len, 0);
    p.weighed = day("2026-10-28"); /* 31 */
    prescription_check(prescribing_tables(), a, &p, &f);
    assert_true(found(&f, "weight-old", FINDING_REFUSED, "weight"));
    /* of the birth only the year is known: 2020 may be under 72 months */
    p = of('c', "J06", "2026-11-28");
    VEC_PUSH(a, &p.lines, line("paracetamol-500", "1", "3", 3));
    p.birth = day("2020-01-01");
    p.birth_exact = false;
    assert_true(prescription_for_child(prescribing_tables(), &p));
    p.birth = day("2019-01-01");
    assert_false(prescription_for_child(prescribing_tables(), &p));
    p.birth = DAY_NONE; /* nothing known: nobody is asked for a weight */
    assert_false(prescription_for_child(prescribing_tables(), &p));
}

static void test_codes(void **state) {
    (void)state;
    char kind = 0;
    assert_true(prescription_code_read(STR("25366VMA336R-c"), &kind) && kind == 'c');
    assert_true(prescription_code_read(STR("00871GX18AH2-n"), &kind) && kind == 'n');
    static const char *const bad[] = {"", "25366VMA336R-x", "25366VMA336Rc", "25366VMA336R-c ", "25366VMA33_R-c", "5366VMA336R-c", "25366VMA336R-"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(prescription_code_read(str_of(bad[i]), &kind));
}

/* ---- alerts ---- */

struct checked { struct line_alerts at[8]; struct findings f; };

static struct checked alerts(const struct prescription *p, const struct person_medicines *person) {
    struct checked c = {0};
    alerts_check(prescribing_tables(), a, p, person, c.at, &c.f);
    return c;
}

static void test_not_checked_is_never_no_alert(void **state) {
    (void)state;
    struct prescription p = of('c', "J06", "2026-11-28");
    struct person_medicines person = {.known = true};
    VEC_PUSH(a, &p.lines, line("paracetamol-500", "1", "3", 3));
    struct checked c = alerts(&p, &person); /* nobody ever asked about allergies */
    assert_int_equal(c.at[0].allergy, ALERT_NOT_CHECKED);
    assert_int_equal(c.at[0].doubled, ALERT_NONE);
    assert_int_equal(alerts_all(c.at, 1), ALERT_NOT_CHECKED);
    VEC_PUSH(a, &person.allergies, (struct allergy){STR("Không dị ứng thuốc"), STR_NONE, true});
    c = alerts(&p, &person);
    assert_int_equal(alerts_all(c.at, 1), ALERT_NONE);
    VEC_PUSH(a, &person.allergies, (struct allergy){STR("thuốc màu xanh"), STR_NONE, false}); /* words nobody can compare */
    c = alerts(&p, &person);
    assert_int_equal(c.at[0].allergy, ALERT_NOT_CHECKED);
    assert_true(found(&c.f, "allergy-words", FINDING_NOTE, "lines[0].medicine"));
    person.allergies.len = 1;
    person.known = false; /* the record could not be read */
    c = alerts(&p, &person);
    assert_int_equal(c.at[0].doubled, ALERT_NOT_CHECKED);
    person.known = true;
    p.lines.at[0].atc = STR_NONE; /* a name that was typed */
    p.lines.at[0].text = STR("Thuốc ho bổ phế");
    c = alerts(&p, &person);
    assert_int_equal(alerts_all(c.at, 1), ALERT_NOT_CHECKED);
    assert_int_equal(alerts_all(c.at, 0), ALERT_NOT_CHECKED);
}

static void test_allergies(void **state) {
    (void)state;
    static const struct { const char *allergy, *medicine; enum alert_state state; } table[] = {
        {"Penicilin", "amoxicilin-500", ALERT_FOUND},      {"dị ứng PENICILLIN (mày đay)", "amox-clav-625", ALERT_FOUND},
        {"Amoxicilin", "amoxicilin-hd-60", ALERT_FOUND},   {"amoxicillin", "amoxicilin-500", ALERT_FOUND},
        {"Penicilin", "azithromycin-500", ALERT_NONE},     {"Sulfamid", "cotrimoxazol-480", ALERT_FOUND},
        {"Aspirin", "aspirin-81", ALERT_FOUND},            {"Aspirin", "ibuprofen-400", ALERT_FOUND},
        {"Paracetamol", "codein-paracetamol", ALERT_FOUND}, {"Quinolon", "ciprofloxacin-500", ALERT_FOUND}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct prescription p = of('c', "J06", "2026-11-28");
        struct person_medicines person = {.known = true};
        VEC_PUSH(a, &p.lines, line(table[i].medicine, "1", "1", 5));
        VEC_PUSH(a, &person.allergies, (struct allergy){str_of(table[i].allergy), STR_NONE, false});
        struct checked c = alerts(&p, &person);
        if (c.at[0].allergy != table[i].state) print_message("%s, %s\n", table[i].allergy, table[i].medicine);
        assert_int_equal(c.at[0].allergy, table[i].state);
    }
    struct prescription p = of('c', "J06", "2026-11-28"); /* by code, at any level */
    struct person_medicines person = {.known = true};
    VEC_PUSH(a, &p.lines, line("cefuroxim-500", "1", "1", 5));
    VEC_PUSH(a, &person.allergies, (struct allergy){STR("x"), STR("J01D"), false});
    assert_int_equal(alerts(&p, &person).at[0].allergy, ALERT_FOUND);
}

static void test_doubles_and_interactions(void **state) {
    (void)state;
    struct prescription p = of('c', "I10", "2026-11-28");
    struct person_medicines person = {.known = true};
    VEC_PUSH(a, &person.allergies, (struct allergy){STR("không"), STR_NONE, true});
    VEC_PUSH(a, &p.lines, line("paracetamol-500", "1", "3", 3));
    VEC_PUSH(a, &p.lines, line("codein-paracetamol", "1", "2", 3)); /* another code, the same substance */
    VEC_PUSH(a, &p.lines, line("enalapril-5", "1", "1", 30));
    struct checked c = alerts(&p, &person);
    assert_int_equal(c.at[0].doubled, ALERT_FOUND);
    assert_int_equal(c.at[1].doubled, ALERT_FOUND);
    assert_int_equal(c.at[2].doubled, ALERT_NONE);
    VEC_PUSH(a, &person.current, (struct current_medicine){STR("Perindopril 5 mg"), STR("C09AA04"), DAY_NONE}); /* same group */
    VEC_PUSH(a, &person.current, (struct current_medicine){STR("Spironolacton 25 mg"), STR("C03DA01"), DAY_NONE});
    c = alerts(&p, &person);
    assert_int_equal(c.at[2].doubled, ALERT_FOUND);
    assert_int_equal(c.at[2].interaction, ALERT_FOUND);
    assert_true(found(&c.f, "interaction", FINDING_WARNING, "lines[2].medicine"));
    VEC_PUSH(a, &person.current, (struct current_medicine){STR("thuốc nam"), STR_NONE, DAY_NONE}); /* nobody knows what is in it */
    c = alerts(&p, &person);
    assert_int_equal(c.at[0].interaction, ALERT_NOT_CHECKED);
}

/* The same medicine as is being taken is renewed, not doubled; another strength of it is. */
static void test_renewals(void **state) {
    (void)state;
    struct prescription p = of('c', "I10", "2026-11-28");
    struct person_medicines person = {.known = true};
    VEC_PUSH(a, &p.lines, line("amlodipin-5", "1", "1", 30));
    VEC_PUSH(a, &person.current, (struct current_medicine){STR("AMLODIPIN 5 mg"), STR("C08CA01"), day("2026-12-01")});
    struct checked c = alerts(&p, &person);
    assert_int_equal(c.at[0].doubled, ALERT_NONE);
    assert_true(found(&c.f, "renewal", FINDING_NOTE, "lines[0].medicine"));
    bool said = false;
    for (size_t i = 0; i < c.f.len; i++) said |= str_contains(c.f.at[i].vi, STR("đủ đến 01/12/2026"));
    assert_true(said);
    person.current.at[0].text = STR("Amlodipin 10 mg");
    assert_int_equal(alerts(&p, &person).at[0].doubled, ALERT_FOUND);
    VEC_PUSH(a, &p.lines, line("amlodipin-5", "1", "1", 30)); /* twice on one paper */
    person.current.len = 0;
    assert_int_equal(alerts(&p, &person).at[1].doubled, ALERT_FOUND);
}

/* ---- catalogue ---- */

static void test_searching(void **state) {
    (void)state;
    const struct medicine *m[50];
    const struct prescribing_tables *t = prescribing_tables();
    assert_true(medicines_search(t, a, STR("amlo"), day("2026-11-28"), m, 50) == 2);
    assert_true(medicines_search(t, a, STR("siro para"), day("2026-11-28"), m, 50) == 1);
    assert_true(medicines_search(t, a, STR("hydrochloro"), day("2026-11-28"), m, 50) == 2); /* the English name */
    assert_true(medicines_search(t, a, STR("zzz"), day("2026-11-28"), m, 50) == 0);
    /* two rows of one code would be two truths */
    for (size_t i = 0; i < t->medicines.len; i++)
        for (size_t k = i + 1; k < t->medicines.len; k++) assert_false(str_eq(t->medicines.at[i].code, t->medicines.at[k].code));
}

int main(void) {
    a = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fractions_are_exact), cmocka_unit_test(test_quantity_of_every_form), cmocka_unit_test(test_quantities_worked_by_hand),
        cmocka_unit_test(test_quantities_are_written_as_the_circular_says), cmocka_unit_test(test_icd_codes),
        cmocka_unit_test(test_thirty_or_ninety_days), cmocka_unit_test(test_conditions_without_a_code),
        cmocka_unit_test(test_second_diagnosis_counts), cmocka_unit_test(test_all_rows_of_the_annex),
        cmocka_unit_test(test_narcotics_and_psychotropics), cmocka_unit_test(test_120_days_are_refused_where_they_stand),
        cmocka_unit_test(test_what_must_be_there), cmocka_unit_test(test_forms_of_controlled_medicines),
        cmocka_unit_test(test_children_under_72_months), cmocka_unit_test(test_codes),
        cmocka_unit_test(test_not_checked_is_never_no_alert), cmocka_unit_test(test_allergies),
        cmocka_unit_test(test_doubles_and_interactions), cmocka_unit_test(test_renewals), cmocka_unit_test(test_searching)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
