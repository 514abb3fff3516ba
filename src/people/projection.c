/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patient and household Group → table person, its index for finding, and residents by place.
 */
#include "people.h"

#include "base/fold.h"
#include "base/vocabulary.h"
#include "store/projection.h"

extern const char schema_people[];

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_PATIENT) projection_touch(job, type, id);
    if (type != FHIR_TYPE_GROUP) return;
    const struct json *members = JSON_GET(resource, "member");
    for (const struct json *m = members ? members->first : NULL; m; m = m->next) {
        str reference = JSON_TEXT(JSON_GET(m, "entity"), "reference");
        if (str_starts(reference, STR("Patient/")))
            projection_touch(job, FHIR_TYPE_PATIENT, str_slice(reference, 8, reference.len));
    }
}

static const struct json *extension(const struct json *resource, const char *url, str value) {
    const struct json *list = JSON_GET(resource, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return json_get(e, value);
    return NULL;
}

static str identifier(const struct json *patient, const char *system) {
    const struct json *list = JSON_GET(patient, "identifier");
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        if (str_is(JSON_TEXT(i, "system"), system) && !str_is(JSON_TEXT(i, "use"), "old")) return JSON_TEXT(i, "value");
    return STR_NONE;
}

static str digits_of(struct arena *a, str s) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] >= '0' && s.at[i] <= '9') buf_addc(&out, s.at[i]);
    return buf_str(&out);
}

static str phone_of(struct arena *a, const struct json *patient) {
    const struct json *list = JSON_GET(patient, "telecom");
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        if (str_is(JSON_TEXT(t, "system"), "phone") && !str_is(JSON_TEXT(t, "use"), "old"))
            return digits_of(a, JSON_TEXT(t, "value"));
    return STR_NONE;
}

/* The name as one text; parts, when a sender knows only those, family first. */
static str name_text(struct arena *a, const struct json *name) {
    str text = JSON_TEXT(name, "text");
    if (text.len) return text;
    struct buf out = buf_new(a);
    buf_add(&out, JSON_TEXT(name, "family"));
    const struct json *given = JSON_GET(name, "given");
    for (const struct json *g = given ? given->first : NULL; g; g = g->next) {
        if (g->kind != JSON_STRING) continue;
        if (out.len) buf_addc(&out, ' ');
        buf_add(&out, g->text);
    }
    return buf_str(&out);
}

enum { MAX_NAMES = 6 };
/* All names, folded: a maiden or former name finds the person too. The shown one is the first that is in use. */
static size_t all_names(struct arena *a, const struct json *patient, str *folded, str *shown) {
    const struct json *names = JSON_GET(patient, "name");
    size_t count = 0;
    *shown = STR_NONE;
    for (const struct json *n = names ? names->first : NULL; n && count < MAX_NAMES; n = n->next) {
        str text = name_text(a, n);
        bool old = str_is(JSON_TEXT(n, "use"), "old") || str_is(JSON_TEXT(n, "use"), "maiden");
        if (!shown->len && !old) *shown = text;
        folded[count++] = text_fold(a, text);
    }
    if (!shown->len && names && names->first) *shown = name_text(a, names->first);
    return count;
}

static str dead_of(const struct json *patient) {
    const struct json *flag = JSON_GET(patient, "deceasedBoolean");
    str when = JSON_TEXT(patient, "deceasedDateTime");
    if (when.len) return str_slice(when, 0, 10);
    return flag && flag->kind == JSON_TRUE ? STR("true") : STR_NONE;
}

static bool synthetic(const struct json *patient) {
    const struct json *tags = JSON_GET(JSON_GET(patient, "meta"), "tag");
    for (const struct json *t = tags ? tags->first : NULL; t; t = t->next)
        if (str_is(JSON_TEXT(t, "system"), SYSTEM_TAG) && str_is(JSON_TEXT(t, "code"), "synthetic")) return true;
    return false;
}

/* The household: the first Group with that code, by id, so that it never depends on arrival. */
static err household_of(struct projection_job *job, const struct json **out) {
    struct projection_resources groups = {0};
    *out = NULL;
    TRY(projection_related(job, FHIR_TYPE_GROUP, &groups));
    for (size_t i = 0; i < groups.len; i++) {
        const struct json *g = groups.at[i];
        const struct json *coding = json_item(JSON_GET(JSON_GET(g, "code"), "coding"), 0);
        if (!str_is(JSON_TEXT(coding, "system"), SYSTEM_GROUP_KIND) || !str_is(JSON_TEXT(coding, "code"), "household"))
            continue;
        if (!*out || str_compare(JSON_TEXT(g, "id"), JSON_TEXT(*out, "id")) < 0) *out = g;
    }
    return OK_ERR;
}

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

enum { COLUMNS = 17 };
static const char *const columns[COLUMNS] = {
    "id",        "name",  "birth",       "sex",         "place", "household", "head",      "household_size", "cccd",
    "insurance", "phone", "ethnic_code", "ethnic_name", "dead",  "alive",     "synthetic", "words"};

static err project(struct projection_job *job) {
    const struct json *p = projection_resource(job);
    if (!p) return OK_ERR;
    struct arena *a = projection_arena(job);
    const struct json *household;
    TRY(household_of(job, &household));
    str residence = JSON_TEXT(extension(p, EXTENSION_RESIDENCE, STR("valueReference")), "reference");
    str head = JSON_TEXT(extension(household, EXTENSION_HOUSEHOLD_HEAD, STR("valueReference")), "reference");
    const struct json *ethnic =
        json_item(JSON_GET(extension(p, EXTENSION_ETHNIC_GROUP, STR("valueCodeableConcept")), "coding"), 0);
    str folded[MAX_NAMES], name, birth = JSON_TEXT(p, "birthDate"), dead = dead_of(p);
    size_t names = all_names(a, p, folded, &name);
    str numbers[3] = {identifier(p, SYSTEM_CCCD), identifier(p, SYSTEM_INSURANCE), phone_of(a, p)};
    const struct json *members = JSON_GET(household, "member");
    str place_id = str_starts(residence, STR("Location/")) ? str_slice(residence, 9, residence.len) : STR_NONE;
    struct cell cells[COLUMNS] = {
        CELL_STR(projection_subject_id(job)),
        text_or_none(name),
        text_or_none(birth),
        text_or_none(JSON_TEXT(p, "gender")),
        CELL_INT(place_id.len ? projection_rid(job, residence) : 0),
        text_or_none(JSON_TEXT(household, "id")),
        CELL_INT(head.len ? projection_rid(job, head) : 0),
        CELL_INT(members ? members->count : 0),
        text_or_none(numbers[0]),
        text_or_none(numbers[1]),
        text_or_none(numbers[2]),
        text_or_none(JSON_TEXT(ethnic, "code")),
        text_or_none(JSON_TEXT(ethnic, "display")),
        text_or_none(dead),
        CELL_INT(dead.len ? 0 : 1),
        CELL_INT(synthetic(p)),
        CELL_STR(person_words(a, folded, names, birth, numbers, 3, place_id)),
    };
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const search_columns[] = {"words"};
static const struct projection_table tables[] = {{.name = "person",
                                                  .columns = columns,
                                                  .column_count = COLUMNS,
                                                  .search = "person_find",
                                                  .search_columns = search_columns,
                                                  .search_column_count = 1}};
static const char *const total_keys[] = {"place"}, *const total_sums[] = {"alive"};
static const struct projection_total totals[] = {
    {.name = "person_total", .of = 0, .keys = total_keys, .key_count = 1, .sums = total_sums, .sum_count = 1}};
static const struct projection person_projection = {.name = "person",
                                                    .version = 1,
                                                    .subject_type = FHIR_TYPE_PATIENT,
                                                    .tables = tables,
                                                    .table_count = 1,
                                                    .totals = totals,
                                                    .total_count = 1,
                                                    .touches = touches,
                                                    .project = project};
static const struct projection *const projections[] = {&person_projection};
const struct store_room people_room = {
    .name = "people", .schema = schema_people, .projections = projections, .projection_count = 1};
