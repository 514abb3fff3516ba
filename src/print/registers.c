/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/register/{register}?month=YYYY-MM&place=ID&format=pdf|xlsx: the books of a station as views over its
 * records. Columns are data (data/registers/registers.csv): a unit changes their words and order there; what a column
 * holds is a field known here. A1: the visits of the month that are over. A6: deaths of residents.
 *
 * The book of one's own post lists every visit at the post, also of residents of elsewhere whom the session could not
 * open again today: who was seen here stands in the book. Sensitive classes stay hidden as everywhere.
 */
#include "print_int.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/vocabulary.h"
#include "forms/list.h"

#include <stdlib.h>

enum { FIELDS_MOST = 20, ROWS_MOST = 20000, CSV_COLUMNS = 10 };

#define FIELDS(X)                                                                                                      \
    X(NUMBER, "number")                                                                                                \
    X(NAME, "name")                                                                                                    \
    X(SEX, "sex")                                                                                                      \
    X(BIRTH, "birth")                                                                                                  \
    X(IDENTITY, "identity")                                                                                            \
    X(INSURANCE, "insurance")                                                                                          \
    X(ADDRESS, "address") X(ETHNIC, "ethnic") X(OCCUPATION, "occupation") X(SYMPTOMS, "symptoms")                      \
        X(DIAGNOSIS, "diagnosis") X(TREATMENT, "treatment") X(EXAMINER, "examiner") X(NOTE, "note") X(MALE, "male")    \
            X(FEMALE, "female") X(DIED, "died") X(PLACE, "place") X(CAUSE, "cause") X(CARE, "care")
enum field {
#define X(name, code) FIELD_##name,
    FIELDS(X)
#undef X
        FIELD_COUNT
};
static const char *const field_codes[] = {
#define X(name, code) code,
    FIELDS(X)
#undef X
};

struct line {
    str values[FIELD_COUNT];
}; /* dates as YYYY-MM-DD */

struct book {
    struct request *r;
    struct reader *reader;
    struct access who;
    struct form_frame frame;
    str title, month, place;
    str from, to; /* [from, to) */
    int32_t last; /* day of the month */
    enum field fields[FIELDS_MOST];
    struct list_column columns[FIELDS_MOST];
    size_t count;
    struct {
        struct line *at;
        size_t len, cap;
    } lines;
};

/* ---- columns from data ---- */

static bool field_of(str code, enum field *out) {
    for (int i = 0; i < FIELD_COUNT; i++)
        if (str_is(code, field_codes[i])) {
            *out = (enum field)i;
            return true;
        }
    return false;
}

static err read_columns(struct book *b, str code) {
    struct arena *a = b->r->arena;
    struct csv csv = {.rest = data_file("registers/registers.csv")};
    str f[CSV_COLUMNS];
    size_t n;
    bool row, vi = b->frame.vietnamese;
    do { /* the row of heads is of no register */
        TRY(csv_row(&csv, a, f, CSV_COLUMNS, &n, &row));
        if (!row || n < CSV_COLUMNS || !str_eq(f[0], code)) continue;
        if (str_is(f[1], "title")) b->title = f[vi ? 2 : 3];
        enum field field;
        if (!field_of(f[1], &field) || b->count == FIELDS_MOST) continue;
        double share = strtod(str_z(a, f[6]), NULL);
        b->columns[b->count] = (struct list_column){.head = f[vi ? 2 : 3],
                                                    .group = f[vi ? 4 : 5],
                                                    .share = share > 0 ? share : 1,
                                                    .align = str_is(f[7], "center")  ? PAPER_CENTER
                                                             : str_is(f[7], "right") ? PAPER_RIGHT
                                                                                     : PAPER_LEFT,
                                                    .unverified = str_is(f[8], "unverified")};
        b->fields[b->count++] = field;
    } while (row);
    return b->count ? OK_ERR : err_make(a, ERR_NOT_FOUND, "register", "there is no register %.*s", STR_ARG(code));
}

/* ---- one line ---- */

static str joined(struct arena *a, const struct texts *list) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < list->len; i++) buf_addf(&out, "%s%.*s", i ? "; " : "", STR_ARG(list->at[i]));
    return buf_str(&out);
}

static err add_person(struct book *b, str id, int32_t day, struct line *line, struct person *p) {
    TRY(person_get(b->reader, b->r->arena, &b->who, id, p));
    request_audit(b->r, "print", FHIR_TYPE_PATIENT, p->id, p->rid);
    b->frame.synthetic |= p->synthetic;
    line->values[FIELD_NAME] = p->name;
    line->values[FIELD_SEX] = form_sex(&b->frame, p->sex);
    line->values[FIELD_BIRTH] = p->birth;
    line->values[FIELD_IDENTITY] = p->cccd;
    line->values[FIELD_INSURANCE] = p->insurance;
    line->values[FIELD_ETHNIC] = p->ethnic_name;
    return print_address(b->reader, b->r->arena, p->place, day, &line->values[FIELD_ADDRESS]);
}

static err add_symptoms(struct book *b, const struct json *visit, str query, struct line *line) {
    struct arena *a = b->r->arena;
    struct resources found;
    struct texts list = {0};
    print_concepts(a, JSON_GET(visit, "reasonCode"), &list);
    TRY(print_find(b->r, b->reader, &b->who, FHIR_TYPE_OBSERVATION, query, 20, &found));
    for (size_t i = found.len; i-- > 0;) {
        str text = print_observation(a, found.at[i], b->frame.vietnamese);
        if (text.len) VEC_PUSH(a, &list, text);
    }
    line->values[FIELD_SYMPTOMS] = joined(a, &list);
    return OK_ERR;
}

static err add_treatment(struct book *b, str query, struct line *line) {
    struct arena *a = b->r->arena;
    struct resources found;
    struct texts list = {0};
    TRY(print_find(b->r, b->reader, &b->who, FHIR_TYPE_MEDICATION_REQUEST, query, 20, &found));
    for (size_t i = 0; i < found.len; i++) {
        const struct json *quantity = JSON_GET(JSON_GET(found.at[i], "dispenseRequest"), "quantity");
        str name = print_concept(JSON_GET(found.at[i], "medicationCodeableConcept"));
        str count = print_decimal(a, JSON_GET(quantity, "value"), b->frame.vietnamese);
        if (count.len)
            name =
                str_format(a, "%.*s × %.*s %.*s", STR_ARG(name), STR_ARG(count), STR_ARG(JSON_TEXT(quantity, "unit")));
        VEC_PUSH(a, &list, name);
    }
    line->values[FIELD_TREATMENT] = joined(a, &list);
    return OK_ERR;
}

static err add_visit(struct book *b, const struct json *visit) {
    struct arena *a = b->r->arena;
    struct line line = {0};
    struct person p;
    struct texts diagnoses = {0};
    str id = JSON_TEXT(visit, "id"), query = str_format(a, "encounter=Encounter/%.*s", STR_ARG(id)), title;
    int32_t day = print_day(JSON_TEXT(JSON_GET(visit, "period"), "start"));
    err e = add_person(b, print_reference(JSON_GET(visit, "subject"), FHIR_TYPE_PATIENT), day, &line, &p);
    if (e.code == ERR_NOT_FOUND) return OK_ERR; /* about nobody, or about somebody deleted */
    TRY(e);
    TRY(add_symptoms(b, visit, query, &line));
    TRY(print_diagnoses(b->r, b->reader, &b->who, p.id, id, print_day(JSON_TEXT(JSON_GET(visit, "period"), "start")),
                        &diagnoses));
    TRY(add_treatment(b, query, &line));
    TRY(print_practitioner(b->reader, a, JSON_GET(json_item(JSON_GET(visit, "participant"), 0), "individual"),
                           b->frame.vietnamese, &line.values[FIELD_EXAMINER], &title));
    line.values[FIELD_DIAGNOSIS] = joined(a, &diagnoses);
    VEC_PUSH(a, &b->lines, line);
    return OK_ERR;
}

static err read_visits(struct book *b) {
    struct resources found;
    str query = str_format(b->r->arena,
                           "service-provider=Organization/"
                           "%.*s&date=ge%.*s&date=lt%.*s&status=finished,onleave",
                           STR_ARG(b->place), STR_ARG(b->from), STR_ARG(b->to));
    TRY(print_find(b->r, b->reader, &b->who, FHIR_TYPE_ENCOUNTER, query, ROWS_MOST, &found));
    for (size_t i = found.len; i-- > 0;) TRY(add_visit(b, found.at[i])); /* found newest first */
    return OK_ERR;
}

/* ---- deaths ---- */

static bool lives_in(const struct access *area, int64_t place) {
    for (size_t i = 0; i < area->place_count; i++)
        if (area->places[i] == place) return true;
    return area->everything;
}

/* The cause: an Observation LOINC 69453-9. */
static err add_cause(struct book *b, str person, struct line *line) {
    struct resources found;
    TRY(print_find(b->r, b->reader, &b->who, FHIR_TYPE_OBSERVATION,
                   str_format(b->r->arena, "patient=Patient/%.*s&code=http://loinc.org%%7C69453-9", STR_ARG(person)), 1,
                   &found));
    if (!found.len) return OK_ERR;
    line->values[FIELD_CAUSE] = print_diagnosis(b->r->arena, JSON_GET(found.at[0], "valueCodeableConcept"));
    if (!line->values[FIELD_CAUSE].len) line->values[FIELD_CAUSE] = JSON_TEXT(found.at[0], "valueString");
    return OK_ERR;
}

static err read_deaths(struct book *b) {
    struct arena *a = b->r->arena;
    struct resources found;
    struct access area;
    struct network_post post = {STR("nurse"), b->place, b->last};
    TRY(network_access(b->reader, a, &post, &area));
    TRY(print_find(b->r, b->reader, &b->who, FHIR_TYPE_PATIENT,
                   str_format(a, "death-date=ge%.*s&death-date=lt%.*s", STR_ARG(b->from), STR_ARG(b->to)), ROWS_MOST,
                   &found));
    for (size_t i = found.len; i-- > 0;) {
        struct line line = {0};
        struct person p;
        TRY(person_get(b->reader, a, &b->who, JSON_TEXT(found.at[i], "id"), &p));
        if (!lives_in(&area, p.place)) continue;
        TRY(add_person(b, p.id, print_day(p.dead), &line, &p));
        int age = person_age(p.birth, print_day(p.dead));
        str years = age >= 0 ? str_format(a, "%d", age) : STR("x");
        line.values[str_is(p.sex, "female") ? FIELD_FEMALE : FIELD_MALE] = years;
        line.values[FIELD_DIED] = p.dead;
        TRY(add_cause(b, p.id, &line));
        VEC_PUSH(a, &b->lines, line);
    }
    return OK_ERR;
}

/* ---- out ---- */

static bool is_date(enum field f) { return f == FIELD_BIRTH || f == FIELD_DIED; }

static err as_pdf(struct book *b, str code) {
    struct arena *a = b->r->arena;
    str *cells = ARENA_ARRAY(a, str, b->lines.len * b->count + 1);
    for (size_t i = 0; i < b->lines.len; i++)
        for (size_t k = 0; k < b->count; k++) {
            str v = b->lines.at[i].values[b->fields[k]];
            if (b->fields[k] == FIELD_NUMBER) v = str_format(a, "%zu", i + 1);
            cells[i * b->count + k] = is_date(b->fields[k]) ? form_date(a, v) : v;
        }
    str month = form_date(a, b->month);
    struct form_signer signer = {.title = form_say(&b->frame, "Người phụ trách sổ", "Keeper of the register")};
    struct list_form form = {.frame = b->frame,
                             .title = b->title,
                             .columns = b->columns,
                             .column_count = b->count,
                             .cells = cells,
                             .row_count = b->lines.len,
                             .numbered = true,
                             .size = 7.5,
                             .signers = &signer,
                             .signer_count = 1,
                             .under =
                                 str_format(a, b->frame.vietnamese ? "Tháng %.*s · %zu dòng" : "Month %.*s · %zu rows",
                                            STR_ARG(month), b->lines.len)};
    return request_pdf(b->r, list_paper(a, &form),
                       str_z(a, str_format(a, "%.*s-%.*s", STR_ARG(code), STR_ARG(b->month))));
}

static err as_workbook(struct book *b, str code) {
    struct arena *a = b->r->arena;
    struct sheet_column columns[FIELDS_MOST] = {0};
    struct sheet_cell *cells = ARENA_ARRAY(a, struct sheet_cell, b->lines.len * b->count + 1);
    for (size_t k = 0; k < b->count; k++) {
        const struct list_column *c = &b->columns[k];
        columns[k].head = c->group.len ? str_format(a, "%.*s: %.*s", STR_ARG(c->group), STR_ARG(c->head)) : c->head;
    }
    for (size_t i = 0; i < b->lines.len; i++)
        for (size_t k = 0; k < b->count; k++) {
            str v = b->lines.at[i].values[b->fields[k]];
            int32_t day;
            int64_t number;
            struct sheet_cell *cell = &cells[i * b->count + k];
            if (b->fields[k] == FIELD_NUMBER)
                *cell = sheet_number((double)i + 1);
            else if (is_date(b->fields[k]) && day_parse(v, &day))
                *cell = sheet_day(day);
            else if ((b->fields[k] == FIELD_MALE || b->fields[k] == FIELD_FEMALE) && str_int64(v, &number))
                *cell = sheet_number((double)number);
            else
                *cell = sheet_text(v);
        }
    struct sheet sheet = {.name = str_format(a, "%.*s %.*s", STR_ARG(code), STR_ARG(b->month)),
                          .title = str_format(a, "%.*s – %.*s – %.*s", STR_ARG(b->title),
                                              STR_ARG(b->frame.facility.name), STR_ARG(form_date(a, b->month))),
                          .columns = columns,
                          .column_count = b->count,
                          .cells = cells,
                          .row_count = b->lines.len};
    return request_workbook(b->r, &sheet, 1, str_z(a, str_format(a, "%.*s-%.*s", STR_ARG(code), STR_ARG(b->month))));
}

static err read_month(struct book *b) {
    struct arena *a = b->r->arena;
    int year, month, day;
    struct date_time d;
    char text[11];
    str asked = request_query(b->r, "month");
    day_to_civil(day_today(), &year, &month, &day);
    if (asked.len) {
        if (!date_parse(asked, false, &d) || d.precision != DATE_MONTH)
            return err_make(a, ERR_INVALID, "month", "a month is YYYY-MM");
        year = d.year, month = d.month;
    }
    int32_t first = day_from_civil(year, month, 1);
    b->last = first + days_in_month(year, month) - 1;
    b->from = str_copy(a, str_of(day_format(first, text)));
    b->to = str_copy(a, str_of(day_format(b->last + 1, text)));
    b->month = str_slice(b->from, 0, 7);
    return OK_ERR;
}

static err read_place(struct book *b) {
    const struct session *s = b->r->session;
    str asked = request_query(b->r, "place"), own = s->place;
    b->place = asked.len ? asked : own;
    if (!b->place.len) return err_make(b->r->arena, ERR_INVALID, "place", "say which station: place=station-…");
    if (!fhir_id_valid(b->place) || !reader_rid(b->reader, FHIR_TYPE_ORGANIZATION, b->place))
        return err_make(b->r->arena, ERR_NOT_FOUND, "place", "there is no such station");
    b->who = s->access;
    if (str_eq(b->place, own)) b->who.everything = true; /* the post's own book */
    return OK_ERR;
}

err print_register(struct request *r) {
    struct book b = {.r = r};
    str code = r->parameters[0], format = request_query(r, "format");
    if (format.len && !str_is(format, "pdf") && !str_is(format, "xlsx"))
        return err_make(r->arena, ERR_INVALID, "format", "format is pdf or xlsx");
    TRY(request_reader(r, &b.reader));
    TRY(read_month(&b));
    TRY(read_place(&b));
    TRY(print_frame(r, b.reader, b.place, day_today(), &b.frame));
    TRY(read_columns(&b, code));
    TRY(str_is(code, "A6") ? read_deaths(&b) : read_visits(&b));
    return str_is(format, "xlsx") ? as_workbook(&b, code) : as_pdf(&b, code);
}
