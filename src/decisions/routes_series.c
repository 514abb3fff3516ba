/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * /api/network/series, measures, continuity; and the gate that keeps decisions to their own way of being signed.
 */
#include "base/date.h"
#include "answer_int.h"
#include "series.h"

static err series(struct request *r);
static err measures(struct request *r);
static err continuity(struct request *r);

const struct route series_routes[] = {
    {ROUTE("GET", "/api/network/series", PERMISSION_INDICATOR_READ, series,
           "Số liệu theo tháng trên mạng lưới của một ngày", "Monthly numbers under the network of a day")},
    {ROUTE("GET", "/api/network/measures", PERMISSION_INDICATOR_READ, measures, "Các số liệu theo tháng",
           "The monthly numbers there are")},
    {ROUTE("GET", "/api/network/continuity", PERMISSION_INDICATOR_READ, continuity,
           "Những ngày không có lượt khám quanh một quyết định", "Days without visits around a decision")},
    {.method = NULL}};

static err measures(struct request *r) {
    size_t n = 0;
    buf_addz(&r->out, "{\"measures\":[");
    for (size_t t = 0; node_measures[t]; t++)
        for (const struct network_measure *m = node_measures[t]; m->name; m++) {
            buf_addz(&r->out, n++ ? ",{" : "{");
            add_text(&r->out, "name", str_of(m->name));
            add_text(&r->out, "vi", str_of(m->vi));
            add_text(&r->out, "en", str_of(m->en));
            buf_addc(&r->out, '}');
        }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

static err take_month(struct request *r, const char *name, int *out) {
    str s = request_query(r, name);
    struct date_time d;
    if (!s.len) return OK_ERR;
    if (!date_parse(s, false, &d) || d.precision != DATE_MONTH)
        return err_make(r->arena, ERR_INVALID, name, "'%.*s' is no month (YYYY-MM)", STR_ARG(s));
    *out = d.year * 12 + d.month - 1;
    return OK_ERR;
}

static err series(struct request *r) {
    struct series_question q = {.at = day_today(), .province = str_is(request_query(r, "level"), "province")};
    const struct network_measure *found = NULL;
    str name = request_query(r, "measure"), basis = request_query(r, "basis");
    struct reader *reader;
    int year, month, day;
    day_to_civil(q.at, &year, &month, &day);
    q.until = year * 12 + month - 1;
    q.from = q.until - 23;
    for (size_t t = 0; node_measures[t]; t++)
        for (const struct network_measure *m = node_measures[t]; m->name; m++)
            if (str_is(name, m->name)) found = m;
    if (!found) return err_make(r->arena, ERR_NOT_FOUND, "measure", "there is no measure '%.*s'", STR_ARG(name));
    TRY(take_month(r, "from", &q.from));
    TRY(take_month(r, "to", &q.until));
    TRY(request_day(r, "at", &q.at));
    q.reported = !basis.len || str_is(basis, "both") || str_is(basis, "reported");
    q.today = !basis.len || str_is(basis, "both") || str_is(basis, "today");
    if (!q.reported && !q.today) return err_make(r->arena, ERR_INVALID, "basis", "basis is reported, today or both");
    TRY(request_reader(r, &reader));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return series_answer(reader, r->arena, found, &q, &r->out);
}

static err continuity(struct request *r) {
    struct reader *reader;
    struct version v;
    struct json *tree;
    struct decision d;
    int64_t days = 90;
    str text = request_query(r, "days");
    if (text.len && (!str_int64(text, &days) || days < 1 || days > 730))
        return err_make(r->arena, ERR_INVALID, "days", "days is 1 to 730");
    TRY(request_reader(r, &reader));
    TRY(reader_get(reader, r->arena, FHIR_TYPE_DECISION, request_query(r, "decision"), &v));
    TRY(json_parse(r->arena, v.body, &tree));
    TRY(decision_read(r->arena, tree, &d));
    if (d.effective_on == DAY_FIRST)
        return err_make(r->arena, ERR_UNPROCESSABLE, "Decision.effectiveOn", "the decision has no day yet");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return continuity_answer(reader, r->arena, &d, (int)days, &r->out);
}

/* ---- the gate -----------------------------------------------------------------------------------------------------
 */

err decisions_gate(struct reader *r, struct arena *a, const struct change *changes, size_t count, bool vietnamese,
                   size_t *wrong) {
    for (size_t i = 0; i < count; i++) {
        struct version v;
        struct json *tree = NULL;
        if (changes[i].type != FHIR_TYPE_DECISION) continue;
        *wrong = i;
        err e = reader_get(r, a, FHIR_TYPE_DECISION, changes[i].id, &v);
        if (!e.code) e = json_parse(a, v.body, &tree);
        if (e.code && e.code != ERR_NOT_FOUND && e.code != ERR_GONE) return e;
        bool signed_before = !e.code && !str_is(JSON_TEXT(tree, "status"), "draft");
        bool signed_now = changes[i].op != VERSION_DELETE && !str_is(JSON_TEXT(changes[i].resource, "status"), "draft");
        if (signed_before || signed_now)
            return err_make(
                a, ERR_UNPROCESSABLE, "Decision.status", "%s",
                vietnamese ? "quyết định được ký ở /api/decisions, sau khi kiểm tra; quyết định đã ký không sửa được"
                           : "a decision is signed at /api/decisions, after its check; a signed one is not changed");
    }
    return OK_ERR;
}
