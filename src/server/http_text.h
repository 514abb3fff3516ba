/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small languages of HTTP as pure text work: request targets, percent-encoding, query strings, cookies, lists of
 * accepted types and encodings, host names. No socket, no database, no clock: unit-tested and fuzzed on their own.
 */
#ifndef SERVER_HTTP_TEXT_H
#define SERVER_HTTP_TEXT_H

#include "base/text.h"

/* Percent-decodes `in` (and '+' as space when `plus`): a view of `in` when nothing had to change, else a copy in `a`.
 * False for a broken escape, a decoded U+0000 or invalid UTF-8. */
bool http_decode(struct arena *a, str in, bool plus, str *out);

/* The value of the first parameter `name` of a query or form text, decoded; STR_NONE when absent or undecodable (an empty
 * value is an empty text that is not NULL). */
str http_query(struct arena *a, str query, const char *name);

/* `query` without the parameters named in `names` (ended by NULL); a view of it when none occurs. */
str http_query_without(struct arena *a, str query, const char *const *names);

/* Splits "/path?query" at the first '?' and drops an absolute form's "http://host" (RFC 9112 3.2.2). False unless the
 * path begins with '/' and holds only visible ASCII. */
bool http_target(str target, str *path, str *query);

/* Value of a cookie in a Cookie header (RFC 6265 4.2.1), without quotes; STR_NONE when absent. Two cookies of
 * one name give STR_NONE too, since one of them was planted. */
str http_cookie(str header, const char *name);

/* The media type without parameters, trimmed ("application/json"), and its charset parameter without quotes. */
str http_media_type(str content_type, str *charset);

/* Does an Accept header (empty: everything) allow one of `types` ("application/fhir+json", ended by NULL)? Type and
 * subtype wildcards and q=0 are understood; the most specific range decides (RFC 9110 12.5.1). */
bool http_accepts(str accept, const char *const *types);

enum http_encoding { HTTP_IDENTITY, HTTP_GZIP, HTTP_BROTLI };
/* The best encoding of those an Accept-Encoding header allows. */
enum http_encoding http_encoding(str accept_encoding, bool have_gzip, bool have_brotli);

/* Is `etag` (with quotes) among the tags of an If-None-Match header, by weak comparison? "*" matches. */
bool http_etag_matches(str if_none_match, str etag);

/* host[:port] or [v6][:port], only characters that may stand there; so that it may be repeated in a link. */
bool http_host_valid(str host);

/* True when the client wants Vietnamese: no "en" in Accept-Language, or "vi" before it. */
bool http_prefers_vietnamese(str accept_language);

#endif
