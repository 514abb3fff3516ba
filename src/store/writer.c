/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The writer thread: the only one that changes the database. Callers put tickets into two queues and sleep.
 *
 *     interactive ─┐   BEGIN ─ SAVEPOINT job RELEASE ─ … ─ index rows ─ projections ─ COMMIT (one fsync) ─ callers wake
 *     bulk ────────┘   interactive jobs first; with one of them in the group it ends after 25 ms, else at 20,000
 * resources
 *
 * A job that fails is rolled back alone. When the engine ends the whole transaction (a full disk), every job of the
 * group fails and nothing of it stays.
 */
#include "store_int.h"

#include "base/date.h"
#include "base/log.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
    GROUP_MS = 25,
    GROUP_JOBS = 4000,
    GROUP_RESOURCES = 20000,
    NAMES_LIMIT = 400000,          /* cached names before the caches are dropped */
    CHECKPOINT_PAGES = 4000,       /* pages in the log before it is moved into the file when nobody waits … */
    CHECKPOINT_PAGES_BUSY = 20000, /* … and in any case */
    AUDIT_RING = 8192
};

struct ticket {
    size_t open;
    pthread_cond_t done;
};

struct job {
    struct job *next;
    struct commit *commit; /* or */
    writer_fn *fn;
    void *context;
    struct arena *arena;
    err result;
    struct ticket *ticket;
    bool alone;
    size_t resources;
};

struct jobs {
    struct job *first, **last;
};

struct queue {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t work, room;
    struct jobs interactive, bulk;
    bool stop, started;
    /* audit ring: rows waiting, and the arena they live in; the two are swapped when drained */
    struct arena *audit_arena, *audit_spare;
    struct {
        struct audit_entry *at;
        size_t len, cap;
    } audit;
    int64_t audit_since;
};

static void jobs_clear(struct jobs *j) { j->first = NULL, j->last = &j->first; }
static void jobs_put(struct jobs *j, struct job *x) {
    x->next = NULL;
    *j->last = x;
    j->last = &x->next;
}
static struct job *jobs_take(struct jobs *j) {
    struct job *x = j->first;
    if (x && !(j->first = x->next)) j->last = &j->first;
    return x;
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t monotonic_ms(void) { return nanoseconds(CLOCK_MONOTONIC) / 1000000; }

/* ---- marks and caches -------------------------------------------------------------------------------------------- */

struct mark writer_mark(const struct writer *w) {
    struct mark m = {.touched = w->touched.len,
                     .position = w->position,
                     .wall = w->wall,
                     .clock = w->clock,
                     .seq = w->seq,
                     .origin_id = w->origin_id,
                     .origin = atomic_load(&w->store->origin)};
    for (int t = 0; t < ROW_TABLES; t++) m.rows[t] = w->rows[t].len;
    return m;
}

static void forget_names(struct writer *w) {
    arena_reset(w->names);
    w->rids = map_new(w->names);
    w->systems = map_new(w->names);
}

void writer_back(struct writer *w, const struct mark *m) {
    for (int t = 0; t < ROW_TABLES; t++)
        if (w->rows[t].len > m->rows[t])
            w->rows[t].len = m->rows[t]; /* less: they were flushed, ROLLBACK TO took them */
    w->touched.len = m->touched;
    w->position = m->position;
    w->wall = m->wall;
    w->clock = m->clock;
    w->seq = m->seq;
    w->origin_id = m->origin_id;
    atomic_store(&w->store->origin, m->origin);
    forget_names(w);
}

void writer_begin(struct writer *w) {
    arena_reset(w->group);
    for (int t = 0; t < ROW_TABLES; t++) {
        w->rows[t].at = NULL;
        w->rows[t].len = w->rows[t].cap = 0;
    }
    w->touched.at = NULL;
    w->touched.len = w->touched.cap = 0;
    w->touched_set = map_new(w->group);
    w->order = 0;
    if (w->rids.len > NAMES_LIMIT) forget_names(w);
    for (size_t i = 0; i < w->store->projection_count; i++) w->changed_projections[i] = false;
}

/* ---- one job ----------------------------------------------------------------------------------------------------- */

static err run_job(struct writer *w, struct job *j) {
    /* the search of a recheck sees what this group has written; outside the savepoint, because the rows are of other
     * jobs */
    err e = j->commit && j->commit->recheck ? rows_flush(w) : OK_ERR;
    struct mark m = writer_mark(w);
    if (!e.code) e = db_run(w->db, "SAVEPOINT job");
    if (!e.code) e = j->commit ? commit_apply(w, j->arena, j->commit) : j->fn(w, j->arena, j->context);
    db_reset_all(w->db);
    if (e.code) {
        e.detail = str_copy(j->arena, e.detail);
        if (db_in_transaction(w->db)) db_run(w->db, "ROLLBACK TO job");
        writer_back(w, &m);
    }
    if (db_in_transaction(w->db)) db_run(w->db, "RELEASE job");
    return e;
}

static err finish_group(struct writer *w) {
    if (!db_in_transaction(w->db))
        return (err){
            .code = ERR_FULL, .at = NULL, .detail = STR("the transaction was ended by the engine: the disk is full")};
    TRY(rows_flush(w));
    TRY(projections_run(w));
    TRY(rows_flush(w));
    return db_run(w->db, "COMMIT");
}

/* ---- audit ------------------------------------------------------------------------------------------------------- */

/* Inside the group's transaction. Thousands of rows in one go would hold up readers on the same core. */
enum { AUDIT_STRIDE = 64, AUDIT_PAUSE_US = 50 };
static void audit_pause(size_t written) {
    if (written % AUDIT_STRIDE == 0) usleep(AUDIT_PAUSE_US);
}

/* Takes what waits; `drained` tells how many rows a rollback would take along. */
static err audit_drain(struct writer *w, size_t *drained) {
    struct queue *q = w->store->queue;
    pthread_mutex_lock(&q->lock);
    struct audit_entry *at = q->audit.at;
    size_t len = q->audit.len;
    struct arena *full = q->audit_arena;
    q->audit_arena = q->audit_spare;
    q->audit_spare = NULL;
    q->audit.at = NULL;
    q->audit.len = q->audit.cap = 0;
    pthread_cond_broadcast(&q->room);
    pthread_mutex_unlock(&q->lock);
    *drained = len;
    err e = OK_ERR;
    if (w->audit_lost && len) {
        str why = str_format(w->group, "%zu entries could not be written", w->audit_lost);
        struct audit_entry gap = {.wall = store_now(w->store), .actor = STR("system"), .action = STR("gap"), .why = why};
        e = audit_append(w->db, &gap, 1, NULL);
        if (!e.code) w->audit_lost = 0;
    }
    if (!e.code) e = audit_append(w->db, at, len, audit_pause);
    arena_reset(full);
    pthread_mutex_lock(&q->lock);
    q->audit_spare = full;
    pthread_mutex_unlock(&q->lock);
    return e;
}

void store_audit(struct store *s, const struct audit_entry *e) {
    struct queue *q = s->queue;
    if (!q) return;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 1;
    pthread_mutex_lock(&q->lock);
    while (q->audit.len >= AUDIT_RING && !q->stop)
        if (pthread_cond_timedwait(&q->room, &q->lock, &until)) break;
    struct arena *a = q->audit_arena;
    struct audit_entry copy = *e;
    copy.actor = str_copy(a, e->actor);
    copy.action = str_copy(a, e->action);
    copy.why = e->why.at ? str_copy(a, e->why) : STR_NONE;
    copy.from = e->from.at ? str_copy(a, e->from) : STR_NONE;
    copy.id = e->id.at ? str_copy(a, e->id) : STR_NONE;
    copy.post = e->post.at ? str_copy(a, e->post) : STR_NONE;
    if (e->shown_count) {
        int64_t *shown = ARENA_ARRAY(a, int64_t, e->shown_count);
        memcpy(shown, e->shown, e->shown_count * sizeof *shown);
        copy.shown = shown;
        struct buf list = buf_new(a);
        for (size_t i = 0; i < e->shown_count; i++) buf_addf(&list, "%s%lld", i ? " " : "", (long long)shown[i]);
        copy.id = buf_str(&list);
    }
    if (!q->audit.len) q->audit_since = monotonic_ms();
    VEC_PUSH(a, &q->audit, copy);
    bool wake = q->audit.len == 1 || q->audit.len == AUDIT_RING / 2;
    if (wake) pthread_cond_signal(&q->work);
    pthread_mutex_unlock(&q->lock);
}

/* ---- groups ------------------------------------------------------------------------------------------------------ */

struct group {
    struct jobs jobs;
    size_t resources, count;
    int64_t began;
    bool interactive;
};

/* The next job of this group, or NULL when it is full or nobody waits. */
static struct job *next_job(struct queue *q, struct group *g) {
    struct job *j = NULL;
    pthread_mutex_lock(&q->lock);
    bool waits = q->interactive.first != NULL;
    bool late = monotonic_ms() - g->began >= GROUP_MS;
    bool full =
        g->count >= GROUP_JOBS || g->resources >= GROUP_RESOURCES || (late && (g->interactive || waits) && g->count);
    if (!full) {
        if (q->interactive.first && !(q->interactive.first->alone && g->count)) {
            j = jobs_take(&q->interactive);
            g->interactive = true;
        } else if (!q->interactive.first && q->bulk.first && !(q->bulk.first->alone && g->count)) {
            j = jobs_take(&q->bulk);
        }
    }
    pthread_mutex_unlock(&q->lock);
    return j;
}

static void wake(struct queue *q, struct jobs *jobs) {
    pthread_mutex_lock(&q->lock);
    for (struct job *j; (j = jobs_take(jobs));)
        if (--j->ticket->open == 0) pthread_cond_signal(&j->ticket->done);
    pthread_mutex_unlock(&q->lock);
}

static void tell_listeners(struct writer *w) {
    struct store *s = w->store;
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < s->projection_count && n < 64; i++)
        if (w->changed_projections[i]) names[n++] = s->projections[i]->name;
    pthread_mutex_lock(&s->lock_listeners);
    for (size_t i = 0; i < s->listener_count; i++) s->listeners[i].fn(s->listeners[i].context, w->position, names, n);
    pthread_mutex_unlock(&s->lock_listeners);
}

static void fail_group(struct writer *w, struct group *g, const struct mark *m, err e) {
    log_line(LOG_ERROR, "store", "a group of %zu commits failed: %.*s", g->count, STR_ARG(e.detail));
    if (db_in_transaction(w->db)) {
        db_reset_all(w->db);
        db_run(w->db, "ROLLBACK");
    }
    struct mark back = *m;
    memset(back.rows, 0, sizeof back.rows);
    writer_back(w, &back);
    for (struct job *j = g->jobs.first; j; j = j->next)
        if (!j->result.code) j->result = (err){.code = e.code, .at = e.at, .detail = str_copy(j->arena, e.detail)};
}

static void run_group(struct writer *w) {
    struct queue *q = w->store->queue;
    writer_begin(w);
    struct group g = {.began = monotonic_ms()};
    jobs_clear(&g.jobs);
    struct mark m = writer_mark(w);
    struct job *j = next_job(q, &g);
    if (j && j->alone) {
        j->result = j->fn(w, j->arena, j->context);
        j->result.detail = str_copy(j->arena, j->result.detail);
        jobs_put(&g.jobs, j);
        wake(q, &g.jobs);
        return;
    }
    err e = db_run(w->db, "BEGIN IMMEDIATE");
    for (; j; j = next_job(q, &g)) {
        j->result = e.code ? (err){.code = e.code, .at = e.at, .detail = str_copy(j->arena, e.detail)} : run_job(w, j);
        g.count++;
        g.resources += j->resources;
        jobs_put(&g.jobs, j);
        if (!e.code && !db_in_transaction(w->db)) e = j->result;
    }
    size_t drained = 0;
    if (!e.code) e = audit_drain(w, &drained);
    if (!e.code) e = finish_group(w);
    if (e.code) {
        fail_group(w, &g, &m, e);
        w->audit_lost += drained;
    } else if (w->position > m.position)
        tell_listeners(w);
    wake(q, &g.jobs);
}

/* ---- the thread -------------------------------------------------------------------------------------------------- */

/* Waits for work; false when the thread should end. */
static bool wait_for_work(struct queue *q) {
    pthread_mutex_lock(&q->lock);
    for (;;) {
        bool audit_due =
            q->audit.len && (q->stop || q->audit.len >= AUDIT_RING / 2 || monotonic_ms() - q->audit_since >= 500);
        if (q->interactive.first || q->bulk.first || audit_due) break;
        if (q->stop) {
            pthread_mutex_unlock(&q->lock);
            return false;
        }
        if (q->audit.len) {
            struct timespec until;
            clock_gettime(CLOCK_REALTIME, &until);
            until.tv_nsec += 250 * 1000000;
            if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
            pthread_cond_timedwait(&q->work, &q->lock, &until);
        } else {
            pthread_cond_wait(&q->work, &q->lock);
        }
    }
    pthread_mutex_unlock(&q->lock);
    return true;
}

static void checkpoint_if_due(struct writer *w) {
    struct queue *q = w->store->queue;
    pthread_mutex_lock(&q->lock);
    bool idle = !q->interactive.first && !q->bulk.first;
    pthread_mutex_unlock(&q->lock);
    int pages = db_log_pages(w->db);
    if (pages < (idle ? CHECKPOINT_PAGES : CHECKPOINT_PAGES_BUSY)) return;
    err e = db_checkpoint(w->db, false, NULL);
    if (e.code) log_line(LOG_WARNING, "store", "checkpoint: %.*s", STR_ARG(e.detail));
}

static void *writer_main(void *arg) {
    struct writer *w = arg;
    while (wait_for_work(w->store->queue)) {
        int64_t began = nanoseconds(CLOCK_MONOTONIC), cpu = nanoseconds(CLOCK_THREAD_CPUTIME_ID);
        run_group(w);
        checkpoint_if_due(w);
        dictionary_train_due(w);
        atomic_fetch_add(&w->store->writer_ns, nanoseconds(CLOCK_MONOTONIC) - began);
        atomic_fetch_add(&w->store->writer_cpu_ns, nanoseconds(CLOCK_THREAD_CPUTIME_ID) - cpu);
    }
    return NULL;
}

int64_t store_writer_time(struct store *s, int64_t *processor) {
    if (processor) *processor = atomic_load(&s->writer_cpu_ns);
    return atomic_load(&s->writer_ns);
}

err writer_start(struct store *s) {
    struct queue *q = calloc(1, sizeof *q);
    if (!q) panic("out of memory: writer");
    s->queue = q;
    jobs_clear(&q->interactive);
    jobs_clear(&q->bulk);
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->work, NULL);
    pthread_cond_init(&q->room, NULL);
    q->audit_arena = arena_new();
    q->audit_spare = arena_new();
    if (pthread_create(&q->thread, NULL, writer_main, s->writer)) panic("cannot start the writer thread");
    q->started = true;
    return OK_ERR;
}

void writer_stop(struct store *s) {
    struct queue *q = s->queue;
    if (!q) return;
    pthread_mutex_lock(&q->lock);
    q->stop = true;
    pthread_cond_signal(&q->work);
    pthread_mutex_unlock(&q->lock);
    pthread_join(q->thread, NULL);
    arena_free(q->audit_arena);
    arena_free(q->audit_spare);
    pthread_mutex_destroy(&q->lock);
    pthread_cond_destroy(&q->work);
    pthread_cond_destroy(&q->room);
    s->queue = NULL;
    free(q);
}

/* ---- callers ----------------------------------------------------------------------------------------------------- */

static void submit(struct store *s, struct job *jobs, size_t count, bool bulk) {
    struct queue *q = s->queue;
    struct ticket t = {.open = count};
    pthread_cond_init(&t.done, NULL);
    pthread_mutex_lock(&q->lock);
    for (size_t i = 0; i < count; i++) {
        jobs[i].ticket = &t;
        jobs_put(bulk ? &q->bulk : &q->interactive, &jobs[i]);
    }
    pthread_cond_signal(&q->work);
    while (t.open) pthread_cond_wait(&t.done, &q->lock);
    pthread_mutex_unlock(&q->lock);
    pthread_cond_destroy(&t.done);
}

static err read_only(void) {
    return (err){.code = ERR_BUSY, .at = NULL, .detail = STR("the node was opened for reading only")};
}

err writer_work(struct store *s, struct arena *a, bool bulk, writer_fn *fn, void *context) {
    if (!s->queue) return read_only();
    struct job j = {.fn = fn, .context = context, .arena = a};
    submit(s, &j, 1, bulk);
    return j.result;
}

err writer_alone(struct store *s, struct arena *a, writer_fn *fn, void *context) {
    if (!s->queue) return read_only();
    struct job j = {.fn = fn, .context = context, .arena = a, .alone = true};
    submit(s, &j, 1, false);
    return j.result;
}

err store_commit(struct store *s, struct arena *a, struct commit *c) {
    err e = OK_ERR;
    store_commit_many(s, a, &c, 1, &e);
    return e;
}

void store_commit_many(struct store *s, struct arena *a, struct commit **commits, size_t count, err *errors) {
    struct job *jobs = ARENA_ARRAY(a, struct job, count);
    size_t ready = 0;
    bool bulk = count > 0;
    for (size_t i = 0; i < count; i++) {
        struct commit *c = commits[i];
        errors[i] = s->queue ? OK_ERR : read_only();
        for (size_t k = 0; k < c->count && !errors[i].code; k++) {
            c->failed = k;
            if (!c->changes[k].prepared) errors[i] = store_prepare(s, a, &c->changes[k]);
        }
        bulk = bulk && c->bulk;
    }
    /* without dictionaries this batch is stored all the same, only larger */
    if (bulk && s->queue) dictionaries_for(s, a, commits, count);
    for (size_t i = 0; i < count; i++) {
        struct commit *c = commits[i];
        for (size_t k = 0; k < c->count && !errors[i].code; k++) body_finish(s, a, &c->changes[k]);
        if (!errors[i].code) jobs[ready++] = (struct job){.commit = c, .arena = a, .resources = c->count};
    }
    if (ready) submit(s, jobs, ready, bulk);
    for (size_t i = 0, k = 0; i < count; i++)
        if (!errors[i].code) errors[i] = jobs[k++].result;
}

struct local {
    err (*work)(struct db *db, void *context);
    void *context;
};

static err run_local(struct writer *w, struct arena *a, void *context) {
    struct local *l = context;
    (void)a;
    return l->work(w->db, l->context);
}

err store_local(struct store *s, err (*work)(struct db *db, void *context), void *context) {
    struct local l = {work, context};
    struct arena *a = arena_new();
    err e = writer_work(s, a, false, run_local, &l);
    e.detail = STR_NONE; /* its text lived here */
    arena_free(a);
    return e;
}

void store_listen(struct store *s, store_listener *fn, void *context) {
    pthread_mutex_lock(&s->lock_listeners);
    if (s->listener_count == sizeof s->listeners / sizeof *s->listeners) panic("too many listeners of the store");
    s->listeners[s->listener_count++] = (struct listener){fn, context};
    pthread_mutex_unlock(&s->lock_listeners);
}
