/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Travel times between villages and sites, each with its source. Four ways to know one, best first: a table that people
 * of the place wrote (travel_read), a road graph (roads.h), walking over terrain (terrain.h), and an estimate from the
 * straight line (travel_estimate), always marked as such with its range. Sources are never mixed silently: whoever
 * selects times for a question is told which ones were used.
 */
#ifndef TRAVEL_TRAVEL_H
#define TRAVEL_TRAVEL_H

#include "base/err.h"

enum travel_season { TRAVEL_ANY, TRAVEL_DRY, TRAVEL_WET };

struct travel_time {
    str from, to;
    double minutes;             /* INFINITY: no way (written "none": a road that is cut) */
    double least, most;         /* range of an estimate; equal to minutes when measured */
    str mode, source, date;     /* date YYYY-MM-DD or empty */
    enum travel_season season;  /* TRAVEL_ANY: holds all year */
    bool estimated;
    unsigned line;              /* of the file, 0 if computed */
};

struct travel_table {
    struct travel_time *at;
    size_t len;
};

/* Reads `from,to,minutes,mode,season,source,date` (header needed; season any, dry or wet, empty = any). Errors name the
 * line: negative time, a unit in the number, an unknown season, a wrong day, a pair given twice for one mode and season,
 * a missing source. Texts point into `text`. */
err travel_read(struct arena *a, str text, struct travel_table *out);

/* What travel_select had to take. */
struct travel_sources {
    struct { str name; size_t pairs; } at[16];
    size_t len;
    size_t estimated; /* pairs */
};

/* minutes[from * to_count + to] for one season: a time of that season is preferred to one for the whole year, then the
 * least over the modes. Table order decides nothing. A pair without any time is ERR_UNPROCESSABLE naming it. More than
 * one source is no error but is told in *used. */
err travel_select(struct arena *a, const struct travel_table *table, const str *from, size_t from_count, const str *to, size_t to_count,
                  enum travel_season season, double *minutes, struct travel_sources *used);

/* Kinds of land for the estimate; the starting values are assumptions (facts of the planning note, section 4), meant to
 * be changed by the planner. */
enum travel_land { TRAVEL_VALLEY, TRAVEL_HILL, TRAVEL_HIGH_MOUNTAIN, TRAVEL_FOOTPATH };
struct travel_guess {
    double detour; /* way / straight line, >= 1 */
    double kmh;
};
extern const struct travel_guess travel_guesses[4];

struct coordinates {
    double latitude, longitude; /* degrees, WGS 84 */
};

/* Great circle, km (haversine, mean radius 6371.0088 km). */
double travel_km(struct coordinates a, struct coordinates b);
/* Minutes = km x detour / speed, range -35 % to +35 %, source "estimated". */
struct travel_time travel_estimate(struct coordinates from, struct coordinates to, const struct travel_guess *guess);

#endif
