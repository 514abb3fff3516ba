/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Frames, and the caller's end of DIR/tram.sock.
 */
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

err socket_address(struct arena *a, const char *dir, struct sockaddr_un *out, int *dir_fd) {
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    *dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*dir_fd < 0) return err_make(a, ERR_NO_NODE, NULL, "%s: %s", dir, strerror(errno));
    /* through the descriptor: a socket address holds 107 characters, a path may be longer */
    snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/tram.sock", *dir_fd);
    return OK_ERR;
}

static bool send_all(int fd, const void *at, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t n = send(fd, (const char *)at + done, size - done, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

static bool receive_all(int fd, void *at, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t n = recv(fd, (char *)at + done, size - done, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += (size_t)n;
    }
    return true;
}

bool frame_send(int fd, char kind, str payload) {
    do {
        str part = str_slice(payload, 0, FRAME_MOST);
        payload = str_slice(payload, part.len, payload.len);
        unsigned char head[5] = {(unsigned char)kind, (unsigned char)part.len, (unsigned char)(part.len >> 8),
                                 (unsigned char)(part.len >> 16), (unsigned char)(part.len >> 24)};
        if (!send_all(fd, head, sizeof head) || !send_all(fd, part.at, part.len)) return false;
    } while (payload.len);
    return true;
}

bool frame_receive(int fd, char *kind, str *payload, char *room) {
    unsigned char head[5];
    if (!receive_all(fd, head, sizeof head)) return false;
    size_t size = (size_t)head[1] | (size_t)head[2] << 8 | (size_t)head[3] << 16 | (size_t)head[4] << 24;
    if (size > FRAME_MOST || !receive_all(fd, room, size)) return false;
    *kind = (char)head[0];
    *payload = (str){room, size};
    return true;
}

/* ---- caller ---------------------------------------------------------------------------------------------------------------- */

static err open_connection(struct arena *a, const char *dir, int *out) {
    struct sockaddr_un address;
    int dir_fd, fd;
    TRY(socket_address(a, dir, &address, &dir_fd));
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int failed = fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0;
    int why = errno;
    close(dir_fd);
    if (!failed) {
        *out = fd;
        return OK_ERR;
    }
    if (fd >= 0) close(fd);
    if (why == ENOENT || why == ECONNREFUSED) return err_make(a, ERR_NOT_FOUND, NULL, "nobody serves %s", dir);
    if (why == EACCES || why == EPERM) return err_make(a, ERR_FORBIDDEN, NULL, "%s is served for another user", dir);
    return err_make(a, ERR_IO, NULL, "%s/tram.sock: %s", dir, strerror(why));
}

static bool answer_waits(int fd) {
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* Sends the request; stops early (and well) when the server has answered already. */
static err send_request(struct arena *a, int fd, const struct socket_request *request) {
    char size[24];
    bool sent = frame_send(fd, 'c', str_of(request->command));
    for (size_t i = 0; sent && i < request->argument_count; i++) sent = frame_send(fd, 'a', request->arguments[i]);
    uint64_t expected = request->size > request->data.len ? request->size : request->data.len;
    snprintf(size, sizeof size, "%llu", (unsigned long long)expected);
    if (sent && expected) sent = frame_send(fd, 's', str_of(size));
    if (sent && request->data.len) sent = frame_send(fd, 'd', request->data);
    for (str piece = STR("-"); sent && request->next && piece.len && !answer_waits(fd);) {
        TRY(request->next(request->context, &piece));
        if (piece.len) sent = frame_send(fd, 'd', piece);
    }
    if (sent) sent = frame_send(fd, 'e', STR(""));
    return sent || answer_waits(fd) ? OK_ERR : err_make(a, ERR_IO, NULL, "the server went away");
}

/* "CODE\nwhere\ndetail" */
static err parse_outcome(struct arena *a, str text) {
    str code, at;
    int64_t number;
    if (!str_split(&text, '\n', &code) || !str_int64(code, &number) || number < 0 || number > ERR_INTERNAL)
        return err_make(a, ERR_IO, NULL, "the server's answer is not understood");
    if (!str_split(&text, '\n', &at)) at = STR_NONE;
    return (err){.code = (enum err_code)number, .at = at.len ? str_z(a, at) : NULL, .detail = str_copy(a, text)};
}

static err receive_answer(struct arena *a, int fd, const struct socket_request *request, struct socket_result *out) {
    struct buf text = buf_new(a), problems = buf_new(a);
    char *room = arena_alloc(a, FRAME_MOST), kind;
    str payload;
    while (frame_receive(fd, &kind, &payload, room)) {
        int64_t done;
        if (kind == 'o') buf_add(&text, payload);
        else if (kind == 'x') buf_add(&problems, payload);
        else if (kind == 'p' && request->progress && str_int64(payload, &done)) request->progress(request->context, done);
        else if (kind == 'r') {
            *out = (struct socket_result){parse_outcome(a, payload), buf_str(&text), buf_str(&problems)};
            return OK_ERR;
        }
    }
    return err_make(a, ERR_IO, NULL, "the server went away before it had answered");
}

err socket_send(struct arena *a, const char *dir, const struct socket_request *request, struct socket_result *out) {
    int fd = -1;
    TRY(open_connection(a, dir, &fd));
    err e = send_request(a, fd, request);
    if (!e.code) e = receive_answer(a, fd, request, out);
    close(fd);
    return e;
}
