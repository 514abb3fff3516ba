/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a search: `name:modifier.chain=value,value` taken apart, percent-decoded and unescaped (FHIR R4 3.1.1.1 ff.).
 * Nothing here knows a parameter's meaning. Pure.
 */
#ifndef SEARCH_QUERY_H
#define SEARCH_QUERY_H

#include "base/date.h"
#include "base/err.h"

/* One `name=value` as sent, decoded, in the order of the query. */
struct query_pair {
    str name, value;
};
struct query {
    struct query_pair *at;
    size_t len, cap;
};
/* Splits at `&`, decodes `%XX` and `+`. Pairs without a name are dropped. ERR_INVALID on a bad escape or invalid UTF-8. */
err query_parse(struct arena *a, str text, struct query *out);
/* First value of `name`, or STR_NONE. */
str query_value(const struct query *q, const char *name);

/* Appends `s` percent-encoded for a query value; the characters that FHIR uses in values stay readable. */
void query_encode(struct buf *out, str s);
void query_append(struct buf *out, str name, str value); /* "&name=value", without & at the start */
str query_decode(struct arena *a, str s, bool *ok);

/* A parameter's name before its meaning is known: "subject:Patient.name:contains" → first step "subject", "Patient", rest
 * "name:contains". `rest` is STR_NONE without a chain. */
struct query_step {
    str name, modifier, rest;
};
struct query_step query_step(str name);

/* Cuts the part before the next unescaped `separator` off *rest (see str_split). The part is still escaped. */
bool query_cut(str *rest, char separator, str *part);
/* Takes the escapes \, \| \$ \\ away. Another character behind a backslash keeps both. */
str query_unescape(struct arena *a, str s);

enum prefix { PREFIX_EQ, PREFIX_NE, PREFIX_GT, PREFIX_LT, PREFIX_GE, PREFIX_LE, PREFIX_SA, PREFIX_EB, PREFIX_AP };
/* Takes a two-letter prefix off *value; PREFIX_EQ without one. */
enum prefix query_prefix(str *value);

/* A date's span [from, to) in ms: FHIR R4 3.1.1.4.5; without zone a day of +07:00. */
bool query_date(str value, int64_t *from, int64_t *to);

/* A number with its implicit precision: the span [low, high] of half a unit of the last digit around it (3.1.1.4.4):
 * "100" → [99.5, 100.5), "1e2" → [95, 105). */
struct number_span {
    double value, low, high;
};
bool query_number(str value, struct number_span *out);

#endif
