/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The face over the engine: statements kept and built, errors as values, readers beside a writer, copies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char file[64];
static struct arena *arena;
static struct db *writer;

static void ok(err e) {
    if (e.code) fail_msg("%.*s", (int)e.detail.len, e.detail.at);
}

static int setup(void **state) {
    (void)state;
    snprintf(file, sizeof file, "/tmp/tram-db-XXXXXX");
    int fd = mkstemp(file);
    close(fd);
    unlink(file);
    arena = arena_new();
    ok(db_open(arena, file, DB_CREATE, 0, &writer));
    ok(db_run(writer,
              "CREATE TABLE t(a INTEGER PRIMARY KEY, b, c); INSERT INTO t VALUES (1, 'x', NULL), (2, x'0001', 1.5)"));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    char name[96];
    db_close(writer);
    arena_free(arena);
    unlink(file);
    snprintf(name, sizeof name, "%s-wal", file);
    unlink(name);
    snprintf(name, sizeof name, "%s-shm", file);
    unlink(name);
    return 0;
}

static void test_columns(void **state) {
    (void)state;
    struct statement *q = db_use(writer, "SELECT b, c FROM t ORDER BY a");
    bool row;
    ok(db_row(q, &row));
    assert_true(row && column_is_text(q, 0) && column_null(q, 1));
    assert_true(str_is(column_text(q, 0), "x"));
    assert_null(column_text(q, 1).at);
    ok(db_row(q, &row));
    assert_int_equal(column_blob(q, 0).len, 2);
    assert_true(column_real(q, 1) == 1.5);
    assert_int_equal(column_kind(q, 1), 2);
    ok(db_row(q, &row));
    assert_false(row);
    assert_ptr_equal(q, db_use(writer, "SELECT b, c FROM t ORDER BY a")); /* kept */
}

static void test_errors(void **state) {
    (void)state;
    struct statement *q = db_use(writer, "SELECT nothing FROM nowhere");
    bool row;
    bind_int(q, 1, 5); /* a refused statement takes bindings and gives its error when stepped */
    assert_int_equal(db_row(q, &row).code, ERR_INTERNAL);
    assert_int_equal(db_run(writer, "INSERT INTO t(a) VALUES (1)").code, ERR_INTERNAL);
    struct db *none;
    assert_int_equal(db_open(arena, "/nonexistent/dir/x", DB_WRITE, 0, &none).code, ERR_IO);
    FILE *f = fopen("/tmp/tram-db-not", "w");
    for (int i = 0; i < 1000; i++) fputs("this is no database ", f);
    fclose(f);
    assert_int_equal(db_open(arena, "/tmp/tram-db-not", DB_WRITE, 0, &none).code, ERR_NO_NODE);
    unlink("/tmp/tram-db-not");
}

static void test_reader(void **state) {
    (void)state;
    struct db *reader;
    ok(db_open(arena, file, DB_READ, 0, &reader));
    assert_int_not_equal(db_run(reader, "INSERT INTO t(a) VALUES (9)").code, ERR_OK);
    ok(db_run(reader, "BEGIN"));
    bool row;
    struct statement *q = db_use(reader, "SELECT count(*) FROM t");
    ok(db_row(q, &row));
    int64_t before = column_int(q, 0);
    ok(db_run(writer, "INSERT INTO t(a) VALUES (10)"));
    assert_true(db_log_pages(writer) > 0);
    q = db_use(reader, "SELECT count(*) FROM t");
    ok(db_row(q, &row));
    assert_int_equal(column_int(q, 0), before); /* its snapshot */
    struct arena *a = arena_new();
    struct statement *built = db_build(reader, a, STR("SELECT a FROM t"));
    ok(db_row(built, &row));
    db_reset_all(reader); /* ends kept and built ones */
    ok(db_run(reader, "COMMIT"));
    arena_free(a);
    db_close(reader);
}

static void test_copy_and_limit(void **state) {
    (void)state;
    char copy[96];
    snprintf(copy, sizeof copy, "%s.copy", file);
    ok(db_copy(arena, writer, copy));
    assert_int_equal(db_copy(arena, writer, copy).code, ERR_CONFLICT);
    unlink(copy);
    struct buf report = buf_new(arena);
    ok(db_integrity(writer, &report));
    assert_int_equal(report.len, 0);
    ok(db_limit_pages(writer, 1));
    assert_int_equal(db_run(writer, "INSERT INTO t(b) VALUES (zeroblob(1000000))").code, ERR_FULL);
    ok(db_limit_pages(writer, 0));
    ok(db_run(writer, "INSERT INTO t(b) VALUES (zeroblob(1000000))"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_columns, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_reader, setup, teardown),
        cmocka_unit_test_setup_teardown(test_copy_and_limit, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
