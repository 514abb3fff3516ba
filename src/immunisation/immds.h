/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HL7 ImmunizationFHIRDS (ImmDS STU2), FHIR R4: $immds-forecast without HTTP (private to the room).
 */
#ifndef IMMUNISATION_IMMDS_H
#define IMMUNISATION_IMMDS_H

#include "immunisation.h"

/* `body`: Parameters with assessmentDate (default `today`), patient, immunization*, and optionally Observation or
 * Condition resources as `observation`. Appends Parameters with evaluation* (ImmunizationEvaluation) and
 * recommendation (ImmunizationRecommendation). Error: ERR_INVALID, ERR_STRUCTURE with a sentence. */
err immds_forecast(struct arena *a, const struct schedule *s, str body, int32_t today, struct buf *out);

#endif
