/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The patient summary. See summary.h.
 */
#include "forms/summary.h"

static void add_section(struct paper *p, const struct form_frame *f, const struct summary_section *s) {
    paper_text(&p->body, s->title,
               (struct paper_style){.size = 11, .bold = true, .before = 3, .after = 0.5, .keep = true});
    if (s->known == SUMMARY_ROWS && s->row_count) {
        paper_table(&p->body, &(struct paper_table){.columns = s->columns,
                                                    .column_count = s->column_count,
                                                    .rows = s->rows,
                                                    .row_count = s->row_count,
                                                    .size = 9});
        return;
    }
    str word = s->known == SUMMARY_KNOWN_NONE ? form_say(f, "Đã hỏi: không có.", "Asked: none known.")
                                              : form_say(f, "Không có thông tin.", "No information.");
    paper_text(&p->body, word, (struct paper_style){.italic = true, .left = 3});
}

struct paper *summary_paper(struct arena *a, const struct summary_form *form) {
    const struct form_frame *f = &form->frame;
    struct paper *p = form_paper(a, PAPER_A4, f, form_say(f, "Tóm tắt hồ sơ sức khỏe", "Patient summary"));
    form_head(p, f);
    form_title(p, form_say(f, "TÓM TẮT HỒ SƠ SỨC KHỎE", "PATIENT SUMMARY"), form->source);
    form_who(p, f, &form->who);
    for (size_t i = 0; i < form->section_count; i++) add_section(p, f, &form->sections[i]);
    paper_space(&p->body, 3);
    paper_text(
        &p->body,
        form_say(f,
                 "Dữ liệu sức khỏe là dữ liệu cá nhân nhạy cảm (Luật 91/2025/QH15). Giữ bản in này như giấy tờ riêng.",
                 "Health data are sensitive personal data (Law 91/2025/QH15). Keep this print as a private paper."),
        (struct paper_style){.size = 8, .italic = true});
    return p;
}
