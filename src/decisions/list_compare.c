/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list beside the network of a day: what differs becomes operations. And the network as a list.
 */
#include "lists.h"

#include "base/csv.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

struct comparing {
    struct arena *arena;
    const struct network *network;
    int32_t day;
    struct list_result *out;
    struct list_problems *problems;
    struct map ids; /* of the list: id → row, for parents that come with it */
    unsigned line;
};

static const struct network_place *by_code(const struct network *n, str code, int32_t day, enum place_kind kind) {
    for (size_t i = 0; code.len && i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        if (s->exists && str_eq(s->code, code) && (s->kind == PLACE_FORMER_COMMUNE) == (kind == PLACE_FORMER_COMMUNE))
            return &n->places.at[i];
    }
    return NULL;
}

/* The place that a row is about; else its id is made of kind and code. */
static const struct network_place *match(struct comparing *c, struct list_row *r) {
    const struct network_place *p = r->id.len ? network_find(c->network, r->id) : NULL;
    if (p && place_version_on(p, c->day)->state.exists) return p;
    if (!r->id.len && (p = by_code(c->network, r->code, c->day, r->kind))) {
        r->id = p->id;
        return p;
    }
    if (!r->id.len)
        r->id = str_format(c->arena, "%s-%.*s", r->kind ? place_kind_code(r->kind) : "place", STR_ARG(r->code));
    return NULL;
}

static void problem(struct comparing *c, const char *column, const char *en, const char *vi, str value) {
    struct list_problem p = {c->line, column, SEVERITY_ERROR, str_format(c->arena, "%s: %.*s", en, STR_ARG(value)),
                             str_format(c->arena, "%s: %.*s", vi, STR_ARG(value))};
    VEC_PUSH(c->arena, c->problems, p);
}

static void must_be_known(struct comparing *c, const char *column, str id) {
    if (!id.len || map_has(&c->ids, id)) return;
    const struct place_state *s = network_at(c->network, id, c->day);
    if (!s || !s->exists)
        problem(c, column, "there is no such place on that day, nor in the list",
                "không có nơi này vào ngày đó, cũng không có trong danh sách", id);
}

static void differs(struct comparing *c, const struct list_row *r, const char *field, str before, str after) {
    struct list_difference d = {r->line, r->id, r->name, before, after, field};
    VEC_PUSH(c->arena, &c->out->differences, d);
}

static struct operation operation_of(struct comparing *c, enum operation_kind kind, str place) {
    struct operation o = {.kind = kind, .from = DAY_FIRST, .until = DAY_FIRST};
    VEC_PUSH(c->arena, &o.places, place);
    return o;
}

static void add_services(struct arena *a, struct operation *o, str services) {
    str rest = services, word;
    while (rest.len && str_split(&rest, ' ', &word))
        if (word.len) VEC_PUSH(a, &o->services, word);
}

static void take_position(struct arena *a, struct operation *o, const struct list_row *r) {
    if (!r->latitude.len) return;
    o->has_position = true;
    o->latitude_text = r->latitude;
    o->longitude_text = r->longitude;
    o->latitude = strtod(str_z(a, r->latitude), NULL);
    o->longitude = strtod(str_z(a, r->longitude), NULL);
}

static void push(struct comparing *c, struct operation o) { VEC_PUSH(c->arena, &c->out->decision.operations, o); }

static void add_new(struct comparing *c, const struct list_row *r) {
    struct operation o = operation_of(c, OPERATION_CREATE, r->id);
    if (!r->kind) problem(c, "kind", "a new place needs its kind", "nơi mới cần có loại", r->name);
    if (!r->parent.len && r->kind != PLACE_PROVINCE)
        problem(c, "parent", "a new place needs the area it lies in", "nơi mới cần có địa bàn", r->name);
    o.place_kind = r->kind;
    o.name = r->name;
    o.code = r->code;
    o.parent = r->parent;
    o.manager = r->above[HIERARCHY_MANAGER];
    o.director = r->above[HIERARCHY_DIRECTOR];
    o.insurer = r->above[HIERARCHY_INSURER];
    o.reason = STR("danh sách");
    take_position(c->arena, &o, r);
    add_services(c->arena, &o, r->services);
    if (r->posts >= 0)
        o.capacity[o.capacity_count].what = HOLDING_POSTS, o.capacity[o.capacity_count++].quantity = r->posts;
    if (r->beds >= 0)
        o.capacity[o.capacity_count].what = HOLDING_BEDS, o.capacity[o.capacity_count++].quantity = r->beds;
    differs(c, r, "begins", STR_NONE, r->name);
    push(c, o);
    c->out->added++;
}

static void compare_kind(struct comparing *c, const struct list_row *r, const struct place_state *s) {
    if (!r->kind || r->kind == s->kind) return;
    bool point = r->kind == PLACE_POINT && r->point_of.len,
         station = r->kind == PLACE_STATION && s->kind == PLACE_POINT;
    struct operation o = operation_of(c,
                                      point     ? OPERATION_CONVERT_TO_POINT
                                      : station ? OPERATION_PROMOTE_TO_STATION
                                                : OPERATION_REPURPOSE,
                                      r->id);
    if (point)
        o.target = r->point_of;
    else if (!station)
        o.place_kind = r->kind;
    differs(c, r, "kind", str_of(place_kind_code(s->kind)), str_of(place_kind_code(r->kind)));
    push(c, o);
}

static void compare_where(struct comparing *c, const struct list_row *r, const struct place_state *s) {
    struct operation o = operation_of(c, OPERATION_RELOCATE, r->id);
    bool moved = false, parent = r->parent.len && !str_eq(r->parent, s->parent);
    take_position(c->arena, &o, r);
    if (o.has_position)
        moved = !s->has_position || fabs(o.latitude - s->latitude) > 0.000051 ||
                fabs(o.longitude - s->longitude) > 0.000051;
    if (!moved) o.has_position = false;
    if (moved)
        differs(c, r, "position",
                s->has_position ? str_format(c->arena, "%.5f, %.5f", s->latitude, s->longitude) : STR_NONE,
                str_format(c->arena, "%.*s, %.*s", STR_ARG(r->latitude), STR_ARG(r->longitude)));
    if (parent) {
        o.parent = r->parent;
        differs(c, r, "parent", s->parent, r->parent);
    }
    if (moved || parent) push(c, o);
}

static void compare_one(struct comparing *c, const struct list_row *r, const struct network_place *p) {
    const struct place_state *s = &place_version_on(p, c->day)->state;
    size_t before = c->out->differences.len;
    if (!str_eq(r->name, s->name)) {
        struct operation o = operation_of(c, OPERATION_RENAME, r->id);
        o.name = r->name;
        differs(c, r, "name", s->name, r->name);
        push(c, o);
    }
    if (r->code.len && !str_eq(r->code, s->code)) {
        struct operation o = operation_of(c, OPERATION_RECODE, r->id);
        o.code = r->code;
        differs(c, r, "code", s->code, r->code);
        push(c, o);
    }
    compare_kind(c, r, s);
    compare_where(c, r, s);
    for (int h = 0; h < HIERARCHY_COUNT; h++) {
        if (!r->above[h].len || str_eq(r->above[h], s->above[h])) continue;
        struct operation o = operation_of(c, OPERATION_TRANSFER_MANAGEMENT, r->id);
        o.has_role = true;
        o.role = (enum hierarchy)h;
        o.target = r->above[h];
        differs(c, r, hierarchy_code((enum hierarchy)h), s->above[h], r->above[h]);
        push(c, o);
    }
    if (r->services.len && !str_eq(r->services, s->services)) {
        struct operation o = operation_of(c, OPERATION_CHANGE_SERVICES, r->id);
        add_services(c->arena, &o, r->services);
        differs(c, r, "services", s->services, r->services);
        push(c, o);
    }
    if (c->out->differences.len == before)
        c->out->same++;
    else
        c->out->changed++;
}

bool figure_lost_zero(int64_t published, double counted) {
    double ratio = counted > 0 ? (double)published / counted : 1;
    return ratio > 0.1 / 1.7 && ratio < 0.1 * 1.7;
}

static void check_population(struct comparing *c, const struct list_row *r, const struct network_place *p) {
    double counted = r->census > 0 ? (double)r->census : p && p->population > 0 ? (double)p->population : 0;
    if (r->population < 0 || !figure_lost_zero(r->population, counted)) return;
    str what = str_format(c->arena, "%.*s %lld → %lld0?", STR_ARG(r->name), (long long)r->population,
                          (long long)r->population);
    problem(c, "population", "a last zero seems lost", "có vẻ mất số 0 cuối", what);
}

void list_compare(struct arena *a, const struct network *n, int32_t day, const struct list_rows *rows,
                  struct list_result *out, struct list_problems *problems) {
    struct comparing c = {.arena = a, .network = n, .day = day, .out = out, .problems = problems, .ids = map_new(a)};
    struct map seen = map_new(a);
    const struct network_place **found = ARENA_ARRAY(a, const struct network_place *, rows->len + 1);
    *out = (struct list_result){.rows = rows->len,
                                .decision = {.effective_on = day,
                                             .signed_on = DAY_FIRST,
                                             .operational_on = DAY_FIRST,
                                             .recorded_on = DAY_FIRST,
                                             .title = STR("Danh sách cơ sở được nhập")}};
    for (size_t i = 0; i < rows->len; i++) {
        found[i] = match(&c, &rows->at[i]);
        map_put(&c.ids, rows->at[i].id, &rows->at[i]);
    }
    for (size_t i = 0; i < rows->len; i++) {
        const struct list_row *r = &rows->at[i];
        c.line = r->line;
        must_be_known(&c, "parent", r->parent);
        for (int h = 0; h < HIERARCHY_COUNT; h++) must_be_known(&c, hierarchy_code((enum hierarchy)h), r->above[h]);
        must_be_known(&c, "pointOf", r->point_of);
        check_population(&c, r, found[i]);
        if (found[i]) {
            if (!map_put(&seen, r->id, &c))
                problem(&c, "code", "two rows are about one place", "hai dòng nói về cùng một nơi", r->id);
            compare_one(&c, r, found[i]);
        } else {
            add_new(&c, r);
        }
    }
    for (size_t i = 0; i < n->places.len; i++) {
        const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
        out->missing += s->exists && place_is_site(s->kind) && !map_has(&seen, n->places.at[i].id);
    }
}

/* ---- out --------------------------------------------------------------------------------------------------------- */

static void field(struct buf *out, str s) {
    csv_add(out, s);
    buf_addc(out, ',');
}

static void number(struct buf *out, int64_t n) {
    if (n >= 0) buf_addf(out, "%lld", (long long)n);
    buf_addc(out, ',');
}

void list_write_csv(struct arena *a, const struct network *n, int32_t day, struct buf *out) {
    buf_addz(out,
             "id,code,name,kind,parent,manager,director,insurer,pointOf,latitude,longitude,services,posts,beds\r\n");
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n->places.len; i++) {
            const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
            if (!s->exists || place_is_area(s->kind) == (pass == 1)) continue;
            field(out, n->places.at[i].id);
            field(out, s->code);
            field(out, s->name);
            field(out, str_of(place_kind_code(s->kind)));
            field(out, s->parent);
            for (int h = 0; h < HIERARCHY_COUNT; h++) field(out, s->above[h]);
            field(out, s->point_of);
            field(out, s->has_position ? str_format(a, "%.5f", s->latitude) : STR_NONE);
            field(out, s->has_position ? str_format(a, "%.5f", s->longitude) : STR_NONE);
            field(out, s->services);
            number(out, s->holdings[HOLDING_POSTS]);
            number(out, s->holdings[HOLDING_BEDS]);
            out->len--;
            buf_addz(out, "\r\n");
        }
}
