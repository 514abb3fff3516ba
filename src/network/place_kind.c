/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes and names of the kinds of places.
 */
#include "place_kind.h"

static const struct {
    const char *code, *vi, *en;
} kinds[PLACE_KIND_COUNT] = {
#define X(name, number, code, vi, en) [number] = {code, vi, en},
    PLACE_KINDS(X)
#undef X
};

const char *place_kind_code(enum place_kind kind) { return kind < PLACE_KIND_COUNT ? kinds[kind].code : ""; }

enum place_kind place_kind_of(str code) {
    for (size_t i = 1; i < PLACE_KIND_COUNT; i++)
        if (str_is(code, kinds[i].code)) return (enum place_kind)i;
    return PLACE_UNKNOWN;
}

const char *place_kind_name(enum place_kind kind, bool vietnamese) {
    return kind >= PLACE_KIND_COUNT ? "" : vietnamese ? kinds[kind].vi : kinds[kind].en;
}
