/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One small error value, returned by value; results go through out-parameters. A user's mistakes in a document are
 * data (lists of issues), not errors. `TRY` is the only hidden control flow in the house.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "text.h"

/* code, HTTP status, FHIR issue-type code (R4 valueset-issue-type), exit code of the command line, English, Vietnamese */
#define ERR_CODES(X)                                                                                                   \
    X(OK, 200, "informational", 0, "done", "xong")                                                                     \
    X(INVALID, 400, "invalid", 1, "invalid content", "nội dung không hợp lệ")                                          \
    X(STRUCTURE, 400, "structure", 1, "invalid structure", "cấu trúc không hợp lệ")                                    \
    X(NOT_SUPPORTED, 400, "not-supported", 1, "not supported", "không hỗ trợ")                                         \
    X(UNPROCESSABLE, 422, "processing", 1, "cannot be processed", "không xử lý được")                                  \
    X(LOGIN, 401, "login", 1, "sign in first", "hãy đăng nhập")                                                        \
    X(FORBIDDEN, 403, "forbidden", 1, "not allowed", "không được phép")                                                \
    X(NOT_FOUND, 404, "not-found", 1, "not found", "không tìm thấy")                                                   \
    X(METHOD, 405, "not-supported", 1, "method not allowed", "phương thức không được phép")                            \
    X(CONFLICT, 409, "conflict", 1, "conflict", "xung đột")                                                            \
    X(GONE, 410, "deleted", 1, "deleted", "đã xóa")                                                                    \
    X(PRECONDITION, 412, "conflict", 1, "the version is not the expected one", "phiên bản không đúng như mong đợi")    \
    X(MULTIPLE, 412, "multiple-matches", 1, "more than one match", "nhiều hơn một kết quả")                            \
    X(TOO_LONG, 413, "too-long", 1, "too large", "quá lớn")                                                            \
    X(MEDIA_TYPE, 415, "not-supported", 1, "unsupported media type", "kiểu nội dung không hỗ trợ")                     \
    X(THROTTLED, 429, "throttled", 1, "too many requests", "quá nhiều yêu cầu")                                        \
    X(TOO_COSTLY, 400, "too-costly", 1, "too costly", "quá tốn tài nguyên")                                            \
    X(USAGE, 400, "invalid", 2, "wrong use", "dùng sai")                                                               \
    X(BUSY, 503, "lock-error", 3, "busy", "đang bận")                                                                  \
    X(NO_NODE, 500, "exception", 3, "not a node", "không phải là nút Trạm")                                            \
    X(IO, 500, "exception", 4, "input or output failed", "lỗi đọc ghi")                                                \
    X(FULL, 507, "no-store", 4, "the disk is full", "ổ đĩa đã đầy")                                                    \
    X(INCOMPLETE, 503, "incomplete", 1, "index not complete yet", "chỉ mục chưa hoàn tất")                             \
    X(INTERNAL, 500, "exception", 4, "internal error", "lỗi nội bộ")

enum err_code {
#define X(name, http, issue, exit, en, vi) ERR_##name,
    ERR_CODES(X)
#undef X
};

/* `at` says where (a literal: element path, option, file kind) or is NULL; `detail` is a sentence of the arena's life,
 * in English; `vietnamese` the same where whoever made it gave both. */
typedef struct err {
    enum err_code code;
    const char *at;
    str detail, vietnamese;
} err;

#define OK_ERR ((err){.code = ERR_OK})

int err_http(enum err_code code);           /* HTTP status */
const char *err_issue(enum err_code code);  /* FHIR R4 IssueType code */
int err_exit(enum err_code code);           /* exit code of the command line */
const char *err_english(enum err_code code);
const char *err_vietnamese(enum err_code code);

/* An error with a sentence built in `a`, printf-like. */
err err_make(struct arena *a, enum err_code code, const char *at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The same in both languages; the arguments stand in one order for both. */
err err_both(struct arena *a, enum err_code code, const char *at, const char *english, const char *vietnamese, ...)
    __attribute__((format(printf, 4, 6), format(printf, 5, 6)));

#define TRY(x)                                                                                                         \
    do {                                                                                                               \
        err try_err_ = (x);                                                                                            \
        if (try_err_.code) return try_err_;                                                                            \
    } while (0)

#endif
