/* SPDX-License-Identifier: GPL-3.0-or-later
 * FHIR's XML gives the tree of the same resource in JSON; what is no FHIR XML is refused where it stands. */
#include "fhir/fhir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define FHIR "xmlns=\"http://hl7.org/fhir\""
#define XHTML "<div xmlns=\"http://www.w3.org/1999/xhtml\">"

static struct arena *arena;

static void same(const char *xml, const char *json) {
    struct json *tree;
    struct buf out = buf_new(arena);
    struct fhir_issues issues = {0};
    err e = fhir_xml_parse(arena, str_of(xml), &issues, &tree);
    if (e.code) fail_msg("%.*s", STR_ARG(e.detail));
    json_write(&out, tree);
    if (!str_is(buf_str(&out), json)) fail_msg("%.*s\ninstead of %s", STR_ARG(buf_str(&out)), json);
    assert_int_equal(issues.len, 0);
}

static void refused(const char *xml, const char *why) {
    struct json *tree;
    err e = fhir_xml_parse(arena, str_of(xml), NULL, &tree);
    if (!e.code) fail_msg("accepted: %s", xml);
    if (!str_contains(e.detail, str_of(why)) || !str_starts(e.detail, STR("line "))) fail_msg("%.*s instead of %s", STR_ARG(e.detail), why);
}

static void test_values(void **state) {
    (void)state;
    same("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- a --><Patient " FHIR "><id value=\"a\"/><active value=\"true\"/></Patient>", "{\"resourceType\":\"Patient\",\"id\":\"a\",\"active\":true}");
    same("<Patient " FHIR "><name><family value=\"L&#234; &amp; &quot;x&quot;\"/><given value=\"An\"/><given value=\"B\"/></name><multipleBirthInteger value=\"2\"/></Patient>",
         "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Lê & \\\"x\\\"\",\"given\":[\"An\",\"B\"]}],\"multipleBirthInteger\":2}");
    same("<f:Patient xmlns:f=\"http://hl7.org/fhir\"><f:active value=\"true\"/></f:Patient>", "{\"resourceType\":\"Patient\",\"active\":true}");
    same("<Observation " FHIR "><valueQuantity><value value=\"1.50\"/></valueQuantity></Observation>", "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":1.50}}");
    /* what is no number of JSON stays a text, for the validator */
    same("<Observation " FHIR "><valueQuantity><value value=\"1.\"/></valueQuantity></Observation>", "{\"resourceType\":\"Observation\",\"valueQuantity\":{\"value\":\"1.\"}}");
    same("<Patient " FHIR "><active value=\"yes\"/></Patient>", "{\"resourceType\":\"Patient\",\"active\":\"yes\"}");
}

static void test_extensions(void **state) {
    (void)state;
    same("<Patient " FHIR "><birthDate id=\"b\" value=\"1980\"><extension url=\"http://a/b\"><valueString value=\"x\"/></extension></birthDate></Patient>",
         "{\"resourceType\":\"Patient\",\"birthDate\":\"1980\",\"_birthDate\":{\"id\":\"b\",\"extension\":[{\"url\":\"http://a/b\",\"valueString\":\"x\"}]}}");
    same("<Patient " FHIR "><name id=\"n\"><given value=\"A\"/><given><extension url=\"u\"><valueCode value=\"x\"/></extension></given><given value=\"C\"/></name></Patient>",
         "{\"resourceType\":\"Patient\",\"name\":[{\"id\":\"n\",\"given\":[\"A\",null,\"C\"],\"_given\":[null,{\"extension\":[{\"url\":\"u\",\"valueCode\":\"x\"}]},null]}]}");
}

static void test_resources(void **state) {
    (void)state;
    same("<Bundle " FHIR "><entry><resource><Patient><contained><Basic><id value=\"c\"/></Basic></contained></Patient></resource></entry><entry><fullUrl value=\"u\"/></entry></Bundle>",
         "{\"resourceType\":\"Bundle\",\"entry\":[{\"resource\":{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Basic\",\"id\":\"c\"}]}},{\"fullUrl\":\"u\"}]}");
    same("<Patient " FHIR "><text><status value=\"generated\"/>" XHTML "a <b>b</b>&amp;<br/></div></text></Patient>",
         "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\">a <b>b</b>&amp;<br/></div>\"}}");
    /* unknown elements and types come through, so that validation can name them */
    same("<Patient " FHIR "><nothing value=\"1\"><a/></nothing></Patient>", "{\"resourceType\":\"Patient\",\"nothing\":{}}");
    same("<Nothing " FHIR "><a/></Nothing>", "{\"resourceType\":\"Nothing\"}");
    /* two where one may stand: a list, which the validator refuses */
    same("<Patient " FHIR "><gender value=\"male\"/><gender value=\"female\"/></Patient>", "{\"resourceType\":\"Patient\",\"gender\":[\"male\",\"female\"]}");
}

static void test_refused(void **state) {
    (void)state;
    refused("", "line 1");
    refused("<Patient " FHIR ">\n<active value=\"true\"></Patient>", "line 2");
    refused("<Patient><active value=\"true\"/></Patient>", "namespace");
    refused("<Patient " FHIR "><active value=\"true\">x</active></Patient>", "text outside");
    refused("<Patient " FHIR "><active valu=\"true\"/></Patient>", "line 1, column 38: unknown attribute 'valu'");
    refused("<Patient " FHIR "><text><status value=\"generated\"/><div>a</div></text></Patient>", "xhtml");
    refused("<!DOCTYPE Patient [<!ENTITY a \"b\">]><Patient " FHIR "><id value=\"&a;\"/></Patient>", "DOCTYPE");
    refused("<Patient " FHIR "><text><status value=\"generated\"/>" XHTML "&nbsp;</div></text></Patient>", "line 1");
    refused("<?xml version=\"1.0\" encoding=\"UTF-16\"?><Patient " FHIR "/>", "UTF-8");
    refused("<Patient " FHIR "><contained><Basic/><Basic/></contained></Patient>", "second resource");
    struct buf deep = buf_new(arena);
    buf_addz(&deep, "<Patient " FHIR ">");
    for (int i = 0; i < 300; i++) buf_addz(&deep, "<extension url=\"a\">");
    refused(str_z(arena, buf_str(&deep)), "nested deeper");
}

/* Order is the validator's matter: told with its place, and read all the same. */
static void test_order(void **state) {
    (void)state;
    struct json *tree;
    struct buf out = buf_new(arena);
    struct fhir_issues issues = {0};
    const char xml[] = "<Patient " FHIR ">\n <name><given value=\"A\"/></name><active value=\"true\"/>\n <name><text value=\"b\"/></name></Patient>";
    assert_int_equal(fhir_xml_parse(arena, str_of(xml), &issues, &tree).code, ERR_OK);
    json_write(&out, tree);
    assert_true(str_is(buf_str(&out), "{\"resourceType\":\"Patient\",\"name\":[{\"given\":[\"A\"]},{\"text\":\"b\"}],\"active\":true}"));
    assert_int_equal(issues.len, 1);
    assert_int_equal(issues.at[0].line, 2);
    assert_int_equal(issues.at[0].column, 33);
}

int main(void) {
    arena = arena_new();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_values), cmocka_unit_test(test_extensions), cmocka_unit_test(test_resources), cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_order)};
    int failed = cmocka_run_group_tests_name("fhir xml", tests, NULL, NULL);
    arena_free(arena);
    return failed;
}
