/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two records of one person: the links at the byte, and what every table makes of them. The tables must be a function of
 * the current resources: each scene is committed in random orders, merged, parted again, and compared.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/vocabulary.h"
#include "care/care.h"
#include "db/db.h"
#include "network/network.h"
#include "people/merge.h"
#include "people/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

static const struct store_room *const rooms[] = {&network_room, &people_room, &care_room};
enum { ROOMS = 3, ORDERS = 30 };

/* ---- links ------------------------------------------------------------------------------------------------------- */

static void test_links(void **state) {
    (void)state;
    struct arena *a = arena_new();
    static const char *const bodies[] = {
        "{\"resourceType\":\"Patient\",\"id\":\"a\"}",
        "{\"resourceType\":\"Patient\",\"id\":\"a\",\"link\":[{\"other\":{\"reference\":\"Patient/x\"},\"type\":\"seealso\"}],\"gender\":\"male\"}",
        "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":[{\"text\":\"Ẳ \\\" ] }\"}]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        str one, two, back;
        struct json *tree;
        assert_int_equal(merge_link(a, str_of(bodies[i]), "replaces", STR("b"), &one).code, ERR_OK);
        assert_int_equal(json_parse(a, one, &tree).code, ERR_OK);
        assert_int_equal(merge_link(a, one, "replaces", STR("b"), &two).code, ERR_CONFLICT);
        assert_int_equal(merge_link(a, one, "replaces", STR("c"), &two).code, ERR_OK);
        assert_int_equal(merge_unlink(a, two, "replaces", STR("b"), &back).code, ERR_OK); /* the first of two */
        assert_int_equal(merge_unlink(a, back, "replaces", STR("c"), &back).code, ERR_OK);
        assert_str(back, bodies[i]);
        assert_int_equal(merge_unlink(a, back, "replaces", STR("c"), &back).code, ERR_NOT_FOUND);
    }
    arena_free(a);
}

static const struct json *tree_of(struct arena *a, const char *text) {
    struct json *t;
    assert_int_equal(json_parse(a, str_of(text), &t).code, ERR_OK);
    return t;
}

static void test_allowed(void **state) {
    (void)state;
    struct arena *a = arena_new();
    const struct json *x = tree_of(a, "{\"id\":\"x\"}"), *y = tree_of(a, "{\"id\":\"y\"}");
    const struct json *gone = tree_of(a, "{\"id\":\"z\",\"link\":[{\"other\":{\"reference\":\"Patient/x\"},\"type\":\"replaced-by\"}]}");
    assert_int_equal(merge_allowed(a, x, y).code, ERR_OK);
    assert_int_equal(merge_allowed(a, x, x).code, ERR_INVALID);
    assert_int_equal(merge_allowed(a, x, gone).code, ERR_INVALID);
    assert_int_equal(merge_allowed(a, gone, x).code, ERR_INVALID);
    arena_free(a);
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

#define PERSON(id, name, number, links)                                                                                \
    {"Patient", id,                                                                                                    \
     "{\"resourceType\":\"Patient\",\"id\":\"" id "\",\"extension\":[{\"url\":\"" EXTENSION_RESIDENCE                  \
     "\",\"valueReference\":{\"reference\":\"Location/h1\"}}],\"identifier\":[{\"system\":\"" SYSTEM_CCCD              \
     "\",\"value\":\"" number "\"}],\"name\":[{\"text\":\"" name "\"}],\"birthDate\":\"1959\"" links "}"}
#define LINK(type, id) "{\"other\":{\"reference\":\"Patient/" id "\"},\"type\":\"" type "\"}"
#define READING(id, patient, day, systolic)                                                                            \
    {"Observation", id,                                                                                                \
     "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC          \
     "\",\"code\":\"85354-9\"}]},\"subject\":{\"reference\":\"Patient/" patient "\"},\"effectiveDateTime\":\"" day     \
     "\",\"component\":[{\"code\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC "\",\"code\":\"8480-6\"}]},"                \
     "\"valueQuantity\":{\"value\":" systolic "}},{\"code\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC                   \
     "\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":80}}]}"}
struct item {
    const char *type, *id, *body;
};

static const struct item clinical[] = {READING("o1", "s", "2026-01-05", "150"), READING("o2", "r", "2026-03-05", "130"),
                                       READING("o3", "t", "2026-05-05", "120")};
static const struct item apart[] = {PERSON("s", "Lò Thị Ẳm", "011159000001", ""), PERSON("r", "Lò Thị Ẩm", "011159000002", ""),
                                    PERSON("t", "Lò Ẳm", "011159000003", "")};
static const struct item merged[] = {PERSON("s", "Lò Thị Ẳm", "011159000001", ",\"link\":[" LINK("replaces", "r") "]"),
                                     PERSON("r", "Lò Thị Ẩm", "011159000002", ",\"link\":[" LINK("replaced-by", "s") "]")};
/* t → r → s */
static const struct item chain[] = {
    PERSON("r", "Lò Thị Ẩm", "011159000002", ",\"link\":[" LINK("replaced-by", "s") "," LINK("replaces", "t") "]"),
    PERSON("t", "Lò Ẳm", "011159000003", ",\"link\":[" LINK("replaced-by", "r") "]")};
static const struct item half[] = {PERSON("s", "Lò Thị Ẳm", "011159000001", ",\"link\":[" LINK("replaces", "r") "]")};
static const struct item circle[] = {
    PERSON("s", "Lò Thị Ẳm", "011159000001", ",\"link\":[" LINK("replaces", "r") "," LINK("replaced-by", "r") "]"),
    PERSON("r", "Lò Thị Ẩm", "011159000002", ",\"link\":[" LINK("replaces", "s") "," LINK("replaced-by", "s") "]")};

static void put_items(struct node *n, const struct item *items, size_t count, unsigned *seed) {
    size_t order[16];
    for (size_t i = 0; i < count; i++) order[i] = i;
    for (size_t i = count; i-- > 1;) {
        size_t k = (size_t)rand_r(seed) % (i + 1), t = order[i];
        order[i] = order[k], order[k] = t;
    }
    for (size_t i = 0; i < count; i++) put(n, items[order[i]].type, items[order[i]].id, items[order[i]].body);
}
#define PUT(items) put_items(n, items, sizeof items / sizeof *items, &seed)

/* Every row of the tables, ids instead of rids. */
static str dump(struct node *n) {
    static const char sql[] =
        "SELECT 'person ' || p.id || ' ' || coalesce(p.cccd, '') || ' ' || coalesce(p.numbers, '') || ' ' || p.words FROM person p "
        "UNION ALL SELECT 'replaced ' || (SELECT id FROM res WHERE rid = subject) || ' ' || id FROM person_replaced "
        "UNION ALL SELECT 'total ' || sum(alive) || ' ' || sum(rows) FROM person_total "
        "UNION ALL SELECT 'month ' || r.id || ' ' || month || ' ' || systolic FROM blood_pressure_month b JOIN res r ON r.rid = b.subject "
        "UNION ALL SELECT 'hypertension ' || r.id || ' ' || h.last_day || ' ' || h.systolic FROM hypertension h JOIN res r ON r.rid = h.subject "
        "ORDER BY 1";
    struct reader *r;
    struct buf out = buf_new(n->arena);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    struct statement *q = db_use(reader_db(r), sql);
    bool row;
    assert_int_equal(db_row(q, &row).code, ERR_OK);
    while (row) {
        buf_add(&out, column_text(q, 0));
        buf_addc(&out, '\n');
        assert_int_equal(db_row(q, &row).code, ERR_OK);
    }
    reader_end(r);
    return buf_str(&out);
}

static size_t lines_with(str text, const char *begin) {
    size_t n = 0;
    for (str line; str_split(&text, '\n', &line);) n += str_starts(line, str_of(begin));
    return n;
}

static void check_tables(struct node *n) {
    struct buf report = buf_new(n->arena);
    err e = store_rebuild(n->store, n->arena, true, &report);
    if (e.code) print_message("%.*s\n", STR_ARG(buf_str(&report)));
    assert_int_equal(e.code, ERR_OK);
}

static void test_tables(void **state) {
    (void)state;
    str first_merged = STR_NONE, first_chain = STR_NONE;
    struct arena *keep = arena_new();
    for (unsigned round = 0; round < ORDERS; round++) {
        struct node world = {0}, *n = &world;
        unsigned seed = round * 7919 + 1;
        node_open(n, rooms, ROOMS);
        bool late = round % 3 == 0; /* what was recorded comes after the persons, or before */
        if (!late) PUT(clinical);
        PUT(apart);
        if (late && round % 2) PUT(clinical);
        str before = dump(n);
        PUT(merged);
        if (late && round % 2 == 0) PUT(clinical);
        str now = dump(n);
        if (!first_merged.len) first_merged = str_copy(keep, now);
        assert_true(str_eq(now, first_merged));
        assert_int_equal(lines_with(now, "person "), 2); /* s and t */
        assert_int_equal(lines_with(now, "person r"), 0);
        assert_int_equal(lines_with(now, "replaced s r"), 1);
        assert_int_equal(lines_with(now, "month s"), 2); /* both histories */
        assert_int_equal(lines_with(now, "hypertension s 20517 130"), 1);
        assert_int_equal(lines_with(now, "total 2 2"), 1);
        check_tables(n);
        PUT(chain);
        now = dump(n);
        if (!first_chain.len) first_chain = str_copy(keep, now);
        assert_true(str_eq(now, first_chain));
        assert_int_equal(lines_with(now, "person "), 1);
        assert_int_equal(lines_with(now, "month s"), 3);
        check_tables(n);
        /* only one of the two says so: nobody is tied */
        PUT(apart), PUT(half);
        assert_int_equal(lines_with(dump(n), "person "), 3);
        assert_int_equal(lines_with(dump(n), "month s"), 1);
        PUT(circle);
        assert_int_equal(lines_with(dump(n), "person "), 3);
        assert_int_equal(lines_with(dump(n), "month s"), 1);
        check_tables(n);
        PUT(apart);
        if (!late || round % 2) assert_true(str_eq(dump(n), before)); /* parted: exactly as before */
        check_tables(n);
        node_close(n);
    }
    arena_free(keep);
}

/* ---- random histories ------------------------------------------------------------------------------------------------ */

/* Two worlds: in one, records are merged and parted again at random; in the other nobody ever is. Visits and corrections are written to
 * both, whether tied or not. Whenever nobody is tied, every table of the two is the same, and every record the same bytes. */
static const char *const three[] = {"s", "r", "t"};
enum { HISTORIES = 12, STEPS = 24 };

static void write_person(struct node *n, size_t who, int year) {
    char body[300];
    snprintf(body, sizeof body, "{\"resourceType\":\"Patient\",\"id\":\"%s\",\"name\":[{\"text\":\"Lò Thị %s\"}],\"birthDate\":\"%d\"}", three[who], three[who], year);
    put(n, "Patient", three[who], body);
}

static str body_of(struct node *n, size_t who) {
    struct version v;
    assert_int_equal(get(n, "Patient", three[who], &v).code, ERR_OK);
    return v.body;
}

/* The year of birth is corrected in the bytes that stand: whatever links are there stay. */
static void correct(struct node *n, size_t who, int year) {
    char *body = str_z(n->arena, body_of(n, who)), digits[5];
    char *at = strstr(body, "\"birthDate\":\"");
    assert_non_null(at);
    snprintf(digits, sizeof digits, "%04d", year);
    memcpy(at + strlen("\"birthDate\":\""), digits, 4);
    put(n, "Patient", three[who], body);
}

static void visit(struct node *n, int number, size_t who, unsigned chance) {
    char id[12], body[600];
    snprintf(id, sizeof id, "o%d", number);
    snprintf(body, sizeof body, "{\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}]},"
             "\"subject\":{\"reference\":\"Patient/%s\"},\"effectiveDateTime\":\"2026-%02u-%02u\",\"component\":["
             "{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":%u,\"code\":\"mm[Hg]\",\"system\":\"http://unitsofmeasure.org\"}},"
             "{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},\"valueQuantity\":{\"value\":80,\"code\":\"mm[Hg]\",\"system\":\"http://unitsofmeasure.org\"}}]}",
             id, three[who], 1 + chance % 11, 1 + chance / 11 % 28, 110 + chance / 308 % 70);
    put(n, "Observation", id, body);
}

static void tie(struct node *n, size_t keep, size_t other, bool tied) {
    str one, two;
    err (*change)(struct arena *, str, const char *, str, str *) = tied ? merge_link : merge_unlink;
    assert_int_equal(change(n->arena, body_of(n, keep), "replaces", str_of(three[other]), &one).code, ERR_OK);
    assert_int_equal(change(n->arena, body_of(n, other), "replaced-by", str_of(three[keep]), &two).code, ERR_OK);
    put(n, "Patient", three[keep], str_z(n->arena, one));
    put(n, "Patient", three[other], str_z(n->arena, two));
}

static void assert_same_worlds(struct node *tied, struct node *plain) {
    assert_true(str_eq(dump(tied), dump(plain)));
    for (size_t i = 0; i < 3; i++) assert_true(str_eq(body_of(tied, i), body_of(plain, i)));
}

static void test_random_histories(void **state) {
    (void)state;
    size_t partings = 0;
    for (unsigned history = 0; history < HISTORIES; history++) {
        struct node worlds[2] = {{0}};
        unsigned seed = history * 104729 + 17;
        size_t keep = 3, other = 3; /* who is tied; 3 nobody */
        for (int w = 0; w < 2; w++) node_open(&worlds[w], rooms, ROOMS);
        for (size_t i = 0; i < 3; i++)
            for (int w = 0; w < 2; w++) write_person(&worlds[w], i, 1950 + (int)i);
        for (int step = 0; step < STEPS; step++) {
            size_t who = (size_t)rand_r(&seed) % 3;
            unsigned chance = (unsigned)rand_r(&seed);
            int what = rand_r(&seed) % 4;
            for (int w = 0; w < 2 && what < 2; w++) visit(&worlds[w], step, who, chance);
            for (int w = 0; w < 2 && what == 2; w++) correct(&worlds[w], who, 1930 + (int)(chance % 60));
            if (what < 3) continue;
            if (keep == 3) {
                keep = who, other = (who + 1 + chance % 2) % 3;
                tie(&worlds[0], keep, other, true);
                assert_int_equal(lines_with(dump(&worlds[0]), "person "), 2);
            } else {
                tie(&worlds[0], keep, other, false);
                keep = 3;
                partings++;
                assert_same_worlds(&worlds[0], &worlds[1]);
            }
        }
        if (keep != 3) tie(&worlds[0], keep, other, false);
        assert_same_worlds(&worlds[0], &worlds[1]);
        check_tables(&worlds[0]);
        for (int w = 0; w < 2; w++) node_close(&worlds[w]);
    }
    assert_true(partings > HISTORIES);
}

static void test_reading(void **state) {
    (void)state;
    struct node world = {0}, *n = &world;
    unsigned seed = 3;
    struct reader *r;
    struct access who = {.everything = true};
    struct person p;
    struct found found;
    struct care_resources list;
    node_open(n, rooms, ROOMS);
    PUT(clinical), PUT(apart), PUT(merged);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(person_get(r, n->arena, &who, STR("r"), &p).code, ERR_OK); /* the replaced id finds the one that goes on */
    assert_str(p.id, "s");
    assert_int_equal(person_find(r, n->arena, &who, STR("011159000002"), 5, 20000, &found).code, ERR_OK);
    assert_int_equal(found.len, 1);
    assert_str(found.at[0].id, "s");
    assert_int_equal(care_resources(r, n->arena, &who, p.rid, FHIR_TYPE_OBSERVATION, 10, &list).code, ERR_OK);
    assert_int_equal(list.len, 2);
    assert_str(list.at[0].version.id, "o2"); /* newest first over both */
    assert_int_equal(care_resources(r, n->arena, &who, p.rid, FHIR_TYPE_OBSERVATION, 1, &list).code, ERR_OK);
    assert_int_equal(list.len, 1);
    reader_end(r);
    node_close(n);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_links), cmocka_unit_test(test_allowed), cmocka_unit_test(test_tables), cmocka_unit_test(test_random_histories),
                                       cmocka_unit_test(test_reading)};
    return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
