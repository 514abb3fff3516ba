/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The check of a decision before it is signed, pure: every broken rule, every loser, the ledger, norms and ways before
 * and after. Plain structs in and out; who has what at a place is counted by the caller (holder.h). Rule names:
 * docs/network.md.
 */
#ifndef DECISIONS_CHECK_H
#define DECISIONS_CHECK_H

#include "network/temporal.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };
struct problem {
    const char *rule;
    enum severity severity;
    int operation;       /* from 0; -1: the whole */
    str place;           /* id, or empty */
    int32_t from, until; /* days on which it is so; DAY_FIRST, DAY_LAST open */
    str en, vi;
};
struct problems {
    struct problem *at;
    size_t len, cap;
};
bool problems_have_error(const struct problems *p);

/* What a place can have, as a code and in words; the words NULL: the code says it. */
struct thing {
    const char *what, *vi, *en;
};
/* Something open that a place has: "chronic-patient", 41 of them. */
struct open_thing {
    str place;
    struct thing thing;
    int64_t count;
};
struct open_things {
    struct open_thing *at;
    size_t len, cap;
};

struct loser {
    str place, receiver; /* receiver: the place itself when it goes on, empty when there is none */
    struct thing thing;
    int64_t count;
    bool ends; /* else it goes on as something else */
};
struct losers {
    struct loser *at;
    size_t len, cap;
};

/* The network without the decision and with it (as a plan), on which day it takes effect. */
struct check_input {
    const struct network *before, *after;
    const struct decision *decision;
    size_t index; /* of the decision among after->decisions */
    struct open_things open;
    bool list; /* the operations come from a list: what a list does not say (who stands above) is a warning */
};

/* Form of the operations: members, places, targets, shares, doubles. Needs no after. */
void check_operations(struct arena *a, const struct check_input *in, struct problems *out);
/* The network from the day of the decision on: stations of communes, hierarchies, points, codes; only what the decision
 * makes worse is an error, what was so already is a warning. */
void check_network(struct arena *a, const struct check_input *in, struct problems *out);
/* Against the other decisions: overlap, applied twice, revocation. */
void check_decisions(struct arena *a, const struct check_input *in, struct problems *out);
/* Who loses what to whom; a problem `receiver` for what nobody takes. */
void check_losers(struct arena *a, const struct check_input *in, struct losers *losers, struct problems *out);

/* ---- ledger (ledger.c) ----------------------------------------------------------------------------------------------
 */

struct ledger_row {
    enum holding what;
    bool stated;                      /* some place has a figure */
    int64_t before, after, explained; /* explained: given up with a reason */
    struct {
        str *at;
        size_t len, cap;
    } reasons;
};
struct ledger_place {
    str place;
    enum holding what;
    int64_t before, after;
};
struct ledger {
    struct ledger_row rows[HOLDING_COUNT];
    struct {
        struct ledger_place *at;
        size_t len, cap;
    } places;
    int sites_before, sites_after;
};
/* What the places named by the decision hold on the day before and on its day. A problem `conservation` for each
 * difference that is not explained. */
void check_ledger(struct arena *a, const struct check_input *in, struct ledger *ledger, struct problems *out);

/* ---- norms and ways (burden.c) ------------------------------------------------------------------------------------
 */

/* Posts of a station by people (data/network/norms.csv, dated). */
struct staff_norm {
    int32_t from, until;
    int base, above, step;
};
int staff_norm_of(const struct staff_norm *n, int64_t population);

struct commune_burden {
    str commune;
    int stations[2], points[2]; /* before, after */
    int64_t posts[2];           /* of the sites, by "staff-post" of `open`; -1 not known */
    int64_t population;         /* -1 not known */
    int norm;                   /* posts for that population */
    double mean[2],
        most[2]; /* estimated minutes from the smallest stable places to the nearest station; < 0 not known */
};
struct burdens {
    struct commune_burden *at;
    size_t len, cap;
};
/* The communes whose sites the decision touches, as they are on its day. */
void check_burden(struct arena *a, const struct check_input *in, const struct staff_norm *norm, struct burdens *out);

/* ---- resolving (resolve.c) ------------------------------------------------------------------------------------------
 */

/* Fills in what a decision leaves to the program, as the annex of the paper lists it: places of a query, the People's
 * Committees of a transfer without target, transfers of what merged, divided or dissolved places hold, all places of a
 * decision that is revoked. `network` without the decision. */
void decision_resolve(struct arena *a, const struct network *network, struct decision *d);
/* Makes the operations of a revocation: one, which lists every place that the revoked decision touches. */
void decision_list_revoked(struct arena *a, const struct decision *old, struct decision *revocation);
/* Places of a day that a query names: conditions joined by `&`, all must hold: kind=, commune=, district=, manager=,
 * director=, insurer=, pointOf=. ERR_INVALID for another word. */
err network_query(struct arena *a, const struct network *n, str query, int32_t day, str **out, size_t *count);

#endif
