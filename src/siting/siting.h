/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Siting: which site of each commune becomes its station, which stay as points, who loses by it, and what the decision
 * would say. Five criteria of 0 to 100 points with visible rules, weights of the planner, hard rules apart from scores.
 * The program proposes; a person decides and writes why. All of it is pure (routes.c alone knows the server).
 *
 *   read.c, province.c -> problem -> score.c (points) -> choose.c (choice, thresholds) -> effect.c (coverage, losers)
 *                                                                    \-> json.c, page.c, draft.c
 */
#ifndef SITING_SITING_H
#define SITING_SITING_H

#include "base/json.h"
#include "network/temporal.h"
#include "travel/travel.h"

enum siting_criterion {
    SITING_LOCATION,       /* nearness of the commune's people */
    SITING_TRANSPORT,      /* nearness of a provincial road or the commune's seat; passable in the rains */
    SITING_POPULATION,     /* people within 30 and 60 minutes */
    SITING_INFRASTRUCTURE, /* building, rooms, power, water, internet, land */
    SITING_STAFF,          /* assigned or willing to move */
    SITING_CRITERIA
};
extern const char *const siting_criterion_codes[SITING_CRITERIA];

struct paper;

enum siting_answer_word { SITING_UNKNOWN, SITING_NO, SITING_YES };
enum siting_kind { SITING_STATION, SITING_POINT, SITING_NOTHING };

enum { SITING_NO_SITE = UINT32_MAX };

/* Numbers that nobody gave are NAN, words SITING_UNKNOWN: not known is never taken for bad or good. */
struct siting_site {
    str code, name;
    uint32_t commune;
    struct coordinates at;
    bool placed;
    enum travel_land land;
    enum siting_kind today; /* before the choice */
    uint32_t station_today; /* of a point: the site that is its station, SITING_NO_SITE not known */
    bool beside;            /* a station in the plan to be compared with */
    enum siting_answer_word functioning, wet_road, power, water, internet, repair; /* repair: the building needs it badly */
    double road_minutes;
    double grade;           /* of the building: 1 temporary, 2 half-solid, 3 solid */
    double rooms, land_m2;
    double doctors, midwives, assistants;
    double cost;            /* of making it a full station, in the currency of the budget */
};

struct siting_village {
    str code, name, group; /* group: of people or place that must be told apart (ethnic group, border, …), or empty */
    uint32_t commune;
    double people;
    struct coordinates at;
    bool placed, round;    /* round: a monthly round comes here */
    enum travel_land land;
    double area_km2;       /* of the settled land, NAN unknown: nobody lives at a centroid */
};

struct siting_commune {
    str code, name;
};

/* What the planner may change. siting_defaults holds the starting values; all of them are assumptions. */
struct siting_proposal {
    double weight[SITING_CRITERIA];    /* from 0, in any unit; not all 0 */
    double location_half;              /* minutes that halve the points of nearness */
    double road_half;
    double wet_factor;                 /* of the transport points where the road is cut in the rains */
    double repair_factor;              /* of the building's points where it needs major repair */
    double near, far;                  /* minutes: coverage and the population criterion */
    double rooms_full, land_full;      /* what gives all points */
    double doctors_full, midwives_full, assistants_full;
    double most_worse;                 /* hard rule: no village loses more minutes without a point or a round */
    double doctors_least;              /* hard rule: doctors at a station; 0 = no rule */
    double budget;                     /* hard rule; INFINITY = none */
    uint32_t points;                   /* how many other sites stay as points; SITING_NO_SITE = all */
    bool across;                       /* people may use the nearest station of any commune */
};
extern const struct siting_proposal siting_defaults;

struct siting_problem {
    str code, title; /* of the province; code empty for the planner's own tables */
    struct siting_site *site;
    struct siting_village *village;
    struct siting_commune *commune;
    uint32_t sites, villages, communes;
    double *minutes;                /* [village * sites + site]; INFINITY no way or, unless across, another commune */
    struct travel_sources used;     /* where the minutes come from */
    double range;                   /* of estimates, 0.35; 0 when nothing is estimated */
    struct siting_proposal proposal;
    bool seat_in_both;              /* the plan beside looks at the commune's seat, and so does the transport criterion here */
    uint32_t surveyed;              /* sites of which the node holds a survey */
    const char *beside_name_vi, *beside_name_en; /* of the plan to compare with, NULL = none */
    const char *note_vi, *note_en;               /* what the data make of the comparison, or NULL */
};

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

struct siting_score {
    double points[SITING_CRITERIA]; /* 0 to 100, NAN = not known */
    double low[SITING_CRITERIA], high[SITING_CRITERIA]; /* what the points can be once everything is known */
    double total_low, total_high;   /* the weighted mean over all criteria, if everything were known */
    double total;                   /* weighted mean over the criteria known at every site of the commune; NAN = none is */
    double mean_minutes, most_minutes; /* of the commune's people to it; INFINITY when somebody has no way */
    double near_people, far_people;
    bool eligible, best_pairs;      /* keeps the hard rules; no other site is better in both score and minutes */
};

/* Where the choice of a commune turns as one weight moves and the others keep their proportions. Shares of the weight
 * of the criteria known there, 0 to 1. Exact: scores are straight lines in the share. */
struct siting_turn {
    double share, low, high;  /* the choice holds for low <= share <= high */
    uint32_t below, above;    /* which site is chosen beyond; SITING_NO_SITE = never turns on that side */
};

struct siting_choice {
    uint32_t site, second;    /* SITING_NO_SITE: no site, or nothing known to choose by */
    bool known[SITING_CRITERIA];
    double lead;              /* points before the second */
    double known_weight;      /* share of all weight that could be used, 0 to 1 */
    double unknown_turn;      /* points by which another site must be better on what is not known, to be chosen; NAN all known */
    struct siting_turn turn[SITING_CRITERIA];
    uint32_t short_site, long_site; /* the choice if all estimated times are shorter, longer by their range */
    bool by_budget;           /* the best-scored site was too dear */
    bool rule_broken;         /* no site keeps the hard rules: the best of those that function */
};

struct siting_loser {
    uint32_t village;
    double before, after, care; /* minutes: to a station before, after; to the nearest station or point after */
    bool excused;               /* a point or a round is there */
};

struct siting_cover {
    double people, mean_before, mean_after, mean_care; /* minutes, of people with a way */
    double near_before, near_after, near_care, far_before, far_after, far_care; /* people; care = station or point */
    double worse, unexcused;                /* people whose way grows by more than most_worse; of them without point or round */
    double no_way;                          /* people without a way to a station afterwards */
};

struct siting_group {
    str name;
    struct siting_cover cover;
};

/* A step of the trade between score and travel time: this commune takes another site. */
struct siting_step {
    uint32_t commune, site;   /* SITING_NO_SITE in the first step: the best-scored plan */
    double score, minutes;    /* of the whole plan after the step: means by people */
};

struct siting_result {
    struct siting_score *score;    /* per site */
    struct siting_choice *choice;  /* per commune */
    enum siting_kind *kind;        /* per site, afterwards */
    double *before, *after, *care; /* per village, minutes */
    struct siting_cover all;
    struct siting_group *group;
    size_t groups;
    struct siting_loser *loser;    /* by minutes lost, most first */
    size_t losers;
    struct siting_step *step;
    size_t steps;
    double cost;                   /* of the chosen sites, NAN = not known for all */
    bool splits;                   /* every commune is a question of its own: no solver is needed */
    bool over_budget, budget_proven;
    double travel, travel_bound;   /* person-minutes of the plan; least of any plan with one station a commune (bound) */
    double least_travel;           /* of the best plan known for travel alone */
    bool travel_proven;            /* no plan travels less */
    double points_value, points_bound; /* person-minutes with the points; bound, when points were chosen; else NAN */
    uint32_t undecided, differs;   /* communes */
    uint32_t *seatless;            /* per commune: the choice with transport left out, where seat_in_both; else NULL */
    uint32_t differs_seatless;     /* of it: communes that differ from the plan beside */
    str *finding[2];               /* hard rules that are broken or cannot be checked: sentences in English, Vietnamese */
    size_t findings;
};

/* The clock for the solvers, plan_options.now; NULL = none and no limit. */
struct siting_clock {
    double (*now)(void *user);
    void *user;
    double seconds; /* limit for each solver */
};

/* Checks, scores, chooses and measures. The result lives in `a`. ERR_UNPROCESSABLE naming the culprit: weights that sum
 * to 0, a weight or time below 0, a hole in the matrix, a commune without a site, a village without people or site. */
err siting_solve(struct arena *a, const struct siting_problem *q, const struct siting_clock *clock, struct siting_result *out);

/* Why the commune's site was taken rather than the one of the other plan (or the second), one short sentence a reason. */
void siting_reasons(struct buf *out, const struct siting_problem *q, const struct siting_result *r, uint32_t commune,
                    uint32_t other, bool vietnamese);
/* The site of the other plan in this commune, SITING_NO_SITE when it names none or several. */
uint32_t siting_beside(const struct siting_problem *q, uint32_t commune);

/* ---- problems -------------------------------------------------------------------------------------------------------- */

/* Sites from CSV: code,name,commune needed; commune_name, latitude, longitude, land (valley, hill, high-mountain,
 * footpath), today (station, point, none), beside (yes, no), functioning, wet_road, power, water, internet (yes, no),
 * road_minutes, grade, repair, rooms, land_m2, doctors, midwives, assistants, cost. Villages: code,name,commune,people needed;
 * group, latitude, longitude, land, round, area_km2. Errors name file and line. */
err siting_read(struct arena *a, str sites, str villages, struct siting_problem *out);
/* A proposal from JSON: {"weights":{"location":20,…},"rules":{"mostWorse":30,…},"scales":{…}}; unknown names are errors. */
err siting_read_proposal(struct arena *a, str text, struct siting_proposal *out);
err siting_proposal_of(struct arena *a, const struct json *tree, struct siting_proposal *out);
/* A survey: CSV with code and any of the columns of sites; what a row holds replaces what was known of that site,
 * and `round` what was known of the village of that code. */
err siting_survey(struct arena *a, str text, struct siting_problem *q);
/* Travel times: from the table where it is given (text empty = none), for the season; `estimate`: pairs it does not hold
 * are estimated from places, and counted as such; else a hole is an error. */
err siting_times(struct arena *a, struct siting_problem *q, str matrix, enum travel_season season, bool estimate);
/* The published tables of a province ("11"): former communes are both villages and sites; times are not set yet. */
err siting_province(struct arena *a, str code, struct siting_problem *out);

/* What the sites are in the network of a day, instead of what they were before every decision: station, point (of which
 * station), or nothing. ERR_UNPROCESSABLE when that network does not hold the province. */
err siting_as_of(struct arena *a, struct siting_problem *q, const struct network *n, int32_t day);

/* ---- papers ---------------------------------------------------------------------------------------------------------- */

void siting_json(struct buf *out, const struct siting_problem *q, const struct siting_result *r);
/* One page of A4 to print and discuss, as plain data for paper_pdf. */
struct paper *siting_page(struct arena *a, const struct siting_problem *q, const struct siting_result *r, bool vietnamese);

/* What a person adds to a proposal to make a draft of it. */
struct siting_act {
    str why;            /* never empty: the program proposes, a person decides and writes why */
    int32_t effective;  /* DAY_FIRST: left open */
    int32_t computed;   /* the day of the computation, for the note; DAY_FIRST: none */
};
/* The draft of a decision: the operations that lead from today (site.today) to the plan, promotions first, what it was
 * computed to do, and why. For decision_write. ERR_UNPROCESSABLE without a reason. */
err siting_decision(struct arena *a, const struct siting_problem *q, const struct siting_result *r, const struct siting_act *act,
                    struct decision *out);

#endif
