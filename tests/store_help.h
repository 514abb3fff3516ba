/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A node in a temporary directory, for the tests of the store. Include after cmocka.h and store headers.
 */
#ifndef STORE_HELP_H
#define STORE_HELP_H

struct node {
    struct arena *arena;
    struct store *store;
    char dir[64];
};

static inline void assert_str(str got, const char *want) {
    if (!str_is(got, want)) print_message("got  %.*s\nwant %s\n", (int)got.len, got.at ? got.at : "", want);
    assert_true(str_is(got, want));
}

static inline void node_reopen(struct node *n, const struct store_room *const *rooms, size_t count) {
    if (n->store) store_close(n->store);
    n->store = NULL;
    struct store_options o = {.mode = STORE_WRITE, .rooms = rooms, .room_count = count};
    err e = store_open(n->arena, n->dir, &o, &n->store);
    if (e.code) print_message("open: %.*s\n", STR_ARG(e.detail));
    assert_int_equal(e.code, ERR_OK);
}

static inline void node_open(struct node *n, const struct store_room *const *rooms, size_t count) {
    n->arena = arena_new();
    snprintf(n->dir, sizeof n->dir, "/tmp/tram-test-XXXXXX");
    assert_non_null(mkdtemp(n->dir));
    err e = store_init(n->arena, n->dir);
    if (e.code) print_message("init: %.*s\n", STR_ARG(e.detail));
    assert_int_equal(e.code, ERR_OK);
    node_reopen(n, rooms, count);
}

static inline void remove_tree(const char *dir) {
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", dir);
    if (system(command)) print_message("cannot remove %s\n", dir);
}

static inline void node_close(struct node *n) {
    store_close(n->store);
    remove_tree(n->dir);
    arena_free(n->arena);
}

/* cmocka's fixture: an empty node without rooms for each test. */
static inline int node_setup(void **state) {
    struct node *n = calloc(1, sizeof *n);
    node_open(n, NULL, 0);
    *state = n;
    return 0;
}

static inline int node_teardown(void **state) {
    node_close(*state);
    free(*state);
    return 0;
}

static inline struct change change_of(const char *type, const char *id, const char *body) {
    return (struct change){.op = body ? VERSION_UPDATE : VERSION_DELETE,
                           .type = fhir_type_by_name(str_of(type)),
                           .id = str_of(id),
                           .source = str_of(body)};
}

static inline err commit(struct node *n, struct change *c, size_t count) {
    struct commit x = {.changes = c, .count = count, .actor = STR("system")};
    return store_commit(n->store, n->arena, &x);
}

static inline struct version put(struct node *n, const char *type, const char *id, const char *body) {
    struct change c = change_of(type, id, body);
    err e = commit(n, &c, 1);
    if (e.code) print_message("put %s/%s: %d %.*s\n", type, id, (int)e.code, STR_ARG(e.detail));
    assert_int_equal(e.code, ERR_OK);
    return c.result;
}

static inline err del(struct node *n, const char *type, const char *id) {
    struct change c = change_of(type, id, NULL);
    return commit(n, &c, 1);
}

static inline err get(struct node *n, const char *type, const char *id, struct version *v) {
    struct reader *r;
    err e = reader_begin(n->store, n->arena, &r);
    assert_int_equal(e.code, ERR_OK);
    e = reader_get(r, n->arena, fhir_type_by_name(str_of(type)), str_of(id), v);
    reader_end(r);
    return e;
}

#endif
