/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * References and ids (FHIR R4 2.3, 2.24.0.1).
 */
#include "fhir.h"

bool fhir_id_valid(str id) {
    if (!id.len || id.len > 64) return false;
    for (size_t i = 0; i < id.len; i++) {
        char c = id.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) return false;
    }
    return true;
}

/* Cuts the last segment off: "a/b/c" → "c", leaving "a/b". */
static str cut_last(str *path) {
    for (size_t i = path->len; i > 0; i--)
        if (path->at[i - 1] == '/') {
            str last = str_slice(*path, i, path->len);
            path->len = i - 1;
            return last;
        }
    str all = *path;
    path->len = 0;
    return all;
}

/* [base/]Type/id[/_history/version] */
static bool take_type_and_id(str path, struct fhir_reference *out) {
    str last = cut_last(&path), before = path, word = cut_last(&before);
    if (str_is(word, "_history")) {
        out->version = last;
        path = before;
        last = cut_last(&path);
        before = path;
        word = cut_last(&before);
    }
    fhir_type type = fhir_type_by_name(word);
    if (!type || !fhir_id_valid(last)) return false;
    out->type = type;
    out->id = last;
    out->base = before;
    return true;
}

/* A URL has a scheme: letters, then ':'. */
static bool has_scheme(str s) {
    size_t colon = str_find(s, ':');
    if (colon == 0 || colon >= s.len || str_find(s, '/') < colon) return false;
    return (s.at[0] >= 'a' && s.at[0] <= 'z') || (s.at[0] >= 'A' && s.at[0] <= 'Z');
}

struct fhir_reference fhir_reference_parse(str reference) {
    struct fhir_reference r = {.kind = REFERENCE_NONE, .url = str_slice(reference, 0, str_find(reference, '#'))};
    if (!reference.len) return r;
    if (reference.at[0] == '#') {
        r.kind = REFERENCE_FRAGMENT;
        r.id = str_slice(reference, 1, reference.len);
    } else if (str_starts(reference, STR("urn:"))) {
        r.kind = REFERENCE_URN;
    } else if (has_scheme(r.url)) {
        r.kind = REFERENCE_ABSOLUTE;
        take_type_and_id(str_slice(r.url, 0, str_find(r.url, '?')), &r);
    } else if (r.url.len && r.url.at[0] != '/' && take_type_and_id(r.url, &r) && !r.base.len) {
        r.kind = REFERENCE_LOCAL;
    } else {
        r.type = FHIR_TYPE_NONE;
        r.id = r.version = STR_NONE;
    }
    return r;
}
