// SPDX-License-Identifier: GPL-3.0-or-later
// Users and rights: the administrator's page, and what of it a station head and an auditor may see.

import { useEffect } from 'preact/hooks';
import { session } from '../../base/api';
import { useTexts, useTextsOf } from '../../base/language';
import { useValue } from '../../base/value';
import type { PageProps } from '../../rooms';
import { Accounts } from './accounts';
import { Facilities } from './facilities';
import { Audit, Openings, Requests } from './lists';
import { texts } from './texts';

export default function AdminPage({ rest }: PageProps) {
    const t = useTextsOf(texts),
        core = useTexts(),
        who = useValue(session)!;
    const tabs = [
        { word: 'accounts', title: t.accounts, may: who.can('accounts'), Show: Accounts },
        { word: 'facilities', title: t.facilities, may: who.can('facility'), Show: Facilities },
        { word: 'openings', title: t.openings, may: who.can('openings-read'), Show: Openings },
        { word: 'requests', title: t.requests, may: who.can('openings-read') && who.persons, Show: Requests },
        { word: 'audit', title: t.audit, may: who.can('audit-read') && (who.can('accounts') || who.role === 'auditor'), Show: Audit },
    ].filter((tab) => tab.may);
    const at = tabs.find((tab) => tab.word === rest[0]) ?? tabs[0];
    useEffect(() => void (document.title = `${at?.title ?? t.title} · ${core.programme}`), [at, t, core]);
    return (
        <div class="page rights">
            <h1>{t.title}</h1>
            <nav class="tabs" aria-label={t.title}>
                {tabs.map((tab) => (
                    <a key={tab.word} href={`#/rights/${tab.word}`} aria-current={tab === at ? 'page' : undefined}>
                        {tab.title}
                    </a>
                ))}
            </nav>
            {at && <at.Show key={at.word} />}
        </div>
    );
}
