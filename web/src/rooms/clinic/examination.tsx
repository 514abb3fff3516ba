// SPDX-License-Identifier: GPL-3.0-or-later
// The examination sheet: complaint, what was measured, what was seen, simple tests, diagnoses by code or words, advice. Nothing
// measured is ever filled in; a number steps on by itself where it can only be finished.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, online, session } from '../../base/api';
import { now } from '../../base/clock';
import { useTexts, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { SevereLine } from '../../parts/severe-line';
import { focusOn, focusSoon, Note, SheetFoot, useSheet, type Finish } from '../../parts/sheet';
import type { SheetProps } from '../../rooms';
import { complete, grade } from '../../rules/pressure';
import { unanswered } from '../../rules/severe';
import { newId } from '../../rules/visit';
import { GradeTag } from '../../parts/tag';
import { examined, faults, severe, spaceTemperature, TESTS, VITALS, type Examination, type TestId, type VitalId } from './examination-rules';
import { DiagnosisPicker, Field, Wrong } from './fields';
import { texts } from './texts';

function blank({ person }: SheetProps): Examination {
    const ids = Object.fromEntries(['encounter', 'pressure', 'findings', 'advice', ...VITALS.map((v) => v.id)].map((k) => [k, newId()]));
    const vitals = Object.fromEntries(VITALS.map((v) => [v.id, ''])) as Record<VitalId, string>;
    return {
        person: person.id,
        name: person.name,
        started: now(),
        ids: ids as Examination['ids'],
        complaint: '',
        vitals,
        systolic: '',
        diastolic: '',
        severe: unanswered(),
        findings: '',
        tests: [],
        diagnoses: [],
        advice: '',
    };
}

/** What is typed, in short, for the comparison with another computer. */
function inShort(e: Examination): string[] {
    const lines = [e.complaint];
    if (e.systolic) lines.push(`HA ${e.systolic}/${e.diastolic}`);
    for (const v of VITALS) if (e.vitals[v.id]) lines.push(`${texts.vi.vital[v.id]}: ${e.vitals[v.id]} ${v.unit}`);
    return [...lines, ...e.diagnoses.map((d) => `${d.code} ${d.text}`.trim())].filter(Boolean);
}

function Tests({ e, change, shown }: { e: Examination; change: (part: Partial<Examination>) => void; shown: (id: string) => string | null }) {
    const x = useTextsOf(texts);
    const set = (test: TestId, value: string): void => change({ tests: e.tests.map((d) => (d.test === test ? { ...d, value } : d)) });
    return (
        <fieldset class="tests">
            <legend>
                {x.tests} <span class="unit">{x.testsHint}</span>
            </legend>
            {e.tests.map((d) => {
                const test = TESTS.find((t) => t.id === d.test)!,
                    id = `ex-test-${test.id}`;
                return (
                    <div class="test" key={d.test}>
                        <label for={id}>
                            {x.test[test.id]} {test.unit && <span class="unit">{test.unit}</span>}
                        </label>
                        {test.words ? (
                            <select id={id} value={d.value} onChange={(ev) => set(test.id, ev.currentTarget.value)}>
                                <option value="">{x.waitsForResult}</option>
                                {test.words.map((w) => (
                                    <option key={w} value={w}>
                                        {x.word[w]}
                                    </option>
                                ))}
                            </select>
                        ) : (
                            <input
                                id={id}
                                type="text"
                                inputMode="decimal"
                                autocomplete="off"
                                value={d.value}
                                placeholder={x.waitsForResult}
                                aria-invalid={!!shown(id)}
                                aria-describedby={shown(id) ? `${id}-wrong` : undefined}
                                onInput={(ev) => set(test.id, ev.currentTarget.value)}
                            />
                        )}
                        <button
                            type="button"
                            class="link"
                            aria-label={x.remove(x.test[test.id]!)}
                            onClick={() => change({ tests: e.tests.filter((t) => t.test !== d.test) })}
                        >
                            <Icon name="close" />
                        </button>
                        <Wrong id={id} text={shown(id)} />
                    </div>
                );
            })}
            <div class="options">
                {TESTS.filter((t) => !e.tests.some((d) => d.test === t.id)).map((t) => (
                    <button
                        key={t.id}
                        type="button"
                        class="option"
                        onClick={() => {
                            change({ tests: [...e.tests, { test: t.id, order: newId(), result: newId(), value: '' }] });
                            focusSoon(`ex-test-${t.id}`);
                        }}
                    >
                        <Icon name="plus" /> {x.test[t.id]}
                    </button>
                ))}
            </div>
        </fieldset>
    );
}

export default function ExaminationSheet(props: SheetProps) {
    const { person } = props;
    const t = useTexts(),
        x = useTextsOf(texts);
    const connected = useValue(online);
    const [facts, setFacts] = useState<{ today: string; station: string | null } | null>(null);
    const [left, setLeft] = useState<Record<string, boolean>>({});
    const [then, setThen] = useState<'prescription' | null>(null);
    const thenNow = useRef(then);
    thenNow.current = then;

    useEffect(() => {
        void get<{ today: string; station: string | null }>(`/api/persons/${encodeURIComponent(person.id)}/prescribing`).then((a) => a.ok && setFacts(a.body));
    }, [connected]);

    const finish = async (e: Examination): Promise<Finish> => {
        const wrong = Object.keys(faults(e))[0];
        if (wrong) return { wrong };
        const actor = session.get();
        const bundle = examined(e, {
            now: now(),
            station: facts?.station ?? null,
            actor: actor?.actor.startsWith('Practitioner/') ? { reference: actor.actor, display: actor.name } : null,
            testName: (id) => texts.vi.test[id]!,
            wordOf: (w) => texts.vi.word[w]!,
        });
        const main = e.diagnoses[0]!;
        const next = e.severe.step === 'refer' && severe(e) ? 'referral' : thenNow.current;
        return {
            bundle,
            summary: (
                <b>
                    {main.code} {main.text}
                </b>
            ),
            print: null,
            short: inShort(e).map((l) => <div key={l}>{l}</div>),
            ...(next && { next }),
        };
    };
    const sheet = useSheet<Examination>('examination', props, () => blank(props), finish);
    const { draft: e, change, tried } = sheet;

    useEffect(() => focusOn('ex-complaint'), []);

    const wrong = faults(e);
    const soft = ['complaint', 'diagnosis', 'severe', 'missing'];
    const shown = (id: string): string | null => {
        const f = wrong[id];
        return f && (tried || (left[id] && !soft.includes(f))) ? x.fault[f]! : null;
    };
    const leave = (id: string) => () => setLeft({ ...left, [id]: true });
    const vital = (id: VitalId, then: string) => {
        const v = VITALS.find((w) => w.id === id)!,
            field = `ex-${id}`;
        return (
            <Field
                id={field}
                label={x.vital[id]!}
                unit={v.unit === '/min' ? x.perMinute : v.unit}
                numeric
                text={e.vitals[id]}
                wrong={shown(field)}
                onLeave={leave(field)}
                onType={(text) => {
                    const spaced = id === 'temperature' && text.length > e.vitals[id].length ? spaceTemperature(text) : text;
                    change({ vitals: { ...e.vitals, [id]: spaced } });
                    const whole = id === 'temperature' ? /^[34]\d,\d$/.test(spaced) : id === 'pulse' ? complete('pulse', spaced) : id === 'oxygen' && /^([3-9]\d|100)$/.test(spaced);
                    if (whole && spaced.length > e.vitals[id].length) focusOn(then);
                }}
                onEnter={() => focusOn(e.vitals[id].trim() ? then : 'ex-findings')}
            />
        );
    };
    const pressure = (id: 'systolic' | 'diastolic', then: string) => (
        <Field
            id={`ex-${id}`}
            label={x[id]}
            unit="mmHg"
            numeric
            text={e[id]}
            wrong={shown(`ex-${id}`)}
            onLeave={leave(`ex-${id}`)}
            onType={(text) => {
                change({ [id]: text.trim() });
                if (text.length > e[id].length && complete(id, text)) focusOn(then);
            }}
            onEnter={() => focusOn(e[id] ? then : 'ex-findings')}
        />
    );
    const both = e.systolic && e.diastolic && !wrong['ex-systolic'] && !wrong['ex-diastolic'];
    return (
        <section class="card sheet clinic" aria-labelledby="ex-title">
            <div class="sheethead">
                <h2 id="ex-title">{x.examination}</h2>
            </div>
            {sheet.found && (
                <p class="small muted" role="status">
                    {t.draftFound}
                </p>
            )}
            <Field
                id="ex-complaint"
                label={x.complaint}
                text={e.complaint}
                wrong={shown('ex-complaint')}
                onType={(complaint) => change({ complaint })}
                onEnter={() => focusOn('ex-temperature')}
            />
            <fieldset class="vitals">
                <legend>
                    {x.vitals} <span class="unit">{x.vitalsHint}</span>
                </legend>
                <div class="vitalrow">
                    {vital('temperature', 'ex-pulse')}
                    {vital('pulse', 'ex-systolic')}
                    {pressure('systolic', 'ex-diastolic')}
                    {pressure('diastolic', 'ex-breaths')}
                    {vital('breaths', 'ex-oxygen')}
                    {vital('oxygen', 'ex-weight')}
                    {vital('weight', 'ex-height')}
                    {vital('height', 'ex-findings')}
                </div>
                {both && (
                    <div role="status" class="verdict">
                        <GradeTag grade={grade(Number(e.systolic), Number(e.diastolic))} />
                    </div>
                )}
            </fieldset>
            {both && severe(e) && <SevereLine value={e.severe} tried={tried} onChange={(next) => change({ severe: next })} />}
            <Field id="ex-findings" label={x.findings} text={e.findings} wrong={null} onType={(findings) => change({ findings })} onEnter={() => focusOn('ex-diagnosis')} />
            <Tests e={e} change={change} shown={shown} />
            <DiagnosisPicker
                id="ex-diagnosis"
                list={e.diagnoses}
                make={(d) => ({ ...d, id: newId() })}
                wrong={shown('ex-diagnosis')}
                onChange={(diagnoses) => change({ diagnoses })}
                onEnter={() => focusOn('ex-advice')}
            />
            <Field id="ex-advice" label={x.advice} text={e.advice} wrong={null} onType={(advice) => change({ advice })} onEnter={() => void sheet.submit(false)} />
            <label class="check">
                <input type="checkbox" checked={then === 'prescription'} onChange={(ev) => setThen(ev.currentTarget.checked ? 'prescription' : null)} />
                <span>{x.saveThenPrescribe}</span>
            </label>
            <SheetFoot sheet={sheet} print={null} />
            {!connected && (
                <Note tone="due" icon="warn">
                    <p>{t.offlineBar}</p>
                </Note>
            )}
        </section>
    );
}
