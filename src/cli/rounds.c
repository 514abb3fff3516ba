/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram rounds: which vehicle visits which village on which day. Prints one JSON object; on a terminal the best plan so far
 * is shown, and Ctrl-C stops with what is known by then.
 */
#include "cli.h"

#include "base/members.h"
#include "rounds/read.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static bool watch(void *user, double seconds, double cost) {
    const bool *terminal = user;
    static double shown;
    if (*terminal && seconds > shown + 0.2) {
        fprintf(stderr, "\r%6.1f s  cost %.6g   ", seconds, cost);
        shown = seconds;
    }
    return !interrupt_came();
}

static err set_fleet(const struct invocation *in, struct rounds_file *f) {
    int64_t vehicles = f->problem.vehicles, days = f->problem.days, room = -1;
    TRY(option_number(in, "vehicles", 1, 10000, &vehicles));
    TRY(option_number(in, "days", 1, 31, &days));
    TRY(option_number(in, "room", 0, INT64_MAX, &room));
    f->problem.vehicles = (uint32_t)vehicles;
    f->problem.days = (uint32_t)days;
    if (room >= 0) f->problem.room = (double)room;
    return OK_ERR;
}

static err read_question(const struct invocation *in, struct rounds_file *f) {
    str text, matrix = STR_NONE, season = str_of(option_value(in, "season"));
    const char *travel = option_value(in, "travel");
    if (season.len && !str_is(season, "any") && !str_is(season, "dry") && !str_is(season, "wet"))
        return err_make(in->arena, ERR_USAGE, NULL, "--season is any, dry or wet, not '%.*s'", STR_ARG(season));
    TRY(read_input(in->arena, in->arguments[0], &text));
    TRY(rounds_read(in->arena, text, f));
    TRY(set_fleet(in, f));
    if (travel) TRY(read_input(in->arena, travel, &matrix));
    return rounds_times(in->arena, f, matrix, str_is(season, "wet") ? TRAVEL_WET : str_is(season, "dry") ? TRAVEL_DRY : TRAVEL_ANY);
}

static void real(struct buf *out, const char *name, double x) {
    add_name(out, name);
    buf_addf(out, "%.10g", round(x * 1e4) / 1e4);
}

static void put_route(struct buf *out, const struct rounds_problem *q, const struct rounds_route *r) {
    if (out->at[out->len - 1] != '[') buf_addc(out, ',');
    buf_addc(out, '{');
    add_number(out, "day", r->day + 1), add_number(out, "vehicle", r->vehicle + 1);
    real(out, "minutes", r->minutes), real(out, "load", r->load);
    add_name(out, "stops");
    buf_addc(out, '[');
    for (uint32_t k = 0; k < r->count; k++) {
        if (k) buf_addc(out, ',');
        buf_addc(out, '{');
        add_text(out, "id", q->names[r->stop[k]]);
        real(out, "begin", r->begin[k]);
        buf_addc(out, '}');
    }
    buf_addz(out, "]}");
}

static str as_json(const struct invocation *in, const struct rounds_file *f, const struct rounds_answer *x, double seconds) {
    struct buf out = buf_new(in->arena);
    buf_addc(&out, '{');
    real(&out, "cost", x->travelled + x->left_out), real(&out, "travelled", x->travelled), real(&out, "leftOut", x->left_out);
    add_bool(&out, "complete", x->complete);
    add_name(&out, "routes");
    buf_addc(&out, '[');
    for (uint32_t day = 0; day < f->problem.days; day++) /* by day */
        for (size_t k = 0; k < x->routes; k++)
            if (x->route[k].day == day) put_route(&out, &f->problem, &x->route[k]);
    buf_addc(&out, ']');
    add_name(&out, "missing");
    buf_addc(&out, '[');
    for (size_t k = 0; k < x->missing_count; k++) {
        if (k) buf_addc(&out, ',');
        buf_add_json(&out, f->problem.names[x->missing[k]]);
    }
    buf_addc(&out, ']');
    add_number(&out, "estimatedPairs", (int64_t)f->used.estimated);
    add_number(&out, "tries", (int64_t)x->tries);
    real(&out, "seconds", seconds);
    buf_addz(&out, ",\"bound\":null,\"notModelled\":[\"No bound is proven: a better plan may exist.\",\"A vehicle does not come back to load again.\","
                   "\"Staff and their hours beyond the station's day.\"]}\n");
    return buf_str(&out);
}

int command_rounds(struct invocation *in) {
    struct rounds_file f;
    struct rounds_answer x;
    int64_t limit = 10, tries = 0, seed = 1;
    bool terminal = isatty(STDERR_FILENO) == 1;
    err e = option_number(in, "time-limit", 1, 86400, &limit);
    if (!e.code) e = option_number(in, "tries", 1, INT64_MAX, &tries);
    if (!e.code) e = option_number(in, "seed", 1, INT64_MAX, &seed);
    if (!e.code) e = read_question(in, &f);
    if (e.code) return fail(in, e);
    struct rounds_options options = {.time_limit = tries ? 0 : (double)limit, .tries = (uint64_t)tries, .now = seconds_now, .progress = watch, .user = &terminal, .seed = (uint64_t)seed};
    double started = seconds_now(NULL);
    interrupt_awaited();
    e = rounds_solve(in->arena, &f.problem, &options, &x);
    if (terminal) fputs("\r\033[K", stderr);
    if (e.code) return fail(in, e);
    return print(in, as_json(in, &f, &x, seconds_now(NULL) - started), x.complete ? EXIT_DONE : EXIT_WRONG);
}
