/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The synthetic people as FHIR JSON, byte by byte the same for the same options. docs/places.md and
 * docs/blood-pressure.md are the model; every resource is tagged synthetic.
 */
#include "emit.h"

#include "base/log.h"

#include <stdio.h>

#define TAGGED ",\"meta\":{\"tag\":[{\"system\":\"" SYSTEM_TAG "\",\"code\":\"synthetic\"}]}"
enum { KIND_SHIFT = 40, STREAM_IDENTITY = 4, STREAM_STAFF = 5, MEDICINES_A_VISIT = 4 };

str demo_id(const struct generator *g, struct arena *a, enum demo_kind kind, int64_t number) {
    static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
    uint64_t x = random_mix(((uint64_t)kind << KIND_SHIFT | (uint64_t)number) ^ random_mix(g->options.seed));
    char *text = arena_alloc(a, 13);
    for (int i = 12; i >= 0; i--, x >>= 5) text[i] = digits[x & 31];
    return (str){text, 13};
}

void emit_begin(struct buf *out, const char *type, str id) {
    buf_addf(out, "{\"resourceType\":\"%s\",\"id\":\"%.*s\"" TAGGED, type, STR_ARG(id));
}

void emit_coding(struct buf *out, const char *name, const char *system, const char *code, const char *text) {
    buf_addf(out, ",\"%s\":{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]", name, system, code);
    if (text) {
        buf_addz(out, ",\"text\":");
        buf_add_json(out, str_of(text));
    }
    buf_addc(out, '}');
}

static void coding_list(struct buf *out, const char *name, const char *system, const char *code) {
    buf_addf(out, ",\"%s\":[{\"coding\":[{\"system\":\"%s\",\"code\":\"%s\"}]}]", name, system, code);
}

void emit_reference(struct buf *out, const char *name, const char *type, str id) {
    buf_addf(out, ",\"%s\":{\"reference\":\"%s/%.*s\"}", name, type, STR_ARG(id));
}

const char *emit_time(int32_t day, int minute, char out[32]) {
    char date[11];
    snprintf(out, 32, "%sT%02d:%02d:00+07:00", day_format(day, date), minute / 60, minute % 60);
    return out;
}

/* ---- places and staff
 * -------------------------------------------------------------------------------------------------- */

str demo_facility_code(struct arena *a, str site) {
    return str_format(a, "S%.*s", STR_ARG(str_slice(site, site.len - 4, site.len)));
}

struct with_codes {
    struct arena *arena;
    network_emit *emit;
    void *context;
};

/* The Organization of a station gets a code in front of its other identifier. */
static void emit_with_code(void *context, const char *type, str id, str json) {
    struct with_codes *w = context;
    static const char list[] = "\"identifier\":[";
    const char *text = str_z(w->arena, json), *at = strstr(text, list);
    if (at && !strcmp(type, "Organization") && str_starts(id, STR("station-"))) {
        size_t before = (size_t)(at - text) + sizeof list - 1;
        json = str_format(w->arena, "%.*s{\"system\":\"" SYSTEM_PRESCRIBING_FACILITY "\",\"value\":\"%.*s\"},%.*s",
                          (int)before, json.at, STR_ARG(demo_facility_code(w->arena, id)), STR_ARG(str_slice(json, before, json.len)));
    }
    w->emit(w->context, type, id, json);
}

void generate_network_json(const struct generator *g, struct arena *a, network_emit *emit, void *context) {
    err e = network_resources(a, &g->facts, emit_with_code, &(struct with_codes){a, emit, context});
    if (e.code) panic("the tables of the network are broken: %.*s", STR_ARG(e.detail)); /* they are inside the program */
    for (size_t i = 0; i < g->hamlet_count; i++) {
        const struct hamlet *h = &g->hamlets[i];
        struct buf out = buf_new(a);
        struct place_text p = {.id = h->id,
                               .name = h->name,
                               .kind = PLACE_HAMLET,
                               .population = -1,
                               .tag = "synthetic",
                               .parent = str_format(a, "former-commune-%.*s", STR_ARG(g->facts.at[h->former].code))};
        network_place_json(&out, &p);
        emit(context, "Location", h->id, buf_str(&out));
    }
}

/* Who works where: the order gives the numbers in staff-PLACE-NUMBER. */
static const char *const station_roles[] = {"station-head",      "doctor", "nurse", "nurse", "midwife", "pharmacist",
                                            "population-officer"};
static const char *const point_roles[] = {"physician-assistant", "nurse"};
static const char *const department_roles[] = {"director", "planner", "epidemiologist"};

static struct workplace {
    str place;
    const char *const *roles;
    int count;
} workplace_of(const struct generator *g, struct arena *a, size_t former) {
    if (former == DEMO_DEPARTMENT)
        return (struct workplace){str_format(a, "health-department-%.*s", STR_ARG(g->options.province)),
                                  department_roles, 3};
    const struct place_fact *f = &g->facts.at[former];
    str place = str_format(a, "station-%.*s", STR_ARG(f->code));
    return f->site == PLACE_STATION ? (struct workplace){place, station_roles, 7}
                                    : (struct workplace){place, point_roles, 2};
}

static str member_name(const struct generator *g, struct arena *a, size_t former, int number, struct random *r,
                       bool *female) {
    static const enum ethnic groups[] = {ETHNIC_KINH, ETHNIC_KINH, ETHNIC_THAI, ETHNIC_THAI, ETHNIC_MONG};
    uint64_t stream = former == DEMO_DEPARTMENT ? 0 : former + 1;
    *r = random_stream(g->options.seed, STREAM_STAFF, stream * 16 + (uint64_t)number);
    enum ethnic group = groups[random_below(r, 5)];
    *female = random_chance(r, 650);
    return generate_name(g, a, r, group, *female);
}

bool generate_staff_member(const struct generator *g, struct arena *a, size_t former, const char *role, str *id,
                           str *name) {
    struct workplace w = workplace_of(g, a, former);
    for (int n = 1; n <= w.count; n++) {
        struct random r;
        bool female;
        if (strcmp(w.roles[n - 1], role)) continue;
        *id = str_format(a, "staff-%.*s-%d", STR_ARG(w.place), n);
        *name = member_name(g, a, former, n, &r, &female);
        return true;
    }
    return false;
}

static void emit_staff(const struct generator *g, struct arena *a, size_t former, network_emit *emit, void *context) {
    struct workplace w = workplace_of(g, a, former);
    for (int n = 1; n <= w.count; n++) {
        struct random r;
        bool female;
        str name = member_name(g, a, former, n, &r, &female);
        str id = str_format(a, "staff-%.*s-%d", STR_ARG(w.place), n),
            post = str_format(a, "post-%.*s-%d", STR_ARG(w.place), n);
        struct buf person = buf_new(a), role = buf_new(a);
        emit_begin(&person, "Practitioner", id);
        buf_addz(&person, ",\"active\":true,\"name\":[{\"use\":\"official\",\"text\":");
        buf_add_json(&person, name);
        buf_addf(&person, "}],\"gender\":\"%s\"}", female ? "female" : "male");
        emit(context, "Practitioner", id, buf_str(&person));
        char since[11];
        emit_begin(&role, "PractitionerRole", post);
        buf_addf(&role, ",\"active\":true,\"period\":{\"start\":\"%s\"}",
                 day_format(g->options.on - random_between(&r, 400, 6000), since));
        emit_reference(&role, "practitioner", "Practitioner", id);
        emit_reference(&role, "organization", "Organization", w.place);
        coding_list(&role, "code", SYSTEM_ROLE, w.roles[n - 1]);
        buf_addf(&role, ",\"location\":[{\"reference\":\"Location/%.*s\"}]}", STR_ARG(w.place));
        emit(context, "PractitionerRole", post, buf_str(&role));
    }
}

void generate_staff_json(const struct generator *g, struct arena *a, network_emit *emit, void *context) {
    emit_staff(g, a, DEMO_DEPARTMENT, emit, context);
    for (size_t i = 0; i < g->facts.len; i++)
        if (g->facts.at[i].kind == PLACE_FORMER_COMMUNE) emit_staff(g, a, i, emit, context);
}

/* ---- residents
 * --------------------------------------------------------------------------------------------------------- */

/* Numbers that cannot be real (docs/places.md): a bijection of the person's number keeps them apart. */
static void identifiers(const struct generator *g, struct random *r, const struct resident *p, struct buf *out) {
    int year, month, day;
    day_to_civil(p->birth, &year, &month, &day);
    uint64_t n = (uint64_t)p->number + random_mix(g->options.seed) % 1000;
    bool card = random_chance(r, p->age >= 14 ? 970 : 880), insured = random_chance(r, 940);
    if (!card && !insured) return;
    buf_addz(out, ",\"identifier\":[");
    if (card)
        buf_addf(out, "{\"system\":\"" SYSTEM_CCCD "\",\"value\":\"099%d%02d%06u\"}%s",
                 (year / 100 - 19) * 2 + (p->female ? 1 : 0), year % 100, (unsigned)(n * 611953 % 1000000),
                 insured ? "," : "");
    if (insured)
        buf_addf(out, "{\"system\":\"" SYSTEM_INSURANCE "\",\"value\":\"99%08u\"}",
                 (unsigned)(n * 61195303 % 100000000));
    buf_addc(out, ']');
}

static str address(const struct generator *g, struct arena *a, const struct hamlet *h) {
    const struct place_fact *f = &g->facts.at[h->former];
    const struct place_fact *commune = f;
    for (size_t i = 0; i < g->facts.len; i++)
        if (g->facts.at[i].kind != PLACE_FORMER_COMMUNE && str_eq(g->facts.at[i].code, f->parent))
            commune = &g->facts.at[i];
    return str_format(a, "%.*s, %.*s, %.*s", STR_ARG(h->name), STR_ARG(commune->name), STR_ARG(g->province->name));
}

static void patient(const struct generator *g, struct arena *a, const struct hamlet *h, const struct resident *p,
                    str home, network_emit *emit, void *context) {
    struct random r = random_stream(g->options.seed, STREAM_IDENTITY, (uint64_t)p->number);
    str id = demo_id(g, a, DEMO_PATIENT, p->number);
    struct buf out = buf_new(a);
    buf_reserve(&out, 1024);
    emit_begin(&out, "Patient", id);
    buf_addf(&out,
             ",\"extension\":[{\"url\":\"" EXTENSION_RESIDENCE
             "\",\"valueReference\":{\"reference\":\"Location/%.*s\"}},"
             "{\"url\":\"" EXTENSION_ETHNIC_GROUP
             "\",\"valueCodeableConcept\":{\"coding\":[{\"system\":\"" SYSTEM_ETHNIC_GROUP
             "\",\"code\":\"%s\",\"display\":\"%s\"}]}}]",
             STR_ARG(h->id), ethnic_groups[p->group].code, ethnic_groups[p->group].name);
    identifiers(g, &r, p, &out);
    buf_addz(&out, ",\"active\":true,\"name\":[{\"use\":\"official\",\"text\":");
    buf_add_json(&out, p->name);
    buf_addz(&out, "}]");
    if (p->age >= 16 && random_chance(&r, 600)) {
        uint64_t n = (uint64_t)p->number + random_mix(g->options.seed ^ 1) % 1000;
        buf_addf(&out, ",\"telecom\":[{\"system\":\"phone\",\"value\":\"0100%06u\",\"use\":\"mobile\"}]",
                 (unsigned)(n * 387643 % 1000000));
    }
    char birth[11];
    day_format(p->birth, birth);
    if (p->birth_year_only) birth[4] = 0;
    buf_addf(&out, ",\"gender\":\"%s\",\"birthDate\":\"%s\",\"address\":[{\"use\":\"home\",\"text\":",
             p->female ? "female" : "male", birth);
    buf_add_json(&out, home);
    buf_addz(&out, "}]}");
    emit(context, "Patient", id, buf_str(&out));
}

/* ---- the course of blood pressure
 * ------------------------------------------------------------------------------------- */

static const struct medicine {
    const char *code, *text;
} medicines[] = {{"C08CA01", "Amlodipin 5 mg"},
                 {"C08CA01", "Amlodipin 10 mg"},
                 {"C09CA01", "Losartan 50 mg"},
                 {"C03AA03", "Hydroclorothiazid 12,5 mg"}};
/* Which of them on each step of the protocol. */
static const unsigned char steps[5][4] = {{0, 0, 0, 0}, {1, 0, 0, 0}, {1, 0, 1, 0}, {0, 1, 1, 0}, {0, 1, 1, 1}};

void emit_encounter(struct emit_context *c, str id, int32_t day, int minute, const struct site *site, const char *visit) {
    char from[32], until[32];
    struct buf e = buf_new(c->a);
    buf_reserve(&e, 700);
    emit_begin(&e, "Encounter", id);
    buf_addz(&e, ",\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                 "v3-ActCode\",\"code\":\"AMB\"}");
    if (visit) coding_list(&e, "type", SYSTEM_VISIT, visit);
    emit_reference(&e, "subject", "Patient", c->patient);
    buf_addf(&e, ",\"participant\":[{\"individual\":{\"reference\":\"Practitioner/%.*s\"}}]", STR_ARG(site->nurse));
    buf_addf(&e, ",\"period\":{\"start\":\"%s\",\"end\":\"%s\"}", emit_time(day, minute, from), emit_time(day, minute + 6, until));
    emit_reference(&e, "serviceProvider", "Organization", site->organization);
    buf_addc(&e, '}');
    c->emit(c->context, "Encounter", id, buf_str(&e));
}

static void emit_visit(struct emit_context *c, const struct bp_visit *v, int index, const struct site *site, bool current) {
    char at[32], date[11];
    int64_t number = c->number * 64 + index;
    str encounter = demo_id(c->g, c->a, DEMO_ENCOUNTER, number),
        observation = demo_id(c->g, c->a, DEMO_OBSERVATION, number);
    struct buf o = buf_new(c->a);
    emit_encounter(c, encounter, v->day, v->minute, site, NULL);
    buf_reserve(&o, 1024);
    emit_begin(&o, "Observation", observation);
    buf_addz(&o, ",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/"
                 "observation-category\",\"code\":\"vital-signs\"}]}]");
    emit_coding(&o, "code", SYSTEM_LOINC, "85354-9", NULL);
    emit_reference(&o, "subject", "Patient", c->patient);
    emit_reference(&o, "encounter", "Encounter", encounter);
    buf_addf(&o, ",\"effectiveDateTime\":\"%s\",\"component\":[", emit_time(v->day, v->minute + 2, at));
    for (int i = 0; i < 2; i++)
        buf_addf(&o,
                 "%s{\"code\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC
                 "\",\"code\":\"%s\"}]},\"valueQuantity\":{\"value\":%d,\"unit\":"
                 "\"mmHg\",\"system\":\"" SYSTEM_UCUM "\",\"code\":\"mm[Hg]\"}}",
                 i ? "," : "", i ? "8462-4" : "8480-6", i ? v->diastolic : v->systolic);
    buf_addz(&o, "]}");
    c->emit(c->context, "Observation", observation, buf_str(&o));
    for (int m = 0; v->supply && m < MEDICINES_A_VISIT; m++) {
        if (!steps[v->step][m]) continue;
        str id = demo_id(c->g, c->a, DEMO_MEDICATION, number * MEDICINES_A_VISIT + m);
        struct buf out = buf_new(c->a);
        buf_reserve(&out, 1024);
        emit_begin(&out, "MedicationRequest", id);
        buf_addf(&out, ",\"status\":\"%s\",\"intent\":\"order\"", current ? "active" : "completed");
        emit_coding(&out, "medicationCodeableConcept", SYSTEM_ATC, medicines[m].code, medicines[m].text);
        emit_reference(&out, "subject", "Patient", c->patient);
        emit_reference(&out, "encounter", "Encounter", encounter);
        buf_addf(&out,
                 ",\"authoredOn\":\"%s\",\"dosageInstruction\":[{\"text\":\"1 viên buổi "
                 "sáng\"}],\"dispenseRequest\":{\"quantity\":"
                 "{\"value\":%d,\"unit\":\"viên\"},\"expectedSupplyDuration\":{\"value\":%d,\"unit\":\"ngày\","
                 "\"system\":\"" SYSTEM_UCUM "\",\"code\":\"d\"}}}",
                 day_format(v->day, date), v->supply, v->supply);
        c->emit(c->context, "MedicationRequest", id, buf_str(&out));
    }
}

static void emit_course(struct emit_context *c, const struct bp_course *course, const struct site *site,
                        const struct site *main_site) {
    char date[11], from[32], until[32];
    str condition = demo_id(c->g, c->a, DEMO_CONDITION, c->number),
        episode = demo_id(c->g, c->a, DEMO_EPISODE, c->number);
    struct buf d = buf_new(c->a), e = buf_new(c->a);
    day_format(course->enrolled, date);
    emit_begin(&d, "Condition", condition);
    emit_coding(&d, "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical", "active", NULL);
    emit_coding(&d, "code", SYSTEM_ICD10, "I10", "Tăng huyết áp vô căn (nguyên phát)");
    emit_reference(&d, "subject", "Patient", c->patient);
    buf_addf(&d, ",\"recordedDate\":\"%s\"}", date);
    c->emit(c->context, "Condition", condition, buf_str(&d));
    emit_begin(&e, "EpisodeOfCare", episode);
    buf_addz(&e, ",\"status\":\"active\",\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_PROGRAMME
                 "\",\"code\":\"hypertension\"}]}]");
    buf_addf(&e, ",\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/%.*s\"}}]", STR_ARG(condition));
    emit_reference(&e, "patient", "Patient", c->patient);
    emit_reference(&e, "managingOrganization", "Organization", site->organization);
    buf_addf(&e, ",\"period\":{\"start\":\"%s\"}}", date);
    c->emit(c->context, "EpisodeOfCare", episode, buf_str(&e));
    int last_supply = -1;
    for (int i = 0; i < course->count; i++)
        if (course->visits[i].supply) last_supply = i;
    for (int i = 0; i < course->count; i++)
        emit_visit(c, &course->visits[i], i, course->visits[i].at_main_station ? main_site : site, i == last_supply);
    if (course->next == INT32_MIN) return;
    str appointment = demo_id(c->g, c->a, DEMO_APPOINTMENT, c->number);
    struct buf n = buf_new(c->a);
    emit_begin(&n, "Appointment", appointment);
    buf_addf(&n,
             ",\"status\":\"booked\",\"start\":\"%s\",\"end\":\"%s\",\"participant\":[{\"actor\":{\"reference\":"
             "\"Patient/%.*s\"},"
             "\"status\":\"accepted\"}]}",
             emit_time(course->next, 8 * 60, from), emit_time(course->next, 8 * 60 + 15, until), STR_ARG(c->patient));
    c->emit(c->context, "Appointment", appointment, buf_str(&n));
}

static struct site site_of(const struct generator *g, struct arena *a, size_t former) {
    str code = g->facts.at[former].code;
    int nurse = g->facts.at[former].site == PLACE_STATION ? 3 : 2; /* in station_roles, point_roles */
    return (struct site){str_format(a, "station-%.*s", STR_ARG(code)), str_format(a, "staff-station-%.*s-%d", STR_ARG(code), nurse)};
}

void generate_household_json(const struct generator *g, struct arena *a, size_t hamlet,
                             const struct hamlet_people *people, int household, network_emit *emit, void *context) {
    const struct hamlet *h = &g->hamlets[hamlet];
    str home = address(g, a, h);
    struct buf group = buf_new(a);
    str group_id = STR_NONE;
    int size = 0;
    for (int i = 0; i < people->count; i++) {
        const struct resident *p = &people->residents[i];
        if (p->household != household) continue;
        patient(g, a, h, p, home, emit, context);
        str id = demo_id(g, a, DEMO_PATIENT, p->number);
        if (p->head) {
            group_id = demo_id(g, a, DEMO_GROUP, p->number);
            emit_begin(&group, "Group", group_id);
            buf_addf(&group,
                     ",\"extension\":[{\"url\":\"" EXTENSION_HOUSEHOLD_HEAD
                     "\",\"valueReference\":{\"reference\":\"Patient/%.*s\"}}],"
                     "\"active\":true,\"type\":\"person\",\"actual\":true,\"code\":{\"coding\":[{\"system\":"
                     "\"" SYSTEM_GROUP_KIND "\",\"code\":\"household\"}]},\"member\":[",
                     STR_ARG(id));
        }
        buf_addf(&group, "%s{\"entity\":{\"reference\":\"Patient/%.*s\"}}", size++ ? "," : "", STR_ARG(id));
    }
    if (!size) return;
    buf_addz(&group, "]}");
    emit(context, "Group", group_id, buf_str(&group));
    struct site site = site_of(g, a, h->former), main_site = site_of(g, a, h->main_station);
    for (int i = 0; i < people->count; i++) {
        const struct resident *p = &people->residents[i];
        struct bp_course course;
        if (p->household != household || g->options.people_only) continue;
        struct emit_context c = {.g = g,
                                 .a = a,
                                 .patient = demo_id(g, a, DEMO_PATIENT, p->number),
                                 .number = p->number,
                                 .emit = emit,
                                 .context = context};
        bool enrolled = generate_course(g, a, p, &course);
        if (enrolled) emit_course(&c, &course, &site, &main_site);
        if (!enrolled) emit_illness(&c, p, &site);
        emit_health(&c, p, &site, enrolled && course.count ? course.visits[course.count - 1].day : DAY_NONE);
    }
}
