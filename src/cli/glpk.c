/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * glpsol as a child: the model goes in as a file, bounds are read from what it prints, the plan from the file it
 * leaves.
 */
#include "glpk.h"

#include "plan/model.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const double TRUST = 1 - 4e-7; /* GLPK reckons in doubles with tolerances: its bounds are taken a little lower */

bool glpk_installed(void) {
    const char *path = getenv("PATH");
    str rest = str_of(path ? path : ""), folder;
    char file[512];
    while (str_split(&rest, ':', &folder)) {
        snprintf(file, sizeof file, "%.*s/glpsol", STR_ARG(folder));
        if (access(file, X_OK) == 0) return true;
    }
    return false;
}

/* In the child: never returns. */
static void become_glpsol(int out, const char *folder, double seconds, double gap) {
    char limit[32], close_enough[32];
    struct rlimit memory = {(rlim_t)4 << 30, (rlim_t)4 << 30}, time = {(rlim_t)seconds + 2, (rlim_t)seconds + 2};
    snprintf(limit, sizeof limit, "%d", seconds > 1.2 ? (int)(0.9 * seconds) : 1);
    snprintf(close_enough, sizeof close_enough, "%g", gap);
    setrlimit(RLIMIT_AS, &memory);
    setrlimit(RLIMIT_CPU, &time);
    int nothing = open("/dev/null", O_RDWR);
    if (chdir(folder) == 0 && dup2(nothing, 0) == 0 && dup2(out, 1) == 1 && dup2(nothing, 2) == 2)
        execlp("glpsol", "glpsol", "--lp", "model", "--tmlim", limit, "--mipgap", close_enough, "-w", "plan",
               (char *)NULL);
    _exit(127);
}

/* Reads what the child prints until it ends or the time is over; returns the best bound it printed, NAN = none. */
static double listen_to(int from, double end) {
    char text[4096];
    size_t len = 0;
    double bound = NAN;
    for (;;) {
        struct pollfd p = {from, POLLIN, 0};
        double left = end - seconds_now(NULL);
        if (left <= 0 || interrupt_came()) break;
        int ready = poll(&p, 1, left > 0.1 ? 100 : (int)(1000 * left) + 1);
        if (ready <= 0) continue;
        ssize_t n = read(from, text + len, sizeof text - len);
        if (n <= 0) break;
        len += (size_t)n;
        str rest = {text, len}, line;
        size_t whole = len;
        while (whole && text[whole - 1] != '\n') whole--;
        for (rest.len = whole; str_split(&rest, '\n', &line);) bound = fmax(bound, plan_model_bound(line));
        if (whole == 0 && len == sizeof text) whole = len;
        memmove(text, text + whole, len -= whole);
    }
    return bound;
}

static err run(const struct invocation *in, const char *folder, double seconds, double gap, double *bound) {
    int ends[2];
    if (pipe(ends)) return err_make(in->arena, ERR_IO, NULL, "no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) become_glpsol(ends[1], folder, seconds, gap);
    close(ends[1]);
    if (child > 0) {
        *bound = listen_to(ends[0], seconds_now(NULL) + seconds);
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    close(ends[0]);
    return child > 0 ? OK_ERR : err_make(in->arena, ERR_IO, NULL, "no process: %s", strerror(errno));
}

/* Takes plan and bound where they are better; the plan by our own reckoning. */
static bool take(const struct invocation *in, const struct plan_problem *q, str solution, double bound,
                 struct plan_answer *answer) {
    uint32_t *open = ARENA_ARRAY(in->arena, uint32_t, (size_t)q->sites + 1);
    size_t count;
    bool optimal, none;
    str why;
    if (plan_model_read(solution, q, open, &count, &optimal, &none) && plan_allowed(in->arena, q, open, count, &why)) {
        double value = plan_value(q, open, count);
        if (optimal) bound = fmax(bound, value);
        if (isfinite(value) && !(answer->found && answer->value <= value)) {
            answer->found = true;
            answer->value = value;
            answer->open = open;
            answer->open_count = count;
        }
    }
    if (none && !answer->found) answer->proven = true;
    bool raised = bound * TRUST > answer->bound;
    if (raised) answer->bound = fmin(bound * TRUST, answer->value);
    return raised;
}

err glpk_improve(const struct invocation *in, const struct plan_problem *q, double seconds, double gap,
                 struct plan_answer *answer, bool *raised) {
    char folder[] = "/tmp/tram-glpk-XXXXXX";
    str model, solution = STR_NONE;
    double bound = NAN;
    TRY(plan_model(in->arena, q, &model));
    if (!mkdtemp(folder)) return err_make(in->arena, ERR_IO, NULL, "no folder for the model: %s", strerror(errno));
    char *model_file = str_z(in->arena, str_format(in->arena, "%s/model", folder)),
         *plan_file = str_z(in->arena, str_format(in->arena, "%s/plan", folder));
    FILE *f = fopen(model_file, "w");
    bool written = f && fwrite(model.at, 1, model.len, f) == model.len;
    if (f && fclose(f)) written = false;
    err e = written ? run(in, folder, seconds, gap, &bound)
                    : err_make(in->arena, ERR_IO, NULL, "cannot write the model: %s", strerror(errno));
    if (!e.code && access(plan_file, R_OK) == 0) e = read_input(in->arena, plan_file, &solution);
    unlink(model_file), unlink(plan_file), rmdir(folder);
    if (e.code) return e;
    *raised = take(in, q, solution, bound, answer);
    answer->gap = answer->found ? (answer->value > 0 ? (answer->value - answer->bound) / answer->value : 0) : INFINITY;
    if (answer->found) answer->proven = answer->gap <= fmax(gap, 5e-7);
    return OK_ERR;
}
