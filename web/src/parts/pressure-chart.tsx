// SPDX-License-Identifier: GPL-3.0-or-later
// Blood pressure of twelve months as our own SVG: two lines with marks of different shape, the band below 140/90, and the
// same numbers as a table for those who cannot or do not want to see a picture.

import { showDay } from '../base/date';
import { useTexts } from '../base/language';
import type { MonthOfPressure } from '../base/model';

const WIDTH = 390,
    HEIGHT = 196,
    LEFT = 38,
    RIGHT = 42,
    TOP = 14,
    BOTTOM = 24;

interface Point {
    x: number;
    i: number;
    systolic: number;
    diastolic: number;
}

export function PressureChart({ months }: { months: MonthOfPressure[] }) {
    const t = useTexts();
    const points: Point[] = [];
    const step = (WIDTH - LEFT - RIGHT) / Math.max(1, months.length - 1);
    months.forEach((m, i) => {
        if (m.systolic !== null && m.diastolic !== null)
            points.push({ x: LEFT + i * step, i, systolic: m.systolic, diastolic: m.diastolic });
    });
    const high = Math.max(180, ...points.map((p) => p.systolic + 8)),
        low = Math.min(60, ...points.map((p) => p.diastolic - 8));
    const y = (mmHg: number): number => TOP + ((high - mmHg) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const first = points[0],
        last = points[points.length - 1];
    const seen = months.filter((m) => m.visits > 0).length;

    const lines = (pick: 'systolic' | 'diastolic') =>
        points.slice(1).map((p, n) => {
            const before = points[n]!;
            return (
                <line
                    key={p.i}
                    class={`${pick}${p.i - before.i > 1 ? ' gap' : ''}`}
                    x1={before.x}
                    y1={y(before[pick])}
                    x2={p.x}
                    y2={y(p[pick])}
                />
            );
        });
    if (!first || !last) return <p class="muted">{t.chartEmpty}</p>;
    const apart = Math.max(14, y(last.diastolic) - y(last.systolic)); // end labels never lie on each other
    return (
        <figure class="chart">
            <svg
                viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
                role="img"
                aria-label={t.chartSay(
                    `${first.systolic}/${first.diastolic}`,
                    `${last.systolic}/${last.diastolic}`,
                    seen,
                )}
            >
                <rect class="band" x={LEFT - 8} y={y(140)} width={WIDTH - LEFT - RIGHT + 16} height={y(90) - y(140)} />
                {[180, 140, 90, 60].map((mmHg) => (
                    <g key={mmHg}>
                        <line class="grid" x1={LEFT - 8} x2={WIDTH - RIGHT + 8} y1={y(mmHg)} y2={y(mmHg)} />
                        <text class="axis" x={LEFT - 12} y={y(mmHg) + 4} text-anchor="end">
                            {mmHg}
                        </text>
                    </g>
                ))}
                {months.map((m, i) => (
                    <text key={m.month} class="axis" x={LEFT + i * step} y={HEIGHT - 6} text-anchor="middle">
                        {Number(m.month.slice(5))}
                    </text>
                ))}
                {lines('systolic')}
                {lines('diastolic')}
                {points.map((p) => (
                    <g key={p.i}>
                        <circle class="systolic mark" cx={p.x} cy={y(p.systolic)} r="4" />
                        <rect class="diastolic mark" x={p.x - 3.5} y={y(p.diastolic) - 3.5} width="7" height="7" />
                    </g>
                ))}
                <text class="value" x={last.x + 9} y={y(last.systolic) + 4}>
                    {last.systolic}
                </text>
                <text class="value" x={last.x + 9} y={y(last.systolic) + apart + 4}>
                    {last.diastolic}
                </text>
            </svg>
            <figcaption class="small muted legend">
                <span>
                    <svg class="key" viewBox="0 0 22 10" aria-hidden="true">
                        <line class="systolic" x1="0" x2="22" y1="5" y2="5" />
                        <circle class="systolic mark" cx="11" cy="5" r="4" />
                    </svg>{' '}
                    {t.systolic}
                </span>
                <span>
                    <svg class="key" viewBox="0 0 22 10" aria-hidden="true">
                        <line class="diastolic" x1="0" x2="22" y1="5" y2="5" />
                        <rect class="diastolic mark" x="7.5" y="1.5" width="7" height="7" />
                    </svg>{' '}
                    {t.diastolic}
                </span>
                <span>{t.chartBand}</span>
                <span>{t.chartVisits(seen)}</span>
            </figcaption>
            <details class="small">
                <summary>{t.chartTable}</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.month}</th>
                            <th scope="col" class="n">
                                {t.systolic}
                            </th>
                            <th scope="col" class="n">
                                {t.diastolic}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {months.map((m) => (
                            <tr key={m.month}>
                                <th scope="row">{showDay(m.month)}</th>
                                <td class="n">{m.systolic ?? '–'}</td>
                                <td class="n">{m.diastolic ?? '–'}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </details>
        </figure>
    );
}
