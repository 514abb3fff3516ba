/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Private to the readers of plan/: the CSV half.
 */
#ifndef PLAN_READ_INT_H
#define PLAN_READ_INT_H

#include "read.h"

#include "base/scanner.h"

enum { PLAN_MOST_NODES = 8000 };

/* Fields of one CSV line, views into it; at most `most` are stored. Returns how many. */
size_t csv_fields(str line, str *field, size_t most);

err plan_read_csv(struct arena *a, str text, struct plan_file *out);

#endif
