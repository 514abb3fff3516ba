/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The course of high blood pressure of invented people: who is enrolled, when they come, what is measured, what they
 * take. Shapes only (older people more often, treatment lowers, some stay away); no rate here is a finding about
 * anybody.
 */
#include "generate.h"

#include "base/date.h"

enum { STREAM_COURSE = 3, WINDOW_DAYS = 730, MAX_VISITS = 40, MIN_SYSTOLIC = 96, MAX_SYSTOLIC = 238 };

/* Enrolled of a thousand by age: prevalence times the part that is found and enrolled. */
static int enrolled_permille(int age) {
    static const struct {
        int from, permille;
    } table[] = {{75, 330}, {65, 310}, {55, 240}, {45, 140}, {35, 60}, {25, 18}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (age >= table[i].from) return table[i].permille;
    return 0;
}

/* Monday to Friday: a Saturday or Sunday moves to Monday. 1970-01-01 was a Thursday. */
static int32_t working_day(int32_t day) {
    int week_day = (int)(((day % 7) + 7 + 3) % 7); /* 0 Monday */
    return week_day == 5 ? day + 2 : week_day == 6 ? day + 1 : day;
}

struct pressure {
    int start, aim, step, poor;
};

static void measure(struct random *r, struct pressure *p, int visit, struct bp_visit *v) {
    int level = visit >= 5 ? p->aim : p->start + (p->aim - p->start) * visit / 5;
    int systolic = level + random_around(r, 11);
    v->systolic = systolic < MIN_SYSTOLIC ? MIN_SYSTOLIC : systolic > MAX_SYSTOLIC ? MAX_SYSTOLIC : systolic;
    v->diastolic = 58 + (v->systolic - 100) * 46 / 100 + random_around(r, 8);
    bool high = v->systolic >= 140 || v->diastolic >= 90;
    p->poor = high ? p->poor + 1 : 0;
    if (p->poor >= 2 && p->step < 4 && random_chance(r, 450)) {
        p->step++;
        p->poor = 0;
        p->aim -= 2;
    }
    v->step = p->step;
}

/* 30 days; since 2025-07-01 up to 90 for I10 when it is under control (Circular 26/2025/TT-BYT). */
static int supply_of(const struct bp_visit *v) {
    bool controlled = v->systolic < 140 && v->diastolic < 90;
    return v->day >= day_from_civil(2025, 7, 1) && controlled ? 90 : 30;
}

static void visits(const struct generator *g, struct random *r, struct bp_course *c) {
    struct pressure p = {.start = 158 + random_around(r, 20), .aim = random_chance(r, 560) ? 131 : 151, .step = 1};
    p.aim += random_around(r, 8);
    int adherence = random_between(r, 620, 970);
    int32_t on = g->options.on, stop = random_chance(r, 140) ? random_between(r, on - 600, on - 30) : on;
    int32_t window = on - WINDOW_DAYS, day = c->enrolled >= window ? c->enrolled : window + random_below(r, 28);
    int number = c->enrolled >= window ? 0 : 6, last_step = 0;
    int32_t runs_out = INT32_MIN;
    for (; c->count < MAX_VISITS; day += random_between(r, 26, 33)) {
        int32_t at = working_day(day);
        if (at >= on || day >= stop) break;
        if (number != 0 && !random_chance(r, adherence)) continue;
        struct bp_visit *v = &c->visits[c->count++];
        *v = (struct bp_visit){.day = at,
                               .minute = random_between(r, 7 * 60 + 20, 11 * 60 + 10),
                               .at_main_station = random_chance(r, 250)};
        measure(r, &p, number++, v);
        if (v->step != last_step || at >= runs_out - 7) {
            v->supply = supply_of(v);
            runs_out = at + v->supply;
            last_step = v->step;
        }
    }
    if (c->count) {
        int32_t next = working_day(c->visits[c->count - 1].day + 28);
        if (next >= on) c->next = next;
    }
}

bool generate_course(const struct generator *g, struct arena *a, const struct resident *p, struct bp_course *out) {
    struct random r = random_stream(g->options.seed, STREAM_COURSE, (uint64_t)p->number);
    *out = (struct bp_course){.next = INT32_MIN};
    if (g->options.people_only || !random_chance(&r, enrolled_permille(p->age))) return false;
    int32_t on = g->options.on;
    int32_t enrolled = random_chance(&r, 550) ? random_between(&r, on - 5 * 365, on - WINDOW_DAYS)
                                              : random_between(&r, on - WINDOW_DAYS, on - 9);
    out->enrolled = working_day(enrolled);
    out->visits = ARENA_ARRAY(a, struct bp_visit, MAX_VISITS);
    visits(g, &r, out);
    return true;
}
