/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON Patch (RFC 6902) on a resource. Pure.
 */
#ifndef REST_PATCH_H
#define REST_PATCH_H

#include "base/json.h"

/* Applies `patch` (a JSON array of operations) to `document`; the result is appended to `out` as minified JSON, digits as
 * they were. ERR_INVALID: the patch itself is malformed; ERR_UNPROCESSABLE: a path is absent or a test failed. */
err patch_apply(struct arena *a, str document, str patch, struct buf *out);

#endif
