/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the route files of this room share: the person a path names, and today.
 */
#ifndef CARE_ROUTES_INT_H
#define CARE_ROUTES_INT_H

#include "base/members.h"
#include "care.h"
#include "network/network.h"
#include "people/answer.h"
#include "people/people.h"

/* The person {id} of the path: seen by the session or ERR_NOT_FOUND; audited; the answer is not to be stored. */
err care_subject(struct request *r, struct reader **reader, struct person *out);

#endif
