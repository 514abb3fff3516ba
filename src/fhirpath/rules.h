/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rules of R4 that stand in the prose of the specification, not in its invariants: what HL7's own validator checks beside them. Inner
 * header of the room.
 */
#ifndef FHIRPATH_RULES_H
#define FHIRPATH_RULES_H

#include "fhir/fhir.h"

struct rules {
    struct arena *arena; /* for texts */
    /* One broken rule: where (path and node), the IssueType, and the sentences. */
    void (*tell)(void *context, bool error, const struct json *node, str path, const char *code, str en, str vi);
    void *context;
};

/* Addresses of fullUrl, links, what a search may return, references inside documents and messages (R4 bundle.html). */
void rules_bundle(const struct rules *r, const struct json *bundle, str path);
/* An element of a data type: Attachment, Coding, Identifier, Extension, string. */
void rules_element(const struct rules *r, const struct json *node, const struct fhir_place *at);
/* Has rules_element anything to say about this type? */
bool rules_ask(fhir_type type);
/* enableWhen.question names another item that is there. */
void rules_questionnaire(const struct rules *r, const struct json *questionnaire, str path);

#endif
