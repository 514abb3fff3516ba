/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The QR codes of identity and insurance cards (docs/cards.md). The number of characters of the first field tells which
 * card it is; fields behind the known ones are left alone, since newer cards carry more.
 */
#include "card.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/json.h"

enum { FIELDS_MAX = 24, IDENTITY_FIELDS = 7, INSURANCE_FIELDS = 7, IDENTITY_DIGITS = 12, TEXT_MAX = 4096 };

const char *card_fault_code(enum card_fault f) {
    static const char *const codes[] = {
#define X(name, code) code,
        CARD_FAULTS(X)
#undef X
    };
    return codes[f];
}

static bool digits_only(str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9') return false;
    return s.len > 0;
}

static int two(str s, size_t at) { return (s.at[at] - '0') * 10 + s.at[at + 1] - '0'; }

bool identity_number_means(str number, int *year, bool *female) {
    if (number.len != IDENTITY_DIGITS || !digits_only(number)) return false;
    int era = number.at[3] - '0'; /* 0, 1: 1900s; 2, 3: 2000s … ; odd: female */
    *year = 1900 + era / 2 * 100 + two(number, 4);
    if (female) *female = era % 2 == 1;
    return true;
}

/* "GD4110123456789": object code, level, province, ten digits of social insurance. */
static bool insurance_number(str s) {
    if (s.len == 10) return digits_only(s);
    return s.len == 15 && s.at[0] >= 'A' && s.at[0] <= 'Z' && s.at[1] >= 'A' && s.at[1] <= 'Z' &&
           digits_only(str_slice(s, 2, 15));
}

static str upper_ascii(struct arena *a, str s) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < s.len; i++) buf_addc(&out, s.at[i] >= 'a' && s.at[i] <= 'z' ? (char)(s.at[i] - 32) : s.at[i]);
    return buf_str(&out);
}

/* Day, month, year as digits; an unknown day or month is 00. False when there is no such date. */
static bool date_of(struct arena *a, int day, int month, int year, str *out) {
    if (year < 1800 || year > 2999 || month < 0 || month > 12 || day < 0) return false;
    if (!month) {
        *out = str_format(a, "%04d", year);
        return day == 0;
    }
    if (day > days_in_month(year, month)) return false;
    *out = day ? str_format(a, "%04d-%02d-%02d", year, month, day) : str_format(a, "%04d-%02d", year, month);
    return true;
}

/* "31011990", "31/01/1990", "01/1990", "1990"; empty or "-" is no date. False on anything else. */
static bool read_date(struct arena *a, str text, str *out) {
    str digits[3], part, rest = str_trim(text);
    size_t n = 0;
    *out = STR_NONE;
    if (!rest.len || str_is(rest, "-")) return true;
    if (digits_only(rest) && rest.len == 8)
        return date_of(a, two(rest, 0), two(rest, 2), two(rest, 4) * 100 + two(rest, 6), out);
    while (str_split(&rest, '/', &part)) {
        if (n == 3 || !digits_only(part) || part.len > 4) return false;
        digits[n++] = part;
    }
    int64_t number[3] = {0, 0, 0}; /* day, month, year from the right */
    for (size_t i = 0; i < n; i++) str_int64(digits[i], &number[3 - n + i]);
    return n && digits[n - 1].len == 4 && date_of(a, (int)number[0], (int)number[1], (int)number[2], out);
}

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* What a Vietnamese keyboard driver (Telex) makes of hexadecimal digits that a scanner types: "dd" becomes đ, "aa" â, "ee" ê, an f behind a
 * vowel its mark. Put back; what cannot be (a driver moves marks over letters) is no valid text then. */
static str telex_undone(struct arena *a, str text) {
    static const char *const typed[][2] = {{"đ", "dd"}, {"Đ", "DD"}, {"ầ", "aaf"}, {"Ầ", "AAF"}, {"ề", "eef"}, {"Ề", "EEF"}, {"â", "aa"}, {"Â", "AA"},
                                           {"ê", "ee"}, {"Ê", "EE"}, {"à", "af"}, {"À", "AF"}, {"è", "ef"}, {"È", "EF"}};
    struct buf out = buf_new(a);
    text = text_nfc(a, text);
    for (size_t i = 0; i < text.len;) {
        size_t k = 0;
        while (k < sizeof typed / sizeof *typed && !str_starts(str_slice(text, i, text.len), str_of(typed[k][0]))) k++;
        if (k < sizeof typed / sizeof *typed) {
            buf_addz(&out, typed[k][1]);
            i += strlen(typed[k][0]);
        } else {
            buf_addc(&out, text.at[i++]);
        }
    }
    return buf_str(&out);
}

/* Text written as the hexadecimal digits of its UTF-8. */
static bool read_hex(struct arena *a, str text, str *out) {
    struct buf b = buf_new(a);
    text = telex_undone(a, str_trim(text));
    *out = STR_NONE;
    if (text.len % 2) return false;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex(text.at[i]), low = hex(text.at[i + 1]);
        if (high < 0 || low < 0) return false;
        buf_addc(&b, (char)(high << 4 | low));
    }
    *out = str_trim(buf_str(&b));
    return utf8_valid(*out) == out->len;
}

/* "11 - 001" → "11001". */
static str facility_code(struct arena *a, str s) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= '0' && s.at[i] <= '9') buf_addc(&out, s.at[i]);
    return buf_str(&out);
}

static enum card_fault check_who(struct arena *a, str birth, int32_t today, struct card *c) {
    struct date_time d;
    if (!c->name.len) return CARD_NAME;
    for (size_t i = 0; i < c->name.len; i++)
        if (c->name.at[i] == '?') c->doubts |= CARD_DOUBT_LETTERS;
    if (!read_date(a, birth, &c->birth)) return CARD_BIRTH;
    if (!c->birth.len) return CARD_OK;
    date_parse(c->birth, false, &d);
    return day_from_civil(d.year, d.month, d.day) > today ? CARD_FUTURE : CARD_OK;
}

/* number|old number|name|birth ddmmyyyy|Nam or Nữ|address|issued ddmmyyyy|… */
static enum card_fault read_identity(struct arena *a, const str *f, size_t n, int32_t today, struct card *c) {
    int year;
    bool female;
    int64_t born;
    if (n < IDENTITY_FIELDS) return CARD_SHORT;
    str sex = text_fold(a, f[4]);
    c->kind = CARD_IDENTITY;
    c->number = f[0];
    c->old_number = digits_only(f[1]) && f[1].len == 9 ? f[1] : STR_NONE;
    c->name = text_nfc(a, f[2]);
    c->sex = str_is(sex, "nam") ? STR("male") : str_is(sex, "nu") ? STR("female") : STR_NONE;
    c->address = text_nfc(a, f[5]);
    if (!read_date(a, f[6], &c->issued)) c->issued = STR_NONE;
    enum card_fault fault = check_who(a, f[3], today, c);
    if (identity_number_means(c->number, &year, &female)) {
        if (c->sex.len && str_is(c->sex, "female") != female) c->doubts |= CARD_DOUBT_SEX;
        if (str_int64(str_slice(c->birth, 0, 4), &born) && born != year) c->doubts |= CARD_DOUBT_YEAR;
    }
    return fault;
}

/* number|name|birth|1 or 2|address|facility|from|to|issued|office|guardian|area|five years|… ; names and address in hex */
static enum card_fault read_insurance(struct arena *a, const str *f, size_t n, int32_t today, struct card *c) {
    if (n < INSURANCE_FIELDS) return CARD_SHORT;
    c->kind = CARD_INSURANCE;
    c->number = upper_ascii(a, f[0]);
    if (!read_hex(a, f[1], &c->name)) return CARD_NAME;
    c->name = text_nfc(a, c->name);
    c->sex = str_is(f[3], "1") ? STR("male") : str_is(f[3], "2") ? STR("female") : STR_NONE;
    if (read_hex(a, f[4], &c->address)) c->address = text_nfc(a, c->address);
    c->facility = facility_code(a, f[5]);
    if (!read_date(a, f[6], &c->valid_from)) c->valid_from = STR_NONE;
    if (n > 7 && !read_date(a, f[7], &c->valid_to)) c->valid_to = STR_NONE;
    if (n > 8 && !read_date(a, f[8], &c->issued)) c->issued = STR_NONE;
    if (n > 10 && read_hex(a, f[10], &c->guardian)) c->guardian = text_nfc(a, c->guardian);
    if (n > 12 && !read_date(a, f[12], &c->five_years)) c->five_years = STR_NONE;
    return check_who(a, f[2], today, c);
}

/* Only a number, as a bar code has it. */
static enum card_fault read_number(struct arena *a, str text, struct card *c) {
    str upper = upper_ascii(a, text);
    if (str_starts(text, STR("000201"))) return CARD_PAYMENT;
    if (str_starts(upper, STR("HTTP://")) || str_starts(upper, STR("HTTPS://"))) return CARD_LINK;
    if (digits_only(text) && text.len == IDENTITY_DIGITS)
        c->kind = CARD_IDENTITY;
    else if (insurance_number(upper))
        c->kind = CARD_INSURANCE;
    else
        return digits_only(text) && text.len >= 9 && text.len <= 15 ? CARD_NUMBER : CARD_FORMAT;
    c->number = upper;
    return CARD_OK;
}

/* An insurance card may carry the personal number: then the name is in hex and the birth date has slashes. */
static bool written_as_insurance(struct arena *a, const str *f, size_t n) {
    str name;
    return n >= 3 && f[1].len >= 4 && read_hex(a, f[1], &name) && str_find(f[2], '/') < f[2].len;
}

enum card_fault card_read(struct arena *a, str text, int32_t today, struct card *out) {
    str fields[FIELDS_MAX], rest = str_trim(text), part;
    size_t n = 0;
    *out = (struct card){0};
    text = rest;
    if (!text.len) return CARD_EMPTY;
    if (utf8_valid(text) != text.len) return CARD_ENCODING;
    if (text.len > TEXT_MAX) return CARD_FORMAT;
    if (str_find(text, '|') == text.len) return read_number(a, text, out);
    while (n < FIELDS_MAX && str_split(&rest, '|', &part)) fields[n++] = str_trim(part);
    if (digits_only(fields[0]) && fields[0].len == IDENTITY_DIGITS)
        return written_as_insurance(a, fields, n) ? read_insurance(a, fields, n, today, out)
                                                  : read_identity(a, fields, n, today, out);
    if (insurance_number(upper_ascii(a, fields[0]))) return read_insurance(a, fields, n, today, out);
    return digits_only(fields[0]) && n >= IDENTITY_FIELDS ? CARD_NUMBER : CARD_FORMAT;
}
