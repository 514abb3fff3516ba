/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the papers of this room share: the person and the house as forms know them, lists of resources, the answer.
 */
#ifndef PRINT_PRINT_INT_H
#define PRINT_PRINT_INT_H

#include "forms/form.h"
#include "network/network.h"
#include "people/people.h"
#include "print.h"
#include "server/files.h"

/* Handlers, one file for each kind of paper. */
err print_prescription(struct request *r);
err print_visit(struct request *r);
err print_appointment(struct request *r);
err print_referral(struct request *r);
err print_growth(struct request *r);
err print_summary(struct request *r);
err print_register(struct request *r);
err print_access_log(struct request *r);

/* Vietnamese unless ?lang=en, or as the session speaks. */
bool print_vietnamese(struct request *r);

/* One printed person: seen by the session (else ERR_NOT_FOUND), audited, as the forms want it on the day. */
struct subject {
    struct person person;
    struct form_person form;
    int32_t birth; /* day, DAY_NONE when only year or month are known */
    int months;    /* of age on the day, -1 unknown */
};
err print_subject(struct request *r, struct reader **reader, str id, int32_t on, struct subject *out);
/* The frame of a paper of a day from an Organization (may be empty: the post of the session). */
err print_frame(struct request *r, struct reader *reader, str organization, int32_t day, struct form_frame *out);
/* Where somebody lives, by the network of the day: "Bản Co Mận, Xã Mường Phăng, Tỉnh Điện Biên". */
err print_address(struct reader *reader, struct arena *a, int64_t place, int32_t day, str *out);
/* "66 tuổi"; under 72 months "14 tháng". */
str print_age(struct arena *a, const struct subject *s, bool vietnamese, int32_t on);

/* Current resources a query finds, parsed, with the rights of `who` (NULL: of the session), at most `most`. */
struct resources {
    const struct json **at;
    size_t len, cap;
};
err print_find(struct request *r, struct reader *reader, const struct access *who, fhir_type type, str query,
               size_t most, struct resources *out);
/* One resource by id, if the session may see it. ERR_NOT_FOUND. */
err print_get(struct request *r, struct reader *reader, fhir_type type, str id, const struct json **out);

/* Small readers. */
str print_concept(const struct json *concept);                  /* text, else display, else code of the first coding */
str print_code(const struct json *concept, const char *system); /* code of that system or STR_NONE */
str print_reference(const struct json *reference,
                    fhir_type type);                              /* id of a local reference to that type or STR_NONE */
int32_t print_day(str date_time);                                 /* civil day of +07:00 or DAY_NONE */
str print_diagnosis(struct arena *a, const struct json *concept); /* "Tăng huyết áp vô căn (I10)" */
str print_decimal(struct arena *a, const struct json *number,
                  bool vietnamese); /* digits as sent, comma in Vietnamese */
/* What was measured or found, in a line: "Huyết áp 152/94 mmHg"; empty when there is no value. */
str print_observation(struct arena *a, const struct json *observation, bool vietnamese);
/* Name of a Practitioner and the title of his post ("Bác sĩ"), as far as known. */
err print_practitioner(struct reader *reader, struct arena *a, const struct json *reference, bool vietnamese, str *name,
                       str *title);

/* What a visit was for: its own diagnoses, else what stands in the problem list, else what a programme follows the person
 * for; never what another visit found. Appended. */
struct texts {
    str *at;
    size_t len, cap;
};
err print_diagnoses(struct request *r, struct reader *reader, const struct access *who, str person, str encounter,
                    int32_t day, struct texts *out);
void print_concepts(struct arena *a, const struct json *list, struct texts *out); /* each as print_diagnosis */

#endif
