/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From plan to decision: the operations that lead from today to the plan, as a draft of the register's Decision
 * (docs/network.md), with before and after beside it. The program proposes; who signs writes why.
 */
#include "siting.h"

#include "base/members.h"

#include <math.h>

size_t siting_operations(struct arena *a, const struct siting_problem *q, const struct siting_result *r, struct siting_operation **out) {
    struct siting_operation *list = ARENA_ARRAY(a, struct siting_operation, (size_t)q->sites + 1);
    size_t n = 0;
    for (uint32_t j = 0; j < q->sites; j++)
        if (r->kind[j] == SITING_STATION && q->site[j].today != SITING_STATION)
            list[n++] = (struct siting_operation){q->site[j].today == SITING_POINT ? "promote-to-station" : "create", j, SITING_NO_SITE};
    for (uint32_t j = 0; j < q->sites; j++) {
        uint32_t into = r->choice[q->site[j].commune].site;
        if (into == SITING_NO_SITE || into == j) continue;
        if (r->kind[j] == SITING_POINT && q->site[j].today == SITING_STATION) list[n++] = (struct siting_operation){"convert-to-point", j, into};
        if (r->kind[j] == SITING_NOTHING && q->site[j].today != SITING_NOTHING) list[n++] = (struct siting_operation){"dissolve", j, into};
    }
    *out = list;
    return n;
}

/* Ids of the network: "station-03130" for the site of code 03130; a code that is such an id already stays. */
static str place_id(struct arena *a, str code) {
    return str_starts(code, STR("station-")) ? code : str_format(a, "station-%.*s", STR_ARG(code));
}

static void reference(struct buf *out, struct arena *a, const char *name, const struct siting_problem *q, uint32_t j) {
    if (name) add_name(out, name);
    buf_addc(out, '{');
    add_text(out, "reference", str_format(a, "Location/%.*s", STR_ARG(place_id(a, q->site[j].code))));
    buf_addc(out, '}');
}

static void put_operation(struct buf *out, struct arena *a, const struct siting_problem *q, const struct siting_result *r, const struct siting_operation *o) {
    struct buf reason = buf_new(a);
    if (out->at[out->len - 1] != '[') buf_addc(out, ',');
    buf_addc(out, '{');
    add_text(out, "kind", str_of(o->op));
    add_name(out, "place");
    buf_addc(out, '[');
    reference(out, a, NULL, q, o->site);
    buf_addc(out, ']');
    if (strcmp(o->op, "create") == 0) {
        add_text(out, "placeKind", STR("station"));
        add_text(out, "name", q->site[o->site].name);
    }
    if (strcmp(o->op, "convert-to-point") == 0) reference(out, a, "target", q, o->into);
    if (strcmp(o->op, "dissolve") == 0) {
        add_name(out, "receiver");
        buf_addz(out, "[{");
        reference(out, a, "place", q, o->into);
        buf_addz(out, "}]");
    }
    siting_reasons(&reason, q, r, q->site[o->site].commune, o->into == SITING_NO_SITE ? r->choice[q->site[o->site].commune].second : o->site, true);
    add_text(out, "reason", buf_str(&reason));
    buf_addc(out, '}');
}

static void put_side(struct buf *out, const char *name, double stations, double points, double near, double far, double mean) {
    add_name(out, name);
    buf_addf(out, "{\"stations\":%.0f,\"points\":%.0f,\"withinNear\":%.0f", stations, points, near);
    buf_addf(out, ",\"withinFar\":%.0f,\"meanMinutes\":", far);
    if (isfinite(mean)) buf_addf(out, "%.1f}", mean);
    else buf_addz(out, "null}");
}

/* Doctors who stay where their place stays a station, and those at places that become points; null where not known. */
static void put_staff(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    double all = 0, at_stations = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        all += q->site[j].doctors;
        if (r->kind[j] == SITING_STATION) at_stations += q->site[j].doctors;
    }
    add_name(out, "staff");
    if (isnan(all)) buf_addz(out, "{\"doctors\":null,\"doctorsAtStations\":null}");
    else buf_addf(out, "{\"doctors\":%.10g,\"doctorsAtStations\":%.10g}", all, at_stations);
}

static void put_effects(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    double stations = 0, points = 0, was_stations = 0, was_points = 0, keep = 0;
    for (uint32_t j = 0; j < q->sites; j++) {
        stations += r->kind[j] == SITING_STATION, points += r->kind[j] == SITING_POINT;
        was_stations += q->site[j].today == SITING_STATION, was_points += q->site[j].today == SITING_POINT;
    }
    for (uint32_t i = 0; i < q->villages; i++) keep += r->care[i] <= r->before[i] + 0.5 ? q->village[i].people : 0;
    put_side(out, "before", was_stations, was_points, r->all.near_before, r->all.far_before, r->all.mean_before);
    put_side(out, "after", stations, points, r->all.near_after, r->all.far_after, r->all.mean_after);
    put_staff(out, q, r);
    add_name(out, "cost");
    if (isnan(r->cost)) buf_addz(out, "null");
    else buf_addf(out, "%.10g", r->cost);
    add_name(out, "continuity");
    buf_addf(out, "{\"people\":%.0f,\"sameDistanceToCare\":%.0f,\"losers\":%zu,\"withoutPointOrRound\":%.0f}", r->all.people, keep, r->losers, r->all.unexcused);
}

void siting_draft(struct buf *out, struct arena *a, const struct siting_problem *q, const struct siting_result *r) {
    struct siting_operation *o;
    size_t n = siting_operations(a, q, r, &o);
    buf_addz(out, "{\"decision\":{\"resourceType\":\"Decision\",\"status\":\"draft\"");
    add_text(out, "title", str_format(a, "Sắp xếp trạm y tế%s%.*s", q->title.len ? " – " : "", STR_ARG(q->title)));
    add_text(out, "certainty", q->used.estimated || r->undecided ? STR("assumed") : STR("stated"));
    add_name(out, "operation");
    buf_addc(out, '[');
    for (size_t k = 0; k < n; k++) put_operation(out, a, q, r, &o[k]);
    buf_addz(out, "]}");
    put_effects(out, q, r);
    buf_addz(out, ",\"why\":null}\n"); /* a person's to write */
}
