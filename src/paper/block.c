/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Blocks other than tables and charts: how high they are at a width, and drawing them. A flow is its blocks one under
 * the other; columns are flows beside each other.
 */
#include "paper_int.h"

double paper_font_size(const struct paper *p) { return p->font_size > 0 ? p->font_size : 10; }

static struct type type_of(const struct room *r, const struct paper_style *s) {
    return (struct type){s->size > 0 ? s->size : paper_font_size(r->paper), s->bold, s->italic};
}

void text_lines(struct room *r, const struct paper_block *b, double width, struct lines *out) {
    const struct paper_style *s = &b->style;
    press_lines(r->press, r->scratch, b->text, type_of(r, s), width - POINTS(s->left), POINTS(s->first), out);
    if (s->leading > 0) {
        out->ascent += out->height * (s->leading - 1) / 2;
        out->height *= s->leading;
    }
}

void text_draw(struct room *r, const struct paper_block *b, const struct lines *lines, size_t from, size_t to, double x,
               double y, double width) {
    const struct paper_style *s = &b->style;
    for (size_t i = from; i < to; i++, y += lines->height) {
        const struct line *line = &lines->at[i];
        double indent = POINTS(s->left) + (i == 0 ? POINTS(s->first) : 0), spare = width - indent - line->width,
               stretch = 0;
        if (s->align == PAPER_CENTER) indent += spare / 2;
        if (s->align == PAPER_RIGHT) indent += spare;
        if (s->align == PAPER_JUSTIFY && !line->ends && line->spaces && spare > 0 && spare < width / 4)
            stretch = spare / (double)line->spaces;
        press_line(r->press, r->cairo, line, x + indent, y + lines->ascent, stretch);
    }
}

static double text_height(struct room *r, const struct paper_block *b, double width) {
    struct lines lines;
    text_lines(r, b, width, &lines);
    return POINTS(b->style.before) + (double)lines.len * lines.height + POINTS(b->style.after);
}

static double column_width(const struct paper_block *b, size_t i, double width) {
    double sum = 0;
    for (size_t k = 0; k < b->count; k++) sum += b->shares[k];
    double gap = POINTS(4) * (double)(b->count - 1);
    return (width - gap) * b->shares[i] / sum;
}

double flow_height(struct room *r, const struct paper_flow *f, double width) {
    double sum = 0;
    for (size_t i = 0; i < f->len; i++) sum += block_height(r, &f->at[i], width);
    return sum;
}

double block_height(struct room *r, const struct paper_block *b, double width) {
    double most = 0;
    switch (b->kind) {
    case BLOCK_TEXT: return text_height(r, b, width);
    case BLOCK_SPACE: return POINTS(b->length);
    case BLOCK_RULE: return 3;
    case BLOCK_BREAK: return 0;
    case BLOCK_QR: return POINTS(b->length);
    case BLOCK_CHART: return POINTS(b->chart->height);
    case BLOCK_COLUMNS:
        for (size_t i = 0; i < b->count; i++) {
            double h = flow_height(r, &b->flows[i], column_width(b, i, width));
            if (h > most) most = h;
        }
        return most;
    case BLOCK_TABLE:
        most = table_head_height(r, b->table, width);
        for (size_t i = 0; i < b->table->row_count; i++)
            most += table_row_height(r, b->table, &b->table->rows[i], width);
        return most + 2;
    }
    return 0;
}

void flow_draw(struct room *r, const struct paper_flow *f, double x, double y, double width) {
    for (size_t i = 0; i < f->len; i++) {
        block_draw(r, &f->at[i], x, y, width);
        y += block_height(r, &f->at[i], width);
    }
}

static void draw_rule(struct room *r, const struct paper_block *b, double x, double y, double width) {
    double length = b->length > 0 && POINTS(b->length) < width ? POINTS(b->length) : width;
    cairo_set_line_width(r->cairo, 0.6);
    cairo_move_to(r->cairo, x + (width - length) / 2, y + 1.5);
    cairo_rel_line_to(r->cairo, length, 0);
    cairo_stroke(r->cairo);
}

static void draw_table(struct room *r, const struct paper_table *t, double x, double y, double width) {
    table_head_draw(r, t, x, y, width);
    y += table_head_height(r, t, width);
    for (size_t i = 0; i < t->row_count; i++) {
        double height = table_row_height(r, t, &t->rows[i], width);
        table_row_draw(r, t, i, x, y, width, height);
        y += height;
    }
}

void block_draw(struct room *r, const struct paper_block *b, double x, double y, double width) {
    struct lines lines;
    double side = POINTS(b->length);
    switch (b->kind) {
    case BLOCK_TEXT:
        text_lines(r, b, width, &lines);
        text_draw(r, b, &lines, 0, lines.len, x, y + POINTS(b->style.before), width);
        break;
    case BLOCK_SPACE:
    case BLOCK_BREAK: break;
    case BLOCK_RULE: draw_rule(r, b, x, y, width); break;
    case BLOCK_QR:
        if (b->style.align == PAPER_CENTER) x += (width - side) / 2;
        if (b->style.align == PAPER_RIGHT) x += width - side;
        qr_draw(r, b->text, x, y, side);
        break;
    case BLOCK_CHART: chart_draw(r, b->chart, x, y, width); break;
    case BLOCK_COLUMNS:
        for (size_t i = 0; i < b->count; i++) {
            double own = column_width(b, i, width);
            flow_draw(r, &b->flows[i], x, y, own);
            x += own + POINTS(4);
        }
        break;
    case BLOCK_TABLE: draw_table(r, b->table, x, y, width); break;
    }
}
