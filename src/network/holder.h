/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What rooms tell the network: which open things a place has (so that none is lost when it ends) and which monthly
 * numbers they keep at the smallest stable place (so that they can be shown under the network of any day). A room gives
 * a table; cli/rooms.c puts the tables together.
 */
#ifndef NETWORK_HOLDER_H
#define NETWORK_HOLDER_H

#include "store/store.h"

struct held {
    str place;
    int64_t count;
}; /* id of a site, or of an area: then its site's */
struct helds {
    struct held *at;
    size_t len, cap;
};

/* One kind of open thing. Either a FHIR search in which every %s becomes the id of the place (counted for each place
 * asked for), or a function that counts for all places at once. */
struct holder {
    const char *what, *vi, *en; /* code and names: "staff-post" */
    const char *type, *query;
    err (*count)(struct reader *r, struct arena *a, int32_t day, struct helds *out);
};
/* A monthly number kept at stable places: month is year * 12 + month - 1. */
struct monthly {
    int64_t place;
    int month;
    int64_t value;
}; /* rid */
struct monthlies {
    struct monthly *at;
    size_t len, cap;
};
struct network_measure {
    const char *name, *vi, *en;
    err (*read)(struct reader *r, struct arena *a, int from_month, int to_month, struct monthlies *out);
};

/* Tables of rows, each ended by one without `what` or `name`; the lists end with NULL. */
extern const struct holder *const node_holders[];
extern const struct network_measure *const node_measures[];

#endif
