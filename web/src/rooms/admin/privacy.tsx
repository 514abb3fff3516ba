// SPDX-License-Identifier: GPL-3.0-or-later
// What a person may decide and ask about the own data: consent for other purposes, requests, the own record to take along.

import { useState } from 'preact/hooks';
import { call, session, type Failure } from '../../base/api';
import { useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import type { SheetProps } from '../../rooms';
import { Good, Loaded, showDate, TextField, useLanguage, useLoad } from './shared';
import { texts } from './texts';

interface Consent {
    purpose: string;
    vi: string;
    en: string;
    decision: 'permit' | 'deny' | null;
    at: string | null;
}

function ConsentLine({ consent: c, path, onDone }: { consent: Consent; path: string; onDone: () => void }) {
    const t = useTextsOf(texts),
        lang = useLanguage();
    const [asking, setAsking] = useState(false),
        [way, setWay] = useState<'paper' | 'spoken' | null>(null), // nothing is ticked beforehand
        [failure, setFailure] = useState<Failure | null>(null);
    const decide = async (decision: string): Promise<void> => {
        const a = await call('PUT', `${path}/${c.purpose}`, { decision, way, change: c.decision !== null });
        setFailure(a.ok ? null : a.failure);
        if (!a.ok) return;
        setAsking(false);
        onDone();
    };
    return (
        <li>
            <p>
                <b>{c[lang]}</b>{' '}
                <span class={c.decision === 'permit' ? 'tag ok' : c.decision === 'deny' ? 'tag bad' : 'tag plain'}>
                    <Icon name={c.decision === 'permit' ? 'check' : c.decision === 'deny' ? 'stop' : 'info'} />
                    {c.decision ? t[c.decision] : t.notAsked}
                </span>{' '}
                {c.at && <span class="muted">{showDate(c.at.slice(0, 10))}</span>}
            </p>
            {failure && <Trouble failure={failure} />}
            {c.decision && !asking ? (
                <button type="button" class="link" onClick={() => setAsking(true)}>
                    {t.changeMind}: {c[lang]}
                </button>
            ) : (
                <div class="row">
                    <fieldset class="classes">
                        <legend>{t.proof}</legend>
                        {(['paper', 'spoken'] as const).map((w) => (
                            <label key={w} class="tick">
                                <input type="radio" name={`way-${c.purpose}`} checked={way === w} onChange={() => setWay(w)} />
                                {w === 'paper' ? t.onPaper : t.spoken}
                            </label>
                        ))}
                    </fieldset>
                    <p class="actions">
                        <button type="button" class="btn" disabled={!way} onClick={() => void decide('permit')}>
                            {t.permit}
                        </button>
                        <button type="button" class="btn" disabled={!way} onClick={() => void decide('deny')}>
                            {t.deny}
                        </button>
                    </p>
                </div>
            )}
        </li>
    );
}

function RequestForm({ person }: { person: string }) {
    const t = useTextsOf(texts);
    const [kind, setKind] = useState('correct'),
        [text, setText] = useState(''),
        [tried, setTried] = useState(false),
        [due, setDue] = useState(''),
        [failure, setFailure] = useState<Failure | null>(null);
    const submit = async (e: Event): Promise<void> => {
        e.preventDefault();
        setTried(true);
        if (!text.trim()) return;
        const a = await call<{ due: string }>('POST', `/api/persons/${encodeURIComponent(person)}/requests`, { kind, text: text.trim() });
        setFailure(a.ok ? null : a.failure);
        if (!a.ok) return;
        setDue(a.body.due);
        setText('');
        setTried(false);
    };
    return (
        <form onSubmit={submit} noValidate>
            {failure && <Trouble failure={failure} />}
            {due && <Good text={t.filed(showDate(due))} />}
            <div class="row">
                <div class="field short">
                    <label for="request-kind">{t.requests}</label>
                    <select id="request-kind" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
                        {Object.entries(t.requestKind).map(([code, word]) => (
                            <option key={code} value={code}>
                                {word}
                            </option>
                        ))}
                    </select>
                </div>
                <TextField id="request-text" label={t.requestText} value={text} wrong={tried && !text.trim() ? t.need : null} max={1000} onType={setText} />
            </div>
            <p class="actions">
                <button type="submit" class="btn">
                    {t.file}
                </button>
            </p>
        </form>
    );
}

export default function PrivacySheet({ person, onClose }: SheetProps) {
    const t = useTextsOf(texts);
    const path = `/api/persons/${encodeURIComponent(person.id)}/consents`,
        list = useLoad<{ consents: Consent[] }>(path);
    return (
        <section class="card pad rights" aria-labelledby="data-title">
            <h2 id="data-title">{t.dataTitle}</h2>
            <p class="muted">{t.careLead}</p>
            <Loaded of={list}>
                {(l) => (
                    <ul class="plainlist consents">
                        {l.consents.map((c) => (
                            <ConsentLine key={c.purpose} consent={c} path={path} onDone={list.again} />
                        ))}
                    </ul>
                )}
            </Loaded>
            <RequestForm person={person.id} />
            <p class="actions">
                <a class="btn" href={`/fhir/Patient/${encodeURIComponent(person.id)}/$summary`} download={`ips-${person.id}.json`}>
                    {t.summary}
                </a>
                {session.get()?.persons && (
                    <a class="btn" href={`/api/print/summary/${encodeURIComponent(person.id)}`} target="_blank" rel="noopener">
                        <Icon name="print" />
                        {t.summaryPaper}
                    </a>
                )}
                <button type="button" class="btn" onClick={onClose}>
                    {t.close}
                </button>
            </p>
        </section>
    );
}
