/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Good plans, no proof: greedy start, interchange (all exchanges of one open for one closed site are priced in one pass
 * over the nearest entries, after Whitaker 1983 and Resende & Werneck 2007), variable neighbourhood search around the
 * best plan (Hansen & Mladenovic 1997). Groups, budget, pairs and fixed sites are kept at every step.
 */
#include "core.h"

#include <string.h>

struct field {
    const struct core *core;
    struct view *view;
    struct arena *arena;
    uint8_t *open;               /* per local site */
    uint32_t *slot, *site_at;    /* open site -> slot 0..p-1 and back */
    uint32_t count;
    uint32_t *used;              /* open per group */
    double *row_left;            /* per row */
    double *near, *second;       /* per client: cost of the nearest and second nearest open site */
    uint32_t *nearest;           /* per client: the slot of the nearest, UINT32_MAX if none */
    double *beyond;              /* per client: what stands for "nobody in the list" */
    double *gain, *loss, *extra; /* see price() */
    double value;
};

static struct field *field_new(struct arena *a, const struct core *c, const uint8_t *fix) {
    struct field *f = ARENA_NEW(a, struct field);
    f->core = c;
    f->arena = a;
    struct view *v = f->view = view_new(a, c, fix, true);
    f->open = ARENA_ARRAY(a, uint8_t, (size_t)v->sites + 1);
    f->slot = ARENA_ARRAY(a, uint32_t, (size_t)v->sites + 1);
    f->site_at = ARENA_ARRAY(a, uint32_t, (size_t)v->p + 2);
    f->used = ARENA_ARRAY(a, uint32_t, (size_t)v->group_count + 1);
    f->row_left = ARENA_ARRAY(a, double, (size_t)v->row_count + 1);
    f->near = ARENA_ARRAY(a, double, (size_t)v->clients + 1);
    f->second = ARENA_ARRAY(a, double, (size_t)v->clients + 1);
    f->beyond = ARENA_ARRAY(a, double, (size_t)v->clients + 1);
    f->nearest = ARENA_ARRAY(a, uint32_t, (size_t)v->clients + 1);
    f->gain = ARENA_ARRAY(a, double, (size_t)v->sites + 1);
    f->loss = ARENA_ARRAY(a, double, (size_t)v->p + 2);
    f->extra = ARENA_ARRAY(a, double, ((size_t)v->p + 1) * ((size_t)v->sites + 1));
    double big = 1;
    for (uint32_t i = 0; i < v->clients; i++)
        if (v->start[i + 1] > v->start[i]) big += (double)v->entry[v->start[i + 1] - 1].cost;
    for (uint32_t i = 0; i < v->clients; i++)
        f->beyond[i] = isfinite(v->outside[i]) ? (double)v->outside[i]
                       : v->always[i]          ? (double)v->entry[v->start[i + 1] - 1].cost
                                               : big;
    return f;
}

/* ---- what may be open ---------------------------------------------------------------------------------------------- */

static void recount(struct field *f) {
    const struct view *v = f->view;
    f->count = 0;
    memset(f->used, 0, ((size_t)v->group_count + 1) * sizeof *f->used);
    for (uint32_t j = 0; j < v->sites; j++)
        if (f->open[j]) {
            f->slot[j] = f->count;
            f->site_at[f->count++] = j;
            f->used[v->group[j]]++;
        }
    for (uint32_t r = 0; r < v->row_count; r++) {
        f->row_left[r] = v->rows[r].limit * (1 + 1e-12);
        for (uint32_t k = 0; k < v->rows[r].count; k++)
            if (f->open[v->rows[r].site[k]]) f->row_left[r] -= v->rows[r].coefficient[k];
    }
}

/* Whether the rows allow `in` instead of `out` (UINT32_MAX = nothing goes). */
static bool rows_allow(const struct field *f, uint32_t out, uint32_t in) {
    for (uint32_t r = 0; r < f->view->row_count; r++) {
        double need = 0;
        const struct row *row = &f->view->rows[r];
        for (uint32_t k = 0; k < row->count; k++) {
            if (row->site[k] == in) need += row->coefficient[k];
            if (row->site[k] == out) need -= row->coefficient[k];
        }
        if (need > 0 && need > f->row_left[r]) return false;
    }
    return true;
}

static bool exchange_allowed(const struct field *f, uint32_t out, uint32_t in) {
    const struct view *v = f->view;
    if (out < v->forced) return false;
    uint32_t g = v->group[out], h = v->group[in];
    if (v->grouped && g != h && (f->used[g] <= v->groups[g].least || f->used[h] >= v->groups[h].most)) return false;
    return rows_allow(f, out, in);
}

static bool addition_allowed(const struct field *f, uint32_t in, uint32_t needed) {
    const struct view *v = f->view;
    uint32_t g = v->group[in], left = v->p - f->count;
    if (!left || f->used[g] >= v->groups[g].most) return false;
    if (left <= needed && f->used[g] >= v->groups[g].least) return false;
    return rows_allow(f, UINT32_MAX, in);
}

static uint32_t still_needed(const struct field *f) {
    uint32_t needed = 0;
    for (uint32_t g = 0; g <= f->view->group_count; g++)
        if (f->used[g] < f->view->groups[g].least) needed += f->view->groups[g].least - f->used[g];
    return needed;
}

/* ---- prices ---------------------------------------------------------------------------------------------------------- */

static void find_nearest(struct field *f) {
    const struct view *v = f->view;
    f->value = 0;
    for (uint32_t i = 0; i < v->clients; i++) {
        f->near[i] = f->second[i] = f->beyond[i];
        f->nearest[i] = UINT32_MAX;
        for (size_t k = v->start[i]; k < v->start[i + 1]; k++) {
            if (!f->open[v->entry[k].site]) continue;
            if (f->nearest[i] != UINT32_MAX) {
                f->second[i] = (double)v->entry[k].cost;
                break;
            }
            f->near[i] = (double)v->entry[k].cost;
            f->nearest[i] = f->slot[v->entry[k].site];
        }
        f->value += f->near[i];
    }
}

/* gain[j]: saved by opening j. loss[s]: lost by closing slot s. Both at once save gain - loss + extra[s][j]. */
static void price(struct field *f) {
    const struct view *v = f->view;
    memset(f->gain, 0, v->sites * sizeof *f->gain);
    memset(f->loss, 0, ((size_t)f->count + 1) * sizeof *f->loss);
    memset(f->extra, 0, (size_t)f->count * v->sites * sizeof *f->extra);
    for (uint32_t i = 0; i < v->clients; i++) {
        double near = f->near[i], second = f->second[i];
        const struct entry *e = v->entry + v->start[i], *end = v->entry + v->start[i + 1];
        for (; e < end && (double)e->cost < near; e++) {
            f->gain[e->site] += near - (double)e->cost;
            if (f->nearest[i] != UINT32_MAX) f->extra[(size_t)f->nearest[i] * v->sites + e->site] += second - near;
        }
        if (f->nearest[i] == UINT32_MAX) continue;
        f->loss[f->nearest[i]] += second - near;
        double *extra = f->extra + (size_t)f->nearest[i] * v->sites;
        for (; e < end && (double)e->cost < second; e++) extra[e->site] += second - (double)e->cost;
    }
}

/* Carries out the best addition or exchange; false when nothing helps. */
static bool improve(struct field *f) {
    const struct view *v = f->view;
    double best = 1e-9 * fabs(f->value) + 1e-12;
    uint32_t best_in = UINT32_MAX, best_out = UINT32_MAX;
    price(f);
    if (f->count < v->p) {
        uint32_t needed = still_needed(f);
        for (uint32_t j = 0; j < v->sites; j++)
            if (!f->open[j] && f->gain[j] > best && addition_allowed(f, j, needed)) best = f->gain[best_in = j];
    }
    for (uint32_t s = 0, slots = best_in == UINT32_MAX ? f->count : 0; s < slots; s++) {
        const double *extra = f->extra + (size_t)s * v->sites;
        if (f->site_at[s] < v->forced) continue;
        for (uint32_t j = 0; j < v->sites; j++) {
            double saved = f->gain[j] + extra[j] - f->loss[s];
            if (saved <= best || f->open[j] || !exchange_allowed(f, f->site_at[s], j)) continue;
            best = saved;
            best_out = s;
            best_in = j;
        }
    }
    if (best_in == UINT32_MAX) return false;
    if (best_out != UINT32_MAX) f->open[f->site_at[best_out]] = 0;
    f->open[best_in] = 1;
    recount(f);
    double before = f->value;
    find_nearest(f);
    return f->value < before;
}

/* ---- the three searches ---------------------------------------------------------------------------------------------- */

static void take_in(struct field *f, const uint8_t *open) {
    for (uint32_t j = 0; j < f->view->sites; j++) f->open[j] = open[f->view->site[j]];
    recount(f);
    find_nearest(f);
}

static void give_out(const struct field *f, uint8_t *open) {
    memset(open, 0, f->core->sites);
    for (uint32_t j = 0; j < f->view->sites; j++) open[f->view->site[j]] = f->open[j];
}

bool search_greedy(struct core *c, const uint8_t *fix, uint8_t *open) {
    struct arena *scratch = arena_new();
    struct field *f = field_new(scratch, c, fix);
    const struct view *v = f->view;
    for (uint32_t j = 0; j < v->forced; j++) f->open[j] = 1;
    for (;;) {
        recount(f);
        find_nearest(f);
        memset(f->gain, 0, v->sites * sizeof *f->gain);
        for (uint32_t i = 0; i < v->clients; i++)
            for (size_t k = v->start[i]; k < v->start[i + 1]; k++) {
                double saved = f->near[i] - (double)v->entry[k].cost;
                if (saved < 0 || f->open[v->entry[k].site]) break;
                f->gain[v->entry[k].site] += saved;
            }
        uint32_t best = UINT32_MAX, needed = still_needed(f);
        for (uint32_t j = 0; j < v->sites; j++)
            if (!f->open[j] && (best == UINT32_MAX || f->gain[j] > f->gain[best]) && addition_allowed(f, j, needed)) best = j;
        if (best == UINT32_MAX || core_must_stop(c)) break;
        f->open[best] = 1;
    }
    bool complete = still_needed(f) == 0;
    give_out(f, open);
    arena_free(scratch);
    return complete;
}

static void settle(struct core *c, struct field *f) {
    while (improve(f))
        if (core_must_stop(c)) break;
}

double search_interchange(struct core *c, const uint8_t *fix, uint8_t *open) {
    struct arena *scratch = arena_new();
    struct field *f = field_new(scratch, c, fix);
    take_in(f, open);
    settle(c, f);
    give_out(f, open);
    double value = f->value;
    arena_free(scratch);
    return value;
}

static void shake(struct core *c, struct field *f, int k) {
    const struct view *v = f->view;
    for (int tries = 0; k > 0 && tries < 200; tries++) {
        uint32_t in = (uint32_t)(core_random(c) % v->sites), slot = (uint32_t)(core_random(c) % f->count);
        if (v->grouped && f->open[in] == 0 && f->used[v->group[in]] == v->groups[v->group[in]].most)
            for (uint32_t s = 0; s < f->count; s++) /* only one of its own group can go */
                if (v->group[f->site_at[s]] == v->group[in]) slot = s;
        if (f->open[in] || !exchange_allowed(f, f->site_at[slot], in)) continue;
        f->open[f->site_at[slot]] = 0;
        f->open[in] = 1;
        recount(f);
        k--;
    }
    find_nearest(f);
}

void search_vns(struct core *c, const uint8_t *fix, double seconds, int rounds) {
    if (!isfinite(c->value)) return;
    struct arena *scratch = arena_new();
    struct field *f = field_new(scratch, c, fix);
    uint8_t *open = ARENA_ARRAY(scratch, uint8_t, (size_t)c->sites + 1);
    int most = (int)f->view->p < 12 ? (int)f->view->p : 12;
    double end = core_seconds(c) + seconds;
    take_in(f, c->open);
    if (f->count && f->count < f->view->sites)
        for (int idle = 0, k = 1; idle < rounds && core_seconds(c) <= end && !core_must_stop(c) && c->value > c->stop_below;) {
            take_in(f, c->open);
            shake(c, f, k);
            settle(c, f);
            give_out(f, open);
            if (core_offer(c, open)) k = 1, idle = 0;
            else {
                k = k >= most ? 1 : k + 1;
                idle++;
            }
        }
    arena_free(scratch);
}
