/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one growing array of the house. Declare `struct { T *at; size_t len, cap; }` (or VEC(T)) zeroed, then VEC_PUSH.
 * The elements live in the arena given; they move when the array grows.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "arena.h"

#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *at;                                                                                                      \
        size_t len, cap;                                                                                               \
    }

#define VEC_PUSH(arena, vec, ...)                                                                                      \
    do {                                                                                                               \
        if ((vec)->len == (vec)->cap) {                                                                                \
            size_t vec_cap_ = (vec)->cap ? (vec)->cap * 2 : 8;                                                         \
            (vec)->at = arena_grow((arena), (vec)->at, (vec)->cap * sizeof *(vec)->at, vec_cap_ * sizeof *(vec)->at);  \
            (vec)->cap = vec_cap_;                                                                                     \
        }                                                                                                              \
        (vec)->at[(vec)->len++] = (__VA_ARGS__);                                                                       \
    } while (0)

#endif
