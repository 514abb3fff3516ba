/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prescribing: the catalogue of medicines and diagnoses, the live check of a prescription, and the gate that keeps what
 * the law forbids out of the store. The rules are in rules.h, pure; the FHIR shapes in docs/prescribing.md.
 */
#ifndef PRESCRIBING_PRESCRIBING_H
#define PRESCRIBING_PRESCRIBING_H

#include "server/server.h"

extern const struct route prescribing_routes[];

/* Looks at MedicationRequest and RequestGroup that carry a prescription code (groupIdentifier, SYSTEM_PRESCRIPTION):
 * the rules of the circular for new ones, and that issued ones are never edited or deleted. ERR_UNPROCESSABLE. */
rest_gate prescribing_gate;

#endif
