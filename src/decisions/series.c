/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monthly numbers under the network of any day: as reported (each month under the structure of its last day), under
 * today's structure, or both with the days of the break. Numbers are kept at the smallest stable place, so both add up
 * to the same.
 */
#include "base/date.h"
#include "base/members.h"
#include "base/vec.h"
#include "check_int.h"
#include "series.h"

enum { MONTHS_MOST = 120 };

/* ---- where a place's numbers go
 * -------------------------------------------------------------------------------------- */

struct spread {
    struct share *at;
    size_t len;
    bool known;
};

struct structures { /* places × stretches of time without a change, filled as asked */
    struct arena *arena;
    const struct network *network;
    const int32_t *days;
    size_t day_count;
    struct spread *cells;
};

static size_t stretch_of(const struct structures *s, int32_t day) {
    size_t n = 0;
    while (n < s->day_count && s->days[n] <= day) n++;
    return n;
}

static const struct spread *spread_of(struct structures *s, size_t place, int32_t day) {
    struct spread *c = &s->cells[stretch_of(s, day) * s->network->places.len + place];
    if (!c->known) {
        c->known = true;
        network_spread(s->arena, s->network, s->network->places.at[place].id, day, &c->at, &c->len);
    }
    return c;
}

/* ---- lines
 * ------------------------------------------------------------------------------------------------------------ */

struct line {
    double *values;
    bool estimated;
};
struct lines {
    struct arena *arena;
    struct map by_place;
    size_t months;
};

static struct line *line_of(struct lines *l, str place) {
    struct line *line = map_get(&l->by_place, place);
    if (line) return line;
    line = ARENA_NEW(l->arena, struct line);
    line->values = ARENA_ARRAY(l->arena, double, l->months);
    map_put(&l->by_place, place, line);
    return line;
}

static void put(struct lines *l, const struct spread *to, size_t month, double value) {
    for (size_t i = 0; i < to->len; i++) {
        struct line *line = line_of(l, to->at[i].target);
        line->values[month] += value * to->at[i].share;
        line->estimated |= to->len > 1;
    }
}

static void write_lines(struct buf *out, const char *name, const struct network *n, const struct lines *l,
                        int32_t day) {
    add_name(out, name);
    buf_addc(out, '[');
    for (size_t i = 0; i < l->by_place.len; i++) {
        const struct line *line = l->by_place.entries[i].value;
        buf_addz(out, i ? ",{" : "{");
        add_text(out, "place", l->by_place.entries[i].key);
        add_text(out, "name", place_label(n, l->by_place.entries[i].key, day));
        add_bool(out, "estimated", line->estimated);
        add_name(out, "values");
        buf_addc(out, '[');
        for (size_t m = 0; m < l->months; m++) buf_addf(out, "%s%.10g", m ? "," : "", line->values[m]);
        buf_addz(out, "]}");
    }
    buf_addc(out, ']');
}

/* ---- the whole
 * -------------------------------------------------------------------------------------------------------- */

static int32_t last_day(int month) { return day_from_civil((month + 1) / 12, (month + 1) % 12 + 1, 1) - 1; }

/* Everything under the province when that is the level. */
static str province_of(const struct network *n) {
    for (size_t i = 0; i < n->places.len; i++)
        for (size_t v = 0; v < n->places.at[i].versions.len; v++)
            if (n->places.at[i].versions.at[v].state.kind == PLACE_PROVINCE) return n->places.at[i].id;
    return STR_NONE;
}

err series_answer(struct reader *r, struct arena *a, const struct network_measure *m, const struct series_question *q,
                  struct buf *out) {
    struct network n;
    struct places all;
    struct monthlies values = {0};
    int32_t *days;
    struct structures s = {.arena = a, .network = &n};
    size_t months = (size_t)(q->until - q->from + 1);
    if (q->until < q->from || months > MONTHS_MOST)
        return err_make(a, ERR_INVALID, "to", "from 1 to %d months", MONTHS_MOST);
    TRY(network_live(r, a, &n));
    TRY(network_places(r, a, day_today(), &all));
    TRY(m->read(r, a, q->from, q->until, &values));
    network_days(a, &n, &days, &s.day_count);
    s.days = days;
    s.cells = ARENA_ARRAY(a, struct spread, (s.day_count + 1) * (n.places.len + 1));
    struct lines reported = {a, map_new(a), months}, today = {a, map_new(a), months};
    struct share whole = {province_of(&n), 1};
    struct spread province = {&whole, whole.target.len > 0, true};
    for (size_t i = 0; i < values.len; i++) {
        const struct monthly *v = &values.at[i];
        const struct place *p = places_find(&all, v->place);
        const struct network_place *place = p ? network_find(&n, p->id) : NULL;
        if (!place || v->month < q->from || v->month > q->until) continue;
        size_t number = (size_t)(place - n.places.at), month = (size_t)(v->month - q->from);
        put(&reported, q->province ? &province : spread_of(&s, number, last_day(v->month)), month, (double)v->value);
        put(&today, q->province ? &province : spread_of(&s, number, q->at), month, (double)v->value);
    }
    buf_addc(out, '{');
    add_text(out, "measure", str_of(m->name));
    add_text(out, "basis", str_of(q->reported ? q->today ? "both" : "reported" : "today"));
    add_day(out, "at", q->at);
    add_name(out, "breaks");
    buf_addc(out, '[');
    char digits[11];
    for (size_t i = 0, written = 0; i < s.day_count; i++)
        if (days[i] > last_day(q->from - 1) && days[i] <= last_day(q->until))
            buf_addf(out, "%s\"%s\"", written++ ? "," : "", day_format(days[i], digits));
    buf_addc(out, ']');
    add_name(out, "months");
    buf_addc(out, '[');
    for (int month = q->from; month <= q->until; month++)
        buf_addf(out, "%s\"%04d-%02d\"", month > q->from ? "," : "", month / 12, month % 12 + 1);
    buf_addc(out, ']');
    if (q->reported) write_lines(out, "reported", &n, &reported, last_day(q->until));
    if (q->today) write_lines(out, "today", &n, &today, q->at);
    buf_addc(out, '}');
    return OK_ERR;
}
