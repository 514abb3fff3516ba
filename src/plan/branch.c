/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plan and proof together. At the root the bound is raised in rounds; after each, sites whose turning over would cost
 * more than the best plan is worth are fixed and the lists shrink. What is left is branched: the node with the least
 * bound first, its more promising child at once (so plans keep coming), the other one waiting with the multipliers it
 * was left with. The least bound of all waiting nodes is proven at any moment, so the search may be stopped at will.
 */
#include "join.h"
#include "methods.h"

#include <string.h>

struct node {
    double bound;
    uint8_t *fix;
    float *u; /* NULL: take the root's */
    double *mu;
    uint64_t *forbidden; /* capacitated */
    struct node *next; /* free list */
};

struct tree {
    struct core *core;
    struct arena *arena;
    struct node **heap;
    size_t len, cap, made;
    struct node *spare;
    double *root_u, *root_mu;
    uint8_t *root_fix;
    double current; /* bound of the node being worked on */
};

enum { MOST_STORED = 1u << 16 };

/* ---- waiting nodes --------------------------------------------------------------------------------------------------- */

static void heap_put(struct tree *t, struct node *n) {
    if (t->len == t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 256;
        t->heap = arena_grow(t->arena, t->heap, t->cap * sizeof *t->heap, cap * sizeof *t->heap);
        t->cap = cap;
    }
    size_t i = t->len++;
    for (; i && t->heap[(i - 1) / 2]->bound > n->bound; i = (i - 1) / 2) t->heap[i] = t->heap[(i - 1) / 2];
    t->heap[i] = n;
}

static struct node *heap_take(struct tree *t) {
    struct node *top = t->heap[0], *last = t->heap[--t->len];
    size_t i = 0;
    for (;;) {
        size_t k = 2 * i + 1;
        if (k >= t->len) break;
        if (k + 1 < t->len && t->heap[k + 1]->bound < t->heap[k]->bound) k++;
        if (t->heap[k]->bound >= last->bound) break;
        t->heap[i] = t->heap[k];
        i = k;
    }
    t->heap[i] = last;
    return top;
}

static struct node *node_new(struct tree *t, double bound, const uint8_t *fix, const double *u, const double *mu) {
    const struct core *c = t->core;
    struct node *n = t->spare;
    if (n) t->spare = n->next;
    else {
        n = ARENA_NEW(t->arena, struct node);
        n->fix = arena_alloc(t->arena, (size_t)c->sites + 1);
        n->mu = ARENA_ARRAY(t->arena, double, (size_t)c->row_count + 1);
        if (c->forbidden) n->forbidden = ARENA_ARRAY(t->arena, uint64_t, c->clients * c->forbidden_words + 1);
        if (t->made++ < MOST_STORED) n->u = ARENA_ARRAY(t->arena, float, (size_t)c->clients + 1);
    }
    n->bound = bound;
    memcpy(n->fix, fix, c->sites);
    if (c->forbidden) memcpy(n->forbidden, c->forbidden, c->clients * c->forbidden_words * sizeof *c->forbidden);
    for (uint32_t i = 0; n->u && i < c->clients; i++) n->u[i] = (float)u[i];
    memcpy(n->mu, mu, c->row_count * sizeof *mu);
    return n;
}

static void node_drop(struct tree *t, struct node *n) {
    n->next = t->spare;
    t->spare = n;
}

/* ---- fixing ---------------------------------------------------------------------------------------------------------- */

/* Fixes what the bound decides; returns how many sites. */
static uint32_t fix_by_bound(const struct core *c, const struct dual *d, uint8_t *fix) {
    uint32_t n = 0;
    double cutoff = core_cutoff(c);
    for (uint32_t j = d->view->forced; j < d->view->sites; j++)
        if (d->bound + d->delta[j] >= cutoff) {
            fix[d->view->site[j]] = d->chosen[j] ? FIX_OPEN : FIX_CLOSED;
            n++;
        }
    return n;
}

static void offer_choice(struct core *c, const struct dual *d, const uint8_t *fix, uint8_t *open, bool polish) {
    for (uint32_t j = 0; j < c->sites; j++) open[j] = fix[j] == FIX_OPEN;
    for (uint32_t j = 0; j < d->view->sites; j++)
        if (d->chosen[j]) open[d->view->site[j]] = 1;
    if (c->capacitated) {
        offer_relaxed(c, d->view, d->chosen, d->server, fix);
        if (polish) assign_offer(c, fix, open);
        return;
    }
    core_offer(c, open);
    if (!polish) return;
    search_interchange(c, fix, open);
    core_offer(c, open);
}

/* ---- the root -------------------------------------------------------------------------------------------------------- */

/* Multipliers to start with: between the nearest and the second nearest open site of the best plan. */
static void first_multipliers(const struct core *c, double *u) {
    for (uint32_t i = 0; i < c->clients; i++) {
        double near = 0, second = 0;
        int found = 0;
        for (size_t k = c->start[i]; k < c->start[i + 1] && found < 2; k++) {
            double cost = (double)c->entry[k].cost;
            if (!isfinite(c->value) ? k - c->start[i] >= 3 : c->open[c->entry[k].site]) {
                if (!found++) near = cost;
                second = cost;
            }
        }
        if (isfinite(c->outside[i])) {
            if (!found) near = (double)c->outside[i];
            if (found < 2) second = (double)c->outside[i];
        }
        u[i] = near + 0.5 * (second - near);
    }
}

struct step {
    double *u, *mu;
    uint8_t *fix, *open;
    uint64_t *side; /* capacitated: the region a client is asked about */
};

/* Raises the bound in rounds; false when it is proven that nothing better exists. */
static bool root(struct core *c, struct step *s) {
    double last = -INFINITY;
    for (int round = 0; round < 60; round++) {
        if (!core_propagate(c, s->fix)) return false;
        struct arena *scratch = arena_new();
        struct view *v = view_new(scratch, c, s->fix, c->capacitated);
        bool open = v->possible;
        if (open) {
            struct dual *d = dual_new(scratch, c, v, s->u, s->mu);
            double target = isfinite(c->value) ? c->value : 1;
            struct ascent how = {250, 12, round ? 0.8 : 1.2, 2e-3, target, core_cutoff(c), 10, s->fix};
            dual_ascend(c, d, &how);
            dual_finish(c, d);
            memcpy(s->u, d->u, c->clients * sizeof *s->u);
            memcpy(s->mu, d->mu, c->row_count * sizeof *s->mu);
            offer_choice(c, d, s->fix, s->open, true);
            if (d->bound > c->bound) c->bound = d->bound;
            open = d->bound < core_cutoff(c);
            if (open && fix_by_bound(c, d, s->fix)) core_shrink(c, s->fix);
            if (open && c->capacitated) assign_vns(c, s->fix, 0.5, 30);
            else if (open) search_vns(c, s->fix, round < 3 ? 0.5 : 0.05, 12);
            else if (!isfinite(core_cutoff(c))) open = true;
        }
        arena_free(scratch);
        if (!open) return false;
        if (core_must_stop(c) || c->value <= c->stop_below) return true;
        double missing = core_cutoff(c) - c->bound;
        if (round > 2 && c->bound - last < 0.03 * missing) break;
        last = c->bound;
    }
    return core_propagate(c, s->fix);
}

/* ---- the tree -------------------------------------------------------------------------------------------------------- */

/* What a branching asks: is this site open? Or, client given: do the sites of step.side serve this client? In a joined
 * question `site` is an atom: a site of the first question, open in some states of one group and closed in the others. */
struct question {
    uint32_t client, site;
    bool first;         /* the answer to try at once */
    double other_bound; /* of the other one */
};

/* The free site about which the bound knows least. */
static uint32_t most_open_question(const struct dual *d) {
    uint32_t best = UINT32_MAX;
    double most = -1;
    for (uint32_t j = d->view->forced; j < d->view->sites; j++) {
        double y = d->primal[j], open = (y < 1 - y ? y : 1 - y) * (1e-9 - d->rho[j]);
        if (open > most) {
            most = open;
            best = j;
        }
    }
    return best;
}

/* The same for a joined question: the atom about which the bound knows least. */
static void ask_atom(const struct core *c, const struct dual *d, double bound, struct question *q) {
    const struct view *v = d->view;
    struct arena *scratch = arena_new();
    double *open = ARENA_ARRAY(scratch, double, c->atoms), most = -1;
    double *weight = ARENA_ARRAY(scratch, double, c->group_count + 1);
    uint32_t *states = ARENA_ARRAY(scratch, uint32_t, c->atoms), *size = ARENA_ARRAY(scratch, uint32_t, c->group_count + 1);
    uint32_t *group = ARENA_ARRAY(scratch, uint32_t, c->atoms);
    uint8_t *chosen = ARENA_ARRAY(scratch, uint8_t, c->atoms);
    for (uint32_t s = 0; s < v->sites; s++) {
        uint32_t site = v->site[s];
        size[c->group[site]]++;
        weight[c->group[site]] += d->primal[s];
        for (uint32_t k = c->atom_start[site]; k < c->atom_start[site + 1]; k++) {
            open[c->atom[k]] += d->primal[s];
            states[c->atom[k]]++;
            group[c->atom[k]] = c->group[site];
            if (d->chosen[s]) chosen[c->atom[k]] = 1;
        }
    }
    for (uint32_t x = 0; x < c->atoms; x++) {
        if (!states[x] || states[x] == size[group[x]]) continue;
        double y = open[x] / fmax(weight[group[x]], 1e-9), doubt = fmin(y, 1 - y);
        if (doubt <= most) continue;
        most = doubt;
        *q = (struct question){PLAN_NO_SITE, x, chosen[x], bound};
    }
    arena_free(scratch);
}

/* Closes the states that contradict the answer. */
static void answer_atom(const struct core *c, uint8_t *fix, uint32_t atom, bool open) {
    uint32_t group = PLAN_NO_GROUP;
    for (uint32_t s = 0; s < c->sites; s++)
        for (uint32_t k = c->atom_start[s]; k < c->atom_start[s + 1]; k++)
            if (c->atom[k] == atom) group = c->group[s];
    for (uint32_t s = 0; s < c->sites; s++) {
        bool has = false;
        for (uint32_t k = c->atom_start[s]; k < c->atom_start[s + 1]; k++) has = has || c->atom[k] == atom;
        if (c->group[s] == group && has != open && fix[s] == FIX_FREE) fix[s] = FIX_CLOSED;
    }
}

/* A capacitated node once its bound is known: what the bound forbids, then the next question. When none is left the one plan
 * that remains is offered, and nothing better is here. */
static double ask_capacitated(struct core *c, const struct dual *d, struct step *s, double bound, struct question *ask) {
    const struct view *v = d->view;
    struct arena *scratch = arena_new();
    double *spare = ARENA_ARRAY(scratch, double, (size_t)v->sites + 1), cutoff = core_cutoff(c);
    uint32_t *server = ARENA_ARRAY(scratch, uint32_t, (size_t)c->clients + 1);
    for (uint32_t j = 0; j < v->sites; j++) spare[j] = cutoff - d->bound - (d->chosen[j] ? 0 : d->delta[j]);
    if (isfinite(cutoff)) knapsack_forbid(d->knapsack, d->u, d->rho, spare, c->forbidden);
    if (split_sites(c, d, s->fix, &ask->client, s->side)) {
        uint32_t local = d->server[ask->client], site = local == UINT32_MAX ? 0 : v->site[local];
        ask->first = local == UINT32_MAX || (s->side[site / 64] >> (site % 64) & 1);
    } else {
        for (uint32_t j = 0; j < c->sites; j++)
            if (s->fix[j] == FIX_FREE) ask->site = j;
        if (ask->site == PLAN_NO_SITE) {
            split_only(c, s->fix, server);
            for (uint32_t j = 0; j < c->sites; j++) s->open[j] = s->fix[j] == FIX_OPEN;
            assign_repair(c, s->fix, s->open, server);
            bound = INFINITY;
        }
    }
    arena_free(scratch);
    return bound;
}

/* Raises the bound of a view; plans met on the way are offered, capacitated ones seldom, for they take long. */
static struct dual *raise_bound(struct core *c, struct step *s, const struct view *v, struct arena *a, int round) {
    double target = isfinite(c->value) ? c->value : fabs(c->bound) + 1;
    bool polish = c->nodes % (c->capacitated ? 128 : 16) == 0;
    struct ascent how = {round || c->capacitated ? 40 : 80, 8, round ? 0.3 : 0.5, 0.02, target, core_cutoff(c), 41, s->fix};
    struct dual *d = dual_new(a, c, v, s->u, s->mu);
    dual_ascend(c, d, &how);
    dual_finish(c, d);
    memcpy(s->u, d->u, c->clients * sizeof *s->u);
    memcpy(s->mu, d->mu, c->row_count * sizeof *s->mu);
    if (!c->capacitated || polish || !isfinite(c->value))
        offer_choice(c, d, s->fix, s->open, polish && d->bound > c->value - 0.02 * fabs(c->value));
    return d;
}

/* The bound of one node; *ask = where to branch, neither client nor site when the node is settled. */
static double work_on(struct tree *t, struct step *s, struct question *ask) {
    struct core *c = t->core;
    double bound = -INFINITY;
    *ask = (struct question){PLAN_NO_SITE, PLAN_NO_SITE, true, bound};
    for (int round = 0, fixed = 1; fixed; round++) { /* fixing goes on as long as it helps */
        if (!core_propagate(c, s->fix)) return INFINITY;
        struct arena *scratch = arena_new();
        struct view *v = view_new(scratch, c, s->fix, c->capacitated);
        fixed = 0;
        if (!v->possible) bound = INFINITY;
        else {
            struct dual *d = raise_bound(c, s, v, scratch, round);
            bool leaf = v->sites == v->forced && !c->capacitated;
            bound = fmax(bound, d->bound);
            if (bound < core_cutoff(c) && !leaf && c->value > c->stop_below) {
                ask->other_bound = bound;
                fixed = fix_by_bound(c, d, s->fix) > 0 && !c->capacitated;
                if (c->capacitated) bound = ask_capacitated(c, d, s, bound, ask);
                else if (!fixed && c->atoms) ask_atom(c, d, bound, ask);
                else if (!fixed) {
                    uint32_t j = most_open_question(d);
                    *ask = (struct question){PLAN_NO_SITE, v->site[j], d->chosen[j], bound + d->delta[j]};
                }
            }
        }
        arena_free(scratch);
    }
    return bound;
}

static void show_bound(struct tree *t) {
    struct core *c = t->core;
    double least = t->current;
    if (t->len && t->heap[0]->bound < least) least = t->heap[0]->bound;
    if (least > c->bound) c->bound = least;
}

static void load(struct tree *t, struct step *s, const struct node *n) {
    const struct core *c = t->core;
    memcpy(s->fix, n->fix, c->sites);
    if (c->forbidden) memcpy(c->forbidden, n->forbidden, c->clients * c->forbidden_words * sizeof *c->forbidden);
    memcpy(s->mu, n->mu, t->core->row_count * sizeof *s->mu);
    for (uint32_t i = 0; i < t->core->clients; i++) s->u[i] = n->u ? (double)n->u[i] : t->root_u[i];
}

static void answer(const struct core *c, uint8_t *fix, uint64_t *forbidden, const struct question *q, const uint64_t *side,
                   bool yes) {
    if (q->client != PLAN_NO_SITE) {
        uint64_t *row = forbidden + q->client * c->forbidden_words;
        for (size_t w = 0; w < c->forbidden_words; w++) row[w] |= yes ? ~side[w] : side[w];
    } else if (c->atoms) answer_atom(c, fix, q->site, yes);
    else fix[q->site] = yes ? FIX_OPEN : FIX_CLOSED;
}

/* One answer waits as a node of its own. */
static void put_aside(struct tree *t, struct step *s, const struct question *ask, bool yes, double bound) {
    if (bound >= core_cutoff(t->core)) return;
    struct node *n = node_new(t, bound, s->fix, s->u, s->mu);
    answer(t->core, n->fix, n->forbidden, ask, s->side, yes);
    heap_put(t, n);
}

/* Works off the tree; true when nothing is left. */
static bool grow(struct tree *t, struct step *s) {
    struct core *c = t->core;
    while (t->len) {
        struct node *n = heap_take(t);
        double bound = t->current = n->bound;
        load(t, s, n);
        node_drop(t, n);
        for (;;) { /* dive */
            show_bound(t);
            if (bound >= core_cutoff(c)) break;
            if (core_must_stop(c) || c->value <= c->stop_below) return false;
            c->nodes++;
            bool seldom = (c->nodes & (c->nodes - 1)) == 0 || c->nodes % 4096 == 0;
            if (c->capacitated && seldom) assign_anneal(c, t->root_fix, 1);
            struct question ask;
            double here = work_on(t, s, &ask);
            if (here > bound) bound = here;
            if (c->stopped) return false;
            if ((ask.site == PLAN_NO_SITE && ask.client == PLAN_NO_SITE) || bound >= core_cutoff(c)) break;
            t->current = bound;
            put_aside(t, s, &ask, !ask.first, fmax(ask.other_bound, bound));
            if (c->capacitated && isfinite(c->value)) { /* plans come from elsewhere: least bound first */
                put_aside(t, s, &ask, ask.first, bound);
                break;
            }
            answer(c, s->fix, c->forbidden, &ask, s->side, ask.first);
        }
        t->current = INFINITY;
    }
    return true;
}

/* The bound that an exhausted search proves. */
static double settled(const struct core *c) {
    double cutoff = core_cutoff(c);
    if (!isfinite(c->value)) return c->stop_above;
    return c->grain > 0 && c->value - cutoff <= c->grain ? c->value : cutoff;
}

static struct step step_new(struct arena *a, const struct core *c) {
    return (struct step){.u = ARENA_ARRAY(a, double, (size_t)c->clients + 1),
                         .mu = ARENA_ARRAY(a, double, (size_t)c->row_count + 1),
                         .fix = ARENA_ARRAY(a, uint8_t, (size_t)c->sites + 1),
                         .open = ARENA_ARRAY(a, uint8_t, (size_t)c->sites + 1)};
}

static void fix_states(const struct core *c, uint8_t *fix) {
    const enum plan_site_state *state = c->problem->state;
    for (uint32_t j = 0; j < c->sites && state; j++)
        fix[j] = state[j] == PLAN_OPEN ? FIX_OPEN : state[j] == PLAN_CLOSED ? FIX_CLOSED : FIX_FREE;
}

/* Branches on what the root left; true when something is still open. */
static bool work_off(struct core *c, struct arena *a, struct step *s) {
    struct tree t = {.core = c, .arena = a, .current = INFINITY};
    if (c->capacitated) {
        c->forbidden_words = (c->sites + 63) / 64;
        c->forbidden = ARENA_ARRAY(c->arena, uint64_t, c->clients * c->forbidden_words + 1);
        s->side = ARENA_ARRAY(a, uint64_t, c->forbidden_words);
    }
    t.root_u = ARENA_ARRAY(a, double, (size_t)c->clients + 1);
    t.root_mu = ARENA_ARRAY(a, double, (size_t)c->row_count + 1);
    memcpy(t.root_u, s->u, c->clients * sizeof *s->u);
    memcpy(t.root_mu, s->mu, c->row_count * sizeof *s->mu);
    t.root_fix = ARENA_ARRAY(a, uint8_t, (size_t)c->sites + 1);
    memcpy(t.root_fix, s->fix, c->sites);
    heap_put(&t, node_new(&t, c->bound, s->fix, s->u, s->mu));
    return !grow(&t, s);
}

/* Root, then joined groups where they apply, then the tree; sets the bound. */
static void solve_from(struct core *c, struct arena *a, struct step *s) {
    bool open = root(c, s);
    if (open && !c->stopped && !(c->value <= c->stop_below)) {
        struct join *x = join_new(a, c, s->fix, s->u);
        if (x) {
            struct step next = step_new(a, x->core);
            memcpy(next.u, s->u, c->clients * sizeof *s->u);
            fix_states(x->core, next.fix);
            solve_from(x->core, a, &next);
            join_back(c, x);
        } else open = work_off(c, a, s);
    }
    if (!open) c->bound = settled(c);
    if (c->bound > c->value) c->bound = c->value;
}

void branch_solve(struct core *c) {
    struct arena *a = arena_new();
    struct step s = step_new(a, c);
    fix_states(c, s.fix);
    if (core_propagate(c, s.fix)) {
        if (search_greedy(c, s.fix, s.open)) {
            if (!c->capacitated) search_interchange(c, s.fix, s.open);
            if (c->capacitated) assign_offer(c, s.fix, s.open);
            else core_offer(c, s.open);
        }
        if (c->capacitated) assign_vns(c, s.fix, 0.3, 60), assign_anneal(c, s.fix, 3);
        else search_vns(c, s.fix, 1, 10);
        first_multipliers(c, s.u);
        solve_from(c, a, &s);
    } else c->bound = INFINITY;
    arena_free(a);
}
