/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sensitive classes: which codes are in one (by the titles of ICD-10, ATC and HL7, not by our table), and that a record in a
 * class the asker has no right for is nowhere: search, chains, _has, includes, totals, history, $everything, batch.
 */
#include "rest_help.h"

#include "base/date.h"
#include "fhir/sensitive.h"

static uint32_t classes(struct arena *a, const char *type, const char *text) {
    struct json *tree;
    assert_int_equal(json_parse(a, str_of(text), &tree).code, ERR_OK);
    return sensitive_classes(fhir_type_by_name(str_of(type)), tree, INT32_MAX);
}

static uint32_t icd(struct arena *a, const char *code) {
    return classes(a, "Condition", str_z(a, str_format(a, "{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":"
                                                         "\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"%s\"}]}}", code)));
}

static void test_classes(void **state) {
    struct arena *a = ((struct node *)*state)->arena;
    static const struct { const char *code; uint32_t want; } cases[] = {
        {"B20", 1 << SENSITIVE_HIV}, {"B24", 1 << SENSITIVE_HIV}, {"Z21", 1 << SENSITIVE_HIV}, {"B20.6", 1 << SENSITIVE_HIV},
        {"b20.6", 1 << SENSITIVE_HIV}, {"A15.0", 1 << SENSITIVE_TUBERCULOSIS}, {"A19", 1 << SENSITIVE_TUBERCULOSIS},
        {"F32.1", 1 << SENSITIVE_MENTAL}, {"F20", 1 << SENSITIVE_MENTAL}, {"X78", 1 << SENSITIVE_MENTAL},
        {"O04", 1 << SENSITIVE_ABORTION}, {"T74.2", 1 << SENSITIVE_VIOLENCE}, {"Y05", 1 << SENSITIVE_VIOLENCE},
        {"Z59.0", 1 << SENSITIVE_SOCIAL}, {"F02.4", 1 << SENSITIVE_MENTAL | 1 << SENSITIVE_HIV},
        {"I10", 0}, {"E11", 0}, {"B18", 0}, {"A09", 0}, {"J20", 0}, {"O03", 0}, {"T75", 0}, {"Z00.0", 0}, {"A14", 0}, {"B25", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (icd(a, cases[i].code) != cases[i].want) fail_msg("%s: %x, want %x", cases[i].code, icd(a, cases[i].code), cases[i].want);
}

static void test_where_codes_stand(void **state) {
    struct arena *a = ((struct node *)*state)->arena;
    /* a label alone; a reason; a contained resource; a medicine */
    assert_int_equal(classes(a, "Observation", "{\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"SDV\"}]}}"), 1 << SENSITIVE_VIOLENCE);
    assert_int_equal(classes(a, "Observation", "{\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"}]}}"), 1 << SENSITIVE_RESTRICTED);
    assert_int_equal(classes(a, "Observation", "{\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"N\"}]}}"), 0);
    assert_int_equal(classes(a, "Encounter", "{\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},"
                                             "\"reasonCode\":[{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10-vn\",\"code\":\"A16.2\"}]}]}"), 1 << SENSITIVE_TUBERCULOSIS);
    assert_int_equal(classes(a, "Encounter", "{\"contained\":[{\"resourceType\":\"Condition\",\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"Z21\"}]}}]}"), 1 << SENSITIVE_HIV);
    assert_int_equal(classes(a, "MedicationRequest", "{\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"J05AR13\"}]}}"), 1 << SENSITIVE_HIV);
    assert_int_equal(classes(a, "MedicationRequest", "{\"medicationCodeableConcept\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"C08CA01\"}]}}"), 0);
    /* an allergy to a medicine is shown to whoever prescribes; a person is nobody's secret */
    assert_int_equal(classes(a, "AllergyIntolerance", "{\"code\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"J04AB02\"}]}}"), 0);
    assert_int_equal(classes(a, "Patient", "{\"meta\":{\"security\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-Confidentiality\",\"code\":\"R\"}]}}"), 0);
}

/* ---- absent everywhere ------------------------------------------------------------------------------------------------------- */

static int64_t place[1];
static struct access nurse = {.hidden = SENSITIVE_ALL}, hiv_doctor = {.hidden = SENSITIVE_ALL & ~(1 << SENSITIVE_HIV)};

static void fill(struct node *n) {
#define HIV_CODE "\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"B20\"}]}"
#define FLU_CODE "\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":\"J11\"}]}"
    put(n, "Location", "ha", "{\"resourceType\":\"Location\",\"id\":\"ha\"}");
    put(n, "Patient", "pa", "{\"resourceType\":\"Patient\",\"id\":\"pa\",\"extension\":[{\"url\":\"urn:tram:residence\",\"valueReference\":{\"reference\":\"Location/ha\"}}]}");
    put(n, "Encounter", "en", "{\"resourceType\":\"Encounter\",\"id\":\"en\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/pa\"},\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/secret\"}},{\"condition\":{\"reference\":\"Condition/flu\"}}]}");
    put(n, "Condition", "secret", "{\"resourceType\":\"Condition\",\"id\":\"secret\"," HIV_CODE ",\"subject\":{\"reference\":\"Patient/pa\"},\"encounter\":{\"reference\":\"Encounter/en\"},\"recordedDate\":\"2026-01-02\"}");
    put(n, "Condition", "flu", "{\"resourceType\":\"Condition\",\"id\":\"flu\"," FLU_CODE ",\"subject\":{\"reference\":\"Patient/pa\"},\"encounter\":{\"reference\":\"Encounter/en\"},\"recordedDate\":\"2026-01-03\"}");
    /* was secret once: the old version stays so */
    put(n, "Condition", "was", "{\"resourceType\":\"Condition\",\"id\":\"was\"," HIV_CODE ",\"subject\":{\"reference\":\"Patient/pa\"},\"recordedDate\":\"2026-01-04\"}");
    put(n, "Condition", "was", "{\"resourceType\":\"Condition\",\"id\":\"was\"," FLU_CODE ",\"subject\":{\"reference\":\"Patient/pa\"},\"recordedDate\":\"2026-01-04\"}");
    struct reader *r;
    assert_int_equal(reader_begin(n->store, n->arena, &r).code, ERR_OK);
    place[0] = reader_rid(r, FHIR_TYPE_LOCATION, STR("ha"));
    reader_end(r);
    nurse.places = hiv_doctor.places = place;
    nurse.place_count = hiv_doctor.place_count = 1;
}

static struct rest_response ask(struct node *n, const struct access *who, const char *url) {
    return send_as(n, who, REST_GET, url, "", (struct rest_request){0});
}

static void test_absent(void **state) {
    struct node *n = *state;
    fill(n);
    static const char *const lists[] = {
        "Condition", "Condition?code=B20", "Condition?code:not=J11", "Condition?_id=secret", "Condition?subject=Patient/pa&_sort=_id",
        "Condition?_sort=code", "Condition?recorded-date=2026-01-02", "Patient/pa/Condition", "Encounter?_include=Encounter:diagnosis",
        "Patient?_revinclude=Condition:subject", "Patient?_revinclude=*", "Encounter?_include=*", "Encounter?_revinclude=Condition:encounter", "Patient/pa/$everything", "Condition/_history", "_history",
        "Condition?_elements=code", "Condition?patient._id=pa"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct rest_response all = ask(n, &all_access, lists[i]), some = ask(n, &nurse, lists[i]), right = ask(n, &hiv_doctor, lists[i]);
        if (all.status != 200 || some.status != 200) fail_msg("%s: %d, %d", lists[i], all.status, some.status);
        if (!str_contains(all.body, STR("Condition/secret\",\"resource\""))) fail_msg("%s: not there for who may see all", lists[i]);
        if (!str_contains(right.body, STR("Condition/secret\",\"resource\""))) fail_msg("%s: not there for who has the right", lists[i]);
        if (str_contains(some.body, STR("Condition/secret\",\"resource\"")) || str_contains(some.body, STR("\"code\":\"B20\""))) fail_msg("%s: %.*s", lists[i], STR_ARG(some.body));
    }
}

static int64_t total(struct node *n, const struct access *who, const char *url) {
    struct rest_response r = ask(n, who, url);
    expect_status(r, 200);
    int64_t v = -1;
    const struct json *t = JSON_GET(tree_of(n, r.body), "total");
    if (t) str_int64(t->text, &v);
    return v;
}

static void test_totals(void **state) {
    struct node *n = *state;
    fill(n);
    static const struct { const char *url; int64_t all, nurse; } cases[] = {
        {"Condition?_summary=count", 3, 2}, {"Condition?_total=accurate", 3, 2}, {"Condition?_total=estimate&_count=1", 3, 2},
        {"Condition?code=B20&_summary=count", 1, 0}, {"Patient?_has:Condition:subject:code=B20", 1, 0},
        {"Encounter?diagnosis:Condition.code=B20", 1, 0}, {"Encounter?diagnosis:Condition.code=J11", 1, 1},
        {"Encounter?_has:Condition:encounter:code=B20&_summary=count", 1, 0}, {"Patient?_has:Condition:subject:_id=secret", 1, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t all = total(n, &all_access, cases[i].url), some = total(n, &nurse, cases[i].url);
        if (all != cases[i].all || some != cases[i].nurse) fail_msg("%s: %lld and %lld", cases[i].url, (long long)all, (long long)some);
    }
}

static void test_one(void **state) {
    struct node *n = *state;
    fill(n);
    expect_status(ask(n, &nurse, "Condition/secret"), 404);
    expect_status(ask(n, &nurse, "Condition/secret/_history"), 404);
    expect_status(ask(n, &hiv_doctor, "Condition/secret"), 200);
    expect_status(send_as(n, &nurse, REST_PUT, "Condition/secret", "{\"resourceType\":\"Condition\",\"id\":\"secret\",\"subject\":{\"reference\":\"Patient/pa\"}}", (struct rest_request){0}), 403);
    expect_status(send_as(n, &nurse, REST_DELETE, "Condition/secret", "", (struct rest_request){0}), 403);
    /* one that was in the class: now seen, its old version not */
    expect_status(ask(n, &nurse, "Condition/was"), 200);
    struct rest_response history = ask(n, &nurse, "Condition/was/_history"), whole = ask(n, &hiv_doctor, "Condition/was/_history");
    assert_false(str_contains(history.body, STR("\"B20\"")));
    assert_true(str_contains(whole.body, STR("\"B20\"")));
    /* whoever records without the right may: care is not blocked; the record is out of sight afterwards */
    expect_status(send_as(n, &nurse, REST_PUT, "Condition/own", "{\"resourceType\":\"Condition\",\"id\":\"own\"," HIV_CODE ",\"subject\":{\"reference\":\"Patient/pa\"}}", (struct rest_request){0}), 201);
    expect_status(ask(n, &nurse, "Condition/own"), 404);
    /* a deleted one says nothing more than one that never was */
    assert_int_equal(del(n, "Condition", "secret").code, ERR_OK);
    expect_status(ask(n, &nurse, "Condition/secret"), 404);
    expect_status(ask(n, &hiv_doctor, "Condition/secret"), 410);
    struct rest_response batch = send_as(n, &nurse, REST_POST, "", "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"request\":{\"method\":\"GET\",\"url\":\"Condition/own\"}},{\"request\":{\"method\":\"GET\",\"url\":\"Condition?code=B20\"}}]}", (struct rest_request){0});
    expect_status(batch, 200);
    assert_false(str_contains(batch.body, STR("\"B20\"")));
    struct buf report = buf_new(n->arena);
    assert_int_equal(store_rebuild(n->store, n->arena, true, &report).code, ERR_OK);
}

/* A type that the asker has no right for: refused when asked for, absent when it would come along. */
static void test_types(void **state) {
    struct node *n = *state;
    fill(n);
    bool readable[FHIR_TYPE_MAX] = {false}, writable[FHIR_TYPE_MAX] = {false};
    readable[FHIR_TYPE_PATIENT] = readable[FHIR_TYPE_LOCATION] = writable[FHIR_TYPE_PATIENT] = true;
    struct access clerk = {.places = place, .place_count = 1, .hidden = SENSITIVE_ALL, .readable = readable, .writable = writable};
    static const char *const refused[] = {"Condition", "Condition/flu", "Condition/flu/_history", "Condition/_history", "Patient/pa/Condition", "Encounter/en"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) expect_status(ask(n, &clerk, refused[i]), 403);
    static const char *const without[] = {"Patient?_revinclude=Condition:subject", "Patient/pa/$everything", "_history", "Patient?_revinclude=*"};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        struct rest_response r = ask(n, &clerk, without[i]);
        expect_status(r, 200);
        assert_true(str_contains(r.body, STR("Patient/pa")));
        if (str_contains(r.body, STR("J11")) || str_contains(r.body, STR("\"Encounter\""))) fail_msg("%s: %.*s", without[i], STR_ARG(r.body));
    }
    assert_int_equal(total(n, &clerk, "Patient?_has:Condition:subject:code=J11"), 0);
    expect_status(send_as(n, &clerk, REST_PUT, "Condition/new", "{\"resourceType\":\"Condition\",\"id\":\"new\",\"subject\":{\"reference\":\"Patient/pa\"}}", (struct rest_request){0}), 403);
    expect_status(send_as(n, &clerk, REST_PUT, "Location/ha", "{\"resourceType\":\"Location\",\"id\":\"ha\"}", (struct rest_request){0}), 403);
    expect_status(send_as(n, &clerk, REST_DELETE, "Condition/flu", "", (struct rest_request){0}), 403);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_classes, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_where_codes_stand, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_absent, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_totals, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_one, node_setup, node_teardown),
        cmocka_unit_test_setup_teardown(test_types, node_setup, node_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
