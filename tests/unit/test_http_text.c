/* SPDX-License-Identifier: GPL-3.0-or-later
 * server/http_text: what strangers send, taken apart; server/router: which row answers. */
#include "base/err.h"
#include "server/http_text.h"
#include "server/server_int.h"

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

static void test_decoding(void **state) {
    (void)state;
    str out;
    assert_true(http_decode(arena, STR("a%20b+c%C4%91"), false, &out));
    assert_text(out, "a b+cđ");
    assert_true(http_decode(arena, STR("a+b%2B"), true, &out));
    assert_text(out, "a b+");
    static const char *const bad[] = {"%", "%4", "%zz", "%00", "%c3", "%C0%80", "%ED%A0%80", "a%2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(http_decode(arena, str_of(bad[i]), false, &out));
    assert_false(http_decode(arena, (str){"a\0b", 3}, false, &out));
}

static void test_query(void **state) {
    (void)state;
    static const char *const drop[] = {"_format", "_pretty", NULL};
    str q = STR("name=nguy%E1%BB%85n+th%E1%BB%8B&_format=json&empty=&name=second&flag");
    assert_text(http_query(arena, q, "name"), "nguyễn thị");
    assert_text(http_query(arena, q, "empty"), "");
    assert_non_null(http_query(arena, q, "empty").at);
    assert_null(http_query(arena, q, "absent").at);
    assert_non_null(http_query(arena, q, "flag").at);
    assert_text(http_query_without(arena, q, drop), "name=nguy%E1%BB%85n+th%E1%BB%8B&empty=&name=second&flag");
    assert_text(http_query_without(arena, STR("_pretty=true"), drop), "");
    assert_text(http_query_without(arena, STR("a=1&b=2"), drop), "a=1&b=2");
}

static void test_target(void **state) {
    (void)state;
    str path, query;
    assert_true(http_target(STR("/fhir/Patient?name=a?b"), &path, &query));
    assert_text(path, "/fhir/Patient");
    assert_text(query, "name=a?b");
    assert_true(http_target(STR("http://host:80/x?y"), &path, &query));
    assert_text(path, "/x");
    assert_false(http_target(STR("x"), &path, &query));
    assert_false(http_target(STR(""), &path, &query));
    assert_false(http_target(STR("http://host"), &path, &query));
    assert_false(http_target(STR("/a\x01"), &path, &query));
    assert_false(http_target(STR("/\xc3\xa9"), &path, &query));
}

static void test_cookie(void **state) {
    (void)state;
    assert_text(http_cookie(STR("a=1; tram=xyz; b=2"), "tram"), "xyz");
    assert_text(http_cookie(STR("tram=\"q\""), "tram"), "q");
    assert_null(http_cookie(STR("tramx=1; xtram=2"), "tram").at);
    assert_null(http_cookie(STR("tram=1; tram=2"), "tram").at); /* one of them was planted */
    assert_null(http_cookie(STR_NONE, "tram").at);
}

static void test_accept(void **state) {
    (void)state;
    static const char *const json[] = {"application/fhir+json", "application/json", NULL};
    static const char *const yes[] = {"", "*/*", "application/fhir+json", "application/json;q=0.2", "application/*", "Application/JSON",
                                      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                                      "application/fhir+json; fhirVersion=4.0", "application/fhir+json;q=0, application/json"};
    static const char *const no[] = {"application/fhir+xml", "text/html", "application/json;q=0, application/fhir+json;q=0.000",
                                     "*/*;q=0", "application/jsonx"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (!http_accepts(str_of(yes[i]), json)) fail_msg("refused %s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (http_accepts(str_of(no[i]), json)) fail_msg("took %s", no[i]);
    assert_int_equal(http_encoding(STR("gzip, deflate, br"), true, true), HTTP_BROTLI);
    assert_int_equal(http_encoding(STR("gzip, deflate, br"), true, false), HTTP_GZIP);
    assert_int_equal(http_encoding(STR("br;q=0.1, gzip"), true, true), HTTP_GZIP);
    assert_int_equal(http_encoding(STR("gzip;q=0"), true, true), HTTP_IDENTITY);
    assert_int_equal(http_encoding(STR("*"), true, false), HTTP_GZIP);
    assert_int_equal(http_encoding(STR("*;q=0, identity"), true, true), HTTP_IDENTITY);
    assert_int_equal(http_encoding(STR_NONE, true, true), HTTP_IDENTITY);
}

static void test_media_type(void **state) {
    (void)state;
    str charset;
    assert_text(http_media_type(STR(" application/json ; charset=\"UTF-8\""), &charset), "application/json");
    assert_text(charset, "UTF-8");
    assert_text(http_media_type(STR("text/plain"), &charset), "text/plain");
    assert_null(charset.at);
}

static void test_small_ones(void **state) {
    (void)state;
    assert_true(http_etag_matches(STR("\"a\", W/\"b\""), STR("\"b\"")));
    assert_true(http_etag_matches(STR("*"), STR("\"b\"")));
    assert_false(http_etag_matches(STR("\"bb\""), STR("\"b\"")));
    assert_false(http_etag_matches(STR_NONE, STR("\"b\"")));
    assert_true(http_host_valid(STR("localhost:8080")));
    assert_true(http_host_valid(STR("[::1]:80")));
    assert_false(http_host_valid(STR("a/b")));
    assert_false(http_host_valid(STR("a\"b")));
    assert_false(http_host_valid(STR("")));
    assert_true(http_prefers_vietnamese(STR_NONE));
    assert_true(http_prefers_vietnamese(STR("vi-VN,en;q=0.5")));
    assert_false(http_prefers_vietnamese(STR("en-US,vi")));
}

static err nothing(struct request *r) { (void)r; return OK_ERR; }
#define ROW(m, p) {ROUTE(m, p, PERMISSION_SIGNED_IN, nothing, "vi", "en")}

static void test_routes(void **state) {
    (void)state;
    static const struct route rows[] = {ROW("GET", "/api/persons"), ROW("GET", "/api/persons/{id}"), ROW("GET", "/api/persons/new"),
                                        ROW("POST", "/api/persons"), ROW("GET", "/api/persons/{id}/visits/{visit}"),
                                        ROW("GET", "/fhir/{path...}"), {.method = NULL}};
    static const struct route *const tables[] = {rows};
    struct router router;
    struct route_match m;
    router_build(arena, tables, 1, &router);
    assert_int_equal(router_find(&router, arena, "GET", STR("/api/persons"), &m), ROUTE_FOUND);
    assert_ptr_equal(m.route, &rows[0]);
    assert_int_equal(router_find(&router, arena, "HEAD", STR("/api/persons/a%20b"), &m), ROUTE_FOUND);
    assert_ptr_equal(m.route, &rows[1]);
    assert_text(m.parameters[0], "a b");
    assert_int_equal(router_find(&router, arena, "GET", STR("/api/persons/new"), &m), ROUTE_FOUND);
    assert_ptr_equal(m.route, &rows[2]);
    assert_int_equal(router_find(&router, arena, "GET", STR("/api/persons/x/visits/y"), &m), ROUTE_FOUND);
    assert_text(m.parameters[1], "y");
    assert_int_equal(router_find(&router, arena, "GET", STR("/fhir"), &m), ROUTE_FOUND);
    assert_text(m.parameters[0], "");
    assert_int_equal(router_find(&router, arena, "GET", STR("/fhir/Patient/x/_history/1"), &m), ROUTE_FOUND);
    assert_text(m.parameters[0], "Patient/x/_history/1");
    assert_int_equal(router_find(&router, arena, "DELETE", STR("/api/persons"), &m), ROUTE_WRONG_METHOD);
    assert_text(m.allow, "GET, HEAD, POST, OPTIONS");
    assert_int_equal(router_find(&router, arena, "GET", STR("/api/persons/%ff"), &m), ROUTE_UNDECODABLE);
    static const char *const absent[] = {"/", "/api", "/api/persons/", "/api/persons/x/visits", "/api/persons/x/visits/y/z", "/fhirx", "/api//persons"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        if (router_find(&router, arena, "GET", str_of(absent[i]), &m) != ROUTE_ABSENT) fail_msg("found %s", absent[i]);
}

static void test_roles(void **state) {
    (void)state;
    assert_true(role_known(STR("nurse")));
    assert_false(role_known(STR("nobody")));
    /* planner and director work on indicators and see no record */
    static const char *const offices[] = {"planner", "director"};
    for (size_t i = 0; i < 2; i++) {
        const struct role *r = role_find(str_of(offices[i]));
        assert_true(r->permissions >> PERMISSION_INDICATOR_READ & 1);
        assert_false(r->permissions >> PERMISSION_PERSON_READ & 1);
        assert_false(r->permissions >> PERMISSION_PERSON_WRITE & 1);
        assert_true(r->scope == SCOPE_NOBODY && !r->all_types);
    }
    for (size_t i = 0; role_name(i); i++)
        assert_true(role_find(str_of(role_name(i))) != NULL && !(role_find(str_of(role_name(i)))->permissions & 1u << PERMISSION_MISSING));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decoding), cmocka_unit_test(test_query), cmocka_unit_test(test_target), cmocka_unit_test(test_cookie),
        cmocka_unit_test(test_accept), cmocka_unit_test(test_media_type), cmocka_unit_test(test_small_ones),
        cmocka_unit_test(test_routes), cmocka_unit_test(test_roles)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
