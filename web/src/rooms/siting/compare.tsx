// SPDX-License-Identifier: GPL-3.0-or-later
// Up to four plans side by side.

import { language, showNumber, useTextsOf } from '../../base/language';
import { Icon } from '../../parts/icon';
import { shortName } from '../../parts/map';
import type { ComponentChildren } from 'preact';
import { type Choice, type Criterion } from './model';
import { sitingTexts } from './texts';

export interface Kept {
    weights: Record<Criterion, number>;
    data: Choice;
}

export function Compare({ kept, onDrop }: { kept: Kept[]; onDrop: (n: number) => void }) {
    const t = useTextsOf(sitingTexts);
    const letter = (n: number): string => 'ABCD'[n]!;
    const site = (k: Kept, commune: string): string | null => k.data.communes.find((c) => c.code === commune)?.site ?? null;
    const others = (k: Kept): string =>
        k.data.communes
            .filter((c) => c.site !== site(kept[0]!, c.code))
            .map((c) => shortName(c.name))
            .join(', ') || t.none;
    const scales = kept[0]?.data.scales;
    const row = (label: string, value: (k: Kept, n: number) => ComponentChildren, text = false) => (
        <tr>
            <th scope="row">{label}</th>
            {kept.map((k, n) => (
                <td key={n} class={text ? '' : 'n'}>
                    {value(k, n)}
                </td>
            ))}
        </tr>
    );
    const percent = (k: Kept, n: number): string => showNumber((100 * n) / (k.data.coverage.people || 1), 1);
    return (
        <section class="card pad" aria-labelledby="compare-title">
            <h2 id="compare-title">{t.compare}</h2>
            {!kept.length || !scales ? (
                <p class="small muted">{t.compareNone}</p>
            ) : (
                <div class="wide" tabIndex={0} role="group" aria-labelledby="compare-title">
                    <table class="compare">
                        <thead>
                            <tr>
                                <td />
                                {kept.map((_, n) => (
                                    <th key={n} scope="col" class="n">
                                        {t.kept(letter(n))}{' '}
                                        <button type="button" class="link noprint" aria-label={t.drop(letter(n))} onClick={() => onDrop(n)}>
                                            <Icon name="close" />
                                        </button>
                                    </th>
                                ))}
                            </tr>
                        </thead>
                        <tbody>
                            {row(
                                t.row.weights,
                                (k) =>
                                    k.data.criteria.map((c) => (
                                        <span key={c.code} class="line">
                                            {language.get() === 'vi' ? c.vi : c.en} {k.weights[c.code]}
                                        </span>
                                    )),
                                true,
                            )}
                            {row(t.row.differs, (k) => showNumber(k.data.differs))}
                            {row(t.row.stations, (k, n) => (n ? others(k) : '–'), true)}
                            {row(t.row.near(scales.near), (k) => percent(k, k.data.coverage.nearAfter))}
                            {row(t.row.near(scales.far), (k) => percent(k, k.data.coverage.farAfter))}
                            {row(t.row.mean, (k) => showNumber(k.data.coverage.meanAfter, 1))}
                            {row(t.row.losers, (k) => showNumber(k.data.losers.length))}
                        </tbody>
                    </table>
                </div>
            )}
        </section>
    );
}
