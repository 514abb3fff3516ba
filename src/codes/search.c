/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Codes as one types. A list has some fifteen thousand rows of a hundred bytes: they are looked at one by one in a few milliseconds,
 * and the best are kept in order.
 */
#include "codes.h"

#include "base/fold.h"

enum { WORDS_MOST = 8, INITIALS_LEAST = 3 };

/* The lower, the better. */
enum rank { RANK_CODE, RANK_CODE_BEGINS, RANK_NAME_BEGINS, RANK_COMMON_INITIALS, RANK_WORDS, RANK_INITIALS, RANK_INITIALS_INSIDE, RANK_NONE };

struct typed {
    str all, plain, words[WORDS_MOST]; /* folded; plain: a code without dots */
    size_t count;
};

/* Does a word of the text begin so? */
static bool word_begins(str text, str word) {
    const char *at = text.at, *end = text.at + text.len;
    while (at && (at = memmem(at, (size_t)(end - at), word.at, word.len))) {
        if (at == text.at || at[-1] == ' ' || at[-1] == '(' || at[-1] == '-' || at[-1] == '/' || at[-1] == '[') return true;
        at++;
    }
    return false;
}

static bool all_words(const struct typed *t, str text) {
    for (size_t i = 0; i < t->count; i++)
        if (!word_begins(text, t->words[i])) return false;
    return t->count > 0;
}

static enum rank rank_of(const struct typed *t, const struct code_entry *e) {
    if (str_eq(t->plain, e->plain)) return RANK_CODE;
    if (t->plain.len && str_starts(e->plain, t->plain)) return RANK_CODE_BEGINS;
    if (str_starts(e->words, t->all) || (e->shipped.len && str_starts(e->shipped, t->all))) return RANK_NAME_BEGINS;
    bool initials = t->count == 1 && t->all.len >= INITIALS_LEAST, begins = initials && str_starts(e->initials, t->all);
    if (begins && e->common) return RANK_COMMON_INITIALS;
    if (all_words(t, e->words) || (e->shipped.len && all_words(t, e->shipped))) return RANK_WORDS;
    return begins ? RANK_INITIALS : initials && str_contains(e->initials, t->all) ? RANK_INITIALS_INSIDE : RANK_NONE;
}

/* Of one rank: what the list has before what only the program ships, common ones first (in the order of their codes), then short names
 * before long ones. */
static unsigned long score(const struct typed *t, const struct code_entry *e) {
    enum rank rank = rank_of(t, e);
    if (rank == RANK_NONE) return 0;
    unsigned long length = e->words.len < 500 ? e->words.len : 500;
    bool in_order = rank <= RANK_CODE_BEGINS || e->common;
    return 1000000UL - 100000UL * rank - (e->outside ? 50000UL : 0) - (in_order ? 0 : 1000UL + length);
}

static void read_typed(struct arena *a, str text, struct typed *t) {
    struct buf plain = buf_new(a);
    str rest, word;
    *t = (struct typed){.all = text_fold(a, str_trim(text))};
    for (size_t i = 0; i < t->all.len; i++)
        if (t->all.at[i] != '.' && t->all.at[i] != ' ') buf_addc(&plain, t->all.at[i]);
    t->plain = buf_str(&plain);
    rest = t->all;
    while (t->count < WORDS_MOST && str_split(&rest, ' ', &word))
        if (word.len) t->words[t->count++] = word;
}

size_t code_search(const struct code_table *table, struct arena *a, str text, const struct code_entry **out, size_t most) {
    struct typed t;
    unsigned long *best = ARENA_ARRAY(a, unsigned long, most + 1);
    size_t n = 0;
    read_typed(a, text, &t);
    for (size_t i = 0; i < table->len && t.all.len && most; i++) {
        unsigned long points = score(&t, &table->at[i]);
        if (!points || (n == most && points <= best[n - 1])) continue;
        size_t at = n < most ? n++ : n - 1;
        for (; at && best[at - 1] < points; at--) {
            best[at] = best[at - 1];
            out[at] = out[at - 1];
        }
        best[at] = points;
        out[at] = &table->at[i];
    }
    return n;
}

const struct code_entry *code_find(const struct code_table *t, str code) {
    size_t low = 0, high = t->len;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = str_compare(t->at[middle].row->at[COLUMN_CODE], code);
        if (!c) return &t->at[middle];
        if (c < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}
