/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules on the operations themselves: is each whole, do its places exist on the day, does it contradict another.
 */
#include "check_int.h"

#include "base/date.h"
#include "base/vec.h"

bool problems_have_error(const struct problems *p) {
    for (size_t i = 0; i < p->len; i++)
        if (p->at[i].severity == SEVERITY_ERROR) return true;
    return false;
}

static str vformat(struct arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str s = str_vformat(a, format, args);
    va_end(args);
    return s;
}

void problem_add(struct checking *c, struct problem p, const char *en, const char *vi, str subject) {
    /* both sentences take the subject once */
    p.en = vformat(c->arena, en, STR_ARG(subject));
    p.vi = vformat(c->arena, vi, STR_ARG(subject));
    problem_said(c, p);
}

void problem_said(struct checking *c, struct problem p) {
    enum { MOST = 500 };
    if (c->out->len < MOST) VEC_PUSH(c->arena, c->out, p);
}

str place_label(const struct network *n, str id, int32_t day) {
    const struct network_place *p = network_find(n, id);
    if (!p) return id;
    const struct place_version *v = place_version_on(p, day);
    while (!v->state.name.len && v > p->versions.at) v--;
    return v->state.name.len ? v->state.name : p->founding.name.len ? p->founding.name : id;
}

static void op_problem(struct checking *c, const char *rule, str place, const char *en, const char *vi) {
    struct problem p = {.rule = rule, .operation = c->operation, .place = place, .from = c->day, .until = DAY_LAST};
    problem_add(c, p, en, vi, place.len ? place_label(c->in->after, place, c->day) : STR_NONE);
}

static void missing(struct checking *c, const char *member) {
    struct problem p = {.rule = "missing-member", .operation = c->operation, .from = DAY_FIRST, .until = DAY_LAST};
    problem_add(c, p, "the operation needs '%.*s'", "thao tác cần có '%.*s'", str_of(member));
}

/* ---- members ----------------------------------------------------------------------------------------------------- */

static bool begins_target(const struct operation *o) {
    return o->kind == OPERATION_MERGE && o->place_kind != PLACE_UNKNOWN;
}

static void check_members(struct checking *c, const struct operation *o) {
    bool needs_target =
        o->kind == OPERATION_MERGE || o->kind == OPERATION_CONVERT_TO_POINT || o->kind == OPERATION_MOVE_BOUNDARY;
    if (!o->places.len && !o->query.len) missing(c, "place");
    if (needs_target && !o->target.len) missing(c, "target");
    if (o->kind == OPERATION_CREATE && !o->place_kind) missing(c, "placeKind");
    if ((o->kind == OPERATION_CREATE || o->kind == OPERATION_RENAME || begins_target(o)) && !o->name.len)
        missing(c, "name");
    if ((o->kind == OPERATION_CREATE || begins_target(o)) && !o->parent.len) missing(c, "parent");
    if (o->kind == OPERATION_SPLIT && o->parts.len < 2) missing(c, "part");
    if (o->kind == OPERATION_RECODE && !o->code.len) missing(c, "code");
    if (o->kind == OPERATION_RELOCATE && !o->has_position && !o->parent.len) missing(c, "latitude");
    if (o->kind == OPERATION_REPURPOSE && !o->place_kind) missing(c, "placeKind");
    if (o->kind == OPERATION_CHANGE_SERVICES && !o->services.len) missing(c, "service");
    if (o->kind == OPERATION_CORRECT && !o->reason.len) missing(c, "reason");
    if (o->kind == OPERATION_TRANSFER_MANAGEMENT && !o->has_role) missing(c, "role");
    if (o->kind == OPERATION_TRANSFER_MANAGEMENT && !o->target.len && o->parts.len != o->places.len)
        missing(c, "target");
    if ((o->name.len || o->code.len) && o->places.len > 1 && !begins_target(o))
        op_problem(c, "name", o->places.at[1], "one name or code cannot be given to several places at once (%.*s)",
                   "một tên hoặc mã không thể đặt cho nhiều nơi cùng lúc (%.*s)");
}

static void check_shares(struct checking *c, const struct operation *o) {
    double sum = 0;
    if (o->kind != OPERATION_SPLIT) return;
    for (size_t i = 0; i < o->parts.len; i++) {
        sum += o->parts.at[i].share;
        if (o->parts.at[i].share <= 0 || o->parts.at[i].share > 1)
            op_problem(c, "shares", o->parts.at[i].target, "the share of %.*s is not between 0 and 1",
                       "tỷ lệ của %.*s không nằm giữa 0 và 1");
    }
    if (o->parts.len && (sum < 0.999 || sum > 1.001))
        op_problem(c, "shares", o->places.len ? o->places.at[0] : STR_NONE, "the shares of %.*s do not add up to 1",
                   "tổng các tỷ lệ của %.*s khác 1");
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* Begun by an operation of the same decision? */
static bool begun_here(const struct decision *d, str id) {
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        if (begins_target(o) && str_eq(o->target, id)) return true;
        for (size_t k = 0; o->kind == OPERATION_CREATE && k < o->places.len; k++)
            if (str_eq(o->places.at[k], id)) return true;
    }
    return false;
}

static bool ever_exists(const struct network_place *p, int32_t from) {
    for (size_t i = 0; i < p->versions.len; i++)
        if (p->versions.at[i].state.exists && p->versions.at[i].until > from) return true;
    return false;
}

/* Does the place exist the day before, or is it begun here? Names what is wrong. */
static bool check_place(struct checking *c, str id, const char *unknown_rule, int32_t day) {
    const struct network_place *p = network_find(c->in->before, id);
    if (begun_here(c->in->decision, id) && (!p || !ever_exists(p, DAY_FIRST))) return true;
    if (!p || !ever_exists(p, DAY_FIRST)) {
        op_problem(c, unknown_rule, id, "there is no place %.*s", "không có nơi nào là %.*s");
        return false;
    }
    if (place_version_on(p, day)->state.exists) return true;
    if (ever_exists(p, day))
        op_problem(c, "not-yet-begun", id, "%.*s does not exist yet on that day", "%.*s chưa tồn tại vào ngày đó");
    else
        op_problem(c, "ended-place", id, "%.*s has ended before that day", "%.*s đã chấm dứt trước ngày đó");
    return false;
}

static void check_kind(struct checking *c, const struct operation *o, str id) {
    const struct place_state *s = network_at(c->in->before, id, c->before_day);
    if (!s || !s->exists) return;
    enum place_kind k = s->kind;
    if (o->kind == OPERATION_CONVERT_TO_POINT && k != PLACE_STATION && k != PLACE_POINT && k != PLACE_POLYCLINIC)
        op_problem(c, "kind", id, "%.*s is no station and cannot become a point",
                   "%.*s không phải trạm y tế, không thể thành điểm trạm");
    if (o->kind == OPERATION_PROMOTE_TO_STATION && k == PLACE_STATION)
        op_problem(c, "kind", id, "%.*s is a station already", "%.*s đã là trạm y tế");
    if (o->kind == OPERATION_PROMOTE_TO_STATION && k != PLACE_STATION && k != PLACE_POINT && k != PLACE_POLYCLINIC)
        op_problem(c, "kind", id, "%.*s cannot become a station", "%.*s không thể thành trạm y tế");
    if (o->kind == OPERATION_MOVE_BOUNDARY && k != PLACE_HAMLET && k != PLACE_FORMER_COMMUNE)
        op_problem(c, "kind", id, "%.*s is no hamlet or former commune", "%.*s không phải thôn bản hoặc xã cũ");
    if (o->kind == OPERATION_TRANSFER_MANAGEMENT && !place_is_site(k))
        op_problem(c, "kind", id, "%.*s is no facility that is managed", "%.*s không phải cơ sở được quản lý");
    if (o->kind == OPERATION_RESUME && !s->suspended)
        op_problem(c, "kind", id, "%.*s is not suspended", "%.*s không bị tạm dừng");
    if (o->kind == OPERATION_CREATE) op_problem(c, "overlap", id, "%.*s exists already", "%.*s đã tồn tại");
}

static void check_merge(struct checking *c, const struct operation *o) {
    const struct place_state *t = network_at(c->in->after, o->target, c->day);
    if (begins_target(o)) {
        const struct place_state *old = network_at(c->in->before, o->target, c->before_day);
        if (old && old->exists) op_problem(c, "overlap", o->target, "%.*s exists already", "%.*s đã tồn tại");
    }
    for (size_t i = 0; i < o->places.len && t && t->exists; i++) {
        const struct place_state *s = network_at(c->in->before, o->places.at[i], c->before_day);
        if (s && s->exists && place_is_area(s->kind) != place_is_area(t->kind))
            op_problem(c, "kind", o->places.at[i], "%.*s: an area and a facility cannot be merged",
                       "%.*s: không thể sáp nhập địa bàn với cơ sở");
    }
}

static void check_targets(struct checking *c, const struct operation *o) {
    const str above[] = {o->parent, o->manager, o->director, o->insurer};
    if (o->target.len && !begins_target(o)) check_place(c, o->target, "unknown-target", c->before_day);
    for (size_t i = 0; i < o->parts.len; i++) check_place(c, o->parts.at[i].target, "unknown-target", c->before_day);
    for (size_t i = 0; i < 4; i++)
        if (above[i].len) check_place(c, above[i], "unknown-target", c->before_day);
    for (size_t i = 0; i < o->receivers.len; i++)
        check_place(c, o->receivers.at[i].place, "unknown-target", c->before_day);
    for (size_t i = 0; i < o->transfers.len; i++) {
        check_place(c, o->transfers.at[i].from, "unknown-place", c->before_day);
        if (o->transfers.at[i].to.len)
            check_place(c, o->transfers.at[i].to, "unknown-target", c->before_day);
        else if (!o->transfers.at[i].reason.len)
            op_problem(c, "conservation", o->transfers.at[i].from, "what %.*s gives up needs a reason",
                       "phần %.*s bỏ đi cần có lý do");
    }
    const struct place_state *t = o->target.len ? network_at(c->in->after, o->target, c->day) : NULL;
    if (o->kind == OPERATION_CONVERT_TO_POINT && t && t->exists && t->kind != PLACE_STATION)
        op_problem(c, "kind", o->target, "%.*s is no station: nothing can be its point",
                   "%.*s không phải trạm y tế nên không thể có điểm trạm");
    if (o->kind == OPERATION_MOVE_BOUNDARY && t && t->exists && !place_is_area(t->kind))
        op_problem(c, "kind", o->target, "%.*s is no area", "%.*s không phải địa bàn");
}

static void check_itself(struct checking *c, const struct operation *o, str id) {
    bool itself = o->target.len && str_eq(o->target, id);
    for (size_t i = 0; i < o->parts.len && o->kind == OPERATION_SPLIT; i++) itself |= str_eq(o->parts.at[i].target, id);
    if (itself && o->kind != OPERATION_TRANSFER_MANAGEMENT)
        op_problem(c, "itself", id, "%.*s into itself", "%.*s vào chính nó");
}

/* ---- doubles ----------------------------------------------------------------------------------------------------- */

/* Two effects of the decision on one field of one place: the order would decide, and nobody reads a paper so. */
static void check_doubles(struct checking *c) {
    struct effects effects = {0};
    struct effects_of of = {.decision = c->in->decision, .revoker_index = SIZE_MAX};
    struct map seen = map_new(c->arena);
    decision_effects(c->arena, &of, &effects, NULL);
    for (size_t i = 0; i < effects.len; i++) {
        const struct effect *e = &effects.at[i];
        for (int f = 0; f < PLACE_FIELD_COUNT; f++) {
            if (!(e->mask >> f & 1)) continue;
            str key = str_format(c->arena, "%.*s %d %d", STR_ARG(e->place), f, e->from);
            const struct effect *other = map_get(&seen, key);
            c->operation = (int)e->operation;
            if (other && other->operation != e->operation &&
                (f != PLACE_FIELD_EXISTS || other->values.exists == e->values.exists))
                op_problem(c, "overlap", e->place, "%.*s: another operation of this decision changes the same",
                           "%.*s: một thao tác khác của quyết định này cũng thay đổi điều đó");
            else if (!other)
                map_put(&seen, key, &effects.at[i]);
        }
    }
}

void check_operations(struct arena *a, const struct check_input *in, struct problems *out) {
    const struct decision *d = in->decision;
    struct checking c = {
        .arena = a, .in = in, .out = out, .operation = -1, .day = d->effective_on, .before_day = d->effective_on - 1};
    if (d->effective_on == DAY_FIRST) {
        struct problem p = {.rule = "date", .operation = -1, .from = DAY_FIRST, .until = DAY_LAST};
        problem_add(&c, p, "the day from which it holds is missing%.*s", "thiếu ngày có hiệu lực%.*s", STR_NONE);
        return;
    }
    if (!d->operations.len) missing(&c, "operation");
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        c.operation = (int)i;
        if (o->kind == OPERATION_REVOKE) continue;
        check_members(&c, o);
        check_shares(&c, o);
        int32_t day = o->kind == OPERATION_CORRECT && o->from != DAY_FIRST ? o->from : c.before_day;
        for (size_t k = 0; k < o->places.len; k++) {
            if (o->kind == OPERATION_CREATE)
                check_kind(&c, o, o->places.at[k]);
            else if (check_place(&c, o->places.at[k], "unknown-place", day))
                check_kind(&c, o, o->places.at[k]);
            check_itself(&c, o, o->places.at[k]);
        }
        check_targets(&c, o);
        if (o->kind == OPERATION_MERGE) check_merge(&c, o);
    }
    c.operation = -1;
    check_doubles(&c);
}
