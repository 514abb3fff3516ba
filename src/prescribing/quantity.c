/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much is handed out, and how it is written (Circular 26/2025/TT-BYT, article 6: below ten with a nought before it;
 * narcotics in words, the first letter a capital).
 */
#include "rules.h"

struct rational line_total(const struct prescription_line *l) {
    return l->days > 0 ? rational_multiply(rational_multiply(l->dose, l->times), rational_of(l->days, 1)) : RATIONAL_NONE;
}

int64_t line_units(const struct prescription_line *l) {
    struct rational content = rational_is(l->content) ? l->content : rational_of(1, 1);
    return rational_ceiling(rational_divide(line_total(l), content));
}

/* ---- words ---------------------------------------------------------------------------------------------------------- */

static const char *const digits[] = {"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"};

static void say(struct buf *out, const char *word) {
    if (out->len) buf_addc(out, ' ');
    buf_addz(out, word);
}

/* Three digits; `full`: something greater stands before, so hundreds are said even when there are none. */
static void say_group(struct buf *out, int64_t n, bool full) {
    int64_t hundreds = n / 100, tens = n / 10 % 10, ones = n % 10;
    if (hundreds || full) {
        say(out, digits[hundreds]);
        say(out, "trăm");
    }
    if (!tens && ones && (hundreds || full)) say(out, "linh");
    if (tens == 1) say(out, "mười");
    if (tens > 1) {
        say(out, digits[tens]);
        say(out, "mươi");
    }
    if (!ones) return;
    bool after_tens = tens > 1;
    say(out, ones == 1 && after_tens ? "mốt" : ones == 5 && tens ? "lăm" : digits[ones]);
}

str number_words(struct arena *a, int64_t n) {
    static const struct { int64_t size; const char *word; } groups[] = {{1000000, "triệu"}, {1000, "nghìn"}, {1, NULL}};
    struct buf out = buf_new(a);
    if (n < 0 || n > 999999999) return STR_NONE;
    if (n == 0) return STR("không");
    bool full = false;
    for (size_t i = 0; i < 3; i++) {
        int64_t part = n / groups[i].size % 1000;
        if (!part) continue;
        say_group(&out, part, full);
        if (groups[i].word) say(&out, groups[i].word);
        full = true;
    }
    return buf_str(&out);
}

str quantity_write(struct arena *a, int64_t quantity, char kind) {
    if (quantity <= 0) return STR_NONE;
    if (kind != FORM_NARCOTIC) return str_format(a, quantity < 10 ? "0%lld" : "%lld", (long long)quantity);
    static const struct { const char *small, *capital; } first[] = {{"một", "Một"}, {"hai", "Hai"}, {"ba", "Ba"}, {"bốn", "Bốn"}, {"năm", "Năm"},
                                                                    {"sáu", "Sáu"}, {"bảy", "Bảy"}, {"tám", "Tám"}, {"chín", "Chín"}, {"mười", "Mười"}};
    str words = number_words(a, quantity);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        str small = str_of(first[i].small);
        bool whole_word = str_starts(words, small) && (words.len == small.len || words.at[small.len] == ' ');
        if (whole_word) return str_format(a, "%s%.*s", first[i].capital, STR_ARG(str_slice(words, small.len, words.len)));
    }
    return words;
}

/* ---- usage ---------------------------------------------------------------------------------------------------------- */

static const struct route_word { const char *route, *vi, *en; } route_words[] = {
    {"oral", "Uống", "By mouth"},      {"inhalation", "Hít", "Inhale"},         {"eye", "Nhỏ hoặc tra mắt", "Into the eye"},
    {"nasal", "Nhỏ mũi", "Into the nose"}, {"ear", "Nhỏ tai", "Into the ear"},     {"skin", "Bôi ngoài da", "On the skin"},
    {"rectal", "Đặt hậu môn", "Into the rectum"}, {"vaginal", "Đặt âm đạo", "Into the vagina"}, {"subcutaneous", "Tiêm dưới da", "Under the skin"},
    {"intramuscular", "Tiêm bắp", "Into the muscle"}, {"intravenous", "Tiêm tĩnh mạch", "Into the vein"}, {"sublingual", "Ngậm dưới lưỡi", "Under the tongue"}};

static const struct route_word *route_word(str route) {
    for (size_t i = 0; i < sizeof route_words / sizeof *route_words; i++)
        if (str_is(route, route_words[i].route)) return &route_words[i];
    return NULL;
}

str usage_write(struct arena *a, const struct prescription_line *l, str route, bool vietnamese) {
    const struct route_word *word = route_word(route);
    if (!rational_is(l->dose) || !rational_is(l->times) || !l->dose.n || !l->times.n) return STR_NONE;
    str dose = rational_write(a, l->dose);
    const char *how = word ? vietnamese ? word->vi : word->en : vietnamese ? "Dùng" : "Use";
    if (l->times.d > 1 && l->times.n == 1)
        return str_format(a, vietnamese ? "%s %lld ngày 1 lần, mỗi lần %.*s %.*s" : "%s once in %lld days, %.*s %.*s each time", how,
                          (long long)l->times.d, STR_ARG(dose), STR_ARG(l->dose_unit));
    str times = rational_write(a, l->times);
    if (vietnamese) return str_format(a, "%s ngày %.*s lần, mỗi lần %.*s %.*s", how, STR_ARG(times), STR_ARG(dose), STR_ARG(l->dose_unit));
    return str_format(a, "%s %.*s times a day, %.*s %.*s each time", how, STR_ARG(times), STR_ARG(dose), STR_ARG(l->dose_unit));
}
