/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The child sheet: GET /api/persons/{id}/growth, z-scores of what is being typed, and the curves of the chart. And the sugars of
 * GET /api/persons/{id}/programmes for the blood-pressure and
 * diabetes sheet.
 */
#include "programmes.h"
#include "record.h"

#include "care/routes_int.h"
#include "db/db.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const indicator_names[GROWTH_INDICATORS] = {"length", "weight", "weightForLength", "bmi",
                                                               "head",   "arm",    "triceps",         "subscapular"};
enum { SHOWN = GROWTH_ARM + 1 }; /* skinfolds are not measured here */

/* At most `decimals` decimals, without zeros at the end; NAN: null. */
static void add_decimal(struct buf *out, const char *name, double v, int decimals) {
    char text[32];
    add_name(out, name);
    if (isnan(v)) {
        buf_addz(out, "null");
        return;
    }
    int n = snprintf(text, sizeof text, "%.*f", decimals, v);
    while (n > 1 && strchr(text, '.') && (text[n - 1] == '0' || text[n - 1] == '.'))
        if (text[--n] == '.') break;
    text[n] = 0;
    buf_addz(out, strcmp(text, "-0") ? text : "0");
}

static void add_scores(struct buf *out, const struct growth_result *g, unsigned signs) {
    static const struct { enum growth_sign sign; const char *code; } words[] = {
        {GROWTH_SEVERELY_STUNTED, "severely-stunted"},       {GROWTH_STUNTED, "stunted"},
        {GROWTH_SEVERELY_UNDERWEIGHT, "severely-underweight"}, {GROWTH_UNDERWEIGHT, "underweight"},
        {GROWTH_SEVERELY_WASTED, "severely-wasted"},         {GROWTH_WASTED, "wasted"},
        {GROWTH_OBESE, "obese"},                             {GROWTH_OVERWEIGHT, "overweight"}};
    add_decimal(out, "bmi", g->bmi, 1);
    add_decimal(out, "lengthUsed", g->length, 1);
    add_bool(out, "standingTooYoung", g->standing_too_young);
    add_name(out, "scores");
    buf_addc(out, '{');
    for (int i = 0; i < SHOWN; i++) {
        add_name(out, indicator_names[i]);
        if (isnan(g->scores[i].z)) {
            buf_addz(out, "null");
            continue;
        }
        buf_addc(out, '{');
        add_decimal(out, "z", g->scores[i].z, 2);
        add_bool(out, "flagged", g->scores[i].flagged);
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
    add_name(out, "signs");
    buf_addc(out, '[');
    size_t n = 0;
    unsigned said = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) { /* severe says its plain sign too */
        unsigned pair = words[i].sign | (i % 2 ? 0 : words[i].sign >> 1);
        if (!(signs & words[i].sign) || said & words[i].sign) continue;
        said |= pair;
        buf_addf(out, "%s\"%s\"", n++ ? "," : "", words[i].code);
    }
    buf_addc(out, ']');
}

static const char *position_name(enum growth_position p) {
    return p == GROWTH_LYING ? "lying" : p == GROWTH_STANDING ? "standing" : NULL;
}

static void add_measured(struct buf *out, const struct growth_child *c) {
    add_decimal(out, "weight", c->weight, 3);
    add_decimal(out, "length", c->length, 1);
    add_text(out, "position", str_of(position_name(c->position)));
    add_decimal(out, "head", c->head, 1);
    add_decimal(out, "arm", c->arm, 1);
    add_bool(out, "oedema", c->oedema);
}

static err read_measures(struct request *r, struct reader *reader, int64_t rid, struct measures *out) {
    struct care_resources list;
    TRY(care_resources(reader, r->arena, &r->session->access, rid, FHIR_TYPE_OBSERVATION, 1000, &list));
    for (size_t i = 0; i < list.len; i++) {
        struct measure m;
        if (measure_read(list.at[i].json, &m)) {
            m.id = list.at[i].version.id;
            VEC_PUSH(r->arena, out, m);
        }
    }
    if (out->len) qsort(out->at, out->len, sizeof *out->at, measure_compare);
    return OK_ERR;
}

err programmes_growth(struct request *r) {
    struct reader *reader;
    struct person p;
    struct measures measures = {0};
    struct child_days days = {0};
    int32_t today, born_on = DAY_NONE, last = DAY_NONE;
    TRY(programmes_day(r, &today));
    TRY(care_subject(r, &reader, &p));
    TRY(read_measures(r, reader, p.rid, &measures));
    if (!day_parse(p.birth, &born_on)) born_on = DAY_NONE;
    child_days_of(r->arena, born_on, p.sex, &measures, &days);
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    add_day(&r->out, "today", today);
    add_text(&r->out, "sex", p.sex);
    add_text(&r->out, "birth", p.birth);
    add_name(&r->out, "ageDays");
    if (born_on != DAY_NONE && today >= born_on) buf_addf(&r->out, "%d", today - born_on);
    else buf_addz(&r->out, "null");
    add_bool(&r->out, "underFive", born_on != DAY_NONE && today < child_five_on(born_on));
    add_name(&r->out, "measures");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < days.len; i++) {
        buf_addz(&r->out, i ? ",{" : "{");
        add_day(&r->out, "day", days.at[i].day);
        add_number(&r->out, "ageDays", days.at[i].day - born_on);
        add_measured(&r->out, &days.at[i].child);
        add_scores(&r->out, &days.at[i].result, days.at[i].signs);
        buf_addc(&r->out, '}');
        if (days.at[i].any) last = days.at[i].day;
    }
    buf_addc(&r->out, ']');
    add_day(&r->out, "nextOn", born_on == DAY_NONE ? DAY_NONE : child_next(born_on, last));
    int32_t next = born_on == DAY_NONE ? DAY_NONE : child_next(born_on, today);
    add_day(&r->out, "nextAfterToday", next != DAY_NONE && next >= child_five_on(born_on) ? DAY_NONE : next); /* no longer followed then */
    add_text(&r->out, "station", programmes_station(r, reader));
    buf_addc(&r->out, '}');
    return OK_ERR;
}

/* ---- what is being typed ------------------------------------------------------------------------------------------------------ */

static err number_of(struct request *r, const char *name, double *out) {
    str text = request_query(r, name);
    *out = NAN;
    if (text.len && (!str_number(text, out) || *out <= 0 || *out > 400))
        return err_make(r->arena, ERR_INVALID, name, "%s is a number above 0", name);
    return OK_ERR;
}

static err sex_of(struct request *r, enum growth_sex *out) {
    str sex = request_query(r, "sex");
    *out = str_is(sex, "male") ? GROWTH_BOY : str_is(sex, "female") ? GROWTH_GIRL : GROWTH_SEX_UNKNOWN;
    return sex.len && !*out ? err_make(r->arena, ERR_INVALID, "sex", "sex is male or female") : OK_ERR;
}

err programmes_scores(struct request *r) {
    struct growth_child c = growth_nobody();
    struct growth_result g;
    str position = request_query(r, "position"), age = request_query(r, "age");
    int64_t days;
    TRY(sex_of(r, &c.sex));
    TRY(number_of(r, "weight", &c.weight));
    TRY(number_of(r, "length", &c.length));
    TRY(number_of(r, "head", &c.head));
    TRY(number_of(r, "arm", &c.arm));
    if (age.len && (!str_int64(age, &days) || days < 0 || days > 40000))
        return err_make(r->arena, ERR_INVALID, "age", "age is a number of days");
    if (age.len) c.age_days = (double)days;
    c.position = str_is(position, "lying")      ? GROWTH_LYING
                 : str_is(position, "standing") ? GROWTH_STANDING
                                                : GROWTH_POSITION_UNKNOWN;
    c.oedema = str_is(request_query(r, "oedema"), "true");
    growth_scores(&c, &g);
    buf_addc(&r->out, '{');
    add_scores(&r->out, &g, growth_signs(&g, c.oedema));
    buf_addc(&r->out, '}');
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ?sex=&indicator=: lines of z −3 … 3; x in months, or for weightForLength in cm (lying to 87 cm, standing beyond). */
err programmes_curves(struct request *r) {
    enum growth_sex sex;
    str name = request_query(r, "indicator");
    int i = 0;
    TRY(sex_of(r, &sex));
    while (i < SHOWN && !str_is(name, indicator_names[i])) i++;
    if (i == SHOWN || !sex) return err_make(r->arena, ERR_INVALID, "indicator", "sex and indicator are needed");
    bool by_length = i == GROWTH_WEIGHT_FOR_LENGTH;
    double from = by_length ? 45 : i == GROWTH_ARM ? 3 : 0, to = by_length ? 120 : 60;
    buf_addf(&r->out, "{\"x\":\"%s\",\"lines\":[", by_length ? "cm" : "months");
    for (int z = -3; z <= 3; z++) {
        size_t n = 0;
        buf_addf(&r->out, "%s{\"z\":%d,\"points\":[", z > -3 ? "," : "", z);
        for (double x = from; x <= to; x++) {
            double at = by_length ? x : x == 60 ? 1826 : growth_days(x);
            double y = growth_measure((enum growth_indicator)i, sex, by_length && x >= 87, at, z);
            if (!isnan(y)) buf_addf(&r->out, "%s[%g,%.2f]", n++ ? "," : "", x, y);
        }
        buf_addz(&r->out, "]}");
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("max-age=86400"));
    return OK_ERR;
}

/* ---- sugar ---------------------------------------------------------------------------------------------------------------------- */

static const char *const kind_names[] = {"fasting", "random", "hba1c"}, *const unit_names[] = {"mmol/L", "mg/dL", "%"};

static void add_sugar(struct buf *out, const struct measure *m, const struct programme *p) {
    const struct programme_rule *rule = programme_rule_on(p, m->day);
    bool controlled = sugar_below(&rule->controlled, m->sugar), high = !sugar_below(&rule->high, m->sugar);
    buf_addc(out, '{');
    add_day(out, "day", m->day);
    add_text(out, "kind", str_of(kind_names[m->sugar.kind]));
    add_name(out, "value");
    buf_add(out, m->digits);
    add_text(out, "unit", str_of(unit_names[m->sugar.unit]));
    add_bool(out, "controlled", controlled);
    add_bool(out, "atTarget", sugar_below(&rule->target, m->sugar));
    add_bool(out, "high", !controlled && high);
    buf_addc(out, '}');
}

/* Programmes the person is in, the targets of this age, the last sugars (newest first), the visit begun at the desk today. */
static const char sql_arrived[] = "SELECT encounter FROM arrival WHERE subject = ?1 AND day = ?2 ORDER BY arrived DESC LIMIT 1";
static const char sql_member[] = "SELECT enrolled_on, care_until, due_on FROM programme WHERE subject = ?1 AND programme = ?2";

static err add_memberships(struct buf *out, struct reader *reader, int64_t rid, int age, int32_t today) {
    const struct programme *all = programmes_all(NULL);
    add_name(out, "programmes");
    buf_addc(out, '[');
    for (int n = 0; all && n < PROGRAMME_COUNT; n++) {
        const struct programme_rule *rule = programme_rule_on(&all[n], today);
        const struct target *t = target_of(rule, age);
        struct statement *q = db_use(reader_db(reader), sql_member);
        bool row;
        bind_int(q, 1, rid);
        bind_int(q, 2, n);
        TRY(db_row(q, &row));
        bool member = row && !column_null(q, 2);
        buf_addz(out, n ? ",{" : "{");
        add_text(out, "code", all[n].code);
        add_day(out, "enrolledOn", member ? (int32_t)column_int(q, 0) : DAY_NONE);
        add_day(out, "dueOn", member ? (int32_t)column_int(q, 2) : DAY_NONE);
        if (row) db_reset(q);
        add_name(out, "target");
        buf_addc(out, '{');
        add_number(out, "systolicFrom", t->systolic_from);
        add_number(out, "systolicBelow", t->systolic_below);
        add_number(out, "diastolicFrom", t->diastolic_from);
        add_number(out, "diastolicBelow", t->diastolic_below);
        buf_addc(out, '}');
        add_name(out, "rule");
        json_write(out, json_item(JSON_GET(all[n].json, "rules"), (size_t)(rule - all[n].rules)));
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    return OK_ERR;
}

err programmes_person(struct request *r) {
    struct reader *reader;
    struct person p;
    struct measures measures = {0};
    int32_t today = day_today();
    TRY(care_subject(r, &reader, &p));
    TRY(read_measures(r, reader, p.rid, &measures));
    const struct programme *diabetes = programme_find(STR("diabetes"));
    buf_addc(&r->out, '{');
    add_text(&r->out, "id", p.id);
    TRY(add_memberships(&r->out, reader, p.rid, person_age(p.birth, today), today));
    add_name(&r->out, "sugars");
    buf_addc(&r->out, '[');
    size_t n = 0;
    for (size_t i = measures.len; diabetes && i-- > 0 && n < 12;) {
        if (measures.at[i].kind != MEASURE_SUGAR) continue;
        if (n++) buf_addc(&r->out, ',');
        add_sugar(&r->out, &measures.at[i], diabetes);
    }
    buf_addc(&r->out, ']');
    struct statement *q = db_use(reader_db(reader), sql_arrived);
    bool row;
    bind_int(q, 1, p.rid);
    bind_int(q, 2, today);
    TRY(db_row(q, &row));
    add_text(&r->out, "arrived", row ? column_text(q, 0) : STR_NONE);
    if (row) db_reset(q);
    buf_addc(&r->out, '}');
    return OK_ERR;
}
