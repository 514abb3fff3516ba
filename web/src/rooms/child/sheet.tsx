// SPDX-License-Identifier: GPL-3.0-or-later
// The child sheet: weight, length or height, head, arm. Nothing is prefilled. z-scores and their words come while typing; the chart
// stands beside. What is typed is kept as a draft.

import { useEffect, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { now } from '../../base/clock';
import { instantOf, showDay } from '../../base/date';
import { showNumber, useTexts, useTextsOf } from '../../base/language';
import type { Person } from '../../base/model';
import type { Draft } from '../../base/outbox';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { SheetFoot, useSheet, type Finish } from '../../parts/sheet';
import { Tag } from '../../parts/tag';
import type { SheetProps } from '../../rooms';
import { bundle, newId, UCUM, type Resource, type Transaction } from '../../rules/visit';
import { GrowthChart } from './chart';
import { texts, type ChildTexts } from './texts';

const SHEET = 'child';
const FIELDS = ['weight', 'length', 'head', 'arm'] as const;
type Field = (typeof FIELDS)[number];
const LIMITS: Record<Field, [number, number]> = { weight: [0.5, 40], length: [30, 130], head: [20, 65], arm: [5, 35] };
const UNITS: Record<Field, string> = { weight: 'kg', length: 'cm', head: 'cm', arm: 'cm' };

interface Scores {
    standingTooYoung: boolean;
    scores: Record<string, { z: number; flagged: boolean } | null>;
    signs: string[];
}
interface Measure extends Scores {
    day: string;
    ageDays: number;
    weight: number | null;
    length: number | null;
}
interface Growth {
    id: string;
    today: string;
    sex: string | null;
    ageDays: number | null;
    underFive: boolean;
    measures: Measure[];
    nextAfterToday: string | null;
    station: string | null;
}
interface Typed extends Draft {
    values: Record<Field, string>;
    position: 'lying' | 'standing';
    oedema: boolean;
    ids: Record<Field | 'encounter' | 'oedema', string>;
}

/** A decimal with comma or point, or NaN. */
const read = (text: string): number => (/^\d{1,3}([.,]\d{1,3})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : NaN);

function wrongOf(field: Field, text: string, w: ChildTexts): string | null {
    if (!text.trim()) return null;
    const n = read(text),
        [least, most] = LIMITS[field];
    if (Number.isNaN(n)) return w.wrongNumber;
    return n < least || n > most ? w.range(showNumber(least, 1), showNumber(most, 0)) : null;
}

const NAMES: Record<Field, string> = { weight: 'Cân nặng', length: 'Chiều dài nằm', head: 'Vòng đầu', arm: 'Vòng cánh tay' };
const CODES: Record<Field, string> = { weight: '29463-7', length: '8306-3', head: '9843-4', arm: '56072-2' };

function bundleOf(v: Typed, station: string | null, now: number): Transaction {
    const subject = { reference: `Patient/${v.person}` },
        encounter = { reference: `Encounter/${v.ids.encounter}` },
        actor = session.get()?.actor ?? '';
    const at = instantOf(now);
    const observation = (id: string, code: unknown, value: object): Resource => ({
        resourceType: 'Observation', id, status: 'final', code, subject, encounter, effectiveDateTime: at, ...value,
    });
    const made: Resource[] = [
        {
            resourceType: 'Encounter', id: v.ids.encounter, status: 'finished',
            class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
            subject,
            ...(actor.startsWith('Practitioner/') && { participant: [{ individual: { reference: actor } }] }),
            period: { start: instantOf(Math.min(v.started, now)), end: at },
            ...(station && { serviceProvider: { reference: `Organization/${station}` } }),
        },
    ];
    for (const f of FIELDS) {
        if (!v.values[f].trim()) continue;
        const standing = f === 'length' && v.position === 'standing';
        const code = standing ? '8308-9' : CODES[f];
        made.push(
            observation(v.ids[f], { coding: [{ system: 'http://loinc.org', code }], text: standing ? 'Chiều cao đứng' : NAMES[f] }, {
                valueQuantity: { value: read(v.values[f]), unit: UNITS[f], system: UCUM, code: UNITS[f] },
            }),
        );
    }
    if (v.oedema) made.push(observation(v.ids.oedema, { coding: [{ system: 'urn:tram:measure', code: 'oedema' }], text: 'Phù hai bàn chân' }, { valueBoolean: true }));
    return bundle(made);
}

function Verdict({ scores, w }: { scores: Scores; w: ChildTexts }) {
    const known = Object.entries(scores.scores).filter(([k, s]) => s && w.scores[k]);
    if (!known.length) return null;
    const flagged = known.some(([, s]) => s!.flagged);
    return (
        <div class="growthverdict">
            <div class="signs">
                {scores.signs.map((s) => (
                    <Tag key={s} tone={s.startsWith('severely') || s === 'obese' ? 'bad' : 'due'} icon="warn">
                        {w.signs[s]}
                    </Tag>
                ))}
                {flagged && (
                    <Tag tone="bad" icon="stop">
                        {w.flagged}
                    </Tag>
                )}
                {!scores.signs.length && !flagged && (
                    <Tag tone="ok" icon="check">
                        {w.fine}
                    </Tag>
                )}
            </div>
            <dl class="zs">
                {known.map(([k, s]) => (
                    <div key={k}>
                        <dt>{w.scores[k]}</dt>
                        <dd>
                            {showNumber(s!.z, 2)} <span class="small muted">{w.z}</span>
                        </dd>
                    </div>
                ))}
            </dl>
        </div>
    );
}

const blank = (person: Person): Typed => ({
    person: person.id, name: person.name, started: now(),
    values: { weight: '', length: '', head: '', arm: '' }, position: 'lying', oedema: false,
    ids: { encounter: newId(), weight: newId(), length: newId(), head: newId(), arm: newId(), oedema: newId() },
});

export default function ChildSheet(props: SheetProps) {
    const { person } = props;
    const t = useTexts(),
        w = useTextsOf(texts);
    const [growth, setGrowth] = useState<Growth | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [scores, setScores] = useState<Scores | null>(null);
    const [left, setLeft] = useState<Partial<Record<Field, boolean>>>({});
    const [shown, setShown] = useState<'length' | 'weight' | 'weightForLength'>('length');
    const finish = (v: Typed): Finish => {
        const bad = FIELDS.find((f) => wrongOf(f, v.values[f], w));
        if (bad || !growth || (!v.values.weight.trim() && !v.values.length.trim())) return { wrong: bad ?? 'weight' };
        const summary = (
            <>
                <b>{w.saved(v.values.weight.trim(), v.values.length.trim())}</b> {scores?.signs.map((s) => w.signs[s]).join(', ')}
                {growth.nextAfterToday && ` · ${w.next.toLowerCase()} ${showDay(growth.nextAfterToday)}`}
            </>
        );
        return { bundle: bundleOf(v, growth.station, now()), summary, print: 'page' };
    };
    const sheet = useSheet<Typed>(SHEET, props, () => blank(person), finish);
    const { draft: typed, change, tried } = sheet;

    useEffect(() => {
        const stop = new AbortController();
        void get<Growth>(`/api/persons/${encodeURIComponent(person.id)}/growth`, stop.signal).then((a) => {
            if (stop.signal.aborted) return;
            if (!a.ok) return setFailure(a.failure);
            setGrowth(a.body);
            if (!sheet.found) sheet.begin({ position: (a.body.ageDays ?? 0) < 731 ? 'lying' : 'standing' });
            setTimeout(() => document.getElementById('weight')?.focus());
        });
        return () => stop.abort();
    }, [person.id]);

    const wrong = (f: Field): string | null => wrongOf(f, typed.values[f], w);
    const query = new URLSearchParams();
    if (growth?.sex === 'male' || growth?.sex === 'female') query.set('sex', growth.sex);
    if (growth?.ageDays != null) query.set('age', String(growth.ageDays));
    for (const f of FIELDS) if (typed.values[f].trim() && !wrong(f)) query.set(f, String(read(typed.values[f])));
    query.set('position', typed.position);
    if (typed.oedema) query.set('oedema', 'true');
    const asked = growth?.underFive && FIELDS.some((f) => query.has(f)) ? query.toString() : '';
    useEffect(() => {
        if (!asked) return setScores(null);
        const stop = new AbortController();
        const timer = window.setTimeout(
            () => void get<Scores>(`/api/growth/scores?${asked}`, stop.signal).then((a) => a.ok && !stop.signal.aborted && setScores(a.body)),
            120,
        );
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [asked]);

    if (failure) return <Trouble failure={failure} again={() => location.reload()} />;
    if (!growth)
        return (
            <p class="muted" role="status">
                {t.loading}
            </p>
        );
    const age = growth.ageDays,
        months = age === null ? 0 : Math.floor(age / 30.4375);
    const last = [...growth.measures].reverse().find((m) => m.weight !== null || m.length !== null);
    const number = (n: number | null): string => (n === null ? '' : showNumber(n, 1));
    const nowLength = wrong('length') || !typed.values.length.trim() ? null : read(typed.values.length),
        nowWeight = wrong('weight') || !typed.values.weight.trim() ? null : read(typed.values.weight);
    const points = [
        ...growth.measures.map((m) => ({ ageDays: m.ageDays, weight: m.weight, length: m.length, now: false })),
        ...(age !== null && (nowLength || nowWeight) ? [{ ageDays: age, weight: nowWeight, length: nowLength, now: true }] : []),
    ]
        .map((m) => ({
            x: shown === 'weightForLength' ? m.length : m.ageDays / 30.4375,
            y: shown === 'length' ? m.length : m.weight,
            now: m.now,
        }))
        .filter((p): p is { x: number; y: number; now: boolean } => p.x !== null && p.y !== null);
    const field = (f: Field, label: string) => {
        const bad = tried || left[f] ? wrong(f) : null;
        return (
            <div class="field">
                <label for={f}>
                    {label} <span class="unit">{UNITS[f]}{f === 'head' || f === 'arm' ? ` · ${w.optional}` : ''}</span>
                </label>
                <input
                    id={f} class="big" type="text" inputMode="decimal" autocomplete="off" value={typed.values[f]}
                    aria-invalid={!!bad} aria-describedby={bad ? `${f}-wrong` : undefined}
                    onInput={(e) => change({ values: { ...typed.values, [f]: e.currentTarget.value.slice(0, 8) } })}
                    onBlur={() => setLeft({ ...left, [f]: true })}
                    onKeyDown={(e) => {
                        if (e.key !== 'Enter') return;
                        e.preventDefault();
                        const to = FIELDS[FIELDS.indexOf(f) + 1];
                        if (to) document.getElementById(to)?.focus();
                        else void sheet.submit(false);
                    }}
                />
                {bad && (
                    <p class="wrong" id={`${f}-wrong`} role="alert">
                        <Icon name="warn" />
                        {bad}
                    </p>
                )}
            </div>
        );
    };
    return (
        <section class="card sheet childsheet" aria-labelledby="sheet-title">
            <div class="sheethead">
                <h2 id="sheet-title">{w.title}</h2>
                {age !== null && <span class="day">{w.age(months, Math.floor(age - months * 30.4375))}</span>}
                {last && <span class="small muted last">{w.last(showDay(last.day), number(last.weight), number(last.length))}</span>}
            </div>
            {!growth.underFive && (
                <div class="message info" role="note">
                    <Icon name="info" />
                    <p>{w.notUnderFive}</p>
                </div>
            )}
            <div class="childmeasures">
                {field('weight', w.weight)}
                {field('length', w.length)}
                {field('head', w.head)}
                {field('arm', w.arm)}
            </div>
            <div class="childchoices">
                <fieldset>
                    <legend>
                        {w.position} <span class="unit">{w.habit(months)}</span>
                    </legend>
                    {(['lying', 'standing'] as const).map((p) => (
                        <label class="check" key={p}>
                            <input type="radio" name="position" checked={typed.position === p} onChange={() => change({ position: p })} />
                            <span>{w[p]}</span>
                        </label>
                    ))}
                </fieldset>
                <label class="check">
                    <input type="checkbox" checked={typed.oedema} onChange={(e) => change({ oedema: e.currentTarget.checked })} />
                    <span>{w.oedema}</span>
                </label>
            </div>
            {tried && !typed.values.weight.trim() && !typed.values.length.trim() && (
                <p class="wrong" role="alert">
                    <Icon name="warn" />
                    {w.needOne}
                </p>
            )}
            <div role="status" id="growth-verdict">
                {scores && <Verdict scores={scores} w={w} />}
                {scores?.standingTooYoung && typed.values.length && (
                    <p class="wrong">
                        <Icon name="warn" />
                        {w.tooYoung}
                    </p>
                )}
            </div>
            {growth.nextAfterToday && growth.underFive && (
                <p>
                    {w.next}: <b>{showDay(growth.nextAfterToday)}</b>
                </p>
            )}
            <SheetFoot sheet={sheet} print={null} />
            {(growth.sex === 'male' || growth.sex === 'female') && growth.underFive && (
                <div class="growthchart">
                    <div class="charttabs" role="group" aria-label={w.chart}>
                        {(['length', 'weight', 'weightForLength'] as const).map((k) => (
                            <button key={k} type="button" class="btn" aria-pressed={shown === k} onClick={() => setShown(k)}>
                                {w.scores[k]}
                            </button>
                        ))}
                        <a class="btn noprint" href={`/api/print/growth/${person.id}`} target="_blank" rel="noopener">
                            <Icon name="print" />
                            {w.printChart}
                        </a>
                    </div>
                    <GrowthChart sex={growth.sex} indicator={shown} points={points} months={months} label={w.chartSay(w.scores[shown]!, points.length)} />
                    <details>
                        <summary>{w.table}</summary>
                        <div class="wide" tabIndex={0}>
                            <table class="partsof">
                                <thead>
                                    <tr>
                                        <th scope="col">{w.day}</th>
                                        <th scope="col" class="n">{w.months}</th>
                                        <th scope="col" class="n">kg</th>
                                        <th scope="col" class="n">cm</th>
                                        <th scope="col" class="n">{w.scores.length} z</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {[...growth.measures].reverse().map((m) => (
                                        <tr key={m.day}>
                                            <th scope="row">{showDay(m.day)}</th>
                                            <td class="n">{Math.floor(m.ageDays / 30.4375)}</td>
                                            <td class="n">{number(m.weight)}</td>
                                            <td class="n">{number(m.length)}</td>
                                            <td class="n">{m.scores.length ? showNumber(m.scores.length.z, 2) : '–'}</td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    </details>
                </div>
            )}
        </section>
    );
}
