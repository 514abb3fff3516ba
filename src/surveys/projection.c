/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SiteSurvey → table survey_fact (one row a survey and field), and what is known on a day read from it.
 */
#include "surveys.h"

#include "base/date.h"
#include "db/db.h"
#include "store/projection.h"

extern const char schema_surveys[];

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    (void)id;
    str site = JSON_TEXT(JSON_GET(resource, "site"), "reference");
    if (type == FHIR_TYPE_SITE_SURVEY && str_starts(site, STR("Location/")))
        projection_touch(job, FHIR_TYPE_LOCATION, str_slice(site, strlen("Location/"), site.len));
}

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

enum { COLUMNS = 9 };

static err project(struct projection_job *job) {
    struct projection_resources list;
    TRY(projection_referring(job, FHIR_TYPE_SITE_SURVEY, &list));
    for (size_t i = 0; i < list.len; i++) {
        struct survey s;
        TRY(survey_read(projection_arena(job), list.at[i], &s));
        for (int k = 0; k < SURVEY_FIELD_COUNT && !s.in_error; k++) {
            if (!s.value[k].len) continue;
            projection_emit(job, 0, (struct cell[COLUMNS]){CELL_INT(s.day), CELL_STR(s.recorded), CELL_STR(s.id), CELL_INT(k), CELL_STR(s.value[k]),
                                                           CELL_STR(s.place), CELL_STR(s.source), text_or_none(s.recorder), text_or_none(s.list)});
        }
    }
    return OK_ERR;
}

static const char *const columns[COLUMNS] = {"day", "recorded", "survey", "field", "value", "place", "source", "recorder", "list"};
static const struct projection_table tables[] = {{.name = "survey_fact", .columns = columns, .column_count = COLUMNS}};
static const struct projection survey_projection = {.name = "survey", .version = 1, .tables = tables, .table_count = 1,
                                                    .touches = touches, .project = project, .subject_type = FHIR_TYPE_LOCATION};
static const struct projection *const projections[] = {&survey_projection};
const struct store_room surveys_room = {.name = "surveys", .schema = schema_surveys, .projections = projections, .projection_count = 1};

/* By place; within it the latest comes last and stands. */
static const char sql_known[] = "SELECT place, field, value, day, source, recorder, survey FROM survey_fact WHERE day <= ?1 "
                                "ORDER BY place, day, recorded, survey, field";

err surveys_known(struct reader *r, struct arena *a, int32_t day, struct survey_sites *out) {
    struct statement *q = db_use(reader_db(r), sql_known);
    bool row;
    *out = (struct survey_sites){0};
    bind_int(q, 1, day);
    TRY(db_row(q, &row));
    while (row) {
        str place = column_text(q, 0);
        if (!out->len || !str_eq(out->at[out->len - 1].place, place)) {
            struct survey_site site = {.place = str_copy(a, place)};
            VEC_PUSH(a, out, site);
        }
        out->at[out->len - 1].fact[column_int(q, 1)] =
            (struct survey_fact){.value = str_copy(a, column_text(q, 2)), .day = (int32_t)column_int(q, 3), .source = str_copy(a, column_text(q, 4)),
                                 .recorder = str_copy(a, column_text(q, 5)), .survey = str_copy(a, column_text(q, 6))};
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

err surveys_of_list(struct reader *r, struct arena *a, str list, str **ids, size_t *count) {
    struct statement *q = db_use(reader_db(r), "SELECT DISTINCT survey FROM survey_fact WHERE list = ?1 ORDER BY survey");
    VEC(str) found = {0};
    bool row;
    bind_text(q, 1, list);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &found, str_copy(a, column_text(q, 0)));
        TRY(db_row(q, &row));
    }
    *ids = found.at, *count = found.len;
    return OK_ERR;
}

const struct survey_site *surveys_find(const struct survey_sites *all, str place) {
    size_t low = 0, high = all->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = str_compare(all->at[middle].place, place);
        if (!c) return &all->at[middle];
        if (c < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}
