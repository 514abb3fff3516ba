// SPDX-License-Identifier: GPL-3.0-or-later
// Opening the record of somebody of elsewhere: by the card, or looked up by the full name and birth date and opened with a reason.

import { useEffect, useRef, useState } from 'preact/hooks';
import { call, type Failure } from '../../base/api';
import { useTexts, useTextsOf } from '../../base/language';
import { go, paths } from '../../base/router';
import { Trouble } from '../../parts/message';
import { readDate, showDate, TextField } from './shared';
import { texts } from './texts';

interface Somebody {
    id: string;
    name: string;
    birth: string;
    sex: string | null;
}

function ByCard() {
    const t = useTextsOf(texts);
    const [card, setCard] = useState(''),
        [tried, setTried] = useState(false),
        [failure, setFailure] = useState<Failure | null>(null);
    const box = useRef<HTMLFormElement>(null);
    useEffect(() => box.current?.querySelector('input')?.focus(), []);
    const submit = async (e: Event): Promise<void> => {
        e.preventDefault();
        setTried(true);
        if (!card.trim()) return;
        const a = await call<{ person: string }>('POST', '/api/openings', { card: card.trim() });
        if (a.ok) go(paths.person(a.body.person));
        else setFailure(a.failure);
    };
    const refused = failure?.kind === 'refused' ? failure.text : null;
    return (
        <form ref={box} class="card pad" onSubmit={submit} noValidate>
            {failure && !refused && <Trouble failure={failure} />}
            <TextField id="card" label={t.card} hint={t.cardHint} value={card} wrong={refused ?? (tried && !card.trim() ? t.need : null)} max={500} onType={setCard} />
            <p class="actions">
                <button type="submit" class="btn go">
                    {t.openByCard}
                </button>
            </p>
        </form>
    );
}

function ByReason() {
    const t = useTextsOf(texts);
    const [name, setName] = useState(''),
        [birth, setBirth] = useState(''),
        [reason, setReason] = useState(''),
        [tried, setTried] = useState(false),
        [late, setLate] = useState(false),
        [found, setFound] = useState<Somebody[] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const day = readDate(birth);
    const look = async (e: Event): Promise<void> => {
        e.preventDefault();
        setTried(true);
        if (!name.trim() || !day) return;
        const a = await call<{ persons: Somebody[] }>('POST', '/api/openings/elsewhere', { name: name.trim(), birth: day });
        setFailure(a.ok ? null : a.failure);
        setFound(a.ok ? a.body.persons : null);
    };
    const open = async (id: string): Promise<void> => {
        setLate(true);
        if ([...reason.trim()].length < 10) return document.getElementById('reason')?.focus();
        const a = await call('POST', `/api/persons/${encodeURIComponent(id)}/open`, { reason: reason.trim() });
        if (a.ok) go(paths.person(id));
        else setFailure(a.failure);
    };
    return (
        <form class="card pad" onSubmit={look} noValidate>
            <h2>{t.noCard}</h2>
            {failure && <Trouble failure={failure} />}
            <div class="row">
                <TextField id="fullname" label={t.fullName} value={name} wrong={tried && !name.trim() ? t.need : null} onType={setName} />
                <TextField id="birth" label={t.birth} value={birth} wrong={tried && !day ? t.badDay : null} short digits max={10} onType={setBirth} />
            </div>
            <p class="actions">
                <button type="submit" class="btn">
                    {t.lookUp}
                </button>
            </p>
            {found && !found.length && <p role="status">{t.nobody}</p>}
            {found && found.length > 0 && (
                <>
                    <TextField id="reason" label={t.reason} value={reason} wrong={late && [...reason.trim()].length < 10 ? t.reasonShort : null} max={500} onType={setReason} />
                    <ul class="plainlist">
                        {found.map((p) => (
                            <li key={p.id} class="withbutton">
                                <span>
                                    <b>{p.name}</b> {showDate(p.birth)} {p.sex && t.sex[p.sex]}
                                </span>
                                <button type="button" class="btn go" onClick={() => void open(p.id)}>
                                    {t.openIt}
                                </button>
                            </li>
                        ))}
                    </ul>
                </>
            )}
        </form>
    );
}

export default function OpenPage() {
    const t = useTextsOf(texts),
        core = useTexts();
    useEffect(() => void (document.title = `${t.openTitle} · ${core.programme}`), [t, core]);
    return (
        <div class="page rights">
            <h1>{t.openTitle}</h1>
            <p class="muted">{t.openLead}</p>
            <ByCard />
            <ByReason />
        </div>
    );
}
