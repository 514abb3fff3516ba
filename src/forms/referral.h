/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Referral to another facility on A5, and the reply that comes back, on its second page: filled, or with lines to write
 * on. The official name of the form changed with Circular 01/2025 and may change again: `title` is the caller's
 * setting.
 */
#ifndef FORMS_REFERRAL_H
#define FORMS_REFERRAL_H

#include "form.h"

struct referral_reply {
    struct form_facility from;
    int32_t day;
    str findings, diagnosis, treatment, advice;
    struct form_signer signer;
};
struct referral_form {
    struct form_frame frame;
    struct form_person who;
    str title;            /* empty: "PHIẾU CHUYỂN CƠ SỞ KHÁM BỆNH, CHỮA BỆNH" */
    str number;           /* of the paper in the facility's own series, or empty */
    str code;             /* QR: by which the receiving facility finds the referral; empty: none */
    str to;               /* receiving facility */
    str from_day, to_day; /* treated from … to …, as text */
    str signs;            /* clinical signs */
    str results;          /* tests and imaging */
    str diagnosis;
    str treatment; /* methods, procedures, medicines already used */
    str condition; /* at the time of transfer */
    str reason;    /* why */
    str departure; /* day and hour */
    str transport, escort;
    struct form_signer doctor, head;    /* head: who signs for the facility; a title alone leaves room */
    const struct referral_reply *reply; /* NULL: lines to write on */
};

struct paper *referral_paper(struct arena *a, const struct referral_form *form);

#endif
