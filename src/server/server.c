/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Starts and stops: the listening sockets, libmicrohttpd's event threads (epoll), the workers, the local socket; then the
 * main thread pumps events and keeps house until SIGTERM or SIGINT, and ends in order: no new connections, event streams
 * closed, what was begun answered, the log written.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"
#include "socket.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST_EVENT_THREADS = 4, HEARTBEAT_SECONDS = 20, STOP_SECONDS = 20, HOUSEKEEPING_SECONDS = 3600, KEPT_ARENA = 256 * 1024 };

int64_t monotonic_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- arenas of requests, reused ---------------------------------------------------------------------------------------- */

struct arena *server_arena_take(struct server *s) {
    pthread_mutex_lock(&s->pool_lock);
    struct arena *a = s->pool_count ? s->pool[--s->pool_count] : NULL;
    pthread_mutex_unlock(&s->pool_lock);
    return a ? a : arena_new();
}

void server_arena_give(struct server *s, struct arena *a) {
    bool small = arena_used(a) <= KEPT_ARENA;
    if (small) arena_reset(a);
    pthread_mutex_lock(&s->pool_lock);
    bool room = small && s->pool_count < sizeof s->pool / sizeof *s->pool;
    if (room) s->pool[s->pool_count++] = a;
    pthread_mutex_unlock(&s->pool_lock);
    if (!room) arena_free(a);
}

/* ---- signals -------------------------------------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop_fd = -1; /* a handler has nothing else to hold on to */

static void on_stop(int signal_number) {
    uint64_t one = 1;
    int saved = errno;
    (void)signal_number;
    if (write(stop_fd, &one, sizeof one) < 0) errno = saved;
    errno = saved;
}

static void take_signals(int fd, struct sigaction old[2]) {
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    stop_fd = fd;
    sigaction(SIGTERM, &action, &old[0]);
    sigaction(SIGINT, &action, &old[1]);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- libmicrohttpd ---------------------------------------------------------------------------------------------------------- */

static void library_log(void *context, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
static void library_log(void *context, const char *format, va_list args) {
    char line[300];
    (void)context;
    if (vsnprintf(line, sizeof line, format, args) > 0) log_line(LOG_DEBUG, "http", "%s", line);
}

static void on_connection(void *server, struct MHD_Connection *connection, void **context, enum MHD_ConnectionNotificationCode what) {
    struct server *s = server;
    (void)connection, (void)context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) atomic_fetch_add(&s->connections, 1);
    else atomic_fetch_sub(&s->connections, 1);
}

err server_file(struct arena *a, const char *path, str *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_make(a, ERR_IO, NULL, "%s: %s", path, strerror(errno));
    struct buf b = buf_new(a);
    for (ssize_t n = 1; n > 0 && b.len < 1024 * 1024; b.len += (size_t)n) {
        buf_reserve(&b, 4097);
        n = read(fd, b.at + b.len, 4096);
        if (n < 0) n = 0;
    }
    close(fd);
    buf_addc(&b, 0);
    *out = (str){b.at, b.len - 1};
    return OK_ERR;
}

static unsigned event_threads(void) {
    cpu_set_t cpus;
    int n = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    return n < 1 ? 1 : n > MOST_EVENT_THREADS ? MOST_EVENT_THREADS : (unsigned)n;
}

static err start_http(struct server *s, struct arena *a, int fd, struct MHD_Daemon **out) {
    const struct server_options *o = s->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    unsigned threads = event_threads();
    struct MHD_OptionItem items[20];
    size_t n = 0;
#define OPTION(name, number, pointer) items[n++] = (struct MHD_OptionItem){name, (intptr_t)(number), (void *)(uintptr_t)(pointer)}
    OPTION(MHD_OPTION_LISTEN_SOCKET, fd, NULL);
    OPTION(MHD_OPTION_CONNECTION_LIMIT, LIMIT_CONNECTIONS, NULL);
    OPTION(MHD_OPTION_CONNECTION_MEMORY_LIMIT, LIMIT_HEADERS + 4096, NULL); /* cleared for each request: not larger than needed */
    OPTION(MHD_OPTION_CONNECTION_TIMEOUT, LIMIT_IDLE_SECONDS, NULL);
    OPTION(MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, NULL);
    OPTION(MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL);
    if (threads > 1) OPTION(MHD_OPTION_THREAD_POOL_SIZE, threads, NULL);
    if (s->tls) {
        str cert, key;
        TRY(server_file(a, o->tls_cert, &cert));
        TRY(server_file(a, o->tls_key, &key));
        flags |= MHD_USE_TLS;
        OPTION(MHD_OPTION_HTTPS_MEM_CERT, 0, cert.at);
        OPTION(MHD_OPTION_HTTPS_MEM_KEY, 0, key.at);
        OPTION(MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2");
    }
    items[n] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
#undef OPTION
    *out = MHD_start_daemon(flags, 0, NULL, NULL, exchange_request, s, MHD_OPTION_EXTERNAL_LOGGER, library_log, NULL,
                            MHD_OPTION_URI_LOG_CALLBACK, exchange_target, s, MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, s,
                            MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (*out) return OK_ERR;
    return err_make(a, s->tls ? ERR_USAGE : ERR_IO, NULL, "%s", s->tls ? "the TLS certificate or key cannot be used" : "HTTP cannot be started");
}

/* ---- life ------------------------------------------------------------------------------------------------------------------ */

static void keep_house(struct server *s) {
    err e = session_purge(s->store);
    if (!e.code) e = repeat_purge(s->store);
    if (e.code) log_line(LOG_WARNING, "server", "old sessions could not be removed: %s", err_english(e.code));
}

static void serve(struct server *s, int stop) {
    struct pollfd fds[2] = {{.fd = stop, .events = POLLIN}, {.fd = events_fd(s->events), .events = POLLIN}};
    int64_t second = monotonic_us() / 1000000, heartbeat = second, house = second;
    for (;;) {
        int ready = poll(fds, 2, 1000);
        if (ready > 0 && fds[0].revents) return;
        int64_t now = monotonic_us() / 1000000;
        bool beat = now - heartbeat >= HEARTBEAT_SECONDS;
        if (beat) heartbeat = now;
        if (beat || (ready > 0 && fds[1].revents)) events_pump(s->events, beat);
        if (now == second) continue;
        second = now;
        observer_flush(s->observer);
        session_sweep(s);
        findings_flush(s, false);
        if (now - house >= HOUSEKEEPING_SECONDS) {
            house = now;
            keep_house(s);
        }
    }
}

static void stop_all(struct server *s, struct MHD_Daemon *http, struct local_socket *local) {
    atomic_store(&s->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(http);
    if (fd != MHD_INVALID_SOCKET) close(fd);
    events_close(s->events);
    local_socket_stop(local);
    int64_t until = monotonic_us() + STOP_SECONDS * 1000000LL;
    while (atomic_load(&s->in_flight) > 0 && monotonic_us() < until) nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    workers_stop(s->workers);
    MHD_stop_daemon(http);
    observer_flush(s->observer);
    findings_flush(s, true);
    session_cache_close(s->sessions);
    while (s->pool_count) arena_free(s->pool[--s->pool_count]);
}

static err set_up(struct server *s, struct arena *a) {
    const struct server_options *o = s->options;
    const struct route *const own[] = {fhir_routes, signin_routes, observe_routes, event_routes, audit_routes, account_routes, opening_routes, privacy_routes, invitation_routes};
    const size_t own_count = sizeof own / sizeof *own;
    const struct route **tables = ARENA_ARRAY(a, const struct route *, o->table_count + own_count);
    memcpy(tables, own, sizeof own);
    if (o->table_count) memcpy(tables + own_count, o->tables, o->table_count * sizeof *tables);
    router_build(a, tables, o->table_count + own_count, &s->router);
    crypto_generichash(s->csrf_key, sizeof s->csrf_key, (const unsigned char *)"csrf", 4, store_key(s->store), 16);
    pthread_mutex_init(&s->pool_lock, NULL);
    s->sessions = session_cache_new(s);
    s->lockout = lockout_new(a);
    s->repeats = repeat_new(a);
    s->observer = observer_new(a, &s->router);
    s->findings = findings_new(a);
    s->events = events_new(s);
    s->workers = workers_start(a);
    return events_fd(s->events) < 0 ? err_make(a, ERR_IO, NULL, "no event descriptor: %s", strerror(errno)) : OK_ERR;
}

static void raise_file_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) log_line(LOG_DEBUG, "server", "the limit of open files stays");
}

err server_run(struct store *store, struct arena *a, const struct server_options *options) {
    struct server *s = ARENA_NEW(a, struct server);
    *s = (struct server){.store = store, .options = options, .arena = a, .started_ms = clock_now_ms()};
    struct MHD_Daemon *http = NULL;
    struct local_socket *local = NULL;
    struct sigaction old[2];
    str shown;
    int fd, stop;
    if (!options->tls_cert != !options->tls_key) return err_make(a, ERR_USAGE, NULL, "--tls-cert and --tls-key go together");
    s->tls = options->tls_cert != NULL;
    if (sodium_init() < 0) return err_make(a, ERR_INTERNAL, NULL, "no randomness");
    raise_file_limit();
    TRY(listen_open(a, options->listen ? options->listen : "127.0.0.1:8080", s->tls || options->behind_proxy, &fd, &shown));
    TRY(set_up(s, a));
    stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    take_signals(stop, old);
    err e = start_http(s, a, fd, &http);
    if (!e.code) {
        e = local_socket_start(s, a, options->commands ? options->commands : server_commands, &local);
        if (!e.code) {
            store_listen(store, session_listener, s);
            store_listen(store, events_listener, s->events);
            log_line(LOG_INFO, "server", "listening on %s://%.*s", s->tls ? "https" : "http", STR_ARG(shown));
            serve(s, stop);
            log_line(LOG_INFO, "server", "stopping");
        }
        stop_all(s, http, local);
    } else {
        close(fd);
    }
    sigaction(SIGTERM, &old[0], NULL);
    sigaction(SIGINT, &old[1], NULL);
    stop_fd = -1;
    close(stop);
    return e;
}
