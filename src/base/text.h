/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text: `str` is a view (pointer and length, UTF-8, not terminated, never changed once built); `struct buf` is text
 * that grows in an arena.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct str {
    const char *at;
    size_t len;
} str;

#define STR(literal) ((str){(literal), sizeof(literal) - 1})
#define STR_NONE ((str){NULL, 0})
/* for printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).at

static inline str str_of(const char *z) { return z ? (str){z, strlen(z)} : STR_NONE; }
static inline bool str_eq(str a, str b) { return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0); }
static inline bool str_is(str a, const char *z) { return str_eq(a, str_of(z)); }
int str_compare(str a, str b); /* by bytes: <0, 0, >0 */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
/* The part [from, to), clipped to the text. */
str str_slice(str s, size_t from, size_t to);
str str_trim(str s); /* without ASCII white space at both ends */
/* Index of the first `c`, or s.len. */
size_t str_find(str s, char c);
bool str_contains(str s, str part);
/* Cuts the text before the next `separator` off the front of *rest; false when *rest is used up (at == NULL). */
bool str_split(str *rest, char separator, str *part);

str str_copy(struct arena *a, str s);
char *str_z(struct arena *a, str s); /* a terminated copy */
str str_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
str str_vformat(struct arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Whole text as a decimal integer; false on anything else or overflow. */
bool str_int64(str s, int64_t *out);
/* Whole text as a finite decimal number ("-12.5", "1e3"); false on anything else. */
bool str_number(str s, double *out);
/* 64-bit FNV-1a, for maps only (never for keys that an attacker may choose on disk: use the keyed hash of store). */
uint64_t str_hash(str s);

/* Growing text. Zero it and set `arena`. The bytes stay where they are until the next add. */
struct buf {
    struct arena *arena;
    char *at;
    size_t len, cap;
};
static inline struct buf buf_new(struct arena *a) { return (struct buf){.arena = a}; }
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, str s);
void buf_addz(struct buf *b, const char *z);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* `s` as a JSON string with quotes; control characters, quote and backslash escaped, other bytes as they are. */
void buf_add_json(struct buf *b, str s);
static inline str buf_str(const struct buf *b) { return (str){b->at, b->len}; }

#endif
