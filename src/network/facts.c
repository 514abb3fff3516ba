/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The published tables of a province, read from the program itself: places, and what was decided about them.
 */
#include "network.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/date.h"
#include "base/map.h"
#include "base/vec.h"

#include <stdlib.h>

const char *const network_provinces[] = {"11", "12", "14", "22", NULL};

static int64_t number(str s) {
    int64_t n;
    return str_int64(s, &n) ? n : -1;
}

err network_facts(struct arena *a, str province, struct place_facts *out) {
    static const char *const files[] = {"network/11-dien-bien.csv", "network/12-lai-chau.csv", "network/14-son-la.csv",
                                        "network/22-quang-ninh.csv"};
    str text = STR_NONE;
    for (size_t i = 0; network_provinces[i]; i++)
        if (str_is(province, network_provinces[i])) text = data_file(files[i]);
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
        if (p.kind == PLACE_COMMUNE && str_starts(p.name, STR("Đặc khu "))) p.kind = PLACE_SPECIAL_ZONE;
        VEC_PUSH(a, out, p);
    }
}

/* ---- decisions --------------------------------------------------------------------------------------------------- */

static int32_t day_or_none(str s) {
    int32_t day;
    return day_parse(s, &day) ? day : DAY_FIRST;
}

static err read_decisions(struct arena *a, str province, struct decisions *out) {
    struct csv csv = {.rest = data_file("network/decisions.csv")};
    str f[11];
    size_t n;
    bool row;
    TRY(csv_row(&csv, a, f, 11, &n, &row)); /* header */
    for (;;) {
        TRY(csv_row(&csv, a, f, 11, &n, &row));
        if (!row) return OK_ERR;
        if (n != 11) return err_make(a, ERR_INVALID, "decisions.csv", "line %u has %zu fields", csv.line, n);
        if (!str_eq(f[1], province)) continue;
        struct decision d = {.id = str_format(a, "decision-%.*s", STR_ARG(f[0])),
                             .province = str_format(a, "province-%.*s", STR_ARG(province)),
                             .number = f[2],
                             .signed_on = day_or_none(f[3]),
                             .effective_on = day_or_none(f[4]),
                             .operational_on = DAY_FIRST,
                             .recorded_on = day_or_none(f[5]),
                             .authority = f[6],
                             .assumed = str_is(f[7], "assumed"),
                             .title = f[8],
                             .certainty_note = f[10],
                             .status = DECISION_SIGNED};
        str basis = f[9], part;
        while (basis.len && str_split(&basis, '|', &part)) VEC_PUSH(a, &d.legal_basis, part);
        VEC_PUSH(a, out, d);
    }
}

enum {
    F_DECISION,
    F_KIND,
    F_PLACE,
    F_TARGET,
    F_PLACE_KIND,
    F_NAME,
    F_CODE,
    F_PARENT,
    F_ROLE,
    F_MANAGER,
    F_DIRECTOR,
    F_INSURER,
    F_RECEIVER,
    F_REASON,
    F_COUNT
};

static void read_places(struct arena *a, const str *f, struct operation *o) {
    str rest = f[F_PLACE], word;
    while (rest.len && str_split(&rest, ' ', &word)) VEC_PUSH(a, &o->places, word);
    rest = f[F_TARGET];
    if (o->kind != OPERATION_SPLIT) o->target = rest;
    while (o->kind == OPERATION_SPLIT && rest.len && str_split(&rest, ' ', &word)) {
        size_t colon = str_find(word, ':');
        struct share s = {str_slice(word, 0, colon), strtod(str_z(a, str_slice(word, colon + 1, word.len)), NULL)};
        VEC_PUSH(a, &o->parts, s);
    }
    rest = f[F_RECEIVER];
    while (rest.len && str_split(&rest, ' ', &word)) {
        size_t equals = str_find(word, '=');
        struct receiver r = {str_slice(word, 0, equals), str_slice(word, equals + 1, word.len)};
        VEC_PUSH(a, &o->receivers, r);
    }
}

/* A transfer without target goes to the People's Committee of each place's commune: "station-03130" → that of its
 * former commune. */
static void committees(struct arena *a, const struct place_facts *facts, struct operation *o) {
    for (size_t i = 0; i < o->places.len; i++) {
        str committee = STR_NONE;
        for (size_t k = 0; k < facts->len && !committee.len; k++) {
            const struct place_fact *f = &facts->at[k];
            str station = f->kind == PLACE_FORMER_COMMUNE ? str_format(a, "station-%.*s", STR_ARG(f->code)) : f->code,
                code = f->parent;
            if (!str_eq(station, o->places.at[i])) continue;
            for (size_t m = 0; f->kind == PLACE_POINT && m < facts->len; m++)
                if (facts->at[m].kind == PLACE_FORMER_COMMUNE && str_eq(facts->at[m].code, f->parent))
                    code = facts->at[m].parent;
            committee = str_format(a, "committee-%.*s", STR_ARG(code));
        }
        struct share s = {committee, 1};
        VEC_PUSH(a, &o->parts, s);
    }
}

static err read_operations(struct arena *a, str province, const struct place_facts *facts, struct decisions *out) {
    struct csv csv = {.rest = data_file(str_z(a, str_format(a, "network/%.*s-operations.csv", STR_ARG(province))))};
    str f[F_COUNT];
    size_t n, d;
    bool row;
    TRY(csv_row(&csv, a, f, F_COUNT, &n, &row)); /* header */
    for (;;) {
        TRY(csv_row(&csv, a, f, F_COUNT, &n, &row));
        if (!row) return OK_ERR;
        if (n != F_COUNT) return err_make(a, ERR_INVALID, "operations.csv", "line %u has %zu fields", csv.line, n);
        struct operation o = {.kind = operation_kind_of(f[F_KIND]),
                              .place_kind = place_kind_of(f[F_PLACE_KIND]),
                              .name = f[F_NAME],
                              .code = f[F_CODE],
                              .parent = f[F_PARENT],
                              .manager = f[F_MANAGER],
                              .director = f[F_DIRECTOR],
                              .insurer = f[F_INSURER],
                              .reason = f[F_REASON],
                              .from = DAY_FIRST,
                              .until = DAY_FIRST,
                              .has_role = f[F_ROLE].len > 0,
                              .role = hierarchy_of(f[F_ROLE])};
        str id = str_format(a, "decision-%.*s", STR_ARG(f[F_DECISION]));
        for (d = 0; d < out->len && !str_eq(out->at[d].id, id);) d++;
        if (d == out->len || o.kind == OPERATION_KIND_COUNT || (o.has_role && o.role == HIERARCHY_COUNT))
            return err_make(a, ERR_INVALID, "operations.csv", "line %u: unknown decision, kind or role", csv.line);
        read_places(a, f, &o);
        if (o.kind == OPERATION_TRANSFER_MANAGEMENT && !o.target.len) committees(a, facts, &o);
        VEC_PUSH(a, &out->at[d].operations, o);
    }
}

static int by_law(const void *x, const void *y) { return decision_compare(x, y); }

err network_fact_decisions(struct arena *a, str province, struct decisions *out) {
    struct place_facts facts;
    *out = (struct decisions){0};
    TRY(network_facts(a, province, &facts));
    TRY(read_decisions(a, province, out));
    TRY(read_operations(a, province, &facts, out));
    if (out->len > 1) qsort(out->at, out->len, sizeof *out->at, by_law);
    return OK_ERR;
}
