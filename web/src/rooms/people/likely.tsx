// SPDX-License-Identifier: GPL-3.0-or-later
// Who looks like the person being typed, beside the form. Whoever must be told apart is named one by one before the first save.

import { useEffect, useState } from 'preact/hooks';
import { call } from '../../base/api';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import type { Likely } from '../../base/newcomer';
import { paths } from '../../base/router';
import { Icon } from '../../parts/icon';
import { whereText } from '../../parts/search';
import { Tag } from '../../parts/tag';
import { words } from './texts';

const WAIT_MS = 200;

export interface Asked {
    name: string;
    birth: string;
    sex: string;
    place: string;
    phone: string;
    cccd: string;
    insurance: string;
    household: string;
    self?: string;
}

/** The list for what is typed now; null while nothing was asked. `settled` is what the list is for. */
export function useLikely(asked: Asked): { list: Likely[]; settled: boolean; ask: () => Promise<Likely[] | null> } {
    const key = JSON.stringify(asked);
    const [answer, setAnswer] = useState<{ key: string; list: Likely[] }>({ key: '', list: [] });
    const enough = asked.name.trim().includes(' ') || !!asked.cccd || !!asked.insurance || !!asked.phone;
    const ask = async (): Promise<Likely[] | null> => {
        if (!enough) return [];
        const got = await call<{ likely: Likely[] }>('POST', '/api/persons/likely', JSON.parse(key));
        if (!got.ok) return null;
        setAnswer({ key, list: got.body.likely });
        return got.body.likely;
    };
    useEffect(() => {
        if (!enough) return setAnswer({ key, list: [] });
        const timer = window.setTimeout(() => void ask(), WAIT_MS);
        return () => clearTimeout(timer);
    }, [key]);
    return { list: answer.list, settled: answer.key === key, ask };
}

export function LikelyFacts({ person }: { person: Likely }) {
    const t = useTexts(),
        w = useTextsOf(words);
    const facts = [
        person.sex ? t.sex[person.sex] : '',
        person.birth ? `${t.born} ${showDay(person.birth)}` : t.bornUnknown,
        whereText(person),
        person.householdHead ? `${t.head}: ${person.householdHead.name}` : '',
        person.cccd ? `${t.cccd} ${person.cccd}` : '',
        person.phone ? `${t.phone} ${person.phone}` : '',
        person.dead ? t.status.dead : '',
        person.moved ? w.movedOn(showDay(person.moved)) : '',
    ];
    return (
        <>
            <p class="likelyname">
                <b>{person.name}</b>{' '}
                {person.tellApart ? (
                    <Tag tone="due" icon="warn">
                        {w.mustTell}
                    </Tag>
                ) : (
                    <Tag tone="plain">{person.score >= 80 ? w.very : w.quite}</Tag>
                )}
            </p>
            <p class="small facts">
                {facts.filter(Boolean).map((f) => (
                    <span key={f}>{f}</span>
                ))}
            </p>
            <p class="small muted">{person.why.map((r) => w.why[r] ?? r).join(' · ')}</p>
        </>
    );
}

export function LikelyList({ list, told, onTold }: { list: Likely[]; told: string[]; onTold: (id: string) => void }) {
    const w = useTextsOf(words);
    return (
        <section class="card pad likely" aria-labelledby="likely-title">
            <h2 id="likely-title">{w.likelyTitle}</h2>
            <p class="small muted" role="status">
                {list.length ? w.likelyLead : w.likelyNone}
            </p>
            <ul class="plainlist">
                {list.map((p) => (
                    <li key={p.id} class={p.tellApart && !told.includes(p.id) ? 'must' : ''}>
                        <LikelyFacts person={p} />
                        <div class="choices">
                            <a class="btn small" href={paths.person(p.id)}>
                                {w.openThis}
                                <span class="hidden">: {p.name}</span>
                            </a>
                            {p.tellApart &&
                                (told.includes(p.id) ? (
                                    <span class="told small">
                                        <Icon name="check" /> {w.told}
                                    </span>
                                ) : (
                                    <button type="button" class="btn small apart" onClick={() => onTold(p.id)}>
                                        {w.somebodyElse}
                                        <span class="hidden">: {p.name}</span>
                                    </button>
                                ))}
                        </div>
                    </li>
                ))}
            </ul>
        </section>
    );
}
