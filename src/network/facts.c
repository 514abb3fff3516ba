/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published table of a province, read from the program itself.
 */
#include "network.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/vec.h"

static int64_t number(str s) {
    int64_t n;
    return str_int64(s, &n) ? n : -1;
}

err network_facts(struct arena *a, str province, struct place_facts *out) {
    static const char *const files[][2] = {{"11", "network/11-dien-bien.csv"}};
    str text = STR_NONE;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (str_is(province, files[i][0])) text = data_file(files[i][1]);
    if (!text.len) return err_make(a, ERR_NOT_FOUND, "province", "no table of province %.*s", STR_ARG(province));
    *out = (struct place_facts){0};
    struct csv csv = {.rest = text};
    str f[13];
    size_t n;
    bool row;
    TRY(csv_row(&csv, a, f, 13, &n, &row)); /* header */
    for (;;) {
        TRY(csv_row(&csv, a, f, 13, &n, &row));
        if (!row) return OK_ERR;
        if (n != 13) return err_make(a, ERR_INVALID, "province", "line %u has %zu fields", csv.line, n);
        struct place_fact p = {.kind = place_kind_of(f[0]),
                               .code = f[1],
                               .parent = f[2],
                               .name = f[3],
                               .population = number(f[4]),
                               .census_2019 = number(f[5]),
                               .urban_2019 = number(f[6]),
                               .households_2019 = number(f[7]),
                               .latitude = f[8],
                               .longitude = f[9],
                               .district = f[10],
                               .site = place_kind_of(f[11]),
                               .note = f[12]};
        if (p.kind == PLACE_COMMUNE && str_starts(p.name, STR("Phường "))) p.kind = PLACE_WARD;
        VEC_PUSH(a, out, p);
    }
}
