// SPDX-License-Identifier: GPL-3.0-or-later
// One decision: draft → check → sign → in force; undone only by another decision. A draft is edited here or by dragging on its map.

import { useEffect, useState } from 'preact/hooks';
import { call, get, session, sessionLost, type Failure } from '../../base/api';
import { readDay, showDay, spaceDay } from '../../base/date';
import { showNumber } from '../../base/language';
import { go, paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { CheckView, Ledger, Problems } from './check-view';
import { StatusOf } from './decisions';
import { Effects } from './effects';
import { checkDecision, loadDecision, loadNetwork, saveDraft, type Check, type Decision, type DecisionRow, type LedgerRow, type Network, type Operation, type Problem } from './model';
import { OperationForm, operationWords } from './operation-form';
import { useNetworkTexts } from './texts';

interface Continuity {
    day: string;
    days: number;
    sites: { place: string; name: string; kindBefore: string | null; kindAfter: string | null; before: { visits: number; daysWithout: number }; after: { visits: number; daysWithout: number } }[];
}

const blank = (province: string): Decision => ({
    resourceType: 'Decision',
    status: 'draft',
    title: '',
    certainty: 'stated',
    province: { reference: `Location/${province}` },
    operation: [],
});

function DayField({ id, label, value, today, onDay }: { id: string; label: string; value: string | undefined; today: string; onDay: (day: string | undefined) => void }) {
    const t = useNetworkTexts();
    const [text, setText] = useState(showDay(value));
    const [wrong, setWrong] = useState(false);
    useEffect(() => setText(showDay(value)), [value]);
    return (
        <div class="field day">
            <label for={id}>{label}</label>
            <input
                id={id}
                type="text"
                inputMode="numeric"
                autoComplete="off"
                value={text}
                aria-invalid={wrong}
                onInput={(e) => setText(spaceDay(e.currentTarget.value))}
                onBlur={() => {
                    const read = text.trim() ? readDay(text, today) : null;
                    setWrong(text.trim() !== '' && !read);
                    if (read || !text.trim()) onDay(read ?? undefined);
                }}
            />
            {wrong && (
                <p class="wrong">
                    <Icon name="warn" />
                    {t.wrongDay}
                </p>
            )}
        </div>
    );
}

export function DecisionPage({ id }: { id: string }) {
    const t = useNetworkTexts();
    const [decision, setDecision] = useState<Decision | null>(null);
    const [row, setRow] = useState<DecisionRow | null>(null);
    const [network, setNetwork] = useState<Network | null>(null);
    const [check, setCheck] = useState<Check | null>(null);
    const [ledger, setLedger] = useState<LedgerRow[] | null>(null);
    const [continuity, setContinuity] = useState<Continuity | null>(null);
    const [problems, setProblems] = useState<Problem[]>([]);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [conflict, setConflict] = useState(false);
    const [said, setSaid] = useState<string | null>(null);
    const [busy, setBusy] = useState(false);
    const [act, setAct] = useState<'sign' | 'revoke' | null>(null);
    const [form, setForm] = useState<Record<string, string>>({});
    const [wrong, setWrong] = useState('');
    const [round, setRound] = useState(0);
    const [touched, setTouched] = useState(false);
    const lost = useValue(sessionLost);
    const who = session.get();
    const mayPlan = who?.can('network-plan') ?? false,
        maySign = who?.can('network-sign') ?? false;

    useEffect(() => {
        if (lost) return;
        if (id === 'new') {
            void loadNetwork(null).then((answer) => {
                if (!answer.ok) return setFailure(answer.failure);
                setNetwork(answer.body);
                setDecision((d) => d ?? blank(answer.body.province.id));
            });
            return;
        }
        void loadDecision(id).then((answer) => {
            if (!answer.ok) return setFailure(answer.failure);
            setDecision(answer.body);
            setTouched(false);
            setConflict(false);
            if (answer.body.status !== 'draft' || !answer.body.effect || !mayPlan) return;
            void checkDecision(id).then((checked) => checked.ok && setCheck(checked.body)); // a proposal opens with its check
        });
        void get<{ decisions: DecisionRow[] }>('/api/decisions').then(
            (answer) => answer.ok && setRow(answer.body.decisions.find((d) => d.id === id) ?? null),
        );
    }, [id, round, lost]);
    useEffect(() => {
        if (lost || id === 'new' || !decision) return;
        // names of the places as they are before the decision; ended ones too, for decisions of the past
        void get<Network>(`/api/network?at=${decision.effectiveOn ?? ''}&ended=1`.replace('at=&', '')).then(
            (answer) => answer.ok && setNetwork(answer.body),
        );
    }, [decision?.effectiveOn, lost]);
    useEffect(() => {
        if (!row || row.status === 'draft' || lost) return;
        void get<{ rows: LedgerRow[] }>(`/api/decisions/${id}/ledger`).then((answer) => answer.ok && setLedger(answer.body.rows));
        void get<Continuity>(`/api/network/continuity?decision=${id}&days=90`).then((answer) => answer.ok && setContinuity(answer.body));
    }, [row, lost]);

    if (!decision || !network)
        return failure ? (
            <Trouble failure={failure} again={() => setRound(round + 1)} />
        ) : (
            <p class="muted" role="status">
                {t.loading}
            </p>
        );
    const status = row?.status ?? 'draft';
    const edits = status === 'draft' && mayPlan;
    const change = (part: Partial<Decision>): void => {
        const next = { ...decision, ...part };
        for (const key of Object.keys(next)) if (next[key] === undefined || next[key] === '') delete next[key];
        setDecision(next);
        setTouched(true);
        setSaid(null);
        setCheck(null);
    };
    const operations = decision.operation ?? [];
    const reorder = (from: number, to: number): void => {
        const next = [...operations];
        const [one] = next.splice(from, 1);
        next.splice(to, 0, one!);
        change({ operation: next });
    };
    const save = async (): Promise<Decision | null> => {
        if (!decision.title.trim()) {
            setWrong('title');
            document.getElementById('decision-title')?.focus();
            return null;
        }
        setWrong('');
        setBusy(true);
        const saved = await saveDraft(decision);
        setBusy(false);
        if (!saved.ok) {
            if (saved.failure.kind === 'refused' && (saved.failure.status === 412 || saved.failure.status === 409)) setConflict(true);
            else setFailure(saved.failure);
            return null;
        }
        setFailure(null);
        setTouched(false);
        setDecision(saved.body);
        setSaid(t.savedDraft);
        if (id === 'new') go(paths.room('network', 'decision', saved.body.id!));
        return saved.body;
    };
    const runCheck = async (): Promise<void> => {
        const saved = touched || id === 'new' ? await save() : decision;
        if (!saved?.id) return;
        setBusy(true);
        const answer = await checkDecision(saved.id);
        setBusy(false);
        if (answer.ok) setCheck(answer.body);
        else setFailure(answer.failure);
    };
    const finish = async (): Promise<void> => {
        if (!form.number?.trim()) {
            setWrong('number');
            document.getElementById('act-number')?.focus();
            return;
        }
        const body = { number: form.number.trim(), signedOn: form.signedOn || network.today, signer: form.signer?.trim() || undefined };
        setBusy(true);
        const answer =
            act === 'sign'
                ? await call<any>('POST', `/api/decisions/${id}/sign`, body)
                : await call<any>('POST', `/api/decisions/${id}/revoke`, {
                      ...body,
                      effectiveOn: form.effectiveOn || network.today,
                      title: `${t.revoke}: ${decision.title}`,
                      reason: form.reason?.trim() || undefined,
                  });
        setBusy(false);
        if (!answer.ok) {
            const again = act === 'sign' ? await checkDecision(id) : null;
            if (again?.ok && !again.body.ok) setProblems(again.body.problems);
            return setFailure(answer.failure);
        }
        setProblems([]);
        setFailure(null);
        setAct(null);
        setSaid(act === 'sign' ? t.signed : t.revoked);
        if (act === 'revoke' && answer.body?.id) go(paths.room('network', 'decision', answer.body.id));
        setRound(round + 1);
    };
    const remove = async (): Promise<void> => {
        if (!window.confirm(t.deleteSure)) return;
        const answer = await call('DELETE', `/api/decisions/${id}`);
        if (!answer.ok) return setFailure(answer.failure);
        go(paths.room('network', 'decisions'));
    };
    const text = (name: string, label: string, value: string | undefined, onValue: (v: string) => void, hint?: string) => (
        <div class="field">
            <label for={name}>{label}</label>
            <input
                id={name}
                type="text"
                autoComplete="off"
                value={value ?? ''}
                readOnly={!edits && !act}
                aria-invalid={wrong === name.replace(/^decision-|^act-/, '')}
                onInput={(e) => onValue(e.currentTarget.value)}
            />
            {wrong === name.replace(/^decision-|^act-/, '') && (
                <p class="wrong">
                    <Icon name="warn" />
                    {hint}
                </p>
            )}
        </div>
    );
    return (
        <div class="decision">
            <div class="sheethead">
                <h2>{decision.title || t.newDecision}</h2>
                <StatusOf status={status} />
                {decision.certainty === 'assumed' && (
                    <span class="tag due" title={t.assumedHelp}>
                        {t.assumed}
                    </span>
                )}
                {id !== 'new' && (
                    <span class="noprint rowbuttons">
                        <a class="btn" href={`/api/decisions/${id}/print.pdf`} target="_blank" rel="noopener">
                            <Icon name="print" />
                            {t.pdf}
                        </a>
                        <a class="btn" href={`/api/decisions/${id}/print.xlsx`}>
                            {t.workbook}
                        </a>
                    </span>
                )}
            </div>
            {failure && <Trouble failure={failure} />}
            {problems.length > 0 && <Problems problems={problems} />}
            {conflict && (
                <div class="message due" role="alert">
                    <Icon name="warn" />
                    <p>{t.changedElsewhere}</p>
                    <button type="button" class="btn" onClick={() => setRound(round + 1)}>
                        {t.openAgain}
                    </button>
                </div>
            )}
            {said && (
                <div class="message ok" role="status">
                    <Icon name="check" />
                    <p>{said}</p>
                </div>
            )}
            {row?.revokedBy && (
                <p class="message info">
                    {t.revokedBy} <a href={paths.room('network', 'decision', row.revokedBy)}>{row.revokedBy}</a>
                </p>
            )}
            <section class="card pad decisionhead" aria-label={t.subject}>
                {text('decision-title', t.subject, decision.title, (v) => change({ title: v }), t.needTitle)}
                {text('decision-authority', t.authority, decision.authority, (v) => change({ authority: v }))}
                <div class="fieldrow">
                    {edits ? (
                        <>
                            <DayField
                                id="decision-effective"
                                label={t.effectiveOn}
                                value={decision.effectiveOn}
                                today={network.today}
                                onDay={(effectiveOn) => effectiveOn !== decision.effectiveOn && change({ effectiveOn: effectiveOn! })}
                            />
                            <DayField
                                id="decision-operational"
                                label={t.operationalOn}
                                value={decision.operationalOn}
                                today={network.today}
                                onDay={(operationalOn) => operationalOn !== decision.operationalOn && change({ operationalOn: operationalOn! })}
                            />
                        </>
                    ) : (
                        <dl class="facts">
                            <div>
                                <dt>{t.number}</dt>
                                <dd>{decision.number ?? t.noNumber}</dd>
                            </div>
                            <div>
                                <dt>{t.effectiveOn}</dt>
                                <dd>{showDay(decision.effectiveOn)}</dd>
                            </div>
                            <div>
                                <dt>{t.signedOn}</dt>
                                <dd>{showDay(decision.signedOn)}</dd>
                            </div>
                            <div>
                                <dt>{t.signer}</dt>
                                <dd>{decision.signer ?? ''}</dd>
                            </div>
                        </dl>
                    )}
                </div>
                <div class="field">
                    <label for="decision-basis">{t.legalBasis}</label>
                    <textarea
                        id="decision-basis"
                        rows={3}
                        readOnly={!edits}
                        value={(decision.legalBasis ?? []).join('\n')}
                        onInput={(e) => change({ legalBasis: e.currentTarget.value.split('\n').filter((l) => l.trim()) })}
                    />
                </div>
                {text('decision-reason', `${t.reason}. ${t.reasonHelp}`, decision.reason, (v) => change({ reason: v }))}
            </section>
            <section class="card pad" aria-labelledby="operations-title">
                <h2 id="operations-title">{t.operationsTitle}</h2>
                {operations.length === 0 && <p class="muted">{t.noOperations}</p>}
                <ol class="operations">
                    {operations.map((o: Operation, i: number) => (
                        <li key={i}>
                            <span>{operationWords(o, network, t)}</span>
                            {edits && (
                                <span class="rowbuttons noprint">
                                    <button type="button" class="quiet" disabled={i === 0} aria-label={`${t.moveUp} ${i + 1}`} onClick={() => reorder(i, i - 1)}>
                                        <Icon name="up" />
                                    </button>
                                    <button
                                        type="button"
                                        class="quiet"
                                        disabled={i === operations.length - 1}
                                        aria-label={`${t.moveDown} ${i + 1}`}
                                        onClick={() => reorder(i, i + 1)}
                                    >
                                        <Icon name="down" />
                                    </button>
                                    <button
                                        type="button"
                                        class="quiet"
                                        aria-label={`${t.remove} ${i + 1}`}
                                        onClick={() => change({ operation: operations.filter((_, n) => n !== i) })}
                                    >
                                        <Icon name="close" />
                                    </button>
                                </span>
                            )}
                        </li>
                    ))}
                </ol>
                {edits && <OperationForm network={network} onAdd={(o) => change({ operation: [...operations, o] })} />}
            </section>
            {decision.effect && decision.effect.length > 0 && <Effects rows={decision.effect} note={decision.certaintyNote} />}
            {edits && (
                <p class="actions noprint">
                    <button type="button" class="btn" disabled={busy} onClick={() => void save()}>
                        {busy ? t.saving : t.saveDraft}
                    </button>
                    <button type="button" class="btn go" disabled={busy} onClick={() => void runCheck()}>
                        <Icon name="check" />
                        {busy ? t.checking : t.check}
                    </button>
                    {id !== 'new' && (
                        <>
                            <a class="btn" href={paths.room('network', 'plan', id)}>
                                {t.planOnMap}
                            </a>
                            <button type="button" class="link" onClick={() => void remove()}>
                                {t.deleteDraft}
                            </button>
                        </>
                    )}
                </p>
            )}
            {check && (
                <section class="card pad" aria-label={t.check}>
                    <CheckView check={check} />
                </section>
            )}
            {!act && maySign && id !== 'new' && (status === 'draft' ? check?.ok && !touched : status !== 'revoked' && !decision.revokes) && (
                <p class="actions noprint">
                    <button type="button" class={status === 'draft' ? 'btn go' : 'btn'} onClick={() => setAct(status === 'draft' ? 'sign' : 'revoke')}>
                        {status === 'draft' ? t.sign : t.revoke}
                    </button>
                </p>
            )}
            {act && (
                <section class="card pad noprint" aria-label={act === 'sign' ? t.sign : t.revoke}>
                    <h2>{act === 'sign' ? t.sign : t.revoke}</h2>
                    <p class="muted">{t.signLead}</p>
                    {text('act-number', t.number, form.number, (v) => setForm({ ...form, number: v }), t.needNumber)}
                    {text('act-signer', t.signer, form.signer, (v) => setForm({ ...form, signer: v }))}
                    <DayField
                        id="act-signedOn"
                        label={t.signedOn}
                        value={form.signedOn ?? network.today}
                        today={network.today}
                        onDay={(d) => setForm({ ...form, signedOn: d ?? '' })}
                    />
                    {act === 'revoke' && (
                        <>
                            <DayField
                                id="act-effectiveOn"
                                label={t.effectiveOn}
                                value={form.effectiveOn ?? network.today}
                                today={network.today}
                                onDay={(d) => setForm({ ...form, effectiveOn: d ?? '' })}
                            />
                            {text('act-reason', t.reason, form.reason, (v) => setForm({ ...form, reason: v }))}
                        </>
                    )}
                    <p class="actions">
                        <button type="button" class="btn go" disabled={busy} onClick={() => void finish()}>
                            {act === 'sign' ? t.signNow : t.revokeNow}
                        </button>
                        <button type="button" class="btn" onClick={() => setAct(null)}>
                            {t.cancel}
                        </button>
                    </p>
                </section>
            )}
            {status !== 'draft' && decision.effectiveOn && (
                <p class="actions noprint">
                    <a class="btn" href={paths.room('network', 'map', decision.effectiveOn)}>
                        {t.map}: {showDay(decision.effectiveOn)}
                    </a>
                </p>
            )}
            {ledger && ledger.length > 0 && (
                <section class="card pad" aria-labelledby="ledger-title">
                    <h2 id="ledger-title">{t.ledger}</h2>
                    <Ledger rows={ledger} />
                </section>
            )}
            {continuity && continuity.sites.length > 0 && (
                <section class="card pad" aria-labelledby="continuity-title">
                    <h2 id="continuity-title">{t.continuity}</h2>
                    <div class="wide" tabIndex={0} role="group" aria-labelledby="continuity-title">
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{t.place}</th>
                                    <th scope="col">{t.kind}</th>
                                    <th scope="col" class="n">
                                        {t.visits}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.daysWithout}
                                    </th>
                                </tr>
                            </thead>
                            <tbody>
                                {continuity.sites.map((s) => (
                                    <tr key={s.place}>
                                        <th scope="row">{s.name}</th>
                                        <td>
                                            {t.kinds[s.kindBefore ?? ''] ?? '–'} → {t.kinds[s.kindAfter ?? ''] ?? t.ended}
                                        </td>
                                        <td class="n">
                                            {showNumber(s.before.visits)} → {showNumber(s.after.visits)}
                                        </td>
                                        <td class="n">
                                            {showNumber(s.before.daysWithout)} → {showNumber(s.after.daysWithout)}
                                        </td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </section>
            )}
        </div>
    );
}
