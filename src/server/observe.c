/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server tells about itself: one log line a request (method, route pattern, status, milliseconds; never an id, a
 * query or an address), counters by route, /health for whoever watches, /metrics (Prometheus text, with a token).
 * Lines are gathered and written at most a second later, so that logging costs a request no system call.
 */
#include "server_int.h"

#include "base/date.h"
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { LOG_ROOM = 64 * 1024, LONGEST_LINE = 400, BUCKETS = 10 };
static const int64_t bucket_us[BUCKETS] = {500, 1000, 2500, 5000, 10000, 25000, 100000, 500000, 2500000, INT64_MAX};
static const char *const bucket_name[BUCKETS] = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.1", "0.5", "2.5", "+Inf"};

struct route_count { _Atomic uint64_t by_class[6], us; };

struct observer {
    const struct router *router;
    struct route_count *routes; /* one each, and the last for requests without a route */
    _Atomic uint64_t buckets[BUCKETS];
    pthread_mutex_t lock;
    int64_t second; /* of `stamp` */
    char stamp[24];
    size_t length;
    uint64_t dropped;
    char lines[LOG_ROOM];
};

struct observer *observer_new(struct arena *a, const struct router *r) {
    struct observer *o = ARENA_NEW(a, struct observer);
    o->router = r;
    o->routes = ARENA_ARRAY(a, struct route_count, r->count + 1);
    pthread_mutex_init(&o->lock, NULL);
    return o;
}

/* With the lock held. Never waits for a reader of the log that does not read: a pipe takes up to PIPE_BUF bytes when it is
 * writable, the rest stays for the next time, and when there is no room left, lines are dropped and counted. */
static void write_out(struct observer *o) {
    struct pollfd to = {.fd = STDERR_FILENO, .events = POLLOUT};
    size_t done = 0;
    while (done < o->length && poll(&to, 1, 0) > 0) {
        size_t part = o->length - done < PIPE_BUF ? o->length - done : PIPE_BUF;
        ssize_t n = write(STDERR_FILENO, o->lines + done, part);
        if (n < 0 && errno != EINTR && errno != EAGAIN) done = o->length; /* nowhere left to say so */
        if (n > 0) done += (size_t)n;
    }
    o->length -= done;
    memmove(o->lines, o->lines + done, o->length);
}

void observer_flush(struct observer *o) {
    pthread_mutex_lock(&o->lock);
    write_out(o);
    pthread_mutex_unlock(&o->lock);
}

static void add_text(struct observer *o, const char *z) {
    size_t n = strlen(z);
    if (n > LOG_ROOM - o->length) n = LOG_ROOM - o->length;
    memcpy(o->lines + o->length, z, n);
    o->length += n;
}

static void add_number(struct observer *o, uint64_t v) {
    char digits[24];
    size_t at = sizeof digits;
    digits[--at] = 0;
    do digits[--at] = (char)('0' + v % 10);
    while (v /= 10);
    add_text(o, digits + at);
}

static void add_line(struct observer *o, const char *method, const char *pattern, int status, int64_t us) {
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&o->lock);
    if (LOG_ROOM - o->length < LONGEST_LINE) write_out(o);
    if (LOG_ROOM - o->length < LONGEST_LINE) {
        o->dropped++;
        pthread_mutex_unlock(&o->lock);
        return;
    }
    if (now / 1000 != o->second) {
        char text[25];
        instant_format(now, text);
        memcpy(o->stamp, text, 19);
        o->second = now / 1000;
    }
    add_text(o, o->stamp);
    char ms[6] = {'.', (char)('0' + now % 1000 / 100), (char)('0' + now % 100 / 10), (char)('0' + now % 10), 'Z', 0};
    add_text(o, ms);
    add_text(o, " info http: ");
    add_text(o, method);
    add_text(o, " ");
    add_text(o, pattern);
    add_text(o, " ");
    add_number(o, (uint64_t)status);
    add_text(o, " ");
    add_number(o, (uint64_t)us / 1000);
    char tenth[5] = {'.', (char)('0' + us % 1000 / 100), 'm', 's', 0};
    add_text(o, tenth);
    add_text(o, "\n");
    pthread_mutex_unlock(&o->lock);
}

void observe(struct observer *o, size_t route, const char *method, const char *pattern, int status, int64_t us) {
    struct route_count *c = &o->routes[route < o->router->count ? route : o->router->count];
    if (us < 0) us = 0;
    atomic_fetch_add_explicit(&c->by_class[status / 100 < 6 ? status / 100 : 0], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&c->us, (uint64_t)us, memory_order_relaxed);
    size_t b = 0;
    while (us > bucket_us[b]) b++;
    atomic_fetch_add_explicit(&o->buckets[b], 1, memory_order_relaxed);
    if (log_wanted(LOG_INFO)) add_line(o, method, pattern, status, us);
}

/* ---- /health --------------------------------------------------------------------------------------------------------- */

/* 200 {"status":"pass"} when a snapshot of the store could be had within the last second; tells nothing else to strangers,
 * who therefore cannot make it work by asking often. */
static err health(struct request *r) {
    struct server *s = exchange_of(r)->server;
    int64_t now = monotonic_us();
    if (now - atomic_load(&s->health_us) > 1000000) {
        struct reader *reader;
        atomic_store(&s->healthy, request_reader(r, &reader).code == ERR_OK);
        atomic_store(&s->health_us, now);
    }
    bool pass = atomic_load(&s->healthy);
    if (!pass) r->status = 503;
    buf_addz(&r->out, pass ? "{\"status\":\"pass\",\"version\":\"" TRAM_VERSION "\"}" : "{\"status\":\"fail\"}");
    return OK_ERR;
}

/* ---- /metrics ----------------------------------------------------------------------------------------------------------- */

static void write_routes(struct buf *b, const struct observer *o) {
    buf_addz(b, "# HELP tram_http_requests_total Answers by route and class of status.\n# TYPE tram_http_requests_total counter\n");
    for (size_t i = 0; i <= o->router->count; i++) {
        const struct route *r = i < o->router->count ? o->router->at[i].route : NULL;
        for (int class = 0; class < 6; class++) {
            uint64_t n = atomic_load_explicit(&o->routes[i].by_class[class], memory_order_relaxed);
            if (n) buf_addf(b, "tram_http_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %llu\n", r ? r->method : "",
                            r ? r->path : "", class, (unsigned long long)n);
        }
    }
}

static void write_durations(struct buf *b, const struct observer *o) {
    uint64_t total = 0, us = 0;
    buf_addz(b, "# HELP tram_http_seconds Time from the first byte of a request to the end of its answer.\n# TYPE tram_http_seconds histogram\n");
    for (size_t i = 0; i < BUCKETS; i++) {
        total += atomic_load_explicit(&o->buckets[i], memory_order_relaxed);
        buf_addf(b, "tram_http_seconds_bucket{le=\"%s\"} %llu\n", bucket_name[i], (unsigned long long)total);
    }
    for (size_t i = 0; i <= o->router->count; i++) us += atomic_load_explicit(&o->routes[i].us, memory_order_relaxed);
    buf_addf(b, "tram_http_seconds_sum %.6f\ntram_http_seconds_count %llu\n", (double)us / 1e6, (unsigned long long)total);
}

static long resident_bytes(void) {
    long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (!f) return 0;
    if (fscanf(f, "%*s %ld", &pages) != 1) pages = 0;
    fclose(f);
    return pages * sysconf(_SC_PAGESIZE);
}

static void gauge(struct buf *b, const char *name, const char *help, double value) {
    buf_addf(b, "# HELP %s %s\n# TYPE %s gauge\n%s %.15g\n", name, help, name, name, value);
}

static err metrics(struct request *r) {
    struct server *s = exchange_of(r)->server;
    struct reader *reader;
    TRY(request_reader(r, &reader));
    struct buf *b = &r->out;
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    write_routes(b, s->observer);
    write_durations(b, s->observer);
    gauge(b, "tram_connections", "Open connections.", (double)atomic_load(&s->connections));
    gauge(b, "tram_requests_in_flight", "Requests begun and not answered.", (double)atomic_load(&s->in_flight));
    gauge(b, "tram_workers_busy", "Worker threads at work.", (double)workers_busy(s->workers));
    gauge(b, "tram_event_streams", "Open event streams.", (double)events_count(s->events));
    gauge(b, "tram_sessions_cached", "Sessions and tokens in memory.", (double)session_cached(s));
    gauge(b, "tram_request_body_bytes", "Memory reserved for request bodies.", (double)atomic_load(&s->body_bytes));
    gauge(b, "tram_log_position", "Last position of the log.", (double)reader_position(reader));
    gauge(b, "tram_log_lines_dropped", "Access log lines dropped because nobody took them.", (double)s->observer->dropped);
    gauge(b, "process_resident_memory_bytes", "Resident memory.", (double)resident_bytes());
    gauge(b, "process_start_time_seconds", "Start of the process since the epoch.", (double)s->started_ms / 1000);
    return OK_ERR;
}

const struct route observe_routes[] = {
    {ROUTE("GET", "/health", PERMISSION_NONE, health, "Máy chủ có hoạt động không", "Is the server working?"), .quick = true},
    {ROUTE("GET", "/metrics", PERMISSION_METRICS, metrics, "Số đo cho hệ thống giám sát", "Figures for a monitoring system")},
    {.method = NULL},
};
