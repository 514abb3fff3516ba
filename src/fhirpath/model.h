/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine asks of the FHIR definitions: the children of an element by their FHIRPath name, with choices, `_name` siblings and
 * types resolved. Thin over fhir/.
 */
#ifndef FHIRPATH_MODEL_H
#define FHIRPATH_MODEL_H

#include "fhir/fhir.h"

typedef fhir_type model_type;

/* Types the engine tells apart; looked up once. */
struct model_types {
    model_type boolean, integer, decimal, string, date, date_time, instant, time, quantity, element, resource, extension, reference, coding,
        codeable_concept, identifier;
};
const struct model_types *model_types(void);

/* Calls add(context, type, value, extra) for every child called `name` of an element: items of arrays one by one with their items of
 * `_name`; value or extra may be NULL, not both. False when the type has no element of that name. */
typedef void model_visit(void *context, model_type type, const struct json *value, const struct json *extra);
bool model_children(model_type type, const struct json *object, const struct json *extra, str name, model_visit *add, void *context);
/* The elements of a type with that FHIRPath name: fhir_elements[*first, *first + *count). False: none. */
bool model_elements(model_type type, str name, uint16_t *first, uint16_t *count);
/* The children, when the elements were looked up before. */
void model_element_children(uint16_t first, uint16_t count, str name, const struct json *object, model_visit *add, void *context);
/* The same for all children in document order. */
void model_all_children(model_type type, const struct json *object, const struct json *extra, model_visit *add, void *context);

/* For static checks: the child's type (FHIR_TYPE_NONE when several or unknown) and whether it repeats. False: no such element. */
bool model_child_type(model_type type, str name, model_type *out, bool *many);

#endif
