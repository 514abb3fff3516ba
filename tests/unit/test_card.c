/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * QR codes of identity and insurance cards, and the likeness of two records: pure functions. The texts follow the formats
 * of docs/cards.md; names and numbers are made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/date.h"
#include "people/card.h"
#include "people/likeness.h"

static struct arena *a;
static int32_t today;

static int setup(void **state) {
    (void)state;
    a = arena_new();
    today = day_from_civil(2026, 11, 28);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_free(a);
    return 0;
}

#define SAME(got, want)                                                                                                \
    do {                                                                                                               \
        str got_ = (got);                                                                                              \
        if (!str_is(got_, want)) print_message("got  %.*s\nwant %s\n", (int)got_.len, got_.at ? got_.at : "", want);   \
        assert_true(str_is(got_, want));                                                                               \
    } while (0)

static struct card good(const char *text) {
    struct card c;
    enum card_fault f = card_read(a, str_of(text), today, &c);
    if (f) print_message("%s: %s\n", text, card_fault_code(f));
    assert_int_equal(f, CARD_OK);
    return c;
}

static const char *bad(const char *text) {
    struct card c;
    return card_fault_code(card_read(a, str_of(text), today, &c));
}

static void test_identity(void **state) {
    (void)state;
    struct card c = good("001090123456|012345678|NGUYỄN VĂN A|01011990|Nam|Phường X, Hà Nội|15042021");
    assert_int_equal(c.kind, CARD_IDENTITY);
    SAME(c.number, "001090123456");
    SAME(c.old_number, "012345678");
    SAME(c.name, "NGUYỄN VĂN A");
    SAME(c.birth, "1990-01-01");
    SAME(c.sex, "male");
    SAME(c.address, "Phường X, Hà Nội");
    SAME(c.issued, "2021-04-15");
    assert_int_equal(c.doubts, 0);
    /* no old number; as a scanner ends it; more fields than seven (the card of 2024) */
    c = good("011190000017||LÒ THỊ ẲM|02021990|Nữ|Bản Na Phát, xã Na Son, tỉnh Điện Biên|01012025||LÒ VĂN B|MÙA THỊ C\r\n");
    SAME(c.old_number, "");
    SAME(c.sex, "female");
    SAME(c.name, "LÒ THỊ ẲM");
    assert_int_equal(c.doubts, 0);
    /* letters written apart (NFD) are put together */
    c = good("011059000017||GIA\xcc\x80NG A PO\xcc\x81|1959|Nam|x|");
    SAME(c.name, "GIÀNG A PÓ");
    SAME(c.birth, "1959");
    SAME(c.issued, "");
    SAME(good("011059000017||X|00031959|nam|x|01012022").birth, "1959-03");
    SAME(good("011059000017||X|00001959|NAM|x|01012022").birth, "1959");
    SAME(good("011059000017||X||Nam|x|01012022").birth, "");
    SAME(good("011304000017||X|29022004|nu|x|-").birth, "2004-02-29");
    /* only the bar code's number */
    c = good(" 001090123456 ");
    assert_int_equal(c.kind, CARD_IDENTITY);
    SAME(c.name, "");
}

static void test_doubts(void **state) {
    (void)state;
    assert_int_equal(good("001190123456||A|01011990|Nam|x|15042021").doubts, CARD_DOUBT_SEX);
    assert_int_equal(good("001090123456||A|01011991|Nam|x|15042021").doubts, CARD_DOUBT_YEAR);
    assert_int_equal(good("001290123456||A|01011990|Nam|x|15042021").doubts, CARD_DOUBT_YEAR); /* 2: born 2090 */
    assert_int_equal(good("001090123456||NGUY?N V?N A|01011990|Nam|x|15042021").doubts, CARD_DOUBT_LETTERS);
    int year;
    bool female;
    assert_true(identity_number_means(STR("001304123456"), &year, &female));
    assert_int_equal(year, 2004);
    assert_true(female);
    assert_false(identity_number_means(STR("00130412345"), &year, &female));
    assert_false(identity_number_means(STR("00130412345x"), &year, &female));
}

static void test_insurance(void **state) {
    (void)state;
    /* "Nguyễn Văn A" and "Xã Na Son" as hexadecimal digits of their UTF-8 */
    struct card c = good("GD4111234567890|4e677579e1bb856e2056c4836e2041|01/01/1990|1|58c3a3204e6120536f6e|11 - 001|"
                         "01/01/2026|31/12/2026|05/12/2025|01234567890123|4cc3b220546869204f|4|01/06/2028|x$");
    assert_int_equal(c.kind, CARD_INSURANCE);
    SAME(c.number, "GD4111234567890");
    SAME(c.name, "Nguyễn Văn A");
    SAME(c.birth, "1990-01-01");
    SAME(c.sex, "male");
    SAME(c.address, "Xã Na Son");
    SAME(c.facility, "11001");
    SAME(c.valid_from, "2026-01-01");
    SAME(c.valid_to, "2026-12-31");
    SAME(c.issued, "2025-12-05");
    SAME(c.guardian, "Lò Thi O");
    SAME(c.five_years, "2028-06-01");
    /* the same card, typed by a scanner through a Vietnamese keyboard driver: "aa" has become â, "ee" ê (worked out by hand from 4cc3aa205468e1bb8b204ee1bb816e) */
    c = good("GD4111234567890|4cc3â205468e1bb8b204ê1bb816e|01/01/1990|2|58c3a3204e6120536f6e|11 - 001|01/01/2026|31/12/2026|05/12/2025");
    SAME(c.name, "Lê Thị Nền");
    c = good("1123456789|4C616E|1959|2||11 - 001|01/01/2026|-|");
    SAME(c.number, "1123456789");
    SAME(c.sex, "female");
    SAME(c.birth, "1959");
    SAME(c.valid_to, "");
    SAME(good("gd4111234567890|4C616E|05/1959|2||11001|01/01/2026").number, "GD4111234567890");
    SAME(good("gd4111234567890|4C616E|05/1959|2||11001|01/01/2026").birth, "1959-05");
    /* an insurance card that carries the personal number */
    c = good("001090123456|4c616e|01/01/1990|1||11 - 001|01/01/2026|-|");
    assert_int_equal(c.kind, CARD_INSURANCE);
    SAME(c.name, "Lan");
    assert_int_equal(good("1123456789").kind, CARD_INSURANCE);
}

static void test_faults(void **state) {
    (void)state;
    SAME(str_of(bad("  \r\n")), "empty");
    SAME(str_of(bad("hello")), "format");
    SAME(str_of(bad("a|b|c|d|e|f|g|h")), "format");
    SAME(str_of(bad("IDVNM0900000011001090123456<<4")), "format");
    SAME(str_of(bad("https://example.org/x")), "link");
    SAME(str_of(bad("00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52")),
         "payment");
    SAME(str_of(bad("00109012345|012345678|NGUYỄN VĂN A|01011990|Nam|Hà Nội|15042021")), "number"); /* 11 digits */
    SAME(str_of(bad("0010901234567|012345678|NGUYỄN VĂN A|01011990|Nam|Hà Nội|15042021")), "number");
    SAME(str_of(bad("00109012345")), "number");
    SAME(str_of(bad("001090123456|012345678|NGUYỄN VĂN A|01011990|Nam")), "short");
    SAME(str_of(bad("001090123456|012345678||01011990|Nam|x|15042021")), "name");
    SAME(str_of(bad("001090123456||A|31021990|Nam|x|15042021")), "birth");
    SAME(str_of(bad("001090123456||A|1990-01-01|Nam|x|15042021")), "birth");
    SAME(str_of(bad("001090123456||A|32011990|Nam|x|15042021")), "birth");
    SAME(str_of(bad("001226123456||A|29112026|Nam|x|15042021")), "future");
    SAME(str_of(bad("1123456789|zz|01/01/1990|1||11001|01/01/2026")), "name");
    SAME(str_of(bad("1123456789|4C61F|01/01/1990|1||11001|01/01/2026")), "name"); /* odd digits */
    SAME(str_of(bad("1123456789|C3|01/01/1990|1||11001|01/01/2026")), "name");    /* half a letter */
    SAME(str_of(bad("1123456789|4C616E|41/01/1990|1||11001|01/01/2026")), "birth");
    SAME(str_of(bad("1123456789|4C616E|01/01/1990|1")), "short");
    SAME(str_of(bad("\xff\xfe")), "encoding");
    /* 5,000 characters, and bars without end, end */
    struct buf b = buf_new(a);
    for (int i = 0; i < 5000; i++) buf_addc(&b, i % 2 ? '|' : '1');
    assert_string_equal(bad(str_z(a, buf_str(&b))), "format");
    assert_string_equal(bad("1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1|1"), "number");
}

/* ---- likeness ---------------------------------------------------------------------------------------------------- */

static struct identity lan(void) {
    return (struct identity){.name = STR("nguyen thi lan"), .birth = STR("1959-03-12"), .sex = STR("female"),
                             .cccd = STR("011159000001"), .phone = STR("0100123456"), .place = 7, .commune = 3};
}

static void test_likeness(void **state) {
    (void)state;
    struct identity x = lan(), y = lan();
    struct likeness l = likeness_of(&x, &y);
    assert_int_equal(l.score, LIKENESS_MAX);
    assert_true(l.tell_apart);
    assert_int_equal(l.why, LIKE_NAME | LIKE_BIRTH | LIKE_SEX | LIKE_PLACE | LIKE_PHONE | LIKE_CCCD);
    /* the hard rule: same folded name, birth year ± 2, same commune; whatever else is known */
    y = (struct identity){.name = STR("nguyen thi lan"), .birth = STR("1961"), .sex = STR("male"), .cccd = STR("011061000009"), .place = 9, .commune = 3};
    l = likeness_of(&x, &y);
    assert_true(l.tell_apart);
    assert_int_equal(l.why, LIKE_NAME | LIKE_BIRTH_NEAR | LIKE_OTHER_SEX | LIKE_COMMUNE | LIKE_OTHER_CCCD);
    assert_true(l.score < LIKENESS_SHOWN);
    y.birth = STR("1962");
    assert_false(likeness_of(&x, &y).tell_apart);
    y.birth = STR("1957-12-31");
    assert_true(likeness_of(&x, &y).tell_apart);
    y.birth = STR("1956-12-31");
    assert_false(likeness_of(&x, &y).tell_apart);
    y.birth = STR_NONE; /* not known: must be told apart */
    assert_true(likeness_of(&x, &y).tell_apart);
    y.commune = 4;
    assert_false(likeness_of(&x, &y).tell_apart);
    y = lan(), y.commune = 0; /* the same village */
    assert_true(likeness_of(&x, &y).tell_apart);
}

static void test_likeness_parts(void **state) {
    (void)state;
    static const struct { const char *x, *y; bool near; } names[] = {
        {"nguyen thi lan", "nguyen thi lam", true},     /* one letter */
        {"nguyen thi lan", "nguyen thi lanh", true},    /* one more */
        {"nguyen thi lan", "lan nguyen thi", true},     /* other order */
        {"nguyen thi lan", "nguyen thi ngoc lan", true},/* one word more */
        {"nguyen thi lan", "tran thi lan", true},       /* one word differs, the given name does not */
        {"nguyen thi lan", "nguyen thi hoa", false},
        {"nguyen thi lan", "tran van lan", false},
        {"nguyen thi lan", "lan", false},
        {"xa", "xo", false}, /* too short to be nearly the same */
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct identity x = {.name = str_of(names[i].x)}, y = {.name = str_of(names[i].y)};
        if (!!(likeness_of(&x, &y).why & LIKE_NAME_NEAR) != names[i].near) print_message("%s, %s\n", names[i].x, names[i].y);
        assert_int_equal(!!(likeness_of(&x, &y).why & LIKE_NAME_NEAR), names[i].near);
        assert_int_equal(likeness_of(&x, &y).why, likeness_of(&y, &x).why);
    }
    struct identity x = {.birth = STR("1959-03-12")}, y = {.birth = STR("1959-12-03")};
    assert_int_equal(likeness_of(&x, &y).why, LIKE_BIRTH_TURNED);
    y.birth = STR("1959-12");
    assert_int_equal(likeness_of(&x, &y).why, LIKE_BIRTH_YEAR);
    x = (struct identity){.insurance = STR("GD4111234567890")}, y = (struct identity){.insurance = STR("1234567890")};
    assert_int_equal(likeness_of(&x, &y).why, LIKE_INSURANCE);
    assert_true(likeness_of(&x, &y).score >= LIKENESS_SHOWN);
    x = (struct identity){.name = STR_NONE}, y = x; /* nothing known is no likeness */
    assert_int_equal(likeness_of(&x, &y).why, 0);
    assert_false(likeness_of(&x, &y).tell_apart);
    assert_string_equal(likeness_reason_code(LIKENESS_BIT_OTHER_SEX), "other-sex");
    assert_string_equal(likeness_reason_code(LIKENESS_BIT_NAME), "name");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_identity),  cmocka_unit_test(test_doubts),
                                       cmocka_unit_test(test_insurance), cmocka_unit_test(test_faults),
                                       cmocka_unit_test(test_likeness),  cmocka_unit_test(test_likeness_parts)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
