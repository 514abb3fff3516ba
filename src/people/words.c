/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tokens a person is found by. Pure: the projection writes them, the query reads them.
 *
 *   nguyen thi lan     words of the name, folded
 *   ntlan              initials, the given name whole: what people type when they are in a hurry ("ntl" is its
 * beginning) 1959               year of birth r1284              last four digits of CCCD, insurance number and phone,
 * reversed: "821" and "4821" are beginnings of a token 03k9…              the smallest stable place
 */
#include "people.h"

#include "base/date.h"

str person_place_word(struct arena *a, str place_id) {
    static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
    uint64_t h = str_hash(place_id);
    char *text = arena_alloc(a, 9);
    text[0] = '0'; /* no year and no name begins with it */
    for (int i = 8; i >= 1; i--, h >>= 5) text[i] = digits[h & 31];
    return (str){text, 9};
}

static bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

size_t person_split(str folded, str *words, size_t max) {
    size_t n = 0;
    for (size_t i = 0; i < folded.len && n < max;) {
        while (i < folded.len && !in_word(folded.at[i])) i++;
        size_t from = i;
        while (i < folded.len && in_word(folded.at[i])) i++;
        if (i > from) words[n++] = str_slice(folded, from, i);
    }
    return n;
}

/* First character of a UTF-8 word. */
static str first_character(str w) {
    size_t n = 1;
    while (n < w.len && ((unsigned char)w.at[n] & 0xC0) == 0x80) n++;
    return str_slice(w, 0, n);
}

static void name_words(struct buf *out, str folded) {
    enum { MAX = 12 };
    str words[MAX];
    size_t n = person_split(folded, words, MAX);
    for (size_t i = 0; i < n; i++) {
        buf_add(out, words[i]);
        buf_addc(out, ' ');
    }
    for (size_t i = 0; n >= 2 && i < n; i++) buf_add(out, i + 1 < n ? first_character(words[i]) : words[i]);
    buf_addc(out, ' ');
}

str person_words(struct arena *a, const str *folded_names, size_t names, str birth, const str *numbers, size_t count,
                 str place_id) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < names; i++) name_words(&out, folded_names[i]);
    if (birth.len >= 4) {
        buf_add(&out, str_slice(birth, 0, 4));
        buf_addc(&out, ' ');
    }
    for (size_t i = 0; i < count; i++) {
        str n = numbers[i];
        if (n.len >= 4)
            buf_addf(&out, "r%c%c%c%c ", n.at[n.len - 1], n.at[n.len - 2], n.at[n.len - 3], n.at[n.len - 4]);
    }
    if (place_id.len) buf_add(&out, person_place_word(a, place_id));
    return str_trim(buf_str(&out));
}

static bool one_of(char c, const char *set) { return c && strchr(set, c) != NULL; }

/* dd → d; aa, ee, oo → one; aw, ow, uw → a, o, u; w alone was an ư; s f r x j after the vowels is a tone. */
str person_telex(struct arena *a, str w) {
    struct buf out = buf_new(a);
    for (size_t i = 0; i < w.len; i++) {
        char c = w.at[i], next = i + 1 < w.len ? w.at[i + 1] : 0, last = out.len ? out.at[out.len - 1] : 0;
        if (c == last && one_of(c, "daeo")) continue;
        if (c == 'w') {
            if (!one_of(last, "aou")) buf_addc(&out, 'u');
            continue;
        }
        if (out.len && one_of(c, "sfrxj") && !one_of(next, "aeiouy") &&
            (one_of(last, "aeiouy") || (!next && one_of(last, "nmgcpth"))))
            continue;
        buf_addc(&out, c);
    }
    return out.len ? buf_str(&out) : w;
}

int person_age(str birth, int32_t on) {
    struct date_time d;
    if (!birth.len || !date_parse(birth, false, &d)) return -1;
    int32_t born = day_from_civil(d.year, d.precision >= DATE_MONTH ? d.month : 7, d.precision >= DATE_DAY ? d.day : 1);
    if (born <= on) return age_years(born, on);
    return on >= day_from_civil(d.year, 1, 1) ? 0 : -1;
}
