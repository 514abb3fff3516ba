/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/: definitions look-up, search parameters, walkers, extraction, references. */
#include "fhir/fhir.h"

#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static const struct json *parse(const char *text) {
    struct json *tree;
    err e = json_parse(arena, str_of(text), &tree);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    return tree;
}

static struct fhir_index extract(const char *text) {
    const struct json *r = parse(text);
    struct fhir_index out;
    fhir_extract(arena, fhir_type_of(r), r, &out);
    return out;
}

static uint16_t slot(fhir_type t, const char *code) {
    const struct fhir_search *s = fhir_search_find(t, str_of(code));
    if (!s || s->slot == FHIR_NO_SLOT) fail_msg("no slot for %s.%s", fhir_type_name(t), code);
    return s->slot;
}

/* how many tokens system|code stand in the slot */
static int tokens(const struct fhir_index *x, uint16_t s, const char *system, const char *code) {
    int n = 0;
    for (size_t i = 0; i < x->tokens.len; i++)
        n += x->tokens.at[i].slot == s && str_is(x->tokens.at[i].system, system) && str_is(x->tokens.at[i].code, code);
    return n;
}

static void test_definitions(void **state) {
    (void)state;
    assert_int_equal(fhir_type_by_name(STR("Patient")), FHIR_TYPE_PATIENT);
    assert_int_equal(fhir_type_by_name(STR("HumanName")), FHIR_TYPE_NONE);
    assert_int_equal(fhir_type_by_name(STR("Resource")), FHIR_TYPE_NONE);
    assert_true(fhir_type_is(fhir_type_find(STR("code")), fhir_type_find(STR("string"))));
    assert_true(fhir_type_is(fhir_type_find(STR("Age")), fhir_type_find(STR("Quantity"))));
    assert_false(fhir_type_is(fhir_type_find(STR("string")), fhir_type_find(STR("code"))));
    const struct fhir_element *e = fhir_element_find(FHIR_TYPE_OBSERVATION, STR("valueQuantity"));
    assert_non_null(e);
    assert_string_equal(fhir_text(e->name), "value");
    assert_string_equal(fhir_type_name(e->type), "Quantity");
    assert_null(fhir_element_find(FHIR_TYPE_OBSERVATION, STR("value")));
    assert_null(fhir_element_find(FHIR_TYPE_OBSERVATION, STR("valueAddress")));
    e = fhir_element_find(fhir_type_find(STR("Bundle.entry")), STR("link"));
    assert_string_equal(fhir_type_name(e->type), "Bundle.link");
    e = fhir_element_find(FHIR_TYPE_PATIENT, STR("gender"));
    assert_true(fhir_set_has(e->set, STR_NONE, STR("female")));
    assert_false(fhir_set_has(e->set, STR_NONE, STR("Female")));
}

/* Every parameter that has an expression and is not special compiles to walkers: nothing is left out unseen. */
static void test_every_expression_compiles(void **state) {
    (void)state;
    size_t all = 0, missing = 0;
    for (fhir_type t = 1; t < FHIR_TYPE_MAX; t++) {
        size_t count;
        const struct fhir_search *list = fhir_search_list(t, &count);
        for (size_t i = 0; i < count; i++) {
            bool composite = list[i].kind == SEARCH_COMPOSITE, special = list[i].kind == SEARCH_SPECIAL;
            all++;
            if (composite || special || list[i].slot != FHIR_NO_SLOT) continue;
            missing++;
            print_message("no slot: %s.%.*s\n", fhir_type_name(t), STR_ARG(list[i].code));
        }
    }
    assert_true(all > 1700);
    assert_int_equal(missing, 0);
}

static void test_patient(void **state) {
    (void)state;
    struct fhir_index x = extract("{\"resourceType\":\"Patient\",\"id\":\"p1\",\"active\":true,\"gender\":\"female\",\"birthDate\":\"1990-05\","
        "\"identifier\":[{\"system\":\"http://fhir.ehealth.gov.vn/core/sid/national_id\",\"value\":\"011090000001\"}],"
        "\"name\":[{\"text\":\"Lò Thị Ỉnh\",\"family\":\"Lò\",\"given\":[\"Thị\",\"Ỉnh\"]}],"
        "\"telecom\":[{\"system\":\"phone\",\"value\":\"0912\"},{\"system\":\"email\",\"value\":\"a@b\"}],"
        "\"managingOrganization\":{\"reference\":\"Organization/o1\"},\"deceasedBoolean\":false}");
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "gender"), "http://hl7.org/fhir/administrative-gender", "female"), 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "identifier"), "http://fhir.ehealth.gov.vn/core/sid/national_id", "011090000001"), 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "phone"), "", "0912"), 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "phone"), "", "a@b"), 0);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "deceased"), "", "false"), 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_PATIENT, "active"), "", "true"), 1);
    assert_int_equal(x.patients.len, 1);
    assert_true(str_is(x.patients.at[0], "p1"));
    assert_int_equal(x.clinical_minutes, 0);
    int names = 0;
    for (size_t i = 0; i < x.strings.len; i++) names += x.strings.at[i].slot == slot(FHIR_TYPE_PATIENT, "name");
    assert_int_equal(names, 4);
    int64_t from = 0;
    for (size_t i = 0; i < x.periods.len; i++)
        if (x.periods.at[i].slot == slot(FHIR_TYPE_PATIENT, "birthdate")) from = x.periods.at[i].from;
    assert_int_equal(from, day_from_civil(1990, 5, 1) * 86400000ll - 7 * 3600000);
}

static void test_observation(void **state) {
    (void)state;
    struct fhir_index x = extract("{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"},"
        "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"85354-9\"}],\"text\":\"BP\"},\"effectiveDateTime\":\"2026-11-20T09:00:00+07:00\","
        "\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},\"valueQuantity\":{\"value\":148,\"unit\":\"mmHg\","
        "\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8462-4\"}]},"
        "\"valueQuantity\":{\"value\":92,\"code\":\"mm[Hg]\"}}]}");
    assert_int_equal(slot(FHIR_TYPE_OBSERVATION, "subject"), slot(FHIR_TYPE_OBSERVATION, "patient"));
    assert_int_equal(fhir_search_find(FHIR_TYPE_OBSERVATION, STR("patient"))->only_target, FHIR_TYPE_PATIENT);
    assert_int_equal(fhir_search_find(FHIR_TYPE_OBSERVATION, STR("subject"))->only_target, FHIR_TYPE_NONE);
    assert_int_equal(x.patients.len, 1);
    assert_int_equal(x.clinical_minutes, day_from_civil(2026, 11, 20) * 1440 + 2 * 60);
    uint16_t combo = slot(FHIR_TYPE_OBSERVATION, "combo-code-value-quantity"), component = slot(FHIR_TYPE_OBSERVATION, "component-code-value-quantity");
    int in_combo = 0, in_component = 0;
    for (size_t i = 0; i < x.pairs.len; i++) {
        if (x.pairs.at[i].slot == combo) in_combo++;
        if (x.pairs.at[i].slot == component && str_is(x.pairs.at[i].code, "8480-6") && str_is(x.pairs.at[i].amount.low, "148")) in_component++;
    }
    assert_int_equal(in_combo, 2);
    assert_int_equal(in_component, 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_OBSERVATION, "combo-code"), "http://loinc.org", "8462-4"), 1);
    assert_int_equal(tokens(&x, slot(FHIR_TYPE_OBSERVATION, "code"), "http://loinc.org", "8462-4"), 0);
    int quantities = 0;
    for (size_t i = 0; i < x.amounts.len; i++) quantities += x.amounts.at[i].slot == slot(FHIR_TYPE_OBSERVATION, "component-value-quantity");
    assert_int_equal(quantities, 2);
}

static void test_choice_types(void **state) {
    (void)state;
    struct fhir_index x = extract("{\"resourceType\":\"Condition\",\"id\":\"c\",\"subject\":{\"reference\":\"Patient/p1\"},\"onsetPeriod\":{\"start\":\"2020-01-01\"},"
        "\"recordedDate\":\"2021-02-03\",\"abatementString\":\"soon\"}");
    int open = 0;
    for (size_t i = 0; i < x.periods.len; i++)
        open += x.periods.at[i].slot == slot(FHIR_TYPE_CONDITION, "onset-date") && x.periods.at[i].to == INT64_MAX;
    assert_int_equal(open, 1);
    assert_int_equal(x.strings.len, 1);
    assert_int_equal(x.clinical_minutes, day_from_civil(2020, 1, 1) * 1440 - 420);
}

static void test_references(void **state) {
    (void)state;
    struct fhir_reference r = fhir_reference_parse(STR("Patient/1/_history/2"));
    assert_int_equal(r.kind, REFERENCE_LOCAL);
    assert_true(str_is(r.id, "1") && str_is(r.version, "2"));
    r = fhir_reference_parse(STR("https://example.org/fhir/Patient/abc"));
    assert_int_equal(r.kind, REFERENCE_ABSOLUTE);
    assert_true(r.type == FHIR_TYPE_PATIENT && str_is(r.base, "https://example.org/fhir"));
    assert_int_equal(fhir_reference_parse(STR("urn:uuid:x")).kind, REFERENCE_URN);
    assert_int_equal(fhir_reference_parse(STR("#a")).kind, REFERENCE_FRAGMENT);
    assert_int_equal(fhir_reference_parse(STR("Patient")).kind, REFERENCE_NONE);
    assert_int_equal(fhir_reference_parse(STR("Foo/1")).kind, REFERENCE_NONE);
    assert_int_equal(fhir_reference_parse(STR("Patient/a b")).kind, REFERENCE_NONE);
    assert_int_equal(fhir_reference_parse(STR("/Patient/1")).kind, REFERENCE_NONE);
    assert_true(fhir_id_valid(STR("A-z.9")));
    assert_false(fhir_id_valid(STR("a_b")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_definitions, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_every_expression_compiles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_patient, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_observation, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_choice_types, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_references, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("fhir search", tests, NULL, NULL);
}
