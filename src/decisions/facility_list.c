/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list of facilities with what their papers carry, beside what stands in the Organizations: what differs, what is
 * wrong, what to write. One row typed on the screen goes the same way as a file. Pure.
 */
#include "lists.h"

#include "base/fold.h"
#include "forms/form.h"

enum column { C_ID, C_NAME, C_CODE, C_PHONE, C_ADDRESS, C_FROM, C_COUNT };
const char *const facility_columns[] = {"id", "name", "code", "phone", "address", "from"};
const char *const facility_titles[] = {"Id", "Tên cơ sở", "Mã cơ sở KCB", "Điện thoại", "Địa chỉ", "Từ ngày"};

err facility_list_read(struct arena *a, const struct grid *grid, struct facility_rows *rows, struct list_problems *problems) {
    int at[C_COUNT];
    TRY(list_read_header(a, grid, &(struct list_header){facility_columns, facility_titles, C_COUNT, at}, problems));
    if (at[C_ID] < 0 && at[C_NAME] < 0)
        return err_make(a, ERR_INVALID, "id", "the header has neither a column 'id' nor 'name'");
    for (size_t i = 1; i < grid->len; i++) {
        struct facility_row r = {.line = grid->at[i].number, .from = DAY_NONE};
        str *const cells[] = {&r.id, &r.name, &r.code, &r.phone, &r.address};
        for (int c = 0; c < C_FROM; c++) *cells[c] = grid_cell(&grid->at[i], at[c]).text;
        str from = grid_cell(&grid->at[i], at[C_FROM]).text;
        if (from.len && !day_parse(from, &r.from))
            list_wrong(a, problems, r.line, "from", STR("the day is written YYYY-MM-DD"),
                       STR("ngày viết theo dạng NNNN-TT-NN, ví dụ 2026-07-01"));
        VEC_PUSH(a, rows, r);
    }
    return OK_ERR;
}

struct comparing {
    struct arena *arena;
    const struct facility_houses *houses;
    struct list_result *out;
    struct list_problems *problems;
    int32_t today;
};

static void wrong(struct comparing *c, const struct facility_row *r, const char *column, str en, str vi) {
    list_wrong(c->arena, c->problems, r->line, column, en, vi);
}

/* By its id, else by its whole name when only one has it. */
static const struct facility_house *find(struct comparing *c, const struct facility_row *r) {
    const struct facility_house *found = NULL;
    str name = text_fold(c->arena, r->name);
    for (size_t i = 0; i < c->houses->len; i++) {
        const struct facility_house *h = &c->houses->at[i];
        if (r->id.len ? !str_eq(h->id, r->id) : !str_eq(text_fold(c->arena, h->name), name)) continue;
        if (found) {
            wrong(c, r, "name", STR("several facilities have this name: give the id"),
                  STR("nhiều cơ sở cùng tên này: hãy ghi id"));
            return NULL;
        }
        found = h;
    }
    if (!found)
        wrong(c, r, r->id.len ? "id" : "name", STR("there is no such facility today"), STR("hiện không có cơ sở này"));
    else if (!found->own)
        wrong(c, r, "id", STR("this facility is not yours to change"), STR("bạn không được sửa cơ sở này"));
    return found && found->own ? found : NULL;
}

/* The code that holds on a day; of a day to come the one that is to hold then. */
static str code_on(const struct facility_house *h, int32_t day) {
    for (size_t i = 0; i < h->now.codes.len; i++) {
        const struct facility_code *k = &h->now.codes.at[i];
        if ((k->from == DAY_NONE || k->from <= day) && (k->until == DAY_NONE || day <= k->until)) return k->code;
    }
    return STR_NONE;
}

/* "-" clears, an empty cell keeps. */
static str next_of(str cell, str now) { return !cell.len ? now : str_is(cell, "-") ? STR_NONE : cell; }

static void differs(struct comparing *c, const struct facility_row *r, const struct facility_house *h,
                    const char *field, str before, str after) {
    struct list_difference d = {r->line, h->id, h->name, before, after, field};
    if (!str_eq(before, after)) VEC_PUSH(c->arena, &c->out->differences, d);
}

static size_t characters(str s) {
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) n += ((unsigned char)s.at[i] & 0xC0) != 0x80;
    return n;
}

static bool has_control(str s) {
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] < 0x20) return true;
    return false;
}

static void check_forms(struct comparing *c, const struct facility_row *r, const struct facility_change *f) {
    const struct facility *now = &f->house->now;
    if (f->next.code.len && !facility_code_valid(f->next.code))
        wrong(c, r, "code", STR("five letters or digits without marks, not 00000"),
              STR("gồm đúng 5 chữ cái không dấu hoặc chữ số, không phải 00000"));
    if (!str_eq(f->next.phone, now->phone) && f->next.phone.len && !facility_phone_valid(f->next.phone))
        wrong(c, r, "phone", STR("a telephone number has 8 to 15 digits"), STR("số điện thoại có từ 8 đến 15 chữ số"));
    if (characters(f->next.address) > FACILITY_TEXT || has_control(f->next.address))
        wrong(c, r, "address", STR("one line of at most 200 characters"),
              STR("viết trên một dòng, nhiều nhất 200 ký tự"));
    int32_t latest = DAY_NONE;
    for (size_t i = 0; i < now->codes.len; i++)
        if (now->codes.at[i].from != DAY_NONE && (latest == DAY_NONE || now->codes.at[i].from > latest))
            latest = now->codes.at[i].from;
    if (!str_eq(f->next.code, code_on(f->house, f->from)) && latest != DAY_NONE && f->from < latest)
        wrong(c, r, "from",
              str_format(c->arena, "a code holds from %.*s already: not before that day",
                         STR_ARG(form_day(c->arena, latest))),
              str_format(c->arena, "mã đang có được dùng từ %.*s: không chọn ngày trước đó",
                         STR_ARG(form_day(c->arena, latest))));
}

/* The code this house will have on a day or later. */
static str code_after(const struct facility_house *h, const struct facility_changes *changes, int32_t day) {
    for (size_t i = 0; i < changes->len; i++)
        if (changes->at[i].house == h) return changes->at[i].next.code;
    return code_on(h, day);
}

static void refuse_doubles(struct comparing *c, const struct facility_row *lines,
                           const struct facility_changes *changes) {
    for (size_t i = 0; i < changes->len; i++) {
        const struct facility_change *f = &changes->at[i];
        if (!f->next.code.len || str_eq(f->next.code, code_on(f->house, f->from))) continue;
        for (size_t k = 0; k < c->houses->len; k++) {
            const struct facility_house *other = &c->houses->at[k];
            if (other == f->house || !str_eq(code_after(other, changes, f->from), f->next.code)) continue;
            wrong(c, &lines[i], "code",
                  str_format(c->arena, "%.*s is the code of %.*s", STR_ARG(f->next.code), STR_ARG(other->name)),
                  str_format(c->arena, "%.*s là mã của %.*s", STR_ARG(f->next.code), STR_ARG(other->name)));
            break;
        }
    }
}

static bool twice(struct comparing *c, const struct facility_row *r, const struct facility_house *h,
                  const struct facility_changes *changes) {
    for (size_t i = 0; i < changes->len; i++)
        if (changes->at[i].house == h) {
            wrong(c, r, "id", STR("two rows are about one facility"), STR("hai dòng nói về cùng một cơ sở"));
            return true;
        }
    return false;
}

void facility_list_compare(struct arena *a, const struct facility_houses *houses, const struct facility_rows *rows,
                           int32_t today, struct list_result *out, struct facility_changes *changes,
                           struct list_problems *problems) {
    struct comparing c = {a, houses, out, problems, today};
    struct facility_row *lines = ARENA_ARRAY(a, struct facility_row, rows->len + 1);
    *out = (struct list_result){.rows = rows->len};
    for (size_t i = 0; i < houses->len; i++) out->missing += houses->at[i].own;
    for (size_t i = 0; i < rows->len; i++) {
        const struct facility_row *r = &rows->at[i];
        const struct facility_house *h = find(&c, r);
        size_t before = out->differences.len;
        if (!h || twice(&c, r, h, changes)) continue;
        struct facility_change f = {.house = h, .from = r->from == DAY_NONE ? today : r->from};
        str code = code_on(h, f.from);
        f.next.code = text_case(a, next_of(r->code, code), true);
        f.next.phone = next_of(r->phone, h->now.phone);
        f.next.address = next_of(r->address, h->now.address);
        out->missing -= out->missing > 0;
        differs(&c, r, h, "code", code, f.next.code);
        differs(&c, r, h, "phone", h->now.phone, f.next.phone);
        differs(&c, r, h, "address", h->now.address, f.next.address);
        check_forms(&c, r, &f);
        if (out->differences.len == before) {
            out->same++;
            continue;
        }
        out->changed++;
        lines[changes->len] = *r;
        VEC_PUSH(a, changes, f);
    }
    refuse_doubles(&c, lines, changes);
}
