/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the route files of this room share: small writers of JSON members and the person a path names.
 */
#ifndef CARE_ROUTES_INT_H
#define CARE_ROUTES_INT_H

#include "care.h"
#include "network/network.h"
#include "people/people.h"

/* One member, with a comma before it when one is needed; empty text, DAY_NONE: null. */
void add_text(struct buf *out, const char *name, str s);
void add_day(struct buf *out, const char *name, int32_t day);
void add_number(struct buf *out, const char *name, int64_t n);

/* The civil day of now. */
int32_t care_today(void);
/* The person {id} of the path: seen by the session or ERR_NOT_FOUND; audited; the answer is not to be stored. */
err care_subject(struct request *r, struct reader **reader, struct person *out);

#endif
