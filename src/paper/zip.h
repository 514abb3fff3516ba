/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parts of a zip archive in memory (APPNOTE 6.3, without encryption and zip64): what workbooks are packed in.
 */
#ifndef PAPER_ZIP_H
#define PAPER_ZIP_H

#include "base/err.h"

/* The unpacked part of that name, or STR_NONE when there is none. `*room` is what may still be unpacked and is made less.
 * ERR_INVALID: no archive, damaged; ERR_TOO_LONG: beyond the room. */
err zip_part(struct arena *a, str bytes, str name, size_t *room, str *out);

#endif
