/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decisions in the layout of Decree 30/2020. See decision.h.
 */
#include "forms/decision.h"

bool decision_is_draft(const struct decision_form *form) {
    return !form->number.len || form->day == DAY_NONE || !form->signer.len;
}

static struct paper *decree_paper(struct arena *a, const struct decision_form *form, str title) {
    struct paper *p = paper_new(a, PAPER_A4, true);
    p->serif = true;
    p->font_size = 13;
    p->top = p->bottom = 20;
    p->left = 30;
    p->right = 15;
    p->numbers = PAPER_HEAD;
    p->title = title;
    p->made = form->made;
    if (decision_is_draft(form)) p->watermark = STR("BẢN DỰ THẢO");
    if (decision_is_draft(form)) p->foot = STR("Bản dự thảo");
    if (form->synthetic)
        p->foot = decision_is_draft(form) ? STR("Bản dự thảo · dữ liệu giả lập") : STR("Dữ liệu giả lập");
    return p;
}

static str number_of(struct arena *a, const struct decision_form *form) {
    if (form->number.len) return form->number;
    return str_format(a, "……/%.*s", STR_ARG(form->symbol.len ? form->symbol : STR("QĐ-……")));
}

static str place_of(struct arena *a, const struct decision_form *form) {
    struct form_frame frame = {.vietnamese = true, .day = form->day, .facility.locality = form->locality};
    return form_place_and_day(a, &frame, true);
}

static void add_head(struct paper *p, const struct decision_form *form) {
    struct arena *a = p->body.arena;
    struct paper_style middle = {.size = 13, .align = PAPER_CENTER};
    str number = number_of(a, form);
    form_state_head(p, form->above, form->issuer, NULL);
    struct paper_flow *under = paper_columns(&p->body, 2, (double[]){4, 6});
    paper_text(&under[0], str_format(a, "Số: %.*s", STR_ARG(number)), middle);
    middle.italic = true;
    paper_text(&under[1], place_of(a, form), middle);
    paper_text(&p->body, STR("QUYẾT ĐỊNH"),
               (struct paper_style){.size = 14, .bold = true, .align = PAPER_CENTER, .before = 5, .keep = true});
    paper_text(&p->body, form->subject,
               (struct paper_style){.size = 14, .bold = true, .align = PAPER_CENTER, .keep = true});
    paper_rule(&p->body, 45);
    paper_space(&p->body, 3);
}

static void add_body(struct paper *p, const struct decision_form *form) {
    struct arena *a = p->body.arena;
    struct paper_style plain = {.size = 13, .align = PAPER_JUSTIFY, .first = 10, .after = 1.5}, base = plain;
    base.italic = true;
    paper_text(&p->body, form->authority,
               (struct paper_style){.size = 13, .bold = true, .align = PAPER_CENTER, .after = 2.5, .keep = true});
    for (size_t i = 0; i < form->base_count; i++) {
        bool last = i + 1 == form->base_count && !form->proposal.len;
        paper_text(&p->body, str_format(a, "%.*s%s", STR_ARG(form->bases[i]), last ? "." : ";"), base);
    }
    if (form->proposal.len) paper_text(&p->body, str_format(a, "%.*s.", STR_ARG(form->proposal)), base);
    paper_text(
        &p->body, STR("QUYẾT ĐỊNH:"),
        (struct paper_style){.size = 13, .bold = true, .align = PAPER_CENTER, .before = 2, .after = 2, .keep = true});
    for (size_t i = 0; i < form->article_count; i++) {
        str rest = form->articles[i], part;
        bool first = true;
        while (str_split(&rest, '\n', &part)) { /* each paragraph of an article is indented */
            if (first) part = str_format(a, PAPER_B "Điều %zu." PAPER_N " %.*s", i + 1, STR_ARG(part));
            paper_text(&p->body, part, plain);
            first = false;
        }
    }
}

static void add_end(struct paper *p, const struct decision_form *form) {
    struct arena *a = p->body.arena;
    struct paper_style bold = {.size = 13, .bold = true, .align = PAPER_CENTER}, small = {.size = 11};
    paper_space(&p->body, 4);
    struct paper_flow *f = paper_columns(&p->body, 2, (double[]){1, 1});
    paper_text(&f[0], STR("Nơi nhận:"), (struct paper_style){.size = 12, .bold = true, .italic = true});
    for (size_t i = 0; i < form->recipient_count; i++)
        paper_text(&f[0],
                   str_format(a, "- %.*s%s", STR_ARG(form->recipients[i]), i + 1 == form->recipient_count ? "." : ";"),
                   small);
    if (form->on_behalf.len) paper_text(&f[1], form->on_behalf, bold);
    paper_text(&f[1], form->post, bold);
    paper_space(&f[1], 28);
    paper_text(&f[1], form->signer, bold);
}

static void add_annex(struct paper *p, const struct decision_form *form, size_t i) {
    struct arena *a = p->body.arena;
    const struct decision_annex *annex = &form->annexes[i];
    struct paper_style bold = {.size = 14, .bold = true, .align = PAPER_CENTER, .keep = true};
    struct paper_style italic = {.size = 13, .italic = true, .align = PAPER_CENTER, .keep = true};
    static const char *const roman[] = {"I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"};
    const char *number = form->annex_count > 1 && i < 10 ? roman[i] : "";
    paper_text(&p->body, str_format(a, "PHỤ LỤC%s%s", *number ? " " : "", number), bold);
    paper_text(&p->body, annex->title, bold);
    struct form_frame day = {.vietnamese = true, .day = form->day};
    str date = form_place_and_day(a, &day, true), no = number_of(a, form);
    paper_text(
        &p->body,
        str_format(a, "(Kèm theo Quyết định số %.*s %.*s của %.*s)", STR_ARG(no), STR_ARG(date), STR_ARG(form->issuer)),
        italic);
    paper_rule(&p->body, 40);
    paper_space(&p->body, 3);
    paper_table(&p->body, &(struct paper_table){.columns = annex->columns,
                                                .column_count = annex->column_count,
                                                .rows = annex->rows,
                                                .row_count = annex->row_count,
                                                .size = 11,
                                                .empty = STR("(không có)")});
}

struct paper *decision_paper(struct arena *a, const struct decision_form *form) {
    struct paper *p = decree_paper(a, form, str_format(a, "Quyết định %.*s", STR_ARG(form->number)));
    add_head(p, form);
    add_body(p, form);
    add_end(p, form);
    for (size_t i = 0; i < form->annex_count; i++) {
        paper_break(&p->body);
        add_annex(p, form, i);
    }
    return p;
}

struct paper *decision_annex_paper(struct arena *a, const struct decision_form *form, size_t annex) {
    struct paper *p = decree_paper(a, form, form->annexes[annex].title);
    p->landscape = true;
    add_annex(p, form, annex);
    return p;
}
