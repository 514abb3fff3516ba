/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The server's end of DIR/tram.sock: one thread that accepts, one for each call (few at once; further callers wait in the
 * queue of the socket).
 */
#include "socket.h"

#include "base/log.h"
#include "server_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CALLS_AT_ONCE = 4, ARGUMENTS = 16 };

struct local_socket {
    struct server *server;
    const struct socket_command *commands;
    int fd, stop_fd;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    size_t calls;
    bool stopping;
};

struct connection {
    struct local_socket *local;
    struct arena *arena;
    int fd;
    int64_t told; /* when progress was sent last */
};

/* ---- one call -------------------------------------------------------------------------------------------------------------- */

static void tell_progress(void *context, int64_t done) {
    struct connection *c = context;
    char text[24];
    int64_t now = monotonic_us();
    if (now - c->told < 100000) return;
    c->told = now;
    snprintf(text, sizeof text, "%lld", (long long)done);
    frame_send(c->fd, 'p', str_of(text)); /* a caller that left is noticed at the end */
}

/* The request up to 'e'. */
static bool receive_call(int fd, struct socket_call *call, str *command, str *arguments, char *room) {
    struct buf data = buf_new(call->arena);
    char kind;
    str payload;
    int64_t size;
    while (frame_receive(fd, &kind, &payload, room)) {
        switch (kind) {
        case 'c': *command = str_copy(call->arena, payload); break;
        case 'a':
            if (call->argument_count == ARGUMENTS) return false;
            arguments[call->argument_count++] = str_copy(call->arena, payload);
            break;
        case 's':
            if (str_int64(payload, &size) && size > 0 && size < 1LL << 33) buf_reserve(&data, (size_t)size);
            break;
        case 'd': buf_add(&data, payload); break;
        case 'e': call->data = buf_str(&data); return true;
        default: return false;
        }
    }
    return false;
}

static err run(struct local_socket *l, str command, struct socket_call *call) {
    for (const struct socket_command *c = l->commands; c->name; c++)
        if (str_is(command, c->name)) return c->run(call);
    return err_make(call->arena, ERR_NOT_SUPPORTED, NULL, "the server does not know the command %.*s", STR_ARG(command));
}

static void answer_call(struct connection *c, struct arena *a) {
    str command = STR_NONE, *arguments = ARENA_ARRAY(a, str, ARGUMENTS);
    struct socket_call call = {.arena = a, .store = c->local->server->store, .arguments = arguments, .actor = STR("system"),
                               .progress = tell_progress, .context = c, .out = buf_new(a), .problems = buf_new(a)};
    if (!receive_call(c->fd, &call, &command, arguments, arena_alloc(a, FRAME_MOST))) return;
    int64_t begun = monotonic_us();
    err e = run(c->local, command, &call);
    session_forget(c->local->server, NULL); /* accounts or tokens may be others now */
    if (call.out.len) frame_send(c->fd, 'o', buf_str(&call.out));
    if (call.problems.len) frame_send(c->fd, 'x', buf_str(&call.problems));
    frame_send(c->fd, 'r', str_format(a, "%d\n%s\n%.*s", (int)e.code, e.at ? e.at : "", STR_ARG(e.detail)));
    log_line(LOG_INFO, "socket", "%.*s %s %lldms", STR_ARG(command), err_english(e.code), (long long)(monotonic_us() - begun) / 1000);
}

static void *one_call(void *argument) {
    struct connection *c = argument;
    struct local_socket *l = c->local;
    struct arena *a = c->arena;
    answer_call(c, a);
    close(c->fd);
    arena_free(a); /* and c with it */
    pthread_mutex_lock(&l->lock);
    l->calls--;
    pthread_cond_broadcast(&l->ended);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* ---- accepting ---------------------------------------------------------------------------------------------------------------- */

static bool peer_may(int fd) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}

static bool wait_for_room(struct local_socket *l) {
    pthread_mutex_lock(&l->lock);
    while (l->calls >= CALLS_AT_ONCE && !l->stopping) pthread_cond_wait(&l->ended, &l->lock);
    bool room = !l->stopping;
    if (room) l->calls++;
    pthread_mutex_unlock(&l->lock);
    return room;
}

static void give_up(struct local_socket *l, struct connection *c) {
    if (c->fd >= 0) close(c->fd);
    arena_free(c->arena);
    pthread_mutex_lock(&l->lock);
    l->calls--;
    pthread_mutex_unlock(&l->lock);
}

static void *accept_calls(void *argument) {
    struct local_socket *l = argument;
    struct pollfd fds[2] = {{.fd = l->fd, .events = POLLIN}, {.fd = l->stop_fd, .events = POLLIN}};
    while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
        if (fds[1].revents || !wait_for_room(l)) break;
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;
        struct arena *a = arena_new();
        struct connection *c = ARENA_NEW(a, struct connection);
        *c = (struct connection){.local = l, .arena = a, .fd = fd};
        if (fd < 0 || !peer_may(fd) || pthread_create(&thread, NULL, one_call, c) != 0) give_up(l, c);
        else pthread_detach(thread);
    }
    return NULL;
}

err local_socket_start(struct server *s, struct arena *a, const struct socket_command *commands, struct local_socket **out) {
    struct local_socket *l = ARENA_NEW(a, struct local_socket);
    *l = (struct local_socket){.server = s, .commands = commands};
    struct sockaddr_un address;
    int dir_fd;
    TRY(socket_address(a, store_dir(s->store), &address, &dir_fd));
    l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(address.sun_path); /* the store's lock is ours: what lies there is left over */
    mode_t old = umask(0177);
    int failed = l->fd < 0 || bind(l->fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(l->fd, 16) != 0;
    int why = errno;
    umask(old);
    close(dir_fd);
    if (failed) return err_make(a, ERR_IO, NULL, "%s/tram.sock: %s", store_dir(s->store), strerror(why));
    l->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->ended, NULL);
    if (l->stop_fd < 0 || pthread_create(&l->acceptor, NULL, accept_calls, l) != 0) return err_make(a, ERR_IO, NULL, "no thread for tram.sock");
    *out = l;
    return OK_ERR;
}

void local_socket_stop(struct local_socket *l) {
    uint64_t one = 1;
    struct sockaddr_un address;
    int dir_fd;
    if (!l) return;
    if (write(l->stop_fd, &one, sizeof one) < 0) log_line(LOG_ERROR, "socket", "cannot stop: %s", strerror(errno));
    pthread_mutex_lock(&l->lock);
    l->stopping = true;
    pthread_cond_broadcast(&l->ended);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->acceptor, NULL);
    close(l->fd);
    err e = socket_address(l->server->arena, store_dir(l->server->store), &address, &dir_fd);
    if (!e.code) {
        unlink(address.sun_path);
        close(dir_fd);
    }
    pthread_mutex_lock(&l->lock);
    while (l->calls) pthread_cond_wait(&l->ended, &l->lock); /* what was accepted is finished */
    pthread_mutex_unlock(&l->lock);
    close(l->stop_fd);
}
