/* SPDX-License-Identifier: GPL-3.0-or-later
 * Any text as a question about rounds: refused with a word, or a plan that is allowed.
 */
#include "rounds/read.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct arena *a;
    if (!a) a = arena_new();
    arena_reset(a);
    str text = {(const char *)data, size};
    struct rounds_file f;
    struct rounds_answer r;
    err e = rounds_read(a, text, &f);
    if (!e.code && f.problem.stops > 60) return 0;
    if (!e.code) e = rounds_times(a, &f, STR_NONE, TRAVEL_ANY);
    struct rounds_options o = {.tries = 100, .seed = 1};
    if (!e.code) e = rounds_solve(a, &f.problem, &o, &r);
    if (e.code ? !e.detail.len : !rounds_allowed(a, &f.problem, &r, &text)) abort();
    return 0;
}
