/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads the embedded tables of data/prescribing into the structs of rules.h.
 */
#include "catalogue.h"

#include "base/csv.h"
#include "base/data.h"
#include "base/fold.h"
#include "base/log.h"

#include <pthread.h>

enum { FIELDS_MOST = 20 };

typedef void take_row(struct arena *a, struct prescribing_tables *t, const str *f);

static int64_t number(str s) {
    int64_t n;
    if (!str_int64(s, &n)) panic("data/prescribing: %.*s is no whole number", STR_ARG(s));
    return n;
}

static struct validity validity(str from, str to) {
    struct validity v = {DAY_NONE, DAY_NONE};
    if (from.len && !day_parse(from, &v.from)) panic("data/prescribing: %.*s is no day", STR_ARG(from));
    if (to.len && !day_parse(to, &v.to)) panic("data/prescribing: %.*s is no day", STR_ARG(to));
    return v;
}

/* number,group,condition,codes,except,valid_from,valid_to,source */
static void take_long_supply(struct arena *a, struct prescribing_tables *t, const str *f) {
    VEC_PUSH(a, &t->long_supply, (struct long_supply){number(f[0]), f[2], f[3], f[4], validity(f[5], f[6])});
}

/* what,kind,diagnoses,value,valid_from,valid_to,source */
static void take_limit(struct arena *a, struct prescribing_tables *t, const str *f) {
    if (str_is(f[0], "days"))
        VEC_PUSH(a, &t->limits, (struct supply_limit){f[1].at[0], f[2], number(f[3]), validity(f[4], f[5]), f[6]});
    else
        VEC_PUSH(a, &t->numbers, (struct number_of_law){f[0], number(f[3]), validity(f[4], f[5])});
}

/* substance,substance_vi,atc,kind,combinations_to,verified,valid_from,valid_to,source */
static void take_controlled(struct arena *a, struct prescribing_tables *t, const str *f) {
    struct rational up_to = f[4].len ? rational_read(str_slice(f[4], 0, str_find(f[4], ' '))) : RATIONAL_NONE;
    VEC_PUSH(a, &t->controlled, (struct controlled){f[0], f[1], f[2], f[3].at[0], str_is(f[5], "yes"), up_to, validity(f[6], f[7])});
}

/* a,b,vi,en,source */
static void take_interaction(struct arena *a, struct prescribing_tables *t, const str *f) {
    VEC_PUSH(a, &t->interactions, (struct interaction){f[0], f[1], f[2], f[3]});
}

/* word,atc */
static void take_allergy_group(struct arena *a, struct prescribing_tables *t, const str *f) {
    VEC_PUSH(a, &t->allergy_groups, (struct allergy_group){f[0], f[1]});
}

/* code,name,name_en,atc,strength,form,unit,dose_unit,content,route,usual_dose,usual_times,programme,valid_from,valid_to,source */
static void take_medicine(struct arena *a, struct prescribing_tables *t, const str *f) {
    struct medicine m = {.code = f[0], .name = f[1], .name_en = f[2], .atc = f[3], .strength = f[4], .form = f[5], .unit = f[6],
                         .dose_unit = f[7], .content = rational_read(f[8]), .route = f[9], .usual_dose = rational_read(f[10]),
                         .usual_times = rational_read(f[11]), .programme = f[12], .valid = validity(f[13], f[14]), .source = f[15]};
    if (!rational_is(m.content) || !m.content.n) panic("data/prescribing/medicines.csv: content of %.*s", STR_ARG(m.code));
    VEC_PUSH(a, &t->medicines, m);
}

static void read_table(struct arena *a, struct prescribing_tables *t, const char *file, size_t columns, take_row *take) {
    struct csv csv = {.rest = data_file(file)};
    str fields[FIELDS_MOST];
    size_t count;
    bool row, head = true;
    if (!csv.rest.len) panic("the table %s is not there", file);
    for (;; head = false) {
        err e = csv_row(&csv, a, fields, FIELDS_MOST, &count, &row);
        if (e.code || (row && count != columns)) panic("%s, line %u: %zu fields, not %zu", file, csv.line, count, columns);
        if (!row) return;
        if (!head) take(a, t, fields);
    }
}

static struct prescribing_tables tables;

static void read_tables(void) {
    struct arena *a = tables.arena = arena_new();
    read_table(a, &tables, "prescribing/long-supply.csv", 8, take_long_supply);
    read_table(a, &tables, "prescribing/limits.csv", 7, take_limit);
    read_table(a, &tables, "prescribing/controlled.csv", 9, take_controlled);
    read_table(a, &tables, "prescribing/interactions.csv", 5, take_interaction);
    read_table(a, &tables, "prescribing/allergy-groups.csv", 2, take_allergy_group);
    read_table(a, &tables, "prescribing/medicines.csv", 16, take_medicine);
    tables.by_group[0] = (struct controlled){.substance = STR("narcotic"), .substance_vi = STR("thuốc gây nghiện"), .kind = FORM_NARCOTIC, .verified = true};
    tables.by_group[1] = (struct controlled){.substance = STR("psychotropic or precursor"), .substance_vi = STR("thuốc hướng thần, tiền chất"),
                                             .kind = FORM_PSYCHOTROPIC, .verified = true};
}

const struct prescribing_tables *prescribing_tables(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, read_tables);
    return &tables;
}

/* ---- the imported list --------------------------------------------------------------------------------------------------- */

/* The columns of the list of medicines (codes/list.c), in their order. */
enum { M_CODE, M_NAME, M_NAME_EN, M_ATC, M_STRENGTH, M_FORM, M_UNIT, M_DOSE_UNIT, M_CONTENT, M_ROUTE, M_USUAL_DOSE, M_USUAL_TIMES, M_PROGRAMME, M_GROUP };

/* A list of a station says nothing of programmes: a substance that the program's own catalogue has in one is of it. */
static str programme_of(const struct medicine *m) {
    const struct prescribing_tables *own = prescribing_tables();
    for (size_t i = 0; i < own->medicines.len && !m->programme.len && m->atc.len; i++)
        if (own->medicines.at[i].programme.len && str_eq(own->medicines.at[i].atc, m->atc)) return own->medicines.at[i].programme;
    return m->programme;
}

static struct medicine imported(const struct code_row *row) {
    const str *f = row->at;
    struct medicine m = {.code = f[M_CODE], .name = f[M_NAME], .name_en = f[M_NAME_EN], .atc = f[M_ATC], .strength = f[M_STRENGTH], .form = f[M_FORM],
                         .unit = f[M_UNIT], .dose_unit = f[M_DOSE_UNIT], .content = rational_read(f[M_CONTENT]), .route = f[M_ROUTE],
                         .usual_dose = rational_read(f[M_USUAL_DOSE]), .usual_times = rational_read(f[M_USUAL_TIMES]), .programme = f[M_PROGRAMME],
                         .valid = {DAY_NONE, DAY_NONE}};
    m.programme = programme_of(&m);
    m.group = str_is(f[M_GROUP], "n") || str_is(f[M_GROUP], "h") ? f[M_GROUP].at[0] : 0;
    return m;
}

static void *with_medicines(const struct code_table *list) {
    struct arena *a = arena_new();
    struct prescribing_tables *t = ARENA_NEW(a, struct prescribing_tables);
    *t = *prescribing_tables();
    t->arena = a;
    t->medicines.at = NULL;
    t->medicines.len = t->medicines.cap = 0;
    for (size_t i = 0; i < list->len; i++) {
        const struct medicine *ours = list->at[i].outside ? medicine_find(prescribing_tables(), list->at[i].row->at[M_CODE]) : NULL;
        struct medicine m = ours ? *ours : imported(list->at[i].row);
        if (ours) m.valid.to = 0; /* never offered */
        VEC_PUSH(a, &t->medicines, m);
    }
    return t;
}

err prescribing_tables_on(struct reader *r, struct arena *a, int32_t on, const struct prescribing_tables **out) {
    struct code_table *list;
    TRY(code_table_on(r, a, LIST_MEDICINE, on, &list));
    *out = list->version.len ? code_table_derive(list, with_medicines) : prescribing_tables();
    return OK_ERR;
}

/* ---- search ----------------------------------------------------------------------------------------------------------- */

/* Every typed word begins a word of the text: both folded. */
static bool words_match(str typed, str text) {
    str rest = typed, word;
    while (str_split(&rest, ' ', &word)) {
        bool found = false;
        for (size_t i = 0; i + word.len <= text.len && !found; i++)
            found = (i == 0 || text.at[i - 1] == ' ' || text.at[i - 1] == '(') && str_starts(str_slice(text, i, text.len), word);
        if (!found) return false;
    }
    return true;
}

size_t medicines_search(const struct prescribing_tables *t, struct arena *a, str typed, int32_t on, const struct medicine **out, size_t most) {
    str wanted = text_fold(a, str_trim(typed));
    size_t n = 0;
    for (size_t i = 0; i < t->medicines.len && n < most; i++) {
        const struct medicine *m = &t->medicines.at[i];
        str text = str_format(a, "%.*s %.*s %.*s %.*s", STR_ARG(m->name), STR_ARG(m->strength), STR_ARG(m->name_en), STR_ARG(m->atc));
        if (valid_on(m->valid, on) && (!wanted.len || words_match(wanted, text_fold(a, text)))) out[n++] = m;
    }
    return n;
}
