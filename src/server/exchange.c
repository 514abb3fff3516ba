/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request from its first byte to its log line. libmicrohttpd calls exchange_target with the raw target, then
 * exchange_request: once after the headers, once for each piece of the body, and at the end; exchange_completed when the
 * answer is out or the peer is gone. Every check that needs no body is made before the body is read.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"
#include "http_text.h"

#include <gnutls/gnutls.h>
#include <strings.h>
#include <sys/socket.h>

enum {
    DRAIN = 16 * 1024 * 1024,   /* of a refused body is read, then the answer goes out although the body goes on … */
    PATIENCE = 64 * 1024 * 1024 /* … and so much more, since a close with unread bytes would take the answer along */
};

str exchange_header(struct exchange *x, const char *name) {
    return str_of(MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name));
}

str request_header(struct request *r, const char *name) { return exchange_header(exchange_of(r), name); }

str request_query(struct request *r, const char *name) { return http_query(r->arena, r->query, name); }

err request_reader(struct request *r, struct reader **out) {
    if (!r->reader) TRY(reader_begin(r->store, r->arena, &r->reader));
    *out = r->reader;
    return OK_ERR;
}

err request_json(struct request *r, struct json **out) {
    str charset, type = http_media_type(request_header(r, "Content-Type"), &charset);
    if (!str_is(type, "application/json") && !str_is(type, "application/fhir+json"))
        return err_make(r->arena, ERR_MEDIA_TYPE, "Content-Type", "application/json is expected");
    return json_parse(r->arena, r->body, out);
}

void request_set_header(struct request *r, const char *name, str value) {
    if (r->header_count == sizeof r->headers / sizeof *r->headers) panic("too many headers in an answer");
    r->headers[r->header_count++] = (struct header){str_of(name), str_copy(r->arena, value)};
}

/* The first element of a list that a proxy made: what the outermost proxy saw. */
static str first_of_list(str list) { return str_trim(str_slice(list, 0, str_find(list, ','))); }

str request_base_url(struct request *r) {
    struct exchange *x = exchange_of(r);
    const struct server_options *o = x->server->options;
    if (o->base_url && *o->base_url) {
        str given = str_of(o->base_url);
        while (str_ends(given, STR("/"))) given.len--;
        return given;
    }
    const char *scheme = x->server->tls ? "https" : "http";
    str host = request_header(r, "Host");
    if (o->behind_proxy) {
        str proto = first_of_list(request_header(r, "X-Forwarded-Proto")), outer = first_of_list(request_header(r, "X-Forwarded-Host"));
        if (str_is(proto, "https")) scheme = "https";
        if (http_host_valid(outer)) host = outer;
    }
    if (!http_host_valid(host)) host = STR("localhost");
    return str_format(r->arena, "%s://%.*s", scheme, STR_ARG(host));
}

/* The peer's address for the audit: that of the proxy's client behind a proxy. */
str request_peer(struct request *r) {
    struct exchange *x = exchange_of(r);
    if (x->server->options->behind_proxy) {
        str client = first_of_list(request_header(r, "X-Forwarded-For"));
        if (client.len && client.len <= 64 && utf8_valid(client) == client.len) return client;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[64] = "";
    if (info && info->client_addr) listen_address_text(info->client_addr, text, sizeof text);
    return str_copy(r->arena, str_of(text));
}

void request_audit_entry(struct request *r, struct audit_entry *e) {
    findings_end(r); /* whoever does something else has found, or given up */
    e->wall = clock_now_ms();
    e->actor = r->session ? r->session->actor : STR("nobody");
    e->post = r->session ? r->session->badge : STR_NONE;
    e->from = request_peer(r);
    store_audit(r->store, e);
}

void request_audit(struct request *r, const char *action, fhir_type type, str id, int64_t patient) {
    struct audit_entry e = {.action = str_of(action), .type = type, .id = id, .patient = patient};
    request_audit_entry(r, &e);
}

/* ---- before the body -------------------------------------------------------------------------------------------------- */

static void refuse(struct exchange *x, enum err_code code, const char *detail) {
    x->refused = true;
    answer_status(&x->request, err_http(code), code, detail);
}

static void refuse_status(struct exchange *x, int status, enum err_code code, const char *detail) {
    x->refused = true;
    answer_status(&x->request, status, code, detail);
}

static const char *known_method(const char *method) {
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(method, methods[i]) == 0) return methods[i];
    return NULL;
}

static bool is_read(const struct exchange *x) {
    return x->head || strcmp(x->request.method, "GET") == 0 || strcmp(x->request.method, "OPTIONS") == 0;
}

static bool same_secret(str a, str b) {
    unsigned char different = a.len != b.len || !a.len;
    for (size_t i = 0; i < a.len && i < b.len; i++) different |= (unsigned char)(a.at[i] ^ b.at[i]);
    return !different;
}

/* Who is it? A bearer token goes before the cookie: a program that sends both means the token. */
static void identify(struct exchange *x) {
    str authorization = exchange_header(x, "Authorization");
    if (authorization.len > 7 && strncasecmp(authorization.at, "Bearer ", 7) == 0)
        x->entry = session_take(x->server, str_trim(str_slice(authorization, 7, authorization.len)), false);
    else if (!authorization.at)
        x->entry = session_take(x->server, http_cookie(exchange_header(x, "Cookie"), "tram"), true);
    if (!x->entry) return;
    x->request.session = session_of(x->entry);
    x->request.vietnamese = x->request.session->vietnamese;
}

/* May this session take this route? Fills the refusal. */
static bool permitted(struct exchange *x, enum permission needed) {
    const struct session *session = x->request.session;
    if (needed == PERMISSION_NONE) return true;
    if (!session) {
        request_set_header(&x->request, "WWW-Authenticate", STR("Bearer realm=\"tram\""));
        refuse(x, ERR_LOGIN, "a session or a bearer token is needed");
    } else if (!session_may(session, needed)) {
        refuse(x, ERR_FORBIDDEN, "the role does not allow this");
    } else if (session->by_cookie && !is_read(x) && !same_secret(exchange_header(x, "X-CSRF-Token"), session->csrf)) {
        refuse(x, ERR_FORBIDDEN, "X-CSRF-Token is missing or is not that of the session");
    }
    return !x->refused;
}

static void find_route(struct exchange *x, struct route_match *match) {
    struct request *r = &x->request;
    enum route_found found = router_find(&x->server->router, r->arena, r->method, r->path, match);
    x->route_index = match->index;
    r->route = match->route;
    memcpy(r->parameters, match->parameters, sizeof r->parameters);
    if (strcmp(r->method, "OPTIONS") == 0 && (found == ROUTE_WRONG_METHOD || found == ROUTE_ABSENT)) {
        request_set_header(r, "Allow", match->allow.len ? match->allow : STR("GET, HEAD, OPTIONS"));
        r->status = 204;
        x->refused = true;
        return;
    }
    bool own = str_starts(r->path, STR("/api")) || x->fhir || str_starts(r->path, STR("/events"));
    if (found == ROUTE_ABSENT && !own && is_read(x)) x->asset = asset_find(r->path);
    if (found == ROUTE_FOUND || x->asset) return;
    if (own) {
        identify(x);
        if (!permitted(x, PERMISSION_SIGNED_IN)) return;
    }
    if (found == ROUTE_UNDECODABLE) refuse(x, ERR_INVALID, "the path is not valid UTF-8 in percent-encoding");
    else if (str_is(r->path, "/") && assets_empty())
        refuse(x, ERR_NOT_FOUND, "this program was built without its browser part; the interfaces are at /fhir and /api");
    else if (found == ROUTE_ABSENT) refuse(x, ERR_NOT_FOUND, "there is nothing at this address");
    else {
        request_set_header(r, "Allow", match->allow);
        refuse(x, ERR_METHOD, "this address does not take the method; see Allow");
    }
}

/* Size of the body announced, and whether the message is framed in one way only (RFC 9112 6.3). */
static void look_at_framing(struct exchange *x) {
    str length = exchange_header(x, "Content-Length"), coding = exchange_header(x, "Transfer-Encoding");
    int64_t announced = 0;
    if (length.at && coding.at) refuse(x, ERR_INVALID, "Content-Length and Transfer-Encoding together");
    else if (length.at && (!str_int64(length, &announced) || announced < 0)) refuse(x, ERR_INVALID, "Content-Length is no number");
    if (!x->refused) x->body_announced = (uint64_t)announced;
}

static bool visible(str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < 0x20 || s.at[i] == 0x7f) return false;
    return true;
}

static void begin(struct exchange *x, const char *method) {
    struct request *r = &x->request;
    struct route_match match = {.index = SIZE_MAX};
    const char *known = known_method(method);
    r->method = known ? known : "OTHER";
    x->head = strcmp(r->method, "HEAD") == 0;
    r->vietnamese = http_prefers_vietnamese(exchange_header(x, "Accept-Language"));
    r->path = STR("/");
    x->fhir = str_starts(x->target, STR("/fhir"));
    look_at_framing(x);
    if (x->refused) return;
    if (x->target_long) { refuse_status(x, 414, ERR_TOO_LONG, "the address is longer than 8 KiB"); return; }
    if (!http_target(x->target, &r->path, &r->query)) { refuse(x, ERR_INVALID, "the request target is malformed"); return; }
    x->registers = str_is(r->path, "/registers") || str_starts(r->path, STR("/registers/"));
    x->fhir = x->registers || str_is(r->path, "/fhir") || str_starts(r->path, STR("/fhir/"));
    if (!known) { refuse_status(x, 501, ERR_METHOD, "unknown method"); return; }
    if (x->server->stopping) { refuse(x, ERR_BUSY, "the server is stopping"); return; }
    find_route(x, &match);
    if (x->refused || x->asset) return;
    if (r->route->permission != PERMISSION_NONE) identify(x);
    if (!permitted(x, r->route->permission)) return;
    x->body_limit = r->route->body_limit ? r->route->body_limit : LIMIT_BODY;
    if (x->body_announced > x->body_limit) refuse(x, ERR_TOO_LONG, "the body is larger than this address takes");
    str id = exchange_header(x, "X-Request-Id");
    if (id.len && id.len <= 128 && visible(id)) x->request_id = str_copy(r->arena, id);
}

/* ---- body --------------------------------------------------------------------------------------------------------------- */

/* An answer from the middle of a body that will not be read to its end: the library cannot send one, the socket can. */
static void tell_at_once(struct exchange *x) {
    static const char text[] = "HTTP/1.1 413 Content Too Large\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n\r\n"
        "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"too-long\","
        "\"diagnostics\":\"the body is larger than this address takes\"}]}\n";
    const union MHD_ConnectionInfo *tls = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(x->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    ssize_t sent = 0;
    if (tls && tls->tls_session) sent = gnutls_record_send(tls->tls_session, text, sizeof text - 1);
    else if (fd) sent = send(fd->connect_fd, text, sizeof text - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) log_line(LOG_DEBUG, "http", "a refused client did not wait for the reason");
    x->told = true;
}

static bool body_room(struct exchange *x, size_t more) {
    struct buf *b = &x->request.out; /* the body is gathered here; the answer begins a new one */
    if (b->cap - b->len >= more) return true;
    size_t want = b->len + more;
    if (!b->len && x->body_announced > want && x->body_announced <= x->body_limit) want = (size_t)x->body_announced;
    size_t grown = want > 2 * b->cap ? want : 2 * b->cap;
    if (atomic_fetch_add(&x->server->body_bytes, grown) + grown > LIMIT_BODIES) {
        atomic_fetch_sub(&x->server->body_bytes, grown);
        return false;
    }
    x->body_counted += grown;
    buf_reserve(b, grown - b->len);
    return true;
}

static enum MHD_Result take_body(struct exchange *x, const char *upload, size_t *size) {
    struct buf *b = &x->request.out;
    size_t n = *size;
    *size = 0;
    if (!x->refused && b->len + n > x->body_limit) refuse(x, ERR_TOO_LONG, "the body is larger than this address takes");
    if (!x->refused && !body_room(x, n)) refuse(x, ERR_BUSY, "too many large requests at once");
    if (x->refused) {
        x->discarded += n;
        if (x->discarded > DRAIN && !x->told) tell_at_once(x);
        return x->discarded > DRAIN + PATIENCE ? MHD_NO : MHD_YES;
    }
    buf_add(b, (str){upload, n});
    return MHD_YES;
}

/* ---- work ---------------------------------------------------------------------------------------------------------------- */

void exchange_run(struct exchange *x) {
    struct request *r = &x->request;
    bool once = x->request_id.len && r->session && strcmp(r->method, "POST") == 0 && !str_ends(r->path, STR("/_search"));
    if (!once || !repeat_begin(x)) {
        err e = r->route->handler(r);
        if (e.code) answer_error(r, e);
        if (once) repeat_end(x);
    }
    if (r->reader) reader_end(r->reader);
    r->reader = NULL;
    if (!x->stream && !(r->route->quick || fhir_is_quick(x))) answer_compress(x);
}

enum MHD_Result exchange_request(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_size, void **context) {
    struct exchange *x = *context;
    (void)server, (void)connection, (void)url, (void)version;
    if (!x->started) {
        x->started = true;
        begin(x, method);
        return x->refused && x->body_announced > DRAIN ? answer_send(x) : MHD_YES;
    }
    if (*upload_size) return take_body(x, upload, upload_size);
    struct request *r = &x->request;
    if (x->told) return MHD_NO;
    if (x->refused || x->run || x->asset) return answer_send(x);
    x->run = true;
    r->body = buf_str(&r->out);
    r->out = buf_new(r->arena);
    if (r->route->quick || fhir_is_quick(x)) {
        exchange_run(x);
        return answer_send(x);
    }
    MHD_suspend_connection(connection);
    if (!workers_submit(x->server->workers, x)) {
        refuse(x, ERR_BUSY, "too many requests are waiting");
        MHD_resume_connection(connection);
    }
    return MHD_YES;
}

/* ---- ends ---------------------------------------------------------------------------------------------------------------- */

void *exchange_target(void *server, const char *uri, struct MHD_Connection *connection) {
    struct server *s = server;
    struct arena *a = server_arena_take(s);
    struct exchange *x = ARENA_NEW(a, struct exchange);
    x->server = s;
    x->connection = connection;
    x->begun_us = monotonic_us();
    x->route_index = SIZE_MAX;
    size_t length = strlen(uri);
    x->target_long = length > LIMIT_TARGET;
    x->target = str_copy(a, (str){uri, x->target_long ? 64 : length});
    x->request = (struct request){.arena = a, .store = s->store, .out = buf_new(a), .method = "OTHER"};
    atomic_fetch_add(&s->in_flight, 1);
    return x;
}

void exchange_completed(void *server, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode how) {
    struct server *s = server;
    struct exchange *x = *context;
    (void)connection, (void)how;
    if (!x) return;
    *context = NULL;
    struct request *r = &x->request;
    const char *pattern = r->route ? r->route->path : x->asset ? "(file)" : "(none)";
    if (x->started) observe(s->observer, x->route_index, r->method, pattern, r->status ? r->status : 499, monotonic_us() - x->begun_us);
    if (x->stream) events_detach(x->stream);
    session_release(x->entry);
    atomic_fetch_sub(&s->body_bytes, x->body_counted);
    server_arena_give(s, r->arena);
    atomic_fetch_sub(&s->in_flight, 1);
}
