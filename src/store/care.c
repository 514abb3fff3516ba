/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Care of the node: upgrade.
 */
#include "store_int.h"

err store_upgrade(struct store *s, struct arena *a, int64_t from) {
    return err_make(a, ERR_NOT_SUPPORTED, NULL, "%s has format %lld, which no release ever wrote", s->dir, (long long)from);
}
