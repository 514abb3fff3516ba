/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CDSi chapter 8: which of an antigen's series is the patient's. In each path (series group) the scorable series are
 * found (8.1), one is clearly first (8.2) or they are scored (8.3 to 8.7); then the winners of equivalent paths are
 * weighed against each other (8.8). Table 8-5 leaves a hole (several scorable, some with valid doses, none complete or
 * in process); there the in-process scoring is used.
 */
#include "engine.h"

enum scoring { SCORE_COMPLETE, SCORE_IN_PROCESS, SCORE_NO_DOSES };

static bool same_path(const struct series_run *a, const struct series_run *b) {
    return a->series->path_id == b->series->path_id;
}

/* Past its last age to start and never begun. CDSi 8.1 asks this of Standard series only; a Risk series of another age
 * (infants' doses for a man of sixty) would then outrank the right one by its priority. Not when `as_published`. */
static bool too_late_to_start(struct engine *e, const struct series_run *one) {
    const struct series *s = one->series;
    if (e->s->as_published || s->type != TYPE_RISK || !s->start_maximum) return false;
    return (one->first_valid == DAY_NONE ? e->on : one->first_valid) >= age_day(e, s->start_maximum);
}

/* SELECTB-24, SELECTSCORE-2 */
static bool scorable(struct engine *e, const struct antigen_run *x, const struct series_run *one) {
    const struct series *s = one->series;
    bool all_contraindicated = true, none_valid = true, has_default = false, best_priority = true;
    for (size_t i = 0; i < x->run_count; i++) {
        const struct series_run *other = &x->runs[i];
        if (!same_path(one, other)) continue;
        all_contraindicated &= other->status == SERIES_CONTRAINDICATED;
        none_valid &= other->valid_count == 0;
        has_default |= other->series->is_default;
        if (other->series->type == TYPE_RISK && other->series->priority < s->priority && !too_late_to_start(e, other))
            best_priority = false;
    }
    if (too_late_to_start(e, one)) return false;
    if (one->status == SERIES_CONTRAINDICATED && !all_contraindicated) return false;
    switch (s->type) {
    case TYPE_RISK: return best_priority;
    case TYPE_EVALUATION: return one->status == SERIES_COMPLETE;
    case TYPE_STANDARD: break;
    }
    if (one->first_valid != DAY_NONE &&
        (!s->start_maximum || one->first_valid < age_day(e, s->start_maximum)))
        return true;
    return none_valid && !has_default;
}

typedef bool (*holds_fn)(const struct series_run *run, int32_t bound);

static bool holds_most_valid(const struct series_run *r, int32_t most) { return r->valid_count == most; }
static bool holds_product(const struct series_run *r, int32_t unused) {
    (void)unused;
    return r->series->product;
}
static bool holds_product_valid(const struct series_run *r, int32_t unused) {
    (void)unused;
    return r->series->product && r->all_valid;
}
static bool holds_completable(const struct series_run *r, int32_t unused) {
    (void)unused;
    return r->completable;
}
static bool holds_closest(const struct series_run *r, int32_t least) { return r->open_count == least; }
static bool holds_finish(const struct series_run *r, int32_t first) { return r->completable && r->finish == first; }
static bool holds_start(const struct series_run *r, int32_t first) {
    return r->earliest != DAY_NONE && r->status == SERIES_NOT_COMPLETE && r->earliest == first;
}

static void award(struct series_run **pool, size_t count, holds_fn holds, int32_t bound, int one, int many, int no) {
    size_t holders = 0;
    for (size_t i = 0; i < count; i++) holders += holds(pool[i], bound);
    for (size_t i = 0; i < count; i++) pool[i]->score += holds(pool[i], bound) ? (holders == 1 ? one : many) : no;
}

/* Tables 8-7, 8-9, 8-11 */
static void score(struct series_run **pool, size_t count, enum scoring how) {
    int32_t most = 0, least = INT32_MAX, finish = INT32_MAX, start = INT32_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct series_run *r = pool[i];
        pool[i]->score = 0;
        if (r->valid_count > most) most = r->valid_count;
        if (r->open_count < least) least = r->open_count;
        if (r->completable && r->finish < finish) finish = r->finish;
        if (r->status == SERIES_NOT_COMPLETE && r->earliest < start) start = r->earliest;
    }
    switch (how) {
    case SCORE_COMPLETE: award(pool, count, holds_most_valid, most, 1, 0, -1); break;
    case SCORE_IN_PROCESS:
        award(pool, count, holds_product_valid, 0, 2, 2, -2);
        award(pool, count, holds_completable, 0, 3, 3, -3);
        award(pool, count, holds_most_valid, most, 2, 0, -2);
        award(pool, count, holds_closest, least, 2, 0, -2);
        award(pool, count, holds_finish, finish, 1, 0, -1);
        break;
    case SCORE_NO_DOSES:
        award(pool, count, holds_start, start, 1, 0, -1);
        award(pool, count, holds_completable, 0, 1, 1, -1);
        award(pool, count, holds_product, 0, -1, -1, 1);
        break;
    }
}

static struct series_run *highest(struct series_run **pool, size_t count) {
    struct series_run *best = pool[0];
    for (size_t i = 1; i < count; i++)
        if (pool[i]->score > best->score ||
            (pool[i]->score == best->score && pool[i]->series->preference < best->series->preference))
            best = pool[i];
    return best;
}

static size_t keep(struct series_run **from, size_t count, struct series_run **to, enum series_status status) {
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (from[i]->status == status && (status == SERIES_COMPLETE || from[i]->valid_count > 0)) to[n++] = from[i];
    return n;
}

/* The prioritised series of one path (8.2 to 8.7), or NULL. `members` have room for 3 × their number. */
static struct series_run *prioritised(struct engine *e, const struct antigen_run *x, const struct series_run *first,
                                      struct series_run **room) {
    struct series_run **pool = room, **complete = room + x->run_count, **process = complete + x->run_count;
    struct series_run *fallback = NULL;
    size_t count = 0, none_valid = 0, defaults = 0;
    for (size_t i = 0; i < x->run_count; i++) {
        struct series_run *r = &x->runs[i];
        if (!same_path(first, r)) continue;
        if (r->series->is_default && !fallback) fallback = r;
        if (!scorable(e, x, r)) continue;
        pool[count++] = r;
        none_valid += r->valid_count == 0;
        defaults += r->series->is_default;
    }
    if (!count) return fallback;
    if (count == 1) return pool[0];
    size_t complete_count = keep(pool, count, complete, SERIES_COMPLETE);
    size_t process_count = keep(pool, count, process, SERIES_NOT_COMPLETE);
    if (complete_count == 1) return complete[0];
    if (!complete_count && process_count == 1) return process[0];
    if (!complete_count && !process_count && defaults == 1)
        for (size_t i = 0; i < count; i++)
            if (pool[i]->series->is_default) return pool[i];
    enum scoring how = SCORE_IN_PROCESS;
    if (complete_count >= 2) pool = complete, count = complete_count, how = SCORE_COMPLETE;
    else if (process_count >= 2) pool = process, count = process_count;
    else if (none_valid == count) how = SCORE_NO_DOSES;
    score(pool, count, how);
    return highest(pool, count);
}

static bool names_path(const struct series *s, const struct series *other) {
    for (size_t i = 0; i < s->equivalent_count; i++)
        if (str_eq(s->equivalent[i], other->path)) return true;
    return false;
}

/* Table 8-14 */
static bool is_best(struct series_run *const *winners, size_t count, const struct series_run *w) {
    if (w->status == SERIES_COMPLETE) return true;
    if (w->series->type == TYPE_EVALUATION) return false;
    for (size_t i = 0; i < count; i++) {
        const struct series_run *other = winners[i];
        if (other == w || !names_path(w->series, other->series)) continue;
        if (other->status == SERIES_COMPLETE) return false;
        if (w->series->type != TYPE_RISK && other->series->type == TYPE_RISK) return false;
    }
    return true;
}

void select_best(struct engine *e, struct antigen_run *x) {
    struct series_run **room = arena_alloc(e->a, (x->run_count * 5 + 1) * sizeof *room);
    struct series_run **winners = room + 3 * x->run_count;
    size_t count = 0;
    x->best = winners + x->run_count;
    x->best_count = 0;
    for (size_t i = 0; i < x->run_count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++) seen = same_path(&x->runs[i], &x->runs[j]);
        if (seen) continue;
        struct series_run *w = prioritised(e, x, &x->runs[i], room);
        if (w) winners[count++] = w;
    }
    for (size_t i = 0; i < count; i++)
        if (is_best(winners, count, winners[i])) x->best[x->best_count++] = winners[i];
}
