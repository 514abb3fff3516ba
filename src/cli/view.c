/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * view: a flat table out of files of resources, without a node.
 */
#include "cli.h"

#include "views/views.h"

#include <stdio.h>

struct table {
    struct invocation *in;
    const struct view *view;
    struct arena *scratch; /* emptied after each resource */
    bool json;
    int code;
};

/* The rows of one resource; of a Bundle those of its entries too. */
static err add_resource(struct table *t, const struct json *resource) {
    struct view_rows rows = {0};
    struct buf out = buf_new(t->scratch);
    const struct json *entries = fhir_type_of(resource) == FHIR_TYPE_BUNDLE ? JSON_GET(resource, "entry") : NULL;
    TRY(view_run(t->scratch, t->view, resource, &rows));
    for (size_t i = 0; i < rows.len; i++) {
        if (t->json) view_write_json(t->scratch, &out, t->view, rows.at[i]);
        else view_write_csv(t->scratch, &out, t->view, rows.at[i]);
    }
    if (out.len) t->code = print(t->in, buf_str(&out), t->code);
    for (const struct json *e = entries ? entries->first : NULL; e && t->code == EXIT_DONE; e = e->next) TRY(add_resource(t, JSON_GET(e, "resource")));
    return OK_ERR;
}

/* A resource a line. */
static err add_lines(struct table *t, str text) {
    str line;
    for (size_t number = 1; str_split(&text, '\n', &line) && t->code == EXIT_DONE; number++) {
        struct json *tree;
        if (!str_trim(line).len) continue;
        arena_reset(t->scratch);
        err e = json_parse(t->scratch, line, &tree);
        if (!e.code) e = add_resource(t, tree);
        if (e.code) return err_make(t->in->arena, e.code, NULL, "record %zu: %.*s", number, STR_ARG(e.detail));
    }
    return OK_ERR;
}

/* Several lines of which the first is a whole value are NDJSON. */
static bool is_lines(str text, struct arena *scratch) {
    struct json *tree;
    str first = str_slice(text, 0, str_find(text, '\n'));
    return first.len < text.len && !json_parse(scratch, first, &tree).code && str_trim(str_slice(text, first.len, text.len)).len;
}

static err add_file(struct table *t, const char *path) {
    struct arena *a = arena_new();
    struct json *tree;
    str text;
    err e = read_input(a, path, &text);
    if (!e.code && is_lines(text, t->scratch)) {
        e = add_lines(t, text);
    } else if (!e.code) {
        arena_reset(t->scratch);
        e = fhir_read(t->scratch, text, NULL, &tree);
        if (!e.code) e = add_resource(t, tree);
    }
    if (e.code)
        e = (err){.code = e.code, .at = str_z(t->in->arena, str_of(path)), .detail = str_copy(t->in->arena, e.detail)};
    arena_free(a);
    return e;
}

static err read_view(struct invocation *in, const char *path, struct view **out) {
    struct json *definition;
    str text;
    TRY(read_input(in->arena, path, &text));
    err e = fhir_read(in->arena, text, NULL, &definition);
    if (!e.code) e = view_compile(in->arena, definition, out);
    e.at = path;
    return e;
}

int command_view(struct invocation *in) {
    const char *format = option_value(in, "format");
    struct view *view;
    err e = read_view(in, in->arguments[0], &view);
    if (!e.code && format && strcmp(format, "csv") && strcmp(format, "ndjson")) e = err_make(in->arena, ERR_USAGE, "--format", "csv or ndjson");
    if (e.code) return fail(in, e);
    struct table t = {in, view, arena_new(), format && !strcmp(format, "ndjson"), EXIT_DONE};
    struct buf names = buf_new(in->arena);
    if (!t.json) {
        view_write_names(&names, view);
        t.code = print(in, buf_str(&names), t.code);
    }
    for (size_t i = 1; i < in->count && !e.code && t.code == EXIT_DONE; i++) e = add_file(&t, in->arguments[i]);
    arena_free(t.scratch);
    return e.code ? fail(in, e) : t.code;
}
