/* SPDX-License-Identifier: GPL-3.0-or-later
 * Any text as an expression, up to a line feed, and what follows as the resource (a small Patient when there is none): compiling with and
 * without static types and evaluating never break, errors carry their position, results are JSON; validating any tree with all invariants
 * never breaks either and agrees with its own issues.
 */
#include "fhirpath/fhirpath.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sample[] = "{\"resourceType\":\"Patient\",\"id\":\"a\",\"active\":true,\"birthDate\":\"1980-02\",\"_birthDate\":{\"id\":\"b\"},\"name\":[{\"family\":\"L\\u00ea\","
    "\"given\":[\"An\",\"B\"]}],\"multipleBirthInteger\":2,\"contact\":[{\"name\":{\"family\":\"X\"}}],\"extension\":[{\"url\":\"http://a.vn/q\","
    "\"valueQuantity\":{\"value\":1.5,\"unit\":\"kg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"kg\"}}]}";

static void run(struct arena *a, str expression, fhir_type type, const struct json *resource) {
    struct fhirpath *path;
    struct values values;
    struct fhirpath_context context = {.resource = resource, .now_ms = 1700000000000, .offset_minutes = 420, .budget = 20000};
    err e = fhirpath_compile(a, expression, type, &path);
    if (!e.code) e = fhirpath_evaluate(a, path, &context, &values);
    if (e.code) {
        if (!str_starts(e.detail, STR("line "))) abort();
        return;
    }
    for (size_t i = 0; i < values.len && i < 20; i++) {
        struct buf out = buf_new(a);
        struct json *tree;
        fhirpath_write(a, &out, &values.at[i]);
        if (utf8_valid(expression) == expression.len && json_parse(a, buf_str(&out), &tree).code) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a;
    if (!a) a = arena_new();
    arena_reset(a);
    str all = {(const char *)data, size}, expression = str_slice(all, 0, str_find(all, '\n')), text = str_slice(all, expression.len + 1, all.len);
    struct json *tree = NULL;
    if (!text.len) text = STR(sample);
    if (json_parse(a, text, &tree).code || tree->kind != JSON_OBJECT) return 0;
    fhir_type type = fhir_type_of(tree);
    run(a, expression, FHIR_TYPE_NONE, tree);
    if (type) run(a, expression, type, tree);
    struct fhir_issues issues = {0};
    bool good = fhirpath_validate(a, text, tree, &issues);
    if (good == fhir_issues_have_error(&issues)) abort();
    return 0;
}
