/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published table as FHIR Location, Organization and OrganizationAffiliation, and its decisions (docs/places.md).
 * Facility codes look synthetic on purpose.
 */
#include "founding.h"
#include "network.h"

#include "base/vec.h"
#include "base/vocabulary.h"

static void member(struct buf *out, const char *name, str value) {
    buf_addf(out, ",\"%s\":", name);
    buf_add_json(out, value);
}

static void head(struct buf *out, const char *type, str id, const char *tag) {
    buf_addf(out, "{\"resourceType\":\"%s\",\"id\":", type);
    buf_add_json(out, id);
    if (tag) buf_addf(out, ",\"meta\":{\"tag\":[{\"system\":\"" SYSTEM_TAG "\",\"code\":\"%s\"}]}", tag);
}

static void identifier(struct buf *out, str system, str code) {
    buf_addz(out, ",\"identifier\":[{\"system\":");
    buf_add_json(out, system);
    buf_addz(out, ",\"value\":");
    buf_add_json(out, code);
    buf_addz(out, "}]");
}

static void reference(struct buf *out, const char *name, const char *type, str id) {
    buf_addf(out, ",\"%s\":{\"reference\":\"%s/%.*s\"}", name, type, STR_ARG(id));
}

static void extensions(struct buf *out, const struct place_text *p) {
    if (p->population < 0 && !p->begun_by.len) return;
    buf_addz(out, ",\"extension\":[");
    if (p->population >= 0)
        buf_addf(out, "{\"url\":\"" EXTENSION_POPULATION "\",\"valueUnsignedInt\":%lld}%s", (long long)p->population,
                 p->begun_by.len ? "," : "");
    if (p->begun_by.len)
        buf_addf(out, "{\"url\":\"" EXTENSION_BEGUN_BY "\",\"valueReference\":{\"reference\":\"Decision/%.*s\"}}",
                 STR_ARG(p->begun_by));
    buf_addc(out, ']');
}

void network_place_json(struct buf *out, const struct place_text *p) {
    head(out, "Location", p->id, p->tag);
    extensions(out, p);
    if (p->code.len) identifier(out, p->code_system, p->code);
    buf_addz(out, ",\"status\":\"active\"");
    member(out, "name", p->name);
    buf_addf(out,
             ",\"mode\":\"instance\",\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_PLACE_KIND "\",\"code\":\"%s\"}]}]",
             place_kind_code(p->kind));
    buf_addf(
        out,
        ",\"physicalType\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/location-physical-type\","
        "\"code\":\"%s\"}]}",
        place_is_area(p->kind) ? "jdn" : "si");
    if (p->latitude.len && p->longitude.len)
        buf_addf(out, ",\"position\":{\"longitude\":%.*s,\"latitude\":%.*s}", STR_ARG(p->longitude),
                 STR_ARG(p->latitude));
    if (p->manager.len) reference(out, "managingOrganization", "Organization", p->manager);
    if (p->parent.len) reference(out, "partOf", "Location", p->parent);
    buf_addc(out, '}');
}

/* "Phường Noong Bua" → "phường Noong Bua": the kind is not a name inside a longer one. */
static str lower_kind(struct arena *a, str name) {
    static const char *const words[][2] = {
        {"Phường ", "phường "}, {"Xã ", "xã "}, {"Thị trấn ", "thị trấn "}, {"Đặc khu ", "đặc khu "}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        str w = str_of(words[i][0]);
        if (str_starts(name, w)) return str_format(a, "%s%.*s", words[i][1], STR_ARG(str_slice(name, w.len, name.len)));
    }
    return name;
}

str network_site_name(struct arena *a, enum place_kind kind, str commune_name) {
    str lower = lower_kind(a, commune_name);
    return str_format(a, "%s %.*s", kind == PLACE_POINT ? "Điểm trạm Y tế" : "Trạm Y tế", STR_ARG(lower));
}

struct emitting {
    struct arena *arena;
    const struct place_facts *facts;
    network_emit *emit;
    void *context;
    str province;
};

static void emit_location(struct emitting *e, const struct place_text *p) {
    struct buf out = buf_new(e->arena);
    network_place_json(&out, p);
    e->emit(e->context, "Location", p->id, buf_str(&out));
}

static void emit_organization(struct emitting *e, const struct place_text *p) {
    struct buf out = buf_new(e->arena);
    head(&out, "Organization", p->id, p->tag);
    if (p->code.len) identifier(&out, p->code_system, p->code);
    buf_addf(&out, ",\"active\":true,\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_PLACE_KIND "\",\"code\":\"%s\"}]}]",
             place_kind_code(p->kind));
    member(&out, "name", p->name);
    buf_addc(&out, '}');
    e->emit(e->context, "Organization", p->id, buf_str(&out));
}

/* A body: Location and Organization under one id. */
static void emit_body(struct emitting *e, struct place_text *p) {
    p->manager = p->id;
    emit_organization(e, p);
    emit_location(e, p);
}

/* The roles (letters m, d, i: manager, director, insurer) that `organization` has for the place. */
static void emit_affiliation(struct emitting *e, str place, str organization, const char *roles) {
    struct buf out = buf_new(e->arena);
    str id = str_format(e->arena, "%s-%.*s",
                        roles[0] == 'm'   ? "manager"
                        : roles[0] == 'd' ? "director"
                                          : "insurer",
                        STR_ARG(place));
    head(&out, "OrganizationAffiliation", id, NULL);
    buf_addz(&out, ",\"active\":true");
    reference(&out, "organization", "Organization", organization);
    reference(&out, "participatingOrganization", "Organization", place);
    buf_addz(&out, ",\"code\":[");
    for (const char *r = roles; *r; r++)
        buf_addf(&out, "%s{\"coding\":[{\"system\":\"" SYSTEM_HIERARCHY "\",\"code\":\"%s\"}]}", r == roles ? "" : ",",
                 hierarchy_code(*r == 'm'   ? HIERARCHY_MANAGER
                                : *r == 'd' ? HIERARCHY_DIRECTOR
                                            : HIERARCHY_INSURER));
    buf_addf(&out, "],\"location\":[{\"reference\":\"Location/%.*s\"}]}", STR_ARG(place));
    e->emit(e->context, "OrganizationAffiliation", id, buf_str(&out));
}

/* ---- what stood before every decision ---------------------------------------------------------------------------- */

static str centre_of(struct emitting *e, str district) {
    for (size_t i = 0; i < e->facts->len; i++)
        if (e->facts->at[i].kind == PLACE_HEALTH_CENTRE && str_eq(e->facts->at[i].district, district))
            return e->facts->at[i].code;
    return STR_NONE;
}

static str district_of(struct emitting *e, str name) {
    for (size_t i = 0; i < e->facts->len; i++)
        if (e->facts->at[i].kind == PLACE_DISTRICT && str_eq(e->facts->at[i].name, name))
            return str_format(e->arena, "district-%.*s", STR_ARG(e->facts->at[i].code));
    return STR_NONE;
}

static enum place_kind commune_kind(str name) {
    return str_starts(name, STR("Phường "))     ? PLACE_WARD
           : str_starts(name, STR("Thị trấn ")) ? PLACE_TOWNSHIP
                                                : PLACE_COMMUNE;
}

static void emit_site(struct emitting *e, struct place_text *s, str district) {
    str centre = centre_of(e, district);
    emit_body(e, s);
    if (centre.len) emit_affiliation(e, s->id, centre, "mdi");
}

static void emit_former(struct emitting *e, const struct place_fact *f, unsigned number) {
    struct arena *a = e->arena;
    struct place_text p = {.id = str_format(a, "former-commune-%.*s", STR_ARG(f->code)),
                           .name = f->name,
                           .parent = district_of(e, f->district),
                           .code_system = STR(SYSTEM_ADMINISTRATIVE_UNIT),
                           .code = f->code,
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .kind = commune_kind(f->name),
                           .population = f->population};
    struct place_text s = {.id = str_format(a, "station-%.*s", STR_ARG(f->code)),
                           .name = network_site_name(a, PLACE_STATION, f->name),
                           .parent = p.id,
                           .code_system = STR(SYSTEM_FACILITY),
                           .code = str_format(a, "SYN-%.*s-%04u", STR_ARG(e->province), number),
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .kind = PLACE_STATION,
                           .population = -1};
    emit_location(e, &p);
    emit_site(e, &s, f->district);
}

static void emit_area(struct emitting *e, const struct place_fact *f, const char *prefix, str parent) {
    struct place_text p = {.id = str_format(e->arena, "%s-%.*s", prefix, STR_ARG(f->code)),
                           .name = f->name,
                           .parent = parent,
                           .code_system = STR(SYSTEM_ADMINISTRATIVE_UNIT),
                           .code = f->code,
                           .kind = f->kind,
                           .population = f->population};
    emit_location(e, &p);
}

static void emit_department(struct emitting *e, const struct place_fact *f) {
    str name = f->name;
    if (str_starts(name, STR("Tỉnh "))) name = str_slice(name, STR("Tỉnh ").len, name.len);
    struct place_text o = {.id = str_format(e->arena, "health-department-%.*s", STR_ARG(f->code)),
                           .name = str_format(e->arena, "Sở Y tế %.*s", STR_ARG(name)),
                           .parent = str_format(e->arena, "province-%.*s", STR_ARG(f->code)),
                           .kind = PLACE_OFFICE,
                           .population = -1};
    emit_body(e, &o);
}

/* A hospital, centre, polyclinic, social unit or office of the province; the sub-stations too. */
static void emit_other(struct emitting *e, const struct place_fact *f) {
    str department = str_format(e->arena, "health-department-%.*s", STR_ARG(e->province));
    bool sub = f->kind == PLACE_POINT;
    struct place_text p = {.id = f->code,
                           .name = f->name,
                           .kind = f->kind,
                           .population = -1,
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .parent = sub ? str_format(e->arena, "former-commune-%.*s", STR_ARG(f->parent))
                                         : str_format(e->arena, "province-%.*s", STR_ARG(f->parent)),
                           .tag = f->note.len ? "assumed" : NULL};
    if (sub) {
        emit_site(e, &p, f->district);
        return;
    }
    emit_body(e, &p);
    emit_affiliation(e, p.id, department, "md");
    emit_affiliation(e, p.id, f->kind == PLACE_OFFICE ? department : p.id, "i");
}

static void emit_fact(struct emitting *e, const struct place_fact *f, unsigned *stations) {
    if (f->kind == PLACE_PROVINCE) {
        e->province = f->code;
        emit_area(e, f, "province", STR_NONE);
        emit_department(e, f);
    } else if (f->kind == PLACE_DISTRICT) {
        emit_area(e, f, "district", str_format(e->arena, "province-%.*s", STR_ARG(f->parent)));
    } else if (f->kind == PLACE_FORMER_COMMUNE) {
        emit_former(e, f, ++*stations);
    } else if (!place_is_area(f->kind)) {
        emit_other(e, f);
    }
}

/* ---- decisions and the places they begin ------------------------------------------------------------------------- */

void network_begun_place(struct arena *a, const struct decision *d, const struct operation *o, str id,
                         int64_t population, network_emit *emit, void *context) {
    struct emitting e = {.arena = a, .emit = emit, .context = context};
    struct place_text p = {.id = id,
                           .name = o->name,
                           .parent = o->parent,
                           .code = o->code,
                           .kind = o->place_kind,
                           .population = population,
                           .code_system =
                               place_is_area(o->place_kind) ? STR(SYSTEM_ADMINISTRATIVE_UNIT) : STR(SYSTEM_FACILITY),
                           .latitude = o->latitude_text,
                           .longitude = o->longitude_text,
                           .begun_by = d->id,
                           .tag = d->assumed ? "assumed" : NULL};
    if (place_is_area(p.kind))
        emit_location(&e, &p);
    else
        emit_body(&e, &p);
}

static void emit_services(struct emitting *e, str id, str services) {
    str rest = services, code;
    while (rest.len && str_split(&rest, ' ', &code)) {
        struct buf out = buf_new(e->arena);
        str service = str_format(e->arena, "%.*s-%.*s", STR_ARG(code), STR_ARG(id));
        head(&out, "HealthcareService", service, NULL);
        buf_addz(&out, ",\"active\":true");
        reference(&out, "providedBy", "Organization", id);
        buf_addz(&out, ",\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_SERVICE "\",\"code\":");
        buf_add_json(&out, code);
        buf_addf(&out, "}]}],\"location\":[{\"reference\":\"Location/%.*s\"}]}", STR_ARG(id));
        e->emit(e->context, "HealthcareService", service, buf_str(&out));
    }
}

void network_state_resources(struct arena *a, str id, const struct place_state *s, int64_t population,
                             network_emit *emit, void *context) {
    static const char *const roles[] = {"m", "d", "i"};
    struct emitting e = {.arena = a, .emit = emit, .context = context};
    struct place_text p = {.id = id,
                           .name = s->name,
                           .parent = s->parent,
                           .code = s->code,
                           .kind = s->kind,
                           .population = population,
                           .code_system =
                               place_is_area(s->kind) ? STR(SYSTEM_ADMINISTRATIVE_UNIT) : STR(SYSTEM_FACILITY),
                           .latitude = s->has_position ? str_format(a, "%.5f", s->latitude) : STR_NONE,
                           .longitude = s->has_position ? str_format(a, "%.5f", s->longitude) : STR_NONE,
                           .tag = s->assumed ? "assumed" : NULL};
    if (place_is_area(s->kind)) {
        emit_location(&e, &p);
        return;
    }
    emit_body(&e, &p);
    for (int h = 0; h < HIERARCHY_COUNT; h++)
        if (s->above[h].len) emit_affiliation(&e, id, s->above[h], roles[h]);
    emit_services(&e, id, s->services);
}

static const struct place_fact *commune_fact(const struct place_facts *facts, str code) {
    for (size_t i = 0; code.len && i < facts->len; i++)
        if (place_is_commune(facts->at[i].kind) && str_eq(facts->at[i].code, code)) return &facts->at[i];
    return NULL;
}

static void emit_decision(struct emitting *e, const struct decision *d) {
    struct buf out = buf_new(e->arena);
    for (size_t i = 0; i < d->operations.len; i++) {
        struct operation o = d->operations.at[i];
        const struct place_fact *f = commune_fact(e->facts, o.code);
        if (f) o.latitude_text = f->latitude, o.longitude_text = f->longitude;
        if (o.place_kind && o.kind == OPERATION_MERGE)
            network_begun_place(e->arena, d, &o, o.target, f ? f->population : -1, e->emit, e->context);
        for (size_t k = 0; o.kind == OPERATION_CREATE && k < o.places.len; k++)
            network_begun_place(e->arena, d, &o, o.places.at[k], -1, e->emit, e->context);
    }
    decision_write(&out, d);
    e->emit(e->context, "Decision", d->id, buf_str(&out));
}

err network_resources(struct arena *a, const struct place_facts *facts, network_emit *emit, void *context) {
    struct emitting e = {.arena = a, .facts = facts, .emit = emit, .context = context};
    struct decisions decisions;
    unsigned stations = 0;
    for (size_t i = 0; i < facts->len; i++) emit_fact(&e, &facts->at[i], &stations);
    TRY(network_fact_decisions(a, e.province, &decisions));
    for (size_t i = 0; i < decisions.len; i++) emit_decision(&e, &decisions.at[i]);
    return OK_ERR;
}

/* ---- the same without a store ------------------------------------------------------------------------------------ */

struct gathering {
    struct arena *arena;
    struct {
        const struct json **at;
        size_t len, cap;
    } locations, affiliations;
    err error;
};

static void gather(void *context, const char *type, str id, str json) {
    struct gathering *g = context;
    struct json *tree;
    (void)id;
    bool location = strcmp(type, "Location") == 0;
    if (g->error.code || (!location && strcmp(type, "OrganizationAffiliation") != 0)) return;
    g->error = json_parse(g->arena, json, &tree);
    if (g->error.code) return;
    if (location)
        VEC_PUSH(g->arena, &g->locations, tree);
    else
        VEC_PUSH(g->arena, &g->affiliations, tree);
}

err network_fact_founding(struct arena *a, const struct place_facts *facts, struct network_founding **out,
                          size_t *count) {
    struct gathering g = {.arena = a};
    TRY(network_resources(a, facts, gather, &g));
    TRY(g.error);
    return network_foundings(a,
                             &(struct network_resource_lists){g.locations.at, g.affiliations.at, NULL, g.locations.len,
                                                              g.affiliations.len, 0},
                             out, count);
}
