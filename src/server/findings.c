/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking for somebody is one entry of the audit, however many letters it takes: who asked, from where, and everybody who was shown
 * meanwhile. It is held until the search is over: the asker does something else that is audited (opens a record), or pauses, or leaves;
 * or it has grown long. What is held is lost when the machine stops at that moment; the gap mark of the audit tells of it.
 */
#include "server_int.h"

#include "base/date.h"

enum { FINDINGS = 256, SHOWN_MOST = 250, TEXT = 160, PAUSE_MS = 30000, LONGEST_MS = 300000 };

struct finding {
    bool held;
    char actor[TEXT], post[TEXT], from[TEXT];
    int64_t began, last;
    size_t count;
    int64_t shown[SHOWN_MOST]; /* rids */
};
struct findings {
    pthread_mutex_t lock;
    struct finding at[FINDINGS];
};

struct findings *findings_new(struct arena *a) {
    struct findings *f = ARENA_NEW(a, struct findings);
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

/* With the lock held. */
static void write_down(struct server *s, struct finding *f) {
    struct audit_entry e = {.wall = f->began, .actor = str_of(f->actor), .action = STR("find"), .from = str_of(f->from), .post = str_of(f->post),
                            .type = FHIR_TYPE_PATIENT, .shown = f->shown, .shown_count = f->count};
    if (f->held) store_audit(s->store, &e);
    f->held = false;
}

static bool same(const struct finding *f, const struct session *who, str from) {
    return f->held && str_is(who->actor, f->actor) && str_is(who->badge, f->post) && str_is(from, f->from);
}

static void keep(char to[TEXT], str s) {
    size_t n = s.len < TEXT - 1 ? s.len : TEXT - 1;
    if (n) memcpy(to, s.at, n);
    to[n] = 0;
}

/* The asker's running search, or a new one: in a free place, else in that of the one that began first. */
static struct finding *running(struct server *s, const struct session *who, str from, int64_t now) {
    struct finding *place = &s->findings->at[0];
    for (size_t i = 0; i < FINDINGS; i++) {
        struct finding *f = &s->findings->at[i];
        if (same(f, who, from)) return f;
        if (place->held && (!f->held || f->began < place->began)) place = f;
    }
    write_down(s, place);
    place->held = true;
    place->began = now;
    place->count = 0;
    keep(place->actor, who->actor);
    keep(place->post, who->badge);
    keep(place->from, from);
    return place;
}

void request_audit_find(struct request *r, const int64_t *persons, size_t count) {
    struct server *s = exchange_of(r)->server;
    str from = request_peer(r);
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&s->findings->lock);
    struct finding *f = running(s, r->session, from, now);
    f->last = now;
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < f->count && !known; k++) known = f->shown[k] == persons[i];
        if (known) continue;
        if (f->count == SHOWN_MOST) {
            write_down(s, f);
            f = running(s, r->session, from, now);
            f->last = now;
        }
        f->shown[f->count++] = persons[i];
    }
    pthread_mutex_unlock(&s->findings->lock);
}

void findings_end(struct request *r) {
    struct server *s = exchange_of(r)->server;
    if (!r->session) return;
    str from = request_peer(r);
    pthread_mutex_lock(&s->findings->lock);
    for (size_t i = 0; i < FINDINGS; i++)
        if (same(&s->findings->at[i], r->session, from)) write_down(s, &s->findings->at[i]);
    pthread_mutex_unlock(&s->findings->lock);
}

void findings_flush(struct server *s, bool all) {
    int64_t now = clock_now_ms();
    pthread_mutex_lock(&s->findings->lock);
    for (size_t i = 0; i < FINDINGS; i++) {
        struct finding *f = &s->findings->at[i];
        if (f->held && (all || now - f->last > PAUSE_MS || now - f->began > LONGEST_MS || now < f->last)) write_down(s, f);
    }
    pthread_mutex_unlock(&s->findings->lock);
}
