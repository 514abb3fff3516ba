/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Find as you type (docs/find.md). A query is cut into words; each becomes a term of the full-text index; rights are a
 * term too (the tokens of the places), so that a common name in a foreign commune costs nothing. Three rounds, each
 * only when the one before left room: whole words, the last word unfinished, all words unfinished; then the same with a
 * run of words read as a place.
 */
#include "find_int.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/vec.h"
#include "db/db.h"
#include "network/network.h"

#include <stdlib.h>

enum {
    MAX_WORDS = 8,
    CANDIDATES = 120,  /* rows looked at in a round; the best of them are shown */
    NUMBERED = 1500,   /* with five digits or more: in a province some two hundred share the last four, and one is meant */
    MAX_PLACES = 160,  /* a run of words that means more places than that is no place */
    NUMBER_LENGTH = 5, /* from here digits are checked on the row */
    JOINED_LENGTH = 9, /* digits in groups, "0100 123 456", are one number from here */
    MAX_PRESENT = 200
};

#define PERSON_COLUMNS                                                                                                 \
    "p.subject, p.id, p.name, p.birth, p.sex, p.place, p.household, p.head, p.household_size, p.cccd, p.insurance, "   \
    "p.phone, "                                                                                                        \
    "p.ethnic_code, p.ethnic_name, p.dead, p.synthetic, h.id, h.name, p.numbers, p.moved"
/* The head's row: of the record that goes on when the head's was replaced. */
#define PERSON_FROM                                                                                                    \
    " FROM person p LEFT JOIN person h ON p.head <> 0 AND h.subject = "                                                \
    "coalesce((SELECT subject FROM person_replaced WHERE replaced = p.head), p.head) "
static const char sql_person[] = "SELECT " PERSON_COLUMNS PERSON_FROM "WHERE p.subject = ?1";
static const char sql_person_id[] = "SELECT " PERSON_COLUMNS PERSON_FROM "WHERE p.id = ?1";
static const char sql_survivor[] = "SELECT p.id FROM person_replaced r JOIN person p ON p.subject = r.subject WHERE r.replaced = ?1";
static const char sql_parts[] = "SELECT replaced FROM person_replaced WHERE subject = ?1 ORDER BY replaced";
static const char sql_match[] = "SELECT rowid FROM person_find WHERE person_find MATCH ?1 LIMIT ?2";
static const char sql_match_one[] = "SELECT rowid FROM person_find WHERE person_find MATCH ?1 AND rowid = ?2";
static const char sql_counts[] = "SELECT place, alive FROM person_total";

static void read_person(struct statement *q, struct arena *a, struct person *p) {
    str *texts[] = {&p->id, &p->name, &p->birth, &p->sex};
    *p = (struct person){.rid = column_int(q, 0),
                         .place = column_int(q, 5),
                         .head = column_int(q, 7),
                         .household_size = (int)column_int(q, 8),
                         .synthetic = column_int(q, 15) != 0};
    for (int i = 0; i < 4; i++) *texts[i] = str_copy(a, column_text(q, 1 + i));
    p->household = str_copy(a, column_text(q, 6));
    p->cccd = str_copy(a, column_text(q, 9));
    p->insurance = str_copy(a, column_text(q, 10));
    p->phone = str_copy(a, column_text(q, 11));
    p->ethnic_code = str_copy(a, column_text(q, 12));
    p->ethnic_name = str_copy(a, column_text(q, 13));
    p->dead = str_copy(a, column_text(q, 14));
    p->head_id = str_copy(a, column_text(q, 16));
    p->head_name = str_copy(a, column_text(q, 17));
    p->numbers = str_copy(a, column_text(q, 18));
    p->moved = str_copy(a, column_text(q, 19));
}

static bool has(const int64_t *sorted, size_t n, int64_t v) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sorted[middle] < v)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && sorted[low] == v;
}

bool person_seen(const struct access *who, const struct person *p) {
    return who->everything || has(who->places, who->place_count, p->place) ||
           has(who->persons, who->person_count, p->rid);
}

err person_row(struct reader *r, struct arena *a, int64_t rid, struct person *out, bool *row) {
    struct statement *q = db_use(reader_db(r), sql_person);
    bind_int(q, 1, rid);
    TRY(db_row(q, row));
    if (*row) read_person(q, a, out);
    db_reset(q);
    return OK_ERR;
}

static err row_of(struct reader *r, struct arena *a, str id, struct person *out, bool *row) {
    struct statement *q = db_use(reader_db(r), sql_person_id);
    bind_text(q, 1, id);
    TRY(db_row(q, row));
    if (*row) read_person(q, a, out);
    db_reset(q);
    return OK_ERR;
}

/* Id of the record that replaces this one, or empty. */
static err survivor_of(struct reader *r, struct arena *a, str id, str *out) {
    struct statement *q = db_use(reader_db(r), sql_survivor);
    bool row;
    *out = STR_NONE;
    bind_int(q, 1, reader_rid(r, FHIR_TYPE_PATIENT, id));
    TRY(db_row(q, &row));
    if (row) *out = str_copy(a, column_text(q, 0));
    db_reset(q);
    return OK_ERR;
}

err person_parts(struct reader *r, struct arena *a, int64_t rid, int64_t **out, size_t *count) {
    VEC(int64_t) list = {0};
    struct statement *q = db_use(reader_db(r), sql_parts);
    bool row;
    VEC_PUSH(a, &list, rid);
    bind_int(q, 1, rid);
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &list, column_int(q, 0));
        TRY(db_row(q, &row));
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

err person_get_rid(struct reader *r, struct arena *a, const struct access *who, int64_t rid, struct person *out) {
    struct statement *q = db_use(reader_db(r), sql_person);
    bind_int(q, 1, rid);
    bool row;
    TRY(db_row(q, &row));
    if (row) read_person(q, a, out);
    db_reset(q);
    if (!row || !person_seen(who, out)) return err_make(a, ERR_NOT_FOUND, "Patient", "nobody of that number");
    return OK_ERR;
}

/* Was one of the records that this one replaces opened to the asker? */
static err part_opened(struct reader *r, struct arena *a, const struct access *who, int64_t rid, bool *opened) {
    int64_t *parts;
    size_t count;
    if (!who->person_count) return OK_ERR;
    TRY(person_parts(r, a, rid, &parts, &count));
    for (size_t i = 0; i < count; i++) *opened = *opened || has(who->persons, who->person_count, parts[i]);
    return OK_ERR;
}

err person_get(struct reader *r, struct arena *a, const struct access *who, str id, struct person *out) {
    bool row;
    TRY(row_of(r, a, id, out, &row));
    if (!row) {
        str survivor;
        TRY(survivor_of(r, a, id, &survivor));
        if (survivor.len) TRY(row_of(r, a, survivor, out, &row));
    }
    bool seen = row && person_seen(who, out);
    if (row && !seen) TRY(part_opened(r, a, who, out->rid, &seen));
    return seen ? OK_ERR : err_make(a, ERR_NOT_FOUND, "Patient", "nobody of that id");
}

err person_counts(struct reader *r, struct arena *a, struct place_count **out, size_t *count) {
    struct {
        struct place_count *at;
        size_t len, cap;
    } list = {0};
    struct statement *q = db_use(reader_db(r), sql_counts);
    bool row;
    TRY(db_row(q, &row));
    while (row) {
        VEC_PUSH(a, &list, (struct place_count){column_int(q, 0), column_int(q, 1)});
        TRY(db_row(q, &row));
    }
    *out = list.at;
    *count = list.len;
    return OK_ERR;
}

/* ---- the query
 * --------------------------------------------------------------------------------------------------------- */

struct term {
    str text; /* folded word as typed */
    bool digits;
    str exact, prefix; /* as terms of the index */
    str check;         /* digits that one of the person's numbers must end with, or empty */
};
struct finder {
    struct reader *reader;
    struct arena *a;
    const struct access *who;
    struct term terms[MAX_WORDS];
    size_t count;
    str rights; /* clause of the places that may be seen, empty: all */
    struct {
        struct person *at;
        size_t len, cap;
    } found;
    size_t wanted; /* limit + 1 */
    int32_t today; /* the network of that day */
};

static bool all_digits(str w) {
    for (size_t i = 0; i < w.len; i++)
        if (w.at[i] < '0' || w.at[i] > '9') return false;
    return w.len > 0;
}

str person_tail_term(struct arena *a, str digits) {
    struct buf out = buf_new(a);
    buf_addz(&out, "\"r");
    for (size_t i = 0; i < 4 && i < digits.len; i++) buf_addc(&out, digits.at[digits.len - 1 - i]);
    buf_addc(&out, '"');
    return buf_str(&out);
}

/* Digits: a year, the beginning of one, two figures of one, or the end of a number. */
static void digit_term(struct arena *a, struct term *t, int this_year) {
    int64_t n = 0;
    str w = t->text;
    str_int64(w, &n);
    if (w.len == 1) {
        t->exact = t->prefix = str_format(a, "\"%.*s\" *", STR_ARG(w)); /* beginning of a year; 3 … 9 find nobody */
    } else if (w.len == 2) {
        int century = 2000 + n <= this_year ? 2000 : 1900;
        str two = str_format(a, "\"%d\"", (int)(century + n));
        if (century == 2000 && 2000 + n <= this_year)
            two = str_format(a, "\"%d\" OR \"%d\"", (int)(1900 + n), (int)(2000 + n));
        t->exact = t->prefix = n == 19 || n == 20 ? str_format(a, "(%.*s OR \"%d\" *)", STR_ARG(two), (int)n)
                                                  : str_format(a, "(%.*s)", STR_ARG(two));
    } else if (w.len == 3) {
        str tail = person_tail_term(a, w);
        bool year = str_starts(w, STR("19")) || str_starts(w, STR("20"));
        t->exact = t->prefix = year ? str_format(a, "(%.*s * OR \"%.*s\" *)", STR_ARG(tail), STR_ARG(w))
                                    : str_format(a, "%.*s *", STR_ARG(tail));
    } else {
        str tail = person_tail_term(a, w);
        bool year = w.len == 4 && n >= 1880 && n <= this_year;
        t->exact = t->prefix = year ? str_format(a, "(\"%.*s\" OR %.*s)", STR_ARG(w), STR_ARG(tail)) : tail;
        if (w.len >= NUMBER_LENGTH) t->check = w;
    }
}

static void word_term(struct arena *a, struct term *t) {
    str telex = person_telex(a, t->text);
    if (str_eq(telex, t->text)) {
        t->exact = str_format(a, "\"%.*s\"", STR_ARG(t->text));
        t->prefix = str_format(a, "\"%.*s\" *", STR_ARG(t->text));
        return;
    }
    t->exact = str_format(a, "(\"%.*s\" OR \"%.*s\")", STR_ARG(t->text), STR_ARG(telex));
    t->prefix = str_format(a, "(\"%.*s\" * OR \"%.*s\" *)", STR_ARG(t->text), STR_ARG(telex));
}

/* The text of an ID card's QR code stands for its number (vn-admin: CCCD|CMND|name|…). */
static str first_field(str query) {
    size_t bar = str_find(query, '|');
    return bar < query.len && all_digits(str_slice(query, 0, bar)) ? str_slice(query, 0, bar) : query;
}

static void read_query(struct finder *f, str query, int this_year) {
    str words[MAX_WORDS * 2];
    size_t n = person_split(text_fold(f->a, first_field(query)), words, MAX_WORDS * 2);
    for (size_t i = 0; i < n && f->count < MAX_WORDS; i++) {
        struct term *t = &f->terms[f->count++];
        *t = (struct term){.text = words[i], .digits = all_digits(words[i])};
        if (t->digits) { /* groups of one number */
            size_t j = i, len = 0;
            while (j < n && all_digits(words[j])) len += words[j++].len;
            if (j > i + 1 && len >= JOINED_LENGTH) {
                struct buf joined = buf_new(f->a);
                for (size_t k = i; k < j; k++) buf_add(&joined, words[k]);
                t->text = buf_str(&joined);
                i = j - 1;
            }
            digit_term(f->a, t, this_year);
        } else {
            word_term(f->a, t);
        }
    }
}

err person_place_clause(struct reader *r, struct arena *a, const struct access *who, const int64_t *rids, size_t n, str *out) {
    struct buf clause = buf_new(a);
    for (size_t i = 0; i < n; i++) {
        struct place p;
        if (!who->everything && !has(who->places, who->place_count, rids[i])) continue;
        err e = network_place(r, a, rids[i], day_today(), &p);
        if (e.code == ERR_NOT_FOUND) continue;
        if (e.code) return e;
        buf_addf(&clause, "%s\"%.*s\"", clause.len ? " OR " : "(", STR_ARG(person_place_word(a, p.id)));
    }
    if (clause.len) buf_addc(&clause, ')');
    *out = buf_str(&clause);
    return OK_ERR;
}

/* ---- matching
 * ---------------------------------------------------------------------------------------------------------- */

static bool any_ends(str numbers, str digits) {
    str number;
    while (str_split(&numbers, ' ', &number))
        if (str_ends(number, digits)) return true;
    return false;
}

static bool number_ends(const struct person *p, str digits) {
    return str_ends(p->cccd, digits) || str_ends(p->insurance, digits) || str_ends(p->phone, digits) ||
           (p->numbers.len && any_ends(p->numbers, digits));
}

static bool ends_with_digits(const struct finder *f, const struct person *p) {
    for (size_t i = 0; i < f->count; i++)
        if (f->terms[i].check.len && !number_ends(p, f->terms[i].check)) return false;
    return true;
}

static bool already(const struct finder *f, int64_t rid) {
    for (size_t i = 0; i < f->found.len; i++)
        if (f->found.at[i].rid == rid) return true;
    return false;
}

struct candidate {
    struct person person;
    int score;
};

/* Greater is better: given name hit whole, words in the order of the name, whole words, alive. */
static int score(const struct finder *f, const struct person *p) {
    str words[12];
    size_t n = person_split(text_fold(f->a, p->name), words, 12), last = 0;
    int points = p->dead.len ? 0 : 1;
    bool ordered = true;
    for (size_t i = 0; i < f->count; i++) {
        const struct term *t = &f->terms[i];
        if (t->digits) continue;
        for (size_t k = 0; k < n; k++) {
            if (!str_eq(words[k], t->text)) continue;
            points += k + 1 == n ? 8 : 3;
            ordered = ordered && k >= last;
            last = k;
            break;
        }
    }
    return points + (ordered ? 2 : 0);
}

static int compare_candidates(const void *x, const void *y) {
    const struct candidate *a = x, *b = y;
    if (a->score != b->score) return b->score - a->score;
    int c = str_compare(a->person.name, b->person.name);
    if (!c) c = str_compare(a->person.birth, b->person.birth);
    return c ? c : str_compare(a->person.id, b->person.id);
}

err person_match(struct reader *r, str clause, size_t limit, int64_t *rids, size_t *found) {
    struct statement *q = db_use(reader_db(r), sql_match);
    bool row;
    *found = 0;
    bind_text(q, 1, clause);
    bind_int(q, 2, (int64_t)limit);
    TRY(db_row(q, &row));
    while (row && *found < limit) {
        rids[(*found)++] = column_int(q, 0);
        TRY(db_row(q, &row));
    }
    db_reset(q);
    return OK_ERR;
}

/* One round: the clause over the index; verified, ranked, appended to what was found. */
static err round_of(struct finder *f, str clause) {
    size_t n = 0, kept = 0, most = CANDIDATES;
    bool row;
    for (size_t i = 0; i < f->count; i++)
        if (f->terms[i].check.len) most = NUMBERED;
    int64_t *rids = ARENA_ARRAY(f->a, int64_t, most);
    struct candidate *list = ARENA_ARRAY(f->a, struct candidate, CANDIDATES);
    TRY(person_match(f->reader, clause, most, rids, &n));
    for (size_t i = 0; i < n && kept < CANDIDATES; i++) {
        if (already(f, rids[i])) continue;
        struct candidate *c = &list[kept];
        TRY(person_row(f->reader, f->a, rids[i], &c->person, &row));
        if (!row) continue;
        if (!person_seen(f->who, &c->person) || !ends_with_digits(f, &c->person)) continue;
        c->score = score(f, &c->person);
        kept++;
    }
    qsort(list, kept, sizeof *list, compare_candidates);
    for (size_t i = 0; i < kept && f->found.len < f->wanted; i++) VEC_PUSH(f->a, &f->found, list[i].person);
    return OK_ERR;
}

enum rounds { WHOLE, LAST_OPEN, ALL_OPEN };

/* Terms outside [from, to) joined by AND with the places. */
static str clause_of(struct finder *f, enum rounds round, size_t from, size_t to, str places) {
    struct buf out = buf_new(f->a);
    buf_add(&out, places);
    for (size_t i = 0; i < f->count; i++) {
        if (i >= from && i < to) continue;
        bool open = round == ALL_OPEN || (round == LAST_OPEN && i + 1 == f->count);
        if (out.len) buf_addz(&out, " AND ");
        buf_add(&out, open ? f->terms[i].prefix : f->terms[i].exact);
    }
    return buf_str(&out);
}

/* People whom the asker may see for another reason than their place: few, looked at one by one. */
static err present_persons(struct finder *f, str clause) {
    size_t n = f->who->person_count < MAX_PRESENT ? f->who->person_count : MAX_PRESENT;
    for (size_t i = 0; i < n && f->found.len < f->wanted && clause.len; i++) {
        struct statement *q = db_use(reader_db(f->reader), sql_match_one);
        bind_text(q, 1, clause);
        bind_int(q, 2, f->who->persons[i]);
        bool row;
        TRY(db_row(q, &row));
        db_reset(q);
        if (!row || already(f, f->who->persons[i])) continue;
        struct person p;
        TRY(person_row(f->reader, f->a, f->who->persons[i], &p, &row));
        if (row && ends_with_digits(f, &p)) VEC_PUSH(f->a, &f->found, p);
    }
    return OK_ERR;
}

static err rounds(struct finder *f, size_t from, size_t to, str places) {
    size_t words = f->count - (to - from);
    bool text = false;
    for (size_t i = 0; i < f->count; i++) text |= (i < from || i >= to) && !f->terms[i].digits;
    for (int round = WHOLE; round <= ALL_OPEN && f->found.len < f->wanted; round++) {
        if (round > WHOLE && (!text || (round == ALL_OPEN && words < 2 && to < f->count)))
            break; /* nothing new to open */
        if (round == LAST_OPEN && from < to && to == f->count) continue; /* the last word is the place's */
        str clause = clause_of(f, (enum rounds)round, from, to, places);
        if (clause.len) TRY(round_of(f, clause));
    }
    return OK_ERR;
}

static bool kind_word(str w) {
    static const char *const kinds[] = {"ban", "xa", "phuong", "thon", "xom"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_is(w, kinds[i])) return true;
    return false;
}

/* A run of words at the end or the beginning read as a place, the longest first. */
static err as_places(struct finder *f) {
    str words[MAX_WORDS];
    for (size_t i = 0; i < f->count; i++) words[i] = f->terms[i].text;
    for (size_t len = f->count; len >= 1; len--) {
        for (int side = 0; side < (len == f->count ? 1 : 2) && f->found.len < f->wanted; side++) {
            size_t from = side ? 0 : f->count - len, to = from + len, start = from, found;
            if (len > 1 && kind_word(words[start])) start++;
            if (to - start == 1 && words[start].len < 3) continue;
            bool digits = true;
            for (size_t i = start; i < to; i++) digits = digits && f->terms[i].digits;
            if (digits) continue;
            int64_t *rids;
            struct place_words named = {words + start, to - start, f->today};
            TRY(network_places_named(f->reader, f->a, &named, MAX_PLACES, &rids, &found));
            if (!found || found > MAX_PLACES) continue;
            str places;
            TRY(person_place_clause(f->reader, f->a, f->who, rids, found, &places));
            if (places.len) TRY(rounds(f, from, to, places));
        }
    }
    return OK_ERR;
}

/* "hộ lan": whoever belongs to the household of somebody found by the rest. The mark tells it from the family name Hồ. */
static str of_household(struct arena *a, str query, bool *household) {
    static const char *const words[] = {"hộ ", "Hộ ", "HỘ "};
    str text = text_nfc(a, query);
    *household = false;
    for (size_t i = 0; i < sizeof words / sizeof *words && !*household; i++) {
        str word = str_of(words[i]);
        *household = str_starts(text, word);
        if (*household) text = str_slice(text, word.len, text.len);
    }
    return *household ? text : query;
}

/* The members of the households whose heads were found, the head first. */
static err add_members(struct finder *f) {
    VEC(struct person) heads = {0};
    for (size_t i = 0; i < f->found.len; i++)
        if (f->found.at[i].head == f->found.at[i].rid) VEC_PUSH(f->a, &heads, f->found.at[i]);
    if (!heads.len) return OK_ERR;
    f->found.len = 0;
    for (size_t h = 0; h < heads.len && f->found.len < f->wanted; h++) {
        struct version group;
        struct json *tree;
        VEC_PUSH(f->a, &f->found, heads.at[h]);
        if (reader_get(f->reader, f->a, FHIR_TYPE_GROUP, heads.at[h].household, &group).code) continue;
        TRY(json_parse(f->a, group.body, &tree));
        const struct json *members = JSON_GET(tree, "member");
        for (const struct json *m = members ? members->first : NULL; m && f->found.len < f->wanted; m = m->next) {
            struct fhir_reference who = fhir_reference_parse(JSON_TEXT(JSON_GET(m, "entity"), "reference"));
            struct person p;
            bool row = false;
            if (who.type == FHIR_TYPE_PATIENT) TRY(row_of(f->reader, f->a, who.id, &p, &row));
            if (row && person_seen(f->who, &p) && str_eq(p.household, heads.at[h].household) && !already(f, p.rid))
                VEC_PUSH(f->a, &f->found, p);
        }
    }
    return OK_ERR;
}

err person_find(struct reader *r, struct arena *a, const struct access *who, str query, size_t limit, int32_t today,
                struct found *out) {
    int year, month, day;
    day_to_civil(today, &year, &month, &day);
    *out = (struct found){0};
    if (!limit || limit > FIND_MAX) limit = FIND_MAX;
    struct finder f = {.reader = r, .a = a, .today = today, .who = who, .wanted = limit + 1};
    if (utf8_valid(query) != query.len) return err_make(a, ERR_INVALID, "q", "the text is not UTF-8");
    bool household;
    read_query(&f, of_household(a, query, &household), year);
    if (!f.count) return OK_ERR;
    if (!who->everything) {
        TRY(person_place_clause(r, a, who, who->places, who->place_count, &f.rights));
        TRY(present_persons(&f, clause_of(&f, ALL_OPEN, 0, 0, STR_NONE)));
    }
    if (who->everything || f.rights.len) {
        TRY(rounds(&f, 0, 0, f.rights));
        if (f.found.len < f.wanted) TRY(as_places(&f));
    }
    if (household) TRY(add_members(&f));
    out->more = f.found.len > limit;
    out->len = out->more ? limit : f.found.len;
    out->at = f.found.at;
    return OK_ERR;
}
