/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Paper: what was written can be read back from the PDF (pdftotext, pdffonts, pdfinfo), pages break as promised, the
 * same data give the same bytes, no glyph is cut off, and nothing that comes from outside breaks it. Sheets: the
 * workbook's parts.
 */
#include "paper_help.h"

#include "paper/sheet.h"

static void test_text_comes_back(void **state) {
    (void)state;
    struct paper *p = paper_new(a, PAPER_A4, true);
    p->title = STR("Thử");
    paper_text(&p->body, STR("TRẠM Y TẾ Ẳ Ặ Ẵ Ẫ ỹ đ Đ ự"),
               (struct paper_style){.size = 14, .bold = true, .align = PAPER_CENTER});
    paper_text(&p->body,
               STR("Họ tên: " PAPER_B "Nguyễn Thị Hồng Ngọc" PAPER_N ", sinh " PAPER_I "12/03/1959" PAPER_N "."),
               (struct paper_style){0});
    paper_text(&p->body, STR("ສະບາຍດີ ນາງ ຄຳ"), (struct paper_style){0});
    paper_pair(&p->body, STR("Số thẻ"), STR("DN 4 11 0123456789"));
    str pdf = pdf_of(p), text = text_of(pdf), fonts = piped("pdffonts %s", pdf);
    assert_true(has(text, "TRẠM Y TẾ Ẳ Ặ Ẵ Ẫ ỹ đ Đ ự"));
    assert_true(has(text, "Họ tên: Nguyễn Thị Hồng Ngọc, sinh 12/03/1959."));
    assert_true(has(text, "ສະບາຍດີ"));
    assert_true(has(text, "Số thẻ: DN 4 11 0123456789"));
    assert_true(has(text, "Trang 1/1") == false); /* no numbers were asked for */
    assert_true(has(fonts, "+NotoSans-Bold") || has(fonts, "+Noto-Sans-Bold"));
    assert_true(has(fonts, "Lao"));
    assert_false(has(fonts, " no ")); /* emb, sub, uni: all yes */
    assert_true(has(piped("pdfinfo %s", pdf), "Thử"));
}

static struct paper *book(size_t rows) {
    static const struct paper_column columns[] = {{.head = STR("TT"), .share = 1, .align = PAPER_RIGHT},
                                                  {.head = STR("Họ và tên"), .share = 5},
                                                  {.head = STR("Nam"), .share = 1, .group = STR("Giới")},
                                                  {.head = STR("Nữ"), .share = 1, .group = STR("Giới")},
                                                  {.head = STR("Ghi chú"), .share = 6}};
    struct paper *p = paper_new(a, PAPER_A4, true);
    p->landscape = true;
    p->numbers = PAPER_FOOT;
    p->made = 1764300000000;
    struct paper_row *list = ARENA_ARRAY(a, struct paper_row, rows);
    for (size_t i = 0; i < rows; i++) {
        str *cells = ARENA_ARRAY(a, str, 5);
        cells[0] = str_format(a, "%zu", i + 1);
        cells[1] = str_format(a, "Lò Thị Số%zu", i + 1);
        cells[3] = STR("x");
        cells[4] = i % 7
                       ? STR("")
                       : STR("một ghi chú dài hơn để ô này phải xuống dòng ít nhất là một lần cho chắc chắn, nếu cần");
        list[i].cells = cells;
    }
    struct paper_table t = {.columns = columns,
                            .column_count = 5,
                            .rows = list,
                            .row_count = rows,
                            .numbered = true,
                            .empty = STR("Không có dòng nào")};
    paper_text(&p->body, STR("SỔ THỬ"), (struct paper_style){.size = 14, .bold = true, .keep = true});
    paper_table(&p->body, &t);
    return p;
}

/* Every row stands on exactly one page, the head on every page, pages know their number. */
static void test_pages(void **state) {
    (void)state;
    str pdf = pdf_of(book(300)), text = text_of(pdf);
    size_t pages = pages_of(pdf);
    assert_in_range(pages, 8, 15);
    assert_int_equal(count_of(text, "Họ và tên"), pages);
    for (size_t i = 1; i <= 300; i++) assert_int_equal(count_of(text, str_z(a, str_format(a, "Lò Thị Số%zu ", i))), 1);
    assert_true(has(text, str_z(a, str_format(a, "Trang %zu/%zu", pages, pages))));
    text = text_of(pdf_of(book(0)));
    assert_true(has(text, "Không có dòng nào") && has(text, "Trang 1/1"));
}

static void test_same_bytes(void **state) {
    (void)state;
    str one = pdf_of(book(40)), other = pdf_of(book(40));
    assert_true(str_eq(one, other));
    assert_true(has(one, "(20251128032000Z)")); /* the instant given, not now */
    struct buf picture = buf_new(a);
    size_t pages = 0;
    assert_int_equal(paper_png(a, book(40), 0, 72, &picture, &pages).code, ERR_OK);
    assert_true(str_starts(buf_str(&picture), STR("\x89PNG")) && pages == 2);
    assert_int_equal(paper_png(a, book(40), 2, 72, &picture, NULL).code, ERR_NOT_FOUND);
}

static void test_qr(void **state) {
    (void)state;
    struct buf svg = buf_new(a);
    assert_int_equal(paper_qr_svg(a, STR("25366VMA336R-c"), &svg).code, ERR_OK);
    assert_true(has(buf_str(&svg), "viewBox=\"0 0 29 29\"")); /* version 1: 21 modules and 4 on each side */
    char *long_text = arena_alloc(a, 1300);
    memset(long_text, 'x', 1300);
    assert_int_equal(paper_qr_svg(a, (str){long_text, 1300}, &svg).code, ERR_TOO_LONG);
    assert_int_equal(paper_qr_svg(a, STR(""), &svg).code, ERR_TOO_LONG);
    struct paper *p = paper_new(a, PAPER_A5, false);
    paper_qr(&p->body, (str){long_text, 1300}, 30, PAPER_LEFT);
    assert_true(has(text_of(pdf_of(p)), "[no QR code]")); /* the paper comes all the same, and says what is missing */
}

/* What comes from outside: a word without spaces, bytes that are no UTF-8, control characters, nothing at all, a block
 * higher than a page, marks stacked by the hundred. */
static void test_bad_text(void **state) {
    (void)state;
    struct paper *p = paper_new(a, PAPER_A6, true);
    struct buf name = buf_new(a), zalgo = buf_new(a);
    for (int i = 0; i < 400; i++) buf_addz(&name, "Ẵ");
    buf_addc(&zalgo, 'a');
    for (int i = 0; i < 3000; i++) buf_addz(&zalgo, "\xcc\x81");
    double halves[] = {1, 1};
    struct paper_flow *f = paper_columns(&p->body, 2, halves);
    for (int i = 0; i < 200; i++) paper_text(&f[0], STR("cao hơn một trang"), (struct paper_style){0});
    paper_text(&p->body, buf_str(&name), (struct paper_style){.align = PAPER_JUSTIFY});
    paper_text(&p->body, buf_str(&zalgo), (struct paper_style){0});
    paper_text(&p->body, STR("hỏng \xff\xfe byte \x1b\x7f cuối"), (struct paper_style){0});
    paper_text(&p->body, STR_NONE, (struct paper_style){0});
    paper_text(&p->body, STR("עברית שלום"), (struct paper_style){0});
    str cells[] = {buf_str(&name), buf_str(&name)};
    struct paper_row row = {.cells = cells};
    struct paper_column columns[] = {{.head = STR("hẹp"), .share = 1}, {.head = STR("rộng"), .share = 9}};
    paper_table(&p->body, &(struct paper_table){.columns = columns, .column_count = 2, .rows = &row, .row_count = 1});
    paper_chart(&p->body, &(struct paper_chart){.height = 40}); /* axes of no length: nothing is drawn */
    str text = text_of(pdf_of(p));
    assert_int_equal(count_of(text, "cao hơn một trang"), 200);
    assert_int_equal(count_of(text, "Ẵ"), 1200);
    assert_true(has(text, "hỏng ?? byte") && has(text, "cuối"));
}

static void test_workbook(void **state) {
    (void)state;
    const struct sheet_column columns[] = {
        {.head = STR("Tên xã")}, {.head = STR("Người")}, {.head = STR("Tỷ lệ")}, {.head = STR("Ngày")}};
    struct sheet_cell cells[] = {
        sheet_text(STR("Mường Phăng")), sheet_number(4123), sheet_percent(0.125), sheet_day(20423),
        sheet_text(STR("=1+1")),        sheet_none(),       sheet_none(),         sheet_none()};
    struct sheet sheets[] = {{STR("Xã/Phường"), STR("Bảng xã"), columns, 4, cells, 2},
                             {STR("xã phường"), STR(""), columns, 4, NULL, 0}};
    struct buf out = buf_new(a), again = buf_new(a);
    assert_int_equal(sheet_workbook(a, sheets, 2, 1764300000000, &out).code, ERR_OK);
    assert_int_equal(sheet_workbook(a, sheets, 2, 1764300000000, &again).code, ERR_OK);
    assert_true(str_eq(buf_str(&out), buf_str(&again)));
    str parts = piped("python3 -c 'import sys,zipfile; z=zipfile.ZipFile(sys.argv[1]); [print(n, z.read(n).decode()) "
                      "for n in z.namelist()]' %s",
                      buf_str(&out));
    assert_true(has(parts, "Mường Phăng") && has(parts, "<v>4123</v>") && has(parts, "<v>0.125</v>"));
    assert_true(has(parts, "<v>45992</v>")); /* 2025-12-01 as Excel counts */
    assert_true(has(parts, "formatCode=\"dd/mm/yyyy\"") && has(parts, "state=\"frozen\"") &&
                has(parts, "<autoFilter ref=\"A3:D5\""));
    assert_true(has(parts, "=1+1</t>") && !has(parts, "<f>")); /* text stays text */
    assert_true(has(parts, "name=\"Xã Phường\"") && has(parts, "name=\"xã phường (2)\""));
    assert_true(has(parts, "2025-11-28T03:20:00Z"));
    sheets[0].row_count = SHEET_ROWS + 1;
    assert_int_equal(sheet_workbook(a, sheets, 1, 0, &out).code, ERR_TOO_LONG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text_comes_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pages, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_same_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_qr, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_workbook, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("paper", tests, NULL, NULL);
}
