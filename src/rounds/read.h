/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rounds in files: Solomon's text form, VRPLIB with time windows and prizes, and the planner's CSV. What is wrong is
 * named with its line; what this room does not model (several depots, reloading, release times) is refused by name.
 */
#ifndef ROUNDS_READ_H
#define ROUNDS_READ_H

#include "rounds.h"
#include "travel/travel.h"

struct rounds_file {
    struct rounds_problem problem; /* names set; minutes NULL for CSV without x,y: rounds_times fills it */
    struct coordinates *at;        /* CSV: per stop, NAN = not given */
    bool days_given;               /* vehicles, days or room came from the file */
    struct travel_sources used;    /* CSV: where the minutes come from */
};

/* Reads a file of any of the three forms. CSV columns by name: id needed; name, demand, service (minutes), opens, closes
 * (minutes of the day or HH:MM; empty = as the station), prize (minutes that a visit is worth; empty = must be visited),
 * days ("1-5,8"; empty = all), x, y or latitude, longitude. The first row is the station. ERR_INVALID "line N: why". */
err rounds_read(struct arena *a, str text, struct rounds_file *out);

/* The minutes of a CSV question: from the table (text empty = none), else estimated from coordinates and counted so.
 * ERR_UNPROCESSABLE naming the pair that neither gives. */
err rounds_times(struct arena *a, struct rounds_file *f, str matrix, enum travel_season season);

#endif
