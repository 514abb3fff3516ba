/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decimal arithmetic on 128-bit integers with checked overflow.
 */
#include "decimal.h"

#include <math.h>
#include <stdio.h>

static const __int128 LARGEST = (((__int128)0x4B3B4CA85A86C47A) << 64) | 0x098A223FFFFFFFFF; /* 10^38 - 1 */

static bool fits(__int128 v) { return v <= LARGEST && v >= -LARGEST; }

/* v * 10^power; false on overflow. */
static bool scale_up(__int128 v, int power, __int128 *out) {
    for (; power > 0 && v; power--)
        if (__builtin_mul_overflow(v, (__int128)10, &v)) return false;
    *out = v;
    return fits(v);
}

struct decimal decimal_from_int(int64_t v) { return (struct decimal){v, 0}; }

static bool take_exponent(str s, size_t *i, int *exponent) {
    int sign = 1, v = 0;
    ++*i;
    if (*i < s.len && (s.at[*i] == '+' || s.at[*i] == '-')) sign = s.at[(*i)++] == '-' ? -1 : 1;
    size_t first = *i;
    for (; *i < s.len && s.at[*i] >= '0' && s.at[*i] <= '9'; ++*i)
        if (v < 10000) v = v * 10 + (s.at[*i] - '0');
    *exponent = sign * v;
    return *i > first;
}

bool decimal_parse(str s, struct decimal *out) {
    size_t i = 0, digits = 0;
    bool negative = s.len && s.at[0] == '-';
    if (s.len && (s.at[0] == '-' || s.at[0] == '+')) i++;
    __int128 v = 0;
    int scale = 0, exponent = 0;
    bool point = false;
    for (; i < s.len; i++) {
        if (s.at[i] == '.' && !point && digits) {
            point = true;
            if (i + 1 >= s.len || s.at[i + 1] < '0' || s.at[i + 1] > '9') return false;
            continue;
        }
        if (s.at[i] < '0' || s.at[i] > '9') break;
        if (__builtin_mul_overflow(v, (__int128)10, &v) || __builtin_add_overflow(v, (__int128)(s.at[i] - '0'), &v)) return false;
        digits++;
        scale += point;
    }
    if (!digits || (i < s.len && (s.at[i] | 0x20) == 'e' && !take_exponent(s, &i, &exponent)) || i != s.len) return false;
    if (!fits(v)) return false;
    scale -= exponent;
    if (scale < 0) {
        if (!scale_up(v, -scale, &v)) return false;
        scale = 0;
    }
    if (scale > DECIMAL_SCALE) return false;
    *out = (struct decimal){negative ? -v : v, scale};
    return true;
}

void decimal_write(struct buf *out, struct decimal d) {
    char text[64];
    int n = 0;
    bool negative = d.digits < 0;
    unsigned __int128 v = negative ? -(unsigned __int128)d.digits : (unsigned __int128)d.digits;
    do {
        text[n++] = (char)('0' + (int)(v % 10));
        v /= 10;
        if (n == d.scale) text[n++] = '.';
    } while (v || n <= d.scale);
    if (d.scale && text[n - 1] == '.') text[n++] = '0';
    if (negative) buf_addc(out, '-');
    while (n--) buf_addc(out, text[n]);
}

/* Brings both to the larger scale. */
static bool align(struct decimal *a, struct decimal *b) {
    if (a->scale < b->scale) {
        if (!scale_up(a->digits, b->scale - a->scale, &a->digits)) return false;
        a->scale = b->scale;
    } else if (b->scale < a->scale) {
        if (!scale_up(b->digits, a->scale - b->scale, &b->digits)) return false;
        b->scale = a->scale;
    }
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out) {
    if (!align(&a, &b)) return false;
    *out = (struct decimal){a.digits + b.digits, a.scale};
    return fits(out->digits);
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out) {
    b.digits = -b.digits;
    return decimal_add(a, b, out);
}

struct decimal decimal_trim(struct decimal d) {
    while (d.scale > 0 && d.digits % 10 == 0) d.digits /= 10, d.scale--;
    return d;
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out) {
    if (a.scale + b.scale > DECIMAL_SCALE) a = decimal_trim(a), b = decimal_trim(b);
    __int128 v;
    if (__builtin_mul_overflow(a.digits, b.digits, &v) || !fits(v)) {
        a = decimal_trim(a), b = decimal_trim(b);
        if (__builtin_mul_overflow(a.digits, b.digits, &v) || !fits(v)) return false;
    }
    *out = (struct decimal){v, a.scale + b.scale};
    return out->scale <= DECIMAL_SCALE || decimal_rescale(*out, DECIMAL_SCALE, ROUND_HALF_UP, out);
}

static __int128 divide_rounded(__int128 a, __int128 b, enum decimal_rounding how) {
    __int128 q = a / b, r = a % b;
    bool negative = (a < 0) != (b < 0);
    __int128 left = r < 0 ? -r : r, whole = b < 0 ? -b : b;
    switch (how) {
    case ROUND_HALF_UP: return left >= whole - left ? q + (negative ? -1 : 1) : q;
    case ROUND_FLOOR: return r && negative ? q - 1 : q;
    case ROUND_CEILING: return r && !negative ? q + 1 : q;
    case ROUND_DOWN: break;
    }
    return q;
}

bool decimal_divide(struct decimal a, struct decimal b, struct decimal *out) {
    enum { QUOTIENT_SCALE = 16 };
    if (!b.digits) return false;
    a = decimal_trim(a), b = decimal_trim(b);
    for (int wanted = QUOTIENT_SCALE; wanted >= 0; wanted -= 4) {
        int power = wanted + b.scale - a.scale;
        __int128 numerator = a.digits, denominator = b.digits;
        if (power >= 0 ? !scale_up(numerator, power, &numerator) : !scale_up(denominator, -power, &denominator)) continue;
        *out = decimal_trim((struct decimal){divide_rounded(numerator, denominator, ROUND_HALF_UP), wanted});
        return fits(out->digits);
    }
    return false;
}

bool decimal_div_mod(struct decimal a, struct decimal b, struct decimal *quotient, struct decimal *remainder) {
    if (!b.digits || !align(&a, &b)) return false;
    *quotient = (struct decimal){a.digits / b.digits, 0};
    *remainder = (struct decimal){a.digits % b.digits, a.scale};
    return true;
}

int decimal_compare(struct decimal a, struct decimal b) {
    if (!align(&a, &b)) { /* far apart: the doubles tell */
        double x = decimal_to_double(a), y = decimal_to_double(b);
        return (x > y) - (x < y);
    }
    return (a.digits > b.digits) - (a.digits < b.digits);
}

bool decimal_rescale(struct decimal d, int scale, enum decimal_rounding how, struct decimal *out) {
    __int128 v = d.digits;
    if (scale < 0 || scale > DECIMAL_SCALE) return false;
    if (scale >= d.scale) {
        if (!scale_up(v, scale - d.scale, &v)) return false;
    } else {
        __int128 power = 1;
        for (int i = scale; i < d.scale; i++) power *= 10;
        v = divide_rounded(v, power, how);
    }
    *out = (struct decimal){v, scale};
    return true;
}

double decimal_to_double(struct decimal d) { return (double)d.digits / pow(10, d.scale); }

bool decimal_from_double(double v, int scale, struct decimal *out) {
    char text[400];
    if (!isfinite(v)) return false;
    int n = snprintf(text, sizeof text, "%.*f", scale, v);
    if (!decimal_parse((str){text, (size_t)n}, out)) return false;
    *out = decimal_trim(*out);
    return true;
}

bool decimal_is_integer(struct decimal d) { return decimal_trim(d).scale == 0; }

bool decimal_to_int64(struct decimal d, int64_t *out) {
    struct decimal whole;
    if (!decimal_rescale(d, 0, ROUND_DOWN, &whole) || whole.digits > INT64_MAX || whole.digits < INT64_MIN) return false;
    *out = (int64_t)whole.digits;
    return true;
}
