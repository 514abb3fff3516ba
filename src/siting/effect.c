/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the choice does to people: which other sites stay as points, ways before and after, coverage, losers by village
 * and group, travel against the least possible, and the hard rules that are broken or cannot be checked.
 */
#include "siting_int.h"

#include "base/map.h"
#include "base/vec.h"
#include "plan/plan.h"

#include <math.h>
#include <stdlib.h>

/* ---- points ---------------------------------------------------------------------------------------------------------- */

static bool chosen(const struct siting_problem *q, const struct siting_result *r, uint32_t j) {
    return r->choice[q->site[j].commune].site == j;
}

static bool can_be_point(const struct siting_problem *q, const struct siting_result *r, uint32_t j) {
    return !chosen(q, r, j) && q->site[j].today != SITING_NOTHING && q->site[j].functioning != SITING_NO;
}

/* A question for plan/ about the villages that have a way to some site. */
static struct plan_problem travel_question(struct arena *a, const struct siting_problem *q) {
    struct plan_problem p = {.method = PLAN_PMEDIAN, .sites = q->sites, .budget = INFINITY};
    double *distance = ARENA_ARRAY(a, double, (size_t)q->villages * q->sites + 1), *weight = ARENA_ARRAY(a, double, (size_t)q->villages + 1);
    for (uint32_t i = 0; i < q->villages; i++) {
        const double *from = q->minutes + (size_t)i * q->sites;
        bool reached = false;
        for (uint32_t j = 0; j < q->sites; j++) reached = reached || (isfinite(from[j]) && q->site[j].functioning != SITING_NO);
        if (!reached || q->village[i].people <= 0) continue;
        memcpy(distance + (size_t)p.clients * q->sites, from, q->sites * sizeof *from);
        weight[p.clients++] = q->village[i].people;
    }
    p.distance = distance;
    p.weight = weight;
    return p;
}

static struct plan_options options_of(const struct siting_clock *clock) {
    struct plan_options o = {.gap = 1e-6, .seed = 1};
    if (clock && clock->now) o.now = clock->now, o.user = clock->user, o.time_limit = clock->seconds;
    return o;
}

/* The points that leave people the least way to care, with the stations given. */
static err choose_points(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *r) {
    struct plan_problem p = travel_question(a, q);
    enum plan_site_state *state = ARENA_ARRAY(a, enum plan_site_state, (size_t)q->sites + 1);
    uint32_t stations = 0, possible = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        bool station = chosen(q, r, j), point = can_be_point(q, r, j);
        state[j] = station ? PLAN_OPEN : point ? PLAN_FREE : PLAN_CLOSED;
        stations += station;
        possible += point;
    }
    if (q->proposal.points > possible)
        return err_make(a, ERR_UNPROCESSABLE, "points", "%u points are asked for, only %u other sites can be one", q->proposal.points, possible);
    p.state = state;
    p.p = stations + q->proposal.points;
    struct plan_options o = options_of(clock);
    struct plan_answer x;
    TRY(plan_solve(a, &p, &o, &x));
    for (size_t k = 0; k < x.open_count; k++)
        if (state[x.open[k]] == PLAN_FREE) r->kind[x.open[k]] = SITING_POINT;
    r->points_value = x.value;
    r->points_bound = x.bound;
    return OK_ERR;
}

static err set_kinds(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *r) {
    r->points_value = r->points_bound = NAN;
    for (uint32_t j = 0; j < q->sites; j++) {
        bool point = q->proposal.points == SITING_NO_SITE && q->site[j].today != SITING_NOTHING;
        r->kind[j] = chosen(q, r, j) ? SITING_STATION : point ? SITING_POINT : SITING_NOTHING;
    }
    return q->proposal.points == SITING_NO_SITE ? OK_ERR : choose_points(a, q, clock, r);
}

/* ---- ways ------------------------------------------------------------------------------------------------------------ */

static void find_ways(const struct siting_problem *q, struct siting_result *r) {
    for (uint32_t i = 0; i < q->villages; i++) {
        r->before[i] = r->after[i] = r->care[i] = INFINITY;
        for (uint32_t j = 0; j < q->sites; j++) {
            double t = q->minutes[(size_t)i * q->sites + j];
            bool works = q->site[j].functioning != SITING_NO;
            if (works && q->site[j].today == SITING_STATION) r->before[i] = fmin(r->before[i], t);
            if (r->kind[j] == SITING_STATION) r->after[i] = fmin(r->after[i], t);
            if (r->kind[j] == SITING_STATION || (works && r->kind[j] == SITING_POINT)) r->care[i] = fmin(r->care[i], t);
        }
    }
}

static bool is_worse(const struct siting_problem *q, const struct siting_result *r, uint32_t i) {
    return r->after[i] > r->before[i] + q->proposal.most_worse;
}
static bool is_excused(const struct siting_problem *q, const struct siting_result *r, uint32_t i) {
    return q->village[i].round || r->care[i] <= r->before[i] + q->proposal.most_worse;
}

static void add_village(const struct siting_problem *q, const struct siting_result *r, uint32_t i, struct siting_cover *c) {
    const struct siting_proposal *p = &q->proposal;
    double n = q->village[i].people;
    c->people += n;
    if (isfinite(r->before[i]) && isfinite(r->after[i])) {
        c->mean_before += n * r->before[i]; /* sums until finish_cover */
        c->mean_after += n * r->after[i];
        c->mean_care += n * r->care[i];
    } else c->no_way += isfinite(r->after[i]) ? 0 : n;
    c->near_before += r->before[i] <= p->near ? n : 0;
    c->near_after += r->after[i] <= p->near ? n : 0;
    c->near_care += r->care[i] <= p->near ? n : 0;
    c->far_before += r->before[i] <= p->far ? n : 0;
    c->far_after += r->after[i] <= p->far ? n : 0;
    c->far_care += r->care[i] <= p->far ? n : 0;
    if (is_worse(q, r, i)) {
        c->worse += n;
        c->unexcused += is_excused(q, r, i) ? 0 : n;
    }
}

static void finish_cover(struct siting_cover *c) {
    double n = c->people - c->no_way;
    c->mean_before = n > 0 ? c->mean_before / n : NAN;
    c->mean_after = n > 0 ? c->mean_after / n : NAN;
    c->mean_care = n > 0 ? c->mean_care / n : NAN;
}

static void find_cover(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    VEC(struct siting_group) group = {0};
    struct map index = map_new(a);
    for (uint32_t i = 0; i < q->villages; i++) {
        add_village(q, r, i, &r->all);
        str name = q->village[i].group;
        if (!name.len) continue;
        uintptr_t at = (uintptr_t)map_get(&index, name);
        if (!at) {
            VEC_PUSH(a, &group, (struct siting_group){.name = name});
            map_put(&index, name, (void *)(at = group.len));
        }
        add_village(q, r, i, &group.at[at - 1].cover);
    }
    finish_cover(&r->all);
    for (size_t g = 0; g < group.len; g++) finish_cover(&group.at[g].cover);
    r->group = group.at;
    r->groups = group.len;
}

static int compare_losers(const void *a, const void *b) {
    const struct siting_loser *x = a, *y = b;
    double lost = (isfinite(y->after) ? y->after - y->before : INFINITY), own = (isfinite(x->after) ? x->after - x->before : INFINITY);
    if (lost != own) return lost > own ? 1 : -1;
    return x->village < y->village ? -1 : 1;
}

/* Everybody whose way to a station grows by more than half a minute. */
static void find_losers(struct arena *a, const struct siting_problem *q, struct siting_result *r) {
    r->loser = ARENA_ARRAY(a, struct siting_loser, (size_t)q->villages + 1);
    for (uint32_t i = 0; i < q->villages; i++)
        if (q->village[i].people > 0 && isfinite(r->before[i]) && r->after[i] > r->before[i] + 0.5)
            r->loser[r->losers++] = (struct siting_loser){i, r->before[i], r->after[i], r->care[i], is_excused(q, r, i)};
    if (r->losers) qsort(r->loser, r->losers, sizeof *r->loser, compare_losers);
}

/* ---- travel against the least possible ------------------------------------------------------------------------------- */

/* Own commune's station: the least way of each commune by itself. A commune with nobody's way known adds nothing. */
static double least_by_commune(const struct siting_problem *q) {
    double all = 0;
    for (uint32_t c = 0; c < q->communes; c++) {
        double least = INFINITY;
        for (uint32_t j = siting_next(q, c, 0); j < q->sites; j = siting_next(q, c, j + 1)) {
            double sum = 0;
            if (q->site[j].functioning == SITING_NO) continue;
            for (uint32_t i = 0; i < q->villages; i++)
                if (q->village[i].commune == c && q->village[i].people > 0) sum += q->village[i].people * q->minutes[(size_t)i * q->sites + j];
            least = fmin(least, sum);
        }
        if (isfinite(least)) all += least;
    }
    return all;
}

static err find_travel(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *r) {
    for (uint32_t i = 0; i < q->villages; i++)
        if (q->village[i].people > 0 && isfinite(r->after[i])) r->travel += q->village[i].people * r->after[i];
    if (!q->proposal.across) {
        r->least_travel = r->travel_bound = least_by_commune(q);
        r->travel_proven = true;
        return OK_ERR;
    }
    struct plan_problem p = travel_question(a, q);
    uint32_t *group = ARENA_ARRAY(a, uint32_t, (size_t)q->sites + 1);
    enum plan_site_state *state = ARENA_ARRAY(a, enum plan_site_state, (size_t)q->sites + 1);
    struct plan_group *groups = ARENA_ARRAY(a, struct plan_group, (size_t)q->communes + 1);
    for (uint32_t c = 0; c < q->communes; c++) groups[c] = (struct plan_group){0, 1};
    for (uint32_t j = 0; j < q->sites; j++) {
        group[j] = q->site[j].commune;
        state[j] = q->site[j].functioning == SITING_NO ? PLAN_CLOSED : PLAN_FREE;
        if (state[j] == PLAN_FREE) groups[group[j]].least = 1;
    }
    p.group = group;
    p.groups = groups;
    p.group_count = q->communes;
    p.state = state;
    for (uint32_t c = 0; c < q->communes; c++) p.p += groups[c].least;
    struct plan_options o = options_of(clock);
    struct plan_answer x;
    TRY(plan_solve(a, &p, &o, &x));
    r->least_travel = x.found ? x.value : NAN;
    r->travel_bound = x.bound;
    r->travel_proven = x.proven;
    return OK_ERR;
}

/* ---- findings -------------------------------------------------------------------------------------------------------- */

static void say(struct arena *a, struct siting_result *r, bool vi, str sentence) {
    str *more = ARENA_ARRAY(a, str, r->findings + 1);
    if (r->findings) memcpy(more, r->finding[vi], r->findings * sizeof *more);
    more[r->findings++] = sentence;
    r->finding[vi] = more;
}

static void find_in_communes(struct arena *a, const struct siting_problem *q, bool vi, struct siting_result *r) {
    uint32_t unknown = 0;
    for (uint32_t c = 0; c < q->communes; c++) {
        const struct siting_choice *x = &r->choice[c];
        str name = q->commune[c].name;
        if (x->site == SITING_NO_SITE)
            say(a, r, vi, str_format(a, vi ? "%.*s: chưa chọn được, không tiêu chí nào có trọng số được biết ở mọi địa điểm" : "%.*s: not chosen, no criterion with a weight is known at all its sites", STR_ARG(name)));
        if (x->site == SITING_NO_SITE) continue;
        const struct siting_site *s = &q->site[x->site];
        unknown += isnan(s->doctors) && q->proposal.doctors_least > 0;
        if (s->functioning == SITING_NO)
            say(a, r, vi, str_format(a, vi ? "%.*s: không có địa điểm nào đang hoạt động; phải sửa %.*s trước" : "%.*s: no site functions; %.*s must be repaired first", STR_ARG(name), STR_ARG(s->name)));
        else if (s->doctors < q->proposal.doctors_least)
            say(a, r, vi, str_format(a, vi ? "%.*s: không địa điểm nào đủ %g bác sĩ; phải điều động về %.*s" : "%.*s: no site has %g doctor(s); somebody must be posted to %.*s", STR_ARG(name), q->proposal.doctors_least, STR_ARG(s->name)));
    }
    if (unknown)
        say(a, r, vi, str_format(a, vi ? "Chưa kiểm tra được quy tắc \"có bác sĩ\" ở %u trạm: chưa có số liệu nhân lực" : "The rule \"a doctor\" cannot be checked at %u stations: staff is not known", unknown));
}

static void find_in_villages(struct arena *a, const struct siting_problem *q, bool vi, struct siting_result *r) {
    uint32_t left = 0, cut = 0, first = 0, first_cut = 0;
    for (uint32_t i = q->villages; i-- > 0;) {
        if (q->village[i].people <= 0) continue;
        if (!isfinite(r->after[i])) cut++, first_cut = i;
        else if (is_worse(q, r, i) && !is_excused(q, r, i)) left++, first = i;
    }
    if (cut)
        say(a, r, vi, str_format(a, vi ? "%u thôn, bản không có đường đến trạm (đầu tiên: %.*s)" : "%u villages have no way to a station (first: %.*s)", cut, STR_ARG(q->village[first_cut].name)));
    if (left)
        say(a, r, vi, str_format(a, vi ? "%u thôn, bản xa thêm quá %g phút mà không có điểm trạm hoặc đợt lưu động (đầu tiên: %.*s)" : "%u villages lose more than %g minutes without a point or a monthly round (first: %.*s)",
                             left, q->proposal.most_worse, STR_ARG(q->village[first].name)));
}

static void find_in_budget(struct arena *a, const struct siting_problem *q, bool vi, struct siting_result *r) {
    if (!isfinite(q->proposal.budget)) return;
    if (isnan(r->cost)) say(a, r, vi, str_of(vi ? "Chưa kiểm tra được ngân sách: có địa điểm chưa biết chi phí" : "The budget cannot be checked: a chosen site has no cost"));
    else if (r->over_budget) say(a, r, vi, str_format(a, vi ? "Không phương án nào trong ngân sách %.10g; phương án này cần %.10g" : "No plan keeps the budget of %.10g; this one costs %.10g", q->proposal.budget, r->cost));
    else if (!r->budget_proven) say(a, r, vi, str_of(vi ? "Phương án trong ngân sách chưa chứng minh là tốt nhất" : "The plan within the budget is not proven to be the best"));
}

err siting_effect(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *r) {
    TRY(set_kinds(a, q, clock, r));
    find_ways(q, r);
    find_cover(a, q, r);
    find_losers(a, q, r);
    TRY(find_travel(a, q, clock, r));
    r->splits = !q->proposal.across && !(r->over_budget || (isfinite(q->proposal.budget) && !isnan(r->cost)));
    for (int vi = 0; vi < 2; vi++) {
        r->findings = 0;
        find_in_communes(a, q, vi, r);
        find_in_villages(a, q, vi, r);
        find_in_budget(a, q, vi, r);
    }
    return OK_ERR;
}
