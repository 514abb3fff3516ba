/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network of a day as JSON, with residents added up from the smallest stable places through the structure of that
 * day.
 */
#include "base/date.h"
#include "answer_int.h"
#include "base/vec.h"
#include "check_int.h"
#include "decisions.h"
#include "people/people.h"

#include <math.h>

/* ---- residents --------------------------------------------------------------------------------------------------- */

struct residents {
    double count;
    bool estimated, known;
};

/* Adds what lives at a place to it and everything above it; a divided area by shares. */
static void spread_up(struct arena *a, const struct network *n, struct residents *sums, str id, double count,
                      int32_t day) {
    bool split = false;
    for (int level = 0; level < 12 && id.len; level++) {
        const struct network_place *p = network_find(n, id);
        const struct place_state *s = p ? &place_version_on(p, day)->state : NULL;
        if (!s || !s->exists) return;
        struct residents *r = &sums[p - n->places.at];
        r->count += count;
        r->known = true;
        r->estimated |= split;
        const struct place_link *links;
        size_t m = network_links_from(n, id, &links);
        for (size_t k = 0; k < m; k++) {
            if (links[k].kind != LINK_SPLIT || s->kind != PLACE_FORMER_COMMUNE || day < links[k].day ||
                day >= links[k].until)
                continue;
            const struct network_place *to = network_find(n, links[k].to);
            if (!to) continue;
            split = true;
            sums[to - n->places.at].count += count * links[k].share;
            sums[to - n->places.at].known = sums[to - n->places.at].estimated = true;
        }
        if (split) { /* above the divided parts: their common province */
            const struct place_state *target = m ? network_at(n, links[0].to, day) : NULL;
            id = target && target->exists ? target->parent : STR_NONE;
            split = false;
            continue;
        }
        id = s->parent;
    }
    (void)a;
}

static err count_residents(struct reader *r, struct arena *a, const struct network *n, int32_t day,
                           struct residents **out) {
    struct place_count *counts;
    struct places all;
    size_t len;
    *out = ARENA_ARRAY(a, struct residents, n->places.len + 1);
    TRY(person_counts(r, a, &counts, &len));
    TRY(network_places(r, a, day_today(), &all));
    for (size_t i = 0; i < len; i++) {
        const struct place *p = places_find(&all, counts[i].place);
        if (p && counts[i].count) spread_up(a, n, *out, p->id, (double)counts[i].count, day);
    }
    return OK_ERR;
}

/* What a site serves: a station its commune, a point its area. */
static const struct residents *served(const struct network *n, const struct residents *sums,
                                      const struct network_place *p, const struct place_state *s, int32_t day) {
    str id = p->id;
    if (s->kind == PLACE_STATION)
        id = network_commune(n, p->id, day);
    else if (s->kind == PLACE_POINT)
        id = s->parent;
    else if (!place_is_area(s->kind))
        return NULL;
    const struct network_place *area = network_find(n, id);
    return area && sums[area - n->places.at].known ? &sums[area - n->places.at] : NULL;
}

/* ---- one place --------------------------------------------------------------------------------------------------- */

static void add_id(struct buf *out, const char *name, str id) { add_text(out, name, id); }

static void write_successors(const struct network *n, str id, int32_t day, struct buf *out) {
    const struct place_link *links;
    size_t m = network_links_from(n, id, &links);
    add_name(out, "successors");
    buf_addc(out, '[');
    for (size_t k = 0; k < m; k++) {
        if (day < links[k].day || day >= links[k].until) continue;
        next_item(out);
        add_text(out, "id", links[k].to);
        add_text(out, "kind", str_of(link_kind_code(links[k].kind)));
        buf_addf(out, ",\"share\":%.4g", links[k].share);
        if (links[k].what.len) add_text(out, "what", links[k].what);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void add_holding(struct buf *out, const char *name, int64_t n) {
    if (n < 0)
        add_text(out, name, STR_NONE);
    else
        add_number(out, name, n);
}

static void write_place(const struct network *n, const struct network_place *p, const struct place_version *v,
                        const struct network_view *view, const struct residents *served_by, struct buf *out) {
    const struct place_state *s = &v->state;
    int32_t day = view->at;
    next_item(out);
    add_id(out, "id", p->id);
    add_text(out, "code", s->code);
    add_text(out, "name", s->name);
    add_text(out, "kind", str_of(place_kind_code(s->kind)));
    add_text(out, "commune", network_commune(n, p->id, day));
    add_id(out, "parent", s->parent);
    if (view->bare) {
        buf_addc(out, '}');
        return;
    }
    add_text(out, "status", str_of(!s->exists ? "ended" : s->suspended ? "suspended" : "active"));
    add_bool(out, "assumed", s->assumed);
    for (int h = 0; h < HIERARCHY_COUNT; h++) add_id(out, hierarchy_code((enum hierarchy)h), s->above[h]);
    add_id(out, "pointOf", s->point_of);
    if (s->has_position)
        buf_addf(out, ",\"latitude\":%.6g,\"longitude\":%.7g", s->latitude, s->longitude);
    else
        buf_addz(out, ",\"latitude\":null,\"longitude\":null");
    add_holding(out, "population", p->population);
    add_holding(out, "residents", served_by ? (int64_t)llround(served_by->count) : -1);
    add_bool(out, "estimated", served_by && served_by->estimated);
    add_name(out, "services");
    buf_addc(out, '[');
    str rest = s->services, service;
    while (rest.len && str_split(&rest, ' ', &service)) {
        if (out->at[out->len - 1] != '[') buf_addc(out, ',');
        buf_add_json(out, service);
    }
    buf_addc(out, ']');
    for (int h = 0; h < HOLDING_COUNT; h++) add_holding(out, holding_code((enum holding)h), s->holdings[h]);
    add_open_day(out, "from", v->from);
    add_open_day(out, "until", v->until);
    add_open_day(out, "operationalFrom", v->operational);
    add_text(out, "decision", v->decision == SIZE_MAX ? STR_NONE : n->decisions[v->decision].id);
    if (view->ended)
        write_successors(n, p->id, day, out);
    else
        buf_addz(out, ",\"successors\":[]");
    buf_addc(out, '}');
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static void write_counts(const struct network *n, int32_t day, struct buf *out) {
    static const enum place_kind shown[] = {
        PLACE_DISTRICT,          PLACE_STATION,        PLACE_POINT,      PLACE_HOSPITAL,
        PLACE_REGIONAL_HOSPITAL, PLACE_HEALTH_CENTRE,  PLACE_POLYCLINIC, PLACE_CENTRE,
        PLACE_SOCIAL_UNIT,       PLACE_FORMER_COMMUNE, PLACE_HAMLET};
    struct network_counts c;
    network_count(n, day, &c);
    add_name(out, "counts");
    buf_addc(out, '{');
    add_number(out, "commune", c.communes);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        add_number(out, place_kind_code(shown[i]), c.of[shown[i]]);
    add_number(out, "stopped", c.stopped);
    buf_addc(out, '}');
}

static bool shown_place(const struct network *n, const struct network_place *p, const struct place_version **v,
                        const struct network_view *view) {
    *v = place_version_on(p, view->at);
    if (!(*v)->state.exists) { /* ended: as it last was */
        if (!view->ended || *v == p->versions.at) return false;
        struct place_version *last = ARENA_NEW(n->arena, struct place_version);
        *last = (*v)[-1];
        last->state.exists = false;
        last->from = (*v)->from;
        last->until = (*v)->until;
        last->decision = (*v)->decision;
        *v = last;
    }
    const struct place_state *s = &(*v)->state;
    if (view->kind ? s->kind != view->kind : s->kind == PLACE_HAMLET) return false;
    return !view->commune.len || str_eq(network_commune(n, s->exists ? p->id : s->parent, view->at), view->commune);
}

static void write_head(struct reader *r, const struct network *n, const struct network_view *view, struct buf *out) {
    int32_t *days;
    size_t count;
    char digits[11];
    add_day(out, "at", view->at);
    if (view->bare) return;
    add_open_day(out, "known", view->known);
    add_day(out, "today", day_today());
    add_number(out, "position", reader_position(r));
    add_name(out, "province");
    size_t i = 0;
    while (i < n->places.len && place_version_on(&n->places.at[i], view->at)->state.kind != PLACE_PROVINCE) i++;
    if (i < n->places.len) {
        const struct place_state *s = &place_version_on(&n->places.at[i], view->at)->state;
        buf_addc(out, '{');
        add_text(out, "id", n->places.at[i].id);
        add_text(out, "code", s->code);
        add_text(out, "name", s->name);
        buf_addc(out, '}');
    } else {
        buf_addz(out, "null");
    }
    network_days(n->arena, n, &days, &count);
    add_name(out, "days");
    buf_addc(out, '[');
    for (size_t k = 0; k < count; k++) buf_addf(out, "%s\"%s\"", k ? "," : "", day_format(days[k], digits));
    buf_addc(out, ']');
    write_counts(n, view->at, out);
}

err network_answer(struct reader *r, struct arena *a, const struct network_view *view, struct buf *out) {
    struct network_question q = {.known = view->known, .plans = view->plans, .plan_count = view->plan_count};
    struct network n;
    struct residents *sums = NULL;
    if (q.known == DAY_LAST && !q.plan_count)
        TRY(network_live(r, a, &n));
    else
        TRY(network_load(r, a, &q, &n));
    if (!view->bare) TRY(count_residents(r, a, &n, view->at, &sums));
    buf_reserve(out, n.places.len * 400);
    buf_addc(out, '{');
    write_head(r, &n, view, out);
    add_name(out, "places");
    buf_addc(out, '[');
    for (size_t i = 0; i < n.places.len; i++) {
        const struct place_version *v;
        if (!shown_place(&n, &n.places.at[i], &v, view)) continue;
        write_place(&n, &n.places.at[i], v, view, sums ? served(&n, sums, &n.places.at[i], &v->state, view->at) : NULL,
                    out);
    }
    buf_addz(out, "]}");
    return OK_ERR;
}
