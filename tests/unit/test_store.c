/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store from outside: versions, expectations, history, conflicts of callers, projections, audit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "db/db.h"
#include "store/index.h"
#include "store/projection.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

static void test_create_read(void **state) {
    struct node *n = *state;
    struct version made = put(n, "Patient", "p1", "{\"resourceType\":\"Patient\", \"active\" : true, \"x\": 1.50}");
    assert_int_equal(made.op, VERSION_CREATE);
    struct version v;
    assert_int_equal(get(n, "Patient", "p1", &v).code, ERR_OK);
    assert_str(v.body, "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":true,\"x\":1.50}");
    assert_int_equal(v.depth, 1);
    struct buf b = buf_new(n->arena);
    version_json(&b, &v);
    struct json *tree;
    assert_int_equal(json_parse(n->arena, buf_str(&b), &tree).code, ERR_OK);
    char id[VERSION_ID_TEXT];
    assert_str(JSON_TEXT(JSON_GET(tree, "meta"), "versionId"), version_id_format(v.version, id));
    assert_int_equal(JSON_TEXT(JSON_GET(tree, "meta"), "lastUpdated").len, 24);
    assert_int_equal(get(n, "Patient", "unknown", &v).code, ERR_NOT_FOUND);
}

static void test_splice(void **state) {
    struct node *n = *state;
    static const char *const cases[][2] = {
        {"{\"resourceType\":\"Basic\",\"meta\":{\"versionId\":\"1\",\"tag\":[{\"code\":\"}\"}],\"lastUpdated\":\"2020-"
         "01-01T00:00:00Z\"},"
         "\"id\":\"zzz\",\"a\":\"\\\"meta\\\":{\"}",
         "{\"resourceType\":\"Basic\",\"meta\":{\"tag\":[{\"code\":\"}\"}]},\"id\":\"s\",\"a\":\"\\\"meta\\\":{\"}"},
        {"{\"resourceType\":\"Basic\",\"meta\":{\"versionId\":\"1\"}}", "{\"resourceType\":\"Basic\",\"id\":\"s\"}"},
        {"{\"resourceType\":\"Basic\",\"contained\":[{\"meta\":{}}]}",
         "{\"resourceType\":\"Basic\",\"id\":\"s\",\"contained\":[{\"meta\":{}}]}"},
        {"{\"id\":\"q\",\"resourceType\":\"Basic\"}", "{\"id\":\"s\",\"resourceType\":\"Basic\"}"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put(n, "Basic", "s", cases[i][0]);
        struct version v;
        assert_int_equal(get(n, "Basic", "s", &v).code, ERR_OK);
        assert_str(v.body, cases[i][1]);
        struct buf b = buf_new(n->arena);
        version_json(&b, &v);
        struct json *tree;
        assert_int_equal(json_parse(n->arena, buf_str(&b), &tree).code, ERR_OK);
        assert_int_equal(JSON_TEXT(JSON_GET(tree, "meta"), "versionId").len, VERSION_ID_TEXT - 1);
        assert_str(JSON_TEXT(tree, "id"), "s");
    }
}

static void test_update_history_delete(void **state) {
    struct node *n = *state;
    struct version first = put(n, "Basic", "h", "{\"resourceType\":\"Basic\",\"n\":1}");
    struct version second = put(n, "Basic", "h", "{\"resourceType\":\"Basic\",\"n\":2}");
    assert_int_equal(second.op, VERSION_UPDATE);
    assert_int_equal(second.depth, 2);
    struct version same = put(n, "Basic", "h", "{\"resourceType\":\"Basic\", \"n\":2}");
    assert_int_equal(same.position, second.position); /* no-op */
    assert_int_equal(del(n, "Basic", "h").code, ERR_OK);
    struct version v;
    assert_int_equal(get(n, "Basic", "h", &v).code, ERR_GONE);
    assert_int_equal(v.op, VERSION_DELETE);
    assert_int_equal(del(n, "Basic", "h").code, ERR_OK); /* again: nothing happens */
    struct version third = put(n, "Basic", "h", "{\"resourceType\":\"Basic\",\"n\":3}");
    assert_int_equal(third.depth, 4);
    struct reader *r;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    struct version_list list;
    struct history_query q = {.type = first.type, .id = STR("h"), .limit = 10};
    assert_int_equal(reader_history(r, n->arena, &q, &list).code, ERR_OK);
    assert_int_equal(list.len, 4);
    assert_int_equal(list.at[0].position, third.position);
    assert_int_equal(list.at[1].op, VERSION_DELETE);
    assert_int_equal(list.at[3].op, VERSION_CREATE);
    assert_str(list.at[3].body, "{\"resourceType\":\"Basic\",\"id\":\"h\",\"n\":1}");
    assert_int_equal(reader_vread(r, n->arena, first.type, STR("h"), first.version, &v).code, ERR_OK);
    assert_str(v.body, "{\"resourceType\":\"Basic\",\"id\":\"h\",\"n\":1}");
    reader_end(r);
}

static void test_expectations(void **state) {
    struct node *n = *state;
    struct version one = put(n, "Basic", "e", "{\"resourceType\":\"Basic\",\"n\":1}");
    struct version two = put(n, "Basic", "e", "{\"resourceType\":\"Basic\",\"n\":2}");
    struct change c = change_of("Basic", "e", "{\"resourceType\":\"Basic\",\"n\":9}");
    c.expect = EXPECT_VERSION;
    c.expected = one.version;
    assert_int_equal(commit(n, &c, 1).code, ERR_PRECONDITION);
    c.expected = two.version;
    c.prepared = NULL;
    assert_int_equal(commit(n, &c, 1).code, ERR_OK);
    c = change_of("Basic", "e", "{\"resourceType\":\"Basic\",\"n\":10}");
    c.expect = EXPECT_ABSENT;
    assert_int_equal(commit(n, &c, 1).code, ERR_PRECONDITION);
}

static void test_all_or_nothing(void **state) {
    struct node *n = *state;
    put(n, "Basic", "a1", "{\"resourceType\":\"Basic\",\"n\":1}");
    struct change c[3] = {change_of("Basic", "a0", "{\"resourceType\":\"Basic\",\"n\":1}"),
                          change_of("Basic", "a1", "{\"resourceType\":\"Basic\",\"n\":2}"),
                          change_of("Basic", "a2", "{\"resourceType\":\"Basic\",\"n\":1}")};
    c[1].expect = EXPECT_ABSENT;
    struct commit x = {.changes = c, .count = 3, .actor = STR("system")};
    assert_int_equal(store_commit(n->store, n->arena, &x).code, ERR_PRECONDITION);
    assert_int_equal(x.failed, 1);
    struct version v;
    assert_int_equal(get(n, "Basic", "a0", &v).code, ERR_NOT_FOUND);
    assert_int_equal(get(n, "Basic", "a1", &v).code, ERR_OK);
    assert_str(v.body, "{\"resourceType\":\"Basic\",\"id\":\"a1\",\"n\":1}");
    /* the same again without the expectation: everything is there, in one log entry */
    for (int i = 0; i < 3; i++) c[i].prepared = NULL;
    c[1].expect = EXPECT_ANYTHING;
    assert_int_equal(store_commit(n->store, n->arena, &x).code, ERR_OK);
    assert_int_equal(c[0].result.position, c[2].result.position);
    assert_int_equal(c[0].result.version.clock, c[2].result.version.clock);
    /* twice the same resource in one commit */
    struct change twice[2] = {change_of("Basic", "t", "{\"resourceType\":\"Basic\"}"),
                              change_of("Basic", "t", "{\"resourceType\":\"Basic\"}")};
    assert_int_equal(commit(n, twice, 2).code, ERR_INVALID);
}

static void test_history_pages(void **state) {
    struct node *n = *state;
    struct change c[7];
    char ids[7][8];
    for (int i = 0; i < 7; i++) {
        snprintf(ids[i], sizeof ids[i], "b%d", i);
        c[i] = change_of("Basic", ids[i], "{\"resourceType\":\"Basic\"}");
    }
    assert_int_equal(commit(n, c, 7).code, ERR_OK);
    put(n, "Basic", "b3", "{\"resourceType\":\"Basic\",\"n\":1}");
    put(n, "Patient", "other", "{\"resourceType\":\"Patient\"}");
    struct reader *r;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    for (int all = 0; all < 2; all++) {
        struct history_query q = {.type = all ? FHIR_TYPE_NONE : fhir_type_by_name(STR("Basic")), .limit = 3};
        size_t seen = 0;
        for (struct version_list list;; seen += list.len) {
            assert_int_equal(reader_history(r, n->arena, &q, &list).code, ERR_OK);
            if (!list.len) break;
            q.before = list.at[list.len - 1].position;
            q.before_rid = list.at[list.len - 1].rid;
        }
        assert_int_equal(seen, all ? 9 : 8);
    }
    struct version_list list;
    assert_int_equal(reader_scan(r, n->arena, fhir_type_by_name(STR("Basic")), 0, 5, &list).code, ERR_OK);
    assert_int_equal(list.len, 5);
    assert_int_equal(reader_scan(r, n->arena, fhir_type_by_name(STR("Basic")), list.at[4].rid, 5, &list).code, ERR_OK);
    assert_int_equal(list.len, 2);
    reader_end(r);
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

enum { THREADS = 8, EACH = 50 };
struct worker {
    struct node *node;
    int number, ok, refused;
};

static void *work(void *arg) {
    struct worker *w = arg;
    struct arena *a = arena_new();
    for (int i = 0; i < EACH; i++) {
        struct reader *r;
        struct version v = {0};
        if (reader_begin(w->node->store, a, &r).code) abort();
        err e = reader_get(r, a, fhir_type_by_name(STR("Basic")), STR("counter"), &v);
        reader_end(r);
        if (e.code) abort();
        struct json *tree;
        if (json_parse(a, v.body, &tree).code) abort();
        int64_t count = 0;
        str_int64(JSON_GET(tree, "n")->text, &count);
        str text = str_format(a, "{\"resourceType\":\"Basic\",\"n\":%d}", (int)count + 1);
        struct change c = {.op = VERSION_UPDATE,
                           .type = v.type,
                           .id = STR("counter"),
                           .source = text,
                           .expect = EXPECT_VERSION,
                           .expected = v.version};
        struct commit x = {.changes = &c, .count = 1, .actor = STR("system")};
        e = store_commit(w->node->store, a, &x);
        if (!e.code)
            w->ok++;
        else if (e.code == ERR_PRECONDITION)
            w->refused++;
        else
            abort();
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

/* Optimistic counters of many threads: exactly as many steps as acknowledged updates. */
static void test_many_writers(void **state) {
    struct node *n = *state;
    put(n, "Basic", "counter", "{\"resourceType\":\"Basic\",\"n\":0}");
    pthread_t t[THREADS];
    struct worker w[THREADS];
    int ok = 0;
    for (int i = 0; i < THREADS; i++) {
        w[i] = (struct worker){.node = n, .number = i};
        pthread_create(&t[i], NULL, work, &w[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(t[i], NULL);
        ok += w[i].ok;
    }
    struct version v;
    assert_int_equal(get(n, "Basic", "counter", &v).code, ERR_OK);
    struct json *tree;
    assert_int_equal(json_parse(n->arena, v.body, &tree).code, ERR_OK);
    int64_t count;
    assert_true(str_int64(JSON_GET(tree, "n")->text, &count));
    assert_int_equal(count, ok);
    assert_int_equal(v.depth, ok + 1);
}

static void test_lock_and_reopen(void **state) {
    struct node *n = *state;
    put(n, "Basic", "keep", "{\"resourceType\":\"Basic\",\"n\":1}");
    struct store *second;
    struct store_options write = {.mode = STORE_WRITE}, read = {.mode = STORE_READ};
    assert_int_equal(store_open(n->arena, n->dir, &write, &second).code, ERR_BUSY);
    assert_int_equal(store_init(n->arena, n->dir).code, ERR_CONFLICT);
    assert_int_equal(store_open(n->arena, n->dir, &read, &second).code, ERR_OK);
    struct reader *r;
    struct version v;
    assert_int_equal(reader_begin(second, n->arena, &r).code, ERR_OK);
    assert_int_equal(reader_get(r, n->arena, fhir_type_by_name(STR("Basic")), STR("keep"), &v).code, ERR_OK);
    reader_end(r);
    store_close(second);
    uint64_t origin = store_origin(n->store);
    node_reopen(n, NULL, 0);
    assert_true(store_origin(n->store) == origin);
    assert_int_equal(get(n, "Basic", "keep", &v).code, ERR_OK);
    struct version next = put(n, "Basic", "keep", "{\"resourceType\":\"Basic\",\"n\":2}");
    assert_true(next.version.clock > v.version.clock);
    assert_int_equal(store_open(n->arena, "/nonexistent/x", &read, &second).code, ERR_NO_NODE);
}

static void test_version_ids(void **state) {
    (void)state;
    struct version_id v = {0x0123456789abcdefull, 0xfedcba9876543210ull}, back;
    char text[VERSION_ID_TEXT];
    version_id_format(v, text);
    assert_true(version_id_parse(str_of(text), &back));
    assert_true(back.clock == v.clock && back.origin == v.origin);
    assert_false(version_id_parse(STR("x"), &back));
    assert_false(version_id_parse(STR("Z0123456789AB-0123456789ABC"), &back)); /* more than 64 bits */
    v = (struct version_id){0, 1};
    assert_string_equal(version_id_format(v, text), "0000000000000-0000000000001");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_create_read, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_splice, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_update_history_delete, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_expectations, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_all_or_nothing, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_history_pages, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_many_writers, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_lock_and_reopen, node_setup, node_teardown),
        cmocka_unit_test(test_version_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
