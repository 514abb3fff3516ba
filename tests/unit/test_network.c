/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The four provinces as they were and are, from the tables inside the program, replayed day by day.
 */
#include "base/date.h"
#include "decisions/lists.h"
#include "network/network.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct province {
    struct arena *arena;
    struct decisions decisions;
    struct network network;
};

static void load(struct province *p, const char *code) {
    struct place_facts facts;
    struct network_founding *founding;
    struct network_input in = {.known = DAY_LAST};
    p->arena = arena_new();
    assert_int_equal(network_facts(p->arena, str_of(code), &facts).code, ERR_OK);
    err e = network_fact_founding(p->arena, &facts, &founding, &in.founding_count);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    e = network_fact_decisions(p->arena, str_of(code), &p->decisions);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    in.founding = founding;
    in.decisions = p->decisions.at;
    in.decision_count = p->decisions.len;
    network_replay(p->arena, &in, &p->network);
}

static struct network_counts on(const struct province *p, int year, int month, int day) {
    struct network_counts c;
    network_count(&p->network, day_from_civil(year, month, day), &c);
    return c;
}

#define EXPECT(c, communes_, stations_, points_, stopped_)                                                             \
    do {                                                                                                               \
        assert_int_equal((c).communes, communes_);                                                                     \
        assert_int_equal((c).of[PLACE_STATION], stations_);                                                            \
        assert_int_equal((c).of[PLACE_POINT], points_);                                                                \
        assert_int_equal((c).stopped, stopped_);                                                                       \
    } while (0)

static void test_dien_bien(void **state) {
    struct province p;
    (void)state;
    load(&p, "11");
    EXPECT(on(&p, 2025, 6, 30), 129, 129, 0, 0);
    EXPECT(on(&p, 2025, 7, 1), 45, 129, 0, 0); /* the stations stay, with new parents */
    EXPECT(on(&p, 2025, 11, 30), 45, 129, 0, 0);
    EXPECT(on(&p, 2025, 12, 31), 45, 45, 84, 0);
    int32_t day = day_from_civil(2026, 1, 1);
    int managed = 0, guided = 0;
    for (size_t i = 0; i < p.network.places.len; i++) {
        const struct place_state *s = network_at(&p.network, p.network.places.at[i].id, day);
        if (!s->exists || s->kind != PLACE_POINT) continue;
        managed += str_is(s->above[HIERARCHY_MANAGER], "health-centre-103");
    }
    for (size_t i = 0; i < p.network.places.len; i++) {
        const struct place_state *s = network_at(&p.network, p.network.places.at[i].id, day);
        str commune = network_commune(&p.network, p.network.places.at[i].id, day);
        bool nam_po = str_is(commune, "commune-03166") || str_is(commune, "commune-03176") ||
                      str_is(commune, "commune-03169") || str_is(commune, "commune-03175");
        guided +=
            nam_po && s->exists && place_is_site(s->kind) && str_is(s->above[HIERARCHY_DIRECTOR], "health-centre-103");
    }
    assert_int_equal(managed, 8);
    assert_int_equal(guided, 12); /* 4 stations and 8 points */
    arena_free(p.arena);
}

static void test_son_la(void **state) {
    struct province p;
    (void)state;
    load(&p, "14");
    EXPECT(on(&p, 2025, 6, 30), 200, 200, 0, 0);
    EXPECT(on(&p, 2025, 9, 1), 75, 75, 125, 0);
    assert_int_equal(p.decisions.at[2].operations.len, 1); /* one operation on 200 places */
    assert_int_equal(p.decisions.at[2].operations.at[0].places.len, 200);
    int changed = 0;
    for (size_t i = 0; i < p.network.places.len; i++) {
        str id = p.network.places.at[i].id;
        const struct place_state *before = network_at(&p.network, id, day_from_civil(2025, 10, 29)),
                                 *after = network_at(&p.network, id, day_from_civil(2025, 10, 30));
        if (!str_eq(before->above[HIERARCHY_MANAGER], after->above[HIERARCHY_MANAGER])) changed++;
        assert_true(str_eq(before->above[HIERARCHY_DIRECTOR], after->above[HIERARCHY_DIRECTOR]));
        assert_true(str_eq(before->above[HIERARCHY_INSURER], after->above[HIERARCHY_INSURER]));
        if (!after->exists || (after->kind != PLACE_STATION && after->kind != PLACE_POINT)) continue;
        str commune = network_commune(&p.network, id, day_from_civil(2025, 10, 30)),
            committee = after->above[HIERARCHY_MANAGER];
        assert_true(str_eq(network_at(&p.network, committee, day_from_civil(2025, 10, 30))->parent, commune));
    }
    assert_int_equal(changed, 200);
    arena_free(p.arena);
}

static void test_lai_chau(void **state) {
    struct province p;
    (void)state;
    load(&p, "12");
    EXPECT(on(&p, 2025, 6, 30), 106, 106, 0, 0);
    EXPECT(on(&p, 2025, 7, 1), 38, 106, 0, 0);
    arena_free(p.arena);
}

static void test_quang_ninh(void **state) {
    struct province p;
    (void)state;
    load(&p, "22");
    struct network_counts before = on(&p, 2025, 10, 31), after = on(&p, 2025, 11, 1);
    EXPECT(on(&p, 2025, 6, 30), 171, 171, 2, 0);
    EXPECT(before, 54, 171, 2, 0);
    EXPECT(after, 54, 55, 92, 26);
    assert_int_equal(before.of[PLACE_HOSPITAL], 10);
    assert_int_equal(after.of[PLACE_HOSPITAL] + after.of[PLACE_REGIONAL_HOSPITAL], 14);
    assert_int_equal(after.of[PLACE_REGIONAL_HOSPITAL], 5);
    assert_int_equal(before.of[PLACE_HEALTH_CENTRE], 13);
    assert_int_equal(after.of[PLACE_HEALTH_CENTRE], 0);
    assert_int_equal(before.of[PLACE_POLYCLINIC], 7);
    assert_int_equal(after.of[PLACE_POLYCLINIC], 0);
    assert_int_equal(before.of[PLACE_SOCIAL_UNIT], 3);
    assert_int_equal(after.of[PLACE_SOCIAL_UNIT], 1);
    assert_int_equal(before.of[PLACE_CENTRE], 6);
    assert_int_equal(before.of[PLACE_OFFICE] - after.of[PLACE_OFFICE], 1);
    /* 13 centres: 11 into the 5, 1 absorbed, 1 dissolved */
    int into = 0, absorbed = 0, dissolved = 0;
    for (size_t i = 0; i < p.network.places.len; i++) {
        const struct network_place *place = &p.network.places.at[i];
        if (place->versions.at[0].state.kind != PLACE_HEALTH_CENTRE || !place->versions.at[0].state.exists) continue;
        const struct place_link *links;
        assert_int_equal(network_links_from(&p.network, place->id, &links), 1);
        into += links->kind == LINK_REPLACES;
        absorbed += links->kind == LINK_ABSORBED && str_is(links->to, "hospital-22-lung");
        dissolved += links->kind == LINK_RECEIVER;
    }
    assert_int_equal(into, 11);
    assert_int_equal(absorbed, 1);
    assert_int_equal(dissolved, 1);
    /* a divided commune: shares add to one, the counts follow them */
    struct share *targets;
    size_t n;
    network_spread(p.arena, &p.network, STR("former-commune-06655"), day_from_civil(2025, 7, 1), &targets, &n);
    assert_int_equal(n, 2);
    assert_true(targets[0].share + targets[1].share > 0.999 && targets[0].share + targets[1].share < 1.001);
    network_spread(p.arena, &p.network, STR("former-commune-06655"), day_from_civil(2025, 6, 30), &targets, &n);
    assert_int_equal(n, 1);
    assert_true(str_is(targets[0].target, "former-commune-06655"));
    arena_free(p.arena);
}

/* On every day of 2025 every commune has a functioning station, and every site one manager, director and insurer that
 * exist. */
static void test_every_day(void **state) {
    size_t stations = 0;
    (void)state;
    for (size_t k = 0; network_provinces[k]; k++) {
        struct province p;
        load(&p, network_provinces[k]);
        stations += (size_t)on(&p, 2025, 1, 1).of[PLACE_STATION];
        for (int32_t day = day_from_civil(2025, 1, 1); day <= day_from_civil(2025, 12, 31); day++) {
            struct map served = map_new(arena_new());
            for (size_t i = 0; i < p.network.places.len; i++) {
                const struct place_state *s = network_at(&p.network, p.network.places.at[i].id, day);
                if (!s->exists || !place_is_site(s->kind)) continue;
                if (s->kind == PLACE_STATION && !s->suspended)
                    map_put(&served, network_commune(&p.network, p.network.places.at[i].id, day), &p);
                for (int h = 0; h < HIERARCHY_COUNT; h++) {
                    const struct place_state *above = network_at(&p.network, s->above[h], day);
                    if (!above || !above->exists)
                        fail_msg("%.*s has no %s on day %d", STR_ARG(p.network.places.at[i].id),
                                 hierarchy_code((enum hierarchy)h), day);
                }
                if (s->kind == PLACE_POINT && s->point_of.len)
                    assert_int_equal(network_at(&p.network, s->point_of, day)->kind, PLACE_STATION);
            }
            for (size_t i = 0; i < p.network.places.len; i++) {
                const struct place_state *s = network_at(&p.network, p.network.places.at[i].id, day);
                if (s->exists && place_is_commune(s->kind) && !map_has(&served, p.network.places.at[i].id))
                    fail_msg("%.*s has no station on day %d", STR_ARG(p.network.places.at[i].id), day);
            }
            arena_free(served.arena);
        }
        arena_free(p.arena);
    }
    assert_int_equal(stations, 606); /* the network of before the mergers */
}

/* The nine published populations that had lost their last zero, among the 212 communes, against the census of 2019. */
static void test_lost_zeros(void **state) {
    static const char *const lost[] = {"Xã Nà Hỳ", "Xã Mường Tùng", "Xã Pu Nhi",     "Xã Lê Lợi", "Xã Mường Khiêng",
                                       "Xã Co Mạ", "Xã Chiềng Lao", "Xã Chiềng Sại", "Xã Tân Yên"};
    static const long published[] = {1671, 945, 999, 911, 2457, 1456, 2101, 672, 1838};
    struct arena *a = arena_new();
    int found = 0, communes = 0;
    (void)state;
    for (size_t k = 0; network_provinces[k]; k++) {
        struct place_facts facts;
        assert_int_equal(network_facts(a, str_of(network_provinces[k]), &facts).code, ERR_OK);
        for (size_t i = 0; i < facts.len; i++) {
            const struct place_fact *f = &facts.at[i];
            if (!place_is_commune(f->kind)) continue;
            int64_t figure = f->population;
            for (size_t n = 0; n < 9; n++)
                if (str_is(f->name, lost[n]) && figure == published[n] * 10)
                    figure = published[n]; /* as it was published */
            communes++;
            assert_int_equal(figure_lost_zero(figure, (double)f->census_2019), figure != f->population);
            found += figure != f->population;
        }
    }
    assert_int_equal(communes, 212);
    assert_int_equal(found, 9);
    struct list_rows rows = {0};
    struct list_problems problems = {0};
    struct list_result result;
    struct network empty = {.arena = a, .index = map_new(a)};
    struct grid grid = {0};
    str text = STR("code,name,kind,parent,population,census_2019\n1,Tỉnh,province,,600000,"
                   "598856\n2,Xã Mường Tùng,commune,province-1,945,7638\n");
    assert_int_equal(grid_read_csv(a, text, &grid).code, ERR_OK);
    assert_int_equal(list_read_grid(a, &grid, &rows, &problems).code, ERR_OK);
    list_compare(a, &empty, 20000, &rows, &result, &problems);
    assert_int_equal(problems.len, 1);
    assert_int_equal(problems.at[0].line, 3);
    assert_string_equal(problems.at[0].column, "population");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dien_bien),  cmocka_unit_test(test_son_la),    cmocka_unit_test(test_lai_chau),
        cmocka_unit_test(test_quang_ninh), cmocka_unit_test(test_every_day), cmocka_unit_test(test_lost_zeros),
    };
    return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
