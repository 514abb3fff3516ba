/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The yearly free check-up as dated data (data/programmes/check-up.json): who belongs to a group that is switched on,
 * from which day the next is due, and what is asked at which age. Pure.
 */
#ifndef PROGRAMMES_CHECK_UP_H
#define PROGRAMMES_CHECK_UP_H

#include "base/date.h"
#include "base/json.h"

struct check_up_due {
    const struct json *group; /* NULL: in no group */
    int32_t due_on;           /* DAY_NONE: none */
    int32_t until;            /* out of the group from here; INT32_MAX: stays */
};
/* The group by which the next check-up comes first. `birth` as known ("1959"), `chronic`: under care for a chronic disease, `last`:
 * day of the last check-up or DAY_NONE: the next is due from 1 January of the year after it. */
struct check_up_due check_up_next(str birth, bool chronic, int32_t last);
/* Is this item of the sheet asked at that age (completed years; -1 unknown: everything is)? */
bool check_up_asks(const struct json *item, int age);
/* The items of the sheet. */
const struct json *check_up_items(void);

#endif
