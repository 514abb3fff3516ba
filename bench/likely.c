/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * likely DIR: how well the suggestions while registering find who is there already, on the people of a demonstration (make
 * bench-likely). First the pairs that must be told apart, counted here by their definition alone; then records typed a second time with
 * the mistakes that clerks make. Recall: the person is among those shown; precision: of all shown, how many were meant.
 */
#include "base/date.h"
#include "base/fold.h"
#include "base/map.h"
#include "base/vec.h"
#include "db/db.h"
#include "network/network.h"
#include "people/people.h"

#include <stdio.h>
#include <stdlib.h>

enum { SHOWN = 12, SAMPLE = 300 };

struct one { struct person person; str folded; int64_t commune; int year; };
struct crowd { struct one *at; size_t len, cap; };

static void must(err e) {
    if (!e.code) return;
    fprintf(stderr, "%s: %.*s\n", err_english(e.code), STR_ARG(e.detail));
    exit(1);
}

static void read_crowd(struct reader *r, struct arena *a, struct crowd *out) {
    static const char sql[] = "SELECT subject FROM person WHERE name IS NOT NULL ORDER BY subject";
    static const struct access all = {.everything = true};
    VEC(int64_t) rids = {0};
    struct statement *q = db_use(reader_db(r), sql);
    bool row;
    must(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &rids, column_int(q, 0));
        must(db_row(q, &row));
    }
    for (size_t i = 0; i < rids.len; i++) {
        struct one o;
        struct place_path path;
        int64_t year = 0;
        must(person_get_rid(r, a, &all, rids.at[i], &o.person));
        must(network_path(r, a, o.person.place, day_today(), &path));
        o.folded = text_fold(a, o.person.name);
        o.commune = path.commune.rid;
        str_int64(str_slice(o.person.birth, 0, 4), &year);
        o.year = (int)year;
        VEC_PUSH(a, out, o);
    }
}

static bool pair(const struct one *x, const struct one *y) {
    return x != y && x->commune == y->commune && str_eq(x->folded, y->folded) && (!x->year || !y->year || abs(x->year - y->year) <= TELL_APART_YEARS);
}

struct counts { size_t asked, reached, first, shown, meant; };

/* Types somebody; `self` is not compared; `wanted` tells whom it should find. */
static void ask(struct reader *r, struct arena *a, const struct identity *typed, str self, const struct one *wanted, struct counts *c) {
    static const struct access all = {.everything = true};
    struct likely *list;
    size_t n;
    must(person_likely(r, a, &all, typed, self, &list, &n));
    c->asked++;
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        bool meant = str_eq(list[i].person.id, wanted->person.id);
        c->shown++;
        c->meant += meant;
        c->reached += meant;
        c->first += meant && i == 0;
    }
}

static void tell_apart(struct reader *r, struct arena *a, const struct crowd *people) {
    static const struct access all = {.everything = true};
    struct map by_name = map_new(a);
    size_t pairs = 0, told = 0, tellings = 0, right = 0;
    for (size_t i = 0; i < people->len; i++) {
        struct one *x = &people->at[i];
        str key = str_format(a, "%lld %.*s", (long long)x->commune, STR_ARG(x->folded));
        struct crowd *same = map_get(&by_name, key);
        if (!same) map_put(&by_name, key, same = ARENA_NEW(a, struct crowd));
        VEC_PUSH(a, same, *x);
    }
    for (size_t k = 0; k < by_name.len; k++) {
        const struct crowd *same = by_name.entries[k].value;
        for (size_t i = 0; same->len > 1 && i < same->len; i++) {
            const struct one *x = &same->at[i];
            struct identity typed = {.name = x->person.name, .birth = x->person.birth, .sex = x->person.sex, .place = x->person.place};
            struct likely *list;
            size_t n, own = 0;
            for (size_t j = 0; j < same->len; j++) own += pair(x, &same->at[j]);
            if (!own) continue;
            pairs += own;
            must(person_likely(r, a, &all, &typed, x->person.id, &list, &n));
            for (size_t l = 0; l < n && list[l].likeness.tell_apart; l++) {
                tellings++;
                for (size_t j = 0; j < same->len; j++)
                    if (pair(x, &same->at[j]) && str_eq(same->at[j].person.id, list[l].person.id)) right++;
            }
            told = right;
        }
    }
    printf("pairs to be told apart: %zu (each seen from both sides: %zu), told %zu, recall %.3f, precision %.3f\n", pairs / 2, pairs, told,
           (double)told / (double)pairs, tellings ? (double)right / (double)tellings : 0);
}

/* ---- typed a second time ------------------------------------------------------------------------------------------------- */

enum mistake { AS_IT_IS, ONE_LETTER, MIDDLE_LEFT_OUT, OTHER_ORDER, YEAR_ONLY, YEAR_WRONG, DAY_TURNED, OTHER_VILLAGE, LETTER_AND_YEAR, NO_BIRTH, MISTAKES };
static const char *const mistake_names[MISTAKES] = {"as it is", "one letter of the name", "a word of the name left out", "words in another order", "only the year",
                                                    "the year before", "day and month turned", "another village of the commune", "one letter, only the year", "no birth date"};

static str changed_letter(struct arena *a, str name, unsigned chance) {
    char *copy = str_z(a, name);
    for (size_t k = 0; k < name.len; k++) {
        size_t i = (chance + k) % name.len;
        if (copy[i] >= 'a' && copy[i] <= 'z') {
            copy[i] = copy[i] == 'h' ? 'n' : 'h';
            break;
        }
    }
    return (str){copy, name.len};
}

static str without_word(struct arena *a, str name, bool turned) {
    str words[12];
    size_t n = 0;
    for (str rest = name; n < 12 && str_split(&rest, ' ', &words[n]);) n++;
    struct buf out = buf_new(a);
    for (size_t i = 0; i < n; i++) {
        if (!turned && n > 2 && i == n / 2) continue;
        buf_addf(&out, "%s%.*s", out.len ? " " : "", STR_ARG(words[turned ? (i + n - 1) % n : i]));
    }
    return buf_str(&out);
}

static bool mistaken(struct arena *a, enum mistake m, const struct crowd *people, const struct one *x, struct identity *t) {
    str birth = x->person.birth;
    *t = (struct identity){.name = x->person.name, .birth = birth, .sex = x->person.sex, .place = x->person.place};
    unsigned chance = (unsigned)str_hash(x->person.id);
    if (m == ONE_LETTER || m == LETTER_AND_YEAR) t->name = changed_letter(a, t->name, chance);
    if (m == MIDDLE_LEFT_OUT || m == OTHER_ORDER) t->name = without_word(a, t->name, m == OTHER_ORDER);
    if (m == YEAR_ONLY || m == LETTER_AND_YEAR) t->birth = str_slice(birth, 0, 4);
    if (m == NO_BIRTH) t->birth = STR_NONE;
    if (m == YEAR_WRONG) t->birth = str_format(a, "%d%.*s", x->year - 1, STR_ARG(str_slice(birth, 4, birth.len)));
    if (m == DAY_TURNED) {
        if (birth.len != 10 || str_compare(str_slice(birth, 8, 10), STR("12")) > 0) return false;
        t->birth = str_format(a, "%.*s-%.*s-%.*s", STR_ARG(str_slice(birth, 0, 4)), STR_ARG(str_slice(birth, 8, 10)), STR_ARG(str_slice(birth, 5, 7)));
    }
    for (size_t i = 0; m == OTHER_VILLAGE && i < people->len; i++)
        if (people->at[i].commune == x->commune && people->at[i].person.place != x->person.place) {
            t->place = people->at[i].person.place;
            return true;
        }
    return m != OTHER_VILLAGE;
}

int main(int argc, char **argv) {
    static const struct store_room *const rooms[] = {&network_room, &people_room};
    struct store_options options = {.mode = STORE_READ, .rooms = rooms, .room_count = 2};
    struct arena *a = arena_new(), *work = arena_new();
    struct crowd people = {0};
    struct store *s;
    struct reader *r;
    if (argc != 2) return 2;
    must(store_open(a, argv[1], &options, &s));
    must(reader_begin(s, a, &r));
    read_crowd(r, a, &people);
    printf("%zu people\n", people.len);
    tell_apart(r, a, &people);
    for (int m = 0; m < MISTAKES; m++) {
        struct counts c = {0};
        for (size_t i = 0; i < SAMPLE && people.len; i++) {
            const struct one *x = &people.at[i * people.len / SAMPLE];
            struct identity typed;
            if (x->person.birth.len != 10 || !mistaken(work, (enum mistake)m, &people, x, &typed)) continue;
            ask(r, work, &typed, STR_NONE, x, &c);
            arena_reset(work);
        }
        printf("%-32s %4zu typed  recall %.3f  first %.3f  precision %.3f  shown %.1f\n", mistake_names[m], c.asked, (double)c.reached / (double)c.asked,
               (double)c.first / (double)c.asked, c.shown ? (double)c.meant / (double)c.shown : 0, (double)c.shown / (double)c.asked);
    }
    reader_end(r);
    store_close(s);
    return 0;
}
