/* SPDX-License-Identifier: GPL-3.0-or-later
 * travel/: travel tables, the estimate, terrain and Tobler, roads from GeoJSON and OSM. */
#include "travel/roads.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static void says(err e, const char *part) {
    if (!e.code || !str_contains(e.detail, str_of(part))) fail_msg("wanted \"%s\", got \"%.*s\"", part, STR_ARG(e.code ? e.detail : STR("no error")));
}
static void near(double got, double want, double within) {
    if (!(fabs(got - want) <= within)) fail_msg("%.9g, want %.9g", got, want);
}

/* ---- the table ----------------------------------------------------------------------------------------------------- */

#define HEAD "from,to,minutes,mode,season,source,date\n"

static void table_says(const char *text, const char *part) {
    struct travel_table t;
    says(travel_read(arena, str_of(text), &t), part);
}

static void test_table(void **state) {
    (void)state;
    table_says(HEAD "a,b,-5,car,,head,\n", "line 2: negative time");
    table_says(HEAD "a,b,5 h,car,,head,\n", "line 2: a unit in the number");
    table_says(HEAD "a,b,,car,,head,\n", "line 2: a hole");
    table_says(HEAD "a,b,five,car,,head,\n", "not a number");
    table_says(HEAD "a,b,5,car,monsoon,head,\n", "season is any, dry or wet");
    table_says(HEAD "a,b,5,car,,,\n", "no source");
    table_says(HEAD "a,b,5,car,,head,2026-02-30\n", "not a day");
    table_says(HEAD "a,b,5,car,,head,\n\na,b,6,car,,head,\n", "line 4: this pair was given before");
    table_says("from,to,hours\n", "the header must be");
    struct travel_table t;
    struct travel_sources used;
    assert_int_equal(travel_read(arena, STR(HEAD "a,s,50,car,any,village head,2026-01-05\na,s,40,motorbike,any,village head,\n"
                                                 "a,s,none,car,wet,road office,\nb,s,20,car,dry,village head,\nb,s,25,car,any,estimated,\n"), &t).code, ERR_OK);
    str from[2] = {STR("a"), STR("b")}, to[2] = {STR("s"), STR("t")};
    double minutes[4];
    assert_int_equal(travel_select(arena, &t, from, 2, to, 1, TRAVEL_DRY, minutes, &used).code, ERR_OK);
    assert_true(minutes[0] == 40 && minutes[1] == 20 && used.len == 1 && used.estimated == 0);
    assert_int_equal(travel_select(arena, &t, from, 2, to, 1, TRAVEL_WET, minutes, &used).code, ERR_OK);
    assert_true(isinf(minutes[0]) && minutes[1] == 25); /* the wet road is cut; b has only the whole year's estimate */
    assert_true(used.len == 2 && used.estimated == 1);
    says(travel_select(arena, &t, from, 2, to, 2, TRAVEL_DRY, minutes, &used), "no time from a to t");
}

static void test_estimate(void **state) {
    (void)state;
    struct coordinates equator = {0, 0}, east = {0, 1};
    near(travel_km(equator, east), 2 * M_PI * 6371.0088 / 360, 1e-9);
    struct travel_time t = travel_estimate(equator, east, &travel_guesses[TRAVEL_VALLEY]);
    near(t.minutes, 111.195 * 1.3 / 30 * 60, 0.01);
    near(t.least, 0.65 * t.minutes, 1e-9);
    near(t.most, 1.35 * t.minutes, 1e-9);
    assert_true(t.estimated && str_is(t.source, "estimated"));
}

/* ---- terrain ------------------------------------------------------------------------------------------------------- */

static void test_tobler(void **state) {
    (void)state;
    near(tobler_kmh(-0.05), 6, 1e-12);
    near(tobler_kmh(0), 6 * exp(-0.175), 1e-12);
    const char *shared = getenv("TRAM_SHARED") ? getenv("TRAM_SHARED") : "../shared";
    FILE *f = fopen(str_z(arena, str_format(arena, "%s/data/access/tobler_reference.csv", shared)), "r");
    if (!f) {
        print_message("skipped: %s/data/access is not here\n", shared);
        skip();
    }
    char line[256];
    int rows = 0;
    while (fgets(line, sizeof line, f)) {
        double flat, slope, kmh, walk, minutes;
        if (sscanf(line, "%lf,%lf,%lf,%lf,%lf", &flat, &slope, &kmh, &walk, &minutes) != 5) continue;
        near(tobler_kmh(slope), kmh, 1e-9);
        near(tobler_scaled_kmh(flat, slope), walk, 1e-9);
        near(0.1 / tobler_scaled_kmh(flat, slope) * 60, minutes, 1e-9);
        rows++;
    }
    fclose(f);
    assert_true(rows > 20);
}

static void put_height(char *bytes, int row, int column, int metres) {
    bytes[2 * (row * 1201 + column)] = (char)(metres >> 8 & 0xff);
    bytes[2 * (row * 1201 + column) + 1] = (char)(metres & 0xff);
}

static void test_terrain(void **state) {
    (void)state;
    size_t size = 2 * 1201 * 1201;
    char *bytes = arena_zalloc(arena, size, 1);
    struct terrain t = {0};
    says(terrain_add(arena, STR("N21E103.hgt"), (str){bytes, size - 2}, &t), "neither 1201 x 1201 nor 3601 x 3601");
    says(terrain_add(arena, STR("dienbien.hgt"), (str){bytes, size}, &t), "does not say where");
    for (int row = 0; row < 1201; row++)
        for (int column = 0; column < 1201; column++) put_height(bytes, row, column, -100 + column); /* rises to the east */
    put_height(bytes, 600, 600, TERRAIN_VOID);
    assert_int_equal(terrain_add(arena, STR("/media/usb/N21E103.hgt"), (str){bytes, size}, &t).code, ERR_OK);
    assert_true(t.tile.len == 1 && t.tile.at[0].south == 21 && t.tile.at[0].west == 103 && t.voids == 1);
    says(terrain_add(arena, STR("N21E103.hgt"), (str){bytes, size}, &t), "N21E103 is given twice");
    double height, minutes;
    assert_true(terrain_height(&t, (struct coordinates){21.25, 103 + 100.5 / 1200}, &height));
    near(height, 0.5, 1e-6);
    assert_false(terrain_height(&t, (struct coordinates){21.5, 103.5}, &height));
    assert_false(terrain_height(&t, (struct coordinates){22.5, 103.5}, &height));
    struct coordinates west = {21.2, 103.2}, east = {21.2, 103.3};
    double km = travel_km(west, east), slope = 120 / (km * 1000);
    assert_int_equal(terrain_walk(arena, &t, west, east, 5, 30, &minutes).code, ERR_OK);
    near(minutes, km / tobler_scaled_kmh(5, slope) * 60, 1e-3 * minutes);
    assert_int_equal(terrain_walk(arena, &t, east, west, 5, 30, &minutes).code, ERR_OK);
    near(minutes, km / tobler_scaled_kmh(5, -slope) * 60, 1e-3 * minutes);
    says(terrain_walk(arena, &t, (struct coordinates){21.5, 103.4}, (struct coordinates){21.5, 103.6}, 5, 30, &minutes), "a void in tile N21E103");
    says(terrain_walk(arena, &t, (struct coordinates){21.2, 103.9}, (struct coordinates){21.2, 104.1}, 5, 30, &minutes), "tile N21E104 is missing");
    assert_true(str_is(terrain_missing(arena, &t, (struct coordinates){20.9, 103.5}, (struct coordinates){21.5, 103.6}), "N20E103"));
}

/* ---- tiles side by side ---------------------------------------------------------------------------------------------- */

enum { MERGED = 2401 };
static int16_t merged[MERGED][MERGED]; /* two by two tiles as one grid, row 0 at 23 degrees north, column 0 at 103 east */

static double merged_height(struct coordinates p) {
    double y = (23 - p.latitude) * 1200, x = (p.longitude - 103) * 1200;
    int row = y >= MERGED - 1 ? MERGED - 2 : (int)y, column = x >= MERGED - 1 ? MERGED - 2 : (int)x;
    double fy = y - row, fx = x - column;
    return (1 - fy) * ((1 - fx) * merged[row][column] + fx * merged[row][column + 1]) + fy * ((1 - fx) * merged[row + 1][column] + fx * merged[row + 1][column + 1]);
}

/* The walk written out again over the one grid. */
static double merged_walk(struct coordinates from, struct coordinates to) {
    double km = travel_km(from, to), minutes = 0, before = merged_height(from);
    int parts = (int)ceil(km * 1000 / 30);
    for (int k = 1; k <= parts; k++) {
        double share = (double)k / parts, height = merged_height((struct coordinates){from.latitude + share * (to.latitude - from.latitude), from.longitude + share * (to.longitude - from.longitude)});
        minutes += km / parts / (5 * exp(-3.5 * (fabs((height - before) / (km / parts * 1000) + 0.05) - 0.05))) * 60;
        before = height;
    }
    return minutes;
}

static uint64_t dice_state = 11;
static double dice(void) {
    dice_state = dice_state * 6364136223846793005u + 1442695040888963407u;
    return (double)(dice_state >> 11) / 9007199254740992.0;
}

/* Over the borders of four tiles Tobler gives what it gives on the merged grid, whatever the order of the tiles. */
static void test_tiles(void **state) {
    (void)state;
    for (int row = 0; row < MERGED; row++)
        for (int column = 0; column < MERGED; column++) merged[row][column] = (int16_t)(700 + 400 * sin(row / 37.0) * cos(column / 53.0) + 40 * dice());
    static const char *const names[] = {"N22E103.hgt", "N22E104.hgt", "N21E103.hgt", "N21E104.hgt"};
    static const int orders[][4] = {{0, 1, 2, 3}, {3, 1, 0, 2}};
    for (int o = 0; o < 2; o++) {
        struct terrain t = {0};
        for (int k = 0; k < 4; k++) {
            int tile = orders[o][k];
            char *bytes = arena_zalloc(arena, 2 * 1201 * 1201, 1);
            for (int row = 0; row < 1201; row++)
                for (int column = 0; column < 1201; column++) put_height(bytes, row, column, merged[row + tile / 2 * 1200][column + tile % 2 * 1200]);
            assert_int_equal(terrain_add(arena, str_of(names[tile]), (str){bytes, 2 * 1201 * 1201}, &t).code, ERR_OK);
        }
        assert_true(t.edges == 4 * 1201 && t.edge_differs == 0);
        for (int k = 0; k < 300; k++) {
            struct coordinates from = {21.9 + 0.2 * dice(), 103.9 + 0.2 * dice()}, to = {21.9 + 0.2 * dice(), 103.9 + 0.2 * dice()};
            if (k % 5 == 0) from.latitude = to.latitude = 22; /* along the border itself */
            if (k % 7 == 0) from = (struct coordinates){22, 104};
            double minutes;
            assert_int_equal(terrain_walk(arena, &t, from, to, 5, 30, &minutes).code, ERR_OK);
            near(minutes, merged_walk(from, to), 1e-7 * minutes);
        }
        assert_int_equal(terrain_missing(arena, &t, (struct coordinates){21, 103}, (struct coordinates){22.9, 104.9}).len, 0);
    }
}

/* ---- roads --------------------------------------------------------------------------------------------------------- */

#define SPEEDS "class,label,speed,mode\nprimary,provincial road,60,MOTORIZED\npath,footpath,4,WALKING\nproposed,not built,0,MOTORIZED\n"

static void test_speeds(void **state) {
    (void)state;
    struct road_speeds s;
    says(road_speeds_read(arena, STR("class,label,speed\nprimary,x,60\n"), &s), "four columns");
    says(road_speeds_read(arena, STR("class,label,speed,mode\nprimary,x,fast,MOTORIZED\n"), &s), "speed is a number from 0 to 200");
    says(road_speeds_read(arena, STR("class,label,speed,mode\nprimary,x,60,FLYING\n"), &s), "mode is WALKING");
    says(road_speeds_read(arena, STR("class,label,speed,mode\na,x,6,WALKING\na,x,7,WALKING\n"), &s), "line 3: class \"a\" twice");
    assert_int_equal(road_speeds_read(arena, STR(SPEEDS), &s).code, ERR_OK);
    assert_int_equal(s.len, 3);
}

#define LINE(class, extra, points) "{\"type\":\"Feature\",\"properties\":{\"highway\":\"" class "\"" extra "},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[" points "]}}"
#define ROADS(a, b) "{\"type\":\"FeatureCollection\",\"features\":[" a "," b "]}"

static void test_geojson(void **state) {
    (void)state;
    struct road_speeds speeds;
    road_speeds_read(arena, STR(SPEEDS), &speeds);
    struct road_options options = {.speeds = &speeds, .season = TRAVEL_DRY};
    struct roads r;
    says(roads_from_geojson(arena, STR(ROADS(LINE("primary", "", "[103,21],[103.1,21]"), LINE("track", "", "[103,21],[103,22]"))), &options, &r), "feature 2: class \"track\" is not in the speed table");
    says(roads_from_geojson(arena, STR(ROADS(LINE("primary", "", "[103,21],[703.1,21]"), LINE("path", "", "[103,21],[103,22]"))), &options, &r), "feature 1: point 2 is not");
    says(roads_from_geojson(arena, STR("{\"type\":\"FeatureCollection\",\"features\":[{"), &options, &r), "ends too early");
    says(roads_from_geojson(arena, STR("{}"), &options, &r), "no features");
    str text = STR(ROADS(LINE("primary", "", "[103.0,21],[103.1,21],[103.2,21]"), LINE("path", ",\"closed\":\"wet\"", "[103.1,21],[103.1,21.1]")));
    assert_int_equal(roads_from_geojson(arena, text, &options, &r).code, ERR_OK);
    assert_int_equal(r.nodes, 4);
    assert_int_equal(r.edges, 6);
    struct coordinates village[2] = {{21.1, 103.1}, {21, 103}}, site[1] = {{21, 103.2}}, far[1] = {{25, 110}};
    double minutes[2], km = travel_km((struct coordinates){21, 103.1}, site[0]), path = travel_km(village[0], (struct coordinates){21, 103.1});
    roads_times(&r, village, 2, site, 1, 4, 2, minutes);
    near(minutes[0], km / 60 * 60 + path / 4 * 60, 1e-3);
    near(minutes[1], 2 * km / 60 * 60, 1e-3);
    roads_times(&r, village, 2, far, 1, 4, 2, minutes);
    assert_true(isinf(minutes[0]));
    options.season = TRAVEL_WET; /* the footpath is cut: that village has no road within 2 km */
    assert_int_equal(roads_from_geojson(arena, text, &options, &r).code, ERR_OK);
    assert_int_equal(r.left_out, 1);
    roads_times(&r, village, 2, site, 1, 4, 2, minutes);
    assert_true(isinf(minutes[0]) && !isinf(minutes[1]));
    struct coordinates beside[1] = {{21.01, 103.0}}; /* a walk of 1.1 km to the road comes on top */
    roads_times(&r, beside, 1, site, 1, 4, 2, minutes);
    near(minutes[0], 2 * km + travel_km(beside[0], village[1]) / 4 * 60, 1e-3);
}

static void test_oneway(void **state) {
    (void)state;
    struct road_speeds speeds;
    road_speeds_read(arena, STR(SPEEDS), &speeds);
    struct road_options options = {.speeds = &speeds};
    struct roads r;
    str text = STR(ROADS(LINE("primary", ",\"oneway\":\"yes\"", "[103.0,21],[103.1,21]"), LINE("proposed", "", "[103.1,21],[103.0,21]")));
    assert_int_equal(roads_from_geojson(arena, text, &options, &r).code, ERR_OK);
    struct coordinates west[1] = {{21, 103}}, east[1] = {{21, 103.1}};
    double there, back;
    roads_times(&r, west, 1, east, 1, 4, 2, &there);
    roads_times(&r, east, 1, west, 1, 4, 2, &back);
    assert_true(isfinite(there) && isinf(back));
}

/* ---- OSM ----------------------------------------------------------------------------------------------------------- */

static const char osm[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<osm version=\"0.6\">\n"
    "<node id=\"1\" lat=\"21\" lon=\"103.0\"/>\n<node id=\"2\" lat=\"21\" lon=\"103.1\"/>\n<node id=\"3\" lat=\"21\" lon=\"103.2\"/>\n"
    "<way id=\"7\"><nd ref=\"1\"/><nd ref=\"2\"/><nd ref=\"99\"/><nd ref=\"2\"/><nd ref=\"3\"/><tag k=\"highway\" v=\"primary\"/></way>\n"
    "<way id=\"8\"><nd ref=\"1\"/><nd ref=\"3\"/><tag k=\"highway\" v=\"raceway\"/></way>\n</osm>\n";

static const char *temporary(const char *suffix, const char *bytes, size_t len) {
    char *path = str_z(arena, str_format(arena, "/tmp/tram-test-%d%s", (int)getpid(), suffix));
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    fclose(f);
    return path;
}

static void test_osm(void **state) {
    (void)state;
    struct road_speeds speeds;
    road_speeds_read(arena, STR(SPEEDS), &speeds);
    struct road_options options = {.speeds = &speeds};
    struct roads r;
    struct osm_report report;
    const char *path = temporary(".osm", osm, sizeof osm - 1);
    assert_int_equal(roads_from_osm(arena, path, &options, &r, &report).code, ERR_OK);
    assert_true(report.passed_over == 1 && report.nodes == 3 && report.ways == 2 && report.roads == 1 && report.cut_roads == 1 && report.refs == 5 && report.missing_refs == 1 && report.relations == 0);
    assert_true(str_contains(osm_doubts(arena, &report, false), STR("1 of 1 ways refer to nodes that are not in the file (1 of 5 nodes, 20.0 %)")));
    struct osm_report fine = {.nodes = 9, .ways = 2, .roads = 2, .refs = 8, .relations = 1};
    assert_int_equal(osm_doubts(arena, &fine, true).len, 0);
    assert_int_equal(r.edges, 4); /* 1-2 and 2-3 both ways; node 99 lies outside the extract */
#ifndef __SANITIZE_ADDRESS__ /* on damaged XML libreadosm does not free its parser */
    says((temporary(".osm", osm, sizeof osm / 2), roads_from_osm(arena, path, &options, &r, &report)), "XML is damaged");
#endif
    unlink(path);
    says(roads_from_osm(arena, path, &options, &r, &report), "cannot be opened");
    /* a PBF block: length of the header, OSMHeader, a size that the file does not hold */
    static const char cut[] = "\0\0\0\x0d\x0a\x09OSMHeader\x18\x7ctoo short";
    const char *pbf = temporary(".osm.pbf", cut, sizeof cut - 1);
    says(roads_from_osm(arena, pbf, &options, &r, &report), "cut");
    unlink(pbf);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),   cmocka_unit_test_setup_teardown(test_estimate, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tobler, set_up, tear_down),  cmocka_unit_test_setup_teardown(test_terrain, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_tiles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_speeds, set_up, tear_down),  cmocka_unit_test_setup_teardown(test_geojson, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oneway, set_up, tear_down),  cmocka_unit_test_setup_teardown(test_osm, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("travel", tests, NULL, NULL);
}
