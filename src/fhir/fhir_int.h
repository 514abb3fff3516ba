/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this room share: the search tables, the walkers.
 */
#ifndef FHIR_FHIR_INT_H
#define FHIR_FHIR_INT_H

#include "fhir.h"

/* ---- walkers: a search expression as steps (walker.c) ------------------------------------------------------------------ */

enum step_kind {
    STEP_MEMBER,  /* element `name` (a choice: whichever type is there) */
    STEP_AS,      /* keep nodes of `type` */
    STEP_INDEX,   /* keep the node number `index` */
    STEP_WHERE,   /* keep nodes whose member `name` equals `value` */
    STEP_RESOLVE, /* keep references whose target type is `type` */
    STEP_EXTENSION, /* extension(url): `value` */
    STEP_EXISTS   /* true or false as a boolean: has the focus any node */
};
struct step {
    enum step_kind kind;
    str name, value;
    fhir_type type;
    unsigned index;
    struct step *next;
};
struct walker { struct step *first; };

/* Compiles one alternative (no `|`) of an expression for resources of `type`. False when it is no plain path, or names another
 * type (*other is set). `only_target`: from a trailing where(resolve() is X). */
bool walker_compile(struct arena *a, str alternative, fhir_type type, struct walker *out, fhir_type *only_target, bool *other);
/* Applies it: nodes with their types; an absent path gives none. */
void walker_run(struct arena *a, const struct walker *w, fhir_type type, const struct json *resource, struct fhir_nodes *out);

/* The walker of a slot. */
const struct walker *slot_walkers(uint16_t slot, size_t *count);

#endif
