// SPDX-License-Identifier: GPL-3.0-or-later
// One household (#/household/ID): who belongs to it, its head; joining, leaving, a newborn, splitting and taking another household
// in. Each act is one transaction with the version it read, and can be taken back at once.

import { useEffect, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { today as currentDay } from '../../base/clock';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import { newcomer, type Resident } from '../../base/newcomer';
import { go, paths } from '../../base/router';
import { Icon } from '../../parts/icon';
import { failureText, Trouble } from '../../parts/message';
import { Tag } from '../../parts/tag';
import type { PageProps } from '../../rooms';
import type { Resource } from '../../rules/visit';
import { PersonAhead, type FoundMember } from './household-find';
import { etagOf, householdOf, joined, left, plain, put, read, saveAll, withHead, type Entry } from './record';
import { words } from './texts';

export interface Member extends Resident {
    left: boolean;
    until: string | null;
}
export interface Household {
    id: string;
    active: boolean;
    head: string | null;
    members: Member[];
    unseen: number;
}
type Task = 'none' | 'add' | 'split' | 'merge' | 'newborn';
const CHILDBEARING = [12, 55] as const; // years: whom a newborn is offered as a child of

/** The groups read, changed and written back together, and the entries that put them back. */
async function changeGroups(ids: string[], act: (groups: Resource[]) => Entry[]): Promise<{ undo: Entry[] } | Failure> {
    const groups: Resource[] = [],
        etags = new Map<string, string>();
    for (const id of ids) {
        const now = await read('Group', id);
        if (!now.ok) return now.failure;
        groups.push(plain(now.body));
        etags.set(`Group/${id}`, etagOf(now.body));
    }
    const entries = act(groups).map((e) => (etags.has(e.request.url) ? { ...e, request: { ...e.request, ifMatch: etags.get(e.request.url)! } } : e));
    const answer = await saveAll(entries);
    if (!answer.ok) return answer.failure;
    const made = entries.filter((e) => !etags.has(e.request.url)).map((e): Entry => ({ request: { method: 'DELETE', url: e.request.url } }));
    return { undo: [...groups.map((g) => put(g)), ...made] };
}

export default function HouseholdPage({ rest }: PageProps) {
    const id = rest[0] ?? '';
    const t = useTexts(),
        w = useTextsOf(words);
    const [home, setHome] = useState<Household | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [round, setRound] = useState(0);
    const [task, setTask] = useState<Task>('none');
    const [chosen, setChosen] = useState<string[]>([]);
    const [other, setOther] = useState<FoundMember | null>(null);
    const [done, setDone] = useState<{ text: string; undo: Entry[] } | null>(null);
    const [trouble, setTrouble] = useState<string | null>(null);
    const may = session.get()?.can('person-register') ?? false;
    const today = currentDay();

    useEffect(() => {
        const stop = new AbortController();
        void get<Household>(`/api/households/${encodeURIComponent(id)}`, stop.signal).then((a) => {
            if (stop.signal.aborted) return;
            if (a.ok) setHome(a.body);
            setFailure(a.ok ? null : a.failure);
        });
        return () => stop.abort();
    }, [id, round]);
    const head = home?.members.find((m) => m.id === home.head && !m.left);
    useEffect(() => void (document.title = `${w.householdTitle(head?.name ?? '')} · ${t.programme}`), [head?.name, w]);

    const act = async (ids: string[], text: string, change: (groups: Resource[]) => Entry[]): Promise<void> => {
        setTrouble(null);
        const result = await changeGroups(ids, change);
        if ('kind' in result) return setTrouble(result.kind === 'refused' && result.status === 412 ? w.changedMeanwhile : failureText(result, t));
        setDone({ text, undo: result.undo });
        setTask('none');
        setChosen([]);
        setOther(null);
        setRound(round + 1);
    };
    const undo = async (): Promise<void> => {
        const answer = await saveAll(done!.undo);
        if (!answer.ok) return setTrouble(failureText(answer.failure, t));
        setDone({ text: w.undone, undo: [] });
        setRound(round + 1);
    };
    const add = (p: FoundMember): Promise<void> =>
        act(p.household && p.household !== id ? [id, p.household] : [id], w.did.joined(p.name), ([g, before]) => [
            put(joined(g!, p.id, today)),
            ...(before ? [put(left(before, p.id, today))] : []),
        ]);
    const split = (): Promise<void> =>
        act([id], w.did.split(chosen.length), ([g]) => [put(chosen.reduce((rest, m) => left(rest, m, today), g!)), put(householdOf(chosen[0]!, chosen))]);
    const takeIn = async (p: FoundMember): Promise<void> => {
        const theirs = await get<Household>(`/api/households/${encodeURIComponent(p.household!)}`);
        if (!theirs.ok) return setTrouble(failureText(theirs.failure, t));
        const comers = theirs.body.members.filter((m) => !m.left).map((m) => m.id);
        return act([id, p.household!], w.did.merged(comers.length), ([g, g2]) => [
            put(comers.reduce((all, m) => joined(all, m, today), g!)),
            put(comers.reduce((all, m) => left(all, m, today), g2!)),
        ]);
    };

    if (!home) return failure ? <Trouble failure={failure} again={() => setRound(round + 1)} /> : <p role="status">{t.loading}</p>;
    const living = home.members.filter((m) => !m.left),
        former = home.members.filter((m) => m.left);
    const mothers = living.filter((m) => m.sex === 'female' && !m.dead && m.age !== null && m.age >= CHILDBEARING[0] && m.age <= CHILDBEARING[1]);
    const village = head?.place?.id ?? living[0]?.place?.id ?? null;
    const facts = (m: Member): string =>
        [m.sex ? t.sex[m.sex] : '', m.age !== null ? t.yearsOld(m.age) : '', m.birth ? showDay(m.birth) : t.bornUnknown, m.dead ? t.status.dead : '', m.moved ? w.movedOn(showDay(m.moved)) : '']
            .filter(Boolean)
            .join(' · ');
    return (
        <div class="household">
            <h1 id="household-title" tabIndex={-1}>
                {w.householdTitle(head?.name ?? '')}
            </h1>
            {done && (
                <div class="message ok" role="status">
                    <Icon name="check" />
                    <p>{done.text}</p>
                    {done.undo.length > 0 && (
                        <button type="button" class="btn" onClick={() => void undo()}>
                            <Icon name="undo" />
                            {w.undo}
                        </button>
                    )}
                </div>
            )}
            {trouble && (
                <div class="message bad" role="alert">
                    <Icon name="warn" />
                    <p>{trouble}</p>
                </div>
            )}
            <section class="card pad" aria-labelledby="members-title">
                <h2 id="members-title">
                    {w.members} ({living.length + home.unseen})
                </h2>
                {!living.length && !home.unseen && <p class="muted">{w.ended}</p>}
                <ul class="plainlist members">
                    {living.map((m) => (
                        <li key={m.id}>
                            {task === 'split' && (
                                <input
                                    type="checkbox"
                                    aria-label={m.name}
                                    checked={chosen.includes(m.id)}
                                    onChange={() => setChosen(chosen.includes(m.id) ? chosen.filter((c) => c !== m.id) : [...chosen, m.id])}
                                />
                            )}
                            <span class="who">
                                <a href={paths.person(m.id)}>
                                    <b>{m.name}</b>
                                </a>{' '}
                                {m.id === home.head && (
                                    <Tag tone="info" icon="check">
                                        {w.headTag}
                                    </Tag>
                                )}
                                <span class="small muted"> {facts(m)}</span>
                            </span>
                            {may && task === 'none' && (
                                <span class="choices">
                                    {m.id !== home.head && (
                                        <button type="button" class="btn small" onClick={() => void act([id], w.did.head(m.name), ([g]) => [put(withHead(g!, m.id))])}>
                                            {w.makeHead}
                                            <span class="hidden">: {m.name}</span>
                                        </button>
                                    )}
                                    <button type="button" class="btn small" onClick={() => void act([id], w.did.left(m.name), ([g]) => [put(left(g!, m.id, today))])}>
                                        {w.leaves}
                                        <span class="hidden">: {m.name}</span>
                                    </button>
                                </span>
                            )}
                        </li>
                    ))}
                </ul>
                {home.unseen > 0 && <p class="muted small">{w.unseen(home.unseen)}</p>}
                {may && task === 'none' && (
                    <div class="actions">
                        <button type="button" class="btn" onClick={() => setTask('add')}>
                            {w.addMember}
                        </button>
                        <button type="button" class="btn" onClick={() => { newcomer.set({ household: { id, head: head?.name ?? '', village } }); go(paths.room('register')); }}>
                            {w.newMember}
                        </button>
                        {mothers.length > 0 && (
                            <button type="button" class="btn" onClick={() => setTask('newborn')}>
                                <Icon name="plus" />
                                {w.newborn}
                            </button>
                        )}
                        {living.length > 1 && (
                            <button type="button" class="btn" onClick={() => setTask('split')}>
                                {w.split}
                            </button>
                        )}
                        <button type="button" class="btn" onClick={() => setTask('merge')}>
                            {w.merge}
                        </button>
                    </div>
                )}
                {task === 'split' && (
                    <div class="actions">
                        <p class="muted small">{w.splitHead}</p>
                        <button type="button" class="btn go" disabled={!chosen.length || chosen.length === living.length} onClick={() => void split()}>
                            {w.splitDo(chosen.length)}
                        </button>
                    </div>
                )}
                {task === 'newborn' && (
                    <div class="actions" role="group" aria-label={w.newbornMother}>
                        <span>{w.newbornMother}</span>
                        {mothers.map((m) => (
                            <button
                                type="button"
                                key={m.id}
                                class="btn"
                                onClick={() => {
                                    newcomer.set({ mother: { id: m.id, name: m.name, phone: m.phone?.replaceAll(' ', '') ?? null, village: m.place?.id ?? village, household: id } });
                                    go(paths.room('register'));
                                }}
                            >
                                {m.name}
                            </button>
                        ))}
                    </div>
                )}
                {(task === 'add' || task === 'merge') && (
                    <form
                        onSubmit={(e) => {
                            e.preventDefault();
                            if (other && task === 'merge' && other.household && other.household !== id) void takeIn(other);
                            else if (other && task === 'add') void add(other);
                        }}
                    >
                        <PersonAhead
                            id="household-other"
                            label={task === 'add' ? t.find : w.mergeFind}
                            households
                            chosen={other ? { id: other.id, text: other.name } : null}
                            onChoose={(_o, p) => setOther(p)}
                        />
                        <div class="actions">
                            <button type="submit" class="btn go" disabled={!other || (task === 'merge' && (!other.household || other.household === id))}>
                                {task === 'add' ? w.addMember : w.mergeDo(other?.householdHead?.name ?? '…')}
                            </button>
                        </div>
                    </form>
                )}
                {task !== 'none' && (
                    <button type="button" class="link" onClick={() => { setTask('none'); setChosen([]); setOther(null); }}>
                        {w.cancel}
                    </button>
                )}
            </section>
            {former.length > 0 && (
                <section class="card pad" aria-labelledby="former-title">
                    <h2 id="former-title">{w.formerMembers}</h2>
                    <ul class="plainlist members">
                        {former.map((m) => (
                            <li key={m.id}>
                                <span class="who">
                                    <a href={paths.person(m.id)}>{m.name}</a> <span class="small muted">{m.until ? w.leftOn(showDay(m.until)) : ''}</span>
                                </span>
                            </li>
                        ))}
                    </ul>
                </section>
            )}
        </div>
    );
}
