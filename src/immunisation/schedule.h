/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A schedule in memory (private to this room): plain tables of small numbers, so that one patient is forecast in
 * microseconds. Built by schedule_read.c, checked by schedule_check.c, read by the rules. Codes of vaccines,
 * observations and durations are interned; index 0 of durations is "no duration".
 */
#ifndef IMMUNISATION_SCHEDULE_H
#define IMMUNISATION_SCHEDULE_H

#include "base/map.h"
#include "immunisation.h"

enum { SET_WORDS = 8, MAX_VACCINES = SET_WORDS * 64, MAX_OBSERVATIONS = SET_WORDS * 64 };

struct bits { /* a set of vaccines or observations */
    uint64_t word[SET_WORDS];
};
static inline bool bits_has(const struct bits *b, unsigned i) { return (b->word[i >> 6] >> (i & 63)) & 1u; }
static inline void bits_add(struct bits *b, unsigned i) { b->word[i >> 6] |= (uint64_t)1 << (i & 63); }

/* Years and months are added first, then weeks and days (CALCDT-1, 2, 6). */
struct duration {
    int16_t years, months, weeks, days;
};
typedef uint16_t duration_ref; /* index into schedule.durations, 0 = none */

struct phrase { /* text in both languages; either may be empty */
    str vi, en;
};

struct source_note { /* where a rule comes from and how sure that is */
    str text, confidence;
};

struct age_rule {
    duration_ref absolute, minimum, recommended, late, maximum;
    int32_t since, until; /* both inclusive */
    struct source_note source;
};

enum interval_from { FROM_NOTHING, FROM_PREVIOUS, FROM_TARGET, FROM_MOST_RECENT, FROM_OBSERVATION };

struct interval_rule {
    enum interval_from from;
    int target;               /* FROM_TARGET */
    unsigned observation;     /* FROM_OBSERVATION */
    const struct bits *recent; /* FROM_MOST_RECENT */
    duration_ref absolute, minimum, recommended, late;
    int32_t since, until;
    bool priority;
    unsigned or_new; /* observation + 1: a newer one than the day counted from ends the wait (next pregnancy) */
    struct source_note source;
};

struct vaccine_rule {
    uint16_t vaccine;
    duration_ref begin, end;
    bool forecast; /* name it as the vaccine to give */
    str maker, trade;
    double volume;
};

enum condition_kind { CONDITION_AGE, CONDITION_COMPLETE, CONDITION_SINCE_PREVIOUS, CONDITION_COUNT };

struct skip_condition {
    enum condition_kind kind;
    duration_ref begin, end, interval;
    int32_t from_day, to_day; /* COUNT: half-open */
    const struct bits *vaccines; /* NULL = all */
    int count;
    char compare; /* '>' '<' '=' */
    bool valid_only;
    const str *paths; /* COMPLETE */
    size_t path_count;
};

struct skip_set {
    bool any; /* else all conditions */
    int32_t since, until;
    const struct skip_condition *conditions;
    size_t count;
    struct phrase text;
};

enum { SKIP_EVALUATION = 1, SKIP_FORECAST = 2 };

struct skip_rule {
    unsigned when;
    bool any; /* else all sets */
    const struct skip_set *sets;
    size_t count;
};

struct series_dose {
    int number;
    const struct age_rule *ages;
    size_t age_count;
    const struct interval_rule *intervals, *allowed_intervals;
    size_t interval_count, allowed_count;
    const struct vaccine_rule *give, *accept;
    size_t give_count, accept_count;
    const struct bits *give_set, *accept_set, *never; /* quick membership; never may be NULL */
    const struct skip_rule *skips;
    size_t skip_count;
    bool recurring;
    int32_t season_start, season_end; /* DAY_NONE = none */
    int within_hours; /* timely if given within so many hours of birth, 0 = no such aim */
    struct source_note source;
    struct phrase note;
};

enum series_type { TYPE_STANDARD, TYPE_RISK, TYPE_EVALUATION };

struct indication {
    unsigned observation;
    duration_ref begin, end;
    struct phrase text, guidance;
};

struct rollout {
    str area;
    int32_t from, until; /* half-open: from <= day < until */
    struct source_note source;
};

enum { SEX_FEMALE = 1, SEX_MALE = 2, SEX_UNKNOWN = 4 };

struct series {
    struct phrase name;
    str name_text; /* the one printed in `series` */
    str path;
    const str *equivalent;
    size_t equivalent_count;
    const struct indication *indications;
    const struct rollout *rollouts;
    const struct series_dose *doses;
    size_t indication_count, rollout_count, dose_count;
    const struct bits *preferable; /* every vaccine of every dose's `give` */
    const struct bits *indication_set;
    str guidance;
    duration_ref start_minimum, start_maximum;
    int32_t since, until; /* the series exists for assessments within */
    int preference;
    unsigned antigen, group;
    enum series_type type;
    unsigned sexes; /* SEX_ bits, 0 = everyone */
    char priority;
    bool is_default, product, gated; /* gated: only where and when `rollouts` say */
    int32_t path_id; /* number of the path inside the antigen */
    struct source_note source;
};

struct born_before {
    int32_t day;
    str country;
    struct bits exclusions;
};

struct contraindication { /* whole antigen, or only `vaccines` */
    unsigned observation;
    duration_ref begin, end;
    const struct vaccine_rule *vaccines;
    size_t vaccine_count;
    struct phrase text, guidance;
    struct source_note source;
};

struct antigen {
    str name;
    const char *name_z;
    struct phrase title;
    const struct series *series;
    size_t series_count;
    struct bits immune;
    const struct born_before *born_before;
    size_t born_count;
    const struct contraindication *contraindications;
    size_t contraindication_count;
    struct bits contraindication_set; /* observations named by any of them */
    bool needs_completed; /* some skip asks whether another path is complete */
};

struct antigen_of_vaccine {
    unsigned antigen;
    duration_ref begin, end;
};

struct vaccine {
    str key;
    struct phrase name;
    const struct antigen_of_vaccine *antigens;
    size_t antigen_count;
    bool impacted, conflicting; /* side of any conflict */
};

struct conflict {
    struct bits given, impacts;
    duration_ref begin, valid_end, end;
    struct source_note source;
};

struct vaccine_group {
    str key;
    struct phrase name;
    const unsigned *antigens;
    size_t antigen_count;
    bool full;
};

struct observation {
    str code;
    struct phrase title;
};

enum screening_kind { SCREEN_OBSERVATION, SCREEN_TEMPERATURE_HIGH, SCREEN_TEMPERATURE_LOW };

struct screening_rule { /* a finding before the injection */
    enum screening_kind kind;
    unsigned observation;
    double celsius;
    enum screening_decision decision;
    int32_t since, until;
    struct phrase text;
    struct source_note source;
};

struct schedule {
    str id, version;
    struct phrase title;
    const struct duration *durations;
    size_t duration_count;
    struct vaccine *vaccines;
    const struct antigen *antigens;
    const struct vaccine_group *groups;
    const struct conflict *conflicts;
    const struct observation *observations;
    size_t vaccine_count, antigen_count, group_count, conflict_count, observation_count;
    size_t series_total;
    const struct bits *conflicts_of; /* [vaccine]: which conflict rows impact it (bit = row) when rows < 512 */
    struct map vaccine_index, observation_index, area_index; /* value = index + 1 */
    const struct screening_rule *screening;
    size_t screening_count;
    int32_t law_day; /* the law as it stood on this day; INT32_MAX = as it is written */
    int32_t effective;
    bool as_published;
    bool open_cvx; /* vaccines given as a bare CVX table */
};

/* Day plus duration; CALCDT-5: a day that the month does not have becomes the 1st of the next month. */
int32_t duration_add(int32_t day, struct duration d);
/* `6w-4d`, `8m+1d`, `0d`; false if it is none. */
bool duration_parse(str text, struct duration *out);
str duration_text(struct arena *a, struct duration d);
/* In words, for explanations: "6 weeks minus 4 days", "6 tuần trừ 4 ngày". */
str duration_words(struct arena *a, struct duration d, bool vietnamese);

/* Code as a map key: a number without leading zeros. */
str vaccine_code(str code);
str observation_code(struct arena *a, str code);

/* Parts of the loader (schedule_read.c, schedule_check.c). `file` names the source in errors. */
struct schedule_source {
    str file; /* name shown in errors */
    str text;
};
err schedule_read(struct arena *a, const struct schedule_source *files, size_t count, bool as_published,
                  struct schedule **out);

#endif
