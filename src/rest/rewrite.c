/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links are found in the tree, replaced in the text: the tree knows where each string begins and ends.
 */
#include "rewrite.h"

#include "base/vec.h"

#include <stdlib.h>

static str quoted(struct arena *a, str s) {
    struct buf b = buf_new(a);
    buf_add_json(&b, s);
    return buf_str(&b);
}

bool rewrite_is_link(str key) {
    static const char *const names[] = {"reference", "url",      "uri",       "valueUri",
                                        "valueUrl",  "valueOid", "valueUuid", "valueCanonical"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(key, names[i])) return true;
    return false;
}

void rewrite_links(struct arena *a, const struct json *node, rewrite_fn *fn, void *context, struct edits *out) {
    if (node->kind == JSON_STRING && rewrite_is_link(node->key)) {
        str link = fn(context, node->key, node->text);
        if (link.at) VEC_PUSH(a, out, (struct edit){node->begin, node->end, quoted(a, link)});
    }
    for (const struct json *child = node->first; child; child = child->next) rewrite_links(a, child, fn, context, out);
}

void rewrite_id(struct arena *a, const struct json *resource, str id, struct edits *out) {
    const struct json *old = JSON_GET(resource, "id"), *type = JSON_GET(resource, "resourceType");
    if (old && old->kind == JSON_STRING && str_eq(old->text, id)) return;
    if (old) VEC_PUSH(a, out, (struct edit){old->begin, old->end, quoted(a, id)});
    else if (type) VEC_PUSH(a, out, (struct edit){type->end, type->end, str_format(a, ",\"id\":\"%.*s\"", STR_ARG(id))});
}

static int by_begin(const void *x, const void *y) {
    const struct edit *a = x, *b = y;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

str rewrite_apply(struct arena *a, str source, const struct json *resource, struct edits *edits) {
    struct buf out = buf_new(a);
    size_t copied = resource->begin, grow = 0;
    for (size_t i = 0; i < edits->len; i++) grow += edits->at[i].text.len;
    buf_reserve(&out, resource->end - resource->begin + grow);
    if (edits->len) qsort(edits->at, edits->len, sizeof *edits->at, by_begin);
    for (size_t i = 0; i < edits->len; i++) {
        buf_add(&out, str_slice(source, copied, edits->at[i].begin));
        buf_add(&out, edits->at[i].text);
        copied = edits->at[i].end;
    }
    buf_add(&out, str_slice(source, copied, resource->end));
    return buf_str(&out);
}
