/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Common illnesses of invented people who are in no programme: one examination of the last year with its diagnosis and, from six
 * years on, a prescription as the sheets make them (docs/prescribing.md). Shapes only; no rate here is a finding about anybody.
 */
#include "emit.h"

#include "prescribing/catalogue.h"

#include <stdio.h>

enum { STREAM_ILLNESS = 10, ILL_PERMILLE = 160, MEDICINES = 3, CHILD_YEARS = 6 };

static const struct illness {
    int from, to; /* ages */
    const char *icd, *text, *complaint;
    int fever; /* tenths of a degree, 0: not measured */
    struct { const char *medicine, *dose, *times; int days; } medicines[MEDICINES];
} illnesses[] = {
    {0, 120, "J06", "Nhiễm trùng hô hấp trên cấp nhiều vị trí", "ho, sốt", 381, {{"paracetamol-500", "1", "3", 3}, {"bromhexin-8", "1", "3", 5}}},
    {0, 120, "J02", "Viêm họng cấp", "đau họng", 378, {{"amoxicilin-500", "1", "3", 7}, {"paracetamol-500", "1", "2", 3}}},
    {0, 120, "A09", "Tiêu chảy và viêm dạ dày ruột nghi nhiễm khuẩn", "đi ngoài nhiều lần", 0, {{"oresol-245", "1", "3", 2}}},
    {0, 60, "B86", "Ghẻ", "ngứa về đêm", 0, {{"permethrin-kem", "30", "1/7", 14}}},
    {15, 120, "K29", "Viêm dạ dày và tá tràng", "đau thượng vị", 0, {{"omeprazol-20", "1", "1", 14}, {"nhom-magie-hydroxyd", "1", "3", 7}}},
    {30, 120, "M54.5", "Đau thắt lưng", "đau lưng", 0, {{"ibuprofen-400", "1", "2", 5}}},
    {45, 120, "M17", "Thoái hóa khớp gối", "đau khớp gối", 0, {{"paracetamol-500", "1", "3", 10}, {"diclofenac-50", "1", "2", 5}}},
    {10, 60, "L50", "Mày đay", "nổi mẩn ngứa", 0, {{"loratadin-10", "1", "1", 7}}},
    {15, 55, "N39.0", "Nhiễm khuẩn đường tiết niệu", "tiểu buốt", 376, {{"ciprofloxacin-500", "1", "2", 5}}},
    {40, 120, "J45", "Hen phế quản", "khó thở từng cơn", 0, {{"salbutamol-xit", "2", "2", 30}, {"budesonid-formoterol", "1", "2", 30}}},
};

static const struct illness *draw(struct random *r, int age) {
    for (;;) {
        const struct illness *i = &illnesses[random_below(r, sizeof illnesses / sizeof *illnesses)];
        if (age >= i->from && age <= i->to) return i;
    }
}

static void emit_examination(struct emit_context *c, const struct illness *i, const struct site *site, int32_t day, str encounter, str condition) {
    char from[32], until[32], date[11];
    struct buf e = buf_new(c->a), d = buf_new(c->a), o = buf_new(c->a);
    emit_begin(&e, "Encounter", encounter);
    buf_addz(&e, ",\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"}");
    emit_reference(&e, "subject", "Patient", c->patient);
    buf_addf(&e, ",\"period\":{\"start\":\"%s\",\"end\":\"%s\"},\"reasonCode\":[{\"text\":\"%s\"}],\"diagnosis\":[{\"condition\":"
                 "{\"reference\":\"Condition/%.*s\"},\"rank\":1}]", emit_time(day, 9 * 60, from), emit_time(day, 9 * 60 + 8, until), i->complaint,
             STR_ARG(condition));
    emit_reference(&e, "serviceProvider", "Organization", site->organization);
    buf_addc(&e, '}');
    c->emit(c->context, "Encounter", encounter, buf_str(&e));
    emit_begin(&d, "Condition", condition);
    emit_coding(&d, "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical", "resolved", NULL);
    emit_coding(&d, "code", SYSTEM_ICD10, i->icd, i->text);
    emit_reference(&d, "subject", "Patient", c->patient);
    emit_reference(&d, "encounter", "Encounter", encounter);
    buf_addf(&d, ",\"recordedDate\":\"%s\"}", day_format(day, date));
    c->emit(c->context, "Condition", condition, buf_str(&d));
    if (!i->fever) return;
    str id = demo_id(c->g, c->a, DEMO_ILL_OBSERVATION, c->number);
    emit_begin(&o, "Observation", id);
    buf_addz(&o, ",\"status\":\"final\"");
    emit_coding(&o, "code", SYSTEM_LOINC, "8310-5", NULL);
    emit_reference(&o, "subject", "Patient", c->patient);
    emit_reference(&o, "encounter", "Encounter", encounter);
    buf_addf(&o, ",\"effectiveDateTime\":\"%s\",\"valueQuantity\":{\"value\":%d.%d,\"unit\":\"°C\",\"system\":\"" SYSTEM_UCUM "\",\"code\":\"Cel\"}}",
             emit_time(day, 9 * 60 + 2, from), i->fever / 10, i->fever % 10);
    c->emit(c->context, "Observation", id, buf_str(&o));
}

/* What head and medicines share: code, reason, person, visit, day. */
static void emit_common(struct emit_context *c, struct buf *out, const struct illness *i, int32_t day, str encounter, str code) {
    char date[11];
    buf_addf(out, ",\"groupIdentifier\":{\"system\":\"" SYSTEM_PRESCRIPTION "\",\"value\":\"%.*s\"},\"intent\":\"order\"", STR_ARG(code));
    emit_reference(out, "subject", "Patient", c->patient);
    emit_reference(out, "encounter", "Encounter", encounter);
    buf_addf(out, ",\"authoredOn\":\"%s\",\"reasonCode\":[{\"coding\":[{\"system\":\"" SYSTEM_ICD10 "\",\"code\":\"%s\"}],\"text\":\"%s\"}]",
             day_format(day, date), i->icd, i->text);
}

static void emit_medicine(struct emit_context *c, const struct illness *i, int k, int32_t day, str encounter, str code, str id) {
    const struct medicine *m = medicine_find(prescribing_tables(), str_of(i->medicines[k].medicine));
    struct prescription_line l = {.dose = rational_read(str_of(i->medicines[k].dose)), .times = rational_read(str_of(i->medicines[k].times)),
                                  .days = i->medicines[k].days, .dose_unit = m->dose_unit, .content = m->content};
    struct buf out = buf_new(c->a);
    bool over = day + l.days < c->g->options.on;
    buf_reserve(&out, 1200);
    emit_begin(&out, "MedicationRequest", id);
    buf_addf(&out, ",\"status\":\"%s\"", over ? "completed" : "active");
    emit_common(c, &out, i, day, encounter, code);
    buf_addf(&out, ",\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"" SYSTEM_ATC "\",\"code\":\"%.*s\"},{\"system\":\"" SYSTEM_MEDICINE
                   "\",\"code\":\"%.*s\"}],\"text\":", STR_ARG(m->atc), STR_ARG(m->code));
    buf_add_json(&out, medicine_text(c->a, m));
    buf_addz(&out, "},\"dosageInstruction\":[{\"text\":");
    buf_add_json(&out, usage_write(c->a, &l, m->route, true));
    buf_addf(&out, ",\"timing\":{\"repeat\":{\"frequency\":%lld,\"period\":%lld,\"periodUnit\":\"d\"}},\"doseAndRate\":[{\"doseQuantity\":{\"value\":%lld,"
                   "\"unit\":\"%.*s\"}}]}],\"dispenseRequest\":{\"quantity\":{\"value\":%lld,\"unit\":\"%.*s\"},\"expectedSupplyDuration\":{\"value\":%lld,"
                   "\"unit\":\"ngày\",\"system\":\"" SYSTEM_UCUM "\",\"code\":\"d\"}}}",
             (long long)l.times.n, (long long)l.times.d, (long long)l.dose.n, STR_ARG(m->dose_unit), (long long)line_units(&l), STR_ARG(m->unit),
             (long long)l.days);
    c->emit(c->context, "MedicationRequest", id, buf_str(&out));
}

static void emit_prescription(struct emit_context *c, const struct illness *i, const struct site *site, int32_t day, str encounter) {
    str head = demo_id(c->g, c->a, DEMO_ILL_HEAD, c->number);
    str code = str_format(c->a, "%.*s%.*s-c", STR_ARG(demo_facility_code(c->a, site->organization)), STR_ARG(str_slice(head, 0, 7)));
    struct buf out = buf_new(c->a);
    emit_begin(&out, "RequestGroup", head);
    buf_addz(&out, ",\"status\":\"active\"");
    emit_common(c, &out, i, day, encounter, code);
    buf_addz(&out, ",\"action\":[");
    for (int k = 0; k < MEDICINES && i->medicines[k].medicine; k++) {
        str id = demo_id(c->g, c->a, DEMO_ILL_MEDICATION, c->number * MEDICINES + k);
        buf_addf(&out, "%s{\"resource\":{\"reference\":\"MedicationRequest/%.*s\"}}", k ? "," : "", STR_ARG(id));
        emit_medicine(c, i, k, day, encounter, code, id);
    }
    buf_addz(&out, "]}");
    c->emit(c->context, "RequestGroup", head, buf_str(&out));
}

void emit_illness(struct emit_context *c, const struct resident *p, const struct site *site) {
    struct random r = random_stream(c->g->options.seed, STREAM_ILLNESS, (uint64_t)p->number);
    if (!random_chance(&r, ILL_PERMILLE)) return;
    const struct illness *i = draw(&r, p->age);
    int32_t day = c->g->options.on - random_between(&r, 1, 330);
    if (day < p->birth) return;
    str encounter = demo_id(c->g, c->a, DEMO_ILL_ENCOUNTER, c->number);
    emit_examination(c, i, site, day, encounter, demo_id(c->g, c->a, DEMO_ILL_CONDITION, c->number));
    if (p->age >= CHILD_YEARS) emit_prescription(c, i, site, day, encounter); /* under 72 months it takes a weight and who brought the child */
}
