/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Loader of schedules, one dose of a series: ages, intervals, vaccines, conditional skips, season.
 */
#include "schedule_reader.h"

#include <stdlib.h>

static err read_age(struct reader *r, const struct json *node, struct age_rule *out) {
    TRY(reader_keys(r, node, "abs min rec late max since until"));
    TRY(reader_duration(r, JSON_GET(node, "abs"), &out->absolute));
    TRY(reader_duration(r, JSON_GET(node, "min"), &out->minimum));
    TRY(reader_duration(r, JSON_GET(node, "rec"), &out->recommended));
    TRY(reader_duration(r, JSON_GET(node, "late"), &out->late));
    TRY(reader_duration(r, JSON_GET(node, "max"), &out->maximum));
    TRY(reader_day(r, JSON_GET(node, "since"), INT32_MIN, &out->since));
    TRY(reader_day(r, JSON_GET(node, "until"), INT32_MAX, &out->until));
    out->source = reader_source(r, node);
    return OK_ERR;
}

static err read_ages(struct reader *r, const struct json *node, struct series_dose *out) {
    if (!node) return OK_ERR;
    bool list = node->kind == JSON_ARRAY;
    struct age_rule *ages = ARENA_ARRAY(r->a, struct age_rule, list ? node->count + 1u : 1u);
    for (const struct json *m = list ? node->first : node; m; m = list ? m->next : NULL)
        TRY(read_age(r, m, &ages[out->age_count++]));
    out->ages = ages;
    return OK_ERR;
}

/* `prev` | `dose:N` | `last:KEY,KEY` | `obs:CODE` | `none` */
static err read_from(struct reader *r, const struct json *node, str from, struct interval_rule *out) {
    str rest = from, kind = STR_NONE;
    str_split(&rest, ':', &kind);
    if (str_is(kind, "prev")) out->from = FROM_PREVIOUS;
    else if (str_is(kind, "none")) out->from = FROM_NOTHING;
    else if (str_is(kind, "dose")) {
        int64_t n;
        if (!str_int64(rest, &n) || n < 1 || n > 99) return reader_fail(r, node, "\"%.*s\": which dose?", STR_ARG(from));
        out->from = FROM_TARGET, out->target = (int)n;
    } else if (str_is(kind, "last")) {
        struct bits *set = ARENA_NEW(r->a, struct bits);
        str key;
        while (str_split(&rest, ',', &key)) {
            unsigned vaccine = 0;
            TRY(reader_vaccine(r, node, str_trim(key), &vaccine));
            bits_add(set, vaccine);
        }
        out->from = FROM_MOST_RECENT, out->recent = set;
    } else if (str_is(kind, "obs")) {
        out->from = FROM_OBSERVATION;
        TRY(reader_observation(r, node, rest, &out->observation));
    } else {
        return reader_fail(r, node, "`from` must be prev, dose:N, last:KEY,KEY, obs:CODE or none, not \"%.*s\"",
                           STR_ARG(from));
    }
    return OK_ERR;
}

static err read_intervals(struct reader *r, const struct json *list, const struct interval_rule **out, size_t *count) {
    if (!list) return OK_ERR;
    if (list->kind != JSON_ARRAY) return reader_fail(r, list, "a list of intervals [...] is expected here");
    struct interval_rule *rules = ARENA_ARRAY(r->a, struct interval_rule, list->count + 1u);
    for (const struct json *m = list->first; m; m = m->next) {
        struct interval_rule *i = &rules[(*count)++];
        TRY(reader_keys(r, m, "from abs min rec late priority since until or_new"));
        TRY(read_from(r, m, JSON_TEXT(m, "from"), i));
        TRY(reader_duration(r, JSON_GET(m, "abs"), &i->absolute));
        TRY(reader_duration(r, JSON_GET(m, "min"), &i->minimum));
        TRY(reader_duration(r, JSON_GET(m, "rec"), &i->recommended));
        TRY(reader_duration(r, JSON_GET(m, "late"), &i->late));
        TRY(reader_day(r, JSON_GET(m, "since"), INT32_MIN, &i->since));
        TRY(reader_day(r, JSON_GET(m, "until"), INT32_MAX, &i->until));
        const struct json *priority = JSON_GET(m, "priority");
        i->priority = priority && (priority->kind == JSON_TRUE || str_is(priority->text, "override") ||
                                   str_is(priority->text, "Y"));
        if (JSON_GET(m, "or_new")) {
            TRY(reader_observation(r, m, JSON_TEXT(m, "or_new"), &i->or_new));
            i->or_new++;
        }
        i->source = reader_source(r, m);
    }
    *out = rules;
    return OK_ERR;
}

static err read_count(struct reader *r, const struct json *node, struct skip_condition *out) {
    TRY(reader_keys(r, node, "doses of valid age date"));
    str doses = JSON_TEXT(node, "doses");
    int64_t n;
    if (doses.len < 2 || !strchr("><=", doses.at[0]) || !str_int64(str_slice(doses, 1, doses.len), &n))
        return reader_fail(r, node, "`doses` is written \">3\", \"=0\" or \"<2\"");
    out->kind = CONDITION_COUNT, out->compare = doses.at[0], out->count = (int)n;
    TRY(reader_vaccine_set(r, JSON_GET(node, "of"), &out->vaccines));
    TRY(reader_bool(r, JSON_GET(node, "valid"), &out->valid_only));
    TRY(reader_range(r, JSON_GET(node, "age"), &out->begin, &out->end));
    const struct json *date = JSON_GET(node, "date");
    out->from_day = INT32_MIN, out->to_day = INT32_MAX;
    if (!date) return OK_ERR;
    if (date->kind != JSON_ARRAY || date->count != 2) return reader_fail(r, date, "`date` is a pair [from, to]");
    TRY(reader_day(r, date->first, INT32_MIN, &out->from_day));
    return reader_day(r, date->first->next, INT32_MAX, &out->to_day);
}

static err read_texts(struct reader *r, const struct json *list, const str **out, size_t *count) {
    *out = NULL, *count = 0;
    if (!list) return OK_ERR;
    if (list->kind != JSON_ARRAY) return reader_fail(r, list, "a list of texts [...] is expected here");
    str *texts = ARENA_ARRAY(r->a, str, list->count + 1u);
    for (const struct json *m = list->first; m; m = m->next) TRY(reader_text(r, m, &texts[(*count)++]));
    *out = texts;
    return OK_ERR;
}

static err read_condition(struct reader *r, const struct json *node, struct skip_condition *out) {
    if (JSON_GET(node, "doses")) return read_count(r, node, out);
    TRY(reader_keys(r, node, "age since_prev complete"));
    if (node->count != 1 && JSON_GET(node, "age") && (JSON_GET(node, "complete") || JSON_GET(node, "since_prev")))
        return reader_fail(r, node, "one condition asks one thing; write two");
    if (JSON_GET(node, "complete")) {
        out->kind = CONDITION_COMPLETE;
        return read_texts(r, JSON_GET(node, "complete"), &out->paths, &out->path_count);
    }
    if (JSON_GET(node, "since_prev")) {
        out->kind = CONDITION_SINCE_PREVIOUS;
        return reader_duration(r, JSON_GET(node, "since_prev"), &out->interval);
    }
    if (!JSON_GET(node, "age"))
        return reader_fail(r, node, "a condition is {age}, {since_prev}, {complete} or {doses}");
    out->kind = CONDITION_AGE;
    return reader_range(r, JSON_GET(node, "age"), &out->begin, &out->end);
}

/* The list under `all` or `any`: exactly one of them, not empty. */
static err all_or_any(struct reader *r, const struct json *node, bool *any, const struct json **list) {
    const struct json *all = JSON_GET(node, "all");
    *any = !all;
    *list = all ? all : JSON_GET(node, "any");
    if (!*list || (*list)->kind != JSON_ARRAY || !(*list)->count || (all && JSON_GET(node, "any")))
        return reader_fail(r, node, "exactly one of `all` [...] and `any` [...] is expected, not empty");
    return OK_ERR;
}

static err read_set(struct reader *r, const struct json *node, struct skip_set *out) {
    TRY(reader_keys(r, node, "all any since until text"));
    const struct json *list;
    TRY(all_or_any(r, node, &out->any, &list));
    TRY(reader_day(r, JSON_GET(node, "since"), INT32_MIN, &out->since));
    TRY(reader_day(r, JSON_GET(node, "until"), INT32_MAX, &out->until));
    TRY(reader_phrase(r, JSON_GET(node, "text"), &out->text));
    struct skip_condition *conditions = ARENA_ARRAY(r->a, struct skip_condition, list->count);
    for (const struct json *m = list->first; m; m = m->next)
        TRY(read_condition(r, m, &conditions[out->count++]));
    out->conditions = conditions;
    return OK_ERR;
}

static err read_skips(struct reader *r, const struct json *list, struct series_dose *out) {
    if (!list) return OK_ERR;
    if (list->kind != JSON_ARRAY) return reader_fail(r, list, "a list of skips [...] is expected here");
    struct skip_rule *rules = ARENA_ARRAY(r->a, struct skip_rule, list->count + 1u);
    for (const struct json *m = list->first; m; m = m->next) {
        struct skip_rule *k = &rules[out->skip_count++];
        TRY(reader_keys(r, m, "when all any"));
        str when = JSON_TEXT(m, "when");
        k->when = str_is(when, "eval")   ? SKIP_EVALUATION
                  : str_is(when, "plan") ? SKIP_FORECAST
                  : str_is(when, "both") ? SKIP_EVALUATION | SKIP_FORECAST
                                         : 0;
        if (!k->when) return reader_fail(r, m, "`when` must be eval, plan or both");
        const struct json *sets;
        TRY(all_or_any(r, m, &k->any, &sets));
        struct skip_set *at = ARENA_ARRAY(r->a, struct skip_set, sets->count);
        for (const struct json *q = sets->first; q; q = q->next) TRY(read_set(r, q, &at[k->count++]));
        k->sets = at;
    }
    out->skips = rules;
    return OK_ERR;
}

static const struct bits *set_of(struct reader *r, const struct vaccine_rule *rules, size_t count) {
    struct bits *set = ARENA_NEW(r->a, struct bits);
    for (size_t i = 0; i < count; i++) bits_add(set, rules[i].vaccine);
    return set;
}

err reader_dose(struct reader *r, const struct json *node, struct series_dose *out) {
    TRY(reader_keys(r, node, "n age after after_ok give accept never skip repeat season text if within_hours"));
    TRY(reader_int(r, JSON_GET(node, "n"), 0, &out->number));
    TRY(read_ages(r, JSON_GET(node, "age"), out));
    TRY(read_intervals(r, JSON_GET(node, "after"), &out->intervals, &out->interval_count));
    TRY(read_intervals(r, JSON_GET(node, "after_ok"), &out->allowed_intervals, &out->allowed_count));
    TRY(reader_tokens(r, JSON_GET(node, "give"), &out->give, &out->give_count));
    TRY(reader_tokens(r, JSON_GET(node, "accept"), &out->accept, &out->accept_count));
    TRY(reader_vaccine_set(r, JSON_GET(node, "never"), &out->never));
    TRY(read_skips(r, JSON_GET(node, "skip"), out));
    TRY(reader_bool(r, JSON_GET(node, "repeat"), &out->recurring));
    TRY(reader_phrase(r, JSON_GET(node, "text"), &out->note));
    TRY(reader_int(r, JSON_GET(node, "within_hours"), 0, &out->within_hours));
    out->give_set = set_of(r, out->give, out->give_count);
    out->accept_set = set_of(r, out->accept, out->accept_count);
    out->season_start = out->season_end = DAY_NONE;
    const struct json *season = JSON_GET(node, "season");
    if (season) {
        if (season->kind != JSON_ARRAY || season->count != 2) return reader_fail(r, season, "`season` is a pair of days");
        TRY(reader_day(r, season->first, DAY_NONE, &out->season_start));
        TRY(reader_day(r, season->first->next, DAY_NONE, &out->season_end));
    }
    out->source = reader_source(r, node);
    return OK_ERR;
}
