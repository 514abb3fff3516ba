/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whom a post sees beyond the residents of its places: those present (card scanned, or a visit at the desk), those referred here,
 * and those opened with a reason. An opening is a FHIR AuditEvent in the store, not a row of this node: it must reach the head of
 * the station, the person's own log and the other devices of the station by synchronisation, and it must not be lost with one
 * computer. Its period says how long it holds; the table `opening` is its projection. Visits and referrals are resources already.
 */
#include "server_int.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/log.h"
#include "base/vec.h"
#include "base/vocabulary.h"
#include "db/db.h"
#include "store/index.h"
#include "store/projection.h"

#include <stdlib.h>

static const char sql_open[] = "SELECT person FROM opening WHERE who = ?1 AND until_ms > ?3 AND from_ms <= ?3 "
                               "UNION SELECT person FROM opening WHERE place = ?2 AND kind = 'presence' AND until_ms > ?3 AND from_ms <= ?3";
/* Persons of the resources that name the organisation in one slot, from a day on. */
static const char sql_named[] = "SELECT DISTINCT r.patient FROM ix x JOIN res r ON r.rid = x.rid WHERE x.slot = ?1 AND x.key = ?2 AND x.dt >= ?3 "
                                "AND r.flags & 3 = 0 AND r.patient <> 0";
/* The same of those whose status is one of the codes of a hash. */
static const char sql_named_active[] = "SELECT DISTINCT r.patient FROM ix x JOIN res r ON r.rid = x.rid WHERE x.slot = ?1 AND x.key = ?2 AND x.dt >= ?3 "
                                       "AND r.flags & 3 = 0 AND r.patient <> 0 AND EXISTS(SELECT 1 FROM ix s WHERE s.slot = ?4 AND s.key BETWEEN ?5 AND ?6 AND s.rid = x.rid)";

/* ---- the table ----------------------------------------------------------------------------------------------------------------- */

static void touches(struct projection_job *job, fhir_type type, str id, const struct json *resource) {
    if (type == FHIR_TYPE_AUDIT_EVENT && str_is(JSON_TEXT(JSON_GET(resource, "type"), "system"), SYSTEM_AUDIT)) projection_touch(job, type, id);
}

static struct cell text_cell(str s) { return s.len ? CELL_STR(s) : CELL_NONE; }

static int64_t instant_or(str text, int64_t otherwise) {
    struct date_time d;
    int64_t from, to;
    if (!date_parse(text, false, &d)) return otherwise;
    date_range(&d, 0, &from, &to);
    return from;
}

static err project(struct projection_job *job) {
    const struct json *e = projection_resource(job), *agent = json_item(JSON_GET(e, "agent"), 0), *period = JSON_GET(e, "period");
    str person = JSON_TEXT(JSON_GET(json_item(JSON_GET(e, "entity"), 0), "what"), "reference");
    str kind = JSON_TEXT(json_item(JSON_GET(e, "subtype"), 0), "code"), place = JSON_TEXT(JSON_GET(agent, "location"), "reference");
    if (!e || !str_starts(person, STR("Patient/")) || !str_is(JSON_TEXT(JSON_GET(e, "type"), "code"), "opening")) return OK_ERR;
    const struct json *agent_who = JSON_GET(agent, "who");
    str who = JSON_TEXT(agent_who, "reference");
    if (!who.len) who = JSON_TEXT(JSON_GET(agent_who, "identifier"), "value"); /* an account without a Practitioner */
    int64_t from = instant_or(JSON_TEXT(period, "start"), 0), until = instant_or(JSON_TEXT(period, "end"), 0);
    const struct cell cells[] = {CELL_STR(projection_subject_id(job)), CELL_STR(kind), CELL_INT(projection_rid(job, person)),
                                 text_cell(str_starts(place, STR("Location/")) ? str_slice(place, 9, place.len) : STR_NONE),
                                 CELL_STR(who), text_cell(JSON_TEXT(agent, "name")),
                                 text_cell(JSON_TEXT(json_item(JSON_GET(json_item(JSON_GET(agent, "role"), 0), "coding"), 0), "code")),
                                 text_cell(JSON_TEXT(e, "outcomeDesc")), CELL_INT(from), CELL_INT(until)};
    projection_emit(job, 0, cells);
    return OK_ERR;
}

static const char *const columns[] = {"id", "kind", "person", "place", "who", "who_name", "role", "reason", "from_ms", "until_ms"};
static const struct projection_table tables[] = {{.name = "opening", .columns = columns, .column_count = sizeof columns / sizeof *columns}};
const struct projection opening_projection = {.name = "opening", .version = 1, .subject_type = FHIR_TYPE_AUDIT_EVENT, .tables = tables,
                                              .table_count = 1, .touches = touches, .project = project};

/* ---- how long (data/privacy/periods.csv) -------------------------------------------------------------------------------------------- */

int period_value(const char *name, int32_t on) {
    struct csv csv = {.rest = data_file("privacy/periods.csv")};
    struct arena *a = arena_new();
    str f[8];
    size_t n;
    bool row = true;
    int64_t value = 0;
    int32_t from, until;
    while (!csv_row(&csv, a, f, 8, &n, &row).code && row) {
        if (n < 5 || !str_is(f[0], name)) continue;
        if (!day_parse(f[3], &from)) from = INT32_MIN;
        if (!day_parse(f[4], &until)) until = INT32_MAX;
        if (on >= from && on < until && str_int64(f[1], &value)) break;
    }
    arena_free(a);
    if (!value) panic("data/privacy/periods.csv has no %s", name);
    return (int)value;
}

/* ---- access ---------------------------------------------------------------------------------------------------------------------------- */

struct persons { int64_t *at; size_t len, cap; };

static err take_all(struct arena *a, struct statement *q, struct persons *out) {
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, out, column_int(q, 0));
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

/* Whoever has a resource of `type` that names the organisation of the place in `code`, not older than `days`. */
static err named(struct reader *r, struct arena *a, const struct session *s, fhir_type type, const char *code, int days, bool active,
                 struct persons *out) {
    bool ready, known;
    const struct fhir_search *param = fhir_search_find(type, str_of(code)), *status = fhir_search_find(type, STR("status"));
    int slot = param ? index_slot(r, param->slot, &ready) : -1, status_slot = status ? index_slot(r, status->slot, &known) : -1;
    int64_t organization = reader_rid(r, FHIR_TYPE_ORGANIZATION, s->place), now = clock_now_ms() / 60000;
    if (slot < 0 || status_slot < 0 || !organization) return OK_ERR;
    struct statement *q = db_use(reader_db(r), active ? sql_named_active : sql_named);
    bind_int(q, 1, slot);
    bind_int(q, 2, organization);
    bind_int(q, 3, now - days * 1440LL);
    if (active) {
        str key = store_setting(r, a, "key");
        uint64_t hash = index_code_hash((const unsigned char *)key.at, a, STR("active"));
        bind_int(q, 4, status_slot);
        bind_int(q, 5, index_token_first(hash));
        bind_int(q, 6, index_token_last(hash));
    }
    return take_all(a, q, out);
}

static int by_rid(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

err openings_access(struct reader *r, struct arena *a, const struct session *s, struct access *out) {
    struct persons all = {0};
    int32_t today = day_today();
    struct statement *q = db_use(reader_db(r), sql_open);
    bind_text(q, 1, s->actor);
    bind_text(q, 2, s->place.len ? s->place : STR_NONE);
    bind_int(q, 3, clock_now_ms());
    TRY(take_all(a, q, &all));
    if (s->place.len) {
        TRY(named(r, a, s, FHIR_TYPE_ENCOUNTER, "service-provider", period_value("visit-days", today), false, &all));
        TRY(named(r, a, s, FHIR_TYPE_SERVICE_REQUEST, "performer", period_value("referral-days", today), true, &all));
    }
    if (all.len) qsort(all.at, all.len, sizeof *all.at, by_rid);
    out->persons = all.at;
    out->person_count = all.len;
    return OK_ERR;
}
