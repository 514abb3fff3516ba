/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables under data/ as they were when the program was built, inside the program: it runs without a folder beside it.
 */
#ifndef BASE_DATA_H
#define BASE_DATA_H

#include "text.h"

/* The text of an embedded file, "network/11-dien-bien.csv" (below data/), or STR_NONE. */
str data_file(const char *path);

/* The generated table (Makefile, DATA): ended by a name NULL. */
struct data_entry { const char *path, *text; size_t len; };
extern const struct data_entry data_entries[];

#endif
