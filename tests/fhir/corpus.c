/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Runs the fhir room over many resources: `corpus check FILE...` validates each file (JSON; "-" is stdin) and prints every issue
 * as NAME: line:column expression: text, `corpus rules FILE...` with all invariants; `corpus bundles` reads one Bundle from stdin, validates each entry's resource and prints the
 * counts; `corpus bench` does the same and prints the microseconds of parsing, validating and extracting a mean resource.
 */
#include "fhirpath/fhirpath.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool read_all(struct arena *a, const char *name, str *out) {
    FILE *f = strcmp(name, "-") ? fopen(name, "rb") : stdin;
    if (!f) return false;
    struct buf b = buf_new(a);
    size_t n;
    do {
        buf_reserve(&b, 1 << 16);
        n = fread(b.at + b.len, 1, 1 << 16, f);
        b.len += n;
    } while (n);
    if (f != stdin) fclose(f);
    *out = buf_str(&b);
    return true;
}

static void print_issues(const char *name, const struct fhir_issues *issues, size_t most) {
    for (size_t i = 0; i < issues->len && i < most; i++)
        printf("%s\t%u:%u\t%.*s\t%s%.*s\n", name, issues->at[i].line, issues->at[i].column, STR_ARG(issues->at[i].expression),
               issues->at[i].severity == FHIR_WARNING ? "warning: " : "", STR_ARG(issues->at[i].en));
}

/* Minified, read again and minified gives the same bytes; extraction runs on the type. */
static bool round_trip(struct arena *a, str source, const struct json *tree) {
    struct buf once = buf_new(a), twice = buf_new(a);
    struct json *again;
    struct fhir_index index;
    json_minify(&once, source, tree);
    if (json_parse(a, buf_str(&once), &again).code) return false;
    json_minify(&twice, buf_str(&once), again);
    if (fhir_type_of(tree)) fhir_extract(a, fhir_type_of(tree), tree, &index);
    return str_eq(buf_str(&once), buf_str(&twice));
}

/* With invariants and rules, or structure only. */
static bool validate(bool full, struct arena *a, str source, const struct json *tree, struct fhir_issues *issues) {
    return full ? fhirpath_validate(a, source, tree, issues) : fhir_validate(a, source, tree, STR_NONE, issues);
}

static int check(bool full, int count, char **names) {
    struct arena *a = arena_new();
    int good = 0, bad = 0;
    for (int i = 0; i < count; i++, arena_reset(a)) {
        str source;
        struct json *tree;
        struct fhir_issues issues = {0};
        if (!read_all(a, names[i], &source)) {
            fprintf(stderr, "cannot read %s\n", names[i]);
            return 4;
        }
        const char *base = strrchr(names[i], '/') ? strrchr(names[i], '/') + 1 : names[i];
        err e = fhir_read(a, source, &issues, &tree);
        if (e.code) printf("%s\t\t\t%.*s\n", base, STR_ARG(e.detail));
        bool same = e.code || fhir_is_xml(source) || round_trip(a, source, tree);
        if (!same) printf("%s\t\t\tchanged by writing and reading\n", base);
        if (!e.code && same && validate(full, a, source, tree, &issues) && !fhir_issues_have_error(&issues)) good++;
        else bad++;
        print_issues(base, &issues, 20);
    }
    printf("%d passed, %d failed\n", good, bad);
    arena_free(a);
    return bad != 0;
}

struct entry { str text; fhir_type type; };

static int bundle(bool bench) {
    struct arena *a = arena_new(), *scratch = arena_new();
    str source;
    struct json *tree;
    read_all(a, "-", &source);
    err e = json_parse(a, source, &tree);
    if (e.code) return fprintf(stderr, "%.*s\n", STR_ARG(e.detail)), 1;
    size_t bad = 0, n = 0, bytes = 0;
    const struct json *entries = JSON_GET(tree, "entry");
    struct entry *all = ARENA_ARRAY(a, struct entry, entries ? entries->count : 0);
    for (const struct json *i = entries ? entries->first : NULL; i; i = i->next, n++) {
        const struct json *resource = JSON_GET(i, "resource");
        struct buf b = buf_new(a);
        json_minify(&b, source, resource);
        all[n] = (struct entry){buf_str(&b), fhir_type_of(resource)};
        bytes += b.len;
    }
    double parse = 0, structure = 0, extract = 0, rules = 0;
    size_t rounds = bench ? 5 : 1, tokens = 0;
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < n; i++, arena_reset(scratch)) {
            struct json *resource;
            struct fhir_issues issues = {0};
            struct fhir_index index;
            double t0 = now_us();
            e = json_parse(scratch, all[i].text, &resource);
            double t1 = now_us();
            bool good = !e.code && fhir_validate(scratch, all[i].text, resource, STR("Bundle.entry.resource"), &issues);
            double t2 = now_us();
            if (!e.code) fhir_extract(scratch, all[i].type, resource, &index);
            double t3 = now_us();
            parse += t1 - t0, structure += t2 - t1, extract += t3 - t2;
            struct fhir_issues all_issues = {0};
            if (!e.code) fhirpath_validate(scratch, all[i].text, resource, &all_issues);
            rules += now_us() - t3;
            tokens += index.tokens.len;
            if (round) continue;
            if (!good) bad++;
            print_issues(fhir_type_name(all[i].type), &issues, 3);
        }
    printf("%zu resources, %zu failed, %zu bytes", n, bad, bytes);
    if (bench && n) {
        double each = (double)(n * rounds);
        printf("; mean %.0f bytes: parse %.2f us, validate %.2f us, with invariants %.2f us, extract %.2f us", (double)bytes / (double)n, parse / each, structure / each,
               rules / each, extract / each);
    }
    printf("\n");
    arena_free(scratch);
    arena_free(a);
    return bad != 0;
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "check")) return check(false, argc - 2, argv + 2);
    if (argc > 2 && !strcmp(argv[1], "rules")) return check(true, argc - 2, argv + 2);
    if (argc == 2 && !strcmp(argv[1], "bundles")) return bundle(false);
    if (argc == 2 && !strcmp(argv[1], "bench")) return bundle(true);
    fprintf(stderr, "use: corpus check|rules FILE... | bundles | bench\n");
    return 2;
}
