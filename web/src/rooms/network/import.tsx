// SPDX-License-Identifier: GPL-3.0-or-later
// A province's own list into the network: choose a file, see the differences, apply them as one decision, take it back.

import { useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { dayOf, showDay } from '../../base/date';
import { language, showNumber } from '../../base/language';
import { paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import type { ImportAnswer } from './model';
import { useNetworkTexts } from './texts';

interface Findings {
    findings: { rule: string; place: string | null; name: string; value: number | null; expected: number | null; vi: string; en: string }[];
}

async function readFile(file: File): Promise<{ format: string; text: string }> {
    if (/\.xlsx$/i.test(file.name)) {
        const { sheetToCsv } = await import('./xlsx');
        return { format: 'csv', text: sheetToCsv(new Uint8Array(await file.arrayBuffer())) };
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
    return { format: /^\s*\{/.test(text) ? 'json' : 'csv', text };
}

export function ImportPage() {
    const t = useNetworkTexts();
    const words = useValue(language);
    const [list, setList] = useState<{ name: string; format: string; text: string } | null>(null);
    const [answer, setAnswer] = useState<ImportAnswer | null>(null);
    const [applied, setApplied] = useState<string | null>(null);
    const [undone, setUndone] = useState(false);
    const [wrong, setWrong] = useState('');
    const [failure, setFailure] = useState<Failure | null>(null);
    const [busy, setBusy] = useState(false);
    const [findings, setFindings] = useState<Findings['findings'] | null>(null);
    const today = dayOf(Date.now());

    const send = async (step: 'preview' | 'apply', from: { format: string; text: string }): Promise<void> => {
        setBusy(true);
        const type = from.format === 'json' ? 'application/fhir+json' : 'text/csv';
        const got = await call<ImportAnswer>('POST', `/api/network/import?format=${from.format}&step=${step}&at=${today}`, from.text, undefined, {
            'Content-Type': type,
        });
        setBusy(false);
        if (!got.ok) return setFailure(got.failure);
        setFailure(null);
        setAnswer(got.body);
        if (step === 'apply') setApplied(got.body.decision?.id ?? null);
    };
    const choose = async (file: File | undefined): Promise<void> => {
        setAnswer(null);
        setApplied(null);
        setUndone(false);
        setWrong('');
        setFailure(null);
        if (!file) return setList(null);
        setBusy(true);
        try {
            const read = { name: file.name, ...(await readFile(file)) };
            setList(read);
            await send('preview', read);
        } catch (error) {
            setWrong(t.badFile((error as Error).message));
        }
        setBusy(false);
    };
    const undo = async (): Promise<void> => {
        const got = await call('POST', `/api/decisions/${applied}/revoke`, {
            number: `HT-${applied!.slice(0, 8)}`,
            signedOn: today,
            effectiveOn: today,
            title: t.undoImport,
            reason: t.undoImport,
        });
        if (got.ok) setUndone(true);
        else setFailure(got.failure);
    };
    const errors = answer?.problems ?? [];
    return (
        <>
            <section class="card pad noprint" aria-labelledby="import-title">
                <h2 id="import-title">{t.importing}</h2>
                <p class="muted">{t.importLead}</p>
                <div class="field">
                    <label for="import-file">
                        {t.file} ({showDay(today)})
                    </label>
                    <input
                        id="import-file"
                        type="file"
                        accept=".xlsx,.csv,.json,text/csv,application/json"
                        disabled={busy}
                        onChange={(e) => void choose(e.currentTarget.files?.[0])}
                    />
                </div>
                {busy && (
                    <p class="muted" role="status">
                        {t.reading}
                    </p>
                )}
                {wrong && (
                    <p class="wrong" role="alert">
                        <Icon name="warn" />
                        {wrong}
                    </p>
                )}
            </section>
            {failure && <Trouble failure={failure} />}
            {answer && list && (
                <section class="card pad" aria-label={list.name}>
                    <h2>{list.name}</h2>
                    <p>{t.importCounts(answer.rows, answer.same, answer.added, answer.changed, answer.missing)}</p>
                    {errors.length > 0 && (
                        <div class="message bad" role="alert">
                            <Icon name="stop" />
                            <div>
                                <p>
                                    <b>{t.importProblems}</b>
                                </p>
                                <ul>
                                    {errors.slice(0, 50).map((p, i) => (
                                        <li key={i}>
                                            {t.line} {p.line}
                                            {p.column && `, ${p.column}`}: {p[words]}
                                        </li>
                                    ))}
                                </ul>
                            </div>
                        </div>
                    )}
                    {!errors.length && !answer.differences.length && <p class="message ok">{t.noDifference}</p>}
                    {answer.differences.length > 0 && (
                        <div class="wide" tabIndex={0} role="group" aria-label={t.preview}>
                            <table>
                                <thead>
                                    <tr>
                                        <th scope="col" class="n">
                                            {t.line}
                                        </th>
                                        <th scope="col">{t.place}</th>
                                        <th scope="col">{t.field}</th>
                                        <th scope="col">{t.wasValue}</th>
                                        <th scope="col">{t.newValue}</th>
                                    </tr>
                                </thead>
                                <tbody>
                                    {answer.differences.slice(0, 500).map((d, i) => (
                                        <tr key={i}>
                                            <td class="n">{d.line}</td>
                                            <th scope="row">{d.name}</th>
                                            <td>{t.fields[d.field] ?? d.field}</td>
                                            <td>{d.before ?? '–'}</td>
                                            <td>
                                                <b>{d.after ?? '–'}</b>
                                            </td>
                                        </tr>
                                    ))}
                                </tbody>
                            </table>
                        </div>
                    )}
                    {!applied && !errors.length && answer.differences.length > 0 && (
                        <p class="actions noprint">
                            <button type="button" class="btn go" disabled={busy} onClick={() => void send('apply', list)}>
                                {t.apply(answer.differences.length)}
                            </button>
                        </p>
                    )}
                    {applied && (
                        <div class="message ok" role="status">
                            <Icon name="check" />
                            <p>
                                {undone ? t.undone : t.applied}{' '}
                                <a href={paths.room('network', 'decision', applied)}>{t.decisions}</a>
                            </p>
                            {!undone && (
                                <button type="button" class="btn" onClick={() => void undo()}>
                                    <Icon name="undo" />
                                    {t.undoImport}
                                </button>
                            )}
                        </div>
                    )}
                </section>
            )}
            <section class="card pad" aria-labelledby="quality-title">
                <div class="sheethead">
                    <h2 id="quality-title">{t.quality}</h2>
                    <button
                        type="button"
                        class="btn noprint"
                        onClick={() => void get<Findings>('/api/network/quality').then((got) => (got.ok ? setFindings(got.body.findings) : setFailure(got.failure)))}
                    >
                        {t.check}
                    </button>
                </div>
                {findings?.length === 0 && <p class="muted">{t.noFindings}</p>}
                {findings && findings.length > 0 && (
                    <ul class="problems plainlist">
                        {findings.map((f, i) => (
                            <li key={i} class="warning">
                                <Icon name="warn" />
                                <span>
                                    <b>{f.name}</b>: {f[words]} {f.expected !== null && <span class="muted">({showNumber(f.value)} → {showNumber(f.expected)}?)</span>}
                                </span>
                            </li>
                        ))}
                    </ul>
                )}
            </section>
        </>
    );
}
