/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mobile rounds: which vehicle visits which village on which day, in what order, within the hours people can come and
 * with the vials on board. A visit may be optional (a prize for making it). Insertion and local search; no bound is
 * proven, and the answer says so by having none. Pure: the clock comes in as a callback.
 */
#ifndef ROUNDS_ROUNDS_H
#define ROUNDS_ROUNDS_H

#include "base/err.h"

struct rounds_stop {
    double demand;          /* vials, doses, kilograms: what the vehicle's room is measured in */
    double service;         /* minutes at the place */
    double opens, closes;   /* minutes of the day; the visit begins within */
    double prize;           /* cost of leaving it out; INFINITY = it must be visited */
    uint32_t days;          /* bit d: day d is possible */
};

/* Stop 0 is the station: its window is the working day, the rest of it is not used. */
struct rounds_problem {
    uint32_t stops;             /* with the station */
    const struct rounds_stop *stop;
    const double *minutes;      /* [from * stops + to]; INFINITY = no way */
    uint32_t vehicles, days;    /* every vehicle may go out once a day; at most 31 days */
    double room;                /* of a vehicle, for one day */
    const str *names;           /* for messages, or NULL = numbered from 0 */
};

struct rounds_options {
    double time_limit;          /* seconds; with now */
    uint64_t tries;             /* at most; 0 = until the time is over (one of the two is needed) */
    double (*now)(void *user);
    bool (*progress)(void *user, double seconds, double cost); /* false stops; or NULL */
    void *user;
    uint64_t seed;
};

struct rounds_route {
    uint32_t vehicle, day;
    uint32_t *stop;             /* in order, without the station */
    double *begin;              /* when the visit begins */
    uint32_t count;
    double minutes, load;       /* travelled; carried */
};

struct rounds_answer {
    struct rounds_route *route; /* those that go out */
    size_t routes;
    double travelled, left_out; /* minutes; sum of prizes not collected */
    uint32_t *missing;          /* stops not visited */
    size_t missing_count;
    bool complete;              /* every stop that must be visited is */
    uint64_t tries;
};

/* ERR_UNPROCESSABLE naming the stop that no vehicle can serve even alone (window, room, no way, no day). */
err rounds_solve(struct arena *a, const struct rounds_problem *problem, const struct rounds_options *options, struct rounds_answer *out);

/* Checks an answer against the problem: windows, room, days, every stop once; *why names the first thing wrong. */
bool rounds_allowed(struct arena *a, const struct rounds_problem *problem, const struct rounds_answer *answer, str *why);

#endif
