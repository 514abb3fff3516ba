/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTTP load on one connection-per-slot epoll loop, one thread: keeps every connection busy with one request at a time and
 * prints JSON: rate, answers by status class, latency percentiles (ms). For `make bench`: a constant reply, reads by id,
 * durable writes.
 *
 *   http_load [--host 127.0.0.1] --port N [--connections 32] [--seconds 5] [--method GET] [--header 'Name: value']…
 *             (--path /x | --paths FILE) [--body FILE] [--seed N]
 *
 * "{n}" in path and body becomes a number that no other request of this run has (the seed and a counter), "{k}" the counter
 * modulo 1000. --paths names a file with a path on each line; they are taken in a random order.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 256 * 1024, SAMPLES = 4 * 1024 * 1024 };

struct slot {
    int fd;
    char *request, *answer;
    size_t request_size, sent, received, expected; /* expected 0: the headers are not complete */
    int status;
    int64_t begun_ns;
    bool close;
};

static struct {
    const char *host, *method, *path, *body;
    int port, connections;
    double seconds;
    uint64_t seed, random;
    char headers[8192];
    char **paths;
    size_t path_count, body_size;
} given = {.host = "127.0.0.1", .method = "GET", .connections = 32, .seconds = 5, .seed = 1, .random = 88172645463325252ull};

static uint64_t counter, classes[6], broken;
static uint32_t *samples; /* microseconds */
static size_t sample_count;

static void die(const char *why) {
    fprintf(stderr, "http_load: %s%s%s\n", why, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static char *read_all(const char *name, size_t *size) {
    FILE *f = fopen(name, "rb");
    if (!f) die(name);
    char *text = malloc(64 * 1024 * 1024);
    if (!text) die("memory");
    *size = fread(text, 1, 64 * 1024 * 1024 - 1, f);
    text[*size] = 0;
    fclose(f);
    return text;
}

static void read_paths(const char *name) {
    size_t size, room = 1024;
    char *text = read_all(name, &size);
    given.paths = malloc(room * sizeof *given.paths);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (given.path_count == room) given.paths = realloc(given.paths, (room *= 2) * sizeof *given.paths);
        if (!given.paths) die("memory");
        given.paths[given.path_count++] = line;
    }
    if (!given.path_count) die("no paths");
}

/* Copies `from` with every {n} and {k} replaced; returns the length. */
static size_t fill(char *out, size_t room, const char *from, const char *number, const char *thousandth) {
    size_t n = 0;
    while (*from && n + 64 < room) {
        if (strncmp(from, "{n}", 3) == 0 || strncmp(from, "{k}", 3) == 0) {
            const char *value = from[1] == 'n' ? number : thousandth;
            memcpy(out + n, value, strlen(value));
            n += strlen(value);
            from += 3;
        } else {
            out[n++] = *from++;
        }
    }
    out[n] = 0;
    return n;
}

static void make_request(struct slot *s) {
    static char body[ROOM / 2], path[4096];
    char number[48], thousandth[8];
    snprintf(thousandth, sizeof thousandth, "%u", (unsigned)(counter % 1000));
    snprintf(number, sizeof number, "%llu-%llu", (unsigned long long)given.seed, (unsigned long long)counter++);
    const char *from = given.path;
    if (given.path_count) {
        given.random ^= given.random << 13, given.random ^= given.random >> 7, given.random ^= given.random << 17;
        from = given.paths[given.random % given.path_count];
    }
    fill(path, sizeof path, from, number, thousandth);
    size_t body_size = given.body ? fill(body, sizeof body, given.body, number, thousandth) : 0;
    int n = snprintf(s->request, ROOM, "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s", given.method, path, given.host, given.port, given.headers);
    if (given.body) n += snprintf(s->request + n, ROOM - (size_t)n, "Content-Length: %zu\r\n", body_size);
    n += snprintf(s->request + n, ROOM - (size_t)n, "\r\n");
    if ((size_t)n + body_size >= ROOM) die("the request is too large");
    memcpy(s->request + n, body, body_size);
    s->request_size = (size_t)n + body_size;
    s->sent = s->received = s->expected = 0;
    s->close = false;
    s->begun_ns = now_ns();
}

static void open_slot(struct slot *s, int poller) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)given.port)};
    int on = 1;
    inet_pton(AF_INET, given.host, &to.sin_addr);
    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0 || connect(s->fd, (struct sockaddr *)&to, sizeof to) != 0) die("connect");
    setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(s->fd, F_SETFL, O_NONBLOCK);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = s};
    epoll_ctl(poller, EPOLL_CTL_ADD, s->fd, &e);
    make_request(s);
}

static void push(struct slot *s) {
    while (s->sent < s->request_size) {
        ssize_t n = send(s->fd, s->request + s->sent, s->request_size - s->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) { usleep(50); continue; } /* requests are small: the socket takes them at once */
        if (n <= 0) return;
        s->sent += (size_t)n;
    }
}

/* Looks for the end of the headers and the length of the body. */
static void look_at_headers(struct slot *s) {
    s->answer[s->received] = 0;
    char *end = strstr(s->answer, "\r\n\r\n");
    if (!end) return;
    *end = 0;
    s->status = atoi(s->answer + 9);
    s->close = strcasestr(s->answer, "\r\nConnection: close") != NULL;
    char *length = strcasestr(s->answer, "\r\nContent-Length:");
    s->expected = (size_t)(end - s->answer) + 4 + (length ? strtoull(length + 17, NULL, 10) : 0);
    *end = '\r';
}

static void finish(struct slot *s) {
    classes[s->status / 100 < 6 && s->status > 0 ? s->status / 100 : 0]++;
    if (sample_count < SAMPLES) samples[sample_count++] = (uint32_t)((now_ns() - s->begun_ns) / 1000);
}

/* One readable connection. */
static void pull(struct slot *s, int poller) {
    static char sink[ROOM];
    bool counts_only = s->expected && s->received >= ROOM - 1;
    ssize_t n = counts_only ? recv(s->fd, sink, sizeof sink, 0) : recv(s->fd, s->answer + s->received, ROOM - 1 - s->received, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n > 0) {
        s->received += (size_t)n;
        if (!s->expected) look_at_headers(s);
        if (!s->expected || s->received < s->expected) return;
        finish(s);
    } else {
        broken++;
    }
    if (n <= 0 || s->close) {
        close(s->fd);
        open_slot(s, poller);
    } else {
        make_request(s);
    }
    push(s);
}

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(double p) {
    if (!sample_count) return 0;
    size_t i = (size_t)(p * (double)sample_count);
    return samples[i < sample_count ? i : sample_count - 1] / 1000.0;
}

static void take_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--host")) given.host = value;
        else if (!strcmp(name, "--port")) given.port = atoi(value);
        else if (!strcmp(name, "--connections")) given.connections = atoi(value);
        else if (!strcmp(name, "--seconds")) given.seconds = atof(value);
        else if (!strcmp(name, "--method")) given.method = value;
        else if (!strcmp(name, "--path")) given.path = value;
        else if (!strcmp(name, "--paths")) read_paths(value);
        else if (!strcmp(name, "--body")) given.body = read_all(value, &given.body_size);
        else if (!strcmp(name, "--seed")) given.seed = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--header")) {
            size_t n = strlen(given.headers);
            snprintf(given.headers + n, sizeof given.headers - n, "%s\r\n", value);
        } else die(name);
    }
    if (!given.port || (!given.path && !given.path_count) || given.connections < 1) die("--port and --path or --paths are needed");
}

int main(int argc, char **argv) {
    errno = 0;
    take_options(argc, argv);
    int poller = epoll_create1(0);
    struct slot *slots = calloc((size_t)given.connections, sizeof *slots);
    samples = malloc(SAMPLES * sizeof *samples);
    if (!slots || !samples) die("memory");
    for (int i = 0; i < given.connections; i++) {
        slots[i].request = malloc(ROOM);
        slots[i].answer = malloc(ROOM);
        if (!slots[i].request || !slots[i].answer) die("memory");
        open_slot(&slots[i], poller);
        push(&slots[i]);
    }
    int64_t begun = now_ns(), until = begun + (int64_t)(given.seconds * 1e9);
    struct epoll_event events[256];
    while (now_ns() < until) {
        int n = epoll_wait(poller, events, 256, 100);
        for (int i = 0; i < n; i++) pull(events[i].data.ptr, poller);
    }
    double took = (double)(now_ns() - begun) / 1e9;
    qsort(samples, sample_count, sizeof *samples, compare);
    uint64_t total = 0;
    for (int i = 0; i < 6; i++) total += classes[i];
    printf("{\"rate\":%.0f,\"seconds\":%.2f,\"requests\":%llu,\"connections\":%d,\"2xx\":%llu,\"3xx\":%llu,\"4xx\":%llu,\"5xx\":%llu,"
           "\"broken\":%llu,\"ms\":{\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}}\n",
           (double)total / took, took, (unsigned long long)total, given.connections, (unsigned long long)classes[2],
           (unsigned long long)classes[3], (unsigned long long)classes[4], (unsigned long long)classes[5], (unsigned long long)broken,
           percentile(.5), percentile(.9), percentile(.99), percentile(.999), percentile(1));
    return 0;
}
