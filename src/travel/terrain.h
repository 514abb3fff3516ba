/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walking over terrain: SRTM height tiles (.hgt: big-endian int16, 1201 or 3601 samples a side) and Tobler's function.
 */
#ifndef TRAVEL_TERRAIN_H
#define TRAVEL_TERRAIN_H

#include "travel.h"

enum { TERRAIN_VOID = -32768 };

struct terrain {
    int south, west;       /* whole degrees of the tile's south-west corner */
    uint32_t side;         /* samples a side; row 0 is the north edge */
    const uint8_t *sample; /* as in the file */
    size_t voids;
};

/* Takes a tile by its name (N21E103.hgt) and bytes, which must live as long. ERR_INVALID names what is wrong: the name,
 * or a size that is neither 1201 x 1201 nor 3601 x 3601 samples. Voids are counted, not filled. */
err terrain_read(struct arena *a, str name, str bytes, struct terrain *out);

/* Walking speed in km/h on a slope (rise / run, positive uphill): Tobler 1993, V = 6 exp(-3.5 |s + 0.05|). */
double tobler_kmh(double slope);
/* The same scaled so that the flat speed is flat_kmh, as WHO's AccessMod does it. */
double tobler_scaled_kmh(double flat_kmh, double slope);

/* Height in metres, bilinear; false outside the tile or when one of the four samples is a void. */
bool terrain_height(const struct terrain *t, struct coordinates p, double *out);

/* Minutes to walk the straight line at Tobler's speed, sampled at about every `step` metres. ERR_UNPROCESSABLE naming the
 * point where the line leaves the tile or meets a void. The times there and back differ. */
err terrain_walk(struct arena *a, const struct terrain *t, struct coordinates from, struct coordinates to, double flat_kmh, double step, double *minutes);

#endif
