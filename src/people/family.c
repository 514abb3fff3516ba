/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Households, kin, the history of a person's own data, and the transactions that merge and part two records. Changing any of
 * it is done through /fhir (docs/people.md); these routes only read.
 */
#include "routes_int.h"

#include "base/vec.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "find_int.h"
#include "merge.h"

static const char sql_kin[] = "SELECT id, kind, relative, name, phone FROM kin WHERE subject = ?1 ORDER BY kind, id";
static const char sql_children[] = "SELECT subject, kind, id FROM kin WHERE relative = ?1 ORDER BY subject, id";

/* ---- households -------------------------------------------------------------------------------------------------- */

struct member {
    str id;
    bool gone;
    str until;
};
typedef VEC(struct member) member_list;

static bool yes(const struct json *v) { return v && v->kind == JSON_TRUE; }

static void read_members(struct arena *a, const struct json *group, member_list *out) {
    const struct json *list = JSON_GET(group, "member");
    for (const struct json *m = list ? list->first : NULL; m; m = m->next) {
        struct fhir_reference f = fhir_reference_parse(JSON_TEXT(JSON_GET(m, "entity"), "reference"));
        if (f.kind != REFERENCE_LOCAL || f.type != FHIR_TYPE_PATIENT) continue;
        struct member member = {f.id, yes(JSON_GET(m, "inactive")), JSON_TEXT(JSON_GET(m, "period"), "end")};
        VEC_PUSH(a, out, member);
    }
}

/* "members":[…] of those the asker may see, each once; "unseen": how many he may not. */
static err add_members(struct request *r, struct reader *reader, const member_list *list) {
    VEC(int64_t) told = {0};
    int64_t unseen = 0;
    bool any = false;
    int32_t today = day_today();
    buf_addz(&r->out, ",\"members\":[");
    for (size_t i = 0; i < list->len; i++) {
        struct person p;
        bool again = false;
        err e = person_get(reader, r->arena, &r->session->access, list->at[i].id, &p);
        if (e.code == ERR_NOT_FOUND) {
            unseen += !list->at[i].gone;
            continue;
        }
        if (e.code) return e;
        for (size_t k = 0; k < told.len; k++) again = again || told.at[k] == p.rid;
        if (again) continue; /* two records of one person */
        VEC_PUSH(r->arena, &told, p.rid);
        if (any) buf_addc(&r->out, ',');
        any = true;
        TRY(add_person(&r->out, r, reader, &p, today));
        r->out.len--;
        add_bool(&r->out, "left", list->at[i].gone);
        add_text(&r->out, "until", list->at[i].until);
        buf_addc(&r->out, '}');
    }
    buf_addc(&r->out, ']');
    add_number(&r->out, "unseen", unseen);
    return OK_ERR;
}

static err add_household(struct request *r, struct reader *reader, str id) {
    struct version v;
    struct json *group;
    member_list list = {0};
    TRY(reader_get(reader, r->arena, FHIR_TYPE_GROUP, id, &v));
    TRY(json_parse(r->arena, v.body, &group));
    const struct json *extensions = JSON_GET(group, "extension"), *active = JSON_GET(group, "active");
    str head = STR_NONE;
    for (const struct json *e = extensions ? extensions->first : NULL; e; e = e->next)
        if (str_is(JSON_TEXT(e, "url"), EXTENSION_HOUSEHOLD_HEAD)) head = JSON_TEXT(JSON_GET(e, "valueReference"), "reference");
    read_members(r->arena, group, &list);
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", id);
    add_bool(&r->out, "active", !active || active->kind != JSON_FALSE);
    add_text(&r->out, "head", str_starts(head, STR("Patient/")) ? str_slice(head, 8, head.len) : STR_NONE);
    TRY(add_members(r, reader, &list));
    buf_addc(&r->out, '}');
    return OK_ERR;
}

/* A household is seen by whoever sees one of its members. */
err people_household(struct request *r) {
    struct reader *reader;
    struct version v;
    struct json *group;
    member_list list = {0};
    TRY(request_reader(r, &reader));
    TRY(reader_get(reader, r->arena, FHIR_TYPE_GROUP, r->parameters[0], &v));
    TRY(json_parse(r->arena, v.body, &group));
    read_members(r->arena, group, &list);
    int64_t seen = 0;
    for (size_t i = 0; i < list.len && !seen; i++) {
        struct person p;
        if (!person_get(reader, r->arena, &r->session->access, list.at[i].id, &p).code) seen = p.rid;
    }
    if (!seen && !(r->session->access.everything && !list.len))
        return err_make(r->arena, ERR_NOT_FOUND, "Group", "no household of that id");
    request_audit(r, "read", FHIR_TYPE_GROUP, v.id, seen);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return add_household(r, reader, v.id);
}

/* ---- kin --------------------------------------------------------------------------------------------------------- */

struct relative {
    str id, kind, name, phone;
    int64_t rid;
};
typedef VEC(struct relative) relative_list;

static err read_kin(struct reader *reader, struct arena *a, int64_t rid, relative_list *out) {
    struct statement *q = db_use(reader_db(reader), sql_kin);
    bool row;
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    while (row) {
        struct relative k = {str_copy(a, column_text(q, 0)), str_copy(a, column_text(q, 1)), str_copy(a, column_text(q, 3)),
                             str_copy(a, column_text(q, 4)), column_int(q, 2)};
        VEC_PUSH(a, out, k);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static err read_children(struct reader *reader, struct arena *a, int64_t rid, relative_list *out) {
    struct statement *q = db_use(reader_db(reader), sql_children);
    bool row;
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    while (row) {
        struct relative k = {.rid = column_int(q, 0), .kind = str_copy(a, column_text(q, 1)), .id = str_copy(a, column_text(q, 2))};
        VEC_PUSH(a, out, k);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

/* {"relation","kind","name","phone","person":{…}|null}: the record only when the asker may see it. */
static err add_relative(struct request *r, struct reader *reader, const struct relative *k) {
    struct person p;
    bool row = false;
    if (k->rid) TRY(person_row(reader, r->arena, k->rid, &p, &row));
    row = row && person_seen(&r->session->access, &p);
    buf_addc(&r->out, '{');
    add_text(&r->out, "relation", k->id);
    add_text(&r->out, "kind", k->kind);
    add_text(&r->out, "name", k->name.len || !row ? k->name : p.name);
    add_text(&r->out, "phone", spaced_phone(r->arena, k->phone));
    add_name(&r->out, "person");
    if (row)
        TRY(add_person(&r->out, r, reader, &p, day_today()));
    else
        buf_addz(&r->out, "null");
    buf_addc(&r->out, '}');
    return OK_ERR;
}

static err add_relatives(struct request *r, struct reader *reader, const char *name, const relative_list *list) {
    buf_addf(&r->out, ",\"%s\":[", name);
    for (size_t i = 0; i < list->len; i++) {
        if (i) buf_addc(&r->out, ',');
        TRY(add_relative(r, reader, &list->at[i]));
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

err people_family(struct request *r) {
    struct reader *reader;
    struct person p;
    relative_list kin = {0}, children = {0};
    int64_t *parts;
    size_t count;
    TRY(people_subject(r, &reader, &p));
    TRY(person_parts(reader, r->arena, p.rid, &parts, &count));
    TRY(read_kin(reader, r->arena, p.rid, &kin));
    for (size_t i = 0; i < count; i++) TRY(read_children(reader, r->arena, parts[i], &children));
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    TRY(add_relatives(r, reader, "kin", &kin));
    TRY(add_relatives(r, reader, "children", &children));
    buf_addz(&r->out, ",\"household\":");
    if (p.household.len)
        TRY(add_household(r, reader, p.household));
    else
        buf_addz(&r->out, "null");
    buf_addc(&r->out, '}');
    return OK_ERR;
}

/* ---- merging ----------------------------------------------------------------------------------------------------- */

struct pair {
    struct reader *reader;
    struct version keep, other;
};

/* Both records, current, seen by the session. The other one may be replaced already (then it has no row of its own). */
static err load_pair(struct request *r, struct pair *out) {
    struct person p;
    TRY(request_reader(r, &out->reader));
    for (int i = 0; i < 2; i++) {
        TRY(person_get(out->reader, r->arena, &r->session->access, r->parameters[i], &p));
        request_audit(r, "read", FHIR_TYPE_PATIENT, r->parameters[i], p.rid);
        TRY(reader_get(out->reader, r->arena, FHIR_TYPE_PATIENT, r->parameters[i], i ? &out->other : &out->keep));
    }
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static void add_put(struct buf *out, const struct version *v, str body) {
    char version[VERSION_ID_TEXT];
    buf_addf(out, "{\"request\":{\"method\":\"PUT\",\"url\":\"Patient/%.*s\",\"ifMatch\":\"W/\\\"%s\\\"\"},\"resource\":",
             STR_ARG(v->id), version_id_format(v->version, version));
    buf_add(out, body);
    buf_addc(out, '}');
}

static void add_transaction(struct buf *out, const struct pair *p, str keep, str other) {
    buf_addz(out, "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[");
    add_put(out, &p->keep, keep);
    buf_addc(out, ',');
    add_put(out, &p->other, other);
    buf_addz(out, "]}");
}

err people_merge(struct request *r) {
    struct pair p;
    struct json *keep, *other;
    str kept, replaced;
    TRY(load_pair(r, &p));
    TRY(json_parse(r->arena, p.keep.body, &keep));
    TRY(json_parse(r->arena, p.other.body, &other));
    TRY(merge_allowed(r->arena, keep, other));
    TRY(merge_link(r->arena, p.keep.body, "replaces", p.other.id, &kept));
    TRY(merge_link(r->arena, p.other.body, "replaced-by", p.keep.id, &replaced));
    add_transaction(&r->out, &p, kept, replaced);
    return OK_ERR;
}

err people_unmerge(struct request *r) {
    struct pair p;
    str kept, replaced;
    TRY(load_pair(r, &p));
    TRY(merge_unlink(r->arena, p.keep.body, "replaces", p.other.id, &kept));
    TRY(merge_unlink(r->arena, p.other.body, "replaced-by", p.keep.id, &replaced));
    add_transaction(&r->out, &p, kept, replaced);
    return OK_ERR;
}
