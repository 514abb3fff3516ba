/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The thin writer: households become commits, many of them are handed over at once.
 */
#include "demo.h"

#include "generate.h"
#include "server/server.h"

#include "base/vec.h"

enum { COMMITS_AT_ONCE = 256 };

const struct demo_account demo_accounts[] = {
    {"nurse", "nurse", "ĐD.", "Xã Thanh Nưa", false},
    {"doctor", "doctor", "BS.", "Xã Thanh Nưa", false},
    {"head", "station-head", "BS.", "Xã Thanh Nưa", false},
    {"point", "nurse", "ĐD.", "Xã Thanh Nưa", true},
    {"nurse2", "nurse", "ĐD.", "Xã Sính Phình", false},
    {"midwife", "midwife", "HS.", "Xã Thanh Nưa", false},
    {"pharmacist", "pharmacist", "DS.", "Xã Thanh Nưa", false},
    {"population", "population-officer", "CB.", "Xã Thanh Nưa", false},
    {"insurance", "insurance-clerk", "Nhân viên BHYT", "Xã Thanh Nưa", false},
    {"worker", "point-worker", "Nhân viên điểm trạm", "Xã Thanh Nưa", true},
    {"village", "village-health-worker", "Y tế bản", "Xã Thanh Nưa", false},
    {"director", "director", "Giám đốc", NULL, false},
    {"planner", "planner", "CV.", NULL, false},
    {"epidemiologist", "epidemiologist", "BS.", NULL, false},
    {"admin", "admin", "Quản trị", NULL, false},
    {NULL, NULL, NULL, NULL, false},
};

bool demo_scale(str text, int64_t *ppm) {
    size_t point = str_find(text, '.');
    int64_t whole = 0, part = 0;
    str decimals = str_slice(text, point + 1, text.len);
    if (!str_int64(str_slice(text, 0, point), &whole) || whole < 0 || whole > 1 || text.at[0] == '-' ||
        text.at[0] == '+')
        return false;
    if (point < text.len && (!decimals.len || decimals.len > 6)) return false;
    for (size_t i = 0; i < 6; i++) {
        char c = i < decimals.len ? decimals.at[i] : '0';
        if (c < '0' || c > '9') return false;
        part = part * 10 + c - '0';
    }
    *ppm = whole * 1000000 + part;
    return *ppm > 0 && *ppm <= 1000000;
}

/* ---- commits
 * ------------------------------------------------------------------------------------------------------------- */

struct batch {
    struct store *store;
    struct arena *arena; /* of the batch */
    struct {
        struct change *at;
        size_t len, cap;
    } changes; /* of the commit being built */
    struct commit *commits[COMMITS_AT_ONCE];
    err errors[COMMITS_AT_ONCE];
    size_t count;
    int64_t resources;
    err failed;
};

static void add(void *context, const char *type, str id, str json) {
    struct batch *b = context;
    struct json *tree = NULL;
    err e = json_parse(b->arena, json, &tree);
    if (e.code && !b->failed.code) b->failed = e;
    struct change c = {.op = VERSION_UPDATE,
                       .type = fhir_type_by_name(str_of(type)),
                       .id = id,
                       .source = json,
                       .resource = tree,
                       .expect = EXPECT_ANYTHING};
    VEC_PUSH(b->arena, &b->changes, c);
}

static err flush(struct batch *b, struct arena *a) {
    if (b->failed.code) return b->failed;
    store_commit_many(b->store, b->arena, b->commits, b->count, b->errors);
    for (size_t i = 0; i < b->count; i++)
        if (b->errors[i].code) return err_make(a, b->errors[i].code, "demo", "%.*s", STR_ARG(b->errors[i].detail));
    b->count = 0;
    arena_reset(b->arena);
    return OK_ERR;
}

/* Ends the commit being built. */
static err end_commit(struct batch *b, struct arena *a) {
    if (!b->changes.len) return OK_ERR;
    struct commit *c = ARENA_NEW(b->arena, struct commit);
    *c = (struct commit){.changes = b->changes.at, .count = b->changes.len, .actor = STR("system"), .bulk = true};
    b->resources += (int64_t)b->changes.len;
    memset(&b->changes, 0, sizeof b->changes);
    b->commits[b->count++] = c;
    return b->count == COMMITS_AT_ONCE ? flush(b, a) : OK_ERR;
}

/* ---- accounts
 * ------------------------------------------------------------------------------------------------------------ */

/* Index of the former commune in whose site the account works; DEMO_DEPARTMENT for the department; facts.len: there is
 * none. */
static size_t post_of(const struct generator *g, const struct demo_account *account) {
    const struct place_fact *commune = NULL;
    if (!account->commune) return DEMO_DEPARTMENT;
    for (size_t i = 0; i < g->facts.len; i++) {
        const struct place_fact *f = &g->facts.at[i];
        if (f->kind == PLACE_COMMUNE && str_is(f->name, account->commune)) commune = f;
    }
    for (size_t i = 0; commune && i < g->facts.len; i++) {
        const struct place_fact *f = &g->facts.at[i];
        if (f->kind == PLACE_FORMER_COMMUNE && str_eq(f->parent, commune->code) &&
            (f->site == PLACE_POINT) == account->point)
            return i;
    }
    return g->facts.len;
}

/* Where the account works: the department, the first hamlet for who works in a hamlet, else the site. */
static str place_of(const struct generator *g, struct arena *a, const struct demo_account *d, size_t post) {
    if (post == DEMO_DEPARTMENT) return str_format(a, "health-department-%.*s", STR_ARG(g->options.province));
    for (size_t i = 0; !strcmp(d->role, "village-health-worker") && i < g->hamlet_count; i++)
        if (g->hamlets[i].former == post) return g->hamlets[i].id;
    return str_format(a, "station-%.*s", STR_ARG(g->facts.at[post].code));
}

static err make_accounts(const struct generator *g, struct store *s, struct arena *a) {
    for (const struct demo_account *d = demo_accounts; d->name; d++) {
        size_t post = post_of(g, d);
        if (post == g->facts.len) continue;
        str id, name;
        bool person = generate_staff_member(g, a, post, d->role, &id, &name);
        struct account account = {.name = str_of(d->name), .role = str_of(d->role)};
        account.place = place_of(g, a, d, post);
        account.display =
            person ? str_format(a, "%s %.*s (mẫu)", d->title, STR_ARG(name)) : str_format(a, "%s (mẫu)", d->title);
        if (person) account.practitioner = str_format(a, "Practitioner/%.*s", STR_ARG(id));
        err e = account_add(s, a, &account, STR(DEMO_PASSWORD));
        if (e.code && e.code != ERR_CONFLICT) return e;
    }
    return OK_ERR;
}

/* ---- all of it
 * ----------------------------------------------------------------------------------------------------------- */

static err make_people(struct batch *b, struct arena *a, const struct generator *g, demo_progress *progress,
                       void *context, struct demo_result *result) {
    struct arena *hamlet = arena_new();
    err e = OK_ERR;
    for (size_t i = 0; i < g->hamlet_count && !e.code; i++) {
        struct hamlet_people people;
        arena_reset(hamlet);
        generate_hamlet(g, hamlet, i, &people);
        for (int k = 0; k < people.households && !e.code; k++) {
            generate_household_json(g, b->arena, i, &people, k, add, b);
            e = end_commit(b, a);
        }
        result->residents += people.count;
        result->households += people.households;
        if (progress) progress(context, result->residents, g->total);
    }
    if (!e.code) e = flush(b, a);
    arena_free(hamlet);
    return e;
}

err demo_make(struct store *s, struct arena *a, const struct demo_options *options, demo_progress *progress,
              void *context, struct demo_result *out) {
    struct generate_options o = {.province = options->province,
                                 .scale_ppm = options->scale_ppm,
                                 .seed = options->seed,
                                 .on = options->on,
                                 .people_only = options->people_only};
    struct generator *g;
    struct demo_result result = {0};
    TRY(generator_new(a, &o, &g));
    struct batch b = {.store = s, .arena = arena_new()};
    generate_network_json(g, b.arena, add, &b);
    err e = end_commit(&b, a);
    if (!e.code) generate_staff_json(g, b.arena, add, &b);
    if (!e.code) e = end_commit(&b, a);
    if (!e.code) e = flush(&b, a);
    if (!e.code) e = make_people(&b, a, g, progress, context, &result);
    result.resources = b.resources;
    arena_free(b.arena);
    if (!e.code && options->accounts) e = make_accounts(g, s, a);
    if (out) *out = result;
    return e;
}
