/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The appointment slip: 80 mm roll or A6.
 */
#ifndef FORMS_APPOINTMENT_H
#define FORMS_APPOINTMENT_H

#include "form.h"

struct appointment_form {
    struct form_frame frame;
    struct form_person who; /* name, birth, phone are printed */
    str code;               /* what the QR says when the person comes back; empty: none */
    int32_t on;             /* the day; DAY_NONE leaves dots */
    str time;               /* "07:30" or empty */
    str where;              /* empty: the facility of the frame */
    str what;               /* "Khám huyết áp, lĩnh thuốc" */
    str bring;              /* what to bring along */
    bool receipt;           /* 80 mm roll, else A6 */
};

struct paper *appointment_paper(struct arena *a, const struct appointment_form *form);

#endif
