/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files that write FHIR JSON share (private): the person being written, and the small parts of every resource.
 */
#ifndef DEMO_EMIT_H
#define DEMO_EMIT_H

#include "generate.h"

#include "base/date.h"
#include "base/vocabulary.h"

struct emit_context {
    const struct generator *g;
    struct arena *a;
    str patient;
    int64_t number; /* of the resident */
    network_emit *emit;
    void *context;
};
struct site { str organization, nurse; }; /* ids */

/* {"resourceType":…,"id":…,"meta":… tagged synthetic */
void emit_begin(struct buf *out, const char *type, str id);
/* ,"NAME":{"coding":[…],"text":…}; text may be NULL */
void emit_coding(struct buf *out, const char *name, const char *system, const char *code, const char *text);
void emit_reference(struct buf *out, const char *name, const char *type, str id);
const char *emit_time(int32_t day, int minute, char out[32]);
/* A finished visit; `visit` a code of SYSTEM_VISIT or NULL. */
void emit_encounter(struct emit_context *c, str id, int32_t day, int minute, const struct site *site, const char *visit);
/* health.c: a child's measures, a check-up, diabetes, a call to somebody not seen for long (`seen`: last visit of the hypertension
 * programme, DAY_NONE not in it). */
void emit_health(struct emit_context *c, const struct resident *p, const struct site *site, int32_t seen);
/* illness.c: an examination of the last year with diagnosis and prescription, for some of those who are in no programme. */
void emit_illness(struct emit_context *c, const struct resident *p, const struct site *site);

#endif
