/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A directed graph with non-negative lengths and shortest paths from one node to all (Dijkstra). Serves the OR-Library
 * graph files and the road network alike.
 */
#ifndef TRAVEL_GRAPH_H
#define TRAVEL_GRAPH_H

#include "base/arena.h"

#include <stdint.h>

struct graph_edge {
    uint32_t from, to; /* one direction; push two for a two-way road */
    double length;     /* >= 0; INFINITY = closed, left out */
};

struct graph {
    uint32_t nodes;
    uint32_t *start;      /* arcs of node v: [start[v], start[v + 1]) */
    struct graph_arc {
        uint32_t to;
        float length;
    } *arc;
    uint32_t *rank, *node_at; /* nodes are renumbered along the network so that neighbours lie close in memory */
};

struct graph_work; /* the memory of a search, reused from source to source */

/* Builds the graph in `a`; the edges are copied. */
struct graph *graph_new(struct arena *a, uint32_t nodes, const struct graph_edge *edges, size_t edge_count);
struct graph_work *graph_work_new(struct arena *a, const struct graph *g);

/* Lengths of the shortest paths from `source` to every node: out[node], INFINITY where there is no way. */
void graph_shortest(const struct graph *g, struct graph_work *work, uint32_t source, double *out);

#endif
