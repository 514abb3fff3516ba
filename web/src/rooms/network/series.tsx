// SPDX-License-Identifier: GPL-3.0-or-later
// A number over the months under the network of its own day, of a chosen day, or both with the break drawn.

import { useEffect, useState } from 'preact/hooks';
import { get, sessionLost, type Failure } from '../../base/api';
import { dayOf, showDay } from '../../base/date';
import { language, showNumber } from '../../base/language';
import { useValue } from '../../base/value';
import { Trouble } from '../../parts/message';
import type { Series, SeriesLine } from './model';
import { useNetworkTexts } from './texts';

interface Measure {
    name: string;
    vi: string;
    en: string;
}
const WIDTH = 820,
    HEIGHT = 260,
    LEFT = 52,
    BOTTOM = 28;

/** Line by line sums of the shown places: what one month had in all. */
function total(lines: SeriesLine[], months: number): (number | null)[] {
    return Array.from({ length: months }, (_, m) => {
        const known = lines.map((l) => l.values[m]).filter((v): v is number => v !== null && v !== undefined);
        return known.length ? known.reduce((a, b) => a + b, 0) : null;
    });
}

function Chart({ series, name, place }: { series: Series; name: string; place: string }) {
    const t = useNetworkTexts();
    const of = (lines: SeriesLine[] | undefined): (number | null)[] | null =>
        lines ? total(place ? lines.filter((l) => l.place === place) : lines, series.months.length) : null;
    const drawn = [
        { key: 'reported', values: of(series.reported) },
        { key: 'today', values: of(series.today) },
    ].filter((d): d is { key: string; values: (number | null)[] } => d.values !== null);
    const top = Math.max(1, ...drawn.flatMap((d) => d.values.map((v) => v ?? 0)));
    const x = (m: number): number => LEFT + ((WIDTH - LEFT - 12) * (m + 0.5)) / series.months.length,
        y = (v: number): number => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 14) * v) / top;
    const line = (values: (number | null)[]): string =>
        values.reduce<string>((path, v, m) => (v === null ? path : `${path}${path && values[m - 1] !== null ? 'L' : 'M'}${x(m).toFixed(1)} ${y(v).toFixed(1)}`), '');
    const breakAt = (day: string): number => {
        const m = series.months.indexOf(day.slice(0, 7));
        return m < 0 ? -1 : x(m) + ((Number(day.slice(8)) - 1) / 31 - 0.5) * ((WIDTH - LEFT - 12) / series.months.length);
    };
    return (
        <figure class="serieschart">
            <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.seriesSay(name)}>
                {[0, 0.5, 1].map((f) => (
                    <g key={f}>
                        <line class="grid" x1={LEFT} x2={WIDTH - 12} y1={y(top * f)} y2={y(top * f)} />
                        <text x={LEFT - 6} y={y(top * f) + 4} text-anchor="end">
                            {showNumber(Math.round(top * f))}
                        </text>
                    </g>
                ))}
                {series.months.map((m, i) =>
                    i % Math.ceil(series.months.length / 12) === 0 ? (
                        <text key={m} x={x(i)} y={HEIGHT - 8} text-anchor="middle">
                            {showDay(m)}
                        </text>
                    ) : null,
                )}
                {series.breaks.map((d) => {
                    const at = breakAt(d);
                    return at < 0 ? null : (
                        <g key={d} class="breakline">
                            <line x1={at} x2={at} y1="4" y2={HEIGHT - BOTTOM} />
                            <title>{t.breakAt(showDay(d))}</title>
                        </g>
                    );
                })}
                {drawn.map((d) => (
                    <path key={d.key} class={`line ${d.key}`} d={line(d.values)} />
                ))}
            </svg>
            <figcaption class="small legend">
                {drawn.map((d) => (
                    <span key={d.key}>
                        <i class={`swatch line ${d.key}`} /> {t.bases[d.key]}
                    </span>
                ))}
                {series.breaks.map((d) => (
                    <span key={d}>
                        <i class="swatch line break" /> {t.breakAt(showDay(d))}
                    </span>
                ))}
            </figcaption>
        </figure>
    );
}

export function SeriesPage() {
    const t = useNetworkTexts();
    const words = useValue(language);
    const [measures, setMeasures] = useState<Measure[]>([]);
    const [measure, setMeasure] = useState('');
    const [basis, setBasis] = useState('both');
    const [level, setLevel] = useState('commune');
    const [place, setPlace] = useState('');
    const [series, setSeries] = useState<Series | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const lost = useValue(sessionLost);
    const today = dayOf(Date.now());
    const [from, setFrom] = useState(`${Number(today.slice(0, 4)) - 2}${today.slice(4, 7)}`);
    useEffect(() => {
        if (lost) return;
        void get<Measure[] | { measures: Measure[] }>('/api/network/measures').then((answer) => {
            if (!answer.ok) return setFailure(answer.failure);
            const list = Array.isArray(answer.body) ? answer.body : answer.body.measures;
            setMeasures(list);
            setMeasure((m) => m || (list[0]?.name ?? ''));
        });
    }, [lost]);
    useEffect(() => {
        if (!measure || lost) return;
        let gone = false;
        const query = new URLSearchParams({ measure, basis, level, from, to: today.slice(0, 7) });
        void get<Series>(`/api/network/series?${query}`).then((answer) => {
            if (gone) return;
            if (!answer.ok) return setFailure(answer.failure);
            setFailure(null);
            setSeries(answer.body);
        });
        return () => {
            gone = true;
        };
    }, [measure, basis, level, from, lost]);
    const shown = measures.find((m) => m.name === measure);
    const name = shown ? shown[words] : '';
    const tables = series ? ([['reported', series.reported], ['today', series.today]] as const).filter(([, lines]) => lines) : [];
    const select = (id: string, label: string, value: string, options: [string, string][], onValue: (v: string) => void) => (
        <div class="field">
            <label for={id}>{label}</label>
            <select id={id} value={value} onChange={(e) => onValue(e.currentTarget.value)}>
                {options.map(([v, text]) => (
                    <option key={v} value={v}>
                        {text}
                    </option>
                ))}
            </select>
        </div>
    );
    const year = Number(today.slice(0, 4));
    return (
        <>
            <p class="muted lead">{t.seriesLead}</p>
            {failure && <Trouble failure={failure} />}
            <div class="fieldrow noprint">
                {select('series-measure', t.measure, measure, measures.map((m) => [m.name, m[words]]), setMeasure)}
                {select('series-basis', t.basis, basis, Object.entries(t.bases), setBasis)}
                {select('series-level', t.unit, level, [['commune', t.byCommune], ['province', t.wholeProvince]], (v) => (setLevel(v), setPlace('')))}
                {select('series-from', t.months, from, [1, 2, 3, 5].map((n) => [`${year - n}${today.slice(4, 7)}`, showDay(`${year - n}${today.slice(4, 7)}`)]), setFrom)}
            </div>
            {series && (
                <section class="card pad" aria-label={name}>
                    <Chart series={series} name={name} place={place} />
                    {tables.map(([key, lines]) => (
                        <details key={key} open={tables.length === 1}>
                            <summary>
                                {t.bases[key]} ({lines!.length})
                            </summary>
                            <div class="wide" tabIndex={0} role="group" aria-label={t.bases[key]!}>
                                <table>
                                    <thead>
                                        <tr>
                                            <th scope="col">{t.commune}</th>
                                            {series.months.map((m) => (
                                                <th key={m} scope="col" class="n">
                                                    {showDay(m)}
                                                </th>
                                            ))}
                                        </tr>
                                    </thead>
                                    <tbody>
                                        {lines!.map((l) => (
                                            <tr key={l.place} class={l.place === place ? 'on' : ''}>
                                                <th scope="row">
                                                    <button type="button" class="link" aria-pressed={l.place === place} onClick={() => setPlace(l.place === place ? '' : l.place)}>
                                                        {l.name}
                                                    </button>
                                                    {l.estimated && <span class="tag plain">{t.estimated}</span>}
                                                </th>
                                                {l.values.map((v, m) => (
                                                    <td key={m} class="n">
                                                        {showNumber(v)}
                                                    </td>
                                                ))}
                                            </tr>
                                        ))}
                                        <tr>
                                            <th scope="row">{t.sum}</th>
                                            {total(lines!, series.months.length).map((v, m) => (
                                                <td key={m} class="n">
                                                    <b>{showNumber(v)}</b>
                                                </td>
                                            ))}
                                        </tr>
                                    </tbody>
                                </table>
                            </div>
                        </details>
                    ))}
                </section>
            )}
        </>
    );
}
