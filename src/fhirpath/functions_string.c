/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Strings (FHIRPath 5.6) and the drafts encode, escape and their opposites. Positions count characters, not bytes. Regular
 * expressions are PCRE2's, with limits on steps, depth and memory, single-line (the dot takes line ends, 5.6.9).
 */
#include "functions.h"

#include "base/fold.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <sodium.h>
#include <utf8proc.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KB = 20000 };

/* ---- characters ----------------------------------------------------------------------------------------------------------------- */

static bool starts_character(char c) { return ((unsigned char)c & 0xC0) != 0x80; }

static int64_t character_count(str s) {
    int64_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += starts_character(s.at[i]);
    return n;
}

/* Byte offset of character n, s.len beyond the end. */
static size_t offset_of(str s, int64_t n) {
    size_t i = 0;
    for (; i < s.len; i++)
        if (starts_character(s.at[i]) && n-- == 0) break;
    return i;
}

FUNCTION(f_length) {
    (void)outer;
    str s;
    bool absent;
    if (!input_string(e, call, input, &s, &absent)) return false;
    return absent || give(e, out, value_integer(character_count(s)));
}

FUNCTION(f_to_chars) {
    (void)outer;
    str s;
    bool absent;
    if (!input_string(e, call, input, &s, &absent)) return false;
    for (size_t i = 0; !absent && i < s.len;) {
        size_t end = i + 1;
        while (end < s.len && !starts_character(s.at[end])) end++;
        values_add(e->arena, out, value_string(str_slice(s, i, end)));
        i = end;
    }
    return true;
}

FUNCTION(f_substring) {
    str s;
    int64_t start = 0, length = INT32_MAX;
    bool absent, no_start, no_length = false;
    if (!input_string(e, call, input, &s, &absent) || !argument_integer(e, call, 0, outer, &start, &no_start)) return false;
    if (call->argument_count > 1 && !argument_integer(e, call, 1, outer, &length, &no_length)) return false;
    if (absent || no_start || start < 0 || start >= character_count(s)) return true;
    if (no_length) length = INT32_MAX;
    if (length < 0) length = 0;
    size_t from = offset_of(s, start);
    str rest = str_slice(s, from, s.len);
    return give(e, out, value_string(str_slice(rest, 0, offset_of(rest, length))));
}

/* ---- searching ------------------------------------------------------------------------------------------------------------------- */

/* Input and first argument as strings; *absent when either is empty. */
static bool two_strings(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, str *s, str *t, bool *absent) {
    bool other;
    if (!input_string(e, call, input, s, absent) || !argument_string(e, call, 0, outer, t, &other)) return false;
    *absent = *absent || other;
    return true;
}

FUNCTION(f_starts_with) {
    str s, t;
    bool absent;
    return two_strings(e, call, input, outer, &s, &t, &absent) && (absent || give(e, out, value_boolean(str_starts(s, t))));
}

FUNCTION(f_ends_with) {
    str s, t;
    bool absent;
    return two_strings(e, call, input, outer, &s, &t, &absent) && (absent || give(e, out, value_boolean(str_ends(s, t))));
}

FUNCTION(f_contains) {
    str s, t;
    bool absent;
    return two_strings(e, call, input, outer, &s, &t, &absent) && (absent || give(e, out, value_boolean(str_contains(s, t))));
}

FUNCTION(f_index_of) {
    str s, t;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &t, &absent) || absent) return absent;
    const char *at = t.len ? memmem(s.at, s.len, t.at, t.len) : s.at;
    return give(e, out, value_integer(at ? character_count((str){s.at, (size_t)(at - s.at)}) : -1));
}

FUNCTION(f_last_index_of) {
    str s, t;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &t, &absent) || absent) return absent;
    for (size_t i = s.len + 1; i-- > 0;)
        if (i + t.len <= s.len && (t.len == 0 || memcmp(s.at + i, t.at, t.len) == 0))
            return give(e, out, value_integer(character_count(str_slice(s, 0, i))));
    return give(e, out, value_integer(-1));
}

/* ---- changing ------------------------------------------------------------------------------------------------------------------- */

static bool change_case(struct evaluation *e, const struct node *call, const struct values *input, bool upper, struct values *out) {
    str s;
    bool absent;
    if (!input_string(e, call, input, &s, &absent) || absent) return absent;
    return give(e, out, value_string(text_case(e->arena, s, upper)));
}

FUNCTION(f_upper) { (void)outer; return change_case(e, call, input, true, out); }
FUNCTION(f_lower) { (void)outer; return change_case(e, call, input, false, out); }

FUNCTION(f_trim) {
    (void)outer;
    str s;
    bool absent;
    if (!input_string(e, call, input, &s, &absent)) return false;
    return absent || give(e, out, value_string(str_trim(s)));
}

FUNCTION(f_split) {
    str s, t;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &t, &absent) || absent) return absent;
    if (!t.len) return f_to_chars(e, call, input, outer, out);
    for (;;) {
        const char *at = memmem(s.at, s.len, t.at, t.len);
        if (!at) return give(e, out, value_string(s));
        values_add(e->arena, out, value_string((str){s.at, (size_t)(at - s.at)}));
        s = str_slice(s, (size_t)(at - s.at) + t.len, s.len);
    }
}

FUNCTION(f_join) {
    str t = STR("");
    bool absent = false;
    if (call->argument_count && !argument_string(e, call, 0, outer, &t, &absent)) return false;
    struct buf b = buf_new(e->arena);
    for (size_t i = 0; i < input->len; i++) {
        struct value v;
        if (!value_to_system(e->arena, &input->at[i], &v) || v.kind != VALUE_STRING) return eval_fail(e, call, "join() works on strings");
        if (i) buf_add(&b, t);
        buf_add(&b, v.text);
    }
    return give(e, out, value_string((str){b.len ? b.at : "", b.len})); /* nothing to join: '' (SQL-on-FHIR's suite) */
}

static bool three_strings(struct evaluation *e, const struct node *call, const struct values *input, const struct focus *outer, str *s, str *t, str *u, bool *absent) {
    bool other;
    if (!two_strings(e, call, input, outer, s, t, absent) || !argument_string(e, call, 1, outer, u, &other)) return false;
    *absent = *absent || other;
    return true;
}

FUNCTION(f_replace) {
    str s, t, u;
    bool absent;
    if (!three_strings(e, call, input, outer, &s, &t, &u, &absent) || absent) return absent;
    struct buf b = buf_new(e->arena);
    if (!t.len) { /* between all characters, and at both ends */
        buf_add(&b, u);
        for (size_t i = 0; i < s.len; i++) {
            buf_addc(&b, s.at[i]);
            if (i + 1 == s.len || starts_character(s.at[i + 1])) buf_add(&b, u);
        }
        return give(e, out, value_string((str){b.len ? b.at : "", b.len}));
    }
    for (const char *at; (at = memmem(s.at, s.len, t.at, t.len));) {
        buf_add(&b, (str){s.at, (size_t)(at - s.at)});
        buf_add(&b, u);
        s = str_slice(s, (size_t)(at - s.at) + t.len, s.len);
        if (b.len > 10 * 1000 * 1000) return eval_fail(e, call, "the result is too long");
    }
    buf_add(&b, s);
    return give(e, out, value_string((str){b.len ? b.at : "", b.len}));
}

/* ---- regular expressions ------------------------------------------------------------------------------------------------------------ */

static void free_code(void *code) { pcre2_code_free(code); }
static void free_context(void *context) { pcre2_match_context_free(context); }

static bool compile_pattern(struct evaluation *e, const struct node *call, str pattern, str flags, bool full, pcre2_code **code, pcre2_match_context **context) {
    int error;
    PCRE2_SIZE at;
    uint32_t options = PCRE2_UTF | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C | (full ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0);
    for (size_t i = 0; i < flags.len; i++) {
        if (flags.at[i] == 'i') options |= PCRE2_CASELESS;
        else if (flags.at[i] == 'm') options |= PCRE2_MULTILINE;
        else return eval_fail(e, call, "unknown flag '%c' of a regular expression", flags.at[i]);
    }
    *code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, options, &error, &at, NULL);
    if (!*code) {
        PCRE2_UCHAR why[120];
        pcre2_get_error_message(error, why, sizeof why);
        return eval_fail(e, call->arguments[0], "regular expression: %s", (const char *)why);
    }
    arena_on_reset(e->arena, free_code, *code);
    *context = pcre2_match_context_create(NULL);
    arena_on_reset(e->arena, free_context, *context);
    pcre2_set_match_limit(*context, MATCH_LIMIT);
    pcre2_set_depth_limit(*context, DEPTH_LIMIT);
    pcre2_set_heap_limit(*context, HEAP_LIMIT_KB);
    return true;
}

static bool pattern_flags(struct evaluation *e, const struct node *call, size_t i, const struct focus *outer, str *flags) {
    bool absent;
    *flags = STR("");
    if (call->argument_count <= i) return true;
    if (!argument_string(e, call, i, outer, flags, &absent)) return false;
    if (absent) *flags = STR("");
    return true;
}

FUNCTION(f_matches) { /* and matchesFull */
    str s, pattern, flags;
    bool absent;
    pcre2_code *code;
    pcre2_match_context *context;
    if (!two_strings(e, call, input, outer, &s, &pattern, &absent) || !pattern_flags(e, call, 1, outer, &flags)) return false;
    if (absent) return true;
    if (!compile_pattern(e, call, pattern, flags, str_is(call->text, "matchesFull"), &code, &context)) return false;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int n = pcre2_match(code, (PCRE2_SPTR)s.at, s.len, 0, 0, data, context);
    pcre2_match_data_free(data);
    if (n < 0 && n != PCRE2_ERROR_NOMATCH) return eval_fail(e, call, "the regular expression takes too long on this text");
    return give(e, out, value_boolean(n >= 0));
}

FUNCTION(f_replace_matches) {
    str s, pattern, by, flags;
    bool absent;
    pcre2_code *code;
    pcre2_match_context *context;
    if (!three_strings(e, call, input, outer, &s, &pattern, &by, &absent) || !pattern_flags(e, call, 2, outer, &flags)) return false;
    if (absent) return true;
    if (!pattern.len) return give(e, out, value_string(s));
    if (!compile_pattern(e, call, pattern, flags, false, &code, &context)) return false;
    uint32_t options = PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNSET_EMPTY;
    PCRE2_SIZE size = s.len * 2 + by.len + 64;
    for (int attempt = 0; attempt < 2; attempt++) {
        char *to = arena_alloc(e->arena, size);
        int n = pcre2_substitute(code, (PCRE2_SPTR)s.at, s.len, 0, options, NULL, context, (PCRE2_SPTR)by.at, by.len, (PCRE2_UCHAR *)to, &size);
        if (n >= 0) return give(e, out, value_string((str){to, size}));
        if (n != PCRE2_ERROR_NOMEMORY || size > 10 * 1000 * 1000) break;
    }
    return eval_fail(e, call, "the regular expression takes too long on this text, or its replacement is wrong");
}

/* ---- encode, escape (draft) --------------------------------------------------------------------------------------------------------- */

/* libsodium's variant: urlbase64 has - and _; padding may be missing when it is read. */
static str to_base64(struct arena *a, str s, bool url) {
    int variant = url ? sodium_base64_VARIANT_URLSAFE : sodium_base64_VARIANT_ORIGINAL;
    size_t room = sodium_base64_encoded_len(s.len, variant);
    char *text = arena_alloc(a, room);
    return str_of(sodium_bin2base64(text, room, (const unsigned char *)s.at, s.len, variant));
}

static bool from_base64(struct arena *a, str s, bool url, str *out) {
    int variant = url ? sodium_base64_VARIANT_URLSAFE_NO_PADDING : sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
    char *bytes = arena_alloc(a, s.len);
    while (s.len && s.at[s.len - 1] == '=') s.len--;
    out->at = bytes;
    return sodium_base642bin((unsigned char *)bytes, s.len, s.at, s.len, NULL, &out->len, NULL, variant) == 0;
}

static str to_hex(struct arena *a, str s) {
    char *text = arena_alloc(a, 2 * s.len + 1);
    return str_of(sodium_bin2hex(text, 2 * s.len + 1, (const unsigned char *)s.at, s.len));
}

static bool from_hex(struct arena *a, str s, str *out) {
    char *bytes = arena_alloc(a, s.len);
    out->at = bytes;
    return sodium_hex2bin((unsigned char *)bytes, s.len, s.at, s.len, NULL, &out->len, NULL) == 0;
}

FUNCTION(f_encode) {
    str s, format;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &format, &absent) || absent) return absent;
    if (str_is(format, "hex")) return give(e, out, value_string(to_hex(e->arena, s)));
    if (str_is(format, "base64") || str_is(format, "urlbase64")) return give(e, out, value_string(to_base64(e->arena, s, str_is(format, "urlbase64"))));
    return eval_fail(e, call->arguments[0], "unknown encoding %.*s", STR_ARG(format));
}

FUNCTION(f_decode) {
    str s, format, decoded;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &format, &absent) || absent) return absent;
    bool known = str_is(format, "hex") || str_is(format, "base64") || str_is(format, "urlbase64");
    if (!known) return eval_fail(e, call->arguments[0], "unknown encoding %.*s", STR_ARG(format));
    if (str_is(format, "hex") ? from_hex(e->arena, s, &decoded) : from_base64(e->arena, s, str_is(format, "urlbase64"), &decoded))
        return utf8_valid(decoded) < decoded.len || str_find(decoded, '\0') < decoded.len ? eval_fail(e, call, "these bytes are no text") : give(e, out, value_string(decoded));
    return eval_fail(e, call, "this is no %.*s", STR_ARG(format));
}

static const struct { char character; const char *entity; } html_entities[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

static str escape_html(struct arena *a, str s) {
    struct buf b = buf_new(a);
    for (size_t i = 0; i < s.len; i++) {
        const char *entity = NULL;
        for (int k = 0; k < 5; k++)
            if (s.at[i] == html_entities[k].character) entity = html_entities[k].entity;
        if (entity) buf_addz(&b, entity);
        else buf_addc(&b, s.at[i]);
    }
    return (str){b.len ? b.at : "", b.len};
}

/* &#10; or &#xA; at the beginning: its character; the number of bytes it takes, 0 when it is none. */
static size_t numeric_entity(str s, utf8proc_int32_t *out) {
    bool hex = s.len > 3 && (s.at[2] == 'x' || s.at[2] == 'X');
    size_t i = hex ? 3 : 2;
    utf8proc_int32_t c = 0;
    if (s.len < 4 || s.at[1] != '#') return 0;
    for (; i < s.len && s.at[i] != ';' && c <= 0x10FFFF; i++) {
        char d = s.at[i] | 0x20;
        if (s.at[i] >= '0' && s.at[i] <= '9') c = c * (hex ? 16 : 10) + (s.at[i] - '0');
        else if (hex && d >= 'a' && d <= 'f') c = c * 16 + (d - 'a' + 10);
        else return 0;
    }
    *out = c;
    return i < s.len && s.at[i] == ';' && c > 0 && utf8proc_codepoint_valid(c) ? i + 1 : 0;
}

static str unescape_html(struct arena *a, str s) {
    static const struct { const char *entity, *text; } named[] = {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&nbsp;", "\u00a0"}};
    enum { NAMED = sizeof named / sizeof *named };
    struct buf b = buf_new(a);
    for (size_t i = 0; i < s.len;) {
        str rest = str_slice(s, i, s.len);
        size_t k = s.at[i] == '&' ? 0 : NAMED, len = 0;
        utf8proc_int32_t c = 0;
        while (k < NAMED && !str_starts(rest, str_of(named[k].entity))) k++;
        if (k < NAMED) {
            buf_addz(&b, named[k].text);
            i += strlen(named[k].entity);
        } else if (s.at[i] == '&' && (len = numeric_entity(rest, &c))) {
            utf8proc_uint8_t bytes[4];
            buf_add(&b, (str){(const char *)bytes, (size_t)utf8proc_encode_char(c, bytes)});
            i += len;
        } else {
            buf_addc(&b, s.at[i++]);
        }
    }
    return (str){b.len ? b.at : "", b.len};
}

FUNCTION(f_escape) {
    str s, format;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &format, &absent) || absent) return absent;
    if (str_is(format, "html")) return give(e, out, value_string(escape_html(e->arena, s)));
    if (!str_is(format, "json")) return eval_fail(e, call->arguments[0], "unknown escape %.*s", STR_ARG(format));
    struct buf b = buf_new(e->arena);
    buf_add_json(&b, s);
    return give(e, out, value_string((str){b.at + 1, b.len - 2}));
}

FUNCTION(f_unescape) {
    str s, format;
    bool absent;
    if (!two_strings(e, call, input, outer, &s, &format, &absent) || absent) return absent;
    if (str_is(format, "html")) return give(e, out, value_string(unescape_html(e->arena, s)));
    if (!str_is(format, "json")) return eval_fail(e, call->arguments[0], "unknown escape %.*s", STR_ARG(format));
    struct json *tree;
    struct buf b = buf_new(e->arena); /* a quote needs no escape here */
    buf_addc(&b, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '"') buf_addc(&b, '\\');
        buf_addc(&b, s.at[i]);
        if (s.at[i] == '\\' && i + 1 < s.len) buf_addc(&b, s.at[++i]);
    }
    buf_addc(&b, '"');
    if (json_parse(e->arena, buf_str(&b), &tree).code || tree->kind != JSON_STRING) return eval_fail(e, call, "this is no escaped JSON text");
    return give(e, out, value_string(tree->text));
}
