/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/: primitives, narratives, structural validation with expression, line and column, OperationOutcome; the tables
 * against the independent tables of the shared reference data.
 */
#include "fhir/fhir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static struct arena *arena;
static int set_up(void **state) { (void)state; arena = arena_new(); return 0; }
static int tear_down(void **state) { (void)state; arena_free(arena); return 0; }

static struct fhir_issues validate(const char *text) {
    struct fhir_issues issues = {0};
    struct json *tree;
    err e = json_parse(arena, str_of(text), &tree);
    if (e.code) fail_msg("%s: %.*s", text, STR_ARG(e.detail));
    bool good = fhir_validate(arena, str_of(text), tree, STR_NONE, &issues);
    assert_int_equal(good, !fhir_issues_have_error(&issues));
    return issues;
}

static void good(const char *text) {
    struct fhir_issues issues = validate(text);
    if (issues.len) fail_msg("%s: %.*s %.*s", text, STR_ARG(issues.at[0].expression), STR_ARG(issues.at[0].en));
}

/* Exactly one issue, with this code at this expression, line and column. */
static void bad(const char *text, const char *code, const char *expression, unsigned line, unsigned column) {
    struct fhir_issues issues = validate(text);
    for (size_t i = 1; i < issues.len; i++) print_message("  also %.*s: %.*s\n", STR_ARG(issues.at[i].expression), STR_ARG(issues.at[i].en));
    if (issues.len != 1) fail_msg("%zu issues in %s", issues.len, text);
    const struct fhir_issue *i = &issues.at[0];
    if (strcmp(i->code, code) || !str_is(i->expression, expression) || i->line != line || i->column != column)
        fail_msg("%s\n  got  %s %.*s %u:%u %.*s\n  want %s %s %u:%u", text, i->code, STR_ARG(i->expression), i->line, i->column, STR_ARG(i->en), code,
                 expression, line, column);
    assert_true(i->en.len && i->vi.len);
}

static void test_primitives(void **state) {
    (void)state;
    static const struct { fhir_type type; const char *text; bool valid; } cases[] = {
        {FHIR_TYPE_BOOLEAN, "true", true}, {FHIR_TYPE_BOOLEAN, "True", false},
        {FHIR_TYPE_INTEGER, "0", true}, {FHIR_TYPE_INTEGER, "-2147483648", true}, {FHIR_TYPE_INTEGER, "2147483648", false},
        {FHIR_TYPE_INTEGER, "-0", false}, {FHIR_TYPE_INTEGER, "01", false}, {FHIR_TYPE_INTEGER, "1.0", false}, {FHIR_TYPE_INTEGER, "1e3", false},
        {FHIR_TYPE_UNSIGNED_INT, "0", true}, {FHIR_TYPE_UNSIGNED_INT, "-1", false}, {FHIR_TYPE_UNSIGNED_INT, "2147483647", true},
        {FHIR_TYPE_POSITIVE_INT, "1", true}, {FHIR_TYPE_POSITIVE_INT, "0", false},
        {FHIR_TYPE_DECIMAL, "1.000", true}, {FHIR_TYPE_DECIMAL, "-0", true}, {FHIR_TYPE_DECIMAL, "1e-7", true}, {FHIR_TYPE_DECIMAL, ".5", false},
        {FHIR_TYPE_DECIMAL, "1.", false}, {FHIR_TYPE_DECIMAL, "00.1", false}, {FHIR_TYPE_DECIMAL, "", false},
        {FHIR_TYPE_DATE, "2024", true}, {FHIR_TYPE_DATE, "2024-02-29", true}, {FHIR_TYPE_DATE, "2023-02-29", false}, {FHIR_TYPE_DATE, "2024-13", false},
        {FHIR_TYPE_DATE, "24-01-01", false}, {FHIR_TYPE_DATE, "0000", false}, {FHIR_TYPE_DATE, "2024-1-1", false}, {FHIR_TYPE_DATE, "2024-01-01T00:00:00Z", false},
        {FHIR_TYPE_DATE_TIME, "2024-01-01", true}, {FHIR_TYPE_DATE_TIME, "2024-01-01T08:00:00+07:00", true}, {FHIR_TYPE_DATE_TIME, "2024-01-01T08:00", false},
        {FHIR_TYPE_DATE_TIME, "2024-01-01T08:00:00", false}, {FHIR_TYPE_DATE_TIME, "2024-01-01T24:00:00Z", false},
        {FHIR_TYPE_DATE_TIME, "2024-01-01T23:59:60Z", true}, {FHIR_TYPE_DATE_TIME, "2024-01-01T08:00:00.", false},
        {FHIR_TYPE_INSTANT, "2015-02-07T13:28:17.239+02:00", true}, {FHIR_TYPE_INSTANT, "2015-02-07", false}, {FHIR_TYPE_INSTANT, "2015-02-07T13:28:17", false},
        {FHIR_TYPE_TIME, "08:15:00", true}, {FHIR_TYPE_TIME, "08:15:00.5", true}, {FHIR_TYPE_TIME, "24:00:00", false}, {FHIR_TYPE_TIME, "8:00:00", false},
        {FHIR_TYPE_TIME, "08:15", false}, {FHIR_TYPE_TIME, "08:60:00", false}, {FHIR_TYPE_TIME, "08:15:00Z", false},
        {FHIR_TYPE_CODE, "a b", true}, {FHIR_TYPE_CODE, " a", false}, {FHIR_TYPE_CODE, "a ", false}, {FHIR_TYPE_CODE, "a  b", false}, {FHIR_TYPE_CODE, "", false},
        {FHIR_TYPE_STRING, "x", true}, {FHIR_TYPE_STRING, "", false}, {FHIR_TYPE_STRING, "a\001b", false}, {FHIR_TYPE_STRING, "a\n\tb", true},
        {FHIR_TYPE_ID, "a-B.9", true}, {FHIR_TYPE_ID, "a_b", false}, {FHIR_TYPE_ID, "", false},
        {FHIR_TYPE_ID, "1234567890123456789012345678901234567890123456789012345678901234", true},
        {FHIR_TYPE_ID, "12345678901234567890123456789012345678901234567890123456789012345", false},
        {FHIR_TYPE_URI, "urn:x", true}, {FHIR_TYPE_URI, "http://a b", false}, {FHIR_TYPE_CANONICAL, "http://x|1", true}, {FHIR_TYPE_URL, "\thttp://x", false},
        {FHIR_TYPE_OID, "urn:oid:1.2.840", true}, {FHIR_TYPE_OID, "urn:oid:3.1", false}, {FHIR_TYPE_OID, "urn:oid:1.02", false}, {FHIR_TYPE_OID, "1.2.3", false},
        {FHIR_TYPE_OID, "urn:oid:1.", false}, {FHIR_TYPE_UUID, "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", true},
        {FHIR_TYPE_UUID, "urn:uuid:C757873D-EC9A-4326-A141-556F43239520", false}, {FHIR_TYPE_UUID, "c757873d-ec9a-4326-a141-556f43239520", false},
        {FHIR_TYPE_BASE64_BINARY, "QUJD", true}, {FHIR_TYPE_BASE64_BINARY, "QUI=", true}, {FHIR_TYPE_BASE64_BINARY, "QU I=\n", true},
        {FHIR_TYPE_BASE64_BINARY, "QUJ", false}, {FHIR_TYPE_BASE64_BINARY, "Q===", false}, {FHIR_TYPE_BASE64_BINARY, "QU=I", false}, {FHIR_TYPE_BASE64_BINARY, "QU*I", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (fhir_primitive_valid(cases[i].type, str_of(cases[i].text)) != cases[i].valid)
            fail_msg("%s '%s' should be %s", fhir_type_name(cases[i].type), cases[i].text, cases[i].valid ? "valid" : "invalid");
}

static void test_string_limit(void **state) {
    (void)state;
    size_t n = 1024 * 1024;
    struct buf b = buf_new(arena);
    for (size_t i = 0; i < n; i++) buf_addz(&b, "ệ");
    assert_true(fhir_primitive_valid(FHIR_TYPE_STRING, buf_str(&b)));
    buf_addc(&b, 'x');
    assert_false(fhir_primitive_valid(FHIR_TYPE_STRING, buf_str(&b)));
}

#define DIV(inner) "<div xmlns=\"http://www.w3.org/1999/xhtml\">" inner "</div>"
static void test_narrative(void **state) {
    (void)state;
    static const char *const right[] = {
        DIV("x"), DIV("<p class=\"a\">Xin chào<br/></p>"), DIV("&nbsp;&#10;&lt;"), DIV("<!-- a --><b>b</b>"), DIV("<img src=\"a.png\" alt=\"x\"/>"),
        "<div xmlns='http://www.w3.org/1999/xhtml' lang=\"vi\">x</div> ", DIV("<a href=\"http://x.example/a?b=1&amp;c=2\">x</a>"), DIV("<a name=\"top\">x</a>")};
    static const char *const wrong[] = {
        "", "x", "<p>x</p>", "<div>x</div>", DIV(""), DIV("  \n"), DIV("<p>x"), DIV("x</p>"), DIV("<p>x</div></p>"), DIV("<script>x</script>"),
        DIV("<p onclick=\"x()\">x</p>"), DIV("<a href=\"javascript:x()\">x</a>"), DIV("<a href=\"java&#115;cript:x()\">x</a>"), DIV("<p class=a>x</p>"),
        DIV("a & b"), DIV("<iframe src=\"x\">x</iframe>"), DIV("x") "y", DIV("x") DIV("y"), DIV("<form>x</form>"), DIV("<p class>x</p>"),
        "<!DOCTYPE html>" DIV("x"), DIV("<!-- x"), DIV("<a href=\" JavaScript:x()\">x</a>"), DIV("<p class=\"a\"id=\"b\">x</p>")};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        if (!fhir_primitive_valid(FHIR_TYPE_XHTML, str_of(right[i]))) fail_msg("refused %s", right[i]);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (fhir_primitive_valid(FHIR_TYPE_XHTML, str_of(wrong[i]))) fail_msg("accepted %s", wrong[i]);
}

#define PATIENT(rest) "{\"resourceType\":\"Patient\"," rest "}"

static void test_good(void **state) {
    (void)state;
    good("{\"resourceType\":\"Parameters\"}");
    good(PATIENT("\"gender\":\"female\",\"birthDate\":\"1980\",\"deceasedBoolean\":false"));
    good(PATIENT("\"_birthDate\":{\"extension\":[{\"url\":\"http://x\",\"valueDateTime\":\"1980-01-01T10:00:00+07:00\"}]}"));
    good(PATIENT("\"name\":[{\"given\":[\"A\",null],\"_given\":[null,{\"id\":\"x\"}]}]"));
    good(PATIENT("\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\",\"name\":\"T\"}],\"managingOrganization\":{\"reference\":\"#o\"}"));
    good("{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"subject\":{\"reference\":\"Patient/1/_history/2\"}}");
    /* the required value of a primitive may be an extension alone */
    good("{\"resourceType\":\"Observation\",\"_status\":{\"extension\":[{\"url\":\"http://x\",\"valueCode\":\"unknown\"}]},\"code\":{\"text\":\"x\"}}");
    good("{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[{\"resource\":{\"resourceType\":\"Encounter\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},"
         "\"subject\":{\"reference\":\"Patient?identifier=a|b\"}},\"request\":{\"method\":\"POST\",\"url\":\"Encounter\"}}]}");
}

static void test_bad(void **state) {
    (void)state;
    bad("[]", "structure", "Resource", 1, 1);
    bad("{\"id\":\"x\"}", "required", "Resource", 1, 1);
    bad("{\"resourceType\":\"Patientt\"}", "structure", "Resource.resourceType", 1, 17);
    bad("{\"resourceType\":7}", "structure", "Resource.resourceType", 1, 17);
    bad("{\"resourceType\":\"DomainResource\"}", "structure", "Resource.resourceType", 1, 17);
    bad("{\n  \"resourceType\": \"Patient\",\n  \"contact\": [{\"gender\": \"x\"}]\n}", "code-invalid", "Patient.contact[0].gender", 3, 26);
    bad("{\n \"resourceType\":\"Patient\",\n \"đường\":1}", "structure", "Patient.đường", 3, 2);
    bad(PATIENT("\n\"birthDate\":\"2023-02-30\""), "value", "Patient.birthDate", 2, 13);
    bad(PATIENT("\n\"birthDate\":2023"), "structure", "Patient.birthDate", 2, 13);
    bad(PATIENT("\n\"active\":\"true\""), "structure", "Patient.active", 2, 10);
    bad(PATIENT("\n\"active\":[true]"), "structure", "Patient.active", 2, 10);
    bad(PATIENT("\n\"name\":{\"family\":\"A\"}"), "structure", "Patient.name", 2, 8);
    bad(PATIENT("\n\"name\":[]"), "structure", "Patient.name", 2, 8);
    bad(PATIENT("\n\"name\":[{}]"), "structure", "Patient.name[0]", 2, 9);
    bad(PATIENT("\n\"name\":[null]"), "structure", "Patient.name[0]", 2, 9);
    bad(PATIENT("\n\"name\":[{\"given\":[\"A\",null]}]"), "structure", "Patient.name[0].given[1]", 2, 23);
    bad(PATIENT("\n\"name\":[{\"given\":[\"A\",\"\"]}]"), "value", "Patient.name[0].given[1]", 2, 23);
    bad(PATIENT("\n\"name\":[{\"given\":[\"A\"],\"_given\":[null,{\"id\":\"x\"}]}]"), "structure", "Patient.name[0].given", 2, 33);
    bad(PATIENT("\n\"name\":[{\"given\":[null,\"A\",null],\"_given\":[{\"id\":\"x\"},null,null]}]"), "structure", "Patient.name[0].given[2]", 2, 28);
    bad(PATIENT("\n\"_name\":[{\"id\":\"x\"}]"), "structure", "Patient.name", 2, 1);
    bad(PATIENT("\n\"_gender\":{}"), "structure", "Patient.gender", 2, 11);
    bad(PATIENT("\n\"_gender\":{\"value\":\"x\"}"), "structure", "Patient.gender.value", 2, 12);
    bad(PATIENT("\n\"gender\":null"), "structure", "Patient.gender", 2, 10);
    bad(PATIENT("\n\"deceasedBoolean\":true,\"deceasedDateTime\":\"2020\""), "structure", "Patient.deceased", 2, 24);
    bad(PATIENT("\n\"deceased\":true"), "structure", "Patient.deceased", 2, 1);
    bad(PATIENT("\n\"deceasedString\":\"x\""), "structure", "Patient.deceasedString", 2, 1);
    bad(PATIENT("\n\"multipleBirthInteger\":1.5"), "value", "Patient.multipleBirth", 2, 24);
    bad(PATIENT("\n\"id\":\"a_b\""), "value", "Patient.id", 2, 6);
    bad(PATIENT("\n\"communication\":[{\"preferred\":true}]"), "required", "Patient.communication[0].language", 2, 18);
    bad(PATIENT("\n\"link\":[{\"other\":{\"reference\":\"Patient/1\"},\"type\":\"sees\"}]"), "code-invalid", "Patient.link[0].type", 2, 51);
    bad(PATIENT("\n\"managingOrganization\":{\"reference\":\"Patient/1\"}"), "structure", "Patient.managingOrganization.reference", 2, 37);
    bad(PATIENT("\n\"managingOrganization\":{\"reference\":\"Organisation/1\"}"), "value", "Patient.managingOrganization.reference", 2, 37);
    bad(PATIENT("\n\"managingOrganization\":{\"reference\":\"Organization/a b\"}"), "value", "Patient.managingOrganization.reference", 2, 37);
    bad(PATIENT("\n\"managingOrganization\":{\"reference\":\"Organization?name=x\"}"), "value", "Patient.managingOrganization.reference", 2, 37);
    bad(PATIENT("\n\"extension\":[{\"url\":\"http://x\"}]"), "structure", "Patient.extension[0]", 2, 14);
    bad(PATIENT("\n\"extension\":[{\"valueCode\":\"x\"}]"), "required", "Patient.extension[0].url", 2, 14);
    bad(PATIENT("\n\"extension\":[{\"url\":\"http://x\",\"valueCode\":\"x\",\"extension\":[{\"url\":\"y\",\"valueInteger\":1}]}]"), "structure", "Patient.extension[0]", 2, 14);
    bad(PATIENT("\n\"text\":{\"status\":\"generated\",\"div\":\"<div>x</div>\"}"), "value", "Patient.text.div", 2, 36);
    bad(PATIENT("\n\"contained\":[{\"resourceType\":\"Organization\"}]"), "required", "Patient.contained[0].id", 2, 14);
    bad(PATIENT("\n\"contained\":[{\"id\":\"x\"}]"), "required", "Patient.contained[0]", 2, 14);
    bad(PATIENT("\n\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"x\",\"contained\":[{\"resourceType\":\"Patient\",\"id\":\"y\"}]}]"), "structure",
        "Patient.contained[0].contained", 2, 49);
    bad("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/1\"},\n\"clinicalStatus\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/condition-clinical\",\"code\":\"sick\"}]}}",
        "code-invalid", "Condition.clinicalStatus", 2, 18);
    bad("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/1\"},\n\"clinicalStatus\":{\"coding\":[{\"system\":\"http://x\",\"code\":\"active\"}]}}",
        "code-invalid", "Condition.clinicalStatus", 2, 18);
    bad("{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{\"resourceType\":\"Basic\",\"code\":{\"text\":\"x\"}}},\n"
        "{\"resource\":{\"resourceType\":\"Patient\",\"birthDate\":\"x\"}}]}", "value", "Bundle.entry[1].resource.birthDate", 2, 51);
}

/* Content references, nesting, and many issues at once: in order, never more than 100, the position right behind multi-byte text. */
static void test_many(void **state) {
    (void)state;
    bad("{\"resourceType\":\"Questionnaire\",\"status\":\"draft\",\"item\":[{\"linkId\":\"1\",\"type\":\"group\",\"item\":[{\"linkId\":\"2\"}]}]}", "required",
        "Questionnaire.item[0].item[0].type", 1, 95);
    bad("{\"resourceType\":\"Patient\",\"\":{}}", "structure", "Patient.", 1, 27); /* a member without a name */
    struct fhir_issues two = validate(PATIENT("\"language\":\"\",\n\"name\":[{\"text\":\"Nguyễn\",\"use\":\"x\"},{\"use\":\"y\"}]"));
    assert_int_equal(two.len, 3);
    assert_true(str_is(two.at[2].expression, "Patient.name[1].use"));
    assert_int_equal(two.at[1].line, 2);
    assert_int_equal(two.at[1].column, 32);
    assert_int_equal(two.at[2].column, 44);
    struct buf b = buf_new(arena);
    buf_addz(&b, "{\"resourceType\":\"Patient\"");
    for (int i = 0; i < 500; i++) buf_addf(&b, ",\"x%d\":1", i);
    buf_addz(&b, "}");
    struct fhir_issues many = validate(str_z(arena, buf_str(&b)));
    assert_int_equal(many.len, 200);
}

static void test_path(void **state) {
    (void)state;
    str text = STR(PATIENT("\"gender\":\"x\""));
    struct json *tree;
    struct fhir_issues issues = {0};
    assert_int_equal(json_parse(arena, text, &tree).code, ERR_OK);
    assert_false(fhir_validate(arena, text, tree, STR("Bundle.entry[3].resource"), &issues));
    assert_true(str_is(issues.at[0].expression, "Bundle.entry[3].resource.gender"));
    struct buf out = buf_new(arena);
    fhir_outcome(&out, &issues, true);
    struct json *outcome;
    assert_int_equal(json_parse(arena, buf_str(&out), &outcome).code, ERR_OK);
    struct fhir_issues own = {0};
    assert_true(fhir_validate(arena, buf_str(&out), outcome, STR_NONE, &own));
    const struct json *issue = json_item(JSON_GET(outcome, "issue"), 0);
    assert_true(str_is(json_item(JSON_GET(issue, "location"), 0)->text, "line 1, column 36"));
    assert_true(str_contains(JSON_TEXT(issue, "diagnostics"), STR("không phải mã")));
}

/* ---- the tables against shared/data/fhir/definitions ----------------------------------------------------------------- */

static char *shared_file(const char *name) {
    const char *root = getenv("TRAM_SHARED") ? getenv("TRAM_SHARED") : "../shared";
    char path[512];
    snprintf(path, sizeof path, "%s/data/fhir/definitions/%s", root, name);
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    struct buf b = buf_new(arena);
    size_t n;
    do {
        buf_reserve(&b, 1 << 16);
        n = fread(b.at + b.len, 1, 1 << 16, f);
        b.len += n;
    } while (n);
    fclose(f);
    return str_z(arena, buf_str(&b));
}

/* Cells of a line; the number found. */
static size_t cells(str line, str *out, size_t max) {
    size_t n = 0;
    while (n < max && str_split(&line, '\t', &out[n])) n++;
    return n;
}

/* The reference tables were made from a package that carries elements of R5 and of its own; HL7's own definitions, from which ours come, have
 * none of them. Rows of whole types that are not R4.0.1: */
static bool not_ours(str path) {
    return str_starts(path, STR("SubscriptionStatus")) || str_starts(path, STR("MetadataResource"));
}

/* Types of which HL7's own definition has fewer elements, or others: absent elements are counted, not failed. */
static bool extended_there(fhir_type t) {
    static const char *const types[] = {"Binary", "DeviceDefinition", "EvidenceVariable", "ObservationDefinition", "ResearchStudy", "Meta"};
    str name = str_of(fhir_type_name(t));
    name.len = str_find(name, '.');
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (str_is(name, types[i])) return true;
    return false;
}
/* Elements that HL7 defines otherwise: a wider or narrower type, other targets, another minimum. */
static bool differs_there(str path) {
    static const char *const paths[] = {"AuditEvent.source.observer", "Bundle.entry.response.outcome", "MeasureReport.subject", "ResearchStudy.site",
                                        "EvidenceVariable.characteristic", "EvidenceVariable.characteristic.description"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (str_is(path, paths[i])) return true;
    return false;
}

/* Reference(Patient|Group): the same targets in the table; any when Resource is among them. */
static bool same_targets(const struct fhir_element *e, str list) {
    size_t count = 0;
    str name;
    if (!list.len) return e->targets == 0;
    while (str_split(&list, '|', &name)) {
        fhir_type target = fhir_type_find(name);
        if (target == FHIR_TYPE_RESOURCE) return e->targets == 0;
        bool found = false;
        for (size_t i = fhir_target_first[e->targets]; i < fhir_target_first[e->targets + 1]; i++) found = found || fhir_target_types[i] == target;
        if (!found) return false;
        count++;
    }
    return count == (size_t)(fhir_target_first[e->targets + 1] - fhir_target_first[e->targets]);
}

static bool has_type(const struct fhir_element *e, size_t count, str code) {
    if (str_starts(code, STR("@"))) return true; /* System types: id, url, value */
    str name = str_slice(code, 0, str_find(code, '('));
    for (size_t i = 0; i < count; i++)
        if (str_is(name, fhir_type_name(e[i].type)))
            return !str_is(name, "Reference") || same_targets(&e[i], str_slice(code, name.len + 1, code.len ? code.len - 1 : 0));
    return false;
}

static void check_element(str path, str min, str max, str types, str flags, size_t *seen, size_t *absent) {
    size_t dot = path.len;
    while (path.at[dot - 1] != '.') dot--;
    fhir_type owner = fhir_type_find(str_slice(path, 0, dot - 1));
    if (!owner) {
        str top = str_slice(path, 0, str_find(path, '.'));
        if (!extended_there(fhir_type_find(top))) fail_msg("no type for %.*s", STR_ARG(path));
        *absent += 1;
        return;
    }
    str last = str_slice(path, dot, path.len);
    bool choice = str_ends(last, STR("[x]"));
    if (choice) last.len -= 3;
    const struct fhir_type_row *row = fhir_type_row(owner);
    if (row->kind == KIND_PRIMITIVE || str_is(max, "0")) return;
    size_t count = 0;
    const struct fhir_element *e = NULL;
    for (size_t i = row->first; i < (size_t)row->first + row->count; i++)
        if (str_is(last, fhir_text(fhir_elements[i].name))) {
            if (!e) e = &fhir_elements[i];
            count++;
        }
    if (!e) {
        if (!extended_there(owner)) fail_msg("no element %.*s", STR_ARG(path));
        *absent += 1;
        return;
    }
    if (differs_there(path)) return;
    *seen += 1;
    if ((e->min != 0) != !str_is(min, "0")) fail_msg("min of %.*s", STR_ARG(path));
    if (((e->flags & ELEMENT_MANY) != 0) != str_is(max, "*")) fail_msg("max of %.*s", STR_ARG(path));
    if (((e->flags & ELEMENT_CHOICE) != 0) != choice) fail_msg("choice of %.*s", STR_ARG(path));
    if (((e->flags & ELEMENT_SUMMARY) != 0) != (str_find(flags, 'S') < flags.len)) fail_msg("summary of %.*s", STR_ARG(path));
    if (((e->flags & ELEMENT_MODIFIER) != 0) != (str_find(flags, 'M') < flags.len)) fail_msg("modifier of %.*s", STR_ARG(path));
    size_t wanted = 0;
    str type;
    while (str_split(&types, ',', &type)) {
        wanted++;
        if (str_is(type, "BackboneElement") || str_is(type, "Element")) type = path; /* a type of its own */
        else if (type.len && type.at[0] == '#') type = str_slice(type, 1, type.len);
        if (!has_type(e, count, type)) fail_msg("type %.*s of %.*s", STR_ARG(type), STR_ARG(path));
    }
    if (choice && wanted != count) fail_msg("%zu types of %.*s, want %zu", count, STR_ARG(path), wanted);
}

static void test_elements(void **state) {
    (void)state;
    char *text = shared_file("r4-elements.tsv");
    if (!text) {
        print_message("shared reference data absent: set TRAM_SHARED\n");
        skip();
    }
    str rest = str_of(text), line, cell[7];
    size_t seen = 0, rows = 0, absent = 0;
    str_split(&rest, '\n', &line);
    while (str_split(&rest, '\n', &line)) {
        if (!line.len) continue;
        size_t n = cells(line, cell, 7);
        rows++;
        if (not_ours(cell[0]) || str_find(cell[0], '.') == cell[0].len) continue;
        check_element(cell[0], cell[1], cell[2], cell[3], n > 6 ? cell[6] : STR_NONE, &seen, &absent);
    }
    print_message("%zu rows, %zu elements compared\n", rows, seen);
    assert_int_equal(rows, 7819);
    assert_true(seen > 6800);
    /* not in HL7's definitions: Meta 6, Binary 1, DeviceDefinition 7, ObservationDefinition 1, EvidenceVariable 34, ResearchStudy 56 */
    assert_int_equal(absent, 105);
}

static void test_invariants(void **state) {
    (void)state;
    char *text = shared_file("r4-invariants.tsv");
    if (!text) skip();
    str rest = str_of(text), line, cell[4];
    size_t missing = 0, rows = 0;
    str_split(&rest, '\n', &line);
    while (str_split(&rest, '\n', &line)) {
        if (cells(line, cell, 4) < 3) continue;
        rows++;
        bool found = false;
        for (size_t i = 0; i < fhir_invariants_count && !found; i++)
            found = str_is(cell[0], fhir_text(fhir_invariants[i].key)) && str_is(cell[2], fhir_text(fhir_invariants[i].expression)) &&
                    fhir_invariants[i].error == str_is(cell[1], "error");
        if (found) continue;
        missing++;
        print_message("  not in the table: %.*s %.*s\n", STR_ARG(cell[0]), STR_ARG(cell[2]));
    }
    assert_int_equal(rows, 245);
    /* inv-0 belongs to the logical MetadataResource; sst-1, dom-r4b and variants of ele-1 and dom-3 to SubscriptionStatus (R4B);
     * evv-1 to an EvidenceVariable of R5 */
    assert_int_equal(missing, 6);
    assert_int_equal(fhir_invariants_count, 239);
}

static void test_required_codes(void **state) {
    (void)state;
    char *text = shared_file("r4-required-valuesets.tsv");
    if (!text) skip();
    str rest = str_of(text), line, cell[4];
    size_t rows = 0, missing = 0;
    while (str_split(&rest, '\n', &line)) {
        if (cells(line, cell, 4) < 3) continue;
        rows++;
        bool found = false;
        for (uint16_t i = 1; i < fhir_sets_count && !found; i++) {
            str url = str_of(fhir_text(fhir_sets[i].url));
            found = url.len > cell[0].len && url.at[url.len - cell[0].len - 1] == '/' && str_ends(url, cell[0]) && fhir_sets[i].known &&
                    fhir_set_has(i, cell[1], cell[2]);
        }
        if (!found && ++missing <= 5) print_message("  missing: %.*s %.*s %.*s\n", STR_ARG(cell[0]), STR_ARG(cell[1]), STR_ARG(cell[2]));
    }
    assert_int_equal(rows, 3247);
    assert_int_equal(missing, 0);
}

static void test_limits(void **state) {
    (void)state;
    assert_int_equal(FHIR_TYPE_REGISTERS - 1, 146); /* the concrete resource types of 4.0.1 */
    size_t r4 = 0;
    for (size_t i = 0; i < fhir_search_rows_count; i++) r4 += str_starts(str_of(fhir_text(fhir_search_rows[i].url)), STR("http://hl7.org/"));
    assert_int_equal(r4, 1377); /* of 1,378 all but DeviceDefinition.classification, an element of R5 */
    for (size_t t = 1; t < fhir_types_count; t++) assert_true(fhir_types[t].count <= 512); /* bits of `seen` in validate.c */
    assert_int_equal(fhir_type_find(STR("Timing")), FHIR_TYPE_TIMING);
    assert_true(fhir_type_is(FHIR_TYPE_AGE, FHIR_TYPE_QUANTITY) && fhir_type_is(FHIR_TYPE_PATIENT, FHIR_TYPE_RESOURCE));
    assert_false(fhir_type_is(FHIR_TYPE_BUNDLE, FHIR_TYPE_DOMAIN_RESOURCE));
    assert_int_equal(fhir_type_by_name(STR("Quantity")), FHIR_TYPE_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_primitives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_string_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_narrative, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_good, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_elements, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_invariants, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_required_codes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("fhir validate", tests, NULL, NULL);
}
