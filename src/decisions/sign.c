/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signing: one commit holds the decision as it was resolved and the places it begins. What follows from it (versions,
 * links, rights) is projections of the same transaction. Nothing of a person is touched.
 */
#include "decisions.h"

#include "base/date.h"
#include "base/vec.h"

#include <sodium.h>

str decision_new_id(struct arena *a) {
    unsigned char b[8];
    struct buf out = buf_new(a);
    randombytes_buf(b, sizeof b);
    buf_addz(&out, "decision-");
    for (size_t i = 0; i < sizeof b; i++) buf_addf(&out, "%02x", b[i]);
    return buf_str(&out);
}

void decision_revocation(struct arena *a, const struct decision *old, struct decision *out) {
    *out =
        (struct decision){.id = decision_new_id(a),
                          .province = old->province,
                          .authority = old->authority,
                          .revokes = old->id,
                          .signed_on = DAY_FIRST,
                          .effective_on = DAY_FIRST,
                          .operational_on = DAY_FIRST,
                          .recorded_on = DAY_FIRST,
                          .title = str_format(a, "Bãi bỏ %.*s", STR_ARG(old->number.len ? old->number : old->title))};
    decision_list_revoked(a, old, out);
}

struct gathering {
    struct arena *arena;
    struct reader *reader;
    struct {
        struct change *at;
        size_t len, cap;
    } changes;
    err error;
};

static err add_change(struct gathering *g, fhir_type type, str id, str json) {
    struct json *tree;
    struct fhir_issues issues = {0};
    TRY(json_parse(g->arena, json, &tree));
    if (!fhir_validate(g->arena, json, tree, STR_NONE, &issues))
        return err_make(g->arena, ERR_INVALID, str_z(g->arena, issues.at[0].expression), "%.*s",
                        STR_ARG(issues.at[0].en));
    struct change c = {
        .op = VERSION_UPDATE, .type = type, .id = id, .source = json, .resource = tree, .expect = EXPECT_ANYTHING};
    VEC_PUSH(g->arena, &g->changes, c);
    return OK_ERR;
}

/* A place that the decision begins, unless its resource is here already (a plan may have named an old one). */
static void begun(void *context, const char *type, str id, str json) {
    struct gathering *g = context;
    struct version v;
    if (g->error.code) return;
    fhir_type t = fhir_type_by_name(str_of(type));
    err e = reader_get(g->reader, g->arena, t, id, &v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE)
        g->error = add_change(g, t, id, json);
    else
        g->error = e;
}

static void begun_places(struct gathering *g, const struct decision *d) {
    for (size_t i = 0; i < d->operations.len; i++) {
        const struct operation *o = &d->operations.at[i];
        if (o->kind == OPERATION_MERGE && o->place_kind) network_begun_place(g->arena, d, o, o->target, -1, begun, g);
        for (size_t k = 0; o->kind == OPERATION_CREATE && k < o->places.len; k++)
            network_begun_place(g->arena, d, o, o->places.at[k], -1, begun, g);
    }
}

/* Somebody changed the network between the check and the commit: what was checked is not what would be signed. */
static err changed_meanwhile(struct commit *c, struct reader *now, struct arena *a) {
    (void)c;
    (void)now;
    return err_make(a, ERR_CONFLICT, "Decision", "the network changed while this was checked: check again");
}

static err write(struct arena *a, const struct signing *s, struct reader *r, const struct decision *d,
                 struct version *result) {
    static const fhir_type types[] = {FHIR_TYPE_DECISION, FHIR_TYPE_LOCATION, FHIR_TYPE_ORGANIZATION_AFFILIATION};
    struct gathering g = {.arena = a, .reader = r};
    struct buf json = buf_new(a);
    decision_write(&json, d);
    TRY(add_change(&g, FHIR_TYPE_DECISION, d->id, buf_str(&json)));
    if (s->expected) g.changes.at[0].expect = EXPECT_VERSION, g.changes.at[0].expected = *s->expected;
    begun_places(&g, d);
    TRY(g.error);
    struct commit commit = {.changes = g.changes.at,
                            .count = g.changes.len,
                            .actor = s->actor,
                            .recheck = changed_meanwhile,
                            .snapshot_position = reader_position(r),
                            .types = types,
                            .type_count = sizeof types / sizeof *types};
    TRY(store_commit(s->store, a, &commit));
    *result = g.changes.at[0].result;
    result->body = buf_str(&json);
    return OK_ERR;
}

err decision_sign(struct arena *a, const struct signing *s, struct decision *d, struct checked *out,
                  struct version *result) {
    struct reader *r;
    TRY(reader_begin(s->store, a, &r));
    err e = decision_check(r, a, d, s->list, out);
    if (!e.code && problems_have_error(&out->problems))
        e = err_make(a, ERR_UNPROCESSABLE, "Decision", "%.*s", STR_ARG(out->problems.at[0].en));
    if (!e.code) {
        *d = out->decision;
        d->status = DECISION_SIGNED;
        if (d->recorded_on == DAY_FIRST) d->recorded_on = day_today();
        e = write(a, s, r, d, result);
    }
    reader_end(r);
    return e;
}
