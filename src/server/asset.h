/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's own files (the browser part), embedded in the binary with their compressed forms. The table is made by
 * tools/embed.mjs from build/web/; without a web build it is empty and `/` says so.
 */
#ifndef SERVER_ASSET_H
#define SERVER_ASSET_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
    const char *path; /* "/index.html", "/app-5f3c9a1e.js": below the root, with the leading slash */
    const char *type; /* Content-Type with charset where one applies */
    const char *etag; /* strong, with quotes: of the plain bytes */
    bool immutable;   /* the name carries a hash of the content: may be cached for ever */
    const unsigned char *raw, *gz, *br; /* gz and br are NULL when they would not be smaller */
    size_t raw_size, gz_size, br_size;
};

/* Sorted by path; ended by a row with path NULL. */
extern const struct asset assets[];

#endif
