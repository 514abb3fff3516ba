/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens of FHIRPath, with comments and the string escapes of the grammar.
 */
#include "syntax.h"

#include "base/json.h"

err syntax_error(struct arena *a, str source, size_t at, const char *why) {
    unsigned line, column;
    json_position(source, at, &line, &column);
    return err_make(a, ERR_INVALID, NULL, "line %u, column %u: %s", line, column, why);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static err skip_space(struct arena *a, str s, size_t *i) {
    while (*i < s.len) {
        char c = s.at[*i], next = *i + 1 < s.len ? s.at[*i + 1] : 0;
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            ++*i;
        } else if (c == '/' && next == '/') {
            while (*i < s.len && s.at[*i] != '\n' && s.at[*i] != '\r') ++*i;
        } else if (c == '/' && next == '*') {
            size_t begin = *i;
            for (*i += 2; *i + 1 < s.len && !(s.at[*i] == '*' && s.at[*i + 1] == '/');) ++*i;
            if (*i + 1 >= s.len) return syntax_error(a, s, begin, "this comment is not closed");
            *i += 2;
        } else {
            break;
        }
    }
    return OK_ERR;
}

static void add_code_point(struct buf *b, unsigned c) {
    if (c < 0x80) {
        buf_addc(b, (char)c);
    } else if (c < 0x800) {
        buf_addc(b, (char)(0xC0 | c >> 6));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buf_addc(b, (char)(0xE0 | c >> 12));
        buf_addc(b, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    } else {
        buf_addc(b, (char)(0xF0 | c >> 18));
        buf_addc(b, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_addc(b, (char)(0x80 | (c >> 6 & 0x3F)));
        buf_addc(b, (char)(0x80 | (c & 0x3F)));
    }
}

static int hex_digit(char c) {
    if (is_digit(c)) return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(str s, size_t *i, unsigned *out) {
    unsigned v = 0;
    for (int k = 0; k < 4; k++, ++*i) {
        int h = *i < s.len ? hex_digit(s.at[*i]) : -1;
        if (h < 0) return false;
        v = v * 16 + (unsigned)h;
    }
    *out = v;
    return true;
}

/* The escape whose backslash is at *i. */
static bool take_escape(str s, size_t *i, struct buf *out) {
    static const char from[] = "`'\"\\/frnt", to[] = "`'\"\\/\f\r\n\t";
    char c = *i + 1 < s.len ? s.at[*i + 1] : 0;
    *i += 2;
    if (c == 'u') {
        unsigned v, low;
        size_t next;
        if (!take_hex(s, i, &v)) return false;
        next = *i + 2;
        if (v >= 0xD800 && v < 0xDC00 && str_starts(str_slice(s, *i, s.len), STR("\\u")) && take_hex(s, &next, &low) &&
            low >= 0xDC00 && low < 0xE000) {
            v = 0x10000 + ((v - 0xD800) << 10) + (low - 0xDC00);
            *i = next;
        }
        if (v == 0 || (v >= 0xD800 && v < 0xE000)) return false;
        add_code_point(out, v);
        return true;
    }
    const char *p = c ? strchr(from, c) : NULL;
    if (!p) return false;
    buf_addc(out, to[p - from]);
    return true;
}

/* 'string', "string" or `identifier`: the quote is at *i. */
static err take_quoted(struct arena *a, str s, size_t *i, str *out) {
    char quote = s.at[*i];
    size_t begin = (*i)++;
    struct buf b = buf_new(a);
    while (*i < s.len && s.at[*i] != quote) {
        if (s.at[*i] != '\\') {
            buf_addc(&b, s.at[(*i)++]);
        } else {
            size_t at = *i;
            if (!take_escape(s, i, &b)) return syntax_error(a, s, at, "unknown escape");
        }
    }
    if (*i >= s.len) return syntax_error(a, s, begin, "this quote is not closed");
    ++*i;
    *out = (str){b.len ? b.at : "", b.len};
    return OK_ERR;
}

/* behind '@': date, dateTime or time; only characters are collected, the value is checked by the parser */
static void take_datetime(str s, size_t *i) {
    size_t begin = *i;
    bool time = false;
    for (; *i < s.len; ++*i) {
        char c = s.at[*i];
        bool more = *i + 1 < s.len && is_digit(s.at[*i + 1]);
        if (is_digit(c)) continue;
        if (c == 'T' && !time) time = true;
        else if ((c == '-' || c == '+') && more && (time || c == '-') && *i > begin) continue;
        else if (time && c == ':' && more) continue;
        else if (time && c == '.' && more) continue;
        else if (time && c == 'Z') { ++*i; break; }
        else break;
    }
}

static err take_number(struct token *t, str s, size_t *i) {
    size_t begin = *i;
    while (*i < s.len && is_digit(s.at[*i])) ++*i;
    t->kind = TOKEN_NUMBER;
    if (*i + 1 < s.len && s.at[*i] == '.' && is_digit(s.at[*i + 1])) {
        ++*i;
        while (*i < s.len && is_digit(s.at[*i])) ++*i;
    } else if (*i < s.len && s.at[*i] == 'L' && !(*i + 1 < s.len && (is_letter(s.at[*i + 1]) || is_digit(s.at[*i + 1])))) {
        t->kind = TOKEN_LONG;
        t->text = str_slice(s, begin, (*i)++);
        return OK_ERR;
    }
    t->text = str_slice(s, begin, *i);
    return OK_ERR;
}

static str take_word(str s, size_t *i) {
    size_t begin = *i;
    while (*i < s.len && (is_letter(s.at[*i]) || is_digit(s.at[*i]))) ++*i;
    return str_slice(s, begin, *i);
}

static err take_external(struct arena *a, str s, size_t *i, struct token *t) {
    t->kind = TOKEN_EXTERNAL;
    if (*i < s.len && (s.at[*i] == '`' || s.at[*i] == '\'')) return take_quoted(a, s, i, &t->text);
    size_t begin = *i;
    while (*i < s.len && (is_letter(s.at[*i]) || is_digit(s.at[*i]) || s.at[*i] == '-')) ++*i;
    t->text = str_slice(s, begin, *i);
    return t->text.len ? OK_ERR : syntax_error(a, s, begin, "a name is missing behind %");
}

static err take_symbol(struct arena *a, str s, size_t *i, struct token *t) {
    static const char *const two[] = {"!=", "!~", "<=", ">="};
    t->kind = TOKEN_SYMBOL;
    for (size_t k = 0; k < 4; k++)
        if (str_starts(str_slice(s, *i, s.len), str_of(two[k]))) {
            t->text = str_of(two[k]);
            *i += 2;
            return OK_ERR;
        }
    if (!strchr("()[]{}.,+-*/&|=~<>", s.at[*i]) || !s.at[*i]) return syntax_error(a, s, *i, "unexpected character");
    t->text = str_slice(s, *i, *i + 1);
    ++*i;
    return OK_ERR;
}

err lexer_next(struct arena *a, str s, size_t *i, struct token *t) {
    TRY(skip_space(a, s, i));
    *t = (struct token){.at = (uint32_t)*i};
    if (*i >= s.len) return OK_ERR;
    char c = s.at[*i];
    if (is_letter(c)) {
        t->kind = TOKEN_IDENTIFIER;
        t->text = take_word(s, i);
        return OK_ERR;
    }
    if (is_digit(c)) return take_number(t, s, i);
    switch (c) {
    case '\'': case '"': t->kind = TOKEN_STRING; return take_quoted(a, s, i, &t->text);
    case '`': t->kind = TOKEN_IDENTIFIER; t->quoted = true; return take_quoted(a, s, i, &t->text);
    case '%': ++*i; return take_external(a, s, i, t);
    case '$': ++*i; t->kind = TOKEN_VARIABLE; t->text = take_word(s, i); return OK_ERR;
    case '@': {
        size_t begin = ++*i;
        take_datetime(s, i);
        t->kind = TOKEN_DATETIME;
        t->text = str_slice(s, begin, *i);
        return OK_ERR;
    }
    default: return take_symbol(a, s, i, t);
    }
}
