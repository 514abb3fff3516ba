/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the papers of a facility carry: its five characters of prescription codes, telephone, address. They stand in the
 * Organization: each code an identifier with its period, so that a new one ends the one before and nothing is
 * overwritten. Pure: JSON in, JSON out.
 */
#ifndef NETWORK_FACILITY_H
#define NETWORK_FACILITY_H

#include "base/date.h"
#include "base/json.h"
#include "base/vec.h"

enum { FACILITY_CODE = 5, FACILITY_TEXT = 200 /* characters of an address */ };

struct facility_code {
    str code;
    int32_t from, until; /* DAY_NONE: open */
};
struct facility {
    str code, phone, address; /* of the asked day; empty: none */
    struct {
        struct facility_code *at;
        size_t len, cap;
    } codes; /* all, as they stand */
};
/* `organization` may be NULL: nothing is known. Texts are views into the tree. */
void facility_read(struct arena *a, const struct json *organization, int32_t day, struct facility *out);
/* Five capital letters or digits, not all noughts (which stand for "none" in a prescription code). */
bool facility_code_valid(str code);
/* 8 to 15 digits, with spaces, dots, hyphens, brackets and a plus in front. */
bool facility_phone_valid(str phone);
/* The Organization with `next` (code, phone, address; empty: none), the code from the day `from` on: the one before
 * ends the day before; codes that began on `from` or later are replaced; the same code again goes on. */
void facility_write(struct buf *out, const struct json *organization, const struct facility *next, int32_t from);

#endif
