/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The error table in its columns.
 */
#include "err.h"

#include <stdarg.h>

static const struct {
    int http;
    const char *issue;
    int exit;
    const char *english, *vietnamese;
} codes[] = {
#define X(name, http, issue, exit, en, vi) {http, issue, exit, en, vi},
    ERR_CODES(X)
#undef X
};

int err_http(enum err_code code) { return codes[code].http; }
const char *err_issue(enum err_code code) { return codes[code].issue; }
int err_exit(enum err_code code) { return codes[code].exit; }
const char *err_english(enum err_code code) { return codes[code].english; }
const char *err_vietnamese(enum err_code code) { return codes[code].vietnamese; }

err err_make(struct arena *a, enum err_code code, const char *at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    str detail = str_vformat(a, format, args);
    va_end(args);
    return (err){.code = code, .at = at, .detail = detail};
}

err err_both(struct arena *a, enum err_code code, const char *at, const char *english, const char *vietnamese, ...) {
    va_list args, again;
    va_start(args, vietnamese);
    va_copy(again, args);
    err e = {code, at, str_vformat(a, english, args), str_vformat(a, vietnamese, again)};
    va_end(again);
    va_end(args);
    return e;
}
