// SPDX-License-Identifier: GPL-3.0-or-later
// All decisions and drafts, newest day first; each leads to its page.

import { useEffect, useState } from 'preact/hooks';
import { get, session, sessionLost, type Failure } from '../../base/api';
import { showDay } from '../../base/date';
import { paths } from '../../base/router';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import { Trouble } from '../../parts/message';
import { Tag } from '../../parts/tag';
import type { DecisionRow } from './model';
import { useNetworkTexts } from './texts';

export const statusTone = { draft: 'due', signed: 'info', effective: 'ok', revoked: 'plain' } as const;
const statusIcon = { draft: 'note', signed: 'clock', effective: 'check', revoked: 'undo' } as const;

export function StatusOf({ status }: { status: DecisionRow['status'] }) {
    const t = useNetworkTexts();
    return (
        <Tag tone={statusTone[status] ?? 'plain'} icon={statusIcon[status] ?? 'note'}>
            {t.statuses[status] ?? status}
        </Tag>
    );
}

export function DecisionsPage() {
    const t = useNetworkTexts();
    const [rows, setRows] = useState<DecisionRow[] | null>(null);
    const [failure, setFailure] = useState<Failure | null>(null);
    const [round, setRound] = useState(0);
    const lost = useValue(sessionLost);
    useEffect(() => {
        if (lost) return;
        void get<{ decisions: DecisionRow[] }>('/api/decisions').then((answer) => {
            if (!answer.ok) return setFailure(answer.failure);
            setFailure(null);
            setRows([...answer.body.decisions].sort((a, b) => (b.effectiveOn ?? '9').localeCompare(a.effectiveOn ?? '9')));
        });
    }, [round, lost]);
    return (
        <section class="card pad">
            <div class="sheethead">
                <h2 id="decisions-title">{t.decisions}</h2>
                {session.get()?.can('network-plan') && (
                    <a class="btn go noprint" href={paths.room('network', 'decision', 'new')}>
                        <Icon name="plus" />
                        {t.newDecision}
                    </a>
                )}
            </div>
            {failure && <Trouble failure={failure} again={() => setRound(round + 1)} />}
            {!rows && !failure && <p class="muted">{t.loading}</p>}
            {rows?.length === 0 && <p class="muted">{t.noDecisions}</p>}
            {rows && rows.length > 0 && (
                <div class="wide" tabIndex={0} role="group" aria-labelledby="decisions-title">
                    <table class="decisions">
                        <thead>
                            <tr>
                                <th scope="col">{t.effectiveOn}</th>
                                <th scope="col">{t.subject}</th>
                                <th scope="col">{t.number}</th>
                                <th scope="col">{t.operationsTitle.split(',')[0]}</th>
                                <th scope="col">{t.state}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {rows.map((d) => (
                                <tr key={d.id}>
                                    <td>{showDay(d.effectiveOn)}</td>
                                    <th scope="row">
                                        <a href={paths.room('network', 'decision', d.id)}>{d.title}</a>{' '}
                                        {d.certainty === 'assumed' && <span class="tag due">{t.assumed}</span>}
                                    </th>
                                    <td>{d.number ?? <span class="muted">{t.noNumber}</span>}</td>
                                    <td>{t.operations(d.operations)}</td>
                                    <td>
                                        <StatusOf status={d.status} />
                                    </td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
        </section>
    );
}
