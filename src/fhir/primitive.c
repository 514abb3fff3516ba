/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form of primitive values, each type checked by hand against the regular expressions and prose of FHIR R4 2.24.0.1
 * (datatypes.html): no regular expression engine runs over a body.
 */
#include "fhir_int.h"

#include "base/date.h"

enum { STRING_MAX = 1024 * 1024 }; /* characters */

static inline bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* -?(0|[1-9][0-9]*) between min and max. */
static bool integer_valid(str s, int64_t min, int64_t max) {
    bool negative = s.len && s.at[0] == '-';
    size_t first = negative ? 1 : 0;
    if (s.len == first || s.len > 11 || !is_digit(s.at[first])) return false;
    if (s.at[first] == '0' && (s.len > 1)) return false;
    int64_t value = 0;
    for (size_t i = first; i < s.len; i++) {
        if (!is_digit(s.at[i])) return false;
        value = value * 10 + (s.at[i] - '0');
    }
    if (negative) value = -value;
    return value >= min && value <= max;
}

static size_t digits(str s, size_t *i) {
    size_t from = *i;
    while (*i < s.len && is_digit(s.at[*i])) *i += 1;
    return *i - from;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
static bool decimal_valid(str s) {
    size_t i = s.len && s.at[0] == '-' ? 1 : 0, first = i, n = digits(s, &i);
    if (!n || (n > 1 && s.at[first] == '0')) return false;
    if (i < s.len && s.at[i] == '.') {
        i++;
        if (!digits(s, &i)) return false;
    }
    if (i < s.len && (s.at[i] | 0x20) == 'e') {
        i++;
        if (i < s.len && (s.at[i] == '+' || s.at[i] == '-')) i++;
        if (!digits(s, &i)) return false;
    }
    return i == s.len;
}

/* Not empty, no control characters but tab, line feed and carriage return, at most 1 MB of characters. */
static bool string_valid(str s) {
    size_t characters = 0;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r') return false;
        if ((c & 0xC0) != 0x80) characters++;
    }
    return s.len && characters <= STRING_MAX;
}

/* [^\s]+(\s[^\s]+)* */
static bool code_valid(str s) {
    if (!s.len || is_space(s.at[0]) || is_space(s.at[s.len - 1])) return false;
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.at[i] < 0x20) return false;
        if (is_space(s.at[i]) && is_space(s.at[i + 1])) return false;
    }
    return true;
}

/* \S* and not empty */
static bool uri_valid(str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] <= 0x20 || s.at[i] == 0x7F) return false;
    return s.len > 0;
}

/* urn:oid:[0-2](\.(0|[1-9][0-9]*))+ */
static bool oid_valid(str s) {
    if (!str_starts(s, STR("urn:oid:")) || s.len < 11 || s.at[8] < '0' || s.at[8] > '2') return false;
    size_t i = 9;
    while (i < s.len) {
        if (s.at[i++] != '.') return false;
        size_t first = i, n = digits(s, &i);
        if (!n || (n > 1 && s.at[first] == '0')) return false;
    }
    return true;
}

/* urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} */
static bool uuid_valid(str s) {
    if (s.len != 45 || !str_starts(s, STR("urn:uuid:"))) return false;
    for (size_t i = 9; i < 45; i++) {
        bool dash = i == 17 || i == 22 || i == 27 || i == 32;
        char c = s.at[i];
        if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

/* (\s*([0-9a-zA-Z\+\/=]){4}\s*)+ with the padding of RFC 4648 */
static bool base64_valid(str s) {
    size_t n = 0, padding = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (is_space(c)) continue;
        n++;
        if (c == '=') padding++;
        else if (padding || !(is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/')) return false;
    }
    return n > 0 && n % 4 == 0 && padding <= 2;
}

/* ([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)? */
static bool time_valid(str s) {
    if (s.len < 8 || s.at[2] != ':' || s.at[5] != ':') return false;
    static const size_t at[] = {0, 1, 3, 4, 6, 7};
    for (size_t i = 0; i < 6; i++)
        if (!is_digit(s.at[at[i]])) return false;
    int hour = (s.at[0] - '0') * 10 + s.at[1] - '0', second = (s.at[6] - '0') * 10 + s.at[7] - '0';
    if (hour > 23 || s.at[3] > '5' || second > 60) return false;
    if (s.len == 8) return true;
    size_t i = 9;
    return s.at[8] == '.' && digits(s, &i) > 0 && i == s.len;
}

bool fhir_primitive_valid(fhir_type type, str text) {
    struct date_time d;
    switch (type) {
    case FHIR_TYPE_BOOLEAN: return str_is(text, "true") || str_is(text, "false");
    case FHIR_TYPE_INTEGER: return integer_valid(text, INT32_MIN, INT32_MAX);
    case FHIR_TYPE_UNSIGNED_INT: return integer_valid(text, 0, INT32_MAX);
    case FHIR_TYPE_POSITIVE_INT: return integer_valid(text, 1, INT32_MAX);
    case FHIR_TYPE_DECIMAL: return decimal_valid(text);
    case FHIR_TYPE_STRING: case FHIR_TYPE_MARKDOWN: return string_valid(text);
    case FHIR_TYPE_CODE: return code_valid(text);
    case FHIR_TYPE_ID: return fhir_id_valid(text);
    case FHIR_TYPE_URI: case FHIR_TYPE_URL: case FHIR_TYPE_CANONICAL: return uri_valid(text);
    case FHIR_TYPE_OID: return oid_valid(text);
    case FHIR_TYPE_UUID: return uuid_valid(text);
    case FHIR_TYPE_BASE64_BINARY: return base64_valid(text);
    case FHIR_TYPE_TIME: return time_valid(text);
    case FHIR_TYPE_DATE: return date_parse(text, false, &d) && d.precision <= DATE_DAY;
    case FHIR_TYPE_DATE_TIME: return date_parse(text, false, &d);
    case FHIR_TYPE_INSTANT: return date_parse(text, false, &d) && d.precision >= DATE_SECOND && d.has_zone;
    case FHIR_TYPE_XHTML: return xhtml_problem(text) == NULL;
    default: return false;
    }
}
