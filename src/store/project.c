/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Projections: the commit collects touched subjects; before COMMIT each is computed once from its current resources,
 * its rows are replaced when they differ, totals move by the difference and text search follows. A projection that
 * fails marks its subject stale and never refuses the resource.
 */
#include "project_int.h"

#include "base/log.h"

#include <stdlib.h>

enum { CHUNK = 500 };

/* ---- touching ---------------------------------------------------------------------------------------------------- */

static void touch(struct writer *w, size_t projection, int64_t subject) {
    struct touched *key = ARENA_NEW(w->group, struct touched);
    *key = (struct touched){projection, subject};
    if (!map_put(&w->touched_set, (str){(const char *)key, sizeof *key}, w)) {
        /* a job that was rolled back may have taken the entry from the list again */
        for (size_t i = w->touched.len; i-- > 0;)
            if (w->touched.at[i].projection == projection && w->touched.at[i].subject == subject) return;
    }
    struct touched t = {projection, subject};
    VEC_PUSH(w->group, &w->touched, t);
}

void projection_touch(struct projection_job *job, fhir_type type, str id) {
    if (type != job->projection->subject_type || !id.len) return;
    int64_t rid;
    err e = writer_rid(job->writer, type, id, &rid);
    if (e.code)
        job->failed = e;
    else
        touch(job->writer, job->index, rid);
}

err projections_touch(struct writer *w, fhir_type type, str id, const struct json *resource) {
    for (size_t i = 0; i < w->store->projection_count; i++) {
        struct projection_job job = {
            .writer = w, .arena = w->group, .projection = w->store->projections[i], .index = i};
        job.projection->touches(&job, type, id, resource);
        if (type == FHIR_TYPE_PATIENT) tied_touch(&job, resource);
        TRY(job.failed);
    }
    return OK_ERR;
}

/* ---- what `project` may ask -------------------------------------------------------------------------------------- */

struct arena *projection_arena(struct projection_job *job) {
    return job->arena;
}
str projection_subject_id(const struct projection_job *job) { return job->subject_id; }
int64_t projection_subject(const struct projection_job *job) { return job->subject; }
const struct json *projection_resource(struct projection_job *job) { return job->resource; }

err job_parse(struct projection_job *job, str frame, const struct json **out) {
    struct writer *w = job->writer;
    str body;
    struct json *tree;
    TRY(body_unpack(w->store, w->packer, w->db, job->arena, frame, &body));
    TRY(json_parse(job->arena, body, &tree));
    *out = tree;
    return OK_ERR;
}

/* SQLite only: json_each carries the list of persons into the statement. */
static const char sql_related[] = "SELECT r.body FROM compartment c JOIN res r ON r.rid = c.rid "
                                  "WHERE c.patient = ?1 AND c.type = ?2 AND r.flags & ?3 = 0 ORDER BY c.dt, r.id";
static const char sql_related_of_many[] =
    "SELECT r.body FROM (SELECT DISTINCT rid, dt FROM compartment WHERE type = ?2 AND patient IN "
    "(SELECT value FROM json_each(?1))) c JOIN res r ON r.rid = c.rid WHERE r.flags & ?3 = 0 ORDER BY c.dt, r.id";

err projection_related(struct projection_job *job, fhir_type type, struct projection_resources *out) {
    *out = (struct projection_resources){0};
    struct statement *q = db_use(job->writer->db, job->replaced.len ? sql_related_of_many : sql_related);
    if (job->replaced.len) {
        struct buf list = buf_new(job->arena);
        buf_addf(&list, "[%lld", (long long)job->subject);
        for (size_t i = 0; i < job->replaced.len; i++) buf_addf(&list, ",%lld", (long long)job->replaced.at[i].rid);
        buf_addc(&list, ']');
        bind_text(q, 1, buf_str(&list));
    } else {
        bind_int(q, 1, job->subject);
    }
    bind_int(q, 2, job->writer->store->type_number[type]);
    bind_int(q, 3, RES_SENSITIVE);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        const struct json *tree;
        TRY(job_parse(job, column_blob(q, 0), &tree));
        VEC_PUSH(job->arena, out, tree);
    }
}

/* The tree of a resource that many subjects read; lives as long as the transaction. */
static err shared_tree(struct projection_job *job, int64_t rid, str frame, const struct json **out) {
    struct writer *w = job->writer;
    str key = {(const char *)&rid, sizeof rid};
    *out = map_get(&w->referring, key);
    if (*out) return OK_ERR;
    str body;
    struct json *tree;
    TRY(body_unpack(w->store, w->packer, w->db, w->group, frame, &body));
    TRY(json_parse(w->group, body, &tree));
    map_put(&w->referring, str_copy(w->group, key), tree);
    *out = tree;
    return OK_ERR;
}

static err referring_by(struct projection_job *job, fhir_type type, int32_t slot, struct projection_resources *out) {
    struct statement *q = db_use(job->writer->db, "SELECT r.rid, r.body FROM ix i JOIN res r ON r.rid = i.rid "
                                                  "WHERE i.slot = ?1 AND i.key = ?2 AND r.flags & 3 = 0 AND r.type = ?3 AND r.flags & ?4 = 0");
    bind_int(q, 1, slot);
    bind_int(q, 2, job->subject);
    bind_int(q, 3, job->writer->store->type_number[type]);
    bind_int(q, 4, RES_SENSITIVE);
    for (bool row;;) {
        const struct json *tree;
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        TRY(shared_tree(job, column_int(q, 0), column_blob(q, 1), &tree));
        size_t i = 0;
        while (i < out->len && out->at[i] != tree) i++;
        if (i == out->len) VEC_PUSH(job->arena, out, tree);
    }
}

static int by_id(const void *x, const void *y) {
    return str_compare(JSON_TEXT(*(const struct json *const *)x, "id"), JSON_TEXT(*(const struct json *const *)y, "id"));
}

err projection_referring(struct projection_job *job, fhir_type type, struct projection_resources *out) {
    size_t count;
    const struct fhir_search *list = fhir_search_list(type, &count);
    *out = (struct projection_resources){0};
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == SEARCH_REFERENCE && list[i].slot != FHIR_NO_SLOT)
            TRY(referring_by(job, type, job->writer->store->slot_number[list[i].slot], out));
    if (out->len > 1) qsort(out->at, out->len, sizeof *out->at, by_id);
    return OK_ERR;
}

int64_t projection_rid(struct projection_job *job, str reference) {
    struct fhir_reference r = fhir_reference_parse(reference);
    if (r.kind != REFERENCE_LOCAL) return 0;
    int64_t rid = 0;
    err e = writer_rid(job->writer, r.type, r.id, &rid);
    if (e.code) job->failed = e;
    return rid;
}

void projection_emit(struct projection_job *job, size_t table, const struct cell *cells) {
    size_t n = job->projection->tables[table].column_count;
    struct cell *copy = arena_alloc(job->arena, n * sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = cells[i];
        if (copy[i].kind == CELL_TEXT) copy[i].text = str_copy(job->arena, cells[i].text);
    }
    struct cells row = {copy};
    VEC_PUSH(job->arena, &job->rows[table], row);
}

/* ---- statements -------------------------------------------------------------------------------------------------- */

static void list(struct buf *b, const char *before, const char *const *names, size_t count, const char *after) {
    for (size_t i = 0; i < count; i++) buf_addf(b, "%s%s%s%s", i ? ", " : "", before, names[i], after);
}

static void marks(struct buf *b, size_t count) {
    for (size_t i = 0; i < count; i++) buf_addf(b, "%s?%zu", i ? ", " : "", i + 1);
}

/* Texts are built once for each table and purpose, and then found by the table's address. */
enum purpose { ROWS_READ, ROWS_DELETE, ROWS_INSERT, TEXT_ADD, TEXT_DROP, TOTAL_ADD, TOTAL_CLEAN };
struct text_key {
    const void *of;
    uint64_t purpose;
};

static const char *known_text(struct projection_job *job, const void *of, enum purpose purpose) {
    struct text_key key = {of, purpose};
    return map_get(&job->writer->texts, (str){(const char *)&key, sizeof key});
}

static const char *keep_text(struct projection_job *job, const void *of, enum purpose purpose, const struct buf *text) {
    struct arena *a = job->writer->texts.arena;
    struct text_key key = {of, purpose};
    const char *kept = str_z(a, buf_str(text));
    map_put(&job->writer->texts, str_copy(a, (str){(const char *)&key, sizeof key}), (void *)(uintptr_t)kept);
    return kept;
}

static const char *row_text(struct projection_job *job, const struct projection_table *t, enum purpose purpose) {
    struct buf b = buf_new(job->arena);
    if (purpose == ROWS_READ) {
        buf_addz(&b, "SELECT ");
        list(&b, "", t->columns, t->column_count, "");
        buf_addf(&b, " FROM %s WHERE subject = ?1", t->name);
    } else if (purpose == ROWS_DELETE) {
        buf_addf(&b, "DELETE FROM %s WHERE subject = ?1", t->name);
    } else {
        buf_addf(&b, "INSERT INTO %s(", t->name);
        list(&b, "", t->columns, t->column_count, "");
        buf_addz(&b, ", subject) VALUES (");
        marks(&b, t->column_count + 1);
        buf_addz(&b, ")");
    }
    return keep_text(job, t, purpose, &b);
}

static struct statement *row_statement(struct projection_job *job, size_t table, enum purpose purpose) {
    const struct projection_table *t = &job->projection->tables[table];
    const char *sql = known_text(job, t, purpose);
    return db_use(job->writer->db, sql ? sql : row_text(job, t, purpose));
}

static void bind_cell(struct statement *q, int n, const struct cell *c) {
    switch (c->kind) {
    case CELL_NULL: bind_null(q, n); break;
    case CELL_INTEGER: bind_int(q, n, c->integer); break;
    case CELL_REAL: bind_real(q, n, c->real); break;
    case CELL_TEXT: bind_text(q, n, c->text.at ? c->text : STR("")); break;
    }
}

static struct cell cell_of(struct statement *q, int i, struct arena *a) {
    switch (column_kind(q, i)) {
    case 0: return CELL_NONE;
    case 1: return CELL_INT(column_int(q, i));
    case 2: return (struct cell){.kind = CELL_REAL, .real = column_real(q, i)};
    default: return CELL_STR(str_copy(a, column_text(q, i)));
    }
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static int cell_compare(const struct cell *x, const struct cell *y) {
    if (x->kind != y->kind) {
        /* the engine keeps 2.0 in an INTEGER column as 2: numbers are compared as numbers */
        bool numbers = x->kind != CELL_NULL && x->kind != CELL_TEXT && y->kind != CELL_NULL && y->kind != CELL_TEXT;
        if (!numbers) return x->kind < y->kind ? -1 : 1;
        double a = x->kind == CELL_REAL ? x->real : (double)x->integer,
               b = y->kind == CELL_REAL ? y->real : (double)y->integer;
        return (a > b) - (a < b);
    }
    switch (x->kind) {
    case CELL_INTEGER: return (x->integer > y->integer) - (x->integer < y->integer);
    case CELL_REAL: return (x->real > y->real) - (x->real < y->real);
    case CELL_TEXT: return str_compare(x->text, y->text);
    case CELL_NULL: break;
    }
    return 0;
}

static int row_compare(const struct cells *x, const struct cells *y, size_t n) {
    for (size_t i = 0; i < n; i++) {
        int c = cell_compare(&x->at[i], &y->at[i]);
        if (c) return c;
    }
    return 0;
}

static int by_cells(const void *x, const void *y, void *count) { return row_compare(x, y, *(const size_t *)count); }

static bool same_rows(struct table_rows *x, struct table_rows *y, size_t columns) {
    if (x->len != y->len) return false;
    if (x->len > 1) {
        qsort_r(x->at, x->len, sizeof *x->at, by_cells, &columns);
        qsort_r(y->at, y->len, sizeof *y->at, by_cells, &columns);
    }
    for (size_t i = 0; i < x->len; i++)
        if (row_compare(&x->at[i], &y->at[i], columns)) return false;
    return true;
}

/* ---- text search and totals -------------------------------------------------------------------------------------- */

static size_t column_of(const struct projection_table *t, const char *name) {
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i], name) == 0) return i;
    panic("projection table %s has no column %s", t->name, name);
}

static const char *mirror_text(struct projection_job *job, const struct projection_table *t, bool drop) {
    struct buf b = buf_new(job->arena);
    buf_addf(&b, "INSERT INTO %s(", t->search);
    if (drop) buf_addf(&b, "%s, ", t->search);
    buf_addz(&b, "rowid, ");
    list(&b, "", t->search_columns, t->search_column_count, "");
    buf_addz(&b, drop ? ") VALUES ('delete', " : ") VALUES (");
    marks(&b, t->search_column_count + 1);
    buf_addz(&b, ")");
    return keep_text(job, t, drop ? TEXT_DROP : TEXT_ADD, &b);
}

/* Mirrors one row in the text search table; `drop` needs the old texts (FTS5 of external or no content). */
static err mirror(struct projection_job *job, size_t table, const struct cells *row, bool drop) {
    const struct projection_table *t = &job->projection->tables[table];
    const char *sql = known_text(job, t, drop ? TEXT_DROP : TEXT_ADD);
    struct statement *q = db_use(job->writer->db, sql ? sql : mirror_text(job, t, drop));
    bind_int(q, 1, job->subject);
    for (size_t i = 0; i < t->search_column_count; i++)
        bind_cell(q, (int)i + 2, &row->at[column_of(t, t->search_columns[i])]);
    return db_done(q);
}

struct delta {
    const struct cell **keys;
    int64_t *sums;
    int64_t rows;
};
struct deltas {
    struct delta *at;
    size_t len, cap;
};

static void add_delta(struct projection_job *job, const struct projection_total *total, struct deltas *to,
                      const struct cells *row, int sign) {
    const struct projection_table *t = &job->projection->tables[total->of];
    const struct cell **keys = arena_alloc(job->arena, (total->key_count + 1) * sizeof *keys);
    for (size_t k = 0; k < total->key_count; k++) {
        keys[k] = &row->at[column_of(t, total->keys[k])];
        if (keys[k]->kind == CELL_NULL) return; /* belongs to no line */
    }
    struct delta *d = NULL;
    for (size_t i = 0; i < to->len && !d; i++) {
        size_t k = 0;
        while (k < total->key_count && cell_compare(to->at[i].keys[k], keys[k]) == 0) k++;
        if (k == total->key_count) d = &to->at[i];
    }
    if (!d) {
        struct delta new = {keys, ARENA_ARRAY(job->arena, int64_t, total->sum_count + 1), 0};
        VEC_PUSH(job->arena, to, new);
        d = &to->at[to->len - 1];
    }
    for (size_t k = 0; k < total->sum_count; k++) d->sums[k] += sign * row->at[column_of(t, total->sums[k])].integer;
    d->rows += sign;
}

static const char *total_text(struct projection_job *job, const struct projection_total *total, enum purpose purpose) {
    struct buf b = buf_new(job->arena);
    if (purpose == TOTAL_CLEAN) {
        buf_addf(&b, "DELETE FROM %s WHERE rows = 0", total->name);
        for (size_t k = 0; k < total->key_count; k++) buf_addf(&b, " AND %s = ?%zu", total->keys[k], k + 1);
        return keep_text(job, total, purpose, &b);
    }
    buf_addf(&b, "INSERT INTO %s(", total->name);
    list(&b, "", total->keys, total->key_count, "");
    buf_addz(&b, ", ");
    list(&b, "", total->sums, total->sum_count, "");
    buf_addf(&b, "%srows) VALUES (", total->sum_count ? ", " : "");
    marks(&b, total->key_count + total->sum_count + 1);
    buf_addz(&b, ") ON CONFLICT(");
    list(&b, "", total->keys, total->key_count, "");
    buf_addz(&b, ") DO UPDATE SET rows = rows + excluded.rows");
    for (size_t k = 0; k < total->sum_count; k++)
        buf_addf(&b, ", %s = %s + excluded.%s", total->sums[k], total->sums[k], total->sums[k]);
    return keep_text(job, total, purpose, &b);
}

static struct statement *total_statement(struct projection_job *job, const struct projection_total *total,
                                         enum purpose purpose) {
    const char *sql = known_text(job, total, purpose);
    return db_use(job->writer->db, sql ? sql : total_text(job, total, purpose));
}

static err write_delta(struct projection_job *job, const struct projection_total *total, const struct delta *d) {
    bool any = d->rows != 0;
    for (size_t k = 0; k < total->sum_count; k++) any = any || d->sums[k];
    if (!any) return OK_ERR;
    struct statement *q = total_statement(job, total, TOTAL_ADD);
    for (size_t k = 0; k < total->key_count; k++) bind_cell(q, (int)k + 1, d->keys[k]);
    for (size_t k = 0; k < total->sum_count; k++) bind_int(q, (int)(total->key_count + k) + 1, d->sums[k]);
    bind_int(q, (int)(total->key_count + total->sum_count) + 1, d->rows);
    TRY(db_done(q));
    if (d->rows >= 0) return OK_ERR;
    q = total_statement(job, total, TOTAL_CLEAN);
    for (size_t k = 0; k < total->key_count; k++) bind_cell(q, (int)k + 1, d->keys[k]);
    return db_done(q);
}

/* ---- one subject ------------------------------------------------------------------------------------------------- */

static err load_rows(struct projection_job *job, size_t table, struct table_rows *out) {
    size_t n = job->projection->tables[table].column_count;
    struct statement *q = row_statement(job, table, ROWS_READ);
    bind_int(q, 1, job->subject);
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) return OK_ERR;
        struct cell *cells = arena_alloc(job->arena, n * sizeof *cells);
        for (size_t i = 0; i < n; i++) cells[i] = cell_of(q, (int)i, job->arena);
        struct cells r = {cells};
        VEC_PUSH(job->arena, out, r);
    }
}

static err replace_rows(struct projection_job *job, size_t table, const struct table_rows *old,
                        const struct table_rows *new) {
    const struct projection_table *t = &job->projection->tables[table];
    for (size_t i = 0; t->search && i < old->len; i++) TRY(mirror(job, table, &old->at[i], true));
    if (old->len) {
        struct statement *q = row_statement(job, table, ROWS_DELETE);
        bind_int(q, 1, job->subject);
        TRY(db_done(q));
    }
    for (size_t i = 0; i < new->len; i++) {
        struct statement *q = row_statement(job, table, ROWS_INSERT);
        for (size_t k = 0; k < t->column_count; k++) bind_cell(q, (int)k + 1, &new->at[i].at[k]);
        bind_int(q, (int)t->column_count + 1, job->subject);
        TRY(db_done(q));
    }
    for (size_t i = 0; t->search && i < new->len; i++) TRY(mirror(job, table, &new->at[i], false));
    for (size_t i = 0; i < job->projection->total_count; i++) {
        const struct projection_total *total = &job->projection->totals[i];
        struct deltas deltas = {0};
        if (total->of != table) continue;
        for (size_t k = 0; k < old->len; k++) add_delta(job, total, &deltas, &old->at[k], -1);
        for (size_t k = 0; k < new->len; k++) add_delta(job, total, &deltas, &new->at[k], 1);
        for (size_t k = 0; k < deltas.len; k++) TRY(write_delta(job, total, &deltas.at[k]));
    }
    return OK_ERR;
}

static err load_subject(struct projection_job *job) {
    struct statement *q = db_use(job->writer->db, "SELECT id, flags, body FROM res WHERE rid = ?1");
    bind_int(q, 1, job->subject);
    bool row;
    TRY(db_row(q, &row));
    if (!row) return OK_ERR;
    job->subject_id = index_column_id(q, 0, job->arena);
    bool live = !(column_int(q, 1) & RES_NOT_LIVE);
    str frame = live ? str_copy(job->arena, column_blob(q, 2)) : STR_NONE;
    db_reset(q);
    return live ? job_parse(job, frame, &job->resource) : OK_ERR;
}

/* A person whose record is replaced by another's has no rows: what happened to both stands there. */
static err project_subject(struct projection_job *job) {
    TRY(load_subject(job));
    if (job->projection->subject_type == FHIR_TYPE_PATIENT && job->resource) TRY(tied_find(job));
    return job->survivor ? OK_ERR : job->projection->project(job);
}

static err mark_stale(struct projection_job *job, err why) {
    log_line(LOG_ERROR, "store", "projection %s of subject %lld: %s", job->projection->name, (long long)job->subject,
             err_english(why.code));
    struct statement *q = db_use(job->writer->db, "INSERT INTO stale(projection, subject, why) VALUES (?1, ?2, ?3) "
                                                  "ON CONFLICT DO UPDATE SET why = excluded.why");
    bind_text(q, 1, str_of(job->projection->name));
    bind_int(q, 2, job->subject);
    bind_text(q, 3, why.detail.len ? why.detail : str_of(err_english(why.code)));
    return db_done(q);
}

static err unmark_stale(struct projection_job *job) {
    struct statement *q = db_use(job->writer->db, "DELETE FROM stale WHERE projection = ?1 AND subject = ?2");
    bind_text(q, 1, str_of(job->projection->name));
    bind_int(q, 2, job->subject);
    return db_done(q);
}

/* Computes the rows of one subject into job->rows; an error of the rules, not of the disk, marks it stale. */
static err compute(struct projection_job *job, bool *stale) {
    *stale = false;
    err e = project_subject(job);
    if (!e.code) e = job->failed;
    if (e.code == ERR_FULL || e.code == ERR_BUSY) return e;
    if (!e.code) return OK_ERR;
    *stale = true;
    return mark_stale(job, e);
}

static struct projection_job job_of(struct writer *w, struct arena *a, size_t projection, int64_t subject) {
    struct projection_job job = {.writer = w,
                                 .arena = a,
                                 .projection = w->store->projections[projection],
                                 .index = projection,
                                 .subject = subject};
    job.rows = ARENA_ARRAY(a, struct table_rows, job.projection->table_count + 1);
    return job;
}

static err run_one(struct writer *w, struct arena *a, size_t projection, int64_t subject) {
    struct projection_job job = job_of(w, a, projection, subject);
    bool stale;
    TRY(compute(&job, &stale));
    if (stale) return OK_ERR;
    if (job.survivor) touch(w, projection, job.survivor);
    TRY(unmark_stale(&job));
    for (size_t t = 0; t < job.projection->table_count; t++) {
        struct table_rows old = {0};
        TRY(load_rows(&job, t, &old));
        if (same_rows(&old, &job.rows[t], job.projection->tables[t].column_count)) continue;
        TRY(replace_rows(&job, t, &old, &job.rows[t]));
        w->changed_projections[projection] = true;
    }
    return OK_ERR;
}

err projections_run(struct writer *w) {
    if (!w->touched.len) return OK_ERR;
    struct arena *a = arena_new();
    err e = OK_ERR;
    w->referring = map_new(w->group);
    for (size_t i = 0; i < w->touched.len && !e.code; i++) {
        e = run_one(w, a, w->touched.at[i].projection, w->touched.at[i].subject);
        if (e.code) e.detail = str_copy(w->group, e.detail);
        db_reset_all(w->db);
        arena_reset(a);
    }
    w->touched.len = 0;
    arena_free(a);
    return e;
}

/* ---- all subjects ------------------------------------------------------------------------------------------------ */

struct pass {
    size_t projection;
    int64_t after;
    bool done;
};

static err pass_clear(struct writer *w, struct arena *a, void *context) {
    const struct projection *p = w->store->projections[*(size_t *)context];
    for (size_t i = 0; i < p->table_count; i++) {
        TRY(db_run(w->db, str_z(a, str_format(a, "DELETE FROM %s", p->tables[i].name))));
        if (p->tables[i].search)
            TRY(db_run(w->db, str_z(a, str_format(a, "INSERT INTO %s(%s) VALUES ('delete-all')", p->tables[i].search,
                                                  p->tables[i].search))));
    }
    for (size_t i = 0; i < p->total_count; i++)
        TRY(db_run(w->db, str_z(a, str_format(a, "DELETE FROM %s", p->totals[i].name))));
    struct statement *q = db_use(w->db, "DELETE FROM stale WHERE projection = ?1");
    bind_text(q, 1, str_of(p->name));
    return db_done(q);
}

static err pass_chunk(struct writer *w, struct arena *a, void *context) {
    struct pass *pass = context;
    (void)a;
    struct statement *q =
        db_use(w->db, "SELECT rid FROM res NOT INDEXED WHERE rid > ?1 AND type = ?2 ORDER BY rid LIMIT ?3");
    bind_int(q, 1, pass->after);
    bind_int(q, 2, w->store->type_number[w->store->projections[pass->projection]->subject_type]);
    bind_int(q, 3, CHUNK);
    int count = 0;
    for (bool row;;) {
        TRY(db_row(q, &row));
        if (!row) break;
        touch(w, pass->projection, pass->after = column_int(q, 0));
        count++;
    }
    pass->done = count < CHUNK;
    return OK_ERR;
}

/* Of the room's rules, of the door (it leaves sensitive content out since 1) and of the table of sensitive codes. */
static int64_t version_of(const struct projection *p) {
    enum { DOOR = 1 };
    return (int64_t)((uint64_t)sensitive_fingerprint() & 0xffffffff) << 20 | DOOR << 12 | p->version;
}

static err pass_finish(struct writer *w, struct arena *a, void *context) {
    const struct projection *p = w->store->projections[*(size_t *)context];
    (void)a;
    struct statement *q = db_use(w->db, "INSERT INTO projection(name, version) VALUES (?1, ?2) "
                                        "ON CONFLICT(name) DO UPDATE SET version = excluded.version");
    bind_text(q, 1, str_of(p->name));
    bind_int(q, 2, version_of(p));
    return db_done(q);
}

err projection_rebuild(struct store *s, struct arena *a, size_t projection) {
    struct pass pass = {.projection = projection};
    TRY(writer_work(s, a, true, pass_clear, &projection));
    while (!pass.done) TRY(writer_work(s, a, true, pass_chunk, &pass));
    return writer_work(s, a, true, pass_finish, &projection);
}

/* ---- versions ---------------------------------------------------------------------------------------------------- */

struct known {
    size_t projection;
    int64_t version;
};

static err known_version(struct writer *w, struct arena *a, void *context) {
    struct known *k = context;
    (void)a;
    struct statement *q = db_use(w->db, "SELECT version FROM projection WHERE name = ?1");
    bind_text(q, 1, str_of(w->store->projections[k->projection]->name));
    bool row;
    TRY(db_row(q, &row));
    k->version = row ? column_int(q, 0) : -1;
    db_reset(q);
    return OK_ERR;
}

err projections_drop_outdated(struct writer *w, struct arena *a) {
    for (size_t i = 0; i < w->store->projection_count; i++) {
        const struct projection *p = w->store->projections[i];
        struct known k = {.projection = i};
        TRY(known_version(w, a, &k));
        if (k.version < 0 || k.version == version_of(p)) continue;
        struct buf sql = buf_new(a);
        for (size_t t = 0; t < p->table_count; t++) {
            buf_addf(&sql, "DROP TABLE IF EXISTS %s;", p->tables[t].name);
            if (p->tables[t].search) buf_addf(&sql, "DROP TABLE IF EXISTS %s;", p->tables[t].search);
        }
        for (size_t t = 0; t < p->total_count; t++) buf_addf(&sql, "DROP TABLE IF EXISTS %s;", p->totals[t].name);
        TRY(db_run(w->db, str_z(a, buf_str(&sql))));
    }
    return OK_ERR;
}

err projections_open(struct store *s, struct arena *a) {
    for (size_t i = 0; i < s->projection_count; i++) {
        struct known k = {.projection = i};
        TRY(writer_work(s, a, false, known_version, &k));
        if (k.version == version_of(s->projections[i])) continue;
        if (k.version >= 0)
            log_line(LOG_INFO, "store", "projection %s has a new version: computing it again", s->projections[i]->name);
        TRY(projection_rebuild(s, a, i));
    }
    return OK_ERR;
}

/* ---- comparing with what the bodies give ------------------------------------------------------------------------- */

static err verify_subject(struct writer *w, struct arena *a, size_t projection, int64_t subject, bool *same) {
    struct projection_job job = job_of(w, a, projection, subject);
    TRY(project_subject(&job));
    *same = true;
    for (size_t t = 0; t < job.projection->table_count && *same; t++) {
        struct table_rows old = {0};
        TRY(load_rows(&job, t, &old));
        *same = same_rows(&old, &job.rows[t], job.projection->tables[t].column_count);
    }
    return job.failed;
}

static err verify_total(struct writer *w, struct arena *a, const struct projection *p,
                        const struct projection_total *total, bool *same) {
    struct buf made = buf_new(a), kept = buf_new(a);
    buf_addz(&made, "SELECT ");
    buf_addz(&kept, "SELECT ");
    for (size_t i = 0; i < total->key_count; i++) {
        buf_addf(&made, "%s, ", total->keys[i]);
        buf_addf(&kept, "%s, ", total->keys[i]);
    }
    for (size_t i = 0; i < total->sum_count; i++) {
        buf_addf(&made, "sum(coalesce(%s, 0)), ", total->sums[i]);
        buf_addf(&kept, "%s, ", total->sums[i]);
    }
    buf_addf(&made, "count(*) FROM %s WHERE 1", p->tables[total->of].name);
    for (size_t i = 0; i < total->key_count; i++) buf_addf(&made, " AND %s IS NOT NULL", total->keys[i]);
    for (size_t i = 0; i < total->key_count; i++) buf_addf(&made, "%s%s", i ? ", " : " GROUP BY ", total->keys[i]);
    buf_addf(&kept, "rows FROM %s", total->name);
    str sql =
        str_format(a, "SELECT (SELECT count(*) FROM (%.*s EXCEPT %.*s)) + (SELECT count(*) FROM (%.*s EXCEPT %.*s))",
                   STR_ARG(buf_str(&made)), STR_ARG(buf_str(&kept)), STR_ARG(buf_str(&kept)), STR_ARG(buf_str(&made)));
    int64_t n;
    TRY(number_of(w->db, str_z(a, sql), &n));
    *same = n == 0;
    return OK_ERR;
}

static err verify_one(struct writer *w, struct arena *a, size_t i, struct buf *report, size_t *differences) {
    const struct projection *p = w->store->projections[i];
    bool same;
    for (int64_t after = 0;;) {
        struct statement *q =
            db_use(w->db, "SELECT rid FROM res NOT INDEXED WHERE rid > ?1 AND type = ?2 ORDER BY rid LIMIT 1");
        bind_int(q, 1, after);
        bind_int(q, 2, w->store->type_number[p->subject_type]);
        bool row;
        TRY(db_row(q, &row));
        if (!row) break;
        after = column_int(q, 0);
        db_reset(q);
        TRY(verify_subject(w, a, i, after, &same));
        if (!same && ++*differences <= 100)
            buf_addf(report, "projection %s: rows of subject %lld differ\n", p->name, (long long)after);
        arena_reset(a);
    }
    for (size_t t = 0; t < p->total_count; t++) {
        TRY(verify_total(w, a, p, &p->totals[t], &same));
        if (!same && ++*differences) buf_addf(report, "projection %s: totals %s differ\n", p->name, p->totals[t].name);
    }
    return OK_ERR;
}

err projections_verify(struct writer *w, struct buf *report, size_t *differences) {
    struct arena *a = arena_new();
    err e = OK_ERR;
    w->referring = map_new(w->group);
    for (size_t i = 0; i < w->store->projection_count && !e.code; i++) e = verify_one(w, a, i, report, differences);
    e.detail = str_copy(w->group, e.detail);
    arena_free(a);
    return e;
}
