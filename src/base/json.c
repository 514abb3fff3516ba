/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * yajl's stream of tokens built into a tree. yajl is told not to check UTF-8 (its check lets overlong forms pass) and
 * decodes escapes into a scratch buffer: a text that yajl hands over from outside the source had escapes, and only
 * those are copied and checked for surrogates and U+0000.
 */
#include "json.h"

#include "map.h"

#include "log.h"

#include <stdio.h>
#include <yajl/yajl_parse.h>

enum { FEW_KEYS = 16 };

struct frame {
    struct json *node, *last;
    struct map *keys; /* only for objects with many members */
};

struct reader {
    struct arena *arena;
    str source;
    yajl_handle yajl;
    struct json *root;
    struct frame frames[JSON_DEPTH];
    size_t depth;
    str key;
    uint32_t key_begin;
    size_t previous_end; /* offset behind the last token */
    const char *problem; /* why we stopped, or NULL when yajl did */
    size_t problem_at;
};

size_t utf8_valid(str s) {
    const unsigned char *p = (const unsigned char *)s.at;
    size_t i = 0;
    while (i < s.len) {
        if (p[i] < 0x80) {
            uint64_t eight;
            while (i + 8 <= s.len && (memcpy(&eight, p + i, 8), (eight & 0x8080808080808080ull) == 0)) i += 8;
            while (i < s.len && p[i] < 0x80) i++;
            continue;
        }
        size_t more = p[i] >= 0xF0 ? 3 : p[i] >= 0xE0 ? 2 : 1;
        if (p[i] < 0xC2 || p[i] > 0xF4 || s.len - i <= more) return i;
        for (size_t k = 1; k <= more; k++)
            if ((p[i + k] & 0xC0) != 0x80) return i;
        if ((p[i] == 0xE0 && p[i + 1] < 0xA0) || (p[i] == 0xED && p[i + 1] > 0x9F) ||
            (p[i] == 0xF0 && p[i + 1] < 0x90) || (p[i] == 0xF4 && p[i + 1] > 0x8F))
            return i;
        i += more + 1;
    }
    return s.len;
}

void json_position(str source, size_t offset, unsigned *line, unsigned *column) {
    *line = *column = 1;
    for (size_t i = 0; i < offset && i < source.len; i++) {
        if (source.at[i] == '\n') {
            *line += 1;
            *column = 1;
        } else if (((unsigned char)source.at[i] & 0xC0) != 0x80) {
            *column += 1;
        }
    }
}

static int stop(struct reader *r, size_t at, const char *why) {
    r->problem = why;
    r->problem_at = at;
    return 0;
}

/* Where the token that ends at the current position begins: behind the last token, white space and separators. */
static size_t token_begin(const struct reader *r) {
    size_t i = r->previous_end;
    for (; i < r->source.len; i++) {
        char c = r->source.at[i];
        if (c != ' ' && c != '\n' && c != ',' && c != ':' && c != '\t' && c != '\r') break;
    }
    return i;
}

static struct json *add(struct reader *r, enum json_kind kind) {
    struct json *node = ARENA_NEW(r->arena, struct json);
    node->kind = kind;
    node->begin = (uint32_t)token_begin(r);
    node->end = (uint32_t)yajl_get_bytes_consumed(r->yajl);
    r->previous_end = node->end;
    if (!r->depth) {
        r->root = node;
        return node;
    }
    struct frame *f = &r->frames[r->depth - 1];
    if (f->node->kind == JSON_OBJECT) {
        node->key = r->key;
        node->key_begin = r->key_begin;
    }
    if (f->last) f->last->next = node;
    else f->node->first = node;
    f->last = node;
    f->node->count++;
    return node;
}

static int on_null(void *ctx) { return add(ctx, JSON_NULL) != NULL; }
static int on_boolean(void *ctx, int value) { return add(ctx, value ? JSON_TRUE : JSON_FALSE) != NULL; }

static int on_number(void *ctx, const char *at, size_t len) {
    struct reader *r = ctx;
    struct json *node = add(r, JSON_NUMBER);
    /* yajl consumes the byte behind a number to see its end and gives it back; trust the digits' own length */
    node->end = node->begin + (uint32_t)len;
    r->previous_end = node->end;
    node->text = str_slice(r->source, node->begin, node->end);
    (void)at;
    return 1;
}

static int hex4(const char *p) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        v = v * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

/* Checks the \u escapes of a raw string (yajl has checked their form): NULL or what is wrong. */
static const char *check_escapes(str raw, size_t *at) {
    for (size_t i = 0; i + 1 < raw.len; i++) {
        if (raw.at[i] != '\\') continue;
        *at = i;
        if (raw.at[++i] != 'u') continue;
        int c = hex4(raw.at + i + 1);
        i += 4;
        if (c == 0) return "U+0000 is not allowed";
        if (c >= 0xDC00 && c <= 0xDFFF) return "lone low surrogate";
        if (c < 0xD800 || c > 0xDBFF) continue;
        if (i + 6 >= raw.len || raw.at[i + 1] != '\\' || raw.at[i + 2] != 'u') return "lone high surrogate";
        int low = hex4(raw.at + i + 3);
        if (low < 0xDC00 || low > 0xDFFF) return "lone high surrogate";
        i += 6;
    }
    return NULL;
}

/* The text of the string token that yajl just read; false when its escapes are wrong. */
static bool take_text(struct reader *r, const unsigned char *at, size_t len, size_t begin, size_t end, str *out) {
    const char *p = (const char *)at;
    *out = (str){p, len};
    if (p >= r->source.at && p <= r->source.at + r->source.len) return true;
    size_t where = 0;
    const char *why = check_escapes(str_slice(r->source, begin, end), &where);
    if (why) return stop(r, begin + where, why);
    *out = str_copy(r->arena, *out);
    return true;
}

static int on_string(void *ctx, const unsigned char *at, size_t len) {
    struct reader *r = ctx;
    struct json *node = add(r, JSON_STRING);
    return take_text(r, at, len, node->begin, node->end, &node->text);
}

static bool key_seen(struct reader *r, struct frame *f) {
    if (f->node->count < FEW_KEYS) {
        for (const struct json *m = f->node->first; m; m = m->next)
            if (str_eq(m->key, r->key)) return true;
        return false;
    }
    if (!f->keys) {
        f->keys = ARENA_NEW(r->arena, struct map);
        *f->keys = map_new(r->arena);
        for (struct json *m = f->node->first; m; m = m->next) map_put(f->keys, m->key, m);
    }
    return !map_put(f->keys, r->key, f->node);
}

static int on_key(void *ctx, const unsigned char *at, size_t len) {
    struct reader *r = ctx;
    size_t begin = token_begin(r), end = yajl_get_bytes_consumed(r->yajl);
    r->previous_end = end;
    r->key_begin = (uint32_t)begin;
    if (!take_text(r, at, len, begin, end, &r->key)) return 0;
    if (key_seen(r, &r->frames[r->depth - 1])) return stop(r, begin, "duplicate key");
    return 1;
}

static int open_node(struct reader *r, enum json_kind kind) {
    struct json *node = add(r, kind);
    if (r->depth == JSON_DEPTH) return stop(r, node->begin, "nested deeper than 100 levels");
    r->frames[r->depth++] = (struct frame){.node = node};
    return 1;
}

static int close_node(struct reader *r) {
    r->previous_end = yajl_get_bytes_consumed(r->yajl);
    r->frames[--r->depth].node->end = (uint32_t)r->previous_end;
    return 1;
}

static int on_map(void *ctx) { return open_node(ctx, JSON_OBJECT); }
static int on_array(void *ctx) { return open_node(ctx, JSON_ARRAY); }
static int on_end(void *ctx) { return close_node(ctx); }

/* `consumed` is how far yajl came before it gave up. */
static err failure(struct reader *r, size_t consumed) {
    unsigned line, column;
    size_t at = r->problem ? r->problem_at : consumed;
    char why[160];
    if (r->problem) {
        snprintf(why, sizeof why, "%s", r->problem);
    } else {
        unsigned char *text = yajl_get_error(r->yajl, 0, NULL, 0);
        snprintf(why, sizeof why, "%s", text ? (const char *)text : "not JSON");
        if (text) yajl_free_error(r->yajl, text);
        for (char *p = why; *p; p++)
            if (*p == '\n') *p = ' ';
        str trimmed = str_trim(str_of(why));
        why[trimmed.len] = 0;
        if (at >= r->source.len) snprintf(why, sizeof why, "the text ends too early");
    }
    json_position(r->source, at, &line, &column);
    return err_make(r->arena, ERR_INVALID, NULL, "line %u, column %u: %s", line, column, why);
}

/* yajl takes vertical tab and form feed for white space; JSON does not, and in a string they must be escaped: nowhere raw. */
static size_t wrong_space(str source) {
    const char *tab = source.len ? memchr(source.at, '\v', source.len) : NULL;
    const char *feed = source.len ? memchr(source.at, '\f', source.len) : NULL;
    const char *first = tab && (!feed || tab < feed) ? tab : feed;
    return first ? (size_t)(first - source.at) : source.len;
}

err json_parse(struct arena *a, str source, struct json **out) {
    static const yajl_callbacks callbacks = {on_null, on_boolean, NULL, NULL, on_number, on_string,
                                             on_map, on_key, on_end, on_array, on_end};
    struct reader r = {.arena = a, .source = source};
    *out = NULL;
    if (source.len >= UINT32_MAX) return err_make(a, ERR_TOO_LONG, NULL, "more than 4 GiB of JSON");
    size_t utf8 = utf8_valid(source), space = wrong_space(source), bad = utf8 < space ? utf8 : space;
    if (bad < source.len) {
        unsigned line, column;
        json_position(source, bad, &line, &column);
        return err_make(a, ERR_INVALID, NULL, "line %u, column %u: %s", line, column, bad == utf8 ? "invalid UTF-8" : "a control character");
    }
    r.yajl = yajl_alloc(&callbacks, NULL, &r);
    if (!r.yajl) panic("out of memory: yajl");
    yajl_config(r.yajl, yajl_dont_validate_strings, 1);
    yajl_status status = yajl_parse(r.yajl, (const unsigned char *)source.at, source.len);
    size_t consumed = yajl_get_bytes_consumed(r.yajl);
    if (status == yajl_status_ok) {
        consumed = source.len;
        status = yajl_complete_parse(r.yajl);
    }
    err e = status == yajl_status_ok && r.root ? OK_ERR : failure(&r, consumed);
    yajl_free(r.yajl);
    if (!e.code) *out = r.root;
    return e;
}

const struct json *json_get(const struct json *object, str key) {
    if (!object || object->kind != JSON_OBJECT) return NULL;
    for (const struct json *m = object->first; m; m = m->next)
        if (str_eq(m->key, key)) return m;
    return NULL;
}

const struct json *json_item(const struct json *array, size_t i) {
    if (!array || array->kind != JSON_ARRAY) return NULL;
    const struct json *item = array->first;
    while (item && i--) item = item->next;
    return item;
}

str json_text(const struct json *object, str key) {
    const struct json *m = json_get(object, key);
    return m && m->kind == JSON_STRING ? m->text : STR_NONE;
}

void json_minify(struct buf *out, str source, const struct json *value) {
    const char *p = source.at + value->begin, *end = source.at + value->end;
    buf_reserve(out, (size_t)(end - p));
    while (p < end) {
        const char *from = p;
        while (p < end && *p != '"' && (unsigned char)*p > ' ') p++;
        if (p < end && *p == '"') {
            p++;
            while (*p != '"') p += *p == '\\' ? 2 : 1;
            p++;
        }
        buf_add(out, (str){from, (size_t)(p - from)});
        while (p < end && (unsigned char)*p <= ' ') p++;
    }
}

void json_write(struct buf *out, const struct json *value) {
    switch (value->kind) {
    case JSON_NULL: buf_addz(out, "null"); return;
    case JSON_FALSE: buf_addz(out, "false"); return;
    case JSON_TRUE: buf_addz(out, "true"); return;
    case JSON_NUMBER: buf_add(out, value->text); return;
    case JSON_STRING: buf_add_json(out, value->text); return;
    case JSON_ARRAY: case JSON_OBJECT: break;
    }
    bool object = value->kind == JSON_OBJECT;
    buf_addc(out, object ? '{' : '[');
    for (const struct json *m = value->first; m; m = m->next) {
        if (m != value->first) buf_addc(out, ',');
        if (object) {
            buf_add_json(out, m->key);
            buf_addc(out, ':');
        }
        json_write(out, m);
    }
    buf_addc(out, object ? '}' : ']');
}
