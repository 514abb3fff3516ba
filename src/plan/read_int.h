/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the readers of plan/: words, numbers, and the CSV half.
 */
#ifndef PLAN_READ_INT_H
#define PLAN_READ_INT_H

#include "read.h"

enum { PLAN_MOST_NODES = 8000 };

struct scan {
    str text;
    size_t at;
    unsigned line;
};

/* The next word between white space; false at the end. */
bool scan_word(struct scan *s, str *out);

/* Fields of one CSV line, views into it; at most `most` are stored. Returns how many. */
size_t csv_fields(str line, str *field, size_t most);

err plan_read_csv(struct arena *a, str text, struct plan_file *out);

#endif
