/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The HTTP server: http - who are you - may you - route. Rooms above hand in tables of routes; one row is dispatch, right,
 * validation and documentation.
 */
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include "rest/rest.h"

struct request;
typedef err handler_fn(struct request *r);

/* What a session may do. A route names one; PERMISSION_NONE is only for sign-in, /health and the program's own files. A route
 * without a permission does not compile: ROUTE requires it. */
enum permission {
    PERMISSION_MISSING, /* 0: refused by a static assertion in the route tables and at start */
    PERMISSION_NONE,
    PERMISSION_SIGNED_IN,
    PERMISSION_PERSON_READ,
    PERMISSION_PERSON_WRITE,
    PERMISSION_INDICATOR_READ,
    PERMISSION_FHIR,
    PERMISSION_METRICS,
    PERMISSION_ADMINISTER
};

struct route {
    const char *method; /* "GET" */
    const char *path;   /* "/api/persons/{id}": {name} is one segment, {name...} the rest */
    enum permission permission;
    handler_fn *handler;
    const char *summary_vi, *summary_en;
};

struct header { str name, value; };

struct session {
    int64_t account;     /* row of the account table */
    str actor;           /* "Practitioner/x" or "system": goes to log and audit */
    str name, role, place; /* display name, role code, Location id of the post */
    bool vietnamese;
    struct access access;
};

/* A request as handlers see it. Everything lives in `arena` until the answer is sent. */
struct request {
    struct arena *arena;
    struct store *store;
    const char *method;
    str path, query, body;
    str parameters[4]; /* values of {…} in the order of the path, percent-decoded */
    const struct session *session;
    struct reader *reader; /* opened on first use by request_reader */
    /* answer: handlers fill status (default 200), type (default application/json) and out */
    int status;
    const char *type;
    struct buf out;
    struct header headers[8];
    size_t header_count;
};

str request_header(struct request *r, const char *name);      /* of the request */
str request_query(struct request *r, const char *name);       /* decoded query value or STR_NONE */
err request_reader(struct request *r, struct reader **out);   /* one snapshot a request */
void request_set_header(struct request *r, const char *name, str value);
/* Audit one person's record having been read (rid of the Patient). */
void request_audit(struct request *r, const char *action, fhir_type type, str id, int64_t patient);

struct server_options {
    const char *listen; /* "127.0.0.1:8080" */
    const char *tls_cert, *tls_key;
    bool behind_proxy;
    const char *base_url;
    const struct route *const *tables; /* each ended by a row with method NULL */
    size_t table_count;
    /* the access of an account's post, filled by the people/network rooms: places whose residents it may see */
    err (*access_of)(struct reader *r, struct arena *a, str role, str place, struct access *out);
};

/* Serves until SIGTERM/SIGINT. ERR_BUSY port taken; ERR_USAGE non-loopback without TLS or proxy. */
err server_run(struct store *s, struct arena *a, const struct server_options *options);

/* ---- accounts (tram user, tram token) ------------------------------------------------------------------------------ */
struct account { str name, display, role, place, practitioner; bool disabled; };
err account_add(struct store *s, struct arena *a, const struct account *account, str password);
err account_password(struct store *s, struct arena *a, str name, str password);
err account_disable(struct store *s, struct arena *a, str name, bool disabled);
err account_list(struct reader *r, struct arena *a, struct account **out, size_t *count);
/* 32 random bytes base64url into out[44]; the store keeps the hash. */
err token_issue(struct store *s, struct arena *a, str role, int days, char out[44]);
err token_revoke(struct store *s, struct arena *a, str token);

/* tables account, session, token, audit: the server's room for store_options.rooms */
extern const struct store_room server_room;

/* ---- the socket DIR/tram.sock -------------------------------------------------------------------------------------- */
/* While serve runs, commands that write hand their request to it: (see docs/server.md). */

#endif
