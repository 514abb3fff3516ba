// SPDX-License-Identifier: GPL-3.0-or-later
// Who has arrived and waits, oldest first: since when, for what, who took them. F8 takes the next one; every step can be taken back.

import { useEffect, useRef, useState } from 'preact/hooks';
import { get, session, sessionLost, type Answer, type Failure } from '../base/api';
import { now } from '../base/clock';
import { clockOf } from '../base/date';
import { comeFor, lastStep, leave, REASONS, take, visitOf, type DeskVisit } from '../base/desk';
import { useTopic } from '../base/events';
import { language, useTexts } from '../base/language';
import type { Found } from '../base/model';
import { go, paths } from '../base/router';
import { useValue } from '../base/value';
import { sheets } from '../rooms';
import { Icon } from './icon';
import { failureText } from './message';
import { whereText } from './search';
import { Tag } from './tag';

interface Row {
    id: string;
    name: string;
    age: number | null;
    place: Found['place'];
    arrived: number;
    encounter: string;
    state: string;
    reason: string | null;
    reasonCode: string | null;
    takenBy: string | null;
}

/** What was done last at the desk, and the way back. */
export function LastStep() {
    const t = useTexts();
    const last = useValue(lastStep);
    const [failed, setFailed] = useState(false);
    if (!last) return null;
    return (
        <div class={`message ${failed ? 'bad' : 'ok'} noprint`} role="status" id="desk-step">
            <Icon name={failed ? 'warn' : 'check'} />
            <p>{failed ? t.undoFailed : t.deskStep[last.what](last.name)}</p>
            <button
                type="button"
                class="btn"
                onClick={() => void last.undo().then((done) => (done ? lastStep.set(null) : setFailed(true)))}
            >
                <Icon name="undo" />
                {t.undo}
            </button>
        </div>
    );
}

export function Queue() {
    const t = useTexts(),
        words = useValue(language),
        last = useValue(lastStep);
    const [queue, setQueue] = useState<{ rows: Row[]; after: string | null } | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [round, setRound] = useState(0);
    const again = (): void => setRound((n) => n + 1);
    const writes = session.get()?.writes ?? false;
    useTopic('province', again);
    useEffect(() => {
        void get<{ rows: Row[]; after: string | null }>('/api/lists/desk').then((a) => a.ok && setQueue(a.body));
    }, [round, last]);

    const doing = async (row: Row, what: (e: DeskVisit) => Promise<Answer<unknown>>): Promise<boolean> => {
        const visit = await visitOf(row.encounter);
        const answer = visit && (await what(visit));
        setFailure(answer && !answer.ok ? answer.failure : null);
        again();
        return !!answer?.ok;
    };
    const takeRow = async (row: Row): Promise<void> => {
        if (await doing(row, (e) => take(e, row.name))) go(paths.sheet(row.id, row.reasonCode ?? 'examination'));
    };
    const next = queue?.rows.find((r) => r.state === 'arrived' || r.state === 'triaged');
    const keys = useRef((_: KeyboardEvent): void => {});
    keys.current = (e) => {
        if (e.key !== 'F8' || e.defaultPrevented || sessionLost.get() || !writes || !next) return;
        e.preventDefault();
        void takeRow(next);
    };
    useEffect(() => {
        const listen = (e: KeyboardEvent): void => keys.current(e);
        window.addEventListener('keydown', listen);
        return () => window.removeEventListener('keydown', listen);
    }, []);
    if (!queue?.rows.length) return null;
    const minutes = (from: number): number => Math.max(0, Math.floor((now() - from) / 60000));
    return (
        <section class="card pad queue" aria-labelledby="queue-title">
            <div class="sheethead">
                <h2 id="queue-title">{t.queueTitle(queue.rows.filter((r) => r.state !== 'in-progress').length, !!queue.after)}</h2>
                {writes && next && (
                    <button type="button" class="btn go" id="take-next" aria-keyshortcuts="F8" onClick={() => void takeRow(next)}>
                        {t.takeNext} <kbd aria-hidden="true">F8</kbd>
                    </button>
                )}
            </div>
            {failure && (
                <p class="wrong" role="alert">
                    <Icon name="warn" />
                    {failure.kind === 'refused' && failure.status === 412 ? t.deskChanged : failureText(failure, t)}
                </p>
            )}
            <ol class="waitlist">
                {queue.rows.map((p) => (
                    <li key={p.encounter} class="waiting">
                        <a class="who" href={paths.person(p.id)}>
                            <b>{p.name}</b>
                            <span class="muted small">{[p.age !== null ? t.yearsOld(p.age) : '', whereText(p)].filter(Boolean).join(' · ')}</span>
                        </a>
                        <span class="small">
                            {clockOf(p.arrived).slice(0, 5)} · {t.waits(minutes(p.arrived))}
                        </span>
                        {p.state === 'in-progress' ? (
                            <Tag tone="info" icon="heart">
                                {p.takenBy ? t.takenBy(p.takenBy) : t.taken}
                            </Tag>
                        ) : (
                            <select
                                aria-label={t.comesFor(p.name)}
                                value={p.reasonCode ?? ''}
                                disabled={!writes}
                                onChange={(e) => {
                                    const word = e.currentTarget.value;
                                    void doing(p, (v) => comeFor(v, word));
                                }}
                            >
                                {!p.reasonCode && <option value="">{p.reason ?? '–'}</option>}
                                {Object.keys(REASONS).map((word) => (
                                    <option key={word} value={word}>
                                        {sheets.find((s) => s.word === word)?.title[words] ?? t.sheetTitle}
                                    </option>
                                ))}
                            </select>
                        )}
                        {writes && p.state !== 'in-progress' && (
                            <span class="steps">
                                <button type="button" class="btn" aria-label={`${t.takeOne}: ${p.name}`} onClick={() => void takeRow(p)}>
                                    {t.takeOne}
                                </button>
                                <button type="button" class="link" aria-label={`${t.leftDesk}: ${p.name}`} onClick={() => void doing(p, (e) => leave(e, p.name))}>
                                    {t.leftDesk}
                                </button>
                            </span>
                        )}
                        {p.state === 'in-progress' && (
                            <a class="btn" href={paths.sheet(p.id, p.reasonCode ?? 'examination')}>
                                {t.goOn}
                            </a>
                        )}
                    </li>
                ))}
            </ol>
        </section>
    );
}
