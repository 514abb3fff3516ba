/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of names by ethnic group, drawn by weight (data/demo/names.csv).
 */
#ifndef DEMO_NAMES_H
#define DEMO_NAMES_H

#include "base/err.h"
#include "random.h"

struct names;
err names_new(struct arena *a, struct names **out);
/* part "family", "middle", "given" of a group; sex 'm', 'f' or 0; "all" with "hamlet-first", "hamlet-second". Empty
 * when there is none. */
str names_draw(const struct names *n, struct random *r, const char *group, const char *part, char sex);

#endif
