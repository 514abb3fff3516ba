/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding people: the words of the index as pure functions, then a node with a few neighbours, queried as people type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "network/network.h"
#include "people/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

static const struct store_room *const rooms[] = {&network_room, &people_room};
static int32_t today;

static void put_place(struct node *n, const char *id, const char *kind, const char *name, const char *parent) {
    struct buf out = buf_new(n->arena);
    struct place_text p = {.id = str_of(id),
                           .name = str_of(name),
                           .parent = str_of(parent),
                           .kind = place_kind_of(str_of(kind)),
                           .population = -1};
    network_place_json(&out, &p);
    put(n, "Location", id, str_z(n->arena, buf_str(&out)));
}

static void put_person(struct node *n, const char *id, const char *name, const char *birth, const char *place,
                       const char *cccd, const char *phone) {
    struct buf out = buf_new(n->arena);
    buf_addf(&out,
             "{\"resourceType\":\"Patient\",\"extension\":[{\"url\":\"" EXTENSION_RESIDENCE "\",\"valueReference\":"
             "{\"reference\":\"Location/%s\"}}],\"name\":[{\"text\":\"%s\"}]",
             place, name);
    if (cccd) buf_addf(&out, ",\"identifier\":[{\"system\":\"" SYSTEM_CCCD "\",\"value\":\"%s\"}]", cccd);
    if (phone) buf_addf(&out, ",\"telecom\":[{\"system\":\"phone\",\"value\":\"%s\"}]", phone);
    if (birth) buf_addf(&out, ",\"birthDate\":\"%s\"", birth);
    buf_addz(&out, "}");
    put(n, "Patient", id, str_z(n->arena, buf_str(&out)));
}

static int setup(void **state) {
    struct node *n = calloc(1, sizeof *n);
    today = day_from_civil(2026, 11, 23);
    node_open(n, rooms, 2);
    put_place(n, "province", "province", "Tỉnh Điện Biên", "");
    put_place(n, "office", "office", "Sở Y tế", "province");
    put_place(n, "c1", "commune", "Xã Na Son", "province");
    put_place(n, "c2", "commune", "Xã Mường Phăng", "province");
    put_place(n, "f1", "former-commune", "Thị trấn Điện Biên Đông", "c1");
    put_place(n, "f2", "former-commune", "Xã Keo Lôm", "c1");
    put_place(n, "f3", "former-commune", "Xã Mường Phăng", "c2");
    put_place(n, "h1", "hamlet", "Bản Na Phát", "f1");
    put_place(n, "h2", "hamlet", "Bản Huổi Lóng", "f2");
    put_place(n, "h3", "hamlet", "Bản Phăng", "f3");
    put_place(n, "s1", "station", "Trạm Y tế Điện Biên Đông", "f1");
    put_place(n, "s2", "point", "Điểm trạm Keo Lôm", "f2");
    put_place(n, "s3", "station", "Trạm Y tế xã Mường Phăng", "f3");
    put_person(n, "lan59", "Nguyễn Thị Lan", "1959-03-12", "h1", "099159004821", "0100123456");
    put_person(n, "lan75", "Nguyễn Thị Lan", "1975-01-01", "h2", NULL, NULL);
    put_person(n, "lanh", "Nguyễn Thị Lành", "1980", "h1", NULL, "0100 777 821");
    put_person(n, "lan3", "Nguyễn Thị Lan", "1990-05-05", "h3", NULL, NULL);
    put_person(n, "po", "Giàng A Pó", "1959-03-12", "h2", NULL, NULL);
    put_person(n, "duc", "Đỗ Đức Đôi", "2021-01-02", "h1", NULL, NULL);
    put_person(n, "am", "Lò Thị Ẳm", NULL, "h2", NULL, NULL);
    put_person(n, "son", "Lò Văn Sơn", "1988-08-08", "h3", NULL, NULL);
    put_person(n, "pan", "Lò Văn Pản", "1950", "f3", NULL, NULL); /* hamlet unknown */
    put_person(n, "one", "Xa", "2000-01-01", "h1", NULL, NULL);
    put(n, "Patient", "nowhere",
        "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Trần\",\"given\":[\"Văn\",\"Nam\"]}]}");
    put(n, "Patient", "nameless", "{\"resourceType\":\"Patient\"}");
    put(n, "Patient", "married",
        "{\"resourceType\":\"Patient\",\"name\":[{\"use\":\"maiden\",\"text\":\"Vừ Thị Dợ\"},"
        "{\"use\":\"official\",\"text\":\"Mùa Thị Dợ\"}],\"deceasedDateTime\":\"2026-01-05\"}");
    *state = n;
    return 0;
}

static int teardown(void **state) {
    node_close(*state);
    free(*state);
    return 0;
}

/* Ids found, joined by spaces; "+" when there are more. */
static str find_as(struct node *n, const char *role, const char *place, const char *query, size_t limit) {
    struct reader *r;
    struct access who;
    struct found found;
    struct buf out = buf_new(n->arena);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(network_access(r, n->arena, &(struct network_post){str_of(role), str_of(place), day_today()}, &who).code, ERR_OK);
    err e = person_find(r, n->arena, &who, str_of(query), limit, today, &found);
    if (e.code) print_message("find %s: %.*s\n", query, STR_ARG(e.detail));
    assert_int_equal(e.code, ERR_OK);
    for (size_t i = 0; i < found.len; i++) buf_addf(&out, "%s%.*s", i ? " " : "", STR_ARG(found.at[i].id));
    if (found.more) buf_addc(&out, '+');
    reader_end(r);
    return buf_str(&out);
}
#define FIND(query, want) assert_str(find_as(*state, "epidemiologist", "province", query, 20), want)

static void test_words(void **state) {
    (void)state;
    struct arena *a = arena_new();
    str names[] = {STR("nguyen thi lan")}, numbers[] = {STR("099159004821"), STR_NONE, STR("12")};
    str w = person_words(a, names, 1, STR("1959-03-12"), numbers, 3, STR_NONE);
    assert_str(w, "nguyen thi lan ntlan 1959 r1284");
    assert_true(str_eq(person_place_word(a, STR("h1")), person_place_word(a, STR("h1"))));
    assert_false(str_eq(person_place_word(a, STR("h1")), person_place_word(a, STR("h2"))));
    static const char *const telex[][2] = {{"nguyeenx", "nguyen"}, {"ddoongf", "dong"}, {"dduwcs", "duc"},
                                           {"thij", "thi"},        {"hoaf", "hoa"},     {"tuaans", "tuan"},
                                           {"lan", "lan"},         {"son", "son"},      {"trang", "trang"},
                                           {"xuan", "xuan"},       {"thuyr", "thuy"},   {"huowng", "huong"}};
    for (size_t i = 0; i < sizeof telex / sizeof *telex; i++)
        assert_str(person_telex(a, str_of(telex[i][0])), telex[i][1]);
    assert_int_equal(person_age(STR("1959-03-12"), day_from_civil(2026, 3, 11)), 66);
    assert_int_equal(person_age(STR("1959-03-12"), day_from_civil(2026, 3, 12)), 67);
    assert_int_equal(person_age(STR("1959"), day_from_civil(2026, 6, 30)), 66);
    assert_int_equal(person_age(STR("1959"), day_from_civil(2026, 7, 1)), 67);
    assert_int_equal(person_age(STR_NONE, 0), -1);
    assert_int_equal(person_age(STR("2027"), day_from_civil(2026, 7, 1)), -1);
    arena_free(a);
}

static void test_names(void **state) {
    FIND("nguyen thi lan", "lan59 lan75 lan3 lanh"); /* whole words first; equal names by birth */
    FIND("Nguyễn Thị LÀNH", "lanh");                 /* folded, but "lành" is no beginning of "lan" */
    FIND("lan nguyen", "lan59 lan75 lan3 lanh");     /* any order */
    FIND("ng th la", "lan59 lan75 lan3 lanh");       /* unfinished words */
    FIND("ntlan", "lan59 lan75 lan3 lanh");          /* initials: "ntlanh" begins so */
    FIND("ntlanh", "lanh");
    FIND("gapo", "po");
    FIND("do duc doi", "duc");           /* đ = d */
    FIND("lo thi am", "am");             /* Ẳ */
    FIND("nguyeenx thij lanhf", "lanh"); /* Telex left over */
    FIND("lan -- ' \" * OR NOT", "");    /* no syntax of the engine gets through */
    FIND("\"lan\"", "lan59 lan75 lan3 lanh");
    FIND("tran van nam", "nowhere"); /* family and given as a sender had them */
    FIND("vu thi do", "married");    /* maiden name */
    FIND("xa", "one");
    FIND("nobody here", "");
    FIND("", "");
    FIND("   ", "");
}

static void test_numbers(void **state) {
    FIND("lan 1959", "lan59");
    FIND("1959", "po lan59");    /* by name */
    FIND("195", "po pan lan59"); /* beginning of a year; nobody's number ends so */
    FIND("lan 59", "lan59");
    FIND("do 21", "duc");      /* two figures: this century when it has come, and the last */
    FIND("821", "lan59 lanh"); /* end of a card number, end of a phone */
    FIND("4821", "lan59");
    FIND("099159004821", "lan59");
    FIND("59004821", "lan59");
    FIND("199159004821", ""); /* four right digits are not enough when more were typed */
    FIND("0100123456", "lan59");
    FIND("0100 123 456", "lan59");
    FIND("lan 821", "lan59 lanh");
    FIND("099159004821|012345678|NGUYỄN THỊ LAN|12031959|Nữ|Bản Na Phát|15042021", "lan59"); /* the QR of the card */
}

/* A whole number finds its owner however many share the last four digits: in a province some two hundred do. */
static void test_a_number_among_many(void **state) {
    struct node *n = *state;
    char id[16], number[16];
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "many%d", i);
        snprintf(number, sizeof number, "0%08d777", i * 131 + 10000);
        put_person(n, id, "Mùa A Của", "1980", "h1", number, NULL);
    }
    snprintf(number, sizeof number, "0%08d777", 299 * 131 + 10000);
    FIND(number, "many299");
    FIND(number + 3, "many299");
    for (int i = 0; i < 300; i++) {
        snprintf(id, sizeof id, "many%d", i);
        assert_int_equal(del(n, "Patient", id).code, ERR_OK);
    }
}

static void test_places(void **state) {
    FIND("lan na phat", "lan59 lanh");      /* hamlet */
    FIND("lan keo lom", "lan75");           /* former commune */
    FIND("lan na son", "lan59 lan75 lanh"); /* commune: hamlets of both former communes */
    FIND("son muong phang", "son");
    FIND("muong phang lo", "pan son"); /* place first; somebody whose hamlet is not known */
    FIND("huoi long", "po am lan75");  /* a place alone */
    FIND("lan ban huoi", "lan75");     /* the word for the kind; unfinished */
}

static void test_rights(void **state) {
    struct node *n = *state;
    assert_str(find_as(n, "nurse", "s1", "lan", 20), "lan59 lan75 lanh"); /* the station: all of its commune */
    assert_str(find_as(n, "nurse", "s2", "lan", 20), "lan75");            /* the point: its former commune */
    assert_str(find_as(n, "nurse", "s3", "lan", 20), "lan3");
    assert_str(find_as(n, "nurse", "s3", "lo van", 20), "pan son");
    assert_str(find_as(n, "nurse", "s3", "lan na son", 20), ""); /* a place of others gives nothing away */
    assert_str(find_as(n, "nurse", "s3", "099159004821", 20), "");
    assert_str(find_as(n, "nurse", "s1", "tran van nam", 20), ""); /* no residence: for everything only */
    assert_str(find_as(n, "nurse", "", "lan", 20), "");
    assert_str(find_as(n, "nurse", "unknown", "lan", 20), "");
    assert_str(find_as(n, "planner", "office", "lan", 20), "");
    assert_str(find_as(n, "doctor", "office", "lan", 20), "lan59 lan75 lan3 lanh");
    assert_str(find_as(n, "nurse", "s1", "lan", 2), "lan59 lan75+");
    struct reader *r;
    struct person p;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    int64_t lan3 = reader_rid(r, FHIR_TYPE_PATIENT, STR("lan3"));
    struct access who;
    assert_int_equal(network_access(r, n->arena, &(struct network_post){STR("nurse"), STR("s1"), day_today()}, &who).code, ERR_OK);
    assert_int_equal(person_get(r, n->arena, &who, STR("lan3"), &p).code, ERR_NOT_FOUND);
    assert_int_equal(person_get(r, n->arena, &who, STR("lan59"), &p).code, ERR_OK);
    assert_str(p.phone, "0100123456");
    who.persons = &lan3; /* present at the desk */
    who.person_count = 1;
    assert_int_equal(person_get(r, n->arena, &who, STR("lan3"), &p).code, ERR_OK);
    struct found found;
    assert_int_equal(person_find(r, n->arena, &who, STR("lan 1990"), 20, today, &found).code, ERR_OK);
    assert_int_equal(found.len, 1);
    reader_end(r);
}

static void test_changes_move_the_index(void **state) {
    struct node *n = *state;
    put_person(n, "po", "Giàng A Dế", "1959-03-12", "h3", NULL, NULL);
    FIND("giang a po", "");
    FIND("giang a de", "po");
    assert_str(find_as(n, "nurse", "s3", "giang", 20), "po"); /* moved house */
    assert_str(find_as(n, "nurse", "s1", "giang", 20), "");
    assert_int_equal(del(n, "Patient", "po").code, ERR_OK);
    FIND("giang", "");
    put_place(n, "h3", "hamlet", "Bản Phăng", "f2"); /* a boundary moves: no person is touched, rights follow */
    assert_str(find_as(n, "nurse", "s1", "son", 20), "son");
    assert_str(find_as(n, "nurse", "s3", "son", 20), "");
}

/* Whatever is typed, the engine never sees syntax of its own: no error, and nobody whom one may not see. */
static void test_anything_typed(void **state) {
    struct node *n = *state;
    static const char *const parts[] = {"lan",    "Nguyễn",
                                        "thị ",   " ",
                                        "\"",     "*",
                                        "(",      ")",
                                        " OR ",   " AND ",
                                        " NOT ",  "NEAR(",
                                        ":",      "-",
                                        "^",      "+",
                                        "1959",   "8",
                                        "21",     "821",
                                        "0100 ",  "099159004821",
                                        "|",      "na son",
                                        "Ẳ",      "ລາວ",
                                        "'",      "\\",
                                        ",",      "ddoongf",
                                        "{",      "}",
                                        "%",      "_",
                                        "words:", "bản ",
                                        "xa ",    "\t",
                                        "x",      "https://a/b?c=d"};
    unsigned seed = 7;
    struct reader *r;
    struct access who;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(network_access(r, n->arena, &(struct network_post){STR("nurse"), STR("s3"), day_today()}, &who).code, ERR_OK);
    size_t seen = 0;
    for (int i = 0; i < 3000; i++) {
        struct buf q = buf_new(n->arena);
        struct found found;
        for (int k = 1 + i % 9; k > 0; k--) {
            seed = seed * 1103515245u + 12345u;
            buf_addz(&q, parts[(seed >> 16) % (sizeof parts / sizeof *parts)]);
        }
        err e = person_find(r, n->arena, &who, buf_str(&q), 20, today, &found);
        if (e.code) print_message("%.*s: %.*s\n", STR_ARG(buf_str(&q)), STR_ARG(e.detail));
        assert_int_equal(e.code, ERR_OK);
        for (size_t k = 0; k < found.len; k++)
            assert_true(str_is(found.at[k].id, "lan3") || str_is(found.at[k].id, "son") ||
                        str_is(found.at[k].id, "pan"));
        seen += found.len;
    }
    assert_true(seen > 50);
    struct found found;
    assert_int_equal(person_find(r, n->arena, &who, STR("lan\xff"), 20, today, &found).code, ERR_INVALID);
    reader_end(r);
}

static void test_household(void **state) {
    struct node *n = *state;
    put(n, "Group", "g1",
        "{\"resourceType\":\"Group\",\"extension\":[{\"url\":\"" EXTENSION_HOUSEHOLD_HEAD
        "\",\"valueReference\":{\"reference\":"
        "\"Patient/am\"}}],\"type\":\"person\",\"actual\":true,\"code\":{\"coding\":[{\"system\":\"" SYSTEM_GROUP_KIND
        "\",\"code\":"
        "\"household\"}]},\"member\":[{\"entity\":{\"reference\":\"Patient/am\"}},{\"entity\":{\"reference\":\"Patient/"
        "duc\"}}]}");
    struct reader *r;
    struct person p;
    struct access all = {.everything = true};
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(person_get(r, n->arena, &all, STR("duc"), &p).code, ERR_OK);
    assert_str(p.head_name, "Lò Thị Ẳm");
    assert_str(p.household, "g1");
    assert_int_equal(p.household_size, 2);
    assert_int_equal(person_get(r, n->arena, &all, STR("married"), &p).code, ERR_OK);
    assert_str(p.name, "Mùa Thị Dợ");
    assert_str(p.dead, "2026-01-05");
    struct place_count *counts;
    size_t count, living = 0;
    assert_int_equal(person_counts(r, n->arena, &counts, &count).code, ERR_OK);
    for (size_t i = 0; i < count; i++) living += (size_t)counts[i].count;
    reader_end(r);
    assert_int_equal(living, 12); /* of 13, one dead */
    assert_str(find_as(n, "epidemiologist", "province", "hộ ẳm", 20), "am duc"); /* the household of its head */
    assert_str(find_as(n, "epidemiologist", "province", "hộ đôi", 20), "duc");    /* he heads none */
    assert_str(find_as(n, "nurse", "s3", "hộ ẳm", 20), "");
    assert_int_equal(del(n, "Group", "g1").code, ERR_OK);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(person_get(r, n->arena, &all, STR("duc"), &p).code, ERR_OK);
    assert_int_equal(p.household.len, 0);
    reader_end(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test_setup_teardown(test_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_number_among_many, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places, setup, teardown),
        cmocka_unit_test_setup_teardown(test_rights, setup, teardown),
        cmocka_unit_test_setup_teardown(test_changes_move_the_index, setup, teardown),
        cmocka_unit_test_setup_teardown(test_anything_typed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_household, setup, teardown),
    };
    return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
