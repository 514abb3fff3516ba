// SPDX-License-Identifier: GPL-3.0-or-later
// The day by which the network is shown: a slider with the days of change marked on it, buttons from change to change, and a field.
// While it is dragged the day moves at once; whoever listens asks the node for the newest day only.

import { useEffect, useState } from 'preact/hooks';
import { addDays, daysBetween, readDay, showDay, spaceDay } from '../../base/date';
import { Icon } from '../../parts/icon';
import { useNetworkTexts } from './texts';

const MARGIN = 120; // days shown before the first and behind the last change

export function DaySlider({
    day,
    today,
    breaks,
    onDay,
}: {
    day: string;
    today: string;
    breaks: string[];
    onDay: (day: string) => void;
}) {
    const t = useNetworkTexts();
    const [text, setText] = useState(showDay(day));
    const [wrong, setWrong] = useState(false);
    useEffect(() => {
        setText(showDay(day));
        setWrong(false);
    }, [day]);
    const known = [...breaks, today, day].sort();
    const first = addDays(known[0]!, -MARGIN),
        last = addDays(known[known.length - 1]!, MARGIN);
    const span = daysBetween(first, last);
    const before = [...breaks].reverse().find((b) => b < day),
        after = breaks.find((b) => b > day);
    const typed = (): void => {
        const read = readDay(text, today);
        setWrong(!read);
        if (read) onDay(read);
    };
    return (
        <div class="dayslider" role="group" aria-label={t.day}>
            <button type="button" class="btn" disabled={!before} onClick={() => before && onDay(before)}>
                <Icon name="back" />
                <span>{t.before}</span>
            </button>
            <div class="track">
                <input
                    type="range"
                    min={0}
                    max={span}
                    value={daysBetween(first, day)}
                    aria-label={t.dayHelp}
                    aria-valuetext={showDay(day)}
                    list="network-breaks"
                    onInput={(e) => onDay(addDays(first, Number(e.currentTarget.value)))}
                />
                <datalist id="network-breaks">
                    {breaks.map((b) => (
                        <option key={b} value={daysBetween(first, b)} label={showDay(b)} />
                    ))}
                </datalist>
                <svg class="ticks" viewBox="0 0 1000 22" preserveAspectRatio="none" aria-hidden="true">
                    {[...breaks, today].map((b, i) => {
                        const x = (1000 * daysBetween(first, b)) / span;
                        return <line key={b + i} class={b === today ? 'now' : 'break'} x1={x} x2={x} y1="0" y2="14" />;
                    })}
                </svg>
                <p class="ends small muted" aria-hidden="true">
                    <span>{showDay(first)}</span>
                    <span>{breaks.length ? breaks.map(showDay).join(' · ') : t.noBreaks}</span>
                    <span>{showDay(last)}</span>
                </p>
            </div>
            <button type="button" class="btn" disabled={!after} onClick={() => after && onDay(after)}>
                <span>{t.after}</span>
                <span class="turned">
                    <Icon name="back" />
                </span>
            </button>
            <div class="dayfield">
                <label for="network-day">{t.day}</label>
                <input
                    id="network-day"
                    type="text"
                    inputMode="numeric"
                    autoComplete="off"
                    value={text}
                    aria-invalid={wrong}
                    aria-describedby={wrong ? 'network-day-wrong' : undefined}
                    onInput={(e) => setText(spaceDay(e.currentTarget.value))}
                    onBlur={typed}
                    onKeyDown={(e) => e.key === 'Enter' && typed()}
                />
                {wrong && (
                    <p class="wrong" id="network-day-wrong">
                        <Icon name="warn" />
                        {t.wrongDay}
                    </p>
                )}
            </div>
            {day !== today && (
                <button type="button" class="link" onClick={() => onDay(today)}>
                    {t.toToday}
                </button>
            )}
        </div>
    );
}
