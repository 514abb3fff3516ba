// SPDX-License-Identifier: GPL-3.0-or-later
// What the planner may change: weights as sliders, hard rules, the network to compare with, season, own tables.

import { dayOf } from '../../base/date';
import { language, showNumber, useTextsOf } from '../../base/language';
import { CRITERIA, type Choice, type Question } from './model';
import { sitingTexts } from './texts';

/** Sliders, rules, the planner's own tables. */
export function Controls({ question, data, held, onChange }: { question: Question; data: Choice; held: boolean; onChange: (q: Question) => void }) {
    const t = useTextsOf(sitingTexts);
    const { weights, rules } = question.proposal;
    const sum = CRITERIA.reduce((n, k) => n + weights[k], 0);
    const rule = (change: Partial<typeof rules>): void =>
        onChange({ ...question, proposal: { weights, rules: { ...rules, ...change } } });
    const file = (name: 'survey' | 'travel') => (e: Event) => {
        const chosen = (e.currentTarget as HTMLInputElement).files?.[0];
        if (!chosen) onChange({ ...question, [name]: undefined });
        else void chosen.text().then((text) => onChange({ ...question, [name]: text }));
    };
    return (
        <section class="card pad controls noprint" aria-labelledby="weights-title">
            <h2 id="weights-title">{t.weights}</h2>
            {data.criteria.map((c) => {
                const known = data.communes.filter((x) => x.sites.length < 2 || x.turns[c.code]).length;
                return (
                    <div key={c.code} class="weight">
                        <label for={`weight-${c.code}`}>
                            {c[language.get()]}
                            <output for={`weight-${c.code}`}>
                                {t.share(showNumber(sum ? (100 * weights[c.code]) / sum : 0))}
                            </output>
                        </label>
                        <input
                            id={`weight-${c.code}`}
                            type="range"
                            min="0"
                            max="100"
                            value={weights[c.code]}
                            aria-describedby={`rule-${c.code}`}
                            onInput={(e) =>
                                onChange({
                                    ...question,
                                    proposal: { rules, weights: { ...weights, [c.code]: Number(e.currentTarget.value) } },
                                })
                            }
                        />
                        <p class="small muted" id={`rule-${c.code}`}>
                            {language.get() === 'vi' ? c.ruleVi : c.ruleEn}. {known < data.communes.length && <b>{t.known(known, data.communes.length)}</b>}
                        </p>
                    </div>
                );
            })}
            <h2>{t.rules}</h2>
            {held && (
                <div class="field">
                    <label for="base">{t.base}</label>
                    <select
                        id="base"
                        value={question.at ? 'today' : 'before'}
                        onChange={(e) => onChange({ ...question, at: e.currentTarget.value === 'today' ? dayOf(Date.now()) : undefined })}
                    >
                        {(['before', 'today'] as const).map((k) => (
                            <option key={k} value={k}>
                                {t.bases[k]}
                            </option>
                        ))}
                    </select>
                </div>
            )}
            <div class="field">
                <label for="most-worse">{t.mostWorse}</label>
                <input
                    id="most-worse"
                    type="number"
                    min="0"
                    max="1000"
                    value={rules.mostWorse}
                    onChange={(e) => rule({ mostWorse: Math.max(0, Number(e.currentTarget.value) || 0) })}
                />
            </div>
            <div class="field">
                <label for="points">{t.points}</label>
                <input
                    id="points"
                    type="number"
                    min="0"
                    max="1000"
                    value={rules.points ?? ''}
                    onChange={(e) =>
                        rule({ points: e.currentTarget.value === '' ? undefined : Math.max(0, Math.round(Number(e.currentTarget.value))) })
                    }
                />
            </div>
            <label class="tick">
                <input type="checkbox" checked={rules.across} onChange={(e) => rule({ across: e.currentTarget.checked })} />
                {t.across}
            </label>
            <div class="field">
                <label for="season">{t.season}</label>
                <select
                    id="season"
                    value={question.season}
                    onChange={(e) => onChange({ ...question, season: e.currentTarget.value as Question['season'] })}
                >
                    {(['any', 'dry', 'wet'] as const).map((s) => (
                        <option key={s} value={s}>
                            {t.seasons[s]}
                        </option>
                    ))}
                </select>
            </div>
            {(['survey', 'travel'] as const).map((name) => (
                <div key={name} class="field">
                    <label for={name}>{t[name]}</label>
                    <input id={name} type="file" accept=".csv,text/csv" onChange={file(name)} />
                </div>
            ))}
        </section>
    );
}
