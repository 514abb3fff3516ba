/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The points of each site. Every rule is absolute (a site's points do not depend on which other sites are offered) and
 * smooth in minutes, so that nobody gains by a minute over a limit. A criterion counts in a commune only where it is
 * known at every one of its sites: a surveyed site is not compared with one that nobody has seen.
 */
#include "siting_int.h"

#include <math.h>

const char *const siting_criterion_codes[SITING_CRITERIA] = {"location", "transport", "population", "infrastructure", "staff"};

const struct siting_proposal siting_defaults = {
    .weight = {20, 20, 20, 20, 20},
    .location_half = 30,
    .road_half = 30,
    .wet_factor = 0.5,
    .repair_factor = 0.5,
    .near = 30,
    .far = 60,
    .rooms_full = 10,
    .land_full = 500,
    .doctors_full = 2,
    .midwives_full = 1,
    .assistants_full = 1,
    .most_worse = 30,
    .doctors_least = 1,
    .budget = INFINITY,
    .points = SITING_NO_SITE,
};

static double halved(double minutes, double half) { return isfinite(minutes) ? 100 * exp2(-minutes / half) : 0; }

/* Nearness of the commune's people, and what they travel. `stretch` multiplies every time. */
static void score_ways(const struct siting_problem *q, uint32_t j, double stretch, struct siting_score *s) {
    const struct siting_proposal *p = &q->proposal;
    double people = 0, sum = 0;
    s->mean_minutes = s->most_minutes = s->near_people = s->far_people = 0;
    for (uint32_t i = 0; i < q->villages; i++) {
        const struct siting_village *v = &q->village[i];
        if (v->commune != q->site[j].commune || v->people <= 0) continue;
        double t = q->minutes[(size_t)i * q->sites + j] * stretch;
        people += v->people;
        sum += v->people * halved(t, p->location_half);
        s->mean_minutes += v->people * t;
        s->most_minutes = fmax(s->most_minutes, t);
        if (t <= p->near) s->near_people += v->people;
        if (t <= p->far) s->far_people += v->people;
    }
    if (people <= 0) people = 1;
    s->mean_minutes /= people;
    s->points[SITING_LOCATION] = 0.75 * sum / people + 0.25 * halved(s->most_minutes, 2 * p->location_half);
    s->points[SITING_POPULATION] = 100 * (2 * s->near_people + s->far_people) / (3 * people);
}

/* A part of a criterion: adds weight x share when it is known. */
struct parts {
    double points, known, all;
};
static void add_part(struct parts *x, double weight, double share) {
    x->all += weight;
    if (isnan(share)) return;
    x->known += weight;
    x->points += weight * fmin(1, fmax(0, share));
}
static double word(enum siting_answer_word w) { return w == SITING_UNKNOWN ? NAN : w == SITING_YES; }
/* Known when at least half of it is; the points are over the known part. The range is what the unknown part leaves open. */
static void finish_parts(const struct parts *x, enum siting_criterion k, struct siting_score *s) {
    s->points[k] = x->known * 2 >= x->all ? 100 * x->points / x->known : NAN;
    s->low[k] = 100 * x->points / x->all;
    s->high[k] = 100 * (x->points + x->all - x->known) / x->all;
}

static void score_infrastructure(const struct siting_problem *q, const struct siting_site *s, struct siting_score *out) {
    struct parts x = {0};
    add_part(&x, 30, (s->grade - 1) / 2 * (s->repair == SITING_YES ? q->proposal.repair_factor : 1));
    add_part(&x, 25, s->rooms / q->proposal.rooms_full);
    add_part(&x, 10, word(s->power));
    add_part(&x, 10, word(s->water));
    add_part(&x, 10, word(s->internet));
    add_part(&x, 15, s->land_m2 / q->proposal.land_full);
    finish_parts(&x, SITING_INFRASTRUCTURE, out);
}

static void score_staff(const struct siting_problem *q, const struct siting_site *s, struct siting_score *out) {
    struct parts x = {0};
    add_part(&x, 60, s->doctors / q->proposal.doctors_full);
    add_part(&x, 20, s->midwives / q->proposal.midwives_full);
    add_part(&x, 20, s->assistants / q->proposal.assistants_full);
    finish_parts(&x, SITING_STAFF, out);
}

/* Transport: a road that may be cut in the rains leaves a range, one of unknown length leaves it all open. */
static void score_transport(const struct siting_problem *q, const struct siting_site *s, double stretch, struct siting_score *out) {
    bool known = !isnan(s->road_minutes);
    double dry = known ? halved(s->road_minutes * stretch, q->proposal.road_half) : 100, wet = s->wet_road == SITING_NO ? q->proposal.wet_factor : 1;
    out->points[SITING_TRANSPORT] = known ? dry * wet : NAN;
    out->high[SITING_TRANSPORT] = dry * wet;
    out->low[SITING_TRANSPORT] = known ? dry * (s->wet_road == SITING_UNKNOWN ? q->proposal.wet_factor : wet) : 0;
}

void siting_score_all(const struct siting_problem *q, double stretch, struct siting_score *score) {
    for (uint32_t j = 0; j < q->sites; j++) {
        const struct siting_site *s = &q->site[j];
        score_ways(q, j, stretch, &score[j]);
        for (int k = 0; k < SITING_CRITERIA; k++) score[j].low[k] = score[j].high[k] = score[j].points[k];
        score_transport(q, s, stretch, &score[j]);
        score_infrastructure(q, s, &score[j]);
        score_staff(q, s, &score[j]);
    }
}

void siting_totals(const struct siting_problem *q, uint32_t commune, const bool *known, struct siting_score *score) {
    const double *weight = q->proposal.weight;
    double sum = 0, all = 0;
    for (int k = 0; k < SITING_CRITERIA; k++) sum += known[k] ? weight[k] : 0, all += weight[k];
    for (uint32_t j = 0; j < q->sites; j++) {
        if (q->site[j].commune != commune) continue;
        score[j].total = sum > 0 ? 0 : NAN;
        score[j].total_low = score[j].total_high = 0;
        for (int k = 0; k < SITING_CRITERIA; k++) score[j].total_low += weight[k] / all * score[j].low[k], score[j].total_high += weight[k] / all * score[j].high[k];
        for (int k = 0; k < SITING_CRITERIA && sum > 0; k++)
            if (known[k]) score[j].total += weight[k] / sum * score[j].points[k];
    }
}
