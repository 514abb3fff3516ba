/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Civil calendar arithmetic (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms") and FHIR's date texts.
 */
#include "date.h"

#include <stdio.h>
#include <time.h>

enum { DAY_MS = 86400000 };

int32_t day_from_civil(int year, int month, int day) {
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void day_to_civil(int32_t day, int *year, int *month, int *day_of_month) {
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;
    *day_of_month = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

bool is_leap_year(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap_year(year) ? 29 : days[month - 1];
}

int32_t day_add_months(int32_t day, int months) {
    int y, m, d;
    day_to_civil(day, &y, &m, &d);
    int total = y * 12 + (m - 1) + months;
    y = total >= 0 ? total / 12 : (total - 11) / 12;
    m = total - y * 12 + 1;
    int last = days_in_month(y, m);
    return day_from_civil(y, m, d < last ? d : last);
}

int age_years(int32_t birth, int32_t on) {
    int by, bm, bd, y, m, d;
    day_to_civil(birth, &by, &bm, &bd);
    day_to_civil(on, &y, &m, &d);
    return y - by - (m < bm || (m == bm && d < bd));
}

bool date_take_digits(str s, size_t *i, int digits, int *out) {
    int v = 0;
    for (int k = 0; k < digits; k++, ++*i) {
        if (*i >= s.len || s.at[*i] < '0' || s.at[*i] > '9') return false;
        v = v * 10 + (s.at[*i] - '0');
    }
    *out = v;
    return true;
}

bool date_take_char(str s, size_t *i, char c) {
    if (*i >= s.len || s.at[*i] != c) return false;
    ++*i;
    return true;
}

bool date_take_fraction(str s, size_t *i, int32_t *nanosecond) {
    int32_t v = 0;
    int digits = 0;
    for (; *i < s.len && s.at[*i] >= '0' && s.at[*i] <= '9'; ++*i, digits++)
        if (digits < 9) v = v * 10 + (s.at[*i] - '0');
    for (int k = digits; k < 9; k++) v *= 10;
    *nanosecond = v;
    return digits > 0;
}

static bool take_zone(str s, size_t *i, struct date_time *d) {
    d->has_zone = true;
    if (date_take_char(s, i, 'Z')) return true;
    int sign = *i < s.len && s.at[*i] == '-' ? -1 : 1, hour, minute;
    if (!date_take_char(s, i, '+') && !date_take_char(s, i, '-')) return false;
    if (!date_take_digits(s, i, 2, &hour) || !date_take_char(s, i, ':') || !date_take_digits(s, i, 2, &minute)) return false;
    d->offset_minutes = sign * (hour * 60 + minute);
    return minute < 60 && (hour < 14 || (hour == 14 && minute == 0));
}

static bool take_time(str s, size_t *i, bool lenient, struct date_time *d) {
    if (!date_take_digits(s, i, 2, &d->hour) || !date_take_char(s, i, ':') || !date_take_digits(s, i, 2, &d->minute)) return false;
    d->precision = DATE_MINUTE;
    if (date_take_char(s, i, ':')) {
        if (!date_take_digits(s, i, 2, &d->second)) return false;
        d->precision = DATE_SECOND;
        if (date_take_char(s, i, '.')) {
            if (!date_take_fraction(s, i, &d->nanosecond)) return false;
            d->precision = DATE_FRACTION;
        }
    } else if (!lenient) {
        return false;
    }
    if (d->hour > 23 || d->minute > 59 || d->second > 60) return false;
    if (*i == s.len) return lenient;
    return take_zone(s, i, d);
}

bool date_parse(str s, bool lenient, struct date_time *out) {
    struct date_time d = {.month = 1, .day = 1, .precision = DATE_YEAR};
    size_t i = 0;
    if (!date_take_digits(s, &i, 4, &d.year) || d.year < 1) return false;
    if (date_take_char(s, &i, '-')) {
        if (!date_take_digits(s, &i, 2, &d.month) || d.month < 1 || d.month > 12) return false;
        d.precision = DATE_MONTH;
        if (date_take_char(s, &i, '-')) {
            if (!date_take_digits(s, &i, 2, &d.day) || d.day < 1 || d.day > days_in_month(d.year, d.month)) return false;
            d.precision = DATE_DAY;
            if (date_take_char(s, &i, 'T') && !take_time(s, &i, lenient, &d)) return false;
        }
    }
    *out = d;
    return i == s.len;
}

bool day_parse(str s, int32_t *out) {
    struct date_time d;
    if (!date_parse(s, false, &d) || d.precision != DATE_DAY) return false;
    *out = day_from_civil(d.year, d.month, d.day);
    return true;
}

void date_range(const struct date_time *d, int default_offset_minutes, int64_t *from, int64_t *to) {
    int64_t zone = (d->has_zone ? d->offset_minutes : default_offset_minutes) * 60000ll;
    int64_t first = day_from_civil(d->year, d->month, d->day) * (int64_t)DAY_MS;
    int64_t ms = first + ((d->hour * 60 + d->minute) * 60ll + d->second) * 1000 + d->nanosecond / 1000000;
    int64_t width = 1;
    switch (d->precision) {
    case DATE_YEAR: width = (is_leap_year(d->year) ? 366ll : 365ll) * DAY_MS; break;
    case DATE_MONTH: width = days_in_month(d->year, d->month) * (int64_t)DAY_MS; break;
    case DATE_DAY: width = DAY_MS; break;
    case DATE_MINUTE: width = 60000; break;
    case DATE_SECOND: width = 1000; break;
    case DATE_FRACTION: width = 1; break;
    }
    *from = ms - zone;
    *to = *from + width;
}

char *day_format(int32_t day, char out[11]) {
    int y, m, d;
    day_to_civil(day, &y, &m, &d);
    char wide[40];
    snprintf(wide, sizeof wide, "%04d-%02d-%02d", y, m, d);
    memcpy(out, wide, 10);
    out[10] = 0;
    return out;
}

char *day_show(int32_t day, char out[11]) {
    char iso[11];
    day_format(day, iso);
    snprintf(out, 11, "%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
    return out;
}

int32_t instant_day(int64_t ms, int offset_minutes) {
    int64_t local = ms + offset_minutes * 60000ll;
    return (int32_t)((local >= 0 ? local : local - (DAY_MS - 1)) / DAY_MS);
}

char *instant_format(int64_t ms, char out[25]) {
    int32_t day = instant_day(ms, 0);
    int rest = (int)(ms - day * (int64_t)DAY_MS);
    char date[11], wide[64];
    snprintf(wide, sizeof wide, "%sT%02d:%02d:%02d.%03dZ", day_format(day, date), rest / 3600000, rest / 60000 % 60,
             rest / 1000 % 60, rest % 1000);
    memcpy(out, wide, 24);
    out[24] = 0;
    return out;
}

int64_t clock_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int32_t day_today(void) { return instant_day(clock_now_ms(), VIETNAM_OFFSET_MINUTES); }
