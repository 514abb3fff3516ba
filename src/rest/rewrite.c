/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links are found in the tree, replaced in the text: the tree knows where each string begins and ends.
 */
#include "rewrite.h"

struct rewriter {
    str source;
    rewrite_fn *fn;
    void *context;
    struct buf *out;
    size_t copied; /* offset of the source up to which `out` holds the result */
    bool changed;
};

bool rewrite_is_link(str key) {
    static const char *const names[] = {"reference", "url",      "uri",       "valueUri",
                                        "valueUrl",  "valueOid", "valueUuid", "valueCanonical"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(key, names[i])) return true;
    return false;
}

static void walk(struct rewriter *w, const struct json *node, size_t begin) {
    if (node->kind == JSON_STRING && rewrite_is_link(node->key)) {
        str link = w->fn(w->context, node->key, node->text);
        if (!link.at) return;
        if (!w->changed) w->copied = begin;
        w->changed = true;
        buf_add(w->out, str_slice(w->source, w->copied, node->begin));
        buf_add_json(w->out, link);
        w->copied = node->end;
    }
    for (const struct json *child = node->first; child; child = child->next) walk(w, child, begin);
}

bool rewrite_links(struct arena *a, str source, const struct json *resource, rewrite_fn *fn, void *context,
                   struct buf *out) {
    struct rewriter w = {.source = source, .fn = fn, .context = context, .out = out};
    (void)a;
    walk(&w, resource, resource->begin);
    if (w.changed) buf_add(out, str_slice(source, w.copied, resource->end));
    return w.changed;
}
