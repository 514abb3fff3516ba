/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rows out of a sheet: the head is found among the first rows, each cell is read as its column wants it, each fault is told by row and
 * column. Then the comparison with the rows in force.
 */
#include "list.h"

#include "base/fold.h"
#include "base/map.h"
#include "base/vec.h"

enum { HEAD_ROWS = 20, PROBLEMS_MOST = 200 };

struct reading {
    struct arena *arena;
    enum code_list list;
    const struct list_column *columns;
    size_t count;
    int at[CODE_COLUMNS]; /* column of the sheet, or -1 */
    const struct grid_row *head;
    struct code_problems *problems;
    size_t numbers; /* codes that the sheet keeps as numbers */
};

/* ---- problems ------------------------------------------------------------------------------------------------------------- */

static str column_name(const struct reading *r, size_t c) {
    if (r->at[c] < 0) return str_of(r->columns[c].vi);
    return str_format(r->arena, "%.*s (%.*s)", STR_ARG(grid_cell(r->head, r->at[c]).text), STR_ARG(grid_column(r->arena, r->at[c])));
}

static void problem(struct reading *r, unsigned line, size_t c, bool warning, str vi, str en) {
    if (!warning) r->problems->errors++;
    if (r->problems->len < PROBLEMS_MOST)
        VEC_PUSH(r->arena, r->problems, (struct code_problem){line, column_name(r, c), warning, vi, en});
}

/* ---- the head --------------------------------------------------------------------------------------------------------------- */

/* How good a head is for a column: 0 not at all, else greater is better; our own names first, then the heads in their order. */
static int fits(const struct list_column *column, str folded) {
    str rest = str_of(column->heads), head;
    int n = 100;
    if (str_is(folded, column->name) || !folded.len) return folded.len ? 1000 : 0;
    for (; str_split(&rest, '|', &head); n--)
        if (str_eq(head, folded)) return n;
    return 0;
}

static bool take_head(struct reading *r, const struct grid_row *row) {
    for (size_t c = 0; c < r->count; c++) {
        int best = 0;
        r->at[c] = -1;
        for (size_t i = 0; i < row->count; i++) {
            int good = fits(&r->columns[c], text_fold(r->arena, row->cells[i].text));
            if (good <= best) continue;
            best = good;
            r->at[c] = (int)i;
        }
    }
    r->head = row;
    return r->at[COLUMN_CODE] >= 0 && r->at[COLUMN_VI] >= 0 && r->at[COLUMN_CODE] != r->at[COLUMN_VI];
}

static void add_word(struct buf *out, str word) { buf_addf(out, "%s%.*s", out->len ? ", " : "", STR_ARG(word)); }

static void name_heads(struct reading *r, struct code_heads *heads) {
    struct buf read = buf_new(r->arena), ignored = buf_new(r->arena);
    for (size_t i = 0; i < r->head->count; i++) {
        bool used = false;
        for (size_t c = 0; c < r->count; c++) used = used || r->at[c] == (int)i;
        if (r->head->cells[i].text.len) add_word(used ? &read : &ignored, r->head->cells[i].text);
    }
    *heads = (struct code_heads){buf_str(&read), buf_str(&ignored), r->head->number};
}

static err find_head(struct reading *r, const struct grid *grid, size_t *head) {
    for (*head = 0; *head < grid->len && *head < HEAD_ROWS; ++*head)
        if (take_head(r, &grid->at[*head])) return OK_ERR;
    return err_make(r->arena, ERR_INVALID, "head", "no row among the first %d has the heads “%s” and “%s” (or “%s” and “%s”)", HEAD_ROWS,
                    r->columns[0].vi, r->columns[1].vi, r->columns[0].name, r->columns[1].name);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------- */

static bool empty_row(const struct reading *r, const struct grid_row *row) {
    for (size_t c = 0; c < r->count; c++)
        if (grid_cell(row, r->at[c]).text.len) return false;
    return true;
}

static void read_cell(struct reading *r, const struct grid_row *row, size_t c, str *out) {
    struct grid_cell cell = grid_cell(row, r->at[c]);
    str vi, en;
    *out = STR_NONE;
    if (cell.kind == GRID_ERROR) {
        problem(r, row->number, c, false, str_format(r->arena, "ô lỗi của Excel: %.*s", STR_ARG(cell.text)), str_format(r->arena, "an error of Excel: %.*s", STR_ARG(cell.text)));
    } else if (!code_value_read(r->arena, &r->columns[c], cell.text, out, &vi, &en)) {
        problem(r, row->number, c, false, vi, en);
    } else if (!out->len && r->columns[c].required) {
        problem(r, row->number, c, false, c == COLUMN_CODE ? STR("thiếu mã") : c == COLUMN_VI ? STR("thiếu tên") : STR("ô này phải có"),
                c == COLUMN_CODE ? STR("the code is missing") : c == COLUMN_VI ? STR("the name is missing") : STR("must not be empty"));
    }
    r->numbers += c == COLUMN_CODE && cell.kind == GRID_NUMBER;
}

/* A bottle, tube or inhaler is counted by what it holds: without that no quantity can be computed. */
static void check_medicine(struct reading *r, struct code_row *row) {
    enum { FORM = 5, UNIT = 6, DOSE_UNIT = 7, CONTENT = 8 };
    static const char *const whole[] = {"syrup", "cream", "drops", "inhaler", "solution"};
    bool holds = false;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) holds = holds || str_is(row->at[FORM], whole[i]);
    if (holds && (!row->at[CONTENT].len || !row->at[DOSE_UNIT].len))
        problem(r, row->line, CONTENT, true, STR("không biết một chai, tuýp, lọ có bao nhiêu đơn vị liều: sẽ không tính được số lượng"),
                STR("what one bottle or tube holds is not said: no quantity can be computed"));
    if (!row->at[DOSE_UNIT].len) row->at[DOSE_UNIT] = holds ? STR_NONE : row->at[UNIT];
    if (!row->at[CONTENT].len && !holds) row->at[CONTENT] = STR("1");
}

static bool same_row(const struct code_row *x, const struct code_row *y, size_t count) {
    for (size_t c = 0; c < count; c++)
        if (!str_eq(x->at[c], y->at[c])) return false;
    return true;
}

static void take_row(struct reading *r, const struct code_row *row, struct map *seen, struct code_rows *out) {
    str code = row->at[COLUMN_CODE];
    const struct code_row *other = code.len ? map_get(seen, code) : NULL;
    if (other && same_row(other, row, r->count)) {
        problem(r, row->line, COLUMN_CODE, true, str_format(r->arena, "mã %.*s lặp lại y hệt dòng %u: chỉ lấy một", STR_ARG(code), other->line),
                str_format(r->arena, "code %.*s repeats line %u exactly: taken once", STR_ARG(code), other->line));
        return;
    }
    if (other)
        problem(r, row->line, COLUMN_CODE, false, str_format(r->arena, "mã %.*s đã có ở dòng %u với nội dung khác", STR_ARG(code), other->line),
                str_format(r->arena, "code %.*s stands in line %u too, with other words", STR_ARG(code), other->line));
    struct code_row *kept = ARENA_NEW(r->arena, struct code_row);
    *kept = *row;
    if (code.len) map_put(seen, code, kept);
    VEC_PUSH(r->arena, out, *row);
}

err code_rows_read(struct arena *a, enum code_list list, const struct grid *grid, struct code_rows *out, struct code_heads *heads,
                   struct code_problems *problems) {
    struct reading r = {.arena = a, .list = list, .columns = code_list_kind(list)->columns, .count = code_list_columns(list), .problems = problems};
    struct map seen = map_new(a);
    size_t head;
    TRY(find_head(&r, grid, &head));
    name_heads(&r, heads);
    for (size_t i = head + 1; i < grid->len; i++) {
        struct code_row row = {.line = grid->at[i].number};
        if (empty_row(&r, &grid->at[i])) continue;
        for (size_t c = 0; c < r.count; c++) read_cell(&r, &grid->at[i], c, &row.at[c]);
        if (list == LIST_MEDICINE) check_medicine(&r, &row);
        take_row(&r, &row, &seen, out);
    }
    if (r.numbers && list != LIST_ICD10)
        problem(&r, 0, COLUMN_CODE, true, str_format(a, "%zu mã là số trong Excel: nếu mã có số 0 ở đầu thì số 0 đã mất", r.numbers),
                str_format(a, "%zu codes are numbers in Excel: a nought in front would be lost", r.numbers));
    if (!out->len && !problems->errors)
        problem(&r, heads->line, COLUMN_CODE, false, STR("dưới dòng tiêu đề không có dòng nào"), STR("there are no rows below the head"));
    return OK_ERR;
}

/* ---- comparison --------------------------------------------------------------------------------------------------------------- */

static void differ(struct arena *a, struct code_differences *out, const struct code_difference *d) {
    VEC_PUSH(a, out, *d);
}

static void compare_row(struct arena *a, enum code_list list, const struct code_row *before, const struct code_row *after, struct code_differences *out) {
    const struct list_column *columns = code_list_kind(list)->columns;
    bool changed = false;
    for (size_t c = COLUMN_VI; c < code_list_columns(list); c++) {
        if (str_eq(before->at[c], after->at[c])) continue;
        changed = true;
        differ(a, out, &(struct code_difference){DIFFERENCE_CHANGED, after->line, after->at[COLUMN_CODE], columns[c].name, before->at[c], after->at[c]});
    }
    if (changed) out->counts[DIFFERENCE_CHANGED]++;
    else out->same++;
}

void code_rows_compare(struct arena *a, enum code_list list, const struct code_rows *before, const struct code_rows *after,
                       struct code_differences *out) {
    struct map old = map_new(a), now = map_new(a);
    for (size_t i = 0; i < before->len; i++) map_put(&old, before->at[i].at[COLUMN_CODE], &before->at[i]);
    for (size_t i = 0; i < after->len; i++) {
        const struct code_row *row = &after->at[i];
        map_put(&now, row->at[COLUMN_CODE], &after->at[i]);
        if (map_has(&old, row->at[COLUMN_CODE])) continue;
        out->counts[DIFFERENCE_NEW]++;
        differ(a, out, &(struct code_difference){DIFFERENCE_NEW, row->line, row->at[COLUMN_CODE], NULL, STR_NONE, row->at[COLUMN_VI]});
    }
    for (size_t i = 0; i < after->len; i++) {
        const struct code_row *was = map_get(&old, after->at[i].at[COLUMN_CODE]);
        if (was) compare_row(a, list, was, &after->at[i], out);
    }
    for (size_t i = 0; i < before->len; i++) {
        str code = before->at[i].at[COLUMN_CODE];
        if (map_has(&now, code)) continue;
        out->counts[DIFFERENCE_GONE]++;
        differ(a, out, &(struct code_difference){DIFFERENCE_GONE, 0, code, NULL, before->at[i].at[COLUMN_VI], STR_NONE});
    }
}
