// SPDX-License-Identifier: GPL-3.0-or-later
// What was measured over the years, one small chart a series: own SVG, and the same numbers as a table. Blood pressure has two lines.

import { useEffect, useState } from 'preact/hooks';
import { get } from '../../base/api';
import { showDay } from '../../base/date';
import { defineTexts, showNumber, useTextsOf } from '../../base/language';
import { measureName, measureUnit } from '../../parts/measured';

interface Series {
    code: string;
    name: string | null;
    unit: string | null;
    points: [string, number][];
}
const words = defineTexts(
    {
        title: 'Các số đo',
        pressure: 'Huyết áp',
        say: (name: string, n: number, last: string, day: string) => `${name}: ${n} lần đo, lần cuối ${last} ngày ${day}. Số liệu ở bảng bên dưới.`,
        table: 'Xem thành bảng',
        day: 'Ngày',
        times: (n: number) => `${n} lần`,
    },
    {
        title: 'Measurements',
        pressure: 'Blood pressure',
        say: (name: string, n: number, last: string, day: string) => `${name}: measured ${n} times, last ${last} on ${day}. The numbers are in the table below.`,
        table: 'Show as a table',
        day: 'Day',
        times: (n: number) => `${n} times`,
    },
);

const SYSTOLIC = '8480-6',
    DIASTOLIC = '8462-4',
    WIDTH = 420,
    HEIGHT = 96,
    LEFT = 34,
    RIGHT = 8;
const time = (day: string): number => Date.parse(`${day}T00:00:00Z`);

function Lines({ lines, say }: { lines: Series[]; say: string }) {
    const all = lines.flatMap((l) => l.points);
    const values = all.map((p) => p[1]);
    const low = Math.min(...values),
        high = Math.max(...values),
        span = high - low || 1;
    const from = Math.min(...all.map((p) => time(p[0]))),
        until = Math.max(...all.map((p) => time(p[0])));
    const x = (day: string): number => (until === from ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + ((time(day) - from) / (until - from)) * (WIDTH - LEFT - RIGHT));
    const y = (v: number): number => 8 + (1 - (v - low) / span) * (HEIGHT - 26);
    const first = new Date(from).toISOString().slice(0, 10),
        last = new Date(until).toISOString().slice(0, 10);
    return (
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={say}>
            {[low, high].map((v) => (
                <g key={v}>
                    <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(v)} y2={y(v)} />
                    <text x={LEFT - 4} y={y(v) + 4} text-anchor="end">
                        {showNumber(v, Number.isInteger(v) ? 0 : 1)}
                    </text>
                </g>
            ))}
            <text x={LEFT} y={HEIGHT - 2}>
                {showDay(first).slice(3)}
            </text>
            <text x={WIDTH - RIGHT} y={HEIGHT - 2} text-anchor="end">
                {showDay(last).slice(3)}
            </text>
            {lines.map((l, i) => (
                <g key={l.code} class={i ? 'second' : 'first'}>
                    {l.points.length > 1 && <polyline points={l.points.map((p) => `${x(p[0]).toFixed(1)},${y(p[1]).toFixed(1)}`).join(' ')} />}
                    {(l.points.length > 60 ? l.points.slice(-1) : l.points).map((p, k) => (
                        <circle key={k} cx={x(p[0])} cy={y(p[1])} r="2.5" />
                    ))}
                </g>
            ))}
        </svg>
    );
}

function Chart({ title, lines }: { title: string; lines: Series[] }) {
    const w = useTextsOf(words);
    const unit = measureUnit(lines[0]!.unit);
    const days = [...new Set(lines.flatMap((l) => l.points.map((p) => p[0])))].reverse();
    const on = (day: string): string => lines.map((l) => l.points.filter((p) => p[0] === day).map((p) => showNumber(p[1], Number.isInteger(p[1]) ? 0 : 1)).pop() ?? '–').join('/');
    const last = days[0]!;
    return (
        <div class="series">
            <h3>
                {title}{' '}
                <span class="about">
                    <b>{on(last)}</b> {unit} · {showDay(last)} · {w.times(days.length)}
                </span>
            </h3>
            {days.length > 1 && <Lines lines={lines} say={w.say(title, days.length, `${on(last)} ${unit}`, showDay(last))} />}
            {days.length > 1 && (
                <details>
                    <summary class="small">
                        {w.table}
                        <span class="hidden">: {title}</span>
                    </summary>
                    <table class="small">
                        <thead>
                            <tr>
                                <th scope="col">{w.day}</th>
                                <th scope="col" class="n">
                                    {title} {unit}
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {days.slice(0, 60).map((d) => (
                                <tr key={d}>
                                    <td>{showDay(d)}</td>
                                    <td class="n">{on(d)}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </details>
            )}
        </div>
    );
}

export default function Measurements({ person, round }: { person: string; round: number }) {
    const w = useTextsOf(words);
    const [series, setSeries] = useState<Series[]>([]);
    useEffect(() => {
        void get<{ series: Series[] }>(`/api/persons/${encodeURIComponent(person)}/measurements`).then((a) => a.ok && setSeries(a.body.series));
    }, [person, round]);
    const systolic = series.find((s) => s.code === SYSTOLIC),
        diastolic = series.find((s) => s.code === DIASTOLIC);
    const others = series.filter((s) => s !== systolic && s !== diastolic);
    // the twelve months of blood pressure stand above: the long line is worth it from a second year on
    const long = systolic && diastolic && systolic.points.length > 12;
    if (!others.length && !long) return null;
    return (
        <section class="card pad measurements" aria-labelledby="measurements-title">
            <h2 id="measurements-title">{w.title}</h2>
            {long && <Chart title={w.pressure} lines={[systolic, diastolic]} />}
            {others.map((s) => (
                <Chart key={s.code} title={measureName(s.code, s.name)} lines={[s]} />
            ))}
        </section>
    );
}
