/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Location and what names it → tables place_state (one row a version) and place_link. Every effect of a decision
 * touches single places, so each place's rows follow from its own resources and the decisions that name it.
 */
#include "founding.h"
#include "network.h"

#include "base/fold.h"
#include "base/vec.h"
#include "base/vocabulary.h"
#include "store/projection.h"

extern const char schema_network[];

/* ---- which places a resource touches ----------------------------------------------------------------------------- */

static void touch(struct projection_job *job, const struct json *reference) {
    str r = JSON_TEXT(reference, "reference");
    if (str_starts(r, STR("Location/")))
        projection_touch(job, FHIR_TYPE_LOCATION, str_slice(r, strlen("Location/"), r.len));
}

static void touch_all(struct projection_job *job, const struct json *list, const char *member) {
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        touch(job, member ? json_get(i, str_of(member)) : i);
}

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_LOCATION) projection_touch(job, type, id);
    if (type == FHIR_TYPE_ORGANIZATION_AFFILIATION || type == FHIR_TYPE_HEALTHCARE_SERVICE)
        touch_all(job, JSON_GET(resource, "location"), NULL);
    if (type != FHIR_TYPE_DECISION) return;
    const struct json *operations = JSON_GET(resource, "operation");
    for (const struct json *o = operations ? operations->first : NULL; o; o = o->next) {
        touch_all(job, JSON_GET(o, "place"), NULL);
        touch(job, JSON_GET(o, "target"));
        touch_all(job, JSON_GET(o, "part"), "target");
        touch_all(job, JSON_GET(o, "transfer"), "from");
        touch_all(job, JSON_GET(o, "transfer"), "to");
    }
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* "Xã Na Son" → "na son": people do not type the word for the kind, and "bản" alone must not match every hamlet. */
static str folded_name(struct arena *a, str name) {
    static const char *const kinds[] = {
        "xa ",   "phuong ",     "thi tran ", "dac khu ",   "huyen ",          "thi xa ",   "ban ",
        "thon ", "to dan pho ", "tinh ",     "tram y te ", "diem tram y te ", "thanh pho "};
    str f = text_fold(a, name);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts(f, str_of(kinds[i]))) return str_slice(f, strlen(kinds[i]), f.len);
    return f;
}

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }
static struct cell real_or_none(bool has, double v) {
    return has ? (struct cell){.kind = CELL_REAL, .real = v} : CELL_NONE;
}

static int64_t place_rid(struct projection_job *job, str id) {
    return id.len ? projection_rid(job, str_format(projection_arena(job), "Location/%.*s", STR_ARG(id))) : 0;
}

static str holdings_text(struct arena *a, const struct place_state *s) {
    struct buf out = buf_new(a);
    bool any = false;
    for (int h = 0; h < HOLDING_COUNT; h++) {
        any |= s->holdings[h] >= 0;
        buf_addf(&out, "%s%lld", h ? " " : "", (long long)s->holdings[h]);
    }
    return any ? buf_str(&out) : STR_NONE;
}

enum { COLUMNS = 21, LINK_COLUMNS = 8 };

static void emit_version(struct projection_job *job, const struct place_version *v, int64_t population, str decision) {
    const struct place_state *s = &v->state;
    struct cell cells[COLUMNS] = {
        CELL_INT(v->from),
        CELL_INT(v->until),
        CELL_STR(projection_subject_id(job)),
        CELL_INT(s->kind),
        text_or_none(s->code),
        text_or_none(s->name),
        text_or_none(folded_name(projection_arena(job), s->name)),
        CELL_INT(place_rid(job, s->parent)),
        real_or_none(s->has_position, s->latitude),
        real_or_none(s->has_position, s->longitude),
        population < 0 ? CELL_NONE : CELL_INT(population),
        CELL_INT(s->assumed),
        CELL_INT(s->suspended),
        text_or_none(s->above[HIERARCHY_MANAGER]),
        text_or_none(s->above[HIERARCHY_DIRECTOR]),
        text_or_none(s->above[HIERARCHY_INSURER]),
        CELL_INT(place_rid(job, s->point_of)),
        text_or_none(s->services),
        text_or_none(decision),
        CELL_INT(v->operational),
        text_or_none(holdings_text(projection_arena(job), s)),
    };
    projection_emit(job, 0, cells);
}

static void emit_link(struct projection_job *job, const struct place_link *l) {
    struct cell cells[LINK_COLUMNS] = {
        CELL_STR(projection_subject_id(job)),  CELL_STR(l->to),  CELL_INT(l->kind),  CELL_STR(l->what),
        {.kind = CELL_REAL, .real = l->share}, CELL_INT(l->day), CELL_INT(l->until), CELL_STR(l->decision)};
    projection_emit(job, 1, cells);
}

/* The signed decisions that name the subject, and of each the one that revokes it. */
static err read_decisions(struct projection_job *job, struct decision **out, size_t *count) {
    struct projection_resources list;
    struct arena *a = projection_arena(job);
    TRY(projection_referring(job, FHIR_TYPE_DECISION, &list));
    *out = ARENA_ARRAY(a, struct decision, list.len + 1);
    *count = 0;
    for (size_t i = 0; i < list.len; i++) {
        struct decision *d = &(*out)[*count];
        TRY(decision_read(a, list.at[i], d));
        if (d->status == DECISION_SIGNED && d->effective_on != DAY_FIRST) ++*count;
    }
    return OK_ERR;
}

static err project(struct projection_job *job) {
    struct arena *a = projection_arena(job);
    struct projection_resources affiliations, services;
    struct founding_resources resources = {.location = projection_resource(job)};
    struct network_founding founding;
    struct decision *decisions;
    size_t count;
    TRY(projection_referring(job, FHIR_TYPE_ORGANIZATION_AFFILIATION, &affiliations));
    TRY(projection_referring(job, FHIR_TYPE_HEALTHCARE_SERVICE, &services));
    resources.affiliations = affiliations.at, resources.affiliation_count = affiliations.len;
    resources.services = services.at, resources.service_count = services.len;
    place_founding(a, &resources, &founding);
    TRY(read_decisions(job, &decisions, &count));

    struct effects effects = {0};
    struct place_links links = {0};
    for (size_t i = 0; i < count; i++) {
        struct effects_of of = {
            .decision = &decisions[i], .index = i, .revoker_index = SIZE_MAX, .only = projection_subject_id(job)};
        for (size_t k = 0; k < count; k++)
            if (decisions[k].revokes.len && str_eq(decisions[k].revokes, decisions[i].id))
                of.revoker = &decisions[k], of.revoker_index = k;
        decision_effects(a, &of, &effects, &links);
    }
    struct place_versions versions;
    place_fold(a, &founding.state, effects.at, effects.len, decision_ranks(a, decisions, count), &versions);
    for (size_t i = 0; i < versions.len; i++) {
        const struct place_version *v = &versions.at[i];
        if (v->state.exists)
            emit_version(job, v, founding.population, v->decision == SIZE_MAX ? STR_NONE : decisions[v->decision].id);
    }
    for (size_t i = 0; i < links.len; i++) emit_link(job, &links.at[i]);
    return OK_ERR;
}

static const char *const columns[COLUMNS] = {
    "from_day", "until_day", "id",        "kind",       "code",     "name",        "folded",
    "parent",   "latitude",  "longitude", "population", "assumed",  "suspended",   "manager",
    "director", "insurer",   "point_of",  "services",   "decision", "operational", "holdings"};
static const char *const link_columns[LINK_COLUMNS] = {"id",    "successor", "kind",      "what",
                                                       "share", "from_day",  "until_day", "decision"};
static const struct projection_table tables[] = {
    {.name = "place_state", .columns = columns, .column_count = COLUMNS},
    {.name = "place_link", .columns = link_columns, .column_count = LINK_COLUMNS}};
static const struct projection place_projection = {.name = "place",
                                                   .version = 3,
                                                   .tables = tables,
                                                   .table_count = 2,
                                                   .touches = touches,
                                                   .project = project,
                                                   .subject_type = FHIR_TYPE_LOCATION};
static const struct projection *const projections[] = {&place_projection};
const struct store_room network_room = {
    .name = "network", .schema = schema_network, .projections = projections, .projection_count = 1};
