/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * FHIR R4 (4.0.1): types and elements from HL7's definitions, structural validation, references, search parameters and the
 * extraction of what they index. Pure: no database, no clock, no network; every function may be called from any thread.
 */
#ifndef FHIR_FHIR_H
#define FHIR_FHIR_H

#include "base/json.h"
#include "base/vec.h"
#include "fhir/definitions.h"
#include "fhir/resource_types.h"

/* ---- types and elements -------------------------------------------------------------------------------------------- */

/* 1 .. FHIR_TYPE_MAX - 1 are the resource types: R4's sorted by name, then from FHIR_TYPE_REGISTERS on our own register types
 * (data/definitions); beyond stand data types and backbones ("Patient.contact"). */
typedef uint16_t fhir_type; /* FHIR_TYPE_NONE, FHIR_TYPE_PATIENT …: resource_types.h */

/* Type of any kind by its name; FHIR_TYPE_NONE when there is none. */
fhir_type fhir_type_find(str name);
/* The same for resource types only. */
fhir_type fhir_type_by_name(str name);
const char *fhir_type_name(fhir_type t);
static inline bool fhir_is_resource(fhir_type t) { return t > 0 && t < FHIR_TYPE_MAX; }
static inline bool fhir_is_register(fhir_type t) { return t >= FHIR_TYPE_REGISTERS && t < FHIR_TYPE_MAX; }
static inline const struct fhir_type_row *fhir_type_row(fhir_type t) { return &fhir_types[t]; }
/* t itself, or what it specialises: code is a string; Age is a Quantity. */
bool fhir_type_is(fhir_type t, fhir_type ancestor);
/* Type of a resource from its resourceType; FHIR_TYPE_NONE. */
fhir_type fhir_type_of(const struct json *resource);

/* The element behind JSON member `key` of type t (not for `_key`, resourceType); NULL when there is none. */
const struct fhir_element *fhir_element_find(fhir_type t, str key);
/* The same for a key that is not empty, for members in the order of the definition, as they mostly come: looks first at `from`, the element
 * behind the last one found (or the first one of the type). */
const struct fhir_element *fhir_element_next(fhir_type t, str key, const struct fhir_element *from);
static inline const char *fhir_text(uint32_t offset) { return fhir_pool + offset; }
/* The elements of a type that must be there, as numbers in its row (a choice: that of its first member). */
const uint16_t *fhir_required(fhir_type t, size_t *count);
/* Is the code in the set? False also for another system when `system` is given. Sets that cannot be enumerated have every code. */
bool fhir_set_has(uint16_t set, str system, str code);

/* ---- issues and OperationOutcome ------------------------------------------------------------------------------------ */

enum fhir_severity { FHIR_FATAL, FHIR_ERROR, FHIR_WARNING, FHIR_INFORMATION };

struct fhir_issue {
    enum fhir_severity severity;
    const char *code;      /* IssueType: "structure", "required", "value", "code-invalid", … */
    str expression;        /* "Patient.contact[0].gender", or empty */
    unsigned line, column; /* of the source, from 1; 0 unknown */
    str en, vi;            /* one sentence each */
};
struct fhir_issues { struct fhir_issue *at; size_t len, cap; };

void fhir_issue_add(struct arena *a, struct fhir_issues *list, struct fhir_issue issue);
bool fhir_issues_have_error(const struct fhir_issues *list);
/* An OperationOutcome; an empty list gives one informational issue "All OK". */
void fhir_outcome(struct buf *out, const struct fhir_issues *list, bool vietnamese);
/* The same for one error value. */
void fhir_outcome_error(struct buf *out, err e, bool vietnamese);

/* ---- XML ------------------------------------------------------------------------------------------------------------------ */

/* Does the text begin as XML does? */
bool fhir_is_xml(str source);
/* A resource in FHIR's XML as the tree of its JSON. Offsets are those of the XML; json_minify does not work on it, json_write does.
 * Elements that are out of order are told in `issues` (unless NULL) and read all the same.
 * ERR_INVALID "line L, column C: why": not well-formed, or what only XML can get wrong (attributes, namespaces, loose text). */
err fhir_xml_parse(struct arena *a, str source, struct fhir_issues *issues, struct json **out);
/* XML or JSON, whichever the text is. */
err fhir_read(struct arena *a, str source, struct fhir_issues *issues, struct json **out);

/* ---- validation ------------------------------------------------------------------------------------------------------ */

/* Structure: known elements, JSON types, cardinality, primitives, required codes, references' form, choices, extensions,
 * contained resources and Bundle entries. Issues are added in document order, at most 200. `path` is the expression of the
 * resource ("Bundle.entry[3].resource") or empty for its type's name. True when no error was found. */
bool fhir_validate(struct arena *a, str source, const struct json *resource, str path, struct fhir_issues *out);
/* Where the walk stands: "contact" with index 0 in what is above. */
struct fhir_place {
    const struct fhir_place *up; /* NULL: the resource the walk began with */
    str name;                    /* unless it is that of the element */
    long index;                  /* -1: no list */
    const struct fhir_element *element; /* NULL: the resource the walk began with */
};
/* "Patient.contact[0].gender" */
str fhir_place_path(struct arena *a, const struct fhir_place *at);

/* What else is looked at on the same walk. An element comes when its JSON kind fits, before its members; id and extensions of a primitive come
 * behind it. A resource of a known type is entered and left. */
struct fhir_walk;
struct fhir_visitor {
    void (*element)(void *context, struct fhir_walk *walk, const struct json *node, const struct fhir_place *at);
    void (*enter)(void *context, struct fhir_walk *walk, fhir_type type, const struct json *resource, const struct fhir_place *at);
    void (*leave)(void *context);
    void *context;
};
/* fhir_validate with a visitor; false also when the visitor told an error. */
bool fhir_walk(struct arena *a, str source, const struct json *resource, str path, const struct fhir_visitor *visitor, struct fhir_issues *out);
/* An issue of the visitor at a byte of the source; line and column are filled in. Counted, but not written down, when there are too many. */
void fhir_walk_tell(struct fhir_walk *walk, size_t offset, struct fhir_issue issue);

/* FHIR id: 1 to 64 of A-Z a-z 0-9 - . */
bool fhir_id_valid(str id);
/* A primitive's text against its type ("date", "uri", "decimal" …). */
bool fhir_primitive_valid(fhir_type type, str text);

/* ---- references ------------------------------------------------------------------------------------------------------ */

enum fhir_reference_kind { REFERENCE_NONE, REFERENCE_LOCAL, REFERENCE_ABSOLUTE, REFERENCE_URN, REFERENCE_FRAGMENT };
struct fhir_reference {
    enum fhir_reference_kind kind;
    fhir_type type;   /* LOCAL; ABSOLUTE when the url ends in Type/id */
    str id, version;  /* the same */
    str base;         /* ABSOLUTE: what stands before Type/id, without the slash */
    str url;          /* as sent, without #fragment */
};
struct fhir_reference fhir_reference_parse(str reference);

/* ---- search parameters ------------------------------------------------------------------------------------------------- */

enum search_kind { SEARCH_NUMBER, SEARCH_DATE, SEARCH_STRING, SEARCH_TOKEN, SEARCH_REFERENCE, SEARCH_COMPOSITE, SEARCH_QUANTITY,
                   SEARCH_URI, SEARCH_SPECIAL };

/* One slot per (type, distinct expression and kind): aliases (patient, subject) share it. */
struct fhir_slot {
    fhir_type type;
    enum search_kind kind;
    str expression;       /* the part for this type, without a filter on the target */
    uint64_t fingerprint; /* of expression, kind and the extractor's version */
};
/* One search parameter of one type. */
struct fhir_search {
    str code;
    enum search_kind kind;
    uint16_t slot;                 /* index into fhir_slots; of a composite without a slot: FHIR_NO_SLOT */
    fhir_type only_target;         /* from .where(resolve() is Patient); FHIR_TYPE_NONE any */
    const uint16_t *targets;       /* allowed target types (reference) */
    size_t target_count;
    const struct fhir_search *components[3]; /* composite: its parts, in order */
    const char *url;
};
enum { FHIR_NO_SLOT = 0xffff };

extern const struct fhir_slot *fhir_slots; /* filled by fhir_start */
extern size_t fhir_slot_count;
/* Builds the look-up tables and compiles the search expressions; happens by itself at the first look-up. Thread-safe. */
void fhir_start(void);
/* The parameter `code` of a resource type (also those of Resource and DomainResource); NULL. */
const struct fhir_search *fhir_search_find(fhir_type type, str code);
/* All parameters of a type. */
const struct fhir_search *fhir_search_list(fhir_type type, size_t *count);
/* Slot of the clinical date of a type (fhir_index.clinical_minutes), or FHIR_NO_SLOT. */
uint16_t fhir_clinical_slot(fhir_type type);

/* ---- extraction -------------------------------------------------------------------------------------------------------- */

/* What a resource puts into the index, database-independent. Texts point into the resource's tree or the arena. */
struct fhir_token { uint16_t slot; str system, code; };
struct fhir_link { uint16_t slot; struct fhir_reference reference; str identifier_system, identifier_value; };
struct fhir_string { uint16_t slot; str text; /* as written, not folded */ };
struct fhir_period { uint16_t slot; int64_t from, to; /* ms, half open; INT64_MIN, INT64_MAX open ends */ };
struct fhir_amount { uint16_t slot; str low, high; /* decimal digits as written; high empty unless a Range */ str system, code, unit; };
struct fhir_uri { uint16_t slot; str uri; };
/* Composite of Observation: the token with one more value of the same element. */
struct fhir_pair { uint16_t slot; str system, code; enum search_kind kind; /* of the second: QUANTITY, DATE, STRING, TOKEN */
                   struct fhir_amount amount; struct fhir_period period; str text, second_system, second_code; };

struct fhir_index {
    struct { struct fhir_token *at; size_t len, cap; } tokens;
    struct { struct fhir_link *at; size_t len, cap; } links;
    struct { struct fhir_string *at; size_t len, cap; } strings;
    struct { struct fhir_period *at; size_t len, cap; } periods;
    struct { struct fhir_amount *at; size_t len, cap; } amounts;
    struct { struct fhir_uri *at; size_t len, cap; } uris;
    struct { struct fhir_pair *at; size_t len, cap; } pairs;
    struct { str *at; size_t len, cap; } patients; /* ids of the Patients in whose compartment it is; own id of a Patient */
    int32_t clinical_minutes; /* primary clinical date, minutes since 1970; 0 none */
};
/* _id, _lastUpdated, _content, _text are not extracted: the store knows them. */
void fhir_extract(struct arena *a, fhir_type type, const struct json *resource, struct fhir_index *out);
/* The elements a search parameter's slot selects, for confirmation on the body and for sorting. */
struct fhir_node { const struct json *node; fhir_type type; uint16_t set; /* bound value set of a code */ };
struct fhir_nodes { struct fhir_node *at; size_t len, cap; };
void fhir_select(struct arena *a, uint16_t slot, const struct json *resource, struct fhir_nodes *out);

#endif
