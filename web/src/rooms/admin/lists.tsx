// SPDX-License-Identifier: GPL-3.0-or-later
// Three lists of who watches: records opened and why, the audit, requests of people with their days.

import { useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { useTextsOf } from '../../base/language';
import { paths } from '../../base/router';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { Loaded, nameIn, showDate, showInstant, TextField, useLoad, type Named } from './shared';
import { texts } from './texts';

interface Opening {
    id: string;
    kind: string;
    person: string;
    personName: string | null;
    place: string | null;
    name: string | null;
    actor: string;
    role: string | null;
    reason: string | null;
    at: string;
    until: string;
}

export function Openings() {
    const t = useTextsOf(texts);
    const list = useLoad<{ openings: Opening[] }>('/api/openings'),
        roles = useLoad<{ roles: Named[] }>('/api/roles');
    return (
        <Loaded of={list}>
            {(l) =>
                l.openings.length ? (
                    <div class="scroll" tabIndex={0} role="region" aria-label={t.openings}>
                        <table class="plain">
                            <thead>
                                <tr>
                                    <th scope="col">{t.when}</th>
                                    <th scope="col">{t.who}</th>
                                    <th scope="col">{t.whose}</th>
                                    <th scope="col">{t.why}</th>
                                    <th scope="col">{t.openUntil}</th>
                                </tr>
                            </thead>
                            <tbody>
                                {l.openings.map((o) => (
                                    <tr key={o.id}>
                                        <td>{showInstant(o.at)}</td>
                                        <td>
                                            <b>{o.name ?? o.actor}</b>
                                            <br />
                                            <span class="muted">{nameIn(roles.body?.roles ?? [], o.role ?? '')}</span>
                                        </td>
                                        <td>{o.personName ?? o.person}</td>
                                        <td>
                                            <span class={o.kind === 'reason' ? 'tag due' : 'tag plain'}>
                                                <Icon name={o.kind === 'reason' ? 'warn' : 'check'} />
                                                {t.kind[o.kind] ?? o.kind}
                                            </span>
                                            {o.reason && <p>{o.reason}</p>}
                                        </td>
                                        <td>{showInstant(o.until)}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                ) : (
                    <p class="muted">{t.none}</p>
                )
            }
        </Loaded>
    );
}

// ---- audit

export interface Entry {
    number: number;
    at: string;
    actor: string;
    name: string | null;
    post: string | null;
    action: string;
    type: string | null;
    resource: string | null;
    person: string | null;
    why: string | null;
    from: string | null;
    shownCount?: number; // a search: how many persons it showed
    shown?: string[]; // their ids; not in the log of one person
}

export interface Log {
    chain: { entries: number; seal: string };
    more: boolean;
    entries: Entry[];
}

export function EntryTable({ entries, people }: { entries: Entry[]; people: boolean }) {
    const t = useTextsOf(texts);
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={t.audit}>
            <table class="plain">
                <thead>
                    <tr>
                        <th scope="col">{t.when}</th>
                        <th scope="col">{t.who}</th>
                        <th scope="col">{t.what}</th>
                        {people && <th scope="col">{t.whose}</th>}
                        <th scope="col">{t.why}</th>
                        <th scope="col">{t.where}</th>
                    </tr>
                </thead>
                <tbody>
                    {entries.map((e) => (
                        <tr key={e.number}>
                            <td>{showInstant(e.at)}</td>
                            <td>
                                <b>{e.name ?? e.actor}</b>
                                {e.post && (
                                    <>
                                        <br />
                                        <span class="muted">{e.post}</span>
                                    </>
                                )}
                            </td>
                            <td>
                                {t.action[e.action] ?? e.action} {e.shownCount === undefined ? e.type : t.shownCount(e.shownCount)}
                            </td>
                            {people && (
                                <td>
                                    {[e.person, ...(e.shown ?? [])]
                                        .filter((id): id is string => !!id)
                                        .map((id) => (
                                            <>
                                                <a class="who" href={paths.person(id)}>{id.slice(0, 8)}</a>{' '}
                                            </>
                                        ))}
                                    {!e.person && !e.shown?.length && '–'}
                                </td>
                            )}
                            <td>{t.whyWord[e.why ?? ''] ?? e.why ?? ''}</td>
                            <td>{e.from ?? ''}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function Audit() {
    const t = useTextsOf(texts);
    const [older, setOlder] = useState<Entry[]>([]),
        [more, setMore] = useState<boolean | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const first = useLoad<Log>('/api/audit?limit=50');
    const next = async (all: Entry[]): Promise<void> => {
        const a = await get<Log>(`/api/audit?limit=50&before=${all[all.length - 1]!.number}`);
        setFailure(a.ok ? null : a.failure);
        if (!a.ok) return;
        setOlder([...older, ...a.body.entries]);
        setMore(a.body.more);
    };
    return (
        <Loaded of={first}>
            {(l) => {
                const all = [...l.entries, ...older];
                return (
                    <>
                        <p class="muted seal">{t.chain(l.chain.entries, l.chain.seal)}</p>
                        <EntryTable entries={all} people />
                        {failure && <Trouble failure={failure} />}
                        {(more ?? l.more) && (
                            <p class="center">
                                <button type="button" class="btn" onClick={() => void next(all)}>
                                    {t.older}
                                </button>
                            </p>
                        )}
                    </>
                );
            }}
        </Loaded>
    );
}

// ---- requests

interface Request {
    id: string;
    kind: string;
    status: string;
    text: string;
    person: string | null;
    personName: string | null;
    at: string;
    due: string | null;
    answer: string | null;
}

function RequestCard({ request: q, onDone }: { request: Request; onDone: () => void }) {
    const t = useTextsOf(texts);
    const [text, setText] = useState(''),
        [tried, setTried] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null);
    const today = new Date(Date.now() + 7 * 3600e3).toISOString().slice(0, 10);
    const answer = async (status: string): Promise<void> => {
        setTried(true);
        if (!text.trim()) return;
        const a = await call('PUT', `/api/requests/${q.id}`, { status, text: text.trim() });
        if (a.ok) onDone();
        else setFailure(a.failure);
    };
    return (
        <li class="card pad">
            <h2>
                {t.requestKind[q.kind] ?? q.kind}: {q.person ? <a href={paths.person(q.person)}>{q.personName ?? q.person}</a> : '–'}
            </h2>
            <p>{q.text}</p>
            <p>
                <span class={q.status === 'requested' ? (q.due && q.due < today ? 'tag bad' : 'tag due') : 'tag plain'}>
                    <Icon name={q.status === 'requested' ? 'clock' : 'check'} />
                    {t.status[q.status] ?? q.status}
                </span>{' '}
                <span class="muted">
                    {t.due}: {showDate(q.due)}
                </span>
            </p>
            {q.answer && <p>{q.answer}</p>}
            {q.status === 'requested' && (
                <>
                    {failure && <Trouble failure={failure} />}
                    <TextField id={`answer-${q.id}`} label={t.answer} value={text} wrong={tried && !text.trim() ? t.need : null} max={2000} onType={setText} />
                    <p class="actions">
                        <button type="button" class="btn go" onClick={() => void answer('completed')}>
                            {t.done}
                        </button>
                        <button type="button" class="btn" onClick={() => void answer('rejected')}>
                            {t.reject}
                        </button>
                    </p>
                </>
            )}
        </li>
    );
}

export function Requests() {
    const t = useTextsOf(texts);
    const list = useLoad<{ requests: Request[] }>('/api/requests');
    return (
        <Loaded of={list}>
            {(l) =>
                l.requests.length ? (
                    <ul class="plainlist accounts">
                        {l.requests.map((q) => (
                            <RequestCard key={q.id} request={q} onDone={list.again} />
                        ))}
                    </ul>
                ) : (
                    <p class="muted">{t.none}</p>
                )
            }
        </Loaded>
    );
}
