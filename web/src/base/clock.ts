// SPDX-License-Identifier: GPL-3.0-or-later
// Which day is it? A computer whose clock is wrong by days must not call anybody due or overdue. When the day here and the day
// of the node differ, nobody knows until a person has typed the date (docs/safety.md).

import { dayOf } from './date';
import { value } from './value';

/** The day a person has typed since this page was loaded. */
export const typedDay = value<string | null>(null);

/** The day to reckon with: null while the two clocks disagree and nobody has typed the date. */
export function knownDay(nodeToday: string, here = dayOf(Date.now()), typed = typedDay.get()): string | null {
    return typed ?? (here === nodeToday ? nodeToday : null);
}
