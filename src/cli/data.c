/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands that move resources in and out: import, export, get, search.
 */
#include "cli.h"

#include "base/date.h"
#include "rest/rest.h"
#include "server/socket.h"

#include <stdio.h>
#include <unistd.h>

static const char *const local_base = "http://localhost:8080/fhir";
static const struct access sees_everything = {.everything = true};

/* That records were read here, in the audit of the node: by ourselves or by the server that holds it. */
static void leave_trace(struct invocation *in, const char *action, str what) {
    static const struct socket_command command = {"audit", command_audit};
    const str arguments[] = {str_of(action), what};
    const struct hand_call call = {.command = &command, .arguments = arguments, .count = 2};
    struct node_hand hand;
    str out, problems;
    err e = hand_open(in, in->arguments[0], &hand);
    if (!e.code) {
        e = hand_run(&hand, in->arena, &call, &out, &problems);
        hand_close(&hand);
    }
    if (e.code) fprintf(stderr, "tram: %s: %.*s\n", in->vietnamese ? "không ghi được nhật ký truy cập" : "the audit could not be written", STR_ARG(e.detail));
}

/* One GET on the node; the answer goes to stdout, an OperationOutcome to stderr. */
static int answer(struct invocation *in, str path, str query) {
    struct store *s;
    err e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    struct rest_request request = {.method = REST_GET, .path = path, .query = query, .base_url = str_of(local_base),
                                   .actor = STR("system"), .access = &sees_everything, .vietnamese = in->vietnamese};
    struct rest_response response = {0};
    rest_handle(s, in->arena, &request, &response);
    int code = EXIT_DONE;
    if (response.status < 300) {
        code = print(in, response.body, EXIT_DONE);
        if (code == EXIT_DONE) code = print(in, STR("\n"), EXIT_DONE);
    } else {
        fprintf(stderr, "%.*s\n", STR_ARG(response.body));
        code = response.status >= 500 ? EXIT_IO : EXIT_WRONG;
    }
    store_close(s);
    if (response.status < 300) leave_trace(in, "read", query.len ? str_format(in->arena, "%.*s?…", STR_ARG(path)) : path);
    return code;
}

int command_get(struct invocation *in) {
    str path = str_of(in->arguments[1]);
    size_t slash = str_find(path, '/');
    if (slash == 0 || slash + 1 >= path.len || str_find(path, '?') < path.len)
        return fail(in, err_make(in->arena, ERR_USAGE, NULL, "want Type/id, not '%s'", in->arguments[1]));
    return answer(in, path, STR(""));
}

int command_search(struct invocation *in) {
    str text = str_of(in->arguments[1]);
    size_t mark = str_find(text, '?');
    return answer(in, str_slice(text, 0, mark), str_slice(text, mark + 1, text.len));
}

/* ---- export -------------------------------------------------------------------------------------------------------- */

enum { EXPORT_PAGE = 1000 };

static err export_type(struct reader *r, fhir_type type, const struct invocation *in, int *code) {
    struct arena *page = arena_new();
    int64_t after = 0;
    err e = OK_ERR;
    for (*code = EXIT_DONE; *code == EXIT_DONE; arena_reset(page)) {
        struct version_list list = {0};
        e = reader_scan(r, page, type, after, EXPORT_PAGE, &list);
        if (e.code || !list.len) break;
        struct buf out = buf_new(page);
        for (size_t i = 0; i < list.len; i++) {
            version_json(&out, &list.at[i]);
            buf_addc(&out, '\n');
        }
        after = list.at[list.len - 1].rid;
        *code = print(in, buf_str(&out), EXIT_DONE);
    }
    if (e.code) e.detail = str_copy(in->arena, e.detail);
    arena_free(page);
    return e;
}

static err export_types(struct invocation *in, bool *wanted) {
    const char *list = option_value(in, "type");
    for (fhir_type t = 0; t < FHIR_TYPE_MAX; t++) wanted[t] = !list;
    str rest = str_of(list), name;
    while (list && str_split(&rest, ',', &name)) {
        fhir_type t = fhir_type_by_name(name);
        if (t == FHIR_TYPE_NONE)
            return err_make(in->arena, ERR_USAGE, NULL, "--type: '%.*s' is no resource type of FHIR R4", STR_ARG(name));
        wanted[t] = true;
    }
    return OK_ERR;
}

int command_export(struct invocation *in) {
    bool wanted[FHIR_TYPE_MAX];
    struct store *s;
    struct reader *r;
    err e = export_types(in, wanted);
    if (!e.code) e = open_node(in, in->arguments[0], STORE_READ, &s);
    if (e.code) return fail(in, e);
    int code = EXIT_DONE;
    e = reader_begin(s, in->arena, &r);
    for (fhir_type t = 0; t < FHIR_TYPE_MAX && !e.code && code == EXIT_DONE; t++)
        if (wanted[t]) e = export_type(r, t, in, &code);
    reader_end(r);
    store_close(s);
    if (!e.code) leave_trace(in, "export", str_of(option_value(in, "type") ? option_value(in, "type") : "everything"));
    return e.code ? fail(in, e) : code;
}

/* ---- import -------------------------------------------------------------------------------------------------------- */

enum { COMPACT_FROM = 20000 }; /* resources of one import after which packing the pages pays */

struct progress {
    int64_t before;  /* stored by the files done */
    int64_t started; /* ms */
    size_t file, files;
    bool terminal;
};

static void show_progress(void *context, int64_t stored) {
    struct progress *p = context;
    if (!p->terminal) return;
    double seconds = (double)(clock_now_ms() - p->started) / 1000;
    int64_t all = p->before + stored;
    int width = p->files ? (int)(p->file * 30 / p->files) : 0;
    fprintf(stderr, "\r[%-30.*s] %zu/%zu  %lld  %.0f/s ", width, "##############################", p->file, p->files,
            (long long)all, seconds > 0 ? (double)all / seconds : 0);
}

/* "STORED FAILED" of the import command */
static void add_counts(str out, struct import_result *total) {
    int64_t stored = 0, failed = 0;
    size_t space = str_find(out, ' ');
    if (str_int64(str_slice(out, 0, space), &stored) && str_int64(str_trim(str_slice(out, space + 1, out.len)), &failed)) {
        total->stored += stored;
        total->failed += failed;
    }
}

/* One file; what is wrong with it goes to stderr, a line each. */
static err import_file(struct invocation *in, struct node_hand *hand, const char *path, struct progress *p, struct import_result *total) {
    static const struct socket_command command = {"import", command_import};
    struct arena *a = arena_new();
    str arguments[2] = {str_of(path), STR("unpack")}, text, out = STR(""), problems = STR("");
    int64_t failed_before = total->failed;
    err e = read_input(a, path, &text);
    struct hand_call call = {&command, arguments, option_value(in, "unpack") ? 2 : 1, text, show_progress, p};
    if (!e.code) e = hand_run(hand, a, &call, &out, &problems);
    add_counts(out, total);
    if (e.code && total->failed == failed_before) total->failed++;
    if (p->terminal && (problems.len || e.code)) fputc('\n', stderr);
    fwrite(problems.at, 1, problems.len, stderr);
    if (e.code && !problems.len) fail(in, (err){.code = e.code, .at = path, .detail = e.detail});
    e.detail = STR("");
    arena_free(a);
    return e;
}

int command_import_files(struct invocation *in) {
    struct node_hand hand;
    err e = hand_open(in, in->arguments[0], &hand);
    if (e.code) return fail(in, e);
    struct progress p = {.started = clock_now_ms(), .files = in->count - 1, .terminal = isatty(STDERR_FILENO)};
    struct import_result total = {0};
    int code = EXIT_DONE;
    for (p.file = 0; p.file < p.files; p.file++) {
        e = import_file(in, &hand, in->arguments[p.file + 1], &p, &total);
        p.before = total.stored;
        if (e.code) code = err_exit(e.code) > EXIT_USAGE ? err_exit(e.code) : EXIT_WRONG;
    }
    if (hand.store && total.stored >= COMPACT_FROM) store_compact(hand.store);
    hand_close(&hand);
    if (p.terminal) fputc('\n', stderr);
    if (total.failed && code == EXIT_DONE) code = EXIT_WRONG;
    str line = str_format(in->arena, "%lld stored, %lld failed in %.1f s\n", (long long)total.stored,
                          (long long)total.failed, (double)(clock_now_ms() - p.started) / 1000);
    return print(in, line, code);
}
