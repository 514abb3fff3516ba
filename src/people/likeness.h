/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much two records look like one person, while the second is being typed. Pure. The score orders the list and says
 * nothing by itself; one rule is hard: somebody of the same folded name, born within two years, in the same commune must
 * be told apart before the first save (docs/safety.md).
 */
#ifndef PEOPLE_LIKENESS_H
#define PEOPLE_LIKENESS_H

#include "base/text.h"

struct identity {
    str name;  /* folded (base/fold.h); empty: unknown */
    str birth; /* as known: year, month or day; empty: unknown */
    str sex;   /* FHIR administrative gender or empty */
    str cccd, insurance, phone; /* digits; empty: unknown */
    str household;              /* id of the Group or empty */
    int64_t place, commune;     /* rids; 0 unknown */
};

/* Why: bits, with the words of the answer (docs/api.md). */
#define LIKENESS_REASONS(X)                                                                                            \
    X(NAME, "name")                     /* the same folded name */                                                    \
    X(NAME_NEAR, "name-near")           /* one word or one letter differs, or other order */                          \
    X(BIRTH, "birth")                   /* the same day */                                                            \
    X(BIRTH_TURNED, "birth-turned")     /* day and month exchanged */                                                 \
    X(BIRTH_YEAR, "birth-year")         /* the same year */                                                           \
    X(BIRTH_NEAR, "birth-near")         /* at most two years apart */                                                 \
    X(SEX, "sex")                                                                                                      \
    X(PLACE, "place")                   /* the same village */                                                        \
    X(COMMUNE, "commune")                                                                                              \
    X(HOUSEHOLD, "household")                                                                                          \
    X(PHONE, "phone")                                                                                                  \
    X(CCCD, "cccd")                                                                                                    \
    X(INSURANCE, "insurance")                                                                                          \
    X(OTHER_CCCD, "other-cccd")         /* both have an identity number, and not the same */                          \
    X(OTHER_SEX, "other-sex")
enum likeness_reason {
#define X(name, code) LIKENESS_BIT_##name,
    LIKENESS_REASONS(X)
#undef X
    LIKENESS_REASON_COUNT
};
enum {
#define X(name, code) LIKE_##name = 1 << LIKENESS_BIT_##name,
    LIKENESS_REASONS(X)
#undef X
    LIKENESS_SHOWN = 50, /* shown from this score on */
    LIKENESS_MAX = 100,
    TELL_APART_YEARS = 2
};
const char *likeness_reason_code(enum likeness_reason r);

struct likeness {
    int score;       /* 0 … LIKENESS_MAX */
    unsigned why;    /* of LIKE_… */
    bool tell_apart; /* a person must say that it is somebody else, or that it is the same */
};
struct likeness likeness_of(const struct identity *x, const struct identity *y);

#endif
