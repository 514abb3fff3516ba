/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON as a tree in an arena, strict (RFC 8259) and a little stricter: duplicate keys, invalid UTF-8, lone surrogates,
 * U+0000 and more than JSON_DEPTH levels are errors with line and column. Numbers keep their digits. The tree points
 * into the source text, so the source must live as long as the tree. A tree is never changed after reading.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "err.h"

enum { JSON_DEPTH = 100 };

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    struct json *next;  /* next item or member of the same parent */
    struct json *first; /* first item or member */
    str key;            /* name, when this is a member of an object */
    str text;           /* STRING: the decoded text; NUMBER: the digits as sent */
    uint32_t begin, end; /* the value's bytes in the source: source[begin, end) */
    uint32_t key_begin;  /* where the member's name (its quote) stands */
    uint32_t count;      /* number of items or members */
    enum json_kind kind;
};

/* Reads one value that fills the whole source (white space around it is allowed; at most 4 GiB - 1).
 * Error: ERR_INVALID with "line L, column C: why". */
err json_parse(struct arena *a, str source, struct json **out);

/* The member called `key`, or NULL; `object` may be NULL or no object. */
const struct json *json_get(const struct json *object, str key);
/* The same for a literal name. */
#define JSON_GET(object, literal) json_get((object), STR(literal))
/* Item `i` of an array, or NULL. */
const struct json *json_item(const struct json *array, size_t i);
/* The text of a STRING member, or STR_NONE. */
str json_text(const struct json *object, str key);
#define JSON_TEXT(object, literal) json_text((object), STR(literal))

/* Line and column (both from 1; the column counts characters) of a byte offset. */
void json_position(str source, size_t offset, unsigned *line, unsigned *column);

/* Appends the value without white space; key order, escapes and digits exactly as in `source`. */
void json_minify(struct buf *out, str source, const struct json *value);

/* Appends the value from the tree alone (needs no source): escapes normalised, digits as sent. */
void json_write(struct buf *out, const struct json *value);

/* Strict UTF-8 check (no overlong forms, no surrogates, at most U+10FFFF): offset of the first bad byte, or s.len. */
size_t utf8_valid(str s);

#endif
