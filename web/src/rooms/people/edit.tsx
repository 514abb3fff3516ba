// SPDX-License-Identifier: GPL-3.0-or-later
// Correcting a person's own data, as a sheet of the person's page. Former names and numbers stay in the record as old ones; the
// version that was read is the one that is replaced, so that nobody's work is overwritten.

import { useEffect, useState } from 'preact/hooks';
import { get, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { failureText } from '../../parts/message';
import type { SheetProps } from '../../rooms';
import type { Resource, Transaction } from '../../rules/visit';
import { nothing, PersonFields, readTyped, type Typed } from './form';
import { etagOf, factsOf, patientOf, plain, put, read, saveAll } from './record';
import { words } from './texts';

async function typedOf(p: Resource): Promise<Typed> {
    const f = factsOf(p);
    const place = f.village ? await get<{ name?: string }>(`/fhir/Location/${encodeURIComponent(f.village)}`) : null;
    const name = place?.ok ? (place.body.name ?? f.village!) : (f.village ?? '');
    return {
        ...nothing,
        name: f.name,
        birth: showDay(f.birth),
        sex: f.sex === 'male' || f.sex === 'female' || f.sex === 'unknown' ? f.sex : null,
        village: f.village ? { id: f.village, text: name } : null,
        villageText: name,
        address: f.address ?? '',
        phone: f.phone ?? '',
        cccd: f.cccd ?? '',
        insurance: f.insurance ?? '',
        ethnic: f.ethnic ? { id: f.ethnic.code, text: f.ethnic.name } : null,
        ethnicText: f.ethnic?.name ?? '',
    };
}

export default function EditSheet({ person, onDone, onClose }: SheetProps) {
    const t = useTexts(),
        w = useTextsOf(words);
    const [before, setBefore] = useState<Resource | null>(null);
    const [typed, setTyped] = useState<Typed | null>(null);
    const [tried, setTried] = useState(false);
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);

    useEffect(() => {
        void read('Patient', person.id).then(async (a) => {
            if (!a.ok) return setFailure(a.failure);
            setTyped(await typedOf(a.body));
            setBefore(a.body);
            setTimeout(() => document.getElementById('name')?.focus(), 0);
        });
    }, [person.id]);

    const submit = async (): Promise<void> => {
        if (busy || !typed || !before) return;
        const { facts, faults } = readTyped(typed);
        setTried(true);
        setFailure(null);
        const wrong = Object.keys(faults)[0];
        if (wrong) return document.getElementById(wrong)?.focus();
        setBusy(true);
        const next = patientOf(person.id, facts, before);
        const answer = await saveAll([put(next, etagOf(before))]);
        setBusy(false);
        if (!answer.ok) return setFailure(answer.failure);
        const bundle: Transaction = { resourceType: 'Bundle', type: 'transaction', entry: [put(next) as Transaction['entry'][number]] };
        onDone({ summary: w.correct, bundle, undo: [put(plain(before))], waits: false, at: Date.now(), print: null });
    };
    return (
        <form
            class="card sheet"
            noValidate
            aria-labelledby="edit-title"
            onSubmit={(e) => {
                e.preventDefault();
                void submit();
            }}
            onKeyDown={(e) => {
                if (e.defaultPrevented) return;
                if (e.key === 'F2') {
                    e.preventDefault();
                    void submit();
                } else if (e.key === 'Escape') {
                    e.preventDefault();
                    e.stopPropagation();
                    onClose();
                }
            }}
        >
            <div class="sheethead">
                <h2 id="edit-title">{w.correct}</h2>
                <span class="muted small">{w.restoreFor}</span>
            </div>
            {typed ? <PersonFields typed={typed} tried={tried} onChange={(part) => setTyped({ ...typed, ...part })} /> : !failure && <p role="status">{t.loading}</p>}
            {failure && (
                <div class="message bad" role="alert">
                    <Icon name="warn" />
                    <p>{failure.kind === 'refused' && failure.status === 412 ? w.changedMeanwhile : failureText(failure, t)}</p>
                </div>
            )}
            <div class="actions">
                <button type="submit" class="btn go" disabled={busy || !typed} aria-keyshortcuts="F2">
                    <Icon name="check" />
                    {busy ? w.saving : w.save} <kbd aria-hidden="true">F2</kbd>
                </button>
                <button type="button" class="btn" onClick={onClose}>
                    {w.close} <kbd aria-hidden="true">Esc</kbd>
                </button>
            </div>
        </form>
    );
}
