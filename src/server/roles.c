/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roles → what they may do. Whom a clinical role sees follows from the post (place) of the account and is asked of the
 * rooms above (server_options.access_of); planner and director work on indicators and see no person's record.
 */
#include "server_int.h"

#define MAY(p) (1u << PERMISSION_##p)
#define STAFF (MAY(SIGNED_IN) | MAY(INDICATOR_READ) | MAY(FHIR))
#define CLINICAL (STAFF | MAY(PERSON_READ) | MAY(PERSON_WRITE))

static const struct role roles[] = {
    {"admin", CLINICAL | MAY(METRICS) | MAY(ADMINISTER) | MAY(NETWORK_PLAN) | MAY(NETWORK_SIGN), true, true},
    {"doctor", CLINICAL, false, true},
    {"nurse", CLINICAL, false, true},
    {"midwife", CLINICAL, false, true},
    {"pharmacist", CLINICAL, false, true},
    {"station-head", CLINICAL, false, true},
    {"village-health-worker", CLINICAL, false, true},
    {"epidemiologist", STAFF | MAY(PERSON_READ), true, true}, /* traces cases over the whole province; does not treat */
    {"auditor", STAFF | MAY(PERSON_READ), true, true},        /* every look into a record is itself audited */
    {"planner", STAFF | MAY(NETWORK_PLAN), false, false},
    {"director", STAFF | MAY(NETWORK_PLAN) | MAY(NETWORK_SIGN), false, false},
    {"metrics", MAY(METRICS), false, false}, /* for the token of a monitoring program */
};

const struct role *role_find(str code) {
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (str_is(code, roles[i].code)) return &roles[i];
    return NULL;
}

bool role_known(str role) { return role_find(role) != NULL; }

const char *role_name(size_t n) { return n < sizeof roles / sizeof *roles ? roles[n].code : NULL; }
