/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A patient as a line of JSON (private): `id, dob, sex, assessment_date, doses[{date, cvx, mvx, trade_name, volume,
 * lot_expiry, condition}], observations[{code, date}], area, country_of_birth`. Other keys are ignored.
 */
#ifndef IMMUNISATION_PATIENT_JSON_H
#define IMMUNISATION_PATIENT_JSON_H

#include "immunisation.h"

struct patient_line {
    str id; /* as JSON, "null" if there is none */
    struct patient patient;
    int32_t on;
    const struct forecast_issue *issues; /* of the input itself */
    size_t issue_count;
};

/* Error: ERR_INVALID with a sentence; out->id is set if it could be read. */
err patient_read(struct arena *a, str line, int32_t on_day, int32_t today, struct patient_line *out);
/* The Vietnamese for the error of patient_read. */
str patient_error_vietnamese(err e);

#endif
