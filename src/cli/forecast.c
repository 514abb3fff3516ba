/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * tram forecast: immunisation forecasts for patients given as lines of JSON. Needs no node.
 */
#include "cli.h"

#include "base/date.h"
#include "immunisation/immunisation.h"

#include <stdio.h>

int command_forecast(struct invocation *in) {
    const char *on = option_value(in, "on"), *convert = option_value(in, "convert");
    struct forecast_options o = {.schedule = str_of(option_value(in, "schedule")),
                                 .compare = in->count ? str_of(in->arguments[1]) : STR_NONE,
                                 .on_day = DAY_NONE,
                                 .today = day_today(),
                                 .explain = option_value(in, "explain") != NULL,
                                 .as_published = option_value(in, "as-published") != NULL};
    if (on && !day_parse(str_of(on), &o.on_day))
        return fail(in, err_make(in->arena, ERR_USAGE, NULL, "--on wants a day YYYY-MM-DD, not '%s'", on));
    if (convert) {
        str text;
        err e = schedule_from_cdsi(in->arena, str_of(convert), &text);
        return e.code ? fail(in, e) : print(in, text, EXIT_DONE);
    }
    bool compare = option_value(in, "compare") != NULL;
    if (in->count != (compare ? 2u : 0u))
        return fail(in, err_make(in->arena, ERR_USAGE, NULL, "--compare wants two schedules: tram forecast --compare OLD NEW"));
    if (compare) o.schedule = str_of(in->arguments[0]);
    err e = forecast_stream(in->arena, &o, stdin, stdout);
    if (!e.code && fflush(stdout) != 0) e = err_make(in->arena, ERR_IO, NULL, "cannot write the answer");
    return e.code ? fail(in, e) : EXIT_DONE;
}
