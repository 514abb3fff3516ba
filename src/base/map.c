/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Open addressing with linear probing, at most two thirds full.
 */
#include "map.h"

static struct map_entry *find(const struct map *m, str key, uint64_t hash, size_t *slot) {
    if (!m->slot_count) return NULL;
    for (size_t i = hash & (m->slot_count - 1);; i = (i + 1) & (m->slot_count - 1)) {
        *slot = i;
        if (!m->slots[i]) return NULL;
        struct map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && str_eq(e->key, key)) return e;
    }
}

static void grow(struct map *m) {
    size_t cap = m->cap ? m->cap * 2 : 8;
    m->entries = arena_grow(m->arena, m->entries, m->cap * sizeof *m->entries, cap * sizeof *m->entries);
    m->cap = cap;
    m->slot_count = cap * 2;
    m->slots = ARENA_ARRAY(m->arena, uint32_t, m->slot_count);
    for (size_t i = 0; i < m->len; i++) {
        size_t s = m->entries[i].hash & (m->slot_count - 1);
        while (m->slots[s]) s = (s + 1) & (m->slot_count - 1);
        m->slots[s] = (uint32_t)i + 1;
    }
}

void *map_get(const struct map *m, str key) {
    size_t slot;
    struct map_entry *e = find(m, key, str_hash(key), &slot);
    return e ? e->value : NULL;
}

bool map_has(const struct map *m, str key) {
    size_t slot;
    return find(m, key, str_hash(key), &slot) != NULL;
}

bool map_put(struct map *m, str key, void *value) {
    uint64_t hash = str_hash(key);
    size_t slot = 0;
    struct map_entry *e = find(m, key, hash, &slot);
    if (e) {
        e->value = value;
        return false;
    }
    if (m->len == m->cap) {
        grow(m);
        find(m, key, hash, &slot);
    }
    m->entries[m->len++] = (struct map_entry){key, value, hash};
    m->slots[slot] = (uint32_t)m->len;
    return true;
}
