/* SPDX-License-Identifier: GPL-3.0-or-later
 * Any text as a question about sites: refused with a word in both languages, or a plan that is allowed and not below
 * its bound.
 */
#include "plan/read.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A clock that goes on by itself: the limit counts the looks at it. */
static double ticks(void *user) {
    static double t;
    (void)user;
    return t += 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a;
    if (!a) a = arena_new();
    arena_reset(a);
    str text = {(const char *)data, size};
    struct plan_file f;
    struct plan_answer r;
    err e = plan_read(a, text, &f);
    if (e.code) {
        if (!e.detail.len || !e.vietnamese.len) abort();
        return 0;
    }
    struct plan_problem *q = &f.problem;
    if ((size_t)q->clients * q->sites > 400) return 0;
    if (!q->p) q->p = 1;
    q->budget = INFINITY;
    struct plan_options o = {.now = ticks, .time_limit = 200, .seed = 1};
    e = plan_solve(a, q, &o, &r);
    if (e.code ? !e.vietnamese.len
               : r.found && (r.value < r.bound * (1 - 1e-5) - 1e-3 || !plan_allowed(a, q, r.open, r.open_count, &text)))
        abort();
    return 0;
}
