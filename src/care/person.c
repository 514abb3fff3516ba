/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What care knows of one person: the rows of its tables, and the person's resources in date order.
 */
#include "care.h"

#include "base/vec.h"
#include "db/db.h"
#include "people/people.h"
#include "store/index.h"

#include <stdlib.h>

static const char sql_hypertension[] = "SELECT enrolled_on, counted_from, care_until, reading_until, controlled_until, "
                                       "due_on, last_day, systolic, diastolic, "
                                       "observation, episode FROM hypertension WHERE subject = ?1";
static const char sql_visit[] = "SELECT last_day, organization FROM visit WHERE subject = ?1";
static const char sql_compartment[] =
    "SELECT c.dt, c.rid FROM compartment c JOIN res ON res.rid = c.rid WHERE c.patient = ?1 AND c.type = ?2 AND "
    "res.flags & ?4 = 0 AND c.dt < ?5 ORDER BY c.dt DESC, c.rid DESC LIMIT ?3";

static int32_t day_column(struct statement *q, int i) {
    return column_null(q, i) ? DAY_NONE : (int32_t)column_int(q, i);
}

err care_person(struct reader *r, struct arena *a, int64_t rid, struct care_person *out) {
    *out = (struct care_person){.last_visit = DAY_NONE,
                                .last_day = DAY_NONE,
                                .days = {DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE, DAY_NONE}};
    struct statement *q = db_use(reader_db(r), sql_hypertension);
    bind_int(q, 1, rid);
    bool row;
    TRY(db_row(q, &row));
    if (row) {
        out->days = (struct hypertension_days){day_column(q, 0), day_column(q, 1), day_column(q, 2),
                                               day_column(q, 3), day_column(q, 4), day_column(q, 5)};
        out->last_day = day_column(q, 6);
        out->reading = (struct reading){(int)column_int(q, 7), (int)column_int(q, 8)};
        out->observation = str_copy(a, column_text(q, 9));
        out->episode = str_copy(a, column_text(q, 10));
        db_reset(q);
    }
    q = db_use(reader_db(r), sql_visit);
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    if (!row) return OK_ERR;
    out->last_visit = day_column(q, 0);
    out->organization = str_copy(a, column_text(q, 1));
    db_reset(q);
    return OK_ERR;
}

const char *care_status(const struct care_person *c, bool dead, int32_t on) {
    return dead ? "dead" : hypertension_state_code(hypertension_state(&c->days, on));
}

/* Of one record: (dt, rid), newest first. */
struct dated {
    int64_t dt, rid;
};
struct dated_list {
    struct dated *at;
    size_t len, cap;
};

static err in_compartment(struct reader *r, struct arena *a, const int64_t bound[5], struct dated_list *out) {
    struct statement *q = db_use(reader_db(r), sql_compartment);
    bool row;
    for (int i = 0; i < 5; i++) bind_int(q, i + 1, bound[i]);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, out, (struct dated){column_int(q, 0), column_int(q, 1)});
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static int newest_first(const void *x, const void *y) {
    const struct dated *a = x, *b = y;
    if (a->dt != b->dt) return a->dt < b->dt ? 1 : -1;
    return (a->rid < b->rid) - (a->rid > b->rid);
}

static bool owned(const int64_t *parts, size_t count, int64_t patient) {
    for (size_t i = 0; i < count; i++)
        if (parts[i] == patient) return true;
    return false;
}

err care_resources_before(struct reader *r, struct arena *a, const struct access *who, struct care_range range,
                          struct care_resources *out) {
    struct dated_list list = {0};
    int64_t *parts;
    size_t count;
    *out = (struct care_resources){0};
    if (!access_reads(who, range.type)) return OK_ERR;
    int64_t hidden = (int64_t)who->hidden << RES_SENSITIVE_SHIFT;
    TRY(person_parts(r, a, range.patient, &parts, &count));
    for (size_t i = 0; i < count; i++)
        TRY(in_compartment(r, a, (int64_t[]){parts[i], index_type(r, range.type), (int64_t)range.limit, hidden, range.before}, &list));
    if (count > 1 && list.len) qsort(list.at, list.len, sizeof *list.at, newest_first);
    for (size_t i = 0; i < list.len && out->len < range.limit; i++) {
        struct care_resource c = {0};
        struct json *tree;
        err e = reader_get_rid(r, a, list.at[i].rid, &c.version);
        if (e.code == ERR_GONE || e.code == ERR_NOT_FOUND) continue;
        if (e.code) return e;
        if (!owned(parts, count, c.version.patient)) continue; /* names the person, and is about somebody else */
        TRY(json_parse(a, c.version.body, &tree));
        c.json = tree;
        VEC_PUSH(a, out, c);
    }
    return OK_ERR;
}

err care_resources(struct reader *r, struct arena *a, const struct access *who, int64_t patient, fhir_type type,
                   size_t limit, struct care_resources *out) {
    return care_resources_before(r, a, who, (struct care_range){patient, type, INT64_MAX, limit}, out);
}
