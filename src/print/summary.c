/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/summary/{id}: the person's own record as the sections of the International Patient
 * Summary.
 */
#include "print_int.h"

#include "base/vocabulary.h"
#include "forms/summary.h"

enum { ROWS_MOST = 60, COLUMNS_MOST = 4, SECTIONS = 5 };

struct rows {
    struct paper_row *at;
    size_t len, cap;
};
struct summary {
    struct request *r;
    struct reader *reader;
    str person;
    bool vi;
};

static void add_row(struct arena *a, struct rows *rows, const str *cells, size_t count) {
    str *kept = ARENA_ARRAY(a, str, count);
    memcpy(kept, cells, count * sizeof *kept);
    VEC_PUSH(a, rows, (struct paper_row){.cells = kept});
}

static err of_person(const struct summary *s, fhir_type type, const char *query, struct resources *out) {
    return print_find(s->r, s->reader, NULL, type,
                      str_format(s->r->arena, "patient=Patient/%.*s%s", STR_ARG(s->person), query), ROWS_MOST, out);
}

/* Finds, and makes a row of each resource that `cells` takes; `columns` are the heads. */
typedef bool cells_of(const struct summary *s, const struct json *resource, str *cells);
struct section_plan {
    fhir_type type;
    const char *query, *title_vi, *title_en;
    struct {
        const char *vi, *en;
        double share;
    } columns[COLUMNS_MOST];
    size_t count;
    cells_of *cells;
};

static str day_of(const struct summary *s, const struct json *j, const char *first, const char *second) {
    str date = json_text(j, str_of(first));
    if (!date.len && second) date = json_text(j, str_of(second));
    return form_date(s->r->arena, date.len > 10 ? str_slice(date, 0, 10) : date);
}

static bool allergy_cells(const struct summary *s, const struct json *j, str *cells) {
    str clinical = JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "clinicalStatus"), "coding"), 0), "code");
    str verified = JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "verificationStatus"), "coding"), 0), "code");
    cells[0] = print_concept(JSON_GET(j, "code"));
    cells[1] = print_concept(json_item(JSON_GET(json_item(JSON_GET(j, "reaction"), 0), "manifestation"), 0));
    cells[2] = day_of(s, j, "recordedDate", "onsetDateTime");
    return !str_is(clinical, "resolved") && !str_is(verified, "refuted") && !str_is(verified, "entered-in-error");
}
static bool medicine_cells(const struct summary *s, const struct json *j, str *cells) {
    cells[0] = print_concept(JSON_GET(j, "medicationCodeableConcept"));
    cells[1] = JSON_TEXT(json_item(JSON_GET(j, "dosageInstruction"), 0), "text");
    cells[2] = day_of(s, j, "authoredOn", NULL);
    return true;
}
static bool problem_cells(const struct summary *s, const struct json *j, str *cells) {
    cells[0] = print_diagnosis(s->r->arena, JSON_GET(j, "code"));
    cells[1] = day_of(s, j, "onsetDateTime", "recordedDate");
    return !str_is(JSON_TEXT(json_item(JSON_GET(JSON_GET(j, "verificationStatus"), "coding"), 0), "code"),
                   "entered-in-error");
}
static bool immunization_cells(const struct summary *s, const struct json *j, str *cells) {
    cells[0] = print_concept(JSON_GET(j, "vaccineCode"));
    cells[1] = day_of(s, j, "occurrenceDateTime", NULL);
    cells[2] = JSON_TEXT(j, "lotNumber");
    return str_is(JSON_TEXT(j, "status"), "completed");
}
static bool result_cells(const struct summary *s, const struct json *j, str *cells) {
    cells[0] = print_observation(s->r->arena, j, s->vi);
    cells[1] = day_of(s, j, "effectiveDateTime", NULL);
    return cells[0].len > 0;
}

static const struct section_plan plans[SECTIONS] = {
    {FHIR_TYPE_ALLERGY_INTOLERANCE,
     "",
     "Dị ứng",
     "Allergies and intolerances",
     {{"Chất gây dị ứng", "Substance", 4}, {"Biểu hiện", "Reaction", 3}, {"Ghi nhận", "Recorded", 2}},
     3,
     allergy_cells},
    {FHIR_TYPE_MEDICATION_REQUEST,
     "&status=active",
     "Thuốc đã kê, chưa ghi ngừng",
     "Medicines prescribed and not stopped",
     {{"Thuốc", "Medicine", 4}, {"Cách dùng", "Dose", 5}, {"Kê ngày", "Prescribed", 2}},
     3,
     medicine_cells},
    {FHIR_TYPE_CONDITION,
     "&clinical-status=active",
     "Vấn đề sức khỏe",
     "Problems",
     {{"Chẩn đoán", "Diagnosis", 8}, {"Từ ngày", "Since", 2}},
     2,
     problem_cells},
    {FHIR_TYPE_IMMUNIZATION,
     "",
     "Tiêm chủng",
     "Immunizations",
     {{"Vắc xin", "Vaccine", 5}, {"Ngày", "Date", 2}, {"Số lô", "Lot", 2}},
     3,
     immunization_cells},
    {FHIR_TYPE_OBSERVATION,
     "&_count=30",
     "Kết quả đo, xét nghiệm gần đây",
     "Recent results",
     {{"Kết quả", "Result", 8}, {"Ngày", "Date", 2}},
     2,
     result_cells}};

/* Was somebody asked about allergies and had none? (docs/prescribing.md) */
static bool says_none(const struct json *allergy) {
    const struct json *code = JSON_GET(allergy, "code");
    str snomed = print_code(code, "http://snomed.info/sct");
    return str_is(snomed, "716186003") || str_is(snomed, "409137002") ||
           str_is(print_code(code, "urn:tram:allergy"), "none-known");
}

static err fill(const struct summary *s, const struct section_plan *plan, struct summary_section *out) {
    struct arena *a = s->r->arena;
    struct resources found;
    struct rows rows = {0};
    struct paper_column *columns = ARENA_ARRAY(a, struct paper_column, plan->count);
    for (size_t i = 0; i < plan->count; i++)
        columns[i] = (struct paper_column){.head = str_of(s->vi ? plan->columns[i].vi : plan->columns[i].en),
                                           .share = plan->columns[i].share};
    *out = (struct summary_section){
        .title = str_of(s->vi ? plan->title_vi : plan->title_en), .columns = columns, .column_count = plan->count};
    TRY(of_person(s, plan->type, plan->query, &found));
    for (size_t i = 0; i < found.len && rows.len < ROWS_MOST; i++) {
        str cells[COLUMNS_MOST] = {0};
        if (plan->type == FHIR_TYPE_ALLERGY_INTOLERANCE && says_none(found.at[i]))
            out->known = SUMMARY_KNOWN_NONE;
        else if (plan->cells(s, found.at[i], cells))
            add_row(a, &rows, cells, plan->count);
    }
    if (rows.len) out->known = SUMMARY_ROWS;
    out->rows = rows.at;
    out->row_count = rows.len;
    return OK_ERR;
}

err print_summary(struct request *r) {
    struct subject who;
    struct summary s = {.r = r};
    struct summary_section sections[SECTIONS];
    struct summary_form form = {.sections = sections, .section_count = SECTIONS};
    int32_t today = day_today();
    TRY(print_subject(r, &s.reader, r->parameters[0], today, &who));
    TRY(print_frame(r, s.reader, STR_NONE, today, &form.frame));
    s.person = who.person.id;
    s.vi = form.frame.vietnamese;
    form.frame.synthetic = who.person.synthetic;
    form.who = who.form;
    for (size_t i = 0; i < SECTIONS; i++) TRY(fill(&s, &plans[i], &sections[i]));
    form.source = str_format(r->arena, s.vi ? "Đến ngày %.*s" : "As of %.*s", STR_ARG(form_day(r->arena, today)));
    return request_pdf(r, summary_paper(r->arena, &form), s.vi ? "tom-tat-ho-so" : "patient-summary");
}
