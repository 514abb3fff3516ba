/* SPDX-License-Identifier: GPL-3.0-or-later
 * Any JSON as a ViewDefinition, up to a line feed, and what follows as the resource (a small Patient when there is none): compiling and running
 * never break, errors say why, rows are JSON.
 */
#include "views/views.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sample[] = "{\"resourceType\":\"Patient\",\"id\":\"a\",\"birthDate\":\"1980-02\",\"name\":[{\"family\":\"L\",\"given\":[\"An\",\"B\"]},{\"given\":[\"C\"]}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a;
    if (!a) a = arena_new();
    arena_reset(a);
    str all = {(const char *)data, size}, definition = str_slice(all, 0, str_find(all, '\n')), text = str_slice(all, definition.len + 1, all.len);
    struct json *tree, *resource;
    struct view *view;
    struct view_rows rows = {0};
    if (!text.len) text = STR(sample);
    if (json_parse(a, definition, &tree).code || json_parse(a, text, &resource).code) return 0;
    err e = view_compile(a, tree, &view);
    if (!e.code) e = view_run(a, view, resource, &rows);
    if (e.code && !e.detail.len) abort();
    for (size_t i = 0; i < rows.len && i < 20; i++) {
        struct buf line = buf_new(a);
        struct json *row;
        view_write_json(a, &line, view, rows.at[i]);
        if (json_parse(a, buf_str(&line), &row).code) abort();
        view_write_csv(a, &line, view, rows.at[i]);
    }
    return 0;
}
