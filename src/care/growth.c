/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * z-scores by the LMS method: z = ((y/M)^L - 1) / (S L). WHO restricts it to ±3 for measures that are skewed: beyond,
 * the distance between 2 and 3 SD is the unit. Tables: growth_table.h.
 */
#include "growth.h"

#include "growth_table.h"

#include <math.h>

#define LENGTH_DIFFERENCE 0.7 /* cm, lying minus standing */
#define STANDING_FROM_DAY 731 /* from two years on the standard is height */
#define DAYS_OF_MONTH 30.4375
#define STANDING_BELIEVED_FROM 9 /* months */
#define MONTHS_END 60
#define LYING_BELOW 87.0 /* cm, when nothing else is known */
#define HAIR 1e-9        /* 82.7 may come as 82.69999999999999 after the correction */

struct lms {
    double l, m, s;
};

static const struct {
    int table;
    bool restricted;
    double flag_below, flag_above;
} rules[GROWTH_INDICATORS] = {
    [GROWTH_LENGTH] = {TABLE_LENGTH, false, -6, 6},
    [GROWTH_WEIGHT] = {TABLE_WEIGHT, true, -6, 5},
    [GROWTH_WEIGHT_FOR_LENGTH] = {TABLE_WEIGHT_FOR_LENGTH, true, -5, 5},
    [GROWTH_BMI] = {TABLE_BMI, true, -5, 5},
    [GROWTH_HEAD] = {TABLE_HEAD, false, -5, 5},
    [GROWTH_ARM] = {TABLE_ARM, true, -5, 5},
    [GROWTH_TRICEPS] = {TABLE_TRICEPS, true, -5, 5},
    [GROWTH_SUBSCAPULAR] = {TABLE_SUBSCAPULAR, true, -5, 5},
};

static double known(double measure) { return measure > 0 && isfinite(measure) ? measure : NAN; }

static struct lms row(const struct growth_lms *r) { return (struct lms){r->l / 1e4, r->m / 1e4, r->s / 1e5}; }

static bool by_day(int table, enum growth_sex sex, int day, struct lms *out) {
    const struct growth_table *t = &growth_tables[table];
    if (day < t->first || day > t->last) return false;
    *out = row(&t->rows[sex - GROWTH_BOY][day - t->first]);
    return true;
}

/* Straight line between the rows of the two tenths of a centimetre around. */
static bool by_length(bool standing, enum growth_sex sex, double length, struct lms *out) {
    const struct growth_table *t = &growth_tables[standing ? TABLE_WEIGHT_FOR_HEIGHT : TABLE_WEIGHT_FOR_LENGTH];
    double tenths = length * 10;
    if (!(tenths >= t->first - HAIR && tenths <= t->last + HAIR)) return false;
    int low = (int)floor(tenths + HAIR);
    double part = tenths - low;
    const struct growth_lms *rows = t->rows[sex - GROWTH_BOY];
    *out = row(&rows[low - t->first]);
    if (part <= HAIR || low == t->last) return true;
    struct lms next = row(&rows[low + 1 - t->first]);
    out->l += part * (next.l - out->l);
    out->m += part * (next.m - out->m);
    out->s += part * (next.s - out->s);
    return true;
}

static double at_sd(const struct lms *t, double sd) {
    if (t->l == 1) return t->m * (1 + t->s * sd);
    if (t->l == 0) return t->m * exp(t->s * sd);
    return t->m * pow(1 + t->l * t->s * sd, 1 / t->l);
}

static double z_of(const struct lms *t, double y, bool restricted) {
    double z = t->l == 1   ? (y / t->m - 1) / t->s
               : t->l == 0 ? log(y / t->m) / t->s
                           : (pow(y / t->m, t->l) - 1) / (t->s * t->l);
    if (!restricted || (z >= -3 && z <= 3)) return z;
    double side = z > 0 ? 1 : -1, third = at_sd(t, 3 * side), unit = fabs(third - at_sd(t, 2 * side));
    return 3 * side + (y - third) / unit;
}

static struct growth_score scored(enum growth_indicator i, const struct lms *t, double y) {
    double z = rint(z_of(t, y, rules[i].restricted) * 100) / 100 + 0.0; /* + 0.0: no minus zero */
    return (struct growth_score){z, z < rules[i].flag_below || z > rules[i].flag_above};
}

struct growth_child growth_nobody(void) {
    return (struct growth_child){GROWTH_SEX_UNKNOWN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, GROWTH_POSITION_UNKNOWN, false};
}

double growth_days(double months) { return months * DAYS_OF_MONTH; }

/* Position and length as the standard wants them; `day` is -1 when the age is not known. */
static void settle_length(const struct growth_child *c, int day, struct growth_result *out) {
    out->position = c->position;
    out->standing_too_young =
        day >= 0 && c->position == GROWTH_STANDING && c->age_days / DAYS_OF_MONTH < STANDING_BELIEVED_FROM;
    if (out->standing_too_young) out->position = GROWTH_POSITION_UNKNOWN;
    out->length = known(c->length);
    if (day >= 0 && day < STANDING_FROM_DAY && out->position == GROWTH_STANDING) out->length += LENGTH_DIFFERENCE;
    if (day >= STANDING_FROM_DAY && out->position == GROWTH_LYING) out->length = known(out->length - LENGTH_DIFFERENCE);
    out->bmi = known(c->weight) / ((out->length / 100) * (out->length / 100));
}

static void score_by_length(const struct growth_child *c, int day, struct growth_result *out) {
    double weight = known(c->weight);
    if (c->oedema || isnan(weight) || isnan(out->length)) return;
    bool standing = day >= 0                                   ? day >= STANDING_FROM_DAY
                    : out->position != GROWTH_POSITION_UNKNOWN ? out->position == GROWTH_STANDING
                                                               : out->length >= LYING_BELOW;
    struct lms t;
    if (by_length(standing, c->sex, out->length, &t))
        out->scores[GROWTH_WEIGHT_FOR_LENGTH] = scored(GROWTH_WEIGHT_FOR_LENGTH, &t, weight);
}

void growth_scores(const struct growth_child *child, struct growth_result *out) {
    bool aged = child->age_days >= 0 && isfinite(child->age_days);
    bool too_old = aged && child->age_days / DAYS_OF_MONTH >= MONTHS_END;
    int day = !aged ? -1 : child->age_days > 1e6 ? 1000000 : (int)floor(child->age_days + 0.5);
    for (int i = 0; i < GROWTH_INDICATORS; i++) out->scores[i] = (struct growth_score){NAN, false};
    settle_length(child, day, out);
    if (child->sex == GROWTH_SEX_UNKNOWN || too_old) return;
    if (child->age_days < 0) return; /* before birth: an error, not an age that is not known */
    score_by_length(child, day, out);
    if (!aged) return;
    const double measures[GROWTH_INDICATORS] = {[GROWTH_LENGTH] = out->length,
                                                [GROWTH_WEIGHT] = child->oedema ? NAN : known(child->weight),
                                                [GROWTH_WEIGHT_FOR_LENGTH] = NAN,
                                                [GROWTH_BMI] = child->oedema ? NAN : out->bmi,
                                                [GROWTH_HEAD] = known(child->head),
                                                [GROWTH_ARM] = known(child->arm),
                                                [GROWTH_TRICEPS] = known(child->triceps),
                                                [GROWTH_SUBSCAPULAR] = known(child->subscapular)};
    for (enum growth_indicator i = 0; i < GROWTH_INDICATORS; i++) {
        struct lms t;
        if (!isnan(measures[i]) && by_day(rules[i].table, child->sex, day, &t))
            out->scores[i] = scored(i, &t, measures[i]);
    }
}

double growth_measure(enum growth_indicator i, enum growth_sex sex, bool standing, double x, double z) {
    struct lms t;
    if (sex == GROWTH_SEX_UNKNOWN || !(x >= 0 && x < 1e6)) return NAN;
    bool found = i == GROWTH_WEIGHT_FOR_LENGTH ? by_length(standing, sex, x, &t)
                                               : by_day(rules[i].table, sex, (int)floor(x + 0.5), &t);
    if (!found) return NAN;
    if (!rules[i].restricted || fabs(z) <= 3) return at_sd(&t, z);
    double side = z > 0 ? 1 : -1, third = at_sd(&t, 3 * side);
    return third + (z - 3 * side) * fabs(third - at_sd(&t, 2 * side));
}

static unsigned low(const struct growth_score *s, unsigned plain, unsigned severe) {
    if (isnan(s->z) || s->flagged || s->z >= -2) return 0;
    return s->z < -3 ? plain | severe : plain;
}

unsigned growth_signs(const struct growth_result *r, bool oedema) {
    const struct growth_score *fat = &r->scores[GROWTH_WEIGHT_FOR_LENGTH];
    unsigned signs = low(&r->scores[GROWTH_LENGTH], GROWTH_STUNTED, GROWTH_SEVERELY_STUNTED);
    if (oedema)
        return signs | GROWTH_UNDERWEIGHT | GROWTH_SEVERELY_UNDERWEIGHT | GROWTH_WASTED | GROWTH_SEVERELY_WASTED;
    signs |= low(&r->scores[GROWTH_WEIGHT], GROWTH_UNDERWEIGHT, GROWTH_SEVERELY_UNDERWEIGHT);
    signs |= low(fat, GROWTH_WASTED, GROWTH_SEVERELY_WASTED);
    if (!isnan(fat->z) && !fat->flagged && fat->z > 2)
        signs |= GROWTH_OVERWEIGHT | (fat->z > 3 ? (unsigned)GROWTH_OBESE : 0);
    return signs;
}
