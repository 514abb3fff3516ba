/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram site: chooses sites from a file and prints value, proven bound and gap as one JSON object. On a terminal the
 * best plan so far is shown while it improves; Ctrl-C stops the search and prints what is known by then.
 */
#include "cli.h"

#include "glpk.h"
#include "plan/read.h"
#include "plan/read_rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool watch(void *user, const struct plan_progress *p) {
    const bool *terminal = user;
    if (*terminal && isfinite(p->value))
        fprintf(stderr, "\r%6.1f s  value %.6g  bound %.6g  nodes %zu   ", p->seconds, p->value, p->bound, p->nodes);
    return !interrupt_came();
}

static err real_option(const struct invocation *in, const char *name, double least, double most, double *out) {
    const char *text = option_value(in, name);
    char *end;
    if (!text) return OK_ERR;
    *out = strtod(text, &end);
    if (!*text || *end || !(*out >= least && *out <= most))
        return err_make(in->arena, ERR_USAGE, NULL, "--%s wants a number from %g to %g, not '%s'", name, least, most, text);
    return OK_ERR;
}

static err choose_method(const struct invocation *in, struct plan_file *f) {
    static const struct { const char *name; enum plan_method method; } methods[] = {
        {"pmedian", PLAN_PMEDIAN}, {"pcenter", PLAN_PCENTER}, {"cover", PLAN_COVER}, {"capacitated", PLAN_CAPACITATED}};
    const char *wanted = option_value(in, "method");
    for (size_t k = 0; wanted && k < sizeof methods / sizeof *methods; k++)
        if (str_is(str_of(wanted), methods[k].name)) {
            f->problem.method = methods[k].method;
            wanted = NULL;
        }
    if (wanted)
        return err_make(in->arena, ERR_USAGE, NULL, "--method is pmedian, pcenter, cover or capacitated, not '%s'", wanted);
    int64_t p = f->problem.p;
    TRY(option_number(in, "p", 0, UINT32_MAX - 1, &p));
    if (!p && !option_value(in, "p"))
        return err_make(in->arena, ERR_USAGE, NULL, "--p is needed: the file does not say how many sites");
    f->problem.p = (uint32_t)p;
    f->problem.radius = NAN;
    TRY(real_option(in, "radius", 0, 1e15, &f->problem.radius));
    if (f->problem.method == PLAN_COVER && isnan(f->problem.radius))
        return err_make(in->arena, ERR_USAGE, NULL, "--radius is needed: the greatest distance that counts as covered");
    f->problem.budget = INFINITY;
    return real_option(in, "budget", 0, 1e18, &f->problem.budget);
}

static void add_number(struct buf *out, const char *name, double x) {
    buf_addf(out, "\"%s\":", name);
    if (isfinite(x)) buf_addf(out, "%.12g,", x);
    else buf_addz(out, "null,");
}

static err read_rules(const struct invocation *in, struct plan_file *f) {
    const char *rules = option_value(in, "rules");
    str text;
    if (!rules) return OK_ERR;
    TRY(read_input(in->arena, rules, &text));
    return plan_read_rules(in->arena, text, &f->problem);
}

/* Our own search, then, for the seconds of --glpk, GLPK's at what is still open. */
static err solve(const struct invocation *in, const struct plan_problem *q, const struct plan_options *o,
                 struct plan_answer *r, bool *glpk) {
    double seconds = 0;
    TRY(real_option(in, "glpk", 1, 1e6, &seconds));
    if (seconds > 0 && !glpk_installed())
        return err_both(in->arena, ERR_USAGE, NULL,
                        "GLPK is not installed: the program glpsol is in the package glpk-utils",
                        "chưa cài GLPK: chương trình glpsol nằm trong gói glpk-utils");
    TRY(plan_solve(in->arena, q, o, r));
    return seconds > 0 && !r->proven && !interrupt_came() ? glpk_improve(in, q, seconds, o->gap, r, glpk) : OK_ERR;
}

static str as_json(const struct invocation *in, const struct plan_file *f, const struct plan_answer *r, bool glpk,
                   double seconds) {
    static const char *const names[] = {"pmedian", "pcenter", "cover", "capacitated"};
    struct buf out = buf_new(in->arena);
    buf_addz(&out, "{");
    add_number(&out, "value", r->found ? r->value : NAN);
    add_number(&out, "bound", r->bound);
    add_number(&out, "gap", r->found ? r->gap : NAN);
    buf_addz(&out, "\"sites\":[");
    for (size_t k = 0; k < r->open_count; k++) {
        if (k) buf_addc(&out, ',');
        if (f->problem.site_names) buf_add_json(&out, f->problem.site_names[r->open[k]]);
        else buf_addf(&out, "%u", r->open[k] + 1);
    }
    buf_addf(&out, "],\"proven\":%s,\"stopped\":%s,\"method\":\"%s\",\"p\":%u,\"nodes\":%zu,\"seconds\":%.3f,",
             r->proven ? "true" : "false", r->stopped ? "true" : "false", names[f->problem.method], f->problem.p, r->nodes, seconds);
    buf_addf(&out, "\"rules\":%u,\"boundFrom\":\"%s\",", f->problem.rule_count, glpk ? "glpk" : "own");
    if (f->note) {
        buf_addz(&out, "\"note\":");
        buf_add_json(&out, str_of(f->note));
        buf_addc(&out, ',');
    }
    buf_addz(&out, "\"notModelled\":[");
    for (size_t k = 0; r->not_modelled[k]; k++) {
        if (k) buf_addc(&out, ',');
        buf_add_json(&out, str_of(r->not_modelled[k]));
    }
    if (f->problem.rule_count && f->problem.method == PLAN_CAPACITATED)
        buf_addz(&out, ",\"Rules ask for open sites; the plan may assign a village to another one than the nearest.\"");
    buf_addz(&out, "]}\n");
    return buf_str(&out);
}

int command_site(struct invocation *in) {
    double limit = 0, gap = 0;
    bool terminal = isatty(STDERR_FILENO) == 1, glpk = false;
    struct plan_file file;
    str text;
    err e = real_option(in, "time-limit", 0, 1e9, &limit);
    if (!e.code) e = real_option(in, "gap", 0, 1, &gap);
    if (!e.code) e = read_input(in->arena, in->arguments[0], &text);
    if (!e.code) e = plan_read(in->arena, text, &file);
    if (!e.code) e = choose_method(in, &file);
    if (!e.code) e = read_rules(in, &file);
    if (e.code) return fail(in, e);
    struct plan_options options = {.time_limit = limit, .gap = gap, .now = seconds_now, .progress = watch, .user = &terminal, .seed = 1};
    struct plan_answer answer;
    interrupt_awaited();
    double started = seconds_now(NULL);
    e = solve(in, &file.problem, &options, &answer, &glpk);
    if (terminal) fputs("\r\033[K", stderr);
    if (e.code) return fail(in, e);
    return print(in, as_json(in, &file, &answer, glpk, seconds_now(NULL) - started),
                 answer.found ? EXIT_DONE : EXIT_WRONG);
}
