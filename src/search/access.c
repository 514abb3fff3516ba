/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * May this resource be seen? The same rule as in the statements of select.c, for one resource: the person in whose
 * compartment it stands lives in a place that the asker may see, or is one of the persons opened to him.
 */
#include "plan.h"

static bool has(const int64_t *sorted, size_t n, int64_t v) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] < v) low = middle + 1;
        else high = middle;
    }
    return low < n && sorted[low] == v;
}

bool access_sees(struct reader *r, const struct access *who, const struct version *v) {
    if (who->everything || !search_type_has_person(v->type)) return true;
    struct statement *q = db_use(reader_db(r), "SELECT p.rid, p.place FROM res c JOIN res p ON p.rid=c.patient WHERE c.rid=?1");
    bool row, sees;
    bind_int(q, 1, v->rid);
    if (db_row(q, &row).code || !row) return false;
    sees = has(who->persons, who->person_count, column_int(q, 0)) || has(who->places, who->place_count, column_int(q, 1));
    db_reset(q);
    return sees;
}
