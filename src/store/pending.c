/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands in until the validation of the fhir room is there: a weak symbol that its real function replaces. To be deleted.
 */
#include "fhir/fhir.h"

__attribute__((weak)) bool fhir_validate(struct arena *a, str source, const struct json *resource, str path, struct fhir_issues *out) {
    (void)a, (void)source, (void)resource, (void)path, (void)out;
    return true;
}
