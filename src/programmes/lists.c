/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lists that the station works through: GET /api/lists and /api/lists/{code}. A list is one statement over an index in
 * the order of the list; places that the asker does not see are passed over, so that the first rows come at once
 * however long the list is. Where few places of many are seen, the passed over would be most of a province: a long list
 * has a second statement for one place, and the places' rows are put in order here. Pages go on behind (sort, rid) of the
 * last row: no row is shown twice, none is skipped.
 */
#include "programmes.h"
#include "record.h"

#include "care/routes_int.h"
#include "db/db.h"
#include "paper/sheet.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_DEFAULT = 20, PAGE_MAX = 100, EXPORT_MAX = 10000 };

/* ?1 the day, ?2 and ?3 behind which (sort, rid), ?4 programme or text, ?5 state, ?6 the place. Columns: subject, place, sort. */
static const struct list {
    const char *code, *vi, *en;
    bool of_programme, today_only; /* needs ?programme=; is of today whatever ?at= says */
    const char *next; /* the sheet that is the next step: a word of the person's page */
    const char *sql;      /* everywhere, in the order of the list; NULL: place after place is its order */
    const char *of_place; /* in one place, in the order of the list; NULL: the other one is quick enough */
} lists[] = {
    {"desk", "Đang chờ khám", "Waiting at the desk", false, true, "blood-pressure",
     "SELECT subject, place, arrived FROM arrival INDEXED BY arrival_day WHERE organization = ?4 AND day = ?1 "
     "AND (arrived, subject) > (?2, ?3) ORDER BY arrived, subject", NULL},
    {"overdue", "Quá hẹn", "Overdue", true, false, "blood-pressure",
     "SELECT subject, place, call_on FROM programme INDEXED BY programme_overdue WHERE programme = ?4 AND call_on IS NOT NULL "
     "AND call_on < ?1 AND care_until > ?1 AND (call_on, subject) > (?2, ?3) ORDER BY call_on, subject", NULL},
    {"due", "Hẹn trong 7 ngày", "Due within 7 days", true, false, "blood-pressure",
     "SELECT subject, place, call_on FROM programme INDEXED BY programme_overdue WHERE programme = ?4 AND call_on IS NOT NULL "
     "AND call_on >= ?1 AND call_on < ?1 + 7 AND care_until > ?1 AND (call_on, subject) > (?2, ?3) ORDER BY call_on, subject", NULL},
    {"uncontrolled", "Chưa kiểm soát", "Not controlled", true, false, "blood-pressure",
     "SELECT subject, place, severity FROM programme INDEXED BY programme_uncontrolled WHERE programme = ?4 AND severity IS NOT NULL "
     "AND reading_until > ?1 AND care_until > ?1 AND (severity, subject) > (?2, ?3) ORDER BY severity, subject", NULL},
    {"lost", "Mất dấu", "Lost to follow-up", true, false, "blood-pressure",
     "SELECT subject, place, -care_until FROM programme INDEXED BY programme_lost WHERE programme = ?4 AND due_on IS NOT NULL "
     "AND -care_until >= -?1 AND (-care_until, subject) > (?2, ?3) ORDER BY -care_until, subject", NULL},
    {"members", "Người trong chương trình", "People in the programme", true, false, "blood-pressure", NULL,
     "SELECT subject, place, place FROM programme_interval INDEXED BY programme_interval_place WHERE programme = ?4 AND basis = 0 "
     "AND place = ?6 AND until_day > ?1 AND from_day <= ?1 AND (?5 = 0 OR state = ?5) AND (place, subject) > (?2, ?3) ORDER BY subject"},
    {"mine", "Người bệnh của tôi", "My patients", false, false, "blood-pressure",
     "SELECT subject, place, newest FROM seen INDEXED BY seen_practitioner WHERE practitioner = ?4 AND newest >= -?1 "
     "AND (newest, subject) > (?2, ?3) ORDER BY newest, subject", NULL},
    {"check-up", "Đến hạn khám sức khỏe", "Due for check-up", false, false, "check-up",
     "SELECT subject, place, due_on FROM check_up INDEXED BY check_up_due WHERE due_on IS NOT NULL AND due_on <= ?1 "
     "AND until_day > ?1 AND (due_on, subject) > (?2, ?3) ORDER BY due_on, subject",
     "SELECT subject, place, due_on FROM check_up INDEXED BY check_up_place_due WHERE place = ?6 AND due_on IS NOT NULL "
     "AND due_on <= ?1 AND until_day > ?1 AND (due_on, subject) > (?2, ?3) ORDER BY due_on, subject"},
    {"child-due", "Trẻ đến hạn cân đo", "Children due for measuring", false, false, "child",
     "SELECT subject, place, next_on FROM child INDEXED BY child_due WHERE next_on <= ?1 AND five_on > ?1 "
     "AND (next_on, subject) > (?2, ?3) ORDER BY next_on, subject", NULL},
    {"child-signs", "Trẻ thấp còi, nhẹ cân, gầy còm", "Children stunted, underweight or wasted", false, false, "child",
     "SELECT subject, place, IFNULL(z_length, 9999) FROM child INDEXED BY child_worst WHERE signs & 63 <> 0 AND five_on > ?1 "
     "AND last_day > ?1 - 366 AND (IFNULL(z_length, 9999), subject) > (?2, ?3) ORDER BY IFNULL(z_length, 9999), subject", NULL},
};
enum { LISTS = sizeof lists / sizeof *lists };

struct hit { int64_t subject, place, sort; };
struct query {
    const struct list *list;
    const struct access *who;
    int32_t at;
    int64_t sort, rid; /* behind these */
    size_t wanted;
    int programme;
    str text; /* practitioner, organization */
    int state;
    const int64_t *places; /* ?place=: only these, sorted; NULL: all */
    size_t place_count;
    struct { struct hit *at; size_t len, cap; } hits;
};

/* ---- who is on the list ------------------------------------------------------------------------------------------------------ */

static int compare_ids(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}
static bool has(const int64_t *sorted, size_t n, int64_t v) { return n && bsearch(&v, sorted, n, sizeof v, compare_ids); }

static bool wanted(const struct query *q, int64_t subject, int64_t place) {
    if (q->places && !has(q->places, q->place_count, place)) return false;
    return q->who->everything || has(q->who->places, q->who->place_count, place) ||
           has(q->who->persons, q->who->person_count, subject);
}

/* Adds at most `most` rows of one statement that the asker may see. */
static err run(struct reader *r, struct arena *a, struct query *q, const char *sql, int64_t place, size_t most) {
    struct statement *s = db_use(reader_db(r), sql);
    bool row;
    bind_int(s, 1, q->at);
    bind_int(s, 2, q->sort);
    bind_int(s, 3, q->rid);
    if (q->text.len) bind_text(s, 4, q->text);
    else bind_int(s, 4, q->programme);
    bind_int(s, 5, q->state);
    bind_int(s, 6, place);
    TRY(db_row(s, &row));
    for (size_t n = 0; row && n < most;) {
        struct hit h = {column_int(s, 0), column_int(s, 1), column_int(s, 2)};
        if (wanted(q, h.subject, h.place)) {
            VEC_PUSH(a, &q->hits, h);
            n++;
        }
        TRY(db_row(s, &row));
    }
    if (row) db_reset(s);
    return OK_ERR;
}

struct rids { int64_t *at; size_t len, cap; };

/* The places in which somebody of the list may be seen, by rid: those of the post, and where the others live who are here. */
static err seen_places(struct reader *r, struct arena *a, const struct query *q, struct rids *out) {
    const struct access *who = q->who;
    struct places all;
    if (who->everything) {
        TRY(network_places(r, a, day_today(), &all)); /* by rid */
        for (size_t i = 0; i < all.len; i++)
            if (place_is_area(all.at[i].kind)) VEC_PUSH(a, out, all.at[i].rid);
        return OK_ERR;
    }
    for (size_t i = 0; i < who->place_count; i++) VEC_PUSH(a, out, who->places[i]);
    for (size_t i = 0; i < who->person_count; i++) {
        struct person p;
        err e = person_get_rid(r, a, who, who->persons[i], &p);
        if (e.code && e.code != ERR_NOT_FOUND) return e;
        if (!e.code && !has(who->places, who->place_count, p.place)) VEC_PUSH(a, out, p.place);
    }
    qsort(out->at, out->len, sizeof *out->at, compare_ids);
    return OK_ERR;
}

static int compare_hits(const void *x, const void *y) {
    const struct hit *a = x, *b = y;
    if (a->sort != b->sort) return a->sort < b->sort ? -1 : 1;
    return (a->subject > b->subject) - (a->subject < b->subject);
}

/* One place after the other. Where that is the order of the list, until there are enough; else all, and the first of them. */
static err run_places(struct reader *r, struct arena *a, struct query *q, const struct rids *places) {
    bool in_order = !q->list->sql;
    for (size_t i = 0; i < places->len && !(in_order && q->hits.len >= q->wanted); i++) {
        int64_t place = places->at[i];
        if (i && place == places->at[i - 1]) continue;
        if ((in_order && place < q->sort) || (q->places && !has(q->places, q->place_count, place))) continue;
        TRY(run(r, a, q, q->list->of_place, place, q->wanted));
    }
    if (!in_order) qsort(q->hits.at, q->hits.len, sizeof *q->hits.at, compare_hits);
    if (q->hits.len > q->wanted) q->hits.len = q->wanted;
    return OK_ERR;
}

enum { FEW_PLACES = 200 }; /* with more, the first rows of the whole list are soon the asker's */

static err run_query(struct reader *r, struct arena *a, struct query *q) {
    const struct list *l = q->list;
    struct rids places = {0};
    if (l->sql && (!l->of_place || q->who->everything || q->who->place_count > FEW_PLACES))
        return run(r, a, q, l->sql, 0, q->wanted);
    TRY(seen_places(r, a, q, &places));
    return run_places(r, a, q, &places);
}

/* ---- one row ------------------------------------------------------------------------------------------------------------------- */

static const char sql_programme[] = "SELECT due_on, last_visit, last_day, systolic, diastolic, sugar, sugar_kind, sugar_unit, called, "
                                    "called_on, enrolled_on FROM programme WHERE subject = ?1 AND programme = ?2";
static const char sql_child[] = "SELECT born_on, last_day, next_on, weight, length, signs, z_length, z_weight, z_weight_for_length "
                                "FROM child WHERE subject = ?1";
static const char sql_check[] = "SELECT due_on, last_day, grp FROM check_up WHERE subject = ?1";
static const char sql_arrival[] = "SELECT encounter, arrived, status, reason, reason_code, taken_by FROM arrival WHERE subject = ?1 AND arrived = ?2";

static int32_t day_column(struct statement *q, int i) { return column_null(q, i) ? DAY_NONE : (int32_t)column_int(q, i); }

static err begin_row(struct reader *r, const char *sql, int64_t subject, int64_t second, struct statement **q, bool *row) {
    *q = db_use(reader_db(r), sql);
    bind_int(*q, 1, subject);
    bind_int(*q, 2, second);
    return db_row(*q, row);
}

static void add_number_or_null(struct buf *out, const char *name, struct statement *q, int i) {
    if (column_null(q, i)) add_text(out, name, STR_NONE);
    else add_number(out, name, column_int(q, i));
}

static void add_member(struct buf *out, struct statement *q) {
    static const char *const kinds[] = {"fasting", "random", "hba1c"}, *const units[] = {"mmol/L", "mg/dL", "%"};
    add_day(out, "dueOn", day_column(q, 0));
    add_day(out, "lastVisit", day_column(q, 1));
    add_day(out, "measuredOn", day_column(q, 2));
    add_number_or_null(out, "systolic", q, 3);
    add_number_or_null(out, "diastolic", q, 4);
    add_text(out, "sugar", column_text(q, 5));
    add_text(out, "sugarKind", column_null(q, 6) ? STR_NONE : str_of(kinds[column_int(q, 6)]));
    add_text(out, "sugarUnit", column_null(q, 7) ? STR_NONE : str_of(units[column_int(q, 7)]));
    add_text(out, "called", column_text(q, 8));
    add_day(out, "calledOn", day_column(q, 9));
    add_day(out, "enrolledOn", day_column(q, 10));
}

static void add_child(struct buf *out, struct statement *q, int32_t at) {
    add_number(out, "ageDays", at - column_int(q, 0));
    add_day(out, "measuredOn", day_column(q, 1));
    add_day(out, "dueOn", day_column(q, 2));
    add_number_or_null(out, "grams", q, 3);
    add_number_or_null(out, "millimetres", q, 4);
    add_number(out, "signs", column_int(q, 5));
    add_number_or_null(out, "zLength", q, 6);
    add_number_or_null(out, "zWeight", q, 7);
    add_number_or_null(out, "zWeightForLength", q, 8);
}

static err add_details(struct buf *out, struct reader *r, const struct query *query, const struct hit *h) {
    struct statement *q;
    bool row, desk = str_is(str_of(query->list->code), "desk"), child = str_is(str_of(query->list->next), "child");
    bool check = str_is(str_of(query->list->code), "check-up");
    const char *sql = desk ? sql_arrival : child ? sql_child : check ? sql_check : sql_programme;
    if (str_is(str_of(query->list->code), "mine")) add_day(out, "seenOn", (int32_t)-h->sort);
    TRY(begin_row(r, sql, h->subject, desk ? h->sort : query->programme, &q, &row));
    if (!row) return OK_ERR;
    if (desk) {
        add_text(out, "encounter", column_text(q, 0));
        add_number(out, "arrived", column_int(q, 1));
        add_text(out, "state", column_text(q, 2));
        add_text(out, "reason", column_text(q, 3));
        add_text(out, "reasonCode", column_text(q, 4));
        add_text(out, "takenBy", column_text(q, 5));
    } else if (child) {
        add_child(out, q, query->at);
    } else if (check) {
        add_day(out, "dueOn", day_column(q, 0));
        add_day(out, "lastVisit", day_column(q, 1));
        add_text(out, "group", column_text(q, 2));
    } else {
        add_member(out, q);
    }
    db_reset(q);
    return OK_ERR;
}

static err write_rows(struct request *r, struct reader *reader, const struct query *q) {
    size_t n = 0;
    add_name(&r->out, "rows");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < q->hits.len; i++) {
        struct person p;
        struct place_path path;
        err e = person_get_rid(reader, r->arena, q->who, q->hits.at[i].subject, &p);
        if (e.code == ERR_NOT_FOUND) continue;
        if (e.code) return e;
        TRY(network_path(reader, r->arena, p.place, day_today(), &path));
        buf_addz(&r->out, n++ ? ",{" : "{");
        add_who(&r->out, &p, q->at);
        add_place(&r->out, &path, false);
        add_head(&r->out, "householdHead", &p);
        add_text(&r->out, "phone", spaced_phone(r->arena, p.phone));
        TRY(add_details(&r->out, reader, q, &q->hits.at[i]));
        buf_addc(&r->out, '}');
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

/* ---- the request --------------------------------------------------------------------------------------------------------------- */

static const struct list *find_list(str code) {
    for (int i = 0; i < LISTS; i++)
        if (str_is(code, lists[i].code)) return &lists[i];
    return NULL;
}

/* ?after=SORT.RID of the page before. */
static err read_after(struct request *r, struct query *q) {
    str text = request_query(r, "after"), sort;
    q->sort = q->rid = INT64_MIN;
    if (!text.len) return OK_ERR;
    if (str_split(&text, '.', &sort) && str_int64(sort, &q->sort) && str_int64(text, &q->rid)) return OK_ERR;
    return err_make(r->arena, ERR_INVALID, "after", "after is the mark of the page before");
}

static err read_place(struct request *r, struct reader *reader, struct query *q) {
    str id = request_query(r, "place");
    struct places all;
    if (!id.len) return OK_ERR;
    TRY(network_places(reader, r->arena, day_today(), &all));
    const struct place *area = programmes_area(&all, id);
    if (!area) return err_make(r->arena, ERR_NOT_FOUND, "place", "no such place");
    int64_t *rids = ARENA_ARRAY(r->arena, int64_t, all.len + 1);
    for (size_t i = 0; i < all.len; i++)
        if (programmes_inside(&all, &all.at[i], area)) rids[q->place_count++] = all.at[i].rid;
    qsort(rids, q->place_count, sizeof *rids, compare_ids);
    q->places = rids;
    return OK_ERR;
}

static err read_state(struct request *r, struct query *q) {
    str state = request_query(r, "state");
    for (int s = COURSE_NEW; s < COURSE_STATES; s++)
        if (str_is(state, course_state_code((enum course_state)s))) q->state = s;
    if (state.len && !q->state) return err_make(r->arena, ERR_INVALID, "state", "no such state");
    return OK_ERR;
}

static err read_query(struct request *r, struct reader *reader, struct query *q) {
    str code = request_query(r, "programme");
    int64_t limit = PAGE_DEFAULT;
    str text = request_query(r, "limit");
    *q = (struct query){.list = find_list(r->parameters[0]), .who = &r->session->access};
    if (!q->list) return err_make(r->arena, ERR_NOT_FOUND, "list", "no such list");
    if (text.len && (!str_int64(text, &limit) || limit < 1 || limit > PAGE_MAX))
        return err_make(r->arena, ERR_INVALID, "limit", "limit is 1 to %d", PAGE_MAX);
    q->wanted = (size_t)limit + 1;
    const struct programme *p = programme_find(code.len ? code : STR("hypertension"));
    if (!p) return err_make(r->arena, ERR_INVALID, "programme", "no such programme");
    q->programme = (int)(p - programmes_all(NULL));
    TRY(programmes_day(r, &q->at));
    if (q->list->today_only) q->at = day_today();
    if (str_is(str_of(q->list->code), "desk")) q->text = programmes_station(r, reader);
    if (str_is(str_of(q->list->code), "mine")) q->text = r->session->actor;
    if (str_starts(q->text, STR("Practitioner/"))) q->text = str_slice(q->text, 13, q->text.len);
    TRY(read_after(r, q));
    TRY(read_state(r, q));
    return read_place(r, reader, q);
}

/* ---- Excel --------------------------------------------------------------------------------------------------------------------- */

static struct sheet_cell day_cell(int32_t day) { return day == DAY_NONE ? sheet_none() : sheet_day(day); }
static struct sheet_cell number_cell(struct statement *q, int i, double factor) {
    return column_null(q, i) ? sheet_none() : sheet_number((double)column_int(q, i) * factor);
}

enum { PERSON_CELLS = 8, OWN_CELLS = 5, SHEET_CELLS = PERSON_CELLS + OWN_CELLS };

static const char *const heads[2][3][OWN_CELLS] = {
    {{"Next visit", "Last visit", "Systolic", "Diastolic", "Sugar"}, {"Measure on", "Last measured", "Weight (kg)", "Length (cm)", "z length for age"},
     {"Due on", "Last check-up", "Group", "", ""}},
    {{"Hẹn khám", "Khám gần nhất", "Tâm thu", "Tâm trương", "Đường huyết"}, {"Hẹn cân đo", "Cân đo gần nhất", "Cân nặng (kg)", "Chiều dài (cm)", "z chiều dài theo tuổi"},
     {"Đến hạn", "Khám gần nhất", "Nhóm", "", ""}}};

static int kind_of(const struct list *l) { return str_is(str_of(l->next), "child") ? 1 : str_is(str_of(l->next), "check-up") ? 2 : 0; }

static err own_cells(struct request *r, struct reader *reader, const struct query *q, int64_t subject, struct sheet_cell *c) {
    struct statement *s;
    bool row;
    int kind = kind_of(q->list);
    for (int i = 0; i < OWN_CELLS; i++) c[i] = sheet_none();
    TRY(begin_row(reader, kind == 1 ? sql_child : kind == 2 ? sql_check : sql_programme, subject, q->programme, &s, &row));
    if (!row) return OK_ERR;
    if (kind == 1) {
        c[0] = day_cell(day_column(s, 2)), c[1] = day_cell(day_column(s, 1));
        c[2] = number_cell(s, 3, 0.001), c[3] = number_cell(s, 4, 0.1), c[4] = number_cell(s, 6, 0.01);
    } else if (kind == 2) {
        c[0] = day_cell(day_column(s, 0)), c[1] = day_cell(day_column(s, 1));
        c[2] = sheet_text(str_copy(r->arena, column_text(s, 2)));
    } else {
        static const char *const units[] = {"mmol/L", "mg/dL", "%"};
        c[0] = day_cell(day_column(s, 0)), c[1] = day_cell(day_column(s, 1));
        c[2] = number_cell(s, 3, 1), c[3] = number_cell(s, 4, 1);
        if (!column_null(s, 7))
            c[4] = sheet_text(str_format(r->arena, "%.*s %s", STR_ARG(column_text(s, 5)), units[column_int(s, 7)]));
    }
    db_reset(s);
    return OK_ERR;
}

static err person_cells(struct request *r, struct reader *reader, const struct query *q, const struct hit *h, size_t n,
                        struct sheet_cell *c) {
    struct person p;
    struct place_path path;
    int32_t born;
    TRY(person_get_rid(reader, r->arena, q->who, h->subject, &p));
    TRY(network_path(reader, r->arena, p.place, day_today(), &path));
    c[0] = sheet_number((double)n + 1);
    c[1] = sheet_text(p.name);
    c[2] = day_parse(p.birth, &born) ? sheet_day(born) : sheet_text(p.birth);
    c[3] = sheet_text(str_is(p.sex, "female") ? (r->vietnamese ? STR("nữ") : STR("female"))
                      : str_is(p.sex, "male") ? (r->vietnamese ? STR("nam") : STR("male")) : STR_NONE);
    c[4] = sheet_text(str_copy(r->arena, path.hamlet.name));
    c[5] = sheet_text(str_copy(r->arena, path.commune.name));
    c[6] = sheet_text(p.head_name);
    c[7] = sheet_text(p.phone);
    return own_cells(r, reader, q, h->subject, c + PERSON_CELLS);
}

static err write_workbook(struct request *r, struct reader *reader, const struct query *q) {
    static const char *const persons[2][PERSON_CELLS] = {
        {"No.", "Name", "Born", "Sex", "Hamlet", "Commune", "Head of household", "Phone"},
        {"STT", "Họ tên", "Ngày sinh", "Giới", "Thôn, bản", "Xã", "Chủ hộ", "Điện thoại"}};
    struct sheet_cell *cells = arena_alloc(r->arena, (q->hits.len + 1) * SHEET_CELLS * sizeof *cells);
    struct sheet_column columns[SHEET_CELLS] = {{.head = STR_NONE}};
    size_t n = 0;
    char day[11];
    for (int i = 0; i < SHEET_CELLS; i++)
        columns[i].head = str_of(i < PERSON_CELLS ? persons[r->vietnamese][i] : heads[r->vietnamese][kind_of(q->list)][i - PERSON_CELLS]);
    for (size_t i = 0; i < q->hits.len; i++) {
        err e = person_cells(r, reader, q, &q->hits.at[i], n, cells + n * SHEET_CELLS);
        if (e.code == ERR_NOT_FOUND) continue;
        if (e.code) return e;
        n++;
    }
    str name = str_of(r->vietnamese ? q->list->vi : q->list->en);
    struct sheet sheet = {.name = name, .columns = columns, .column_count = SHEET_CELLS, .cells = cells, .row_count = n,
                          .title = str_format(r->arena, "%.*s, %s", STR_ARG(name), day_show(q->at, day))};
    r->type = SHEET_TYPE;
    request_set_header(r, "Content-Disposition", str_format(r->arena, "attachment; filename=\"tram-%s-%s.xlsx\"", q->list->code, day_format(q->at, day)));
    return sheet_workbook(r->arena, &sheet, 1, clock_now_ms(), &r->out);
}

/* ---- handlers -------------------------------------------------------------------------------------------------------------------- */

err lists_one(struct request *r) {
    struct reader *reader;
    struct query q;
    TRY(request_reader(r, &reader));
    TRY(read_query(r, reader, &q));
    bool workbook = str_is(request_query(r, "format"), "xlsx");
    size_t page = q.wanted - 1;
    if (workbook) q.wanted = page = EXPORT_MAX;
    if (q.text.len || (!str_is(str_of(q.list->code), "desk") && !str_is(str_of(q.list->code), "mine")))
        TRY(run_query(reader, r->arena, &q)); /* somebody without a post has nobody at the desk */
    bool more = q.hits.len > page;
    if (more) q.hits.len = page;
    request_audit(r, workbook ? "export" : "list", FHIR_TYPE_PATIENT, str_of(q.list->code), 0);
    request_set_header(r, "Cache-Control", STR("no-store"));
    if (workbook) return write_workbook(r, reader, &q);
    buf_addc(&r->out, '{');
    add_text(&r->out, "code", str_of(q.list->code));
    add_text(&r->out, "title", str_of(r->vietnamese ? q.list->vi : q.list->en));
    add_day(&r->out, "asOf", q.at);
    add_day(&r->out, "today", day_today());
    add_text(&r->out, "next", str_of(q.list->next));
    add_text(&r->out, "after",
             more ? str_format(r->arena, "%lld.%lld", (long long)q.hits.at[page - 1].sort, (long long)q.hits.at[page - 1].subject)
                  : STR_NONE);
    TRY(write_rows(r, reader, &q));
    buf_addc(&r->out, '}');
    return OK_ERR;
}

err lists_all(struct request *r) {
    buf_addz(&r->out, "{\"lists\":[");
    for (int i = 0; i < LISTS; i++) {
        buf_addz(&r->out, i ? ",{" : "{");
        add_text(&r->out, "code", str_of(lists[i].code));
        add_text(&r->out, "title", str_of(r->vietnamese ? lists[i].vi : lists[i].en));
        add_bool(&r->out, "ofProgramme", lists[i].of_programme);
        add_text(&r->out, "next", str_of(lists[i].next));
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}
