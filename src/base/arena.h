/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arena: memory by life-span. Everything allocated from an arena lives until the arena is reset or freed; nobody frees
 * a single piece. Out of memory is a panic, so no allocation is ever checked. An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new empty arena on the heap. */
struct arena *arena_new(void);

/* Runs the reset callbacks (last registered first), gives all memory back. NULL is allowed. */
void arena_free(struct arena *a);

/* Runs the reset callbacks and empties the arena; one block is kept for reuse. */
void arena_reset(struct arena *a);

/* `size` bytes aligned to 16, not cleared. Size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size) __attribute__((malloc, alloc_size(2)));

/* The same, cleared; panics if count * size overflows. */
void *arena_zalloc(struct arena *a, size_t count, size_t size) __attribute__((malloc));

/* A larger copy of a block of `old_size` bytes; grows in place when it is the last one allocated. */
void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size);

/* Calls fn(arg) at the next reset or free: for files and statements that must be closed. */
void arena_on_reset(struct arena *a, void (*fn)(void *arg), void *arg);

/* Bytes handed out since the last reset: for limits and tests. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_zalloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_zalloc((a), (n), sizeof(type)))

#endif
