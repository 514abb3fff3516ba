/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who lives where: residents by former commune (estimate of 2025, scaled), hamlets of them, ages by the district's
 * census pyramid of 2019, households put together from the people of a hamlet.
 */
#include "generate.h"
#include "names.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/vec.h"

#include <stdlib.h>

const struct ethnic_group ethnic_groups[ETHNIC_COUNT] = {
    {"01", "Kinh"}, {"03", "Thái"}, {"08", "Mông"}, {"29", "Khơ Mú"}, {"37", "Lào"}, {"09", "Dao"}, {"35", "Hà Nhì"}};

/* Males of a thousand by age group: invented so that the province comes out at the 50.67 % of the census. */
static const int male_permille[AGE_GROUPS] = {524, 522, 519, 517, 515, 513, 512, 512, 508,
                                              502, 490, 480, 465, 440, 410, 385, 350, 320};

/* Ethnic groups by kind of area: invented, since no table by commune is published. */
enum area { AREA_TOWN, AREA_BASIN, AREA_HIGH, AREA_MIXED };
static const int ethnic_weight[][ETHNIC_COUNT] = {
    [AREA_TOWN] = {62, 32, 3, 2, 1, 0, 0},
    [AREA_BASIN] = {30, 54, 6, 6, 4, 0, 0},
    [AREA_HIGH] = {3, 19, 68, 5, 0, 2, 3},
    [AREA_MIXED] = {12, 52, 30, 5, 0, 1, 0},
};

enum { STREAM_HAMLETS = 1, STREAM_HAMLET = 2, HOUSEHOLDS_A_HAMLET = 93, HAMLET_NAME_TRIES = 40, NAMESAKE_PAIRS = 500 };

static enum area area_of(const struct place_fact *f) {
    static const char *const high[] = {"Tủa Chùa", "Mường Nhé", "Nậm Pồ", "Điện Biên Đông"};
    if (f->urban_2019 * 2 > f->census_2019) return AREA_TOWN;
    for (size_t i = 0; i < sizeof high / sizeof *high; i++)
        if (str_ends(f->district, str_of(high[i]))) return AREA_HIGH;
    return str_ends(f->district, STR("Điện Biên")) || str_ends(f->district, STR("Điện Biên Phủ")) ? AREA_BASIN
                                                                                                  : AREA_MIXED;
}

static enum ethnic draw_group(struct random *r, enum area area) {
    int at = random_below(r, 100);
    for (int i = 0; i < ETHNIC_COUNT; i++)
        if ((at -= ethnic_weight[area][i]) < 0) return (enum ethnic)i;
    return ETHNIC_THAI;
}

/* Divides `total` by weights, largest remainders first (ties: first). */
static void apportion(struct arena *a, int64_t total, const int64_t *weights, size_t n, int64_t *out) {
    int64_t sum = 0, given = 0;
    int64_t *rest = ARENA_ARRAY(a, int64_t, n);
    for (size_t i = 0; i < n; i++) sum += weights[i];
    if (!sum) return;
    for (size_t i = 0; i < n; i++) {
        out[i] = total * weights[i] / sum;
        rest[i] = total * weights[i] % sum;
        given += out[i];
    }
    for (; given < total; given++) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (rest[i] > rest[best]) best = i;
        out[best]++;
        rest[best] = -1;
    }
}

static err read_ages(struct generator *g, struct arena *a, str province) {
    if (!str_is(province, "11"))
        return err_make(a, ERR_NOT_FOUND, "province", "no age table of province %.*s", STR_ARG(province));
    struct {
        struct age_table *at;
        size_t len, cap;
    } list = {0};
    struct csv csv = {.rest = data_file("demo/11-age.csv")};
    str f[3];
    size_t n;
    bool row;
    TRY(csv_row(&csv, a, f, 3, &n, &row));
    for (;;) {
        TRY(csv_row(&csv, a, f, 3, &n, &row));
        if (!row) break;
        int64_t age, population;
        if (n != 3 || !str_int64(f[1], &age) || !str_int64(f[2], &population) || age < 0 || age / 5 >= AGE_GROUPS)
            return err_make(a, ERR_INVALID, "ages", "line %u", csv.line);
        if (!list.len || !str_eq(list.at[list.len - 1].district, f[0]))
            VEC_PUSH(a, &list, (struct age_table){.district = f[0]});
        list.at[list.len - 1].population[age / 5] = population;
    }
    g->ages = list.at;
    g->age_count = list.len;
    return OK_ERR;
}

static const struct age_table *ages_of(const struct generator *g, str district) {
    for (size_t i = 0; i < g->age_count; i++)
        if (str_eq(g->ages[i].district, district)) return &g->ages[i];
    return &g->ages[0];
}

static size_t main_station(const struct generator *g, size_t former) {
    for (size_t i = 0; i < g->facts.len; i++) {
        const struct place_fact *f = &g->facts.at[i];
        if (f->kind == PLACE_FORMER_COMMUNE && f->site == PLACE_STATION &&
            str_eq(f->parent, g->facts.at[former].parent))
            return i;
    }
    return former;
}

static str hamlet_name(const struct generator *g, struct random *r, bool urban, size_t number) {
    if (urban) return str_format(g->arena, "Tổ dân phố %zu", number);
    str first = names_draw(g->names, r, "all", "hamlet-first", 0),
        second = names_draw(g->names, r, "all", "hamlet-second", 0);
    return str_format(g->arena, "Bản %.*s %.*s", STR_ARG(first), STR_ARG(second));
}

/* The hamlets of one former commune with `people` residents. */
static void add_hamlets(struct generator *g, size_t former, int64_t people, int64_t *next_number) {
    const struct place_fact *f = &g->facts.at[former];
    struct arena *a = g->arena;
    size_t n = (size_t)(f->households_2019 / HOUSEHOLDS_A_HAMLET);
    if (n < 1) n = 1;
    struct random r = random_stream(g->options.seed, STREAM_HAMLETS, former);
    int64_t *weights = ARENA_ARRAY(a, int64_t, n), *counts = ARENA_ARRAY(a, int64_t, n);
    for (size_t i = 0; i < n; i++) weights[i] = random_between(&r, 60, 140);
    apportion(a, people, weights, n, counts);
    enum area area = area_of(f);
    size_t begin = g->hamlet_count, station = main_station(g, former);
    for (size_t i = 0; i < n; i++) {
        struct hamlet *h = &g->hamlets[g->hamlet_count];
        h->id = str_format(a, "hamlet-%.*s-%02zu", STR_ARG(f->code), i + 1);
        h->urban = area == AREA_TOWN;
        for (int tries = 0; tries < HAMLET_NAME_TRIES; tries++) { /* no two of one name in a former commune */
            h->name = hamlet_name(g, &r, h->urban, i + 1);
            bool taken = false;
            for (size_t j = begin; j < g->hamlet_count; j++) taken |= str_eq(g->hamlets[j].name, h->name);
            if (!taken) break;
        }
        h->former = former;
        h->main_station = station;
        h->group = draw_group(&r, area);
        h->first = *next_number;
        h->count = (int)counts[i];
        *next_number += counts[i];
        g->hamlet_count++;
    }
}

err generator_new(struct arena *a, const struct generate_options *options, struct generator **out) {
    if (options->scale_ppm <= 0 || options->scale_ppm > 1000000)
        return err_make(a, ERR_USAGE, "scale", "the scale is above 0 and at most 1");
    struct generator *g = ARENA_NEW(a, struct generator);
    g->arena = a;
    g->options = *options;
    TRY(network_facts(a, options->province, &g->facts));
    TRY(read_ages(g, a, options->province));
    struct names *names;
    TRY(names_new(a, &names));
    g->names = names;
    size_t n = g->facts.len, room = 0;
    int64_t *weights = ARENA_ARRAY(a, int64_t, n), *counts = ARENA_ARRAY(a, int64_t, n), next = 0;
    for (size_t i = 0; i < n; i++) {
        const struct place_fact *f = &g->facts.at[i];
        if (f->kind == PLACE_PROVINCE) g->province = f;
        if (f->kind != PLACE_FORMER_COMMUNE) continue;
        weights[i] = f->population;
        room += (size_t)(f->households_2019 / HOUSEHOLDS_A_HAMLET) + 1;
    }
    if (!g->province) return err_make(a, ERR_NOT_FOUND, "province", "the table has no province");
    g->total = g->province->population * options->scale_ppm / 1000000;
    apportion(a, g->total, weights, n, counts);
    g->hamlets = ARENA_ARRAY(a, struct hamlet, room);
    for (size_t i = 0; i < n; i++)
        if (g->facts.at[i].kind == PLACE_FORMER_COMMUNE) add_hamlets(g, i, counts[i], &next);
    generate_namesakes(g, NAMESAKE_PAIRS);
    *out = g;
    return OK_ERR;
}

/* ---- residents
 * ------------------------------------------------------------------------------------------------------- */

static void draw_person(const struct generator *g, struct random *r, const struct age_table *t, int64_t sum,
                        struct resident *p) {
    int64_t at = (int64_t)(random_next(r) % (uint64_t)sum);
    int group = 0;
    while (group < AGE_GROUPS - 1 && at >= t->population[group]) at -= t->population[group++];
    p->age = group * 5 + random_below(r, 5);
    if (group == AGE_GROUPS - 1) /* 85 and over: thinning out */
        while (p->age < 99 && random_chance(r, 780)) p->age++;
    p->female = !random_chance(r, male_permille[group]);
    int32_t last = day_add_months(g->options.on, -12 * p->age); /* the youngest of that age has the birthday today */
    int32_t first = day_add_months(g->options.on, -12 * (p->age + 1)) + 1;
    p->birth = random_between(r, first, last);
    p->birth_year_only = p->age >= 55 && random_chance(r, 120);
}

/* A household has a couple (or one adult); children go to parents of fitting age, other adults to children or parents.
 */
struct family {
    int head, spouse, size;
};

static int find_spouse(const struct resident *all, const int *home, int n, int head) {
    int best = -1, best_gap = 9;
    for (int i = 0; i < n; i++) {
        int gap = abs(all[i].age - all[head].age);
        if (home[i] < 0 && i != head && all[i].female != all[head].female && all[i].age >= 18 && gap < best_gap) {
            best = i;
            best_gap = gap;
        }
    }
    return best;
}

static int choose_home(struct random *r, const struct family *families, int count, const struct resident *all,
                       int person) {
    int choice = random_below(r, count);
    for (int tries = 0; tries < 12; tries++, choice = random_below(r, count)) {
        const struct family *f = &families[choice];
        int gap = all[f->head].age - all[person].age;
        if (f->size >= 9) continue;
        if (gap >= 17 && gap <= 45) return choice;
        if (all[person].age >= 45 && gap <= -18 && gap >= -45) return choice;
    }
    return choice;
}

static int make_families(struct random *r, const struct place_fact *f, const struct resident *all, int n, int *home,
                         struct family *families) {
    int count = (int)(((int64_t)n * f->households_2019 + f->census_2019 / 2) / f->census_2019), made = 0, oldest = 0;
    if (count < 1) count = 1;
    for (int i = 0; i < n; i++) {
        home[i] = -1;
        if (all[i].age > all[oldest].age) oldest = i;
    }
    for (int pass = 0; pass < 3 && made < count; pass++)
        for (int i = 0; i < n && made < count; i++) {
            bool fits = all[i].age >= (pass == 2 ? 18 : 25) && all[i].age <= (pass == 2 ? 120 : 74);
            if (home[i] >= 0 || !fits || (pass == 0 && !random_chance(r, all[i].female ? 150 : 800))) continue;
            home[i] = made;
            int spouse = random_chance(r, 900) ? find_spouse(all, home, n, i) : -1;
            families[made] = (struct family){i, spouse, spouse < 0 ? 1 : 2};
            if (spouse >= 0) home[spouse] = made;
            made++;
        }
    if (!made) {
        families[made++] = (struct family){oldest, -1, 1};
        home[oldest] = 0;
    }
    for (int i = 0; i < n; i++) {
        if (home[i] >= 0) continue;
        home[i] = choose_home(r, families, made, all, i);
        families[home[i]].size++;
    }
    return made;
}

static str join_name(struct arena *a, str family, str middle, str given) {
    if (!middle.len) return str_format(a, "%.*s %.*s", STR_ARG(family), STR_ARG(given));
    return str_format(a, "%.*s %.*s %.*s", STR_ARG(family), STR_ARG(middle), STR_ARG(given));
}

static str draw_name(const struct generator *g, struct arena *a, struct random *r, enum ethnic group, bool female,
                     str family) {
    const char *name = ethnic_groups[group].name;
    char sex = female ? 'f' : 'm';
    str middle = names_draw(g->names, r, name, "middle", sex), given = names_draw(g->names, r, name, "given", sex);
    return join_name(a, family, middle, given);
}

str generate_name(const struct generator *g, struct arena *a, struct random *r, enum ethnic group, bool female) {
    str family = names_draw(g->names, r, ethnic_groups[group].name, "family", 0);
    return draw_name(g, a, r, group, female, family);
}

static void name_family(const struct generator *g, struct arena *a, struct random *r, const struct family *f, int index,
                        enum ethnic group, struct resident *all, const int *home, int n) {
    str family = names_draw(g->names, r, ethnic_groups[group].name, "family", 0);
    int father = all[f->head].female && f->spouse >= 0 ? f->spouse : f->head;
    for (int i = 0; i < n; i++) {
        if (home[i] != index) continue;
        int gap = all[f->head].age - all[i].age;
        bool child = gap >= 15 && i != f->spouse, old_man = gap <= -15 && !all[i].female;
        bool same = i == father || child || old_man || (i == f->head && f->spouse < 0);
        str own = same ? family : names_draw(g->names, r, ethnic_groups[group].name, "family", 0);
        all[i].group = group;
        all[i].name = draw_name(g, a, r, group, all[i].female, own);
    }
}

void generate_hamlet(const struct generator *g, struct arena *a, size_t hamlet, struct hamlet_people *out) {
    const struct hamlet *h = &g->hamlets[hamlet];
    const struct place_fact *f = &g->facts.at[h->former];
    struct random r = random_stream(g->options.seed, STREAM_HAMLET, hamlet);
    int n = h->count, at = 0;
    *out = (struct hamlet_people){.count = n};
    if (!n) return;
    struct resident *all = ARENA_ARRAY(a, struct resident, (size_t)n),
                    *sorted = ARENA_ARRAY(a, struct resident, (size_t)n);
    int *home = ARENA_ARRAY(a, int, (size_t)n);
    struct family *families = ARENA_ARRAY(a, struct family, (size_t)n);
    const struct age_table *ages = ages_of(g, f->district);
    int64_t sum = 0;
    for (int i = 0; i < AGE_GROUPS; i++) sum += ages->population[i];
    for (int i = 0; i < n; i++) draw_person(g, &r, ages, sum, &all[i]);
    out->households = make_families(&r, f, all, n, home, families);
    for (int k = 0; k < out->households; k++) {
        enum ethnic group = random_chance(&r, 900) ? h->group : draw_group(&r, area_of(f));
        name_family(g, a, &r, &families[k], k, group, all, home, n);
        all[families[k].head].head = true;
        sorted[at++] = all[families[k].head];
        for (int i = 0; i < n; i++)
            if (home[i] == k && i != families[k].head) sorted[at++] = all[i];
        for (int i = at - 1; i >= 0 && i >= at - families[k].size; i--) sorted[i].household = k;
    }
    size_t next = 0; /* namesakes of this hamlet: both lists are by number */
    while (next < g->namesake_count && g->namesakes[next].number < h->first) next++;
    for (int i = 0; i < n; i++) {
        sorted[i].number = h->first + i;
        if (next < g->namesake_count && g->namesakes[next].number == sorted[i].number) sorted[i].name = g->namesakes[next++].name;
    }
    out->residents = sorted;
}
