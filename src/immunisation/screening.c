/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Screening before the injection: temperature and findings of the visit against the schedule's `screening` rules. The
 * gravest decision stands; a deferred child is to be offered the vaccine again within the same month, so the result
 * carries the month's last day. Pure.
 */
#include "engine.h"

#include "base/date.h"

static bool applies(const struct engine *e, const struct screening_rule *q) {
    if (!in_force(e, q->since, q->until, e->on)) return false;
    double t = e->p->temperature;
    switch (q->kind) {
    case SCREEN_OBSERVATION: return bits_has(&e->active, q->observation);
    case SCREEN_TEMPERATURE_HIGH: return t > 0 && t >= q->celsius;
    case SCREEN_TEMPERATURE_LOW: return t > 0 && t <= q->celsius;
    }
    return false;
}

struct screening_result screen(struct engine *e) {
    struct screening_result out = {.decision = SCREENING_NONE, .offer_again_by = DAY_NONE};
    const struct screening_rule *by = NULL;
    for (size_t i = 0; i < e->s->screening_count; i++) {
        const struct screening_rule *q = &e->s->screening[i];
        if (!applies(e, q) || q->decision <= out.decision) continue;
        out.decision = q->decision;
        by = q;
    }
    if (!by && e->s->screening_count && e->p->temperature > 0) out.decision = SCREENING_GO;
    if (by) {
        bool sure = by->source.confidence.len > 0;
        out.why = (struct explanation){by->text.en, by->text.vi,
                                       str_format(e->a, sure ? "%.*s (%.*s)" : "%.*s", STR_ARG(by->source.text),
                                                  STR_ARG(by->source.confidence))};
    }
    if (out.decision == SCREENING_DEFER) {
        int y, m, d;
        day_to_civil(e->on, &y, &m, &d);
        out.offer_again_by = day_from_civil(y, m, days_in_month(y, m));
    }
    return out;
}
