/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lists of codes: sheets read, every fault named by row and column, versions in force on a day, undo, searching.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "base/vec.h"
#include "base/date.h"
#include "codes/codes.h"
#include "codes/icd.h"
#include "paper/sheet.h"
#include "paper/workbook.h"
#include "store/store.h"
#include "store_help.h"

static struct arena *a;
static struct node node;
static const struct store_room *const rooms[] = {&codes_room};
/* A test that failed leaves its node open: the next one begins with its own. */
static int begin(void **state) {
    (void)state;
    node = (struct node){0};
    return 0;
}
static int32_t day(const char *text) {
    int32_t d;
    assert_true(day_parse(str_of(text), &d));
    return d;
}

/* ---- sheets ---- */

static void test_csv_is_read_whatever_parts_it(void **state) {
    (void)state;
    static const char *const texts[] = {"code,vi\nI10,\"Tăng, huyết áp\"\n", "\xEF\xBB\xBF" "code;vi\r\nI10;\"Tăng, huyết áp\"\r\n", "code\tvi\nI10\t\"Tăng, huyết áp\""};
    for (size_t i = 0; i < 3; i++) {
        struct grid g = {0};
        assert_int_equal(grid_read_csv(a, str_of(texts[i]), &g).code, ERR_OK);
        assert_int_equal(g.len, 2);
        assert_int_equal(g.at[1].number, 2);
        assert_str(g.at[0].cells[0].text, "code");
        assert_str(g.at[1].cells[1].text, "Tăng, huyết áp");
    }
    struct grid g = {0};
    err e = grid_read_csv(a, STR("code,vi\nI10,Cao\nI11,T\xE3ng\n"), &g);
    assert_int_equal(e.code, ERR_INVALID);
    assert_true(str_starts(e.detail, STR("line 3, column B: not UTF-8")));
    assert_int_equal(grid_read_csv(a, STR("\xFF\xFE" "c\0o\0"), &g).code, ERR_INVALID);
}

static str a_workbook(void) {
    static const struct sheet_column heads[] = {{.head = {"code", 4}}, {.head = {"vi", 2}}, {.head = {"en", 2}}};
    struct sheet_cell cells[] = {sheet_text(STR("I10")), sheet_text(STR("Tăng huyết áp <&> \"Ặ\"")), sheet_text(STR("Hypertension")),
                                 sheet_day(20577), sheet_text(STR("Một ngày")), sheet_none(), sheet_number(41.5), sheet_text(STR("Số")), sheet_none()};
    struct sheet sheet = {.name = STR("Bệnh"), .columns = heads, .column_count = 3, .cells = cells, .row_count = 3};
    struct buf out = buf_new(a);
    assert_int_equal(sheet_workbook(a, &sheet, 1, 1764300000000, &out).code, ERR_OK);
    return buf_str(&out);
}

static void test_workbook_keeps_what_a_cell_was(void **state) {
    (void)state;
    struct grid g = {0};
    str name, bytes = a_workbook();
    assert_true(workbook_is(bytes));
    err e = workbook_read(a, bytes, &name, &g);
    if (e.code) print_message("%.*s\n", STR_ARG(e.detail));
    assert_int_equal(e.code, ERR_OK);
    assert_str(name, "Bệnh");
    assert_int_equal(g.len, 4);
    assert_str(g.at[1].cells[1].text, "Tăng huyết áp <&> \"Ặ\"");
    assert_int_equal(g.at[2].cells[0].kind, GRID_DAY);
    assert_str(g.at[2].cells[0].text, "2026-05-04"); /* 20577 days after 1970-01-01: date -d @$((20577*86400)) */
    assert_int_equal(g.at[3].cells[0].kind, GRID_NUMBER);
    assert_str(g.at[3].cells[0].text, "41.5");
    assert_int_equal(g.at[3].number, 4);
}

/* Cut anywhere, or with any byte changed: told, never a crash (make asan runs this too). */
static void test_damaged_workbooks_are_told(void **state) {
    (void)state;
    str bytes = a_workbook(), name;
    size_t refused = 0;
    for (size_t cut = 0; cut < bytes.len; cut += 37) {
        struct arena *own = arena_new();
        struct grid g = {0};
        assert_int_not_equal(workbook_read(own, str_slice(bytes, 0, cut), &name, &g).code, ERR_OK);
        arena_free(own);
    }
    for (size_t at = 0; at < bytes.len; at += 11) {
        struct arena *own = arena_new();
        struct grid g = {0};
        char *changed = str_z(own, bytes);
        changed[at] ^= 0x41;
        refused += workbook_read(own, (str){changed, bytes.len}, &name, &g).code != ERR_OK;
        arena_free(own);
    }
    assert_true(refused > 100); /* the rest are bytes that nobody reads: times, names of other parts */
    struct grid g = {0};
    err e = workbook_read(a, STR("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), &name, &g);
    assert_true(e.code == ERR_INVALID && str_contains(e.detail, STR(".xls")));
}

/* ---- faults by row and column ---- */

static struct code_problems problems;
static struct code_rows rows;
static struct code_heads heads;
static err read_list(enum code_list list, const char *csv) {
    struct grid g = {0};
    problems = (struct code_problems){0};
    rows = (struct code_rows){0};
    err e = grid_read_csv(a, str_of(csv), &g);
    return e.code ? e : code_rows_read(a, list, &g, &rows, &heads, &problems);
}
static void one_error(enum code_list list, const char *csv, unsigned line, const char *column, const char *word) {
    assert_int_equal(read_list(list, csv).code, ERR_OK);
    if (!problems.len) print_message("no fault in %s\n", csv);
    if (problems.len != 1 || problems.at[0].line != line || !str_is(problems.at[0].column, column) || !str_contains(problems.at[0].vi, str_of(word)))
        for (size_t i = 0; i < problems.len; i++)
            print_message("%u %.*s: %.*s\n", problems.at[i].line, STR_ARG(problems.at[i].column), STR_ARG(problems.at[i].vi));
    assert_int_equal(problems.len, 1);
    assert_int_equal(problems.errors, 1);
    assert_int_equal(problems.at[0].line, line);
    assert_str(problems.at[0].column, column);
    assert_true(str_contains(problems.at[0].vi, str_of(word)));
    assert_true(problems.at[0].en.len > 0);
}

#define HEAD "BỘ Y TẾ,,\nDANH MỤC,,\nSTT,MÃ BỆNH,TÊN BỆNH\n"
static void test_faults_are_named_by_row_and_column(void **state) {
    (void)state;
    one_error(LIST_ICD10, HEAD "1,I10,Tăng huyết áp\n2,I10,Khác\n", 5, "MÃ BỆNH (B)", "đã có ở dòng 4");
    one_error(LIST_ICD10, HEAD "1,I10,\n", 4, "TÊN BỆNH (C)", "thiếu tên");
    one_error(LIST_ICD10, HEAD "1,,Cúm\n", 4, "MÃ BỆNH (B)", "thiếu mã");
    one_error(LIST_ICD10, HEAD "1,I1O,Tăng huyết áp\n", 4, "MÃ BỆNH (B)", "không phải mã ICD-10");
    one_error(LIST_ICD10, HEAD "1,I10.,Tăng huyết áp\n", 4, "MÃ BỆNH (B)", "không phải mã ICD-10");
    one_error(LIST_ICD10, HEAD "1,2026-05-01,Tăng huyết áp\n", 4, "MÃ BỆNH (B)", "là ngày");
    one_error(LIST_ICD10, HEAD "1,1/5/2026,Tăng huyết áp\n", 4, "MÃ BỆNH (B)", "là ngày");
    one_error(LIST_SERVICE, "Mã DVKT,Tên DVKT\n1-Thg5,Siêu âm\n", 2, "Mã DVKT (A)", "là ngày");
    one_error(LIST_ICD10, HEAD "1,I10,T¨ng huyÕt ¸p v« c¨n\n", 4, "TÊN BỆNH (C)", "phông cũ");
    one_error(LIST_ICD10, HEAD "1,I10,TÄƒng huyáº¿t Ã¡p\n", 4, "TÊN BỆNH (C)", "hỏng mã");
    one_error(LIST_ICD10, HEAD, 3, "MÃ BỆNH (B)", "không có dòng nào");
    one_error(LIST_SERVICE, "code,name,price\nA1,Khám,ba nghìn\n", 2, "price (C)", "số tiền");
    one_error(LIST_MEDICINE, "code,name,unit,atc\nm1,Amlodipin,viên,C08CAO1\n", 2, "atc (D)", "không phải mã ATC");
    one_error(LIST_MEDICINE, "code,name,unit,route\nm1,Amlodipin,viên,qua đường\n", 2, "route (D)", "không phải đường dùng");
    one_error(LIST_MEDICINE, "code,name,unit\nm1,Amlodipin,\n", 2, "unit (C)", "phải có");
    one_error(LIST_MEDICINE, "code,name,unit\nm 1,Amlodipin,viên\n", 2, "code (A)", "không có dấu cách");
    assert_int_equal(read_list(LIST_ICD10, "a,b\n1,2\n").code, ERR_INVALID); /* no head */
    assert_int_equal(read_list(LIST_ICD10, HEAD "1,S72.01,Henoch-Schönlein, Sjögren\n").code, ERR_OK); /* letters of other languages are none */
    assert_int_equal(problems.errors, 0);
    assert_str(heads.ignored, "STT");
    assert_int_equal(read_list(LIST_ICD10, HEAD "1,I10,Tăng huyết áp\n2,i10,Tăng huyết áp\n").code, ERR_OK); /* the very same: taken once, said */
    assert_true(problems.errors == 0 && problems.len == 1 && problems.at[0].warning && rows.len == 1);
}

static void test_medicines_in_other_peoples_words(void **state) {
    (void)state;
    assert_int_equal(read_list(LIST_MEDICINE, "Mã thuốc;Tên thuốc;Hàm lượng;Dạng bào chế;Đơn vị tính;Đơn vị liều;Dung tích;Đường dùng;Nhóm\n"
                                              "T1;Paracetamol;120 mg/5 ml;Siro uống;Chai;ml;60 ml;Uống;\n"
                                              "T2;Morphin;10 mg;Dung dịch tiêm;Ống;;;Tiêm bắp;Gây nghiện\n"
                                              "T3;Diazepam;5 mg;Viên nén;Viên;;;Uống;Thuốc hướng thần\n"
                                              "T4;Betamethason;0,05 %;Kem bôi;Tuýp;;;Bôi ngoài da;\n").code, ERR_OK);
    assert_int_equal(problems.errors, 0);
    assert_int_equal(rows.len, 4);
    const char *const want[4][5] = {{"syrup", "ml", "60", "oral", ""}, {"injection", "Ống", "1", "intramuscular", "n"},
                                    {"tablet", "Viên", "1", "oral", "h"}, {"cream", "", "", "skin", ""}};
    for (size_t i = 0; i < 4; i++) {
        static const int columns[] = {5, 7, 8, 9, 13};
        for (size_t c = 0; c < 5; c++) assert_str(rows.at[i].at[columns[c]], want[i][c]);
    }
    assert_int_equal(problems.len, 1); /* what a tube of T4 holds is not said: a warning in its row */
    assert_true(problems.at[0].warning && problems.at[0].line == 5);
}

/* ---- versions ---- */

static str answer_of(enum code_list list, const char *csv, const char *from, bool apply, err *e) {
    struct buf out = buf_new(a);
    bool refused;
    struct code_import in = {.store = node.store, .actor = STR("Account/test"), .list = list, .file = STR("list.csv"), .bytes = str_of(csv), .from = day(from), .apply = apply};
    *e = code_import(a, &in, &out, &refused);
    return buf_str(&out);
}
static void import(const char *csv, const char *from, const char *counts) {
    err e;
    str answer = answer_of(LIST_ICD10, csv, from, true, &e);
    if (e.code || !str_contains(answer, str_of(counts))) print_message("%.*s %.*s\n", STR_ARG(e.detail), STR_ARG(str_slice(answer, 0, 300)));
    assert_int_equal(e.code, ERR_OK);
    assert_true(str_contains(answer, str_of(counts)));
}
static struct code_table *table(const char *on) {
    struct reader *r;
    struct code_table *t;
    assert_int_equal(reader_begin(node.store, a, &r).code, ERR_OK);
    assert_int_equal(code_table_on(r, a, LIST_ICD10, day(on), &t).code, ERR_OK);
    reader_end(r);
    return t;
}
static err undo(str version) {
    struct buf out = buf_new(a);
    return code_undo(node.store, a, STR("Account/test"), LIST_ICD10, version, &out);
}
static str name_on(const char *code, const char *on) {
    const struct code_entry *e = code_find(table(on), str_of(code));
    return e ? e->row->at[COLUMN_VI] : STR_NONE;
}

static void test_versions_are_dated_and_taken_back(void **state) {
    (void)state;
    node_open(&node, rooms, 1);
    size_t shipped = table("2026-11-28")->inside;
    assert_true(shipped > 200);
    import("code,vi,en\nA92,Sốt xuất huyết (cũ),Dengue\nI10,Tăng huyết áp,Hypertension\n", "2026-01-01", "\"same\":0,\"new\":1,\"changed\":1");
    import("code,vi,en\nA98,Sốt xuất huyết Dengue,Dengue\nI10,Tăng huyết áp,Hypertension\n", "2026-07-01", "\"same\":1,\"new\":1,\"changed\":0,\"gone\":1");
    assert_str(name_on("A92", "2026-06-30"), "Sốt xuất huyết (cũ)"); /* a record of June is judged by the list of June */
    assert_true(!name_on("A92", "2026-07-01").len);
    assert_str(name_on("A98", "2026-07-01"), "Sốt xuất huyết Dengue");
    assert_int_equal(table("2025-12-31")->inside, shipped); /* before the first: what the program ships */
    const struct code_entry *outside = code_find(table("2026-07-01"), STR("J00"));
    assert_true(outside && outside->outside); /* shipped, not on the list: still found, marked */
    import("code,vi,en\nA98,Sốt xuất huyết Dengue,Dengue\nI10,Tăng huyết áp,Hypertension\n", "2026-07-01", "\"version\":null"); /* the same: nothing to do */
    assert_int_equal(undo(STR("00000000-0000-0000-0000-000000000000")).code, ERR_CONFLICT);
    assert_int_equal(undo(STR_NONE).code, ERR_OK);
    assert_str(name_on("A92", "2026-07-01"), "Sốt xuất huyết (cũ)");
    node_reopen(&node, rooms, 1); /* what was stored says the same to a program started anew */
    assert_str(name_on("A92", "2026-07-01"), "Sốt xuất huyết (cũ)");
    assert_int_equal(undo(STR_NONE).code, ERR_OK);
    assert_int_equal(table("2026-07-01")->inside, shipped);
    assert_int_equal(undo(STR_NONE).code, ERR_NOT_FOUND);
    err e;
    str refused = answer_of(LIST_ICD10, "code,vi\nI10,Một\nI10,Hai\n", "2026-01-01", true, &e);
    assert_true(!e.code && str_contains(refused, STR("\"errors\":1")));
    assert_int_equal(table("2026-07-01")->inside, shipped); /* a file with an error changes nothing */
    node_close(&node);
}

/* A version of which a piece is not here (another node's log came in part) is not in force. */
static void test_half_a_version_is_not_in_force(void **state) {
    (void)state;
    node_open(&node, rooms, 1);
    put(&node, "ValueSet", "half", "{\"resourceType\":\"ValueSet\",\"id\":\"half\",\"identifier\":[{\"system\":\"urn:tram:codes\",\"value\":\"icd-10\"}],"
        "\"extension\":[{\"url\":\"urn:tram:valid-from\",\"valueDate\":\"2026-01-01\"},{\"url\":\"urn:tram:code-count\",\"valueUnsignedInt\":2}],"
        "\"version\":\"half\",\"title\":\"t\",\"status\":\"active\",\"date\":\"2026-01-01T00:00:00Z\"}");
#define PIECE(id, code) "{\"resourceType\":\"CodeSystem\",\"id\":\"" id "\",\"identifier\":[{\"system\":\"urn:tram:codes\",\"value\":\"icd-10\"}],\"version\":\"half\"," \
        "\"status\":\"active\",\"content\":\"fragment\",\"concept\":[{\"code\":\"" code "\",\"display\":\"x\"}]}"
    put(&node, "CodeSystem", "p1", PIECE("p1", "A00"));
    assert_true(!table("2026-02-01")->version.len);
    put(&node, "CodeSystem", "p2", PIECE("p2", "A01"));
    assert_str(table("2026-02-01")->version, "half");
    node_close(&node);
}

/* ---- searching ---- */

static str first(struct code_table *t, const char *typed) {
    const struct code_entry *found[12];
    size_t n = code_search(t, a, str_of(typed), found, 12);
    return n ? found[0]->row->at[COLUMN_CODE] : STR("none");
}

static void test_searching_what_the_program_ships(void **state) {
    (void)state;
    const struct code_entry *found[12];
    node_open(&node, rooms, 1);
    struct code_table *t = table("2026-11-28");
    static const char *const asks[][2] = {{"i10", "I10"}, {"I10", "I10"}, {"tang huyet ap", "I10"}, {"Tăng huyết áp", "I10"}, {"huyet tang ap", "I10"},
                                          {"thavc", "I10"}, {"e119", "E11.9"}, {"E11.9", "E11.9"}, {"common cold", "J00"}, {"zzz", "none"}, {"", "none"}, {" ", "none"}};
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        if (!str_is(first(t, asks[i][0]), asks[i][1])) print_message("%s gives %.*s\n", asks[i][0], STR_ARG(first(t, asks[i][0])));
        assert_str(first(t, asks[i][0]), asks[i][1]);
    }
    assert_int_equal(code_search(t, a, STR("benh"), found, 12), 12);
    bool initials = false; /* behind the words that begin so (thalassemia) */
    for (size_t i = code_search(t, a, STR("tha"), found, 12); i--;) initials = initials || str_is(found[i]->row->at[COLUMN_CODE], "I10");
    assert_true(initials);
    node_close(&node);
}

/* As long as the Ministry's: 15,844 codes. The time is of the whole way, table and search, and generous for a busy machine. */
static void test_fifteen_thousand_codes(void **state) {
    (void)state;
    static const char *const words[] = {"tăng", "huyết", "áp", "bệnh", "lao", "phổi", "viêm", "cấp", "mạn", "gan", "thận", "tim", "não", "tủy", "không", "đặc", "hiệu"};
    struct buf csv = buf_new(a);
    const struct code_entry *found[12];
    unsigned seed = 7;
    node_open(&node, rooms, 1);
    buf_addz(&csv, "code,vi,en\n");
    for (int n = 0; n < 15844; n++) {
        buf_addf(&csv, "%c%02d.%d,", 'A' + n / 1000, n / 10 % 100, n % 10);
        for (int w = 0; w < 8; w++) buf_addf(&csv, "%s ", words[(seed = seed * 1103515245 + 12345) >> 16 & 15]);
        buf_addf(&csv, "số %d,Disease number %d\n", n, n);
    }
    import(str_z(a, buf_str(&csv)), "2026-01-01", "\"rows\":15844");
    struct code_table *t = table("2026-11-28");
    assert_int_equal(t->inside, 15844);
    assert_str(first(t, "so 4711"), "E71.1");
    assert_str(first(t, "e711"), "E71.1");
    assert_str(first(t, "number 15843"), "P84.3");
    static const char *const typed[] = {"b", "be", "benh", "benh lao", "huyet ap tang", "a00", "p", "tha", "disease number 99", "zzz"};
    double slowest = 0;
    for (int round = 0; round < 10; round++)
        for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
            struct timespec from, to;
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
            code_search(table("2026-11-28"), a, str_of(typed[i]), found, 12);
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
            double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
            if (ms > slowest) slowest = ms;
        }
    print_message("slowest of 100 searches: %.1f ms of processor\n", slowest);
    assert_true(slowest < 30);
    node_close(&node);
}

static void test_what_goes_out_comes_back(void **state) {
    (void)state;
    node_open(&node, rooms, 1);
    for (int list = 0; list < LIST_SERVICE; list++)
        for (int workbook = 0; workbook < 2; workbook++) {
            struct reader *r;
            struct buf file = buf_new(a), answer = buf_new(a);
            bool refused;
            assert_int_equal(reader_begin(node.store, a, &r).code, ERR_OK);
            assert_int_equal(code_export(r, a, (enum code_list)list, day("2026-11-28"), workbook, &file).code, ERR_OK);
            reader_end(r);
            struct code_import in = {.store = node.store, .actor = STR("x"), .list = (enum code_list)list, .bytes = buf_str(&file), .from = day("2026-11-28")};
            assert_int_equal(code_import(a, &in, &answer, &refused).code, ERR_OK);
            if (refused || !str_contains(buf_str(&answer), STR("\"new\":0,\"changed\":0,\"gone\":0"))) print_message("%.*s\n", (int)(answer.len < 900 ? answer.len : 900), answer.at);
            assert_false(refused);
            assert_true(str_contains(buf_str(&answer), STR("\"new\":0,\"changed\":0,\"gone\":0")));
        }
    node_close(&node);
}

int main(void) {
    a = arena_new();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_csv_is_read_whatever_parts_it, begin),
        cmocka_unit_test_setup(test_workbook_keeps_what_a_cell_was, begin),
        cmocka_unit_test_setup(test_damaged_workbooks_are_told, begin),
        cmocka_unit_test_setup(test_faults_are_named_by_row_and_column, begin),
        cmocka_unit_test_setup(test_medicines_in_other_peoples_words, begin),
        cmocka_unit_test_setup(test_versions_are_dated_and_taken_back, begin),
        cmocka_unit_test_setup(test_half_a_version_is_not_in_force, begin),
        cmocka_unit_test_setup(test_searching_what_the_program_ships, begin),
        cmocka_unit_test_setup(test_fifteen_thousand_codes, begin),
        cmocka_unit_test_setup(test_what_goes_out_comes_back, begin),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_free(a);
    return failed;
}
