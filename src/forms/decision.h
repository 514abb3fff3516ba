/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A decision with its annex in the layout of Decree 30/2020/NĐ-CP, annex I: national motto, issuing body, number, place
 * and date, subject, bases, articles, recipients, signature; A4, margins 20-20-30-15 mm, Times-like type 13-14, page
 * numbers centred on top from page 2. Always in Vietnamese. Marked "BẢN DỰ THẢO" until number, date and signer are
 * entered.
 */
#ifndef FORMS_DECISION_H
#define FORMS_DECISION_H

#include "form.h"

struct decision_annex {
    str title; /* "Danh mục trạm y tế và điểm trạm" */
    const struct paper_column *columns;
    size_t column_count;
    const struct paper_row *rows;
    size_t row_count;
};
struct decision_form {
    bool synthetic;
    int64_t made;
    str above;     /* "ỦY BAN NHÂN DÂN" … the body above, or empty */
    str issuer;    /* "ỦY BAN NHÂN DÂN TỈNH ĐIỆN BIÊN" */
    str number;    /* "05/QĐ-UBND"; empty: a draft with dots */
    str symbol;    /* "QĐ-UBND": after the dots of a draft */
    str locality;  /* "Điện Biên" */
    int32_t day;   /* DAY_NONE: a draft */
    str subject;   /* "Về việc sắp xếp trạm y tế …" */
    str authority; /* the line in capitals: "ỦY BAN NHÂN DÂN TỈNH ĐIỆN BIÊN" or "GIÁM ĐỐC SỞ Y TẾ" */
    const str *bases; /* "Căn cứ Luật …" without the semicolon */
    size_t base_count;
    str proposal;        /* "Theo đề nghị của Giám đốc Sở Y tế tại Tờ trình số …" or empty */
    const str *articles; /* text of each, without "Điều n." */
    size_t article_count;
    const str *recipients; /* "Như Điều 3", "Lưu: VT, NVY" */
    size_t recipient_count;
    str on_behalf; /* "TM. ỦY BAN NHÂN DÂN", "KT. GIÁM ĐỐC" … or empty */
    str post;      /* "CHỦ TỊCH" */
    str signer;    /* name; empty: a draft */
    const struct decision_annex *annexes;
    size_t annex_count;
};

/* Is anything missing that makes it a decision: number, day or signer? */
bool decision_is_draft(const struct decision_form *form);
/* The decision and its annexes in portrait. */
struct paper *decision_paper(struct arena *a, const struct decision_form *form);
/* One annex alone, across the page. */
struct paper *decision_annex_paper(struct arena *a, const struct decision_form *form, size_t annex);

#endif
