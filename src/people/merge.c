/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links between Patient bodies, put in and taken out at the byte: what was there before stays as it was sent.
 */
#include "merge.h"

#include "fhir/fhir.h"

static const struct json *find_link(const struct json *patient, const char *type, str other, const struct json **before) {
    const struct json *links = JSON_GET(patient, "link");
    *before = NULL;
    for (const struct json *l = links ? links->first : NULL; l; *before = l, l = l->next) {
        struct fhir_reference r = fhir_reference_parse(JSON_TEXT(JSON_GET(l, "other"), "reference"));
        if (r.kind == REFERENCE_LOCAL && r.type == FHIR_TYPE_PATIENT && str_eq(r.id, other) &&
            str_is(JSON_TEXT(l, "type"), type))
            return l;
    }
    return NULL;
}

err merge_link(struct arena *a, str body, const char *type, str other, str *out) {
    struct json *patient;
    const struct json *before;
    struct buf b = buf_new(a);
    TRY(json_parse(a, body, &patient));
    if (find_link(patient, type, other, &before)) return err_make(a, ERR_CONFLICT, "link", "the records are tied already");
    const struct json *links = JSON_GET(patient, "link");
    size_t at = (links ? links->end : patient->end) - 1; /* in front of the bracket */
    buf_add(&b, str_slice(body, 0, at));
    buf_addz(&b, !links ? ",\"link\":[" : links->first ? "," : "");
    buf_addf(&b, "{\"other\":{\"reference\":\"Patient/%.*s\"},\"type\":\"%s\"}", STR_ARG(other), type);
    if (!links) buf_addc(&b, ']');
    buf_add(&b, str_slice(body, at, body.len));
    *out = buf_str(&b);
    return OK_ERR;
}

/* The bytes [from, to) go, with the comma that parted them from their neighbour. */
static str cut(struct arena *a, str body, size_t from, size_t to) {
    struct buf b = buf_new(a);
    if (from && body.at[from - 1] == ',') from--;
    else if (to < body.len && body.at[to] == ',') to++;
    buf_add(&b, str_slice(body, 0, from));
    buf_add(&b, str_slice(body, to, body.len));
    return buf_str(&b);
}

err merge_unlink(struct arena *a, str body, const char *type, str other, str *out) {
    struct json *patient;
    const struct json *before;
    TRY(json_parse(a, body, &patient));
    const struct json *links = JSON_GET(patient, "link"), *link = find_link(patient, type, other, &before);
    if (!link) return err_make(a, ERR_NOT_FOUND, "link", "the records are not tied");
    *out = links->count == 1 ? cut(a, body, links->key_begin, links->end) : cut(a, body, link->begin, link->end);
    return OK_ERR;
}

static bool is_replaced(const struct json *patient) {
    const struct json *links = JSON_GET(patient, "link");
    for (const struct json *l = links ? links->first : NULL; l; l = l->next)
        if (str_is(JSON_TEXT(l, "type"), "replaced-by")) return true;
    return false;
}

err merge_allowed(struct arena *a, const struct json *keep, const struct json *replaced) {
    if (str_eq(JSON_TEXT(keep, "id"), JSON_TEXT(replaced, "id")))
        return err_make(a, ERR_INVALID, "id", "a record cannot be merged into itself");
    if (is_replaced(keep)) return err_make(a, ERR_INVALID, "id", "the record that shall go on is itself replaced");
    if (is_replaced(replaced)) return err_make(a, ERR_INVALID, "id", "the record is replaced already");
    return OK_ERR;
}
