/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GET /api/print/access-log/{person}: who read or changed a person's record on this node, for the person to take home.
 */
#include "print_int.h"

#include "forms/list.h"

enum { ENTRIES_MOST = 2000, COLUMNS = 5 };

static str action_word(const struct form_frame *f, str action) {
    static const char *const words[][3] = {
        {"read", "xem", "read"},        {"find", "tìm", "found"},
        {"print", "in", "printed"},     {"export", "kết xuất", "exported"},
        {"create", "thêm", "added"},    {"update", "sửa", "changed"},
        {"write", "ghi", "written"},    {"delete", "xóa", "deleted"},
        {"open", "mở hồ sơ", "opened"}, {"list", "xem danh sách", "listed"}, {"read-audit", "xem nhật ký", "read the log"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(action, words[i][0])) return form_say(f, words[i][1], words[i][2]);
    return action;
}

/* dd/mm/yyyy hh:mm of +07:00. */
static str when(struct arena *a, int64_t ms) {
    int64_t minutes = ms / 60000 + VIETNAM_OFFSET_MINUTES;
    str day = form_day(a, instant_day(ms, VIETNAM_OFFSET_MINUTES));
    return str_format(a, "%.*s %02d:%02d", STR_ARG(day), (int)(minutes % 1440 / 60), (int)(minutes % 60));
}

err print_access_log(struct request *r) {
    struct arena *a = r->arena;
    struct reader *reader;
    struct subject s;
    struct audit_line *lines;
    struct list_form form = {.column_count = COLUMNS, .portrait = true, .first_is_number = true, .size = 9};
    int32_t today = day_today();
    TRY(print_subject(r, &reader, r->parameters[0], today, &s));
    TRY(print_frame(r, reader, STR_NONE, today, &form.frame));
    TRY(audit_of_person(r, s.person.rid, ENTRIES_MOST, &lines, &form.row_count));
    const struct form_frame *f = &form.frame;
    const struct list_column columns[COLUMNS] = {{.head = form_say(f, "TT", "No."), .share = 1, .align = PAPER_CENTER},
                                                 {.head = form_say(f, "Lúc", "When"), .share = 3.2},
                                                 {.head = form_say(f, "Ai", "Who"), .share = 5},
                                                 {.head = form_say(f, "Việc gì", "What"), .share = 5},
                                                 {.head = form_say(f, "Lý do", "Why"), .share = 4}};
    str *cells = ARENA_ARRAY(a, str, form.row_count * (COLUMNS - 1) + 1);
    for (size_t i = 0; i < form.row_count; i++) {
        str *c = &cells[i * (COLUMNS - 1)], word = action_word(f, lines[i].action);
        c[0] = when(a, lines[i].wall);
        c[1] = lines[i].name;
        c[2] = str_format(a, "%.*s%s%.*s", STR_ARG(word), lines[i].what.len ? ": " : "", STR_ARG(lines[i].what));
        c[3] = lines[i].why;
    }
    form.frame.synthetic = s.person.synthetic;
    form.title = form_say(f, "NHẬT KÝ TRUY CẬP HỒ SƠ", "WHO SAW THIS RECORD");
    form.under = str_format(a,
                            form.frame.vietnamese ? "Trên nút này, đến ngày %.*s, mới nhất trước"
                                                  : "On this node, up to %.*s, newest first",
                            STR_ARG(form_day(a, today)));
    form.who = &s.form;
    form.columns = columns;
    form.cells = cells;
    return request_pdf(r, list_paper(a, &form), form.frame.vietnamese ? "nhat-ky-truy-cap" : "access-log");
}
