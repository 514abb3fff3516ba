/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Known defects of CDC's published data (4.64), corrected while reading. Each row says what CDC's own texts intend and
 * the rows do not say; none knows a test case. `as_published` leaves them out. When CDC publishes the missing rows,
 * ours become repetitions without effect and can go.
 */
#include "cdsi.h"

/* The observation dictionary has an indication text for these groups of health workers, their neighbours (232-234,
 * 236-239) are named by the series, they are not. */
static const struct {
    const char *antigen, *series, *observation, *from;
} extra[] = {
    {"Orthopoxvirus", "Orthopoxvirus risk more virulent 2-dose series", "235", "18y"},
    {"Orthopoxvirus", "Orthopoxvirus risk less virulent 2-dose series", "240", "18y"},
};

/* The name says 2-23 month, the neighbour series start at 2 years; the row has no last age to start. */
static const struct {
    const char *antigen, *series, *maximum;
} starts[] = {
    {"Meningococcal", "Meningococcal ACWY risk 2-23 month", "24m"},
};

void cdsi_extra_indications(bool as_published, str antigen, str series, struct buf *rows) {
    for (size_t i = 0; !as_published && i < sizeof extra / sizeof *extra; i++)
        if (str_is(antigen, extra[i].antigen) && str_is(series, extra[i].series))
            buf_addf(rows, "%s{\"obs\": \"%s\", \"age\": [\"%s\", null], \"note\": \"correction of the published data\"}",
                     rows->len ? ", " : "", extra[i].observation, extra[i].from);
}

str cdsi_start_maximum(bool as_published, str antigen, str series, str published) {
    for (size_t i = 0; !as_published && !published.len && i < sizeof starts / sizeof *starts; i++)
        if (str_is(antigen, starts[i].antigen) && str_is(series, starts[i].series)) return str_of(starts[i].maximum);
    return published;
}
