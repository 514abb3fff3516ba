/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replacing links and the id inside a resource's text while every other byte stays as it was sent (FHIR R4 3.1.0.11.2: a
 * transaction replaces the links to the resources that it creates, and conditional references). Pure.
 */
#ifndef REST_REWRITE_H
#define REST_REWRITE_H

#include "base/json.h"

struct edits {
    struct edit { size_t begin, end; str text; } *at; /* source[begin, end) becomes text */
    size_t len, cap;
};

/* What stands instead of the link `value` of the member `key`; STR_NONE keeps it. */
typedef str rewrite_fn(void *context, str key, str value);

/* Can a member of this name hold a link? reference, url, uri, and extension values of a uri type. */
bool rewrite_is_link(str key);

/* Calls fn for each link of `resource` in the order of the text; adds the replacements. */
void rewrite_links(struct arena *a, const struct json *resource, rewrite_fn *fn, void *context, struct edits *out);
/* Gives the resource this id: replaces the member `id` or inserts it behind resourceType. Nothing when it has it already. */
void rewrite_id(struct arena *a, const struct json *resource, str id, struct edits *out);
/* The text of the resource with the edits. */
str rewrite_apply(struct arena *a, str source, const struct json *resource, struct edits *edits);

#endif
