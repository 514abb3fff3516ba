/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The founding state of a place, from its Location and the resources that refer to it. Pure: JSON in, structs out.
 */
#ifndef NETWORK_FOUNDING_H
#define NETWORK_FOUNDING_H

#include "temporal.h"

/* A place begun by a decision (extension begun-by) does not exist until that decision says so. `affiliations` and
 * `services` are the OrganizationAffiliation and HealthcareService resources whose location it is; either list may be
 * empty. Texts are views into the trees, or live in `a`. `location` NULL: nothing is known, exists is false. */
struct founding_resources {
    const struct json *location;
    const struct json *const *affiliations, *const *services;
    size_t affiliation_count, service_count;
};
void place_founding(struct arena *a, const struct founding_resources *in, struct network_founding *out);
/* The same for many at once. */
struct network_resource_lists {
    const struct json *const *locations, *const *affiliations, *const *services;
    size_t location_count, affiliation_count, service_count;
};
err network_foundings(struct arena *a, const struct network_resource_lists *in, struct network_founding **out,
                      size_t *count);
/* The resource has the tag of system urn:tram:tag. */
bool resource_tagged(const struct json *resource, const char *code);

#endif
