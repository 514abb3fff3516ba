/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What every command needs: options by name, errors in one line, output that notices a full pipe, the node.
 */
#include "cli.h"

#include "base/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

const char *option_value(const struct invocation *in, const char *name) {
    for (size_t i = 0; in->command->options && in->command->options[i].name; i++)
        if (strcmp(in->command->options[i].name, name) == 0) return in->values[i];
    panic("command %s has no option %s", in->command->name, name);
}

err option_number(const struct invocation *in, const char *name, int64_t least, int64_t most, int64_t *out) {
    const char *text = option_value(in, name);
    int64_t v;
    if (!text) return OK_ERR;
    if (!str_int64(str_of(text), &v) || v < least || v > most)
        return err_make(in->arena, ERR_USAGE, NULL, "--%s wants a whole number from %lld to %lld, not '%s'", name,
                        (long long)least, (long long)most, text);
    *out = v;
    return OK_ERR;
}

int fail(const struct invocation *in, err e) {
    str detail = in->vietnamese && e.vietnamese.len ? e.vietnamese : e.detail;
    if (!detail.len) detail = str_of(in->vietnamese ? err_vietnamese(e.code) : err_english(e.code));
    fprintf(stderr, "tram %s: %s%s%.*s\n", in->command->name, e.at ? e.at : "", e.at ? ": " : "", STR_ARG(detail));
    return err_exit(e.code);
}

int print(const struct invocation *in, str text, int code) {
    if (fwrite(text.at, 1, text.len, stdout) == text.len && fflush(stdout) == 0) return code;
    return fail(in, err_make(in->arena, ERR_IO, NULL, "cannot write the answer: %s", strerror(errno)));
}

static err open_with(const struct invocation *in, const char *dir, enum store_mode mode, size_t cache_bytes, struct store **out) {
    struct store_options options = {.mode = mode, .rooms = node_rooms, .room_count = node_room_count, .cache_bytes = cache_bytes};
    return store_open(in->arena, dir, &options, out);
}

err open_node(const struct invocation *in, const char *dir, enum store_mode mode, struct store **out) {
    return open_with(in, dir, mode, 0, out);
}

err open_node_alone(const struct invocation *in, const char *dir, struct store **out) {
    enum { MEBIBYTE = 1 << 20 };
    int64_t quarter = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 4 / MEBIBYTE;
    size_t cache = (size_t)(quarter < 64 ? 64 : quarter > 1024 ? 1024 : quarter);
    return open_with(in, dir, STORE_WRITE, cache * MEBIBYTE, out);
}

/* ---- long work: the clock of solvers, and Ctrl-C ------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number) {
    (void)number;
    interrupted = 1;
}

void interrupt_awaited(void) { signal(SIGINT, on_interrupt); }

bool interrupt_came(void) { return interrupted; }

double seconds_now(void *user) {
    struct timespec t;
    (void)user;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}
