/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram choose: which site of each commune becomes its station. From the published tables of a province or from the
 * planner's own; as JSON, as a page to print (PDF), or as the draft of a decision.
 */
#include "cli.h"

#include "paper/paper.h"
#include "siting/siting.h"

#include <math.h>
#include <time.h>

static double now(void *user) {
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static err read_option(const struct invocation *in, const char *name, str *out) {
    const char *path = option_value(in, name);
    *out = STR_NONE;
    return path ? read_input(in->arena, path, out) : OK_ERR;
}

/* --weights 20,20,20,20,20 in the order of the criteria. */
static err read_weights(const struct invocation *in, struct siting_proposal *p) {
    const char *text = option_value(in, "weights");
    str rest = str_of(text), part;
    int n = 0;
    while (text && str_split(&rest, ',', &part)) {
        if (n == SITING_CRITERIA || !str_number(str_trim(part), &p->weight[n++]))
            return err_make(in->arena, ERR_USAGE, NULL, "--weights wants %d numbers: location,transport,population,infrastructure,staff", SITING_CRITERIA);
    }
    if (text && n != SITING_CRITERIA)
        return err_make(in->arena, ERR_USAGE, NULL, "--weights has %d numbers, not %d: location,transport,population,infrastructure,staff", n, SITING_CRITERIA);
    return OK_ERR;
}

static err read_proposal(const struct invocation *in, struct siting_proposal *p) {
    str text;
    int64_t points = -1, budget = -1, worse = -1;
    TRY(read_option(in, "proposal", &text));
    if (text.len) TRY(siting_read_proposal(in->arena, text, p));
    TRY(read_weights(in, p));
    TRY(option_number(in, "points", 0, 1000000, &points));
    TRY(option_number(in, "budget", 0, INT64_MAX, &budget));
    TRY(option_number(in, "most-worse", 0, 100000, &worse));
    if (points >= 0) p->points = (uint32_t)points;
    if (budget >= 0) p->budget = (double)budget;
    if (worse >= 0) p->most_worse = (double)worse;
    if (option_value(in, "across")) p->across = true;
    return OK_ERR;
}

static err read_season(const struct invocation *in, enum travel_season *out) {
    const char *text = option_value(in, "season");
    str s = str_of(text);
    *out = str_is(s, "wet") ? TRAVEL_WET : str_is(s, "dry") ? TRAVEL_DRY : TRAVEL_ANY;
    if (text && *out == TRAVEL_ANY && !str_is(s, "any")) return err_make(in->arena, ERR_USAGE, NULL, "--season is any, dry or wet, not '%s'", text);
    return OK_ERR;
}

static err read_question(const struct invocation *in, struct siting_problem *q) {
    const char *province = option_value(in, "province");
    str sites, villages, matrix, survey;
    enum travel_season season;
    if (province ? in->count != 0 : in->count != 2)
        return err_make(in->arena, ERR_USAGE, NULL, "give two files, SITES and VILLAGES, or --province CODE");
    TRY(read_season(in, &season));
    if (province) TRY(siting_province(in->arena, str_of(province), q));
    else {
        TRY(read_input(in->arena, in->arguments[0], &sites));
        TRY(read_input(in->arena, in->arguments[1], &villages));
        TRY(siting_read(in->arena, sites, villages, q));
    }
    TRY(read_option(in, "survey", &survey));
    if (survey.len) TRY(siting_survey(in->arena, survey, q));
    TRY(read_proposal(in, &q->proposal));
    TRY(read_option(in, "travel", &matrix));
    return siting_times(in->arena, q, matrix, season, province || option_value(in, "estimate"));
}

static err write_draft(const struct invocation *in, const struct siting_problem *q, const struct siting_result *r, struct buf *out) {
    struct decision d;
    struct siting_act act = {str_of(option_value(in, "why")), DAY_FIRST, DAY_FIRST};
    if (!act.why.len) return err_make(in->arena, ERR_USAGE, NULL, "--format draft needs --why TEXT: the program proposes, a person decides and writes why");
    TRY(siting_decision(in->arena, q, r, &act, &d));
    decision_write(out, &d);
    buf_addc(out, '\n');
    return OK_ERR;
}

int command_choose(struct invocation *in) {
    struct siting_problem q;
    struct siting_result r;
    int64_t limit = 10;
    str format = str_of(option_value(in, "format"));
    bool pdf = str_is(format, "pdf"), draft = str_is(format, "draft");
    if (format.len && !pdf && !draft && !str_is(format, "json"))
        return fail(in, err_make(in->arena, ERR_USAGE, NULL, "--format is json, pdf or draft, not '%.*s'", STR_ARG(format)));
    err e = option_number(in, "time-limit", 1, 86400, &limit);
    if (!e.code) e = read_question(in, &q);
    struct siting_clock clock = {now, NULL, (double)limit};
    if (!e.code) e = siting_solve(in->arena, &q, &clock, &r);
    if (e.code) return fail(in, e);
    struct buf out = buf_new(in->arena);
    if (pdf) e = paper_pdf(in->arena, siting_page(in->arena, &q, &r, in->vietnamese), &out);
    else if (draft) e = write_draft(in, &q, &r, &out);
    else siting_json(&out, &q, &r);
    if (e.code) return fail(in, e);
    return print(in, buf_str(&out), r.undecided ? EXIT_WRONG : EXIT_DONE);
}
