/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Travel times over roads: a road network from GeoJSON or an OpenStreetMap extract (.osm.pbf, .osm), a speed table with
 * the four columns of WHO's AccessMod (class, label, speed, mode), and the times between villages and sites.
 */
#ifndef TRAVEL_ROADS_H
#define TRAVEL_ROADS_H

#include "graph.h"
#include "terrain.h"

enum road_mode { ROAD_WALKING, ROAD_BICYCLING, ROAD_MOTORIZED };

struct road_speed {
    str class, label; /* class: the value of OSM's highway tag */
    double kmh;       /* 0 = barrier */
    enum road_mode mode;
};

struct road_speeds {
    struct road_speed *at;
    size_t len;
};

/* Reads `class,label,speed,mode` (mode WALKING, BICYCLING or MOTORIZED). Errors name the line. */
err road_speeds_read(struct arena *a, str text, struct road_speeds *out);

struct roads {
    struct coordinates *node;
    uint32_t nodes;
    struct graph_edge *edge; /* minutes, in the direction of travel */
    size_t edges;
    double south, west;      /* grid of the nodes, for finding the nearest */
    uint32_t rows, columns, *cell_start, *cell_node;
    size_t left_out;         /* ways closed in the season or of speed 0 */
};

struct road_options {
    const struct road_speeds *speeds;
    enum travel_season season;     /* a way whose `closed` is this season, or "all", is left out */
    const struct terrain *terrain; /* walking ways are corrected by slope; NULL = flat */
};

/* A FeatureCollection of LineStrings; properties highway (class), oneway ("yes", "-1", true), closed ("wet", "dry", "all").
 * Other geometries are passed over. ERR_INVALID names the feature: a class that the table does not have, coordinates
 * outside the world. Ways meet where their points are the same to 1e-7 degrees. */
err roads_from_geojson(struct arena *a, str text, const struct road_options *options, struct roads *out);

/* What an OSM file held. PBF has no end mark, so a file cut exactly between two blocks can be read: what is missing shows only
 * in what the rest refers to. */
struct osm_report {
    size_t nodes, ways, relations;
    size_t roads, passed_over;   /* ways of a class in the speed table; highways of another class */
    size_t cut_roads;            /* roads that refer to nodes that are not in the file */
    size_t refs, missing_refs;   /* nodes that roads refer to */
};
/* The same from an OSM file; ways without a highway tag, or whose class is not in the table, are passed over (an extract
 * holds everything). ERR_INVALID for a file that is cut or damaged, or that ends before its ways. */
err roads_from_osm(struct arena *a, const char *path, const struct road_options *options, struct roads *out, struct osm_report *report);
/* Why such a file may be cut or clipped, a sentence a line; empty: nothing speaks for it. */
str osm_doubts(struct arena *a, const struct osm_report *report, bool vietnamese);

/* minutes[from * to_count + to]: walk to the nearest road node at walk_kmh, the fastest way, walk from it. INFINITY where
 * there is no way or no road within most_km. One shortest-path run per `to`. */
void roads_times(const struct roads *r, const struct coordinates *from, size_t from_count, const struct coordinates *to,
                 size_t to_count, double walk_kmh, double most_km, double *minutes);

#endif
