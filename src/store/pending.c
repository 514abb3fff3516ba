/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands in until the extraction of the fhir room is there: weak symbols that its real functions replace. To be deleted.
 */
#include "fhir/fhir.h"

const struct fhir_slot *fhir_slots __attribute__((weak));
size_t fhir_slot_count __attribute__((weak));
__attribute__((weak)) void fhir_start(void) {}
__attribute__((weak)) void fhir_extract(struct arena *a, fhir_type type, const struct json *resource, struct fhir_index *out) {
    (void)a, (void)resource, (void)type;
    *out = (struct fhir_index){0};
}
__attribute__((weak)) struct fhir_reference fhir_reference_parse(str reference) {
    struct fhir_reference r = {.kind = REFERENCE_NONE, .url = reference};
    size_t slash = str_find(reference, '/');
    if (slash == reference.len) return r;
    r.type = fhir_type_by_name(str_slice(reference, 0, slash));
    r.id = str_slice(reference, slash + 1, reference.len);
    if (r.type != FHIR_TYPE_NONE) r.kind = REFERENCE_LOCAL;
    return r;
}
