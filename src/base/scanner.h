/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words between white space with their line and column, for formats that are rows of numbers; and what is expected there, in both
 * languages.
 */
#ifndef BASE_SCANNER_H
#define BASE_SCANNER_H

#include "err.h"

struct scanner {
    str text;
    size_t at;
    unsigned line;
    size_t line_at, word_at; /* where the line and the last word begin */
};

/* The column of the last word, from 1. */
static inline unsigned scanner_column(const struct scanner *s) { return (unsigned)(s->word_at - s->line_at + 1); }

/* The next word between white space; false at the end. */
bool scanner_word(struct scanner *s, str *out);

/* What is expected, in both languages; a message of err_both() takes the two and shows its own. */
struct words {
    const char *en, *vi;
};
#define EN_WORD "%s%.0s"
#define VI_WORD "%.0s%s"

#endif
