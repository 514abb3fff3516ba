// SPDX-License-Identifier: GPL-3.0-or-later
// From a proposal to the draft of a decision. The program proposes; a person decides and writes why: no draft without the words. It
// leads from the network of its own day to the plan, and opens in the editor of decisions with its check.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Failure } from '../../base/api';
import { dayOf, readDay, showDay } from '../../base/date';
import { useTextsOf } from '../../base/language';
import { go, paths } from '../../base/router';
import { DayField } from '../../parts/fields';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import type { Question } from './model';
import { sitingTexts } from './texts';

export function DraftForm({ question, onClose }: { question: Question; onClose: () => void }) {
    const t = useTextsOf(sitingTexts).draftForm;
    const [why, setWhy] = useState('');
    const today = dayOf(Date.now());
    const [day, setDay] = useState(showDay(today));
    const [wrong, setWrong] = useState<'why' | 'day' | null>(null);
    const [busy, setBusy] = useState(false);
    const [failure, setFailure] = useState<Failure | null>(null);
    const first = useRef<HTMLTextAreaElement>(null),
        dayInput = useRef<HTMLInputElement>(null);
    useEffect(() => first.current?.focus(), []);

    const make = async (): Promise<void> => {
        const effectiveOn = readDay(day, today);
        const missing = !why.trim() ? 'why' : !effectiveOn ? 'day' : null;
        setWrong(missing);
        if (missing) return document.getElementById(`draft-${missing}`)?.focus();
        setBusy(true);
        const made = await call<object>('POST', '/api/siting/draft', { ...question, at: undefined, why: why.trim(), effectiveOn });
        const saved = made.ok ? await call<{ id: string }>('POST', '/api/decisions', made.body) : made;
        setBusy(false);
        if (saved.ok) go(paths.room('network', 'decision', saved.body.id));
        else setFailure(saved.failure);
    };
    return (
        <form
            class="card pad draftform noprint"
            aria-labelledby="draft-title"
            onSubmit={(e) => {
                e.preventDefault();
                void make();
            }}
        >
            <h2 id="draft-title">{t.title}</h2>
            <p class="small muted">{t.lead}</p>
            {failure && <Trouble failure={failure} />}
            <div class="field">
                <label for="draft-why">{t.why}</label>
                <textarea
                    ref={first}
                    id="draft-why"
                    rows={3}
                    value={why}
                    aria-invalid={wrong === 'why'}
                    aria-describedby={wrong === 'why' ? 'draft-why-wrong' : undefined}
                    onInput={(e) => setWhy(e.currentTarget.value)}
                />
                {wrong === 'why' && (
                    <p class="wrong" id="draft-why-wrong">
                        <Icon name="warn" />
                        {t.needWhy}
                    </p>
                )}
            </div>
            <DayField id="draft-day" label={t.day} text={day} input={dayInput} wrong={wrong === 'day' ? t.needDay : null} onType={setDay} onEnter={() => void make()} />
            <p class="actions">
                <button type="submit" class="btn go" disabled={busy}>
                    <Icon name="note" />
                    {t.make}
                </button>
                <button type="button" class="btn" onClick={onClose}>
                    {t.cancel}
                </button>
            </p>
        </form>
    );
}
