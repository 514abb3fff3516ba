// SPDX-License-Identifier: GPL-3.0-or-later
// The blood-pressure sheet. Values step by themselves; nothing measured is prefilled, only medicines and the next visit
// repeat; the medicines that go on are issued as one prescription with the same key that saves.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, online, session } from '../base/api';
import { medicines as catalogue, wantMedicines } from '../base/catalogue';
import { now, today } from '../base/clock';
import { addDays, daysBetween, readDay, showDay } from '../base/date';
import { language, useTexts } from '../base/language';
import type { BloodPressure, Person, Programmes } from '../base/model';
import { useValue } from '../base/value';
import { CheckState, codeText, rxTexts, useCheck, type Finding } from '../parts/check';
import { DayField, MeasureField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { MedicineRows } from '../parts/medicine-rows';
import { SevereLine } from '../parts/severe-line';
import { SheetFoot, useSheet, type Finish } from '../parts/sheet';
import { SugarField } from '../parts/sugar-field';
import { GradeTag, Tag } from '../parts/tag';
import { followUp, lineFaults, notIssued, prescriptionOf, treated } from '../rules/follow-up';
import { distinct } from '../rules/medicines';
import { lineOf, newCode, protocolOf, repeated, type PrescriptionFacts } from '../rules/prescription';
import { complete, digits, faults, grade, type Fault, type Measured } from '../rules/pressure';
import { firstOpen, isSevere, unanswered } from '../rules/severe';
import { sugarBelow, sugarFault, type SugarEntry } from '../rules/sugar';
import type { SheetProps } from '../rooms';
import { newId, type Resource, type Visit } from '../rules/visit';

const FIELDS: Measured[] = ['systolic', 'diastolic', 'pulse'];
const freshSugar = (): SugarEntry => ({
    kind: 'fasting',
    unit: 'mmol/L',
    value: '',
    ids: { sugar: newId(), condition: newId(), episode: newId() },
});

function blank(person: Person, bp: BloodPressure): Visit {
    const next = bp.proposedNext ?? addDays(today(), 28);
    return {
        person: person.id,
        name: person.name,
        started: now(),
        day: null,
        systolic: '',
        diastolic: '',
        pulse: '',
        ids: {
            encounter: newId(),
            pressure: newId(),
            pulse: newId(),
            appointment: newId(),
            episode: newId(),
            condition: newId(),
            group: newId(),
        },
        code: '',
        medicines: distinct(bp.medicines)
            .filter((m) => m.authoredOn !== bp.today)
            .map((m) => ({ ...repeated({ ...m, atc: m.code, words: m.dose, dose: null, days: m.days ?? Math.min(30, daysBetween(today(), next)) }), keep: true })),
        next,
        enrol: false,
    };
}

/** What the node knows of the person beyond blood pressure, asked once beside the open sheet. */
function useFacts(person: string) {
    const [programmes, setProgrammes] = useState<Programmes | null>(null);
    const [facts, setFacts] = useState<PrescriptionFacts | null>(null);
    const booked = useRef<Resource[]>([]); // appointments the visit will fulfil; unknown without a network: they stay as they are
    const connected = useValue(online);
    useEffect(() => {
        const base = `/api/persons/${encodeURIComponent(person)}`;
        void get<Programmes>(`${base}/programmes`).then((answer) => {
            if (answer.ok) setProgrammes(answer.body);
        });
        void get<PrescriptionFacts>(`${base}/prescribing`).then((answer) => answer.ok && setFacts(answer.body));
        const query = `patient=${encodeURIComponent(person)}&status=booked&date=ge${today()}&_count=50`;
        void get<{ entry?: { resource: Resource }[] }>(`/fhir/Appointment?${query}`).then((answer) => {
            if (answer.ok) booked.current = (answer.body.entry ?? []).map((e) => e.resource);
        });
    }, [connected]);
    return { programmes, facts, booked };
}

export default function PressureSheet({ bp, ...props }: SheetProps & { bp: BloodPressure }) {
    const { person } = props;
    const t = useTexts();
    const [left, setLeft] = useState<Partial<Record<Measured, boolean>>>({}); // fields that were left: may complain
    const texts = useRef<{ next: string | null; day: string | null }>({ next: null, day: null }); // days as they are typed
    const [showDayField, setShowDayField] = useState(false);

    const finish = (v: Visit, _: boolean): Finish => {
        const wrong = faults(v);
        const line = severeNow(v) ? firstOpen(v.severe ?? unanswered()) : null;
        const p = prescriptionOf(v, diagnosesOf(v));
        const first = FIELDS.find((f) => wrong[f]) || (dayWrong() && 'day') || (nextWrong(v) && 'next') || (v.sugar && sugarFault(v.sugar) && 'sugar') || line || Object.keys(lineFaults(p))[0] || refusedLine();
        if (first) return { wrong: first };
        const issued = p.lines.length > 0 && !notIssued(p, facts, prescribes);
        if (issued && !p.code) sheet.change({ code: (p.code = newCode(facts?.facility ?? null, 'c')) }); // sent again it keeps its code
        if (!issued) p.code = '';
        const actor = session.get()?.actor ?? '';
        const made = followUp({ ...v, severe: severeNow(v) ? v.severe : undefined, actor } as Visit, p, { now: now(), today: v.day ?? today(), station: bp.station, actor, replaced: [] }, booked.current);
        return {
            bundle: made,
            summary: (
                <>
                    <b>
                        {v.systolic}/{v.diastolic}
                    </b>{' '}
                    <GradeTag grade={grade(Number(v.systolic), Number(v.diastolic))} />{' '}
                    {v.next && (
                        <span>
                            {t.dueOn} {showDay(v.next)}
                        </span>
                    )}
                    {issued && (
                        <span id="saved-code">
                            {' '}
                            · {codeText(rxTexts[language.get()], p.code)}
                        </span>
                    )}
                </>
            ),
            print: issued ? `/api/print/prescription/${v.ids.group}` : v.next ? `/api/print/appointment/${person.id}?on=${v.next}` : 'page',
            orPage: true,
            ...(severeNow(v) && v.severe?.step === 'refer' && { next: 'referral' }),
        };
    };
    const sheet = useSheet<Visit>('blood-pressure', props, () => blank(person, bp), finish);
    const { draft: visit, change, tried } = sheet;
    const { programmes, facts, booked } = useFacts(person.id);
    const inputs = {
        systolic: useRef<HTMLInputElement>(null),
        diastolic: useRef<HTMLInputElement>(null),
        pulse: useRef<HTMLInputElement>(null),
    };
    const sugarInput = useRef<HTMLInputElement>(null),
        nextInput = useRef<HTMLInputElement>(null),
        dayInput = useRef<HTMLInputElement>(null);

    const hypertension = programmes?.programmes.find((p) => p.code === 'hypertension'),
        diabetes = programmes?.programmes.find((p) => p.code === 'diabetes');
    const inDiabetes = !!diabetes?.enrolledOn,
        prescribes = session.get()?.can('prescribe') ?? false;
    const diagnosesOf = (v: Visit) =>
        treated(facts?.diagnoses ?? [], { hypertension: !!bp.enrolled || v.enrol, diabetes: inDiabetes || !!v.enrolDiabetes });
    const severeNow = (v: Visit): boolean => {
        const wrong = faults(v);
        return !wrong.systolic && !wrong.diastolic && isSevere(v.systolic, v.diastolic, hypertension?.rule.action);
    };
    const rx = prescriptionOf(visit, diagnosesOf(visit)),
        why = notIssued(rx, facts, prescribes);
    const { checked, silent } = useCheck(rx.lines.length && !why ? rx : null, online.get());
    const refusedLine = (): string | null => {
        const at = checked?.findings.find((f) => f.level === 'refused' && f.at.startsWith('lines['))?.at;
        const line = at && rx.lines[Number(/\d+/.exec(at)![0])];
        return line ? `rx-${at.split('.')[1]}-${line.id}` : null;
    };
    const findings = (row: { id: string }): Finding[] =>
        (checked?.findings ?? []).filter((f, i, all) => all.findIndex((g) => g.at === f.at && g.vi === f.vi) === i && f.at.startsWith(`lines[${rx.lines.findIndex((l) => l.id === row.id)}].`) && f.rule !== 'days-most');

    const givenToday = distinct(bp.medicines)
        .filter((m) => m.authoredOn === bp.today)
        .map((m) => m.text);
    const day = visit.day ?? today();
    const wrong = faults(visit);
    const shownFault = (f: Measured): Fault | undefined =>
        tried || (left[f] && wrong[f] !== 'missing') ? wrong[f] : undefined;
    const dayText = texts.current.day ?? showDay(visit.day ?? today()),
        nextText = texts.current.next ?? showDay(visit.next);
    const dayWrong = (): string | null => {
        if (texts.current.day === null) return null;
        const read = readDay(texts.current.day, today());
        return read === null ? t.badDay : read > today() ? t.dayAhead : null;
    };
    const nextWrong = (v: Visit): string | null => {
        const text = texts.current.next ?? showDay(v.next),
            read = readDay(text, today());
        return !text.trim() ? null : read === null ? t.badDay : read <= (v.day ?? today()) ? t.dayPast : null;
    };
    const both = !wrong.systolic && !wrong.diastolic;
    const gradeNow = both ? grade(Number(visit.systolic), Number(visit.diastolic)) : null;
    const sugar = visit.sugar ?? (inDiabetes ? freshSugar() : null);
    const target = inDiabetes && !hypertension?.enrolledOn ? diabetes?.target : hypertension?.target;
    const atTarget =
        target && both
            ? Number(visit.systolic) < target.systolicBelow && Number(visit.diastolic) < target.diastolicBelow
            : null;
    const range = (from: number, below: number): string => (from ? `${from}–${below - 1}` : `<${below}`);
    const focus = (el: HTMLInputElement | null): void => {
        el?.focus();
        el?.select();
    };

    useValue(catalogue);
    useEffect(wantMedicines, []);
    useEffect(() => {
        const empty = FIELDS.find((f) => visit[f] === '' && f !== 'pulse');
        (empty ? inputs[empty] : nextInput).current?.focus();
        setShowDayField(visit.day !== null);
    }, []);

    const type = (f: Measured, text: string): void => {
        const value = digits(text);
        change({ [f]: value });
        if (value.length <= visit[f].length || !complete(f, value)) return;
        if (f === 'systolic') focus(inputs.diastolic.current);
        else if (f === 'diastolic') focus(inputs.pulse.current);
    };
    const onKey =
        (f: Measured) =>
        (e: KeyboardEvent & { currentTarget: HTMLInputElement }): void => {
            const before = f === 'diastolic' ? 'systolic' : f === 'pulse' ? 'diastolic' : null;
            if (e.key === 'Backspace' && before && e.currentTarget.value === '') {
                e.preventDefault();
                change({ [before]: visit[before].slice(0, -1) });
                inputs[before].current?.focus();
            } else if (f === 'systolic' && e.key === '/') {
                e.preventDefault();
                focus(inputs.diastolic.current);
            } else if (e.key === 'Enter') {
                e.preventDefault();
                if (f === 'systolic') focus(inputs.diastolic.current);
                else if (f === 'diastolic') focus(inputs.pulse.current);
                else focus(sugarInput.current ?? nextInput.current);
            }
        };
    const drugs = protocolOf(inDiabetes || visit.sugar ? ['hypertension', 'diabetes'] : ['hypertension']);
    const addDrug = (n: number): void => {
        const d = drugs[n];
        if (!d || visit.medicines.some((m) => m.keep && m.text === d.text)) return;
        change({ medicines: [...visit.medicines, { ...lineOf(d, '30', true), keep: true }] });
    };
    const latest = useRef(addDrug); // of the last drawing
    latest.current = addDrug;
    useEffect(() => {
        const listen = (e: KeyboardEvent): void => {
            if (!e.altKey || !/^Digit[1-9]$/.test(e.code)) return;
            e.preventDefault();
            latest.current(Number(e.code.slice(5)) - 1);
        };
        window.addEventListener('keydown', listen);
        return () => window.removeEventListener('keydown', listen);
    }, []);

    const measure = (f: Measured, label: string, unit: string) => (
        <MeasureField
            field={f}
            label={label}
            unit={unit}
            text={visit[f]}
            fault={shownFault(f)}
            input={inputs[f]}
            onType={(text) => type(f, text)}
            onKey={onKey(f)}
            onLeave={() => setLeft({ ...left, [f]: true })}
        />
    );

    return (
        <section class="card sheet" aria-labelledby="sheet-title">
            <div class="sheethead">
                <h2 id="sheet-title">{t.sheetTitle}</h2>
                {showDayField ? null : (
                    <span class="day">
                        {t.todayWord(showDay(today()))}
                        <button
                            type="button"
                            class="link"
                            onClick={() => {
                                setShowDayField(true);
                                setTimeout(() => focus(dayInput.current));
                            }}
                        >
                            {t.changeDay}
                        </button>
                    </span>
                )}
                {bp.last && (
                    <span class="small muted last">
                        {t.lastTime(showDay(bp.last.day), `${bp.last.systolic}/${bp.last.diastolic}`)}
                    </span>
                )}
            </div>
            {sheet.found && (
                <p class="small muted" role="status">
                    {t.draftFound}
                </p>
            )}
            {showDayField && (
                <DayField
                    id="day"
                    label={t.dayOfVisit}
                    text={dayText}
                    wrong={dayWrong()}
                    input={dayInput}
                    onType={(text) => {
                        const read = readDay(text, today());
                        texts.current.day = text;
                        change(read && read <= today() ? { day: read === today() ? null : read } : {});
                    }}
                    onEnter={() => focus(inputs.systolic.current)}
                >
                    <button
                        type="button"
                        class="btn"
                        onClick={() => {
                            setShowDayField(false);
                            texts.current.day = null;
                            change({ day: null });
                            inputs.systolic.current?.focus();
                        }}
                    >
                        {t.useToday}
                    </button>
                </DayField>
            )}
            <div class="measures">
                {measure('systolic', t.systolic, 'mmHg')}
                <span class="slash" aria-hidden="true">
                    /
                </span>
                {measure('diastolic', t.diastolic, 'mmHg')}
                {measure('pulse', t.pulse, `${t.perMinute} · ${t.optional}`)}
            </div>
            <div class="verdict" role="status">
                {gradeNow !== null && <GradeTag grade={gradeNow} />}
                {atTarget !== null && target && (
                    <Tag tone={atTarget ? 'ok' : 'info'} icon={atTarget ? 'check' : 'info'}>
                        {atTarget ? t.atTarget : t.notAtTarget} ·{' '}
                        {t.target(range(target.systolicFrom, target.systolicBelow), range(target.diastolicFrom, target.diastolicBelow))}
                    </Tag>
                )}
            </div>
            {severeNow(visit) && <SevereLine value={visit.severe ?? unanswered()} tried={tried} onChange={(severe) => change({ severe })} />}
            {sugar ? (
                <SugarField
                    sugar={sugar}
                    limits={diabetes?.rule.controlled}
                    complain={tried}
                    input={sugarInput}
                    onChange={(s) => change({ sugar: s })}
                    onNext={() => focus(nextInput.current)}
                />
            ) : (
                <button
                    type="button"
                    class="link"
                    id="add-sugar"
                    onClick={() => {
                        change({ sugar: freshSugar() });
                        setTimeout(() => focus(sugarInput.current));
                    }}
                >
                    <Icon name="plus" />
                    {t.sugarAdd}
                </button>
            )}
            {diabetes && !inDiabetes && visit.sugar && sugarBelow(visit.sugar, diabetes.rule.controlled) === false && (
                <label class="check">
                    <input
                        type="checkbox"
                        checked={visit.enrolDiabetes ?? false}
                        onChange={(e) => change({ enrolDiabetes: e.currentTarget.checked })}
                    />
                    <span>{t.enrolDiabetes}</span>
                </label>
            )}
            {!bp.enrolled && gradeNow !== null && gradeNow > 0 && (
                <label class="check">
                    <input
                        type="checkbox"
                        checked={visit.enrol}
                        onChange={(e) => change({ enrol: e.currentTarget.checked })}
                    />
                    <span>{t.enrol}</span>
                </label>
            )}

            <MedicineRows
                medicines={visit.medicines}
                givenToday={givenToday}
                faults={lineFaults(rx)}
                diagnoses={rx.diagnoses}
                findings={findings}
                onChange={(medicines) => change({ medicines })}
            />
            {rx.lines.length > 0 &&
                (why ? (
                    <p class="small muted" id="rx-not">
                        {t.rxNot[why]}
                    </p>
                ) : (
                    <>
                        <CheckState checked={checked} silent={silent} asked={facts?.allergiesAsked ?? true} />
                        <p class="small muted">
                            {t.rxFor} {rx.diagnoses.map((d) => `${d.code} ${d.text}`).join(', ')}
                        </p>
                    </>
                ))}
            {drugs.length > 0 && (
                <div class="protocol" role="group" aria-label={t.protocolDrugs}>
                    <span class="small muted">
                        {t.protocolDrugs} · {t.protocolHint}
                    </span>
                    {drugs.map((d, i) => (
                        <button key={d.code} type="button" class="btn" onClick={() => addDrug(i)}>
                            <kbd aria-hidden="true">{i + 1}</kbd> {d.text}
                        </button>
                    ))}
                </div>
            )}

            <DayField
                id="next"
                label={t.next}
                hint={t.noNext}
                text={nextText}
                wrong={nextWrong(visit)}
                note={visit.next && !nextWrong(visit) ? t.inDays(daysBetween(day, visit.next)) : ''}
                input={nextInput}
                onType={(text) => {
                    const read = readDay(text, today());
                    texts.current.next = text;
                    change(read || !text.trim() ? { next: read } : {});
                }}
                onEnter={() => void sheet.submit(false)}
            />
            <SheetFoot sheet={sheet} print={rx.lines.length && !why ? t.savePrintRx : t.savePrint} />
        </section>
    );
}
