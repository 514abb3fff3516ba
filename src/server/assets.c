/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program's own files: the table made by tools/embed.mjs, found by binary search. Nothing is read from the disk, so
 * no path can lead out of it.
 */
#include "asset.h"

#include "server_int.h"

static size_t asset_count(void) {
    static _Atomic size_t known; /* counted once; two threads would count the same */
    size_t n = atomic_load(&known);
    if (n == 0 && assets[0].path) {
        while (assets[n].path) n++;
        atomic_store(&known, n);
    }
    return n;
}

bool assets_empty(void) { return asset_count() == 0; }

static const struct asset *exactly(str path) {
    size_t low = 0, high = asset_count();
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = str_compare(path, str_of(assets[middle].path));
        if (c == 0) return &assets[middle];
        if (c < 0) high = middle;
        else low = middle + 1;
    }
    return NULL;
}

const struct asset *asset_find(str path) {
    const struct asset *found = exactly(path);
    if (found) return found;
    size_t last = path.len;
    while (last && path.at[last - 1] != '/') last--;
    return str_find(str_slice(path, last, path.len), '.') == path.len - last ? exactly(STR("/index.html")) : NULL;
}
