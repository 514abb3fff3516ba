/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prescriptions out of JSON and out of the record: what the routes and the gate share.
 */
#ifndef PRESCRIBING_RECORD_H
#define PRESCRIBING_RECORD_H

#include "catalogue.h"
#include "search/search.h"

/* Civil day of +07:00 of a date or dateTime; DAY_NONE when absent or wrong. */
int32_t record_day(str date_time);
/* The coding of a system in a CodeableConcept: its code, or STR_NONE. */
str record_code(const struct json *concept, const char *system);
/* The id of a local reference to that type, or STR_NONE. */
str record_id(const struct json *reference, fhir_type type);
/* A number or a text as an exact fraction. */
struct rational record_number(const struct json *value);
/* The code of the prescription a MedicationRequest or RequestGroup belongs to, or STR_NONE. */
str record_prescription(const struct json *resource);

/* Birth of a Patient into p (birth, birth_exact). */
void record_birth(const struct json *patient, struct prescription *p);
/* One MedicationRequest as a line, its reasons as diagnoses; times and dose when the timing is coded. */
void record_line(const struct prescribing_tables *t, struct arena *a, const struct json *request, struct prescription_line *out);
void record_reasons(struct arena *a, const struct json *request, struct prescription *p);
/* A body weight Observation that counts: its kilograms and day, if newer than what p has. */
void record_weight(const struct json *observation, struct prescription *p);

/* Current resources of a type of a person, newest first, parsed; `query` are further search parameters ("&status=active") or "". */
struct record_list { const struct json **at; size_t len, cap; };
/* Whose eyes: of the session for whatever is shown; NULL everybody's, for a rule that shows nothing. */
struct record_eyes { struct reader *reader; struct arena *arena; const struct access *who; };
err record_of(const struct record_eyes *e, fhir_type type, str patient, const char *query, struct record_list *out);
/* The newest weight of the record into p. */
err record_last_weight(const struct record_eyes *e, str patient, struct prescription *p);
/* Allergies and what is being taken on a day, without what belongs to the prescription `without` (may be empty).
 * Not `known` when something of it is hidden from these eyes: then nothing may be called free of alerts. */
err record_medicines(const struct record_eyes *e, str patient, int32_t on, str without, struct person_medicines *out);

/* The body of POST /api/prescriptions/check. ERR_INVALID names the member. `patient` may come out empty. */
struct check_body { struct prescription prescription; str patient, replaces; };
err record_check_body(const struct prescribing_tables *t, struct arena *a, const struct json *body, int32_t today, struct check_body *out);

#endif
