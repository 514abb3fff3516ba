/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the road readers: ways are added one by one, nodes merge by position.
 */
#ifndef TRAVEL_ROADS_INT_H
#define TRAVEL_ROADS_INT_H

#include "roads.h"

#include "base/vec.h"

struct road_way {
    str class, closed;
    int oneway; /* 0 both ways, 1 forward, -1 backward */
    const struct coordinates *point;
    size_t points;
};

struct road_builder {
    struct arena *arena;
    const struct road_options *options;
    VEC(struct coordinates) node;
    VEC(struct graph_edge) edge;
    uint32_t *slots; /* open addressing over node positions: index + 1 */
    size_t slot_count, left_out;
};

const struct road_speed *road_speed_of(const struct road_speeds *s, str class);
/* Adds a way of a known class. ERR_UNPROCESSABLE when a walking way meets a void of the terrain. */
err road_add(struct road_builder *b, const struct road_way *way, const struct road_speed *speed);
void roads_finish(struct road_builder *b, struct roads *out);

#endif
