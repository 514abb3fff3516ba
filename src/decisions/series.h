/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers through the network of any day; days without visits around a decision.
 */
#ifndef DECISIONS_SERIES_H
#define DECISIONS_SERIES_H

#include "decisions.h"

/* Months are year * 12 + month - 1, both inclusive. */
struct series_question {
    int from, until;
    int32_t at;
    bool reported, today, province;
};
/* docs/network.md, GET /api/network/series. ERR_INVALID for a stretch of no month or too many. */
err series_answer(struct reader *r, struct arena *a, const struct network_measure *m, const struct series_question *q,
                  struct buf *out);

/* GET /api/network/continuity: encounters by the day at each site, so many days before and after the decision's. */
err continuity_answer(struct reader *r, struct arena *a, const struct decision *d, int days, struct buf *out);

#endif
