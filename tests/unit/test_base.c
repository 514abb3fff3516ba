/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/: text, JSON, dates, folding. */
#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/fold.h"
#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static void assert_text(str got, const char *want) {
    if (!str_is(got, want)) fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static str reason_of(const char *source) {
    struct json *tree;
    err e = json_parse(arena, str_of(source), &tree);
    return e.code ? e.detail : STR("accepted");
}

static void test_json_keeps_what_was_sent(void **state) {
    (void)state;
    str source = STR(" { \"a\" : [ 1.50, -0 , 123456789012345678901234567890 , 1E+2 ], \"b\\u00e9\" : \"x\\u1ea0\\n y\" , \"c\":{} } ");
    struct json *tree;
    assert_int_equal(json_parse(arena, source, &tree).code, ERR_OK);
    struct buf out = buf_new(arena);
    json_minify(&out, source, tree);
    assert_text(buf_str(&out), "{\"a\":[1.50,-0,123456789012345678901234567890,1E+2],\"b\\u00e9\":\"x\\u1ea0\\n y\",\"c\":{}}");
    assert_text(json_text(tree, STR("bé")), "xẠ\n y");
    const struct json *numbers = JSON_GET(tree, "a");
    assert_int_equal(numbers->count, 4);
    assert_text(json_item(numbers, 3)->text, "1E+2");
    assert_text(str_slice(source, json_item(numbers, 1)->begin, json_item(numbers, 1)->end), "-0");
    assert_text(str_slice(source, numbers->begin, numbers->end), "[ 1.50, -0 , 123456789012345678901234567890 , 1E+2 ]");
    struct buf written = buf_new(arena);
    json_write(&written, tree);
    assert_text(buf_str(&written), "{\"a\":[1.50,-0,123456789012345678901234567890,1E+2],\"bé\":\"xẠ\\n y\",\"c\":{}}");
}

static void test_json_refuses(void **state) {
    (void)state;
    assert_text(reason_of("{\"a\":1,\n \"a\":2}"), "line 2, column 2: duplicate key");
    assert_text(reason_of("\v2"), "line 1, column 1: a control character");
    assert_text(reason_of("[1,\f2]"), "line 1, column 4: a control character");
    assert_text(reason_of("[\"\\ud800\"]"), "line 1, column 3: lone high surrogate");
    assert_text(reason_of("[\"\\udc00\"]"), "line 1, column 3: lone low surrogate");
    assert_text(reason_of("[\"\\ud83d\\ude00\"]"), "accepted");
    assert_text(reason_of("[\"é\\u0000\"]"), "line 1, column 4: U+0000 is not allowed");
    assert_text(reason_of("{\"\\u0000\":1}"), "line 1, column 3: U+0000 is not allowed");
    assert_text(reason_of("[\"\xC0\x80\"]"), "line 1, column 3: invalid UTF-8");
    assert_text(reason_of("[\"\xED\xA0\x80\"]"), "line 1, column 3: invalid UTF-8");
    assert_text(reason_of("{\"a\":"), "line 1, column 6: the text ends too early");
    static const char *const bad[] = {"", " ", "NaN", "[1,]", "{\"a\":01}", "[1] x", "{'a':1}", "[1 /* */]", "[\"\t\"]", "+1", "[.5]", "[1.]", "{\"a\" 1}", "[\"\\x\"]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (str_is(reason_of(bad[i]), "accepted")) fail_msg("accepted: %s", bad[i]);
    struct buf deep = buf_new(arena);
    for (int i = 0; i < 101; i++) buf_addc(&deep, '[');
    for (int i = 0; i < 101; i++) buf_addc(&deep, ']');
    struct json *tree;
    assert_int_equal(json_parse(arena, buf_str(&deep), &tree).code, ERR_INVALID);
    assert_int_equal(json_parse(arena, str_slice(buf_str(&deep), 1, 201), &tree).code, ERR_OK);
}

static void test_json_many_keys(void **state) {
    (void)state;
    struct buf b = buf_new(arena);
    buf_addc(&b, '{');
    for (int i = 0; i < 50000; i++) buf_addf(&b, "\"k%d\":%d,", i, i);
    size_t len = b.len;
    buf_addz(&b, "\"last\":0}");
    struct json *tree;
    assert_int_equal(json_parse(arena, buf_str(&b), &tree).code, ERR_OK);
    assert_int_equal(tree->count, 50001);
    b.len = len;
    buf_addz(&b, "\"k777\":0}");
    assert_int_equal(json_parse(arena, buf_str(&b), &tree).code, ERR_INVALID);
}

static void test_days(void **state) {
    (void)state;
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
    assert_int_equal(day_from_civil(2000, 3, 1), 11017);
    for (int32_t d = -800000; d < 200000; d += 13) {
        int y, m, day;
        day_to_civil(d, &y, &m, &day);
        assert_int_equal(day_from_civil(y, m, day), d);
    }
    char text[11], instant[25];
    assert_string_equal(day_format(day_add_months(day_from_civil(2025, 1, 31), 1), text), "2025-02-28");
    assert_string_equal(day_format(day_add_months(day_from_civil(2025, 1, 31), -2), text), "2024-11-30");
    assert_int_equal(age_years(day_from_civil(2004, 2, 29), day_from_civil(2025, 2, 28)), 20);
    assert_string_equal(instant_format(1763856000123, instant), "2025-11-23T00:00:00.123Z");
    assert_string_equal(instant_format(-1, instant), "1969-12-31T23:59:59.999Z");
}

static void test_fhir_dates(void **state) {
    (void)state;
    static const char *const good[] = {"2025", "2025-02", "2024-02-29", "2025-01-01T00:00:00Z", "2025-01-01T23:59:60+07:00", "0001-01-01", "9999-12-31", "2025-01-01T10:00:00.123456-14:00"};
    static const char *const bad[] = {"", "25", "0000", "2025-13", "2025-02-29", "2025-1-1", "2025-01-01T10:00Z", "2025-01-01T24:00:00Z", "2025-01-01T10:00:00", "2025-01-01T10:00:00+15:00", "2025-01-01 10:00:00Z", "2025-01-01T10:00:00.Z", "2025-01-01x"};
    struct date_time d;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (!date_parse(str_of(good[i]), false, &d)) fail_msg("refused %s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (date_parse(str_of(bad[i]), false, &d)) fail_msg("accepted %s", bad[i]);
    int64_t from, to;
    assert_true(date_parse(STR("2025-11-23"), false, &d));
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    assert_int_equal(from, 1763830800000);
    assert_int_equal(to - from, 86400000);
    assert_int_equal(instant_day(from, VIETNAM_OFFSET_MINUTES), day_from_civil(2025, 11, 23));
    assert_true(date_parse(STR("2025-11-23T10:00"), true, &d));
}

static void test_folding(void **state) {
    (void)state;
    assert_text(text_fold(arena, STR("  Nguyễn  ĐỨC Ẳm\t")), "nguyen duc am");
    assert_text(text_fold(arena, STR("LÒ THỊ ỈNH")), "lo thi inh");
    assert_text(text_fold(arena, STR("ABC-12")), "abc-12");
    assert_text(text_caseless(arena, STR("  Nguyễn  ĐỨC Ẳm\t")), "nguyễn đức ẳm");
    assert_text(text_caseless(arena, STR(" A\tB ")), "a b");
    assert_text(text_nfc(arena, STR("e\xCC\x81")), "é");
}

static void test_containers(void **state) {
    (void)state;
    struct map m = map_new(arena);
    for (int i = 0; i < 1000; i++) assert_true(map_put(&m, str_format(arena, "key%d", i), &m));
    assert_false(map_put(&m, STR("key5"), NULL));
    assert_true(map_has(&m, STR("key999")));
    assert_null(map_get(&m, STR("key5")));
    assert_false(map_has(&m, STR("key1000")));
    VEC(int) v = {0};
    for (int i = 0; i < 1000; i++) VEC_PUSH(arena, &v, i);
    for (int i = 0; i < 1000; i++) assert_int_equal(v.at[i], i);
    str rest = STR("a,,b"), part;
    int n = 0;
    while (str_split(&rest, ',', &part)) n++;
    assert_int_equal(n, 3);
    int64_t i64;
    assert_true(str_int64(STR("-9223372036854775808"), &i64));
    assert_false(str_int64(STR("9223372036854775808"), &i64));
}

static void test_csv(void **state) {
    (void)state;
    struct csv c = {.rest = STR("a,b,\r\n\n\"x \"\"y\"\", z\",,\"\"\nlast,1")};
    str f[3];
    size_t n;
    bool row;
    assert_int_equal(csv_row(&c, arena, f, 3, &n, &row).code, ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(f[2].len, 0);
    assert_int_equal(csv_row(&c, arena, f, 3, &n, &row).code, ERR_OK);
    assert_text(f[0], "x \"y\", z");
    assert_int_equal(f[2].len, 0);
    assert_int_equal(c.line, 3);
    assert_int_equal(csv_row(&c, arena, f, 3, &n, &row).code, ERR_OK);
    assert_int_equal(n, 2);
    assert_text(f[1], "1");
    assert_int_equal(csv_row(&c, arena, f, 3, &n, &row).code, ERR_OK);
    assert_false(row);
    static const char *const bad[] = {"a,\"b", "\"a\"b,c", "1,2,3,4"};
    for (size_t i = 0; i < 3; i++) {
        c = (struct csv){.rest = str_of(bad[i])};
        assert_int_equal(csv_row(&c, arena, f, 3, &n, &row).code, ERR_INVALID);
    }
    assert_true(str_starts(data_file("network/11-dien-bien.csv"), STR("kind,code,parent,name,")));
    assert_int_equal(data_file("network/none.csv").len, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_json_keeps_what_was_sent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_json_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_json_many_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_days, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_fhir_dates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_folding, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_containers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_csv, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
