/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The prescription on A5 with its code as QR (Circular 26/2025/TT-BYT: content of a prescription; narcotic "N" and
 * psychotropic "H" prescriptions apart and in three copies). What may be prescribed is decided elsewhere; quantities
 * come as text ("05 viên", narcotics in words).
 */
#ifndef FORMS_PRESCRIPTION_H
#define FORMS_PRESCRIPTION_H

#include "form.h"

enum prescription_kind { PRESCRIPTION_ORDINARY, PRESCRIPTION_NARCOTIC, PRESCRIPTION_PSYCHOTROPIC };

struct prescription_medicine {
    str name;     /* generic (brand), strength: "Amlodipin 5 mg" */
    str quantity; /* "30 viên" */
    str usage;    /* dose each time, times a day, route, time of day, days */
};

struct prescription_form {
    struct form_frame frame;
    struct form_person who;
    enum prescription_kind kind;
    str code;             /* 14 characters, xxxxxyyyyyyy-z: also the QR; empty: a draft, said across the page */
    bool provisional;     /* the code is a number of the house: its facility has no code yet */
    str replaces;         /* code of the prescription this one replaces, or empty */
    const str *diagnoses; /* "Tăng huyết áp vô căn (I10)" */
    size_t diagnosis_count;
    const struct prescription_medicine *medicines;
    size_t medicine_count;
    int days;                      /* of treatment; 0 unknown */
    str advice, revisit;           /* revisit: a date as form_day gives it, or words */
    struct form_signer prescriber; /* title "Bác sĩ", name; `how` empty */
};

/* One or more in a file: an ordinary and an N prescription of one visit. At least one. */
struct paper *prescription_paper(struct arena *a, const struct prescription_form *forms, size_t count);

#endif
