/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The whole answer as one JSON object, for the screens and for other programs. Shape in docs/planning.md.
 */
#include "siting.h"

#include "base/members.h"
#include "words.h"

#include <math.h>

static void comma(struct buf *out) {
    if (out->len && !strchr("{[,:", out->at[out->len - 1])) buf_addc(out, ',');
}

/* A number with four decimals at most, null when it is none. */
static void real(struct buf *out, const char *name, double x) {
    add_name(out, name);
    if (isfinite(x)) buf_addf(out, "%.10g", round(x * 1e4) / 1e4);
    else buf_addz(out, "null");
}

static void site_code(struct buf *out, const char *name, const struct siting_problem *q, uint32_t j) {
    add_text(out, name, j == SITING_NO_SITE ? STR_NONE : q->site[j].code);
}

static void put_proposal(struct buf *out, const struct siting_proposal *p) {
    add_name(out, "weights");
    buf_addc(out, '{');
    for (int k = 0; k < SITING_CRITERIA; k++) real(out, siting_criterion_codes[k], p->weight[k]);
    buf_addz(out, "}");
    add_name(out, "scales");
    buf_addc(out, '{');
    real(out, "locationHalf", p->location_half), real(out, "roadHalf", p->road_half), real(out, "wetFactor", p->wet_factor), real(out, "repairFactor", p->repair_factor);
    real(out, "near", p->near), real(out, "far", p->far), real(out, "roomsFull", p->rooms_full), real(out, "landFull", p->land_full);
    real(out, "doctorsFull", p->doctors_full), real(out, "midwivesFull", p->midwives_full), real(out, "assistantsFull", p->assistants_full);
    buf_addz(out, "}");
    add_name(out, "rules");
    buf_addc(out, '{');
    real(out, "mostWorse", p->most_worse), real(out, "doctors", p->doctors_least), real(out, "budget", p->budget);
    real(out, "points", p->points == SITING_NO_SITE ? (double)NAN : (double)p->points);
    add_bool(out, "across", p->across);
    buf_addz(out, "}");
}

static void put_criteria(struct buf *out, const struct siting_proposal *p) {
    add_name(out, "criteria");
    buf_addc(out, '[');
    for (int k = 0; k < SITING_CRITERIA; k++) {
        comma(out);
        buf_addc(out, '{');
        add_text(out, "code", str_of(siting_criterion_codes[k]));
        for (int vi = 1; vi >= 0; vi--) {
            struct buf rule = buf_new(out->arena);
            siting_add_rule(&rule, p, (enum siting_criterion)k, vi);
            add_text(out, vi ? "vi" : "en", str_of(siting_criterion_name((enum siting_criterion)k, vi)));
            add_text(out, vi ? "ruleVi" : "ruleEn", buf_str(&rule));
        }
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void put_sources(struct buf *out, const struct siting_problem *q) {
    add_name(out, "times");
    buf_addz(out, "{\"sources\":[");
    for (size_t k = 0; k < q->used.len; k++) {
        comma(out);
        buf_addc(out, '{');
        add_text(out, "name", q->used.at[k].name);
        add_number(out, "pairs", (int64_t)q->used.at[k].pairs);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
    add_number(out, "estimatedPairs", (int64_t)q->used.estimated);
    real(out, "range", q->range);
    buf_addc(out, '}');
}

static void put_site(struct buf *out, const struct siting_problem *q, const struct siting_result *r, uint32_t j) {
    static const char *const kinds[] = {"station", "point", "none"};
    const struct siting_score *s = &r->score[j];
    comma(out);
    buf_addc(out, '{');
    add_text(out, "code", q->site[j].code);
    add_text(out, "name", q->site[j].name);
    real(out, "latitude", q->site[j].placed ? q->site[j].at.latitude : NAN);
    real(out, "longitude", q->site[j].placed ? q->site[j].at.longitude : NAN);
    real(out, "kmPerMinute", travel_guesses[q->site[j].land].kmh / travel_guesses[q->site[j].land].detour / 60);
    add_text(out, "kind", str_of(kinds[r->kind[j]]));
    add_name(out, "points");
    buf_addc(out, '{');
    for (int k = 0; k < SITING_CRITERIA; k++) real(out, siting_criterion_codes[k], s->points[k]);
    buf_addc(out, '}');
    real(out, "score", s->total), real(out, "scoreLow", s->total_low), real(out, "scoreHigh", s->total_high), real(out, "meanMinutes", s->mean_minutes), real(out, "mostMinutes", s->most_minutes);
    real(out, "near", s->near_people), real(out, "far", s->far_people);
    add_bool(out, "eligible", s->eligible), add_bool(out, "pareto", s->best_pairs);
    buf_addc(out, '}');
}

static void put_turns(struct buf *out, const struct siting_problem *q, const struct siting_choice *c) {
    add_name(out, "turns");
    buf_addc(out, '{');
    for (int k = 0; k < SITING_CRITERIA; k++) {
        const struct siting_turn *t = &c->turn[k];
        if (!c->known[k] || c->site == SITING_NO_SITE) continue;
        add_name(out, siting_criterion_codes[k]);
        buf_addc(out, '{');
        real(out, "share", t->share), real(out, "low", t->low), real(out, "high", t->high);
        site_code(out, "below", q, t->below), site_code(out, "above", q, t->above);
        buf_addc(out, '}');
    }
    buf_addc(out, '}');
}

static void put_commune(struct buf *out, const struct siting_problem *q, const struct siting_result *r, uint32_t commune) {
    const struct siting_choice *c = &r->choice[commune];
    uint32_t beside = siting_beside(q, commune), other = beside != SITING_NO_SITE && beside != c->site ? beside : c->second;
    comma(out);
    buf_addc(out, '{');
    add_text(out, "code", q->commune[commune].code);
    add_text(out, "name", q->commune[commune].name);
    site_code(out, "site", q, c->site), site_code(out, "second", q, c->second), site_code(out, "beside", q, beside);
    site_code(out, "withoutSeat", q, r->seatless ? r->seatless[commune] : SITING_NO_SITE);
    add_bool(out, "differs", beside != SITING_NO_SITE && c->site != SITING_NO_SITE && beside != c->site);
    real(out, "lead", c->lead), real(out, "knownWeight", c->known_weight), real(out, "unknownTurn", c->unknown_turn);
    site_code(out, "siteIfShorter", q, c->short_site), site_code(out, "siteIfLonger", q, c->long_site);
    add_bool(out, "byBudget", c->by_budget), add_bool(out, "ruleBroken", c->rule_broken);
    put_turns(out, q, c);
    for (int vi = 1; vi >= 0; vi--) {
        struct buf why = buf_new(out->arena);
        siting_reasons(&why, q, r, commune, other, vi);
        add_text(out, vi ? "reasonVi" : "reasonEn", buf_str(&why));
    }
    add_name(out, "sites");
    buf_addc(out, '[');
    for (uint32_t j = 0; j < q->sites; j++)
        if (q->site[j].commune == commune) put_site(out, q, r, j);
    buf_addz(out, "]}");
}

static void put_cover(struct buf *out, const struct siting_cover *c) {
    buf_addc(out, '{');
    real(out, "people", c->people), real(out, "meanBefore", c->mean_before), real(out, "meanAfter", c->mean_after), real(out, "meanCare", c->mean_care);
    real(out, "nearBefore", c->near_before), real(out, "nearAfter", c->near_after), real(out, "nearCare", c->near_care);
    real(out, "farBefore", c->far_before), real(out, "farAfter", c->far_after), real(out, "farCare", c->far_care);
    real(out, "worse", c->worse), real(out, "unexcused", c->unexcused), real(out, "noWay", c->no_way);
    buf_addc(out, '}');
}

static void put_people(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    add_name(out, "coverage");
    put_cover(out, &r->all);
    add_name(out, "groups");
    buf_addc(out, '[');
    for (size_t g = 0; g < r->groups; g++) {
        comma(out);
        buf_addc(out, '{');
        add_text(out, "name", r->group[g].name);
        add_name(out, "coverage");
        put_cover(out, &r->group[g].cover);
        buf_addc(out, '}');
    }
    buf_addz(out, "]");
    add_name(out, "losers");
    buf_addc(out, '[');
    for (size_t k = 0; k < r->losers; k++) {
        const struct siting_loser *l = &r->loser[k];
        const struct siting_village *v = &q->village[l->village];
        comma(out);
        buf_addc(out, '{');
        add_text(out, "code", v->code), add_text(out, "name", v->name), add_text(out, "commune", q->commune[v->commune].name), add_text(out, "group", v->group);
        real(out, "people", v->people), real(out, "before", l->before), real(out, "after", l->after), real(out, "care", l->care);
        add_bool(out, "excused", l->excused);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void put_villages(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    add_name(out, "villages");
    buf_addc(out, '[');
    for (uint32_t i = 0; i < q->villages; i++) {
        const struct siting_village *v = &q->village[i];
        comma(out);
        buf_addc(out, '{');
        add_text(out, "code", v->code), add_text(out, "name", v->name);
        real(out, "latitude", v->placed ? v->at.latitude : (double)NAN), real(out, "longitude", v->placed ? v->at.longitude : (double)NAN);
        real(out, "people", v->people), real(out, "before", r->before[i]), real(out, "after", r->after[i]), real(out, "care", r->care[i]);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void put_trade(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    add_name(out, "steps");
    buf_addc(out, '[');
    for (size_t k = 0; k < r->steps; k++) {
        const struct siting_step *s = &r->step[k];
        comma(out);
        buf_addc(out, '{');
        add_text(out, "commune", s->site == SITING_NO_SITE ? STR_NONE : q->commune[s->commune].code);
        site_code(out, "site", q, s->site);
        real(out, "score", s->score), real(out, "minutes", s->minutes);
        buf_addc(out, '}');
    }
    buf_addz(out, "]");
    add_name(out, "travel");
    buf_addc(out, '{');
    real(out, "value", r->travel), real(out, "least", r->least_travel), real(out, "bound", r->travel_bound);
    add_bool(out, "proven", r->travel_proven);
    buf_addc(out, '}');
    if (isnan(r->points_value)) return;
    add_name(out, "points");
    buf_addc(out, '{');
    real(out, "value", r->points_value), real(out, "bound", r->points_bound);
    real(out, "gap", r->points_value > 0 ? (r->points_value - r->points_bound) / r->points_value : 0);
    buf_addc(out, '}');
}

static void put_list(struct buf *out, const char *name, const str *sentence, size_t count) {
    add_name(out, name);
    buf_addc(out, '[');
    for (size_t k = 0; k < count; k++) {
        comma(out);
        buf_add_json(out, sentence[k]);
    }
    buf_addc(out, ']');
}

static void put_sentences(struct buf *out, const struct siting_result *r) {
    for (int vi = 1; vi >= 0; vi--) {
        str limit[8];
        size_t n = 0;
        for (const char *const *s = siting_not_modelled(vi); *s && n < 8; s++) limit[n++] = str_of(*s);
        put_list(out, vi ? "findingsVi" : "findingsEn", r->finding[vi], r->findings);
        put_list(out, vi ? "notModelledVi" : "notModelledEn", limit, n);
    }
}

void siting_json(struct buf *out, const struct siting_problem *q, const struct siting_result *r) {
    buf_addc(out, '{');
    add_text(out, "province", q->code), add_text(out, "title", q->title);
    add_text(out, "besideVi", str_of(q->beside_name_vi)), add_text(out, "besideEn", str_of(q->beside_name_en));
    add_text(out, "noteVi", str_of(q->note_vi)), add_text(out, "noteEn", str_of(q->note_en));
    put_proposal(out, &q->proposal);
    put_criteria(out, &q->proposal);
    put_sources(out, q);
    add_number(out, "surveyed", q->surveyed), add_number(out, "sites", q->sites);
    add_bool(out, "splits", r->splits);
    add_number(out, "differs", r->differs), add_number(out, "undecided", r->undecided);
    add_name(out, "differsWithoutSeat");
    if (r->seatless) buf_addf(out, "%u", r->differs_seatless);
    else buf_addz(out, "null");
    real(out, "cost", r->cost);
    add_name(out, "communes");
    buf_addc(out, '[');
    for (uint32_t c = 0; c < q->communes; c++) put_commune(out, q, r, c);
    buf_addc(out, ']');
    put_people(out, q, r);
    put_villages(out, q, r);
    put_trade(out, q, r);
    put_sentences(out, r);
    buf_addz(out, "}\n");
}
