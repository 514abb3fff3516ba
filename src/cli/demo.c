/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * demo: fills a new node, or one that a server holds, with a synthetic province.
 */
#include "cli.h"

#include "base/date.h"
#include "demo/demo.h"
#include "rooms.h"

#include <stdio.h>
#include <unistd.h>

struct bar { bool terminal; int64_t total, shown; };

static void show(void *context, int64_t done) {
    struct bar *b = context;
    int64_t percent = b->total ? done * 100 / b->total : 0;
    if (!b->terminal || percent == b->shown) return;
    b->shown = percent;
    fprintf(stderr, "\r[%-40.*s] %3lld %%", (int)(percent * 2 / 5), "########################################", (long long)percent);
}

struct relay { struct socket_call *call; };

/* residents done of all become parts of a thousand, which is what the socket's progress carries */
static void relay_progress(void *context, int64_t done, int64_t total) {
    struct relay *r = context;
    if (r->call->progress && total) r->call->progress(r->call->context, done * 1000 / total);
}

/* demo PROVINCE SCALE SEED DAY, for the socket and for a node opened here. */
err command_demo_run(struct socket_call *call) {
    struct demo_options options = {.accounts = true};
    int64_t seed, day;
    struct relay relay = {call};
    struct demo_result made;
    if (call->argument_count != 4 || !demo_scale(call->arguments[1], &options.scale_ppm) || !str_int64(call->arguments[2], &seed) ||
        !str_int64(call->arguments[3], &day))
        return err_make(call->arena, ERR_USAGE, NULL, "demo wants PROVINCE SCALE SEED DAY");
    options.province = call->arguments[0];
    options.seed = (uint64_t)seed;
    options.on = (int32_t)day;
    TRY(demo_make(call->store, call->arena, &options, relay_progress, &relay, &made));
    buf_addf(&call->out, "%lld residents in %lld households, %lld resources\n", (long long)made.residents, (long long)made.households,
             (long long)made.resources);
    return OK_ERR;
}

static void list_accounts(struct buf *out) {
    buf_addf(out, "accounts (password %s):", DEMO_PASSWORD);
    for (const struct demo_account *a = demo_accounts; a->name; a++) buf_addf(out, " %s", a->name);
    buf_addc(out, '\n');
}

int command_demo(struct invocation *in) {
    static const struct socket_command command = {"demo", command_demo_run};
    const char *province = option_value(in, "province"), *scale = option_value(in, "scale"), *on = option_value(in, "on");
    int64_t seed = 1, ppm;
    int32_t day = day_today();
    err e = option_number(in, "seed", 0, INT64_MAX, &seed);
    if (!scale) scale = "0.02";
    if (!e.code && !demo_scale(str_of(scale), &ppm)) e = err_make(in->arena, ERR_USAGE, NULL, "--scale wants a number above 0 up to 1, not '%s'", scale);
    if (!e.code && on && !day_parse(str_of(on), &day)) e = err_make(in->arena, ERR_USAGE, NULL, "--on wants YYYY-MM-DD, not '%s'", on);
    struct node_hand hand;
    if (!e.code) e = hand_open(in, in->arguments[0], &hand);
    if (e.code) return fail(in, e);
    struct bar bar = {.terminal = isatty(STDERR_FILENO), .total = 1000, .shown = -1};
    str arguments[4] = {str_of(province ? province : "11"), str_of(scale), str_format(in->arena, "%lld", (long long)seed),
                        str_format(in->arena, "%d", day)};
    str out, problems;
    struct hand_call call = {&command, arguments, 4, STR(""), show, &bar};
    e = hand_run(&hand, in->arena, &call, &out, &problems);
    hand_close(&hand);
    if (bar.terminal) fputc('\n', stderr);
    if (e.code) return fail(in, e);
    struct buf text = buf_new(in->arena);
    buf_add(&text, out);
    list_accounts(&text);
    return print(in, buf_str(&text), EXIT_DONE);
}
