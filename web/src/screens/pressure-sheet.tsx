// SPDX-License-Identifier: GPL-3.0-or-later
// The blood-pressure sheet. Values step by themselves; nothing measured is prefilled, only medicines and the next visit
// repeat; what is typed is kept as a draft with every key, so that nothing is lost with the session, the page or the network.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, session, sessionLost, type Failure } from '../base/api';
import { now as moment } from '../base/clock';
import { addDays, clockOf, daysBetween, readDay, showDay } from '../base/date';
import { useTexts } from '../base/language';
import type { BloodPressure, Person, Programmes } from '../base/model';
import { draftOf, dropDraft, keepDraft, save } from '../base/outbox';
import { useValue } from '../base/value';
import { ActionLine } from '../parts/action-line';
import { DayField, MeasureField } from '../parts/fields';
import { Icon } from '../parts/icon';
import { MedicineRows } from '../parts/medicine-rows';
import { failureText } from '../parts/message';
import { SugarField } from '../parts/sugar-field';
import { GradeTag, Tag } from '../parts/tag';
import { distinct } from '../rules/medicines';
import { complete, digits, faults, grade, type Fault, type Measured } from '../rules/pressure';
import { sugarBelow, sugarFault, type SugarEntry } from '../rules/sugar';
import type { Done } from '../rooms';
import { newId, transaction, type ActionEntry, type Resource, type Visit } from '../rules/visit';

const SHEET = 'blood-pressure'; // its word in addresses and drafts
const FIELDS: Measured[] = ['systolic', 'diastolic', 'pulse'];
const freshSugar = (): SugarEntry => ({
    kind: 'fasting',
    unit: 'mmol/L',
    value: '',
    ids: { sugar: newId(), condition: newId(), episode: newId() },
});
const freshAction = (): ActionEntry => ({
    systolic: '',
    diastolic: '',
    signs: [],
    step: '',
    ids: { pressure: newId(), signs: newId(), step: newId() },
});

function blank(person: Person, bp: BloodPressure): Visit {
    return {
        person: person.id,
        name: person.name,
        started: moment(),
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
        },
        medicines: distinct(bp.medicines)
            .filter((m) => m.authoredOn !== bp.today)
            .map((m) => ({
                id: newId(),
                text: m.text,
                dose: m.dose ?? '',
                unit: m.unit ?? '',
                days: m.days,
                quantity: m.quantity === null ? '' : String(m.quantity),
                code: m.code,
                keep: true,
            })),
        next: bp.proposedNext ?? addDays(bp.today, 28),
        enrol: false,
    };
}

export function PressureSheet({
    person,
    bp,
    onDone,
    onClose,
}: {
    person: Person;
    bp: BloodPressure;
    onDone: (done: Done) => void;
    onClose: () => void;
}) {
    const t = useTexts();
    const found = useRef(draftOf<Visit>(SHEET, person.id));
    const [visit, setVisit] = useState<Visit>(() => found.current ?? blank(person, bp));
    const [keptAt, setKeptAt] = useState<number | null>(found.current ? Date.now() : null);
    const [notKept, setNotKept] = useState(false);
    const [nextText, setNextText] = useState(showDay(visit.next));
    const [dayText, setDayText] = useState(visit.day ? showDay(visit.day) : showDay(bp.today));
    const [showDayField, setShowDayField] = useState(visit.day !== null);
    const [left, setLeft] = useState<Partial<Record<Measured, boolean>>>({}); // fields that were left: may complain
    const [tried, setTried] = useState(false);
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);
    const again = useRef<null | boolean>(null); // the session was lost while saving: save again (true: and print)
    const lost = useValue(sessionLost);
    const [programmes, setProgrammes] = useState<Programmes | null>(null);
    const [askedOnce, setAskedOnce] = useState(false); // saving at 180/110 was asked for once
    const booked = useRef<Resource[]>([]); // appointments the visit will fulfil; unknown without a network: they stay as they are
    const inputs = {
        systolic: useRef<HTMLInputElement>(null),
        diastolic: useRef<HTMLInputElement>(null),
        pulse: useRef<HTMLInputElement>(null),
    };
    const sugarInput = useRef<HTMLInputElement>(null),
        againInput = useRef<HTMLInputElement>(null);
    const nextInput = useRef<HTMLInputElement>(null),
        dayInput = useRef<HTMLInputElement>(null);

    const givenToday = distinct(bp.medicines)
        .filter((m) => m.authoredOn === bp.today)
        .map((m) => m.text);
    const day = visit.day ?? bp.today;
    const wrong = faults(visit);
    const shownFault = (f: Measured): Fault | undefined =>
        tried || (left[f] && wrong[f] !== 'missing') ? wrong[f] : undefined;
    const dayRead = showDayField ? readDay(dayText, bp.today) : bp.today;
    const dayWrong = dayRead === null ? t.badDay : dayRead > bp.today ? t.dayAhead : null;
    const nextRead = nextText.trim() ? readDay(nextText, bp.today) : null;
    const nextWrong = nextText.trim() && (nextRead === null ? t.badDay : nextRead <= day ? t.dayPast : null);
    const both = !wrong.systolic && !wrong.diastolic;
    const now = both ? grade(Number(visit.systolic), Number(visit.diastolic)) : null;
    const hypertension = programmes?.programmes.find((p) => p.code === 'hypertension'),
        diabetes = programmes?.programmes.find((p) => p.code === 'diabetes');
    const inDiabetes = !!diabetes?.enrolledOn;
    const sugar = visit.sugar ?? (inDiabetes ? freshSugar() : null);
    const limit = hypertension?.rule.action ?? { systolicFrom: 180, diastolicFrom: 110 }; // before the rule has come: what it was
    const severe = both && (Number(visit.systolic) >= limit.systolicFrom || Number(visit.diastolic) >= limit.diastolicFrom);
    const action = visit.action ?? freshAction();
    const againWrong = ((): string | null => {
        if (!severe || (!action.systolic && !action.diastolic)) return null;
        const f = faults({ systolic: action.systolic, diastolic: action.diastolic, pulse: '' });
        const fault = f.systolic ?? f.diastolic;
        return !fault ? null : fault === 'order' || fault === 'missing' ? t.fault[fault] : fault === 'low' ? t.fault.low(70) : t.fault.high(300);
    })();
    const target = inDiabetes && !hypertension?.enrolledOn ? diabetes?.target : hypertension?.target;
    const atTarget =
        target && both
            ? Number(visit.systolic) < target.systolicBelow && Number(visit.diastolic) < target.diastolicBelow
            : null;
    const range = (from: number, below: number): string => (from ? `${from}–<${below}` : `<${below}`);
    const change = (part: Partial<Visit>): void => {
        const next = { ...visit, ...part };
        setVisit(next);
        if (keepDraft(SHEET, next)) setKeptAt(Date.now());
        else setNotKept(true);
    };
    const focus = (el: HTMLInputElement | null): void => {
        el?.focus();
        el?.select();
    };

    useEffect(() => {
        void get<Programmes>(`/api/persons/${encodeURIComponent(person.id)}/programmes`).then((answer) => {
            if (!answer.ok) return;
            setProgrammes(answer.body);
            const arrived = answer.body.arrived; // the visit begun at the desk is finished by this sheet
            if (arrived && !found.current) setVisit((v) => ({ ...v, ids: { ...v.ids, encounter: arrived } }));
        });
    }, []);
    useEffect(() => {
        const query = `patient=${encodeURIComponent(person.id)}&status=booked&date=ge${bp.today}&_count=50`;
        void get<{ entry?: { resource: Resource }[] }>(`/fhir/Appointment?${query}`).then((answer) => {
            if (answer.ok) booked.current = (answer.body.entry ?? []).map((e) => e.resource);
        });
    }, []);
    useEffect(() => {
        const empty = FIELDS.find((f) => visit[f] === '' && f !== 'pulse');
        (empty ? inputs[empty] : nextInput).current?.focus();
    }, []);

    const submit = async (print: boolean): Promise<void> => {
        if (busy) return;
        setTried(true);
        setFailure(null);
        for (const f of FIELDS) if (wrong[f]) return focus(inputs[f].current);
        if (dayWrong) return focus(dayInput.current);
        if (nextWrong) return focus(nextInput.current);
        if (visit.sugar && sugarFault(visit.sugar)) return focus(sugarInput.current);
        if (againWrong) return focus(againInput.current);
        if (severe && !askedOnce && !visit.action?.signs.length && !visit.action?.step && !visit.action?.systolic) {
            setAskedOnce(true); // once: care is never blocked
            return focus(againInput.current);
        }
        setBusy(true);
        const bundle = transaction(
            { ...visit, action: severe ? visit.action : undefined, actor: session.get()?.actor } as Visit,
            bp.station,
            moment(),
            booked.current,
        );
        const result = await save(person.id, bundle);
        setBusy(false);
        if (result.how === 'failed') {
            setFailure(result.failure);
            again.current = result.failure.kind === 'signed-out' ? print : null;
            return;
        }
        dropDraft(SHEET, person.id);
        const systolic = Number(visit.systolic),
            diastolic = Number(visit.diastolic);
        onDone({
            summary: (
                <>
                    <b>
                        {systolic}/{diastolic}
                    </b>{' '}
                    <GradeTag grade={grade(systolic, diastolic)} />{' '}
                    {visit.next && (
                        <span>
                            {t.dueOn} {showDay(visit.next)}
                        </span>
                    )}
                </>
            ),
            bundle,
            waits: result.how === 'waiting',
            at: Date.now(),
            print: !print ? null : result.how === 'waiting' || !visit.next ? 'page' : `/api/print/appointment/${person.id}?on=${visit.next}`,
        });
    };

    useEffect(() => {
        if (lost || again.current === null) return; // signed in again: go on where it stopped
        const print = again.current;
        again.current = null;
        void submit(print);
    }, [lost]);

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
    const drugs = [...(hypertension?.drugs ?? []), ...(inDiabetes || visit.sugar ? (diabetes?.drugs ?? []) : [])].slice(0, 9);
    const addDrug = (n: number): void => {
        const d = drugs[n];
        if (!d || visit.medicines.some((m) => m.keep && m.text === d.text)) return;
        const row = { id: newId(), text: d.text, dose: d.dose, unit: d.unit, days: 30, quantity: String(d.perDay * 30), code: d.code, keep: true };
        change({ medicines: [...visit.medicines, row] });
    };
    const keys = (e: KeyboardEvent): void => {
        if (e.key === 'F2' || e.key === 'F9') {
            e.preventDefault();
            e.stopPropagation();
            void submit(e.key === 'F9');
        } else if (e.altKey && /^Digit[1-9]$/.test(e.code)) {
            e.preventDefault();
            addDrug(Number(e.code.slice(5)) - 1);
        } else if (e.key === 'Escape') {
            e.preventDefault();
            e.stopPropagation();
            onClose();
        }
    };
    const latest = useRef(keys); // the handler of the last drawing: a key pressed right after a digit must see that digit
    latest.current = keys;
    useEffect(() => {
        // F2, F9 and Esc work wherever the focus is while the sheet is open
        const listen = (e: KeyboardEvent): void => {
            if (!sessionLost.get() && !e.defaultPrevented) latest.current(e);
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
                        {t.todayWord(showDay(bp.today))}
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
            {found.current && (
                <p class="small muted" role="status">
                    {t.draftFound}
                </p>
            )}
            {showDayField && (
                <DayField
                    id="day"
                    label={t.dayOfVisit}
                    text={dayText}
                    wrong={dayWrong}
                    input={dayInput}
                    onType={(text) => {
                        const read = readDay(text, bp.today);
                        setDayText(text);
                        if (read && read <= bp.today) change({ day: read === bp.today ? null : read });
                    }}
                    onEnter={() => focus(inputs.systolic.current)}
                >
                    <button
                        type="button"
                        class="btn"
                        onClick={() => {
                            setShowDayField(false);
                            setDayText(showDay(bp.today));
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
                {now !== null && <GradeTag grade={now} />}
                {atTarget !== null && target && (
                    <Tag tone={atTarget ? 'ok' : 'info'} icon={atTarget ? 'check' : 'info'}>
                        {atTarget ? t.atTarget : t.notAtTarget} ·{' '}
                        {t.target(range(target.systolicFrom, target.systolicBelow), range(target.diastolicFrom, target.diastolicBelow))}
                    </Tag>
                )}
            </div>
            {severe && (
                <ActionLine
                    action={action}
                    waiting={askedOnce}
                    wrong={againWrong}
                    first={againInput}
                    onChange={(a) => change({ action: a })}
                />
            )}
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
            {!bp.enrolled && now !== null && now > 0 && (
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
                onChange={(medicines) => change({ medicines })}
            />
            {drugs.length > 0 && (
                <div class="protocol" role="group" aria-label={t.protocolDrugs}>
                    <span class="small muted">
                        {t.protocolDrugs} · {t.protocolHint}
                    </span>
                    {drugs.map((d, i) => (
                        <button key={d.text} type="button" class="btn" onClick={() => addDrug(i)}>
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
                wrong={nextWrong || null}
                note={nextRead && !nextWrong ? t.inDays(daysBetween(day, nextRead)) : ''}
                input={nextInput}
                onType={(text) => {
                    const read = readDay(text, bp.today);
                    setNextText(text);
                    if (read || !text.trim()) change({ next: read });
                }}
                onEnter={() => void submit(false)}
            />
            {failure && failure.kind !== 'signed-out' && (
                <div class="message bad" role="alert">
                    <Icon name="warn" />
                    <p>
                        <b>{t.saveFailed}</b> {failureText(failure, t)}
                    </p>
                </div>
            )}
            {notKept && (
                <div class="message due" role="alert">
                    <Icon name="warn" />
                    <p>{t.draftNotKept}</p>
                </div>
            )}
            <div class="actions">
                <button
                    type="button"
                    class="btn go"
                    aria-busy={busy}
                    aria-keyshortcuts="F2"
                    onClick={() => void submit(false)}
                >
                    {busy ? t.saving : t.save} <kbd aria-hidden="true">F2</kbd>
                </button>
                <button type="button" class="btn" aria-keyshortcuts="F9" onClick={() => void submit(true)}>
                    {t.savePrint} <kbd aria-hidden="true">F9</kbd>
                </button>
                <button
                    type="button"
                    class="link"
                    onClick={() => {
                        dropDraft(SHEET, person.id);
                        onClose();
                    }}
                >
                    {t.discard}
                </button>
                <span class="small muted note">
                    {keptAt ? `${t.draftKept(clockOf(keptAt).slice(0, 5))} · ` : ''}
                    {t.undoHint}
                </span>
            </div>
        </section>
    );
}
