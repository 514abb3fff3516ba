/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/growth/{id}: a child's weights and lengths over WHO's curves. Scores are care/growth.h's.
 */
#include "print_int.h"

#include "base/vocabulary.h"
#include "care/growth.h"
#include "forms/growth_chart.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { CURVE_MONTHS = 61, MEASURES_MOST = 200, ROWS_MOST = 12 };

struct measure {
    int32_t day;
    double weight, length;
    enum growth_position position;
};
struct measures {
    struct measure *at;
    size_t len, cap;
};

static struct measure *of_day(struct arena *a, struct measures *all, int32_t day) {
    for (size_t i = 0; i < all->len; i++)
        if (all->at[i].day == day) return &all->at[i];
    VEC_PUSH(a, all, (struct measure){.day = day, .weight = NAN, .length = NAN});
    return &all->at[all->len - 1];
}

static int by_day(const void *x, const void *y) {
    const struct measure *a = x, *b = y;
    return (a->day > b->day) - (a->day < b->day);
}

static double value_of(struct arena *a, const struct json *o, const char *small_unit, double factor) {
    const struct json *q = JSON_GET(o, "valueQuantity"), *value = JSON_GET(q, "value");
    if (!value) return NAN;
    double v = strtod(str_z(a, value->text), NULL);
    return str_is(JSON_TEXT(q, "code"), small_unit) ? v * factor : v;
}

static err read_measures(struct request *r, struct reader *reader, str person, struct measures *out) {
    struct arena *a = r->arena;
    struct resources found;
    TRY(print_find(r, reader, NULL, FHIR_TYPE_OBSERVATION,
                   str_format(a,
                              "patient=Patient/%.*s&code=http://loinc.org%%7C29463-7,http://loinc.org%%7C8302-2,http://"
                              "loinc.org%%7C8306-3,http://loinc.org%%7C8308-9",
                              STR_ARG(person)),
                   MEASURES_MOST, &found));
    for (size_t i = 0; i < found.len; i++) {
        int32_t day = print_day(JSON_TEXT(found.at[i], "effectiveDateTime"));
        str code = print_code(JSON_GET(found.at[i], "code"), SYSTEM_LOINC);
        if (day == DAY_NONE) continue;
        struct measure *m = of_day(a, out, day);
        if (str_is(code, "29463-7"))
            m->weight = value_of(a, found.at[i], "g", 0.001);
        else
            m->length = value_of(a, found.at[i], "m", 100);
        if (str_is(code, "8306-3")) m->position = GROWTH_LYING;
        if (str_is(code, "8302-2") || str_is(code, "8308-9")) m->position = GROWTH_STANDING;
    }
    if (out->len) qsort(out->at, out->len, sizeof *out->at, by_day);
    return OK_ERR;
}

static void fill_chart(struct arena *a, struct growth_chart *c, enum growth_indicator i, enum growth_sex sex,
                       const struct measures *all, int32_t birth) {
    double *ages = ARENA_ARRAY(a, double, CURVE_MONTHS), *months = ARENA_ARRAY(a, double, all->len),
           *values = ARENA_ARRAY(a, double, all->len);
    for (int m = 0; m < CURVE_MONTHS; m++) ages[m] = m;
    for (int z = 0; sex != GROWTH_SEX_UNKNOWN && z < GROWTH_CHART_CURVES; z++) {
        double *curve = ARENA_ARRAY(a, double, CURVE_MONTHS);
        for (int m = 0; m < CURVE_MONTHS; m++) curve[m] = growth_measure(i, sex, false, round(growth_days(m)), z - 3);
        c->curves[z] = curve;
    }
    for (size_t k = 0; k < all->len; k++) {
        double v = i == GROWTH_WEIGHT ? all->at[k].weight : all->at[k].length;
        if (isnan(v) || all->at[k].day < birth) continue;
        months[c->point_count] = (all->at[k].day - birth) / growth_days(1);
        values[c->point_count++] = v;
    }
    c->ages = ages;
    c->age_count = CURVE_MONTHS;
    c->months = months;
    c->values = values;
}

static str sign_words(struct arena *a, unsigned signs, bool vi) {
    static const struct {
        unsigned sign, severe;
        const char *vi, *en;
    } words[] = {{GROWTH_STUNTED, GROWTH_SEVERELY_STUNTED, "thấp còi", "stunted"},
                 {GROWTH_UNDERWEIGHT, GROWTH_SEVERELY_UNDERWEIGHT, "nhẹ cân", "underweight"},
                 {GROWTH_WASTED, GROWTH_SEVERELY_WASTED, "gầy còm", "wasted"},
                 {GROWTH_OVERWEIGHT, GROWTH_OBESE, "thừa cân", "overweight"}};
    struct buf out = buf_new(a);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!(signs & words[i].sign)) continue;
        const char *severe = !(signs & words[i].severe)        ? ""
                             : words[i].severe == GROWTH_OBESE ? (vi ? " (béo phì)" : " (obese)")
                             : vi                              ? " (nặng)"
                                                               : " (severe)";
        buf_addf(&out, "%s%s%s", out.len ? ", " : "", vi ? words[i].vi : words[i].en, severe);
    }
    return buf_str(&out);
}

static void add_score(struct buf *out, const char *name, const struct growth_score *s, bool vi) {
    if (isnan(s->z)) return;
    char z[16];
    snprintf(z, sizeof z, "%.2f", s->z);
    char *point = strchr(z, '.');
    if (vi && point) *point = ',';
    buf_addf(out, "%s%s %s%s", out->len ? "; " : "", name, z, s->flagged ? "?" : "");
}

static str number_text(struct arena *a, double v, bool vi) {
    if (isnan(v)) return STR_NONE;
    str s = str_format(a, "%.2f", v);
    while (s.len && s.at[s.len - 1] == '0' && s.at[s.len - 2] != '.') s.len--;
    char *point = memchr(s.at, '.', s.len);
    if (vi && point) *point = ',';
    return s;
}

static str age_text(struct arena *a, double days, bool vi) {
    str s = str_format(a, "%.1f %s", days / growth_days(1), vi ? "tháng" : "months");
    char *point = memchr(s.at, '.', s.len);
    if (vi && point) *point = ',';
    return s;
}

static struct growth_measurement row_of(struct arena *a, const struct measure *m, enum growth_sex sex, int32_t birth,
                                        bool vi) {
    struct growth_child child = growth_nobody();
    struct growth_result scores;
    struct buf text = buf_new(a);
    child.sex = sex;
    child.age_days = m->day - birth;
    child.weight = m->weight;
    child.length = m->length;
    child.position = m->position;
    growth_scores(&child, &scores);
    add_score(&text, vi ? "CN/T" : "WAZ", &scores.scores[GROWTH_WEIGHT], vi);
    add_score(&text, vi ? "CC/T" : "HAZ", &scores.scores[GROWTH_LENGTH], vi);
    add_score(&text, vi ? "CN/CC" : "WHZ", &scores.scores[GROWTH_WEIGHT_FOR_LENGTH], vi);
    return (struct growth_measurement){.day = form_day(a, m->day),
                                       .age = age_text(a, child.age_days, vi),
                                       .weight = number_text(a, m->weight, vi),
                                       .length = number_text(a, m->length, vi),
                                       .scores = buf_str(&text),
                                       .word = sign_words(a, growth_signs(&scores, false), vi)};
}

err print_growth(struct request *r) {
    struct arena *a = r->arena;
    struct reader *reader;
    struct subject s;
    struct growth_form form = {.chart_count = 2};
    struct measures all = {0};
    int32_t today = day_today();
    TRY(print_subject(r, &reader, r->parameters[0], today, &s));
    if (s.birth == DAY_NONE)
        return err_make(a, ERR_UNPROCESSABLE, "birth", "a growth chart needs the whole date of birth");
    TRY(print_frame(r, reader, STR_NONE, today, &form.frame));
    TRY(read_measures(r, reader, s.person.id, &all));
    bool vi = form.frame.vietnamese;
    enum growth_sex sex = str_is(s.person.sex, "male")     ? GROWTH_BOY
                          : str_is(s.person.sex, "female") ? GROWTH_GIRL
                                                           : GROWTH_SEX_UNKNOWN;
    form.frame.synthetic = s.person.synthetic;
    form.who = s.form;
    form.charts[0] = (struct growth_chart){.title = form_say(&form.frame, "Cân nặng theo tuổi", "Weight for age"),
                                           .unit = STR("kg")};
    form.charts[1] = (struct growth_chart){
        .title = form_say(&form.frame, "Chiều dài/chiều cao theo tuổi", "Length/height for age"), .unit = STR("cm")};
    fill_chart(a, &form.charts[0], GROWTH_WEIGHT, sex, &all, s.birth);
    fill_chart(a, &form.charts[1], GROWTH_LENGTH, sex, &all, s.birth);
    struct growth_measurement *rows = ARENA_ARRAY(a, struct growth_measurement, ROWS_MOST);
    for (size_t i = all.len; i-- > 0 && form.measurement_count < ROWS_MOST;) /* newest first */
        if (all.at[i].day >= s.birth) rows[form.measurement_count++] = row_of(a, &all.at[i], sex, s.birth, vi);
    form.measurements = rows;
    return request_pdf(r, growth_chart_paper(a, &form), vi ? "bieu-do-tang-truong" : "growth-chart");
}
