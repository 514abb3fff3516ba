/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Height tiles and Tobler's hiking function.
 */
#include "terrain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static str tile_name(struct arena *a, int south, int west) {
    return str_format(a, "%c%02d%c%03d", south < 0 ? 'S' : 'N', abs(south), west < 0 ? 'W' : 'E', abs(west));
}

static const struct terrain_tile *tile_at(const struct terrain *t, int south, int west) {
    for (size_t k = 0; k < t->tile.len; k++)
        if (t->tile.at[k].south == south && t->tile.at[k].west == west) return &t->tile.at[k];
    return NULL;
}

static int sample(const struct terrain_tile *t, uint32_t row, uint32_t column) {
    const uint8_t *at = t->sample + 2 * ((size_t)row * t->side + column);
    return (int16_t)(uint16_t)(at[0] << 8 | at[1]);
}

static err read_tile(struct arena *a, str name, str bytes, struct terrain_tile *out) {
    int south, west;
    char ns, ew;
    for (size_t slash; (slash = str_find(name, '/')) < name.len;) name = str_slice(name, slash + 1, name.len);
    if (name.len < 7 || sscanf(str_z(a, str_slice(name, 0, 7)), "%c%2d%c%3d", &ns, &south, &ew, &west) != 4 || (ns != 'N' && ns != 'S') || (ew != 'E' && ew != 'W'))
        return err_make(a, ERR_INVALID, "terrain", "the name \"%.*s\" does not say where the tile lies (as N21E103.hgt does)", STR_ARG(name));
    uint32_t side = bytes.len == 2u * 1201 * 1201 ? 1201 : bytes.len == 2u * 3601 * 3601 ? 3601 : 0;
    if (!side)
        return err_make(a, ERR_INVALID, "terrain", "%.*s has %zu bytes: neither 1201 x 1201 nor 3601 x 3601 samples of 2", STR_ARG(name), bytes.len);
    *out = (struct terrain_tile){ns == 'N' ? south : -south, ew == 'E' ? west : -west, side, (const uint8_t *)bytes.at, 0};
    for (size_t k = 0; k < (size_t)side * side; k++) out->voids += out->sample[2 * k] == 0x80 && out->sample[2 * k + 1] == 0;
    return OK_ERR;
}

/* Two tiles of different fineness are compared at the samples of the coarser. */
static void compare_edge(struct terrain *t, const struct terrain_tile *x, const struct terrain_tile *y, bool beside) {
    uint32_t steps = (x->side < y->side ? x->side : y->side) - 1;
    for (uint32_t k = 0; k <= steps; k++) {
        uint32_t kx = k * ((x->side - 1) / steps), ky = k * ((y->side - 1) / steps);
        int p = beside ? sample(x, kx, x->side - 1) : sample(x, 0, kx), q = beside ? sample(y, ky, 0) : sample(y, y->side - 1, ky);
        t->edges++;
        if (p == TERRAIN_VOID || q == TERRAIN_VOID || p == q) continue;
        t->edge_differs++;
        if (abs(p - q) > t->worst) t->worst = abs(p - q);
    }
}

err terrain_add(struct arena *a, str name, str bytes, struct terrain *t) {
    struct terrain_tile n = {0};
    TRY(read_tile(a, name, bytes, &n));
    if (tile_at(t, n.south, n.west)) return err_make(a, ERR_INVALID, "terrain", "tile %.*s is given twice", STR_ARG(tile_name(a, n.south, n.west)));
    for (size_t k = 0; k < t->tile.len; k++) {
        const struct terrain_tile *o = &t->tile.at[k];
        if (o->south == n.south && o->west == n.west + 1) compare_edge(t, &n, o, true);
        if (o->south == n.south && n.west == o->west + 1) compare_edge(t, o, &n, true);
        if (o->west == n.west && o->south == n.south + 1) compare_edge(t, &n, o, false);
        if (o->west == n.west && n.south == o->south + 1) compare_edge(t, o, &n, false);
    }
    VEC_PUSH(a, &t->tile, n);
    t->voids += n.voids;
    return OK_ERR;
}

str terrain_missing(struct arena *a, const struct terrain *t, struct coordinates south_west, struct coordinates north_east) {
    struct buf out = buf_new(a);
    for (int south = (int)floor(south_west.latitude); south <= (int)floor(north_east.latitude); south++)
        for (int west = (int)floor(south_west.longitude); west <= (int)floor(north_east.longitude); west++)
            if (!tile_at(t, south, west)) buf_addf(&out, "%s%.*s", out.len ? ", " : "", STR_ARG(tile_name(a, south, west)));
    return buf_str(&out);
}

double tobler_kmh(double slope) { return 6 * exp(-3.5 * fabs(slope + 0.05)); }

double tobler_scaled_kmh(double flat_kmh, double slope) { return flat_kmh * exp(-3.5 * (fabs(slope + 0.05) - 0.05)); }

static bool tile_height(const struct terrain_tile *t, struct coordinates p, double *out) {
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

/* On an edge any of the tiles that share it will do. */
bool terrain_height(const struct terrain *t, struct coordinates p, double *out) {
    for (size_t k = 0; k < t->tile.len; k++)
        if (tile_height(&t->tile.at[k], p, out)) return true;
    return false;
}

static err no_height(struct arena *a, const struct terrain *t, struct coordinates p) {
    int south = (int)floor(p.latitude), west = (int)floor(p.longitude);
    return err_make(a, ERR_UNPROCESSABLE, "terrain", "no height at %.5f, %.5f: %s %.*s%s", p.latitude, p.longitude, tile_at(t, south, west) ? "a void in tile" : "tile",
                    STR_ARG(tile_name(a, south, west)), tile_at(t, south, west) ? "" : " is missing");
}

err terrain_walk(struct arena *a, const struct terrain *t, struct coordinates from, struct coordinates to, double flat_kmh, double step, double *minutes) {
    double km = travel_km(from, to), before = 0;
    int parts = (int)ceil(km * 1000 / (step > 1 ? step : 1));
    if (parts < 1) parts = 1;
    *minutes = 0;
    for (int k = 0; k <= parts; k++) {
        double share = (double)k / parts, height;
        struct coordinates p = {from.latitude + share * (to.latitude - from.latitude), from.longitude + share * (to.longitude - from.longitude)};
        if (!terrain_height(t, p, &height)) return no_height(a, t, p);
        if (k && km > 0) {
            double run = km / parts, slope = (height - before) / (run * 1000);
            *minutes += run / tobler_scaled_kmh(flat_kmh, slope) * 60;
        }
        before = height;
    }
    return OK_ERR;
}
