/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Partial moments: reading, comparing, adding, boundaries.
 */
#include "moment.h"

#include <stdio.h>

static bool take_clock(str s, size_t *i, struct moment *m) {
    if (!date_take_digits(s, i, 2, &m->hour) || m->hour > 23) return false;
    m->precision = MOMENT_HOUR;
    if (!date_take_char(s, i, ':')) return true;
    if (!date_take_digits(s, i, 2, &m->minute) || m->minute > 59) return false;
    m->precision = MOMENT_MINUTE;
    if (!date_take_char(s, i, ':')) return true;
    if (!date_take_digits(s, i, 2, &m->second) || m->second > 60) return false;
    m->precision = MOMENT_SECOND;
    if (!date_take_char(s, i, '.')) return true;
    m->precision = MOMENT_MILLISECOND;
    int32_t nanosecond;
    bool digits = date_take_fraction(s, i, &nanosecond);
    m->millisecond = nanosecond / 1000000;
    return digits;
}

static bool take_zone(str s, size_t *i, struct moment *m) {
    int hour, minute;
    if (*i >= s.len) return true;
    m->has_zone = true;
    if (date_take_char(s, i, 'Z')) return true;
    int sign = date_take_char(s, i, '-') ? -1 : date_take_char(s, i, '+') ? 1 : 0;
    if (!sign || !date_take_digits(s, i, 2, &hour) || !date_take_char(s, i, ':') || !date_take_digits(s, i, 2, &minute) || hour > 14 || minute > 59) return false;
    m->offset = (int16_t)(sign * (hour * 60 + minute));
    return true;
}

static bool take_day(str s, size_t *i, struct moment *m) {
    if (!date_take_digits(s, i, 4, &m->year) || m->year < 1) return false;
    if (!date_take_char(s, i, '-')) return true;
    if (!date_take_digits(s, i, 2, &m->month) || m->month < 1 || m->month > 12) return false;
    m->precision = MOMENT_MONTH;
    if (!date_take_char(s, i, '-')) return true;
    if (!date_take_digits(s, i, 2, &m->day) || m->day < 1 || m->day > days_in_month(m->year, m->month)) return false;
    m->precision = MOMENT_DAY;
    return true;
}

bool moment_parse(str s, enum moment_kind kind, struct moment *out) {
    struct moment m = {.kind = kind, .precision = MOMENT_YEAR, .month = 1, .day = 1};
    size_t i = 0;
    if (kind == MOMENT_TIME) {
        date_take_char(s, &i, 'T');
        if (!take_clock(s, &i, &m)) return false;
    } else {
        if (!take_day(s, &i, &m)) return false;
        if (kind == MOMENT_DATETIME && date_take_char(s, &i, 'T') && i < s.len && (!take_clock(s, &i, &m) || !take_zone(s, &i, &m))) return false;
    }
    *out = m;
    return i == s.len;
}

bool moment_parse_literal(str s, struct moment *out) {
    if (str_starts(s, STR("T"))) return moment_parse(s, MOMENT_TIME, out);
    return moment_parse(s, str_find(s, 'T') < s.len ? MOMENT_DATETIME : MOMENT_DATE, out);
}

static void write_clock(struct buf *out, const struct moment *m) {
    buf_addf(out, "%02d", m->hour);
    if (m->precision >= MOMENT_MINUTE) buf_addf(out, ":%02d", m->minute);
    if (m->precision >= MOMENT_SECOND) buf_addf(out, ":%02d", m->second);
    if (m->precision >= MOMENT_MILLISECOND) buf_addf(out, ".%03d", m->millisecond);
}

void moment_write(struct buf *out, const struct moment *m) {
    if (m->kind == MOMENT_TIME) {
        write_clock(out, m);
        return;
    }
    buf_addf(out, "%04d", m->year);
    if (m->precision >= MOMENT_MONTH) buf_addf(out, "-%02d", m->month);
    if (m->precision >= MOMENT_DAY) buf_addf(out, "-%02d", m->day);
    if (m->precision < MOMENT_HOUR) return;
    buf_addc(out, 'T');
    write_clock(out, m);
    if (!m->has_zone) return;
    int offset = m->offset < 0 ? -m->offset : m->offset;
    if (!m->offset) buf_addc(out, 'Z');
    else buf_addf(out, "%c%02d:%02d", m->offset < 0 ? '-' : '+', offset / 60, offset % 60);
}

/* Milliseconds since 1970 of the parts, in the moment's own zone. */
static int64_t local_ms(const struct moment *m) {
    int64_t day = m->kind == MOMENT_TIME ? 0 : day_from_civil(m->year, m->month, m->day);
    return (((day * 24 + m->hour) * 60 + m->minute) * 60 + m->second) * 1000 + m->millisecond;
}

static void set_local_ms(struct moment *m, int64_t ms) {
    int64_t day = ms >= 0 ? ms / 86400000 : (ms - 86399999) / 86400000;
    int rest = (int)(ms - day * 86400000);
    if (m->kind != MOMENT_TIME) day_to_civil((int32_t)day, &m->year, &m->month, &m->day);
    m->hour = rest / 3600000;
    m->minute = rest / 60000 % 60;
    m->second = rest / 1000 % 60;
    m->millisecond = rest % 1000;
}

static struct moment in_utc(const struct moment *m) {
    struct moment u = *m;
    if (m->has_zone && m->offset) {
        set_local_ms(&u, local_ms(m) - m->offset * 60000ll);
        u.offset = 0;
    }
    return u;
}

enum moment_order moment_compare(const struct moment *x, const struct moment *y) {
    bool zones = x->precision >= MOMENT_HOUR && y->precision >= MOMENT_HOUR && x->kind != MOMENT_TIME;
    if (zones && x->has_zone != y->has_zone) { /* the zone of one is unknown: sure only when more than 14 + 12 hours apart */
        int64_t apart = local_ms(x) - x->offset * 60000ll - (local_ms(y) - y->offset * 60000ll);
        if (apart > 26 * 3600000ll) return ORDER_GREATER;
        if (apart < -26 * 3600000ll) return ORDER_LESS;
        return ORDER_UNKNOWN;
    }
    struct moment a = zones ? in_utc(x) : *x, b = zones ? in_utc(y) : *y;
    const int pa[] = {a.year, a.month, a.day, a.hour, a.minute, a.second * 1000 + a.millisecond};
    const int pb[] = {b.year, b.month, b.day, b.hour, b.minute, b.second * 1000 + b.millisecond};
    int la = a.precision > MOMENT_SECOND ? MOMENT_SECOND : (int)a.precision, lb = b.precision > MOMENT_SECOND ? MOMENT_SECOND : (int)b.precision;
    for (int i = a.kind == MOMENT_TIME ? MOMENT_HOUR : MOMENT_YEAR; i <= MOMENT_SECOND; i++) {
        if (i > la && i > lb) break;
        if (i > la || i > lb) return ORDER_UNKNOWN;
        if (pa[i] != pb[i]) return pa[i] < pb[i] ? ORDER_LESS : ORDER_GREATER;
    }
    return ORDER_EQUAL;
}

static bool add_months(struct moment *m, int64_t months) {
    int64_t total = m->year * 12ll + (m->month - 1) + months;
    if (total < 12 || total >= 10000 * 12) return false;
    m->year = (int)(total / 12);
    m->month = (int)(total % 12) + 1;
    int last = days_in_month(m->year, m->month);
    if (m->day > last) m->day = last;
    return true;
}

/* Units finer than the precision are truncated to it: @2014 + 24 months = @2016 (6.6). */
static bool add_whole_units(struct moment *m, int64_t amount, enum moment_unit unit) {
    static const int64_t unit_ms[] = {0, 0, 604800000, 86400000, 3600000, 60000, 1000, 1};
    if (amount > 1000000000000ll || amount < -1000000000000ll) return false;
    if (unit == UNIT_YEAR) return add_months(m, amount * 12);
    if (unit == UNIT_MONTH) return add_months(m, m->precision < MOMENT_MONTH ? amount / 12 * 12 : amount);
    int64_t ms;
    if (__builtin_mul_overflow(amount, unit_ms[unit], &ms)) return false;
    if (m->kind != MOMENT_TIME && m->precision < MOMENT_DAY)
        return add_months(m, m->precision == MOMENT_YEAR ? ms / 86400000 / 365 * 12 : ms / 86400000 / 30);
    static const int64_t least[] = {0, 0, 86400000, 3600000, 60000, 1000, 1};
    if (m->precision < MOMENT_MILLISECOND && m->precision >= MOMENT_DAY && unit_ms[unit] < least[m->precision])
        ms = ms / least[m->precision] * least[m->precision];
    int64_t sum;
    if (__builtin_add_overflow(local_ms(m), ms, &sum)) return false;
    if (m->kind == MOMENT_TIME) sum = (sum % 86400000 + 86400000) % 86400000;
    else if (sum < day_from_civil(1, 1, 1) * 86400000ll || sum >= day_from_civil(10000, 1, 1) * 86400000ll) return false;
    set_local_ms(m, sum);
    return true;
}

bool moment_add(struct moment *m, struct decimal amount, enum moment_unit unit) {
    int64_t whole;
    if (unit == UNIT_SECOND && amount.scale) { /* seconds may carry a fraction */
        if (!decimal_multiply(amount, decimal_from_int(1000), &amount)) return false;
        unit = UNIT_MILLISECOND;
    }
    return decimal_to_int64(amount, &whole) && add_whole_units(m, whole, unit);
}

enum moment_unit moment_unit_of_word(str word) {
    static const char *const words[] = {"year", "month", "week", "day", "hour", "minute", "second", "millisecond"};
    if (str_ends(word, STR("s"))) word.len--;
    for (int i = 0; i < UNIT_NONE; i++)
        if (str_is(word, words[i])) return (enum moment_unit)i;
    return UNIT_NONE;
}

int moment_digits(const struct moment *m) {
    static const int date[] = {4, 6, 8, 10, 12, 14, 17}, time[] = {0, 0, 0, 2, 4, 6, 9};
    return m->kind == MOMENT_TIME ? time[m->precision] : date[m->precision];
}

static bool precision_of_digits(enum moment_kind kind, int digits, enum moment_precision *out) {
    for (int p = kind == MOMENT_TIME ? MOMENT_HOUR : MOMENT_YEAR; p <= (kind == MOMENT_DATE ? MOMENT_DAY : MOMENT_MILLISECOND); p++) {
        struct moment m = {.kind = kind, .precision = (enum moment_precision)p};
        if (moment_digits(&m) == digits) return *out = (enum moment_precision)p, true;
    }
    return false;
}

bool moment_boundary(const struct moment *m, bool high, int digits, struct moment *out) {
    enum moment_precision precision;
    struct moment b = *m;
    if (!precision_of_digits(m->kind, digits, &precision)) return false;
    if (m->precision < MOMENT_MONTH) b.month = high ? 12 : 1;
    if (m->precision < MOMENT_DAY) b.day = high ? days_in_month(b.year, b.month) : 1;
    if (m->precision < MOMENT_HOUR) b.hour = high ? 23 : 0;
    /* the suite takes an hour alone as its first minute: @2014-01-01T08 ends at 08:00:59.999 */
    if (m->precision < MOMENT_MINUTE) b.minute = high && m->precision < MOMENT_HOUR ? 59 : 0;
    if (m->precision < MOMENT_SECOND) b.second = high ? 59 : 0;
    if (m->precision < MOMENT_MILLISECOND) b.millisecond = high ? 999 : 0;
    if (m->kind == MOMENT_DATETIME && !m->has_zone && precision >= MOMENT_HOUR) {
        b.has_zone = true;
        b.offset = high ? -12 * 60 : 14 * 60;
    }
    b.precision = precision;
    *out = b;
    return true;
}

struct moment moment_from_instant(int64_t ms, int offset_minutes) {
    struct moment m = {.kind = MOMENT_DATETIME, .precision = MOMENT_MILLISECOND, .has_zone = true, .offset = (int16_t)offset_minutes};
    set_local_ms(&m, ms + offset_minutes * 60000ll);
    return m;
}
