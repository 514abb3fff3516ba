/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Taking a query apart. See query.h; FHIR R4 search.html 3.1.1.3 (escaping), 3.1.1.4.4 (numbers), 3.1.1.4.5 (dates).
 */
#include "query.h"

#include "base/json.h"
#include "base/vec.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

str query_decode(struct arena *a, str s, bool *ok) {
    *ok = true;
    char *to = arena_alloc(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < s.len ? hex(s.at[i + 1]) : -1, low = i + 2 < s.len ? hex(s.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                *ok = false;
                return STR_NONE;
            }
            c = (char)(high * 16 + low);
            i += 2;
            if (!c) *ok = false;
        }
        to[n++] = c;
    }
    str out = {to, n};
    if (utf8_valid(out) != out.len) *ok = false;
    return out;
}

err query_parse(struct arena *a, str text, struct query *out) {
    *out = (struct query){0};
    str part;
    while (str_split(&text, '&', &part)) {
        size_t equals = str_find(part, '=');
        bool ok_name, ok_value = true;
        str name = query_decode(a, str_slice(part, 0, equals), &ok_name);
        str value = equals < part.len ? query_decode(a, str_slice(part, equals + 1, part.len), &ok_value) : STR("");
        if (!ok_name || !ok_value) {
            /* not repeated in the answer: it may not be text at all */
            return err_make(a, ERR_INVALID, NULL, "the query is not valid percent-encoded UTF-8");
        }
        if (name.len) VEC_PUSH(a, out, (struct query_pair){name, value});
    }
    return OK_ERR;
}

str query_value(const struct query *q, const char *name) {
    for (size_t i = 0; i < q->len; i++)
        if (str_is(q->at[i].name, name)) return q->at[i].value;
    return STR_NONE;
}

void query_encode(struct buf *out, str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c < 0x80 && (isalnum(c) || strchr("-._~:/,$@!*()", c))) buf_addc(out, (char)c);
        else buf_addf(out, "%%%02X", c);
    }
}

void query_append(struct buf *out, str name, str value) {
    if (out->len) buf_addc(out, '&');
    query_encode(out, name);
    buf_addc(out, '=');
    query_encode(out, value);
}

struct query_step query_step(str name) {
    struct query_step step = {.rest = STR_NONE, .modifier = STR_NONE};
    size_t dot = str_find(name, '.');
    str head = str_slice(name, 0, dot);
    if (dot < name.len) step.rest = str_slice(name, dot + 1, name.len);
    size_t colon = str_find(head, ':');
    step.name = str_slice(head, 0, colon);
    if (colon < head.len) step.modifier = str_slice(head, colon + 1, head.len);
    return step;
}

bool query_cut(str *rest, char separator, str *part) {
    if (!rest->at) return false;
    size_t i = 0;
    while (i < rest->len && rest->at[i] != separator) i += rest->at[i] == '\\' && i + 1 < rest->len ? 2 : 1;
    *part = str_slice(*rest, 0, i);
    *rest = i < rest->len ? str_slice(*rest, i + 1, rest->len) : STR_NONE;
    return true;
}

str query_unescape(struct arena *a, str s) {
    if (str_find(s, '\\') == s.len) return s;
    char *to = arena_alloc(a, s.len);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '\\' && i + 1 < s.len && strchr(",|$\\", s.at[i + 1])) i++;
        to[n++] = s.at[i];
    }
    return (str){to, n};
}

enum prefix query_prefix(str *value) {
    static const char names[][3] = {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
    if (value->len < 2) return PREFIX_EQ;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (memcmp(value->at, names[i], 2) == 0) {
            *value = str_slice(*value, 2, value->len);
            return (enum prefix)i;
        }
    return PREFIX_EQ;
}

bool query_date(str value, int64_t *from, int64_t *to) {
    struct date_time d;
    if (!date_parse(value, true, &d)) return false;
    date_range(&d, VIETNAM_OFFSET_MINUTES, from, to);
    return true;
}

bool query_number(str value, struct number_span *out) {
    if (!value.len || value.len > 40) return false;
    char text[48];
    memcpy(text, value.at, value.len);
    text[value.len] = 0;
    size_t i = text[0] == '-' || text[0] == '+';
    size_t digits = 0;
    int places = 0;
    bool point = false;
    for (; text[i] && text[i] != 'e' && text[i] != 'E'; i++) {
        if (text[i] == '.' && !point) point = true;
        else if (isdigit((unsigned char)text[i])) digits++, places += point;
        else return false;
    }
    if (!digits) return false;
    long exponent = 0;
    bool exponent_given = text[i];
    if (exponent_given) {
        char *end;
        exponent = strtol(text + i + 1, &end, 10);
        if (end == text + i + 1 || *end || exponent > 300 || exponent < -300) return false;
    }
    if (exponent_given && !places) places = 1; /* R4's own example: 1e2 is [95, 105) */
    out->value = strtod(text, NULL);
    double half = 0.5 * pow(10, (double)exponent - places);
    out->low = out->value - half;
    out->high = out->value + half;
    return isfinite(out->value);
}
