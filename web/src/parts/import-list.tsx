// SPDX-License-Identifier: GPL-3.0-or-later
// A list from Excel or CSV: choose a file, see the differences by line, apply them, take them back. Two rooms import lists; what is
// sent where and how it is taken back is theirs.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Answer, Failure } from '../base/api';
import { defineTexts, language, useTextsOf } from '../base/language';
import { useValue } from '../base/value';
import { Icon } from './icon';
import { Trouble } from './message';

/** What the node says of a list: counts, what is wrong, what differs. */
export interface ListAnswer {
    rows: number;
    same: number;
    added: number;
    changed: number;
    missing: number;
    problems: { line: number; column: string | null; vi: string; en: string }[];
    differences: { line: number; place: string; name: string; field: string; before: string | null; after: string | null }[];
}

/** What a file of a list is sent as: the node finds out what it is. */
export const LIST_FILE = { 'Content-Type': 'application/octet-stream' };

const words = defineTexts(
    {
        importing: 'Nhập danh sách',
        file: 'Tệp',
        reading: 'Đang đọc…',
        preview: 'Xem khác biệt',
        apply: (n: number) => `Áp dụng ${n} thay đổi`,
        undo: 'Hoàn tác',
        undone: 'Đã hoàn tác.',
        counts: (rows: number, same: number, added: number, changed: number, missing: number) =>
            `${rows} dòng: ${same} giống, ${changed} khác, ${added} mới; ${missing} nơi đang có không nằm trong tệp`,
        problems: 'Lỗi trong tệp: không dòng nào được áp dụng',
        line: 'Dòng',
        place: 'Nơi',
        field: 'Mục',
        wasValue: 'Đang là',
        newValue: 'Trong tệp',
        noDifference: 'Tệp giống những gì đang có. Không có gì để áp dụng.',
    },
    {
        importing: 'Import a list',
        file: 'File',
        reading: 'Reading…',
        preview: 'Show the differences',
        apply: (n) => (n === 1 ? 'Apply 1 change' : `Apply ${n} changes`),
        undo: 'Undo',
        undone: 'Undone.',
        counts: (rows, same, added, changed, missing) =>
            `${rows} rows: ${same} the same, ${changed} differ, ${added} new; ${missing} places that there are stand not in the file`,
        problems: 'Errors in the file: no row is applied',
        line: 'Line',
        place: 'Place',
        field: 'Field',
        wasValue: 'Is now',
        newValue: 'In the file',
        noDifference: 'The file equals what there is. Nothing to apply.',
    },
);

interface Props<A extends ListAnswer> {
    lead: string;
    accept: string;
    fields: Record<string, string>;
    send: (step: 'preview' | 'apply', file: File) => Promise<Answer<A>>;
    applied: (answer: A) => ComponentChildren; // what is said after applying
    undo: (answer: A) => Promise<Answer<unknown>>;
    onChange?: () => void;
}

function Differences({ list, fields }: { list: ListAnswer['differences']; fields: Record<string, string> }) {
    const t = useTextsOf(words);
    return (
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
                    {list.slice(0, 500).map((d, i) => (
                        <tr key={i}>
                            <td class="n">{d.line}</td>
                            <th scope="row">{d.name}</th>
                            <td>{fields[d.field] ?? d.field}</td>
                            <td>{d.before ?? '–'}</td>
                            <td>
                                <b>{d.after ?? '–'}</b>
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

function Problems({ list }: { list: ListAnswer['problems'] }) {
    const t = useTextsOf(words),
        lang = useValue(language);
    return (
        <div class="message bad" role="alert">
            <Icon name="stop" />
            <div>
                <p>
                    <b>{t.problems}</b>
                </p>
                <ul>
                    {list.slice(0, 50).map((p, i) => (
                        <li key={i}>
                            {t.line} {p.line}
                            {p.column && `, ${p.column}`}: {p[lang]}
                        </li>
                    ))}
                </ul>
            </div>
        </div>
    );
}

export function ImportList<A extends ListAnswer>({ lead, accept, fields, send, applied, undo, onChange }: Props<A>) {
    const t = useTextsOf(words);
    const [file, setFile] = useState<File | null>(null),
        [answer, setAnswer] = useState<A | null>(null),
        [state, setState] = useState<'seen' | 'applied' | 'undone'>('seen'),
        [failure, setFailure] = useState<Failure | null>(null),
        [busy, setBusy] = useState(false);
    const ask = async (step: 'preview' | 'apply', from: File): Promise<void> => {
        setBusy(true);
        const got = await send(step, from);
        setBusy(false);
        setFailure(got.ok ? null : got.failure);
        if (!got.ok) return;
        setAnswer(got.body);
        if (step === 'preview') return;
        setState('applied');
        onChange?.();
    };
    const choose = async (chosen: File | undefined): Promise<void> => {
        setAnswer(null);
        setState('seen');
        setFailure(null);
        setFile(chosen ?? null);
        if (chosen) await ask('preview', chosen);
    };
    const takeBack = async (): Promise<void> => {
        const got = await undo(answer!);
        setFailure(got.ok ? null : got.failure);
        if (!got.ok) return;
        setState('undone');
        onChange?.();
    };
    const may = answer && !answer.problems.length && answer.differences.length > 0;
    return (
        <>
            <section class="card pad noprint" aria-labelledby="import-title">
                <h2 id="import-title">{t.importing}</h2>
                <p class="muted">{lead}</p>
                <div class="field">
                    <label for="import-file">{t.file}</label>
                    <input id="import-file" type="file" accept={accept} disabled={busy} onChange={(e) => void choose(e.currentTarget.files?.[0])} />
                </div>
                {busy && (
                    <p class="muted" role="status">
                        {t.reading}
                    </p>
                )}
            </section>
            {failure && <Trouble failure={failure} />}
            {answer && file && (
                <section class="card pad" aria-label={file.name}>
                    <h2>{file.name}</h2>
                    <p>{t.counts(answer.rows, answer.same, answer.added, answer.changed, answer.missing)}</p>
                    {answer.problems.length > 0 && <Problems list={answer.problems} />}
                    {!answer.problems.length && !answer.differences.length && <p class="message ok">{t.noDifference}</p>}
                    {answer.differences.length > 0 && <Differences list={answer.differences} fields={fields} />}
                    {state === 'seen' && may && (
                        <p class="actions noprint">
                            <button type="button" class="btn go" disabled={busy} onClick={() => void ask('apply', file)}>
                                {t.apply(answer.differences.length)}
                            </button>
                        </p>
                    )}
                    {state !== 'seen' && (
                        <div class="message ok" role="status">
                            <Icon name="check" />
                            <p>{state === 'undone' ? t.undone : applied(answer)}</p>
                            {state === 'applied' && (
                                <button type="button" class="btn" onClick={() => void takeBack()}>
                                    <Icon name="undo" />
                                    {t.undo}
                                </button>
                            )}
                        </div>
                    )}
                </section>
            )}
        </>
    );
}
