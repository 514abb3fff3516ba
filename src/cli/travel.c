/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram travel: a travel table from a road graph or from heights, in the form that tram choose and tram rounds take. Each
 * pair carries its source; where there is no way it says "none"; nothing is estimated here.
 */
#include "cli.h"

#include "base/data.h"
#include "siting/siting.h"
#include "travel/roads.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct journey {
    struct siting_problem q;
    const char *roads, *terrain;
    str season;
    double walk, most_km;
    struct terrain heights;
    double *minutes; /* [village * sites + site] */
};

static err number_option(const struct invocation *in, const char *name, double least, double most, double *out) {
    const char *text = option_value(in, name);
    if (!text) return OK_ERR;
    if (!str_number(str_of(text), out) || *out < least || *out > most)
        return err_make(in->arena, ERR_USAGE, NULL, "--%s wants a number from %g to %g, not '%s'", name, least, most, text);
    return OK_ERR;
}

static err read_places(const struct invocation *in, struct siting_problem *q) {
    const char *province = option_value(in, "province");
    str sites, villages;
    if (province ? in->count != 0 : in->count != 2)
        return err_make(in->arena, ERR_USAGE, NULL, "give two files, SITES and VILLAGES, or --province CODE");
    if (province) return siting_province(in->arena, str_of(province), q);
    TRY(read_input(in->arena, in->arguments[0], &sites));
    TRY(read_input(in->arena, in->arguments[1], &villages));
    return siting_read(in->arena, sites, villages, q);
}

static err check_placed(struct arena *a, const struct siting_problem *q) {
    for (uint32_t i = 0; i < q->villages; i++)
        if (!q->village[i].placed) return err_make(a, ERR_UNPROCESSABLE, "villages", "%.*s has no coordinates", STR_ARG(q->village[i].code));
    for (uint32_t j = 0; j < q->sites; j++)
        if (!q->site[j].placed) return err_make(a, ERR_UNPROCESSABLE, "sites", "%.*s has no coordinates", STR_ARG(q->site[j].code));
    return OK_ERR;
}

static err read_roads(const struct invocation *in, const struct journey *t, struct roads *out) {
    struct road_speeds speeds;
    const char *path = option_value(in, "speeds");
    str text = data_file("travel/speeds.csv"), file = str_of(t->roads);
    struct osm_report report;
    if (path) TRY(read_input(in->arena, path, &text));
    TRY(road_speeds_read(in->arena, text, &speeds));
    struct road_options o = {.speeds = &speeds, .terrain = t->terrain ? &t->heights : NULL};
    o.season = str_is(t->season, "wet") ? TRAVEL_WET : str_is(t->season, "dry") ? TRAVEL_DRY : TRAVEL_ANY;
    if (!str_ends(file, STR(".pbf")) && !str_ends(file, STR(".osm"))) {
        TRY(read_input(in->arena, t->roads, &text));
        return roads_from_geojson(in->arena, text, &o, out);
    }
    TRY(roads_from_osm(in->arena, t->roads, &o, out, &report));
    if (report.passed_over) fprintf(stderr, "tram travel: %zu ways of classes that the speed table does not have were passed over\n", report.passed_over);
    str doubts = osm_doubts(in->arena, &report, in->vietnamese), doubt;
    while (doubts.len && str_split(&doubts, '\n', &doubt)) fprintf(stderr, "tram travel: %.*s\n", STR_ARG(doubt));
    return OK_ERR;
}

/* A place with no way to anywhere: too far from the roads that the file holds. */
static void tell_unreached(const struct invocation *in, const struct journey *t) {
    uint32_t count = 0, first = 0;
    for (uint32_t i = t->q.villages; i-- > 0;) {
        bool reached = false;
        for (uint32_t j = 0; j < t->q.sites; j++) reached = reached || isfinite(t->minutes[(size_t)i * t->q.sites + j]);
        if (!reached) count++, first = i;
    }
    if (count)
        fprintf(stderr, in->vietnamese ? "tram travel: %u trong %u thôn, bản không đến được đường nào trong tệp (đầu tiên: %.*s)\n" : "tram travel: %u of %u villages reach no site by the roads of the file (first: %.*s)\n",
                count, t->q.villages, STR_ARG(t->q.village[first].name));
}

static err by_roads(const struct invocation *in, struct journey *t) {
    struct roads roads;
    struct arena *a = in->arena;
    TRY(read_roads(in, t, &roads));
    struct coordinates *from = ARENA_ARRAY(a, struct coordinates, (size_t)t->q.villages + 1), *to = ARENA_ARRAY(a, struct coordinates, (size_t)t->q.sites + 1);
    for (uint32_t i = 0; i < t->q.villages; i++) from[i] = t->q.village[i].at;
    for (uint32_t j = 0; j < t->q.sites; j++) to[j] = t->q.site[j].at;
    roads_times(&roads, from, t->q.villages, to, t->q.sites, t->walk, t->most_km, t->minutes);
    tell_unreached(in, t);
    if (roads.left_out) fprintf(stderr, "tram travel: %zu ways are closed in this season or cannot be passed\n", roads.left_out);
    return OK_ERR;
}

static bool counts(const struct journey *t, uint32_t i, uint32_t j) {
    return t->q.proposal.across || t->q.village[i].commune == t->q.site[j].commune;
}

static err on_foot(const struct invocation *in, struct journey *t) {
    for (uint32_t i = 0; i < t->q.villages; i++)
        for (uint32_t j = 0; j < t->q.sites; j++)
            if (counts(t, i, j))
                TRY(terrain_walk(in->arena, &t->heights, t->q.village[i].at, t->q.site[j].at, t->walk, 30, &t->minutes[(size_t)i * t->q.sites + j]));
    return OK_ERR;
}

static str as_table(const struct invocation *in, const struct journey *t) {
    struct buf out = buf_new(in->arena);
    const char *file = t->roads ? t->roads : t->terrain;
    for (const char *slash; (slash = strchr(file, '/'));) file = slash + 1;
    buf_addz(&out, "from,to,minutes,mode,season,source,date\n");
    for (uint32_t i = 0; i < t->q.villages; i++)
        for (uint32_t j = 0; j < t->q.sites; j++) {
            double m = t->minutes[(size_t)i * t->q.sites + j];
            if (!counts(t, i, j)) continue;
            buf_addf(&out, "%.*s,%.*s,", STR_ARG(t->q.village[i].code), STR_ARG(t->q.site[j].code));
            if (isfinite(m)) buf_addf(&out, "%.1f", m);
            else buf_addz(&out, "none");
            buf_addf(&out, ",%s,%.*s,\"%s %s\",\n", t->roads ? "road" : "foot", STR_ARG(t->season), t->roads ? "roads" : "heights", file);
        }
    return buf_str(&out);
}

static err add_tile(const struct invocation *in, struct journey *t, str path) {
    str bytes;
    TRY(read_input(in->arena, str_z(in->arena, path), &bytes));
    return terrain_add(in->arena, path, bytes, &t->heights);
}

/* Every .hgt of a folder, in the order of their names. */
static err add_folder(const struct invocation *in, struct journey *t) {
    struct dirent **entry;
    int count = scandir(t->terrain, &entry, NULL, alphasort);
    err e = OK_ERR;
    for (int k = 0; k < count; k++) {
        if (!e.code && str_ends(str_of(entry[k]->d_name), STR(".hgt"))) e = add_tile(in, t, str_format(in->arena, "%s/%s", t->terrain, entry[k]->d_name));
        free(entry[k]);
    }
    if (count >= 0) free(entry);
    if (!e.code && !t->heights.tile.len) return err_make(in->arena, ERR_INVALID, "terrain", "%s holds no .hgt tile", t->terrain);
    return e;
}

/* One tile, several joined by commas, or a folder; then what is doubtful about them. */
static err read_heights(const struct invocation *in, struct journey *t) {
    struct stat status;
    struct coordinates low = {90, 180}, high = {-90, -180};
    str list = str_of(t->terrain), path;
    if (stat(t->terrain, &status) == 0 && S_ISDIR(status.st_mode)) TRY(add_folder(in, t));
    else
        while (list.len && str_split(&list, ',', &path)) TRY(add_tile(in, t, path));
    for (uint32_t k = 0; k < t->q.villages + t->q.sites; k++) {
        struct coordinates p = k < t->q.villages ? t->q.village[k].at : t->q.site[k - t->q.villages].at;
        low = (struct coordinates){fmin(low.latitude, p.latitude), fmin(low.longitude, p.longitude)};
        high = (struct coordinates){fmax(high.latitude, p.latitude), fmax(high.longitude, p.longitude)};
    }
    str missing = terrain_missing(in->arena, &t->heights, low, high);
    if (missing.len) fprintf(stderr, "tram travel: tiles within the box of the places that are not given: %.*s\n", STR_ARG(missing));
    if (t->heights.voids) fprintf(stderr, "tram travel: %zu samples of %s are voids\n", t->heights.voids, t->terrain);
    if (t->heights.edge_differs)
        fprintf(stderr, "tram travel: neighbouring tiles differ at %zu of %zu samples of their shared edges, by %d m at most\n", t->heights.edge_differs, t->heights.edges, t->heights.worst);
    return OK_ERR;
}

static err prepare(const struct invocation *in, struct journey *t) {
    *t = (struct journey){.roads = option_value(in, "roads"), .terrain = option_value(in, "terrain"), .season = str_of(option_value(in, "season")), .walk = 4, .most_km = 5};
    if (!t->season.len) t->season = STR("any");
    if (!str_is(t->season, "any") && !str_is(t->season, "dry") && !str_is(t->season, "wet"))
        return err_make(in->arena, ERR_USAGE, NULL, "--season is any, dry or wet, not '%.*s'", STR_ARG(t->season));
    if (!t->roads && !t->terrain) return err_make(in->arena, ERR_USAGE, NULL, "give --roads FILE or --terrain FILE");
    TRY(number_option(in, "walk", 0.5, 10, &t->walk));
    TRY(number_option(in, "most-km", 0.1, 100, &t->most_km));
    TRY(read_places(in, &t->q));
    TRY(check_placed(in->arena, &t->q));
    t->q.proposal.across = option_value(in, "across") != NULL;
    t->minutes = ARENA_ARRAY(in->arena, double, (size_t)t->q.villages * t->q.sites + 1);
    return t->terrain ? read_heights(in, t) : OK_ERR;
}

int command_travel(struct invocation *in) {
    struct journey t;
    err e = prepare(in, &t);
    if (!e.code) e = t.roads ? by_roads(in, &t) : on_foot(in, &t);
    if (e.code) return fail(in, e);
    return print(in, as_table(in, &t), EXIT_DONE);
}
