/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIR interactions without HTTP: statuses, headers, conditions, patch, history pages, transactions, batches, files.
 */
#include "rest_help.h"

#include "base/map.h"

#include <pthread.h>

static struct rest_response send_with(struct node *n, enum rest_method m, const char *url, const char *body, struct rest_request in) {
    return send_as(n, &all_access, m, url, body, in);
}

#define PATIENT(id, more) "{\"resourceType\":\"Patient\",\"id\":\"" id "\"" more "}"

static void test_life_of_a_resource(void **state) {
    struct node *n = *state;
    expect_status(send(n, REST_GET, "Patient/a", ""), 404);
    expect_status(send(n, REST_DELETE, "Patient/a", ""), 204);
    struct rest_response made = send(n, REST_PUT, "Patient/a", PATIENT("a", ",\"active\":true"));
    expect_status(made, 201);
    assert_true(str_starts(made.location, STR("http://h/fhir/Patient/a/_history/")));
    assert_true(str_starts(made.etag, STR("W/\"")));
    struct json *sent = tree_of(n, made.body);
    assert_true(str_contains(made.etag, JSON_TEXT(JSON_GET(sent, "meta"), "versionId")));
    struct rest_response read = send(n, REST_GET, "Patient/a", "");
    expect_status(read, 200);
    assert_true(str_eq(read.body, made.body));
    assert_int_equal(read.read_count, 1);
    expect_status(send_with(n, REST_GET, "Patient/a", "", (struct rest_request){.if_none_match = read.etag}), 304);
    expect_status(send_with(n, REST_GET, "Patient/a", "", (struct rest_request){.if_modified_since = read.last_modified}), 304);
    expect_status(send(n, REST_PUT, "Patient/a", PATIENT("a", ",\"active\":false")), 200);
    expect_status(send_with(n, REST_PUT, "Patient/a", PATIENT("a", ""), (struct rest_request){.if_match = made.etag}), 412);
    expect_status(send_with(n, REST_PUT, "Patient/a", PATIENT("a", ""), (struct rest_request){.if_match = STR("W/\"1\"")}), 412);
    expect_status(send_with(n, REST_PUT, "Patient/a", PATIENT("a", ""), (struct rest_request){.if_none_match = STR("*")}), 412);
    char *first = str_z(n->arena, str_slice(made.location, 14, made.location.len));
    struct rest_response old = send(n, REST_GET, first, "");
    expect_status(old, 200);
    assert_true(str_eq(old.body, made.body));
    expect_status(send(n, REST_GET, "Patient/a/_history/nonsense", ""), 404);
    expect_status(send(n, REST_DELETE, "Patient/a", ""), 204);
    expect_status(send(n, REST_GET, "Patient/a", ""), 410);
    expect_status(send(n, REST_DELETE, "Patient/a", ""), 204);
    struct rest_response revived = send(n, REST_PUT, "Patient/a", PATIENT("a", ""));
    assert_true(revived.status == 200 || revived.status == 201); /* PUT revives */
    expect_status(send(n, REST_GET, "Patient/a", ""), 200);
    struct json *history = tree_of(n, send(n, REST_GET, "Patient/a/_history", "").body);
    assert_int_equal(JSON_GET(history, "entry")->count, 4);
}

static void test_refusals(void **state) {
    struct node *n = *state;
    static const struct { enum rest_method method; const char *url, *body; int status; const char *says; } cases[] = {
        {REST_PUT, "Patient/a", PATIENT("b", ""), 400, "id"},
        {REST_PUT, "Patient/a", "{\"resourceType\":\"Patient\"}", 400, "id"},
        {REST_PUT, "Patient/a", "{\"resourceType\":\"Basic\",\"id\":\"a\"}", 400, "resourceType"},
        {REST_PUT, "Patient/a", PATIENT("a", ",\"foo\":1"), 400, "Patient.foo"},
        {REST_PUT, "Patient/a", PATIENT("a", ",\"gender\":\"x\""), 400, "Patient.gender"},
        {REST_PUT, "Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\",\"id\":\"a\"}", 400, "line 1, column"},
        {REST_PUT, "Patient/a", "{\"resourceType\":", 400, "line 1"},
        {REST_PUT, "Patient/a", "[]", 400, ""},
        {REST_PUT, "Patient/a_b", PATIENT("a_b", ""), 400, "a_b"},
        {REST_PUT, "Patient", PATIENT("a", ""), 405, ""},
        {REST_POST, "Patient/a", PATIENT("a", ""), 405, ""},
        {REST_GET, "Foo/a", "", 404, "Foo"},
        {REST_GET, "Patient/a/b/c", "", 404, ""},
        {REST_POST, "Patient/$foo", "{}", 404, "$foo"},
        {REST_DELETE, "", "", 405, ""},
        {REST_PATCH, "Patient/nobody", "[]", 404, ""}, {REST_PATCH, "Patient/nobody", "{}", 404, ""}, {REST_PUT, "Patient/a", "{}", 400, ""},
        {REST_POST, "", "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}", 400, "Bundle.type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rest_response r = send(n, cases[i].method, cases[i].url, cases[i].body);
        if (r.status != cases[i].status || !str_contains(r.body, str_of(cases[i].says)))
            fail_msg("case %zu %s: %d %.*s", i, cases[i].url, r.status, STR_ARG(r.body));
        assert_true(str_is(JSON_TEXT(tree_of(n, r.body), "resourceType"), "OperationOutcome"));
    }
    expect_status(send(n, REST_GET, "Patient/a", ""), 404); /* nothing of it stayed */
}

static void test_conditional(void **state) {
    struct node *n = *state;
    const char *body = "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"1\"}]}";
    struct rest_request none = {.if_none_exist = STR("identifier=urn:x|1")};
    struct rest_response made = send_with(n, REST_POST, "Patient", body, none), again = send_with(n, REST_POST, "Patient", body, none);
    expect_status(made, 201);
    expect_status(again, 200);
    assert_true(str_eq(made.etag, again.etag));
    expect_status(send(n, REST_PUT, "Patient?identifier=urn:x|1", "{\"resourceType\":\"Patient\",\"active\":true,\"identifier\":[{\"system\":\"urn:x\",\"value\":\"1\"}]}"), 200);
    expect_status(send(n, REST_PUT, "Patient?identifier=urn:x|1", PATIENT("other", "")), 400);
    expect_status(send(n, REST_PUT, "Patient?identifier=urn:x|2", PATIENT("two", ",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"2\"}]")), 201);
    expect_status(send(n, REST_GET, "Patient/two", ""), 200);
    expect_status(send(n, REST_PUT, "Patient?identifier=urn:x|3", "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"3\"}]}"), 201);
    expect_status(send(n, REST_PUT, "Patient?identifier=urn:x|", body), 412);
    expect_status(send(n, REST_DELETE, "Patient?identifier=urn:x|", ""), 412);
    expect_status(send(n, REST_DELETE, "Patient?identifier=urn:x|9", ""), 204);
    expect_status(send(n, REST_DELETE, "Patient?identifier=urn:x|2", ""), 204);
    expect_status(send(n, REST_GET, "Patient/two", ""), 410);
    expect_status(send(n, REST_DELETE, "Patient?foo=1", ""), 400);
    expect_status(send(n, REST_DELETE, "Patient?identifier=urn:x|&_count=10", ""), 204);
    assert_true(str_contains(send(n, REST_GET, "Patient?_summary=count", "").body, STR("\"total\":0")));
}

struct racer { struct node *node; int created; };
static void *race(void *arg) {
    struct racer *r = arg;
    struct node mine = *r->node;
    for (int i = 0; i < 40; i++) {
        mine.arena = arena_new();
        char *condition = str_z(mine.arena, str_format(mine.arena, "identifier=urn:race|%d", i));
        char *body = str_z(mine.arena, str_format(mine.arena, "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"identifier\":[{\"system\":\"urn:race\",\"value\":\"%d\"}]}", i));
        r->created += send_with(&mine, REST_POST, "Basic", body, (struct rest_request){.if_none_exist = str_of(condition)}).status == 201;
        arena_free(mine.arena);
    }
    return NULL;
}

/* Eight at once, each conditional create: one of them creates, the others find. */
static void test_conditional_race(void **state) {
    struct node *n = *state;
    struct racer racers[8];
    pthread_t threads[8];
    int created = 0;
    for (int i = 0; i < 8; i++) {
        racers[i] = (struct racer){n, 0};
        pthread_create(&threads[i], NULL, race, &racers[i]);
    }
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], NULL);
        created += racers[i].created;
    }
    assert_int_equal(created, 40);
    assert_true(str_contains(send(n, REST_GET, "Basic?_summary=count", "").body, STR("\"total\":40")));
}

static void test_patch_and_prefer(void **state) {
    struct node *n = *state;
    struct rest_response made = send(n, REST_PUT, "Patient/a", PATIENT("a", ",\"active\":true,\"multipleBirthInteger\":2"));
    struct rest_response r = send(n, REST_PATCH, "Patient/a", "[{\"op\":\"replace\",\"path\":\"/active\",\"value\":false}]");
    expect_status(r, 200);
    assert_true(str_contains(r.body, STR("\"active\":false,\"multipleBirthInteger\":2")));
    expect_status(send_with(n, REST_PATCH, "Patient/a", "[{\"op\":\"remove\",\"path\":\"/active\"}]", (struct rest_request){.if_match = made.etag}), 412);
    expect_status(send(n, REST_PATCH, "Patient/a", "[{\"op\":\"remove\",\"path\":\"/foo\"}]"), 422);
    expect_status(send(n, REST_PATCH, "Patient/a", "[{\"op\":\"add\",\"path\":\"/foo\",\"value\":1}]"), 400);
    expect_status(send(n, REST_PATCH, "Patient/a", "[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"b\"}]"), 422);
    expect_status(send(n, REST_PATCH, "Patient/a", "{}"), 400);
    r = send_with(n, REST_PUT, "Patient/b", PATIENT("b", ""), (struct rest_request){.prefer = STR("return=minimal")});
    expect_status(r, 201);
    assert_int_equal(r.body.len, 0);
    r = send_with(n, REST_PUT, "Patient/c", PATIENT("c", ""), (struct rest_request){.prefer = STR("return=OperationOutcome")});
    assert_true(str_is(JSON_TEXT(tree_of(n, r.body), "resourceType"), "OperationOutcome"));
}

/* Pages of a history are exact: every version once, newest first, also while others write. */
static void test_history_pages(void **state) {
    struct node *n = *state;
    for (int i = 0; i < 40; i++) {
        char *url = str_z(n->arena, str_format(n->arena, "Basic/b%d", i % 7));
        send(n, REST_PUT, url, str_z(n->arena, str_format(n->arena, "{\"resourceType\":\"Basic\",\"id\":\"b%d\",\"code\":{\"text\":\"%d\"}}", i % 7, i)));
    }
    struct buf bundle = buf_new(n->arena);
    buf_addz(&bundle, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    for (int i = 0; i < 30; i++)
        buf_addf(&bundle, "%s{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"t%d\",\"code\":{\"text\":\"t\"}},\"request\":{\"method\":\"PUT\",\"url\":\"Basic/t%d\"}}", i ? "," : "", i, i);
    buf_addz(&bundle, "]}");
    expect_status(send(n, REST_POST, "", str_z(n->arena, buf_str(&bundle))), 200);
    static const struct { const char *url; size_t want; } cases[] = {{"Basic/_history?_count=7", 70}, {"_history?_count=1", 70}, {"Basic/b3/_history?_count=2", 6}, {"_history?_count=1000", 70},
        {"_history?_since=2000-01-01&_count=9", 70}, {"_history?_since=2999-01-01", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t got = 0;
        struct map seen = map_new(n->arena);
        for (const char *next = cases[i].url; next;) {
            struct rest_response r = send(n, REST_GET, next, "");
            expect_status(r, 200);
            struct json *page = tree_of(n, r.body);
            const struct json *list = JSON_GET(page, "entry");
            for (const struct json *e = list ? list->first : NULL; e; e = e->next, got++)
                if (!map_put(&seen, str_format(n->arena, "%.*s %.*s", STR_ARG(JSON_TEXT(e, "fullUrl")), STR_ARG(JSON_TEXT(JSON_GET(e, "response"), "etag"))), page))
                    fail_msg("%s: a version came twice", cases[i].url);
            next = link_of(n, page, "next");
            if (got == 20 && i < 2) send(n, REST_PUT, "Patient/meanwhile", PATIENT("meanwhile", ""));
        }
        if (got != cases[i].want + (i == 3 || i == 4 ? 1 : 0)) fail_msg("%s: %zu, want %zu", cases[i].url, got, cases[i].want);
    }
}

static const char transaction[] =
    "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":["
    "{\"fullUrl\":\"urn:uuid:1\",\"resource\":{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"urn:x\",\"value\":\"urn:uuid:1\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"identifier=urn:x|urn:uuid:1\"}},"
    "{\"fullUrl\":\"urn:uuid:2\",\"resource\":{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"\\u00e9  x\"},\"subject\":{\"reference\":\"urn:uuid:1\"},"
    "\"performer\":[{\"reference\":\"Practitioner?identifier=urn:n|7\"}],\"valueQuantity\":{\"value\":1.50}},\"request\":{\"method\":\"POST\",\"url\":\"Observation\"}},"
    "{\"resource\":{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"urn:uuid:1\"}},\"request\":{\"method\":\"PUT\",\"url\":\"Encounter/e\"}},"
    "{\"request\":{\"method\":\"DELETE\",\"url\":\"Basic/gone\"}},"
    "{\"request\":{\"method\":\"GET\",\"url\":\"Encounter/e\"}},"
    "{\"request\":{\"method\":\"GET\",\"url\":\"Observation?subject.identifier=urn:x|urn:uuid:1\"}}]}";

static void test_transaction(void **state) {
    struct node *n = *state;
    struct rest_response r = send(n, REST_POST, "", transaction);
    expect_status(r, 412); /* the practitioner is not known */
    assert_true(str_contains(r.body, STR("Bundle.entry[1].resource.reference")));
    expect_status(send(n, REST_GET, "Encounter/e", ""), 404); /* nothing stays */
    assert_true(str_contains(send(n, REST_GET, "Patient?_summary=count", "").body, STR("\"total\":0")));
    expect_status(send(n, REST_PUT, "Basic/gone", "{\"resourceType\":\"Basic\",\"id\":\"gone\",\"code\":{\"text\":\"x\"}}"), 201);
    expect_status(send(n, REST_PUT, "Practitioner/p7", "{\"resourceType\":\"Practitioner\",\"id\":\"p7\",\"identifier\":[{\"system\":\"urn:n\",\"value\":\"7\"}]}"), 201);
    r = send(n, REST_POST, "", transaction);
    expect_status(r, 200);
    const struct json *entries = JSON_GET(tree_of(n, r.body), "entry");
    static const char *const statuses[] = {"201", "201", "201", "204", "200", "200"};
    for (size_t i = 0; i < 6; i++) {
        str status = JSON_TEXT(JSON_GET(json_item(entries, i), "response"), "status");
        if (!str_starts(status, str_of(statuses[i]))) fail_msg("entry %zu: %.*s", i, STR_ARG(status));
    }
    expect_status(send(n, REST_GET, "Basic/gone", ""), 410);
    const struct json *found = JSON_GET(JSON_GET(json_item(entries, 5), "resource"), "entry");
    assert_int_equal(found->count, 1);
    str body = send(n, REST_GET, "Observation", "").body;
    assert_true(str_contains(body, STR("\"code\":{\"text\":\"\\u00e9  x\"}"))); /* all other bytes as sent */
    assert_true(str_contains(body, STR("\"performer\":[{\"reference\":\"Practitioner/p7\"}],\"valueQuantity\":{\"value\":1.50}")));
    assert_true(str_contains(body, STR("\"subject\":{\"reference\":\"Patient/")));
    assert_true(str_contains(send(n, REST_GET, "Patient", "").body, STR("\"value\":\"urn:uuid:1\""))); /* a value is no link */
    r = send(n, REST_POST, "", transaction); /* again: the patient is found, the encounter unchanged */
    expect_status(r, 200);
    entries = JSON_GET(tree_of(n, r.body), "entry");
    assert_true(str_starts(JSON_TEXT(JSON_GET(json_item(entries, 0), "response"), "status"), STR("200")));
    assert_true(str_contains(send(n, REST_GET, "Patient?_summary=count", "").body, STR("\"total\":1")));
}

static void test_transaction_refused(void **state) {
    struct node *n = *state;
    static const struct { const char *entries; int status; const char *says; } cases[] = {
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b\",\"x\":1},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/b\"}}", 400, "Bundle.entry[1].resource.x"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient/a\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\",\"active\":true},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}}", 400, "twice"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"}}", 400, "Bundle.entry[0]"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"FLY\",\"url\":\"Patient/a\"}}", 400, "Bundle.entry[0].request.method"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/b\",\"ifMatch\":\"W/\\\"0000000000000-0000000000001\\\"\"}}", 412, "Bundle.entry[1]"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Foo/a\"}}", 404, "Bundle.entry[0]"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},{\"request\":{\"method\":\"GET\",\"url\":\"Patient/nobody\"}}", 404, "Bundle.entry[1]"},
        {"{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},{\"request\":{\"method\":\"GET\",\"url\":\"Patient?foo=1\"}}", 400, "Bundle.entry[1]"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *body = str_z(n->arena, str_format(n->arena, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[%s]}", cases[i].entries));
        struct rest_response r = send(n, REST_POST, "", body);
        if (r.status != cases[i].status || !str_contains(r.body, str_of(cases[i].says))) fail_msg("case %zu: %d %.*s", i, r.status, STR_ARG(r.body));
        expect_status(send(n, REST_GET, "Patient/a", ""), 404);
    }
}

static void test_batch(void **state) {
    struct node *n = *state;
    struct rest_response r = send(n, REST_POST, "",
        "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":["
        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"a\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/a\"}},"
        "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"b\",\"x\":1},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/b\"}},"
        "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/a\"}},{\"request\":{\"method\":\"GET\",\"url\":\"Patient/nobody\"}},"
        "{\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"identifier\":[{\"value\":\"1\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Basic\",\"ifNoneExist\":\"identifier=1\"}},"
        "{\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"identifier\":[{\"value\":\"1\"}]},\"request\":{\"method\":\"POST\",\"url\":\"Basic\",\"ifNoneExist\":\"identifier=1\"}}]}");
    expect_status(r, 200);
    assert_int_equal(r.read_count, 1); /* the GET that found something */
    const struct json *entries = JSON_GET(tree_of(n, r.body), "entry");
    static const char *const statuses[] = {"201", "400", "200", "404", "201", "200"};
    for (size_t i = 0; i < 6; i++) {
        str status = JSON_TEXT(JSON_GET(json_item(entries, i), "response"), "status");
        if (!str_starts(status, str_of(statuses[i]))) fail_msg("entry %zu: %.*s in %.*s", i, STR_ARG(status), STR_ARG(r.body));
    }
    assert_true(str_contains(r.body, STR("Bundle.entry[1].resource.x")));
}

static struct import_result import_text(struct node *n, const char *text, bool unpack, str *problems) {
    struct buf b = buf_new(n->arena);
    const struct import_options options = {.actor = STR("system"), .unpack = unpack};
    struct import_result result;
    assert_int_equal(rest_import(n->store, n->arena, STR("file"), str_of(text), &options, &result, &b).code, 0);
    *problems = buf_str(&b);
    return result;
}

static void test_import(void **state) {
    struct node *n = *state;
    str problems;
    struct import_result r = import_text(n, PATIENT("a", "") "\n" PATIENT("b", "") "\n\n{\"resourceType\":\"Patient\"}\n" PATIENT("a", ",\"active\":true") "\n", false, &problems);
    assert_int_equal(r.stored, 4);
    assert_true(str_contains(send(n, REST_GET, "Patient/a", "").body, STR("\"active\":true"))); /* the later line wins */
    r = import_text(n, PATIENT("c", "") "\n" PATIENT("d", ",\"x\":1") "\n", false, &problems);
    assert_int_equal(r.stored, 0);
    assert_int_equal(r.failed, 1);
    assert_true(str_contains(problems, STR("line 2")));
    expect_status(send(n, REST_GET, "Patient/c", ""), 404); /* a failed file leaves nothing */
    r = import_text(n, "{\"resourceType\":\"Bundle\",\"id\":\"bu\",\"type\":\"collection\",\"entry\":[{\"resource\":" PATIENT("e", "") "}]}", false, &problems);
    assert_int_equal(r.stored, 1);
    expect_status(send(n, REST_GET, "Bundle/bu", ""), 200);
    expect_status(send(n, REST_GET, "Patient/e", ""), 404);
    r = import_text(n, "{\"resourceType\":\"Bundle\",\"id\":\"bu\",\"type\":\"collection\",\"entry\":[{\"resource\":" PATIENT("e", "") "}]}", true, &problems);
    assert_int_equal(r.stored, 1);
    expect_status(send(n, REST_GET, "Patient/e", ""), 200);
    r = import_text(n, transaction, false, &problems); /* over HTTP this is 412; a file may come before what it names */
    assert_int_equal(r.stored, 3);
    assert_int_equal(r.failed, 0);
    assert_true(str_contains(problems, STR("nothing matches Practitioner?identifier=urn:n|7")));
    assert_true(str_contains(send(n, REST_GET, "Observation", "").body, STR("\"reference\":\"Practitioner?identifier=urn:n|7\"")));
    assert_int_equal(import_text(n, "{", false, &problems).failed, 1);
    assert_int_equal(import_text(n, "1", false, &problems).failed, 1);
    assert_int_equal(import_text(n, "", false, &problems).failed, 1);
}

/* The 24,999th of 25,000 entries is wrong: nothing of it stays, and the answer names it. */
static void test_large_transaction(void **state) {
    struct node *n = *state;
    for (int wrong = 1; wrong >= 0; wrong--) {
        struct buf b = buf_new(n->arena);
        buf_addz(&b, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
        for (int i = 0; i < 25000; i++) {
            buf_addf(&b, "%s{\"fullUrl\":\"urn:uuid:%d\",\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"},\"author\":{\"reference\":\"urn:uuid:%d\"}%s},"
                         "\"request\":{\"method\":\"POST\",\"url\":\"Basic\"}}", i ? "," : "", i, i / 2, wrong && i == 24998 ? ",\"foo\":1" : "");
        }
        buf_addz(&b, "]}");
        struct rest_response r = send(n, REST_POST, "", str_z(n->arena, buf_str(&b)));
        expect_status(r, wrong ? 400 : 200);
        if (wrong) assert_true(str_contains(r.body, STR("Bundle.entry[24998].resource.foo")));
        assert_true(str_contains(send(n, REST_GET, "Basic?_summary=count", "").body, wrong ? STR("\"total\":0") : STR("\"total\":25000")));
    }
}

static void test_capabilities(void **state) {
    struct node *n = *state;
    struct rest_response r = send(n, REST_GET, "metadata", "");
    expect_status(r, 200);
    struct json *tree = tree_of(n, r.body);
    struct fhir_issues issues = {0};
    if (!fhir_validate(n->arena, r.body, tree, STR_NONE, &issues)) fail_msg("%.*s: %.*s", STR_ARG(issues.at[0].expression), STR_ARG(issues.at[0].en));
    assert_int_equal(JSON_GET(json_item(JSON_GET(tree, "rest"), 0), "resource")->count, 146); /* concrete types of HL7's profiles-resources */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_life_of_a_resource, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_refusals, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_conditional, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_conditional_race, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_patch_and_prefer, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_history_pages, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_transaction, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_transaction_refused, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_batch, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_import, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_large_transaction, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_capabilities, node_setup, node_teardown),
    };
    return cmocka_run_group_tests_name("rest", tests, NULL, NULL);
}
