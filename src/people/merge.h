/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two records of one person become one, and can be parted again. Pure: Patient bodies in, Patient bodies out. Only the two
 * Patient resources get a link (FHIR R4 Patient.link: `replaces` in the one that goes on, `replaced-by` in the other);
 * nothing recorded under either id is rewritten (store/tied.c reads both). Parting takes exactly these links away: the
 * bytes are those of before.
 */
#ifndef PEOPLE_MERGE_H
#define PEOPLE_MERGE_H

#include "base/json.h"

/* The Patient `body` with a link of that type to Patient/`other`. ERR_CONFLICT when it has it already. */
err merge_link(struct arena *a, str body, const char *type, str other, str *out);
/* Without that link. ERR_NOT_FOUND when it is not there. */
err merge_unlink(struct arena *a, str body, const char *type, str other, str *out);

/* May `replaced` be merged into `keep`? ERR_INVALID with the reason: the same record, or one of them is replaced already. */
err merge_allowed(struct arena *a, const struct json *keep, const struct json *replaced);

#endif
