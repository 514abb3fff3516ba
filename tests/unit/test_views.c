/* SPDX-License-Identifier: GPL-3.0-or-later
 * Views: the tests of SQL-on-FHIR 2 (shared/data/fhir/sof), and what is said of a wrong definition. With TRAM_WRITE_DOCS=FILE it writes the
 * page of verdicts. */
#include "fhirpath/decimal.h"
#include "views/views.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static FILE *page;
static size_t passed, failed;

static const struct json *parse(const char *text) {
    struct json *tree;
    err e = json_parse(arena, str_of(text), &tree);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    return tree;
}

static struct json *read_tree(const char *path) {
    FILE *f = fopen(path, "rb");
    struct buf b = buf_new(arena);
    char chunk[65536];
    struct json *tree = NULL;
    if (!f) return NULL;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(&b, (str){chunk, n});
    fclose(f);
    return json_parse(arena, buf_str(&b), &tree).code ? NULL : tree;
}

/* Members in any order, null as absent, numbers by value. */
static bool same(const struct json *x, const struct json *y) {
    struct decimal a, b;
    if (!x || x->kind == JSON_NULL || !y || y->kind == JSON_NULL) return (!x || x->kind == JSON_NULL) && (!y || y->kind == JSON_NULL);
    if (x->kind != y->kind) return false;
    if (x->kind == JSON_NUMBER) return decimal_parse(x->text, &a) && decimal_parse(y->text, &b) && decimal_compare(a, b) == 0;
    if (x->kind == JSON_STRING) return str_eq(x->text, y->text);
    if (x->kind == JSON_ARRAY) {
        if (x->count != y->count) return false;
        for (const struct json *i = x->first, *k = y->first; i && k; i = i->next, k = k->next)
            if (!same(i, k)) return false;
    }
    if (x->kind == JSON_OBJECT) {
        for (const struct json *m = x->first; m; m = m->next)
            if (!same(m, json_get(y, m->key))) return false;
        for (const struct json *m = y->first; m; m = m->next)
            if (!same(m, json_get(x, m->key))) return false;
    }
    return true;
}

/* The same rows in any order: the suite has none. */
static bool same_rows(const struct view *view, const struct view_rows *rows, const struct json *expect) {
    bool *used = ARENA_ARRAY(arena, bool, rows->len + 1);
    if (rows->len != expect->count) return false;
    for (const struct json *want = expect->first; want; want = want->next) {
        size_t i = 0;
        for (; i < rows->len; i++) {
            struct buf line = buf_new(arena);
            struct json *got;
            if (used[i]) continue;
            view_write_json(arena, &line, view, rows->at[i]);
            if (json_parse(arena, buf_str(&line), &got).code) return false;
            if (same(got, want)) break;
        }
        if (i == rows->len) return false;
        used[i] = true;
    }
    return true;
}

static bool same_names(const struct view *view, const struct json *names) {
    size_t count, i = 0;
    const struct view_column *columns = view_columns(view, &count);
    for (const struct json *n = names->first; n; n = n->next, i++)
        if (i >= count || !str_eq(n->text, columns[i].name)) return false;
    return i == count;
}

static const char *verdict(const struct json *resources, const struct json *test) {
    struct view *view = NULL;
    struct view_rows rows = {0};
    const struct json *expect = JSON_GET(test, "expect"), *names = JSON_GET(test, "expectColumns"), *count = JSON_GET(test, "expectCount");
    err e = view_compile(arena, JSON_GET(test, "view"), &view);
    for (const struct json *r = resources->first; r && !e.code; r = r->next) e = view_run(arena, view, r, &rows);
    if (JSON_GET(test, "expectError")) return e.code ? NULL : "an error was expected";
    if (e.code) return str_z(arena, e.detail);
    int64_t number = 0;
    if (count && (!str_int64(count->text, &number) || rows.len != (size_t)number)) return "another number of rows";
    if (names && !same_names(view, names)) return "other columns";
    return !expect || same_rows(view, &rows, expect) ? NULL : "other rows";
}

static void run_file(const char *path, const char *name) {
    struct json *file = read_tree(path);
    if (!file) fail_msg("cannot read %s", path);
    for (const struct json *t = JSON_GET(file, "tests")->first; t; t = t->next) {
        const char *why = verdict(JSON_GET(file, "resources"), t);
        str title = JSON_TEXT(t, "title");
        if (why) print_message("%s, %.*s: %s\n", name, STR_ARG(title), why);
        passed += !why;
        failed += !!why;
        if (page) fprintf(page, "| %.*s | %.*s | %s |\n", (int)(strlen(name) - 5), name, STR_ARG(title), why ? why : "passed");
    }
}

static int is_json(const struct dirent *d) { return strstr(d->d_name, ".json") != NULL; }

static void test_suite(void **state) {
    (void)state;
    const char *shared = getenv("TRAM_SHARED"), *docs = getenv("TRAM_WRITE_DOCS");
    const char *folder = str_z(arena, str_format(arena, "%s/data/fhir/sof/tests", shared ? shared : "../shared"));
    struct dirent **files;
    int count = scandir(folder, &files, is_json, alphasort);
    if (count <= 0) {
        print_message("skipped: the reference data are not here (%s)\n", folder);
        skip();
    }
    page = docs ? fopen(docs, "w") : NULL;
    if (page) fprintf(page, "# SQL-on-FHIR 2, test by test\n\nWritten by `make views-suite`; the tests are those of SQL-on-FHIR 2 (MIT).\n\n| file | test | verdict |\n|---|---|---|\n");
    for (int i = 0; i < count; i++) {
        run_file(str_z(arena, str_format(arena, "%s/%s", folder, files[i]->d_name)), files[i]->d_name);
        free(files[i]);
    }
    free(files);
    if (page) fprintf(page, "\n%zu of %zu tests passed.\n", passed, passed + failed), fclose(page);
    print_message("%zu of %zu tests of SQL-on-FHIR passed\n", passed, passed + failed);
    assert_int_equal(failed, 0);
}

static void wrong(const char *definition, const char *why) {
    struct view *view;
    err e = view_compile(arena, parse(definition), &view);
    if (!e.code) fail_msg("accepted: %s", definition);
    if (!str_contains(e.detail, str_of(why))) fail_msg("%.*s instead of %s", STR_ARG(e.detail), why);
}

static void test_wrong(void **state) {
    (void)state;
    wrong("{\"resource\":\"Nothing\",\"select\":[]}", "resource: the name of a resource type");
    wrong("{\"resource\":\"Patient\"}", "select: at least one");
    wrong("{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a b\",\"path\":\"id\"}]}]}", "select[0].column[0].name");
    wrong("{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"id\"},{\"name\":\"a\",\"path\":\"id\"}]}]}", "another column");
    wrong("{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"id +\"}]}]}", "select[0].column[0].path: line 1, column");
    wrong("{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"nothing\"}]}]}", "Patient has no element nothing");
    wrong("{\"resource\":\"Patient\",\"select\":[{\"forEach\":\"name\",\"repeat\":[\"name\"],\"column\":[{\"name\":\"a\",\"path\":\"id\"}]}]}", "only one of");
    wrong("{\"resource\":\"Patient\",\"constant\":[{\"name\":\"c\",\"valueQuantity\":{}}],\"select\":[{\"column\":[{\"name\":\"a\",\"path\":\"id\"}]}]}", "constant[0]");
}

static const char view_text[] = "{\"resource\":\"Patient\",\"select\":[{\"column\":[{\"name\":\"id\",\"path\":\"id\"},{\"name\":\"born\",\"path\":\"birthDate\"},"
    "{\"name\":\"given\",\"path\":\"name.given\",\"collection\":true},{\"name\":\"name\",\"path\":\"name.first()\"},{\"name\":\"note\",\"path\":\"name.text.first()\"}]}]}";
static const char patient[] = "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"1980\",\"name\":[{\"given\":[\"An\",\"B\"],\"text\":\"x, \\\"y\\\"\"}]}";

static void test_output(void **state) {
    (void)state;
    struct view *view;
    struct view_rows rows = {0};
    struct buf csv = buf_new(arena), json = buf_new(arena);
    assert_int_equal(view_compile(arena, parse(view_text), &view).code, ERR_OK);
    assert_int_equal(view_run(arena, view, parse(patient), &rows).code, ERR_OK);
    assert_int_equal(rows.len, 1);
    view_write_names(&csv, view);
    view_write_csv(arena, &csv, view, rows.at[0]);
    view_write_json(arena, &json, view, rows.at[0]);
    assert_string_equal(str_z(arena, buf_str(&csv)), "id,born,given,name,note\r\na,1980,\"[\"\"An\"\",\"\"B\"\"]\",\"{\"\"given\"\":[\"\"An\"\",\"\"B\"\"],\"\"text\"\":\"\"x, \\\"\"y\\\"\"\"\"}\",\"x, \"\"y\"\"\"\r\n");
    assert_string_equal(str_z(arena, buf_str(&json)), "{\"id\":\"a\",\"born\":\"1980\",\"given\":[\"An\",\"B\"],\"name\":{\"given\":[\"An\",\"B\"],\"text\":\"x, \\\"y\\\"\"},\"note\":\"x, \\\"y\\\"\"}\n");
}

/* A product of many lists ends with an error, not with the memory. */
static void test_limits(void **state) {
    (void)state;
    struct view *view;
    struct view_rows rows = {0};
    struct buf definition = buf_new(arena), many = buf_new(arena);
    buf_addz(&definition, "{\"resource\":\"Patient\",\"select\":[");
    for (int i = 0; i < 8; i++) buf_addf(&definition, "%s{\"forEach\":\"name\",\"column\":[{\"name\":\"c%d\",\"path\":\"text\"}]}", i ? "," : "", i);
    buf_addz(&definition, "]}");
    buf_addz(&many, "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"a\"}");
    for (int i = 0; i < 40; i++) buf_addz(&many, ",{\"text\":\"b\"}");
    buf_addz(&many, "]}");
    assert_int_equal(view_compile(arena, parse(str_z(arena, buf_str(&definition))), &view).code, ERR_OK);
    assert_int_equal(view_run(arena, view, parse(str_z(arena, buf_str(&many))), &rows).code, ERR_TOO_COSTLY);
}

int main(void) {
    arena = arena_new();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite), cmocka_unit_test(test_wrong), cmocka_unit_test(test_output), cmocka_unit_test(test_limits)};
    int failures = cmocka_run_group_tests_name("views", tests, NULL, NULL);
    arena_free(arena);
    return failures;
}
