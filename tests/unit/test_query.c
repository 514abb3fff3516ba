/* SPDX-License-Identifier: GPL-3.0-or-later
 * search/query, search/position, rest/patch, rest/rewrite: the parts that need no store.
 */
#include "rest/patch.h"
#include "rest/rewrite.h"
#include "search/position.h"
#include "search/query.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static void assert_text(str got, const char *want) {
    if (!str_is(got, want)) fail_msg("got \"%.*s\", want \"%s\"", STR_ARG(got), want);
}

static void test_query(void **state) {
    (void)state;
    struct query q;
    assert_int_equal(query_parse(arena, STR("a=1&b%3Ax=%C4%90i+%2b&&c&=z&a=2"), &q).code, ERR_OK);
    assert_int_equal(q.len, 4);
    assert_text(q.at[1].name, "b:x");
    assert_text(q.at[1].value, "Đi +");
    assert_text(q.at[2].name, "c");
    assert_text(q.at[2].value, "");
    assert_text(query_value(&q, "a"), "1");
    static const char *const bad[] = {"a=%", "a=%1", "a=%GG", "a=%FF", "%80=1", "a=%00"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!query_parse(arena, str_of(bad[i]), &q).code) fail_msg("accepted %s", bad[i]);
    struct query_step s = query_step(STR("subject:Patient.name:contains"));
    assert_text(s.name, "subject");
    assert_text(s.modifier, "Patient");
    assert_text(s.rest, "name:contains");
}

static void test_values(void **state) {
    (void)state;
    str rest = STR("a\\,b,c\\\\,d\\|e,"), part;
    assert_true(query_cut(&rest, ',', &part));
    assert_text(query_unescape(arena, part), "a,b");
    assert_true(query_cut(&rest, ',', &part));
    assert_text(query_unescape(arena, part), "c\\");
    assert_true(query_cut(&rest, ',', &part));
    assert_text(query_unescape(arena, part), "d|e");
    assert_true(query_cut(&rest, ',', &part));
    assert_text(part, "");
    assert_false(query_cut(&rest, ',', &part));
    str v = STR("ge2020");
    assert_int_equal(query_prefix(&v), PREFIX_GE);
    assert_text(v, "2020");
    int64_t from, to;
    assert_true(query_date(STR("2020-02"), &from, &to)); /* February of +07:00 */
    assert_int_equal(from, 1580490000000);
    assert_int_equal(to - from, 29 * 86400000LL);
    assert_true(query_date(STR("2020-02-01T00:00Z"), &from, &to));
    assert_int_equal(from, 1580515200000);
    assert_int_equal(to - from, 60000);
    assert_false(query_date(STR("2020-13"), &from, &to));
}

static void test_numbers(void **state) {
    (void)state;
    static const struct { const char *text; double low, high; } cases[] = { /* R4 search 3.1.1.4.4 */
        {"100", 99.5, 100.5}, {"100.00", 99.995, 100.005}, {"1e2", 95, 105}, {"-5.4", -5.45, -5.35}, {"5.40e-3", 0.005395, 0.005405}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct number_span n;
        assert_true(query_number(str_of(cases[i].text), &n));
        assert_float_equal(n.low, cases[i].low, 1e-9);
        assert_float_equal(n.high, cases[i].high, 1e-9);
    }
    struct number_span n;
    static const char *const bad[] = {"", "x", "1.2.3", "1e", "--1", "1e999", "NaN", "0x10"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (query_number(str_of(bad[i]), &n)) fail_msg("accepted %s", bad[i]);
}

static void test_position(void **state) {
    (void)state;
    const unsigned char key[16] = "0123456789abcde", other[16] = "0123456789abcdf";
    struct position p = {7, -3, 1234567890123, STR("nguyễn\x01lan")}, q;
    str text = position_sign(arena, key, STR("name=lan"), &p);
    assert_true(position_check(arena, key, STR("name=lan"), text, &q));
    assert_int_equal(q.snapshot, 7);
    assert_int_equal(q.dt, -3);
    assert_int_equal(q.rid, 1234567890123);
    assert_true(str_eq(q.key, p.key));
    assert_false(position_check(arena, key, STR("name=la"), text, &q));
    assert_false(position_check(arena, other, STR("name=lan"), text, &q));
    for (size_t i = 0; i < text.len; i++) {
        char *forged = str_z(arena, text);
        forged[i] = forged[i] == 'A' ? 'B' : 'A';
        assert_false(position_check(arena, key, STR("name=lan"), str_of(forged), &q));
    }
    assert_false(position_check(arena, key, STR("name=lan"), STR(""), &q));
}

static str shout(void *context, str key, str value) {
    (void)key;
    (void)context;
    return str_is(value, "urn:uuid:1") ? STR("Patient/\"1") : STR_NONE;
}

static void test_rewrite(void **state) {
    (void)state;
    str source = STR("{ \"resourceType\" : \"X\" , \"x\" :1.0, \"r\": {\"reference\" : \"urn:uuid:1\" , \"value\":\"urn:uuid:1\"},\"s\":[{\"reference\":\"urn\\u003auuid:1\"}] } ");
    struct json *tree;
    assert_int_equal(json_parse(arena, source, &tree).code, 0);
    struct edits edits = {0};
    rewrite_links(arena, tree, shout, NULL, &edits);
    assert_int_equal(edits.len, 2);
    rewrite_id(arena, tree, STR("new"), &edits);
    assert_text(rewrite_apply(arena, source, tree, &edits),
                "{ \"resourceType\" : \"X\",\"id\":\"new\" , \"x\" :1.0, \"r\": {\"reference\" : \"Patient/\\\"1\" , \"value\":\"urn:uuid:1\"},\"s\":[{\"reference\":\"Patient/\\\"1\"}] }");
    edits.len = 0;
    source = STR("{\"id\":\"old\",\"resourceType\":\"X\"}");
    assert_int_equal(json_parse(arena, source, &tree).code, 0);
    rewrite_id(arena, tree, STR("old"), &edits);
    assert_int_equal(edits.len, 0);
    rewrite_id(arena, tree, STR("new"), &edits);
    assert_text(rewrite_apply(arena, source, tree, &edits), "{\"id\":\"new\",\"resourceType\":\"X\"}");
}

static void test_patch_order_and_digits(void **state) {
    (void)state;
    struct buf out = buf_new(arena);
    str document = STR("{\"a\":1.50,\"b\":[1,2],\"c~/d\":{}}");
    str patch = STR("[{\"op\":\"replace\",\"path\":\"/b/1\",\"value\":3.00},{\"op\":\"add\",\"path\":\"/c~0~1d/e\",\"value\":[]},"
                    "{\"op\":\"move\",\"from\":\"/b/0\",\"path\":\"/b/-\"},{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/f\"},"
                    "{\"op\":\"replace\",\"path\":\"/a\",\"value\":null}]");
    err e = patch_apply(arena, document, patch, &out);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    assert_text(buf_str(&out), "{\"a\":null,\"b\":[3.00,1],\"c~/d\":{\"e\":[]},\"f\":1.50}");
    static const char *const bad[] = {"{}", "[1]", "[{\"op\":\"x\",\"path\":\"\"}]", "[{\"op\":\"add\",\"path\":\"/x\"}]",
        "[{\"op\":\"remove\",\"path\":\"\"}]", "[{\"op\":\"remove\",\"path\":\"/b/2\"}]", "[{\"op\":\"add\",\"path\":\"/b/3\",\"value\":1}]",
        "[{\"op\":\"add\",\"path\":\"/b/01\",\"value\":1}]", "[{\"op\":\"move\",\"from\":\"/c~0~1d\",\"path\":\"/c~0~1d/x\"}]", "[{\"op\":\"add\",\"path\":\"b\",\"value\":1}]"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (!patch_apply(arena, document, str_of(bad[i]), &out).code) fail_msg("accepted %s", bad[i]);
}

static str read_file(const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) return STR_NONE;
    struct buf b = buf_new(arena);
    char part[4096];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_add(&b, (str){part, n});
    fclose(f);
    return buf_str(&b);
}

/* FHIR's own JSON Patch cases (fhir-test-cases r4/patch). */
static void test_patch_cases(void **state) {
    (void)state;
    const char *shared = getenv("TRAM_SHARED");
    str text = read_file(str_z(arena, str_format(arena, "%s/data/fhir/patch/r4/json-patch-tests.json", shared ? shared : "../shared")));
    if (!text.at) text = read_file("../../shared/data/fhir/patch/r4/json-patch-tests.json");
    if (!text.at) {
        print_message("skipped: JSON Patch cases are not here (TRAM_SHARED)\n");
        skip();
    }
    struct json *cases;
    assert_int_equal(json_parse(arena, text, &cases).code, 0);
    assert_int_equal(cases->count, 16);
    for (const struct json *c = cases->first; c; c = c->next) {
        const struct json *doc = JSON_GET(c, "doc"), *patch = JSON_GET(c, "patch"), *want = JSON_GET(c, "expected");
        struct buf got = buf_new(arena), expected = buf_new(arena);
        err e = patch_apply(arena, str_slice(text, doc->begin, doc->end), str_slice(text, patch->begin, patch->end), &got);
        if (!!e.code != !want) fail_msg("%.*s: %.*s", STR_ARG(JSON_TEXT(c, "comment")), STR_ARG(e.detail));
        if (!want) continue;
        json_write(&expected, want);
        /* equal regardless of the order of members: a `test` of the whole document */
        struct buf check = buf_new(arena), ignore = buf_new(arena);
        buf_addf(&check, "[{\"op\":\"test\",\"path\":\"\",\"value\":%.*s}]", STR_ARG(buf_str(&expected)));
        if (patch_apply(arena, buf_str(&got), buf_str(&check), &ignore).code)
            fail_msg("%.*s: got %.*s", STR_ARG(JSON_TEXT(c, "comment")), STR_ARG(buf_str(&got)));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_query, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_values, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_numbers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_position, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rewrite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_patch_order_and_digits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_patch_cases, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
