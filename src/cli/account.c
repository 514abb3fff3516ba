/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * user and token: who may sign in. Passwords come from the terminal or standard input, never from the command line.
 */
#include "cli.h"

#include "server/server.h"
#include "server/socket.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

/* One line from standard input, without echo on a terminal. */
static err read_password(struct invocation *in, str *out) {
    struct termios old, quiet;
    bool terminal = tcgetattr(STDIN_FILENO, &old) == 0;
    if (terminal) {
        fputs(in->vietnamese ? "Mật khẩu: " : "Password: ", stderr);
        quiet = old;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    char line[1024];
    char *got = fgets(line, sizeof line, stdin);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
        fputc('\n', stderr);
    }
    str text = got ? str_of(line) : STR("");
    while (text.len && (text.at[text.len - 1] == '\n' || text.at[text.len - 1] == '\r')) text.len--;
    if (text.len < PASSWORD_LEAST)
        return err_make(in->arena, ERR_INVALID, NULL, "a password has at least %d characters", PASSWORD_LEAST);
    *out = str_copy(in->arena, text);
    return OK_ERR;
}

static str text_option(const struct invocation *in, const char *name) {
    const char *value = option_value(in, name);
    return value ? str_of(value) : STR("");
}

static err user_list(struct invocation *in, struct store *s) {
    struct reader *r;
    struct account *list;
    size_t count;
    TRY(reader_begin(s, in->arena, &r));
    TRY(account_list(r, in->arena, &list, &count));
    for (size_t i = 0; i < count; i++)
        printf("%.*s\t%.*s\t%.*s\t%.*s%s\n", STR_ARG(list[i].name), STR_ARG(list[i].role), STR_ARG(list[i].place),
               STR_ARG(list[i].display), list[i].disabled ? "\t(disabled)" : "");
    reader_end(r);
    return OK_ERR;
}

static const struct { const char *name; struct socket_command command; bool password; } actions[] = {
    {"add", {"user-add", command_user_add}, true},
    {"password", {"user-password", command_user_password}, true},
    {"disable", {"user-disable", command_user_disable}, false},
    {"enable", {"user-enable", command_user_enable}, false},
};
enum { ACTION_COUNT = sizeof actions / sizeof *actions };

static err run_action(struct invocation *in, size_t action) {
    str arguments[6] = {str_of(in->arguments[2]), text_option(in, "role"), text_option(in, "place"), text_option(in, "display"),
                        text_option(in, "practitioner"), text_option(in, "language")};
    str password = STR(""), out, problems;
    if (action == 0 && !arguments[1].len) return err_make(in->arena, ERR_USAGE, NULL, "--role is needed");
    if (!arguments[3].len) arguments[3] = arguments[0];
    if (actions[action].password) TRY(read_password(in, &password));
    struct node_hand hand;
    struct hand_call call = {.command = &actions[action].command, .arguments = arguments, .count = action == 0 ? 6 : 1, .data = password};
    TRY(hand_open(in, in->arguments[0], &hand));
    err e = hand_run(&hand, in->arena, &call, &out, &problems);
    hand_close(&hand);
    return e;
}

static err list_users(struct invocation *in) {
    struct store *s;
    TRY(open_node(in, in->arguments[0], STORE_READ, &s));
    err e = user_list(in, s);
    store_close(s);
    return e;
}

int command_user(struct invocation *in) {
    const char *word = in->arguments[1];
    err e = err_make(in->arena, ERR_USAGE, NULL, "want add, list, password, disable or enable, not '%s'", word);
    if (strcmp(word, "list") == 0) e = list_users(in);
    for (size_t i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(word, actions[i].name) != 0) continue;
        if (in->count < 3) e = err_make(in->arena, ERR_USAGE, NULL, "%s needs a NAME", word);
        else e = run_action(in, i);
    }
    return e.code ? fail(in, e) : EXIT_DONE;
}

int command_token_issue(struct invocation *in) {
    static const struct socket_command issue = {"token", command_token}, revoke = {"token-revoke", command_token_revoke};
    const char *role = option_value(in, "role"), *old = option_value(in, "revoke");
    int64_t days = 1;
    struct node_hand hand;
    str arguments[2] = {str_of(role ? role : "program"), STR("")}, out, problems;
    err e = option_number(in, "days", 1, 3660, &days);
    if (!e.code) e = hand_open(in, in->arguments[0], &hand);
    if (e.code) return fail(in, e);
    arguments[1] = str_format(in->arena, "%lld", (long long)days);
    struct hand_call call = {.command = old ? &revoke : &issue, .arguments = arguments, .count = old ? 0 : 2, .data = old ? str_of(old) : STR("")};
    e = hand_run(&hand, in->arena, &call, &out, &problems);
    hand_close(&hand);
    if (e.code) return fail(in, e);
    return old ? EXIT_DONE : print(in, str_format(in->arena, "%.*s\n", STR_ARG(str_trim(out))), EXIT_DONE);
}
