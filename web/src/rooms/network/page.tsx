// SPDX-License-Identifier: GPL-3.0-or-later
// The network: the map by day, and the ways to decisions, plans side by side, series and lists.

import { useEffect } from 'preact/hooks';
import { session } from '../../base/api';
import { useTexts } from '../../base/language';
import { paths } from '../../base/router';
import type { PageProps } from '../../rooms';
import { ComparePage } from './compare';
import { DecisionPage } from './decision';
import { DecisionsPage } from './decisions';
import { ImportPage } from './import';
import { MapPage } from './map-page';
import { SeriesPage } from './series';
import { useNetworkTexts } from './texts';

export default function NetworkPage({ rest }: PageProps) {
    const t = useNetworkTexts(),
        core = useTexts();
    const plans = session.get()?.can('network-plan') ?? false;
    const [view = 'map', id = ''] = rest;
    useEffect(() => void (document.title = `${t.title} · ${core.programme}`), [t]);
    useEffect(() => {
        const keys = (e: KeyboardEvent): void => {
            if (e.key !== 'F9' || e.defaultPrevented) return;
            e.preventDefault();
            window.print();
        };
        window.addEventListener('keydown', keys);
        return () => window.removeEventListener('keydown', keys);
    }, []);
    const tab = (word: string, text: string, also: string[] = []) => (
        <a href={paths.room('network', word)} aria-current={view === word || also.includes(view) ? 'page' : undefined}>
            {text}
        </a>
    );
    return (
        <div class="network">
            <div class="pagehead">
                <h1>{t.title}</h1>
                <nav class="views noprint" aria-label={t.views}>
                    {tab('map', t.map)}
                    {tab('decisions', t.decisions, ['decision', 'plan'])}
                    {plans && tab('compare', t.compare)}
                    {tab('series', t.series)}
                    {plans && tab('import', t.importing)}
                </nav>
            </div>
            {view === 'decisions' ? (
                <DecisionsPage />
            ) : view === 'decision' ? (
                <DecisionPage key={id} id={id} />
            ) : view === 'plan' ? (
                <MapPage key={id} plan={id} />
            ) : view === 'compare' ? (
                <ComparePage />
            ) : view === 'series' ? (
                <SeriesPage />
            ) : view === 'import' ? (
                <ImportPage />
            ) : (
                <MapPage key={id} plan={null} day={view === 'map' && /^\d{4}-\d\d-\d\d$/.test(id) ? id : undefined} />
            )}
        </div>
    );
}
