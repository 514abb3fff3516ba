/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Durations of a schedule: reading, writing, saying, and adding them to a day by CDSi's calculation rules
 * (CALCDT-1, 2, 5, 6): years and months first; a day the month does not have becomes the 1st of the next month
 * (31 March + 6 months = 1 October); then weeks and days.
 */
#include "schedule.h"

#include "base/date.h"

int32_t duration_add(int32_t day, struct duration d) {
    if (!d.years && !d.months) return day + 7 * d.weeks + d.days;
    int y, m, dom;
    day_to_civil(day, &y, &m, &dom);
    int months = y * 12 + m - 1 + 12 * d.years + d.months;
    int year = months / 12, month = months % 12 + 1;
    if (dom > 28 && dom > days_in_month(year, month)) {
        dom = 1;
        if (++month > 12) month = 1, year++;
    }
    return day_from_civil(year, month, dom) + 7 * d.weeks + d.days;
}

bool duration_parse(str text, struct duration *out) {
    *out = (struct duration){0};
    size_t i = 0;
    if (!text.len) return false;
    while (i < text.len) {
        int sign = 1, n = 0;
        if (text.at[i] == '+' || text.at[i] == '-') sign = text.at[i++] == '-' ? -1 : 1;
        size_t digits = i;
        while (i < text.len && text.at[i] >= '0' && text.at[i] <= '9' && i - digits < 5) n = n * 10 + text.at[i++] - '0';
        if (i == digits || i >= text.len || n > 30000) return false;
        int16_t value = (int16_t)(sign * n);
        switch (text.at[i++]) {
        case 'y': out->years = (int16_t)(out->years + value); break;
        case 'm': out->months = (int16_t)(out->months + value); break;
        case 'w': out->weeks = (int16_t)(out->weeks + value); break;
        case 'd': out->days = (int16_t)(out->days + value); break;
        default: return false;
        }
        if (i < text.len && text.at[i] != '+' && text.at[i] != '-') return false;
    }
    return true;
}

str duration_text(struct arena *a, struct duration d) {
    struct buf b = buf_new(a);
    const int16_t n[4] = {d.years, d.months, d.weeks, d.days};
    for (int i = 0; i < 4; i++)
        if (n[i]) buf_addf(&b, b.len ? "%+d%c" : "%d%c", n[i], "ymwd"[i]);
    return b.len ? buf_str(&b) : STR("0d");
}

str duration_words(struct arena *a, struct duration d, bool vietnamese) {
    static const char *const en[4] = {"year", "month", "week", "day"};
    static const char *const vi[4] = {"năm", "tháng", "tuần", "ngày"};
    struct buf b = buf_new(a);
    const int16_t n[4] = {d.years, d.months, d.weeks, d.days};
    for (int i = 0; i < 4; i++) {
        if (!n[i]) continue;
        if (b.len) buf_addz(&b, n[i] < 0 ? (vietnamese ? " trừ " : " minus ") : (vietnamese ? " cộng " : " plus "));
        int value = b.len && n[i] < 0 ? -n[i] : n[i];
        if (vietnamese) buf_addf(&b, "%d %s", value, vi[i]);
        else buf_addf(&b, "%d %s%s", value, en[i], value == 1 ? "" : "s");
    }
    return b.len ? buf_str(&b) : vietnamese ? STR("0 ngày") : STR("0 days");
}

str vaccine_code(str code) {
    code = str_trim(code);
    size_t zeros = 0;
    for (size_t i = 0; i < code.len; i++)
        if (code.at[i] < '0' || code.at[i] > '9') return code;
    while (zeros + 1 < code.len && code.at[zeros] == '0') zeros++;
    return str_slice(code, zeros, code.len);
}

str observation_code(struct arena *a, str code) {
    code = str_trim(code);
    if (!code.len || code.len >= 3) return code;
    for (size_t i = 0; i < code.len; i++)
        if (code.at[i] < '0' || code.at[i] > '9') return code;
    return str_format(a, "%.*s%.*s", (int)(3 - code.len), "00", STR_ARG(code));
}
