/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Patient/id/$summary: the International Patient Summary (HL7 FHIR IPS, ISO 27269) as a document Bundle: a Composition, then the
 * resources its sections name. The three sections that IPS requires are always there; one without entries says that nothing is
 * recorded, which is not the same as that there is nothing. What the asker may not see is not in it.
 */
#include "rest_int.h"

#include "base/date.h"
#include "base/map.h"
#include "base/vec.h"
#include "base/vocabulary.h"

enum { SECTION_MOST = 100, OBSERVATIONS_READ = 500 };

struct summary {
    struct call *call;
    struct reader *reader;
    str patient;
    struct { struct version *at; size_t len, cap; } entries; /* behind the Composition: the Patient first */
    struct map known;                                        /* Type/id of the entries */
    struct buf sections;
};

struct section {
    const char *loinc, *title, *display;
    fhir_type type;
    bool required;
    bool (*keeps)(struct summary *s, const struct json *resource, struct map *seen);
};

/* ---- what belongs in ------------------------------------------------------------------------------------------------------------ */

static str first_code(const struct json *concept) { return JSON_TEXT(json_item(JSON_GET(concept, "coding"), 0), "code"); }

static bool is_error(const struct json *r) {
    str status = JSON_TEXT(r, "status");
    return str_is(status, "entered-in-error") || str_is(status, "not-done") || str_is(status, "cancelled") ||
           str_is(first_code(JSON_GET(r, "verificationStatus")), "entered-in-error") || str_is(first_code(JSON_GET(r, "verificationStatus")), "refuted");
}

static bool keeps_valid(struct summary *s, const struct json *r, struct map *seen) {
    (void)s, (void)seen;
    return !is_error(r);
}

static bool keeps_problem(struct summary *s, const struct json *r, struct map *seen) {
    str state = first_code(JSON_GET(r, "clinicalStatus"));
    (void)s, (void)seen;
    return !is_error(r) && !str_is(state, "resolved") && !str_is(state, "inactive") && !str_is(state, "remission");
}

/* What is taken now: each medicine once, as it was prescribed last. */
static bool keeps_medicine(struct summary *s, const struct json *r, struct map *seen) {
    str status = JSON_TEXT(r, "status"), key = first_code(JSON_GET(r, "medicationCodeableConcept"));
    if (!key.len) key = JSON_TEXT(JSON_GET(r, "medicationCodeableConcept"), "text");
    (void)s;
    if (is_error(r) || str_is(status, "stopped") || str_is(status, "draft") || (key.len && map_has(seen, key))) return false;
    map_put(seen, key, "");
    return true;
}

static bool has_category(const struct json *r, const char *code) {
    const struct json *list = JSON_GET(r, "category");
    for (const struct json *c = list ? list->first : NULL; c; c = c->next)
        if (str_is(first_code(c), code)) return true;
    return false;
}

/* The newest of each code. */
static bool keeps_newest(const struct json *r, struct map *seen) {
    str key = first_code(JSON_GET(r, "code"));
    if (is_error(r) || !key.len || map_has(seen, key)) return false;
    map_put(seen, key, "");
    return true;
}

static bool keeps_vital(struct summary *s, const struct json *r, struct map *seen) {
    (void)s;
    return has_category(r, "vital-signs") && keeps_newest(r, seen);
}

static bool keeps_result(struct summary *s, const struct json *r, struct map *seen) {
    (void)s;
    return has_category(r, "laboratory") && keeps_newest(r, seen);
}

/* IPS 1.1: section codes. */
static const struct section sections[] = {
    {"11450-4", "Vấn đề sức khỏe / Problems", "Problem list - Reported", FHIR_TYPE_CONDITION, true, keeps_problem},
    {"48765-2", "Dị ứng / Allergies", "Allergies and adverse reactions Document", FHIR_TYPE_ALLERGY_INTOLERANCE, true, keeps_valid},
    {"10160-0", "Thuốc / Medicines", "History of Medication use Narrative", FHIR_TYPE_MEDICATION_REQUEST, true, keeps_medicine},
    {"11369-6", "Tiêm chủng / Immunizations", "History of Immunization note", FHIR_TYPE_IMMUNIZATION, false, keeps_valid},
    {"47519-4", "Thủ thuật / Procedures", "History of Procedures Document", FHIR_TYPE_PROCEDURE, false, keeps_valid},
    {"8716-3", "Dấu hiệu sinh tồn / Vital signs", "Vital signs note", FHIR_TYPE_OBSERVATION, false, keeps_vital},
    {"30954-2", "Xét nghiệm / Results", "Relevant diagnostic tests/laboratory data note", FHIR_TYPE_OBSERVATION, false, keeps_result},
};

/* ---- words ------------------------------------------------------------------------------------------------------------------------- */

static void add_xml(struct buf *out, str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (c == '<') buf_addz(out, "&lt;");
        else if (c == '>') buf_addz(out, "&gt;");
        else if (c == '&') buf_addz(out, "&amp;");
        else buf_addc(out, (unsigned char)c < 0x20 ? ' ' : c);
    }
}

static str concept_words(const struct json *concept) {
    const struct json *coding = json_item(JSON_GET(concept, "coding"), 0);
    str text = JSON_TEXT(concept, "text");
    if (!text.len) text = JSON_TEXT(coding, "display");
    return text.len ? text : JSON_TEXT(coding, "code");
}

static void add_quantity(struct buf *out, const struct json *quantity) {
    const struct json *value = JSON_GET(quantity, "value");
    if (!value) return;
    buf_addc(out, ' ');
    buf_add(out, value->text);
    buf_addc(out, ' ');
    add_xml(out, JSON_TEXT(quantity, "unit"));
}

/* One line for people: what, how much, when. */
static void add_line(struct buf *out, const struct json *r) {
    static const char *const whats[] = {"code", "medicationCodeableConcept", "vaccineCode"};
    static const char *const whens[] = {"effectiveDateTime", "recordedDate", "authoredOn", "occurrenceDateTime", "performedDateTime", "onsetDateTime"};
    buf_addz(out, "<li>");
    for (size_t i = 0; i < sizeof whats / sizeof *whats; i++) add_xml(out, concept_words(json_get(r, str_of(whats[i]))));
    add_quantity(out, JSON_GET(r, "valueQuantity"));
    const struct json *components = JSON_GET(r, "component");
    for (const struct json *c = components ? components->first : NULL; c; c = c->next) add_quantity(out, JSON_GET(c, "valueQuantity"));
    str dose = JSON_TEXT(json_item(JSON_GET(r, "dosageInstruction"), 0), "text");
    if (dose.len) buf_addz(out, ", "), add_xml(out, dose);
    for (size_t i = 0; i < sizeof whens / sizeof *whens; i++) {
        str when = json_text(r, str_of(whens[i]));
        if (!when.len) continue;
        buf_addz(out, ", ");
        add_xml(out, str_slice(when, 0, 10));
        break;
    }
    buf_addz(out, "</li>");
}

/* ---- the document -------------------------------------------------------------------------------------------------------------------- */

static void take(struct summary *s, const struct version *v) {
    str key = str_format(s->call->arena, "%s/%.*s", fhir_type_name(v->type), STR_ARG(v->id));
    if (!map_put(&s->known, key, "")) return;
    VEC_PUSH(s->call->arena, &s->entries, *v);
}

static void open_section(struct buf *out, const struct section *x) {
    buf_addz(out, out->len ? ",{\"title\":" : "{\"title\":");
    buf_add_json(out, str_of(x->title));
    buf_addf(out, ",\"code\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC "\",\"code\":\"%s\",\"display\":\"%s\"}]},\"text\":{\"status\":\"generated\",\"div\":", x->loinc, x->display);
}

static void close_section(struct summary *s, const struct section *x, str lines, str references) {
    struct arena *a = s->call->arena;
    if (!references.len && !x->required) return;
    open_section(&s->sections, x);
    str text = references.len ? str_format(a, "<ul>%.*s</ul>", STR_ARG(lines)) : STR("<p>Chưa ghi nhận / Nothing recorded</p>");
    buf_add_json(&s->sections, str_format(a, "<div xmlns=\"http://www.w3.org/1999/xhtml\">%.*s</div>", STR_ARG(text)));
    if (references.len) buf_addf(&s->sections, "},\"entry\":[%.*s]}", STR_ARG(references));
    else buf_addz(&s->sections, "},\"emptyReason\":{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/list-empty-reason\",\"code\":\"unavailable\"}]}}");
}

static err add_section(struct summary *s, const struct section *x) {
    struct arena *a = s->call->arena;
    struct search_result found;
    struct map seen = map_new(a);
    struct buf lines = buf_new(a), references = buf_new(a);
    size_t kept = 0;
    if (!access_reads(s->call->in->access, x->type)) {
        close_section(s, x, STR(""), STR(""));
        return OK_ERR;
    }
    const struct search_options options = {.access = s->call->in->access, .base_url = s->call->in->base_url, .deadline_ms = s->call->in->deadline_ms,
                                           .compartment_of = FHIR_TYPE_PATIENT, .compartment_id = s->patient};
    TRY(search_run(s->reader, a, x->type, str_format(a, "_count=%d", OBSERVATIONS_READ), &options, &found));
    for (size_t i = 0; i < found.hit_count && kept < SECTION_MOST; i++) {
        const struct version *v = &found.hits[i].version;
        struct json *tree;
        TRY(json_parse(a, v->body, &tree));
        if (found.hits[i].mode != HIT_MATCH || !x->keeps(s, tree, &seen)) continue;
        add_line(&lines, tree);
        buf_addf(&references, "%s{\"reference\":\"%s/%.*s\"}", kept++ ? "," : "", fhir_type_name(x->type), STR_ARG(v->id));
        take(s, v);
    }
    close_section(s, x, buf_str(&lines), buf_str(&references));
    return OK_ERR;
}

/* Who answers for the document: the asker when a Practitioner, else this program. */
static str author(struct summary *s) {
    struct version v;
    str actor = s->call->in->actor;
    if (!str_starts(actor, STR("Practitioner/")) || reader_get(s->reader, s->call->arena, FHIR_TYPE_PRACTITIONER, str_slice(actor, 13, actor.len), &v).code)
        return STR("{\"type\":\"Device\",\"display\":\"Trạm\"}");
    take(s, &v);
    return str_format(s->call->arena, "{\"reference\":\"%.*s\"}", STR_ARG(actor));
}

static void put_document(struct summary *s, struct buf *b) {
    struct arena *a = s->call->arena;
    char now[25];
    str id = rest_new_id(a), by = author(s), base = s->call->in->base_url;
    instant_format(clock_now_ms(), now);
    buf_addf(b, "{\"resourceType\":\"Bundle\",\"identifier\":{\"system\":\"urn:ietf:rfc:3986\",\"value\":\"urn:uuid:%.*s\"},\"type\":\"document\",\"timestamp\":\"%s\",\"entry\":["
                "{\"fullUrl\":\"%.*s/Composition/%.*s\",\"resource\":{\"resourceType\":\"Composition\",\"id\":\"%.*s\",\"meta\":{\"profile\":["
                "\"http://hl7.org/fhir/uv/ips/StructureDefinition/Composition-uv-ips\"]},\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>Tóm tắt hồ sơ sức khỏe</p></div>\"},\"status\":\"final\",\"type\":{\"coding\":[{\"system\":\"" SYSTEM_LOINC
                "\",\"code\":\"60591-5\",\"display\":\"Patient summary Document\"}]},\"subject\":{\"reference\":\"Patient/%.*s\"},\"date\":\"%s\",\"author\":[%.*s],"
                "\"title\":\"Tóm tắt hồ sơ sức khỏe / Patient summary\",\"confidentiality\":\"N\",\"section\":[%.*s]}}",
             STR_ARG(id), now, STR_ARG(base), STR_ARG(id), STR_ARG(id), STR_ARG(s->patient), now, STR_ARG(by), STR_ARG(buf_str(&s->sections)));
    for (size_t i = 0; i < s->entries.len; i++) {
        const struct version *v = &s->entries.at[i];
        buf_addz(b, ",{\"fullUrl\":");
        buf_add_json(b, str_format(a, "%.*s/%s/%.*s", STR_ARG(base), fhir_type_name(v->type), STR_ARG(v->id)));
        buf_addz(b, ",\"resource\":");
        version_json(b, v);
        buf_addc(b, '}');
    }
    buf_addz(b, "]}");
}

err rest_summary(struct call *c, str id) {
    struct summary s = {.call = c, .patient = id, .known = map_new(c->arena), .sections = buf_new(c->arena)};
    struct version patient;
    struct buf body = buf_new(c->arena);
    TRY(call_reader(c, &s.reader));
    err e = reader_get(s.reader, c->arena, FHIR_TYPE_PATIENT, id, &patient);
    if (e.code || !access_sees(s.reader, c->in->access, &patient)) return (err){.code = ERR_NOT_FOUND};
    take(&s, &patient);
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) TRY(add_section(&s, &sections[i]));
    put_document(&s, &body);
    c->out->read = s.entries.at;
    c->out->read_count = s.entries.len;
    c->out->status = 200;
    c->out->body = buf_str(&body);
    return OK_ERR;
}
