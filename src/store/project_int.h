/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What project.c and tied.c share: one subject at work.
 */
#ifndef STORE_PROJECT_INT_H
#define STORE_PROJECT_INT_H

#include "store_int.h"

struct cells {
    const struct cell *at;
};
struct table_rows {
    struct cells *at;
    size_t len, cap;
};

/* A record that the subject replaces, itself or by way of another. */
struct replaced {
    int64_t rid;
    str id;
    const struct json *resource;
};

struct projection_job {
    struct writer *writer;
    struct arena *arena;
    const struct projection *projection;
    size_t index;
    int64_t subject;
    str subject_id;
    const struct json *resource;
    int64_t survivor; /* rid of the Patient that replaces the subject; 0 none */
    VEC(struct replaced) replaced;
    struct table_rows *rows; /* one for each table */
    err failed;
};

err job_parse(struct projection_job *job, str frame, const struct json **out);

/* tied.c: the subjects that a Patient's links name are touched with it. */
void tied_touch(struct projection_job *job, const struct json *patient);
/* Fills survivor and replaced. */
err tied_find(struct projection_job *job);

#endif
