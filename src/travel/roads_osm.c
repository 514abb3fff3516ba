/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenStreetMap extracts (.osm.pbf, .osm) through libreadosm: nodes first, then ways, as extracts are sorted. A way is
 * cut where the extract does not hold one of its nodes.
 */
#include "roads_int.h"

#include <readosm.h>
#include <stdlib.h>

struct osm_node {
    int64_t id;
    struct coordinates place;
};

struct osm_reading {
    struct road_builder builder;
    VEC(struct osm_node) node;
    bool sorted;
    size_t passed_over;
    err problem;
};

static int compare_nodes(const void *a, const void *b) {
    int64_t x = ((const struct osm_node *)a)->id, y = ((const struct osm_node *)b)->id;
    return x < y ? -1 : x > y;
}

static int on_node(const void *user, const readosm_node *n) {
    struct osm_reading *r = (struct osm_reading *)user;
    if (n->latitude == READOSM_UNDEFINED || n->longitude == READOSM_UNDEFINED) return READOSM_OK;
    VEC_PUSH(r->builder.arena, &r->node, (struct osm_node){n->id, {n->latitude, n->longitude}});
    r->sorted = false;
    return READOSM_OK;
}

static str tag_of(struct arena *a, const readosm_way *w, const char *key) {
    for (int k = 0; k < w->tag_count; k++)
        if (w->tags[k].key && w->tags[k].value && strcmp(w->tags[k].key, key) == 0) return str_copy(a, str_of(w->tags[k].value));
    return STR_NONE;
}

static int on_way(const void *user, const readosm_way *w) {
    struct osm_reading *r = (struct osm_reading *)user;
    struct arena *a = r->builder.arena;
    str class = tag_of(a, w, "highway"), oneway = tag_of(a, w, "oneway");
    if (!class.len) return READOSM_OK;
    const struct road_speed *speed = road_speed_of(r->builder.options->speeds, class);
    if (!speed) {
        r->passed_over++;
        return READOSM_OK;
    }
    if (!r->sorted) qsort(r->node.at, r->node.len, sizeof *r->node.at, compare_nodes);
    r->sorted = true;
    struct road_way way = {.class = class};
    bool vehicle = speed->mode != ROAD_WALKING;
    way.oneway = !vehicle ? 0 : str_is(oneway, "yes") || str_is(oneway, "1") || str_is(oneway, "true") ? 1 : str_is(oneway, "-1") ? -1 : 0;
    struct coordinates *point = ARENA_ARRAY(a, struct coordinates, (size_t)w->node_ref_count + 1);
    for (int k = 0; k <= w->node_ref_count; k++) {
        struct osm_node key = {.id = k < w->node_ref_count ? w->node_refs[k] : 0};
        const struct osm_node *n = k < w->node_ref_count && r->node.len ? bsearch(&key, r->node.at, r->node.len, sizeof key, compare_nodes) : NULL;
        if (n) {
            point[way.points++] = n->place;
            continue;
        }
        way.point = point;
        if (way.points > 1) r->problem = road_add(&r->builder, &way, speed);
        if (r->problem.code) return READOSM_ABORT;
        point += way.points;
        way.points = 0;
    }
    return READOSM_OK;
}

static int on_relation(const void *user, const readosm_relation *relation) {
    (void)user;
    (void)relation;
    return READOSM_OK;
}

static const char *reason_of(int code) {
    switch (code) {
    case READOSM_INVALID_SUFFIX: return "the name ends neither in .pbf nor in .osm";
    case READOSM_FILE_NOT_FOUND: return "the file cannot be opened";
    case READOSM_READ_ERROR: return "the file is cut: it ends in the middle of a block";
    case READOSM_XML_ERROR: return "the XML is damaged";
    case READOSM_INVALID_PBF_HEADER: return "the file is cut or no PBF: a block header is damaged";
    case READOSM_UNZIP_ERROR: return "a compressed block is cut or damaged";
    default: return "the file cannot be read";
    }
}

err roads_from_osm(struct arena *a, const char *path, const struct road_options *options, struct roads *out, size_t *passed_over) {
    struct osm_reading r = {.builder = {.arena = a, .options = options}};
    const void *handle;
    int code = readosm_open(path, &handle);
    if (code == READOSM_OK) code = readosm_parse(handle, &r, on_node, on_way, on_relation);
    readosm_close(handle);
    if (r.problem.code) return r.problem;
    if (code != READOSM_OK) return err_make(a, code == READOSM_FILE_NOT_FOUND ? ERR_IO : ERR_INVALID, "roads", "%s: %s", path, reason_of(code));
    if (!r.builder.edge.len) return err_make(a, ERR_INVALID, "roads", "%s: no road of the speed table in this file", path);
    *passed_over = r.passed_over;
    roads_finish(&r.builder, out);
    return OK_ERR;
}
