// SPDX-License-Identifier: GPL-3.0-or-later
// Facilities and what their papers carry: code, telephone, address; typed, or by a list from Excel. Codes keep their days.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, session, type Failure } from '../../base/api';
import { fold } from '../../base/fold';
import { useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import { ImportList, LIST_FILE, type ListAnswer } from '../../parts/import-list';
import { Trouble } from '../../parts/message';
import { Good, Loaded, readDate, showDate, TextField, useLanguage, useLoad } from './shared';
import { texts } from './texts';

interface Facility {
    id: string;
    name: string;
    kind: string;
    commune: string | null;
    code: string | null;
    phone: string | null;
    address: string | null;
    codes: { code: string; from: string | null; until: string | null }[];
}

const FIRST = 60; // rows at once
/** By commune, its station first, then its points; what serves more than a commune at the end. */
const inOrder = (list: Facility[]): Facility[] => {
    const kind = (f: Facility): number => ['station', 'point'].indexOf(f.kind) + 1 || 3;
    return [...list].sort((a, b) => (a.commune === null ? 1 : 0) - (b.commune === null ? 1 : 0) || (a.commune ?? '').localeCompare(b.commune ?? '', 'vi') || kind(a) - kind(b) || a.name.localeCompare(b.name, 'vi'));
};
const field = (s: string | null): string => (s === null ? '-' : /[",\n]/.test(s) ? `"${s.replace(/"/g, '""')}"` : s);

function FacilityForm({ of, onDone, onClose }: { of: Facility; onDone: () => void; onClose: () => void }) {
    const t = useTextsOf(texts),
        lang = useLanguage();
    const [code, setCode] = useState(of.code ?? ''),
        [from, setFrom] = useState(''),
        [phone, setPhone] = useState(of.phone ?? ''),
        [address, setAddress] = useState(of.address ?? ''),
        [said, setSaid] = useState<ListAnswer['problems']>([]),
        [failure, setFailure] = useState<Failure | null>(null),
        [busy, setBusy] = useState(false);
    const form = useRef<HTMLFormElement>(null);
    useEffect(() => form.current?.querySelector('input')?.focus(), []);
    useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(), [said]);
    const day = readDate(from);
    const wrong = (column: string): string | null => said.find((p) => p.column === column)?.[lang] ?? null;
    const save = async (e: Event): Promise<void> => {
        e.preventDefault();
        if (day === null) return setSaid([{ line: 0, column: 'from', vi: texts.vi.badDay, en: texts.en.badDay }]);
        setBusy(true);
        const got = await call<ListAnswer>('PUT', `/api/facilities/${encodeURIComponent(of.id)}`, { code, phone, address, from: day || undefined });
        setBusy(false);
        if (got.ok) return onDone();
        const problems = got.failure.kind === 'refused' ? ((got.failure.body as ListAnswer | null)?.problems ?? []) : [];
        setSaid(problems);
        setFailure(problems.length ? null : got.failure);
    };
    return (
        <form ref={form} class="card pad facilityform" onSubmit={save} noValidate aria-label={t.changeOf(of.name)}>
            <h2>{of.name}</h2>
            {failure && <Trouble failure={failure} />}
            <div class="row">
                <TextField id="f-code" label={t.facilityCode} hint={t.facilityCodeHint} value={code} wrong={wrong('code')} short max={12} onType={(s) => setCode(s.toUpperCase())} />
                <TextField id="f-from" label={t.codeFrom} hint={t.codeFromHint} value={from} wrong={wrong('from')} short digits max={10} onType={setFrom} />
                <TextField id="f-phone" label={t.telephone} value={phone} wrong={wrong('phone')} short digits max={40} onType={setPhone} />
                <TextField id="f-address" label={t.address} hint={t.addressHint} value={address} wrong={wrong('address')} max={400} onType={setAddress} />
            </div>
            {of.codes.length > 0 && (
                <p class="small muted">
                    {t.codesBefore}: {of.codes.map((c) => `${c.code} (${showDate(c.from)} – ${c.until ? showDate(c.until) : '…'})`).join('; ')}
                </p>
            )}
            <p class="actions">
                <button type="submit" class="btn go" disabled={busy}>
                    {t.save}
                </button>
                <button type="button" class="btn" onClick={onClose}>
                    {t.cancel}
                </button>
            </p>
        </form>
    );
}

function FacilityRows({ list, onChange }: { list: Facility[]; onChange: (f: Facility) => void }) {
    const t = useTextsOf(texts);
    const [shown, setShown] = useState(FIRST);
    if (!list.length) return <p class="muted">{t.noFacility}</p>;
    return (
        <>
            <ul class="facilities plainlist card">
                {list.slice(0, shown).map((f) => (
                    <li key={f.id}>
                        <div class="who">
                            <b>{f.name}</b>
                            <span class="muted small">{[t.kinds[f.kind] ?? f.kind, f.commune].filter(Boolean).join(' · ')}</span>
                        </div>
                        <div class="code">{f.code ? <b>{f.code}</b> : <span class="tag due">{t.noCode}</span>}</div>
                        <div class="reach small">{[f.phone, f.address].filter(Boolean).join(' · ') || <span class="muted">–</span>}</div>
                        <button type="button" class="btn" aria-label={t.changeOf(f.name)} onClick={() => onChange(f)}>
                            {t.change}
                        </button>
                    </li>
                ))}
            </ul>
            {list.length > shown && (
                <button type="button" class="btn" onClick={() => setShown(list.length)}>
                    {t.moreRows(list.length - shown)}
                </button>
            )}
        </>
    );
}

/** What stood before as a list of its own: taking back goes the way of every list. */
const before = (answer: ListAnswer): string => {
    const rows = new Map<string, Record<string, string>>();
    for (const d of answer.differences) rows.set(d.place, { ...rows.get(d.place), [d.field]: field(d.before) });
    return ['id,code,phone,address', ...[...rows].map(([id, r]) => [id, r.code ?? '', r.phone ?? '', r.address ?? ''].join(','))].join('\n');
};
const send = (step: 'preview' | 'apply', list: string | File) =>
    call<ListAnswer>('POST', `/api/facilities/import?step=${step}`, list, undefined, LIST_FILE);

export function Facilities() {
    const t = useTextsOf(texts),
        who = useValue(session)!;
    const [turn, setTurn] = useState(0),
        [open, setOpen] = useState<Facility | null>(null),
        [filter, setFilter] = useState(''),
        [without, setWithout] = useState(false),
        [saved, setSaved] = useState(false);
    const list = useLoad<{ facilities: Facility[] }>('/api/facilities', turn);
    const again = (): void => setTurn(turn + 1);
    const words = fold(filter);
    return (
        <Loaded of={list}>
            {({ facilities }) => (
                <>
                    <p class="muted">{t.facilityLead}</p>
                    {!facilities.length && <p class="message info">{t.notMine}</p>}
                    {saved && <Good text={t.saved} />}
                    {open && (
                        <FacilityForm
                            key={open.id}
                            of={open}
                            onClose={() => setOpen(null)}
                            onDone={() => {
                                setOpen(null);
                                setSaved(true);
                                again();
                            }}
                        />
                    )}
                    {facilities.length > 1 && (
                        <div class="withbutton tools">
                            <TextField id="facility-filter" label={t.facilityFilter} value={filter} onType={setFilter} />
                            <label class="tick">
                                <input type="checkbox" checked={without} onChange={(e) => setWithout(e.currentTarget.checked)} />
                                {t.onlyWithout}
                            </label>
                            <a class="btn" href="/api/facilities?format=xlsx" download>
                                {t.excel}
                            </a>
                        </div>
                    )}
                    <p role="status">{t.facilityCount(facilities.length, facilities.filter((f) => !f.code).length)}</p>
                    <FacilityRows
                        list={inOrder(facilities).filter((f) => !(without && f.code) && fold(`${f.name} ${f.commune} ${f.code}`).includes(words))}
                        onChange={(f) => {
                            setSaved(false);
                            setOpen(f);
                        }}
                    />
                    {who.can('administer') && (
                        <ImportList<ListAnswer>
                            lead={t.facilityImport}
                            accept=".xlsx,.csv,text/csv"
                            fields={t.facilityFields}
                            send={(step, file) => send(step, file)}
                            applied={() => t.facilityApplied}
                            undo={(answer) => send('apply', before(answer))}
                            onChange={again}
                        />
                    )}
                </>
            )}
        </Loaded>
    );
}
