/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /api/network: the network of a day, what changes, what a decision changed for the person who asks.
 */
#include "base/date.h"
#include "answer_int.h"
#include "base/vec.h"
#include "check_int.h"
#include "decisions.h"
#include "people/people.h"

static err network_of_day(struct request *r);
static err changes(struct request *r);
static err my_changes(struct request *r);

const struct route network_routes[] = {{ROUTE("GET", "/api/network", PERMISSION_INDICATOR_READ, network_of_day,
                                              "Mạng lưới của một ngày", "The network of a day")},
                                       {ROUTE("GET", "/api/network/changes", PERMISSION_INDICATOR_READ, changes,
                                              "Những thay đổi của mạng lưới", "What changes in the network")},
                                       {ROUTE("GET", "/api/network/my-changes", PERMISSION_SIGNED_IN, my_changes,
                                              "Quyết định thay đổi gì cho tôi", "What decisions change for me")},
                                       {.method = NULL}};

/* ---- parameters -------------------------------------------------------------------------------------------------- */

err request_day(struct request *r, const char *name, int32_t *out) {
    str s = request_query(r, name);
    if (s.len && !day_parse(s, out))
        return err_make(r->arena, ERR_INVALID, name, "'%.*s' is no day (YYYY-MM-DD)", STR_ARG(s));
    return OK_ERR;
}

/* plan=a,b or one: ids of drafts. */
static void take_plans(struct request *r, struct network_view *view) {
    str rest = request_query(r, "plan"), part;
    VEC(str) list = {0};
    while (rest.len && str_split(&rest, ',', &part)) VEC_PUSH(r->arena, &list, part);
    view->plans = list.at;
    view->plan_count = list.len;
}

static err network_of_day(struct request *r) {
    struct reader *reader;
    struct network_view view = {.at = day_today(), .known = DAY_LAST, .commune = request_query(r, "commune")};
    str kind = request_query(r, "kind");
    TRY(request_day(r, "at", &view.at));
    TRY(request_day(r, "known", &view.known));
    take_plans(r, &view);
    view.kind = place_kind_of(kind);
    if (kind.len && !view.kind)
        return err_make(r->arena, ERR_INVALID, "kind", "'%.*s' is no kind of place", STR_ARG(kind));
    view.ended = str_is(request_query(r, "ended"), "1");
    TRY(request_reader(r, &reader));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return network_answer(reader, r->arena, &view, &r->out);
}

/* ---- changes ----------------------------------------------------------------------------------------------------- */

static str shown(struct arena *a, const struct place_state *s, int field) {
    switch (field) {
    case PLACE_FIELD_SUSPENDED: return s->suspended ? STR("suspended") : STR("active");
    case PLACE_FIELD_KIND: return str_of(place_kind_code(s->kind));
    case PLACE_FIELD_NAME: return s->name;
    case PLACE_FIELD_CODE: return s->code;
    case PLACE_FIELD_PARENT: return s->parent;
    case PLACE_FIELD_MANAGER:
    case PLACE_FIELD_DIRECTOR:
    case PLACE_FIELD_INSURER: return s->above[field - PLACE_FIELD_MANAGER];
    case PLACE_FIELD_POINT_OF: return s->point_of;
    case PLACE_FIELD_SERVICES: return s->services;
    case PLACE_FIELD_POSITION:
        return s->has_position ? str_format(a, "%.5f, %.5f", s->latitude, s->longitude) : STR_NONE;
    default: return STR_NONE;
    }
}

static void write_change(struct buf *out, const struct network *n, const struct network_place *p,
                         const struct place_version *v, const char *field, str before, str after) {
    next_item(out);
    add_text(out, "place", p->id);
    add_text(out, "name", place_label(n, p->id, v->from));
    add_text(out, "field", str_of(field));
    add_text(out, "before", before);
    add_text(out, "after", after);
    add_text(out, "decision", v->decision == SIZE_MAX ? STR_NONE : n->decisions[v->decision].id);
    buf_addc(out, '}');
}

static void changes_of_place(struct buf *out, struct arena *a, const struct network *n, const struct network_place *p,
                             int32_t day) {
    for (size_t k = 1; k < p->versions.len; k++) {
        const struct place_version *v = &p->versions.at[k];
        const struct place_state *was = &v[-1].state, *is = &v->state;
        if (v->from != day) continue;
        if (was->exists != is->exists) {
            const struct place_state *s = is->exists ? is : was;
            write_change(out, n, p, v, is->exists ? "begins" : "ends",
                         is->exists ? STR_NONE : str_of(place_kind_code(s->kind)),
                         is->exists ? str_of(place_kind_code(s->kind)) : network_successor(n, p->id, STR_NONE, day));
            continue;
        }
        for (int f = PLACE_FIELD_SUSPENDED; f < PLACE_FIELD_COUNT && is->exists; f++) {
            str before = shown(a, was, f), after = shown(a, is, f);
            if (!str_eq(before, after))
                write_change(out, n, p, v,
                             f == PLACE_FIELD_SUSPENDED ? "status" : place_field_name((enum place_field)f), before,
                             after);
        }
    }
}

static void write_decision(struct buf *out, const struct decision *d) {
    next_item(out);
    add_text(out, "id", d->id);
    add_text(out, "number", d->number);
    add_text(out, "title", d->title);
    add_text(out, "certainty", str_of(d->assumed ? "assumed" : "stated"));
    buf_addc(out, '}');
}

static err changes(struct request *r) {
    struct reader *reader;
    struct network n;
    struct network_view view = {.known = DAY_LAST};
    int32_t from = DAY_FIRST, until = DAY_LAST, *days;
    size_t count;
    TRY(request_day(r, "from", &from));
    TRY(request_day(r, "to", &until));
    take_plans(r, &view);
    TRY(request_reader(r, &reader));
    TRY(network_load(reader, r->arena, &(struct network_question){DAY_LAST, view.plans, view.plan_count}, &n));
    network_days(r->arena, &n, &days, &count);
    buf_addz(&r->out, "{\"days\":[");
    for (size_t i = 0; i < count; i++) {
        if (days[i] < from || days[i] > until) continue;
        next_item(&r->out);
        add_day(&r->out, "day", days[i]);
        add_name(&r->out, "decisions");
        buf_addc(&r->out, '[');
        for (size_t d = 0; d < n.decision_count; d++)
            if (n.decisions[d].status == DECISION_SIGNED && n.decisions[d].effective_on == days[i])
                write_decision(&r->out, &n.decisions[d]);
        buf_addc(&r->out, ']');
        add_name(&r->out, "changes");
        buf_addc(&r->out, '[');
        for (size_t p = 0; p < n.places.len; p++) changes_of_place(&r->out, r->arena, &n, &n.places.at[p], days[i]);
        buf_addz(&r->out, "]}");
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- what a decision changed for me ------------------------------------------------------------------------------ */

enum { DAYS_BACK = 90 };

/* How many residents a post sees on a day. */
static err residents_of(struct reader *reader, struct arena *a, const struct request *r, str place, int32_t day,
                        int64_t *out) {
    struct access access;
    struct place_count *counts;
    size_t n;
    *out = 0;
    TRY(network_access(reader, a, &(struct network_post){r->session->role, place, day}, &access));
    TRY(person_counts(reader, a, &counts, &n));
    for (size_t i = 0; i < n; i++) {
        bool seen = access.everything;
        for (size_t k = 0; k < access.place_count && !seen; k++) seen = access.places[k] == counts[i].place;
        if (seen) *out += counts[i].count;
    }
    return OK_ERR;
}

static void write_side(struct buf *out, const char *name, const struct network *n, str place, int32_t day) {
    const struct place_state *s = network_at(n, place, day);
    add_name(out, name);
    if (!s || !s->exists) {
        buf_addz(out, "null");
        return;
    }
    str commune = network_commune(n, place, day);
    buf_addc(out, '{');
    add_text(out, "kind", str_of(place_kind_code(s->kind)));
    add_text(out, "name", s->name);
    add_text(out, "commune", commune.len ? place_label(n, commune, day) : STR_NONE);
    for (int h = 0; h < HIERARCHY_COUNT; h++)
        add_text(out, hierarchy_code((enum hierarchy)h), s->above[h].len ? place_label(n, s->above[h], day) : STR_NONE);
    buf_addc(out, '}');
}

/* One sentence: the greatest change first. */
static str sentence(struct arena *a, const struct network *n, str place, int32_t day, bool vi) {
    const struct place_state *was = network_at(n, place, day - 1), *is = network_at(n, place, day);
    str name = place_label(n, place, day - 1), other;
    if (!is->exists) {
        other = network_successor(n, place, STR_NONE, day);
        return str_format(a, vi ? "%.*s chấm dứt hoạt động, nơi tiếp nhận: %.*s" : "%.*s ended; %.*s takes over",
                          STR_ARG(name), STR_ARG(other.len ? place_label(n, other, day) : STR("—")));
    }
    if (is->kind == PLACE_POINT && was->kind != PLACE_POINT)
        return str_format(a, vi ? "%.*s trở thành điểm trạm của %.*s" : "%.*s became a point of %.*s", STR_ARG(name),
                          STR_ARG(place_label(n, is->point_of, day)));
    if (is->kind != was->kind)
        return str_format(a, vi ? "%.*s trở thành %s" : "%.*s became a %s", STR_ARG(name),
                          place_kind_name(is->kind, vi));
    str commune = network_commune(n, place, day), old = network_commune(n, place, day - 1);
    if (!str_eq(commune, old))
        return str_format(a, vi ? "%.*s nay thuộc %.*s" : "%.*s now lies in %.*s", STR_ARG(name),
                          STR_ARG(place_label(n, commune, day)));
    if (!str_eq(is->above[0], was->above[0]))
        return str_format(a, vi ? "%.*s nay do %.*s quản lý" : "%.*s is now managed by %.*s", STR_ARG(name),
                          STR_ARG(place_label(n, is->above[0], day)));
    if (!str_eq(is->name, was->name))
        return str_format(a, vi ? "%.*s nay có tên %.*s" : "%.*s is now called %.*s", STR_ARG(name), STR_ARG(is->name));
    return str_format(a, vi ? "%.*s có thay đổi" : "%.*s has changed", STR_ARG(name));
}

static err write_my_change(struct request *r, struct reader *reader, const struct network *n, str place, int32_t day,
                           size_t decision) {
    int64_t before, after;
    struct buf *out = &r->out;
    next_item(out);
    add_day(out, "day", day);
    add_name(out, "decision");
    if (decision == SIZE_MAX)
        buf_addz(out, "null");
    else {
        struct buf one = buf_new(r->arena);
        buf_addc(&one, '[');
        write_decision(&one, &n->decisions[decision]);
        buf_add(out, str_slice(buf_str(&one), 1, one.len));
    }
    add_text(out, "vi", sentence(r->arena, n, place, day, true));
    add_text(out, "en", sentence(r->arena, n, place, day, false));
    write_side(out, "before", n, place, day - 1);
    write_side(out, "after", n, place, day);
    TRY(residents_of(reader, r->arena, r, place, day - 1, &before));
    TRY(residents_of(reader, r->arena, r, place, day, &after));
    add_number(out, "residentsBefore", before);
    add_number(out, "residentsAfter", after);
    buf_addc(out, '}');
    return OK_ERR;
}

/* A post at a site hears of its site and of its commune; versions of the place, and the days on which its commune
 * changed. */
static err write_my_changes(struct request *r, struct reader *reader, const struct network *n,
                            const struct network_place *p, int32_t since) {
    int32_t *days;
    size_t count;
    network_days(r->arena, n, &days, &count);
    for (size_t i = 0; i < count; i++) {
        const struct place_version *v = place_version_on(p, days[i]);
        if (days[i] < since) continue;
        bool own = v->from == days[i],
             moved = !str_eq(network_commune(n, p->id, days[i] - 1), network_commune(n, p->id, days[i]));
        if (!own && !moved) continue;
        size_t decision = own ? v->decision : SIZE_MAX;
        for (size_t d = 0; decision == SIZE_MAX && d < n->decision_count; d++)
            if (n->decisions[d].status == DECISION_SIGNED && n->decisions[d].effective_on == days[i]) decision = d;
        TRY(write_my_change(r, reader, n, p->id, days[i], decision));
    }
    return OK_ERR;
}

static err my_changes(struct request *r) {
    struct reader *reader;
    struct network n;
    int32_t since = day_today() - DAYS_BACK;
    str place = r->session->place;
    TRY(request_day(r, "since", &since));
    TRY(request_reader(r, &reader));
    TRY(network_load(reader, r->arena, &(struct network_question){.known = DAY_LAST}, &n));
    const struct network_place *p = network_find(&n, place);
    buf_addz(&r->out, "{\"place\":");
    if (p) {
        buf_addc(&r->out, '{');
        add_text(&r->out, "id", place);
        add_text(&r->out, "name", place_label(&n, place, day_today()));
        buf_addc(&r->out, '}');
    } else {
        buf_addz(&r->out, "null");
    }
    buf_addz(&r->out, ",\"changes\":[");
    if (p) TRY(write_my_changes(r, reader, &n, p, since));
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}
