/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plans for the capacitated p-median: clients are assigned by regret, then moved and exchanged while that helps; then
 * every site moves to the best place within its own cluster, and so on until nothing changes. Around the best plan a
 * variable neighbourhood search exchanges one to four sites. Real demands and capacities are used, never the grid.
 */
#include "methods.h"

#include <string.h>

struct assignment {
    struct core *core;
    const uint8_t *fix;
    uint8_t *open;
    uint32_t *site_of, *order;
    double *room, *regret;
    double value;
};

static double cost_of(const struct core *c, uint32_t client, uint32_t site) {
    double weight = c->problem->weight ? c->problem->weight[client] : 1;
    double distance = c->problem->distance[(size_t)client * c->sites + site];
    return isfinite(distance) ? weight * distance : INFINITY;
}

static struct assignment assignment_new(struct arena *a, struct core *c, const uint8_t *fix) {
    return (struct assignment){
        .core = c,
        .fix = fix,
        .open = ARENA_ARRAY(a, uint8_t, (size_t)c->sites + 1),
        .site_of = ARENA_ARRAY(a, uint32_t, (size_t)c->clients + 1),
        .order = ARENA_ARRAY(a, uint32_t, (size_t)c->sites + 1),
        .room = ARENA_ARRAY(a, double, (size_t)c->sites + 1),
        .regret = ARENA_ARRAY(a, double, (size_t)c->clients + 1),
    };
}

/* The cheapest open site with room, and what the second costs more. */
static uint32_t cheapest(const struct assignment *s, uint32_t open_count, uint32_t i, double *regret) {
    uint32_t best = PLAN_NO_SITE;
    double least = INFINITY, second = INFINITY, need = s->core->problem->demand[i];
    for (uint32_t k = 0; k < open_count; k++) {
        uint32_t j = s->order[k];
        if (s->room[j] < need) continue;
        double cost = cost_of(s->core, i, j);
        if (cost < least) {
            second = least;
            least = cost;
            best = j;
        } else if (cost < second) second = cost;
    }
    *regret = isfinite(second) ? second - least : 1e18;
    return best;
}

/* Gives clients their server where it is open and has room; returns how many. */
static uint32_t keep_servers(struct assignment *s, const uint32_t *server) {
    const struct core *c = s->core;
    uint32_t done = 0;
    for (uint32_t i = 0; i < c->clients; i++) {
        uint32_t j = server[i];
        if (j == PLAN_NO_SITE || !s->open[j] || s->room[j] < c->problem->demand[i] || !isfinite(cost_of(c, i, j))) continue;
        s->site_of[i] = j;
        s->room[j] -= c->problem->demand[i];
        s->value += cost_of(c, i, j);
        done++;
    }
    return done;
}

/* Gives every client a site, those with a server where it has room; false when one finds no room. */
static bool assign_by_regret(struct assignment *s, const uint32_t *server) {
    struct core *c = s->core;
    uint32_t open_count = 0;
    for (uint32_t j = 0; j < c->sites; j++) {
        s->room[j] = c->problem->capacity[j] * (1 + 1e-12);
        if (s->open[j]) s->order[open_count++] = j;
    }
    for (uint32_t i = 0; i < c->clients; i++) s->site_of[i] = PLAN_NO_SITE;
    s->value = 0;
    uint32_t done = server ? keep_servers(s, server) : 0;
    struct arena *scratch = arena_new();
    uint32_t *wish = ARENA_ARRAY(scratch, uint32_t, (size_t)c->clients + 1);
    for (uint32_t i = 0; i < c->clients; i++) {
        wish[i] = cheapest(s, open_count, i, &s->regret[i]);
        s->regret[i] *= 1 + c->problem->demand[i];
    }
    bool good = true;
    for (; done < c->clients && good; done++) {
        uint32_t next = PLAN_NO_SITE;
        for (uint32_t i = 0; i < c->clients; i++)
            if (s->site_of[i] == PLAN_NO_SITE && (next == PLAN_NO_SITE || s->regret[i] > s->regret[next])) next = i;
        uint32_t j = wish[next];
        good = j != PLAN_NO_SITE;
        if (!good) break;
        s->site_of[next] = j;
        s->room[j] -= c->problem->demand[next];
        s->value += cost_of(c, next, j);
        for (uint32_t i = 0; i < c->clients; i++)
            if (s->site_of[i] == PLAN_NO_SITE && s->room[j] < c->problem->demand[i]) {
                wish[i] = cheapest(s, open_count, i, &s->regret[i]);
                s->regret[i] *= 1 + c->problem->demand[i];
            }
    }
    arena_free(scratch);
    return good;
}

static bool shift_one(struct assignment *s, uint32_t i) {
    const struct core *c = s->core;
    uint32_t from = s->site_of[i];
    double need = c->problem->demand[i], here = cost_of(c, i, from);
    for (uint32_t j = 0; j < c->sites; j++) {
        if (!s->open[j] || j == from || s->room[j] < need || cost_of(c, i, j) >= here - 1e-9) continue;
        s->room[from] += need;
        s->room[j] -= need;
        s->value += cost_of(c, i, j) - here;
        s->site_of[i] = j;
        return true;
    }
    return false;
}

static bool exchange_two(struct assignment *s, uint32_t i) {
    const struct core *c = s->core;
    const double *demand = c->problem->demand;
    for (uint32_t k = 0; k < c->clients; k++) {
        uint32_t a = s->site_of[i], b = s->site_of[k];
        if (a == b || s->room[a] + demand[i] < demand[k] || s->room[b] + demand[k] < demand[i]) continue;
        double change = cost_of(c, i, b) + cost_of(c, k, a) - cost_of(c, i, a) - cost_of(c, k, b);
        if (change >= -1e-9) continue;
        s->room[a] += demand[i] - demand[k];
        s->room[b] += demand[k] - demand[i];
        s->value += change;
        s->site_of[i] = b;
        s->site_of[k] = a;
        return true;
    }
    return false;
}

static void improve_assignment(struct assignment *s) {
    bool again = true;
    while (again) {
        again = false;
        for (uint32_t i = 0; i < s->core->clients; i++)
            if (shift_one(s, i) || exchange_two(s, i)) again = true;
    }
}

/* Moves each site to the best place for its clients; true if one moved. */
static bool recentre(struct assignment *s) {
    struct core *c = s->core;
    bool moved = false;
    for (uint32_t j = 0; j < c->sites; j++) {
        if (!s->open[j] || s->fix[j] == FIX_OPEN) continue;
        double load = c->problem->capacity[j] * (1 + 1e-12) - s->room[j], least = 0;
        for (uint32_t i = 0; i < c->clients; i++)
            if (s->site_of[i] == j) least += cost_of(c, i, j);
        uint32_t best = j;
        for (uint32_t k = 0; k < c->sites; k++) {
            if (s->open[k] || s->fix[k] == FIX_CLOSED || c->problem->capacity[k] * (1 + 1e-12) < load) continue;
            double sum = 0;
            for (uint32_t i = 0; i < c->clients && sum < least; i++)
                if (s->site_of[i] == j) sum += cost_of(c, i, k);
            if (sum >= least - 1e-9) continue;
            s->open[j] = 0;
            s->open[k] = 1;
            if (core_allows(c, s->open)) {
                least = sum;
                best = k;
            }
            s->open[j] = 1;
            s->open[k] = 0;
        }
        if (best == j) continue;
        s->open[j] = 0;
        s->open[best] = 1;
        moved = true;
    }
    return moved;
}

static bool take(struct core *c, const struct assignment *s) {
    double value = 0;
    for (uint32_t i = 0; i < c->clients; i++) value += cost_of(c, i, s->site_of[i]);
    if (!(value < c->value) || !core_allows(c, s->open)) return false;
    c->value = value;
    memcpy(c->open, s->open, c->sites);
    memcpy(c->site_of, s->site_of, c->clients * sizeof *s->site_of);
    return true;
}

static bool settle_plan(struct core *c, struct assignment *s, const uint32_t *server) {
    bool better = false;
    for (int round = 0; round < 30; round++) {
        if (!assign_by_regret(s, round ? NULL : server)) break;
        improve_assignment(s);
        if (take(c, s)) better = true;
        if (!recentre(s)) break;
    }
    return better;
}

bool assign_offer(struct core *c, const uint8_t *fix, const uint8_t *open) {
    struct arena *scratch = arena_new();
    struct assignment s = assignment_new(scratch, c, fix);
    memcpy(s.open, open, c->sites);
    bool better = settle_plan(c, &s, NULL);
    arena_free(scratch);
    return better;
}

bool assign_repair(struct core *c, const uint8_t *fix, const uint8_t *open, const uint32_t *server) {
    struct arena *scratch = arena_new();
    struct assignment s = assignment_new(scratch, c, fix);
    memcpy(s.open, open, c->sites);
    bool better = settle_plan(c, &s, server);
    arena_free(scratch);
    return better;
}

/* Exchanges k random sites; conditions that break are caught when the plan is offered. */
static void shake(struct core *c, struct assignment *s, int k) {
    for (int tries = 0; k > 0 && tries < 1000; tries++) {
        uint32_t out = (uint32_t)(core_random(c) % c->sites), in = (uint32_t)(core_random(c) % c->sites);
        if (!s->open[out] || s->fix[out] == FIX_OPEN || s->open[in] || s->fix[in] == FIX_CLOSED) continue;
        s->open[out] = 0;
        s->open[in] = 1;
        k--;
    }
}

void assign_vns(struct core *c, const uint8_t *fix, double seconds, int rounds) {
    struct arena *scratch = arena_new();
    struct assignment s = assignment_new(scratch, c, fix);
    double end = core_seconds(c) + seconds;
    uint32_t open = 0;
    for (uint32_t j = 0; j < c->sites; j++) open += c->open[j];
    for (int idle = 0, k = 1; open && open < c->sites && idle < rounds && core_seconds(c) <= end && !core_must_stop(c);) {
        memcpy(s.open, c->open, c->sites);
        shake(c, &s, k);
        if (settle_plan(c, &s, NULL)) k = 1, idle = 0;
        else {
            k = k % 4 + 1;
            idle++;
        }
    }
    arena_free(scratch);
}
