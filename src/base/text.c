/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Views and growing text.
 */
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int str_compare(str a, str b) {
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n ? memcmp(a.at, b.at, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(str s, str prefix) { return s.len >= prefix.len && str_eq((str){s.at, prefix.len}, prefix); }

bool str_ends(str s, str suffix) {
    return s.len >= suffix.len && str_eq((str){s.at + (s.len - suffix.len), suffix.len}, suffix);
}

str str_slice(str s, size_t from, size_t to) {
    if (to > s.len) to = s.len;
    if (from > to) from = to;
    return (str){from ? s.at + from : s.at, to - from};
}

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

str str_trim(str s) {
    while (s.len && is_space(s.at[0])) s.at++, s.len--;
    while (s.len && is_space(s.at[s.len - 1])) s.len--;
    return s;
}

size_t str_find(str s, char c) {
    const char *p = s.len ? memchr(s.at, c, s.len) : NULL;
    return p ? (size_t)(p - s.at) : s.len;
}

bool str_contains(str s, str part) { return part.len == 0 || (s.len && memmem(s.at, s.len, part.at, part.len)); }

bool str_split(str *rest, char separator, str *part) {
    if (!rest->at) return false;
    size_t i = str_find(*rest, separator);
    *part = (str){rest->at, i};
    *rest = i < rest->len ? (str){rest->at + i + 1, rest->len - i - 1} : STR_NONE;
    return true;
}

str str_copy(struct arena *a, str s) {
    char *p = arena_alloc(a, s.len);
    if (s.len) memcpy(p, s.at, s.len);
    return (str){p, s.len};
}

char *str_z(struct arena *a, str s) {
    char *p = arena_alloc(a, s.len + 1);
    if (s.len) memcpy(p, s.at, s.len);
    p[s.len] = 0;
    return p;
}

str str_vformat(struct arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    size_t len = n > 0 ? (size_t)n : 0;
    char *p = arena_alloc(a, len + 1);
    p[0] = 0;
    vsnprintf(p, len + 1, format, again);
    va_end(again);
    return (str){p, len};
}

str str_format(struct arena *a, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str s = str_vformat(a, format, args);
    va_end(args);
    return s;
}

bool str_int64(str s, int64_t *out) {
    bool negative = s.len && s.at[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i >= s.len) return false;
    int64_t v = 0;
    for (; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, s.at[i] - '0', &v)) return false;
    }
    if (!negative && __builtin_sub_overflow(0, v, &v)) return false;
    *out = v;
    return true;
}

bool str_number(str s, double *out) {
    char z[64], *end;
    if (!s.len || s.len >= sizeof z) return false;
    memcpy(z, s.at, s.len);
    z[s.len] = 0;
    if (strspn(z, "+-.0123456789eE") != s.len) return false;
    *out = strtod(z, &end);
    return *end == 0 && isfinite(*out);
}

uint64_t str_hash(str s) {
    uint64_t h = 1469598103934665603ull;
    for (size_t i = 0; i < s.len; i++) h = (h ^ (unsigned char)s.at[i]) * 1099511628211ull;
    return h;
}

void buf_reserve(struct buf *b, size_t more) {
    if (b->cap - b->len >= more) return;
    size_t cap = b->cap ? b->cap * 2 : 128;
    while (cap - b->len < more) cap *= 2;
    b->at = arena_grow(b->arena, b->at, b->cap, cap);
    b->cap = cap;
}

void buf_add(struct buf *b, str s) {
    if (!s.len) return;
    buf_reserve(b, s.len);
    memcpy(b->at + b->len, s.at, s.len);
    b->len += s.len;
}

void buf_addz(struct buf *b, const char *z) { buf_add(b, str_of(z)); }

void buf_addc(struct buf *b, char c) {
    buf_reserve(b, 1);
    b->at[b->len++] = c;
}

void buf_addf(struct buf *b, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0) {
        buf_reserve(b, (size_t)n + 1);
        vsnprintf(b->at + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_add_json(struct buf *b, str s) {
    static const char hex[] = "0123456789abcdef";
    buf_addc(b, '"');
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buf_add(b, str_slice(s, from, i));
        from = i + 1;
        buf_addc(b, '\\');
        switch (c) {
        case '"': case '\\': buf_addc(b, (char)c); break;
        case '\n': buf_addc(b, 'n'); break;
        case '\r': buf_addc(b, 'r'); break;
        case '\t': buf_addc(b, 't'); break;
        default: {
            char u[5] = {'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_add(b, (str){u, 5});
        }
        }
    }
    buf_add(b, str_slice(s, from, s.len));
    buf_addc(b, '"');
}
