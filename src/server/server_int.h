/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of server/ share and nobody else sees. The life of a request:
 *
 *   event thread   target → begin (route, session, right, limits) → body → quick? run : queue ┐
 *   worker thread                                                                      run ←──┘ → resume
 *   event thread   answer → completed (log line, counters, arena back to the pool)
 */
#ifndef SERVER_INT_H
#define SERVER_INT_H

#include "fhir/sensitive.h"
#include "server/server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

struct server;
struct asset;

/* ---- router.c ------------------------------------------------------------------------------------------------------ */
enum { ROUTE_SEGMENTS = 10 };
struct compiled_route {
    const struct route *route;
    str segments[ROUTE_SEGMENTS]; /* at == NULL: a parameter */
    size_t segment_count;
    bool rest; /* the last parameter takes the rest of the path */
};
struct router {
    struct compiled_route *at;
    size_t count;
};
struct route_match {
    size_t index; /* in router.at */
    const struct route *route;
    str parameters[4];
    str allow; /* ROUTE_WRONG_METHOD: "GET, HEAD, POST" */
};
enum route_found { ROUTE_FOUND, ROUTE_ABSENT, ROUTE_WRONG_METHOD, ROUTE_UNDECODABLE };
/* Compiles the tables; panics on a row without permission, handler or summary, and on a path no router can hold. */
void router_build(struct arena *a, const struct route *const *tables, size_t table_count, struct router *out);
/* A literal segment goes before a parameter in the same place. */
enum route_found router_find(const struct router *r, struct arena *a, const char *method, str path,
                             struct route_match *out);

/* ---- roles.c ------------------------------------------------------------------------------------------------------- */
enum scope { SCOPE_NOBODY, SCOPE_POST, SCOPE_EVERYBODY };
struct role {
    const char *code, *vi, *en;
    uint32_t permissions; /* bit 1 << enum permission */
    enum scope scope;     /* SCOPE_POST: whom access_of of the post names; without a place nobody */
    bool all_types;       /* reads and writes every resource type, and every sensitive class */
};
const struct role *role_find(str code);
bool role_finds_cases(const struct role *role); /* without a place it sees everybody */
/* Fills the types that these permissions read and write at /fhir. Tables of the process. */
void role_types(const struct role *role, struct access *out);
/* What a permission set reads and writes of a type: for the matrix of the documentation and its test. */
bool role_reads(const struct role *role, fhir_type type);
bool role_writes(const struct role *role, fhir_type type);

/* ---- sessions.c ---------------------------------------------------------------------------------------------------- */
enum { TOKEN_TEXT = 43, TOKEN_HASH = 32, SESSION_CACHE_SECONDS = 60, SESSION_HOURS = 16 };
struct session_entry; /* one cached session or token; counted references */
struct session_cache;
struct session_cache *session_cache_new(struct server *s);
void session_cache_close(struct session_cache *c);
/* The session behind a cookie or bearer token; NULL when there is none (or it is over). Release it. */
struct session_entry *session_take(struct server *s, str token, bool cookie);
const struct session *session_of(const struct session_entry *e);
void session_release(struct session_entry *e);
/* Forgets one (hash given) or all cached entries: after sign-out, language, revoke. */
void session_forget(struct server *s, const unsigned char *hash);
void session_listener(void *server, int64_t position, const char *const *projections, size_t count);
void session_sweep(struct server *s); /* drops what is old; called every second */
size_t session_cached(struct server *s);
struct session_origin { str peer, agent; const char *way; };
/* A new session of an account: its row and a token. */
err session_open(struct server *s, int64_t account, const struct session_origin *origin, char token[TOKEN_TEXT + 1]);
err session_post(struct server *s, str token, str post); /* which of several posts counts in this session */
err session_close(struct server *s, str token);
err session_language(struct server *s, int64_t account, bool english);
err session_purge(struct store *s); /* rows that are over */
void token_hash(str token, unsigned char hash[TOKEN_HASH]);
void token_random(char token[TOKEN_TEXT + 1]);
bool token_form(str token); /* 43 characters of base64url */

/* ---- signin.c, pin.c ---------------------------------------------------------------------------------------------------- */
/* Is it the right password, now? ERR_LOGIN, ERR_THROTTLED (with Retry-After), ERR_BUSY. */
struct account_secret;
err signin_check(struct request *r, str name, str password, struct account_secret *account);
/* Opens a session: row, cookie, entry of the audit, answer. */
err signin_open(struct request *r, int64_t account, const char *way);
void signin_cookie(struct request *r, const char *name, const char *token, long seconds);
/* The account has signed in with its password in this browser: from now on its PIN counts here. */
err device_remember(struct request *r, int64_t account);
err pin_forget(struct store *s, int64_t account);
err pin_sign_in(struct request *r), pin_set(struct request *r), pin_unset(struct request *r), pin_colleagues(struct request *r);
/* The sessions of an account as the answer (`own`: the cookie of the asker), and the end of one (id empty: of all). */
err sessions_write(struct request *r, int64_t account, str own);
err sessions_end(struct server *s, struct arena *a, int64_t account, str id);

/* ---- posts.c, openings.c ---------------------------------------------------------------------------------------------- */
struct post { str id, role, place; int32_t from, until; bool active; uint32_t sensitive; };
struct posts { struct post *at; size_t len, cap; };
extern const struct projection post_projection, opening_projection;
/* All posts of "Practitioner/x", also those that have ended. */
err posts_of(struct reader *r, struct arena *a, str practitioner, struct posts *out);
bool post_current(const struct post *p, int32_t today);
/* The one chosen, else one of that role, else the first: of those of today. NULL: none. */
const struct post *posts_choose(const struct posts *all, str chosen, str role, int32_t today);
/* Adds the persons opened, present or referred to the access of a session with actor, place and role. */
err openings_access(struct reader *r, struct arena *a, const struct session *s, struct access *out);
/* Opens a record ("presence": for the staff of the place, "reason": for the session's actor); `until` gets the instant. */
err opening_save(struct request *r, const char *kind, str person, str reason, char until[25]);
/* A value of data/privacy/periods.csv as of a day; panics when there is none. */
int period_value(const char *name, int32_t on);

/* ---- password.c: argon2id with a bound, lockout ---------------------------------------------------------------------- */
struct lockout;
struct lockout *lockout_new(struct arena *a);
/* Seconds until `name` may try again; 0 = now. The same for names that do not exist. */
int lockout_wait(struct lockout *l, str name, int64_t now_ms);
void lockout_failed(struct lockout *l, str name, int64_t now_ms);
void lockout_cleared(struct lockout *l, str name);
/* `stored` empty: spends the same time and answers false. ERR_BUSY when too many wait. */
err password_verify(struct arena *a, str stored, str password, bool *right);
err password_hash(struct arena *a, str password, str *out);

/* accounts.c: what sign-in needs of an account */
struct account_secret { int64_t id; str password, display; bool disabled, pin; };
err account_secret(struct reader *r, struct arena *a, str name, struct account_secret *out);

/* ---- exchange.c: one request from its first byte to its log line ------------------------------------------------------ */
struct exchange {
    struct request request; /* first: handlers get its address */
    struct server *server;
    struct MHD_Connection *connection;
    struct exchange *next; /* in the worker queue */
    struct session_entry *entry;
    const struct asset *asset;
    struct event_stream *stream; /* the answer is an event stream */
    str target, request_id;
    size_t route_index; /* SIZE_MAX: no route */
    size_t body_limit, body_counted, discarded;
    uint64_t body_announced;
    int64_t begun_us;
    bool target_long, started, head, fhir, registers, refused, told, run, compressed;
};
static inline struct exchange *exchange_of(struct request *r) { return (struct exchange *)r; }
void *exchange_target(void *server, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_request(void *server, struct MHD_Connection *connection, const char *url, const char *method,
                                 const char *version, const char *upload, size_t *upload_size, void **context);
void exchange_completed(void *server, struct MHD_Connection *connection, void **context,
                        enum MHD_RequestTerminationCode how);
void exchange_run(struct exchange *x); /* the handler and its errors; any thread */
/* Address of the client (of the proxy's client behind a proxy). */
str request_peer(struct request *r);
/* A header of the request. */
str exchange_header(struct exchange *x, const char *name);

/* ---- answer.c ------------------------------------------------------------------------------------------------------- */
/* Fills the answer with the error: an OperationOutcome below /fhir, {"error":…} elsewhere. */
void answer_error(struct request *r, err e);
void answer_status(struct request *r, int status, enum err_code code, const char *detail);
enum MHD_Result answer_send(struct exchange *x);
void answer_compress(struct exchange *x); /* gzip when the client takes it and it pays; any thread */

/* ---- assets.c: the program's own files --------------------------------------------------------------------------------- */
/* The file for a path; an address without a dot in its last segment is a page of the browser program: index.html. */
const struct asset *asset_find(str path);
bool assets_empty(void);

/* ---- fhir.c, signin.c, observe.c, events.c: the server's own routes ------------------------------------------------------ */
extern const struct route fhir_routes[], signin_routes[], observe_routes[], event_routes[], audit_routes[], account_routes[], opening_routes[], privacy_routes[], invitation_routes[];
bool fhir_is_quick(const struct exchange *x);

/* ---- audit_routes.c: shared by the routes about persons and staff ---------------------------------------------------------- */
/* A person whom the session sees; else ERR_NOT_FOUND. */
err request_person(struct request *r, str id, struct version *out);
/* Name of "Practitioner/x" or "Account/x" as shown; empty when unknown. */
err actor_name(struct reader *r, struct arena *a, str actor, str *out);

/* ---- account_routes.c ------------------------------------------------------------------------------------------------------ */
/* Validates and saves one resource in the name of the session, with its entry in the audit. */
err request_put(struct request *r, fhir_type type, str id, str body);

/* Name of a person as shown (rid of the Patient); empty when unknown. */
str person_shown_name(struct reader *r, struct arena *a, int64_t rid);

/* ---- repeat.c: X-Request-Id ------------------------------------------------------------------------------------------- */
/* True: the answer is filled (from the first time, or 409 while the first one runs) and the handler must not run. */
bool repeat_begin(struct exchange *x);
void repeat_end(struct exchange *x);
struct repeat_running;
struct repeat_running *repeat_new(struct arena *a);
err repeat_purge(struct store *s);

/* ---- workers.c -------------------------------------------------------------------------------------------------------- */
struct workers;
struct workers *workers_start(struct arena *a);
bool workers_submit(struct workers *w, struct exchange *x); /* false: the queue is full */
void workers_stop(struct workers *w); /* after the queue is empty */
size_t workers_busy(struct workers *w);

/* ---- events.c ---------------------------------------------------------------------------------------------------------- */
struct events;
struct events *events_new(struct server *s);
void events_listener(void *events, int64_t position, const char *const *projections, size_t count);
int events_fd(const struct events *e);           /* readable: events_pump has work */
void events_pump(struct events *e, bool heartbeat);
void events_close(struct events *e);             /* ends all streams; no new ones */
size_t events_count(struct events *e);
struct MHD_Response *events_response(struct event_stream *stream);
void events_detach(struct event_stream *stream); /* the connection is gone */

/* ---- observe.c: counters, access log -------------------------------------------------------------------------------------- */
struct observer;
struct observer *observer_new(struct arena *a, const struct router *r);
void observe(struct observer *o, size_t route, const char *method, const char *pattern, int status, int64_t us);
void observer_flush(struct observer *o);

/* ---- socket.c: DIR/tram.sock --------------------------------------------------------------------------------------------- */
struct local_socket;
err local_socket_start(struct server *s, struct arena *a, const struct socket_command *commands, struct local_socket **out);
void local_socket_stop(struct local_socket *l);

/* ---- listen.c --------------------------------------------------------------------------------------------------------------- */
/* A listening TCP socket. ERR_USAGE: not an address, or not loopback and !may_be_public; ERR_BUSY: the port is taken. */
err listen_open(struct arena *a, const char *address, bool may_be_public, int *fd, str *shown);

struct sockaddr;
void listen_address_text(const struct sockaddr *address, char *out, size_t size);

/* ---- server.c --------------------------------------------------------------------------------------------------------------- */
/* findings.c: searches that are not over yet. _end: the asker's; _flush: those that paused, or all. */
struct findings *findings_new(struct arena *a);
void findings_end(struct request *r);
void findings_flush(struct server *s, bool all);

struct server {
    struct store *store;
    const struct server_options *options;
    struct arena *arena;
    struct router router;
    struct session_cache *sessions;
    struct lockout *lockout;
    struct repeat_running *repeats;
    struct workers *workers;
    struct events *events;
    struct observer *observer;
    struct findings *findings;
    int64_t started_ms;
    bool tls;
    unsigned char csrf_key[32];
    _Atomic bool stopping, healthy;
    _Atomic int64_t health_us; /* when `healthy` was found out */
    _Atomic long in_flight, connections;
    _Atomic size_t body_bytes;
    pthread_mutex_t pool_lock;
    struct arena *pool[64];
    size_t pool_count;
};
struct arena *server_arena_take(struct server *s);
void server_arena_give(struct server *s, struct arena *a);
int64_t monotonic_us(void);
err server_file(struct arena *a, const char *path, str *out); /* a small file whole, with a NUL behind it */

#endif
