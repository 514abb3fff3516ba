/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads for requests that may wait (a commit's fsync, a search, a password hash), so that an event thread never does.
 * Threads are started when work comes and none is idle, up to LIMIT_WORKERS; they stay. Many commits waiting at once is
 * what lets the store share one fsync among them.
 */
#include "server_int.h"

struct workers {
    pthread_mutex_t lock;
    pthread_cond_t work;
    struct exchange *first, *last;
    size_t queued, idle, count;
    bool stopping;
    pthread_t threads[LIMIT_WORKERS];
};

static void *work(void *argument) {
    struct workers *w = argument;
    pthread_mutex_lock(&w->lock);
    for (;;) {
        while (!w->first && !w->stopping) {
            w->idle++;
            pthread_cond_wait(&w->work, &w->lock);
            w->idle--;
        }
        struct exchange *x = w->first;
        if (!x) break;
        w->first = x->next;
        if (!w->first) w->last = NULL;
        w->queued--;
        pthread_mutex_unlock(&w->lock);
        exchange_run(x);
        MHD_resume_connection(x->connection); /* from here on x belongs to the event thread */
        pthread_mutex_lock(&w->lock);
    }
    pthread_mutex_unlock(&w->lock);
    return NULL;
}

struct workers *workers_start(struct arena *a) {
    struct workers *w = ARENA_NEW(a, struct workers);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->work, NULL);
    return w;
}

/* With the lock held. A thread that cannot be started is no error while others live. */
static bool start_one(struct workers *w) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 2 * 1024 * 1024);
    int failed = pthread_create(&w->threads[w->count], &attributes, work, w);
    pthread_attr_destroy(&attributes);
    if (!failed) w->count++;
    return !failed || w->count > 0;
}

bool workers_submit(struct workers *w, struct exchange *x) {
    pthread_mutex_lock(&w->lock);
    bool taken = w->queued < LIMIT_QUEUE;
    if (taken && w->queued >= w->idle && w->count < LIMIT_WORKERS) taken = start_one(w);
    if (taken) {
        x->next = NULL;
        if (w->last) w->last->next = x;
        else w->first = x;
        w->last = x;
        w->queued++;
        pthread_cond_signal(&w->work);
    }
    pthread_mutex_unlock(&w->lock);
    return taken;
}

size_t workers_busy(struct workers *w) {
    pthread_mutex_lock(&w->lock);
    size_t n = w->count - w->idle;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void workers_stop(struct workers *w) {
    pthread_mutex_lock(&w->lock);
    w->stopping = true;
    pthread_cond_broadcast(&w->work);
    pthread_mutex_unlock(&w->lock);
    for (size_t i = 0; i < w->count; i++) pthread_join(w->threads[i], NULL);
    pthread_cond_destroy(&w->work);
    pthread_mutex_destroy(&w->lock);
}
