/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patient and household Group → table person, its index for finding, and residents by place.
 */
#include "people.h"

#include "base/fold.h"
#include "base/vocabulary.h"
#include "store/projection.h"

extern const char schema_people[];

static void touch_patient(struct projection_job *job, str reference) {
    if (str_starts(reference, STR("Patient/")))
        projection_touch(job, FHIR_TYPE_PATIENT, str_slice(reference, 8, reference.len));
}

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_PATIENT) projection_touch(job, type, id);
    if (type == FHIR_TYPE_RELATED_PERSON) touch_patient(job, JSON_TEXT(JSON_GET(resource, "patient"), "reference"));
    if (type != FHIR_TYPE_GROUP) return;
    const struct json *members = JSON_GET(resource, "member");
    for (const struct json *m = members ? members->first : NULL; m; m = m->next)
        touch_patient(job, JSON_TEXT(JSON_GET(m, "entity"), "reference"));
}

static const struct json *extension(const struct json *resource, const char *url, str value) {
    const struct json *list = JSON_GET(resource, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return json_get(e, value);
    return NULL;
}

static bool is_old(const struct json *item) { return str_is(JSON_TEXT(item, "use"), "old"); }

static str identifier(const struct json *patient, const char *system) {
    const struct json *list = JSON_GET(patient, "identifier");
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        if (str_is(JSON_TEXT(i, "system"), system) && !is_old(i)) return JSON_TEXT(i, "value");
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
        if (str_is(JSON_TEXT(t, "system"), "phone") && !is_old(t)) return digits_of(a, JSON_TEXT(t, "value"));
    return STR_NONE;
}

enum { MAX_NUMBERS = 24, MAIN_NUMBERS = 3 };
struct numbers {
    str at[MAX_NUMBERS]; /* CCCD, insurance, phone, then others; may be empty */
    size_t len;
};

static void add_number_once(struct numbers *n, str value) {
    for (size_t i = 0; i < n->len; i++)
        if (str_eq(n->at[i], value)) return;
    if (value.len && n->len < MAX_NUMBERS) n->at[n->len++] = value;
}

/* Whatever number somebody may hold in the hand, also an old card's. */
static void add_numbers(struct arena *a, const struct json *patient, struct numbers *n) {
    const struct json *list = JSON_GET(patient, "identifier");
    for (const struct json *i = list ? list->first : NULL; i; i = i->next) add_number_once(n, JSON_TEXT(i, "value"));
    list = JSON_GET(patient, "telecom");
    for (const struct json *t = list ? list->first : NULL; t; t = t->next)
        if (str_is(JSON_TEXT(t, "system"), "phone")) add_number_once(n, digits_of(a, JSON_TEXT(t, "value")));
}

static str joined(struct arena *a, const struct numbers *n) {
    struct buf out = buf_new(a);
    for (size_t i = MAIN_NUMBERS; i < n->len; i++) buf_addf(&out, "%s%.*s", out.len ? " " : "", STR_ARG(n->at[i]));
    return buf_str(&out);
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

enum { MAX_NAMES = 12 };
/* All names, folded: a maiden or former name finds the person too. The shown one is the first that is in use. */
static size_t all_names(struct arena *a, const struct json *patient, str *folded, size_t count, str *shown) {
    const struct json *names = JSON_GET(patient, "name");
    *shown = STR_NONE;
    for (const struct json *n = names ? names->first : NULL; n && count < MAX_NAMES; n = n->next) {
        str text = name_text(a, n);
        bool old = is_old(n) || str_is(JSON_TEXT(n, "use"), "maiden");
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

static struct cell text_or_none(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }
enum { TABLE_PERSON, TABLE_REPLACED, TABLE_KIN };

/* Members that have not left (Group.member.inactive); is the subject one of them? */
static size_t members_of(struct projection_job *job, const struct json *group, bool *ours) {
    const struct json *list = JSON_GET(group, "member");
    size_t n = 0;
    *ours = false;
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        const struct json *inactive = JSON_GET(m, "inactive");
        if (inactive && inactive->kind == JSON_TRUE) continue;
        n++;
        *ours = *ours || projection_about(job, m, "entity");
    }
    return n;
}

/* The household: the first live Group with that code, by id, so that it never depends on arrival. */
static err household_of(struct projection_job *job, const struct json **out, size_t *size) {
    struct projection_resources groups = {0};
    *out = NULL;
    *size = 0;
    TRY(projection_related(job, FHIR_TYPE_GROUP, &groups));
    for (size_t i = 0; i < groups.len; i++) {
        const struct json *g = groups.at[i], *active = JSON_GET(g, "active");
        const struct json *coding = json_item(JSON_GET(JSON_GET(g, "code"), "coding"), 0);
        bool ours;
        if (!str_is(JSON_TEXT(coding, "system"), SYSTEM_GROUP_KIND) || !str_is(JSON_TEXT(coding, "code"), "household") ||
            (active && active->kind == JSON_FALSE))
            continue;
        size_t n = members_of(job, g, &ours);
        if (!ours || (*out && str_compare(JSON_TEXT(g, "id"), JSON_TEXT(*out, "id")) > 0)) continue;
        *out = g;
        *size = n;
    }
    return OK_ERR;
}

/* ---- kin ----------------------------------------------------------------------------------------------------------- */

static const char *kin_kind(const struct json *related) {
    static const char *const kinds[][2] = {{"MTH", "mother"}, {"FTH", "father"}, {"GUARD", "guardian"}};
    const struct json *list = JSON_GET(related, "relationship");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        for (const struct json *o = JSON_GET(c, "coding") ? JSON_GET(c, "coding")->first : NULL; o; o = o->next)
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
                if (str_is(JSON_TEXT(o, "system"), SYSTEM_KIN) && str_is(JSON_TEXT(o, "code"), kinds[k][0])) return kinds[k][1];
    return "other";
}

static err emit_kin(struct projection_job *job) {
    struct projection_resources list = {0};
    struct arena *a = projection_arena(job);
    TRY(projection_related(job, FHIR_TYPE_RELATED_PERSON, &list));
    for (size_t i = 0; i < list.len; i++) {
        const struct json *r = list.at[i], *active = JSON_GET(r, "active");
        if ((active && active->kind == JSON_FALSE) || !projection_about(job, r, "patient")) continue;
        str relative = JSON_TEXT(extension(r, EXTENSION_KIN, STR("valueReference")), "reference");
        struct cell cells[] = {CELL_STR(JSON_TEXT(r, "id")),
                               CELL_STR(str_of(kin_kind(r))),
                               CELL_INT(str_starts(relative, STR("Patient/")) ? projection_rid(job, relative) : 0),
                               text_or_none(name_text(a, json_item(JSON_GET(r, "name"), 0))),
                               text_or_none(phone_of(a, r))};
        projection_emit(job, TABLE_KIN, cells);
    }
    return OK_ERR;
}

/* ---- the row ------------------------------------------------------------------------------------------------------- */


#define COUNT(list) (sizeof(list) / sizeof *(list))
static const char *const columns[] = {"id",          "name",        "birth", "sex",   "place", "household", "head",
                                      "household_size", "cccd",     "insurance", "phone", "numbers", "ethnic_code",
                                      "ethnic_name", "dead",        "moved", "alive", "synthetic", "words"};
static const char *const replaced_columns[] = {"replaced", "id"};
static const char *const kin_columns[] = {"id", "kind", "relative", "name", "phone"};

static void emit_person(struct projection_job *job, const struct json *p, const struct json *household, size_t size) {
    struct arena *a = projection_arena(job);
    str residence = JSON_TEXT(extension(p, EXTENSION_RESIDENCE, STR("valueReference")), "reference");
    str head = JSON_TEXT(extension(household, EXTENSION_HOUSEHOLD_HEAD, STR("valueReference")), "reference");
    const struct json *ethnic =
        json_item(JSON_GET(extension(p, EXTENSION_ETHNIC_GROUP, STR("valueCodeableConcept")), "coding"), 0);
    const struct json *moved_on = extension(p, EXTENSION_MOVED_AWAY, STR("valueDate"));
    str folded[MAX_NAMES], name, other, birth = JSON_TEXT(p, "birthDate"), dead = dead_of(p);
    str moved = moved_on && moved_on->kind == JSON_STRING ? moved_on->text : STR_NONE;
    size_t names = all_names(a, p, folded, 0, &name);
    struct numbers n = {{identifier(p, SYSTEM_CCCD), identifier(p, SYSTEM_INSURANCE), phone_of(a, p)}, MAIN_NUMBERS};
    add_numbers(a, p, &n);
    for (size_t i = 0; i < projection_replaced(job); i++) { /* the replaced record's names and numbers find the person */
        names = all_names(a, projection_replaced_at(job, i), folded, names, &other);
        add_numbers(a, projection_replaced_at(job, i), &n);
    }
    str place_id = str_starts(residence, STR("Location/")) ? str_slice(residence, 9, residence.len) : STR_NONE;
    struct cell cells[] = {
        CELL_STR(projection_subject_id(job)),
        text_or_none(name),
        text_or_none(birth),
        text_or_none(JSON_TEXT(p, "gender")),
        CELL_INT(place_id.len ? projection_rid(job, residence) : 0),
        text_or_none(JSON_TEXT(household, "id")),
        CELL_INT(head.len ? projection_rid(job, head) : 0),
        CELL_INT((int64_t)size),
        text_or_none(n.at[0]),
        text_or_none(n.at[1]),
        text_or_none(n.at[2]),
        text_or_none(joined(a, &n)),
        text_or_none(JSON_TEXT(ethnic, "code")),
        text_or_none(JSON_TEXT(ethnic, "display")),
        text_or_none(dead),
        text_or_none(moved),
        CELL_INT(dead.len || moved.len ? 0 : 1),
        CELL_INT(synthetic(p)),
        CELL_STR(person_words(a, folded, names, birth, n.at, n.len, place_id)),
    };
    projection_emit(job, TABLE_PERSON, cells);
}

static err project(struct projection_job *job) {
    const struct json *p = projection_resource(job), *household;
    size_t size;
    if (!p) return OK_ERR;
    TRY(household_of(job, &household, &size));
    emit_person(job, p, household, size);
    for (size_t i = 0; i < projection_replaced(job); i++) {
        str id = JSON_TEXT(projection_replaced_at(job, i), "id");
        struct cell cells[] = {CELL_INT(projection_rid(job, str_format(projection_arena(job), "Patient/%.*s", STR_ARG(id)))),
                               CELL_STR(id)};
        projection_emit(job, TABLE_REPLACED, cells);
    }
    return emit_kin(job);
}

static const char *const search_columns[] = {"words"};
static const struct projection_table tables[] = {
    [TABLE_PERSON] = {.name = "person",
                      .columns = columns,
                      .column_count = COUNT(columns),
                      .search = "person_find",
                      .search_columns = search_columns,
                      .search_column_count = 1},
    [TABLE_REPLACED] = {.name = "person_replaced", .columns = replaced_columns, .column_count = COUNT(replaced_columns)},
    [TABLE_KIN] = {.name = "kin", .columns = kin_columns, .column_count = COUNT(kin_columns)},
};
static const char *const total_keys[] = {"place"}, *const total_sums[] = {"alive"};
static const struct projection_total totals[] = {
    {.name = "person_total", .of = TABLE_PERSON, .keys = total_keys, .key_count = 1, .sums = total_sums, .sum_count = 1}};
static const struct projection person_projection = {.name = "person",
                                                    .version = 2,
                                                    .subject_type = FHIR_TYPE_PATIENT,
                                                    .tables = tables,
                                                    .table_count = COUNT(tables),
                                                    .totals = totals,
                                                    .total_count = 1,
                                                    .touches = touches,
                                                    .project = project};
static const struct projection *const projections[] = {&person_projection};
const struct store_room people_room = {
    .name = "people", .schema = schema_people, .projections = projections, .projection_count = 1};
