// SPDX-License-Identifier: GPL-3.0-or-later
// On the first page: what decisions change for the place of one's post, from 90 days back to all that is to come. Draws nothing when
// nothing changes.

import { useEffect, useState } from 'preact/hooks';
import { get, session, sessionLost } from '../base/api';
import { showDay } from '../base/date';
import { language, showNumber, useTexts } from '../base/language';
import { paths } from '../base/router';
import { useValue } from '../base/value';
import { Icon } from './icon';

interface Change {
    day: string;
    decision: { id: string; number: string | null; title: string } | null;
    vi: string;
    en: string;
    residentsBefore: number | null;
    residentsAfter: number | null;
}

export function MyChanges() {
    const t = useTexts();
    const words = useValue(language);
    const lost = useValue(sessionLost);
    const [changes, setChanges] = useState<Change[]>([]);
    useEffect(() => {
        if (lost || !session.get()?.placeId) return;
        void get<{ changes: Change[] }>('/api/network/my-changes').then((a) => a.ok && setChanges(a.body.changes));
    }, [lost]);
    if (!changes.length) return null;
    return (
        <section class="message info mychanges" aria-labelledby="my-changes-title">
            <Icon name="info" />
            <div>
                <h2 id="my-changes-title">{t.myChanges}</h2>
                <ul class="plainlist">
                    {changes.map((c, i) => (
                        <li key={i}>
                            <b>{showDay(c.day)}</b>: {c[words]}
                            {c.residentsBefore !== null && c.residentsAfter !== null && c.residentsBefore !== c.residentsAfter && (
                                <span class="muted">
                                    {' '}
                                    ({t.myResidents(showNumber(c.residentsBefore), showNumber(c.residentsAfter))})
                                </span>
                            )}{' '}
                            {c.decision && (
                                <a href={paths.room('network', 'decision', c.decision.id)}>{c.decision.number ?? c.decision.title}</a>
                            )}
                        </li>
                    ))}
                </ul>
            </div>
        </section>
    );
}
