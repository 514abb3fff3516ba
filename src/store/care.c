/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Care of the node: statistics, check, rebuild, backup, restore, upgrade.
 */
#include "store_int.h"

#include "base/log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REBUILD_RESOURCES = 20000 };

static const char *const index_tables[] = {"ix", "ixd", "ixn", "ixs", "ixcn", "ixcs", "compartment"};

/* ---- statistics
 * -----------------------------------------------------------------------------------------------------------------------------------
 */

static int64_t bytes_of_files(const char *dir) {
    int64_t total = 0;
    DIR *d = opendir(dir);
    if (!d) return 0;
    for (struct dirent *e; (e = readdir(d));) {
        struct stat st;
        if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode)) total += st.st_size;
    }
    closedir(d);
    return total;
}

static err checkpoint(struct writer *w, struct arena *a, void *context) {
    (void)a, (void)context;
    return db_checkpoint(w->db, true, NULL);
}

static err count_all(struct reader *r, struct arena *a, struct store_stats *out) {
    struct db *db = r->db;
    struct statement *q = db_use(db, "SELECT type, count(*) FROM res WHERE flags & 3 = 0 GROUP BY type");
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        fhir_type t = index_type_of(r, (int)column_int(q, 0));
        out->by_type[t] += column_int(q, 1);
        out->resources += column_int(q, 1);
    }
    for (size_t i = 0; i < sizeof index_tables / sizeof *index_tables; i++) {
        int64_t n;
        TRY(number_of(db, str_z(a, str_format(a, "SELECT count(*) FROM %s", index_tables[i])), &n));
        out->index_rows += n;
    }
    TRY(number_of(db, "SELECT count(*) FROM res WHERE flags & 1", &out->stubs));
    TRY(number_of(db, "SELECT count(DISTINCT rid) FROM head", &out->conflicts));
    return number_of(db, "SELECT count(*) FROM stale", &out->stale);
}

err store_stats(struct store *s, struct arena *a, struct store_stats *out) {
    *out = (struct store_stats){0};
    if (s->queue) TRY(writer_alone(s, a, checkpoint, NULL));
    struct reader *r;
    TRY(reader_begin(s, a, &r));
    err e = count_all(r, a, out);
    e.detail = str_copy(a, e.detail);
    reader_end(r);
    out->bytes = bytes_of_files(s->dir);
    return e;
}

/* ---- check
 * -------------------------------------------------------------------------------------------------------------------------------------------
 */

struct check {
    struct reader *r;
    struct arena *scratch;
    struct buf *report;
    size_t problems;
};

static void problem(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void problem(struct check *c, const char *format, ...) {
    va_list args;
    if (++c->problems > 1000) return;
    va_start(args, format);
    str line = str_vformat(c->scratch, format, args);
    va_end(args);
    buf_add(c->report, line);
    buf_addc(c->report, '\n');
}

/* Every body can be unpacked and read, and is the resource it is filed under. */
static err check_bodies(struct check *c, const char *sql) {
    struct statement *q = db_use(c->r->db, sql);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        str body, id = index_column_id(q, 2, c->scratch);
        struct json *tree;
        const char *type = fhir_type_name(index_type_of(c->r, (int)column_int(q, 1)));
        err e = body_unpack(c->r->store, c->r->packer, c->r->db, c->scratch, column_blob(q, 3), &body);
        if (!e.code) e = json_parse(c->scratch, body, &tree);
        if (e.code)
            problem(c, "%s/%.*s: %.*s", type, STR_ARG(id), STR_ARG(e.detail));
        else if (!str_is(JSON_TEXT(tree, "resourceType"), type) || !str_eq(JSON_TEXT(tree, "id"), id))
            problem(c, "%s/%.*s: the body is of another resource", type, STR_ARG(id));
        arena_reset(c->scratch);
    }
}

static err digest_of(struct check *c, int64_t rid, int64_t pos, crypto_generichash_state *h, bool *found) {
    struct statement *q =
        db_use(c->r->db, "SELECT r.type, r.id, r.depth, r.parents, r.body FROM res r WHERE r.rid = ?1 AND r.pos = ?2 "
                         "UNION ALL SELECT r.type, r.id, h.depth, h.parents, h.body FROM hist h "
                         "JOIN res r ON r.rid = h.rid WHERE h.rid = ?1 AND h.pos = ?2");
    bind_int(q, 1, rid);
    bind_int(q, 2, pos);
    TRY(db_row(q, found));
    if (!*found) return OK_ERR;
    str body = STR_NONE, id = index_column_id(q, 1, c->scratch);
    err e = OK_ERR;
    if (!column_null(q, 4)) e = body_unpack(c->r->store, c->r->packer, c->r->db, c->scratch, column_blob(q, 4), &body);
    unsigned char digest[DIGEST_BYTES];
    crypto_generichash(digest, DIGEST_BYTES, (const unsigned char *)body.at, body.len, NULL, 0);
    chain_item(h, fhir_type_name(index_type_of(c->r, (int)column_int(q, 0))), id, (uint32_t)column_int(q, 2),
               column_blob(q, 3), digest);
    db_reset(q);
    return e;
}

/* The log: every entry has its versions, and the hash chain of every origin holds as far as it is whole. */
static err check_log(struct check *c) {
    struct statement *q =
        db_use(c->r->db, "SELECT l.pos, l.seq, l.clock, l.actor, l.chain, l.items, o.origin, l.wall FROM log l "
                         "JOIN origin o ON o.id = l.origin ORDER BY l.origin, l.seq");
    unsigned char chain[DIGEST_BYTES], digest[DIGEST_BYTES];
    uint64_t origin = 0, seq = 0;
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        uint64_t now = (uint64_t)column_int(q, 6), n = (uint64_t)column_int(q, 1);
        bool follows = now == origin && n == seq + 1, first = n == 1;
        int64_t pos = column_int(q, 0), rid = 0;
        crypto_generichash_state h;
        chain_begin(&h, first ? STR("") : (str){(char *)chain, DIGEST_BYTES}, now, n, (uint64_t)column_int(q, 2),
                    column_text(q, 3));
        for (str items = column_blob(q, 5); items_next(&items, &rid);) {
            bool found;
            err e = digest_of(c, rid, pos, &h, &found);
            if (e.code) problem(c, "log entry %lld: %.*s", (long long)pos, STR_ARG(e.detail));
            if (!found)
                problem(c, "log entry %lld: a version of resource %lld is missing", (long long)pos, (long long)rid);
        }
        crypto_generichash_final(&h, digest, DIGEST_BYTES);
        str kept = column_blob(q, 4);
        if (kept.len != DIGEST_BYTES)
            problem(c, "log entry %lld has no hash", (long long)pos);
        else if ((follows || first) && memcmp(digest, kept.at, DIGEST_BYTES))
            problem(c, "log entry %lld does not continue the hash chain of its origin", (long long)pos);
        if (kept.len == DIGEST_BYTES) memcpy(chain, kept.at, DIGEST_BYTES);
        origin = now;
        seq = n;
        arena_reset(c->scratch);
    }
}

static err check_counts(struct check *c) {
    struct db *db = c->r->db;
    int64_t n;
    TRY(number_of(db, "SELECT count(*) FROM stale", &n));
    if (n) problem(c, "%lld subjects of projections are stale", (long long)n);
    TRY(number_of(db, "SELECT count(*) FROM slot WHERE ready = 0", &n));
    if (n) problem(c, "%lld search slots are not complete yet", (long long)n);
    TRY(number_of(
        db, "SELECT count(*) FROM res r WHERE (flags & 1 = 0) AND NOT EXISTS (SELECT 1 FROM log WHERE pos = r.pos)",
        &n));
    if (n) problem(c, "%lld resources have no log entry", (long long)n);
    TRY(number_of(
        db, "SELECT count(*) FROM res r WHERE (flags & 4 <> 0) <> EXISTS (SELECT 1 FROM head WHERE rid = r.rid)", &n));
    if (n) problem(c, "%lld resources have a wrong conflict mark", (long long)n);
    TRY(number_of(db, "SELECT count(*) FROM res WHERE flags & 1", &n));
    if (n) buf_addf(c->report, "note: %lld referenced resources are not here\n", (long long)n);
    TRY(number_of(db, "SELECT count(DISTINCT rid) FROM head", &n));
    if (n) buf_addf(c->report, "note: %lld resources are in conflict\n", (long long)n);
    TRY(number_of(db, "SELECT count(*) FROM res WHERE flags & 8", &n));
    if (n) buf_addf(c->report, "note: %lld resources of other nodes are invalid here\n", (long long)n);
    return OK_ERR;
}

static err check_all(struct check *c) {
    struct buf engine = buf_new(c->scratch);
    TRY(db_integrity(c->r->db, &engine));
    if (engine.len) problem(c, "%.*s", (int)engine.len - 1, engine.at);
    TRY(check_counts(c));
    TRY(check_bodies(c, "SELECT rid, type, id, body FROM res WHERE body IS NOT NULL"));
    TRY(check_bodies(
        c, "SELECT h.rid, r.type, r.id, h.body FROM hist h JOIN res r ON r.rid = h.rid WHERE h.body IS NOT NULL"));
    TRY(audit_verify(c->r->db, c->report, &c->problems));
    return check_log(c);
}

err store_check(struct store *s, struct arena *a, struct buf *report) {
    struct check c = {.report = report, .scratch = arena_new()};
    err e = reader_begin(s, a, &c.r);
    if (!e.code) e = check_all(&c);
    e.detail = str_copy(a, e.detail);
    reader_end(c.r);
    arena_free(c.scratch);
    if (!e.code && c.problems) return err_make(a, ERR_INVALID, NULL, "%zu problems found", c.problems);
    return e;
}

/* ---- rebuild
 * -----------------------------------------------------------------------------------------------------------------------------------------
 */

struct rebuild {
    bool check;
    struct buf *report;
    size_t differences;
};

static void difference(struct rebuild *b, const char *what, fhir_type type, str id) {
    if (++b->differences <= 100) buf_addf(b->report, "%s/%.*s: %s\n", fhir_type_name(type), STR_ARG(id), what);
}

struct one {
    int64_t rid;
    fhir_type type;
    str id;
    struct state state;
};

/* The row of one live resource against its body: derived columns and index rows. */
static err rebuild_one(struct writer *w, struct rebuild *b, struct one *x, int64_t counts[ROW_TABLES]) {
    struct prepared p;
    struct state s = x->state;
    TRY(state_prepared(w, x->type, x->id, &x->state, &p));
    p.invalid = (s.flags & RES_INVALID) != 0;
    TRY(state_derive(w, x->type, x->id, &s, &p));
    bool same = s.dt == x->state.dt && s.patient == x->state.patient && s.place == x->state.place && s.flags == x->state.flags;
    if (b->check) {
        bool missing;
        if (!same) difference(b, "derived columns differ", x->type, x->id);
        TRY(rows_verify(w, x->rid, x->state.type, &p, counts, &missing));
        if (missing) difference(b, "an index row is missing", x->type, x->id);
        return OK_ERR;
    }
    if (!same) TRY(state_write(w, x->id, &s));
    return rows_collect(w, x->rid, x->state.type, &p, false);
}

static err next_live(struct writer *w, struct arena *a, int64_t after, struct one *out, bool *found) {
    struct statement *q = db_use(
        w->db, "SELECT rid, type, id FROM res NOT INDEXED WHERE rid > ?1 AND flags & 3 = 0 ORDER BY rid LIMIT 1");
    bind_int(q, 1, after);
    TRY(db_row(q, found));
    if (!*found) return OK_ERR;
    struct reader r = writer_reader(w);
    *out = (struct one){
        .rid = column_int(q, 0), .type = index_type_of(&r, (int)column_int(q, 1)), .id = index_column_id(q, 2, a)};
    db_reset(q);
    return state_load(w, out->rid, &out->state);
}

static err rebuild_index(struct writer *w, struct rebuild *b) {
    int64_t counts[ROW_TABLES] = {0}, after = 0;
    struct arena *a = arena_new();
    err e = OK_ERR;
    for (int i = 0; i < ROW_TABLES && !b->check && !e.code; i++)
        e = db_run(w->db, str_z(a, str_format(a, "DELETE FROM %s", index_tables[i])));
    for (size_t n = 1; !e.code; n++) {
        struct one x;
        bool found = false;
        e = next_live(w, w->group, after, &x, &found);
        if (e.code || !found) break;
        after = x.rid;
        e = rebuild_one(w, b, &x, counts);
        bool full = n % (b->check ? 1000 : REBUILD_RESOURCES) == 0;
        if (!e.code && full) e = rows_flush(w);
        if (full) writer_begin(w); /* frees what the resources so far have used */
    }
    if (!e.code) e = rows_flush(w);
    for (int i = 0; i < ROW_TABLES && b->check && !e.code; i++) {
        int64_t n = 0;
        e = number_of(w->db, str_z(a, str_format(a, "SELECT count(*) FROM %s", index_tables[i])), &n);
        if (n == counts[i]) continue;
        b->differences++;
        buf_addf(b->report, "table %s has %lld rows, the bodies give %lld\n", index_tables[i], (long long)n,
                 (long long)counts[i]);
    }
    if (!e.code && !b->check) e = db_run(w->db, "UPDATE slot SET ready = 1");
    e.detail = str_copy(w->group, e.detail);
    arena_free(a);
    return e;
}

static err rebuild_run(struct writer *w, struct arena *a, void *context) {
    struct rebuild *b = context;
    TRY(db_run(w->db, "BEGIN IMMEDIATE"));
    writer_begin(w);
    struct mark m = writer_mark(w);
    err e = rebuild_index(w, b);
    if (!e.code && b->check) e = projections_verify(w, b->report, &b->differences);
    e.detail = str_copy(a, e.detail);
    db_reset_all(w->db);
    if (!e.code && !b->check) return db_run(w->db, "COMMIT");
    db_run(w->db, "ROLLBACK");
    writer_back(w, &m);
    return e;
}

err store_rebuild(struct store *s, struct arena *a, bool check, struct buf *report) {
    struct rebuild b = {.check = check, .report = report};
    TRY(writer_alone(s, a, rebuild_run, &b));
    for (size_t i = 0; i < s->projection_count && !check; i++) TRY(projection_rebuild(s, a, i));
    if (b.differences) return err_make(a, ERR_INVALID, NULL, "%zu differences found", b.differences);
    return OK_ERR;
}

/* ---- backup, restore
 * ---------------------------------------------------------------------------------------------------------------------------------
 */

static err sync_path(struct arena *a, const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd)) {
        err e = err_make(a, errno == ENOSPC ? ERR_FULL : ERR_IO, NULL, "%s: %s", path, strerror(errno));
        if (fd >= 0) close(fd);
        return e;
    }
    close(fd);
    return OK_ERR;
}

err store_backup(struct store *s, struct arena *a, const char *file) {
    struct db *db;
    TRY(db_open(a, s->file, DB_READ, 0, &db));
    mode_t old = umask(077);
    err e = db_copy(a, db, file);
    umask(old);
    db_close(db);
    return e.code ? e : sync_path(a, file);
}

/* The copy begins a new incarnation: whatever was written after the backup under the old one comes back from peers as
 * foreign. */
static err renew_copy(struct db *db) {
    uint64_t origin;
    TRY(db_run(db, "BEGIN IMMEDIATE"));
    TRY(db_run(db, "UPDATE origin SET whole = coalesce((SELECT max(seq) FROM log l WHERE l.origin = origin.id), 0) "
                   "WHERE origin.origin = (SELECT value FROM setting WHERE key = 'origin')"));
    TRY(origin_draw(db, &origin));
    TRY(db_run(db, "UPDATE setting SET value = 0 WHERE key = 'open'"));
    return db_run(db, "COMMIT");
}

err store_restore(struct arena *a, const char *file, const char *dir) {
    if (sodium_init() < 0) panic("no source of random numbers");
    if (mkdir(dir, 0700) && errno != EEXIST)
        return err_make(a, ERR_IO, NULL, "cannot make %s: %s", dir, strerror(errno));
    const char *to = str_z(a, str_format(a, "%s/tram.db", dir)),
               *draft = str_z(a, str_format(a, "%s/tram.db.new", dir));
    if (access(to, F_OK) == 0) return err_make(a, ERR_CONFLICT, NULL, "%s holds a node already", dir);
    if (access(file, R_OK)) return err_make(a, ERR_IO, NULL, "cannot read %s: %s", file, strerror(errno));
    unlink(draft);
    struct db *from, *db;
    int64_t format = 0;
    err e = db_open(a, file, DB_READ, 0, &from);
    if (e.code == ERR_NO_NODE) e = err_make(a, ERR_INVALID, NULL, "%s is no backup of a node", file);
    TRY(e);
    e = number_of(from, "PRAGMA user_version", &format);
    if (!e.code && format < 1) e = err_make(a, ERR_INVALID, NULL, "%s is no backup of a node", file);
    if (!e.code && format > STORE_FORMAT)
        e = err_make(a, ERR_NOT_SUPPORTED, NULL, "%s has a newer format: use a newer program", file);
    if (!e.code) e = db_copy(a, from, draft);
    e.detail = str_copy(a, e.detail);
    db_close(from);
    TRY(e);
    TRY(db_open(a, draft, DB_WRITE, 0, &db));
    e = renew_copy(db);
    if (!e.code) e = db_checkpoint(db, true, NULL);
    e.detail = str_copy(a, e.detail);
    db_close(db);
    if (!e.code && rename(draft, to)) e = err_make(a, ERR_IO, NULL, "cannot make %s: %s", to, strerror(errno));
    return e.code ? e : sync_path(a, dir);
}

/* ---- upgrade ------------------------------------------------------------------------------------------------------ */

static err audit_chained(struct db *db) {
    return db_run(db, "ALTER TABLE audit ADD COLUMN post TEXT; CREATE TABLE audit_seal(last INTEGER PRIMARY KEY, "
                      "first INTEGER NOT NULL, seal BLOB NOT NULL)");
}

static err searches_shown(struct db *db) {
    return db_run(db, "CREATE TABLE audit_shown(patient INTEGER NOT NULL, audit INTEGER NOT NULL, PRIMARY KEY(patient, audit)) "
                      "WITHOUT ROWID");
}

static err dictionaries_packed(struct db *db) {
    struct statement *all = db_use(db, "SELECT id, bytes FROM dict");
    struct statement *pack = db_use(db, "UPDATE dict SET bytes = ?2 WHERE id = ?1");
    struct arena *a = arena_new();
    bool row;
    err e;
    while (!(e = db_row(all, &row)).code && row) {
        bind_int(pack, 1, column_int(all, 0));
        bind_blob(pack, 2, dictionary_frame(a, column_blob(all, 1)));
        if ((e = db_done(pack)).code) break;
    }
    arena_free(a);
    return e;
}

static err format_3(struct db *db) {
    TRY(searches_shown(db));
    return dictionaries_packed(db);
}

/* Step n takes format n to n + 1, inside one transaction with all others. Format 1 is the first. */
static err (*const migrations[])(struct db *) = {NULL, audit_chained, format_3};

static err migrate(struct db *db, int64_t from) {
    char version[64];
    snprintf(version, sizeof version, "PRAGMA user_version = %d", STORE_FORMAT);
    TRY(db_run(db, "BEGIN IMMEDIATE"));
    for (int64_t f = from; f < STORE_FORMAT; f++) TRY(migrations[f](db));
    TRY(db_run(db, version));
    return db_run(db, "COMMIT");
}

err store_upgrade(struct store *s, struct arena *a, int64_t from) {
    if (from < 1) return err_make(a, ERR_NO_NODE, NULL, "%s holds no node", s->file);
    if (s->mode != STORE_WRITE)
        return err_make(a, ERR_NOT_SUPPORTED, NULL, "%s has an older format: open it once for writing", s->dir);
    const char *copy = str_z(a, str_format(a, "%s/before-format-%d.db", s->dir, STORE_FORMAT));
    unlink(copy);
    TRY(store_backup(s, a, copy));
    struct db *db;
    TRY(db_open(a, s->file, DB_WRITE, 0, &db));
    err e = migrate(db, from);
    e.detail = str_copy(a, e.detail);
    struct buf report = buf_new(a);
    if (!e.code) e = db_integrity(db, &report);
    if (!e.code && report.len)
        e = err_make(a, ERR_IO, NULL, "the upgraded node is damaged; the copy before it is %s", copy);
    db_close(db);
    return e;
}
