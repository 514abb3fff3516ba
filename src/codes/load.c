/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list in force on a day, in memory: the rows of its version with what the program ships beside them, folded once for searching.
 * A version never changes, so what is in memory is never stale.
 */
#include "codes.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/fold.h"
#include "base/log.h"
#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"

#include <pthread.h>
#include <stdlib.h>

static const char sql_versions[] = "SELECT id, active, valid_from, applied, title, person, codes FROM code_version WHERE list = ?1 ORDER BY applied DESC, id DESC";
static const char sql_in_force[] = "SELECT id, codes FROM code_version WHERE list = ?1 AND active = 1 AND valid_from <= ?2 "
                                   "ORDER BY valid_from DESC, applied DESC, id DESC";
static const char sql_codes[] = "SELECT code, vi, en, more FROM code WHERE version = ?1 ORDER BY code";
static const char sql_count[] = "SELECT count(*) FROM code WHERE version = ?1";

err code_versions_of(struct reader *r, struct arena *a, enum code_list list, struct code_versions *out) {
    struct statement *q = db_use(reader_db(r), sql_versions);
    bool row;
    bind_text(q, 1, str_of(code_list_kind(list)->code));
    TRY(db_row(q, &row));
    while (row) {
        struct code_version v = {.id = str_copy(a, column_text(q, 0)), .active = column_int(q, 1) != 0, .from = (int32_t)column_int(q, 2),
                                 .applied = str_copy(a, column_text(q, 3)), .title = str_copy(a, column_text(q, 4)),
                                 .person = str_copy(a, column_text(q, 5)), .codes = (size_t)column_int(q, 6)};
        VEC_PUSH(a, out, v);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

/* ---- what the program ships ------------------------------------------------------------------------------------------------- */

static size_t column_named(enum code_list list, str name) {
    size_t c = 0;
    while (c < code_list_columns(list) && !str_is(name, code_list_kind(list)->columns[c].name)) c++;
    return c;
}

static void read_shipped(struct arena *a, enum code_list list, struct code_rows *out) {
    const char *file = code_list_kind(list)->shipped;
    struct csv csv = {.rest = file ? data_file(file) : STR_NONE};
    str fields[GRID_COLUMNS], heads[GRID_COLUMNS];
    size_t n, width = 0;
    bool row = true;
    for (size_t line = 0;; line++) {
        err e = csv_row(&csv, a, fields, GRID_COLUMNS, &n, &row);
        if (e.code) panic("%s, line %u: %.*s", file, csv.line, STR_ARG(e.detail));
        if (!row) return;
        struct code_row one = {0};
        for (size_t i = 0; i < n; i++) {
            size_t c = line ? column_named(list, heads[i]) : CODE_COLUMNS;
            if (!line) heads[width++] = fields[i];
            else if (c < code_list_columns(list)) one.at[c] = fields[i];
        }
        if (line) VEC_PUSH(a, out, one);
    }
}

/* ---- a version -------------------------------------------------------------------------------------------------------------- */

static void read_more(enum code_list list, str more, struct code_row *row) {
    str line, name;
    while (str_split(&more, '\n', &line)) {
        str rest = line;
        if (!str_split(&rest, '\t', &name)) continue;
        size_t c = column_named(list, name);
        if (c < code_list_columns(list)) row->at[c] = rest;
    }
}

/* Are all its pieces here? */
static err version_whole(struct reader *r, str version, size_t codes, bool *whole) {
    struct statement *q = db_use(reader_db(r), sql_count);
    bool row;
    bind_text(q, 1, version);
    TRY(db_row(q, &row));
    *whole = row && column_int(q, 0) == (int64_t)codes;
    db_reset(q);
    return OK_ERR;
}

static err read_version(struct reader *r, struct arena *a, enum code_list list, str version, struct code_rows *out) {
    struct statement *q = db_use(reader_db(r), sql_codes);
    bool row;
    bind_text(q, 1, version);
    TRY(db_row(q, &row));
    while (row) {
        struct code_row one = {.at = {str_copy(a, column_text(q, 0)), str_copy(a, column_text(q, 1)), str_copy(a, column_text(q, 2))}};
        read_more(list, str_copy(a, column_text(q, 3)), &one);
        VEC_PUSH(a, out, one);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

/* ---- folding ------------------------------------------------------------------------------------------------------------------ */

static str names_of(struct arena *a, const struct code_row *row) {
    return text_fold(a, str_format(a, "%.*s %.*s", STR_ARG(row->at[COLUMN_VI]), STR_ARG(row->at[COLUMN_EN])));
}

static str initials_of(struct arena *a, str folded) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < folded.len; i++) {
        bool begins = i == 0 || folded.at[i - 1] == ' ' || folded.at[i - 1] == '(';
        if (begins && folded.at[i] >= '0' && folded.at[i] <= 'z') buf_addc(&out, folded.at[i]);
    }
    return buf_str(&out);
}

static str plain_code(struct arena *a, str code) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < code.len; i++)
        if (code.at[i] != '.') buf_addc(&out, code.at[i] >= 'A' && code.at[i] <= 'Z' ? (char)(code.at[i] + 32) : code.at[i]);
    return buf_str(&out);
}

static int by_code(const void *x, const void *y) {
    const struct code_entry *a = x, *b = y;
    return str_compare(a->row->at[COLUMN_CODE], b->row->at[COLUMN_CODE]);
}

static struct code_table *make_table(struct arena *a, enum code_list list, str version, const struct code_rows *rows, const struct code_rows *shipped) {
    struct code_table *t = ARENA_NEW(a, struct code_table);
    struct code_entry *entries = ARENA_ARRAY(a, struct code_entry, rows->len + shipped->len + 1);
    struct map of = map_new(a);
    size_t n = 0;
    for (size_t i = 0; i < rows->len + shipped->len; i++) {
        bool ours = i >= rows->len;
        const struct code_row *row = ours ? &shipped->at[i - rows->len] : &rows->at[i];
        struct code_entry *known = ours ? map_get(&of, row->at[COLUMN_CODE]) : NULL;
        if (known) {
            known->common = true;
            known->shipped = names_of(a, row);
            continue;
        }
        struct code_entry *e = &entries[n++];
        *e = (struct code_entry){.row = row, .words = names_of(a, row), .initials = initials_of(a, text_fold(a, row->at[COLUMN_VI])),
                                 .plain = plain_code(a, row->at[COLUMN_CODE]), .common = ours, .outside = ours && version.len};
        map_put(&of, row->at[COLUMN_CODE], e);
    }
    qsort(entries, n, sizeof *entries, by_code);
    *t = (struct code_table){.list = list, .version = version, .at = entries, .len = n, .inside = version.len ? rows->len : n};
    return t;
}

/* ---- in memory ----------------------------------------------------------------------------------------------------------------- */

static struct {
    pthread_mutex_t lock;
    struct arena *arena;
    VEC(struct code_table *) tables;
    struct code_rows shipped[LIST_COUNT];
    bool read[LIST_COUNT];
} memory = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct code_table *known_table(enum code_list list, str version) {
    for (size_t i = 0; i < memory.tables.len; i++)
        if (memory.tables.at[i]->list == list && str_eq(memory.tables.at[i]->version, version)) return memory.tables.at[i];
    return NULL;
}

/* Under the lock. *out NULL: not all of its codes are here. */
static err table_of(struct reader *r, enum code_list list, str version, size_t codes, struct code_table **out) {
    struct code_rows rows = {0};
    bool whole = true;
    *out = known_table(list, version);
    if (*out) return OK_ERR;
    if (version.len) TRY(version_whole(r, version, codes, &whole));
    if (!whole) return OK_ERR;
    if (!memory.arena) memory.arena = arena_new();
    if (!memory.read[list]) read_shipped(memory.arena, list, &memory.shipped[list]);
    memory.read[list] = true;
    str id = str_copy(memory.arena, version);
    if (version.len) TRY(read_version(r, memory.arena, list, id, &rows));
    *out = make_table(memory.arena, list, id, &rows, &memory.shipped[list]);
    VEC_PUSH(memory.arena, &memory.tables, *out);
    return OK_ERR;
}

err code_table_on(struct reader *r, struct arena *a, enum code_list list, int32_t day, struct code_table **out) {
    struct code_versions force = {0};
    struct statement *q = db_use(reader_db(r), sql_in_force);
    bool row;
    bind_text(q, 1, str_of(code_list_kind(list)->code));
    bind_int(q, 2, day);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &force, (struct code_version){.id = str_copy(a, column_text(q, 0)), .codes = (size_t)column_int(q, 1)});
        TRY(db_row(q, &row));
    }
    VEC_PUSH(a, &force, (struct code_version){0}); /* what the program ships */
    *out = NULL;
    err e = OK_ERR;
    pthread_mutex_lock(&memory.lock);
    for (size_t i = 0; i < force.len && !e.code && !*out; i++) e = table_of(r, list, force.at[i].id, force.at[i].codes, out);
    pthread_mutex_unlock(&memory.lock);
    return e;
}

void *code_table_derive(struct code_table *t, void *(*make)(const struct code_table *t)) {
    pthread_mutex_lock(&memory.lock);
    if (!t->derived) t->derived = make(t);
    void *made = t->derived;
    pthread_mutex_unlock(&memory.lock);
    return made;
}
