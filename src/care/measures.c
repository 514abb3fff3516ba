/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monthly numbers of this room at the smallest stable place, for the network in time (network/holder.h).
 */
#include "care.h"

#include "base/vec.h"
#include "db/db.h"
#include "network/holder.h"

static const char sql_visits[] = "SELECT place, month, visits FROM blood_pressure_total WHERE month BETWEEN ?1 AND ?2";
static const char sql_controlled[] =
    "SELECT place, month, controlled FROM blood_pressure_total WHERE month BETWEEN ?1 AND ?2";
static const char sql_persons[] = "SELECT place, month, rows FROM blood_pressure_total WHERE month BETWEEN ?1 AND ?2";

static err read_months(struct reader *r, struct arena *a, const char *sql, int from, int to, struct monthlies *out) {
    struct statement *q = db_use(reader_db(r), sql);
    bool row;
    bind_int(q, 1, from);
    bind_int(q, 2, to);
    TRY(db_row(q, &row));
    while (row) {
        struct monthly m = {column_int(q, 0), (int)column_int(q, 1), column_int(q, 2)};
        VEC_PUSH(a, out, m);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static err visits(struct reader *r, struct arena *a, int from, int to, struct monthlies *out) {
    return read_months(r, a, sql_visits, from, to, out);
}
static err controlled(struct reader *r, struct arena *a, int from, int to, struct monthlies *out) {
    return read_months(r, a, sql_controlled, from, to, out);
}
static err persons(struct reader *r, struct arena *a, int from, int to, struct monthlies *out) {
    return read_months(r, a, sql_persons, from, to, out);
}

const struct network_measure care_measures[] = {
    {"blood-pressure-visits", "Lượt đo huyết áp", "Visits with a blood pressure", visits},
    {"blood-pressure-persons", "Người được đo huyết áp", "Persons with a blood pressure", persons},
    {"blood-pressure-controlled", "Người có huyết áp dưới 140/90", "Persons below 140/90", controlled},
    {.name = NULL}};
