/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Yearly check-ups: the rule, the row, and GET /api/persons/{id}/check-up: what is to be asked and what was already done
 * this year, wherever it was done (Decree 165/2026, article 70.2), and is not asked again.
 */
#include "check_up.h"
#include "programmes.h"
#include "record.h"

#include "base/vocabulary.h"
#include "care/routes_int.h"
#include "db/db.h"

#include <stdio.h>

/* ---- rule ---------------------------------------------------------------------------------------------------------------- */

static int whole(const struct json *object, str name, int absent) {
    const struct json *v = json_get(object, name);
    int64_t n;
    return v && v->kind == JSON_NUMBER && str_int64(v->text, &n) ? (int)n : absent;
}

static bool on(const struct json *object, str name) {
    const struct json *v = json_get(object, name);
    return v && v->kind == JSON_TRUE;
}

/* A birth of which only the year or the month is known is taken in its middle, as person_age does. */
static int32_t born(str birth) {
    int32_t day = DAY_NONE;
    struct date_time d;
    if (day_parse(birth, &day)) return day;
    if (!birth.len || !date_parse(birth, false, &d)) return DAY_NONE;
    return d.precision == DATE_YEAR ? day_from_civil(d.year, 7, 1) : day_from_civil(d.year, d.month, 15);
}

const struct json *check_up_items(void) {
    programmes_all(NULL);
    return JSON_GET(programme_file("check-up"), "items");
}

struct check_up_due check_up_next(str birth, bool chronic, int32_t last) {
    struct check_up_due out = {NULL, DAY_NONE, INT32_MAX};
    programmes_all(NULL);
    const struct json *file = programme_file("check-up"), *groups = JSON_GET(file, "groups");
    int32_t base, birthday = born(birth);
    if (!day_parse(JSON_TEXT(file, "from"), &base)) return out;
    if (last != DAY_NONE) {
        int year, month, day;
        day_to_civil(last, &year, &month, &day);
        if (day_from_civil(year + 1, 1, 1) > base) base = day_from_civil(year + 1, 1, 1);
    }
    for (const struct json *g = groups ? groups->first : NULL; g; g = g->next) {
        int32_t due = base, until = INT32_MAX;
        bool by_disease = on(g, STR("chronic"));
        if (!on(g, STR("on")) || (by_disease && !chronic) || (!by_disease && birthday == DAY_NONE)) continue;
        if (!by_disease) {
            int32_t from = day_add_months(birthday, 12 * whole(g, STR("ageFrom"), 0));
            int below = whole(g, STR("ageBelow"), 200);
            if (below < 150) until = day_add_months(birthday, 12 * below);
            if (from > due) due = from;
        }
        if (due >= until || (out.due_on != DAY_NONE && due >= out.due_on)) continue;
        out = (struct check_up_due){g, due, until};
    }
    return out;
}

bool check_up_asks(const struct json *item, int age) {
    return age < 0 || (age >= whole(item, STR("ageFrom"), 0) && age < whole(item, STR("ageBelow"), 200));
}

/* ---- row ------------------------------------------------------------------------------------------------------------------ */

void record_check_up(struct projection_job *job, const struct record *r) {
    int32_t last = DAY_NONE;
    bool chronic = false;
    for (int n = 0; n < PROGRAMME_COUNT; n++) chronic = chronic || r->is_member[n];
    for (size_t i = 0; i < r->encounters.len; i++) {
        int32_t day = encounter_is_check_up(r->encounters.at[i]) ? encounter_day(r->encounters.at[i], NULL) : DAY_NONE;
        last = day > last ? day : last;
    }
    struct check_up_due next = check_up_next(r->birth, chronic, last);
    bool due = next.group && r->died == DAY_NONE;
    if (!due && last == DAY_NONE) return;
    struct cell cells[] = {CELL_INT(r->place), due ? CELL_INT(next.due_on) : CELL_NONE, CELL_INT(due ? next.until : INT32_MAX),
                           day_or_none(last), due ? CELL_STR(JSON_TEXT(next.group, "code")) : CELL_NONE};
    projection_emit(job, TABLE_CHECK_UP, cells);
}

/* ---- what the sheet shows ---------------------------------------------------------------------------------------------------- */

static bool is_item(const struct json *observation, const struct json *item) {
    const struct json *code = JSON_GET(observation, "code"), *also = JSON_GET(item, "also");
    char text[64];
    str loinc = JSON_TEXT(item, "loinc"), local = JSON_TEXT(item, "local");
    snprintf(text, sizeof text, "%.*s", STR_ARG(loinc.len ? loinc : local));
    if (concept_has(code, loinc.len ? SYSTEM_LOINC : SYSTEM_MEASURE, text)) return true;
    for (const struct json *c = also ? also->first : NULL; c; c = c->next) {
        snprintf(text, sizeof text, "%.*s", STR_ARG(c->text));
        if (concept_has(code, SYSTEM_LOINC, text)) return true;
    }
    return false;
}

/* "152/94", "8.2 mmol/L", the words of a choice. */
static str value_text(struct arena *a, const struct json *o) {
    const struct json *q = JSON_GET(o, "valueQuantity"), *value = JSON_GET(q, "value"), *c = JSON_GET(o, "valueCodeableConcept");
    struct reading reading;
    if (care_reading(o, &reading)) return str_format(a, "%d/%d", reading.systolic, reading.diastolic);
    if (value) return str_format(a, "%.*s %.*s", STR_ARG(value->text), STR_ARG(JSON_TEXT(q, "unit")));
    return JSON_TEXT(c, "text");
}

/* The latest Observation of the item since `from`, or NULL. The list is newest first. */
static const struct care_resource *done_of(const struct care_resources *list, const struct json *item,
                                           int32_t from, int32_t *day) {
    for (size_t i = 0; i < list->len; i++) {
        const struct json *o = list->at[i].json;
        str status = JSON_TEXT(o, "status");
        *day = care_day(JSON_TEXT(o, "effectiveDateTime"), NULL);
        if (*day == DAY_NONE || *day < from || str_is(status, "entered-in-error") || str_is(status, "cancelled")) continue;
        if (is_item(o, item)) return &list->at[i];
    }
    return NULL;
}

static void add_item(struct buf *out, struct arena *a, const struct json *item, const struct care_resource *done, int32_t day) {
    buf_addz(out, "{\"item\":");
    json_write(out, item);
    buf_addz(out, ",\"done\":");
    if (!done) {
        buf_addz(out, "null}");
        return;
    }
    buf_addc(out, '{');
    add_day(out, "day", day);
    add_text(out, "text", value_text(a, done->json));
    add_text(out, "resource", str_format(a, "Observation/%.*s", STR_ARG(done->version.id)));
    buf_addz(out, "}}");
}

static const char sql_check_up[] = "SELECT due_on, until_day, last_day, grp FROM check_up WHERE subject = ?1";

/* Whether one is due, by which group, and when the last was. */
static err add_due(struct buf *out, struct reader *reader, int64_t rid, int32_t today) {
    struct statement *q = db_use(reader_db(reader), sql_check_up);
    bool row;
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    bool due = row && !column_null(q, 0) && column_int(q, 0) <= today && column_int(q, 1) > today;
    add_bool(out, "due", due);
    add_day(out, "dueOn", row && !column_null(q, 0) ? (int32_t)column_int(q, 0) : DAY_NONE);
    add_day(out, "lastOn", row && !column_null(q, 2) ? (int32_t)column_int(q, 2) : DAY_NONE);
    str code = row ? column_text(q, 3) : STR_NONE;
    const struct json *groups = JSON_GET(programme_file("check-up"), "groups"), *group = NULL;
    for (const struct json *g = groups ? groups->first : NULL; g; g = g->next)
        if (str_eq(JSON_TEXT(g, "code"), code)) group = g;
    add_name(out, "group");
    if (group) json_write(out, group);
    else buf_addz(out, "null");
    if (row) db_reset(q);
    return OK_ERR;
}

err programmes_check_up(struct request *r) {
    struct reader *reader;
    struct person p;
    struct care_resources list;
    int year, month, of_month, age;
    int32_t today = day_today();
    TRY(care_subject(r, &reader, &p));
    TRY(care_resources(reader, r->arena, &r->session->access, p.rid, FHIR_TYPE_OBSERVATION, 400, &list));
    day_to_civil(today, &year, &month, &of_month);
    age = person_age(p.birth, today);
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    add_day(&r->out, "today", today);
    add_number(&r->out, "year", year);
    TRY(add_due(&r->out, reader, p.rid, today));
    add_name(&r->out, "items");
    buf_addc(&r->out, '[');
    size_t n = 0;
    for (const struct json *item = check_up_items() ? check_up_items()->first : NULL; item; item = item->next) {
        int32_t day;
        if (!check_up_asks(item, age)) continue;
        if (n++) buf_addc(&r->out, ',');
        const struct care_resource *done = done_of(&list, item, day_from_civil(year, 1, 1), &day);
        add_item(&r->out, r->arena, item, done, day);
    }
    buf_addc(&r->out, ']');
    add_text(&r->out, "station", programmes_station(r, reader));
    buf_addc(&r->out, '}');
    return OK_ERR;
}
