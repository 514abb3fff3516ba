/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The shape of a narrative (FHIR R4 2.4.0, txt-1 and txt-2 without XPath): one <div> in the XHTML namespace, well-formed,
 * only elements and attributes of basic formatting, nothing that runs or is fetched, some content. Browsers show these texts:
 * what is not known to be harmless is refused.
 */
#include "fhir_int.h"

#include <strings.h>

enum { DEPTH_MAX = 200 };

struct scan {
    str s;
    size_t i;
    str open[DEPTH_MAX];
    size_t depth;
    bool content;
};

static const char *const elements[] = {
    "a", "abbr", "acronym", "address", "b", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd", "del",
    "dfn", "dir", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "map",
    "area", "menu", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var"};

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_' || c == '.' ||
           (unsigned char)c >= 0x80;
}
static char at(const struct scan *x, size_t ahead) { return x->i + ahead < x->s.len ? x->s.at[x->i + ahead] : 0; }
static void skip_space(struct scan *x) {
    while (x->i < x->s.len && is_space(x->s.at[x->i])) x->i++;
}
static str take_name(struct scan *x) {
    size_t from = x->i;
    while (x->i < x->s.len && is_name(x->s.at[x->i])) x->i++;
    return str_slice(x->s, from, x->i);
}

static bool element_allowed(str name) {
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (str_is(name, elements[i])) return true;
    return false;
}

/* &name; &#10; &#xA; — the five of XML and any other entity name (HTML's are used widely). */
static bool entity(struct scan *x) {
    size_t end = x->i + 1;
    while (end < x->s.len && end - x->i < 12 && x->s.at[end] != ';' && !is_space(x->s.at[end])) end++;
    if (end >= x->s.len || x->s.at[end] != ';' || end == x->i + 1) return false;
    x->i = end + 1;
    return true;
}

/* Letters first, then also digits, + - . (RFC 3986); "a/b:c" and "#a:b" are none. */
static bool is_scheme(str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i] | 0x20;
        bool other = (s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '+' || s.at[i] == '-' || s.at[i] == '.';
        if (!(c >= 'a' && c <= 'z') && !(i && other)) return false;
    }
    return s.len > 0;
}

static bool scheme_allowed(str s) {
    static const char *const schemes[] = {"http", "https", "mailto", "tel", "ftp", "data"};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (s.len == strlen(schemes[i]) && !strncasecmp(s.at, schemes[i], s.len)) return true;
    return false;
}

/* on… handlers and addresses that run are refused; the value is checked as written (an entity cannot hide a scheme: any '&'
 * before the first ':' of href and src is refused as well). */
static const char *attribute_problem(str name, str value) {
    if (name.len > 2 && (name.at[0] | 0x20) == 'o' && (name.at[1] | 0x20) == 'n') return "an event attribute";
    if (str_is(name, "href") || str_is(name, "src")) {
        str scheme = str_trim(str_slice(value, 0, str_find(value, ':')));
        if (scheme.len < value.len && str_find(scheme, '&') < scheme.len) return "an address with a hidden scheme";
        if (scheme.len < value.len && is_scheme(scheme) && !scheme_allowed(scheme)) return "an address that is no link of the web";
    }
    return NULL;
}

static const char *attributes(struct scan *x, bool root, bool *closed) {
    bool namespace = false;
    for (;;) {
        size_t before = x->i;
        skip_space(x);
        char c = at(x, 0);
        if (c == '>' || (c == '/' && at(x, 1) == '>')) {
            *closed = c == '/';
            x->i += c == '/' ? 2 : 1;
            return root && !namespace ? "the div is not in the XHTML namespace" : NULL;
        }
        if (before == x->i) return "a malformed tag";
        str name = take_name(x);
        skip_space(x);
        if (!name.len || at(x, 0) != '=') return "an attribute without a value";
        x->i++;
        skip_space(x);
        char quote = at(x, 0);
        if (quote != '"' && quote != '\'') return "an attribute without quotes";
        size_t from = ++x->i;
        while (x->i < x->s.len && x->s.at[x->i] != quote && x->s.at[x->i] != '<') x->i++;
        if (at(x, 0) != quote) return "an attribute that does not end";
        str value = str_slice(x->s, from, x->i++);
        if (root && str_is(name, "xmlns")) namespace = str_is(value, "http://www.w3.org/1999/xhtml");
        const char *problem = attribute_problem(name, value);
        if (problem) return problem;
    }
}

static const char *tag(struct scan *x) {
    if (at(x, 1) == '!') {
        bool comment = at(x, 2) == '-' && at(x, 3) == '-';
        if (!comment) return "a declaration";
        str rest = str_slice(x->s, x->i + 4, x->s.len);
        const char *end = memmem(rest.at, rest.len, "-->", 3);
        if (!end) return "a comment that does not end";
        x->i = (size_t)(end - x->s.at) + 3;
        return NULL;
    }
    if (at(x, 1) == '/') {
        x->i += 2;
        str name = take_name(x);
        skip_space(x);
        if (at(x, 0) != '>' || !x->depth || !str_eq(x->open[x->depth - 1], name)) return "tags that do not match";
        x->i++;
        x->depth--;
        return NULL;
    }
    x->i++;
    str name = take_name(x);
    if (!element_allowed(name)) return "an element that is not allowed";
    if (!x->depth && !str_is(name, "div")) return "it does not begin with <div";
    if (str_is(name, "img")) x->content = true;
    bool closed;
    const char *problem = attributes(x, x->depth == 0, &closed);
    if (problem || closed) return problem;
    if (x->depth == DEPTH_MAX) return "too many levels";
    x->open[x->depth++] = name;
    return NULL;
}

const char *xhtml_problem(str text) {
    struct scan x = {.s = str_trim(text)};
    if (at(&x, 0) != '<') return "it does not begin with <div";
    while (x.i < x.s.len) {
        char c = x.s.at[x.i];
        if (c == '<') {
            const char *problem = tag(&x);
            if (problem) return problem;
            if (!x.depth && x.i < x.s.len) return "text behind the div";
        } else if (c == '&') {
            if (!entity(&x)) return "a bare &";
            x.content = true;
        } else {
            if (!is_space(c)) x.content = true;
            x.i++;
        }
    }
    if (x.depth) return "tags that do not end";
    return x.content ? NULL : "no content";
}
