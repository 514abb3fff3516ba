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

/* What a session may do. A route names one; PERMISSION_NONE is only for sign-in, /health and the program's own files.
 * PERMISSION_FHIR opens /fhir; which types a role reads and writes there follows from its other permissions (roles.c).
 * PERMISSION_PERSON_FIND: names, hamlets and what is to be done, nothing clinical; PERMISSION_PERSON_READ: the record.
 * PERMISSION_NETWORK_PLAN: drafts of decisions and plans; PERMISSION_NETWORK_SIGN: sign a decision, which makes it effective. */
#define PERMISSIONS(X)                                                                                                 \
    X(SIGNED_IN, "signed-in")                                                                                          \
    X(PERSON_FIND, "person-find")                                                                                      \
    X(PERSON_READ, "person-read")                                                                                      \
    X(PERSON_WRITE, "person-write")       /* record vital signs, findings, visits */                                   \
    X(PERSON_REGISTER, "person-register") /* register and correct persons and households */                            \
    X(PERSON_OPEN, "person-open")         /* open somebody of elsewhere: by the card, or with a reason */              \
    X(PRESCRIBE, "prescribe")                                                                                          \
    X(DISPENSE, "dispense")                                                                                            \
    X(SUPPLY, "supply")                                                                                                \
    X(INSURANCE, "insurance")                                                                                          \
    X(REGISTER_SIGN, "register-sign")     /* sign registers and monthly reports */                                     \
    X(INDICATOR_READ, "indicator-read")                                                                                \
    X(FHIR, "fhir")                                                                                                    \
    X(METRICS, "metrics")                                                                                              \
    X(ADMINISTER, "administer")                                                                                        \
    X(NETWORK_PLAN, "network-plan")                                                                                    \
    X(NETWORK_SIGN, "network-sign")                                                                                    \
    X(ACCOUNTS, "accounts")               /* give people accounts and posts */                                         \
    X(FACILITY, "facility")               /* what the papers of the own facilities carry: code, telephone, address */ \
    X(AUDIT_READ, "audit-read")                                                                                        \
    X(OPENINGS_READ, "openings-read")     /* who opened whose record, and why */
enum permission {
    PERMISSION_MISSING, /* 0: refused by the static assertion in ROUTE, and by a panic at start */
    PERMISSION_NONE,
#define X(name, code) PERMISSION_##name,
    PERMISSIONS(X)
#undef X
};

/* One request that a room answers: dispatch, right and documentation. Write rows with ROUTE, which does not compile without
 * a permission, then the fields that differ from their defaults: {ROUTE("GET", …), .quick = true}. */
struct route {
    const char *method; /* "GET" (answers HEAD too), "POST", "PUT", "DELETE", "PATCH" */
    const char *path;   /* "/api/persons/{id}": {name} is one segment, {name...} the rest (may be empty) */
    enum permission permission;
    handler_fn *handler;
    const char *summary_vi, *summary_en;
    bool quick;        /* takes microseconds and never waits: runs on the event thread instead of a worker */
    size_t body_limit; /* bytes; 0 = LIMIT_BODY */
};
#define ROUTE(m, p, right, fn, vi, en)                                                                                 \
    .method = (m), .path = (p),                                                                                        \
    .permission = (enum permission)((right) + 0 * sizeof(struct { _Static_assert((right) != PERMISSION_MISSING,        \
                                                                    "a route needs a permission"); int unused; })),    \
    .handler = (fn), .summary_vi = (vi), .summary_en = (en)

/* Limits of the server (docs/limits.md). */
enum {
    LIMIT_BODY = 1024 * 1024,              /* of a request to the program's own routes */
    LIMIT_FHIR_BODY = 128 * 1024 * 1024,   /* of a request to /fhir */
    LIMIT_BODIES = 512 * 1024 * 1024,      /* of all request bodies in memory at once: 503 beyond */
    LIMIT_TARGET = 8 * 1024,               /* path and query: 414 beyond */
    LIMIT_HEADERS = 16 * 1024,             /* request line and headers together: 431 beyond */
    LIMIT_CONNECTIONS = 4096,
    LIMIT_EVENT_STREAMS = 2000,            /* open /events: 503 beyond */
    LIMIT_IDLE_SECONDS = 30,               /* of a connection that neither sends nor takes */
    LIMIT_SEARCH_SECONDS = 10,             /* of one search: too-costly beyond */
    LIMIT_WORKERS = 32,                    /* requests worked on at once, apart from the quick ones */
    LIMIT_QUEUE = 512                      /* requests that wait for a worker: 503 beyond */
};

struct header { str name, value; };

struct session {
    int64_t account;     /* row of the account table; 0 for a token without an account */
    str actor;           /* "Practitioner/x", "Account/name" or "Token/role": goes to log and audit */
    str name, role, place; /* display name, role code, Location id of the post (may be empty) */
    str post;            /* id of the PractitionerRole; empty when the account itself carries role and place */
    str badge;           /* role@place: stands in the audit */
    str login;           /* name of the account; empty for a token */
    bool vietnamese;
    bool by_cookie;      /* else by bearer token */
    uint32_t permissions; /* bit 1 << enum permission */
    str csrf;            /* what X-CSRF-Token must carry for writes; empty for bearer tokens */
    int64_t expires, loaded_ms; /* ms: when it ends; when rights were read last */
    uint32_t sensitive;  /* classes of fhir/sensitive.h that the post has a right for */
    struct access access;
};
static inline bool session_may(const struct session *s, enum permission p) {
    return s && (s->permissions >> p & 1);
}

/* A request as handlers see it. Everything lives in `arena` until the answer is sent. A handler that returns an error
 * gets it written as the answer (an OperationOutcome below /fhir). */
struct request {
    struct arena *arena;
    struct store *store;
    const char *method;
    str path, query, body; /* path and query as sent (percent-encoded) */
    str parameters[4];     /* values of {…} in the order of the path, percent-decoded */
    const struct route *route;
    const struct session *session; /* NULL only for PERMISSION_NONE */
    bool vietnamese;       /* of the session, else of Accept-Language */
    struct reader *reader; /* opened on first use by request_reader */
    /* answer: handlers fill status (default 200), type (default application/json) and out */
    int status;
    const char *type;
    struct buf out;
    struct header headers[8];
    size_t header_count;
};

str request_header(struct request *r, const char *name);      /* of the request; STR_NONE when absent */
str request_query(struct request *r, const char *name);       /* decoded query value or STR_NONE */
err request_reader(struct request *r, struct reader **out);   /* one snapshot a request */
/* The body as JSON; ERR_MEDIA_TYPE unless Content-Type is application/json. */
err request_json(struct request *r, struct json **out);
/* A header of the answer; `name` is a literal, `value` is copied. At most 8. */
void request_set_header(struct request *r, const char *name, str value);
/* "https://host[:port]" by which the client reached us: --base-url, else Host (X-Forwarded-* only behind a proxy). */
str request_base_url(struct request *r);
/* Audits that one person's record was read: type and id of what was given out, rid of the Patient (0 unknown). */
void request_audit(struct request *r, const char *action, fhir_type type, str id, int64_t patient);
/* Who read or wrote one person's record (rid of the Patient), newest first, at most `limit`: name of the actor, else its code. */
struct audit_line { int64_t wall; str name, action, why, what; /* what: type of resource */ };
err audit_of_person(struct request *r, int64_t patient, size_t limit, struct audit_line **out, size_t *count);
/* The same with a reason: fills when, who, post and from where into *e. */
void request_audit_entry(struct request *r, struct audit_entry *e);
/* Audits a search and whom it showed (rids of Patients): one entry however many letters are typed (findings.c). What was typed is not kept. */
void request_audit_find(struct request *r, const int64_t *persons, size_t count);

struct socket_command;

/* The station's own certificate (serve --tls): files in DIR/tls, made by certificate_prepare. */
struct certificate {
    const char *certificate, *key, *authority; /* PEM files; authority NULL: the province has signed */
    str fingerprint;                           /* SHA-256 of the authority (or of the signed certificate), AA:BB:… */
    str address;                               /* an address of this machine that others reach, else its name */
};
/* Makes what is absent or nears its end. ERR_IO. */
err certificate_prepare(struct arena *a, const char *dir, struct certificate *out);

struct server_options {
    const char *listen; /* "127.0.0.1:8080" */
    const char *tls_cert, *tls_key;
    const struct certificate *own_certificate; /* NULL: none; else tls_cert and tls_key are its files */
    bool behind_proxy;
    const char *base_url;
    const struct route *const *tables; /* each ended by a row with method NULL */
    size_t table_count;
    rest_gate *const *gates; /* rules of the rooms for what is entered over HTTP, ended by NULL; may be NULL */
    const struct socket_command *commands; /* what DIR/tram.sock answers (server/socket.h), ended by name NULL; may be NULL */
    /* the access of an account's post, filled by the people/network rooms: places whose residents it may see */
    err (*access_of)(struct reader *r, struct arena *a, str role, str place, struct access *out);
};

/* Serves until SIGTERM or SIGINT, then finishes what it began. The caller opens the store (STORE_WRITE, with server_room)
 * and closes it; `a` lives until then, since the store tells the server of changes to its end.
 * ERR_BUSY port taken; ERR_USAGE non-loopback without TLS or proxy, or an address that is none; ERR_IO. */
err server_run(struct store *s, struct arena *a, const struct server_options *options);

/* ---- accounts (tram user, tram token) ------------------------------------------------------------------------------ */
/* Is there such a role? And the n-th role code, NULL at the end (help texts). */
bool role_known(str role);
bool role_of_people(str role); /* may be a post or an account; else only a token of a program */
const char *role_name(size_t n);
const char *role_title(size_t n, bool vietnamese);

struct account { str name, display, role, place, practitioner; bool disabled, english; };
enum { PASSWORD_LEAST = 8 }; /* characters */
/* ERR_CONFLICT: the name is taken; ERR_INVALID: name (1-64 of a-z 0-9 . - _ @), role, or password too short. */
err account_add(struct store *s, struct arena *a, const struct account *account, str password);
/* New password; all sessions of the account end. ERR_NOT_FOUND. */
err account_password(struct store *s, struct arena *a, str name, str password);
/* A disabled account cannot sign in and its sessions end. ERR_NOT_FOUND. */
err account_disable(struct store *s, struct arena *a, str name, bool disabled);
err account_list(struct reader *r, struct arena *a, struct account **out, size_t *count);
/* 32 random bytes base64url into out[44]; the store keeps the hash. ERR_INVALID: no such role. */
err token_issue(struct store *s, struct arena *a, str role, int days, char out[44]);
/* ERR_NOT_FOUND. A running server forgets it within SESSION_CACHE_SECONDS, at once when it goes through its socket. */
err token_revoke(struct store *s, struct arena *a, str token);

/* tables account, session, token, answer: the server's room for store_options.rooms */
extern const struct store_room server_room;

#endif
