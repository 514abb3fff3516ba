// SPDX-License-Identifier: GPL-3.0-or-later
// The yearly check-up: the items of the person's age from data/programmes/check-up.json. What was done this year, wherever, is shown as
// done and not asked again. Nothing is prefilled.

import { useEffect, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { now, useClock } from '../../base/clock';
import { instantOf, showDay } from '../../base/date';
import { language, showNumber, useTexts, useTextsOf } from '../../base/language';
import type { Draft } from '../../base/outbox';
import { Icon } from '../../parts/icon';
import { measuredText } from '../../parts/measured';
import { Trouble } from '../../parts/message';
import { SheetFoot, useSheet, type Finish } from '../../parts/sheet';
import { Tag } from '../../parts/tag';
import type { SheetProps } from '../../rooms';
import { LIMITS } from '../../rules/pressure';
import { bundle, loinc, newId, UCUM, type Resource, type Transaction } from '../../rules/visit';
import { texts, type CheckTexts } from './texts';

const SHEET = 'check-up';
const MEASURE = 'urn:tram:measure';

interface Item {
    code: string;
    title: { vi: string; en: string };
    kind: 'number' | 'pressure' | 'choice';
    unit?: string;
    ucum?: string;
    loinc?: string;
    local?: string;
    least?: number;
    most?: number;
    choices?: { code: string; vi: string; en: string }[];
}
interface CheckUp {
    today: string;
    year: number;
    due: boolean;
    lastOn: string | null;
    group: { title: { vi: string; en: string } } | null;
    items: { item: Item; done: { day: string; text: string | null } | null }[];
    station: string | null;
}
interface Typed extends Draft {
    values: Record<string, string>;
    ids: Record<string, string>;
}

const decimal = (text: string): number => (/^\d{1,3}([.,]\d{1,2})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : NaN);
const pressureOf = (text: string): [number, number] | null => {
    const m = /^\s*(\d{2,3})\s*\/\s*(\d{2,3})\s*$/.exec(text);
    return m ? [Number(m[1]), Number(m[2])] : null;
};

function wrongOf(item: Item, text: string, w: CheckTexts): string | null {
    if (!text.trim() || item.kind === 'choice') return null;
    if (item.kind === 'pressure') {
        const p = pressureOf(text);
        if (!p) return w.pressure;
        const [s, d] = p;
        const out = (v: number, [least, most]: readonly [number, number]): boolean => v < least || v > most;
        if (out(s, LIMITS.systolic)) return w.range(String(LIMITS.systolic[0]), String(LIMITS.systolic[1]));
        if (out(d, LIMITS.diastolic)) return w.range(String(LIMITS.diastolic[0]), String(LIMITS.diastolic[1]));
        return d > s ? w.order : null;
    }
    const n = decimal(text);
    if (Number.isNaN(n)) return w.wrongNumber;
    return n < (item.least ?? 0) || n > (item.most ?? 999) ? w.range(showNumber(item.least ?? 0), showNumber(item.most ?? 999)) : null;
}

function observation(item: Item, text: string, base: object): Resource {
    const coding = item.loinc ? { system: 'http://loinc.org', code: item.loinc } : { system: MEASURE, code: item.local };
    const quantity = (value: number, unit: string, code: string) => ({ value, unit, system: UCUM, code });
    const mmHg = (code: string, value: number) => ({
        code: loinc(code),
        valueQuantity: quantity(value, 'mmHg', 'mm[Hg]'),
    });
    const p = item.kind === 'pressure' ? pressureOf(text)! : null;
    const choice = item.choices?.find((c) => c.code === text);
    return {
        resourceType: 'Observation',
        id: '',
        status: 'final',
        code: { coding: [coding], text: item.title.vi },
        ...base,
        ...(p && { component: [mmHg('8480-6', p[0]), mmHg('8462-4', p[1])] }),
        ...(item.kind === 'number' && { valueQuantity: quantity(decimal(text), item.unit ?? '', item.ucum ?? '1') }),
        ...(choice && { valueCodeableConcept: { coding: [{ system: MEASURE, code: choice.code }], text: choice.vi } }),
    };
}

function bundleOf(v: Typed, items: Item[], station: string | null, now: number): Transaction {
    const subject = { reference: `Patient/${v.person}` },
        encounter = { reference: `Encounter/${v.ids.encounter}` },
        actor = session.get()?.actor ?? '',
        at = instantOf(now);
    const made: Resource[] = [
        {
            resourceType: 'Encounter',
            id: v.ids.encounter!,
            status: 'finished',
            class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
            type: [{ coding: [{ system: 'urn:tram:visit', code: 'check-up' }] }],
            subject,
            ...(actor.startsWith('Practitioner/') && { participant: [{ individual: { reference: actor } }] }),
            period: { start: instantOf(Math.min(v.started, now)), end: at },
            ...(station && { serviceProvider: { reference: `Organization/${station}` } }),
        },
        ...items
            .filter((i) => v.values[i.code]?.trim())
            .map((i) => ({ ...observation(i, v.values[i.code]!, { subject, encounter, effectiveDateTime: at }), id: v.ids[i.code]! })),
    ];
    return bundle(made);
}

export default function CheckUpSheet(props: SheetProps) {
    const { person } = props;
    const t = useTexts(),
        w = useTextsOf(texts),
        words = language.get(),
        clock = useClock();
    const [facts, setFacts] = useState<CheckUp | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [again, setAgain] = useState<Record<string, boolean>>({});
    const [left, setLeft] = useState<Record<string, boolean>>({});
    const asked = facts?.items.filter((i) => !i.done || again[i.item.code]).map((i) => i.item) ?? [];
    const finish = (v: Typed): Finish => {
        const bad = asked.find((i) => wrongOf(i, v.values[i.code] ?? '', w));
        if (bad || !facts) return { wrong: `item-${bad?.code}` };
        const made = bundleOf(v, asked, facts.station, now());
        return { bundle: made, summary: <b>{w.saved(made.entry.length - 1)}</b>, print: 'page' };
    };
    const blank = (): Typed => ({ person: person.id, name: person.name, started: now(), values: {}, ids: { encounter: newId() } });
    const sheet = useSheet<Typed>(SHEET, props, blank, finish);
    const { draft: typed, tried } = sheet;
    const change = (code: string, text: string): void =>
        sheet.change({ values: { ...typed.values, [code]: text }, ids: { ...typed.ids, [code]: typed.ids[code] ?? newId() } });

    useEffect(() => {
        const stop = new AbortController();
        void get<CheckUp>(`/api/persons/${encodeURIComponent(person.id)}/check-up`, stop.signal).then((a) => {
            if (stop.signal.aborted) return;
            if (!a.ok) return setFailure(a.failure);
            setFacts(a.body);
            setTimeout(() => document.querySelector<HTMLElement>('.checksheet input, .checksheet select')?.focus());
        });
        return () => stop.abort();
    }, [person.id]);

    if (failure) return <Trouble failure={failure} again={() => location.reload()} />;
    if (!facts)
        return (
            <p class="muted" role="status">
                {t.loading}
            </p>
        );
    const next = (code: string): void => {
        const at = asked.findIndex((i) => i.code === code);
        const to = asked[at + 1];
        if (to) document.getElementById(`item-${to.code}`)?.focus();
        else void sheet.submit(false);
    };
    const ask = (item: Item) => {
        const text = typed.values[item.code] ?? '';
        const bad = tried || left[item.code] ? wrongOf(item, text, w) : null;
        const common = {
            id: `item-${item.code}`,
            'aria-invalid': !!bad,
            'aria-describedby': bad ? `item-${item.code}-wrong` : undefined,
            onKeyDown: (e: KeyboardEvent) => {
                if (e.key !== 'Enter') return;
                e.preventDefault();
                next(item.code);
            },
        };
        return (
            <div class="field" key={item.code}>
                <label for={`item-${item.code}`}>
                    {item.title[words]} {item.unit && <span class="unit">{item.unit}</span>}
                </label>
                {item.kind === 'choice' ? (
                    <select {...common} value={text} onChange={(e) => change(item.code, e.currentTarget.value)}>
                        <option value="">–</option>
                        {item.choices?.map((c) => (
                            <option key={c.code} value={c.code}>
                                {c[words]}
                            </option>
                        ))}
                    </select>
                ) : (
                    <input
                        {...common}
                        type="text"
                        inputMode={item.kind === 'pressure' ? 'text' : 'decimal'}
                        autocomplete="off"
                        maxLength={9}
                        value={text}
                        onInput={(e) => change(item.code, e.currentTarget.value)}
                        onBlur={() => setLeft({ ...left, [item.code]: true })}
                    />
                )}
                {bad && (
                    <p class="wrong" id={`item-${item.code}-wrong`} role="alert">
                        <Icon name="warn" />
                        {bad}
                    </p>
                )}
            </div>
        );
    };
    const done = facts.items.filter((i) => i.done && !again[i.item.code]);
    return (
        <section class="card sheet checksheet" aria-labelledby="sheet-title">
            <div class="sheethead">
                <h2 id="sheet-title">{w.title(facts.year)}</h2>
                {clock.day && (
                    <Tag tone={facts.due ? 'due' : 'plain'} icon={facts.due ? 'calendar' : 'info'}>
                        {facts.due ? w.due : w.notDue}
                    </Tag>
                )}
                <span class="small muted last">
                    {facts.group ? w.group(facts.group.title[words]) : w.noGroup}
                    {facts.lastOn && ` · ${w.lastOn(showDay(facts.lastOn))}`}
                </span>
            </div>
            {done.length > 0 && (
                <section class="donebox" aria-label={w.done}>
                    <h3>
                        <Icon name="check" /> {w.done}
                    </h3>
                    <ul class="plainlist">
                        {done.map(({ item, done: d }) => (
                            <li key={item.code}>
                                <b>{item.title[words]}</b> {w.doneOn(measuredText(d!.text ?? ''), showDay(d!.day))}{' '}
                                <button type="button" class="link" aria-label={`${w.again}: ${item.title[words]}`} onClick={() => setAgain({ ...again, [item.code]: true })}>
                                    {w.again}
                                </button>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
            {asked.length ? <div class="checkitems">{asked.map(ask)}</div> : <p>{w.allDone}</p>}
            {asked.length > 0 && <p class="small muted">{w.skip}</p>}
            <SheetFoot sheet={sheet} print={null} />
        </section>
    );
}
