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
    size_t line_at, word_at; /* where the line and the last word begin */
};

/* The column of the last word, from 1. */
static inline unsigned scan_column(const struct scan *s) { return (unsigned)(s->word_at - s->line_at + 1); }

/* What is expected, in both languages; a message of err_both() takes the two and shows its own. */
struct words {
    const char *en, *vi;
};
#define EN_WORD "%s%.0s"
#define VI_WORD "%.0s%s"

/* The next word between white space; false at the end. */
bool scan_word(struct scan *s, str *out);

/* Fields of one CSV line, views into it; at most `most` are stored. Returns how many. */
size_t csv_fields(str line, str *field, size_t most);

err plan_read_csv(struct arena *a, str text, struct plan_file *out);

#endif
