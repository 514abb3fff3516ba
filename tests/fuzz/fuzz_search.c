/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Search queries and JSON patches from the fuzzer, against a node with a few resources. The first byte chooses the type (or the
 * patch). Whatever comes, the answer is a Bundle or an OperationOutcome with 200 or 4xx; following `next` never repeats.
 */
#include "base/log.h"
#include "rest/patch.h"
#include "rest/rest.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct store *store;
static const struct access everything = {.everything = true};

static struct rest_response ask(struct arena *a, const struct access *who, enum rest_method method, str path, str query, str body) {
    struct rest_response out;
    const struct rest_request in = {.method = method, .path = path, .query = query, .body = body, .base_url = STR("http://h/fhir"),
                                    .actor = STR("system"), .access = who};
    rest_handle(store, a, &in, &out);
    return out;
}

static void start(void) {
    static const char *const resources[][2] = {
        {"Patient/a", "{\"resourceType\":\"Patient\",\"id\":\"a\",\"name\":[{\"family\":\"Nguyễn\",\"given\":[\"Lan\"]}],\"gender\":\"female\",\"birthDate\":\"1959-03\"}"},
        {"Encounter/e", "{\"resourceType\":\"Encounter\",\"id\":\"e\",\"status\":\"finished\",\"class\":{\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/a\"},"
                        "\"period\":{\"start\":\"2020-01-01\"}}"},
        {"Observation/o", "{\"resourceType\":\"Observation\",\"id\":\"o\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"8480-6\"}]},"
                          "\"subject\":{\"reference\":\"Patient/a\"},\"encounter\":{\"reference\":\"Encounter/e\"},\"effectiveDateTime\":\"2020-01-01\","
                          "\"valueQuantity\":{\"value\":148,\"system\":\"http://unitsofmeasure.org\",\"code\":\"mm[Hg]\"}}"}};
    char dir[] = "/tmp/tram-fuzz-XXXXXX";
    struct arena *a = arena_new();
    const struct store_options options = {.mode = STORE_WRITE};
    if (!mkdtemp(dir) || store_init(a, dir).code || store_open(a, dir, &options, &store).code) panic("no node for the fuzzer");
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
        if (ask(a, &everything, REST_PUT, str_of(resources[i][0]), STR(""), str_of(resources[i][1])).status != 201) panic("not stored");
    arena_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"Patient", "Observation", "Encounter", "Patient/a/Observation", "Observation/_history", ""};
    static const char document[] = "{\"a\":[1,2.50,{\"b\":null}],\"c\":\"x\"}";
    static const struct access nobody;
    if (!store) start();
    if (!size) return 0;
    struct arena *a = arena_new();
    str rest = {(const char *)data + 1, size - 1};
    if (data[0] % 8 == 7) {
        struct buf out = buf_new(a);
        struct json *tree;
        if (!patch_apply(a, STR(document), rest, &out).code && json_parse(a, buf_str(&out), &tree).code) abort();
    } else {
        struct rest_response r = ask(a, data[0] & 64 ? &nobody : &everything, REST_GET, str_of(paths[data[0] % 8 % 6]), rest, STR(""));
        struct json *tree;
        if ((r.status != 200 && (r.status < 400 || r.status > 499)) || json_parse(a, r.body, &tree).code) abort();
    }
    arena_free(a);
    return 0;
}
