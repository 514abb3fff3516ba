/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which classes of sensitive content does a record carry? A pure rule over its codes and its labels (meta.security); the codes
 * are the dated table data/privacy/sensitive.csv. The store keeps the answer beside each record, so that a search plan leaves
 * out what the asker has no right of his own for.
 */
#ifndef FHIR_SENSITIVE_H
#define FHIR_SENSITIVE_H

#include "base/json.h"
#include "fhir/fhir.h"

/* code of the table, Vietnamese and English name */
#define SENSITIVE_CLASSES(X)                                                                                           \
    X(HIV, "hiv", "HIV", "HIV")                                                                                        \
    X(TUBERCULOSIS, "tuberculosis", "Lao", "Tuberculosis")                                                             \
    X(MENTAL, "mental", "Sức khỏe tâm thần", "Mental health")                                                          \
    X(ABORTION, "abortion", "Phá thai", "Abortion")                                                                    \
    X(VIOLENCE, "violence", "Bạo lực, xâm hại", "Violence and abuse")                                                  \
    X(SOCIAL, "social", "Trợ giúp xã hội", "Social care")                                                              \
    X(RESTRICTED, "restricted", "Hạn chế truy cập", "Restricted")
#define SENSITIVE_ENUM(name, code, vi, en) SENSITIVE_##name,
enum sensitive { SENSITIVE_CLASSES(SENSITIVE_ENUM) SENSITIVE_COUNT };
enum { SENSITIVE_ALL = (1 << SENSITIVE_COUNT) - 1 };

/* Bits 1 << enum sensitive of the resource; `day` is its clinical day (days since 1970, INT32_MAX: none), by which the dated
 * rows are chosen. A Patient is never in a class: that somebody exists is what everybody at the desk must see. An allergy is in
 * one by its label only: who prescribes must see it. */
uint32_t sensitive_classes(fhir_type type, const struct json *resource, int32_t day);
/* Changes when the table changes. */
int64_t sensitive_fingerprint(void);
const char *sensitive_code(enum sensitive c);
const char *sensitive_name(enum sensitive c, bool vietnamese);

#endif
