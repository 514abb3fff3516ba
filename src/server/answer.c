/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Answers: errors as OperationOutcome, the headers every answer carries, compression, and the hand-over to libmicrohttpd.
 * Personal data is never stored by a cache on the way (no-store); the program's own files are, and those whose name
 * carries a hash for ever.
 */
#include "server_int.h"

#include "asset.h"
#include "base/log.h"
#include "http_text.h"

#include <stdio.h>
#include <zlib.h>

enum { COMPRESS_FROM = 1400 }; /* bytes: less fits into one packet anyway */

static const char page_policy[] =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'";
static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";

static void write_outcome(struct request *r, const char *issue, const char *text, const char *at, str detail) {
    struct buf *b = &r->out;
    buf_addz(b, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"");
    buf_addz(b, issue);
    buf_addz(b, "\",\"details\":{\"text\":");
    buf_add_json(b, str_of(text));
    buf_addz(b, "}");
    if (detail.len) {
        buf_addz(b, ",\"diagnostics\":");
        buf_add_json(b, detail);
    }
    if (at) {
        buf_addz(b, ",\"expression\":[");
        buf_add_json(b, str_of(at));
        buf_addz(b, "]");
    }
    buf_addz(b, "}]}");
}

void answer_error(struct request *r, err e) {
    r->status = err_http(e.code);
    r->type = "application/fhir+json; charset=utf-8";
    r->out = buf_new(r->arena);
    if (r->status >= 500 && r->status != 503)
        log_line(LOG_ERROR, "http", "%s: %s", r->route ? r->route->path : "request", err_english(e.code));
    write_outcome(r, err_issue(e.code), r->vietnamese ? err_vietnamese(e.code) : err_english(e.code), e.at, e.detail);
}

void answer_status(struct request *r, int status, enum err_code code, const char *detail) {
    answer_error(r, (err){.code = code, .detail = str_of(detail)});
    r->status = status;
}

/* ---- compression ------------------------------------------------------------------------------------------------------ */

static bool worth_compressing(const struct exchange *x) {
    const struct request *r = &x->request;
    if (x->compressed || r->out.len < COMPRESS_FROM) return false;
    return !r->type || str_contains(str_of(r->type), STR("json")) || str_starts(str_of(r->type), STR("text/"));
}

/* Secrets (the CSRF token) are only in answers shorter than COMPRESS_FROM, so sizes tell nothing about them. */
void answer_compress(struct exchange *x) {
    struct request *r = &x->request;
    if (!worth_compressing(x) || http_encoding(exchange_header(x, "Accept-Encoding"), true, false) != HTTP_GZIP) return;
    z_stream z = {0};
    if (deflateInit2(&z, 4, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return;
    uLong bound = deflateBound(&z, r->out.len);
    struct buf packed = buf_new(r->arena);
    buf_reserve(&packed, bound);
    z.next_in = (Bytef *)r->out.at;
    z.avail_in = (uInt)r->out.len;
    z.next_out = (Bytef *)packed.at;
    z.avail_out = (uInt)bound;
    if (r->out.len < UINT32_MAX && deflate(&z, Z_FINISH) == Z_STREAM_END) {
        packed.len = z.total_out;
        r->out = packed;
        x->compressed = true;
    }
    deflateEnd(&z);
}

/* ---- headers ------------------------------------------------------------------------------------------------------------ */

static void add(struct MHD_Response *response, const char *name, const char *value) {
    if (MHD_add_response_header(response, name, value) != MHD_YES) log_line(LOG_ERROR, "http", "a header was refused: %s", name);
}

static bool sets(const struct request *r, const char *name) {
    for (size_t i = 0; i < r->header_count; i++)
        if (str_is(r->headers[i].name, name)) return true;
    return false;
}

static void add_common(struct exchange *x, struct MHD_Response *response, bool page) {
    add(response, "X-Content-Type-Options", "nosniff");
    add(response, "Content-Security-Policy", page ? page_policy : data_policy);
    add(response, "Referrer-Policy", "no-referrer");
    if (page) {
        add(response, "Cross-Origin-Opener-Policy", "same-origin");
        add(response, "Cross-Origin-Resource-Policy", "same-origin");
        add(response, "Permissions-Policy", "camera=(self), geolocation=(self), microphone=()");
        add(response, "X-Frame-Options", "DENY");
    }
    if (x->server->tls) add(response, "Strict-Transport-Security", "max-age=31536000");
    if (x->server->stopping) add(response, "Connection", "close");
    if (x->request_id.len) add(response, "X-Request-Id", str_z(x->request.arena, x->request_id));
}

static struct MHD_Response *memory(const void *at, size_t size) {
    return MHD_create_response_from_buffer(size, (void *)(uintptr_t)at, MHD_RESPMEM_PERSISTENT);
}

static struct MHD_Response *asset_response(struct exchange *x) {
    const struct asset *f = x->asset;
    struct request *r = &x->request;
    enum http_encoding encoding = http_encoding(exchange_header(x, "Accept-Encoding"), f->gz != NULL, f->br != NULL);
    const unsigned char *at = encoding == HTTP_BROTLI ? f->br : encoding == HTTP_GZIP ? f->gz : f->raw;
    size_t size = encoding == HTTP_BROTLI ? f->br_size : encoding == HTTP_GZIP ? f->gz_size : f->raw_size;
    r->status = http_etag_matches(exchange_header(x, "If-None-Match"), str_of(f->etag)) ? 304 : 200;
    struct MHD_Response *response = memory(at, r->status == 304 ? 0 : size);
    if (!response) return NULL;
    add(response, "Content-Type", f->type);
    if (encoding != HTTP_IDENTITY) add(response, "Content-Encoding", encoding == HTTP_BROTLI ? "br" : "gzip");
    add(response, "Vary", "Accept-Encoding");
    add(response, "ETag", f->etag);
    add(response, "Cache-Control", f->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    add_common(x, response, true);
    return response;
}

static struct MHD_Response *data_response(struct exchange *x) {
    struct request *r = &x->request;
    struct MHD_Response *response = memory(r->out.at ? r->out.at : "", r->out.len);
    if (!response) return NULL;
    if (!r->status) r->status = 200;
    if (r->out.len) add(response, "Content-Type", r->type ? r->type : "application/json; charset=utf-8");
    if (x->compressed) add(response, "Content-Encoding", "gzip");
    if (x->compressed || r->out.len >= COMPRESS_FROM) add(response, "Vary", "Accept-Encoding");
    for (size_t i = 0; i < r->header_count; i++) add(response, r->headers[i].name.at, str_z(r->arena, r->headers[i].value));
    if (!sets(r, "Cache-Control")) add(response, "Cache-Control", "no-store");
    if ((r->status == 503 || r->status == 429) && !sets(r, "Retry-After")) add(response, "Retry-After", "1");
    add_common(x, response, false);
    return response;
}

static struct MHD_Response *stream_response(struct exchange *x) {
    struct MHD_Response *response = events_response(x->stream);
    if (!response) return NULL;
    x->request.status = 200;
    add(response, "Content-Type", "text/event-stream");
    add(response, "Cache-Control", "no-store");
    add(response, "X-Accel-Buffering", "no");
    add_common(x, response, false);
    return response;
}

enum MHD_Result answer_send(struct exchange *x) {
    if (x->refused) x->asset = NULL;
    struct MHD_Response *response = x->stream ? stream_response(x) : x->asset ? asset_response(x) : data_response(x);
    if (!response) return MHD_NO;
    enum MHD_Result sent = MHD_queue_response(x->connection, (unsigned)x->request.status, response);
    MHD_destroy_response(response);
    return sent;
}
