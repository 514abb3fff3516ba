/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of a province in and out: CSV, Excel and mCSD-shaped FHIR. An imported list becomes a decision whose operations are
 * the differences to the network of a day: so it is previewed, applied and undone like any other decision. Pure.
 */
#ifndef DECISIONS_LISTS_H
#define DECISIONS_LISTS_H

#include "base/grid.h"
#include "check.h"
#include "network/facility.h"

struct list_problem {
    unsigned line;
    const char *column;
    enum severity severity;
    str en, vi;
};
struct list_problems {
    struct list_problem *at;
    size_t len, cap;
};

bool list_problems_have_error(const struct list_problems *p);
void list_wrong(struct arena *a, struct list_problems *p, unsigned line, const char *column, str en, str vi);

/* The first row names the columns, by `names` or by their shown `titles` (may be NULL), in any order; others are let be.
 * at[c] gets where column c stands, -1 absent. A row that is not as wide as the first is a problem. ERR_INVALID: no row. */
struct list_header {
    const char *const *names, *const *titles;
    int count, *at;
};
err list_read_header(struct arena *a, const struct grid *grid, const struct list_header *h, struct list_problems *problems);

/* One place of a list. Texts empty when the list does not say. */
struct list_row {
    unsigned line; /* of the file */
    str id, code, name, parent, above[HIERARCHY_COUNT], point_of, services, latitude, longitude;
    enum place_kind kind;
    int64_t posts, beds, population, census; /* -1 not said; population and census are only checked */
};
struct list_rows {
    struct list_row *at;
    size_t len, cap;
};

/* A header naming the columns of docs/network.md, in any order, at least code or id, and name; then the places. Every wrong
 * row is named. ERR_INVALID only without a header. */
err list_read_grid(struct arena *a, const struct grid *grid, struct list_rows *rows, struct list_problems *problems);
/* A Bundle of Location, OrganizationAffiliation, HealthcareService. */
err list_read_json(struct arena *a, str text, struct list_rows *rows, struct list_problems *problems);

struct list_difference {
    unsigned line;
    str place, name, before, after;
    const char *field;
};
struct list_result {
    size_t rows, same, added, changed, missing;
    struct {
        struct list_difference *at;
        size_t len, cap;
    } differences;
    struct decision decision; /* of status draft, effective on `day`; no operations when nothing differs */
};
/* Compares with the network of a day. A row without id or with an unknown one is matched by its code, then it is new:
 * its id is the one given, else "KIND-CODE". Problems: unknown parents and bodies, a code given twice. */
void list_compare(struct arena *a, const struct network *n, int32_t day, const struct list_rows *rows,
                  struct list_result *out, struct list_problems *problems);
/* Counts, problems and differences as members of an answer that is left open: `{"rows":…,"differences":[…]`. */
void list_result_answer(const struct list_result *l, const struct list_problems *p, struct buf *out);

/* Has a published figure lost its last zero, beside what is counted otherwise (census, sum of the parts)? One tenth,
 * within a factor of 1.7: the growth of a commune since the census of 2019 is 0.90 to 1.56. */
bool figure_lost_zero(int64_t published, double counted);

/* The network of a day, areas first: every column of the import. */
void list_write_csv(struct arena *a, const struct network *n, int32_t day, struct buf *out);
/* The same as an Excel workbook, bodies and areas on a sheet each. */
err list_write_sheet(struct arena *a, const struct network *n, int32_t day, struct buf *out);

/* ---- the papers of facilities: their code, telephone, address (network/facility.h) -------------------------------- */

struct facility_row {
    unsigned line;
    str id, name, code, phone, address; /* empty: not said; "-": none from now on */
    int32_t from;                       /* of the code; DAY_NONE: today */
};
struct facility_rows {
    struct facility_row *at;
    size_t len, cap;
};
/* Columns id or name, and code, phone, address, from. */
err facility_list_read(struct arena *a, const struct grid *grid, struct facility_rows *rows, struct list_problems *problems);

struct facility_house { /* a facility as it is */
    str id, name, commune;
    enum place_kind kind;
    const struct json *organization;
    struct facility now;
    bool own; /* the asker may change it */
};
struct facility_houses {
    struct facility_house *at;
    size_t len, cap;
};
struct facility_change {
    const struct facility_house *house;
    struct facility next;
    int32_t from;
};
struct facility_changes {
    struct facility_change *at;
    size_t len, cap;
};
/* What of the rows differs, and what is wrong: form, a code of two houses, a day before the present code began. */
void facility_list_compare(struct arena *a, const struct facility_houses *houses, const struct facility_rows *rows,
                           int32_t today, struct list_result *out, struct facility_changes *changes,
                           struct list_problems *problems);
/* The columns of the import as the heads of a workbook, in the order of names: id, name, code, phone, address. */
extern const char *const facility_columns[], *const facility_titles[];

#endif
