/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Programmes: hypertension and diabetes as cohorts, growth of children, yearly check-ups, and the lists that the station works
 * through. Rules are dated data (data/programmes), read by rules.h; docs/programmes.md explains the indicators, docs/api.md the
 * answers.
 */
#ifndef PROGRAMMES_PROGRAMMES_H
#define PROGRAMMES_PROGRAMMES_H

#include "network/network.h"
#include "rules.h"
#include "server/server.h"

/* Tables and projection; routes, ended by a row with method NULL. */
extern const struct store_room programmes_room;
extern const struct route programmes_routes[];

/* ---- counting ------------------------------------------------------------------------------------------------------------ */

struct programme_counts {
    int64_t state[COURSE_STATES]; /* everybody in the programme, by state */
    int64_t registered;           /* in the programme and alive */
    int64_t counted;              /* the denominator: long enough in it, and under care */
    int64_t controlled, uncontrolled, unmeasured, missed; /* of the denominator, together the denominator */
    int64_t at_target;            /* of the denominator */
    int64_t overdue;              /* next visit was expected before the day, under care */
    int64_t called;               /* of them: called since last seen */
};

/* The area that a place stands for: itself; a station its commune; a point its former commune. NULL: no such place. */
const struct place *programmes_area(const struct places *all, str id);
/* Is `p` the area, or inside it? (`area` NULL: everywhere) */
bool programmes_inside(const struct places *all, const struct place *p, const struct place *area);

/* Counts of the people who live in one smallest stable place, on a day, added to *out. */
err programme_count_place(struct reader *r, enum programme_number n, enum course_basis basis, int64_t place, int32_t at,
                          struct programme_counts *out);

/* Whole shares of a sum in per cent that add up to 100 (largest remainder; ties: first). All 0 when the sum is 0. */
void shares_of(const int64_t *parts, size_t n, int *percent);

/* ---- handlers, one file each ------------------------------------------------------------------------------------------------ */
err programmes_list_all(struct request *r);
err programmes_one(struct request *r);
err programmes_children(struct request *r);
err programmes_growth(struct request *r);
err programmes_scores(struct request *r);
err programmes_curves(struct request *r);
err programmes_check_up(struct request *r);
err programmes_person(struct request *r);
err lists_all(struct request *r);
err lists_one(struct request *r);

/* Id of the Organization of the session's post, or STR_NONE: goes into Encounter.serviceProvider. */
str programmes_station(struct request *r, struct reader *reader);
/* The day asked by ?at=, else today. ERR_INVALID. */
err programmes_day(struct request *r, int32_t *out);

#endif
