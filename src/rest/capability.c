/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CapabilityStatement, from the same tables that answer the requests: what stands here is what works.
 */
#include "rest_int.h"

#include "search/search.h"

static const char *const kind_names[] = {[SEARCH_NUMBER] = "number", [SEARCH_DATE] = "date", [SEARCH_STRING] = "string",
                                         [SEARCH_TOKEN] = "token", [SEARCH_REFERENCE] = "reference", [SEARCH_COMPOSITE] = "composite",
                                         [SEARCH_QUANTITY] = "quantity", [SEARCH_URI] = "uri", [SEARCH_SPECIAL] = "special"};

static void put_codes(struct buf *out, const char *name, const char *const *codes) {
    buf_addf(out, "\"%s\":[", name);
    for (size_t i = 0; codes[i]; i++) buf_addf(out, "%s{\"code\":\"%s\"}", i ? "," : "", codes[i]);
    buf_addz(out, "],");
}

static void put_parameter(struct buf *out, str code, const char *url, const char *kind, bool *first) {
    buf_addz(out, *first ? "{\"name\":" : ",{\"name\":");
    *first = false;
    buf_add_json(out, code);
    if (url && *url) {
        buf_addz(out, ",\"definition\":");
        buf_add_json(out, str_of(url));
    }
    buf_addf(out, ",\"type\":\"%s\"}", kind);
}

static void put_type(struct buf *out, fhir_type type) {
    static const char *const interactions[] = {"read", "vread", "update", "patch", "delete", "history-instance", "history-type",
                                               "create", "search-type", NULL};
    size_t count;
    const struct fhir_search *list = fhir_search_list(type, &count);
    bool first = true;
    buf_addf(out, "{\"type\":\"%s\",", fhir_type_name(type));
    put_codes(out, "interaction", interactions);
    buf_addz(out, "\"versioning\":\"versioned-update\",\"readHistory\":true,\"updateCreate\":true,\"conditionalCreate\":true,"
                  "\"conditionalRead\":\"full-support\",\"conditionalUpdate\":true,\"conditionalDelete\":\"multiple\","
                  "\"referencePolicy\":[\"literal\",\"logical\"],\"searchInclude\":[\"*\"");
    for (size_t i = 0; i < count; i++)
        if (list[i].kind == SEARCH_REFERENCE && search_supports(&list[i])) buf_addf(out, ",\"%s:%.*s\"", fhir_type_name(type), STR_ARG(list[i].code));
    buf_addz(out, "],\"searchRevInclude\":[\"*\"],\"searchParam\":[");
    for (size_t i = 0; i < count; i++)
        if (search_supports(&list[i])) put_parameter(out, list[i].code, list[i].url, kind_names[list[i].kind], &first);
    if (!fhir_search_find(type, STR("_id"))) put_parameter(out, STR("_id"), "http://hl7.org/fhir/SearchParameter/Resource-id", "token", &first);
    if (!fhir_search_find(type, STR("_lastUpdated")))
        put_parameter(out, STR("_lastUpdated"), "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "date", &first);
    buf_addz(out, "],\"operation\":[{\"name\":\"validate\",\"definition\":\"http://hl7.org/fhir/OperationDefinition/Resource-validate\"}");
    if (type == FHIR_TYPE_PATIENT) {
        buf_addz(out, ",{\"name\":\"summary\",\"definition\":\"http://hl7.org/fhir/uv/ips/OperationDefinition/summary\"}");
        buf_addz(out, ",{\"name\":\"everything\",\"definition\":\"http://hl7.org/fhir/OperationDefinition/Patient-everything\"}");
    }
    buf_addz(out, "]}");
}

/* Types that R4 itself names (the definitions may carry one of a later release). */
static bool is_r4(fhir_type type) {
    fhir_type backbone = fhir_type_find(STR("CapabilityStatement.rest.resource"));
    const struct fhir_element *e = backbone != FHIR_TYPE_NONE ? fhir_element_find(backbone, STR("type")) : NULL;
    return !e || fhir_set_has(e->set, STR_NONE, str_of(fhir_type_name(type)));
}

void rest_capabilities(struct arena *a, str base_url, struct buf *out) {
    static const char *const interactions[] = {"transaction", "batch", "history-system", NULL};
    (void)a;
    buf_addz(out, "{\"resourceType\":\"CapabilityStatement\",\"status\":\"active\",\"date\":\"2026-11-23\",\"kind\":\"instance\","
                  "\"name\":\"Tram\",\"title\":\"Trạm\",\"software\":{\"name\":\"Trạm\"},\"implementation\":{\"description\":\"Trạm\",\"url\":");
    buf_add_json(out, base_url.len ? base_url : STR("http://localhost"));
    buf_addz(out, "},\"fhirVersion\":\"4.0.1\",\"format\":[\"application/fhir+json\",\"json\"],"
                  "\"patchFormat\":[\"application/json-patch+json\"],\"rest\":[{\"mode\":\"server\",");
    put_codes(out, "interaction", interactions);
    buf_addz(out, "\"compartment\":[\"http://hl7.org/fhir/CompartmentDefinition/patient\"],\"resource\":[");
    bool first = true;
    for (fhir_type t = 1; t < FHIR_TYPE_MAX; t++) {
        if (!is_r4(t)) continue;
        if (!first) buf_addc(out, ',');
        first = false;
        put_type(out, t);
    }
    buf_addz(out, "]}]}");
}
