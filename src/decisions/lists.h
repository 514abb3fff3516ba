/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of a province in and out: CSV and mCSD-shaped FHIR. An imported list becomes a decision whose operations are
 * the differences to the network of a day: so it is previewed, applied and undone like any other decision. Pure.
 */
#ifndef DECISIONS_LISTS_H
#define DECISIONS_LISTS_H

#include "check.h"

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

/* One place of a list. Texts empty when the list does not say. */
struct list_row {
    unsigned line; /* of the file; number of the entry of a Bundle, from 1 */
    str id, code, name, parent, above[HIERARCHY_COUNT], point_of, services, latitude, longitude;
    enum place_kind kind;
    int64_t posts, beds, population, census; /* -1 not said; population and census are only checked */
};
struct list_rows {
    struct list_row *at;
    size_t len, cap;
};

/* CSV with a header naming the columns of docs/network.md, in any order, at least code or id, and name. Every wrong row
 * is named. ERR_INVALID only when the text cannot be read as rows at all (open quote, no header). */
err list_read_csv(struct arena *a, str text, struct list_rows *rows, struct list_problems *problems);
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
bool list_problems_have_error(const struct list_problems *p);

/* Has a published figure lost its last zero, beside what is counted otherwise (census, sum of the parts)? One tenth,
 * within a factor of 1.7: the growth of a commune since the census of 2019 is 0.90 to 1.56. */
bool figure_lost_zero(int64_t published, double counted);

/* The network of a day, areas first: every column of the import. */
void list_write_csv(struct arena *a, const struct network *n, int32_t day, struct buf *out);
/* The same as an Excel workbook, bodies and areas on a sheet each. */
err list_write_sheet(struct arena *a, const struct network *n, int32_t day, struct buf *out);

#endif
