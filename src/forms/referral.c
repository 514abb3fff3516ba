/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Referral and reply. See referral.h.
 */
#include "forms/referral.h"

static void add_point(struct paper *p, const struct form_frame *f, const char *vi, const char *en, str value) {
    paper_text(&p->body,
               str_format(p->body.arena, PAPER_B "%s:" PAPER_N " %.*s", f->vietnamese ? vi : en,
                          STR_ARG(value.len ? value : STR(PAPER_DOTS))),
               (struct paper_style){.size = 9.5});
}

static void add_referral(struct paper *p, const struct referral_form *form) {
    const struct form_frame *f = &form->frame;
    struct arena *a = p->body.arena;
    struct paper_flow *right = form_head(p, f);
    if (form->code.len) paper_qr(right, form->code, 20, PAPER_RIGHT);
    str number =
        form->number.len ? str_format(a, "%s%.*s", f->vietnamese ? "Số: " : "No. ", STR_ARG(form->number)) : STR_NONE;
    form_title(p,
               form->title.len && f->vietnamese ? form->title
                                                : form_say(f, "PHIẾU CHUYỂN CƠ SỞ KHÁM BỆNH, CHỮA BỆNH", "REFERRAL"),
               number);
    add_point(p, f, "Kính gửi", "To", form->to);
    form_who(p, f, &form->who);
    if (form->from_day.len || form->to_day.len)
        add_point(p, f, "Đã khám, điều trị", "Seen and treated",
                  str_format(a, "%.*s – %.*s", STR_ARG(form->from_day), STR_ARG(form->to_day)));
    add_point(p, f, "Dấu hiệu lâm sàng", "Clinical signs", form->signs);
    add_point(p, f, "Kết quả xét nghiệm, cận lâm sàng", "Tests and imaging", form->results);
    add_point(p, f, "Chẩn đoán", "Diagnosis", form->diagnosis);
    add_point(p, f, "Phương pháp, thuốc đã sử dụng", "Treatment and medicines so far", form->treatment);
    add_point(p, f, "Tình trạng lúc chuyển", "Condition at transfer", form->condition);
    add_point(p, f, "Lý do chuyển", "Reason", form->reason);
    if (form->departure.len) add_point(p, f, "Thời gian chuyển", "Departure", form->departure);
    if (form->transport.len) add_point(p, f, "Phương tiện vận chuyển", "Transport", form->transport);
    if (form->escort.len) add_point(p, f, "Người hộ tống", "Escort", form->escort);
    struct form_signer signers[] = {form->doctor, form->head};
    if (!signers[0].title.len) signers[0].title = form_say(f, "Người khám, điều trị", "Treated by");
    if (!signers[1].title.len) signers[1].title = form_say(f, "Đại diện cơ sở", "For the facility");
    form_signatures(p, f, signers, 2);
    form_translation(p, f);
}

static void add_reply(struct paper *p, const struct referral_form *form) {
    static const struct referral_reply blank = {.day = DAY_NONE};
    const struct referral_reply *r = form->reply ? form->reply : &blank;
    struct form_frame f = form->frame;
    struct arena *a = p->body.arena;
    str back = f.facility.name, three = STR(PAPER_DOTS "\n" PAPER_DOTS "\n" PAPER_DOTS);
    f.facility = r->from;
    f.day = r->day;
    if (!f.facility.name.len)
        f.facility.name = str_format(a, "%s: " PAPER_DOTS, f.vietnamese ? "Cơ sở tiếp nhận" : "Receiving facility");
    form_head(p, &f);
    form_title(p, form_say(&f, "PHIẾU PHẢN HỒI CHUYỂN TUYẾN", "REPLY TO A REFERRAL"), STR_NONE);
    add_point(p, &f, "Kính gửi", "To", back);
    form_who(p, &f, &form->who);
    add_point(p, &f, "Kết quả khám, xét nghiệm", "Findings", r->findings.len ? r->findings : three);
    add_point(p, &f, "Chẩn đoán", "Diagnosis", r->diagnosis);
    add_point(p, &f, "Điều trị", "Treatment", r->treatment.len ? r->treatment : three);
    add_point(p, &f, "Đề nghị trạm y tế tiếp tục", "What the station should go on with", r->advice);
    struct form_signer signer = r->signer;
    if (!signer.title.len) signer.title = form_say(&f, "Bác sĩ điều trị", "Physician");
    form_signatures(p, &f, &signer, 1);
}

struct paper *referral_paper(struct arena *a, const struct referral_form *form) {
    struct paper *p = form_paper(a, PAPER_A5, &form->frame, form_say(&form->frame, "Phiếu chuyển cơ sở", "Referral"));
    add_referral(p, form);
    paper_break(&p->body);
    add_reply(p, form);
    return p;
}
