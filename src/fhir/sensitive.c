/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * data/privacy/sensitive.csv, read once, and the walk over a record: see sensitive.h.
 */
#include "sensitive.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/log.h"

#include <pthread.h>

enum code_system { CODES_ICD10, CODES_LOINC, CODES_ATC, CODES_ACT, CODES_CONFIDENTIALITY, CODES_PROGRAMME, CODE_SYSTEMS };
static const char *const system_words[CODE_SYSTEMS] = {"icd10", "loinc", "atc", "act", "confidentiality", "programme"};

struct rule {
    uint32_t class_bit;
    bool prefix;
    str code; /* without dots */
    int32_t from, to;
};
struct table {
    struct rule at[CODE_SYSTEMS][256];
    size_t len[CODE_SYSTEMS];
    int64_t fingerprint;
};
static struct table table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *const codes[] = {
#define CODE(name, code, vi, en) code,
    SENSITIVE_CLASSES(CODE)};
static const char *const names_vi[] = {
#define NAME_VI(name, code, vi, en) vi,
    SENSITIVE_CLASSES(NAME_VI)};
static const char *const names_en[] = {
#define NAME_EN(name, code, vi, en) en,
    SENSITIVE_CLASSES(NAME_EN)};

const char *sensitive_code(enum sensitive c) { return codes[c]; }
const char *sensitive_name(enum sensitive c, bool vietnamese) { return vietnamese ? names_vi[c] : names_en[c]; }

static size_t word_index(str word, const char *const *list, size_t count) {
    size_t i = 0;
    while (i < count && !str_is(word, list[i])) i++;
    return i;
}

static int32_t day_or(str text, int32_t otherwise) {
    int32_t day;
    return text.len && day_parse(text, &day) ? day : otherwise;
}

/* The table is part of the program: a wrong row is a broken build. */
static void read_row(const str *f, size_t count) {
    size_t class_index = word_index(f[0], codes, SENSITIVE_COUNT), s = word_index(f[1], system_words, CODE_SYSTEMS);
    if (count < 8 || class_index == SENSITIVE_COUNT || s == CODE_SYSTEMS || table.len[s] == 256 || !f[3].len)
        panic("data/privacy/sensitive.csv: wrong row with code %.*s", STR_ARG(f[3]));
    table.at[s][table.len[s]++] = (struct rule){1u << class_index, str_is(f[2], "prefix"), f[3], day_or(f[4], INT32_MIN), day_or(f[5], INT32_MAX)};
}

static void load(void) {
    struct csv csv = {.rest = data_file("privacy/sensitive.csv")};
    struct arena *a = arena_new(); /* of the process: rules are views into the embedded text */
    str fields[12];
    size_t count;
    bool row, header = true;
    uint64_t hash = 1469598103934665603u; /* FNV-1a */
    for (size_t i = 0; i < csv.rest.len; i++) hash = (hash ^ (unsigned char)csv.rest.at[i]) * 1099511628211u;
    table.fingerprint = (int64_t)(hash & INT64_MAX);
    for (;; header = false) {
        err e = csv_row(&csv, a, fields, 12, &count, &row);
        if (e.code) panic("data/privacy/sensitive.csv: line %u", csv.line);
        if (!row) return;
        if (!header) read_row(fields, count);
    }
}

int64_t sensitive_fingerprint(void) {
    pthread_once(&once, load);
    return table.fingerprint;
}

static enum code_system system_of(str system) {
    if (str_is(system, "http://loinc.org")) return CODES_LOINC;
    if (str_is(system, "http://www.whocc.no/atc")) return CODES_ATC;
    if (str_is(system, "urn:tram:programme")) return CODES_PROGRAMME;
    if (str_contains(system, STR("icd-10"))) return CODES_ICD10;
    if (str_ends(system, STR("/v3-ActCode"))) return CODES_ACT;
    if (str_ends(system, STR("/v3-Confidentiality"))) return CODES_CONFIDENTIALITY;
    return CODE_SYSTEMS;
}

/* Does the code begin with the rule's (all of it: exact)? Dots do not count: F02.4 is F024. */
static bool code_fits(str code, const struct rule *r) {
    size_t k = 0;
    for (size_t i = 0; i < code.len; i++) {
        if (code.at[i] == '.') continue;
        if (k == r->code.len) return r->prefix;
        char c = code.at[i] >= 'a' && code.at[i] <= 'z' ? (char)(code.at[i] - 32) : code.at[i];
        char wanted = r->code.at[k] >= 'a' && r->code.at[k] <= 'z' ? (char)(r->code.at[k] - 32) : r->code.at[k];
        if (c != wanted) return false;
        k++;
    }
    return k == r->code.len;
}

static uint32_t classes_of(str system, str code, int32_t day, bool labels_only) {
    enum code_system s = system_of(system);
    uint32_t found = 0;
    if (s == CODE_SYSTEMS || (labels_only && s != CODES_ACT && s != CODES_CONFIDENTIALITY)) return 0;
    for (size_t i = 0; i < table.len[s]; i++) {
        const struct rule *r = &table.at[s][i];
        bool now = day == INT32_MAX ? r->to == INT32_MAX : day >= r->from && day < r->to;
        if (now && code_fits(code, r)) found |= r->class_bit;
    }
    return found;
}

/* Every object with a system and a code, however deep: also in contained resources and in the entries of a Bundle. */
static uint32_t walk(const struct json *node, int32_t day, bool labels_only) {
    const struct json *system = NULL, *code = NULL;
    uint32_t found = 0;
    for (const struct json *m = node->first; m; m = m->next) {
        if (m->kind == JSON_STRING && str_is(m->key, "system")) system = m;
        else if (m->kind == JSON_STRING && str_is(m->key, "code")) code = m;
        else if (m->first) found |= walk(m, day, labels_only);
    }
    if (system && code) found |= classes_of(system->text, code->text, day, labels_only);
    return found;
}

uint32_t sensitive_classes(fhir_type type, const struct json *resource, int32_t day) {
    pthread_once(&once, load);
    if (!resource || type == FHIR_TYPE_PATIENT) return 0;
    return walk(resource, day, type == FHIR_TYPE_ALLERGY_INTOLERANCE);
}
