// SPDX-License-Identifier: GPL-3.0-or-later
// What the proposal behind a draft was computed to do, before and after (Decision.effect). What was not known is said, not left out.

import { showNumber } from '../../base/language';
import type { Effect } from './model';
import { useNetworkTexts } from './texts';

export function Effects({ rows, note }: { rows: Effect[]; note: string | undefined }) {
    const t = useNetworkTexts();
    const value = (n: number | undefined, other: number | undefined): string =>
        n !== undefined ? showNumber(n, n % 1 ? 1 : 0) : other === undefined ? t.effectUnknown : '–';
    return (
        <section class="card pad" aria-labelledby="effects-title">
            <h2 id="effects-title">{t.effectsTitle}</h2>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="effects-title">
                <table class="effects">
                    <thead>
                        <tr>
                            <td />
                            <th scope="col" class="n">
                                {t.effectBefore}
                            </th>
                            <th scope="col" class="n">
                                {t.effectAfter}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map((e) => (
                            <tr key={`${e.what}${e.minutes ?? ''}`}>
                                <th scope="row">{t.effects[e.what]?.(showNumber(e.minutes ?? 0)) ?? e.what}</th>
                                <td class="n">{value(e.before, e.after)}</td>
                                <td class="n">{value(e.after, e.before)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            {note && <p class="small muted">{note}</p>}
        </section>
    );
}
