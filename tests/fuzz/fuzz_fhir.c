/* SPDX-License-Identifier: GPL-3.0-or-later
 * Any bytes as a resource: parsing, validating (every issue has a position inside the text and the outcome is JSON),
 * extracting and taking references apart never break, in JSON or XML, and what the validator reports does not depend on white space that
 * json_minify removes.
 */
#include "fhir/fhir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What XML gives can be written as JSON and read again, and both have the same verdict. */
static void xml(struct arena *a, str source) {
    struct json *tree, *again;
    struct fhir_issues issues = {0}, other = {0};
    struct buf text = buf_new(a);
    if (fhir_xml_parse(a, source, NULL, &tree).code) return;
    bool good = fhir_validate(a, source, tree, STR_NONE, &issues);
    json_write(&text, tree);
    if (json_parse(a, buf_str(&text), &again).code) abort();
    if (fhir_validate(a, buf_str(&text), again, STR_NONE, &other) != good) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a;
    if (!a) a = arena_new();
    arena_reset(a);
    str source = {(const char *)data, size};
    fhir_reference_parse(source);
    fhir_id_valid(source);
    for (fhir_type t = FHIR_TYPE_BASE64_BINARY; t <= FHIR_TYPE_XHTML; t++) fhir_primitive_valid(t, source);
    struct json *tree;
    if (fhir_is_xml(source)) {
        xml(a, source);
        return 0;
    }
    if (json_parse(a, source, &tree).code) return 0;
    struct fhir_issues issues = {0}, again = {0};
    bool good = fhir_validate(a, source, tree, STR_NONE, &issues);
    if (good != !fhir_issues_have_error(&issues)) abort();
    for (size_t i = 0; i < issues.len; i++)
        if (!issues.at[i].line || !issues.at[i].column || !issues.at[i].en.len || !issues.at[i].vi.len) abort();
    struct buf out = buf_new(a), small = buf_new(a);
    struct json *outcome, *minified;
    fhir_outcome(&out, &issues, size & 1);
    if (json_parse(a, buf_str(&out), &outcome).code) abort();
    json_minify(&small, source, tree);
    if (json_parse(a, buf_str(&small), &minified).code) abort();
    if (fhir_validate(a, buf_str(&small), minified, STR_NONE, &again) != good || again.len != issues.len) abort();
    struct fhir_index index;
    if (fhir_type_of(tree)) fhir_extract(a, fhir_type_of(tree), tree, &index);
    return 0;
}
