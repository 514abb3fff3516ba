/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Speed of the immunisation engine, one core: loading a schedule, and microseconds a patient (input already read).
 *   bench/forecast SCHEDULE PATIENTS [ROUNDS]
 */
#include "base/date.h"
#include "immunisation/patient_json.h"

#include <stdlib.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double load_ms(str path, struct schedule **out, struct arena *keep) {
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        struct arena *a = i < 4 ? arena_new() : keep;
        double from = now();
        err e = schedule_load(a, path, false, out);
        double ms = (now() - from) / 1000;
        if (e.code) fprintf(stderr, "%.*s\n", STR_ARG(e.detail)), exit(1);
        if (ms < best) best = ms;
        if (i < 4) arena_free(a);
    }
    return best;
}

int main(int argc, char **argv) {
    struct arena *keep = arena_new(), *a = arena_new();
    struct schedule *s;
    if (argc < 3) return fprintf(stderr, "bench/forecast SCHEDULE PATIENTS [ROUNDS]\n"), 2;
    int rounds = argc > 3 ? atoi(argv[3]) : 20;
    double load = load_ms(str_of(argv[1]), &s, keep);
    FILE *f = fopen(argv[2], "r");
    if (!f) return perror(argv[2]), 1;
    size_t count = 0, room = 0, cap = 1u << 16;
    struct patient_line *lines = arena_alloc(keep, cap * sizeof *lines);
    char *text = NULL;
    for (ssize_t n; count < cap && (n = getline(&text, &room, f)) > 0;)
        if (!patient_read(keep, str_copy(keep, (str){text, (size_t)n}), DAY_NONE, 0, &lines[count]).code) count++;
    fclose(f);
    double best = 1e18;
    size_t groups = 0;
    for (int r = 0; r < rounds; r++) {
        double from = now();
        for (size_t i = 0; i < count; i++) {
            struct forecast out;
            arena_reset(a);
            forecast_patient(a, s, &lines[i].patient, lines[i].on, false, &out);
            groups += out.group_count;
        }
        double us = (now() - from) / (double)count;
        if (us < best) best = us;
    }
    printf("%s: loaded and checked in %.1f ms; %zu patients, %.2f us each (best of %d; %zu groups)\n", argv[1], load, count,
           best, rounds, groups / (size_t)rounds);
    return 0;
}
