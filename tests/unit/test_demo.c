/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The synthetic province: the same bytes for the same seed, the published counts by commune, the census pyramid, ids
 * that cannot be real, households that hold together.
 */
#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/fold.h"
#include "base/json.h"
#include "base/map.h"
#include "demo/generate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

static struct generator *make(int64_t ppm, uint64_t seed) {
    struct generate_options o = {
        .province = STR("11"), .scale_ppm = ppm, .seed = seed, .on = day_from_civil(2026, 11, 22)};
    struct generator *g = NULL;
    assert_int_equal(generator_new(arena, &o, &g).code, ERR_OK);
    return g;
}

struct sum {
    uint64_t hash;
    int64_t resources, bytes;
    struct map ids;
    bool keep_ids;
};
static void add(void *context, const char *type, str id, str json) {
    struct sum *s = context;
    s->resources++;
    s->bytes += (int64_t)json.len;
    s->hash = random_mix(s->hash ^ str_hash(json)) + str_hash(id) + str_hash(str_of(type));
    if (s->keep_ids) assert_true(map_put(&s->ids, str_format(arena, "%s/%.*s", type, STR_ARG(id)), s));
}
static struct sum all_of(const struct generator *g, bool keep_ids) {
    struct sum s = {.ids = map_new(arena), .keep_ids = keep_ids};
    struct arena *a = arena_new();
    generate_network_json(g, a, add, &s);
    generate_staff_json(g, a, add, &s);
    for (size_t i = 0; i < g->hamlet_count; i++) {
        struct hamlet_people people;
        arena_reset(a);
        generate_hamlet(g, a, i, &people);
        for (int k = 0; k < people.households; k++) generate_household_json(g, a, i, &people, k, add, &s);
    }
    arena_free(a);
    return s;
}

static void test_same_seed_same_bytes(void **state) {
    (void)state;
    struct sum one = all_of(make(5000, 1), true), again = all_of(make(5000, 1), false),
               other = all_of(make(5000, 2), false);
    assert_true(one.hash == again.hash && one.bytes == again.bytes && one.resources == again.resources);
    assert_true(one.hash != other.hash);
}

static void test_network_is_the_published_one(void **state) {
    (void)state;
    struct generator *g = make(5000, 1);
    int communes = 0, former = 0, stations = 0;
    int64_t census = 0;
    for (size_t i = 0; i < g->facts.len; i++) {
        const struct place_fact *f = &g->facts.at[i];
        communes += f->kind == PLACE_COMMUNE || f->kind == PLACE_WARD;
        former += f->kind == PLACE_FORMER_COMMUNE;
        stations += f->kind == PLACE_FORMER_COMMUNE && f->site == PLACE_STATION;
        if (f->kind == PLACE_FORMER_COMMUNE) census += f->census_2019;
    }
    assert_int_equal(communes, 45);
    assert_int_equal(former, 129);
    assert_int_equal(stations, 45);
    assert_int_equal(census, 598856); /* census of 2019-04-01 */
}

/* Residents by former commune follow the estimates of 2025, by largest remainder: never off by one. */
static void test_counts_by_commune(void **state) {
    (void)state;
    struct generator *g = make(1000000, 1);
    assert_int_equal(g->total, 646182);
    int64_t *counts = calloc(g->facts.len, sizeof *counts), sum = 0, table = 0, next = 0;
    for (size_t i = 0; i < g->hamlet_count; i++) {
        assert_int_equal(g->hamlets[i].first, next);
        next += g->hamlets[i].count;
        counts[g->hamlets[i].former] += g->hamlets[i].count;
        sum += g->hamlets[i].count;
    }
    assert_int_equal(sum, g->total);
    for (size_t i = 0; i < g->facts.len; i++)
        if (g->facts.at[i].kind == PLACE_FORMER_COMMUNE) table += g->facts.at[i].population;
    for (size_t i = 0; i < g->facts.len; i++) {
        if (g->facts.at[i].kind != PLACE_FORMER_COMMUNE) continue;
        int64_t exact = g->total * g->facts.at[i].population / table;
        assert_true(counts[i] == exact || counts[i] == exact + 1);
    }
    free(counts);
}

/* A tenth of the province: ages within 0.5 points of the census of 2019, half males, groups within wide bounds. */
static void test_people_are_plausible(void **state) {
    (void)state;
    struct generator *g = make(100000, 7);
    int64_t census[AGE_GROUPS] = {0}, ages[AGE_GROUPS] = {0}, groups[ETHNIC_COUNT] = {0}, all = 0, females = 0,
            census_all = 0;
    int64_t households = 0, enrolled = 0, adults = 0, controlled = 0, last = 0, visits = 0;
    for (size_t i = 0; i < g->age_count; i++)
        for (int k = 0; k < AGE_GROUPS; k++)
            census[k] += g->ages[i].population[k], census_all += g->ages[i].population[k];
    assert_int_equal(census_all, 598856);
    struct arena *a = arena_new();
    for (size_t i = 0; i < g->hamlet_count; i++) {
        struct hamlet_people p;
        arena_reset(a);
        generate_hamlet(g, a, i, &p);
        households += p.households;
        int seen = 0;
        for (int k = 0; k < p.count; k++) {
            const struct resident *r = &p.residents[k];
            int group = r->age / 5 >= AGE_GROUPS ? AGE_GROUPS - 1 : r->age / 5;
            ages[group]++;
            groups[r->group]++;
            females += r->female;
            all++;
            adults += r->age >= 18;
            assert_int_equal(age_years(r->birth, g->options.on), r->age);
            assert_int_equal(r->number, g->hamlets[i].first + k);
            assert_true(r->name.len > 3);
            if (r->head) {
                assert_int_equal(r->household, seen); /* by household, head first */
                seen++;
            }
            struct bp_course c;
            if (!generate_course(g, a, r, &c)) continue;
            enrolled++;
            visits += c.count;
            for (int v = 0; v < c.count; v++) {
                assert_true(c.visits[v].day < g->options.on && c.visits[v].day >= g->options.on - 731);
                assert_true(v == 0 || c.visits[v].day > c.visits[v - 1].day);
                assert_true(c.visits[v].systolic >= 70 && c.visits[v].systolic <= 300 && c.visits[v].diastolic >= 40 &&
                            c.visits[v].diastolic <= 180 && c.visits[v].systolic >= c.visits[v].diastolic);
            }
            if (c.count)
                last++, controlled += c.visits[c.count - 1].systolic < 140 && c.visits[c.count - 1].diastolic < 90;
        }
        assert_int_equal(seen, p.households);
    }
    arena_free(a);
    for (int k = 0; k < AGE_GROUPS; k++)
        assert_true(llabs(ages[k] * 100000 / all - census[k] * 100000 / census_all) <= 500);
    assert_in_range(females * 1000 / all, 485, 501);   /* census: 49.3 % */
    assert_in_range(all * 100 / households, 380, 520); /* census: 4.46 a household */
    assert_in_range(groups[ETHNIC_THAI] * 100 / all, 30, 46);
    assert_in_range(groups[ETHNIC_MONG] * 100 / all, 28, 44);
    assert_in_range(groups[ETHNIC_KINH] * 100 / all, 11, 25);
    assert_in_range(enrolled * 1000 / adults, 60, 160);
    assert_in_range(controlled * 100 / last, 35, 60);
    assert_in_range(visits / enrolled, 10, 24);
    print_message("people %lld, a household %.2f, Thai %.1f %% Mong %.1f %% Kinh %.1f %%, enrolled %.1f %% of adults, "
                  "last one controlled "
                  "%.1f %%, visits %.1f\n",
                  (long long)all, (double)all / (double)households, (double)groups[ETHNIC_THAI] * 100 / (double)all,
                  (double)groups[ETHNIC_MONG] * 100 / (double)all, (double)groups[ETHNIC_KINH] * 100 / (double)all,
                  (double)enrolled * 100 / (double)adults, (double)controlled * 100 / (double)last,
                  (double)visits / (double)enrolled);
}

/* Everybody's identifiers: unique, shaped right, and of a province that does not exist. */
static void check_patient(void *context, const char *type, str id, str json) {
    struct map *seen = context;
    (void)id;
    struct json *j = NULL;
    assert_int_equal(json_parse(arena, json, &j).code, ERR_OK);
    assert_true(str_is(JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "meta"), "tag"), 0), "code"), "synthetic"));
    if (strcmp(type, "Patient")) return;
    const struct json *identifiers = JSON_GET(j, "identifier");
    for (const struct json *i = identifiers ? identifiers->first : NULL; i; i = i->next) {
        str value = JSON_TEXT(i, "value");
        assert_true(map_put(seen, value, seen));
        if (value.len == 10) {
            assert_true(str_starts(value, STR("99")));
            continue;
        }
        assert_int_equal(value.len, 12);
        assert_true(str_starts(value, STR("099")));
        str birth = JSON_TEXT(j, "birthDate");
        int century = value.at[3] - '0', female = str_is(JSON_TEXT(j, "gender"), "female");
        assert_int_equal(century % 2, female);
        assert_int_equal(19 + century / 2, (birth.at[0] - '0') * 10 + birth.at[1] - '0');
        assert_true(str_eq(str_slice(value, 4, 6), str_slice(birth, 2, 4)));
    }
    const struct json *phone = json_item(JSON_GET(j, "telecom"), 0);
    if (!phone) return;
    assert_true(str_starts(JSON_TEXT(phone, "value"), STR("0100")));
    assert_int_equal(JSON_TEXT(phone, "value").len, 10);
    assert_true(map_put(seen, JSON_TEXT(phone, "value"), seen));
}

static void test_identifiers_cannot_be_real(void **state) {
    (void)state;
    struct generator *g = make(10000, 3);
    struct map seen = map_new(arena);
    for (size_t i = 0; i < g->hamlet_count; i++) {
        struct hamlet_people p;
        generate_hamlet(g, arena, i, &p);
        for (int k = 0; k < p.households; k++) generate_household_json(g, arena, i, &p, k, check_patient, &seen);
    }
    assert_true(seen.len > 8000);
}

/* Pairs of one commune and folded name, born at most two years apart, counted one by one. */
static void test_namesakes(void **state) {
    (void)state;
    struct generator *g = make(20000, 1);
    struct bearer { str name, commune; int year; };
    struct { struct bearer *at; size_t len, cap; } all = {0};
    size_t pairs = 0;
    for (size_t i = 0; i < g->hamlet_count; i++) {
        struct hamlet_people people;
        generate_hamlet(g, arena, i, &people);
        for (int k = 0; k < people.count; k++) {
            int year, month, day;
            day_to_civil(people.residents[k].birth, &year, &month, &day);
            struct bearer b = {text_fold(arena, people.residents[k].name), g->facts.at[g->hamlets[i].former].parent, year};
            for (size_t j = all.len; j-- > 0 && str_eq(all.at[j].commune, b.commune);)
                pairs += str_eq(all.at[j].name, b.name) && abs(all.at[j].year - b.year) <= 2;
            VEC_PUSH(arena, &all, b);
        }
    }
    assert_true(pairs >= 500 && pairs < 900);
}

static void test_wrong_options(void **state) {
    (void)state;
    struct generate_options o = {.province = STR("99"), .scale_ppm = 1000, .seed = 1, .on = 20000};
    struct generator *g;
    assert_int_equal(generator_new(arena, &o, &g).code, ERR_NOT_FOUND);
    o.province = STR("11");
    o.scale_ppm = 0;
    assert_int_equal(generator_new(arena, &o, &g).code, ERR_USAGE);
    o.scale_ppm = 1000001;
    assert_int_equal(generator_new(arena, &o, &g).code, ERR_USAGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_seed_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_network_is_the_published_one, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_counts_by_commune, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_people_are_plausible, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_identifiers_cannot_be_real, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_namesakes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_options, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("demo", tests, NULL, NULL);
}
