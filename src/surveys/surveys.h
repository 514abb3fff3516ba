/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Surveys: what somebody found at a site on a day (register SiteSurvey): building, power, staff, where a round meets
 * people. Dated, with source and who entered it; entered one by one or as a list (CSV, Excel) with a preview; undone by
 * marking it entered in error. What was not looked at stays unknown. What is known on a day is, field by field, what
 * the latest survey until that day says. Pure but for projection.c and routes.c.
 */
#ifndef SURVEYS_SURVEYS_H
#define SURVEYS_SURVEYS_H

#include "base/grid.h"
#include "base/vec.h"
#include "server/server.h"

enum survey_form { SURVEY_YES_NO, SURVEY_WHOLE, SURVEY_NUMBER, SURVEY_TEXT };

/* name, member of the resource, column of a list (as in docs/siting.md), form, least, most, Vietnamese, English */
#define SURVEY_FIELDS(X)                                                                                               \
    X(FUNCTIONING, "functioning", "functioning", YES_NO, 0, 1, "đang hoạt động", "works today")                        \
    X(WET_ROAD, "wetRoad", "wet_road", YES_NO, 0, 1, "mùa mưa đi được", "road passable in the rains")                  \
    X(ROAD_MINUTES, "roadMinutes", "road_minutes", NUMBER, 0, 1e5, "phút đến đường tỉnh hoặc trụ sở xã",               \
      "minutes to the provincial road or the seat")                                                                    \
    X(GRADE, "grade", "grade", WHOLE, 1, 3, "nhà (1 tạm, 2 bán kiên cố, 3 kiên cố)",                                   \
      "building (1 temporary, 2 half-solid, 3 solid)")                                                                 \
    X(REPAIR, "repair", "repair", YES_NO, 0, 1, "cần sửa chữa lớn", "needs major repair")                              \
    X(ROOMS, "rooms", "rooms", WHOLE, 0, 1e4, "số phòng", "rooms")                                                     \
    X(POWER, "power", "power", YES_NO, 0, 1, "điện", "power")                                                          \
    X(WATER, "water", "water", YES_NO, 0, 1, "nước sạch", "clean water")                                               \
    X(INTERNET, "internet", "internet", YES_NO, 0, 1, "mạng", "internet")                                              \
    X(LAND, "land", "land_m2", NUMBER, 0, 1e7, "đất (m²)", "land (m²)")                                                \
    X(DOCTORS, "doctors", "doctors", WHOLE, 0, 1e3, "bác sĩ", "doctors")                                               \
    X(MIDWIVES, "midwives", "midwives", WHOLE, 0, 1e3, "hộ sinh", "midwives")                                          \
    X(ASSISTANTS, "assistants", "assistants", WHOLE, 0, 1e3, "y sĩ", "physician assistants")                           \
    X(COST, "cost", "cost", NUMBER, 0, 1e15, "kinh phí để thành trạm (đồng)", "cost of a full station (đồng)")         \
    X(ROUND, "round", "round", YES_NO, 0, 1, "có đợt lưu động hằng tháng", "a monthly round comes")                    \
    X(MEETING_POINT, "meetingPoint", "meeting_point", TEXT, 0, 0, "nơi đợt lưu động gặp dân", "where a round meets people")
enum survey_field {
#define X(name, ...) SURVEY_##name,
    SURVEY_FIELDS(X)
#undef X
        SURVEY_FIELD_COUNT
};
struct survey_field_of {
    const char *member, *column;
    enum survey_form form;
    double least, most;
    const char *vi, *en;
};
extern const struct survey_field_of survey_fields[SURVEY_FIELD_COUNT];

struct survey {
    str id, place; /* ids; place of a Location */
    str source, recorder, recorded, list;
    int32_t day;
    str value[SURVEY_FIELD_COUNT]; /* "yes", "no", a number's digits or a text; empty: not looked at */
    bool in_error;
};

/* Is the text a value of that field? `en`, `vi`: why not. */
bool survey_value_good(struct arena *a, enum survey_field field, str text, str *en, str *vi);
/* The resource as a struct; views into the tree. ERR_INVALID with the element's path. */
err survey_read(struct arena *a, const struct json *resource, struct survey *out);
void survey_write(struct buf *out, const struct survey *s);

/* ---- what is known on a day ------------------------------------------------------------------------------------------ */

struct survey_fact {
    str value, source, recorder, survey; /* value empty: not known */
    int32_t day;
};
struct survey_site {
    str place;
    struct survey_fact fact[SURVEY_FIELD_COUNT];
};
struct survey_sites {
    struct survey_site *at;
    size_t len, cap;
};
/* Every site that was ever surveyed until `day`, by id. Texts live in `a`. */
err surveys_known(struct reader *r, struct arena *a, int32_t day, struct survey_sites *out);
/* The surveys that came with a list and are not undone: ids. */
err surveys_of_list(struct reader *r, struct arena *a, str list, str **ids, size_t *count);
const struct survey_site *surveys_find(const struct survey_sites *all, str place);

/* ---- lists ----------------------------------------------------------------------------------------------------------- */

struct survey_problem {
    unsigned line;
    const char *column;
    str en, vi;
};
struct survey_difference {
    unsigned line;
    str place, name;
    enum survey_field field;
    str before, after; /* known on the day of the survey without it, with it */
    bool old;          /* a later survey says something about it already */
};
struct survey_list {
    size_t rows, same, added, changed, missing; /* added: of sites without a survey; missing: sites that the list leaves out */
    struct {
        struct survey *at;
        size_t len, cap;
    } surveys; /* to be stored: without id, recorder, list */
    struct {
        struct survey_problem *at;
        size_t len, cap;
    } problems;
    struct {
        struct survey_difference *at;
        size_t len, cap;
    } differences;
};
/* A list: a head with code, date, source and any of the columns of the fields; other columns of an export (name, commune) are
 * passed over. `places`: the sites it may name (code or "station-CODE"). A row with no value is no survey; one that says
 * only what is known on its day already counts as same. ERR_INVALID when there is no row. */
struct survey_place {
    str code, id, name, commune;
};
struct survey_places {
    struct survey_place *at;
    size_t len, cap;
};
/* Asks what is known on a day. */
struct survey_lookup {
    const struct survey_sites *(*on)(void *user, int32_t day);
    void *user;
    int32_t today;
};
err survey_list_read(struct arena *a, const struct grid *grid, const struct survey_places *places, const struct survey_lookup *known,
                     struct survey_list *out);
/* All sites with what is known of them: code, name, commune, date and source (to be filled in), the fields. */
void survey_list_write(const struct survey_places *places, const struct survey_sites *known, struct buf *out);
/* The codes and the fields alone, as siting_survey reads them. */
void survey_list_values(const struct survey_places *places, const struct survey_sites *known, struct buf *out);
err survey_list_sheet(struct arena *a, const struct survey_places *places, const struct survey_sites *known, struct buf *out);

/* ---- the room -------------------------------------------------------------------------------------------------------- */

extern const struct store_room surveys_room;
extern const struct route survey_routes[];
/* Values of a survey entered at /registers or in a transaction keep the same bounds. */
rest_gate surveys_gate;

#endif
