/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * fhirpath and validate: the FHIR language on files, without a node.
 */
#include "cli.h"

#include "base/date.h"
#include "fhirpath/fhirpath.h"

#include <stdio.h>

static void print_trace(void *context, str name, const struct values *values) {
    struct invocation *in = context;
    for (size_t i = 0; i < values->len; i++) {
        struct buf line = buf_new(in->arena);
        fhirpath_write(in->arena, &line, &values->at[i]);
        fprintf(stderr, "%.*s: %.*s\n", STR_ARG(name), STR_ARG(buf_str(&line)));
    }
}

static err read_resource(struct invocation *in, const char *path, const struct json **out) {
    struct json *tree;
    str text;
    TRY(read_input(in->arena, path, &text));
    TRY(fhir_read(in->arena, text, NULL, &tree));
    *out = tree;
    if (fhir_type_of(tree)) return OK_ERR;
    const struct json *type = JSON_GET(tree, "resourceType");
    unsigned line, column;
    json_position(text, type ? type->begin : tree->begin, &line, &column);
    return err_make(in->arena, ERR_INVALID, path, "line %u, column %u: no resource: resourceType is %s", line, column, type ? "unknown" : "missing");
}

int command_fhirpath(struct invocation *in) {
    const char *file = option_value(in, "resource");
    const struct json *resource = NULL;
    struct fhirpath *path;
    struct values values;
    err e = file ? read_resource(in, file, &resource) : OK_ERR;
    struct fhirpath_context context = {.resource = resource, .now_ms = clock_now_ms(), .offset_minutes = VIETNAM_OFFSET_MINUTES,
                                       .trace = print_trace, .callback = in};
    if (!e.code) e = fhirpath_compile(in->arena, str_of(in->arguments[0]), resource ? fhir_type_of(resource) : FHIR_TYPE_NONE, &path);
    if (!e.code) e = fhirpath_evaluate(in->arena, path, &context, &values);
    if (e.code) return fail(in, e);
    struct buf out = buf_new(in->arena);
    for (size_t i = 0; i < values.len; i++) {
        fhirpath_write(in->arena, &out, &values.at[i]);
        buf_addc(&out, '\n');
    }
    return print(in, buf_str(&out), EXIT_DONE);
}

/* One OperationOutcome a line; false when the file has an error. */
static bool validate_file(struct invocation *in, const char *path, int *code) {
    struct arena *a = arena_new();
    struct fhir_issues issues = {0};
    struct json *tree;
    struct buf line = buf_new(a);
    str text;
    err e = read_input(a, path, &text);
    if (e.code) { /* no file to speak of: not a verdict */
        *code = fail(in, (err){.code = e.code, .at = NULL, .detail = str_copy(in->arena, e.detail)});
    } else if ((e = fhir_read(a, text, &issues, &tree)).code) {
        fhir_outcome_error(&line, e, in->vietnamese);
    } else {
        fhirpath_validate(a, text, tree, &issues);
        fhir_outcome(&line, &issues, in->vietnamese);
    }
    bool good = !e.code && !fhir_issues_have_error(&issues);
    if (line.len) {
        buf_addc(&line, '\n');
        int written = print(in, buf_str(&line), EXIT_DONE);
        if (written) *code = written;
    }
    arena_free(a);
    return good;
}

int command_validate(struct invocation *in) {
    int code = EXIT_DONE;
    for (size_t i = 0; i < in->count; i++)
        if (!validate_file(in, in->arguments[i], &code) && code == EXIT_DONE) code = EXIT_WRONG;
    return code;
}
