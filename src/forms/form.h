/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Forms: what each printed paper says, as pure functions from a plain struct to a document (paper/paper.h). They know
 * no database and no request: whoever prints fills the struct with text that is ready to read. This file holds what the
 * forms share: who, where, when, and the ways a Vietnamese paper writes them. Every text may be empty: a form then
 * leaves dots to write on, or the line out where the form allows.
 */
#ifndef FORMS_FORM_H
#define FORMS_FORM_H

#include "base/date.h"
#include "paper/paper.h"

/* The house the paper comes from. */
struct form_facility {
    str parent; /* the body above: "UBND xã Mường Phăng" */
    str name;   /* "Trạm Y tế xã Mường Phăng" */
    str code, address, phone;
    str locality; /* before the date: "Mường Phăng" */
};

/* The person it is about. */
struct form_person {
    str name;
    str birth;    /* as known: "1959", "1959-03" or "1959-03-12" */
    str age;      /* in words: "67 tuổi", "14 tháng" */
    str sex;      /* FHIR administrative gender */
    str identity; /* personal identity number */
    str insurance, address, phone, ethnic, occupation;
    str guardian; /* of a child */
    str weight;   /* "11,2 kg" with its day, of a child */
};

/* How it is printed. */
struct form_frame {
    bool vietnamese;
    bool synthetic; /* people of the demonstration: said across the page */
    int32_t day;    /* of the paper; DAY_NONE leaves dots */
    int64_t made;   /* instant in ms, written into the file */
    struct form_facility facility;
};

/* A document with margins, foot and watermark of the frame. `title` names the file. */
struct paper *form_paper(struct arena *a, enum paper_size size, const struct form_frame *frame, str title);
/* One of two texts by language. */
static inline str form_say(const struct form_frame *f, const char *vi, const char *en) {
    return str_of(f->vietnamese ? vi : en);
}

/* "12/03/1959" of what is known of a date: "1959-03" gives "03/1959". */
str form_date(struct arena *a, str date);
/* dd/mm/yyyy of a day; empty for DAY_NONE. */
str form_day(struct arena *a, int32_t day);
/* "Mường Phăng, ngày 05 tháng 02 năm 2026" (Decree 30/2020: 0 before days below 10 and months 1 and 2). */
str form_place_and_day(struct arena *a, const struct form_frame *frame, bool vietnamese);
str form_sex(const struct form_frame *f, str sex);

/* Name of the house, address and telephone at the left; at the right what the caller adds to the flow given back. */
struct paper_flow *form_head(struct paper *p, const struct form_frame *frame);
/* Quốc hiệu and tiêu ngữ at the right, the body above and the issuing body at the left; the left flow is given back for
 * the number. */
struct paper_flow *form_state_head(struct paper *p, str above, str issuer, struct paper_flow **right);
void form_title(struct paper *p, str title, str under);
/* Name, birth, sex, papers, address; lines without anything known are left out. */
void form_who(struct paper *p, const struct form_frame *frame, const struct form_person *who);
/* Signatures side by side, one to three: title in bold, how to sign in italics, room, name. The day stands above the
 * last. */
struct form_signer {
    str title, how, name;
};
void form_signatures(struct paper *p, const struct form_frame *frame, const struct form_signer *signers, size_t count);
/* A sentence for translations of forms that Vietnamese law fixes; nothing in Vietnamese. */
void form_translation(struct paper *p, const struct form_frame *frame);

#endif
