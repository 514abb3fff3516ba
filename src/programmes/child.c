/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Children under five: what was measured on a day, what it says by WHO (care/growth.h), and when to measure next
 * (data/programmes/growth.json). The figures are judged together: those of one day are one child on one day.
 */
#include "record.h"

#include <math.h>

/* ---- dated rule ---------------------------------------------------------------------------------------------------------- */

static int whole(const struct json *object, str name, int absent) {
    const struct json *v = json_get(object, name);
    int64_t n;
    return v && v->kind == JSON_NUMBER && str_int64(v->text, &n) ? (int)n : absent;
}

static const struct json *rule(void) {
    programmes_all(NULL);
    return json_item(JSON_GET(programme_file("growth"), "rules"), 0);
}

int32_t child_five_on(int32_t born_on) { return day_add_months(born_on, whole(rule(), STR("untilMonths"), 60)); }

int32_t child_born_from(void) {
    int32_t day;
    return day_parse(JSON_TEXT(rule(), "bornFrom"), &day) ? day : INT32_MAX;
}

int32_t child_next(int32_t born_on, int32_t last_day) {
    const struct json *list = JSON_GET(rule(), "intervals");
    int months = 1;
    if (last_day == DAY_NONE) return born_on;
    for (const struct json *i = list ? list->first : NULL; i; i = i->next)
        if (last_day >= day_add_months(born_on, whole(i, STR("fromMonths"), 0))) months = whole(i, STR("months"), 1);
    return day_add_months(last_day, months);
}

/* ---- measures of a day ----------------------------------------------------------------------------------------------------- */

static void put(struct child_day *d, const struct measure *m) {
    switch (m->kind) {
    case MEASURE_WEIGHT: d->child.weight = m->value; break;
    case MEASURE_LENGTH:
        d->child.length = m->value;
        d->child.position = m->position;
        break;
    case MEASURE_HEAD: d->child.head = m->value; break;
    case MEASURE_ARM: d->child.arm = m->value; break;
    case MEASURE_OEDEMA: d->child.oedema = m->value > 0; return;
    default: return;
    }
    d->any = true;
}

void child_days_of(struct arena *a, int32_t born_on, str sex, const struct measures *measures, struct child_days *out) {
    if (born_on == DAY_NONE) return;
    int32_t five_on = child_five_on(born_on);
    for (size_t i = 0; i < measures->len; i++) {
        const struct measure *m = &measures->at[i];
        if (m->day < born_on || m->day >= five_on || m->kind < MEASURE_WEIGHT) continue;
        if (!out->len || out->at[out->len - 1].day != m->day) {
            struct child_day fresh = {.day = m->day, .child = growth_nobody()};
            fresh.child.sex = str_is(sex, "male") ? GROWTH_BOY : str_is(sex, "female") ? GROWTH_GIRL : GROWTH_SEX_UNKNOWN;
            fresh.child.age_days = m->day - born_on;
            VEC_PUSH(a, out, fresh);
        }
        put(&out->at[out->len - 1], m);
    }
    for (size_t i = 0; i < out->len; i++) {
        struct child_day *d = &out->at[i];
        growth_scores(&d->child, &d->result);
        d->signs = growth_signs(&d->result, d->child.oedema);
    }
}

/* ---- row -------------------------------------------------------------------------------------------------------------------- */

static struct cell score(const struct child_day *d, enum growth_indicator i) {
    const struct growth_score *s = d ? &d->result.scores[i] : NULL;
    return !s || isnan(s->z) || s->flagged ? CELL_NONE : CELL_INT(lround(s->z * 100));
}

static struct cell thousandths(double v, double factor) { return isnan(v) ? CELL_NONE : CELL_INT(lround(v * factor)); }

void record_child(struct projection_job *job, const struct record *r) {
    struct child_days days = {0};
    child_days_of(r->arena, r->born_on, r->sex, &r->measures, &days);
    const struct child_day *last = NULL;
    for (size_t i = 0; i < days.len; i++)
        if (days.at[i].any) last = &days.at[i];
    if (r->born_on == DAY_NONE || r->died != DAY_NONE || (!last && r->born_on < child_born_from())) return;
    int32_t last_day = last ? last->day : DAY_NONE;
    struct cell cells[] = {CELL_INT(r->place),
                           CELL_INT(r->born_on),
                           CELL_INT(child_five_on(r->born_on)),
                           day_or_none(last_day),
                           CELL_INT(child_next(r->born_on, last_day)),
                           last ? thousandths(last->child.weight, 1000) : CELL_NONE,
                           last ? thousandths(last->child.length, 10) : CELL_NONE,
                           CELL_INT(last ? last->signs : 0),
                           score(last, GROWTH_LENGTH),
                           score(last, GROWTH_WEIGHT),
                           score(last, GROWTH_WEIGHT_FOR_LENGTH)};
    projection_emit(job, TABLE_CHILD, cells);
}
