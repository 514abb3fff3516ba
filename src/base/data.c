/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A look-up in the generated table.
 */
#include "data.h"

str data_file(const char *path) {
    for (const struct data_entry *e = data_entries; e->path; e++)
        if (!strcmp(e->path, path)) return (str){e->text, e->len};
    return STR_NONE;
}
