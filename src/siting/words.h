/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words and numbers of siting's papers in both languages.
 */
#ifndef SITING_WORDS_H
#define SITING_WORDS_H

#include "siting.h"

/* "location" -> "gần dân" / "location". */
const char *siting_criterion_name(enum siting_criterion k, bool vietnamese);
/* A number with so many decimals; thousands apart; comma and point as the language has them. NAN and INFINITY: a dash. */
void siting_add_decimal(struct buf *out, double x, int decimals, bool vietnamese);
/* The rule of a criterion as one sentence, with the numbers of the proposal. */
void siting_add_rule(struct buf *out, const struct siting_proposal *p, enum siting_criterion k, bool vietnamese);
/* What the answer does not know, one sentence each; ends with NULL. */
const char *const *siting_not_modelled(bool vietnamese);

#endif
