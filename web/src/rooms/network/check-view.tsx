// SPDX-License-Identifier: GPL-3.0-or-later
// What the check before signing found: broken rules, who is left without a receiver, the ledger, staff norms, travel.

import { language, showNumber } from '../../base/language';
import { showDay } from '../../base/date';
import { useValue } from '../../base/value';
import { Icon } from '../../parts/icon';
import type { Check, LedgerRow, Problem } from './model';
import { useNetworkTexts } from './texts';

export function Problems({ problems }: { problems: Problem[] }) {
    const t = useNetworkTexts();
    const words = useValue(language);
    return (
        <ul class="problems plainlist">
            {problems.map((p, i) => (
                <li key={i} class={p.severity}>
                    <Icon name={p.severity === 'error' ? 'stop' : 'warn'} />
                    <span>
                        <b>{p.severity === 'error' ? t.error : t.warning}</b>
                        {p.operation !== null && ` (${t.operationN(p.operation + 1)})`}: {words === 'vi' ? p.vi : p.en}{' '}
                        {p.from && (
                            <span class="muted small">
                                {showDay(p.from)} – {p.until ? showDay(p.until) : t.still}
                            </span>
                        )}
                    </span>
                </li>
            ))}
        </ul>
    );
}

export function Ledger({ rows }: { rows: LedgerRow[] }) {
    const t = useNetworkTexts();
    const words = useValue(language);
    return (
        <div class="wide" tabIndex={0} role="group" aria-label={t.ledger}>
            <table>
                <thead>
                    <tr>
                        <th scope="col">{t.what}</th>
                        <th scope="col" class="n">
                            {t.beforeColumn}
                        </th>
                        <th scope="col" class="n">
                            {t.afterColumn}
                        </th>
                        <th scope="col" class="n">
                            {t.difference}
                        </th>
                        <th scope="col" class="n">
                            {t.explained}
                        </th>
                        <th scope="col">{t.reason}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.map((r) => (
                        <tr key={r.what} class={r.ok ? '' : 'badrow'}>
                            <th scope="row">
                                {!r.ok && <Icon name="stop" />} {r[words]}
                            </th>
                            <td class="n">{showNumber(r.before)}</td>
                            <td class="n">{showNumber(r.after)}</td>
                            <td class="n">{showNumber(r.difference)}</td>
                            <td class="n">{showNumber(r.explained)}</td>
                            <td>{r.reasons.join('; ')}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function CheckView({ check }: { check: Check }) {
    const t = useNetworkTexts();
    const words = useValue(language);
    const errors = check.problems.filter((p) => p.severity === 'error').length;
    const open = check.losers.filter((l) => !l.ok),
        losers = [...open, ...check.losers.filter((l) => l.ok)];
    return (
        <>
            <div class={`message ${check.ok ? 'ok' : 'bad'}`} role="status">
                <Icon name={check.ok ? 'check' : 'stop'} />
                <p id="check-result">
                    <b>{check.ok ? t.checkOk : t.checkBad(errors, check.problems.length - errors)}</b>
                    <br />
                    <span class="small">{t.checkedIn(showNumber(check.milliseconds, check.milliseconds < 10 ? 1 : 0), showDay(check.day))}</span>
                </p>
            </div>
            <Problems problems={check.problems} />
            <h3>{t.losers}</h3>
            {losers.length === 0 ? (
                <p class="muted">{t.noLosers}</p>
            ) : (
                <div class="wide" tabIndex={0} role="group" aria-label={t.losers}>
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">{t.place}</th>
                                <th scope="col">{t.what}</th>
                                <th scope="col" class="n">
                                    {t.countColumn}
                                </th>
                                <th scope="col">{t.receiver}</th>
                            </tr>
                        </thead>
                        <tbody>
                            {losers.slice(0, 200).map((l, i) => (
                                <tr key={i} class={l.ok ? '' : 'badrow'}>
                                    <th scope="row">{l.name}</th>
                                    <td>{l[words]}</td>
                                    <td class="n">{showNumber(l.count)}</td>
                                    <td>{l.receiverName ?? l.receiver ?? <b>{t.noReceiver}</b>}</td>
                                </tr>
                            ))}
                        </tbody>
                    </table>
                </div>
            )}
            <h3>{t.ledger}</h3>
            <Ledger rows={check.ledger} />
            {check.norms.length > 0 && (
                <details>
                    <summary>{t.norms}</summary>
                    <div class="wide" tabIndex={0} role="group" aria-label={t.norms}>
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{t.commune}</th>
                                    <th scope="col" class="n">
                                        {t.population}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.stationsPoints} · {t.beforeColumn}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.stationsPoints} · {t.afterColumn}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.posts}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.norm}
                                    </th>
                                </tr>
                            </thead>
                            <tbody>
                                {check.norms.map((n) => (
                                    <tr key={n.commune}>
                                        <th scope="row">{n.name}</th>
                                        <td class="n">{showNumber(n.population)}</td>
                                        <td class="n">
                                            {n.stationsBefore} + {n.pointsBefore}
                                        </td>
                                        <td class="n">
                                            {n.stationsAfter} + {n.pointsAfter}
                                        </td>
                                        <td class="n">
                                            {showNumber(n.postsBefore)} → {showNumber(n.postsAfter)}
                                        </td>
                                        <td class="n">{showNumber(n.norm)}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </details>
            )}
            {check.travel.length > 0 && (
                <details>
                    <summary>{t.travel}</summary>
                    <div class="wide" tabIndex={0} role="group" aria-label={t.travel}>
                        <table>
                            <thead>
                                <tr>
                                    <th scope="col">{t.commune}</th>
                                    <th scope="col" class="n">
                                        {t.mean}
                                    </th>
                                    <th scope="col" class="n">
                                        {t.farthest}
                                    </th>
                                    <th scope="col" />
                                </tr>
                            </thead>
                            <tbody>
                                {check.travel.map((v) => (
                                    <tr key={v.commune}>
                                        <th scope="row">{v.name}</th>
                                        <td class="n">
                                            {showNumber(v.meanBefore, 1)} → {showNumber(v.meanAfter, 1)}
                                        </td>
                                        <td class="n">
                                            {showNumber(v.maxBefore, 1)} → {showNumber(v.maxAfter, 1)}
                                        </td>
                                        <td>{v.estimated && <span class="tag plain">{t.estimated}</span>}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                </details>
            )}
        </>
    );
}
