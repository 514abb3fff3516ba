// SPDX-License-Identifier: GPL-3.0-or-later
// A province's own list into the network as one decision, which is revoked to take it back; and published figures that cannot be right.

import { useState } from 'preact/hooks';
import { call, get, type Failure } from '../../base/api';
import { dayOf } from '../../base/date';
import { language, showNumber } from '../../base/language';
import { paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { ImportList, LIST_FILE } from '../../parts/import-list';
import { Trouble } from '../../parts/message';
import type { ImportAnswer } from './model';
import { useNetworkTexts } from './texts';

interface Findings {
    findings: { rule: string; place: string | null; name: string; value: number | null; expected: number | null; vi: string; en: string }[];
}

function Quality() {
    const t = useNetworkTexts();
    const words = useValue(language);
    const [findings, setFindings] = useState<Findings['findings'] | null>(null),
        [failure, setFailure] = useState<Failure | null>(null);
    const look = async (): Promise<void> => {
        const got = await get<Findings>('/api/network/quality');
        if (got.ok) setFindings(got.body.findings);
        setFailure(got.ok ? null : got.failure);
    };
    return (
        <section class="card pad" aria-labelledby="quality-title">
            <div class="sheethead">
                <h2 id="quality-title">{t.quality}</h2>
                <button type="button" class="btn noprint" onClick={() => void look()}>
                    {t.check}
                </button>
            </div>
            {failure && <Trouble failure={failure} />}
            {findings?.length === 0 && <p class="muted">{t.noFindings}</p>}
            {findings && findings.length > 0 && (
                <ul class="problems plainlist">
                    {findings.map((f, i) => (
                        <li key={i} class="warning">
                            <Icon name="warn" />
                            <span>
                                <b>{f.name}</b>: {f[words]} {f.expected !== null && <span class="muted">({showNumber(f.value)} → {showNumber(f.expected)}?)</span>}
                            </span>
                        </li>
                    ))}
                </ul>
            )}
        </section>
    );
}

export function ImportPage() {
    const t = useNetworkTexts();
    const today = dayOf(Date.now());
    return (
        <>
            <ImportList<ImportAnswer>
                lead={t.importLead}
                accept=".xlsx,.csv,.json,text/csv,application/json"
                fields={t.fields}
                send={(step, file) => call('POST', `/api/network/import?step=${step}&at=${today}`, file, undefined, LIST_FILE)}
                applied={(answer) => (
                    <>
                        {t.applied} <a href={paths.room('network', 'decision', answer.decision?.id ?? '')}>{t.decisions}</a>
                    </>
                )}
                undo={({ decision }) =>
                    call('POST', `/api/decisions/${decision?.id}/revoke`, {
                        number: `HT-${(decision?.id ?? '').slice(0, 8)}`,
                        signedOn: today,
                        effectiveOn: today,
                        title: t.undoImport,
                        reason: t.undoImport,
                    })
                }
            />
            <Quality />
        </>
    );
}
