/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every invariant of R4: the resource of tests/fhirpath/invariants.ndjson that breaks it is told so by its key, the one that keeps it is not.
 * The pairs are made by tests/fhirpath/invariants.mjs, judged by npm fhirpath. */
#include "fhirpath/fhirpath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static struct arena *arena;

static str read_all(const char *name) {
    FILE *f = fopen(name, "rb");
    struct buf b = buf_new(arena);
    char chunk[65536];
    if (!f) fail_msg("cannot read %s", name);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(&b, (str){chunk, n});
    fclose(f);
    return buf_str(&b);
}

static fhir_type owner_of(uint16_t element) {
    for (fhir_type t = 1; t < fhir_types_count; t++)
        if (element >= fhir_types[t].first && element - fhir_types[t].first < fhir_types[t].count) return t;
    return FHIR_TYPE_NONE;
}

/* "Type" or "Type.element": where an invariant stands. */
static bool stands_at(const struct fhir_invariant_use *u, str at) {
    fhir_type owner = u->on_element ? owner_of(u->owner) : u->owner;
    str name = str_of(fhir_type_name(owner));
    if (u->on_element) name = str_format(arena, "%.*s.%s", STR_ARG(name), fhir_text(fhir_elements[u->owner].key));
    return str_eq(name, at);
}

static const struct fhir_invariant *find(str key, str at) {
    for (size_t i = 0; i < fhir_invariant_uses_count; i++) {
        const struct fhir_invariant *rule = &fhir_invariants[fhir_invariant_uses[i].invariant];
        if (str_is(key, fhir_text(rule->key)) && stands_at(&fhir_invariant_uses[i], at)) return rule;
    }
    return NULL;
}

/* Does validation say that this invariant is broken: "key: sentence", or "(key)" where the structure itself is at fault? */
static bool is_told(const struct json *resource, const struct fhir_invariant *rule) {
    struct buf text = buf_new(arena);
    struct json *tree;
    struct fhir_issues issues = {0};
    str whole = str_format(arena, "%s: %s", fhir_text(rule->key), fhir_text(rule->human)), key = str_format(arena, "(%s)", fhir_text(rule->key));
    json_write(&text, resource);
    assert_int_equal(json_parse(arena, buf_str(&text), &tree).code, ERR_OK);
    fhirpath_validate(arena, buf_str(&text), tree, &issues);
    for (size_t i = 0; i < issues.len; i++) {
        bool weight = (issues.at[i].severity == FHIR_ERROR) == rule->error;
        if (weight && (str_eq(issues.at[i].en, whole) || str_contains(issues.at[i].en, key))) return true;
    }
    return false;
}

static void test_pairs(void **state) {
    (void)state;
    str rest = read_all("tests/fhirpath/invariants.ndjson"), line;
    bool *covered = ARENA_ARRAY(arena, bool, fhir_invariants_count);
    size_t wrong = 0, never = 0;
    while (str_split(&rest, '\n', &line)) {
        struct json *row;
        if (!line.len) continue;
        assert_int_equal(json_parse(arena, line, &row).code, ERR_OK);
        str key = JSON_TEXT(row, "key"), at = JSON_TEXT(row, "at");
        const struct fhir_invariant *rule = find(key, at);
        if (!rule) fail_msg("no invariant %.*s at %.*s", STR_ARG(key), STR_ARG(at));
        const struct json *breaks = JSON_GET(row, "breaks"), *keeps = JSON_GET(row, "keeps");
        bool hopeless = JSON_TEXT(row, "never").len > 0; /* the reason why nothing can break it */
        bool right = (hopeless || (breaks && is_told(breaks, rule))) && keeps && !is_told(keeps, rule);
        if (!right) print_message("%.*s at %.*s: %s\n", STR_ARG(key), STR_ARG(at), breaks && !is_told(breaks, rule) ? "not told" : "told of one that keeps it");
        wrong += !right;
        never += hopeless;
        covered[rule - fhir_invariants] = true;
    }
    for (size_t i = 0; i < fhir_invariants_count; i++) {
        if (!covered[i]) print_message("%s has no pair\n", fhir_text(fhir_invariants[i].key));
        wrong += !covered[i];
    }
    assert_int_equal(wrong, 0);
    assert_true(never <= 1);
}

int main(void) {
    arena = arena_new();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pairs)};
    int failed = cmocka_run_group_tests_name("invariants", tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
