/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files (contracts.md, command line): a Bundle of type transaction or batch is executed, another Bundle is stored or its entries
 * are; a resource or a line of NDJSON with an id is PUT, without is POST. A file is all or nothing (entries of a batch are by
 * themselves): NDJSON is validated whole before its first line is committed (in commits of some hundred or thousand lines: only a disk that
 * fills up in the middle leaves the earlier ones). Validation and preparation run on two or more
 * threads, so that the writer never waits for them.
 */
#include "rest_int.h"

#include "base/map.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* Lines of one commit: short beside a server, whose writer others wait for; long when nobody does, so that the index rows of
 * many resources are sorted before they are inserted. */
enum { CHUNK_SHORT = 400, CHUNK_LONG = 10000, THREADS_MOST = 4, PROBLEMS_MOST = 100 };

struct import {
    struct store *store;
    struct arena *arena;
    str name;
    const struct import_options *options;
    struct import_result *result;
    struct buf *problems;
    size_t problem_count;
    const struct access *access;
    err write_error; /* the disk's, not the file's */
};

static const struct access everybody = {.everything = true};

static struct rest_request request_of(const struct import *im) {
    return (struct rest_request){.method = REST_POST, .actor = im->options->actor, .access = im->access, .bulk = true,
                                 .keep_unresolved = true};
}

static void report(struct import *im, const struct entry *e, err problem) {
    if (im->problem_count++ >= PROBLEMS_MOST) return;
    if (e && fhir_issues_have_error(&e->issues)) {
        fhir_outcome(im->problems, &e->issues, false);
    } else {
        if (e && e->problem.code) problem = e->problem;
        problem.detail = str_format(im->arena, "%.*s: %.*s", STR_ARG(im->name), STR_ARG(problem.detail));
        outcome_error(im->problems, problem, false);
    }
    buf_addc(im->problems, '\n');
}

static void progress(struct import *im) {
    if (im->options->progress) im->options->progress(im->options->context, im->result->stored);
}

static size_t ready_entries(const struct entries *set) {
    size_t n = 0;
    for (size_t i = 0; i < set->len; i++) n += set->at[i].state == ENTRY_READY;
    return n;
}

/* PUT with an id, POST without. */
static void entry_of(struct arena *a, str source, const struct json *resource, struct entry *e) {
    str type = JSON_TEXT(resource, "resourceType"), id = JSON_TEXT(resource, "id");
    *e = (struct entry){.source = source, .resource = resource, .method = id.len ? REST_PUT : REST_POST, .url = type};
    if (!id.len) return;
    e->url = str_format(a, "%.*s/%.*s", STR_ARG(type), STR_ARG(id));
    if (!fhir_id_valid(id)) e->method = REST_POST, e->url = type; /* the validation says where it stands */
}

/* A file may name what comes with another file or never: what stays unresolved is said, not refused. */
static void warn_unresolved(struct import *im, const struct entries *set) {
    struct fhir_issues list = {0};
    for (size_t i = 0; i < set->unresolved.len && im->problem_count < PROBLEMS_MOST; i++, im->problem_count++) {
        str ref = set->unresolved.at[i];
        fhir_issue_add(im->arena, &list,
                       (struct fhir_issue){.severity = FHIR_WARNING, .code = "not-found", .expression = STR("reference"),
                                           .en = str_format(im->arena, "%.*s: nothing matches %.*s; the reference stays as it is", STR_ARG(im->name), STR_ARG(ref)),
                                           .vi = str_format(im->arena, "%.*s: không có gì khớp với %.*s; tham chiếu được giữ nguyên", STR_ARG(im->name), STR_ARG(ref))});
    }
    if (!list.len) return;
    fhir_outcome(im->problems, &list, false);
    buf_addc(im->problems, '\n');
}

static void settle(struct import *im, const struct entries *set, size_t count, err e) {
    if (!e.code) {
        warn_unresolved(im, set);
        im->result->stored += (int64_t)ready_entries(set);
        progress(im);
        return;
    }
    if (err_exit(e.code) == err_exit(ERR_IO))
        im->write_error = (err){.code = e.code, .at = NULL, .detail = str_copy(im->arena, e.detail)};
    const struct entry *failed = NULL;
    for (size_t i = 0; i < set->len && !failed; i++)
        if (set->at[i].state == ENTRY_FAILED) failed = &set->at[i];
    im->result->failed += (int64_t)(count ? count : 1);
    report(im, failed, e);
}

/* ---- one JSON document ---------------------------------------------------------------------------------------------------------- */

static void import_set(struct import *im, struct call *c, struct entries *set) {
    err e = entries_prepare(c, set);
    for (size_t i = 0; i < set->len && !e.code; i++)
        if (set->at[i].state == ENTRY_FAILED) e = set->at[i].problem;
    if (!e.code) e = entries_commit(c, set);
    settle(im, set, set->len, e);
}

static void import_batch(struct import *im, struct call *c, str text, const struct json *bundle) {
    struct entry *entries;
    size_t count;
    bundle_batch(c, text, bundle, &entries, &count);
    for (size_t i = 0; i < count; i++) {
        im->result->stored += entries[i].state == ENTRY_READY;
        if (entries[i].state != ENTRY_FAILED) continue;
        im->result->failed++;
        report(im, &entries[i], entries[i].problem);
    }
    progress(im);
}

static void import_document(struct import *im, str text, const struct json *tree) {
    struct rest_request in = request_of(im);
    struct rest_response out = {0};
    struct call c = {.store = im->store, .arena = im->arena, .in = &in, .out = &out};
    str type = JSON_TEXT(tree, "type");
    bool bundle = str_is(JSON_TEXT(tree, "resourceType"), "Bundle");
    const struct json *list = JSON_GET(tree, "entry");
    struct entries set = {0};
    if (bundle && str_is(type, "transaction")) {
        err e = bundle_transaction(&c, text, tree, &set);
        settle(im, &set, list ? list->count : 0, e);
    } else if (bundle && str_is(type, "batch")) {
        import_batch(im, &c, text, tree);
    } else {
        bool unpack = bundle && im->options->unpack;
        set = (struct entries){.at = ARENA_ARRAY(im->arena, struct entry, (unpack && list ? list->count : 0) + 1), .transaction = unpack};
        if (!unpack) entry_of(im->arena, text, tree, &set.at[set.len++]);
        for (const struct json *n = unpack && list ? list->first : NULL; n; n = n->next) {
            const struct json *resource = JSON_GET(n, "resource");
            if (!resource) continue;
            struct entry *e = &set.at[set.len++];
            entry_of(im->arena, text, resource, e);
            /* outside the Bundle nothing else says what a link to urn:uuid:… means */
            if (str_starts(JSON_TEXT(n, "fullUrl"), STR("urn:"))) e->full_url = JSON_TEXT(n, "fullUrl");
        }
        if (set.len) import_set(im, &c, &set);
    }
    call_fresh(&c);
}

/* ---- NDJSON ---------------------------------------------------------------------------------------------------------------------- */

struct chunk { size_t begin, end, line; }; /* bytes of the text, number of the first line */

struct lines {
    struct import *import;
    size_t chunk_lines;
    str text;
    struct { struct chunk *at; size_t len, cap; } chunks;
    atomic_size_t next;
    atomic_bool failed;
    bool commit; /* second pass */
    pthread_mutex_t lock;
};

static void cut_lines(struct lines *l, struct arena *a) {
    size_t begin = 0, line = 1, first = 1, n = 0;
    for (size_t i = 0; i < l->text.len; i++) {
        if (l->text.at[i] != '\n') continue;
        line++;
        if (++n < l->chunk_lines) continue;
        VEC_PUSH(a, &l->chunks, (struct chunk){begin, i + 1, first});
        begin = i + 1, first = line, n = 0;
    }
    if (begin < l->text.len) VEC_PUSH(a, &l->chunks, (struct chunk){begin, l->text.len, first});
}

static void line_failed(struct lines *l, const struct entry *e, err problem, size_t line) {
    struct import *im = l->import;
    pthread_mutex_lock(&l->lock);
    atomic_store(&l->failed, true);
    im->result->failed++;
    problem.detail = str_format(im->arena, "line %zu: %.*s", line, STR_ARG(problem.detail));
    if (e && fhir_issues_have_error(&e->issues)) {
        struct fhir_issues copy = {0};
        for (size_t i = 0; i < e->issues.len; i++) {
            struct fhir_issue issue = e->issues.at[i];
            if (issue.line == 1) issue.line = (unsigned)line; /* of the file */
            issue.en = str_format(im->arena, "%.*s, line %zu: %.*s", STR_ARG(im->name), line, STR_ARG(issue.en));
            issue.vi = str_format(im->arena, "%.*s, dòng %zu: %.*s", STR_ARG(im->name), line, STR_ARG(issue.vi));
            VEC_PUSH(im->arena, &copy, issue);
        }
        struct entry named = {.issues = copy};
        report(im, &named, problem);
    } else {
        report(im, NULL, problem);
    }
    pthread_mutex_unlock(&l->lock);
}

/* Reads the lines of a chunk into entries; a line that names a resource a second time ends the set (*rest says where). */
static size_t read_lines(struct lines *l, struct arena *a, struct chunk *chunk, struct entries *set, size_t *numbers) {
    str text = str_slice(l->text, chunk->begin, chunk->end), line;
    struct map seen = map_new(a);
    size_t number = chunk->line;
    *set = (struct entries){.at = ARENA_ARRAY(a, struct entry, l->chunk_lines + 1)};
    for (str rest = text; str_split(&rest, '\n', &line); number++) {
        struct json *tree;
        if (!str_trim(line).len) continue;
        err e = json_parse(a, line, &tree);
        if (e.code) {
            line_failed(l, NULL, e, number);
            continue;
        }
        struct entry entry;
        entry_of(a, line, tree, &entry);
        if (entry.method == REST_PUT && !map_put(&seen, entry.url, &entry)) {
            chunk->begin = (size_t)(line.at - l->text.at);
            chunk->line = number;
            return set->len;
        }
        numbers[set->len] = number;
        set->at[set->len++] = entry;
    }
    chunk->begin = chunk->end;
    return set->len;
}

static void do_chunk(struct lines *l, struct arena *a, struct chunk chunk) {
    struct rest_request in = request_of(l->import);
    struct rest_response out = {0};
    size_t *numbers = ARENA_ARRAY(a, size_t, l->chunk_lines + 1);
    while (chunk.begin < chunk.end && (!l->commit || !atomic_load(&l->failed))) {
        struct call c = {.store = l->import->store, .arena = a, .in = &in, .out = &out};
        struct entries set;
        if (!read_lines(l, a, &chunk, &set, numbers)) continue;
        set.validated = l->commit;
        entries_prepare(&c, &set);
        for (size_t i = 0; i < set.len; i++)
            if (set.at[i].state == ENTRY_FAILED) line_failed(l, &set.at[i], set.at[i].problem, numbers[i]);
        call_fresh(&c);
        if (!l->commit || atomic_load(&l->failed)) continue;
        err e = entries_commit(&c, &set);
        pthread_mutex_lock(&l->lock);
        settle(l->import, &set, set.len, e);
        if (e.code) atomic_store(&l->failed, true);
        pthread_mutex_unlock(&l->lock);
    }
}

static void *work(void *arg) {
    struct lines *l = arg;
    struct arena *a = arena_new();
    for (size_t i; (i = atomic_fetch_add(&l->next, 1)) < l->chunks.len && !(l->commit && atomic_load(&l->failed));) {
        do_chunk(l, a, l->chunks.at[i]);
        arena_reset(a);
    }
    arena_free(a);
    return NULL;
}

static void run_threads(struct lines *l) {
    pthread_t threads[THREADS_MOST];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = cores < 2 ? 1 : cores > THREADS_MOST ? THREADS_MOST : (size_t)cores, started = 0;
    atomic_store(&l->next, 0);
    while (started + 1 < n && started + 1 < l->chunks.len && pthread_create(&threads[started], NULL, work, l) == 0) started++;
    work(l);
    for (size_t i = 0; i < started; i++) pthread_join(threads[i], NULL);
}

static void import_lines(struct import *im, str text) {
    struct lines l = {.import = im, .text = text, .chunk_lines = im->options->alone ? CHUNK_LONG : CHUNK_SHORT, .lock = PTHREAD_MUTEX_INITIALIZER};
    cut_lines(&l, im->arena);
    run_threads(&l);
    if (atomic_load(&l.failed)) return;
    l.commit = true;
    run_threads(&l);
}

/* The first line is a whole value and something follows: NDJSON. */
static bool is_ndjson(struct arena *a, str text) {
    struct json *tree;
    size_t end = str_find(text, '\n');
    return end < text.len && str_trim(str_slice(text, end, text.len)).len && !json_parse(a, str_slice(text, 0, end), &tree).code;
}

err rest_import(struct store *s, struct arena *a, str name, str text, const struct import_options *options,
                struct import_result *out, struct buf *problems) {
    struct import im = {.store = s, .arena = a, .name = name, .options = options, .result = out, .problems = problems, .access = &everybody};
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
    text = str_trim(text);
    *out = (struct import_result){0};
    if (is_ndjson(a, text)) {
        import_lines(&im, text);
        return im.write_error;
    }
    struct json *tree;
    err e = json_parse(a, text, &tree);
    if (!e.code && tree->kind != JSON_OBJECT) e = err_make(a, ERR_INVALID, NULL, "expected a resource, a Bundle or NDJSON");
    if (e.code) {
        out->failed = 1;
        report(&im, NULL, e);
        return OK_ERR;
    }
    import_document(&im, text, tree);
    return im.write_error;
}
