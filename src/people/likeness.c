/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The score of two records: points of what agrees, minus what speaks against it. The points are those of a linkage by
 * hand (names are few in a valley, a full birth date is rare, a number is nearly proof); their order was chosen so that a
 * whole name with a year needs a place or a number to be more than a hint.
 */
#include "likeness.h"

#include "people.h"

#include <stdlib.h>

enum { WORDS = 12, SHORTEST_NEAR = 3 };

static const int points[LIKENESS_REASON_COUNT] = {
    [LIKENESS_BIT_NAME] = 40,       [LIKENESS_BIT_NAME_NEAR] = 22,  [LIKENESS_BIT_BIRTH] = 30, [LIKENESS_BIT_BIRTH_TURNED] = 25,
    [LIKENESS_BIT_BIRTH_YEAR] = 18, [LIKENESS_BIT_BIRTH_NEAR] = 8,  [LIKENESS_BIT_SEX] = 4,    [LIKENESS_BIT_PLACE] = 14,
    [LIKENESS_BIT_COMMUNE] = 6,     [LIKENESS_BIT_HOUSEHOLD] = 14,  [LIKENESS_BIT_PHONE] = 20, [LIKENESS_BIT_CCCD] = 100,
    [LIKENESS_BIT_INSURANCE] = 70,  [LIKENESS_BIT_OTHER_CCCD] = -45, [LIKENESS_BIT_OTHER_SEX] = -25,
};

const char *likeness_reason_code(enum likeness_reason r) {
    static const char *const codes[] = {
#define X(name, code) code,
        LIKENESS_REASONS(X)
#undef X
    };
    return codes[r];
}

/* ---- names ------------------------------------------------------------------------------------------------------- */

/* At most one letter put in, left out or exchanged. */
static bool one_letter(str x, str y) {
    if (x.len > y.len) {
        str t = x;
        x = y;
        y = t;
    }
    if (y.len - x.len > 1) return false;
    size_t i = 0;
    while (i < x.len && x.at[i] == y.at[i]) i++;
    str x_rest = str_slice(x, x.len == y.len ? i + 1 : i, x.len), y_rest = str_slice(y, i + 1, y.len);
    return str_eq(x_rest, y_rest);
}

static int compare_words(const void *x, const void *y) { return str_compare(*(const str *)x, *(const str *)y); }

static bool near_name(str x, str y) {
    str a[WORDS], b[WORDS];
    size_t n = person_split(x, a, WORDS), m = person_split(y, b, WORDS), same = 0;
    if (!n || !m || n + 1 < m || m + 1 < n) return false;
    bool given = str_eq(a[n - 1], b[m - 1]);
    if (x.len > SHORTEST_NEAR && one_letter(x, y)) return true;
    qsort(a, n, sizeof *a, compare_words);
    qsort(b, m, sizeof *b, compare_words);
    for (size_t i = 0, k = 0; i < n && k < m;) {
        int c = str_compare(a[i], b[k]);
        same += c == 0;
        i += c <= 0;
        k += c >= 0;
    }
    if (n == m && same == n) return true; /* other order */
    return given && same + 1 >= (n > m ? n : m) && same >= 2;
}

/* ---- birth ------------------------------------------------------------------------------------------------------- */

static int year_of(str birth) {
    int64_t year;
    return birth.len >= 4 && str_int64(str_slice(birth, 0, 4), &year) ? (int)year : 0;
}

static unsigned compare_birth(str x, str y) {
    int a = year_of(x), b = year_of(y);
    if (!a || !b) return 0;
    if (x.len == 10 && str_eq(x, y)) return LIKE_BIRTH;
    if (x.len == 10 && y.len == 10 && a == b && str_eq(str_slice(x, 5, 7), str_slice(y, 8, 10)) &&
        str_eq(str_slice(x, 8, 10), str_slice(y, 5, 7)))
        return LIKE_BIRTH_TURNED;
    if (a == b) return LIKE_BIRTH_YEAR;
    return abs(a - b) <= TELL_APART_YEARS ? LIKE_BIRTH_NEAR : 0;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

static bool both(str x, str y) { return x.len && y.len; }
/* The ten digits of social insurance end the old cards of 15 characters too. */
static str last_ten(str s) { return s.len > 10 ? str_slice(s, s.len - 10, s.len) : s; }
static bool sexed(str s) { return str_is(s, "male") || str_is(s, "female"); }

struct likeness likeness_of(const struct identity *x, const struct identity *y) {
    struct likeness l = {0};
    if (both(x->name, y->name)) l.why |= str_eq(x->name, y->name) ? LIKE_NAME : near_name(x->name, y->name) ? LIKE_NAME_NEAR : 0;
    l.why |= compare_birth(x->birth, y->birth);
    if (sexed(x->sex) && sexed(y->sex)) l.why |= str_eq(x->sex, y->sex) ? LIKE_SEX : LIKE_OTHER_SEX;
    if (x->place && x->place == y->place) l.why |= LIKE_PLACE;
    bool commune = x->commune && x->commune == y->commune;
    if (commune && !(l.why & LIKE_PLACE)) l.why |= LIKE_COMMUNE;
    if (both(x->household, y->household) && str_eq(x->household, y->household)) l.why |= LIKE_HOUSEHOLD;
    if (both(x->phone, y->phone) && str_eq(x->phone, y->phone)) l.why |= LIKE_PHONE;
    if (both(x->cccd, y->cccd)) l.why |= str_eq(x->cccd, y->cccd) ? LIKE_CCCD : LIKE_OTHER_CCCD;
    if (both(x->insurance, y->insurance) && str_eq(last_ten(x->insurance), last_ten(y->insurance))) l.why |= LIKE_INSURANCE;
    for (int r = 0; r < LIKENESS_REASON_COUNT; r++)
        if (l.why >> r & 1) l.score += points[r];
    l.score = l.score < 0 ? 0 : l.score > LIKENESS_MAX ? LIKENESS_MAX : l.score;
    unsigned year = LIKE_BIRTH | LIKE_BIRTH_TURNED | LIKE_BIRTH_YEAR | LIKE_BIRTH_NEAR;
    bool unknown_year = !year_of(x->birth) || !year_of(y->birth);
    l.tell_apart = (commune || (l.why & LIKE_PLACE)) && (l.why & LIKE_NAME) && (unknown_year || l.why & year);
    return l;
}
