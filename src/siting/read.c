/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question from the planner's own tables: sites and villages in CSV (columns by name, in any order), a travel matrix,
 * a proposal in JSON. What is wrong is named with file and line; an empty field is "not known", never a zero.
 */
#include "siting.h"

#include "base/csv.h"
#include "base/json.h"
#include "base/map.h"
#include "base/vec.h"

#include <math.h>

enum { MOST_COLUMNS = 40 };

/* ---- one table ------------------------------------------------------------------------------------------------------- */

struct table {
    struct arena *arena;
    const char *file;
    struct csv csv;
    const char *const *names; /* known columns, NULL at the end */
    size_t column[MOST_COLUMNS]; /* of each known name, SIZE_MAX = not in the file */
    str field[MOST_COLUMNS];
    size_t width;
};

static err wrong(const struct table *t, const char *what, str text) {
    return err_make(t->arena, ERR_INVALID, t->file, "line %u: %s: \"%.*s\"", t->csv.line, what, STR_ARG(text));
}

static err read_header(struct table *t, size_t needed) {
    bool row;
    TRY(csv_row(&t->csv, t->arena, t->field, MOST_COLUMNS, &t->width, &row));
    if (!row) return err_make(t->arena, ERR_INVALID, t->file, "the file is empty");
    for (size_t n = 0; n < MOST_COLUMNS; n++) t->column[n] = SIZE_MAX;
    for (size_t k = 0; k < t->width; k++) {
        size_t n = 0;
        str name = str_trim(t->field[k]);
        while (t->names[n] && !str_is(name, t->names[n])) n++;
        if (!t->names[n]) return wrong(t, "unknown column", name);
        if (t->column[n] != SIZE_MAX) return wrong(t, "column twice", name);
        t->column[n] = k;
    }
    for (size_t n = 0; n < needed; n++)
        if (t->column[n] == SIZE_MAX) return err_make(t->arena, ERR_INVALID, t->file, "line %u: column %s is missing", t->csv.line, t->names[n]);
    return OK_ERR;
}

static err next_row(struct table *t, bool *row) {
    size_t n;
    TRY(csv_row(&t->csv, t->arena, t->field, MOST_COLUMNS, &n, row));
    if (*row && n != t->width) return err_make(t->arena, ERR_INVALID, t->file, "line %u: %zu fields, the header has %zu", t->csv.line, n, t->width);
    return OK_ERR;
}

static str field_of(const struct table *t, size_t n) { return t->column[n] == SIZE_MAX ? STR_NONE : str_trim(t->field[t->column[n]]); }

static err number_of(const struct table *t, size_t n, double least, double most, double *out) {
    str s = field_of(t, n);
    *out = NAN;
    if (!s.len) return OK_ERR;
    if (!str_number(s, out)) return err_make(t->arena, ERR_INVALID, t->file, "line %u: %s is not a number: \"%.*s\"", t->csv.line, t->names[n], STR_ARG(s));
    if (*out < least || *out > most)
        return err_make(t->arena, ERR_INVALID, t->file, "line %u: %s is %.10g, not from %g to %g", t->csv.line, t->names[n], *out, least, most);
    return OK_ERR;
}

/* Index of the field among the words; an empty field is 0. */
static err word_of(const struct table *t, size_t n, const char *const *words, int *out) {
    str s = field_of(t, n);
    *out = 0;
    if (!s.len) return OK_ERR;
    for (int k = 0; words[k]; k++)
        if (str_is(s, words[k])) {
            *out = k;
            return OK_ERR;
        }
    struct buf all = buf_new(t->arena);
    for (int k = 0; words[k]; k++)
        if (*words[k]) buf_addf(&all, "%s%s", all.len ? ", " : "", words[k]);
    return err_make(t->arena, ERR_INVALID, t->file, "line %u: %s is one of %.*s, not \"%.*s\"", t->csv.line, t->names[n], STR_ARG(buf_str(&all)), STR_ARG(s));
}

static const char *const yes_words[] = {"", "no", "yes", NULL};
static const char *const land_words[] = {"valley", "hill", "high-mountain", "footpath", NULL};
static const char *const today_words[] = {"station", "point", "none", NULL};

static err answer_of(const struct table *t, size_t n, enum siting_answer_word *out) {
    int k;
    TRY(word_of(t, n, yes_words, &k));
    *out = (enum siting_answer_word)k;
    return OK_ERR;
}

/* Both or none of latitude and longitude. */
static err place_of(const struct table *t, size_t latitude, size_t longitude, struct coordinates *at, bool *placed) {
    TRY(number_of(t, latitude, -90, 90, &at->latitude));
    TRY(number_of(t, longitude, -180, 180, &at->longitude));
    *placed = !isnan(at->latitude) && !isnan(at->longitude);
    if (*placed || (isnan(at->latitude) && isnan(at->longitude))) return OK_ERR;
    return err_make(t->arena, ERR_INVALID, t->file, "line %u: only one of latitude and longitude is given", t->csv.line);
}

static err land_of(const struct table *t, size_t n, enum travel_land *out) {
    int k;
    TRY(word_of(t, n, land_words, &k));
    *out = field_of(t, n).len ? (enum travel_land)k : TRAVEL_HILL;
    return OK_ERR;
}

static str without_mark(str s) { return str_starts(s, STR("\xEF\xBB\xBF")) ? str_slice(s, 3, s.len) : s; }

/* ---- sites ----------------------------------------------------------------------------------------------------------- */

enum { S_CODE, S_NAME, S_COMMUNE, S_COMMUNE_NAME, S_LATITUDE, S_LONGITUDE, S_LAND, S_TODAY, S_BESIDE, S_FUNCTIONING, S_WET_ROAD, S_POWER, S_WATER,
       S_INTERNET, S_ROAD_MINUTES, S_GRADE, S_ROOMS, S_LAND_M2, S_DOCTORS, S_MIDWIVES, S_ASSISTANTS, S_COST, S_REPAIR, S_ROUND, S_MEETING_POINT };
static const char *const site_columns[] = {"code", "name", "commune", "commune_name", "latitude", "longitude", "land", "today", "beside", "functioning",
                                           "wet_road", "power", "water", "internet", "road_minutes", "grade", "rooms", "land_m2", "doctors", "midwives",
                                           "assistants", "cost", "repair", "round", "meeting_point", NULL};

static err read_numbers(const struct table *t, struct siting_site *s) {
    const struct { size_t n; double least, most, *out; } numbers[] = {
        {S_ROAD_MINUTES, 0, 1e5, &s->road_minutes}, {S_GRADE, 1, 3, &s->grade}, {S_ROOMS, 0, 1e4, &s->rooms}, {S_LAND_M2, 0, 1e7, &s->land_m2},
        {S_DOCTORS, 0, 1e3, &s->doctors}, {S_MIDWIVES, 0, 1e3, &s->midwives}, {S_ASSISTANTS, 0, 1e3, &s->assistants}, {S_COST, 0, 1e18, &s->cost}};
    const struct { size_t n; enum siting_answer_word *out; } answers[] = {
        {S_FUNCTIONING, &s->functioning}, {S_WET_ROAD, &s->wet_road}, {S_POWER, &s->power}, {S_WATER, &s->water}, {S_INTERNET, &s->internet}, {S_REPAIR, &s->repair}};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) TRY(number_of(t, numbers[k].n, numbers[k].least, numbers[k].most, numbers[k].out));
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++) TRY(answer_of(t, answers[k].n, answers[k].out));
    return OK_ERR;
}

static err read_site(const struct table *t, struct siting_site *s) {
    int today, beside;
    *s = (struct siting_site){.code = field_of(t, S_CODE), .name = field_of(t, S_NAME)};
    if (!s->code.len) return wrong(t, "no code", s->name);
    TRY(place_of(t, S_LATITUDE, S_LONGITUDE, &s->at, &s->placed));
    TRY(land_of(t, S_LAND, &s->land));
    TRY(word_of(t, S_TODAY, today_words, &today));
    TRY(word_of(t, S_BESIDE, yes_words, &beside));
    s->today = (enum siting_kind)today;
    s->station_today = SITING_NO_SITE;
    s->beside = beside == SITING_YES;
    return read_numbers(t, s);
}

static err read_sites(struct arena *a, str text, struct map *communes, struct siting_problem *q) {
    struct table t = {.arena = a, .file = "sites", .csv = {.rest = text}, .names = site_columns};
    VEC(struct siting_site) site = {0};
    VEC(struct siting_commune) commune = {0};
    struct map seen = map_new(a);
    TRY(read_header(&t, 3));
    for (;;) {
        bool row;
        struct siting_site s;
        TRY(next_row(&t, &row));
        if (!row) break;
        TRY(read_site(&t, &s));
        if (!map_put(&seen, s.code, &site)) return wrong(&t, "code given before", s.code);
        str code = field_of(&t, S_COMMUNE), name = field_of(&t, S_COMMUNE_NAME);
        if (!code.len) return wrong(&t, "no commune", s.code);
        uintptr_t at = (uintptr_t)map_get(communes, code);
        if (!at) {
            VEC_PUSH(a, &commune, (struct siting_commune){code, name.len ? name : code});
            map_put(communes, code, (void *)(at = commune.len));
        }
        s.commune = (uint32_t)at - 1;
        VEC_PUSH(a, &site, s);
    }
    if (!site.len) return err_make(a, ERR_INVALID, "sites", "the file has no rows");
    q->site = site.at, q->sites = (uint32_t)site.len;
    q->commune = commune.at, q->communes = (uint32_t)commune.len;
    return OK_ERR;
}

/* One row of a survey: what its fields hold replaces what was known of the site. */
static err apply_survey(const struct table *t, struct siting_site *s) {
    struct siting_site found = {.road_minutes = NAN, .grade = NAN, .rooms = NAN, .land_m2 = NAN, .doctors = NAN, .midwives = NAN, .assistants = NAN, .cost = NAN};
    TRY(read_numbers(t, &found));
    const struct { double from, *to; } numbers[] = {{found.road_minutes, &s->road_minutes}, {found.grade, &s->grade}, {found.rooms, &s->rooms}, {found.land_m2, &s->land_m2},
                                                    {found.doctors, &s->doctors}, {found.midwives, &s->midwives}, {found.assistants, &s->assistants}, {found.cost, &s->cost}};
    const struct { enum siting_answer_word from, *to; } answers[] = {{found.functioning, &s->functioning}, {found.wet_road, &s->wet_road}, {found.power, &s->power},
                                                                     {found.water, &s->water}, {found.internet, &s->internet}, {found.repair, &s->repair}};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (!isnan(numbers[k].from)) *numbers[k].to = numbers[k].from;
    for (size_t k = 0; k < sizeof answers / sizeof *answers; k++)
        if (answers[k].from != SITING_UNKNOWN) *answers[k].to = answers[k].from;
    if (field_of(t, S_LATITUDE).len || field_of(t, S_LONGITUDE).len) TRY(place_of(t, S_LATITUDE, S_LONGITUDE, &s->at, &s->placed));
    return OK_ERR;
}

/* Rounds come to people: to the village of the site's code, where there is one. */
static err apply_round(const struct table *t, str code, struct siting_problem *q) {
    enum siting_answer_word round;
    TRY(answer_of(t, S_ROUND, &round));
    for (uint32_t i = 0; i < q->villages && round != SITING_UNKNOWN; i++)
        if (str_eq(q->village[i].code, code)) q->village[i].round = round == SITING_YES;
    return OK_ERR;
}

err siting_survey(struct arena *a, str text, struct siting_problem *q) {
    struct table t = {.arena = a, .file = "survey", .csv = {.rest = without_mark(text)}, .names = site_columns};
    struct map site = map_new(a), seen = map_new(a);
    for (uint32_t j = 0; j < q->sites; j++) map_put(&site, q->site[j].code, &q->site[j]);
    TRY(read_header(&t, 1));
    for (;;) {
        bool row;
        TRY(next_row(&t, &row));
        if (!row) return OK_ERR;
        str code = field_of(&t, S_CODE);
        struct siting_site *s = map_get(&site, code);
        if (!s) return wrong(&t, "no site has this code", code);
        if (!map_put(&seen, code, s)) return wrong(&t, "code given before", code);
        TRY(apply_survey(&t, s));
        TRY(apply_round(&t, code, q));
    }
}

/* ---- villages -------------------------------------------------------------------------------------------------------- */

enum { V_CODE, V_NAME, V_COMMUNE, V_PEOPLE, V_GROUP, V_LATITUDE, V_LONGITUDE, V_LAND, V_ROUND, V_AREA };
static const char *const village_columns[] = {"code", "name", "commune", "people", "group", "latitude", "longitude", "land", "round", "area_km2", NULL};

static err read_village(const struct table *t, const struct map *communes, struct siting_village *v) {
    int round;
    str commune = field_of(t, V_COMMUNE);
    uintptr_t at = (uintptr_t)map_get(communes, commune);
    *v = (struct siting_village){.code = field_of(t, V_CODE), .name = field_of(t, V_NAME), .group = field_of(t, V_GROUP)};
    if (!v->code.len) return wrong(t, "no code", v->name);
    if (!at) return wrong(t, "no site is in this commune", commune);
    v->commune = (uint32_t)at - 1;
    TRY(number_of(t, V_PEOPLE, 0, 1e8, &v->people));
    if (isnan(v->people)) return wrong(t, "people is not given", v->code);
    TRY(place_of(t, V_LATITUDE, V_LONGITUDE, &v->at, &v->placed));
    TRY(land_of(t, V_LAND, &v->land));
    TRY(word_of(t, V_ROUND, yes_words, &round));
    v->round = round == SITING_YES;
    return number_of(t, V_AREA, 0, 1e6, &v->area_km2);
}

static err read_villages(struct arena *a, str text, const struct map *communes, struct siting_problem *q) {
    struct table t = {.arena = a, .file = "villages", .csv = {.rest = text}, .names = village_columns};
    VEC(struct siting_village) village = {0};
    struct map seen = map_new(a);
    TRY(read_header(&t, 4));
    for (;;) {
        bool row;
        struct siting_village v;
        TRY(next_row(&t, &row));
        if (!row) break;
        TRY(read_village(&t, communes, &v));
        if (!map_put(&seen, v.code, &village)) return wrong(&t, "code given before", v.code);
        VEC_PUSH(a, &village, v);
    }
    q->village = village.at, q->villages = (uint32_t)village.len;
    return OK_ERR;
}

err siting_read(struct arena *a, str sites, str villages, struct siting_problem *out) {
    struct map communes = map_new(a);
    *out = (struct siting_problem){.proposal = siting_defaults};
    TRY(read_sites(a, without_mark(sites), &communes, out));
    TRY(read_villages(a, without_mark(villages), &communes, out));
    for (uint32_t j = 0; j < out->sites; j++)
        if (out->site[j].beside) out->beside_name_vi = "phương án so sánh", out->beside_name_en = "plan beside";
    return OK_ERR;
}

/* ---- the proposal ---------------------------------------------------------------------------------------------------- */

static err set_number(struct arena *a, const struct json *value, double *out) {
    if (value->kind != JSON_NUMBER || !str_number(value->text, out))
        return err_make(a, ERR_INVALID, "proposal", "%.*s is not a number", STR_ARG(value->key));
    return OK_ERR;
}

struct name_of_number {
    const char *section, *name;
    double *at;
};

static err set_member(struct arena *a, str section, const struct json *value, struct siting_proposal *p) {
    struct name_of_number all[] = {
        {"weights", "location", &p->weight[SITING_LOCATION]}, {"weights", "transport", &p->weight[SITING_TRANSPORT]},
        {"weights", "population", &p->weight[SITING_POPULATION]}, {"weights", "infrastructure", &p->weight[SITING_INFRASTRUCTURE]},
        {"weights", "staff", &p->weight[SITING_STAFF]}, {"scales", "locationHalf", &p->location_half}, {"scales", "roadHalf", &p->road_half},
        {"scales", "wetFactor", &p->wet_factor}, {"scales", "repairFactor", &p->repair_factor}, {"scales", "near", &p->near}, {"scales", "far", &p->far}, {"scales", "roomsFull", &p->rooms_full},
        {"scales", "landFull", &p->land_full}, {"scales", "doctorsFull", &p->doctors_full}, {"scales", "midwivesFull", &p->midwives_full},
        {"scales", "assistantsFull", &p->assistants_full}, {"rules", "mostWorse", &p->most_worse}, {"rules", "doctors", &p->doctors_least},
        {"rules", "budget", &p->budget}};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        if (str_is(section, all[k].section) && str_is(value->key, all[k].name)) return set_number(a, value, all[k].at);
    if (str_is(section, "rules") && str_is(value->key, "points")) {
        double n;
        TRY(set_number(a, value, &n));
        if (!(n >= 0 && n < 1e6 && n == floor(n))) return err_make(a, ERR_INVALID, "proposal", "points is not a whole number from 0");
        p->points = (uint32_t)n;
        return OK_ERR;
    }
    if (str_is(section, "rules") && str_is(value->key, "across") && (value->kind == JSON_TRUE || value->kind == JSON_FALSE)) {
        p->across = value->kind == JSON_TRUE;
        return OK_ERR;
    }
    return err_make(a, ERR_INVALID, "proposal", "%.*s.%.*s is not known", STR_ARG(section), STR_ARG(value->key));
}

err siting_read_proposal(struct arena *a, str text, struct siting_proposal *out) {
    struct json *tree;
    TRY(json_parse(a, text, &tree));
    return siting_proposal_of(a, tree, out);
}

err siting_proposal_of(struct arena *a, const struct json *tree, struct siting_proposal *out) {
    if (tree->kind != JSON_OBJECT) return err_make(a, ERR_INVALID, "proposal", "not a JSON object");
    for (const struct json *section = tree->first; section; section = section->next) {
        if (section->kind != JSON_OBJECT || !(str_is(section->key, "weights") || str_is(section->key, "rules") || str_is(section->key, "scales")))
            return err_make(a, ERR_INVALID, "proposal", "%.*s is not known: weights, scales and rules are", STR_ARG(section->key));
        for (const struct json *value = section->first; value; value = value->next) TRY(set_member(a, section->key, value, out));
    }
    return OK_ERR;
}
