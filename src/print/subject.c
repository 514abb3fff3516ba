/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The person, the house and the resources behind a paper, and its answer.
 */
#include "print_int.h"

#include "base/date.h"
#include "base/vocabulary.h"
#include "network/facility.h"
#include "people/answer.h"

enum { PAGE = 1000, MONTHS_OF_A_CHILD = 72 /* Circular 26/2025: age in months */ };

bool print_vietnamese(struct request *r) {
    str lang = request_query(r, "lang");
    return str_is(lang, "en") ? false : str_is(lang, "vi") ? true : r->vietnamese;
}


/* ---- readers ---- */

str print_concept(const struct json *concept) {
    const struct json *coding = json_item(JSON_GET(concept, "coding"), 0);
    str text = JSON_TEXT(concept, "text");
    if (!text.len) text = JSON_TEXT(coding, "display");
    return text.len ? text : JSON_TEXT(coding, "code");
}

str print_code(const struct json *concept, const char *system) {
    const struct json *list = JSON_GET(concept, "coding");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(JSON_TEXT(c, "system"), system)) return JSON_TEXT(c, "code");
    return STR_NONE;
}

str print_reference(const struct json *reference, fhir_type type) {
    struct fhir_reference r = fhir_reference_parse(JSON_TEXT(reference, "reference"));
    return r.kind == REFERENCE_LOCAL && r.type == type ? r.id : STR_NONE;
}

int32_t print_day(str date_time) {
    struct date_time d;
    int64_t from, to;
    if (!date_time.len || !date_parse(date_time, false, &d)) return DAY_NONE;
    date_range(&d, VIETNAM_OFFSET_MINUTES, &from, &to);
    return instant_day(from, VIETNAM_OFFSET_MINUTES);
}

str print_diagnosis(struct arena *a, const struct json *concept) {
    str text = print_concept(concept), code = print_code(concept, SYSTEM_ICD10);
    if (!code.len || str_eq(code, text)) return text;
    return str_format(a, "%.*s (%.*s)", STR_ARG(text), STR_ARG(code));
}

str print_decimal(struct arena *a, const struct json *number, bool vietnamese) {
    if (!number) return STR_NONE;
    str digits = str_copy(a, number->text);
    char *point = memchr(digits.at, '.', digits.len);
    if (point && vietnamese) *point = ',';
    return digits;
}

static const struct json *component(const struct json *observation, const char *loinc) {
    const struct json *list = JSON_GET(observation, "component");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(print_code(JSON_GET(c, "code"), SYSTEM_LOINC), loinc))
            return JSON_GET(JSON_GET(c, "valueQuantity"), "value");
    return NULL;
}

str print_observation(struct arena *a, const struct json *o, bool vi) {
    static const char *const names[][3] = {{"29463-7", "Cân nặng", "Weight"},
                                           {"8302-2", "Chiều cao", "Height"},
                                           {"8306-3", "Chiều dài", "Length"},
                                           {"8867-4", "Mạch", "Pulse"},
                                           {"8310-5", "Nhiệt độ", "Temperature"},
                                           {"9279-1", "Nhịp thở", "Breathing"},
                                           {"2708-6", "SpO2", "SpO2"},
                                           {"59408-5", "SpO2", "SpO2"}};
    const struct json *code = JSON_GET(o, "code"), *quantity = JSON_GET(o, "valueQuantity");
    const struct json *high = component(o, "8480-6"), *low = component(o, "8462-4");
    if (high && low)
        return str_format(a, "%s %.*s/%.*s mmHg", vi ? "Huyết áp" : "Blood pressure", STR_ARG(high->text),
                          STR_ARG(low->text));
    str name = print_concept(code), loinc = print_code(code, SYSTEM_LOINC), value = JSON_TEXT(o, "valueString"),
        unit = STR_NONE;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (str_is(loinc, names[i][0])) name = str_of(names[i][vi ? 1 : 2]);
    if (JSON_GET(quantity, "value"))
        value = print_decimal(a, JSON_GET(quantity, "value"), vi), unit = JSON_TEXT(quantity, "unit");
    if (vi && str_is(unit, "/min")) unit = STR("lần/phút");
    if (!value.len) value = print_concept(JSON_GET(o, "valueCodeableConcept"));
    if (!value.len) return STR_NONE;
    if (str_is(loinc, "29545-1") || str_is(loinc, "69730-0")) return value; /* findings and advice are sentences */
    return str_format(a, "%.*s %.*s%s%.*s", STR_ARG(name), STR_ARG(value), unit.len ? " " : "", STR_ARG(unit));
}

/* ---- resources ---- */

err print_find(struct request *r, struct reader *reader, const struct access *who, fhir_type type, str query,
               size_t most, struct resources *out) {
    struct search_options options = {.access = who ? who : &r->session->access};
    struct search_result found;
    *out = (struct resources){0};
    if (!access_reads(options.access, type)) return OK_ERR;
    query = str_format(r->arena, "%.*s&_count=%d", STR_ARG(query), PAGE);
    while (query.len && out->len < most) {
        TRY(search_run(reader, r->arena, type, query, &options, &found));
        for (size_t i = 0; i < found.hit_count && out->len < most; i++) {
            struct json *tree;
            if (found.hits[i].mode != HIT_MATCH) continue;
            TRY(json_parse(r->arena, found.hits[i].version.body, &tree));
            if (!str_is(JSON_TEXT(tree, "status"), "entered-in-error")) VEC_PUSH(r->arena, out, tree);
        }
        query = found.next;
    }
    return OK_ERR;
}

err print_get(struct request *r, struct reader *reader, fhir_type type, str id, const struct json **out) {
    struct version v;
    struct json *tree;
    err e = reader_get(reader, r->arena, type, id, &v);
    if (e.code == ERR_NOT_FOUND || e.code == ERR_GONE || (!e.code && !access_sees(reader, &r->session->access, &v)))
        return err_make(r->arena, ERR_NOT_FOUND, fhir_type_name(type), "no %s of that id", fhir_type_name(type));
    TRY(e);
    TRY(json_parse(r->arena, v.body, &tree));
    *out = tree;
    return OK_ERR;
}

/* A resource about nobody (Organization, Practitioner): its JSON or NULL. */
static const struct json *open_resource(struct reader *reader, struct arena *a, fhir_type type, str id) {
    struct version v;
    struct json *tree;
    if (!id.len || reader_get(reader, a, type, id, &v).code || json_parse(a, v.body, &tree).code) return NULL;
    return tree;
}

err print_practitioner(struct reader *reader, struct arena *a, const struct json *reference, bool vietnamese, str *name,
                       str *title) {
    str id = print_reference(reference, FHIR_TYPE_PRACTITIONER), role = STR_NONE;
    const struct json *post =
        open_resource(reader, a, FHIR_TYPE_PRACTITIONER_ROLE, print_reference(reference, FHIR_TYPE_PRACTITIONER_ROLE));
    *name = JSON_TEXT(reference, "display");
    *title = STR_NONE;
    if (post) {
        id = print_reference(JSON_GET(post, "practitioner"), FHIR_TYPE_PRACTITIONER);
        role = print_code(json_item(JSON_GET(post, "code"), 0), SYSTEM_ROLE);
    }
    const struct json *who = open_resource(reader, a, FHIR_TYPE_PRACTITIONER, id);
    str text = JSON_TEXT(json_item(JSON_GET(who, "name"), 0), "text");
    if (text.len) *name = text;
    if (id.len && !role.len) {
        static const struct access all = {.everything = true};
        struct search_options options = {.access = &all};
        struct search_result found;
        struct json *tree;
        TRY(search_run(reader, a, FHIR_TYPE_PRACTITIONER_ROLE,
                       str_format(a, "practitioner=Practitioner/%.*s&active=true&_count=1", STR_ARG(id)), &options,
                       &found));
        if (found.hit_count && !json_parse(a, found.hits[0].version.body, &tree).code)
            role = print_code(json_item(JSON_GET(tree, "code"), 0), SYSTEM_ROLE);
    }
    for (size_t n = 0; role.len && role_name(n); n++)
        if (str_is(role, role_name(n))) *title = str_of(role_title(n, vietnamese));
    return OK_ERR;
}

/* ---- diagnoses ---- */

void print_concepts(struct arena *a, const struct json *list, struct texts *out) {
    for (const struct json *c = list ? list->first : NULL; c; c = c->next) {
        str text = print_diagnosis(a, c);
        if (text.len) VEC_PUSH(a, out, text);
    }
}

static err add_conditions(struct request *r, struct reader *reader, const struct access *who, str query, int32_t day,
                          struct texts *out) {
    struct resources found;
    TRY(print_find(r, reader, who, FHIR_TYPE_CONDITION, query, 20, &found));
    for (size_t i = 0; i < found.len; i++) {
        int32_t recorded = print_day(JSON_TEXT(found.at[i], "recordedDate"));
        str text = print_diagnosis(r->arena, JSON_GET(found.at[i], "code"));
        if (text.len && (recorded == DAY_NONE || day == DAY_NONE || recorded <= day)) VEC_PUSH(r->arena, out, text);
    }
    return OK_ERR;
}

/* The conditions for which the person is followed by a programme. */
static err add_followed(struct request *r, struct reader *reader, const struct access *who, str person, int32_t day,
                        struct texts *out) {
    struct resources found;
    TRY(print_find(r, reader, who, FHIR_TYPE_EPISODE_OF_CARE,
                   str_format(r->arena, "patient=Patient/%.*s&status=active", STR_ARG(person)), 20, &found));
    for (size_t i = 0; i < found.len; i++) {
        const struct json *list = JSON_GET(found.at[i], "diagnosis");
        for (const struct json *d = list ? list->first : NULL; d; d = d->next) {
            str id = print_reference(JSON_GET(d, "condition"), FHIR_TYPE_CONDITION);
            if (id.len) TRY(add_conditions(r, reader, who, str_format(r->arena, "_id=%.*s", STR_ARG(id)), day, out));
        }
    }
    return OK_ERR;
}

err print_diagnoses(struct request *r, struct reader *reader, const struct access *who, str person, str encounter,
                    int32_t day, struct texts *out) {
    struct arena *a = r->arena;
    TRY(add_conditions(r, reader, who, str_format(a, "encounter=Encounter/%.*s", STR_ARG(encounter)), day, out));
    if (out->len) return OK_ERR;
    TRY(add_conditions(r, reader, who,
                       str_format(a, "patient=Patient/%.*s&clinical-status=active&category=problem-list-item", STR_ARG(person)),
                       day, out));
    return out->len ? OK_ERR : add_followed(r, reader, who, person, day, out);
}

/* ---- the house ---- */

static str without_kind(str name) {
    static const str kinds[] = {STR("Xã "), STR("Phường "), STR("Thị trấn "), STR("Tỉnh "), STR("Thành phố ")};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_starts(name, kinds[i])) return str_slice(name, kinds[i].len, name.len);
    return name;
}

err print_address(struct reader *reader, struct arena *a, int64_t place, int32_t day, str *out) {
    struct place_path path;
    struct buf text = buf_new(a);
    *out = STR_NONE;
    if (!place) return OK_ERR;
    TRY(network_path(reader, a, place, day == DAY_NONE ? day_today() : day, &path));
    const struct place *parts[] = {&path.hamlet, &path.commune, &path.province};
    for (size_t i = 0; i < 3; i++)
        if (parts[i]->rid) buf_addf(&text, "%s%.*s", text.len ? ", " : "", STR_ARG(parts[i]->name));
    *out = buf_str(&text);
    return OK_ERR;
}

err print_frame(struct request *r, struct reader *reader, str organization, int32_t day, struct form_frame *out) {
    struct arena *a = r->arena;
    struct place_path path;
    *out = (struct form_frame){.vietnamese = print_vietnamese(r), .day = day, .made = clock_now_ms()};
    struct form_facility *f = &out->facility;
    if (!organization.len) organization = r->session->place;
    if (str_starts(organization, STR("Location/")))
        organization = str_slice(organization, strlen("Location/"), organization.len);
    const struct json *house = open_resource(reader, a, FHIR_TYPE_ORGANIZATION, organization);
    if (!house) return OK_ERR;
    const struct json *above = open_resource(reader, a, FHIR_TYPE_ORGANIZATION,
                                             print_reference(JSON_GET(house, "partOf"), FHIR_TYPE_ORGANIZATION));
    struct facility papers;
    f->name = JSON_TEXT(house, "name");
    f->parent = JSON_TEXT(above, "name");
    facility_read(a, house, day == DAY_NONE ? day_today() : day, &papers);
    f->code = papers.code;
    f->phone = papers.phone;
    f->address = papers.address;
    int64_t place = reader_rid(reader, FHIR_TYPE_LOCATION, organization); /* sites: the same id */
    if (!place) return OK_ERR;
    TRY(network_path(reader, a, place, day == DAY_NONE ? day_today() : day, &path));
    f->locality = without_kind(path.commune.rid ? path.commune.name : path.province.name);
    if (!f->address.len) TRY(print_address(reader, a, path.commune.rid, day, &f->address));
    return OK_ERR;
}

/* ---- the person ---- */

str print_age(struct arena *a, const struct subject *s, bool vietnamese, int32_t on) {
    if (s->months >= 0 && s->months < MONTHS_OF_A_CHILD)
        return str_format(a, vietnamese ? "%d tháng" : s->months == 1 ? "%d month" : "%d months", s->months);
    int age = person_age(s->person.birth, on);
    if (age < 0) return STR_NONE;
    return str_format(a, vietnamese ? "%d tuổi" : age == 1 ? "%d year" : "%d years", age);
}

static int months_between(int32_t birth, int32_t on) {
    int y, m, d, y2, m2, d2;
    if (birth == DAY_NONE || on < birth) return -1;
    day_to_civil(birth, &y, &m, &d);
    day_to_civil(on, &y2, &m2, &d2);
    return (y2 - y) * 12 + m2 - m - (d2 < d);
}

err print_subject(struct request *r, struct reader **reader, str id, int32_t on, struct subject *out) {
    struct arena *a = r->arena;
    struct person *p = &out->person;
    bool vi = print_vietnamese(r);
    *out = (struct subject){.birth = DAY_NONE};
    TRY(request_reader(r, reader));
    TRY(person_get(*reader, a, &r->session->access, id, p));
    request_audit(r, "print", FHIR_TYPE_PATIENT, p->id, p->rid);
    day_parse(p->birth, &out->birth);
    out->months = months_between(out->birth, on);
    out->form = (struct form_person){.name = p->name,
                                     .birth = p->birth,
                                     .sex = p->sex,
                                     .identity = p->cccd,
                                     .insurance = p->insurance,
                                     .phone = spaced_phone(a, p->phone),
                                     .ethnic = p->ethnic_name};
    out->form.age = print_age(a, out, vi, on);
    return print_address(*reader, a, p->place, on, &out->form.address);
}
