/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Search: a FHIR query becomes a plan over the index tables of the store (docs/search.md): one driver scanned in
 * (date, rid) order, the others probed, rights joined on the person from the first row.
 */
#ifndef SEARCH_SEARCH_H
#define SEARCH_SEARCH_H

#include "store/store.h"

/* Whom the asker may see. Part of every plan: chains, includes and totals alike. */
struct access {
    bool everything;        /* everybody's records: no join */
    const int64_t *places;  /* rids of places (Location) whose residents may be seen, sorted */
    size_t place_count;
    const int64_t *persons; /* rids of further persons (presence, referral, opened with a reason), sorted */
    size_t person_count;
    uint32_t hidden;        /* classes of fhir/sensitive.h that he has no right for: absent everywhere */
    const bool *readable, *writable; /* by fhir_type; NULL: all */
    /* Types without a patient (Organization, Location, Practitioner, definitions …) are open to everybody signed in; resources
     * that may belong to a person but name none are for `everything` only. */
};
static inline bool access_reads(const struct access *who, fhir_type type) { return !who->readable || who->readable[type]; }
static inline bool access_writes(const struct access *who, fhir_type type) { return !who->writable || who->writable[type]; }
/* May this resource be seen? (read, vread, history, _include) An older version counts by what it says itself, too. */
bool access_sees(struct reader *r, const struct access *who, const struct version *v);

/* May resources of this type be about a person (R4 Patient compartment)? */
bool search_type_has_person(fhir_type type);
/* Can this parameter be searched? (CapabilityStatement) */
bool search_supports(const struct fhir_search *param);

struct search_hit { struct version version; enum { HIT_MATCH, HIT_INCLUDE, HIT_OUTCOME } mode; };

struct search_result {
    struct search_hit *hits;
    size_t hit_count;
    bool total_known;
    int64_t total;
    str next;              /* query string of the next page (with a signed position), or empty */
    str self;              /* normalised query string: what was really used */
    struct fhir_issues warnings; /* lenient: what was ignored */
};

struct search_options {
    const struct access *access;
    str base_url;          /* of this server: references below it are local; STR_NONE when unknown */
    bool lenient;          /* Prefer: handling=lenient */
    int64_t deadline_ms;   /* wall clock; 0 none: ERR_TOO_COSTLY beyond */
    fhir_type compartment_of; /* Patient/x/Observation: FHIR_TYPE_PATIENT and the id; else FHIR_TYPE_NONE */
    str compartment_id;
    bool confirm_only;     /* conditional operations: stop after two matches, no includes, no paging */
};

/* `query` is the part behind `?`, percent-encoded. ERR_NOT_SUPPORTED / ERR_INVALID name the parameter; ERR_TOO_COSTLY;
 * ERR_INCOMPLETE while a slot is rebuilt. */
err search_run(struct reader *r, struct arena *a, fhir_type type, str query, const struct search_options *options,
               struct search_result *out);

/* What stands in the compartment of a person (without the Patient itself), by type and clinical date: at most `limit` rows behind
 * (type, dt, rid) of *after, which moves along. What is hidden from the asker is not there; other rights are for access_sees. */
struct compartment_position { int64_t type, dt, rid; };
err search_compartment(struct reader *r, struct arena *a, const struct access *who, int64_t patient, struct compartment_position *after,
                       size_t limit, struct version_list *out);

#endif
