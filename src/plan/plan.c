/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The door of plan/: checks the question, hands it to the method, and writes the answer with its proof.
 */
#include "plan.h"

#include "methods.h"

#include <stdlib.h>
#include <string.h>

/* ---- is the question a question? ------------------------------------------------------------------------------------- */

static str name_of(struct arena *a, const str *names, uint32_t k) {
    return names ? names[k] : str_format(a, "%u", k + 1);
}

#define WRONG(at, ...) err_both(a, ERR_UNPROCESSABLE, at, __VA_ARGS__)

static bool is_closed(const struct plan_problem *q, uint32_t j) { return q->state && q->state[j] == PLAN_CLOSED; }

static err check_distances(struct arena *a, const struct plan_problem *q) {
    for (uint32_t i = 0; i < q->clients; i++) {
        bool reached = false;
        for (uint32_t j = 0; j < q->sites; j++) {
            double d = q->distance[(size_t)i * q->sites + j];
            if (isnan(d) || d < 0)
                return err_both(a, ERR_INVALID, "distance",
                                isnan(d) ? "from %.*s to %.*s: missing" : "from %.*s to %.*s: negative",
                                isnan(d) ? "từ %.*s đến %.*s: thiếu" : "từ %.*s đến %.*s: số âm",
                                STR_ARG(name_of(a, q->client_names, i)), STR_ARG(name_of(a, q->site_names, j)));
            reached = reached || (isfinite(d) && !is_closed(q, j));
        }
        bool counts = q->method != PLAN_PCENTER || !q->weight || q->weight[i] > 0;
        if (!reached && counts && q->method != PLAN_COVER)
            return WRONG("distance", "%.*s has no access to any site", "%.*s không có đường đến điểm nào",
                         STR_ARG(name_of(a, q->client_names, i)));
    }
    return OK_ERR;
}

static err check_weights(struct arena *a, const struct plan_problem *q) {
    double sum = 0;
    for (uint32_t i = 0; i < q->clients && q->weight; i++) {
        if (!(q->weight[i] >= 0) || !isfinite(q->weight[i]))
            return err_both(a, ERR_INVALID, "weight", "the weight of %.*s is not a number from 0",
                            "trọng số của %.*s không phải là số từ 0 trở lên", STR_ARG(name_of(a, q->client_names, i)));
        sum += q->weight[i];
    }
    if (q->weight && sum <= 0) return WRONG("weight", "the weights sum to 0", "tổng các trọng số bằng 0");
    if (q->method == PLAN_COVER && !(q->radius >= 0))
        return WRONG("radius", "covering needs a radius", "bao phủ cần bán kính");
    return OK_ERR;
}

static err check_groups(struct arena *a, const struct plan_problem *q) {
    uint64_t needed = 0;
    for (uint32_t g = 0; g < q->group_count; g++) {
        uint32_t members = 0, open = 0;
        for (uint32_t j = 0; j < q->sites && q->group; j++) {
            members += q->group[j] == g && !is_closed(q, j);
            open += q->group[j] == g && q->state && q->state[j] == PLAN_OPEN;
        }
        if (members < q->groups[g].least || open > q->groups[g].most || q->groups[g].least > q->groups[g].most)
            return WRONG("group", "group %u asks for %u to %u open sites and has %u that may be open, %u that must",
                         "nhóm %u cần %u đến %u điểm mở mà có %u điểm được mở, %u điểm phải mở", g + 1,
                         q->groups[g].least, q->groups[g].most, members, open);
        needed += q->groups[g].least > open ? q->groups[g].least : open;
    }
    if (needed > q->p)
        return WRONG("group", "the groups ask for %u open sites, p is %u", "các nhóm cần %u điểm mở, p là %u",
                     (unsigned)needed, q->p);
    for (uint32_t k = 0; k < q->pair_count; k++)
        if (q->pairs[k].a >= q->sites || q->pairs[k].b >= q->sites || q->pairs[k].a == q->pairs[k].b)
            return WRONG("pair", "pair %u does not name two sites", "cặp %u không gọi tên hai điểm", k + 1);
    for (uint32_t r = 0; r < q->rule_count; r++)
        for (uint32_t k = 0; k < q->rules[r].count; k++)
            if (q->rules[r].site[k] >= q->sites || !isfinite(q->rules[r].coefficient[k]))
                return WRONG("rule", "rule %u: no such site, or not a number",
                             "quy tắc %u: không có điểm đó, hoặc không phải là số", r + 1);
    return OK_ERR;
}

static int compare_falling(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

static err check_capacity(struct arena *a, const struct plan_problem *q) {
    if (!q->demand || !q->capacity)
        return WRONG("capacity", "capacitated needs demands and capacities", "capacitated cần nhu cầu và sức chứa");
    double *capacity = ARENA_ARRAY(a, double, (size_t)q->sites + 1), demand = 0, room = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        if (!(q->capacity[j] >= 0))
            return WRONG("capacity", "a capacity is not a number from 0", "một sức chứa không phải là số từ 0 trở lên");
        capacity[j] = is_closed(q, j) ? 0 : q->capacity[j];
    }
    qsort(capacity, q->sites, sizeof *capacity, compare_falling);
    for (uint32_t k = 0; k < q->p; k++) room += capacity[k];
    for (uint32_t i = 0; i < q->clients; i++) {
        if (!(q->demand[i] >= 0))
            return WRONG("demand", "a demand is not a number from 0", "một nhu cầu không phải là số từ 0 trở lên");
        if (q->demand[i] > capacity[0])
            return WRONG("demand", "%.*s asks for %g, the largest site holds %g", "%.*s cần %g, điểm lớn nhất chứa %g",
                         STR_ARG(name_of(a, q->client_names, i)), q->demand[i], capacity[0]);
        demand += q->demand[i];
    }
    if (demand > room * (1 + 1e-12))
        return WRONG("capacity", "the demand is %g, the %u largest sites hold %g",
                     "nhu cầu là %g, %u điểm lớn nhất chứa %g", demand, q->p, room);
    return OK_ERR;
}

static err check(struct arena *a, const struct plan_problem *q) {
    if (!q->clients || !q->sites)
        return WRONG("problem", "there is nobody to serve or no site", "không có ai để phục vụ hoặc không có điểm");
    if (!q->p) return WRONG("p", "p is 0", "p bằng 0");
    if (q->p > q->sites)
        return WRONG("p", "p is %u but there are only %u sites", "p là %u mà chỉ có %u điểm", q->p, q->sites);
    uint32_t open = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        open += q->state && q->state[j] == PLAN_OPEN;
        if (q->cost && !(q->cost[j] >= 0))
            return WRONG("cost", "a cost is not a number from 0", "một chi phí không phải là số từ 0 trở lên");
    }
    if (open > q->p) return WRONG("p", "%u sites must stay open but p is %u", "%u điểm phải mở mà p là %u", open, q->p);
    TRY(check_distances(a, q));
    TRY(check_weights(a, q));
    TRY(check_groups(a, q));
    return q->method == PLAN_CAPACITATED ? check_capacity(a, q) : OK_ERR;
}

/* ---- values ---------------------------------------------------------------------------------------------------------- */

double plan_value(const struct plan_problem *q, const uint32_t *open, size_t open_count) {
    double sum = 0, most = 0;
    for (uint32_t i = 0; i < q->clients; i++) {
        double least = INFINITY, weight = q->weight ? q->weight[i] : 1;
        for (size_t k = 0; k < open_count; k++) least = fmin(least, q->distance[(size_t)i * q->sites + open[k]]);
        if (q->method == PLAN_COVER) sum += least <= q->radius ? weight : 0;
        else if (q->method == PLAN_PCENTER) most = weight > 0 ? fmax(most, least) : most;
        else sum += weight > 0 ? weight * least : 0;
    }
    return q->method == PLAN_PCENTER ? most : sum;
}

static bool not_allowed(struct arena *a, str *why, const char *what, uint32_t number) {
    *why = str_format(a, what, number);
    return false;
}

bool plan_allowed(struct arena *a, const struct plan_problem *q, const uint32_t *open, size_t open_count, str *why) {
    uint8_t *is_open = ARENA_ARRAY(a, uint8_t, (size_t)q->sites + 1);
    uint32_t *count = ARENA_ARRAY(a, uint32_t, (size_t)q->group_count + 1);
    double cost = 0;
    *why = STR_NONE;
    if (open_count > q->p) return not_allowed(a, why, "%u sites are open, more than p", (uint32_t)open_count);
    for (size_t k = 0; k < open_count; k++) {
        is_open[open[k]] = 1;
        cost += q->cost ? q->cost[open[k]] : 0;
        if (q->group && q->group[open[k]] < q->group_count) count[q->group[open[k]]]++;
    }
    for (uint32_t j = 0; j < q->sites; j++)
        if (q->state && ((q->state[j] == PLAN_OPEN && !is_open[j]) || (q->state[j] == PLAN_CLOSED && is_open[j])))
            return not_allowed(a, why, "site %u is not in its fixed state", j + 1);
    for (uint32_t g = 0; g < q->group_count; g++)
        if (count[g] < q->groups[g].least || count[g] > q->groups[g].most)
            return not_allowed(a, why, "group %u has too few or too many open sites", g + 1);
    for (uint32_t k = 0; k < q->pair_count; k++)
        if (is_open[q->pairs[k].a] && is_open[q->pairs[k].b]) return not_allowed(a, why, "pair %u is open together", k + 1);
    for (uint32_t r = 0; r < q->rule_count; r++) {
        double sum = 0, size = 1;
        for (uint32_t k = 0; k < q->rules[r].count; k++) {
            sum += is_open[q->rules[r].site[k]] ? q->rules[r].coefficient[k] : 0;
            size += fabs(q->rules[r].coefficient[k]);
        }
        if (sum < q->rules[r].least - 1e-9 * size || sum > q->rules[r].most + 1e-9 * size)
            return not_allowed(a, why, "rule %u is broken", r + 1);
    }
    if (q->cost && isfinite(q->budget) && cost > q->budget * (1 + 1e-9)) return not_allowed(a, why, "the budget is exceeded%.0u", 0);
    return true;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static const char *const *limits_of(const struct plan_problem *q) {
    static const char *const nearest[] = {
        "Everybody is taken to use the nearest open site, whatever commune it belongs to.",
        "Staff, buildings and the quality of care at a site are not part of this answer.",
        "Travel times are taken as given and without error.",
        "How much a site can bear is not limited.",
        NULL};
    static const char *const capacitated[] = {
        "Everybody of a village is sent to the one site that the plan assigns, which may not be the nearest.",
        "Staff, buildings and the quality of care at a site are not part of this answer.",
        "Travel times are taken as given and without error.",
        NULL};
    return q->method == PLAN_CAPACITATED ? capacitated : nearest;
}

static uint32_t nearest_open(const struct plan_problem *q, const uint8_t *open, uint32_t client) {
    uint32_t best = PLAN_NO_SITE;
    double least = INFINITY;
    for (uint32_t j = 0; j < q->sites; j++)
        if (open[j] && q->distance[(size_t)client * q->sites + j] < least) {
            least = q->distance[(size_t)client * q->sites + j];
            best = j;
        }
    if (q->method == PLAN_COVER && least > q->radius) return PLAN_NO_SITE;
    return best;
}

/* Every value is a multiple of the grain, so the bound may be raised to the next one. */
static double whole_bound(const struct core *c) {
    double steps = c->bound / c->grain, doubt = 1e-4 + (c->rounded ? 4e-7 : 1e-9) * fabs(steps);
    return c->grain > 0 && isfinite(c->bound) && doubt < 0.5 ? fmin(c->value, ceil(steps - doubt) * c->grain) : c->bound;
}

static void answer(struct arena *a, const struct core *c, const struct plan_problem *q, struct plan_answer *out) {
    *out = (struct plan_answer){.found = isfinite(c->value), .value = c->value, .bound = whole_bound(c), .nodes = c->nodes};
    out->stopped = c->stopped;
    out->not_modelled = limits_of(q);
    if (q->method == PLAN_COVER) {
        out->value = out->found ? c->total - c->value : 0;
        out->bound = fmin(c->total, c->total - out->bound);
    } else if (out->bound < 0) out->bound = 0; /* nothing is less than nothing */
    double missing = fabs(out->value - out->bound);
    out->gap = missing > 0 ? (out->value != 0 ? missing / fabs(out->value) : INFINITY) : 0;
    double enough = fmax(c->options->gap, 5e-7); /* lists are kept in single precision, see core_cutoff() */
    out->proven = out->found ? out->gap <= enough * (1 + 1e-6) : !c->stopped;
    out->open = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    out->site_of = ARENA_ARRAY(a, uint32_t, (size_t)q->clients + 1);
    for (uint32_t j = 0; j < q->sites && out->found; j++)
        if (c->open[j]) out->open[out->open_count++] = j;
    for (uint32_t i = 0; i < q->clients; i++)
        out->site_of[i] = !out->found ? PLAN_NO_SITE : c->capacitated ? c->site_of[i] : nearest_open(q, c->open, i);
}

err plan_solve(struct arena *a, const struct plan_problem *q, const struct plan_options *options,
               struct plan_answer *out) {
    struct arena *scratch = arena_new();
    err bad = check(a, q);
    if (!bad.code) {
        struct core *c = core_new(scratch, q, options);
        if (q->method == PLAN_PCENTER) center_solve(c);
        else branch_solve(c);
        answer(a, c, q, out);
    }
    arena_free(scratch);
    return bad;
}
