// SPDX-License-Identifier: GPL-3.0-or-later
// Where the stations should be, province by province: the plans, and the surveys of sites that they rest on.

import { useEffect, useState } from 'preact/hooks';
import { call, type Failure } from '../../base/api';
import { useTexts, useTextsOf } from '../../base/language';
import { paths } from '../../base/router';
import { Trouble } from '../../parts/message';
import type { PageProps } from '../../rooms';
import type { Offer } from './model';
import { Plans } from './plans';
import { SurveysPage } from './surveys';
import { sitingTexts } from './texts';

/** The provinces of the node's network; the name alone when there is one. */
function Province({ offers, code, onPick }: { offers: Offer[]; code: string; onPick: (code: string) => void }) {
    const t = useTextsOf(sitingTexts);
    if (offers.length < 2) return <span class="about">{offers[0]?.name}</span>;
    return (
        <select class="about" aria-label={t.province} value={code} onChange={(e) => onPick(e.currentTarget.value)}>
            {offers.map((o) => (
                <option key={o.code} value={o.code}>
                    {o.name}
                </option>
            ))}
        </select>
    );
}

export default function SitingPage({ rest }: PageProps) {
    const core = useTexts(),
        t = useTextsOf(sitingTexts);
    const [offers, setOffers] = useState<Offer[]>([]);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [chosen, setChosen] = useState<string | null>(null);
    const [round, setRound] = useState(0);
    const surveys = rest[0] === 'surveys',
        code = chosen ?? offers[0]?.code;
    useEffect(() => void (document.title = `${t.title} · ${core.programme}`), [t]);
    useEffect(
        () =>
            void call<{ provinces: Offer[] }>('GET', '/api/siting/provinces').then((answer) => {
                setFailure(answer.ok ? null : answer.failure);
                if (answer.ok) setOffers(answer.body.provinces);
            }),
        [round],
    );
    return (
        <div class="siting">
            <div class="pagehead">
                <h1>{t.title}</h1>
                <Province offers={offers} code={code ?? ''} onPick={setChosen} />
                <nav class="views noprint" aria-label={t.tabs}>
                    <a href={paths.room('siting')} aria-current={surveys ? undefined : 'page'}>
                        {t.plans}
                    </a>
                    <a href={paths.room('siting', 'surveys')} aria-current={surveys ? 'page' : undefined}>
                        {t.surveysTab}
                    </a>
                </nav>
            </div>
            <p class="small muted">
                {t.about} {offers.some((o) => !o.held) && t.notHeld}
            </p>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {code && (surveys ? <SurveysPage key={code} province={code} /> : <Plans key={code} province={code} held={offers.some((o) => o.held)} />)}
        </div>
    );
}
