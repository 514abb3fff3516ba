/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIR interactions without HTTP: what the server's /fhir routes and the command line (import, get, search, export) share.
 */
#ifndef REST_REST_H
#define REST_REST_H

#include "search/search.h"

enum rest_method { REST_GET, REST_HEAD, REST_POST, REST_PUT, REST_DELETE, REST_PATCH };

/* Which types are served: R4's at /fhir, what R4 lacks at /registers; files and the command line have both. */
enum rest_shelf { SHELF_BOTH, SHELF_FHIR, SHELF_REGISTERS };

/* What a room above says of changes that are entered here, all of one transaction together, before they are committed. An
 * error (ERR_UNPROCESSABLE, `at` an element path) refuses them all; *wrong is the number of the change it is about. What comes
 * from elsewhere (import, other nodes) is not asked. */
typedef err rest_gate(struct reader *r, struct arena *a, const struct change *changes, size_t count, bool vietnamese, size_t *wrong);

struct rest_request {
    enum rest_method method;
    enum rest_shelf shelf;
    str path;  /* below /fhir, without leading slash: "Patient/x/_history", "" for the base */
    str query; /* behind '?', percent-encoded; for POST _search the form body appended */
    str body;
    str if_match, if_none_match, if_none_exist, prefer, if_modified_since; /* header values or STR_NONE */
    str base_url; /* "http://host:port/fhir", for fullUrl and links */
    str actor;
    const struct access *access;
    bool bulk;
    bool keep_unresolved; /* a conditional reference that matches nothing stays as it was sent (import; else the change fails) */
    bool vietnamese;     /* language of diagnostics */
    int64_t deadline_ms; /* wall clock by which a search must have answered; 0 none */
    rest_gate *const *gates; /* ended by NULL; may be NULL */
};

struct rest_response {
    int status;
    str body; /* FHIR JSON or empty */
    str etag, last_modified, location;
    const struct version *read; /* resources of persons given out, for the audit */
    size_t read_count;
    const struct version *written; /* what was changed, with op and patient */
    size_t written_count;
};

/* Never fails: every error becomes an OperationOutcome with its status. */
void rest_handle(struct store *s, struct arena *a, const struct rest_request *in, struct rest_response *out);

/* A random UUID. */
str rest_new_id(struct arena *a);

/* CapabilityStatement from the tables. */
void rest_capabilities(struct arena *a, str base_url, struct buf *out);

/* ---- files --------------------------------------------------------------------------------------------------------- */

/* Import as in contracts.md: JSON Bundle of type transaction/batch is executed, other Bundles stored (unpack: their
 * entries), a resource or NDJSON line with an id is PUT, without is POST. `next` gives chunks of the (decompressed) file, or
 * the whole file as one text. */
struct import_options {
    bool unpack;
    bool alone; /* nobody else waits for the writer: long commits */
    str actor;
    void (*progress)(void *context, int64_t stored);
    void *context;
};
struct import_result { int64_t stored, failed; };
/* One file as text. A failed file leaves nothing; problems, one OperationOutcome or line each, go to `problems`. */
err rest_import(struct store *s, struct arena *a, str name, str text, const struct import_options *options,
                struct import_result *out, struct buf *problems);

#endif
