/* SPDX-License-Identifier: GPL-3.0-or-later
 * A node with the FHIR interactions on top, for tests: requests in one line, entries of the answer.
 */
#ifndef TEST_REST_HELP_H
#define TEST_REST_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rest/rest.h"
#include "store/projection.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

static const struct access all_access = {.everything = true};

__attribute__((unused)) static struct rest_response send_as(struct node *n, const struct access *who, enum rest_method method,
                                                            const char *url, const char *body, struct rest_request in) {
    struct rest_response out;
    str whole = str_of(url);
    size_t mark = str_find(whole, '?');
    in.method = method;
    in.path = str_slice(whole, 0, mark);
    in.query = mark < whole.len ? str_slice(whole, mark + 1, whole.len) : STR("");
    in.body = str_of(body);
    in.base_url = STR("http://h/fhir");
    in.actor = STR("system");
    in.access = who;
    rest_handle(n->store, n->arena, &in, &out);
    return out;
}

__attribute__((unused)) static struct rest_response send(struct node *n, enum rest_method method, const char *url, const char *body) {
    return send_as(n, &all_access, method, url, body, (struct rest_request){0});
}

__attribute__((unused)) static struct json *tree_of(struct node *n, str body) {
    struct json *tree;
    err e = json_parse(n->arena, body, &tree);
    if (e.code) fail_msg("not JSON: %.*s in %.*s", STR_ARG(e.detail), STR_ARG(body));
    return tree;
}

__attribute__((unused)) static void expect_status(struct rest_response r, int status) {
    if (r.status != status) fail_msg("status %d, want %d: %.*s", r.status, status, STR_ARG(r.body));
}

/* Link of a Bundle, as the part behind the base. */
__attribute__((unused)) static char *link_of(struct node *n, const struct json *bundle, const char *relation) {
    const struct json *links = JSON_GET(bundle, "link");
    for (const struct json *l = links ? links->first : NULL; l; l = l->next)
        if (str_is(JSON_TEXT(l, "relation"), relation)) {
            str url = JSON_TEXT(l, "url");
            return str_z(n->arena, str_slice(url, 14, url.len));
        }
    return NULL;
}

#endif
