/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Was care interrupted? For each site the days without a visit before and after a decision, from the index of
 * encounters.
 */
#include "answer_int.h"
#include "check_int.h"
#include "series.h"

struct stretch {
    int64_t visits;
    int without;
};

static err count_days(struct reader *r, struct arena *a, str site, int32_t from, int32_t until, struct stretch *out) {
    const struct fhir_search *provider = fhir_search_find(FHIR_TYPE_ENCOUNTER, STR("service-provider"));
    struct reference_days list = {0};
    int64_t organization = reader_rid(r, FHIR_TYPE_ORGANIZATION, site);
    *out = (struct stretch){.without = until - from};
    if (!organization || !provider || until <= from) return OK_ERR;
    TRY(reader_reference_days(r, a, provider, organization, from, until, &list));
    for (size_t i = 0; i < list.len; i++) out->visits += list.at[i].count;
    out->without -= (int)list.len;
    return OK_ERR;
}

static void write_stretch(struct buf *out, const char *name, const struct stretch *s) {
    add_name(out, name);
    buf_addc(out, '{');
    add_number(out, "visits", s->visits);
    add_number(out, "daysWithout", s->without);
    buf_addc(out, '}');
}

/* Sites that give care themselves; bodies that end or begin with the decision too. */
static bool shown(const struct place_state *was, const struct place_state *is) {
    return (was->exists && place_is_site(was->kind)) || (is->exists && place_is_site(is->kind));
}

err continuity_answer(struct reader *r, struct arena *a, const struct decision *d, int days, struct buf *out) {
    struct network n;
    int32_t day = d->effective_on, today = day_today();
    TRY(network_live(r, a, &n));
    buf_addc(out, '{');
    add_text(out, "decision", d->id);
    add_day(out, "day", day);
    add_number(out, "days", days);
    add_number(out, "daysAfter", today < day ? 0 : today - day < days ? today - day : days);
    add_name(out, "sites");
    buf_addc(out, '[');
    for (size_t i = 0; i < n.places.len; i++) {
        const struct network_place *p = &n.places.at[i];
        const struct place_state *was = &place_version_on(p, day - 1)->state, *is = &place_version_on(p, day)->state;
        struct stretch before, after;
        if (!shown(was, is)) continue;
        TRY(count_days(r, a, p->id, day - days, day, &before));
        TRY(count_days(r, a, p->id, day, day + days < today ? day + days : today, &after));
        next_item(out);
        add_text(out, "place", p->id);
        add_text(out, "name", place_label(&n, p->id, day));
        add_text(out, "kindBefore", was->exists ? str_of(place_kind_code(was->kind)) : STR_NONE);
        add_text(out, "kindAfter", is->exists ? str_of(place_kind_code(is->kind)) : STR_NONE);
        write_stretch(out, "before", &before);
        write_stretch(out, "after", &after);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
    return OK_ERR;
}
