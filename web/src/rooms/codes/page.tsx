// SPDX-License-Identifier: GPL-3.0-or-later
// Lists of codes: what is in force, a file in with its preview, every import with undo, and the search to try.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { clockOf, dayOf, readDay, showDay } from '../../base/date';
import { language, showNumber, useTexts, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { DayField } from '../../parts/fields';
import { Icon } from '../../parts/icon';
import { LIST_FILE } from '../../parts/import-list';
import { Trouble } from '../../parts/message';
import type { PageProps } from '../../rooms';
import type { CodeList, Preview, Version } from './model';
import { PreviewView } from './preview';
import { texts } from './texts';

type Changed = () => Promise<void>;

function ImportForm({ list, changed }: { list: CodeList; changed: Changed }) {
    const t = useTextsOf(texts),
        core = useTexts(),
        words = useValue(language),
        today = dayOf(Date.now());
    const [from, setFrom] = useState(showDay(today));
    const day = readDay(from, today);
    const dayInput = useRef<HTMLInputElement>(null);
    const asked = useRef(''); // the day of the preview shown
    const [file, setFile] = useState<File | null>(null);
    const [preview, setPreview] = useState<Preview | null>(null);
    const [busy, setBusy] = useState('');
    const [done, setDone] = useState('');
    const [failure, setFailure] = useState<Failure | null>(null);

    const send = async (step: 'preview' | 'apply', chosen: File): Promise<void> => {
        if (!day) return;
        asked.current = day;
        setBusy(step === 'preview' ? t.reading : t.writing(showNumber(preview?.rows ?? 0)));
        setFailure(null);
        const query = new URLSearchParams({ step, from: day, file: chosen.name });
        const got = await call<Preview>('POST', `/api/codes/${list.list}/import?${query}`, chosen, undefined, LIST_FILE);
        setBusy('');
        if (!got.ok) return setFailure(got.failure);
        if (step === 'preview') return setPreview(got.body);
        setDone(t.applied(showNumber(got.body.rows), showDay(day)));
        setPreview(null);
        setFile(null);
        await changed();
    };
    const choose = (chosen: File | undefined): void => {
        setPreview(null);
        setDone('');
        setFile(chosen ?? null);
        if (chosen) void send('preview', chosen);
    };
    const again = (): void => {
        if (file && day && day !== asked.current) void send('preview', file);
    };
    const needed = list.columns.filter((c) => c.required).map((c) => c[words]),
        others = list.columns.filter((c) => !c.required).map((c) => c[words]);
    const id = `file-${list.list}`;
    return (
        <>
            <div class="row">
                <div class="field">
                    <label for={id}>{t.file}</label>
                    <input id={id} key={done} type="file" accept=".xlsx,.csv,text/csv" disabled={!!busy} onChange={(e) => choose(e.currentTarget.files?.[0])} />
                    <p class="muted small">
                        {t.needs}: <b>{needed.join(', ')}</b>; {t.optional}: {others.join(', ')}
                    </p>
                </div>
                <DayField id={`${id}-from`} label={t.from} text={from} input={dayInput} wrong={day ? null : core.badDay} onType={setFrom} onEnter={again} />
            </div>
            {busy && (
                <p role="status">
                    <progress aria-label={busy} /> {busy}
                </p>
            )}
            {failure && <Trouble failure={failure} />}
            {done && (
                <p class="message ok" role="status">
                    <Icon name="check" />
                    {done}
                </p>
            )}
            {preview && <PreviewView preview={preview} />}
            {preview && file && (
                <p class="actions">
                    {!preview.errors && preview.new + preview.changed + preview.gone > 0 && (
                        <button type="button" class="btn go" disabled={!!busy || !day} onClick={() => void send(day === asked.current ? 'apply' : 'preview', file)}>
                            {t.apply}
                        </button>
                    )}
                    <button type="button" class="btn" disabled={!!busy} onClick={() => choose(undefined)}>
                        {t.cancel}
                    </button>
                </p>
            )}
        </>
    );
}

function Versions({ list, changed }: { list: CodeList; changed: Changed }) {
    const t = useTextsOf(texts),
        today = dayOf(Date.now());
    const [said, setSaid] = useState('');
    const [failure, setFailure] = useState<Failure | null>(null);
    const last = list.versions.find((v) => v.active);
    const state = (v: Version): string => (v.inForce ? t.inForce : !v.active ? t.takenBack : v.from > today ? t.waiting : t.replaced);
    const undo = async (v: Version): Promise<void> => {
        const got = await call('POST', `/api/codes/${list.list}/undo?version=${v.id}`, '');
        if (!got.ok) return setFailure(got.failure);
        setFailure(null);
        setSaid(t.undone(v.title));
        await changed();
    };
    return (
        <>
            {failure && <Trouble failure={failure} />}
            {said && (
                <p class="message ok" role="status">
                    <Icon name="check" />
                    {said}
                </p>
            )}
            {list.versions.length > 0 && (
                <div class="wide" tabIndex={0} role="group" aria-label={t.versions}>
                    <table>
                        <caption>{t.versions}</caption>
                        <thead>
                            <tr>
                                <th scope="col">{t.file}</th>
                                <th scope="col">{t.from}</th>
                                <th scope="col" class="n">
                                    {t.count}
                                </th>
                                <th scope="col">{t.person}</th>
                                <th scope="col">{t.at}</th>
                                <th scope="col">{t.state}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {list.versions.map((v) => (
                                <tr key={v.id}>
                                    <th scope="row">{v.title}</th>
                                    <td>{showDay(v.from)}</td>
                                    <td class="n">{showNumber(v.codes)}</td>
                                    <td>{v.person ?? '–'}</td>
                                    <td>{showDay(dayOf(Date.parse(v.applied)))} {clockOf(Date.parse(v.applied))}</td>
                                    <td>
                                        {state(v)}{' '}
                                        {v === last && (
                                            <button type="button" class="btn small" onClick={() => void undo(v)}>
                                                <Icon name="undo" />
                                                {t.undo}
                                            </button>
                                        )}
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </>
    );
}

function TrySearch({ list }: { list: CodeList }) {
    const t = useTextsOf(texts),
        words = useValue(language);
    const [found, setFound] = useState<Record<string, string | boolean | null>[] | null>(null);
    const [code, name, english] = list.columns.map((c) => c.name) as [string, string, string];
    const search = async (typed: string): Promise<void> => {
        if (!typed.trim()) return setFound(null);
        const got = await get<{ codes: Record<string, string | boolean | null>[] }>(`/api/codes/${list.list}?q=${encodeURIComponent(typed)}`);
        if (got.ok) setFound(got.body.codes);
    };
    return (
        <div class="field">
            <label for={`try-${list.list}`}>
                {t.trySearch} <span class="unit">{t.tryHint}</span>
            </label>
            <input id={`try-${list.list}`} type="text" autocomplete="off" maxLength={200} onInput={(e) => void search(e.currentTarget.value)} />
            <ul class="plainlist" aria-live="polite">
                {found?.map((f) => (
                    <li key={f[code]}>
                        <b>{f[code]}</b> {(words === 'en' && f[english]) || f[name]} {f.outside && <span class="tag plain">{t.outside}</span>}
                    </li>
                ))}
                {found?.length === 0 && <li class="muted">{t.nothing}</li>}
            </ul>
        </div>
    );
}

export default function CodesPage(_: PageProps) {
    const t = useTextsOf(texts),
        core = useTexts(),
        words = useValue(language);
    const [lists, setLists] = useState<CodeList[] | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const load = async (): Promise<void> => {
        const got = await get<{ lists: CodeList[] }>('/api/codes');
        if (got.ok) setLists(got.body.lists);
        setFailure(got.ok ? null : got.failure);
    };
    useEffect(() => void load(), []);
    useEffect(() => void (document.title = `${t.title} · ${core.programme}`), [t, core]);
    return (
        <div class="page codes">
            <h1>{t.title}</h1>
            <p class="muted">{t.lead}</p>
            {failure && <Trouble failure={failure} again={() => void load()} />}
            {lists?.map((l) => (
                <section key={l.list} class="card pad" id={l.list} aria-labelledby={`${l.list}-title`}>
                    <div class="sheethead">
                        <h2 id={`${l.list}-title`}>
                            {l[words]} <span class="muted">{l.codes ? `${t.counts(showNumber(l.codes))}${l.version ? '' : ` (${t.shipped})`}` : t.none}</span>
                        </h2>
                        <a class="btn" href={`/api/codes/${l.list}/export?format=xlsx`} download>
                            <Icon name="down" />
                            {t.download}
                        </a>
                    </div>
                    <ImportForm list={l} changed={load} />
                    <Versions list={l} changed={load} />
                    {l.codes > 0 && <TrySearch list={l} />}
                </section>
            ))}
        </div>
    );
}
