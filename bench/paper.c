/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * paper: how long prints take, in ms of this thread's processor: an A5 prescription (the first of a process, then the median
 * of 50), a register of 10,000 rows and 14 columns on A4 across, the same rows as an Excel workbook.
 */
#include "forms/list.h"
#include "forms/prescription.h"
#include "paper/sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROWS = 10000, COLUMNS = 14, RUNS = 50 };

static double now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}
static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
static size_t done(err e, const struct buf *out) {
    if (e.code) {
        fprintf(stderr, "%.*s\n", STR_ARG(e.detail));
        exit(1);
    }
    return out->len;
}

static double prescription_ms(void) {
    struct arena *a = arena_new();
    static const str diagnosis = STR("Tăng huyết áp vô căn (I10)");
    static const struct prescription_medicine medicines[] = {
        {STR("Amlodipin 5 mg"), STR("30 viên"), STR("Uống 01 viên mỗi lần, ngày 1 lần, buổi sáng")},
        {STR("Losartan 50 mg"), STR("30 viên"), STR("Uống 01 viên mỗi lần, ngày 1 lần, buổi tối")},
        {STR("Hydroclorothiazid 12,5 mg"), STR("30 viên"), STR("Uống 01 viên mỗi lần, ngày 1 lần, buổi sáng")}};
    struct prescription_form form = {
        .frame = {.vietnamese = true, .day = 20500, .facility = {.name = STR("Trạm Y tế xã Thử"), .locality = STR("Thử")}},
        .who = {.name = STR("Nguyễn Thị Thử"), .birth = STR("1959-03-12"), .age = STR("66 tuổi"), .sex = STR("female")},
        .code = STR("11025a7k2m9q-c"), .diagnoses = &diagnosis, .diagnosis_count = 1, .medicines = medicines,
        .medicine_count = 3, .days = 30, .revisit = STR("07/03/2026")};
    struct buf out = buf_new(a);
    double begin = now_ms();
    done(paper_pdf(a, prescription_paper(a, &form, 1), &out), &out);
    double ms = now_ms() - begin;
    arena_free(a);
    return ms;
}

static const char *const families[] = {"Lò", "Quàng", "Cà", "Nguyễn", "Vàng", "Giàng", "Tòng"};
static const char *const given[] = {"Ẳng", "Hặc", "Mỷ", "Ngọc", "Dế", "Sùng", "Đức", "Hường", "Thưởng", "Ỷ", "Phượng"};

static const str *rows(struct arena *a) {
    str *cells = ARENA_ARRAY(a, str, ROWS * COLUMNS), *c = cells;
    for (size_t i = 0; i < ROWS; i++) {
        *c++ = str_format(a, "%zu", i + 1);
        *c++ = str_format(a, "%s %s %s", families[i % 7], i & 1 ? "Thị" : "Văn", given[i / 7 % 11]);
        *c++ = i & 1 ? STR("Nữ") : STR("Nam");
        *c++ = str_format(a, "%02zu/%02zu/%zu", i % 28 + 1, i % 12 + 1, 1930 + i % 90);
        *c++ = str_format(a, "0110%08zu", i * 7919 % 100000000);
        *c++ = str_format(a, "99%08zu", i * 104729 % 100000000);
        *c++ = str_format(a, "Bản %s %zu, Xã Mường Phăng, Tỉnh Điện Biên", given[i % 11], i % 30);
        *c++ = STR("Thái");
        *c++ = STR("Làm ruộng");
        *c++ = str_format(a, "Huyết áp %zu/%zu mmHg", 110 + i % 90, 60 + i % 50);
        *c++ = i % 3 ? STR("Tăng huyết áp vô căn (I10)") : STR("Viêm họng cấp (J02)");
        *c++ = i % 2 ? STR("Amlodipin 5 mg × 30 viên; Losartan 50 mg × 30 viên") : STR("Paracetamol 500 mg × 10 viên");
        *c++ = STR("Y sĩ Lò Văn Thử");
        *c++ = STR("");
    }
    return cells;
}

int main(void) {
    struct arena *a = arena_new();
    double first = prescription_ms(), times[RUNS];
    for (int i = 0; i < RUNS; i++) times[i] = prescription_ms();
    qsort(times, RUNS, sizeof *times, compare);
    struct list_column columns[COLUMNS];
    static const double shares[COLUMNS] = {1, 4, 1.3, 2.6, 3.2, 3.2, 5, 1.7, 2.2, 4, 4.5, 5, 3, 2};
    for (int i = 0; i < COLUMNS; i++) columns[i] = (struct list_column){.head = str_format(a, "Cột %d", i + 1), .share = shares[i]};
    const str *cells = rows(a);
    struct list_form list = {.frame = {.vietnamese = true, .day = 20500}, .title = STR("Sổ"), .columns = columns,
                             .column_count = COLUMNS, .cells = cells, .row_count = ROWS, .numbered = true, .size = 7.5};
    struct buf pdf = buf_new(a), xlsx = buf_new(a);
    double begin = now_ms();
    size_t pdf_bytes = done(paper_pdf(a, list_paper(a, &list), &pdf), &pdf);
    double register_ms = now_ms() - begin;
    struct sheet_column heads[COLUMNS];
    struct sheet_cell *sheet_cells = ARENA_ARRAY(a, struct sheet_cell, ROWS * COLUMNS);
    for (int i = 0; i < COLUMNS; i++) heads[i] = (struct sheet_column){.head = columns[i].head};
    for (size_t i = 0; i < ROWS * COLUMNS; i++) sheet_cells[i] = sheet_text(cells[i]);
    struct sheet sheet = {.name = STR("A1"), .columns = heads, .column_count = COLUMNS, .cells = sheet_cells, .row_count = ROWS};
    begin = now_ms();
    size_t xlsx_bytes = done(sheet_workbook(a, &sheet, 1, 1000000, &xlsx), &xlsx);
    double workbook_ms = now_ms() - begin;
    printf("A5 prescription: first %.0f ms, then p50 %.1f ms, max %.1f ms; register of 10,000 rows: %.2f s, %zu KB; "
           "workbook of 10,000 rows: %.2f s, %zu KB\n",
           first, times[RUNS / 2], times[RUNS - 1], register_ms / 1e3, pdf_bytes / 1024, workbook_ms / 1e3, xlsx_bytes / 1024);
    arena_free(a);
    return 0;
}
