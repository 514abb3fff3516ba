/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slack induction by string removals (Christiaens & Vanden Berghe 2020): a few neighbouring stretches of routes are
 * taken out, their stops put back at the cheapest places with a little blindness, and the result kept by the rule of
 * simulated annealing. Insertions are tested in constant time from the earliest and latest times along each route.
 */
#include "rounds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NOWHERE = UINT32_MAX, STRING = 10, REMOVED = 10, AROUND = 20, CLOSE = 40, MOST_PLACES = 30000000 };
static const double BLINK = 0.01, MUST = 1e9;

struct route {
    uint32_t *stop;       /* room for all stops + 2; station at both ends */
    double *early, *late; /* earliest begin; latest begin that still lets the rest be done */
    uint32_t count;       /* stops without the station */
    double load, minutes;
};

struct plan {
    struct route *route;
    uint32_t *route_of; /* per stop, NOWHERE = left out */
    uint32_t *at;       /* per stop: its place in the route */
    double cost;        /* minutes + prizes left out */
};

struct hunt {
    const struct rounds_problem *q;
    const struct rounds_options *options;
    uint32_t slots;
    struct plan now, best, trial;
    uint32_t *near;       /* [stop * (stops - 1) + k]: the other stops by distance */
    uint32_t *close;      /* [stop * closes + k]: the other stops by way and waiting: beside these a stop is put */
    uint32_t closes;
    uint32_t *absent;
    double *key;
    uint8_t *ruined, *touched; /* routes: strings were taken out; differ between now and trial */
    uint32_t seed;        /* around which stops were taken out last, 0 = nowhere yet */
    uint64_t random;
};

static double dice(struct hunt *h) {
    h->random ^= h->random << 13;
    h->random ^= h->random >> 7;
    h->random ^= h->random << 17;
    return (double)(h->random >> 11) / 9007199254740992.0;
}

static double way(const struct rounds_problem *q, uint32_t from, uint32_t to) { return q->minutes[(size_t)from * q->stops + to]; }
static double price_of(const struct rounds_problem *q, uint32_t i) { return isfinite(q->stop[i].prize) ? q->stop[i].prize : MUST; }

static void plan_new(struct arena *a, const struct hunt *h, struct plan *p) {
    uint32_t n = h->q->stops;
    p->route = ARENA_ARRAY(a, struct route, h->slots);
    p->route_of = ARENA_ARRAY(a, uint32_t, n);
    p->at = ARENA_ARRAY(a, uint32_t, n);
    for (uint32_t r = 0; r < h->slots; r++) {
        p->route[r].stop = ARENA_ARRAY(a, uint32_t, (size_t)n + 2);
        p->route[r].early = ARENA_ARRAY(a, double, (size_t)n + 2);
        p->route[r].late = ARENA_ARRAY(a, double, (size_t)n + 2);
    }
    memset(p->route_of, 0xff, n * sizeof *p->route_of);
}

static void route_copy(struct route *to, const struct route *from) {
    size_t n = (size_t)from->count + 2;
    memcpy(to->stop, from->stop, n * sizeof *to->stop);
    memcpy(to->early, from->early, n * sizeof *to->early);
    memcpy(to->late, from->late, n * sizeof *to->late);
    to->count = from->count;
    to->load = from->load;
    to->minutes = from->minutes;
}

static void plan_copy(const struct hunt *h, struct plan *to, const struct plan *from) {
    for (uint32_t r = 0; r < h->slots; r++) route_copy(&to->route[r], &from->route[r]);
    memcpy(to->route_of, from->route_of, h->q->stops * sizeof *to->route_of);
    memcpy(to->at, from->at, h->q->stops * sizeof *to->at);
    to->cost = from->cost;
}

/* The same when only the touched routes differ. */
static void plan_follow(const struct hunt *h, struct plan *to, const struct plan *from) {
    for (uint32_t r = 0; r < h->slots; r++)
        for (uint32_t k = 1; h->touched[r] && k <= to->route[r].count; k++) to->route_of[to->route[r].stop[k]] = NOWHERE;
    for (uint32_t r = 0; r < h->slots; r++) {
        if (!h->touched[r]) continue;
        route_copy(&to->route[r], &from->route[r]);
        for (uint32_t k = 1; k <= from->route[r].count; k++) {
            to->route_of[from->route[r].stop[k]] = r;
            to->at[from->route[r].stop[k]] = k;
        }
    }
    to->cost = from->cost;
}

/* Times, load, length and places of a route after a change. */
static void update(const struct rounds_problem *q, struct plan *p, struct route *r) {
    uint32_t last = r->count + 1;
    r->stop[0] = r->stop[last] = 0;
    r->early[0] = q->stop[0].opens;
    r->load = r->minutes = 0;
    for (uint32_t k = 1; k <= last; k++) {
        uint32_t i = r->stop[k - 1], j = r->stop[k];
        r->minutes += way(q, i, j);
        r->early[k] = fmax(r->early[k - 1] + (i ? q->stop[i].service : 0) + way(q, i, j), q->stop[j].opens);
        if (j) r->load += q->stop[j].demand;
        p->at[j] = k;
    }
    r->late[last] = q->stop[0].closes;
    for (uint32_t k = last; k-- > 0;) {
        uint32_t i = r->stop[k], j = r->stop[k + 1];
        r->late[k] = fmin(i ? q->stop[i].closes : q->stop[0].closes, r->late[k + 1] - way(q, i, j) - (i ? q->stop[i].service : 0));
    }
}

/* ---- putting back ---------------------------------------------------------------------------------------------------- */

struct spot {
    uint32_t slot, at;
    double extra;
};

/* Whether stop i at place `at` of a route costs less than the best spot so far; now and then looks away. */
static void look_at(struct hunt *h, const struct plan *p, uint32_t i, uint32_t slot, uint32_t at, struct spot *best) {
    const struct rounds_problem *q = h->q;
    const struct rounds_stop *s = &q->stop[i];
    const struct route *r = &p->route[slot];
    uint32_t before = r->stop[at - 1], after = r->stop[at];
    double there = way(q, before, i), back = way(q, i, after), extra = there + back - way(q, before, after);
    if (extra >= best->extra || r->load + s->demand > q->room * (1 + 1e-12)) return;
    double begin = fmax(r->early[at - 1] + (before ? q->stop[before].service : 0) + there, s->opens);
    if (begin > s->closes || begin + s->service + back > r->late[at] + 1e-9 || dice(h) < BLINK) return;
    *best = (struct spot){slot, at, extra};
}

static bool goes_on(const struct hunt *h, uint32_t i, uint32_t slot) { return h->q->stop[i].days >> slot % h->q->days & 1; }

/* Beside the stops close to it, first or last in a route, or alone. */
static void look_close(struct hunt *h, const struct plan *p, uint32_t i, struct spot *best) {
    uint32_t empty_days = 0;
    for (uint32_t k = 0; k < h->closes; k++) {
        uint32_t other = h->close[(size_t)i * h->closes + k], slot = p->route_of[other];
        if (slot == NOWHERE || !goes_on(h, i, slot)) continue;
        look_at(h, p, i, slot, p->at[other], best);
        look_at(h, p, i, slot, p->at[other] + 1, best);
    }
    for (uint32_t slot = 0; slot < h->slots; slot++) {
        uint32_t day = slot % h->q->days, count = p->route[slot].count;
        if (!goes_on(h, i, slot) || (!count && (empty_days >> day & 1))) continue;
        if (!count) empty_days |= 1u << day; /* one empty vehicle stands for all of that day */
        look_at(h, p, i, slot, 1, best);
        if (count) look_at(h, p, i, slot, count + 1, best);
    }
}

static void look_everywhere(struct hunt *h, const struct plan *p, uint32_t i, struct spot *best) {
    for (uint32_t slot = 0; slot < h->slots; slot++)
        for (uint32_t at = 1; goes_on(h, i, slot) && at <= p->route[slot].count + 1; at++) look_at(h, p, i, slot, at, best);
}

static void insert(struct hunt *h, struct plan *p, uint32_t slot, uint32_t at, uint32_t i) {
    const struct rounds_problem *q = h->q;
    struct route *r = &p->route[slot];
    memmove(r->stop + at + 1, r->stop + at, ((size_t)r->count + 2 - at) * sizeof *r->stop);
    r->stop[at] = i;
    r->count++;
    p->cost -= r->minutes;
    update(q, p, r);
    p->cost += r->minutes - price_of(q, i);
    p->route_of[i] = slot;
    h->touched[slot] = 1;
}

static int compare_keys(const void *a, const void *b, void *key) {
    double x = ((const double *)key)[*(const uint32_t *)a], y = ((const double *)key)[*(const uint32_t *)b];
    return x < y ? -1 : x > y;
}

/* Orders the absent stops by one of six rules, drawn anew each time. */
static void sort_absent(struct hunt *h, uint32_t count) {
    double rule = dice(h) * 17;
    for (uint32_t k = 0; k < count; k++) {
        uint32_t i = h->absent[k];
        const struct rounds_stop *s = &h->q->stop[i];
        h->key[i] = rule < 4   ? dice(h)
                    : rule < 8 ? -s->demand
                    : rule < 10 ? -way(h->q, 0, i)
                    : rule < 11 ? way(h->q, 0, i)
                    : rule < 13 ? s->closes - s->opens
                    : rule < 15 ? s->opens
                                : -s->closes;
        if (!isfinite(s->prize)) h->key[i] -= 1e7;
    }
    qsort_r(h->absent, count, sizeof *h->absent, compare_keys, h->key);
}

/* `eager` > 1: a stop is put back even where the way costs more than its prize, that many times; the first plan and some
 * others are made so, for a route pays only once it is full. Of stops left out long ago those near the last stretch
 * taken out are looked at, and a few others. */
static void put_back(struct hunt *h, struct plan *p, double eager) {
    const struct rounds_problem *q = h->q;
    uint32_t count = 0, around = 0, n = q->stops;
    const uint32_t *near = h->near + (size_t)h->seed * (n - 1);
    for (uint32_t k = 0; k + 1 < n; k++) {
        uint32_t i = near[k];
        if (!i || p->route_of[i] != NOWHERE) continue;
        bool wanted = !h->seed || h->now.route_of[i] != NOWHERE || !isfinite(q->stop[i].prize) || around < AROUND || dice(h) < 0.02;
        around++;
        if (wanted) h->absent[count++] = i;
    }
    if (h->seed && p->route_of[h->seed] == NOWHERE) h->absent[count++] = h->seed;
    sort_absent(h, count);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t i = h->absent[k];
        struct spot best = {NOWHERE, 0, fmin(MUST, price_of(q, i) * eager)};
        look_close(h, p, i, &best);
        if (best.slot == NOWHERE && !isfinite(q->stop[i].prize)) look_everywhere(h, p, i, &best);
        if (best.slot != NOWHERE) insert(h, p, best.slot, best.at, i);
    }
}

/* A vehicle that stays at home goes out for stops left out around one of them, as far as each is worth its way once the
 * first is visited: such a route pays only when it is full, so it cannot grow stop by stop. */
static void open_route(struct hunt *h, struct plan *p) {
    const struct rounds_problem *q = h->q;
    uint32_t slot = (uint32_t)(dice(h) * h->slots), seed = 1 + (uint32_t)(dice(h) * (q->stops - 1));
    for (uint32_t k = 0; k < h->slots && p->route[slot].count; k++) slot = (slot + 1) % h->slots;
    for (uint32_t k = 0; k < q->stops && p->route_of[seed] != NOWHERE; k++) seed = seed % (q->stops - 1) + 1;
    if (p->route[slot].count || p->route_of[seed] != NOWHERE) return;
    for (uint32_t k = 0; k < q->stops; k++) {
        uint32_t i = k ? h->near[(size_t)seed * (q->stops - 1) + k - 1] : seed;
        if (!i || p->route_of[i] != NOWHERE || !goes_on(h, i, slot)) continue;
        struct spot best = {NOWHERE, 0, p->route[slot].count ? price_of(q, i) : INFINITY};
        for (uint32_t at = 1; at <= p->route[slot].count + 1; at++) look_at(h, p, i, slot, at, &best);
        if (best.slot != NOWHERE) insert(h, p, slot, best.at, i);
    }
}

/* ---- taking out ------------------------------------------------------------------------------------------------------ */

/* Takes `length` stops around stop i out of its route; now and then leaves some in the middle. */
static void take_string(struct hunt *h, struct plan *p, uint32_t i, uint32_t length) {
    struct route *r = &p->route[p->route_of[i]];
    uint32_t at = p->at[i], slot = p->route_of[i], keep = 0;
    while (length + keep < r->count && dice(h) < 0.5 && dice(h) < 0.5) keep++;
    uint32_t span = length + keep, low = at > span ? at - span + 1 : 1, high = at + span - 1 <= r->count ? at : r->count - span + 1;
    uint32_t from = low + (uint32_t)(dice(h) * (high - low + 1)), kept_from = from + (uint32_t)(dice(h) * (length + 1)), to = from;
    for (uint32_t k = from; k <= r->count + 1; k++) {
        bool out = k < from + span && !(k >= kept_from && k < kept_from + keep);
        if (!out) r->stop[to++] = r->stop[k];
        else {
            p->route_of[r->stop[k]] = NOWHERE;
            p->cost += price_of(h->q, r->stop[k]);
        }
    }
    r->count = to - 2;
    p->cost -= r->minutes;
    update(h->q, p, r);
    p->cost += r->minutes;
    h->touched[slot] = 1;
}

static void take_out(struct hunt *h, struct plan *p) {
    const struct rounds_problem *q = h->q;
    uint32_t used = 0, visited = 0;
    for (uint32_t r = 0; r < h->slots; r++) {
        used += p->route[r].count > 0;
        visited += p->route[r].count;
    }
    if (!used) return;
    double longest = fmin(STRING, (double)visited / used), most = 4.0 * REMOVED / (1 + longest) - 1;
    uint32_t strings = (uint32_t)(dice(h) * most + 1), seed = h->seed = 1 + (uint32_t)(dice(h) * (q->stops - 1));
    memset(h->ruined, 0, h->slots);
    for (uint32_t k = 0; k < q->stops - 1 && strings; k++) {
        uint32_t i = k ? h->near[(size_t)seed * (q->stops - 1) + k - 1] : seed, r = p->route_of[i];
        if (!i || r == NOWHERE || h->ruined[r]) continue;
        h->ruined[r] = 1;
        strings--;
        take_string(h, p, i, (uint32_t)(dice(h) * fmin(p->route[r].count, longest)) + 1);
    }
}

/* ---- the hunt -------------------------------------------------------------------------------------------------------- */

static err check(struct arena *a, const struct rounds_problem *q, const struct rounds_options *o) {
    if (q->stops < 2 || !q->vehicles || !q->days || q->days > 31)
        return err_both(a, ERR_UNPROCESSABLE, "rounds", "nothing to visit, no vehicle, or not 1 to 31 days",
                        "không có nơi đến, không có xe, hoặc số ngày không từ 1 đến 31");
    if (!o->tries && !(o->now && o->time_limit > 0))
        return err_both(a, ERR_USAGE, "rounds", "neither a time limit nor a number of tries",
                        "chưa có giới hạn thời gian hay số lần thử");
    if ((uint64_t)(q->vehicles < q->stops ? q->vehicles : q->stops) * q->days * q->stops > MOST_PLACES)
        return err_both(a, ERR_TOO_COSTLY, "rounds", "%u stops with %u vehicles on %u days are too many",
                        "%u nơi, %u xe, %u ngày: quá lớn", q->stops, q->vehicles, q->days);
    for (uint32_t i = 1; i < q->stops; i++) {
        const struct rounds_stop *s = &q->stop[i];
        double begin = fmax(q->stop[0].opens + way(q, 0, i), s->opens);
        static const char *const en[] = {"needs more room than a vehicle has", "closes before anybody can be there",
                                         "cannot be served within the working day", "is open on none of the days"};
        static const char *const vi[] = {"cần nhiều chỗ hơn sức chở của xe", "đóng trước khi kịp đến",
                                         "không kịp làm trong ngày", "không mở vào ngày nào"};
        int why = s->demand > q->room                                                ? 0
                  : begin > s->closes                                                ? 1
                  : begin + s->service + way(q, i, 0) > q->stop[0].closes            ? 2
                  : !(s->days & (q->days == 31 ? 0x7fffffffu : (1u << q->days) - 1)) ? 3
                                                                                     : -1;
        if (why >= 0 && !isfinite(s->prize)) {
            str name = q->names ? q->names[i] : str_format(a, "%u", i);
            return err_both(a, ERR_UNPROCESSABLE, "rounds", "%.*s %s%.0s", "%.*s %.0s%s", STR_ARG(name), en[why],
                            vi[why]);
        }
    }
    return OK_ERR;
}

static void list_near(struct arena *a, struct hunt *h) {
    uint32_t n = h->q->stops;
    h->near = ARENA_ARRAY(a, uint32_t, (size_t)n * n);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t *list = h->near + (size_t)i * (n - 1), count = 0;
        for (uint32_t j = 0; j < n; j++) {
            h->key[j] = way(h->q, i, j);
            if (j != i) list[count++] = j;
        }
        qsort_r(list, count, sizeof *list, compare_keys, h->key);
    }
}

/* How ill j follows i: the way, a fifth of the waiting, and what it comes too late (Vidal and others 2013). */
static double apart(const struct rounds_problem *q, uint32_t i, uint32_t j) {
    const struct rounds_stop *a = &q->stop[i], *b = &q->stop[j];
    double leave = a->service + way(q, i, j);
    return way(q, i, j) + 0.2 * fmax(0, b->opens - leave - a->closes) + fmax(0, a->opens + leave - b->closes);
}

static void list_close(struct arena *a, struct hunt *h) {
    uint32_t n = h->q->stops, *list = ARENA_ARRAY(a, uint32_t, n);
    h->closes = n - 2 < CLOSE ? n - 2 : CLOSE;
    h->close = ARENA_ARRAY(a, uint32_t, (size_t)n * h->closes + 1);
    for (uint32_t i = 1; i < n; i++) {
        uint32_t count = 0;
        for (uint32_t j = 1; j < n; j++) {
            h->key[j] = fmin(apart(h->q, i, j), apart(h->q, j, i));
            if (j != i) list[count++] = j;
        }
        qsort_r(list, count, sizeof *list, compare_keys, h->key);
        memcpy(h->close + (size_t)i * h->closes, list, h->closes * sizeof *list);
    }
}

static void search(struct hunt *h, struct rounds_answer *out) {
    const struct rounds_options *o = h->options;
    bool prizes = false;
    for (uint32_t i = 1; i < h->q->stops; i++) prizes = prizes || isfinite(h->q->stop[i].prize);
    double started = o->now ? o->now(o->user) : 0, seconds = 0, done = 0;
    double leg = fmax(1e-9, (h->now.cost - MUST * floor(h->now.cost / MUST)) / h->q->stops), hot = 4 * leg, cold = 0.02 * leg;
    for (uint64_t k = 0; done < 1; k++) {
        if ((k & 63) == 0) {
            if (o->now) seconds = o->now(o->user) - started;
            done = o->tries ? (double)k / (double)o->tries : 0;
            if (o->now && o->time_limit > 0) done = fmax(done, seconds / o->time_limit);
            if (o->progress && !o->progress(o->user, seconds, h->best.cost)) break;
        }
        double heat = hot * pow(cold / hot, done);
        memset(h->touched, 0, h->slots);
        if (prizes && dice(h) < 0.01) open_route(h, &h->trial);
        else take_out(h, &h->trial);
        put_back(h, &h->trial, dice(h) < 0.9 ? 1 : 1 + 9 * dice(h) * dice(h));
        out->tries++;
        if (h->trial.cost >= h->now.cost - heat * log(dice(h) + 1e-300)) {
            plan_follow(h, &h->trial, &h->now);
            continue;
        }
        plan_follow(h, &h->now, &h->trial);
        if (h->now.cost < h->best.cost - 1e-9) plan_copy(h, &h->best, &h->now);
    }
}

static void answer(struct arena *a, const struct hunt *h, struct rounds_answer *out) {
    const struct rounds_problem *q = h->q;
    out->route = ARENA_ARRAY(a, struct rounds_route, h->slots);
    out->missing = ARENA_ARRAY(a, uint32_t, q->stops);
    out->complete = true;
    for (uint32_t r = 0; r < h->slots; r++) {
        const struct route *from = &h->best.route[r];
        if (!from->count) continue;
        struct rounds_route *to = &out->route[out->routes++];
        *to = (struct rounds_route){.vehicle = r / q->days, .day = r % q->days, .count = from->count, .minutes = from->minutes, .load = from->load};
        to->stop = ARENA_ARRAY(a, uint32_t, from->count);
        to->begin = ARENA_ARRAY(a, double, from->count);
        memcpy(to->stop, from->stop + 1, from->count * sizeof *to->stop);
        memcpy(to->begin, from->early + 1, from->count * sizeof *to->begin);
        out->travelled += from->minutes;
    }
    for (uint32_t i = 1; i < q->stops; i++) {
        if (h->best.route_of[i] != NOWHERE) continue;
        out->missing[out->missing_count++] = i;
        if (isfinite(q->stop[i].prize)) out->left_out += q->stop[i].prize;
        else out->complete = false;
    }
}

err rounds_solve(struct arena *a, const struct rounds_problem *q, const struct rounds_options *options, struct rounds_answer *out) {
    TRY(check(a, q, options));
    struct arena *scratch = arena_new();
    struct hunt h = {.q = q,
                     .options = options,
                     .slots = (q->vehicles < q->stops ? q->vehicles : q->stops) * q->days,
                     .random = options->seed * 2654435769u + 88172645463325252u};
    h.absent = ARENA_ARRAY(scratch, uint32_t, q->stops);
    h.key = ARENA_ARRAY(scratch, double, q->stops);
    h.ruined = ARENA_ARRAY(scratch, uint8_t, h.slots);
    h.touched = ARENA_ARRAY(scratch, uint8_t, h.slots);
    plan_new(scratch, &h, &h.now);
    plan_new(scratch, &h, &h.best);
    plan_new(scratch, &h, &h.trial);
    list_near(scratch, &h);
    list_close(scratch, &h);
    for (uint32_t r = 0; r < h.slots; r++) update(q, &h.now, &h.now.route[r]);
    for (uint32_t i = 1; i < q->stops; i++) h.now.cost += price_of(q, i);
    put_back(&h, &h.now, MUST);
    plan_copy(&h, &h.best, &h.now);
    plan_copy(&h, &h.trial, &h.now);
    *out = (struct rounds_answer){.tries = 0};
    search(&h, out);
    answer(a, &h, out);
    arena_free(scratch);
    return OK_ERR;
}

bool rounds_allowed(struct arena *a, const struct rounds_problem *q, const struct rounds_answer *x, str *why) {
    uint8_t *seen = ARENA_ARRAY(a, uint8_t, q->stops);
    double travelled = 0;
    *why = STR_NONE;
    for (size_t r = 0; r < x->routes && !why->at; r++) {
        const struct rounds_route *route = &x->route[r];
        double time = q->stop[0].opens, load = 0;
        uint32_t before = 0;
        for (uint32_t k = 0; k < route->count && !why->at; k++) {
            uint32_t i = route->stop[k];
            if (seen[i]++) *why = str_format(a, "stop %u is visited twice", i);
            time = fmax(time + (before ? q->stop[before].service : 0) + way(q, before, i), q->stop[i].opens);
            if (time > q->stop[i].closes + 1e-6) *why = str_format(a, "stop %u is reached at %g, after it closes", i, time);
            if (!(q->stop[i].days >> route->day & 1)) *why = str_format(a, "stop %u is not open on day %u", i, route->day);
            load += q->stop[i].demand;
            travelled += way(q, before, i);
            before = i;
        }
        travelled += way(q, before, 0);
        if (time + (before ? q->stop[before].service : 0) + way(q, before, 0) > q->stop[0].closes + 1e-6) *why = str_format(a, "route %zu ends after the working day", r);
        if (load > q->room * (1 + 1e-9)) *why = str_format(a, "route %zu carries %g", r, load);
        for (size_t k = 0; k < r; k++)
            if (x->route[k].vehicle == route->vehicle && x->route[k].day == route->day) *why = str_format(a, "vehicle %u goes out twice on day %u", route->vehicle, route->day);
    }
    for (size_t k = 0; k < x->missing_count; k++)
        if (seen[x->missing[k]]++) *why = str_format(a, "stop %u is both visited and left out", x->missing[k]);
    for (uint32_t i = 1; i < q->stops && !why->at; i++)
        if (!seen[i]) *why = str_format(a, "stop %u is nowhere", i);
    if (!why->at && fabs(travelled - x->travelled) > 1e-6 * (1 + travelled)) *why = str_format(a, "says %g minutes, is %g", x->travelled, travelled);
    return !why->at;
}
