/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A file or standard input as one text. Plain files are mapped; what must be unpacked or comes through a pipe goes to
 * an unlinked temporary file first and is mapped from there, so that size is a matter of disk, not of memory.
 */
#include "cli.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { CHUNK = 1 << 17 };

struct mapping {
    void *at;
    size_t len;
};

static void unmap(void *arg) {
    struct mapping *m = arg;
    munmap(m->at, m->len);
}

static err io_error(struct arena *a, const char *path) {
    enum err_code code = errno == ENOSPC ? ERR_FULL : errno == ENOENT ? ERR_NOT_FOUND : ERR_IO; /* absent input is exit 1 */
    return err_make(a, code, NULL, "%s: %s", path, strerror(errno));
}

static err map_file(struct arena *a, const char *path, int fd, str *out) {
    struct stat st;
    if (fstat(fd, &st) < 0) return io_error(a, path);
    if (S_ISDIR(st.st_mode)) return err_make(a, ERR_INVALID, NULL, "%s is a directory", path);
    *out = STR("");
    if (!st.st_size) return OK_ERR;
    struct mapping *m = ARENA_NEW(a, struct mapping);
    m->len = (size_t)st.st_size;
    m->at = mmap(NULL, m->len, PROT_READ, MAP_PRIVATE, fd, 0);
    if (m->at == MAP_FAILED) return io_error(a, path);
    arena_on_reset(a, unmap, m);
    *out = (str){m->at, m->len};
    return OK_ERR;
}

static err spool_file(struct arena *a, FILE **out) {
    *out = tmpfile();
    return *out ? OK_ERR : io_error(a, "temporary file");
}

static err write_all(struct arena *a, FILE *f, const void *at, size_t len) {
    return fwrite(at, 1, len, f) == len ? OK_ERR : io_error(a, "temporary file");
}

static err unpack_zstd(struct arena *a, const char *path, str packed, FILE *to) {
    ZSTD_DStream *z = ZSTD_createDStream();
    char *chunk = arena_alloc(a, CHUNK);
    ZSTD_inBuffer from = {packed.at, packed.len, 0};
    size_t left = 1;
    err e = OK_ERR;
    while (!e.code && from.pos < from.size) {
        ZSTD_outBuffer piece = {chunk, CHUNK, 0};
        left = ZSTD_decompressStream(z, &piece, &from);
        if (ZSTD_isError(left)) e = err_make(a, ERR_INVALID, NULL, "%s: damaged zstd: %s", path, ZSTD_getErrorName(left));
        else e = write_all(a, to, chunk, piece.pos);
    }
    while (!e.code && left) {
        ZSTD_outBuffer piece = {chunk, CHUNK, 0};
        left = ZSTD_decompressStream(z, &piece, &from);
        if (ZSTD_isError(left) || !piece.pos) break;
        e = write_all(a, to, chunk, piece.pos);
    }
    ZSTD_freeDStream(z);
    if (!e.code && left) e = err_make(a, ERR_INVALID, NULL, "%s: the zstd data end too early", path);
    return e;
}

static err unpack_gzip(struct arena *a, const char *path, str packed, FILE *to) {
    z_stream z = {.next_in = (Bytef *)(uintptr_t)packed.at};
    char *chunk = arena_alloc(a, CHUNK);
    err e = OK_ERR;
    int status = Z_OK;
    size_t used = 0;
    if (inflateInit2(&z, 15 + 16) != Z_OK) panic("zlib");
    while (!e.code && used < packed.len) {
        size_t give = packed.len - used;
        z.avail_in = give > CHUNK ? CHUNK : (uInt)give;
        size_t given = z.avail_in;
        do {
            z.next_out = (Bytef *)chunk;
            z.avail_out = CHUNK;
            status = inflate(&z, Z_NO_FLUSH);
            e = write_all(a, to, chunk, CHUNK - z.avail_out);
        } while (!e.code && status == Z_OK && (z.avail_out == 0 || z.avail_in));
        used += given - z.avail_in;
        if (status == Z_STREAM_END && used < packed.len) inflateReset(&z); /* members one after the other */
        else if (status != Z_OK && status != Z_BUF_ERROR) break;
    }
    inflateEnd(&z);
    if (!e.code && status != Z_STREAM_END) e = err_make(a, ERR_INVALID, NULL, "%s: damaged or cut-off gzip", path);
    return e;
}

static err spool_descriptor(struct arena *a, const char *path, int fd, FILE *to) {
    char *chunk = arena_alloc(a, CHUNK);
    for (;;) {
        ssize_t n = read(fd, chunk, CHUNK);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error(a, path);
        if (n == 0) return OK_ERR;
        TRY(write_all(a, to, chunk, (size_t)n));
    }
}

/* The file behind `fd`, mapped; a pipe is spooled first. */
static err plain_text(struct arena *a, const char *path, int fd, str *out) {
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) return map_file(a, path, fd, out);
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) return err_make(a, ERR_INVALID, NULL, "%s is a directory", path);
    FILE *spool;
    TRY(spool_file(a, &spool));
    err e = spool_descriptor(a, path, fd, spool);
    if (!e.code && fflush(spool)) e = io_error(a, path);
    if (!e.code) e = map_file(a, path, fileno(spool), out);
    fclose(spool);
    return e;
}

err read_input(struct arena *a, const char *path, str *out) {
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error(a, path);
    err e = plain_text(a, path, fd, out);
    if (!standard) close(fd);
    if (e.code) return e;
    bool gzip = str_starts(*out, STR("\x1f\x8b")), zstd = str_starts(*out, STR("\x28\xb5\x2f\xfd"));
    if (!gzip && !zstd) return OK_ERR;
    FILE *spool;
    TRY(spool_file(a, &spool));
    e = gzip ? unpack_gzip(a, path, *out, spool) : unpack_zstd(a, path, *out, spool);
    if (!e.code && fflush(spool)) e = io_error(a, path);
    if (!e.code) e = map_file(a, path, fileno(spool), out);
    fclose(spool);
    return e;
}
