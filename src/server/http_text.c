/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See http_text.h. Everything here takes what a stranger sent; every index is checked against the length.
 */
#include "http_text.h"

#include "base/json.h"

#include <strings.h>

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool http_decode(struct arena *a, str in, bool plus, str *out) {
    bool plain = true;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.at[i];
        if (c == '\0') return false;
        if (c == '%' || (plus && c == '+')) plain = false;
    }
    if (!plain) {
        char *p = arena_alloc(a, in.len);
        size_t n = 0;
        for (size_t i = 0; i < in.len; i++) {
            char c = in.at[i];
            if (c == '%') {
                int high = i + 2 < in.len ? hex_digit(in.at[i + 1]) : -1, low = high < 0 ? -1 : hex_digit(in.at[i + 2]);
                if (low < 0 || high * 16 + low == 0) return false;
                c = (char)(high * 16 + low);
                i += 2;
            } else if (plus && c == '+') {
                c = ' ';
            }
            p[n++] = c;
        }
        in = (str){p, n};
    }
    *out = in;
    return utf8_valid(in) == in.len;
}

str http_query(struct arena *a, str query, const char *name) {
    str part, want = str_of(name);
    while (str_split(&query, '&', &part)) {
        size_t eq = str_find(part, '=');
        str key, value;
        if (!http_decode(a, str_slice(part, 0, eq), true, &key) || !str_eq(key, want)) continue;
        if (!http_decode(a, str_slice(part, eq + 1, part.len), true, &value)) return STR_NONE;
        return value.at ? value : STR("");
    }
    return STR_NONE;
}

str http_query_without(struct arena *a, str query, const char *const *names) {
    struct buf kept = buf_new(a);
    str rest = query, part;
    bool dropped = false;
    while (str_split(&rest, '&', &part)) {
        str key = str_slice(part, 0, str_find(part, '='));
        bool drop = false;
        for (size_t i = 0; names[i]; i++) drop = drop || str_is(key, names[i]);
        if (drop) {
            dropped = true;
            continue;
        }
        if (kept.len) buf_addc(&kept, '&');
        buf_add(&kept, part);
    }
    return dropped ? buf_str(&kept) : query;
}

bool http_target(str target, str *path, str *query) {
    if (str_starts(target, STR("http://")) || str_starts(target, STR("https://"))) {
        str rest = str_slice(target, target.at[4] == 's' ? 8 : 7, target.len);
        target = str_slice(rest, str_find(rest, '/'), rest.len);
    }
    size_t mark = str_find(target, '?');
    *path = str_slice(target, 0, mark);
    *query = str_slice(target, mark + 1, target.len);
    if (!path->len || path->at[0] != '/') return false;
    for (size_t i = 0; i < target.len; i++)
        if (target.at[i] <= 0x20 || target.at[i] == 0x7f) return false; /* also bytes from 0x80: char is signed */
    return true;
}

str http_cookie(str header, const char *name) {
    str found = STR_NONE, part, want = str_of(name);
    size_t count = 0;
    while (str_split(&header, ';', &part)) {
        part = str_trim(part);
        size_t eq = str_find(part, '=');
        if (eq == part.len || !str_eq(str_slice(part, 0, eq), want)) continue;
        found = str_slice(part, eq + 1, part.len);
        if (found.len >= 2 && found.at[0] == '"' && found.at[found.len - 1] == '"') found = str_slice(found, 1, found.len - 1);
        count++;
    }
    return count == 1 ? found : STR_NONE;
}

static bool same_word(str a, str b) { return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0); }

/* Value of a parameter in the part behind the first ';' of a header element; STR_NONE when absent. */
static str header_parameter(str parameters, str name) {
    str part;
    while (str_split(&parameters, ';', &part)) {
        part = str_trim(part);
        size_t eq = str_find(part, '=');
        if (eq == part.len || !same_word(str_trim(str_slice(part, 0, eq)), name)) continue;
        str value = str_trim(str_slice(part, eq + 1, part.len));
        if (value.len >= 2 && value.at[0] == '"' && value.at[value.len - 1] == '"') value = str_slice(value, 1, value.len - 1);
        return value;
    }
    return STR_NONE;
}

static str behind_semicolon(str s) {
    size_t i = str_find(s, ';');
    return i < s.len ? str_slice(s, i + 1, s.len) : STR_NONE;
}

str http_media_type(str content_type, str *charset) {
    if (charset) *charset = header_parameter(behind_semicolon(content_type), STR("charset"));
    return str_trim(str_slice(content_type, 0, str_find(content_type, ';')));
}

/* q of an element in thousandths; a broken one counts as 0 (refused), absent as 1000. */
static int quality(str parameters) {
    str q = header_parameter(parameters, STR("q"));
    if (!q.at) return 1000;
    if (!q.len || q.at[0] < '0' || q.at[0] > '1') return 0;
    int value = (q.at[0] - '0') * 1000, scale = 100;
    for (size_t i = 2; i < q.len && i < 5 && q.at[i] >= '0' && q.at[i] <= '9'; i++, scale /= 10) value += (q.at[i] - '0') * scale;
    return value > 1000 ? 1000 : value;
}

/* How closely a media range names a type: 0 not at all, 1 any, 2 the main type, 3 exactly. */
static int closeness(str range, str type) {
    if (str_is(range, "*/*") || str_is(range, "*")) return 1;
    if (same_word(range, type)) return 3;
    if (!str_ends(range, STR("/*"))) return 0;
    size_t slash = str_find(type, '/');
    return same_word(str_slice(range, 0, range.len - 2), str_slice(type, 0, slash)) ? 2 : 0;
}

bool http_accepts(str accept, const char *const *types) {
    if (!str_trim(accept).len) return true;
    for (size_t i = 0; types[i]; i++) {
        str rest = accept, part;
        int best = 0, best_q = 0;
        while (str_split(&rest, ',', &part)) {
            str range = http_media_type(part, NULL);
            int close = closeness(range, str_of(types[i]));
            if (close <= best) continue;
            best = close;
            best_q = quality(behind_semicolon(part));
        }
        if (best && best_q > 0) return true;
    }
    return false;
}

enum http_encoding http_encoding(str accept_encoding, bool have_gzip, bool have_brotli) {
    int gzip = -1, brotli = -1, any = -1;
    str part;
    while (str_split(&accept_encoding, ',', &part)) {
        str name = str_trim(str_slice(part, 0, str_find(part, ';')));
        int q = quality(behind_semicolon(part));
        if (same_word(name, STR("gzip"))) gzip = q;
        else if (same_word(name, STR("br"))) brotli = q;
        else if (str_is(name, "*")) any = q;
    }
    if (gzip < 0) gzip = any;
    if (brotli < 0) brotli = any;
    if (have_brotli && brotli > 0 && brotli >= gzip) return HTTP_BROTLI;
    return have_gzip && gzip > 0 ? HTTP_GZIP : HTTP_IDENTITY;
}

bool http_etag_matches(str if_none_match, str etag) {
    str part;
    if (str_starts(etag, STR("W/"))) etag = str_slice(etag, 2, etag.len);
    while (str_split(&if_none_match, ',', &part)) {
        part = str_trim(part);
        if (str_is(part, "*")) return true;
        if (str_starts(part, STR("W/"))) part = str_slice(part, 2, part.len);
        if (str_eq(part, etag)) return true;
    }
    return false;
}

bool http_host_valid(str host) {
    if (!host.len || host.len > 262) return false;
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != '-' && c != ':' && c != '[' && c != ']' && c != '_') return false;
    }
    return true;
}

bool http_prefers_vietnamese(str accept_language) {
    str part;
    while (str_split(&accept_language, ',', &part)) {
        str tag = str_trim(str_slice(part, 0, str_find(part, ';')));
        if (same_word(str_slice(tag, 0, 2), STR("vi"))) return true;
        if (same_word(str_slice(tag, 0, 2), STR("en"))) return false;
    }
    return true;
}
