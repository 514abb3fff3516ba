/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records of one person under two ids. FHIR R4 Patient.link ties them: the one that goes on `replaces` the other, which is
 * `replaced-by` it. Only when both say so are they one: a link that came without its counterpart changes nothing, and
 * taking either back parts them again. No resource is rewritten: what was recorded under the replaced id stays there, and
 * every projection of the one that goes on reads it as well. Chains (A replaced by B replaced by C) end at the last;
 * a circle ties nobody.
 */
#include "project_int.h"

enum { CHAIN_MAX = 64 };

static str link_target(const struct json *link) {
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(JSON_GET(link, "other"), "reference"));
    return r.kind == REFERENCE_LOCAL && r.type == FHIR_TYPE_PATIENT ? r.id : STR_NONE;
}

void tied_touch(struct projection_job *job, const struct json *patient) {
    const struct json *links = JSON_GET(patient, "link");
    for (const struct json *l = links ? links->first : NULL; l; l = l->next)
        projection_touch(job, FHIR_TYPE_PATIENT, link_target(l));
}

static bool says(const struct json *patient, const char *type, str id) {
    const struct json *links = JSON_GET(patient, "link");
    for (const struct json *l = links ? links->first : NULL; l; l = l->next)
        if (str_is(JSON_TEXT(l, "type"), type) && str_eq(link_target(l), id)) return true;
    return false;
}

/* The current Patient of that id; rid 0 when it is unknown or deleted. */
static err load(struct projection_job *job, str id, struct replaced *out) {
    bool row = false;
    int64_t rid;
    *out = (struct replaced){.id = id};
    TRY(writer_rid_find(job->writer, FHIR_TYPE_PATIENT, id, &rid));
    struct statement *q = db_use(job->writer->db, "SELECT flags, body FROM res WHERE rid = ?1");
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    if (!row) return OK_ERR;
    bool live = !(column_int(q, 0) & RES_NOT_LIVE);
    str frame = live ? str_copy(job->arena, column_blob(q, 1)) : STR_NONE;
    db_reset(q);
    if (!live) return OK_ERR;
    out->rid = rid;
    return job_parse(job, frame, &out->resource);
}

/* Who replaces this Patient: one step. Of several the smallest id, so that it never depends on arrival. */
static err step(struct projection_job *job, const struct json *patient, str id, struct replaced *out) {
    const struct json *links = JSON_GET(patient, "link");
    *out = (struct replaced){0};
    for (const struct json *l = links ? links->first : NULL; l; l = l->next) {
        struct replaced other;
        str target = link_target(l);
        if (!str_is(JSON_TEXT(l, "type"), "replaced-by") || !target.len || str_eq(target, id)) continue;
        TRY(load(job, target, &other));
        if (!other.rid || !says(other.resource, "replaces", id)) continue;
        if (!out->rid || str_compare(other.id, out->id) < 0) *out = other;
    }
    return OK_ERR;
}

static err find_survivor(struct projection_job *job, bool *circle) {
    struct replaced at = {job->subject, job->subject_id, job->resource}, next;
    *circle = false;
    for (int i = 0; i < CHAIN_MAX; i++) {
        TRY(step(job, at.resource, at.id, &next));
        if (!next.rid) {
            if (i) job->survivor = at.rid;
            return OK_ERR;
        }
        if (next.rid == job->subject) break;
        at = next;
    }
    *circle = true; /* also somebody whose chain runs into one */
    return OK_ERR;
}

/* Those that `patient` replaces and that name no other survivor, and theirs. */
static err find_replaced(struct projection_job *job, const struct json *patient, str id) {
    const struct json *links = JSON_GET(patient, "link");
    for (const struct json *l = links ? links->first : NULL; l && job->replaced.len < CHAIN_MAX; l = l->next) {
        struct replaced other, survivor;
        bool known = str_eq(link_target(l), job->subject_id);
        for (size_t i = 0; i < job->replaced.len; i++) known = known || str_eq(job->replaced.at[i].id, link_target(l));
        if (!str_is(JSON_TEXT(l, "type"), "replaces") || !link_target(l).len || known) continue;
        TRY(load(job, link_target(l), &other));
        if (!other.rid) continue;
        TRY(step(job, other.resource, other.id, &survivor));
        if (!str_eq(survivor.id, id)) continue;
        VEC_PUSH(job->arena, &job->replaced, other);
        TRY(find_replaced(job, other.resource, other.id));
    }
    return OK_ERR;
}

err tied_find(struct projection_job *job) {
    bool circle;
    TRY(find_survivor(job, &circle));
    return job->survivor || circle ? OK_ERR : find_replaced(job, job->resource, job->subject_id);
}

/* ---- what `project` may ask -------------------------------------------------------------------------------------- */

size_t projection_replaced(const struct projection_job *job) { return job->replaced.len; }

const struct json *projection_replaced_at(const struct projection_job *job, size_t i) {
    return job->replaced.at[i].resource;
}

bool projection_about(const struct projection_job *job, const struct json *resource, const char *member) {
    struct fhir_reference r =
        fhir_reference_parse(JSON_TEXT(json_get(resource, str_of(member)), "reference"));
    if (r.kind != REFERENCE_LOCAL || r.type != job->projection->subject_type) return false;
    bool about = str_eq(r.id, job->subject_id);
    for (size_t i = 0; i < job->replaced.len && !about; i++) about = str_eq(r.id, job->replaced.at[i].id);
    return about;
}
