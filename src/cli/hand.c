/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands that write: the node is opened here, or, while a server holds it, the work goes through its socket.
 */
#include "cli.h"

#include "server/socket.h"

err hand_open(const struct invocation *in, const char *dir, struct node_hand *out) {
    *out = (struct node_hand){.in = in, .dir = dir};
    err e = open_node_alone(in, dir, &out->store);
    if (e.code != ERR_BUSY) return e;
    out->store = NULL;
    return OK_ERR; /* the socket tells when it is another process */
}

void hand_close(struct node_hand *h) {
    if (h->store) store_close(h->store);
}

static err run_there(struct node_hand *h, struct arena *a, const struct hand_call *call, str *out, str *problems) {
    struct socket_request request = {.command = call->command->name, .arguments = call->arguments, .argument_count = call->count,
                                     .data = call->data, .progress = call->progress, .context = call->context, .size = call->data.len};
    struct socket_result result = {0};
    err e = socket_send(a, h->dir, &request, &result);
    if (e.code == ERR_NOT_FOUND) return err_make(a, ERR_BUSY, h->dir, "another process writes to this node");
    *out = result.out;
    *problems = result.problems;
    return e.code ? e : result.outcome;
}

err hand_run(struct node_hand *h, struct arena *a, const struct hand_call *call, str *out, str *problems) {
    *out = *problems = STR("");
    if (!h->store) return run_there(h, a, call, out, problems);
    struct socket_call local = {.arena = a, .store = h->store, .alone = true, .arguments = call->arguments, .argument_count = call->count, .data = call->data,
                                .actor = STR("system"), .progress = call->progress, .context = call->context, .out = buf_new(a), .problems = buf_new(a)};
    err e = call->command->run(&local);
    *out = buf_str(&local.out);
    *problems = buf_str(&local.problems);
    return e;
}
