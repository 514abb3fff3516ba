/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists and registers. See list.h.
 */
#include "forms/list.h"

static const struct paper_column *columns_of(struct arena *a, const struct list_form *form, bool *unverified) {
    struct paper_column *columns = ARENA_ARRAY(a, struct paper_column, form->column_count);
    for (size_t i = 0; i < form->column_count; i++) {
        const struct list_column *c = &form->columns[i];
        columns[i] = (struct paper_column){.head = c->head, .share = c->share, .align = c->align, .group = c->group};
        if (c->unverified) columns[i].head = str_format(a, "%.*s*", STR_ARG(c->head));
        *unverified |= c->unverified;
    }
    return columns;
}

static const struct paper_row *rows_of(struct arena *a, const struct list_form *form) {
    size_t given = form->column_count - (form->first_is_number ? 1 : 0);
    struct paper_row *rows = ARENA_ARRAY(a, struct paper_row, form->row_count);
    for (size_t i = 0; i < form->row_count; i++) {
        rows[i].cells = form->cells + i * given;
        if (!form->first_is_number) continue;
        str *cells = ARENA_ARRAY(a, str, form->column_count);
        cells[0] = str_format(a, "%zu", i + 1);
        memcpy(cells + 1, rows[i].cells, given * sizeof *cells);
        rows[i].cells = cells;
    }
    return rows;
}

struct paper *list_paper(struct arena *a, const struct list_form *form) {
    struct paper *p = form_paper(a, PAPER_A4, &form->frame, form->title);
    p->landscape = !form->portrait;
    bool unverified = false;
    const struct paper_column *columns = columns_of(a, form, &unverified);
    form_head(p, &form->frame);
    form_title(p, form->title, form->under);
    if (form->who) form_who(p, &form->frame, form->who);
    if (form->who) paper_space(&p->body, 2);
    paper_table(&p->body, &(struct paper_table){.columns = columns,
                                                .column_count = form->column_count,
                                                .rows = rows_of(a, form),
                                                .row_count = form->row_count,
                                                .size = form->size > 0 ? form->size : 8,
                                                .numbered = form->numbered,
                                                .empty = form_say(&form->frame, "Không có dòng nào", "No rows")});
    if (unverified)
        paper_text(
            &p->body,
            form_say(
                &form->frame, "* Cột chưa đối chiếu được với văn bản gốc; đơn vị có thể sửa trong danh mục sổ.",
                "* Column not checked against the original text; the unit can change it in the list of registers."),
            (struct paper_style){.size = 7.5, .italic = true, .before = 1});
    if (form->signer_count) form_signatures(p, &form->frame, form->signers, form->signer_count);
    return p;
}
