/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Measures the store alone: import of NDJSON (blocks of lines separated by an empty line are one commit each) with full
 * validation, disk, and durable single writes of 16 writers; beside each the floor of the same run: the same bodies and
 * rows by a bare loop (floor.c). Usage: bench_store NDJSON DIR
 */
#include "floor.h"

#include "base/log.h"
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

static double seconds(clockid_t id) {
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(err e, const char *what) {
    if (e.code) panic("%s: %d %.*s", what, (int)e.code, STR_ARG(e.detail));
}

static str read_file(struct arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (!f) panic("cannot open %s", path);
    fseek(f, 0, SEEK_END);
    size_t n = (size_t)ftell(f);
    rewind(f);
    char *at = arena_alloc(a, n + 1);
    if (fread(at, 1, n, f) != n) panic("cannot read %s", path);
    fclose(f);
    return (str){at, n};
}

/* ---- import ------------------------------------------------------------------------------------------------------ */

enum { IN_FLIGHT = 20000 }; /* resources handed over at once: the writer sorts their index rows together */

static struct commit *block(struct arena *a, str text) {
    struct {
        struct change *at;
        size_t len, cap;
    } changes = {0};
    for (str line; str_split(&text, '\n', &line);) {
        struct json *tree;
        struct fhir_issues issues = {0};
        if (!line.len) continue;
        must(json_parse(a, line, &tree), "parse");
        if (!fhir_validate(a, line, tree, STR_NONE, &issues))
            panic("invalid: %.*s: %.*s", STR_ARG(issues.at[0].expression), STR_ARG(issues.at[0].en));
        struct change c = {.op = VERSION_UPDATE,
                           .type = fhir_type_of(tree),
                           .id = JSON_TEXT(tree, "id"),
                           .source = line,
                           .resource = tree};
        VEC_PUSH(a, &changes, c);
    }
    struct commit *c = ARENA_NEW(a, struct commit);
    *c = (struct commit){.changes = changes.at, .count = changes.len, .actor = STR("system"), .bulk = true};
    return c;
}

static size_t flush(struct store *s, struct arena *a, struct commit **commits, size_t count) {
    size_t n = 0;
    err *errors = ARENA_ARRAY(a, err, count + 1);
    store_commit_many(s, a, commits, count, errors);
    for (size_t i = 0; i < count; i++) {
        must(errors[i], "commit");
        n += commits[i]->count;
    }
    arena_reset(a);
    return n;
}

static size_t import(struct store *s, str text) {
    size_t total = 0, waiting = 0;
    struct arena *a = arena_new();
    struct {
        struct commit **at;
        size_t len, cap;
    } commits = {0};
    while (text.len) {
        const char *end = memmem(text.at, text.len, "\n\n", 2);
        size_t n = end ? (size_t)(end - text.at) + 2 : text.len;
        struct commit *c = block(a, str_slice(text, 0, n));
        for (size_t i = 0; i < c->count; i++) must(store_prepare(s, a, &c->changes[i]), "prepare");
        if (c->count) VEC_PUSH(a, &commits, c);
        waiting += c->count;
        text = str_slice(text, n, text.len);
        if (waiting < IN_FLIGHT && text.len) continue;
        total += flush(s, a, commits.at, commits.len);
        commits.at = NULL;
        commits.len = commits.cap = waiting = 0;
    }
    arena_free(a);
    return total;
}

/* ---- durable single writes --------------------------------------------------------------------------------------- */

enum { WRITERS = 16 };
struct worker {
    struct store *store;
    int number, each;
    double *latency;
};

static void *write_many(void *arg) {
    struct worker *w = arg;
    struct arena *a = arena_new();
    for (int i = 0; i < w->each; i++) {
        str id = str_format(a, "w%d-%d", w->number, i);
        str body = str_format(
            a,
            "{\"resourceType\":\"Observation\",\"id\":\"%.*s\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
            "\"http://loinc.org\",\"code\":\"8480-6\"}]},\"subject\":{\"reference\":\"Patient/w%d\"},"
            "\"effectiveDateTime\":\"2026-03-04T05:06:07Z\",\"valueQuantity\":{\"value\":%d,\"unit\":\"mmHg\"}}",
            STR_ARG(id), i % 100, 100 + i % 80);
        double t = seconds(CLOCK_MONOTONIC);
        struct json *tree;
        struct fhir_issues issues = {0};
        must(json_parse(a, body, &tree), "parse");
        if (!fhir_validate(a, body, tree, STR_NONE, &issues)) panic("invalid");
        struct change c = {
            .op = VERSION_UPDATE, .type = FHIR_TYPE_OBSERVATION, .id = id, .source = body, .resource = tree};
        struct commit x = {.changes = &c, .count = 1, .actor = STR("Practitioner/x")};
        must(store_commit(w->store, a, &x), "commit");
        w->latency[i] = seconds(CLOCK_MONOTONIC) - t;
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

static int by_size(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

static double single_writes(struct store *s, int each) {
    pthread_t t[WRITERS];
    struct worker w[WRITERS];
    double *latency = calloc((size_t)(WRITERS * each), sizeof *latency), began = seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < WRITERS; i++) {
        w[i] = (struct worker){s, i, each, latency + i * each};
        pthread_create(&t[i], NULL, write_many, &w[i]);
    }
    for (int i = 0; i < WRITERS; i++) pthread_join(t[i], NULL);
    double took = seconds(CLOCK_MONOTONIC) - began;
    qsort(latency, (size_t)(WRITERS * each), sizeof *latency, by_size);
    printf("durable single writes, %d writers: %.0f/s, p50 %.1f ms, p99 %.1f ms\n", WRITERS, WRITERS * each / took,
           latency[WRITERS * each / 2] * 1e3, latency[WRITERS * each * 99 / 100] * 1e3);
    free(latency);
    return WRITERS * each / took;
}

static err nothing(struct db *db, void *context) {
    (void)db, (void)context;
    return OK_ERR;
}

int main(int argc, char **argv) {
    if (argc < 3) return fprintf(stderr, "usage: bench_store NDJSON DIR [REPEAT]\n"), 2;
    struct arena *a = arena_new();
    str text = read_file(a, argv[1]);
    must(store_init(a, argv[2]), "init");
    struct store_options o = {.mode = STORE_WRITE};
    struct store *s;
    must(store_open(a, argv[2], &o, &s), "open");
    double began = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    size_t n = import(s, text);
    double took = seconds(CLOCK_MONOTONIC) - began;
    cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    must(store_local(s, nothing, NULL), "wait"); /* the writer books the time of a group when it begins the next */
    int64_t writer_ns;
    double writer = (double)store_writer_time(s, &writer_ns) / 1e9, writer_cpu = (double)writer_ns / 1e9;
    struct store_stats stats;
    must(store_stats(s, a, &stats), "stats");
    printf("import: %zu resources, %.2f s wall (%.0f/s), %.2f s CPU (%.0f/s on one core), writer %.2f s (CPU %.2f s)\n",
           n, took, (double)n / took, cpu, (double)n / cpu, writer, writer_cpu);
    printf("disk: %.0f bytes a resource, %.1f index rows a resource\n", (double)stats.bytes / (double)stats.resources,
           (double)stats.index_rows / (double)stats.resources);
    store_close(s);
    double bare_cpu, bare = floor_import(argv[2], &bare_cpu);
    printf("floor of the writer: %.2f s (CPU %.2f s); the store's writer is at %.0f %% of it (CPU %.0f %%)\n", bare,
           bare_cpu, 100 * bare / writer, 100 * bare_cpu / writer_cpu);
    must(store_open(a, argv[2], &o, &s), "open");
    double single = single_writes(s, 500);
    store_close(s);
    double floor = floor_single(argv[2]);
    printf("floor of durable writes: %.0f/s; the store is at %.0f %% of it\n", floor, 100 * single / floor);
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    printf("peak memory %.0f MB\n", (double)u.ru_maxrss / 1024);
    arena_free(a);
    return 0;
}
