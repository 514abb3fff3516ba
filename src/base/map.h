/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Map from text to a pointer, in an arena: open addressing, insertion order kept in `entries`. Keys are not copied.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "text.h"

struct map_entry {
    str key;
    void *value;
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct map_entry *entries; /* in order of insertion */
    size_t len, cap;
    uint32_t *slots; /* index + 1 of an entry, 0 empty */
    size_t slot_count;
};

static inline struct map map_new(struct arena *a) { return (struct map){.arena = a}; }
/* The value stored under `key`, or NULL. */
void *map_get(const struct map *m, str key);
bool map_has(const struct map *m, str key);
/* Stores or replaces; returns true when the key is new. */
bool map_put(struct map *m, str key, void *value);

#endif
