/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the forms share: frame, heads, dates, the lines about a person, signatures.
 */
#include "form.h"

struct paper *form_paper(struct arena *a, enum paper_size size, const struct form_frame *frame, str title) {
    struct paper *p = paper_new(a, size, frame->vietnamese);
    p->title = title;
    p->made = frame->made;
    p->numbers = PAPER_FOOT;
    p->foot = frame->facility.name;
    if (frame->synthetic) {
        str word = form_say(frame, "Dữ liệu giả lập", "Synthetic data");
        p->watermark = form_say(frame, "DỮ LIỆU GIẢ LẬP", "SYNTHETIC DATA");
        p->foot = str_format(a, "%.*s%s%.*s", STR_ARG(p->foot), p->foot.len ? " · " : "", STR_ARG(word));
    }
    return p;
}

str form_date(struct arena *a, str date) {
    struct date_time d;
    if (!date_parse(date, false, &d)) return date;
    if (d.precision == DATE_YEAR) return date;
    if (d.precision == DATE_MONTH) return str_format(a, "%02d/%04d", d.month, d.year);
    return str_format(a, "%02d/%02d/%04d", d.day, d.month, d.year);
}

str form_day(struct arena *a, int32_t day) {
    char text[11];
    return day == DAY_NONE ? STR_NONE : str_copy(a, str_of(day_show(day, text)));
}

str form_place_and_day(struct arena *a, const struct form_frame *f, bool vietnamese) {
    int y, m, d;
    str place = f->facility.locality, comma = place.len ? STR(", ") : STR_NONE;
    if (f->day == DAY_NONE)
        return vietnamese ? str_format(a, "%.*s%.*sngày …… tháng …… năm ………", STR_ARG(place), STR_ARG(comma))
                          : str_format(a, "%.*s%.*sdate …… / …… / ………", STR_ARG(place), STR_ARG(comma));
    if (!vietnamese) return str_format(a, "%.*s%.*s%.*s", STR_ARG(place), STR_ARG(comma), STR_ARG(form_day(a, f->day)));
    day_to_civil(f->day, &y, &m, &d);
    return str_format(a, m < 3 ? "%.*s%.*sngày %02d tháng %02d năm %d" : "%.*s%.*sngày %02d tháng %d năm %d",
                      STR_ARG(place), STR_ARG(comma), d, m, y);
}

str form_sex(const struct form_frame *f, str sex) {
    if (str_is(sex, "male")) return form_say(f, "Nam", "Male");
    if (str_is(sex, "female")) return form_say(f, "Nữ", "Female");
    if (str_is(sex, "other")) return form_say(f, "Khác", "Other");
    return STR_NONE;
}

/* ---- heads ------------------------------------------------------------------------------------------------------ */

struct paper_flow *form_head(struct paper *p, const struct form_frame *frame) {
    const struct form_facility *h = &frame->facility;
    double size = p->size == PAPER_A4 ? 10 : 8.5;
    struct paper_flow *f = paper_columns(&p->body, 2, (double[]){5, 3});
    if (h->parent.len) paper_text(&f[0], h->parent, (struct paper_style){.size = size});
    paper_text(&f[0], h->name, (struct paper_style){.size = size + 0.5, .bold = true});
    if (h->address.len) paper_text(&f[0], h->address, (struct paper_style){.size = size - 0.5});
    if (h->phone.len)
        paper_text(&f[0], str_format(p->body.arena, "%s%.*s", frame->vietnamese ? "ĐT: " : "Tel. ", STR_ARG(h->phone)),
                   (struct paper_style){.size = size - 0.5});
    if (h->code.len)
        paper_text(&f[0],
                   str_format(p->body.arena, "%s%.*s", frame->vietnamese ? "Mã cơ sở: " : "Facility code: ", STR_ARG(h->code)),
                   (struct paper_style){.size = size - 0.5});
    return &f[1];
}

struct paper_flow *form_state_head(struct paper *p, str above, str issuer, struct paper_flow **right) {
    double small = p->size == PAPER_A4 ? 12 : 8, large = p->size == PAPER_A4 ? 13 : 8.5;
    struct paper_flow *f = paper_columns(&p->body, 2, (double[]){4, 6});
    struct paper_style middle = {.size = small, .align = PAPER_CENTER},
                       bold = {.size = small, .align = PAPER_CENTER, .bold = true};
    if (above.len) paper_text(&f[0], above, middle);
    paper_text(&f[0], issuer, bold);
    paper_rule(&f[0], p->size == PAPER_A4 ? 22 : 14);
    paper_text(&f[1], STR("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), bold);
    bold.size = large;
    paper_text(&f[1], STR("Độc lập - Tự do - Hạnh phúc"), bold);
    paper_rule(&f[1], p->size == PAPER_A4 ? 58 : 36);
    if (right) *right = &f[1];
    return &f[0];
}

void form_title(struct paper *p, str title, str under) {
    double size = p->size == PAPER_A4 ? 15 : p->size == PAPER_A5 ? 13 : 11;
    paper_text(&p->body, title,
               (struct paper_style){.size = size, .bold = true, .align = PAPER_CENTER, .before = 2, .keep = true});
    if (under.len)
        paper_text(&p->body, under, (struct paper_style){.align = PAPER_CENTER, .italic = true, .keep = true});
    paper_space(&p->body, 2);
}

/* ---- the person ------------------------------------------------------------------------------------------------- */

static void add_part(struct buf *line, const char *label, str value) {
    if (!value.len) return;
    buf_addf(line, "%s%s: " PAPER_B "%.*s" PAPER_N, line->len ? " \u2003 " : "", label, STR_ARG(value));
}

static void end_line(struct paper *p, struct buf *line) {
    if (line->len) paper_text(&p->body, buf_str(line), (struct paper_style){0});
    *line = buf_new(p->body.arena);
}

void form_who(struct paper *p, const struct form_frame *f, const struct form_person *who) {
    struct arena *a = p->body.arena;
    bool vi = f->vietnamese;
    struct buf line = buf_new(a);
    str birth = form_date(a, who->birth);
    if (who->age.len) birth = str_format(a, birth.len ? "%.*s (%.*s)" : "%.*s%.*s", STR_ARG(birth), STR_ARG(who->age));
    paper_pair(&p->body, form_say(f, "Họ và tên", "Name"), who->name);
    add_part(&line, vi ? "Ngày sinh" : "Born", birth);
    add_part(&line, vi ? "Giới tính" : "Sex", form_sex(f, who->sex));
    add_part(&line, vi ? "Cân nặng" : "Weight", who->weight);
    add_part(&line, vi ? "Dân tộc" : "Ethnic group", who->ethnic);
    end_line(p, &line);
    add_part(&line, vi ? "Số định danh cá nhân" : "Identity number", who->identity);
    add_part(&line, vi ? "Thẻ BHYT" : "Insurance", who->insurance);
    end_line(p, &line);
    add_part(&line, vi ? "Nơi ở" : "Address", who->address);
    end_line(p, &line);
    add_part(&line, vi ? "Điện thoại" : "Telephone", who->phone);
    add_part(&line, vi ? "Người giám hộ" : "Guardian", who->guardian);
    add_part(&line, vi ? "Nghề nghiệp" : "Occupation", who->occupation);
    end_line(p, &line);
}

/* ---- signatures ------------------------------------------------------------------------------------------------- */

void form_signatures(struct paper *p, const struct form_frame *frame, const struct form_signer *signers, size_t count) {
    struct arena *a = p->body.arena;
    if (count > PAPER_COLUMNS) count = PAPER_COLUMNS;
    double shares[PAPER_COLUMNS] = {1, 1, 1, 1};
    struct paper_flow *f;
    paper_space(&p->body, 3);
    if (count == 1) { /* at the right, as everywhere */
        f = paper_columns(&p->body, 2, (double[]){2, 3}) + 1;
    } else {
        if (count == 2) shares[1] = 1.3;
        f = paper_columns(&p->body, count, shares);
    }
    struct paper_style middle = {.align = PAPER_CENTER}, bold = {.align = PAPER_CENTER, .bold = true};
    for (size_t i = 0; i < count; i++) {
        const struct form_signer *s = &signers[i];
        struct paper_style italic = {.size = p->size == PAPER_A4 ? 10 : 9, .align = PAPER_CENTER, .italic = true};
        paper_text(&f[i], i + 1 == count ? form_place_and_day(a, frame, frame->vietnamese) : STR(" "), italic);
        paper_text(&f[i], s->title, bold);
        paper_text(&f[i], s->how.len ? s->how : form_say(frame, "(ký, ghi rõ họ tên)", "(signature and full name)"),
                   italic);
        paper_space(&f[i], p->size == PAPER_A4 ? 18 : 12);
        paper_text(&f[i], s->name, s->name.len ? bold : middle);
    }
}

void form_translation(struct paper *p, const struct form_frame *frame) {
    if (frame->vietnamese) return;
    paper_text(&p->body, STR("Translation for information. The form in Vietnamese is the valid one."),
               (struct paper_style){.size = 7, .italic = true, .align = PAPER_CENTER});
}
