/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a page ended, as a signed text in the link to the next one. The server keeps no state: whoever brings a position
 * brings what was asked with it, and the signature binds it to that query and to this node.
 */
#ifndef SEARCH_POSITION_H
#define SEARCH_POSITION_H

#include "base/text.h"

struct position {
    int64_t snapshot; /* log position of the first page: what changed later is left out, so nothing comes twice */
    int64_t dt, rid;  /* the last match of the page */
    str key;          /* value of an explicit _sort, or empty */
};

/* `secret` is the node's 16-byte key; `query` the normalised query without the position. Result: base64url. */
str position_sign(struct arena *a, const unsigned char *secret, str query, const struct position *p);
/* False when the text was not signed by this node for this query. */
bool position_check(struct arena *a, const unsigned char *secret, str query, str text, struct position *out);

#endif
