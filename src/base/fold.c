/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * utf8proc's tables; plain ASCII takes a short way.
 */
#include "fold.h"

#include <stdlib.h>
#include <utf8proc.h>

static str map_unicode(struct arena *a, str s, utf8proc_option_t options) {
    utf8proc_uint8_t *out = NULL;
    utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &out, options);
    if (n < 0) return s;
    str copy = str_copy(a, (str){(const char *)out, (size_t)n});
    free(out);
    return copy;
}

static bool is_ascii(str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] >= 0x80) return false;
    return true;
}

/* In place: upper case to lower, "đ" (C4 91) to "d" unless `marks` stay, runs of white space to one space, none at the ends. */
static str finish(char *p, size_t len, bool marks) {
    size_t to = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];
        if (!marks && c == 0xC4 && i + 1 < len && ((unsigned char)p[i + 1] == 0x91 || (unsigned char)p[i + 1] == 0x90)) {
            p[to++] = 'd';
            i++;
        } else if (c <= ' ') {
            if (to && p[to - 1] != ' ') p[to++] = ' ';
        } else {
            p[to++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : (char)c;
        }
    }
    if (to && p[to - 1] == ' ') to--;
    return (str){p, to};
}

str text_fold(struct arena *a, str s) {
    str decomposed = s;
    if (!is_ascii(s))
        decomposed = map_unicode(a, s, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK | UTF8PROC_CASEFOLD);
    if (decomposed.at == s.at) decomposed = str_copy(a, s);
    return finish((char *)(uintptr_t)decomposed.at, decomposed.len, false);
}

str text_caseless(struct arena *a, str s) {
    str folded = is_ascii(s) ? s : map_unicode(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
    if (folded.at == s.at) folded = str_copy(a, s);
    return finish((char *)(uintptr_t)folded.at, folded.len, true);
}

str text_nfc(struct arena *a, str s) {
    return is_ascii(s) ? s : map_unicode(a, s, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

/* The next letter in the other case onto `out`; its length in `s`, 0 at the end or at bytes that are no UTF-8. */
static size_t change_letter(struct buf *out, str s, bool upper) {
    utf8proc_int32_t c;
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t n = s.len ? utf8proc_iterate((const utf8proc_uint8_t *)s.at, (utf8proc_ssize_t)s.len, &c) : 0;
    if (n <= 0) return 0;
    utf8proc_ssize_t len = utf8proc_encode_char(upper ? utf8proc_toupper(c) : utf8proc_tolower(c), bytes);
    buf_add(out, (str){(const char *)bytes, (size_t)len});
    return (size_t)n;
}

str text_case(struct arena *a, str s, bool upper) {
    struct buf b = buf_new(a);
    buf_reserve(&b, s.len + 4);
    for (size_t n; (n = change_letter(&b, s, upper)); s = str_slice(s, n, s.len)) continue;
    return buf_str(&b);
}

str text_capital(struct arena *a, str s) {
    struct buf b = buf_new(a);
    size_t n = change_letter(&b, s, true);
    buf_add(&b, str_slice(s, n, s.len));
    return buf_str(&b);
}
