/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dijkstra's method with a ring of buckets instead of a heap: a bucket holds the nodes whose length lies in one step of
 * about a mean arc. Within a bucket a node may be scanned again when a shorter way is found (Dial 1969; Denardo & Fox
 * 1979), so lengths are exact, not rounded to the step. Nodes are renumbered in breadth-first order when the graph is
 * built: on a road network that keeps the working set of a search small.
 */
#include "graph.h"

#include <math.h>
#include <string.h>

enum { MOST_BUCKETS = 1 << 14 };

struct bucket {
    uint32_t *node;
    size_t len, cap;
};

struct graph_work {
    struct arena *arena;
    struct bucket *bucket;
    uint32_t buckets; /* a power of two */
    float step;
    float *best, *scanned; /* scanned: the length a node had when its arcs were last looked at */
};

/* Numbers the nodes in breadth-first order over the edges, in either direction. */
static void renumber(struct arena *scratch, struct graph *g, const struct graph_edge *edges, size_t edge_count) {
    uint32_t n = g->nodes;
    uint32_t *start = ARENA_ARRAY(scratch, uint32_t, (size_t)n + 2), *to = ARENA_ARRAY(scratch, uint32_t, 2 * edge_count + 1);
    for (size_t e = 0; e < edge_count; e++) {
        start[edges[e].from + 2]++;
        start[edges[e].to + 2]++;
    }
    for (uint32_t v = 0; v < n; v++) start[v + 2] += start[v + 1];
    for (size_t e = 0; e < edge_count; e++) {
        to[start[edges[e].from + 1]++] = edges[e].to;
        to[start[edges[e].to + 1]++] = edges[e].from;
    }
    memset(g->rank, 0xff, n * sizeof *g->rank);
    uint32_t done = 0;
    for (uint32_t root = 0, head = 0; root < n; root++) {
        if (g->rank[root] != UINT32_MAX) continue;
        g->rank[root] = done;
        g->node_at[done++] = root;
        for (; head < done; head++) {
            uint32_t v = g->node_at[head];
            for (uint32_t k = start[v]; k < start[v + 1]; k++)
                if (g->rank[to[k]] == UINT32_MAX) {
                    g->rank[to[k]] = done;
                    g->node_at[done++] = to[k];
                }
        }
    }
}

struct graph *graph_new(struct arena *a, uint32_t nodes, const struct graph_edge *edges, size_t edge_count) {
    struct graph *g = ARENA_NEW(a, struct graph);
    g->nodes = nodes;
    g->start = ARENA_ARRAY(a, uint32_t, (size_t)nodes + 2);
    g->arc = ARENA_ARRAY(a, struct graph_arc, edge_count + 1);
    g->rank = ARENA_ARRAY(a, uint32_t, (size_t)nodes + 1);
    g->node_at = ARENA_ARRAY(a, uint32_t, (size_t)nodes + 1);
    struct arena *scratch = arena_new();
    renumber(scratch, g, edges, edge_count);
    arena_free(scratch);
    for (size_t e = 0; e < edge_count; e++)
        if (isfinite(edges[e].length)) g->start[g->rank[edges[e].from] + 2]++;
    for (uint32_t v = 0; v < nodes; v++) g->start[v + 2] += g->start[v + 1];
    for (size_t e = 0; e < edge_count; e++) {
        if (!isfinite(edges[e].length)) continue;
        uint32_t from = g->rank[edges[e].from];
        g->arc[g->start[from + 1]++] = (struct graph_arc){g->rank[edges[e].to], (float)edges[e].length};
    }
    return g;
}

struct graph_work *graph_work_new(struct arena *a, const struct graph *g) {
    struct graph_work *w = ARENA_NEW(a, struct graph_work);
    float longest = 0;
    double sum = 0;
    for (uint32_t k = 0; k < g->start[g->nodes]; k++) {
        sum += (double)g->arc[k].length;
        if (g->arc[k].length > longest) longest = g->arc[k].length;
    }
    w->arena = a;
    w->step = sum > 0 ? (float)(sum / g->start[g->nodes]) : 1;
    if (longest / w->step > MOST_BUCKETS - 3) w->step = longest / (MOST_BUCKETS - 3);
    for (w->buckets = 4; (float)w->buckets < longest / w->step + 3;) w->buckets *= 2;
    w->bucket = ARENA_ARRAY(a, struct bucket, w->buckets);
    w->best = ARENA_ARRAY(a, float, (size_t)g->nodes + 1);
    w->scanned = ARENA_ARRAY(a, float, (size_t)g->nodes + 1);
    return w;
}

static void put(struct graph_work *w, uint32_t node, float length) {
    struct bucket *b = &w->bucket[(uint64_t)(length / w->step) & (w->buckets - 1)];
    if (b->len == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        b->node = arena_grow(w->arena, b->node, b->cap * sizeof *b->node, cap * sizeof *b->node);
        b->cap = cap;
    }
    b->node[b->len++] = node;
}

void graph_shortest(const struct graph *g, struct graph_work *w, uint32_t source, double *out) {
    for (uint32_t v = 0; v < g->nodes; v++) w->best[v] = w->scanned[v] = INFINITY;
    w->best[g->rank[source]] = 0;
    put(w, g->rank[source], 0);
    /* every waiting node lies within one longest arc of the bucket at hand, so one turn of the ring without any is the end */
    for (uint32_t at = 0, empty = 0; empty <= w->buckets; at = (at + 1) & (w->buckets - 1)) {
        struct bucket *b = &w->bucket[at];
        empty = b->len ? 0 : empty + 1;
        while (b->len) {
            uint32_t v = b->node[--b->len];
            float here = w->best[v];
            if (here >= w->scanned[v]) continue;
            w->scanned[v] = here;
            for (uint32_t k = g->start[v], end = g->start[v + 1]; k < end; k++) {
                float length = here + g->arc[k].length;
                if (length >= w->best[g->arc[k].to]) continue;
                w->best[g->arc[k].to] = length;
                put(w, g->arc[k].to, length);
            }
        }
    }
    for (uint32_t v = 0; v < g->nodes; v++) out[g->node_at[v]] = (double)w->best[v];
}
