/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check and the ledger as JSON (docs/network.md).
 */
#include "base/date.h"
#include "answer_int.h"
#include "check_int.h"
#include "decisions.h"

void problems_answer(struct arena *a, const struct network *n, const struct problems *problems, struct buf *out) {
    (void)a;
    add_name(out, "problems");
    buf_addc(out, '[');
    for (size_t i = 0; i < problems->len; i++) {
        const struct problem *p = &problems->at[i];
        next_item(out);
        add_text(out, "rule", str_of(p->rule));
        add_text(out, "severity", str_of(p->severity == SEVERITY_ERROR ? "error" : "warning"));
        if (p->operation >= 0)
            add_number(out, "operation", p->operation);
        else
            add_text(out, "operation", STR_NONE);
        add_text(out, "place", p->place);
        add_text(out, "name", p->place.len ? place_label(n, p->place, p->from == DAY_FIRST ? 0 : p->from) : STR_NONE);
        add_open_day(out, "from", p->from);
        add_open_day(out, "until", p->until);
        add_text(out, "vi", p->vi);
        add_text(out, "en", p->en);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void add_words(struct buf *out, struct thing thing) {
    add_text(out, "what", str_of(thing.what));
    add_text(out, "vi", str_of(thing.vi ? thing.vi : thing.what));
    add_text(out, "en", str_of(thing.en ? thing.en : thing.what));
}

static void write_losers(const struct checked *c, struct buf *out) {
    int32_t day = c->decision.effective_on;
    add_name(out, "losers");
    buf_addc(out, '[');
    for (size_t i = 0; i < c->losers.len; i++) {
        const struct loser *l = &c->losers.at[i];
        next_item(out);
        add_text(out, "place", l->place);
        add_text(out, "name", place_label(&c->before, l->place, day - 1));
        add_words(out, l->thing);
        add_number(out, "count", l->count);
        add_text(out, "receiver", l->receiver);
        add_text(out, "receiverName", l->receiver.len ? place_label(&c->after, l->receiver, day) : STR_NONE);
        add_bool(out, "ends", l->ends);
        add_bool(out, "ok", l->receiver.len > 0);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void write_rows(const struct ledger *l, struct buf *out, const char *name) {
    add_name(out, name);
    buf_addc(out, '[');
    next_item(out);
    add_words(out, (struct thing){"sites", "cơ sở", "sites"});
    add_number(out, "before", l->sites_before);
    add_number(out, "after", l->sites_after);
    add_number(out, "difference", l->sites_after - l->sites_before);
    buf_addz(out, ",\"stated\":true,\"explained\":null,\"reasons\":[],\"ok\":true}");
    for (int h = 0; h < HOLDING_COUNT; h++) {
        const struct ledger_row *r = &l->rows[h];
        next_item(out);
        add_words(out, (struct thing){holding_code(r->what), holding_name(r->what, true), holding_name(r->what, false)});
        if (r->stated) {
            add_number(out, "before", r->before);
            add_number(out, "after", r->after);
            add_number(out, "difference", r->after - r->before);
        } else {
            buf_addz(out, ",\"before\":null,\"after\":null,\"difference\":null");
        }
        add_bool(out, "stated", r->stated);
        add_number(out, "explained", r->explained);
        add_name(out, "reasons");
        buf_addc(out, '[');
        for (size_t i = 0; i < r->reasons.len; i++) {
            if (i) buf_addc(out, ',');
            buf_add_json(out, r->reasons.at[i]);
        }
        buf_addc(out, ']');
        add_bool(out, "ok", r->before - r->after == r->explained);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

void ledger_answer(struct arena *a, const struct checked *c, struct buf *out) {
    (void)a;
    buf_addc(out, '{');
    write_rows(&c->ledger, out, "rows");
    add_name(out, "places");
    buf_addc(out, '[');
    for (size_t i = 0; i < c->ledger.places.len; i++) {
        const struct ledger_place *p = &c->ledger.places.at[i];
        next_item(out);
        add_text(out, "place", p->place);
        add_text(out, "name", place_label(&c->after, p->place, c->decision.effective_on));
        add_text(out, "what", str_of(holding_code(p->what)));
        add_number(out, "before", p->before);
        add_number(out, "after", p->after);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
}

static void add_known(struct buf *out, const char *name, int64_t n) {
    if (n < 0)
        add_text(out, name, STR_NONE);
    else
        add_number(out, name, n);
}

static void add_minutes(struct buf *out, const char *name, double v) {
    add_name(out, name);
    if (v < 0)
        buf_addz(out, "null");
    else
        buf_addf(out, "%.1f", v);
}

static void write_burdens(const struct checked *c, struct buf *out) {
    const struct burdens *b = &c->burdens;
    add_name(out, "norms");
    buf_addc(out, '[');
    for (size_t i = 0; i < b->len; i++) {
        const struct commune_burden *k = &b->at[i];
        next_item(out);
        add_text(out, "commune", k->commune);
        add_text(out, "name", place_label(&c->after, k->commune, c->decision.effective_on));
        add_number(out, "stationsBefore", k->stations[0]);
        add_number(out, "stationsAfter", k->stations[1]);
        add_number(out, "pointsBefore", k->points[0]);
        add_number(out, "pointsAfter", k->points[1]);
        add_known(out, "population", k->population);
        add_known(out, "postsBefore", k->posts[0]);
        add_known(out, "postsAfter", k->posts[1]);
        add_number(out, "norm", k->norm);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    add_name(out, "travel");
    buf_addc(out, '[');
    for (size_t i = 0; i < b->len; i++) {
        const struct commune_burden *k = &b->at[i];
        next_item(out);
        add_text(out, "commune", k->commune);
        add_text(out, "name", place_label(&c->after, k->commune, c->decision.effective_on));
        add_minutes(out, "meanBefore", k->mean[0]);
        add_minutes(out, "meanAfter", k->mean[1]);
        add_minutes(out, "maxBefore", k->most[0]);
        add_minutes(out, "maxAfter", k->most[1]);
        add_bool(out, "estimated", true);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

void checked_answer(struct arena *a, const struct checked *c, int64_t milliseconds, struct buf *out) {
    buf_addc(out, '{');
    add_bool(out, "ok", !problems_have_error(&c->problems));
    add_number(out, "milliseconds", milliseconds);
    add_open_day(out, "day", c->decision.effective_on);
    problems_answer(a, &c->after, &c->problems, out);
    write_losers(c, out);
    write_rows(&c->ledger, out, "ledger");
    write_burdens(c, out);
    buf_addc(out, '}');
}
