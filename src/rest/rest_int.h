/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of rest/ share: one call from request to response, and entries, the one shape in which every change is
 * prepared (a single PUT is a transaction of one entry).
 */
#ifndef REST_REST_INT_H
#define REST_REST_INT_H

#include "rest.h"

struct call {
    struct store *store;
    struct arena *arena;
    const struct rest_request *in;
    struct rest_response *out;
    struct reader *reader; /* opened by call_reader */
    struct { struct version *at; size_t len, cap; } given; /* by the GETs of a Bundle, for the audit */
    struct { struct version *at; size_t len, cap; } written; /* by its changes, for the audit */
};

/* One snapshot a call. */
err call_reader(struct call *c, struct reader **out);
/* Ends the snapshot, so that the next call_reader sees what was just written. */
void call_fresh(struct call *c);

/* ---- path: what a URL below the base names -------------------------------------------------------------------------- */

struct rest_path {
    fhir_type type;           /* FHIR_TYPE_NONE: the system */
    str id;                   /* empty: the type */
    str version;              /* of _history/{version} */
    bool history, search;     /* …/_history, …/_search */
    str operation;            /* "$everything" */
    fhir_type compartment_of; /* Patient/x/Observation: Patient; `id` is the patient's */
    bool metadata;
    bool everything_in_compartment; /* Patient/x/ * */
};
/* ERR_NOT_FOUND / ERR_NOT_SUPPORTED with the reason. */
err path_parse(struct arena *a, str path, enum rest_shelf shelf, struct rest_path *out);
/* Does the shelf hold the type? */
bool on_shelf(enum rest_shelf shelf, fhir_type type);

/* ---- answers --------------------------------------------------------------------------------------------------------- */

/* An OperationOutcome of an error; `e.at` becomes the expression. */
void outcome_error(struct buf *out, err e, bool vietnamese);
/* Status and body of an error. */
void respond_error(struct call *c, err e);
/* Status, body, ETag, Last-Modified of a version; the reader's person is noted for the audit. */
void respond_version(struct call *c, const struct version *v, int status);
str version_etag(struct arena *a, struct version_id v);
str http_date(struct arena *a, int64_t ms);
/* A version id out of `W/"x"`, `"x"` or `x`. */
bool etag_version(str etag, struct version_id *out);
/* Whether a condition has a search parameter, not only _count and the like: without one it would mean every resource. */
bool condition_selects(struct arena *a, str query);
/* ERR_FORBIDDEN for a type without persons (Location, Practitioner …) unless the asker may see everything. */
err may_change_type(struct call *c, fhir_type type);
/* Whether Prefer carries e.g. "return=minimal". */
bool prefers(str prefer, const char *what);

/* ---- changes --------------------------------------------------------------------------------------------------------- */

enum entry_state {
    ENTRY_READY,   /* a change to commit */
    ENTRY_NOTHING, /* nothing to write: conditional create that matched, delete of nothing */
    ENTRY_READ,    /* GET: answered after the commit */
    ENTRY_FAILED   /* `problem` or `issues` say why */
};

struct condition_seen { /* what a search on the snapshot said, to be repeated by the writer */
    fhir_type type;
    str query;
    size_t matches; /* 0, 1 or 2 (many) */
    int64_t rid;
    size_t entry;
};

struct entry {
    enum rest_method method;
    str url;          /* as sent, below the base */
    str full_url;
    const struct json *resource; /* or NULL */
    str source;       /* text that `resource` points into */
    str if_match, if_none_match, if_none_exist, if_modified_since;
    struct rest_path path;
    str query;        /* conditional update or delete */
    /* prepared */
    enum entry_state state;
    struct change change;
    bool created_id;  /* the id was made here */
    err problem;
    struct fhir_issues issues;
    int status;
    struct version found; /* ENTRY_NOTHING: the resource that is there already */
};

struct entries {
    struct entry *at;
    size_t len;
    size_t base;      /* number of the first entry in its Bundle */
    bool validated;   /* the content has been validated already */
    bool transaction; /* names `Bundle.entry[n]` in errors, resolves links between entries */
    struct { struct condition_seen *at; size_t len, cap; } seen;
    struct { fhir_type *at; size_t len, cap; } types; /* of the conditions */
    int64_t snapshot;
    struct call *call;
    struct arena *scratch;
    struct { str *at; size_t len, cap; } unresolved; /* conditional references that stayed as they were sent */
    bool raced; /* the writer saw something else than the snapshot: begin again */
};

/* Decides ids, conditions and links on the snapshot, validates; fills state and change of each. Returns the first error
 * (transaction), or OK with failed entries marked (not a transaction). */
err entries_prepare(struct call *c, struct entries *set);
/* Commits what is ready as one commit; ERR_* of the store. `set->raced` asks the caller to prepare again. */
err entries_commit(struct call *c, struct entries *set);

/* The two halves of entries_commit, for many commits handed over at once. */
void entries_gather(struct call *c, struct entries *set, struct commit *commit, size_t **order);
void entries_settle(struct call *c, struct entries *set, const struct commit *commit, const size_t *order, err e);

/* Executes a transaction Bundle; on an error set->at[] says which entry. */
err bundle_transaction(struct call *c, str source, const struct json *bundle, struct entries *set);
/* Executes a batch Bundle: never fails as a whole. */
void bundle_batch(struct call *c, str source, const struct json *bundle, struct entry **entries, size_t *count);

void rest_dispatch(struct call *c, const struct rest_path *p);
void rest_read(struct call *c, const struct rest_path *p);
void rest_history(struct call *c, const struct rest_path *p);
void rest_search(struct call *c, const struct rest_path *p);
void rest_change(struct call *c, const struct rest_path *p);
void rest_bundle(struct call *c);
err rest_summary(struct call *c, str id); /* Patient/id/$summary */
void rest_operation(struct call *c, const struct rest_path *p);

/* Prepares the changes of a large commit on two threads (prepare.c). */
void changes_prepare(struct store *s, struct arena *a, struct commit *commit);

#endif
