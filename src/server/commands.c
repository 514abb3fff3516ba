/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a caller at DIR/tram.sock can have done: thin rows over the functions that the command line calls itself when
 * nobody serves.
 */
#include "base/date.h"
#include "server/server.h"
#include "socket.h"

static str argument(const struct socket_call *c, size_t i) { return i < c->argument_count ? c->arguments[i] : STR(""); }

/* What is done at the machine itself: the actor is the system, the peer the command line. */
static void note(const struct socket_call *c, const char *action, str why) {
    struct audit_entry e = {.wall = clock_now_ms(), .actor = c->actor, .action = str_of(action), .why = why, .from = STR("command line")};
    store_audit(c->store, &e);
}

err command_audit(struct socket_call *c) {
    note(c, str_z(c->arena, argument(c, 0)), argument(c, 1));
    return OK_ERR;
}

err command_import(struct socket_call *c) {
    struct import_options options = {.unpack = str_is(argument(c, 1), "unpack"), .alone = c->alone, .actor = c->actor, .progress = c->progress, .context = c->context};
    struct import_result result = {0};
    err e = rest_import(c->store, c->arena, argument(c, 0), c->data, &options, &result, &c->problems);
    buf_addf(&c->out, "%lld %lld", (long long)result.stored, (long long)result.failed);
    note(c, "import", str_format(c->arena, "%lld stored, %lld failed", (long long)result.stored, (long long)result.failed));
    return e;
}

err command_user_add(struct socket_call *c) {
    struct account account = {.name = argument(c, 0), .role = argument(c, 1), .place = argument(c, 2), .display = argument(c, 3),
                              .practitioner = argument(c, 4), .english = str_is(argument(c, 5), "en")};
    return account_add(c->store, c->arena, &account, c->data);
}

err command_user_password(struct socket_call *c) { return account_password(c->store, c->arena, argument(c, 0), c->data); }

err command_user_disable(struct socket_call *c) { return account_disable(c->store, c->arena, argument(c, 0), true); }

err command_user_enable(struct socket_call *c) { return account_disable(c->store, c->arena, argument(c, 0), false); }

err command_token(struct socket_call *c) {
    int64_t days;
    char token[44];
    if (!str_int64(argument(c, 1), &days) || days < 1 || days > 3660) return err_make(c->arena, ERR_INVALID, "days", "a token lives 1 to 3660 days");
    TRY(token_issue(c->store, c->arena, argument(c, 0), (int)days, token));
    buf_addz(&c->out, token);
    return OK_ERR;
}

err command_token_revoke(struct socket_call *c) { return token_revoke(c->store, c->arena, c->data); }

const struct socket_command server_commands[] = {
    {"import", command_import}, {"user-add", command_user_add}, {"user-password", command_user_password},
    {"user-disable", command_user_disable}, {"user-enable", command_user_enable}, {"token", command_token},
    {"token-revoke", command_token_revoke}, {"audit", command_audit}, {NULL, NULL},
};
