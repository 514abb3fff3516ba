/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * When exactly one site of every group is to be open (one station per commune), neighbouring groups are joined: two
 * communes with three sites each become one group of nine pairs, and a village's cost under a pair is that of the
 * nearer of the two. The question is the same, but what happens between joined communes is no longer relaxed, so the
 * bound rises; the multipliers carry over. Pairs that the bound excludes are dropped before joining again.
 */
#include "join.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STATES = 2200, MOST_PER_GROUP = 300 };

struct bond {
    uint32_t g, h;
    double strength;
};

struct plan_of_join {
    uint32_t *size;    /* free sites per group */
    uint32_t *partner; /* group it is joined with, itself if none */
    uint32_t groups;   /* with free sites */
    uint32_t joined;
};

/* Every group with free sites needs exactly one more, and that is all that may be opened. */
static bool one_each(const struct core *c, const uint8_t *fix, uint32_t *size) {
    uint32_t open = 0, groups = 0;
    struct arena *scratch = arena_new();
    uint32_t *has = ARENA_ARRAY(scratch, uint32_t, (size_t)c->group_count + 1);
    bool good = c->group_count && !c->row_count && !c->capacitated;
    for (uint32_t j = 0; j < c->sites && good; j++) {
        open += fix[j] == FIX_OPEN;
        has[c->group[j]] += fix[j] == FIX_OPEN;
        size[c->group[j]] += fix[j] == FIX_FREE;
    }
    for (uint32_t g = 0; g <= c->group_count && good; g++) {
        groups += size[g] > 0;
        if (size[g] && (has[g] || c->groups[g].least != 1)) good = false;
    }
    arena_free(scratch);
    return good && open <= c->p && groups == c->p - open && groups > 1;
}

static int compare_bonds(const void *a, const void *b) {
    const struct bond *x = a, *y = b;
    return x->strength > y->strength ? -1 : x->strength < y->strength;
}

/* How much of the bound two groups share: what both could take from the same client. */
static void measure(struct arena *a, const struct core *c, const uint8_t *fix, const double *u, double *shared) {
    uint32_t n = c->group_count, *touched = ARENA_ARRAY(a, uint32_t, (size_t)n + 1);
    double *part = ARENA_ARRAY(a, double, (size_t)n + 1);
    for (uint32_t i = 0; i < c->clients; i++) {
        uint32_t count = 0;
        for (size_t k = c->start[i]; k < c->start[i + 1] && (double)c->entry[k].cost < u[i]; k++) {
            uint32_t j = c->entry[k].site, g = c->group[j];
            if (fix[j] != FIX_FREE) continue;
            if (part[g] <= 0) touched[count++] = g;
            part[g] = fmax(part[g], u[i] - (double)c->entry[k].cost);
        }
        for (uint32_t x = 0; x < count; x++)
            for (uint32_t y = 0; y < x; y++) {
                double both = fmin(part[touched[x]], part[touched[y]]);
                shared[(size_t)touched[x] * n + touched[y]] += both;
                shared[(size_t)touched[y] * n + touched[x]] += both;
            }
        for (uint32_t x = 0; x < count; x++) part[touched[x]] = 0;
    }
}

/* Pairs the groups up, the closest bound together first. */
static void choose_partners(struct arena *a, const struct core *c, const uint8_t *fix, const double *u, struct plan_of_join *p) {
    uint32_t n = c->group_count, count = 0;
    uint64_t states = 0;
    double *shared = ARENA_ARRAY(a, double, (size_t)n * n + 1);
    measure(a, c, fix, u, shared);
    struct bond *bond = ARENA_ARRAY(a, struct bond, (size_t)n * n / 2 + 1);
    for (uint32_t g = 0; g < n; g++) {
        states += p->size[g];
        p->partner[g] = g;
        for (uint32_t h = 0; h < g; h++)
            if (p->size[g] && p->size[h] && shared[(size_t)g * n + h] > 0)
                bond[count++] = (struct bond){g, h, shared[(size_t)g * n + h]};
    }
    qsort(bond, count, sizeof *bond, compare_bonds);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t g = bond[k].g, h = bond[k].h;
        uint64_t product = (uint64_t)p->size[g] * p->size[h], after = states - p->size[g] - p->size[h] + product;
        if (p->partner[g] != g || p->partner[h] != h || product > MOST_PER_GROUP || after > MOST_STATES) continue;
        p->partner[g] = h;
        p->partner[h] = g;
        p->joined++;
        states = after;
    }
}

/* ---- the joined question --------------------------------------------------------------------------------------------- */

static void add_state(struct join *x, uint32_t group, uint32_t first, uint32_t second) {
    x->first[x->states] = first;
    x->second[x->states] = second;
    x->group[x->states++] = group;
}

static void list_states(struct arena *a, struct join *x, const struct core *c, const uint8_t *fix, const struct plan_of_join *p) {
    size_t most = MOST_STATES + (size_t)c->sites + 2;
    x->first = ARENA_ARRAY(a, uint32_t, most);
    x->second = ARENA_ARRAY(a, uint32_t, most);
    x->group = ARENA_ARRAY(a, uint32_t, most);
    for (uint32_t g = 0; g < c->group_count; g++) {
        if (!p->size[g] || p->partner[g] < g) continue;
        for (uint32_t j = 0; j < c->sites; j++) {
            if (fix[j] != FIX_FREE || c->group[j] != g) continue;
            if (p->partner[g] == g) add_state(x, x->groups, j, PLAN_NO_SITE);
            else
                for (uint32_t k = 0; k < c->sites; k++)
                    if (fix[k] == FIX_FREE && c->group[k] == p->partner[g]) add_state(x, x->groups, j, k);
        }
        x->groups++;
    }
}

static void fill_problem(struct arena *a, struct join *x, const struct core *c, const uint8_t *fix) {
    const struct plan_problem *from = c->problem;
    struct plan_problem *q = &x->problem;
    bool open = false;
    for (uint32_t j = 0; j < c->sites; j++) open = open || fix[j] == FIX_OPEN;
    uint32_t n = x->states + open;
    double *distance = ARENA_ARRAY(a, double, (size_t)c->clients * n + 1);
    for (uint32_t i = 0; i < c->clients; i++) {
        const double *row = from->distance + (size_t)i * from->sites;
        double *to = distance + (size_t)i * n, nearest = INFINITY;
        for (uint32_t s = 0; s < x->states; s++)
            to[s] = x->second[s] == PLAN_NO_SITE ? row[x->first[s]] : fmin(row[x->first[s]], row[x->second[s]]);
        for (uint32_t j = 0; j < c->sites; j++)
            if (fix[j] == FIX_OPEN) nearest = fmin(nearest, row[j]);
        if (open) to[x->states] = nearest;
    }
    struct plan_group *groups = ARENA_ARRAY(a, struct plan_group, (size_t)x->groups + 1);
    enum plan_site_state *state = ARENA_ARRAY(a, enum plan_site_state, (size_t)n + 1);
    for (uint32_t g = 0; g < x->groups; g++) groups[g] = (struct plan_group){1, 1};
    if (open) { /* all sites that are open for good are one */
        state[x->states] = PLAN_OPEN;
        x->group[x->states] = PLAN_NO_GROUP;
    }
    *q = (struct plan_problem){.method = from->method, .clients = c->clients, .sites = n, .p = x->groups + open,
                               .distance = distance, .weight = from->weight, .radius = from->radius, .state = state,
                               .group = x->group, .groups = groups, .group_count = x->groups, .budget = INFINITY};
}

/* The sites of the first question behind each state. */
static void list_atoms(struct arena *a, struct join *x, const struct core *c) {
    struct core *to = x->core;
    to->atoms = c->atoms ? c->atoms : c->sites;
    to->atom_start = ARENA_ARRAY(a, uint32_t, (size_t)to->sites + 2);
    size_t most = 0;
    for (uint32_t s = 0; s < x->states; s++)
        for (int side = 0; side < 2; side++) {
            uint32_t j = side ? x->second[s] : x->first[s];
            if (j != PLAN_NO_SITE) most += c->atom_start ? c->atom_start[j + 1] - c->atom_start[j] : 1;
        }
    to->atom = ARENA_ARRAY(a, uint32_t, most + 1);
    uint32_t at = 0;
    for (uint32_t s = 0; s < to->sites; s++) {
        to->atom_start[s] = at;
        for (int side = 0; side < 2 && s < x->states; side++) {
            uint32_t j = side ? x->second[s] : x->first[s];
            if (j == PLAN_NO_SITE) continue;
            if (!c->atom_start) to->atom[at++] = j;
            else
                for (uint32_t k = c->atom_start[j]; k < c->atom_start[j + 1]; k++) to->atom[at++] = c->atom[k];
        }
    }
    to->atom_start[to->sites] = at;
}

struct join *join_new(struct arena *a, struct core *c, const uint8_t *fix, const double *u) {
    struct plan_of_join p = {.size = ARENA_ARRAY(a, uint32_t, (size_t)c->group_count + 1),
                             .partner = ARENA_ARRAY(a, uint32_t, (size_t)c->group_count + 1)};
    if (!one_each(c, fix, p.size)) return NULL;
    struct arena *scratch = arena_new();
    choose_partners(scratch, c, fix, u, &p);
    arena_free(scratch);
    if (!p.joined) return NULL;
    struct join *x = ARENA_NEW(a, struct join);
    list_states(a, x, c, fix, &p);
    fill_problem(a, x, c, fix);
    struct core *to = x->core = core_new(a, &x->problem, c->options);
    list_atoms(a, x, c);
    to->started = c->started;
    to->next_report = c->next_report;
    to->nodes = c->nodes;
    to->bound = c->bound;
    to->stop_below = c->stop_below;
    to->stop_above = c->stop_above;
    to->grain = c->grain;
    to->total = c->total;
    uint8_t *open = ARENA_ARRAY(a, uint8_t, (size_t)to->sites + 1);
    for (uint32_t s = 0; s < x->states; s++)
        open[s] = c->open[x->first[s]] && (x->second[s] == PLAN_NO_SITE || c->open[x->second[s]]);
    for (uint32_t s = x->states; s < to->sites; s++) open[s] = 1;
    core_offer(to, open);
    if (c->value < to->value) to->value = c->value; /* the best plan lies outside: still nothing worse is wanted */
    x->fix = fix;
    return x;
}

void join_back(struct core *c, const struct join *x) {
    const struct core *from = x->core;
    c->nodes = from->nodes;
    c->stopped = c->stopped || from->stopped;
    c->next_report = from->next_report;
    if (from->bound > c->bound) c->bound = from->bound;
    if (!(from->value < c->value)) return;
    struct arena *scratch = arena_new();
    uint8_t *open = ARENA_ARRAY(scratch, uint8_t, (size_t)c->sites + 1);
    for (uint32_t j = 0; j < c->sites; j++) open[j] = x->fix[j] == FIX_OPEN;
    for (uint32_t s = 0; s < x->states; s++)
        if (from->open[s]) {
            open[x->first[s]] = 1;
            if (x->second[s] != PLAN_NO_SITE) open[x->second[s]] = 1;
        }
    core_offer(c, open);
    arena_free(scratch);
}
