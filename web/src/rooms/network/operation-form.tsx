// SPDX-License-Identifier: GPL-3.0-or-later
// One operation: what it says in words, and the form that adds one. Which members a kind needs is a table (docs/network.md).

import { useState } from 'preact/hooks';
import { Icon } from '../../parts/icon';
import { SITES, communeOf, idOf, placeById, reference, type Network, type NetworkPlace, type Operation } from './model';
import { fold } from './place-table';
import { useNetworkTexts, type NetworkTexts } from './texts';

type Need = 'places' | 'target' | 'name' | 'code' | 'kind' | 'services' | 'role' | 'reason' | 'day';
const NEEDS: Record<string, Need[]> = {
    'convert-to-point': ['places', 'target'],
    'promote-to-station': ['places'],
    'transfer-management': ['places', 'role', 'target'],
    merge: ['places', 'target', 'name', 'kind'],
    dissolve: ['places', 'target', 'reason'],
    create: ['name', 'code', 'kind', 'target'],
    rename: ['places', 'name'],
    recode: ['places', 'code'],
    repurpose: ['places', 'kind'],
    relocate: ['places', 'target'],
    'change-services': ['places', 'services'],
    suspend: ['places', 'day', 'reason'],
    resume: ['places'],
    'move-boundary': ['places', 'target'],
    split: ['places', 'target'],
    correct: ['places', 'name', 'code', 'reason'],
};

/** An operation in words, for lists and screen readers. */
export function operationWords(o: Operation, network: Network, t: NetworkTexts): string {
    const name = (id: string): string => placeById(network, id)?.name ?? id;
    const ids = (o.place ?? []).map(idOf);
    const shown = ids.slice(0, 3).map(name).join(', ') + (ids.length > 3 ? ` (+${ids.length - 3})` : '');
    const parts = [t.operationKinds[o.kind] ?? o.kind, shown || (o.query ?? '')];
    if (o.target) parts.push(`→ ${name(idOf(o.target))}`);
    if (o.part?.length) parts.push(`→ ${o.part.map((p) => `${name(idOf(p.target))} (${p.share})`).join(', ')}`);
    if (o.receiver?.length) parts.push(`→ ${[...new Set(o.receiver.map((r) => name(idOf(r.place))))].join(', ')}`);
    if (o.role) parts.push(`(${t.roles[o.role] ?? o.role})`);
    if (o.name) parts.push(`“${o.name}”`);
    if (o.code) parts.push(o.code);
    if (o.placeKind) parts.push(t.kinds[o.placeKind] ?? o.placeKind);
    if (o.reason) parts.push(`— ${o.reason}`);
    return parts.filter(Boolean).join(' ');
}

export function PlacePicker({
    id,
    label,
    network,
    chosen,
    onChoose,
    many,
    allow,
}: {
    id: string;
    label: string;
    network: Network;
    chosen: string[];
    onChoose: (ids: string[]) => void;
    many: boolean;
    allow?: (p: NetworkPlace) => boolean;
}) {
    const t = useNetworkTexts();
    const [text, setText] = useState('');
    const [wrong, setWrong] = useState('');
    const words = fold(text).split(/\s+/).filter(Boolean);
    const found = words.length
        ? network.places
              .filter((p) => (allow?.(p) ?? true) && !chosen.includes(p.id))
              .filter((p) => words.every((w) => fold(`${p.name} ${p.code ?? ''}`).includes(w)))
              .slice(0, 8)
        : [];
    const take = (p: NetworkPlace): void => {
        onChoose(many ? [...chosen, p.id] : [p.id]);
        setText('');
        setWrong('');
    };
    return (
        <div class="field placepicker">
            <label for={id}>{label}</label>
            {chosen.length > 0 && (
                <ul class="chosen plainlist">
                    {chosen.map((c) => (
                        <li key={c} class="tag plain">
                            <span>{placeById(network, c)?.name ?? c}</span>
                            <button
                                type="button"
                                aria-label={`${t.remove}: ${placeById(network, c)?.name ?? c}`}
                                onClick={() => onChoose(chosen.filter((x) => x !== c))}
                            >
                                <Icon name="close" />
                            </button>
                        </li>
                    ))}
                </ul>
            )}
            {(many || !chosen.length) && (
                <input
                    id={id}
                    type="text"
                    autoComplete="off"
                    value={text}
                    aria-invalid={wrong !== ''}
                    onInput={(e) => setText(e.currentTarget.value)}
                    onKeyDown={(e) => {
                        if (e.key !== 'Enter' || !text.trim()) return;
                        e.preventDefault();
                        if (found[0]) take(found[0]);
                        else setWrong(t.unknownPlace(text));
                    }}
                />
            )}
            {wrong && (
                <p class="wrong">
                    <Icon name="warn" />
                    {wrong}
                </p>
            )}
            {found.length > 0 && (
                <ul class="suggestions plainlist">
                    {found.map((p) => (
                        <li key={p.id}>
                            <button type="button" onClick={() => take(p)}>
                                <b>{p.name}</b>{' '}
                                <span class="muted small">
                                    {t.kinds[p.kind] ?? p.kind} · {communeOf(network, p)?.name ?? ''}
                                </span>
                            </button>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}

export function OperationForm({ network, onAdd }: { network: Network; onAdd: (o: Operation) => void }) {
    const t = useNetworkTexts();
    const [kind, setKind] = useState('convert-to-point');
    const [places, setPlaces] = useState<string[]>([]);
    const [target, setTarget] = useState<string[]>([]);
    const [values, setValues] = useState<Record<string, string>>({});
    const [wrong, setWrong] = useState('');
    const needs = NEEDS[kind] ?? [];
    const set = (name: string) => (e: { currentTarget: { value: string } }) => setValues({ ...values, [name]: e.currentTarget.value });
    const add = (): void => {
        const name = values.name?.trim() ?? '',
            bodyMayBeEmpty = kind === 'transfer-management' || (kind === 'merge' && name !== '') || kind === 'split';
        if (needs.includes('places') && !places.length) return setWrong(t.needPlace);
        if (needs.includes('target') && !target.length && !bodyMayBeEmpty) return setWrong(t.needTarget);
        if ((kind === 'create' || kind === 'rename') && !name) return setWrong(t.needName);
        const o: Operation = { kind };
        if (places.length) o.place = places.map(reference);
        const to = target[0];
        if (to && kind === 'dissolve') o.receiver = [{ place: reference(to) }];
        else if (to && (kind === 'create' || kind === 'relocate')) o.parent = reference(to);
        else if (kind === 'split') o.part = target.map((x) => ({ target: reference(x), share: 1 / target.length }));
        else if (to) o.target = reference(to);
        if (needs.includes('role')) o.role = values.role || 'manager';
        if (name && needs.includes('name')) o.name = name;
        if (values.code?.trim() && needs.includes('code')) o.code = values.code.trim();
        if (needs.includes('kind') && (values.kind || kind === 'create' || kind === 'repurpose')) o.placeKind = values.kind || 'station';
        if (needs.includes('services')) o.service = (values.services ?? '').split(',').map((s) => s.trim()).filter(Boolean);
        if (needs.includes('reason') && values.reason?.trim()) o.reason = values.reason.trim();
        onAdd(o);
        setPlaces([]);
        setTarget([]);
        setValues({});
        setWrong('');
        document.getElementById('operation-kind')?.focus();
    };
    const text = (name: string, label: string) => (
        <div class="field">
            <label for={`operation-${name}`}>{label}</label>
            <input id={`operation-${name}`} type="text" autoComplete="off" value={values[name] ?? ''} onInput={set(name)} />
        </div>
    );
    return (
        <fieldset class="operationform card pad">
            <legend class="hidden">{t.addOperation}</legend>
            <div class="field">
                <label for="operation-kind">{t.addOperation}</label>
                <select id="operation-kind" value={kind} onChange={(e) => (setKind(e.currentTarget.value), setWrong(''))}>
                    {Object.keys(NEEDS).map((k) => (
                        <option key={k} value={k}>
                            {t.operationKinds[k]}
                        </option>
                    ))}
                </select>
            </div>
            {needs.includes('places') && (
                <PlacePicker id="operation-places" label={`${t.places}. ${t.addPlace}`} network={network} chosen={places} onChoose={setPlaces} many />
            )}
            {needs.includes('role') && (
                <div class="field">
                    <label for="operation-role">{t.role}</label>
                    <select id="operation-role" value={values.role ?? 'manager'} onChange={set('role')}>
                        {Object.entries(t.roles).map(([code, words]) => (
                            <option key={code} value={code}>
                                {words}
                            </option>
                        ))}
                    </select>
                </div>
            )}
            {needs.includes('target') && (
                <PlacePicker
                    id="operation-target"
                    label={kind === 'convert-to-point' ? t.targetStation : kind === 'transfer-management' ? t.targetBody : t.target}
                    network={network}
                    chosen={target}
                    onChoose={setTarget}
                    many={kind === 'split'}
                    {...(kind === 'convert-to-point' ? { allow: (p: NetworkPlace) => p.kind === 'station' && !places.includes(p.id) } : {})}
                />
            )}
            {needs.includes('name') && text('name', t.newName)}
            {needs.includes('code') && text('code', t.newCode)}
            {needs.includes('kind') && (
                <div class="field">
                    <label for="operation-placekind">{t.newKind}</label>
                    <select id="operation-placekind" value={values.kind ?? (kind === 'merge' ? '' : 'station')} onChange={set('kind')}>
                        {kind === 'merge' && <option value="">–</option>}
                        {[...SITES, 'commune', 'ward', 'special-zone'].map((k) => (
                            <option key={k} value={k}>
                                {t.kinds[k]}
                            </option>
                        ))}
                    </select>
                </div>
            )}
            {needs.includes('services') && text('services', t.services)}
            {needs.includes('reason') && text('reason', t.reason)}
            {wrong && (
                <p class="wrong" role="alert">
                    <Icon name="warn" />
                    {wrong}
                </p>
            )}
            <p class="field">
                <button type="button" class="btn" onClick={add}>
                    <Icon name="plus" />
                    {t.addOperation}
                </button>
            </p>
        </fieldset>
    );
}
