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
    struct osm_report *report;
    err problem;
};

static int compare_nodes(const void *a, const void *b) {
    int64_t x = ((const struct osm_node *)a)->id, y = ((const struct osm_node *)b)->id;
    return x < y ? -1 : x > y;
}

static int on_node(const void *user, const readosm_node *n) {
    struct osm_reading *r = (struct osm_reading *)user;
    r->report->nodes++;
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

static const struct osm_node *node_of(struct osm_reading *r, int64_t id) {
    struct osm_node key = {.id = id};
    if (!r->sorted) qsort(r->node.at, r->node.len, sizeof *r->node.at, compare_nodes);
    r->sorted = true;
    return r->node.len ? bsearch(&key, r->node.at, r->node.len, sizeof key, compare_nodes) : NULL;
}

/* The pieces of a way between nodes that the file does not hold. */
static err add_pieces(struct osm_reading *r, const readosm_way *w, struct road_way *way, const struct road_speed *speed) {
    struct coordinates *point = ARENA_ARRAY(r->builder.arena, struct coordinates, (size_t)w->node_ref_count + 1);
    size_t missing = 0;
    for (int k = 0; k <= w->node_ref_count; k++) {
        const struct osm_node *n = k < w->node_ref_count && r->node.len ? node_of(r, w->node_refs[k]) : NULL;
        if (n) {
            point[way->points++] = n->place;
            continue;
        }
        missing += k < w->node_ref_count;
        way->point = point;
        if (way->points > 1) TRY(road_add(&r->builder, way, speed));
        point += way->points;
        way->points = 0;
    }
    r->report->refs += (size_t)w->node_ref_count;
    r->report->missing_refs += missing;
    r->report->cut_roads += missing > 0;
    return OK_ERR;
}

static int on_way(const void *user, const readosm_way *w) {
    struct osm_reading *r = (struct osm_reading *)user;
    struct arena *a = r->builder.arena;
    str class = tag_of(a, w, "highway"), oneway = tag_of(a, w, "oneway");
    r->report->ways++;
    if (!class.len) return READOSM_OK;
    const struct road_speed *speed = road_speed_of(r->builder.options->speeds, class);
    if (!speed) {
        r->report->passed_over++;
        return READOSM_OK;
    }
    r->report->roads++;
    struct road_way way = {.class = class};
    bool vehicle = speed->mode != ROAD_WALKING;
    way.oneway = !vehicle ? 0 : str_is(oneway, "yes") || str_is(oneway, "1") || str_is(oneway, "true") ? 1 : str_is(oneway, "-1") ? -1 : 0;
    r->problem = add_pieces(r, w, &way, speed);
    return r->problem.code ? READOSM_ABORT : READOSM_OK;
}

static int on_relation(const void *user, const readosm_relation *relation) {
    ((struct osm_reading *)user)->report->relations++;
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

err roads_from_osm(struct arena *a, const char *path, const struct road_options *options, struct roads *out, struct osm_report *report) {
    struct osm_reading r = {.builder = {.arena = a, .options = options}, .report = report};
    const void *handle;
    *report = (struct osm_report){0};
    int code = readosm_open(path, &handle);
    if (code == READOSM_OK) code = readosm_parse(handle, &r, on_node, on_way, on_relation);
    readosm_close(handle);
    if (r.problem.code) return r.problem;
    if (code != READOSM_OK) return err_make(a, code == READOSM_FILE_NOT_FOUND ? ERR_IO : ERR_INVALID, "roads", "%s: %s", path, reason_of(code));
    if (report->nodes && !report->ways) return err_make(a, ERR_INVALID, "roads", "%s: %zu nodes but no way: the file is cut before its ways", path, report->nodes);
    if (!r.builder.edge.len && report->missing_refs)
        return err_make(a, ERR_INVALID, "roads", "%s: %zu of %zu roads refer to nodes that are not in the file, and no road is left: it is cut or clipped", path, report->cut_roads, report->roads);
    if (!r.builder.edge.len) return err_make(a, ERR_INVALID, "roads", "%s: no road of the speed table in this file", path);
    roads_finish(&r.builder, out);
    return OK_ERR;
}

str osm_doubts(struct arena *a, const struct osm_report *o, bool vi) {
    struct buf out = buf_new(a);
    if (o->missing_refs)
        buf_addf(&out, vi ? "%zu trong %zu đường trỏ đến điểm không có trong tệp (%zu trong %zu điểm, %.1f %%): có vẻ tệp bị cắt cụt hoặc cắt theo khung.\n"
                          : "%zu of %zu ways refer to nodes that are not in the file (%zu of %zu nodes, %.1f %%): it seems cut or clipped.\n",
                 o->cut_roads, o->roads, o->missing_refs, o->refs, 100.0 * (double)o->missing_refs / (double)o->refs);
    if (!o->relations)
        buf_addf(&out, vi ? "Tệp có %zu điểm, %zu đường nhưng không có quan hệ nào: có thể bị cắt giữa các đường, hoặc đã lọc.\n"
                          : "The file holds %zu nodes and %zu ways but no relation: it may be cut among its ways, or filtered.\n", o->nodes, o->ways);
    return buf_str(&out);
}
