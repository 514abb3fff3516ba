/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Version ids and the pieces that every node writes the same way: parents, items of a log entry, the order of heads,
 * and the splice that gives a body its meta.versionId and meta.lastUpdated.
 */
#include "store_int.h"

#include "base/date.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford base 32 */

static void put_base32(char *out, uint64_t v) {
    for (int i = 12; i >= 0; i--, v >>= 5) out[i] = digits[v & 31];
}

static bool get_base32(str text, uint64_t *out) {
    uint64_t v = 0;
    for (size_t i = 0; i < 13; i++) {
        const char *d = text.at[i] ? strchr(digits, text.at[i]) : NULL;
        if (!d) return false;
        if (i == 0 && d - digits > 15) return false; /* 13 * 5 = 65 bits: the first digit has four */
        v = v << 5 | (uint64_t)(d - digits);
    }
    *out = v;
    return true;
}

char *version_id_format(struct version_id v, char out[VERSION_ID_TEXT]) {
    put_base32(out, v.clock);
    out[13] = '-';
    put_base32(out + 14, v.origin);
    out[27] = 0;
    return out;
}

bool version_id_parse(str text, struct version_id *out) {
    return text.len == VERSION_ID_TEXT - 1 && text.at[13] == '-' && get_base32(text, &out->clock) &&
           get_base32(str_slice(text, 14, 27), &out->origin);
}

/* ---- parents ----------------------------------------------------------------------------------------------------- */

static void put_u64(char *out, uint64_t v) {
    for (int i = 7; i >= 0; i--, v >>= 8) out[i] = (char)(v & 0xff);
}

static uint64_t get_u64(const char *p) {
    uint64_t v = 0;
    for (int i = 0; i < 8; i++) v = v << 8 | (unsigned char)p[i];
    return v;
}

static int version_compare(struct version_id a, struct version_id b) {
    if (a.clock != b.clock) return a.clock < b.clock ? -1 : 1;
    return (a.origin > b.origin) - (a.origin < b.origin);
}

/* Sorted, so that a merge has the same bytes everywhere. */
str parents_encode(struct arena *a, const struct version_id *at, size_t count) {
    if (!count) return STR_NONE;
    struct version_id *sorted = arena_alloc(a, count * sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        size_t j = i;
        for (; j && version_compare(sorted[j - 1], at[i]) > 0; j--) sorted[j] = sorted[j - 1];
        sorted[j] = at[i];
    }
    char *out = arena_alloc(a, count * PARENT_BYTES);
    for (size_t i = 0; i < count; i++) {
        put_u64(out + i * PARENT_BYTES, sorted[i].clock);
        put_u64(out + i * PARENT_BYTES + 8, sorted[i].origin);
    }
    return (str){out, count * PARENT_BYTES};
}

struct version_id parent_at(str parents, size_t i) {
    return (struct version_id){get_u64(parents.at + i * PARENT_BYTES), get_u64(parents.at + i * PARENT_BYTES + 8)};
}

bool parents_name(str parents, struct version_id v) {
    for (size_t i = 0; i < parent_count(parents); i++)
        if (version_compare(parent_at(parents, i), v) == 0) return true;
    return false;
}

bool head_before(uint32_t depth_a, struct version_id a, uint32_t depth_b, struct version_id b) {
    if (depth_a != depth_b) return depth_a > depth_b;
    return version_compare(a, b) > 0;
}

/* ---- items of a log entry: rids as zigzag differences in varints ------------------------------------------------- */

void items_encode(struct buf *out, const int64_t *rids, size_t count) {
    int64_t previous = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t d = rids[i] - previous;
        uint64_t z = (uint64_t)d << 1 ^ (uint64_t)(d >> 63);
        for (; z >= 0x80; z >>= 7) buf_addc(out, (char)(z | 0x80));
        buf_addc(out, (char)z);
        previous = rids[i];
    }
}

bool items_next(str *rest, int64_t *previous) {
    uint64_t z = 0;
    for (unsigned shift = 0; rest->len && shift < 64; shift += 7) {
        unsigned char c = (unsigned char)*rest->at;
        rest->at++, rest->len--;
        z |= (uint64_t)(c & 0x7f) << shift;
        if (c & 0x80) continue;
        *previous += (int64_t)(z >> 1) ^ -(int64_t)(z & 1);
        return true;
    }
    return false;
}

/* ---- the body as clients see it ---------------------------------------------------------------------------------- */

/* A minified body is walked without building a tree: strings are jumped over, brackets counted. */
static size_t skip_string(str b, size_t i) {
    for (i++; i < b.len && b.at[i] != '"'; i++)
        if (b.at[i] == '\\') i++;
    return i + 1;
}

static size_t skip_value(str b, size_t i) {
    int depth = 0;
    while (i < b.len) {
        char c = b.at[i];
        if (c == '"') {
            i = skip_string(b, i);
            if (!depth) return i;
            continue;
        }
        if (c == '{' || c == '[') depth++;
        if (c == '}' || c == ']') {
            if (!depth) return i;
            if (!--depth) return i + 1;
        }
        if (c == ',' && !depth) return i;
        i++;
    }
    return i;
}

/* Offset inside `meta` behind its brace, or else (*in_meta false) behind the member `id`, else `resourceType`. */
static size_t splice_point(str b, bool *in_meta) {
    size_t after = 1;
    *in_meta = false;
    for (size_t i = 1; i < b.len && b.at[i] == '"';) {
        size_t end = skip_string(b, i);
        str key = str_slice(b, i + 1, end - 1);
        size_t value = end + 1;
        if (str_eq(key, STR("meta")) && value < b.len && b.at[value] == '{') {
            *in_meta = true;
            return value + 1;
        }
        i = skip_value(b, value);
        if (str_eq(key, STR("id"))) after = i;
        if (str_eq(key, STR("resourceType")) && after == 1) after = i;
        if (i < b.len && b.at[i] == ',') i++;
    }
    return after;
}

void version_json(struct buf *out, const struct version *v) {
    if (!v->body.len) return;
    char id[VERSION_ID_TEXT], when[25];
    version_id_format(v->version, id);
    instant_format(v->wall, when);
    bool in_meta;
    size_t at = splice_point(v->body, &in_meta);
    buf_reserve(out, v->body.len + 96);
    buf_add(out, str_slice(v->body, 0, at));
    if (!in_meta) buf_addz(out, at > 1 ? ",\"meta\":{" : "\"meta\":{");
    buf_addz(out, "\"versionId\":\"");
    buf_add(out, (str){id, VERSION_ID_TEXT - 1});
    buf_addz(out, "\",\"lastUpdated\":\"");
    buf_add(out, (str){when, 24});
    buf_addc(out, '"');
    char next = at < v->body.len ? v->body.at[at] : 0;
    if (!in_meta)
        buf_addz(out, at > 1 || next == '}' ? "}" : "},");
    else if (next != '}')
        buf_addc(out, ',');
    buf_add(out, str_slice(v->body, at, v->body.len));
}
