/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * network [PEOPLE [DIR]]: Quảng Ninh as it was before 2025-11-01 with so many residents attached (default 20,000; the
 * province has 1,429,841), then its decision: check, signature as one commit, the network of any day before and after.
 * Times in ms: of the clock, and
 * of the processor over all threads.
 */
#include "base/date.h"
#include "base/vec.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "decisions/decisions.h"
#include "people/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
/* Of all threads: what the work needs; the wall of a busy machine says nothing. */
static double processor_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static void must(const char *what, err e) {
    if (!e.code) return;
    fprintf(stderr, "%s: %s: %.*s\n", what, err_english(e.code), STR_ARG(e.detail));
    exit(1);
}

struct loading {
    struct arena *arena;
    struct {
        struct change *at;
        size_t len, cap;
    } changes;
};

static void add(void *context, const char *type, str id, str json) {
    struct loading *l = context;
    struct change c = {.op = VERSION_UPDATE,
                       .type = fhir_type_by_name(str_of(type)),
                       .id = id,
                       .source = json,
                       .expect = EXPECT_ANYTHING};
    if (str_is(id, "decision-22-system")) return; /* that one is to be measured */
    VEC_PUSH(l->arena, &l->changes, c);
}

static void flush(struct store *s, struct loading *l) {
    struct commit c = {.changes = l->changes.at, .count = l->changes.len, .actor = STR("system"), .bulk = true};
    if (l->changes.len) must("commit", store_commit(s, l->arena, &c));
    memset(&l->changes, 0, sizeof l->changes);
    arena_reset(l->arena);
}

static void people(struct store *s, const struct place_facts *facts, long count) {
    struct loading l = {.arena = arena_new()};
    struct {
        const struct place_fact **at;
        size_t len, cap;
    } former = {0};
    struct arena *a = arena_new();
    for (size_t i = 0; i < facts->len; i++)
        if (facts->at[i].kind == PLACE_FORMER_COMMUNE) VEC_PUSH(a, &former, &facts->at[i]);
    for (long i = 0; i < count; i++) {
        str id = str_format(l.arena, "p%ld", i);
        str json = str_format(
            l.arena,
            "{\"resourceType\":\"Patient\",\"id\":\"p%ld\",\"extension\":[{\"url\":\"" EXTENSION_RESIDENCE
            "\",\"valueReference\":{\"reference\":"
            "\"Location/former-commune-%.*s\"}}],\"name\":[{\"text\":\"Nguyễn Văn "
            "%ld\"}],\"gender\":\"male\",\"birthDate\":\"%ld-%02ld-%02ld\"}",
            i, STR_ARG(former.at[(size_t)i % former.len]->code), i % 9973, 1940 + i % 80, 1 + i % 12, 1 + i % 28);
        add(&l, "Patient", id, json);
        if (l.changes.len == 10000) flush(s, &l);
    }
    flush(s, &l);
    arena_free(l.arena);
    arena_free(a);
}

static int compare(const void *x, const void *y) {
    return (*(const double *)x > *(const double *)y) - (*(const double *)x < *(const double *)y);
}

static void ask(struct store *s, int32_t day, const char *name) {
    double times[21], used = processor_ms();
    for (int i = 0; i < 21; i++) {
        struct arena *a = arena_new();
        struct reader *r;
        struct buf out = buf_new(a);
        struct network_view view = {.at = day, .known = DAY_LAST};
        double from = now_ms();
        must("reader", reader_begin(s, a, &r));
        must("network", network_answer(r, a, &view, &out));
        reader_end(r);
        times[i] = now_ms() - from;
        arena_free(a);
    }
    qsort(times, 21, sizeof *times, compare);
    printf("%-44s p50 %7.1f  max %7.1f  processor %7.1f\n", name, times[10], times[20], (processor_ms() - used) / 21);
}

static int64_t one_number(struct store *s, struct arena *a, const char *sql) {
    struct reader *r;
    bool row;
    must("reader", reader_begin(s, a, &r));
    struct statement *q = db_use(reader_db(r), sql);
    must("query", db_row(q, &row));
    int64_t n = row ? column_int(q, 0) : -1;
    db_reset(q);
    reader_end(r);
    return n;
}

int main(int argc, char **argv) {
    static const struct store_room *const rooms[] = {&server_room, &network_room, &people_room};
    struct arena *a = arena_new();
    struct loading l = {.arena = arena_new()};
    struct store_options options = {.mode = STORE_WRITE, .rooms = rooms, .room_count = 3};
    long count = argc > 1 ? atol(argv[1]) : 20000;
    char folder[] = "/tmp/tram-bench-network-XXXXXX";
    const char *dir = argc > 2 ? argv[2] : str_z(a, str_format(a, "%s/node", mkdtemp(folder)));
    struct place_facts facts;
    struct decisions decisions;
    struct store *s;
    must("init", store_init(a, dir));
    must("open", store_open(a, dir, &options, &s));
    must("facts", network_facts(a, STR("22"), &facts));
    must("decisions", network_fact_decisions(a, STR("22"), &decisions));
    must("resources", network_resources(l.arena, &facts, add, &l));
    flush(s, &l);
    double from = now_ms();
    people(s, &facts, count);
    printf("%ld residents attached in %.0f s\n", count, (now_ms() - from) / 1e3);

    int32_t before = day_from_civil(2025, 10, 31), after = day_from_civil(2025, 11, 1);
    ask(s, before, "network of 2025-10-31 with counts");
    struct decision d = decisions.at[decisions.len - 1];
    d.status = DECISION_DRAFT;
    d.number = STR("1/QĐ-UBND");
    d.signed_on = before;
    struct reader *r;
    struct checked checked;
    must("reader", reader_begin(s, a, &r));
    from = now_ms();
    double used = processor_ms();
    must("check", decision_check(r, a, &d, false, &checked));
    printf("%-44s     %7.1f  processor %7.1f  (%zu operations, %zu losers, %zu problems)\n",
           "check of the province's plan", now_ms() - from, processor_ms() - used, d.operations.len, checked.losers.len,
           checked.problems.len);
    for (size_t i = 0; i < checked.problems.len && i < 5; i++)
        printf("    %s: %.*s\n", checked.problems.at[i].rule, STR_ARG(checked.problems.at[i].en));
    reader_end(r);
    int64_t log = one_number(s, a, "SELECT max(pos) FROM log"),
            patients =
                one_number(s, a, "SELECT max(r.pos) FROM res r JOIN type t ON t.id = r.type WHERE t.name = 'Patient'");
    struct signing signing = {.store = s, .actor = STR("system")};
    struct version v;
    from = now_ms();
    used = processor_ms();
    must("sign", decision_sign(a, &signing, &d, &checked, &v));
    printf("%-44s     %7.1f  processor %7.1f  (check and commit)\n", "signed and applied", now_ms() - from,
           processor_ms() - used);
    printf("%-44s     %7lld\n", "commits it took", (long long)(one_number(s, a, "SELECT max(pos) FROM log") - log));
    printf(
        "%-44s     %7lld\n", "persons rewritten",
        (long long)(one_number(s, a,
                               "SELECT max(r.pos) FROM res r JOIN type t ON t.id = r.type WHERE t.name = 'Patient'") !=
                    patients));
    ask(s, before, "network of 2025-10-31 with counts");
    ask(s, after, "network of 2025-11-01 with counts");
    store_close(s);
    return 0;
}
