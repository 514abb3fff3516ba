/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Projections: small typed tables that every screen reads. A projection is a function of the CURRENT resources of one
 * subject (a person, a place, a session …), never of the order in which they came. The commit collects the touched
 * subjects; for each, once, `project` reads the subject's resources and emits its rows; the store replaces the old rows
 * by the new ones and moves the totals by their difference. No row stores what depends on today.
 */
#ifndef STORE_PROJECTION_H
#define STORE_PROJECTION_H

#include "store/store.h"

struct cell {
    enum { CELL_NULL, CELL_INTEGER, CELL_REAL, CELL_TEXT } kind;
    int64_t integer;
    double real;
    str text;
};
#define CELL_INT(v) ((struct cell){.kind = CELL_INTEGER, .integer = (v)})
#define CELL_STR(v) ((struct cell){.kind = CELL_TEXT, .text = (v)})
#define CELL_NONE ((struct cell){.kind = CELL_NULL})

/* A table of the room's schema.sql whose FIRST column is `subject INTEGER` (rid of the subject), then `columns`.
 * Primary key begins with subject; other indexes as the room likes. `search` names an FTS5 table (content='' or
 * external content over this table, rowid = subject) that mirrors the text columns listed in search_columns, or is
 * NULL. */
struct projection_table {
    const char *name;
    const char *const *columns;
    size_t column_count;
    const char *search;
    const char *const *search_columns;
    size_t search_column_count;
};

/* A table of sums: PRIMARY KEY (keys...), then one INTEGER column for each sum, then `rows INTEGER`; all named as in
 * the row table `of` (an index into projection.tables). A line whose rows fall to 0 is deleted. */
struct projection_total {
    const char *name;
    size_t of;
    const char *const *keys;
    size_t key_count;
    const char *const *sums;
    size_t sum_count;
};

struct projection_job;

struct projection {
    const char *name;
    uint32_t version; /* raised when rules or columns change: the store rebuilds it */
    fhir_type subject_type;
    const struct projection_table *tables;
    size_t table_count;
    const struct projection_total *totals;
    size_t total_count;
    /* Which subjects does this resource touch? Calls projection_touch for each (0..n). Called for old and new version.
     */
    void (*touches)(struct projection_job *job, fhir_type type, str id, const struct json *resource);
    /* Reads the subject's current resources and emits rows. The subject may be deleted or a stub: emit what follows. */
    err (*project)(struct projection_job *job);
};

/* inside touches: the reference text ("Patient/x") or type and id */
void projection_touch(struct projection_job *job, fhir_type type, str id);

/* inside project */
struct arena *projection_arena(struct projection_job *job);
str projection_subject_id(const struct projection_job *job);
int64_t projection_subject(const struct projection_job *job); /* rid */
/* The subject resource itself, or NULL when deleted or a stub. */
const struct json *projection_resource(struct projection_job *job);
/* Current resources of `type` in the subject's patient compartment, oldest clinical date first (ties by id, so that the
 * order never depends on arrival). Resources of a sensitive class (fhir/sensitive.h) are not among them, nor among
 * projection_referring's: rows, totals and lists are read by whoever has no right for any class, so nothing of a record
 * that only some may see gets into a table. */
struct projection_resources {
    const struct json **at;
    size_t len, cap;
};
err projection_related(struct projection_job *job, fhir_type type, struct projection_resources *out);
/* Is the reference in that member ("subject", "patient") to the subject, or to a record that it replaces? */
bool projection_about(const struct projection_job *job, const struct json *resource, const char *member);
/* The Patients that the subject replaces (Patient.link, tied.c): projection_related reads their compartments too, and they
 * have no rows of their own. */
size_t projection_replaced(const struct projection_job *job);
const struct json *projection_replaced_at(const struct projection_job *job, size_t i);
/* Current resources of `type` with a search parameter whose reference leads to the subject, by id. Each is read once a
 * transaction however many subjects ask for it. */
err projection_referring(struct projection_job *job, fhir_type type, struct projection_resources *out);
/* rid of a referenced resource (a stub if unknown), for place columns: 0 for an empty reference. NOTE rids differ from
 * node to node: rows that two nodes compare carry ids as text or are compared by joining res. */
int64_t projection_rid(struct projection_job *job, str reference);
/* One row of tables[table]: column_count cells. */
void projection_emit(struct projection_job *job, size_t table, const struct cell *cells);

#endif
