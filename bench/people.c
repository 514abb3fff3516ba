/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * people DIR [SCALE [people-only]]: makes the demonstration in DIR unless it is there, then measures finding somebody
 * while typing (every beginning of realistic queries, as the director and as a nurse) and the province page. Prints one
 * table; times in ms of this thread's processor.
 */
#include "base/date.h"
#include "care/care.h"
#include "db/db.h"
#include "demo/demo.h"
#include "network/network.h"
#include "people/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double wall_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* what one core needs; the wall of a busy machine says nothing */
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static void fail(const char *what, err e) {
    fprintf(stderr, "%s: %s: %.*s\n", what, err_english(e.code), STR_ARG(e.detail));
    exit(1);
}
static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static void line(const char *name, double *times, size_t n) {
    qsort(times, n, sizeof *times, compare);
    printf("%-28s %6zu runs  p50 %7.2f  p95 %7.2f  max %7.2f\n", name, n, times[n / 2], times[n * 95 / 100],
           times[n - 1]);
}

static const char *const queries[] = {"nguyen thi lan",
                                      "nguyễn thị lan",
                                      "lan nguyen",
                                      "lo thi",
                                      "lò thị ỉnh",
                                      "giang a po",
                                      "quang van doi",
                                      "vang thi mai",
                                      "mua a dua",
                                      "ntlan",
                                      "ltlan",
                                      "gapo",
                                      "nguyen van hung 1975",
                                      "lan 1959",
                                      "thao thi 88",
                                      "hoang thi huong",
                                      "pham duc anh",
                                      "giang",
                                      "ca van",
                                      "lo van panh",
                                      "po xuan",
                                      "tan a",
                                      "sung a chu",
                                      "nguyeenx thij hoa",
                                      "tong thi lan thanh yen",
                                      "lo van sinh phinh",
                                      "nguyen thi him lam",
                                      "099",
                                      "4821",
                                      "0100 123 456",
                                      "mua thi xua 19",
                                      "zz zz",
                                      "nguyen giang po",
                                      "thi",
                                      "an",
                                      "quàng",
                                      "hang a ly tua chua",
                                      "le thi thu"};

static double one(struct store *s, struct arena *a, const struct access *who, str q, int32_t today, double worst) {
    struct reader *r;
    struct found found;
    arena_reset(a);
    double from = now_ms();
    err e = reader_begin(s, a, &r);
    if (!e.code) e = person_find(r, a, who, q, 20, today, &found);
    if (e.code) fail("find", e);
    for (size_t i = 0; i < found.len; i++) {
        struct care_person c;
        struct place_path p;
        if (care_person(r, a, found.at[i].rid, &c).code || network_path(r, a, found.at[i].place, day_today(), &p).code) exit(1);
    }
    reader_end(r);
    double took = now_ms() - from;
    if (took > worst) printf("   %-30.*s %2zu%s found  %.2f ms\n", STR_ARG(q), found.len, found.more ? "+" : "", took);
    return took;
}

static void typing(struct store *s, struct arena *a, const char *name, const struct access *who, int32_t today) {
    static double times[4096];
    size_t n = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
            str q = str_of(queries[i]);
            for (size_t len = 1; len <= q.len && n < 4096; len++) {
                if (len < q.len && ((unsigned char)q.at[len] & 0xC0) == 0x80) continue;
                double t = one(s, a, who, str_slice(q, 0, len), today, pass ? 30 : 1e9);
                if (pass) times[n++] = t;
            }
        }
    line(name, times, n);
}

/* ---- every kind of query, of people who are there ---------------------------------------------------------------------- */

enum kind { BY_NAME, BY_TURNED_NAME, BY_INITIALS, BY_NAME_YEAR, BY_PHONE_TAIL, BY_CCCD, BY_INSURANCE, BY_HOUSEHOLD, BY_VILLAGE, BY_NAME_VILLAGE, KINDS };
static const char *const kind_names[KINDS] = {"name", "name, other order", "initials", "given name, year", "phone, last digits", "CCCD from its beginning",
                                              "insurance number", "household", "village", "given name, village"};
static const char sql_sample[] = "SELECT subject FROM person WHERE alive = 1 AND name IS NOT NULL AND subject >= ?1 ORDER BY subject LIMIT 1";
static const char sql_last[] = "SELECT max(subject) FROM person";

static str last_word(str name) {
    size_t i = name.len;
    while (i && name.at[i - 1] != ' ') i--;
    return str_slice(name, i, name.len);
}

static str initials_of(struct arena *a, str name) {
    struct buf out = buf_new(a);
    str rest = name, word, given = last_word(name);
    while (str_split(&rest, ' ', &word)) {
        if (word.at == given.at || !word.len) break;
        size_t n = 1;
        while (n < word.len && ((unsigned char)word.at[n] & 0xC0) == 0x80) n++;
        buf_add(&out, str_slice(word, 0, n));
    }
    buf_add(&out, given);
    return buf_str(&out);
}

static str query_of(struct arena *a, enum kind kind, const struct person *p, str village) {
    str given = last_word(p->name), before = str_trim(str_slice(p->name, 0, p->name.len - given.len)), year = str_slice(p->birth, 0, 4);
    switch (kind) {
    case BY_NAME: return p->name;
    case BY_TURNED_NAME: return str_format(a, "%.*s %.*s", STR_ARG(given), STR_ARG(before));
    case BY_INITIALS: return initials_of(a, p->name);
    case BY_NAME_YEAR: return year.len ? str_format(a, "%.*s %.*s", STR_ARG(given), STR_ARG(year)) : STR_NONE;
    case BY_PHONE_TAIL: return p->phone.len > 6 ? str_slice(p->phone, p->phone.len - 6, p->phone.len) : STR_NONE;
    case BY_CCCD: return p->cccd;
    case BY_INSURANCE: return p->insurance;
    case BY_HOUSEHOLD: return p->head_name.len ? str_format(a, "hộ %.*s", STR_ARG(p->head_name)) : STR_NONE;
    case BY_VILLAGE: return village;
    default: return village.len ? str_format(a, "%.*s %.*s", STR_ARG(given), STR_ARG(village)) : STR_NONE;
    }
}

struct sample { struct person person; str village; };

static size_t take_sample(struct store *s, struct arena *a, const struct access *who, struct sample *out, size_t most) {
    struct reader *r;
    int64_t last = 0;
    bool row;
    size_t n = 0;
    if (reader_begin(s, a, &r).code) exit(1);
    struct statement *q = db_use(reader_db(r), sql_last);
    if (!db_row(q, &row).code && row) last = column_int(q, 0);
    db_reset(q);
    for (size_t i = 0; i < most * 50 && n < most; i++) {
        struct place_path path;
        q = db_use(reader_db(r), sql_sample);
        bind_int(q, 1, (int64_t)((i * 2654435761u) % (uint64_t)last));
        if (db_row(q, &row).code || !row) continue;
        int64_t rid = column_int(q, 0);
        db_reset(q);
        if (person_get_rid(r, a, who, rid, &out[n].person).code || network_path(r, a, out[n].person.place, day_today(), &path).code) continue;
        out[n++].village = str_copy(a, path.hamlet.name);
    }
    reader_end(r);
    return n;
}

/* Each beginning of each query; `reached`: how many of the whole queries have the person among their twenty. */
static void kinds(struct store *s, struct arena *a, const struct access *who, int32_t today) {
    enum { SAMPLE = 60 };
    static struct sample sample[SAMPLE];
    static double times[SAMPLE * 64];
    struct arena *kept = arena_new();
    size_t people = take_sample(s, kept, who, sample, SAMPLE);
    for (int kind = 0; kind < KINDS; kind++) {
        size_t n = 0, asked = 0, reached = 0;
        for (size_t i = 0; i < people; i++) {
            str q = query_of(kept, (enum kind)kind, &sample[i].person, sample[i].village);
            for (size_t len = 1; len <= q.len && n < SAMPLE * 64; len++)
                if (len == q.len || ((unsigned char)q.at[len] & 0xC0) != 0x80) times[n++] = one(s, a, who, str_slice(q, 0, len), today, 1e9);
            struct reader *r;
            struct found found = {0};
            if (!q.len || reader_begin(s, a, &r).code || person_find(r, a, who, q, 20, today, &found).code) continue;
            asked++;
            bool there = false;
            for (size_t k = 0; k < found.len; k++) there = there || found.at[k].rid == sample[i].person.rid;
            reached += there;
            reader_end(r);
        }
        printf("%3zu of %3zu reached  ", reached, asked);
        if (n) line(kind_names[kind], times, n);
    }
    arena_free(kept);
}

int main(int argc, char **argv) {
    struct arena *a = arena_new(), *work = arena_new();
    static const struct store_room *const rooms[] = {&network_room, &people_room, &care_room};
    struct demo_options o = {.province = STR("11"),
                             .scale_ppm = 20000,
                             .seed = 1,
                             .on = day_today()};
    o.people_only = argc > 3; /* a third argument */
    if (argc < 2 || (argc > 2 && strcmp(argv[2], "find") && !demo_scale(str_of(argv[2]), &o.scale_ppm))) return 2;
    bool fresh = store_init(a, argv[1]).code == ERR_OK;
    struct store_options options = {.mode = STORE_WRITE, .rooms = rooms, .room_count = 3};
    struct store *s;
    err e = store_open(a, argv[1], &options, &s);
    if (e.code) fail("open", e);
    if (fresh) {
        struct demo_result made;
        double from = wall_ms();
        e = demo_make(s, a, &o, NULL, NULL, &made);
        if (e.code) fail("demo", e);
        double took = (wall_ms() - from) / 1e3;
        printf("demo: %lld residents, %lld households, %lld resources in %.1f s, %.0f a second\n",
               (long long)made.residents, (long long)made.households, (long long)made.resources, took,
               (double)made.resources / took);
    }
    struct access all = {.everything = true}, nurse;
    struct reader *r;
    if (reader_begin(s, work, &r).code) return 1;
    double from = now_ms();
    e = network_access(r, a, &(struct network_post){STR("nurse"), STR("station-03346"), day_today()}, &nurse);
    if (e.code) fail("access", e);
    printf("access of a post: %zu places, %.2f ms\n", nurse.place_count, now_ms() - from);
    reader_end(r);
    typing(s, work, "find, whole province", &all, o.on);
    typing(s, work, "find, one commune", &nurse, o.on);
    printf("by kind, whole province\n");
    kinds(s, work, &all, o.on);
    printf("by kind, one commune\n");
    kinds(s, work, &nurse, o.on);
    if (argc > 2 && strcmp(argv[2], "find") == 0) return store_close(s), 0; /* the node of somebody else: only the queries */
    double times[50];
    for (int i = 0; i < 50; i++) {
        arena_reset(work);
        from = now_ms();
        struct buf out = buf_new(work);
        e = reader_begin(s, work, &r);
        if (!e.code) e = care_province_write(r, work, o.on, &out);
        if (e.code) fail("province", e);
        reader_end(r);
        times[i] = now_ms() - from;
        if (!i) printf("%.*s\n", (int)(out.len < 900 ? out.len : 900), out.at);
    }
    line("province page", times, 50);
    store_close(s);
    return 0;
}
