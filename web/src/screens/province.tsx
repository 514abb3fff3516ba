// SPDX-License-Identifier: GPL-3.0-or-later
// The province on one page: tiles, map, communes. It keeps itself fresh: server-sent events, else a poll every 30 s.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, sessionLost, type Failure } from '../base/api';
import { clockOf, showDay } from '../base/date';
import { useTopic } from '../base/events';
import { language, showNumber, useTexts } from '../base/language';
import type { CommuneCount, Province } from '../base/model';
import { paths } from '../base/router';
import { useValue } from '../base/value';
import { Icon } from '../parts/icon';
import { ProvinceMap, shareClass, shortName } from '../parts/map';
import { Trouble } from '../parts/message';
import { MyChanges } from '../parts/my-changes';
import { Spark } from '../parts/spark';

interface ChildCounts {
    length: number;
    stunted: number;
    stuntedPercent: number | null;
}
type Column = 'name' | 'enrolled' | 'controlledPercent' | 'visitsToday' | 'visitsThisMonth' | 'points';

function sorted(communes: CommuneCount[], by: Column, up: boolean): CommuneCount[] {
    const sign = up ? 1 : -1;
    return [...communes].sort((a, b) => {
        if (by === 'name') return sign * shortName(a.name).localeCompare(shortName(b.name), 'vi');
        const x = a[by],
            y = b[by];
        if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1; // nobody counted: always last
        return sign * (x - y) || shortName(a.name).localeCompare(shortName(b.name), 'vi');
    });
}

function Tile({
    id,
    label,
    shown,
    unit,
    note,
    more,
    months,
    to,
}: {
    id: string;
    label: string;
    shown: string;
    unit?: string;
    note: string;
    more?: string | null;
    months?: (number | null)[];
    to?: string; // the places and people behind the number
}) {
    const value = (
        <span class="v" id={`tile-${id}`}>
            {shown}
        </span>
    );
    return (
        <div class={more ? 'card tile fresh' : 'card tile'}>
            <dt>{label}</dt>
            <dd>
                {to ? (
                    <a class="behind" href={to}>
                        {value}
                        <span class="hidden"> {label}</span>
                    </a>
                ) : (
                    value
                )}
                {unit && <span class="u"> {unit}</span>}
                {more && <span class="plus">{more}</span>}
                <span class="note">{note}</span>
            </dd>
            {months && <Spark values={months} />}
        </div>
    );
}

export function ProvincePage() {
    const t = useTexts();
    const [data, setData] = useState<Province | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [at, setAt] = useState(0);
    const [round, setRound] = useState(0);
    const [by, setBy] = useState<Column>('controlledPercent');
    const [up, setUp] = useState(true);
    const [picked, setPicked] = useState<string | null>(null);
    const [more, setMore] = useState(0); // visits that came since the page was opened, for a moment
    const today = useRef<{ day: string; visits: number } | null>(null);
    const live = useTopic('province', () => setRound((n) => n + 1));

    const [children, setChildren] = useState<ChildCounts | null>(null);

    const lost = useValue(sessionLost);

    useEffect(() => {
        if (lost) return;
        void get<{ counts: ChildCounts }>('/api/children').then((a) => a.ok && setChildren(a.body.counts));
    }, [round, lost]);
    useEffect(() => {
        if (lost) return; // asked again after signing in again
        const stop = new AbortController();
        void get<Province>('/api/province', stop.signal).then((answer) => {
            if (stop.signal.aborted) return;
            if (!answer.ok) return setFailure(answer.failure);
            const { asOf, tiles } = answer.body,
                before = today.current;
            if (before && before.day === asOf && tiles.visitsToday > before.visits)
                setMore(tiles.visitsToday - before.visits);
            today.current = { day: asOf, visits: tiles.visitsToday };
            setFailure(null);
            setData(answer.body);
            setAt(Date.now());
        });
        return () => stop.abort();
    }, [round, lost]);
    useEffect(() => {
        if (!more) return;
        const timer = window.setTimeout(() => setMore(0), 8000);
        return () => clearTimeout(timer);
    }, [more, at]);
    useEffect(() => void (document.title = `${t.province} · ${t.programme}`), [t]);
    useEffect(() => {
        const keys = (e: KeyboardEvent): void => {
            if (e.key === 'F9' && !e.defaultPrevented) {
                e.preventDefault();
                window.print();
            }
        };
        window.addEventListener('keydown', keys);
        return () => window.removeEventListener('keydown', keys);
    }, []);

    if (!data)
        return (
            <main id="main" class="page">
                <h1 class="hidden">{t.province}</h1>
                {failure ? (
                    <Trouble
                        failure={failure}
                        again={() => {
                            setFailure(null);
                            setRound(round + 1);
                        }}
                    />
                ) : (
                    <p class="muted" role="status">
                        {t.loading}
                    </p>
                )}
            </main>
        );

    const { tiles, communes, months } = data;
    const thisMonth = months[months.length - 1];
    const stations = data.sites.filter((s) => s.kind === 'station').length,
        points = data.sites.filter((s) => s.kind === 'point').length;
    const rows = sorted(communes, by, up);
    const heading = (column: Column, label: string, numeric = true) => (
        <th
            scope="col"
            class={numeric ? 'n' : ''}
            aria-sort={by === column ? (up ? 'ascending' : 'descending') : undefined}
        >
            <button
                type="button"
                class="sort"
                title={t.sortBy(label)}
                onClick={() => {
                    setUp(by === column ? !up : column === 'name' || column === 'controlledPercent');
                    setBy(column);
                }}
            >
                {label}
                {by === column && <Icon name={up ? 'up' : 'down'} />}
            </button>
        </th>
    );
    const pick = (id: string | null, show: boolean): void => {
        setPicked(id);
        if (show && id) document.getElementById(`row-${id}`)?.scrollIntoView({ block: 'nearest' });
    };
    return (
        <main id="main" class="page province">
            <div class="pagehead">
                <h1>
                    {data.province.name.replace(/^Tỉnh /, '') || t.province} <span class="about">{t.province}</span>
                </h1>
                <span class={live ? 'fresh live' : 'fresh'} id="updated">
                    <span class="dot" aria-hidden="true" />
                    {t.updated(clockOf(at))}
                    <span class="muted small noprint"> · {live ? t.live : t.polled}</span>
                </span>
                <button type="button" class="btn noprint" aria-keyshortcuts="F9" onClick={() => window.print()}>
                    <Icon name="print" />
                    {t.print} <kbd aria-hidden="true">F9</kbd>
                </button>
                <a class="btn noprint" href="/api/province?format=xlsx" download>
                    {t.excel}
                </a>
            </div>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            <p class="hidden" role="status">
                {more ? `${t.tile.today}: ${tiles.visitsToday}, ${t.plus(more)}` : ''}
            </p>
            <MyChanges />
            <dl class="tiles">
                <Tile
                    id="controlled"
                    label={t.tile.controlled}
                    shown={showNumber(tiles.controlledPercent, 1)}
                    unit="%"
                    note={t.tileControlled(showNumber(tiles.controlled), showNumber(tiles.counted))}
                    months={months.map((m) => m.controlledPercent)}
                    to={paths.room('programmes', 'hypertension')}
                />
                <Tile
                    id="today"
                    label={t.tile.today}
                    shown={showNumber(tiles.visitsToday)}
                    note={t.tileToday(showDay(data.asOf))}
                    more={more ? t.plus(more) : null}
                />
                <Tile
                    id="month"
                    label={t.tile.month}
                    shown={showNumber(tiles.visitsThisMonth)}
                    note={t.tilePersons(showNumber(tiles.personsThisMonth))}
                    months={months.map((m) => m.visits)}
                />
                <Tile
                    id="enrolled"
                    label={t.tile.enrolled}
                    shown={showNumber(tiles.enrolled)}
                    note={t.tileEnrolled(showNumber(tiles.residents))}
                    to={paths.room('programmes', 'hypertension')}
                />
                <Tile
                    id="missed"
                    label={t.tile.missed}
                    shown={showNumber(tiles.missed)}
                    note={tiles.counted ? t.tileMissed(showNumber((100 * tiles.missed) / tiles.counted, 1)) : '–'}
                    to={paths.room('programmes', 'hypertension')}
                />
                <Tile
                    id="lost"
                    label={t.tile.lost}
                    shown={showNumber(tiles.lost)}
                    note={t.tileLost}
                    to={paths.room('programmes', 'hypertension')}
                />
                {children && (
                    <Tile
                        id="stunted"
                        label={t.tile.stunted}
                        shown={showNumber(children.stuntedPercent, 1)}
                        unit="%"
                        note={t.tileStunted(showNumber(children.stunted), showNumber(children.length))}
                        to={paths.room('programmes', 'growth')}
                    />
                )}
            </dl>
            <div class="two">
                <section class="card pad mapcard" aria-labelledby="map-title">
                    <div class="sheethead">
                        <h2 id="map-title">{t.networkTitle}</h2>
                        <span class="small muted">{t.networkLine(communes.length, stations, points)}</span>
                    </div>
                    <ProvinceMap data={data} picked={picked} onPick={pick} />
                    {data.sites.some((s) => s.assumed) && <p class="small muted">{t.assumed}</p>}
                </section>
                <section class="card pad communescard" aria-labelledby="communes-title">
                    <div class="sheethead">
                        <h2 id="communes-title">{t.tableTitle}</h2>
                        <span class="small muted">{t.countedBy}</span>
                    </div>
                    <div class="wide">
                        <table class="communes" lang={language.get()}>
                            <thead>
                                <tr>
                                    {heading('name', t.commune, false)}
                                    {heading('enrolled', t.colEnrolled)}
                                    {heading('controlledPercent', t.colControlled)}
                                    {heading('visitsToday', t.colToday)}
                                    {heading('visitsThisMonth', t.colMonth)}
                                    {heading('points', t.colPoints)}
                                </tr>
                            </thead>
                            <tbody>
                                {rows.map((c) => (
                                    <tr
                                        key={c.id}
                                        id={`row-${c.id}`}
                                        class={c.id === picked ? 'on' : ''}
                                        onPointerEnter={() => pick(c.id, false)}
                                    >
                                        <th scope="row">{shortName(c.name)}</th>
                                        <td class="n">
                                            <a href={paths.room('programmes', 'hypertension', c.id)}>
                                                {showNumber(c.enrolled)}
                                                <span class="hidden"> {shortName(c.name)}</span>
                                            </a>
                                        </td>
                                        <td class="n">
                                            <span class={`share ${shareClass(c.controlledPercent)}`}>
                                                {showNumber(c.controlledPercent, 1)}
                                                {c.controlledPercent === null ? '' : ' %'}
                                            </span>
                                        </td>
                                        <td class="n">{showNumber(c.visitsToday)}</td>
                                        <td class="n">{showNumber(c.visitsThisMonth)}</td>
                                        <td class="n">{showNumber(c.points)}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
                <section class="card pad monthscard" aria-labelledby="months-title">
                    <h2 id="months-title">{t.monthsTitle}</h2>
                    <p class="small muted">{t.monthsSay(showNumber(thisMonth?.controlledPercent ?? null, 1))}</p>
                    <div class="wide">
                        <table class="months">
                            <thead>
                                <tr>
                                    <th scope="col">{t.month}</th>
                                    <th scope="col" class="n">
                                        {t.colVisits}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.colPersons}
                                    </th>
                                    <th scope="col" class="n">
                                        &lt; 140/90
                                    </th>
                                </tr>
                            </thead>
                            <tbody>
                                {[...months].reverse().map((m) => (
                                    <tr key={m.month}>
                                        <th scope="row">{showDay(m.month)}</th>
                                        <td class="n">{showNumber(m.visits)}</td>
                                        <td class="n">{showNumber(m.persons)}</td>
                                        <td class="n">
                                            {showNumber(m.controlledPercent, 1)}
                                            {m.controlledPercent === null ? '' : ' %'}
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
            </div>
        </main>
    );
}
