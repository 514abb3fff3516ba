/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests of paper and forms: a PDF read back by poppler's tools. With TRAM_LOOKS=DIR every PDF is left there to be
 * looked at.
 */
#ifndef TESTS_PAPER_HELP_H
#define TESTS_PAPER_HELP_H

#include "paper/paper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static struct arena *a;
static inline int set_up(void **state) {
    (void)state;
    a = arena_new();
    return 0;
}
static inline int tear_down(void **state) {
    (void)state;
    arena_free(a);
    return 0;
}

/* What `command FILE` prints, FILE holding `bytes`. */
static inline str piped(const char *command, str bytes) {
    char path[] = "/tmp/tram-paper-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.at, bytes.len), (ssize_t)bytes.len);
    close(fd);
    FILE *p = popen(str_z(a, str_format(a, "%.*s%s%s", (int)(strstr(command, "%s") - command), command, path,
                                        strstr(command, "%s") + 2)),
                    "r");
    assert_non_null(p);
    struct buf out = buf_new(a);
    char part[4096];
    for (size_t n; (n = fread(part, 1, sizeof part, p)) > 0;) buf_add(&out, (str){part, n});
    assert_int_equal(pclose(p), 0);
    unlink(path);
    return buf_str(&out);
}

static inline str pdf_of(const struct paper *p) {
    struct buf out = buf_new(a);
    err e = paper_pdf(a, p, &out);
    assert_int_equal(e.code, ERR_OK);
    assert_true(str_starts(buf_str(&out), STR("%PDF-")));
    const char *looks = getenv("TRAM_LOOKS");
    static int number;
    FILE *copy = looks ? fopen(str_z(a, str_format(a, "%s/%02d.pdf", looks, ++number)), "w") : NULL;
    if (copy) {
        fwrite(out.at, 1, out.len, copy);
        fclose(copy);
    }
    return buf_str(&out);
}
static inline str text_of(str pdf) { return piped("pdftotext -layout %s -", pdf); }
static inline size_t pages_of(str pdf) {
    str info = piped("pdfinfo %s", pdf), line;
    int64_t pages = 0;
    while (str_split(&info, '\n', &line))
        if (str_starts(line, STR("Pages:"))) str_int64(str_trim(str_slice(line, 6, line.len)), &pages);
    return (size_t)pages;
}
static inline bool has(str text, const char *part) { return str_contains(text, str_of(part)); }

static inline size_t count_of(str text, const char *part) {
    size_t n = 0, len = strlen(part);
    for (size_t i = 0; i + len <= text.len; i++) n += memcmp(text.at + i, part, len) == 0;
    return n;
}

#endif
