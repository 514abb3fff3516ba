/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /events?topic=a,b: server-sent events (HTML Living Standard 9.2). An event is a log position and a topic, never data:
 * the page fetches again what it shows, with its own rights. Topics: the name of a projection, or `province` and `log`
 * (every change). An idle stream is a suspended connection that costs a few kilobytes and no thread.
 *
 *   writer thread   events_listener: notes what changed, writes the eventfd
 *   main thread     events_pump: at most every EVERY_MS marks the streams concerned and resumes them; heartbeats
 *   event thread    read_stream: hands over what is due, or suspends the connection again
 */
#include "server_int.h"

#include "base/log.h"

#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { TOPICS = 64, EVERY_MS = 50 }; /* a stream holds a bit for each topic known; further topics share the last bit */

struct event_stream {
    struct event_stream *next, *previous;
    struct events *events;
    struct MHD_Connection *connection;
    uint64_t topics;  /* asked for */
    uint64_t due;     /* changed since the last hand-over */
    bool suspended, heartbeat, over;
    size_t length, sent;
    char text[2048];
};

struct events {
    struct server *server;
    pthread_mutex_t lock;
    struct event_stream *streams;
    size_t count;
    int fd;
    int64_t position;
    uint64_t changed; /* topics since the last pump */
    size_t topic_count;
    char topics[TOPICS][48];
    bool closed;
};

struct events *events_new(struct server *s) {
    struct events *e = ARENA_NEW(s->arena, struct events);
    e->server = s;
    pthread_mutex_init(&e->lock, NULL);
    e->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return e;
}

int events_fd(const struct events *e) { return e->fd; }

/* With the lock held: the bit of a topic, known from now on. */
static uint64_t topic_bit(struct events *e, str name) {
    if (str_is(name, "log") || str_is(name, "province")) name = STR("log");
    for (size_t i = 0; i < e->topic_count; i++)
        if (str_is(name, e->topics[i])) return 1ull << i;
    if (e->topic_count < TOPICS - 1 && name.len < sizeof e->topics[0]) {
        memcpy(e->topics[e->topic_count], name.at, name.len);
        return 1ull << e->topic_count++;
    }
    return 1ull << (TOPICS - 1);
}

void events_listener(void *context, int64_t position, const char *const *projections, size_t count) {
    struct events *e = context;
    uint64_t one = 1;
    pthread_mutex_lock(&e->lock);
    if (position > e->position) e->position = position;
    e->changed |= topic_bit(e, STR("log"));
    for (size_t i = 0; i < count; i++) e->changed |= topic_bit(e, str_of(projections[i]));
    bool anybody = e->streams != NULL;
    pthread_mutex_unlock(&e->lock);
    if (anybody && write(e->fd, &one, sizeof one) < 0) return; /* full: it is readable already */
}

/* With the lock held. */
static void wake(struct event_stream *s) {
    if (!s->suspended) return;
    s->suspended = false;
    MHD_resume_connection(s->connection);
}

void events_pump(struct events *e, bool heartbeat) {
    uint64_t drained;
    if (read(e->fd, &drained, sizeof drained) < 0) drained = 0;
    if (drained) {
        struct timespec pause = {.tv_nsec = EVERY_MS * 1000000L}; /* let what comes together go out together */
        nanosleep(&pause, NULL);
    }
    pthread_mutex_lock(&e->lock);
    uint64_t changed = e->changed;
    e->changed = 0;
    for (struct event_stream *s = e->streams; s; s = s->next) {
        s->due |= s->topics & changed;
        if (heartbeat) s->heartbeat = true;
        if (s->due || heartbeat) wake(s);
    }
    pthread_mutex_unlock(&e->lock);
}

void events_close(struct events *e) {
    pthread_mutex_lock(&e->lock);
    e->closed = true;
    for (struct event_stream *s = e->streams; s; s = s->next) {
        s->over = true;
        wake(s);
    }
    pthread_mutex_unlock(&e->lock);
}

size_t events_count(struct events *e) {
    pthread_mutex_lock(&e->lock);
    size_t n = e->count;
    pthread_mutex_unlock(&e->lock);
    return n;
}

/* With the lock held: the text of what is due. */
static void compose(struct event_stream *s) {
    struct events *e = s->events;
    size_t n = 0;
    for (size_t i = 0; i < TOPICS && n < sizeof s->text - 512; i++) {
        if (!(s->due >> i & 1)) continue;
        const char *topic = i < e->topic_count ? e->topics[i] : "other";
        const char *names[] = {topic, strcmp(topic, "log") == 0 ? "province" : NULL};
        for (size_t k = 0; k < 2 && names[k]; k++)
            n += (size_t)snprintf(s->text + n, sizeof s->text - n, "id: %lld\nevent: %s\ndata: {\"position\":%lld,\"topic\":\"%s\"}\n\n",
                                  (long long)e->position, names[k], (long long)e->position, names[k]);
        s->due &= ~(1ull << i);
    }
    if (!n && s->heartbeat) n = (size_t)snprintf(s->text, sizeof s->text, ": still here\n\n");
    s->heartbeat = false;
    s->length = n;
    s->sent = 0;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t size) {
    struct event_stream *s = context;
    (void)position;
    ssize_t n = 0;
    pthread_mutex_lock(&s->events->lock);
    if (s->sent == s->length && (s->due || s->heartbeat)) compose(s);
    if (s->sent < s->length) {
        size_t part = s->length - s->sent < size ? s->length - s->sent : size;
        memcpy(out, s->text + s->sent, part);
        s->sent += part;
        n = (ssize_t)part;
    } else if (s->over) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->suspended = true;
        MHD_suspend_connection(s->connection);
    }
    pthread_mutex_unlock(&s->events->lock);
    return n;
}

struct MHD_Response *events_response(struct event_stream *stream) {
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read_stream, stream, NULL);
}

void events_detach(struct event_stream *s) {
    struct events *e = s->events;
    pthread_mutex_lock(&e->lock);
    if (s->previous) s->previous->next = s->next;
    else e->streams = s->next;
    if (s->next) s->next->previous = s->previous;
    e->count--;
    pthread_mutex_unlock(&e->lock);
}

static bool topic_name(str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_')) return false;
    }
    return s.len > 0 && s.len < 48;
}

/* Opens a stream. The first event, `hello`, carries the position; who comes back with an older Last-Event-ID is told
 * that all its topics may have changed. */
static err open_stream(struct request *r) {
    struct exchange *x = exchange_of(r);
    struct events *e = x->server->events;
    str asked = request_query(r, "topic"), topic, last = request_header(r, "Last-Event-ID");
    struct reader *reader;
    TRY(request_reader(r, &reader));
    struct event_stream *s = ARENA_NEW(r->arena, struct event_stream);
    *s = (struct event_stream){.events = e, .connection = x->connection};
    int64_t seen = 0, now = reader_position(reader);
    pthread_mutex_lock(&e->lock);
    bool refused = e->closed || e->count >= LIMIT_EVENT_STREAMS;
    for (str rest = asked.len ? asked : STR("log"); str_split(&rest, ',', &topic);) {
        if (!topic_name(topic)) break;
        s->topics |= topic_bit(e, topic);
    }
    if (now > e->position) e->position = now;
    if (last.at && (!str_int64(last, &seen) || seen < e->position)) s->due = s->topics;
    if (!refused && s->topics) {
        s->length = (size_t)snprintf(s->text, sizeof s->text, "retry: 3000\nid: %lld\nevent: hello\ndata: {\"position\":%lld}\n\n",
                                     (long long)e->position, (long long)e->position);
        s->next = e->streams;
        if (s->next) s->next->previous = s;
        e->streams = s;
        e->count++;
        x->stream = s;
    }
    pthread_mutex_unlock(&e->lock);
    if (refused) return err_make(r->arena, ERR_BUSY, NULL, "too many event streams");
    if (!s->topics) return err_make(r->arena, ERR_INVALID, "topic", "names of a-z 0-9 - _ separated by commas");
    return OK_ERR;
}

const struct route event_routes[] = {
    {ROUTE("GET", "/events", PERMISSION_SIGNED_IN, open_stream, "Dòng sự kiện: có gì thay đổi (không có dữ liệu)",
           "Event stream: what changed (no data)"), .quick = true},
    {.method = NULL},
};
