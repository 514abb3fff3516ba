// SPDX-License-Identifier: GPL-3.0-or-later
// Family and data of a person, as a sheet of the person's page: household, kin, moving away, death, duplicates, and who changed
// what, with the way back.

import { useEffect, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { today as currentDay } from '../../base/clock';
import { dayOf, instantOf, readDay, showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import { newcomer, type Resident } from '../../base/newcomer';
import { go, paths } from '../../base/router';
import { DayField } from '../../parts/fields';
import { Icon } from '../../parts/icon';
import { failureText } from '../../parts/message';
import { Tag } from '../../parts/tag';
import type { SheetProps } from '../../rooms';
import type { Resource, Transaction } from '../../rules/visit';
import type { Household } from './household';
import { diedOn, etagOf, householdOf, movedAway, plain, put, read, saveAll, type Entry } from './record';
import { words } from './texts';

interface Kin {
    relation: string;
    kind: string;
    name: string | null;
    phone: string | null;
    person: Resident | null;
}
interface Family {
    id: string;
    kin: Kin[];
    children: Kin[];
    household: Household | null;
}
interface Version {
    version: string;
    at: string;
    by: string;
    changes: { field: string; before: string | null; after: string | null }[];
}
const UNDO_MS = 24 * 3600 * 1000;

function History({ id, onRestored }: { id: string; onRestored: () => void }) {
    const t = useTexts(),
        w = useTextsOf(words);
    const [versions, setVersions] = useState<Version[] | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const load = (): void => void get<{ versions: Version[] }>(`/api/persons/${encodeURIComponent(id)}/history`).then((a) => (a.ok ? setVersions(a.body.versions) : setFailure(a.failure)));
    useEffect(load, [id]);
    const restore = async (to: Version): Promise<void> => {
        const [old, now] = await Promise.all([get<Resource>(`/fhir/Patient/${encodeURIComponent(id)}/_history/${to.version}`), read('Patient', id)]);
        if (!old.ok) return setFailure(old.failure);
        if (!now.ok) return setFailure(now.failure);
        const answer = await saveAll([put(plain(old.body), etagOf(now.body))]);
        if (!answer.ok) return setFailure(answer.failure);
        load();
        onRestored();
    };
    const shown = (field: string, v: string | null): string =>
        v === null ? w.empty : field === 'sex' ? (t.sex[v as keyof typeof t.sex] ?? v) : ['birth', 'dead', 'moved'].includes(field) ? showDay(v) || v : v;
    const newest = versions?.[0];
    return (
        <section aria-labelledby="history-title">
            <h3 id="history-title">{w.historyTitle}</h3>
            {failure && <p class="wrong">{failureText(failure, t)}</p>}
            <ol class="plainlist history">
                {versions?.map((v, i) => (
                    <li key={v.version}>
                        <span class="small muted">{w.changedBy(v.by, `${instantOf(Date.parse(v.at)).slice(11, 16)} ${showDay(dayOf(Date.parse(v.at)))}`)}</span>
                        {i === versions.length - 1 ? (
                            <span>{w.created}</span>
                        ) : (
                            <ul class="plainlist small">
                                {v.changes.map((c) => (
                                    <li key={c.field}>
                                        {w.field[c.field] ?? c.field}: <del>{shown(c.field, c.before)}</del> → <b>{shown(c.field, c.after)}</b>
                                    </li>
                                ))}
                            </ul>
                        )}
                        {v === newest && versions.length > 1 && v.changes.length > 0 && Date.now() - Date.parse(v.at) < UNDO_MS && (
                            <button type="button" class="link" onClick={() => void restore(versions[1]!)}>
                                <Icon name="undo" />
                                {w.restore}
                            </button>
                        )}
                    </li>
                ))}
            </ol>
            {versions?.length === 1 && <p class="muted small">{w.historyNone}</p>}
        </section>
    );
}

export default function FamilySheet({ person, onDone, onClose }: SheetProps) {
    const t = useTexts(),
        w = useTextsOf(words);
    const [family, setFamily] = useState<Family | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [task, setTask] = useState<'none' | 'moved' | 'died'>('none');
    const [dayText, setDayText] = useState('');
    const may = session.get()?.can('person-register') ?? false;
    const today = currentDay();

    useEffect(() => {
        void get<Family>(`/api/persons/${encodeURIComponent(person.id)}/family`).then((a) => {
            if (a.ok) setFamily(a.body);
            else setFailure(a.failure);
        });
        setTimeout(() => document.getElementById('family-title')?.focus(), 0);
    }, [person.id]);

    const change = async (summary: string, to: (p: Resource) => Resource, more: Entry[] = []): Promise<void> => {
        setFailure(null);
        const now = await read('Patient', person.id);
        if (!now.ok) return setFailure(now.failure);
        const entries = [put(to(now.body), etagOf(now.body)), ...more];
        const answer = await saveAll(entries);
        if (!answer.ok) return setFailure(answer.failure);
        const bundle = { resourceType: 'Bundle', type: 'transaction', entry: entries } as Transaction;
        onDone({ summary, bundle, undo: [put(plain(now.body))], waits: false, at: Date.now(), print: null });
    };
    const startHousehold = async (): Promise<void> => {
        const group = householdOf(person.id, [person.id]);
        const answer = await saveAll([put(group)]);
        if (!answer.ok) return setFailure(answer.failure);
        go(paths.room('household', group.id));
    };
    const day = dayText.trim() ? readDay(dayText, today) : null;
    const dayWrong = dayText.trim() && (day === null ? t.badDay : day > today ? t.dayAhead : null);
    const living = family?.household?.members.filter((m) => !m.left) ?? [];
    const mother = (): void => {
        newcomer.set({ mother: { id: person.id, name: person.name, phone: person.phone?.replaceAll(' ', '') ?? null, village: person.place?.id ?? null, household: person.household?.id ?? null } });
        go(paths.room('register'));
    };
    const line = (label: string, k: Kin) => (
        <li key={k.relation}>
            <span class="muted">{label}:</span> {k.person ? <a href={paths.person(k.person.id)}>{k.person.name}</a> : k.name}
            {k.phone ? ` · ${k.phone}` : ''}
        </li>
    );
    return (
        <section
            class="card sheet family"
            aria-labelledby="family-title"
            onKeyDown={(e) => {
                if (e.key !== 'Escape' || e.defaultPrevented) return;
                e.preventDefault();
                e.stopPropagation();
                if (task !== 'none') setTask('none');
                else onClose();
            }}
        >
            <div class="sheethead">
                <h2 id="family-title" tabIndex={-1}>
                    {w.familyTitle}
                </h2>
                <button type="button" class="btn" onClick={onClose}>
                    {w.close} <kbd aria-hidden="true">Esc</kbd>
                </button>
            </div>
            {failure && <p class="wrong" role="alert">{failureText(failure, t)}</p>}
            {family && (
                <>
                    <h3>{w.household}</h3>
                    {living.length ? (
                        <ul class="plainlist members">
                            {living.map((m) => (
                                <li key={m.id}>
                                    <span class="who">
                                        {m.id === person.id ? <b>{m.name}</b> : <a href={paths.person(m.id)}>{m.name}</a>}{' '}
                                        {m.id === family.household!.head && <Tag tone="info" icon="check">{w.headTag}</Tag>}
                                        <span class="small muted"> {[m.sex ? t.sex[m.sex] : '', m.age !== null ? t.yearsOld(m.age) : ''].filter(Boolean).join(' · ')}</span>
                                    </span>
                                </li>
                            ))}
                        </ul>
                    ) : (
                        <p class="muted">{w.householdKinds.none}</p>
                    )}
                    {(family.kin.length > 0 || family.children.length > 0) && (
                        <ul class="plainlist kin">
                            {family.kin.map((k) => line(w.kin[k.kind] ?? w.kin.other!, k))}
                            {family.children.map((k) => line(w.child, k))}
                        </ul>
                    )}
                    <div class="actions">
                        {family.household ? (
                            <a class="btn" href={paths.room('household', family.household.id)}>
                                {w.openHousehold}
                            </a>
                        ) : (
                            may && (
                                <button type="button" class="btn" onClick={() => void startHousehold()}>
                                    {w.startHousehold}
                                </button>
                            )
                        )}
                        {may && person.sex === 'female' && !person.dead && (
                            <button type="button" class="btn" onClick={mother}>
                                <Icon name="plus" />
                                {w.newborn}
                            </button>
                        )}
                        {may && (
                            <a class="btn" href={paths.room('merge', person.id)}>
                                {w.duplicates}
                            </a>
                        )}
                        {may && !person.dead && (
                            <button type="button" class="btn" onClick={() => (person.moved ? void change(w.returns, (p) => movedAway(p, null)) : (setTask('moved'), setDayText(showDay(today))))}>
                                {person.moved ? w.returns : w.moves}
                            </button>
                        )}
                        {may && (
                            <button type="button" class="btn" onClick={() => (person.dead ? void change(w.alive, (p) => diedOn(p, null)) : (setTask('died'), setDayText('')))}>
                                {person.dead ? w.alive : w.died}
                            </button>
                        )}
                    </div>
                    {task !== 'none' && (
                        <form
                            class="dayform"
                            onSubmit={(e) => {
                                e.preventDefault();
                                if (dayWrong) return;
                                if (task === 'moved' && day) void change(w.movedOn(showDay(day)), (p) => movedAway(p, day));
                                if (task === 'died') void change(t.deadOn(showDay(day)), (p) => diedOn(p, day ?? true));
                            }}
                        >
                            <DayField
                                id="family-day"
                                label={task === 'moved' ? w.movesWhen : w.diedWhen}
                                text={dayText}
                                wrong={dayWrong || null}
                                input={{ current: null }}
                                onType={setDayText}
                                onEnter={() => document.querySelector<HTMLFormElement>('.dayform')?.requestSubmit()}
                            >
                                <button type="submit" class="btn go">
                                    {w.save}
                                </button>
                            </DayField>
                        </form>
                    )}
                </>
            )}
            {may && <History id={person.id} onRestored={() => onDone({ summary: w.restored, bundle: { resourceType: 'Bundle', type: 'transaction', entry: [] }, undo: [], waits: false, at: Date.now(), print: null })} />}
        </section>
    );
}
