/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables: widths from shares, wrapped cells, a head of one or two levels with numbers of columns under it, rows.
 */
#include "paper_int.h"

static const double pad_x = 2.5, pad_y = 1.5;

static double table_size(const struct room *r, const struct paper_table *t) {
    return t->size > 0 ? t->size : paper_font_size(r->paper) - 1;
}

static double shares(const struct paper_table *t) {
    double sum = 0;
    for (size_t i = 0; i < t->column_count; i++) sum += t->columns[i].share;
    return sum > 0 ? sum : 1;
}

static double span_width(const struct paper_table *t, size_t from, size_t to, double width) {
    double sum = 0;
    for (size_t i = from; i < to; i++) sum += t->columns[i].share;
    return width * sum / shares(t);
}

/* End of the group that begins at column i: i + 1 for a column alone. */
static size_t group_end(const struct paper_table *t, size_t i) {
    size_t end = i + 1;
    while (t->columns[i].group.len && end < t->column_count && str_eq(t->columns[end].group, t->columns[i].group))
        end++;
    return end;
}

static double cell_height(struct room *r, str text, struct type type, double width) {
    struct lines lines;
    press_lines(r->press, r->scratch, text, type, width - 2 * pad_x, 0, &lines);
    return (double)lines.len * lines.height + 2 * pad_y;
}

static void cell_draw(struct room *r, str text, struct type type, enum paper_align align, double x, double y,
                      double width) {
    struct lines lines;
    press_lines(r->press, r->scratch, text, type, width - 2 * pad_x, 0, &lines);
    for (size_t i = 0; i < lines.len; i++) {
        double spare = width - 2 * pad_x - lines.at[i].width;
        double at = x + pad_x + (align == PAPER_CENTER ? spare / 2 : align == PAPER_RIGHT ? spare : 0);
        press_line(r->press, r->cairo, &lines.at[i], at, y + pad_y + lines.ascent + (double)i * lines.height, 0);
    }
}

/* ---- head ------------------------------------------------------------------------------------------------------- */

struct head {
    double group, heads, numbers; /* heights of its levels */
};

static struct head head_measure(struct room *r, const struct paper_table *t, double width) {
    struct head h = {0};
    struct type bold = {table_size(r, t), true, false};
    double alone = 0;
    if (t->bare) return h;
    for (size_t i = 0, end; i < t->column_count; i = end) {
        end = group_end(t, i);
        bool grouped = t->columns[i].group.len > 0;
        if (grouped) {
            double height = cell_height(r, t->columns[i].group, bold, span_width(t, i, end, width));
            if (height > h.group) h.group = height;
        }
        for (size_t k = i; k < end; k++) {
            double height = cell_height(r, t->columns[k].head, bold, span_width(t, k, k + 1, width));
            double *most = grouped ? &h.heads : &alone;
            if (height > *most) *most = height;
        }
    }
    if (alone > h.group + h.heads) h.heads = alone - h.group;
    if (t->numbered) h.numbers = cell_height(r, STR("(1)"), (struct type){table_size(r, t) - 1, false, true}, width);
    return h;
}

double table_head_height(struct room *r, const struct paper_table *t, double width) {
    struct head h = head_measure(r, t, width);
    return h.group + h.heads + h.numbers;
}

static void box(struct room *r, double x, double y, double width, double height) {
    cairo_set_line_width(r->cairo, 0.5);
    cairo_rectangle(r->cairo, x, y, width, height);
    cairo_stroke(r->cairo);
}

static void head_cell(struct room *r, str text, struct type type, double x, double y, double width, double height) {
    box(r, x, y, width, height);
    double own = cell_height(r, text, type, width);
    cell_draw(r, text, type, PAPER_CENTER, x, y + (height - own) / 2, width);
}

void table_head_draw(struct room *r, const struct paper_table *t, double x, double y, double width) {
    struct head h = head_measure(r, t, width);
    struct type bold = {table_size(r, t), true, false}, number = {table_size(r, t) - 1, false, true};
    if (t->bare) return;
    for (size_t i = 0, end; i < t->column_count; i = end) {
        end = group_end(t, i);
        bool grouped = t->columns[i].group.len > 0;
        if (grouped) head_cell(r, t->columns[i].group, bold, x, y, span_width(t, i, end, width), h.group);
        for (size_t k = i; k < end; k++) {
            double own = span_width(t, k, k + 1, width), above = grouped ? h.group : 0;
            head_cell(r, t->columns[k].head, bold, x, y + above, own, h.group + h.heads - above);
            if (t->numbered)
                head_cell(r, str_format(r->scratch, "(%zu)", k + 1), number, x, y + h.group + h.heads, own, h.numbers);
            x += own;
        }
    }
}

/* ---- rows ------------------------------------------------------------------------------------------------------- */

double table_row_height(struct room *r, const struct paper_table *t, const struct paper_row *row, double width) {
    struct type type = {table_size(r, t), row->bold, false};
    if (row->across) return cell_height(r, row->cells[0], type, width);
    double most = POINTS(t->row_least);
    for (size_t i = 0; i < t->column_count; i++) {
        double height = cell_height(r, row->cells[i], type, span_width(t, i, i + 1, width));
        if (height > most) most = height;
    }
    return most;
}

void table_row_draw(struct room *r, const struct paper_table *t, size_t index, double x, double y, double width,
                    double height) {
    const struct paper_row *row = &t->rows[index];
    struct type type = {table_size(r, t), row->bold, false};
    size_t cells = row->across ? 1 : t->column_count;
    if (!t->bare) cairo_rectangle(r->cairo, x, y, width, height);
    for (size_t i = 0; i < cells; i++) {
        double own = row->across ? width : span_width(t, i, i + 1, width);
        if (i && !t->bare) {
            cairo_move_to(r->cairo, x, y);
            cairo_rel_line_to(r->cairo, 0, height);
        }
        x += own;
    }
    cairo_set_line_width(r->cairo, 0.5);
    cairo_stroke(r->cairo);
    x -= width;
    for (size_t i = 0; i < cells; i++) {
        double own = row->across ? width : span_width(t, i, i + 1, width);
        if (row->cells[i].len)
            cell_draw(r, row->cells[i], type, row->across ? PAPER_LEFT : t->columns[i].align, x, y, own);
        x += own;
    }
}
