/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published table as FHIR Location and Organization resources (docs/places.md). Facility codes look synthetic on
 * purpose.
 */
#include "network.h"

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

static bool is_site(enum place_kind k) { return k == PLACE_STATION || k == PLACE_POINT || k == PLACE_OFFICE; }

void network_place_json(struct buf *out, const struct place_text *p) {
    head(out, "Location", p->id, p->tag);
    if (p->population >= 0)
        buf_addf(out, ",\"extension\":[{\"url\":\"" EXTENSION_POPULATION "\",\"valueUnsignedInt\":%lld}]",
                 (long long)p->population);
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
        is_site(p->kind) ? "si" : "jdn");
    if (p->latitude.len && p->longitude.len)
        buf_addf(out, ",\"position\":{\"longitude\":%.*s,\"latitude\":%.*s}", STR_ARG(p->longitude),
                 STR_ARG(p->latitude));
    if (p->manager.len) reference(out, "managingOrganization", "Organization", p->manager);
    if (p->parent.len) reference(out, "partOf", "Location", p->parent);
    buf_addc(out, '}');
}

static void organization_json(struct buf *out, str id, str name, const char *kind, str code, str parent,
                              const char *tag) {
    head(out, "Organization", id, tag);
    if (code.len) identifier(out, STR(SYSTEM_FACILITY), code);
    buf_addf(out, ",\"active\":true,\"type\":[{\"coding\":[{\"system\":\"" SYSTEM_PLACE_KIND "\",\"code\":\"%s\"}]}]",
             kind);
    member(out, "name", name);
    if (parent.len) reference(out, "partOf", "Organization", parent);
    buf_addc(out, '}');
}

/* "Phường Noong Bua" → "phường Noong Bua": the kind is not a name inside a longer one. */
static str lower_kind(struct arena *a, str name) {
    static const char *const words[][2] = {{"Phường ", "phường "}, {"Xã ", "xã "}, {"Thị trấn ", "thị trấn "}};
    for (size_t i = 0; i < 3; i++) {
        str w = str_of(words[i][0]);
        if (str_starts(name, w)) return str_format(a, "%s%.*s", words[i][1], STR_ARG(str_slice(name, w.len, name.len)));
    }
    return name;
}

str network_site_name(struct arena *a, enum place_kind kind, str commune_name) {
    str lower = lower_kind(a, commune_name);
    return str_format(a, "%s %.*s", kind == PLACE_POINT ? "Điểm trạm Y tế" : "Trạm Y tế", STR_ARG(lower));
}

static void emit_commune(struct arena *a, const struct place_fact *f, network_emit *emit, void *context) {
    struct buf location = buf_new(a), committee = buf_new(a);
    struct place_text p = {.id = str_format(a, "commune-%.*s", STR_ARG(f->code)),
                           .name = f->name,
                           .parent = str_format(a, "province-%.*s", STR_ARG(f->parent)),
                           .code_system = STR(SYSTEM_ADMINISTRATIVE_UNIT),
                           .code = f->code,
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .kind = f->kind,
                           .population = f->population};
    network_place_json(&location, &p);
    emit(context, "Location", p.id, buf_str(&location));
    str id = str_format(a, "committee-%.*s", STR_ARG(f->code));
    str name = str_format(a, "Ủy ban nhân dân %.*s", STR_ARG(lower_kind(a, f->name)));
    organization_json(&committee, id, name, "committee", STR_NONE, STR_NONE, NULL);
    emit(context, "Organization", id, buf_str(&committee));
}

static void emit_former(struct arena *a, const struct place_fact *f, unsigned number, str province, network_emit *emit,
                        void *context) {
    struct buf location = buf_new(a), site = buf_new(a), organization = buf_new(a);
    struct place_text p = {.id = str_format(a, "former-commune-%.*s", STR_ARG(f->code)),
                           .name = f->name,
                           .parent = str_format(a, "commune-%.*s", STR_ARG(f->parent)),
                           .code_system = STR(SYSTEM_ADMINISTRATIVE_UNIT),
                           .code = f->code,
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .kind = PLACE_FORMER_COMMUNE,
                           .population = f->population};
    network_place_json(&location, &p);
    emit(context, "Location", p.id, buf_str(&location));

    str id = str_format(a, "station-%.*s", STR_ARG(f->code));
    str code = str_format(a, "SYN-%.*s-%04u", STR_ARG(province), number);
    struct place_text s = {.id = id,
                           .name = network_site_name(a, f->site, f->name),
                           .parent = p.id,
                           .code_system = STR(SYSTEM_FACILITY),
                           .code = code,
                           .latitude = f->latitude,
                           .longitude = f->longitude,
                           .kind = f->site,
                           .population = -1,
                           .tag = "assumed",
                           .manager = id};
    str manager = str_format(a, "committee-%.*s", STR_ARG(f->parent));
    organization_json(&organization, id, s.name, place_kind_code(f->site), code, manager, "assumed");
    emit(context, "Organization", id, buf_str(&organization));
    network_place_json(&site, &s);
    emit(context, "Location", id, buf_str(&site));
}

static void emit_province(struct arena *a, const struct place_fact *f, network_emit *emit, void *context) {
    struct buf location = buf_new(a), office = buf_new(a), organization = buf_new(a);
    struct place_text p = {.id = str_format(a, "province-%.*s", STR_ARG(f->code)),
                           .name = f->name,
                           .code_system = STR(SYSTEM_ADMINISTRATIVE_UNIT),
                           .code = f->code,
                           .kind = PLACE_PROVINCE,
                           .population = f->population};
    network_place_json(&location, &p);
    emit(context, "Location", p.id, buf_str(&location));
    str id = str_format(a, "health-department-%.*s", STR_ARG(f->code)), name = f->name;
    if (str_starts(name, STR("Tỉnh "))) name = str_slice(name, STR("Tỉnh ").len, name.len);
    struct place_text o = {.id = id,
                           .name = str_format(a, "Sở Y tế %.*s", STR_ARG(name)),
                           .parent = p.id,
                           .kind = PLACE_OFFICE,
                           .population = -1,
                           .manager = id};
    organization_json(&organization, id, o.name, "health-department", STR_NONE, STR_NONE, NULL);
    emit(context, "Organization", id, buf_str(&organization));
    network_place_json(&office, &o);
    emit(context, "Location", id, buf_str(&office));
}

void network_resources(struct arena *a, const struct place_facts *facts, network_emit *emit, void *context) {
    unsigned number = 0;
    str province = STR_NONE;
    for (size_t i = 0; i < facts->len; i++) {
        const struct place_fact *f = &facts->at[i];
        switch (f->kind) {
        case PLACE_PROVINCE:
            province = f->code;
            emit_province(a, f, emit, context);
            break;
        case PLACE_COMMUNE:
        case PLACE_WARD: emit_commune(a, f, emit, context); break;
        case PLACE_FORMER_COMMUNE: emit_former(a, f, ++number, province, emit, context); break;
        default: break;
        }
    }
}
