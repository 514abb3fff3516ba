/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a prescription must be by Circular 26/2025/TT-BYT, and what it needs to be safe. Pure: the tables come in as
 * plain structs (catalogue.h reads them from data/prescribing), the day comes in as an argument.
 */
#ifndef PRESCRIBING_RULES_H
#define PRESCRIBING_RULES_H

#include "base/date.h"
#include "base/rational.h"
#include "base/vec.h"
#include "codes/icd.h"

/* ---- tables (dated: `from` <= day <= `to`, DAY_NONE open) ---------------------------------------------------------- */

struct validity { int32_t from, to; };
bool valid_on(struct validity v, int32_t day);

struct long_supply { int64_t number; str condition, codes, except; struct validity valid; };
struct supply_limit { char kind; str diagnoses; int64_t days; struct validity valid; str source; };
struct number_of_law { str what; int64_t value; struct validity valid; };
struct controlled { str substance, substance_vi, atc; char kind; bool verified; struct rational combinations_to; struct validity valid; };
struct interaction { str a, b, vi, en; };
struct allergy_group { str word, atc; };

struct medicine {
    str code, name, name_en, atc, strength, form, unit, dose_unit, route, programme, source;
    struct rational content; /* dose units in one counted unit: 60 ml in a bottle, 1 for tablets */
    struct rational usual_dose, usual_times;
    struct validity valid;
    char group; /* 'n', 'h': a narcotic, a psychotropic or precursor by the list that was imported; 0 not said */
};

struct prescribing_tables {
    struct arena *arena; /* where they live */
    VEC(struct long_supply) long_supply;
    VEC(struct supply_limit) limits;
    VEC(struct number_of_law) numbers;
    VEC(struct controlled) controlled;
    VEC(struct interaction) interactions;
    VEC(struct allergy_group) allergy_groups;
    VEC(struct medicine) medicines;
    struct controlled by_group[2]; /* what `group` n and h mean */
};
/* A number of the law on a day ("child-months"), or 0. */
int64_t law_number(const struct prescribing_tables *t, const char *what, int32_t on);
const struct medicine *medicine_find(const struct prescribing_tables *t, str code);
/* Its name and strength: "Amlodipin 5 mg". */
str medicine_text(struct arena *a, const struct medicine *m);

/* ---- the prescription --------------------------------------------------------------------------------------------- */

/* The forms, by the letter at the end of the code: ordinary, narcotic, psychotropic or precursor, traditional. */
enum { FORM_ORDINARY = 'c', FORM_NARCOTIC = 'n', FORM_PSYCHOTROPIC = 'h', FORM_TRADITIONAL = 't' };

struct diagnosis { str code, text; };
struct prescription_line {
    str medicine; /* of the catalogue, may be empty */
    str text, atc;
    struct rational dose, times; /* times a day; RATIONAL_NONE: not said */
    int64_t days;                /* 0: not said */
    struct rational quantity;    /* what is to be handed out; RATIONAL_NONE: as computed */
    str unit, dose_unit;
    struct rational content;
};
struct prescription {
    char kind;
    int32_t on;
    int32_t birth;          /* first day of what is known; DAY_NONE */
    bool birth_exact;       /* day known */
    int32_t weighed;        /* day of the weight that is known, DAY_NONE */
    struct rational weight; /* kg */
    str guardian;           /* who brought the child */
    VEC(struct diagnosis) diagnoses;
    VEC(struct prescription_line) lines;
};

enum finding_level {
    FINDING_NOTE,    /* worth knowing */
    FINDING_WARNING, /* a person decides */
    FINDING_REFUSED  /* the law forbids: the node does not take it */
};
struct finding { enum finding_level level; const char *rule; str at, vi, en; };
struct findings { struct finding *at; size_t len, cap; };

/* The most days a form may be for, with these diagnoses; 0: no rule on that day. `listed` gets the condition of the long
 * list that allows it, or NULL. */
int64_t days_most(const struct prescribing_tables *t, const struct prescription *p, const struct long_supply **listed);
/* Completed months from birth; -1 unknown. Under the age at which months and weight are asked? */
int age_months(int32_t birth, int32_t on);
bool prescription_for_child(const struct prescribing_tables *t, const struct prescription *p);
/* Is the medicine of the line on a list of controlled substances? NULL: no. */
const struct controlled *line_controlled(const struct prescribing_tables *t, const struct prescription_line *l, int32_t on);
/* Everything the circular asks. Texts in `a`. `at` says where: "lines[0].days", "diagnoses", "guardian", "weight". */
void prescription_check(const struct prescribing_tables *t, struct arena *a, const struct prescription *p, struct findings *out);

/* Five of the facility, seven of its own, '-', the form: 00871GX18AH2-c. */
bool prescription_code_read(str code, char *kind);
/* A facility without five characters of its own writes noughts there: then this is no code but a number of the house,
 * which *code becomes ("GX18AH2-c"). */
bool prescription_code_shown(str *code);

/* ---- quantity ----------------------------------------------------------------------------------------------------- */

/* dose x times x days in dose units (ml, drops, tablets); RATIONAL_NONE when something is not said. */
struct rational line_total(const struct prescription_line *l);
/* How many counted units (tablets, bottles, tubes) that takes: rounded up; 0 unknown. */
int64_t line_units(const struct prescription_line *l);
/* As the circular wants it written: "05", "30"; narcotics in words with a capital first letter: "Ba mươi". */
str quantity_write(struct arena *a, int64_t quantity, char kind);
/* A whole number 0..999,999,999 in Vietnamese words. */
str number_words(struct arena *a, int64_t n);
/* "Uống ngày 2 lần, mỗi lần 1 viên" for a route of the catalogue. */
str usage_write(struct arena *a, const struct prescription_line *l, str route, bool vietnamese);

/* ---- safety: three states ------------------------------------------------------------------------------------------ */

enum alert_state { ALERT_NOT_CHECKED, ALERT_NONE, ALERT_FOUND };
const char *alert_code(enum alert_state s); /* "not-checked", "none", "alert" */

struct allergy { str text, atc; bool none_known; /* a statement that there is none */ };
struct current_medicine { str text, atc; int32_t until; /* the day it runs out, DAY_NONE unknown */ };
struct person_medicines {
    bool known; /* false: nothing could be read, so nothing was checked */
    VEC(struct allergy) allergies;
    VEC(struct current_medicine) current; /* being taken, of other prescriptions */
};
struct line_alerts { enum alert_state allergy, doubled, interaction; };

/* Alerts of each line into alerts[0..lines); what was found, and why something could not be checked, into `out`. Never
 * ALERT_NONE where something was not compared. */
void alerts_check(const struct prescribing_tables *t, struct arena *a, const struct prescription *p,
                  const struct person_medicines *person, struct line_alerts *alerts, struct findings *out);
/* Of all lines and checks: found, else not checked, else none. No lines: not checked. */
enum alert_state alerts_all(const struct line_alerts *alerts, size_t count);

#endif
