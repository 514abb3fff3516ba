/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz: everything in server/ that takes apart what a stranger sent: target, percent-encoding, query, cookies, lists of
 * types and encodings, host, routes, tokens. The first line is the target, the rest header values. Beyond "no crash" some
 * laws are checked: decoding never grows a text, a query without parameters holds none of them, a view stays inside.
 */
#include "server/http_text.h"
#include "server/server_int.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static err nothing(struct request *r) { (void)r; return OK_ERR; }
#define ROW(m, p) {ROUTE(m, p, PERMISSION_SIGNED_IN, nothing, "vi", "en")}
static const struct route rows[] = {ROW("GET", "/api/persons"), ROW("GET", "/api/persons/{id}"), ROW("POST", "/api/persons/{id}/visits/{v}"),
                                    ROW("GET", "/fhir/{path...}"), {.method = NULL}};

static void must(int law) { if (!law) abort(); }

static int inside(str part, str whole) {
    return !part.len || (part.at >= whole.at && part.at + part.len <= whole.at + whole.len);
}

static void headers(struct arena *a, str value) {
    static const char *const json[] = {"application/fhir+json", "application/json", NULL};
    str charset, type = http_media_type(value, &charset), cookie = http_cookie(value, "tram");
    must(inside(type, value) && inside(charset, value) && inside(cookie, value));
    http_accepts(value, json);
    must(http_encoding(value, false, false) == HTTP_IDENTITY);
    http_etag_matches(value, STR("W/\"038G70F6TC000-F4ZKYP7152G9B\""));
    http_prefers_vietnamese(value);
    if (http_host_valid(value)) must(str_find(value, '"') == value.len && str_find(value, '\n') == value.len && str_find(value, '/') == value.len);
    if (token_form(value)) must(value.len == TOKEN_TEXT);
    (void)a;
}

static void target(struct arena *a, const struct router *router, str text) {
    static const char *const drop[] = {"_format", "a", NULL};
    static const char *const methods[] = {"GET", "HEAD", "POST", "BREW"};
    str path, query, value;
    struct route_match m;
    if (!http_target(text, &path, &query)) return;
    must(inside(path, text) && inside(query, text) && path.at[0] == '/');
    for (size_t i = 0; i < 4; i++) {
        enum route_found found = router_find(router, a, methods[i], path, &m);
        must(found != ROUTE_FOUND || m.route != NULL);
        must(i != 3 || found != ROUTE_FOUND);
    }
    if (http_decode(a, path, false, &value)) must(value.len <= path.len && memchr(value.at, 0, value.len) == NULL);
    http_query(a, query, "name");
    str rest = http_query_without(a, query, drop);
    must(rest.len <= query.len);
    str again = http_query_without(a, rest, drop);
    must(str_eq(again, rest));
    for (str part; str_split(&rest, '&', &part);) must(!str_is(str_slice(part, 0, str_find(part, '=')), "_format"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a, *kept;
    static struct router router;
    if (!a) {
        static const struct route *const tables[] = {rows};
        a = arena_new();
        kept = arena_new();
        router_build(kept, tables, 1, &router);
    }
    str rest = {(const char *)data, size}, line;
    for (bool first = true; str_split(&rest, '\n', &line); first = false) {
        if (first) target(a, &router, line);
        else headers(a, line);
    }
    arena_reset(a);
    return 0;
}
