/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bump allocation in blocks that double up to 1 MiB; a piece larger than a block gets a block of its own.
 */
#include "arena.h"

#include "log.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 8 * 1024, LARGEST_BLOCK = 1024 * 1024, ALIGNMENT = 16 };

struct block {
    struct block *previous;
    size_t size, used;
    _Alignas(16) char bytes[];
};

struct callback {
    struct callback *next;
    void (*fn)(void *);
    void *arg;
};

struct arena {
    struct block *block;
    struct callback *callbacks;
    size_t used;
};

static struct block *block_new(struct block *previous, size_t size) {
    struct block *b = malloc(sizeof *b + size);
    if (!b) panic("out of memory: %zu bytes", size);
    b->previous = previous;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(void) {
    struct arena *a = calloc(1, sizeof *a);
    if (!a) panic("out of memory: arena");
    return a;
}

static void run_callbacks(struct arena *a) {
    struct callback *c = a->callbacks;
    a->callbacks = NULL;
    for (; c; c = c->next) c->fn(c->arg);
}

void arena_reset(struct arena *a) {
    run_callbacks(a);
    struct block *keep = NULL;
    for (struct block *b = a->block, *previous; b; b = previous) {
        previous = b->previous;
        if (!keep && b->size <= LARGEST_BLOCK) {
            keep = b;
            keep->used = 0;
            keep->previous = NULL;
        } else {
            free(b);
        }
    }
    a->block = keep;
    a->used = 0;
}

void arena_free(struct arena *a) {
    if (!a) return;
    arena_reset(a);
    free(a->block);
    free(a);
}

void *arena_alloc(struct arena *a, size_t size) {
    if (size > SIZE_MAX / 2) panic("arena: %zu bytes asked", size);
    size_t need = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *b = a->block;
    if (!b || b->size - b->used < need) {
        size_t next = b ? b->size * 2 : FIRST_BLOCK;
        if (next > LARGEST_BLOCK) next = LARGEST_BLOCK;
        a->block = b = block_new(b, next > need ? next : need);
    }
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    return p;
}

void *arena_zalloc(struct arena *a, size_t count, size_t size) {
    if (size && count > SIZE_MAX / 2 / size) panic("arena: %zu x %zu bytes asked", count, size);
    return memset(arena_alloc(a, count * size), 0, count * size);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size) {
    size_t had = (old_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t need = (new_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct block *b = a->block;
    if (old && need <= had) return old;
    if (old && b && (char *)old + had == b->bytes + b->used && b->size - b->used >= need - had) {
        b->used += need - had;
        a->used += need - had;
        return old;
    }
    void *p = arena_alloc(a, new_size);
    if (old_size) memcpy(p, old, old_size);
    return p;
}

void arena_on_reset(struct arena *a, void (*fn)(void *), void *arg) {
    struct callback *c = arena_alloc(a, sizeof *c);
    *c = (struct callback){a->callbacks, fn, arg};
    a->callbacks = c;
}

size_t arena_used(const struct arena *a) { return a->used; }
