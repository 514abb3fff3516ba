/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Children's measures, check-ups, diabetes and calls of invented people (docs/programmes.md). Shapes only: about one child
 * of five is stunted, as in the mountains; no rate here is a finding about anybody.
 */
#include "emit.h"

#include "care/growth.h"

#include <math.h>
#include <stdio.h>

enum { STREAM_CHILD = 6, STREAM_CHECK = 7, STREAM_SUGAR = 8, STREAM_CALL = 9, MEASURES_MOST = 5 };

/* Monday to Friday. 1970-01-01 was a Thursday. */
static int32_t working_day(int32_t day) {
    int week_day = (int)(((day % 7) + 7 + 3) % 7);
    return week_day == 5 ? day - 1 : week_day == 6 ? day - 2 : day;
}

/* Near enough to a normal draw: mean 0, deviation 1 (sum of twelve uniform ones, Irwin-Hall). */
static double normal(struct random *r) {
    int sum = 0;
    for (int i = 0; i < 12; i++) sum += random_below(r, 1000);
    return (sum - 5994) / 1000.0;
}

static void begin_observation(struct emit_context *c, struct buf *o, str id, str encounter, const char *time) {
    buf_reserve(o, 700);
    emit_begin(o, "Observation", id);
    buf_addz(o, ",\"status\":\"final\"");
    emit_reference(o, "subject", "Patient", c->patient);
    emit_reference(o, "encounter", "Encounter", encounter);
    buf_addf(o, ",\"effectiveDateTime\":\"%s\"", time);
}

struct quantity { const char *loinc, *text, *unit, *code; double value; int decimals; };

static void emit_quantity(struct emit_context *c, str id, str encounter, const char *time, struct quantity q) {
    struct buf o = buf_new(c->a);
    begin_observation(c, &o, id, encounter, time);
    emit_coding(&o, "code", SYSTEM_LOINC, q.loinc, q.text);
    buf_addf(&o, ",\"valueQuantity\":{\"value\":%.*f,\"unit\":\"%s\",\"system\":\"" SYSTEM_UCUM "\",\"code\":\"%s\"}}", q.decimals,
             q.value, q.unit, q.code);
    c->emit(c->context, "Observation", id, buf_str(&o));
}

/* ---- children ---------------------------------------------------------------------------------------------------------------- */

struct growth_course { double length, weight; }; /* scores the child tends to */

static void emit_measure(struct emit_context *c, const struct resident *p, const struct site *site, int32_t day, int number,
                         const struct growth_course *g, struct random *r) {
    char time[32];
    int64_t n = c->number * 16 + number;
    double age = day - p->birth, months = age / 30.4375;
    bool standing = age >= 731;
    enum growth_sex sex = p->female ? GROWTH_GIRL : GROWTH_BOY;
    double share = months >= 18 ? 1 : 0.45 + 0.55 * months / 18; /* falling behind takes its time */
    double z = g->length * share + 0.12 * normal(r);
    double length = floor(growth_measure(GROWTH_LENGTH, sex, standing, age, z) * 10 + 0.5) / 10;
    double at = standing ? fmin(fmax(length, 65), 120) : fmin(fmax(length, 45), 110);
    double weight = growth_measure(GROWTH_WEIGHT_FOR_LENGTH, sex, standing, at, g->weight + 0.2 * normal(r));
    if (isnan(length) || isnan(weight)) return;
    str encounter = demo_id(c->g, c->a, DEMO_CHILD_ENCOUNTER, n);
    emit_encounter(c, encounter, day, 8 * 60 + number, site, NULL);
    emit_time(day, 8 * 60 + 3, time);
    emit_quantity(c, demo_id(c->g, c->a, DEMO_CHILD_OBSERVATION, n * 2), encounter, time,
                  (struct quantity){"29463-7", "Cân nặng", "kg", "kg", floor(weight * 10 + 0.5) / 10, 1});
    emit_quantity(c, demo_id(c->g, c->a, DEMO_CHILD_OBSERVATION, n * 2 + 1), encounter, time,
                  (struct quantity){standing ? "8308-9" : "8306-3", standing ? "Chiều cao đứng" : "Chiều dài nằm", "cm", "cm", length, 1});
}

static void emit_child(struct emit_context *c, const struct resident *p, const struct site *site) {
    struct random r = random_stream(c->g->options.seed, STREAM_CHILD, (uint64_t)p->number);
    struct growth_course g = {-1.24 + 1.05 * normal(&r), -0.25 + 0.85 * normal(&r)};
    int32_t on = c->g->options.on, day = on - random_between(&r, 1, 75);
    if (!random_chance(&r, 900)) return; /* one of ten is never brought */
    for (int i = 0; i < MEASURES_MOST && day >= p->birth; i++) {
        int32_t at = working_day(day);
        if (at >= p->birth) emit_measure(c, p, site, at, i, &g, &r);
        day -= day - p->birth < 730 ? random_between(&r, 28, 95) : random_between(&r, 85, 200);
    }
}

/* ---- check-ups ---------------------------------------------------------------------------------------------------------------- */

static void emit_check_up(struct emit_context *c, const struct resident *p, const struct site *site) {
    struct random r = random_stream(c->g->options.seed, STREAM_CHECK, (uint64_t)p->number);
    int year, month, of_month;
    day_to_civil(c->g->options.on, &year, &month, &of_month);
    int32_t first = day_from_civil(year, 1, 5), last = c->g->options.on - 2;
    if (last <= first || !random_chance(&r, p->age >= 60 ? 520 : 380)) return;
    char time[32];
    int32_t day = working_day(random_between(&r, first, last));
    str encounter = demo_id(c->g, c->a, DEMO_CHECK_ENCOUNTER, c->number);
    emit_encounter(c, encounter, day, 13 * 60 + 40, site, "check-up");
    emit_time(day, 13 * 60 + 42, time);
    if (p->age < 18) return; /* children are measured by the child sheet */
    double height = (p->female ? 150 : 160) + random_around(&r, 12), weight = height - 100 + random_around(&r, 14) - 2;
    int64_t n = c->number * 4;
    emit_quantity(c, demo_id(c->g, c->a, DEMO_CHECK_OBSERVATION, n), encounter, time, (struct quantity){"8302-2", "Chiều cao", "cm", "cm", height, 0});
    emit_quantity(c, demo_id(c->g, c->a, DEMO_CHECK_OBSERVATION, n + 1), encounter, time, (struct quantity){"29463-7", "Cân nặng", "kg", "kg", weight, 0});
    static const char *const classes[] = {"1", "2", "3", "4"}, *const names[] = {"Loại I", "Loại II", "Loại III", "Loại IV"};
    int k = p->age >= 75 ? random_between(&r, 2, 3) : random_between(&r, 0, 2);
    struct buf o = buf_new(c->a);
    str id = demo_id(c->g, c->a, DEMO_CHECK_OBSERVATION, n + 2);
    begin_observation(c, &o, id, encounter, time);
    emit_coding(&o, "code", SYSTEM_MEASURE, "health-class", "Phân loại sức khỏe");
    emit_coding(&o, "valueCodeableConcept", SYSTEM_MEASURE, classes[k], names[k]);
    buf_addc(&o, '}');
    c->emit(c->context, "Observation", id, buf_str(&o));
}

/* ---- diabetes ------------------------------------------------------------------------------------------------------------------ */

static int diabetes_permille(int age) {
    return age >= 75 ? 62 : age >= 65 ? 70 : age >= 55 ? 52 : age >= 45 ? 26 : age >= 35 ? 8 : 0;
}

static void emit_diabetes(struct emit_context *c, const struct resident *p, const struct site *site) {
    struct random r = random_stream(c->g->options.seed, STREAM_SUGAR, (uint64_t)p->number);
    if (!random_chance(&r, diabetes_permille(p->age))) return;
    int32_t on = c->g->options.on, enrolled = working_day(on - random_between(&r, 20, 900));
    int32_t stop = random_chance(&r, 130) ? on - random_between(&r, 40, 500) : on;
    int32_t day = enrolled > on - 400 ? enrolled : working_day(on - 400 + random_below(&r, 28));
    double level = random_chance(&r, 520) ? 6.2 : 8.6;
    char date[11], time[32];
    str condition = demo_id(c->g, c->a, DEMO_SUGAR_CONDITION, c->number), episode = demo_id(c->g, c->a, DEMO_SUGAR_EPISODE, c->number);
    struct buf d = buf_new(c->a), e = buf_new(c->a);
    day_format(enrolled, date);
    emit_begin(&d, "Condition", condition);
    emit_coding(&d, "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", NULL);
    emit_coding(&d, "code", SYSTEM_ICD10, "E11", "Đái tháo đường típ 2");
    emit_reference(&d, "subject", "Patient", c->patient);
    buf_addf(&d, ",\"recordedDate\":\"%s\"}", date);
    c->emit(c->context, "Condition", condition, buf_str(&d));
    emit_begin(&e, "EpisodeOfCare", episode);
    buf_addf(&e, ",\"status\":\"active\",\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_PROGRAMME "\",\"code\":\"diabetes\"}]}]"
                 ",\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/%.*s\"}}]", STR_ARG(condition));
    emit_reference(&e, "patient", "Patient", c->patient);
    emit_reference(&e, "managingOrganization", "Organization", site->organization);
    buf_addf(&e, ",\"period\":{\"start\":\"%s\"}}", date);
    c->emit(c->context, "EpisodeOfCare", episode, buf_str(&e));
    for (int i = 0; i < 16 && day < stop && working_day(day) < on; i++, day += random_between(&r, 26, 34)) {
        double value = level + 0.9 * normal(&r) + (i < 3 ? 1.4 : 0);
        int64_t n = c->number * 16 + i;
        str encounter = demo_id(c->g, c->a, DEMO_SUGAR_ENCOUNTER, n);
        if (!random_chance(&r, 870)) continue;
        emit_encounter(c, encounter, working_day(day), 7 * 60 + 10 + i, site, NULL);
        emit_time(working_day(day), 7 * 60 + 14 + i, time);
        emit_quantity(c, demo_id(c->g, c->a, DEMO_SUGAR_OBSERVATION, n), encounter, time,
                      (struct quantity){"14771-0", "Đường huyết lúc đói", "mmol/L", "mmol/L", value < 3.6 ? 3.6 : value, 1});
    }
}

/* ---- calls ------------------------------------------------------------------------------------------------------------------------ */

static void emit_call(struct emit_context *c, int32_t seen) {
    static const char *const outcomes[] = {"agreed", "agreed", "agreed", "later", "later", "not-responding", "wrong-number", "transferred"};
    struct random r = random_stream(c->g->options.seed, STREAM_CALL, (uint64_t)c->number);
    int32_t on = c->g->options.on, day = working_day(on - random_between(&r, 1, 24));
    if (day < seen + 34 || on > seen + 350 || !random_chance(&r, 300)) return;
    char time[32];
    str id = demo_id(c->g, c->a, DEMO_CALL, c->number);
    struct buf o = buf_new(c->a);
    emit_begin(&o, "Communication", id);
    buf_addz(&o, ",\"status\":\"completed\"");
    emit_reference(&o, "subject", "Patient", c->patient);
    buf_addf(&o, ",\"sent\":\"%s\",\"reasonCode\":[{\"coding\":[{\"system\":\"" SYSTEM_CALL_OUTCOME "\",\"code\":\"%s\"}]}]}",
             emit_time(day, 14 * 60 + random_below(&r, 120), time), outcomes[random_below(&r, 8)]);
    c->emit(c->context, "Communication", id, buf_str(&o));
}

void emit_health(struct emit_context *c, const struct resident *p, const struct site *site, int32_t seen) {
    if (p->age < 5) emit_child(c, p, site);
    if (p->age < 6 || p->age >= 60) emit_check_up(c, p, site);
    emit_diabetes(c, p, site);
    if (seen != DAY_NONE) emit_call(c, seen);
}
