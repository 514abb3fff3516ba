/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Care of a node: projections and their stale marks, check and rebuild that find damage, dictionaries, a full disk,
 * backup and restore, a newer format, audit and its gap mark, kills in the middle of writing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <zstd.h>

#include "base/date.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/index.h"
#include "store/projection.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store_help.h"

/* ---- a projection: how many resources a person has; fails for a person who is called "bad" ----------------------- */

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_PATIENT) projection_touch(job, type, id);
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(JSON_GET(resource, "subject"), "reference"));
    if (r.kind == REFERENCE_LOCAL) projection_touch(job, r.type, r.id);
}

static err project(struct projection_job *job) {
    const struct json *p = projection_resource(job);
    if (!p) return OK_ERR;
    str name = JSON_TEXT(json_item(JSON_GET(p, "name"), 0), "text");
    if (str_is(name, "bad"))
        return (err){.code = ERR_INVALID, .at = NULL, .detail = STR("a name that the rule cannot take")};
    struct projection_resources seen;
    TRY(projection_related(job, FHIR_TYPE_OBSERVATION, &seen));
    struct cell cells[] = {CELL_STR(name), CELL_INT((int64_t)seen.len), CELL_STR(JSON_TEXT(p, "gender"))};
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const columns[] = {"name", "seen", "gender"}, *const text[] = {"name"}, *const keys[] = {"gender"},
                         *const sums[] = {"seen"};
static const struct projection_table tables[] = {{"person", columns, 3, "person_text", text, 1}};
static const struct projection_total totals[] = {{"by_gender", 0, keys, 1, sums, 1}};
static const struct projection people = {"people", 1, FHIR_TYPE_PATIENT, tables, 1, totals, 1, touches, project};
static const struct projection *const projections[] = {&people};
static const struct store_room room = {
    "test",
    "CREATE TABLE IF NOT EXISTS person(subject INTEGER PRIMARY KEY, name TEXT, seen INTEGER, gender TEXT);"
    "CREATE TABLE IF NOT EXISTS by_gender(gender TEXT PRIMARY KEY, seen INTEGER, rows INTEGER) WITHOUT ROWID;"
    "CREATE VIRTUAL TABLE IF NOT EXISTS person_text USING fts5(name, content='', tokenize='unicode61');",
    projections, 1};
static const struct store_room *const rooms[] = {&room};

static int setup(void **state) {
    struct node *n = calloc(1, sizeof *n);
    node_open(n, rooms, 1);
    *state = n;
    return 0;
}

static int teardown(void **state) {
    node_close(*state);
    free(*state);
    return 0;
}

static int64_t ask(struct node *n, const char *sql) {
    struct reader *r;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    struct statement *q = db_use(reader_db(r), sql);
    bool row;
    err e = db_row(q, &row);
    if (e.code) fail_msg("%.*s", (int)e.detail.len, e.detail.at);
    int64_t v = row ? column_int(q, 0) : -1;
    reader_end(r);
    return v;
}

static err run_sql(struct db *db, void *context) { return db_run(db, context); }
static void local(struct node *n, const char *sql) {
    assert_int_equal(store_local(n->store, run_sql, (void *)(uintptr_t)sql).code, ERR_OK);
}

static void person(struct node *n, const char *id, const char *name, const char *gender) {
    put(n, "Patient", id,
        str_z(n->arena,
              str_format(n->arena, "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"%s\"}],\"gender\":\"%s\"}",
                         name, gender)));
}

static void observation(struct node *n, const char *id, const char *of) {
    put(n, "Observation", id,
        str_z(n->arena,
              str_format(n->arena,
                         "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
                         "\"urn:c\",\"code\":\"BP\"}]},\"subject\":{\"reference\":\"Patient/"
                         "%s\"},\"effectiveDateTime\":\"2026-01-02T03:04:05Z\"}",
                         of)));
}

static void test_projection(void **state) {
    struct node *n = *state;
    observation(n, "o1", "a"); /* before its person: a stub */
    assert_int_equal(ask(n, "SELECT count(*) FROM person"), 0);
    person(n, "a", "Lan", "female");
    person(n, "b", "Hoa", "female");
    assert_int_equal(ask(n, "SELECT seen FROM person WHERE name = 'Lan'"), 1);
    observation(n, "o2", "a");
    observation(n, "o3", "b");
    assert_int_equal(ask(n, "SELECT seen * 10 + rows FROM by_gender WHERE gender = 'female'"), 32);
    observation(n, "o2", "b"); /* moves to another person */
    assert_int_equal(ask(n, "SELECT seen FROM person WHERE name = 'Hoa'"), 2);
    person(n, "b", "Minh", "male");
    assert_int_equal(ask(n, "SELECT seen * 10 + rows FROM by_gender WHERE gender = 'female'"), 11);
    assert_int_equal(ask(n, "SELECT seen * 10 + rows FROM by_gender WHERE gender = 'male'"), 21);
    assert_int_equal(ask(n, "SELECT count(*) FROM person_text WHERE person_text MATCH 'hoa'"), 0);
    assert_int_equal(ask(n, "SELECT count(*) FROM person_text WHERE person_text MATCH 'minh'"), 1);
    del(n, "Patient", "b");
    assert_int_equal(ask(n, "SELECT count(*) FROM by_gender WHERE gender = 'male'"), 0);
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
}

static void test_stale(void **state) {
    struct node *n = *state;
    person(n, "a", "Lan", "female");
    person(n, "a", "bad", "female"); /* accepted; its rows stay as they were and are marked */
    struct version v;
    assert_int_equal(get(n, "Patient", "a", &v).code, ERR_OK);
    assert_int_equal(v.depth, 2);
    assert_int_equal(ask(n, "SELECT count(*) FROM stale"), 1);
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_INVALID);
    person(n, "a", "Mai", "female");
    assert_int_equal(ask(n, "SELECT count(*) FROM stale"), 0);
    assert_int_equal(ask(n, "SELECT count(*) FROM person WHERE name = 'Mai'"), 1);
}

static void test_damage_is_found(void **state) {
    struct node *n = *state;
    person(n, "a", "Lan", "female");
    observation(n, "o1", "a");
    static const char *const harm[][2] = {
        {"DELETE FROM ix WHERE rid = (SELECT max(rid) FROM res)", "INSERT INTO ix SELECT 1, 1, 1, 1 WHERE 0"},
        {"INSERT INTO ixs VALUES (2, 'x', 0, 1)", NULL},
        {"UPDATE person SET seen = 7", NULL},
        {"UPDATE by_gender SET seen = 7", NULL},
        {"UPDATE res SET dt = 5 WHERE rid = (SELECT max(rid) FROM res)", NULL},
    };
    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        struct buf report = buf_new(n->arena);
        assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
        local(n, harm[i][0]);
        err e = store_rebuild(n->store, n->arena, true, &report);
        if (e.code != ERR_INVALID) fail_msg("not found: %s", harm[i][0]);
        assert_int_equal(store_rebuild(n->store, n->arena, false, &report).code, ERR_OK);
    }
    struct buf report = buf_new(n->arena);
    local(n, "UPDATE log SET actor = 'somebody else' WHERE pos = 1");
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_INVALID);
    assert_true(str_contains(buf_str(&report), STR("hash chain")));
}

/* ---- bulk, dictionaries ------------------------------------------------------------------------------------------ */

static void test_dictionary(void **state) {
    struct node *n = *state;
    enum { MANY = 1200 };
    struct commit *commits[MANY];
    err errors[MANY];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++) {
            struct change *c = ARENA_NEW(n->arena, struct change);
            str id = str_format(n->arena, "d%d", i);
            *c = change_of(
                "Observation", str_z(n->arena, id),
                str_z(n->arena, str_format(n->arena,
                                           "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{"
                                           "\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                                           "observation-category\",\"code\":\"vital-signs\",\"display\":\"Vital "
                                           "Signs\"}]}],\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
                                           "\"code\":\"8480-6\"}]},\"subject\":{\"reference\":\"Patient/"
                                           "q%d\"},\"valueQuantity\":{\"value\":%d.%d}}",
                                           i % 50, i * 7919 % 1009, round)));
            commits[i] = ARENA_NEW(n->arena, struct commit);
            *commits[i] = (struct commit){.changes = c, .count = 1, .actor = STR("system"), .bulk = true};
        }
        store_commit_many(n->store, n->arena, commits, MANY, errors);
        for (int i = 0; i < MANY; i++) assert_int_equal(errors[i].code, ERR_OK);
        assert_true(ask(n, "SELECT count(*) FROM dict") > 0);
        node_reopen(n, rooms, 1);
    }
    /* all are readable, old versions too, and small */
    struct reader *r;
    struct version_list list;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    assert_int_equal(reader_scan(r, n->arena, FHIR_TYPE_OBSERVATION, 0, 10000, &list).code, ERR_OK);
    assert_int_equal(list.len, MANY);
    reader_end(r);
    assert_true(ask(n, "SELECT avg(length(body)) FROM res WHERE body IS NOT NULL") < 100);
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    struct store_stats stats;
    assert_int_equal(store_stats(n->store, n->arena, &stats).code, ERR_OK);
    assert_int_equal(stats.resources, MANY);
    assert_int_equal(stats.by_type[FHIR_TYPE_OBSERVATION], MANY);
    assert_int_equal(stats.stubs, 50);
}

/* A commit in the middle of many fails alone. */
static void test_many_with_a_bad_one(void **state) {
    struct node *n = *state;
    put(n, "Basic", "m1", "{\"resourceType\":\"Basic\"}");
    struct change c[3] = {change_of("Basic", "m0", "{\"resourceType\":\"Basic\"}"),
                          change_of("Basic", "m1", "{\"resourceType\":\"Basic\",\"n\":1}"),
                          change_of("Basic", "m2", "{\"resourceType\":\"Basic\"}")};
    c[1].expect = EXPECT_ABSENT;
    struct commit x[3], *all[3];
    err errors[3];
    for (int i = 0; i < 3; i++) {
        x[i] = (struct commit){.changes = &c[i], .count = 1, .actor = STR("system"), .bulk = true};
        all[i] = &x[i];
    }
    store_commit_many(n->store, n->arena, all, 3, errors);
    assert_int_equal(errors[0].code, ERR_OK);
    assert_int_equal(errors[1].code, ERR_PRECONDITION);
    assert_int_equal(errors[2].code, ERR_OK);
    assert_int_equal(ask(n, "SELECT count(*) FROM res WHERE flags = 0"), 3);
    assert_int_equal(ask(n, "SELECT max(seq) - count(*) FROM log"), 0); /* no gap in the numbers */
}

/* A release that changed an expression, found one and lost one: the slot is not ready, is extracted again, and all is
 * as before. */
static void test_slots_again(void **state) {
    struct node *n = *state;
    person(n, "a", "Lan", "female");
    for (int i = 0; i < 700; i++) observation(n, str_z(n->arena, str_format(n->arena, "o%d", i)), "a");
    int64_t rows = ask(n, "SELECT count(*) FROM ix");
    local(n, "UPDATE slot SET fingerprint = 1 WHERE type = 'Observation'; DELETE FROM ix WHERE slot IN (SELECT id FROM "
             "slot WHERE type = 'Observation');"
             "INSERT INTO slot VALUES (20000, 'Observation', 'Observation.gone', 3, 5, 1); INSERT INTO ix VALUES "
             "(20000, 1, 1, 1);");
    node_reopen(n, rooms, 1);
    observation(n, "o3", "b"); /* while it goes on */
    for (int i = 0; i < 500 && ask(n, "SELECT count(*) FROM slot WHERE ready = 0"); i++) usleep(20000);
    assert_int_equal(ask(n, "SELECT count(*) FROM slot WHERE ready = 0"), 0);
    assert_int_equal(ask(n, "SELECT count(*) FROM ix"), rows);
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
}

/* ---- recheck ----------------------------------------------------------------------------------------------------- */

static err create_unless_there(struct commit *c, struct reader *now, struct arena *a) {
    (*(int *)c->context)++;
    struct version v;
    err e = reader_get(now, a, FHIR_TYPE_BASIC, STR("unique"), &v);
    return e.code == ERR_OK ? (err){.code = ERR_MULTIPLE, .at = NULL, .detail = STR("somebody was faster")} : OK_ERR;
}

static void test_recheck(void **state) {
    struct node *n = *state;
    static const fhir_type types[] = {FHIR_TYPE_BASIC};
    struct reader *r;
    int calls = 0;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    int64_t snapshot = reader_position(r);
    reader_end(r);
    put(n, "Patient", "other", "{\"resourceType\":\"Patient\"}"); /* another type: the snapshot still holds */
    struct change c = change_of("Basic", "x1", "{\"resourceType\":\"Basic\"}");
    struct commit x = {.changes = &c,
                       .count = 1,
                       .recheck = create_unless_there,
                       .context = &calls,
                       .snapshot_position = snapshot,
                       .types = types,
                       .type_count = 1};
    assert_int_equal(store_commit(n->store, n->arena, &x).code, ERR_OK);
    assert_int_equal(calls, 0);
    put(n, "Basic", "unique", "{\"resourceType\":\"Basic\"}");
    c = change_of("Basic", "x2", "{\"resourceType\":\"Basic\"}");
    assert_int_equal(store_commit(n->store, n->arena, &x).code, ERR_MULTIPLE);
    assert_int_equal(calls, 1);
    struct version v;
    assert_int_equal(get(n, "Basic", "x2", &v).code, ERR_NOT_FOUND);
}

/* ---- full disk --------------------------------------------------------------------------------------------------- */

static err limit(struct db *db, void *context) { return db_limit_pages(db, *(int64_t *)context); }

static int fill(struct node *n, int from, err *why) {
    for (int i = from;; i++) {
        struct buf b = buf_new(n->arena);
        buf_addz(&b, "{\"resourceType\":\"Basic\",\"x\":\"");
        uint64_t v = (uint64_t)i * UINT64_C(0x9E3779B97F4A7C15);
        for (int k = 0; k < 2000; k++, v = v * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407))
            buf_addf(&b, "%016llx", (unsigned long long)v);
        buf_addz(&b, "\"}");
        struct change c =
            change_of("Basic", str_z(n->arena, str_format(n->arena, "f%d", i)), str_z(n->arena, buf_str(&b)));
        *why = commit(n, &c, 1);
        if (why->code || i > from + 5000) return i;
    }
}

static void check_full(struct node *n, int acknowledged) {
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM res WHERE flags = 0");
    assert_int_equal(ask(n, sql), acknowledged);
    assert_int_equal(ask(n, "SELECT count(*) - max(seq) FROM log"), 0);
    struct buf report = buf_new(n->arena);
    err e = store_check(n->store, n->arena, &report);
    if (e.code) fail_msg("%.*s", (int)report.len, report.at);
    assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
}

static void test_full_by_limit(void **state) {
    struct node *n = *state;
    int64_t pages = 300;
    err e;
    assert_int_equal(store_local(n->store, limit, &pages).code, ERR_OK);
    int acknowledged = fill(n, 0, &e);
    assert_int_equal(e.code, ERR_FULL);
    check_full(n, acknowledged);
    pages = 0;
    assert_int_equal(store_local(n->store, limit, &pages).code, ERR_OK);
    put(n, "Basic", "after", "{\"resourceType\":\"Basic\"}");
    check_full(n, acknowledged + 1);
}

static void test_full_disk(void **state) {
    (void)state;
    struct node n = {.arena = arena_new()};
    snprintf(n.dir, sizeof n.dir, "/tmp/tram-full-XXXXXX");
    assert_non_null(mkdtemp(n.dir));
    if (mount("none", n.dir, "tmpfs", 0, "size=6m")) {
        rmdir(n.dir);
        arena_free(n.arena);
        print_message("SKIPPED: mounting a small disk needs root\n");
        skip();
    }
    assert_int_equal(store_init(n.arena, n.dir).code, ERR_OK);
    node_reopen(&n, rooms, 1);
    err e;
    int acknowledged = fill(&n, 0, &e);
    assert_int_equal(e.code, ERR_FULL);
    struct version v;
    assert_int_equal(get(&n, "Basic", "f0", &v).code, ERR_OK); /* reading goes on */
    assert_int_equal(mount("none", n.dir, "tmpfs", MS_REMOUNT, "size=60m"), 0);
    check_full(&n, acknowledged);
    node_reopen(&n, rooms, 1);
    check_full(&n, acknowledged);
    put(&n, "Basic", "after", "{\"resourceType\":\"Basic\"}");
    store_close(n.store);
    assert_int_equal(umount(n.dir), 0);
    rmdir(n.dir);
    arena_free(n.arena);
}

/* ---- backup, restore, formats ------------------------------------------------------------------------------------ */

static void test_backup(void **state) {
    struct node *n = *state, copy = {.arena = n->arena};
    char file[96];
    person(n, "a", "Lan", "female");
    snprintf(file, sizeof file, "%s/backup", n->dir);
    assert_int_equal(store_backup(n->store, n->arena, file).code, ERR_OK);
    assert_int_equal(store_backup(n->store, n->arena, file).code, ERR_CONFLICT);
    person(n, "b", "Hoa", "female");
    snprintf(copy.dir, sizeof copy.dir, "%.50s-r", n->dir);
    assert_int_equal(store_restore(n->arena, file, copy.dir).code, ERR_OK);
    assert_int_equal(store_restore(n->arena, file, copy.dir).code, ERR_CONFLICT);
    node_reopen(&copy, rooms, 1);
    assert_true(store_origin(copy.store) != store_origin(n->store));
    struct version v;
    assert_int_equal(get(&copy, "Patient", "a", &v).code, ERR_OK);
    assert_int_equal(get(&copy, "Patient", "b", &v).code, ERR_NOT_FOUND);
    store_close(copy.store);
    remove_tree(copy.dir);
    assert_int_equal(store_restore(n->arena, "/etc/hostname", copy.dir).code, ERR_INVALID);
    remove_tree(copy.dir);
}

/* 200 bodies long enough that a dictionary is trained from them. */
static void put_compressible(struct node *n) {
    struct change *c = ARENA_ARRAY(n->arena, struct change, 200);
    for (int i = 0; i < 200; i++) {
        str id = str_format(n->arena, "obs-%d", i);
        str body = str_format(n->arena, "{\"resourceType\":\"Observation\",\"id\":\"obs-%d\",\"status\":\"final\",\"code\":{\"text\":\"%0600d\"}}", i, i);
        c[i] = change_of("Observation", str_z(n->arena, id), str_z(n->arena, body));
    }
    assert_int_equal(commit(n, c, 200).code, ERR_OK);
}

/* Dictionaries as formats 1 and 2 had them: not packed. */
static int64_t dictionaries_unpacked(struct node *n) {
    struct db *db;
    assert_int_equal(db_open(n->arena, str_z(n->arena, str_format(n->arena, "%s/tram.db", n->dir)), DB_WRITE, 0, &db).code, ERR_OK);
    struct statement *q = db_use(db, "SELECT id, bytes FROM dict"), *put = db_use(db, "UPDATE dict SET bytes = ?2 WHERE id = ?1");
    int64_t count = 0;
    for (bool row; !db_row(q, &row).code && row; count++) {
        str frame = column_blob(q, 1);
        char *raw = arena_alloc(n->arena, 1 << 16);
        size_t size = ZSTD_decompress(raw, 1 << 16, frame.at, frame.len);
        assert_false(ZSTD_isError(size));
        bind_int(put, 1, column_int(q, 0));
        bind_blob(put, 2, (str){raw, size});
        assert_int_equal(db_done(put).code, ERR_OK);
    }
    assert_int_equal(db_run(db, "DROP TABLE audit_shown; PRAGMA user_version = 2").code, ERR_OK);
    db_close(db);
    return count;
}

static void test_older_dictionaries(void **state) {
    struct node *n = *state;
    put_compressible(n);
    assert_true(ask(n, "SELECT length(body) FROM res ORDER BY rid DESC LIMIT 1") < 100);
    store_close(n->store);
    n->store = NULL;
    assert_int_equal(dictionaries_unpacked(n), 1);
    node_reopen(n, rooms, 1);
    struct version v;
    assert_int_equal(get(n, "Observation", "obs-7", &v).code, ERR_OK);
    assert_true(str_contains(v.body, STR("\"id\":\"obs-7\"")));
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    assert_int_equal(report.len, 0);
}

static void test_newer_format(void **state) {
    struct node *n = *state;
    struct store *s;
    struct store_options o = {.mode = STORE_WRITE};
    store_close(n->store);
    n->store = NULL;
    char command[512];
    snprintf(command, sizeof command, "sqlite3 %s/tram.db 'PRAGMA user_version = 99' >/dev/null", n->dir);
    if (system(command) == 0) {
        assert_int_equal(store_open(n->arena, n->dir, &o, &s).code, ERR_NOT_SUPPORTED);
        /* down to format 1, with an entry of that time: it is upgraded, the entry stays and is told as older than the chain */
        snprintf(command, sizeof command, "sqlite3 %s/tram.db 'DROP TABLE audit_seal; DROP TABLE audit_shown; ALTER TABLE audit DROP COLUMN post; "
                 "INSERT INTO audit(wall, actor, action, patient) VALUES(1, \"old\", \"read\", 0); PRAGMA user_version = 1' >/dev/null", n->dir);
        assert_int_equal(system(command), 0);
    }
    node_reopen(n, rooms, 1);
    struct audit_entry e = {.actor = STR("x"), .action = STR("read"), .post = STR("nurse@here")};
    store_audit(n->store, &e);
    node_reopen(n, rooms, 1);
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    if (!system("sqlite3 -version >/dev/null 2>&1")) assert_true(str_contains(buf_str(&report), STR("note: 1 audit entries are older")));
}

/* ---- audit, listeners -------------------------------------------------------------------------------------------- */

static void test_audit(void **state) {
    struct node *n = *state;
    for (int i = 0; i < 100; i++) {
        struct audit_entry e = {.wall = i,
                                .actor = STR("Practitioner/x"),
                                .action = STR("read"),
                                .type = FHIR_TYPE_PATIENT,
                                .id = STR("p"),
                                .patient = 1};
        store_audit(n->store, &e);
    }
    struct timespec pause = {1, 100000000};
    nanosleep(&pause, NULL);
    assert_int_equal(ask(n, "SELECT count(*) FROM audit WHERE action = 'read'"), 100);
    struct audit_entry e = {.actor = STR("x"), .action = STR("read")};
    store_audit(n->store, &e);
    node_reopen(n, rooms, 1); /* a clean close drains the ring and leaves no mark */
    assert_int_equal(ask(n, "SELECT count(*) FROM audit"), 101);
}

/* What somebody does to the table behind our back is found. */
static void test_audit_chain(void **state) {
    struct node *n = *state;
    static const char *const meddling[] = {
        "UPDATE audit SET actor = 'somebody else' WHERE id = 42", "DELETE FROM audit WHERE id = 42", "UPDATE audit SET wall = wall + 1 WHERE id = 7",
        "UPDATE audit SET why = '' WHERE id = 7", "DELETE FROM audit WHERE id > 60", "DELETE FROM audit_seal WHERE last = 60",
        "INSERT INTO audit(wall, actor, action, patient) VALUES(1, 'x', 'read', 0)", "UPDATE audit SET id = 1000 WHERE id = 90",
        "UPDATE audit SET patient = 9 WHERE id = 61", "UPDATE audit SET post = NULL WHERE id = 5"};
    for (int i = 0; i < 90; i++) {
        struct audit_entry e = {.wall = i, .actor = STR("Practitioner/x"), .action = STR("read"), .post = STR("nurse@here"), .type = FHIR_TYPE_PATIENT, .id = STR("p"), .patient = 1};
        store_audit(n->store, &e);
        if (i % 30 == 29) node_reopen(n, rooms, 1); /* three blocks */
    }
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    assert_int_equal(ask(n, "SELECT count(*) FROM audit_seal"), 3);
    for (size_t i = 0; i < sizeof meddling / sizeof *meddling; i++) {
        assert_int_equal(store_local(n->store, run_sql, "CREATE TEMP TABLE a0 AS SELECT * FROM audit; CREATE TEMP TABLE s0 AS SELECT * FROM audit_seal").code, ERR_OK);
        assert_int_equal(store_local(n->store, run_sql, (void *)(uintptr_t)meddling[i]).code, ERR_OK);
        if (store_check(n->store, n->arena, &report).code != ERR_INVALID) fail_msg("not found: %s", meddling[i]);
        assert_int_equal(store_local(n->store, run_sql, "DELETE FROM audit; INSERT INTO audit SELECT * FROM a0; DELETE FROM audit_seal; "
                                                        "INSERT INTO audit_seal SELECT * FROM s0; DROP TABLE a0; DROP TABLE s0").code, ERR_OK);
        assert_int_equal(store_check(n->store, n->arena, &report).code, ERR_OK);
    }
}

static _Atomic int heard;
static void hear(void *context, int64_t position, const char *const *names, size_t count) {
    (void)context;
    if (position > 0 && count == 1 && strcmp(names[0], "people") == 0) atomic_fetch_add(&heard, 1);
}

static void test_listener(void **state) {
    struct node *n = *state;
    atomic_store(&heard, 0);
    store_listen(n->store, hear, NULL);
    person(n, "a", "Lan", "female");
    put(n, "Basic", "x", "{\"resourceType\":\"Basic\"}"); /* no projection changes */
    person(n, "a", "Mai", "female");
    put(n, "Basic", "y", "{\"resourceType\":\"Basic\"}");
    assert_int_equal(atomic_load(&heard), 2);
}

/* ---- log entries that are none ----------------------------------------------------------------------------------- */

static void test_bad_entries(void **state) {
    struct node *n = *state;
    static const char *const bad[] = {
        "x",
        "{}",
        "{\"version\":\"0000000000001-0000000000001\",\"seq\":1,\"actor\":\"\",\"chain\":\"00\",\"items\":0}",
        "{\"version\":\"0000000000001-0000000000001\",\"seq\":0,\"actor\":\"\",\"chain\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"items\":0}",
        "{\"version\":\"0000000000001-0000000000001\",\"seq\":1,\"actor\":\"\",\"chain\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"items\":1}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(store_import_log(n->store, n->arena, str_of(bad[i])).code, ERR_INVALID);
    static const char twice[] = "{\"version\":\"0000000000001-0000000000001\",\"seq\":1,\"actor\":\"\",\"chain\":"
                                "\"0000000000000000000000000000000000000000000000000000000000000000\",\"items\":2}\n"
                                "{\"type\":\"Basic\",\"id\":\"a\",\"depth\":1,\"parents\":[]}\n{\"type\":\"Basic\","
                                "\"id\":\"a\",\"depth\":1,\"parents\":[]}\n";
    assert_int_equal(store_import_log(n->store, n->arena, str_of(twice)).code, ERR_INVALID);
    /* well-formed, but its hash does not hold */
    assert_int_equal(
        store_import_log(n->store, n->arena,
                         STR("{\"version\":\"0000000000001-0000000000001\",\"seq\":1,\"actor\":\"\",\"chain\":"
                             "\"0000000000000000000000000000000000000000000000000000000000000000\",\"items\":0}"))
            .code,
        ERR_CONFLICT);
    assert_int_equal(ask(n, "SELECT count(*) FROM log"), 0);
}

/* ---- kills ------------------------------------------------------------------------------------------------------- */

enum { KILLS = 20 };

/* Writes until it is killed; tells each acknowledged number through the pipe. */
static void write_until_killed(const char *dir, int from, int out) {
    struct arena *a = arena_new();
    struct store_options o = {.mode = STORE_WRITE, .rooms = rooms, .room_count = 1};
    struct store *s;
    if (store_open(a, dir, &o, &s).code) _exit(9);
    for (int i = from;; i++) {
        str id = str_format(a, "k%d", i), other = str_format(a, "k%d", i / 2);
        struct change c[2] = {
            {.op = VERSION_UPDATE,
             .type = FHIR_TYPE_PATIENT,
             .id = id,
             .source =
                 str_format(a, "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"n%d\"}],\"gender\":\"male\"}", i)},
            {.op = VERSION_UPDATE,
             .type = FHIR_TYPE_OBSERVATION,
             .id = other,
             .source =
                 str_format(a, "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"Patient/k%d\"}}", i)}};
        struct commit x = {.changes = c, .count = 2, .actor = STR("system")};
        if (store_commit(s, a, &x).code) _exit(8);
        if (write(out, &i, sizeof i) != sizeof i) _exit(7);
    }
}

static void test_kills(void **state) {
    struct node *n = *state;
    int last = -1;
    store_close(n->store);
    n->store = NULL;
    for (int k = 0; k < KILLS; k++) {
        int ends[2], i;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (!child) write_until_killed(n->dir, last + 1, ends[1]);
        close(ends[1]);
        /* some are killed while opening, others after many writes */
        struct timespec pause = {0, (k * 37 % 20 + 1) * 5000000};
        if (k % 4) {
            if (read(ends[0], &i, sizeof i) == sizeof i) last = i;
        }
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        while (read(ends[0], &i, sizeof i) == sizeof i) last = i;
        close(ends[0]);
        node_reopen(n, rooms, 1);
        for (int w = 0; w <= last; w++) {
            struct version v;
            struct arena *kept = n->arena;
            n->arena = arena_new();
            assert_int_equal(get(n, "Patient", str_z(n->arena, str_format(n->arena, "k%d", w)), &v).code, ERR_OK);
            arena_free(n->arena);
            n->arena = kept;
        }
        struct version v; /* one more may be durable without its acknowledgement having arrived */
        char id[16];
        snprintf(id, sizeof id, "k%d", last + 1);
        if (get(n, "Patient", id, &v).code == ERR_OK) last++;
        store_close(n->store);
        n->store = NULL;
    }
    node_reopen(n, rooms, 1);
    assert_true(last > 0);
    assert_int_equal(
        ask(n, "SELECT count(*) FROM res WHERE type = (SELECT id FROM type WHERE name = 'Patient') AND flags = 0"),
        last + 1);
    assert_true(ask(n, "SELECT count(*) FROM audit WHERE action = 'gap'") > 0);
    struct buf report = buf_new(n->arena);
    err e = store_check(n->store, n->arena, &report);
    if (e.code) fail_msg("%.*s", (int)report.len, report.at);
    assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
    print_message("%d kills, %d acknowledged writes\n", KILLS, last + 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_projection, setup, teardown),
        cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dictionary, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_with_a_bad_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_slots_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_recheck, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_by_limit, setup, teardown),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test_setup_teardown(test_backup, setup, teardown),
        cmocka_unit_test_setup_teardown(test_newer_format, setup, teardown),
        cmocka_unit_test_setup_teardown(test_older_dictionaries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_audit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_audit_chain, setup, teardown),
        cmocka_unit_test_setup_teardown(test_listener, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_entries, setup, teardown),
        cmocka_unit_test_setup_teardown(test_kills, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
