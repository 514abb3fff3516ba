/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who in the store looks like the person that is being typed: candidates from the text index (the same number; all words of
 * the name in the commune; all words of the name with the years around; all words but one there), scored by likeness.c.
 */
#include "find_int.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/vec.h"
#include "likeness.h"
#include "network/network.h"

#include <stdlib.h>

enum { CANDIDATES = 300, NAME_WORDS = 8, TAIL = 4, NEAR_WORDS = 3 };

struct search {
    struct reader *reader;
    struct arena *a;
    const struct access *who;
    const struct identity *typed;
    str self;           /* id of somebody who is not compared, or empty */
    str rights, commune; /* clauses; rights empty: everybody */
    VEC(int64_t) seen;
    VEC(struct likely) found;
};

static err commune_of(struct search *s, int64_t place, int64_t *commune) {
    struct place_path path;
    TRY(network_path(s->reader, s->a, place, day_today(), &path));
    *commune = path.commune.rid;
    return OK_ERR;
}

static err look_at(struct search *s, int64_t rid) {
    struct likely l;
    bool row;
    for (size_t i = 0; i < s->seen.len; i++)
        if (s->seen.at[i] == rid) return OK_ERR;
    VEC_PUSH(s->a, &s->seen, rid);
    TRY(person_row(s->reader, s->a, rid, &l.person, &row));
    if (!row || !person_seen(s->who, &l.person) || str_eq(l.person.id, s->self)) return OK_ERR;
    const struct person *p = &l.person;
    struct identity y = {.name = text_fold(s->a, p->name), .birth = p->birth, .sex = p->sex, .cccd = p->cccd,
                         .insurance = p->insurance, .phone = p->phone, .household = p->household, .place = p->place};
    TRY(commune_of(s, p->place, &y.commune));
    l.likeness = likeness_of(s->typed, &y);
    if (l.likeness.tell_apart || l.likeness.score >= LIKENESS_SHOWN) VEC_PUSH(s->a, &s->found, l);
    return OK_ERR;
}

static err look(struct search *s, str clause) {
    int64_t *rids = ARENA_ARRAY(s->a, int64_t, CANDIDATES);
    size_t n;
    if (!clause.len) return OK_ERR;
    TRY(person_match(s->reader, clause, CANDIDATES, rids, &n));
    for (size_t i = 0; i < n; i++) TRY(look_at(s, rids[i]));
    return OK_ERR;
}

static str both(struct arena *a, str x, str y) {
    return x.len && y.len ? str_format(a, "%.*s AND %.*s", STR_ARG(x), STR_ARG(y)) : x.len ? x : y;
}

static err by_numbers(struct search *s) {
    str numbers[] = {s->typed->cccd, s->typed->insurance, s->typed->phone};
    for (size_t i = 0; i < 3; i++)
        if (numbers[i].len > TAIL) TRY(look(s, both(s->a, s->rights, person_tail_term(s->a, numbers[i]))));
    return OK_ERR;
}

/* The words of the name, all but number `without` (none: all), each whole. */
static str name_clause(struct arena *a, const str *words, size_t n, size_t without) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < n; i++)
        if (i != without) buf_addf(&out, "%s\"%.*s\"", out.len ? " AND " : "", STR_ARG(words[i]));
    return buf_str(&out);
}

/* "(\"1957\" OR … \"1961\")" around the year of birth, or empty. */
static str years_clause(struct arena *a, str birth) {
    int64_t year;
    struct buf out = buf_new(a);
    if (birth.len < 4 || !str_int64(str_slice(birth, 0, 4), &year)) return STR_NONE;
    for (int64_t y = year - TELL_APART_YEARS; y <= year + TELL_APART_YEARS; y++)
        buf_addf(&out, "%s\"%lld\"", out.len ? " OR " : "(", (long long)y);
    buf_addc(&out, ')');
    return buf_str(&out);
}

static err by_name(struct search *s) {
    str words[NAME_WORDS], years = years_clause(s->a, s->typed->birth);
    size_t n = person_split(s->typed->name, words, NAME_WORDS);
    if (!n) return OK_ERR;
    str name = name_clause(s->a, words, n, n);
    TRY(look(s, s->commune.len ? both(s->a, s->commune, name) : STR_NONE));
    if (n > 1 && years.len) TRY(look(s, both(s->a, s->rights, both(s->a, name, years))));
    for (size_t i = 0; n >= NEAR_WORDS && i < n && years.len && s->commune.len; i++)
        TRY(look(s, both(s->a, s->commune, both(s->a, name_clause(s->a, words, n, i), years))));
    return OK_ERR;
}

static int best_first(const void *x, const void *y) {
    const struct likely *a = x, *b = y;
    if (a->likeness.tell_apart != b->likeness.tell_apart) return a->likeness.tell_apart ? -1 : 1;
    if (a->likeness.score != b->likeness.score) return b->likeness.score - a->likeness.score;
    return str_compare(a->person.id, b->person.id);
}

err person_likely(struct reader *r, struct arena *a, const struct access *who, const struct identity *typed, str self,
                  struct likely **out, size_t *count) {
    struct identity x = *typed;
    struct search s = {.reader = r, .a = a, .who = who, .typed = &x, .self = self};
    int64_t *places;
    size_t n;
    *count = 0;
    x.name = text_fold(a, typed->name);
    TRY(commune_of(&s, x.place, &x.commune));
    if (x.commune) {
        TRY(network_below(r, a, x.commune, day_today(), &places, &n));
        TRY(person_place_clause(r, a, who, places, n, &s.commune));
    }
    if (!who->everything) TRY(person_place_clause(r, a, who, who->places, who->place_count, &s.rights));
    for (size_t i = 0; i < who->person_count; i++) TRY(look_at(&s, who->persons[i]));
    if (who->everything || s.rights.len) {
        TRY(by_numbers(&s));
        TRY(by_name(&s));
    }
    if (s.found.len) qsort(s.found.at, s.found.len, sizeof *s.found.at, best_first);
    *out = s.found.at;
    *count = s.found.len;
    return OK_ERR;
}
