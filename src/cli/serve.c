/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * serve and config: every option of serve may stand in DIR/tram.conf as "name = value"; the command line wins.
 */
#include "cli.h"

#include "base/log.h"
#include "cli/rooms.h"
#include "server/server.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

const struct option serve_options[] = {
    {"listen", "ADDRESS:PORT", "where to listen (default 127.0.0.1:8080)", "địa chỉ lắng nghe (mặc định 127.0.0.1:8080)"},
    {"tls", NULL, "https with the station's own certificate, made in DIR/tls (default address 0.0.0.0:8443)",
     "https bằng chứng thư của chính trạm, tạo trong DIR/tls (địa chỉ mặc định 0.0.0.0:8443)"},
    {"tls-cert", "FILE", "certificate chain (PEM)", "chứng thư (PEM)"},
    {"tls-key", "FILE", "its private key (PEM)", "khóa riêng (PEM)"},
    {"behind-proxy", NULL, "a proxy in front ends TLS; trust its X-Forwarded headers",
     "có proxy phía trước kết thúc TLS; tin các tiêu đề X-Forwarded"},
    {"base-url", "URL", "address that clients see, when it is not the Host header's", "địa chỉ mà máy khách nhìn thấy"},
    {"log", "LEVEL", "debug, info, warning or error (default info)", "mức ghi nhật ký (mặc định info)"},
    {NULL, NULL, NULL, NULL}};

enum { SERVE_OPTIONS = sizeof serve_options / sizeof *serve_options - 1 };

static size_t option_index(str name) {
    for (size_t i = 0; i < SERVE_OPTIONS; i++)
        if (str_is(name, serve_options[i].name)) return i;
    return SERVE_OPTIONS;
}

static err conf_line(struct arena *a, str line, int number, const char **values) {
    line = str_trim(line);
    if (!line.len || line.at[0] == '#') return OK_ERR;
    size_t equals = str_find(line, '=');
    str name = str_trim(str_slice(line, 0, equals)), value = str_trim(str_slice(line, equals + 1, line.len));
    size_t i = option_index(name);
    if (i == SERVE_OPTIONS)
        return err_make(a, ERR_USAGE, "tram.conf", "line %d: unknown name '%.*s'", number, STR_ARG(name));
    if (equals == line.len) return err_make(a, ERR_USAGE, "tram.conf", "line %d: want name = value", number);
    if (serve_options[i].argument) {
        values[i] = str_z(a, value);
    } else {
        if (!str_is(value, "yes") && !str_is(value, "no"))
            return err_make(a, ERR_USAGE, "tram.conf", "line %d: %.*s is yes or no", number, STR_ARG(name));
        values[i] = str_is(value, "yes") ? "" : NULL;
    }
    return OK_ERR;
}

/* Reads DIR/tram.conf into values, one per option of serve; an absent file is empty. */
static err read_conf(struct arena *a, const char *dir, const char **values) {
    char *path = str_z(a, str_format(a, "%s/tram.conf", dir));
    struct stat st;
    if (stat(path, &st) < 0 && errno == ENOENT) return OK_ERR;
    str text, line;
    TRY(read_input(a, path, &text));
    for (int number = 1; str_split(&text, '\n', &line); number++) TRY(conf_line(a, line, number, values));
    return OK_ERR;
}

static err set_log_level(struct arena *a, const char *level) {
    static const char *const names[] = {"debug", "info", "warning", "error"};
    for (int i = 0; level && i < 4; i++)
        if (strcmp(level, names[i]) == 0) return log_level_set((enum log_level)i), OK_ERR;
    return level ? err_make(a, ERR_USAGE, NULL, "--log wants debug, info, warning or error, not '%s'", level) : OK_ERR;
}

int command_serve(struct invocation *in) {
    const char *values[SERVE_OPTIONS] = {0};
    err e = read_conf(in->arena, in->arguments[0], values);
    for (size_t i = 0; i < SERVE_OPTIONS; i++)
        if (in->values[i]) values[i] = in->values[i];
    if (!e.code) e = set_log_level(in->arena, values[option_index(STR("log"))]);
    struct store *s;
    if (!e.code) e = open_node(in, in->arguments[0], STORE_WRITE, &s);
    if (e.code) return fail(in, e);
    const char *listen = values[option_index(STR("listen"))];
    bool own = values[option_index(STR("tls"))] != NULL;
    struct certificate certificate;
    if (own && values[option_index(STR("tls-cert"))]) e = err_make(in->arena, ERR_USAGE, NULL, "--tls makes its own certificate: not together with --tls-cert");
    if (own && !e.code) e = certificate_prepare(in->arena, in->arguments[0], &certificate);
    if (e.code) {
        store_close(s);
        return fail(in, e);
    }
    struct server_options options = {.listen = listen ? listen : own ? "0.0.0.0:8443" : "127.0.0.1:8080",
                                     .own_certificate = own ? &certificate : NULL,
                                     .tls_cert = values[option_index(STR("tls-cert"))],
                                     .tls_key = values[option_index(STR("tls-key"))],
                                     .behind_proxy = values[option_index(STR("behind-proxy"))] != NULL,
                                     .base_url = values[option_index(STR("base-url"))],
                                     .tables = node_routes,
                                     .table_count = node_route_count,
                                     .gates = node_gates,
                                     .commands = node_commands,
                                     .access_of = node_access_of};
    if (own) options.tls_cert = certificate.certificate, options.tls_key = certificate.key;
    e = server_run(s, in->arena, &options);
    store_close(s);
    return e.code ? fail(in, e) : EXIT_DONE;
}

int command_config(struct invocation *in) {
    const char *values[SERVE_OPTIONS] = {0};
    err e = read_conf(in->arena, in->arguments[0], values);
    struct store *s;
    if (!e.code) e = open_node(in, in->arguments[0], STORE_READ, &s); /* says when DIR is no node */
    if (e.code) return fail(in, e);
    store_close(s);
    struct buf out = buf_new(in->arena);
    buf_addf(&out, "# %s/tram.conf\n", in->arguments[0]);
    for (size_t i = 0; i < SERVE_OPTIONS; i++) {
        const struct option *o = &serve_options[i];
        const char *value = o->argument ? values[i] : values[i] ? "yes" : "no";
        buf_addf(&out, "# %s\n%s%s = %s\n", in->vietnamese ? o->vi : o->en, values[i] ? "" : "# ", o->name, value ? value : "");
    }
    return print(in, buf_str(&out), EXIT_DONE);
}
