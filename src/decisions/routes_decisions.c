/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /api/decisions: drafts, check, signing, revocation, ledger.
 */
#include "base/date.h"
#include "answer_int.h"
#include "base/vec.h"
#include "decisions.h"

static err list_all(struct request *r);
static err read_one(struct request *r);
static err create(struct request *r);
static err update(struct request *r);
static err discard(struct request *r);
static err check(struct request *r);
static err sign(struct request *r);
static err revoke(struct request *r);
static err ledger(struct request *r);

enum { LIMIT_DECISION = 8 * 1024 * 1024 };

const struct route decision_routes[] = {
    {ROUTE("GET", "/api/decisions", PERMISSION_INDICATOR_READ, list_all, "Các quyết định và bản dự thảo",
           "Decisions and drafts")},
    {ROUTE("GET", "/api/decisions/{id}", PERMISSION_INDICATOR_READ, read_one, "Một quyết định", "One decision")},
    {ROUTE("POST", "/api/decisions", PERMISSION_NETWORK_PLAN, create, "Tạo bản dự thảo", "A new draft"),
     .body_limit = LIMIT_DECISION},
    {ROUTE("PUT", "/api/decisions/{id}", PERMISSION_NETWORK_PLAN, update, "Sửa bản dự thảo", "Change a draft"),
     .body_limit = LIMIT_DECISION},
    {ROUTE("DELETE", "/api/decisions/{id}", PERMISSION_NETWORK_PLAN, discard, "Xóa bản dự thảo", "Discard a draft")},
    {ROUTE("POST", "/api/decisions/{id}/check", PERMISSION_NETWORK_PLAN, check, "Kiểm tra trước khi ký",
           "Check before signing")},
    {ROUTE("POST", "/api/decisions/{id}/sign", PERMISSION_NETWORK_SIGN, sign, "Ký quyết định", "Sign")},
    {ROUTE("POST", "/api/decisions/{id}/revoke", PERMISSION_NETWORK_SIGN, revoke, "Bãi bỏ quyết định",
           "Revoke by another decision")},
    {ROUTE("GET", "/api/decisions/{id}/ledger", PERMISSION_INDICATOR_READ, ledger, "Bảng đối chiếu trước và sau",
           "What is before and after")},
    {.method = NULL}};

/* ---- reading ----------------------------------------------------------------------------------------------------- */

err decision_load(struct reader *r, struct arena *a, str id, struct version *v, struct decision *out) {
    struct json *tree;
    TRY(reader_get(r, a, FHIR_TYPE_DECISION, id, v));
    TRY(json_parse(a, v->body, &tree));
    return decision_read(a, tree, out);
}

static err get_version(struct request *r, struct reader **reader, struct version *v, struct decision *d) {
    TRY(request_reader(r, reader));
    return decision_load(*reader, r->arena, r->parameters[0], v, d);
}

static const char *status_of(const struct decision *d, const struct decisions *all, int32_t today, str *revoked_by) {
    *revoked_by = STR_NONE;
    for (size_t i = 0; i < all->len; i++)
        if (all->at[i].status == DECISION_SIGNED && all->at[i].revokes.len && str_eq(all->at[i].revokes, d->id))
            *revoked_by = all->at[i].id;
    if (d->status == DECISION_DRAFT) return "draft";
    if (d->status == DECISION_ERROR) return "entered-in-error";
    if (revoked_by->len) return "revoked";
    return d->effective_on <= today ? "effective" : "signed";
}

static size_t places_in(struct arena *a, const struct decision *d) {
    struct map seen = map_new(a);
    for (size_t i = 0; i < d->operations.len; i++)
        for (size_t k = 0; k < d->operations.at[i].places.len; k++) map_put(&seen, d->operations.at[i].places.at[k], a);
    return seen.len;
}

static err list_all(struct request *r) {
    struct reader *reader;
    struct decisions all;
    int32_t today = day_today();
    TRY(request_reader(r, &reader));
    TRY(network_decisions(reader, r->arena, &all));
    buf_addz(&r->out, "{\"decisions\":[");
    for (size_t i = 0; i < all.len; i++) {
        const struct decision *d = &all.at[i];
        struct version v;
        char version[VERSION_ID_TEXT];
        str revoked_by;
        const char *status = status_of(d, &all, today, &revoked_by);
        TRY(reader_get(reader, r->arena, FHIR_TYPE_DECISION, d->id, &v));
        buf_addz(&r->out, i ? ",{" : "{");
        add_text(&r->out, "id", d->id);
        add_text(&r->out, "version", str_of(version_id_format(v.version, version)));
        add_text(&r->out, "number", d->number);
        add_text(&r->out, "title", d->title);
        add_text(&r->out, "authority", d->authority);
        add_text(&r->out, "status", str_of(status));
        add_open_day(&r->out, "signedOn", d->signed_on);
        add_open_day(&r->out, "effectiveOn", d->effective_on);
        add_text(&r->out, "certainty", str_of(d->assumed ? "assumed" : "stated"));
        add_text(&r->out, "certaintyNote", d->certainty_note);
        add_number(&r->out, "operations", (int64_t)d->operations.len);
        add_number(&r->out, "places", (int64_t)places_in(r->arena, d));
        add_text(&r->out, "revokes", d->revokes);
        add_text(&r->out, "revokedBy", revoked_by);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static void answer_version(struct request *r, const struct version *v, int status) {
    char text[VERSION_ID_TEXT];
    version_json(&r->out, v);
    request_set_header(r, "ETag", str_format(r->arena, "W/\"%s\"", version_id_format(v->version, text)));
    request_set_header(r, "Cache-Control", STR("no-store"));
    r->status = status;
}

static err read_one(struct request *r) {
    struct reader *reader;
    struct version v;
    struct decision d;
    TRY(get_version(r, &reader, &v, &d));
    answer_version(r, &v, 200);
    return OK_ERR;
}

/* ---- drafts ------------------------------------------------------------------------------------------------------ */

/* The body as a draft: structurally valid, of status draft, of form that decision_read understands. */
static err draft_of(struct request *r, struct json **tree) {
    struct fhir_issues issues = {0};
    struct decision d;
    TRY(request_json(r, tree));
    if (fhir_type_of(*tree) != FHIR_TYPE_DECISION)
        return err_make(r->arena, ERR_INVALID, "resourceType", "a Decision is expected");
    if (!fhir_validate(r->arena, r->body, *tree, STR_NONE, &issues))
        return err_make(r->arena, ERR_INVALID, str_z(r->arena, issues.at[0].expression), "%.*s",
                        STR_ARG(r->vietnamese ? issues.at[0].vi : issues.at[0].en));
    TRY(decision_read(r->arena, *tree, &d));
    if (d.status != DECISION_DRAFT)
        return err_make(r->arena, ERR_INVALID, "Decision.status",
                        "only a draft is saved here; signing is an act of its own");
    return OK_ERR;
}

static err save(struct request *r, struct change *change, int status) {
    struct commit commit = {.changes = change, .count = 1, .actor = r->session->actor};
    struct reader *now;
    struct version v;
    TRY(store_commit(r->store, r->arena, &commit));
    TRY(reader_begin(r->store, r->arena, &now));
    err e = reader_get(now, r->arena, FHIR_TYPE_DECISION, change->id, &v);
    if (!e.code) answer_version(r, &v, status);
    reader_end(now);
    return e;
}

static err create(struct request *r) {
    struct json *tree;
    TRY(draft_of(r, &tree));
    struct change c = {.op = VERSION_UPDATE,
                       .type = FHIR_TYPE_DECISION,
                       .id = decision_new_id(r->arena),
                       .source = r->body,
                       .resource = tree,
                       .expect = EXPECT_ABSENT};
    request_set_header(r, "Location", str_format(r->arena, "/api/decisions/%.*s", STR_ARG(c.id)));
    return save(r, &c, 201);
}

/* The stored draft; ERR_CONFLICT when it has been signed. */
static err stored_draft(struct request *r, struct version *v, struct decision *d) {
    struct reader *reader;
    TRY(get_version(r, &reader, v, d));
    if (d->status != DECISION_DRAFT)
        return err_make(r->arena, ERR_CONFLICT, "Decision.status",
                        "a signed decision is not changed: another decision revokes or corrects it");
    return OK_ERR;
}

/* If-Match: W/"version"; STR_NONE means the version just read. */
static err expected_version(struct request *r, const struct version *now, struct version_id *out) {
    str tag = request_header(r, "If-Match");
    *out = now->version;
    if (!tag.len) return OK_ERR;
    if (str_starts(tag, STR("W/"))) tag = str_slice(tag, 2, tag.len);
    if (tag.len > 2 && tag.at[0] == '"') tag = str_slice(tag, 1, tag.len - 1);
    return version_id_parse(tag, out) ? OK_ERR
                                      : err_make(r->arena, ERR_PRECONDITION, "If-Match", "no version of this decision");
}

static err update(struct request *r) {
    struct json *tree;
    struct version v;
    struct decision d;
    struct version_id expected;
    TRY(stored_draft(r, &v, &d));
    TRY(draft_of(r, &tree));
    TRY(expected_version(r, &v, &expected));
    str id = JSON_TEXT(tree, "id");
    if (id.len && !str_eq(id, r->parameters[0]))
        return err_make(r->arena, ERR_INVALID, "Decision.id", "the id differs from the address");
    struct change c = {.op = VERSION_UPDATE,
                       .type = FHIR_TYPE_DECISION,
                       .id = r->parameters[0],
                       .source = r->body,
                       .resource = tree,
                       .expect = EXPECT_VERSION,
                       .expected = expected};
    return save(r, &c, 200);
}

static err discard(struct request *r) {
    struct version v;
    struct decision d;
    TRY(stored_draft(r, &v, &d));
    struct change c = {.op = VERSION_DELETE,
                       .type = FHIR_TYPE_DECISION,
                       .id = r->parameters[0],
                       .expect = EXPECT_VERSION,
                       .expected = v.version};
    struct commit commit = {.changes = &c, .count = 1, .actor = r->session->actor};
    TRY(store_commit(r->store, r->arena, &commit));
    r->status = 204;
    return OK_ERR;
}

/* ---- check, sign, revoke ----------------------------------------------------------------------------------------- */

static err check(struct request *r) {
    struct reader *reader;
    struct version v;
    struct decision d;
    struct checked checked;
    int64_t began = clock_now_ms();
    TRY(get_version(r, &reader, &v, &d));
    TRY(decision_check(reader, r->arena, &d, false, &checked));
    checked_answer(r->arena, &checked, clock_now_ms() - began, &r->out);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static err take_day(struct request *r, const struct json *body, const char *member, const char *at, int32_t *out) {
    str s = json_text(body, str_of(member));
    if (s.len && !day_parse(s, out)) return err_make(r->arena, ERR_INVALID, at, "'%.*s' is no day", STR_ARG(s));
    return OK_ERR;
}

/* Number, day and signer of the paper; a signed decision has all three. */
static err take_signature(struct request *r, const struct json *body, struct decision *d) {
    if (JSON_TEXT(body, "number").len) d->number = JSON_TEXT(body, "number");
    if (JSON_TEXT(body, "signer").len) d->signer = JSON_TEXT(body, "signer");
    if (JSON_TEXT(body, "title").len) d->title = JSON_TEXT(body, "title");
    if (JSON_TEXT(body, "reason").len) d->reason = JSON_TEXT(body, "reason");
    TRY(take_day(r, body, "signedOn", "Decision.signedOn", &d->signed_on));
    TRY(take_day(r, body, "effectiveOn", "Decision.effectiveOn", &d->effective_on));
    if (!d->number.len) return err_make(r->arena, ERR_INVALID, "Decision.number", "a signed decision has a number");
    if (d->signed_on == DAY_FIRST)
        return err_make(r->arena, ERR_INVALID, "Decision.signedOn", "a signed decision has a day of signature");
    if (d->signed_on > day_today())
        return err_make(r->arena, ERR_INVALID, "Decision.signedOn", "it cannot have been signed after today");
    return OK_ERR;
}

static err sign_now(struct request *r, struct decision *d, const struct version_id *expected, int status) {
    struct signing s = {.store = r->store, .actor = r->session->actor, .expected = expected};
    struct checked checked;
    struct version v;
    err e = decision_sign(r->arena, &s, d, &checked, &v);
    if (e.code == ERR_UNPROCESSABLE) {
        r->status = 422;
        buf_addz(&r->out, "{\"ok\":false");
        problems_answer(r->arena, &checked.after, &checked.problems, &r->out);
        buf_addc(&r->out, '}');
        return OK_ERR;
    }
    TRY(e);
    struct reader *now;
    TRY(reader_begin(r->store, r->arena, &now));
    e = reader_get(now, r->arena, FHIR_TYPE_DECISION, d->id, &v);
    if (!e.code) answer_version(r, &v, status);
    reader_end(now);
    return e;
}

static err sign(struct request *r) {
    struct version v;
    struct decision d;
    struct json *body;
    TRY(stored_draft(r, &v, &d));
    TRY(request_json(r, &body));
    TRY(take_signature(r, body, &d));
    return sign_now(r, &d, &v.version, 200);
}

static err revoke(struct request *r) {
    struct reader *reader;
    struct version v;
    struct decision old, d;
    struct json *body;
    TRY(get_version(r, &reader, &v, &old));
    TRY(request_json(r, &body));
    if (old.status != DECISION_SIGNED)
        return err_make(r->arena, ERR_CONFLICT, "Decision.status",
                        "only a signed decision is revoked; a draft is discarded");
    decision_revocation(r->arena, &old, &d);
    d.effective_on = old.effective_on;
    TRY(take_signature(r, body, &d));
    request_set_header(r, "Location", str_format(r->arena, "/api/decisions/%.*s", STR_ARG(d.id)));
    return sign_now(r, &d, NULL, 201);
}

static err ledger(struct request *r) {
    struct reader *reader;
    struct version v;
    struct decision d;
    struct checked checked;
    TRY(get_version(r, &reader, &v, &d));
    TRY(decision_check(reader, r->arena, &d, false, &checked));
    ledger_answer(r->arena, &checked, &r->out);
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}
