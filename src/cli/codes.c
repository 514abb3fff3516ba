/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * codes: the lists of codes of a node, imported, taken back, written out.
 */
#include "cli.h"

#include "base/members.h"
#include "codes/codes.h"
#include "rooms.h"

#include <stdio.h>

static err list_of(const struct invocation *in, const char *name, enum code_list *out) {
    if (code_list_read(str_of(name), out)) return OK_ERR;
    return err_make(in->arena, ERR_USAGE, "LIST", "'%s' is no list: icd-10, medicine or service", name);
}

static err day_option(const struct invocation *in, const char *name, int32_t *out) {
    const char *value = option_value(in, name);
    *out = day_today();
    return !value || day_parse(str_of(value), out) ? OK_ERR : err_make(in->arena, ERR_USAGE, name, "'%s' is no day (YYYY-MM-DD)", value);
}

/* ---- reading --------------------------------------------------------------------------------------------------------------- */

static err write_lists(const struct invocation *in, struct reader *r, int32_t day, struct buf *out) {
    for (int l = 0; l < LIST_COUNT; l++) {
        const struct code_list_kind *kind = code_list_kind((enum code_list)l);
        struct code_versions versions = {0};
        struct code_table *table;
        TRY(code_table_on(r, in->arena, (enum code_list)l, day, &table));
        TRY(code_versions_of(r, in->arena, (enum code_list)l, &versions));
        buf_addf(out, "%-9s %6zu  %s\n", kind->code, table->inside, table->version.len ? "" : in->vietnamese ? "của chương trình" : "of the program");
        for (size_t i = 0; i < versions.len; i++) {
            const struct code_version *v = &versions.at[i];
            char from[11];
            buf_addf(out, "  %s %6zu  %.*s  %.*s  %.*s%s\n", day_format(v->from, from), v->codes, STR_ARG(v->applied), STR_ARG(v->id), STR_ARG(v->title),
                     str_eq(v->id, table->version) ? in->vietnamese ? "  (đang dùng)" : "  (in force)"
                     : v->active ? "" : in->vietnamese ? "  (đã gỡ)" : "  (taken back)");
        }
    }
    return OK_ERR;
}

static int show(struct invocation *in) {
    struct buf out = buf_new(in->arena);
    struct store *s = NULL;
    struct reader *r;
    enum code_list list = LIST_ICD10;
    int32_t day;
    bool all = in->count == 1;
    err e = day_option(in, "at", &day);
    if (!e.code && !all) e = list_of(in, in->arguments[2], &list);
    if (!e.code) e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    e = reader_begin(s, in->arena, &r);
    if (!e.code) {
        if (!all) e = code_export(r, in->arena, list, day, false, &out);
        else if (option_value(in, "json")) e = code_lists_answer(r, in->arena, day, &out), buf_addc(&out, '\n');
        else e = write_lists(in, r, day, &out);
        reader_end(r);
    }
    store_close(s);
    return e.code ? fail(in, e) : print(in, buf_str(&out), EXIT_DONE);
}

/* ---- writing --------------------------------------------------------------------------------------------------------------- */

/* codes-import LIST DAY STEP FILE; data = the file. A refused one is ERR_INVALID, with the whole answer among the problems. */
err command_codes_import(struct socket_call *call) {
    struct code_import list = {.store = call->store, .actor = call->actor, .bytes = call->data};
    struct buf answer = buf_new(call->arena);
    bool refused = false;
    if (call->argument_count != 4 || !code_list_read(call->arguments[0], &list.list) || !day_parse(call->arguments[1], &list.from))
        return err_make(call->arena, ERR_USAGE, NULL, "codes-import wants LIST DAY STEP FILE");
    list.apply = str_is(call->arguments[2], "apply");
    list.file = call->arguments[3];
    TRY(code_import(call->arena, &list, &answer, &refused));
    buf_add(refused ? &call->problems : &call->out, buf_str(&answer));
    return refused ? err_make(call->arena, ERR_INVALID, "file", "the file has errors, nothing was changed") : OK_ERR;
}

/* codes-undo LIST */
err command_codes_undo(struct socket_call *call) {
    enum code_list list;
    if (call->argument_count != 1 || !code_list_read(call->arguments[0], &list)) return err_make(call->arena, ERR_USAGE, NULL, "codes-undo wants LIST");
    return code_undo(call->store, call->arena, call->actor, list, STR_NONE, &call->out);
}

/* The answer as a person reads it: what is wrong, what differs, line by line. */
static void say(const struct invocation *in, str answer, struct buf *out) {
    struct json *a;
    const char *words = in->vietnamese ? "vi" : "en";
    if (json_parse(in->arena, answer, &a).code || option_value(in, "json")) {
        buf_addf(out, "%.*s\n", STR_ARG(answer));
        return;
    }
    const struct json *problems = JSON_GET(a, "problems"), *differences = JSON_GET(a, "differences");
    for (const struct json *p = problems ? problems->first : NULL; p; p = p->next) {
        buf_addf(out, "%s: ", str_is(JSON_TEXT(p, "severity"), "error") ? in->vietnamese ? "lỗi" : "error" : in->vietnamese ? "lưu ý" : "warning");
        buf_addf(out, in->vietnamese ? "dòng %.*s, cột %.*s: " : "line %.*s, column %.*s: ", STR_ARG(JSON_GET(p, "line")->text), STR_ARG(JSON_TEXT(p, "column")));
        buf_addf(out, "%.*s\n", STR_ARG(json_get(p, str_of(words))->text));
    }
    for (const struct json *d = differences ? differences->first : NULL; d; d = d->next) {
        str kind = JSON_TEXT(d, "kind"), before = JSON_TEXT(d, "before"), after = JSON_TEXT(d, "after");
        buf_addf(out, "%c %.*s  ", str_is(kind, "new") ? '+' : str_is(kind, "gone") ? '-' : '~', STR_ARG(JSON_TEXT(d, "code")));
        if (str_is(kind, "changed")) buf_addf(out, "%.*s: %.*s → %.*s\n", STR_ARG(JSON_TEXT(d, "column")), STR_ARG(before), STR_ARG(after));
        else buf_addf(out, "%.*s\n", STR_ARG(before.len ? before : after));
    }
    static const char *const counts[] = {"rows", "same", "new", "changed", "gone"}, *const vi[] = {"dòng", "giữ nguyên", "mới", "đổi", "mất"};
    for (size_t i = 0; i < 5; i++)
        buf_addf(out, "%s%.*s %s", i ? ", " : "", STR_ARG(json_get(a, str_of(counts[i]))->text), in->vietnamese ? vi[i] : counts[i]);
    buf_addc(out, '\n');
}

static int hand_over(struct invocation *in, struct hand_call *call, bool import) {
    struct node_hand hand;
    struct buf said = buf_new(in->arena);
    str out = STR_NONE, problems = STR_NONE;
    err e = hand_open(in, in->arguments[0], &hand);
    if (e.code) return fail(in, e);
    e = hand_run(&hand, in->arena, call, &out, &problems);
    hand_close(&hand);
    if (problems.len) {
        say(in, problems, &said);
        fprintf(stderr, "%.*s", STR_ARG(buf_str(&said)));
    }
    if (e.code) return fail(in, e);
    if (import) say(in, out, &said);
    else buf_addf(&said, "%.*s\n", STR_ARG(out));
    return print(in, buf_str(&said), EXIT_DONE);
}

static int import_file(struct invocation *in) {
    static const struct socket_command command = {"codes-import", command_codes_import};
    enum code_list list;
    int32_t from;
    char digits[11];
    const char *path = in->arguments[3], *slash = strrchr(path, '/');
    struct hand_call call = {.command = &command, .count = 4};
    err e = list_of(in, in->arguments[2], &list);
    if (!e.code) e = day_option(in, "from", &from);
    if (!e.code) e = read_input(in->arena, path, &call.data);
    if (e.code) return fail(in, e);
    str arguments[4] = {str_of(in->arguments[2]), str_of(day_format(from, digits)), option_value(in, "preview") ? STR("preview") : STR("apply"),
                        str_of(slash ? slash + 1 : path)};
    call.arguments = arguments;
    return hand_over(in, &call, true);
}

static int undo(struct invocation *in) {
    static const struct socket_command command = {"codes-undo", command_codes_undo};
    enum code_list list;
    err e = list_of(in, in->arguments[2], &list);
    str argument = str_of(in->arguments[2]);
    if (e.code) return fail(in, e);
    return hand_over(in, &(struct hand_call){.command = &command, .arguments = &argument, .count = 1}, false);
}

int command_codes(struct invocation *in) {
    const char *what = in->count > 1 ? in->arguments[1] : "";
    if (in->count == 1 || (in->count == 3 && strcmp(what, "export") == 0)) return show(in);
    if (in->count == 4 && strcmp(what, "import") == 0) return import_file(in);
    if (in->count == 3 && strcmp(what, "undo") == 0) return undo(in);
    return fail(in, err_make(in->arena, ERR_USAGE, "codes", "'%s' is not understood, or its LIST or FILE is missing", what));
}
