/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Payload: three little-endian int64, the sort key, then a SipHash-2-4 of "page", query and payload.
 */
#include "position.h"

#include <sodium.h>

enum { FIXED = 24, MAC = crypto_shorthash_BYTES };
_Static_assert(crypto_shorthash_KEYBYTES == 16, "the node's key is 16 bytes");

static void mac(struct arena *a, const unsigned char *secret, str query, str payload, unsigned char out[MAC]) {
    struct buf b = buf_new(a);
    buf_addf(&b, "page %zu ", query.len);
    buf_add(&b, query);
    buf_add(&b, payload);
    crypto_shorthash(out, (const unsigned char *)b.at, b.len, secret);
}

str position_sign(struct arena *a, const unsigned char *secret, str query, const struct position *p) {
    struct buf b = buf_new(a);
    const int64_t fixed[3] = {p->snapshot, p->dt, p->rid};
    unsigned char sum[MAC];
    buf_add(&b, (str){(const char *)fixed, FIXED});
    buf_add(&b, p->key);
    mac(a, secret, query, buf_str(&b), sum);
    buf_add(&b, (str){(const char *)sum, MAC});
    size_t room = sodium_base64_encoded_len(b.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *text = arena_alloc(a, room);
    sodium_bin2base64(text, room, (const unsigned char *)b.at, b.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return str_of(text);
}

bool position_check(struct arena *a, const unsigned char *secret, str query, str text, struct position *out) {
    unsigned char *bin = arena_alloc(a, text.len + 1), sum[MAC];
    size_t len;
    const char *end;
    if (sodium_base642bin(bin, text.len, text.at, text.len, NULL, &len, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
        end != text.at + text.len || len < FIXED + MAC) {
        return false;
    }
    str payload = {(const char *)bin, len - MAC};
    mac(a, secret, query, payload, sum);
    if (sodium_memcmp(sum, bin + payload.len, MAC)) return false;
    int64_t fixed[3];
    memcpy(fixed, bin, FIXED);
    *out = (struct position){fixed[0], fixed[1], fixed[2], str_slice(payload, FIXED, payload.len)};
    return true;
}
