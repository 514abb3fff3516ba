/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walking over terrain: SRTM height tiles (.hgt: big-endian int16, 1201 or 3601 samples a side) and Tobler's function.
 */
#ifndef TRAVEL_TERRAIN_H
#define TRAVEL_TERRAIN_H

#include "travel.h"

#include "base/vec.h"

enum { TERRAIN_VOID = -32768 };

struct terrain_tile {
    int south, west;       /* whole degrees of the south-west corner */
    uint32_t side;         /* samples a side; row 0 is the north edge */
    const uint8_t *sample; /* as in the file */
    size_t voids;
};

/* Tiles side by side; neighbours share their edge samples. */
struct terrain {
    VEC(struct terrain_tile) tile;
    size_t voids;
    size_t edges, edge_differs; /* samples on edges that two tiles share; of them, where both know and say otherwise */
    int worst;                  /* metres by which they differ at most */
};

/* Adds a tile by its name (N21E103.hgt) and bytes, which must live as long. ERR_INVALID names what is wrong: the name, a
 * size that is neither 1201 x 1201 nor 3601 x 3601 samples, a tile given twice. Voids are counted, not filled. */
err terrain_add(struct arena *a, str name, str bytes, struct terrain *t);
/* Names of the tiles that a box of places needs and that are not there, joined by ", "; empty: none. */
str terrain_missing(struct arena *a, const struct terrain *t, struct coordinates south_west, struct coordinates north_east);

/* Walking speed in km/h on a slope (rise / run, positive uphill): Tobler 1993, V = 6 exp(-3.5 |s + 0.05|). */
double tobler_kmh(double slope);
/* The same scaled so that the flat speed is flat_kmh, as WHO's AccessMod does it. */
double tobler_scaled_kmh(double flat_kmh, double slope);

/* Height in metres, bilinear; false outside the tiles or when one of the four samples is a void. */
bool terrain_height(const struct terrain *t, struct coordinates p, double *out);

/* Minutes to walk the straight line at Tobler's speed, sampled at about every `step` metres. ERR_UNPROCESSABLE naming the
 * point, and the tile that is missing or has a void there. The times there and back differ. */
err terrain_walk(struct arena *a, const struct terrain *t, struct coordinates from, struct coordinates to, double flat_kmh, double step, double *minutes);

#endif
