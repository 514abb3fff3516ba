/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a URL below the base names (FHIR R4 3.1.0.1 and 3.2.1 compartments).
 */
#include "rest_int.h"

static bool is_id(str s) {
    if (!s.len || s.len > 64) return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.')) return false;
    }
    return true;
}

bool on_shelf(enum rest_shelf shelf, fhir_type type) {
    return shelf == SHELF_BOTH || fhir_is_register(type) == (shelf == SHELF_REGISTERS);
}

static err unknown(struct arena *a, str path) {
    return err_make(a, ERR_NOT_FOUND, NULL, "nothing is served at /%.*s", STR_ARG(path));
}

/* The segments behind Type/id. */
static err behind_id(struct arena *a, str path, str rest, struct rest_path *out) {
    str third = STR_NONE, fourth = STR_NONE, more = STR_NONE;
    if (!str_split(&rest, '/', &third)) return OK_ERR;
    bool has_fourth = str_split(&rest, '/', &fourth);
    if (str_split(&rest, '/', &more)) return unknown(a, path);
    if (str_is(third, "_history")) {
        out->history = true;
        if (has_fourth && !fourth.len) return unknown(a, path);
        out->version = fourth;
        return OK_ERR;
    }
    if (third.len && third.at[0] == '$' && !has_fourth) {
        out->operation = third;
        return OK_ERR;
    }
    out->compartment_of = out->type;
    out->search = has_fourth && str_is(fourth, "_search");
    if (has_fourth && !out->search) return unknown(a, path);
    if (str_is(third, "*")) {
        out->everything_in_compartment = true;
        out->type = FHIR_TYPE_NONE;
        return OK_ERR;
    }
    out->type = fhir_type_by_name(third);
    return out->type == FHIR_TYPE_NONE ? unknown(a, path) : OK_ERR;
}

err path_parse(struct arena *a, str path, enum rest_shelf shelf, struct rest_path *out) {
    *out = (struct rest_path){.type = FHIR_TYPE_NONE, .compartment_of = FHIR_TYPE_NONE};
    if (utf8_valid(path) != path.len) return err_make(a, ERR_INVALID, NULL, "the path is not UTF-8");
    if (str_ends(path, STR("/"))) path = str_slice(path, 0, path.len - 1);
    str rest = path, first, second;
    if (!path.len) return OK_ERR;
    str_split(&rest, '/', &first);
    bool has_second = str_split(&rest, '/', &second);
    if (!has_second && first.len && (first.at[0] == '_' || first.at[0] == '$' || str_is(first, "metadata"))) {
        if (str_is(first, "metadata") && shelf != SHELF_REGISTERS) out->metadata = true;
        else if (str_is(first, "_history")) out->history = true;
        else if (str_is(first, "_search")) out->search = true;
        else if (first.at[0] == '$') out->operation = first;
        else return unknown(a, path);
        return OK_ERR;
    }
    out->type = fhir_type_by_name(first);
    if (out->type == FHIR_TYPE_NONE || !on_shelf(shelf, out->type))
        return err_make(a, ERR_NOT_FOUND, NULL, "there is no resource type %.*s here", STR_ARG(first));
    if (!has_second) return OK_ERR;
    if (!rest.at && str_is(second, "_history")) out->history = true;
    else if (!rest.at && str_is(second, "_search")) out->search = true;
    else if (!rest.at && second.len && second.at[0] == '$') out->operation = second;
    else if (!is_id(second)) return err_make(a, ERR_INVALID, NULL, "not a resource id: %.*s", STR_ARG(second));
    else {
        out->id = second;
        return behind_id(a, path, rest, out);
    }
    return OK_ERR;
}
