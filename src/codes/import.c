/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A list comes in: read, compared with what is in force, and, when that is asked and nothing is wrong, stored in one commit: the codes in
 * pieces (CodeSystem), the version they make (ValueSet). Undo takes the version out of force; its codes stay, since records name them.
 */
#include "codes.h"

#include "base/members.h"
#include "base/vec.h"
#include "paper/workbook.h"

enum { PIECE = 500, SHOWN = 500 };

struct gathering {
    struct arena *arena;
    VEC(struct change) changes;
};

static err add_change(struct gathering *g, fhir_type type, str id, str json) {
    struct json *tree;
    struct fhir_issues issues = {0};
    TRY(json_parse(g->arena, json, &tree));
    if (!fhir_validate(g->arena, json, tree, STR_NONE, &issues))
        return err_make(g->arena, ERR_INTERNAL, str_z(g->arena, issues.at[0].expression), "%.*s", STR_ARG(issues.at[0].en));
    VEC_PUSH(g->arena, &g->changes, (struct change){.op = VERSION_UPDATE, .type = type, .id = id, .source = json, .resource = tree});
    return OK_ERR;
}

/* ---- resources --------------------------------------------------------------------------------------------------------------- */

static void add_concept(struct buf *out, const struct code_list_kind *kind, size_t columns, const struct code_row *row) {
    buf_addc(out, '{');
    add_text(out, "code", row->at[COLUMN_CODE]);
    add_text(out, "display", row->at[COLUMN_VI]);
    if (row->at[COLUMN_EN].len) {
        buf_addz(out, ",\"designation\":[{\"language\":\"en\"");
        add_text(out, "value", row->at[COLUMN_EN]);
        buf_addz(out, "}]");
    }
    bool any = false;
    for (size_t c = COLUMN_EN + 1; c < columns; c++) {
        if (!row->at[c].len) continue;
        buf_addz(out, any ? ",{" : ",\"property\":[{");
        add_text(out, "code", str_of(kind->columns[c].name));
        add_text(out, "valueString", row->at[c]);
        buf_addc(out, '}');
        any = true;
    }
    buf_addz(out, any ? "]}" : "}");
}

static void begin_resource(struct buf *out, const char *type, str id, const struct code_list_kind *kind) {
    buf_addf(out, "{\"resourceType\":\"%s\",\"id\":\"%.*s\",\"identifier\":[{\"system\":\"" SYSTEM_CODES "\",\"value\":\"%s\"}]", type, STR_ARG(id), kind->code);
}

static str piece_of(struct arena *a, const struct code_import *in, str version, str id, const struct code_rows *rows, size_t from) {
    const struct code_list_kind *kind = code_list_kind(in->list);
    size_t columns = code_list_columns(in->list), to = from + PIECE < rows->len ? from + PIECE : rows->len;
    struct buf out = buf_new(a);
    begin_resource(&out, "CodeSystem", id, kind);
    buf_addf(&out, ",\"url\":\"%s\",\"version\":\"%.*s\",\"status\":\"active\",\"content\":\"fragment\",\"count\":%zu", kind->system, STR_ARG(version), rows->len);
    for (size_t c = COLUMN_EN + 1; c < columns; c++)
        buf_addf(&out, "%s{\"code\":\"%s\",\"type\":\"string\"}", c == COLUMN_EN + 1 ? ",\"property\":[" : ",", kind->columns[c].name);
    buf_addz(&out, columns > COLUMN_EN + 1 ? "],\"concept\":[" : ",\"concept\":[");
    for (size_t i = from; i < to; i++) {
        if (i > from) buf_addc(&out, ',');
        add_concept(&out, kind, columns, &rows->at[i]);
    }
    buf_addz(&out, "]}");
    return buf_str(&out);
}

static str version_json_of(struct arena *a, enum code_list list, const struct code_version *v) {
    const struct code_list_kind *kind = code_list_kind(list);
    struct buf out = buf_new(a);
    char day[11];
    begin_resource(&out, "ValueSet", v->id, kind);
    buf_addf(&out, ",\"extension\":[{\"url\":\"" EXTENSION_VALID_FROM "\",\"valueDate\":\"%s\"},{\"url\":\"" EXTENSION_CODES "\",\"valueUnsignedInt\":%zu}]",
             day_format(v->from, day), v->codes);
    buf_addf(&out, ",\"url\":\"" SYSTEM_CODES ":%s\"", kind->code);
    add_text(&out, "version", v->id);
    add_text(&out, "title", v->title);
    add_text(&out, "status", v->active ? STR("active") : STR("retired"));
    add_text(&out, "date", v->applied);
    if (v->person.len) add_text(&out, "publisher", v->person);
    buf_addf(&out, ",\"compose\":{\"include\":[{\"system\":\"%s\",\"version\":\"%.*s\"}]}}", kind->system, STR_ARG(v->id));
    return buf_str(&out);
}

/* ---- commit ------------------------------------------------------------------------------------------------------------------ */

static err changed_meanwhile(struct commit *c, struct reader *now, struct arena *a) {
    (void)c;
    (void)now;
    return err_make(a, ERR_CONFLICT, "ValueSet", "another list was imported or taken back meanwhile: look again");
}

static err commit_changes(struct store *s, struct gathering *g, str actor, int64_t position) {
    static const fhir_type types[] = {FHIR_TYPE_VALUE_SET};
    struct commit commit = {.changes = g->changes.at, .count = g->changes.len, .actor = actor, .recheck = changed_meanwhile,
                            .snapshot_position = position, .types = types, .type_count = 1};
    return store_commit(s, g->arena, &commit);
}

static err apply(struct arena *a, const struct code_import *in, const struct code_rows *rows, int64_t position, str *id) {
    struct gathering g = {.arena = a};
    char now[25];
    *id = rest_new_id(a);
    struct code_version v = {.id = *id, .title = in->file.len ? in->file : str_of(code_list_kind(in->list)->code), .person = in->person,
                             .applied = str_of(instant_format(clock_now_ms(), now)), .from = in->from, .active = true, .codes = rows->len};
    for (size_t i = 0; i < rows->len; i += PIECE) {
        str piece = rest_new_id(a);
        TRY(add_change(&g, FHIR_TYPE_CODE_SYSTEM, piece, piece_of(a, in, v.id, piece, rows, i)));
    }
    TRY(add_change(&g, FHIR_TYPE_VALUE_SET, v.id, version_json_of(a, in->list, &v)));
    return commit_changes(in->store, &g, in->actor, position);
}

/* ---- answer ------------------------------------------------------------------------------------------------------------------ */

static void write_problems(struct buf *out, const struct code_problems *p) {
    add_number(out, "errors", (int64_t)p->errors);
    add_name(out, "problems");
    buf_addc(out, '[');
    for (size_t i = 0; i < p->len; i++) {
        buf_addz(out, i ? ",{" : "{");
        add_number(out, "line", p->at[i].line);
        add_text(out, "column", p->at[i].column);
        add_text(out, "severity", p->at[i].warning ? STR("warning") : STR("error"));
        add_text(out, "vi", p->at[i].vi);
        add_text(out, "en", p->at[i].en);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

/* At most SHOWN of each kind: the counts tell how many there are. */
static void write_differences(struct buf *out, const struct code_differences *d) {
    static const char *const kinds[] = {"new", "changed", "gone"};
    size_t shown[3] = {0}, n = 0;
    add_name(out, "differences");
    buf_addc(out, '[');
    for (size_t i = 0; i < d->len; i++) {
        const struct code_difference *one = &d->at[i];
        if (shown[one->kind]++ >= SHOWN) continue;
        buf_addz(out, n++ ? ",{" : "{");
        add_text(out, "kind", str_of(kinds[one->kind]));
        add_number(out, "line", one->line);
        add_text(out, "code", one->code);
        add_text(out, "column", str_of(one->column));
        add_text(out, "before", one->before);
        add_text(out, "after", one->after);
        buf_addc(out, '}');
    }
    buf_addc(out, ']');
}

static void write_preview(struct buf *out, const struct code_heads *heads, const struct code_rows *rows, const struct code_differences *d,
                          const struct code_problems *p) {
    buf_addc(out, '{');
    add_number(out, "rows", (int64_t)rows->len);
    add_number(out, "head", heads->line);
    add_text(out, "columns", heads->read);
    add_text(out, "ignored", heads->ignored);
    add_number(out, "same", (int64_t)d->same);
    add_number(out, "new", (int64_t)d->counts[DIFFERENCE_NEW]);
    add_number(out, "changed", (int64_t)d->counts[DIFFERENCE_CHANGED]);
    add_number(out, "gone", (int64_t)d->counts[DIFFERENCE_GONE]);
    write_problems(out, p);
    write_differences(out, d);
}

/* ---- import and undo ---------------------------------------------------------------------------------------------------------- */

static void rows_inside(struct arena *a, const struct code_table *t, struct code_rows *out) {
    for (size_t i = 0; i < t->len; i++)
        if (!t->at[i].outside) VEC_PUSH(a, out, *t->at[i].row);
}

static err read_file(struct arena *a, const struct code_import *in, struct code_rows *rows, struct code_heads *heads, struct code_problems *problems) {
    struct grid grid = {0};
    if (!in->bytes.len) return err_make(a, ERR_INVALID, "empty", "the file is empty");
    TRY(workbook_or_csv(a, in->bytes, &grid));
    return code_rows_read(a, in->list, &grid, rows, heads, problems);
}

/* A file that cannot be read at all is a fault like the others, in both languages. */
static err tell_unreadable(struct arena *a, err e, struct code_problems *problems) {
    static const struct { const char *at, *vi; } words[] = {
        {"empty", "tệp trống"}, {"encoding", "tệp không phải UTF-8: lưu lại dạng CSV UTF-8 hoặc .xlsx"}, {"csv", "dấu ngoặc kép trong CSV không khép"},
        {"zip", "tệp hỏng hoặc có mật khẩu"}, {"xlsx", "không đọc được sổ Excel: lưu lại dạng .xlsx, không mật khẩu"},
        {"rows", "quá nhiều dòng"}, {"head", "không thấy dòng tiêu đề có cột mã và cột tên trong hai mươi dòng đầu"}};
    if (!e.code || (e.code != ERR_INVALID && e.code != ERR_TOO_LONG)) return e;
    str vi = e.detail;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (e.at && strcmp(e.at, words[i].at) == 0) vi = str_format(a, "%s (%.*s)", words[i].vi, STR_ARG(e.detail));
    problems->errors++;
    VEC_PUSH(a, problems, (struct code_problem){0, str_of(e.at), false, vi, e.detail});
    return OK_ERR;
}

/* What is in force on the day from which the new version shall be, and the position it was read at. */
static err in_force(struct arena *a, const struct code_import *in, struct code_rows *out, int64_t *position) {
    struct reader *r;
    struct code_table *table = NULL;
    TRY(reader_begin(in->store, a, &r));
    err e = code_table_on(r, a, in->list, in->from, &table);
    *position = reader_position(r);
    reader_end(r);
    TRY(e);
    rows_inside(a, table, out);
    return OK_ERR;
}

err code_import(struct arena *a, const struct code_import *in, struct buf *out, bool *refused) {
    struct code_rows before = {0}, after = {0};
    struct code_heads heads = {0};
    struct code_problems problems = {0};
    struct code_differences differences = {0};
    str version = STR_NONE;
    int64_t position;
    TRY(tell_unreadable(a, read_file(a, in, &after, &heads, &problems), &problems));
    TRY(in_force(a, in, &before, &position));
    code_rows_compare(a, in->list, &before, &after, &differences);
    *refused = problems.errors > 0;
    if (in->apply && !*refused && differences.len) TRY(apply(a, in, &after, position, &version));
    write_preview(out, &heads, &after, &differences, &problems);
    add_text(out, "version", version);
    buf_addc(out, '}');
    return OK_ERR;
}

static err last_of(struct reader *r, struct arena *a, enum code_list list, str wanted, struct code_version *out) {
    struct code_versions all = {0};
    TRY(code_versions_of(r, a, list, &all));
    for (size_t i = 0; i < all.len; i++) {
        if (!all.at[i].active) continue;
        *out = all.at[i];
        if (!wanted.len || str_eq(wanted, out->id)) return OK_ERR;
        return err_make(a, ERR_CONFLICT, "version", "another version was imported after this one: that one goes first");
    }
    return err_make(a, ERR_NOT_FOUND, "version", "no imported version is left: the list of the program is in force");
}

err code_undo(struct store *s, struct arena *a, str actor, enum code_list list, str version, struct buf *out) {
    struct gathering g = {.arena = a};
    struct reader *r;
    struct code_version last;
    TRY(reader_begin(s, a, &r));
    err e = last_of(r, a, list, version, &last);
    int64_t position = reader_position(r);
    reader_end(r);
    TRY(e);
    last.active = false;
    TRY(add_change(&g, FHIR_TYPE_VALUE_SET, last.id, version_json_of(a, list, &last)));
    TRY(commit_changes(s, &g, actor, position));
    buf_addc(out, '{');
    add_text(out, "undone", last.id);
    add_text(out, "title", last.title);
    add_number(out, "codes", (int64_t)last.codes);
    buf_addc(out, '}');
    return OK_ERR;
}
