/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Dijkstra with a 4-ary heap of (length, node) pairs and lazy deletion. Nodes are renumbered in breadth-first order
 * when the graph is built: on a road network that keeps the working set of a search small.
 */
#include "graph.h"

#include <math.h>
#include <string.h>

struct heap_item {
    float key;
    uint32_t node;
};

struct graph_work {
    struct heap_item *heap;
    size_t len;
    float *best;
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
    w->heap = ARENA_ARRAY(a, struct heap_item, (size_t)g->start[g->nodes] + 2);
    w->best = ARENA_ARRAY(a, float, (size_t)g->nodes + 1);
    return w;
}

static void heap_push(struct graph_work *w, float key, uint32_t node) {
    size_t i = w->len++;
    while (i) {
        size_t up = (i - 1) / 4;
        if (w->heap[up].key <= key) break;
        w->heap[i] = w->heap[up];
        i = up;
    }
    w->heap[i] = (struct heap_item){key, node};
}

static struct heap_item heap_pop(struct graph_work *w) {
    struct heap_item top = w->heap[0], last = w->heap[--w->len];
    size_t i = 0, n = w->len;
    for (;;) {
        size_t first = 4 * i + 1, least = first;
        if (first >= n) break;
        size_t end = first + 4 < n ? first + 4 : n;
        for (size_t k = first + 1; k < end; k++)
            if (w->heap[k].key < w->heap[least].key) least = k;
        if (w->heap[least].key >= last.key) break;
        w->heap[i] = w->heap[least];
        i = least;
    }
    w->heap[i] = last;
    return top;
}

void graph_shortest(const struct graph *g, struct graph_work *w, uint32_t source, double *out) {
    for (uint32_t v = 0; v < g->nodes; v++) w->best[v] = INFINITY;
    w->len = 0;
    w->best[g->rank[source]] = 0;
    heap_push(w, 0, g->rank[source]);
    while (w->len) {
        struct heap_item top = heap_pop(w);
        if (top.key > w->best[top.node]) continue;
        for (uint32_t k = g->start[top.node], end = g->start[top.node + 1]; k < end; k++) {
            float length = top.key + g->arc[k].length;
            uint32_t to = g->arc[k].to;
            if (length < w->best[to]) {
                w->best[to] = length;
                heap_push(w, length, to);
            }
        }
    }
    for (uint32_t v = 0; v < g->nodes; v++) out[g->node_at[v]] = (double)w->best[v];
}
