/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ledger: what the places of a decision hold before and after. Nothing may vanish without a reason. Pure.
 */
#include "check_int.h"

#include "base/vec.h"

static void name_place(struct arena *a, struct map *seen, str id) {
    if (id.len && !map_has(seen, id)) map_put(seen, str_copy(a, id), seen);
}

static void places_of(struct arena *a, const struct decision *d, struct map *out) {
    *out = map_new(a);
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        for (size_t k = 0; k < o->places.len; k++) name_place(a, out, o->places.at[k]);
        if (o->kind == OPERATION_MERGE) name_place(a, out, o->target);
        if (o->kind == OPERATION_SPLIT)
            for (size_t k = 0; k < o->parts.len; k++) name_place(a, out, o->parts.at[k].target);
        for (size_t k = 0; k < o->receivers.len; k++) name_place(a, out, o->receivers.at[k].place);
        for (size_t k = 0; k < o->transfers.len; k++) {
            name_place(a, out, o->transfers.at[k].from);
            name_place(a, out, o->transfers.at[k].to);
        }
    }
}

static int64_t held(const struct place_state *s, int h) {
    return s && s->exists && s->holdings[h] > 0 ? s->holdings[h] : 0;
}

static void add_place(struct arena *a, struct ledger *l, str id, const struct place_state *before,
                      const struct place_state *after) {
    for (int h = 0; h < HOLDING_COUNT; h++) {
        int64_t x = held(before, h), y = held(after, h);
        l->rows[h].stated |= (before && before->exists && before->holdings[h] >= 0) ||
                             (after && after->exists && after->holdings[h] >= 0);
        l->rows[h].before += x;
        l->rows[h].after += y;
        if (x || y) VEC_PUSH(a, &l->places, (struct ledger_place){id, (enum holding)h, x, y});
    }
    l->sites_before += before && before->exists && place_is_site(before->kind);
    l->sites_after += after && after->exists && place_is_site(after->kind);
}

static void explain(struct arena *a, const struct decision *d, struct ledger *l) {
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        for (size_t k = 0; k < o->transfers.len; k++) {
            const struct transfer *t = &o->transfers.at[k];
            if (t->to.len || !t->reason.len) continue;
            l->rows[t->what].explained += t->quantity;
            VEC_PUSH(a, &l->rows[t->what].reasons, t->reason);
        }
        for (size_t k = 0; k < o->capacity_count;
             k++) { /* a new place may bring something along: with the operation's reason */
            if (!o->reason.len) continue;
            l->rows[o->capacity[k].what].explained -= o->capacity[k].quantity;
            VEC_PUSH(a, &l->rows[o->capacity[k].what].reasons, o->reason);
        }
    }
}

void check_ledger(struct arena *a, const struct check_input *in, struct ledger *ledger, struct problems *out) {
    struct checking c = {.arena = a, .in = in, .out = out, .operation = -1, .day = in->decision->effective_on};
    struct map places;
    *ledger = (struct ledger){0};
    for (int h = 0; h < HOLDING_COUNT; h++) ledger->rows[h].what = (enum holding)h;
    if (c.day == DAY_FIRST) return;
    places_of(a, in->decision, &places);
    for (size_t i = 0; i < places.len; i++) {
        str id = places.entries[i].key;
        add_place(a, ledger, id, network_at(in->before, id, c.day - 1), network_at(in->after, id, c.day));
    }
    explain(a, in->decision, ledger);
    for (int h = 0; h < HOLDING_COUNT; h++) {
        const struct ledger_row *r = &ledger->rows[h];
        if (r->before - r->after == r->explained) continue;
        struct problem p = {.rule = "conservation", .operation = -1, .from = c.day, .until = DAY_LAST};
        str en = str_format(a, "%s: %lld before, %lld after, %lld explained", holding_name(r->what, false),
                            (long long)r->before, (long long)r->after, (long long)r->explained);
        str vi = str_format(a, "%s: trước %lld, sau %lld, có lý do %lld", holding_name(r->what, true),
                            (long long)r->before, (long long)r->after, (long long)r->explained);
        problem_add(&c, p, "%.*s", "%.*s", en);
        out->at[out->len - 1].vi = vi;
    }
}
