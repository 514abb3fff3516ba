// SPDX-License-Identifier: GPL-3.0-or-later
// A programme in one place: #/programmes/CODE/PLACE. Each number leads to the places below it and to the people behind it (for those
// who may see names).

import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { get, session, sessionLost, type Failure } from '../../base/api';
import { useClock } from '../../base/clock';
import { showDay } from '../../base/date';
import { useTopic } from '../../base/events';
import { showNumber, useTexts, useTextsOf } from '../../base/language';
import { go, paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Trouble } from '../../parts/message';
import { Spark } from '../../parts/spark';
import type { PageProps } from '../../rooms';
import type { ChildrenAnswer, Cohort, Counts, PlaceName, ProgrammeAnswer } from './model';
import { texts, type ListTexts } from './texts';

const CODES = ['hypertension', 'diabetes', 'growth'];
const percent = (n: number | null): string => (n === null ? '–' : `${showNumber(n, 1)} %`);

/** A number; a link to the people behind it for those who may see them. */
function People({ n, to, what, place, w }: { n: number; to: string; what: string; place: string; w: ListTexts }) {
    if (!n || !session.get()?.persons) return <>{showNumber(n)}</>;
    return (
        <a href={to} aria-label={`${showNumber(n)} ${w.see(what, place)}`}>
            {showNumber(n)}
        </a>
    );
}

function Tile({ label, value, note, months, id }: { label: string; value: ComponentChildren; note?: string; months?: (number | null)[]; id: string }) {
    return (
        <div class="card tile">
            <dt>{label}</dt>
            <dd>
                <span class="v" id={`p-${id}`}>
                    {value}
                </span>
                {note && <span class="note">{note}</span>}
            </dd>
            {months && <Spark values={months} />}
        </div>
    );
}

function Cohorts({ title, rows, w, months }: { title: string; rows: Cohort[]; w: ListTexts; months: boolean }) {
    const words = [w.controlled, w.uncontrolled, w.unmeasured, w.missed];
    return (
        <section class="card pad cohorts" aria-label={title}>
            <h2>{title}</h2>
            <div class="wide" tabIndex={0}>
                <table class="partsof">
                    <thead>
                        <tr>
                            <th scope="col">{w.month}</th>
                            <th scope="col" class="n">
                                {w.registered}
                            </th>
                            {words.map((x) => (
                                <th scope="col" class="n" key={x}>
                                    {x}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map((c) => (
                            <tr key={c.of}>
                                <th scope="row">{months ? showDay(c.of) : c.of}</th>
                                <td class="n">{showNumber(c.registered)}</td>
                                {c.shares.map((s, i) => (
                                    <td class="n" key={i}>
                                        {c.registered ? `${s} %` : '–'}
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}

function Crumbs({ code, way, place }: { code: string; way: PlaceName[]; place: PlaceName | null }) {
    return (
        <nav class="crumbs" aria-label={place?.name ?? ''}>
            {way.map((p) => (
                <a key={p.id} href={paths.room('programmes', code, p.id)}>
                    {p.name} ›
                </a>
            ))}
            {place && <b>{place.name}</b>}
        </nav>
    );
}

function Chronic({ a, w }: { a: ProgrammeAnswer; w: ListTexts }) {
    const t = useTexts(),
        { day } = useClock();
    const c = a.counts,
        here = a.place?.name ?? '';
    const list = (code: string, place: string, state = ''): string => paths.room('lists', code, a.code, place, state);
    const placeId = a.place?.kind === 'province' ? '' : (a.place?.id ?? '');
    const cell = (x: Counts, p: PlaceName | null, key: keyof Counts & ('registered' | 'controlled' | 'uncontrolled' | 'missed' | 'lost' | 'overdue')) => {
        const id = p ? p.id : placeId,
            name = p ? p.name : here;
        if (key === 'overdue' && !day) return <span title={t.clockUnknown}>–</span>;
        const word = { registered: w.registered, controlled: w.controlled, uncontrolled: w.uncontrolled, missed: w.missed, lost: w.lostTile, overdue: w.overdueTile }[key];
        const to =
            key === 'overdue' ? list('overdue', id) : key === 'registered' ? list('members', id) : key === 'lost' ? list('lost', id) : list('members', id, key);
        return <People n={x[key]} to={to} what={word} place={name} w={w} />;
    };
    return (
        <>
            <p class="small muted">{w.twoWords}</p>
            <dl class="tiles">
                <Tile id="controlled" label={w.controlled} value={percent(c.controlledPercent)} note={w.ofCounted(showNumber(c.controlled), showNumber(c.counted))} months={a.months.map((m) => m.controlledPercent)} />
                <Tile id="target" label={w.atTarget} value={percent(c.atTargetPercent)} note={w.ofCounted(showNumber(c.atTarget), showNumber(c.counted))} months={a.months.map((m) => m.atTargetPercent)} />
                <Tile id="registered" label={w.registered} value={cell(c, null, 'registered')} note={`${showNumber(c.underCare)} ${w.underCare}`} />
                <Tile id="overdue" label={w.overdueTile} value={cell(c, null, 'overdue')} note={w.calledOf(showNumber(c.called))} />
                <Tile id="missed" label={w.missed} value={cell(c, null, 'missed')} note={`${c.shares[3]} %`} />
                <Tile id="lost" label={w.lostTile} value={cell(c, null, 'lost')} note={w.lostOf(showNumber(c.lostPercent, 1))} />
            </dl>
            {a.parts.length > 0 && (
                <section class="card pad" aria-labelledby="parts-title">
                    <h2 id="parts-title">{w.parts}</h2>
                    <div class="wide">
                        <table class="partsof">
                            <thead>
                                <tr>
                                    <th scope="col">{w.place}</th>
                                    {[w.registered, w.controlled, '%', w.atTarget, w.uncontrolled, w.missed, w.lostTile, w.overdueTile].map((x) => (
                                        <th scope="col" class="n" key={x}>
                                            {x}
                                        </th>
                                    ))}
                                </tr>
                            </thead>
                            <tbody>
                                {a.parts.map((p) => (
                                    <tr key={p.id}>
                                        <th scope="row">
                                            {p.kind === 'hamlet' ? p.name : <a href={paths.room('programmes', a.code, p.id)}>{p.name}</a>}
                                            {p.site && <span class="small muted"> {p.site}</span>}
                                        </th>
                                        <td class="n">{cell(p, p, 'registered')}</td>
                                        <td class="n">{cell(p, p, 'controlled')}</td>
                                        <td class="n">{percent(p.controlledPercent)}</td>
                                        <td class="n">{percent(p.atTargetPercent)}</td>
                                        <td class="n">{cell(p, p, 'uncontrolled')}</td>
                                        <td class="n">{cell(p, p, 'missed')}</td>
                                        <td class="n">{cell(p, p, 'lost')}</td>
                                        <td class="n">{cell(p, p, 'overdue')}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
            )}
            <section class="card pad" aria-labelledby="trend-title">
                <h2 id="trend-title">{w.trend}</h2>
                <div class="wide" tabIndex={0}>
                    <table class="partsof">
                        <thead>
                            <tr>
                                {[w.month, w.counted, w.controlled, w.atTarget, w.missed].map((x, i) => (
                                    <th scope="col" class={i ? 'n' : ''} key={x}>
                                        {x}
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {[...a.months].reverse().map((m) => (
                                <tr key={m.month}>
                                    <th scope="row">{showDay(m.month)}</th>
                                    <td class="n">{showNumber(m.counted)}</td>
                                    <td class="n">{percent(m.controlledPercent)}</td>
                                    <td class="n">{percent(m.atTargetPercent)}</td>
                                    <td class="n">{showNumber(m.missed)}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            </section>
            <p class="small muted">{w.cohortSay}</p>
            <Cohorts title={w.cohorts} rows={a.cohorts} w={w} months />
            <Cohorts title={w.quarters} rows={a.quarters} w={w} months={false} />
        </>
    );
}

function Children({ a, w }: { a: ChildrenAnswer; w: ListTexts }) {
    const t = useTexts(),
        { day } = useClock();
    const c = a.counts,
        here = a.place?.kind === 'province' ? '' : (a.place?.id ?? '');
    const list = (code: string, place: string): string => paths.room('lists', code, '', place, '');
    const due = (n: number, at: string, name: string) =>
        day ? <People n={n} to={list('child-due', at)} what={w.dueTile} place={name} w={w} /> : <span title={t.clockUnknown}>–</span>;
    return (
        <>
            <dl class="tiles">
                <Tile id="stunted" label={w.stunted} value={percent(c.stuntedPercent)} note={`${w.ofCounted(showNumber(c.stunted), showNumber(c.length))} · ${w.severely(showNumber(c.severelyStunted))}`} />
                <Tile id="underweight" label={w.underweight} value={percent(c.underweightPercent)} />
                <Tile id="wasted" label={w.wasted} value={percent(c.wastedPercent)} />
                <Tile id="overweight" label={w.overweight} value={percent(c.overweightPercent)} />
                <Tile id="children" label={w.children} value={showNumber(c.children)} note={`${showNumber(c.measured)} · ${w.measuredTile.toLowerCase()}`} />
                <Tile id="due" label={w.dueTile} value={due(c.due, here, a.place?.name ?? '')} />
            </dl>
            {a.parts.length > 0 && (
                <section class="card pad" aria-labelledby="parts-title">
                    <h2 id="parts-title">{w.parts}</h2>
                    <div class="wide">
                        <table class="partsof">
                            <thead>
                                <tr>
                                    {[w.place, w.children, w.measuredTile, w.stunted, '%', w.underweight, w.wasted, w.dueTile].map((x, i) => (
                                        <th scope="col" class={i ? 'n' : ''} key={x}>
                                            {x}
                                        </th>
                                    ))}
                                </tr>
                            </thead>
                            <tbody>
                                {a.parts.map((p) => (
                                    <tr key={p.id}>
                                        <th scope="row">
                                            {p.kind === 'hamlet' ? p.name : <a href={paths.room('programmes', 'growth', p.id)}>{p.name}</a>}
                                            {p.site && <span class="small muted"> {p.site}</span>}
                                        </th>
                                        <td class="n">{showNumber(p.children)}</td>
                                        <td class="n">{showNumber(p.measured)}</td>
                                        <td class="n">
                                            <People n={p.stunted} to={list('child-signs', p.id)} what={w.stunted} place={p.name} w={w} />
                                        </td>
                                        <td class="n">{percent(p.stuntedPercent)}</td>
                                        <td class="n">{percent(p.underweightPercent)}</td>
                                        <td class="n">{percent(p.wastedPercent)}</td>
                                        <td class="n">
                                            {due(p.due, p.id, p.name)}
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
            )}
        </>
    );
}

export default function ProgrammePage({ rest }: PageProps) {
    const t = useTexts(),
        w = useTextsOf(texts);
    const code = CODES.includes(rest[0] ?? '') ? rest[0]! : 'hypertension',
        place = rest[1] ?? '';
    const [answer, setAnswer] = useState<ProgrammeAnswer | ChildrenAnswer | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [basis, setBasis] = useState('days');
    const [round, setRound] = useState(0);
    const { typed, day } = useClock(),
        lost = useValue(sessionLost);
    useTopic('province', () => setRound((n) => n + 1));
    useEffect(() => void (document.title = `${w.programmes[code]} · ${t.programme}`), [code, w]);
    useEffect(() => {
        if (lost) return;
        const stop = new AbortController();
        const q = new URLSearchParams();
        if (place) q.set('place', place);
        if (typed && day) q.set('at', day);
        if (code !== 'growth') q.set('basis', basis);
        void get<ProgrammeAnswer>(`/api/${code === 'growth' ? 'children' : `programmes/${code}`}?${q}`, stop.signal).then((a) => {
            if (stop.signal.aborted) return;
            if (!a.ok) return setFailure(a.failure);
            setFailure(null);
            setAnswer(a.body);
        });
        return () => stop.abort();
    }, [code, place, basis, typed, day, round, lost]);
    const matches = answer && (code === 'growth') === !('months' in answer) && (code === 'growth' || (answer as ProgrammeAnswer).code === code);
    return (
        <>
            <div class="pagehead">
                <h1>
                    {w.programmes[code]} <span class="about">{answer?.place?.name}</span>
                </h1>
                {answer && <span class="muted small">{w.asOf(showDay(answer.asOf))}</span>}
            </div>
            <div class="filters noprint">
                <div class="field">
                    <label for="programme">{w.programme}</label>
                    <select id="programme" value={code} onChange={(e) => go(paths.room('programmes', e.currentTarget.value, ...(place ? [place] : [])))}>
                        {CODES.map((c) => (
                            <option key={c} value={c}>
                                {w.programmes[c]}
                            </option>
                        ))}
                    </select>
                </div>
                {code !== 'growth' && (
                    <div class="field">
                        <label for="basis">{w.basis}</label>
                        <select id="basis" value={basis} onChange={(e) => setBasis(e.currentTarget.value)}>
                            <option value="days">{w.days}</option>
                            <option value="months">{w.monthsBasis}</option>
                        </select>
                    </div>
                )}
            </div>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {answer && <Crumbs code={code} way={answer.way} place={answer.place} />}
            {matches && !session.get()?.persons && <p class="small muted">{w.onlyNumbers}</p>}
            {matches ? (
                code === 'growth' ? (
                    <Children a={answer as ChildrenAnswer} w={w} />
                ) : (
                    <Chronic a={answer as ProgrammeAnswer} w={w} />
                )
            ) : (
                !failure && (
                    <p class="muted" role="status">
                        {t.loading}
                    </p>
                )
            )}
        </>
    );
}
