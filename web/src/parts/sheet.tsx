// SPDX-License-Identifier: GPL-3.0-or-later
// What all sheets share: a draft that is kept with every key, F2 F9 Esc wherever the focus is, saving that goes on after signing
// in again, and the foot with its buttons and words. The sheet itself gives fields, faults and the transaction.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, online, sessionLost, type Failure } from '../base/api';
import { today } from '../base/clock';
import { clockOf } from '../base/date';
import { useTexts } from '../base/language';
import { draftOf, dropDraft, keepDraft, save, type Draft } from '../base/outbox';
import { useValue } from '../base/value';
import type { Done, SheetProps } from '../rooms';
import { atDesk, type Resource, type Transaction } from '../rules/visit';
import { Icon } from './icon';
import { failureText } from './message';
import { DeskNote, encountersOf, isOpen, otherOf, Others, type Other } from './others';

/** What the sheet gives when it is to be saved: the id of the field that is wrong, or what is to be stored. */
export type Finish =
    | { wrong: string }
    | { bundle: Transaction; summary: ComponentChildren; print: string | null; orPage?: boolean; next?: string; short?: ComponentChildren }; // orPage: without the node the page is printed; short: what is typed, for the comparison with another computer

export interface SheetState<T extends Draft> {
    draft: T;
    change: (part: Partial<T>) => void;
    begin: (part: Partial<T>) => void; // what is proposed at the start: no draft until somebody types
    tried: boolean; // saving was tried: every fault may be shown
    found: boolean; // the draft was there before
    keptAt: number | null;
    notKept: boolean;
    busy: boolean;
    failure: Failure | null;
    desk: Resource | null; // the visit opened at the desk that this sheet finishes
    others: Other[]; // what another computer recorded meanwhile
    mine: ComponentChildren;
    submit: (print: boolean) => Promise<void>;
    discard: () => void;
}

export function focusOn(id: string): void {
    const el = document.getElementById(id);
    el?.focus();
    if (el instanceof HTMLInputElement) el.select();
}

/** After the drawing that the change just made asks for: the next key goes to the new field, however fast it comes. */
export function focusSoon(id: string): void {
    queueMicrotask(() => focusOn(id));
}

export function useSheet<T extends Draft>(
    word: string,
    { person, onDone, onClose }: SheetProps,
    blank: () => T,
    finish: (draft: T, print: boolean) => Finish | Promise<Finish>,
): SheetState<T> {
    const kept = useRef(draftOf<T>(word, person.id));
    // a draft of an older version of the program lacks what came since
    const [draft, setDraft] = useState<T>(() => ({ ...blank(), ...kept.current }));
    const latest = useRef(draft);
    const [keptAt, setKeptAt] = useState<number | null>(kept.current ? Date.now() : null);
    const [notKept, setNotKept] = useState(false);
    const [tried, setTried] = useState(false);
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);
    const again = useRef<null | boolean>(null); // the session was lost while saving: save again (true: and print)
    const lost = useValue(sessionLost);
    const known = useRef<Set<string> | null>(null); // visits of today that need no comparison (any more)
    const [desk, setDesk] = useState<Resource | null>(null);
    const deskNow = useRef(desk);
    deskNow.current = desk;
    const [others, setOthers] = useState<Other[]>([]);
    const [mine, setMine] = useState<ComponentChildren>(null);
    const connected = useValue(online);
    useEffect(() => {
        if (!connected || known.current) return;
        void encountersOf(person.id, today()).then((list) => {
            if (!list) return;
            known.current = new Set(list.map((e) => e.id));
            setDesk(list.find(isOpen) ?? null);
        });
    }, [connected]);
    /** What another computer recorded since the sheet was opened: shown once, the next save goes through. */
    const compare = async (found: Resource[], end: { short?: ComponentChildren; summary: ComponentChildren }): Promise<void> => {
        for (const o of found) known.current?.add(o.id);
        setMine(end.short ?? end.summary);
        setOthers(await Promise.all(found.map(otherOf)));
        setBusy(false);
        focusSoon('others-keep');
    };
    const recorded = async (made: Transaction): Promise<Resource[]> => {
        const list = online.get() && known.current ? await encountersOf(person.id, today()) : null;
        const own = made.entry.map((e) => e.request.url);
        return (list ?? []).filter((e) => !isOpen(e) && e.id !== deskNow.current?.id && !known.current!.has(e.id) && !own.includes(`Encounter/${e.id}`));
    };

    const begin = (part: Partial<T>): void => {
        latest.current = { ...latest.current, ...part };
        setDraft(latest.current);
    };
    const change = (part: Partial<T>): void => {
        begin(part);
        if (keepDraft(word, latest.current)) setKeptAt(Date.now());
        else setNotKept(true);
    };
    const submit = async (print: boolean): Promise<void> => {
        if (busy) return;
        setTried(true);
        setFailure(null);
        setBusy(true);
        const end = await finish(latest.current, print);
        if ('wrong' in end) {
            setBusy(false);
            focusSoon(end.wrong);
            return;
        }
        const found = await recorded(end.bundle);
        if (found.length) return compare(found, end);
        const open = deskNow.current,
            bundle = open ? atDesk(end.bundle, open) : end.bundle;
        const result = await save(person.id, bundle);
        if (open && result.how === 'failed' && result.failure.kind === 'refused' && result.failure.status === 412) {
            const there = await get<Resource>(`/fhir/Encounter/${open.id}`); // changed meanwhile: saving again makes a visit of its own
            setDesk(null);
            if (there.ok) return compare([there.body], end);
        }
        setBusy(false);
        if (result.how === 'failed') {
            setFailure(result.failure);
            again.current = result.failure.kind === 'signed-out' ? print : null;
            return;
        }
        dropDraft(word, person.id);
        const waits = result.how === 'waiting'; // a PDF is made by the node, the page is not
        const paper = waits ? (end.orPage || end.print === 'page' ? 'page' : null) : end.print;
        const done: Done = { summary: end.summary, bundle, waits, at: Date.now(), print: print ? paper : null };
        if (end.next) done.next = end.next;
        onDone(done);
    };
    useEffect(() => {
        if (lost || again.current === null) return; // signed in again: go on where it stopped
        const print = again.current;
        again.current = null;
        void submit(print);
    }, [lost]);

    const keys = useRef((_: KeyboardEvent): void => {});
    keys.current = (e) => {
        if (e.key === 'F2' || e.key === 'F9') {
            e.preventDefault();
            e.stopPropagation();
            void submit(e.key === 'F9');
        } else if (e.key === 'Escape') {
            e.preventDefault();
            e.stopPropagation();
            onClose();
        }
    };
    useEffect(() => {
        const listen = (e: KeyboardEvent): void => {
            if (!sessionLost.get() && !e.defaultPrevented) keys.current(e);
        };
        window.addEventListener('keydown', listen);
        return () => window.removeEventListener('keydown', listen);
    }, []);
    const discard = (): void => {
        dropDraft(word, person.id);
        onClose();
    };
    return { draft, change, begin, tried, found: !!kept.current, keptAt, notKept, busy, failure, desk, others, mine, submit, discard };
}

export function Note({ tone, icon, children }: { tone: 'bad' | 'due' | 'ok' | 'info'; icon: 'warn' | 'stop' | 'check' | 'info'; children: ComponentChildren }) {
    return (
        <div class={`message ${tone}`} role={tone === 'ok' || tone === 'info' ? 'status' : 'alert'}>
            <Icon name={icon} />
            {children}
        </div>
    );
}

export function SheetFoot<T extends Draft>({ sheet, print }: { sheet: SheetState<T>; print: string | null }) {
    const t = useTexts();
    const { failure, notKept, busy, keptAt } = sheet;
    return (
        <>
            <Others others={sheet.others} mine={sheet.mine} onKeep={() => void sheet.submit(false)} />
            <DeskNote desk={sheet.desk} />
            {failure && failure.kind !== 'signed-out' && (
                <Note tone="bad" icon="warn">
                    <p>
                        <b>{t.saveFailed}</b> {failureText(failure, t)}
                    </p>
                </Note>
            )}
            {notKept && (
                <Note tone="due" icon="warn">
                    <p>{t.draftNotKept}</p>
                </Note>
            )}
            <div class="actions">
                <button type="button" class="btn go" aria-busy={busy} aria-keyshortcuts="F2" onClick={() => void sheet.submit(false)}>
                    {busy ? t.saving : t.save} <kbd aria-hidden="true">F2</kbd>
                </button>
                {print && (
                    <button type="button" class="btn" aria-keyshortcuts="F9" onClick={() => void sheet.submit(true)}>
                        {print} <kbd aria-hidden="true">F9</kbd>
                    </button>
                )}
                <button type="button" class="link" onClick={sheet.discard}>
                    {t.discard}
                </button>
                <span class="small muted note">
                    {keptAt ? `${t.draftKept(clockOf(keptAt).slice(0, 5))} · ` : ''}
                    {t.undoHint}
                </span>
            </div>
        </>
    );
}
