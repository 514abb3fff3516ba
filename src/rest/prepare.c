/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many changes of one commit are minified, extracted and compressed on two threads before the writer gets them; each thread takes
 * the next few until none is left. What one cannot prepare, store_commit meets again and says why.
 */
#include "rest_int.h"

#include <pthread.h>
#include <stdatomic.h>

enum { WORTH_A_THREAD = 64, STEP = 16 };

struct preparation {
    struct store *store;
    struct commit *commit;
    atomic_size_t next;
};

static void prepare_some(struct preparation *p, struct arena *a) {
    for (size_t begin; (begin = atomic_fetch_add(&p->next, STEP)) < p->commit->count;)
        for (size_t i = begin; i < begin + STEP && i < p->commit->count; i++)
            if (!p->commit->changes[i].prepared && store_prepare(p->store, a, &p->commit->changes[i]).code) p->commit->changes[i].prepared = NULL;
}

struct helper { struct preparation *preparation; struct arena *arena; };

static void *help(void *arg) {
    struct helper *h = arg;
    prepare_some(h->preparation, h->arena);
    return NULL;
}

static void free_arena(void *arena) { arena_free(arena); }

void changes_prepare(struct store *s, struct arena *a, struct commit *commit) {
    struct preparation p = {.store = s, .commit = commit};
    struct helper h = {&p, NULL};
    pthread_t thread;
    if (commit->count < WORTH_A_THREAD) return;
    h.arena = arena_new();
    arena_on_reset(a, free_arena, h.arena); /* what it made lives as long as the call */
    bool started = pthread_create(&thread, NULL, help, &h) == 0;
    prepare_some(&p, a);
    if (started) pthread_join(thread, NULL);
}
