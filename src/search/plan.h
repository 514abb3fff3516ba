/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A search between its text and its statement: conditions with typed values (parse.c), turned into SQL over the index tables
 * (select.c) and checked on bodies (match.c). Private to search/.
 */
#ifndef SEARCH_PLAN_H
#define SEARCH_PLAN_H

#include "position.h"
#include "query.h"
#include "search.h"

#include "base/map.h"
#include "db/db.h"
#include "store/index.h"

enum modifier {
    MODIFIER_NONE,
    MODIFIER_MISSING,
    MODIFIER_NOT,
    MODIFIER_TEXT,
    MODIFIER_EXACT,
    MODIFIER_CONTAINS,
    MODIFIER_IDENTIFIER,
    MODIFIER_OF_TYPE,
    MODIFIER_ABOVE,
    MODIFIER_BELOW
};

struct keys {
    int64_t *at;
    size_t len, cap;
};

/* One of the values between commas. */
struct term {
    str text;                 /* unescaped, as asked */
    /* token, identifier of a reference, of-type */
    str system, code;
    bool any_system;          /* no `|` in front of the code */
    bool any_code;            /* `system|` */
    str type_system, type_code; /* of-type */
    /* reference */
    fhir_type target;         /* FHIR_TYPE_NONE: an id alone */
    str id, url;
    struct keys rids;         /* what it can name here */
    /* date, number, quantity */
    enum prefix prefix;
    int64_t from, to;
    struct number_span number;
    str unit_system, unit_code;
    bool any_unit, any_unit_system;
    str folded;               /* string */
    struct term *parts;       /* composite */
    size_t part_count;
    /* keys of table ix (or units of ixn) in the condition's slot */
    struct keys keys;
};

enum condition_kind {
    CONDITION_TOKEN,
    CONDITION_REFERENCE,
    CONDITION_URI,
    CONDITION_STRING,
    CONDITION_DATE,
    CONDITION_NUMBER,
    CONDITION_QUANTITY,
    CONDITION_COMPOSITE,
    CONDITION_ID,
    CONDITION_UPDATED,
    CONDITION_CHAIN,       /* `links`: the reference leads to one of these types and conditions */
    CONDITION_HAS,         /* `links[0]`: a resource of that type points here by `param` and satisfies the conditions */
    CONDITION_COMPARTMENT  /* of `rid` */
};

struct conditions {
    struct condition *at;
    size_t len, cap;
};
struct link {
    fhir_type type;
    struct conditions conditions;
};

struct condition {
    enum condition_kind kind;
    const struct fhir_search *param; /* NULL for _id, _lastUpdated, compartment */
    enum modifier modifier;
    int64_t slot;
    bool missing;          /* :missing=true */
    bool body_only;        /* no index helps: decided on the body */
    bool inexact;          /* index hits are only candidates even for a count */
    bool empty;            /* nothing can satisfy it (unknown system, no such reference) */
    struct { struct term *at; size_t len, cap; } terms;
    struct { struct link *at; size_t len, cap; } links;
    int64_t rid;
    int64_t dt_low, dt_high; /* a date that is the clinical date: bounds of the rows' dt; 0 and 0 none */
    size_t estimate;       /* matches by the index, up to the cap it was counted with */
};

enum sort_kind { SORT_DATE_KEY, SORT_UPDATED, SORT_ID, SORT_VALUE };
struct sort {
    enum sort_kind kind;
    const struct fhir_search *param;
    bool descending;
};

struct include {
    fhir_type source;               /* type that holds the reference */
    const struct fhir_search *param; /* NULL: every reference parameter (`*`) */
    fhir_type target;               /* FHIR_TYPE_NONE: any */
    bool reverse, iterate;
};

enum total { TOTAL_NONE, TOTAL_ESTIMATE, TOTAL_ACCURATE };

struct plan {
    struct reader *reader;
    struct arena *arena;
    struct arena *scratch;  /* emptied after each candidate */
    const struct search_options *options;
    fhir_type type;
    struct conditions conditions;
    struct { struct sort *at; size_t len, cap; } sorts;
    struct { struct include *at; size_t len, cap; } includes;
    size_t count;
    bool count_only;
    enum total total;
    str position;           /* as sent */
    struct buf self;        /* normalised query */
    struct fhir_issues *warnings;
    int64_t now;
    const unsigned char *key; /* of the node's hashes */
    struct map targets;       /* chain targets already asked */
};

/* Text → plan. Unknown or unsupported parameters: ERR_NOT_SUPPORTED, or a warning when lenient. */
err plan_parse(struct plan *p, str query);
/* Adds the condition of one `name=value` of resources of `type` to `out` (used again for chains). */
err plan_condition(struct plan *p, fhir_type type, str name, str value, struct conditions *out);
bool plan_targets(const struct fhir_search *param, fhir_type type); /* may the reference lead to that type? */
bool plan_is_clinical_date(fhir_type type, const struct fhir_search *param);
/* A box of dates: lo >= lo_ge, lo < lo_lt, hi > hi_gt, hi <= hi_le; INT64_MIN and INT64_MAX where open. A term has one or two. */
struct date_box { int64_t lo_ge, lo_lt, hi_gt, hi_le; };
size_t date_boxes(const struct plan *p, const struct term *t, struct date_box out[2]);
size_t plan_component_count(const struct fhir_search *param);

/* ---- statements ------------------------------------------------------------------------------------------------------- */

struct sql_value {
    enum { SQL_INT, SQL_REAL, SQL_TEXT, SQL_ID } kind;
    int64_t integer;
    double real;
    str text;
    struct index_id id;
};
struct sql {
    struct buf text;
    struct { struct sql_value *at; size_t len, cap; } values;
    unsigned aliases;
};
/* Finds slots, keys, systems, units, rids. ERR_INCOMPLETE while a slot is rebuilt. Before anything else of this section. */
err plan_resolve(struct plan *p, struct conditions *list, fhir_type type);
/* Counts rows of the conditions, so that the rarest can lead. */
err plan_estimate(struct plan *p, struct conditions *list, fhir_type type, bool top);
struct scan {
    const struct position *after; /* NULL: from the beginning */
    bool ascending;
    bool counting;   /* SELECT count instead of rows */
    bool unordered;  /* no ORDER BY */
    bool sets;       /* also conditions that are no ordered probe go into the statement, as sets of rids */
    const struct condition *driver; /* set by scan_choose; NULL: all resources of the type */
};
void scan_choose(struct plan *p, struct scan *s);
/* SELECT dt, rid in the order of the page. */
err scan_statement(struct plan *p, const struct scan *s, struct statement **out);
/* SELECT dt, rid, key of all matches in the order of one sort whose key the index knows: _lastUpdated, _id, a string, a date. */
bool sort_by_index(const struct plan *p);
err sorted_statement(struct plan *p, const struct scan *s, struct statement **out);
/* Is the condition decided by the statement of this scan? */
bool scan_decides(const struct scan *s, const struct condition *c);

/* Must the statement hold the condition in any case? */
bool condition_always(const struct condition *c);

/* ---- bodies ------------------------------------------------------------------------------------------------------------ */

/* Does the resource satisfy the conditions? Those that the statement of `s` has decided through other resources (_has, chains in
 * sets) are taken as true; with s NULL nothing is. */
err match_conditions(struct plan *p, const struct scan *s, const struct conditions *list, const struct version *v,
                     const struct json *resource, bool *out);
/* Smallest (or greatest) value of a parameter as text whose bytes sort like the values; STR_NONE without one. */
str match_sort_key(struct plan *p, const struct sort *s, const struct version *v, const struct json *resource);

/* ---- includes ----------------------------------------------------------------------------------------------------------- */

struct hits { struct search_hit *at; size_t len, cap; };
/* Adds what _include and _revinclude ask for behind the matches; at most 1,000, then a warning. */
err include_all(struct plan *p, struct hits *hits);

#endif
