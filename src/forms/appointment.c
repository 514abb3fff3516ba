/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The appointment slip. The day is the largest thing on it: it hangs on a wall at home. See appointment.h.
 */
#include "forms/appointment.h"

static str day_in_words(struct arena *a, const struct form_frame *f, int32_t day) {
    static const char *const vi[] = {"Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư"};
    static const char *const en[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};
    if (day == DAY_NONE) return STR("……/……/………");
    int weekday = (day % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    str date = form_day(a, day);
    return str_format(a, "%s, %.*s", (f->vietnamese ? vi : en)[weekday], STR_ARG(date));
}

static void add_line(struct paper *p, str label, str value) {
    if (value.len) paper_pair(&p->body, label, value);
}

struct paper *appointment_paper(struct arena *a, const struct appointment_form *form) {
    const struct form_frame *f = &form->frame;
    struct paper *p =
        form_paper(a, form->receipt ? PAPER_RECEIPT : PAPER_A6, f, form_say(f, "Phiếu hẹn", "Appointment"));
    struct paper_style middle = {.align = PAPER_CENTER}, large = {.size = 14, .bold = true, .align = PAPER_CENTER};
    p->numbers = PAPER_NO_NUMBERS;
    if (form->receipt) p->watermark = p->foot = STR_NONE; /* rolls have no pages: said in a line instead */
    if (form->receipt && f->synthetic) paper_text(&p->body, form_say(f, "DỮ LIỆU GIẢ LẬP", "SYNTHETIC DATA"), middle);
    paper_text(&p->body, f->facility.name, (struct paper_style){.size = 9.5, .bold = true, .align = PAPER_CENTER});
    if (f->facility.address.len) paper_text(&p->body, f->facility.address, middle);
    if (f->facility.phone.len)
        paper_text(&p->body, str_format(a, "%s%.*s", f->vietnamese ? "ĐT: " : "Tel. ", STR_ARG(f->facility.phone)),
                   middle);
    form_title(p, form_say(f, "PHIẾU HẸN", "APPOINTMENT"), STR_NONE);
    add_line(p, form_say(f, "Họ và tên", "Name"), form->who.name);
    add_line(p, form_say(f, "Ngày sinh", "Born"), form_date(a, form->who.birth));
    large.before = 2;
    paper_text(&p->body, day_in_words(a, f, form->on), large);
    if (form->time.len) {
        large.before = 0;
        paper_text(&p->body, form->time, large);
    }
    paper_space(&p->body, 2);
    add_line(p, form_say(f, "Tại", "At"), form->where.len ? form->where : f->facility.name);
    add_line(p, form_say(f, "Nội dung", "For"), form->what);
    add_line(p, form_say(f, "Mang theo", "Bring along"), form->bring);
    if (form->code.len) {
        paper_space(&p->body, 2);
        paper_qr(&p->body, form->code, 26, PAPER_CENTER);
    }
    str made = form_day(a, f->day);
    if (made.len)
        paper_text(&p->body, str_format(a, f->vietnamese ? "Hẹn ngày %.*s" : "Made on %.*s", STR_ARG(made)),
                   (struct paper_style){.size = 7, .align = PAPER_CENTER, .before = 1});
    return p;
}
