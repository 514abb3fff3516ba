/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the question to sorted lists, and from fixed sites to the smaller problem that is left (the view).
 * Three exact reductions make a view small: entries behind an open site go; because a group keeps one of its sites
 * open, entries behind the farthest site of a group go; and because p of the m free sites are opened, nobody is served
 * by more than the (m - p + 1)-th nearest.
 */
#include "methods.h"

#include <string.h>

/* ---- building ---------------------------------------------------------------------------------------------------- */

static double site_cost(const struct plan_problem *q, uint32_t client, uint32_t site) {
    double distance = q->distance[(size_t)client * q->sites + site];
    double weight = q->weight ? q->weight[client] : 1;
    if (q->method == PLAN_COVER || q->method == PLAN_PCENTER) return distance <= q->radius ? 0 : INFINITY;
    return isfinite(distance) ? distance * weight : INFINITY;
}

static float float_below(double x) {
    float f = (float)x;
    return (double)f > x ? nextafterf(f, 0) : f;
}

/* Sorts by cost: non-negative floats sort like their bits, three passes of 11 bits. */
static void sort_entries(struct entry *list, struct entry *other, uint32_t n) {
    for (int shift = 0; shift < 33; shift += 11) {
        uint32_t count[2048] = {0}, sum = 0;
        for (uint32_t k = 0; k < n; k++) {
            uint32_t bits;
            memcpy(&bits, &list[k].cost, sizeof bits);
            count[(bits >> shift) & 2047]++;
        }
        for (uint32_t v = 0; v < 2048; v++) {
            uint32_t here = count[v];
            count[v] = sum;
            sum += here;
        }
        for (uint32_t k = 0; k < n; k++) {
            uint32_t bits;
            memcpy(&bits, &list[k].cost, sizeof bits);
            other[count[(bits >> shift) & 2047]++] = list[k];
        }
        struct entry *swap = list;
        list = other;
        other = swap;
    }
    memcpy(other, list, n * sizeof *list); /* three passes end in the other array */
}

static double gcd(double a, double b) {
    while (b > 0) {
        double r = fmod(a, b);
        a = b;
        b = r;
    }
    return a;
}

static void add_lists(struct core *c, const struct plan_problem *q) {
    size_t total = 0;
    for (uint32_t i = 0; i < c->clients; i++)
        for (uint32_t j = 0; j < c->sites; j++) total += isfinite(site_cost(q, i, j)) ? 1 : 0;
    c->start = ARENA_ARRAY(c->arena, size_t, (size_t)c->clients + 1);
    c->entry = ARENA_ARRAY(c->arena, struct entry, total + 1);
    c->outside = ARENA_ARRAY(c->arena, float, (size_t)c->clients + 1);
    struct entry *other = ARENA_ARRAY(c->arena, struct entry, (size_t)c->sites + 1);
    size_t at = 0;
    bool whole = true;
    for (uint32_t i = 0; i < c->clients; i++) {
        c->start[i] = at;
        for (uint32_t j = 0; j < c->sites; j++) {
            double cost = site_cost(q, i, j);
            if (!isfinite(cost)) continue;
            if (whole && (cost != floor(cost) || cost > 1e15)) whole = false;
            else if (whole) c->grain = gcd(c->grain, cost);
            c->entry[at++] = (struct entry){float_below(cost), j};
            if ((double)c->entry[at - 1].cost != cost) c->rounded = true;
        }
        sort_entries(c->entry + c->start[i], other, (uint32_t)(at - c->start[i]));
        double outside = q->method == PLAN_COVER ? (q->weight ? q->weight[i] : 1) : q->method == PLAN_PCENTER ? 1 : INFINITY;
        if (q->method == PLAN_PCENTER && q->weight && q->weight[i] <= 0) outside = 0;
        c->outside[i] = isfinite(outside) ? float_below(outside) : INFINITY;
        if (isfinite(outside)) {
            if ((double)c->outside[i] != outside) c->rounded = true;
            if (outside != floor(outside)) whole = false;
            else c->grain = gcd(c->grain, outside);
        }
    }
    c->start[c->clients] = at;
    if (!whole) c->grain = 0;
}

static void add_groups(struct core *c, const struct plan_problem *q) {
    c->group_count = q->groups ? q->group_count : 0;
    c->groups = ARENA_ARRAY(c->arena, struct plan_group, (size_t)c->group_count + 1);
    for (uint32_t g = 0; g < c->group_count; g++) c->groups[g] = q->groups[g];
    c->groups[c->group_count] = (struct plan_group){0, UINT32_MAX};
    c->group = ARENA_ARRAY(c->arena, uint32_t, (size_t)c->sites + 1);
    for (uint32_t j = 0; j < c->sites; j++)
        c->group[j] = c->group_count && q->group && q->group[j] < c->group_count ? q->group[j] : c->group_count;
}

static void add_row(struct core *c, uint32_t count, const uint32_t *site, const double *coefficient, double sign,
                    double limit) {
    double *signed_by = ARENA_ARRAY(c->arena, double, (size_t)count + 1), size = fabs(limit);
    if (!isfinite(limit)) return;
    for (uint32_t k = 0; k < count; k++) {
        signed_by[k] = sign * coefficient[k];
        size += fabs(coefficient[k]);
    }
    c->rows[c->row_count++] = (struct row){count, site, signed_by, limit + 1e-12 * size};
}

static void add_rows(struct core *c, const struct plan_problem *q) {
    static const double one[] = {1, 1};
    c->rows = ARENA_ARRAY(c->arena, struct row, (size_t)q->pair_count + 2 * (size_t)q->rule_count + 1);
    if (q->cost) {
        uint32_t *site = ARENA_ARRAY(c->arena, uint32_t, (size_t)c->sites + 1);
        for (uint32_t j = 0; j < c->sites; j++) site[j] = j;
        add_row(c, c->sites, site, q->cost, 1, q->budget);
    }
    for (uint32_t k = 0; k < q->pair_count; k++) {
        uint32_t *site = ARENA_ARRAY(c->arena, uint32_t, 2);
        site[0] = q->pairs[k].a, site[1] = q->pairs[k].b;
        add_row(c, 2, site, one, 1, 1);
    }
    for (uint32_t k = 0; k < q->rule_count; k++) {
        const struct plan_rule *r = &q->rules[k];
        add_row(c, r->count, r->site, r->coefficient, 1, r->most);
        add_row(c, r->count, r->site, r->coefficient, -1, -r->least);
    }
}

struct core *core_new(struct arena *a, const struct plan_problem *q, const struct plan_options *options) {
    struct core *c = ARENA_NEW(a, struct core);
    c->arena = a;
    c->problem = q;
    c->options = options;
    c->clients = q->clients;
    c->sites = q->sites;
    c->p = q->p < q->sites ? q->p : q->sites;
    c->capacitated = q->method == PLAN_CAPACITATED;
    c->value = INFINITY;
    c->bound = -INFINITY;
    c->stop_below = -INFINITY;
    c->stop_above = INFINITY;
    for (uint32_t i = 0; i < q->clients; i++) c->total += q->weight ? q->weight[i] : 1;
    c->open = ARENA_ARRAY(a, uint8_t, (size_t)c->sites + 1);
    c->site_of = ARENA_ARRAY(a, uint32_t, (size_t)c->clients + 1);
    c->random = options->seed * 2654435769u + 88172645463325252u;
    c->started = options->now ? options->now(options->user) : 0;
    add_lists(c, q);
    add_groups(c, q);
    add_rows(c, q);
    if (c->capacitated) knapsack_units(c);
    return c;
}

/* ---- the clock, the best plan ------------------------------------------------------------------------------------ */

double core_seconds(const struct core *c) {
    return c->options->now ? c->options->now(c->options->user) - c->started : 0;
}

bool core_must_stop(struct core *c) {
    if (c->stopped) return true;
    double seconds = core_seconds(c);
    if (c->options->time_limit > 0 && seconds >= c->options->time_limit) c->stopped = true;
    if (c->options->progress && (seconds >= c->next_report || c->stopped)) {
        c->next_report = seconds + 0.1;
        struct plan_progress now = {seconds, c->value, c->bound, c->nodes};
        if (c->problem->method == PLAN_COVER) {
            now.value = isfinite(c->value) ? c->total - c->value : 0;
            now.bound = fmin(c->total, c->total - c->bound);
        }
        if (!c->options->progress(c->options->user, &now)) c->stopped = true;
    }
    return c->stopped;
}

uint64_t core_random(struct core *c) {
    c->random ^= c->random << 13;
    c->random ^= c->random >> 7;
    c->random ^= c->random << 17;
    return c->random;
}

double core_value(const struct core *c, const uint8_t *open) {
    double sum = 0;
    for (uint32_t i = 0; i < c->clients; i++) {
        double cost = (double)c->outside[i];
        for (size_t k = c->start[i]; k < c->start[i + 1]; k++)
            if (open[c->entry[k].site]) {
                double here = site_cost(c->problem, i, c->entry[k].site);
                if (here < cost) cost = here;
                break;
            }
        if (!isfinite(cost)) return INFINITY;
        sum += cost;
    }
    return sum;
}

bool core_allows(const struct core *c, const uint8_t *open) {
    struct plan_group *g = c->groups;
    uint32_t count = 0, small[64], *seen = small;
    struct arena *scratch = c->group_count >= 64 ? arena_new() : NULL;
    if (scratch) seen = ARENA_ARRAY(scratch, uint32_t, (size_t)c->group_count + 1);
    else memset(small, 0, sizeof small);
    const enum plan_site_state *state = c->problem->state;
    bool good = true;
    for (uint32_t j = 0; j < c->sites; j++) {
        count += open[j];
        seen[c->group[j]] += open[j];
        if (state && ((state[j] == PLAN_OPEN && !open[j]) || (state[j] == PLAN_CLOSED && open[j]))) good = false;
    }
    for (uint32_t k = 0; k <= c->group_count; k++) good = good && seen[k] >= g[k].least && seen[k] <= g[k].most;
    for (uint32_t r = 0; r < c->row_count && good; r++) {
        double sum = 0;
        for (uint32_t k = 0; k < c->rows[r].count; k++)
            if (open[c->rows[r].site[k]]) sum += c->rows[r].coefficient[k];
        good = sum <= c->rows[r].limit;
    }
    arena_free(scratch);
    return good && count <= c->p;
}

bool core_offer(struct core *c, const uint8_t *open) {
    double value = core_value(c, open);
    if (!(value < c->value) || !core_allows(c, open)) return false;
    c->value = value;
    memcpy(c->open, open, c->sites);
    return true;
}

double core_cutoff(const struct core *c) {
    double cutoff = c->value;
    if (isfinite(cutoff)) {
        double least = (c->rounded ? 2e-7 : 1e-9) * fabs(cutoff), asked = c->options->gap * fabs(cutoff);
        double step = c->grain * (1 - 1e-4);
        if (step < least) step = least;
        if (step < asked) step = asked;
        cutoff -= step;
    }
    return cutoff < c->stop_above ? cutoff : c->stop_above;
}

/* ---- propagation ------------------------------------------------------------------------------------------------- */

struct tally {
    uint32_t open, free;
    uint32_t *group_open, *group_free;
};

static void count_sites(const struct core *c, const uint8_t *fix, struct tally *t) {
    memset(t->group_open, 0, ((size_t)c->group_count + 1) * sizeof *t->group_open);
    memset(t->group_free, 0, ((size_t)c->group_count + 1) * sizeof *t->group_free);
    t->open = t->free = 0;
    for (uint32_t j = 0; j < c->sites; j++) {
        if (fix[j] == FIX_OPEN) t->open++, t->group_open[c->group[j]]++;
        if (fix[j] == FIX_FREE) t->free++, t->group_free[c->group[j]]++;
    }
}

/* What a row forces: the least it can sum to is what is open and what may still lower it. */
static bool fix_by_rows(const struct core *c, uint8_t *fix, bool *possible) {
    bool changed = false;
    for (uint32_t r = 0; r < c->row_count; r++) {
        const struct row *row = &c->rows[r];
        double slack = row->limit;
        for (uint32_t k = 0; k < row->count; k++) {
            uint8_t f = fix[row->site[k]];
            if (f == FIX_OPEN || (f == FIX_FREE && row->coefficient[k] < 0)) slack -= row->coefficient[k];
        }
        if (slack < 0) *possible = false;
        for (uint32_t k = 0; k < row->count; k++)
            if (fix[row->site[k]] == FIX_FREE && fabs(row->coefficient[k]) > slack) {
                fix[row->site[k]] = row->coefficient[k] > 0 ? FIX_CLOSED : FIX_OPEN;
                changed = true;
            }
    }
    return changed;
}

/* What groups and p force; true if something changed. */
static bool force_by_counts(const struct core *c, uint8_t *fix, const struct tally *t, bool *possible) {
    uint32_t needed = 0;
    bool limited = c->row_count > 0, changed = false;
    for (uint32_t g = 0; g <= c->group_count; g++) {
        uint32_t open = t->group_open[g];
        if (open > c->groups[g].most || open + t->group_free[g] < c->groups[g].least) *possible = false;
        if (c->groups[g].least > open) needed += c->groups[g].least - open;
        if (open + t->group_free[g] > c->groups[g].most) limited = true;
    }
    if (t->open > c->p || needed > c->p - t->open) *possible = false;
    if (!*possible) return false;
    bool tight = needed == c->p - t->open;
    for (uint32_t j = 0; j < c->sites; j++) {
        if (fix[j] != FIX_FREE) continue;
        const struct plan_group *group = &c->groups[c->group[j]];
        uint32_t open = t->group_open[c->group[j]], after = open + t->group_free[c->group[j]];
        if (open >= group->most || (tight && open >= group->least)) fix[j] = FIX_CLOSED;
        else if (after <= group->least || (!limited && t->free <= c->p - t->open)) fix[j] = FIX_OPEN;
        changed = changed || fix[j] != FIX_FREE;
    }
    return changed;
}

bool core_propagate(const struct core *c, uint8_t *fix) {
    struct arena *scratch = arena_new();
    struct tally t = {.group_open = ARENA_ARRAY(scratch, uint32_t, (size_t)c->group_count + 1),
                      .group_free = ARENA_ARRAY(scratch, uint32_t, (size_t)c->group_count + 1)};
    bool possible = true, again = true;
    while (again && possible) {
        again = fix_by_rows(c, fix, &possible);
        count_sites(c, fix, &t);
        if (possible && force_by_counts(c, fix, &t, &possible)) again = true;
    }
    arena_free(scratch);
    return possible;
}

/* ---- the view ---------------------------------------------------------------------------------------------------- */

enum { GONE_CLOSED = UINT32_MAX, GONE_OPEN = UINT32_MAX - 1 };

static void view_groups(struct view *v, struct arena *a, const struct core *c, const uint8_t *fix, const uint32_t *local,
                        bool keep) {
    v->groups = ARENA_ARRAY(a, struct plan_group, (size_t)c->group_count + 1);
    v->group_count = c->group_count;
    memcpy(v->groups, c->groups, ((size_t)c->group_count + 1) * sizeof *v->groups);
    v->group = ARENA_ARRAY(a, uint32_t, (size_t)v->sites + 1);
    uint32_t needed = 0;
    for (uint32_t j = 0; j < c->sites; j++) {
        struct plan_group *g = &v->groups[c->group[j]];
        if (fix[j] == FIX_OPEN && !keep) {
            if (g->least) g->least--;
            if (g->most != UINT32_MAX) g->most--;
        }
        if (local[j] < GONE_OPEN) v->group[local[j]] = c->group[j];
    }
    for (uint32_t g = 0; g < c->group_count; g++) {
        needed += v->groups[g].least;
        if (v->groups[g].least || v->groups[g].most != UINT32_MAX) v->grouped = true;
    }
    if (needed == v->p) /* exactly the least of every group */
        for (uint32_t g = 0; g <= c->group_count; g++) v->groups[g].most = v->groups[g].least;
}

static void view_rows(struct view *v, struct arena *a, const struct core *c, const uint32_t *local) {
    v->rows = ARENA_ARRAY(a, struct row, (size_t)c->row_count + 1);
    v->row_count = c->row_count;
    for (uint32_t r = 0; r < c->row_count; r++) {
        const struct row *from = &c->rows[r];
        uint32_t *site = ARENA_ARRAY(a, uint32_t, (size_t)from->count + 1), n = 0;
        double *coefficient = ARENA_ARRAY(a, double, (size_t)from->count + 1), limit = from->limit;
        for (uint32_t k = 0; k < from->count; k++) {
            if (local[from->site[k]] == GONE_OPEN) limit -= from->coefficient[k];
            if (local[from->site[k]] >= GONE_OPEN) continue;
            site[n] = local[from->site[k]];
            coefficient[n++] = from->coefficient[k];
        }
        v->rows[r] = (struct row){n, site, coefficient, limit};
    }
}

/* Copies client i's entries that can still matter; returns how many. */
static uint32_t cut_list(struct view *v, const struct core *c, uint32_t i, const uint32_t *local, uint32_t *left,
                         struct entry *out) {
    uint32_t n = 0, most = c->row_count || c->capacitated || !v->p ? UINT32_MAX : v->sites - v->p + 1;
    for (size_t k = c->start[i]; k < c->start[i + 1] && !v->always[i]; k++) {
        struct entry e = c->entry[k];
        if (e.cost >= v->outside[i]) break;
        if (c->forbidden && c->forbidden[i * c->forbidden_words + e.site / 64] >> (e.site % 64) & 1) continue;
        if (local[e.site] == GONE_CLOSED) continue;
        if (local[e.site] == GONE_OPEN) {
            v->outside[i] = e.cost;
            break;
        }
        out[n++] = (struct entry){e.cost, local[e.site]};
        if (c->capacitated) continue;
        uint32_t g = c->group[e.site];
        v->always[i] = (n >= most && !v->grouped) || (v->grouped && --left[g] == 0 && v->groups[g].least);
    }
    if (isfinite(v->outside[i])) v->always[i] = 1;
    return n;
}

/* Numbers what remains; open sites first when they are kept. */
static uint32_t number_sites(struct view *v, const struct core *c, const uint8_t *fix, bool keep, uint32_t *local) {
    uint32_t opened = 0;
    for (uint32_t j = 0; j < c->sites; j++) {
        local[j] = fix[j] == FIX_CLOSED ? GONE_CLOSED : GONE_OPEN;
        if (fix[j] == FIX_OPEN) opened++;
        if (fix[j] == FIX_OPEN && keep) {
            local[j] = v->sites;
            v->site[v->sites++] = j;
        }
    }
    v->forced = v->sites;
    for (uint32_t j = 0; j < c->sites; j++)
        if (fix[j] == FIX_FREE) {
            local[j] = v->sites;
            v->site[v->sites++] = j;
        }
    return opened;
}

struct view *view_new(struct arena *a, const struct core *c, const uint8_t *fix, bool keep) {
    struct view *v = ARENA_NEW(a, struct view);
    uint32_t *local = ARENA_ARRAY(a, uint32_t, (size_t)c->sites + 1);
    v->site = ARENA_ARRAY(a, uint32_t, (size_t)c->sites + 1);
    v->clients = c->clients;
    v->possible = true;
    uint32_t opened = number_sites(v, c, fix, keep, local);
    v->p = keep ? c->p : opened <= c->p ? c->p - opened : 0;
    if (v->p > v->sites) v->p = v->sites;
    view_groups(v, a, c, fix, local, keep);
    view_rows(v, a, c, local);
    v->outside = ARENA_ARRAY(a, float, (size_t)c->clients + 1);
    memcpy(v->outside, c->outside, c->clients * sizeof *v->outside);
    v->always = ARENA_ARRAY(a, uint8_t, (size_t)c->clients + 1);
    v->start = ARENA_ARRAY(a, size_t, (size_t)c->clients + 1);
    uint32_t *size = ARENA_ARRAY(a, uint32_t, (size_t)c->group_count + 1);
    uint32_t *left = ARENA_ARRAY(a, uint32_t, (size_t)c->group_count + 1);
    for (uint32_t j = 0; j < v->sites; j++) size[v->group[j]]++;
    struct entry *list = ARENA_ARRAY(a, struct entry, (size_t)v->sites + 1);
    size_t total = 0, room = v->sites + 1;
    v->entry = ARENA_ARRAY(a, struct entry, room);
    for (uint32_t i = 0; i < c->clients; i++) {
        if (v->grouped) memcpy(left, size, ((size_t)c->group_count + 1) * sizeof *left);
        uint32_t n = cut_list(v, c, i, local, left, list);
        if (total + n > room) {
            size_t more = room * 2 > total + n ? room * 2 : (total + n) * 2 + 1024;
            v->entry = arena_grow(a, v->entry, room * sizeof *list, more * sizeof *list);
            room = more;
        }
        if (n) memcpy(v->entry + total, list, n * sizeof *list);
        v->start[i] = total;
        total += n;
        if (!n && !isfinite(v->outside[i])) v->possible = false;
    }
    v->start[c->clients] = total;
    return v;
}

void core_shrink(struct core *c, const uint8_t *fix) {
    struct arena *scratch = arena_new();
    struct view *v = view_new(scratch, c, fix, true);
    size_t at = 0;
    if (v->possible)
        for (uint32_t i = 0; i < c->clients; i++) {
            c->start[i] = at;
            for (size_t k = v->start[i]; k < v->start[i + 1]; k++) {
                uint32_t site = v->site[v->entry[k].site];
                c->entry[at++] = (struct entry){v->entry[k].cost, site};
                if (fix[site] == FIX_OPEN && !c->capacitated) break;
            }
        }
    if (v->possible) c->start[c->clients] = at;
    arena_free(scratch);
}
