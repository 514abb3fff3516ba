/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Posts: PractitionerRole as the table `post`. An account whose Practitioner has posts has the rights of a post of today and no
 * others; when the last one has ended it can still sign in and see that.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/vec.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "store/projection.h"

static const char sql_posts[] = "SELECT id, role, place, from_day, until_day, active, sensitive FROM post WHERE practitioner = ?1 ORDER BY id";

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    (void)resource;
    if (type == FHIR_TYPE_PRACTITIONER_ROLE) projection_touch(job, type, id);
}

static str code_in(const struct json *concepts, const char *system) {
    for (const struct json *c = concepts ? concepts->first : NULL; c; c = c->next) {
        const struct json *codings = JSON_GET(c, "coding");
        for (const struct json *k = codings ? codings->first : NULL; k; k = k->next)
            if (str_is(JSON_TEXT(k, "system"), system)) return JSON_TEXT(k, "code");
    }
    return STR_NONE;
}

static uint32_t classes_of(const struct json *specialties) {
    uint32_t classes = 0;
    for (const struct json *s = specialties ? specialties->first : NULL; s; s = s->next) {
        const struct json *codings = JSON_GET(s, "coding");
        for (const struct json *k = codings ? codings->first : NULL; k; k = k->next)
            for (int c = 0; c < SENSITIVE_COUNT && str_is(JSON_TEXT(k, "system"), SYSTEM_SENSITIVE); c++)
                if (str_is(JSON_TEXT(k, "code"), sensitive_code((enum sensitive)c))) classes |= 1u << c;
    }
    return classes;
}

/* First (or last) civil day of a date of any precision. */
static struct cell day_cell(str text, bool last) {
    struct date_time d;
    int64_t from, to;
    if (!text.len || !date_parse(text, false, &d)) return CELL_NONE;
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    return CELL_INT(instant_day(last ? to - 1 : from, VIETNAM_OFFSET_MINUTES));
}

static str place_of(const struct json *role) {
    str location = JSON_TEXT(json_item(JSON_GET(role, "location"), 0), "reference");
    if (str_starts(location, STR("Location/"))) return str_slice(location, 9, location.len);
    str organization = JSON_TEXT(JSON_GET(role, "organization"), "reference"); /* a site has both under one id (docs/places.md) */
    return str_starts(organization, STR("Organization/")) ? str_slice(organization, 13, organization.len) : STR_NONE;
}

static err project(struct projection_job *job) {
    const struct json *role = projection_resource(job), *period = JSON_GET(role, "period"), *active = JSON_GET(role, "active");
    str practitioner = JSON_TEXT(JSON_GET(role, "practitioner"), "reference"), code = code_in(JSON_GET(role, "code"), SYSTEM_ROLE);
    if (!role || !practitioner.len || !code.len) return OK_ERR;
    str place = place_of(role);
    const struct cell cells[] = {CELL_STR(projection_subject_id(job)), CELL_STR(practitioner), CELL_STR(code), place.len ? CELL_STR(place) : CELL_NONE,
                                 day_cell(JSON_TEXT(period, "start"), false), day_cell(JSON_TEXT(period, "end"), true),
                                 CELL_INT(!active || active->kind == JSON_TRUE), CELL_INT(classes_of(JSON_GET(role, "specialty")))};
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const columns[] = {"id", "practitioner", "role", "place", "from_day", "until_day", "active", "sensitive"};
static const struct projection_table tables[] = {{.name = "post", .columns = columns, .column_count = sizeof columns / sizeof *columns}};
const struct projection post_projection = {.name = "post", .version = 1, .subject_type = FHIR_TYPE_PRACTITIONER_ROLE, .tables = tables,
                                           .table_count = 1, .touches = touches, .project = project};

bool post_current(const struct post *p, int32_t today) {
    return p->active && p->from <= today && today <= p->until && role_of_people(p->role);
}

err posts_of(struct reader *r, struct arena *a, str practitioner, struct posts *out) {
    *out = (struct posts){0};
    struct statement *q = db_use(reader_db(r), sql_posts);
    bool row;
    bind_text(q, 1, practitioner);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, out, (struct post){.id = str_copy(a, column_text(q, 0)), .role = str_copy(a, column_text(q, 1)), .place = str_copy(a, column_text(q, 2)),
                                       .from = column_null(q, 3) ? INT32_MIN : (int32_t)column_int(q, 3),
                                       .until = column_null(q, 4) ? INT32_MAX : (int32_t)column_int(q, 4),
                                       .active = column_int(q, 5) != 0, .sensitive = (uint32_t)column_int(q, 6)});
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

const struct post *posts_choose(const struct posts *all, str chosen, str role, int32_t today) {
    const struct post *first = NULL, *fitting = NULL;
    for (size_t i = 0; i < all->len; i++) {
        const struct post *p = &all->at[i];
        if (!post_current(p, today)) continue;
        if (chosen.len && str_eq(p->id, chosen)) return p;
        if (!first) first = p;
        if (!fitting && str_eq(p->role, role)) fitting = p;
    }
    return fitting ? fitting : first;
}
