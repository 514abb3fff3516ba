// SPDX-License-Identifier: GPL-3.0-or-later
// A household is found by the name of anybody in it.

import { useEffect, useState } from 'preact/hooks';
import { get } from '../../base/api';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import type { Found, FoundList } from '../../base/model';
import { whereText } from '../../parts/search';
import { TypeAhead, type Option } from './fields';
import { words } from './texts';

export interface FoundMember extends Found {
    household?: string | null;
}

/** People for what is typed, as options: of whole households (`households`), or anybody. */
export function PersonAhead({ id, label, households, chosen, onChoose }: {
    id: string;
    label: string;
    households: boolean;
    chosen: Option | null;
    onChoose: (o: Option | null, person: FoundMember | null) => void;
}) {
    const t = useTexts(),
        w = useTextsOf(words);
    const [text, setText] = useState(chosen?.text ?? '');
    const [found, setFound] = useState<FoundMember[]>([]);
    useEffect(() => {
        const q = text.trim();
        if (chosen || q.length < 2) return setFound([]);
        const timer = window.setTimeout(async () => {
            const answer = await get<FoundList>(`/api/persons?q=${encodeURIComponent(q)}&limit=8`);
            setFound(answer.ok ? answer.body.persons : []);
        }, 80);
        return () => clearTimeout(timer);
    }, [text, chosen]);
    const options = found.map((p): Option => {
        const who = [p.birth ? showDay(p.birth) : '', whereText(p)];
        const home = households ? [p.household ? w.householdOf(p.householdHead?.name ?? p.name) : w.noHousehold] : [];
        return { id: p.id, text: p.name, more: [...who, ...home].filter(Boolean).join(' · ') };
    });
    return (
        <TypeAhead
            id={id}
            label={label}
            options={options}
            filter={false}
            chosen={chosen}
            text={text}
            empty={t.noneFound(text.trim())}
            onType={setText}
            onChoose={(o) => {
                const person = found.find((p) => p.id === o?.id) ?? null;
                if (o) setText(o.text);
                onChoose(o, person);
            }}
        />
    );
}
