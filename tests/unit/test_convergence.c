/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE PROOF: two or three stores edit the same resources at the same time, merge and delete, exchange their logs in
 * random order and with gaps, lose their disk and come back from a backup (or from a plain copy), with clocks years
 * apart. When everybody has everything, bodies, versions, heads, index and projections are equal byte by byte (row
 * numbers read as type/id, keys of systems as their url). Runs: TRAM_RUNS (default 200), first seed TRAM_SEED (default
 * 1).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"
#include "store/index.h"
#include "store/projection.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store_help.h"

/* ---- a projection to compare: one row a person, totals by gender and place --------------------------------------- */

static void summary_touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_PATIENT) projection_touch(job, type, id);
    if (type != FHIR_TYPE_OBSERVATION) return;
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(JSON_GET(resource, "subject"), "reference"));
    if (r.kind == REFERENCE_LOCAL) projection_touch(job, r.type, r.id);
}

static err summary_project(struct projection_job *job) {
    struct projection_resources seen;
    int64_t sum = 0;
    TRY(projection_related(job, FHIR_TYPE_OBSERVATION, &seen));
    struct buf order = buf_new(projection_arena(job));
    for (size_t i = 0; i < seen.len; i++) {
        int64_t v = 0;
        const struct json *value = JSON_GET(JSON_GET(seen.at[i], "valueQuantity"), "value");
        if (value) str_int64(value->text, &v);
        sum += v;
        buf_addf(&order, "%.*s ", STR_ARG(JSON_TEXT(seen.at[i], "id")));
    }
    const struct json *p = projection_resource(job);
    if (!p && !seen.len) return OK_ERR;
    str gender = JSON_TEXT(p, "gender"), name = JSON_TEXT(json_item(JSON_GET(p, "name"), 0), "text");
    struct cell cells[] = {CELL_STR(projection_subject_id(job)),
                           gender.len ? CELL_STR(gender) : CELL_NONE,
                           CELL_INT((int64_t)seen.len),
                           CELL_INT(sum),
                           CELL_STR(buf_str(&order)),
                           CELL_STR(name.len ? name : STR("-"))};
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const summary_columns[] = {"id", "gender", "seen", "sum", "list", "name"};
static const char *const search_columns[] = {"name"};
static const struct projection_table summary_tables[] = {
    {"summary", summary_columns, 6, "summary_text", search_columns, 1}};
static const char *const total_keys[] = {"gender"}, *const total_sums[] = {"seen", "sum"};
static const struct projection_total summary_totals[] = {{"summary_total", 0, total_keys, 1, total_sums, 2}};
static const struct projection summary = {"summary",      1, FHIR_TYPE_PATIENT, summary_tables, 1,
                                          summary_totals, 1, summary_touches,   summary_project};
static const struct projection *const projections[] = {&summary};
static const struct store_room room = {"proof",
                                       "CREATE TABLE IF NOT EXISTS summary(subject INTEGER PRIMARY KEY, id TEXT, "
                                       "gender TEXT, seen INTEGER, sum INTEGER, list TEXT, name TEXT);"
                                       "CREATE TABLE IF NOT EXISTS summary_total(gender TEXT PRIMARY KEY, seen "
                                       "INTEGER, sum INTEGER, rows INTEGER) WITHOUT ROWID;"
                                       "CREATE VIRTUAL TABLE IF NOT EXISTS summary_text USING fts5(name, content='');",
                                       projections, 1};
static const struct store_room *const rooms[] = {&room};

/* ---- the world --------------------------------------------------------------------------------------------------- */

enum { NODES = 3 };
static const int64_t YEAR_MS = 365LL * 24 * 3600 * 1000;

struct site {
    struct store *store;
    char dir[96], backup[96];
    bool has_backup, backup_is_copy;
    int64_t skew;
};
struct world {
    struct arena *arena;
    struct site site[NODES];
    size_t count;
    uint64_t random;
    char base[64];
    unsigned serial;
};

static uint64_t draw(struct world *w, uint64_t below) {
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return (w->random >> 11) % below;
}

static void must(err e, const char *what) {
    if (e.code) fail_msg("%s: %d %.*s", what, (int)e.code, (int)e.detail.len, e.detail.at ? e.detail.at : "");
}

static void site_open(struct world *w, struct site *s) {
    struct store_options o = {.mode = STORE_WRITE, .rooms = rooms, .room_count = 1, .clock_skew_ms = s->skew};
    must(store_open(w->arena, s->dir, &o, &s->store), "open");
}

static void shell(const char *format, const char *a, const char *b) {
    char command[320];
    snprintf(command, sizeof command, format, a, b);
    if (system(command)) fail_msg("failed: %s", command);
}

/* All nodes start from one empty backup, so that they share the key of the hashes; each has its own origin. */
static void world_begin(struct world *w, const char *template, const char *base, uint64_t seed) {
    *w = (struct world){.arena = arena_new(), .random = seed * 0x9E3779B97F4A7C15ull | 1};
    snprintf(w->base, sizeof w->base, "%s", base);
    for (int i = 0; i < 8; i++) draw(w, 2);
    w->count = 2 + draw(w, 2);
    for (size_t i = 0; i < w->count; i++) {
        struct site *s = &w->site[i];
        s->skew = ((int64_t)draw(w, 3) - 1) * YEAR_MS * 2;
        snprintf(s->dir, sizeof s->dir, "%s/n%u", base, w->serial++);
        must(store_restore(w->arena, template, s->dir), "restore");
        site_open(w, s);
    }
}

static void world_end(struct world *w) {
    for (size_t i = 0; i < w->count; i++) store_close(w->site[i].store);
    shell("rm -rf %s/n* %s/b*", w->base, w->base);
    arena_free(w->arena);
}

/* ---- what happens ------------------------------------------------------------------------------------------------ */

static str random_body(struct world *w, fhir_type type, str id) {
    static const char *const genders[] = {"male", "female", "other"};
    int v = (int)draw(w, 100);
    struct buf b = buf_new(w->arena);
    buf_addf(&b, "{\"resourceType\":\"%s\",\"id\":\"%.*s\",", fhir_type_name(type), STR_ARG(id));
    if (type == FHIR_TYPE_PATIENT) {
        buf_addf(&b,
                 "\"identifier\":[{\"system\":\"urn:s:%d\",\"value\":\"%d\"}],\"name\":[{\"text\":\"Nguyễn "
                 "%d\"}],\"birthDate\":\"19%02d-01-02\"",
                 v % 5, v, v % 7, v);
        if (v % 4) buf_addf(&b, ",\"gender\":\"%s\"", genders[v % 3]);
        if (v % 3 == 0)
            buf_addf(
                &b,
                ",\"extension\":[{\"url\":\"urn:tram:residence\",\"valueReference\":{\"reference\":\"Location/l%d\"}}]",
                v % 3);
    } else if (type == FHIR_TYPE_OBSERVATION) {
        buf_addf(&b,
                 "\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:c:%d\",\"code\":\"C%d\"}]},\"subject\":{"
                 "\"reference\":\"Patient/p%d\"},"
                 "\"effectiveDateTime\":\"20%02d-03-04T05:06:07Z\",\"valueQuantity\":{\"value\":%d,\"unit\":\"mm\","
                 "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm\"}",
                 v % 4, v % 6, (int)draw(w, 4), v % 25, v);
    } else {
        buf_addf(&b, "\"name\":\"Trạm %d\",\"status\":\"active\"", v % 9);
    }
    buf_addc(&b, '}');
    return buf_str(&b);
}

static fhir_type random_subject(struct world *w, str *id) {
    static const fhir_type types[] = {FHIR_TYPE_PATIENT, FHIR_TYPE_OBSERVATION, FHIR_TYPE_OBSERVATION,
                                      FHIR_TYPE_LOCATION};
    fhir_type t = types[draw(w, 4)];
    int n = (int)draw(w, t == FHIR_TYPE_OBSERVATION ? 6 : t == FHIR_TYPE_PATIENT ? 4 : 3);
    *id = str_format(w->arena, "%c%d", t == FHIR_TYPE_PATIENT ? 'p' : t == FHIR_TYPE_OBSERVATION ? 'o' : 'l', n);
    return t;
}

static void edit(struct world *w, struct site *s) {
    struct change c[3] = {0};
    size_t n = 1 + draw(w, 3), made = 0;
    for (size_t i = 0; i < n; i++) {
        str id;
        fhir_type t = random_subject(w, &id);
        bool twice = false;
        for (size_t k = 0; k < made; k++) twice = twice || (c[k].type == t && str_eq(c[k].id, id));
        if (twice) continue;
        bool deletion = draw(w, 5) == 0;
        c[made++] = (struct change){.op = deletion ? VERSION_DELETE : VERSION_UPDATE,
                                    .type = t,
                                    .id = id,
                                    .source = deletion ? STR_NONE : random_body(w, t, id)};
    }
    struct commit x = {.changes = c, .count = made, .actor = draw(w, 2) ? STR("Practitioner/x") : STR("")};
    must(store_commit(s->store, w->arena, &x), "commit");
}

/* Resolves all, or all but one, heads of a resource in conflict. */
static void merge(struct world *w, struct site *s) {
    struct reader *r;
    struct version_list heads = {0};
    str id = STR_NONE;
    fhir_type t = FHIR_TYPE_NONE;
    must(reader_begin(s->store, w->arena, &r), "reader");
    for (int i = 0; i < 8 && heads.len < 2; i++) {
        t = random_subject(w, &id);
        if (reader_heads(r, w->arena, t, id, &heads).code) heads.len = 0;
    }
    reader_end(r);
    if (heads.len < 2) return;
    struct version_id parents[16];
    size_t n = 0;
    for (size_t i = 0; i < heads.len && n < 16; i++)
        if (heads.len < 3 || draw(w, 4)) parents[n++] = heads.at[i].version;
    if (!n) return;
    bool deletion = draw(w, 6) == 0;
    struct change c = {.op = deletion ? VERSION_DELETE : VERSION_UPDATE,
                       .type = t,
                       .id = id,
                       .parents = parents,
                       .parent_count = n,
                       .source = deletion ? STR_NONE : random_body(w, t, id)};
    struct commit x = {.changes = &c, .count = 1, .actor = STR("system")};
    must(store_commit(s->store, w->arena, &x), "merge");
}

static void vector(struct world *w, struct site *s, struct origin_seq **at, size_t *count) {
    struct reader *r;
    must(reader_begin(s->store, w->arena, &r), "reader");
    must(store_vector(r, w->arena, at, count), "vector");
    reader_end(r);
}

static str export(struct world *w, struct site *s, uint64_t origin, uint64_t from, uint64_t to) {
    struct reader *r;
    struct buf b = buf_new(w->arena);
    must(reader_begin(s->store, w->arena, &r), "reader");
    must(store_export_log(r, w->arena, origin, from, to, &b), "export");
    reader_end(r);
    return buf_str(&b);
}

/* Some entries of one origin, in any order, some of them twice, some left out. */
static void exchange(struct world *w, struct site *from, struct site *to) {
    struct origin_seq *known;
    size_t count;
    vector(w, from, &known, &count);
    if (!count) return;
    struct origin_seq o = known[draw(w, count)];
    for (int i = 0; i < 6 && o.seq; i++) {
        uint64_t at = 1 + draw(w, o.seq + 2);
        must(store_import_log(to->store, w->arena, export(w, from, o.origin, at, at + draw(w, 3))), "import");
    }
}

/* A peer tells what it knows before anything else happens, as at every synchronisation. */
static void meet_all(struct world *w, struct site *s) {
    for (size_t i = 0; i < w->count; i++) {
        struct origin_seq *known;
        size_t count;
        if (&w->site[i] == s) continue;
        /* all that a peer has, also behind gaps */
        struct reader *r;
        must(reader_begin(w->site[i].store, w->arena, &r), "reader");
        must(store_vector(r, w->arena, &known, &count), "vector");
        struct statement *q = db_use(
            reader_db(r), "SELECT o.origin, max(l.seq) FROM log l JOIN origin o ON o.id = l.origin GROUP BY o.origin");
        for (bool row;;) {
            must(db_row(q, &row), "row");
            if (!row) break;
            for (size_t k = 0; k < count; k++)
                if (known[k].origin == (uint64_t)column_int(q, 0)) known[k].seq = (uint64_t)column_int(q, 1);
        }
        reader_end(r);
        must(store_meet(s->store, w->arena, known, count, NULL), "meet");
    }
}

static void disaster(struct world *w, struct site *s) {
    if (!s->has_backup) {
        snprintf(s->backup, sizeof s->backup, "%s/b%u", w->base, w->serial++);
        must(store_backup(s->store, w->arena, s->backup), "backup");
        s->has_backup = true;
        s->backup_is_copy = draw(w, 2);
        return;
    }
    store_close(s->store);
    shell("rm -rf %s%s", s->dir, "");
    snprintf(s->dir, sizeof s->dir, "%s/n%u", w->base, w->serial++);
    s->skew = ((int64_t)draw(w, 3) - 1) * YEAR_MS * 2;
    if (s->backup_is_copy) { /* somebody copied the file back by hand */
        shell("mkdir %s%s", s->dir, "");
        shell("cp %s %s/tram.db", s->backup, s->dir);
    } else {
        must(store_restore(w->arena, s->backup, s->dir), "restore");
    }
    site_open(w, s);
    if (s->backup_is_copy) meet_all(w, s);
    shell("rm -f %s%s", s->backup, "");
    s->has_backup = false;
}

static void step(struct world *w) {
    struct site *s = &w->site[draw(w, w->count)], *other = &w->site[draw(w, w->count)];
    uint64_t what = draw(w, 100);
    if (what < 55)
        edit(w, s);
    else if (what < 70)
        merge(w, s);
    else if (what < 96 && s != other)
        exchange(w, s, other);
    else if (what >= 96)
        disaster(w, s);
}

static void settle(struct world *w) {
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < w->count; i++)
            for (size_t k = 0; k < w->count; k++) {
                struct reader *r;
                if (i == k) continue;
                must(reader_begin(w->site[i].store, w->arena, &r), "reader");
                struct statement *q = db_use(reader_db(r), "SELECT origin FROM origin");
                struct {
                    uint64_t *at;
                    size_t len, cap;
                } all = {0};
                for (bool row;;) {
                    must(db_row(q, &row), "row");
                    if (!row) break;
                    VEC_PUSH(w->arena, &all, (uint64_t)column_int(q, 0));
                }
                reader_end(r);
                for (size_t n = 0; n < all.len; n++)
                    must(store_import_log(w->site[k].store, w->arena, export(w, &w->site[i], all.at[n], 1, UINT64_MAX)),
                         "import");
            }
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

struct lines {
    str *at;
    size_t len, cap;
};
static int by_text(const void *a, const void *b) { return str_compare(*(const str *)a, *(const str *)b); }

struct dump {
    struct reader *r;
    struct arena *a;
    struct lines lines;
    struct map names;
    struct map systems;
};

static const char *name_of(struct dump *d, int64_t rid) {
    const char *n = map_get(&d->names, str_format(d->a, "%lld", (long long)rid));
    return n ? n : rid ? "?" : "";
}

static void load_names(struct dump *d) {
    struct statement *q = db_use(reader_db(d->r), "SELECT rid, type, id FROM res");
    bool row;
    for (must(db_row(q, &row), "names"); row; must(db_row(q, &row), "names")) {
        str id = index_column_id(q, 2, d->a);
        map_put(&d->names, str_format(d->a, "%lld", (long long)column_int(q, 0)),
                str_z(d->a, str_format(d->a, "%s/%.*s", fhir_type_name(index_type_of(d->r, (int)column_int(q, 1))),
                                       STR_ARG(id))));
    }
    q = db_use(reader_db(d->r), "SELECT id, url FROM system");
    for (must(db_row(q, &row), "systems"); row; must(db_row(q, &row), "systems"))
        map_put(&d->systems, str_format(d->a, "%lld", (long long)column_int(q, 0)), str_z(d->a, column_text(q, 1)));
}

/* A column by the letter that says how to read it: i integer, r real, t text, b blob, R row number, T token key. */
static void put_column(struct dump *d, struct buf *b, struct statement *q, int i, char how) {
    if (how == 't')
        buf_add(b, column_text(q, i));
    else if (how == 'r')
        buf_addf(b, "%.17g", column_real(q, i));
    else if (how == 'R')
        buf_addz(b, name_of(d, column_int(q, i)));
    else if (how == 'T') {
        int64_t key = column_int(q, i);
        const char *system = map_get(&d->systems, str_format(d->a, "%lld", (long long)(key & INDEX_SYSTEM_MASK)));
        buf_addf(b, "%llx@%s", (long long)(key >> INDEX_SYSTEM_BITS), system ? system : "");
    } else if (how == 'b') {
        str v = column_blob(q, i);
        for (size_t k = 0; k < v.len; k++) buf_addf(b, "%02x", (unsigned char)v.at[k]);
    } else
        buf_addf(b, "%lld", (long long)column_int(q, i));
    buf_addc(b, '|');
}

static void dump_table(struct dump *d, const char *label, const char *columns, const char *sql) {
    struct statement *q = db_use(reader_db(d->r), sql);
    bool row;
    for (must(db_row(q, &row), label); row; must(db_row(q, &row), label)) {
        struct buf b = buf_new(d->a);
        buf_addf(&b, "%s|", label);
        for (int i = 0; columns[i]; i++) put_column(d, &b, q, i, columns[i]);
        VEC_PUSH(d->a, &d->lines, buf_str(&b));
    }
}

static void dump_versions(struct dump *d) {
    struct version_list list = {0};
    struct history_query h = {.limit = 1000000};
    must(reader_history(d->r, d->a, &h, &list), "history");
    for (size_t i = 0; i < list.len; i++) {
        struct version *v = &list.at[i];
        char id[VERSION_ID_TEXT];
        struct version back;
        VEC_PUSH(d->a, &d->lines,
                 str_format(d->a, "version|%s/%.*s|%s|%d|%u|%d|%.*s", fhir_type_name(v->type), STR_ARG(v->id),
                            version_id_format(v->version, id), (int)v->op, v->depth, v->conflict, (int)v->body.len,
                            v->body.at ? v->body.at : ""));
        err e = reader_vread(d->r, d->a, v->type, v->id, v->version, &back);
        assert_true(!e.code || e.code == ERR_GONE);
        assert_true(str_eq(back.body, v->body));
    }
}

static str dump_of(struct world *w, struct site *s) {
    struct dump d = {.a = w->arena, .names = map_new(w->arena), .systems = map_new(w->arena)};
    must(reader_begin(s->store, w->arena, &d.r), "reader");
    load_names(&d);
    dump_versions(&d);
    /* stubs are only numbers: one may remain of a version that was shown for a while on one node; the rows that name it
     * count */
    dump_table(&d, "res", "RiiiRRtib",
               "SELECT r.rid, flags, dt, depth, patient, place, printf('%x-%x', l.clock, o.origin), "
               "body IS NULL, parents FROM res r JOIN log l ON l.pos = r.pos JOIN origin o ON o.id = l.origin");
    dump_table(&d, "hist", "Riitb",
               "SELECT rid, op, depth, printf('%x-%x', l.clock, o.origin), parents FROM hist h "
               "JOIN log l ON l.pos = h.pos JOIN origin o ON o.id = l.origin");
    dump_table(&d, "head", "Rt",
               "SELECT rid, printf('%x-%x', l.clock, o.origin) FROM head h JOIN log l ON l.pos = h.pos "
               "JOIN origin o ON o.id = l.origin");
    dump_table(&d, "log", "titbt",
               "SELECT printf('%x', o.origin), seq, printf('%x', clock), chain, actor FROM log l JOIN origin o ON o.id "
               "= l.origin");
    dump_table(&d, "token", "iTiR",
               "SELECT slot, key, ix.dt, ix.rid FROM ix JOIN slot s ON s.id = ix.slot & ~1 WHERE kind = 3 OR slot & 1");
    dump_table(&d, "reference", "iRiR",
               "SELECT slot, key, ix.dt, ix.rid FROM ix JOIN slot s ON s.id = ix.slot WHERE kind = 4 AND key > 0");
    dump_table(&d, "url", "iiiR",
               "SELECT slot, key, ix.dt, ix.rid FROM ix JOIN slot s ON s.id = ix.slot WHERE kind NOT IN (3, 4) OR "
               "(kind = 4 AND key < 0)");
    dump_table(&d, "date", "iiiiiR", "SELECT slot, span, lo, hi, dt, rid FROM ixd");
    dump_table(&d, "number", "iTrriR", "SELECT slot, unit, lo, hi, dt, rid FROM ixn");
    dump_table(&d, "string", "itiR", "SELECT slot, val, dt, rid FROM ixs");
    dump_table(&d, "composite", "iTTrriR", "SELECT slot, key, unit, lo, hi, dt, rid FROM ixcn");
    dump_table(&d, "composite text", "iTtiR", "SELECT slot, key, val, dt, rid FROM ixcs");
    dump_table(&d, "compartment", "RiiR", "SELECT patient, type, dt, rid FROM compartment");
    dump_table(&d, "summary", "Rttiitt", "SELECT subject, id, gender, seen, sum, list, name FROM summary");
    dump_table(&d, "total", "tiii", "SELECT gender, seen, sum, rows FROM summary_total");
    dump_table(&d, "found", "R", "SELECT rowid FROM summary_text WHERE summary_text MATCH 'nguyễn'");
    dump_table(&d, "stale", "tR", "SELECT projection, subject FROM stale");
    reader_end(d.r);
    qsort(d.lines.at, d.lines.len, sizeof *d.lines.at, by_text);
    struct buf b = buf_new(w->arena);
    for (size_t i = 0; i < d.lines.len; i++) {
        buf_add(&b, d.lines.at[i]);
        buf_addc(&b, '\n');
    }
    return buf_str(&b);
}

static void show_difference(str x, str y) {
    str a, b;
    while (str_split(&x, '\n', &a) && str_split(&y, '\n', &b))
        if (!str_eq(a, b)) {
            print_message("  %.*s\n  %.*s\n", (int)a.len, a.at, (int)b.len, b.at);
            return;
        }
}

/* what the comparison really saw: an empty dump would be equal to every other */
static size_t conflicts_seen, versions_seen, tokens_seen, references_seen, summaries_seen;

static void run(const char *template, const char *base, uint64_t seed) {
    struct world w;
    world_begin(&w, template, base, seed);
    uint64_t steps = 20 + draw(&w, 60);
    for (uint64_t i = 0; i < steps; i++) step(&w);
    settle(&w);
    str first = dump_of(&w, &w.site[0]);
    for (str rest = first, line; str_split(&rest, '\n', &line);) {
        conflicts_seen += str_starts(line, STR("head|"));
        versions_seen += str_starts(line, STR("version|"));
        tokens_seen += str_starts(line, STR("token|"));
        references_seen += str_starts(line, STR("reference|"));
        summaries_seen += str_starts(line, STR("summary|"));
    }
    for (size_t i = 1; i < w.count; i++) {
        str other = dump_of(&w, &w.site[i]);
        if (str_eq(first, other)) continue;
        show_difference(first, other);
        fail_msg("seed %llu: stores 0 and %zu differ", (unsigned long long)seed, i);
    }
    for (size_t i = 0; i < w.count; i++) {
        struct buf report = buf_new(w.arena);
        err e = store_check(w.site[i].store, w.arena, &report);
        if (!e.code) e = store_rebuild(w.site[i].store, w.arena, true, &report);
        if (e.code)
            fail_msg("seed %llu: check: %.*s\n%.*s", (unsigned long long)seed, STR_ARG(e.detail), (int)report.len,
                     report.at);
    }
    world_end(&w);
}

static void test_convergence(void **state) {
    (void)state;
    const char *runs = getenv("TRAM_RUNS"), *seed = getenv("TRAM_SEED");
    long n = runs ? atol(runs) : 200, from = seed ? atol(seed) : 1;
    char base[64], template[96], first[96];
    snprintf(base, sizeof base, "%s/tram-proof-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert_non_null(mkdtemp(base));
    struct arena *a = arena_new();
    snprintf(first, sizeof first, "%s/first", base);
    snprintf(template, sizeof template, "%s/template", base);
    must(store_init(a, first), "init");
    struct store *s;
    struct store_options o = {.mode = STORE_WRITE, .rooms = rooms, .room_count = 1};
    must(store_open(a, first, &o, &s), "open");
    must(store_backup(s, a, template), "backup");
    store_close(s);
    for (long i = 0; i < n; i++) run(template, base, (uint64_t)(from + i));
    print_message("%ld runs: %zu versions, %zu heads in conflict at the end\n", n, versions_seen, conflicts_seen);
    assert_true(n < 50 || (conflicts_seen > 0 && versions_seen > 0 && tokens_seen > 0 && references_seen > 0 &&
                           summaries_seen > 0));
    shell("rm -rf %s%s", base, "");
    arena_free(a);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_convergence)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
