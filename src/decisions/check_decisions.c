/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The decision beside the other decisions (overlap, twice, revocation), and who loses what to whom.
 */
#include "check_int.h"

#include "base/vec.h"

/* ---- overlap ----------------------------------------------------------------------------------------------------- */

static void whole(struct checking *c, const char *rule, enum severity severity, str subject, const char *en,
                  const char *vi) {
    struct problem p = {.rule = rule, .severity = severity, .operation = -1, .from = c->day, .until = DAY_LAST};
    problem_add(c, p, en, vi, subject);
}

static str decision_label(const struct decision *d) {
    return d->number.len ? d->number : d->title.len ? d->title : d->id;
}

static bool revoked(const struct network *n, str id) {
    for (size_t i = 0; i < n->decision_count; i++)
        if (n->decisions[i].status == DECISION_SIGNED && str_eq(n->decisions[i].revokes, id)) return true;
    return false;
}

static bool counts_beside(const struct checking *c, const struct decision *d) {
    return d->status == DECISION_SIGNED && !str_eq(d->id, c->in->decision->id) && d->effective_on != DAY_FIRST &&
           !revoked(c->in->before, d->id);
}

/* Fields of places that this decision changes: "id field". */
static void changed_fields(struct checking *c, const struct effects *effects, struct map *out) {
    *out = map_new(c->arena);
    for (size_t i = 0; i < effects->len; i++)
        for (int f = 0; f < PLACE_FIELD_COUNT; f++)
            if (effects->at[i].mask >> f & 1)
                map_put(out, str_format(c->arena, "%.*s %d", STR_ARG(effects->at[i].place), f), &effects->at[i]);
}

static void overlaps(struct checking *c, const struct map *mine, const struct decision *other) {
    struct effects effects = {0};
    struct effects_of of = {.decision = other, .revoker_index = SIZE_MAX};
    decision_effects(c->arena, &of, &effects, NULL);
    for (size_t i = 0; i < effects.len; i++)
        for (int f = 0; f < PLACE_FIELD_COUNT; f++) {
            const struct effect *e = &effects.at[i], *m;
            if (!(e->mask >> f & 1) || e->from < c->day) continue;
            m = map_get(mine, str_format(c->arena, "%.*s %d", STR_ARG(e->place), f));
            if (!m || m->joins != e->joins) continue;
            struct problem p = {.rule = "overlap",
                                .severity = e->from == m->from ? SEVERITY_ERROR : SEVERITY_WARNING,
                                .operation = (int)m->operation,
                                .place = e->place,
                                .from = e->from,
                                .until = DAY_LAST};
            str subject = str_format(c->arena, "%.*s (%.*s)", STR_ARG(place_label(c->in->after, e->place, c->day)),
                                     STR_ARG(decision_label(other)));
            problem_add(c, p, "%.*s: another signed decision changes the same on or after that day",
                        "%.*s: một quyết định đã ký khác cũng thay đổi điều đó vào hoặc sau ngày này", subject);
            return; /* one a decision is enough to name it */
        }
}

/* Signed already under its number, or nothing is left to do. */
static void twice(struct checking *c, const struct effects *effects) {
    const struct decision *d = c->in->decision;
    for (size_t i = 0; i < c->in->before->decision_count; i++) {
        const struct decision *o = &c->in->before->decisions[i];
        if (o->status == DECISION_SIGNED && !str_eq(o->id, d->id) && d->number.len && str_eq(o->number, d->number) &&
            str_eq(o->authority, d->authority) && (d->signed_on == DAY_FIRST || o->signed_on == d->signed_on))
            whole(c, "applied-twice", SEVERITY_ERROR, d->number, "a decision %.*s has been signed already",
                  "quyết định %.*s đã được ký rồi");
    }
    bool changes = d->revokes.len > 0 || !effects->len;
    for (size_t i = 0; i < effects->len && !changes; i++) {
        const struct place_state *without = network_at(c->in->before, effects->at[i].place, effects->at[i].from),
                                 *with = network_at(c->in->after, effects->at[i].place, effects->at[i].from);
        changes = !without || !with || !place_state_same(without, with);
    }
    if (!changes)
        whole(c, "applied-twice", SEVERITY_ERROR, decision_label(d), "%.*s changes nothing: all of it is so already",
              "%.*s không thay đổi gì: mọi điều đã như vậy");
}

/* ---- revocation -------------------------------------------------------------------------------------------------- */

static bool names_place(const struct decision *d, str id) {
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        if (str_eq(o->target, id) || str_eq(o->parent, id) || str_eq(o->manager, id) || str_eq(o->director, id) ||
            str_eq(o->insurer, id))
            return true;
        for (size_t k = 0; k < o->places.len; k++)
            if (str_eq(o->places.at[k], id)) return true;
        for (size_t k = 0; k < o->parts.len; k++)
            if (str_eq(o->parts.at[k].target, id)) return true;
        for (size_t k = 0; k < o->receivers.len; k++)
            if (str_eq(o->receivers.at[k].place, id)) return true;
    }
    return false;
}

/* A later decision that names a place which the revoked one began, ended or changed. */
static void built_on(struct checking *c, const struct decision *old) {
    struct effects effects = {0};
    struct effects_of of = {.decision = old, .revoker_index = SIZE_MAX};
    decision_effects(c->arena, &of, &effects, NULL);
    for (size_t i = 0; i < c->in->before->decision_count; i++) {
        const struct decision *d = &c->in->before->decisions[i];
        if (!counts_beside(c, d) || str_eq(d->id, old->id) || decision_compare(d, old) < 0 || d->revokes.len) continue;
        for (size_t k = 0; k < effects.len; k++)
            if (names_place(d, effects.at[k].place)) {
                str subject = str_format(c->arena, "%.*s (%.*s)", STR_ARG(decision_label(d)),
                                         STR_ARG(place_label(c->in->before, effects.at[k].place, c->day)));
                whole(c, "revoke-built-on", SEVERITY_ERROR, subject, "a later decision builds on it: %.*s",
                      "có quyết định sau dựa trên nó: %.*s");
                break;
            }
    }
}

static void revocation(struct checking *c) {
    const struct decision *d = c->in->decision, *old = NULL;
    for (size_t i = 0; i < c->in->before->decision_count; i++)
        if (str_eq(c->in->before->decisions[i].id, d->revokes)) old = &c->in->before->decisions[i];
    if (!old || old->status != DECISION_SIGNED || old->revokes.len)
        whole(c, "revoke-unknown", SEVERITY_ERROR, d->revokes, "there is no signed decision %.*s that could be revoked",
              "không có quyết định đã ký %.*s để bãi bỏ");
    else if (revoked(c->in->before, old->id))
        whole(c, "revoke-unknown", SEVERITY_ERROR, decision_label(old), "%.*s has been revoked already",
              "%.*s đã bị bãi bỏ rồi");
    else
        built_on(c, old);
}

void check_decisions(struct arena *a, const struct check_input *in, struct problems *out) {
    struct checking c = {.arena = a, .in = in, .out = out, .operation = -1, .day = in->decision->effective_on};
    struct effects effects = {0};
    struct effects_of of = {.decision = in->decision, .revoker_index = SIZE_MAX};
    struct map mine;
    if (c.day == DAY_FIRST) return;
    decision_effects(a, &of, &effects, NULL);
    changed_fields(&c, &effects, &mine);
    twice(&c, &effects);
    if (in->decision->revokes.len) revocation(&c);
    for (size_t i = 0; i < in->before->decision_count; i++)
        if (counts_beside(&c, &in->before->decisions[i])) overlaps(&c, &mine, &in->before->decisions[i]);
}

/* ---- losers ------------------------------------------------------------------------------------------------------ */

static const struct thing insurance_code = {"insurance-code", "mã cơ sở khám chữa bệnh bảo hiểm y tế", "insurance facility code"},
                          records = {"records", "hồ sơ đã có", "records of the past"};

static void no_receiver(struct checking *c, str place, struct thing thing, int64_t count) {
    struct problem p = {
        .rule = "receiver", .operation = c->operation, .place = place, .from = c->day, .until = DAY_LAST};
    str name = place_label(c->in->before, place, c->before_day);
    p.en = str_format(c->arena, "nobody takes over from %.*s: %s (%lld)", STR_ARG(name),
                      thing.en ? thing.en : thing.what, (long long)count);
    p.vi = str_format(c->arena, "không có nơi tiếp nhận từ %.*s: %s (%lld)", STR_ARG(name),
                      thing.vi ? thing.vi : thing.what, (long long)count);
    problem_said(c, p);
}

static int operation_on(const struct decision *d, str id) {
    for (size_t i = 0; i < d->operations.len; i++)
        for (size_t k = 0; k < d->operations.at[i].places.len; k++)
            if (str_eq(d->operations.at[i].places.at[k], id)) return (int)i;
    return -1;
}

static void lose(struct checking *c, struct losers *losers, str place, struct thing thing, int64_t count) {
    str receiver = network_successor(c->in->after, place, str_of(thing.what), c->day);
    struct loser l = {
        .place = place, .thing = thing, .count = count, .receiver = receiver, .ends = !str_eq(receiver, place)};
    VEC_PUSH(c->arena, losers, l);
    c->operation = operation_on(c->in->decision, place);
    if (!receiver.len) no_receiver(c, place, thing, count);
}

/* Services and the insurance code go over too; a service that the receiver does not have is worth a warning. */
static void lose_services(struct checking *c, struct losers *losers, const struct network_place *p,
                          const struct place_state *was) {
    str rest = was->services, service;
    while (rest.len && str_split(&rest, ' ', &service)) {
        lose(c, losers, p->id, (struct thing){.what = str_z(c->arena, service)}, 1);
        str receiver = losers->at[losers->len - 1].receiver;
        const struct place_state *r = receiver.len ? network_at(c->in->after, receiver, c->day) : NULL;
        if (!r || !r->services.len || str_contains(r->services, service)) continue;
        struct problem w = {.rule = "receiver",
                            .severity = SEVERITY_WARNING,
                            .operation = c->operation,
                            .place = p->id,
                            .from = c->day,
                            .until = DAY_LAST};
        problem_add(c, w, "the receiver does not offer the service %.*s", "nơi tiếp nhận không có dịch vụ %.*s",
                    service);
    }
    if (was->code.len) lose(c, losers, p->id, insurance_code, 1);
}

void check_losers(struct arena *a, const struct check_input *in, struct losers *losers, struct problems *out) {
    struct checking c = {.arena = a,
                         .in = in,
                         .out = out,
                         .operation = -1,
                         .day = in->decision->effective_on,
                         .before_day = in->decision->effective_on - 1};
    struct map touched = map_new(a);
    *losers = (struct losers){0};
    if (c.day == DAY_FIRST) return;
    for (size_t i = 0; i < in->before->places.len; i++) {
        const struct network_place *p = &in->before->places.at[i];
        const struct place_state *was = &place_version_on(p, c.before_day)->state,
                                 *is = network_at(in->after, p->id, c.day);
        if (!was->exists || place_is_area(was->kind) || !is ||
            (is->exists && is->kind == was->kind && is->suspended == was->suspended))
            continue;
        map_put(&touched, p->id, (void *)(uintptr_t)p);
        if (!is->exists && place_is_site(was->kind)) lose_services(&c, losers, p, was);
        /* a site that ends with nothing open still needs somebody who answers for its past */
        if (!is->exists && !network_successor(in->after, p->id, STR_NONE, c.day).len) {
            c.operation = operation_on(in->decision, p->id);
            no_receiver(&c, p->id, records, 0);
        }
    }
    for (size_t i = 0; i < in->open.len; i++)
        if (map_has(&touched, in->open.at[i].place))
            lose(&c, losers, in->open.at[i].place, in->open.at[i].thing, in->open.at[i].count);
}
