// SPDX-License-Identifier: GPL-3.0-or-later
// Which day is it? A computer whose clock is wrong by days must not call anybody due or overdue. Every answer of the node carries its
// own time; when its day and the day of this computer differ, or the node's is a day on which this program did not exist, nobody
// knows the day until a person has typed it (docs/safety.md).

import { useEffect, useState } from 'preact/hooks';
import { dayOf, daysBetween } from './date';
import { value } from './value';

const SAME_MS = 300000, // two clocks that differ by less are the same
    DAY_MS = 86400000;
/** The reform of 2025 this program was made for: a clock that says less has lost its battery. */
const NOT_BEFORE = '2025-07-01';

/** How far the node's clock is ahead of this computer's, ms. */
const ahead = value(0);
/** Days from the node's day to the one that a person has typed. */
const typed = value<number | null>(null);

/** The header Date of an answer. What was typed counts until one of the clocks is set. */
export function nodeSays(header: string | null): void {
    const off = Date.parse(header ?? '') - Date.now();
    if (Number.isNaN(off) || Math.abs(off - ahead.get()) < SAME_MS) return;
    typed.set(null);
    ahead.set(Math.abs(off) < SAME_MS ? 0 : off);
}

/** The moment to record: the node's clock, moved by the days that a person has typed. */
export const now = (): number => Date.now() + ahead.get() + (typed.get() ?? 0) * DAY_MS;
/** The most likely day, for what is proposed and recorded. */
export const today = (): string => dayOf(now());

export interface Clock {
    here: string;
    node: string;
    wrong: boolean;
    typed: boolean;
    day: string | null; // the day to reckon with; null: nobody knows
}

export function clock(): Clock {
    const here = dayOf(Date.now()),
        node = dayOf(Date.now() + ahead.get()),
        wrong = here !== node || node < NOT_BEFORE,
        isTyped = wrong && typed.get() !== null;
    return { here, node, wrong, typed: isTyped, day: isTyped || !wrong ? today() : null };
}

export const typeDay = (day: string | null): void => typed.set(day === null ? null : daysBetween(clock().node, day));

export function useClock(): Clock {
    const [, draw] = useState(0);
    useEffect(() => {
        const again = (): void => draw((n) => n + 1),
            ends = [ahead.watch(again), typed.watch(again)];
        return () => ends.forEach((end) => end());
    }, []);
    return clock();
}
