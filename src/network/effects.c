/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an operation does, as effects on single places and links between them. Nothing here looks at the network: an
 * effect says "from this day that field is so", and the fold (temporal.c) applies it to whatever the place was.
 */
#include "temporal.h"

#include "base/vec.h"

#define BIT(f) (1u << PLACE_FIELD_##f)

struct emitting {
    struct arena *arena;
    const struct effects_of *of;
    const struct operation *op;
    unsigned number;
    int32_t from, until, operational;
    struct effects *out;
    struct place_links *links;
};

static bool wanted(const struct emitting *e, str place) {
    return place.len && (!e->of->only.len || str_eq(e->of->only, place));
}

static struct effect effect_on(const struct emitting *e, str place, unsigned mask, struct place_state values) {
    values.assumed = e->of->decision->assumed;
    return (struct effect){.place = place,
                           .from = e->from,
                           .until = e->until,
                           .operational = e->operational,
                           .mask = mask,
                           .values = values,
                           .decision = e->of->index,
                           .ended_by = e->of->revoker_index,
                           .operation = e->number};
}

static void add(struct emitting *e, str place, unsigned mask, struct place_state values) {
    if (!wanted(e, place) || !mask) return;
    struct effect f = effect_on(e, place, mask, values);
    VEC_PUSH(e->arena, e->out, f);
}

static void add_link(struct emitting *e, struct place_link l) {
    if (!e->links || !wanted(e, l.from) || !l.to.len) return;
    l.day = e->from;
    l.until = e->until;
    l.decision = e->of->decision->id;
    VEC_PUSH(e->arena, e->links, l);
}

static str joined(struct arena *a, const struct operation *o) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < o->services.len; i++) {
        if (i) buf_addc(&b, ' ');
        buf_add(&b, o->services.at[i]);
    }
    return buf_str(&b);
}

/* The values that the operation gives, and their bits. */
static unsigned given(struct emitting *e, struct place_state *v) {
    const struct operation *o = e->op;
    unsigned mask = 0;
    *v = (struct place_state){.kind = o->place_kind,
                              .name = o->name,
                              .code = o->code,
                              .parent = o->parent,
                              .above = {o->manager, o->director, o->insurer}};
    if (o->place_kind) mask |= BIT(KIND);
    if (o->name.len) mask |= BIT(NAME);
    if (o->code.len) mask |= BIT(CODE);
    if (o->parent.len) mask |= BIT(PARENT);
    if (o->manager.len) mask |= BIT(MANAGER);
    if (o->director.len) mask |= BIT(DIRECTOR);
    if (o->insurer.len) mask |= BIT(INSURER);
    if (o->services.len) {
        v->services = joined(e->arena, o);
        mask |= BIT(SERVICES);
    }
    if (o->has_position) {
        v->has_position = true;
        v->latitude = o->latitude;
        v->longitude = o->longitude;
        mask |= BIT(POSITION);
    }
    return mask;
}

static void begin_place(struct emitting *e, str place) {
    struct place_state v;
    unsigned mask = given(e, &v) | BIT(EXISTS);
    v.exists = true;
    if (!wanted(e, place)) return;
    struct effect f = effect_on(e, place, mask, v);
    f.moves = e->op->capacity_count > 0;
    for (size_t i = 0; i < e->op->capacity_count; i++)
        f.values.holdings[e->op->capacity[i].what] += e->op->capacity[i].quantity;
    VEC_PUSH(e->arena, e->out, f);
}

static void join(struct emitting *e, str place, str target) {
    if (!wanted(e, place)) return;
    struct effect f =
        effect_on(e, place, BIT(EXISTS) | BIT(KIND) | BIT(PARENT), (struct place_state){.parent = target});
    f.joins = true;
    VEC_PUSH(e->arena, e->out, f);
}

static void receivers(struct emitting *e, str place) {
    for (size_t i = 0; i < e->op->receivers.len; i++) {
        const struct receiver *r = &e->op->receivers.at[i];
        add_link(
            e, (struct place_link){.from = place, .to = r->place, .kind = LINK_RECEIVER, .share = 1, .what = r->what});
    }
}

static void merge(struct emitting *e) {
    const struct operation *o = e->op;
    bool is_new = o->place_kind != PLACE_UNKNOWN;
    if (is_new) begin_place(e, o->target);
    for (size_t i = 0; i < o->places.len; i++) {
        join(e, o->places.at[i], o->target);
        add_link(e, (struct place_link){.from = o->places.at[i],
                                        .to = o->target,
                                        .share = 1,
                                        .kind = is_new ? LINK_REPLACES : LINK_ABSORBED});
    }
}

/* An area that is divided becomes a former commune of the greatest part; its counts follow the shares. */
static void split(struct emitting *e) {
    const struct operation *o = e->op;
    size_t greatest = 0;
    for (size_t i = 1; i < o->parts.len; i++)
        if (o->parts.at[i].share > o->parts.at[greatest].share) greatest = i;
    for (size_t i = 0; i < o->places.len && o->parts.len; i++) {
        if (!o->continues) join(e, o->places.at[i], o->parts.at[greatest].target);
        for (size_t k = 0; k < o->parts.len; k++)
            add_link(e, (struct place_link){.from = o->places.at[i],
                                            .to = o->parts.at[k].target,
                                            .kind = LINK_SPLIT,
                                            .share = o->parts.at[k].share});
    }
}

/* Fields that any operation on existing places may carry along. */
static void on_places(struct emitting *e, unsigned mask, struct place_state fixed) {
    struct place_state v;
    unsigned more = given(e, &v);
    if (mask & BIT(KIND)) v.kind = fixed.kind;
    v.exists = fixed.exists;
    v.suspended = fixed.suspended;
    v.point_of = fixed.point_of;
    if (mask & BIT(PARENT)) v.parent = fixed.parent;
    for (size_t i = 0; i < e->op->places.len; i++) add(e, e->op->places.at[i], mask | more, v);
}

static void transfer_management(struct emitting *e) {
    const struct operation *o = e->op;
    enum hierarchy role = o->has_role ? o->role : HIERARCHY_MANAGER;
    for (size_t i = 0; i < o->places.len; i++) {
        struct place_state v = {0};
        v.above[role] = o->target.len ? o->target : i < o->parts.len ? o->parts.at[i].target : STR_NONE;
        if (v.above[role].len) add(e, o->places.at[i], 1u << (PLACE_FIELD_MANAGER + role), v);
    }
}

static void suspend(struct emitting *e) {
    int32_t until = e->until;
    if (e->op->until != DAY_FIRST && e->op->until < until) e->until = e->op->until;
    on_places(e, BIT(SUSPENDED), (struct place_state){.suspended = true});
    e->until = until;
}

static void dissolve(struct emitting *e) {
    for (size_t i = 0; i < e->op->places.len; i++) add(e, e->op->places.at[i], BIT(EXISTS), (struct place_state){0});
}

static void move_holdings(struct emitting *e) {
    for (size_t i = 0; i < e->op->transfers.len; i++) {
        const struct transfer *t = &e->op->transfers.at[i];
        for (int side = 0; side < 2; side++) {
            str place = side ? t->to : t->from;
            if (!wanted(e, place)) continue;
            struct effect f = effect_on(e, place, 0, (struct place_state){0});
            f.moves = true;
            f.values.holdings[t->what] = side ? t->quantity : -t->quantity;
            VEC_PUSH(e->arena, e->out, f);
        }
    }
}

static void emit(struct emitting *e) {
    const struct operation *o = e->op;
    switch (o->kind) {
    case OPERATION_CREATE:
        for (size_t i = 0; i < o->places.len; i++) begin_place(e, o->places.at[i]);
        break;
    case OPERATION_MERGE: merge(e); break;
    case OPERATION_SPLIT: split(e); break;
    case OPERATION_DISSOLVE: dissolve(e); break;
    case OPERATION_CONVERT_TO_POINT:
        on_places(e, BIT(KIND) | BIT(POINT_OF), (struct place_state){.kind = PLACE_POINT, .point_of = o->target});
        break;
    case OPERATION_PROMOTE_TO_STATION:
        on_places(e, BIT(KIND) | BIT(POINT_OF), (struct place_state){.kind = PLACE_STATION});
        break;
    case OPERATION_TRANSFER_MANAGEMENT: transfer_management(e); break;
    case OPERATION_SUSPEND: suspend(e); break;
    case OPERATION_RESUME: on_places(e, BIT(SUSPENDED), (struct place_state){0}); break;
    case OPERATION_MOVE_BOUNDARY: on_places(e, BIT(PARENT), (struct place_state){.parent = o->target}); break;
    default: on_places(e, 0, (struct place_state){0}); break; /* rename … correct: the fields given */
    }
    for (size_t i = 0; i < o->places.len; i++) receivers(e, o->places.at[i]);
    move_holdings(e);
}

void decision_effects(struct arena *a, const struct effects_of *of, struct effects *out, struct place_links *links) {
    const struct decision *d = of->decision;
    for (size_t i = 0; i < d->operations.len; i++) {
        struct emitting e = {.arena = a,
                             .of = of,
                             .op = &d->operations.at[i],
                             .number = (unsigned)i,
                             .from = d->effective_on,
                             .until = of->revoker ? of->revoker->effective_on : DAY_LAST,
                             .out = out,
                             .links = links};
        if (e.op->kind == OPERATION_CORRECT && e.op->from != DAY_FIRST) e.from = e.op->from;
        e.operational = d->operational_on != DAY_FIRST ? d->operational_on : e.from;
        if (e.from < e.until) emit(&e);
    }
}
