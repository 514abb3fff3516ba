/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIRPath over FHIR R4 (FHIRPath 2.0.0 with R4's mapping, and the draft functions of HL7's suite). Compile once, evaluate from
 * any thread: a compiled expression is never changed. Everything an evaluation makes lives in its arena.
 */
#ifndef FHIRPATH_FHIRPATH_H
#define FHIRPATH_FHIRPATH_H

#include "fhirpath/value.h"

#include "base/err.h"

struct fhirpath;

/* Syntax, unknown functions and argument counts are checked; with a known `context` type also names of elements and types of
 * operands as far as they are certain (FHIRPath 10, strict). FHIR_TYPE_NONE: no static check. The result lives in `a` and keeps
 * pointing into `source`. ERR_INVALID "line L, column C: why". */
err fhirpath_compile(struct arena *a, str source, fhir_type context, struct fhirpath **out);

struct fhirpath_variable { str name; struct values values; };

struct fhirpath_context {
    const struct json *resource;      /* %resource and, unless `root` is set, %rootResource */
    const struct json *root;          /* the container: contained resources, Bundle entries for resolve() */
    struct value input;               /* %context and the focus; VALUE_ELEMENT of the resource when zero */
    bool has_input;
    int64_t now_ms;                   /* now(), today() */
    int offset_minutes;
    const struct fhirpath_variable *variables;
    size_t variable_count;
    size_t budget;                    /* steps; 0: 3 million */
    size_t *spent;                    /* steps are added here, or NULL */
    void (*trace)(void *context, str name, const struct values *values);
    /* resolve() beyond contained and bundled resources; NULL: not found. The tree must outlive the evaluation. */
    const struct json *(*resolve)(void *context, str reference);
    void *callback;
};

/* ERR_INVALID with position and reason: run-time errors, ERR_TOO_COSTLY: the budget is used up. */
err fhirpath_evaluate(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, struct values *out);
/* For invariants: empty counts as true only when `empty_is_true`. */
err fhirpath_test(struct arena *a, const struct fhirpath *path, const struct fhirpath_context *context, bool empty_is_true, bool *out);

/* One item as JSON: contracts.md, `tram fhirpath`. */
void fhirpath_write(struct arena *a, struct buf *out, const struct value *v);

/* fhir_validate and all invariants of R4 that the definitions put on the resource and its elements; also inside contained resources and
 * Bundle entries; and the rules of rules.h. Steps are limited in all by the size of the source: what is not checked for that is told as a
 * warning. At most 200 issues. True when no error was found. */
bool fhirpath_validate(struct arena *a, str source, const struct json *resource, struct fhir_issues *out);

#endif
