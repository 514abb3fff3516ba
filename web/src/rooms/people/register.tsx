// SPDX-License-Identifier: GPL-3.0-or-later
// Registering somebody in one screen (#/register): from a card or typed; who looks alike stands beside; one transaction saves the
// person, the household and the guardian. What is typed is kept with every key until it is saved.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { today as currentDay } from '../../base/clock';
import { useTexts, useTextsOf } from '../../base/language';
import { keep, kept } from '../../base/sealed';
import { justRegistered, looksLikeCard, newcomer, type Card, type Likely, type Newcomer } from '../../base/newcomer';
import { save } from '../../base/outbox';
import { go, paths } from '../../base/router';
import { Icon } from '../../parts/icon';
import { failureText } from '../../parts/message';
import type { PageProps } from '../../rooms';
import { newId, type Resource, type Transaction } from '../../rules/visit';
import { Camera } from './camera';
import { Choice, TextField, type Option } from './fields';
import { filledFrom, nothing, PersonFields, readCard, readTyped, type Typed } from './form';
import { PersonAhead, type FoundMember } from './household-find';
import { LikelyList, useLikely } from './likely';
import { differsFrom, householdOf, joined, kinOf, patientOf, plain, put, putNew, read, type Entry } from './record';
import { words } from './texts';

type HouseholdKind = 'none' | 'join' | 'own';
interface Draft {
    id: string;
    typed: Typed;
    kind: HouseholdKind;
    joins: { id: string; head: string } | null;
    guardian: string;
    guardianPhone: string;
    mother: NonNullable<Newcomer['mother']> | null;
    told: string[];
}
const CHILD_UNDER = 16; // years: a guardian is asked for
const DRAFT = 'register';

function begin(who: Newcomer | null, babyOf: (name: string) => string): Draft {
    const before = who ? null : kept<Draft>(DRAFT);
    if (before) return before;
    const typed = { ...nothing, name: who?.mother ? babyOf(who.mother.name) : (who?.name ?? '') };
    return {
        id: newId(),
        typed: who?.card ? filledFrom(who.card, typed) : typed,
        kind: who?.household || who?.mother?.household ? 'join' : 'none',
        joins: who?.household ?? (who?.mother?.household ? { id: who.mother.household, head: who.mother.name } : null),
        guardian: '',
        guardianPhone: '',
        mother: who?.mother ?? null,
        told: [],
    };
}

/** The transaction, and the one that takes it back. */
async function transactionOf(d: Draft, temporaryName: boolean): Promise<{ entries: Entry[]; undo: Entry[] } | Failure> {
    let patient = differsFrom(patientOf(d.id, readTyped(d.typed).facts), d.told);
    if (temporaryName) patient = { ...patient, name: [{ use: 'temp', text: d.typed.name.trim() }] } as Resource;
    const entries: Entry[] = [putNew(patient)],
        undo: Entry[] = [];
    if (d.kind === 'own') {
        const group = householdOf(d.id, [d.id]);
        entries.push(put(group));
        undo.push({ request: { method: 'DELETE', url: `Group/${group.id}` } });
    } else if (d.kind === 'join' && d.joins) {
        const now = await read('Group', d.joins.id);
        if (!now.ok) return now.failure;
        entries.push(put(joined(plain(now.body), d.id, currentDay()), `W/"${(now.body as any).meta.versionId}"`));
        undo.push(put(plain(now.body)));
    }
    const kin: Resource[] = [];
    if (d.mother) kin.push(kinOf(d.id, 'mother', d.mother.name, d.mother.phone, d.mother.id));
    if (d.guardian.trim()) kin.push(kinOf(d.id, 'guardian', d.guardian.trim(), readTyped({ ...nothing, phone: d.guardianPhone }).facts.phone, null));
    for (const k of kin) {
        entries.push(put(k));
        undo.push({ request: { method: 'DELETE', url: `RelatedPerson/${k.id}` } });
    }
    return { entries, undo: [...undo, { request: { method: 'DELETE', url: `Patient/${d.id}` } }] };
}

export default function RegisterPage(_: PageProps) {
    const t = useTexts(),
        w = useTextsOf(words);
    const first = useRef(newcomer.get());
    const [d, setDraft] = useState<Draft>(() => begin(first.current, w.babyOf));
    const [card, setCard] = useState<Card | null>(first.current?.card ?? null);
    const [cardFault, setCardFault] = useState<string | null>(null);
    const [tried, setTried] = useState(false);
    const [busy, setBusy] = useState(false);
    const [trouble, setTrouble] = useState<string | null>(null);
    const [waits, setWaits] = useState(false);
    const form = useRef<HTMLFormElement>(null);
    const { facts, faults } = readTyped(d.typed);
    const { list, settled, ask } = useLikely({
        name: d.typed.name, birth: facts.birth ?? '', sex: facts.sex ?? '', place: facts.village ?? '', phone: facts.phone ?? '',
        cccd: facts.cccd ?? '', insurance: facts.insurance ?? '', household: d.kind === 'join' ? (d.joins?.id ?? '') : '',
    });
    const age = facts.birth ? Number(currentDay().slice(0, 4)) - Number(facts.birth.slice(0, 4)) : null;
    const child = !!d.mother || (age !== null && age < CHILD_UNDER);

    const change = (part: Partial<Draft>): void => {
        const next = { ...d, ...part };
        setDraft(next);
        if (!JSON.stringify(next.typed).includes('|')) keep(DRAFT, next); // the text of a card is not kept
    };
    const focusOn = (id: string): void => {
        const e = document.getElementById(id);
        (e instanceof HTMLInputElement ? e : e?.querySelector('input'))?.focus();
    };
    const fill = async (c: Card): Promise<void> => {
        setCard(c);
        setCardFault(null);
        const typed = filledFrom(c, d.typed);
        const place = c.village ? await get<any>(`/fhir/Location/${encodeURIComponent(c.village)}`) : null;
        if (place?.ok) Object.assign(typed, { village: { id: c.village!, text: place.body.name }, villageText: place.body.name });
        change({ typed });
        focusOn(typed.village ? 'phone' : 'village');
    };
    useEffect(() => {
        document.title = `${w.registerTitle} · ${t.programme}`;
        newcomer.set(null);
        if (first.current?.card) void fill(first.current.card);
        else if (d.mother) {
            focusOn('birth');
            if (d.mother.village) void get<any>(`/fhir/Location/${encodeURIComponent(d.mother.village)}`).then((a) => {
                if (a.ok) setDraft((now) => ({ ...now, typed: { ...now.typed, village: { id: now.mother!.village!, text: a.body.name }, villageText: a.body.name } }));
            });
        } else focusOn(d.typed.name ? 'birth' : 'name');
    }, []);

    /** A scanner typed a card into a field: its own Enter, or the end of its typing. */
    const scanned = async (field: keyof Typed, text: string): Promise<void> => {
        setDraft({ ...d, typed: { ...d.typed, [field]: '' } });
        const got = await readCard(text);
        if (!got) return;
        if ('failure' in got) return setCardFault(t.offlineRead);
        const { scan } = got;
        if (scan.fault !== null) return setCardFault(t.cardFault[scan.fault as keyof typeof t.cardFault] ?? t.cardFault.format);
        if (scan.persons.length === 1) return go(paths.person(scan.persons[0]!.id));
        await fill(scan);
    };
    const withBar = (Object.entries(d.typed) as [keyof Typed, unknown][]).find(([, v]) => typeof v === 'string' && v.includes('|'));
    useEffect(() => {
        if (!withBar) return;
        const timer = window.setTimeout(() => void scanned(withBar[0], withBar[1] as string), 300);
        return () => clearTimeout(timer);
    }, [withBar?.[1]]);

    const untold = (likely: Likely[]): Likely[] => likely.filter((p) => p.tellApart && !d.told.includes(p.id));
    const submit = async (): Promise<void> => {
        if (busy || withBar) return;
        setTried(true);
        setTrouble(null);
        const wrongField = (Object.keys(nothing) as (keyof Typed)[]).find((f) => faults[f]);
        if (wrongField) return focusOn(wrongField);
        setBusy(true);
        const likely = settled ? list : await ask();
        const same = likely?.find((p) => p.why.includes('cccd'));
        if (same || (likely && untold(likely).length)) {
            setBusy(false);
            setTrouble(same ? w.sameCard : w.likelyFirst);
            setTimeout(() => document.querySelector<HTMLElement>(same ? '.likely a' : '.likely .apart')?.focus(), 30);
            return;
        }
        const made = await transactionOf(d, !!d.mother && d.typed.name === w.babyOf(d.mother.name));
        if ('kind' in made) {
            setBusy(false);
            return setTrouble(`${w.saveFailed} ${failureText(made, t)}`);
        }
        const bundle = { resourceType: 'Bundle', type: 'transaction', entry: made.entries } as Transaction;
        const result = await save(d.id, bundle);
        setBusy(false);
        if (result.how === 'failed') {
            const conflict = result.failure.kind === 'refused' && /identifier/i.test(made.entries[0]!.request.url) && [400, 409, 412].includes(result.failure.status);
            return setTrouble(conflict ? w.sameCard : `${w.saveFailed} ${failureText(result.failure, t)}`);
        }
        keep(DRAFT, null);
        if (result.how === 'waiting') return setWaits(true);
        justRegistered.set({ id: d.id, name: facts.name, undo: made.undo });
        go(paths.person(d.id));
    };
    const again = (): void => {
        keep(DRAFT, null);
        first.current = null;
        setDraft(begin(null, w.babyOf));
        setCard(null);
        setTried(false);
        setWaits(false);
        setTrouble(null);
        setTimeout(() => focusOn('name'), 0);
    };

    if (!session.get()?.can('person-register')) return <p>{w.mayNot}</p>;
    if (waits)
        return (
            <div class="message due" role="status">
                <Icon name="clock" />
                <p>
                    {w.registered(facts.name)} {t.savedWaiting}.
                </p>
                <button type="button" class="btn" onClick={again}>
                    {w.another}
                </button>
            </div>
        );
    return (
        <div class="register">
            <h1>{d.mother ? w.mother(d.mother.name) : w.registerTitle}</h1>
            <p class="muted small">{w.registerLead}</p>
            <div class="columns">
                <form
                    ref={form}
                    class="card pad sheet"
                    noValidate
                    onSubmit={(e) => {
                        e.preventDefault();
                        void submit();
                    }}
                    onKeyDownCapture={(e) => {
                        const from = e.target as HTMLInputElement;
                        if (e.key === 'F2') {
                            e.preventDefault();
                            void submit();
                        } else if (e.key === 'Enter' && from.tagName === 'INPUT' && looksLikeCard(from.value)) {
                            e.preventDefault();
                            e.stopPropagation(); // the scanner's Enter is no "next field"
                            void scanned((withBar?.[0] ?? from.id) as keyof Typed, from.value);
                        }
                    }}
                >
                    {(card || cardFault) && (
                        <p class={cardFault ? 'wrong' : 'fromcard small'} role={cardFault ? 'alert' : 'status'}>
                            <Icon name={cardFault ? 'warn' : 'check'} />
                            <span>
                                {cardFault ?? w.fromCard(card!.kind)} {!cardFault && card!.doubts.map((x) => w.doubt[x]).join(' ')}
                            </span>
                        </p>
                    )}
                    <PersonFields typed={d.typed} tried={tried} onChange={(part) => change({ typed: { ...d.typed, ...part } })} />
                    <Choice
                        id="household"
                        label={w.household}
                        choices={w.householdKinds}
                        value={d.kind}
                        onChoose={(kind) => change({ kind })}
                    />
                    {d.kind === 'join' && (
                        <PersonAhead
                            id="household-find"
                            label={w.householdFind}
                            households
                            chosen={d.joins ? ({ id: d.joins.id, text: w.householdOf(d.joins.head) } as Option) : null}
                            onChoose={(_o, p: FoundMember | null) =>
                                change({ joins: p?.household ? { id: p.household, head: p.householdHead?.name ?? p.name } : null })
                            }
                        />
                    )}
                    {child && !d.mother && (
                        <div class="pair">
                            <TextField id="guardian" label={w.guardian} hint={w.guardianHint} value={d.guardian} onType={(guardian) => change({ guardian })} />
                            <TextField
                                id="guardian-phone"
                                label={w.guardianPhone}
                                hint={w.optional}
                                numeric
                                value={d.guardianPhone}
                                wrong={tried && readTyped({ ...nothing, phone: d.guardianPhone }).faults.phone ? w.fault.badPhone : null}
                                onType={(guardianPhone) => change({ guardianPhone })}
                            />
                        </div>
                    )}
                    {trouble && (
                        <div class="message bad" role="alert">
                            <Icon name="warn" />
                            <p>{trouble}</p>
                        </div>
                    )}
                    <div class="actions">
                        <button type="submit" class="btn go" id="register-save" disabled={busy} aria-keyshortcuts="F2">
                            <Icon name="check" />
                            {busy ? w.saving : w.save} <kbd aria-hidden="true">F2</kbd>
                        </button>
                        <button type="button" class="btn" onClick={() => { keep(DRAFT, null); go(paths.today); }}>
                            {w.cancel}
                        </button>
                    </div>
                </form>
                <div class="aside">
                    <Camera onRead={(text) => void scanned('name', text)} />
                    <LikelyList list={list} told={d.told} onTold={(id) => { change({ told: [...d.told, id] }); setTrouble(null); setTimeout(() => (document.querySelector<HTMLElement>('.likely .apart') ?? document.getElementById('register-save'))?.focus(), 0); }} />
                </div>
            </div>
        </div>
    );
}
