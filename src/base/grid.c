/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CSV as a grid: the separator is found, a byte-order mark is dropped, wrong bytes are told by line and column.
 */
#include "grid.h"

#include "csv.h"
#include "json.h"
#include "vec.h"

struct grid_cell grid_cell(const struct grid_row *row, int column) {
    return column >= 0 && (size_t)column < row->count ? row->cells[column] : (struct grid_cell){0};
}

str grid_column(struct arena *a, int column) {
    return column < 26 ? str_format(a, "%c", 'A' + column) : str_format(a, "%c%c", 'A' + column / 26 - 1, 'A' + column % 26);
}

/* Whichever of comma, semicolon and tab stands most often in the first line. */
static char separator_of(str text) {
    static const char separators[] = ",;\t";
    str line = str_slice(text, 0, str_find(text, '\n'));
    size_t best = 0;
    char found = ',';
    for (const char *s = separators; *s; s++) {
        size_t n = 0;
        for (size_t i = 0; i < line.len; i++) n += line.at[i] == *s;
        if (n > best) {
            best = n;
            found = *s;
        }
    }
    return found;
}

static err not_text(struct arena *a, str text, size_t at, char separator) {
    unsigned line = 1;
    int column = 0;
    for (size_t i = 0; i < at; i++) {
        column = text.at[i] == '\n' ? 0 : column + (text.at[i] == separator);
        line += text.at[i] == '\n';
    }
    return err_make(a, ERR_INVALID, "encoding", "line %u, column %.*s: not UTF-8; save the file as CSV UTF-8 or as .xlsx", line,
                    STR_ARG(grid_column(a, column < GRID_COLUMNS ? column : GRID_COLUMNS)));
}

err grid_read_csv(struct arena *a, str text, struct grid *out) {
    if (str_starts(text, STR("\xEF\xBB\xBF"))) text = str_slice(text, 3, text.len);
    if (str_starts(text, STR("\xFF\xFE")) || str_starts(text, STR("\xFE\xFF")))
        return err_make(a, ERR_INVALID, "encoding", "the file is UTF-16 (Unicode Text); save it as CSV UTF-8 or as .xlsx");
    struct csv csv = {.rest = text, .separator = separator_of(text)};
    size_t bad = utf8_valid(text), n;
    str fields[GRID_COLUMNS];
    bool row = true;
    if (bad < text.len) return not_text(a, text, bad, csv.separator);
    for (;;) {
        TRY(csv_row(&csv, a, fields, GRID_COLUMNS, &n, &row));
        if (!row) return OK_ERR;
        if (out->len == GRID_ROWS) return err_make(a, ERR_TOO_LONG, "rows", "more than %d rows", GRID_ROWS);
        struct grid_row one = {.number = csv.line, .cells = ARENA_ARRAY(a, struct grid_cell, n), .count = n};
        for (size_t i = 0; i < n; i++) one.cells[i].text = str_trim(fields[i]);
        VEC_PUSH(a, out, one);
    }
}
