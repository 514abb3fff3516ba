/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DIR/tram.sock: while `serve` runs, commands that write (import, user, token, demo) hand their work to it. The socket is
 * mode 0600 and its peer must be the user of the server or root: who may write the files may write through the socket.
 *
 * A command is one function, run by the server for a caller at the socket, or by the command itself when nobody serves:
 *
 *     err e = socket_send(a, dir, &request, &result);
 *     if (e.code == ERR_NOT_FOUND) … open the store, fill a struct socket_call, call command->run(&call) …
 *
 * On the wire: frames of one byte kind, four bytes length (little endian), payload of at most 1 MiB. The caller sends
 * 'c' command, 'a' for each argument, 's' size of the data if known (decimal), 'd' data …, 'e' end; the server sends
 * 'p' progress (decimal) …, 'o' output …, 'x' problems …, and last 'r' "CODE\nwhere\ndetail".
 */
#ifndef SERVER_SOCKET_H
#define SERVER_SOCKET_H

#include "store/store.h"

struct socket_call {
    struct arena *arena; /* of the call */
    struct store *store;
    const str *arguments;
    size_t argument_count;
    bool alone; /* run by the command itself: no server's users wait */
    str data;  /* what the caller sent: whole */
    str actor; /* for the log */
    /* Tells the caller how far it is; may be called from any thread of the command, seldom or often. */
    void (*progress)(void *context, int64_t done);
    void *context;
    struct buf out;      /* for the caller's standard output */
    struct buf problems; /* for its standard error */
};

struct socket_command {
    const char *name;
    err (*run)(struct socket_call *call);
};

/* What the server's own room can do for a caller, ended by name NULL (a table of upper rooms should repeat these rows):
 *   import NAME [unpack]            data = the (decompressed) file; out = "STORED FAILED"
 *   user-add NAME ROLE PLACE DISPLAY PRACTITIONER LANGUAGE   data = the password (PLACE … may be empty)
 *   user-password NAME              data = the password
 *   user-disable NAME / user-enable NAME
 *   token ROLE DAYS                 out = the token
 *   token-revoke                    data = the token */
extern const struct socket_command server_commands[];
err command_import(struct socket_call *call);
err command_user_add(struct socket_call *call);
err command_user_password(struct socket_call *call);
err command_user_disable(struct socket_call *call);
err command_user_enable(struct socket_call *call);
err command_token(struct socket_call *call);
err command_token_revoke(struct socket_call *call);
err command_audit(struct socket_call *call); /* arguments: action, why */

struct socket_request {
    const char *command;
    const str *arguments;
    size_t argument_count;
    str data;         /* sent first, when not empty */
    /* then the pieces of `next` until one is empty; NULL: nothing more. */
    err (*next)(void *context, str *piece);
    void (*progress)(void *context, int64_t done); /* may be NULL */
    void *context;    /* of next and progress */
    uint64_t size;    /* of all data, if known: only spares the server from copying */
};

struct socket_result {
    err outcome; /* of the command: texts in the arena given */
    str out, problems;
};

/* Sends a command to the server of DIR and waits for its end. ERR_NOT_FOUND: nobody serves DIR. ERR_FORBIDDEN: it runs for
 * another user. ERR_IO: the connection broke. Otherwise OK, and the command's own outcome is in out->outcome. */
err socket_send(struct arena *a, const char *dir, const struct socket_request *request, struct socket_result *out);

/* ---- shared by both ends ------------------------------------------------------------------------------------------------- */
enum { FRAME_MOST = 1024 * 1024 };
/* The address of DIR/tram.sock, also when the path is too long for a socket address; *dir_fd is to be closed after use. */
struct sockaddr_un;
err socket_address(struct arena *a, const char *dir, struct sockaddr_un *out, int *dir_fd);
bool frame_send(int fd, char kind, str payload);
/* False at the end of the connection or on a malformed frame. `payload` lives in `room` (at least FRAME_MOST bytes). */
bool frame_receive(int fd, char *kind, str *payload, char *room);

#endif
