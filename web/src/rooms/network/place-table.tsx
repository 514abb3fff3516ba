// SPDX-License-Identifier: GPL-3.0-or-later
// The places behind a number: a list to filter, sort, print and take to Excel.

import { useEffect, useRef, useState } from 'preact/hooks';
import { showNumber } from '../../base/language';
import { Icon } from '../../parts/icon';
import { communeOf, placeById, type Network, type NetworkPlace } from './model';
import { useNetworkTexts } from './texts';

export const fold = (text: string): string =>
    text
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .replace(/[đĐ]/g, 'd')
        .toLowerCase();

export function PlaceTable({
    network,
    places,
    title,
    onPick,
    onClose,
}: {
    network: Network;
    places: NetworkPlace[];
    title: string;
    onPick?: (id: string) => void;
    onClose?: () => void;
}) {
    const t = useNetworkTexts();
    const [filter, setFilter] = useState('');
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        heading.current?.focus();
        heading.current?.scrollIntoView({ block: 'nearest' });
    }, [title]);
    const wanted = fold(filter).split(/\s+/);
    const commune = (p: NetworkPlace): string => {
        const c = communeOf(network, p);
        return c && c !== p ? c.name : '';
    };
    const rows = places
        .filter((p) => {
            const text = fold(`${p.name} ${p.code ?? ''} ${commune(p)}`);
            return wanted.every((w) => text.includes(w));
        })
        .sort((a, b) => commune(a).localeCompare(commune(b), 'vi') || a.name.localeCompare(b.name, 'vi'));
    const name = (id: string | null): string => (id ? (placeById(network, id)?.name ?? id) : '');
    const withPoint = rows.some((p) => p.pointOf),
        withManager = rows.some((p) => p.manager);
    return (
        <section class="card pad placelist" aria-labelledby="list-title">
            <div class="sheethead">
                <h2 id="list-title" ref={heading} tabIndex={-1}>
                    {title} <span class="muted">({showNumber(rows.length)})</span>
                </h2>
                <a class="btn noprint" href={`/api/network/export?format=csv&at=${network.at}`} download={`mang-luoi-${network.at}.csv`}>
                    {t.csv}
                </a>
                {onClose && (
                    <button type="button" class="quiet noprint" onClick={onClose}>
                        <Icon name="close" />
                        {t.closeList}
                    </button>
                )}
            </div>
            <div class="field noprint">
                <label for="list-filter">{t.filter}</label>
                <input id="list-filter" type="text" autoComplete="off" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />
            </div>
            {rows.length === 0 ? (
                <p class="muted">{t.nothing}</p>
            ) : (
                <div class="wide" tabIndex={0} role="group" aria-labelledby="list-title">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{t.place}</th>
                                <th scope="col">{t.code}</th>
                                <th scope="col">{t.kind}</th>
                                <th scope="col">{t.commune}</th>
                                {withPoint && <th scope="col">{t.pointOf}</th>}
                                {withManager && <th scope="col">{t.manager}</th>}
                                <th scope="col" class="n">
                                    {t.residents}
                                </th>
                            </tr>
                        </thead>
                        <tbody>
                            {rows.map((p) => (
                                <tr key={p.id}>
                                    <th scope="row">
                                        {onPick ? (
                                            <button type="button" class="link" onClick={() => onPick(p.id)}>
                                                {p.name}
                                            </button>
                                        ) : (
                                            p.name
                                        )}{' '}
                                        {p.assumed && <span class="tag due">{t.assumed}</span>}
                                    </th>
                                    <td>{p.code}</td>
                                    <td>{t.kinds[p.kind] ?? p.kind}</td>
                                    <td>{commune(p)}</td>
                                    {withPoint && <td>{name(p.pointOf)}</td>}
                                    {withManager && <td>{name(p.manager)}</td>}
                                    <td class="n">{showNumber(p.residents)}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </section>
    );
}
