/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decisions: drafts, check, signing, revocation, and everything that is asked of the network in time (docs/network.md).
 */
#ifndef DECISIONS_DECISIONS_H
#define DECISIONS_DECISIONS_H

#include "check.h"
#include "network/holder.h"
#include "network/network.h"
#include "server/server.h"

/* Routes of /api/network… and /api/decisions…, ended by a row with method NULL. Boundaries are a table of the node's
 * own. */
extern const struct route network_routes[], decision_routes[], decision_print_routes[], list_routes[], series_routes[],
    facility_routes[];
/* Decisions entered at /registers stay drafts (node_gates). */
rest_gate decisions_gate;
extern const struct store_room decisions_room;
/* What FHIR resources tell of open things (appointments, staff posts, cases, claims, equipment), for node_holders. */
extern const struct holder fhir_holders[];

/* One decision, draft or signed; its texts live in `a`. ERR_NOT_FOUND, ERR_GONE. */
err decision_load(struct reader *r, struct arena *a, str id, struct version *v, struct decision *out);

/* Everything the check has to say. */
struct checked {
    struct decision decision; /* resolved */
    struct network before, after;
    struct problems problems;
    struct losers losers;
    struct ledger ledger;
    struct burdens burdens;
};
/* Checks a decision (signed or not, stored or not) against the node. Counts only what places that end or change kind
 * have. */
err decision_check(struct reader *r, struct arena *a, const struct decision *d, bool list, struct checked *out);

/* Signs: resolves, checks, and writes the decision with the places it begins as one commit. `d` has number, days and
 * signer already. ERR_UNPROCESSABLE when the check has an error: *out then holds it and nothing is written.
 * ERR_CONFLICT when the network changed meanwhile. `expected` (may be NULL): the version of the draft. */
struct signing {
    struct store *store;
    str actor;
    const struct version_id *expected;
    bool list; /* check.h, check_input */
};
err decision_sign(struct arena *a, const struct signing *s, struct decision *d, struct checked *out,
                  struct version *result);
/* A revocation of `old` on a day, listing its places: not yet signed. */
void decision_revocation(struct arena *a, const struct decision *old, struct decision *out);
/* "decision-" and 16 random digits. */
str decision_new_id(struct arena *a);

/* ---- answers as JSON (docs/network.md), for routes and the command line
 * ---------------------------------------------- */

struct network_view {
    int32_t at, known;
    const str *plans;
    size_t plan_count;
    enum place_kind kind; /* PLACE_UNKNOWN: all but hamlets */
    str commune;          /* empty: all */
    bool ended, bare;     /* ended places too; only what contracts.md's command line prints */
};
err network_answer(struct reader *r, struct arena *a, const struct network_view *view, struct buf *out);
void checked_answer(struct arena *a, const struct checked *c, int64_t milliseconds, struct buf *out);
void ledger_answer(struct arena *a, const struct checked *c, struct buf *out);
/* A list applied as one signed decision, or looked at (`apply` false: nothing is written). The answer is that of POST
 * /api/network/import; *refused: it holds an error and nothing was written. ERR_INVALID for what is no list. */
struct list_import {
    struct store *store;
    str actor, bytes; /* CSV, an Excel workbook, or an mCSD Bundle */
    bool apply;
    int32_t day;
    bool vietnamese;
};
err list_import(struct arena *a, const struct list_import *in, struct buf *out, bool *refused);
/* An mCSD Bundle of a day. */
void network_mcsd(struct arena *a, const struct network *n, int32_t day, struct buf *out);
/* GeoJSON: one feature a code; replaces what was there. The answer is that of PUT /api/network/boundaries. */
err boundaries_import(struct store *s, struct arena *a, str geojson, struct buf *out);
/* The FeatureCollection of what was imported. */
err boundaries_answer(struct reader *r, struct arena *a, struct buf *out);
/* Published figures that cannot be right. */
void quality_answer(struct arena *a, const struct network *n, int32_t day, struct buf *out);
void problems_answer(struct arena *a, const struct network *n, const struct problems *p, struct buf *out);

#endif
