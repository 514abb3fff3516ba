/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the schedule loader share (private): the reader with its interning tables, and the small readers
 * of values. Every fault is told as "FILE:LINE: reason". The source notes `source`, `confidence`, `note` are allowed
 * in every object.
 */
#ifndef IMMUNISATION_SCHEDULE_READER_H
#define IMMUNISATION_SCHEDULE_READER_H

#include "base/json.h"
#include "base/vec.h"
#include "schedule.h"

struct reader {
    struct arena *a;
    struct schedule *s;
    const struct schedule_source *file; /* the one being read */
    const struct json *sets;            /* its own `sets` */
    struct map settings;                /* name -> struct json of the value */
    struct map duration_index;
    VEC(struct duration) durations;
    VEC(struct vaccine) vaccines;
    VEC(struct observation) observations;
};

/* A fault at `node` of the current file. */
err reader_fail(struct reader *r, const struct json *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* `object` has only keys of the blank-separated list (and the notes). */
err reader_keys(struct reader *r, const struct json *object, const char *keys);
err reader_duration(struct reader *r, const struct json *node, duration_ref *out); /* absent or null = 0 */
err reader_range(struct reader *r, const struct json *node, duration_ref *begin, duration_ref *end);
err reader_day(struct reader *r, const struct json *node, int32_t absent, int32_t *out);
err reader_text(struct reader *r, const struct json *node, str *out);
err reader_phrase(struct reader *r, const struct json *node, struct phrase *out);
err reader_bool(struct reader *r, const struct json *node, bool *out);
err reader_int(struct reader *r, const struct json *node, int absent, int *out);
struct source_note reader_source(struct reader *r, const struct json *object);
err reader_vaccine(struct reader *r, const struct json *node, str key, unsigned *out);
/* An observation code; new codes are added (CDSi names some that its dictionary lacks). */
err reader_observation(struct reader *r, const struct json *node, str code, unsigned *out);
/* A list of vaccine tokens or the name of a set. */
err reader_tokens(struct reader *r, const struct json *node, const struct vaccine_rule **out, size_t *count);
/* The same as a set of keys. */
err reader_vaccine_set(struct reader *r, const struct json *node, const struct bits **out);
err reader_dose(struct reader *r, const struct json *node, struct series_dose *out);
/* Checks that need a whole series: impossible ages and intervals, references, numbers, cycles. */
err check_series(struct reader *r, const struct json *node, const struct series *series);
err check_schedule(struct reader *r, const struct json *root);

#endif
