/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The listening socket: "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "0.0.0.0:443". Plain HTTP leaves this machine
 * only when a proxy stands before us.
 */
#include "server_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_loopback(const struct sockaddr *address) {
    if (address->sa_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24 == 127;
    return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
}

void listen_address_text(const struct sockaddr *address, char *out, size_t size) {
    out[0] = 0;
    if (address->sa_family == AF_INET) inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, out, (socklen_t)size);
    if (address->sa_family == AF_INET6) inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, out, (socklen_t)size);
}

/* Splits host:port or [v6]:port; the port is required. */
static bool split(str address, str *host, str *port) {
    size_t colon = address.len;
    while (colon && address.at[colon - 1] != ':') colon--;
    if (colon < 2 || colon == address.len) return false;
    *host = str_slice(address, 0, colon - 1);
    *port = str_slice(address, colon, address.len);
    if (host->at[0] == '[' && str_ends(*host, STR("]"))) *host = str_slice(*host, 1, host->len - 1);
    int64_t number;
    return host->len && str_int64(*port, &number) && number >= 0 && number <= 65535;
}

static err open_one(struct arena *a, const struct addrinfo *i, const char *address, int *out) {
    int fd = socket(i->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;
    if (fd < 0) return err_make(a, ERR_IO, NULL, "cannot open a socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* accepted sockets inherit it */
    if (bind(fd, i->ai_addr, i->ai_addrlen) == 0 && listen(fd, 1024) == 0) {
        *out = fd;
        return OK_ERR;
    }
    int why = errno;
    close(fd);
    if (why == EADDRINUSE) return err_make(a, ERR_BUSY, NULL, "%s is taken by another program; choose another with --listen", address);
    if (why == EACCES) return err_make(a, ERR_USAGE, NULL, "%s: ports below 1024 need a right of the system", address);
    return err_make(a, ERR_USAGE, NULL, "cannot listen on %s: %s", address, strerror(why));
}

err listen_open(struct arena *a, const char *address, bool may_be_public, int *fd, str *shown) {
    str host, port;
    if (!split(str_of(address), &host, &port)) return err_make(a, ERR_USAGE, NULL, "--listen %s: give HOST:PORT", address);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *found = NULL;
    int why = getaddrinfo(str_z(a, host), str_z(a, port), &hints, &found);
    if (why) return err_make(a, ERR_USAGE, NULL, "--listen %s: %s", address, gai_strerror(why));
    err e = OK_ERR;
    if (!may_be_public && !is_loopback(found->ai_addr))
        e = err_make(a, ERR_USAGE, NULL, "%s is not a loopback address: give --tls-cert and --tls-key, or --behind-proxy", address);
    if (!e.code) e = open_one(a, found, address, fd);
    freeaddrinfo(found);
    if (e.code) return e;
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    getsockname(*fd, (struct sockaddr *)&own, &size);
    unsigned number = own.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)(void *)&own)->sin6_port)
                                                : ntohs(((struct sockaddr_in *)(void *)&own)->sin_port);
    bool six = str_find(host, ':') < host.len;
    *shown = str_format(a, "%s%.*s%s:%u", six ? "[" : "", STR_ARG(host), six ? "]" : "", number);
    return OK_ERR;
}
