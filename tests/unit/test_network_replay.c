/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random sequences of decisions: the replayed network beside a plain machine that applies operations one after the
 * other to one table of places, in any order of arrival. TRAM_RUNS sequences (make network-property: 10,000).
 */
#include "base/vec.h"
#include "decisions/check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { COMMUNES = 4, SITES = 3, CENTRES = 2, START = 20000, MOST = 64 };

static uint64_t seed;
static unsigned below(unsigned n) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

/* ---- the plain machine: a table, changed by one operation after the other ------------------------------------------
 */

struct row {
    str id;
    struct place_state s;
};
struct table {
    struct row at[MOST];
    size_t len;
};

static struct place_state *row_of(struct table *t, str id) {
    for (size_t i = 0; i < t->len; i++)
        if (str_eq(t->at[i].id, id)) return &t->at[i].s;
    t->at[t->len] = (struct row){.id = id};
    return &t->at[t->len++].s;
}

static void begin(struct table *t, str id, const struct operation *o) {
    struct place_state *s = row_of(t, id);
    s->exists = true;
    s->kind = o->place_kind;
    s->name = o->name;
    s->parent = o->parent;
    s->above[0] = o->manager;
    s->above[1] = o->director;
    s->above[2] = o->insurer;
}

static void machine(struct table *t, const struct operation *o, int32_t day, int32_t at) {
    if (o->kind == OPERATION_CREATE) begin(t, o->places.at[0], o);
    if (o->kind == OPERATION_MERGE && o->place_kind) begin(t, o->target, o);
    for (size_t i = 0; i < o->places.len; i++) {
        struct place_state *s = row_of(t, o->places.at[i]);
        switch (o->kind) {
        case OPERATION_MERGE:
            if (place_is_commune(s->kind))
                s->kind = PLACE_FORMER_COMMUNE, s->parent = o->target;
            else
                s->exists = false;
            break;
        case OPERATION_DISSOLVE: s->exists = false; break;
        case OPERATION_CONVERT_TO_POINT: s->kind = PLACE_POINT, s->point_of = o->target; break;
        case OPERATION_PROMOTE_TO_STATION: s->kind = PLACE_STATION, s->point_of = STR_NONE; break;
        case OPERATION_TRANSFER_MANAGEMENT: s->above[o->role] = o->target; break;
        case OPERATION_RENAME: s->name = o->name; break;
        case OPERATION_MOVE_BOUNDARY: s->parent = o->target; break;
        case OPERATION_SUSPEND: s->suspended = at < day || at < o->until ? true : s->suspended; break;
        default: break;
        }
    }
}

static bool revoked_by(const struct decision *list, size_t n, const struct decision *d, int32_t at) {
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].revokes, d->id) && list[i].effective_on <= at) return true;
    return false;
}

/* `sorted` by law. A suspension that is over by `at` is skipped: it ended by itself. */
static void machine_at(const struct network_founding *founding, size_t founding_count, const struct decision *sorted,
                       size_t n, int32_t at, struct table *out) {
    out->len = 0;
    for (size_t i = 0; i < founding_count; i++) *row_of(out, founding[i].id) = founding[i].state;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i].effective_on > at || revoked_by(sorted, n, &sorted[i], at)) continue;
        for (size_t k = 0; k < sorted[i].operations.len; k++) {
            const struct operation *o = &sorted[i].operations.at[k];
            if (o->kind == OPERATION_SUSPEND && at >= o->until) continue;
            machine(out, o, sorted[i].effective_on, at);
        }
    }
}

/* ---- random decisions
 * ------------------------------------------------------------------------------------------------ */

static str name(struct arena *a, const char *kind, unsigned n) { return str_format(a, "%s-%u", kind, n); }

static struct network_founding founding_of(str id, enum place_kind kind, str parent, str centre) {
    struct network_founding f = {
        .id = id,
        .population = 100,
        .state = {.exists = true, .kind = kind, .name = id, .parent = parent, .above = {centre, centre, centre}}};
    for (int h = 0; h < HOLDING_COUNT; h++) f.state.holdings[h] = -1;
    return f;
}

static size_t found(struct arena *a, struct network_founding *out) {
    size_t n = 0;
    out[n++] = founding_of(STR("province"), PLACE_PROVINCE, STR_NONE, STR_NONE);
    for (unsigned c = 0; c < CENTRES; c++)
        out[n++] = founding_of(name(a, "centre", c), PLACE_HEALTH_CENTRE, STR("province"), STR_NONE);
    for (unsigned c = 0; c < CENTRES; c++)
        out[1 + c].state.above[0] = out[1 + c].state.above[1] = out[1 + c].state.above[2] = STR("office");
    out[n++] = founding_of(STR("office"), PLACE_OFFICE, STR("province"), STR_NONE);
    for (unsigned c = 0; c < COMMUNES; c++) {
        out[n++] = founding_of(name(a, "commune", c), PLACE_COMMUNE, STR("province"), STR_NONE);
        for (unsigned s = 0; s < SITES; s++) {
            str centre = name(a, "centre", below(CENTRES)), commune = name(a, "commune", c);
            out[n] = founding_of(name(a, "site", c * SITES + s), s ? PLACE_POINT : PLACE_STATION, commune, centre);
            if (s) out[n].state.point_of = name(a, "site", c * SITES);
            n++;
        }
    }
    return n;
}

static str any_site(struct arena *a) { return name(a, "site", below(COMMUNES * SITES)); }

static void random_operation(struct arena *a, struct decision *d, unsigned number) {
    struct operation o = {.kind = (enum operation_kind)below(OPERATION_CORRECT), .from = DAY_FIRST, .until = DAY_FIRST};
    str place = any_site(a);
    switch (o.kind) {
    case OPERATION_CREATE:
        place = name(a, "new", number);
        o.place_kind = below(2) ? PLACE_STATION : PLACE_POINT;
        o.name = place;
        o.parent = name(a, "commune", below(COMMUNES));
        o.manager = o.director = o.insurer = name(a, "centre", below(CENTRES));
        break;
    case OPERATION_MERGE:
        o.target = below(2) ? any_site(a) : name(a, "commune", below(COMMUNES));
        if (!str_starts(o.target, STR("site"))) place = name(a, "commune", below(COMMUNES));
        break;
    case OPERATION_DISSOLVE: VEC_PUSH(a, &o.receivers, (struct receiver){STR_NONE, any_site(a)}); break;
    case OPERATION_CONVERT_TO_POINT: o.target = any_site(a); break;
    case OPERATION_TRANSFER_MANAGEMENT:
        o.has_role = true;
        o.role = (enum hierarchy)below(HIERARCHY_COUNT);
        o.target = name(a, "centre", below(CENTRES));
        break;
    case OPERATION_RENAME: o.name = name(a, "name", number); break;
    case OPERATION_SUSPEND: o.until = d->effective_on + 1 + (int32_t)below(20); break;
    case OPERATION_MOVE_BOUNDARY:
        place = name(a, "commune", below(COMMUNES));
        o.target = name(a, "commune", below(COMMUNES));
        break;
    case OPERATION_PROMOTE_TO_STATION: break;
    default: o.kind = OPERATION_RENAME, o.name = name(a, "name", number); break;
    }
    VEC_PUSH(a, &o.places, place);
    VEC_PUSH(a, &d->operations, o);
}

static void replay(struct arena *a, const struct network_founding *f, size_t fn, const struct decision *d, size_t n,
                   struct network *out) {
    struct network_input in = {
        .founding = f, .founding_count = fn, .decisions = d, .decision_count = n, .known = DAY_LAST};
    network_replay(a, &in, out);
}

/* Adds a random decision when the check has nothing against it. */
static bool extend(struct arena *a, const struct network_founding *f, size_t fn, struct decision *list, size_t *n) {
    struct decision *d = &list[*n];
    unsigned number = (unsigned)*n;
    *d = (struct decision){.id = name(a, "decision", number),
                           .number = str_format(a, "%u/QD", below(50)),
                           .authority = name(a, "a", number),
                           .status = DECISION_SIGNED,
                           .effective_on = START + (int32_t)below(200),
                           .signed_on = DAY_FIRST,
                           .operational_on = DAY_FIRST,
                           .recorded_on = DAY_FIRST};
    if (*n && below(6) == 0) {
        d->revokes = list[below((unsigned)*n)].id;
        struct operation o = {.kind = OPERATION_REVOKE};
        VEC_PUSH(a, &d->operations, o);
    } else {
        for (unsigned k = 0; k <= below(3); k++) random_operation(a, d, number * 10 + k);
    }
    struct network before, after;
    struct problems problems = {0};
    struct losers losers;
    replay(a, f, fn, list, *n, &before);
    replay(a, f, fn, list, *n + 1, &after);
    struct check_input in = {.before = &before, .after = &after, .decision = d, .index = *n};
    check_operations(a, &in, &problems);
    check_decisions(a, &in, &problems);
    check_network(a, &in, &problems);
    check_losers(a, &in, &losers, &problems);
    if (problems_have_error(&problems)) return false;
    ++*n;
    return true;
}

static int by_law(const void *x, const void *y) { return decision_compare(x, y); }

static void compare(const struct network *n, struct table *t, int32_t at) {
    for (size_t i = 0; i < t->len; i++) {
        const struct place_state *s = network_at(n, t->at[i].id, at);
        for (int h = 0; h < HOLDING_COUNT; h++) t->at[i].s.holdings[h] = -1; /* nothing is held here */
        if (!s) {
            assert_false(t->at[i].s.exists);
            continue;
        }
        if (!place_state_same(s, &t->at[i].s))
            fail_msg("%.*s differs on day %d: exists %d %d, kind %d %d, name %.*s %.*s, suspended %d %d",
                     STR_ARG(t->at[i].id), at, s->exists, t->at[i].s.exists, s->kind, t->at[i].s.kind, STR_ARG(s->name),
                     STR_ARG(t->at[i].s.name), s->suspended, t->at[i].s.suspended);
    }
}

static void one_sequence(unsigned *accepted) {
    struct arena *a = arena_new();
    struct network_founding founding[MOST];
    struct decision list[8], sorted[8], shuffled[8];
    struct network n, again;
    struct table *t = ARENA_NEW(a, struct table);
    size_t fn = found(a, founding), count = 0;
    for (int tries = 0; tries < 12 && count < 6; tries++) extend(a, founding, fn, list, &count);
    *accepted += (unsigned)count;
    memcpy(sorted, list, count * sizeof *list);
    memcpy(shuffled, list, count * sizeof *list);
    qsort(sorted, count, sizeof *sorted, by_law);
    for (size_t i = count; i > 1; i--) {
        size_t j = below((unsigned)i);
        struct decision d = shuffled[i - 1];
        shuffled[i - 1] = shuffled[j];
        shuffled[j] = d;
    }
    replay(a, founding, fn, list, count, &n);
    replay(a, founding, fn, shuffled, count, &again);
    for (int32_t at = START - 1; at < START + 222; at++) {
        machine_at(founding, fn, sorted, count, at, t);
        if (at % 7 == 0 || at < START + 2) compare(&n, t, at);
        for (size_t i = 0; i < n.places.len && at % 7 == 0; i++) {
            const struct place_state *s = network_at(&n, n.places.at[i].id, at),
                                     *o = network_at(&again, n.places.at[i].id, at);
            assert_true(o && place_state_same(s, o));
        }
    }
    int32_t *days;
    size_t day_count;
    network_days(a, &n, &days, &day_count);
    for (size_t i = 0; i < day_count; i++)
        for (int32_t at = days[i] - 1; at <= days[i]; at++) {
            machine_at(founding, fn, sorted, count, at, t);
            compare(&n, t, at);
        }
    arena_free(a);
}

static void test_random_sequences(void **state) {
    const char *runs = getenv("TRAM_RUNS");
    unsigned n = runs ? (unsigned)strtoul(runs, NULL, 10) : 2000, accepted = 0;
    (void)state;
    for (unsigned i = 1; i <= n; i++) {
        seed = 0x9E3779B97F4A7C15ull * i;
        one_sequence(&accepted);
    }
    print_message("%u sequences, %u decisions\n", n, accepted);
    assert_true(accepted > n * 2); /* the generator does not starve */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_sequences)};
    return cmocka_run_group_tests_name("network replay", tests, NULL, NULL);
}
