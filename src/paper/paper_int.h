/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this room share: the kinds of blocks, type set in lines (press.c), and how a block is measured and
 * drawn (block.c, table.c, chart.c). Inside the room all lengths are points from the top left corner of the page.
 */
#ifndef PAPER_PAPER_INT_H
#define PAPER_PAPER_INT_H

#include "paper.h"

#include <cairo.h>

#define POINTS(mm) ((mm)*72 / 25.4)

enum paper_kind { BLOCK_TEXT, BLOCK_SPACE, BLOCK_RULE, BLOCK_BREAK, BLOCK_COLUMNS, BLOCK_QR, BLOCK_TABLE, BLOCK_CHART };

struct paper_block {
    enum paper_kind kind;
    str text;
    struct paper_style style;
    double length; /* SPACE: height; RULE: width; QR: side */
    size_t count;
    double shares[PAPER_COLUMNS];
    struct paper_flow *flows;
    const struct paper_table *table;
    const struct paper_chart *chart;
};

/* ---- type (press.c) --------------------------------------------------------------------------------------------- */

struct press; /* fonts and words already shaped; used by one document at a time */

/* Takes one from those at rest, or makes it. ERR_INTERNAL without Noto Sans. `serif` and the language are of the
 * document. */
err press_take(struct arena *a, const struct paper *p, struct press **out);
void press_give(struct press *press);

struct type {
    double size;
    bool bold, italic;
}; /* the plain type of a text; marks in it change it */

struct atom {
    const struct word *word;
    bool space; /* before it, unless it begins a line */
};
struct line {
    const struct atom *atoms;
    size_t count;
    double width;
    size_t spaces;
    bool ends; /* a paragraph */
};
struct lines {
    struct line *at;
    size_t len, cap;
    double height; /* of one line */
    double ascent;
};

/* Sets text into lines of `width`; the first is shorter by `first`. Lives in `a`. An empty text is one empty line. */
void press_lines(struct press *press, struct arena *a, str text, struct type type, double width, double first,
                 struct lines *out);
/* Draws one line with its baseline at y, its left edge at x; justified when `stretch` > 0 (points added at each space).
 */
void press_line(struct press *press, cairo_t *cairo, const struct line *line, double x, double y, double stretch);
/* From now on letters are drawn as shapes, which nobody can search or copy: for what lies under the text. */
void press_shapes(struct press *press, bool shapes);
/* One short text on one line: width, and drawing it aligned at x. */
double press_width(struct press *press, struct arena *a, str text, struct type type);
void press_label(struct press *press, cairo_t *cairo, struct arena *a, str text, struct type type, double x, double y,
                 enum paper_align align);

/* ---- blocks ----------------------------------------------------------------------------------------------------- */

struct room { /* what measuring and drawing need */
    struct press *press;
    const struct paper *paper;
    struct arena *scratch; /* emptied between pieces */
    cairo_t *cairo;        /* NULL while measuring */
};

double paper_font_size(const struct paper *p);
/* Whole height of a block at a width; of a flow. */
double block_height(struct room *r, const struct paper_block *b, double width);
double flow_height(struct room *r, const struct paper_flow *f, double width);
void block_draw(struct room *r, const struct paper_block *b, double x, double y, double width);
void flow_draw(struct room *r, const struct paper_flow *f, double x, double y, double width);
void text_lines(struct room *r, const struct paper_block *b, double width, struct lines *out);
/* Lines [from, to) of a text set before. */
void text_draw(struct room *r, const struct paper_block *b, const struct lines *lines, size_t from, size_t to, double x,
               double y, double width);

double table_head_height(struct room *r, const struct paper_table *t, double width);
double table_row_height(struct room *r, const struct paper_table *t, const struct paper_row *row, double width);
void table_head_draw(struct room *r, const struct paper_table *t, double x, double y, double width);
void table_row_draw(struct room *r, const struct paper_table *t, size_t row, double x, double y, double width,
                    double height);

void chart_draw(struct room *r, const struct paper_chart *c, double x, double y, double width);
void qr_draw(struct room *r, str text, double x, double y, double side);

#endif
