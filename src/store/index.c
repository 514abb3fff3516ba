/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values become keys: see index.h.
 */
#include "store_int.h"

#include "base/fold.h"

#include <errno.h>
#include <math.h>
#include <sodium.h>
#include <stdlib.h>

static uint64_t keyed_hash(const unsigned char key[16], str s) {
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, (const unsigned char *)(s.at ? s.at : ""), s.len, key);
    uint64_t v;
    memcpy(&v, out, sizeof v);
    return v;
}

static str fold_code(struct arena *a, str code) {
    bool lower = true;
    for (size_t i = 0; i < code.len; i++) {
        unsigned char c = (unsigned char)code.at[i];
        if (c >= 0x80) return text_fold(a, code);
        if (c >= 'A' && c <= 'Z') lower = false;
    }
    if (lower) return code;
    char *out = arena_alloc(a, code.len);
    for (size_t i = 0; i < code.len; i++) {
        char c = code.at[i];
        out[i] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
    }
    return (str){out, code.len};
}

uint64_t index_code_hash(const unsigned char key[16], struct arena *a, str code) {
    return keyed_hash(key, fold_code(a, code)) >> 21;
}

int64_t index_uri_key(const unsigned char key[16], str uri) { return (int64_t)(keyed_hash(key, uri) >> 1); }
int64_t index_url_key(const unsigned char key[16], str url) { return -(int64_t)(keyed_hash(key, url) >> 1) - 1; }

str index_canonical(str url) {
    size_t bar = str_find(url, '|'), hash = str_find(url, '#');
    return str_slice(url, 0, bar < hash ? bar : hash);
}

str index_string(struct arena *a, str text) {
    str folded = text_fold(a, text);
    if (folded.len <= INDEX_STRING_BYTES) return folded;
    size_t end = INDEX_STRING_BYTES;
    while (end && ((unsigned char)folded.at[end] & 0xC0) == 0x80) end--;
    return str_slice(folded, 0, end);
}

bool index_number(str digits, double *lo, double *hi) {
    char z[64];
    if (!digits.len || digits.len >= sizeof z) return false;
    memcpy(z, digits.at, digits.len);
    z[digits.len] = 0;
    char *end;
    double v = strtod(z, &end);
    if (end != z + digits.len || isnan(v) || isinf(v)) return false;
    *lo = *hi = v;
    /* whole numbers below 2^53 are exact; anything else may lie on either side of the nearest double */
    if (v != floor(v) || fabs(v) >= 9007199254740992.0 || strpbrk(z, "eE.")) {
        bool exact = v == floor(v * 1024) / 1024 && fabs(v) < 8796093022208.0 && strlen(z) <= 15 && !strpbrk(z, "eE");
        if (exact) { /* binary fractions such as 0.5: the decimal printed with the same number of places is the same
                        text */
            char again[64];
            const char *dot = strchr(z, '.');
            int places = dot ? (int)strlen(dot + 1) : 0;
            snprintf(again, sizeof again, "%.*f", places, v);
            exact = places <= 10 &&
                    strcmp(again[0] == '-' ? again + 1 : again, z[0] == '-' || z[0] == '+' ? z + 1 : z) == 0;
        }
        if (!exact) {
            *lo = nextafter(v, -INFINITY);
            *hi = nextafter(v, INFINITY);
        }
    }
    return true;
}

int64_t index_system(struct reader *r, str system) {
    if (!system.len) return INDEX_SYSTEM_NONE;
    struct statement *q = db_use(r->db, "SELECT id FROM system WHERE url = ?1");
    bind_text(q, 1, system);
    bool row;
    int64_t found = -1;
    if (!db_row(q, &row).code && row) found = column_int(q, 0);
    db_reset(q);
    if (found >= 0) return found;
    q = db_use(r->db, "SELECT max(id) FROM system");
    if (!db_row(q, &row).code && row && column_int(q, 0) >= INDEX_SYSTEM_OTHER - 1) found = INDEX_SYSTEM_OTHER;
    db_reset(q);
    return found;
}

int index_type(struct reader *r, fhir_type type) { return r->store->type_number[type]; }

fhir_type index_type_of(struct reader *r, int type) {
    return type > 0 && type < TYPE_DB_MAX ? r->store->type_of_number[type] : FHIR_TYPE_NONE;
}

/* ---- ids --------------------------------------------------------------------------------------------------------- */

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool uuid_bytes(str id, unsigned char out[16]) {
    if (id.len != 36) return false;
    size_t n = 0;
    for (size_t i = 0; i < 36;) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (id.at[i++] != '-') return false;
            continue;
        }
        int high = hex_value(id.at[i]), low = hex_value(id.at[i + 1]);
        if (high < 0 || low < 0) return false;
        out[n++] = (unsigned char)(high << 4 | low);
        i += 2;
    }
    return true;
}

void index_bind_id(struct statement *s, int n, str id, struct index_id *keep) {
    keep->is_uuid = uuid_bytes(id, keep->bytes);
    keep->text = id;
    if (keep->is_uuid)
        bind_blob(s, n, (str){(const char *)keep->bytes, 16});
    else
        bind_text(s, n, id);
}

str index_column_id(struct statement *s, int i, struct arena *a) {
    if (column_is_text(s, i)) return str_copy(a, column_text(s, i));
    str b = column_blob(s, i);
    if (b.len != 16) return STR_NONE;
    static const char hex[] = "0123456789abcdef";
    char *out = arena_alloc(a, 36);
    size_t n = 0;
    for (size_t k = 0; k < 16; k++) {
        if (k == 4 || k == 6 || k == 8 || k == 10) out[n++] = '-';
        out[n++] = hex[(unsigned char)b.at[k] >> 4];
        out[n++] = hex[(unsigned char)b.at[k] & 15];
    }
    return (str){out, 36};
}
