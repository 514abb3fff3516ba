/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small command around forecast_stream for the tests of the immunisation room:
 *   driver --schedule PATH [--on DATE] [--explain] [--compare PATH] [--as-published] [--convert FOLDER] < patients
 */
#include "base/date.h"
#include "immunisation/immunisation.h"

#include <string.h>

int main(int argc, char **argv) {
    struct arena *a = arena_new();
    struct forecast_options o = {.on_day = DAY_NONE, .today = (int32_t)(clock_now_ms() / 86400000)};
    const char *convert = NULL;
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (!strcmp(argv[i], "--schedule")) o.schedule = str_of(next), i++;
        else if (!strcmp(argv[i], "--compare")) o.compare = str_of(next), i++;
        else if (!strcmp(argv[i], "--convert")) convert = next, i++;
        else if (!strcmp(argv[i], "--on") && day_parse(str_of(next), &o.on_day)) i++;
        else if (!strcmp(argv[i], "--explain")) o.explain = true;
        else if (!strcmp(argv[i], "--as-published")) o.as_published = true;
        else return fprintf(stderr, "unknown option %s\n", argv[i]), 2;
    }
    err e;
    if (convert) {
        str text;
        e = schedule_from_cdsi(a, str_of(convert), &text);
        if (!e.code) fwrite(text.at, 1, text.len, stdout);
    } else {
        e = forecast_stream(a, &o, stdin, stdout);
    }
    if (e.code) fprintf(stderr, "%.*s\n", STR_ARG(e.detail));
    int code = e.code ? err_exit(e.code) : 0;
    arena_free(a);
    return code;
}
