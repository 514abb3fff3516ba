/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pages: first every block is given its place (a paragraph may be cut between lines, a table between rows, all else
 * stays whole and is made smaller when it is higher than a page), then the pages are drawn one after the other as PDF,
 * or one of them as a picture. Only places and heights of rows are kept between the two: a register of 10,000 rows
 * needs little memory.
 */
#include "paper_int.h"

#include "base/date.h"

#include <cairo-pdf.h>
#include <math.h>

struct piece { /* a block, or some of its lines or rows, at its place */
    const struct paper_block *block;
    size_t page, from, to;
    double y;
    double *heights; /* TABLE: of every row */
};
struct pages {
    struct room room;
    struct arena *arena;
    struct {
        struct piece *at;
        size_t len, cap;
    } pieces;
    size_t count;
    double width, height;            /* of a page */
    double left, top, inner, bottom; /* of its text; bottom: where text ends */
    double y;
    bool fresh; /* nothing on this page yet */
};

static void page_size(const struct paper *p, struct pages *s) {
    static const double sizes[][2] = {{210, 297}, {148, 210}, {105, 148}, {80, 5000}};
    const double *size = sizes[p->size];
    bool turn = p->landscape && p->size != PAPER_RECEIPT;
    s->width = POINTS(size[turn ? 1 : 0]);
    s->height = POINTS(size[turn ? 0 : 1]);
    s->left = POINTS(p->left);
    s->top = s->y = POINTS(p->top);
    s->inner = s->width - s->left - POINTS(p->right);
    s->bottom = s->height - POINTS(p->bottom);
    s->count = 1;
    s->fresh = true;
}

/* ---- places ----------------------------------------------------------------------------------------------------- */

static void next_page(struct pages *s) {
    s->count++;
    s->y = s->top;
    s->fresh = true;
}

static void put(struct pages *s, struct piece piece, double height) {
    piece.page = s->count - 1;
    piece.y = s->y;
    VEC_PUSH(s->arena, &s->pieces, piece);
    s->y += height;
    s->fresh = false;
}

/* The least height in which block i begins: with what it must stay together with. */
static double least(struct pages *s, const struct paper_flow *f, size_t i) {
    const struct paper_block *b = &f->at[i];
    struct room *r = &s->room;
    if (b->kind == BLOCK_TABLE) {
        double head = table_head_height(r, b->table, s->inner);
        return b->table->row_count ? head + table_row_height(r, b->table, &b->table->rows[0], s->inner) : head;
    }
    if (b->kind == BLOCK_TEXT && !b->style.keep) {
        struct lines lines;
        text_lines(r, b, s->inner, &lines);
        return POINTS(b->style.before) + lines.height * (double)(lines.len < 2 ? lines.len : 2);
    }
    double own = block_height(r, b, s->inner);
    bool keeps = b->kind == BLOCK_SPACE || b->kind == BLOCK_RULE || (b->kind == BLOCK_TEXT && b->style.keep);
    return keeps && i + 1 < f->len ? own + least(s, f, i + 1) : own;
}

static void place_text(struct pages *s, const struct paper_block *b) {
    struct lines lines;
    text_lines(&s->room, b, s->inner, &lines);
    double before = POINTS(b->style.before);
    for (size_t from = 0; from < lines.len;) {
        double room = s->bottom - s->y - (from ? 0 : before);
        size_t fit = room > 0 ? (size_t)(room / lines.height + 1e-6) : 0, left = lines.len - from;
        if (fit >= left)
            fit = left;
        else if (fit == left - 1 && fit > 2)
            fit--; /* no last line alone */
        if (fit == 0 && s->fresh) fit = 1;
        if (fit)
            put(s, (struct piece){.block = b, .from = from, .to = from + fit},
                (from ? 0 : before) + lines.height * (double)fit);
        from += fit;
        if (from < lines.len) next_page(s);
    }
    s->y += POINTS(b->style.after);
}

static void place_table(struct pages *s, const struct paper_block *b) {
    const struct paper_table *t = b->table;
    double head = table_head_height(&s->room, t, s->inner), used = head;
    double *heights = arena_alloc(s->arena, (t->row_count + 1) * sizeof *heights);
    size_t from = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        double height = table_row_height(&s->room, t, &t->rows[i], s->inner);
        if (height > s->bottom - s->top - head) height = s->bottom - s->top - head; /* drawn smaller */
        heights[i] = height;
        arena_reset(s->room.scratch);
        if (s->y + used + height > s->bottom + 0.01 && !(s->fresh && i == from)) {
            if (i > from) put(s, (struct piece){.block = b, .from = from, .to = i, .heights = heights}, used);
            next_page(s);
            from = i;
            used = head;
        }
        used += height;
    }
    put(s, (struct piece){.block = b, .from = from, .to = t->row_count, .heights = heights}, used + 2);
}

static void place(struct pages *s, const struct paper_flow *f, size_t i) {
    const struct paper_block *b = &f->at[i];
    if (b->kind == BLOCK_BREAK) {
        if (!s->fresh) next_page(s);
        return;
    }
    if (b->kind == BLOCK_SPACE && s->fresh && s->count > 1) return;
    if (!s->fresh && s->y + least(s, f, i) > s->bottom + 0.01) next_page(s);
    if (b->kind == BLOCK_TEXT)
        place_text(s, b);
    else if (b->kind == BLOCK_TABLE)
        place_table(s, b);
    else {
        double height = block_height(&s->room, b, s->inner), most = s->bottom - s->top;
        put(s, (struct piece){.block = b}, height < most ? height : most);
    }
}

static err place_all(struct pages *s) {
    const struct paper_flow *body = &s->room.paper->body;
    for (size_t i = 0; i < body->len; i++) {
        place(s, body, i);
        arena_reset(s->room.scratch);
        if (s->count > PAPER_PAGES)
            return err_make(s->arena, ERR_TOO_LONG, "paper", "the document has more than %d pages", PAPER_PAGES);
    }
    if (s->room.paper->size == PAPER_RECEIPT && s->count == 1) s->height = s->y + POINTS(s->room.paper->bottom);
    return OK_ERR;
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

/* Draws with a scale that makes `height` fit into `room`. */
static void draw_fitted(struct pages *s, const struct paper_block *b, double y) {
    cairo_t *cr = s->room.cairo;
    double height = block_height(&s->room, b, s->inner), most = s->bottom - s->top;
    cairo_save(cr);
    cairo_translate(cr, s->left, y);
    if (height > most) cairo_scale(cr, most / height, most / height);
    block_draw(&s->room, b, 0, 0, s->inner);
    cairo_restore(cr);
}

static void draw_rows(struct pages *s, const struct piece *p) {
    const struct paper_table *t = p->block->table;
    struct room *r = &s->room;
    double y = p->y;
    table_head_draw(r, t, s->left, y, s->inner);
    y += table_head_height(r, t, s->inner);
    arena_reset(r->scratch);
    for (size_t i = p->from; i < p->to; i++) {
        double own = table_row_height(r, t, &t->rows[i], s->inner);
        if (own > p->heights[i] + 0.01) {
            cairo_save(r->cairo);
            cairo_translate(r->cairo, s->left, y);
            cairo_scale(r->cairo, 1, p->heights[i] / own);
            table_row_draw(r, t, i, 0, 0, s->inner, own);
            cairo_restore(r->cairo);
        } else {
            table_row_draw(r, t, i, s->left, y, s->inner, p->heights[i]);
        }
        y += p->heights[i];
        arena_reset(r->scratch);
    }
}

static void draw_piece(struct pages *s, const struct piece *p) {
    struct lines lines;
    if (p->block->kind == BLOCK_TEXT) {
        text_lines(&s->room, p->block, s->inner, &lines);
        text_draw(&s->room, p->block, &lines, p->from, p->to, s->left,
                  p->y + (p->from ? 0 : POINTS(p->block->style.before)), s->inner);
    } else if (p->block->kind == BLOCK_TABLE) {
        draw_rows(s, p);
    } else {
        draw_fitted(s, p->block, p->y);
    }
    arena_reset(s->room.scratch);
}

static void draw_watermark(struct pages *s) {
    str text = s->room.paper->watermark;
    if (!text.len) return;
    cairo_t *cr = s->room.cairo;
    struct type type = {10, true, false};
    double diagonal = hypot(s->width, s->height), width = press_width(s->room.press, s->room.scratch, text, type);
    double scale = diagonal * 0.62 / (width > 1 ? width : 1);
    if (scale > s->width / 60) scale = s->width / 60;
    cairo_save(cr);
    cairo_set_source_rgb(cr, 0.91, 0.91, 0.91);
    cairo_translate(cr, s->width / 2, s->height / 2);
    cairo_rotate(cr, -atan2(s->height, s->width));
    cairo_scale(cr, scale, scale);
    press_shapes(s->room.press, true);
    press_label(s->room.press, cr, s->room.scratch, text, type, 0, 3.5, PAPER_CENTER);
    press_shapes(s->room.press, false);
    cairo_restore(cr);
}

static void draw_numbers(struct pages *s, size_t page) {
    const struct paper *p = s->room.paper;
    struct room *r = &s->room;
    double size = p->size == PAPER_A4 ? 8 : 6.5, y = s->bottom + (s->height - s->bottom) / 2 + size / 2;
    struct type small = {size, false, false};
    if (p->foot.len) press_label(r->press, r->cairo, r->scratch, p->foot, small, s->left, y, PAPER_LEFT);
    if (p->numbers == PAPER_FOOT && (s->count > 1 || p->size == PAPER_A4)) {
        str text = str_format(r->scratch, p->vietnamese ? "Trang %zu/%zu" : "Page %zu/%zu", page + 1, s->count);
        press_label(r->press, r->cairo, r->scratch, text, small, s->left + s->inner, y, PAPER_RIGHT);
    }
    if (p->numbers == PAPER_HEAD && page > 0)
        press_label(r->press, r->cairo, r->scratch, str_format(r->scratch, "%zu", page + 1),
                    (struct type){13, false, false}, s->width / 2, s->top / 2 + 5, PAPER_CENTER);
}

/* `from`: the first piece of the page; gives the first of the next. */
static size_t draw_page(struct pages *s, size_t page, size_t from) {
    cairo_set_source_rgb(s->room.cairo, 0, 0, 0);
    draw_watermark(s);
    while (from < s->pieces.len && s->pieces.at[from].page < page) from++;
    for (; from < s->pieces.len && s->pieces.at[from].page == page; from++) draw_piece(s, &s->pieces.at[from]);
    draw_numbers(s, page);
    arena_reset(s->room.scratch);
    return from;
}

/* ---- PDF and PNG ------------------------------------------------------------------------------------------------ */

static cairo_status_t to_buf(void *closure, const unsigned char *bytes, unsigned length) {
    buf_add(closure, (str){(const char *)bytes, length});
    return CAIRO_STATUS_SUCCESS;
}

static void metadata(struct pages *s, cairo_surface_t *surface) {
    const struct paper *p = s->room.paper;
    char date[25];
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, str_z(s->room.scratch, p->title));
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Trạm " TRAM_VERSION);
    memcpy(instant_format(p->made, date) + 19, "Z", 2);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_MOD_DATE, date);
}

static err finish(struct pages *s, cairo_surface_t *surface) {
    cairo_status_t status = cairo_status(s->room.cairo);
    cairo_destroy(s->room.cairo);
    cairo_surface_finish(surface);
    if (!status) status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status ? err_make(s->arena, ERR_INTERNAL, "paper", "cairo: %s", cairo_status_to_string(status)) : OK_ERR;
}

static err draw_pdf(struct pages *s, struct buf *out) {
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(to_buf, out, s->width, s->height);
    metadata(s, surface);
    s->room.cairo = cairo_create(surface);
    size_t piece = 0;
    for (size_t page = 0; page < s->count; page++) {
        piece = draw_page(s, page, piece);
        cairo_show_page(s->room.cairo);
    }
    return finish(s, surface);
}

static err draw_png(struct pages *s, size_t page, double dpi, struct buf *out) {
    if (page >= s->count) return err_make(s->arena, ERR_NOT_FOUND, "page", "the document has %zu pages", s->count);
    double scale = dpi / 72;
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)ceil(s->width * scale), (int)ceil(s->height * scale));
    s->room.cairo = cairo_create(surface);
    cairo_set_source_rgb(s->room.cairo, 1, 1, 1);
    cairo_paint(s->room.cairo);
    cairo_scale(s->room.cairo, scale, scale);
    draw_page(s, page, 0);
    cairo_status_t status = cairo_surface_write_to_png_stream(surface, to_buf, out);
    if (status) {
        (void)finish(s, surface);
        return err_make(s->arena, ERR_INTERNAL, "paper", "cairo: %s", cairo_status_to_string(status));
    }
    return finish(s, surface);
}

static err begin(struct arena *a, const struct paper *p, struct pages *s) {
    *s = (struct pages){.room = {.paper = p}, .arena = a};
    TRY(press_take(a, p, &s->room.press));
    s->room.scratch = arena_new();
    page_size(p, s);
    return place_all(s);
}

static err end(struct pages *s, err e) {
    if (s->room.scratch) arena_free(s->room.scratch);
    if (s->room.press) press_give(s->room.press);
    return e;
}

err paper_pdf(struct arena *a, const struct paper *p, struct buf *out) {
    struct pages s;
    err e = begin(a, p, &s);
    if (!e.code) e = draw_pdf(&s, out);
    return end(&s, e);
}

err paper_png(struct arena *a, const struct paper *p, size_t page, double dpi, struct buf *out, size_t *pages) {
    struct pages s;
    err e = begin(a, p, &s);
    if (!e.code && pages) *pages = s.count;
    if (!e.code) e = draw_png(&s, page, dpi, out);
    return end(&s, e);
}
