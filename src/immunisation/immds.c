/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * $immds-forecast: FHIR resources in, evaluations and recommendations out. Vaccines are known by CVX
 * (http://hl7.org/fhir/sid/cvx) or by a key of the schedule; the dates of a recommendation carry the LOINC codes of the
 * implementation guide.
 */
#include "immds.h"

#include "base/date.h"
#include "base/json.h"
#include "base/vec.h"

#include <stdlib.h>

struct immds_input {
    struct patient patient;
    str patient_id;
    int32_t on;
    VEC(struct dose_given) doses;
    VEC(str) references; /* one a dose */
    VEC(struct patient_observation) observations;
};

static int32_t day_of(str text) {
    int32_t day;
    return day_parse(str_slice(text, 0, 10), &day) ? day : DAY_NONE;
}

/* The code of a CodeableConcept: CVX first, else the first code. */
static str concept_code(const struct json *concept) {
    const struct json *list = JSON_GET(concept, "coding");
    str first = STR_NONE;
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        if (str_is(JSON_TEXT(c, "system"), "http://hl7.org/fhir/sid/cvx")) return JSON_TEXT(c, "code");
        if (!first.len) first = JSON_TEXT(c, "code");
    }
    return first;
}

static err take_patient(struct arena *a, const struct json *p, struct immds_input *in) {
    struct date_time t;
    if (!date_parse(JSON_TEXT(p, "birthDate"), true, &t))
        return err_make(a, ERR_INVALID, "Patient.birthDate", "the patient needs a birthDate");
    int month = t.precision == DATE_YEAR ? 12 : t.month;
    in->patient.birth = day_from_civil(t.year, month, t.precision <= DATE_MONTH ? days_in_month(t.year, month) : t.day);
    in->patient.birth_minute = -1;
    str sex = JSON_TEXT(p, "gender");
    in->patient.sex = str_is(sex, "female") ? 'F' : str_is(sex, "male") ? 'M' : 'U';
    in->patient_id = JSON_TEXT(p, "id");
    const struct json *address = JSON_GET(p, "address");
    in->patient.area = address ? JSON_TEXT(address->first, "state") : STR_NONE;
    return OK_ERR;
}

static void take_immunization(struct arena *a, const struct json *m, struct immds_input *in) {
    if (str_is(JSON_TEXT(m, "status"), "not-done") || str_is(JSON_TEXT(m, "status"), "entered-in-error")) return;
    const struct json *quantity = JSON_GET(JSON_GET(m, "doseQuantity"), "value"), *weak = JSON_GET(m, "isSubpotent");
    struct dose_given d = {.day = day_of(JSON_TEXT(m, "occurrenceDateTime")),
                           .vaccine = concept_code(JSON_GET(m, "vaccineCode")),
                           .maker = JSON_TEXT(JSON_GET(JSON_GET(m, "manufacturer"), "identifier"), "value"),
                           .lot_expiry = day_of(JSON_TEXT(m, "expirationDate")),
                           .volume = quantity && quantity->kind == JSON_NUMBER ? strtod(str_z(a, quantity->text), NULL) : 0,
                           .minute = -1,
                           .condition = weak && weak->kind == JSON_TRUE};
    VEC_PUSH(a, &in->doses, d);
    str id = JSON_TEXT(m, "id");
    VEC_PUSH(a, &in->references, str_format(a, "Immunization/%.*s", STR_ARG(id.len ? id : STR("unknown"))));
}

static void take_observation(struct arena *a, const struct json *o, struct immds_input *in) {
    str when = JSON_TEXT(o, "effectiveDateTime").len ? JSON_TEXT(o, "effectiveDateTime") : JSON_TEXT(o, "onsetDateTime");
    VEC_PUSH(a, &in->observations, (struct patient_observation){concept_code(JSON_GET(o, "code")), day_of(when)});
}

static err take(struct arena *a, const struct json *root, int32_t today, struct immds_input *in) {
    const struct json *list = JSON_GET(root, "parameter");
    bool patient = false;
    in->on = today;
    if (!str_is(JSON_TEXT(root, "resourceType"), "Parameters"))
        return err_make(a, ERR_STRUCTURE, "resourceType", "Parameters with patient and immunization are expected");
    for (const struct json *p = list ? list->first : NULL; p; p = p->next) {
        str name = JSON_TEXT(p, "name");
        const struct json *resource = JSON_GET(p, "resource");
        str type = JSON_TEXT(resource, "resourceType");
        if (str_is(name, "assessmentDate")) {
            str day = JSON_TEXT(p, "valueDate").len ? JSON_TEXT(p, "valueDate") : JSON_TEXT(p, "valueDateTime");
            in->on = day_of(day);
            if (in->on == DAY_NONE) return err_make(a, ERR_INVALID, "assessmentDate", "assessmentDate is no day");
        } else if (str_is(type, "Patient")) {
            TRY(take_patient(a, resource, in));
            patient = true;
        } else if (str_is(type, "Immunization")) {
            take_immunization(a, resource, in);
        } else if (str_is(type, "Observation") || str_is(type, "Condition")) {
            take_observation(a, resource, in);
        }
    }
    if (!patient) return err_make(a, ERR_STRUCTURE, "patient", "the parameter patient is missing");
    if (in->patient.birth > in->on) return err_make(a, ERR_INVALID, "Patient.birthDate", "born after the assessment date");
    in->patient.doses = in->doses.at, in->patient.dose_count = in->doses.len;
    in->patient.observations = in->observations.at, in->patient.observation_count = in->observations.len;
    return OK_ERR;
}

static void put(struct buf *b, const char *key, str value) {
    buf_addf(b, ",\"%s\":", key);
    buf_add_json(b, value);
}

static void put_concept(struct buf *b, const char *key, const char *system, str code, str text) {
    buf_addf(b, ",\"%s\":{", key);
    if (code.len) {
        buf_addf(b, "\"coding\":[{\"system\":\"%s\",\"code\":", system);
        buf_add_json(b, code);
        buf_addz(b, "}]");
        if (text.len) buf_addc(b, ',');
    }
    if (text.len) buf_addz(b, "\"text\":"), buf_add_json(b, text);
    buf_addc(b, '}');
}

static void put_patient(struct buf *b, const struct immds_input *in, const char *key) {
    buf_addf(b, ",\"%s\":{\"reference\":", key);
    struct buf ref = buf_new(b->arena);
    buf_addf(&ref, "Patient/%.*s", STR_ARG(in->patient_id.len ? in->patient_id : STR("unknown")));
    buf_add_json(b, buf_str(&ref));
    buf_addc(b, '}');
}

static void put_evaluation(struct buf *b, const struct immds_input *in, size_t dose, const struct dose_evaluation *v) {
    char on[11];
    bool valid = v->status == DOSE_VALID;
    buf_addz(b, "{\"name\":\"evaluation\",\"resource\":{\"resourceType\":\"ImmunizationEvaluation\",\"status\":\"completed\"");
    put_patient(b, in, "patient");
    buf_addf(b, ",\"date\":\"%s\"", day_format(in->on, on));
    put_concept(b, "targetDisease", "", STR_NONE, str_of(v->antigen));
    buf_addz(b, ",\"immunizationEvent\":{\"reference\":");
    buf_add_json(b, in->references.at[dose]);
    buf_addc(b, '}');
    put_concept(b, "doseStatus", "http://terminology.hl7.org/CodeSystem/immunization-evaluation-dose-status",
                valid ? STR("valid") : STR("notvalid"), str_of(dose_status_text(v->status)));
    bool first = true;
    for (unsigned bit = 0; bit < REASON_COUNT; bit++) {
        if (!(v->reasons >> bit & 1u)) continue;
        buf_addf(b, "%s{\"text\":\"%s\"}", first ? ",\"doseStatusReason\":[" : ",", dose_reason_text(bit));
        first = false;
    }
    if (!first) buf_addc(b, ']');
    put(b, "description", v->why.vietnamese);
    put(b, "series", v->series);
    if (v->target) buf_addf(b, ",\"doseNumberPositiveInt\":%d", v->target);
    buf_addz(b, "}},");
}

static void put_dates(struct buf *b, const struct group_forecast *g) {
    const struct {
        const char *loinc, *text;
        int32_t day;
    } rows[4] = {{"30981-5", "Earliest date to give", g->earliest}, {"30980-7", "Date vaccine due", g->recommended},
                 {"59778-1", "Date when overdue for immunization", g->past_due}, {"59777-3", "Latest date to give immunization", g->latest}};
    bool first = true;
    for (int i = 0; i < 4; i++) {
        char day[11];
        if (rows[i].day == DAY_NONE) continue;
        buf_addz(b, first ? ",\"dateCriterion\":[" : ",");
        first = false;
        buf_addf(b, "{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"%s\",\"display\":\"%s\"}]},\"value\":\"%s\"}",
                 rows[i].loinc, rows[i].text, day_format(rows[i].day, day));
    }
    if (!first) buf_addc(b, ']');
}

static void put_recommendation(struct buf *b, const struct immds_input *in, const struct group_forecast *g) {
    static const char system[] = "http://terminology.hl7.org/CodeSystem/immunization-recommendation-status";
    bool late = g->past_due != DAY_NONE && g->past_due < in->on;
    str code = g->status == SERIES_NOT_COMPLETE      ? late ? STR("overdue") : STR("due")
               : g->status == SERIES_COMPLETE        ? STR("complete")
               : g->status == SERIES_IMMUNE          ? STR("immune")
               : g->status == SERIES_CONTRAINDICATED ? STR("contraindicated")
                                                     : STR_NONE;
    buf_addz(b, "{\"vaccineCode\":[");
    for (size_t i = 0; i < g->vaccine_count; i++) {
        bool number = g->vaccines[i].at[0] >= '0' && g->vaccines[i].at[0] <= '9' && g->vaccines[i].len < 4;
        buf_addz(b, i ? ",{" : "{");
        if (number) buf_addz(b, "\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/cvx\",\"code\":"), buf_add_json(b, g->vaccines[i]), buf_addz(b, "}],");
        buf_addz(b, "\"text\":");
        buf_add_json(b, g->vaccines[i]);
        buf_addc(b, '}');
    }
    if (!g->vaccine_count) buf_addz(b, "{\"text\":"), buf_add_json(b, g->group), buf_addc(b, '}');
    buf_addc(b, ']');
    put_concept(b, "targetDisease", "", STR_NONE, g->group_name_vi.len ? g->group_name_vi : g->group);
    put_concept(b, "forecastStatus", system, code, str_of(series_status_text(g->status)));
    buf_addz(b, ",\"forecastReason\":[{\"text\":");
    buf_add_json(b, g->why_status.vietnamese);
    buf_addz(b, "}]");
    put_dates(b, g);
    put(b, "series", g->series);
    if (g->dose_number) buf_addf(b, ",\"doseNumberPositiveInt\":%d", g->dose_number);
    buf_addc(b, '}');
}

err immds_forecast(struct arena *a, const struct schedule *s, str body, int32_t today, struct buf *out) {
    struct json *root;
    struct immds_input in = {0};
    struct forecast f;
    char on[11];
    TRY(json_parse(a, body, &root));
    TRY(take(a, root, today, &in));
    forecast_patient(a, s, &in.patient, in.on, true, &f);
    buf_addz(out, "{\"resourceType\":\"Parameters\",\"parameter\":[");
    for (size_t i = 0; i < in.doses.len; i++)
        for (size_t k = 0; k < f.doses[i].evaluation_count; k++) put_evaluation(out, &in, i, &f.doses[i].evaluations[k]);
    buf_addz(out, "{\"name\":\"recommendation\",\"resource\":{\"resourceType\":\"ImmunizationRecommendation\"");
    put_patient(out, &in, "patient");
    buf_addf(out, ",\"date\":\"%s\",\"recommendation\":[", day_format(in.on, on));
    for (size_t i = 0; i < f.group_count; i++) {
        if (i) buf_addc(out, ',');
        put_recommendation(out, &in, &f.groups[i]);
    }
    buf_addz(out, "]}}]}");
    return OK_ERR;
}
