/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Why: one sentence in Vietnamese and in English for every evaluation, status and date, with the source of the rule
 * that decided it and how sure that source is. Pure; works on what the rules noted while they calculated.
 */
#include "engine.h"

#include "base/date.h"

struct pair {
    struct buf en, vi;
};

static struct pair pair_new(struct engine *e) { return (struct pair){buf_new(e->a), buf_new(e->a)}; }

static str day_text(struct engine *e, int32_t day, bool vi) {
    if (day == DAY_NONE) return vi ? STR("không rõ") : STR("unknown");
    char text[11];
    return str_copy(e->a, str_of(day_show(day, text)));
}

static str words(struct engine *e, duration_ref d, bool vi) { return duration_words(e->a, e->s->durations[d], vi); }

static str vaccine_name(const struct engine *e, uint16_t vaccine, bool vi) {
    const struct vaccine *v = &e->s->vaccines[vaccine];
    const str name = vi ? (v->name.vi.len ? v->name.vi : v->name.en) : (v->name.en.len ? v->name.en : v->name.vi);
    return name.len ? name : v->key;
}

static str series_name(const struct series *s, bool vi) {
    return vi && s->name.vi.len ? s->name.vi : s->name_text;
}

static str source_text(struct engine *e, const struct source_note *own, const struct source_note *wider,
                       const struct source_note *widest) {
    const struct source_note *list[3] = {own, wider, widest};
    for (int i = 0; i < 3; i++)
        if (list[i] && list[i]->text.len)
            return list[i]->confidence.len ? str_format(e->a, "%.*s (%.*s)", STR_ARG(list[i]->text), STR_ARG(list[i]->confidence))
                                           : list[i]->text;
    return e->s->title.en.len ? e->s->title.en : e->s->id;
}

static struct explanation finish(struct pair *p, str source) {
    return (struct explanation){buf_str(&p->en), buf_str(&p->vi), source};
}

static void add(struct pair *p, str en, str vi) {
    buf_add(&p->en, en);
    buf_add(&p->vi, vi);
}

/* ---- evaluations ---- */

static void too_young(struct engine *e, const struct series_dose *dose, const struct record *d, struct pair *p,
                      const struct source_note **source) {
    const struct age_rule *age = age_rule_on(e, dose, d->day);
    if (!age) return;
    *source = &age->source;
    duration_ref least = age->absolute ? age->absolute : age->minimum;
    if (!least) return;
    add(p,
        str_format(e->a, " (least age %.*s, reached on %.*s)", STR_ARG(words(e, least, false)),
                   STR_ARG(day_text(e, age_day(e, least), false))),
        str_format(e->a, " (tuổi tối thiểu %.*s, đủ tuổi ngày %.*s)", STR_ARG(words(e, least, true)),
                   STR_ARG(day_text(e, age_day(e, least), true))));
}

static void too_soon(struct engine *e, const struct antigen_run *x, const struct series_run *run,
                     const struct series_dose *dose, size_t i, struct pair *p, const struct source_note **source) {
    for (size_t v = 0; v < dose->interval_count; v++) {
        const struct interval_rule *rule = &dose->intervals[v];
        uint16_t vaccine = 0;
        if (!in_force(e, rule->since, rule->until, x->records[i].day) || !rule->absolute) continue;
        int32_t from = interval_reference(e, x, run, rule, i, &vaccine);
        if (from == DAY_NONE || x->records[i].day >= after(e, from, rule->absolute)) continue;
        *source = &rule->source;
        int32_t day = after(e, from, rule->absolute);
        add(p,
            str_format(e->a, " (at least %.*s after %.*s, that is not before %.*s)", STR_ARG(words(e, rule->absolute, false)),
                       STR_ARG(day_text(e, from, false)), STR_ARG(day_text(e, day, false))),
            str_format(e->a, " (ít nhất %.*s sau ngày %.*s, tức không trước ngày %.*s)",
                       STR_ARG(words(e, rule->absolute, true)), STR_ARG(day_text(e, from, true)),
                       STR_ARG(day_text(e, day, true))));
        return;
    }
}

static void conflict(struct engine *e, const struct record *d, struct pair *p, const struct source_note **source) {
    for (size_t g = 0; g < e->given_count && e->given[g].day < d->day; g++)
        for (size_t c = 0; c < e->s->conflict_count; c++) {
            const struct conflict *row = &e->s->conflicts[c];
            const struct given *q = &e->given[g];
            if (!bits_has(&row->impacts, d->vaccine) || !bits_has(&row->given, q->vaccine)) continue;
            int32_t end = after(e, q->day, q->not_valid ? row->end : row->valid_end);
            if (d->day < after(e, q->day, row->begin) || d->day >= end) continue;
            *source = &row->source;
            add(p,
                str_format(e->a, " (%.*s on %.*s; free from %.*s)", STR_ARG(vaccine_name(e, q->vaccine, false)),
                           STR_ARG(day_text(e, q->day, false)), STR_ARG(day_text(e, end, false))),
                str_format(e->a, " (%.*s ngày %.*s; được tiêm từ %.*s)", STR_ARG(vaccine_name(e, q->vaccine, true)),
                           STR_ARG(day_text(e, q->day, true)), STR_ARG(day_text(e, end, true))));
            return;
        }
}

void explain_evaluation(struct engine *e, const struct antigen_run *x, const struct series_run *run, size_t record,
                        struct dose_evaluation *out) {
    static const char *const en[] = {
#define X(name, text, english, vietnamese) english,
        DOSE_REASONS(X)
#undef X
    };
    static const char *const vi[] = {
#define X(name, text, english, vietnamese) vietnamese,
        DOSE_REASONS(X)
#undef X
    };
    static const char *const status_en[] = {
#define X(name, text, english, vietnamese) english,
        DOSE_STATUSES(X)
#undef X
    };
    static const char *const status_vi[] = {
#define X(name, text, english, vietnamese) vietnamese,
        DOSE_STATUSES(X)
#undef X
    };
    const struct record_evaluation *v = &run->evaluations[record];
    const struct series_dose *dose = v->target ? run->targets[v->target - 1].dose : NULL;
    const struct source_note *source = dose ? &dose->source : NULL;
    struct pair p = pair_new(e);
    str antigen_vi = x->antigen->title.vi.len ? x->antigen->title.vi : x->antigen->name;
    buf_addf(&p.en, "%.*s: %s", STR_ARG(x->antigen->name), status_en[v->status]);
    buf_addf(&p.vi, "%.*s: %s", STR_ARG(antigen_vi), status_vi[v->status]);
    if (dose) {
        buf_addf(&p.en, v->status == DOSE_VALID ? " as dose %d" : " for dose %d", dose->number);
        buf_addf(&p.vi, v->status == DOSE_VALID ? ", tính là mũi %d" : " cho mũi %d", dose->number);
    }
    for (unsigned bit = 0, first = 1; bit < REASON_COUNT; bit++) {
        if (!(v->reasons >> bit & 1u)) continue;
        add(&p, first ? STR(": ") : STR("; "), first ? STR(": ") : STR("; "));
        first = 0;
        add(&p, str_of(en[bit]), str_of(vi[bit]));
        if (!dose) continue;
        if (bit == REASON_BIT_TOO_YOUNG) too_young(e, dose, &x->records[record], &p, &source);
        if (bit == REASON_BIT_TOO_SOON) too_soon(e, x, run, dose, record, &p, &source);
        if (bit == REASON_BIT_CONFLICT) conflict(e, &x->records[record], &p, &source);
    }
    add(&p, STR("."), STR("."));
    out->why = finish(&p, source_text(e, source, dose ? &dose->source : NULL, &run->series->source));
}

/* ---- dates and statuses ---- */

static struct explanation explain_date(struct engine *e, const struct series_run *run, int32_t day, struct reason why,
                                       const char *en, const char *vi) {
    struct pair p = pair_new(e);
    if (day == DAY_NONE) return (struct explanation){STR_NONE, STR_NONE, STR_NONE};
    buf_addf(&p.en, "%s %.*s: ", en, STR_ARG(day_text(e, day, false)));
    buf_addf(&p.vi, "%s %.*s: ", vi, STR_ARG(day_text(e, day, true)));
    str d_en = words(e, why.duration, false), d_vi = words(e, why.duration, true);
    switch (why.why) {
    case WHY_AGE:
        buf_addf(&p.en, "the age of %.*s.", STR_ARG(d_en));
        buf_addf(&p.vi, "tròn %.*s tuổi.", STR_ARG(d_vi));
        break;
    case WHY_INTERVAL:
        buf_addf(&p.en, "%.*s after %.*s.", STR_ARG(d_en), STR_ARG(day_text(e, why.reference, false)));
        buf_addf(&p.vi, "%.*s sau ngày %.*s.", STR_ARG(d_vi), STR_ARG(day_text(e, why.reference, true)));
        break;
    case WHY_CONFLICT:
        buf_addf(&p.en, "%.*s after %.*s of %.*s.", STR_ARG(d_en), STR_ARG(vaccine_name(e, why.vaccine, false)),
                 STR_ARG(day_text(e, why.reference, false)));
        buf_addf(&p.vi, "%.*s sau %.*s ngày %.*s.", STR_ARG(d_vi), STR_ARG(vaccine_name(e, why.vaccine, true)),
                 STR_ARG(day_text(e, why.reference, true)));
        break;
    case WHY_OBSERVATION: add(&p, STR("the next pregnancy (or a like event) has begun."), STR("đã sang lần mang thai mới.")); break;
    case WHY_SEASON: add(&p, STR("the season begins."), STR("bắt đầu mùa tiêm.")); break;
    case WHY_INADVERTENT:
        add(&p, STR("the day of a dose given by mistake."), STR("ngày của mũi tiêm nhầm vắc xin."));
        break;
    case WHY_LAST_DOSE: add(&p, STR("not before the last dose given."), STR("không trước mũi tiêm gần nhất.")); break;
    case WHY_EARLIEST: add(&p, STR("the earliest day."), STR("ngày sớm nhất có thể tiêm.")); break;
    case WHY_MAXIMUM_AGE: add(&p, STR("the last day before the age limit."), STR("ngày cuối trước khi quá tuổi.")); break;
    default: add(&p, STR("from birth on."), STR("từ khi sinh.")); break;
    }
    return finish(&p, source_text(e, why.source, run->dose ? &run->dose->source : NULL, &run->series->source));
}

static void why_text(struct engine *e, const struct series_run *run, struct pair *p) {
    switch (run->status_why.why) {
    case WHY_IMMUNE: add(p, STR("the record shows immunity"), STR("hồ sơ cho thấy đã có miễn dịch")); break;
    case WHY_CONTRAINDICATED:
        add(p, STR("a recorded condition or reaction forbids it"), STR("có tình trạng hoặc phản ứng chống chỉ định"));
        break;
    case WHY_PAST_SEASON: add(p, STR("the season is over"), STR("đã hết mùa tiêm")); break;
    case WHY_MAXIMUM_AGE: add(p, STR("the age limit has passed"), STR("đã quá giới hạn tuổi")); break;
    case WHY_CANNOT_FINISH:
        add(p, STR("the next dose would come after the age limit"), STR("mũi tiếp theo sẽ sau giới hạn tuổi"));
        break;
    case WHY_ROLLOUT:
        if (run->status_why.reference != DAY_NONE)
            add(p, str_format(e->a, "not offered in this area before %.*s", STR_ARG(day_text(e, run->status_why.reference, false))),
                str_format(e->a, "địa bàn này chỉ triển khai từ %.*s", STR_ARG(day_text(e, run->status_why.reference, true))));
        else add(p, STR("not offered in this area"), STR("địa bàn này chưa triển khai"));
        break;
    case WHY_SATISFIED: add(p, STR("every dose is satisfied"), STR("đã đủ các mũi")); break;
    case WHY_SKIPPED:
        add(p, STR("age or history makes every dose unnecessary"), STR("tuổi hoặc tiền sử cho thấy không cần mũi nào"));
        break;
    default:
        add(p, str_format(e->a, "dose %d is next", run->number), str_format(e->a, "đến mũi %d", run->number));
        break;
    }
}

/* The series that decided the group's status. */
static const struct series_run *deciding(const struct series_run *const *runs, size_t count, enum series_status status) {
    for (size_t i = 0; i < count; i++)
        if (runs[i]->status == status) return runs[i];
    return runs[0];
}

static struct explanation explain_status(struct engine *e, const struct series_run *run, enum series_status status) {
    static const char *const en[] = {
#define X(name, text, english, vietnamese) english,
        SERIES_STATUSES(X)
#undef X
    };
    static const char *const vi[] = {
#define X(name, text, english, vietnamese) vietnamese,
        SERIES_STATUSES(X)
#undef X
    };
    struct pair p = pair_new(e);
    buf_addf(&p.en, "%.*s: %s, ", STR_ARG(series_name(run->series, false)), en[status]);
    buf_addf(&p.vi, "%.*s: %s, ", STR_ARG(series_name(run->series, true)), vi[status]);
    why_text(e, run, &p);
    add(&p, STR("."), STR("."));
    return finish(&p, source_text(e, run->status_why.source, run->dose ? &run->dose->source : NULL, &run->series->source));
}

static str guidance_of(struct engine *e, const struct series_run *const *runs, size_t count) {
    struct buf b = buf_new(e->a);
    for (size_t i = 0; i < count; i++) {
        const struct series *s = runs[i]->series;
        if (s->guidance.len) buf_addf(&b, "%s%.*s", b.len ? "\n" : "", STR_ARG(s->guidance));
        for (size_t k = 0; k < s->indication_count; k++) {
            const struct indication *n = &s->indications[k];
            str g = n->guidance.en.len ? n->guidance.en : n->guidance.vi;
            if (g.len && bits_has(&e->active, n->observation)) buf_addf(&b, "%s%.*s", b.len ? "\n" : "", STR_ARG(g));
        }
        const struct antigen *x = &e->s->antigens[s->antigen];
        for (size_t k = 0; k < x->contraindication_count; k++) {
            const struct contraindication *c = &x->contraindications[k];
            str g = c->guidance.en.len ? c->guidance.en : c->guidance.vi;
            if (g.len && bits_has(&e->active, c->observation)) buf_addf(&b, "%s%.*s", b.len ? "\n" : "", STR_ARG(g));
        }
    }
    return buf_str(&b);
}

void explain_group(struct engine *e, const struct series_run *const *runs, size_t count, struct group_forecast *out) {
    out->why_status = explain_status(e, deciding(runs, count, out->status), out->status);
    out->guidance = guidance_of(e, runs, count);
    if (out->status != SERIES_NOT_COMPLETE) return;
    const struct series_run *first = NULL, *rec = NULL, *due = NULL, *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct series_run *r = runs[i];
        if (r->status != SERIES_NOT_COMPLETE) continue;
        if (!first || r->earliest == out->earliest) first = r;
        if (!rec || r->recommended == out->recommended) rec = r;
        if (!due || (r->past_due != DAY_NONE && r->past_due == out->past_due)) due = r;
        if (!last || (r->latest != DAY_NONE && r->latest == out->latest)) last = r;
    }
    const struct reason earliest = {.why = WHY_EARLIEST}, limit = {.why = WHY_MAXIMUM_AGE};
    out->why_earliest = explain_date(e, first, out->earliest,
                                     first->earliest == out->earliest ? first->earliest_why : (struct reason){.why = WHY_LAST_DOSE},
                                     "earliest", "sớm nhất");
    out->why_recommended = explain_date(e, rec, out->recommended, rec->recommended == out->recommended ? rec->recommended_why : earliest,
                                        "recommended", "nên tiêm");
    out->why_past_due = explain_date(e, due, out->past_due, due->past_due == out->past_due ? due->past_due_why : earliest,
                                     "past due after", "quá hạn sau ngày");
    out->why_latest = explain_date(e, last, out->latest, limit, "latest", "muộn nhất");
}
