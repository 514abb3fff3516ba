/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Before and after for the communes that a decision touches: stations, points, posts against the norm, and the way of
 * the people to the nearest station. Ways are estimates (travel/): straight line times detour. Pure.
 */
#include "check_int.h"

#include "base/vec.h"
#include "travel/travel.h"

int staff_norm_of(const struct staff_norm *n, int64_t population) {
    if (population < 0) return n->base;
    int64_t more = population > n->above && n->step ? (population - n->above) / n->step : 0;
    return n->base + (int)more;
}

/* Communes of the day in which the decision changes a site. */
static void touched(struct arena *a, const struct check_input *in, struct map *out) {
    int32_t day = in->decision->effective_on;
    *out = map_new(a);
    for (size_t i = 0; i < in->after->places.len; i++) {
        const struct network_place *p = &in->after->places.at[i];
        const struct place_state *is = &place_version_on(p, day)->state, *was = network_at(in->before, p->id, day - 1);
        bool site = (is->exists && place_is_site(is->kind)) || (was && was->exists && place_is_site(was->kind));
        if (!site || (was && was->exists == is->exists && was->kind == is->kind && str_eq(was->parent, is->parent) &&
                      was->suspended == is->suspended))
            continue;
        str commune = network_commune(in->after, is->parent.len ? is->parent : was->parent, day);
        if (commune.len && !map_has(out, commune)) map_put(out, commune, ARENA_NEW(a, struct commune_burden));
    }
}

static void count_sites(const struct check_input *in, const struct network *n, int32_t day, int side,
                        const struct map *burdens) {
    int32_t now = in->decision->effective_on;
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (!s->exists || (s->kind != PLACE_STATION && s->kind != PLACE_POINT)) continue;
        /* in the commune of afterwards: the same ground before and after */
        struct commune_burden *b = map_get(burdens, network_commune(in->after, s->parent, now));
        if (!b) continue;
        if (s->kind == PLACE_STATION)
            b->stations[side]++;
        else
            b->points[side]++;
        if (s->holdings[HOLDING_POSTS] >= 0)
            b->posts[side] = (b->posts[side] < 0 ? 0 : b->posts[side]) + s->holdings[HOLDING_POSTS];
    }
}

/* Posts that people hold today: on the site before, on whoever answers for it after. */
static void count_people(const struct check_input *in, const struct map *burdens) {
    int32_t now = in->decision->effective_on;
    for (size_t i = 0; i < in->open.len; i++) {
        const struct open_thing *o = &in->open.at[i];
        if (strcmp(o->thing.what, "staff-post") != 0) continue;
        str after = network_successor(in->after, o->place, STR("staff-post"), now);
        for (int side = 0; side < 2; side++) {
            const struct place_state *s =
                network_at(side ? in->after : in->before, side ? after : o->place, side ? now : now - 1);
            struct commune_burden *b =
                s && s->exists ? map_get(burdens, network_commune(in->after, s->parent, now)) : NULL;
            if (b) b->posts[side] = (b->posts[side] < 0 ? 0 : b->posts[side]) + o->count;
        }
    }
}

struct station {
    struct coordinates at;
    str commune;
};
struct stations {
    struct station *at;
    size_t len, cap;
};

static void stations_on(struct arena *a, const struct check_input *in, const struct network *n, int32_t day,
                        struct stations *out) {
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (!s->exists || s->kind != PLACE_STATION || s->suspended || !s->has_position) continue;
        struct station one = {{s->latitude, s->longitude},
                              network_commune(in->after, s->parent, in->decision->effective_on)};
        VEC_PUSH(a, out, one);
    }
}

/* People walk from where they live: the former commune's centre, weighted by its people. */
static void ways(const struct check_input *in, const struct stations *stations, int side, const struct map *burdens,
                 struct arena *a) {
    int32_t now = in->decision->effective_on;
    double *weight = ARENA_ARRAY(a, double, burdens->len + 1);
    for (size_t i = 0; i < in->after->places.len; i++) {
        const struct network_place *p = &in->after->places.at[i];
        const struct place_state *s = &place_version_on(p, now)->state;
        if (!s->exists || s->kind != PLACE_FORMER_COMMUNE || !s->has_position) continue;
        str commune = network_commune(in->after, p->id, now);
        struct commune_burden *b = map_get(burdens, commune);
        if (!b) continue;
        double best = -1;
        for (size_t k = 0; k < stations->len; k++) {
            if (!str_eq(stations->at[k].commune, commune)) continue;
            double minutes = travel_estimate((struct coordinates){s->latitude, s->longitude}, stations->at[k].at,
                                             &travel_guesses[TRAVEL_HILL])
                                 .minutes;
            if (best < 0 || minutes < best) best = minutes;
        }
        if (best < 0) continue;
        size_t number = 0;
        while (number < burdens->len && burdens->entries[number].value != b) number++;
        double people = p->population > 0 ? (double)p->population : 1;
        if (b->mean[side] < 0) b->mean[side] = 0;
        b->mean[side] = (b->mean[side] * weight[number] + best * people) / (weight[number] + people);
        weight[number] += people;
        if (best > b->most[side]) b->most[side] = best;
    }
}

void check_burden(struct arena *a, const struct check_input *in, const struct staff_norm *norm, struct burdens *out) {
    int32_t day = in->decision->effective_on;
    struct map map;
    *out = (struct burdens){0};
    if (day == DAY_FIRST) return;
    touched(a, in, &map);
    for (size_t i = 0; i < map.len; i++) {
        struct commune_burden *b = map.entries[i].value;
        const struct network_place *p = network_find(in->after, map.entries[i].key);
        *b = (struct commune_burden){.commune = map.entries[i].key,
                                     .posts = {-1, -1},
                                     .mean = {-1, -1},
                                     .most = {-1, -1},
                                     .population = p->population,
                                     .norm = staff_norm_of(norm, p->population)};
    }
    count_sites(in, in->before, day - 1, 0, &map);
    count_sites(in, in->after, day, 1, &map);
    count_people(in, &map);
    for (int side = 0; side < 2; side++) {
        struct stations stations = {0};
        stations_on(a, in, side ? in->after : in->before, side ? day : day - 1, &stations);
        ways(in, &stations, side, &map, a);
    }
    for (size_t i = 0; i < map.len; i++) VEC_PUSH(a, out, *(struct commune_burden *)map.entries[i].value);
}
