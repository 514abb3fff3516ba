// SPDX-License-Identifier: GPL-3.0-or-later
// The choice commune by commune: which site, how far ahead, why; and its sites beside each other with what is not known.

import { useState } from 'preact/hooks';
import { language, showNumber, useTextsOf } from '../../base/language';
import { shortName } from '../../parts/map';
import { Tag } from '../../parts/tag';
import type { Choice, Commune } from './model';
import { sitingTexts } from './texts';
import { siteOf, turnsOf } from './trade';

function Details({ c, data }: { c: Commune; data: Choice }) {
    const t = useTextsOf(sitingTexts);
    const used = data.criteria.filter((k) => c.turns[k.code]),
        sum = used.reduce((n, k) => n + data.weights[k.code], 0);
    const known = data.criteria.filter((k) => c.sites.some((s) => s.points[k.code] !== null));
    return (
        <div class="sitedetails">
            <p class="small">
                <b>{t.why}:</b> {language.get() === 'vi' ? c.reasonVi : c.reasonEn}
            </p>
            {turnsOf(c, data, t).map((sentence) => (
                <p key={sentence} class="small">
                    {sentence}
                </p>
            ))}
            {used.length < data.criteria.length && used.length > 0 && (
                <p class="small">
                    {t.rests(showNumber(100 * (1 - c.knownWeight)))}{' '}
                    {used.map((k) => `${k[language.get()]} ${showNumber((100 * data.weights[k.code]) / sum)} %`).join(', ')}.
                </p>
            )}
            <div class="wide" tabIndex={0} role="group" aria-label={t.details}>
                <table class="small">
                    <thead>
                        <tr>
                            <th scope="col">{t.station}</th>
                            <th scope="col" class="n">
                                {t.score}
                            </th>
                            <th scope="col" class="n">
                                {t.range}
                            </th>
                            {known.map((k) => (
                                <th key={k.code} scope="col" class="n">
                                    {k[language.get()]}
                                </th>
                            ))}
                            <th scope="col" class="n">
                                {t.minutes}
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {c.sites.map((s) => (
                            <tr key={s.code} class={s.code === c.site ? 'on' : ''}>
                                <th scope="row">
                                    {siteOf(c, s.code)}
                                    {s.code === c.site && <span class="mark"> {t.chosen}</span>}
                                    {s.code === c.beside && s.code !== c.site && <span class="mark"> {t.other}</span>}
                                    {s.pareto && (
                                        <span class="mark" title={t.pareto}>
                                            {' '}
                                            ★
                                        </span>
                                    )}
                                </th>
                                <td class="n">{showNumber(s.score, 1)}</td>
                                <td class="n">
                                    {showNumber(s.scoreLow, 0)}–{showNumber(s.scoreHigh, 0)}
                                </td>
                                {known.map((k) => (
                                    <td key={k.code} class="n">
                                        {s.points[k.code] === null ? t.notKnown : showNumber(s.points[k.code], 0)}
                                    </td>
                                ))}
                                <td class="n">{showNumber(s.meanMinutes, 0)}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
            <p class="small muted">★ {t.pareto}</p>
        </div>
    );
}

export function Communes({ data, picked, onPick }: { data: Choice; picked: string | null; onPick: (code: string | null) => void }) {
    const t = useTextsOf(sitingTexts);
    const [only, setOnly] = useState(false);
    const close = (c: Commune): boolean =>
        (c.lead !== null && c.lead < 1) || (c.siteIfShorter !== c.site || c.siteIfLonger !== c.site);
    const rows = only && data.besideVi ? data.communes.filter((c) => c.differs) : data.communes;
    return (
        <section class="card pad choosing" aria-labelledby="communes-title">
            <div class="sheethead">
                <h2 id="communes-title">{t.communes}</h2>
                {data.besideVi && (
                    <label class="tick small noprint">
                        <input type="checkbox" checked={only} onChange={(e) => setOnly(e.currentTarget.checked)} />
                        {t.onlyDiffers}
                    </label>
                )}
            </div>
            <div class="wide" tabIndex={0} role="group" aria-labelledby="communes-title">
                <table class="choices">
                    <thead>
                        <tr>
                            <th scope="col">{t.commune}</th>
                            <th scope="col">{t.station}</th>
                            <th scope="col" class="n">
                                {t.lead}
                            </th>
                            <th scope="col">
                                <span class="hidden">{t.remark}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {rows.flatMap((c) => [
                            <tr key={c.code} id={`choice-${c.code}`} class={c.code === picked ? 'on' : ''}>
                                <th scope="row">
                                    <button
                                        type="button"
                                        class="sort"
                                        aria-expanded={c.code === picked}
                                        onClick={() => onPick(c.code === picked ? null : c.code)}
                                    >
                                        {shortName(c.name)}
                                    </button>
                                </th>
                                <td>{siteOf(c, c.site)}</td>
                                <td class="n">{showNumber(c.lead, 1)}</td>
                                <td>
                                    {c.differs && <Tag tone="due" icon="warn">{t.differsMark}</Tag>}{' '}
                                    {close(c) && <Tag tone="info" icon="info">{t.closeMark}</Tag>}
                                </td>
                            </tr>,
                            c.code === picked && (
                                <tr key={`${c.code}+`} class="more" id={`more-${c.code}`}>
                                    <td colSpan={4}>
                                        <Details c={c} data={data} />
                                    </td>
                                </tr>
                            ),
                        ])}
                    </tbody>
                </table>
            </div>
        </section>
    );
}
