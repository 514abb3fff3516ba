/* SPDX-License-Identifier: GPL-3.0-or-later
 * HL7's FHIRPath suite for R4 (shared/data/fhir/fhirpath): every test, every output. With TRAM_WRITE_DOCS=FILE it writes the page of
 * verdicts. Tests that R4 does not define are listed in `not_r4` with the reason, and nowhere else. */
#include "fhirpath/fhirpath.h"

#include "base/date.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <stdlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;
static char directory[512];
static FILE *page;

static str read_file(struct arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    struct buf b = buf_new(a);
    char chunk[65536];
    if (!f) return STR_NONE;
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(&b, (str){chunk, n});
    fclose(f);
    return buf_str(&b);
}

/* An input in XML or its JSON twin; NULL when it is not there. */
static const struct json *load_input(struct arena *a, const char *name, bool xml) {
    char path[1024];
    struct json *tree;
    int stem = (int)(strrchr(name, '.') - name);
    snprintf(path, sizeof path, xml ? "%s/inputs/%.*s.xml" : "%s/inputs-json/%.*s.json", directory, stem, name);
    str text = read_file(a, path);
    return text.at && !fhir_read(a, text, NULL, &tree).code ? tree : NULL;
}

static const char *attribute(xmlNode *n, const char *name) { return (const char *)xmlGetProp(n, (const xmlChar *)name); }
static xmlNode *child(xmlNode *n, const char *name) {
    for (xmlNode *c = n->children; c; c = c->next)
        if (c->type == XML_ELEMENT_NODE && !strcmp((const char *)c->name, name)) return c;
    return NULL;
}

/* The item as the suite writes it: dates with @, quantities as 1 'mg'. */
static str item_text(struct arena *a, const struct value *v) {
    struct buf b = buf_new(a);
    struct value s;
    if (!value_to_system(a, v, &s)) {
        fhirpath_write(a, &b, v);
        return buf_str(&b);
    }
    if (s.kind == VALUE_MOMENT) buf_addz(&b, s.moment.kind == MOMENT_TIME ? "@T" : "@");
    str text = STR("");
    value_to_text(a, &s, &text);
    buf_add(&b, text);
    return buf_str(&b);
}

static bool same_output(str got, const char *want, const char *type) {
    struct decimal x, y;
    str w = want ? str_of(want) : STR("");
    if (str_eq(got, w)) return true;
    if ((!type || !strcmp(type, "decimal")) && decimal_parse(got, &x) && decimal_parse(w, &y)) return decimal_compare(x, y) == 0 && (type || x.scale == y.scale); /* -0.0 is 0.0 */
    return false;
}

/* NULL when the test holds on this input, else why not. */
static const char *verdict_on(struct arena *a, xmlNode *test, const struct json *resource) {
    xmlNode *expression = child(test, "expression");
    const char *invalid = attribute(expression, "invalid"), *predicate = attribute(test, "predicate");
    str text = str_of((const char *)xmlNodeGetContent(expression));
    struct fhirpath *path;
    struct values out = {0};
    struct fhirpath_context context = {.resource = resource, .now_ms = clock_now_ms(), .offset_minutes = 420};
    err e = fhirpath_compile(a, text, resource ? fhir_type_of(resource) : FHIR_TYPE_NONE, &path);
    if (!e.code) e = fhirpath_evaluate(a, path, &context, &out);
    if (invalid) return e.code ? NULL : "an error was expected";
    if (e.code) return str_z(a, e.detail);
    xmlNode *outputs[64];
    size_t count = 0;
    for (xmlNode *o = test->children; o; o = o->next)
        if (o->type == XML_ELEMENT_NODE && !strcmp((const char *)o->name, "output")) outputs[count++] = o;
    if (predicate && !strcmp(predicate, "true")) {
        bool yes = out.len && !(out.len == 1 && out.at[0].kind == VALUE_BOOLEAN && !out.at[0].boolean);
        return count == 1 && yes == !strcmp((const char *)xmlNodeGetContent(outputs[0]), "true") ? NULL : "the predicate differs";
    }
    if (out.len != count) return str_z(a, str_format(a, "%zu items instead of %zu", out.len, count));
    for (size_t i = 0; i < count; i++) {
        str got = item_text(a, &out.at[i]);
        const char *want = (const char *)xmlNodeGetContent(outputs[i]);
        if (!same_output(got, want, attribute(outputs[i], "type"))) return str_z(a, str_format(a, "%.*s instead of %s", STR_ARG(got), want));
    }
    return NULL;
}

static size_t passed, failed, twice;

/* The same on the input in JSON and in XML, where both are there. */
static const char *verdict_of(struct arena *a, xmlNode *test) {
    const char *input = attribute(test, "inputfile");
    if (!input) return verdict_on(a, test, NULL);
    const struct json *json = load_input(a, input, false), *xml = load_input(a, input, true);
    if (!json && !xml) return "the input is missing";
    twice += json && xml;
    const char *why = json ? verdict_on(a, test, json) : NULL;
    return why || !xml ? why : verdict_on(a, test, xml);
}

static void one_test(const char *group, xmlNode *test) {
    struct arena *a = arena_new();
    const char *name = attribute(test, "name"), *why = verdict_of(a, test);
    xmlNode *expression = child(test, "expression");
    char *text = (char *)xmlNodeGetContent(expression);
    for (char *p = text; *p; p++)
        if (*p == '\n' || *p == '\t' || *p == '\r') *p = ' ';
    if (why) {
        failed++;
        print_message("%s %s: %s\n    %s\n", group, name ? name : "", why, text);
    } else {
        passed++;
    }
    for (char *p = text; page && *p; p++)
        if (*p == '|') *p = '\xA6';
    if (page) {
        for (char *p = text; *p; p++)
            if (*p == '\xA6') *p = '/';
        fprintf(page, "| %s | %s | `%s` | %s |\n", group, name ? name : "", text, why ? why : "passed");
    }
    xmlFree(text);
    arena_free(a);
}

static void test_suite(void **state) {
    (void)state;
    char path[1024];
    const char *shared = getenv("TRAM_SHARED");
    snprintf(directory, sizeof directory, "%s/data/fhir/fhirpath", shared ? shared : "../shared");
    snprintf(path, sizeof path, "%s/tests-fhir-r4.xml", directory);
    xmlDoc *doc = xmlReadFile(path, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_RECOVER);
    if (!doc) {
        print_message("skipped: the reference data are not here (%s)\n", path);
        skip();
    }
    const char *docs = getenv("TRAM_WRITE_DOCS");
    page = docs ? fopen(docs, "w") : NULL;
    if (page) fprintf(page, "# HL7's FHIRPath suite for R4, test by test\n\nWritten by `make fhirpath-suite`; the tests are HL7's (Apache-2.0), `/` stands for a bar.\n\n| group | test | expression | verdict |\n|---|---|---|---|\n");
    for (xmlNode *g = xmlDocGetRootElement(doc)->children; g; g = g->next) {
        if (g->type != XML_ELEMENT_NODE || strcmp((const char *)g->name, "group")) continue;
        for (xmlNode *t = g->children; t; t = t->next)
            if (t->type == XML_ELEMENT_NODE && !strcmp((const char *)t->name, "test")) one_test(attribute(g, "name"), t);
    }
    if (page) fprintf(page, "\n%zu of %zu tests passed; %zu of them on the input in JSON and in XML.\n", passed, passed + failed, twice), fclose(page);
    print_message("%zu of %zu official tests passed, %zu of them on JSON and XML\n", passed, passed + failed, twice);
    xmlFreeDoc(doc);
    assert_true(passed > 600);
    assert_int_equal(failed, 0);
}

int main(void) {
    arena = arena_new();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_suite)};
    int r = cmocka_run_group_tests_name("fhirpath suite", tests, NULL, NULL);
    arena_free(arena);
    return r;
}
