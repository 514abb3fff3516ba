/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of this room share: the search tables, the walkers.
 */
#ifndef FHIR_FHIR_INT_H
#define FHIR_FHIR_INT_H

#include "fhir.h"

/* What is wrong with the XHTML of a narrative (a literal phrase), or NULL (xhtml.c). */
const char *xhtml_problem(str text);

/* ---- walkers: a search expression as steps (walker.c) ------------------------------------------------------------------ */

enum step_kind {
    STEP_MEMBER,   /* element `name`; of a choice whichever type is there */
    STEP_AS,       /* keep nodes of `type` */
    STEP_INDEX,    /* keep the node number `index` */
    STEP_WHERE     /* keep nodes whose member `name` is the text `value` */
};
struct step {
    enum step_kind kind;
    str name, value;
    fhir_type type;
    unsigned index;
    fhir_type owner;                    /* MEMBER: static type, FHIR_TYPE_NONE when several are possible */
    const struct fhir_element *element; /* MEMBER: of the owner, NULL for a choice */
    struct step *next;
};
struct walker {
    struct step *first;
    bool not_false; /* gives one boolean: there is a node and it is not false */
};

/* Compiles one alternative (no `|`) of an expression for resources of `type`. False when it is no plain path, or names another
 * type (*other is set). `only_target`: from a trailing where(resolve() is X). */
bool walker_compile(struct arena *a, str alternative, fhir_type type, struct walker *out, fhir_type *only_target, bool *other);
/* Applies it: nodes with their types; an absent path gives none. */
void walker_run(struct arena *a, const struct walker *w, fhir_type type, const struct json *resource, struct fhir_nodes *out);

void fhir_nodes_add(struct arena *a, struct fhir_nodes *list, struct fhir_node node);
/* The walkers of a slot. */
const struct walker *slot_walkers(uint16_t slot, size_t *count);
/* Slots of a type are numbered together: [*first, *end). */
void type_slots(fhir_type type, uint16_t *first, uint16_t *end);
/* Slots whose links place a resource of the type in the Patient compartment; the slot of its clinical date or FHIR_NO_SLOT. */
const uint16_t *compartment_slots(fhir_type type, size_t *count);
uint16_t clinical_slot(fhir_type type);
/* A composite slot: the walkers of its roots and of its two components, relative to a root. */
struct composite { struct walker roots[2]; size_t root_count; struct walker part[2]; enum search_kind kind; };
const struct composite *slot_composite(uint16_t slot);

#endif
