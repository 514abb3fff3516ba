// SPDX-License-Identifier: GPL-3.0-or-later
// Who was referred to us and waits for an answer, and whom we referred.

import { useEffect, useState } from 'preact/hooks';
import { get, session, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { useTexts, useTextsOf } from '../../base/language';
import { paths } from '../../base/router';
import { Trouble } from '../../parts/message';
import { Tag } from '../../parts/tag';
import type { PageProps } from '../../rooms';
import type { Resource } from '../../rules/visit';
import { texts } from './texts';

interface Request extends Resource {
    status: string;
    priority?: string;
    authoredOn?: string;
    subject: { reference: string; display?: string };
    requester?: { reference: string; display?: string };
    performer?: { reference: string; display?: string }[];
    code?: { text?: string };
    note?: { text: string }[];
}

const CATEGORY = 'category=3457005&_count=100';

function List({ title, id, rows, incoming }: { title: string; id: string; rows: Request[] | null; incoming: boolean }) {
    const t = useTexts(),
        x = useTextsOf(texts);
    return (
        <section class="card pad" aria-labelledby={id}>
            <h2 id={id}>{title}</h2>
            {rows === null ? (
                <p class="muted">{t.loading}</p>
            ) : !rows.length ? (
                <p class="muted">{x.nobody}</p>
            ) : (
                <ul class="rows referrals">
                    {rows.map((r) => (
                        <li key={r.id}>
                            <a href={paths.sheet(r.subject.reference.replace('Patient/', ''), incoming ? 'referral' : '')}>
                                <b>{r.subject.display ?? r.subject.reference}</b>
                                {r.priority === 'urgent' && (
                                    <Tag tone="bad" icon="warn">
                                        {x.urgent}
                                    </Tag>
                                )}
                                {r.status === 'completed' && (
                                    <Tag tone="ok" icon="check">
                                        {x.answered}
                                    </Tag>
                                )}
                                <span class="muted small">
                                    {[showDay(r.authoredOn), incoming ? r.requester?.display : r.performer?.[0]?.display, r.code?.text, r.note?.[0]?.text].filter(Boolean).join(' · ')}
                                </span>
                            </a>
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}

export default function ReferralsPage(_: PageProps) {
    const t = useTexts(),
        x = useTextsOf(texts);
    const [incoming, setIncoming] = useState<Request[] | null>(null);
    const [sent, setSent] = useState<Request[] | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [round, setRound] = useState(0);
    useEffect(() => void (document.title = `${x.referrals} · ${t.programme}`), [x]);
    useEffect(() => {
        const who = session.get();
        const place = who?.placeId ?? '';
        const read = async (query: string): Promise<Request[] | null> => {
            const a = await get<{ entry?: { resource: Request }[] }>(`/fhir/ServiceRequest?${query}&${CATEGORY}`);
            if (a.ok) return (a.body.entry ?? []).map((e) => e.resource);
            setFailure(a.failure);
            return null;
        };
        setFailure(null);
        void read(`performer=Organization/${encodeURIComponent(place)}&status=active`).then(setIncoming);
        void read(`status=active,completed&requester=${encodeURIComponent(who?.actor.startsWith('Practitioner/') ? who.actor : `Organization/${place}`)}`).then(setSent);
    }, [round]);
    return (
        <>
            <h1>{x.referrals}</h1>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            <div class="tiles3">
                <List id="referrals-in" title={x.referralsIn} rows={incoming} incoming />
                <List id="referrals-out" title={x.referralsOut} rows={sent} incoming={false} />
            </div>
        </>
    );
}
