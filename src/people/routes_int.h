/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the route files of this room share.
 */
#ifndef PEOPLE_ROUTES_INT_H
#define PEOPLE_ROUTES_INT_H

#include "answer.h"
#include "card.h"
#include "people.h"
#include "server/server.h"

/* The person {id} of the path (of a replaced record: the one that goes on): seen by the session or ERR_NOT_FOUND; audited;
 * the answer is not to be stored. */
err people_subject(struct request *r, struct reader **reader, struct person *out);

err people_scan(struct request *r);
err people_likely(struct request *r);
err people_villages(struct request *r);
err people_family(struct request *r);
err people_household(struct request *r);
err people_history(struct request *r);
err people_merge(struct request *r);
err people_unmerge(struct request *r);

#endif
