/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paper: a printed document as plain data, and its PDF (or a picture of one page). Whoever prints fills a `struct
 * paper` with blocks (text, tables, columns side by side, QR codes, charts) and never thinks of pages: they break by
 * themselves, table heads repeat, pages are numbered. Knows no database, no request, no health: what a form says is in
 * forms/. The same data and fonts give the same bytes. All lengths in millimetres, type sizes in points. Text is UTF-8;
 * '\n' breaks a line; PAPER_B, PAPER_I and PAPER_N inside it switch to bold, to italic,
 * back to plain; PAPER_DOTS fills the rest of the line with dots to write on.
 */
#ifndef PAPER_PAPER_H
#define PAPER_PAPER_H

#include "base/err.h"
#include "base/vec.h"

#define PAPER_B "\x01"
#define PAPER_I "\x02"
#define PAPER_N "\x03"
#define PAPER_DOTS "\x04"

enum paper_size { PAPER_A4, PAPER_A5, PAPER_A6, PAPER_RECEIPT }; /* RECEIPT: a roll 80 mm wide, as long as it needs */
enum paper_align { PAPER_LEFT, PAPER_CENTER, PAPER_RIGHT, PAPER_JUSTIFY };
enum paper_numbers {
    PAPER_NO_NUMBERS,
    PAPER_FOOT, /* "Trang 1/3" at the foot */
    PAPER_HEAD  /* the number alone, centred on top from page 2 on: Decree 30/2020, annex I */
};

struct paper_block;
/* Blocks one under the other: a whole document, or one of several columns. */
struct paper_flow {
    struct arena *arena;
    struct paper_block *at;
    size_t len, cap;
};

struct paper {
    enum paper_size size;
    bool landscape;
    double top, right, bottom, left; /* margins; all 0 = 12 (A6 and receipts 6) */
    double font_size;                /* 0 = 10 (A6 and receipts 8.5) */
    bool serif;                      /* Times-like, as state documents ask; else Noto Sans */
    bool vietnamese;                 /* language of page numbers and of shaping */
    enum paper_numbers numbers;
    str title;     /* of the file */
    str foot;      /* small, at the left of every foot */
    str watermark; /* large and pale across every page */
    int64_t made;  /* instant in ms written into the file; nothing here reads a clock */
    struct paper_flow body;
};

/* An empty A4 document whose blocks live in `a`. */
struct paper *paper_new(struct arena *a, enum paper_size size, bool vietnamese);

/* How a paragraph looks; all zero is plain text of the document's size. */
struct paper_style {
    double size; /* points; 0 = the document's */
    enum paper_align align;
    bool bold, italic;
    double before, after; /* space above and below */
    double left, first;   /* indent of all lines; further indent of the first (negative hangs) */
    double leading;       /* line height as a multiple of the font's own; 0 = 1 */
    bool keep;            /* stays on the page of what follows */
};
void paper_text(struct paper_flow *f, str text, struct paper_style style);
/* "label: value"; with an empty value, dots to write on. */
void paper_pair(struct paper_flow *f, str label, str value);
void paper_space(struct paper_flow *f, double height);
/* A line of `width` (0 = full) in the middle. */
void paper_rule(struct paper_flow *f, double width);
void paper_break(struct paper_flow *f); /* a new page */

/* `count` flows side by side (at most 4), never broken across pages; widths are shares of the whole. The flows are
 * filled by the caller afterwards. */
struct paper_flow *paper_columns(struct paper_flow *f, size_t count, const double *shares);
enum { PAPER_COLUMNS = 4 };

/* A QR code of `text` (at most 1,200 bytes, else it says so in print), `side` wide with its quiet zone. */
void paper_qr(struct paper_flow *f, str text, double side, enum paper_align align);

/* ---- tables ----------------------------------------------------------------------------------------------------- */

struct paper_column {
    str head;
    double share;           /* of the width */
    enum paper_align align; /* of the cells */
    str group;              /* neighbours of the same group stand under one head */
};
struct paper_row {
    const str *cells; /* one for each column; may be fewer with `across` */
    bool across;      /* the first cell over the whole width */
    bool bold;
};
struct paper_table {
    const struct paper_column *columns;
    size_t column_count;
    const struct paper_row *rows;
    size_t row_count;
    double size;      /* points; 0 = the document's */
    bool numbered;    /* a line (1) (2) (3) … under the head, as registers have */
    bool bare;        /* no lines, no head */
    str empty;        /* said in place of rows when there are none */
    double row_least; /* least height of a row, for forms filled by hand */
};
/* The columns and rows are copied, not their texts. The head repeats on every page; a row is never broken. */
void paper_table(struct paper_flow *f, const struct paper_table *table);

/* ---- charts ----------------------------------------------------------------------------------------------------- */

struct paper_curve {
    const double *x, *y;
    size_t count;
    str label;    /* at the right end */
    uint32_t rgb; /* 0xRRGGBB */
    double width; /* points; 0 = 0.8 */
    bool dashed, dots;
};
struct paper_axis {
    double from, to, step, minor; /* step: lines with figures; minor: thin lines, 0 none */
    str label;
};
struct paper_chart {
    struct paper_axis x, y;
    const struct paper_curve *curves; /* copied, not their points */
    size_t curve_count;
    double height;
};
void paper_chart(struct paper_flow *f, const struct paper_chart *chart);

/* ---- out -------------------------------------------------------------------------------------------------------- */

enum { PAPER_PAGES = 5000 }; /* a longer document is refused: ERR_TOO_LONG */

/* The PDF is appended to `out`. ERR_TOO_LONG; ERR_INTERNAL when the fonts are not installed or cairo fails. */
err paper_pdf(struct arena *a, const struct paper *p, struct buf *out);
/* PNG of page `page` (from 0) at `dpi`; *pages (may be NULL) gets their number. ERR_NOT_FOUND beyond the last page. */
err paper_png(struct arena *a, const struct paper *p, size_t page, double dpi, struct buf *out, size_t *pages);

/* A QR code as SVG, for the screen. ERR_TOO_LONG when the text does not fit into one. */
err paper_qr_svg(struct arena *a, str text, struct buf *out);

#endif
