// SPDX-License-Identifier: GPL-3.0-or-later
// Score against travel time over the whole province: the plans that no other beats in both, step by step from the best-scored plan to
// the one of least travel. And where the choice hangs on a weight, as sentences.

import { language, showNumber, useTextsOf } from '../../base/language';
import { shortName } from '../../parts/map';
import type { Choice, Commune, Criterion } from './model';
import { sitingTexts } from './texts';

const WIDTH = 460,
    HEIGHT = 230,
    LEFT = 40,
    BOTTOM = 34,
    TOP = 12,
    RIGHT = 14;

/** Round steps over a range: about `count` of them. */
function ticks(low: number, high: number, count: number): number[] {
    const raw = (high - low) / count || 1,
        unit = 10 ** Math.floor(Math.log10(raw)),
        step = unit * ([1, 2, 5, 10].find((n) => n * unit >= raw) ?? 10);
    const found: number[] = [];
    for (let x = Math.ceil(low / step) * step; x <= high + 1e-9; x += step) found.push(x);
    return found;
}

export const siteOf = (c: Commune | undefined, code: string | null): string => c?.sites.find((s) => s.code === code)?.name.replace(/^Trạm Y tế /, '') ?? '–';

export function Trade({ data }: { data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const steps = data.steps;
    if (steps.length < 2)
        return (
            <section class="card pad trade" aria-labelledby="trade-title">
                <h2 id="trade-title">{t.trade.title}</h2>
                <p class="small">{t.trade.none}</p>
            </section>
        );
    const minutes = steps.map((s) => s.minutes),
        scores = steps.map((s) => s.score);
    const pad = (low: number, high: number): [number, number] => [low - (high - low || 1) * 0.12, high + (high - low || 1) * 0.12];
    const [west, east] = pad(Math.min(...minutes), Math.max(...minutes)),
        [low, high] = pad(Math.min(...scores), Math.max(...scores));
    const x = (m: number): number => LEFT + ((m - west) / (east - west)) * (WIDTH - LEFT - RIGHT),
        y = (s: number): number => TOP + ((high - s) / (high - low)) * (HEIGHT - TOP - BOTTOM);
    const commune = (code: string | null): Commune | undefined => data.communes.find((c) => c.code === code);
    return (
        <section class="card pad trade" aria-labelledby="trade-title">
            <h2 id="trade-title">{t.trade.title}</h2>
            <p class="small muted">{t.trade.lead}</p>
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.trade.say(steps.length)}>
                {ticks(west, east, 5).map((m) => (
                    <g key={m}>
                        <line class="grid" x1={x(m)} x2={x(m)} y1={TOP} y2={HEIGHT - BOTTOM} />
                        <text x={x(m)} y={HEIGHT - BOTTOM + 14} text-anchor="middle">
                            {showNumber(m, 1)}
                        </text>
                    </g>
                ))}
                {ticks(low, high, 4).map((s) => (
                    <g key={s}>
                        <line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(s)} y2={y(s)} />
                        <text x={LEFT - 6} y={y(s) + 4} text-anchor="end">
                            {showNumber(s, 1)}
                        </text>
                    </g>
                ))}
                <text x={WIDTH - RIGHT} y={HEIGHT - 4} text-anchor="end">
                    {t.trade.minutes}
                </text>
                <text x={4} y={10}>
                    {t.trade.score}
                </text>
                <polyline points={steps.map((s) => `${x(s.minutes)},${y(s.score)}`).join(' ')} />
                {steps.map((s, n) => (
                    <circle key={n} class={n ? '' : 'start'} cx={x(s.minutes)} cy={y(s.score)} r={n ? 3.5 : 5}>
                        <title>{n ? `${commune(s.commune)?.name}: ${siteOf(commune(s.commune), s.site)}` : t.trade.start}</title>
                    </circle>
                ))}
            </svg>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="trade-title">
                <table class="steps small">
                    <thead>
                        <tr>
                            <th scope="col">{t.trade.change}</th>
                            <th scope="col" class="n">
                                {t.trade.less}
                            </th>
                            <th scope="col" class="n">
                                {t.trade.lost}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {steps.slice(1).map((s, n) => (
                            <tr key={s.commune}>
                                <th scope="row">
                                    {shortName(commune(s.commune)?.name ?? '')} → {siteOf(commune(s.commune), s.site)}
                                </th>
                                <td class="n">{showNumber(steps[n]!.minutes - s.minutes, 2)}</td>
                                <td class="n">{showNumber(steps[n]!.score - s.score, 2)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}

/** "Chooses X if transport weighs under 18 % (now 33 %)": one sentence a threshold, the nearest first. */
export function turnsOf(c: Commune, data: Choice, t: { turn: (site: string, criterion: string, under: boolean, at: string, now: string) => string }): string[] {
    const found: { distance: number; text: string }[] = [];
    for (const k of data.criteria) {
        const turn = c.turns[k.code as Criterion];
        if (!turn) continue;
        for (const under of [true, false]) {
            const to = under ? turn.below : turn.above,
                at = under ? turn.low : turn.high;
            if (to === null) continue;
            found.push({
                distance: Math.abs(turn.share - at),
                text: t.turn(siteOf(c, to), k[language.get()], under, showNumber(100 * at), showNumber(100 * turn.share)),
            });
        }
    }
    return found.sort((a, b) => a.distance - b.distance).map((f) => f.text);
}
