/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON Patch, RFC 6902. The document is read into a tree of its own that belongs to this call alone and is changed in
 * place; nobody else ever sees it before it has been written out again.
 */
#include "patch.h"

#include <stdlib.h>

struct place {
    struct json *parent; /* NULL: the whole document */
    struct json *node;   /* NULL: nothing there yet */
    str key;             /* of an object */
    uint32_t index;      /* of an array; count = behind the last */
};

static str unescape_token(struct arena *a, str token) {
    char *to = arena_alloc(a, token.len);
    size_t n = 0;
    for (size_t i = 0; i < token.len; i++) {
        char c = token.at[i];
        if (c == '~' && i + 1 < token.len) c = token.at[++i] == '1' ? '/' : '~';
        to[n++] = c;
    }
    return (str){to, n};
}

/* Array index without leading zeros, or "-" for the end. */
static bool array_index(str token, uint32_t count, uint32_t *out) {
    if (str_is(token, "-")) {
        *out = count;
        return true;
    }
    int64_t n;
    if (!token.len || token.len > 9 || (token.at[0] == '0' && token.len > 1)) return false;
    for (size_t i = 0; i < token.len; i++)
        if (token.at[i] < '0' || token.at[i] > '9') return false;
    if (!str_int64(token, &n) || n > count) return false;
    *out = (uint32_t)n;
    return true;
}

/* Follows a JSON pointer (RFC 6901) to its last step. */
static err find(struct arena *a, struct json *root, str pointer, struct place *out) {
    *out = (struct place){.node = root};
    if (!pointer.len) return OK_ERR;
    if (pointer.at[0] != '/') return err_make(a, ERR_INVALID, NULL, "not a JSON pointer: %.*s", STR_ARG(pointer));
    str rest = str_slice(pointer, 1, pointer.len), token;
    while (str_split(&rest, '/', &token)) {
        struct json *parent = out->node;
        *out = (struct place){.parent = parent, .key = unescape_token(a, token)};
        if (parent && parent->kind == JSON_OBJECT) {
            out->node = (struct json *)json_get(parent, out->key);
        } else if (parent && parent->kind == JSON_ARRAY && array_index(token, parent->count, &out->index)) {
            out->node = (struct json *)json_item(parent, out->index);
        } else {
            return err_make(a, ERR_UNPROCESSABLE, NULL, "the path %.*s does not exist", STR_ARG(pointer));
        }
    }
    return OK_ERR;
}

static struct json *copy_tree(struct arena *a, const struct json *from) {
    struct json *to = arena_alloc(a, sizeof *to);
    *to = *from;
    to->next = NULL;
    struct json **link = &to->first;
    for (const struct json *child = from->first; child; child = child->next) {
        *link = copy_tree(a, child);
        link = &(*link)->next;
    }
    return to;
}

static void unlink_node(struct place *p) {
    struct json **link = &p->parent->first;
    while (*link != p->node) link = &(*link)->next;
    *link = p->node->next;
    p->parent->count--;
}

static struct json *put(struct arena *a, struct json *root, struct place *p, const struct json *value) {
    struct json *node = copy_tree(a, value);
    if (!p->parent) return node;
    node->key = p->parent->kind == JSON_OBJECT ? p->key : STR_NONE;
    struct json **link = &p->parent->first;
    if (p->parent->kind == JSON_OBJECT) {
        while (*link && *link != p->node) link = &(*link)->next;
        node->next = *link ? (*link)->next : NULL; /* an existing member is replaced where it stands */
        if (!*link) p->parent->count++;
    } else {
        for (uint32_t i = 0; i < p->index; i++) link = &(*link)->next;
        node->next = *link;
        p->parent->count++;
    }
    *link = node;
    return root;
}

/* RFC 6902 4.6: numbers by value, objects regardless of order. */
static bool same(const struct json *a, const struct json *b) {
    if (a->kind != b->kind || a->count != b->count) return false;
    if (a->kind == JSON_STRING) return str_eq(a->text, b->text);
    if (a->kind == JSON_NUMBER) {
        char left[64], right[64];
        if (a->text.len >= sizeof left || b->text.len >= sizeof right) return str_eq(a->text, b->text);
        memcpy(left, a->text.at, a->text.len), left[a->text.len] = 0;
        memcpy(right, b->text.at, b->text.len), right[b->text.len] = 0;
        return !(strtod(left, NULL) < strtod(right, NULL)) && !(strtod(left, NULL) > strtod(right, NULL));
    }
    const struct json *other = b->first;
    for (const struct json *child = a->first; child; child = child->next) {
        if (a->kind == JSON_OBJECT) other = json_get(b, child->key);
        if (!other || !same(child, other)) return false;
        other = a->kind == JSON_ARRAY ? other->next : NULL;
    }
    return true;
}

static err absent(struct arena *a, str path) {
    return err_make(a, ERR_UNPROCESSABLE, NULL, "the path %.*s does not exist", STR_ARG(path));
}

static err remove_at(struct arena *a, struct json *root, str path) {
    struct place p;
    TRY(find(a, root, path, &p));
    if (!p.parent) return err_make(a, ERR_UNPROCESSABLE, NULL, "the whole resource cannot be removed");
    if (!p.node) return absent(a, path);
    unlink_node(&p);
    return OK_ERR;
}

static err replace_at(struct arena *a, struct json **root, str path, const struct json *value) {
    struct place p;
    TRY(find(a, *root, path, &p));
    if (!p.node) return absent(a, path);
    if (p.parent && p.parent->kind == JSON_ARRAY) unlink_node(&p);
    *root = put(a, *root, &p, value);
    return OK_ERR;
}

static err move_or_copy(struct arena *a, struct json **root, const struct json *operation, str path, bool move) {
    const struct json *from = JSON_GET(operation, "from");
    if (!from || from->kind != JSON_STRING) return err_make(a, ERR_INVALID, NULL, "`from` is missing");
    struct place source, target;
    TRY(find(a, *root, from->text, &source));
    if (!source.node) return absent(a, from->text);
    if (str_eq(from->text, path)) return OK_ERR;
    if (move && str_starts(path, from->text) && path.at[from->text.len] == '/') {
        return err_make(a, ERR_UNPROCESSABLE, NULL, "a value cannot be moved into itself");
    }
    const struct json *value = copy_tree(a, source.node);
    if (move) TRY(remove_at(a, *root, from->text));
    TRY(find(a, *root, path, &target));
    *root = put(a, *root, &target, value);
    return OK_ERR;
}

static err apply_one(struct arena *a, struct json **root, const struct json *operation) {
    if (operation->kind != JSON_OBJECT) return err_make(a, ERR_INVALID, NULL, "an operation must be an object");
    str op = JSON_TEXT(operation, "op"), path;
    const struct json *path_node = JSON_GET(operation, "path"), *value = JSON_GET(operation, "value");
    if (!path_node || path_node->kind != JSON_STRING) return err_make(a, ERR_INVALID, NULL, "`path` is missing");
    path = path_node->text;
    bool needs_value = str_is(op, "add") || str_is(op, "replace") || str_is(op, "test");
    if (needs_value && !value) return err_make(a, ERR_INVALID, NULL, "`value` is missing");
    struct place p;
    if (str_is(op, "add")) {
        TRY(find(a, *root, path, &p));
        *root = put(a, *root, &p, value);
        return OK_ERR;
    }
    if (str_is(op, "remove")) return remove_at(a, *root, path);
    if (str_is(op, "replace")) return replace_at(a, root, path, value);
    if (str_is(op, "move")) return move_or_copy(a, root, operation, path, true);
    if (str_is(op, "copy")) return move_or_copy(a, root, operation, path, false);
    if (str_is(op, "test")) {
        TRY(find(a, *root, path, &p));
        if (p.node && same(p.node, value)) return OK_ERR;
        return err_make(a, ERR_UNPROCESSABLE, NULL, "the test of %.*s failed", STR_ARG(path));
    }
    return err_make(a, ERR_INVALID, NULL, "unknown operation `%.*s`", STR_ARG(op));
}

err patch_apply(struct arena *a, str document, str patch, struct buf *out) {
    struct json *root, *operations;
    TRY(json_parse(a, document, &root));
    TRY(json_parse(a, patch, &operations));
    if (operations->kind != JSON_ARRAY) {
        return err_make(a, ERR_INVALID, NULL, "a JSON Patch is an array of operations");
    }
    for (const struct json *o = operations->first; o; o = o->next) TRY(apply_one(a, &root, o));
    json_write(out, root);
    return OK_ERR;
}
