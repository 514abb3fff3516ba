/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who changed what of a person's own data, and when: the versions of the Patient, each against the one before.
 */
#include "routes_int.h"

#include "base/date.h"
#include "base/vocabulary.h"
#include "db/db.h"

enum { VERSIONS_MAX = 100 };
static const char sql_actor[] = "SELECT actor FROM log WHERE pos = ?1";

#define FIELDS(X) X(name) X(birth) X(sex) X(cccd) X(insurance) X(phone) X(village) X(address) X(ethnicGroup) X(dead) X(moved) X(replacedBy)
enum field {
#define X(f) FIELD_##f,
    FIELDS(X)
#undef X
    FIELD_COUNT
};
static const char *const field_names[] = {
#define X(f) #f,
    FIELDS(X)
#undef X
};

static const struct json *extension(const struct json *p, const char *url) {
    const struct json *list = JSON_GET(p, "extension");
    for (const struct json *e = list ? list->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), url)) return e;
    return NULL;
}

/* The first item of a list with that system that is not old. */
static str value_of(const struct json *list, const char *system) {
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        if (str_is(JSON_TEXT(i, "system"), system) && !str_is(JSON_TEXT(i, "use"), "old")) return JSON_TEXT(i, "value");
    return STR_NONE;
}

static str name_of(const struct json *p) {
    const struct json *list = JSON_GET(p, "name");
    for (const struct json *n = list ? list->first : NULL; n; n = n->next)
        if (!str_is(JSON_TEXT(n, "use"), "old") && !str_is(JSON_TEXT(n, "use"), "maiden")) return JSON_TEXT(n, "text");
    return STR_NONE;
}

static str place_name(struct reader *r, struct arena *a, str reference) {
    struct place p;
    if (!str_starts(reference, STR("Location/"))) return STR_NONE;
    int64_t rid = reader_rid(r, FHIR_TYPE_LOCATION, str_slice(reference, 9, reference.len));
    return rid && !network_place(r, a, rid, day_today(), &p).code ? p.name : reference;
}

static str replaced_by(const struct json *p) {
    const struct json *list = JSON_GET(p, "link");
    for (const struct json *l = list ? list->first : NULL; l; l = l->next)
        if (str_is(JSON_TEXT(l, "type"), "replaced-by")) return JSON_TEXT(JSON_GET(l, "other"), "reference");
    return STR_NONE;
}

static void read_fields(struct reader *r, struct arena *a, const struct json *p, str out[FIELD_COUNT]) {
    const struct json *dead = JSON_GET(p, "deceasedBoolean");
    out[FIELD_name] = name_of(p);
    out[FIELD_birth] = JSON_TEXT(p, "birthDate");
    out[FIELD_sex] = JSON_TEXT(p, "gender");
    out[FIELD_cccd] = masked_number(a, value_of(JSON_GET(p, "identifier"), SYSTEM_CCCD), 6);
    out[FIELD_insurance] = masked_number(a, value_of(JSON_GET(p, "identifier"), SYSTEM_INSURANCE), 2);
    out[FIELD_phone] = value_of(JSON_GET(p, "telecom"), "phone");
    out[FIELD_village] = place_name(r, a, JSON_TEXT(JSON_GET(extension(p, EXTENSION_RESIDENCE), "valueReference"), "reference"));
    out[FIELD_address] = JSON_TEXT(json_item(JSON_GET(p, "address"), 0), "text");
    out[FIELD_ethnicGroup] = JSON_TEXT(
        json_item(JSON_GET(JSON_GET(extension(p, EXTENSION_ETHNIC_GROUP), "valueCodeableConcept"), "coding"), 0), "display");
    out[FIELD_dead] = JSON_TEXT(p, "deceasedDateTime");
    if (!out[FIELD_dead].len && dead && dead->kind == JSON_TRUE) out[FIELD_dead] = STR("true");
    out[FIELD_moved] = JSON_TEXT(extension(p, EXTENSION_MOVED_AWAY), "valueDate");
    out[FIELD_replacedBy] = replaced_by(p);
}

/* The name of whoever wrote: of the Practitioner, or of the account. */
static err actor_name(struct reader *r, struct arena *a, int64_t position, str *out) {
    struct statement *q = db_use(reader_db(r), sql_actor);
    bool row;
    bind_int(q, 1, position);
    TRY(db_row(q, &row));
    str actor = row ? str_copy(a, column_text(q, 0)) : STR_NONE;
    db_reset(q);
    *out = str_starts(actor, STR("Account/")) ? str_slice(actor, 8, actor.len) : actor;
    struct version v;
    struct json *who;
    if (!str_starts(actor, STR("Practitioner/")) ||
        reader_get(r, a, FHIR_TYPE_PRACTITIONER, str_slice(actor, 13, actor.len), &v).code || json_parse(a, v.body, &who).code)
        return OK_ERR;
    str name = JSON_TEXT(json_item(JSON_GET(who, "name"), 0), "text");
    if (name.len) *out = name;
    return OK_ERR;
}

static void add_changes(struct buf *out, const str before[FIELD_COUNT], const str after[FIELD_COUNT]) {
    bool any = false;
    buf_addz(out, ",\"changes\":[");
    for (int f = 0; f < FIELD_COUNT; f++) {
        if (str_eq(before[f], after[f])) continue;
        buf_addz(out, any ? ",{" : "{");
        any = true;
        add_text(out, "field", str_of(field_names[f]));
        add_text(out, "before", before[f]);
        add_text(out, "after", after[f]);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static err fields_of(struct reader *r, struct arena *a, const struct version *v, str out[FIELD_COUNT]) {
    struct json *p;
    memset(out, 0, FIELD_COUNT * sizeof *out);
    if (!v || !v->body.len) return OK_ERR;
    TRY(json_parse(a, v->body, &p));
    read_fields(r, a, p, out);
    return OK_ERR;
}

err people_history(struct request *r) {
    struct reader *reader;
    struct person p;
    struct version_list list = {0};
    TRY(people_subject(r, &reader, &p));
    struct history_query q = {.type = FHIR_TYPE_PATIENT, .id = p.id, .limit = VERSIONS_MAX};
    TRY(reader_history(reader, r->arena, &q, &list));
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    buf_addz(&r->out, ",\"versions\":[");
    for (size_t i = 0; i < list.len; i++) {
        const struct version *v = &list.at[i];
        str before[FIELD_COUNT], after[FIELD_COUNT], by;
        char id[VERSION_ID_TEXT], at[25];
        TRY(fields_of(reader, r->arena, i + 1 < list.len ? &list.at[i + 1] : NULL, before));
        TRY(fields_of(reader, r->arena, v, after));
        TRY(actor_name(reader, r->arena, v->position, &by));
        buf_addz(&r->out, i ? ",{" : "{");
        add_text(&r->out, "version", str_of(version_id_format(v->version, id)));
        add_text(&r->out, "at", str_of(instant_format(v->wall, at)));
        add_text(&r->out, "by", by);
        add_changes(&r->out, before, after);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}
