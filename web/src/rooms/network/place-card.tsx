// SPDX-License-Identifier: GPL-3.0-or-later
// One place on the shown day; in a plan, what can be done with it without dragging.

import { useState } from 'preact/hooks';
import { showDay } from '../../base/date';
import { showNumber } from '../../base/language';
import { paths } from '../../base/router';
import { communeOf, placeById, reference, type Network, type NetworkPlace, type Operation } from './model';
import { useNetworkTexts } from './texts';

export function PlaceCard({
    network,
    place,
    onConvert,
    onAct,
}: {
    network: Network;
    place: NetworkPlace | undefined;
    onConvert?: (from: NetworkPlace, onto: NetworkPlace) => void;
    onAct?: (operation: Operation, words: string) => void;
}) {
    const t = useNetworkTexts();
    const [target, setTarget] = useState('');
    if (!place)
        return (
            <section class="card pad">
                <p class="muted">{t.pick}</p>
            </section>
        );
    const commune = communeOf(network, place);
    const name = (id: string | null): string | null => (id ? (placeById(network, id)?.name ?? id) : null);
    const row = (label: string, value: string | number | null | undefined) =>
        value === null || value === undefined || value === '' ? null : (
            <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
            </div>
        );
    const stations = network.places
        .filter((p) => p.kind === 'station' && p.id !== place.id)
        .sort((a, b) => {
            const near = (p: NetworkPlace): number => (communeOf(network, p)?.id === commune?.id ? 0 : 1);
            return near(a) - near(b) || a.name.localeCompare(b.name, 'vi');
        });
    const chosen = stations.find((s) => s.id === target) ?? stations[0];
    return (
        <section class="card pad placecard" aria-labelledby="place-title">
            <h2 id="place-title">{place.name}</h2>
            <p>
                <span class="tag plain">{t.kinds[place.kind] ?? place.kind}</span>{' '}
                {place.status === 'suspended' && <span class="tag due">{t.suspended}</span>}
                {place.status === 'ended' && <span class="tag bad">{t.ended}</span>}{' '}
                {place.assumed && (
                    <span class="tag due" title={t.assumedHelp}>
                        {t.assumed}
                    </span>
                )}
            </p>
            <dl class="facts">
                {row(t.code, place.code)}
                {commune !== place && row(t.commune, commune?.name)}
                {row(t.pointOf, name(place.pointOf))}
                {row(t.manager, name(place.manager))}
                {row(t.director, name(place.director))}
                {row(t.insurer, name(place.insurer))}
                {place.residents !== null && row(t.residents, showNumber(place.residents) + (place.estimated ? ` (${t.estimated})` : ''))}
                {place.population !== null && row(t.population, showNumber(place.population))}
                {place.posts !== null && row(t.posts, showNumber(place.posts))}
                {place.beds !== null && row(t.beds, showNumber(place.beds))}
                {row(t.services, place.services.join(', '))}
                {row(t.since, `${place.from ? showDay(place.from) : t.ever} – ${place.until ? showDay(place.until) : t.still}`)}
                {place.operationalFrom && row('', t.operational(showDay(place.operationalFrom)))}
            </dl>
            {place.decision && (
                <p>
                    <a href={paths.room('network', 'decision', place.decision)}>{t.decisions}</a>
                </p>
            )}
            {onConvert && (place.kind === 'station' || place.kind === 'point') && chosen && (
                <div class="field">
                    <label for="convert-target">{t.convertTo}</label>
                    <div class="withbutton">
                        <select id="convert-target" value={chosen.id} onChange={(e) => setTarget(e.currentTarget.value)}>
                            {stations.map((s) => (
                                <option key={s.id} value={s.id}>
                                    {s.name}
                                </option>
                            ))}
                        </select>
                        <button type="button" class="btn go" onClick={() => onConvert(place, chosen)}>
                            {t.convert}
                        </button>
                    </div>
                </div>
            )}
            {onAct && place.kind === 'point' && (
                <p class="field">
                    <button
                        type="button"
                        class="btn"
                        onClick={() => onAct({ kind: 'promote-to-station', place: [reference(place.id)] }, t.promoted(place.name))}
                    >
                        {t.promote}
                    </button>
                </p>
            )}
        </section>
    );
}
