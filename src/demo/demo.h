/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The demonstration province: a real network with invented people (docs/demo.md), written through the one door.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include "store/store.h"

struct demo_options {
    str province;      /* "11" */
    int64_t scale_ppm; /* of the population: 20,000 = 0.02 (demo_scale reads the text) */
    uint64_t seed;
    int32_t on;       /* the day; the last visits are on the day before */
    bool accounts;    /* make the accounts of demo_accounts as well */
    bool people_only; /* without visits: for measuring */
};
/* "0.02" → 20,000; false unless 0 < scale <= 1 with at most six decimals. */
bool demo_scale(str text, int64_t *ppm);

struct demo_result {
    int64_t residents, households, resources;
};
/* Called now and then with residents written and to be written. */
typedef void demo_progress(void *context, int64_t done, int64_t total);

/* Fills a node. The same options give the same resources; on a node that has them already nothing changes.
 * ERR_NOT_FOUND: no such province; ERR_USAGE: scale; and what store_commit gives. `progress` and `out` may be NULL. */
err demo_make(struct store *s, struct arena *a, const struct demo_options *options, demo_progress *progress,
              void *context, struct demo_result *out);

/* The accounts of the demonstration, ended by a name NULL; all have DEMO_PASSWORD. To be printed by whoever makes the
 * demo. */
struct demo_account {
    const char *name, *role;
    const char *title;   /* before the name of the invented person, "ĐD." */
    const char *commune; /* name of the commune of the post, NULL: the health department */
    bool point;          /* at a point of the commune instead of its station */
};
extern const struct demo_account demo_accounts[];
#define DEMO_PASSWORD "tram-demo"

#endif
