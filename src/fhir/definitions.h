/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of the generated table (definitions_data.c): FHIR R4's types, elements, code sets, invariants, search parameters and
 * compartments. Texts are offsets into one pool; types, elements and sets are numbers. Type 0, set 0 and target list 0 mean none.
 */
#ifndef FHIR_DEFINITIONS_H
#define FHIR_DEFINITIONS_H

#include <stddef.h>
#include <stdint.h>

enum fhir_kind { KIND_NONE, KIND_RESOURCE, KIND_ABSTRACT, KIND_PRIMITIVE, KIND_COMPLEX, KIND_BACKBONE };

struct fhir_type_row {
    uint32_t name;
    uint16_t parent; /* specialisation: code → string → Element */
    uint8_t kind;
    uint16_t first, count; /* its elements, inherited ones included; none for primitives */
};

enum { ELEMENT_MANY = 1, ELEMENT_CHOICE = 2, ELEMENT_SUMMARY = 4, ELEMENT_MODIFIER = 8 };

struct fhir_element {
    uint32_t key;  /* name of the JSON member: "valueQuantity" */
    uint32_t name; /* name in FHIRPath: "value" */
    uint16_t type;
    uint16_t set;     /* bound value set */
    uint16_t targets; /* list of allowed reference targets, 0 any */
    uint8_t min;      /* of the FHIR element: of a choice, one of its members */
    uint8_t strength; /* of the binding: 1 required 2 extensible 3 preferred 4 example */
    uint8_t flags;
};

struct fhir_set { uint32_t url; uint16_t first, count; uint8_t known; /* codes can be enumerated */ };
struct fhir_code { uint32_t code, system; };
struct fhir_invariant { uint32_t key, expression, human; uint8_t error; };
struct fhir_invariant_use { uint8_t on_element; uint16_t owner, invariant; }; /* owner: type or element */
struct fhir_search_row {
    uint32_t code, expression, url;
    uint8_t kind;
    uint16_t base_first, base_count, target_first, target_count; /* in fhir_type_lists */
    uint16_t component_first, component_count;
};
struct fhir_component_row { uint32_t expression; uint16_t parameter; };
struct fhir_compartment_row { uint16_t owner, type; uint32_t code; };

extern const char fhir_pool[];
extern const struct fhir_type_row fhir_types[];
extern const struct fhir_element fhir_elements[];
extern const struct fhir_set fhir_sets[];
extern const struct fhir_code fhir_codes[];
extern const struct fhir_invariant fhir_invariants[];
extern const struct fhir_invariant_use fhir_invariant_uses[];
extern const struct fhir_search_row fhir_search_rows[];
extern const struct fhir_component_row fhir_component_rows[];
extern const struct fhir_compartment_row fhir_compartment_rows[];
extern const size_t fhir_types_count, fhir_elements_count, fhir_sets_count, fhir_codes_count, fhir_invariants_count,
    fhir_invariant_uses_count, fhir_search_rows_count, fhir_component_rows_count, fhir_compartment_rows_count;
extern const uint16_t fhir_type_lists[], fhir_target_first[], fhir_target_types[];

#endif
