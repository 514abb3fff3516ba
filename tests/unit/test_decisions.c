/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check on a small network whose figures are known: conservation, shares, receivers by service, queries,
 * committees, days.
 */
#include "base/vec.h"
#include "decisions/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { DAY = 20000, FOUNDING = 16 };

struct world {
    struct arena *arena;
    struct network_founding founding[FOUNDING];
    size_t count;
    struct decision list[4];
    size_t decisions;
    struct network before, after;
    struct problems problems;
    struct losers losers;
    struct ledger ledger;
};

static struct place_state *place(struct world *w, const char *id, enum place_kind kind, const char *parent,
                                 const char *above) {
    struct network_founding *f = &w->founding[w->count++];
    *f = (struct network_founding){.id = str_of(id),
                                   .population = 1000,
                                   .state = {.exists = true,
                                             .kind = kind,
                                             .name = str_of(id),
                                             .parent = str_of(parent),
                                             .above = {str_of(above), str_of(above), str_of(above)}}};
    for (int h = 0; h < HOLDING_COUNT; h++) f->state.holdings[h] = -1;
    return &f->state;
}

static int set_up(void **state) {
    struct arena *a = arena_new();
    struct world *w = ARENA_NEW(a, struct world);
    w->arena = a;
    place(w, "province", PLACE_PROVINCE, NULL, NULL);
    place(w, "office", PLACE_OFFICE, "province", "office");
    place(w, "centre", PLACE_HEALTH_CENTRE, "province", "office");
    for (int c = 0; c < 2; c++) {
        place(w, c ? "commune-b" : "commune-a", PLACE_COMMUNE, "province", NULL);
        place(w, c ? "committee-b" : "committee-a", PLACE_COMMITTEE, c ? "commune-b" : "commune-a", NULL);
        struct place_state *s =
            place(w, c ? "station-b" : "station-a", PLACE_STATION, c ? "commune-b" : "commune-a", "centre");
        s->holdings[HOLDING_POSTS] = c ? 7 : 5;
        s->holdings[HOLDING_LEADERSHIP] = 1;
        s->services = STR("immunisation delivery");
        s = place(w, c ? "point-b" : "point-a", PLACE_POINT, c ? "commune-b" : "commune-a", "centre");
        s->point_of = str_of(c ? "station-b" : "station-a");
        s->holdings[HOLDING_POSTS] = 2;
        s->services = STR("immunisation");
        s->code = str_of(c ? "C2" : "C1");
    }
    *state = w;
    return 0;
}
static int tear_down(void **state) {
    arena_free(((struct world *)*state)->arena);
    return 0;
}

static struct decision *decide(struct world *w, struct operation o) {
    struct decision *d = &w->list[w->decisions++];
    *d = (struct decision){.id = str_format(w->arena, "d%zu", w->decisions),
                           .number = str_format(w->arena, "%zu/QĐ", w->decisions),
                           .status = DECISION_SIGNED,
                           .effective_on = DAY + (int32_t)w->decisions,
                           .signed_on = DAY_FIRST,
                           .operational_on = DAY_FIRST,
                           .recorded_on = DAY_FIRST};
    o.from = DAY_FIRST;
    if (!o.until) o.until = DAY_FIRST;
    VEC_PUSH(w->arena, &d->operations, o);
    return d;
}

static struct operation on(struct world *w, enum operation_kind kind, const char *id) {
    struct operation o = {.kind = kind};
    if (id) VEC_PUSH(w->arena, &o.places, str_of(id));
    return o;
}

/* Resolves and checks the last decision. */
static bool good(struct world *w, struct open_things open) {
    struct network_input in = {.founding = w->founding,
                               .founding_count = w->count,
                               .decisions = w->list,
                               .decision_count = w->decisions - 1,
                               .known = DAY_LAST};
    network_replay(w->arena, &in, &w->before);
    decision_resolve(w->arena, &w->before, &w->list[w->decisions - 1]);
    in.decision_count = w->decisions;
    network_replay(w->arena, &in, &w->after);
    w->problems = (struct problems){0};
    struct check_input c = {.before = &w->before,
                            .after = &w->after,
                            .decision = &w->list[w->decisions - 1],
                            .index = w->decisions - 1,
                            .open = open};
    check_operations(w->arena, &c, &w->problems);
    check_decisions(w->arena, &c, &w->problems);
    check_network(w->arena, &c, &w->problems);
    check_losers(w->arena, &c, &w->losers, &w->problems);
    check_ledger(w->arena, &c, &w->ledger, &w->problems);
    return !problems_have_error(&w->problems);
}

static bool says(const struct world *w, const char *rule) {
    for (size_t i = 0; i < w->problems.len; i++)
        if (w->problems.at[i].severity == SEVERITY_ERROR && strcmp(w->problems.at[i].rule, rule) == 0) return true;
    return false;
}

static const struct open_things nothing = {0};

static void test_merge_moves_everything(void **state) {
    struct world *w = *state;
    struct operation o = on(w, OPERATION_MERGE, "point-a");
    o.target = STR("station-a");
    decide(w, o);
    assert_true(good(w, nothing));
    const struct place_state *s = network_at(&w->after, STR("station-a"), DAY + 1);
    assert_int_equal(s->holdings[HOLDING_POSTS], 7);
    assert_int_equal(network_at(&w->after, STR("station-a"), DAY)->holdings[HOLDING_POSTS], 5);
    assert_int_equal(w->ledger.rows[HOLDING_POSTS].before, 7);
    assert_int_equal(w->ledger.rows[HOLDING_POSTS].after, 7);
    assert_false(w->ledger.rows[HOLDING_BEDS].stated);
    assert_true(str_is(network_successor(&w->after, STR("point-a"), STR("claim"), DAY + 1), "station-a"));
    assert_int_equal(w->losers.len, 2); /* its service and its code */
}

static void test_conservation(void **state) {
    struct world *w = *state;
    struct operation o = on(w, OPERATION_MERGE, "point-a");
    o.target = STR("station-a");
    struct transfer keep = {HOLDING_POSTS, 1, STR("point-a"), STR("station-a"), STR_NONE},
                    gone = {HOLDING_POSTS, 1, STR("point-a"), STR_NONE, STR_NONE};
    VEC_PUSH(w->arena, &o.transfers, keep);
    decide(w, o);
    assert_false(good(w, nothing)); /* one of two posts has gone nowhere */
    assert_true(says(w, "conservation"));
    VEC_PUSH(w->arena, &w->list[0].operations.at[0].transfers, gone);
    assert_false(good(w, nothing)); /* given up without a reason */
    w->list[0].operations.at[0].transfers.at[1].reason = STR("về hưu");
    assert_true(good(w, nothing));
    assert_int_equal(w->ledger.rows[HOLDING_POSTS].explained, 1);
    assert_int_equal(w->ledger.rows[HOLDING_POSTS].reasons.len, 1);
}

static void test_split_divides(void **state) {
    struct world *w = *state;
    struct operation o = on(w, OPERATION_SPLIT, "point-a");
    VEC_PUSH(w->arena, &o.parts, (struct share){STR("station-a"), 0.5});
    VEC_PUSH(w->arena, &o.parts, (struct share){STR("point-b"), 0.5});
    decide(w, o);
    assert_true(good(w, nothing));
    assert_int_equal(network_at(&w->after, STR("station-a"), DAY + 1)->holdings[HOLDING_POSTS], 6);
    assert_int_equal(network_at(&w->after, STR("point-b"), DAY + 1)->holdings[HOLDING_POSTS], 3);
}

static void test_receiver_by_service(void **state) {
    struct world *w = *state;
    struct open_thing patients = {STR("point-a"), {"chronic-patient", "người bệnh", "patients"}, 41},
                      lots = {STR("point-a"), {"stock-lot", "lô thuốc", "stock lots"}, 3};
    struct open_things open = {0};
    VEC_PUSH(w->arena, &open, patients);
    VEC_PUSH(w->arena, &open, lots);
    struct operation o = on(w, OPERATION_DISSOLVE, "point-a");
    VEC_PUSH(w->arena, &o.receivers, (struct receiver){STR("chronic-patient"), STR("station-b")});
    decide(w, o);
    assert_false(good(w, open)); /* the lots, the service and the code have nobody */
    size_t lost = 0;
    for (size_t i = 0; i < w->losers.len; i++) lost += !w->losers.at[i].receiver.len;
    assert_int_equal(lost, 3);
    bool said = false; /* in words, not by the code */
    for (size_t i = 0; i < w->problems.len; i++)
        said = said || (str_contains(w->problems.at[i].vi, STR("lô thuốc (3)")) && str_contains(w->problems.at[i].en, STR("stock lots (3)")));
    assert_true(said);
    VEC_PUSH(w->arena, &w->list[0].operations.at[0].receivers, (struct receiver){STR_NONE, STR("station-a")});
    assert_true(good(w, open));
    for (size_t i = 0; i < w->losers.len; i++)
        assert_true(str_is(w->losers.at[i].receiver,
                           strcmp(w->losers.at[i].thing.what, "chronic-patient") == 0 ? "station-b" : "station-a"));
}

static void test_query_and_committees(void **state) {
    struct world *w = *state;
    struct operation o = on(w, OPERATION_TRANSFER_MANAGEMENT, NULL);
    o.query = STR("manager=centre");
    o.has_role = true;
    o.role = HIERARCHY_MANAGER;
    decide(w, o);
    assert_true(good(w, nothing));
    assert_int_equal(w->list[0].operations.at[0].places.len, 4);
    assert_true(str_is(network_at(&w->after, STR("point-b"), DAY + 1)->above[HIERARCHY_MANAGER], "committee-b"));
    assert_true(str_is(network_at(&w->after, STR("point-b"), DAY + 1)->above[HIERARCHY_INSURER], "centre"));
    str *list;
    size_t n;
    assert_int_equal(network_query(w->arena, &w->before, STR("kind=point&commune=commune-a"), DAY, &list, &n).code,
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(network_query(w->arena, &w->before, STR("colour=red"), DAY, &list, &n).code, ERR_INVALID);
}

/* A suspension leaves the commune alone for its days only; another station there heals it. */
static void test_days(void **state) {
    struct world *w = *state;
    struct operation o = on(w, OPERATION_SUSPEND, "station-a");
    o.until = DAY + 30;
    decide(w, o);
    assert_false(good(w, nothing));
    assert_true(says(w, "commune-station"));
    assert_int_equal(w->problems.at[0].from, DAY + 1);
    assert_int_equal(w->problems.at[0].until, DAY + 30);
    w->decisions = 0;
    decide(w, on(w, OPERATION_PROMOTE_TO_STATION, "point-a"));
    assert_true(good(w, nothing));
    o.until = DAY + 30;
    decide(w, o);
    assert_true(good(w, nothing));
}

static void test_revocation(void **state) {
    struct world *w = *state;
    decide(w, on(w, OPERATION_PROMOTE_TO_STATION, "point-a"));
    assert_true(good(w, nothing));
    struct decision *r = decide(w, on(w, OPERATION_RENAME, "centre"));
    r->revokes = STR("d1");
    assert_true(good(w, nothing));
    assert_int_equal(r->operations.len, 1); /* a revocation does nothing else, and lists all it takes back */
    assert_int_equal(r->operations.at[0].kind, OPERATION_REVOKE);
    assert_true(str_is(r->operations.at[0].places.at[0], "point-a"));
    assert_int_equal(network_at(&w->after, STR("point-a"), DAY + 1)->kind, PLACE_STATION);
    assert_int_equal(network_at(&w->after, STR("point-a"), DAY + 2)->kind, PLACE_POINT);
    assert_true(str_is(network_at(&w->after, STR("point-a"), DAY + 2)->point_of, "station-a"));
    r = decide(w, on(w, OPERATION_REVOKE, "point-a"));
    r->revokes = STR("d1");
    assert_false(good(w, nothing)); /* twice */
    assert_true(says(w, "revoke-unknown"));
    r->revokes = STR("d9");
    assert_false(good(w, nothing));
    assert_true(says(w, "revoke-unknown"));
}

/* What is written is what was read. */
static void test_round_trip(void **state) {
    struct world *w = *state;
    static const char text[] =
        "{\"resourceType\":\"Decision\",\"id\":\"d\",\"status\":\"signed\",\"number\":\"05/"
        "QĐ-UBND\",\"title\":\"T\",\"authority\":\"A\",\"signer\":\"S\",\"province\":{\"reference\":\"Location/p\"},"
        "\"legalBasis\":[\"a\",\"b\"],\"signedOn\":\"2025-01-02\",\"effectiveOn\":\"2025-01-03\",\"operationalOn\":"
        "\"2025-01-01\",\"recordedOn\":\"2025-01-02\",\"certainty\":\"assumed\","
        "\"certaintyNote\":\"N\",\"reason\":\"R\",\"revokes\":{\"reference\":\"Decision/"
        "o\"},\"document\":[{\"title\":\"PDF\",\"size\":12}],\"effect\":[{\"what\":\"within\",\"minutes\":30,\"before\":1.50},{\"what\":\"cost\"}],\"operation\":[{\"kind\":\"split\",\"place\":[{"
        "\"reference\":\"Location/x\"}],"
        "\"part\":[{\"target\":{\"reference\":\"Location/y\"},\"share\":0.73},{\"target\":{\"reference\":\"Location/"
        "z\"},\"share\":0.27}],\"receiver\":[{\"what\":\"w\",\"place\":{\"reference\":\"Location/y\"}}],"
        "\"transfer\":[{\"what\":\"posts\",\"quantity\":3,\"from\":{\"reference\":\"Location/"
        "x\"},\"to\":{\"reference\":\"Location/"
        "y\"}}],\"capacity\":[{\"what\":\"beds\",\"quantity\":4}],\"service\":[\"s\"],"
        "\"query\":\"kind=point\",\"target\":{\"reference\":\"Location/"
        "t\"},\"role\":\"insurer\",\"placeKind\":\"station\",\"name\":\"N\",\"code\":\"C\",\"parent\":{\"reference\":"
        "\"Location/a\"},"
        "\"manager\":{\"reference\":\"Location/m\"},\"director\":{\"reference\":\"Location/"
        "d\"},\"insurer\":{\"reference\":\"Location/i\"},\"latitude\":21.400,\"longitude\":103.1,"
        "\"continues\":true,\"from\":\"2024-01-01\",\"until\":\"2024-02-01\",\"reason\":\"r\"}]}";
    struct json *tree;
    struct decision d;
    struct buf out = buf_new(w->arena);
    assert_int_equal(json_parse(w->arena, STR(text), &tree).code, ERR_OK);
    assert_int_equal(decision_read(w->arena, tree, &d).code, ERR_OK);
    decision_write(&out, &d);
    assert_string_equal(str_z(w->arena, buf_str(&out)), text);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        T(test_merge_moves_everything), T(test_conservation), T(test_split_divides), T(test_receiver_by_service),
        T(test_query_and_committees),   T(test_days),         T(test_revocation),    T(test_round_trip)};
    return cmocka_run_group_tests_name("decisions", tests, NULL, NULL);
}
