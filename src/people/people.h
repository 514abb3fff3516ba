/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * People: residents, households, identity, and finding somebody while three letters are typed. The table `person` is
 * the projection of Patient and of the household (Group) the person is a member of. docs/places.md is the model.
 */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "likeness.h"
#include "search/search.h"
#include "server/server.h"

enum { FIND_MAX = 50 };

struct person {
    int64_t rid, place; /* rids: Patient; smallest stable place, 0 unknown */
    str id, name;
    str birth;     /* as known: "1959", "1959-03", "1959-03-12" or empty */
    str sex;       /* FHIR administrative gender or empty */
    str household; /* id of the Group or empty */
    int64_t head;  /* rid of the head of the household, 0 none */
    str head_id, head_name;
    int household_size;
    str cccd, insurance, phone; /* whole numbers: mask them before they leave */
    str numbers;                /* further ones that find the person, with blanks between */
    str ethnic_code, ethnic_name;
    str dead;  /* day, "true" or empty */
    str moved; /* day of moving out of the province, or empty */
    bool synthetic;
};

/* One person by id; the id of a replaced record finds the one that goes on. ERR_NOT_FOUND, also for somebody the asker may
 * not see. */
err person_get(struct reader *r, struct arena *a, const struct access *who, str id, struct person *out);

/* The person's own rid and those of the records it replaces: whoever reads a compartment reads all of them. */
err person_parts(struct reader *r, struct arena *a, int64_t rid, int64_t **out, size_t *count);

/* The same by rid: for rows of lists. */
err person_get_rid(struct reader *r, struct arena *a, const struct access *who, int64_t rid, struct person *out);

struct found {
    struct person *at;
    size_t len;
    bool more; /* there are further matches */
};
/* Find (docs/find.md): at most `limit` (1 … FIND_MAX) of those `who` may see, best first. `today` tells two-digit birth
 * years of this century from those of the last. An empty query finds nobody. */
err person_find(struct reader *r, struct arena *a, const struct access *who, str query, size_t limit, int32_t today,
                struct found *out);

/* Who looks like the person that `typed` describes (likeness.h; the name as typed), best first: those above LIKENESS_SHOWN and
 * all that must be told apart. `self` is not compared; commune and folding are found here. */
struct likely {
    struct person person;
    struct likeness likeness;
};
err person_likely(struct reader *r, struct arena *a, const struct access *who, const struct identity *typed, str self,
                  struct likely **out, size_t *count);

/* Completed years on a day from a partial birth date, or -1 when unknown. A year alone counts from its first of July.
 */
int person_age(str birth, int32_t on);

/* Residents alive by smallest stable place. */
struct place_count {
    int64_t place, count;
};
err person_counts(struct reader *r, struct arena *a, struct place_count **out, size_t *count);

/* ---- rules, pure, shared by the projection and the query
 * ------------------------------------------------------------------ */

/* Tokens of one person for the index: words of every (folded) name, initials, birth year, last digits reversed, place.
 */
str person_words(struct arena *a, const str *folded_names, size_t names, str birth, const str *numbers, size_t count,
                 str place_id);
/* Token of a place in the index: the same on every node. */
str person_place_word(struct arena *a, str place_id);
/* Without what Telex leaves over in unaccented typing: "nguyeenx" → "nguyen", "ddoongf" → "dong"; else the word itself.
 */
str person_telex(struct arena *a, str folded_word);
/* Cuts folded text into words of letters and digits: at most `max`, views into the text. */
size_t person_split(str folded, str *words, size_t max);

extern const struct store_room people_room;
/* Registering, households, history, merging (docs/api.md), ended by a row with method NULL. */
extern const struct route people_routes[];

#endif
