/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers: OperationOutcomes, headers of a version, the snapshot of a call.
 */
#include "rest_int.h"

#include "base/date.h"

#include <stdio.h>
#include <time.h>

err call_reader(struct call *c, struct reader **out) {
    if (!c->reader) TRY(reader_begin(c->store, c->arena, &c->reader));
    *out = c->reader;
    return OK_ERR;
}

void call_fresh(struct call *c) {
    if (c->reader) reader_end(c->reader);
    c->reader = NULL;
}

void outcome_error(struct buf *out, err e, bool vietnamese) { fhir_outcome_error(out, e, vietnamese); }

void respond_error(struct call *c, err e) {
    struct buf body = buf_new(c->arena);
    outcome_error(&body, e, c->in->vietnamese);
    c->out->status = err_http(e.code);
    c->out->body = buf_str(&body);
}

str version_etag(struct arena *a, struct version_id v) {
    char text[VERSION_ID_TEXT];
    return str_format(a, "W/\"%s\"", version_id_format(v, text));
}

str http_date(struct arena *a, int64_t ms) {
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t seconds = (time_t)(ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    return str_format(a, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[t.tm_wday], t.tm_mday, months[t.tm_mon],
                      t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

bool etag_version(str etag, struct version_id *out) {
    etag = str_trim(etag);
    if (str_starts(etag, STR("W/"))) etag = str_slice(etag, 2, etag.len);
    if (etag.len >= 2 && etag.at[0] == '"' && etag.at[etag.len - 1] == '"') etag = str_slice(etag, 1, etag.len - 1);
    return version_id_parse(etag, out);
}

bool prefers(str prefer, const char *what) {
    str part;
    for (str rest = prefer; str_split(&rest, ',', &part);)
        for (str piece = part, word; str_split(&piece, ';', &word);)
            if (str_is(str_trim(word), what)) return true;
    return false;
}

void respond_version(struct call *c, const struct version *v, int status) {
    c->out->status = status;
    c->out->etag = version_etag(c->arena, v->version);
    c->out->last_modified = http_date(c->arena, v->wall);
}
