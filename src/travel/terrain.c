/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Height tiles and Tobler's hiking function.
 */
#include "terrain.h"

#include <math.h>
#include <stdio.h>

err terrain_read(struct arena *a, str name, str bytes, struct terrain *out) {
    int south, west;
    char ns, ew;
    for (size_t slash; (slash = str_find(name, '/')) < name.len;) name = str_slice(name, slash + 1, name.len);
    str z = str_format(a, "%.*s", STR_ARG(name));
    if (z.len < 7 || sscanf(str_z(a, str_slice(z, 0, 7)), "%c%2d%c%3d", &ns, &south, &ew, &west) != 4 || (ns != 'N' && ns != 'S') || (ew != 'E' && ew != 'W'))
        return err_make(a, ERR_INVALID, "terrain", "the name \"%.*s\" does not say where the tile lies (as N21E103.hgt does)", STR_ARG(name));
    uint32_t side = bytes.len == 2u * 1201 * 1201 ? 1201 : bytes.len == 2u * 3601 * 3601 ? 3601 : 0;
    if (!side)
        return err_make(a, ERR_INVALID, "terrain", "%.*s has %zu bytes: neither 1201 x 1201 nor 3601 x 3601 samples of 2", STR_ARG(name), bytes.len);
    *out = (struct terrain){ns == 'N' ? south : -south, ew == 'E' ? west : -west, side, (const uint8_t *)bytes.at, 0};
    for (size_t k = 0; k < (size_t)side * side; k++) out->voids += out->sample[2 * k] == 0x80 && out->sample[2 * k + 1] == 0;
    return OK_ERR;
}

double tobler_kmh(double slope) { return 6 * exp(-3.5 * fabs(slope + 0.05)); }

double tobler_scaled_kmh(double flat_kmh, double slope) { return flat_kmh * exp(-3.5 * (fabs(slope + 0.05) - 0.05)); }

static int sample(const struct terrain *t, uint32_t row, uint32_t column) {
    const uint8_t *at = t->sample + 2 * ((size_t)row * t->side + column);
    return (int16_t)(uint16_t)(at[0] << 8 | at[1]);
}

bool terrain_height(const struct terrain *t, struct coordinates p, double *out) {
    double steps = t->side - 1, y = (t->south + 1 - p.latitude) * steps, x = (p.longitude - t->west) * steps;
    if (!(x >= 0 && y >= 0 && x <= steps && y <= steps)) return false;
    uint32_t row = (uint32_t)y, column = (uint32_t)x;
    if (row == t->side - 1) row--;
    if (column == t->side - 1) column--;
    double fy = y - row, fx = x - column;
    int nw = sample(t, row, column), ne = sample(t, row, column + 1), sw = sample(t, row + 1, column), se = sample(t, row + 1, column + 1);
    if (nw == TERRAIN_VOID || ne == TERRAIN_VOID || sw == TERRAIN_VOID || se == TERRAIN_VOID) return false;
    *out = (1 - fy) * ((1 - fx) * nw + fx * ne) + fy * ((1 - fx) * sw + fx * se);
    return true;
}

err terrain_walk(struct arena *a, const struct terrain *t, struct coordinates from, struct coordinates to, double flat_kmh, double step, double *minutes) {
    double km = travel_km(from, to), before = 0;
    int parts = (int)ceil(km * 1000 / (step > 1 ? step : 1));
    if (parts < 1) parts = 1;
    *minutes = 0;
    for (int k = 0; k <= parts; k++) {
        double share = (double)k / parts, height;
        struct coordinates p = {from.latitude + share * (to.latitude - from.latitude), from.longitude + share * (to.longitude - from.longitude)};
        if (!terrain_height(t, p, &height))
            return err_make(a, ERR_UNPROCESSABLE, "terrain", "no height at %.5f, %.5f: a void, or outside the tile", p.latitude, p.longitude);
        if (k && km > 0) {
            double run = km / parts, slope = (height - before) / (run * 1000);
            *minutes += run / tobler_scaled_kmh(flat_kmh, slope) * 60;
        }
        before = height;
    }
    return OK_ERR;
}
