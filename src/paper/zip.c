/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Zip archives: the directory at the end says where each part begins; zlib unpacks it. Every offset is looked at before it is followed.
 */
#include "zip.h"

#include <zlib.h>

enum { END_BYTES = 22, ENTRY_BYTES = 46, LOCAL_BYTES = 30, COMMENT_MOST = 65535, STORED = 0, DEFLATED = 8 };

struct part {
    unsigned method, flags, crc;
    size_t packed, unpacked, at; /* at: of the local header */
};

static unsigned two(str s, size_t at) { return (unsigned char)s.at[at] | (unsigned)(unsigned char)s.at[at + 1] << 8; }
static unsigned four(str s, size_t at) { return two(s, at) | two(s, at + 2) << 16; }

static err damaged(struct arena *a) { return err_make(a, ERR_INVALID, "zip", "the file is damaged: it is no whole zip archive"); }

/* Where the directory begins and how many entries it has. */
static bool directory(str z, size_t *at, unsigned *count) {
    size_t lowest = z.len > END_BYTES + COMMENT_MOST ? z.len - END_BYTES - COMMENT_MOST : 0;
    for (size_t i = z.len >= END_BYTES ? z.len - END_BYTES + 1 : 0; i-- > lowest;) {
        if (four(z, i) != 0x06054b50) continue;
        *count = two(z, i + 10);
        *at = four(z, i + 16);
        return *at <= i;
    }
    return false;
}

static err find(struct arena *a, str z, str name, struct part *out, bool *there) {
    size_t at;
    unsigned count;
    *there = false;
    if (!directory(z, &at, &count)) return damaged(a);
    for (unsigned i = 0; i < count && !*there; i++) {
        if (at + ENTRY_BYTES > z.len || four(z, at) != 0x02014b50) return damaged(a);
        size_t length = two(z, at + 28), after = length + two(z, at + 30) + two(z, at + 32);
        if (at + ENTRY_BYTES + after > z.len) return damaged(a);
        *there = str_eq(str_slice(z, at + ENTRY_BYTES, at + ENTRY_BYTES + length), name);
        *out = (struct part){two(z, at + 10), two(z, at + 8), four(z, at + 16), four(z, at + 20), four(z, at + 24), four(z, at + 42)};
        at += ENTRY_BYTES + after;
    }
    return OK_ERR;
}

static bool inflate_whole(str packed, char *out, size_t length) {
    z_stream s = {.next_in = (unsigned char *)packed.at, .avail_in = (unsigned)packed.len, .next_out = (unsigned char *)out, .avail_out = (unsigned)length};
    if (inflateInit2(&s, -MAX_WBITS) != Z_OK) return false;
    int end = inflate(&s, Z_FINISH);
    inflateEnd(&s);
    return end == Z_STREAM_END && s.total_out == length;
}

err zip_part(struct arena *a, str z, str name, size_t *room, str *out) {
    struct part p;
    bool there;
    *out = STR_NONE;
    TRY(find(a, z, name, &p, &there));
    if (!there) return OK_ERR;
    if (p.flags & 1) return err_make(a, ERR_INVALID, "zip", "the file has a password");
    if (p.unpacked > *room) return err_make(a, ERR_TOO_LONG, "zip", "the file unpacks to more than can be read");
    if (p.at + LOCAL_BYTES > z.len || four(z, p.at) != 0x04034b50) return damaged(a);
    size_t from = p.at + LOCAL_BYTES + two(z, p.at + 26) + two(z, p.at + 28);
    if (from > z.len || p.packed > z.len - from || (p.method != STORED && p.method != DEFLATED)) return damaged(a);
    str packed = str_slice(z, from, from + p.packed);
    char *bytes = arena_alloc(a, p.unpacked + 1);
    if (p.method == STORED ? p.packed != p.unpacked : !inflate_whole(packed, bytes, p.unpacked)) return damaged(a);
    if (p.method == STORED && p.unpacked) memcpy(bytes, packed.at, p.unpacked);
    if (crc32(0, (unsigned char *)bytes, (unsigned)p.unpacked) != p.crc) return damaged(a);
    *room -= p.unpacked;
    *out = (str){bytes, p.unpacked};
    return OK_ERR;
}
