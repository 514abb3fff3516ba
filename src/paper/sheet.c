/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Workbooks through libxlsxwriter. The library writes files only; ours is a nameless one in memory, so that no record
 * of a person is left on a disk.
 */
#include "sheet.h"

#include "base/fold.h"
#include "base/json.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { EXCEL_DAY = 25569 /* 1970-01-01 */, TEXT_MAX = 32767, NAME_MAX_ = 31, WIDEST = 60, NARROWEST = 6 };

struct formats {
    lxw_format *plain, *head, *bold, *percent, *day, *title;
};

static size_t characters(str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += (s.at[i] & 0xc0) != 0x80;
    return n;
}

/* Terminated, valid, at most `most` characters. */
static char *text_z(struct arena *a, str s, size_t most) {
    char *z = str_z(a, s);
    size_t n = 0, i = 0;
    for (size_t bad; (bad = utf8_valid(str_of(z))) < strlen(z);) z[bad] = '?';
    for (; z[i]; i++)
        if ((z[i] & 0xc0) != 0x80 && n++ == most) break;
    z[i] = 0;
    return z;
}

static lxw_format *format(lxw_workbook *book, const char *number, bool bold) {
    lxw_format *f = workbook_add_format(book);
    format_set_font_name(f, "Noto Sans");
    format_set_font_size(f, 10);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (number) format_set_num_format(f, number);
    if (bold) format_set_bold(f);
    return f;
}

static struct formats formats_of(lxw_workbook *book) {
    struct formats f = {.plain = format(book, NULL, false),
                        .head = format(book, NULL, true),
                        .bold = format(book, NULL, true),
                        .percent = format(book, "0.0%", false),
                        .day = format(book, "dd/mm/yyyy", false),
                        .title = format(book, NULL, true)};
    format_set_text_wrap(f.head);
    format_set_border(f.head, LXW_BORDER_THIN);
    format_set_bg_color(f.head, 0xe8eef0);
    format_set_font_size(f.title, 13);
    return f;
}

static size_t shown_width(const struct sheet_cell *c) {
    if (c->empty) return 0;
    return c->kind == SHEET_DAY ? 10 : c->kind == SHEET_TEXT || c->kind == SHEET_BOLD ? characters(c->text) : 9;
}

static void set_widths(lxw_worksheet *sheet, const struct sheet *s) {
    for (size_t i = 0; i < s->column_count; i++) {
        double width = s->columns[i].width;
        if (width <= 0) {
            size_t most = characters(s->columns[i].head), longest = NARROWEST;
            for (size_t row = 0; row < s->row_count; row++) {
                size_t w = shown_width(&s->cells[row * s->column_count + i]);
                if (w > longest) longest = w;
            }
            if (most > 20) most = 20; /* heads wrap */
            if (most > longest) longest = most;
            width = (double)(longest > WIDEST ? WIDEST : longest) * 1.1 + 2;
        }
        worksheet_set_column(sheet, (lxw_col_t)i, (lxw_col_t)i, width, NULL);
    }
}

static void write_cell(struct arena *a, lxw_worksheet *sheet, const struct formats *f, lxw_row_t row, lxw_col_t column,
                       const struct sheet_cell *c) {
    if (c->empty) return;
    switch (c->kind) {
    case SHEET_TEXT: worksheet_write_string(sheet, row, column, text_z(a, c->text, TEXT_MAX), f->plain); break;
    case SHEET_BOLD: worksheet_write_string(sheet, row, column, text_z(a, c->text, TEXT_MAX), f->bold); break;
    case SHEET_NUMBER: worksheet_write_number(sheet, row, column, c->number, f->plain); break;
    case SHEET_PERCENT: worksheet_write_number(sheet, row, column, c->number, f->percent); break;
    case SHEET_DAY: worksheet_write_number(sheet, row, column, c->number + EXCEL_DAY, f->day); break;
    }
}

static void write_sheet(struct arena *a, lxw_worksheet *sheet, const struct formats *f, const struct sheet *s) {
    struct arena *scratch = arena_new();
    lxw_row_t head = s->title.len ? 2 : 0;
    lxw_col_t last = (lxw_col_t)(s->column_count ? s->column_count - 1 : 0);
    if (s->title.len) worksheet_write_string(sheet, 0, 0, text_z(a, s->title, TEXT_MAX), f->title);
    for (size_t i = 0; i < s->column_count; i++)
        worksheet_write_string(sheet, head, (lxw_col_t)i, text_z(a, s->columns[i].head, TEXT_MAX), f->head);
    for (size_t row = 0; row < s->row_count; row++) {
        for (size_t i = 0; i < s->column_count; i++)
            write_cell(scratch, sheet, f, head + 1 + (lxw_row_t)row, (lxw_col_t)i,
                       &s->cells[row * s->column_count + i]);
        arena_reset(scratch);
    }
    arena_free(scratch);
    set_widths(sheet, s);
    worksheet_freeze_panes(sheet, head + 1, 0);
    if (s->row_count) worksheet_autofilter(sheet, head, 0, head + (lxw_row_t)s->row_count, last);
    worksheet_repeat_rows(sheet, head, head);
    worksheet_set_landscape(sheet);
    worksheet_set_paper(sheet, 9); /* A4 */
    worksheet_fit_to_pages(sheet, 1, 0);
}

/* A name Excel takes: without its forbidden characters, not empty, unlike those before it (case folded). */
static char *tab_name(struct arena *a, const struct sheet *sheets, char **before, size_t i) {
    char *name = text_z(a, str_trim(sheets[i].name), NAME_MAX_);
    for (char *c = name; *c; c++)
        if (strchr("[]:*?/\\'", *c)) *c = ' ';
    if (!*str_z(a, str_trim(str_of(name)))) name = str_z(a, str_format(a, "%zu", i + 1));
    for (size_t k = 0, n = 2; k < i; k++) {
        if (!str_eq(text_fold(a, str_of(before[k])), text_fold(a, str_of(name)))) continue;
        str end = str_format(a, " (%zu)", n++);
        char *stem = text_z(a, str_trim(sheets[i].name), NAME_MAX_ - end.len);
        for (char *c = stem; *c; c++)
            if (strchr("[]:*?/\\'", *c)) *c = ' ';
        name = str_z(a, str_format(a, "%s%.*s", stem, STR_ARG(end)));
        k = (size_t)-1;
    }
    return name;
}

static err read_back(struct arena *a, int file, struct buf *out) {
    off_t size = lseek(file, 0, SEEK_END);
    if (size <= 0) return err_make(a, ERR_IO, "Excel", "the workbook is empty");
    buf_reserve(out, (size_t)size);
    for (off_t at = 0; at < size;) {
        ssize_t n = pread(file, out->at + out->len, (size_t)(size - at), at);
        if (n <= 0) return err_make(a, ERR_IO, "Excel", "the workbook cannot be read back");
        at += n;
        out->len += (size_t)n;
    }
    return OK_ERR;
}

static err make_book(struct arena *a, const struct sheet *sheets, size_t count, int64_t made, const char *path) {
    char shm[] = "/dev/shm";
    lxw_workbook_options options = {.tmpdir = access(shm, W_OK) == 0 ? shm : NULL};
    lxw_workbook *book = workbook_new_opt(path, &options);
    if (!book) return err_make(a, ERR_IO, "Excel", "the workbook cannot be made");
    lxw_doc_properties properties = {.created = made > 1000 ? (time_t)(made / 1000) : 1};
    workbook_set_properties(book, &properties);
    struct formats formats = formats_of(book);
    char **names = ARENA_ARRAY(a, char *, count);
    for (size_t i = 0; i < count; i++) {
        names[i] = tab_name(a, sheets, names, i);
        lxw_worksheet *sheet = workbook_add_worksheet(book, names[i]);
        if (sheet) write_sheet(a, sheet, &formats, &sheets[i]);
    }
    lxw_error e = workbook_close(book);
    return e ? err_make(a, ERR_IO, "Excel", "%s", lxw_strerror(e)) : OK_ERR;
}

err sheet_workbook(struct arena *a, const struct sheet *sheets, size_t count, int64_t made, struct buf *out) {
    for (size_t i = 0; i < count; i++)
        if (sheets[i].row_count > SHEET_ROWS)
            return err_make(a, ERR_TOO_LONG, "Excel", "a sheet takes %d rows, not %zu", SHEET_ROWS,
                            sheets[i].row_count);
    int file = memfd_create("workbook", MFD_CLOEXEC);
    if (file < 0) return err_make(a, ERR_IO, "Excel", "no memory for the workbook");
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    err e = make_book(a, sheets, count, made, path);
    if (!e.code) e = read_back(a, file, out);
    close(file);
    return e;
}
