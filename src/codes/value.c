/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What may stand in a cell of a list, and the one way in which it is kept.
 */
#include "list.h"

#include "base/date.h"
#include "base/fold.h"
#include "base/rational.h"
#include "icd.h"

enum { TEXT_MOST = 1000, WORD_MOST = 40 };

struct meaning { const char *word, *means; };

/* Folded words that a form contains; the first that fits. */
static const struct meaning forms[] = {
    {"vien nang", "capsule"}, {"capsule", "capsule"}, {"vien dat", "suppository"}, {"thuoc dat", "suppository"}, {"suppository", "suppository"},
    {"vien", "tablet"}, {"tablet", "tablet"}, {"nho mat", "drops"}, {"nho mui", "drops"}, {"nho tai", "drops"}, {"nho", "drops"}, {"drops", "drops"},
    {"khi dung", "inhaler"}, {"hit", "inhaler"}, {"xit", "inhaler"}, {"inhaler", "inhaler"}, {"tiem", "injection"}, {"truyen", "injection"},
    {"injection", "injection"}, {"siro", "syrup"}, {"sirup", "syrup"}, {"syrup", "syrup"}, {"hon dich", "syrup"}, {"dung dich uong", "syrup"},
    {"thuoc nuoc uong", "syrup"}, {"kem", "cream"}, {"mo", "cream"}, {"gel", "cream"}, {"cream", "cream"}, {"goi", "sachet"}, {"bot", "sachet"},
    {"com", "sachet"}, {"sachet", "sachet"}, {"dung dich", "solution"}, {"solution", "solution"}};

/* Folded words that a route contains. */
static const struct meaning routes[] = {
    {"uong", "oral"}, {"oral", "oral"}, {"ngam", "sublingual"}, {"sublingual", "sublingual"}, {"tiem bap", "intramuscular"},
    {"intramuscular", "intramuscular"}, {"tiem tinh mach", "intravenous"}, {"intravenous", "intravenous"}, {"tiem truyen", "intravenous"},
    {"tiem duoi da", "subcutaneous"}, {"subcutaneous", "subcutaneous"}, {"hit", "inhalation"}, {"xit mui", "nasal"}, {"xit", "inhalation"}, {"khi dung", "inhalation"},
    {"inhalation", "inhalation"}, {"nho mat", "eye"}, {"tra mat", "eye"}, {"eye", "eye"}, {"nho mui", "nasal"}, {"nasal", "nasal"},
    {"nho tai", "ear"}, {"ear", "ear"}, {"boi", "skin"}, {"dung ngoai", "skin"}, {"skin", "skin"}, {"dat hau mon", "rectal"}, {"dat truc trang", "rectal"},
    {"rectal", "rectal"}, {"dat am dao", "vaginal"}, {"vaginal", "vaginal"}};

static const struct meaning groups[] = {
    {"gay nghien", "n"}, {"narcotic", "n"}, {"huong than", "h"}, {"huong tam than", "h"}, {"psychotropic", "h"}, {"tien chat", "h"}, {"precursor", "h"}};

#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/* Whole words: "uong" is not in "duong". */
static bool has_words(str folded, str words) {
    for (size_t i = 0; i + words.len <= folded.len; i++) {
        size_t end = i + words.len;
        bool whole = (!i || !letter(folded.at[i - 1])) && (end == folded.len || folded.at[end] == 's' || !letter(folded.at[end]));
        if (whole && str_starts(str_slice(folded, i, folded.len), words)) return true;
    }
    return false;
}

static const char *meaning(const struct meaning *list, size_t count, str folded) {
    for (size_t i = 0; i < count; i++)
        if (has_words(folded, str_of(list[i].word))) return list[i].means;
    return NULL;
}

static bool no(str *vi, str *en, str why_vi, str why_en) {
    *vi = why_vi;
    *en = why_en;
    return false;
}

/* "2026-05-01", "1/5/2026", "1-Thg5", "5-May": what a spreadsheet makes of codes such as 1-5. */
static bool looks_like_day(str s) {
    int32_t day;
    size_t bars = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] == '/') bars++;
        else if (s.at[i] < '0' || s.at[i] > '9') bars += 10;
    }
    bool month = str_contains(s, STR("-Thg")) || str_contains(s, STR("-May")) || str_contains(s, STR("-Jun")) || str_contains(s, STR("-Mar"));
    return day_parse(s, &day) || bars == 2 || (month && s.at[0] >= '0' && s.at[0] <= '9');
}

/* Letters of the fonts before Unicode (TCVN3), of UTF-8 read as Latin-1, and the sign for what could not be read. */
static bool garbled(str s) {
    static const char *const signs[] = {"Ã¡", "Ã¢", "Ãª", "Ã´", "áº", "á»", "Ä‘", "Æ°", "\xEF\xBF\xBD"};
    static const char *const old[] = {"¸", "¶", "¹", "¨", "¬"};
    for (size_t i = 0; i < COUNT(signs); i++)
        if (str_contains(s, str_of(signs[i]))) return true;
    for (size_t i = 1; i + 3 < s.len; i++) /* inside a word */
        for (size_t k = 0; k < COUNT(old); k++)
            if ((s.at[i - 1] | 32) >= 'a' && (s.at[i - 1] | 32) <= 'z' && str_starts(str_slice(s, i, s.len), str_of(old[k])) &&
                (s.at[i + 2] | 32) >= 'a' && (s.at[i + 2] | 32) <= 'z')
                return true;
    return false;
}

static bool read_icd(struct arena *a, str s, str *out, str *vi, str *en) {
    char code[ICD_TEXT];
    if (!icd_read(s, code))
        return no(vi, en, str_format(a, "“%.*s” không phải mã ICD-10 (như I10, E11.9, S72.01)", STR_ARG(s)),
                  str_format(a, "“%.*s” is no ICD-10 code (as I10, E11.9, S72.01)", STR_ARG(s)));
    *out = str_copy(a, str_of(code));
    return true;
}

static bool read_word(struct arena *a, str s, str *out, str *vi, str *en) {
    *out = s;
    bool bad = s.len > WORD_MOST;
    for (size_t i = 0; i < s.len; i++) bad = bad || (unsigned char)s.at[i] <= ' ' || (unsigned char)s.at[i] == 0x7f;
    if (bad) return no(vi, en, str_format(a, "“%.*s” không phải mã: tối đa %d ký tự, không có dấu cách", STR_ARG(str_slice(s, 0, 60)), WORD_MOST),
                       str_format(a, "“%.*s” is no code: at most %d characters and no blanks", STR_ARG(str_slice(s, 0, 60)), WORD_MOST));
    return true;
}

/* Seven characters as C08CA01, or the beginning of one. */
static bool read_atc(struct arena *a, str s, str *out, str *vi, str *en) {
    char *code = str_z(a, s);
    bool good = s.len == 1 || (s.len >= 3 && s.len <= 7 && s.len != 6);
    for (size_t i = 0; i < s.len && good; i++) {
        if (code[i] >= 'a' && code[i] <= 'z') code[i] = (char)(code[i] - 32);
        bool letter = code[i] >= 'A' && code[i] <= 'Z', digit = code[i] >= '0' && code[i] <= '9';
        good = i == 0 || i == 3 || i == 4 ? letter : digit;
    }
    *out = (str){code, s.len};
    return good || no(vi, en, str_format(a, "“%.*s” không phải mã ATC (như C08CA01)", STR_ARG(s)), str_format(a, "“%.*s” is no ATC code (as C08CA01)", STR_ARG(s)));
}

/* A number, with or without the unit behind it: "60", "60 ml", "2,5". */
static bool read_fraction(struct arena *a, str s, str *out, str *vi, str *en) {
    size_t n = 0;
    while (n < s.len && ((s.at[n] >= '0' && s.at[n] <= '9') || strchr(",./", s.at[n]))) n++;
    struct rational r = rational_read(n ? str_slice(s, 0, n) : s);
    if (!rational_is(r) || !r.n || (n < s.len && s.at[n] >= '0' && s.at[n] <= '9'))
        return no(vi, en, str_format(a, "“%.*s” không phải là số lớn hơn 0", STR_ARG(s)), str_format(a, "“%.*s” is no number above 0", STR_ARG(s)));
    *out = r.d == 1 ? str_format(a, "%lld", (long long)r.n) : str_format(a, "%lld/%lld", (long long)r.n, (long long)r.d);
    return true;
}

/* Whole đồng: "38.700", "38,700", "38700.0". */
static bool read_money(struct arena *a, str s, str *out, str *vi, str *en) {
    struct buf digits = buf_new(a);
    bool bad = false;
    if (str_ends(s, STR(".0"))) s = str_slice(s, 0, s.len - 2);
    for (size_t i = 0; i < s.len; i++) {
        bool group = (s.at[i] == '.' || s.at[i] == ',') && i && (s.len - i) % 4 == 0;
        if (s.at[i] >= '0' && s.at[i] <= '9') buf_addc(&digits, s.at[i]);
        else bad = bad || !group;
    }
    *out = buf_str(&digits);
    return (!bad && out->len && out->len < 13) ||
           no(vi, en, str_format(a, "“%.*s” không phải số tiền (đồng)", STR_ARG(s)), str_format(a, "“%.*s” is no amount of đồng", STR_ARG(s)));
}

static bool read_meaning(struct arena *a, enum column_form form, str s, str *out, str *vi, str *en) {
    str folded = text_fold(a, s);
    const char *means = form == FORM_ROUTE ? meaning(routes, COUNT(routes), folded) : form == FORM_GROUP ? meaning(groups, COUNT(groups), folded)
                                                                                                        : meaning(forms, COUNT(forms), folded);
    bool group = form == FORM_GROUP && (str_is(folded, "n") || str_is(folded, "h") || str_is(folded, "c"));
    *out = means ? str_of(means) : form == FORM_GROUP ? group ? folded : STR_NONE : s;
    if (form == FORM_ROUTE && !means)
        return no(vi, en, str_format(a, "“%.*s” không phải đường dùng (uống, tiêm bắp, bôi, nhỏ mắt …)", STR_ARG(s)),
                  str_format(a, "“%.*s” is no route (oral, intramuscular, skin, eye …)", STR_ARG(s)));
    return true;
}

bool code_value_read(struct arena *a, const struct list_column *column, str text, str *out, str *vi, str *en) {
    *out = str_trim(text_nfc(a, text));
    if (!out->len) return true;
    bool code = column->form == FORM_ICD || column->form == FORM_WORD;
    if (out->len > TEXT_MOST) return no(vi, en, STR("dài quá 1.000 ký tự"), STR("longer than 1,000 characters"));
    if (garbled(*out))
        return no(vi, en, STR("chữ bị hỏng mã: tệp dùng phông cũ (TCVN3, VNI) hoặc mở sai bảng mã; chuyển sang Unicode rồi nhập lại"),
                  STR("garbled letters: an old font (TCVN3, VNI) or a wrong encoding; convert to Unicode and import again"));
    if (code && looks_like_day(*out))
        return no(vi, en, str_format(a, "“%.*s” là ngày: Excel đã đổi mã thành ngày; định dạng cột là Text rồi gõ lại mã", STR_ARG(*out)),
                  str_format(a, "“%.*s” is a day: Excel has turned the code into one; format the column as Text and type it again", STR_ARG(*out)));
    switch (column->form) {
    case FORM_TEXT: return true;
    case FORM_ICD: return read_icd(a, *out, out, vi, en);
    case FORM_WORD: return read_word(a, *out, out, vi, en);
    case FORM_ATC: return read_atc(a, *out, out, vi, en);
    case FORM_FRACTION: return read_fraction(a, *out, out, vi, en);
    case FORM_MONEY: return read_money(a, *out, out, vi, en);
    default: return read_meaning(a, column->form, *out, out, vi, en);
    }
}
