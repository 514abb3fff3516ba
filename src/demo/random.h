/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers that look random and are the same everywhere: splitmix64 (Steele, Lea, Flood 2014), integers only. Every
 * hamlet, person and history has a stream of its own, so one more draw somewhere changes nothing elsewhere.
 */
#ifndef DEMO_RANDOM_H
#define DEMO_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* The finaliser of splitmix64: a bijection, so different numbers stay different. */
static inline uint64_t random_mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}
static inline struct random random_stream(uint64_t seed, uint64_t kind, uint64_t number) {
    return (struct random){random_mix(random_mix(seed + 0x9E3779B97F4A7C15u * (kind + 1)) + number)};
}
static inline uint64_t random_next(struct random *r) { return random_mix(r->state += 0x9E3779B97F4A7C15u); }
/* 0 … n - 1; n from 1. */
static inline int random_below(struct random *r, int n) { return (int)(((random_next(r) >> 32) * (uint64_t)n) >> 32); }
static inline int random_between(struct random *r, int low, int high) { return low + random_below(r, high - low + 1); }
/* True in `permille` of a thousand draws. */
static inline bool random_chance(struct random *r, int permille) { return random_below(r, 1000) < permille; }
/* -n … n, most often near 0 (sum of two draws). */
static inline int random_around(struct random *r, int n) { return random_between(r, 0, n) - random_between(r, 0, n); }

#endif
