/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables of network, people and care: the same for every order of arrival, and moved by one saved visit. The
 * resources are those of the synthetic province; they are valid FHIR.
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
#include "demo/demo.h"
#include "demo/generate.h"
#include "network/network.h"
#include "people/people.h"
#include "programmes/programmes.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

static const struct store_room *const rooms[] = {&network_room, &people_room, &care_room, &programmes_room};
enum { ROOMS = 4, ON = 20780 };

struct made {
    const char *type;
    str id, json;
};
struct all {
    struct made *at;
    size_t len, cap;
    struct arena *arena;
};

static void collect(void *context, const char *type, str id, str json) {
    struct all *all = context;
    struct made m = {type, str_copy(all->arena, id), str_copy(all->arena, json)};
    VEC_PUSH(all->arena, all, m);
}

static struct generator *generator(struct arena *a, int64_t ppm) {
    struct generate_options o = {.province = STR("11"), .scale_ppm = ppm, .seed = 5, .on = ON};
    struct generator *g;
    assert_int_equal(generator_new(a, &o, &g).code, ERR_OK);
    return g;
}

/* ---- validity
 * ------------------------------------------------------------------------------------------------------------- */

static void validate(void *context, const char *type, str id, str json) {
    struct all *seen = context;
    struct json *tree;
    struct fhir_issues issues = {0};
    assert_int_equal(json_parse(seen->arena, json, &tree).code, ERR_OK);
    bool valid = fhir_validate(seen->arena, json, tree, STR_NONE, &issues);
    if (!valid)
        print_message("%s/%.*s: %.*s %.*s\n", type, STR_ARG(id), STR_ARG(issues.at[0].expression),
                      STR_ARG(issues.at[0].en));
    assert_true(valid);
    assert_true(fhir_id_valid(id));
    seen->len++;
}

static void test_resources_are_valid(void **state) {
    (void)state;
    struct arena *a = arena_new();
    struct generator *g = generator(a, 4000);
    struct all seen = {.arena = a};
    generate_network_json(g, a, validate, &seen);
    generate_staff_json(g, a, validate, &seen);
    for (size_t i = 0; i < g->hamlet_count; i++) {
        struct hamlet_people p;
        generate_hamlet(g, a, i, &p);
        for (int k = 0; k < p.households; k++) generate_household_json(g, a, i, &p, k, validate, &seen);
    }
    assert_true(seen.len > 5000);
    arena_free(a);
}

/* ---- order of arrival
 * ------------------------------------------------------------------------------------------------------- */

/* Every table with local numbers replaced by ids: equal texts, equal tables. */
static const char *const dumps[] = {
    "SELECT p.id, from_day, until_day, kind, code, name, folded, pr.id, latitude, longitude, population, assumed, suspended, manager, "
    "director, insurer, st.id, services, decision FROM place_state p LEFT JOIN res pr ON pr.rid = p.parent "
    "LEFT JOIN res st ON st.rid = p.point_of ORDER BY p.id, from_day",
    "SELECT id, successor, kind, what, share, from_day, until_day, decision FROM place_link ORDER BY id, from_day, kind, successor",
    "SELECT p.id, name, birth, sex, pl.id, household, hd.id, household_size, cccd, insurance, phone, ethnic_code, "
    "ethnic_name, dead, alive, "
    "synthetic, words FROM person p LEFT JOIN res pl ON pl.rid = p.place LEFT JOIN res hd ON hd.rid = p.head ORDER BY "
    "p.id",
    "SELECT pl.id, alive, rows FROM person_total t LEFT JOIN res pl ON pl.rid = t.place ORDER BY pl.id",
    "SELECT s.id, last_day, visits, organization FROM visit t JOIN res s ON s.rid = t.subject ORDER BY s.id",
    "SELECT s.id, month, pl.id, visits, last_day, last_visits, systolic, diastolic, controlled FROM "
    "blood_pressure_month t JOIN res s ON "
    "s.rid = t.subject LEFT JOIN res pl ON pl.rid = t.place ORDER BY s.id, month",
    "SELECT month, pl.id, visits, controlled, rows FROM blood_pressure_total t LEFT JOIN res pl ON pl.rid = t.place "
    "ORDER BY month, pl.id",
    "SELECT s.id, pl.id, enrolled_on, counted_from, care_until, reading_until, controlled_until, due_on, last_day, "
    "systolic, diastolic, "
    "observation, episode FROM hypertension t JOIN res s ON s.rid = t.subject LEFT JOIN res pl ON pl.rid = t.place "
    "ORDER BY s.id",
    "SELECT s.id, programme, pl.id, enrolled_on, care_until, reading_until, severity, last_visit, last_day, systolic, diastolic, "
    "sugar, due_on, call_on, called, month_outcome, quarter_outcome FROM programme t JOIN res s ON s.rid = t.subject LEFT JOIN "
    "res pl ON pl.rid = t.place ORDER BY s.id, programme",
    "SELECT programme, enrolled_month, pl.id, month_outcome, quarter_outcome, rows FROM programme_cohort t LEFT JOIN res pl ON "
    "pl.rid = t.place ORDER BY programme, enrolled_month, pl.id, month_outcome, quarter_outcome",
    "SELECT s.id, programme, basis, from_day, until_day, pl.id, state, counted, at_target FROM programme_interval t JOIN res s ON "
    "s.rid = t.subject LEFT JOIN res pl ON pl.rid = t.place ORDER BY s.id, programme, basis, from_day",
    "SELECT s.id, pl.id, born_on, last_day, next_on, weight, length, signs, z_length FROM child t JOIN res s ON s.rid = t.subject "
    "LEFT JOIN res pl ON pl.rid = t.place ORDER BY s.id",
    "SELECT s.id, pl.id, due_on, until_day, last_day, grp FROM check_up t JOIN res s ON s.rid = t.subject LEFT JOIN res pl ON "
    "pl.rid = t.place ORDER BY s.id",
    "SELECT s.id, practitioner, pl.id, newest FROM seen t JOIN res s ON s.rid = t.subject LEFT JOIN res pl ON pl.rid = t.place "
    "ORDER BY s.id, practitioner",
    "SELECT p.id FROM person_find f JOIN person p ON p.subject = f.rowid WHERE f.person_find MATCH 'thi OR van OR a' "
    "ORDER BY p.id",
    "SELECT projection, why FROM stale",
};

static str dump(struct node *n) {
    struct reader *r;
    struct buf out = buf_new(n->arena);
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    for (size_t d = 0; d < sizeof dumps / sizeof *dumps; d++) {
        struct statement *q = db_use(reader_db(r), dumps[d]);
        bool row;
        assert_int_equal(db_row(q, &row).code, ERR_OK);
        int columns = 1;
        for (const char *c = dumps[d]; *c && strncmp(c, " FROM", 5); c++) columns += *c == ',';
        while (row) {
            for (int i = 0; i < columns; i++) buf_addf(&out, "%.*s|", STR_ARG(column_text(q, i)));
            buf_addc(&out, '\n');
            assert_int_equal(db_row(q, &row).code, ERR_OK);
        }
        buf_addz(&out, "--\n");
    }
    reader_end(r);
    return buf_str(&out);
}

/* An earlier version of a resource, different in what the tables hold; empty when this kind has none. */
static str draft_of(struct arena *a, str json) {
    static const char *const swaps[][2] = {
        {"\"status\":\"final\"", "\"status\":\"entered-in-error\""},
        {"\"value\":1", "\"value\":2"},
        {"\"status\":\"booked\"", "\"status\":\"cancelled\""},
        {"\"status\":\"finished\"", "\"status\":\"planned\""},
        {"\"status\":\"active\",\"type\"", "\"status\":\"finished\",\"type\""},
        {"\"gender\":\"male\"", "\"gender\":\"other\",\"deceasedBoolean\":true"},
        {"\"gender\":\"female\"", "\"gender\":\"unknown\""},
        {"Bản ", "Thôn "},
        {",\"member\":[", ",\"member\":[{\"entity\":{\"reference\":\"Patient/draft\"}},"}};
    for (size_t i = 0; i < sizeof swaps / sizeof *swaps; i++) {
        size_t len = strlen(swaps[i][0]);
        for (size_t at = 0; at + len <= json.len; at++) {
            if (memcmp(json.at + at, swaps[i][0], len)) continue;
            return str_format(a, "%.*s%s%.*s", (int)at, json.at, swaps[i][1], (int)(json.len - at - len),
                              json.at + at + len);
        }
    }
    return STR_NONE;
}

struct step {
    const char *type;
    str id, json;
}; /* empty json: deletion */
struct steps {
    struct step *at;
    size_t len, cap;
};

/* The resources in random order; four of ten have an earlier version somewhere before, some others came and went. */
static void arrange(struct arena *a, const struct all *all, struct random *r, struct steps *out) {
    size_t *order = ARENA_ARRAY(a, size_t, all->len * 3);
    int *stage = ARENA_ARRAY(a, int, all->len);
    size_t n = 0;
    for (size_t i = 0; i < all->len; i++) {
        str draft = draft_of(a, all->at[i].json);
        int times = draft.len && random_chance(r, 400) ? 2 : 1;
        stage[i] = 2 - times;
        for (int k = 0; k < times; k++) order[n++] = i;
    }
    for (size_t i = n - 1; i > 0; i--) {
        size_t j = (size_t)random_below(r, (int)i + 1), t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (size_t i = 0; i < n; i++) {
        const struct made *m = &all->at[order[i]];
        bool final = stage[order[i]]++ == 1;
        struct step s = {m->type, m->id, final ? m->json : draft_of(a, m->json)};
        VEC_PUSH(a, out, s);
        if (!final && random_chance(r, 300)) VEC_PUSH(a, out, (struct step){m->type, m->id, STR_NONE});
    }
}

static void deliver(struct node *n, const struct steps *steps, struct random *r) {
    enum { MOST = 40 };
    for (size_t at = 0; at < steps->len;) {
        size_t commits = (size_t)random_between(r, 1, MOST), count = 0;
        struct commit *list[MOST], *c = ARENA_ARRAY(n->arena, struct commit, MOST);
        err errors[MOST];
        for (; count < commits && at < steps->len; count++) {
            size_t changes = (size_t)random_between(r, 1, 6);
            struct change *change = ARENA_ARRAY(n->arena, struct change, changes);
            for (size_t i = 0; i < changes && at < steps->len; i++, at++) {
                const struct step *s = &steps->at[at];
                bool again = false; /* one resource once in a commit */
                for (size_t k = 0; k < i; k++)
                    again =
                        again || (str_eq(change[k].id, s->id) && change[k].type == fhir_type_by_name(str_of(s->type)));
                if (again) break;
                change[i] = (struct change){.op = s->json.len ? VERSION_UPDATE : VERSION_DELETE,
                                            .type = fhir_type_by_name(str_of(s->type)),
                                            .id = s->id,
                                            .source = s->json};
                c[count].count = i + 1;
            }
            c[count].changes = change;
            c[count].actor = STR("system");
            list[count] = &c[count];
        }
        store_commit_many(n->store, n->arena, list, count, errors);
        for (size_t i = 0; i < count; i++) {
            if (errors[i].code) print_message("%.*s\n", STR_ARG(errors[i].detail));
            assert_int_equal(errors[i].code, ERR_OK);
        }
    }
}

static void test_order_of_arrival(void **state) {
    (void)state;
    enum { ORDERS = 100, HAMLETS = 3 };
    struct arena *a = arena_new();
    struct generator *g = generator(a, 40000);
    struct all all = {.arena = a}, network = {.arena = a};
    generate_network_json(g, a, collect, &network);
    int enrolled = 0;
    for (size_t i = 0; i < g->hamlet_count && enrolled < HAMLETS; i++) { /* households with a course */
        struct hamlet_people p;
        generate_hamlet(g, a, i, &p);
        for (int k = 0; k < p.households && enrolled < HAMLETS; k++) {
            struct bp_course c;
            bool has = false;
            for (int m = 0; m < p.count; m++)
                has = has || (p.residents[m].household == k && generate_course(g, a, &p.residents[m], &c) &&
                              c.count > 6 && c.count < 16);
            if (!has) continue;
            generate_household_json(g, a, i, &p, k, collect, &all);
            enrolled++;
        }
    }
    for (size_t i = 0; i < network.len; i++) /* the places above them */
        if (i % 97 == 0 || str_contains(network.at[i].json, STR("hamlet-03124")) || i < 8)
            collect(&all, network.at[i].type, network.at[i].id, network.at[i].json);
    str want = STR_NONE;
    for (int order = 0; order < ORDERS; order++) {
        struct random r = random_stream(77, 9, (uint64_t)order);
        struct node n = {0};
        struct steps steps = {0};
        node_open(&n, rooms, ROOMS);
        arrange(n.arena, &all, &r, &steps);
        deliver(&n, &steps, &r);
        str got = dump(&n);
        if (!order) {
            want = str_copy(a, got);
            assert_true(want.len > 5000);
            struct buf report = buf_new(n.arena);
            assert_int_equal(store_rebuild(n.store, n.arena, true, &report).code, ERR_OK);
        }
        if (!str_eq(got, want)) {
            size_t i = 0;
            while (i < got.len && i < want.len && got.at[i] == want.at[i]) i++;
            i = i > 150 ? i - 150 : 0;
            print_message("order %d\n%.*s\n---- want\n%.*s\n", order, (int)(got.len - i > 400 ? 400 : got.len - i),
                          got.at + i, (int)(want.len - i > 400 ? 400 : want.len - i), want.at + i);
        }
        assert_true(str_eq(got, want));
        node_close(&n);
    }
    print_message("%zu resources in %d random orders\n", all.len, ORDERS);
    arena_free(a);
}

/* ---- one visit moves the province
 * ------------------------------------------------------------------------------------------- */

static int64_t tile(struct node *n, int32_t on, const char *name) {
    struct reader *r;
    struct buf out = buf_new(n->arena);
    struct json *tree;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(care_province_write(r, n->arena, on, &out).code, ERR_OK);
    reader_end(r);
    assert_int_equal(json_parse(n->arena, str_copy(n->arena, buf_str(&out)), &tree).code, ERR_OK);
    int64_t v = -1;
    assert_true(str_int64(json_get(JSON_GET(tree, "tiles"), str_of(name))->text, &v));
    /* the communes add up to the province */
    int64_t sum = 0, part;
    const struct json *communes = JSON_GET(tree, "communes");
    for (const struct json *c = communes->first; c; c = c->next) {
        assert_true(str_int64(json_get(c, str_of(name))->text, &part));
        sum += part;
    }
    assert_int_equal(communes->count, 45);
    assert_int_equal(sum, v);
    return v;
}

static void save_visit(struct node *n, const char *patient, const char *suffix, const char *when, int systolic,
                       int diastolic) {
    str encounter = str_format(n->arena, "e-%s", suffix), observation = str_format(n->arena, "o-%s", suffix);
    put(n, "Encounter", str_z(n->arena, encounter),
        str_z(n->arena, str_format(n->arena,
                                   "{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"code\":"
                                   "\"AMB\"},\"subject\":{\"reference\":"
                                   "\"Patient/%s\"},\"period\":{\"start\":\"%s\"}}",
                                   patient, when)));
    put(n, "Observation", str_z(n->arena, observation),
        str_z(n->arena, str_format(n->arena,
                                   "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{"
                                   "\"system\":\"http://loinc.org\",\"code\":"
                                   "\"85354-9\"}]},\"subject\":{\"reference\":\"Patient/"
                                   "%s\"},\"encounter\":{\"reference\":\"Encounter/e-%s\"},\"effectiveDateTime\":"
                                   "\"%s\",\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://"
                                   "loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":"
                                   "{\"value\":%d,\"code\":\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://"
                                   "loinc.org\",\"code\":\"8462-4\"}]},"
                                   "\"valueQuantity\":{\"value\":%d,\"code\":\"mm[Hg]\"}}]}",
                                   patient, suffix, when, systolic, diastolic)));
}

static void test_a_visit_moves_the_province(void **state) {
    (void)state;
    struct node n = {0};
    node_open(&n, rooms, ROOMS);
    struct demo_options o = {.province = STR("11"), .scale_ppm = 2000, .seed = 3, .on = ON};
    struct demo_result made;
    assert_int_equal(demo_make(n.store, n.arena, &o, NULL, NULL, &made).code, ERR_OK);
    assert_int_equal(made.residents, 1292); /* 646,182 * 0.002 */
    assert_int_equal(tile(&n, ON, "residents"), 1292);
    assert_int_equal(tile(&n, ON, "visitsToday"), 0);
    struct reader *r;
    assert_int_equal(reader_begin(n.store, n.arena, &r).code, ERR_OK);
    struct statement *q =
        db_use(reader_db(r),
               "SELECT p.id, p.subject FROM hypertension h JOIN person p USING(subject) WHERE h.controlled_until > ?1 "
               "AND h.counted_from <= ?1 AND h.care_until > ?1 ORDER BY p.id");
    bind_int(q, 1, ON);
    bool row;
    assert_int_equal(db_row(q, &row).code, ERR_OK);
    assert_true(row);
    char *patient = str_z(n.arena, column_text(q, 0));
    int64_t rid = column_int(q, 1);
    db_reset(q);
    reader_end(r);
    char day[11];
    day_format(ON, day);
    int64_t controlled = tile(&n, ON, "controlled"), counted = tile(&n, ON, "counted"),
            month = tile(&n, ON, "visitsThisMonth");
    char *when = str_z(n.arena, str_format(n.arena, "%sT09:34:00+07:00", day));
    save_visit(&n, patient, "1", when, 148, 92);
    assert_int_equal(tile(&n, ON, "visitsToday"), 1);
    assert_int_equal(tile(&n, ON, "visitsThisMonth"), month + 1);
    assert_int_equal(tile(&n, ON, "controlled"), controlled - 1);
    assert_int_equal(tile(&n, ON, "counted"), counted);
    save_visit(&n, patient, "2", str_z(n.arena, str_format(n.arena, "%sT10:00:00+07:00", day)), 132,
               80); /* measured again */
    assert_int_equal(tile(&n, ON, "visitsToday"), 2);
    assert_int_equal(tile(&n, ON, "controlled"), controlled);
    struct care_person care;
    assert_int_equal(reader_begin(n.store, n.arena, &r).code, ERR_OK);
    assert_int_equal(care_person(r, n.arena, rid, &care).code, ERR_OK);
    reader_end(r);
    assert_int_equal(care.last_day, ON);
    assert_int_equal(care.reading.systolic, 132);
    assert_int_equal(care.days.controlled_until, day_add_months(ON, 3));
    /* taken back: as if it had never been */
    assert_int_equal(del(&n, "Observation", "o-1").code, ERR_OK);
    assert_int_equal(del(&n, "Observation", "o-2").code, ERR_OK);
    assert_int_equal(tile(&n, ON, "visitsToday"), 0);
    assert_int_equal(tile(&n, ON, "visitsThisMonth"), month);
    /* a reading of the evening in UTC is one of the next day here */
    save_visit(&n, patient, "3", str_z(n.arena, str_format(n.arena, "%sT18:30:00Z", day)), 150, 95);
    assert_int_equal(tile(&n, ON, "visitsToday"), 0);
    assert_int_equal(tile(&n, ON + 1, "visitsToday"), 1);
    /* implausible values are stored and not used */
    save_visit(&n, patient, "4", when, 92, 148);
    assert_int_equal(tile(&n, ON, "visitsToday"), 0);
    /* nobody is counted for ever */
    assert_int_equal(tile(&n, ON + 800, "counted"), 0);
    assert_int_equal(tile(&n, ON + 800, "enrolled"), 0);
    struct demo_result again;
    assert_int_equal(demo_make(n.store, n.arena, &o, NULL, NULL, &again).code,
                     ERR_OK); /* the same resources: nothing new */
    assert_int_equal(tile(&n, ON, "residents"), 1292);
    node_close(&n);
}

static void test_scale_text(void **state) {
    (void)state;
    int64_t ppm;
    assert_true(demo_scale(STR("0.02"), &ppm) && ppm == 20000);
    assert_true(demo_scale(STR("1"), &ppm) && ppm == 1000000);
    assert_true(demo_scale(STR("1.000"), &ppm) && ppm == 1000000);
    static const char *const bad[] = {"0", "0.0", "1.1", "2",    "-0.5",      ".5x",
                                      "",  "0.",  "abc", "1e-2", "0.0000001", "+1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(demo_scale(str_of(bad[i]), &ppm));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scale_text),
        cmocka_unit_test(test_resources_are_valid),
        cmocka_unit_test(test_a_visit_moves_the_province),
        cmocka_unit_test(test_order_of_arrival),
    };
    return cmocka_run_group_tests_name("care", tests, NULL, NULL);
}
