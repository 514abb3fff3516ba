/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/programmes, /api/programmes/{code} and /api/children: counts of an area on a day, its parts, the twelve months before,
 * the cohorts. Only numbers leave here; the people behind them are lists.c.
 */
#include "programmes.h"
#include "record.h"

#include "care/routes_int.h"
#include "db/db.h"

#include <stdio.h>
#include <stdlib.h>

enum { MONTHS = 12, COHORT_MONTHS = 6, COHORT_QUARTERS = 4 };

const struct route programmes_routes[] = {
    {ROUTE("GET", "/api/programmes", PERMISSION_SIGNED_IN, programmes_list_all, "Các chương trình và quy tắc của chúng",
           "The programmes and their rules")},
    {ROUTE("GET", "/api/programmes/{code}", PERMISSION_INDICATOR_READ, programmes_one, "Chỉ số của một chương trình",
           "Indicators of a programme")},
    {ROUTE("GET", "/api/children", PERMISSION_INDICATOR_READ, programmes_children, "Tăng trưởng trẻ dưới 5 tuổi",
           "Growth of children under five")},
    {ROUTE("GET", "/api/persons/{id}/growth", PERMISSION_PERSON_READ, programmes_growth, "Tăng trưởng của một trẻ",
           "Growth of a child")},
    {ROUTE("GET", "/api/growth/scores", PERMISSION_SIGNED_IN, programmes_scores, "Điểm z theo chuẩn WHO", "WHO z-scores"),
     .quick = true},
    {ROUTE("GET", "/api/growth/curves", PERMISSION_SIGNED_IN, programmes_curves, "Đường chuẩn tăng trưởng WHO",
           "WHO growth curves")},
    {ROUTE("GET", "/api/persons/{id}/check-up", PERMISSION_PERSON_READ, programmes_check_up, "Phiếu khám sức khỏe",
           "The check-up sheet")},
    {ROUTE("GET", "/api/persons/{id}/programmes", PERMISSION_PERSON_READ, programmes_person, "Các chương trình của một người",
           "Programmes of a person")},
    {ROUTE("GET", "/api/lists", PERMISSION_PERSON_READ, lists_all, "Các danh sách làm việc", "The lists to work through")},
    {ROUTE("GET", "/api/lists/{code}", PERMISSION_PERSON_READ, lists_one, "Một danh sách, từng trang",
           "One list, page by page")},
    {.method = NULL}};

err programmes_day(struct request *r, int32_t *out) {
    str text = request_query(r, "at");
    *out = day_today();
    if (text.len && !day_parse(text, out)) return err_make(r->arena, ERR_INVALID, "at", "at is a day, YYYY-MM-DD");
    return OK_ERR;
}

str programmes_station(struct request *r, struct reader *reader) {
    str post = r->session->place;
    if (str_starts(post, STR("Location/"))) post = str_slice(post, 9, post.len);
    return reader_rid(reader, FHIR_TYPE_ORGANIZATION, post) ? post : STR_NONE;
}

err programmes_list_all(struct request *r) {
    err why = OK_ERR;
    const struct programme *all = programmes_all(&why);
    if (!all) return why;
    buf_addz(&r->out, "{\"programmes\":[");
    for (int i = 0; i < PROGRAMME_COUNT; i++) {
        if (i) buf_addc(&r->out, ',');
        json_write(&r->out, all[i].json);
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}

/* ---- the area and its parts ------------------------------------------------------------------------------------------------ */

/* Smallest places of the area, each with the part (direct below the area) it counts for. */
struct area {
    struct places places;
    const struct place *area; /* NULL: everywhere */
    const struct place **parts;
    size_t part_count;
    struct { int64_t place; size_t part; } *leaves; /* part: part_count = of none */
    size_t leaf_count;
};

static bool is_part(const struct area *s, const struct place *p) {
    if (!place_is_area(p->kind)) return false;
    if (!s->area) return p->kind == PLACE_PROVINCE;
    return places_find(&s->places, p->parent) == s->area;
}

static size_t part_of(const struct area *s, const struct place *p) {
    for (int steps = 0; p && steps < 8; steps++) {
        for (size_t i = 0; i < s->part_count; i++)
            if (s->parts[i] == p) return i;
        p = p->parent ? places_find(&s->places, p->parent) : NULL;
    }
    return s->part_count;
}

/* ?place=: absent is the province. People without a known place count for the province only. */
static err read_area(struct request *r, struct reader *reader, struct area *s) {
    str id = request_query(r, "place");
    *s = (struct area){0};
    TRY(network_places(reader, r->arena, day_today(), &s->places));
    for (size_t i = 0; i < s->places.len && !id.len; i++)
        if (s->places.at[i].kind == PLACE_PROVINCE) s->area = &s->places.at[i];
    if (id.len && !(s->area = programmes_area(&s->places, id)))
        return err_make(r->arena, ERR_NOT_FOUND, "place", "no such place");
    s->parts = ARENA_ARRAY(r->arena, const struct place *, s->places.len + 1);
    s->leaves = arena_alloc(r->arena, (s->places.len + 1) * sizeof *s->leaves);
    for (size_t i = 0; i < s->places.len; i++)
        if (is_part(s, &s->places.at[i])) s->parts[s->part_count++] = &s->places.at[i];
    for (size_t i = 0; i < s->places.len; i++) {
        const struct place *p = &s->places.at[i];
        if (!place_is_area(p->kind) || !programmes_inside(&s->places, p, s->area)) continue;
        s->leaves[s->leaf_count].place = p->rid;
        s->leaves[s->leaf_count++].part = part_of(s, p);
    }
    if (!s->area || s->area->kind == PLACE_PROVINCE) {
        s->leaves[s->leaf_count].place = 0;
        s->leaves[s->leaf_count++].part = s->part_count;
    }
    return OK_ERR;
}

static void add_place_members(struct buf *out, const struct place *p, bool vietnamese) {
    add_text(out, "id", p->id);
    add_text(out, "code", p->code);
    add_text(out, "name", p->name);
    add_text(out, "kind", str_of(place_kind_code(p->kind)));
    add_text(out, "kindName", str_of(place_kind_name(p->kind, vietnamese)));
}

/* The site that serves a former commune: its station or point. */
static void add_site(struct buf *out, const struct places *all, const struct place *p) {
    const struct place *site = NULL;
    for (size_t i = 0; i < all->len && p->kind == PLACE_FORMER_COMMUNE; i++)
        if ((all->at[i].kind == PLACE_STATION || all->at[i].kind == PLACE_POINT) && all->at[i].parent == p->rid)
            site = &all->at[i];
    add_text(out, "site", site ? site->name : STR_NONE);
}

/* The area with the way to it from above: what the page shows to go back. */
static void add_area(struct buf *out, const struct area *s, bool vietnamese) {
    const struct place *way[8];
    size_t n = 0;
    for (const struct place *p = s->area; p && n < 8; p = p->parent ? places_find(&s->places, p->parent) : NULL)
        way[n++] = p;
    add_name(out, "place");
    if (!s->area) buf_addz(out, "null");
    else {
        buf_addc(out, '{');
        add_place_members(out, s->area, vietnamese);
        buf_addc(out, '}');
    }
    add_name(out, "way");
    buf_addc(out, '[');
    for (size_t i = n; i-- > 1;) {
        buf_addz(out, i + 1 < n ? ",{" : "{");
        add_place_members(out, way[i], vietnamese);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* One decimal, half up, or null without a denominator. */
static void add_percent(struct buf *out, const char *name, int64_t part, int64_t whole) {
    int64_t tenths = whole ? (part * 2000 + whole) / (2 * whole) : 0;
    add_name(out, name);
    if (whole) buf_addf(out, "%lld.%lld", (long long)(tenths / 10), (long long)(tenths % 10));
    else buf_addz(out, "null");
}

/* ---- a programme ------------------------------------------------------------------------------------------------------------- */

static void add_counts(struct buf *out, const struct programme_counts *c) {
    add_number(out, "registered", c->registered);
    add_number(out, "underCare", c->registered - c->state[COURSE_LOST]);
    add_number(out, "new", c->registered - c->state[COURSE_LOST] - c->counted);
    add_number(out, "counted", c->counted);
    add_number(out, "controlled", c->controlled);
    add_number(out, "uncontrolled", c->uncontrolled);
    add_number(out, "unmeasured", c->unmeasured);
    add_number(out, "missed", c->missed);
    add_number(out, "lost", c->state[COURSE_LOST]);
    add_number(out, "atTarget", c->at_target);
    add_percent(out, "controlledPercent", c->controlled, c->counted);
    add_percent(out, "atTargetPercent", c->at_target, c->counted);
    add_percent(out, "lostPercent", c->state[COURSE_LOST], c->registered);
    int percent[4];
    shares_of((const int64_t[]){c->controlled, c->uncontrolled, c->unmeasured, c->missed}, 4, percent);
    buf_addf(out, ",\"shares\":[%d,%d,%d,%d]", percent[0], percent[1], percent[2], percent[3]);
    add_number(out, "overdue", c->overdue);
    add_number(out, "called", c->called);
}

static const char sql_course[] =
    "SELECT from_day, until_day, state, counted, at_target FROM programme_interval INDEXED BY programme_interval_place "
    "WHERE programme = ?1 AND basis = ?2 AND place = ?3 AND until_day > ?4 AND from_day <= ?5";

struct month_counts { int64_t counted, controlled, missed, at_target; };

/* The last day of each of the twelve months, this month until `at`. */
static void month_days(int32_t at, int32_t days[MONTHS]) {
    int last = course_month(at);
    for (int i = 0; i < MONTHS; i++) days[i] = course_month_start(last - MONTHS + 2 + i) - 1;
    days[MONTHS - 1] = at;
}

static err add_course(struct reader *reader, enum programme_number n, enum course_basis basis, int64_t place,
                      const int32_t days[MONTHS], struct month_counts *m) {
    struct statement *q = db_use(reader_db(reader), sql_course);
    bool row;
    bind_int(q, 1, n);
    bind_int(q, 2, basis);
    bind_int(q, 3, place);
    bind_int(q, 4, days[0]);
    bind_int(q, 5, days[MONTHS - 1]);
    TRY(db_row(q, &row));
    while (row) {
        int64_t from = column_int(q, 0), until = column_int(q, 1);
        bool counted = column_int(q, 3);
        for (int i = 0; counted && i < MONTHS; i++) {
            if (days[i] < from || days[i] >= until) continue;
            m[i].counted++;
            m[i].controlled += column_int(q, 2) == COURSE_CONTROLLED;
            m[i].missed += column_int(q, 2) == COURSE_MISSED;
            m[i].at_target += column_int(q, 4);
        }
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static void write_months(struct buf *out, const int32_t days[MONTHS], const struct month_counts *m) {
    add_name(out, "months");
    buf_addc(out, '[');
    for (int i = 0; i < MONTHS; i++) {
        int month = course_month(days[i]);
        buf_addf(out, "%s{\"month\":\"%04d-%02d\"", i ? "," : "", month / 12, month % 12 + 1);
        add_number(out, "counted", m[i].counted);
        add_number(out, "controlled", m[i].controlled);
        add_number(out, "missed", m[i].missed);
        add_number(out, "atTarget", m[i].at_target);
        add_percent(out, "controlledPercent", m[i].controlled, m[i].counted);
        add_percent(out, "atTargetPercent", m[i].at_target, m[i].counted);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static const char sql_cohort[] = "SELECT enrolled_month, place, month_outcome, quarter_outcome, rows FROM programme_cohort "
                                 "WHERE programme = ?1 AND enrolled_month >= ?2 AND enrolled_month <= ?3";

struct cohort { int64_t outcome[COURSE_STATES]; };

static int compare_ids(const void *x, const void *y) {
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* Cohorts enrolled in the months that were over two months, or a quarter, before `at`. */
static err read_cohorts(struct request *r, struct reader *reader, const struct area *s, enum programme_number n, int month,
                        struct cohort *months, struct cohort *quarters) {
    int64_t *ids = ARENA_ARRAY(r->arena, int64_t, s->leaf_count + 1);
    int first_quarter = month / 3 - COHORT_QUARTERS; /* number of the oldest */
    for (size_t i = 0; i < s->leaf_count; i++) ids[i] = s->leaves[i].place;
    qsort(ids, s->leaf_count, sizeof *ids, compare_ids);
    struct statement *q = db_use(reader_db(reader), sql_cohort);
    bool row;
    bind_int(q, 1, n);
    bind_int(q, 2, first_quarter * 3 < month - 1 - COHORT_MONTHS ? first_quarter * 3 : month - 1 - COHORT_MONTHS);
    bind_int(q, 3, month);
    TRY(db_row(q, &row));
    while (row) {
        int64_t enrolled = column_int(q, 0), place = column_int(q, 1);
        int64_t of_month = enrolled - (month - 1 - COHORT_MONTHS), of_quarter = enrolled / 3 - first_quarter;
        if (bsearch(&place, ids, s->leaf_count, sizeof *ids, compare_ids)) {
            if (of_month >= 0 && of_month < COHORT_MONTHS) months[of_month].outcome[column_int(q, 2)] += column_int(q, 4);
            if (of_quarter >= 0 && of_quarter < COHORT_QUARTERS)
                quarters[of_quarter].outcome[column_int(q, 3)] += column_int(q, 4);
        }
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

static void write_cohort(struct buf *out, const char *label, const struct cohort *c) {
    int64_t all = 0;
    for (int i = COURSE_NEW; i < COURSE_STATES; i++) all += c->outcome[i];
    buf_addf(out, "{\"of\":\"%s\"", label);
    add_number(out, "registered", all);
    add_number(out, "controlled", c->outcome[COURSE_CONTROLLED]);
    add_number(out, "uncontrolled", c->outcome[COURSE_UNCONTROLLED]);
    add_number(out, "unmeasured", c->outcome[COURSE_UNMEASURED]);
    add_number(out, "missed", c->outcome[COURSE_MISSED]);
    int percent[4];
    shares_of((const int64_t[]){c->outcome[COURSE_CONTROLLED], c->outcome[COURSE_UNCONTROLLED],
                                c->outcome[COURSE_UNMEASURED], c->outcome[COURSE_MISSED]}, 4, percent);
    buf_addf(out, ",\"shares\":[%d,%d,%d,%d]}", percent[0], percent[1], percent[2], percent[3]);
}

static err write_cohorts(struct request *r, struct reader *reader, const struct area *s, enum programme_number n, int32_t at) {
    struct cohort months[COHORT_MONTHS] = {0}, quarters[COHORT_QUARTERS] = {0};
    int month = course_month(at);
    char label[16];
    TRY(read_cohorts(r, reader, s, n, month, months, quarters));
    add_name(&r->out, "cohorts");
    buf_addc(&r->out, '[');
    for (int i = 0; i < COHORT_MONTHS; i++) {
        int m = month - 1 - COHORT_MONTHS + i;
        snprintf(label, sizeof label, "%04d-%02d", m / 12, m % 12 + 1);
        if (i) buf_addc(&r->out, ',');
        write_cohort(&r->out, label, &months[i]);
    }
    buf_addc(&r->out, ']');
    add_name(&r->out, "quarters");
    buf_addc(&r->out, '[');
    for (int i = 0; i < COHORT_QUARTERS; i++) {
        int quarter = month / 3 - COHORT_QUARTERS + i;
        snprintf(label, sizeof label, "%04d-Q%d", quarter / 4, quarter % 4 + 1);
        if (i) buf_addc(&r->out, ',');
        write_cohort(&r->out, label, &quarters[i]);
    }
    buf_addc(&r->out, ']');
    return OK_ERR;
}

static void sum_counts(struct programme_counts *to, const struct programme_counts *c) {
    int64_t *a = (int64_t *)to;
    const int64_t *b = (const int64_t *)c;
    for (size_t i = 0; i < sizeof *c / sizeof *b; i++) a[i] += b[i]; /* a struct of nothing but int64_t */
}

static err write_one(struct request *r, struct reader *reader, const struct area *s, const struct programme *p,
                     enum course_basis basis) {
    enum programme_number n = (enum programme_number)(p - programmes_all(NULL));
    struct programme_counts all = {0}, *parts = ARENA_ARRAY(r->arena, struct programme_counts, s->part_count + 1);
    struct month_counts months[MONTHS] = {0};
    int32_t at, days[MONTHS];
    TRY(programmes_day(r, &at));
    month_days(at, days);
    for (size_t i = 0; i < s->leaf_count; i++) {
        struct programme_counts c = {0};
        TRY(programme_count_place(reader, n, basis, s->leaves[i].place, at, &c));
        TRY(add_course(reader, n, basis, s->leaves[i].place, days, months));
        sum_counts(&all, &c);
        sum_counts(&parts[s->leaves[i].part], &c);
    }
    buf_addc(&r->out, '{');
    add_text(&r->out, "code", p->code);
    buf_addz(&r->out, ",\"title\":");
    json_write(&r->out, JSON_GET(p->json, "title"));
    add_day(&r->out, "asOf", at);
    add_text(&r->out, "basis", basis == COURSE_DAYS ? STR("days") : STR("months"));
    add_area(&r->out, s, r->vietnamese);
    add_name(&r->out, "counts");
    buf_addc(&r->out, '{');
    add_counts(&r->out, &all);
    buf_addc(&r->out, '}');
    write_months(&r->out, days, months);
    TRY(write_cohorts(r, reader, s, n, at));
    add_name(&r->out, "parts");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < s->part_count; i++) {
        buf_addz(&r->out, i ? ",{" : "{");
        add_place_members(&r->out, s->parts[i], r->vietnamese);
        add_site(&r->out, &s->places, s->parts[i]);
        add_counts(&r->out, &parts[i]);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    return OK_ERR;
}

err programmes_one(struct request *r) {
    struct reader *reader;
    struct area s;
    str basis = request_query(r, "basis");
    const struct programme *p = programme_find(r->parameters[0]);
    if (!p) return err_make(r->arena, ERR_NOT_FOUND, "programme", "no such programme");
    if (basis.len && !str_is(basis, "days") && !str_is(basis, "months"))
        return err_make(r->arena, ERR_INVALID, "basis", "basis is days or months");
    TRY(request_reader(r, &reader));
    TRY(read_area(r, reader, &s));
    request_set_header(r, "Cache-Control", STR("no-store"));
    return write_one(r, reader, &s, p, str_is(basis, "months") ? COURSE_MONTHS : COURSE_DAYS);
}

/* ---- children ---------------------------------------------------------------------------------------------------------------- */

static const char sql_children[] =
    "SELECT last_day, next_on, signs, z_length, z_weight, z_weight_for_length FROM child INDEXED BY child_place "
    "WHERE place = ?1 AND five_on > ?2 AND born_on <= ?2";

struct child_counts {
    int64_t children, measured, due; /* measured: within the last twelve months */
    int64_t length, stunted, severely_stunted, weight, underweight, weight_for_length, wasted, overweight;
};

static void count_child(struct child_counts *c, struct statement *q, int32_t at) {
    unsigned signs = (unsigned)column_int(q, 2);
    c->children++;
    c->due += column_int(q, 1) < at;
    if (column_null(q, 0) || day_add_months((int32_t)column_int(q, 0), 12) <= at) return;
    c->measured++;
    if (!column_null(q, 3)) {
        c->length++;
        c->stunted += (signs & GROWTH_STUNTED) != 0;
        c->severely_stunted += (signs & GROWTH_SEVERELY_STUNTED) != 0;
    }
    if (!column_null(q, 4) || signs & GROWTH_SEVERELY_UNDERWEIGHT) {
        c->weight++;
        c->underweight += (signs & GROWTH_UNDERWEIGHT) != 0;
    }
    if (!column_null(q, 5) || signs & GROWTH_SEVERELY_WASTED) {
        c->weight_for_length++;
        c->wasted += (signs & GROWTH_WASTED) != 0;
        c->overweight += (signs & GROWTH_OVERWEIGHT) != 0;
    }
}

static void add_children(struct buf *out, const struct child_counts *c) {
    add_number(out, "children", c->children);
    add_number(out, "measured", c->measured);
    add_number(out, "due", c->due);
    add_number(out, "length", c->length);
    add_number(out, "stunted", c->stunted);
    add_number(out, "severelyStunted", c->severely_stunted);
    add_number(out, "weight", c->weight);
    add_number(out, "underweight", c->underweight);
    add_number(out, "weightForLength", c->weight_for_length);
    add_number(out, "wasted", c->wasted);
    add_number(out, "overweight", c->overweight);
    add_percent(out, "stuntedPercent", c->stunted, c->length);
    add_percent(out, "underweightPercent", c->underweight, c->weight);
    add_percent(out, "wastedPercent", c->wasted, c->weight_for_length);
    add_percent(out, "overweightPercent", c->overweight, c->weight_for_length);
}

static err count_children(struct reader *reader, int64_t place, int32_t at, struct child_counts *all,
                          struct child_counts *part) {
    struct statement *q = db_use(reader_db(reader), sql_children);
    bool row;
    bind_int(q, 1, place);
    bind_int(q, 2, at);
    TRY(db_row(q, &row));
    while (row) {
        count_child(all, q, at);
        count_child(part, q, at);
        TRY(db_row(q, &row));
    }
    return OK_ERR;
}

err programmes_children(struct request *r) {
    struct reader *reader;
    struct area s;
    int32_t at;
    TRY(programmes_day(r, &at));
    TRY(request_reader(r, &reader));
    TRY(read_area(r, reader, &s));
    struct child_counts all = {0}, *parts = ARENA_ARRAY(r->arena, struct child_counts, s.part_count + 1);
    for (size_t i = 0; i < s.leaf_count; i++)
        TRY(count_children(reader, s.leaves[i].place, at, &all, &parts[s.leaves[i].part]));
    buf_addc(&r->out, '{');
    add_day(&r->out, "asOf", at);
    add_area(&r->out, &s, r->vietnamese);
    add_name(&r->out, "counts");
    buf_addc(&r->out, '{');
    add_children(&r->out, &all);
    buf_addc(&r->out, '}');
    add_name(&r->out, "parts");
    buf_addc(&r->out, '[');
    for (size_t i = 0; i < s.part_count; i++) {
        buf_addz(&r->out, i ? ",{" : "{");
        add_place_members(&r->out, s.parts[i], r->vietnamese);
        add_site(&r->out, &s.places, s.parts[i]);
        add_children(&r->out, &parts[i]);
        buf_addc(&r->out, '}');
    }
    buf_addz(&r->out, "]}");
    request_set_header(r, "Cache-Control", STR("no-store"));
    return OK_ERR;
}
