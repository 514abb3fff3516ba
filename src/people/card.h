/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is printed as a QR code on an identity card (CCCD since 2021, Căn cước since 2024) and on a health-insurance card,
 * read into fields. Pure: no database, no clock. Sources of the formats and what is not known of them: docs/cards.md.
 * A scanned text is personal data: it is kept in memory only.
 */
#ifndef PEOPLE_CARD_H
#define PEOPLE_CARD_H

#include "base/text.h"

enum card_kind { CARD_NONE, CARD_IDENTITY, CARD_INSURANCE };

/* Why a text is no card; the code is told to the client (docs/api.md), which has the words. */
#define CARD_FAULTS(X)                                                                                                 \
    X(OK, "")                                                                                                          \
    X(EMPTY, "empty")       /* nothing was scanned */                                                                  \
    X(FORMAT, "format")     /* another format: neither card */                                                         \
    X(PAYMENT, "payment")   /* a VietQR code: it asks for money */                                                     \
    X(LINK, "link")         /* an address of the web */                                                                \
    X(NUMBER, "number")     /* fields as on a card, but the number has another length than 12, 10 or 15 */             \
    X(SHORT, "short")       /* cut off: fields are missing */                                                          \
    X(NAME, "name")         /* no readable name */                                                                     \
    X(BIRTH, "birth")       /* the birth date is no day */                                                             \
    X(FUTURE, "future")     /* born after today */                                                                     \
    X(ENCODING, "encoding") /* not UTF-8 */
enum card_fault {
#define X(name, code) CARD_##name,
    CARD_FAULTS(X)
#undef X
};
const char *card_fault_code(enum card_fault f);

/* What does not fit but stops nobody: the 12 digits tell century, sex and year, and cards have errors. */
enum card_doubt {
    CARD_DOUBT_SEX = 1,    /* the number means the other sex */
    CARD_DOUBT_YEAR = 2,   /* the number means another year of birth */
    CARD_DOUBT_LETTERS = 4 /* the name holds '?': the scanner or its keyboard lost letters */
};

struct card {
    enum card_kind kind;
    str number;     /* 12 digits; insurance: 10 digits, 15 characters, or 12 digits */
    str old_number; /* CMND of 9 digits, or empty */
    str name;       /* as on the card; empty when only a number was scanned */
    str birth;      /* FHIR date as known: "1990-01-31", "1990-01", "1990" or empty */
    str sex;        /* "male", "female" or empty */
    str address;
    str issued, valid_from, valid_to, five_years; /* FHIR dates or empty */
    str facility;                                 /* code of first care, "11001" */
    str guardian;
    unsigned doubts; /* of enum card_doubt */
};

/* Reads a scanned text as of a day. All texts live in the arena. On a fault *out holds what was read so far. */
enum card_fault card_read(struct arena *a, str text, int32_t today, struct card *out);

/* Year and sex that the 12 digits of an identity number mean: false unless it is 12 digits. `female` may be NULL. */
bool identity_number_means(str number, int *year, bool *female);

#endif
