/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Comma-separated text (RFC 4180): quoted fields, doubled quotes, LF or CRLF. For the tables of our own under data/ and for lists
 * that people import; nothing is guessed about types.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "err.h"

struct csv {
    str rest;      /* what has not been read yet */
    unsigned line; /* of the row read last, from 1 */
    char separator; /* between fields; 0: a comma */
};

/* The next row into fields[0..*count); empty lines are skipped. *row false at the end. Fields are views into the text, or
 * copies in `a` when they had doubled quotes. ERR_INVALID: more than `max` fields, text after a closing quote, or an open quote at the end. */
err csv_row(struct csv *c, struct arena *a, str *fields, size_t max, size_t *count, bool *row);

/* Writes one field, quoted where a comma, a quote or a line end asks for it. */
void csv_add(struct buf *out, str field);

#endif
