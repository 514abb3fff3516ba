/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counting members by place and day: the intervals that hold on the day, by index, and never anybody's record.
 */
#include "programmes.h"

#include "db/db.h"

static const char sql_state[] =
    "SELECT state, counted, at_target, COUNT(*) FROM programme_interval INDEXED BY programme_interval_place "
    "WHERE programme = ?1 AND basis = ?2 AND place = ?3 AND until_day > ?4 AND from_day <= ?4 GROUP BY 1, 2, 3";
static const char sql_due[] =
    "SELECT COUNT(*), COUNT(called_on) FROM programme INDEXED BY programme_place "
    "WHERE programme = ?1 AND place = ?2 AND due_on < ?3 AND care_until > ?3";

const struct place *programmes_area(const struct places *all, str id) {
    if (str_starts(id, STR("Location/"))) id = str_slice(id, 9, id.len);
    const struct place *p = NULL;
    for (size_t i = 0; i < all->len && !p; i++)
        if (str_eq(all->at[i].id, id)) p = &all->at[i];
    if (!p || place_is_area(p->kind)) return p;
    const struct place *area = places_find(all, p->parent);
    if (p->kind != PLACE_STATION) return area;
    for (const struct place *up = area; up; up = up->parent ? places_find(all, up->parent) : NULL)
        if (place_is_commune(up->kind)) return up;
    return area;
}

bool programmes_inside(const struct places *all, const struct place *p, const struct place *area) {
    for (int steps = 0; p && steps < 8; steps++) {
        if (!area || p == area) return true;
        p = p->parent ? places_find(all, p->parent) : NULL;
    }
    return false;
}

static void tally(struct programme_counts *c, enum course_state state, bool counted, bool at_target, int64_t n) {
    c->state[state] += n;
    c->registered += n;
    if (!counted) return;
    c->counted += n;
    if (at_target) c->at_target += n;
    if (state == COURSE_CONTROLLED) c->controlled += n;
    if (state == COURSE_UNCONTROLLED) c->uncontrolled += n;
    if (state == COURSE_UNMEASURED) c->unmeasured += n;
    if (state == COURSE_MISSED) c->missed += n;
}

err programme_count_place(struct reader *r, enum programme_number n, enum course_basis basis, int64_t place, int32_t at,
                          struct programme_counts *out) {
    struct statement *q = db_use(reader_db(r), sql_state);
    bool row;
    bind_int(q, 1, n);
    bind_int(q, 2, basis);
    bind_int(q, 3, place);
    bind_int(q, 4, at);
    TRY(db_row(q, &row));
    while (row) {
        tally(out, (enum course_state)column_int(q, 0), column_int(q, 1), column_int(q, 2), column_int(q, 3));
        TRY(db_row(q, &row));
    }
    q = db_use(reader_db(r), sql_due);
    bind_int(q, 1, n);
    bind_int(q, 2, place);
    bind_int(q, 3, at);
    TRY(db_row(q, &row));
    if (row) {
        out->overdue += column_int(q, 0);
        out->called += column_int(q, 1);
        db_reset(q);
    }
    return OK_ERR;
}

void shares_of(const int64_t *parts, size_t n, int *percent) {
    int64_t sum = 0, given = 0;
    for (size_t i = 0; i < n; i++) sum += parts[i];
    for (size_t i = 0; i < n; i++) {
        percent[i] = sum ? (int)(parts[i] * 100 / sum) : 0;
        given += percent[i];
    }
    for (; sum && given < 100; given++) {
        size_t best = 0;
        int64_t most = -1;
        for (size_t i = 0; i < n; i++) {
            int64_t rest = parts[i] * 100 - (int64_t)percent[i] * sum; /* after being given one it is negative */
            if (rest > most) {
                most = rest;
                best = i;
            }
        }
        percent[best]++;
    }
}
