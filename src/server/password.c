/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Passwords: argon2id (libsodium), at most two at once on the machine and few waiting, so that sign-ins cannot eat the
 * processor or the memory; and the lockout after repeated failures, which treats names that do not exist alike.
 */
#include "server_int.h"

#include "base/log.h"

#include <sodium.h>

enum {
    HASH_OPERATIONS = 2, HASH_MEMORY = 32 * 1024 * 1024, /* above OWASP's least (19 MiB, t=2): about 40 ms */
    AT_ONCE = 2, WAITING = 12,
    FREE_FAILURES = 5, FIRST_WAIT = 30, LONGEST_WAIT = 15 * 60, /* s: 30, 60, 120 … */
    FORGET_MS = 60 * 60 * 1000,
    SETS = 512, WAYS = 8
};

static pthread_mutex_t hash_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t hash_free = PTHREAD_COND_INITIALIZER;
static size_t hashing, waiting;

static bool enter(void) {
    pthread_mutex_lock(&hash_lock);
    bool room = waiting < WAITING;
    if (room) {
        waiting++;
        while (hashing == AT_ONCE) pthread_cond_wait(&hash_free, &hash_lock);
        waiting--;
        hashing++;
    }
    pthread_mutex_unlock(&hash_lock);
    return room;
}

static void leave(void) {
    pthread_mutex_lock(&hash_lock);
    hashing--;
    pthread_cond_signal(&hash_free);
    pthread_mutex_unlock(&hash_lock);
}

err password_hash(struct arena *a, str password, str *out) {
    char text[crypto_pwhash_STRBYTES];
    if (sodium_init() < 0) return err_make(a, ERR_INTERNAL, NULL, "no randomness");
    if (!enter()) return err_make(a, ERR_BUSY, NULL, "too many sign-ins at once");
    int failed = crypto_pwhash_str_alg(text, password.at, password.len, HASH_OPERATIONS, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    leave();
    if (failed) return err_make(a, ERR_BUSY, NULL, "not enough memory to hash a password");
    *out = str_copy(a, str_of(text));
    return OK_ERR;
}

/* Spends what a verification spends, for names without a password. */
static bool spend(str password) {
    static const unsigned char salt[crypto_pwhash_SALTBYTES] = "no such account";
    unsigned char out[32];
    return crypto_pwhash(out, sizeof out, password.at, password.len, salt, HASH_OPERATIONS, HASH_MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

err password_verify(struct arena *a, str stored, str password, bool *right) {
    *right = false;
    if (sodium_init() < 0) return err_make(a, ERR_INTERNAL, NULL, "no randomness");
    if (!enter()) return err_make(a, ERR_BUSY, NULL, "too many sign-ins at once");
    if (stored.len) *right = crypto_pwhash_str_verify(str_z(a, stored), password.at, password.len) == 0;
    else if (!spend(password)) log_line(LOG_WARNING, "server", "not enough memory to hash a password");
    leave();
    return OK_ERR;
}

/* ---- lockout -------------------------------------------------------------------------------------------------------------- */

struct attempts {
    uint64_t name; /* keyed hash; 0 empty */
    int64_t last_ms, until_ms;
    int failures;
};

struct lockout {
    pthread_mutex_t lock;
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct attempts at[SETS][WAYS];
};

struct lockout *lockout_new(struct arena *a) {
    struct lockout *l = ARENA_NEW(a, struct lockout);
    pthread_mutex_init(&l->lock, NULL);
    crypto_shorthash_keygen(l->key);
    return l;
}

/* With the lock held: the line of a name; `make` takes the oldest of its set when there is none. */
static struct attempts *line_of(struct lockout *l, str name, bool make) {
    uint64_t hash;
    crypto_shorthash((unsigned char *)&hash, (const unsigned char *)name.at, name.len, l->key);
    if (!hash) hash = 1;
    struct attempts *set = l->at[hash % SETS], *oldest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].name == hash) return &set[i];
        if (set[i].last_ms < oldest->last_ms) oldest = &set[i];
    }
    if (!make) return NULL;
    *oldest = (struct attempts){.name = hash};
    return oldest;
}

int lockout_wait(struct lockout *l, str name, int64_t now_ms) {
    pthread_mutex_lock(&l->lock);
    const struct attempts *t = line_of(l, name, false);
    int64_t left = t ? t->until_ms - now_ms : 0;
    pthread_mutex_unlock(&l->lock);
    return left > 0 ? (int)(left / 1000 + 1) : 0;
}

void lockout_failed(struct lockout *l, str name, int64_t now_ms) {
    pthread_mutex_lock(&l->lock);
    struct attempts *t = line_of(l, name, true);
    if (now_ms - t->last_ms > FORGET_MS) t->failures = 0;
    t->failures++;
    t->last_ms = now_ms;
    int64_t wait = FIRST_WAIT;
    for (int i = FREE_FAILURES; i < t->failures && wait < LONGEST_WAIT; i++) wait *= 2;
    if (wait > LONGEST_WAIT) wait = LONGEST_WAIT;
    if (t->failures >= FREE_FAILURES) t->until_ms = now_ms + wait * 1000;
    pthread_mutex_unlock(&l->lock);
}

void lockout_cleared(struct lockout *l, str name) {
    pthread_mutex_lock(&l->lock);
    struct attempts *t = line_of(l, name, false);
    if (t) *t = (struct attempts){0};
    pthread_mutex_unlock(&l->lock);
}
