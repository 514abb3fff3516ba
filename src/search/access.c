/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * May this resource be seen, and what belongs to a person? The same rule as in the statements of select.c, for one resource: the person in whose
 * compartment it stands lives in a place that the asker may see, or is one of the persons opened to him.
 */
#include "plan.h"

#include "base/vec.h"

static bool has(const int64_t *sorted, size_t n, int64_t v) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < v) low = middle + 1;
        else high = middle;
    }
    return low < n && sorted[low] == v;
}

/* The classes of an older version are those of its own body. */
static bool body_hidden(const struct access *who, const struct version *v) {
    struct arena *a = arena_new();
    struct json *tree;
    bool hidden = v->body.len && (json_parse(a, v->body, &tree).code || (sensitive_classes(v->type, tree, INT32_MAX) & who->hidden));
    arena_free(a);
    return hidden;
}

bool access_sees(struct reader *r, const struct access *who, const struct version *v) {
    bool person = !who->everything && search_type_has_person(v->type), row, sees;
    if (!access_reads(who, v->type)) return false;
    if (!person && !who->hidden) return true;
    struct statement *q = db_use(reader_db(r), "SELECT p.rid, p.place, c.flags, c.pos FROM res c LEFT JOIN res p ON p.rid=c.patient WHERE c.rid=?1");
    bind_int(q, 1, v->rid);
    if (db_row(q, &row).code || !row) return false;
    sees = !person || has(who->persons, who->person_count, column_int(q, 0)) || has(who->places, who->place_count, column_int(q, 1));
    sees = sees && !(column_int(q, 2) >> RES_SENSITIVE_SHIFT & who->hidden);
    bool older = column_int(q, 3) != v->position;
    db_reset(q);
    return sees && !(older && who->hidden && body_hidden(who, v));
}

err search_compartment(struct reader *r, struct arena *a, const struct access *who, int64_t patient, struct compartment_position *after,
                       size_t limit, struct version_list *out) {
    static const char sql[] = "SELECT c.type, c.dt, c.rid FROM compartment c JOIN res ON res.rid=c.rid WHERE c.patient=?1 "
                              "AND (c.type, c.dt, c.rid) > (?2, ?3, ?4) AND c.rid<>?1 AND res.flags & ?6 = 0 ORDER BY c.type, c.dt, c.rid LIMIT ?5";
    struct { struct compartment_position *at; size_t len, cap; } rows = {0};
    struct statement *q = db_use(reader_db(r), sql);
    bool row;
    bind_int(q, 1, patient);
    bind_int(q, 2, after->type), bind_int(q, 3, after->dt), bind_int(q, 4, after->rid);
    bind_int(q, 5, (int64_t)limit);
    bind_int(q, 6, (int64_t)who->hidden << RES_SENSITIVE_SHIFT);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &rows, (struct compartment_position){column_int(q, 0), column_int(q, 1), column_int(q, 2)});
        TRY(db_row(q, &row));
    }
    for (size_t i = 0; i < rows.len; i++) {
        struct version v;
        TRY(reader_get_rid(r, a, rows.at[i].rid, &v));
        VEC_PUSH(a, out, v);
        *after = rows.at[i];
    }
    return OK_ERR;
}
