// SPDX-License-Identifier: GPL-3.0-or-later
// The prescription sheet: as last time or by protocol, quantities computed, alerts beside the medicine. It works without a node and
// then says that nothing was checked. What is issued is never edited: another prescription replaces it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, online, session } from '../../base/api';
import { now, today as currentDay } from '../../base/clock';
import { medicines as catalogue, wantMedicines } from '../../base/catalogue';
import { addDays, daysBetween, readDay, showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import { save } from '../../base/outbox';
import { useValue } from '../../base/value';
import { DayField } from '../../parts/fields';
import { Icon } from '../../parts/icon';
import { focusOn, focusSoon, Note, SheetFoot, useSheet, type Finish } from '../../parts/sheet';
import type { SheetProps } from '../../rooms';
import { bundle, newId, type Resource } from '../../rules/visit';
import { CheckState, codeText, rxTexts, useCheck, type Checked } from '../../parts/check';
import { Answer, DiagnosisPicker, Field } from './fields';
import { MedicineLine } from './medicine-line';
import { daysMost, emptyLine, faults, isEmpty, issue, newCode, programmesOf, protocolOf, repeated, type Kind, type Line, type Prescription, type PrescriptionFacts } from '../../rules/prescription';
import { texts } from './texts';

function blank({ person }: SheetProps): Prescription {
    return {
        person: person.id,
        name: person.name,
        started: now(),
        ids: { group: newId(), appointment: newId(), weight: newId(), encounter: newId() },
        code: '',
        kind: 'c',
        diagnoses: [],
        lines: [emptyLine()],
        weight: '',
        guardian: '',
        advice: '',
        next: null,
        replaces: null,
        encounter: null,
    };
}

const untouched = (p: Prescription): boolean => !p.diagnoses.length && p.lines.every(isEmpty);

/** The prescription that is replaced, as it is stored: its head and its medicines. */
async function storedPrescription(code: string): Promise<Resource[] | null> {
    const heads = await get<{ entry?: { resource: Resource }[] }>(`/fhir/RequestGroup?group-identifier=urn:tram:prescription%7C${code}`);
    const head = heads.ok ? heads.body.entry?.[0]?.resource : undefined;
    if (!head) return null;
    const actions = (head.action ?? []) as { resource?: { reference?: string } }[];
    const medicines = await Promise.all(actions.map((a) => get<Resource>(`/fhir/${a.resource?.reference ?? ''}`)));
    return medicines.every((m) => m.ok) ? [head, ...medicines.flatMap((m) => (m.ok ? [m.body] : []))] : null;
}

/** Nobody has written down that allergies were asked: one tap says there are none, or what there is. Saved at once. */
function Allergies({ person, onSaved }: { person: string; onSaved: () => void }) {
    const x = useTextsOf(texts);
    const [text, setText] = useState<string | null>(null);
    const record = async (words: string | null): Promise<void> => {
        const saved = await save(
            person,
            bundle([
                {
                    resourceType: 'AllergyIntolerance',
                    id: newId(),
                    clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }] },
                    code: words ? { text: words } : { coding: [{ system: 'urn:tram:allergy', code: 'none-known' }], text: 'Đã hỏi: không dị ứng thuốc' },
                    patient: { reference: `Patient/${person}` },
                    recordedDate: currentDay(),
                },
            ]),
        );
        if (saved.how !== 'failed') onSaved();
    };
    return (
        <div class="allergies">
            <button type="button" class="option" onClick={() => void record(null)}>
                {x.noAllergy}
            </button>
            {text === null ? (
                <button type="button" class="option" onClick={() => setText('')}>
                    {x.hasAllergy}
                </button>
            ) : (
                <Field id="rx-allergy" label={x.allergyText} text={text} wrong={null} onType={setText} onEnter={() => void (text.trim() && record(text.trim()))} />
            )}
        </div>
    );
}

export default function PrescriptionSheet(props: SheetProps) {
    const { person } = props;
    const t = useTexts(),
        x = useTextsOf(texts),
        rx = useTextsOf(rxTexts);
    const connected = useValue(online);
    useValue(catalogue);
    const [facts, setFacts] = useState<PrescriptionFacts | null>(null);
    const [round, setRound] = useState(0);
    const [left, setLeft] = useState<Record<string, boolean>>({});
    const [nextText, setNextText] = useState('');
    const [notReplaced, setNotReplaced] = useState(false);
    const replaced = useRef<Resource[]>([]);
    const today = facts?.today ?? currentDay();
    const child = facts ? facts.child : person.birth !== null && (person.age ?? 99) < 6;
    const fresh = !!facts?.weight && !!facts.weighed && daysBetween(facts.weighed, today) <= facts.weightDays;

    const finish = async (typed: Prescription): Promise<Finish> => {
        const wrong = Object.keys(faults(typed, child, fresh))[0];
        if (wrong) return { wrong };
        const refused = latest.current?.findings.find((f) => f.level === 'refused' && f.rule !== 'weight-missing' && f.rule !== 'weight-old');
        if (refused) {
            const n = /^lines\[(\d+)\]\.(\w+)/.exec(refused.at);
            const line = n && typed.lines.filter((l) => !isEmpty(l))[Number(n[1])];
            return { wrong: line ? `rx-${n[2]}-${line.id}` : 'rx-diagnosis' };
        }
        if (typed.replaces && !replaced.current.length) {
            const old = await storedPrescription(typed.replaces);
            if (!old) {
                setNotReplaced(true);
                return { wrong: 'rx-replaces' };
            }
            replaced.current = old;
        }
        const p = typed.code ? typed : { ...typed, code: newCode(facts?.facility ?? null, typed.kind) };
        if (!typed.code) change({ code: p.code }); // sent again it keeps its code
        const made = issue(p, { now: now(), today, station: facts?.station ?? null, actor: session.get()?.actor ?? '', replaced: replaced.current });
        return {
            bundle: made,
            summary: (
                <b>
                    {codeText(rx, p.code)} · {p.lines.filter((l) => !isEmpty(l)).map((l) => l.text).join(', ')}
                </b>
            ),
            print: `/api/print/prescription/${p.ids.group}`,
        };
    };
    const sheet = useSheet<Prescription>('prescription', props, () => blank(props), finish);
    const { draft: p, change, tried } = sheet;
    const { checked, silent } = useCheck(p, connected);
    const latest = useRef(checked);
    latest.current = checked;

    const first = p.lines[0]!.id;
    useEffect(wantMedicines, []);
    useEffect(() => {
        void get<PrescriptionFacts>(`/api/persons/${encodeURIComponent(person.id)}/prescribing`).then((a) => {
            if (a.ok) setFacts(a.body);
        });
    }, [connected, round]);
    useEffect(() => {
        if (!facts || !untouched(p) || sheet.found) return focusOn(p.diagnoses.length ? `rx-medicine-${first}` : 'rx-diagnosis');
        // diagnoses of today's visit, else the lasting ones; medicines repeat when they were prescribed for them
        const now = facts.diagnoses.filter((d) => d.on === facts.today);
        const use = now.length ? now : facts.diagnoses.filter((d) => d.longSupply).slice(0, 3);
        sheet.begin({
            diagnoses: use.map(({ code, text, longSupply }) => ({ code, text, longSupply })),
            encounter: now[0]?.encounter ?? null,
        });
        focusOn(use.length ? `rx-medicine-${first}` : 'rx-diagnosis');
    }, [facts !== null]);
    useEffect(() => setNextText(p.next ? showDay(p.next) : ''), []);

    const wrong = faults(p, child, fresh);
    const most = checked?.daysMost ?? daysMost(p.kind, p.diagnoses);
    const shown = (id: string): string | null => {
        const f = wrong[id];
        if (!f || !(tried || (f === 'daysMost' && left[id]) || f === 'daysMost')) return null;
        return f === 'daysMost' ? rx.fault.daysMost(most) : rx.fault[f];
    };
    const lines = p.lines;
    /** An empty line always waits at the end, so that Enter has somewhere to go at once. */
    const setLine = (id: string, next: Line): void => {
        const all = sheetLines.current.map((l) => (l.id === id ? next : l));
        change({ lines: isEmpty(all.at(-1)!) ? all : [...all, emptyLine()] });
    };
    const lineDays = lines.filter((l) => l.days).at(-1)?.days ?? '';
    const filled = lines.filter((l) => !isEmpty(l));
    const protocol = protocolOf(programmesOf(p.diagnoses));
    const end = (i: number): void => {
        const here = sheetLines.current[i]!,
            after = sheetLines.current[i + 1];
        focusOn(after && !isEmpty(here) ? `rx-medicine-${after.id}` : 'rx-advice');
    };
    const sheetLines = useRef(lines);
    sheetLines.current = lines;
    const repeat = (replacing: boolean): void => {
        const again = (facts?.last ?? []).map((l) => ({ ...repeated(l), ...(replacing && { prior: l.resource }) }));
        const waiting = emptyLine();
        change({ lines: [...again, waiting], ...(replacing && { replaces: facts!.lastCode }) });
        focusSoon(`rx-medicine-${waiting.id}`);
    };
    const findingsOf = (l: Line): Checked['findings'] => {
        const n = filled.indexOf(l);
        return (checked?.findings ?? []).filter(
            (f) => f.at.startsWith(`lines[${n}].`) && (f.level !== 'refused' || f.rule === 'form' || (f.rule === 'days-most' && !wrong[`rx-days-${l.id}`])),
        );
    };
    const nextRead = nextText.trim() ? readDay(nextText, today) : null;
    const nextWrong = nextText.trim() ? (nextRead === null ? t.badDay : nextRead <= today ? t.dayPast : null) : null;
    return (
        <section class="card sheet clinic" aria-labelledby="rx-title">
            <div class="sheethead">
                <h2 id="rx-title">{x.prescription}</h2>
                {child && facts?.months !== undefined && <span class="tag info">{x.child(facts.months)}</span>}
                {p.code && (
                    <span class="small muted last">
                        {codeText(rx, p.code)}
                    </span>
                )}
            </div>
            {sheet.found && (
                <p class="small muted" role="status">
                    {t.draftFound}
                </p>
            )}
            {facts && !facts.facility && <p class="small muted">{x.temporaryCode}</p>}
            {p.replaces && (
                <Note tone={notReplaced ? 'bad' : 'info'} icon="info">
                    <p id="rx-replaces" tabIndex={-1}>
                        {notReplaced ? x.replaceFailed : x.replacing(p.replaces.replace(/^00000/, ''))}
                    </p>
                </Note>
            )}
            <DiagnosisPicker
                id="rx-diagnosis"
                list={p.diagnoses}
                make={(d) => d}
                wrong={shown('rx-diagnosis')}
                onChange={(diagnoses) => change({ diagnoses })}
                onEnter={() => focusOn(child && !fresh ? 'rx-weight' : `rx-medicine-${first}`)}
            />
            <Answer<Kind>
                id="rx-kind"
                label={x.kind}
                value={p.kind}
                options={[
                    ['c', x.kinds.c!],
                    ['n', x.kinds.n!],
                    ['h', x.kinds.h!],
                ]}
                onChoose={(kind) => change({ kind, code: '' })}
            />
            <p class="small muted">{x.daysMost(most)}</p>
            {child && (
                <div class="childrow">
                    <div>
                        <Field
                            id="rx-weight"
                            label={x.weight}
                            unit="kg"
                            numeric
                            text={p.weight}
                            wrong={shown('rx-weight')}
                            onType={(weight) => change({ weight })}
                            onEnter={() => focusOn('rx-guardian')}
                        />
                        {facts?.weight && facts.weighed && (
                            <p class="small muted">{(fresh ? x.weightKnown : x.weightOld)(facts.weight, showDay(facts.weighed))}</p>
                        )}
                    </div>
                    <Field
                        id="rx-guardian"
                        label={x.guardian}
                        text={p.guardian}
                        wrong={shown('rx-guardian')}
                        onType={(guardian) => change({ guardian })}
                        onEnter={() => focusOn(`rx-medicine-${first}`)}
                    />
                </div>
            )}
            <fieldset class="rx">
                <legend>{x.medicines}</legend>
                <div class="options">
                    {facts && facts.last.length > 0 && (
                        <button type="button" class="option" id="rx-last" onClick={() => repeat(false)}>
                            <Icon name="undo" /> {x.fromLast(showDay(facts.lastOn))}
                        </button>
                    )}
                    {facts?.lastCode && !p.replaces && (
                        <button type="button" class="option" id="rx-replace" onClick={() => repeat(true)}>
                            {x.replaceLast(facts.lastCode)}
                        </button>
                    )}
                </div>
                {protocol.length > 0 && (
                    <p class="small protocol">
                        <span class="muted">{x.protocol}:</span>{' '}
                        {protocol.slice(0, 9).map((m, i) => (
                            <span key={m.code}>
                                <kbd>{i + 1}</kbd> {m.text}{' '}
                            </span>
                        ))}
                    </p>
                )}
                <ol class="plainlist">
                    {lines.map((l, i) => (
                        <MedicineLine
                            key={l.id}
                            n={i + 1}
                            line={l}
                            kind={p.kind}
                            protocol={protocol}
                            days={lineDays || (protocol.length ? '30' : '')}
                            wrong={shown}
                            checked={checked?.lines[filled.indexOf(l)] ?? null}
                            findings={findingsOf(l)}
                            onChange={(next) => setLine(l.id, next)}
                            onRemove={
                                i === lines.length - 1 ? null : () => change({ lines: lines.filter((k) => k.id !== l.id) })
                            }
                            onEnd={() => {
                                setLeft({ ...left, [`rx-days-${l.id}`]: true });
                                end(i);
                            }}
                            onKind={(kind) => change({ kind, code: '' })}
                        />
                    ))}
                </ol>
            </fieldset>
            {filled.length > 0 && <CheckState checked={checked} silent={silent} asked={facts?.allergiesAsked ?? true} />}
            {facts && !facts.allergiesAsked && filled.length > 0 && <Allergies person={person.id} onSaved={() => setRound(round + 1)} />}
            <Field id="rx-advice" label={x.advice} text={p.advice} wrong={null} onType={(advice) => change({ advice })} onEnter={() => focusOn('rx-next')} />
            <DayField
                id="rx-next"
                label={x.next}
                hint={t.noNext}
                text={nextText}
                wrong={nextWrong}
                note={nextRead && !nextWrong ? t.inDays(daysBetween(today, nextRead)) : ''}
                input={{ current: null }}
                onType={(text) => {
                    setNextText(text);
                    const read = readDay(text, today);
                    change({ next: read && read > today ? read : null });
                }}
                onEnter={() => void sheet.submit(false)}
            >
                {lineDays && /^\d{1,3}$/.test(lineDays) && !p.next ? (
                    <button
                        type="button"
                        class="link"
                        onClick={() => {
                            const day = addDays(today, Number(lineDays));
                            setNextText(showDay(day));
                            change({ next: day });
                        }}
                    >
                        {t.inDays(Number(lineDays))}
                    </button>
                ) : null}
            </DayField>
            <SheetFoot sheet={sheet} print={x.savePrint} />
        </section>
    );
}
