/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The road network: speed table, building, GeoJSON, nearest nodes, times. The OSM reader is in roads_osm.c.
 */
#include "roads_int.h"

#include "base/csv.h"
#include "base/json.h"

#include <math.h>
#include <stdlib.h>

/* ---- speeds ---------------------------------------------------------------------------------------------------------- */

static err read_speed(struct arena *a, const str *field, unsigned line, struct road_speed *out) {
    static const char *const modes[] = {"WALKING", "BICYCLING", "MOTORIZED"};
    int mode = 0;
    *out = (struct road_speed){.class = field[0], .label = field[1]};
    while (mode < 3 && !str_is(field[3], modes[mode])) mode++;
    if (mode == 3) return err_make(a, ERR_INVALID, "speeds", "line %u: mode is WALKING, BICYCLING or MOTORIZED, not \"%.*s\"", line, STR_ARG(field[3]));
    out->mode = (enum road_mode)mode;
    if (!str_number(field[2], &out->kmh) || out->kmh < 0 || out->kmh > 200)
        return err_make(a, ERR_INVALID, "speeds", "line %u: speed is a number from 0 to 200 km/h, not \"%.*s\"", line, STR_ARG(field[2]));
    return OK_ERR;
}

err road_speeds_read(struct arena *a, str text, struct road_speeds *out) {
    VEC(struct road_speed) rows = {0};
    struct csv csv = {.rest = text};
    for (bool header = true;; header = false) {
        str field[5];
        size_t n;
        bool row;
        TRY(csv_row(&csv, a, field, 5, &n, &row));
        if (!row) break;
        if (n != 4) return err_make(a, ERR_INVALID, "speeds", "line %u: four columns are wanted: class,label,speed,mode", csv.line);
        for (size_t k = 0; k < n; k++) field[k] = str_trim(field[k]);
        if (header && str_is(field[0], "class")) continue;
        if (header) return err_make(a, ERR_INVALID, "speeds", "line %u: the header must be class,label,speed,mode", csv.line);
        struct road_speed s;
        TRY(read_speed(a, field, csv.line, &s));
        for (size_t k = 0; k < rows.len; k++)
            if (str_eq(rows.at[k].class, s.class)) return err_make(a, ERR_INVALID, "speeds", "line %u: class \"%.*s\" twice", csv.line, STR_ARG(s.class));
        VEC_PUSH(a, &rows, s);
    }
    if (!rows.len) return err_make(a, ERR_INVALID, "speeds", "the table has no rows");
    *out = (struct road_speeds){rows.at, rows.len};
    return OK_ERR;
}

const struct road_speed *road_speed_of(const struct road_speeds *s, str class) {
    for (size_t k = 0; k < s->len; k++)
        if (str_eq(s->at[k].class, class)) return &s->at[k];
    return NULL;
}

/* ---- building -------------------------------------------------------------------------------------------------------- */

static uint64_t position_key(struct coordinates p) {
    return (uint64_t)(uint32_t)llround(p.latitude * 1e7) << 32 | (uint32_t)llround(p.longitude * 1e7);
}

static void grow_slots(struct road_builder *b) {
    size_t count = b->slot_count ? b->slot_count * 2 : 1024;
    b->slots = ARENA_ARRAY(b->arena, uint32_t, count);
    b->slot_count = count;
    for (uint32_t k = 0; k < b->node.len; k++) {
        size_t at = (size_t)(position_key(b->node.at[k]) * 0x9E3779B97F4A7C15u >> 20) & (count - 1);
        while (b->slots[at]) at = (at + 1) & (count - 1);
        b->slots[at] = k + 1;
    }
}

static uint32_t node_of(struct road_builder *b, struct coordinates p) {
    if (b->node.len * 2 >= b->slot_count) grow_slots(b);
    uint64_t key = position_key(p);
    size_t at = (size_t)(key * 0x9E3779B97F4A7C15u >> 20) & (b->slot_count - 1);
    for (; b->slots[at]; at = (at + 1) & (b->slot_count - 1))
        if (position_key(b->node.at[b->slots[at] - 1]) == key) return b->slots[at] - 1;
    VEC_PUSH(b->arena, &b->node, p);
    b->slots[at] = (uint32_t)b->node.len;
    return (uint32_t)b->node.len - 1;
}

static err minutes_between(struct road_builder *b, struct coordinates from, struct coordinates to, const struct road_speed *speed, double *out) {
    if (speed->mode == ROAD_WALKING && b->options->terrain)
        return terrain_walk(b->arena, b->options->terrain, from, to, speed->kmh, 30, out);
    *out = travel_km(from, to) / speed->kmh * 60;
    return OK_ERR;
}

err road_add(struct road_builder *b, const struct road_way *way, const struct road_speed *speed) {
    enum travel_season season = b->options->season;
    bool closed = str_is(way->closed, "all") || (season == TRAVEL_WET && str_is(way->closed, "wet")) || (season == TRAVEL_DRY && str_is(way->closed, "dry"));
    if (closed || speed->kmh <= 0) {
        b->left_out++;
        return OK_ERR;
    }
    for (size_t k = 1; k < way->points; k++) {
        struct coordinates p = way->point[k - 1], q = way->point[k];
        uint32_t from = node_of(b, p), to = node_of(b, q);
        double minutes;
        if (from == to) continue;
        if (way->oneway >= 0) {
            TRY(minutes_between(b, p, q, speed, &minutes));
            VEC_PUSH(b->arena, &b->edge, (struct graph_edge){from, to, minutes});
        }
        if (way->oneway <= 0) {
            TRY(minutes_between(b, q, p, speed, &minutes));
            VEC_PUSH(b->arena, &b->edge, (struct graph_edge){to, from, minutes});
        }
    }
    return OK_ERR;
}

static const double CELL = 0.01; /* degrees, about 1.1 km */

static uint32_t cell_of(const struct roads *r, double latitude, double longitude) {
    return (uint32_t)((latitude - r->south) / CELL) * r->columns + (uint32_t)((longitude - r->west) / CELL);
}

void roads_finish(struct road_builder *b, struct roads *out) {
    *out = (struct roads){.node = b->node.at, .nodes = (uint32_t)b->node.len, .edge = b->edge.at, .edges = b->edge.len, .left_out = b->left_out};
    double north = -90, east = -180;
    out->south = 90, out->west = 180;
    for (uint32_t k = 0; k < out->nodes; k++) {
        out->south = fmin(out->south, out->node[k].latitude), north = fmax(north, out->node[k].latitude);
        out->west = fmin(out->west, out->node[k].longitude), east = fmax(east, out->node[k].longitude);
    }
    if (!out->nodes) return;
    out->rows = (uint32_t)((north - out->south) / CELL) + 1;
    out->columns = (uint32_t)((east - out->west) / CELL) + 1;
    out->cell_start = ARENA_ARRAY(b->arena, uint32_t, (size_t)out->rows * out->columns + 2);
    out->cell_node = ARENA_ARRAY(b->arena, uint32_t, out->nodes);
    for (uint32_t k = 0; k < out->nodes; k++) out->cell_start[cell_of(out, out->node[k].latitude, out->node[k].longitude) + 2]++;
    for (size_t c = 0; c < (size_t)out->rows * out->columns; c++) out->cell_start[c + 2] += out->cell_start[c + 1];
    for (uint32_t k = 0; k < out->nodes; k++)
        out->cell_node[out->cell_start[cell_of(out, out->node[k].latitude, out->node[k].longitude) + 1]++] = k;
}

/* ---- GeoJSON --------------------------------------------------------------------------------------------------------- */

static bool coordinate(const struct json *pair, struct coordinates *out) {
    const struct json *x = json_item(pair, 0), *y = json_item(pair, 1);
    if (!x || !y || x->kind != JSON_NUMBER || y->kind != JSON_NUMBER) return false;
    return str_number(x->text, &out->longitude) && str_number(y->text, &out->latitude) && fabs(out->latitude) <= 90 && fabs(out->longitude) <= 180;
}

static err add_line(struct road_builder *b, const struct json *line, struct road_way *way, unsigned number, const struct road_speed *speed) {
    struct arena *a = b->arena;
    struct coordinates *point = ARENA_ARRAY(a, struct coordinates, (size_t)line->count + 1);
    size_t n = 0;
    for (const struct json *pair = line->first; pair; pair = pair->next)
        if (!coordinate(pair, &point[n++]))
            return err_make(a, ERR_INVALID, "roads", "feature %u: point %zu is not [longitude, latitude] in degrees", number, n);
    way->point = point;
    way->points = n;
    return road_add(b, way, speed);
}

static err add_feature(struct road_builder *b, const struct json *feature, unsigned number) {
    const struct json *geometry = JSON_GET(feature, "geometry"), *properties = JSON_GET(feature, "properties");
    str type = JSON_TEXT(geometry, "type"), class = JSON_TEXT(properties, "highway"), oneway = JSON_TEXT(properties, "oneway");
    bool one = str_is(type, "LineString");
    if (!one && !str_is(type, "MultiLineString")) return OK_ERR;
    if (!class.len) return err_make(b->arena, ERR_INVALID, "roads", "feature %u: a line without a highway class", number);
    const struct road_speed *speed = road_speed_of(b->options->speeds, class);
    if (!speed) return err_make(b->arena, ERR_INVALID, "roads", "feature %u: class \"%.*s\" is not in the speed table", number, STR_ARG(class));
    const struct json *flag = JSON_GET(properties, "oneway"), *lines = JSON_GET(geometry, "coordinates");
    struct road_way way = {.class = class, .closed = JSON_TEXT(properties, "closed")};
    way.oneway = str_is(oneway, "yes") || (flag && flag->kind == JSON_TRUE) ? 1 : str_is(oneway, "-1") ? -1 : 0;
    if (way.closed.len && !str_is(way.closed, "wet") && !str_is(way.closed, "dry") && !str_is(way.closed, "all"))
        return err_make(b->arena, ERR_INVALID, "roads", "feature %u: closed is wet, dry or all, not \"%.*s\"", number, STR_ARG(way.closed));
    if (!lines || lines->kind != JSON_ARRAY) return err_make(b->arena, ERR_INVALID, "roads", "feature %u: no coordinates", number);
    if (one) return add_line(b, lines, &way, number, speed);
    for (const struct json *line = lines->first; line; line = line->next) TRY(add_line(b, line, &way, number, speed));
    return OK_ERR;
}

err roads_from_geojson(struct arena *a, str text, const struct road_options *options, struct roads *out) {
    struct json *tree;
    struct road_builder b = {.arena = a, .options = options};
    TRY(json_parse(a, text, &tree));
    const struct json *features = JSON_GET(tree, "features");
    if (!features || features->kind != JSON_ARRAY) return err_make(a, ERR_INVALID, "roads", "not a FeatureCollection: no features");
    unsigned number = 0;
    for (const struct json *f = features->first; f; f = f->next) TRY(add_feature(&b, f, ++number));
    if (!b.edge.len) return err_make(a, ERR_INVALID, "roads", "no road can be travelled in this file");
    roads_finish(&b, out);
    return OK_ERR;
}

/* ---- times ----------------------------------------------------------------------------------------------------------- */

/* The nearest road node within most_km; UINT32_MAX if there is none. Rings of cells, outward. */
static uint32_t nearest_node(const struct roads *r, struct coordinates p, double most_km, double *km) {
    uint32_t best = UINT32_MAX;
    double cell_km = CELL * 111.2 * fmax(0.05, cos(p.latitude * M_PI / 180));
    int64_t row = (int64_t)floor((p.latitude - r->south) / CELL), column = (int64_t)floor((p.longitude - r->west) / CELL);
    *km = most_km;
    for (int64_t ring = 0; (double)(ring - 1) * cell_km <= *km; ring++)
        for (int64_t y = row - ring; y <= row + ring; y++) {
            if (y < 0 || y >= r->rows) continue;
            int64_t stride = y == row - ring || y == row + ring || !ring ? 1 : 2 * ring;
            for (int64_t x = column - ring; x <= column + ring; x += stride) {
                if (x < 0 || x >= r->columns) continue;
                size_t cell = (size_t)y * r->columns + (size_t)x;
                for (uint32_t k = r->cell_start[cell]; k < r->cell_start[cell + 1]; k++) {
                    double here = travel_km(p, r->node[r->cell_node[k]]);
                    if (here > *km) continue;
                    *km = here;
                    best = r->cell_node[k];
                }
            }
        }
    return best;
}

void roads_times(const struct roads *r, const struct coordinates *from, size_t from_count, const struct coordinates *to,
                 size_t to_count, double walk_kmh, double most_km, double *minutes) {
    struct arena *scratch = arena_new();
    struct graph_edge *back = ARENA_ARRAY(scratch, struct graph_edge, r->edges + 1); /* from the site outward, so turned round */
    for (size_t e = 0; e < r->edges; e++) back[e] = (struct graph_edge){r->edge[e].to, r->edge[e].from, r->edge[e].length};
    struct graph *g = graph_new(scratch, r->nodes, back, r->edges);
    struct graph_work *work = graph_work_new(scratch, g);
    double *length = ARENA_ARRAY(scratch, double, (size_t)r->nodes + 1), *leg = ARENA_ARRAY(scratch, double, from_count + 1), km;
    uint32_t *node = ARENA_ARRAY(scratch, uint32_t, from_count + 1);
    for (size_t i = 0; i < from_count; i++) {
        node[i] = nearest_node(r, from[i], most_km, &km);
        leg[i] = km / walk_kmh * 60;
    }
    for (size_t j = 0; j < to_count; j++) {
        uint32_t site = nearest_node(r, to[j], most_km, &km);
        if (site != UINT32_MAX) graph_shortest(g, work, site, length);
        for (size_t i = 0; i < from_count; i++)
            minutes[i * to_count + j] = site == UINT32_MAX || node[i] == UINT32_MAX ? INFINITY : leg[i] + length[node[i]] + km / walk_kmh * 60;
    }
    arena_free(scratch);
}
