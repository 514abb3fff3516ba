/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who has what: open things of places that end or change, counted through the tables that rooms give
 * (network/holder.h).
 */
#include "decisions.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/vec.h"
#include "search/search.h"

#include <stdlib.h>

const struct holder fhir_holders[] = {
    {.what = "chronic-patient",
     .vi = "người bệnh mạn tính đang quản lý",
     .en = "chronic patients in care",
     .type = "EpisodeOfCare",
     .query = "organization=Organization/%s&status=active,planned,waitlist,onhold"},
    {.what = "appointment",
     .vi = "lịch hẹn",
     .en = "appointments",
     .type = "Appointment",
     .query = "location=Location/%s&status=proposed,pending,booked,arrived,waitlist"},
    {.what = "staff-post",
     .vi = "vị trí việc làm",
     .en = "staff posts",
     .type = "PractitionerRole",
     .query = "location=Location/%s&active=true"},
    {.what = "open-case",
     .vi = "lượt khám chưa kết thúc",
     .en = "open encounters",
     .type = "Encounter",
     .query = "service-provider=Organization/%s&status=planned,arrived,triaged,in-progress,onleave"},
    {.what = "claim",
     .vi = "hồ sơ thanh toán bảo hiểm",
     .en = "claims",
     .type = "Claim",
     .query = "facility=Location/%s&status=active,draft"},
    {.what = "equipment",
     .vi = "thiết bị",
     .en = "equipment",
     .type = "Device",
     .query = "location=Location/%s&status=active"},
    {.what = "session",
     .vi = "buổi hoạt động đã lên lịch",
     .en = "planned sessions",
     .type = "Schedule",
     .query = "actor=Location/%s&active=true"},
    {.what = NULL}};

/* Sites whose state the decision ends or changes: only they are asked about. */
static void asked_places(struct arena *a, const struct network *before, const struct network *after, int32_t day,
                         struct map *out) {
    *out = map_new(a);
    for (size_t i = 0; i < before->places.len; i++) {
        const struct network_place *p = &before->places.at[i];
        const struct place_state *was = &place_version_on(p, day - 1)->state, *is = network_at(after, p->id, day);
        if (!was->exists || !place_is_site(was->kind) || !is) continue;
        if (!is->exists || is->kind != was->kind || is->suspended != was->suspended) map_put(out, p->id, out);
    }
}

static err by_search(struct reader *r, struct arena *a, const struct holder *h, const struct map *places,
                     struct open_things *out) {
    static const struct access everything = {.everything = true};
    const struct search_options options = {.access = &everything};
    fhir_type type = fhir_type_by_name(str_of(h->type));
    for (size_t i = 0; i < places->len; i++) {
        struct buf query = buf_new(a);
        for (const char *c = h->query; *c; c++) {
            if (c[0] == '%' && c[1] == 's') {
                buf_add(&query, places->entries[i].key);
                c++;
            } else {
                buf_addc(&query, *c);
            }
        }
        buf_addz(&query, "&_count=0");
        struct search_result found;
        TRY(search_run(r, a, type, buf_str(&query), &options, &found));
        struct open_thing o = {places->entries[i].key, {h->what, h->vi, h->en}, found.total};
        if (found.total > 0) VEC_PUSH(a, out, o);
    }
    return OK_ERR;
}

/* The site in which an area is served: its own station or point, else none. */
static str site_of(const struct network *n, str id, int32_t day) {
    const struct place_state *s = network_at(n, id, day);
    for (int level = 0; level < 4 && s && s->exists && place_is_area(s->kind); level++) {
        for (size_t i = 0; i < n->places.len; i++) {
            const struct place_state *site = &place_version_on(&n->places.at[i], day)->state;
            if (site->exists && (site->kind == PLACE_STATION || site->kind == PLACE_POINT) && str_eq(site->parent, id))
                return n->places.at[i].id;
        }
        id = s->parent;
        s = network_at(n, id, day);
    }
    return s && s->exists && place_is_site(s->kind) ? id : STR_NONE;
}

static err by_function(struct reader *r, struct arena *a, const struct holder *h, const struct checked *c,
                       const struct map *places, struct open_things *out) {
    struct helds list = {0};
    int32_t day = c->decision.effective_on;
    TRY(h->count(r, a, day, &list));
    struct map sums = map_new(a), sites = map_new(a);
    for (size_t i = 0; i < list.len; i++) {
        str *site = map_get(&sites, list.at[i].place);
        if (!site) {
            site = ARENA_NEW(a, str);
            *site = site_of(&c->before, list.at[i].place, day - 1);
            map_put(&sites, list.at[i].place, site);
        }
        if (!map_has(places, *site)) continue;
        int64_t *sum = map_get(&sums, *site);
        if (!sum) map_put(&sums, *site, sum = ARENA_NEW(a, int64_t));
        *sum += list.at[i].count;
    }
    for (size_t i = 0; i < sums.len; i++)
        VEC_PUSH(a, out, (struct open_thing){sums.entries[i].key, {h->what, h->vi, h->en}, *(int64_t *)sums.entries[i].value});
    return OK_ERR;
}

static const struct thing account_thing = {"account", "tài khoản người dùng", "user accounts"};

static err accounts(struct reader *r, struct arena *a, const struct map *places, struct open_things *out) {
    struct account *list;
    size_t n;
    TRY(account_list(r, a, &list, &n));
    struct map sums = map_new(a);
    for (size_t i = 0; i < n; i++) {
        str place = str_starts(list[i].place, STR("Location/")) ? str_slice(list[i].place, 9, list[i].place.len)
                                                                : list[i].place;
        if (list[i].disabled || !map_has(places, place)) continue;
        int64_t *sum = map_get(&sums, place);
        if (!sum) map_put(&sums, place, sum = ARENA_NEW(a, int64_t));
        ++*sum;
    }
    for (size_t i = 0; i < sums.len; i++)
        VEC_PUSH(a, out, (struct open_thing){sums.entries[i].key, account_thing, *(int64_t *)sums.entries[i].value});
    return OK_ERR;
}

static err count_open(struct reader *r, struct arena *a, const struct checked *c, struct open_things *out) {
    struct map places;
    asked_places(a, &c->before, &c->after, c->decision.effective_on, &places);
    if (!places.len) return OK_ERR;
    for (size_t t = 0; node_holders[t]; t++)
        for (const struct holder *h = node_holders[t]; h->what; h++) {
            if (h->count)
                TRY(by_function(r, a, h, c, &places, out));
            else
                TRY(by_search(r, a, h, &places, out));
        }
    return accounts(r, a, &places, out);
}

/* ---- the whole check --------------------------------------------------------------------------------------------- */

/* data/network/norms.csv: the row of the day. */
static err norm_on(struct arena *a, int32_t day, struct staff_norm *out) {
    struct csv csv = {.rest = data_file("network/norms.csv")};
    str f[6];
    size_t n;
    bool row;
    *out = (struct staff_norm){.base = 5};
    TRY(csv_row(&csv, a, f, 6, &n, &row)); /* header */
    for (;;) {
        int64_t base, above, step;
        int32_t from, until;
        TRY(csv_row(&csv, a, f, 6, &n, &row));
        if (!row) return OK_ERR;
        if (!str_int64(f[2], &base) || !str_int64(f[3], &above) || !str_int64(f[4], &step) || !day_parse(f[0], &from))
            return err_make(a, ERR_INVALID, "norms.csv", "line %u cannot be understood", csv.line);
        if (!day_parse(f[1], &until)) until = DAY_LAST;
        if (from <= day && day < until) *out = (struct staff_norm){from, until, (int)base, (int)above, (int)step};
    }
}

static int by_severity(const void *x, const void *y) {
    const struct problem *a = x, *b = y;
    if (a->severity != b->severity) return (int)a->severity - (int)b->severity;
    if (a->operation != b->operation) return a->operation - b->operation;
    return strcmp(a->rule, b->rule);
}

err decision_check(struct reader *r, struct arena *a, const struct decision *d, bool list_only, struct checked *out) {
    struct network_question all = {.known = DAY_LAST};
    *out = (struct checked){.decision = *d};
    TRY(network_load(r, a, &all, &out->before));
    /* the decision itself is left out of "before", also when it has been signed: the ledger of a signed one is as of
     * its day */
    struct network_input in = {.known = DAY_LAST, .decision_count = 0};
    struct network_founding *founding = ARENA_ARRAY(a, struct network_founding, out->before.places.len + 1);
    struct decision *list = ARENA_ARRAY(a, struct decision, out->before.decision_count + 2);
    for (size_t i = 0; i < out->before.places.len; i++)
        founding[i] = (struct network_founding){out->before.places.at[i].id, out->before.places.at[i].founding,
                                                out->before.places.at[i].population};
    in.founding = founding;
    in.founding_count = out->before.places.len;
    for (size_t i = 0; i < out->before.decision_count; i++)
        if (!str_eq(out->before.decisions[i].id, d->id)) list[in.decision_count++] = out->before.decisions[i];
    in.decisions = list;
    network_replay(a, &in, &out->before);
    decision_resolve(a, &out->before, &out->decision);
    size_t index = in.decision_count;
    list[in.decision_count++] = out->decision;
    list[index].status = DECISION_SIGNED;
    list[index].recorded_on = DAY_FIRST;
    network_replay(a, &in, &out->after);
    out->before.decision_count = index; /* the same list, without the last */

    struct check_input check = {
        .before = &out->before, .after = &out->after, .decision = &out->decision, .index = index, .list = list_only};
    check_operations(a, &check, &out->problems);
    if (out->decision.effective_on == DAY_FIRST) return OK_ERR;
    check_decisions(a, &check, &out->problems);
    check_network(a, &check, &out->problems);
    TRY(count_open(r, a, out, &check.open));
    check_losers(a, &check, &out->losers, &out->problems);
    check_ledger(a, &check, &out->ledger, &out->problems);
    struct staff_norm norm;
    TRY(norm_on(a, out->decision.effective_on, &norm));
    check_burden(a, &check, &norm, &out->burdens);
    if (out->problems.len > 1) qsort(out->problems.at, out->problems.len, sizeof *out->problems.at, by_severity);
    return OK_ERR;
}
