/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prescription: head with QR, the person, diagnoses, medicines, advice, signature. See prescription.h.
 */
#include "forms/prescription.h"

static void add_code(struct paper *p, const struct prescription_form *form, struct paper_flow *right) {
    struct arena *a = p->body.arena;
    if (!form->code.len) return;
    if (form->provisional) {
        struct paper_style plain = {.size = 8, .align = PAPER_RIGHT};
        paper_text(right, form_say(&form->frame, "Cơ sở chưa có mã:\nđơn chưa có mã đơn thuốc", "The facility has no code:\nno prescription code yet"), plain);
        paper_text(right, str_format(a, "%s " PAPER_B "%.*s", form->frame.vietnamese ? "Số nội bộ:" : "Own number:", STR_ARG(form->code)), plain);
        return;
    }
    paper_qr(right, form->code, 22, PAPER_RIGHT);
    paper_text(right,
               str_format(a, "%s " PAPER_B "%.*s", form->frame.vietnamese ? "Mã đơn:" : "Code:", STR_ARG(form->code)),
               (struct paper_style){.size = 8, .align = PAPER_RIGHT});
}

static void add_diagnoses(struct paper *p, const struct prescription_form *form) {
    struct buf line = buf_new(p->body.arena);
    for (size_t i = 0; i < form->diagnosis_count; i++)
        buf_addf(&line, "%s%.*s", i ? "; " : "", STR_ARG(form->diagnoses[i]));
    paper_pair(&p->body, form_say(&form->frame, "Chẩn đoán", "Diagnosis"), buf_str(&line));
}

static void add_medicines(struct paper *p, const struct prescription_form *form) {
    struct arena *a = p->body.arena;
    const struct form_frame *f = &form->frame;
    static const struct paper_column columns[] = {
        {.share = 0.8, .align = PAPER_RIGHT}, {.share = 10}, {.share = 3, .align = PAPER_RIGHT}};
    struct paper_row *rows = ARENA_ARRAY(a, struct paper_row, form->medicine_count + 1);
    for (size_t i = 0; i < form->medicine_count; i++) {
        const struct prescription_medicine *m = &form->medicines[i];
        str *cells = ARENA_ARRAY(a, str, 3);
        cells[0] = str_format(a, "%zu.", i + 1);
        cells[1] = str_format(a, PAPER_B "%.*s" PAPER_N "%s%.*s", STR_ARG(m->name), m->usage.len ? "\n" : "",
                              STR_ARG(m->usage));
        cells[2] = str_format(a, PAPER_B "%.*s", STR_ARG(m->quantity));
        rows[i].cells = cells;
    }
    str days = form->days > 0 ? str_format(a, f->vietnamese ? " (%d ngày)" : " (%d days)", form->days) : STR_NONE;
    paper_text(&p->body, str_format(a, "%s%.*s:", f->vietnamese ? "Thuốc điều trị" : "Medicines", STR_ARG(days)),
               (struct paper_style){.bold = true, .before = 1.5, .keep = true});
    paper_table(&p->body, &(struct paper_table){.columns = columns,
                                                .column_count = 3,
                                                .rows = rows,
                                                .row_count = form->medicine_count,
                                                .size = 10,
                                                .bare = true,
                                                .empty = form_say(f, "Không có thuốc", "No medicines")});
}

static void add_copy(struct paper *p, const struct prescription_form *form, int copy, int copies) {
    const struct form_frame *f = &form->frame;
    struct arena *a = p->body.arena;
    static const char *const titles[][2] = {{"ĐƠN THUỐC", "PRESCRIPTION"},
                                            {"ĐƠN THUỐC “N”", "PRESCRIPTION “N” (narcotic)"},
                                            {"ĐƠN THUỐC “H”", "PRESCRIPTION “H” (psychotropic)"}};
    add_code(p, form, form_head(p, f));
    str under = form->replaces.len
                    ? str_format(a, f->vietnamese ? "(thay đơn %.*s)" : "(replaces %.*s)", STR_ARG(form->replaces))
                    : STR_NONE;
    form_title(p, form_say(f, titles[form->kind][0], titles[form->kind][1]), under);
    form_who(p, f, &form->who);
    add_diagnoses(p, form);
    add_medicines(p, form);
    if (form->advice.len)
        paper_text(
            &p->body,
            str_format(a, PAPER_B "%s" PAPER_N " %.*s", f->vietnamese ? "Lời dặn:" : "Advice:", STR_ARG(form->advice)),
            (struct paper_style){.before = 1.5});
    if (form->revisit.len)
        paper_text(&p->body,
                   str_format(a, PAPER_B "%s" PAPER_N " %.*s",
                              f->vietnamese ? "Tái khám:" : "Come again:", STR_ARG(form->revisit)),
                   (struct paper_style){0});
    form_signatures(p, f, &form->prescriber, 1);
    struct paper_style small = {.size = 7.5, .italic = true, .before = 2};
    paper_text(
        &p->body,
        form_say(f, "Đơn có giá trị mua, lĩnh thuốc trong 05 ngày kể từ ngày kê đơn. Khám lại xin mang theo đơn này.",
                 "Valid for 5 days from its date. Please bring it to the next visit."),
        small);
    if (copies > 1)
        paper_text(&p->body, str_format(a, f->vietnamese ? "Liên %d/%d" : "Copy %d of %d", copy, copies),
                   (struct paper_style){.size = 7.5});
    form_translation(p, f);
}

struct paper *prescription_paper(struct arena *a, const struct prescription_form *forms, size_t count) {
    const struct form_frame *f = &forms[0].frame;
    str name = str_format(a, "%s %.*s", f->vietnamese ? "Đơn thuốc" : "Prescription", STR_ARG(forms[0].code));
    struct paper *p = form_paper(a, PAPER_A5, f, name);
    for (size_t i = 0; i < count; i++) {
        int copies = forms[i].kind == PRESCRIPTION_ORDINARY ? 1 : 3;
        if (!forms[i].code.len) p->watermark = form_say(f, "BẢN NHÁP", "DRAFT");
        for (int copy = 1; copy <= copies; copy++) {
            if (p->body.len) paper_break(&p->body);
            add_copy(p, &forms[i], copy, copies);
        }
    }
    return p;
}
