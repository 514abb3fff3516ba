/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The province today: sums by smallest stable place, added up through today's network. No person's record is read;
 * every number moves with the commit that causes it.
 */
#include "routes_int.h"

#include "db/db.h"
#include "server/files.h"

enum { MONTHS = 12 };

/* In the order of the index: a place is looked up once. The states are the rules' business, not the statement's. */
#define OR_NONE(column) "IFNULL(" column ", -2147483648)" /* DAY_NONE */
static const char sql_programme[] =
    "SELECT place, enrolled_on, counted_from, care_until, " OR_NONE("reading_until") ", " OR_NONE(
        "controlled_until") ", " OR_NONE("due_on") " FROM hypertension INDEXED BY hypertension_place WHERE enrolled_on "
                                                   "IS NOT NULL ORDER BY place";
/* Twelve months of the province; of the communes only this month is shown. */
static const char sql_months[] = "SELECT month, SUM(visits), SUM(controlled), SUM(rows) FROM blood_pressure_total "
                                 "WHERE month > ?1 AND month <= ?2 GROUP BY month";
static const char sql_month[] = "SELECT place, visits, controlled, rows FROM blood_pressure_total WHERE month = ?1";
static const char sql_today[] =
    "SELECT place, SUM(last_visits) FROM blood_pressure_month WHERE last_day = ?1 GROUP BY place";

struct counts {
    int64_t residents, enrolled, counted, controlled, missed, lost, today, visits, persons;
    int stations, points;
};
struct month_sums {
    int64_t visits, controlled, persons;
};

/* Where the counts of a place are added up: its commune's line, and always the province's (line 0). */
struct sums {
    struct places places;
    struct counts *of;                /* 0 the province; i + 1 that of places.at[i] when it is a commune */
    struct month_sums months[MONTHS]; /* of the province, oldest first */
    size_t *commune_at;               /* line of the commune of places.at[i], 0 none: found once, asked for every sum */
};

static size_t find_commune(const struct places *places, const struct place *p) {
    for (int steps = 0; p && steps < 8; steps++) {
        if (place_is_commune(p->kind)) return (size_t)(p - places->at) + 1;
        p = p->parent ? places_find(places, p->parent) : NULL;
    }
    return 0;
}

static err read_places(struct sums *s, struct reader *reader, struct arena *a, int32_t today) {
    TRY(network_places(reader, a, today, &s->places));
    s->of = ARENA_ARRAY(a, struct counts, s->places.len + 1);
    s->commune_at = ARENA_ARRAY(a, size_t, s->places.len + 1);
    for (size_t i = 0; i < s->places.len; i++) s->commune_at[i] = find_commune(&s->places, &s->places.at[i]);
    return OK_ERR;
}

static struct counts *commune_of(struct sums *s, int64_t rid) {
    const struct place *p = places_find(&s->places, rid);
    size_t line = p ? s->commune_at[p - s->places.at] : 0;
    return line ? &s->of[line] : NULL;
}

/* Both lines that a place counts for; a place of no commune counts for the province only. */
static void lines_of(struct sums *s, int64_t place, struct counts *lines[2]) {
    lines[0] = &s->of[0];
    lines[1] = commune_of(s, place);
}

static err add_residents(struct sums *s, struct reader *reader, struct arena *a) {
    struct place_count *list;
    size_t n;
    TRY(person_counts(reader, a, &list, &n));
    for (size_t i = 0; i < n; i++) {
        struct counts *lines[2];
        lines_of(s, list[i].place, lines);
        for (int k = 0; k < 2; k++)
            if (lines[k]) lines[k]->residents += list[i].count;
    }
    return OK_ERR;
}

static void count_person(struct counts *c, const struct hypertension_days *d, int32_t today) {
    enum hypertension_state state = hypertension_state(d, today);
    bool counted = hypertension_counted(d, today);
    c->enrolled += state != HYPERTENSION_NONE && state != HYPERTENSION_LOST;
    c->counted += counted;
    c->controlled += hypertension_controlled(d, today);
    c->missed += counted && state == HYPERTENSION_MISSED;
    c->lost += state == HYPERTENSION_LOST;
}

static err add_programme(struct sums *s, struct reader *reader, int32_t today) {
    struct statement *q = db_use(reader_db(reader), sql_programme);
    int64_t place = -1;
    struct counts *lines[2] = {NULL, NULL};
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct hypertension_days d = {.enrolled_on = (int32_t)column_int(q, 1),
                                      .counted_from = (int32_t)column_int(q, 2),
                                      .care_until = (int32_t)column_int(q, 3),
                                      .reading_until = (int32_t)column_int(q, 4),
                                      .controlled_until = (int32_t)column_int(q, 5),
                                      .due_on = (int32_t)column_int(q, 6)};
        if (column_int(q, 0) != place) lines_of(s, place = column_int(q, 0), lines);
        count_person(lines[0], &d, today);
        if (lines[1]) count_person(lines[1], &d, today);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static err add_month_sums(struct sums *s, struct reader *reader, int month) {
    struct statement *q = db_use(reader_db(reader), sql_months);
    bind_int(q, 1, month - MONTHS);
    bind_int(q, 2, month);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct month_sums *m = &s->months[column_int(q, 0) - (month - MONTHS + 1)];
        *m = (struct month_sums){column_int(q, 1), column_int(q, 2), column_int(q, 3)};
        TRY(db_row(q, &row));
    }
    q = db_use(reader_db(reader), sql_month);
    bind_int(q, 1, month);
    TRY(db_row(q, &row));
    while (row) {
        struct counts *lines[2];
        lines_of(s, column_int(q, 0), lines);
        for (int k = 0; k < 2; k++) {
            if (!lines[k]) continue;
            lines[k]->visits += column_int(q, 1);
            lines[k]->persons += column_int(q, 3);
        }
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static err add_today(struct sums *s, struct reader *reader, int32_t today) {
    struct statement *q = db_use(reader_db(reader), sql_today);
    bind_int(q, 1, today);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        struct counts *lines[2];
        lines_of(s, column_int(q, 0), lines);
        for (int k = 0; k < 2; k++)
            if (lines[k]) lines[k]->today += column_int(q, 1);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

/* One decimal, half up, or null without a denominator. */
static void add_percent(struct buf *out, const char *name, int64_t part, int64_t whole) {
    int64_t tenths = whole ? (part * 2000 + whole) / (2 * whole) : 0;
    if (whole)
        buf_addf(out, ",\"%s\":%lld.%lld", name, (long long)(tenths / 10), (long long)(tenths % 10));
    else
        buf_addf(out, ",\"%s\":null", name);
}

static void write_programme(struct buf *out, const struct counts *c) {
    add_number(out, "residents", c->residents);
    add_number(out, "enrolled", c->enrolled);
    add_number(out, "counted", c->counted);
    add_number(out, "controlled", c->controlled);
    add_percent(out, "controlledPercent", c->controlled, c->counted);
    add_number(out, "missed", c->missed);
    add_number(out, "lost", c->lost);
    add_number(out, "visitsToday", c->today);
    add_number(out, "visitsThisMonth", c->visits);
    add_number(out, "personsThisMonth", c->persons);
}

static void write_months(struct buf *out, const struct month_sums *months, int month) {
    buf_addz(out, ",\"months\":[");
    for (int i = 0; i < MONTHS; i++) {
        int m = month - MONTHS + 1 + i;
        buf_addf(out, "%s{\"month\":\"%04d-%02d\"", i ? "," : "", m / 12, m % 12 + 1);
        add_number(out, "visits", months[i].visits);
        add_number(out, "persons", months[i].persons);
        add_number(out, "controlled", months[i].controlled);
        add_percent(out, "controlledPercent", months[i].controlled, months[i].persons);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void add_position(struct buf *out, const struct place *p) {
    if (p->has_position)
        buf_addf(out, ",\"latitude\":%.5f,\"longitude\":%.5f", p->latitude, p->longitude);
    else
        buf_addz(out, ",\"latitude\":null,\"longitude\":null");
}

static void write_communes(struct buf *out, const struct sums *s) {
    size_t n = 0;
    buf_addz(out, ",\"communes\":[");
    for (size_t i = 0; i < s->places.len; i++) {
        const struct place *p = &s->places.at[i];
        if (!place_is_commune(p->kind)) continue;
        buf_addz(out, n++ ? ",{" : "{");
        add_text(out, "id", p->id);
        add_text(out, "code", p->code);
        add_text(out, "name", p->name);
        add_text(out, "kind", str_of(place_kind_code(p->kind)));
        add_position(out, p);
        if (p->population >= 0)
            add_number(out, "population", p->population);
        else
            add_text(out, "population", STR_NONE);
        write_programme(out, &s->of[i + 1]);
        add_number(out, "stations", s->of[i + 1].stations);
        add_number(out, "points", s->of[i + 1].points);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void write_sites(struct buf *out, struct sums *s) {
    size_t n = 0;
    buf_addz(out, ",\"sites\":[");
    for (size_t i = 0; i < s->places.len; i++) {
        const struct place *p = &s->places.at[i];
        if (p->kind != PLACE_STATION && p->kind != PLACE_POINT) continue;
        const struct counts *c = commune_of(s, p->parent);
        buf_addz(out, n++ ? ",{" : "{");
        add_text(out, "id", p->id);
        add_text(out, "name", p->name);
        add_text(out, "kind", str_of(place_kind_code(p->kind)));
        buf_addf(out, ",\"assumed\":%s", p->assumed ? "true" : "false");
        add_position(out, p);
        add_text(out, "commune", c ? s->places.at[c - s->of - 1].id : STR_NONE);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void count_sites(struct sums *s) {
    for (size_t i = 0; i < s->places.len; i++) {
        const struct place *p = &s->places.at[i];
        struct counts *c = p->kind == PLACE_STATION || p->kind == PLACE_POINT ? commune_of(s, p->parent) : NULL;
        if (c && p->kind == PLACE_STATION) c->stations++;
        if (c && p->kind == PLACE_POINT) c->points++;
    }
}

static const struct place *province_of(const struct sums *s) {
    for (size_t i = 0; i < s->places.len; i++)
        if (s->places.at[i].kind == PLACE_PROVINCE) return &s->places.at[i];
    return NULL;
}

static err add_everything(struct sums *s, struct reader *reader, struct arena *a, int32_t today, int month) {
    TRY(read_places(s, reader, a, today));
    TRY(add_residents(s, reader, a));
    TRY(add_programme(s, reader, today));
    TRY(add_month_sums(s, reader, month));
    TRY(add_today(s, reader, today));
    count_sites(s);
    return OK_ERR;
}

static int month_of(int32_t today) {
    int year, month, day;
    day_to_civil(today, &year, &month, &day);
    return year * 12 + month - 1;
}

err care_province_write(struct reader *reader, struct arena *a, int32_t today, struct buf *out) {
    struct sums s = {0};
    int month = month_of(today);
    TRY(add_everything(&s, reader, a, today, month));
    const struct place *province = province_of(&s);
    buf_addc(out, '{');
    add_day(out, "asOf", today);
    add_number(out, "position", reader_position(reader));
    buf_addz(out, ",\"province\":");
    if (province) {
        buf_addc(out, '{');
        add_text(out, "id", province->id);
        add_text(out, "code", province->code);
        add_text(out, "name", province->name);
        buf_addc(out, '}');
    } else {
        buf_addz(out, "null");
    }
    buf_addz(out, ",\"tiles\":{");
    write_programme(out, &s.of[0]);
    buf_addc(out, '}');
    write_months(out, s.months, month);
    write_communes(out, &s);
    write_sites(out, &s);
    buf_addc(out, '}');
    return OK_ERR;
}

/* ---- the communes as a workbook: GET /api/province?format=xlsx ---- */

enum { PROVINCE_COLUMNS = 15 };

static void commune_cells(struct sheet_cell *cell, const struct place *p, const struct counts *c, bool vi) {
    *cell++ = sheet_text(p->code);
    *cell++ = sheet_text(p->name);
    *cell++ = sheet_text(str_of(p->kind == PLACE_WARD ? (vi ? "phường" : "ward") : vi ? "xã" : "commune"));
    *cell++ = p->population >= 0 ? sheet_number((double)p->population) : sheet_none();
    const int64_t numbers[] = {c->residents, c->enrolled, c->counted, c->controlled};
    for (size_t i = 0; i < 4; i++) *cell++ = sheet_number((double)numbers[i]);
    *cell++ = c->counted ? sheet_percent((double)c->controlled / (double)c->counted) : sheet_none();
    const int64_t more[] = {c->missed, c->lost, c->today, c->visits, c->stations, c->points};
    for (size_t i = 0; i < 6; i++) *cell++ = sheet_number((double)more[i]);
}

static err province_workbook(struct request *r, struct reader *reader, int32_t today) {
    static const char *const heads[][2] = {{"Mã", "Code"}, {"Xã, phường", "Commune"}, {"Loại", "Kind"}, {"Dân số", "Population"},
        {"Hồ sơ", "Records"}, {"Đang quản lý THA", "Enrolled"}, {"Tính vào tỷ lệ", "Counted"}, {"Kiểm soát được", "Controlled"},
        {"Tỷ lệ kiểm soát", "Controlled %"}, {"Bỏ khám", "Missed"}, {"Mất dấu", "Lost"}, {"Lượt khám hôm nay", "Visits today"},
        {"Lượt khám tháng này", "Visits this month"}, {"Trạm", "Stations"}, {"Điểm trạm", "Points"}};
    struct arena *a = r->arena;
    struct sums s = {0};
    struct sheet_column columns[PROVINCE_COLUMNS] = {0};
    struct sheet sheet = {.columns = columns, .column_count = PROVINCE_COLUMNS};
    char day[11];
    TRY(add_everything(&s, reader, a, today, month_of(today)));
    for (size_t i = 0; i < PROVINCE_COLUMNS; i++) columns[i].head = str_of(heads[i][r->vietnamese ? 0 : 1]);
    struct sheet_cell *cells = ARENA_ARRAY(a, struct sheet_cell, s.places.len * PROVINCE_COLUMNS);
    for (size_t i = 0; i < s.places.len; i++)
        if (place_is_commune(s.places.at[i].kind))
            commune_cells(&cells[sheet.row_count++ * PROVINCE_COLUMNS], &s.places.at[i], &s.of[i + 1], r->vietnamese);
    const struct place *province = province_of(&s);
    str name = province ? province->name : STR_NONE;
    sheet.cells = cells;
    sheet.name = r->vietnamese ? STR("Xã, phường") : STR("Communes");
    sheet.title = str_format(a, "%.*s – %s", STR_ARG(name), day_show(today, day));
    return request_workbook(r, &sheet, 1, str_z(a, str_format(a, "province-%s", day_format(today, day))));
}

err care_province(struct request *r) {
    struct reader *reader;
    bool workbook;
    int32_t day = day_today();
    str at = request_query(r, "at"); /* the network and the states of another day */
    if (at.len && !day_parse(at, &day)) return err_make(r->arena, ERR_INVALID, "at", "'%.*s' is no day (YYYY-MM-DD)", STR_ARG(at));
    TRY(request_wants_workbook(r, &workbook));
    TRY(request_reader(r, &reader));
    if (workbook) return province_workbook(r, reader, day);
    TRY(care_province_write(reader, r->arena, day, &r->out));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}
