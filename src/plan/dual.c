/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The certificate. "Every client is served once" is moved into the objective with a multiplier u per client; what is
 * left falls apart by site: opening site j is worth rho_j = sum min(0, cost - u) and the best p sites (as the groups
 * allow) are found by sorting. For every u the result is a bound that no plan can beat; deflected subgradient steps
 * raise it. Turning one site over costs the bound delta_j: where bound + delta_j passes the best plan, the site is
 * fixed. (Held-Karp 1971; Narula, Ogbu, Samuelsson 1977 for the p-median.)
 */
#include "methods.h"

#include <stdlib.h>
#include <string.h>

/* Scratch of one ascent. */
struct work {
    double *u, *rho, *step, *mu, *mu_step, *key, *kept;
    uint8_t *chosen;
    uint32_t *order, *used;
    int16_t *slope;   /* per client: 1 - times served */
    uint32_t *server; /* capacitated: who serves it */
    struct knapsack *knapsack; /* capacitated, or NULL */
};

struct dual *dual_new(struct arena *a, const struct core *c, const struct view *v, const double *u, const double *mu) {
    struct dual *d = ARENA_NEW(a, struct dual);
    d->arena = a;
    d->view = v;
    d->u = ARENA_ARRAY(a, double, (size_t)v->clients + 1);
    d->mu = ARENA_ARRAY(a, double, (size_t)v->row_count + 1);
    d->rho = ARENA_ARRAY(a, double, (size_t)v->sites + 1);
    d->delta = ARENA_ARRAY(a, double, (size_t)v->sites + 1);
    d->primal = ARENA_ARRAY(a, double, (size_t)v->sites + 1);
    d->chosen = ARENA_ARRAY(a, uint8_t, (size_t)v->sites + 1);
    d->slope = ARENA_ARRAY(a, int16_t, (size_t)v->clients + 1);
    d->server = ARENA_ARRAY(a, uint32_t, (size_t)v->clients + 1);
    d->bound = -INFINITY;
    if (c->capacitated) d->knapsack = knapsack_new(a, c, v);
    memcpy(d->u, u, v->clients * sizeof *u);
    if (mu) memcpy(d->mu, mu, v->row_count * sizeof *mu);
    if (!c->capacitated)
        for (uint32_t i = 0; i < v->clients; i++)
            if (d->u[i] > (double)v->outside[i]) d->u[i] = (double)v->outside[i];
    return d;
}

static struct work work_new(struct arena *a, const struct dual *d) {
    const struct view *v = d->view;
    return (struct work){
        .u = ARENA_ARRAY(a, double, (size_t)v->clients + 1),
        .rho = ARENA_ARRAY(a, double, (size_t)v->sites + 1),
        .key = ARENA_ARRAY(a, double, (size_t)v->sites + 1),
        .kept = ARENA_ARRAY(a, double, (size_t)v->sites + 1),
        .step = ARENA_ARRAY(a, double, (size_t)v->clients + 1),
        .mu = ARENA_ARRAY(a, double, (size_t)v->row_count + 1),
        .mu_step = ARENA_ARRAY(a, double, (size_t)v->row_count + 1),
        .chosen = ARENA_ARRAY(a, uint8_t, (size_t)v->sites + 1),
        .order = ARENA_ARRAY(a, uint32_t, (size_t)v->sites + 1),
        .used = ARENA_ARRAY(a, uint32_t, (size_t)v->group_count + 1),
        .slope = ARENA_ARRAY(a, int16_t, (size_t)v->clients + 1),
        .server = ARENA_ARRAY(a, uint32_t, (size_t)v->clients + 1),
        .knapsack = d->knapsack,
    };
}

/* ---- one evaluation ---------------------------------------------------------------------------------------------- */

/* Sum of the multipliers; fills rho. */
static double add_up_plain(const struct view *v, const double *u, double *rho) {
    double sum = 0;
    memset(rho, 0, v->sites * sizeof *rho);
    for (uint32_t i = 0; i < v->clients; i++) {
        double ui = u[i];
        sum += ui;
        for (const struct entry *e = v->entry + v->start[i], *end = v->entry + v->start[i + 1]; e < end; e++) {
            double over = (double)e->cost - ui;
            if (over >= 0) break;
            rho[e->site] += over;
        }
    }
    return sum;
}

static double add_up(const struct view *v, struct work *w) {
    double sum = w->knapsack ? knapsack_add_up(w->knapsack, w->u, w->rho) : add_up_plain(v, w->u, w->rho);
    for (uint32_t r = 0; r < v->row_count; r++) {
        sum -= w->mu[r] * v->rows[r].limit;
        if (w->mu[r] > 0)
            for (uint32_t k = 0; k < v->rows[r].count; k++)
                w->rho[v->rows[r].site[k]] += w->mu[r] * v->rows[r].coefficient[k];
    }
    return sum;
}

/* The k-th least of key[0..n), k from 1; rearranges (Hoare's find, as Wirth wrote it). */
static double least_of(double *key, uint32_t n, uint32_t k) {
    int64_t low = 0, high = (int64_t)n - 1, want = (int64_t)k - 1;
    while (low < high) {
        double pivot = key[want];
        int64_t i = low, j = high;
        do {
            while (key[i] < pivot) i++;
            while (pivot < key[j]) j--;
            if (i <= j) {
                double swap = key[i];
                key[i++] = key[j];
                key[j--] = swap;
            }
        } while (i <= j);
        if (j < want) low = i;
        if (want < i) high = j;
    }
    return key[want];
}

static int compare_by(const void *a, const void *b, void *rho) {
    double x = ((const double *)rho)[*(const uint32_t *)a], y = ((const double *)rho)[*(const uint32_t *)b];
    return x < y ? -1 : x > y ? 1 : *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

/* The cheapest set the groups allow: a matroid, so sorted order with "can it still be completed" is exact. */
static void choose_grouped(const struct view *v, struct work *w) {
    uint32_t needed = 0, left = v->p;
    for (uint32_t j = 0; j < v->sites; j++) w->order[j] = j;
    qsort_r(w->order, v->sites, sizeof *w->order, compare_by, w->rho);
    for (uint32_t g = 0; g <= v->group_count; g++) {
        needed += v->groups[g].least;
        w->used[g] = 0;
    }
    for (uint32_t k = 0; k < v->sites; k++) {
        uint32_t j = w->order[k], g = v->group[j];
        bool short_of = w->used[g] < v->groups[g].least;
        w->chosen[j] = w->used[g] < v->groups[g].most && (short_of || (left > needed && w->rho[j] <= 0));
        if (!w->chosen[j]) continue;
        w->used[g]++;
        left--;
        needed -= short_of;
    }
}

static void choose_plain(const struct view *v, struct work *w) {
    memset(w->chosen, 0, v->sites);
    if (!v->p || !v->sites) return;
    memcpy(w->key, w->rho, v->sites * sizeof *w->key);
    double worst = least_of(w->key, v->sites, v->p);
    if (worst > 0) worst = 0;
    uint32_t left = v->p;
    for (uint32_t j = 0; j < v->sites; j++)
        if (w->rho[j] < worst) {
            w->chosen[j] = 1;
            left--;
        }
    for (uint32_t j = 0; j < v->sites && left; j++)
        if (!w->chosen[j] && w->rho[j] == worst) {
            w->chosen[j] = 1;
            left--;
        }
}

static double evaluate(const struct view *v, struct work *w) {
    double sum = add_up(v, w);
    for (uint32_t j = 0; j < v->forced; j++) { /* open already: so cheap that every choice has them */
        w->kept[j] = w->rho[j];
        w->rho[j] = -1e300;
    }
    if (v->grouped) choose_grouped(v, w);
    else choose_plain(v, w);
    for (uint32_t j = 0; j < v->forced; j++) w->rho[j] = w->kept[j];
    for (uint32_t j = 0; j < v->sites; j++)
        if (w->chosen[j]) sum += w->rho[j];
    return sum;
}

/* The subgradient of the last evaluation in w->slope. */
static void find_slope(const struct view *v, struct work *w) {
    if (w->knapsack) {
        knapsack_slope(w->knapsack, w->u, w->chosen, w->slope, w->server);
        return;
    }
    for (uint32_t i = 0; i < v->clients; i++) {
        int served = 0;
        double ui = w->u[i];
        for (const struct entry *e = v->entry + v->start[i], *end = v->entry + v->start[i + 1]; e < end; e++) {
            if ((double)e->cost >= ui) break;
            served += w->chosen[e->site];
        }
        w->slope[i] = (int16_t)(1 - served);
    }
}

/* ---- the ascent -------------------------------------------------------------------------------------------------- */

/* Moves w->u along the deflected direction. */
static void move(const struct view *v, struct work *w, double step, double missing) {
    double length = 0;
    for (uint32_t i = 0; i < v->clients; i++) {
        double s = w->slope[i];
        if (s > 0 && w->u[i] >= (double)v->outside[i]) s = 0;
        double d = s + 0.6 * w->step[i];
        if (d > 0 && w->u[i] >= (double)v->outside[i]) d = 0;
        w->step[i] = d;
        length += d * d;
    }
    for (uint32_t r = 0; r < v->row_count; r++) {
        double s = -v->rows[r].limit;
        for (uint32_t k = 0; k < v->rows[r].count; k++)
            if (w->chosen[v->rows[r].site[k]]) s += v->rows[r].coefficient[k];
        double d = s + 0.6 * w->mu_step[r];
        if (d < 0 && w->mu[r] <= 0) d = 0;
        w->mu_step[r] = d;
        length += d * d;
    }
    if (length <= 0) return;
    double t = step * missing / length;
    for (uint32_t i = 0; i < v->clients; i++) {
        double u = w->u[i] + t * w->step[i];
        double most = (double)v->outside[i];
        w->u[i] = u > most ? most : u;
    }
    for (uint32_t r = 0; r < v->row_count; r++) w->mu[r] = fmax(0, w->mu[r] + t * w->mu_step[r]);
}

/* Makes a plan of the relaxed assignment. */
void offer_relaxed(struct core *c, const struct view *v, const uint8_t *chosen, const uint32_t *server,
                   const uint8_t *fix) {
    struct arena *scratch = arena_new();
    uint8_t *open = ARENA_ARRAY(scratch, uint8_t, (size_t)c->sites + 1);
    uint32_t *site = ARENA_ARRAY(scratch, uint32_t, (size_t)c->clients + 1);
    for (uint32_t j = 0; j < v->sites; j++) open[v->site[j]] = chosen[j];
    for (uint32_t i = 0; i < c->clients; i++) site[i] = server[i] == UINT32_MAX ? PLAN_NO_SITE : v->site[server[i]];
    assign_repair(c, fix, open, site);
    arena_free(scratch);
}

void dual_ascend(struct core *c, struct dual *d, const struct ascent *how) {
    const struct view *v = d->view;
    struct arena *scratch = arena_new();
    struct work w = work_new(scratch, d);
    memcpy(w.u, d->u, v->clients * sizeof *w.u);
    memcpy(w.mu, d->mu, v->row_count * sizeof *w.mu);
    double step = how->step;
    int idle = 0;
    for (int k = 0; k < how->iterations; k++) {
        double bound = evaluate(v, &w);
        double gained = bound - d->bound;
        if (gained > 0) {
            bool much = gained > 1e-4 * (how->target - d->bound);
            d->bound = bound;
            memcpy(d->u, w.u, v->clients * sizeof *w.u);
            memcpy(d->mu, w.mu, v->row_count * sizeof *w.mu);
            if (bound > how->enough) break;
            if (much) idle = 0;
            else idle++;
        } else idle++;
        if (idle >= how->patience) {
            idle = 0;
            step *= 0.5;
            if (step < how->least_step) break;
            memcpy(w.u, d->u, v->clients * sizeof *w.u);
            memcpy(w.mu, d->mu, v->row_count * sizeof *w.mu);
            memset(w.step, 0, v->clients * sizeof *w.step);
            memset(w.mu_step, 0, v->row_count * sizeof *w.mu_step);
            evaluate(v, &w);
        }
        for (uint32_t j = 0; j < v->sites; j++) d->primal[j] += 0.05 * (w.chosen[j] - d->primal[j]);
        if ((k & 15) == 15 && core_must_stop(c)) break;
        find_slope(v, &w);
        if (c->capacitated && k % how->offer_every == how->offer_every - 1 && bound > 0.95 * d->bound)
            offer_relaxed(c, v, w.chosen, w.server, how->fix);
        double missing = how->target - bound;
        move(v, &w, step, missing > 0 ? missing : 1e-3 * fabs(bound));
    }
    arena_free(scratch);
}

/* ---- turning one site over --------------------------------------------------------------------------------------- */

/* Best and worst of a class of sites: what could come in, what could go out. */
struct edge {
    double in, out;
};

/* Fills delta from rho and chosen; used[]: scratch, per group. */
static void turning_costs(struct arena *scratch, struct dual *d, uint32_t *used) {
    const struct view *v = d->view;
    struct edge *of = ARENA_ARRAY(scratch, struct edge, (size_t)v->group_count + 1), any = {INFINITY, -INFINITY};
    uint32_t count = 0;
    memset(used, 0, ((size_t)v->group_count + 1) * sizeof *used);
    for (uint32_t g = 0; g <= v->group_count; g++) of[g] = any;
    for (uint32_t j = 0; j < v->sites; j++) {
        struct edge *e = &of[v->group[j]];
        if (d->chosen[j]) {
            count++;
            used[v->group[j]]++;
            if (j >= v->forced) e->out = fmax(e->out, d->rho[j]);
        } else e->in = fmin(e->in, d->rho[j]);
    }
    for (uint32_t g = 0; g <= v->group_count; g++) {
        if (used[g] > v->groups[g].least) any.out = fmax(any.out, of[g].out);
        if (used[g] < v->groups[g].most) any.in = fmin(any.in, of[g].in);
    }
    for (uint32_t j = 0; j < v->sites; j++) {
        uint32_t g = v->group[j];
        double other;
        if (d->chosen[j]) {
            other = of[g].in;
            if (used[g] > v->groups[g].least) other = fmin(other, fmin(any.in, 0));
            d->delta[j] = other - d->rho[j];
        } else {
            other = of[g].out;
            if (used[g] < v->groups[g].most) other = fmax(other, count < v->p ? fmax(any.out, 0) : any.out);
            d->delta[j] = d->rho[j] - other;
        }
        if (d->delta[j] < 0) d->delta[j] = 0;
    }
}

void dual_finish(const struct core *c, struct dual *d) {
    const struct view *v = d->view;
    struct arena *scratch = arena_new();
    struct work w = work_new(scratch, d);
    memcpy(w.u, d->u, v->clients * sizeof *w.u);
    memcpy(w.mu, d->mu, v->row_count * sizeof *w.mu);
    d->bound = evaluate(v, &w);
    memcpy(d->rho, w.rho, v->sites * sizeof *w.rho);
    memcpy(d->chosen, w.chosen, v->sites);
    if (c->capacitated) {
        find_slope(v, &w);
        memcpy(d->slope, w.slope, v->clients * sizeof *w.slope);
        memcpy(d->server, w.server, v->clients * sizeof *w.server);
    }
    turning_costs(scratch, d, w.used);
    arena_free(scratch);
}
