/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Replacing links inside a resource's text while every other byte stays as it was sent (FHIR R4 3.1.0.11.2: a transaction
 * replaces the links to the resources that it creates, and conditional references). Pure.
 */
#ifndef REST_REWRITE_H
#define REST_REWRITE_H

#include "base/json.h"

/* What stands instead of the link `value` of the member `key`; STR_NONE keeps it. */
typedef str rewrite_fn(void *context, str key, str value);

/* Can a member of this name hold a link? reference, url, uri, and extension values of a uri type. */
bool rewrite_is_link(str key);

/* Calls fn for each link of `resource` (a tree pointing into `source`), in the order of the text. If any changed, appends the
 * whole changed resource to `out` and returns true; otherwise writes nothing. */
bool rewrite_links(struct arena *a, str source, const struct json *resource, rewrite_fn *fn, void *context, struct buf *out);

#endif
