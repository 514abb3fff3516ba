/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * ValueSet → code_version, CodeSystem → code: only those that an import has made (identifier urn:tram:codes).
 */
#include "codes.h"

#include "base/date.h"
#include "store/projection.h"

extern const char schema_codes[];

static str list_of(const struct json *resource) {
    const struct json *ids = JSON_GET(resource, "identifier"), *first = ids && ids->kind == JSON_ARRAY ? json_item(ids, 0) : NULL;
    return str_is(JSON_TEXT(first, "system"), SYSTEM_CODES) ? JSON_TEXT(first, "value") : STR_NONE;
}

static void touch_version(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_VALUE_SET && list_of(resource).len) projection_touch(job, type, id);
}

static void touch_piece(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_CODE_SYSTEM && list_of(resource).len) projection_touch(job, type, id);
}

static const struct json *extension(const struct json *resource, const char *url) {
    const struct json *list = JSON_GET(resource, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return e;
    return NULL;
}

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

static err project_version(struct projection_job *job) {
    const struct json *v = projection_resource(job);
    enum code_list list;
    int32_t from = DAY_NONE;
    int64_t codes = 0;
    if (!v || !code_list_read(list_of(v), &list)) return OK_ERR;
    const struct json *count = JSON_GET(extension(v, EXTENSION_CODES), "valueUnsignedInt");
    if (!day_parse(JSON_TEXT(extension(v, EXTENSION_VALID_FROM), "valueDate"), &from) || !count || !str_int64(count->text, &codes)) return OK_ERR;
    struct cell cells[] = {CELL_STR(projection_subject_id(job)), CELL_STR(list_of(v)), CELL_INT(str_is(JSON_TEXT(v, "status"), "active")), CELL_INT(from),
                           CELL_STR(JSON_TEXT(v, "date")), CELL_STR(JSON_TEXT(v, "title")), text_or_none(JSON_TEXT(v, "publisher")), CELL_INT(codes)};
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static str english_of(const struct json *concept) {
    const struct json *list = JSON_GET(concept, "designation");
    for (const struct json *d = list ? list->first : NULL; d; d = d->next)
        if (str_is(JSON_TEXT(d, "language"), "en")) return JSON_TEXT(d, "value");
    return STR_NONE;
}

static str more_of(struct arena *a, const struct json *concept) {
    struct buf out = buf_new(a);
    const struct json *list = JSON_GET(concept, "property");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next)
        buf_addf(&out, "%.*s\t%.*s\n", STR_ARG(JSON_TEXT(p, "code")), STR_ARG(JSON_TEXT(p, "valueString")));
    return buf_str(&out);
}

static err project_piece(struct projection_job *job) {
    const struct json *piece = projection_resource(job);
    const struct json *list = piece && list_of(piece).len ? JSON_GET(piece, "concept") : NULL;
    int64_t n = 0;
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        struct cell cells[] = {CELL_INT(n++), CELL_STR(JSON_TEXT(piece, "version")), CELL_STR(JSON_TEXT(c, "code")), CELL_STR(JSON_TEXT(c, "display")),
                               text_or_none(english_of(c)), text_or_none(more_of(projection_arena(job), c))};
        projection_emit(job, 0, cells);
    }
    return OK_ERR;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))
static const char *const version_columns[] = {"id", "list", "active", "valid_from", "applied", "title", "person", "codes"};
static const char *const code_columns[] = {"n", "version", "code", "vi", "en", "more"};
static const struct projection_table version_tables[] = {{.name = "code_version", .columns = version_columns, .column_count = COUNT(version_columns)}};
static const struct projection_table code_tables[] = {{.name = "code", .columns = code_columns, .column_count = COUNT(code_columns)}};
static const struct projection version_projection = {.name = "code-version", .version = 1, .subject_type = FHIR_TYPE_VALUE_SET, .tables = version_tables,
                                                     .table_count = 1, .touches = touch_version, .project = project_version};
static const struct projection code_projection = {.name = "code", .version = 1, .subject_type = FHIR_TYPE_CODE_SYSTEM, .tables = code_tables,
                                                  .table_count = 1, .touches = touch_piece, .project = project_piece};
static const struct projection *const projections[] = {&version_projection, &code_projection};
const struct store_room codes_room = {.name = "codes", .schema = schema_codes, .projections = projections, .projection_count = COUNT(projections)};
