/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The network of a day as an Excel workbook: the columns of the CSV, so that a list goes out, is worked on and comes
 * back.
 */
#include "lists.h"
#include "paper/sheet.h"

enum { COLUMNS = 15 };

static struct sheet_cell number(int64_t n) { return n < 0 ? sheet_none() : sheet_number((double)n); }

static void write_row(const struct network_place *p, const struct place_state *s, struct sheet_cell *c) {
    *c++ = sheet_text(p->id);
    *c++ = sheet_text(s->code);
    *c++ = sheet_text(s->name);
    *c++ = sheet_text(str_of(place_kind_code(s->kind)));
    *c++ = sheet_text(s->parent);
    for (int h = 0; h < HIERARCHY_COUNT; h++) *c++ = sheet_text(s->above[h]);
    *c++ = sheet_text(s->point_of);
    *c++ = s->has_position ? sheet_number(s->latitude) : sheet_none();
    *c++ = s->has_position ? sheet_number(s->longitude) : sheet_none();
    *c++ = sheet_text(s->services);
    *c++ = number(s->holdings[HOLDING_POSTS]);
    *c++ = number(s->holdings[HOLDING_BEDS]);
    *c = number(p->population);
}

err list_write_sheet(struct arena *a, const struct network *n, int32_t day, struct buf *out) {
    static const char *const heads[COLUMNS] = {"id",        "code",     "name",    "kind",    "parent",
                                               "manager",   "director", "insurer", "pointOf", "latitude",
                                               "longitude", "services", "posts",   "beds",    "population"};
    struct sheet_column columns[COLUMNS];
    struct sheet sheets[2] = {{.name = STR("Cơ sở")}, {.name = STR("Địa bàn")}};
    for (int c = 0; c < COLUMNS; c++) columns[c] = (struct sheet_column){.head = str_of(heads[c])};
    for (int k = 0; k < 2; k++) {
        struct sheet_cell *cells = ARENA_ARRAY(a, struct sheet_cell, n->places.len * COLUMNS + 1);
        sheets[k].columns = columns;
        sheets[k].column_count = COLUMNS;
        sheets[k].cells = cells;
        for (size_t i = 0; i < n->places.len; i++) {
            const struct place_state *s = &place_version_on(&n->places.at[i], day)->state;
            if (s->exists && place_is_area(s->kind) == (k == 1))
                write_row(&n->places.at[i], s, cells + COLUMNS * sheets[k].row_count++);
        }
    }
    return sheet_workbook(a, sheets, 2, (int64_t)day * 86400000, out);
}
