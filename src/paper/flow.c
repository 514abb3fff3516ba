/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Building a document: each function appends one block to a flow.
 */
#include "paper_int.h"

struct paper *paper_new(struct arena *a, enum paper_size size, bool vietnamese) {
    struct paper *p = ARENA_NEW(a, struct paper);
    bool small = size == PAPER_A6 || size == PAPER_RECEIPT;
    p->size = size;
    p->vietnamese = vietnamese;
    p->top = p->right = p->bottom = p->left = small ? 6 : 12;
    p->font_size = small ? 8.5 : 10;
    p->body.arena = a;
    return p;
}

static struct paper_block *add(struct paper_flow *f, enum paper_kind kind) {
    VEC_PUSH(f->arena, f, (struct paper_block){.kind = kind});
    return &f->at[f->len - 1];
}

void paper_text(struct paper_flow *f, str text, struct paper_style style) {
    struct paper_block *b = add(f, BLOCK_TEXT);
    b->text = text;
    b->style = style;
}

void paper_pair(struct paper_flow *f, str label, str value) {
    paper_text(f,
               str_format(f->arena, "%.*s: " PAPER_B "%.*s", STR_ARG(label),
                          STR_ARG(value.len ? value : STR(PAPER_N PAPER_DOTS))),
               (struct paper_style){0});
}

void paper_space(struct paper_flow *f, double height) { add(f, BLOCK_SPACE)->length = height; }
void paper_rule(struct paper_flow *f, double width) { add(f, BLOCK_RULE)->length = width; }
void paper_break(struct paper_flow *f) { add(f, BLOCK_BREAK); }

struct paper_flow *paper_columns(struct paper_flow *f, size_t count, const double *shares) {
    struct paper_block *b = add(f, BLOCK_COLUMNS);
    b->count = count < PAPER_COLUMNS ? count : PAPER_COLUMNS;
    b->flows = ARENA_ARRAY(f->arena, struct paper_flow, b->count);
    for (size_t i = 0; i < b->count; i++) {
        b->shares[i] = shares[i];
        b->flows[i].arena = f->arena;
    }
    return b->flows;
}

void paper_qr(struct paper_flow *f, str text, double side, enum paper_align align) {
    struct paper_block *b = add(f, BLOCK_QR);
    b->text = text;
    b->length = side;
    b->style.align = align;
}

static void *copy(struct arena *a, const void *from, size_t bytes) {
    void *to = arena_alloc(a, bytes);
    if (bytes) memcpy(to, from, bytes);
    return to;
}

void paper_table(struct paper_flow *f, const struct paper_table *table) {
    struct paper_table *t = copy(f->arena, table, sizeof *table);
    t->columns = copy(f->arena, table->columns, table->column_count * sizeof *table->columns);
    t->rows = copy(f->arena, table->rows, table->row_count * sizeof *table->rows);
    if (!t->row_count && t->empty.len) {
        t->rows = copy(f->arena, &(struct paper_row){.cells = &t->empty, .across = true}, sizeof(struct paper_row));
        t->row_count = 1;
    }
    add(f, BLOCK_TABLE)->table = t;
}

void paper_chart(struct paper_flow *f, const struct paper_chart *chart) {
    struct paper_chart *c = copy(f->arena, chart, sizeof *chart);
    c->curves = copy(f->arena, chart->curves, chart->curve_count * sizeof *chart->curves);
    add(f, BLOCK_CHART)->chart = c;
}
