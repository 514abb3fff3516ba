/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The language over many resources, for the scripts beside it. RESOURCES is NDJSON.
 *   driver eval RESOURCES         reads "number TAB expression" lines, prints a JSON array of the results a line, or "!reason"
 *   driver agree FILE...          walkers against the evaluator: every search parameter of each file's resource
 *   driver invariants             every invariant and where it stands: "key TAB Type.element TAB expression" lines
 *   driver structure RESOURCES    for each resource: "ok", or what is wrong with its structure
 *   driver bench RESOURCES        nanoseconds of compiling, walking and evaluating the 50 commonest search expressions, and of validating
 */
#include "fhirpath/fhirpath.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct lines { str *at; size_t len, cap; };

static str read_all(struct arena *a, const char *name) {
    FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
    struct buf b = buf_new(a);
    char chunk[65536];
    if (!f) exit((fprintf(stderr, "cannot read %s\n", name), 4));
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(&b, (str){chunk, n});
    if (f != stdin) fclose(f);
    return buf_str(&b);
}

static struct lines split_lines(struct arena *a, str text) {
    struct lines out = {0};
    str line;
    while (str_split(&text, '\n', &line))
        if (line.len) VEC_PUSH(a, &out, line);
    return out;
}

static double now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* ---- eval ------------------------------------------------------------------------------------------------------------------ */

static void eval_line(struct arena *a, str line, const struct json **trees, size_t count) {
    size_t tab = str_find(line, '\t');
    int64_t i = 0;
    struct fhirpath *path;
    struct values values = {0};
    struct buf out = buf_new(a);
    if (!str_int64(str_slice(line, 0, tab), &i) || i < 0 || (size_t)i >= count) exit(2);
    struct fhirpath_context context = {.resource = trees[i], .now_ms = 1700000000000, .offset_minutes = 420};
    err e = fhirpath_compile(a, str_slice(line, tab + 1, line.len), FHIR_TYPE_NONE, &path);
    if (!e.code) e = fhirpath_evaluate(a, path, &context, &values);
    if (e.code) {
        printf("!%.*s\n", STR_ARG(e.detail));
        return;
    }
    buf_addc(&out, '[');
    for (size_t k = 0; k < values.len; k++) {
        if (k) buf_addc(&out, ',');
        fhirpath_write(a, &out, &values.at[k]);
    }
    printf("%.*s]\n", STR_ARG(buf_str(&out)));
}

static int eval_all(const char *name) {
    struct arena *a = arena_new(), *scratch = arena_new();
    struct lines rows = split_lines(a, read_all(a, name)), asked = split_lines(a, read_all(a, "-"));
    const struct json **trees = ARENA_ARRAY(a, const struct json *, rows.len);
    for (size_t i = 0; i < rows.len; i++) {
        struct json *tree;
        if (json_parse(a, rows.at[i], &tree).code) return 2;
        trees[i] = tree;
    }
    for (size_t i = 0; i < asked.len; i++, arena_reset(scratch)) eval_line(scratch, asked.at[i], trees, rows.len);
    return 0;
}

/* ---- agree ------------------------------------------------------------------------------------------------------------------ */

static bool same_item(struct arena *a, const struct fhir_node *n, const struct value *v) {
    struct value s;
    if (v->kind == VALUE_ELEMENT) {
        struct value own = value_element(n->type, n->node, NULL);
        return v->element.node == n->node || value_equal(a, &own, v) == TRUTH_TRUE;
    }
    return value_to_system(a, v, &s) && s.kind == VALUE_BOOLEAN && (n->node->kind == JSON_TRUE) == s.boolean;
}

/* A union drops equal items: then both must hold the same set. */
static bool same_items(struct arena *a, const struct fhir_nodes *walked, const struct values *values, bool in_order) {
    if (in_order && walked->len != values->len) return false;
    for (size_t i = 0; i < walked->len; i++) {
        bool found = in_order && same_item(a, &walked->at[i], &values->at[i]);
        for (size_t k = 0; k < values->len && !in_order && !found; k++) found = same_item(a, &walked->at[i], &values->at[k]);
        if (!found) return false;
    }
    for (size_t k = 0; k < values->len && !in_order; k++) {
        bool found = false;
        for (size_t i = 0; i < walked->len && !found; i++) found = same_item(a, &walked->at[i], &values->at[k]);
        if (!found) return false;
    }
    return true;
}

static bool agree_slot(struct arena *a, uint16_t slot, const struct json *resource, const char *name, size_t *items) {
    struct fhir_nodes walked = {0};
    struct fhirpath *path;
    struct values all = {0}, values = {0};
    struct fhirpath_context context = {.resource = resource, .budget = 100000000};
    str expression = fhir_slots[slot].expression;
    fhir_select(a, slot, resource, &walked);
    err e = fhirpath_compile(a, expression, FHIR_TYPE_NONE, &path);
    if (!e.code) e = fhirpath_evaluate(a, path, &context, &all);
    for (size_t i = 0; i < all.len; i++) /* a primitive that has only extensions is nothing to index */
        if (all.at[i].kind != VALUE_ELEMENT || all.at[i].element.node) values_add(a, &values, all.at[i]);
    *items += walked.len;
    bool truth = values.len == 0 && walked.len == 1 && walked.at[0].node->kind == JSON_FALSE; /* x.exists() and x != false: empty is false */
    if (!e.code && (truth || same_items(a, &walked, &values, !str_contains(expression, STR("|"))))) return true;
    printf("%s\t%.*s\twalkers %zu, evaluator %zu %.*s\n", name, STR_ARG(expression), walked.len, values.len, STR_ARG(e.detail));
    return false;
}

static int agree(int count, char **names) {
    struct arena *a = arena_new();
    size_t bad = 0, pairs = 0, items = 0;
    fhir_start();
    for (int i = 0; i < count; i++, arena_reset(a)) {
        struct json *tree;
        if (json_parse(a, read_all(a, names[i]), &tree).code) continue;
        fhir_type type = fhir_type_of(tree);
        for (uint16_t s = 0; type && s < fhir_slot_count; s++) {
            if (fhir_slots[s].type != type || fhir_slots[s].kind == SEARCH_COMPOSITE || !fhir_slots[s].expression.len) continue;
            pairs++;
            bad += !agree_slot(a, s, tree, names[i], &items);
        }
    }
    printf("%zu passed, %zu failed (%zu items)\n", pairs - bad, bad, items);
    return bad != 0;
}

/* ---- invariants ------------------------------------------------------------------------------------------------------------- */

static fhir_type owner_of(uint16_t element) {
    for (fhir_type t = 1; t < fhir_types_count; t++)
        if (element >= fhir_types[t].first && element - fhir_types[t].first < fhir_types[t].count) return t;
    return FHIR_TYPE_NONE;
}

static int list_invariants(void) {
    for (size_t i = 0; i < fhir_invariant_uses_count; i++) {
        const struct fhir_invariant_use *u = &fhir_invariant_uses[i];
        const struct fhir_invariant *rule = &fhir_invariants[u->invariant];
        fhir_type owner = u->on_element ? owner_of(u->owner) : u->owner;
        printf("%s\t%s%s%s\t%s\n", fhir_text(rule->key), fhir_type_name(owner), u->on_element ? "." : "", u->on_element ? fhir_text(fhir_elements[u->owner].key) : "",
               fhir_text(rule->expression));
    }
    return 0;
}

static int structure(const char *name) {
    struct arena *a = arena_new(), *scratch = arena_new();
    struct lines rows = split_lines(a, read_all(a, name));
    for (size_t i = 0; i < rows.len; i++, arena_reset(scratch)) {
        struct fhir_issues issues = {0};
        struct json *tree;
        if (json_parse(scratch, rows.at[i], &tree).code) return 2;
        if (fhir_validate(scratch, rows.at[i], tree, STR_NONE, &issues)) puts("ok");
        else printf("%.*s: %.*s\n", STR_ARG(issues.at[0].expression), STR_ARG(issues.at[0].en));
    }
    return 0;
}

/* ---- bench ------------------------------------------------------------------------------------------------------------------ */

enum { COMMONEST = 50, BLOCKS = 40, BLOCK = 10, ROUNDS = 20 };
struct use { uint16_t slot; size_t resources; };

static int by_use(const void *x, const void *y) {
    const struct use *a = x, *b = y;
    return a->resources != b->resources ? (a->resources < b->resources ? 1 : -1) : (int)a->slot - (int)b->slot;
}

/* Walking or evaluating the expression on some resources, again and again: as at saving, the tree is in the processor's cache. */
static double bench_block(struct arena *a, uint16_t slot, const struct fhirpath *path, const struct json **trees, size_t count) {
    double begin = now_ns();
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            struct fhirpath_context context = {.resource = trees[i]};
            struct fhir_nodes nodes = {0};
            struct values values;
            if (path) fhirpath_evaluate(a, path, &context, &values);
            else fhir_select(a, slot, trees[i], &nodes);
        }
        arena_reset(a);
    }
    return now_ns() - begin;
}

static void bench_slot(uint16_t slot, const struct json **trees, size_t count) {
    struct arena *a = arena_new(), *lasting = arena_new();
    const struct json *own[BLOCKS * BLOCK];
    struct fhirpath *path = NULL;
    double walk = 0, evaluate = 0, compile = now_ns();
    size_t n = 0;
    for (size_t i = 0; i < count && n < BLOCKS * BLOCK; i++)
        if (fhir_type_of(trees[i]) == fhir_slots[slot].type) own[n++] = trees[i];
    for (int i = 0; i < 200; i++) {
        arena_reset(lasting);
        fhirpath_compile(lasting, fhir_slots[slot].expression, fhir_slots[slot].type, &path);
    }
    compile = (now_ns() - compile) / 200;
    for (size_t i = 0; i < n; i += BLOCK) {
        size_t some = n - i < BLOCK ? n - i : BLOCK;
        bench_block(a, slot, NULL, own + i, some);
        walk += bench_block(a, slot, NULL, own + i, some);
        evaluate += bench_block(a, slot, path, own + i, some);
    }
    double each = (double)(n ? n : 1) * ROUNDS;
    printf("{\"type\":\"%s\",\"expression\":\"%.*s\",\"resources\":%zu,\"compile\":%.0f,\"walk\":%.1f,\"evaluate\":%.1f}\n", fhir_type_name(fhir_slots[slot].type),
           STR_ARG(fhir_slots[slot].expression), n, compile, walk / each, evaluate / each);
    arena_free(a);
    arena_free(lasting);
}

/* Nanoseconds a resource, the least disturbed of five rounds: with all invariants or structure only. */
static double bench_validate(struct lines rows, const struct json **trees, bool all) {
    struct arena *a = arena_new();
    double least = INFINITY;
    for (int round = 0; round < 6; round++) {
        double t = now_ns();
        for (size_t i = 0; i < rows.len; i++, arena_reset(a)) {
            struct fhir_issues issues = {0};
            if (all) fhirpath_validate(a, rows.at[i], trees[i], &issues);
            else fhir_validate(a, rows.at[i], trees[i], STR_NONE, &issues);
        }
        if (round && now_ns() - t < least) least = now_ns() - t; /* the first warms up */
    }
    arena_free(a);
    return least / (double)rows.len;
}

static int bench(const char *name) {
    struct arena *a = arena_new();
    struct lines rows = split_lines(a, read_all(a, name));
    const struct json **trees = ARENA_ARRAY(a, const struct json *, rows.len);
    size_t by_type[FHIR_TYPE_MAX] = {0};
    fhir_start();
    for (size_t i = 0; i < rows.len; i++) {
        struct json *tree;
        if (json_parse(a, rows.at[i], &tree).code) return 2;
        trees[i] = tree;
        by_type[fhir_type_of(tree)]++;
    }
    struct use *uses = ARENA_ARRAY(a, struct use, fhir_slot_count);
    size_t n = 0;
    for (uint16_t s = 0; s < fhir_slot_count; s++)
        if (fhir_slots[s].kind != SEARCH_COMPOSITE && fhir_slots[s].expression.len && !memchr(fhir_slots[s].expression.at, '"', fhir_slots[s].expression.len))
            uses[n++] = (struct use){s, by_type[fhir_slots[s].type]};
    qsort(uses, n, sizeof *uses, by_use);
    for (size_t i = 0; i < n && i < COMMONEST; i++) bench_slot(uses[i].slot, trees, rows.len);
    double structure = bench_validate(rows, trees, false), all = bench_validate(rows, trees, true);
    printf("{\"structure\":%.0f,\"validate\":%.0f,\"resources\":%zu}\n", structure, all, rows.len);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "eval")) return eval_all(argv[2]);
    if (argc > 2 && !strcmp(argv[1], "agree")) return agree(argc - 2, argv + 2);
    if (argc == 2 && !strcmp(argv[1], "invariants")) return list_invariants();
    if (argc == 3 && !strcmp(argv[1], "structure")) return structure(argv[2]);
    if (argc == 3 && !strcmp(argv[1], "bench")) return bench(argv[2]);
    fprintf(stderr, "use: driver eval RESOURCES | agree FILE... | invariants | structure RESOURCES | bench RESOURCES\n");
    return 2;
}
