/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location → table place. One row a place, from its own resource only: a move of a commune touches one row, never those
 * below.
 */
#include "network.h"

#include "base/fold.h"
#include "base/vocabulary.h"
#include "store/projection.h"

#include <stdlib.h>

extern const char schema_network[];

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    (void)resource;
    if (type == FHIR_TYPE_LOCATION) projection_touch(job, type, id);
}

static enum place_kind kind_of(const struct json *resource) {
    const struct json *types = JSON_GET(resource, "type");
    for (const struct json *t = types ? types->first : NULL; t; t = t->next) {
        const struct json *codings = JSON_GET(t, "coding");
        for (const struct json *c = codings ? codings->first : NULL; c; c = c->next)
            if (str_is(JSON_TEXT(c, "system"), SYSTEM_PLACE_KIND)) return place_kind_of(JSON_TEXT(c, "code"));
    }
    return PLACE_UNKNOWN;
}

static bool tagged(const struct json *resource, const char *code) {
    const struct json *tags = JSON_GET(JSON_GET(resource, "meta"), "tag");
    for (const struct json *t = tags ? tags->first : NULL; t; t = t->next)
        if (str_is(JSON_TEXT(t, "system"), SYSTEM_TAG) && str_is(JSON_TEXT(t, "code"), code)) return true;
    return false;
}

/* "Xã Na Son" → "na son": people do not type the word for the kind, and "bản" alone must not match every hamlet. */
static str folded_name(struct arena *a, str name) {
    static const char *const kinds[] = {"xa ",         "phuong ", "thi tran ",  "ban ",           "thon ",
                                        "to dan pho ", "tinh ",   "tram y te ", "diem tram y te "};
    str f = text_fold(a, name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts(f, str_of(kinds[i]))) return str_slice(f, strlen(kinds[i]), f.len);
    return f;
}

static struct cell real_or_none(struct arena *a, const struct json *number) {
    if (!number || number->kind != JSON_NUMBER) return CELL_NONE;
    return (struct cell){.kind = CELL_REAL, .real = strtod(str_z(a, number->text), NULL)};
}

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

static struct cell population_of(const struct json *resource) {
    const struct json *extensions = JSON_GET(resource, "extension");
    int64_t n;
    for (const struct json *e = extensions ? extensions->first : NULL; e; e = e->next) {
        const struct json *v = JSON_GET(e, "valueUnsignedInt");
        if (v && str_is(JSON_TEXT(e, "url"), EXTENSION_POPULATION) && str_int64(v->text, &n)) return CELL_INT(n);
    }
    return CELL_NONE;
}

enum { COLUMNS = 10 };

static err project(struct projection_job *job) {
    const struct json *resource = projection_resource(job);
    if (!resource) return OK_ERR;
    struct arena *a = projection_arena(job);
    str name = JSON_TEXT(resource, "name");
    const struct json *position = JSON_GET(resource, "position");
    const struct json *first = json_item(JSON_GET(resource, "identifier"), 0);
    str parent = JSON_TEXT(JSON_GET(resource, "partOf"), "reference");
    struct cell cells[COLUMNS] = {
        CELL_STR(projection_subject_id(job)),
        CELL_INT(kind_of(resource)),
        text_or_none(JSON_TEXT(first, "value")),
        text_or_none(name),
        text_or_none(folded_name(a, name)),
        CELL_INT(projection_rid(job, parent)),
        real_or_none(a, JSON_GET(position, "latitude")),
        real_or_none(a, JSON_GET(position, "longitude")),
        population_of(resource),
        CELL_INT(tagged(resource, "assumed")),
    };
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const columns[COLUMNS] = {"id",     "kind",     "code",      "name",       "folded",
                                             "parent", "latitude", "longitude", "population", "assumed"};
static const struct projection_table tables[] = {{.name = "place", .columns = columns, .column_count = COLUMNS}};
static const struct projection place_projection = {.name = "place",
                                                   .version = 1,
                                                   .tables = tables,
                                                   .table_count = 1,
                                                   .touches = touches,
                                                   .project = project,
                                                   .subject_type = FHIR_TYPE_LOCATION};
static const struct projection *const projections[] = {&place_projection};
const struct store_room network_room = {
    .name = "network", .schema = schema_network, .projections = projections, .projection_count = 1};
