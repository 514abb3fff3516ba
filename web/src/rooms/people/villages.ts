// SPDX-License-Identifier: GPL-3.0-or-later
// The villages of the post, asked once; what is typed and not among them is looked for in the whole province.

import { useEffect, useState } from 'preact/hooks';
import { get, session } from '../../base/api';
import { value } from '../../base/value';
import { useValue } from '../../base/value';
import { matches, type Option } from './fields';

interface Village {
    id: string;
    name: string;
    kind: 'hamlet' | 'former-commune';
    formerCommune: string | null;
    commune: string | null;
}

const own = value<Option[] | null>(null);
session.watch(() => own.set(null));

const option = (v: Village): Option => ({
    id: v.id,
    text: v.name,
    more: [v.kind === 'hamlet' && v.formerCommune !== v.commune ? v.formerCommune : null, v.commune].filter(Boolean).join(', '),
});

async function ask(q: string): Promise<Option[] | null> {
    const answer = await get<{ villages: Village[] }>(q ? `/api/villages?q=${encodeURIComponent(q)}` : '/api/villages');
    if (!answer.ok) return null;
    const order = (v: Village): number => (v.kind === 'hamlet' ? 0 : 1);
    return [...answer.body.villages].sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name, 'vi', { numeric: true })).map(option);
}

/** Villages for what is typed: those of the post that fit, else those of the province. */
export function useVillages(typed: string, chosen: boolean): Option[] {
    const mine = useValue(own);
    const [far, setFar] = useState<Option[]>([]);
    useEffect(() => {
        if (mine === null) void ask('').then((list) => list && own.set(list));
    }, [mine === null]);
    const near = (mine ?? []).filter((v) => matches(v, typed));
    const look = !chosen && typed.trim().length >= 2 && mine !== null && !near.length;
    useEffect(() => {
        if (!look) return setFar([]);
        const timer = window.setTimeout(() => void ask(typed.trim()).then((list) => setFar(list ?? [])), 150);
        return () => clearTimeout(timer);
    }, [typed, look]);
    return look ? far : (mine ?? []);
}
