/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Facilities and what their papers carry: the list, one of them, a file. The administrator changes all of the node, a
 * station head the own station and its points. Saved are the Organizations, all of one list in one commit.
 */
#include "answer_int.h"
#include "decisions.h"
#include "fhirpath/fhirpath.h"
#include "lists.h"
#include "network/network.h"
#include "paper/workbook.h"
#include "server/files.h"

static err list(struct request *r);
static err put(struct request *r);
static err import(struct request *r);

const struct route facility_routes[] = {
    {ROUTE("GET", "/api/facilities", PERMISSION_FACILITY, list, "Cơ sở: mã, điện thoại, địa chỉ in trên giấy",
           "Facilities: code, telephone, address on papers")},
    {ROUTE("PUT", "/api/facilities/{id}", PERMISSION_FACILITY, put, "Sửa một cơ sở", "Change a facility")},
    {ROUTE("POST", "/api/facilities/import", PERMISSION_FACILITY, import, "Nhập danh sách mã cơ sở: xem trước, áp dụng",
           "Import a list of facility codes: preview, apply")},
    {.method = NULL}};

/* ---- reading ------------------------------------------------------------------------------------------------------
 */

/* Rid of the site of the session's post; -1: all. */
static err own_site(struct request *r, struct reader *reader, int64_t *rid) {
    struct place p;
    *rid = -1;
    if (session_may(r->session, PERMISSION_ADMINISTER)) return OK_ERR;
    *rid = 0;
    err e = network_place_now(reader, r->arena, r->session->place, day_today(), &p);
    if (e.code == ERR_NOT_FOUND) return OK_ERR;
    TRY(e);
    *rid = p.rid;
    return OK_ERR;
}

static err add_house(struct request *r, struct reader *reader, const struct places *all, const struct place *p,
                     struct facility_houses *out) {
    struct facility_house h = {.id = p->id, .name = p->name, .kind = p->kind};
    struct version v;
    struct json *tree;
    err e = reader_get(reader, r->arena, FHIR_TYPE_ORGANIZATION, p->id, &v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE) return OK_ERR; /* no body: nothing to print in its name */
    TRY(e);
    TRY(json_parse(r->arena, v.body, &tree));
    h.organization = tree;
    facility_read(r->arena, tree, day_today(), &h.now);
    for (const struct place *up = p; up; up = up->parent ? places_find(all, up->parent) : NULL)
        if (place_is_commune(up->kind)) h.commune = up->name;
    VEC_PUSH(r->arena, out, h);
    return OK_ERR;
}

static err read_houses(struct request *r, struct facility_houses *out) {
    struct reader *reader;
    struct places all;
    int64_t own;
    TRY(request_reader(r, &reader));
    TRY(own_site(r, reader, &own));
    TRY(network_places(reader, r->arena, day_today(), &all));
    for (size_t i = 0; i < all.len; i++) {
        size_t before = out->len;
        if (!place_is_site(all.at[i].kind)) continue;
        TRY(add_house(r, reader, &all, &all.at[i], out));
        if (out->len > before)
            out->at[before].own = own == -1 || own == all.at[i].rid || (own && own == all.at[i].point_of);
    }
    return OK_ERR;
}

/* ---- the list -----------------------------------------------------------------------------------------------------
 */

static void write_house(struct buf *out, const struct facility_house *h) {
    next_item(out);
    add_text(out, "id", h->id);
    add_text(out, "name", h->name);
    add_text(out, "kind", str_of(place_kind_code(h->kind)));
    add_text(out, "commune", h->commune);
    add_text(out, "code", h->now.code);
    add_text(out, "phone", h->now.phone);
    add_text(out, "address", h->now.address);
    add_name(out, "codes");
    buf_addc(out, '[');
    for (size_t i = 0; i < h->now.codes.len; i++) {
        next_item(out);
        add_text(out, "code", h->now.codes.at[i].code);
        add_day(out, "from", h->now.codes.at[i].from);
        add_day(out, "until", h->now.codes.at[i].until);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
}

static err list_workbook(struct request *r, const struct facility_houses *houses) {
    enum { COLUMNS = 5 };
    struct sheet_column columns[COLUMNS];
    struct sheet_cell *cells = ARENA_ARRAY(r->arena, struct sheet_cell, houses->len * COLUMNS + 1);
    struct sheet sheet = {.name = STR("Cơ sở"), .columns = columns, .column_count = COLUMNS, .cells = cells};
    for (int c = 0; c < COLUMNS; c++)
        columns[c].head = str_of(r->vietnamese ? facility_titles[c] : facility_columns[c]), columns[c].width = 0;
    for (size_t i = 0; i < houses->len; i++) {
        const struct facility_house *h = &houses->at[i];
        const str row[COLUMNS] = {h->id, h->name, h->now.code, h->now.phone, h->now.address};
        for (int c = 0; h->own && c < COLUMNS; c++) cells[sheet.row_count * COLUMNS + (size_t)c] = sheet_text(row[c]);
        sheet.row_count += h->own;
    }
    return request_workbook(r, &sheet, 1, "facilities");
}

static err list(struct request *r) {
    struct facility_houses houses = {0};
    bool workbook;
    TRY(request_wants_workbook(r, &workbook));
    TRY(read_houses(r, &houses));
    if (workbook) return list_workbook(r, &houses);
    buf_addz(&r->out, "{\"facilities\":[");
    for (size_t i = 0; i < houses.len; i++)
        if (houses.at[i].own) write_house(&r->out, &houses.at[i]);
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

/* ---- changes ------------------------------------------------------------------------------------------------------
 */

static err changed_meanwhile(struct commit *c, struct reader *now, struct arena *a) {
    (void)c;
    (void)now;
    return err_make(a, ERR_CONFLICT, "Organization", "a facility changed meanwhile: look again");
}

static err save(struct request *r, const struct facility_changes *list) {
    static const fhir_type types[] = {FHIR_TYPE_ORGANIZATION};
    struct change *changes = ARENA_ARRAY(r->arena, struct change, list->len + 1);
    struct reader *reader;
    TRY(request_reader(r, &reader));
    for (size_t i = 0; i < list->len; i++) {
        struct buf body = buf_new(r->arena);
        struct fhir_issues issues = {0};
        struct json *tree;
        facility_write(&body, list->at[i].house->organization, &list->at[i].next, list->at[i].from);
        TRY(json_parse(r->arena, buf_str(&body), &tree));
        fhirpath_validate(r->arena, buf_str(&body), tree, &issues);
        if (fhir_issues_have_error(&issues))
            return err_make(r->arena, ERR_INVALID, "Organization", "%.*s", STR_ARG(issues.at[0].en));
        changes[i] = (struct change){.op = VERSION_UPDATE,
                                     .type = types[0],
                                     .id = list->at[i].house->id,
                                     .source = buf_str(&body),
                                     .resource = tree};
    }
    struct commit commit = {.changes = changes,
                            .count = list->len,
                            .actor = r->session->actor,
                            .recheck = changed_meanwhile,
                            .snapshot_position = reader_position(reader),
                            .types = types,
                            .type_count = 1};
    TRY(store_commit(r->store, r->arena, &commit));
    for (size_t i = 0; i < list->len; i++) request_audit(r, "update", types[0], changes[i].id, 0);
    return OK_ERR;
}

static err answer(struct request *r, const struct facility_rows *rows, struct list_problems *problems, bool apply) {
    struct facility_houses houses = {0};
    struct facility_changes changes = {0};
    struct list_result result;
    TRY(read_houses(r, &houses));
    facility_list_compare(r->arena, &houses, rows, day_today(), &result, &changes, problems);
    bool refused = list_problems_have_error(problems);
    if (apply && !refused && changes.len) TRY(save(r, &changes));
    if (apply && refused) r->status = 422;
    list_result_answer(&result, problems, &r->out);
    buf_addc(&r->out, '}');
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

static err import(struct request *r) {
    struct grid grid = {0};
    struct facility_rows rows = {0};
    struct list_problems problems = {0};
    str step = request_query(r, "step");
    if (!str_is(step, "preview") && !str_is(step, "apply"))
        return err_make(r->arena, ERR_INVALID, "step", "step is preview or apply");
    TRY(workbook_or_csv(r->arena, r->body, &grid));
    TRY(facility_list_read(r->arena, &grid, &rows, &problems));
    return answer(r, &rows, &problems, str_is(step, "apply"));
}

/* What is typed is the whole: an empty text means none. */
static str typed(const struct json *body, const char *name) {
    str s = str_trim(json_text(body, str_of(name)));
    return s.len ? s : STR("-");
}

static err put(struct request *r) {
    struct json *body;
    struct facility_rows rows = {0};
    struct list_problems problems = {0};
    TRY(request_json(r, &body));
    struct facility_row row = {.id = r->parameters[0],
                               .code = typed(body, "code"),
                               .phone = typed(body, "phone"),
                               .address = typed(body, "address"),
                               .from = DAY_NONE};
    str from = JSON_TEXT(body, "from");
    if (from.len && !day_parse(from, &row.from)) return err_make(r->arena, ERR_INVALID, "from", "from is YYYY-MM-DD");
    VEC_PUSH(r->arena, &rows, row);
    return answer(r, &rows, &problems, true);
}
