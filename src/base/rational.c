/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fractions in lowest terms, checked for overflow.
 */
#include "rational.h"

enum { DIGITS_MOST = 9 };

static int64_t common_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

struct rational rational_of(int64_t n, int64_t d) {
    if (!d || d == INT64_MIN || n == INT64_MIN) return RATIONAL_NONE;
    if (d < 0) {
        n = -n;
        d = -d;
    }
    int64_t g = common_divisor(n, d);
    return (struct rational){n / g, d / g};
}

struct rational rational_multiply(struct rational a, struct rational b) {
    int64_t n, d;
    if (!rational_is(a) || !rational_is(b)) return RATIONAL_NONE;
    struct rational x = rational_of(a.n, b.d), y = rational_of(b.n, a.d); /* crosswise: the products stay small */
    if (__builtin_mul_overflow(x.n, y.n, &n) || __builtin_mul_overflow(x.d, y.d, &d)) return RATIONAL_NONE;
    return rational_of(n, d);
}

struct rational rational_divide(struct rational a, struct rational b) {
    if (!rational_is(b) || !b.n) return RATIONAL_NONE;
    return rational_multiply(a, rational_of(b.d, b.n));
}

int rational_compare(struct rational a, struct rational b) {
    __int128 x = (__int128)a.n * b.d, y = (__int128)b.n * a.d;
    return x < y ? -1 : x > y;
}

int64_t rational_ceiling(struct rational r) {
    if (!rational_is(r)) return 0;
    return r.n / r.d + (r.n % r.d > 0);
}

/* Digits only, 1 to 9 of them. */
static bool whole(str s, int64_t *out) {
    if (!s.len || s.len > DIGITS_MOST) return false;
    *out = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9') return false;
        *out = *out * 10 + (s.at[i] - '0');
    }
    return true;
}

static struct rational read_simple(str s) {
    static const struct { const char *sign; int64_t n, d; } signs[] = {{"½", 1, 2}, {"¼", 1, 4}, {"¾", 3, 4}, {"⅓", 1, 3}, {"⅔", 2, 3}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_is(s, signs[i].sign)) return rational_of(signs[i].n, signs[i].d);
    int64_t n, d = 1, part = 0;
    size_t slash = str_find(s, '/'), comma = str_find(s, ','), point = str_find(s, '.');
    if (slash < s.len)
        return whole(str_slice(s, 0, slash), &n) && whole(str_slice(s, slash + 1, s.len), &d) ? rational_of(n, d) : RATIONAL_NONE;
    size_t mark = comma < point ? comma : point;
    if (!whole(str_slice(s, 0, mark), &n)) return RATIONAL_NONE;
    if (mark == s.len) return rational_of(n, 1);
    if (!whole(str_slice(s, mark + 1, s.len), &part)) return RATIONAL_NONE;
    for (size_t i = mark + 1; i < s.len; i++) d *= 10;
    return rational_of(n * d + part, d);
}

struct rational rational_read(str text) {
    str s = str_trim(text);
    size_t space = str_find(s, ' ');
    if (space == s.len) return read_simple(s);
    struct rational first = read_simple(str_slice(s, 0, space)), second = read_simple(str_trim(str_slice(s, space, s.len)));
    if (!rational_is(first) || !rational_is(second) || first.d != 1 || second.n >= second.d) return RATIONAL_NONE;
    return rational_of(first.n * second.d + second.n, second.d); /* "1 1/2" */
}

str rational_write(struct arena *a, struct rational r) {
    if (!rational_is(r)) return STR_NONE;
    if (r.d == 1) return str_format(a, "%lld", (long long)r.n);
    if (100 % r.d) return str_format(a, "%lld/%lld", (long long)r.n, (long long)r.d);
    int64_t hundredths = r.n % r.d * (100 / r.d), whole_part = r.n / r.d;
    if (!whole_part && (r.n == 1 || r.d == 4)) return str_format(a, "%lld/%lld", (long long)r.n, (long long)r.d); /* 1/2 tablet, not 0,5 */
    if (hundredths % 10 == 0) return str_format(a, "%lld,%lld", (long long)whole_part, (long long)hundredths / 10);
    return str_format(a, "%lld,%02lld", (long long)whole_part, (long long)hundredths);
}
